"""Patterns over words: a small notation, and what it compiles to.

A pattern is read word by word. What stands in it:

- ``coach``, ``,``: that word or sign, in any case
- ``KIN``: a class of words (`ppdarchive.detectors.phrases.classes`)
- ``at/in/FROM``: any of them; ``NAME&!KIN/in``: the first and not the second, or the third
- ``~s``: joined to what stands before it, as the s in "Anna's" is to the apostrophe
- ``( a b | c )``, ``x?``, ``x{1,3}``: groups, alternatives, repetition; the longest match counts
- ``<`` and ``>``: where the span begins and ends
- ``@hospital``, ``@( a | b )``: the anchor, where the search begins; without one it is the first word

Repetition is bounded, so a pattern sees no more than a few words around its anchor, and the cost of a
text is linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

Members = bytes
"""Which symbols belong to a class: a 1 for each that does, a 0 for each that does not."""

Marks = tuple[int | None, int | None]
"""Where a span begins and ends, so far as is known."""

Search = Callable[[Sequence[int], int], Marks | None]
"""From symbols and a place, the marks of a match; None where there is none."""

_PIECE: Final = re.compile(r"[()<>|?]|\{[0-9](?:,[0-9])?\}|[^\s()<>|?{}]+")
REACH: Final = 3
"""How many words on either side of the anchor are looked at before a pattern is tried."""


@dataclass(frozen=True, slots=True)
class Item:
    """One word: an expression of classes."""

    expression: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the span begins, or ends."""

    opens: bool


@dataclass(frozen=True, slots=True)
class Some:
    """A node repeated."""

    node: Node
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Either:
    """Alternatives."""

    options: tuple[tuple[Node, ...], ...]


Node = Item | Mark | Some | Either


@dataclass(frozen=True)
class Pattern:
    """A parsed pattern: what stands before its anchor, and what stands from the anchor on.

    Attributes
    ----------
    source : str
    left, right : tuple of Node
    """

    source: str
    left: tuple[Node, ...]
    right: tuple[Node, ...]

    @classmethod
    def of(cls, source: str) -> Pattern:
        """Parse the notation.

        Raises
        ------
        ValueError
            If it cannot be read, or has not one beginning and one end of a span.
        """
        pieces = _PIECE.findall(source)
        if "".join(pieces) != "".join(source.split()) or (pieces.count("<"), pieces.count(">")) != (1, 1):
            raise ValueError(f"not a pattern: {source}")
        anchors = [at + (piece == "@") for at, piece in enumerate(pieces) if piece.startswith("@")]
        stack = pieces[::-1]
        nodes, places = _sequence(stack)
        if stack or len(anchors) > 1:
            raise ValueError(f"not a pattern: {source}")
        first = next((i for i, node in enumerate(nodes) if not isinstance(node, Mark)), 0)
        at = places.index(len(pieces) - anchors[0]) if anchors else first
        return cls(source, tuple(nodes[:at]), tuple(nodes[at:]))

    @cached_property
    def expressions(self) -> frozenset[str]:
        """The expressions of classes in it."""
        return frozenset(_expressions((*self.left, *self.right)))

    def around(self) -> dict[int, frozenset[str] | None]:
        """The expressions that can stand at each place from the anchor; None where any word can."""
        right = _near(self.right, REACH + 1)
        left = _near(_reversed(self.left), REACH)
        return {**dict(enumerate(right)), **{-1 - nth: own for nth, own in enumerate(left)}}

    def compiled(self, members: Callable[[str], Members]) -> Matcher:
        """The pattern as a search.

        Parameters
        ----------
        members : callable
            Which symbols belong to an expression.
        """
        return Matcher(
            _search(_reversed(self.left), members, _done, step=-1),
            _search(self.right, members, _done, step=1),
        )


@dataclass(frozen=True, slots=True)
class Matcher:
    """A pattern compiled: what is before the anchor is matched backwards."""

    left: Search
    right: Search

    def span(self, symbols: Sequence[int], at: int) -> tuple[int, int] | None:
        """The span around the anchor, half-open; None where the pattern does not match.

        Parameters
        ----------
        symbols : sequence of int, length n
        at : int
            Where the anchor stands.
        """
        after = self.right(symbols, at)
        if after is None:
            return None
        before = self.left(symbols, at - 1)
        if before is None:
            return None
        start, end = before[0] if after[0] is None else after[0], before[1] if after[1] is None else after[1]
        return None if start is None or end is None else (start, end)


def _done(_: Sequence[int], __: int) -> Marks:
    return None, None


def _search(nodes: Sequence[Node], members: Callable[[str], Members], then: Search, *, step: int) -> Search:
    """What matches a sequence from a place on, in one direction, and then goes on with another search."""
    for node in reversed(nodes):
        match node:
            case Item():
                then = _item(members(node.expression), then, step)
            case Mark():
                then = _mark(node.opens, then, 0 if step > 0 else 1)
            case Some():
                last = then
                for _ in range(node.least, node.most):
                    then = _perhaps(node.node, members, then, last, step)
                for _ in range(node.least):
                    then = _search((node.node,), members, then, step=step)
            case Either():
                then = _first(node.options, members, then, step)
    return then


