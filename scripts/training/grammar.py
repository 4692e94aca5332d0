r"""Sentences with alternatives, slots and labels: read once, said many times.

The notation of `templates/*.txt`::

    == name                 what follows are the ways to say {name}, one a line
    == name NAME            ... and each is an identifier of that category
    == name words           ... here many on a line, with ; between them
    [one|other|]            one of the alternatives, which may be empty
    {slot}                  another section of this file or of the shared ones, or a drawn name
    {slot*1-4}              so many of them, joined as sentences are
    {slot*1-4,}             joined by what stands behind the comma, here nothing; "\\n" is a line break
    <O:Acme {slot}>         what identifies: N name, L location, F facility, O organization,
                            M military, D date, A age, C contact, I id, V ip, P profession,
                            X other, ? neither right nor wrong
    3% ...                  this line three times as often as others
    # ...                   a comment, if the line begins with it and a space

A backslash before a sign makes it plain. A slot inside of an identifier is only its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final, TypeAlias

from scripts.training.document import Document, Label

CODES: Final = {
    "N": "NAME",
    "L": "LOCATION",
    "F": "FACILITY",
    "O": "ORGANIZATION",
    "M": "MILITARY",
    "D": "DATE",
    "A": "AGE",
    "C": "CONTACT",
    "I": "ID",
    "V": "IP",
    "P": "PROFESSION",
    "X": "OTHER",
    "?": "",
}

Draw: TypeAlias = Callable[[Random], str]
"""Draws a name, a number or the like."""


def read_sections(path: Path) -> dict[str, list[str]]:
    """Read a file of lists of words: section to words, in order."""
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        header = _HEADER.match(line)
        if header:
            words = sections.setdefault(header[1], [])
        elif not line.startswith("# "):
            words += [word.strip() for word in line.split(";") if word.strip()]
    return sections


class Section:
    """The ways to say one thing.

    Attributes
    ----------
    label : str or None
        The category of each, if they identify; ``""`` if they are neither right nor wrong.
    ways : list
        Nodes of each way; a way that is plain text is a string.
    draw : callable or None
        Draws one instead.
    """

    __slots__ = ("draw", "label", "name", "ways")

    def __init__(self, name: str, label: str | None = None, draw: Draw | None = None) -> None:
        self.name = name
        self.label = label
        self.draw = draw
        self.ways: list[Nodes | str] = []


@dataclass(frozen=True, slots=True)
class _Choice:
    ways: tuple[Nodes | str, ...]


@dataclass(frozen=True, slots=True)
class _Labelled:
    label: str
    nodes: Nodes


@dataclass(frozen=True, slots=True)
class _Repeated:
    section: Section
    least: int
    most: int
    joint: str | None


Node: TypeAlias = "str | Section | _Choice | _Labelled | _Repeated"
Nodes: TypeAlias = tuple[Node, ...]

_TOKEN: Final = re.compile(r"\\.|[\[\]|>]|<[NLFOMDACIVPX?]:|\{[^}]*\}|[^\\\[\]|{<>]+|<", re.DOTALL)
_HEADER: Final = re.compile(r"== (\w+)(?: (\w+|\?))?$")
_WEIGHT: Final = re.compile(r"(\d+)% ")


@dataclass(slots=True)
class Grammar:
    """Sections by name; those of a genre are looked up before the shared ones.

    Attributes
    ----------
    sections : dict
        ``(genre, name)`` to section; the genre of shared sections is ``""``.
    n_lines : int
        Templates read, lists of words not counted.
    """

    sections: dict[tuple[str, str], Section] = field(default_factory=dict)
    n_lines: int = 0

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        shared: Iterable[str],
        lists: Iterable[str],
        draws: Mapping[str, tuple[str | None, Draw]],
    ) -> Grammar:
        """Read every template file of a folder.

        Parameters
        ----------
        folder : Path
        shared : iterable of str
            Names of the files whose sections every genre sees.
        lists : iterable of str
            Names of the files that hold lists for `draws` only.
        draws : mapping
            Slot to its label and what draws it.

        Raises
        ------
        ValueError
            With file and line, if brackets do not match or a slot is unknown.
        """
        grammar = cls()
        for name, (label, draw) in draws.items():
            grammar.sections["", name] = Section(name, label, draw)
        raw: list[tuple[str, Section, str, str]] = []
        shared, lists = frozenset(shared), frozenset(lists)
        for path in sorted(folder.glob("*.txt")):
            if path.stem in lists:
                continue
            genre = "" if path.stem in shared else path.stem
            raw += grammar._outline(path, genre)
        for genre, section, line, place in raw:
            weight = _WEIGHT.match(line)
            reader = _Reader(grammar, genre, line[weight.end() :] if weight else line, place)
            section.ways += [reader.read()] * (int(weight[1]) if weight else 1)
        return grammar

    def _outline(self, path: Path, genre: str) -> Iterable[tuple[str, Section, str, str]]:
        section: Section | None = None
        listed = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            place = f"{path.name}:{number}"
            if not line.strip() or line.startswith("# "):
                continue
            header = _HEADER.match(line)
            if header:
                name, kind = header[1], header[2]
                listed = kind == "words"
                label = None if kind is None or listed else "" if kind == "?" else kind
                if label and label not in CODES.values():
                    raise ValueError(f"{place}: no category {label}")
                section = self.sections.setdefault((genre, name), Section(name, label))
            elif section is None:
                raise ValueError(f"{place}: a line before the first section")
            elif listed:
                for item in line.split(";"):
                    if item.strip():
                        yield genre, section, item.strip(), place
            else:
                self.n_lines += 1
                yield genre, section, line, place

    def find(self, genre: str, name: str) -> Section:
        """The section that a slot of a genre means.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self.sections.get((genre, name)) or self.sections["", name]

    def genres(self) -> list[str]:
        """The genres that say whole documents, sorted."""
        return sorted(genre for genre, name in self.sections if name == "document" and genre)


