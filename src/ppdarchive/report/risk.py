"""Assessments before and after treatment -> JSON, and a page with pictures.

Both tell counts of participants and names of fields, and no value. They are for the study's own people:
counts below the smallest that may be told to others stand in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import inf, isfinite
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ppdarchive.gate import Failure
from ppdarchive.model.schema import JsonValue
from ppdarchive.risk.assessment import Assessment, Population
from ppdarchive.risk.utility import Column, Utility
from ppdarchive.study.config import Limits

_EDGES: Final = (1, 2, 3, 5, 10, 20, 50, inf)
"""Class sizes at which a bar of the histogram begins."""
_MOST_PAIRS: Final = 10


@dataclass(frozen=True, slots=True)
class RiskReport:
    """A study's risk as collected and as it would be released.

    Attributes
    ----------
    study : str
        The study's id.
    limits : Limits
    before, after : Assessment
        As collected; as treated.
    failures : tuple of Failure
        Conditions on risk that do not hold after treatment.
    n_left_out : int
        Participants whom record suppression left out of `after`.
    utility : Utility
        What treatment takes from the fields, exactly.
    """

    study: str
    limits: Limits
    before: Assessment
    after: Assessment
    failures: tuple[Failure, ...]
    n_left_out: int
    utility: Utility


@dataclass(frozen=True, slots=True)
class Bar:
    """Participants in classes of some sizes.

    Attributes
    ----------
    label : str
    before, after : int
        Participants.
    """

    label: str
    before: int
    after: int


def as_json(report: RiskReport) -> dict[str, JsonValue]:
    """The report for programs."""
    return {
        "study": report.study,
        "limits": {
            "k": report.limits.k,
            "max_prosecutor_risk": report.limits.max_prosecutor_risk,
            "max_average_risk": report.limits.max_average_risk,
        },
        "left_out": report.n_left_out,
        "as_collected": _assessment_json(report.before),
        "as_released": _assessment_json(report.after),
        "utility": _utility_json(report.utility),
        "failures": [
            {"condition": each.condition, "what": each.what, "remedy": each.remedy}
            for each in report.failures
        ],
    }


def page(report: RiskReport) -> str:
    """The report as an HTML page that needs no other file."""
    before, after = report.before, report.after
    return _template().render(
        report=report,
        bars=bars(before, after),
        figures=figures(before, after),
        pairs=_worst_pairs(after),
        utility=utility_rows(report.utility),
        correlations=correlation_rows(report.utility),
    )


def bars(before: Assessment, after: Assessment) -> tuple[Bar, ...]:
    """The histogram of class sizes, in participants."""
    found: list[Bar] = []
    for low, high in pairwise(_EDGES):
        if high == inf:
            label = f"{low:g} and more"
        else:
            label = f"{low:g}" if high == low + 1 else f"{low:g} to {high - 1:g}"
        found.append(Bar(label, _within(before, low, high), _within(after, low, high)))
    return tuple(found)


def _within(found: Assessment, low: float, high: float) -> int:
    return sum(size * n for size, n in found.class_sizes.items() if low <= size < high)


def figures(before: Assessment, after: Assessment) -> list[tuple[str, str, str]]:
    """Each figure's name, as collected, as released."""
    rows: Sequence[tuple[str, object, object]] = (
        ("participants", before.n_participants, after.n_participants),
        ("quasi-identifiers", len(before.fields), len(after.fields)),
        ("k, the smallest class", before.k, after.k),
        ("participants who are unique", before.n_uniques, after.n_uniques),
        ("highest prosecutor risk", before.prosecutor.highest, after.prosecutor.highest),
        ("average risk", before.prosecutor.average, after.prosecutor.average),
        ("special uniques (up to 4 fields)", before.n_special_uniques, after.n_special_uniques),
        *_population_rows(before.population, after.population),
    )
    return [(name, _shown(one), _shown(other)) for name, one, other in rows]


def _population_rows(
    before: Population | None, after: Population | None
) -> Sequence[tuple[str, object, object]]:
    if before is None or after is None:
        return ()
    return (
        (f"journalist risk, of {before.size:,}", before.journalist.highest, after.journalist.highest),
        ("population uniques (Pitman)", before.pitman.n_uniques, after.pitman.n_uniques),
        ("of sample uniques, unique there (Zayatz)", before.zayatz.sample_share, after.zayatz.sample_share),
    )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 10 else f"{value:.3g}" if value else "0"
    return f"{value:,}"


