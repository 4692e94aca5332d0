"""The study's known identifiers: values of direct-identifier fields and of the `[[known]]` lists.

Texts and values are folded (`ppdarchive.text.fold`) and cut into words, letters and digits apart. A
value is found as whole words: in any case and Unicode form, with anything short between its words
(white space, a hyphen, an apostrophe, an underscore) or nothing ("annmarie" for "Ann Marie"), and
with a possessive, which stays outside of the span. What else it may look like say
`ppdarchive.detectors.known.forms` (nicknames, parts, initials) and
`ppdarchive.detectors.known.spellings` (misspelt, stretched, in disguise); which way a mention was found
stands in the detector of its span, behind "known.".

All values are looked for at once, in a whole batch of texts. Each distinct word is looked up once and
remembered, so most words cost one lookup of their hash, whatever the number of values; a tree over words
follows the values from the few words that begin one.

Values that are words of everyday text (a coach named Grace, a town named Mobile) and words that are no
sure mention are judged by what stands around them; `ppdarchive.detectors.known.guard` says how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known.candidates import (
    LEAST_SPACED,
    MOST_SPACED,
    Candidates,
    along_the_tree,
    embedded,
    in_tags,
    letter_by_letter,
    with_signs_for_letters,
)
from ppdarchive.detectors.known.context import around, is_function, may_matter
from ppdarchive.detectors.known.forms import Form, Guard, Way, forms_of
from ppdarchive.detectors.known.guard import REDACT, UNCERTAIN, judged
from ppdarchive.detectors.known.numbers import KnownNumbers
from ppdarchive.detectors.known.ordinary import FREQUENT, Usage
from ppdarchive.detectors.known.readings import Readings
from ppdarchive.detectors.known.spellings import Speller
from ppdarchive.detectors.known.tree import CATEGORIES, WAYS, Entries, Tree
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Kind, Tokens, tokens_of, word_hashes

Numbers = npt.NDArray[np.int64]

_EXACT: Final = WAYS.index(Way.EXACT)
_DETECTORS: Final = tuple(f"known.{way}" for way in WAYS)
_NAME: Final = CATEGORIES.index(TextCategory.NAME)
_BESIDE_SCORE: Final = 0.5
_NO_INITIALS: Final = np.array([ord(letter) for letter in "aioxy"], np.uint32)
_TEXTING: Final = np.array([ord(letter) for letter in "bcdknruw"], np.uint32)
"""Letters that stand for words."""
_AND: Final = word_hashes(["and"])[0]
_LEAST_LEFT: Final = 0.5
"""What is less sure than this is no mention in a package either."""


class KnownIdentifiers:
    """Finds values that are known to identify somebody.

    Parameters
    ----------
    values : iterable of tuple of str and TextCategory
        Values of fewer than two letters or digits, numbers of fewer than four digits and
        placeholders ("n/a") are ignored.

    Attributes
    ----------
    n_values : int
        Different values that are looked for.
    n_ignored : int
        Values that are not.

    Examples
    --------
    >>> known = KnownIdentifiers([("Ann Marie", TextCategory.NAME), ("Jayden", TextCategory.NAME)])
    >>> text = "I love ANN-MARIE’s calls, and jadyen too"
    >>> [(text[span.start : span.end], span.detector) for span in known.detect([text])[0]]
    [('ANN-MARIE', 'known.exact'), ('jadyen', 'known.edit')]
    """

    name: Final = "known"

    __slots__ = ("_numbers", "_readings", "_sizes", "_tree", "n_ignored", "n_values")

    def __init__(self, values: Iterable[tuple[str, TextCategory]]) -> None:
        self.n_values = self.n_ignored = 0
        numbers: dict[str, int] = {}
        spelt: set[str] = set()
        self._tree = Tree.of(self._forms(values, numbers, spelt))
        self._numbers = KnownNumbers(numbers)
        self._sizes = sorted({len(word) for word in spelt if LEAST_SPACED <= len(word) <= MOST_SPACED})
        self._readings = Readings(self._tree, Speller(sorted(spelt)))

    def _forms(
        self, values: Iterable[tuple[str, TextCategory]], numbers: dict[str, int], spelt: set[str]
    ) -> Iterator[tuple[Form, TextCategory]]:
        """The forms of all values; numbers, and words that may be misspelt, are put aside."""
        for value, category in dict.fromkeys(values):
            forms = forms_of(value, category)
            if forms is None:
                self.n_ignored += 1
                continue
            self.n_values += 1
            rank = CATEGORIES.index(category)
            for number in forms.numbers:
                numbers[number] = min(rank, numbers.get(number, rank))
            for form in forms.forms:
                if form.is_spelt:
                    spelt.update(form.words)
                yield form, category

    def __repr__(self) -> str:
        return f"KnownIdentifiers(n_values={self.n_values}, n_ignored={self.n_ignored})"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the known values in each text; nothing is found inside a tag or mask."""
        batch = TextBatch.of(texts)
        found: list[list[Span]] = [[] for _ in batch.texts]
        tokens = tokens_of(batch)
        if len(tokens):
            barred = in_tags(batch, tokens)
            for hits in (self._words(batch, tokens, barred), self._digits(batch, tokens, barred)):
                hits.add_to(found, batch)
        return found

    def _words(self, batch: TextBatch, tokens: Tokens, barred: npt.NDArray[np.bool_]) -> _Hits:
        """Mentions that are made of words."""
        tree = self._tree
        parts = [
            *along_the_tree(batch, tokens, tree, self._readings, barred),
            *letter_by_letter(batch, tokens, tree, self._sizes, barred),
            *with_signs_for_letters(batch, tokens, tree, barred),
        ]
        if not parts:
            return _Hits.none()
        candidates = Candidates.joined(parts)
        entries = tree.entries[candidates.nodes]
        candidates = replace(candidates, guards=_both(entries.guard, candidates))
        ways = np.where(candidates.ways == _EXACT, entries.way, candidates.ways)
        scores = self._scores(batch, tokens, candidates, entries)
        scores[(ways != _EXACT) & embedded(batch, tokens, candidates)] = 0.0
        starts = tokens.starts[candidates.first]
        last = candidates.last.copy()
        names = np.flatnonzero((entries.category == _NAME) & (scores >= REDACT) & (entries.extra == 0))
        last[names] = _with_initials(batch, tokens, last[names])
        ends = tokens.ends[last] - entries.extra
        chosen = _chosen(starts, ends, scores)
        return _Hits(starts[chosen], ends[chosen], entries.category[chosen], ways[chosen], scores[chosen])

    def _scores(
        self, batch: TextBatch, tokens: Tokens, candidates: Candidates, entries: Entries
    ) -> npt.NDArray[np.float64]:
        """How sure candidates are where they stand."""
        guards, is_one = candidates.guards, candidates.n_words == 1
        # Of several words one that is misspelt makes the others half as unsure.
        factors = np.where(is_one, candidates.factors, (1 + candidates.factors) / 2)
        scores = entries.score.astype(np.float64) * factors
        words = np.flatnonzero((guards >= Guard.WORD) & (guards <= Guard.UNLIKELY) & is_one)
        scores[words[~may_matter(batch, tokens, candidates.first[words], candidates.last[words])]] = 0.0
        asked = np.flatnonzero((guards != Guard.FREE) & (scores > 0))
        scores[asked] = judged(
            scores[asked],
            guards[asked],
            entries.category[asked],
            candidates.n_words[asked],
            around(batch, tokens, candidates.first[asked], candidates.last[asked]),
        )
        is_name = entries.category == _NAME
        names = words[is_name[words] & (guards[words] <= Guard.COMMON)]
        beside = _beside_names(batch, tokens, candidates, names, np.flatnonzero(is_name & (scores >= REDACT)))
        scores[beside] = np.maximum(scores[beside], _BESIDE_SCORE)
        return scores

    def _digits(self, batch: TextBatch, tokens: Tokens, barred: npt.NDArray[np.bool_]) -> _Hits:
        """Mentions that are made of digits."""
        first, last, categories = self._numbers.find(batch, tokens)
        kept = np.flatnonzero(~barred[first] & ~barred[last])
        n = len(kept)
        return _Hits(
            tokens.starts[first[kept]],
            tokens.ends[last[kept]],
            categories[kept],
            np.full(n, _EXACT, np.uint8),
            np.ones(n),
        )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Hits:
    """Mentions in a folded batch."""

    starts: Positions
    ends: Positions
    categories: npt.NDArray[np.uint8]
    ways: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.float64]

    @classmethod
    def none(cls) -> Self:
        """No mention."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none.astype(np.uint8), none.astype(np.uint8), none.astype(np.float64))

    def add_to(self, found: list[list[Span]], batch: TextBatch) -> None:
        """Add the spans to those of each text."""
        texts, starts, ends = batch.places(self.starts, self.ends)
        for text, start, end, category, way, score in zip(
            texts.tolist(),
            starts.tolist(),
            ends.tolist(),
            self.categories.tolist(),
            self.ways.tolist(),
            self.scores.round(3).tolist(),
            strict=True,
        ):
            tier = Tier.REDACT if score >= REDACT else Tier.UNCERTAIN
            found[text].append(Span(start, end, CATEGORIES[category], score, tier, _DETECTORS[way]))


def _both(own: npt.NDArray[np.uint8], candidates: Candidates) -> npt.NDArray[np.uint8]:
    """What must stand around a value that is guarded itself, and was read in some way."""
    read = candidates.guards
    guards = np.where(own <= Guard.LOOSE, np.maximum(own, read), own)
    # A misspelt word that is a name is doubtful; of several words the others vouch for it.
    is_word = (own == Guard.WORD) | (own == Guard.COMMON)
    is_one = candidates.n_words == 1
    doubt = np.where(read == Guard.LOOSE, Guard.DOUBT, Guard.UNLIKELY)
    guards = np.where(is_word & is_one & (read != Guard.FREE), doubt, guards)
    is_vouched = (own == Guard.FREE) | (is_word & (read != Guard.FREE) & (read < Guard.UNLIKELY))
    return np.where(~is_one & is_vouched, Guard.FREE, guards).astype(np.uint8)


def _beside_names(
    batch: TextBatch, tokens: Tokens, candidates: Candidates, words: Numbers, sure: Numbers
) -> Numbers:
    """Which of some names that are words stand right behind a name, or as a given one right before one.

    Parameters
    ----------
    words, sure : ndarray of int64, shape (n,), (m,)
        Rows of the candidates: names that are words, and sure names.
    """
    hashes = tokens.hashes[candidates.first[words]]
    words = words[~is_function(hashes) & (Usage.of(hashes).english < FREQUENT)]
    first, last = candidates.first[words], candidates.last[words]
    # Of two names that are words the first is a given name: "ebony drake".
    is_given = candidates.guards[words] == Guard.WORD
    behind = np.append(candidates.last[sure], last[is_given])
    before = np.append(candidates.first[sure], first)
    is_beside = np.isin(first - 1, behind) & _spaced(batch, tokens, first - 1)
    is_beside |= is_given & np.isin(last + 1, before) & _spaced(batch, tokens, last)
    # "sage and Callan"
    is_beside |= is_given & np.isin(first - 2, candidates.last[sure]) & _joined(batch, tokens, first - 2)
    is_beside |= is_given & np.isin(last + 2, candidates.first[sure]) & _joined(batch, tokens, last)
    return words[is_beside]


def _joined(batch: TextBatch, tokens: Tokens, places: Positions) -> npt.NDArray[np.bool_]:
    """Which tokens "and" joins to the one after it."""
    one = np.maximum(places, 0)
    between, other = (np.minimum(one + step, len(tokens) - 1) for step in (1, 2))
    joined: npt.NDArray[np.bool_] = tokens.hashes[between] == _AND
    joined |= batch.lower[tokens.starts[between]] == ord("&")
    joined &= tokens.texts[one] == tokens.texts[other]
    return joined


def _with_initials(batch: TextBatch, tokens: Tokens, last: Positions) -> Positions:
    """The last tokens of names, or the initials of surnames that stand behind them: "Alyssa C."."""
    initial = np.minimum(last + 1, len(tokens) - 1)
    behind = np.minimum(last + 2, len(tokens) - 1)
    starts = tokens.starts[initial]
    is_initial = _spaced(batch, tokens, last) & (tokens.kinds[initial] == Kind.LETTER)
    is_initial &= (tokens.ends[initial] - starts == 1) & (initial > last)
    letters = batch.lower[starts]
    is_stop = batch.lower[starts + 1] == ord(".")  # behind each text stands a separator
    is_word = (tokens.kinds[behind] == Kind.LETTER) & _spaced(batch, tokens, initial)
    is_capital = batch.cased[starts] != letters
    is_told = ~np.isin(letters, _NO_INITIALS) & (is_capital | ~is_word | ~np.isin(letters, _TEXTING))
    is_initial &= is_stop | is_told
    return np.where(is_initial, initial, last)


def _spaced(batch: TextBatch, tokens: Tokens, places: Positions) -> npt.NDArray[np.bool_]:
    """Behind which tokens one space stands, and another token."""
    one = np.maximum(places, 0)
    other = np.minimum(one + 1, len(tokens) - 1)
    spaced: npt.NDArray[np.bool_] = batch.lower[tokens.starts[other] - 1] == ord(" ")
    spaced &= tokens.starts[other] - tokens.ends[one] == 1
    return spaced


def _chosen(starts: Positions, ends: Positions, scores: npt.NDArray[np.float64]) -> Positions:
    """Of mentions that overlap the first and longest; an unsure one never in place of a sure one."""
    sure = np.flatnonzero(scores >= REDACT)
    furthest = np.maximum.accumulate(ends[sure][np.argsort(starts[sure], kind="stable")])
    before = np.searchsorted(np.sort(starts[sure]), starts, side="right")
    covered = (before > 0) & (np.append(furthest, 0)[before - 1] >= ends)
    rows = np.flatnonzero((scores >= REDACT) | ((scores >= UNCERTAIN) & ~covered))
    unsure = scores[rows] < REDACT
    order = rows[np.lexsort((-scores[rows], -ends[rows], starts[rows], unsure))]
    chosen: list[int] = []
    reached, was_unsure = 0, False
    for row, start, end, is_unsure in zip(
        order.tolist(),
        starts[order].tolist(),
        ends[order].tolist(),
        (scores[order] < REDACT).tolist(),
        strict=True,
    ):
        if is_unsure and not was_unsure:
            reached, was_unsure = 0, True
        if start >= reached:
            chosen.append(row)
            reached = end
    return np.array(chosen, np.int64)


def residual(texts: Sequence[str], known: KnownIdentifiers) -> list[list[Span]]:
    """The known identifiers that are left in strings: cells, labels, descriptions, file names.

    The same matching as in de-identification, tags and masks excepted, with a lower threshold: a
    spelling or nickname that only leaves some doubt counts as sure. A span of tier ``uncertain`` is a
    word that is a name elsewhere, or little more than a guess; where the policy redacts what is uncertain
    none is left in texts, and in labels and descriptions a person decides.

    Parameters
    ----------
    texts : sequence of str, length n
    known : KnownIdentifiers

    Returns
    -------
    list of list of Span, length n
    """
    return [[_sooner(span) for span in spans] for spans in known.detect(texts)]


def _sooner(span: Span) -> Span:
    """A span as the gate takes it."""
    is_guarded = span.detector == _DETECTORS[_EXACT]
    if span.tier is Tier.REDACT or is_guarded or span.score < _LEAST_LEFT:
        return span
    return replace(span, tier=Tier.REDACT)
