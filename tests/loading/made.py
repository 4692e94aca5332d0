"""Small releases and an archive of them; nobody in them exists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import Category, Disclosure, Field, Kind, Role, Schema, Treatment
from ppdarchive.package import write_package
from ppdarchive.store.inventory import NAME, SIDECAR, sidecar_text
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish

OBJECT = "nights~public"
CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
CANARY = "Zyxwoldine"


def field(name: str, kind: Kind = Kind.STRING, role: Role = Role.NONE, **parts: Any) -> Field:
    """A released field."""
    return Field(name, kind, disclosure=Disclosure(role, Treatment("keep")), **parts)


PARTICIPANTS = Schema(
    "participants",
    (
        field("participant_id", role=Role.KEY),
        # In their order, which is not the alphabet's.
        field(
            "sleep",
            categories=(Category("poor"), Category("fair"), Category("good")),
            categories_ordered=True,
        ),
        field("arm", categories=(Category("app"), Category("coach"))),
        field("enrolled", Kind.DATE),
    ),
    primary_key=("participant_id",),
)
ANSWERS = Schema(
    "answers",
    (
        field("answer_id", role=Role.KEY),
        field("week", Kind.INTEGER),
        field("hours", Kind.NUMBER),
        field("text", role=Role.FREE_TEXT),
        field("topics", Kind.LIST),
    ),
    primary_key=("answer_id",),
)
SCHEMAS = {schema.name: schema for schema in (PARTICIPANTS, ANSWERS)}
ROWS: dict[str, list[tuple[Any, ...]]] = {
    "participants": [
        ("p1", "good", "app", date(2026, 1, 5)),
        ("p2", "poor", "coach", None),
        ("p3", None, None, date(2026, 2, 1)),
        ("p4", "fair", "app", date(2026, 1, 20)),
    ],
    "answers": [
        ("a1", 4, 3.5, f"Nights with {CANARY}", ["nights"]),
        ("a2", 8, None, None, None),
        ("a3", None, 7.0, "Better", ["nights", "help"]),
    ],
}


def frame(schema: Schema, rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """Rows as a typed table."""
    columns = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            each.name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, arrow_type(each)))).astype(
                pandas_dtype(each)
            )
            for each, values in zip(schema, columns, strict=True)
        }
    )


def package(out: Path, version: str = "1.0.0", *, n_answers: int = 3) -> Path:
    """A package of both tables."""
    kept = {**ROWS, "answers": ROWS["answers"][:n_answers]}
    tables = {name: TreatedTable(schema, frame(schema, kept[name])) for name, schema in SCHEMAS.items()}
    write_package(out, tables, PackageInfo("nights", "Nights", "Sleep.", version, date(2026, 1, 2)))
    return out


def archive(root: Path, packages: Mapping[str, Path], *, name: str = OBJECT, dedupe: bool = False) -> Path:
    """An archive of packages, by their versions."""
    for version, folder in packages.items():
        publish(root, name, folder, created=CREATED, message=release_message(version), dedupe=dedupe)
    return root


def rewritten(folder: Path, change: Callable[[str], str], *versions: str) -> None:
    """Change an object's inventory, its copies and their sidecars, as somebody would who means harm."""
    for each in (folder, *(folder / version for version in versions)):
        text = change((each / NAME).read_text()).encode()
        (each / NAME).write_bytes(text)
        (each / SIDECAR).write_text(sidecar_text(hashlib.sha512(text).hexdigest()))
