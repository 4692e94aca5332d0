"""Strings of a package -> what is left in them that identifies people, and where.

Released answers were searched until nothing more was found, so what is found in them by the same
engine can only be a defect. Words about the data are written for publication: they may name an
institution or a programme, and a person decides, but nobody's number or address belongs there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import astuple, dataclass
from datetime import date
from functools import cache
from typing import Final, Literal, Protocol

from ppdarchive.codebook import codebook
from ppdarchive.deidentify.freetext import Ranges, left_in
from ppdarchive.deidentify.released import released
from ppdarchive.detectors.engine import batches
from ppdarchive.detectors.kinds import kind_of
from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.gate.held import ManyStrings, Strings
from ppdarchive.gate.strings import MEMBERS, spoken, strings_of
from ppdarchive.model.release import PackageInfo
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.package.documents import citation, license_text, readme
from ppdarchive.profile import profile_files
from ppdarchive.tableschema import DATA_PACKAGE, TABLE_SCHEMA, parse_package, to_descriptor
from ppdarchive.text.fold import fold

Condition = Literal["known-identifiers", "residual-text", "residual-identifiers", "residual-words"]

_NUMBERED: Final = frozenset({TextCategory.CONTACT, TextCategory.ID})
_LEAST_DIGITS: Final = 7
"""Digits of a phone number without its area code."""
_ADDRESS: Final = re.compile(r"://|^www\.|^[^@\s]+/")
"""An address of a web page, which words about the data may hold: where an instrument is described, say."""
_NAMING: Final = frozenset(
    {
        TextCategory.NAME,
        TextCategory.LOCATION,
        TextCategory.FACILITY,
        TextCategory.ORGANIZATION,
        TextCategory.MILITARY,
        TextCategory.CONTACT,
        TextCategory.ID,
        TextCategory.IP,
    }
)
"""What is told of words that people wrote; dates and ages of a study are public."""
_PSEUDONYM: Final = re.compile("[bcdfghjklmnpqrstvwxz]{16}")
"""The form of the register's pseudonyms: no name has it, and detectors would see one everywhere."""
_SHORT_NUMBER: Final = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,4})?")
_FILES: Final = frozenset(
    {"README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "codebook.md", "datapackage.json"}
    | {"SHA256SUMS", "data", "csv"}
)
_AT_ONCE: Final = 1 << 22
"""Characters that are looked at together."""


_LOWER: Final = 2 / 3
"""What the gate's thresholds are of the study's."""


def lowered(thresholds: Thresholds) -> Thresholds:
    """The thresholds with which the gate looks again."""
    return Thresholds(*(_LOWER * each for each in astuple(thresholds)))


class Engine(Protocol):
    """What finds spans in all texts at once."""

    def detect(self, texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        """Find the spans of each text."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class TextScan:
    """The text engine as the gate asks it, and what the edit record says that it put there.

    Attributes
    ----------
    engine : Engine
        As the study configured it.
    sooner : Engine
        The same with lower thresholds.
    replaced : mapping of (str, str) to mapping of str to tuple of tuple of int
        By table and field, for each column that the engine redacted: the ranges of released texts that
        nothing tells from words (`ppdarchive.deidentify.freetext.Redaction.replaced`).
    """

    engine: Engine
    sooner: Engine
    replaced: Mapping[tuple[str, str], Mapping[str, Ranges]]

    def __repr__(self) -> str:
        return f"<TextScan of {len(self.replaced)} columns>"


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """What is left in one string: the condition, and the value in its plain form, which is never shown."""

    condition: Condition
    value: str
    text: str


def hits(
    strings: Strings | ManyStrings,
    known: KnownIdentifiers,
    scan: TextScan | None,
    info: PackageInfo | None,
    own: frozenset[str] = frozenset(),
) -> Iterator[Hit]:
    """What is left in strings, each value of each string once.

    Parameters
    ----------
    strings : Strings or ManyStrings
    known : KnownIdentifiers
    scan : TextScan, optional
        Without it only known identifiers are looked for.
    info : PackageInfo, optional
        What the package says of itself: whom and what it names there on purpose is no hit.
    own : frozenset of str
        What `own_values` gives.
    """
    for texts in _portions(strings.distinct()):
        suspects = set()
        found = (spans for _, batch in batches(texts) for spans in residual(batch, known))
        for text, spans in zip(texts, found, strict=True):
            suspects |= {text} if spans else set()
            for span in spans:
                if span.tier is Tier.REDACT:
                    yield _hit("known-identifiers", text, text, span)
        if scan is None:
            continue
        if strings.kind == "cells" and (strings.table, strings.field) in scan.replaced:
            yield from _in_answers(texts, suspects, scan, scan.replaced[strings.table, strings.field])
        else:
            yield from _in_words(strings, texts, scan, info, own)


def _portions(texts: Iterator[str]) -> Iterator[list[str]]:
    """Texts, some at a time."""
    portion: list[str] = []
    size = 0
    for text in texts:
        portion.append(text)
        size += len(text) + 1
        if size > _AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _hit(condition: Condition, text: str, looked_at: str, span: Span) -> Hit:
    return Hit(condition, " ".join(fold(looked_at[span.start : span.end]).text.split()), text)


# -- answers --------------------------------------------------------------------------------------


def _in_answers(
    texts: Sequence[str], suspects: Set[str], scan: TextScan, replaced: Mapping[str, Ranges]
) -> Iterator[Hit]:
    """What the engine finds outside of replacements; with lower thresholds it only may be something.

    Where nothing is found with lower thresholds nothing is with the study's own, so few are looked at twice.
    """
    sooner = scan.sooner.detect(texts)
    places = [place for place, text in enumerate(texts) if sooner[place] or text in suspects]
    again = scan.engine.detect([texts[place] for place in places])
    for place, spans in zip(places, again, strict=True):
        text = texts[place]
        barred = replaced.get(text, ())
        defects = [span for span in left_in(text, spans, barred) if not _is_permitted(text, span)]
        for span in defects:
            yield _hit("residual-text", text, text, span)
        for span in left_in(text, sooner[place], barred):
            if not _is_permitted(text, span) and not any(_meet(span, defect) for defect in defects):
                yield _hit("residual-words", text, text, span)


def _is_permitted(text: str, span: Span) -> bool:
    """Whether it is a state or country, which alone in its text may look like a name too."""
    return bool(kind_of(text[span.start : span.end]))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


# -- words ----------------------------------------------------------------------------------------


def _in_words(
    strings: Strings | ManyStrings,
    every: Sequence[str],
    scan: TextScan,
    info: PackageInfo | None,
    own: frozenset[str],
) -> Iterator[Hit]:
    """Sure numbers and addresses, and names that a person may have meant to write."""
    texts = [text for text in every if not _SHORT_NUMBER.fullmatch(text)]
    if strings.kind == "cells":
        texts = [text for text in texts if not _PSEUDONYM.fullmatch(text)]
    elif strings.kind == "names":
        texts = [text for text in texts if text not in _FILES]
    else:
        texts = [text for text in texts if text not in MEMBERS and text.strip() not in _FILES]
    looked_at = [spoken(text) for text in texts] if strings.kind == "names" else texts
    declared, named = _declared(info)
    for text, looked, spans in zip(texts, looked_at, scan.sooner.detect(looked_at), strict=True):
        marked = list(replaced_ranges(looked))
        for span in spans:
            condition = _condition(strings, looked, span)
            if condition is None or any(start < span.end and span.start < end for start, end in marked):
                continue
            hit = _hit(condition, text, looked, span)
            is_public = condition == "residual-words" and (hit.value in own or hit.value in named)
            if not is_public and not (condition == "residual-identifiers" and hit.value in declared):
                yield hit


def _condition(strings: Strings | ManyStrings, text: str, span: Span) -> Condition | None:
    """What a find in words means, if anything."""
    if span.tier is not Tier.REDACT or span.category not in _NAMING:
        return None
    written = text[span.start : span.end]
    if span.detector.startswith("patterns."):
        is_sure = not strings.is_number and _is_sure(span.category, written)
        if is_sure and (strings.kind == "cells" or not _ADDRESS.search(written)):
            return "residual-identifiers"
        return "residual-words"
    return "residual-words" if not span.kind and any(map(str.isalpha, written)) else None


def _is_sure(category: TextCategory, written: str) -> bool:
    """Whether it is somebody's number or address, whoever wrote the words around it."""
    if category is TextCategory.IP:
        return True
    n_digits = sum(map(str.isdigit, written))
    return category in _NUMBERED and (
        "@" in written or n_digits >= _LEAST_DIGITS or bool(_ADDRESS.search(written))
    )


class _Containing:
    """Texts, of which everything that stands in one of them is a member."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._text = "\n".join(" ".join(fold(text).text.split()) for text in texts)

    def __contains__(self, value: str) -> bool:
        return value in self._text


def _declared(info: PackageInfo | None) -> tuple[_Containing, _Containing]:
    """What the package says of itself, and of this what is there to name somebody."""
    if info is None:
        return _Containing([]), _Containing([])
    named = [
        *(text for each in info.licenses for text in (each.name, each.title, each.path)),
        *(text for each in info.sources for text in (each.title, each.path)),
        info.id,
    ]
    for each in info.contributors:
        named += [each.title, each.given_name, each.family_name, each.organization, each.orcid]
    names = [text for text in named if text]
    names += [line for line in license_text(info).splitlines() if line]
    return _Containing([*names, info.title, info.description, citation(info)]), _Containing(names)


@cache
def _own_strings() -> tuple[str, ...]:
    """What our documents say in every package, and the words of the profile that ships with us."""
    info = PackageInfo("", "", "", "", date.min)
    files = profile_files()
    package = parse_package(
        files["datapackage.json"], path="datapackage.json", read=lambda name, _: files[name]
    )
    schemas = released(package.schemas)
    pages = (
        readme(info, schemas, dict.fromkeys(schemas, 0), has_changelog=True),
        license_text(info),
        codebook(schemas, title="", is_released=True),
    )
    strings = {line for page in pages for line in page.splitlines()} | {DATA_PACKAGE, TABLE_SCHEMA}
    for schema in schemas.values():
        strings |= set(strings_of(json.dumps(to_descriptor(schema))))
    return tuple(sorted(strings))


def own_values(scan: TextScan | None) -> frozenset[str]:
    """What the engine finds in our own words: public, whoever repeats it."""
    if scan is None:
        return frozenset()
    found = zip(_own_strings(), scan.sooner.detect(_own_strings()), strict=True)
    return frozenset(
        _hit("residual-words", text, text, span).value for text, spans in found for span in spans
    )
