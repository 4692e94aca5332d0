"""Probabilities of tokens -> runs of tokens that are mentions, in two tiers; columns throughout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Column, Flag, PhraseKind, WordColumns, slips, words
from ppdarchive.detectors.lexicon.subjects import Reading, readings
from ppdarchive.detectors.tagger.features import Features, Floats
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens, word_hashes

Flags = npt.NDArray[np.bool_]


def _hashes(words: str) -> Hashes:
    return np.sort(word_hashes(words.split()))


_LINKS: Final = np.sort(
    word_hashes(["of", "the", "and", "for", "de", "del", "la", "el", "los", "y", "du", "von", "van"])
)
"""Words that stand inside a name of several words: Housing Authority of New Orleans."""
_JOINING: Final = np.sort(word_hashes(["and", "y", "for", "&"]))
"""Of these, those that in names of people join two: "Maria and Jayden"."""
_PARTICLES: Final = _hashes(
    "de del della der den di da do dos la le lo las los el al van von zu bin ben ibn abu"
)
"""Small words that are part of surnames."""
_GLUE: Final = np.sort(word_hashes([".", "'", "-", "&", "/", "_"]))
"""Signs that stand inside a name: St. Louis, O'Brien, A&M."""
_LONGEST_LINK: Final = 2
_LONGEST_LEAD: Final = 3
_NAME, _PLACE, _UNIT = 1, 2, 5
"""The numbers of the labels of people's names, of places and of military units."""
_APOSTROPHE, _S, _I = word_hashes(["'", "s", "i"])
_SHIFTS: Final = np.array([-1.0, 0.4, 0.9, 0.9, 0.7], np.float32)
"""What the redact tier asks more of names, which other detectors find too, and less of facilities,
organizations and units, of which even annotators are less sure; added to the logits, label by label."""
_TINY: Final = 1e-6
_GENERIC: Final = (
    Flag.FACILITY_WORD | Flag.ORGANIZATION_WORD | Flag.KINSHIP | Flag.TITLE | Flag.RANK | Flag.BRANCH
    | Flag.PROFESSION | Flag.NUMBER_WORD | Flag.WEEKDAY | Flag.MONTH | Flag.DIRECTION | Flag.STREET_SUFFIX
    | Flag.FUNCTION_WORD | Flag.MILITARY_WORD | Flag.SLANG
)  # fmt: skip
"""In small letters such words alone are no mention: a clinic, the high school."""
_LEAST_SHARE: Final = 64
"""A word that stands for a name or place in fewer than a quarter of its uses, of 255."""
_COMMON_NAME: Final = 130
"""Twenty thousand births on the lexicon's scale: may, june, will."""
_MANY_BEARERS: Final = 125
"""Fifteen thousand people on the lexicon's scale."""
_LEAST_PART: Final = 60
"""A word of the names of about a hundred places: west, los, springs."""
_BEFORE_WORDS: Final = np.sort(
    word_hashes(
        [
            "a",
            "an",
            "the",
            "this",
            "that",
            "these",
            "those",
            "some",
            "any",
            "no",
            "every",
            "each",
            "another",
            "to",
            "i",
            "we",
            "they",
            "you",
            "it",
            "el",
            "un",
            "una",
            "los",
            "las",
        ]
    )
)
"""What stands before a word of everyday use, and hardly ever before a name in small letters."""
_SPANISH_ARTICLES: Final = _hashes("la el al del las los un una su nuestra nuestro esta este")
"""What stands before a word in Spanish, and hardly ever before a name in small letters."""
_WORD_IS_SURE: Final = 0.97
"""A single word of a dictionary, in small letters, is surely a name from here on only."""
_LEAST_LETTERS: Final = 3
_RARE: Final = 32
"""A zipf frequency of 2: one in ten million words."""
_LIKE_A_NAME: Final = Flag.PROPER | Flag.NICKNAME
_SAFE_BITS: Final = [
    kind.bit_length() - 1 for kind in (PhraseKind.SAFE, PhraseKind.MEDICATION, PhraseKind.CONDITION)
]
_EVERYDAY: Final = 64
"""A zipf frequency of 4: ten in a million words."""
_SPANISH_SHARE: Final = 0.35
_AROUND: Final = 6
_LONGEST_ABBREVIATION: Final = 3
"""St. Louis, Ft. Hood, Jr.: a full stop behind a longer word ends a sentence."""
_LEAST_CHANCE: Final = 0.02
_DIGITS: Final = 3
"""Digits of a probability that say something."""
_STOPS: Final = np.sort(np.array([ord(sign) for sign in ".!?:;*>-•~"], np.uint32))
_ORDINARY: Final = 48
"""A zipf frequency of 3: from here on a word of a dictionary is met as one."""
_SELDOM: Final = 40
"""A word that stands for a name in fewer than one of six uses, of 255."""
_EVENLY: Final = 160
"""A word that stands for a name in five of eight uses, of 255."""
_MOSTLY: Final = 215
"""A word that stands for a name in nearly all uses, of 255."""
_LEAST_UNKNOWN: Final = 0.05
"""A word that no list has is a possible name from here on."""
_INSIDE, _NO_CAPITALS, _BORNE, _OPENING = 0.15, 0.2, 0.3, 0.5
"""What an ordinary word needs to be a possible name: with a capital inside a sentence; where all letters
are small, or all are capitals; and in small letters among capitals, or where a sentence starts, if some
bear it as a given name, and if hardly anybody does."""
_HAS_BEARERS: Final = 60
"""A hundred people on the lexicon's scale."""
_READ_ON = 0.5
"""What a word that can be a name needs where the next word says that it is none: "Frank talk"."""
_SLIP, _OPENING_SLIP = 0.5, 0.25
"""What a word needs as a person's name that is one slip of the finger away from an ordinary one, and what it
needs with the capital that opens a sentence."""
_SLIP_ELSEWHERE = 0.6
"""What it needs as another name; nine in ten to be a sure one."""
_NEVER_FIRST: Final = _hashes("and n u or i my mi mis me en un una su tu with y que")
_NEVER_LAST: Final = _hashes(
    "and n u or i my mi mis me en el la un una su tu to with y que a an the is was "
    "family families fam household"
)
"""Words that a mention neither starts nor ends with, in small letters."""
_LONGEST_EDGE: Final = 2


