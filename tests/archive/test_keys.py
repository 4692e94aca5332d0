"""Files of keys: new ones, sets that grow by trust and endorsement, and revocation."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppdarchive.archive.keys import new_key, read_secret_key, revoke, trust
from ppdarchive.archive.verifying_signatures import read_trusted
from ppdarchive.errors import ArchiveError, StoreError, WriteError
from ppdarchive.store.minisign import PublicKey, SecretKey, public_key_text
from ppdarchive.store.trust import KeySet, key_set_text

CHEAP = {"ops_limit": 1 << 15, "mem_limit": 1 << 24}


def never() -> bytes:
    """Fail, where nobody should be asked."""
    raise AssertionError("asked for a password")


def pair(folder: Path, name: str) -> tuple[Path, SecretKey]:
    """Write a new key; its secret file, and itself."""
    new_key(folder / name, password=None)
    return folder / name, read_secret_key(folder / name, never)


def standings(keys: KeySet) -> dict[str, str]:
    """What each key of a set is worth, by its name."""
    return {each.key.name: keys.standing(each.key) for each in keys.known}


def test_a_new_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    """The secret file has mode 0600; the public one beside it is the key's."""
    public = new_key(tmp_path / "lab.key", password=None)
    assert (tmp_path / "lab.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "lab.key.pub").read_text() == public_key_text(public)
    assert read_secret_key(tmp_path / "lab.key", never).public == public


def test_a_password_locks_it(tmp_path: Path) -> None:
    """The right one opens it, another one does not, and none is in the file."""
    public = new_key(tmp_path / "lab.key", password=b"hush", **CHEAP)
    assert read_secret_key(tmp_path / "lab.key", lambda: b"hush").public == public
    with pytest.raises(StoreError) as raised:
        read_secret_key(tmp_path / "lab.key", lambda: b"hash")
    assert raised.value.code == "store.signature-password"
    assert b"hush" not in (tmp_path / "lab.key").read_bytes()


@pytest.mark.parametrize("name", ["lab.key", "lab.key.pub"])
def test_a_key_that_is_there_stays(tmp_path: Path, name: str) -> None:
    """Neither file is written over, and none is left alone."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(WriteError) as raised:
        new_key(tmp_path / "lab.key", password=None)
    assert raised.value.code == "write.there-already"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """No key is lost in a place that cannot be written."""
    with pytest.raises(WriteError) as raised:
        new_key(tmp_path / "nowhere/lab.key", password=None)
    assert raised.value.code == "write.not-writable"


def test_rotation_from_a_lost_key(tmp_path: Path) -> None:
    """A successor counts through the key that names it, and no more once that one is revoked."""
    keys = tmp_path / "keys.json"
    old_file, old = pair(tmp_path, "old.key")
    _, new = pair(tmp_path, "new.key")
    names = old.public.name, new.public.name
    assert standings(trust(keys, old_file.with_name("old.key.pub"))) == {names[0]: "trusted"}
    found = trust(keys, tmp_path / "new.key.pub", by=old)
    assert standings(found) == dict.fromkeys(names, "trusted")
    assert trust(keys, tmp_path / "new.key.pub", by=old) == found
    found = revoke(keys, names[0].lower(), reason="the laptop was lost")
    assert standings(found) == {names[0]: "revoked", names[1]: "unknown"}
    found = trust(keys, tmp_path / "new.key.pub")
    assert standings(found) == {names[0]: "revoked", names[1]: "trusted"}
    assert read_trusted(keys) == KeySet(tuple(sorted(found.known, key=lambda each: each.key.key_id)))


def test_of_another_set_only_successors_are_learned(tmp_path: Path) -> None:
    """Whom others trust in themselves is not trusted here; whom a trusted key endorsed is."""
    mine, theirs = tmp_path / "mine.json", tmp_path / "theirs.json"
    _, old = pair(tmp_path, "old.key")
    _, new = pair(tmp_path, "new.key")
    _, stranger = pair(tmp_path, "stranger.key")
    trust(mine, tmp_path / "old.key.pub")
    for name, by in (("old", None), ("new", old), ("stranger", None)):
        trust(theirs, tmp_path / f"{name}.key.pub", by=by)
    found = standings(trust(mine, theirs))
    assert found[old.public.name] == found[new.public.name] == "trusted"
    assert found[stranger.public.name] == "unknown"


def test_a_key_under_a_known_name_is_refused(tmp_path: Path) -> None:
    """Somebody else's key of the same name does not take its place, nor is a whole set endorsed."""
    keys = tmp_path / "keys.json"
    _, own = pair(tmp_path, "lab.key")
    trust(keys, tmp_path / "lab.key.pub")
    before = keys.read_bytes()
    (tmp_path / "false.pub").write_text(public_key_text(PublicKey(own.key_id, bytes(32))))
    (tmp_path / "set.json").write_text(key_set_text(KeySet.of(own.public)))
    for name, by in (("false.pub", None), ("set.json", own)):
        with pytest.raises(ArchiveError) as raised:
            trust(keys, tmp_path / name, by=by)
        assert raised.value.code == "archive.key"
    with pytest.raises(ArchiveError):
        revoke(keys, "0" * 16, reason="?")
    assert keys.read_bytes() == before


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    """A file of another kind, or none, leaves the set as it is."""
    (tmp_path / "letter.txt").write_text("dear")
    codes = []
    for name in ("letter.txt", "nowhere"):
        with pytest.raises(StoreError) as raised:
            trust(tmp_path / "keys.json", tmp_path / name)
        codes.append(raised.value.code)
    assert codes == ["store.signature-format", "store.not-readable"]
    assert not (tmp_path / "keys.json").exists()
