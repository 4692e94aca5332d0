"""A package is whole or not there: crashes, full disks, places that are taken, tables that are not fit."""

from __future__ import annotations

import errno
import os
import random
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pyarrow as pa
import pytest

from ppdarchive.errors import PackageError
from ppdarchive.loading import load
from ppdarchive.model.columns import Keeper
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Schema, Treatment
from ppdarchive.package import files, write_package

from .strategies import INFO, frame_of, released_field

FIELDS = (released_field("id", Kind.STRING), released_field("text", Kind.STRING))
SCHEMA = Schema("table", FIELDS, primary_key=("id",))
ROWS = [{"id": f"{n:04}", "text": f"{n * 7919 % 10007} " * 40} for n in range(300)]
TABLE = TreatedTable(SCHEMA, frame_of(SCHEMA, ROWS))

WRITE = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from ppdarchive.package import write_package
from package.strategies import INFO
from package.test_files import TABLE
print("ready", flush=True)
write_package(Path(sys.argv[1]), {"table": TABLE}, INFO)
print("done", flush=True)
"""


def start(out: Path, **more: object) -> subprocess.Popen[str]:
    """A process that is about to write the package at `out`."""
    command = [sys.executable, "-c", WRITE, str(out), str(Path(__file__).parents[1])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)  # type: ignore[call-overload]
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process  # type: ignore[no-any-return]


def kill_and_look(folder: Path, seconds: float) -> bool:
    """Kill a writer after some time; whether a package is there, which then is whole."""
    out = folder / "out"
    process = start(out)
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    left = [path for path in folder.iterdir() if path != out]
    assert all(path.name.startswith(".out.") and path.name.endswith(".staging") for path in left)
    assert all(path.stat().st_mode & 0o077 == 0 or not out.exists() for path in left)
    if not out.exists():
        return False
    assert len(load(out)["table"]) == len(ROWS)
    return True


def took(folder: Path) -> float:
    """How long a writer takes that is left alone."""
    process = start(folder / "alone")
    begun = time.monotonic()
    assert process.communicate()[0] == "done\n"
    return time.monotonic() - begun


def crash(tmp_path: Path, times: int) -> None:
    """Kill writers at random instants, and see that the next one is not hindered."""
    longest = took(tmp_path)
    draws = random.Random(5)
    for number in range(times):
        folder = tmp_path / str(number)
        folder.mkdir()
        if not kill_and_look(folder, draws.uniform(0, longest)):
            write_package(folder / "out", {"table": TABLE}, INFO)
        assert len(load(folder / "out")["table"]) == len(ROWS)


def test_a_killed_writer_leaves_nothing_or_all(tmp_path: Path) -> None:
    """Killed at a few random instants, a writer leaves no package or a whole one."""
    crash(tmp_path, 3)


@pytest.mark.thorough
def test_a_writer_killed_often_leaves_nothing_or_all(tmp_path: Path) -> None:
    """Killed at fifty random instants, a writer leaves no package or a whole one."""
    crash(tmp_path, 50)


@pytest.mark.parametrize("limit", [0, 100, 3000, 20_000])
def test_a_full_disk_leaves_nothing(limit: int, tmp_path: Path) -> None:
    """A file that cannot grow further is an error of two lines, and nothing is left behind."""
    process = start(tmp_path / "out", preexec_fn=lambda: _limit(limit))
    _, errors = process.communicate()
    last = errors.strip().splitlines()[-1]
    assert last.startswith("ppdarchive.errors.PackageError: ")
    assert last.endswith("the package cannot be written (File too large). Check the folder and the disk.")
    assert not list(tmp_path.iterdir())


def _limit(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("n_calls", [0, 1, 5, 9])
@pytest.mark.parametrize("name", ["write", "mkdir", "fsync", "utime", "rename"])
def test_a_system_that_refuses_leaves_nothing(
    name: str, n_calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call to the system fails, the error says why, and nothing is left behind."""
    real, left = getattr(os, name), [n_calls]

    def failing(*args: object, **kwargs: object) -> object:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **kwargs)

    problem = None
    with monkeypatch.context() as patch:
        patch.setattr(os, name, failing)
        try:
            write_package(tmp_path / "out", {"table": TABLE}, INFO)
        except PackageError as error:
            problem = error
    if problem is None:
        assert len(load(tmp_path / "out")["table"]) == len(ROWS)
    else:
        assert (problem.code, problem.facts["reason"]) == (
            "package.not-writable",
            os.strerror(errno.ENOSPC),
        )
        assert problem.__context__ is None
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("make", ["file", "empty folder", "folder", "link", "dead link"])
def test_what_is_there_stays(make: str, tmp_path: Path) -> None:
    """Nothing at the place is overwritten, not even an empty folder or a link to nowhere."""
    out = tmp_path / "out"
    _occupy(out, make)
    with pytest.raises(PackageError) as caught:
        write_package(out, {"table": TABLE}, INFO)
    assert caught.value.code == "package.exists"
    assert os.path.lexists(out)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("make", ["file", "empty folder", "folder", "link", "dead link"])
