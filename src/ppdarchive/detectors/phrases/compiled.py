"""The rules compiled over a lexicon: the symbols of words, and which patterns agree with them."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Words
from ppdarchive.detectors.phrases.pattern import REACH, Pattern
from ppdarchive.detectors.phrases.rulebook import classes, kept, lists, rules
from ppdarchive.detectors.phrases.symbols import Columns, Symbols
from ppdarchive.text.tokens import numbered, word_hashes

OFFSETS: Final = tuple(range(-REACH, REACH + 1))
"""The places around an anchor, by their distance from it."""
WORD_BITS: Final = 64


class Compiled(NamedTuple):
    """What the patterns of all rules, the kept ones first, have in common.

    Attributes
    ----------
    columns : Columns
        The symbols of the words.
    masks : ndarray of uint64, shape (n_masks, n_words)
        Sets of patterns as bits. Patterns that follow each other have the same bit in words that follow
        each other.
    mask_of : ndarray of uint16, shape (len(OFFSETS), n_symbols)
        For each place around an anchor and each symbol, the mask of the patterns that it agrees with.
    """

    columns: Columns
    masks: npt.NDArray[np.uint64]
    mask_of: npt.NDArray[np.uint16]

    @classmethod
    def of(cls, words: Words) -> Compiled:
        """Compile the rules.

        Parameters
        ----------
        words : Words
            The lexicon.
        """
        patterns = [Pattern.of(source) for rule in (*kept(), *rules()) for source in rule.patterns]
        expressions = {expression for pattern in patterns for expression in pattern.expressions}
        symbols = Symbols.of(expressions, lists(), classes(), words)
        masks = np.concatenate(_masks(patterns, symbols))
        # A sum of random numbers tells which are alike.
        octets = masks.view(np.uint8)
        weights = word_hashes([str(number) for number in range(octets.shape[1])])
        mask_of, first = numbered(octets @ weights)
        return cls(symbols.columns, masks[first], mask_of.reshape(len(OFFSETS), -1).astype(np.uint16))

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """The arrays by the names of their files."""
        return {**self.columns._asdict(), "masks": self.masks, "mask_of": self.mask_of}


def _masks(patterns: list[Pattern], symbols: Symbols) -> list[npt.NDArray[np.uint64]]:
    """For each place around an anchor the patterns that each symbol agrees with, as bits."""
    rows: dict[frozenset[str] | None, bytes] = {None: b"\1" * symbols.count}
    every = [pattern.around() for pattern in patterns]
    for own in {own for around in every for own in around.values() if own is not None}:
        members = [np.frombuffer(symbols.members(expression), np.uint8) for expression in own]
        rows[own] = np.bitwise_or.reduce(members).tobytes()
    n_words = -(-len(patterns) // WORD_BITS)
    none = bytes(symbols.count * (n_words * WORD_BITS - len(every)))
    return [
        _packed(
            np.frombuffer(b"".join((*(rows[around[offset]] for around in every), none)), np.uint8).reshape(
                WORD_BITS, n_words, symbols.count
            )
        )
        for offset in OFFSETS
    ]


def _packed(table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """A table of bits, words and symbols as words, shape (n_symbols, n_words)."""
    n_bits, n_words, n_symbols = table.shape
    octets = np.zeros((n_bits // 8, n_words, n_symbols), np.uint8)
    for nth in range(8):
        octets |= table[nth::8] << np.uint8(nth)
    return np.ascontiguousarray(octets.transpose(2, 1, 0)).view("<u8").reshape(n_symbols, n_words)
