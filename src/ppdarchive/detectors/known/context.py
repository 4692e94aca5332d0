"""What stands around candidates, read off the tokens of a batch, for all candidates at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known import words as lists
from ppdarchive.detectors.known.places import Places
from ppdarchive.detectors.lexicon import words
from ppdarchive.detectors.lexicon.subjects import Reading, readings
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens, word_hashes

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint32]


class Cue(IntFlag):
    """What a word before or behind a name can be."""

    ANNOUNCING = 1 << 0
    NAMING = 1 << 1
    TITLE = 1 << 2
    DATING = 1 << 3
    MONTH = 1 << 4
    VERB = 1 << 5
    PERSONAL = 1 << 6
    DOING = 1 << 7
    CONTACTING = 1 << 8
    TOWARDS = 1 << 9
    NEARBY = 1 << 10
    DETERMINER = 1 << 11
    BEING = 1 << 12
    NAME = 1 << 13
    MY = 1 << 14
    S = 1 << 15
    T = 1 << 16
    INITIALS = 1 << 17
    CLOSING = 1 << 18
    FUNCTION = 1 << 19
    INTRODUCING = 1 << 20
    ARTICLE = 1 << 21
    ADDRESSING = 1 << 22
    FAMILY = 1 << 23
    SPANISH = 1 << 24
    GREETING = 1 << 25
    TENDING = 1 << 26
    OF_A_BABY = 1 << 27
    WHENEVER = 1 << 28
    ME = 1 << 29
    CALLING = 1 << 30
    AGAIN = 1 << 31


_CUES: Final = {
    Cue.ANNOUNCING: lists.ANNOUNCING,
    Cue.NAMING: lists.NAMING,
    Cue.TITLE: lists.TITLES,
    Cue.DATING: lists.DATING,
    Cue.MONTH: lists.MONTHS,
    Cue.VERB: lists.VERBS,
    Cue.PERSONAL: lists.PERSONAL,
    Cue.DOING: lists.DOING,
    Cue.CONTACTING: lists.CONTACTING,
    Cue.TOWARDS: lists.TOWARDS,
    Cue.NEARBY: lists.NEARBY,
    Cue.DETERMINER: lists.DETERMINERS,
    Cue.BEING: lists.words("is was"),
    Cue.NAME: lists.words("name names"),
    Cue.MY: lists.words("my"),
    Cue.S: lists.words("s"),
    Cue.T: lists.words("t"),
    Cue.INITIALS: lists.words("initials initial"),
    Cue.FUNCTION: lists.FUNCTION_WORDS,
    Cue.FAMILY: lists.words("family fam household"),
    Cue.SPANISH: lists.SPANISH,
    Cue.GREETING: lists.GREETING,
    Cue.TENDING: lists.TENDING,
    Cue.OF_A_BABY: lists.OF_A_BABY,
    Cue.WHENEVER: lists.WHENEVER,
    Cue.ME: lists.words("i me"),
    Cue.CALLING: lists.words("call calls called"),
    Cue.AGAIN: lists.words("again from"),
    Cue.ADDRESSING: lists.ADDRESSING,
    Cue.INTRODUCING: lists.INTRODUCING,
    Cue.ARTICLE: lists.ARTICLES,
    Cue.CLOSING: lists.words("thanks love xo xoxo sincerely signed best regards gracias hugs"),
}


_ANDS: Final = word_hashes(["and", "n", "&"])
_JOINT: Final = word_hashes(
    ["are", "were", "both", "have", "fight", "fought", "talk", "share", "split", "do", "go", "argue", "live"]
)
_LAP: Final = word_hashes(sorted(lists.LAP))
_SIDE: Final = 5
"""Tokens on each side that are looked at."""
_WORDS_AROUND: Final = 2

_LEADING: Final = (
    Cue.ANNOUNCING
    | Cue.NAMING
    | Cue.TITLE
    | Cue.BEING
    | Cue.S
    | Cue.MY
    | Cue.TOWARDS
    | Cue.ADDRESSING
    | Cue.NEARBY
    | Cue.GREETING
    | Cue.TENDING
    | Cue.WHENEVER
    | Cue.ME
)
"""What makes a word behind it a name."""


@cache
def _cues() -> tuple[Places, npt.NDArray[np.uint32]]:
    """The cues by hash; 0 behind them, for all other words."""
    every = sorted(set().union(*_CUES.values()))
    hashes = word_hashes(every)
    order = np.argsort(hashes)
    bits = np.array([sum(cue for cue, own in _CUES.items() if word in own) for word in every], np.uint32)
    return Places(hashes[order]), np.append(bits[order], np.uint32(0))


def _cues_of(hashes: Hashes) -> Codes:
    """The cues that some words are, in the shape of their hashes."""
    known, bits = _cues()
    found: Codes = bits[known.find(hashes.ravel())].reshape(hashes.shape)
    return found


def is_function(hashes: Hashes) -> Flags:
    """Which words are words of grammar, or others that stand beside names."""
    bits = _cues_of(hashes)
    return (bits & (Cue.FUNCTION | Cue.VERB | Cue.CLOSING)) > 0


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Context:
    """What stands around some candidates; each an array of bool, shape (n,).

    Attributes
    ----------
    announced, introduced, named
        "coach hope"; by a word that introduces one person; "named hope", which nothing but a name follows.
    capital, last_capital, upper
        Starts with a capital; the last word does; is in capitals, more than one.
    long
        Has four letters and more.
    possessive, contracted
        "hope's"; "don't".
    function, verb, month
        Is a word of grammar; one that follows "my coach" anyway; a month beside a number or after "since".
    counted, article, determined
        Behind a number; behind "the" or "a"; behind these or other words before what is no name.
    family, spanish
        Before "family"; before or behind a word of Spanish grammar.
    closing
        Closes a letter: "Love, Maria".
    after_my, nearby
        Behind "my"; behind a word for a place: "at".
    opening
        A sentence or a line starts with it.
    shouted
        In capitals among words in capitals, or one of many with a capital: the capital tells nothing.
    personal, doing
        Before a verb of which a person can be the subject; of which hardly anything else can.
    contacted, addressed
        "talked to hope", "calls from hope"; "told hope".
    alone
        Nothing else stands in its line.
    initials, signing, signed
        Announced as initials; where a text or a line may be signed; where a text of several lines is.
    clause
        No word follows.
    worded
        Before a word that hardly ever follows a name: "hope this".
    greeted, presented
        "hi hope"; "call me hope", "this is hope again".
    likely
        "nursing hope", "hope was colicky", "every time hope got", "me and hope", "hope and i", "hope in
        my arms".
    acting
        Is what somebody does: "i cried", "i havent".
    """

    announced: Flags
    introduced: Flags
    named: Flags
    capital: Flags
    last_capital: Flags
    upper: Flags
    long: Flags
    possessive: Flags
    contracted: Flags
    function: Flags
    verb: Flags
    month: Flags
    counted: Flags
    article: Flags
    determined: Flags
    family: Flags
    spanish: Flags
    closing: Flags
    after_my: Flags
    nearby: Flags
    opening: Flags
    shouted: Flags
    personal: Flags
    doing: Flags
    contacted: Flags
    addressed: Flags
    alone: Flags
    initials: Flags
    signing: Flags
    signed: Flags
    clause: Flags
    worded: Flags
    greeted: Flags
    presented: Flags
    likely: Flags
    acting: Flags

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Context:
        return Context(*(getattr(self, name)[rows] for name in self.__slots__))


def may_matter(batch: TextBatch, tokens: Tokens, first: Positions, last: Positions) -> Flags:
    """Whether anything stands around the tokens from `first` to `last` that makes a word a name.

    Most words that could be names stand in small letters among others that say nothing: for these no
    more has to be looked at.

    Parameters
    ----------
    first, last : ndarray of int64, shape (n,)
        Places in the tokens, of one text in each row.
    """
    near = _Window.of(batch, tokens, first, last, (-1, 1))
    matters: Flags = batch.cased[tokens.starts[first]] != batch.lower[tokens.starts[first]]
    matters |= (near.cues[:, 0] & _LEADING) > 0
    matters |= (near.signs[:, 0] > 0) | near.ands[:, 1]
    matters |= ((near.cues[:, 1] & (Cue.DOING | Cue.BEING)) > 0) | (near.signs[:, 1] == ord("'"))
    return matters


def around(batch: TextBatch, tokens: Tokens, first: Positions, last: Positions) -> Context:
    """What stands around the tokens from `first` to `last`.

    Parameters
    ----------
    first, last : ndarray of int64, shape (n,)
        Places in the tokens, of one text in each row.
    """
    near = _Window.of(batch, tokens, first, last, (*range(-_SIDE, 0), *range(1, _SIDE + 1)))
    starts, ends = tokens.starts[first], tokens.ends[last]
    own = _cues_of(tokens.hashes[first])
    before, before_that, behind = near.cues[:, -1 + _SIDE], near.cues[:, -2 + _SIDE], near.cues[:, _SIDE]
    announcing, naming = near.announcing(":,-\"'"), near.announcing("\"'")
    # "her name is", "my name's".
    said = np.where((before & Cue.BEING) > 0, before_that, np.uint32(0))
    said |= np.where((before & Cue.S) > 0, near.cues[:, -3 + _SIDE], np.uint32(0))
    is_named = (said & Cue.NAME) > 0
    glued = near.touches[:, _SIDE] & near.touches[:, _SIDE + 1] & (near.signs[:, _SIDE] == ord("'"))
    is_dated = ((before & Cue.DATING) > 0) | near.numbers[:, _SIDE - 1] | near.numbers[:, _SIDE]
    capital = batch.cased[starts] != batch.lower[starts]
    last_starts = tokens.starts[last]
    upper = capital & (ends - starts > 1) & (batch.cased[ends - 1] != batch.lower[ends - 1])
    return Context(
        announced=((announcing & Cue.ANNOUNCING) > 0) | is_named,
        introduced=((announcing & Cue.INTRODUCING) > 0) | is_named,
        named=((naming & Cue.NAMING) > 0) | is_named,
        capital=capital,
        last_capital=batch.cased[last_starts] != batch.lower[last_starts],
        upper=upper,
        long=ends - starts > 3,
        possessive=glued & ((near.cues[:, _SIDE + 1] & Cue.S) > 0),
        contracted=glued & ((near.cues[:, _SIDE + 1] & Cue.T) > 0),
        function=(own & Cue.FUNCTION) > 0,
        verb=(own & Cue.VERB) > 0,
        month=((own & Cue.MONTH) > 0) & is_dated,
        counted=near.numbers[:, _SIDE - 1],
        article=(before & Cue.ARTICLE) > 0,
        determined=(before & Cue.DETERMINER) > 0,
        family=(behind & Cue.FAMILY) > 0,
        spanish=((before | behind) & Cue.SPANISH) > 0,
        closing=(own & Cue.CLOSING) > 0,
        after_my=(before & Cue.MY) > 0,
        opening=near.opens(),
        shouted=near.is_among_capitals(upper),
        personal=(behind & Cue.PERSONAL) > 0,
        doing=((behind & Cue.DOING) > 0) & ((before & Cue.DETERMINER) == 0),
        contacted=((before & Cue.TOWARDS) > 0) & ((before_that & Cue.CONTACTING) > 0),
        addressed=(before & Cue.ADDRESSING) > 0,
        alone=near.is_alone(),
        nearby=(before & Cue.NEARBY) > 0,
        initials=((before | before_that | said) & Cue.INITIALS) > 0,
        signing=near.signs_off(),
        signed=near.is_signature(),
        clause=~near.words[:, _SIDE],
        greeted=(before & Cue.GREETING) > 0,
        presented=near.presents(),
        acting=((own & Cue.PERSONAL) > 0) | ((before & Cue.ME) > 0),
        likely=near.is_likely(),
        worded=readings(batch, tokens, last, words()) == Reading.WORD,
    )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Window:
    """The tokens beside some others; one column each, shape (n, n_columns).

    Of a token in another text, or of none, there is no sign, no cue, and its line is another.

    Attributes
    ----------
    is_there, numbers, touches, capitals, uppers, ands, joint, laps : ndarray of bool
        In the same text; a number; touching the one nearer; begins with a capital; of capitals, two at
        least; the word "and", or "n"; a word of what two do; where a baby is held.
    signs : ndarray of uint32
        The sign, 0 for a word or number.
    cues : ndarray of uint32
        Bits of `Cue`.
    words : ndarray of bool
    same_line : ndarray of bool
    """

    is_there: Flags
    numbers: Flags
    words: Flags
    touches: Flags
    capitals: Flags
    uppers: Flags
    ands: Flags
    joint: Flags
    laps: Flags
    same_line: Flags
    signs: Codes
    cues: Codes

    @classmethod
    def of(
        cls, batch: TextBatch, tokens: Tokens, first: Positions, last: Positions, offsets: Sequence[int]
    ) -> Self:
        """The tokens at some offsets, before the first (below 0) and behind the last."""
        places = np.stack([(first if offset < 0 else last) + offset for offset in offsets], axis=1)
        safe = np.minimum(np.maximum(places, 0), len(tokens) - 1)
        is_there = (safe == places) & (tokens.texts[safe] == tokens.texts[first][:, None])
        kinds = np.where(is_there, tokens.kinds[safe], np.uint8(Kind.SPACE))
        starts, ends = tokens.starts[safe], tokens.ends[safe]
        cues = _cues_of(tokens.hashes[safe])
        inner = safe + np.where(np.array(offsets) < 0, 1, -1)
        beside = np.minimum(np.maximum(inner, 0), len(tokens) - 1)
        touches = np.where(
            np.array(offsets) < 0, ends == tokens.starts[beside], tokens.ends[beside] == starts
        )
        lines = np.flatnonzero(batch.lower == ord("\n"))
        line = np.searchsorted(lines, starts)
        capitals = batch.cased[starts] != batch.lower[starts]
        return cls(
            is_there,
            kinds == Kind.DIGIT,
            kinds == Kind.LETTER,
            is_there & touches,
            is_there & capitals,
            is_there & capitals & (ends - starts > 1) & (batch.cased[ends - 1] != batch.lower[ends - 1]),
            is_there & np.isin(tokens.hashes[safe], _ANDS),
            is_there & np.isin(tokens.hashes[safe], _JOINT),
            is_there & np.isin(tokens.hashes[safe], _LAP),
            is_there & (line == np.searchsorted(lines, tokens.starts[first])[:, None]),
            np.where(kinds == Kind.SIGN, batch.lower[starts], np.uint32(0)),
            np.where(is_there, cues, np.uint32(0)),
        )

    def announcing(self, signs: str) -> Codes:
        """The cues of the word before on the same line, three of some signs at most between them."""
        found = np.zeros(len(self.cues), np.uint32)
        going = np.ones(len(self.cues), np.bool_)
        for column in range(_SIDE - 1, _SIDE - 5, -1):
            is_word = self.words[:, column] & self.same_line[:, column]
            found = np.where(going & is_word, self.cues[:, column], found)
            going &= _is_one_of(self.signs[:, column], signs)
        # A title may have a full stop.
        is_title = self.signs[:, _SIDE - 1] == ord(".")
        is_title &= ((self.cues[:, _SIDE - 2] & Cue.TITLE) > 0) & self.same_line[:, _SIDE - 2]
        return np.where(is_title, self.cues[:, _SIDE - 2], found)

    def opens(self) -> Flags:
        """Whether a sentence, a line or an item of a list starts there."""
        opens = np.zeros(len(self.cues), np.bool_)
        going = np.ones(len(self.cues), np.bool_)
        for column in range(_SIDE - 1, 1, -1):
            signs = self.signs[:, column]
            is_start = ~self.same_line[:, column] | _is_one_of(signs, ".!?:;•*>")
            # "- " or "1) " at the start of a line.
            number = self.numbers[:, column - 1]
            head = np.where(number, column - 2, column - 1)
            rows = np.arange(len(signs))
            is_head = ~self.same_line[rows, head] | _is_one_of(self.signs[rows, head], "->*")
            is_start |= _is_one_of(signs, "-)") & is_head
            opens |= going & is_start
            going &= _is_one_of(signs, "\"'(")
        return opens

    def is_among_capitals(self, upper: Flags) -> Flags:
        """Whether most of the words around, two on each side, are in capitals too, or begin with one."""
        n_words, n_upper, n_capital = (np.zeros(len(upper), np.int64) for _ in range(3))
        for columns in (range(_SIDE - 1, -1, -1), range(_SIDE, 2 * _SIDE)):
            n_side = np.zeros(len(upper), np.int64)
            for column in columns:
                is_word = self.words[:, column] & (n_side < _WORDS_AROUND)
                n_side += is_word
                n_words += is_word
                n_upper += is_word & self.uppers[:, column]
                n_capital += is_word & self.capitals[:, column]
        among: Flags = upper & (n_upper * 2 > n_words)
        among |= (n_words > 2) & (n_capital * 4 >= n_words * 3)
        return among

    def presents(self) -> Flags:
        """Whether a name is presented: "call me hope", "this is hope again"."""
        before, before_that = self.cues[:, _SIDE - 1], self.cues[:, _SIDE - 2]
        presents: Flags = ((before & Cue.ME) > 0) & ((before_that & Cue.CALLING) > 0)
        presents |= (
            ((before & Cue.BEING) > 0)
            & ((before_that & Cue.ARTICLE) > 0)
            & ((self.cues[:, _SIDE] & Cue.AGAIN) > 0)
        )
        return presents

    def is_likely(self) -> Flags:
        """Whether what stands around a name in small letters makes it likely that it is one."""
        before, before_that = self.cues[:, _SIDE - 1], self.cues[:, _SIDE - 2]
        behind, behind_that = self.cues[:, _SIDE], self.cues[:, _SIDE + 1]
        likely: Flags = (before & Cue.TENDING) > 0
        likely |= ((behind & Cue.BEING) > 0) & ((behind_that & Cue.OF_A_BABY) > 0)
        likely |= ((before & Cue.WHENEVER) > 0) & ((behind & Cue.PERSONAL) > 0)
        likely |= self.ands[:, _SIDE - 1] & ((before_that & Cue.ME) > 0)
        is_subject = self.joint[:, _SIDE + 2] | self.opens() | ((before & Cue.WHENEVER) > 0)
        likely |= self.ands[:, _SIDE] & ((behind_that & Cue.ME) > 0) & is_subject
        is_held = ((behind_that & Cue.MY) > 0) & self.laps[:, _SIDE + 2]
        likely |= is_held & ((before & Cue.ARTICLE) == 0)
        return likely

    def is_alone(self) -> Flags:
        """Whether nothing but signs stands on the same line."""
        alone = np.ones(len(self.cues), np.bool_)
        for columns in ((_SIDE - 1, _SIDE - 2), (_SIDE, _SIDE + 1)):
            going = np.ones(len(self.cues), np.bool_)
            for column in columns:
                is_sign = self.signs[:, column] > 0
                alone &= ~going | ~self.same_line[:, column] | is_sign
                going &= is_sign
        return alone

    def is_signature(self) -> Flags:
        """Whether they stand alone in the last line, and other lines or a tilde before them."""
        is_last = ~self.is_there[:, _SIDE] | ((self.signs[:, _SIDE] > 0) & ~self.is_there[:, _SIDE + 1])
        before = self.is_there[:, _SIDE - 1]
        opens = before & ~self.same_line[:, _SIDE - 1]
        opens |= self.signs[:, _SIDE - 1] == ord("~")
        signed: Flags = is_last & opens
        return signed

    def signs_off(self) -> Flags:
        """Whether they end a text or line, behind its start, a dash, or a word that closes a letter."""
        is_stop = self.signs[:, _SIDE] == ord(".")
        closes = ~self.same_line[:, _SIDE] | (is_stop & ~self.same_line[:, _SIDE + 1])
        sign = self.signs[:, _SIDE - 1]
        opens = ~self.same_line[:, _SIDE - 1] | _is_one_of(sign, "-~")
        closing = np.where(sign == ord(","), self.cues[:, _SIDE - 2], self.cues[:, _SIDE - 1])
        opens |= (closing & Cue.CLOSING) > 0
        signs_off: Flags = closes & opens
        return signs_off


def _is_one_of(codes: Codes, signs: str) -> Flags:
    found = np.zeros(len(codes), np.bool_)
    for sign in signs:
        found |= codes == ord(sign)
    return found
