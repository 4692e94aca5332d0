"""Minisign's files: read and written as minisign and py-minisign do, and nothing else is taken."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store import minisign
from ppdarchive.store.minisign import (
    MAX_COMMENT_BYTES,
    PublicKey,
    SecretKey,
    generate_key,
    is_locked,
    parse_public_key,
    parse_secret_key,
    parse_signature,
    public_key_text,
    secret_key_text,
    signature_text,
)

MADE = Path(__file__).parent / "minisign"
INVENTORY = (MADE / "inventory.json").read_bytes()
KEY = SecretKey(bytes(range(8)), bytes(range(32)))
SIGNATURE = KEY.sign(b"message", "a comment")
PARSERS = [parse_public_key, parse_secret_key, parse_signature]
CHEAP = {"ops_limit": 32768, "mem_limit": 1 << 20}
COMMENTS = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\t"), min_size=1)


def made(name: str) -> bytes:
    """A file that another implementation wrote."""
    return (MADE / name).read_bytes()


@pytest.mark.parametrize("name", ["open", "locked", "package"])
def test_signatures_of_others_are_verified(name: str) -> None:
    """What minisign and py-minisign signed is by their keys, and not over anything else."""
    key = parse_public_key(made(f"{name}.pub"), name=name)
    signature = parse_signature(made(f"{name}.minisig"), name=name)
    assert signature.is_by(key, INVENTORY)
    assert not signature.is_by(key, INVENTORY + b" ")
    assert signature.comment == ("from py-minisign" if name == "package" else "from minisign")


@pytest.mark.parametrize(
    "name", ["open", "package", pytest.param("locked", marks=pytest.mark.thorough)]
)  # minisign's own locked keys need a gibibyte and seconds
def test_secret_keys_of_others_are_read(name: str) -> None:
    """Secret keys of minisign and py-minisign, open and locked, belong to their public keys."""
    key = parse_secret_key(made(f"{name}.key"), name=name, password=b"test")
    assert key.public == parse_public_key(made(f"{name}.pub"), name=name)
    assert is_locked(made(f"{name}.key"), name=name) == (name != "open")


@pytest.mark.parametrize("name", ["open", "package"])
def test_the_same_key_makes_the_same_signature_as_theirs(name: str) -> None:
    """Ed25519 draws nothing, so ours and theirs are equal to the bit."""
    key = parse_secret_key(made(f"{name}.key"), name=name, password=b"test")
    theirs = parse_signature(made(f"{name}.minisig"), name=name)
    assert key.sign(INVENTORY, theirs.comment) == theirs


def test_signatures_of_the_old_kind_are_refused() -> None:
    """A signature over the file itself, not its BLAKE2b-512, is not taken."""
    with pytest.raises(StoreError, match="BLAKE2b-512"):
        parse_signature(made("legacy.minisig"), name="legacy")


def test_the_key_id_reads_as_minisign_shows_it() -> None:
    """Minisign names the key in its public key file's comment as we do."""
    assert parse_public_key(made("open.pub"), name="open").name in made("open.pub").decode()


