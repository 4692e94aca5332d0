"""One release in a folder -> everything in it that is not as the release itself says.

What a package promises is computed again from its published tables alone: that they satisfy their released
schemas and refer to each other, that the CSV copies hold the same, how many rows there are, and the figures
of risk that the gate put into the descriptor.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Set
from pathlib import Path
from typing import Any, Final

import numpy as np

from ppdarchive.archive.verifying_findings import ArchiveFinding, finding, of_error
from ppdarchive.codebook import codebook
from ppdarchive.errors import LoadError, PackageError
from ppdarchive.loading import Release, load
from ppdarchive.model.release import TreatedTable
from ppdarchive.package.csvcopy import CsvWriter
from ppdarchive.package.rows import rows_of
from ppdarchive.risk.closeness import equal_distance, ordered_distance
from ppdarchive.risk.diversity import distinct_l, entropy_l, value_counts
from ppdarchive.risk.measures import prosecutor, smallest
from ppdarchive.risk.sensitive import sensitive_values
from ppdarchive.risk.summaries import summarize
from ppdarchive.risk.vectors import participant_vectors
from ppdarchive.validate.typed import broken_typed

_DESCRIPTOR: Final = "datapackage.json"
_README: Final = "README.md"
_ROWS: Final = re.compile(r"^\| `([^`]+)` \| ([0-9,]+) \| ", re.MULTILINE)
_CODEBOOK: Final = "codebook.md"
_COUNTED: Final = "Counts are of participants, "
_NUMBER: Final = re.compile(r"[0-9][0-9,]*")
_LARGEST: Final = 1e9
"""No figure of risk is larger."""
_SHOWN_CHARACTERS: Final = 100
_SLACK: Final = 5.1e-5
"""Figures of risk are published with four decimals."""


def release_findings(
    folder: Path, *, version: str | None = None, object_id: str | None = None
) -> Iterator[ArchiveFinding]:
    """Find what is wrong with a release.

    Parameters
    ----------
    folder : Path
        The package's.
    version : str, optional
        What the archive calls it.
    object_id : str, optional
        ``STUDY~AUDIENCE`` of the object that holds it.

    Yields
    ------
    ArchiveFinding
        With paths inside the package. If the package does not load, its first problem alone.
    """
    problem: LoadError
    try:
        release = load(folder)
    except LoadError as error:
        problem = error
    else:
        yield from _of_release(release, folder, version, object_id)
        return
    yield of_error(problem, path=_inside(folder, problem.path))


def _inside(folder: Path, path: str | None) -> str:
    """A path as it is inside the package."""
    return Path(path).relative_to(folder).as_posix() if path and Path(path).is_relative_to(folder) else ""


def _of_release(
    release: Release, folder: Path, version: str | None, object_id: str | None
) -> Iterator[ArchiveFinding]:
    policy = _policy(folder)
    if version is not None and release.version != version:
        found = release.version or "no release"
        yield finding("release.version", path=_DESCRIPTOR, found=found[:_SHOWN_CHARACTERS], expected=version)
    own = f"{policy.get('study')}~{policy.get('audience')}"
    if object_id is not None and own != object_id:
        yield finding("release.object", path=_DESCRIPTOR, found=own[:_SHOWN_CHARACTERS])
    tables: dict[str, TreatedTable] = {}
    for name in release:
        problem: LoadError | None = None
        try:
            tables[name] = TreatedTable(release.schema(name), release[name])
        except LoadError as error:
            problem = error
        if problem is not None:
            yield of_error(problem, path=_inside(folder, problem.path))
    broken = list(_rules(tables, unread=frozenset(release) - tables.keys()))
    yield from broken
    yield from _copies(tables, folder)
    yield from _rows(tables, folder)
    if len(tables) == len(release) and not broken:  # figures of anything else mean nothing
        yield from _codebook(tables, folder)
        if isinstance(stated := policy.get("risk"), dict):
            yield from _risk(tables, stated)


def _policy(folder: Path) -> Mapping[str, Any]:
    """What the descriptor says of the release's policy; the package was loaded, so it is JSON."""
    members = json.loads((folder / _DESCRIPTOR).read_text("utf-8-sig"))
    own = members.get("ppdarchive")
    return own if isinstance(own, dict) else {}


def _rules(tables: Mapping[str, TreatedTable], *, unread: Set[str]) -> Iterator[ArchiveFinding]:
    """Check tables against their released schemas; what refers to one that was not read is not judged."""
    broken = broken_typed({name: (table.schema, table.frame) for name, table in tables.items()})
    for rule, n_rows in broken.items():
        if rule.reference is None or rule.reference[0] not in unread:
            yield finding("release.rule", path=rule.id, n_rows=n_rows, demand=rule.demand)


class _Hashed:
    """A file that is not kept: what would be written to it, as a digest."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.closed = False

    def write(self, given: Any, /) -> int:
        """Take some bytes."""
        view = memoryview(given)
        self.digest.update(view)
        return view.nbytes

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Take no more."""
        self.closed = True


