"""A REFI-QDA file on disk -> `Project`; told by what it holds, whatever its extension."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from ppdarchive.coding.formats.refi.elements import TEXTS_OF, Said, gather
from ppdarchive.coding.formats.refi.events import events
from ppdarchive.coding.formats.refi.resolve import codebook_of, project_of
from ppdarchive.coding.formats.refi.texts import Texts
from ppdarchive.coding.formats.zipped import (
    MAX_READ_BYTES,
    PIECE_BYTES,
    ZIP_MAGIC,
    Zipped,
    open_file,
    open_zip,
)
from ppdarchive.coding.project import Project
from ppdarchive.errors import CodingError


def read_qdpx(path: Path, *, name: str, memos: bool = False) -> Project:
    """Read a project: an archive (``.qdpx``), its XML alone (``.qde``), or a codebook (``.qdc``).

    Texts, positions and quotes are handed over as the file has them, end exclusive; tools do not agree on
    what positions count, so that `unit` is None. GUIDs are compared whatever their case, braces and
    version, and become keys. A coding belongs to its own user, else to its selection's, else to its
    source's; a user that the file does not list has the GUID for a name. A selection's `place` is its
    number among text selections and codings of whole texts. Its quote is what the file calls it, which some
    tools, and `write_qdpx`, cut short with dots; an empty name is no quote.

    Nothing is lost without a count in `left`: memos not asked for, selections without a code, codings
    whose code is a case (NVivo) or not in the codebook, sources without plain text (rich text alone),
    pictures, PDFs, audio and video with their selections, cases, variables, notes, annotations, links,
    graphs, descriptions of sources and of the project, sets of sources, elements of no schema.

    Parameters
    ----------
    path : Path
    name : str
        What the file is called in errors.
    memos : bool
        Whether a selection's description and notes are read; a selection may then have no code.

    Returns
    -------
    Project
        A text keeps its byte-order mark and line breaks; of one inside the XML, line breaks are LF, as for
        every program that reads it.

    Raises
    ------
    CodingError
        ``coding.not-found``, ``coding.not-readable``; ``coding.refused``, ``coding.too-large`` for a
        hostile file; ``coding.format`` for one that is damaged or no project, whose two different codes or
        users have one GUID, that lacks a text or a position, or has a text in an unknown encoding.

    References
    ----------
    REFI-QDA Standard, version 1.5, and its project schema 1.0, https://www.qdasoftware.org
    """
    return _read(path, name=name, memos=memos, is_codebook=False)


def read_qdc(path: Path, *, name: str) -> Project:
    """Read the codes and sets of a codebook (``.qdc``) or of a project, whose other parts are counted.

    Raises
    ------
    CodingError
        As `read_qdpx`.

    References
    ----------
    REFI-QDA Standard, version 1.5, and its codebook schema 1.0, https://www.qdasoftware.org
    """
    return _read(path, name=name, memos=False, is_codebook=True)


def _read(path: Path, *, name: str, memos: bool, is_codebook: bool) -> Project:
    with open_file(path, name=name) as stream:
        if not _begins_as_zip(stream, name):
            said = _gather(_pieces(stream, name), name)
            return _resolve(said, Texts(None, root="", name=name), name, memos, is_codebook)
        with open_zip(stream, name=name) as zipped:
            member = _project_member(zipped, name)
            said = _gather(zipped.pieces(member), name)
            texts = Texts(zipped, root=member[: member.rfind("/") + 1], name=name)
            return _resolve(said, texts, name, memos, is_codebook)


def _gather(pieces: Iterable[bytes], name: str) -> Said:
    return gather(events(pieces, texts_of=TEXTS_OF, name=name), name=name)


def _resolve(said: Said, texts: Texts, name: str, memos: bool, is_codebook: bool) -> Project:
    if is_codebook:
        return codebook_of(said, name=name)
    return project_of(said, texts, name=name, memos=memos)


def _project_member(zipped: Zipped, name: str) -> str:
    """Return the key of ``project.qde``, or of the one member that ends so."""
    found = [key for key in zipped.members if key.endswith(".qde") and not key.startswith("__macosx/")]
    if "project.qde" in found:
        return "project.qde"
    if len(found) != 1:
        reason = f"{len(found)} members end in .qde" if found else "there is no project.qde in it"
        raise CodingError("coding.format", path=name, kind="REFI-QDA", reason=reason)
    return found[0]


def _begins_as_zip(stream: BinaryIO, name: str) -> bool:
    beginning = next(_pieces(stream, name), b"")
    stream.seek(0)
    return beginning.startswith(ZIP_MAGIC)


def _pieces(stream: BinaryIO, name: str) -> Iterator[bytes]:
    n_bytes = 0
    while piece := _piece(stream, name):
        n_bytes += len(piece)
        if n_bytes > MAX_READ_BYTES:
            raise CodingError("coding.too-large", path=name, what="it", limit=f"{MAX_READ_BYTES} bytes")
        yield piece


def _piece(stream: BinaryIO, name: str) -> bytes:
    try:
        return stream.read(PIECE_BYTES)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
    raise CodingError("coding.not-readable", path=name, reason=reason)
