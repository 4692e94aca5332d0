"""Clusters that coders did not agree on -> items to settle; settled or proposed -> the consensus layer."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np

from ppdarchive.coding.consensus.rules import Clusters, Codings, Indices, Mask, Ranges, dense, halves, joins

_LETTERS: Final = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_CHECK_LENGTH: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class Material:
    """What the indices of codings stand for.

    Attributes
    ----------
    response_ids, questions, texts : tuple of str, length n_responses
        Each response's id, the question as coders know it, and the text that positions count in.
    code_ids, titles : tuple of str, length n_codes
    coder_ids : tuple of str, length n_coders
    """

    response_ids: tuple[str, ...]
    questions: tuple[str, ...]
    texts: tuple[str, ...]
    code_ids: tuple[str, ...]
    titles: tuple[str, ...]
    coder_ids: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Material: {len(self.texts)} responses, {len(self.code_ids)} codes>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Items:
    """The clusters that somebody has to decide on.

    Attributes
    ----------
    ids : tuple of str, length n_items
        ``response#code#ordinal``: the same as long as the response's codings with the code are. No
        spreadsheet takes it for a number, a date or a formula.
    checks : tuple of str, length n_items
        Ten letters that change when a coder's version or the proposal does. They are computed from
        positions and coders' ids, and from no text.
    cluster : ndarray of int64, shape (n_items,)
        Ascending.
    clusters : Clusters
        All, also those that are agreed.
    proposal : Ranges
        Of clusters.
    """

    ids: tuple[str, ...]
    checks: tuple[str, ...]
    cluster: Indices
    clusters: Clusters
    proposal: Ranges

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        return f"<Items: {len(self)} of {len(self.clusters)} clusters>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Settled:
    """What was decided on the items.

    Attributes
    ----------
    is_settled : ndarray of bool, shape (n_items,)
    ranges : Ranges, shape (n,)
        Of items; none for an item that was settled as not coded.
    """

    is_settled: Mask
    ranges: Ranges

    @property
    def unsettled(self) -> Indices:
        """The items that nothing was decided on."""
        return np.flatnonzero(~self.is_settled)

    def __repr__(self) -> str:
        return f"<Settled: {int(self.is_settled.sum())} of {len(self.is_settled)} items>"


def disagreements(found: Clusters, proposal: Ranges, material: Material) -> Items:
    """List the clusters in which not all coders who saw the response marked the same characters.

    Parameters
    ----------
    found : Clusters
    proposal : Ranges
        Of clusters, from `ppdarchive.coding.consensus.rules.propose`.
    material : Material

    Returns
    -------
    Items
    """
    cluster = np.flatnonzero(~found.is_agreed)
    version_rows = rows_of(found.versions, cluster)
    proposal_rows = rows_of(proposal, cluster)
    ids: list[str] = []
    checks: list[str] = []
    for each, versions, proposed in zip(cluster.tolist(), version_rows, proposal_rows, strict=True):
        response, code = int(found.response[each]), int(found.code[each])
        ids.append(f"{material.response_ids[response]}#{material.code_ids[code]}#{found.ordinal[each]}")
        facts = [
            (
                material.coder_ids[found.coder[row]],
                int(found.versions.start[row]),
                int(found.versions.end[row]),
            )
            for row in range(*versions)
        ]
        saw = [material.coder_ids[coder] for coder in np.flatnonzero(found.seen[response])]
        proposed_facts = [(int(proposal.start[row]), int(proposal.end[row])) for row in range(*proposed)]
        checks.append(_check(repr((sorted(facts), sorted(saw), proposed_facts))))
    return Items(tuple(ids), tuple(checks), cluster, found, proposal)


def _check(facts: str) -> str:
    # Letters alone: a spreadsheet takes 12345e67 for a number and writes it back as 1.23E+71.
    return sha256(facts.encode()).hexdigest()[:_CHECK_LENGTH].translate(_LETTERS)


def rows_of(ranges: Ranges, of: Indices) -> list[tuple[int, int]]:
    """The first row and the one behind the last of what belongs to each of `of`, shape (n,)."""
    first = np.searchsorted(ranges.of, of, side="left")
    behind = np.searchsorted(ranges.of, of, side="right")
    return list(zip(first.tolist(), behind.tolist(), strict=True))


def consensus(items: Items, settled: Settled | None = None, *, coder: int) -> Codings:
    """The consensus layer: what was agreed as it is, and the rest as settled or else as proposed.

    Parameters
    ----------
    items : Items
    settled : Settled, optional
        An item that is not settled in it is not coded. Without it every proposal stands.
    coder : int
        The index of the coder who stands for all together.

    Returns
    -------
    Codings, shape (n,)
        Sorted by response, code and position, of the one coder; those of one code in one response do not
        overlap: settled ranges that reach into each other are joined.
    """
    found, chosen = items.clusters, items.proposal
    if settled is not None:
        kept = found.is_agreed[chosen.of]
        chosen = Ranges(
            np.concatenate([chosen.of[kept], items.cluster[settled.ranges.of]]),
            np.concatenate([chosen.start[kept], settled.ranges.start]),
            np.concatenate([chosen.end[kept], settled.ranges.end]),
        )
    response, code = found.response[chosen.of], found.code[chosen.of]
    start, end = halves(chosen.start, chosen.end)
    order, joined = joins(dense(response, code), start, end, touching=False)
    first = np.flatnonzero(np.diff(joined, prepend=-1))
    last = np.maximum.reduceat(end[order], first) if len(first) else end[:0]
    return Codings(
        response=response[order][first],
        code=code[order][first],
        coder=np.full(len(first), coder, dtype=np.int64),
        start=start[order][first] // 2,
        end=last // 2,
    )