class _Sets:
    """Small sets of words, in all of which words are looked up at once."""

    def __init__(self, *sets: Hashes) -> None:
        self._hashes = np.unique(np.concatenate(sets))
        self._has = np.array([np.append(np.isin(self._hashes, own), False) for own in sets])

    def have(self, hashes: Hashes) -> Flags:
        """Whether each set has each word, shape (n_sets, k)."""
        at = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        at[self._hashes[at] != hashes] = len(self._hashes)
        result: Flags = self._has.take(at, axis=1)
        return result


_OWN_SETS: Final = _Sets(_LINKS, _JOINING, _GLUE, _PARTICLES, _NEVER_FIRST, _NEVER_LAST)
_SETS_BEFORE: Final = _Sets(_BEFORE_WORDS, _SPANISH_ARTICLES)
_NEVER: Final = Flag.SAFE | Flag.MEDICATION | Flag.CONDITION
"""A mention of such words alone is none, unless they are a company's name as well."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a token belongs to a mention.

    Attributes
    ----------
    uncertain : float
        A mention of the uncertain tier holds tokens of at least this.
    extend : float
        A mention of the redact tier holds tokens of at least this ...
    redact : float
        ... and one of at least this.
    """

    uncertain: float = 0.075
    extend: float = 0.5
    redact: float = 0.77


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Runs:
    """Mentions as runs of tokens.

    Attributes
    ----------
    first, last : ndarray of int64, shape (r,)
        Tokens; both belong to the run.
    labels : ndarray of int64, shape (r,)
        From 1 on.
    scores : ndarray of float32, shape (r,)
        The highest probability in the run.
    is_sure : ndarray of bool, shape (r,)
        Whether it is of the redact tier.
    """

    first: Positions
    last: Positions
    labels: Positions
    scores: Floats
    is_sure: Flags


