"""How people type: case, abbreviations, slips and missing punctuation, with marks kept in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from ppdarchive.synthetic.draft import Change, Draft, edit


@dataclass(frozen=True, slots=True)
class Habits:
    """One person's way of typing; she keeps it through all of her answers.

    Attributes
    ----------
    case : str
        ``normal``, ``lower``, ``small-i``, ``upper`` or ``random``.
    slips : float
        Typing slips for each character.
    texting : float
        Chance that a word with a short form is written short.
    no_apostrophe, no_comma, no_full_stop, stretched : float
        Chance for each place.
    stops : tuple of str
        What stands between sentences.
    emoji : float
        Chance of an emoji behind an answer.
    """

    case: str
    slips: float
    texting: float
    no_apostrophe: float
    no_comma: float
    no_full_stop: float
    stretched: float
    stops: tuple[str, ...]
    emoji: float


def draw_habits(rng: Random) -> Habits:
    """Draw the habits of one person."""
    case = rng.choices(("normal", "lower", "small-i", "upper", "random"), (0.6, 0.2, 0.11, 0.04, 0.05))[0]
    careless = rng.random() ** 2
    return Habits(
        case=case,
        slips=rng.choice((0.0, 0.0, 0.001, 0.003, 0.006, 0.014)) * (0.3 + careless),
        texting=rng.choice((0.0, 0.0, 0.0, 0.08, 0.25, 0.6)) * (0.4 + careless),
        no_apostrophe=rng.choice((0.0, 0.0, 0.3, 1.0)),
        no_comma=rng.choice((0.0, 0.0, 0.3, 0.9)),
        no_full_stop=rng.choice((0.1, 0.3, 1.0)),
        stretched=rng.choice((0.0, 0.0, 0.05, 0.3)),
        stops=rng.choice(
            (
                (". ",),
                (". ", ". ", "! "),
                (". ", "\n"),
                (". ", ".  "),
                ("... ", ". "),
                (" ", ", "),
                (", ", " and "),
                ("! ", "!! "),
                (". ", " - "),
                (". ", "\n\n"),
            )
        ),
        emoji=rng.choice((0.0, 0.0, 0.0, 0.05, 0.4)),
    )


_SHORT: Final[Mapping[str, tuple[str, ...]]] = {
    "because": ("bc", "cuz", "becuase", "cause", "b/c"),
    "you": ("u",),
    "your": ("ur",),
    "are": ("r", "are"),
    "and": ("&", "n", "an"),
    "with": ("w/", "wit"),
    "without": ("w/o", "with out"),
    "people": ("ppl",),
    "really": ("rly", "realy", "reeeally"),
    "though": ("tho",),
    "probably": ("prob", "prolly"),
    "definitely": ("def", "definately"),
    "schedule": ("sched", "schedual"),
    "through": ("thru",),
    "a lot": ("alot",),
    "until": ("til", "untill"),
    "about": ("abt",),
    "okay": ("ok",),
    "would have": ("would of",),
    "could have": ("could of",),
    "something": ("somthing", "smth"),
    "their": ("there",),
    "they're": ("their",),
    "too": ("to",),
    "than": ("then",),
    "believe": ("beleive",),
    "separate": ("seperate",),
    "weird": ("wierd",),
    "every day": ("everyday",),
    "tired": ("tierd",),
    "friend": ("freind",),
    "husband": ("hubby", "DH", "husbend"),
    "baby": ("bby", "LO", "babe"),
    "depression": ("depresion", "depresssion"),
    "postpartum": ("post partum", "PP", "postpardom"),
    "program": ("programme", "progam"),
    "going to": ("gonna",),
    "want to": ("wanna",),
    "don't know": ("dunno",),
    "before": ("b4",),
    "for": ("4",),
    "great": ("gr8",),
    "thanks": ("thx",),
    "please": ("pls", "plz"),
    "minutes": ("min", "mins"),
    "weeks": ("wks",),
    "months": ("mos",),
    "appointment": ("appt",),
}
_SHORTENABLE: Final = re.compile(r"\b(" + "|".join(sorted(_SHORT, key=lambda w: (-len(w), w))) + r")\b")
_STRETCHABLE: Final = re.compile(r"\b(so|very|love|loved|really|way|no|too|please)\b")
_DROPPABLE: Final = re.compile("[',]")
_LETTER: Final = re.compile("[a-z]{4,}")
_NEIGHBOURS: Final[Mapping[str, str]] = {
    "a": "sq",
    "b": "vn",
    "c": "xv",
    "d": "sf",
    "e": "wr",
    "f": "dg",
    "g": "fh",
    "h": "gj",
    "i": "uo",
    "j": "hk",
    "k": "jl",
    "l": "k",
    "m": "n",
    "n": "bm",
    "o": "ip",
    "p": "o",
    "q": "w",
    "r": "et",
    "s": "ad",
    "t": "ry",
    "u": "yi",
    "v": "cb",
    "w": "qe",
    "x": "zc",
    "y": "tu",
    "z": "x",
}
_EXACT: Final = frozenset({"CONTACT", "ID", "IP"})
"""Kinds of identifiers in which a slip could make a value that is nobody's into somebody's."""


def roughen(draft: Draft, habits: Habits, rng: Random) -> Draft:
    """Type the draft as a person with these habits would.

    Parameters
    ----------
    draft : Draft
    habits : Habits
    rng : Random

    Returns
    -------
    Draft
        Spans still select the identifiers, however misspelt; addresses and numbers are never
        misspelt, because a slip could make them real.
    """
    if habits.texting or habits.stretched:
        draft = edit(draft, _shortened(draft, habits, rng))
    if habits.no_apostrophe or habits.no_comma:
        draft = edit(draft, _dropped(draft, habits, rng))
    if habits.slips:
        draft = edit(draft, _slips(draft, habits, rng))
    return _cased(draft, habits.case, rng)


def _shortened(draft: Draft, habits: Habits, rng: Random) -> list[Change]:
    found: list[Change] = []
    if habits.texting:
        found = [
            (match.start(), match.end(), rng.choice(_SHORT[match[0]]))
            for match in _SHORTENABLE.finditer(draft.text)
            if rng.random() < habits.texting
        ]
    elif habits.stretched:
        for match in _STRETCHABLE.finditer(draft.text):
            if rng.random() < habits.stretched:
                at = match.end() - (2 if match[0] in ("loved", "please") else 1)
                found.append((at, at + 1, draft.text[at] * rng.randrange(2, 6)))
    return _outside(found, draft, every=True)


def _dropped(draft: Draft, habits: Habits, rng: Random) -> list[Change]:
    chances = {"'": habits.no_apostrophe, ",": habits.no_comma}
    found = [
        (match.start(), match.end(), "")
        for match in _DROPPABLE.finditer(draft.text)
        if rng.random() < chances[match[0]]
    ]
    return _outside(found, draft, every=False)


def _slips(draft: Draft, habits: Habits, rng: Random) -> list[Change]:
    n_slips = int(len(draft.text) * habits.slips + rng.random())
    words = [match.span() for match in _LETTER.finditer(draft.text)] if n_slips else []
    found: dict[int, Change] = {}
    for start, end in sorted(rng.sample(words, min(n_slips, len(words)))):
        at = rng.randrange(start, end - 1)
        here, there = draft.text[at], draft.text[at + 1]
        form = rng.randrange(5)
        if form == 0:
            found[at] = (at, at + 2, there + here)
        elif form == 1:
            found[at] = (at, at + 1, "")
        elif form == 2:
            found[at] = (at, at + 1, here + here)
        elif form == 3:
            found[at] = (at, at + 1, rng.choice(_NEIGHBOURS[here]))
        elif draft.text[end : end + 1] == " ":
            found[end] = (end, end + 1, "")
    return _outside([found[at] for at in sorted(found)], draft, every=False)


def _outside(changes: list[Change], draft: Draft, *, every: bool) -> list[Change]:
    """Leave out the changes that touch a span: of every category, or of the exact ones."""
    kept = [span for span in draft.spans if every or span.label in _EXACT]
    if not kept:
        return changes
    return [
        change
        for change in changes
        if not any(change[0] <= span.end and span.start <= change[1] for span in kept)
    ]


_I: Final = re.compile(r"\bI\b")
_CAPITAL_WORD: Final = re.compile(r"\b[a-z](?=[a-z]{4})")


def _cased(draft: Draft, case: str, rng: Random) -> Draft:
    if case == "normal":
        return draft
    if case == "lower":
        return draft.replacing_text(draft.text.lower())
    if case == "upper":
        return draft.replacing_text(draft.text.upper())
    if case == "small-i":
        return draft.replacing_text(_I.sub("i", draft.text))
    # Random capitals, as some people emphasize and some keyboards insist.
    return draft.replacing_text(
        _CAPITAL_WORD.sub(lambda m: m[0].upper() if rng.random() < 0.06 else m[0], draft.text)
    )
