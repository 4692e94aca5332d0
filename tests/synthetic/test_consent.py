"""The example study as it was a month before."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.synthetic.consent import EXPORT, hold_back, without_consent

EXAMPLE = Path(__file__).parents[2] / "examples/mommoodbooster" / EXPORT
TEXT = EXAMPLE.read_bytes().decode()


IDS = sorted({row["record_id"] for row in csv.DictReader(TEXT.splitlines())})


@given(st.sets(st.sampled_from(IDS)))
def test_only_consent_differs(held: set[str]) -> None:
    """Nothing differs but the consent of those who are held back, which is no."""
    before = list(csv.DictReader(without_consent(TEXT, held).splitlines()))
    after = list(csv.DictReader(TEXT.splitlines()))
    assert len(before) == len(after)
    for own, other in zip(before, after, strict=True):
        is_held = other["record_id"] in held and other["consent_share"] == "1"
        assert own == (other | {"consent_share": "0"} if is_held else other)


def test_the_export_can_be_put_back(tmp_path: Path) -> None:
    """What is held back is written, and what was there is given."""
    write_study(tmp_path / "study", participants=12, answered=8, profile=profile_files())
    path = tmp_path / "study" / EXPORT
    there = path.read_bytes()
    assert hold_back(tmp_path / "study", IDS) == there
    assert path.read_bytes() != there
