"""What a REFI-QDA file says -> a `Project`: GUIDs become keys and indices; what nobody takes is counted."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import Final

from ppdarchive.coding.formats.refi.elements import Coding, Said, Selection
from ppdarchive.coding.formats.refi.texts import Texts
from ppdarchive.coding.formats.refi.writer import ORIGIN
from ppdarchive.coding.project import (
    NONE,
    STAGES,
    Project,
    ProjectCode,
    ProjectCoder,
    ProjectSet,
    ProjectSource,
    Selections,
)
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit

PROJECT: Final = "refi-qda"
CODEBOOK: Final = "refi-qdc"


def codebook_of(said: Said, *, name: str) -> Project:
    """Return the codes and sets alone; sources and selections, if any, are counted in `left`.

    Raises
    ------
    CodingError
        ``coding.format`` if two different codes have one GUID.
    """
    left = said.left.copy()
    left.update(source=len(said.sources), selection=len(said.selections), user=len(said.users))
    left.update(note=len(said.notes), link=len(said.links))
    codes = _codes(said, name)
    return _project(said, name, left, codes=codes, sets=_sets(said, codes, left))


def project_of(said: Said, texts: Texts, *, name: str, memos: bool) -> Project:
    """Return the project that a file says.

    Raises
    ------
    CodingError
        ``coding.format`` if two different codes or users have one GUID, or a text is not there or cannot
        be read.
    """
    left = said.left.copy()
    codes = _codes(said, name)
    index = _SourceIndex(said, texts, left)
    coders = _coders(said, name)
    notes = _notes(said, texts) if memos else {}
    rows = _Rows(codes, coders, set(said.cases), notes, memos=memos, left=left)
    for selection in said.selections:
        source = index.of[selection.source]
        if source != NONE:
            rows.add(selection, source)
    _count_notes(said, rows.used, left)
    return _project(
        said,
        name,
        left,
        codes=codes,
        sets=_sets(said, codes, left),
        coders=tuple(rows.coders.values()),
        sources=tuple(index.sources),
        selections=rows.columns(),
    )


def _project(
    said: Said,
    name: str,
    left: Counter[str],
    *,
    codes: dict[str, ProjectCode],
    sets: tuple[ProjectSet, ...],
    coders: tuple[ProjectCoder, ...] = (),
    sources: tuple[ProjectSource, ...] = (),
    selections: Selections | None = None,
) -> Project:
    return Project(
        path=name,
        format=CODEBOOK if said.root == "CodeBook" else PROJECT,
        coders=coders,
        codes=tuple(codes.values()),
        sets=sets,
        sources=sources,
        selections=selections or Selections.of(source=[], code=[], coder=[], start=[], end=[]),
        # A file of ours keeps the standard's word; of others it is found out.
        unit=Unit.CODE_POINT if said.origin == ORIGIN else None,
        origin=said.origin,
        left=MappingProxyType({kind: n for kind, n in sorted(left.items()) if n}),
    )


def _codes(said: Said, name: str) -> dict[str, ProjectCode]:
    """The codes by GUID, without those that are cases: NVivo lists a case that was coded, often a person."""
    codes: dict[str, ProjectCode] = {}
    cases = set(said.cases)
    for number, code in enumerate(said.codes, 1):
        if code.guid in cases:
            continue
        parent = None if code.parent in cases else code.parent
        made = ProjectCode(code.guid, code.name, parent, code.description, code.is_codable)
        if codes.setdefault(code.guid, made) != made:
            raise _same_guid(name, f"code {number}")
    return codes


def _coders(said: Said, name: str) -> dict[str, ProjectCoder]:
    coders: dict[str, ProjectCoder] = {}
    for number, user in enumerate(said.users, 1):
        stage = user.id if user.id in STAGES else None
        called = user.name if user.name is not None else user.id
        key = user.guid or f"user {number}"
        made = ProjectCoder(key, key if called is None else called, stage)
        if coders.setdefault(key, made) != made:
            raise _same_guid(name, f"user {number}")
    return coders


def _same_guid(name: str, what: str) -> CodingError:
    reason = f"{what} has the GUID of another"
    return CodingError("coding.format", path=name, kind="REFI-QDA", reason=reason)


def _sets(said: Said, codes: dict[str, ProjectCode], left: Counter[str]) -> tuple[ProjectSet, ...]:
    """Return the sets that hold codes, or nothing; sets of sources and notes are counted."""
    sets = []
    for stated in said.sets:
        members = tuple(dict.fromkeys(guid for guid in stated.codes if guid in codes))
        left["set member"] += sum(guid not in codes for guid in stated.codes)
        if stated.n_others and not stated.codes:
            left["set of sources or notes"] += 1
            continue
        left["set member"] += stated.n_others
        sets.append(ProjectSet(stated.name, members, stated.description))
    return tuple(sets)


class _SourceIndex:
    """The sources whose plain text is there, and the place of each of the file's among them."""

    def __init__(self, said: Said, texts: Texts, left: Counter[str]) -> None:
        self.sources: list[ProjectSource] = []
        self.of: list[int] = []
        keys: set[str] = set()
        for number, source in enumerate(said.sources, 1):
            text = texts.of(source, f"source {number}")
            if text is None:
                left["source without plain text"] += 1
                left["selection without plain text"] += source.n_selections
                self.of.append(NONE)
                continue
            key = source.guid or f"source {number}"
            if key in keys:
                key = f"{key} {number}"
            keys.add(key)
            self.of.append(len(self.sources))
            self.sources.append(ProjectSource(key, source.name, text))


