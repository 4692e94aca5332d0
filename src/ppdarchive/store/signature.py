"""The signature over a version's inventory: what it states, who made it, and what to make of it.

Signatures are minisign's, so ``minisign -Vm inventory.json -x FILE -p KEY`` verifies one without us.
Its trusted comment, which is signed with it, says which version of which object it is about, and
nothing of a clock or a person unless that is given.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final, Literal

from ppdarchive.errors import StoreError
from ppdarchive.store.layout import SIGNATURES
from ppdarchive.store.minisign import PublicKey, SecretKey, Signature, key_name
from ppdarchive.store.trust import KeySet

FOLDER: Final = SIGNATURES

Kind = Literal[
    "good",
    "unsigned",
    "unknown-key",
    "revoked-key",
    "broken",
    "other-inventory",
    "other-version",
]
"""What can be made of a signature; `KINDS` says it in words."""

KINDS: Final[dict[Kind, str]] = {
    "good": "a trusted key signed this inventory",
    "unsigned": "there is no signature",
    "unknown-key": "no trusted key made the signature",
    "revoked-key": "the key that made the signature is revoked",
    "broken": "the signature does not hold: something in it was changed, or another key made it",
    "other-inventory": "a trusted key signed other bytes under this version's name",
    "other-version": "a trusted key signed another version or object",
}

_FIELDS: Final = ("object", "version", "sha512", "date", "signer")
_VERSION: Final = re.compile(r"v[1-9][0-9]{0,8}")
_SHA512: Final = re.compile(r"[0-9a-f]{128}")
_WORDS: Final = re.compile(r"[!-~](?:[ -~]{0,510}[!-~])?")


@dataclass(frozen=True)
class Statement:
    """What a signature is about, as its trusted comment says it.

    Attributes
    ----------
    object_id : str
        The OCFL object's id.
    version : str
        Such as ``v3``.
    sha512 : str
        Of the inventory that was signed. After a purge it tells a signature that the purge made void
        (the tombstone knows this digest) from one whose inventory was tampered with.
    date, signer : str, optional
        Only if whoever signed gave them.
    """

    object_id: str
    version: str
    sha512: str
    date: str | None = None
    signer: str | None = None

    @property
    def comment(self) -> str:
        r"""The trusted comment.

        Examples
        --------
        >>> Statement("trial~public", "v2", "ab12", signer="Ada").comment
        'object:trial~public\tversion:v2\tsha512:ab12\tsigner:Ada'
        """
        values = (self.object_id, self.version, self.sha512, self.date, self.signer)
        pairs = zip(_FIELDS, values, strict=True)
        return "\t".join(f"{name}:{value}" for name, value in pairs if value is not None)


@dataclass(frozen=True)
class Verdict:
    """What was found out about one version's signature.

    Attributes
    ----------
    kind : Kind
    key : str, optional
        Name of the key that the signature names; only a kind of ``good``, ``revoked-key``,
        ``other-inventory`` or ``other-version`` says that this key made it.
    statement : Statement, optional
        What that key stated; None where it is not known to have stated anything.
    """

    kind: Kind
    key: str | None = None
    statement: Statement | None = None

    @property
    def is_good(self) -> bool:
        """Whether a trusted key signed just this inventory, as that of this version."""
        return self.kind == "good"

    @property
    def words(self) -> str:
        """The verdict in words."""
        return KINDS[self.kind]


def signature_path(version: str, key_id: bytes) -> str:
    """Where in the object a version's signature by a key lies; each key has its own.

    Examples
    --------
    >>> signature_path("v3", bytes(8))
    'extensions/ppdarchive/signatures/v3/0000000000000000.minisig'
    """
    return f"{FOLDER}/{version}/{key_name(key_id)}.minisig"


def parse_statement(comment: str) -> Statement | None:
    """What a trusted comment states; None if it is not one of ours, in the one spelling we write."""
    found = dict(part.partition(":")[::2] for part in comment.split("\t"))
    statement = Statement(
        found.get("object", ""),
        found.get("version", ""),
        found.get("sha512", ""),
        found.get("date"),
        found.get("signer"),
    )
    return statement if _is_sound(statement) and statement.comment == comment else None


def _is_sound(statement: Statement) -> bool:
    words = [statement.object_id, *(word for word in (statement.date, statement.signer) if word is not None)]
    return (
        all(_WORDS.fullmatch(word) for word in words)
        and _VERSION.fullmatch(statement.version) is not None
        and _SHA512.fullmatch(statement.sha512) is not None
    )


def sign(
    inventory: bytes,
    key: SecretKey,
    *,
    object_id: str,
    version: str,
    date: str | None = None,
    signer: str | None = None,
) -> Signature:
    """Sign the inventory of a version.

    The same inventory, key and words give the same signature (RFC 8032, section 5.1.6).

    Parameters
    ----------
    inventory : bytes
        ``vN/inventory.json`` as it lies there.
    key : SecretKey
    object_id, version : str
        Of the inventory.
    date, signer : str, optional
        What shall be published of when and who; printable ASCII.

    Raises
    ------
    StoreError
        ``store.signature-comment``.
    """
    statement = Statement(object_id, version, hashlib.sha512(inventory).hexdigest(), date, signer)
    if not _is_sound(statement):
        raise StoreError("store.signature-comment")
    return key.sign(inventory, statement.comment)


def verify(
    inventory: bytes, signature: Signature | None, keys: KeySet, *, object_id: str, version: str
) -> Verdict:
    """Find out what a signature says of a version's inventory.

    Nothing here is secret, so nothing has to take the same time; comparing keys' names decides only
    which key is tried.

    Parameters
    ----------
    inventory : bytes
        ``vN/inventory.json`` as it lies there.
    signature : Signature, optional
        None if there is none.
    keys : KeySet
        Whom the reader trusts.
    object_id, version : str
        What the inventory is taken for.
    """
    if signature is None:
        return Verdict("unsigned")
    name = key_name(signature.key_id)
    key = keys.key(signature.key_id)
    if key is None or keys.standing(key) == "unknown":
        return Verdict("unknown-key", name)
    statement = parse_statement(signature.comment)
    # A comment that states nothing could be a message that was signed elsewhere.
    if statement is None or not signature.comment_is_by(key):
        return Verdict("broken", name)
    if keys.standing(key) == "revoked":
        return Verdict("revoked-key", name, statement)
    if (statement.object_id, statement.version) != (object_id, version):
        return Verdict("other-version", name, statement)
    is_same = statement.sha512 == hashlib.sha512(inventory).hexdigest()
    return Verdict(_kind(signature, key, inventory, is_same=is_same), name, statement)


def _kind(signature: Signature, key: PublicKey, inventory: bytes, *, is_same: bool) -> Kind:
    if signature.is_by(key, inventory):
        return "good" if is_same else "broken"
    return "broken" if is_same else "other-inventory"


def best(verdicts: list[Verdict]) -> Verdict:
    """The verdict on a version that several keys signed: a good one if any is, else the gravest.

    Examples
    --------
    >>> best([Verdict("unknown-key", "A"), Verdict("good", "B")]).key
    'B'
    >>> best([]).kind
    'unsigned'
    """
    order: list[Kind] = [
        *("good", "broken", "other-inventory", "other-version", "revoked-key", "unknown-key", "unsigned"),
    ]
    return min(verdicts, key=lambda verdict: order.index(verdict.kind), default=Verdict("unsigned"))
