"""All responses end to end as one continuum, and what its coders marked there; columns in, columns out.

Responses are laid one after another, only those that two or more coders saw: on the others nobody can
agree. Positions count characters of that continuum, half-open. A segment lies within one response, so
that none crosses a border, and a gap has no shape of its own (it counts by its length alone): how the
responses are ordered, and whether a gap at a border is one or two, changes no figure.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ppdarchive.agreement.coded import Coded, Indices

Floats = npt.NDArray[np.float64]

_BITS = 62


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Segments:
    """Segments of the continuum, as columns; those of one coder and one value are disjoint.

    Attributes
    ----------
    value : ndarray of int64, shape (n_segments,)
        A code's index, or that of a set of codes.
    coder : ndarray of int64, shape (n_segments,)
        The coder's index.
    start, end : ndarray of int64, shape (n_segments,)
        Characters of the continuum, half-open, `start` below `end`.
    """

    value: Indices
    coder: Indices
    start: Indices
    end: Indices

    @property
    def length(self) -> Indices:
        """Characters of each segment, shape (n_segments,)."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Continuum:
    """The responses that two or more coders saw, end to end, with the coders' segments.

    Attributes
    ----------
    bounds : ndarray of int64, shape (n_responses + 1,)
        Where responses begin, and the continuum's length.
    n_raters : ndarray of int64, shape (n_responses,)
        How many coders saw the response, each >= 2.
    participants : ndarray of int64, shape (n_responses,)
        Whose response it is.
    n_participants : int
        Participants of the study, also those of no response here.
    n_coders, n_codes : int
        Coders and codes of the study.
    marked : Segments
        By code. Segments of one coder and one code that share a character are one over their union;
        those that only touch stay two, as units of the continuum are in the source.
    """

    bounds: Indices
    n_raters: Indices
    participants: Indices
    n_participants: int
    n_coders: int
    n_codes: int
    marked: Segments

    @property
    def n_responses(self) -> int:
        """How many responses there are."""
        return len(self.n_raters)

    @property
    def length(self) -> int:
        """Characters of the continuum."""
        return int(self.bounds[-1])

    def responses_at(self, position: Indices) -> Indices:
        """The response of each position, shape (n_positions,)."""
        return np.searchsorted(self.bounds, position, side="right") - 1

    def weigh(self, response: Indices, length: Floats | Indices) -> Floats:
        """Divide lengths by one less than the response's raters, shape (n_lengths,)."""
        return np.asarray(length, dtype=np.float64) / (self.n_raters[response] - 1)

    def per_participant(self, response: Indices, amount: Floats | Indices) -> Floats:
        """Sum amounts by the participant of their response, shape (n_participants,)."""
        sums = np.bincount(self.participants[response], amount, minlength=self.n_participants)
        return sums.astype(np.float64)

    def __repr__(self) -> str:
        return f"<Continuum: {self.length} characters of {self.n_responses} responses>"


def end_to_end(coded: Coded) -> Continuum:
    """Lay the responses end to end and unite each coder's overlapping segments of a code.

    Parameters
    ----------
    coded : Coded
        Codings that mark no character, and those of a coder in a response that she is said not to have
        seen, are left out.

    Returns
    -------
    Continuum
    """
    raters = coded.rated.sum(axis=1)
    kept = raters >= 2
    bounds = np.concatenate(([0], np.cumsum(np.where(kept, coded.lengths, 0))))
    counts = kept[coded.unit] & coded.rated[coded.unit, coded.coder] & (coded.start < coded.end)
    shift = bounds[coded.unit[counts]]
    return Continuum(
        bounds=np.concatenate(([0], np.cumsum(coded.lengths[kept]))),
        n_raters=raters[kept].astype(np.int64),
        participants=coded.participants[kept],
        n_participants=int(coded.participants.max(initial=-1)) + 1,
        n_coders=len(coded.coders),
        n_codes=len(coded.codes),
        marked=_united(
            coded.code[counts],
            coded.coder[counts],
            shift + coded.start[counts],
            shift + coded.end[counts],
            n_coders=max(len(coded.coders), 1),
            length=max(int(bounds[-1]), 1),
        ),
    )


