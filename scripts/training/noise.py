"""How people really type: capitals, slips, missing marks, signs; labels stay on what identifies."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, TypeAlias

from scripts.training.document import Change, Document, edit
from scripts.training.names import listed

Noise: TypeAlias = Callable[[Document, Random], Document]

_NEIGHBOURS: Final = dict(pair.split() for pair in listed("key"))
_EXACT: Final = frozenset({"CONTACT", "ID", "IP", "DATE"})
"""Kinds in which a slip makes another value."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?\n]*")
_EMOJI: Final = listed("emoji")
_FACES: Final = (
    ":)",
    ":-)",
    ":(",
    ";)",
    ":D",
    "lol",
    "haha",
    "xo",
    "<3",
    ":/",
    "=)",
    "^^",
    "!!",
    "...",
    "!!!",
    "??",
)
_SHORT: Final = {words[0]: words[1:] for words in map(str.split, listed("short"))}
_SHORTENABLE: Final = re.compile(r"\b(?:" + "|".join(sorted(_SHORT, key=len, reverse=True)) + r")\b")
_STRETCHABLE: Final = re.compile(
    r"\b(?:so|very|love|loved|really|way|no|too|please|yes|omg|hey|what|why|good|wow)\b"
)
_QUOTES: Final[Mapping[str, str]] = {"'": "’", '"': "”"}
_TOKEN: Final = re.compile(
    r"n['’]t\b|['’](?:s|m|re|ve|ll|d)\b|[^\W_]+|[@#]\w+|(?:https?://|www\.)\S+|\S", re.IGNORECASE
)


def _labelled(document: Document) -> list[tuple[int, int]]:
    return [(start, end) for start, end, label in document.spans if label in _EXACT]


def _exact(document: Document) -> Callable[[int], bool]:
    """Whether a position is in what must stay as it is; few ranges, so they are simply tried."""
    places = _labelled(document)
    return lambda at: any(start <= at < end for start, end in places)


def _recased(document: Document, text: str) -> Document:
    """The document with other capitals: a character whose other case is longer stays."""
    if len(text) != len(document.text):
        return document
    return Document(text, document.spans, document.genre, document.ignored)


def _mapped(text: str, case: Callable[[str], str]) -> str:
    changed = case(text)
    if len(changed) == len(text):
        return changed
    return "".join(other if len(other := case(c)) == 1 else c for c in text)


def lower(document: Document, rng: Random) -> Document:
    """Everything in small letters."""
    return _recased(document, _mapped(document.text, str.lower))


def upper(document: Document, rng: Random) -> Document:
    """Everything in capitals."""
    return _recased(document, _mapped(document.text, str.upper))


def upper_sentences(document: Document, rng: Random) -> Document:
    """Some sentences, or some words, shouted."""
    unit = _SENTENCE if rng.random() < 0.6 else _WORD
    share = 0.4 if unit is _SENTENCE else 0.12
    text = unit.sub(lambda m: _mapped(m[0], str.upper) if rng.random() < share else m[0], document.text)
    return _recased(document, text)


def title(document: Document, rng: Random) -> Document:
    """Every Word With A Capital, as some people write and headings are."""
    text = _WORD.sub(lambda m: _mapped(m[0][0], str.upper) + m[0][1:], document.text)
    return _recased(document, text)


def lower_names(document: Document, rng: Random) -> Document:
    """What identifies in small letters, the rest as it is."""
    text = document.text
    for start, end, label in document.spans:
        if label not in ("CONTACT", "ID") and rng.random() < 0.9:
            text = text[:start] + _mapped(text[start:end], str.lower) + text[end:]
    return _recased(document, text)


def upper_names(document: Document, rng: Random) -> Document:
    """Names in capitals, the rest as it is."""
    text = document.text
    for start, end, label in document.spans:
        if label not in ("CONTACT", "ID") and rng.random() < 0.8:
            text = text[:start] + _mapped(text[start:end], str.upper) + text[end:]
    return _recased(document, text)


def half_names(document: Document, rng: Random) -> Document:
    """Names of several words with a capital on the first only, or on some."""
    text = document.text
    for start, end, label in document.spans:
        if label not in ("CONTACT", "ID"):
            name = _WORD.sub(
                lambda m: m[0].lower() if m.start() and rng.random() < 0.7 else m[0], text[start:end]
            )
            text = text[:start] + (name if len(name) == end - start else text[start:end]) + text[end:]
    return _recased(document, text)


def random_capitals(document: Document, rng: Random) -> Document:
    """Capitals on some ordinary Words, as emphasis or by a keyboard that insists."""
    taken = [(start, end) for start, end, _ in document.spans]

    def risen(match: re.Match[str]) -> str:
        inside = any(start <= match.start() < end for start, end in taken)
        return match[0] if inside or rng.random() > 0.12 else match[0][0].upper() + match[0][1:]

    return _recased(document, _WORD.sub(risen, document.text))


