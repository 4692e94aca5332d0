"""Released tables -> a `Project`, made of released texts, ids and pseudonyms and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ppdarchive.coding.codebook import CodeRow, ThemeRow, project_codes
from ppdarchive.coding.project import (
    INDEPENDENT,
    Project,
    ProjectCoder,
    ProjectSource,
    Selections,
)
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame
from ppdarchive.text.units import Unit

_BEFORE_ID = ("question_id", "wave")
"""What stands before a response's id in a source's name, so that a list of sources can be read."""


def project_of(tables: Mapping[str, Frame], *, path: str, kind: str) -> Project:
    """The project that holds a release's coded responses.

    Parameters
    ----------
    tables : mapping of str to Frame
        As released: `responses`, `codes`, `codings` and `coders`; `themes` and `theme_constructs` where
        there are any.
    path, kind : str
        What the project says of its file and format.

    Returns
    -------
    Project
        A source for each response with a text, in the order of their names. A coder who coded alone and
        in consensus is there twice. Everything that must be distinct is, and every order follows from
        released values.

    Raises
    ------
    ValueError
        If a theme lies in itself.
    """
    responses = tables["responses"]
    has_text = np.asarray(values_of(responses["text"]).is_valid())
    own = responses.loc[has_text]
    before = [_texts(own, name) for name in _BEFORE_ID if name in own]
    ids = _texts(own, "response_id")
    names = [" ".join(word for word in words if word) for words in zip(*before, ids, strict=True)]
    order = sorted(range(len(names)), key=names.__getitem__)
    texts = _texts(own, "text")
    sources = tuple(ProjectSource(ids[n], names[n], texts[n]) for n in order)
    codes = project_codes(_codes(tables), _themes(tables))
    if len(codes) < len(tables["codes"]) + len(tables.get("themes", ())):
        raise ValueError("a theme lies in itself")
    coders, selections = _selections(tables, sources, [code.key for code in codes])
    return Project(
        path, kind, coders=coders, codes=codes, sources=sources, selections=selections, unit=Unit.CODE_POINT
    )


def _selections(
    tables: Mapping[str, Frame], sources: Sequence[ProjectSource], codes: Sequence[str]
) -> tuple[tuple[ProjectCoder, ...], Selections]:
    codings = tables["codings"]
    made = pd.MultiIndex.from_arrays([_texts(codings, "coder_id"), _texts(codings, "stage")])
    idle = set(_texts(tables["coders"], "coder_id")) - set(made.get_level_values(0))
    distinct = sorted({*made.unique(), *((name, INDEPENDENT) for name in idle)})
    coders = tuple(ProjectCoder(f"{stage}:{name}", name, stage) for name, stage in distinct)
    source = pd.Index([source.key for source in sources]).get_indexer(
        pd.Index(_texts(codings, "response_id"))
    )
    code = pd.Index(codes).get_indexer(pd.Index([f"code:{code}" for code in _texts(codings, "code_id")]))
    coder = pd.MultiIndex.from_tuples(distinct or [("", "")]).get_indexer(made)
    start, end = (np.asarray(values_of(codings[name])).astype(np.int64) for name in ("start", "end"))
    placed = np.flatnonzero(source >= 0)
    order = placed[np.lexsort([column[placed] for column in (coder, code, end, start, source)])]
    selections = Selections.of(
        source=source[order], code=code[order], coder=coder[order], start=start[order], end=end[order]
    )
    return coders, selections


def _codes(tables: Mapping[str, Frame]) -> list[CodeRow]:
    frame = tables["codes"]
    columns = [_values(frame, name) for name in ("definition", "theme_id")]
    rows = zip(_texts(frame, "code_id"), _texts(frame, "title"), *columns, strict=True)
    return sorted((CodeRow(*row) for row in rows), key=lambda row: row.code_id)


def _themes(tables: Mapping[str, Frame]) -> list[ThemeRow]:
    if "themes" not in tables:
        return []
    frame, pairs = tables["themes"], tables.get("theme_constructs")
    constructs: dict[str, list[str]] = {}
    if pairs is not None:
        for theme, construct in sorted(
            zip(_texts(pairs, "theme_id"), _texts(pairs, "construct"), strict=True)
        ):
            constructs.setdefault(theme, []).append(construct)
    columns = [_values(frame, name) for name in ("description", "parent_theme_id")]
    rows = [
        ThemeRow(theme, title, description, above, tuple(constructs.get(theme, ())))
        for theme, title, description, above in zip(
            _texts(frame, "theme_id"), _texts(frame, "title"), *columns, strict=True
        )
    ]
    return sorted(rows, key=lambda row: row.theme_id)


def _values(frame: Frame, name: str) -> list[str | None]:
    """A column as texts; of nothing but nulls where the release has no such column."""
    return values_of(frame[name]).to_pylist() if name in frame else [None] * len(frame)


def _texts(frame: Frame, name: str) -> list[str]:
    return [str(value) for value in values_of(frame[name]).to_pylist()]