def test_what_comes_meanwhile_stays(make: str, tmp_path: Path) -> None:
    """What appears at the place while the package is written is not overwritten either."""
    out = tmp_path / "out"
    with pytest.raises(PackageError) as caught:
        write_package(out, {"table": TABLE}, INFO, check=lambda _: _occupy(out, make))
    assert caught.value.code == "package.exists"
    assert not (out / "datapackage.json").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def _occupy(out: Path, make: str) -> None:
    if make == "file":
        out.write_text("mine")
    elif make == "dead link":
        out.symlink_to(out.parent / "nowhere")
    elif make == "link":
        (out.parent / "elsewhere").mkdir()
        out.symlink_to(out.parent / "elsewhere")
    else:
        out.mkdir()
        if make == "folder":
            (out / "mine").write_text("mine")


def test_a_rename_that_loses_a_race_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that comes between the last look and the rename stays as it is."""
    out = tmp_path / "out"
    _occupy(out, "folder")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    with pytest.raises(PackageError) as caught:
        write_package(out, {"table": TABLE}, INFO)
    assert caught.value.code == "package.exists"
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_check_sees_the_whole_package_and_can_stop_it(tmp_path: Path) -> None:
    """The check is given a folder that only its owner can enter; what it raises comes through."""
    seen: list[int] = []

    def look(stage: Path) -> None:
        seen.append(stage.stat().st_mode & 0o777)
        assert len(load(stage)["table"]) == len(ROWS)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_package(tmp_path / "out", {"table": TABLE}, INFO, check=look)
    assert seen == [0o700]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["data/table.parquet", "csv/table.csv", "README.md", "datapackage.json"])
def test_a_disk_that_lies_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that reads otherwise than it was written stops the package."""
    fill = files._fill

    def spoil(stage: Path, *rest: object) -> object:
        result = fill(stage, *rest)  # type: ignore[arg-type]
        content = bytearray((stage / name).read_bytes())
        content[len(content) // 2] ^= 1
        (stage / name).write_bytes(content)
        return result

    monkeypatch.setattr(files, "_fill", spoil)
    with pytest.raises(PackageError) as caught:
        write_package(tmp_path / "out", {"table": TABLE}, INFO)
    assert (caught.value.code, caught.value.facts["name"]) == ("package.read-back", name)
    assert not list(tmp_path.iterdir())


def test_a_value_that_is_written_wrong_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values are compared too, not only digests."""
    write = files._write_table

    def spoil(stage: Path, name: str, rows: object, keeper: Keeper) -> object:
        other = TreatedTable(SCHEMA, TABLE.frame.assign(text=TABLE.frame["text"].str.replace("1", "2", n=1)))
        return write(stage, name, files.rows_of(other), keeper)

    monkeypatch.setattr(files, "_write_table", spoil)
    with pytest.raises(PackageError) as caught:
        write_package(tmp_path / "out", {"table": TABLE}, INFO)
    assert (caught.value.code, caught.value.facts["name"]) == ("package.read-back", "data/table.parquet")


def of(*fields: Field, frame: pd.DataFrame) -> TreatedTable:
    """A table of these fields."""
    return TreatedTable(Schema("table", fields), frame)


def lists(*values: object) -> pd.DataFrame:
    """A frame with one column of lists."""
    array = pa.array(list(values), pa.list_(pa.string()))
    return pd.DataFrame({"seen": pd.Series(pd.arrays.ArrowExtensionArray(array))})


SEEN = released_field("seen", Kind.LIST)
SECRET = Disclosure(Role.NONE, Treatment("drop"))
UNFIT = {
    "no disclosure": (of(Field("id", Kind.STRING), frame=TABLE.frame[["id"]]), "package.untreated"),
    "not kept": (of(replace(FIELDS[0], disclosure=SECRET), frame=TABLE.frame[["id"]]), "package.untreated"),
    "a column more": (of(FIELDS[0], frame=TABLE.frame), "package.columns"),
    "a column less": (of(*FIELDS, frame=TABLE.frame[["id"]]), "package.columns"),
    "another order": (of(*FIELDS, frame=TABLE.frame[["text", "id"]]), "package.columns"),
    "another type": (of(FIELDS[0], frame=pd.DataFrame({"id": ["a"]})), "package.frame"),
    "a delimiter in an item": (of(SEEN, frame=lists(["a,b"])), "package.list"),
    "a list without items": (of(SEEN, frame=lists([])), "package.list"),
    "an item that is missing": (of(SEEN, frame=lists(["a", None])), "package.list"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFIT)
def test_tables_that_are_not_fit_are_refused(case: str, tmp_path: Path) -> None:
    """A table that is not what its schema says, or cannot be written, is named and not written."""
    table, code = UNFIT[case]
    with pytest.raises(PackageError) as caught:
        write_package(tmp_path / "out", MappingProxyType({"table": table}), INFO)
    assert caught.value.code == code
    assert len(str(caught.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../table", "", "a b", "Table", "other", ".hidden", "tablé"])
def test_names_that_could_be_paths_are_refused(name: str, tmp_path: Path) -> None:
    """A table's name is its file's name: plain, its schema's, and unlike any other in any case."""
    tables = {
        "table": TABLE,
        name: replace(TABLE, schema=replace(SCHEMA, name=name if name != "other" else "x")),
    }
    with pytest.raises(PackageError) as caught:
        write_package(tmp_path / "out", tables, INFO)
    assert caught.value.code == "package.name"
    with pytest.raises(PackageError):
        write_package(tmp_path / "out", {"table": TABLE}, replace(INFO, name="a/b"))


def test_further_documents_are_files_as_the_others(tmp_path: Path) -> None:
    """They are checksummed and read back; the README names a changelog."""
    write_package(tmp_path / "out", {"table": TABLE}, INFO, documents={"CHANGELOG.md": "# Changelog\n"})
    assert (tmp_path / "out/CHANGELOG.md").read_text() == "# Changelog\n"
    assert load(tmp_path / "out").tables == ("table",)
    assert "CHANGELOG.md" in (tmp_path / "out/SHA256SUMS").read_text()
    assert "`CHANGELOG.md`" in (tmp_path / "out/README.md").read_text()
    write_package(tmp_path / "plain", {"table": TABLE}, INFO)
    assert "CHANGELOG" not in (tmp_path / "plain/README.md").read_text()


@pytest.mark.parametrize("name", ["README.md", "readme.md", "data", "SHA256SUMS", "../x.md", "a/b.md", ""])
def test_a_document_takes_no_other_file_s_place(tmp_path: Path, name: str) -> None:
    """Names of the package's own files, in any case, and paths are refused."""
    with pytest.raises(PackageError) as raised:
        write_package(tmp_path / "out", {"table": TABLE}, INFO, documents={name: "x"})
    assert raised.value.code == "package.name"
    assert not (tmp_path / "out").exists()
