"""From a valid study to a package: known identifiers, consent, treatment, gate, files; the order only."""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from ppdarchive.audit import AuditedPackage, audit_lines, write_audit
from ppdarchive.deidentify.consent import (
    PARTICIPANTS,
    Consented,
    consented,
    participant_fields,
    space_of,
)
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.replace import chooser
from ppdarchive.deidentify.treat import Treated, is_exchanged, keys_by_space, keys_to_shift, treat
from ppdarchive.detectors import lexicon
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.ensemble import combined
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.lexicon import Entry, add, read_entries
from ppdarchive.detectors.plugins import load_plugins
from ppdarchive.detectors.protocol import Detector
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import PackageError, ReadError, StudyError, TextError
from ppdarchive.gate import Failure, GateRefusedError, TextScan, judge_folder, judge_tables, lowered
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import Contributor, License, PackageInfo, Source
from ppdarchive.model.schema import Field, JsonValue, Kind, Role
from ppdarchive.model.span import TextCategory
from ppdarchive.model.table import CheckedTable
from ppdarchive.model.treatment import MAX_OFFSET_DAYS
from ppdarchive.package import write_package
from ppdarchive.pipeline import Progress, Validation, validate_study
from ppdarchive.read import read
from ppdarchive.register import draw_pseudonym, private_folder, study_register
from ppdarchive.study import Study
from ppdarchive.textscore import Trained, read_trained

logger = logging.getLogger(__name__)

_SECRETS: Final[Mapping[str, str]] = {"numbered": "text-numbers", "surrogate": "text-surrogates"}
"""What the register calls the secret of each way of replacing that draws."""
_CANNOT_BE_WRITTEN: Final = ("schema", "declared", "not-empty")
"""Conditions without which there is no folder to look at."""
NOT_ASSESSED: Final = ("privacy standard", "class sizes", "risk thresholds", "review")
"""What ``[release]`` states and this version does not compute; the package says so."""
_EXCHANGE: Final = "exchange"
"""The register's secret that values exchanged at random are drawn from."""
_SEARCHED_KEY: Final = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z]).{2,}|[0-9 .-]{5,}", re.DOTALL)
"""Keys that can be searched for in prose: letters with digits (``P4``), or long numbers; not ``7``."""


@dataclass(frozen=True, slots=True, repr=False)
class Deidentified:
    """A study's tables as they would be released, and what led there.

    Attributes
    ----------
    validation : Validation
    consented : Consented
        The tables as they came in, of consenting participants only.
    treated : Treated
    known : KnownIdentifiers
    warnings : tuple of Failure
        What the gate tells a person to look at.
    """

    validation: Validation
    consented: Consented
    treated: Treated
    known: KnownIdentifiers
    warnings: tuple[Failure, ...] = ()

    def __repr__(self) -> str:
        return f"<Deidentified: {len(self.treated.tables)} tables>"


class FindingsError(Exception):
    """The study's data have findings, which come before any release."""

    def __init__(self, validation: Validation) -> None:
        super().__init__(f"{len(validation.checked.findings)} findings")
        self.validation = validation


def preview_study(
    folder: Path, *, name: str | None = None, progress: Progress = lambda _: None
) -> Deidentified:
    """De-identify a study in memory, with pseudonyms that are forgotten at once; nothing is written.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    StudyError, SchemaError, ReadError
        As `validate_study` does.
    """
    study, validation, known, allowed = _prepare(folder, name, progress)
    keys = keys_by_space(allowed.tables)
    pseudonyms = {space: {key: draw_pseudonym() for key in own} for space, own in keys.items()}
    treated = _treat(
        study,
        allowed,
        known,
        engine_for(study, known),
        pseudonyms=pseudonyms,
        secret=secrets.token_bytes(32),
        offsets={key: -1 - secrets.randbelow(MAX_OFFSET_DAYS) for key in keys_to_shift(allowed.tables)},
        exchange=secrets.token_bytes(32),
        progress=progress,
    )
    return Deidentified(validation, allowed, treated, known)


