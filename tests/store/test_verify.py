"""The walk over storage roots and objects: every code once, hostile files, any mutation, any document."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.disk import Limits
from ppdarchive.store.problems import CASES as CATALOGUE
from ppdarchive.store.problems import Problem
from ppdarchive.store.publishing import publish
from ppdarchive.store.verify import Verification, verify

from .made import ANSWERS, CASES, PATH, Case, one, root, sha, three

pytestmark = pytest.mark.spoils_archive


def found(folder: Path, *, is_root: bool = False, fixity: bool = True) -> list[Problem]:
    """Return the problems of an object or a storage root."""
    return list(Verification(folder, kind="root" if is_root else "object", fixity=fixity))


def codes(problems: list[Problem]) -> set[str]:
    """Return the codes of problems."""
    return {problem.code for problem in problems}


@contextmanager
def somewhere() -> Iterator[Path]:
    """Lend a folder, for tests that draw many."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "made"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_case_shows_its_codes_and_no_others(case: Case, tmp_path: Path) -> None:
    """Each made object shows what it was made for, and nothing else."""
    folder = case.make().write(tmp_path / "made")
    problems = found(folder, is_root=case.is_root)
    assert codes(problems) == case.codes
    assert all(str(problem) and problem.place.isprintable() for problem in problems)


def test_every_way_of_being_wrong_is_made(tmp_path: Path) -> None:
    """Each entry of the catalogue is shown by a made object, but for those that other tests show."""
    shown = set()
    for name, case in CASES.items():
        folder = case.make().write(tmp_path / name)
        shown |= {problem.case for problem in found(folder, is_root=case.is_root)}
    elsewhere = {"P001.unreadable", "P002.deep", "P002.large", "P002.many", "P002.told", "E090.special"}
    assert CATALOGUE.keys() - shown == elsewhere


def test_without_reading_content_only_changed_bytes_are_missed(tmp_path: Path) -> None:
    """A flipped byte needs fixity; a missing file does not."""
    folder = CASES["E092_content_file_digest_mismatch"].make().write(tmp_path / "flipped")
    assert not found(folder, fixity=False)
    assert codes(found(folder)) == {"E092"}
    assert codes(found(CASES["E023_missing_file"].make().write(tmp_path / "lost"), fixity=False)) == {"E092"}


def test_a_summary_counts(tmp_path: Path) -> None:
    """Objects, versions, files and bytes, read and not."""
    folder = root("nights~public", "nights~inside").write(tmp_path / "archive")
    read: list[int] = []
    verification = verify(folder, fixity=True, progress=read.append)
    assert verification.summary.n_objects == 0
    assert codes(list(verification)) == {"W005"}
    summary = verification.summary
    assert (summary.n_objects, summary.n_versions, summary.n_files) == (2, 2, 4)
    assert summary.n_bytes == summary.n_read_bytes == sum(read) > 0
    assert (summary.n_errors, summary.n_warnings) == (0, 2)
    assert summary.is_valid


def test_what_it_is_is_found_out(tmp_path: Path) -> None:
    """A storage root, an object, and an object that lost its declaration are told apart."""
    assert codes(list(verify(root("nights").write(tmp_path / "root")))) == {"W005"}
    assert codes(list(verify(one().write(tmp_path / "object")))) == set()
    assert codes(list(verify(CASES["E003_no_decl"].make().write(tmp_path / "lost")))) == {"E003"}


@pytest.mark.parametrize("name", ["missing", "empty", "file"])
def test_a_root_that_is_none_is_an_error(tmp_path: Path, name: str) -> None:
    """Only what is neither a storage root nor an object raises."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError) as caught:
        verify(tmp_path / name)
    assert caught.value.code == "store.not-found"


def test_problems_of_an_object_name_the_path_from_the_root(tmp_path: Path) -> None:
    """A reader of the report finds the file."""
    folder = CASES["root_E092_object_broken"].make().write(tmp_path / "archive")
    assert f"nights/{PATH}" in {problem.path for problem in verify(folder)}


# -- what we publish ---------------------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two versions as `publish` makes it."""
    source = tmp_path / "package"
    (source / "data").mkdir(parents=True)
    for wave in (1, 2):
        (source / "data" / "answers.csv").write_bytes(ANSWERS * wave)
        publish(tmp_path / "archive", "nights~public", source, created=datetime(2026, 11, wave, tzinfo=UTC))
    return tmp_path / "archive"


def test_what_we_publish_is_valid(archive: Path) -> None:
    """Our archives show what is ours: ids that are no URIs, nobody's name, an extension of our own."""
    verification = verify(archive, fixity=True)
    assert codes(list(verification)) == {"W005", "W007", "W016"}
    assert verification.summary.n_versions == 2


