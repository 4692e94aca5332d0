"""Archives and packages that mean harm are refused with our own errors; nothing outside them is opened."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ppdarchive.archive.verifying import verify_archive
from ppdarchive.errors import ArchiveError, LoadError, PpdArchiveError, StoreError
from ppdarchive.loading import contents, history, load, release
from ppdarchive.store import inventory as inventory_module
from ppdarchive.store import parsing, reading
from ppdarchive.store.inventory import NAME, SIDECAR
from ppdarchive.store.layout import SIGNATURES
from ppdarchive.store.records import MARKS, TOMBSTONES
from ppdarchive.store.verify import verify

from .made import CANARY, OBJECT, package, rewritten

pytestmark = pytest.mark.spoils_archive

CONTENT = f"{OBJECT}/v3/content"
TEXTS = "data/answers.parquet"
OPENED: list[str] = []
Change = Callable[[Path], object]


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | os.PathLike):
        OPENED.append(os.fspath(arguments[0]))


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _nothing_hangs() -> Iterator[None]:
    """Whatever waits for ever fails instead."""

    def stop(*_: object) -> None:
        raise TimeoutError

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a folder outside of the archive that nobody may look into."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.txt").write_text(CANARY)
    return folder


def refused(root: Path, outside: Path, *, is_verified: bool = True) -> set[str]:
    """How loading and a history are refused, if they are; the verifier finds something wrong."""
    errors: list[PpdArchiveError] = []
    OPENED.clear()
    for act in (load, history):
        try:
            act(root)  # type: ignore[operator]
        except (LoadError, StoreError) as error:
            errors.append(error)
    for told in errors:
        assert CANARY not in str(told)
        assert told.__context__ is None
        assert len(str(told)) < 1000
    if is_verified:
        try:
            assert verify_archive(root).findings
        except (ArchiveError, StoreError):  # there is no object, say
            assert list(verify(root, fixity=True))
    real = os.path.realpath(outside)
    assert not [path for path in OPENED if os.path.realpath(path).startswith(real)]
    return {told.code for told in errors}


def edited(change: Callable[[dict[str, Any]], object]) -> Change:
    """The inventory changed, with its copy in the newest version and both sidecars."""

    def text(before: str) -> str:
        document = json.loads(before)
        change(document)
        return json.dumps(document)

    return lambda root: rewritten(root / OBJECT, text, "v3")


def moved(old: str, new: str) -> Change:
    """Each path that ends with `old` becomes `new`, in the manifest and the states, or in the one."""

    def change(document: dict[str, Any]) -> None:
        for paths in document["manifest"].values():
            paths[:] = [new if path == f"v3/content/{old}" else path for path in paths]

    return edited(change)


def renamed(old: str, new: str) -> Change:
    """A logical path of the newest version becomes another."""

    def change(document: dict[str, Any]) -> None:
        for paths in document["versions"]["v3"]["state"].values():
            paths[:] = [new if path == old else path for path in paths]

    return edited(change)


WAYS_OUT = [
    *("../../../outside/secret.txt", "/etc/passwd", "v3/content/../../../../outside/secret.txt"),
    *(
        "v3/content/data/../../../../../outside/secret.txt",
        "..",
        ".",
        "",
        "/",
        "v3/content/",
        "v3//content/a",
    ),
    *(
        "v3/content/./a",
        "v3\\content\\a",
        "C:\\secret.txt",
        "C:/secret.txt",
        "v3/content/a\0b",
        "\\\\host\\a",
    ),
    *("inventory.json", "v3/inventory.json", "extensions/ppdarchive/x", "v4/content/a", "v03/content/a"),
    *("../days~public/v1/content/a.txt", "v3/content/a\nb", "v3/content/\ud800", "V3/content/a", "~/a"),
    "v3/content/" + "a/" * 200_000 + "a",
    "v3/content/" + "a" * 2_000_000,
]


@pytest.mark.parametrize("path", WAYS_OUT, ids=lambda path: ascii(path[:24]))
def test_paths_that_lead_elsewhere_are_refused(root: Path, outside: Path, path: str) -> None:
    """As a content path; and, with what stands before the content taken away, as a logical one."""
    moved(TEXTS, path)(root)
    assert refused(root, outside, is_verified="\ud800" not in path) == {"store.inventory"}
    moved_back = path.removeprefix("v3/content/")
    if path.startswith(("v3/content/", "..", "/", "C:", "\\\\")):
        edited(lambda document: _replace(document["manifest"], path, f"v3/content/{TEXTS}"))(root)
        renamed(TEXTS, moved_back)(root)
        assert refused(root, outside, is_verified="\ud800" not in path) == {"store.inventory"}


def _replace(manifest: dict[str, list[str]], old: str, new: str) -> None:
    for paths in manifest.values():
        paths[:] = [new if path == old else path for path in paths]


def twin(path: str, other: str) -> Change:
    """A second file under a path that some file system takes for another, or that is its folder."""

    def change(document: dict[str, Any]) -> None:
        digest = hashlib.sha512(other.encode()).hexdigest()
        document["manifest"][digest] = [f"v3/content/{other}"]
        document["versions"]["v3"]["state"][digest] = [other]
        assert path in str(document["versions"]["v3"]["state"])

    return edited(change)


DOCUMENTS: dict[str, Change] = {
    "two paths but for case": twin(TEXTS, "DATA/Answers.parquet"),
    "two paths but for case, with accents": twin(TEXTS, "data/ANSWERS.PARQUET"),
    "a file that is a folder too": twin(TEXTS, f"{TEXTS}/more"),
    "a folder that is a file too": twin(TEXTS, "data"),
    "another id": edited(lambda document: document.update(id="days~public")),
    "another algorithm": edited(lambda document: document.update(digestAlgorithm="md5")),
    "another content folder": edited(lambda document: document.update(contentDirectory="..")),
    "a head beyond": edited(lambda document: document.update(head="v4")),
    "no versions": edited(lambda document: document.update(versions={})),
    "a gap": edited(lambda document: document["versions"].update(v9=document["versions"].pop("v3"))),
    "a version v0": edited(lambda document: document["versions"].update(v0=document["versions"]["v3"])),
    "an empty state": edited(lambda document: document["versions"]["v3"].update(state={})),
    "a state of numbers": edited(lambda document: document["versions"]["v3"].update(state={"0": 1})),
    "a digest that nobody has": edited(lambda it: it["manifest"].update({"0" * 128: ["v1/content/x"]})),
    "a digest that is none": edited(lambda it: it["manifest"].update({"../x": ["v1/content/x"]})),
    "a list in a list": edited(lambda it: it["manifest"].update({"0" * 128: [["v1/content/x"]]})),
    "a user of lists": edited(lambda document: document["versions"]["v3"].update(user=[[]])),
    "a time that is none": edited(lambda document: document["versions"]["v3"].update(created="9" * 100)),
    "a message of numbers": edited(lambda document: document["versions"]["v3"].update(message=3)),
    "a key more": edited(lambda document: document.update(next="v4")),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_inventories_that_contradict_themselves_are_refused(root: Path, outside: Path, case: str) -> None:
    """Whatever their sidecars and copies say."""
    DOCUMENTS[case](root)
    codes = refused(root, outside)
    assert codes == ({"store.damaged"} if case == "another id" else {"store.inventory"})


def raw(change: Callable[[bytes], bytes]) -> Change:
    """The inventory's bytes changed, with its copy and both sidecars."""

    def act(root: Path) -> None:
        for folder in (root / OBJECT, root / OBJECT / "v3"):
            data = change((folder / NAME).read_bytes())
            (folder / NAME).write_bytes(data)
            (folder / SIDECAR).write_text(f"{hashlib.sha512(data).hexdigest()}  {NAME}\n")

    return act


