"""Facts -> the files of `ppdarchive.detectors.lexicon`; the same facts give the same bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from facts import Facts
from readable import readable_names
from shares import shares

from ppdarchive.detectors.lexicon.entries import KINDS, SHARES, log_scaled, tables_of
from ppdarchive.detectors.lexicon.kinds import Column, Flag, PhraseKind
from ppdarchive.detectors.lexicon.phrases import LONGEST, Phrases, words_of
from ppdarchive.detectors.lexicon.slips import slip_keys
from ppdarchive.detectors.lexicon.words import ROW, Words
from ppdarchive.text.tokens import word_hashes

N_OTHER_WORDS: Final = 30_000
"""Of the words that no list and no dictionary knows, so many of the most frequent ones."""
FOREIGN: Final = 30
"""Inhabitants of a place abroad for whom it is talked of as often as for one inhabitant in America."""
FOREIGN_BEARERS: Final = 200
"""How many a name of other countries is taken to have in America, for want of a count."""
LISTED_POPULATION: Final = 50_000
"""How many a hand-listed place is taken to have; lists hold what is talked of."""
PACKAGE_BRAND: Final = 100
_NAMING_KINDS: Final = frozenset(
    {
        *("place", "base", "place_nickname", "country", "state", "ship"),
        *("facility", "school", "organization", "agency", "team", "media", "brand"),
    }
)
"""The kinds of hand-written lists whose words are names; those of the others are words."""
_PLAIN_PAIR: Final = 40
"""A town is plain English too when the web has its two words so many times for each inhabitant."""
_SMALLEST_TOWN: Final = 200
OFTEN: Final = 64
"""Slips are looked up for words of a dictionary from here on: ten in a million ..."""
VERY_OFTEN: Final = 72
"""... and three times as many where they have four letters."""
SHORT_WORD: Final = 4
SELDOM: Final = 64
"""A word that stands for a name in fewer than a quarter of its uses, of 255."""
_SPELLINGS: Final = (("saint", "st"), ("fort", "ft"), ("mount", "mt"), ("and", "&"), ("point", "pt"))


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of each folded word."""

    given: Mapping[str, int]
    surnames: Mapping[str, int]
    places: Mapping[str, int]
    parts: Mapping[str, int]
    fame: Mapping[str, int]
    english: Mapping[str, int]
    spanish: Mapping[str, int]
    dictionary: frozenset[str]
    proper: frozenset[str]
    other_words: frozenset[str]

    @classmethod
    def of(cls, facts: Facts) -> Counts:
        """Count the words of the facts."""
        dictionary = _folded_set(facts.dictionary)
        given = _counts((own.name, own.n) for own in facts.given_names)
        surnames = _counts(facts.surnames.items())
        for counts, names in ((given, facts.foreign_given_names), (surnames, facts.foreign_surnames)):
            for word in _folded_set(names):
                if word not in dictionary and word.isascii() and len(word) > 1:
                    counts.setdefault(word, FOREIGN_BEARERS)
        listed = [
            (value, LISTED_POPULATION)
            for own in facts.lists
            if own.kind in ("place", "base", "place_nickname", "country")
            for value in own.values
        ]
        states = list(facts.state_populations.items())
        places, parts = _split_places(
            [(own.name, own.population) for own in facts.places] + listed + states, facts.counties
        )
        fame, _ = _split_places(
            [(own.name, own.population // (1 if own.is_american else FOREIGN)) for own in facts.places]
            + listed
            + states
        )
        spanish = [own[0] for own in words_of(list(facts.spanish)) if len(own) == 1]
        return cls(
            given,
            surnames,
            places,
            parts,
            fame,
            _counts(facts.word_counts.items()),
            {word: rank for rank, word in reversed(list(enumerate(spanish, start=1)))},
            dictionary,
            _folded_set(facts.proper_words) - dictionary,
            _folded_set(value for own in facts.lists if own.kind not in _NAMING_KINDS for value in own.values)
            | frozenset(spanish),
        )

    def words(self) -> list[str]:
        """Every word that has a row, sorted."""
        known = {*self.given, *self.surnames, *self.places, *self.parts, *self.spanish}
        known |= self.dictionary | self.proper
        others = [
            word for word in sorted(self.english, key=lambda w: (-self.english[w], w)) if word not in known
        ]
        return sorted(known | set(others[:N_OTHER_WORDS]))


def build(facts: Facts) -> dict[str, bytes]:
    """Every data file by its path."""
    words = _words(facts)
    phrases = _phrases(facts)
    files = {
        "word-hashes.npy": _npy(words.hashes),
        "word-rows.npy": _npy(words.rows.view(np.uint8)),
        "phrase-hashes.npy": _npy(phrases.hashes),
        "phrase-kinds.npy": _npy(phrases.kinds),
        "phrase-openings.npy": _npy(phrases.openings),
        "slip-keys.npy": _npy(slip_keys(_often_written(facts, words))),
    }
    for kind, rows in readable_names(facts).items():
        files[f"names/{kind}.tsv"] = _tsv((name, str(n), detail) for name, n, detail in rows)
    files["names/short-forms.tsv"] = _tsv(facts.short_forms)
    return files


def _words(facts: Facts) -> Words:
    counts = Counts.of(facts)
    every = counts.words()
    columns = np.zeros((len(every), len(Column)), np.uint8)
    columns[:, Column.GIVEN_NAME] = _column(every, counts.given)
    columns[:, Column.SURNAME] = _column(every, counts.surnames)
    columns[:, Column.PLACE] = _column(every, counts.places)
    columns[:, Column.PLACE_PART] = _column(every, counts.parts)
    columns[:, Column.ENGLISH] = zipf(np.array([counts.english.get(word, 0) for word in every]), facts)
    columns[:, Column.SPANISH] = [zipf_of_rank(counts.spanish.get(word)) for word in every]
    own = shares(
        every,
        english=counts.english,
        dictionary=counts.dictionary | counts.other_words,
        proper=counts.proper,
        bearers=(counts.given, counts.surnames, counts.fame),
        judged=facts.given_name_shares,
    )
    columns[:, list(SHARES)] = np.rint(255 * own)
    short = {word for _, short in facts.short_forms for word in _one_word(short)}
    rows = np.zeros(len(every), ROW)
    rows["columns"] = columns
    sets = ((counts.dictionary, Flag.DICTIONARY), (counts.proper, Flag.PROPER), (short, Flag.NICKNAME))
    for words, flag in sets:
        rows["flags"] |= np.where([word in words for word in every], np.uint32(flag), np.uint32(0))
    table = Words.of(word_hashes(every), rows)
    if len(table) != len(every):
        raise ValueError("two words have one hash")
    return table.adding(*_listed(facts))


def _often_written(facts: Facts, words: Words) -> list[str]:
    """The words of everyday use that slips of the finger are looked up for; none that is often a name."""
    every = Counts.of(facts).words()
    known = words.columns(word_hashes(every))
    english = known.column(Column.ENGLISH)
    lengths = np.array([len(word) for word in every])
    often = known.has(Flag.DICTIONARY) & (english >= np.where(lengths > SHORT_WORD, OFTEN, VERY_OFTEN))
    often |= known.has(Flag.SAFE | Flag.KINSHIP | Flag.FACILITY_WORD | Flag.MILITARY_WORD | Flag.MEDICATION)
    often |= (known.column(Column.SPANISH) > 0) & (lengths > SHORT_WORD)
    for share in (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE):
        often &= known.column(share) < SELDOM
    return [word for word, is_often in zip(every, often.tolist(), strict=True) if is_often]


def _listed(facts: Facts) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.void]]:
    """The rows of the hand-written lists, of schools and of brands: parts counted, shares left out."""
    hashes, rows, _, _ = tables_of(facts.entries)
    rows["columns"][:, list(SHARES)] = 0
    schools = [word for own in words_of([*facts.schools, *facts.foreign_schools]) for word in own]
    brands = sorted({word for own in words_of(facts.brands) if len(own) == 1 for word in own})
    others = np.zeros(len(schools) + len(brands), ROW)
    others["columns"][: len(schools), Column.ORGANIZATION_PART] = 1
    others["columns"][len(schools) :, Column.BRAND] = log_scaled(PACKAGE_BRAND)
    if schools or brands:
        hashes = np.concatenate((hashes, word_hashes([*schools, *brands])))
        rows = np.concatenate((rows, others))
    for part in (Column.PLACE_PART, Column.ORGANIZATION_PART):
        is_part = rows["columns"][:, part] > 0
        _, at, n = np.unique(hashes[is_part], return_inverse=True, return_counts=True)
        rows["columns"][is_part, part] = log_scaled(n)[at]
    return hashes, rows