def test_the_first_published_vector_of_ed25519() -> None:
    """The seed of RFC 8032's first test has its public key."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    point = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    key = SecretKey(bytes(8), seed).public
    assert key.point.hex() == point
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert key.fits(b"", signature)


@pytest.mark.parametrize(
    ("ops_limit", "mem_limit", "expected"),
    [
        (1 << 25, 1 << 30, (1 << 20, 1)),  # SENSITIVE: what minisign takes
        (1 << 19, 1 << 24, (1 << 14, 1)),  # INTERACTIVE: what scrypt's paper gives for logins
        (0, 1 << 30, (1 << 10, 1)),
        (1 << 20, 1 << 25, (1 << 15, 1)),
    ],
)
def test_limits_become_scrypts_parameters(ops_limit: int, mem_limit: int, expected: tuple[int, int]) -> None:
    """The limits that libsodium names give the parameters that it takes for them."""
    assert minisign._scrypt_cost(ops_limit, mem_limit) == expected


@given(
    st.binary(min_size=8, max_size=8), st.binary(min_size=32, max_size=32), st.none() | st.binary(max_size=40)
)
def test_keys_are_read_as_they_were_written(key_id: bytes, seed: bytes, password: bytes | None) -> None:
    """Writing and reading a key gives the key, open or locked."""
    key = SecretKey(key_id, seed)
    text = secret_key_text(key, password=password, **CHEAP).encode()
    assert parse_secret_key(text, name="key", password=password) == key
    assert parse_public_key(public_key_text(key.public).encode(), name="key") == key.public


@given(st.binary(max_size=100), COMMENTS)
def test_signatures_are_read_as_they_were_written(message: bytes, comment: str) -> None:
    """Writing and reading a signature gives the signature, with either kind of line end."""
    signature = KEY.sign(message, comment)
    text = signature_text(signature)
    assert parse_signature(text.encode(), name="s") == signature
    assert parse_signature(text.replace("\n", "\r\n").encode(), name="s") == signature
    assert signature.is_by(KEY.public, message)


@given(st.data())
def test_one_changed_bit_makes_a_signature_void(data: st.DataObject) -> None:
    """A bit flipped in signature, comment, global signature, key or message is found."""
    fields = {
        "signature": SIGNATURE.signature,
        "global_signature": SIGNATURE.global_signature,
        "comment": SIGNATURE.comment.encode(),
        "key_id": SIGNATURE.key_id,
        "point": KEY.public.point,
        "message": b"message",
    }
    name = data.draw(st.sampled_from(sorted(fields)))
    bit = data.draw(st.integers(0, 8 * len(fields[name]) - 1))
    changed = bytearray(fields[name])
    changed[bit // 8] ^= 1 << bit % 8
    fields[name] = bytes(changed)
    signature = replace(
        SIGNATURE,
        key_id=fields["key_id"],
        signature=fields["signature"],
        comment=fields["comment"].decode("latin-1"),
        global_signature=fields["global_signature"],
    )
    assert not signature.is_by(PublicKey(KEY.key_id, fields["point"]), fields["message"])


@given(st.integers(0, len(signature_text(SIGNATURE)) - 1), st.binary(max_size=2))
def test_a_changed_file_is_refused_or_void_or_says_the_same(place: int, new: bytes) -> None:
    """Whatever replaces a byte of the file, nothing else than what was signed passes."""
    text = signature_text(SIGNATURE).encode()
    changed = text[:place] + new + text[place + 1 :]
    with suppress(StoreError):
        signature = parse_signature(changed, name="s")
        assert signature == SIGNATURE or not signature.is_by(KEY.public, b"message")


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
@given(data=st.binary(max_size=400) | st.text(max_size=300).map(lambda text: text.encode(errors="replace")))
def test_any_bytes_raise_nothing_else(parse: Any, data: bytes) -> None:
    """Bytes that are no such file raise StoreError with a code of signatures."""
    with pytest.raises(StoreError, match="not a") as caught:
        parse(data, name="file")
    assert caught.value.code == "store.signature-format"


@given(st.data())
def test_changed_secret_keys_are_refused(data: st.DataObject) -> None:
    """A secret key of which any byte was changed is no key; a price that rounds to the same one may be."""
    text = secret_key_text(KEY, password=b"test", **CHEAP)
    raw = bytearray(base64.b64decode(text.splitlines()[1]))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    changed = f"untrusted comment: x\n{base64.b64encode(raw).decode()}\n".encode()
    if 38 <= place < 54:
        with suppress(StoreError):
            assert parse_secret_key(changed, name="key", password=b"test") == KEY
        return
    with pytest.raises(StoreError) as caught:
        parse_secret_key(changed, name="key", password=b"test")
    assert caught.value.code in {"store.signature-format", "store.signature-password"}


def test_an_open_key_needs_both_its_halves() -> None:
    """An open key whose public half is another's is refused, with and without minisign's zeros."""
    raw = bytearray(base64.b64decode(made("open.key").splitlines()[1]))
    raw[54 + 40] ^= 1
    text = b"untrusted comment: x\n" + base64.b64encode(raw)
    with pytest.raises(StoreError, match="checksum"):
        parse_secret_key(text, name="key")


@pytest.mark.parametrize("password", [None, b"", b"Test"])
def test_another_password_opens_nothing(password: bytes | None) -> None:
    """A locked key asks for its own password, and says so."""
    with pytest.raises(StoreError, match="does not open") as caught:
        parse_secret_key(made("package.key"), name="key", password=password)
    assert caught.value.code == "store.signature-password"


@pytest.mark.parametrize(("ops_limit", "mem_limit"), [(1 << 26, 1 << 30), (1 << 25, 1 << 40)])
def test_a_file_cannot_make_us_work_for_hours(ops_limit: int, mem_limit: int) -> None:
    """A secret key that asks for more than minisign's own price is refused before scrypt runs."""
    raw = bytearray(base64.b64decode(made("package.key").splitlines()[1]))
    raw[38:54] = ops_limit.to_bytes(8, "little") + mem_limit.to_bytes(8, "little")
    with pytest.raises(StoreError, match="costs more"):
        parse_secret_key(b"untrusted comment: x\n" + base64.b64encode(raw), name="key", password=b"test")