BYTES: dict[str, Change] = {
    "nothing": raw(lambda _: b""),
    "cut off": raw(lambda data: data[:-10]),
    "deeply nested": raw(lambda _: b"[" * 1_000_000),
    "deeply nested inside": raw(lambda it: it.replace(b'"head"', b'"x": ' + b'{"a":' * 100_000 + b'1')),
    "a key twice": raw(lambda data: data.replace(b'"head"', b'"head": "v1", "head"')),
    "a version twice": raw(lambda data: data.replace(b'"v2":', b'"v1":')),
    "not UTF-8": raw(lambda data: data.replace(b"Release", b"\xff\xfe")),
    "UTF-16": raw(lambda data: data.decode().encode("utf-16")),
    "NaN": raw(lambda data: data.replace(b'"v3",', b"NaN,", 1)),
    "a number of a million digits": raw(lambda data: data.replace(b'"v3",', b"9" * 1_000_000 + b",", 1)),
    "a list": raw(lambda _: b"[]"),
    "many versions": raw(lambda _: json.dumps({"id": OBJECT, "type": inventory_module.TYPE,
        "digestAlgorithm": "sha512", "head": "v2000", "manifest": {},
        "versions": {f"v{n}": {} for n in range(1, 2001)}}).encode()),
}  # fmt: skip


