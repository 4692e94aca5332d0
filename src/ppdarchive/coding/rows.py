"""What has landed -> rows of the tables, as texts: `codings`, `codes`, `themes`, `coders`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ppdarchive.coding.codebook import Codebook
from ppdarchive.coding.landing.landed import Landed
from ppdarchive.coding.project import NONE, Project

Mask = npt.NDArray[np.bool_]

_TAGUETTE: Final = "taguette"
_ANYBODY: Final = "admin"
"""Taguette calls whoever works at a desktop so, and everybody in what its server exports."""


@dataclass(frozen=True, slots=True, repr=False)
class CodingRows:
    """A project's rows of `codings`.

    Attributes
    ----------
    cells : Table, shape (n_codings, 7)
        ``response_id``, ``code_id``, ``coder_id``, ``start``, ``end``, ``stage`` and ``memo``, as texts;
        null where the project does not tell.
    place : ndarray of int64, shape (n_codings,)
        The number of each row's selection in the file, or its line.
    n_repeated : int
        Rows that said again what another row of the same coder says; they are left out.
    """

    cells: pa.Table
    place: npt.NDArray[np.int64]
    n_repeated: int

    def __repr__(self) -> str:
        return f"<CodingRows: {self.cells.num_rows}>"


def coding_rows(
    project: Project,
    landed: Landed,
    book: Codebook,
    response_ids: pa.Array,
    *,
    wanted: Mask,
    coders: Mapping[str, str],
    coder: str | None,
    stage: str,
) -> CodingRows:
    """The rows of `codings` of some selections.

    Parameters
    ----------
    project : Project
    landed : Landed
        Where its selections lie in the responses.
    book : Codebook
        Its codes' ids.
    response_ids : Array of string, shape (n_responses,)
    wanted : ndarray of bool, shape (n_selections,)
        Those that have a response and a code.
    coders : mapping of str to str
        Ids of coders by the name that the project has for them; others are called by that name.
    coder : str or None
        Who made what the file tells no coder of; nor does it where it calls the coder `admin`, as
        Taguette does.
    stage : str
        Of codings of which the file tells no stage.

    Returns
    -------
    CodingRows
        In the project's order.
    """
    codes = pa.array(book.code_ids, pa.string())
    names = [coders.get(each.name) or _called(each.name, project.format, coder) for each in project.coders]
    stages = [each.stage or stage for each in project.coders]
    at = np.flatnonzero(wanted)
    selections = project.selections
    columns = {
        "response_id": response_ids.take(pa.array(landed.response[at])),
        "code_id": codes.take(pa.array(selections.code[at])),
        "coder_id": _named([*names, coder], selections.coder[at]),
        "start": pa.array(landed.start[at]).cast(pa.string()),
        "end": pa.array(landed.end[at]).cast(pa.string()),
        "stage": _named([*stages, stage], selections.coder[at]),
    }
    first, of = _first(pa.table(columns))
    memos: dict[int, dict[str, None]] = {}
    for row, memo in zip(of.tolist(), (selections.memos[place] for place in at.tolist()), strict=True):
        if memo is not None:
            memos.setdefault(row, {})[memo] = None
    # Of codings that say the same every memo is kept.
    joined = pa.array(
        ["\n".join(memos[row]) if row in memos else None for row in range(len(first))], pa.string()
    )
    cells = pa.table(columns).take(pa.array(first)).append_column("memo", joined)
    return CodingRows(cells, selections.place[at][first], len(at) - len(first))


def is_nameless(name: str, kind: str) -> bool:
    """Whether what a project calls a coder tells nobody: blanks, or Taguette's one user on a desktop."""
    return not name.strip() or (kind == _TAGUETTE and name == _ANYBODY)


def _called(name: str, kind: str, coder: str | None) -> str | None:
    if coder is not None and is_nameless(name, kind):
        return coder
    return name if name.strip() else None


def codebook_cells(book: Codebook) -> Mapping[str, pa.Table]:
    """The rows of `codes`, `themes` and `theme_constructs`, as texts."""
    pairs = [(theme.theme_id, construct) for theme in book.themes for construct in theme.constructs]
    return {
        "codes": _cells(book.codes, ("code_id", "title", "definition", "theme_id")),
        "themes": _cells(book.themes, ("theme_id", "title", "description", "parent_theme_id")),
        "theme_constructs": pa.table(
            {
                "theme_id": pa.array([theme for theme, _ in pairs], pa.string()),
                "construct": pa.array([construct for _, construct in pairs], pa.string()),
            }
        ),
    }


def _cells(rows: Sequence[object], fields: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array([getattr(row, name) for row in rows], pa.string()) for name in fields})


def _named(names: Sequence[str | None], indices: npt.NDArray[np.int64]) -> pa.Array:
    """Names by index; `NONE` is the last of them."""
    at = np.where(indices == NONE, len(names) - 1, indices)
    return pa.array(names, pa.string()).take(pa.array(at))


def _first(table: pa.Table) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The first of each kind of row, in their order; and for each row the place of its kind among these."""
    numbered = table.append_column("row", pa.array(np.arange(table.num_rows)))
    found = numbered.group_by(table.column_names, use_threads=False).aggregate(
        [("row", "min"), ("row", "list")]
    )
    firsts = np.asarray(found["row_min"], dtype=np.int64)
    order = np.argsort(firsts)
    kinds = np.empty(len(order), np.int64)
    kinds[order] = np.arange(len(order))
    lists = found["row_list"].combine_chunks()
    of = np.empty(table.num_rows, np.int64)
    of[np.asarray(lists.flatten())] = np.repeat(kinds, np.diff(np.asarray(lists.offsets)))
    return firsts[order], of