def test_in_between_states_have_their_codes(archive: Path) -> None:
    """A publish that stopped shows E046 before the inventory is in place, E060 before its sidecar is."""
    folder = archive / "nights~public"
    newest = {name: (folder / name).read_bytes() for name in ("inventory.json", "inventory.json.sha512")}
    for name in newest:
        shutil.copy(folder / "v1" / name, folder / name)
    errors = {problem.code for problem in verify(archive) if problem.severity == "error"}
    assert errors == {"E046"}
    (folder / "inventory.json").write_bytes(newest["inventory.json"])
    errors = {problem.code for problem in verify(archive) if problem.severity == "error"}
    assert errors == {"E060"}


# -- hostile files -----------------------------------------------------------------------------------


def test_nothing_outside_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths of an inventory that lead out are refused by their form; only listed files are opened."""
    made = one()
    outside = tmp_path / "secret.txt"
    outside.write_text("x")
    for number, path in enumerate(("../../secret.txt", str(outside), "v1/content/../../../secret.txt")):
        made.root["manifest"][sha(bytes([number]))] = [path]
    made.links["v1/content/away"] = str(tmp_path)
    made.links["v1/content/away.txt"] = str(outside)
    folder = made.write(tmp_path / "object")
    opened: list[str] = []
    really = os.open

    def watched(path: Any, *arguments: Any, **keywords: Any) -> int:
        opened.append(os.fspath(path))
        return really(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", watched)
    assert {"E090", "E099", "E100"} <= codes(found(folder))
    assert opened
    assert all(Path(path).resolve().is_relative_to(folder) and not Path(path).is_symlink() for path in opened)


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    """A named pipe in the place of an inventory or a content file is told, and nobody waits for it."""
    for number, path in enumerate(("inventory.json", "inventory.json.sha512", PATH, "0=ocfl_object_1.1")):
        folder = one().write(tmp_path / str(number))
        (folder / path).unlink()
        os.mkfifo(folder / path)
        assert "E090.special" in {problem.case for problem in found(folder)}


def test_what_cannot_be_opened_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not give us is a problem, with the system's reason."""
    folder = one().write(tmp_path / "made")
    really = os.open

    def refusing(path: Any, *arguments: Any, **keywords: Any) -> int:
        if os.fspath(path).endswith("answers.csv"):
            raise PermissionError(13, "Permission denied")
        return really(path, *arguments, **keywords)

    monkeypatch.setattr(os, "open", refusing)
    (problem,) = found(folder)
    assert (problem.case, problem.path) == ("P001.unreadable", PATH)
    assert "Permission denied" in problem.words


def test_sizes_are_bounded(tmp_path: Path) -> None:
    """Inventories, depth and number of entries end somewhere, and the rest is said not to be looked at."""
    made = one()
    made.files["v1/content/" + "a/" * 150 + "b.txt"] = b"x"
    folder = made.write(tmp_path / "made")
    assert "P002.deep" in {problem.case for problem in found(folder)}
    for limits, case in ((Limits(inventory_bytes=100), "P002.large"), (Limits(entries=6), "P002.many")):
        problems = list(Verification(folder, kind="object", limits=limits))
        assert case in {problem.case for problem in problems}
    deep = root("nights")
    deep.files["a/" * 150 + "b.txt"] = b"x"
    assert "P002.deep" in {problem.case for problem in verify(deep.write(tmp_path / "deep"))}


def test_a_deep_document_is_no_inventory(tmp_path: Path) -> None:
    """A million brackets end in a problem."""
    folder = one().write(tmp_path / "made")
    (folder / "inventory.json").write_bytes(b'{"id":' + b"[" * 1_000_000)
    assert codes(found(folder)) == {"E033"}


def test_a_path_of_a_million_elements_costs_its_length(tmp_path: Path) -> None:
    """Whether paths conflict is found without every folder above each."""
    made = one()
    made.root["manifest"][sha(b"deep")] = ["v1/content/" + "a/" * 1_000_000 + "a"]
    made.root["versions"]["v1"]["state"][sha(b"deep")] = ["a/" * 1_000_000 + "a"]
    assert codes(found(made.write(tmp_path / "made"))) == {"E092"}


def test_a_round_of_links_ends(tmp_path: Path) -> None:
    """Links that lead round are told and not followed, in a hierarchy as in an object."""
    archive = root("nights")
    archive.links = {"round": ".", "nights/v1/content/up": "../../.."}
    problems = list(verify(archive.write(tmp_path / "archive")))
    assert {problem.path for problem in problems if problem.code == "E090"} == {
        "round",
        "nights/v1/content/up",
    }


