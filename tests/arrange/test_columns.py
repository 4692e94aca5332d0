"""Which column a name means, and which columns nobody speaks of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ppdarchive.arrange.columns import find, find_group, unaccounted
from ppdarchive.arrange.piece import positions_used
from ppdarchive.model.schema import Field, Kind, Schema
from ppdarchive.study import Export, Long

COLUMNS = [
    {"name": "Q1", "import_id": "QID7"},
    {"name": "Q2", "import_id": "QID1"},
    {"name": "Q2", "import_id": "QID2"},
    {"name": "QID7", "import_id": "QID9"},
    {"name": "Q3_1", "import_id": "QID3", "group": "Q3", "choice": "1"},
    {"name": "Q3_2", "import_id": "QID3", "group": "Q3", "choice": "2"},
    {"name": "Status", "import_id": "status", "is_tool": True},
    {"name": "Q4[SQ001]"},
]
SCHEMA = Schema("t", (Field("Q1", Kind.STRING), Field("Q3_1", Kind.STRING)))


@pytest.mark.parametrize(
    ("name", "position"),
    [
        ("Q1", 1),  # by name
        ("QID1", 2),  # by import id
        ("QID2", 3),
        ("QID7", 4),  # a name goes before an import id
        ("Q2", None),  # a name of two columns means none
        ("QID3", None),  # so does an import id of two
        ("Q3", None),  # a group is no column
        ("q1", None),  # names are compared exactly
        ("", None),
        ("Q4[SQ001]", 8),
    ],
)
def test_find(exporting: Callable[..., Any], name: str, position: int | None) -> None:
    """A column is found by its name, or else by its import id, if only one has it."""
    column = find(exporting(COLUMNS, []), name)
    assert (None if column is None else column.position) == position


def test_find_group(exporting: Callable[..., Any]) -> None:
    """A select-all question is found with all its columns, in file order."""
    assert [column.position for column in find_group(exporting(COLUMNS, []), "Q3")] == [5, 6]
    assert find_group(exporting(COLUMNS, []), "Q1") == ()


@pytest.mark.parametrize(
    ("ignore", "left"),
    [
        ([], [1, 3, 4, 5, 6, 8]),
        (["Q1"], [3, 4, 5, 6, 8]),
        (["QID2"], [1, 4, 5, 6, 8]),
        (["Q3"], [1, 3, 4, 8]),  # a group's name
        (["Q*"], []),
        (["q*"], [1, 3, 4, 5, 6, 8]),
        (["Q?"], [4, 8]),
        (["Q4[SQ001]"], [1, 3, 4, 5, 6]),  # a name with what a pattern could have
        (["[!Q]*"], [1, 3, 4, 5, 6, 8]),
        (["["], [1, 3, 4, 5, 6, 8]),
    ],
)
def test_unaccounted(exporting: Callable[..., Any], ignore: list[str], left: list[int]) -> None:
    """Columns that are neither used, nor the survey tool's, nor ignored by name or pattern are told."""
    assert [c.position for c in unaccounted(exporting(COLUMNS, []), [2], ignore)] == left


@pytest.mark.parametrize(
    ("keys", "long", "expected"),
    [
        ({"columns": {"Q1": "QID1"}}, (), {2}),
        ({"columns": {"Q1": ["Q3_1", "Q3_2"]}}, (), {5, 6}),
        ({"columns": {"Q1": "Q3"}}, (), {5, 6}),
        ({"columns": {"Q1": "Q1"}, "key": "QID2", "id": "QID9"}, (), {1, 3, 4}),
        ({}, (Long(column="Q1", into="Q1"),), {1}),
        ({}, (), {1, 5}),  # without a mapping the header names the fields
        ({"key": "QID1"}, (), {1, 2, 5}),
    ],
)
def test_positions_used(
    exporting: Callable[..., Any], keys: dict[str, Any], long: tuple[Long, ...], expected: set[int]
) -> None:
    """Every column that an export's part of study.toml takes something from is used, by whatever name."""
    spec = Export(table="t", format="csv", path="x.csv", **keys)
    assert positions_used(exporting(COLUMNS, []), spec, SCHEMA, long) == expected
