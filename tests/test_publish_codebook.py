"""From a study to a package whose codebook tells of its values what may be told."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

from ppdarchive.register import PRIVATE_FOLDER

from .test_publish import PARTICIPANTS, PEOPLE, TOML, disclosure, pack, snapshot, write_small

BRANCH: dict[str, Any] = {
    **PARTICIPANTS,
    "fields": [
        *PARTICIPANTS["fields"],
        {
            "name": "branch", "type": "string", "categories": ["Army", "Navy", "Air Force"],
            "disclosure": disclosure("quasi-identifier", "keep"),
        },
    ],
}  # fmt: skip


def with_branches(folder: Path, *ages: int, toml: str = TOML) -> Path:
    """Write a study of 60 in the Army, 20 in the Navy and 3 in the Air Force, some of given ages."""
    branches = ["Army"] * 60 + ["Navy"] * 20 + ["Air Force"] * 3
    years = [*ages, *(18 + number % 40 for number in range(len(ages), len(branches)))]
    rows = zip(years, branches, strict=True)
    people = "".join(f"Q{n:05}x,,,,true,{age},{branch}\n" for n, (age, branch) in enumerate(rows))
    return write_small(
        folder,
        participants=json.dumps(BRANCH),
        people=PEOPLE.splitlines()[0] + ",branch\n" + people,
        answers="rid,pid,text\n" + "".join(f"S{n:05}x,Q{n:05}x,it was good\n" for n in range(80)),
        toml=toml.replace('age = "age"\n', 'age = "age"\nbranch = "branch"\n'),
    )


def counts(package: Path) -> dict[str, str]:
    """The counts of the branches in the codebook."""
    page = (package / "codebook.md").read_text()
    return dict(re.findall(r"\| `(Army|Navy|Air Force)` \|(?: [^|]*\|)? (\S+) \|", page))


def test_a_restricted_package_tells_no_small_cell(tmp_path: Path) -> None:
    """Neither the 3, nor the 20 that would give them away; nor how many rows of answers there are."""
    out = tmp_path / "package"
    pack(with_branches(tmp_path / "study"), out)
    assert counts(out) == {"Army": "60", "Navy": "–", "Air Force": "–"}
    page = (out / "README.md").read_text()
    assert "| `participants` | 83 |" in page
    assert "| `responses` | – |" in page


def test_a_study_sets_the_smallest_cell(tmp_path: Path) -> None:
    """What `[release] min_cell` says is what is told."""
    toml = TOML.replace("[release]\n", "[release]\nmin_cell = 3\n")
    pack(with_branches(tmp_path / "study", toml=toml), tmp_path / "package")
    assert counts(tmp_path / "package") == {"Army": "60", "Navy": "20", "Air Force": "3"}


def test_a_public_package_counts_what_its_rows_show(tmp_path: Path) -> None:
    """Whoever has the rows can count them."""
    toml = TOML.replace('"internal"', '"public"').replace(
        '{id = "A-1"', '{id = "A-1", privacy_review = 2026-01-01'
    )
    pack(with_branches(tmp_path / "study", toml=toml), tmp_path / "package")
    assert counts(tmp_path / "package") == {"Army": "60", "Navy": "20", "Air Force": "3"}
    assert "| `responses` | 80 |" in (tmp_path / "package" / "README.md").read_text()


def test_a_value_that_is_not_released_leaves_no_trace(tmp_path: Path) -> None:
    """A participant of 18 could be 27: the band is the same, and so is every byte."""
    one, other = with_branches(tmp_path / "one", 18), with_branches(tmp_path / "other", 27)
    pack(one, tmp_path / "package")
    # The same pseudonyms for both.
    shutil.copytree(one / PRIVATE_FOLDER, other / PRIVATE_FOLDER)
    pack(other, tmp_path / "again", version="1.0.0")
    assert snapshot(tmp_path / "package") == snapshot(tmp_path / "again")
