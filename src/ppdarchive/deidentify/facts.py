"""What released answers state of their participants: facts that survive redaction, as values of a field."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.deidentify.owners import participant_rows
from ppdarchive.model.span import Edit, TextCategory
from ppdarchive.model.table import CheckedTable

STATED = "stated"
"""What is known where a replacement tells no more than that there was something."""


def stated_facts(
    redactions: Mapping[tuple[str, str], Redaction],
    tables: Mapping[str, CheckedTable],
    categories: Collection[TextCategory],
    *,
    is_general: bool,
) -> Mapping[str, npt.NDArray[np.int64]]:
    """Gather what each participant's released answers state, by category.

    Parameters
    ----------
    redactions : mapping of (str, str) to Redaction
        By table and field, with rows as in `tables`.
    tables : mapping of str to CheckedTable
    categories : collection of TextCategory
        Those that count as quasi-identifiers.
    is_general : bool
        Whether replacements keep something of what they stand for ("a VA hospital"); otherwise it only
        counts whether there is one.

    Returns
    -------
    mapping of str to ndarray of int64, shape (n_participants,)
        By name, ``text: AGE``: the same number for participants whose answers state the same facts of a
        category, whatever their order and however often; -1 where they state none.
    """
    rows = participant_rows(tables)
    n = len(tables["participants"].frame) if "participants" in tables else 0
    found: dict[TextCategory, list[set[str]]] = {each: [set() for _ in range(n)] for each in categories}
    for (name, _), redaction in redactions.items():
        for row, edits in zip(rows.get(name, ()), redaction.edits, strict=name in rows):
            for edit in edits if row >= 0 else ():
                if edit.category in found:
                    found[edit.category][row].add(_fact(edit, is_general=is_general))
    return {f"text: {category}": _numbered(own) for category, own in found.items()}


def _fact(edit: Edit, *, is_general: bool) -> str:
    return edit.replacement.casefold() if is_general else STATED


def _numbered(facts: Sequence[set[str]]) -> npt.NDArray[np.int64]:
    """Numbers for sets, in the order of what they hold; -1 for an empty one."""
    keys = [tuple(sorted(own)) for own in facts]
    numbers = {key: number for number, key in enumerate(sorted(set(keys) - {()}))}
    return np.array([numbers.get(key, -1) for key in keys], dtype=np.int64)
