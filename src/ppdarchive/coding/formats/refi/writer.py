"""`Project` -> REFI-QDA files; what they say follows from the project alone, to the byte."""

from __future__ import annotations

import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

from ppdarchive.coding.formats.newfile import new_file
from ppdarchive.coding.formats.refi.codebook import codes_xml, sets_xml
from ppdarchive.coding.formats.refi.guids import guid_of
from ppdarchive.coding.formats.refi.holdable import cannot_hold, check_codebook, check_sources, is_inline
from ppdarchive.coding.formats.refi.markup import Attributes, before_unholdable, start_tag, text_element
from ppdarchive.coding.project import NONE, Project, ProjectSource

LABEL_LENGTH: Final = 80
"""How many code points a selection's name has at most; one that shows less than its text ends in U+2026."""

ORIGIN: Final = "ppdarchive"
"""Without a version: equal projects give equal bytes, whichever version wrote them."""

WRITTEN_AT: Final = "1980-01-01T00:00:00Z"
"""The one instant of all files. MAXQDA stops at a selection without one."""

_BATCH: Final = 1000
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
_PROJECT_NAMESPACE: Final = "urn:QDA-XML:project:1.0"
_CODEBOOK_NAMESPACE: Final = "urn:QDA-XML:codebook:1.0"


class _Segment(NamedTuple):
    """What codings share that stand in one selection: place, coder's key, memo, whether there is a code."""

    start: int
    end: int
    user: str | None
    memo: str | None
    is_coded: bool


def write_qdpx(project: Project, target: Path | IO[bytes]) -> None:
    """Write a project as an archive: ``project.qde``, then ``sources/<guid>.txt`` for each text.

    GUIDs follow from keys, colours from names, and a selection's name is the beginning of its text.
    Users, codes, sources and selections are sorted, so that their order in the project does not show.
    Texts are plain, UTF-8 without byte-order mark; one that begins with U+FEFF stands in the XML, where
    it cannot be taken for a mark. `left`, `origin`, `path` and `place` are not written; a quote neither,
    since the text is there.

    Parameters
    ----------
    project : Project
        Positions in code points. Names and keys are written as they are, so pseudonyms must stand there
        already.
    target : Path or binary file
        A new file, or an open one that can seek.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``: a name, description or memo with a character that XML 1.0 lacks, a text with
        a lone surrogate or a NUL, codes more than 200 deep, a selection of no source, of positions outside
        its text or of none but a quote, a memo of a whole text. Nothing is written then.
    WriteError
        ``write.there-already``, ``write.not-writable``.
    ValueError
        If the project counts positions in other units, or its codes are no tree.

    References
    ----------
    REFI-QDA Standard, version 1.5, and its project schema 1.0, https://www.qdasoftware.org
    """
    check_codebook(project)
    check_sources(project)
    if isinstance(target, Path):
        with new_file(target) as stream:
            _write_archive(project, stream)
    else:
        _write_archive(project, target)


def qdpx_bytes(project: Project) -> bytes:
    """Return what `write_qdpx` writes.

    Raises
    ------
    CodingError, ValueError
        As `write_qdpx`.
    """
    stream = io.BytesIO()
    write_qdpx(project, stream)
    return stream.getvalue()


def write_qdc(project: Project, target: Path | IO[bytes]) -> None:
    """Write a project's codes and sets as a codebook.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``: as `write_qdpx`, and no code at all, since the schema wants one.
    WriteError, ValueError
        As `write_qdpx`.

    References
    ----------
    REFI-QDA Standard, version 1.5, and its codebook schema 1.0, https://www.qdasoftware.org
    """
    check_codebook(project)
    if not project.codes:
        raise cannot_hold("no code at all", kind="a REFI-QDA codebook")
    # Whole, so that a tree that is none leaves no file.
    content = "".join(_codebook_xml(project)).encode()
    if isinstance(target, Path):
        with new_file(target) as stream:
            stream.write(content)
    else:
        target.write(content)


def _codebook_xml(project: Project) -> Iterator[str]:
    yield _DECLARATION
    yield start_tag("CodeBook", {"xmlns": _CODEBOOK_NAMESPACE, "origin": ORIGIN}) + ">"
    yield from codes_xml(project)
    yield from sets_xml(project, member="guid")
    yield "</CodeBook>\n"


def _write_archive(project: Project, stream: IO[bytes]) -> None:
    with zipfile.ZipFile(stream, "w", allowZip64=True) as archive:
        with archive.open(_entry("project.qde"), "w", force_zip64=True) as member:
            for piece in _batched(_project_xml(project)):
                member.write(piece)
        for path, text in sorted((_member(source), source.text) for source in project.sources):
            if not is_inline(text):
                archive.writestr(_entry(f"sources/{path}"), text.encode())


def _batched(pieces: Iterator[str]) -> Iterator[bytes]:
    """Yield the pieces in larger ones, since compressing each would take longer than making it."""
    while batch := list(islice(pieces, _BATCH)):
        yield "".join(batch).encode()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o100644 << 16
    return entry