@pytest.mark.parametrize("comment", ["two\nlines", "Zoë", "\x1b[2J", "a" * (MAX_COMMENT_BYTES + 1)])
def test_comments_that_others_could_not_read_are_not_signed(comment: str) -> None:
    """A comment is a line of printable ASCII that fits minisign's buffer."""
    with pytest.raises(StoreError) as caught:
        KEY.sign(b"message", comment)
    assert caught.value.code == "store.signature-comment"


def test_base64_has_one_spelling() -> None:
    """The unused bits of the last Base64 letter are zero, so that no two files are one signature."""
    lines = signature_text(SIGNATURE).splitlines()
    assert lines[3].endswith("A==") or lines[3][-3] in "AQgw"
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = letters[letters.index(lines[3][-3]) + 1]
    lines[3] = lines[3][:-3] + other + "=="
    with pytest.raises(StoreError, match="Base64"):
        parse_signature("\n".join(lines).encode(), name="s")


def test_secrets_stay_out_of_sight() -> None:
    """A secret key's repr shows its name alone."""
    assert repr(KEY) == f"<SecretKey {KEY.public.name}>"


def test_new_keys_differ() -> None:
    """Two new keys share neither id nor seed."""
    one, other = generate_key(), generate_key()
    assert one.key_id != other.key_id
    assert one.seed != other.seed


def test_signatures_are_over_blake2b() -> None:
    """The signature is Ed25519's over the 64 bytes of BLAKE2b-512."""
    assert KEY.public.fits(hashlib.blake2b(b"message").digest(), SIGNATURE.signature)


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
@pytest.mark.parametrize("comment", ["a", "object:trial~public\tversion:v1", "x" * MAX_COMMENT_BYTES])
def test_minisign_verifies_ours(tmp_path: Path, comment: str) -> None:
    """The program minisign takes our public keys and signatures, up to the longest comment."""
    (tmp_path / "inventory.json").write_bytes(INVENTORY)
    (tmp_path / "key.pub").write_text(public_key_text(KEY.public))
    (tmp_path / "inventory.json.minisig").write_text(signature_text(KEY.sign(INVENTORY, comment)))
    command = ["minisign", "-V", "-H", "-m", "inventory.json", "-p", "key.pub"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"Trusted comment: {comment}\n" in done.stdout


@pytest.mark.skipif(shutil.which("minisign") is None, reason="minisign is not installed")
def test_minisign_signs_with_ours(tmp_path: Path) -> None:
    """The program minisign signs with our secret keys, and we verify what it signed."""
    (tmp_path / "message").write_bytes(INVENTORY)
    for name, password in (("open", None), ("locked", b"test")):
        (tmp_path / f"{name}.key").write_text(secret_key_text(KEY, password=password, **CHEAP))
        command = ["minisign", "-S", "-m", "message", "-s", f"{name}.key", "-x", f"{name}.minisig"]
        subprocess.run(command, cwd=tmp_path, input="test\n", text=True, check=True, capture_output=True)
        assert parse_signature((tmp_path / f"{name}.minisig").read_bytes(), name=name).is_by(
            KEY.public, INVENTORY
        )


def test_py_minisign_verifies_ours() -> None:
    """The package py-minisign takes our keys, open and locked, and our signatures."""
    other: Any = pytest.importorskip("minisign")
    public = other.PublicKey.from_bytes(public_key_text(KEY.public).encode())
    signature = other.Signature.from_bytes(signature_text(KEY.sign(INVENTORY, "a\tb")).encode())
    public.verify(INVENTORY, signature)
    secret = other.SecretKey.from_bytes(secret_key_text(KEY, password=b"test", **CHEAP).encode())
    secret.decrypt("test")
    assert bytes(secret.get_public_key()).splitlines()[1] == public.to_base64()
