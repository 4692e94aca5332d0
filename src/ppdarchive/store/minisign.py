"""Minisign's files: public keys, secret keys and signatures; draws randomness, reads no disk.

Minisign rather than SSH signatures, since its format fits on a page, needs no namespace or list of
principals, and its trusted comment is signed.

References
----------
Minisign, "Signature format", "Public key format", "Secret key format",
https://jedisct1.github.io/minisign/ ; Ed25519: RFC 8032; scrypt: RFC 7914; BLAKE2b: RFC 7693.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ppdarchive.errors import StoreError

MAX_FILE_BYTES: Final = 16 << 10
MAX_COMMENT_BYTES: Final = 8192 - len("trusted comment: ") - 2
"""Of a trusted comment: what minisign reads (TRUSTEDCOMMENTMAXBYTES, less prefix, line end and NUL)."""

# What minisign itself takes: N = 2**20, r = 8, p = 1, which needs 1 GiB and some seconds.
OPS_LIMIT: Final = 1 << 25
MEM_LIMIT: Final = 1 << 30

_UNTRUSTED: Final = "untrusted comment: "
_TRUSTED: Final = "trusted comment: "
_PLAIN: Final = b"Ed"
_HASHED: Final = b"ED"
_SCRYPT: Final = b"Sc"
_NO_KDF: Final = b"\0\0"
_BLAKE2B: Final = b"B2"


@dataclass(frozen=True)
class PublicKey:
    """A public key: 8 bytes that name it, and 32 bytes of Ed25519."""

    key_id: bytes
    point: bytes

    @property
    def name(self) -> str:
        """The key's id as minisign shows it: 16 hexadecimal digits."""
        return key_name(self.key_id)

    def fits(self, signed: bytes, signature: bytes) -> bool:
        """Whether `signature` is this key's over `signed` (RFC 8032, section 5.1.7)."""
        try:
            Ed25519PublicKey.from_public_bytes(self.point).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, repr=False)
class SecretKey:
    """A secret key: the public key's id, and the 32 bytes from which Ed25519's key follows."""

    key_id: bytes
    seed: bytes

    def __repr__(self) -> str:
        return f"<SecretKey {key_name(self.key_id)}>"

    @property
    def public(self) -> PublicKey:
        """The public key that belongs to it."""
        return PublicKey(self.key_id, self._signer.public_key().public_bytes_raw())

    @property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def sign(self, message: bytes, comment: str) -> Signature:
        """Sign a message and a comment.

        Parameters
        ----------
        message : bytes
        comment : str
            One line of printable ASCII and tabs, at most `MAX_COMMENT_BYTES`.

        Raises
        ------
        StoreError
            ``store.signature-comment``.
        """
        is_plain = all(letter == "\t" or " " <= letter <= "~" for letter in comment)
        if not is_plain or len(comment) > MAX_COMMENT_BYTES:
            raise StoreError("store.signature-comment")
        signature = self._signer.sign(_digest(message))
        return Signature(self.key_id, signature, comment, self._signer.sign(signature + comment.encode()))


@dataclass(frozen=True)
class Signature:
    """A signature file: over a message's BLAKE2b-512, and over that signature with its comment."""

    key_id: bytes
    signature: bytes
    comment: str
    global_signature: bytes
    untrusted: str = field(default="", compare=False)

    @property
    def is_whole(self) -> bool:
        """Whether its parts have the sizes that they must have."""
        return (len(self.key_id), len(self.signature), len(self.global_signature)) == (8, 64, 64)

    def comment_is_by(self, key: PublicKey) -> bool:
        """Whether `key` signed the comment together with this signature, of whatever message."""
        is_same = self.key_id == key.key_id and self.is_whole
        return is_same and key.fits(self.signature + self.comment.encode(), self.global_signature)

    def is_by(self, key: PublicKey, message: bytes) -> bool:
        """Whether `key` signed both the message and the comment."""
        return self.comment_is_by(key) and key.fits(_digest(message), self.signature)


def generate_key() -> SecretKey:
    """Draw a new key and a name for it."""
    return SecretKey(secrets.token_bytes(8), secrets.token_bytes(32))


def key_name(key_id: bytes) -> str:
    """A key's id as minisign shows it.

    Examples
    --------
    >>> key_name(bytes([1, 2, 3, 4, 5, 6, 7, 8]))
    '0807060504030201'
    """
    return f"{int.from_bytes(key_id, 'little'):016X}"


