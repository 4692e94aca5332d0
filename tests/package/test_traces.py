"""A file holds nothing that does not follow from released values: no page, statistic or footer."""

from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.loading import load
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Category, Kind, Schema
from ppdarchive.package import parquet, write_package
from ppdarchive.package.parquet import FOOTER_KEYS

from .strategies import INFO, released_field

CANARY = "Zyxwoldine"
CANARY_NUMBER = 7_361_846_205_913
SCHEMA = Schema(
    "table",
    (
        released_field("id", Kind.STRING),
        released_field("wave", Kind.STRING, categories=(Category("a"), Category("b"), Category("c"))),
        released_field("count", Kind.INTEGER),
        released_field("seen", Kind.LIST),
    ),
    primary_key=("id",),
)


def arrow(values: list[object], kind: pa.DataType) -> pd.Series:
    """An Arrow-backed column."""
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, kind)))


def plain_frame() -> pd.DataFrame:
    """A frame of three rows without anything hidden in it."""
    return pd.DataFrame(
        {
            "id": arrow(["p", "q", "r"], pa.string()),
            "wave": pd.Series(pd.Categorical(["a", None, "c"], dtype=pandas_dtype(SCHEMA["wave"]))),
            "count": arrow([1, None, 3], pa.int64()),
            "seen": arrow([["x"], None, ["y", "z"]], pa.list_(pa.string())),
        }
    )


def cut_from_a_larger_one() -> pd.DataFrame:
    """The frame, as a slice whose Arrow buffers still hold what was cut off."""
    whole = pd.concat([plain_frame(), plain_frame().iloc[:1]], ignore_index=True)
    whole["id"] = arrow(["p", "q", "r", CANARY], pa.string())
    whole["count"] = arrow([1, None, 3, CANARY_NUMBER], pa.int64())
    whole["seen"] = arrow([["x"], None, ["y", "z"], [CANARY]], pa.list_(pa.string()))
    return whole.iloc[:3]


def nulls_over_values() -> pd.DataFrame:
    """The frame, with a value still lying under a null."""
    frame = plain_frame()
    masked = pa.array(np.array([1, CANARY_NUMBER, 3]), mask=np.array([False, True, False]))
    frame["count"] = pd.Series(pd.arrays.ArrowExtensionArray(masked))
    offsets = pa.py_buffer(np.array([0, 1, 1 + len(CANARY), 2 + len(CANARY)], np.int32).tobytes())
    data = pa.py_buffer(f"p{CANARY}r".encode())
    hidden = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x05"), offsets, data])
    frame["id"] = pd.Series(pd.arrays.ArrowExtensionArray(hidden))
    return frame


def unused_category() -> pd.DataFrame:
    """The frame, with a category that no row has."""
    frame = plain_frame()
    frame["wave"] = frame["wave"].cat.add_categories([CANARY])
    return frame


def words_beside_the_cells() -> pd.DataFrame:
    """The frame, with names of its axes, attributes and an index of its own."""
    frame = plain_frame()
    frame.attrs["origin"] = CANARY
    frame["id"].attrs["origin"] = CANARY
    frame.index = pd.Index([CANARY, "b", "c"], name=CANARY)
    frame.columns.name = CANARY
    return frame


def everything(out: Path) -> bytes:
    """All bytes of a package whose Parquet files are not compressed, and what footers encode."""
    parts = [path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()]
    parts += [str(path.relative_to(out)).encode() for path in sorted(out.rglob("*"))]
    for path in (out / "data").iterdir():
        metadata = pq.read_metadata(path)
        assert set(metadata.metadata) == FOOTER_KEYS
        parts += [base64.b64decode(metadata.metadata[b"ARROW:schema"]), *metadata.metadata.values()]
        for number in range(metadata.num_row_groups):
            for place in range(metadata.num_columns):
                chunk = metadata.row_group(number).column(place)
                assert chunk.compression == "UNCOMPRESSED"
                assert not chunk.metadata
                parts.append(repr(chunk.statistics).encode())
        schema = pq.read_schema(path)
        assert all(not field.metadata or set(field.metadata) == {b"PARQUET:field_id"} for field in schema)
    return b"\n".join(parts)


