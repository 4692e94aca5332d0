"""Sentences with alternatives and slots: read once, rendered many times.

The notation stands at the top of `data/answers.txt`: ``[one|other|]`` is a choice, ``{slot}``
always holds an identifier, ``{slot~words}`` holds one in answers that identify and the words in
all others. Slots that are only words (``{he}``) identify nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from ppdarchive.synthetic.draft import Draft, Mark


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands in a slot: the identifier itself and harmless words before it ("the ")."""

    text: str
    category: str
    before: str = ""


Fill = Callable[[str, Random], Filling]
"""Fills a slot by its name."""


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    fallback: str | None


@dataclass(frozen=True, slots=True)
class _Choice:
    all: tuple[Sentence, ...]
    clean: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One template.

    Attributes
    ----------
    nodes : tuple
        Texts, slots and choices in order.
    can_be_clean : bool
        Whether it can be said without an identifier.
    """

    nodes: tuple[str | _Slot | _Choice, ...]
    can_be_clean: bool


_TOKEN = re.compile(r"[\[\]|]|\{[^}]*\}|[^\[\]|{]+")


def parse(template: str) -> Sentence:
    """Read one template.

    Raises
    ------
    ValueError
        If brackets do not match; templates are ours, so this is a defect of the package.

    >>> parse("ask [her|{coach}]").can_be_clean, parse("ask {coach}").can_be_clean
    (True, False)
    """
    tokens = _TOKEN.findall(template)
    sentence, rest = _sequence(tokens, 0, nested=False)
    if rest != len(tokens):
        raise ValueError(f"brackets do not match in {template!r}")
    return sentence


def _sequence(tokens: list[str], at: int, *, nested: bool) -> tuple[Sentence, int]:
    nodes: list[str | _Slot | _Choice] = []
    clean = True
    while at < len(tokens) and not (nested and tokens[at] in "|]"):
        token = tokens[at]
        at += 1
        if token == "[":
            choice, at = _choice(tokens, at)
            nodes.append(choice)
            clean = clean and bool(choice.clean)
        elif token == "]":
            raise ValueError("a choice is closed that was never opened")
        elif token.startswith("{"):
            name, tilde, fallback = token[1:-1].partition("~")
            slot = _Slot(name, fallback if tilde else None)
            nodes.append(slot)
            clean = clean and (slot.fallback is not None or name in WORDS)
        else:
            nodes.append(token)
    return Sentence(tuple(nodes), clean), at


def _choice(tokens: list[str], at: int) -> tuple[_Choice, int]:
    found: list[Sentence] = []
    while at < len(tokens):
        sentence, at = _sequence(tokens, at, nested=True)
        found.append(sentence)
        if at >= len(tokens):
            break
        at += 1
        if tokens[at - 1] == "]":
            return _Choice(tuple(found), tuple(s for s in found if s.can_be_clean)), at
    raise ValueError("a choice is not closed")


_PUNCTUATION = frozenset(",.!?")
_GAPLESS = frozenset(" ,.!?")

WORDS = frozenset({"he", "him", "his", "phe", "hubby"})
"""Slots that hold plain words and identify nobody."""

_NAMED = 0.6
"""Chance that an optional slot of an identifying answer holds the identifier."""


def render(
    sentence: Sentence,
    rng: Random,
    *,
    fill: Fill,
    words: Mapping[str, str],
    identifying: bool,
) -> Draft:
    """Draw one reading of a template.

    Parameters
    ----------
    sentence : Sentence
        If it cannot be clean, `identifying` must be true.
    rng : Random
    fill : callable
        Fills a slot with an identifier.
    words : mapping
        What the plain slots say, and replacements for fallback words such as "my husband".
    identifying : bool
        Whether identifiers may be planted.

    Returns
    -------
    Draft
        With spans; without segments.
    """
    reading = _Reading(rng, fill, words, identifying)
    reading.walk(sentence)
    return Draft("".join(reading.pieces).rstrip(), tuple(reading.spans))


class _Reading:
    """One sentence while it is being said."""

    __slots__ = ("fill", "identifying", "length", "pieces", "rng", "spans", "words")

    def __init__(self, rng: Random, fill: Fill, words: Mapping[str, str], identifying: bool) -> None:
        self.rng = rng
        self.fill = fill
        self.words = words
        self.identifying = identifying
        self.pieces: list[str] = []
        self.spans: list[Mark] = []
        self.length = 0

    def walk(self, sentence: Sentence) -> None:
        for node in sentence.nodes:
            if isinstance(node, str):
                self.say(node)
            elif isinstance(node, _Choice):
                options = node.all if self.identifying else node.clean
                self.walk(options[int(self.rng.random() * len(options))])
            elif node.name in WORDS:
                self.say(self.words[node.name])
            elif node.fallback is None or (self.identifying and self.rng.random() < _NAMED):
                self.plant(self.fill(node.name, self.rng))
            else:
                self.say(self.words.get(node.fallback, node.fallback))

    def plant(self, filling: Filling) -> None:
        self.say(filling.before)
        self.spans.append(Mark(self.length, self.length + len(filling.text), filling.category))
        self.say(filling.text)

    def say(self, text: str) -> None:
        pieces = self.pieces
        if text[:1] in _GAPLESS and (not pieces or pieces[-1].endswith(" ")):
            # An alternative was empty: close the gap that it left.
            text = text.removeprefix(" ")
            if pieces and text[:1] in _PUNCTUATION:
                pieces[-1] = pieces[-1][:-1]
                self.length -= 1
        if text:
            pieces.append(text)
            self.length += len(text)