def public_key_text(key: PublicKey) -> str:
    """A public key file.

    Examples
    --------
    >>> print(public_key_text(PublicKey(bytes(8), bytes(32))), end="")
    untrusted comment: minisign public key 0000000000000000
    RWQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
    """
    return f"{_UNTRUSTED}minisign public key {key.name}\n{_base64(_PLAIN + key.key_id + key.point)}\n"


def parse_public_key(data: bytes, *, name: str) -> PublicKey:
    """Read a public key file, or the one line of Base64 that ``minisign -P`` takes.

    Raises
    ------
    StoreError
        ``store.signature-format``.
    """
    what = "public key"
    lines = _lines(data, name, what)
    if len(lines) == 2:
        _comment(lines.pop(0), _UNTRUSTED, name, what)
    if len(lines) != 1:
        raise _wrong(name, what, "it has two lines")
    raw = _decoded(lines[0], 42, name, what)
    if raw[:2] != _PLAIN:
        raise _wrong(name, what, "its algorithm is not Ed25519")
    return PublicKey(raw[2:10], raw[10:])


def signature_text(signature: Signature) -> str:
    """A signature file."""
    first = _base64(_HASHED + signature.key_id + signature.signature)
    untrusted = f"{_UNTRUSTED}{signature.untrusted or f'signature by key {key_name(signature.key_id)}'}"
    return f"{untrusted}\n{first}\n{_TRUSTED}{signature.comment}\n{_base64(signature.global_signature)}\n"


def parse_signature(data: bytes, *, name: str) -> Signature:
    """Read a signature file.

    Only signatures of a file's BLAKE2b-512 are taken, as minisign has written them since 2015: two
    ways of signing under one key are one too many.

    Raises
    ------
    StoreError
        ``store.signature-format``.
    """
    what = "signature"
    lines = _lines(data, name, what)
    if len(lines) != 4:
        raise _wrong(name, what, "it has four lines")
    untrusted = _comment(lines[0], _UNTRUSTED, name, what)
    raw = _decoded(lines[1], 74, name, what)
    comment = _comment(lines[2], _TRUSTED, name, what)
    if raw[:2] != _HASHED:
        raise _wrong(name, what, "its algorithm is not Ed25519 over BLAKE2b-512")
    return Signature(raw[2:10], raw[10:], comment, _decoded(lines[3], 64, name, what), untrusted)


def secret_key_text(
    key: SecretKey, *, password: bytes | None, ops_limit: int = OPS_LIMIT, mem_limit: int = MEM_LIMIT
) -> str:
    """A secret key file; the caller keeps it from others' eyes.

    Parameters
    ----------
    key : SecretKey
    password : bytes, optional
        Locks it by scrypt; without one the key stands there open.
    ops_limit, mem_limit : int
        What scrypt shall cost, as libsodium counts it.

    Raises
    ------
    StoreError
        ``store.signature-format`` if scrypt can't cost so much here.
    """
    kdf, salt, limits = _NO_KDF, bytes(32), bytes(16)
    held = key.key_id + key.seed + key.public.point + _checksum(key)
    if password is not None:
        kdf, salt = _SCRYPT, secrets.token_bytes(32)
        limits = ops_limit.to_bytes(8, "little") + mem_limit.to_bytes(8, "little")
        held = _mask(held, password, salt, limits, "new")
    raw = _PLAIN + kdf + _BLAKE2B + salt + limits + held
    state = "unencrypted" if password is None else "encrypted"
    return f"{_UNTRUSTED}minisign {state} secret key\n{_base64(raw)}\n"


def is_locked(data: bytes, *, name: str) -> bool:
    """Whether a secret key file asks for a password.

    Raises
    ------
    StoreError
        ``store.signature-format``.
    """
    return _secret_bytes(data, name)[2:4] == _SCRYPT


