"""The detector that tries all rules on a batch at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.phrases.compiled import OFFSETS, WORD_BITS
from ppdarchive.detectors.phrases.pattern import REACH, Pattern
from ppdarchive.detectors.phrases.rulebook import Rule, kept, rules
from ppdarchive.detectors.phrases.shipped import compiled
from ppdarchive.detectors.phrases.stream import Stream
from ppdarchive.detectors.phrases.symbols import Symbols
from ppdarchive.model.span import Span
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Tokens, tokens_of

_NEXT: Final = tuple(sorted(set(OFFSETS) - {0}, key=lambda offset: (abs(offset), -offset)))
"""The places around an anchor in the order in which they are looked at: what follows tells most."""


class Phrases:
    """Finds what is told by the words around it: cue words, lists and what the lexicons say.

    Each rule is a pattern over words. All rules are compared with all words at once by the words that
    may stand at a few places around their anchors; the places that are left are matched one by one.

    Parameters
    ----------
    words : Words, optional
        The lexicon of words, a study's own among them; else the one that ships with the package.
    listed : ppdarchive.detectors.lexicon.Phrases, optional
        The same of phrases.

    Examples
    --------
    >>> text = "my coach maria lives in iowa city"
    >>> sorted({(text[span.start : span.end], span.category.value) for span in Phrases().detect([text])[0]})
    [('iowa city', 'LOCATION'), ('maria', 'NAME')]
    """

    name: Final = "phrases"

    __slots__ = ("_listed", "_words")

    def __init__(self, words: lexicon.Words | None = None, listed: lexicon.Phrases | None = None) -> None:
        self._words = words
        self._listed = listed

    def __repr__(self) -> str:
        return f"Phrases({len(rules())} rules)"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what any rule finds; spans of several rules may overlap."""
        batch = TextBatch.of(texts)
        tokens = tokens_of(batch)
        listed = lexicon.phrases() if self._listed is None else self._listed
        return self.found(batch, tokens, listed.find(tokens))

    def found(self, batch: TextBatch, tokens: Tokens, listed: lexicon.PhraseMatches) -> list[list[Span]]:
        """The same for a batch whose tokens and listed phrases are known already.

        Parameters
        ----------
        batch : TextBatch, length n
        tokens : Tokens
        listed : PhraseMatches
            As `ppdarchive.detectors.lexicon.Phrases.find` finds them in the tokens.

        Returns
        -------
        list of list of Span, length n
        """
        return _rules_over(self._words).spans(batch, tokens, listed)


class _Rules:
    """The rules over the symbols of a lexicon."""

    def __init__(self, words: lexicon.Words) -> None:
        own = compiled(words)
        self._patterns = [(rule, source) for rule in (*kept(), *rules()) for source in rule.patterns]
        self._n_kept = sum(len(rule.patterns) for rule in kept())
        self._symbols = Symbols(own.columns, words)
        self._masks = own.masks
        self._mask_of = dict(zip(OFFSETS, own.mask_of, strict=True))
        # The same at the anchor and behind it, with one bit for a few patterns that follow each other.
        rough = np.bitwise_or.reduce(own.masks, axis=1)
        self._rough, self._rough_next = rough[self._mask_of[0]], rough[self._mask_of[1]]
        self._searches: dict[int, Callable[[Sequence[int], int], tuple[int, int] | None]] = {}
        self._names = {rule.name: f"phrases.{rule.name}" for rule in rules()}

    def _search(self, at: int) -> Callable[[Sequence[int], int], tuple[int, int] | None]:
        pattern = Pattern.of(self._patterns[at][1])
        search = self._searches[at] = pattern.compiled(self._symbols.members).span
        return search

    def _candidates(self, symbols: npt.NDArray[np.uint16]) -> tuple[list[int], list[int]]:
        """The pairs of a place and a pattern that agree."""
        size = len(symbols) - 2 * REACH
        rough = self._rough.take(symbols[REACH : REACH + size])
        rough &= self._rough_next.take(symbols[REACH + 1 : REACH + 1 + size])
        places = np.flatnonzero(rough) + REACH
        agree = self._masks.take(self._mask_of[0].take(symbols[places]), axis=0)
        for offset in _NEXT:
            agree &= self._masks.take(self._mask_of[offset].take(symbols[places + offset]), axis=0)
            kept = np.flatnonzero(agree.any(axis=1))
            places, agree = places[kept], agree[kept]
        on = np.flatnonzero(np.unpackbits(agree.view(np.uint8), bitorder="little").view(np.bool_))
        n_words = self._masks.shape[1]
        rows, words, bits = np.unravel_index(on, (len(places), n_words, WORD_BITS))
        return places[rows].tolist(), (bits * n_words + words).tolist()

    def spans(self, batch: TextBatch, tokens: Tokens, listed: lexicon.PhraseMatches) -> list[list[Span]]:
        """What the rules find in a batch."""
        found: list[list[Span]] = [[] for _ in batch]
        if not len(tokens):
            return found
        stream = Stream.of(batch, tokens, listed, self._symbols)
        ranges = self._matches(batch, stream)
        if not ranges:
            return found
        starts, ends, rules = zip(*ranges, strict=True)
        places = batch.places(np.array(starts), np.array(ends))
        for text, start, end, rule in zip(*(each.tolist() for each in places), rules, strict=True):
            found[text].append(Span(start, end, rule.category, rule.score, rule.tier, self._names[rule.name]))
        return found

    def _matches(self, batch: TextBatch, stream: Stream) -> list[tuple[int, int, Rule]]:
        """Start and end of each match in the folded batch, with its rule; none that meets a kept one."""
        kept: set[int] = set()
        matches: set[tuple[int, int, int]] = set()
        symbols = stream.symbols.tolist()
        known = self._searches.get
        for place, number in zip(*self._candidates(stream.symbols), strict=True):
            span = (known(number) or self._search(number))(symbols, place)
            if span is None or span[0] >= span[1]:
                continue
            if number < self._n_kept:
                only = self._patterns[number][0].only
                if only is None or only(_words(batch, stream, *span)):
                    kept.update(range(*span))
            else:
                matches.add((*span, number))
        if not matches:
            return []
        ordered = sorted(matches)
        # A span begins and ends where words do: not inside "4xSgt2" and the like.
        starts, ends, _ = zip(*ordered, strict=True)
        firsts = stream.starts[np.array(starts)].tolist()
        lasts = stream.ends[np.array(ends) - 1].tolist()
        folded = batch.folded
        rules: set[tuple[int, int, str]] = set()
        found: list[tuple[int, int, Rule]] = []
        for (start, end, number), first, last in zip(ordered, firsts, lasts, strict=True):
            rule = self._patterns[number][0]
            if (start, end, rule.name) in rules or (kept and not kept.isdisjoint(range(start, end))):
                continue
            if folded[first - 1].isalnum() or folded[last].isalnum():
                continue
            if rule.only is not None and not rule.only(folded[first:last]):
                continue
            rules.add((start, end, rule.name))
            found.append((first, last, rule))
        return found


def _words(batch: TextBatch, stream: Stream, start: int, end: int) -> str:
    """The folded words of a range of symbols."""
    return batch.folded[int(stream.starts[start]) : int(stream.ends[end - 1])]


@lru_cache(2)
def _rules_over(words: lexicon.Words | None) -> _Rules:
    """The rules over a lexicon, or the shipped one; a study has one of its own at most."""
    return _Rules(lexicon.words() if words is None else words)