def no_marks(document: Document, rng: Random) -> Document:
    """Without apostrophes, commas or full stops, some or all."""
    share = rng.choice((0.3, 0.7, 1.0, 1.0))
    marks = rng.choice(("'’", "'’", ",", ".,", ".,'’!?", ".,;:"))
    exact = _exact(document)
    text = document.text
    changes = []
    for at, sign in enumerate(text):
        if sign in marks and not exact(at) and rng.random() < share:
            between = (
                sign not in "'’"
                and 0 < at < len(text) - 1
                and not text[at + 1].isspace()
                and text[at - 1].isalnum()
            )
            if not (between and text[at + 1].isalnum()):
                changes.append((at, at + 1, ""))
    return edit(document, changes)


def slips(document: Document, rng: Random) -> Document:
    """Letters dropped, swapped, doubled or hit beside the key, in names too."""
    rate = rng.choice((0.004, 0.01, 0.02, 0.04))
    exact = _exact(document)
    text = document.text
    changes: list[Change] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start < 4 or rng.random() > rate * (end - start) or exact(start):
            continue
        at = rng.randrange(start + (rng.random() < 0.85), end - 1)
        here, there = text[at], text[at + 1]
        form = rng.randrange(4)
        if form == 0 and here.isalpha() and there.isalpha():
            changes.append((at, at + 2, there + here if here.islower() else there.upper() + here.lower()))
        elif form == 1:
            changes.append((at, at + 1, ""))
        elif form == 2:
            changes.append((at, at + 1, here + here.lower()))
        else:
            near = _NEIGHBOURS.get(here.lower(), here)
            hit = rng.choice(near)
            changes.append((at, at + 1, hit.upper() if here.isupper() else hit))
    return edit(document, changes)


def joined(document: Document, rng: Random) -> Document:
    """Some words joined, spaces doubled or broken, or none behind a mark."""
    text = document.text
    changes: list[Change] = []
    edges = {place for start, end, _ in document.spans for place in (start, end)}
    form = rng.randrange(4)
    for match in re.finditer(r"(?<=\S) (?=\S)", text):
        at = match.start()
        if (form == 0 and text[at - 1] in ",.!?;:" and rng.random() < 0.7) or (
            form == 1 and at not in edges and at + 1 not in edges and rng.random() < 0.08
        ):
            changes.append((at, at + 1, ""))
        elif form == 2 and rng.random() < 0.3:
            changes.append((at, at + 1, "  "))
        elif form == 3 and text[at - 1] in ",.!?" and rng.random() < 0.7:
            changes.append((at, at + 1, rng.choice(("\n", "\n\n", "   ", " \n"))))
    return edit(document, changes)


def wrapped(document: Document, rng: Random) -> Document:
    """Lines broken at a width, as mail programs do, in names too; perhaps quoted."""
    width = rng.choice((30, 40, 60, 72))
    mark = rng.choice(("\n", "\n", "\n", "\n> ", " \n", "=\n"))
    if any(mark.strip() and "\n" in document.text[start:end] for start, end, _ in document.spans):
        return document
    changes: list[Change] = []
    column = 0
    exact = _exact(document)
    inside = [(start, end) for start, end, _ in document.spans]
    for at, sign in enumerate(document.text):
        column = 0 if sign == "\n" else column + 1
        if sign == " " and column > width and not exact(at):
            name = any(start < at < end for start, end in inside)
            changes.append((at, at + 1, "\n" if name else mark))
            column = 0
    return edit(document, changes)


def shortened(document: Document, rng: Random) -> Document:
    """Words as in text messages, outside of what identifies."""
    share = rng.choice((0.15, 0.4, 0.8))
    return edit(document, _outside(document, [
        (m.start(), m.end(), rng.choice(_SHORT[m[0]]))
        for m in _SHORTENABLE.finditer(document.text) if rng.random() < share
    ]))  # fmt: skip


def stretched(document: Document, rng: Random) -> Document:
    """Words drawn out: soooo; sometimes the last letter of a name."""
    changes: list[Change] = [
        (m.end() - 1, m.end(), document.text[m.end() - 1] * rng.randrange(2, 7))
        for m in _STRETCHABLE.finditer(document.text)
        if rng.random() < 0.5
    ]
    changes = _outside(document, changes)
    for start, end, label in document.spans:
        if label == "NAME" and end - start > 2 and document.text[end - 1].isalpha() and rng.random() < 0.15:
            changes.append((end - 1, end, document.text[end - 1] * rng.randrange(2, 5)))
    return edit(document, sorted(changes))


