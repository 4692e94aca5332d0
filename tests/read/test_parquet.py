"""Parquet values as the texts that Table Schema gives them, and files that are none."""

from __future__ import annotations

import datetime as dt
import decimal
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st


def parquet_bytes(table, **options):
    """Write a table to bytes."""
    stream = io.BytesIO()
    pq.write_table(pa.table(table), stream, **options)
    return stream.getvalue()


noon = dt.datetime(2019, 1, 2, 12, 4, 5)

TEXTS = [
    ("string", pa.array(["NA", None, "", " x\r\n"]), ["NA", None, "", " x\r\n"]),
    ("large string", pa.array(["a", None], pa.large_string()), ["a", None]),
    ("integer", pa.array([7, None, -3], pa.int16()), ["7", None, "-3"]),
    ("unsigned", pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
    ("number", pa.array([3.0, None, 0.1, -1.5]), ["3.0", None, "0.1", "-1.5"]),
    ("short number", pa.array([0.1, 3.0], pa.float32()), ["0.1", "3.0"]),
    ("shortest number", pa.array(np.array([0.5], np.float16)), ["0.5"]),
    ("special", pa.array([np.nan, np.inf, -np.inf, None]), ["NaN", "INF", "-INF", None]),
    ("truth", pa.array([True, False, None]), ["true", "false", None]),
    ("date", pa.array([dt.date(2019, 1, 2), None]), ["2019-01-02", None]),
    ("seconds", pa.array([noon, None], pa.timestamp("s")), ["2019-01-02T12:04:05", None]),
    (
        "fractions",
        pa.array([noon.replace(microsecond=500_000), noon], pa.timestamp("us")),
        ["2019-01-02T12:04:05.500000", "2019-01-02T12:04:05"],
    ),
    (
        "billionths",
        pa.array([1_000_000_001, 1_000_001_000], pa.timestamp("ns")),
        ["1970-01-01T00:00:01.000000001", "1970-01-01T00:00:01.000001"],
    ),
    ("zone", pa.array([noon], pa.timestamp("us", "America/Denver")), ["2019-01-02T12:04:05Z"]),
    ("time", pa.array([dt.time(1, 2, 3), dt.time(1, 2, 3, 4), None]), ["01:02:03", "01:02:03.000004", None]),
    ("decimal", pa.array([decimal.Decimal("1.50"), None, decimal.Decimal("0.00")]), ["1.50", None, "0.00"]),
    ("tiny decimal", pa.array([decimal.Decimal("0E-9")], pa.decimal128(18, 9)), ["0.000000000"]),
    ("dictionary", pa.array(["x", None, "x"]).dictionary_encode(), ["x", None, "x"]),
    ("nothing", pa.nulls(2), [None, None]),
    ("list", pa.array([["a", "b c"], None, [], ["d"]]), ["a,b c", None, "", "d"]),
    ("list of numbers", pa.array([[1, 2], None, [3]], pa.large_list(pa.int8())), ["1,2", None, "3"]),
    ("fixed list", pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int64(), 2)), ["1,2", None, "3,4"]),
]


