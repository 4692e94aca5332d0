"""A release is loaded from an archive: the one that is meant, to the byte, whoever is at work there."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.errors import LoadError, PpdArchiveError, StoreError
from ppdarchive.loading import ReleaseWarning, history, load, opening, pin
from ppdarchive.store.files import Files, LocalFiles
from ppdarchive.store.inventory import NAME, SIDECAR
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import head
from ppdarchive.store.records import Mark, MarkKind, Tombstone, put_mark
from ppdarchive.store.rewriting import rewrite

from .made import CANARY, CREATED, OBJECT, archive, package, rewritten

TEXTS = "data/answers.parquet"


def refused(where: Path, version: str = "latest", **options: str) -> PpdArchiveError:
    """Why something is not loaded, in lines that name nobody."""
    with pytest.raises(PpdArchiveError) as caught:
        load(where, version, **options)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None
    assert isinstance(caught.value, LoadError | StoreError)
    return caught.value


@pytest.mark.parametrize("dedupe", [False, True])
@pytest.mark.parametrize(
    ("version", "number", "n_answers"),
    [("latest", 3, 3), ("1.0.0", 1, 1), ("v2", 2, 2), (">=1,<2", 2, 2), ("~=1.0", 2, 2)],
)
def test_the_release_that_is_meant_is_loaded(
    copied: Callable[[bool], Path], dedupe: bool, version: str, number: int, n_answers: int
) -> None:
    """From the archive or the object's folder, also where the bytes lie with an earlier version."""
    root = copied(dedupe)
    for where in (root, str(root / OBJECT)):
        release = load(where, version)
        assert (release.number, len(release["answers"])) == (number, n_answers)
        assert release.version == ("1.0.0", "1.1.0", "2.0.0")[number - 1]
        assert release.marks == release.tombstones == ()
    assert repr(release).endswith(f"participants 4, answers {n_answers} rows>")


def test_a_version_of_an_archive_is_a_package_too(root: Path) -> None:
    """A version's own content opens by itself, and has no number in an archive."""
    release = load(root / OBJECT / "v2" / "content", "1.1.0")
    assert (release.version, release.number) == ("1.1.0", None)
    error = refused(root / OBJECT / "v2" / "content", "2.0.0")
    assert (error.code, "only 1.1.0" in str(error)) == ("load.no-release", True)


def test_an_object_can_be_named_from_within(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that ends in no name is the folder that it stands for."""
    monkeypatch.chdir(root / OBJECT)
    assert load(".").number == 3
    monkeypatch.chdir(root)
    assert load(".").number == 3


def test_of_several_objects_one_is_named(root: Path, packages: dict[str, Path]) -> None:
    """Study and audience choose; whoever has not chosen is told the choices."""
    publish(root, "nights~team", packages["1.0.0"], created=CREATED, message=release_message("1.0.0"))
    assert load(root, audience="team").number == 1
    assert load(root, study="nights", audience="public").number == 3
    assert load(root / "nights~team").number == 1
    error = refused(root)
    assert (error.code, "nights~public, nights~team" in str(error)) == ("load.several-objects", True)
    assert refused(root, study="days").code == "load.no-object"
    assert refused(root / OBJECT, audience="team").code == "load.no-object"


def test_what_is_no_archive_is_told(tmp_path: Path, root: Path) -> None:
    """Neither a package nor an archive: an empty folder, an archive's inner ones, an address."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "object").mkdir()
    (tmp_path / "object" / "0=ocfl_object_1.1").write_text("")
    for where in (tmp_path / "empty", tmp_path / "object", root / "extensions", root / OBJECT / "v1"):
        assert refused(where).code == "load.not-found"
    shutil.rmtree(root / OBJECT)
    assert refused(root).code == "load.no-object"


def test_versions_of_other_messages_are_known_by_their_descriptors(
    packages: dict[str, Path], tmp_path: Path
) -> None:
    """What another tool stored is loaded by its package's version; a message that lies is found."""
    root = archive(tmp_path / "archive", {"1.0.0": packages["1.0.0"]})
    publish(root, OBJECT, packages["2.0.0"], created=CREATED, message="From the old server")
    publish(root, OBJECT, packages["1.1.0"], created=CREATED)
    assert load(root, "2.0.0").number == 2
    assert load(root, "<2").number == 3
    publish(root, OBJECT, packages["2.0.0"], created=CREATED, message=release_message("3.0.0"))
    assert refused(root).code == "load.other-release"
    assert refused(root, "3.0.0").code == "load.other-release"
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("no package")
    publish(root, OBJECT, tmp_path / "notes", created=CREATED)
    assert refused(root).code == "load.missing"


def test_descriptors_that_make_no_sense_name_no_version(tmp_path: Path) -> None:
    """A version of anything is v1, and is no package."""
    long = json.dumps({"version": "9" * 100_000})
    texts = ("[]", "{", '{"version": 3}', "\xff", "[" * 100_000, '{"version": "\\u001b[2J"}', long)
    for number, text in enumerate(texts, start=1):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "datapackage.json").write_bytes(text.encode("latin-1"))
        publish(tmp_path / "archive", OBJECT, folder, created=CREATED)
    assert refused(tmp_path / "archive", "1.0.0").facts["choices"] == "v1, v2, v3, v4, v5, v6, v7"
    assert refused(tmp_path / "archive", "v1").code == "load.missing"


