"""Which class of identifiers a field falls into: as it is declared, or as type, form, role and name tell.

Names tell much and not all: a class that is missed is declared by ``class`` in the field's
``disclosure``, and so is ``none`` where a name misleads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ppdarchive.model.schema import Field, Kind, Role
from ppdarchive.standards.words import ABOUT, CHILD, KIN, THINGS, WORDS

NO_CLASS: Final = "none"
"""What a field declares that identifies nobody although its name or type looks so."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A class that a field falls into, and what tells so.

    Attributes
    ----------
    letter : str
    why : str
    aspect : str
        What in the class it is, where the rule draws a line inside it: ``zip``, ``street``, ``town``,
        ``county`` or ``place`` of B; ``date``, ``birth``, ``age`` or ``elapsed`` of C; else ``""``.
    """

    letter: str
    why: str
    aspect: str = ""


def _between(words: Iterable[str], tail: str = "") -> re.Pattern[str]:
    return re.compile(f" (?:{'|'.join(words)}){tail} ")


_WORD: Final = r"[^\W_]+"
_KIN: Final = _between(KIN)
_CHILD: Final = _between(CHILD)
_COMPILED: Final = tuple((letter, aspect, _between(words)) for letter, aspect, words in WORDS)
_KIN_NAME: Final = _between(KIN, "(?: s)?(?: first| last| full)? names?")
_ABOUT: Final = _between(ABOUT)
_THINGS: Final = _between(THINGS, " names?")
_WIDE: Final = _between(
    ("states?", "province", "region", "country", "division", "nation", "rurality"), "(?: code)?(?= $)"
)
_ELECTRONIC: Final = _between(("e ?mail", "mail", "ip", "mac", "web"), " address(?:es)?")
_ALSO_CATEGORIES: Final = ("B", "C")
"""Classes that a field of categories may fall into: a list of towns identifies, one of telephones is none."""


def memberships(field: Field) -> tuple[Membership, ...]:
    """The classes of identifiers that a field falls into, each once, in the order of the alphabet.

    A field that declares its class is in that one only; one that declares ``none`` is in none.
    """
    disclosure = field.disclosure
    declared = None if disclosure is None else disclosure.identifier
    if declared == NO_CLASS:
        return ()
    found = list(_told(field))
    if declared is not None:
        aspect = next((each.aspect for each in found if each.letter == declared), "")
        return (Membership(declared, "declared", aspect or _default_aspect(declared, field)),)
    first: dict[str, Membership] = {}
    for each in found:
        first.setdefault(each.letter, each)
    if not first and disclosure is not None and disclosure.role is Role.DIRECT_IDENTIFIER:
        first["R"] = Membership("R", "its role is direct-identifier")
    if disclosure is not None and disclosure.role is Role.KEY:
        # A key is a code, whatever its name says.
        return (Membership("R", "its role is key"),)
    return tuple(first[letter] for letter in sorted(first))


def _default_aspect(letter: str, field: Field) -> str:
    """The strictest aspect of a declared class that nothing else tells more of."""
    if letter == "C":
        return "age" if field.kind in (Kind.INTEGER, Kind.NUMBER) else "date"
    return "street" if letter == "B" else ""


def _told(field: Field) -> Iterator[Membership]:
    """Every class that the field's form, type or name tells of."""
    form = {"email": "F", "uri": "N", "uuid": "R"}.get(field.lexical.format)
    if field.kind is Kind.STRING and form is not None:
        yield Membership(form, f"its format is {field.lexical.format}")
    words = {"name": _words(field.name), "title": _words(field.title or "")}
    if field.kind in (Kind.DATE, Kind.DATETIME):
        is_birth = any(_pattern("C", "birth").search(own) for own in words.values())
        yield Membership("C", f"its type is {field.kind.value}", "birth" if is_birth else "date")
        return
    if field.kind in (Kind.BOOLEAN, Kind.TIME):
        return
    for part, own in words.items():
        for letter, aspect, pattern in _COMPILED:
            found = pattern.search(own)
            if found is None or _misleads(field, letter, aspect, own):
                continue
            yield Membership(letter, f"its {part} says {found[0].strip()!r}", aspect)
        if part == "name" and own in (" id ", " identifier "):
            yield Membership("R", f"its {part} is {own.strip()!r}")
        if _KIN_NAME.search(own) and field.categories is None and field.kind is Kind.STRING:
            yield Membership("A", f"its {part} says that it is the name of a relative or an employer")


def _pattern(letter: str, aspect: str) -> re.Pattern[str]:
    return next(pattern for own, kind, pattern in _COMPILED if (own, kind) == (letter, aspect))


def _misleads(field: Field, letter: str, aspect: str, words: str) -> bool:
    """Whether the words that were found speak of something else."""
    if field.categories is not None and letter not in _ALSO_CATEGORIES:
        return True
    if letter == "C":
        is_number = field.kind in (Kind.INTEGER, Kind.NUMBER)
        if aspect == "age":
            # An age in weeks tells a date of birth, and no age over 89.
            return _pattern("C", "elapsed").search(words) is not None or _in_short_units(field)
        if aspect == "elapsed":
            return not is_number and field.categories is None
        return field.kind is Kind.NUMBER
    if letter == "B" and _WIDE.search(words) and aspect in ("county", "place"):
        return True
    if letter == "B" and aspect == "street" and _ELECTRONIC.search(words):
        return True
    if letter == "A" and _THINGS.search(words):
        return True
    if letter in "ADEFGHIJKLMNOPQR" and _ABOUT.search(words):
        return True
    # A name, a link or a picture is no number; a count of devices is none of their numbers.
    return letter in "AFNOPQ" and field.kind is not Kind.STRING and field.kind is not Kind.LIST


def _in_short_units(field: Field) -> bool:
    return (field.unit or "").lower() in ("weeks", "days", "months", "week", "day", "month")


def is_of_another(field: Field) -> bool:
    """Whether the field's name speaks of a relative, a household member or an employer."""
    return any(_KIN.search(_words(text)) for text in (field.name, field.title or ""))


def is_of_a_child(field: Field) -> bool:
    """Whether the field's name speaks of a child, whose age is not over 89."""
    return any(_CHILD.search(_words(text)) for text in (field.name, field.title or ""))


def _words(text: str) -> str:
    """A name's words in lower case between single spaces: ``DateOfBirth`` as ``date_of_birth``."""
    # A figure behind letters is a word of its own: ``phone2``.
    parted = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return f" {' '.join(re.findall(_WORD, parted.lower()))} "
