"""Documents -> features, labels and padded sequences, for teacher and student alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scripts.training.document import Document

from ppdarchive.detectors.lexicon import phrases, words
from ppdarchive.detectors.tagger.features import Features, features
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Tokens

LABELS: Final = ("", "NAME", "LOCATION", "FACILITY", "ORGANIZATION", "MILITARY")
"""What the tagger tells apart; what patterns find is nothing to it."""

NUMBER_OF: Final = {label: number for number, label in enumerate(LABELS)}
UNSURE: Final = -1
"""The label of a token that is neither right nor wrong to find."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts as the network sees them.

    Attributes
    ----------
    batch, tokens, features
        Of all texts.
    targets : ndarray of float32, shape (n, len(LABELS))
        What is allowed or probable at each token: one-hot where it is known, all ones where it is not.
    """

    batch: TextBatch
    tokens: Tokens
    features: Features
    targets: npt.NDArray[np.float32]


class _Texts(NamedTuple):
    """The tokens of one text: labels to be set, and their places."""

    labels: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


def seen(texts: Sequence[str]) -> tuple[TextBatch, Tokens, Features]:
    """What the network sees of texts."""
    batch = TextBatch.of(texts)
    tokens = Tokens.of(batch)
    return batch, tokens, features(batch, tokens, words(), phrases())


def examples(documents: Sequence[Document]) -> Examples:
    """Documents with their labels laid on tokens."""
    batch, tokens, known = seen([document.text for document in documents])
    labels = labels_of(documents, batch, tokens)
    targets = np.zeros((len(tokens), len(LABELS)), np.float32)
    sure = labels >= 0
    targets[np.flatnonzero(sure), labels[sure]] = 1
    targets[~sure] = 1
    return Examples(batch, tokens, known, targets)


def labels_of(documents: Sequence[Document], batch: TextBatch, tokens: Tokens) -> npt.NDArray[np.int64]:
    """The number of each token's label."""
    texts, starts, ends = batch.places(tokens.starts, tokens.ends)
    labels = np.zeros(len(tokens), np.int64)
    first = np.searchsorted(texts, np.arange(len(documents)))
    last = np.searchsorted(texts, np.arange(len(documents)), side="right")
    for at, document in enumerate(documents):
        inside = slice(first[at], last[at])
        own = _Texts(labels[inside], starts[inside], ends[inside])
        for start, end, label in document.spans:
            _lay(
                own,
                start,
                end,
                NUMBER_OF.get(label, 0),
            )
        for start, end in document.ignored:
            _lay(own, start, end, UNSURE)
    return labels


def _lay(own: _Texts, start: int, end: int, number: int) -> None:
    first = np.searchsorted(own.ends, start, side="right")
    own.labels[first : np.searchsorted(own.starts, end, side="left")] = number


def sequences(
    tokens: Tokens, *, size: int, longest: int, rng: Random | None
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
    """Padded batches of token numbers, and where there is a token.

    Texts are cut after `longest` tokens. With a generator the batches come in random order.
    """
    borders = np.flatnonzero(np.diff(tokens.texts, prepend=-1, append=-1))
    cut = [
        (start, min(start + longest, int(end)))
        for begin, end in pairwise(borders)
        for start in range(int(begin), int(end), longest)
    ]
    cut.sort(key=lambda place: place[1] - place[0] + (rng.random() * 6 if rng else 0))
    groups = [cut[at : at + size] for at in range(0, len(cut), size)]
    if rng:
        rng.shuffle(groups)
    for group in groups:
        width = max(end - start for start, end in group)
        at = np.zeros((len(group), width), np.int64)
        is_there = np.zeros((len(group), width), np.float32)
        for row, (start, end) in enumerate(group):
            at[row, : end - start] = np.arange(start, end)
            is_there[row, : end - start] = 1
        yield at, is_there