def decode(
    batch: TextBatch,
    tokens: Tokens,
    at: Positions,
    chances: Floats,
    *,
    known: Features,
    thresholds: Thresholds,
) -> Runs:
    """The mentions of a batch.

    Parameters
    ----------
    batch : TextBatch
    tokens : Tokens, length n
    at : ndarray of int64, shape (k,)
        The tokens that may be part of a mention, ascending.
    chances : ndarray of float32, shape (k, n_labels)
        The probabilities of their labels; the first is no mention.
    known : Features
        What the lexicons say of the words, and how they are written.
    thresholds : Thresholds

    Returns
    -------
    Runs
        Runs of the two tiers may overlap.
    """
    # The last digits depend on what else is in the batch; what is found must not.
    chances = np.round(chances, _DIGITS)
    # Tokens that are none for sure matter beside others only.
    near = _widened(1 - chances[:, 0] >= _LEAST_CHANCE, _LONGEST_LINK + 1)
    at, chances = at[near], chances[near]
    chance = 1 - chances[:, 0]
    label = chances[:, 1:].argmax(axis=1) + 1
    best = np.where(chances[:, 0] >= chances[np.arange(len(at)), label], 0, label)
    candidates = _Candidates.of(
        batch,
        tokens,
        at,
        known,
        label=label,
        best=best,
        is_possible=chance >= min(_LEAST_UNKNOWN, thresholds.uncertain),
    )
    surely = _shifted(chance, _SHIFTS[label - 1])
    sure = _runs(
        candidates, chances, surely, low=thresholds.extend, high=thresholds.redact, least=_WORD_IS_SURE
    )
    unsure = _runs(candidates, chances, chance, low=thresholds.uncertain, high=thresholds.uncertain, least=0)
    labels = np.concatenate((sure.labels, unsure.labels))
    return Runs(
        np.concatenate((sure.first, unsure.first)),
        _with_possessives(tokens, np.concatenate((sure.last, unsure.last)), labels, known),
        labels,
        np.concatenate((sure.scores, unsure.scores)),
        np.repeat([True, False], [len(sure.first), len(unsure.first)]),
    )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Candidates:
    """What is known of the tokens that may be part of a mention, shape (k,) each."""

    at: Positions
    label: Positions
    """The most probable of the labels that are mentions, from 1 on."""
    best: Positions
    """The most probable of all."""
    is_word: Flags
    is_link: Flags
    joins: Flags
    is_glue: Flags
    is_particle: Flags
    never: Flags
    leads: Flags
    """Words that lead up to a mention, in a text that has capitals."""
    unknown: Flags
    """Words that no list knows, or knows as names only."""
    is_small: Flags
    """Words in small letters, in a text that has capitals."""
    is_ordinary: Flags
    """Words of a dictionary, in small letters."""
    after_article: Flags
    needs: Floats
    """The probability from which on it may be a person's name."""
    is_slip: Flags
    """Ordinary words with a slip of the finger."""
    never_first: Flags
    never_last: Flags
    """Words that a mention neither starts nor ends with."""
    follows: Flags
    """Whether the token follows the one before it, in the same text and line."""

    @classmethod
    def of(
        cls,
        batch: TextBatch,
        tokens: Tokens,
        at: Positions,
        known: Features,
        *,
        label: Positions,
        best: Positions,
        is_possible: Flags,
    ) -> _Candidates:
        hashes, kinds, starts = tokens.hashes[at], tokens.kinds[at], tokens.starts[at]
        listed = WordColumns(
            known.forms.listed.columns[known.form_of[at]], known.forms.listed.flags[known.form_of[at]]
        )
        before = np.maximum(at - 1, 0)
        goes_on = (at > 0) & (tokens.texts[before] == tokens.texts[at])
        is_link, joins, is_glue, is_particle, never_first, never_last = _OWN_SETS.have(hashes)
        after_article, after_spanish = _SETS_BEFORE.have(tokens.hashes[before]) & goes_on
        is_small = batch.cased[starts] == batch.lower[starts]
        capitals = np.flatnonzero(batch.cased != batch.lower)
        has_capitals = (np.diff(np.searchsorted(capitals, batch.starts)) > 1)[tokens.texts[at]]
        in_spanish = _in_spanish(tokens, at, known)
        is_country = listed.has(Flag.COUNTRY | Flag.STATE) | (tokens.ends[at] - starts == 1)
        is_dictionary = listed.has(Flag.DICTIONARY) | (listed.column(Column.SPANISH) > 0)
        breaks = np.flatnonzero(batch.lower == ord("\n"))
        line = np.searchsorted(breaks, starts)
        opens = _opens(batch, tokens, at, line != np.searchsorted(breaks, tokens.starts[before]))
        slipped = _slipped(
            batch, tokens, at, listed, is_possible & (is_small | opens | _ends_big(batch, tokens, at))
        )
        return cls(
            at,
            label,
            best,
            kinds != Kind.SIGN,
            is_link,
            joins,
            is_glue & (kinds == Kind.SIGN) & _is_inside(batch, tokens, at),
            is_particle,
            (_of_the_field(known, at) & (best != _PLACE) & ~is_country)
            | _never(
                listed, is_small, in_spanish & (is_small | ~goes_on | (tokens.kinds[before] != Kind.LETTER))
            ),
            listed.has(Flag.DEMONYM) | (listed.has(_GENERIC) & is_small & has_capitals),
            _unknown(listed, kinds, tokens.ends[at] - starts),
            is_small & listed.has(Flag.DICTIONARY) & has_capitals,
            (is_small | in_spanish) & is_dictionary,
            after_article,
            np.where(
                in_spanish & is_small & after_spanish,
                np.float32(_WORD_IS_SURE),
                _needed(batch, tokens, at, listed, (has_capitals, opens, slipped)),
            ),
            slipped,
            is_small & never_first,
            (is_small | (hashes == _I)) & never_last,
            _follow(tokens, at, line),
        )


