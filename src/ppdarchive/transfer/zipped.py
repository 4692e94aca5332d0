"""A plain folder -> a ZIP with the same bytes whoever makes it, and back, trusting nothing it says.

References
----------
APPNOTE.TXT, .ZIP File Format Specification, sections 4.3 and 4.4.
Fifield (2019), A better zip bomb, WOOT '19: overlapping members.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, BinaryIO, Final

from ppdarchive.errors import TransferError
from ppdarchive.transfer.bag import damaged
from ppdarchive.transfer.names import folders_of, is_file_and_folder, wrong_with
from ppdarchive.transfer.tree import (
    PIECE_BYTES,
    Transferred,
    Written,
    pieces_of,
    plain_listing,
    reading,
    refused,
    staged,
)

MAX_BYTES: Final = 1 << 40
"""How much one ZIP may unpack to, unless the caller says otherwise."""

MAX_MEMBERS: Final = 1_000_000

_FIRST_YEAR: Final = 1980

# Deflate packs at most 1032:1, tables and text some 3:1 to 30:1. What is small does no harm.
_MAX_RATIO: Final = 250
_ALWAYS_BYTES: Final = 64 << 20

# A record of the central directory: 46 bytes, then name, extra field and comment (APPNOTE 4.3.12).
_MAX_RECORD_BYTES: Final = 512
_TAIL_BYTES: Final = (1 << 16) + 22 + 20 + 56
_LOCAL_BYTES: Final = 30

_IS_ENCRYPTED: Final = 0x1 | 0x40
_IS_UTF8: Final = 0x800

# What zipfile and the decompressor below it raise on damaged archives.
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


def to_zip(
    folder: Path, out: Path, *, released_on: date, top: str | None = None, deflate: bool = False
) -> Transferred:
    """Make a ZIP of a folder; the folder stays as it is.

    The same files give the same bytes: members are sorted by path, bear the day of the release and one
    mode, and there is no user, host or software version.

    Parameters
    ----------
    folder : Path
        Files and folders only, none of the folders empty. A bag is a folder too.
    out : Path
        The ZIP; nothing may be there.
    released_on : date
        The time of every member; not before 1980, where ZIP's calendar begins.
    top : str, optional
        A folder in the ZIP that holds everything, as repositories want of a bag (RFC 8493, section 4).
    deflate : bool
        Whether members are packed. Not by default: Parquet is packed already, and packed bytes depend
        on the machine's zlib.

    Raises
    ------
    TransferError
        ``transfer.exists``, ``transfer.not-found``, ``transfer.not-readable``, ``transfer.not-writable``,
        ``transfer.name``, ``transfer.refused``; ``transfer.damaged`` if a file changed meanwhile.
    """
    if top is not None and (reason := wrong_with(top)):
        raise TransferError("transfer.name", path=str(out), what=repr(top), reason=reason)
    if released_on.year < _FIRST_YEAR:
        raise refused(out, f"ZIP's calendar begins in {_FIRST_YEAR}")
    with staged(out) as staging:
        sizes = plain_listing(folder)
        written: dict[str, Written] = {}
        with staging.new_file(released_on) as stream, zipfile.ZipFile(stream, "w") as archive:
            for path in sorted(sizes):
                member = _member(f"{top}/{path}" if top is not None else path, released_on, deflate=deflate)
                # Zip64 from 2 GiB on: whether it is needed must not depend on how well it packs.
                with archive.open(member, "w", force_zip64=sizes[path] >= 1 << 31) as target:
                    written[path] = staging.copy(pieces_of(folder, path), target.write, ("sha512",))
                if written[path].size_bytes != sizes[path]:
                    raise damaged(folder, path, "it changed while it was read")
        staging.place()
    return Transferred(sizes, {path: each.digests["sha512"] for path, each in written.items()})


def _member(path: str, day: date, *, deflate: bool) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    member.create_system = 3  # Unix, wherever it is made
    member.external_attr = (stat.S_IFREG | 0o644) << 16
    return member


def from_zip(path: Path, out: Path, *, max_bytes: int = MAX_BYTES) -> Transferred:
    """Unpack a ZIP as a plain folder.

    It is refused as a whole if it is damaged or encrypted, if members overlap, share a name or lie below
    one another, or if one is a link or a device, leads elsewhere, is an empty folder or unpacks to more
    than 250 times its size.

    Parameters
    ----------
    path : Path
    out : Path
        The plain folder; nothing may be there.
    max_bytes : int
        How much may be unpacked.

    Raises
    ------
    TransferError
        ``transfer.exists``, ``transfer.not-found``, ``transfer.not-readable``, ``transfer.not-writable``,
        ``transfer.refused``, ``transfer.too-large``; ``transfer.damaged`` if a member is not what its
        checksum says.
    """
    with staged(out) as staging:
        with reading(path):
            if not path.is_file() and path.exists():  # opening a named pipe would wait for its other end
                raise refused(path, "it is not a file")
            stream = path.open("rb")
        with stream:
            archive, n_members = _archive(path, stream)
            with archive:
                # A record can swallow the next ones, with its comment as long as they are.
                if n_members != len(archive.infolist()):
                    raise refused(path, "it has not as many members as it states")
                members = _safe_members(path, archive, os.fstat(stream.fileno()).st_size, max_bytes)
                staging.make_folders(members)
                written = {
                    name: staging.write(name, _unpacked(path, archive, member), ("sha512",))
                    for name, member in members.items()
                }
        staging.place()
    sizes = {name: each.size_bytes for name, each in written.items()}
    return Transferred(sizes, {name: each.digests["sha512"] for name, each in written.items()})


def _archive(path: Path, stream: BinaryIO) -> tuple[zipfile.ZipFile, int]:
    """Open an archive; also how many members it says that it has."""
    archive: zipfile.ZipFile | None = None
    is_long, n_members = False, 0
    with suppress(*_DAMAGED):
        n_bytes, n_members = _directory(stream)
        is_long = n_bytes > MAX_MEMBERS * _MAX_RECORD_BYTES
        archive = None if is_long else zipfile.ZipFile(stream)
    if is_long:
        raise TransferError("transfer.too-large", path=str(path), what="its list", limit="a million files")
    if archive is None:
        raise refused(path, "it is no ZIP, or it is damaged")
    return archive, n_members


def _directory(stream: BinaryIO) -> tuple[int, int]:
    """Bytes and members that the central directory says it has (APPNOTE 4.3.14, 4.3.16).

    zipfile loads all of it, and does not count.
    """
    size_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size_bytes - _TAIL_BYTES))
    tail = stream.read(_TAIL_BYTES)
    # Found as zipfile finds it: at the very end without a comment, else the last that looks like one.
    at = len(tail) - 22
    if tail[at : at + 4] != b"PK\x05\x06" or not tail.endswith(b"\0\0"):
        at = tail.rfind(b"PK\x05\x06")
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
    path: Path, archive: zipfile.ZipFile, size_bytes: int, max_bytes: int
) -> Mapping[str, zipfile.ZipInfo]:
    """The members that are files, by path."""
    members: dict[str, zipfile.ZipInfo] = {}
    folders: set[str] = set()
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    if unpacked > max_bytes or len(infos) > MAX_MEMBERS:
        limit = f"{max_bytes} bytes, or {MAX_MEMBERS} files"
        raise TransferError("transfer.too-large", path=str(path), what="what is packed in it", limit=limit)
    if unpacked > max(_ALWAYS_BYTES, _MAX_RATIO * size_bytes):
        raise refused(path, "it unpacks to far more than its size")
    for number, info in enumerate(infos, 1):
        if reason := _danger(info):
            raise refused(path, f"member {number} {reason}")
        if info.filename.endswith("/"):
            folders.add(info.filename.removesuffix("/"))
        elif members.setdefault(info.filename, info) is not info:
            raise refused(path, f"member {number} has the name of another")
    if is_file_and_folder(members):
        raise refused(path, "one of its files is a folder too")
    if not members or not folders.issubset(folders_of(members)):
        raise refused(path, "it or a folder in it is empty, and empty folders cannot be kept")
    if _overlap(infos, archive.start_dir):
        raise refused(path, "its members overlap")
    return members


def _danger(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    is_folder = info.filename.endswith("/")
    if info.flag_bits & _IS_ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        # Also since LZMA takes as much memory as a member asks for.
        return "is packed in an unknown way"
    if info.filename != info.orig_filename:
        return "has two names"
    if not info.filename.isascii() and not info.flag_bits & _IS_UTF8:
        return "has a name in an unknown encoding"
    if reason := wrong_with(info.filename.removesuffix("/")):
        return reason
    if kind not in ({0, stat.S_IFDIR} if is_folder else {0, stat.S_IFREG}):
        return "is a link or a device, or no folder though its name says so"
    if is_folder and info.file_size:
        return "is a folder with bytes of its own"
    if info.file_size > max(_ALWAYS_BYTES, _MAX_RATIO * info.compress_size):
        return "unpacks to far more than its size"
    return None


def _overlap(infos: list[zipfile.ZipInfo], end: int) -> bool:
    for info in sorted(infos, key=lambda info: -info.header_offset):
        if info.header_offset + _LOCAL_BYTES + len(info.filename.encode()) + info.compress_size > end:
            return True
        end = info.header_offset
    return False


def _unpacked(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a member's bytes; the size that the archive states is counted after, its CRC checked."""
    n_bytes = 0
    stream: IO[bytes] | None = None
    with suppress(*_DAMAGED):
        stream = archive.open(member)
    if stream is None:
        raise damaged(path, member.filename, "its record is damaged")
    with stream:
        while piece := _piece(path, stream, member):
            n_bytes += len(piece)
            yield piece
    if n_bytes != member.file_size:
        raise damaged(path, member.filename, "it has another size than the archive states")


def _piece(path: Path, stream: IO[bytes], member: zipfile.ZipInfo) -> bytes:
    piece: bytes | None = None
    with suppress(*_DAMAGED):
        piece = stream.read(PIECE_BYTES)
    if piece is None:
        raise damaged(path, member.filename, "its bytes do not fit its checksum")
    return piece
