"""The order of the rooms: a study's exports are read, arranged into tables, and checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import cast

from ppdarchive.arrange import Piece, arrange, combine
from ppdarchive.arrange.piece import positions_used
from ppdarchive.coded import Landing, land_projects
from ppdarchive.errors import StudyError
from ppdarchive.model.columns import IN_MEMORY, Keeper
from ppdarchive.model.finding import ExportCount, Finding, Findings, RuleKind
from ppdarchive.model.table import RawExport, RawTable
from ppdarchive.read import read
from ppdarchive.spilling import LARGE_BYTES, keeper_of
from ppdarchive.study import CodedProject, Export, Study, check_study, load_study
from ppdarchive.validate import (
    Checked,
    FunctionFailedError,
    FunctionRule,
    RowRule,
    RuleFunction,
    check,
)
from ppdarchive.validate.expressions import ExpressionError, fields_of

logger = logging.getLogger(__name__)

RESPONSES = "responses"
RULE_FUNCTIONS = "ppdarchive.rules"
"""The entry-point group of rule functions."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, repr=False)
class Validation:
    """What validating a study gives.

    Attributes
    ----------
    study : Study
    checked : Checked
        The typed tables and the findings.
    counts : tuple of ExportCount
        What became of the rows of each export.
    raw : mapping of str to RawTable
        The tables' texts, for looking up the cells that a finding points to.
    exports : mapping of str to RawExport
        The files' texts and column names, by path.
    landings : tuple of Landing
        What became of the selections of each coded project.
    keeper : Keeper
        Where the columns are kept, and those that are made of them.
    """

    study: Study
    checked: Checked
    counts: tuple[ExportCount, ...]
    raw: Mapping[str, RawTable]
    exports: Mapping[str, RawExport]
    landings: tuple[Landing, ...] = ()
    keeper: Keeper = IN_MEMORY

    def __repr__(self) -> str:
        return f"<Validation of {len(self.raw)} tables: {len(self.checked.findings)} findings>"

    def cells(self, finding: Finding) -> tuple[tuple[str, ...], ...]:
        """The texts that a finding points to, a tuple of its fields' cells for each place.

        These are what respondents wrote. Only a person who asked for them may see them.
        """
        rule = finding.rule
        if rule.kind is RuleKind.UNKNOWN_COLUMN:
            return tuple(
                (self.exports[place.file].columns[place.column - 1].name,)
                for place in finding.places
                if place.column is not None
            )
        cells = self.raw[rule.table].cells
        fields = rule.fields
        for own in self.study.config.rule:
            if rule.kind is RuleKind.STUDY and (own.table, own.name) == (rule.table, rule.name) and own.check:
                fields = fields_of(own.check, self.study.schemas[rule.table])
        names = [name for name in fields if name in cells.column_names]
        return tuple(tuple(str(cells[name][row].as_py() or "") for name in names) for row in finding.rows)


def validate_study(
    folder: Path,
    *,
    name: str | None = None,
    more: Sequence[CodedProject] = (),
    large_bytes: int = LARGE_BYTES,
    progress: Progress = lambda _: None,
) -> Validation:
    """Read a study's exports and check everything that its schemas and rules say.

    Parameters
    ----------
    folder : Path
        The study's folder, with study.toml.
    name : str, optional
        What messages call the folder.
    more : sequence of CodedProject
        Coded projects that are read besides those of study.toml.
    large_bytes : int
        From how many bytes of exports on columns are kept in files that memory is mapped to.
    progress : callable
        Called with a few words before each step that may take long.

    Returns
    -------
    Validation

    Raises
    ------
    StudyError, SchemaError, ReadError, CodingError
        If study.toml or a schema makes no sense, or an export or a coded project cannot be read.
    """
    study = load_study(folder, name=name)
    if more:
        study = replace(
            study, config=study.config.model_copy(update={"coding": [*study.config.coding, *more]})
        )
        check_study(study)
    row_rules, function_rules = _own_rules(study)
    paths = [study.folder / export.path for export in study.config.export]
    keeper = keeper_of(study.folder, paths, large_bytes)
    exports = _read_exports(study, progress, keeper)
    pieces = _arrange(study, exports, progress, keeper)
    landings = land_projects(study, pieces, _combined(pieces, study, RESPONSES), progress, keep=keeper.column)
    keeper.forget()
    for table, parts in landings.pieces.items():
        pieces.setdefault(table, []).extend(parts)
    raw = {table: combine(parts, study.schemas[table]) for table, parts in pieces.items()}
    counts = tuple(piece.count for parts in pieces.values() for piece in parts)
    checked = _check(study, raw, row_rules, function_rules, progress, keeper)
    keeper.forget()
    checked = replace(checked, findings=Findings((*checked.findings, *landings.findings)))
    logger.info("checked %d tables: %d findings", len(raw), len(checked.findings))
    by_path = {export.path: export for export in exports.values()}
    return Validation(
        study, checked, counts, MappingProxyType(raw), MappingProxyType(by_path), landings.each, keeper
    )