def _needed(
    batch: TextBatch, tokens: Tokens, at: Positions, listed: WordColumns, flags: tuple[Flags, Flags, Flags]
) -> Floats:
    """The probability from which on each token may be a person's name.

    A capital says nothing where a sentence starts or all letters are capitals; there, and in small
    letters, a word that is hardly ever a name has to be surer, and one that goes on as words do as well.
    """
    has_capitals, opens, slipped = flags
    starts, ends = tokens.starts[at], tokens.ends[at]
    is_small = batch.cased[starts] == batch.lower[starts]
    is_upper = _ends_big(batch, tokens, at) & (ends - starts > 1)
    shares = np.maximum.reduce(
        [
            listed.column(share)
            for share in (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE)
        ]
    )
    is_word = (listed.has(Flag.DICTIONARY) & (listed.column(Column.ENGLISH) >= _ORDINARY)) | (
        listed.column(Column.SPANISH) > 0
    )
    is_word &= ~listed.has(Flag.STATE | Flag.PLACE_NICKNAME | Flag.COUNTRY | Flag.STATE_ABBREVIATION)
    is_given = listed.column(Column.GIVEN_NAME) >= _HAS_BEARERS
    needs = np.select(
        [~(is_word & (shares < _SELDOM)), is_upper | (is_small & ~has_capitals), is_small | opens],
        [
            np.float32(0),
            np.float32(_NO_CAPITALS),
            np.where(is_given, np.float32(_BORNE), np.float32(_OPENING)),
        ],
        np.float32(_INSIDE),
    )
    rows = np.flatnonzero(is_word & (is_small | opens) & (shares < _MOSTLY))
    reading = readings(batch, tokens, at[rows], words())
    needs[is_word & is_small & has_capitals & (shares >= _SELDOM) & (shares < _EVENLY)] = _BORNE
    needs[rows[(reading == Reading.NAME) & is_given[rows]]] = 0
    needs[rows[(reading == Reading.WORD) & (needs[rows] < _READ_ON)]] = _READ_ON
    needs[slipped] = np.where(is_small | is_upper, np.float32(_SLIP), np.float32(_OPENING_SLIP))[slipped]
    return needs.astype(np.float32)


def _slipped(
    batch: TextBatch, tokens: Tokens, at: Positions, listed: WordColumns, is_possible: Flags
) -> Flags:
    """Which possible tokens are ordinary words with a slip of the finger."""
    starts, ends = tokens.starts[at], tokens.ends[at]
    result = is_possible & _unknown(listed, tokens.kinds[at], ends - starts)
    rows = np.flatnonzero(result)
    result[rows] = slips().near(batch.lower, starts[rows], ends[rows])
    return result


