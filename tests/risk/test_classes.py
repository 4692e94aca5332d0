"""Rows that share every quasi-identifier are one class."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import NO_CLASS, Codes, class_sizes, classes_of, codes_of, ranks_of


@st.composite
def columns(draw: st.DrawFn, max_code: int = 3) -> list[Codes]:
    """Columns of codes, of one length and of any integer type."""
    n_rows = draw(st.integers(0, 30))
    kinds = st.sampled_from([np.int8, np.int32, np.int64])
    codes = st.integers(-1, max_code)
    return draw(
        st.lists(kinds.flatmap(lambda kind: nps.arrays(kind, n_rows, elements=codes)), min_size=1, max_size=5)
    )


@given(columns())
def test_rows_are_together_that_agree_in_all_columns(drawn: list[Codes]) -> None:
    """Two rows have one class number exactly when they are equal, and the sizes count them."""
    rows = list(zip(*(column.tolist() for column in drawn), strict=True))
    classes, counts = classes_of(drawn), Counter(rows)
    assert len({*zip(rows, classes.of.tolist(), strict=True)}) == len(counts) == len({*classes.of.tolist()})
    assert classes.per_row.tolist() == [counts[row] for row in rows]
    assert class_sizes(drawn).tolist() == classes.sizes.tolist()


@given(columns(), st.sampled_from([2**20, 2**30, 2**40, 2**61]))
def test_wide_codes_do_not_overflow(drawn: list[Codes], apart: int) -> None:
    """Codes so far apart that no packed number holds them are grouped like small ones."""
    far = [np.where(column < 0, -1, column.astype(np.int64) * apart) for column in drawn]
    assert classes_of(far).of.tolist() == classes_of(drawn).of.tolist()
    assert class_sizes(far).tolist() == class_sizes(drawn).tolist()


@given(columns(), st.data())
def test_rows_that_are_not_counted_are_in_no_class(drawn: list[Codes], data: st.DataObject) -> None:
    """A suppressed record is no class; the others are grouped as if it was not there."""
    counted = data.draw(nps.arrays(np.bool_, len(drawn[0])))
    classes = classes_of(drawn, counted=counted)
    assert (classes.of[~counted] == NO_CLASS).all()
    assert (classes.per_row[~counted] == 0).all()
    assert classes.of[counted].tolist() == classes_of([column[counted] for column in drawn]).of.tolist()
    assert classes.sizes.sum() == counted.sum()


def test_columns_must_be_there_and_of_one_length() -> None:
    """No column, and columns of different lengths, are refused."""
    with pytest.raises(ValueError, match="at least one"):
        classes_of([])
    with pytest.raises(ValueError, match="at least one"):
        classes_of([], counted=np.array([True]))
    with pytest.raises(ValueError, match="one length"):
        class_sizes([np.zeros(2, np.int64), np.zeros(3, np.int64)])


CELLS: list[tuple[pa.DataType, list[object]]] = [
    (pa.string(), ["a", None, "b", "a"]),
    (pa.int64(), [2**60, None, -5, 2**60]),
    (pa.int64(), [7, None, -5, 7]),
    (pa.uint8(), [200, None, 0, 200]),
    (pa.bool_(), [True, None, False, True]),
    (pa.float64(), [0.0, None, 1.5, -0.0]),
    (pa.date32(), [date(2019, 1, 1), None, date(2020, 1, 1), date(2019, 1, 1)]),
    (pa.list_(pa.string()), [["a", "b"], None, ["a"], ["a", "b"]]),
    (pa.list_(pa.int64()), [[1, 2], None, [12], [1, 2]]),
]


@pytest.mark.parametrize(("kind", "cells"), CELLS, ids=lambda value: str(value) if pa.types else "")
def test_equal_values_have_equal_codes(kind: pa.DataType, cells: list[object]) -> None:
    """Of every type, equal values share a code, others do not, and null is -1."""
    series = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(cells, kind)])))
    (codes,) = codes_of(pd.DataFrame({"x": series}), ["x"])
    assert codes[0] == codes[3] >= 0
    assert codes[1] == -1
    assert codes[2] >= 0
    assert codes[2] != codes[0]


def test_a_categorical_column_has_its_codes() -> None:
    """The code of a category is its place, whether or not all are used."""
    series = pd.Series(["b", None, "c"], dtype=pd.CategoricalDtype(["a", "b", "c"]))
    (codes,) = codes_of(pd.DataFrame({"x": series}), ["x"])
    assert codes.tolist() == [1, -1, 2]


def test_a_table_without_rows_has_no_class() -> None:
    """Nothing is grouped into nothing."""
    empty = pd.DataFrame({"x": pd.Series([], dtype=pd.ArrowDtype(pa.int64()))})
    classes = classes_of(codes_of(empty, ["x"]))
    assert (len(classes.of), len(classes.sizes), len(class_sizes(codes_of(empty, ["x"])))) == (0, 0, 0)


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (pa.string(), ["b", None, "a", "b"]),
        (pa.int64(), [5, None, -5, 5]),
        (pa.bool_(), [True, None, False, True]),
        (pa.float64(), [0.0, None, -1.5, -0.0]),
        (pa.date32(), [date(2020, 1, 1), None, date(2019, 1, 1), date(2020, 1, 1)]),
    ],
)
def test_ranks_ascend_with_the_values(kind: pa.DataType, cells: list[object]) -> None:
    """The smaller value has the smaller number, and null is -1."""
    series = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array(cells, kind)])))
    assert ranks_of(pd.DataFrame({"x": series}), "x").tolist() == [1, -1, 0, 1]


def test_categories_and_lists_have_ranks() -> None:
    """Categories are ranked by their places, and lists are numbered."""
    named = pd.Series(["b", None], dtype=pd.CategoricalDtype(["b", "a"], ordered=True))
    listed = pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([pa.array([["a"], None])])))
    frame = pd.DataFrame({"named": named, "listed": listed})
    assert ranks_of(frame, "named").tolist() == ranks_of(frame, "listed").tolist() == [0, -1]
