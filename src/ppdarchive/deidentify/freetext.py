"""One column of answers: detect, resolve, decide, replace; what comes out carries its offset maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from types import MappingProxyType
from typing import Final, Literal, Protocol

from ppdarchive.deidentify.replace import Chooser, edits_for, tags, without_plural, without_possessive
from ppdarchive.detectors.protocol import Detector, detect
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Edit, OffsetMap, Span, TextCategory, Tier
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.edit import apply
from ppdarchive.text.overlap import resolve

Uncertain = Literal["redact", "withhold"]
"""What becomes of an answer with an uncertain span: the span is redacted, or the answer withheld."""

_PERMITTED: Final = frozenset({"state", "country"})
"""Kinds of places that every standard lets stay (45 CFR 164.514(b)(2)(i)(B), (e)(2)(ii))."""
_KNOWN: Final = "known"
"""The detector of identifiers that a study lists; those go, whatever they are."""

Ranges = tuple[tuple[int, int], ...]
"""Ranges of one text, disjoint and sorted."""


class Engine(Protocol):
    """What finds spans in all texts at once, and knows whose they are."""

    def detect(
        self, texts: Sequence[str], groups: Sequence[Hashable] | None = None
    ) -> Sequence[Sequence[Span]]:
        """Find the spans of each text."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Redaction:
    """Answers after redaction, and what was done; all but `texts` stays private.

    Attributes
    ----------
    texts : sequence of str or None, length n
        Null where the answer was null, or is withheld.
    maps : sequence of OffsetMap, length n
        From the answers to `texts`; a withheld answer is deleted, so its codings are swallowed.
    edits : sequence of tuple of Edit, length n
        In positions of the answers; what `maps` are made of.
    spans : sequence of tuple of Span, length n
        What was found, disjoint and sorted, in positions of the answers.
    withheld : tuple of int
        Which answers are withheld, ascending.
    counts : mapping of (TextCategory, Tier) to int
        Spans found; only pairs that occur.
    """

    texts: Sequence[str | None]
    maps: Sequence[OffsetMap]
    edits: Sequence[tuple[Edit, ...]]
    spans: Sequence[tuple[Span, ...]]
    withheld: tuple[int, ...]
    counts: Mapping[tuple[TextCategory, Tier], int]

    def part(self, start: int, stop: int) -> Redaction:
        """The redaction of the answers from `start` to `stop`."""
        spans = self.spans[start:stop]
        return Redaction(
            self.texts[start:stop],
            self.maps[start:stop],
            self.edits[start:stop],
            spans,
            tuple(place - start for place in self.withheld if start <= place < stop),
            _counted(spans),
        )

    def replaced(self) -> Mapping[str, Ranges]:
        """Where each released text holds replacements that nothing in it tells from words.

        Tags, general words and masks are known by their form wherever they stand
        (`ppdarchive.detectors.tags.replaced_ranges`); surrogates only by this record. A text that came
        out of several answers has the ranges that it has in all of them.

        Returns
        -------
        mapping of str to tuple of tuple of int
            By released text; texts without such ranges are left out.
        """
        if all(map(_is_marked, {edit.replacement for own in self.edits for edit in own})):
            return MappingProxyType({})
        found: dict[str, set[tuple[int, int]]] = {}
        for text, moved, edits in zip(self.texts, self.maps, self.edits, strict=True):
            if text is not None and (edits or text in found):
                own = set(_unmarked(moved, edits))
                found[text] = found.get(text, own) & own
        return MappingProxyType({text: tuple(sorted(own)) for text, own in found.items() if own})

    def __repr__(self) -> str:
        n_spans = sum(self.counts.values())
        return f"Redaction({len(self.texts)} texts, {n_spans} spans, {len(self.withheld)} withheld)"


def redact(
    texts: Sequence[str | None],
    groups: Sequence[Hashable],
    detectors: Sequence[Detector] | Engine,
    *,
    replace: Chooser = tags,
    uncertain: Uncertain = "redact",
) -> Redaction:
    """Redact answers.

    Detection goes on until nothing more is found: a replacement can bring together what was apart.
    So no detector finds anything in the result but what was put there, and where what was put there
    can be told from words (tags, general words, masks) redacting again changes nothing.

    Parameters
    ----------
    texts : sequence of str or None, length n
        Answers; null passes through.
    groups : sequence of hashable, length n
        Whose answers they are; numbers and surrogates are drawn within a group.
    detectors : sequence of Detector, or Engine
    replace : Chooser
        `ppdarchive.deidentify.replace` has them.
    uncertain : {"redact", "withhold"}

    Returns
    -------
    Redaction

    Raises
    ------
    ValueError
        If the lengths differ, or a detector breaks its promise.
    """
    if len(groups) != len(texts):
        raise ValueError(f"{len(texts)} texts of {len(groups)} groups: each text needs one")
    given = [text or "" for text in texts]
    spans = _found_in(given, groups, detectors, {})
    edited, maps, edits = _settled(given, groups, spans, detectors, replace)
    withheld = tuple(
        place
        for place, own in enumerate(spans)
        if own and uncertain == "withhold" and any(span.tier is Tier.UNCERTAIN for span in own)
    )
    for place in withheld:
        edits[place] = [Edit(0, len(given[place]), "", TextCategory.OTHER)]
        maps[place] = OffsetMap.of(edits[place])
    gone = set(withheld)
    return Redaction(
        texts=tuple(
            None if text is None or place in gone else new
            for place, (text, new) in enumerate(zip(texts, edited, strict=True))
        ),
        maps=tuple(maps),
        edits=tuple(map(tuple, edits)),
        spans=tuple(map(tuple, spans)),
        withheld=withheld,
        counts=_counted(spans),
    )


