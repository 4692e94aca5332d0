"""A lab's own corrections -> entries of the lexicons and thresholds, judged on texts that were held out.

Nothing here trains a network. Words that were marked and missed become names and places of the lexicons;
words that were found wrongly, several times, and never marked become safe; and the two tiers begin where,
on these texts, the aims of recall are reached at least over-masking.

What is learned is judged by cross-validation: for each fold of the texts it is learned anew from the
others. The figures are those of the texts left out, never of those learned from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil
from types import MappingProxyType
from typing import Final

import numpy as np

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.lexicon import Column, Entry, Flag
from ppdarchive.detectors.lexicon.phrases import words_of
from ppdarchive.detectors.plugins.meaning import categories
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import TextError
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.tokens import word_hashes
from ppdarchive.textscore.gold import GoldText
from ppdarchive.textscore.metrics import Scores, each_score, misses, score
from ppdarchive.textscore.trained import Trained

FOLDS: Final = 5
LEAST_TEXTS: Final = 20
"""Texts with mentions: four for each fold, so that each is judged by more than one hand's habit."""
LEAST_FALSE: Final = 3
"""Texts in which a word must have been found wrongly to become safe."""

_UNCERTAIN: Final = (0.02, 0.03, 0.05, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
_EXTEND: Final = (0.2, 0.35, 0.5)
_REDACT: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)

_KINDS: Final[Mapping[TextCategory, str]] = {
    TextCategory.LOCATION: "place",
    TextCategory.FACILITY: "facility",
    TextCategory.ORGANIZATION: "organization",
    TextCategory.MILITARY: "unit",
    TextCategory.PROFESSION: "rare_profession",
}
"""What a marked phrase becomes; names are listed word by word, and forms such as dates cannot be listed."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_ORDINARY: Final = (
    Flag.SAFE | Flag.FUNCTION_WORD | Flag.MONTH | Flag.WEEKDAY | Flag.KINSHIP | Flag.TITLE | Flag.RANK
    | Flag.NUMBER_WORD | Flag.MEDICATION | Flag.CONDITION | Flag.SLANG
)  # fmt: skip
_EVERYDAY: Final = 64
"""A zipf frequency of 4: words from here on are no names, whatever one text means by them."""
_NAMES: Final = (Column.GIVEN_NAME, Column.SURNAME, Column.PLACE)

Progress = Callable[[str], None]
Found = list[list[Span]]
Tiers = Mapping[Tier, Scores]
"""The scores of the redact tier alone, and (``uncertain``) of both tiers together."""


@dataclass(frozen=True, slots=True)
class Aims:
    """The recalls to reach.

    Attributes
    ----------
    both : float
        Of the two tiers together.
    redact : float
        Of the redact tier alone.
    """

    both: float = 0.97
    redact: float = 0.9


DEFAULT_AIMS: Final = Aims()


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, and what it reaches on texts that it was not learned from.

    Attributes
    ----------
    trained : Trained
        Learned from all texts.
    shipped, listed, tuned : mapping of Tier to Scores
        Of the engine as it ships; with the learned entries; with entries and thresholds. ``uncertain``
        stands for both tiers together.
    n_unlearned : int
        Missed mentions that no entry can help with: numbers, dates, everyday words.
    """

    trained: Trained
    shipped: Tiers
    listed: Tiers
    tuned: Tiers
    n_unlearned: int


