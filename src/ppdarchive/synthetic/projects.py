"""What the coders' tools hold: a project each, with its tool's manners and its coder's habits."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from ppdarchive.coding.codebook import CodeRow, ThemeRow, project_codes
from ppdarchive.coding.formats import write_project
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.synthetic.coders import Coding
from ppdarchive.synthetic.draft import Draft, Mark, edit
from ppdarchive.synthetic.people import Participant
from ppdarchive.synthetic.resources import records
from ppdarchive.text.units import Unit


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a coder works.

    Attributes
    ----------
    coder_id : str
        Her id in the study.
    name : str
        What her tool calls her: a name, or a login made of one. Nobody of that name exists.
    format : str
        One of `ppdarchive.coding.formats.WRITERS`.
    path : str
        Her project, from the study's folder.
    """

    coder_id: str
    name: str
    format: str
    path: str


DESKS: Final = (
    Desk("coder_1", "Ottoline Quarrington", "refi-qda", "exports/coder_1.qdpx"),
    Desk("coder_2", "tamsin_okereke", "taguette", "exports/coder_2.sqlite3"),
)
"""The two who code alone, in the order of `coders.CODERS`."""

KEY_HEADER: Final = ("file", "part", "category", "text")
"""The names of the columns of the key to what identifies in projects, outside of the answers."""

STRAY_SOURCE: Final = "Test source"
"""A source of no response, behind every response's in the order of names; only where faults are planted."""

_MEMOS: Final = 0.005
"""Share of the first coder's segments with a memo."""
_CHANGED: Final = 0.02
"""Share of the second coder's documents that the survey's export no longer has as she coded them."""
_SLACK: Final = 12
"""Code points between a slip and the borders of segments, so that it changes no border."""
_WORD: Final = re.compile(r"[^\W\d_]{5,}")


class PlantedName(NamedTuple):
    """One line of the key: an identifier in a project that stands in no answer's text for certain."""

    file: str
    part: str
    category: str
    text: str


@cache
def _codes() -> tuple[ProjectCode, ...]:
    """The codebook as a tree: themes are wider codes that nobody codes with."""
    codes = [CodeRow(code, title, text, theme) for code, title, theme, text in records("codes")]
    themes = [ThemeRow(theme, title, text, wider or None) for theme, title, wider, text in records("themes")]
    return project_codes(codes, themes)


@cache
def _code_places() -> dict[str, int]:
    return {code.key.removeprefix("code:"): n for n, code in enumerate(_codes()) if code.is_codable}