def _copies(tables: Mapping[str, TreatedTable], folder: Path) -> Iterator[ArchiveFinding]:
    """Compare each CSV copy with what would be written of its table now."""
    for name, table in tables.items():
        path = folder / "csv" / f"{name}.csv"
        if not path.is_file():
            continue
        sink = _Hashed()
        problem: PackageError | None = None
        try:
            rows = rows_of(table)
            writer = CsvWriter(rows, sink)
            for number in range(rows.n_groups):
                for piece in rows.pieces(number):
                    writer.write(piece)
            writer.close()
        except PackageError as error:
            problem = error
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if problem is not None:
            yield of_error(problem, path=f"csv/{name}.csv")
        elif found != sink.digest.hexdigest():
            yield finding("release.copy", path=f"csv/{name}.csv")


def _rows(tables: Mapping[str, TreatedTable], folder: Path) -> Iterator[ArchiveFinding]:
    """Compare the numbers of rows that the README tells; some it does not tell."""
    readme = folder / _README
    if not readme.is_file():
        return
    for name, number in _ROWS.findall(readme.read_text("utf-8", errors="replace")):
        n_rows = len(tables[name].frame) if name in tables else None
        if n_rows is not None and number.replace(",", "") != str(n_rows):
            yield finding("release.rows", path=f"{_README}: {name}", found=number, expected=f"{n_rows:,}")


def _codebook(tables: Mapping[str, TreatedTable], folder: Path) -> Iterator[ArchiveFinding]:
    """Compare the counts that the codebook tells; some it does not tell."""
    path = folder / _CODEBOOK
    text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    if _COUNTED not in text:
        return
    schemas = {name: table.schema for name, table in tables.items()}
    summary = summarize({}, tables, min_cell=None)
    actual = dict(_counts(codebook(schemas, title="", is_released=True, summary=summary)))
    wrong = {place[:2] for place, count in _counts(text) if actual.get(place, count) != count}
    for table, field in sorted(wrong):
        yield finding("release.counts", path=f"{_CODEBOOK}: {table}.{field}")


def _counts(text: str) -> Iterator[tuple[tuple[str, str, str], str]]:
    """The counts of a codebook, by table, field and value."""
    table = field = ""
    for line in text.splitlines():
        if line.startswith("## "):
            table, field = line.removeprefix("## "), ""
        elif line.startswith("### "):
            field = line.removeprefix("### ")
        elif field and line.startswith("| ") and line.endswith(" |"):
            cells = line[2:-2].split(" | ")  # a bar in a cell has a backslash before it
            if len(cells) in (2, 3) and _NUMBER.fullmatch(cells[-1]):
                yield (table, field, cells[0]), cells[-1]


def _risk(tables: Mapping[str, TreatedTable], stated: Mapping[str, Any]) -> Iterator[ArchiveFinding]:
    """Compare the figures of risk; a package may state worse ones than its tables alone give.

    It does where facts in answers were counted too, of which the tables do not tell.
    """
    for name, (actual, misleads) in _figures(tables).items():
        found = stated.get(name)
        if found is None:
            continue
        figure = _figure(found)
        if figure is None or misleads(figure):
            shown = "no number" if figure is None else f"{figure:.4g}"
            yield finding(
                "release.risk", path=_DESCRIPTOR, figure=name, found=shown, expected=f"{actual:.4g}"
            )


def _figure(found: object) -> float | None:
    """What a descriptor states as a figure, if that is one; comparing leaves out what is not a number."""
    if isinstance(found, bool) or not isinstance(found, int | float) or not -_LARGEST < found < _LARGEST:
        return None
    return float(found)


def _figures(
    tables: Mapping[str, TreatedTable],
) -> Mapping[str, tuple[float, Callable[[float], bool]]]:
    """Each figure as it is, and whether a stated one would make the release look safer than it is."""
    classes = participant_vectors(tables).classes()
    risk = prosecutor(classes.sizes)
    figures: dict[str, tuple[float, Callable[[float], bool]]] = {
        "k": _at_most(smallest(classes.sizes)),
        "max_prosecutor_risk": _at_least(risk.highest),
        "average_risk": _at_least(risk.average),
    }
    distinct, entropy, distances = [], [], []
    for each in sensitive_values(tables):
        counts = value_counts(classes, each.codes)
        distinct.append(int(distinct_l(counts).min(initial=len(counts.values))))
        entropy.append(float(entropy_l(counts).min(initial=float(len(counts.values)))))
        distance = ordered_distance if each.is_ordered else equal_distance
        distances.append(float(np.max(distance(classes, each.codes), initial=0.0)))
    if distances:
        least, smooth = min(distinct), min(entropy)
        # Of which kind it is is not published: whole numbers may be counts of values, all others are not.
        figures["l"] = (least, lambda found: found > (least if found == int(found) else smooth + _SLACK))
        figures["t"] = _at_least(max(distances))
    return figures


def _at_most(actual: float) -> tuple[float, Callable[[float], bool]]:
    return actual, lambda found: found > actual + _SLACK


def _at_least(actual: float) -> tuple[float, Callable[[float], bool]]:
    return actual, lambda found: found < actual - _SLACK
