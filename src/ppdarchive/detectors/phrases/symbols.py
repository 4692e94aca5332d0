"""What tokens can be, as symbols: words that no pattern tells apart share one.

A symbol stands for the lists that a word is in, what the lexicons say of it (`Trait`), its capitals
(`Case`), and whether it is joined to what stands before it. Patterns over words are so patterns over
characters, each set of words a set of characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon import Words
from ppdarchive.detectors.lexicon.lookup import SortedHashes
from ppdarchive.detectors.phrases.traits import PHRASE_TRAITS, Trait, traits_of
from ppdarchive.text.tokens import Hashes, word_hashes


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
_LAST: Final = np.uint64(2**64 - 1)
"""What stands behind sorted hashes."""
_TRAIT_BITS: Final = np.uint64((1 << int(_GROUP_SHIFT)) - 1)


class Symbols:
    """The symbols that some expressions of classes need, and what belongs to each class.

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

    Attributes
    ----------
    count : int
        Different symbols.
    table : dict of str to ndarray of bool, shape (count,)
        The symbols of each of the expressions.

    Raises
    ------
    ValueError
        If a class is unknown.
    """

    __slots__ = ("_base_of", "_hashes", "_symbol_of", "count", "table")

    def __init__(
        self,
        expressions: Iterable[str],
        lists: Mapping[str, frozenset[str]],
        classes: Mapping[str, str],
        words: Words,
    ) -> None:
        wanted = sorted(set(expressions))
        terms = {term for e in (*wanted, *classes.values()) for option in _options(e) for _, term in option}
        literals = {term: frozenset((term,)) for term in terms if not term.isupper() and term not in lists}
        traits, membership = self._numbered({**lists, **literals}, words)
        known = _primitives(traits) | {name: _set(np.repeat(own, STATES)) for name, own in membership.items()}
        n_points = len(traits) * STATES
        known["ALL"] = (1 << n_points) - 1
        sets = [_members(expression, known, classes) for expression in wanted]
        # Points that all expressions treat alike share a symbol; a sum of random numbers tells who does.
        sums = np.zeros(n_points, np.uint64)
        for own, weight in zip(sets, word_hashes(wanted), strict=True):
            sums += _bits(own, n_points) * weight
        distinct, first, symbol = np.unique(sums, return_index=True, return_inverse=True)
        self.count = len(distinct)
        self.table = {e: _bits(own, n_points)[first] for e, own in zip(wanted, sets, strict=True)}
        self._symbol_of = symbol.astype(np.uint16)

    def bases(self, hashes: Hashes) -> Bases:
        """What each word is, shape (n,); ``Base.UNKNOWN`` where no list has it."""
        bases: Bases = self._base_of[self._hashes.find(hashes)]
        return bases

    def of(self, bases: npt.NDArray[np.integer], states: npt.NDArray[np.integer] | int) -> Bases:
        """The symbol of each base, written in one of `STATES` ways; shape (n,)."""
        symbols: Bases = self._symbol_of[bases.astype(np.int64) * STATES + states]
        return symbols

    def _numbered(
        self, lists: Mapping[str, frozenset[str]], words: Words
    ) -> tuple[npt.NDArray[np.uint64], dict[str, npt.NDArray[np.bool_]]]:
        """Number the bases, and keep which word is which; the traits of each, and the bases of each list."""
        lists_of: dict[str, list[str]] = {}
        for name, own in lists.items():
            for word in own:
                lists_of.setdefault(word, []).append(name)
        groups: dict[tuple[str, ...], int] = {(): 0}
        group = [groups.setdefault(tuple(names), len(groups)) for names in lists_of.values()]
        own_hashes = word_hashes(list(lists_of))
        own_keys = traits_of(words.columns(own_hashes))
        own_keys[[at for at, word in enumerate(lists_of) if not word.isalpha()]] = 0
        own_keys |= np.array(group, np.uint64) << _GROUP_SHIFT
        lexicon = words.hashes[:-1]
        keys = np.concatenate((traits_of(words.columns(lexicon)), own_keys))
        hashes = np.concatenate((lexicon, own_hashes))
        order = np.argsort(hashes, kind="stable")
        hashes, keys = hashes[order], keys[order]
        last = np.append(hashes[1:] != hashes[:-1], True)  # a word of both has its own key behind the other
        last &= hashes != _LAST
        kinds, kind = np.unique(keys[last], return_inverse=True)
        self._hashes = SortedHashes(np.append(hashes[last], _LAST))
        self._base_of = np.append(kind + _N_BASES, Base.UNKNOWN).astype(np.uint16)
        traits = np.zeros(_N_BASES + len(kinds), np.uint64)
        traits[[Base.UNKNOWN, Base.SHORT]] = Trait.WORD
        traits[Base.REST] = Trait.WORD | Trait.KNOWN
        traits[Base.PHRASE : _N_BASES] = [
            trait | Trait.WORD | Trait.KNOWN for trait in PHRASE_TRAITS.values()
        ]
        traits[_N_BASES:] = kinds & _TRAIT_BITS
        membership = {name: np.zeros(len(traits), np.bool_) for name in lists}
        names_of = list(groups)
        for at, number in enumerate((kinds >> _GROUP_SHIFT).tolist()):
            for name in names_of[number]:
                membership[name][_N_BASES + at] = True
        return traits, membership


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


def _bits(members: _Set, size: int) -> npt.NDArray[np.bool_]:
    packed = np.frombuffer(members.to_bytes(-(-size // 8), "little"), np.uint8)
    return np.unpackbits(packed, count=size, bitorder="little").view(np.bool_)


def _options(expression: str) -> list[list[tuple[bool, str]]]:
    """The options of which one must hold: terms that must all hold, and whether negated."""
    return [
        [(term.startswith("!"), term.removeprefix("!")) for term in option.split("&")]
        for option in expression.removeprefix("~").split("/")
    ]