def _counted(spans: Sequence[Sequence[Span]]) -> Mapping[tuple[TextCategory, Tier], int]:
    return counted(Counter((span.category, span.tier) for own in spans for span in own))


def counted(counts: Counter[tuple[TextCategory, Tier]]) -> Mapping[tuple[TextCategory, Tier], int]:
    """Counts in the order of their keys."""
    return MappingProxyType(dict(sorted(counts.items())))


def _settled(
    texts: Sequence[str],
    groups: Sequence[Hashable],
    spans: list[list[Span]],
    detectors: Sequence[Detector] | Engine,
    replace: Chooser,
) -> tuple[list[str], list[OffsetMap], list[list[Edit]]]:
    """Replace and look again until nothing more is found; what is found is added to `spans`."""
    seen = texts
    while True:
        edits = edits_for(texts, spans, replace, groups=groups)
        edited, maps = apply(texts, edits)
        # What is found in one text may change the numbers and surrogates in another.
        unsettled = [at for at, (old, new) in enumerate(zip(seen, edited, strict=True)) if old != new]
        more = _found_in(
            [edited[place] for place in unsettled],
            [groups[place] for place in unsettled],
            detectors,
            {at: _unmarked(maps[place], edits[place]) for at, place in enumerate(unsettled)},
        )
        found = [(place, own) for place, own in zip(unsettled, more, strict=True) if own]
        if not found:
            return edited, maps, edits
        for place, own in found:
            back = maps[place].inverse()
            spans[place] = resolve([*spans[place], *(_moved(span, back) for span in own)])
        seen = edited


def _found_in(
    texts: Sequence[str],
    groups: Sequence[Hashable],
    detectors: Sequence[Detector] | Engine,
    barred: Mapping[int, Sequence[tuple[int, int]]],
) -> list[list[Span]]:
    """What is found outside of replacements and may not stay, disjoint, without possessives and plurals."""
    spans: Sequence[Sequence[Span]]
    if isinstance(detectors, Sequence):
        spans = detect(TextBatch.of(texts), detectors)
    else:
        spans = detectors.detect(texts, groups)
    return [
        left_in(text, own, barred.get(place, ())) if own else []
        for place, (text, own) in enumerate(zip(texts, spans, strict=True))
    ]


def left_in(text: str, spans: Sequence[Span], barred: Sequence[tuple[int, int]]) -> list[Span]:
    """The spans, or pieces of spans, that stand outside of replacements and may not stay.

    Parameters
    ----------
    text : str
    spans : sequence of Span
        What was found in it.
    barred : sequence of tuple of int
        The ranges of replacements that nothing tells from words.
    """
    spans = [
        span for span in spans if span.kind not in _PERMITTED or span.detector.partition(".")[0] == _KNOWN
    ]
    ranges = sorted({*replaced_ranges(text), *barred})
    pieces = [piece for span in spans for piece in _outside(text, span, ranges)] if ranges else spans
    return [without_plural(text, without_possessive(text, _trimmed(text, span))) for span in resolve(pieces)]


def _trimmed(text: str, span: Span) -> Span:
    """The span without white space at its ends; one of white space alone stays."""
    written = text[span.start : span.end]
    if not (written[0].isspace() or written[-1].isspace()) or written.isspace():
        return span
    start = span.end - len(written.lstrip())
    return changed(span, start=start, end=start + len(written.strip()))


def _outside(text: str, span: Span, ranges: Sequence[tuple[int, int]]) -> list[Span]:
    """The pieces of a span between replacements that hold a letter or digit."""
    pieces = []
    position = span.start
    for start, end in (*ranges, (span.end, span.end)):
        if position < min(start, span.end) and any(map(str.isalnum, text[position : min(start, span.end)])):
            pieces.append(changed(span, start=position, end=min(start, span.end)))
        position = max(position, end)
    return pieces


def _unmarked(moved: OffsetMap, edits: Sequence[Edit]) -> list[tuple[int, int]]:
    """The ranges of an edited text whose replacements hold nothing that tells them from words."""
    if not moved.layers:
        return []
    (layer,) = moved.layers
    return [
        place
        for place, edit in zip(zip(layer.new_starts, layer.new_ends, strict=True), edits, strict=True)
        if not _is_marked(edit.replacement)
    ]


def _is_marked(replacement: str) -> bool:
    """Whether a replacement can be told from words, or is none."""
    return not replacement or next(replaced_ranges(replacement), None) is not None


def _moved(span: Span, back: OffsetMap) -> Span:
    start, end = back.map(span.start, span.end)
    return changed(span, start=start, end=end)
