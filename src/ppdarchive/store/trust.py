"""Whose signatures count: a set of keys, those that they name as successors, and the revoked ones.

A set is a file of the reader's own::

    {
      "keys": [
        {"publicKey": "RWQ...", "root": true},
        {"publicKey": "RWR...", "endorsements": ["untrusted comment: ..."]},
        {"publicKey": "RWS...", "root": true, "revoked": "the laptop was lost"}
      ]
    }

A key counts if it is a root, or if a key that counts has endorsed it, and it is not revoked. A revoked
key endorses nobody: who has found it could name any successor. A set that comes with an archive may add
endorsements, never roots; that it leaves out a revocation can't be seen, so revocations are the reader's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal

from ppdarchive.errors import StoreError
from ppdarchive.store.minisign import (
    PublicKey,
    SecretKey,
    Signature,
    parse_public_key,
    parse_signature,
    public_key_text,
    signature_text,
)

Standing = Literal["trusted", "revoked", "unknown"]

MAX_SET_BYTES: Final = 1 << 20
_WHAT: Final = "set of public keys"


@dataclass(frozen=True)
class KnownKey:
    """A key of a set: whether it is trusted in itself, who endorsed it, and why it is revoked, if so."""

    key: PublicKey
    is_root: bool = False
    endorsements: tuple[Signature, ...] = ()
    revoked: str | None = None


@dataclass(frozen=True)
class KeySet:
    """Public keys, and what each is worth.

    Parameters
    ----------
    known : tuple of KnownKey
        No two of one id.

    Raises
    ------
    ValueError
        If two have one id.
    """

    known: tuple[KnownKey, ...] = ()
    _standings: Mapping[bytes, Standing] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len({each.key.key_id for each in self.known}) != len(self.known):
            raise ValueError("two keys of one id")
        object.__setattr__(self, "_standings", MappingProxyType(_standings(self.known)))

    @staticmethod
    def of(*roots: PublicKey) -> KeySet:
        """The set of a few keys that are trusted in themselves."""
        return KeySet(tuple(KnownKey(key, is_root=True) for key in roots))

    def key(self, key_id: bytes) -> PublicKey | None:
        """The key of an id."""
        return next((each.key for each in self.known if each.key.key_id == key_id), None)

    def standing(self, key: PublicKey) -> Standing:
        """What a key is worth; another key under a known id is unknown."""
        return self._standings[key.key_id] if self.key(key.key_id) == key else "unknown"

    def revoke(self, key_id: bytes, reason: str) -> KeySet:
        """The same set, with one key revoked; what only that key endorsed loses its standing too."""
        return KeySet(
            tuple(replace(each, revoked=reason) if each.key.key_id == key_id else each for each in self.known)
        )

    def learn(self, others: Iterable[KnownKey]) -> KeySet:
        """The same set with others' endorsements and successors: never their roots, nor their revocations.

        Whoever is endorsed by nobody trusted stays unknown, so that others' sets can be taken as they
        come. A key that comes under a known id is left out.
        """
        known = {each.key.key_id: each for each in self.known}
        for other in others:
            mine = known.setdefault(other.key.key_id, KnownKey(other.key))
            if mine.key == other.key:
                more = tuple(each for each in other.endorsements if each not in mine.endorsements)
                known[other.key.key_id] = replace(mine, endorsements=mine.endorsements + more)
        return KeySet(tuple(known.values()))


def _standings(known: Iterable[KnownKey]) -> dict[bytes, Standing]:
    keys = {each.key.key_id: each for each in known}
    counted = {name: each.key for name, each in keys.items() if each.is_root and each.revoked is None}
    fresh = list(counted.values())
    while fresh:
        by = fresh.pop()
        for name, each in keys.items():
            if name not in counted and each.revoked is None and _is_endorsed(each, by):
                counted[name] = each.key
                fresh.append(each.key)
    return {
        name: "revoked" if each.revoked is not None else "trusted" if name in counted else "unknown"
        for name, each in keys.items()
    }


def _is_endorsed(known: KnownKey, by: PublicKey) -> bool:
    message, comment = public_key_text(known.key).encode(), _successor(known.key, by)
    return any(each.comment == comment and each.is_by(by, message) for each in known.endorsements)


def _successor(key: PublicKey, by: PublicKey) -> str:
    return f"successor:{key.name}\tof:{by.name}"


def endorse(successor: PublicKey, key: SecretKey) -> Signature:
    """Sign a successor's public key file with a key, as `minisign -Vm SUCCESSOR.pub` verifies it.

    The comment states what it is for, so a signature over an inventory endorses nobody.
    """
    return key.sign(public_key_text(successor).encode(), _successor(successor, key.public))


def key_set_text(keys: KeySet) -> str:
    """The file of a set; the same set gives the same bytes."""
    rows = [
        {
            "publicKey": public_key_text(each.key).splitlines()[1],
            **({"root": True} if each.is_root else {}),
            **(
                {"endorsements": [signature_text(one) for one in each.endorsements]}
                if each.endorsements
                else {}
            ),
            **({"revoked": each.revoked} if each.revoked is not None else {}),
        }
        for each in sorted(keys.known, key=lambda each: each.key.key_id)
    ]
    return json.dumps({"keys": rows}, indent=2, ensure_ascii=False) + "\n"


def parse_key_set(data: bytes, *, name: str) -> KeySet:
    """Read a set of keys; a public key file of minisign is a set of one root.

    Raises
    ------
    StoreError
        ``store.signature-format``.
    """
    if not data.lstrip().startswith(b"{"):
        return KeySet.of(parse_public_key(data, name=name))
    document = _document(data, name)
    rows = document.get("keys")
    if document.keys() != {"keys"} or not isinstance(rows, list):
        raise _wrong(name, 'it holds one list, "keys"')
    known = tuple(_known(row, number, name) for number, row in enumerate(rows, 1))
    keys: KeySet | None = None
    if len({each.key.key_id for each in known}) == len(known):
        keys = KeySet(known)
    if keys is None:
        raise _wrong(name, "two keys have one id")
    return keys


def _document(data: bytes, name: str) -> dict[str, Any]:
    document: Any = None
    if len(data) <= MAX_SET_BYTES:
        try:
            document = json.loads(data.decode(), object_pairs_hook=_unique)
        except (ValueError, RecursionError):
            document = None
    if not isinstance(document, dict):
        raise _wrong(name, "it is no JSON object, is too long, or has a name twice")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


def _known(row: Any, number: int, name: str) -> KnownKey:
    given = row if isinstance(row, dict) else {}
    key, is_root = given.get("publicKey"), given.get("root", False)
    texts, revoked = given.get("endorsements", []), given.get("revoked")
    is_sound = (
        given.keys() <= {"publicKey", "root", "endorsements", "revoked"}
        and isinstance(key, str)
        and isinstance(is_root, bool)
        and isinstance(texts, list)
        and all(isinstance(text, str) for text in texts)
        and ("revoked" not in given or (isinstance(revoked, str) and revoked.isprintable()))
    )
    if not is_sound:
        raise _wrong(name, f"key {number} is not described as keys are")
    return KnownKey(
        parse_public_key(_encoded(given["publicKey"]), name=name),
        is_root,
        tuple(parse_signature(_encoded(text), name=name) for text in texts),
        revoked,
    )


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")  # lone surrogates, which no key or signature has


def _wrong(name: str, reason: str) -> StoreError:
    return StoreError("store.signature-format", path=name, what=_WHAT, reason=reason)
