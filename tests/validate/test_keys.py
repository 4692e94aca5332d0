"""Keys agree with a slow look at every row."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.validate.keys import dangling, repeated

CELLS = st.sampled_from(["a", "b", "c"]) | st.none()
NUMBERS = st.sampled_from([0, 1, 2**62]) | st.none()
ROWS = st.lists(st.tuples(CELLS, NUMBERS), max_size=8)


def frame_of(rows: list[tuple[Any, Any]], *, categorical: bool, chunked: bool) -> pd.DataFrame:
    """A frame of a text (or categorical) and an integer column, in one or more chunks."""
    half = len(rows) // 2 if chunked else 0
    parts = [rows[:half], rows[half:]]
    text = pa.chunked_array([pa.array([row[0] for row in part], pa.string()) for part in parts])
    number = pa.chunked_array([pa.array([row[1] for row in part], pa.int64()) for part in parts])
    texts = pd.Series(pd.arrays.ArrowExtensionArray(text))
    return pd.DataFrame(
        {
            "text": texts.astype(pd.CategoricalDtype(pd.Index(["c", "b", "a"]))) if categorical else texts,
            "number": pd.Series(pd.arrays.ArrowExtensionArray(number)),
        }
    )


@given(rows=ROWS, categorical=st.booleans(), chunked=st.booleans())
def test_repeated_rows_are_the_later_ones(
    rows: list[tuple[Any, Any]], categorical: bool, chunked: bool
) -> None:
    """A row repeats an earlier one when all its parts are there and equal."""
    frame = frame_of(rows, categorical=categorical, chunked=chunked)
    for fields, keys in (
        (["text"], [(row[0],) for row in rows]),
        (["number"], [(row[1],) for row in rows]),
        (["text", "number"], rows),
    ):
        expected = [
            position for position, key in enumerate(keys) if None not in key and key in keys[:position]
        ]
        assert repeated(frame, fields).tolist() == expected


@given(rows=ROWS, targets=ROWS, categorical=st.booleans(), chunked=st.booleans())
def test_dangling_rows_occur_nowhere_in_the_target(
    rows: list[tuple[Any, Any]], targets: list[tuple[Any, Any]], categorical: bool, chunked: bool
) -> None:
    """A row dangles when all its parts are there and no target row has them."""
    frame = frame_of(rows, categorical=categorical, chunked=chunked)
    target = frame_of(targets, categorical=not categorical, chunked=chunked)
    single = [row[0] for row in targets]
    expected = [n for n, row in enumerate(rows) if row[0] is not None and row[0] not in single]
    assert dangling(frame, ["text"], target, ["text"]).tolist() == expected
    expected = [n for n, row in enumerate(rows) if None not in row and row not in targets]
    assert dangling(frame, ["text", "number"], target, ["text", "number"]).tolist() == expected


def test_nothing_occurs_in_a_table_that_is_not_there() -> None:
    """References to an absent table dangle, nulls refer to nothing."""
    frame = frame_of([("a", 1), (None, 2)], categorical=False, chunked=False)
    assert dangling(frame, ["text"], None, ["x"]).tolist() == [0]
