"""Sentences with one marked word each: names that are words, and words of the field."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import NamedTuple

from ppdarchive.model.span import Span

from .grammar import FOLDER

_MARK = re.compile(r"\{(.*?)\}")


class Marked(NamedTuple):
    """A sentence and where its words in question stand."""

    text: str
    places: tuple[tuple[int, int], ...]


class Pair(NamedTuple):
    """One word: a sentence in which it is a name, and one in which it is a word."""

    word: str
    as_name: Marked
    as_word: Marked


def marked(line: str) -> Marked:
    """Read a line whose words in question stand in braces."""
    text, places, last = "", [], 0
    for match in _MARK.finditer(line):
        text += line[last : match.start()]
        places.append((len(text), len(text) + len(match[1])))
        text += match[1]
        last = match.end()
    return Marked(text + line[last:], tuple(places))


@cache
def pairs() -> tuple[Pair, ...]:
    """The table of names that are words."""
    with (FOLDER / "name_words.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return tuple(Pair(word, marked(name), marked(own)) for word, name, own in rows)


@cache
def field_sentences() -> tuple[Marked, ...]:
    """Words of the programme and of the field, which stay."""
    lines = (FOLDER / "field_words.txt").read_text("utf-8").splitlines()
    return tuple(marked(line) for line in lines if line and not line.startswith("#"))


def covers(spans: list[Span], sentence: Marked) -> bool:
    """Whether every letter and digit in question is covered."""
    covered = {at for span in spans for at in range(span.start, span.end)}
    own = [at for start, end in sentence.places for at in range(start, end) if sentence.text[at].isalnum()]
    return covered.issuperset(own)


def touches(spans: list[Span], sentence: Marked) -> bool:
    """Whether any character in question is covered."""
    return any(span.start < end and start < span.end for span in spans for start, end in sentence.places)
