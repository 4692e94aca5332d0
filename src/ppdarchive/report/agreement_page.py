"""Agreement between coders as a page with pictures; coders have letters, and texts are de-identified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ppdarchive.agreement.coded import Coefficient
from ppdarchive.agreement.summary import AgreementSummary
from ppdarchive.report.agreement import (
    FEW_PARTICIPANTS,
    AgreementReport,
    Confusion,
    measures,
    pair_name,
    shown,
    undefined,
)

RELIABLE: Final = 0.8
TENTATIVE: Final = 0.667
"""Krippendorff (2019), Content Analysis, chapter 12: rely on what reaches the one; from the other on,
conclude with caution only."""

_MOST_OTHERS: Final = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient as the page shows it.

    Attributes
    ----------
    text, interval : str
        Such as ``0.81`` and ``0.70 to 0.90``; without an interval that is empty.
    grade : str
        ``reliable``, ``tentative``, ``low``, or ``undefined``.
    at, low, high : float
        Places on a line from 0 (a value of 0 and below) to 100 (a value of 1).
    reason : str
        Why it is undefined.
    """

    text: str
    interval: str
    grade: str
    at: float = 0
    low: float = 0
    high: float = 0
    reason: str = ""


def figure(found: Coefficient) -> Figure:
    """A coefficient for people.

    >>> figure(Coefficient(0.81, 0.7, 0.9)).interval
    '0.70 to 0.90'
    """
    if found.value is None:
        return Figure(shown(None), "", "undefined", reason=found.reason)
    grade = "reliable" if found.value >= RELIABLE else "tentative" if found.value >= TENTATIVE else "low"
    at = _place(found.value)
    if found.low is None or found.high is None:
        return Figure(shown(found.value), "", grade, at, at, at)
    interval = f"{shown(found.low)} to {shown(found.high)}"
    return Figure(shown(found.value), interval, grade, at, _place(found.low), _place(found.high))


def _place(value: float) -> float:
    return round(100 * min(max(value, 0), 1), 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a heat map: what it shows, what it tells, and how strong its colour is, in percent."""

    text: str
    title: str
    strength: int = 0
    kind: str = "apart"


def page(report: AgreementReport) -> str:
    """The report as an HTML page that needs no other file."""
    summary = report.summary
    places = {code: place for place, code in enumerate(summary.all_text.lowest)}
    codes = list(zip(summary.all_text.codes, summary.coded_part.codes, strict=True))
    codes.sort(key=lambda pair: places.get(pair[0].name, len(places)))
    found = summary.unitizing
    others = _frequent(report.confusions)
    return _template().render(
        report=report,
        summary=summary,
        few=FEW_PARTICIPANTS,
        overall=_overall(report),
        codes=codes,
        characters={} if found is None else {each.name: each for each in found.codes},
        pairs=heat_of_pairs(summary),
        others=others,
        confused=[(each, heat_of_confusion(each, others, report.code_titles)) for each in report.confusions],
        undefined=undefined(report),
        figure=figure,
        title=lambda code: report.code_titles.get(code, code),
        theme=lambda name: report.theme_titles.get(name, name),
        wording=lambda name: report.wordings.get(name, name),
        reliable=RELIABLE,
        tentative=TENTATIVE,
    )


def _overall(report: AgreementReport) -> list[tuple[str, Coefficient | None, Coefficient | None]]:
    """Each coefficient's name, over all text, and over the coded part."""
    summary = report.summary
    whole, part = summary.all_text, summary.coded_part
    rows: list[tuple[str, Coefficient | None, Coefficient | None]] = [
        (f"{name}, by response and code", one, other)
        for (name, one), (_, other) in zip(measures(whole.overall), measures(part.overall), strict=True)
    ]
    rows += [
        ("Krippendorff's alpha of sets of codes (MASI)", whole.sets.alpha, part.sets.alpha),
        ("Gwet's AC2 of sets of codes (MASI)", whole.sets.ac2, part.sets.ac2),
    ]
    if found := summary.unitizing:
        rows += [
            ("u-alpha, which characters are coded at all", found.boundaries, None),
            ("u-alpha, which characters are coded with what", found.values, found.coding),
        ]
    if report.gamma is not None:
        rows.append(("gamma, segments with places and codes", None, report.gamma))
    return rows


def heat_of_pairs(summary: AgreementSummary) -> list[list[Cell]]:
    """Cohen's kappa of every two coders over all text, the stronger the more they differ."""
    n = len(summary.coders)
    cells = [[Cell("", "", kind="self") for _ in range(n)] for _ in range(n)]
    for pair in summary.all_text.pairs:
        found = pair.cohen
        words = f"{pair_name(summary, pair)}: "
        if found.value is None:
            cell = Cell(shown(None), words + found.reason, kind="undefined")
        else:
            interval = figure(found).interval
            words += f"{found.value:.3f}{f', from {interval}' if interval else ''}, {found.n_units} responses"
            cell = Cell(shown(found.value), words, round(100 * min(max(1 - found.value, 0), 1)))
        cells[pair.first][pair.second] = cells[pair.second][pair.first] = cell
    return cells


def _frequent(found: Sequence[Confusion]) -> list[str]:
    """The codes that take the largest shares of the others' segments."""
    total: dict[str, float] = {}
    for each in found:
        for code, n in each.others:
            total[code] = total.get(code, 0) + n / each.n
    return sorted(total, key=lambda code: (-total[code], code))[:_MOST_OTHERS]


def heat_of_confusion(found: Confusion, others: Sequence[str], titles: Mapping[str, str]) -> list[Cell]:
    """A code's segments: the same code, nothing, each of `others`, and any further codes, in shares."""
    counts = dict(found.others)
    further = {code: n for code, n in counts.items() if code not in others}
    listed = ", ".join(f"{titles.get(code, code)} {n}" for code, n in further.items())
    named = [
        ("the same code", found.n_same, "agreed"),
        ("nothing", found.n_nothing, "apart"),
        *((titles.get(code, code), counts.get(code, 0), "apart") for code in others),
        (f"further codes{f' ({listed})' if listed else ''}", sum(further.values()), "apart"),
    ]
    return [
        Cell(
            f"{n}" if n else "",
            f"{titles.get(found.code, found.code)}: {name}, {n} of {found.n}",
            round(100 * min(n / found.n, 1)) if found.n else 0,
            kind,
        )
        for name, n, kind in named
    ]


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("ppdarchive.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("agreement.html.jinja")