def damage(name: str, change: Callable[[Path], object]) -> Callable[[Path], object]:
    """A change of one of the newest version's files."""
    return lambda root: change(root / OBJECT / "v3" / "content" / name)


def flip(path: Path) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.spoils_archive
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (damage(TEXTS, flip), "load.changed"),
        (damage("csv/answers.csv", flip), "load.changed"),
        (damage("SHA256SUMS", flip), "load.changed"),
        (damage("datapackage.json", flip), "load.changed"),
        (damage(TEXTS, Path.unlink), "store.damaged"),
        (damage("SHA256SUMS", Path.unlink), "store.damaged"),
    ],
)
def test_what_is_not_as_published_is_found(root: Path, change: Callable[[Path], object], code: str) -> None:
    """One changed bit of any file, and any that is missing; other versions load."""
    change(root)
    assert refused(root).code == code
    assert load(root, "1.1.0").number == 2


@pytest.mark.spoils_archive
def test_a_list_of_checksums_that_was_swapped_is_found(root: Path) -> None:
    """Files and their list from another version: each agrees with the other, not with the inventory."""
    content = root / OBJECT / "v3" / "content"
    shutil.rmtree(content)
    shutil.copytree(root / OBJECT / "v2" / "content", content)
    error = refused(root)
    assert (error.code, str(error.path).endswith("SHA256SUMS")) == ("load.changed", True)


@pytest.mark.spoils_archive
def test_files_that_no_inventory_names_are_not_read(root: Path) -> None:
    """What lies about in a version's folder is for the verifier to tell."""
    (root / OBJECT / "v3" / "content" / "notes.txt").write_text(CANARY)
    assert load(root).number == 3


@pytest.mark.spoils_archive
def test_a_table_asked_for_later_is_still_the_one_published(root: Path) -> None:
    """A file that changes after loading is found, and a link in its place."""
    release = load(root)
    path = root / OBJECT / "v3" / "content" / TEXTS
    path.rename(path.with_name("away"))
    with pytest.raises(LoadError, match="not the one that was published"):
        release["answers"]
    path.symlink_to("away")
    with pytest.raises(LoadError, match="not the one that was published"):
        release.table("answers")


@pytest.mark.spoils_archive
def test_between_two_states_the_new_release_is_read(root: Path) -> None:
    """A publisher that has put the inventory and not yet its sidecar."""
    shutil.copy(root / OBJECT / "v2" / SIDECAR, root / OBJECT / SIDECAR)
    assert load(root).number == 3
    for name in (NAME, SIDECAR):
        shutil.copy(root / OBJECT / "v2" / name, root / OBJECT / name)
    assert load(root).number == 2


