"""What `demo` tells of an archive: two releases, what differs, whether all is there, and who is taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq
from rich.text import Text

from ppdarchive.archive.publishing import Published, publish_study
from ppdarchive.archive.purging import purge_study
from ppdarchive.archive.purging_plan import What
from ppdarchive.archive.verifying import verify_archive
from ppdarchive.cli import render
from ppdarchive.cli.archive.purge import purged_lines
from ppdarchive.cli.archive.verify import verified_lines
from ppdarchive.model.columns import values_of
from ppdarchive.publish import Deidentified
from ppdarchive.risk.vectors import participant_vectors
from ppdarchive.synthetic.consent import EXPORT, hold_back

N_LATE: Final = 12  # of the study's 312, so that no more than 5 % of the others are too rare
"""Participants who agree to sharing a month after the others."""
_FIRST, _SECOND, _PURGED = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 9)
_LONG_ENOUGH: Final = 80
"""Characters of an answer that nobody else is likely to have written."""


def archive_lines(study: Path, archive: Path, result: Deidentified) -> Iterator[Text]:
    """Publish the study twice, compare, verify, and take a participant out.

    Parameters
    ----------
    study : Path
        The example study; its exports are as they were when this ends.
    archive : Path
        A new folder.
    result : Deidentified
        What a release of the study is, to choose participants by.
    """
    yield from _step("9. In January, twelve of the participants had not agreed to sharing yet. What")
    yield from _more("the others wrote is published, as the first release in an archive:")
    now = hold_back(study, alike(result)[-N_LATE:])
    first = publish_study(study, archive, released_on=_FIRST)
    yield from _published(first, archive)
    yield from _step("10. In February they have. The version follows from what differs, and the")
    yield from _more("changelog of the release tells no count from which few participants follow:")
    (study / EXPORT).write_bytes(now)
    second = publish_study(study, archive, released_on=_SECOND)
    yield from _published(second, archive)
    yield from _step("11. Is every byte as it was published, and is every release what it says?")
    yield from _indented(verified_lines(verify_archive(archive)))
    who, strings = withdrawing(second.result)
    n_before = len(files_with(archive, strings))
    yield from _step("12. A participant withdraws. She goes from every release:")
    purged = purge_study(study, archive, what=What("participant", who), ground="withdrawal", on=_PURGED)
    yield from _indented(purged_lines(purged))
    yield from _indented(verified_lines(verify_archive(archive)))
    words = (
        f"Her pseudonyms and answers ({len(strings)} strings) stood in {n_before} files of the archive. "
        f"Now they stand in {len(files_with(archive, strings))}."
    )
    yield from _more(words)


def _step(words: str) -> Iterator[Text]:
    yield Text(words)


def _more(words: str) -> Iterator[Text]:
    yield from render.wrapped(f"   {words}", indent=3)


def _indented(lines: Iterator[Text]) -> Iterator[Text]:
    for line in lines:
        yield from render.wrapped(f"   {line.plain}", indent=5)


def _published(found: Published, archive: Path) -> Iterator[Text]:
    n_people = len(found.result.treated.tables["participants"].frame)
    yield from _more(f"release {found.version} of {n_people} participants: {archive}")
    if found.changes is not None:
        for line in found.section.splitlines():
            if line.startswith(("- ", "### ")):
                yield from render.wrapped(f"   {line.lstrip('# ')}", indent=5)


def alike(result: Deidentified) -> list[str]:
    """The ids, as they came in, of the participants in the largest class: nobody can tell them apart."""
    classes = participant_vectors(result.treated.tables).classes()
    ids = values_of(result.consented.tables["participants"].frame["participant_id"]).to_pylist()
    rows = np.flatnonzero(classes.of == np.argmax(classes.sizes))
    return [str(ids[row]) for row in rows.tolist()]


def withdrawing(result: Deidentified) -> tuple[str, tuple[str, ...]]:
    """Who wrote much in both releases: her id as it came in, and what is published of her alone."""
    people, responses = (result.treated.tables[name].frame for name in ("participants", "responses"))
    ids = values_of(result.consented.tables["participants"].frame["participant_id"]).to_pylist()
    id_of = dict(zip(values_of(people["participant_id"]).to_pylist(), map(str, ids), strict=True))
    both = set(alike(result)[:-N_LATE])
    told: dict[str, list[str]] = {}
    columns = [values_of(responses[name]).to_pylist() for name in ("participant_id", "response_id", "text")]
    for owner, key, text in zip(*columns, strict=True):
        if id_of[owner] in both:
            told.setdefault(owner, [owner]).append(key)
            told[owner] += [text] if len(text or "") > _LONG_ENOUGH else []
    owner = max(told, key=lambda each: (sum(map(len, told[each])), each))
    return id_of[owner], tuple(told[owner])


def files_with(folder: Path, strings: Sequence[str]) -> list[Path]:
    """The files below a folder in which one of some strings stands, read as what they are."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and _holds(path, strings)]


def _holds(path: Path, strings: Sequence[str]) -> bool:
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        text = "\n".join(str(value) for column in table.columns for value in column.to_pylist())
    else:
        text = path.read_text("utf-8", errors="replace").replace('""', '"')
    return any(each in text for each in strings)
