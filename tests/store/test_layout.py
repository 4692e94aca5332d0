"""Names of objects and versions, and the files of a storage root."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store import layout

PARTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)


@given(PARTS, PARTS)
def test_an_identifier_says_study_and_audience(study: str, audience: str) -> None:
    """Both come out of the identifier as they went in."""
    assert layout.parts(layout.object_id(study, audience)) == (study, audience)


@pytest.mark.parametrize(
    "name",
    ["", "study", "~public", "study~", "a~b~c", "../a~b", "a/b~c", ".a~b", "a~b\n", "ä~b", "a" * 200 + "~b"],
)
def test_other_names_are_refused(name: str) -> None:
    """A name that is a path, hidden, too long, or of one part only names no object."""
    assert not layout.is_object_id(name)
    with pytest.raises(StoreError, match="cannot name an object"):
        layout.parts(name)


def test_twins_are_refused() -> None:
    """Names that differ in case alone are one folder elsewhere; the same name is no twin."""
    layout.check_twin("study~public", ["study~public", "study~partners", "extensions"])
    with pytest.raises(StoreError, match="case does not count"):
        layout.check_twin("study~public", ["Study~public"])


def test_the_mark_of_a_root_comes_last() -> None:
    """Whoever finds the mark finds everything else, and no folder is empty."""
    files = layout.root_files()
    assert list(files)[-1] == layout.ROOT_MARK
    assert files[layout.ROOT_MARK] == "ocfl_1.1\n"
    assert json.loads(files["ocfl_layout.json"])["extension"] == layout.LAYOUT
    for folder in (layout.LOCKS, layout.STAGING, layout.LEFTOVERS, layout.JOURNALS):
        assert any(path.startswith(f"{folder}/") for path in files)


@given(st.integers(1, 10**8))
def test_a_versions_folder_says_its_number(number: int) -> None:
    """Number and name belong together; no other spelling is a version's."""
    assert layout.version_number(layout.version_folder(number)) == number
    for name in (f"v0{number}", f"V{number}", f"{number}", f"v{number}.", "v0", "v", "v-1", "v١"):
        assert layout.version_number(name) is None
