"""A release in an archive is signed, again after a purge or a mishap, and by several keys."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ppdarchive.archive.opening import open_object
from ppdarchive.archive.signing import sign_release, sign_version
from ppdarchive.archive.verifying_signatures import signed
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store.files import LOCAL
from ppdarchive.store.minisign import SecretKey, public_key_text
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish
from ppdarchive.store.reading import head
from ppdarchive.store.signature import signature_path
from ppdarchive.store.trust import KeySet
from ppdarchive.store.verify import verify

OBJECT = "trial~public"
KEY = SecretKey(b"lab key 1"[:8], hashlib.sha256(b"one").digest())
OTHER = SecretKey(b"lab key 2"[1:9], hashlib.sha256(b"two").digest())
DAY = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive with two releases."""
    folder = tmp_path / "package"
    folder.mkdir()
    for number, version in enumerate(("1.0.0", "1.1.0"), start=1):
        (folder / "README.md").write_text(f"Release {number}\n")
        publish(tmp_path / "archive", OBJECT, folder, created=DAY, message=release_message(version))
    return tmp_path / "archive"


def kinds(archive: Path, *keys: SecretKey) -> list[str]:
    """What a reader who trusts some keys makes of each version's signatures."""
    opened = open_object(archive)
    trusted = KeySet.of(*(key.public for key in keys))
    return [signed(opened, number, trusted).verdict.kind for number in (1, 2)]


def test_a_release_is_signed_by_its_number(archive: Path) -> None:
    """The newest, or whichever is named; others stay unsigned, and the object stays valid."""
    assert kinds(archive, KEY) == ["unsigned", "unsigned"]
    assert sign_release(archive, KEY) == ("1.1.0", 2)
    assert kinds(archive, KEY) == ["unsigned", "good"]
    assert sign_release(archive, KEY, version="1.0.0") == ("1.0.0", 1)
    assert kinds(archive, KEY) == ["good", "good"]
    assert kinds(archive, OTHER) == ["unknown-key", "unknown-key"]
    assert not [problem for problem in verify(archive, fixity=True) if problem.code.startswith("E")]


def test_signing_again_gives_the_same_file(archive: Path) -> None:
    """No clock is in it: the same key signs the same bytes alike, and the file bears the version's time."""
    place = archive / OBJECT / signature_path("v2", KEY.key_id)
    texts = []
    for _ in range(2):
        sign_release(archive, KEY)
        texts.append(place.read_bytes())
        assert place.stat().st_mtime == DAY.timestamp()
    assert texts[0] == texts[1]
    assert b"date:" not in texts[0]
    assert b"signer:" not in texts[0]


def test_two_keys_sign_beside_each_other(archive: Path) -> None:
    """Each key has its own file, so that old and new readers find theirs."""
    sign_release(archive, KEY)
    sign_release(archive, OTHER, signer="The archive's office", on=date(2026, 2, 1))
    assert kinds(archive, KEY) == kinds(archive, OTHER) == ["unsigned", "good"]
    text = (archive / OBJECT / signature_path("v2", OTHER.key_id)).read_text()
    assert "date:2026-02-01\tsigner:The archive's office" in text


def test_what_was_signed_wrongly_is_signed_anew(archive: Path) -> None:
    """A file that no longer holds is replaced, whole."""
    sign_release(archive, KEY)
    place = archive / OBJECT / signature_path("v2", KEY.key_id)
    place.write_text(place.read_text().replace("version:v2", "version:v1"))
    assert kinds(archive, KEY)[1] == "broken"
    sign_release(archive, KEY)
    assert kinds(archive, KEY)[1] == "good"


def test_minisign_verifies_it(archive: Path, tmp_path: Path) -> None:
    """The program itself, where there is one, agrees."""
    program = shutil.which("minisign")
    if program is None:
        pytest.skip("minisign is not installed")
    sign_release(archive, KEY)
    (tmp_path / "key.pub").write_text(public_key_text(KEY.public))
    folder = archive / OBJECT
    command = [
        *(program, "-V", "-m", str(folder / "v2/inventory.json"), "-p", str(tmp_path / "key.pub")),
        *("-x", str(folder / signature_path("v2", KEY.key_id))),
    ]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("number", [0, 3])
def test_a_version_that_is_not_there_is_not_signed(archive: Path, number: int) -> None:
    """Nothing is written for it."""
    with pytest.raises(StoreError) as raised:
        sign_version(LOCAL, archive, OBJECT, number, KEY)
    assert raised.value.code == "store.no-such-version"
    with pytest.raises(ArchiveError):
        sign_release(archive, KEY, version="2.0.0")
    assert not (archive / OBJECT / "extensions").exists()


def test_a_name_that_is_no_line_is_refused(archive: Path) -> None:
    """Who signs is written in printable ASCII, on one line."""
    for name in ("Ada\nLovelace", "Zoë", " "):
        with pytest.raises(StoreError) as raised:
            sign_release(archive, KEY, signer=name)
        assert raised.value.code == "store.signature-comment"
    assert kinds(archive, KEY) == ["unsigned", "unsigned"]


@pytest.mark.spoils_archive
def test_the_inventory_that_is_signed_must_be_one(archive: Path) -> None:
    """A version whose inventory is gone is damaged, and gets no signature."""
    (archive / OBJECT / "v1/inventory.json").unlink()
    with pytest.raises(StoreError) as raised:
        sign_release(archive, KEY, version="1.0.0")
    assert raised.value.code == "store.damaged"
    assert head(archive, OBJECT).number == 2


@pytest.mark.spoils_archive
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_a_forged_inventory_is_not_signed(archive: Path, version: str) -> None:
    """Somebody who can write to the archive gets no signature for what was never published."""
    place = archive / OBJECT / ("v1" if version == "1.0.0" else "v2") / "inventory.json"
    place.write_text(place.read_text().replace(f"Release {version}", f"Release {version}: forged"))
    with pytest.raises(StoreError) as raised:
        sign_release(archive, KEY, version=version)
    assert raised.value.code == "store.damaged"
    assert kinds(archive, KEY) == ["unsigned", "unsigned"]


@pytest.mark.spoils_archive
@pytest.mark.parametrize("inside", ["v2", "extensions"])
def test_nothing_behind_a_link_is_read_or_written(archive: Path, tmp_path: Path, inside: str) -> None:
    """A version that lies elsewhere is not signed, and no signature is put elsewhere."""
    folder, elsewhere = archive / OBJECT / inside, tmp_path / "elsewhere"
    if folder.exists():
        folder.rename(elsewhere)
    else:
        elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    before = sorted(elsewhere.rglob("*"))
    with pytest.raises(StoreError) as caught:
        sign_version(LOCAL, archive, OBJECT, 2, KEY)
    assert caught.value.code == "store.damaged"
    assert sorted(elsewhere.rglob("*")) == before
