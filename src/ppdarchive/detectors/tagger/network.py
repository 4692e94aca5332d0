"""The tagger's network: forms to vectors, windows of vectors to scores, without a framework.

The first layer looks at a window of forms. Its part that belongs to one form at one place of the window
is computed once a form, so that tokens only gather and add. The second layer looks at a window of what
the first one found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.tagger.features import GRAM_BITS, N_GRAMS, Features, Floats, Forms
from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes, Tokens

GATE: Final = -3.3
"""A form whose logit of being part of a mention is lower is looked at in context only beside another."""

_BLOCK: Final = 2048
"""Tokens worked on at once: what they gather stays in the processor's cache."""

_GRAM_BASES: Final = np.arange(N_GRAMS, dtype=np.int64) << GRAM_BITS


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Vectors:
    """Pretrained word vectors by the first 32 bits of a word's hash.

    Attributes
    ----------
    hashes : ndarray of uint32, shape (n,)
        Sorted.
    rows : ndarray of uint16, shape (n,)
        The row of each word; from 1 on.
    values : ndarray of int8, shape (m, d)
        The first row is that of an unknown word.
    scale : ndarray of float32, shape (d,)
    """

    hashes: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint16]
    values: npt.NDArray[np.int8]
    scale: Floats

    def rows_of(self, hashes: Hashes) -> Positions:
        """The row of each word; 0 where it has none."""
        short = (hashes >> np.uint64(32)).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.hashes, short), len(self.hashes) - 1)
        return np.where(self.hashes[at] == short, self.rows[at], 0).astype(np.int64)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Network:
    """The weights; names as in the training script.

    Attributes
    ----------
    vectors : Vectors
    grams : ndarray of int8, shape (N_GRAMS << GRAM_BITS, g)
    small : dict of str to ndarray of float32
        All other weights.
    form_gram : ndarray of float32, shape (N_GRAMS * g, width)
        What the grams, unscaled, give a form.
    """

    vectors: Vectors
    grams: npt.NDArray[np.int8]
    small: dict[str, Floats]
    form_gram: Floats

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the weights; large tables are memory-mapped."""

        def mapped(name: str) -> npt.NDArray[np.generic]:
            array: npt.NDArray[np.generic] = np.load(folder / f"{name}.npy", mmap_mode="r")
            return array

        with np.load(folder / "weights.npz") as file:
            small = {name: file[name] for name in file.files}
        vectors = Vectors(
            mapped("vector-hashes").view(np.uint32),
            mapped("vector-rows").view(np.uint16),
            mapped("vectors").view(np.int8),
            np.load(folder / "vector-scale.npy"),
        )
        scale = np.tile(small["gram_scale"], N_GRAMS)
        return cls(vectors, mapped("grams").view(np.int8), small, small["form_gram"] * scale[:, None])

    def scores(self, known: Features, tokens: Tokens) -> tuple[Positions, Floats]:
        """The tokens that may be part of a mention, and the scores of their labels.

        Most words of most texts are part of none, whatever stands around them; the network tells which
        from the form alone, and only the others and their neighbours are looked at in context.

        Parameters
        ----------
        known : Features
        tokens : Tokens, length n

        Returns
        -------
        tuple of ndarray of int64, shape (k,) and ndarray of float32, shape (k, n_labels)
        """
        small = self.small
        forms = self._forms(known.forms)
        reach, further_reach = len(small["first"]) // 2, len(small["second"]) // 2
        gap = reach + further_reach + 1
        at = _spread(tokens.texts, gap)
        size = (int(at[-1]) if len(at) else 0) + 1 + gap
        is_token = np.zeros(size, np.bool_)
        is_token[at] = True
        may = (forms @ small["gate"] + small["gate_bias"])[known.form_of] > GATE
        may[known.in_phrase] = True
        open_ = np.zeros(size, np.bool_)
        open_[at] = may
        active = _widened(open_, 1) & is_token
        seen = np.flatnonzero(_widened(active, further_reach) & is_token)
        number = np.cumsum(is_token) - 1
        form_of = np.full(size, len(forms), np.int64)
        form_of[at] = known.form_of
        hidden = _gathered(forms, small["first"], form_of, seen)
        hidden += small["positions"].take(known.positions[number[seen]], axis=0)
        row = np.full(size, len(seen), np.int64)
        row[seen] = np.arange(len(seen))
        in_phrase = row[at[known.in_phrase]]
        hidden[in_phrase] += known.phrase_kinds @ small["phrases"]
        np.maximum(hidden, 0, out=hidden)
        padded = np.zeros((len(hidden) + 1, hidden.shape[1]), np.float32)
        padded[:-1] = hidden
        chosen = np.flatnonzero(active)
        result = np.empty((len(chosen), len(small["last_bias"])), np.float32)
        second = small["second"].reshape(-1, hidden.shape[1])
        of_form = forms @ small["last_form"] + small["last_bias"]
        window = np.arange(-further_reach, further_reach + 1)
        for begin in range(0, len(chosen), _BLOCK):
            own = chosen[begin : begin + _BLOCK]
            around = padded.take(row[own[:, None] + window], axis=0).reshape(len(own), len(second))
            further = around @ second
            further += small["second_bias"]
            np.maximum(further, 0, out=further)
            further += padded.take(row[own], axis=0)
            result[begin : begin + _BLOCK] = further @ small["last_hidden"] + of_form.take(
                form_of[own], axis=0
            )
        return number[chosen], result

    def _forms(self, forms: Forms) -> Floats:
        """The vector of each form, shape (f, width)."""
        small = self.small
        rows = self.vectors.rows_of(forms.hashes)
        vectors: Floats = self.vectors.values.take(rows, axis=0) * self.vectors.scale
        vectors[rows == 0] = small["unknown"]
        grams = self.grams.take(forms.grams + _GRAM_BASES, axis=0).astype(np.float32)
        result: Floats = vectors @ small["form_vector"]
        result += grams.reshape(len(forms), N_GRAMS * grams.shape[2]) @ self.form_gram
        result += (small["cases"] @ small["form_case"])[forms.cases]
        result += (small["lengths"] @ small["form_length"])[forms.lengths]
        result += forms.lexicon @ small["form_lexicon"]
        result += small["form_bias"]
        return np.maximum(result, 0, out=result)


def _spread(texts: Positions, gap: int) -> Positions:
    """Where each token stands when there is a gap before and after each text."""
    if not len(texts):
        return np.zeros(0, np.int64)
    is_new = np.diff(texts, prepend=-1) != 0
    places: Positions = np.arange(len(texts)) + gap * np.cumsum(is_new)
    return places


def _widened(on: npt.NDArray[np.bool_], reach: int) -> npt.NDArray[np.bool_]:
    """What is on, and `reach` places on both sides of it."""
    result = on.copy()
    for offset in range(1, reach + 1):
        result[offset:] |= on[:-offset]
        result[:-offset] |= on[offset:]
    return result


def _gathered(forms: Floats, weights: Floats, form_of: Positions, chosen: Positions) -> Floats:
    """The first layer before its bias: what each form gives at each place of the window, summed."""
    reach = len(weights) // 2
    result = np.zeros((len(chosen), weights.shape[2]), np.float32)
    given = np.zeros((len(forms) + 1, weights.shape[2]), np.float32)
    for nth, own in enumerate(weights):
        np.matmul(forms, own, out=given[:-1])
        at = form_of[chosen + (nth - reach)]
        for begin in range(0, len(at), _BLOCK):
            result[begin : begin + _BLOCK] += given.take(at[begin : begin + _BLOCK], axis=0)
    return result
