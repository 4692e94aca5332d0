"""Every fault planted in the example study is found by the right rule at the right line, none besides."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from ppdarchive.pipeline import Validation, validate_study
from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study


def planted(folder: Path) -> Counter[tuple[str, str, int]]:
    """The rule, file and line of each planted fault."""
    with (folder / "key/faults.csv").open(encoding="utf-8", newline="") as file:
        return Counter((row["rule_id"], row["file"], int(row["line"])) for row in csv.DictReader(file))


def told(result: Validation) -> Counter[tuple[str, str, int]]:
    """The rule, file and line of each place that a finding names."""
    return Counter(
        (finding.rule.id, place.file, place.line)
        for finding in result.checked.findings
        for place in finding.places
    )


def test_the_example_study_is_clean(example: Path) -> None:
    """Nothing is wrong with the example study."""
    assert validate_study(example).checked.findings.ids == ()


def test_planted_faults_are_the_findings(faulty: Path) -> None:
    """Findings and planted faults are the same, place by place."""
    result = validate_study(faulty)
    assert told(result) == planted(faulty)
    assert sum(finding.n_rows or len(finding.places) for finding in result.checked.findings) == len(
        list(planted(faulty).elements())
    )
    assert len({finding.rule.kind for finding in result.checked.findings}) >= 15


@pytest.mark.parametrize(("participants", "seed"), [(30, 1), (60, 2), (200, 3)])
def test_planted_faults_are_found_at_any_size(tmp_path: Path, participants: int, seed: int) -> None:
    """Size and seed change where faults are, not whether they are found."""
    for name, faults in (("clean", False), ("faulty", True)):
        write_study(
            tmp_path / name, participants=participants, seed=seed, faults=faults, profile=profile_files()
        )
    assert validate_study(tmp_path / "clean").checked.findings.ids == ()
    assert told(validate_study(tmp_path / "faulty")) == planted(tmp_path / "faulty")


def test_counts_add_up(example: Path) -> None:
    """Rows read are rows kept and rows excluded, in every export."""
    result = validate_study(example)
    for count in result.counts:
        assert count.n_read == count.n_kept + sum(count.excluded.values())
    excluded = {count.table: dict(count.excluded) for count in result.counts}
    assert set(excluded["responses"]) >= {"preview", "test", "spam"}
    assert set(excluded["participants"]) == {"event"}