class _Reader:
    """One template line while it is read."""

    def __init__(self, grammar: Grammar, genre: str, line: str, place: str) -> None:
        self.grammar = grammar
        self.genre = genre
        self.place = place
        self.tokens = _TOKEN.findall(line)
        self.at = 0

    def read(self) -> Nodes | str:
        nodes = self._sequence("")
        if self.at < len(self.tokens):
            raise ValueError(f"{self.place}: {self.tokens[self.at]} closes nothing")
        return _plain(nodes)

    def _sequence(self, closing: str) -> Nodes:
        nodes: list[Node] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token in closing:
                return tuple(nodes)
            self.at += 1
            if token == "[":
                nodes.append(self._choice())
            elif len(token) == 3 and token[0] == "<":
                inner = self._sequence(">")
                self._close(">")
                nodes.append(_Labelled(CODES[token[1]], inner))
            elif token[0] == "{":
                nodes.append(self._slot(token[1:-1]))
            elif token == "]":
                raise ValueError(f"{self.place}: ] closes nothing")
            else:
                text = _said(token)
                if nodes and isinstance(nodes[-1], str):
                    nodes[-1] += text
                else:
                    nodes.append(text)
        return tuple(nodes)

    def _choice(self) -> _Choice:
        ways: list[Nodes | str] = []
        while True:
            ways.append(_plain(self._sequence("|]")))
            if self.at < len(self.tokens) and self.tokens[self.at] == "|":
                self.at += 1
                continue
            self._close("]")
            return _Choice(tuple(ways))

    def _close(self, sign: str) -> None:
        if self.at >= len(self.tokens) or self.tokens[self.at] != sign:
            raise ValueError(f"{self.place}: {sign} is missing")
        self.at += 1

    def _slot(self, inside: str) -> Node:
        name, star, times = inside.partition("*")
        try:
            section = self.grammar.find(self.genre, name)
        except KeyError:
            raise ValueError(f"{self.place}: no slot {name}") from None
        if not star:
            return section
        numbers, comma, joint = times.partition(",")
        least, _, most = numbers.partition("-")
        return _Repeated(section, int(least), int(most or least), _said(joint) if comma else None)


def _plain(nodes: Nodes) -> Nodes | str:
    if not nodes:
        return ""
    return nodes[0] if len(nodes) == 1 and isinstance(nodes[0], str) else nodes


def _said(text: str) -> str:
    return text.replace("\\n", "\n").replace("\\", "")


_CLOSING: Final = frozenset(",.!?;:)")
_LOOSE: Final = frozenset(" \n")
_FACE: Final = re.compile(r"[:;)][)(DPp/-]")