def partition(continuum: Continuum) -> tuple[Segments, npt.NDArray[np.bool_]]:
    """Cut each coder's coded characters into segments of one value each, a set of codes.

    A coder's continuum is cut wherever one of her segments begins or ends. Where none of them overlap the
    pieces are the segments; where they do, a piece carries the set of all codes that she gave it.

    Parameters
    ----------
    continuum : Continuum
        The values of its segments are codes.

    Returns
    -------
    pieces : Segments
        By coder and position, all of a coder's disjoint; values number the sets of codes from 0.
    several : ndarray of bool, shape (n_pieces,)
        Whether the piece carries more than one code.
    """
    marked = continuum.marked
    length = max(continuum.length, 1)
    n = len(marked.start)
    shift = marked.coder * length
    edges, at = np.unique(np.concatenate((marked.start + shift, marked.end + shift)), return_inverse=True)
    depth = np.cumsum(np.bincount(at[:n], minlength=len(edges)) - np.bincount(at[n:], minlength=len(edges)))
    coded = np.flatnonzero(depth)
    # A code begins and ends in turn within a coder's continuum, so sums of its bit say where it applies.
    value = np.zeros(len(coded), dtype=np.int64)
    for first in range(0, continuum.n_codes, _BITS):
        here = (marked.value >= first) & (marked.value < first + _BITS)
        bit = np.left_shift(np.int64(1), marked.value[here] - first)
        steps = np.zeros(len(edges), dtype=np.int64)
        np.add.at(steps, at[:n][here], bit)
        np.subtract.at(steps, at[n:][here], bit)
        word = np.cumsum(steps)[coded]
        sets, within = np.unique(word, return_inverse=True)
        value = np.unique(value * len(sets) + within, return_inverse=True)[1]
    coder = edges[coded] // length
    pieces = Segments(value, coder, edges[coded] - coder * length, edges[coded + 1] - coder * length)
    return pieces, depth[coded] > 1


def shared(continuum: Continuum, segments: Segments) -> tuple[Indices, Indices, Floats]:
    """Measure what coders marked with the same value.

    Parameters
    ----------
    continuum : Continuum
        Of the segments.
    segments : Segments
        Those of one coder and one value are disjoint.

    Returns
    -------
    value, response : ndarray of int64, shape (n_stretches,)
        Where two or more coders gave a value.
    amount : ndarray of float, shape (n_stretches,)
        Characters, times ordered pairs of coders who gave it, over one less than the response's raters:
        the source's observed coincidence of the value with itself.
    """
    length = max(continuum.length, 1)
    n = len(segments.start)
    edges = np.concatenate((segments.start, segments.end)) + np.tile(segments.value * length, 2)
    order = np.argsort(edges, kind="stable")
    edges = edges[order]
    depth = np.cumsum(np.where(order < n, 1, -1))[:-1]
    width = np.diff(edges)
    # Where anything is marked the stretch lies in one response and one value: all end at its border.
    here = np.flatnonzero((depth > 1) & (width > 0)) if n else np.empty(0, dtype=np.int64)
    value = edges[here] // length
    response = continuum.responses_at(edges[here] - value * length)
    return value, response, continuum.weigh(response, width[here] * depth[here] * (depth[here] - 1))


def paired(continuum: Continuum, segments: Segments, pieces: Segments) -> tuple[Floats, Floats]:
    """Measure how much of each segment other coders coded too, with anything.

    Parameters
    ----------
    continuum : Continuum
        Of the segments.
    segments : Segments
        What is measured.
    pieces : Segments
        All coded characters; those of one coder are disjoint and in order.

    Returns
    -------
    lengths : ndarray of float, shape (n_segments,)
        The segment's characters that another coder coded, summed over the other coders, over one less
        than the response's raters.
    squares : ndarray of float, shape (n_segments,)
        The same with each other coder's characters squared.
    """
    lengths = np.zeros(len(segments.start), dtype=np.int64)
    squares = np.zeros(len(segments.start), dtype=np.float64)
    for coder in range(continuum.n_coders):
        own = pieces.coder == coder
        covered = _Covered.by(pieces.start[own], pieces.end[own])
        others = segments.coder != coder
        within = covered.before(segments.end[others]) - covered.before(segments.start[others])
        lengths[others] += within
        squares[others] += np.square(within.astype(np.float64))
    response = continuum.responses_at(segments.start)
    return continuum.weigh(response, lengths), continuum.weigh(response, squares)


@dataclass(frozen=True, slots=True)
class _Covered:
    """How many characters of disjoint, sorted segments lie before a position."""

    start: Indices
    end: Indices
    total: Indices

    @classmethod
    def by(cls, start: Indices, end: Indices) -> _Covered:
        return cls(start, end, np.concatenate(([0], np.cumsum(end - start))))

    def before(self, position: Indices) -> Indices:
        begun = np.searchsorted(self.start, position, side="right")
        if not len(self.start):
            return np.zeros(len(position), dtype=np.int64)
        beyond = np.maximum(self.end[begun - 1] - position, 0)
        return self.total[begun] - np.where(begun > 0, beyond, 0)


def _united(
    code: Indices, coder: Indices, start: Indices, end: Indices, *, n_coders: int, length: int
) -> Segments:
    """Unite the segments of one code and one coder that share a character; sorted by both, then place."""
    group = (code * n_coders + coder) * length
    order = np.argsort(group + start, kind="stable")
    first, last = (group + start)[order], (group + end)[order]
    reach = np.maximum.accumulate(last)
    opens = np.flatnonzero(np.concatenate((first[:1] >= 0, first[1:] >= reach[:-1])))
    closes = np.append(opens[1:], len(first)) - 1 if len(first) else opens
    owner = first[opens] // length
    return Segments(
        owner // n_coders, owner % n_coders, first[opens] - owner * length, reach[closes] - owner * length
    )
