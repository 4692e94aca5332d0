"""REFI-QDA files made in tests: a small builder, and one project in the manner of each tool.

All say the same: in `TEXT`, the words of `WORDS` are coded. What differs is how positions are counted,
how texts are stored and what stands around them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

NAMESPACE: Final = "urn:QDA-XML:project:1.0"

TEXT: Final = "Café 👍 with Rosalind.\nShe listened.\nThen she called."
"""A text whose positions differ in every way of counting."""

WORDS: Final = ("Rosalind", "listened", "called")
"""The words that are coded, one on each line, first to last."""

USER: Final = "11111111-aaaa-4bbb-8ccc-000000000001"
CODE: Final = "22222222-aaaa-4bbb-8ccc-000000000001"
SOURCE: Final = "33333333-aaaa-4bbb-8ccc-000000000001"
NOTE: Final = "44444444-aaaa-4bbb-8ccc-000000000001"
CASE: Final = "55555555-aaaa-4bbb-8ccc-000000000001"

CODEBOOK: Final = f'<CodeBook><Codes><Code guid="{CODE}" name="bond" isCodable="true"/></Codes></CodeBook>'
USERS: Final = f'<Users><User guid="{USER}" name="Thea Brandt" id="TB"/></Users>'


def tag(element: str, inner: str = "", /, **attributes: str | int) -> str:
    """Return an element; newlines in attributes are written as references."""
    stated = "".join(
        f" {name}={quoteattr(str(value), {chr(10): '&#10;', chr(13): '&#13;'})}"
        for name, value in attributes.items()
    )
    return f"<{element}{stated}>{inner}</{element}>"


def document(inner: str, *, root: str = "Project", namespace: str = NAMESPACE, **attributes: str) -> bytes:
    """Return the XML of a project, or of a codebook."""
    named = {"name": "project", **attributes} if root == "Project" else attributes
    return ('<?xml version="1.0" encoding="utf-8"?>' + tag(root, inner, xmlns=namespace, **named)).encode()


def zipped(members: Mapping[str, bytes], *, deflated: bool = True) -> bytes:
    """Return an archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return stream.getvalue()


def saved(folder: Path, content: bytes, name: str = "coded.qdpx") -> Path:
    """Return a new file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path


def coding(number: int, *, code: str = CODE, user: str = USER, inner: str = "") -> str:
    """Return a coding with this code, or with none."""
    reference = tag("CodeRef", targetGUID=code) if code else ""
    made = {"creatingUser": user} if user else {}
    return tag("Coding", reference + inner, guid=_guid(8, number), **made)


def selection(number: int, start: int, end: int, inner: str = "", **attributes: str) -> str:
    """Return a selection of a plain text."""
    return tag(
        "PlainTextSelection", inner, guid=_guid(9, number), startPosition=start, endPosition=end, **attributes
    )


def text_source(inner: str = "", *, content: str | None = None, **attributes: str) -> str:
    """Return a text source; its text in the XML if it is given."""
    text = "" if content is None else tag("PlainTextContent", escape(content))
    return tag("TextSource", text + inner, **{"guid": SOURCE, "name": "interview 1", **attributes})


def project(*, sources: str, users: str = USERS, codebook: str = CODEBOOK, after: str = "") -> bytes:
    """Return the XML of a project with one code and one user."""
    return document(users + codebook + tag("Sources", sources) + after)


def places(text: str, unit: str = "code-point", *, lead: int = 0) -> list[tuple[int, int]]:
    """Return where `WORDS` lie in a text, in code points or UTF-16 units, `lead` units further on."""
    found = []
    for word in WORDS:
        at = text.index(word)
        first = _length(text[:at], unit) + lead
        found.append((first, first + _length(word, unit)))
    return found


def nvivo() -> bytes:
    """NVivo: ``Sources/``, CRLF counted as two, braces, a code with a case's GUID, an annotation."""
    text = TEXT.replace("\n", "\r\n")
    case_code = tag("Code", guid=CASE.upper(), name="participant 1", isCodable="true")
    codes = tag("Code", guid=f"{{{CODE.upper()}}}", name="bond", isCodable="true") + case_code
    selections = [
        selection(number, start, end, coding(number, code=CODE.upper()), name=word)
        for number, ((start, end), word) in enumerate(zip(places(text, "utf-16"), WORDS, strict=True))
    ]
    selections.append(selection(90, 0, 4, coding(90, code=CASE)))
    selections.append(selection(91, 0, 4))
    note = tag("Note", tag("PlainTextContent", "a doubt"), guid=NOTE, name="annotation")
    link = tag("Link", guid=_guid(7, 1), direction="Associative", originGUID=_guid(9, 91), targetGUID=NOTE)
    source = text_source("".join(selections), plainTextPath=f"internal://{SOURCE}.txt")
    xml = document(
        USERS.replace(USER, f"{{{USER.upper()}}}")
        + tag("CodeBook", tag("Codes", codes))
        + tag("Cases", tag("Case", guid=CASE, name="participant 1"))
        + tag("Sources", source)
        + tag("Notes", note)
        + tag("Links", link),
        origin="NVivo",
    )
    return zipped({"project.qde": xml, f"Sources/{SOURCE}.txt": text.encode()})


