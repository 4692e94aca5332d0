"""Marks: what they say, what their reasons may not hold, and that no byte of a release is touched."""

from __future__ import annotations

import shutil
import warnings
from datetime import date
from pathlib import Path

import pytest
from tests.archive.releases import OBJECT, templates

from ppdarchive.archive.marking import mark_release, reason_failures
from ppdarchive.archive.verifying import verify_archive
from ppdarchive.errors import ArchiveError, UsageError
from ppdarchive.loading import ReleaseWarning, load
from ppdarchive.store.records import Mark, marks

DAY = date(2026, 3, 1)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two releases."""
    return Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))


def content(archive: Path) -> dict[str, bytes]:
    """Every file of an archive, without marks and what passes."""
    return {
        path.relative_to(archive).as_posix(): path.read_bytes()
        for path in sorted(archive.rglob("*"))
        if path.is_file() and not {"marks", "locks", "staging"} & set(path.relative_to(archive).parts)
    }


def test_a_mark_is_told_to_whoever_loads(archive: Path) -> None:
    """Each kind in turn; the release is as it was, and the archive as valid."""
    before = content(archive)
    marked = mark_release(archive, "1.0.0", "superseded", "Ages were off by one.", on=DAY, by="latest")
    assert (marked.object_id, marked.release) == (OBJECT, "1.0.0")
    assert marked.mark == Mark(1, "superseded", "Ages were off by one.", DAY, "1.1.0")
    mark_release(archive, "v1", "erratum", "Table 2 has no unit.", on=DAY)
    assert [each.kind for each in marks(archive, OBJECT)] == ["superseded", "erratum"]
    assert content(archive) == before
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(archive, "1.0.0")
    assert [each.category for each in caught] == [ReleaseWarning] * 2
    assert "Ages were off by one" in str(caught[0].message)
    assert verify_archive(archive).is_good
    mark_release(archive, "latest", "withdrawn", "Do not use.", on=DAY)
    with pytest.warns(ReleaseWarning, match="Do not use"):
        load(archive, "1.1.0")


REFUSED = {
    "Anna Lind withdrew her answers.": "name",
    "Call 503-555-0142.": "number or address",
    "Ask anna.lind@example.org why.": "number or address",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_reason_that_may_identify_is_refused(archive: Path, reason: str) -> None:
    """What kind was found is told; the words are not, and nothing is written."""
    before = content(archive)
    with pytest.raises(ArchiveError) as caught:
        mark_release(archive, "1.0.0", "erratum", reason, on=DAY)
    assert caught.value.code == "archive.words"
    assert REFUSED[reason] in str(caught.value)
    assert not any(word in str(caught.value) for word in ("Anna", "Lind", "503", "0142", "example"))
    assert content(archive) == before
    assert not marks(archive, OBJECT)


def test_names_can_be_meant_and_numbers_cannot(archive: Path) -> None:
    """A programme may be named on purpose; nobody's number is."""
    mark_release(archive, "1.0.0", "erratum", "Asked for by Iowa City.", on=DAY, names_are_public=True)
    with pytest.raises(ArchiveError):
        mark_release(archive, "1.0.0", "erratum", "Call 503-555-0142.", on=DAY, names_are_public=True)


def test_what_the_study_knows_is_searched_for(archive: Path) -> None:
    """A participant's name that is in no dictionary is found with the study, also if names are meant."""
    reason = "the answer of zyxwanda qvortrup was wrong"
    assert not reason_failures(reason)
    with pytest.raises(ArchiveError) as caught:
        mark_release(
            archive, "1.0.0", "erratum", reason, on=DAY, searched_with=templates() / "study",
            names_are_public=True,
        )  # fmt: skip
    assert "known identifier" in str(caught.value)
    assert "yxwanda" not in str(caught.value)
    with pytest.raises(ArchiveError):
        mark_release(archive, "1.0.0", "erratum", "P-10005 left", on=DAY, searched_with=templates() / "study")


@pytest.mark.parametrize(
    "reason",
    [
        "Use 1.1.0 instead.",
        "Ages were off by one in wave 2; fixed in 1.1.0.",
        "A consent form was misread; do not use.",
        "Two coders' codings were exchanged in 1.0.0, corrected in March 2026.",
        "PHQ-9 scores of the follow-up were scaled wrongly.",
    ],
)
def test_usual_reasons_pass(reason: str) -> None:
    """Versions, waves, months and instruments identify nobody."""
    assert not reason_failures(reason)


def test_what_makes_no_sense_is_refused(archive: Path) -> None:
    """Another release takes the place of a superseded one only, and never its own; both have to be there."""
    for kind, by in (("erratum", "1.1.0"), ("withdrawn", "1.1.0"), ("superseded", "1.0.0")):
        with pytest.raises(UsageError):
            mark_release(archive, "1.0.0", kind, "Why.", on=DAY, by=by)  # type: ignore[arg-type]
    for version, by in (("7.0.0", None), ("1.0.0", "7.0.0")):
        with pytest.raises(ArchiveError) as caught:
            mark_release(archive, version, "superseded", "Why.", on=DAY, by=by)
        assert caught.value.code == "archive.no-such-release"
    for reason in ("", "two\nlines", "x" * 1001):
        with pytest.raises(UsageError, match="one line"):
            mark_release(archive, "1.0.0", "erratum", reason, on=DAY)
    assert not marks(archive, OBJECT)


@pytest.mark.parametrize("name", ["ZYXWANDA", "Qvortrup's", "zyxwanda  qvortrup", "Siri Dal", "P-10006"])
def test_no_known_identifier_passes(name: str) -> None:
    """In other forms too; of what was found no word is told."""
    found = reason_failures(f"what {name} wrote was doubled", searched_with=templates() / "study")
    assert any(failure.condition == "known-identifiers" for failure in found)
    assert name not in repr(found)
