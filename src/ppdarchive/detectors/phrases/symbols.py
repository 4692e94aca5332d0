"""What tokens can be, as symbols: words that no pattern tells apart share one.

A symbol stands for the lists that a word is in, what the lexicons say of it (`Trait`), its capitals
(`Case`), and whether it is joined to what stands before it. Patterns over words are so patterns over
characters, each set of words a set of characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import WordColumns, Words
from ppdarchive.detectors.lexicon.lookup import SortedHashes
from ppdarchive.detectors.phrases.traits import PHRASE_TRAITS, Trait, traits_of
from ppdarchive.text.tokens import Hashes, numbered, word_hashes


class Case(IntEnum):
    """What a word's capitals say."""

    LOW = 0
    """Small letters, or capitals that say nothing since everything around has them."""
    CAP = 1
    """A capital inside a sentence."""
    FIRST = 2
    """A capital where a sentence, a line or a quotation begins."""
    LOUD = 3
    """Two capitals and more in a text that is not written so."""


class Base(IntEnum):
    """What a token is that no list has; words of lists come behind."""

    UNKNOWN = 0
    """A word of three letters and more."""
    SHORT = 1
    """A word of one or two letters."""
    LINE = 2
    """The end of a line inside a text."""
    TEXT = 3
    """The start and end of a text."""
    SIGN = 4
    YEAR = 5
    DIGIT = 6
    TWO_DIGITS = 7
    THREE_DIGITS = 8
    FOUR_DIGITS = 9
    DIGITS = 10
    REST = 11
    """A later word of a listed phrase."""
    PHRASE = 12
    """The first word of a listed phrase, then those of other kinds of phrases."""


Bases = npt.NDArray[np.uint16]

_Set = int
"""A set of points (a base in one state) as bits; a thousand times faster to combine than arrays."""

STATES: Final = 2 * len(Case)
"""In how many ways a base is written: twice its case, and one more if joined to what stands before it."""
_N_BASES: Final = Base.PHRASE + len(PHRASE_TRAITS)
_GROUP_SHIFT: Final = np.uint64(48)
"""Bits above those of `Trait`: which lists a word is in."""
_STATES_SET: Final = (1 << STATES) - 1
"""All points of the first base."""
_TRAIT_BITS: Final = np.uint64((1 << int(_GROUP_SHIFT)) - 1)


class Columns(NamedTuple):
    """Symbols as arrays, which files keep.

    Attributes
    ----------
    hashes : ndarray of uint64, shape (n_own,)
        Of the words of lists that the lexicon does not have; sorted.
    bases : ndarray of uint16, shape (n_words + n_own + 1,)
        What each word is, the lexicon's and these in the order of their hashes, and a word of neither.
    symbols : ndarray of uint16, shape (n_bases * STATES,)
        The symbol of each base in each state.
    expressions : ndarray of uint8
        The expressions of classes, sorted: their UTF-8, with spaces between.
    begins : ndarray of uint32, shape (n_expressions + 1,)
        Where the edges of each expression begin.
    edges : ndarray of uint16
        The symbols with which it begins to hold, and ends to, in turn.
    """

    hashes: Hashes
    bases: Bases
    symbols: Bases
    expressions: npt.NDArray[np.uint8]
    begins: npt.NDArray[np.uint32]
    edges: Bases