def _item(own: Members, then: Search, step: int) -> Search:
    def search(symbols: Sequence[int], at: int) -> Marks | None:
        return then(symbols, at + step) if own[symbols[at]] else None

    return search


def _mark(opens: bool, then: Search, shift: int) -> Search:
    def search(symbols: Sequence[int], at: int) -> Marks | None:
        found = then(symbols, at)
        if found is None:
            return None
        return (at + shift, found[1]) if opens else (found[0], at + shift)

    return search


def _perhaps(node: Node, members: Callable[[str], Members], then: Search, last: Search, step: int) -> Search:
    """A node and then one search, or else another search alone."""
    if isinstance(node, Item):
        own = members(node.expression)

        def search_word(symbols: Sequence[int], at: int) -> Marks | None:
            if own[symbols[at]]:
                found = then(symbols, at + step)
                if found is not None:
                    return found
            return last(symbols, at)

        return search_word
    one = _search((node,), members, then, step=step)

    def search(symbols: Sequence[int], at: int) -> Marks | None:
        found = one(symbols, at)
        return last(symbols, at) if found is None else found

    return search


def _first(
    options: Sequence[tuple[Node, ...]], members: Callable[[str], Members], then: Search, step: int
) -> Search:
    """The first option that matches, and what follows with it."""
    heads = [option[0] for option in options if option]
    words = [head.expression for head in heads if isinstance(head, Item)]
    if len(words) == len(options):
        # The first word tells most options apart before any of them is tried.
        rests = [_search(option[1:], members, then, step=step) for option in options]
        pairs = tuple(zip(map(members, words), rests, strict=True))

        def search_word(symbols: Sequence[int], at: int) -> Marks | None:
            symbol = symbols[at]
            for own, rest in pairs:
                if own[symbol]:
                    found = rest(symbols, at + step)
                    if found is not None:
                        return found
            return None

        return search_word
    searches = tuple(_search(option, members, then, step=step) for option in options)

    def search(symbols: Sequence[int], at: int) -> Marks | None:
        for option in searches:
            found = option(symbols, at)
            if found is not None:
                return found
        return None

    return search


def _sequence(stack: list[str]) -> tuple[list[Node], list[int]]:
    """The nodes up to the end or a bracket or bar that is not theirs, and where each began."""
    nodes: list[Node] = []
    places: list[int] = []
    while stack and stack[-1] not in ")|":
        place = len(stack)
        piece = stack.pop()
        if piece == "@":
            continue
        if piece in "<>":
            nodes.append(Mark(piece == "<"))
        elif piece == "(":
            options = [tuple(_sequence(stack)[0])]
            while stack and stack[-1] == "|":
                stack.pop()
                options.append(tuple(_sequence(stack)[0]))
            if not stack or stack.pop() != ")":
                raise ValueError("a bracket is open")
            nodes.append(_either(options))
        elif piece == "?" or piece.startswith("{"):
            if not nodes:
                raise ValueError("nothing to repeat")
            least, _, most = ("0,1" if piece == "?" else piece.strip("{}")).partition(",")
            nodes[-1] = Some(nodes[-1], int(least), int(most or least))
            continue
        else:
            nodes.append(Item(piece.removeprefix("@")))
        places.append(place)
    return nodes, places


def _either(options: Sequence[tuple[Node, ...]]) -> Node:
    """Alternatives; those that are one word each are one word's classes."""
    words = [option[0].expression for option in options if len(option) == 1 and isinstance(option[0], Item)]
    if len(words) == len(options) and not any(word.startswith("~") for word in words):
        return Item("/".join(words))
    return Either(tuple(options))


def _reversed(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """The nodes from the end."""
    return tuple(_turned(node) for node in reversed(nodes))


def _turned(node: Node) -> Node:
    match node:
        case Some():
            return Some(_turned(node.node), node.least, node.most)
        case Either():
            return Either(tuple(_reversed(option) for option in node.options))
        case _:
            return node


def _expressions(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Item():
                yield node.expression
            case Some():
                yield from _expressions((node.node,))
            case Either():
                for option in node.options:
                    yield from _expressions(option)


def _near(nodes: Sequence[Node], most: int) -> list[frozenset[str] | None]:
    """The expressions that can stand at each of the first places of a sequence; None where any word can."""
    found: list[set[str]] = [set() for _ in range(most)]
    ends = _walk(nodes, {0}, found)
    return [None if any(end <= place for end in ends) else frozenset(own) for place, own in enumerate(found)]


def _walk(nodes: Sequence[Node], places: set[int], found: list[set[str]]) -> set[int]:
    """Note what can stand where if a sequence begins at some places, and where it may end."""
    for node in nodes:
        match node:
            case Item():
                for place in places:
                    found[place].add(node.expression)
                places = {place + 1 for place in places if place + 1 < len(found)}
            case Some():
                ends = places if node.least == 0 else set[int]()
                for nth in range(1, node.most + 1):
                    places = _walk((node.node,), places, found)
                    ends = ends | places if nth >= node.least else ends
                places = ends
            case Either():
                places = set().union(*(_walk(option, places, found) for option in node.options))
    return places
