"""Released tables -> a `Project`, made of released texts, ids and pseudonyms and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.coding.codebook import CodeRow, ThemeRow, project_codes
from ppdarchive.coding.landing.match import Responses, match
from ppdarchive.coding.project import (
    INDEPENDENT,
    NONE,
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSource,
    Selections,
)
from ppdarchive.model.columns import values_of
from ppdarchive.model.span import Positions
from ppdarchive.model.table import Frame
from ppdarchive.text.units import Unit

Mask = npt.NDArray[np.bool_]

CODEBOOKS: Final = ("refi-codebook", "taguette-codebook")
"""Formats of codes alone."""

_BY_IDS: Final = ("csv",)
"""Formats that have one name for each thing and nothing else: there it is the id, which tells which it is."""
_BEFORE_ID: Final = ("question_id", "wave")
"""What stands before a response's id in a source's name, so that a list of sources can be read."""
_MAX_NAME: Final = 50
"""Characters that Taguette has for the name of a source."""


def project_of(tables: Mapping[str, Frame], *, path: str, kind: str, stage: str | None = None) -> Project:
    """The project that holds a release's coded responses, or for a codebook its codes alone.

    Parameters
    ----------
    tables : mapping of str to Frame
        As released: `codes`, and but for codebooks `responses`, `codings` and `coders`; `themes` and
        `theme_constructs` where there are any. All columns but the ids and `text` may be absent.
    path, kind : str
        What the project says of its file and format.
    stage : str, optional
        Which codings; then who made none of them is not in the project.

    Returns
    -------
    Project
        A source for each response with a text, in the order of their names, and for each that was coded
        and has none: then the codes are the empty source's own. A coder who coded alone and in consensus
        is there twice. Everything that must be distinct is, and every order follows from released values.

    Raises
    ------
    ValueError
        If a theme lies in itself, or as `project_codes`; nothing is quoted.
    """
    rows = _codes(tables)
    if kind in _BY_IDS:
        codes: tuple[ProjectCode, ...] = tuple(
            ProjectCode(f"code:{row.code_id}", row.code_id) for row in rows
        )
    else:
        codes = project_codes(rows, _themes(tables))
    if kind in CODEBOOKS:
        return Project(path, kind, codes=codes, unit=Unit.CODE_POINT)
    codings = tables["codings"]
    if stage is not None and "stage" in codings:
        own = values_of(codings["stage"]).to_pylist()
        codings = codings.loc[np.array([each == stage for each in own], dtype=np.bool_)]
    idle = set() if stage is not None else set(_texts(tables["coders"], "coder_id"))
    coders, coder = _coders(codings, idle)
    sources, is_withheld = _sources(tables["responses"], codings, by_ids=kind in _BY_IDS)
    source = _places([each.key for each in sources], _texts(codings, "response_id"))
    code = _places([each.key for each in codes], [f"code:{each}" for each in _texts(codings, "code_id")])
    is_whole = np.append(is_withheld, False)[source]
    start, end = (np.where(is_whole, NONE, _positions(codings, name)) for name in ("start", "end"))
    order = np.lexsort((coder, code, end, start, source))
    selections = Selections.of(
        source=source[order], code=code[order], coder=coder[order], start=start[order], end=end[order]
    )
    return Project(
        path, kind, coders=coders, codes=codes, sources=sources, selections=selections, unit=Unit.CODE_POINT
    )


def _sources(responses: Frame, codings: Frame, *, by_ids: bool) -> tuple[tuple[ProjectSource, ...], Mask]:
    """Responses in the order of their names, and which of them have no text."""
    texts = values_of(responses["text"]).to_pylist()
    ids, coded = _texts(responses, "response_id"), set(_texts(codings, "response_id"))
    at = [n for n, text in enumerate(texts) if text is not None or ids[n] in coded]
    names = ids
    if not by_ids:
        before = [_texts(responses, name) for name in _BEFORE_ID if name in responses]
        names = [" ".join(filter(None, words)) for words in zip(*before, ids, strict=True)]
        if not _are_told_apart([names[n] for n in at], at, ids):
            names = ids
    at.sort(key=lambda n: (names[n], ids[n]))
    sources = tuple(ProjectSource(ids[n], names[n], texts[n] or "") for n in at)
    return sources, np.array([texts[n] is None for n in at], np.bool_)


def _are_told_apart(names: Sequence[str], at: Sequence[int], ids: Sequence[str]) -> bool:
    """Whether every tool has room for the names, and each names its response and no other."""
    if any(len(name) > _MAX_NAME for name in names):
        return False
    none = ("",) * len(ids)
    sources = tuple(ProjectSource(str(n), name, "") for n, name in enumerate(names))
    found = match(
        Project("", "", sources=sources), Responses(tuple(ids), none, none, none, (None,) * len(ids))
    )
    return bool(np.array_equal(found.response, np.array(at, np.int64)))


def _coders(codings: Frame, others: set[str]) -> tuple[tuple[ProjectCoder, ...], Positions]:
    """Each coder of each stage, and who made each coding; others coded nothing."""
    names, stages = _texts(codings, "coder_id"), _texts(codings, "stage")
    unsaid = INDEPENDENT if "stage" in codings else ""
    idle = {(name, unsaid) for name in others - set(names)}
    distinct = sorted({*zip(names, stages, strict=True), *idle})
    places = {each: place for place, each in enumerate(distinct)}
    coder = np.array([places[each] for each in zip(names, stages, strict=True)], np.int64)
    return tuple(ProjectCoder(f"{stage}:{name}", name, stage or None) for name, stage in distinct), coder


def _places(keys: Sequence[str], wanted: Sequence[str]) -> Positions:
    """Where each key stands; `NONE` for one that is none."""
    found = pc.index_in(pa.array(wanted, pa.string()), value_set=pa.array(keys, pa.string()))
    return np.asarray(pc.fill_null(found, NONE)).astype(np.int64)


def _positions(codings: Frame, name: str) -> Positions:
    if name not in codings:
        return np.full(len(codings), NONE)
    return np.asarray(pc.fill_null(values_of(codings[name]), NONE)).astype(np.int64)


def _codes(tables: Mapping[str, Frame]) -> list[CodeRow]:
    frame = tables["codes"]
    columns = [_values(frame, name) for name in ("title", "definition", "theme_id")]
    rows = (
        CodeRow(code, title or code, definition, theme)
        for code, title, definition, theme in zip(_texts(frame, "code_id"), *columns, strict=True)
    )
    return sorted(rows, key=lambda row: row.code_id)


def _themes(tables: Mapping[str, Frame]) -> list[ThemeRow]:
    frame, pairs = tables.get("themes"), tables.get("theme_constructs")
    constructs: dict[str, list[str]] = {}
    if pairs is not None:
        for theme, construct in sorted(
            zip(_texts(pairs, "theme_id"), _texts(pairs, "construct"), strict=True)
        ):
            constructs.setdefault(theme, []).append(construct)
    rows: list[ThemeRow] = []
    if frame is not None:
        columns = [_values(frame, name) for name in ("title", "description", "parent_theme_id")]
        rows = [
            ThemeRow(theme, title or theme, description, above, tuple(constructs.pop(theme, ())))
            for theme, title, description, above in zip(_texts(frame, "theme_id"), *columns, strict=True)
        ]
    # A release without themes may tell their constructs still.
    rows += [ThemeRow(theme, theme, constructs=tuple(own)) for theme, own in constructs.items()]
    return sorted(rows, key=lambda row: row.theme_id)


def _values(frame: Frame, name: str) -> list[str | None]:
    """A column as texts; of nothing but nulls where the release has no such column."""
    if name not in frame:
        return [None] * len(frame)
    return [None if value is None else str(value) for value in values_of(frame[name]).to_pylist()]


def _texts(frame: Frame, name: str) -> list[str]:
    """A column as texts, empty ones for nulls."""
    return [value or "" for value in _values(frame, name)]
