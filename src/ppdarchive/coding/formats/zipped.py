"""A zip archive that nobody vouches for -> its members, read in bounded pieces; unpacks nothing to disk."""

from __future__ import annotations

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, Final

from ppdarchive.errors import CodingError

MAX_READ_BYTES: Final = 2 << 30
"""How much of one archive is read, unpacked."""

MAX_MEMBERS: Final = 500_000

PIECE_BYTES: Final = 1 << 16

ZIP_MAGIC: Final = (b"PK\x03\x04", b"PK\x05\x06")

# Deflate packs at most 1032:1, text about 3:1 and repetitive XML some 30:1. What is small does no harm.
_MAX_RATIO: Final = 250
_ALWAYS_BYTES: Final = 64 << 20

# A record of the central directory: 46 bytes, then name, extra field and comment (APPNOTE 4.3.12).
_MAX_RECORD_BYTES: Final = 512
_END_MAGIC: Final = b"PK\x05\x06"
_TAIL_BYTES: Final = (1 << 16) + 22 + 20 + 56

# What zipfile and the decompressors below it raise on damaged archives.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    # NotImplementedError is one, for packings and versions that zipfile does not know.
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
    KeyError,
)


class Zipped:
    """The members of an open archive; names are looked up whatever their case and Unicode form.

    Parameters
    ----------
    archive : ZipFile
    members : mapping of str to ZipInfo
        By `member_key` of their names; all were found safe.
    name : str
        What the file is called in errors.
    max_bytes : int
        How much may be read, of all members together.
    """

    def __init__(
        self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], *, name: str, max_bytes: int
    ) -> None:
        self._archive = archive
        self._members = members
        self._name = name
        self._max_bytes = max_bytes
        self._n_bytes = 0

    def __repr__(self) -> str:
        return f"<Zipped: {len(self._members)} members>"

    @property
    def members(self) -> tuple[str, ...]:
        """The keys of all members, as `member_key` makes them; folders are left out."""
        return tuple(self._members)

    def pieces(self, key: str) -> Iterator[bytes]:
        """Yield a member's bytes in pieces of at most `PIECE_BYTES`.

        Raises
        ------
        CodingError
            ``coding.refused`` if it is damaged, ``coding.too-large``.
        """
        with self._open(key) as stream:
            while piece := self._piece(stream):
                yield piece

    def read(self, key: str) -> bytes:
        """Return a member's bytes.

        Raises
        ------
        CodingError
            As `pieces`.
        """
        return b"".join(self.pieces(key))

    def _open(self, key: str) -> IO[bytes]:
        with suppress(*_DAMAGED):
            return self._archive.open(self._members[key])
        raise CodingError("coding.refused", path=self._name, reason="the archive is damaged")

    def _piece(self, stream: IO[bytes]) -> bytes:
        piece: bytes | None = None
        with suppress(*_DAMAGED):
            # The size that the archive states is not trusted: what comes out is counted.
            piece = stream.read(PIECE_BYTES)
        if piece is None:
            raise CodingError("coding.refused", path=self._name, reason="the archive is damaged")
        self._n_bytes += len(piece)
        if self._n_bytes > self._max_bytes:
            raise CodingError(
                "coding.too-large",
                path=self._name,
                what="what is packed in it",
                limit=f"{self._max_bytes} bytes",
            )
        return piece