def _phrases(facts: Facts) -> Phrases:
    cities = _populations(facts)
    named: list[tuple[str, PhraseKind]] = [(own.name, PhraseKind.CITY) for own in facts.places]
    named += [(name, PhraseKind.COUNTY) for name, _ in facts.counties]
    named += [(name, PhraseKind.COUNTRY) for name in facts.countries]
    named += [(name, PhraseKind.SCHOOL) for name in _spoken([*facts.schools, *facts.foreign_schools])]
    named += [(name, PhraseKind.BRAND) for name in _spoken(facts.brands)]
    listed = [(entry.value, KINDS[entry.kind].phrase) for entry in facts.entries]
    by_hand = {" ".join(own[:LONGEST]) for own in words_of([value for value, _ in listed])}
    every: dict[str, int] = {}
    for own, (_, kind) in zip(words_of([name for name, _ in named + listed]), named + listed, strict=True):
        if len(own) < 2 or not all(word.isascii() for word in own):
            continue
        if kind is PhraseKind.SCHOOL and facts.generic_school_words.issuperset(own):
            continue
        phrase = " ".join(own[:LONGEST])
        for spelling in (phrase, *_respelt(phrase)):
            every[spelling] = every.get(spelling, 0) | kind
    dictionary = _folded_set(facts.dictionary)
    for phrase in every.keys() - by_hand:
        plain = facts.pair_counts.get(phrase, 0) > _PLAIN_PAIR * cities.get(phrase, _SMALLEST_TOWN)
        if plain and all(word in dictionary for word in phrase.split()):
            every[phrase] |= PhraseKind.ORDINARY
    phrases = sorted(every)
    return Phrases.of(phrases, [every[phrase] for phrase in phrases])


