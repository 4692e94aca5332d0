"""Coded projects of a study -> pieces of its tables: read, placed on the responses, and told of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.arrange import Piece
from ppdarchive.coding.codebook import Codebook, CodeRow, codebook_of
from ppdarchive.coding.formats import read_project
from ppdarchive.coding.landing.landed import TROUBLES, Landed, land
from ppdarchive.coding.landing.match import Responses, Trouble, check_pattern
from ppdarchive.coding.project import NONE, Project
from ppdarchive.coding.rows import CodingRows, codebook_cells, coding_rows, is_nameless
from ppdarchive.errors import StudyError
from ppdarchive.model.columns import Keep, Texts, in_memory, pieces_of
from ppdarchive.model.finding import MAX_PLACES, ExportCount, Finding, Place, Rule, RuleKind
from ppdarchive.model.schema import Schemas
from ppdarchive.model.table import Lines, RawTable
from ppdarchive.study import CodedProject, Study, key_path

logger = logging.getLogger(__name__)

Progress = Callable[[str], None]

_CODEBOOK: Final = ("codes", "themes", "theme_constructs")


@dataclass(frozen=True, slots=True, repr=False)
class Landing:
    """A project as it was read, and what became of its selections.

    Attributes
    ----------
    spec : CodedProject
    project : Project
    landed : Landed
    book : Codebook
    rows : CodingRows
    new_codes : tuple of CodeRow
        Codes of the project that no export has; they are rows of `codes` only where no export fills it.
    left_out : mapping of str to int
        Selections that make no row, by why.
    in_vain : mapping of str to int
        What study.toml says of this project and nothing in it answers to: how many of the names in its
        ``coders``, ``codes`` and ``sources`` name none (or, of sources, no response of the study), and 1 for
        a ``pattern`` that is in no source's name.
    """

    spec: CodedProject
    project: Project
    landed: Landed
    book: Codebook
    rows: CodingRows
    new_codes: tuple[CodeRow, ...]
    left_out: Mapping[str, int]
    in_vain: Mapping[str, int]

    def __repr__(self) -> str:
        return f"<Landing of {len(self.project.selections)} selections: {self.rows.cells.num_rows} rows>"


@dataclass(frozen=True, slots=True, repr=False)
class Landings:
    """What all coded projects of a study give.

    Attributes
    ----------
    each : tuple of Landing
    pieces : mapping of str to tuple of Piece
        By table.
    findings : tuple of Finding
        Selections that have no sure place, by why, for projects that say `refuse`.
    """

    each: tuple[Landing, ...] = ()
    pieces: Mapping[str, tuple[Piece, ...]] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()

    def __repr__(self) -> str:
        return f"<Landings of {len(self.each)} projects>"


def land_projects(
    study: Study,
    pieces: Mapping[str, Sequence[Piece]],
    responses: RawTable | None,
    progress: Progress = lambda _: None,
    keep: Keep = in_memory,
) -> Landings:
    """Read a study's coded projects and place their selections on its responses.

    Parameters
    ----------
    study : Study
    pieces : mapping of str to sequence of Piece
        What exports gave to each table: where one gave codes or coders, projects add none.
    responses : RawTable or None
        The responses as they were arranged.
    progress : callable
    keep : callable
        Where the responses' texts are kept.

    Returns
    -------
    Landings

    Raises
    ------
    CodingError
        If a project cannot be read, or no way of counting fits its positions.
    StudyError
        If two projects would make one coder of two, or there are no responses to place anything on.
    """
    if not study.config.coding:
        return Landings()
    if responses is None:
        reason = "no export fills `responses`, so that nothing can be placed"
        raise StudyError("study.contradiction", path=study.path, pointer="coding", reason=reason)
    texts = _responses(responses, keep)
    known = _known(pieces.get("codes", ()), "code_id")
    known_themes = _known(pieces.get("themes", ()), "theme_id")
    landings: list[Landing] = []
    made = _Pieces(study.schemas)
    for spec in study.config.coding:
        progress(f"placing {spec.path}")
        landing = _land(spec, study, texts, known, known_themes)
        landings.append(landing)
        _refuse_one_name_for_several(study, landings)
        made.add(landing)
        if "codes" not in pieces:
            # What one project calls a code by, the next one may too.
            known |= {row.code_id: row.title for row in landing.new_codes}
        if "themes" not in pieces:
            known_themes = {row.theme_id: row.title for row in landing.book.themes} | known_themes
        logger.info("placed %s: %d rows", spec.path, landing.rows.cells.num_rows)
    given = {
        table: tuple(parts)
        for table, parts in made.by_table.items()
        if table == "codings" or not _is_exported(table, pieces)
    }
    found = tuple(finding for landing in landings for finding in _findings(landing))
    return Landings(tuple(landings), MappingProxyType(given), found)


def _refuse_one_name_for_several(study: Study, landings: Sequence[Landing]) -> None:
    """Two files that call their coder nothing in particular would make one coder of two."""
    index = len(landings) - 1
    nameless = [
        {
            each.name
            for each in landing.project.coders
            if landing.spec.coder is None
            and each.name not in landing.spec.coders
            and is_nameless(each.name, landing.project.format)
            and each.name.strip()
        }
        for landing in landings
    ]
    if any(nameless[index] & earlier for earlier in nameless[:index]):
        raise StudyError(
            "study.contradiction",
            path=study.path,
            pointer=key_path(["coding", index]),
            reason="two projects call their coder `admin`; name each by `coder`",
        )


def _is_exported(table: str, pieces: Mapping[str, Sequence[Piece]]) -> bool:
    """Whether an export says what a table holds; themes without their codes would be of no use."""
    return table in pieces or (table in _CODEBOOK and "codes" in pieces)


def _responses(table: RawTable, keep: Keep) -> Responses:
    cells = table.cells
    n_rows = table.n_rows

    def column(name: str) -> tuple[str, ...]:
        if name not in cells.column_names:
            return ("",) * n_rows
        return tuple(pc.fill_null(cells[name], "").to_pylist())

    missing = pa.array([code.value for code in table.schema["text"].missing_values], pa.string())
    # An export without the column has a finding of its own.
    texts = cells["text"] if "text" in cells.column_names else pa.nulls(n_rows, pa.string())
    nothing = pa.scalar(None, pa.string())
    texts = pa.chunked_array([texts]) if isinstance(texts, pa.Array) else texts
    pieces = (pc.if_else(pc.is_in(piece, value_set=missing), nothing, piece) for piece in pieces_of(texts))
    return Responses(
        response_id=column("response_id"),
        participant_id=column("participant_id"),
        question_id=column("question_id"),
        wave=column("wave"),
        texts=Texts(keep(pieces, pa.string())),
    )


def _known(pieces: Sequence[Piece], key: str) -> dict[str, str]:
    """The titles of the codes or themes that exports hold, by id."""
    known: dict[str, str] = {}
    for piece in pieces:
        cells = piece.cells
        if {key, "title"} <= set(cells.column_names):
            pairs = zip(cells[key].to_pylist(), cells["title"].to_pylist(), strict=True)
            known |= {own: title or "" for own, title in pairs if own}
    return known


def _land(
    spec: CodedProject,
    study: Study,
    texts: Responses,
    known: Mapping[str, str],
    known_themes: Mapping[str, str],
) -> Landing:
    """Read one project and place its selections."""
    project = read_project(
        study.folder / spec.path,
        source=spec.format,
        name=spec.path,
        memos=spec.memos,
        project=spec.project,
        columns={str(role): column for role, column in spec.columns.items()},
        unit=spec.unit,
        encoding=spec.encoding,
        delimiter=spec.delimiter,
    )
    landed = land(
        project, texts, by_hand=spec.sources, pattern=spec.pattern, min_confidence=spec.min_confidence
    )
    book = codebook_of(project, known=known, known_themes=known_themes, by_hand=spec.codes)
    has_code = project.selections.code != NONE
    rows = coding_rows(
        project,
        landed,
        book,
        pa.array(texts.response_id, pa.string()),
        wanted=has_code & (landed.response != NONE) & ~landed.uncertain,
        coders=spec.coders,
        coder=spec.coder,
        stage=spec.stage,
    )
    left_out = {"no code": int((~has_code).sum()), "repeated": rows.n_repeated}
    troubles = np.bincount(landed.trouble[landed.uncertain & has_code], minlength=len(TROUBLES))
    left_out |= {str(each): int(number) for each, number in zip(TROUBLES, troubles, strict=True)}
    return Landing(
        spec,
        project,
        landed,
        book,
        rows,
        tuple(row for row in book.codes if row.code_id not in known),
        MappingProxyType({why: number for why, number in left_out.items() if number}),
        _in_vain(spec, project, texts),
    )


def _in_vain(spec: CodedProject, project: Project, texts: Responses) -> Mapping[str, int]:
    """How much of what a study says of a project names nothing."""
    sources = {source.name for source in project.sources}
    responses = {*texts.response_id} if spec.sources else set()
    pattern = None if spec.pattern is None else check_pattern(spec.pattern)
    found = {
        "coders": len(spec.coders.keys() - {coder.name for coder in project.coders}),
        "codes": len(spec.codes.keys() - {code.name for code in project.codes}),
        "sources": sum(name not in sources or told not in responses for name, told in spec.sources.items()),
        "pattern": int(pattern is not None and not any(pattern.search(name) for name in sources)),
    }
    return MappingProxyType({what: number for what, number in found.items() if number})


class _Pieces:
    """Pieces of tables, with each code, theme and coder once, however many projects have it."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._seen: dict[str, set[tuple[str | None, ...]]] = {}
        self.by_table: dict[str, list[Piece]] = {}

    def add(self, landing: Landing) -> None:
        """Add what one project gives to each table."""
        file, rows = landing.spec.path, landing.rows
        n_read = len(landing.project.selections)
        self._put(file, "codings", rows.cells, rows.place, n_read=n_read, excluded=landing.left_out)
        for table, cells in codebook_cells(Codebook(landing.new_codes, landing.book.themes)).items():
            self._put_once(file, table, cells, 1 if table != "theme_constructs" else 2)
        names = pc.unique(rows.cells["coder_id"]).drop_null()
        self._put_once(file, "coders", pa.table({"coder_id": names}), 1)

    def _put_once(self, file: str, table: str, cells: pa.Table, n_key: int) -> None:
        keys = list(zip(*(column.to_pylist() for column in cells.columns[:n_key]), strict=True))
        seen = self._seen.setdefault(table, set())
        fresh = [row for row, key in enumerate(keys) if key not in seen]
        seen.update(keys)
        line = np.array(fresh, np.int64) + 1
        self._put(file, table, cells.take(pa.array(fresh, pa.int64())), line, n_read=len(fresh), excluded={})

    def _put(
        self, file: str, table: str, cells: pa.Table, line: Lines, *, n_read: int, excluded: Mapping[str, int]
    ) -> None:
        """Add a piece; what a project cannot know is null there."""
        schema = self._schemas.get(table)
        if schema is None:
            return
        unknown = pa.nulls(cells.num_rows, pa.string())
        columns = {name: cells[name] if name in cells.column_names else unknown for name in schema.names}
        piece = Piece(
            cells=pa.table(columns),
            line=line,
            column=None,
            column_fields=frozenset(),
            lexical={},
            missing_columns=(),
            unknown_columns=(),
            in_order=True,
            count=ExportCount(
                file=file,
                table=table,
                n_read=n_read,
                n_header=0,
                excluded=excluded,
                marked=MappingProxyType({}),
                n_kept=cells.num_rows,
                n_rows=cells.num_rows,
            ),
        )
        self.by_table.setdefault(table, []).append(piece)