def learn(
    gold: Sequence[GoldText],
    *,
    path: str,
    aims: Aims = DEFAULT_AIMS,
    folds: int = FOLDS,
    progress: Progress = lambda _: None,
) -> Learned:
    """Learn from corrected texts.

    Parameters
    ----------
    gold : sequence of GoldText
    path : str
        What messages call the sample.
    aims : Aims
    folds : int
        At least 2. A text's fold depends on its place among the texts alone.
    progress : callable
        Called with a few words before each step.

    Raises
    ------
    TextError
        ``text.sample`` if the texts are too few. To say with 95 % confidence that a recall of r is
        reached takes 3 / (1 - r) mentions, even if none of them is missed.

    References
    ----------
    Hanley and Lippman-Hand (1983), If nothing goes wrong, is everything all right?,
    doi:10.1001/jama.1983.03330370053031
    """
    n_mentions = sum(len(own.mentions) for own in gold)
    n_texts = sum(bool(own.mentions) for own in gold)
    needed = ceil(round(3 / (1 - min(aims.both, 0.999)), 6))
    if n_mentions < needed:
        raise TextError("text.sample", path=path, found=n_mentions, what="mentions", expected=needed)
    if n_texts < LEAST_TEXTS:
        raise TextError("text.sample", path=path, found=n_texts, what="texts with any", expected=LEAST_TEXTS)
    texts = [own.text for own in gold]
    progress("looking with the engine as it ships")
    shipped = Engine().detect(texts)
    progress("trying thresholds")
    table = _Table.of(gold)
    everything = np.ones(len(gold), np.bool_)
    fold_of = np.arange(len(gold)) % folds
    judged = {way: {tier: Scores() for tier in Tier} for way in ("shipped", "listed", "tuned")}
    for fold in range(folds):
        progress(f"judging fold {fold + 1} of {folds}")
        kept = fold_of != fold
        out = [own for own, is_in in zip(gold, kept, strict=True) if not is_in]
        entries, _ = _entries(gold, shipped, kept)
        held = [own.text for own in out]
        ways = {
            "shipped": [spans for spans, is_in in zip(shipped, kept, strict=True) if not is_in],
            "listed": Trained(entries, Thresholds()).engine().detect(held),
            "tuned": Trained(entries, table.best(kept, aims)).engine().detect(held),
        }
        for way, found in ways.items():
            for tier in Tier:
                judged[way][tier] += score(out, _of_tier(found, tier))
    progress("learning from all texts")
    entries, n_unlearned = _entries(gold, shipped, everything)
    tiers = {way: MappingProxyType(own) for way, own in judged.items()}
    figures = {
        "texts": len(gold),
        "mentions": n_mentions,
        "folds": folds,
        "aims": {"both tiers": aims.both, "redact": aims.redact},
        "held out": {way: {str(tier): _figures(own[tier]) for tier in Tier} for way, own in tiers.items()},
    }
    trained = Trained(entries, table.best(everything, aims), MappingProxyType(figures))
    return Learned(trained, tiers["shipped"], tiers["listed"], tiers["tuned"], n_unlearned)


def _figures(scores: Scores) -> dict[str, float | None]:
    return {
        name: None if rate.share is None else round(rate.share, 4)
        for name, rate in (
            ("recall", scores.recall),
            ("precision", scores.precision),
            ("over-masking", scores.over_masking),
        )
    }


def _of_tier(found: Found, tier: Tier) -> Found:
    """The spans of the redact tier, or all of them."""
    if tier is Tier.UNCERTAIN:
        return found
    return [[span for span in own if span.tier is tier] for own in found]


# ---------------------------------------------------------------------------------------------
# Thresholds
# ---------------------------------------------------------------------------------------------

_Counts = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Table:
    """For thresholds on a grid what each text's mentions and other characters come to.

    The lexicons are those that ship: with entries learned from the same texts, thresholds would look
    better than they are on others.
    """

    both: Mapping[Thresholds, np.ndarray[tuple[int, int], np.dtype[np.int64]]]
    redact: Mapping[Thresholds, np.ndarray[tuple[int, int], np.dtype[np.int64]]]

    @classmethod
    def of(cls, gold: Sequence[GoldText]) -> _Table:
        """Run the engine with each of the thresholds."""
        texts = [own.text for own in gold]
        usual = Thresholds()

        def counted(thresholds: Thresholds, tier: Tier) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
            found = _of_tier(Engine(thresholds=thresholds).detect(texts), tier)
            return np.array([_counts(own) for own in each_score(gold, found)], np.int64)

        both = [
            replace(usual, uncertain=low, extend=max(low, usual.extend), redact=max(low, usual.redact))
            for low in _UNCERTAIN
        ]
        redact = [
            replace(usual, uncertain=min(low, usual.uncertain), extend=low, redact=high)
            for low, high in product(_EXTEND, _REDACT)
            if low <= high
        ]
        return cls(
            {own: counted(own, Tier.UNCERTAIN) for own in both},
            {own: counted(own, Tier.REDACT) for own in redact},
        )

    def best(self, kept: np.ndarray[tuple[int], np.dtype[np.bool_]], aims: Aims) -> Thresholds:
        """The thresholds that reach the aims at least over-masking, or else come nearest to them."""
        both, redact = _best(self.both, kept, aims.both), _best(self.redact, kept, aims.redact)
        return replace(redact, uncertain=min(both.uncertain, redact.extend))


def _counts(scores: Scores) -> _Counts:
    recall, over = scores.recall, scores.over_masking
    return recall.hits, recall.total, over.hits, over.total


