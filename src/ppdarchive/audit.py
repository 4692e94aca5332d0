"""The audit log: what was replaced in which answer, by which detector, and how sure it was.

It lies in the study's private folder, one file for each package that was made, and is never changed but by
a purge, which removes the lines of whom or what it is about. Each line is a JSON object, so that
``pandas.read_json(path, lines=True)`` reads it. By default it holds positions and no text.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.errors import RegisterError
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Frame
from ppdarchive.text.keys import plain_key, row_key

FOLDER: Final = "audit"
WITHHELD: Final = "withhold"
"""The method of a span for whose sake the whole answer was withheld."""
_ODD: Final = re.compile(r"[^0-9A-Za-z.-]")


@dataclass(frozen=True, slots=True)
class AuditedPackage:
    """Which package the edits were made for, and by which method; these stand in every line."""

    version: str
    released_on: date
    audience: str
    method: str


COLUMNS: Final[Mapping[str, str]] = {
    "version": "str",
    "released_on": "str",
    "audience": "str",
    "method": "str",
    "table": "str",
    "field": "str",
    "key": "str",
    "start": "int64",
    "end": "int64",
    "new_start": "int64",
    "new_end": "int64",
    "category": "str",
    "kind": "str",
    "detector": "str",
    "score": "float64",
    "tier": "str",
}
"""What each line holds, and how `read_audit` gives it.

