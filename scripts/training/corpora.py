"""The CC BY corpora (BTC, WNUT 2017) as labelled texts, written as people write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.training.document import Document, Label

LABELS: Final = {
    "PER": "NAME",
    "person": "NAME",
    "LOC": "LOCATION",
    "location": "LOCATION",
    "ORG": "ORGANIZATION",
    "organisation": "ORGANIZATION",
    "corporation": "ORGANIZATION",
    "group": "ORGANIZATION",
}
"""The corpora's labels and ours; products and works of art are none of ours."""

_TITLES: Final = frozenset(
    """mr mrs ms miss dr prof professor sir lord lady dame saint st rev reverend fr father sister brother
    president pres vice prime minister pm premier chancellor king queen prince princess duke duchess pope
    bishop cardinal archbishop imam sheikh senator sen rep congressman congresswoman governor gov mayor judge
    justice secretary general gen colonel col major maj captain capt lieutenant lt sergeant sgt corporal cpl
    private pvt admiral commander cmdr officer detective inspector chief foreign defence defense finance
    coach uncle aunt auntie grandma grandpa ex-president ceo mp king emperor sultan tsar president-elect
    attorney deputy speaker ambassador and the of singer actor actress rapper dj""".split()
)
_NO_SPACE_BEFORE: Final = re.compile(
    r"""(?:[.,!?;:%)\]}…]+|n['’]t|['’´](?:s|m|re|ve|ll|d|t|em|S|M|RE|VE|LL|D|T)?|N['’]T)$"""
)
_NO_SPACE_AFTER: Final = re.compile(r"(?:[\[({$£€#@]|['\"]?[({\[])$")
_FACE: Final = re.compile(r"[:;=8xX][-o^']?[)(\]\[dDpPoO/\\|*3]+$|[<>]3+$|\^[_.]?\^$")
_QUOTES: Final = frozenset({'"', "''", "``", "“", "”", "'\"'"})
_ENDS: Final = re.compile(r"(?:['’]s)?[.,:;!?'’\"”)…]+$")
_ABBREVIATION: Final = re.compile(
    r"(?:\w\.)+\w?\.?$|(?:Jr|Sr|Inc|Co|Corp|Ltd|St|Mt|Bros|Ave|No|Gov)\.$", re.I
)