class Symbols:
    """The symbols that some expressions of classes need, and what belongs to each class.

    Parameters
    ----------
    columns : Columns
    words : Words
        The lexicon for which they were made.

    Attributes
    ----------
    columns : Columns
    count : int
        Different symbols.
    """

    __slots__ = ("_hashes", "_members", "_numbers", "columns", "count")

    def __init__(self, columns: Columns, words: Words) -> None:
        self.columns = columns
        self.count = int(columns.symbols.max()) + 1
        at = np.searchsorted(words.hashes, columns.hashes)
        self._hashes = SortedHashes(np.insert(words.hashes, at, columns.hashes))
        expressions = columns.expressions.tobytes().decode("utf-8").split()
        self._numbers = {expression: number for number, expression in enumerate(expressions)}
        self._members: dict[str, bytes] = {}

    @classmethod
    def of(
        cls,
        expressions: Iterable[str],
        lists: Mapping[str, frozenset[str]],
        classes: Mapping[str, str],
        words: Words,
    ) -> Symbols:
        """Number what some expressions tell apart.

        Parameters
        ----------
        expressions : iterable of str
            Of classes, as patterns have them.
        lists : mapping of str to frozenset of str
            Folded words by the name of their class.
        classes : mapping of str to str
            Expressions by the name of their class.
        words : Words
            The lexicon.

        Raises
        ------
        ValueError
            If a class is unknown.
        """
        wanted = sorted(set(expressions))
        terms = {term for e in (*wanted, *classes.values()) for option in _options(e) for _, term in option}
        literals = {
            term: frozenset((term,)) for term in sorted(terms) if not term.isupper() and term not in lists
        }
        bases = _bases({**lists, **literals}, words)
        known = _primitives(bases.traits) | bases.membership
        n_points = len(bases.traits) * STATES
        known["ALL"] = (1 << n_points) - 1
        octets = _octets([_members(expression, known, classes) for expression in wanted], n_points)
        # Points that all expressions treat alike share a symbol; a sum of random numbers tells who does.
        sums = np.zeros(n_points, np.uint64)
        for own, weight in zip(octets, word_hashes(wanted), strict=False):
            sums += own * weight
        symbol, first = numbered(sums)
        rows = np.unpackbits(octets.take(first, axis=1), axis=0, bitorder="little")[: len(wanted)]
        expression, edges = np.nonzero(np.diff(rows, axis=1, prepend=np.uint8(0)))
        columns = Columns(
            bases.hashes,
            bases.of_word,
            symbol.astype(np.uint16),
            np.frombuffer(" ".join(wanted).encode("utf-8"), np.uint8),
            np.searchsorted(expression, np.arange(len(wanted) + 1)).astype(np.uint32),
            edges.astype(np.uint16),
        )
        return cls(columns, words)

    def bases(self, hashes: Hashes) -> Bases:
        """What each word is, shape (n,); ``Base.UNKNOWN`` where no list has it."""
        bases: Bases = self.columns.bases[self._hashes.find(hashes)]
        return bases

    def of_bases(self, bases: npt.NDArray[np.integer], states: npt.NDArray[np.integer] | int) -> Bases:
        """The symbol of each base, written in one of `STATES` ways; shape (n,)."""
        symbols: Bases = self.columns.symbols[bases.astype(np.int64) * STATES + states]
        return symbols

    def members(self, expression: str) -> bytes:
        """For each symbol 1 if it belongs to an expression, else 0; length `count`."""
        members = self._members.get(expression)
        if members is None:
            number = self._numbers[expression]
            begin, end = self.columns.begins[number : number + 2].tolist()
            turns = np.zeros(self.count, np.uint8)
            turns[self.columns.edges[begin:end]] = 1
            members = self._members[expression] = np.bitwise_xor.accumulate(turns).tobytes()
        return members


class _Bases(NamedTuple):
    """The bases that lists and the lexicon make."""

    hashes: Hashes
    """Of words that only lists have; sorted."""
    of_word: Bases
    """Of each word by its hash, and at the end of a word that nothing has."""
    traits: npt.NDArray[np.uint64]
    """Of each base."""
    membership: dict[str, _Set]
    """The points of each list."""


def _bases(lists: Mapping[str, frozenset[str]], words: Words) -> _Bases:
    """Number the bases, and keep which word is which."""
    own_hashes, own_keys, lists_of = _listed(lists, words)
    keys = traits_of(WordColumns.of(words.rows[:-1]))
    at = np.searchsorted(words.hashes, own_hashes)
    is_new = words.hashes[at] != own_hashes
    keys[at[~is_new]] = own_keys[~is_new]
    keys = np.insert(keys, at[is_new], own_keys[is_new])
    ordered = np.sort(keys)
    kinds = ordered[np.append(True, ordered[1:] != ordered[:-1])]
    kind = np.searchsorted(kinds, keys)
    traits = np.zeros(_N_BASES + len(kinds), np.uint64)
    traits[[Base.UNKNOWN, Base.SHORT]] = Trait.WORD
    traits[Base.REST] = Trait.WORD | Trait.KNOWN
    traits[Base.PHRASE : _N_BASES] = [trait | Trait.WORD | Trait.KNOWN for trait in PHRASE_TRAITS.values()]
    traits[_N_BASES:] = kinds & _TRAIT_BITS
    membership = dict.fromkeys(lists, 0)
    for base, group in enumerate((kinds >> _GROUP_SHIFT).tolist(), start=_N_BASES):
        for name in lists_of[group]:
            membership[name] |= _STATES_SET << (base * STATES)
    of_word = np.append(kind + _N_BASES, Base.UNKNOWN).astype(np.uint16)
    return _Bases(own_hashes[is_new], of_word, traits, membership)


