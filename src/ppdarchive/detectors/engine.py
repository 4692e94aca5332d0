"""The text engine: all detectors over batches, overlaps resolved, and what is sure once sure everywhere."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import Final

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.kinds import kind_of
from ppdarchive.detectors.lexicon import Phrases as PhraseTable
from ppdarchive.detectors.lexicon import Words
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.phrases import Phrases
from ppdarchive.detectors.protocol import Detector, detect
from ppdarchive.detectors.sense import GroupSense
from ppdarchive.detectors.tagger import Tagger, Thresholds, network, tagger
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.overlap import resolve
from ppdarchive.text.tokens import tokens_of

BATCH: Final = 1 << 18
"""Characters of a batch: enough for columns to pay, few enough to stay in the processor's caches."""

_WHOLE: Final = {TextCategory.CONTACT, TextCategory.ID, TextCategory.IP}
"""What is one thing, whatever names stand in it."""
_NAMED: Final = {
    TextCategory.NAME,
    TextCategory.LOCATION,
    TextCategory.FACILITY,
    TextCategory.ORGANIZATION,
    TextCategory.MILITARY,
}
_POSSIBLE: Final = 0.3
"""From this probability on the tagger's opinion counts beside a rule's."""


class Engine:
    """Finds what identifies people: one object for all detectors.

    Parameters
    ----------
    known : Detector, optional
        The study's known identifiers.
    extra : sequence of Detector
        Detectors of other packages.
    words, phrases : Words, PhraseTable, optional
        The lexicons, a study's own entries among them; else those that ship with the package.
    thresholds : Thresholds, optional
        From which probability on the tagger finds; else those that ship with the package.
    progress : callable, optional
        Told after each batch how many texts are done.

    Attributes
    ----------
    detectors : tuple of Detector

    Examples
    --------
    >>> spans = Engine().detect(["My coach Maria called from Iowa City."])[0]
    >>> [(span.start, span.end, span.category.value) for span in spans]
    [(9, 14, 'NAME'), (27, 36, 'LOCATION')]
    """

    name: Final = "engine"

    __slots__ = ("_progress", "_words", "detectors")

    def __init__(
        self,
        known: Detector | None = None,
        *,
        extra: Sequence[Detector] = (),
        words: Words | None = None,
        phrases: PhraseTable | None = None,
        thresholds: Thresholds | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self._words = lexicon.words() if words is None else words
        table = lexicon.phrases() if phrases is None else phrases
        shipped = words is None and phrases is None and thresholds is None
        own: list[Detector] = [
            tagger() if shipped else Tagger(network(), self._words, table, thresholds),
            Patterns(),
            _Phrases(table),
        ]
        self.detectors = (*own, *([known] if known is not None else []), *extra)
        self._progress = progress

    def __repr__(self) -> str:
        return f"Engine({[detector.name for detector in self.detectors]})"

    def detect(self, texts: Sequence[str], groups: Sequence[Hashable] | None = None) -> list[list[Span]]:
        """Find the spans of each text.

        Parameters
        ----------
        texts : sequence of str, length n
        groups : sequence of hashable, length n, optional
            Whose texts they are, as a rule the participant: what is surely a name in one text of a
            group is one in all of them. Without it each text is a group of its own.

        Returns
        -------
        list of list of Span, length n
            Disjoint and sorted. They depend on the group's texts alone.

        Raises
        ------
        ValueError
            If the lengths differ, or a detector breaks its promise.
        """
        owners: Sequence[Hashable] = range(len(texts)) if groups is None else groups
        if len(owners) != len(texts):
            raise ValueError(f"{len(texts)} texts of {len(owners)} groups: each text needs one")
        found: list[list[Span]] = []
        sense = GroupSense(self._words)
        for begin, batch in batches(texts):
            own = [resolve(_agreed(_without_parts(spans))) for spans in detect(batch, self.detectors)]
            sense.learn(batch, owners[begin : begin + len(batch)], own)
            if groups is None:
                # A group does not reach beyond its text, so the batch at hand is enough.
                own = _joined(own, sense.found(batch, owners[begin : begin + len(batch)]))
                sense = GroupSense(self._words)
            found += own
            if self._progress is not None:
                self._progress(len(batch))
        if groups is not None:
            for begin, batch in batches(texts):
                end = begin + len(batch)
                found[begin:end] = _joined(found[begin:end], sense.found(batch, owners[begin:end]))
        return [
            [_with_kind(text, span) for span in own] if own else own
            for text, own in zip(texts, found, strict=True)
        ]


class _Phrases:
    """The phrase rules with a table of phrases of the engine's."""

    name: Final = "phrases"

    def __init__(self, table: PhraseTable) -> None:
        self._rules = Phrases()
        self._table = table

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        batch = TextBatch.of(texts)
        tokens = tokens_of(batch)
        return self._rules.found(batch, tokens, self._table.find(tokens))


def batches(texts: Sequence[str]) -> Iterator[tuple[int, TextBatch]]:
    """Texts in batches of bounded size, and where each begins; a long text is one of its own."""
    begin = size = 0
    for at, text in enumerate(texts):
        size += len(text) + 1
        if size > BATCH and at > begin:
            yield begin, TextBatch.of(texts[begin:at])
            begin, size = at, len(text) + 1
    if begin < len(texts):
        yield begin, TextBatch.of(texts[begin:])


def _without_parts(spans: list[Span]) -> list[Span]:
    """Without what the tagger found inside of an e-mail address, a link or a number: it is part of it."""
    whole = [span for span in spans if span.category in _WHOLE and span.tier is Tier.REDACT]
    if not whole:
        return spans
    reach = _Reach(whole)
    return [span for span in spans if span.detector != "tagger" or reach.before(span.start + 1) < span.end]


class _Reach:
    """How far spans reach, by where they start: many are asked about, and each is looked up once."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        places = sorted((span.start, span.end) for span in spans)
        self._starts = [start for start, _ in places]
        self._ends = list(accumulate((end for _, end in places), max))

    def before(self, place: int) -> int:
        """The furthest end of the spans that start before a place; 0 if there are none."""
        at = bisect_left(self._starts, place)
        return self._ends[at - 1] if at else 0


def _agreed(spans: list[Span]) -> list[Span]:
    """What the tagger and a rule hold possible, each for reasons of its own, is sure enough to redact."""
    unsure = [span for span in spans if span.tier is Tier.UNCERTAIN and span.category in _NAMED]
    by_tagger = [span for span in unsure if span.detector == "tagger" and span.score >= _POSSIBLE]
    by_rules = [span for span in unsure if span.detector != "tagger"]
    if not (by_tagger and by_rules):
        return spans
    rules, tagger = _Reach(by_rules), _Reach(by_tagger)
    agreed = {id(one) for one in by_tagger if rules.before(one.end) > one.start}
    agreed |= {id(other) for other in by_rules if tagger.before(other.end) > other.start}
    return [_sure(span) if id(span) in agreed else span for span in spans]


def _sure(span: Span) -> Span:
    return Span(span.start, span.end, span.category, span.score, Tier.REDACT, span.detector, span.kind)


def _joined(found: list[list[Span]], more: list[list[Span]]) -> list[list[Span]]:
    return [resolve([*own, *new]) if new else own for own, new in zip(found, more, strict=True)]


def _with_kind(text: str, span: Span) -> Span:
    if span.category is not TextCategory.LOCATION:
        return span
    kind = kind_of(text[span.start : span.end])
    if not kind:
        return span
    return Span(span.start, span.end, span.category, span.score, span.tier, span.detector, kind)


@cache
def _shipped() -> Engine:
    return Engine()


def find(texts: Sequence[str], tier: Tier | str = Tier.UNCERTAIN) -> list[list[Span]]:
    """Find what identifies people in texts, with the detectors that ship with the package.

    Known as `ppdarchive.detect`. Everything is loaded at the first call.

    Parameters
    ----------
    texts : sequence of str, length n
    tier : {"uncertain", "redact"}
        With ``redact`` only spans that are sure enough to be redacted; with ``uncertain`` also those that
        a person should decide on.

    Returns
    -------
    list of list of Span, length n
        Disjoint and sorted: start, end (code points, half-open), category, score and tier.

    Raises
    ------
    ValueError
        If the tier is neither.

    Examples
    --------
    >>> [[(span.start, span.end, str(span.category)) for span in own] for own in find(["call 319-555-0142"])]
    [[(5, 17, 'CONTACT')]]
    """
    least = Tier(tier)
    found = _shipped().detect(texts)
    if least is Tier.REDACT:
        return [[span for span in own if span.tier is Tier.REDACT] for own in found]
    return found