def sentences(path: Path) -> Iterator[list[tuple[str, str]]]:
    """The sentences of a CoNLL file, each as ``(token, BIO tag)``."""
    tokens: list[tuple[str, str]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        if line.strip():
            form, _, tag = line.partition("\t")
            tokens.append(('"' if form == "'\"'" else form, tag.split(",")[0].split("\t")[0].strip() or "O"))
        elif tokens:
            yield tokens
            tokens = []
    if tokens:
        yield tokens


def read(path: Path, *, joined: bool = True, genre: str = "") -> list[Document]:
    """Read one corpus file.

    Parameters
    ----------
    path : Path
        CoNLL: token, TAB, BIO tag; an empty line between texts.
    joined : bool
        Whether the tokens are joined as people write them; otherwise a space stands between all.
    genre : str
        The file's name if empty.

    Returns
    -------
    list of Document
        Handles are `ignored`, whatever the corpus thinks of them: it labels few, and to us each is
        CONTACT. Titles, possessive endings and punctuation at the end are outside of the spans.
    """
    return [document(tokens, joined=joined, genre=genre or path.stem) for tokens in sentences(path)]


def document(tokens: list[tuple[str, str]], *, joined: bool = True, genre: str = "") -> Document:
    """Join the tokens of one text.

    >>> document([("Ask", "O"), ("Ann", "B-PER"), ("'s", "O"), ("mum", "O"), ("!", "O")])
    Document(text="Ask Ann's mum!", spans=[(4, 7, 'NAME')], genre='', ignored=())
    """
    forms = [form for form, _ in tokens]
    gaps = _gaps(forms) if joined else [" "] * len(forms)
    starts: list[int] = []
    ends: list[int] = []
    length = 0
    for number, form in enumerate(forms):
        length += len(gaps[number]) if number else 0
        starts.append(length)
        length += len(form)
        ends.append(length)
    text = forms[0] + "".join(gap + form for gap, form in zip(gaps[1:], forms[1:], strict=True))
    ignored = _handles(forms, starts, ends)
    spans: list[Label] = []
    for first, last, kind in _runs([tag for _, tag in tokens]):
        label = LABELS.get(kind)
        if label is None:
            continue
        start, end = _trimmed(text, starts[first], ends[last], label)
        if start < end and not any(start < there and here < end for here, there in ignored):
            spans.append((start, end, label))
    return Document(text, spans, genre, ignored or ())


def _runs(tags: list[str]) -> Iterator[tuple[int, int, str]]:
    """First and last token and the corpus's label of every mention."""
    first, kind = -1, ""
    for number, tag in enumerate([*tags, "O"]):
        prefix, _, this = tag.partition("-")
        if first >= 0 and (prefix != "I" or this != kind):
            yield first, number - 1, kind
            first = -1
        if prefix == "B" or (prefix == "I" and first < 0):
            first, kind = number, this


def _trimmed(text: str, start: int, end: int, label: str) -> tuple[int, int]:
    while start < end and text[start] in "#@\"'“‘( -":
        start += 1
    tail = _ENDS.search(text, start, end)
    if tail and not (text[tail.start()] == "." and _ABBREVIATION.search(text, start, tail.start() + 1)):
        end = tail.start()
    elif tail:
        end = tail.start() + 1
    if text[start:end].endswith(("'s", "’s")) and label != "ORGANIZATION":
        end -= 2
    if label == "NAME":
        words = list(re.finditer(r"\S+", text[start:end]))
        for word in words[:-1]:
            if word[0].lower().rstrip(".") not in _TITLES:
                return start + word.start(), end
        if words:
            start += words[-1].start()
    return start, end


def _handles(forms: list[str], starts: list[int], ends: list[int]) -> list[tuple[int, int]]:
    """Where handles stand: ``@name`` in one token or in two."""
    found = []
    for number, form in enumerate(forms):
        if form == "@" and number + 1 < len(forms) and re.match(r"\w", forms[number + 1]):
            found.append((starts[number], ends[number + 1]))
        elif re.match(r"[.\"'(]?@\w", form):
            found.append((starts[number], ends[number]))
    return found


def _gaps(forms: list[str]) -> list[str]:
    """What stands before each token, as people write."""
    gaps = [""]
    quoted = False
    for number in range(1, len(forms)):
        before, form = forms[number - 1], forms[number]
        after = forms[number + 1] if number + 1 < len(forms) else ""
        gap = " "
        if before in _QUOTES and quoted:
            gap = ""
        elif form in _QUOTES and quoted and form != "“":
            gap = ""
        elif before in (":", ";", ":-", ";-", "=", ": '") and re.fullmatch(r"[()\[\]dDpPoO/3*|]+", form):
            gap = ""  # a face that the corpus cut in two
        elif (form in (":", ";", "=") and re.fullmatch(r"[()\[\]dDpP/3*|]+", after)) or _FACE.match(form):
            gap = " "
        elif _NO_SPACE_BEFORE.match(form) or _NO_SPACE_AFTER.search(before):
            gap = "" if not (before == "@" and not re.match(r"\w", form)) else " "
        elif before == "&" and form in ("lt", "gt", "amp", "quot"):
            gap = ""
        elif before in (".", ",") and number > 1 and _closes(forms[number - 2], before, form):
            gap = ""
        elif (form == "/" or before == "/") and form != before:
            gap = "" if number > 1 and not before.startswith("http") else " "
        if form in _QUOTES:
            quoted = not quoted if form == '"' else form in ("“", "``")
        if number == 1 and before in _QUOTES:
            gap, quoted = "", True
        gaps.append(gap)
    return gaps


def _closes(left: str, mark: str, right: str) -> bool:
    """Whether the mark stands inside of a number or of an abbreviation (U . S)."""
    if mark == ",":
        return left.isdigit() and right.isdigit() and len(right) == 3
    return len(left) == 1 == len(right) and left.isupper() and right.isupper()


if __name__ == "__main__":
    import sys

    for name in sys.argv[1:]:
        for each in read(Path(name)):
            each.check()
