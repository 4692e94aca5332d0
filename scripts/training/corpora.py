"""The CC BY corpora (BTC, WNUT 2017) as labelled texts, written as people write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.training.document import Document, Label
from scripts.training.names import listed

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

_TITLES: Final = frozenset(listed("title_word"))
_NO_SPACE_BEFORE: Final = re.compile(
    r"""(?:[.,!?;:%)\]}…]+|n['’]t|['’´](?:s|m|re|ve|ll|d|t|em|S|M|RE|VE|LL|D|T)?|N['’]T)$"""
)
_NO_SPACE_AFTER: Final = re.compile(r"(?:[\[({$£€#@]|['\"]?[({\[])$")
_FACE: Final = re.compile(r"[:;=8xX][-o^']?[)(\]\[dDpPoO/\\|*3]+$|[<>]3+$|\^[_.]?\^$")
_EYES: Final = frozenset({":", ";", ":-", ";-", "="})
_MOUTH: Final = re.compile(r"[()\[\]dDpPoO/3*|]+")
_QUOTES: Final = frozenset({'"', "''", "``", "“", "”", "'\"'"})
_ENDS: Final = re.compile(r"(?:\s*['’]s)?[\s.,:;!?'’\"”)…]+$")
_ABBREVIATION: Final = re.compile(
    r"(?:(?<!\w)(?:\w\s?\.\s?)+\w?\.?|\b(?:Jr|Sr|Inc|Co|Corp|Ltd|St|Mt|Bros|Ave|No|Gov)\s?\.)$", re.IGNORECASE
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
        end = start + len(text[start : end - 2].rstrip())
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
    quoted = forms[0] in _QUOTES
    for number in range(1, len(forms)):
        form = forms[number]
        before, after = forms[number - 1], forms[number + 1] if number + 1 < len(forms) else ""
        inside = quoted and (before in _QUOTES or (form in _QUOTES and form != "“"))
        joined = inside or _is_joined(before, form, after)
        if number > 1:
            left = forms[number - 2]
            is_after_face = left in _EYES and _MOUTH.fullmatch(before)
            joined = (joined and not is_after_face) or _closes(left, before, form)
        gaps.append("" if joined else " ")
        if form in _QUOTES:
            quoted = not quoted if form == '"' else form in ("“", "``")
    return gaps


def _is_joined(before: str, form: str, after: str) -> bool:
    """Whether no space stands between two tokens; faces stand by themselves but are whole."""
    if before in _EYES and _MOUTH.fullmatch(form):
        return True
    if (form in _EYES and _MOUTH.fullmatch(after)) or _FACE.match(form):
        return False
    if before == "@":
        return re.match(r"\w", form) is not None
    if before == "&":
        return form in ("lt", "gt", "amp", "quot")
    if "/" in (before, form):
        return before != form
    return bool(_NO_SPACE_BEFORE.match(form) or _NO_SPACE_AFTER.search(before))


def _closes(left: str, mark: str, right: str) -> bool:
    """Whether the mark stands inside of a number or of an abbreviation (U . S)."""
    if mark == ",":
        return left.isdigit() and right.isdigit() and len(right) == 3
    return mark == "." and len(left) == 1 == len(right) and left.isupper() and right.isupper()
