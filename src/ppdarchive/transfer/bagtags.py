"""The tag files of a BagIt bag: what they say, and their text.

References
----------
RFC 8493, The BagIt File Packaging Format (V1.0), sections 2.1 and 2.2.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from ppdarchive.errors import TransferError
from ppdarchive.transfer.names import bag_path, plain_path, wrong_with

DECLARATION: Final = "bagit.txt"
STATEMENTS: Final = "bag-info.txt"
PAYLOAD: Final = "data/"

DECLARED: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
ALGORITHMS: Final = ("sha256", "sha512")
"""What we write; the first is what most tools check, the second what archives keep."""

KNOWN: Final = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
SURE: Final = frozenset({"sha256", "sha384", "sha512"})
"""One of these has to be there: the others can be forged."""

MANIFEST: Final = re.compile(r"(tag)?manifest-([^/]+)\.txt", re.IGNORECASE)

_DECLARATION: Final = re.compile(
    r"BagIt-Version: ([0-9]+\.[0-9]+)(?:\r\n|\n|\r)Tag-File-Character-Encoding: ([!-~]+)(?:\r\n|\n|\r)?"
)
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_LINE: Final = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?([^\r\n]+)")
_LABEL: Final = re.compile(r"[!-9;-~](?:[ !-9;-~]*[!-9;-~])?")
_OXUM: Final = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})")


def bag_problem(name: str, reason: str) -> TransferError:
    """What is raised of a bag that breaks a rule."""
    return TransferError("transfer.bag", path=name, reason=reason)


def statements_text(statements: Iterable[tuple[str, str]], *, name: str) -> str:
    """The text of bag-info.txt.

    Raises
    ------
    TransferError
        ``transfer.bag`` if a label or a value is not one plain line.
    """
    lines: list[str] = []
    for label, value in statements:
        if _LABEL.fullmatch(label) is None or not value.isprintable() or value != value.strip() or not value:
            raise bag_problem(name, f"statement {len(lines) + 1} of {STATEMENTS} is not one plain line")
        lines.append(f"{label}: {value}\n")
    return "".join(lines)


def parse_statements(data: bytes, *, name: str) -> tuple[tuple[str, str], ...]:
    """What bag-info.txt says, in its order; a line that begins with white space continues the last one.

    Raises
    ------
    TransferError
        ``transfer.bag``.
    """
    found: list[tuple[str, str]] = []
    for number, line in enumerate(_lines(data, name, STATEMENTS), 1):
        label, colon, value = line.partition(":")
        if line[0] in " \t" and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}".strip())
        elif colon and label.strip() and line[0] not in " \t":
            found.append((label.strip(), value.strip()))
        else:
            raise bag_problem(name, f"line {number} of {STATEMENTS} states nothing")
    return tuple(found)


def payload_oxum(statements: Iterable[tuple[str, str]], *, name: str) -> tuple[int, int] | None:
    """Bytes and files that the payload has by its own account; None if it gives none.

    Raises
    ------
    TransferError
        ``transfer.bag`` if it is stated twice, or makes no sense.
    """
    stated = [value for label, value in statements if label.lower() == "payload-oxum"]
    if not stated:
        return None
    match = _OXUM.fullmatch(stated[0])
    if match is None or len(stated) > 1:
        raise bag_problem(name, "its Payload-Oxum makes no sense, or stands there twice")
    return int(match[1]), int(match[2])


def parse_declaration(data: bytes, *, name: str) -> str:
    """The bag's version.

    Version 0.97 is taken too: it is what the most common tool still writes.

    Raises
    ------
    TransferError
        ``transfer.bag`` if the version or the encoding of its tag files is another.
    """
    text = data.decode("ascii", errors="replace")
    match = _DECLARATION.fullmatch(text)
    if match is None:
        raise bag_problem(name, f"{DECLARATION} is not the two lines that it must be")
    if match[1] not in {"1.0", "0.97"}:
        raise bag_problem(name, "its version of BagIt is neither 1.0 nor 0.97")
    if match[2].upper() != "UTF-8":
        raise bag_problem(name, "its tag files are not UTF-8")
    return match[1]


def manifest_text(digests: Mapping[str, str]) -> str:
    """The text of a manifest, sorted by path."""
    return "".join(f"{digests[path]}  {bag_path(path)}\n" for path in sorted(digests))


def parse_manifest(
    data: bytes, algorithm: str, *, name: str, file: str, version: str, payload: bool
) -> Mapping[str, str]:
    """The digests of a manifest, by path in the bag.

    Raises
    ------
    TransferError
        ``transfer.bag`` if a line is none, or names a path twice or outside of where it may.
    """
    n_digits = 2 * hashlib.new(algorithm, usedforsecurity=False).digest_size
    found: dict[str, str] = {}
    for number, line in enumerate(_lines(data, name, file), 1):
        match = _LINE.fullmatch(line)
        path = plain_path(match[2], percent=version != "0.97") if match else None
        if match is None or path is None or len(match[1]) != n_digits:
            raise bag_problem(name, f"line {number} of {file} is no digest and path")
        if wrong_with(path) or path.startswith(PAYLOAD) != payload:
            raise bag_problem(name, f"line {number} of {file} names a place where it has no business")
        if path in found:
            raise bag_problem(name, f"line {number} of {file} names a path for the second time")
        found[path] = match[1].lower()
    return found


def _lines(data: bytes, name: str, file: str) -> list[str]:
    text: str | None = None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = None
    if text is None or text.startswith("\ufeff"):
        raise bag_problem(name, f"{file} is not plain UTF-8")
    return [line for line in _LINE_END.split(text) if line]