class _Growing:
    """A project while the study is written, answer by answer; columns of numbers, since it may be large."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.n_segments = 0
        self._sources: list[ProjectSource] = []
        self._source, self._code, self._start, self._end = (array("q") for _ in range(4))
        self._memos: list[str | None] = []

    def add(self, name: str, coded: Draft, memos: Sequence[str | None] = ()) -> None:
        """Add a text with its segments, and what was noted beside each of them."""
        number = len(self._sources)
        self._sources.append(ProjectSource(name, name, coded.text))
        noted = tuple(memos) or (None,) * len(coded.segments)
        for segment in coded.segments:
            self._source.append(number)
            self._code.append(_code_places()[segment.label])
            self._start.append(segment.start)
            self._end.append(segment.end)
        self._memos += noted
        places = {(s.start, s.end, memo) for s, memo in zip(coded.segments, noted, strict=True)}
        self.n_segments += len(places)

    @property
    def n_codings(self) -> int:
        return len(self._code)

    def write(self, root: Path) -> None:
        desk = self.desk
        project = Project(
            desk.path,
            desk.format,
            coders=(ProjectCoder(desk.coder_id, desk.name),),
            codes=_codes(),
            sources=tuple(self._sources),
            selections=Selections.of(
                source=self._source,
                code=self._code,
                coder=array("q", bytes(8 * len(self._code))),
                start=self._start,
                end=self._end,
                memos=tuple(self._memos),
            ),
            unit=Unit.CODE_POINT,
        )
        write_project(project, root / desk.path, target=desk.format)


class CoderProjects:
    """The coders' projects while the study is written.

    The first coder's tool is one of Windows: its texts have CRLF, its positions count two for each. A few
    of her segments have memos. The second coder's documents are named as files are; a few of them are as
    the answers were before somebody mended a slip or trimmed white space in the survey's export.
    """

    def __init__(self) -> None:
        self._first, self._second = (_Growing(desk) for desk in DESKS)
        self.key = [PlantedName(desk.path, "coder", "NAME", desk.name) for desk in DESKS]

    def __repr__(self) -> str:
        return f"<CoderProjects: {self._first.n_codings} and {self._second.n_codings} codings>"

    def add(
        self, response_id: str, text: str, codings: Sequence[Coding], *, her: Participant, rng: Random
    ) -> None:
        """Add an answer as each coder has it.

        Parameters
        ----------
        response_id, text : str
        codings : sequence of Coding
            Of both coders; others are left aside.
        her : Participant
            Who wrote the answer; memos tell of her.
        rng : Random
        """
        first, second = (_marked(text, codings, desk.coder_id) for desk in DESKS)
        memos = [self._memo(her, rng) if rng.random() < _MEMOS else None for _ in first.segments]
        self._first.add(response_id, with_crlf(first), memos)
        self._second.add(f"{response_id}.txt", as_it_was(second, rng), ())

    def _memo(self, her: Participant, rng: Random) -> str:
        """What the coder notes of somebody whom she recognizes; the names go into the key."""
        name, coach = f"{her.first_name} {her.last_name}", f"{her.coach.first_name} {her.coach.last_name}"
        form, planted = rng.choice(
            (
                ("Is this {} again? Ask {}.", (("NAME", name), ("NAME", coach))),
                ("{} called about this from {}.", (("NAME", name), ("CONTACT", her.phone))),
                ("Seen at {}? {} would know.", (("FACILITY", her.va_facility), ("NAME", coach))),
            )
        )
        path = self._first.desk.path
        self.key += [PlantedName(path, "memo", category, text) for category, text in planted]
        return form.format(*(text for _, text in planted))

    def spoil(self, response_id: str) -> tuple[tuple[str, str, int, str], ...]:
        """Add a source of no response, and one that is no longer what a response says.

        Parameters
        ----------
        response_id : str
            Of a response with a text.

        Returns
        -------
        tuple of (str, str, int, str)
            Of each: why its segment has no place, the project's file, the segment's number in it, a note.
        """
        stray = Draft("Does this open? Testing.", (), (Mark(0, 15, "no_comment"),))
        self._first.add(STRAY_SOURCE, stray)
        other = Draft("Minutes of a meeting, pasted here by mistake.", (), (Mark(0, 20, "no_comment"),))
        self._second.add(f"{response_id} old.txt", other)
        return (
            (
                "unmatched-source",
                self._first.desk.path,
                self._first.n_segments,
                "a source that nobody wrote in the survey",
            ),
            (
                "low-confidence",
                self._second.desk.path,
                self._second.n_codings,
                "a segment of words that the response does not have",
            ),
        )

    def write(self, root: Path) -> None:
        """Write both files; a folder `exports` is there.

        Raises
        ------
        WriteError
            If they cannot be written.
        """
        for project in (self._first, self._second):
            project.write(root)


def _marked(text: str, codings: Iterable[Coding], coder: str) -> Draft:
    """A text with one coder's segments, each labelled with its code."""
    own = (Mark(each.start, each.end, each.code_id) for each in codings if each.coder_id == coder)
    return Draft(text, (), tuple(own))


def with_crlf(coded: Draft) -> Draft:
    r"""Return a text with CRLF for each line feed; its segments stay on their words.

    Examples
    --------
    >>> with_crlf(Draft("so\nmuch", (), (Mark(3, 7, "x"),))).segments
    (Mark(start=4, end=8, label='x'),)
    """
    breaks = [found.start() for found in re.finditer("\n", coded.text)]
    return edit(coded, [(at, at + 1, "\r\n") for at in breaks])


def as_it_was(coded: Draft, rng: Random) -> Draft:
    """Return a text as it was when it was coded: seldom with a slip or with white space around it.

    Parameters
    ----------
    coded : Draft
    rng : Random

    Returns
    -------
    Draft
        Segments are on the same words. A slip is inside of a word, and not near a segment's border.
    """
    if rng.random() >= _CHANGED:
        return coded
    borders = [border for each in coded.segments for border in (each.start, each.end)]
    slips = [
        word.start() + 2
        for word in _WORD.finditer(coded.text)
        if all(not word.start() - _SLACK < border < word.end() + _SLACK for border in borders)
    ]
    if slips and rng.random() < 0.6:
        at = rng.choice(slips)
        return edit(coded, [(at, at + 1, "")])
    length = len(coded.text)
    return edit(coded, [(0, 0, "  "), (length, length, " \n")])
