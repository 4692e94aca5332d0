"""Coded projects as tools hold them, in any script; what formats hold is chosen by the caller."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

from ppdarchive.coding.project import (
    NONE,
    STAGES,
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSet,
    ProjectSource,
    Selections,
)
from ppdarchive.text.units import Unit

MARK: Final = "\ufeff"
"""U+FEFF: at the beginning of a text a byte-order mark, elsewhere a character like others."""

_WORDS: Final = [
    "My coach ",
    "called. ",
    "Café ",
    "e\u0301te\u0301 ",
    "👍🏽",
    "👩\u200d👧 ",
    "مرحبا ",
    "שלום ",
    "ﬁ",
    "İ",
    "\u00ad",
    "\u200b",
    "\u2028",
    "\x85",
    "<b>&amp;</b>",
    '"',
    "'",
    "]]>",
    "\t",
    " ",
    "x",
]
_BREAKS: Final = ["\n", "\r\n", "\r", "\n\r\n"]

_NAMES: Final = ["trust", "Trust", " trust ", "bond.trust", "été", "e\u0301te\u0301", "a\nb", "👍", "ثقة"]

# XML 1.0 holds no control characters but tab and line breaks, no surrogates, and neither of these two.
_CHARACTERS: Final = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")


@st.composite
def texts(
    draw: st.DrawFn, *, breaks: bool = True, mark: bool = True, min_size: int = 0, max_parts: int = 8
) -> str:
    """Texts with emoji, combining marks, CRLF, U+FEFF and right-to-left words; empty ones too."""
    parts = [st.sampled_from(_WORDS), st.text(_CHARACTERS, max_size=6)]
    if breaks:
        parts.append(st.sampled_from(_BREAKS))
    if mark:
        parts.append(st.just(MARK))
    text = "".join(draw(st.lists(st.one_of(parts), max_size=max_parts)))
    if not mark:
        text = text.replace(MARK, "")
    return text or "x" * min_size


@st.composite
def names(draw: st.DrawFn) -> str:
    """Names of people, codes and texts: not empty; spaces at the ends and line breaks are kept."""
    # Never only spaces, which some tools take for no name.
    return draw(
        st.one_of(
            st.sampled_from(_NAMES),
            st.text(_CHARACTERS, min_size=1, max_size=8).map(lambda name: name + "n"),
        )
    )


@st.composite
def code_trees(
    draw: st.DrawFn, *, min_codes: int = 0, max_codes: int = 7, nested: bool = True, unique: bool = True
) -> tuple[ProjectCode, ...]:
    """Codes of a project, wider ones first; names differ if `unique`."""
    called = draw(st.lists(names(), min_size=min_codes, max_size=max_codes, unique=unique))
    codes: list[ProjectCode] = []
    for number, name in enumerate(called):
        above = draw(st.sampled_from([None, *(code.key for code in codes)])) if nested else None
        codes.append(
            ProjectCode(
                key=f"code {number}",
                name=name,
                parent=above,
                description=draw(st.none() | texts(min_size=1)),
                is_codable=draw(st.sampled_from([True, True, True, False])),
            )
        )
    return tuple(codes)


@st.composite
def projects(
    draw: st.DrawFn,
    *,
    format: str = "made",  # noqa: A002 - the attribute's own name
    max_sources: int = 4,
    max_selections: int = 8,
    nested: bool = True,
    sets: bool = True,
    stages: bool = True,
    whole: bool = True,
    anonymous: bool = True,
    marks: bool = True,
    unique_names: bool = True,
    empty: bool = True,
) -> Project:
    """Projects with positions in code points and the true text as quotes; no row stands twice.

    Parameters
    ----------
    format : str
        `Project.format`.
    max_sources, max_selections : int
    nested, sets, stages : bool
        Whether codes have parents, whether sets are drawn, whether coders have a stage.
    whole : bool
        Whether some rows code the whole source: positions `NONE` and no quote.
    anonymous : bool
        Whether some rows have no coder.
    marks : bool
        Whether texts hold U+FEFF, at their beginning too.
    unique_names : bool
        Whether sources differ in their names; codes always do.
    empty : bool
        Whether selections of no length and empty texts are drawn.
    """
    codes = draw(code_trees(nested=nested))
    coders = tuple(
        ProjectCoder(f"coder {number}", name, draw(st.sampled_from([None, *STAGES])) if stages else None)
        for number, name in enumerate(draw(st.lists(names(), max_size=3, unique=True)))
    )
    called = draw(st.lists(names(), max_size=max_sources, unique=unique_names))
    sources = tuple(
        ProjectSource(f"source {number}", name, draw(texts(mark=marks, min_size=0 if empty else 1)))
        for number, name in enumerate(called)
    )
    rows: list[tuple[int, int, int, int, int]] = []
    if codes and sources:
        row = _rows(sources, len(codes), len(coders), whole=whole, anonymous=anonymous, empty=empty)
        rows = sorted(set(draw(st.lists(row, max_size=max_selections))))
    columns = tuple(zip(*rows, strict=True)) if rows else ((),) * 5
    return Project(
        path="made",
        format=format,
        coders=coders,
        codes=codes,
        sets=draw(_sets(codes)) if sets else (),
        sources=sources,
        selections=Selections.of(
            source=columns[0],
            start=columns[1],
            end=columns[2],
            code=columns[3],
            coder=columns[4],
            quotes=tuple(
                None if start == NONE else sources[source].text[start:end]
                for source, start, end, _, _ in rows
            ),
        ),
        unit=Unit.CODE_POINT,
    )


@st.composite
def _rows(
    draw: st.DrawFn,
    sources: tuple[ProjectSource, ...],
    n_codes: int,
    n_coders: int,
    *,
    whole: bool,
    anonymous: bool,
    empty: bool,
) -> tuple[int, int, int, int, int]:
    source = draw(st.integers(0, len(sources) - 1))
    code = draw(st.integers(0, n_codes - 1))
    nobody = anonymous or n_coders == 0
    coder = draw(st.integers(NONE if nobody else 0, n_coders - 1))
    if whole and draw(st.sampled_from([False, False, False, True])):
        return source, NONE, NONE, code, coder
    length = len(sources[source].text)
    least = 0 if empty or length == 0 else 1
    start = draw(st.integers(0, length - least))
    end = draw(st.integers(start + least, length))
    return source, start, end, code, coder


@st.composite
def _sets(draw: st.DrawFn, codes: tuple[ProjectCode, ...]) -> tuple[ProjectSet, ...]:
    keys = [code.key for code in codes]
    members = st.lists(st.sampled_from(keys), unique=True) if keys else st.just([])
    return tuple(
        ProjectSet(name, tuple(draw(members)), draw(st.none() | texts(min_size=1)))
        for name in draw(st.lists(names(), max_size=2, unique=True))
    )