@dataclass(frozen=True, slots=True)
class Joints:
    """How one writer's sentences meet.

    Attributes
    ----------
    stop : str
        Behind a sentence that has no mark at its end.
    gap : str
        Between a mark and the next sentence.
    padding : float
        Chance, from 0 and below 1, of a sentence of the section ``clean`` between two others.
    """

    stop: str = "."
    gap: str = " "
    padding: float = 0.0


def say(grammar: Grammar, genre: str, rng: Random, joints: Joints, *, start: str = "document") -> Document:
    """Say one document of a genre.

    Parameters
    ----------
    grammar : Grammar
    genre : str
    rng : Random
    joints : Joints
    start : str
        The section to begin with.
    """
    saying = _Saying(rng, joints, grammar.find(genre, "clean") if joints.padding else None)
    saying.section(grammar.find(genre, start))
    text = "".join(saying.pieces)
    return Document(text.rstrip(), saying.spans, genre, saying.ignored or ())


class _Saying:
    """One document while it is said."""

    __slots__ = ("clean", "ignored", "inside", "joints", "length", "pieces", "random", "rng", "spans")

    def __init__(self, rng: Random, joints: Joints, clean: Section | None) -> None:
        self.clean = clean
        self.rng = rng
        self.random = rng.random
        self.joints = joints
        self.pieces: list[str] = []
        self.spans: list[Label] = []
        self.ignored: list[tuple[int, int]] = []
        self.length = 0
        self.inside = False

    def section(self, section: Section) -> None:
        label = section.label
        if label is None or self.inside:
            self._section(section)
        else:
            self.labelled(label, section)

    def _section(self, section: Section) -> None:
        if section.draw is not None:
            self.text(section.draw(self.rng))
        else:
            ways = section.ways
            self.walk(ways[int(self.random() * len(ways))])

    def labelled(self, label: str, what: Section | Nodes) -> None:
        # A text that begins with a space would move the start: the pieces before are final now.
        self.inside = True
        start = self.length
        if isinstance(what, Section):
            self._section(what)
        else:
            self.walk(what)
        self.inside = False
        if self.length > start:
            if label:
                self.spans.append((start, self.length, label))
            else:
                self.ignored.append((start, self.length))

    def walk(self, nodes: Nodes | str) -> None:
        if isinstance(nodes, str):
            self.text(nodes)
            return
        for node in nodes:
            if isinstance(node, str):
                self.text(node)
            elif isinstance(node, Section):
                self.section(node)
            elif isinstance(node, _Choice):
                ways = node.ways
                self.walk(ways[int(self.random() * len(ways))])
            elif isinstance(node, _Labelled):
                if self.inside:
                    self.walk(node.nodes)
                else:
                    self.labelled(node.label, node.nodes)
            else:
                self.repeated(node)

    def repeated(self, node: _Repeated) -> None:
        times = node.least + int(self.random() * (node.most - node.least + 1))
        for number in range(times):
            if number:
                if node.joint is not None:
                    self.text(node.joint)
                else:
                    self.join()
            if node.joint is None and self.clean is not None:
                self.pad(self.clean)
            self.section(node.section)

    def pad(self, clean: Section) -> None:
        while self.random() < self.joints.padding:
            self.section(clean)
            self.join()

    def join(self) -> None:
        last = next((piece for piece in reversed(self.pieces) if piece), "")
        ended = last.endswith((".", "!", "?", ")", "…", "\n", ":"))
        self.text(self.joints.gap if ended else self.joints.stop + self.joints.gap)

    def text(self, text: str) -> None:
        pieces = self.pieces
        if text[:4].lower() == "the " and pieces and pieces[-1][-4:].lower() in ("the ", " the"):
            text = text[4:]
        if text and text[0] == " " and (not pieces or pieces[-1][-1] in _LOOSE):
            # An alternative was empty: close the gap that it left.
            text = text[1:]
        is_mark = text[:1] in _CLOSING and not _FACE.match(text)
        if text and is_mark and pieces and pieces[-1][-1] == " " and self._free():
            pieces[-1] = pieces[-1][:-1]
            self.length -= 1
            if not pieces[-1]:
                pieces.pop()
        if text:
            pieces.append(text)
            self.length += len(text)

    def _free(self) -> bool:
        """Whether the last sign said is outside of all labels, so that it can be taken back."""
        if self.inside:
            return False
        spans, ignored = self.spans, self.ignored
        return not (spans and spans[-1][1] == self.length) and not (ignored and ignored[-1][1] == self.length)
