"""Every string of a staged package, by place: cells, labels, documents, footers, names of files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from ppdarchive.gate.cells import HELD_BYTES, cells_of
from ppdarchive.gate.held import ManyStrings, Place, Strings
from ppdarchive.model.release import Contributor

MEMBERS: Final = frozenset({
    "$schema", "audience", "bottom", "bounds", "bytes", "categories", "categoriesOrdered", "category",
    "constraints", "contributors", "created", "delimiter", "description", "disclosure", "enum", "example",
    "familyName", "field", "fields", "fieldsMatch", "foreignKeys", "format", "givenName", "groups",
    "hash", "id", "itemType", "items", "label", "licenses", "maxLength", "maximum", "mediatype", "method",
    "minLength", "minimum", "missingValues", "name", "not_assessed", "organization", "overridden",
    "parameters", "path", "pattern", "policy", "position", "ppdarchive", "primaryKey", "reference",
    "replace", "required", "resource", "resources", "role", "roles", "schema", "space", "standard",
    "study", "text", "title", "top", "treatment", "treatments", "type", "unique", "uniqueKeys", "unit",
    "value", "values", "version", "width", "wording",
})  # fmt: skip
"""Names of members of a descriptor that standards and we have chosen; other names somebody has made up."""

_DIGEST: Final = re.compile(r"\b(?:sha256:)?[0-9a-f]{64}\b")
_CITING: Final = ("CITATION.cff", "datapackage.json", "README.md")
_CITED: Final = re.compile(r"^\s*(?:-\s*)?(?:family-names|given-names|name|affiliation):")
_BETWEEN_WORDS: Final = re.compile(r"[-_./\s]+")


def published(
    folder: Path, *, authors: Sequence[Contributor] = (), held_bytes: int = HELD_BYTES
) -> Iterator[Strings | ManyStrings]:
    """Every string of a package: names of files first, then words, then each column of each table.

    Parameters
    ----------
    folder : Path
    authors : sequence of Contributor
        Who is cited by name; left out where the citation, the descriptor and the README name them.
    held_bytes : int
        What the distinct cells of a column may take before they are looked at part by part.
    """
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    yield Strings("names", {Place(name, "its name"): frozenset([name]) for name in paths})
    names = _names_of(authors)
    words: dict[Place, frozenset[str]] = {}
    tables: dict[str, list[tuple[str, Path]]] = {}
    for name, path in paths.items():
        if not path.is_file():
            continue
        if path.suffix in (".parquet", ".csv"):
            tables.setdefault(path.stem, []).append((name, path))
            where, strings = _header(path)
            words[Place(name, where)] = frozenset(strings)
            continue
        is_json = path.suffix == ".json"
        pairs = list((_json_strings if is_json else _lines)(path))
        found = [text for _, text in pairs]
        if name in _CITING:
            found = _without(found, names, whole_only=is_json)
        for (where, _), text in zip(pairs, found, strict=True):
            place = Place(name, where)
            words[place] = words.get(place, frozenset()) | {text}
    yield Strings("words", words)
    for table, files in tables.items():
        yield from cells_of(table, files, held_bytes)


def spoken(name: str) -> str:
    """The words of a path: ``data/jane-doe.parquet`` is ``data jane doe``."""
    return _BETWEEN_WORDS.sub(" ", re.sub(r"\.[a-z]{1,8}$", "", name)).strip()


def _names_of(authors: Sequence[Contributor]) -> frozenset[str]:
    """The forms in which authors are named, whole names and parts of them."""
    names: set[str] = set()
    for author in authors:
        given, family = author.given_name or "", author.family_name or ""
        names |= {author.title or "", author.organization or "", given, family}
        names |= {f"{given} {family}", f"{family}, {given}"} if given and family else set()
    return frozenset(names - {""})


def _without(texts: Sequence[str], names: frozenset[str], *, whole_only: bool) -> list[str]:
    """The texts without the authors they name: a part of a name only where nothing else stands."""
    full = () if whole_only else [name for name in names if " " in name]
    left = []
    for given in texts:
        text = "" if _CITED.sub("", given).strip().strip("\"'") in names else given
        for name in full:
            text = text.replace(name, "")
        left.append(text)
    return left


def _header(path: Path) -> tuple[str, list[str]]:
    """What a file of a table says beside its cells."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return "its header", next(csv.reader(file), [])
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        notes = [file.metadata.metadata or {}, schema.metadata or {}]
        notes += [schema.field(column).metadata or {} for column in schema.names]
        footer = [*schema.names, str(file.metadata.created_by)]
    for members in notes:
        for key, value in members.items():
            footer += [key.decode("utf-8", "replace"), *strings_of(value.decode("utf-8", "replace"))]
    return "its footer", footer


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a document, without digests, and their numbers."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        yield f"line {number}", _DIGEST.sub("", line)


def _json_strings(path: Path) -> Iterator[tuple[str, str]]:
    """The strings and numbers of a JSON document, names of members included, and where they stand."""
    yield from _members(json.loads(path.read_text("utf-8")), "")


def strings_of(text: str) -> list[str]:
    """The strings of a JSON document; the text itself if it is none."""
    try:
        return [each for _, each in _members(json.loads(text), "")]
    except ValueError:
        return [text]


def _members(value: object, where: str) -> Iterator[tuple[str, str]]:
    """Strings, numbers and names of members in a JSON value.

    Sizes and digests of files follow from what is published, and may look like any number.
    """
    if isinstance(value, str):
        yield where, _DIGEST.sub("", value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield where, str(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            # A name that somebody made up may be what must not be told.
            own = f"{where}.{key if key in MEMBERS else '*'}".lstrip(".")
            yield own, key
            if key != "bytes":
                yield from _members(member, own)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _members(item, f"{where}[{number}]")
