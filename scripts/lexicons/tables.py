"""Facts -> the files of `ppdarchive.detectors.lexicon`; the same facts give the same bytes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from facts import Facts
from readable import readable_names
from shares import shares

from ppdarchive.detectors.lexicon.entries import KINDS, log_scaled, tables_of
from ppdarchive.detectors.lexicon.kinds import Column, Flag, PhraseKind
from ppdarchive.detectors.lexicon.phrases import LONGEST, Phrases, words_of
from ppdarchive.detectors.lexicon.words import ROW, Words
from ppdarchive.text.tokens import word_hashes

N_OTHER_WORDS = 30_000
"""Of the words that no list and no dictionary knows, so many of the most frequent ones."""

FOREIGN = 30
"""Inhabitants of a place abroad for whom it is talked of as often as for one inhabitant in America."""


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
    }
    for kind, rows in readable_names(facts).items():
        lines = (f"{name}\t{weight}\t{detail}\n" for name, weight, detail in rows)
        files[f"names/{kind}.tsv"] = "".join(lines).encode("utf-8")
    return files


def _words(facts: Facts) -> Words:
    given = _counts((own.name, own.n) for own in facts.given_names)
    surnames = _counts(facts.surnames.items())
    one_word, parts = _split_places((own.name, own.population) for own in facts.places)
    fame, _ = _split_places(
        (own.name, own.population if own.is_american else own.population // FOREIGN) for own in facts.places
    )
    for name, _ in facts.counties:
        parts.update(words_of([name])[0])
    english = _counts(facts.word_counts.items())
    dictionary = _folded_set(facts.dictionary)
    proper = _folded_set(facts.proper_words) - dictionary
    known = given.keys() | surnames.keys() | one_word.keys() | parts.keys() | dictionary | proper
    others = [word for word in sorted(english, key=lambda w: (-english[w], w)) if word not in known]
    every = sorted(known | set(others[:N_OTHER_WORDS]))
    columns = np.zeros((len(every), len(Column)), np.uint8)
    columns[:, Column.GIVEN_NAME] = _column(every, given)
    columns[:, Column.SURNAME] = _column(every, surnames)
    columns[:, Column.PLACE] = _column(every, one_word)
    columns[:, Column.PLACE_PART] = _column(every, parts)
    columns[:, Column.ENGLISH] = zipf(np.array([english.get(word, 0) for word in every]), facts)
    own = shares(
        every,
        english=english,
        dictionary=dictionary,
        proper=proper,
        given=given,
        surnames=surnames,
        places=fame,
    )
    for column, share in zip(
        (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE), own.T, strict=True
    ):
        columns[:, column] = np.rint(255 * share)
    rows = np.zeros(len(every), ROW)
    rows["columns"] = columns
    rows["flags"] |= np.where([word in dictionary for word in every], np.uint32(Flag.DICTIONARY), 0)
    rows["flags"] |= np.where([word in proper for word in every], np.uint32(Flag.PROPER), 0)
    short = {word for _, short in facts.short_forms for word in _one_word(short)}
    rows["flags"] |= np.where([word in short for word in every], np.uint32(Flag.NICKNAME), 0)
    hashes = word_hashes(every)
    order = np.argsort(hashes)
    if (np.diff(hashes[order].astype(object)) == 0).any():
        raise ValueError("two words have one hash")
    table = Words(hashes[order], np.append(rows[order], np.zeros(1, ROW)))
    return table.adding(*_listed(facts, table))


def _listed(facts: Facts, table: Words) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.void]]:
    """The rows of the hand-written lists, with parts counted."""
    hashes, rows, _, _ = tables_of(facts.entries)
    for part in (Column.PLACE_PART, Column.ORGANIZATION_PART):
        is_part = rows["columns"][:, part] > 0
        _, at, n = np.unique(hashes[is_part], return_inverse=True, return_counts=True)
        rows["columns"][is_part, part] = log_scaled(n)[at]
    return hashes, rows


def _phrases(facts: Facts) -> Phrases:
    named: list[tuple[str, PhraseKind]] = [(own.name, PhraseKind.CITY) for own in facts.places]
    named += [(name, PhraseKind.COUNTY) for name, _ in facts.counties]
    named += [(name, PhraseKind.COUNTRY) for name in facts.countries]
    named += [(entry.value, KINDS[entry.kind].phrase) for entry in facts.entries]
    every: dict[str, int] = {}
    for own, (_, kind) in zip(words_of([name for name, _ in named]), named, strict=True):
        if len(own) >= 2:
            phrase = " ".join(own[:LONGEST])
            every[phrase] = every.get(phrase, 0) | kind
            for other in _respelt(phrase):
                every[other] = every.get(other, 0) | kind
    phrases = sorted(every)
    return Phrases.of(phrases, [every[phrase] for phrase in phrases])


def _respelt(phrase: str) -> list[str]:
    """Other ways to write the words of a phrase: St. and Saint, Ft. and Fort, & and and."""
    pairs = (("saint", "st"), ("fort", "ft"), ("mount", "mt"), ("and", "&"), ("point", "pt"))
    words = phrase.split()
    found = []
    for long, short in pairs:
        for one, other in ((long, short), (short, long)):
            if one in words:
                found.append(" ".join(other if word == one else word for word in words))
    return found


def zipf(counts: npt.NDArray[np.int64], facts: Facts) -> npt.NDArray[np.uint8]:
    """16 x the base-10 logarithm of the words' frequency in a thousand million; 0 for unseen words."""
    total = sum(facts.word_counts.values()) or 1
    scaled = 16 * np.log10(np.maximum(counts, 1) * (1e9 / total))
    return np.where(counts > 0, np.clip(np.rint(scaled), 1, 255), 0).astype(np.uint8)


def _counts(items: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts of folded one-word values, added up."""
    values = list(items)
    counts: dict[str, int] = {}
    for own, (_, n) in zip(words_of([value for value, _ in values]), values, strict=True):
        if len(own) == 1:
            counts[own[0]] = counts.get(own[0], 0) + n
    return counts


def _split_places(items: Iterable[tuple[str, int]]) -> tuple[dict[str, int], Counter[str]]:
    """The largest population of each one-word name, and how many longer names hold each word."""
    values = list(items)
    one: dict[str, int] = {}
    parts: Counter[str] = Counter()
    for own, (_, population) in zip(words_of([value for value, _ in values]), values, strict=True):
        if len(own) == 1:
            one[own[0]] = max(one.get(own[0], 0), population, 1)
        else:
            parts.update(set(own))
    return one, parts


def _folded_set(words: Iterable[str]) -> set[str]:
    return {own[0] for own in words_of(sorted(words)) if len(own) == 1}


def _one_word(value: str) -> list[str]:
    own = words_of([value])[0]
    return own if len(own) == 1 else []


def _column(words: list[str], counts: Mapping[str, int]) -> npt.NDArray[np.uint8]:
    return log_scaled(np.array([counts.get(word, 0) for word in words]))


def _npy(array: npt.NDArray[np.generic]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(array))
    return stream.getvalue()
