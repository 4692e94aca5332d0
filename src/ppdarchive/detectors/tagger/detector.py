"""The tagger: the network and the chain, and from their probabilities to spans."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from ppdarchive.detectors.lexicon import Phrases, Words, phrases, words
from ppdarchive.detectors.tagger.chain import marginals
from ppdarchive.detectors.tagger.decode import Thresholds, decode
from ppdarchive.detectors.tagger.features import Features, Floats, features
from ppdarchive.detectors.tagger.network import Network
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Tokens, tokens_of

DATA: Final = Path(__file__).parent / "data"

LABELS: Final = (
    TextCategory.OTHER,
    TextCategory.NAME,
    TextCategory.LOCATION,
    TextCategory.FACILITY,
    TextCategory.ORGANIZATION,
    TextCategory.MILITARY,
)
"""What the network tells apart; the first is no mention."""


class Tagger:
    """Tells from the words and what stands around them which tokens are part of a mention.

    Parameters
    ----------
    network : Network
    words, phrases : Words, Phrases
        The lexicons.
    thresholds : Thresholds
    """

    name: Final = "tagger"

    __slots__ = ("_network", "_phrases", "_words", "thresholds")

    def __init__(
        self, network: Network, words: Words, phrases: Phrases, thresholds: Thresholds | None = None
    ) -> None:
        self.thresholds = thresholds or Thresholds()
        self._network = network
        self._words = words
        self._phrases = phrases

    def probabilities(self, batch: TextBatch, tokens: Tokens) -> tuple[Positions, Floats]:
        """The tokens that may be part of a mention, and the probabilities of their labels.

        Parameters
        ----------
        batch : TextBatch
        tokens : Tokens
            Of the batch.

        Returns
        -------
        tuple of ndarray of int64, shape (k,) and ndarray of float32, shape (k, len(LABELS))
            Token numbers, ascending; all other tokens are none.
        """
        return self._chances(features(batch, tokens, self._words, self._phrases), tokens)

    def _chances(self, known: Features, tokens: Tokens) -> tuple[Positions, Floats]:
        at, scores = self._network.scores(known, tokens)
        small = self._network.small
        texts = tokens.texts[at]
        new = (np.diff(at, prepend=-2) != 1) | (np.diff(texts, prepend=-1) != 0)
        ends = np.append(new[1:], True)[: len(new)]
        is_first = np.diff(tokens.texts, prepend=-1) != 0
        is_last = np.diff(tokens.texts, append=-1) != 0
        scores[new] += np.where(is_first[at[new], None], small["start"], small["steps"][0])
        scores[ends] += np.where(is_last[at[ends], None], small["end"], small["steps"][:, 0])
        return at, marginals(scores, np.cumsum(new), small["steps"])

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the mentions of each text, in both tiers; see `Thresholds`."""
        batch = TextBatch.of(texts)
        tokens = tokens_of(batch)
        known = features(batch, tokens, self._words, self._phrases)
        at, chances = self._chances(known, tokens)
        runs = decode(batch, tokens, at, chances, known=known, thresholds=self.thresholds)
        found: list[list[Span]] = [[] for _ in batch]
        if not len(runs.first):
            return found
        places = batch.places(tokens.starts[runs.first], tokens.ends[runs.last])
        columns = (*places, runs.labels, runs.scores)
        n_sure = int(runs.is_sure.sum())
        sure = set(zip(runs.first[:n_sure].tolist(), runs.last[:n_sure].tolist(), strict=True))
        ends = zip(runs.first.tolist(), runs.last.tolist(), strict=True)
        rows = zip(*(each.tolist() for each in columns), strict=True)
        for nth, (run, (text, start, end, label, score)) in enumerate(zip(ends, rows, strict=True)):
            if nth < n_sure:
                found[text].append(Span(start, end, LABELS[label], score, Tier.REDACT, self.name))
            elif run not in sure:
                found[text].append(Span(start, end, LABELS[label], score, Tier.UNCERTAIN, self.name))
        return found


@cache
def network() -> Network:
    """The network that ships with the package; loaded once."""
    return Network.read(DATA)


@cache
def tagger() -> Tagger:
    """The tagger that ships with the package; loaded once."""
    return Tagger(network(), words(), phrases())