def _notes(said: Said, texts: Texts) -> dict[str, str]:
    found = ((note.guid, texts.of(note, f"note {number}")) for number, note in enumerate(said.notes, 1))
    return {guid: text for guid, text in found if text is not None}


def _count_notes(said: Said, used: set[str], left: Counter[str]) -> None:
    notes = {note.guid for note in said.notes}
    left["note"] += sum(note.guid not in used for note in said.notes)
    for ends in said.links:
        # How NVivo attaches an annotation to a selection.
        left["annotation" if notes.intersection(ends) else "link"] += 1


class _Rows:
    """The columns of `Selections`, as they grow."""

    def __init__(
        self,
        codes: dict[str, ProjectCode],
        coders: dict[str, ProjectCoder],
        cases: set[str],
        notes: dict[str, str],
        *,
        memos: bool,
        left: Counter[str],
    ) -> None:
        self.coders = coders
        self.used: set[str] = set()
        self._code_of = {guid: number for number, guid in enumerate(codes)}
        self._coder_of = {guid: number for number, guid in enumerate(coders)}
        self._cases = cases
        self._notes = notes
        self._memos = memos
        self._left = left
        self._rows: list[tuple[int, int, int, int, int, int, str | None, str | None]] = []

    def add(self, selection: Selection, source: int) -> None:
        """Add one row for each coding of the selection; one without a code for a memo that has none."""
        n_before = len(self._rows)
        noted = selection.description is not None or bool(selection.notes)
        for coding in selection.codings:
            noted = noted or bool(coding.notes)
            code = NONE if coding.code is None else self._code_of.get(coding.code, NONE)
            if code != NONE:
                self._append(selection, source, code, coding)
            elif coding.code in self._cases:
                self._left["coding of a case"] += 1
            else:
                self._left["coding of an unknown code"] += 1
        if noted and not self._memos:
            self._left["memo"] += 1
        elif noted and len(self._rows) == n_before:
            spare = Coding(selection.user)
            for coding in selection.codings:
                spare.notes.extend(coding.notes)
            self._append(selection, source, NONE, spare)
        elif not selection.codings:
            self._left["selection without a code"] += 1

    def _append(self, selection: Selection, source: int, code: int, coding: Coding) -> None:
        memo = self._memo(selection, coding) if self._memos else None
        coder = NONE if coding.user is None else self._coder(coding.user)
        self._rows.append(
            (source, code, coder, selection.start, selection.end, selection.place, selection.quote, memo)
        )

    def _coder(self, guid: str) -> int:
        if guid not in self._coder_of:
            # Not among the users: their GUID is all that is known of them.
            self._coder_of[guid] = len(self.coders)
            self.coders[guid] = ProjectCoder(guid, guid)
            self._left["unknown user"] += 1
        return self._coder_of[guid]

    def _memo(self, selection: Selection, coding: Coding) -> str | None:
        references = [guid for guid in (*selection.notes, *coding.notes) if guid in self._notes]
        self.used.update(references)
        parts = [] if selection.description is None else [selection.description]
        parts.extend(self._notes[guid] for guid in references)
        return "\n".join(parts) if parts else None

    def columns(self) -> Selections:
        """Return the selections in the order of the file."""
        columns = tuple(zip(*self._rows, strict=True)) if self._rows else ((),) * 8
        source, code, coder, start, end, place, quotes, memos = columns
        return Selections.of(
            source=source,
            code=code,
            coder=coder,
            start=start,
            end=end,
            place=place,
            quotes=quotes,
            memos=memos,
        )
