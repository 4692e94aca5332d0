"""What stands around candidates, read off the tokens of a batch, for all candidates at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from functools import cache
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.known import words as lists
from ppdarchive.detectors.known.places import Places
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens, kinds_of, word_hashes

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
    Cue.INTRODUCING: lists.INTRODUCING,
    Cue.ARTICLE: lists.ARTICLES,
    Cue.CLOSING: lists.words("thanks love xo xoxo sincerely signed best regards gracias hugs"),
}


_QUOTES: Final = np.array([ord(sign) for sign in "\"'("], np.uint32)
_STOPS: Final = np.array([ord(sign) for sign in ".!?:;•*>"], np.uint32)
_BULLETS: Final = np.array([ord(sign) for sign in "->*"], np.uint32)
_DASHES: Final = np.array([ord(sign) for sign in "-~"], np.uint32)


@cache
def _cues() -> tuple[Places, npt.NDArray[np.uint32]]:
    """The cues by hash; 0 behind them, for all other words."""
    every = sorted(set().union(*_CUES.values()))
    hashes = word_hashes(every)
    order = np.argsort(hashes)
    bits = np.array([sum(cue for cue, own in _CUES.items() if word in own) for word in every], np.uint32)
    return Places(hashes[order]), np.append(bits[order], np.uint32(0))


def is_function(hashes: Hashes) -> Flags:
    """Which words are words of grammar, or others that stand beside names."""
    known, bits = _cues()
    return (bits[known.find(hashes)] & (Cue.FUNCTION | Cue.VERB | Cue.CLOSING)) > 0


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
    counted, article
        Behind a number; behind "the" or "a".
    closing
        Closes a letter: "Love, Maria".
    after_my, nearby
        Behind "my"; behind a word for a place: "at".
    opening
        A sentence or a line starts with it.
    shouted
        In capitals among words in capitals.
    personal, doing
        Before a verb that persons do; that hardly anything else does.
    contacted
        "talked to hope", "calls from hope".
    initials, signing
        Announced as initials; where a text or a line is signed.
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
    closing: Flags
    after_my: Flags
    nearby: Flags
    opening: Flags
    shouted: Flags
    personal: Flags
    doing: Flags
    contacted: Flags
    initials: Flags
    signing: Flags

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> Context:
        return Context(*(getattr(self, name)[rows] for name in self.__slots__))


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Surroundings:
    """The tokens of a batch, ready to be asked what stands around some of them.

    Positions of tokens may lie outside of the tokens, or in another text: nothing stands there.
    """

    batch: TextBatch
    tokens: Tokens
    breaks: Positions

    @classmethod
    def of(cls, batch: TextBatch, tokens: Tokens) -> Self:
        """The surroundings in a batch."""
        return cls(batch, tokens, np.flatnonzero(batch.lower == ord("\n")))

    def around(self, first: Positions, last: Positions) -> Context:
        """What stands around the tokens from `first` to `last`.

        Parameters
        ----------
        first, last : ndarray of int64, shape (n,)
            Places in the tokens, of one text in each row.
        """
        tokens = self.tokens
        starts, ends, texts = tokens.starts[first], tokens.ends[last], tokens.texts[first]

        def cues(places: Positions) -> Codes:
            return self._cues(places, texts)

        back = self._behind_signs(first, texts, starts, ":,-\"'")
        title = self._behind_signs(first, texts, starts, ".")
        before, behind, behind_next = cues(first - 1), cues(last + 1), cues(last + 2)
        announcing = np.where(back >= 0, cues(back), 0)
        announcing |= np.where((title >= 0) & ((cues(title) & Cue.TITLE) > 0), cues(title), 0)
        after_s = (before & Cue.S) > 0
        said = np.where((before & Cue.BEING) > 0, cues(first - 2), np.where(after_s, cues(first - 3), 0))
        own = cues(first)
        glued = self._touch(last, last + 1, texts) & (self._signs(last + 1, texts) == ord("'"))
        glued &= self._touch(last + 1, last + 2, texts)
        is_upper = self._all_upper(starts, ends)
        return Context(
            announced=((announcing & Cue.ANNOUNCING) > 0) | ((said & Cue.NAME) > 0),
            introduced=((announcing & Cue.INTRODUCING) > 0) | ((said & Cue.NAME) > 0),
            named=((announcing & Cue.NAMING) > 0) | ((said & Cue.NAME) > 0),
            capital=self.batch.cased[starts] != self.batch.lower[starts],
            last_capital=self.batch.cased[tokens.starts[last]] != self.batch.lower[tokens.starts[last]],
            upper=is_upper,
            long=ends - starts > 3,
            possessive=glued & ((behind_next & Cue.S) > 0),
            contracted=glued & ((behind_next & Cue.T) > 0),
            function=(own & Cue.FUNCTION) > 0,
            verb=(own & Cue.VERB) > 0,
            month=((own & Cue.MONTH) > 0)
            & (
                ((before & Cue.DATING) > 0)
                | self._is_number(first - 1, texts)
                | self._is_number(last + 1, texts)
            ),
            counted=self._is_number(first - 1, texts),
            article=(before & Cue.ARTICLE) > 0,
            closing=(own & Cue.CLOSING) > 0,
            after_my=(before & Cue.MY) > 0,
            opening=self._opens(first, texts, starts),
            shouted=is_upper & self._among_capitals(first, last, texts),
            personal=(behind & Cue.PERSONAL) > 0,
            doing=((behind & Cue.DOING) > 0) & ((before & Cue.DETERMINER) == 0),
            contacted=((before & Cue.TOWARDS) > 0) & ((cues(first - 2) & Cue.CONTACTING) > 0),
            nearby=(before & Cue.NEARBY) > 0,
            initials=((before | said | cues(first - 2)) & Cue.INITIALS) > 0,
            signing=self._signs_off(first, last, texts, starts, ends),
        )

    # -- neighbours ------------------------------------------------------------------------------

    def _there(self, places: Positions, texts: Positions) -> tuple[Positions, Flags]:
        """Places inside of the tokens, and which are of the same text."""
        safe = np.clip(places, 0, max(len(self.tokens) - 1, 0))
        return safe, (safe == places) & (self.tokens.texts[safe] == texts)

    def _cues(self, places: Positions, texts: Positions) -> Codes:
        safe, is_there = self._there(places, texts)
        known, bits = _cues()
        return np.where(is_there, bits[known.find(self.tokens.hashes[safe])], np.uint32(0))

    def _signs(self, places: Positions, texts: Positions) -> Codes:
        """The signs that stand there; 0 for a word, a number or nothing."""
        safe, is_there = self._there(places, texts)
        is_there &= self.tokens.kinds[safe] == Kind.SIGN
        return np.where(is_there, self.batch.lower[self.tokens.starts[safe]], np.uint32(0))

    def _is_number(self, places: Positions, texts: Positions) -> Flags:
        safe, is_there = self._there(places, texts)
        is_there &= self.tokens.kinds[safe] == Kind.DIGIT
        return is_there

    def _touch(self, places: Positions, after: Positions, texts: Positions) -> Flags:
        """Whether nothing stands between two tokens."""
        (one, _), (other, is_there) = self._there(places, texts), self._there(after, texts)
        is_there &= self.tokens.ends[one] == self.tokens.starts[other]
        return is_there

    def _broken(self, ends: Positions, starts: Positions) -> Flags:
        """Whether a new line lies between two places."""
        return np.searchsorted(self.breaks, ends) < np.searchsorted(self.breaks, starts)

    def _behind_signs(self, first: Positions, texts: Positions, starts: Positions, signs: str) -> Positions:
        """The word on this line before a token and at most three of some signs; -1 where there is none."""
        place = first - 1
        wanted = np.array([ord(sign) for sign in signs], np.uint32)
        for _ in range(3):
            place = place - np.isin(self._signs(place, texts), wanted)
        safe, is_there = self._there(place, texts)
        is_there &= (self.tokens.kinds[safe] == Kind.LETTER) & ~self._broken(self.tokens.ends[safe], starts)
        return np.where(is_there, place, -1)

    def _opens(self, first: Positions, texts: Positions, starts: Positions) -> Flags:
        """Whether a sentence, a line or an item of a list starts there."""
        place = first - 1
        for _ in range(3):
            place = place - np.isin(self._signs(place, texts), _QUOTES)
        safe, is_there = self._there(place, texts)
        sign = self._signs(place, texts)
        opens = ~is_there | self._broken(self.tokens.ends[safe], starts) | np.isin(sign, _STOPS)
        is_bullet = (sign == ord("-")) | (sign == ord(")"))
        head = place - 1 - self._is_number(place - 1, texts)
        safe_head, is_head_there = self._there(head, texts)
        is_head = ~is_head_there | np.isin(self._signs(head, texts), _BULLETS)
        is_head |= self._broken(self.tokens.ends[safe_head], self.tokens.starts[safe])
        opens |= is_bullet & is_head
        return opens

    def _signs_off(
        self, first: Positions, last: Positions, texts: Positions, starts: Positions, ends: Positions
    ) -> Flags:
        """Whether the tokens end a text or line, behind its start, a dash, or a word that closes a letter."""
        end = last + (self._signs(last + 1, texts) == ord("."))
        safe, is_there = self._there(end + 1, texts)
        closes = ~is_there | self._broken(ends, self.tokens.starts[safe])
        place = first - 1
        safe, is_there = self._there(place, texts)
        opens = ~is_there | self._broken(self.tokens.ends[safe], starts)
        opens |= np.isin(self._signs(place, texts), _DASHES)
        comma = place - (self._signs(place, texts) == ord(","))
        return closes & (opens | ((self._cues(comma, texts) & Cue.CLOSING) > 0))

    # -- capitals --------------------------------------------------------------------------------

    def _all_upper(self, starts: Positions, ends: Positions) -> Flags:
        """Which ranges hold capitals only, two and more, signs aside."""
        sizes = np.maximum(ends - starts, 0)
        firsts = np.cumsum(sizes) - sizes
        at = np.repeat(starts - firsts, sizes) + np.arange(sizes.sum())
        is_capital = self.batch.cased[at] != self.batch.lower[at]
        is_small = ~is_capital & (kinds_of(self.batch.lower[at]) == Kind.LETTER)
        n_capital, n_small = (
            np.diff(np.concatenate((np.zeros(1, np.int64), np.cumsum(flags)))[np.append(firsts, len(at))])
            for flags in (is_capital, is_small)
        )
        is_upper: Flags = n_capital > 1
        is_upper &= n_small == 0
        return is_upper

    def _among_capitals(self, first: Positions, last: Positions, texts: Positions) -> Flags:
        """Whether most of the words around, two on each side, are in capitals."""
        n_words = np.zeros(len(first), np.int64)
        n_upper = np.zeros(len(first), np.int64)
        for side, step in ((first, -1), (last, 1)):
            place = side
            for _ in range(2):
                place = place + step
                place = place + step * (self._signs(place, texts) != 0)
                safe, is_there = self._there(place, texts)
                starts, ends = self.tokens.starts[safe], self.tokens.ends[safe]
                is_there &= (self.tokens.kinds[safe] == Kind.LETTER) & (ends - starts > 1)
                n_words += is_there
                n_upper += is_there & self._all_upper(starts, ends)
        are_most: Flags = n_upper * 2 > n_words
        return are_most
