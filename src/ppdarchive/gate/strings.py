"""Every string of a staged package, by place: cells, labels, documents, footers, names of files."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

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
_BLOCK_BYTES: Final = 1 << 26
"""No row of a CSV copy is longer than this."""
_BETWEEN_WORDS: Final = re.compile(r"[-_./\s]+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a string stands: the file, and where in it."""

    file: str
    where: str


@dataclass(frozen=True, slots=True, repr=False)
class Strings:
    """Strings that are looked at together.

    Attributes
    ----------
    kind : {"cells", "words", "names"}
        Cells of one column; words about the data; names of files and folders.
    by_place : mapping of Place to mapping of str to str
        At each place its strings as they are looked at.
    table, field : str
        Of cells.
    is_number : bool
        Whether the column holds numbers.
    """

    kind: Literal["cells", "words", "names"]
    by_place: Mapping[Place, frozenset[str]]
    table: str = ""
    field: str = ""
    is_number: bool = False

    def __repr__(self) -> str:
        return f"<Strings: {self.kind} of {len(self.by_place)} places>"

    def distinct(self) -> list[str]:
        """Each string once, in an order of their own."""
        return sorted(frozenset().union(*self.by_place.values()))

    def places(self, text: str) -> list[Place]:
        """Where a string stands."""
        return [place for place, own in self.by_place.items() if text in own]


def published(folder: Path, *, authors: Sequence[Contributor] = ()) -> Iterator[Strings]:
    """Every string of a package: names of files first, then words, then each column of each table.

    Parameters
    ----------
    folder : Path
    authors : sequence of Contributor
        Who is cited by name; left out where the citation, the descriptor and the README name them.
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
        yield from _cells(table, files)


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


def _cells(table: str, files: Sequence[tuple[str, Path]]) -> Iterator[Strings]:
    """The distinct cells of each column, of the table's Parquet file and its copy at once."""
    columns: dict[str, dict[Place, pa.ChunkedArray | Path]] = {}
    for name, path in files:
        if path.suffix == ".csv":
            found = _read_csv(path)
            own = {column: found[column] for column in found.column_names}
        else:
            own = dict.fromkeys(pq.read_schema(path).names, path)
        for column, cells in own.items():
            columns.setdefault(column, {})[Place(name, f"column {column}")] = cells
    for column, by_place in columns.items():
        is_number = False
        strings: dict[Place, frozenset[str]] = {}
        for place, cells in by_place.items():
            own_cells = pq.read_table(cells, columns=[column]).column(0) if isinstance(cells, Path) else cells
            kind = own_cells.type
            is_number |= pa.types.is_integer(kind) or pa.types.is_floating(kind)
            if not pa.types.is_primitive(kind) or len(by_place) == 1:  # others stand in the copy too
                strings[place] = frozenset(_distinct(own_cells))
        yield Strings("cells", strings, table, column, is_number)


def _read_csv(path: Path) -> pa.Table:
    """All cells of a CSV file as they are written."""
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), [])
    return pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            strings_can_be_null=False, column_types=dict.fromkeys(header, pa.string())
        ),
    )


def _distinct(column: pa.ChunkedArray) -> list[str]:
    found = pc.unique(column).drop_null().to_pylist()
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found]


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
