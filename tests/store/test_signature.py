"""The signature over a version's inventory, and what is made of it."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.minisign import SecretKey, Signature, parse_signature, public_key_text, signature_text
from ppdarchive.store.signature import (
    KINDS,
    Statement,
    Verdict,
    best,
    parse_statement,
    sign,
    signature_path,
    verify,
)
from ppdarchive.store.trust import KeySet

INVENTORY = b'{"id": "trial~public"}\n'
KEY = SecretKey(bytes(range(8)), bytes(range(32)))
OTHER = SecretKey(bytes(range(8, 16)), bytes(range(32, 64)))
NAMED: dict[str, Any] = {"object_id": "trial~public", "version": "v2"}
SIGNATURE = sign(INVENTORY, KEY, **NAMED)
TRUST = KeySet.of(KEY.public)
WORDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30)


def kind(signature: Signature | None, keys: KeySet = TRUST, inventory: bytes = INVENTORY) -> str:
    """The verdict on a signature of version 2."""
    return verify(inventory, signature, keys, **NAMED).kind


def test_a_signature_states_what_it_is_about() -> None:
    """The comment holds object, version and digest, and no clock, user or file name."""
    digest = hashlib.sha512(INVENTORY).hexdigest()
    assert SIGNATURE.comment == f"object:trial~public\tversion:v2\tsha512:{digest}"
    stated = sign(INVENTORY, KEY, **NAMED, date="2026-11-23", signer="Data desk")
    assert stated.comment.endswith("\tdate:2026-11-23\tsigner:Data desk")


def test_signing_twice_gives_the_same_bytes() -> None:
    """Nothing in a signature is drawn."""
    assert signature_text(sign(INVENTORY, KEY, **NAMED)) == signature_text(SIGNATURE)


def test_verdicts_differ() -> None:
    """Good, unsigned, unknown, revoked, broken, another inventory and another version are told apart."""
    verdict = verify(INVENTORY, SIGNATURE, TRUST, **NAMED)
    assert verdict.is_good
    assert verdict.key == KEY.public.name
    assert verdict.statement is not None
    assert verdict.statement.version == "v2"
    assert kind(None) == "unsigned"
    assert kind(SIGNATURE, KeySet()) == "unknown-key"
    assert kind(SIGNATURE, KeySet.of(OTHER.public)) == "unknown-key"
    assert kind(SIGNATURE, TRUST.revoke(KEY.key_id, "lost")) == "revoked-key"
    assert kind(replace(SIGNATURE, signature=bytes(64))) == "broken"
    assert kind(SIGNATURE, inventory=b"{}") == "other-inventory"
    for words in ({"object_id": "trial~team"}, {"version": "v3"}):
        assert kind(sign(INVENTORY, KEY, **{**NAMED, **words})) == "other-version"


def test_every_verdict_has_words() -> None:
    """Each kind says in words what it means."""
    assert all(Verdict(each).words for each in KINDS)
    assert [each for each in KINDS if Verdict(each).is_good] == ["good"]


def test_a_forger_does_not_pass_as_revoked() -> None:
    """A broken signature under a revoked key's name is broken: the key made nothing."""
    broken = replace(SIGNATURE, comment=SIGNATURE.comment.replace("v2", "v3"))
    assert kind(broken, TRUST.revoke(KEY.key_id, "lost")) == "broken"


def test_what_a_purge_made_void_still_says_what_it_was_about() -> None:
    """After the inventory changed, the signature's own digest tells a recorded purge from tampering."""
    verdict = verify(b"purged", SIGNATURE, TRUST, **NAMED)
    assert verdict.statement == Statement("trial~public", "v2", hashlib.sha512(INVENTORY).hexdigest())


def test_a_signature_over_a_message_is_no_comment() -> None:
    """A main signature used as a global one, with the digest in its place, states nothing and is broken."""
    digest = hashlib.blake2b(INVENTORY).digest()
    swapped = Signature(KEY.key_id, digest, "", SIGNATURE.signature)
    assert swapped.comment_is_by(KEY.public)
    assert kind(swapped) == "broken"


def test_a_digest_that_does_not_fit_is_broken() -> None:
    """A signature that fits the bytes but states another digest was not made by `sign`."""
    wrong = KEY.sign(INVENTORY, Statement("trial~public", "v2", "0" * 128).comment)
    assert kind(wrong) == "broken"
    torn = KEY.sign(b"{}", SIGNATURE.comment)
    assert kind(torn) == "broken"


@given(WORDS, st.integers(1, 10**6), st.none() | WORDS, st.none() | WORDS)
def test_statements_are_read_as_they_were_written(
    name: str, number: int, date: str | None, signer: str | None
) -> None:
    """A statement's comment says the statement, and nothing else."""
    statement = Statement(name, f"v{number}", "a" * 128, date, signer)
    assert parse_statement(statement.comment) == statement


@given(st.text())
def test_other_comments_state_nothing(comment: str) -> None:
    """A comment that we did not write states nothing."""
    assert parse_statement(comment) is None


@pytest.mark.parametrize(
    "comment",
    [
        "object:a\tversion:v1",
        "version:v1\tobject:a\tsha512:" + "a" * 128,
        "object:a\tversion:v1\tsha512:" + "a" * 128 + "\tmore:b",
        "object:a\tversion:v1\tsha512:" + "a" * 128 + "\tsigner:",
        "object:a\tobject:b\tversion:v1\tsha512:" + "a" * 128,
        "object:a\tversion:v01\tsha512:" + "a" * 128,
        "object:a\tversion:v1\tsha512:" + "A" * 128,
    ],
)
def test_comments_have_one_spelling(comment: str) -> None:
    """Fields that are absent, doubled, unknown or in another order make no statement."""
    assert parse_statement(comment) is None


@pytest.mark.parametrize(
    "words",
    [{"object_id": ""}, {"version": "2"}, {"signer": "Zoë"}, {"date": "a\tsigner:b"}, {"signer": " "}],
)
def test_what_cannot_be_stated_is_not_signed(words: dict[str, str]) -> None:
    """Words that a comment can't hold are refused before anything is signed."""
    with pytest.raises(StoreError) as caught:
        sign(INVENTORY, KEY, **{**NAMED, **words})
    assert caught.value.code == "store.signature-comment"


def test_the_best_of_several_signatures_counts() -> None:
    """One good signature is enough; without one, the gravest finding is told."""
    kinds = ["unsigned", "unknown-key", "revoked-key", "other-version", "other-inventory", "broken", "good"]
    for number in range(1, len(kinds) + 1):
        verdicts: list[Verdict] = [Verdict(each) for each in kinds[:number]]  # type: ignore[arg-type]
        assert best(verdicts).kind == kinds[number - 1]


def test_each_key_has_its_own_file() -> None:
    """Two keys' signatures of one version lie in one folder, under the keys' names."""
    paths = {signature_path("v2", key.key_id) for key in (KEY, OTHER)}
    assert len(paths) == 2
    assert {Path(path).parent.name for path in paths} == {"v2"}


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_minisign_verifies_an_inventory(tmp_path: Path) -> None:
    """The program minisign verifies a version's signature and shows what it states."""
    (tmp_path / "inventory.json").write_bytes(INVENTORY)
    (tmp_path / "s.minisig").write_text(signature_text(SIGNATURE))
    line = public_key_text(KEY.public).splitlines()[1]
    command = ["minisign", "-V", "-m", "inventory.json", "-x", "s.minisig", "-P", line]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert SIGNATURE.comment in done.stdout
    assert parse_signature((tmp_path / "s.minisig").read_bytes(), name="s") == SIGNATURE