def test_what_changes_while_it_is_read_is_read_again(
    root: Path, packages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that go while the head moves are no damage; if it does not move they are."""
    paths = opening.content_of
    calls = []

    def moving(*arguments: object, **options: object) -> dict[str, Path]:
        calls.append(len(calls))
        if len(calls) == 1:
            publish(root, OBJECT, packages["1.0.0"], created=CREATED, message=release_message("4.0.0"))
            raise StoreError("store.damaged", path="x", reason="a file is missing")
        return paths(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(opening, "content_of", moving)
    assert load(root, "1.1.0").number == 2
    assert len(calls) == 2
    monkeypatch.setattr(opening, "content_of", lambda *_, **__: {})
    assert refused(root, "1.1.0").code == "load.missing"


def warned(root: Path, version: str = "latest") -> list[str]:
    """What is said when a release is loaded."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(root, version)
    assert all(each.category is ReleaseWarning for each in caught)
    assert all(each.filename == __file__ for each in caught)
    return [str(each.message) for each in caught]


def mark(root: Path, version: int, kind: MarkKind, reason: str) -> None:
    """Mark a version."""
    put_mark(root, OBJECT, Mark(version, kind, reason, date(2026, 4, 1)))


def test_what_is_said_of_a_release_is_told(root: Path) -> None:
    """Each mark with its reason, where the caller stands; `marks` has them for programs."""
    assert warned(root) == []
    mark(root, 3, "erratum", "week 8 is week 9")
    put_mark(root, OBJECT, Mark(2, "superseded", "more weeks", date(2026, 4, 1), by="2.0.0"))
    assert warned(root) == [f"{OBJECT}: release 2.0.0 has an erratum: week 8 is week 9"]
    assert warned(root, "1.1.0") == [
        f"{OBJECT}: release 1.1.0 was superseded: more weeks; 2.0.0 takes its place"
    ]
    assert warned(root, "1.0.0") == []
    with pytest.warns(ReleaseWarning):
        assert [each.kind for each in load(root).marks] == ["erratum"]


def test_what_was_withdrawn_is_loaded_only_by_its_name(root: Path) -> None:
    """The newest that was not withdrawn is the latest, and the reader is told of the newer one."""
    mark(root, 3, "withdrawn", "the scores were wrong")
    assert warned(root) == [
        f"{OBJECT}: release 2.0.0 is newer and was withdrawn from use: the scores were wrong"
    ]
    assert warned(root, "2.0.0") == [f"{OBJECT}: release 2.0.0 was withdrawn from use: the scores were wrong"]
    with pytest.warns(ReleaseWarning):
        assert load(root).number == 2
    assert load(root, ">=1").number == 2
    for number in (1, 2):
        mark(root, number, "withdrawn", "all of it")
    error = refused(root)
    assert (error.code, error.facts["choices"]) == ("load.withdrawn", "1.0.0, 1.1.0, 2.0.0")


@pytest.mark.spoils_archive
def test_an_inventory_that_lies_about_a_version_is_refused(root: Path) -> None:
    """Two versions whose states were exchanged: the number in the message and in the package differ."""

    def exchange(text: str) -> str:
        document = json.loads(text)
        one, two = document["versions"]["v1"], document["versions"]["v2"]
        one["state"], two["state"] = two["state"], one["state"]
        return json.dumps(document)

    rewritten(root / OBJECT, exchange, "v3")
    assert head(root, OBJECT).number == 3
    assert refused(root, "1.0.0").code == "load.other-release"


def test_a_file_that_may_not_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file's name, and of a table that is asked for later too."""
    usual = os.open

    def closed(path: str | Path, *arguments: int, **options: int) -> int:
        if str(path).endswith(TEXTS):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return usual(path, *arguments, **options)

    monkeypatch.setattr(os, "open", closed)
    error = refused(root)
    assert (error.code, str(error.path).endswith(TEXTS)) == ("load.not-readable", True)
    with pytest.raises(LoadError, match="Permission denied"):
        pin(root, lock=root.parent / "ppdarchive.lock")


class Crash(BaseException):
    """The machine is off."""


class CrashingFiles(LocalFiles):
    """Files of this machine until so many names changed; then it is off, before or after one more."""

    def __init__(self, n_left: int, *, is_after: bool) -> None:
        self._n_left = n_left
        self._is_after = is_after

    def _change(self, act: Callable[[], None]) -> None:
        self._n_left -= 1
        if self._n_left < 0:
            if self._is_after and self._n_left == -1:
                act()
            raise Crash
        act()

    def rename(self, source: Path, target: Path) -> None:
        """Put a file at `target`."""
        self._change(lambda: LocalFiles.rename(self, source, target))

    def move_in(self, source: Path, target: Path) -> None:
        """Put a folder at `target`."""
        self._change(lambda: LocalFiles.move_in(self, source, target))

    def remove_tree(self, path: Path) -> None:
        """Remove a folder and all in it."""
        self._change(lambda: LocalFiles.remove_tree(self, path))


def states(
    root: Path, change: Callable[[Path, Files], object], *, is_after: bool
) -> list[list[tuple[str, int]]]:
    """What every release holds after a crash at each step of a change, until one comes through."""
    found = []
    for n_left in range(100):
        copy = shutil.copytree(root, root.parent / "copy")
        is_done = False
        with contextlib.suppress(Crash):
            change(copy, CrashingFiles(n_left, is_after=is_after))
            is_done = True
        releases = [load(copy, f"v{each.number}") for each in history(copy)]
        found.append([(str(each.version), len(each["answers"])) for each in releases])
        shutil.rmtree(copy)
        if is_done:
            break
    return found


BEFORE = [("1.0.0", 1), ("1.1.0", 2), ("2.0.0", 3)]


@pytest.mark.parametrize("is_after", [False, True])
def test_a_crash_while_publishing_leaves_the_old_or_the_new(
    root: Path, packages: dict[str, Path], is_after: bool
) -> None:
    """At every step all earlier releases load, and the new one wholly or not at all."""

    def change(copy: Path, files: Files) -> None:
        message = release_message("1.1.0")
        publish(copy, OBJECT, packages["1.1.0"], created=CREATED, message=message, files=files, patience=0)

    found = states(root, change, is_after=is_after)
    new = [*BEFORE, ("1.1.0", 2)]
    assert found[0] == BEFORE
    assert found[-1] == new
    assert found == sorted(found, key=len)
    assert all(each in (BEFORE, new) for each in found)


@pytest.mark.parametrize("is_after", [False, True])
def test_a_crash_while_purging_leaves_the_old_or_the_new(root: Path, tmp_path: Path, is_after: bool) -> None:
    """At every step each release loads, and all of them are as before or as they are to be."""
    new = [("1.0.0", 1), ("1.1.0", 1), ("2.0.0", 1)]
    folders = {
        2: package(tmp_path / "2", "1.1.0", n_answers=1),
        3: package(tmp_path / "3", "2.0.0", n_answers=1),
    }

    def change(copy: Path, files: Files) -> None:
        removed = Tombstone(1, "participant", (2, 3), date(2026, 5, 1), "withdrawal")
        rewrite(copy, OBJECT, folders, removed, files=files, patience=0)

    found = states(root, change, is_after=is_after)
    assert found[0] == BEFORE
    assert found[-1] == new
    assert found == sorted(found, reverse=True)
    assert all(each in (BEFORE, new) for each in found)


@pytest.mark.parametrize("version", [None, b"1.0.0"])
def test_a_version_that_is_no_text_is_told(root: Path, version: Any) -> None:
    """What is no text says no release, and is no accident of a library."""
    with pytest.raises(LoadError) as caught:
        load(root, version)
    assert caught.value.code == "load.version"
