"""Texts in which a person marked what identifies: JSON lines, or brat's standoff files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ppdarchive.errors import TextError

_BRAT: Final = re.compile(r"T\d+\t(?P<label>\S+) (?P<places>\d+ \d+(?:;\d+ \d+)*)(?:\t.*)?")
_LINE_END: Final = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Mention:
    """A range of a text that identifies.

    Attributes
    ----------
    start, end : int
        Code points, half-open.
    category : str
        In the annotators' own words.
    """

    start: int
    end: int
    category: str


@dataclass(frozen=True, slots=True, repr=False)
class GoldText:
    """A text and what a person marked in it; mentions may overlap."""

    text: str
    mentions: tuple[Mention, ...]

    def __repr__(self) -> str:
        return f"<GoldText: {len(self.mentions)} mentions>"


def read_gold(lines: Iterable[str], *, path: str) -> tuple[GoldText, ...]:
    r"""Read JSON lines, each ``{"text": ..., "spans": [[start, end, category], ...]}``.

    Parameters
    ----------
    lines : iterable of str
        A file opened as text, for example. Blank lines count for nothing.
    path : str
        What messages call the file.

    Raises
    ------
    TextError
        ``text.gold`` with the line, if one is something else or marks what lies outside its text;
        ``text.gold-empty`` if there is no text.

    Examples
    --------
    >>> read_gold(['{"text": "Ask Anna", "spans": [[4, 8, "NAME"]]}'], path="gold.jsonl")[0].mentions
    (Mention(start=4, end=8, category='NAME'),)
    """
    texts: list[GoldText] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            own = _understood(line)
            if isinstance(own, str):
                raise TextError("text.gold", path=path, line=number, reason=own)
            texts.append(own)
    if not texts:
        raise TextError("text.gold-empty", path=path)
    return tuple(texts)


def _understood(line: str) -> GoldText | str:
    """The text of a line, or what is wrong with it; never its words."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        return "no text under the key text"
    spans = document.get("spans")
    if not isinstance(spans, list):
        return "no list under the key spans"
    mentions: list[Mention] = []
    for span in spans:
        match span:
            case [int(start), int(end), str(category), *_] if category.strip():
                if not 0 <= start < end <= len(document["text"]):
                    return "a span that is empty or lies outside its text"
                mentions.append(Mention(start, end, category))
            case _:
                return "a span that is not start, end and category"
    return GoldText(document["text"], tuple(mentions))


def read_brat(text: str, annotations: str, *, path: str) -> GoldText:
    r"""Read one text and its brat annotations; of those, the marked ranges.

    A range in several pieces becomes several mentions. Relations, events, attributes and notes say
    nothing here.

    Parameters
    ----------
    text : str
        The ``.txt`` file, as it was annotated: its line ends count.
    annotations : str
        The ``.ann`` file.
    path : str
        What messages call the ``.ann`` file.

    Raises
    ------
    TextError
        ``text.gold`` if a marked range makes no sense or lies outside the text.

    References
    ----------
    brat rapid annotation tool, "brat standoff format".

    Examples
    --------
    >>> read_brat("Ask Anna", "T1\tPER 4 8\tAnna\n", path="1.ann").mentions
    (Mention(start=4, end=8, category='PER'),)
    """
    mentions: list[Mention] = []
    for number, line in enumerate(_LINE_END.sub("\n", annotations).split("\n"), start=1):
        if not line.startswith("T"):
            continue
        match = _BRAT.fullmatch(line)
        places = [] if match is None else [place.split() for place in match["places"].split(";")]
        ranges = [(int(start), int(end)) for start, end in places]
        if match is None or not all(0 <= start < end <= len(text) for start, end in ranges):
            reason = "a span that is empty or lies outside its text" if match else "not a range of brat's"
            raise TextError("text.gold", path=path, line=number, reason=reason)
        mentions += [Mention(start, end, match["label"]) for start, end in ranges]
    return GoldText(text, tuple(mentions))
