"""Which words go on as a name does that opens a sentence: "Frank called", and not "frank talk".

A capital where a sentence starts says nothing, so the word behind has to: names are followed by verbs of
the past or the third person, by "and", "from" or "never". What is followed by another word of the
dictionary is a word itself.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon.kinds import Column, Flag
from ppdarchive.detectors.lexicon.words import Words
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Kind, Tokens, word_hashes


class Reading(IntEnum):
    """What the next word says of one that can be a name."""

    OPEN = 0
    WORD = 1
    NAME = 2


_BEING: Final = "is was were are am be been being isn wasn had has have hasn hadn"
_ACTING: Final = (
    "did does do didn doesn said says told tells asked asks called calls got gets made makes went goes came "
    "comes gave gives took takes knew knows left let kept keeps thought felt feels saw sat sent spent taught "
    "stood understood brought won read ran began wrote spoke heard held led met paid slept bought caught "
    "fell chose drew drove ate forgot forgave grew hugged laid lay meant rode sang sold swore threw woke "
    "wore "
    "didnt doesnt"
)
_BESIDE: Final = (
    "and n u or nor but who whom whose which in on at from with for by as than then when while because after "
    "before during since until if too also again back out up over off down around about here there now "
    "today yesterday tomorrow tonight later once twice first last will would can could may might should must "
    "wont cant couldnt wouldnt isnt wasnt hasnt found put cut hit cost lost broke built flew hung hurt "
    "lit rang rose set shut stuck never always just only even still really already "
    "finally sometimes often usually definitely actually literally totally completely not almost ever soon "
    "probably maybe both all each himself herself themselves alone one me us him her them everyone "
    "everything ain please thank thanks hi hello hey love lol"
)
_KNOWN_AFTER: Final = np.sort(word_hashes([*_BEING.split(), *_ACTING.split(), *_BESIDE.split()]))
_ARE_ACTS: Final = np.sort(word_hashes(_ACTING.split()))
_WRITTEN: Final = 56
"""English words from here on, three in a million, are told by the lexicon; slips and rare words are not."""


def readings(batch: TextBatch, tokens: Tokens, at: Positions, words: Words) -> npt.NDArray[np.uint8]:
    """How the text goes on behind some tokens.

    Parameters
    ----------
    batch : TextBatch
    tokens : Tokens, length n
    at : ndarray of int64, shape (k,)
    words : Words

    Returns
    -------
    ndarray of uint8, shape (k,)
        `Reading`.

    Examples
    --------
    >>> from ppdarchive.detectors.lexicon import words
    >>> from ppdarchive.text.tokens import tokens_of
    >>> batch = TextBatch.of(["Frank talk helped. Frank called. Frank, my son. Mark my words"])
    >>> tokens = tokens_of(batch)
    >>> [Reading(own).name for own in readings(batch, tokens, np.array([0, 4, 7, 12]), words())]
    ['WORD', 'NAME', 'OPEN', 'WORD']
    """
    after = np.minimum(at + 1, len(tokens) - 1)
    goes_on = (after > at) & (tokens.texts[after] == tokens.texts[at]) & (tokens.kinds[after] == Kind.LETTER)
    # Among capitals throughout a capital says no more than a small letter.
    goes_on &= ~_is_capital(batch, tokens.starts[after]) | (
        _is_capital(batch, tokens.ends[at] - 1) & _is_capital(batch, tokens.ends[after] - 1)
    )
    goes_on &= tokens.starts[after] == tokens.ends[at] + 1
    rows = np.flatnonzero(goes_on)
    ends, hashes = tokens.ends[after[rows]], tokens.hashes[after[rows]]
    known = words.columns(hashes)
    is_word = known.has(Flag.DICTIONARY) & (known.column(Column.ENGLISH) >= _WRITTEN)
    last, before = batch.lower[ends - 1], batch.lower[np.maximum(ends - 2, 0)]
    is_past = (last == ord("d")) & (before == ord("e"))
    # "Frank calls", "Small wins": the third person, and the plural.
    is_word &= ~is_past & (last != ord("s")) & ((last != ord("y")) | (before != ord("l")))
    is_word |= known.has(Flag.FUNCTION_WORD)
    is_word &= ~np.isin(hashes, _KNOWN_AFTER)
    result = np.full(len(at), Reading.OPEN, np.uint8)
    result[rows[is_word]] = Reading.WORD
    result[rows[is_past | np.isin(hashes, _ARE_ACTS)]] = Reading.NAME
    return result


def _is_capital(batch: TextBatch, at: Positions) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = batch.cased[at] != batch.lower[at]
    return result
