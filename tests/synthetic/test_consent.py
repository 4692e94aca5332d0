"""The example study as it was a month before."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.synthetic.consent import EXPORT, hold_back, without_late_consent

EXAMPLE = Path(__file__).parents[2] / "examples/mommoodbooster" / EXPORT
TEXT = EXAMPLE.read_bytes().decode()


@given(st.integers(0, 400))
def test_only_the_last_have_not_agreed(n_late: int) -> None:
    """Nothing differs but the consent of those who were enrolled last, which is no."""
    before = list(csv.DictReader(without_late_consent(TEXT, n_late).splitlines()))
    after = list(csv.DictReader(TEXT.splitlines()))
    people = [number for number, row in enumerate(after) if row["consent_share"]]
    late = set(people[max(0, len(people) - n_late) :])
    assert len(before) == len(after)
    for number, (own, other) in enumerate(zip(before, after, strict=True)):
        assert own == (other | {"consent_share": "0"} if number in late else other)


def test_the_export_can_be_put_back(tmp_path: Path) -> None:
    """What is held back is written, and what was there is given."""
    write_study(tmp_path / "study", participants=12, answered=8, profile=profile_files())
    path = tmp_path / "study" / EXPORT
    there = path.read_bytes()
    assert hold_back(tmp_path / "study", 3) == there
    assert path.read_bytes() != there
