"""What a study's texts are searched for, and with what: known identifiers, and the text engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from itertools import chain
from typing import Final

import pyarrow as pa

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.ensemble import combined
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.lexicon import Entry, add, read_entries
from ppdarchive.detectors.plugins import load_plugins
from ppdarchive.detectors.protocol import Detector
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import StudyError, TextError
from ppdarchive.gate import lowered
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.schema import Field, Kind, Role
from ppdarchive.model.span import TextCategory
from ppdarchive.model.table import CheckedTable
from ppdarchive.pipeline import Validation
from ppdarchive.read import read
from ppdarchive.study import Study
from ppdarchive.textscore import Trained, read_trained

_SEARCHED_KEY: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{2,}|[0-9 .-]{5,}", re.DOTALL)
"""Keys that can be searched for in prose: letters with digits (``P4``), or long numbers; not ``7``."""


def known_identifiers(validation: Validation) -> KnownIdentifiers:
    """What a study knows of its participants: direct identifiers, keys, and the ``[[known]]`` lists.

    Raises
    ------
    StudyError, ReadError
        If a list cannot be read or has no such column.
    """
    own = _direct_identifiers(validation.checked.tables)
    return KnownIdentifiers(chain(own, _listed(validation.study)))


def _direct_identifiers(tables: Mapping[str, CheckedTable]) -> Iterator[tuple[str, TextCategory]]:
    """Every value of a direct-identifier field, of all participants, and keys to search for."""
    for table in tables.values():
        for field in table.schema:
            role = None if field.disclosure is None else field.disclosure.role
            if role not in (Role.DIRECT_IDENTIFIER, Role.KEY):
                continue
            if (
                role is Role.KEY
                and field.disclosure is not None
                and field.disclosure.treatment.method == "keep"
            ):
                continue
            values = values_of(table.frame[field.name])
            if field.kind is Kind.LIST:
                values = pa.chunked_array(
                    [chunk.flatten() for chunk in values.chunks], values.type.value_type
                )
            distinct, _ = encode(values)
            for value in distinct:
                if role is Role.DIRECT_IDENTIFIER:
                    yield from ((text, _category(field)) for text in _written(value))
                elif _SEARCHED_KEY.fullmatch(str(value)):
                    yield str(value), TextCategory.ID


def _written(value: object) -> tuple[str, ...]:
    """The forms in which a value may be written; a date has several."""
    if isinstance(value, date):
        return (
            value.isoformat(),
            f"{value.month}/{value.day}/{value.year}",
            f"{value.month:02}/{value.day:02}/{value.year}",
            f"{value:%B} {value.day}, {value.year}",
        )
    return (str(value),)


_HINTS: Final[Sequence[tuple[str, TextCategory]]] = (
    (r"phone|mobile|fax|\btel|mail|contact", TextCategory.CONTACT),
    (r"address|street|city|town|county|zip|postal", TextCategory.LOCATION),
    (r"hospital|clinic|facility", TextCategory.FACILITY),
    (r"ssn|mrn|edipi|record|account|licen[cs]e|plate|\bip\b", TextCategory.ID),
    (r"date|birth|dob", TextCategory.DATE),
)


def _category(field: Field) -> TextCategory:
    """What a direct identifier is, by its type, format and name; a name where nothing tells."""
    if field.kind in (Kind.DATE, Kind.DATETIME):
        return TextCategory.DATE
    if field.lexical.format in ("email", "uri"):
        return TextCategory.CONTACT
    for pattern, category in _HINTS:
        if re.search(pattern, field.name.lower()):
            return category
    return TextCategory.NAME


def _listed(study: Study) -> Iterator[tuple[str, TextCategory]]:
    """The values of the ``[[known]]`` lists."""
    for index, listing in enumerate(study.config.known):
        source = (
            "parquet"
            if listing.path.endswith(".parquet")
            else "tsv"
            if listing.path.endswith(".tsv")
            else "csv"
        )
        export = read(study.folder / listing.path, source=source, name=listing.path)
        columns = {column.name: column.position for column in export.columns}
        for name, category in listing.columns.items():
            if name not in columns:
                raise StudyError(
                    "study.no-such-column",
                    path=study.path,
                    pointer=f"known[{index}].columns.{name}",
                    name=name,
                )
            distinct, _ = encode(export.cells.column(columns[name] - 1))
            for text in distinct:
                if text.strip():
                    yield text, TextCategory(category)


def engine_for(study: Study, known: KnownIdentifiers) -> Engine:
    """The text engine as ``[text]`` asks for it: with the study's own lists and other packages' detectors.

    Raises
    ------
    StudyError
        If a list of the study's cannot be read.
    TextError
        If ``trained`` names no file that `ppdarchive text train` wrote.
    DetectorError
        If a detector of another package cannot be loaded.
    """
    return engines_for(study, known)[0]


def engines_for(study: Study, known: KnownIdentifiers) -> tuple[Engine, Engine]:
    """The text engine, and the same with the gate's thresholds; the gate looks for known ones by itself."""
    text = study.config.text
    extra: list[Detector] = []
    if text.detectors:
        members = load_plugins(text.detectors, folder=study.folder, path=study.path)
        extra = [combined(members, text.combine)]
    trained = _trained(study)
    entries = [*_study_entries(study), *(trained.entries if trained is not None else ())]
    thresholds = trained.thresholds if trained is not None else None
    build = partial(Engine, extra=extra)
    if entries:
        words, phrases = add(entries, lexicon.words(), lexicon.phrases())
        build = partial(build, words=words, phrases=phrases)
    return build(known, thresholds=thresholds), build(thresholds=lowered(thresholds or Thresholds()))


def _trained(study: Study) -> Trained | None:
    """What ``[text] trained`` names, if anything."""
    name = study.config.text.trained
    if name is None:
        return None
    content: str | None = None
    with suppress(OSError, UnicodeDecodeError):
        content = (study.folder / name).read_text("utf-8")
    if content is None:
        raise TextError(
            "text.trained", path=study.path, pointer="text.trained", reason="the file cannot be read"
        )
    return read_trained(content, path=study.path, pointer="text.trained")


def _study_entries(study: Study) -> list[Entry]:
    """The entries of the lists that ``[text] lexicons`` names."""
    entries: list[Entry] = []
    for index, path in enumerate(study.config.text.lexicons):
        try:
            with (study.folder / path).open(encoding="utf-8-sig", newline="") as lines:
                entries += read_entries(lines)
        except (OSError, ValueError) as problem:
            reason = str(problem) if type(problem) is ValueError else "the file cannot be read as UTF-8 text"
            raise StudyError(
                "study.lexicon", path=study.path, pointer=f"text.lexicons[{index}]", reason=reason
            ) from None
    return entries
