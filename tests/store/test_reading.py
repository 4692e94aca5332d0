"""The head of an object in every state, and archives that mean harm."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ppdarchive.errors import StoreError
from ppdarchive.store import parsing, reading
from ppdarchive.store.inventory import NAME, SIDECAR, sidecar_text
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import content_paths, head, objects

pytestmark = pytest.mark.spoils_archive

OBJECT = "study~public"
CREATED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with one object of two versions."""
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    for text in ("one", "two"):
        (folder / "a.txt").write_text(text)
        (folder / "data" / "b.txt").write_text("same")
        publish(tmp_path / "archive", OBJECT, folder, created=CREATED, dedupe=True)
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "archive"


def rewritten(archive: Path, change: Callable[[str], str]) -> None:
    """Change an inventory, its copy and their sidecars, as somebody would who means harm."""
    for folder in (archive / OBJECT, archive / OBJECT / "v2"):
        text = change((folder / NAME).read_text())
        (folder / NAME).write_text(text)
        (folder / SIDECAR).write_text(sidecar_text(hashlib.sha512(text.encode()).hexdigest()))


def refused(archive: Path) -> StoreError:
    """Why an archive's newest version is not read."""
    with pytest.raises(StoreError) as caught:
        content_paths(archive, OBJECT)
    return caught.value


def test_every_version_is_found(archive: Path) -> None:
    """Logical paths lead to where the bytes lie, also where an earlier version has them."""
    newest = content_paths(archive, OBJECT)
    assert newest["a.txt"].read_text() == "two"
    assert newest["data/b.txt"] == archive / OBJECT / "v1/content/data/b.txt"
    assert content_paths(archive, OBJECT, 1)["a.txt"].read_text() == "one"
    for version in (0, 3, -1):
        with pytest.raises(StoreError, match="The newest is v2"):
            content_paths(archive, OBJECT, version)


def test_between_inventory_and_sidecar_the_new_head_is_read(archive: Path) -> None:
    """With the sidecar of the version before, the copy in the newest version decides."""
    shutil.copy(archive / OBJECT / "v1" / SIDECAR, archive / OBJECT / SIDECAR)
    found = head(archive, OBJECT)
    assert (found.number, found.is_settled) == (2, False)


def test_before_the_inventory_the_old_head_is_read(archive: Path) -> None:
    """A version's folder alone is not a version yet."""
    for name in (NAME, SIDECAR):
        shutil.copy(archive / OBJECT / "v1" / name, archive / OBJECT / name)
    assert head(archive, OBJECT).number == 1
    (archive / OBJECT / SIDECAR).unlink()
    assert (head(archive, OBJECT).number, head(archive, OBJECT).is_settled) == (1, False)


def test_an_inventory_that_nothing_agrees_with_is_refused(archive: Path) -> None:
    """A changed inventory needs both its sidecar and its copy changed."""
    text = (archive / OBJECT / NAME).read_text()
    (archive / OBJECT / NAME).write_text(text.replace("09:30", "09:31"))
    assert refused(archive).code == "store.damaged"
    (archive / OBJECT / NAME).write_text(text[: len(text) // 2])
    assert refused(archive).code == "store.inventory"
    (archive / OBJECT / NAME).unlink()
    assert refused(archive).code == "store.damaged"


def test_an_inventory_of_another_object_is_refused(archive: Path) -> None:
    """An object's folder holds that object."""
    (archive / OBJECT).rename(archive / "other~public")
    with pytest.raises(StoreError, match="another object"):
        head(archive, "other~public")


@pytest.mark.parametrize("place", ["../secret.txt", "/etc/passwd", "v1/content/../../../../secret.txt"])
def test_paths_that_lead_out_are_refused(archive: Path, place: str) -> None:
    """No path of an inventory is followed out of its object."""
    rewritten(archive, lambda text: text.replace("v2/content/a.txt", place))
    assert refused(archive).code == "store.inventory"
    rewritten(archive, lambda text: text.replace(place, "v2/content/a.txt").replace('"a.txt"', f'"{place}"'))
    assert refused(archive).code == "store.inventory"


@pytest.mark.parametrize(
    "place",
    ["v1/content/data/b.txt", "v1/content/data", "v1/content", "v1", NAME, "v2/content/a.txt", "."],
)
def test_links_are_refused(archive: Path, place: str) -> None:
    """Whatever is a link in an object, also one that points to what was there, is not followed."""
    path = archive / OBJECT / place
    away = archive.parent / "away"
    path.rename(away)
    path.symlink_to(away)
    assert refused(archive).code == "store.damaged"


def test_a_linked_sidecar_counts_for_nothing(archive: Path) -> None:
    """The inventory is then judged by its copy."""
    sidecar = archive / OBJECT / SIDECAR
    sidecar.rename(archive.parent / "away")
    sidecar.symlink_to(archive.parent / "away")
    assert not head(archive, OBJECT).is_settled


def test_pipes_and_folders_are_no_files(archive: Path) -> None:
    """Nothing waits for a pipe."""
    (archive / OBJECT / "v2/content/a.txt").unlink()
    assert "missing" in str(refused(archive))
    os.mkfifo(archive / OBJECT / "v2/content/a.txt")
    assert refused(archive).code == "store.damaged"
    (archive / OBJECT / NAME).unlink()
    os.mkfifo(archive / OBJECT / NAME)
    assert refused(archive).code == "store.damaged"


def test_a_huge_inventory_is_not_read_whole(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its size is a limit, not its reader's memory."""
    for module in (parsing, reading):
        monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with (archive / OBJECT / NAME).open("r+b") as file:
        file.truncate(2**40)
    assert "over 1000 bytes" in str(refused(archive))


def test_a_state_without_bytes_is_refused(archive: Path) -> None:
    """A digest that no manifest entry has leads nowhere."""
    document = json.loads((archive / OBJECT / NAME).read_text())
    document["manifest"].popitem()
    rewritten(archive, lambda _: json.dumps(document))
    assert refused(archive).code == "store.inventory"


def test_where_no_archive_is_that_is_said(tmp_path: Path, archive: Path) -> None:
    """A missing archive, a missing object and a name that is none are told apart."""
    with pytest.raises(StoreError, match="no archive here"):
        objects(tmp_path / "missing")
    with pytest.raises(StoreError, match="no archive here"):
        head(tmp_path, OBJECT)
    with pytest.raises(StoreError, match=f"It has {OBJECT}"):
        head(archive, "study~partners")
    with pytest.raises(StoreError, match="cannot name an object"):
        head(archive, "../archive/study~public")


def test_what_is_no_object_is_not_listed(archive: Path) -> None:
    """Folders of other names, files and links are not objects."""
    (archive / "lost+found").mkdir()
    (archive / "file~public").write_text("")
    (archive / "link~public").symlink_to(archive / OBJECT)
    assert objects(archive) == (OBJECT,)
    with pytest.raises(StoreError, match="no folder"):
        head(archive, "link~public")