def _listed(
    lists: Mapping[str, frozenset[str]], words: Words
) -> tuple[Hashes, npt.NDArray[np.uint64], list[list[str]]]:
    """The words of lists, by their hashes, and what each is: its traits, its group; the lists of each group.

    Words of the same lists are a group; the first group is that of words in none.
    """
    names, sizes = list(lists), [len(own) for own in lists.values()]
    every = list(chain.from_iterable(map(sorted, lists.values())))
    every_hash = word_hashes(every)
    number, first = numbered(every_hash)
    keys = traits_of(words.columns(every_hash[first]))
    keys[[at for at, where in enumerate(first.tolist()) if not every[where].isalpha()]] = 0
    # A sum of random numbers tells who shares all lists.
    sums = np.zeros(len(first), np.uint64)
    of_list = np.repeat(np.arange(len(names)), sizes)
    np.add.at(sums, number, word_hashes(names)[of_list])
    group, first_of_group = numbered(sums)
    keys |= (group + 1).astype(np.uint64) << _GROUP_SHIFT
    lists_of: list[list[str]] = [[] for _ in range(len(first_of_group) + 1)]
    for where in np.flatnonzero(np.isin(number, first_of_group)).tolist():
        lists_of[int(group[number[where]]) + 1].append(names[of_list[where]])
    order = np.argsort(every_hash[first])
    return every_hash[first][order], keys[order], lists_of


def _primitives(traits: npt.NDArray[np.uint64]) -> dict[str, _Set]:
    """The points of the classes that are a trait, a case or a base."""
    state = np.tile(np.arange(STATES), len(traits))
    base = np.repeat(np.arange(len(traits)), STATES)
    known = {str(trait.name): _set(np.repeat((traits & np.uint64(trait)) != 0, STATES)) for trait in Trait}
    known |= {case.name: _set(state // 2 == case) for case in Case}
    known |= {own.name: _set(base == own) for own in Base}
    known["JOINED"] = _set(state % 2 == 1)
    return known


def _members(expression: str, known: dict[str, _Set], classes: Mapping[str, str]) -> _Set:
    """The points of an expression; those of the classes that it needs are added to the known ones."""
    found = 0
    for option in _options(expression):
        own = known["ALL"]
        for negated, name in option:
            if name not in known:
                if name not in classes:
                    raise ValueError(f"no such class: {name}")
                known[name] = _members(classes[name], known, classes)
            own &= ~known[name] if negated else known[name]
        found |= own
    return found & known["JOINED"] if expression.startswith("~") else found


def _set(members: npt.NDArray[np.bool_]) -> _Set:
    return int.from_bytes(np.packbits(members, bitorder="little").tobytes(), "little")


def _octets(sets: Sequence[_Set], size: int) -> npt.NDArray[np.uint8]:
    """Sets of points as bits of their points, eight sets to a row, shape (len(sets) / 8, size)."""
    n_octets = -(-size // 8)
    rows = np.zeros((-(-len(sets) // 8), size), np.uint8)
    for nth, own in enumerate(sets):
        packed = np.frombuffer(own.to_bytes(n_octets, "little"), np.uint8)
        rows[nth // 8] |= np.unpackbits(packed, count=size, bitorder="little") << np.uint8(nth % 8)
    return rows


def _options(expression: str) -> list[list[tuple[bool, str]]]:
    """The options of which one must hold: terms that must all hold, and whether negated."""
    return [
        [(term.startswith("!"), term.removeprefix("!")) for term in option.split("&")]
        for option in expression.removeprefix("~").split("/")
    ]