def pack_study(
    folder: Path,
    out: Path,
    *,
    version: str,
    released_on: date,
    name: str | None = None,
    progress: Progress = lambda _: None,
) -> Deidentified:
    """De-identify a study and write it as a package, if the gate lets it.

    Parameters
    ----------
    folder : Path
        The study's folder.
    out : Path
        The package's folder; it must not exist.
    version : str
        The package's version, such as ``1.0.0``.
    released_on : date
        The date that the package bears.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    GateRefusedError
        With every condition that failed; then nothing is written.
    PackageError, RegisterError, StudyError, SchemaError, ReadError
        If a place cannot be used, or study.toml, a schema or an export makes no sense.
    """
    if os.path.lexists(out):
        raise PackageError("package.exists", path=str(out))
    study, validation, known, allowed = _prepare(folder, name, progress)
    audience = study.config.release.audience if study.config.release is not None else ""
    # What is drawn is kept before anything is published under it.
    with study_register(folder, audience) as register:
        keys = keys_by_space(allowed.tables)
        pseudonyms = {space: register.pseudonyms(space, own) for space, own in keys.items()}
        method = study.config.text.replace
        secret = register.secret(_SECRETS[method]) if method in _SECRETS else b""
        offsets = register.offsets(keys_to_shift(allowed.tables))
        exchange = register.secret(_EXCHANGE) if is_exchanged(allowed.tables) else b""
    engine, sooner = _engines(study, known)
    treated = _treat(
        study,
        allowed,
        known,
        engine,
        pseudonyms=pseudonyms,
        secret=secret,
        offsets=offsets,
        exchange=exchange,
        progress=progress,
    )
    progress("asking the gate")
    info = _info(study, version, released_on)
    failures = judge_tables(
        treated.tables, info, without_consent=_without_consent(study, treated, pseudonyms, validation)
    )
    if any(failure.condition in _CANNOT_BE_WRITTEN for failure in failures):
        raise GateRefusedError(failures)
    progress("writing the package")
    replaced = {column: redaction.replaced() for column, redaction in treated.redactions.items()}
    told: list[Failure] = []
    logs: list[Path] = []

    def check(stage: Path) -> None:
        judged = [*failures, *judge_folder(stage, known, info=info, scan=TextScan(engine, sooner, replaced))]
        told.extend(failure for failure in judged if failure.overridable)
        if len(told) < len(judged):
            raise GateRefusedError([failure for failure in judged if not failure.overridable])
        # Before the package is at its place, so that there is none without its log.
        logs.append(_log(study, allowed, treated, version=version, released_on=released_on))

    try:
        write_package(out, treated.tables, info, check=check)
    except BaseException:
        for log in logs:
            log.unlink(missing_ok=True)
        raise
    logger.info("wrote a package of %d tables", len(treated.tables))
    return Deidentified(validation, allowed, treated, known, tuple(told))


def _log(study: Study, allowed: Consented, treated: Treated, *, version: str, released_on: date) -> Path:
    """Write down every edit, in the private folder."""
    release = study.config.release
    assert release is not None
    package = AuditedPackage(version, released_on, release.audience, study.config.text.replace)
    tables = {name: (table.schema, table.frame) for name, table in allowed.tables.items()}
    return write_audit(
        private_folder(study.folder), package, audit_lines(package, treated.redactions, tables)
    )


def _prepare(
    folder: Path, name: str | None, progress: Progress
) -> tuple[Study, Validation, KnownIdentifiers, Consented]:
    validation = validate_study(folder, name=name, progress=progress)
    study = validation.study
    if study.config.release is None:
        raise StudyError("study.no-release", path=study.path)
    if validation.checked.findings:
        raise FindingsError(validation)
    progress("gathering known identifiers")
    known = known_identifiers(validation)
    field = study.config.release.consent
    allowed = consented(validation.checked.tables, None if field.startswith("all:") else field)
    return study, validation, known, allowed