def _worst_pairs(found: Assessment) -> list[tuple[str, str, int]]:
    """The pairs of fields that tell most participants apart."""
    worst = sorted(found.pairs.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PAIRS]
    return [(found.fields[one].name, found.fields[other].name, n) for (one, other), n in worst if n]


def utility_rows(found: Utility) -> list[tuple[str, str, str, str, str, str]]:
    """Each treated field: name, different values, cells left out, entropy, mean and SD, before and after."""
    rows: list[tuple[str, str, str, str, str, str]] = []
    for each in found.fields:
        one, other = each.before, each.after
        if one == other:
            continue
        pairs = (
            (one.n_values, None if other is None else other.n_values),
            (one.entropy, None if other is None else other.entropy),
            (one.mean, None if other is None else other.mean),
            (one.sd, None if other is None else other.sd),
        )
        values, entropy, mean, sd = (_pair(*pair) for pair in pairs)
        rows.append((_short(each.name), values, f"{each.n_suppressed:,}", entropy, mean, sd))
    return rows


def correlation_rows(found: Utility) -> list[tuple[str, str]]:
    """Each pair of numeric fields, and its correlation before and after."""
    return [
        (f"{_short(each.one)} and {_short(each.other)}", _pair(each.before, each.after))
        for each in found.correlations
        if each.before != each.after
    ]


def _pair(before: float | None, after: float | None) -> str:
    if before is None and after is None:
        return ""
    return " → ".join("–" if value is None else _shown_figure(value) for value in (before, after))


def _shown_figure(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{round(value, 2) + 0.0:,.2f}"


def _short(name: str) -> str:
    """Fields of participants by their name alone."""
    return name.removeprefix("participants.")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("ppdarchive.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("risk.html.jinja")


def _assessment_json(found: Assessment) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = {
        "participants": found.n_participants,
        "k": found.k,
        "below_k": found.n_below,
        "uniques": found.n_uniques,
        "special_uniques": found.n_special_uniques,
        "prosecutor": {"highest": found.prosecutor.highest, "average": found.prosecutor.average},
        "class_sizes": {str(size): n for size, n in found.class_sizes.items()},
        "quasi_identifiers": [
            {
                "name": each.name,
                "unique_alone": each.n_uniques_alone,
                "below_k_without": each.n_below_without,
                "contribution": each.contribution,
            }
            for each in found.fields
        ],
        "pairs": [
            {"fields": [found.fields[one].name, found.fields[other].name], "below_k": n}
            for (one, other), n in found.pairs.items()
        ],
        "sensitive": [
            {
                "name": each.name,
                "distinct_l": each.distinct_l,
                "entropy_l": each.entropy_l,
                "recursive_c": each.recursive_c if isfinite(each.recursive_c) else None,
                "t": each.t,
                "distance": "ordered" if each.is_ordered else "equal",
            }
            for each in found.diversity
        ],
    }
    if found.population is not None:
        document["population"] = _population_json(found.population)
    return document


def _utility_json(found: Utility) -> JsonValue:
    return {
        "fields": [
            {
                "name": each.name,
                "treatment": each.treatment,
                "suppressed_cells": each.n_suppressed,
                "as_collected": _column_json(each.before),
                "as_released": None if each.after is None else _column_json(each.after),
            }
            for each in found.fields
        ],
        "correlations": [
            {"fields": [each.one, each.other], "as_collected": each.before, "as_released": each.after}
            for each in found.correlations
        ],
    }


def _column_json(found: Column) -> JsonValue:
    return {
        "values": found.n_values,
        "missing": found.n_missing,
        "entropy": found.entropy,
        "mean": found.mean,
        "sd": found.sd,
    }


def _population_json(found: Population) -> dict[str, JsonValue]:
    return {
        "size": found.size,
        "journalist": {"highest": found.journalist.highest, "average": found.journalist.average},
        "marketer": found.marketer,
        "population_uniques": {"zayatz": found.zayatz.n_uniques, "pitman": found.pitman.n_uniques},
    }
