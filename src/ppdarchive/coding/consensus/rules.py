"""Independent codings -> clusters of segments that overlap -> what a rule proposes for each; columns only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, Self

import numpy as np
import numpy.typing as npt

_LONGEST: Final = 2**31
"""Positions up to here, of as many groups, fit on the one axis that `joins` puts them on."""

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Rule(StrEnum):
    """How several coders' segments become one proposal.

    ``intersection``: the characters that every coder who saw the response marked. ``union``: all that
    any of them marked. ``majority``: those that more than half of the coders who saw it marked; an even
    split is no majority. ``first``: what the coder named as the first one marked.
    """

    INTERSECTION = "intersection"
    UNION = "union"
    MAJORITY = "majority"
    FIRST = "first"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Codings:
    """Codings as columns of indices.

    Attributes
    ----------
    response, code, coder : ndarray of int64, shape (n,)
        Indices, from 0, into whatever the caller counts.
    start, end : ndarray of int64, shape (n,)
        Code points of the response's text, half-open. An empty one marks a place and no character; it
        lies inside the character behind it, and overlaps what overlaps that one from its start. Beside
        others' segments it may add nothing, since half a character cannot be marked.
    """

    response: Indices
    code: Indices
    coder: Indices
    start: Indices
    end: Indices

    @classmethod
    def of(
        cls,
        *,
        response: npt.ArrayLike,
        code: npt.ArrayLike,
        coder: npt.ArrayLike,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
    ) -> Self:
        """Codings of anything like columns.

        Raises
        ------
        ValueError
            If they are not of one length, something is negative or beyond any text, or an end lies before
            its start.
        """
        made = cls(
            response=np.asarray(response, dtype=np.int64),
            code=np.asarray(code, dtype=np.int64),
            coder=np.asarray(coder, dtype=np.int64),
            start=np.asarray(start, dtype=np.int64),
            end=np.asarray(end, dtype=np.int64),
        )
        columns = [getattr(made, each.name) for each in fields(made)]
        if any(column.shape != (len(made),) for column in columns):
            raise ValueError("columns of codings are not of one length")
        if any(len(column) and column.min() < 0 for column in columns):
            raise ValueError("an index or position of a coding is negative")
        if len(made) and made.end.max() > _LONGEST:
            raise ValueError("a position lies beyond any text")
        if (made.end < made.start).any():
            raise ValueError("a coding ends before it starts")
        return made

    def __len__(self) -> int:
        return len(self.response)

    def __repr__(self) -> str:
        return f"<Codings: {len(self)} rows>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ranges:
    """Ranges that belong to something, sorted by it and by position.

    Attributes
    ----------
    of : ndarray of int64, shape (n,)
        The index of the cluster or item that each belongs to.
    start, end : ndarray of int64, shape (n,)
        Code points, half-open; those of one cluster or item are disjoint.
    """

    of: Indices
    start: Indices
    end: Indices

    def __len__(self) -> int:
        return len(self.of)

    def __repr__(self) -> str:
        return f"<Ranges: {len(self)} rows>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Clusters:
    """Segments of one code in one response that overlap, from one to the next.

    Attributes
    ----------
    response, code : ndarray of int64, shape (n_clusters,)
        Sorted by both, then by position.
    ordinal : ndarray of int64, shape (n_clusters,)
        The cluster's number among those of its response and code, from 1.
    start, end : ndarray of int64, shape (n_clusters,)
        From the first character marked to behind the last; each one between is marked by somebody.
    n_seen : ndarray of int64, shape (n_clusters,)
        Coders who saw the response.
    is_agreed : ndarray of bool, shape (n_clusters,)
        All of them marked exactly these characters.
    versions : Ranges, shape (n_versions,)
        What each coder marked, as maximal ranges.
    coder : ndarray of int64, shape (n_versions,)
        Whose each of `versions` is; sorted within the cluster.
    seen : ndarray of bool, shape (n_responses, n_coders)
        Who saw which response.
    """

    response: Indices
    code: Indices
    ordinal: Indices
    start: Indices
    end: Indices
    n_seen: Indices
    is_agreed: Mask
    versions: Ranges
    coder: Indices
    seen: Mask

    def __len__(self) -> int:
        return len(self.response)

    def __repr__(self) -> str:
        return f"<Clusters: {len(self)}, {int(self.is_agreed.sum())} of them agreed>"


def clusters(codings: Codings, seen: Mask) -> Clusters:
    """Join the coders' segments of one code in one response that overlap; touching ones stay separate.

    Parameters
    ----------
    codings : Codings, shape (n,)
        Independent ones.
    seen : ndarray of bool, shape (n_responses, n_coders)
        Whether the coder saw the response. Whoever coded in it has seen it, whatever stands here.

    Returns
    -------
    Clusters, shape (n_clusters,)
        The same for codings in any order, and for any that stand there twice.

    Raises
    ------
    ValueError
        If an index lies outside `seen`.
    """
    if len(codings) and (codings.response.max() >= seen.shape[0] or codings.coder.max() >= seen.shape[1]):
        raise ValueError("a coding's response or coder lies outside `seen`")
    seen = seen.copy()
    seen[codings.response, codings.coder] = True

    start, end = halves(codings.start, codings.end)
    group = dense(codings.response, codings.code)
    order, joined = joins(group, start, end, touching=False)
    first = np.flatnonzero(np.diff(joined, prepend=-1))
    response, code = codings.response[order][first], codings.code[order][first]
    extent_end = np.maximum.reduceat(end[order], first) if len(first) else end[:0]

    versions, coder = _versions(joined, codings.coder[order], start[order], end[order])
    n_seen = seen.sum(axis=1, dtype=np.int64)[response]
    cover = _cover(versions)
    fewest = np.full(len(first), np.iinfo(np.int64).max)
    np.minimum.at(fewest, cover.stretches.of, cover.n_coders)
    return Clusters(
        response=response,
        code=code,
        ordinal=_ordinals(group[order][first]),
        start=start[order][first] // 2,
        end=extent_end // 2,
        n_seen=n_seen,
        # Each character of a cluster is marked by one coder at least: equal versions leave no other count.
        is_agreed=fewest == n_seen,
        versions=whole(versions),
        coder=coder,
        seen=seen,
    )


def propose(found: Clusters, rule: Rule, *, first: int | None = None) -> Ranges:
    """What a rule proposes for each cluster: disjoint maximal ranges, or none; words may be cut.

    A cluster that is agreed on has one answer, by any rule. Permuting the coders changes nothing, but
    for ``first``.

    Parameters
    ----------
    found : Clusters
    rule : Rule
    first : int, optional
        The first coder, for ``first`` alone. Where they did not see the response and the others
        disagree, nothing is proposed.

    Returns
    -------
    Ranges, shape (n,)
        Of clusters.

    Raises
    ------
    ValueError
        If the first coder is missing, or named for another rule.
    """
    if (rule is Rule.FIRST) != (first is not None):
        raise ValueError("a first coder is named for the rule `first`, and for no other")
    if rule is Rule.FIRST:
        return _first(found, first)
    start, end = halves(found.versions.start, found.versions.end)
    cover = _cover(Ranges(found.versions.of, start, end))
    n_seen = found.n_seen[cover.stretches.of]
    chosen = {
        Rule.INTERSECTION: cover.n_coders == n_seen,
        Rule.UNION: cover.n_coders > 0,
        Rule.MAJORITY: 2 * cover.n_coders > n_seen,
    }[rule]
    return whole(_runs(cover.stretches, chosen))


def _first(found: Clusters, first: int | None) -> Ranges:
    chosen = (found.coder == first) & ~found.is_agreed[found.versions.of]
    agreed = np.flatnonzero(found.is_agreed)
    of = np.concatenate([agreed, found.versions.of[chosen]])
    start = np.concatenate([found.start[agreed], found.versions.start[chosen]])
    end = np.concatenate([found.end[agreed], found.versions.end[chosen]])
    order = np.lexsort((start, of))
    return Ranges(of[order], start[order], end[order])


def halves(start: Indices, end: Indices) -> tuple[Indices, Indices]:
    """Positions in half characters, where an empty range is the left half of the character behind it.

    So nothing below has to know of empty ranges: a range that starts at a place covers both halves of its
    first character, and no result can start at a right half.
    """
    return 2 * start, 2 * end + (start == end)


def whole(ranges: Ranges) -> Ranges:
    """Positions in half characters -> code points."""
    return Ranges(ranges.of, ranges.start // 2, ranges.end // 2)


def dense(*columns: Indices) -> Indices:
    """Number the different rows of some columns in their order, from 0."""
    order = np.lexsort(columns[::-1])
    is_new = np.zeros(len(order), dtype=bool)
    for column in columns:
        is_new[1:] |= np.diff(column[order]) != 0
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(is_new)
    return numbers


def joins(group: Indices, start: Indices, end: Indices, *, touching: bool) -> tuple[Indices, Indices]:
    """Join ranges of one group that overlap, from one to the next, or touch where `touching` says so.

    Returns
    -------
    order : ndarray of int64, shape (n,)
        Sorts by group, start and end.
    joined : ndarray of int64, shape (n,)
        For each range in this order the number of what it was joined to, from 0.
    """
    order = np.lexsort((end, start, group))
    if not len(order):
        return order, order
    # One axis for all groups: those behind lie further along than any end of those before.
    offset = group[order] * (int(end.max()) + 1)
    reach = np.maximum.accumulate(offset + end[order])
    at, before = (offset + start[order])[1:], reach[:-1]
    is_new = at > before if touching else at >= before
    is_new |= np.diff(group[order]) != 0
    return order, np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(is_new)])


def _versions(of: Indices, coder: Indices, start: Indices, end: Indices) -> tuple[Ranges, Indices]:
    """Each coder's maximal ranges in each cluster, and whose they are."""
    pair = dense(of, coder)
    order, joined = joins(pair, start, end, touching=True)
    first = np.flatnonzero(np.diff(joined, prepend=-1))
    last = np.maximum.reduceat(end[order], first) if len(first) else end[:0]
    return Ranges(of[order][first], start[order][first], last), coder[order][first]


