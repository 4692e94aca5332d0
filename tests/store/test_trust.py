"""Whose signatures count: roots, successors, revoked keys."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.minisign import PublicKey, SecretKey, public_key_text
from ppdarchive.store.signature import sign
from ppdarchive.store.trust import KeySet, KnownKey, endorse, key_set_text, parse_key_set

KEYS = [SecretKey(bytes([number] * 8), bytes([number] * 32)) for number in range(1, 6)]
OLD, NEW, NEXT, OTHER, _ = KEYS


def known(key: SecretKey, *by: SecretKey) -> KnownKey:
    """A key that others endorse."""
    return KnownKey(key.public, endorsements=tuple(endorse(key.public, each) for each in by))


CHAIN = KeySet((KnownKey(OLD.public, is_root=True), known(NEXT, NEW), known(NEW, OLD), known(OTHER)))


def test_a_key_signs_its_successor() -> None:
    """Endorsements are followed from the roots, in whatever order the keys stand."""
    assert [CHAIN.standing(key.public) for key in (OLD, NEW, NEXT, OTHER)] == [
        *("trusted", "trusted", "trusted", "unknown")
    ]


def test_a_revoked_key_endorses_nobody() -> None:
    """What only a revoked key endorsed loses its standing; the revoked one is told from an unknown one."""
    revoked = CHAIN.revoke(NEW.key_id, "found on a lost laptop")
    assert [revoked.standing(key.public) for key in (OLD, NEW, NEXT)] == ["trusted", "revoked", "unknown"]


def test_a_ring_of_endorsements_trusts_nobody() -> None:
    """Keys that endorse each other and have no root are unknown."""
    ring = KeySet((known(NEW, NEXT), known(NEXT, NEW)))
    assert {ring.standing(key.public) for key in (NEW, NEXT)} == {"unknown"}


def test_an_endorsement_is_of_one_key_by_one_key() -> None:
    """An endorsement of another key, or a signature over an inventory, endorses nobody."""
    for wrong in (
        endorse(NEXT.public, OLD),
        OLD.sign(public_key_text(NEW.public).encode(), "x"),
        sign(public_key_text(NEW.public).encode(), OLD, object_id="a~b", version="v1"),
    ):
        keys = KeySet((KnownKey(OLD.public, is_root=True), KnownKey(NEW.public, endorsements=(wrong,))))
        assert keys.standing(NEW.public) == "unknown"


def test_another_key_under_a_known_id_is_unknown() -> None:
    """An id is no proof: anyone can make a key that bears another's."""
    assert CHAIN.standing(PublicKey(OLD.key_id, OTHER.public.point)) == "unknown"


def test_sets_that_come_along_add_successors_only() -> None:
    """A set from elsewhere brings endorsements; not roots, not revocations, not keys under known ids."""
    mine = KeySet.of(OLD.public)
    theirs = (
        KnownKey(OLD.public, revoked="says the attacker"),
        known(NEW, OLD),
        KnownKey(OTHER.public, is_root=True),
    )
    learned = mine.learn(theirs)
    assert [learned.standing(key.public) for key in (OLD, NEW, OTHER)] == ["trusted", "trusted", "unknown"]
    imposter = KnownKey(PublicKey(OLD.key_id, OTHER.public.point), is_root=True)
    assert mine.learn([imposter]) == mine
    assert learned.learn(theirs) == learned


def test_a_local_revocation_outlives_what_is_learned() -> None:
    """A key that the reader revoked stays so, whoever endorses it later."""
    mine = KeySet.of(OLD.public).learn([known(NEW, OLD)]).revoke(NEW.key_id, "lost")
    assert mine.learn([known(NEW, OLD)]).standing(NEW.public) == "revoked"


def test_sets_are_read_as_they_were_written() -> None:
    """Writing and reading a set gives the set, sorted by id."""
    keys = CHAIN.revoke(OTHER.key_id, "retired").revoke(NEW.key_id, "Lost in Zürich")
    text = key_set_text(keys)
    read = parse_key_set(text.encode(), name="keys")
    assert set(read.known) == set(keys.known)
    assert key_set_text(read) == text


def test_a_public_key_file_is_a_set_of_one() -> None:
    """A public key of minisign can stand where a set is asked for."""
    assert parse_key_set(public_key_text(OLD.public).encode(), name="k") == KeySet.of(OLD.public)


LINE = public_key_text(OLD.public).splitlines()[1]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"keys": {}},
        {"keys": [], "more": 1},
        {"keys": [1]},
        {"keys": [{"publicKey": 1}]},
        {"keys": [{"publicKey": LINE, "root": "yes"}]},
        {"keys": [{"publicKey": LINE, "trusted": True}]},
        {"keys": [{"publicKey": LINE, "revoked": None}]},
        {"keys": [{"publicKey": LINE, "revoked": "\x1b"}]},
        {"keys": [{"publicKey": LINE, "endorsements": ["x"]}]},
        {"keys": [{"publicKey": "\ud800"}]},
        {"keys": [{"publicKey": LINE}, {"publicKey": LINE}]},
    ],
)
def test_sets_that_make_no_sense_are_refused(document: Any) -> None:
    """What a set does not define is an error, never passed over."""
    with pytest.raises(StoreError) as caught:
        parse_key_set(json.dumps(document).encode(), name="keys")
    assert caught.value.code == "store.signature-format"


@given(st.binary(max_size=200) | st.binary(max_size=100).map(lambda data: b"{" + data))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    """Bytes that are no set raise StoreError."""
    with pytest.raises(StoreError):
        parse_key_set(data, name="keys")


@pytest.mark.parametrize(
    "data",
    [
        b'{"keys": ' + b"[" * 5000,
        b'{"keys": [], "keys": []}',
        b'{"keys": []}' + b" " * (1 << 20),
        b'{"keys": [' + b"9" * 5000 + b"]}",
    ],
    ids=["deep", "twice", "long", "huge number"],
)
def test_hostile_documents_are_refused(data: bytes) -> None:
    """A document that is deep, long or says a thing twice raises StoreError."""
    with pytest.raises(StoreError):
        parse_key_set(data, name="keys")
