"""A file on disk, zipped or not -> its bytes; knows no tables."""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from functools import partial
from pathlib import Path
from typing import IO, Final

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper

MAX_UNPACKED_BYTES: Final = 4 << 30

_CHUNK_BYTES: Final = 1 << 20
_PIECE_BYTES: Final = 1 << 24
_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")
# What zipfile and the decompressors below it raise on damaged archives.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)


def load(path: Path, *, name: str, max_bytes: int = MAX_UNPACKED_BYTES) -> bytes:
    """Return a file's bytes, as `load_into` does, in memory."""
    return bytes(load_into(IN_MEMORY, path, name=name, max_bytes=max_bytes))


def load_into(keeper: Keeper, path: Path, *, name: str, max_bytes: int = MAX_UNPACKED_BYTES) -> Content:
    """Return a file's bytes; of a zip archive those of the one table in it.

    An archive is known by how it begins, whatever its extension. Folders, ``__MACOSX/`` and
    names with a leading dot are no tables.

    Parameters
    ----------
    keeper : Keeper
        Where the bytes are kept.
    path : Path
    name : str
        What the file is called in errors.
    max_bytes : int
        How much an archive may hold once unpacked, as it says and as it turns out.

    Raises
    ------
    ReadError
        ``read.not-found``, ``read.not-a-file``, ``read.not-readable``, ``read.zip``,
        ``read.zip-members``, ``read.too-large``.

    References
    ----------
    APPNOTE.TXT, .ZIP File Format Specification, sections 4.3 and 4.4.4.
    """
    data = _load_file(path, name, keeper)
    if data[: len(_MAGIC[0])] not in _MAGIC:
        return data
    return unpack(bytes(data), name=name, max_bytes=max_bytes)


def _load_file(path: Path, name: str, keeper: Keeper) -> Content:
    code, reason = "", ""
    try:
        # Asked first, since opening a named pipe would wait for its other end.
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                return keeper.content(iter(partial(file.read, _PIECE_BYTES), b""))
        code = "read.not-a-file" if path.exists() else "read.not-found"
    except FileNotFoundError:
        code = "read.not-found"
    except OSError as error:
        code, reason = "read.not-readable", os.strerror(error.errno or 0)
    if reason:
        raise ReadError(code, path=name, reason=reason)
    raise ReadError(code, path=name)


def unpack(data: bytes, *, name: str, max_bytes: int = MAX_UNPACKED_BYTES) -> bytes:
    """Return the bytes of the one table in a zip archive.

    Raises
    ------
    ReadError
        As `load`.
    """
    reason = "damaged"
    n_tables = 1
    pieces: list[bytes] | None = None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            tables = [member for member in archive.infolist() if _is_table(member)]
            n_tables = len(tables)
            if n_tables == 0:
                reason = "no table in it"
            elif n_tables == 1 and tables[0].flag_bits & 0x1:
                reason = "encrypted"
            elif n_tables == 1 and tables[0].file_size <= max_bytes:
                with archive.open(tables[0]) as stream:
                    pieces = _read_up_to(stream, max_bytes)
            elif n_tables == 1:
                reason = "large"
    except NotImplementedError:
        reason = "unknown compression"
    except _DAMAGED:
        pass
    if n_tables > 1:
        raise ReadError("read.zip-members", path=name, found=n_tables)
    if reason == "large" or pieces == []:
        raise ReadError("read.too-large", path=name, limit=max_bytes)
    if pieces is None:
        raise ReadError("read.zip", path=name, reason=reason)
    return b"".join(pieces)


def _is_table(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.split("/")
    return bool(parts[-1]) and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


def _read_up_to(stream: IO[bytes], max_bytes: int) -> list[bytes]:
    """Return the stream in pieces (one at least), or none at all if there are too many bytes."""
    pieces = [b""]
    size_bytes = 0
    # The size that the archive states is not trusted.
    while chunk := stream.read(_CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            return []
        pieces.append(chunk)
    return pieces
