"""Strings that are looked at together, and where each stands; of many only digests are held."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a string stands: the file, and where in it."""

    file: str
    where: str


@dataclass(frozen=True, slots=True, repr=False)
class Strings:
    """Strings that are looked at together.

    Attributes
    ----------
    kind : {"cells", "words", "names"}
        Cells of one column; words about the data; names of files and folders.
    by_place : mapping of Place to mapping of str to str
        At each place its strings as they are looked at.
    table, field : str
        Of cells.
    is_number : bool
        Whether the column holds numbers.
    """

    kind: Literal["cells", "words", "names"]
    by_place: Mapping[Place, frozenset[str]]
    table: str = ""
    field: str = ""
    is_number: bool = False

    def __repr__(self) -> str:
        return f"<Strings: {self.kind} of {len(self.by_place)} places>"

    def distinct(self) -> Iterator[str]:
        """Each string once, in an order of their own."""
        yield from sorted(frozenset().union(*self.by_place.values()))

    def mark(self, text: str) -> Hashable:
        """What stands for a string where places are asked for and strings counted."""
        return text

    def places(self, mark: Hashable) -> list[Place]:
        """Where a string stands, by its mark."""
        return [place for place, own in self.by_place.items() if mark in own]


@dataclass(frozen=True, slots=True, repr=False)
class ManyStrings:
    """Strings that are looked at together, too many to be in memory: each is read, and forgotten.

    Attributes
    ----------
    kind, table, field, is_number
        As of `Strings`.
    by_place : mapping of Place to callable
        At each place what reads its strings, some at a time.
    """

    kind: Literal["cells", "words", "names"]
    by_place: Mapping[Place, Callable[[], Iterator[Sequence[str]]]]
    table: str = ""
    field: str = ""
    is_number: bool = False
    # For each string that was read, by its digest, the places where it stands, as bits.
    _seen: dict[bytes, int] = dataclasses.field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<ManyStrings: {self.kind} of {len(self.by_place)} places>"

    def distinct(self) -> Iterator[str]:
        """Each string once, in the order in which they stand."""
        for number, read in enumerate(self.by_place.values()):
            for texts in read():
                for text in texts:
                    mark = self.mark(text)
                    before = self._seen.get(mark, 0)
                    self._seen[mark] = before | 1 << number
                    if not before:
                        yield text

    def mark(self, text: str) -> bytes:
        """What is remembered of a string."""
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def places(self, mark: Hashable) -> list[Place]:
        """Where a string stands, by its mark; known when all have been read."""
        bits = self._seen.get(mark, 0) if isinstance(mark, bytes) else 0
        return [place for number, place in enumerate(self.by_place) if bits >> number & 1]
