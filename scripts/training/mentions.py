"""Augmentation: the corpora's own sentences about other people, places and organizations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from random import Random
from typing import Final, TypeAlias

from scripts.training.document import Change, Document, edit
from scripts.training.draws import DRAWS
from scripts.training.names import listed, training_half

Shape: TypeAlias = tuple[str, int]
"""A label, and how many words: 0 for an acronym, 3 for three or more."""

_LABELS: Final = frozenset({"NAME", "LOCATION", "ORGANIZATION"})
_ACRONYM: Final = re.compile(r"(?:[A-Z]\.?){2,5}$")


def shape(text: str, label: str) -> Shape:
    """What a mention must have in common with the one that takes its place."""
    return label, 0 if _ACRONYM.match(text) else min(len(text.split()), 3)


class Mentions:
    """What mentions can be replaced by: those of documents, and names that are drawn.

    Parameters
    ----------
    documents : iterable of Document
        Their places and organizations are reused. Their persons are not: names are drawn from the
        training half of the lexicons.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        found: defaultdict[Shape, list[str]] = defaultdict(list)
        for document in documents:
            for start, end, label in document.spans:
                text = document.text[start:end]
                if label in _LABELS and label != "NAME" and "\n" not in text:
                    found[shape(text, label)].append(text)
        self._found = dict(found)
        self._titles = frozenset(listed("title_word"))

    def another(self, text: str, label: str, before: str, rng: Random) -> str:
        """What stands instead of a mention, written in capitals as it is.

        Parameters
        ----------
        text, label : str
        before : str
            The word before it: after a title stands a surname.
        rng : Random
        """
        kind = shape(text, label)
        if label == "NAME":
            other = _name(kind[1], before.lower().rstrip(".") in self._titles, rng)
        elif label == "LOCATION" and kind[1] == 1 and rng.random() < 0.6:
            other = _drawn("city")(rng)
        else:
            other = rng.choice(self._found.get(kind, [text]))
        if text.islower():
            return other.lower()
        return other.upper() if text.isupper() and kind[1] else other


def _drawn(slot: str) -> Callable[[Random], str]:
    return DRAWS[slot][1]


def _name(n_words: int, titled: bool, rng: Random) -> str:
    first, last = _drawn("first"), _drawn("last")
    if n_words <= 1:
        return (last if titled or rng.random() < 0.35 else first)(rng)
    middle = f" {_drawn('letter')(rng)}." if n_words > 2 else ""
    return f"{first(rng)}{middle} {last(rng)}"


def replace_mentions(document: Document, rng: Random, mentions: Mentions, *, share: float = 0.8) -> Document:
    """The document about others: most of its persons, places and organizations replaced.

    Parameters
    ----------
    document : Document
    rng : Random
    mentions : Mentions
    share : float
        Of the mentions that are replaced. What stands twice is replaced alike.

    Returns
    -------
    Document
        Spans select the replacements.
    """
    chosen: dict[tuple[str, str], str] = {}
    changes: list[Change] = []
    for start, end, label in document.spans:
        text = document.text[start:end]
        key = text.lower(), label
        if label in _LABELS and key not in chosen:
            before = document.text[:start].split()[-1:]
            replaced = rng.random() < share
            chosen[key] = mentions.another(text, label, "".join(before), rng) if replaced else text
        if chosen.get(key, text) != text:
            changes.append((start, end, chosen[key]))
    return edit(document, changes)


def without_held_out(documents: Iterable[Document]) -> list[Document]:
    """The documents none of whose persons' names belongs to the half that is kept for evaluation."""
    kept = []
    for document in documents:
        words = [
            word
            for start, end, label in document.spans
            if label == "NAME"
            for word in re.findall(r"[^\W\d_]+", document.text[start:end])
        ]
        if len(training_half(words)) == len(words):
            kept.append(document)
    return kept