@pytest.mark.parametrize("case", BYTES)
def test_inventories_that_are_none_are_refused(root: Path, outside: Path, case: str) -> None:
    """Nothing, too much, too deep, two documents in one, or no JSON."""
    BYTES[case](root)
    assert refused(root, outside) == {"store.inventory"}


def test_an_inventory_that_is_too_large_is_not_even_read(
    root: Path, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its size is asked for first."""
    for module in (parsing, reading):
        monkeypatch.setattr(module, "MAX_BYTES", 1000)
    assert refused(root, outside, is_verified=False) == {"store.damaged"}
    assert not [path for path in OPENED if path.endswith(NAME)]


@pytest.mark.parametrize(
    "text", ["", "0" * 128 + "  inventory.json\n", "x" * 10_000, "\xff", "../" * 60, "0" * 10_000_000]
)
def test_a_sidecar_that_agrees_with_nothing_is_refused(root: Path, outside: Path, text: str) -> None:
    """Unless the newest version's copy agrees with the inventory, which is then what a publisher left."""
    (root / OBJECT / SIDECAR).write_text(text)
    assert refused(root, outside) == set()
    path = root / OBJECT / NAME
    path.write_bytes(path.read_bytes().replace(b"09:30", b"09:31"))
    assert refused(root, outside) == {"store.damaged"}


PLACES = [
    *(f"{CONTENT}/{TEXTS}", f"{CONTENT}/SHA256SUMS", f"{CONTENT}/datapackage.json", f"{CONTENT}/data"),
    *(CONTENT, f"{OBJECT}/v3", f"{OBJECT}/{NAME}", OBJECT, "0=ocfl_1.1"),
]


@pytest.mark.parametrize("place", PLACES)
def test_links_are_not_followed(root: Path, outside: Path, place: str) -> None:
    """Files, folders, the object, the archive's mark: also where what they lead to is just as published."""
    (root / place).rename(outside / "moved")
    (root / place).symlink_to(outside / "moved")
    codes = refused(root, outside, is_verified=place != "0=ocfl_1.1")
    assert codes <= {"store.damaged", "store.not-found", "load.no-object", "load.not-found"}
    assert codes


def test_an_object_that_is_a_link_to_another_is_none(root: Path, outside: Path) -> None:
    """A folder that stands for two studies is one study's; a folder that holds itself is refused."""
    (root / "days~public").symlink_to(root / OBJECT)
    with pytest.raises(LoadError, match="has no object of study days"):
        history(root, study="days")
    assert history(root).object_id == OBJECT
    (root / "days~public").unlink()
    (root / CONTENT / "data").rename(root / CONTENT / "moved")
    (root / CONTENT / "data").symlink_to(".")
    assert refused(root, outside) == {"store.damaged"}


@pytest.mark.parametrize("place", ["extensions", "extensions/ppdarchive", MARKS, TOMBSTONES, SIGNATURES])
def test_records_behind_links_are_not_read(root: Path, outside: Path, place: str) -> None:
    """Marks, tombstones and signatures that lie outside are nobody's."""
    (root / OBJECT / place).parent.mkdir(parents=True, exist_ok=True)
    (root / OBJECT / place).symlink_to(outside)
    assert refused(root, outside, is_verified=False) == {"store.damaged"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes on POSIX only")
@pytest.mark.parametrize("place", [each for each in PLACES if "." in each.rpartition("/")[2]])
def test_a_pipe_keeps_nobody_waiting(root: Path, outside: Path, place: str) -> None:
    """Whoever opened it for reading would wait for a writer for ever."""
    (root / place).unlink()
    os.mkfifo(root / place)
    assert refused(root, outside, is_verified=place != "0=ocfl_1.1") <= {
        "store.damaged",
        "store.not-found",
        "load.not-found",
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are pipes on POSIX only")
def test_a_pipe_that_comes_later_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at a file and its opening another may be put in its place."""
    folder = package(tmp_path / "out")
    opened = contents._opened

    def exchanged(path: Path, seen: os.stat_result) -> int:
        path.unlink()
        os.mkfifo(path)
        return opened(path, seen)

    monkeypatch.setattr(contents, "_opened", exchanged)
    with pytest.raises(LoadError, match="not the one that was published"):
        load(folder)


@pytest.mark.parametrize("place", [MARKS, TOMBSTONES])
@pytest.mark.parametrize("kind", ["link", "pipe", "text", "large", "other", "deep"])
def test_records_that_are_none_are_refused(root: Path, outside: Path, place: str, kind: str) -> None:
    """What is said of a version is checked as its inventory is."""
    folder = root / OBJECT / place
    name = "v3-0001.json" if place == MARKS else "0001.json"
    folder.mkdir(parents=True)
    if kind == "link":
        (folder / name).symlink_to(outside / "secret.txt")
    elif kind == "pipe":
        os.mkfifo(folder / name)
    elif kind == "large":
        (folder / name).write_text(" " * 2**21)
    elif kind == "deep":
        (folder / name).write_text("[" * 100_000)
    elif kind == "text":
        (folder / name).write_text(CANARY)
    else:
        (folder / "secret.txt").write_text("{}")
    assert refused(root, outside, is_verified=False) == {"store.record"}


def repacked(folder: Path) -> None:
    """Make the descriptor and the list of checksums agree with the files, as one would who means harm."""
    path = folder / "datapackage.json"
    with contextlib.suppress(ValueError, RecursionError, TypeError, KeyError, AttributeError, OSError):
        descriptor = json.loads(path.read_bytes())
        for resource in descriptor["resources"]:
            data = (folder / resource["path"]).read_bytes()
            resource["hash"] = f"sha256:{hashlib.sha256(data).hexdigest()}"
            resource["ppdarchive"]["bytes"] = len(data)
        path.write_text(json.dumps(descriptor))
    files = sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "SHA256SUMS")
    lines = [
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(folder)}\n" for each in files
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


BOMB = pa.table(
    {
        "answer_id": pa.DictionaryArray.from_arrays(
            pa.array([0] * 1_000_000, pa.int8()), pa.array(["a1"])
        ).cast(pa.string()),
        "week": pa.array([1] * 1_000_000, pa.int64()),
        "hours": pa.array([1.0] * 1_000_000, pa.float64()),
        "text": pa.array(["x" * 100] * 1_000_000),
        "topics": pa.array([None] * 1_000_000, pa.string()),
    }
)


def test_a_file_that_grows_without_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small file that says it takes gigabytes is not decoded; a column that does not may be had."""
    monkeypatch.setattr(release, "MAX_SMALL_BYTES", 20 * 2**20)
    folder = package(tmp_path / "out")
    pq.write_table(BOMB, folder / TEXTS)
    repacked(folder)
    found = load(folder)
    with pytest.raises(LoadError) as caught:
        found["answers"]
    assert caught.value.code == "load.too-large"
    assert (folder / TEXTS).stat().st_size < 100_000
    assert len(found.table("answers", columns=["week"])) == 1_000_000


def _flipped(data: bytes, place: float, value: int) -> bytes:
    changed = bytearray(data)
    changed[int(place * (len(data) - 1))] = value
    return bytes(changed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(place=st.floats(0, 1), value=st.integers(0, 255), cut=st.integers(0, 40))
def test_any_parquet_bytes_are_a_table_or_are_refused(
    spoilt: Path, place: float, value: int, cut: int
) -> None:
    """Where every digest agrees: a changed file gives a table of the declared types, or our own error."""
    data = _flipped((spoilt / "original").read_bytes(), place, value)
    (spoilt / "out" / TEXTS).write_bytes(data[: len(data) - cut] if cut < 20 else data)
    repacked(spoilt / "out")
    found = load(spoilt / "out")
    with contextlib.suppress(LoadError):
        assert found["answers"].columns.tolist() == list(found.schema("answers").names)
    assert repr(found).startswith("<Release nights 1.0.0:")
    with contextlib.suppress(LoadError):
        found.table("answers", columns=["week"], filters=[("week", ">", 3)])


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package, and a copy of one of its tables."""
    folder = tmp_path_factory.mktemp("spoilt")
    package(folder / "out")
    (folder / "original").write_bytes((folder / "out" / TEXTS).read_bytes())
    return folder


DESCRIPTORS = [
    *(b"", b"[]", b"null", b"3", b"[" * 200_000, b'{"resources": []}', b'{"resources": {}}', b"\xff"),
    *(
        b'{"resources": [3]}',
        b'{"resources": [{"name": "a", "path": "../../secret.txt", "schema": {"fields": []}}]}',
    ),
    b'{"resources": [{"name": "a", "path": "data/a.parquet", "schema": "../../outside/secret.txt"}]}',
    b'{"resources": [{"name": "a", "path": "data/a.parquet", "schema": "README.md"}]}',
    b'{"resources": [{"name": "a", "path": "data/a.parquet", "schema": "https://example.org/a"}]}',
    b'{"resources": [{"name": "a", "path": ["data/a.parquet"], "schema": {"fields": [{"name": "b"}]}}]}',
    b'{"name": ' + b"9" * 100_000 + b', "resources": []}',
]


@pytest.mark.parametrize("text", DESCRIPTORS, ids=lambda text: repr(text[:30]))
def test_descriptors_that_lead_elsewhere_are_refused(tmp_path: Path, outside: Path, text: bytes) -> None:
    """Neither tables nor schemas are read from outside the package, or from what it does not list."""
    folder = package(tmp_path / "out")
    (folder / "datapackage.json").write_bytes(text)
    repacked(folder)
    OPENED.clear()
    with pytest.raises(LoadError) as caught:
        load(folder)
    assert caught.value.code == "load.descriptor"
    assert caught.value.__context__ is None
    assert not [path for path in OPENED if path.startswith(str(outside))]


@pytest.mark.parametrize("name", ["SHA256SUMS", "datapackage.json"])
def test_small_files_that_are_large_are_not_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What has to be held in memory has a limit."""
    folder = package(tmp_path / "out")
    monkeypatch.setattr(contents, "MAX_TEXT_BYTES", (folder / name).stat().st_size - 1)
    with pytest.raises(LoadError) as caught:
        load(folder)
    assert (caught.value.code, caught.value.path) == ("load.changed", str(folder / name))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    data=st.binary(max_size=300) | st.text().map(str.encode),
    name=st.sampled_from(["SHA256SUMS", "datapackage.json"]),
)
def test_any_bytes_are_a_package_or_are_refused(spoilt: Path, data: bytes, name: str) -> None:
    """A list of checksums, or a descriptor that the list agrees with."""
    folder = spoilt / "out"
    kept = {each: (folder / each).read_bytes() for each in ("SHA256SUMS", "datapackage.json")}
    try:
        (folder / name).write_bytes(data)
        if name == "datapackage.json":
            repacked(folder)
        with pytest.raises(PpdArchiveError) as caught:
            load(folder)
        assert isinstance(caught.value, LoadError)
    finally:
        for each, content in kept.items():
            (folder / each).write_bytes(content)