def _project_xml(project: Project) -> Iterator[str]:
    yield _DECLARATION
    attributes = {
        "xmlns": _PROJECT_NAMESPACE,
        "name": ORIGIN,
        "origin": ORIGIN,
        "creationDateTime": WRITTEN_AT,
    }
    yield start_tag("Project", attributes) + ">"
    if project.coders:
        yield "<Users>"
        for coder in sorted(project.coders, key=lambda coder: coder.key):
            user = {"guid": guid_of("user", coder.key), "name": coder.name, "id": coder.stage}
            yield start_tag("User", user) + "/>"
        yield "</Users>"
    if project.codes:
        yield "<CodeBook>"
        yield from codes_xml(project)
        yield "</CodeBook>"
    yield from _sources_xml(project)
    yield from sets_xml(project, member="targetGUID")
    yield "</Project>\n"


def _sources_xml(project: Project) -> Iterator[str]:
    if not project.sources:
        return
    segments = _segments(project)
    guids = {code.key: guid_of("code", code.key) for code in project.codes}
    users = {coder.key: guid_of("user", coder.key) for coder in project.coders}
    yield "<Sources>"
    for number in sorted(range(len(project.sources)), key=lambda number: _order(project.sources[number])):
        source = project.sources[number]
        inline = source.text if is_inline(source.text) else None
        attributes = {
            "guid": guid_of("source", source.key),
            "name": source.name,
            "plainTextPath": None if inline is not None else f"internal://{_member(source)}",
            "creationDateTime": WRITTEN_AT,
        }
        yield start_tag("TextSource", attributes) + ">"
        yield text_element("PlainTextContent", inline)
        yield from _selections_xml(source, segments[number], guids, users)
        yield "</TextSource>"
    yield "</Sources>"


def _segments(project: Project) -> dict[int, dict[_Segment, list[str]]]:
    """Return the codes of each segment, by source; the code of a memo alone is none."""
    found: dict[int, dict[_Segment, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = project.selections
    columns = (
        rows.source.tolist(),
        rows.start.tolist(),
        rows.end.tolist(),
        rows.code.tolist(),
        rows.coder.tolist(),
    )
    for source, start, end, code, coder, memo in zip(*columns, rows.memos, strict=True):
        user = None if coder == NONE else project.coders[coder].key
        codes = found[source][_Segment(start, end, user, memo, code != NONE)]
        if code != NONE:
            codes.append(project.codes[code].key)
    return found


def _selections_xml(
    source: ProjectSource,
    segments: Mapping[_Segment, list[str]],
    guids: Mapping[str, str],
    users: Mapping[str, str],
) -> Iterator[str]:
    n_alike: Counter[tuple[str | int, ...]] = Counter()
    for segment in sorted(segments, key=_place_order):
        start, end, user, memo, _ = segment
        place = (source.key, start, end, user or "")
        if start != NONE:
            selection: Attributes = {
                "guid": _next_guid("selection", place, n_alike),
                "name": _label(source.text, start, end),
                "startPosition": start,
                "endPosition": end,
                "creatingUser": None if user is None else users[user],
                "creationDateTime": WRITTEN_AT,
            }
            yield start_tag("PlainTextSelection", selection) + ">"
            yield text_element("Description", memo)
        for code in sorted(segments[segment]):
            coding: Attributes = {
                "guid": _next_guid("coding", (*place, code), n_alike),
                "creatingUser": None if user is None else users[user],
                "creationDateTime": WRITTEN_AT,
            }
            yield start_tag("Coding", coding) + ">"
            yield start_tag("CodeRef", {"targetGUID": guids[code]}) + "/></Coding>"
        if start != NONE:
            yield "</PlainTextSelection>"


def _next_guid(kind: str, released: tuple[str | int, ...], n_alike: Counter[tuple[str | int, ...]]) -> str:
    """Return the GUID of the next one that is told by these values; they may stand twice."""
    number = n_alike[kind, *released]
    n_alike[kind, *released] += 1
    return guid_of(kind, *released, number)


def _place_order(segment: _Segment) -> tuple[bool, int, int, str, str, bool, bool]:
    """How segments of one source are sorted; the schema has codings of the whole text at the end."""
    start, end, user, memo, is_coded = segment
    return start == NONE, start, end, user or "", memo or "", memo is None, is_coded


def _label(text: str, start: int, end: int) -> str | None:
    """A selection's text, or as much of its beginning as there is room for and XML can hold."""
    shown = text[start:end] if end - start <= LABEL_LENGTH else text[start : start + LABEL_LENGTH - 1]
    shown = before_unholdable(shown)
    if len(shown) == end - start:
        return shown
    # Dots alone would be read as the text itself.
    return f"{shown}…" if shown.replace("\ufeff", "").strip() else None


def _order(source: ProjectSource) -> tuple[str, str]:
    return source.name, source.key


def _member(source: ProjectSource) -> str:
    return f"{guid_of('source', source.key)}.txt"