def _best(
    table: Mapping[Thresholds, np.ndarray[tuple[int, int], np.dtype[np.int64]]],
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]],
    aim: float,
) -> Thresholds:
    def rank(thresholds: Thresholds) -> tuple[float, float]:
        hits, mentions, over, others = table[thresholds][kept].sum(axis=0).tolist()
        recall = hits / mentions if mentions else 1.0
        # What reaches the aim is as good as what exceeds it; then less masking is better.
        return min(recall, aim), -over / max(others, 1)

    return max(table, key=rank)


# ---------------------------------------------------------------------------------------------
# Entries
# ---------------------------------------------------------------------------------------------


def _entries(
    gold: Sequence[GoldText], shipped: Found, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[tuple[Entry, ...], int]:
    """What the kept texts teach, in order, and how many missed mentions teach nothing."""
    texts = [own for own, is_in in zip(gold, kept, strict=True) if is_in]
    found = [own for own, is_in in zip(shipped, kept, strict=True) if is_in]
    usage = _Usage.of(texts)
    entries: dict[tuple[str, str], Entry] = {}
    n_unlearned = 0
    for miss in misses(texts, found):
        own = list(_taught(miss.words, miss.mention.category, usage))
        n_unlearned += not own
        entries |= {(entry.value, entry.kind): entry for entry in own}
    names = {value for value, _ in entries}
    for value in _safe(texts, found, usage):
        if value not in names:
            entries[value, "safe"] = Entry(value, "safe")
    return tuple(entries[key] for key in sorted(entries)), n_unlearned


@dataclass(frozen=True, slots=True)
class _Usage:
    """How often each folded word stands inside of mentions, and outside."""

    inside: Counter[str]
    outside: Counter[str]

    @classmethod
    def of(cls, gold: Sequence[GoldText]) -> _Usage:
        inside: Counter[str] = Counter()
        every: Counter[str] = Counter()
        for words in words_of([own.text for own in gold]):
            every.update(words)
        marked = [own.text[mention.start : mention.end] for own in gold for mention in own.mentions]
        for words in words_of(marked):
            inside.update(words)
        return cls(inside, every - inside)

    def is_mostly_marked(self, word: str) -> bool:
        """Whether it stands inside of mentions more often than outside."""
        return self.inside[word] > self.outside[word]


def _taught(words: str, label: str, usage: _Usage) -> Iterator[Entry]:
    """The entries that a missed mention makes."""
    meant = _category(label) or TextCategory.OTHER
    (own,) = words_of([words])
    if meant is TextCategory.NAME:
        names = [word for word in own if _may_be_listed(word, usage)]
        for at, word in enumerate(names):
            yield Entry(word, "given_name" if at == 0 else "surname")
    # A phrase of everyday words alone ("the clinic") would be found wherever it stands.
    elif meant in _KINDS and any(_may_be_listed(word, usage) for word in own):
        yield Entry(" ".join(own), _KINDS[meant])


def _category(label: str) -> TextCategory | None:
    """What the annotators' word for a category means here."""
    if label.upper() in TextCategory.__members__:
        return TextCategory(label.upper())
    return categories([label]).get(label)


def _may_be_listed(word: str, usage: _Usage) -> bool:
    known = lexicon.words().columns(word_hashes([word]))
    return (
        _WORD.fullmatch(word) is not None
        and usage.is_mostly_marked(word)
        and not known.has(_ORDINARY)[0]
        and known.column(Column.ENGLISH)[0] < _EVERYDAY
    )


def _safe(gold: Sequence[GoldText], found: Found, usage: _Usage) -> Iterator[str]:
    """Words and phrases found wrongly in several texts and never marked; no listed name is among them."""
    wrong: Counter[str] = Counter()
    for own, spans in zip(gold, found, strict=True):
        false = [
            own.text[span.start : span.end]
            for span in spans
            if not any(span.start < each.end and each.start < span.end for each in own.mentions)
        ]
        wrong.update({" ".join(words) for words in words_of(false) if words})
    for value, number in sorted(wrong.items()):
        words = value.split()
        if number < LEAST_FALSE or any(usage.inside[word] for word in words):
            continue
        if not all(map(_WORD.fullmatch, words)):
            continue
        known = lexicon.words().columns(word_hashes(words))
        if len(words) == 1 and any(known.column(column)[0] for column in _NAMES):
            continue
        yield value
