"""Lists of what must be purged before the next release: written for the purge to read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.archive.purging_spans import parse_spans
from ppdarchive.archive.redactions import spans_text, with_command, write_spans
from ppdarchive.errors import RegisterError
from ppdarchive.gate import Failure, RedactedSpan

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SPAN = RedactedSpan("1.0.0", "responses", ("bcdf",), "text", 3, 7)
DAY = date(2026, 2, 28)


@st.composite
def spans(draw: st.DrawFn) -> RedactedSpan:
    """A span of any row."""
    start = draw(st.integers(0, 10**6))
    return RedactedSpan(
        version=draw(st.sampled_from(["1.0.0", "2.10.3"])),
        table=draw(NAMES),
        key=tuple(draw(st.lists(WORDS, min_size=1, max_size=3))),
        field=draw(NAMES),
        start=start,
        end=draw(st.integers(start + 1, 10**6 + 1)),
    )


@given(st.lists(spans(), min_size=1, max_size=5))
def test_the_purge_reads_what_was_written(given_spans: list[RedactedSpan]) -> None:
    """Every span comes back as it was, whatever its key looks like."""
    found = parse_spans(spans_text(given_spans, audience="public"), path="spans.csv")
    assert [
        RedactedSpan(each.version, each.table, each.key, each.field, each.start, each.end) for each in found
    ] == given_spans
    assert all(each.audience == "public" and not each.is_own for each in found)


def test_the_list_is_its_owner_s_and_of_the_day(tmp_path: Path) -> None:
    """It lies in the private folder with mode 0600, and a later list of the same day takes its place."""
    path = write_spans(tmp_path, [SPAN, SPAN], audience="public", on=DAY)
    assert path == tmp_path / "private/spans-2026-02-28.csv"
    assert write_spans(tmp_path, [SPAN], audience="public", on=DAY) == path
    assert path.read_text() == spans_text([SPAN], audience="public")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """Nothing half-written is left."""
    (tmp_path / "private/spans-2026-02-28.csv").mkdir(parents=True)
    with pytest.raises(RegisterError) as raised:
        write_spans(tmp_path, [SPAN], audience="public", on=DAY)
    assert raised.value.code == "register.not-writable"
    assert [each.name for each in (tmp_path / "private").iterdir()] == ["spans-2026-02-28.csv"]


def test_the_command_can_be_copied_whatever_places_are_called() -> None:
    """Names with blanks are quoted; other failures stay as they are."""
    failures = [Failure("redacts-more", "1 place", "?"), Failure("k", "k is 1", "?")]
    found = with_command(failures, Path("my study/s.csv"), archive="s3://b/a", study=Path("my study"))
    command = "ppdarchive purge s3://b/a --study 'my study' --spans 'my study/s.csv' --ground leak"
    assert f"`{command}`" in found[0].remedy
    assert found[1] == failures[1]