def _own_rules(study: Study) -> tuple[list[RowRule], list[FunctionRule]]:
    """The study's own rules, each known to fit its table or to exist."""
    row_rules: list[RowRule] = []
    function_rules: list[FunctionRule] = []
    for index, rule in enumerate(study.config.rule):
        reason = ""
        if rule.check is not None:
            try:
                fields_of(rule.check, study.schemas[rule.table])
            except ExpressionError as error:
                reason = str(error)
            row_rules.append(RowRule(rule.table, rule.name, rule.check, rule.demand or rule.check))
        if reason:
            raise StudyError(
                "study.expression", path=study.path, pointer=f"rule[{index}].check", reason=reason
            )
        if rule.function is not None:
            points = [point for point in entry_points(group=RULE_FUNCTIONS) if point.name == rule.function]
            if not points:
                raise StudyError(
                    "study.rule-function",
                    path=study.path,
                    pointer=f"rule[{index}].function",
                    name=rule.function,
                )
            demand = rule.demand or f"function {rule.function} holds"
            function_rules.append(FunctionRule(rule.table, rule.name, _load(points[0], study, index), demand))
    return row_rules, function_rules


def _load(point: EntryPoint, study: Study, index: int) -> RuleFunction:
    """The function that a package offers; a package that cannot be loaded may fail in any way."""
    kind = ""
    try:
        function = point.load()
    except Exception as error:
        kind = type(error).__name__
    if not kind and not callable(function):
        kind = "being no function"
    if kind:
        pointer = f"rule[{index}].function"
        raise StudyError("study.rule-failed", path=study.path, pointer=pointer, name=point.name, kind=kind)
    return cast(RuleFunction, function)


_Source = tuple[str, str, str | None, str | None, str | None]


def _source(export: Export) -> _Source:
    return (export.path, export.format, export.dictionary, export.encoding, export.delimiter)


def _read_exports(study: Study, progress: Progress, keeper: Keeper) -> dict[_Source, RawExport]:
    """Each file once, however many tables it fills."""
    exports: dict[_Source, RawExport] = {}
    for export in study.config.export:
        if _source(export) in exports:
            continue
        progress(f"reading {export.path}")
        exports[_source(export)] = read(
            study.folder / export.path,
            source=export.format,
            name=export.path,
            encoding=export.encoding,
            delimiter=export.delimiter,
            dictionary=None if export.dictionary is None else study.folder / export.dictionary,
            keeper=keeper,
        )
        keeper.forget()
        logger.info("read %s: %d rows", export.path, exports[_source(export)].n_rows)
    return exports


def _arrange(
    study: Study, exports: Mapping[_Source, RawExport], progress: Progress, keeper: Keeper
) -> dict[str, list[Piece]]:
    """The pieces that exports give to each table."""
    specs = study.config.export
    used = [
        positions_used(exports[_source(spec)], spec, study.schemas[spec.table], study.long_columns(spec))
        for spec in specs
    ]
    pieces: dict[str, list[Piece]] = {}
    for number, spec in enumerate(specs):
        progress(f"arranging {spec.table}")
        others = [used[n] for n, other in enumerate(specs) if n != number and other.path == spec.path]
        piece = arrange(
            exports[_source(spec)],
            spec,
            study.schemas[spec.table],
            study.long_columns(spec),
            used_elsewhere=frozenset().union(*others),
            keeper=keeper,
        )
        keeper.forget()
        pieces.setdefault(spec.table, []).append(piece)
    return pieces


def _combined(pieces: Mapping[str, Sequence[Piece]], study: Study, table: str) -> RawTable | None:
    return combine(pieces[table], study.schemas[table]) if table in pieces else None


def _check(  # noqa: PLR0917 (what `validate_study` made)
    study: Study,
    raw: Mapping[str, RawTable],
    row_rules: Sequence[RowRule],
    function_rules: Sequence[FunctionRule],
    progress: Progress,
    keeper: Keeper,
) -> Checked:
    problem: StudyError
    rules = [(rule.table, rule.name) for rule in study.config.rule]
    try:
        return check(
            raw,
            study.schemas,
            row_rules=row_rules,
            function_rules=function_rules,
            progress=lambda table: progress(f"checking {table}"),
            keep=keeper.column,
        )
    except FunctionFailedError as error:
        number = rules.index((error.rule.table, error.rule.name))
        name = study.config.rule[number].function or error.rule.name
        problem = StudyError(
            "study.rule-failed",
            path=study.path,
            pointer=f"rule[{number}].function",
            name=name,
            kind=error.kind,
        )
    except ExpressionError as error:
        problem = StudyError("study.expression", path=study.path, pointer="rule", reason=str(error))
    raise problem
