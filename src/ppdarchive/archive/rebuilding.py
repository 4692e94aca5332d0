"""A release's package written again from other tables, with everything that is derived from them.

What the package says of itself stays. Counts and figures are computed anew from the released tables alone:

- Figures of the gate that no longer hold, or that released tables do not give (what texts state was counted
  too, say), are left out rather than told. Conditions that were overridden stay named.
- Figures of values before and after treatment are left out of the codebook: the values before are not at
  hand, and the old figures were of everybody who was there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.disclosure import assessed
from ppdarchive.errors import ArchiveError
from ppdarchive.gate import Failure, judge_people, judge_risk, risk_figures
from ppdarchive.gate.strings import published
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import JsonValue
from ppdarchive.package import checksums, write_package
from ppdarchive.package.descriptor import WrittenFile
from ppdarchive.package.information import information
from ppdarchive.publish.describing import with_outcome
from ppdarchive.risk.measures import prosecutor, smallest
from ppdarchive.risk.summaries import summarize
from ppdarchive.risk.vectors import participant_vectors
from ppdarchive.study.config import Release

DESCRIPTOR: Final = "datapackage.json"
CODEBOOK: Final = "codebook.md"
_OWN: Final = frozenset(
    {DESCRIPTOR, CODEBOOK, "README.md", "CITATION.cff", "LICENSE", checksums.NAME, "data", "csv"}
)
_COUNTED: Final = "Counts are of participants, "
_HIDDEN: Final = re.compile(r"^– stands for fewer than ([0-9]+)", re.MULTILINE)
_ROUNDED: Final = 4
Tables = Mapping[str, TreatedTable]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a release stands to its limits, as far as released tables tell.

    Attributes
    ----------
    k : int
        Participants in the smallest class; 0 if there are none.
    figures : mapping of str to float
        The gate's figures.
    failures : tuple of Failure
        The conditions on risk that do not hold.
    has_limits : bool
        Whether the limits are known; if not, nothing is said to fail.
    """

    k: int
    figures: Mapping[str, float]
    failures: tuple[Failure, ...] = ()
    has_limits: bool = False


def standing(tables: Tables, release: Release | None) -> Standing:
    """How released tables stand to the limits of a release, if they are known."""
    if release is not None:
        found = assessed(tables, release)
        failures = (*judge_people(tables), *judge_risk(found, release))
        return Standing(found.k, risk_figures(found, release), failures, has_limits=True)
    sizes = participant_vectors(tables).classes().sizes
    k, risk = smallest(sizes), prosecutor(sizes)
    highest, average = round(risk.highest, _ROUNDED), round(risk.average, _ROUNDED)
    return Standing(k, {"k": k, "max_prosecutor_risk": highest, "average_risk": average})


def rebuild(
    old: Path,
    out: Path,
    tables: Tables,
    *,
    was: Standing,
    now: Standing,
    documents: Mapping[str, str] = MappingProxyType({}),
    traces: Set[str] = frozenset(),
    retell: Callable[[str], str] = str,
    name: str = "",
) -> None:
    """Write a package again with other tables.

    Parameters
    ----------
    old : Path
        The package's folder as it is; it is read only.
    out : Path
        The new folder; nothing may be there.
    tables : mapping of str to TreatedTable
        What it is to hold, in its order.
    was, now : Standing
        Of the tables that it holds, and of `tables`.
    documents : mapping of str to str
        Documents that are others now; those that are not named stay as they are.
    traces : set of str
        What must not stand in any string of the package.
    retell : callable
        What is left of the reasons for which conditions were overridden.
    name : str
        What the release is called, for messages.

    Raises
    ------
    ArchiveError
        ``archive.residual`` if one of `traces` is left; nothing is written then.
    PackageError, LoadError
        If it cannot be written, or its descriptor is none of ours.
    """
    descriptor = json.loads((old / DESCRIPTOR).read_text("utf-8"))
    info = information(descriptor, path=f"{name}: {DESCRIPTOR}" if name else DESCRIPTOR)
    info = _with_figures(info, was, now)
    info = _retold(info, retell)
    own = _documents(old)
    found = (old / CODEBOOK).read_text("utf-8")
    counted = summarize({}, tables, min_cell=_min_cell(found)) if _COUNTED in found else None

    def check(stage: Path) -> None:
        if has_trace(stage, traces):
            raise ArchiveError("archive.residual", name=name)

    write_package(
        out, tables, info, summary=counted, documents={**own, **documents}, check=check if traces else _accept
    )


def _accept(_: Path) -> None:
    """Look for nothing."""


def has_trace(folder: Path, traces: Set[str]) -> bool:
    """Whether any of some texts stands in any string of a package."""
    if not traces:
        return False
    wanted = re.compile("|".join(map(re.escape, sorted(traces, key=len, reverse=True))))
    return any(wanted.search(text) for strings in published(folder) for text in strings.distinct())


def with_document(old: Path, out: Path, name: str, text: str) -> None:
    """Copy a package, with another text of one document.

    Parameters
    ----------
    old, out : Path
        The package's folder, and the new one; nothing may be there.
    name, text : str
        The document in the package's own folder.
    """
    sums = checksums.parse_checksums((old / checksums.NAME).read_text("utf-8"))
    shutil.copytree(old, out)
    (out / name).unlink()
    (out / name).write_bytes(text.encode())
    sums[name] = checksums.digest(out / name)
    (out / checksums.NAME).unlink()
    lines = checksums.checksums_text([WrittenFile(path, 0, digest) for path, digest in sums.items()])
    (out / checksums.NAME).write_bytes(lines.encode())


def _documents(folder: Path) -> dict[str, str]:
    """The package's documents that we do not derive from anything."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir()) if path.name not in _OWN}


def _min_cell(codebook: str) -> int | None:
    """The smallest count that a codebook tells, by its own words; None if it tells all."""
    found = _HIDDEN.search(codebook)
    return int(found[1]) if found is not None else None


def _with_figures(info: PackageInfo, was: Standing, now: Standing) -> PackageInfo:
    """What the package says of itself, with the figures that hold of what it is to hold."""
    told = info.policy.get("risk")
    if not isinstance(told, dict):
        return info
    # What released tables did not give was counted with something that is not at hand.
    kept: dict[str, JsonValue] = {
        key: now.figures[key]
        for key, value in told.items()
        if key in now.figures and was.figures.get(key) == value
    }
    if not now.has_limits:
        kept = {key: value for key, value in kept.items() if not _is_worse(key, now.figures, was.figures)}
    judged = with_outcome(info.policy, now.failures, {}, kept)
    policy = {**judged, "overridden": info.policy.get("overridden", [])}
    return replace(info, policy=MappingProxyType(policy))


def _retold(info: PackageInfo, retell: Callable[[str], str]) -> PackageInfo:
    told = info.policy.get("overridden")
    if not isinstance(told, list):
        return info
    reasons: list[JsonValue] = [
        {
            key: retell(value) if key == "reason" and isinstance(value, str) else value
            for key, value in each.items()
        }
        for each in told
        if isinstance(each, dict)
    ]
    return replace(info, policy=MappingProxyType({**info.policy, "overridden": reasons}))


def _is_worse(key: str, now: Mapping[str, float], was: Mapping[str, float]) -> bool:
    """Whether a figure says that somebody can be told apart more easily."""
    return now[key] < was[key] if key == "k" else now[key] > was[key]
