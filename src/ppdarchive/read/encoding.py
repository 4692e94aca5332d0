"""Bytes in any declared or marked encoding -> UTF-8 bytes; pure, and knows no delimiters."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper

_BOMS: Final = (
    # UTF-32 LE before UTF-16 LE: the shorter mark is the beginning of the longer one.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: Final = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_REFUSED: Final = frozenset(
    # Notations of Python and of host names, and UTF-7, which can spell half a surrogate pair.
    {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
_BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, repr=False)
class Text:
    """A whole file as valid UTF-8 without NUL characters.

    Attributes
    ----------
    name : str
        What the file is called in errors.
    data : Content
        Its text in UTF-8.
    start : int
        Where the text begins in `data`: behind the byte-order mark.
    """

    name: str
    data: Content
    start: int


def decode(data: Content, *, name: str, encoding: str | None = None, keeper: Keeper = IN_MEMORY) -> Text:
    """Turn a file's bytes into valid UTF-8.

    A byte-order mark decides. Without one the declared encoding does, and without that UTF-8.
    UTF-16 and UTF-32 that are declared but not marked are taken as little-endian.

    Parameters
    ----------
    data : Content
        The whole file.
    name : str
        What the file is called in errors.
    encoding : str, optional
        The declared encoding, under any name that Python knows.
    keeper : Keeper
        Where the text is kept, if it is not the file's own bytes.

    Raises
    ------
    ReadError
        ``read.unknown-encoding``; ``read.encoding`` with the first bad byte's offset (from 0) and
        line; ``read.binary`` with the line of the first NUL; ``read.empty``.

    References
    ----------
    The Unicode Standard, section 23.8, "Byte Order Mark (BOM)".
    """
    declared = "utf-8" if encoding is None else _canonical(encoding, name)
    actual, start = declared, 0
    for mark, marked in _BOMS:
        if data[: len(mark)] == mark:
            actual, start = marked, len(mark)
            break
    if len(data) == start:
        raise ReadError("read.empty", path=name)
    if actual != "utf-8":
        data, start = _transcode(data, start, actual, name, keeper), 0
        _refuse_nul(data, name)
    else:
        # UTF-16 without its mark is rarely valid UTF-8, but its NULs say best what it is.
        _refuse_nul(data, name)
        _check_utf8(data, name)
    return Text(name, data, start)


def _canonical(encoding: str, name: str) -> str:
    known = True
    canonical = ""
    try:
        canonical = codecs.lookup(encoding).name.replace("_", "-")
        b"    ".decode(encoding)
    except UnicodeDecodeError:
        pass  # Four spaces are no text in this encoding, but it is one of text.
    except (LookupError, ValueError):
        known = False  # Also what Python says of rot13, base64 and the like.
    if not known or canonical in _REFUSED:
        raise ReadError("read.unknown-encoding", path=name, encoding=encoding)
    return _UNMARKED.get(canonical, canonical)


def _check_utf8(data: Content, name: str) -> None:
    position, offset = 0, -1
    while offset < 0 and position < len(data):
        end = min(position + _BLOCK_BYTES, len(data))
        block = data[position:end]
        if block.isascii():
            position = end
            continue
        try:
            position += codecs.utf_8_decode(block, "strict", end == len(data))[1]
        except UnicodeDecodeError as error:
            offset = position + error.start
    if offset >= 0:
        line = 1 + line_ends(data[:offset])
        raise ReadError("read.encoding", path=name, line=line, offset=offset, encoding="utf-8")


def _transcode(data: Content, start: int, encoding: str, name: str, keeper: Keeper) -> Content:
    offsets: list[int] = []
    text = keeper.content(_transcoded(data, start, encoding, offsets))
    if offsets:
        (offset,) = offsets
        before = data[start:offset].decode(encoding, "replace").encode("utf-8", "replace")
        line = 1 + line_ends(before)
        raise ReadError("read.encoding", path=name, line=line, offset=offset, encoding=encoding)
    return text


def _transcoded(data: Content, start: int, encoding: str, offsets: list[int]) -> Iterator[bytes]:
    """The text in UTF-8, block by block; where a byte makes no sense it ends, and the offset is noted."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for position in range(start, len(data), _BLOCK_BYTES):
        chunk = data[position : position + _BLOCK_BYTES]
        end = position + len(chunk)
        piece, offset = b"", -1
        try:
            piece = decoder.decode(chunk, end == len(data)).encode()
        except UnicodeError as error:
            # The decoder counts from the bytes that it kept back from the chunk before.
            at = error.start - len(error.object) if isinstance(error, UnicodeDecodeError) else -len(chunk)
            offset = end + at
        if offset >= 0:
            offsets.append(offset)
            return
        yield piece


def _refuse_nul(data: Content, name: str) -> None:
    position = data.find(b"\0")
    if position >= 0:
        raise ReadError("read.binary", path=name, line=1 + line_ends(data[:position]))


def line_ends(data: bytes) -> int:
    r"""Count the line ends (LF, CRLF, lone CR) of UTF-8 text.

    >>> line_ends(b"a\r\nb\rc\nd")
    3
    """
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