def with_signs(document: Document, rng: Random) -> Document:
    """Emoji and faces between words and at the end; more marks where there is one."""
    signs = _EMOJI if rng.random() < 0.6 else _FACES
    changes: list[Change] = []
    inside = [(start, end) for start, end, _ in document.spans]
    for match in re.finditer(r"(?<=[.!?])(?= )|(?<=\w) (?=\w)|\Z", document.text):
        at = match.start()
        last = at == len(document.text)
        if rng.random() < (0.6 if last else 0.06) and not any(start < at < end for start, end in inside):
            sign = rng.choice(signs) * rng.choice((1, 1, 1, 2, 3))
            changes.append((at, at, (" " if rng.random() < 0.7 else "") + sign))
    return edit(document, changes)


def smart(document: Document, rng: Random) -> Document:
    """Quotes and apostrophes as word processors set them."""
    return _recased(document, "".join(_QUOTES.get(c, c) for c in document.text))


def plain_letters(document: Document, rng: Random) -> Document:
    """Without accents."""
    if document.text.isascii():
        return document
    return _recased(document, "".join(unicodedata.normalize("NFD", c)[0] for c in document.text))


def spaced(document: Document, rng: Random) -> Document:
    """A space between all tokens, as in tokenized corpora."""
    exact = _exact(document)
    changes = [
        (m.start(), m.start(), " ")
        for m in _TOKEN.finditer(document.text)
        if m.start() and not document.text[m.start() - 1].isspace() and not exact(m.start() - 1)
    ]
    changes = [change for change in changes if not _is_inside_exact(document, change[0])]
    return edit(document, changes)


def _is_inside_exact(document: Document, at: int) -> bool:
    return any(start < at < end for start, end in _labelled(document))


def html(document: Document, rng: Random) -> Document:
    """Remnants of HTML: entities, tags, breaks."""
    entities = {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\n": "<br>",
        " ": "&nbsp;",
    }
    form = rng.randrange(3)
    exact = _exact(document)
    changes: list[Change] = []
    for at, sign in enumerate(document.text):
        if sign in entities and not exact(at) and rng.random() < (0.01 if sign == " " else 0.8):
            within = sign in "\n " and any(start < at < end for start, end, _ in document.spans)
            if not within:
                changes.append((at, at + 1, entities[sign] + ("\n" if sign == "\n" and form == 0 else "")))
    changed = edit(document, changes)
    if form == 1:
        tag = rng.choice(("p", "b", "i", "div", "span", "li", "td"))
        changed = edit(changed, [(0, 0, f"<{tag}>"), (len(changed.text), len(changed.text), f"</{tag}>")])
    return changed


def hashed(document: Document, rng: Random) -> Document:
    """Some words, and some names, as hashtags."""
    changes: list[Change] = []
    for start, end, label in document.spans:
        if label in ("NAME", "LOCATION", "ORGANIZATION") and rng.random() < 0.4:
            changes.append((start, start, "#"))
            changes += [
                (start + m.start(), start + m.end(), "")
                for m in re.finditer(r"[ .'’&-]+", document.text[start:end])
            ]
    for match in re.finditer(r"(?<= )[a-z]{4,}", document.text):
        if rng.random() < 0.08:
            changes.append((match.start(), match.start(), "#"))
    return edit(document, sorted(_unlike(changes)))


def _unlike(changes: list[Change]) -> list[Change]:
    """The changes without a second one at the same place."""
    return list({change[0]: change for change in changes}.values())


def _outside(document: Document, changes: list[Change]) -> list[Change]:
    places = [(start, end) for start, end, _ in document.spans]
    return [c for c in changes if not any(c[0] < end and start < c[1] for start, end in places)]


_CASES: Final[tuple[tuple[Noise, int], ...]] = (
    (lower, 10), (lower_names, 7), (upper, 3), (upper_sentences, 3), (title, 2), (upper_names, 2),
    (half_names, 3), (random_capitals, 2),
)  # fmt: skip
_TYPING: Final[tuple[tuple[Noise, float], ...]] = (
    (shortened, 0.12), (stretched, 0.06), (slips, 0.22), (no_marks, 0.25), (joined, 0.12), (with_signs, 0.08),
    (smart, 0.08), (plain_letters, 0.5), (hashed, 0.03), (wrapped, 0.05), (html, 0.02), (spaced, 0.06),
)  # fmt: skip
_CASE_LIST: Final = [noise for noise, times in _CASES for _ in range(times)]


def roughen(document: Document, rng: Random, *, cased: float = 0.45, typed: float = 0.65) -> Document:
    """Type a document as some person would.

    Parameters
    ----------
    document : Document
    rng : Random
    cased : float
        The chance of unusual capitals.
    typed : float
        The chance of slips and habits; several may meet.

    Returns
    -------
    Document
        Its spans select what they selected, however it is written now. Addresses, numbers and dates
        keep their characters but for case.
    """
    if rng.random() < typed:
        for noise, chance in _TYPING:
            if rng.random() < chance:
                document = noise(document, rng)
    if rng.random() < cased:
        document = rng.choice(_CASE_LIST)(document, rng)
    return document
