"""Lists of names and words with their kinds: the shipped hand-written ones, and a study's own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.lexicon.kinds import LOG_SCALE, Column, Flag, PhraseKind
from ppdarchive.detectors.lexicon.phrases import LONGEST, Phrases, words_of
from ppdarchive.detectors.lexicon.words import ROW, Words
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import Hashes, word_hashes

_NO_FLAG: Final = Flag(0)


@dataclass(frozen=True, slots=True)
class EntryKind:
    """What an entry's kind says of it.

    Attributes
    ----------
    phrase : PhraseKind
        Of an entry of several words.
    flag : Flag
        Of an entry of one word.
    columns : tuple of Column
        Set for an entry of one word.
    parts : Column or None
        Set for each word of an entry of several.
    """

    phrase: PhraseKind
    flag: Flag = _NO_FLAG
    columns: tuple[Column, ...] = ()
    parts: Column | None = None


def _organization(phrase: PhraseKind) -> EntryKind:
    return EntryKind(phrase, columns=(Column.ORGANIZATION,), parts=Column.ORGANIZATION_PART)


_PLACE: Final = (Column.PLACE, Column.PLACE_SHARE)

KINDS: Final = {
    "given_name": EntryKind(
        PhraseKind.GIVEN_NAME, columns=(Column.GIVEN_NAME, Column.GIVEN_NAME_SHARE), parts=Column.GIVEN_NAME
    ),
    "surname": EntryKind(
        PhraseKind.SURNAME, columns=(Column.SURNAME, Column.SURNAME_SHARE), parts=Column.SURNAME
    ),
    "nickname": EntryKind(PhraseKind.GIVEN_NAME, Flag.NICKNAME, (Column.GIVEN_NAME,)),
    "city": EntryKind(PhraseKind.CITY, columns=_PLACE, parts=Column.PLACE_PART),
    "county": EntryKind(PhraseKind.COUNTY, columns=_PLACE, parts=Column.PLACE_PART),
    "place": EntryKind(PhraseKind.PLACE, columns=_PLACE, parts=Column.PLACE_PART),
    "place_nickname": EntryKind(PhraseKind.PLACE, Flag.PLACE_NICKNAME, (Column.PLACE,)),
    "state": EntryKind(PhraseKind.STATE, Flag.STATE, (Column.PLACE,), Column.PLACE_PART),
    "state_abbreviation": EntryKind(PhraseKind.STATE, Flag.STATE_ABBREVIATION),
    "country": EntryKind(PhraseKind.COUNTRY, Flag.COUNTRY, (Column.PLACE,), Column.PLACE_PART),
    "base": EntryKind(PhraseKind.BASE, Flag.BASE, (Column.PLACE,), Column.PLACE_PART),
    "ship": EntryKind(PhraseKind.SHIP),
    "unit": EntryKind(PhraseKind.UNIT, Flag.MILITARY_WORD),
    "operation": EntryKind(PhraseKind.OPERATION),
    "facility": _organization(PhraseKind.FACILITY),
    "school": _organization(PhraseKind.SCHOOL),
    "organization": _organization(PhraseKind.ORGANIZATION),
    "agency": _organization(PhraseKind.AGENCY),
    "team": _organization(PhraseKind.TEAM),
    "media": _organization(PhraseKind.MEDIA),
    "brand": EntryKind(PhraseKind.BRAND, columns=(Column.BRAND,), parts=Column.ORGANIZATION_PART),
    "demonym": EntryKind(PhraseKind.DEMONYM, Flag.DEMONYM),
    "month": EntryKind(PhraseKind.HOLIDAY, Flag.MONTH),
    "weekday": EntryKind(PhraseKind.HOLIDAY, Flag.WEEKDAY),
    "holiday": EntryKind(PhraseKind.HOLIDAY, Flag.HOLIDAY),
    "title": EntryKind(PhraseKind.TITLE, Flag.TITLE),
    "kinship": EntryKind(PhraseKind.KINSHIP, Flag.KINSHIP),
    "rank": EntryKind(PhraseKind.RANK, Flag.RANK),
    "branch": EntryKind(PhraseKind.SAFE, Flag.BRANCH),
    "facility_word": EntryKind(PhraseKind.SAFE, Flag.FACILITY_WORD),
    "organization_word": EntryKind(PhraseKind.SAFE, Flag.ORGANIZATION_WORD),
    "street_suffix": EntryKind(PhraseKind.SAFE, Flag.STREET_SUFFIX),
    "profession": EntryKind(PhraseKind.PROFESSION, Flag.PROFESSION),
    "rare_profession": EntryKind(PhraseKind.RARE_PROFESSION, Flag.RARE_PROFESSION),
    "medication": EntryKind(PhraseKind.MEDICATION, Flag.MEDICATION | Flag.SAFE),
    "condition": EntryKind(PhraseKind.CONDITION, Flag.CONDITION | Flag.SAFE),
    "safe": EntryKind(PhraseKind.SAFE, Flag.SAFE),
    "function_word": EntryKind(PhraseKind.SAFE, Flag.FUNCTION_WORD),
    "military_word": EntryKind(PhraseKind.SAFE, Flag.MILITARY_WORD),
    "number_word": EntryKind(PhraseKind.SAFE, Flag.NUMBER_WORD),
    "name_suffix": EntryKind(PhraseKind.SAFE, Flag.NAME_SUFFIX),
    "direction": EntryKind(PhraseKind.SAFE, Flag.DIRECTION),
    "slang": EntryKind(PhraseKind.SAFE, Flag.SLANG),
    "name_cue": EntryKind(PhraseKind.SAFE, Flag.NAME_CUE),
    "place_cue": EntryKind(PhraseKind.SAFE, Flag.PLACE_CUE),
}
"""Every kind that an entry can have, by the name that lists use."""

LISTED_COUNT: Final = 1000
"""How many bearers or inhabitants a listed name is taken to have, for want of a count."""
_LISTED_SHARE: Final = 230
SHARES: Final = (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE)
"""The columns that are probabilities."""


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """A name or word and its kind; values of a study's own lists can identify, so none is shown.

    Raises
    ------
    ValueError
        If there is no such kind.
    """

    value: str
    kind: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no kind {self.kind!r} of lexicon entries")

    def __repr__(self) -> str:
        return f"Entry(kind={self.kind!r})"


def read_entries(lines: Iterable[str]) -> list[Entry]:
    """Read a list: CSV lines under the header ``value,kind``.

    Parameters
    ----------
    lines : iterable of str
        A file opened as text, for example. Empty lines count for nothing.

    Returns
    -------
    list of Entry

    Raises
    ------
    ValueError
        If the header is another, a line has another number of cells, or a kind is unknown; the message
        tells the line, never the value.

    Examples
    --------
    >>> read_entries(["value,kind", "Cedar Hollow Birth Center,facility", "Tilly,nickname"])
    [Entry(kind='facility'), Entry(kind='nickname')]
    """
    rows = csv.reader(lines)
    header = next(rows, [])
    if [cell.strip().lstrip("\ufeff") for cell in header] != ["value", "kind"]:
        raise ValueError("line 1: a lexicon list begins with the header value,kind")
    entries = []
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        if len(row) != 2 or not row[0].strip():
            raise ValueError(f"line {number}: two cells expected, a value and its kind")
        if row[1].strip() not in KINDS:
            raise ValueError(
                f"line {number}: no such kind of lexicon entries; see docs/reference/lexicons.md"
            )
        entries.append(Entry(row[0].strip(), row[1].strip()))
    return entries


def log_scaled(counts: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Counts on the columns' log scale: 0 stays 0, each doubling adds `LOG_SCALE`, at most 255."""
    scaled = np.rint(LOG_SCALE * np.log2(1 + np.asarray(counts, np.float64)))
    result: npt.NDArray[np.uint8] = np.minimum(scaled, 255).astype(np.uint8)
    return result