``key`` is the row's key as it came in, of several fields a JSON list; ``start`` and ``end`` are code points
of the answer as it came in, half-open, ``new_start`` and ``new_end`` of the released one.
"""


def audit_lines(
    package: AuditedPackage,
    redactions: Mapping[tuple[str, str], Redaction],
    tables: Mapping[str, tuple[Schema, Frame]],
    *,
    owners: Mapping[str, Sequence[str | None]] = MappingProxyType({}),
    with_values: bool = False,
) -> Iterator[dict[str, Any]]:
    """What the log says of each edit.

    An answer that is withheld has a line for each span that was found in it, with the method
    ``withhold``: those of tier ``uncertain`` are why.

    Parameters
    ----------
    package : AuditedPackage
    redactions : mapping of (str, str) to Redaction
        By table and field.
    tables : mapping of str to tuple of Schema and Frame
        The tables as they came in, with the rows that were redacted.
    owners : mapping of str to sequence of (str or None)
        By table, the key of each row's participant, so that a purge finds the lines of one.
    with_values : bool
        Whether the words and what stands in their place are written down too.
    """
    head = {**asdict(package), "released_on": package.released_on.isoformat()}
    for (table, field), redaction in redactions.items():
        schema, frame = tables[table]
        answers = values_of(frame[field])
        keys = [values_of(frame[name]) for name in schema.primary_key]
        whose = owners.get(table, ())
        withheld = set(redaction.withheld)
        for row, (edits, spans) in enumerate(zip(redaction.edits, redaction.spans, strict=True)):
            if not spans:
                continue
            moved, is_withheld = redaction.maps[row], row in withheld
            for number, span in enumerate(spans):
                edit = span if is_withheld else edits[number]
                new_start, new_end = moved.map(edit.start, edit.end)
                line = {
                    **head,
                    "table": table,
                    "field": field,
                    "key": row_key([str(key[row].as_py()) for key in keys]),
                    "start": edit.start,
                    "end": edit.end,
                    "new_start": new_start,
                    "new_end": new_end,
                    "category": span.category.value,
                    "kind": span.kind,
                    "detector": span.detector,
                    "score": round(float(span.score), 4),
                    "tier": span.tier.value,
                }
                if whose and whose[row] is not None:
                    line["participant"] = whose[row]
                if is_withheld:
                    line["method"] = WITHHELD
                if with_values:
                    line["text"] = answers[row].as_py()[edit.start : edit.end]
                    line["replacement"] = "" if is_withheld else edits[number].replacement
                yield line


def write_audit(private: Path, package: AuditedPackage, lines: Iterator[dict[str, Any]]) -> Path:
    """Write a new log into the private folder, for its owner alone; it is there whole or not at all.

    Parameters
    ----------
    private : Path
        The private folder (`ppdarchive.register.private_folder`).
    package : AuditedPackage
    lines : iterator of dict
        What `audit_lines` gives.

    Returns
    -------
    Path
        The log, ``audit/DATE_VERSION_RANDOM.jsonl``.

    Raises
    ------
    RegisterError
        If it cannot be written.
    """
    folder = private / FOLDER
    name = f"{package.released_on.isoformat()}_{_ODD.sub('_', package.version)}_{secrets.token_hex(8)}.jsonl"
    path, fresh = folder / name, folder / f".{name}.new"
    reason = ""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        # The file has its mode before anything is in it.
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        _sync(folder)
    except OSError as error:
        reason = error.strerror or "unknown"
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
    if reason:
        raise RegisterError("register.not-writable", path=str(folder), reason=reason)
    return path


def without_lines(private: Path, rows: Mapping[str, Set[str]], *, owner: str | None = None) -> int:
    """Remove the lines of some rows from all logs; each log is the old or the new one, whatever happens.

    Parameters
    ----------
    private : Path
        The private folder.
    rows : mapping of str to set of str
        By table, keys as they came in, however they are written.
    owner : str, optional
        The plain form of the key of a participant, all of whose lines go.

    Returns
    -------
    int
        How many lines went.

    Raises
    ------
    RegisterError
        If a log cannot be read or written, or is none.
    """
    folder, n_lines, reason = private / FOLDER, 0, ""
    wanted = {table: {_plain_row(key) for key in keys} for table, keys in rows.items()}
    try:
        for left in folder.glob(".*.new"):
            left.unlink(missing_ok=True)
        for path in sorted(folder.glob("*.jsonl")):
            lines = path.read_text("utf-8").split("\n")
            kept = [line for line in lines if not line or not _is_of(json.loads(line), wanted, owner)]
            if len(kept) < len(lines):
                n_lines += len(lines) - len(kept)
                _put(path, "\n".join(kept).encode())
    except OSError as error:
        reason = error.strerror or "unknown"
    except (ValueError, KeyError, TypeError, AttributeError):
        reason = "it is no audit log"
    if reason:
        raise RegisterError("register.not-writable", path=str(folder), reason=reason)
    return n_lines


def _is_of(line: Mapping[str, Any], rows: Mapping[str, Set[str]], owner: str | None) -> bool:
    """Whether a line is about one of some rows, or about a participant."""
    is_owned = owner is not None and plain_key(line.get("participant", "")) == owner
    return is_owned or _plain_row(line["key"]) in rows.get(line["table"], ())


def _plain_row(key: str) -> str:
    """The plain form of a row's key, part by part."""
    parts: object = None
    if key.startswith("["):
        with contextlib.suppress(ValueError):
            parts = json.loads(key)
    return row_key([plain_key(str(part)) for part in parts]) if isinstance(parts, list) else plain_key(key)


def _put(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_audit(folder: Path) -> pd.DataFrame:
    """Every edit that the logs of a study tell of, packages in the order of their dates.

    Parameters
    ----------
    folder : Path
        The private folder.

    Returns
    -------
    DataFrame, shape (n_edits, 17)
        The columns of `COLUMNS`, and `log`, the name of the file; where values were written down, `text` and
        `replacement` too.

    Raises
    ------
    RegisterError
        If a log cannot be read, or is none.
    """
    rows: list[dict[str, Any]] = []
    reason = ""
    for path in sorted((folder / FOLDER).glob("*.jsonl")):
        try:
            lines = path.read_text("utf-8").split("\n")
            rows += [{**json.loads(line), "log": path.name} for line in lines if line]
        except (OSError, ValueError, TypeError) as problem:
            reason = problem.strerror or "unknown" if isinstance(problem, OSError) else "it is no audit log"
        if not reason and not all(row.keys() >= COLUMNS.keys() for row in rows):
            reason = "it is no audit log"
        if reason:
            raise RegisterError("register.not-writable", path=str(path), reason=reason)
    kinds = {**COLUMNS, "log": "str"}
    if any("text" in row for row in rows):
        kinds |= {"text": "str", "replacement": "str"}
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
