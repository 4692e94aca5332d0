"""What a package says of itself: what study.toml states, and how the gate judged it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from ppdarchive.gate import Failure
from ppdarchive.model.release import Contributor, License, PackageInfo, Source
from ppdarchive.model.schema import JsonValue
from ppdarchive.model.span import TextCategory
from ppdarchive.study import Study
from ppdarchive.study.config import Release

NOT_ASSESSED: Final = ("review",)
"""What ``[release]`` states and this version does not compute; the package says so."""


def described(study: Study, release: Release, *, released_on: date) -> PackageInfo:
    """What the package says of itself, from study.toml; its version is not known yet, and empty."""
    given = study.config.package
    treatments: dict[str, JsonValue] = {
        name: {
            # Of fields that nothing is declared of not even the name is told.
            field.name: field.disclosure.treatment.method
            for field in schema
            if field.disclosure is not None
        }
        for name, schema in study.schemas.items()
    }
    policy: dict[str, JsonValue] = {
        "study": study.config.study.id,
        "audience": release.audience,
        "standard": release.standard,
        "not_assessed": list(NOT_ASSESSED),
        "treatments": treatments,
        "text": {
            "replace": study.config.text.replace,
            "categories": [category.value for category in TextCategory],
        },
        "overridden": [],
    }
    return PackageInfo(
        name=given.name or study.config.study.id,
        title=given.title or study.config.study.title or study.config.study.id,
        description=given.description or study.config.study.description or study.package.description or "",
        version="",
        released_on=released_on,
        id=given.id,
        licenses=tuple(License(each.name, each.title, each.path) for each in given.licenses),
        contributors=tuple(
            Contributor(
                title=each.title,
                given_name=each.given_name,
                family_name=each.family_name,
                organization=each.organization,
                orcid=each.orcid,
                roles=tuple(each.roles),
            )
            for each in given.contributors
        ),
        sources=tuple(Source(each.title, each.path) for each in given.sources),
        policy=MappingProxyType(policy),
    )


def with_outcome(
    policy: Mapping[str, JsonValue],
    failures: Sequence[Failure],
    overrides: Mapping[str, str],
    figures: Mapping[str, JsonValue],
) -> Mapping[str, JsonValue]:
    """What the package says of the gate: the figures of what was met, the reasons for what was not.

    Parameters
    ----------
    policy : mapping of str to JsonValue
        Of `described`.
    failures : sequence of Failure
        What did not hold.
    overrides : mapping of str to str
        Conditions that may fail, each with its reason.
    figures : mapping of str to JsonValue
        What the gate counted.
    """
    failed = {failure.condition for failure in failures}
    told = [name for name in overrides if name in failed]
    # A number that did not suffice is not told.
    hidden = {key for name in failed for key in _RISK_FIGURES.get(name, ())}
    return MappingProxyType(
        {
            **policy,
            "overridden": [{"condition": name, "reason": overrides[name]} for name in told],
            "risk": {key: value for key, value in figures.items() if key not in hidden},
        }
    )


_RISK_FIGURES: Final[Mapping[str, Sequence[str]]] = {
    # Where it is not known whose rows they are no figure is right.
    "participants": ("k", "max_prosecutor_risk", "average_risk", "l", "t"),
    "k": ("k", "max_prosecutor_risk"),
    "prosecutor-risk": ("k", "max_prosecutor_risk"),
    "average-risk": ("average_risk",),
    "l-diversity": ("l",),
    "t-closeness": ("t",),
}
"""Figures that tell by how much a condition failed."""
