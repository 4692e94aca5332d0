"""How great a study's risk is, and which treatments would make it small enough; texts are not looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.disclosure import (
    as_collected,
    assessed,
    fields_as_released,
    proposal,
    tells_of_participants,
)
from ppdarchive.drawn import draw
from ppdarchive.errors import StudyError, UsageError
from ppdarchive.gate import judge_people, judge_risk
from ppdarchive.pipeline import Progress
from ppdarchive.publish.preparing import shareable, without_too_rare
from ppdarchive.recoding.suggest import Suggestion
from ppdarchive.report import RiskReport
from ppdarchive.risk.utility import utility

_MAX_SUPPRESSED: Final = 0.05
"""The share of participants that a proposal may leave out where nothing else is said."""


def assess_study(folder: Path, *, name: str | None = None, progress: Progress = lambda _: None) -> RiskReport:
    """Assess a study's risk as collected and as it would be released; texts are not looked at.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    StudyError, SchemaError, ReadError
        As `validate_study` does; also if the population is smaller than the participants.
    """
    given = shareable(folder, name=name, progress=progress)
    release = given.release
    drawn = draw(given.allowed.tables)
    shared, cells = without_too_rare(given, drawn, progress)
    progress("counting who is alike")
    before = assessed(as_collected(given.allowed.tables), release)
    released = suppress_cells(fields_as_released(shared.tables, drawn), cells)
    after = assessed(released, release)
    return RiskReport(
        given.study.config.study.id,
        release.limits,
        before,
        after,
        (*judge_people(released), *judge_risk(after, release)),
        shared.n_rare,
        utility(shared.tables, released),
    )


def suggest_study(
    folder: Path,
    *,
    max_suppressed: float | None = None,
    keep: Sequence[str] = (),
    loss: str = "non-uniform entropy",
    name: str | None = None,
    progress: Progress = lambda _: None,
) -> Suggestion | None:
    """Propose the treatments of least loss under which the conditions on risk would hold.

    Parameters
    ----------
    folder : Path
        The study's folder.
    max_suppressed : float, optional
        The largest share of participants that may be left out; by default what study.toml says, or 0.05.
    keep : sequence of str
        Fields that stay as they are declared, as ``table.field``.
    loss : str
        One of `ppdarchive.recoding.loss.LOSSES`.

    Returns
    -------
    Suggestion or None
        None if nothing would do.

    Raises
    ------
    FindingsError, StudyError, SchemaError, ReadError
        As `assess_study` does.
    """
    given = shareable(folder, name=name, progress=progress)
    study, tables = given.study, given.allowed.tables
    drawn = draw(tables)
    if not tells_of_participants(fields_as_released(tables, drawn)):
        raise StudyError("study.nothing-to-suggest", path=study.path)
    fixed: set[tuple[str, str]] = set()
    for each in keep:
        table, _, field = each.rpartition(".")
        if table not in study.schemas or field not in study.schemas[table]:
            raise UsageError("usage.value", reason=f"no table and field are called {each!r}")
        fixed.add((table, field))
    if max_suppressed is None:
        max_suppressed = given.release.max_suppressed or _MAX_SUPPRESSED
    progress("searching for the least lossy treatments")
    return proposal(
        tables,
        drawn,
        given.release,
        max_suppressed=max_suppressed,
        fixed=frozenset(fixed),
        loss=loss,
    )