def maxqda() -> bytes:
    """MAXQDA: CRLF counted but stored as LF, names twice, no creation dates, a memo, an unnamed case."""
    selections = [
        selection(number, start, end, coding(number))
        for number, (start, end) in enumerate(places(TEXT.replace("\n", "\r\n"), "utf-16"))
    ]
    selections.append(selection(90, 0, 4, tag("Description", "ask her again")))
    paths = [f"internal://{SOURCE[:-1]}{number}.txt" for number in (1, 2)]
    sources = text_source("".join(selections), plainTextPath=paths[0])
    sources += text_source(guid=f"{SOURCE[:-1]}2", plainTextPath=paths[1])
    xml = document(
        USERS
        + CODEBOOK
        + tag("Cases", tag("Case", tag("SourceRef", targetGUID=SOURCE), guid=CASE))
        + tag("Sources", sources),
        origin="MAXQDA 24",
    )
    members = {path.replace("internal://", "sources/"): TEXT.encode() for path in paths}
    return zipped({"project.qde": xml, **members})


def atlas_ti() -> bytes:
    """ATLAS.ti: texts with CRLF that counts one, code groups as sets, document groups beside them."""
    selections = "".join(
        selection(number, start, end, coding(number), name=word)
        for number, ((start, end), word) in enumerate(zip(places(TEXT), WORDS, strict=True))
    )
    sets = tag(
        "Set",
        tag("Description", "about the coach") + tag("MemberCode", targetGUID=CODE),
        guid=_guid(6, 1),
        name="alliance",
    ) + tag("Set", tag("MemberSource", targetGUID=SOURCE), guid=_guid(6, 2), name="first wave")
    source = text_source(selections, plainTextPath=f"internal://{SOURCE}.txt")
    xml = document(USERS + CODEBOOK + tag("Sources", source) + tag("Sets", sets), origin="ATLAS.ti 24")
    return zipped({"project.qde": xml, f"sources/{SOURCE}.txt": TEXT.replace("\n", "\r\n").encode()})


def qualcoder() -> bytes:
    """QualCoder: texts begin with a byte-order mark that positions do not count; code points."""
    selections = "".join(
        selection(number, start, end, coding(number), name=word)
        for number, ((start, end), word) in enumerate(zip(places(TEXT), WORDS, strict=True))
    )
    path = f"internal://{SOURCE}.txt"
    xml = document(
        USERS + CODEBOOK + tag("Sources", text_source(selections, plainTextPath=path)), origin="QualCoder 3.6"
    )
    return zipped({"project.qde": xml, f"sources/{SOURCE}.txt": b"\xef\xbb\xbf" + TEXT.encode()})


def transana() -> bytes:
    """Transana: the standard's example; selections that touch, so that ends are exclusive; no quotes."""
    borders = [places(TEXT)[0][0], places(TEXT)[0][1], len(TEXT)]
    selections = "".join(
        selection(number, start, end, coding(number)) for number, (start, end) in enumerate(pairwise(borders))
    )
    path = f"internal://{SOURCE}.txt"
    xml = document(
        USERS + CODEBOOK + tag("Sources", text_source(selections, plainTextPath=path)), origin="Transana"
    )
    return zipped({"project.qde": xml, f"sources/{SOURCE}.txt": TEXT.encode()})


def qualitative_coding() -> bytes:
    """qualitative-coding: GUIDs from MD5 digests, of no version that RFC 4122 knows; texts in the archive."""
    code, source = "9e107d9d-372b-b682-6bd8-1d3542a419d6", "e4d909c2-90d0-fb1c-a068-ffaddf22cbd0"
    selections = "".join(
        selection(number, start, end, coding(number, code=code))
        for number, (start, end) in enumerate(places(TEXT))
    )
    codebook = tag("CodeBook", tag("Codes", tag("Code", guid=code, name="bond", isCodable="true")))
    xml = document(
        USERS
        + codebook
        + tag("Sources", text_source(selections, guid=source, plainTextPath="internal://interviews/one.txt")),
        origin="qualitative-coding",
    )
    return zipped({"project.qde": xml, "sources/interviews/one.txt": TEXT.encode()})


DIALECTS: Final = {
    "NVivo": nvivo,
    "MAXQDA": maxqda,
    "ATLAS.ti": atlas_ti,
    "QualCoder": qualcoder,
    "Transana": transana,
    "qualitative-coding": qualitative_coding,
}
"""By the tool's name, a function that returns an archive; the first source's text means `TEXT`."""


def _guid(kind: int, number: int) -> str:
    return f"{str(kind) * 8}-aaaa-4bbb-8ccc-{number:012d}"


def _length(text: str, unit: str) -> int:
    return len(text) if unit == "code-point" else len(text.encode("utf-16-le")) // 2
