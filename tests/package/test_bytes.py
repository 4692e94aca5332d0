"""The same tables give the same bytes, times and modes, whoever writes them, where and when."""

from __future__ import annotations

import hashlib
import io
import os
import random
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.package.parquet import parquet_writer
from ppdarchive.package.rows import GROUP_ROWS

WRITE = """
import os, sys
from datetime import date, time
from pathlib import Path
os.umask(int(sys.argv[2], 8))
import pandas as pd, pyarrow as pa
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.release import Contributor, License, PackageInfo, TreatedTable
from ppdarchive.model.schema import Category, Disclosure, Field, Kind, Lexical, Role, Schema, Treatment
from ppdarchive.package import write_package
KEPT = Disclosure(Role.NONE, Treatment("keep"))
fields = (
    Field("id", Kind.STRING, disclosure=KEPT),
    Field("wave", Kind.STRING, categories=(Category("b"), Category("a", "Ä")), disclosure=KEPT),
    Field("at", Kind.DATETIME, lexical=Lexical(format="%Y-%m-%dT%H:%M:%S.%f%z"), disclosure=KEPT),
    Field("score", Kind.NUMBER, disclosure=KEPT),
    Field("day", Kind.DATE, disclosure=KEPT),
)
columns = {
    "id": [f"{n * 7919 % 3000:05}" for n in range(3000)], "wave": ["a", None, "b"] * 1000,
    "at": [None, pd.Timestamp("2020-01-01T12:00Z"), None] * 1000, "score": [0.1, None, 1e300] * 1000,
    "day": [date(2020, 1, 1), None, None] * 1000,
}
schema = Schema("table", fields, primary_key=("id",))
arrays = {f.name: pa.array(columns[f.name], arrow_type(f)) for f in fields}
arrays = {f.name: pa.array(columns[f.name], arrow_type(f)) for f in fields}
frame = pd.DataFrame({name: pd.Series(pd.arrays.ArrowExtensionArray(each)) for name, each in arrays.items()})
frame = frame.astype({f.name: pandas_dtype(f) for f in fields})
policy = {name: list("ab") for name in {"z", "y", "x", "w"}}
info = PackageInfo(
    "study", "Über", "Text.", "1.0.0", date(2026, 1, 2), licenses=(License("CC0-1.0"),),
    contributors=(Contributor(given_name="A", family_name="B"),), policy=policy,
)
write_package(Path(sys.argv[1]), {"table": TreatedTable(schema, frame)}, info)
"""  # fmt: skip
SURROUNDINGS = [
    ({"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0", "HOME": "/nowhere", "USER": "a"}, "022"),
    ({"TZ": "Asia/Kolkata", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1", "USER": "b"}, "077"),
    (
        {"TZ": "America/Chicago", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "77", "ARROW_NUM_THREADS": "1"},
        "000",
    ),
]


def look(out: Path) -> dict[str, tuple[str, int, int]]:
    """Digest, mode and time of everything in a package."""
    return {
        path.relative_to(out).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            stat.S_IMODE(path.stat().st_mode),
            path.stat().st_mtime_ns,
        )
        for path in [out, *out.rglob("*")]
    }


def test_surroundings_leave_no_trace(tmp_path: Path) -> None:
    """Time zone, locale, user, umask, folder, name and hash seed change nothing."""
    seen = []
    for number, (surroundings, umask) in enumerate(SURROUNDINGS):
        folder = tmp_path / f"folder {number}" / ("x" * (number + 1))
        folder.mkdir(parents=True)
        out = folder / f"name{number}"
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
        subprocess.run(
            [sys.executable, "-c", WRITE, str(out), umask],
            env={**kept, **surroundings},
            check=True,
            cwd=folder,
        )
        seen.append(look(out))
        assert os.listdir(folder) == [out.name]  # noqa: PTH208
    assert seen[0] == seen[1] == seen[2]
    moment = int(datetime(2026, 1, 2, tzinfo=UTC).timestamp()) * 10**9
    for path, (_, mode, time) in seen[0].items():
        assert (mode, time) == (0o644 if Path(path).suffix or path.isupper() else 0o755, moment), path


def test_rows_stand_in_groups_of_one_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row group but the last has the same number of rows, and every group is read back."""
    monkeypatch.setattr("ppdarchive.package.rows.GROUP_ROWS", 1000)
    monkeypatch.setattr(sys, "argv", ["", str(tmp_path / "out"), "022"])
    exec(WRITE, {})
    metadata = pq.read_metadata(tmp_path / "out" / "data" / "table.parquet")
    assert [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)] == [1000] * 3
    ids = pq.read_table(tmp_path / "out" / "data" / "table.parquet")["id"]
    assert ids.to_pylist() == [f"{number:05}" for number in range(3000)]
    assert pa.types.is_string(ids.type)
    assert GROUP_ROWS > 1000


def test_groups_in_pieces_have_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether large groups are made at once or piece by piece, sorted or not, every file is the same."""
    seen = []
    for name, least in (("whole", 1 << 30), ("pieces", 0)):
        monkeypatch.setattr("ppdarchive.package.rows._LARGE_BYTES", least)
        monkeypatch.setattr("ppdarchive.package.rows.PIECE_BYTES", 1)
        monkeypatch.setattr(sys, "argv", ["", str(tmp_path / name), "022"])
        exec(WRITE, {})
        seen.append(look(tmp_path / name))
    assert seen[0] == seen[1]


def test_pages_end_where_they_end_in_one_piece() -> None:
    """A column that comes in pieces of whole batches is written as one that comes at once."""
    rng = random.Random(1)
    texts = ["".join(rng.choices("abc ", k=rng.choice((0, 40, 3000)))) or None for _ in range(4000)]
    batch = pa.record_batch({"text": pa.array(texts), "number": pa.array(range(4000))})
    written = []
    for step in (4000, 1024, 2048):
        sink = io.BytesIO()
        with parquet_writer(batch.schema, sink) as writer:
            pieces = [batch.slice(start, step) for start in range(0, 4000, step)]
            writer.write_table(pa.Table.from_batches(pieces), row_group_size=GROUP_ROWS)
        written.append(sink.getvalue())
    assert len(written[0]) > 1 << 20
    assert written[0] == written[1] == written[2]