def _findings(landing: Landing) -> list[Finding]:
    """Selections without a sure place, by why."""
    spec, project, landed = landing.spec, landing.project, landing.landed
    if spec.unplaced == "leave-out":
        return []
    rows = np.flatnonzero(landed.uncertain & (project.selections.code != NONE))
    found = []
    for number, trouble in enumerate(TROUBLES):
        own = rows[landed.trouble[rows] == number]
        if len(own):
            rule = Rule("codings", RuleKind.PLACING, (), DEMANDS[trouble], name=trouble.value)
            places = project.selections.place[own[:MAX_PLACES]].tolist()
            found.append(Finding(rule, len(own), tuple(Place(spec.path, place) for place in places)))
    return found


DEMANDS: Final[Mapping[Trouble, str]] = MappingProxyType(
    {
        Trouble.UNMATCHED_SOURCE: "every source is known as a response's, by its name or text",
        Trouble.AMBIGUOUS_SOURCE: "no source could be one of several responses",
        Trouble.NO_SOURCE: "every selection is of a source",
        Trouble.NO_TEXT: "every coded response has a text",
        Trouble.QUOTE_NOT_FOUND: "every quote stands in its response",
        Trouble.QUOTE_NOT_UNIQUE: "every quote stands in its response only once",
        Trouble.OUTSIDE: "every position lies in its text",
        Trouble.EMPTY: "every segment has a character in the response",
        Trouble.LOW_CONFIDENCE: "every segment is surely found in the response as it is now",
        Trouble.QUOTE_DIFFERS: "every quote is what is selected",
    }
)
"""What must hold of the selections of a coded project, by what is told where it does not."""