def parse_secret_key(data: bytes, *, name: str, password: bytes | None = None) -> SecretKey:
    """Read a secret key file.

    Raises
    ------
    StoreError
        ``store.signature-format``; ``store.signature-password`` if it is locked and the password is
        absent or another.
    """
    raw = _secret_bytes(data, name)
    held, is_open = raw[54:], raw[2:4] == _NO_KDF
    if not is_open:
        if password is None:
            raise StoreError("store.signature-password", path=name)
        held = _mask(held, password, raw[6:38], raw[38:54], name)
    key = SecretKey(held[:8], held[8:40])
    # Both are compared, always, in a time that doesn't depend on where they differ.
    is_right = hmac.compare_digest(held[72:], _checksum(key))
    if is_open:  # minisign leaves the checksum of an open key at zero
        is_right |= hmac.compare_digest(held[72:], bytes(32))
    is_right &= hmac.compare_digest(held[40:72], key.public.point)
    if is_right:
        return key
    if is_open:
        raise _wrong(name, "secret key", "its checksum does not fit")
    raise StoreError("store.signature-password", path=name)


def _secret_bytes(data: bytes, name: str) -> bytes:
    what = "secret key"
    lines = _lines(data, name, what)
    if len(lines) != 2:
        raise _wrong(name, what, "it has two lines")
    _comment(lines[0], _UNTRUSTED, name, what)
    raw = _decoded(lines[1], 158, name, what)
    if raw[:2] != _PLAIN or raw[2:4] not in (_SCRYPT, _NO_KDF) or raw[4:6] != _BLAKE2B:
        raise _wrong(name, what, "it names an unknown algorithm")
    return raw


def _checksum(key: SecretKey) -> bytes:
    return hashlib.blake2b(_PLAIN + key.key_id + key.seed + key.public.point, digest_size=32).digest()


def _mask(held: bytes, password: bytes, salt: bytes, limits: bytes, name: str) -> bytes:
    """Lock or open what a secret key file holds: both are an exclusive or with scrypt's stream."""
    ops, mem = int.from_bytes(limits[:8], "little"), int.from_bytes(limits[8:], "little")
    if ops > OPS_LIMIT or mem > MEM_LIMIT:  # a file must not make us work for hours
        raise _wrong(name, "secret key", "opening it costs more than minisign's own keys do")
    n, p = _scrypt_cost(ops, mem)
    stream = b""
    with suppress(ValueError, MemoryError, OverflowError):
        stream = hashlib.scrypt(
            password, salt=salt, n=n, r=8, p=p, dklen=len(held), maxmem=(n + p + 4) * 128 * 8
        )
    if not stream:
        raise _wrong(name, "secret key", "scrypt cannot run with its figures")
    return bytes(left ^ right for left, right in zip(held, stream, strict=True))


def _scrypt_cost(ops_limit: int, mem_limit: int) -> tuple[int, int]:
    """Return scrypt's N and p for r = 8, as libsodium's `pickparams` derives them from its limits.

    References
    ----------
    libsodium, crypto_pwhash/scryptsalsa208sha256/pwhash_scryptsalsa208sha256.c
    """
    ops = max(ops_limit, 32768)
    is_small = ops < mem_limit // 32
    most = ops // 32 if is_small else mem_limit // 1024
    # The first power of two above half of what is allowed, and no less than 2.
    n = 1 << max(1, (most // 2).bit_length())
    return n, 1 if is_small else min(ops // 4 // n, 0x3FFFFFFF) // 8


def _digest(message: bytes) -> bytes:
    return hashlib.blake2b(message).digest()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _wrong(name: str, what: str, reason: str) -> StoreError:
    return StoreError("store.signature-format", path=name, what=what, reason=reason)


def _lines(data: bytes, name: str, what: str) -> list[str]:
    if len(data) > MAX_FILE_BYTES:
        raise _wrong(name, what, "it is too long")
    text: str | None = None
    with suppress(UnicodeDecodeError):
        text = data.decode()
    if text is None:
        raise _wrong(name, what, "it is not UTF-8 text")
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _comment(line: str, prefix: str, name: str, what: str) -> str:
    comment = line.removeprefix(prefix)
    if comment == line or not comment.replace("\t", "").isprintable():
        raise _wrong(name, what, "a comment is absent or cannot be printed")
    return comment


def _decoded(line: str, n_bytes: int, name: str, what: str) -> bytes:
    raw = b""
    with suppress(ValueError):
        raw = base64.b64decode(line, validate=True)
    # Base64 has several spellings of the same bytes; only one of them is taken.
    if len(raw) != n_bytes or _base64(raw) != line:
        raise _wrong(name, what, f"a line is not {n_bytes} bytes in Base64")
    return raw
