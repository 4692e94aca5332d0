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
    n = len(scores)
    if not n:
        return scores
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    step = np.exp(steps)
    result = np.empty_like(scores)
    begins, sizes, own_begins, own_ends = _pieces(chains)
    order = np.argsort(-sizes, kind="stable")
    begins, sizes = begins[order], sizes[order]
    place = np.arange(int(sizes[0]))
    # Longest first: at each step the chains that go on are the first ones.
    counts = np.searchsorted(-sizes, -place, side="left")
    sums = _summed(weights, begins, counts, step)
    for nth, count in enumerate(counts.tolist()):
        at = begins[:count] + nth
        own = (at >= own_begins[order[:count]]) & (at < own_ends[order[:count]])
        result[at[own]] = sums[nth][own]
    return result


def _summed(weights: Floats, begins: Positions, counts: npt.NDArray[np.int64], step: Floats) -> list[Floats]:
    """Forward and backward sums: for each step the probabilities of the chains that reach it."""
    reached = weights[begins]
    forward = [reached]
    for nth, count in enumerate(counts.tolist()[1:], start=1):
        reached = (reached[:count] @ step) * weights[begins[:count] + nth]
        reached /= reached.sum(axis=1, keepdims=True)
        forward.append(reached)
    backward: Floats = weights[:0]
    for nth in reversed(range(len(forward))):
        count = int(counts[nth])
        further = np.ones((count, weights.shape[1]), np.float32)
        further[: len(backward)] = backward
        both = forward[nth] * further
        both /= both.sum(axis=1, keepdims=True)
        forward[nth] = both
        given: Floats = weights[begins[:count] + nth] * further
        before: Floats = given @ step.T
        before /= before.sum(axis=1, keepdims=True)
        backward = before
    return forward


def _pieces(chains: Positions) -> tuple[Positions, Positions, Positions, Positions]:
    """First token and size of each piece of a chain, and the first and last of what is its own."""
    borders = np.flatnonzero(np.diff(chains, prepend=-1, append=-1))
    begins, ends = borders[:-1], borders[1:]
    counts = -(-(ends - begins) // PIECE)
    nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    begin, end = np.repeat(begins, counts), np.repeat(ends, counts)
    own_begins = begin + nth * PIECE
    own_ends = np.minimum(own_begins + PIECE, end)
    first = np.maximum(own_begins - BEYOND, begin)
    return first, np.minimum(own_ends + BEYOND, end) - first, own_begins, own_ends
