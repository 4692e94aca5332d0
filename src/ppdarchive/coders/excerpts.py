"""De-identified places where coders differ on a code: a few for each, with what each of them marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from ppdarchive.agreement.coded import Coded, Indices
from ppdarchive.agreement.frames import Seen, coded_of
from ppdarchive.coders.tables import CodedTables
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame
from ppdarchive.pipeline import Progress
from ppdarchive.publish import preview_study
from ppdarchive.report.agreement import Excerpt, Version

_PER_CODE: Final = 3
_CODERS: Final = 4
_AROUND: Final = 60
"""Characters shown before and behind what is marked."""
_LONGEST: Final = 400
"""Characters of a window that holds several segments; one that is longer ends where it would pass this."""
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "responses": ("response_id", "participant_id", "text"),
    "codings": ("response_id", "code_id", "coder_id", "start", "end", "stage"),
    "codes": ("code_id",),
    "coders": ("coder_id",),
}

NO_RELEASE: Final = "study.toml has no [release] part, so that nothing says how texts would be de-identified"
LEFT_OUT: Final = "the release leaves out {}, without which no excerpt can be shown"
NONE_DIFFER: Final = "no response that would be released has these codes from one coder and not from another"


def excerpts_of(
    tables: CodedTables,
    folder: Path,
    codes: Sequence[str],
    letters: Mapping[str, str],
    *,
    seen: Seen,
    progress: Progress,
) -> tuple[tuple[Excerpt, ...], str]:
    """Find responses on which coders differ, as they would be released.

    Parameters
    ----------
    tables : CodedTables
        Of a study, or of a package: a package's texts are shown as they are.
    folder : Path
        Where they came from.
    codes : sequence of str
        Which codes to look for.
    letters : mapping of str to str
        What each coder is called, by id.
    seen : {"all", "own"}
    progress : callable

    Returns
    -------
    excerpts : tuple of Excerpt
        In the order of `codes`, a few for each, of different participants where there are several.
    reason : str
        Why there is none; else empty.

    Raises
    ------
    FindingsError, StudyError, SchemaError, ReadError
        As `preview_study` does.
    """
    if tables.validation is None:
        frames, called = tables.frames, letters
    elif tables.validation.study.config.release is None:
        return (), NO_RELEASE
    else:
        preview = preview_study(folder, progress=progress)
        frames = {name: table.frame for name, table in preview.treated.tables.items()}
        if reason := _lacking(frames):
            return (), reason
        # Treatment keeps the order of rows: a coder's pseudonym stands where the id stood.
        known = _texts(preview.consented.tables["coders"].frame["coder_id"])
        drawn = _texts(frames["coders"]["coder_id"])
        if len(known) != len(drawn):
            return (), LEFT_OUT.format("some coders")
        called = {pseudonym: letters.get(own, "") for own, pseudonym in zip(known, drawn, strict=True)}
    if reason := _lacking(frames):
        return (), reason
    progress("choosing excerpts")
    coded, rows = coded_of(frames["responses"], frames["codings"], frames["codes"], seen=seen)
    names = [called.get(coder, "") for coder in coded.coders]
    texts = frames["responses"]["text"]
    found = tuple(
        _excerpt(coded, unit, code, str(texts.iloc[int(rows[unit])]), names)
        for code in codes
        if code in coded.codes
        for unit in _differing(coded, coded.codes.index(code))
    )
    return found, "" if found else NONE_DIFFER


def _lacking(frames: Mapping[str, Frame]) -> str:
    for table, fields in _NEEDED.items():
        if table not in frames:
            return LEFT_OUT.format(f"the table {table}")
        for field in fields:
            if field not in frames[table]:
                return LEFT_OUT.format(f"{table}.{field}")
    return ""


def _texts(column: object) -> list[str]:
    return [str(value) for value in values_of(column).to_pylist()]  # type: ignore[arg-type]


def _differing(coded: Coded, code: int) -> list[int]:
    """Units in which one coder found the code and another who saw them did not; of different participants."""
    own = coded.code == code
    units, place = np.unique(coded.unit[own], return_inverse=True)
    marked = np.zeros((len(units), len(coded.coders)), dtype=bool)
    marked[place, coded.coder[own]] = True
    differing = units[(coded.rated[units] & ~marked).any(axis=1)]
    _, first = np.unique(coded.participants[differing], return_index=True)
    return differing[np.sort(first)][:_PER_CODE].tolist()  # type: ignore[no-any-return]


def _excerpt(coded: Coded, unit: int, code: str, text: str, names: Sequence[str]) -> Excerpt:
    here = np.flatnonzero(coded.unit == unit)
    own = here[coded.code[here] == coded.codes.index(code)]
    start, end = _window(coded.start[own], coded.end[own], text)
    versions = []
    raters = np.flatnonzero(coded.rated[unit])
    marking = np.isin(raters, coded.coder[own])
    # Some who marked it and some who did not, however many there are.
    half = _CODERS // 2
    n_marking = max(half, _CODERS - int((~marking).sum()))
    shown = np.concatenate((raters[marking][:n_marking], raters[~marking]))[:_CODERS]
    for coder in shown.tolist():
        mine = own[coded.coder[own] == coder]
        is_marked = bool(len(mine))
        if not is_marked:
            theirs = here[coded.coder[here] == coder]
            mine = theirs[_meets(coded, theirs, own)]
        instead = (
            () if is_marked else tuple(coded.codes[each] for each in np.unique(coded.code[mine]).tolist())
        )
        pieces = _pieces(text, coded.start[mine].tolist(), coded.end[mine].tolist(), start, end)
        versions.append(Version(names[coder], pieces, is_marked, instead))
    # Pseudonyms are drawn, so that their order is not that of letters.
    versions.sort(key=lambda version: (len(version.coder), version.coder))
    return Excerpt(code, tuple(versions))


def _meets(coded: Coded, some: Indices, others: Indices) -> Indices:
    """Which of `some` overlap one of `others`; all of a response where one marks no character."""
    empty = coded.start == coded.end
    meets = (coded.start[some, None] < coded.end[None, others]) & (
        coded.start[None, others] < coded.end[some, None]
    )
    meets |= empty[some, None] | empty[None, others]
    return np.flatnonzero(meets.any(axis=1))


def _window(starts: Indices, ends: Indices, text: str) -> tuple[int, int]:
    """From somewhat before the first segment to somewhat behind the last that fits, at blanks."""
    first = int(starts.min())
    fitting = ends[ends - first <= _LONGEST]
    last = int(fitting.max()) if len(fitting) else first + _LONGEST
    start, end = max(first - _AROUND, 0), min(max(last, first) + _AROUND, len(text))
    if start and (blank := text.find(" ", start, first)) >= 0:
        start = blank + 1
    if end < len(text) and (blank := text.rfind(" ", last, end)) >= 0:
        end = blank
    return start, end


def _pieces(
    text: str, starts: Sequence[int], ends: Sequence[int], start: int, end: int
) -> tuple[tuple[str, bool], ...]:
    """The window in pieces, each with whether the coder marked it."""
    pieces: list[tuple[str, bool]] = [("…", False)] if start else []
    at = start
    for one, other in sorted(zip(starts, ends, strict=True)):
        first, last = max(one, at), min(other, end)
        if first < last:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces.append((text[at:end], False))
    if end < len(text):
        pieces.append(("…", False))
    return tuple(piece for piece in pieces if piece[0])