def _treat(
    study: Study,
    allowed: Consented,
    known: KnownIdentifiers,
    engine: Engine,
    *,
    pseudonyms: Mapping[str, Mapping[str, str]],
    secret: bytes,
    offsets: Mapping[str, int],
    exchange: bytes,
    progress: Progress,
) -> Treated:
    progress("treating fields and texts")
    text = study.config.text
    assert study.config.release is not None
    replace = chooser(
        text.replace, secret=secret, within=text.within, standard=study.config.release.standard, known=known
    )

    def redact_texts(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
        return redact(texts, groups, engine, replace=replace, uncertain=text.uncertain)

    return treat(allowed.tables, pseudonyms=pseudonyms, redact=redact_texts, offsets=offsets, secret=exchange)


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
    return _engines(study, known)[0]


def _engines(study: Study, known: KnownIdentifiers) -> tuple[Engine, Engine]:
    """The text engine, and the same with the thresholds of the gate, which looks for known ones by itself."""
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


def _without_consent(
    study: Study, treated: Treated, pseudonyms: Mapping[str, Mapping[str, str]], validation: Validation
) -> int:
    """Count released participants who did not say yes, from the tables as they came in."""
    release = study.config.release
    assert release is not None
    tables = validation.checked.tables
    if release.consent.startswith("all:") or PARTICIPANTS not in tables:
        return 0
    said = values_of(tables[PARTICIPANTS].frame[release.consent]).to_pylist()
    n_yes = sum(answer is True for answer in said)
    released = treated.tables.get(PARTICIPANTS)
    n_more = max(0, len(released.frame) - n_yes) if released is not None else 0
    if len(tables[PARTICIPANTS].schema.primary_key) != 1:
        return n_more
    (key,) = tables[PARTICIPANTS].schema.primary_key
    ids = values_of(tables[PARTICIPANTS].frame[key]).to_pylist()
    agreed = {str(own) for own, answer in zip(ids, said, strict=True) if answer is True}
    strangers: set[str] = set()
    for name, table in treated.tables.items():
        for field in participant_fields(validation.study.schemas, name):
            if field.name in table.frame:
                mapped = pseudonyms.get(str(space_of(field)), {})
                known = {mapped.get(own, "") if space_of(field) is not None else own for own in agreed}
                distinct, _ = encode(values_of(table.frame[field.name]))
                strangers |= {str(value) for value in distinct} - known
    return max(n_more, len(strangers))


def known_identifiers(validation: Validation) -> KnownIdentifiers:
    """What a study knows of its participants: direct identifiers, keys, and the ``[[known]]`` lists.

    Raises
    ------
    StudyError, ReadError
        If a list cannot be read or has no such column.
    """
    return KnownIdentifiers([*_direct_identifiers(validation.checked.tables), *_listed(validation.study)])


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


def _info(study: Study, version: str, released_on: date) -> PackageInfo:
    """What the package says of itself, from study.toml."""
    given, release = study.config.package, study.config.release
    assert release is not None
    treatments: dict[str, JsonValue] = {
        name: {
            # Of fields that nothing is declared of not even the name is told.
            field.name: field.disclosure.treatment.method
            for field in schema
            if field.disclosure is not None
        }
        for name, schema in study.schemas.items()
    }
    policy: dict[str, JsonValue] = {
        "study": study.config.study.id,
        "audience": release.audience,
        "standard": release.standard,
        "not_assessed": list(NOT_ASSESSED),
        "treatments": treatments,
        "text": {
            "replace": study.config.text.replace,
            "categories": [category.value for category in TextCategory],
        },
        "overridden": [],
    }
    return PackageInfo(
        name=given.name or study.config.study.id,
        title=given.title or study.config.study.title or study.config.study.id,
        description=given.description or study.config.study.description or study.package.description or "",
        version=version,
        released_on=released_on,
        id=given.id,
        licenses=tuple(License(each.name, each.title, each.path) for each in given.licenses),
        contributors=tuple(
            Contributor(
                title=each.title,
                given_name=each.given_name,
                family_name=each.family_name,
                organization=each.organization,
                orcid=each.orcid,
                roles=tuple(each.roles),
            )
            for each in given.contributors
        ),
        sources=tuple(Source(each.title, each.path) for each in given.sources),
        policy=MappingProxyType(policy),
    )


__all__ = ["Deidentified", "FindingsError", "GateRefusedError", "ReadError", "pack_study", "preview_study"]