def _spoken(names: Sequence[str]) -> list[str]:
    """The names all of whose words are words: "4D" and "G3" are too many other things."""
    return [
        name
        for name, own in zip(names, words_of(names), strict=True)
        if all(len(word) > 1 and word.isalpha() for word in own)
    ]


def _populations(facts: Facts) -> dict[str, int]:
    """The largest population that a place of each name has, places abroad counted as they are talked of."""
    found: dict[str, int] = {}
    for own, place in zip(words_of([own.name for own in facts.places]), facts.places, strict=True):
        phrase = " ".join(own)
        population = place.population // (1 if place.is_american else FOREIGN)
        found[phrase] = max(found.get(phrase, _SMALLEST_TOWN), population)
    return found


def _respelt(phrase: str) -> list[str]:
    """Other ways to write the words of a phrase: St. and Saint, Ft. and Fort, & and and."""
    words = phrase.split()
    found = []
    for pair in _SPELLINGS:
        for one, other in (pair, pair[::-1]):
            if one in words:
                found.append(" ".join(other if word == one else word for word in words))
    return found


def zipf(counts: npt.NDArray[np.int64], facts: Facts) -> npt.NDArray[np.uint8]:
    """16 x the base-10 logarithm of the words' frequency in a thousand million; 0 for unseen words."""
    total = sum(facts.word_counts.values()) or 1
    scaled = 16 * np.log10(np.maximum(counts, 1) * (1e9 / total))
    return np.where(counts > 0, np.clip(np.rint(scaled), 1, 255), 0).astype(np.uint8)


def zipf_of_rank(rank: int | None) -> int:
    """The same for a word of which only the rank is known: a tenth of a language by its rank."""
    return 0 if rank is None else round(16 * (8 - float(np.log10(rank))))


def _counts(items: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts of folded one-word values, added up."""
    values = list(items)
    counts: dict[str, int] = {}
    for own, (_, n) in zip(words_of([value for value, _ in values]), values, strict=True):
        if len(own) == 1:
            counts[own[0]] = counts.get(own[0], 0) + n
    return counts


def _split_places(
    places: list[tuple[str, int]], counties: Iterable[tuple[str, str]] = ()
) -> tuple[dict[str, int], dict[str, int]]:
    """The largest population of each one-word name, and how many longer names hold each word."""
    one: dict[str, int] = {}
    parts: Counter[str] = Counter()
    for own, (_, population) in zip(words_of([name for name, _ in places]), places, strict=True):
        if len(own) == 1:
            one[own[0]] = max(one.get(own[0], 0), population, 1)
        else:
            parts.update(set(own))
    for own in words_of([name for name, _ in counties]):
        parts.update(set(own))
    return one, dict(parts)


def _folded_set(words: Iterable[str]) -> frozenset[str]:
    return frozenset(own[0] for own in words_of(sorted(words)) if len(own) == 1)


def _one_word(value: str) -> list[str]:
    own = words_of([value])[0]
    return own if len(own) == 1 else []


def _column(words: list[str], counts: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    return log_scaled(np.array([counts.get(word, 0) for word in words]))


def _npy(array: npt.NDArray[np.generic]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array))
    return stream.getvalue()


def _tsv(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in rows).encode("utf-8")
