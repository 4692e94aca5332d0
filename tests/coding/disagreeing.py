"""A few codings that two coders of three do not agree on, for tests of items and worksheets."""

from __future__ import annotations

import numpy as np

from ppdarchive.coding.consensus.items import Items, Material, disagreements
from ppdarchive.coding.consensus.rules import Codings, Rule, clusters, propose

TEXT = "I went for a walk with my sister every day, and that helped more than the pills."
MATERIAL = Material(
    response_ids=("r-001", "r-002"),
    questions=("What helped?", "What did not?"),
    texts=(TEXT, "Nothing really, I was too tired to try."),
    code_ids=("exercise", "family"),
    titles=("Exercise", "Family"),
    coder_ids=("c1", "c2", "c3"),
)
Row = tuple[int, int, int, int, int]


def codings(rows: list[Row]) -> Codings:
    """Rows as columns."""
    response, code, coder, start, end = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Codings.of(response=response, code=code, coder=coder, start=start, end=end)


def items_of(
    rows: list[Row],
    rule: Rule = Rule.INTERSECTION,
    *,
    material: Material = MATERIAL,
    seen: np.ndarray | None = None,
) -> Items:
    """The items of codings that two of three coders saw."""
    if seen is None:
        seen = np.zeros((len(material.texts), len(material.coder_ids)), dtype=bool)
        seen[:, :2] = True
    found = clusters(codings(rows), seen)
    return disagreements(found, propose(found, rule), material)


AGREED: list[Row] = [(0, 1, 0, 23, 32), (0, 1, 1, 23, 32)]
WALK: list[Row] = [(0, 0, 0, 2, 17), (0, 0, 1, 7, 42)]
TIRED: list[Row] = [(1, 0, 1, 16, 31)]