def _ordinals(group: Indices) -> Indices:
    """Number equal neighbours, from 1."""
    first = np.flatnonzero(np.diff(group, prepend=-1))
    lengths = np.diff(first, append=len(group))
    return np.arange(1, len(group) + 1) - np.repeat(first, lengths)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Cover:
    """How many coders marked what: stretches of clusters without any border inside.

    Attributes
    ----------
    stretches : Ranges, shape (n,)
        In the order of clusters and positions; together they cover each cluster whole.
    n_coders : ndarray of int64, shape (n,)
    """

    stretches: Ranges
    n_coders: Indices


def _cover(versions: Ranges) -> _Cover:
    """Count the coders of each stretch; the versions of each must be disjoint."""
    n = len(versions)
    of = np.concatenate([versions.of, versions.of])
    at = np.concatenate([versions.start, versions.end])
    steps = np.repeat(np.array([1, -1]), n)
    order = np.lexsort((at, of))
    of, at, n_coders = of[order], at[order], np.cumsum(steps[order])
    # Of the borders at one place the last knows the count behind it; a cluster's last border closes it.
    inside = np.zeros(2 * n, dtype=bool)
    inside[:-1] = (of[1:] == of[:-1]) & (at[1:] != at[:-1])
    behind = np.flatnonzero(inside)
    return _Cover(Ranges(of[behind], at[behind], at[behind + 1]), n_coders[behind])


def _runs(stretches: Ranges, chosen: Mask) -> Ranges:
    """Neighbouring stretches that are chosen, as maximal ranges."""
    of, start, end = stretches.of[chosen], stretches.start[chosen], stretches.end[chosen]
    parted = np.ones(len(of), dtype=bool)
    parted[1:] = (of[1:] != of[:-1]) | (start[1:] != end[:-1])
    first = np.flatnonzero(parted)
    return Ranges(of[first], start[first], end[np.append(first[1:], len(of)) - 1] if len(of) else end)
