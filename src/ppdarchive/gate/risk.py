"""The conditions on risk, and on the papers that allow a release."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from ppdarchive.gate.failures import Failure
from ppdarchive.model.release import TreatedTable
from ppdarchive.risk.assessment import Assessment, Diversity
from ppdarchive.risk.people import people_of
from ppdarchive.risk.vectors import quasi_identifiers
from ppdarchive.study.config import Release

OVERRIDABLE: Final = (
    *("participants", "k", "prosecutor-risk", "average-risk", "l-diversity", "t-closeness"),
    *("joined-releases", "added-participants", "removed-participants", "changed-participants"),
    *("suppresses-more", "moved-codings", "count-differences"),
)
"""The conditions that a written reason can override; all others hold or nothing is published."""

_CODERS: Final = "coders"
_SLACK: Final = 1e-12
"""What binary fractions may differ by: 0.2 is one fifth."""


def judge_risk(found: Assessment, release: Release) -> list[Failure]:
    """The conditions on what can be told of participants from all that is released of them.

    Parameters
    ----------
    found : Assessment
        Of the very tables that would be published.
    release : Release
        Its limits.

    Returns
    -------
    list of Failure
        All can be overridden by a written reason.
    """
    return [*_classes(found, release), *_sensitive(found, release)]


def judge_people(tables: Mapping[str, TreatedTable]) -> list[Failure]:
    """The condition that risk can be counted: of every quasi-identifier it is known whose it is.

    What is known of coders is not about participants.
    """
    known = people_of(tables).of
    lost = [
        name
        for name, table in tables.items()
        if name not in known and name != _CODERS and len(table.frame) and quasi_identifiers(table.schema)
    ]
    if not lost:
        return []
    return [
        Failure(
            "participants",
            f"of {_joined(lost)} nothing tells whose each row is, so that its risk cannot be counted",
            "Call the table of the people `participants`, and let others refer to it by a foreign key.",
            overridable=True,
        )
    ]


def risk_figures(found: Assessment, release: Release) -> dict[str, float]:
    """The figures of a passed gate, for the descriptor: what a reader of the tables can compute."""
    figures: dict[str, float] = {
        "k": found.k,
        "max_prosecutor_risk": _rounded(found.prosecutor.highest),
        "average_risk": _rounded(found.prosecutor.average),
    }
    if found.diversity and release.l is not None and release.l_kind != "recursive":
        figures["l"] = min(_rounded(_l(each, release)) for each in found.diversity)
    if found.diversity and release.t is not None:
        figures["t"] = max(_rounded(each.t) for each in found.diversity)
    return figures


def _rounded(value: float) -> float:
    return round(value, 4)


def _classes(found: Assessment, release: Release) -> Iterator[Failure]:
    limits = release.limits
    if 0 < found.k < limits.k:
        yield Failure(
            "k",
            f"k is {found.k}, and {limits.k} is demanded: {found.n_below} of {found.n_participants} "
            f"participants share all quasi-identifiers with fewer others{_cheapest(found)}",
            "Run `ppdarchive suggest`, and put the treatments that it proposes into study.toml.",
            overridable=True,
        )
    if found.prosecutor.highest > limits.max_prosecutor_risk + _SLACK:
        yield Failure(
            "prosecutor-risk",
            f"the highest prosecutor risk is {found.prosecutor.highest:.4f}, and at most "
            f"{limits.max_prosecutor_risk:.4g} is accepted",
            "Demand a larger k, and run `ppdarchive suggest`.",
            overridable=True,
        )
    if found.prosecutor.average > limits.max_average_risk + _SLACK:
        yield Failure(
            "average-risk",
            f"the average risk is {found.prosecutor.average:.4f}, and at most "
            f"{limits.max_average_risk:.4g} is accepted",
            "Coarsen the fields that tell most participants apart; `ppdarchive risk` shows which.",
            overridable=True,
        )


def _cheapest(found: Assessment) -> str:
    """Which one field does most against it."""
    if not found.fields:
        return ""
    best = min(found.fields, key=lambda field: field.n_below_without)
    if best.n_below_without == found.n_below:
        return "; no one field alone helps"
    return f"; without {best.name} it would be {best.n_below_without}"


def _sensitive(found: Assessment, release: Release) -> Iterator[Failure]:
    for each in found.diversity:
        if release.l is not None and not _is_diverse(each, release):
            yield Failure(
                "l-diversity",
                f"{each.name}: {_told(each, release)}",
                "Coarsen the quasi-identifiers further, or drop the sensitive field.",
                overridable=True,
            )
        if release.t is not None and each.t > release.t + _SLACK:
            yield Failure(
                "t-closeness",
                f"{each.name}: t is {each.t:.4f}, and at most {release.t:.4g} is accepted",
                "Coarsen the quasi-identifiers further, or band the sensitive field.",
                overridable=True,
            )


def _l(each: Diversity, release: Release) -> float:
    return each.distinct_l if release.l_kind == "distinct" else each.entropy_l


def _is_diverse(each: Diversity, release: Release) -> bool:
    assert release.l is not None
    if release.l_kind == "recursive":
        return each.recursive_c < (release.c or math.inf)
    return _l(each, release) >= release.l - _SLACK


def _told(each: Diversity, release: Release) -> str:
    if release.l_kind == "recursive":
        return f"recursively ({each.recursive_c:.4g}, {release.l:.4g})-diverse, and c is {release.c}"
    return f"{release.l_kind} l is {_l(each, release):.4g}, and {release.l:.4g} is demanded"


_DEMANDED: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "public": (("id", "the id of an approval"), ("privacy_review", "the date of a privacy review")),
    "restricted": (
        ("id", "the id of an approval"),
        ("privacy_review", "the date of a privacy review"),
        ("dua", "the id of a data use agreement"),
        ("recipients", "who may receive it"),
    ),
    "internal": (("id", "the id of an approval"),),
}
"""What `[release.approval]` must name; nobody signs for a public package, so no agreement for it."""


def judge_approvals(release: Release) -> list[Failure]:
    """The condition that the papers are named which the access demands.

    References
    ----------
    VHA Directive 1605.01; 1200.05. What a standard demands besides is `ppdarchive.standards`'.
    """
    missing = [words for key, words in _DEMANDED[release.access] if not getattr(release.approval, key)]
    if not missing:
        return []
    return [
        Failure(
            "approvals",
            f"[release.approval] does not name {_joined(missing)}",
            "Name it in study.toml, or restrict the access.",
        )
    ]


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
