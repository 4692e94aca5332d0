"""The conditions that a release must meet; a list that later work extends.

A condition looks at what would be published and tells whether it holds, with numbers and places
and never with a value. A gate that fails stops the release.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.model.release import Contributor, PackageInfo, TreatedTable
from ppdarchive.model.schema import Treatment
from ppdarchive.model.span import Tier
from ppdarchive.validate.typed import broken_typed

_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
_CITING: Final = ("CITATION.cff", "datapackage.json", "README.md")
_CITED: Final = re.compile(r"^\s*(?:-\s*)?(?:family-names|given-names|name|affiliation):")
_BLOCK_BYTES: Final = 1 << 26
"""No row of a CSV copy is longer than this."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that does not hold.

    Attributes
    ----------
    condition : str
        A stable id.
    what : str
        What is wrong, with numbers and places; never a value.
    remedy : str
        What to do about it.
    overridable : bool
        Whether a written reason can override it (design: never schema, consent, known identifiers).
    """

    condition: str
    what: str
    remedy: str
    overridable: bool = False


class GateRefusedError(Exception):
    """The gate refused a release; `failures` tells every condition that failed."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(f"{len(failures)} conditions failed")
        self.failures = tuple(failures)


def judge_tables(
    tables: Mapping[str, TreatedTable], info: PackageInfo, *, without_consent: int
) -> list[Failure]:
    """The conditions on treated tables, before anything is written.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    info : PackageInfo
    without_consent : int
        Participants among those released who did not consent; counted by whoever knows them.

    Returns
    -------
    list of Failure
        Empty if all conditions hold.
    """
    return [
        *_something_is_left(tables),
        *_schema_holds(tables),
        *_everything_is_declared(tables),
        *_consent_holds(without_consent),
        *_terms_are_named(info),
    ]


def _something_is_left(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    if not any(len(table.frame) for table in tables.values()):
        yield Failure(
            "not-empty",
            "no row of any table is left to release",
            "See who consented, and which fields the schemas release.",
        )


def _schema_holds(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    for rule, n_rows in broken_typed({name: (t.schema, t.frame) for name, t in tables.items()}).items():
        yield Failure(
            "schema",
            f"{rule.id}: {n_rows} released rows break it ({rule.demand})",
            "Change the field's treatment or its constraints, so that what is released satisfies them.",
        )


def _everything_is_declared(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    for name, table in tables.items():
        undeclared = [column for column in table.frame.columns if column not in table.schema]
        undecided = [
            field.name
            for field in table.schema
            if field.disclosure is None or field.disclosure.treatment != Treatment("keep")
        ]
        if undeclared or undecided:
            yield Failure(
                "declared",
                f"table {name}: {len(undeclared) + len(undecided)} columns are not declared for release",
                "Give each field a role and a treatment in its schema.",
            )


def _consent_holds(without_consent: int) -> Iterable[Failure]:
    if without_consent:
        yield Failure(
            "consent",
            f"{without_consent} participants without consent to share are among the released",
            "Report this as a defect: they should have been left out.",
        )


def _terms_are_named(info: PackageInfo) -> Iterable[Failure]:
    if not info.licenses:
        yield Failure(
            "license",
            "the package names no licence",
            "Name one under [[package.licenses]] in study.toml.",
        )
    if not info.contributors:
        yield Failure(
            "contributors",
            "the package names nobody to cite",
            "Name them under [[package.contributors]] in study.toml.",
        )


def judge_folder(
    folder: Path, known: KnownIdentifiers, *, authors: Sequence[Contributor] = ()
) -> list[Failure]:
    """The conditions on a staged package: no known identifier in any published string.

    Every string of every file is looked at: cells, labels, descriptor, codebook, citation, footers
    and the names of files. A known name that is a word too counts where its context says that it is
    a name.

    Parameters
    ----------
    folder : Path
    known : KnownIdentifiers
    authors : sequence of Contributor
        Who is cited by their own name, which may be somebody's in the data too: excepted where the
        citation, the descriptor and the README name them, and nowhere else.

    Returns
    -------
    list of Failure
    """
    failures = []
    names = _names_of(authors)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        for place, strings in published_strings(path, name):
            looked_at = (
                _without(strings, names, whole_only=path.suffix == ".json") if name in _CITING else strings
            )
            found = residual(looked_at, known)
            hits = sum(any(span.tier is Tier.REDACT for span in spans) for spans in found)
            if hits:
                failures.append(
                    Failure(
                        "known-identifiers",
                        f"{name}: {hits} strings in {place} hold a known identifier",
                        "Give the field another treatment, or correct the words of the schema or study.toml.",
                    )
                )
    return failures


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


def published_strings(path: Path, name: str) -> Iterator[tuple[str, list[str]]]:
    """The strings of one file of a package, by place: its name first, then what is in it."""
    yield "its name", [name]
    if not path.is_file():
        return
    if path.suffix == ".parquet":
        yield from _parquet_strings(path)
    elif path.suffix == ".json":
        yield "its text", list(_json_strings(json.loads(path.read_text("utf-8"))))
    elif path.suffix == ".csv":
        yield from _csv_strings(path)
    elif path.name == "SHA256SUMS":
        yield "its text", [_DIGEST.sub("", line) for line in path.read_text("utf-8").splitlines()]
    else:
        yield "its text", path.read_text("utf-8").splitlines()


def _parquet_strings(path: Path) -> Iterator[tuple[str, list[str]]]:
    """All strings of a Parquet file, by column, and those of its footer."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        notes = [file.metadata.metadata or {}, schema.metadata or {}]
        notes += [schema.field(column).metadata or {} for column in schema.names]
        footer = [*schema.names, str(file.metadata.created_by)]
        for members in notes:
            for key, value in members.items():
                footer += [key.decode("utf-8", "replace"), *_strings_of(value.decode("utf-8", "replace"))]
        yield "its footer", footer
        for column in schema.names:
            if not pa.types.is_primitive(schema.field(column).type):  # numbers stand in the CSV copy
                yield f"column {column}", _distinct(file.read([column]).column(0))


def _strings_of(text: str) -> list[str]:
    """The strings of a JSON document; the text itself if it is none."""
    try:
        return list(_json_strings(json.loads(text)))
    except ValueError:
        return [text]


def _csv_strings(path: Path) -> Iterator[tuple[str, list[str]]]:
    """All cells of a CSV file as they are written, by column; its header row is in the descriptor too."""
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file), [])
    yield "its header", header
    table = pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True),
        convert_options=pa.csv.ConvertOptions(
            strings_can_be_null=False, column_types=dict.fromkeys(header, pa.string())
        ),
    )
    for column in table.column_names:
        yield f"column {column}", _distinct(table[column])


def _distinct(column: pa.ChunkedArray) -> list[str]:
    found = pc.unique(column).drop_null().to_pylist()
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in found]


def _json_strings(value: object) -> Iterator[str]:
    """Every string and number in a JSON document, names of members included.

    Sizes and digests of files follow from what is published, and may look like any number.
    """
    if isinstance(value, str):
        yield _DIGEST.sub("", value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            if key != "bytes":
                yield from _json_strings(member)
    elif isinstance(value, list):
        for item in value:
            yield from _json_strings(item)
