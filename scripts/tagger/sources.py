"""What is learned from: the CC BY corpora, generated text, and both made rougher."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
from scripts.training.corpora import read
from scripts.training.document import Document, edit
from scripts.training.generate import generate

from ppdarchive.detectors.lexicon import NameKind, names_for

CORPORA: Final = ("btc-train", "wnut17-train")
_MARKS: Final = re.compile(r"[.,!?;]")
_NEIGHBOURS: Final = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "n": "bm", "s": "ad", "t": "ry", "r": "te"}


def gold(folder: Path) -> list[Document]:
    """The labelled corpora as people write."""
    return [each for name in CORPORA for each in read(folder / f"{name}.conll")]


def cut_up(folder: Path) -> list[Document]:
    """The labelled corpora with a space between all tokens."""
    return [each for name in CORPORA for each in read(folder / f"{name}.conll", joined=False)]


def generated(n: int, seed: int) -> list[Document]:
    """Generated text."""
    return list(generate(n, seed))


def same_length(document: Document, change: object) -> Document:
    """Every character changed on its own; spans stay where they are."""
    assert callable(change)
    text = "".join(new if len(new := change(character)) == 1 else character for character in document.text)
    return Document(text, document.spans, document.genre, document.ignored)


def rougher(document: Document, rng: Random, *, plain: float = 0.42) -> Document:
    """The document as somebody in a hurry writes it; offsets stay."""
    chance = rng.random()
    if chance < plain:
        return document
    chance = (chance - plain) / (1 - plain)
    if chance < 0.46:
        return same_length(document, str.lower)
    if chance < 0.58:
        return same_length(document, str.upper)
    if chance < 0.63:
        text = document.text.title()
        return (
            Document(text, document.spans, document.genre, document.ignored)
            if len(text) == len(document.text)
            else document
        )
    if chance < 0.75:
        return same_length(document, lambda character: _MARKS.sub(" ", character))
    if chance < 0.85:
        return same_length(document, lambda character: _slip(character, rng))
    return same_length(document, lambda character: _MARKS.sub(" ", character.lower()))


def _slip(character: str, rng: Random) -> str:
    others = _NEIGHBOURS.get(character)
    return rng.choice(others) if others and rng.random() < 0.04 else character


def redacted(document: Document) -> Document:
    """The document as it is after redaction: tags are no mentions, and nothing beside them is one."""
    pieces: list[str] = []
    last = 0
    for start, end, label in document.spans:
        pieces += (document.text[last:start], f"[{label}]")
        last = end
    return Document("".join((*pieces, document.text[last:])), [], document.genre)


@cache
def _pool(kind: NameKind) -> list[str]:
    names = names_for(kind, "train")
    return names.draw(np.random.default_rng(len(names)), 20_000) if len(names) else []


def swapped(document: Document, rng: Random, mentions: dict[str, Sequence[str]]) -> Document:
    """Persons, places and organizations exchanged for others of their kind, capitals alike."""
    changes = []
    for start, end, label in document.spans:
        old = document.text[start:end]
        if rng.random() < 0.2 or "@" in old or "#" in old:
            continue
        changes.append((start, end, _like(old, _other(label, old, rng, mentions))))
    return edit(document, changes)


def _other(label: str, old: str, rng: Random, mentions: dict[str, Sequence[str]]) -> str:
    if label == "NAME":
        parts = old.split()
        uniform = rng.random() < 0.4
        given = rng.choice(
            names_for(NameKind.GIVEN_NAME, "train").names if uniform else _pool(NameKind.GIVEN_NAME)
        )
        family = rng.choice(
            names_for(NameKind.SURNAME, "train").names if uniform else _pool(NameKind.SURNAME)
        )
        if len(parts) == 1:
            return given if rng.random() < 0.65 else family
        return f"{given} {family}"
    if label == "LOCATION" and rng.random() < 0.6:
        kind = rng.choice(
            (NameKind.CITY, NameKind.CITY, NameKind.WORLD_CITY, NameKind.STATE, NameKind.COUNTY)
        )
        return rng.choice(_pool(kind) or mentions[label])
    if label == "ORGANIZATION" and rng.random() < 0.4:
        kinds = (
            NameKind.ORGANIZATION,
            NameKind.AGENCY,
            NameKind.TEAM,
            NameKind.MEDIA,
            NameKind.SCHOOL,
            NameKind.BRAND,
        )
        return rng.choice(_pool(rng.choice(kinds)) or mentions[label])
    return rng.choice(mentions.get(label) or [old])


def _like(old: str, new: str) -> str:
    if old.islower():
        return new.lower()
    return new.upper() if old.isupper() and len(old) > 4 else new


def mentions_of(documents: Sequence[Document]) -> dict[str, Sequence[str]]:
    """The mentions of documents by label, to swap for each other."""
    found: dict[str, list[str]] = {}
    for document in documents:
        for start, end, label in document.spans:
            found.setdefault(label, []).append(document.text[start:end])
    return {label: tuple(own) for label, own in found.items()}
