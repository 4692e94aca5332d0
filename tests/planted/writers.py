"""How people type: capitals, slips, short forms, missing signs. Identifiers keep their letters and digits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from .grammar import Piece

SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "because": ("bc", "cuz", "b/c", "becuase"), "you": ("u",), "your": ("ur",), "are": ("r",),
    "and": ("n", "&"),
    "with": ("w/", "wit"), "really": ("rly", "realy"), "about": ("abt",), "to": ("2",), "for": ("4",),
    "before": ("b4",), "through": ("thru",), "people": ("ppl",), "definitely": ("defiantly", "def"),
    "weeks": ("wks",), "months": ("mos",), "doctor": ("dr",), "husband": ("hubby", "dh", "hubs"),
    "going to": ("gonna",), "want to": ("wanna",), "the": ("teh", "the"), "my": ("my", "mi"),
    "their": ("there",), "depression": ("depresion",), "therapist": ("therapst",), "please": ("plz", "pls"),
    "helped": ("heled", "helpd"), "appointment": ("appt",), "medicine": ("meds",), "what": ("wat",),
    "nobody": ("noone",), "remembered": ("rememberd",), "great": ("gr8",),
}  # fmt: skip
_SHORTENABLE: Final = re.compile(
    r"\b(" + "|".join(sorted(SHORT, key=lambda word: (-len(word), word))) + r")\b"
)
_LONG_WORD: Final = re.compile(r"[a-z]{5,}")
EMOJI: Final = ("😭", "❤️", "🙏", "😂", "💕", "🤱", "👶", "🇺🇸", "😊", "💪🏽", ":)", "<3", ":(")


@dataclass(frozen=True, slots=True)
class Writer:
    """One person's way of typing; she keeps it through all of her answers.

    Attributes
    ----------
    capitals : str
        ``usual``, ``small i``, ``lower``, ``upper`` or ``stray``.
    keeps_names : float
        Chance that a name keeps its capital in a text without capitals: telephones correct some.
    slips, texting, no_apostrophe, no_comma, emoji : float
        Chances for each place.
    joins : tuple of str
        What stands between sentences.
    """

    capitals: str = "usual"
    keeps_names: float = 1.0
    slips: float = 0.0
    texting: float = 0.0
    no_apostrophe: float = 0.0
    no_comma: float = 0.0
    emoji: float = 0.0
    joins: tuple[str, ...] = (". ",)


WRITERS: Final[tuple[tuple[float, Writer], ...]] = (
    (0.26, Writer(joins=(". ", ". ", "! "))),
    (0.2, Writer("small i", 1.0, 0.02, 0.0, 0.4, 0.2, 0.05, (". ", "... ", ", "))),
    (0.16, Writer("lower", 0.12, 0.03, 0.05, 0.7, 0.4, 0.05, (". ", ", ", " ", "... "))),
    (0.11, Writer("lower", 0.1, 0.08, 0.4, 1.0, 0.9, 0.15, (" ", " ", "\n", " and "))),
    (0.06, Writer("upper", slips=0.02, no_apostrophe=0.5, joins=(". ", " ", "!! "))),
    (0.12, Writer("usual", 1.0, 0.03, 0.0, 0.5, 0.9, 0.0, (" and ", " so ", ", ", " but "))),
    (0.05, Writer("usual", joins=("\n- ", "\n"))),
    (0.04, Writer("stray", 1.0, 0.04, 0.1, 0.5, 0.3, 0.1, (". ", ".", " "))),
)  # fmt: skip


def draw_writer(rng: Random) -> Writer:
    """Draw one of the kinds of writers."""
    return rng.choices([writer for _, writer in WRITERS], [weight for weight, _ in WRITERS])[0]


def clitics_apart(pieces: list[Piece]) -> list[Piece]:
    """The same pieces with a possessive behind a mention as a neutral piece of its own."""
    result: list[Piece] = []
    for piece in pieces:
        after_mention = bool(result) and bool(result[-1].category)
        if after_mention and not piece.category and re.match(r"'s\b", piece.text):
            rest = replace(piece, text=piece.text[2:])
            result += [Piece("'s", is_neutral=True), *([rest] if rest.text else [])]
        else:
            result.append(piece)
    return result


def join(sentences: list[list[Piece]], writer: Writer, rng: Random) -> list[Piece]:
    """Sentences one after the other, with this writer's signs between them."""
    pieces: list[Piece] = []
    for number, sentence in enumerate(sentences):
        if number:
            between = rng.choice(writer.joins)
            ends = pieces[-1].text[-1:]
            if ends in ".!?" and not pieces[-1].category:
                between = "\n" if "\n" in between else " "
            pieces.append(Piece(between))
            if between.strip() in (",", "and", "so", "but") or writer.capitals == "lower":
                pieces.extend(sentence)
                continue
        pieces.extend(_capitalized(sentence))
    if writer.joins[0] == ". " and rng.random() < 0.7 and pieces[-1].text[-1:] not in ".!?)":
        pieces.append(Piece("."))
    if rng.random() < writer.emoji:
        pieces.append(Piece(" " + rng.choice(EMOJI)))
    return pieces


