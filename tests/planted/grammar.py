"""Sentences with choices and slots, expanded into pieces.

``[one|other|]`` is a choice, and may be nested; ``{slot}`` is filled by the caller, ``{slot=kind}`` under
another kind; what stands in ``<...>`` is neutral: to mask it is neither asked for nor wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text.

    Attributes
    ----------
    text : str
    category, kind : str
        Of an identifier; empty otherwise.
    form : str
        How a name is written: ``exact``, ``misspelt``, ...
    is_listed : bool
        Whether the study's contact list has it.
    is_neutral : bool
        Neither asked for nor wrong to mask.
    """

    text: str
    category: str = ""
    kind: str = ""
    form: str = ""
    is_listed: bool = False
    is_neutral: bool = False


Fill = Callable[[str], list[Piece]]
Node = str | tuple[str, str] | list["list[Node]"]
_TOKEN = re.compile(r"[\[\]|<>]|\{[^}]*\}|[^\[\]|<>{]+")


@cache
def sections(name: str) -> dict[str, list[str]]:
    """The lines of a file by the section they stand in; comments and empty lines left out."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("== "):
            current = found.setdefault(line[3:].strip(), [])
        elif line.strip() and not line.startswith("# "):
            current.append(line)
    return found


def parse(template: str) -> list[Node]:
    """Read one template.

    Raises
    ------
    ValueError
        If brackets do not match.
    """
    tokens = _TOKEN.findall(template.replace("\\n", "\n"))
    nodes, at = _sequence(tokens, 0, depth=0)
    if at != len(tokens):
        raise ValueError(f"brackets do not match in {template!r}")
    return nodes


def _sequence(tokens: list[str], at: int, *, depth: int) -> tuple[list[Node], int]:
    nodes: list[Node] = []
    while at < len(tokens):
        token = tokens[at]
        if token in "|]" and depth:
            break
        at += 1
        if token == "[":
            options: list[list[Node]] = []
            while True:
                option, at = _sequence(tokens, at, depth=depth + 1)
                options.append(option)
                if at >= len(tokens):
                    raise ValueError("a choice is not closed")
                at += 1
                if tokens[at - 1] == "]":
                    break
            nodes.append(options)
        elif token in "|]":
            raise ValueError("a choice is closed that was never opened")
        elif token.startswith("{"):
            slot, _, kind = token[1:-1].partition("=")
            nodes.append((slot, kind))
        else:
            nodes.append(token)
    return nodes, at


def expand(nodes: list[Node], rng: Random, fill: Fill) -> list[Piece]:
    """One reading of a template: its pieces, with single spaces between words."""
    pieces: list[Piece] = []
    _expand(nodes, rng, fill, pieces, is_neutral=False)
    return _tidy(pieces)


def _expand(nodes: list[Node], rng: Random, fill: Fill, pieces: list[Piece], *, is_neutral: bool) -> bool:
    for node in nodes:
        if node == "<":
            is_neutral = True
        elif node == ">":
            is_neutral = False
        elif isinstance(node, str):
            pieces.append(Piece(node, is_neutral=is_neutral))
        elif isinstance(node, tuple):
            slot, kind = node
            filled = fill(slot)
            pieces.extend(replace(piece, kind=kind) if kind and piece.category else piece for piece in filled)
        else:
            is_neutral = _expand(rng.choice(node), rng, fill, pieces, is_neutral=is_neutral)
    return is_neutral


def _tidy(pieces: list[Piece]) -> list[Piece]:
    """The pieces without empty ones, doubled spaces, and spaces before punctuation or at the ends."""
    kept: list[Piece] = []
    for piece in pieces:
        text = piece.text
        if not piece.category:
            text = re.sub(r" {2,}", " ", text)
            if not kept or kept[-1].text.endswith((" ", "\n")):
                text = text.lstrip(" ")
            if kept and re.match(r"[,.!?]", text):
                last = kept[-1]
                kept[-1] = replace(last, text=last.text.rstrip(" "))
            text = re.sub(r" +([,.!?])", r"\1", text)
        if text:
            kept.append(replace(piece, text=text))
    while kept and not kept[-1].category and not kept[-1].text.rstrip(" ,"):
        kept.pop()
    if kept and not kept[-1].category:
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(" ,"))
    return [piece for piece in kept if piece.text]