def member_key(path: str) -> str:
    r"""What two spellings of one member's path share.

    Examples
    --------
    >>> member_key("Sources\\A.TXT")
    'sources/a.txt'
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path.replace("\\", "/")).casefold())


def open_file(path: Path, *, name: str) -> BinaryIO:
    """Open a file for reading.

    Raises
    ------
    CodingError
        ``coding.not-found``, ``coding.not-readable``.
    """
    reason: str | None = None
    try:
        # Asked first, since opening a named pipe would wait for its other end.
        if path.is_file():
            return path.open("rb")
        if path.exists():
            reason = "it is not a file"
    except FileNotFoundError:
        pass
    except OSError as error:
        reason = os.strerror(error.errno or 0)
    except ValueError:
        reason = "its name has a NUL character"
    if reason is None:
        raise CodingError("coding.not-found", path=name)
    raise CodingError("coding.not-readable", path=name, reason=reason)


@contextmanager
def open_zip(stream: BinaryIO, *, name: str, max_bytes: int = MAX_READ_BYTES) -> Iterator[Zipped]:
    """Open an archive whose members are all safe to read; the stream stays open.

    An archive is refused as a whole if it is damaged or encrypted, has too many members or two of one
    name (whatever their case), or has one whose path is absolute, has a drive or leads out of the
    archive, which is a link or a device, or which unpacks to more than 250 times its size. Archives
    inside archives are never opened.

    Parameters
    ----------
    stream : binary file, seekable
    name : str
        What the file is called in errors.
    max_bytes : int
        How much may be read, of all members together.

    Yields
    ------
    Zipped

    Raises
    ------
    CodingError
        ``coding.refused``, ``coding.too-large``.

    References
    ----------
    APPNOTE.TXT, .ZIP File Format Specification, sections 4.3 and 4.4.
    Fifield (2019), A better zip bomb, WOOT '19: overlapping members.
    """
    archive: zipfile.ZipFile | None = None
    members: dict[str, zipfile.ZipInfo] = {}
    reason: str | None = "the archive is damaged"
    try:
        directory_bytes, n_stated = _directory(stream)
        if directory_bytes > MAX_MEMBERS * _MAX_RECORD_BYTES:
            reason = f"it has more than {MAX_MEMBERS} members"
        else:
            archive = zipfile.ZipFile(stream)
            # A changed length in one record hides those behind it, and zipfile does not count.
            if len(archive.infolist()) == n_stated:
                members, reason = _safe_members(archive.infolist(), _n_bytes(stream))
    except _DAMAGED:
        pass
    if archive is None or reason is not None:
        if archive is not None:
            archive.close()
        raise CodingError("coding.refused", path=name, reason=reason or "the archive is damaged")
    with archive:
        yield Zipped(archive, members, name=name, max_bytes=max_bytes)


def _n_bytes(stream: BinaryIO) -> int:
    return stream.seek(0, os.SEEK_END)


def _directory(stream: BinaryIO) -> tuple[int, int]:
    """How large the central directory is said to be, and how many members it has (APPNOTE 4.3.14, 4.3.16).

    zipfile would load all of it.
    """
    size_bytes = _n_bytes(stream)
    stream.seek(max(0, size_bytes - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    # Found as zipfile finds it: at the very end without a comment, else the last that looks like one.
    at = len(tail) - 22
    if tail[at : at + 4] != _END_MAGIC or not tail.endswith(b"\0\0"):
        at = tail.rfind(_END_MAGIC)
    if at < 0 or at + 22 > len(tail):
        return 0, 0
    n_members = int.from_bytes(tail[at + 10 : at + 12], "little")
    stated = int.from_bytes(tail[at + 12 : at + 16], "little")
    large = at - 20 - 56
    if large >= 0 and tail[large : large + 4] == b"PK\x06\x06":
        n_members = int.from_bytes(tail[large + 32 : large + 40], "little")
        stated = int.from_bytes(tail[large + 40 : large + 48], "little")
    return min(stated, size_bytes), n_members


def _safe_members(
    infos: list[zipfile.ZipInfo], size_bytes: int
) -> tuple[dict[str, zipfile.ZipInfo], str | None]:
    """Return the members that are no folders, and why the archive is refused, if it is."""
    if len(infos) > MAX_MEMBERS:
        return {}, f"it has more than {MAX_MEMBERS} members"
    unpacked = sum(info.file_size for info in infos)
    if unpacked > _ALWAYS_BYTES and unpacked > _MAX_RATIO * size_bytes:
        return {}, "it unpacks to far more than its size"
    members: dict[str, zipfile.ZipInfo] = {}
    for number, info in enumerate(infos, 1):
        if reason := _danger(info):
            return {}, f"member {number} {reason}"
        if info.filename.endswith(("/", "\\")):
            continue
        if members.setdefault(member_key(info.filename), info) is not info:
            return {}, f"member {number} has the name of another"
    return members, None


def _danger(info: zipfile.ZipInfo) -> str | None:
    path = info.filename.replace("\\", "/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # Also since LZMA takes as much memory as a member asks for.
        return "is packed in an unknown way"
    if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
        return "leads out of the archive"
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link or a device"
    if info.file_size > _ALWAYS_BYTES and info.file_size > _MAX_RATIO * info.compress_size:
        return "unpacks to far more than its size"
    return None