def _ends_big(batch: TextBatch, tokens: Tokens, at: Positions) -> Flags:
    """Which tokens end with a capital."""
    last = tokens.ends[at] - 1
    result: Flags = batch.cased[last] != batch.lower[last]
    return result


def _opens(batch: TextBatch, tokens: Tokens, at: Positions, is_new_line: Flags) -> Flags:
    """Which tokens a sentence or a line starts with."""
    before = np.maximum(at - 1, 0)
    opens = (at == 0) | (tokens.texts[before] != tokens.texts[at])
    signs = np.flatnonzero(tokens.kinds[before] == Kind.SIGN)
    opens[signs] |= _among(batch.lower[tokens.starts[before[signs]]], _STOPS)
    result: Flags = opens | is_new_line
    return result


def _follow(tokens: Tokens, at: Positions, line: Positions) -> Flags:
    follows = np.zeros(len(at), np.bool_)
    follows[1:] = (np.diff(at) == 1) & (np.diff(tokens.texts[at]) == 0) & (np.diff(line) == 0)
    return follows


def _is_inside(batch: TextBatch, tokens: Tokens, at: Positions) -> Flags:
    """Which signs stand close behind a word, and end no sentence."""
    before = np.maximum(at - 1, 0)
    is_close = tokens.starts[at] == tokens.ends[before]
    is_glued = tokens.starts[np.minimum(at + 1, len(tokens) - 1)] == tokens.ends[at]
    is_long = tokens.ends[before] - tokens.starts[before] > _LONGEST_ABBREVIATION
    ends = (batch.lower[tokens.starts[at]] == ord(".")) & ~is_glued & is_long
    result: Flags = is_close & ~ends
    return result


def _of_the_field(known: Features, at: Positions) -> Flags:
    """Which tokens stand in a phrase of the field: coast guard, women's clinic."""
    safe = known.in_phrase[known.phrase_kinds[:, _SAFE_BITS].any(axis=1)]
    return np.isin(at, safe)


def _never(listed: WordColumns, is_small: Flags, is_spanish: Flags) -> Flags:
    """Which words are no mention by themselves."""
    # That hardly anybody writes a Spanish word in English makes it no surname.
    is_spanish_word = (listed.column(Column.SPANISH) > 0) & (listed.column(Column.SURNAME) < _MANY_BEARERS)
    seldom = (
        (listed.column(Column.GIVEN_NAME) < _COMMON_NAME)
        & (listed.column(Column.GIVEN_NAME_SHARE) < _LEAST_SHARE)
        & ((listed.column(Column.SURNAME_SHARE) < _LEAST_SHARE) | is_spanish_word)
        & (listed.column(Column.PLACE_SHARE) < _LEAST_SHARE)
        & (listed.column(Column.PLACE_PART) < _LEAST_PART)
        & ~listed.has(Flag.STATE_ABBREVIATION | Flag.PLACE_NICKNAME | Flag.COUNTRY)
    )
    generic = listed.has(_GENERIC) | ((listed.column(Column.SPANISH) > 0) & ~listed.has(Flag.PROPER))
    of_the_field = listed.has(_NEVER) & (listed.column(Column.BRAND) == 0)
    of_the_field |= listed.has(Flag.DEMONYM) & (listed.column(Column.GIVEN_NAME) < _COMMON_NAME)
    result: Flags = of_the_field | (seldom & ((generic & is_small) | is_spanish))
    return result


def _unknown(listed: WordColumns, kinds: npt.NDArray[np.uint8], sizes: Positions) -> Flags:
    """Which words no list knows, or knows as names only."""
    result: Flags = (
        (kinds == Kind.LETTER)
        & (sizes >= _LEAST_LETTERS)
        & (listed.column(Column.ENGLISH) < _RARE)
        & (listed.column(Column.SPANISH) == 0)
        & (listed.flags & ~np.uint32(_LIKE_A_NAME) == 0)
    )
    return result


