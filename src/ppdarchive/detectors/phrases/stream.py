"""A batch as symbols: what its tokens are, their capitals, and where lines and texts end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import PhraseMatches
from ppdarchive.detectors.phrases.pattern import REACH
from ppdarchive.detectors.phrases.rulebook import lists
from ppdarchive.detectors.phrases.symbols import Base, Bases, Case, Symbols
from ppdarchive.detectors.phrases.traits import PHRASE_TRAITS, Trait
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Kind, Tokens, word_hashes

_MOST_SHOUTED: Final = 0.6
"""A text with more of its words in capitals is written so."""
_MOST_TITLED: Final = 0.7
_LEAST_TITLED: Final = 6
_ASCII: Final = 128
_OPENS: Final = np.zeros(_ASCII, np.bool_)
_OPENS[np.frombuffer(b".!?:;\"'()[]*->|/#_=+", np.uint8)] = True
"""The signs behind which a capital says little; those beyond ASCII count too."""
_CUE_LISTS: Final = {
    Trait.P_CITY: "PLACE_CUES",
    Trait.P_COUNTRY: "PLACE_CUES",
    Trait.P_UNIT: "UNIT_CUES",
    Trait.P_ORGANIZATION: "ORGANIZATION_CUES",
}
_CUES: Final = {
    kinds: word_hashes(sorted(lists()[name]))
    for kinds, trait in PHRASE_TRAITS.items()
    if (name := _CUE_LISTS.get(trait)) is not None
}
"""First words of listed phrases that patterns want to see, by the kinds of the phrases."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Stream:
    """A batch as symbols, with one between texts and one where a line ends.

    Attributes
    ----------
    symbols : ndarray of uint16, shape (n,)
    starts, ends : ndarray of int64, shape (n,)
        Where each stands in the folded batch.
    """

    symbols: Bases
    starts: Positions
    ends: Positions

    @classmethod
    def of(cls, batch: TextBatch, tokens: Tokens, phrases: PhraseMatches, symbols: Symbols) -> Stream:
        """The symbols of a batch.

        Parameters
        ----------
        batch : TextBatch
        tokens : Tokens
            Of the batch.
        phrases : PhraseMatches
            The listed phrases among them.
        symbols : Symbols
        """
        line = _line_starts(batch, tokens)
        joined = np.zeros(len(tokens), np.int64)
        joined[1:] = tokens.starts[1:] == tokens.ends[:-1]
        own = symbols.of_bases(
            _bases(batch, tokens, phrases, symbols), _cases(batch, tokens, line) * 2 + joined
        )
        ends = np.repeat([0, len(tokens)], REACH)  # so that what is around an anchor is always inside
        # Two between texts, so that no pattern finds its way from one to the next over an edge.
        borders = np.concatenate((ends, np.repeat(np.searchsorted(tokens.starts, batch.starts), 2)))
        at = np.concatenate((borders, line))
        edges = symbols.of_bases(np.repeat((Base.TEXT, Base.LINE), (len(borders), len(line))), 0)
        columns = (np.insert(own, at, edges), np.insert(tokens.starts, at, 0), np.insert(tokens.ends, at, 0))
        return cls(*columns)


def _bases(batch: TextBatch, tokens: Tokens, phrases: PhraseMatches, symbols: Symbols) -> Bases:
    """What each token is."""
    bases = symbols.bases(tokens.hashes)
    lengths = tokens.ends - tokens.starts
    unknown = bases == Base.UNKNOWN
    bases[unknown & (lengths < 3)] = Base.SHORT
    bases[unknown & (tokens.kinds == Kind.SIGN)] = Base.SIGN
    numbers = np.flatnonzero(tokens.kinds == Kind.DIGIT)
    bases[numbers] = Base.DIGIT - 1 + np.minimum(lengths[numbers], 5)
    long = numbers[lengths[numbers] == 4]
    first, second = (batch.lower[tokens.starts[long] + nth] - ord("0") for nth in (0, 1))
    bases[long[((first == 1) & (second == 9)) | ((first == 2) & (second == 0))]] = Base.YEAR
    for at, kinds in reversed(list(enumerate(PHRASE_TRAITS))):
        is_one = (phrases.kinds & np.uint32(kinds)) != 0
        if not is_one.any():
            continue
        if kinds in _CUES:
            is_one &= ~np.isin(tokens.hashes[phrases.first], _CUES[kinds])
        begin, last = phrases.first[is_one], phrases.last[is_one]
        for step in range(int((last - begin).max(initial=-1)) + 1):
            bases[(begin + step)[begin + step <= last]] = Base.REST if step else Base.PHRASE + at
    return bases


def _line_starts(batch: TextBatch, tokens: Tokens) -> Positions:
    """The tokens that are the first of their line, and not of their text."""
    newlines = np.flatnonzero((batch.lower == ord("\n")) | (batch.lower == ord("\r")))
    at = np.searchsorted(tokens.starts, newlines)
    is_new = np.diff(at, prepend=0) > 0
    at = at[is_new & (at < len(tokens))]
    inside: Positions = at[tokens.texts[at] == tokens.texts[at - 1]]
    return inside


def _cases(batch: TextBatch, tokens: Tokens, line: Positions) -> npt.NDArray[np.int64]:
    """The `Case` of each token."""
    cases = np.zeros(len(tokens), np.int64)
    at = np.flatnonzero(batch.cased[tokens.starts] != batch.lower[tokens.starts])
    if not len(at):
        return cases
    lengths = tokens.ends - tokens.starts
    is_long = lengths[at] > 1
    second = tokens.starts[at] + is_long
    is_loud = is_long & (batch.cased[second] != batch.lower[second])
    is_first = np.zeros(len(tokens), np.bool_)
    is_first[line] = True
    is_first[:1] = True
    is_first[1:] |= tokens.texts[1:] != tokens.texts[:-1]
    before = np.maximum(at - 1, 0)
    code = batch.lower[tokens.starts[before]]
    opens = (tokens.kinds[before] == Kind.SIGN) & ((code >= _ASCII) | _OPENS[np.minimum(code, _ASCII - 1)])
    starts = is_first[at] | opens
    texts = tokens.texts[at]
    words = tokens.texts[(tokens.kinds == Kind.LETTER) & (lengths > 1)]
    n_words, n_loud, n_inside = (
        np.bincount(own, minlength=len(batch))
        for own in (words, texts[is_loud], texts[is_long & ~starts & ~is_loud])
    )
    shouted = n_loud > _MOST_SHOUTED * n_words
    titled = (n_inside > _MOST_TITLED * n_words) & (n_words >= _LEAST_TITLED)
    own = np.where(starts, Case.FIRST, Case.CAP)
    own[titled[texts]] = Case.LOW
    own[is_loud] = Case.LOUD
    own[shouted[texts]] = Case.LOW
    cases[at] = own
    return cases
