"""One column of answers: detect, resolve, decide, replace; what comes out carries its offset maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from types import MappingProxyType
from typing import Literal

from ppdarchive.deidentify.replace import Replace, edits_for, without_possessive
from ppdarchive.detectors.protocol import Detector, detect
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Edit, OffsetMap, Span, TextCategory, Tier
from ppdarchive.text.edit import apply
from ppdarchive.text.overlap import resolve

Uncertain = Literal["redact", "withhold"]
"""What becomes of an answer with an uncertain span: the span is redacted, or the answer withheld."""


@dataclass(frozen=True, slots=True, repr=False)
class Redaction:
    """Answers after redaction, and what was done; all but `texts` stays private.

    Attributes
    ----------
    texts : tuple of str or None, length n
        Null where the answer was null, or is withheld.
    maps : tuple of OffsetMap, length n
        From the answers to `texts`; a withheld answer is deleted, so its codings are swallowed.
    edits : tuple of tuple of Edit, length n
        In positions of the answers; what `maps` are made of.
    spans : tuple of tuple of Span, length n
        What was found, disjoint and sorted, in positions of the answers.
    withheld : tuple of int
        Which answers are withheld, ascending.
    counts : mapping of (TextCategory, Tier) to int
        Spans found; only pairs that occur.
    """

    texts: tuple[str | None, ...]
    maps: tuple[OffsetMap, ...]
    edits: tuple[tuple[Edit, ...], ...]
    spans: tuple[tuple[Span, ...], ...]
    withheld: tuple[int, ...]
    counts: Mapping[tuple[TextCategory, Tier], int]

    def __repr__(self) -> str:
        n_spans = sum(self.counts.values())
        return f"Redaction({len(self.texts)} texts, {n_spans} spans, {len(self.withheld)} withheld)"


def redact(
    texts: Sequence[str | None],
    groups: Sequence[Hashable],
    detectors: Sequence[Detector],
    *,
    replace: Replace = "tag",
    uncertain: Uncertain = "redact",
    secret: bytes = b"",
) -> Redaction:
    """Redact answers.

    Detection goes on until nothing more is found: a replacement can bring together what was apart.
    So redacting the result again changes nothing, and no detector finds anything in it.

    Parameters
    ----------
    texts : sequence of str or None, length n
        Answers; null passes through.
    groups : sequence of hashable, length n
        Whose answers they are; numbers are drawn within a group.
    detectors : sequence of Detector
    replace : {"tag", "numbered", "mask"}
    uncertain : {"redact", "withhold"}
    secret : bytes
        For ``numbered``.

    Returns
    -------
    Redaction

    Raises
    ------
    ValueError
        If the lengths differ, a detector breaks its promise, or numbers are asked for without a secret.
    """
    if len(groups) != len(texts):
        raise ValueError(f"{len(texts)} texts of {len(groups)} groups: each text needs one")
    given = [text or "" for text in texts]
    spans = _found_in(given, detectors)
    unsettled = [place for place, own in enumerate(spans) if own]
    while True:
        edits = edits_for(given, spans, replace=replace, groups=groups, secret=secret)
        edited, maps = apply(given, edits)
        more = _found_in([edited[place] for place in unsettled], detectors)
        unsettled = [place for place, own in zip(unsettled, more, strict=True) if own]
        if not unsettled:
            break
        for place, own in zip(unsettled, filter(None, more), strict=True):
            back = maps[place].inverse()
            spans[place] = resolve([*spans[place], *(_moved(span, back) for span in own)])
    withheld = tuple(
        place
        for place, own in enumerate(spans)
        if uncertain == "withhold" and any(span.tier is Tier.UNCERTAIN for span in own)
    )
    for place in withheld:
        edits[place] = [Edit(0, len(given[place]), "", TextCategory.OTHER)]
        maps[place] = OffsetMap.of(edits[place])
    gone = set(withheld)
    counts = Counter((span.category, span.tier) for own in spans for span in own)
    return Redaction(
        texts=tuple(
            None if text is None or place in gone else new
            for place, (text, new) in enumerate(zip(texts, edited, strict=True))
        ),
        maps=tuple(maps),
        edits=tuple(map(tuple, edits)),
        spans=tuple(map(tuple, spans)),
        withheld=withheld,
        counts=MappingProxyType(dict(sorted(counts.items()))),
    )


def _found_in(texts: Sequence[str], detectors: Sequence[Detector]) -> list[list[Span]]:
    """What the detectors find outside tags and masks, disjoint, possessives left out."""
    found = []
    for text, own in zip(texts, detect(texts, detectors), strict=True):
        tags = list(replaced_ranges(text)) if own else []
        pieces = [piece for span in own for piece in _outside_tags(text, span, tags)] if tags else own
        found.append([without_possessive(text, span) for span in resolve(pieces)])
    return found


def _outside_tags(text: str, span: Span, tags: Sequence[tuple[int, int]]) -> list[Span]:
    """The pieces of a span between tags that hold a letter or digit."""
    pieces = []
    position = span.start
    for start, end in (*tags, (span.end, span.end)):
        if position < min(start, span.end) and any(map(str.isalnum, text[position : min(start, span.end)])):
            pieces.append(changed(span, start=position, end=min(start, span.end)))
        position = max(position, end)
    return pieces


def _moved(span: Span, back: OffsetMap) -> Span:
    start, end = back.map(span.start, span.end)
    return changed(span, start=start, end=end)