@pytest.mark.parametrize(("column", "texts"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
@pytest.mark.parametrize("row_group_size", [1, 100])
def test_values_become_texts(reading, column, texts, row_group_size):
    """Each type has its default form; nulls stay null; numbers keep what they are."""
    data = parquet_bytes({"x": column}, row_group_size=row_group_size)
    export = reading(data, source="parquet")
    assert export.cells.to_pydict() == {"c1": texts}
    assert export.cells.schema.types == [pa.string()]
    assert export.lines.tolist() == list(range(1, len(texts) + 1))
    assert (export.source, export.n_header) == ("parquet", 0)
    assert export.columns[0].name == "x"
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    assert export.columns[0].is_native == (kind not in (pa.string(), pa.large_string()))


UNSUITABLE = [
    ("binary", pa.array([b"a"]), "binary"),
    ("fixed binary", pa.array([b"ab"], pa.binary(2)), "binary"),
    ("struct", pa.array([{"secret": 1}]), "struct"),
    ("map", pa.array([[("secret", 1)]], pa.map_(pa.string(), pa.int8())), "map"),
    ("duration", pa.array([dt.timedelta(1)]), "duration"),
    ("nested", pa.array([[["a"]]]), "ambiguous list"),
    ("list of structs", pa.array([[{"secret": 1}]]), "struct"),
    ("comma", pa.array([["a,b"]]), "ambiguous list"),
    ("gap", pa.array([["a", None]]), "ambiguous list"),
    ("empty item", pa.array([[""]]), "ambiguous list"),
    ("year", pa.array([2**48], pa.timestamp("ms")), "out-of-range date or time"),
    ("far day", pa.array([2**30], pa.date32()), "out-of-range date or time"),
]


@pytest.mark.parametrize(
    ("column", "kind"), [case[1:] for case in UNSUITABLE], ids=[case[0] for case in UNSUITABLE]
)
def test_types_that_no_field_has(failing, column, kind):
    """What has no unmistakable text is refused by column, in words of ours."""
    error = failing(parquet_bytes({"x": [1] * len(column), "y": column}), source="parquet")
    assert (error.code, dict(error.facts)) == ("read.parquet-type", {"column": 2, "kind": kind})


def test_extension_types_are_what_they_store(reading):
    """An annotated string is a string."""
    column = pa.ExtensionArray.from_storage(pa.json_(), pa.array(['{"a":1}', None]))
    export = reading(parquet_bytes({"x": column}), source="parquet")
    assert export.cells.to_pydict() == {"c1": ['{"a":1}', None]}


def test_an_index_is_a_column(reading):
    """What pandas calls its index is read like everything else."""
    stream = io.BytesIO()
    pd.DataFrame({"a": ["x", "y"]}, index=["p", "q"]).to_parquet(stream)
    export = reading(stream.getvalue(), source="parquet")
    assert [column.name for column in export.columns] == ["a", "__index_level_0__"]
    assert export.cells.to_pydict() == {"c1": ["x", "y"], "c2": ["p", "q"]}


def test_no_rows(reading):
    """A file without rows is a table without rows."""
    export = reading(parquet_bytes({"a": pa.array([], pa.int64())}), source="parquet")
    assert (export.n_rows, export.cells.column_names) == (0, ["c1"])


def test_names_are_there_and_different(failing):
    """Columns without a name, or of one name, are refused by position."""
    table = pa.table([pa.array(["x"]), pa.array(["y"])], names=["a", "a"])
    assert dict(failing(parquet_bytes(table), source="parquet").facts) == {"first": 1, "column": 2}
    table = pa.table([pa.array(["x"]), pa.array(["y"])], names=["a", " "])
    assert failing(parquet_bytes(table), source="parquet").code == "read.unnamed-column"


def invalid_text():
    """Write a file whose text is not UTF-8."""
    data = parquet_bytes({"x": ["aaaa", "bbbb"]}, compression="none", use_dictionary=False)
    return data.replace(b"bbbb", b"bb\xff\xff")


@pytest.mark.parametrize(
    "data",
    [b"", b"PAR1", b"a,b\n1,2\n", parquet_bytes({"x": [1]})[:-9], invalid_text(), parquet_bytes({})],
    ids=["empty", "mark", "csv", "cut", "not UTF-8", "no columns"],
)
def test_what_is_no_parquet_file(failing, data):
    """Damaged files, other files and invalid text are all one error."""
    assert failing(data, source="parquet").code == "read.parquet"


@given(st.floats(width=64))
def test_numbers_come_back(reading, number):
    """The text of a number is the number."""
    (text,) = reading(parquet_bytes({"x": [number]}), source="parquet").cells.to_pydict()["c1"]
    again = float(text.replace("INF", "inf"))
    assert again == number or (np.isnan(again) and np.isnan(number))
