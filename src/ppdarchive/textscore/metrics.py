"""What was marked and what was found -> how much of it is protected, and what else is masked.

Everything found counts as masked, whatever its category. A mention is protected if every letter and digit
of it is masked: half a name is a name. (One without letters or digits needs all its characters but white
space.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from ppdarchive.textscore.gold import GoldText, Mention

_AROUND: Final = 60
"""Characters of a miss's context on each side."""


class Range(Protocol):
    """Where something stands in a text."""

    @property
    def start(self) -> int:
        """The first code point."""
        ...

    @property
    def end(self) -> int:
        """The one behind the last."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many.

    >>> Rate(1, 4).share, Rate(0, 0).share
    (0.25, None)
    """

    hits: int
    total: int

    @property
    def share(self) -> float | None:
        """Hits by total; None of nothing."""
        return self.hits / self.total if self.total else None

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.hits + other.hits, self.total + other.total)


_NOTHING: Final = Rate(0, 0)


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a detector did; all of it counts, so scores of parts can be added.

    Attributes
    ----------
    n_texts, n_characters : int
    recall : Rate
        Mentions that are protected, of all.
    character_recall : Rate
        Characters of mentions that are masked, of all; white space never counts.
    clean_texts : Rate
        Texts with mentions all of which are protected, of all with mentions.
    precision : Rate
        Masked characters that lie in a mention, of all masked.
    over_masking : Rate
        Characters outside of mentions that are masked, of all outside.
    by_category : mapping of str to Rate
        Recall by the annotators' categories.
    """

    n_texts: int = 0
    n_characters: int = 0
    recall: Rate = _NOTHING
    character_recall: Rate = _NOTHING
    clean_texts: Rate = _NOTHING
    precision: Rate = _NOTHING
    over_masking: Rate = _NOTHING
    by_category: Mapping[str, Rate] = field(default_factory=dict)

    def __add__(self, other: Scores) -> Scores:
        categories = sorted({*self.by_category, *other.by_category})
        return Scores(
            self.n_texts + other.n_texts,
            self.n_characters + other.n_characters,
            self.recall + other.recall,
            self.character_recall + other.character_recall,
            self.clean_texts + other.clean_texts,
            self.precision + other.precision,
            self.over_masking + other.over_masking,
            MappingProxyType(
                {
                    name: self.by_category.get(name, _NOTHING) + other.by_category.get(name, _NOTHING)
                    for name in categories
                }
            ),
        )


@dataclass(frozen=True, slots=True, repr=False)
class Miss:
    """A mention that is not protected; it holds text, so it is for the annotator alone.

    Attributes
    ----------
    text : int
        The text's number, from 0.
    mention : Mention
    words, masked, context : str
        The mention, the same with a full stop for each character that is not masked, and what stands
        around it.
    """

    text: int
    mention: Mention
    words: str
    masked: str
    context: str


def score(gold: Sequence[GoldText], found: Sequence[Sequence[Range]]) -> Scores:
    """Hold what was found against what was marked.

    Parameters
    ----------
    gold : sequence of GoldText, length n
    found : sequence of sequence of Range, length n
        May overlap and reach outside of their texts.

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> text = GoldText("Ask Anna Lee now", (Mention(4, 12, "NAME"),))
    >>> scores = score([text], [[Mention(4, 8, "NAME")]])
    >>> scores.recall.share, round(scores.character_recall.share, 2), scores.over_masking.share
    (0.0, 0.57, 0.0)
    """
    total = Scores()
    for own in each_score(gold, found):
        total = total + own
    return total


def each_score(gold: Sequence[GoldText], found: Sequence[Sequence[Range]]) -> list[Scores]:
    """The scores of each text by itself, length n; see `score`."""
    return [_of_one(text, ranges) for text, ranges in zip(gold, found, strict=True)]


def misses(gold: Sequence[GoldText], found: Sequence[Sequence[Range]]) -> Iterator[Miss]:
    """Every mention that is not protected, in order; see `score`."""
    for number, (own, ranges) in enumerate(zip(gold, found, strict=True)):
        mask = _mask(own.text, ranges)
        for mention in own.mentions:
            if not _is_protected(own.text, mention, mask):
                words = own.text[mention.start : mention.end]
                shown = "".join(
                    character if mask[at] else "." for at, character in enumerate(words, start=mention.start)
                )
                around = own.text[max(0, mention.start - _AROUND) : mention.end + _AROUND]
                yield Miss(number, mention, words, shown, around)


def _of_one(gold: GoldText, ranges: Sequence[Range]) -> Scores:
    text = gold.text
    mask, marked = _mask(text, ranges), _mask(text, gold.mentions)
    hits = [_is_protected(text, mention, mask) for mention in gold.mentions]
    by_category: dict[str, Rate] = {}
    inside = _NOTHING
    for mention, hit in zip(gold.mentions, hits, strict=True):
        so_far = by_category.get(mention.category, _NOTHING)
        by_category[mention.category] = so_far + Rate(int(hit), 1)
        solid = [at for at in range(mention.start, mention.end) if not text[at].isspace()]
        inside += Rate(sum(mask[at] for at in solid), len(solid))
    solid = [at for at, character in enumerate(text) if not character.isspace()]
    n_masked = sum(mask[at] for at in solid)
    n_marked = sum(marked[at] for at in solid)
    n_both = sum(mask[at] & marked[at] for at in solid)
    return Scores(
        n_texts=1,
        n_characters=len(text),
        recall=Rate(sum(hits), len(hits)),
        character_recall=inside,
        clean_texts=Rate(int(all(hits)), 1) if hits else _NOTHING,
        precision=Rate(n_both, n_masked),
        over_masking=Rate(n_masked - n_both, len(solid) - n_marked),
        by_category=MappingProxyType(dict(sorted(by_category.items()))),
    )


def _mask(text: str, ranges: Sequence[Range]) -> bytearray:
    """One byte a character: 1 where a range lies."""
    mask = bytearray(len(text))
    for own in ranges:
        start, end = max(own.start, 0), min(own.end, len(text))
        if start < end:
            mask[start:end] = b"\1" * (end - start)
    return mask


def _is_protected(text: str, mention: Mention, mask: bytearray) -> bool:
    where = range(mention.start, mention.end)
    needed = [at for at in where if text[at].isalnum()] or [at for at in where if not text[at].isspace()]
    return all(mask[at] for at in needed)
