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

from ppdarchive.detectors.lexicon import Column
from ppdarchive.detectors.tagger.features import (
    FLAG_BITS,
    GRAM_BITS,
    N_GRAMS,
    N_LENGTHS,
    Features,
    Floats,
    Forms,
    bits_of,
)
from ppdarchive.text.batch import Positions
from ppdarchive.text.tokens import Hashes, Tokens

GATE: Final = -3.3
"""A form whose logit of being part of a mention is lower is looked at in context only beside another."""

_BLOCK: Final = 512
"""Tokens or forms worked on at once: what they gather stays in the processor's cache."""

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
        # Sorted, they are looked for side by side: twice as fast, sorting included.
        order = np.argsort(short)
        short = short[order]
        at = np.minimum(np.searchsorted(self.hashes, short), len(self.hashes) - 1)
        rows = np.empty(len(hashes), np.int64)
        rows[order] = np.where(self.hashes[at] == short, self.rows[at], 0)
        return rows


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Network:
    """The weights; names as in the training script.

    Attributes
    ----------
    vectors : Vectors
    grams : ndarray of int8, shape (N_GRAMS << GRAM_BITS, g)
    small : dict of str to ndarray of float32
        All other weights.
    form : ndarray of float32, shape (d + N_GRAMS * g + N_LEXICON, width)
        What a word's vector, its grams and what the lexicons say give a form, each as it is stored: the
        scales are in the weights.
    unknown : ndarray of float32, shape (d,)
        The vector of an unknown word, on the scale of the stored ones.
    writing : ndarray of float32, shape (N_CASES * N_LENGTHS, width)
        What its capitals and its length give a form.
    """

    vectors: Vectors
    grams: npt.NDArray[np.int8]
    small: dict[str, Floats]
    form: Floats
    unknown: Floats
    writing: Floats

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the weights; large tables are memory-mapped."""

        def mapped(name: str) -> npt.NDArray[np.generic]:
            array: npt.NDArray[np.generic] = np.load(folder / f"{name}.npy", mmap_mode="r")
            return np.asarray(array)

        with np.load(folder / "weights.npz") as file:
            small = {name: file[name] for name in file.files}
        vectors = Vectors(
            mapped("vector-hashes").view(np.uint32),
            mapped("vector-rows").view(np.uint16),
            mapped("vectors").view(np.int8),
            np.load(folder / "vector-scale.npy"),
        )
        gram_scale = np.tile(small["gram_scale"], N_GRAMS)
        lexicon_scale = np.repeat(np.array([1 / 255, 1], np.float32), (len(Column), FLAG_BITS))
        form = np.concatenate(
            (
                small["form_vector"] * vectors.scale[:, None],
                small["form_gram"] * gram_scale[:, None],
                small["form_lexicon"] * lexicon_scale[:, None],
            )
        )
        cases, lengths = small["cases"] @ small["form_case"], small["lengths"] @ small["form_length"]
        writing = (cases[:, None] + lengths + small["form_bias"]).reshape(-1, form.shape[1])
        scale = np.where(vectors.scale == 0, 1, vectors.scale)
        return cls(vectors, mapped("grams").view(np.int8), small, form, small["unknown"] / scale, writing)

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
        # The last row is that of a place without a token.
        padded = np.zeros((len(seen) + 1, small["first"].shape[2]), np.float32)
        hidden = padded[:-1]
        _gather(forms, small["first"], form_of, seen, out=hidden)
        row = np.full(size, len(seen), np.int64)
        row[seen] = np.arange(len(seen))
        hidden += small["positions"].take(known.positions[number[seen]], axis=0)
        hidden[row[at[known.in_phrase]]] += known.phrase_kinds @ small["phrases"]
        np.maximum(hidden, 0, out=hidden)
        chosen = np.flatnonzero(active)
        return number[chosen], self._labels(padded, row, chosen, forms, form_of[chosen])

    def _labels(
        self, padded: Floats, row: Positions, chosen: Positions, forms: Floats, form_of: Positions
    ) -> Floats:
        """The scores of the labels at the chosen places, shape (k, n_labels)."""
        small = self.small
        n_around, width, _ = small["second"].shape
        second = small["second"].reshape(n_around * width, -1)
        result = (forms @ small["last_form"] + small["last_bias"]).take(form_of, axis=0)
        window = np.arange(n_around) - n_around // 2
        around = np.empty((_BLOCK, n_around, width), np.float32)
        further = np.empty((_BLOCK, second.shape[1]), np.float32)
        for begin in range(0, len(chosen), _BLOCK):
            own = chosen[begin : begin + _BLOCK]
            near, deep = around[: len(own)], further[: len(own)]
            padded.take(row[own[:, None] + window], axis=0, out=near, mode="clip")
            np.matmul(near.reshape(len(own), len(second)), second, out=deep)
            deep += small["second_bias"]
            np.maximum(deep, 0, out=deep)
            deep += near[:, n_around // 2]
            result[begin : begin + _BLOCK] += deep @ small["last_hidden"]
        return result

    def _forms(self, forms: Forms) -> Floats:
        """The vector of each form, shape (f, width)."""
        rows = self.vectors.rows_of(forms.hashes)
        grams = forms.grams + _GRAM_BASES
        writing = forms.cases.astype(np.int64) * N_LENGTHS + forms.lengths
        n_vector, n_gram = len(self.unknown), N_GRAMS * self.grams.shape[1]
        result = np.empty((len(forms), self.form.shape[1]), np.float32)
        stored = np.empty((_BLOCK, len(self.form)), np.float32)
        for begin in range(0, len(forms), _BLOCK):
            block = slice(begin, begin + _BLOCK)
            own = stored[: len(rows[block])]
            vectors, of_grams, columns, flags = np.split(
                own, (n_vector, n_vector + n_gram, n_vector + n_gram + len(Column)), axis=1
            )
            vectors[:] = self.vectors.values.take(rows[block], axis=0)
            vectors[rows[block] == 0] = self.unknown
            of_grams[:] = self.grams.take(grams[block], axis=0).reshape(of_grams.shape)
            columns[:] = forms.listed.columns[block]
            flags[:] = bits_of(forms.listed.flags[block])
            np.matmul(own, self.form, out=result[block])
            result[block] += self.writing.take(writing[block], axis=0)
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


def _gather(forms: Floats, weights: Floats, form_of: Positions, chosen: Positions, *, out: Floats) -> None:
    """The first layer before its bias: what each form gives at each place of the window, summed."""
    reach = len(weights) // 2
    # The last row is that of a place without a token, which gives nothing.
    given = np.zeros((len(weights), len(forms) + 1, weights.shape[2]), np.float32)
    np.matmul(forms, weights, out=given[:, :-1])
    part = np.empty((_BLOCK, weights.shape[2]), np.float32)
    for begin in range(0, len(chosen), _BLOCK):
        own = chosen[begin : begin + _BLOCK]
        total, more = out[begin : begin + _BLOCK], part[: len(own)]
        for nth, of_form in enumerate(given):
            at = form_of[own + (nth - reach)]
            if nth:
                of_form.take(at, axis=0, out=more, mode="clip")
                total += more
            else:
                of_form.take(at, axis=0, out=total, mode="clip")