def _in_spanish(tokens: Tokens, at: Positions, known: Features) -> Flags:
    """Which tokens stand among Spanish words; answers change from one language to the other."""
    listed = known.forms.listed
    spanish, english = listed.column(Column.SPANISH), listed.column(Column.ENGLISH)
    is_spanish = ((spanish > 0) & ((english < _EVERYDAY) | (spanish > english)))[known.form_of]
    is_word = tokens.kinds == Kind.LETTER
    own = tokens.texts[at]
    bounds = np.searchsorted(tokens.texts, np.arange(own.max(initial=-1) + 2))
    low, high = np.maximum(at - _AROUND, bounds[own]), np.minimum(at + _AROUND + 1, bounds[own + 1])
    n_spanish, n_words = _counted(is_spanish & is_word), _counted(is_word)
    result: Flags = n_spanish[high] - n_spanish[low] > _SPANISH_SHARE * (n_words[high] - n_words[low])
    return result


def _with_possessives(tokens: Tokens, last: Positions, labels: Positions, known: Features) -> Positions:
    """Where runs end when a possessive that owns nothing is part of a business's name: Denny's at five."""
    end = len(tokens) - 1
    sign, ending, after = (np.minimum(last + step, end) for step in (1, 2, 3))
    has_one = (last + 2 <= end) & (tokens.texts[ending] == tokens.texts[last])
    has_one &= (tokens.hashes[sign] == _APOSTROPHE) & (tokens.starts[sign] == tokens.ends[last])
    has_one &= (tokens.hashes[ending] == _S) & (tokens.starts[ending] == tokens.ends[sign])
    owns = (last + 3 <= end) & (tokens.texts[after] == tokens.texts[last])
    owns &= tokens.kinds[after] == Kind.LETTER
    owns &= (known.forms.listed.flags[known.form_of[after]] & np.uint32(Flag.FUNCTION_WORD)) == 0
    is_business = (labels != _NAME) & (labels != _UNIT)
    result: Positions = np.where(has_one & ~owns & is_business, last + 2, last)
    return result


def _shifted(chance: Floats, shift: Floats) -> Floats:
    """Probabilities whose logits are shifted."""
    odds = chance / np.maximum(1 - chance, _TINY) * np.exp(shift)
    result: Floats = (odds / (1 + odds)).astype(np.float32)
    return result


def _widened(on: Flags, reach: int) -> Flags:
    result = on.copy()
    for offset in range(1, reach + 1):
        result[offset:] |= on[:-offset]
        result[:-offset] |= on[offset:]
    return result


def _counted(on: Flags) -> Positions:
    counts = np.zeros(len(on) + 1, np.int64)
    np.cumsum(on, out=counts[1:])
    return counts


def _among(hashes: npt.NDArray[np.unsignedinteger], known: npt.NDArray[np.unsignedinteger]) -> Flags:
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    result: Flags = known[at] == hashes
    return result


def _runs(
    known: _Candidates, chances: Floats, chance: Floats, *, low: float, high: float, least: float
) -> Runs:
    asked = np.where(known.is_small, max(low, high), low)
    is_name = known.label == _NAME
    asked = np.where(known.is_slip & ~is_name, np.float32(0.9 if least else _SLIP_ELSEWHERE), asked)
    if not least:
        # A possible name is asked more of, or less, word by word; a sure one is sure in any case.
        asked = np.where(is_name & known.unknown, _LEAST_UNKNOWN, asked)
        asked = np.where(is_name, np.maximum(asked, known.needs), asked)
        high = min(high, _LEAST_UNKNOWN)
    on = (chance >= asked) & known.is_word
    # An ordinary word between two parts of a name is one of its parts.
    inner = (chance >= low) & (known.is_word | known.is_glue) & (known.needs < _WORD_IS_SURE)
    on[1:-1] |= on[:-2] & on[2:] & known.follows[1:-1] & known.follows[2:] & inner[1:-1]
    on = _led(known, _bridged(known, on, chance, known.best))
    on = _trimmed(known, on, known.best == _NAME)
    starts = on & ~(np.concatenate((np.zeros(1, np.bool_), on[:-1]))[: len(on)] & known.follows)
    first = np.flatnonzero(starts)
    if not len(first):
        none = np.zeros(0, np.int64)
        return Runs(none, none, none, np.zeros(0, np.float32), np.zeros(0, np.bool_))
    # Runs end before the next token that is not on, or does not follow.
    member = np.flatnonzero(on)
    run_of = np.cumsum(starts)[member] - 1
    edges = np.flatnonzero(np.diff(run_of, prepend=-1))
    best = np.maximum.reduceat(chance[member], edges)
    counted = np.where(known.is_word[member, None] & ~known.is_link[member, None], chances[member, 1:], 0)
    labels = np.add.reduceat(counted, edges).argmax(axis=1) + 1
    real = np.add.reduceat((known.is_word & ~known.never & ~known.is_link)[member].astype(np.int64), edges)
    last = member[np.append(edges[1:], len(member)) - 1]
    is_single = first == last
    ordinary = is_single & known.is_ordinary[first]
    kept = (best >= np.where(ordinary, max(high, least), high)) & (real > 0)
    kept &= ~(ordinary & known.after_article[first])
    return Runs(
        known.at[first[kept]],
        known.at[last[kept]],
        labels[kept],
        np.maximum.reduceat(1 - chances[member, 0], edges)[kept].astype(np.float32),
        np.zeros(int(kept.sum()), np.bool_),
    )