def has_canary(content: bytes) -> bool:
    """Whether either canary is there, in any form that a file may give it."""
    forms = [CANARY.encode(), CANARY.encode("utf-16-le"), str(CANARY_NUMBER).encode()]
    forms.append(CANARY_NUMBER.to_bytes(8, "little"))
    return any(form.lower() in content.lower() for form in forms)


@pytest.fixture(autouse=True)
def _not_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the same pages, but so that their bytes can be searched."""
    monkeypatch.setattr(parquet, "COMPRESSION", "none")
    monkeypatch.setattr(parquet, "COMPRESSION_LEVEL", None)


@pytest.mark.parametrize(
    "make", [cut_from_a_larger_one, nulls_over_values, unused_category, words_beside_the_cells]
)
def test_nothing_of_where_a_frame_came_from_is_written(make: object, tmp_path: Path) -> None:
    """What a frame's memory, dtypes and attributes still hold is in no byte of the package."""
    frame = make()  # type: ignore[operator]
    out = tmp_path / "out"
    write_package(out, {"table": TreatedTable(SCHEMA, frame)}, INFO)
    assert not has_canary(everything(out))
    assert len(load(out)["table"]) == 3


@pytest.mark.parametrize("column", ["id", "seen", "count"])
def test_a_canary_in_a_cell_is_found(column: str, tmp_path: Path) -> None:
    """The search does find a canary in a released cell, a text, an item or a number."""
    frame = plain_frame()
    planted: dict[str, pd.Series] = {
        "id": arrow(["p", CANARY, "r"], pa.string()),
        "seen": arrow([["x"], [CANARY], None], pa.list_(pa.string())),
        "count": arrow([1, CANARY_NUMBER, 3], pa.int64()),
    }
    frame[column] = planted[column]
    out = tmp_path / "out"
    write_package(out, {"table": TreatedTable(SCHEMA, frame)}, INFO)
    for path in (out / "csv" / "table.csv", out / "data" / "table.parquet"):
        assert has_canary(path.read_bytes())


@pytest.mark.parametrize("place", ["dictionary", "attrs", "footer", "field"])
def test_a_canary_beside_the_cells_is_found(place: str, tmp_path: Path) -> None:
    """The search does find a canary that another writer leaves in a dictionary page or a footer."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "table.parquet"
    table = pa.table(
        {"id": pa.DictionaryArray.from_arrays(pa.array([0, 0], pa.int32()), pa.array(["p", CANARY]))}
    )
    if place != "dictionary":
        frame = pd.DataFrame({"id": ["p"]})
        frame.attrs["origin"] = CANARY if place == "attrs" else ""
        table = pa.Table.from_pandas(frame)
    if place == "footer":
        table = table.replace_schema_metadata({**table.schema.metadata, b"pandas": CANARY.encode()})
    if place == "field":
        table = table.cast(pa.schema([table.schema.field(0).with_metadata({"origin": CANARY})]))
    pq.write_table(table, path, compression="none")
    assert has_canary(path.read_bytes()) or has_canary(
        base64.b64decode(pq.read_metadata(path).metadata[b"ARROW:schema"])
    )


def test_a_value_beside_the_categories_is_refused(tmp_path: Path) -> None:
    """A categorical column with a value that the schema does not list is not written."""
    frame = unused_category()
    frame.loc[0, "wave"] = CANARY
    with pytest.raises(Exception, match="'wave' of table 'table' is not what its schema declares") as caught:
        write_package(tmp_path / "out", {"table": TreatedTable(SCHEMA, frame)}, INFO)
    assert CANARY not in str(caught.value)
    assert not list(tmp_path.iterdir())
