"""Which paths can be carried, and how manifests spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.transfer.names import bag_path, folders_of, is_file_and_folder, plain_path, wrong_with

from .trees import ODD, PATH


@given(PATH)
def test_a_manifest_spells_each_path_on_one_line(path: str) -> None:
    """Spelling and reading a path gives the path, without line ends and stray percent signs."""
    spelt = bag_path(path)
    assert not set("\r\n") & set(spelt)
    assert plain_path(spelt, percent=True) == path
    assert plain_path(spelt.lower() if path.islower() else spelt, percent=True) == path


@given(st.text(alphabet="%0AaDd25\n b"))
def test_old_spellings_keep_percent_signs(path: str) -> None:
    """Before version 1.0 only line ends were encoded."""
    plain = plain_path(path, percent=False)
    assert plain is not None
    assert plain.count("%") + path.upper().count("%0A") + path.upper().count("%0D") == path.count("%")


@pytest.mark.parametrize(
    "path",
    ["", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\\b", "c:a", "a\0", "\ud800", "a" * 5000],
)
def test_paths_that_lead_elsewhere_are_wrong(path: str) -> None:
    """Absolute, climbing, doubled and foreign paths are told with a reason."""
    assert wrong_with(path)


@pytest.mark.parametrize("part", ODD)
def test_odd_names_are_not_wrong(part: str) -> None:
    """Spaces, dots, percent signs, line ends and any letters are names like others."""
    assert wrong_with(f"a/{part}/b") is None


@given(st.lists(PATH, max_size=6))
def test_folders_come_before_what_is_in_them(paths: list[str]) -> None:
    """Every folder above a path is there once, after its own folder."""
    folders = folders_of(paths)
    assert len(set(folders)) == len(folders)
    for number, folder in enumerate(folders):
        parent = folder.rpartition("/")[0]
        assert not parent or parent in folders[:number]
    assert is_file_and_folder(paths) == any(one.startswith(f"{other}/") for one in paths for other in paths)
