"""The detector that tries all rules on a batch at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.phrases.pattern import REACH, Pattern
from ppdarchive.detectors.phrases.rulebook import Rule, classes, kept, lists, rules
from ppdarchive.detectors.phrases.stream import Stream
from ppdarchive.detectors.phrases.symbols import Symbols
from ppdarchive.model.span import Span
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Tokens, tokens_of

_WORD_BITS: Final = 64
_OFFSETS: Final = tuple(range(-REACH, REACH + 1))
_NEXT: Final = tuple(sorted(set(_OFFSETS) - {0}, key=lambda offset: (abs(offset), -offset)))
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
        return _compiled(self._words).spans(batch, tokens, listed)


class _Compiled:
    """The rules over the symbols of the lexicon."""

    def __init__(self, words: lexicon.Words) -> None:
        self._patterns = [
            (rule, Pattern.of(source)) for rule in (*kept(), *rules()) for source in rule.patterns
        ]
        self._n_kept = sum(len(rule.patterns) for rule in kept())
        expressions = {e for _, pattern in self._patterns for e in pattern.expressions}
        self._symbols = Symbols(expressions, lists(), classes(), words)
        self._n_words = -(-len(self._patterns) // _WORD_BITS)
        self._masks = self._masked()
        self._rough = self._roughened()
        self._searches: dict[int, Callable[[Sequence[int], int], tuple[int, int] | None]] = {}
        self._names = {rule.name: f"phrases.{rule.name}" for rule in rules()}
        self._tables: dict[str, bytes] = {}

    def _masked(self) -> dict[int, npt.NDArray[np.uint64]]:
        """For each place around an anchor and each symbol, the patterns that it agrees with, as bits.

        Patterns that follow each other have the same bit in words that follow each other.
        """
        rows: dict[frozenset[str] | None, bytes] = {None: b"\1" * self._symbols.count}
        every = [pattern.around() for _, pattern in self._patterns]
        for own in {own for around in every for own in around.values() if own is not None}:
            members = [self._symbols.table[expression] for expression in own]
            rows[own] = (np.logical_or.reduce(members) if len(own) > 1 else members[0]).tobytes()
        n_bits = self._n_words * _WORD_BITS
        none = bytes(self._symbols.count * (n_bits - len(every)))
        return {
            offset: _packed(
                np.frombuffer(
                    b"".join((*(rows[around[offset]] for around in every), none)), np.uint8
                ).reshape(_WORD_BITS, self._n_words, self._symbols.count)
            )
            for offset in _OFFSETS
        }

    def _roughened(self) -> dict[int, npt.NDArray[np.uint64]]:
        """The same at the anchor and behind it, with one bit for a few patterns that follow each other."""
        return {offset: np.bitwise_or.reduce(self._masks[offset], axis=1) for offset in (0, 1)}

    def _search(self, at: int) -> Callable[[Sequence[int], int], tuple[int, int] | None]:
        search = self._searches[at] = self._patterns[at][1].compiled(self._members).span
        return search

    def _members(self, expression: str) -> bytes:
        if expression not in self._tables:
            self._tables[expression] = self._symbols.table[expression].tobytes()
        return self._tables[expression]

    def _candidates(self, symbols: npt.NDArray[np.uint16]) -> tuple[list[int], list[int]]:
        """The pairs of a place and a pattern that agree."""
        size = len(symbols) - 2 * REACH
        rough = self._rough[0].take(symbols[REACH : REACH + size])
        rough &= self._rough[1].take(symbols[REACH + 1 : REACH + 1 + size])
        places = np.flatnonzero(rough) + REACH
        agree = self._masks[0].take(symbols[places], axis=0)
        for offset in _NEXT:
            agree &= self._masks[offset].take(symbols[places + offset], axis=0)
            kept = np.flatnonzero(agree.any(axis=1))
            places, agree = places[kept], agree[kept]
        on = np.flatnonzero(np.unpackbits(agree.view(np.uint8), bitorder="little").view(np.bool_))
        rows, words, bits = np.unravel_index(on, (len(places), self._n_words, _WORD_BITS))
        return places[rows].tolist(), (bits * self._n_words + words).tolist()

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


def _packed(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A table of bits, words and symbols as words, shape (n_symbols, n_words)."""
    n_bits, n_words, n_symbols = table.shape
    octets = np.zeros((n_bits // 8, n_words, n_symbols), np.uint8)
    for nth in range(8):
        octets |= table[nth::8] << np.uint8(nth)
    return np.ascontiguousarray(octets.transpose(2, 1, 0)).view("<u8").reshape(n_symbols, n_words)


@lru_cache(2)
def _compiled(words: lexicon.Words | None = None) -> _Compiled:
    """The rules over a lexicon, or the shipped one; a study has one of its own at most."""
    return _Compiled(lexicon.words() if words is None else words)
