"""Files of keys: a signer's secret key and its public one, and the set of keys that a reader trusts."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ppdarchive.archive.verifying_signatures import read_trusted
from ppdarchive.errors import ArchiveError, WriteError
from ppdarchive.store.files import told
from ppdarchive.store.minisign import (
    MAX_FILE_BYTES,
    MEM_LIMIT,
    OPS_LIMIT,
    PublicKey,
    SecretKey,
    generate_key,
    is_locked,
    parse_public_key,
    parse_secret_key,
    public_key_text,
    secret_key_text,
)
from ppdarchive.store.trust import (
    MAX_SET_BYTES,
    KeySet,
    KnownKey,
    endorse,
    key_set_text,
    parse_key_set,
)

PUBLIC_SUFFIX: Final = ".pub"


def new_key(
    path: Path,
    *,
    password: bytes | None,
    ops_limit: int = OPS_LIMIT,
    mem_limit: int = MEM_LIMIT,
) -> PublicKey:
    """Draw a key, and write it: the secret one for its owner alone, the public one beside it.

    Parameters
    ----------
    path : Path
        The secret key's file; the public one's has ``.pub`` behind it.
    password : bytes or None
        Locks the secret key; without one whoever has the file can sign.
    ops_limit, mem_limit : int
        What opening it shall cost.

    Raises
    ------
    WriteError
        ``write.there-already``, ``write.not-writable``.
    StoreError
        ``store.signature-format`` if scrypt can't cost so much here.
    """
    public_path = path.with_name(f"{path.name}{PUBLIC_SUFFIX}")
    for each in (path, public_path):
        if os.path.lexists(each):
            raise WriteError("write.there-already", path=str(each))
    key = generate_key()
    text = secret_key_text(key, password=password, ops_limit=ops_limit, mem_limit=mem_limit)
    _write_new(path, text, 0o600)
    try:
        _write_new(public_path, public_key_text(key.public), 0o644)
    except WriteError:
        path.unlink(missing_ok=True)
        raise
    return key.public


def read_secret_key(path: Path, password: Callable[[], bytes]) -> SecretKey:
    """Read a secret key, of ours or minisign's.

    Parameters
    ----------
    path : Path
    password : callable
        Is asked only if the key is locked.

    Raises
    ------
    StoreError
        ``store.not-readable``, ``store.signature-format``, ``store.signature-password``.
    """
    data = _read(path, MAX_FILE_BYTES)
    given = password() if is_locked(data, name=str(path)) else None
    return parse_secret_key(data, name=str(path), password=given)


def trust(path: Path, new: Path, *, by: SecretKey | None = None) -> KeySet:
    """Add keys to the set in a file, which is made if need be.

    A public key becomes one that is trusted in itself, or, signed `by` an earlier key, its successor. Of
    another set only endorsements and successors are learned, never what it trusts in itself.

    Parameters
    ----------
    path : Path
        The set.
    new : Path
        A public key, or another set.
    by : SecretKey, optional
        The key that names `new` its successor.

    Returns
    -------
    KeySet
        As it is now.

    Raises
    ------
    StoreError
        ``store.not-readable``, ``store.signature-format``.
    ArchiveError
        ``archive.key`` if the set has another key of that name, or a set is to be endorsed.
    WriteError
        ``write.not-writable``.
    """
    keys = read_trusted(path) if os.path.lexists(path) else KeySet()
    data = _read(new, MAX_SET_BYTES)
    if data.lstrip().startswith(b"{"):
        if by is not None:
            raise ArchiveError("archive.key", path=str(new), reason="one key at a time is endorsed")
        keys = keys.learn(parse_key_set(data, name=str(new)).known)
    else:
        keys = _with(keys, parse_public_key(data, name=str(new)), by, str(path))
    _replace(path, key_set_text(keys))
    return keys


def _with(keys: KeySet, key: PublicKey, by: SecretKey | None, name: str) -> KeySet:
    others = [each for each in keys.known if each.key.key_id != key.key_id]
    mine = next((each for each in keys.known if each.key.key_id == key.key_id), KnownKey(key))
    if mine.key != key:
        raise ArchiveError("archive.key", path=name, reason=f"it has another key called {key.name}")
    if by is None:
        mine = KnownKey(key, is_root=True, endorsements=mine.endorsements, revoked=mine.revoked)
    else:
        found = endorse(key, by)
        more = (found,) if found not in mine.endorsements else ()
        mine = KnownKey(key, mine.is_root, (*mine.endorsements, *more), mine.revoked)
    return KeySet((*others, mine))


def revoke(path: Path, key_name: str, *, reason: str) -> KeySet:
    """Revoke a key of the set in a file; what only that key endorsed loses its standing too.

    Raises
    ------
    StoreError
        ``store.not-readable``, ``store.signature-format``.
    ArchiveError
        ``archive.key`` if the set has no such key.
    WriteError
        ``write.not-writable``.
    """
    keys = read_trusted(path)
    found = [each.key for each in keys.known if each.key.name == key_name.upper()]
    if not found:
        raise ArchiveError("archive.key", path=str(path), reason="it has no key of this name")
    keys = keys.revoke(found[0].key_id, reason)
    _replace(path, key_set_text(keys))
    return keys


def _read(path: Path, limit: int) -> bytes:
    with told(path, "store.not-readable"), path.open("rb") as file:
        return file.read(limit + 1)


def _write_new(path: Path, text: str, mode: int) -> None:
    reason = ""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        reason = "exists"
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason == "exists":
        raise WriteError("write.there-already", path=str(path))
    if reason:
        raise WriteError("write.not-writable", path=str(path), reason=reason)


def _replace(path: Path, text: str) -> None:
    """Put a file in the place of the one that is there, whole."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}.new")
    try:
        _write_new(fresh, text, 0o644)
        with told(path):
            fresh.replace(path)
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
