"""A small study's releases, made by hand or drawn; all persons are invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import strategies as st

from ppdarchive.changes import Change, Contents, changes
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    Kind,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.model.table import Frame

Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]


def field(name: str, kind: Kind = Kind.STRING, role: Role = Role.NONE, **rest: Any) -> Field:
    """A released field."""
    return Field(name, kind, disclosure=Disclosure(role, Treatment("keep")), **rest)


def _refers(name: str, table: str) -> ForeignKey:
    return ForeignKey((name,), table, (name,))


BRANCHES = ("army", "navy", "air force")
STAGES = ("independent", "consensus")

SCHEMAS: dict[str, Schema] = {
    schema.name: schema
    for schema in (
        Schema(
            "participants",
            (
                field("participant_id", role=Role.KEY),
                field(
                    "age",
                    Kind.INTEGER,
                    Role.QUASI_IDENTIFIER,
                    unit="years",
                    constraints=Constraints(minimum=18),
                ),
                field("age_missing", categories=(Category("Not asked"), Category("Refused"))),
                field(
                    "branch",
                    role=Role.QUASI_IDENTIFIER,
                    categories=tuple(Category(name, name.title()) for name in BRANCHES),
                ),
                field("score", Kind.NUMBER, Role.SENSITIVE),
            ),
            primary_key=("participant_id",),
        ),
        Schema(
            "responses",
            (
                field("response_id", role=Role.KEY),
                field("participant_id", role=Role.KEY),
                field("text", role=Role.FREE_TEXT),
            ),
            primary_key=("response_id",),
            foreign_keys=(_refers("participant_id", "participants"),),
        ),
        Schema("coders", (field("coder_id", role=Role.KEY),), primary_key=("coder_id",)),
        Schema(
            "themes",
            (field("theme_id"), field("title"), field("description", role=Role.FREE_TEXT)),
            primary_key=("theme_id",),
        ),
        Schema(
            "codes",
            (field("code_id"), field("title"), field("definition", role=Role.FREE_TEXT), field("theme_id")),
            primary_key=("code_id",),
            foreign_keys=(_refers("theme_id", "themes"),),
        ),
        Schema(
            "codings",
            (
                field("response_id", role=Role.KEY),
                field("code_id"),
                field("coder_id", role=Role.KEY),
                field("start", Kind.INTEGER),
                field("end", Kind.INTEGER),
                field("stage", categories=tuple(Category(name) for name in STAGES)),
            ),
            primary_key=("response_id", "code_id", "coder_id", "start", "end", "stage"),
            foreign_keys=(
                _refers("response_id", "responses"),
                _refers("code_id", "codes"),
                _refers("coder_id", "coders"),
            ),
        ),
    )
}


def frame(schema: Schema, rows: Sequence[Row]) -> Frame:
    """A table of rows; what a row does not name is null."""
    columns = {}
    for each in schema:
        values = pa.array([row.get(each.name) for row in rows], arrow_type(each))
        array = pd.arrays.ArrowExtensionArray(pa.chunked_array([values]))
        columns[each.name] = pd.Series(array).astype(pandas_dtype(each))
    return pd.DataFrame(columns)


def contents(rows: Rows, schemas: Mapping[str, Schema] = SCHEMAS, **metadata: Any) -> Contents:
    """A release of some rows; a table without rows is empty."""
    frames = {name: frame(schema, rows.get(name, ())) for name, schema in schemas.items()}
    return Contents(dict(schemas), frames, metadata)


def participant(name: str, **rest: Any) -> Row:
    """A participant's row."""
    return {"participant_id": name, "age": 30, "branch": "navy", "score": 1.5, **rest}


def response(name: str, owner: str, text: str | None = "She listened") -> Row:
    """A response's row."""
    return {"response_id": name, "participant_id": owner, "text": text}


def code(name: str, theme: str | None = "bond", **rest: Any) -> Row:
    """A code's row."""
    return {"code_id": name, "title": name.title(), "definition": "When said.", "theme_id": theme, **rest}


def theme(name: str, **rest: Any) -> Row:
    """A theme's row."""
    return {"theme_id": name, "title": name.title(), "description": "What it holds.", **rest}


def coding(owner: str, what: str, start: int, end: int, **rest: Any) -> Row:
    """A coding's row."""
    row = {"response_id": owner, "code_id": what, "coder_id": "C1", "start": start, "end": end}
    return {**row, "stage": "consensus", **rest}


def kinds(before: Contents, after: Contents) -> list[Change]:
    """All changes between two releases."""
    return list(changes(before, after))


def changed(schemas: Mapping[str, Schema], table: str, name: str, **rest: Any) -> dict[str, Schema]:
    """The schemas with one field declared otherwise."""
    schema = schemas[table]
    fields = tuple(replace(each, **rest) if each.name == name else each for each in schema)
    return {**schemas, table: replace(schema, fields=fields)}


TEXTS = st.text("ab [N]é👍", max_size=8)


@st.composite
def releases(draw: st.DrawFn, *, min_participants: int = 0) -> dict[str, list[Row]]:
    """The rows of a release."""
    n_participants = draw(st.integers(min_participants, 5))
    people = [
        participant(
            f"P{number}",
            age=draw(st.none() | st.integers(18, 45)),
            branch=draw(st.none() | st.sampled_from(BRANCHES)),
            score=draw(st.none() | st.floats(allow_infinity=True, allow_nan=True)),
        )
        for number in range(n_participants)
    ]
    for row in people:
        if row["age"] is None:
            row["age_missing"] = draw(st.sampled_from(["Not asked", "Refused"]))
    answers = [
        response(f"R{number}", draw(st.sampled_from(people))["participant_id"], draw(st.none() | TEXTS))
        for number in range(draw(st.integers(1, 6)) if people else 0)
    ]
    codes = [code(f"code_{number}", draw(st.sampled_from([None, "bond", "task"]))) for number in range(4)]
    marks = [
        coding(
            draw(st.sampled_from(answers))["response_id"],
            draw(st.sampled_from(codes))["code_id"],
            start := draw(st.integers(0, 3)),
            start + draw(st.integers(1, 3)),
            stage=draw(st.sampled_from(STAGES)),
        )
        for _ in range(draw(st.integers(0, 8)) if answers else 0)
    ]
    unique = {tuple(row.values()): row for row in marks}
    return {
        "participants": people,
        "responses": answers,
        "coders": [{"coder_id": "C1"}],
        "themes": [theme("bond"), theme("task")],
        "codes": codes,
        "codings": list(unique.values()),
    }
