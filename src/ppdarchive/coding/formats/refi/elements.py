"""Elements of a REFI-QDA file -> what it says, GUIDs unresolved; streamed, so that nothing is held twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

from ppdarchive.coding.formats.refi.events import Event, Start
from ppdarchive.coding.project import NONE
from ppdarchive.errors import CodingError

TEXTS_OF: Final = frozenset({"Description", "PlainTextContent"})
"""The elements whose text is read."""

ROOTS: Final = frozenset({"Project", "CodeBook"})

# Which elements stand in which (the schemas of version 1.0); all others are counted and passed over.
_CHILDREN: Final[Mapping[str, frozenset[str]]] = {
    parent: frozenset(children.split())
    for parent, children in {
        "Project": "Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description NoteRef",
        "CodeBook": "Codes Sets",
        "Codes": "Code",
        "Code": "Description NoteRef Code",
        "Users": "User",
        "Variables": "Variable",
        "Cases": "Case",
        "Sources": "TextSource PictureSource PDFSource AudioSource VideoSource",
        "TextSource": "Description PlainTextContent PlainTextSelection Coding NoteRef VariableValue",
        "PlainTextSelection": "Description Coding NoteRef",
        "Coding": "CodeRef NoteRef",
        "Notes": "Note",
        "Note": "PlainTextContent",
        "Links": "Link",
        "Sets": "Set",
        "Set": "Description MemberCode MemberSource MemberNote",
        "Graphs": "Graph",
    }.items()
}

# Counted as `Project.left` calls them; selections and codings in them are counted beside.
_MEDIA: Final[Mapping[str, str]] = {
    "PictureSource": "picture",
    "PDFSource": "pdf",
    "AudioSource": "audio",
    "VideoSource": "video",
}

# Counted, and what is in them belongs to them.
_WHOLE: Final[Mapping[str, str]] = {
    "Variable": "variable",
    "VariableValue": "variable value",
    "Case": "case",
    "Graph": "graph",
}

_PASSED: Final = frozenset({*_MEDIA, *_WHOLE, "Link"})

_INTEGER: Final = re.compile(r"[ \t\n\r]*[+]?([0-9]{1,15})[ \t\n\r]*", re.ASCII)
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}


@dataclass(slots=True, repr=False)
class User:
    """An element ``User``."""

    guid: str
    name: str | None
    id: str | None


@dataclass(slots=True, repr=False)
class Code:
    """An element ``Code``; `parent` is the GUID of the one it stands in."""

    guid: str
    name: str
    parent: str | None
    is_codable: bool
    description: str | None = None


@dataclass(slots=True, repr=False)
class Set:
    """An element ``Set``: the GUIDs of its codes, and how many other members it has."""

    name: str
    codes: list[str] = field(default_factory=list)
    n_others: int = 0
    description: str | None = None


@dataclass(slots=True, repr=False)
class Text:
    """An element ``TextSource`` or ``Note``."""

    guid: str
    name: str
    plain_path: str | None
    rich_path: str | None
    user: str | None
    content: str | None = None
    n_selections: int = 0


@dataclass(slots=True, repr=False)
class Selection:
    """An element ``PlainTextSelection``, or a ``Coding`` right in a source (both positions `NONE`)."""

    source: int
    start: int
    end: int
    place: int
    quote: str | None
    user: str | None
    description: str | None = None
    notes: list[str] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class Coding:
    """An element ``Coding``."""

    user: str | None
    code: str | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True, repr=False)
class Said:
    """All that a file says. Lists are in the order of the file; GUIDs are as `guid_key` makes them."""

    root: str = ""
    origin: str | None = None
    users: list[User] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    sets: list[Set] = field(default_factory=list)
    sources: list[Text] = field(default_factory=list)
    selections: list[Selection] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def guid_key(guid: str) -> str:
    """What two spellings of one GUID share: case and braces do not count, nor which version it is.

    Examples
    --------
    >>> guid_key("{0E8A-FF}") == guid_key("0e8a-ff")
    True
    """
    return guid.strip().removeprefix("{").removesuffix("}").lower()


def gather(elements: Iterable[Event], *, name: str) -> Said:
    """Return what the elements of one file say.

    Raises
    ------
    CodingError
        ``coding.format`` if it is neither a project nor a codebook, or an element lacks what the schema
        wants: a code's name, a position that is a number from 0.
    """
    gathering = _Gathering(name)
    for element in elements:
        if isinstance(element, Start):
            gathering.start(element.name, element.attributes)
        else:
            gathering.end(element.text)
    return gathering.said


class _Gathering:
    def __init__(self, name: str) -> None:
        self.said = Said()
        self._name = name
        self._open: list[str] = []
        self._codes: list[Code] = []
        self._inside: str | None = None
        self._n_passed = 0
        self._n_selections = 0

    def start(self, element: str, attributes: Mapping[str, str]) -> None:
        if self._n_passed:
            self._n_passed += 1
            self._count_inside(element)
        elif not self._open:
            self._start_root(element, attributes)
            self._open.append(element)
        elif element not in _CHILDREN.get(self._open[-1], ()):
            self._n_passed = 1
            self._inside = "note" if self._open[-1] == "Note" else None
            self._count_inside(element)
            self.said.left["unknown element"] += self._inside is None
        else:
            self._start_known(element, attributes)
            if element in _PASSED:
                self._n_passed = 1
                self._inside = _MEDIA.get(element)
            else:
                self._open.append(element)

    def end(self, text: str) -> None:
        if self._n_passed:
            self._n_passed -= 1
            return
        element = self._open.pop()
        if element == "Code":
            self._codes.pop()
        elif element == "Description":
            self._describe(self._open[-1], text)
        elif element == "PlainTextContent":
            texts = self.said.notes if self._open[-1] == "Note" else self.said.sources
            texts[-1].content = text

    def _start_root(self, element: str, attributes: Mapping[str, str]) -> None:
        if element not in ROOTS:
            self._refuse("it is other XML")
        self.said.root = element
        self.said.origin = attributes.get("origin")

    def _start_known(self, element: str, attributes: Mapping[str, str]) -> None:
        said = self.said
        match element:
            case "PlainTextSelection":
                self._start_selection(attributes)
            case "Coding":
                self._start_coding(attributes)
            case "CodeRef":
                self._start_code_reference(attributes)
            case "NoteRef":
                self._start_reference(attributes)
            case "TextSource":
                said.sources.append(_text(attributes))
            case "Code":
                self._start_code(attributes)
            case "User":
                said.users.append(
                    User(_guid(attributes, "guid") or "", attributes.get("name"), attributes.get("id"))
                )
            case "Set":
                said.sets.append(Set(attributes.get("name", "")))
            case "MemberCode":
                # The codebook's schema says `guid`, the project's `targetGUID`.
                guid = _guid(attributes, "targetGUID") or _guid(attributes, "guid")
                said.sets[-1].codes.append(guid or "")
            case "MemberSource" | "MemberNote":
                said.sets[-1].n_others += 1
            case "Note":
                said.notes.append(_text(attributes))
            case "Link":
                ends = _guid(attributes, "originGUID"), _guid(attributes, "targetGUID")
                said.links.append((ends[0] or "", ends[1] or ""))
            case _ if element in _PASSED:
                said.left[_MEDIA.get(element) or _WHOLE[element]] += 1
                if element == "Case":
                    said.cases.append(_guid(attributes, "guid") or "")

    def _start_code(self, attributes: Mapping[str, str]) -> None:
        said = self.said
        number = len(said.codes) + 1
        called = attributes.get("name")
        if called is None:
            self._refuse(f"code {number} has no name")
        is_codable = _TRUTHS.get(attributes.get("isCodable", "true").strip())
        if is_codable is None:
            self._refuse(f"code {number}: isCodable is neither true nor false")
        above = self._codes[-1].guid if self._codes else None
        code = Code(_guid(attributes, "guid") or f"code {number}", called, above, is_codable)
        said.codes.append(code)
        self._codes.append(code)

    def _start_selection(self, attributes: Mapping[str, str]) -> None:
        said = self.said
        self._n_selections += 1
        start, end = self._position(attributes, "startPosition"), self._position(attributes, "endPosition")
        said.sources[-1].n_selections += 1
        said.selections.append(
            Selection(
                source=len(said.sources) - 1,
                start=start,
                end=end,
                place=self._n_selections,
                # An empty name says nothing, unless nothing was selected.
                quote=attributes.get("name") or ("" if "name" in attributes and start == end else None),
                user=_guid(attributes, "creatingUser") or said.sources[-1].user,
            )
        )

    def _position(self, attributes: Mapping[str, str], which: str) -> int:
        found = _INTEGER.fullmatch(attributes.get(which, ""))
        if found is None:
            self._refuse(f"selection {self._n_selections}: {which} is not a number from 0")
        return int(found[1])

    def _start_coding(self, attributes: Mapping[str, str]) -> None:
        said = self.said
        user = _guid(attributes, "creatingUser")
        if self._open[-1] == "PlainTextSelection":
            said.selections[-1].codings.append(Coding(user or said.selections[-1].user))
            return
        self._n_selections += 1
        source = said.sources[-1]
        source.n_selections += 1
        whole = Selection(len(said.sources) - 1, NONE, NONE, self._n_selections, None, user or source.user)
        whole.codings.append(Coding(whole.user))
        said.selections.append(whole)

    def _start_code_reference(self, attributes: Mapping[str, str]) -> None:
        codings = self.said.selections[-1].codings
        if codings[-1].code is not None:
            # The schema has one code in a coding; a file that has more means more codings.
            codings.append(Coding(codings[-1].user))
        codings[-1].code = _guid(attributes, "targetGUID") or ""

    def _start_reference(self, attributes: Mapping[str, str]) -> None:
        guid = _guid(attributes, "targetGUID") or ""
        match self._open[-1]:
            case "PlainTextSelection":
                self.said.selections[-1].notes.append(guid)
            case "Coding":
                self.said.selections[-1].codings[-1].notes.append(guid)

    def _describe(self, element: str, text: str) -> None:
        said = self.said
        match element:
            case "Code":
                self._codes[-1].description = text
            case "PlainTextSelection":
                # NVivo gives every selection a description, most of them empty.
                said.selections[-1].description = text if text.strip() else None
            case "Set":
                said.sets[-1].description = text
            case "Project" | "TextSource":
                said.left["description"] += bool(text.strip())

    def _count_inside(self, element: str) -> None:
        if self._inside is not None:
            if element.endswith("Selection"):
                self.said.left[f"{self._inside} selection"] += 1
            elif element == "Coding":
                self.said.left[f"{self._inside} coding"] += 1

    def _refuse(self, reason: str) -> NoReturn:
        raise CodingError("coding.format", path=self._name, kind="REFI-QDA", reason=reason)


def _guid(attributes: Mapping[str, str], name: str) -> str | None:
    stated = attributes.get(name)
    return guid_key(stated) or None if stated is not None else None


def _text(attributes: Mapping[str, str]) -> Text:
    return Text(
        guid=_guid(attributes, "guid") or "",
        name=attributes.get("name", ""),
        plain_path=attributes.get("plainTextPath"),
        rich_path=attributes.get("richTextPath"),
        user=_guid(attributes, "creatingUser"),
    )
