"""A part of a table is what pandas would select of the whole, and no more of the file is decoded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppdarchive.errors import LoadError
from ppdarchive.loading import Release, load
from ppdarchive.package.parquet import read_parquet

from .made import ANSWERS, CANARY, package

SLEEP = ("poor", "fair", "good")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return one release."""
    return load(package(tmp_path_factory.mktemp("package") / "out"))


def ids(release: Release, table: str, filters: Any) -> list[str]:
    """The keys of the rows that fit."""
    key = {"participants": "participant_id", "answers": "answer_id"}[table]
    return release.table(table, columns=[key], filters=filters)[key].tolist()


def test_columns_are_those_asked_for(release: Release) -> None:
    """In the order asked for, each once, typed as in the whole table."""
    whole = release["participants"]
    part = release.table("participants", columns=["sleep", "participant_id", "sleep"])
    pd.testing.assert_frame_equal(part, whole[["sleep", "participant_id"]])
    assert release.table("answers", columns=["topics"])["topics"].tolist()[2] == ["nights", "help"]
    assert release.table("answers", columns=[]).shape == (3, 0)
    pd.testing.assert_frame_equal(release.table("answers"), release["answers"])
    assert release.arrow("answers", columns=["week"]) == release.arrow("answers").select(["week"])


@pytest.mark.parametrize(
    ("table", "filters", "keys"),
    [
        ("participants", [("sleep", ">=", "fair")], ["p1", "p4"]),
        ("participants", [("sleep", "<", "good")], ["p2", "p4"]),
        ("participants", [("sleep", "==", "good")], ["p1"]),
        ("participants", [("sleep", "!=", "good")], ["p2", "p4"]),
        ("participants", [("sleep", "=", None)], ["p3"]),
        ("participants", [("arm", "in", ["coach"])], ["p2"]),
        ("participants", [("arm", "not in", ["coach"])], ["p1", "p3", "p4"]),
        ("participants", [("arm", "in", [])], []),
        ("participants", [("enrolled", ">", date(2026, 1, 5))], ["p3", "p4"]),
        ("participants", [("enrolled", "==", "2026-01-05")], ["p1"]),
        ("participants", [("enrolled", "!=", None), ("arm", "==", "app")], ["p1", "p4"]),
        ("participants", [[("arm", "==", "coach")], [("sleep", "==", None)]], ["p2", "p3"]),
        ("answers", [("week", ">=", 4), ("week", "<=", 7)], ["a1"]),
        ("answers", [("hours", ">", 3)], ["a1", "a3"]),
        ("answers", [("week", "in", pd.Series([8, 9]))], ["a2"]),
        ("answers", (("text", "==", "Better"),), ["a3"]),
    ],
)
def test_rows_are_those_that_fit(release: Release, table: str, filters: Any, keys: list[str]) -> None:
    """Values are of the field's type, categories in their order, and gaps fit only what asks for them."""
    assert ids(release, table, filters) == keys


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ([("weeks", ">", 3)], "load.no-such-column"),
        ([("week", "~", 3)], "load.filter"),
        ([("week", ">", CANARY)], "load.filter"),
        ([("week", ">", None)], "load.filter"),
        ([("week", "==", 2**70)], "load.filter"),
        ([("week", "in", 3)], "load.filter"),
        ([("week", "in", "34")], "load.filter"),
        ([("week", "in", [None])], "load.filter"),
        ([("week", "==", object())], "load.filter"),
        ([("week", "==", float("nan"))], "load.filter"),
        ([("topics", "==", "nights")], "load.filter"),
        ([("week", ">")], "load.filter"),
        ([(3, ">", 3)], "load.filter"),
        ("week > 3", "load.filter"),
        (("week", ">", 3), "load.filter"),
        ([], "load.filter"),
        ([[]], "load.filter"),
        (7, "load.filter"),
    ],
)
def test_filters_that_make_no_sense_are_told(release: Release, filters: Any, code: str) -> None:
    """Which one and why, without its value, and with no exception of a library behind it."""
    with pytest.raises(LoadError) as caught:
        release.table("answers", filters=filters)
    assert caught.value.code == code
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("given", [("arm", "<", "coach"), ("arm", "==", "pilot"), ("sleep", ">", "best")])
def test_categories_are_compared_only_where_that_means_something(
    release: Release, given: tuple[str, str, Any]
) -> None:
    """Categories without an order are neither less nor more; one that there is not is a slip."""
    with pytest.raises(LoadError, match="filter 1 makes no sense"):
        release.table("participants", filters=[given])


def test_a_column_that_there_is_not_is_told(release: Release) -> None:
    """With the table's fields."""
    with pytest.raises(LoadError, match=r"no field 'weeks'. It has answer_id, week, hours, text, topics\."):
        release.table("answers", columns=["week", "weeks"])


WEEKS = st.tuples(st.just("week"), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 9))
LEVELS = st.tuples(
    st.just("sleep"), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.sampled_from(SLEEP)
)


def selected(frame: pd.DataFrame, alternatives: list[list[tuple[str, str, Any]]]) -> list[bool]:
    """What pandas makes of filters: no comparison holds for a gap."""
    methods = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
    total = pd.Series(False, index=frame.index)
    for each in alternatives:
        fit = pd.Series(True, index=frame.index)
        for name, sign, value in each:
            column = frame[name]
            compared = getattr(column, methods[sign])(value).fillna(False).astype(bool)
            fit &= compared & column.notna()
        total |= fit
    return total.tolist()


@pytest.mark.parametrize(("table", "terms"), [("answers", WEEKS), ("participants", LEVELS)])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data())
def test_pandas_agrees(
    release: Release, table: str, terms: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    """What is filtered in the file is what pandas would have kept of the whole."""
    filters = data.draw(st.lists(st.lists(terms, min_size=1, max_size=3), min_size=1, max_size=3))
    whole = release[table]
    expected = whole[selected(whole, filters)].reset_index(drop=True)
    pd.testing.assert_frame_equal(release.table(table, filters=filters), expected)


POOLS: list[pa.MemoryPool] = []


def peak_bytes(read: Callable[[], object]) -> int:
    """How much memory Arrow took at most while something was read."""
    usual = pa.default_memory_pool()
    POOLS.append(pa.proxy_memory_pool(usual))  # threads may still give back to it later
    pa.set_memory_pool(POOLS[-1])
    try:
        assert read() is not None
    finally:
        pa.set_memory_pool(usual)
    peak: int = POOLS[-1].max_memory()
    return peak


def test_what_is_not_asked_for_takes_no_memory(tmp_path: Path) -> None:
    """One column, or one row, takes its part of the memory that all of the table takes."""
    n_rows = 200_000
    wide = pa.table(
        {
            "answer_id": [f"a{number}" for number in range(n_rows)],
            "week": pa.array(range(n_rows), pa.int64()),
            "hours": pa.nulls(n_rows, pa.float64()),
            "text": [f"{CANARY} {number}" * 10 for number in range(n_rows)],
            "topics": ["nights"] * n_rows,
        }
    )
    path = str(tmp_path / "answers.parquet")
    pq.write_table(wide, path, row_group_size=5_000)
    del wide
    whole = peak_bytes(lambda: read_parquet(path, ANSWERS))
    assert peak_bytes(lambda: read_parquet(path, ANSWERS, columns=["week"])) < whole / 8
    one_row = pc.field("text") == f"{CANARY} 75000" * 10
    assert peak_bytes(lambda: read_parquet(path, ANSWERS, rows=one_row)) < whole / 4