def add(entries: Sequence[Entry], words: Words, phrases: Phrases) -> tuple[Words, Phrases]:
    """Tables with a study's own entries added.

    Parameters
    ----------
    entries : sequence of Entry
        One-word values go to the words, longer ones to the phrases; of one of more than eight words the
        first eight are taken.
    words : Words
    phrases : Phrases
        To add to; unchanged.

    Returns
    -------
    tuple of Words and Phrases
        New tables.
    """
    hashes, rows, many, kinds = tables_of(entries)
    return words.adding(hashes, rows), phrases.adding(many, kinds)


def tables_of(
    entries: Sequence[Entry],
) -> tuple[Hashes, npt.NDArray[np.void], list[str], list[PhraseKind]]:
    """The word rows and the phrases that entries make.

    Returns
    -------
    tuple of ndarray of uint64, ndarray of ROW, list of str and list of PhraseKind
        Hashes and rows of words, a hash perhaps more than once; phrases of two to eight words, and their
        kinds.
    """
    one: list[tuple[str, EntryKind]] = []
    parts: list[tuple[str, Column]] = []
    many: list[str] = []
    kinds: list[PhraseKind] = []
    for entry, own in zip(entries, words_of([entry.value for entry in entries]), strict=True):
        kind = KINDS[entry.kind]
        if len(own) == 1:
            one.append((own[0], kind))
        elif own:
            many.append(" ".join(own[:LONGEST]))
            kinds.append(kind.phrase)
            if kind.parts is not None:
                parts += [(word, kind.parts) for word in own]
    rows = np.zeros(len(one) + len(parts), ROW)
    for nth, (_, kind) in enumerate(one):
        rows["flags"][nth] = kind.flag
        for column in kind.columns:
            rows["columns"][nth, column] = _LISTED_SHARE if column in SHARES else log_scaled(LISTED_COUNT)
    for nth, (_, part) in enumerate(parts, start=len(one)):
        rows["columns"][nth, part] = log_scaled(1)
    values = [fold(word).text for word, _ in one] + [fold(word).text for word, _ in parts]
    return word_hashes(values), rows, many, kinds