def test_names_of_any_bytes_are_shown_as_escapes(tmp_path: Path) -> None:
    """A file name that is no text, or that would steer a terminal, is told in printable characters."""
    folder = one().write(tmp_path / "made")
    for name in (b"\xff\xfe", b"a\x1b[2Jb"):
        Path(os.fsdecode(os.fsencode(folder) + b"/v1/content/" + name)).write_bytes(b"x")
    problems = found(folder)
    assert codes(problems) == {"E023"}
    assert all(str(problem).isprintable() and str(problem).encode() for problem in problems)


def test_a_reader_who_stops_leaves_no_thread(tmp_path: Path) -> None:
    """Whoever wants only the first problem need not wait for the rest."""
    before = threading.active_count()
    folder = CASES["E092_E093_content_path_does_not_exist"].make().write(tmp_path / "made")
    problems = iter(Verification(folder, kind="object", fixity=True))
    assert next(problems)
    problems.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


# -- what must always hold ---------------------------------------------------------------------------

FILES = sorted(three().rendered())


@settings(max_examples=150)
@given(st.sampled_from(FILES), st.integers(min_value=0), st.integers(1, 255))
def test_any_flipped_byte_is_found(path: str, place: int, flip: int) -> None:
    """One byte of one file changed is an error, but in a sidecar that still says the same."""
    with somewhere() as folder:
        three().write(folder)
        content = bytearray((folder / path).read_bytes())
        assume(content)
        before = content.decode()
        content[place % len(content)] ^= flip
        (folder / path).write_bytes(content)
        assume(".sha512" not in path or bytes(content).lower().split() != before.lower().encode().split())
        assert any(problem.severity == "error" for problem in found(folder))


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize(
    "change", ["removed", "emptied", "longer", "renamed", "copied", "a link", "a folder"]
)
def test_any_changed_file_is_found(path: str, change: str, tmp_path: Path) -> None:
    """A file removed, emptied, longer, renamed, copied, or replaced by a link or a folder is told."""
    folder = three().write(tmp_path / "made")
    file = folder / path
    content = file.read_bytes()
    if change == "emptied" and not content:
        pytest.skip("it is empty")
    if change == "longer" and ".sha512" in path:
        file.write_bytes(content + b"more")
    elif change in {"emptied", "longer"}:
        file.write_bytes(b"" if change == "emptied" else content + b"\n")
    elif change == "copied":
        shutil.copy(file, file.with_name(f"{file.name}~"))
    elif change == "renamed":
        file.rename(file.with_name(f"{file.name}~"))
    else:
        file.unlink()
        if change == "a link":
            (tmp_path / "elsewhere").write_bytes(content)
            file.symlink_to(tmp_path / "elsewhere")
        elif change == "a folder":
            file.mkdir()
    assert found(folder)


@settings(max_examples=100)
@given(st.data())
def test_any_added_file_is_found(data: st.DataObject) -> None:
    """A file or an empty folder added anywhere is told, but where OCFL leaves room for anything."""
    parents = sorted({str(Path(path).parent) for path in FILES})
    parent = data.draw(st.sampled_from(parents))
    name = data.draw(st.from_regex(r"[a-z0-9=._~ -]{1,12}", fullmatch=True))
    is_folder = data.draw(st.booleans())
    assume(name not in {".", "..", "logs", "extensions"})
    with somewhere() as folder:
        three().write(folder)
        path = folder / parent / name
        assume(not path.exists())
        if is_folder:
            path.mkdir()
        else:
            path.write_bytes(ANSWERS)
        # Tags of Namaste other than 0 are for anybody; at the root of an object nothing else is.
        assert found(folder)


KEYS = """id type head manifest versions fixity state created user name address message digestAlgorithm
contentDirectory v1 v2 md5 size"""
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([PATH, "v1", "v2"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from([*KEYS.split(), sha(ANSWERS), sha(ANSWERS).upper()]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


def replaced(document: Any, path: list[int], value: Any) -> Any:
    """Return a document with what lies at a path, by places, replaced."""
    if not path or not isinstance(document, dict | list) or not document:
        return value
    place = path[0] % len(document)
    if isinstance(document, list):
        return [replaced(each, path[1:], value) if n == place else each for n, each in enumerate(document)]
    return {
        key: replaced(each, path[1:], value) if n == place else each
        for n, (key, each) in enumerate(document.items())
    }


@settings(max_examples=60)
@given(st.lists(st.integers(0, 20), max_size=5), JSON, st.sampled_from(["", "v1", "v2"]))
def test_any_document_gives_problems_and_no_exception(path: list[int], value: Any, where: str) -> None:
    """Whatever stands in the place of a part of an inventory, the walk ends and shows only printable text."""
    made = three()
    made.documents[where] = replaced(made.documents[where], path, value)
    if not isinstance(made.documents[where], dict):
        made.files[f"{where}/inventory.json".lstrip("/")] = json.dumps(made.documents.pop(where)).encode()
    with somewhere() as folder:
        made.write(folder)
        for problem in found(folder):
            assert str(problem).isprintable()
