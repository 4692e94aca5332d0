"""What the tagger knows of each token: of its form, once a form, and of where it stands.

A form is a word as it is written, capitals and all; a batch has far fewer forms than tokens. What is
known of a form is known of all its tokens, so the costly part of the network runs on forms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Column, Phrases, WordColumns, Words
from ppdarchive.text.batch import Positions, TextBatch
from ppdarchive.text.tokens import Hashes, Kind, RangeHashes, Tokens, numbered, range_hashes

Floats = npt.NDArray[np.float32]

N_GRAMS: Final = 9
"""Beginnings and endings of one to four characters, and the word."""
GRAM_BITS: Final = 13
N_CASES: Final = 7
N_LENGTHS: Final = 13
N_POSITIONS: Final = 72
FLAG_BITS: Final = 32
"""Of the flags of a word and of the kinds of a phrase, whether the lexicons use them yet or not."""

N_LEXICON: Final = len(Column) + FLAG_BITS
N_PHRASES: Final = FLAG_BITS

_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)
_SALTS: Final = np.array([0xC2B2AE3D27D4EB4F * nth % (1 << 64) for nth in range(1, N_GRAMS + 1)], np.uint64)
_NEWLINE: Final = ord("\n")
_ENDS: Final = np.isin(np.arange(128), [ord(sign) for sign in ".!?:"])
"""Whether an ASCII character ends a sentence; the last one stands for all others."""
_SHOUTED: Final = 0.6
"""From this share of capitals on, a line's capitals say nothing."""
_SHORT_LINE: Final = 2
_LONG_LINE: Final = 5


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Forms:
    """What is known of each form.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n,)
        Of the folded word.
    grams : ndarray of int32, shape (n, N_GRAMS)
        Buckets of its beginnings, endings and of the whole.
    cases, lengths : ndarray of uint8, shape (n,)
    listed : WordColumns, length n
        What the lexicons know of the word.
    """

    hashes: Hashes
    grams: npt.NDArray[np.int32]
    cases: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.uint8]
    listed: WordColumns

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def lexicon(self) -> Floats:
        """What the lexicons know of the word as numbers from 0 to 1, shape (n, N_LEXICON)."""
        columns = self.listed.columns / np.float32(255)
        return np.concatenate((columns, bits_of(self.listed.flags)), axis=1, dtype=np.float32)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Features:
    """What is known of the tokens of a batch.

    Attributes
    ----------
    forms : Forms, length f
    form_of : ndarray of int64, shape (n,)
    positions : ndarray of uint8, shape (n,)
        Where the token stands: glued to the last, first of its line or sentence, how its line is written.
    in_phrase : ndarray of int64, shape (p,)
        The tokens that stand in a phrase of the lexicon.
    phrase_kinds : ndarray of float32, shape (p, N_PHRASES)
        What kinds of phrase; 0 or 1.
    """

    forms: Forms
    form_of: Positions
    positions: npt.NDArray[np.uint8]
    in_phrase: Positions
    phrase_kinds: Floats


def features(batch: TextBatch, tokens: Tokens, words: Words, phrases: Phrases) -> Features:
    """Everything the tagger's network reads of a batch.

    Parameters
    ----------
    batch : TextBatch
    tokens : Tokens, length n
        Of the batch.
    words, phrases : Words, Phrases
        The lexicons.

    Returns
    -------
    Features
    """
    is_capital = batch.cased != batch.lower
    form_of, first = numbered(range_hashes(batch.cased, tokens.starts, tokens.ends))
    in_phrase, kinds = _phrases_of(tokens, phrases)
    return Features(
        _forms_of(batch, tokens, first, is_capital, words),
        form_of,
        _positions_of(batch, tokens, is_capital),
        in_phrase,
        kinds,
    )


