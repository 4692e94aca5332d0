"""A linear chain over labels: scores of tokens to probabilities, by forward and backward sums.

Lafferty, McCallum and Pereira 2001 (conditional random fields); the sums as in Rabiner 1989, section
III.A, each step scaled to 1. Texts are cut into pieces of one length that see a few tokens beyond their
ends, so that a step is one operation on all pieces and its cost does not depend on how long a text is.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.tagger.features import Floats
from ppdarchive.text.batch import Positions

Flags = npt.NDArray[np.bool_]

_SIZES: Final = (4, 12)
"""Chains up to these sizes are worked on together: most are short."""
PIECE: Final = 32
BEYOND: Final = 8
"""What stands farther away than this changes a probability by less than rounding does."""


def marginals(scores: Floats, chains: Positions, steps: Floats) -> Floats:
    """The probability of each label at each token.

    Parameters
    ----------
    scores : ndarray of float32, shape (n, k)
        With what it takes to begin and to end a chain in its first and last row.
    chains : ndarray of int64, shape (n,)
        The chain of each token, ascending.
    steps : ndarray of float32, shape (k, k)
        The score of going from one label to the next.

    Returns
    -------
    ndarray of float32, shape (n, k)
        Rows sum to 1.
    """
    weights = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    step = np.exp(steps)
    result = np.empty_like(scores)
    borders = np.flatnonzero(np.diff(chains, prepend=-1, append=-1))
    begins, sizes = borders[:-1], np.diff(borders)
    low = 0
    for high in (*_SIZES, len(scores)):
        own = (sizes > low) & (sizes <= high)
        low = high
        if own.any():
            at, is_there, is_own = _pieces(begins[own], sizes[own])
            result[at[is_own]] = _summed(weights[at], is_there, step)[is_own]
    return result


def _summed(weights: Floats, is_there: Flags, step: Floats) -> Floats:
    """Forward and backward sums of pieces, shape (pieces, width, k)."""
    n_pieces, width, n_labels = weights.shape
    laid = weights.transpose(1, 0, 2).copy()  # each step contiguous
    there = is_there.T[:, :, None]
    np.copyto(laid, 1, where=~there)
    forward = np.empty_like(laid)
    reached = np.ones((n_pieces, n_labels), np.float32)
    begun = np.zeros((n_pieces, 1), np.bool_)
    for place in range(width):
        further = reached @ step
        np.copyto(further, 1, where=~begun)
        further *= laid[place]
        further /= further.sum(axis=1, keepdims=True)
        np.copyto(reached, further, where=there[place])
        begun |= there[place]
        forward[place] = reached
    backward = np.ones((n_pieces, n_labels), np.float32)
    for place in reversed(range(width)):
        forward[place] *= backward
        before = (laid[place] * backward) @ step.T
        before /= before.sum(axis=1, keepdims=True)
        np.copyto(backward, before, where=there[place])
    forward /= forward.sum(axis=2, keepdims=True)
    return forward.transpose(1, 0, 2)


def _pieces(begins: Positions, sizes: Positions) -> tuple[Positions, Flags, Flags]:
    """Token numbers of all pieces of chains, which of them are there, and which are the piece's own."""
    counts = -(-sizes // PIECE)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    begin, end = np.repeat(begins, counts), np.repeat(begins + sizes, counts)
    first = begin + nth * PIECE
    longest = int(min(sizes.max(), PIECE))
    beyond = BEYOND if sizes.max() > PIECE else 0
    at = first[:, None] + np.arange(-beyond, longest + beyond)
    is_there = (at >= begin[:, None]) & (at < end[:, None])
    is_own = is_there & (at >= first[:, None]) & (at < first[:, None] + PIECE)
    return np.where(is_there, at, first[:, None]), is_there, is_own
