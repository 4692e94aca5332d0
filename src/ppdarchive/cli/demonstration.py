"""What `demo` tells of the coders: where segments landed, how well coders agree, what goes back to them."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from rich.text import Text

from ppdarchive.agreement.coded import Coefficient
from ppdarchive.cli import render
from ppdarchive.coded import Landing
from ppdarchive.coders.agreement import agreement_study
from ppdarchive.coders.consensus import propose_consensus
from ppdarchive.coders.convert import convert_folder
from ppdarchive.coding.consensus.rules import Rule
from ppdarchive.coding.project import NONE
from ppdarchive.model.columns import values_of
from ppdarchive.publish import Deidentified

REPLICATES: Final = 200
"""Draws of participants behind the intervals; few, since a demonstration is short."""


def landing_lines(landings: Sequence[Landing]) -> Iterator[Text]:
    """Where the segments of coded projects are in the answers."""
    for landing in landings:
        landed = landing.landed
        sure = landed.confidence[landed.response != NONE]
        moved = sure[sure < 1]
        n_rows = landing.rows.cells.num_rows
        words = f"   {landing.spec.path}: {n_rows:,} of {len(landed):,} segments on their words"
        if len(moved):
            words += f"; {len(moved)} in answers mended since, the least sure {float(np.min(moved)):.2f}"
        if landing.project.left:
            left = ", ".join(f"{kind} ({number})" for kind, number in landing.project.left.items())
            words += f"; not taken: {left}"
        yield from render.wrapped(words, indent=6)


def agreement_lines(package: Path) -> Iterator[Text]:
    """How well those agree who coded alone, and what they would have to settle."""
    report = agreement_study(package, replicates=REPLICATES, with_characters=False)
    level = report.summary.all_text
    yield Text(f"   all codes: {_figure(level.overall.alpha)}")
    by_code = {row.name: row.alpha for row in level.codes}
    for code in level.lowest[:2]:
        title = report.code_titles.get(code) or code
        yield from render.wrapped(f"   {title}: {_figure(by_code[code])}", indent=6)
    proposal = propose_consensus(package, rule=Rule.INTERSECTION)
    words = (
        f"   Joined, {proposal.n_agreed:,} segments are marked alike, and {len(proposal.items):,} places "
        "are left to settle: `ppdarchive code consensus` makes a worksheet of them."
    )
    yield from render.wrapped(words, indent=3)


def _figure(found: Coefficient) -> str:
    if found.value is None or found.low is None or found.high is None:
        return "–" if found.value is None else f"{found.value:.2f}"
    return f"{found.value:.2f} (95 % interval {found.low:.2f} to {found.high:.2f})"


def converted_lines(study: Path, package: Path, out: Path, result: Deidentified) -> Iterator[Text]:
    """Write a package as a project of other tools, and search it for what was planted in the study.

    Parameters
    ----------
    study : Path
        The synthetic study, with its key.
    package : Path
    out : Path
        The project, a new ``.qdpx``.
    result : Deidentified
        What became the package.
    """
    project = convert_folder(package, out, kind="refi-qda", released_on=date(2026, 1, 31))
    words = f"   {out}: {len(project.sources):,} texts, {len(project.selections):,} codings"
    yield from render.wrapped(words, indent=6)
    held = project_strings(out)
    never = {row["text"] for row in _records(study / "key/planted_in_projects.csv")} | _raw_ids(result)
    n_found = len(standing(never, held))
    words = (
        f"   Its {len(held):,} files and file names were searched for {len(never):,} strings: the coders' "
        f"names, names in their memos, ids of participants and responses. {n_found} found."
    )
    yield from render.wrapped(words, indent=3)
    released = released_answers(result)
    planted = [row for row in _records(study / "key/planted_spans.csv") if row["response_id"] in released]
    missed = [row["text"] for row in planted if standing([row["text"]], [released[row["response_id"]]])]
    words = f"   Of {len(planted):,} identifiers planted in these answers, {len(missed)} are left in it"
    if missed:
        words += (
            f" ({', '.join(missed)}): step 3 did not know them, the package has them too. "
            "So a person reads before a release."
        )
    yield from render.wrapped(words + ("" if missed else "."), indent=3)


def released_answers(result: Deidentified) -> dict[str, str]:
    """Each answer as it is released, by the id that it came with."""
    ids = values_of(result.consented.tables["responses"].frame["response_id"]).to_pylist()
    texts = result.treated.redactions["responses", "text"].texts
    return {str(key): text for key, text in zip(ids, texts, strict=True) if text is not None}


def _raw_ids(result: Deidentified) -> set[str]:
    tables = result.validation.checked.tables
    pairs = (("responses", "response_id"), ("participants", "participant_id"))
    return {
        str(each)
        for table, column in pairs
        for each in values_of(tables[table].frame[column]).to_pylist()
        if each is not None
    }


def _records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def project_strings(path: Path) -> list[str]:
    """Every file name and every member of an archive, as texts."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        return [path.name, *names, *(archive.read(name).decode() for name in names)]


def standing(wanted: Iterable[str], texts: Sequence[str]) -> list[str]:
    """Those of some strings that stand in one of the texts as words of their own."""
    whole = "\n".join(texts)
    return sorted(
        each for each in wanted if each in whole and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", whole)
    )