def _forms_of(
    batch: TextBatch, tokens: Tokens, first: Positions, is_capital: npt.NDArray[np.bool_], words: Words
) -> Forms:
    starts, ends, hashes = tokens.starts[first], tokens.ends[first], tokens.hashes[first]
    lower = batch.lower
    columns = [hashes]
    ranges = RangeHashes(lower)
    for size in range(1, (N_GRAMS - 1) // 2 + 1):
        columns.append(ranges.of(starts, np.minimum(starts + size, ends)))
        columns.append(ranges.of(np.maximum(ends - size, starts), ends))
    grams = np.stack([column ^ salt for column, salt in zip(columns, _SALTS, strict=True)], axis=1)
    buckets = ((grams * _SPREAD) >> np.uint64(64 - GRAM_BITS)).astype(np.int32)
    known = words.columns(hashes)
    lengths = np.minimum(ends - starts, N_LENGTHS - 1).astype(np.uint8)
    capitals = _counted(is_capital)
    n_capitals = capitals[ends] - capitals[starts]
    return Forms(
        hashes,
        buckets,
        _cases(tokens.kinds[first], ends - starts, n_capitals, is_capital[starts]),
        lengths,
        known,
    )


def _cases(
    kinds: npt.NDArray[np.uint8],
    lengths: Positions,
    n_capitals: Positions,
    starts_capital: npt.NDArray[np.bool_],
) -> npt.NDArray[np.uint8]:
    """Sign, digits, small letters, Capital, A, CAPITALS or MiXed."""
    return np.select(
        [
            kinds == Kind.SIGN,
            kinds == Kind.DIGIT,
            n_capitals == 0,
            (n_capitals == 1) & starts_capital & (lengths > 1),
            n_capitals == lengths,
        ],
        [0, 1, 2, 3, np.where(lengths == 1, 4, 5)],
        6,
    ).astype(np.uint8)


def _positions_of(
    batch: TextBatch, tokens: Tokens, is_capital: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    n = len(tokens)
    if not n:
        return np.zeros(0, np.uint8)
    new_text = np.diff(tokens.texts, prepend=-1) != 0
    glued = np.zeros(n, np.bool_)
    glued[1:] = tokens.starts[1:] == tokens.ends[:-1]
    behind = np.searchsorted(tokens.starts, np.flatnonzero(batch.lower == _NEWLINE))
    line_starts = new_text.copy()
    line_starts[behind[behind < n]] = True
    sentence_starts = line_starts.copy()
    ends = _ENDS[np.minimum(batch.lower[tokens.starts[:-1]], len(_ENDS) - 1)]
    sentence_starts[1:] |= ends & ~glued[1:]
    line_of = np.cumsum(line_starts) - 1
    capitals = _counted(is_capital)
    is_word = tokens.kinds == Kind.LETTER
    in_line = np.bincount(line_of, weights=(capitals[tokens.ends] - capitals[tokens.starts]) * is_word)
    letters = np.bincount(line_of, weights=(tokens.ends - tokens.starts) * is_word)
    writing = np.where(in_line == 0, 0, np.where(in_line > _SHOUTED * letters, 2, 1))
    n_words = np.bincount(line_of, weights=is_word)
    size = np.where(n_words <= _SHORT_LINE, 0, np.where(n_words <= _LONG_LINE, 1, 2))
    per_line = 8 * writing + 24 * size
    places: npt.NDArray[np.uint8] = (
        glued + 2 * line_starts + 4 * sentence_starts + per_line[line_of]
    ).astype(np.uint8)
    return places


def _phrases_of(tokens: Tokens, phrases: Phrases) -> tuple[Positions, Floats]:
    """The tokens that stand in phrases, and of what kinds."""
    found = phrases.find(tokens)
    sizes = found.last - found.first + 1
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    at = np.repeat(found.first, sizes) + within
    # Where two phrases share a token, the first one counts.
    at, kept = np.unique(at, return_index=True)
    return at, bits_of(np.repeat(found.kinds, sizes)[kept]).astype(np.float32)


def bits_of(flags: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """Flags bit by bit, the lowest first, shape (n, FLAG_BITS)."""
    octets = np.ascontiguousarray(flags, "<u4").view(np.uint8)
    return np.unpackbits(octets, bitorder="little").reshape(-1, FLAG_BITS)


def _counted(on: npt.NDArray[np.bool_]) -> Positions:
    """How many are on before each place, shape (n + 1,)."""
    counts = np.zeros(len(on) + 1, np.int64)
    np.cumsum(on, out=counts[1:])
    return counts