def _capitalized(sentence: list[Piece]) -> list[Piece]:
    first = sentence[0]
    if first.category and first.form in ("exact", "lower case") and first.category in ("CONTACT", "NAME"):
        return sentence
    at = next((i for i, c in enumerate(first.text) if c.isalnum()), None)
    if at is None or first.category == "CONTACT":
        return sentence
    text = first.text[:at] + first.text[at].upper() + first.text[at + 1 :]
    return [replace(first, text=text), *sentence[1:]]


def rough(pieces: list[Piece], writer: Writer, rng: Random) -> list[Piece]:
    """The pieces as this writer types them."""
    return [_cased(_slipped(piece, writer, rng), writer, rng) for piece in pieces]


def _slipped(piece: Piece, writer: Writer, rng: Random) -> Piece:
    text = piece.text
    if "'" in text and (not piece.category or piece.category in ("FACILITY", "DATE", "ORGANIZATION")):
        text = "".join("" if c == "'" and rng.random() < writer.no_apostrophe else c for c in text)
    if piece.category or piece.is_neutral:
        return replace(piece, text=text)
    if writer.no_comma:
        text = re.sub(r",(?= )", lambda m: "" if rng.random() < writer.no_comma else m[0], text)
    if writer.texting:
        text = _SHORTENABLE.sub(
            lambda m: rng.choice(SHORT[m[0]]) if rng.random() < writer.texting else m[0], text
        )
    if writer.slips:
        text = _LONG_WORD.sub(lambda m: _slip(m[0], rng) if rng.random() < writer.slips else m[0], text)
    return replace(piece, text=text)


def _slip(word: str, rng: Random) -> str:
    i = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:i] + word[i + 1 :],
            word[:i] + word[i] + word[i:],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        )
    )


def _cased(piece: Piece, writer: Writer, rng: Random) -> Piece:
    text = piece.text
    if writer.capitals == "upper":
        upper = text.upper()
        return replace(piece, text=upper if len(upper) == len(text) or not piece.category else text)
    if writer.capitals == "lower":
        keeps = (
            piece.category in ("NAME", "LOCATION", "DATE", "ID", "CONTACT")
            and rng.random() < writer.keeps_names
        )
        return piece if keeps or piece.category == "ID" else replace(piece, text=text.lower())
    if writer.capitals == "small i" and not piece.category:
        text = re.sub(r"\bI\b", "i", text)
    if writer.capitals == "stray" and not piece.category:
        text = re.sub(r"\b[a-z]{4,}\b", lambda m: m[0].title() if rng.random() < 0.12 else m[0], text)
    return replace(piece, text=text)