def _led(known: _Candidates, on: Flags) -> Flags:
    """Without what leads up to a mention: the Israeli city of Safed."""
    result = on.copy()
    for _ in range(_LONGEST_LEAD):
        before = np.zeros_like(result)
        before[1:] = result[:-1] & known.follows[1:]
        after_small = np.zeros_like(result)
        after_small[:-1] = (known.is_small | known.is_link)[1:] & known.follows[1:] & result[1:]
        result &= ~(~before & (known.leads | known.is_link) & after_small)
    return result


def _trimmed(known: _Candidates, on: Flags, is_name: Flags) -> Flags:
    """Without words at the edges that mentions neither start nor end with: the Miller family.

    A person's name loses words besides that are none by themselves ("mi suegra Jamie"), and ordinary ones
    in small letters beside one with a capital ("Ana halfway").
    """
    result = on.copy()
    is_capital = known.is_word & ~known.is_small & is_name
    ordinary = known.is_small & is_name & (known.needs > 0) & ~known.is_particle
    plain = known.is_small & is_name & (known.never | known.never_first)
    for _ in range(_LONGEST_EDGE):
        before, after = np.zeros_like(result), np.zeros_like(result)
        before[1:] = result[:-1] & known.follows[1:]
        after[:-1] = result[1:] & known.follows[1:]
        first, last = result & ~before, result & ~after
        off = (first & plain) | (last & known.never_last)
        off[:-1] |= (first & ordinary)[:-1] & after[:-1] & is_capital[1:]
        off[1:] |= (last & ordinary)[1:] & before[1:] & is_capital[:-1]
        result &= ~off
    return result


def _bridged(known: _Candidates, on: Flags, chance: Floats, best: Positions) -> Flags:
    """With the signs and small words between two parts of one name, and without "and" between two names."""
    is_person = best == _NAME
    stands_alone = is_person | (best == _PLACE)
    result = on & ~(known.joins & _beside(stands_alone))
    # A given name that is known goes on over a surname that nobody has heard of: debra perlingiere.
    is_named = result & is_person
    result[1:] |= (known.unknown & (chance >= _LEAST_CHANCE))[1:] & is_named[:-1] & known.follows[1:]
    on = result.copy()
    n = len(on)
    for size in range(1, _LONGEST_LINK + 1):
        if n <= size + 1:
            break
        left, right = slice(0, n - size - 1), slice(size + 1, n)
        inside = on[left] & on[right] & known.follows[right] & (best[left] == best[right])
        if size > 1:
            inside &= ~is_person[left]
        for step in range(1, size + 1):
            part = slice(step, n - size - 1 + step)
            inside &= ~on[part] & known.follows[part] & (known.is_link[part] | known.is_glue[part])
            inside &= ~(known.joins[part] & stands_alone[left])
        begin = np.flatnonzero(inside)
        for step in range(1, size + 1):
            result[begin + step] = True
    return result


def _beside(on: Flags) -> Flags:
    """Whether what stands before or after is on."""
    result = np.zeros_like(on)
    result[1:] |= on[:-1]
    result[:-1] |= on[1:]
    return result
