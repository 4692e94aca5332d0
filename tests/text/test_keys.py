"""Keys in one plain form: no way of writing one hides whose it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.text.keys import plain_key, row_key


@given(st.text())
def test_the_plain_form_is_its_own(key: str) -> None:
    """Folding again changes nothing, so an entry of the register can be told from any other text."""
    assert plain_key(plain_key(key)) == plain_key(key)


@given(
    st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=1),
    st.lists(st.sampled_from(" \t\n\u00a0\u200b\ufeff"), max_size=3),
)
def test_case_and_white_space_do_not_count(key: str, spaces: list[str]) -> None:
    """Nor does what cannot be seen."""
    written = "".join(spaces).join([key[: len(key) // 2], key[len(key) // 2 :]])
    assert plain_key(f"{written.upper()} ") == plain_key(key)


@given(st.integers(0, 10**12), st.integers(0, 4), st.integers(0, 2))
def test_zeros_of_spreadsheets_do_not_count(number: int, n_before: int, n_behind: int) -> None:
    """Neither those in front of a number nor those of a whole one that became a fraction."""
    written = "0" * n_before + str(number) + ("." + "0" * n_behind if n_behind else "")
    assert plain_key(written) == str(number)


@pytest.mark.parametrize(("one", "other"), [("P-1", "P-01"), ("1.5", "15"), ("a", "b"), ("1-2", "12")])
def test_other_keys_are_others(one: str, other: str) -> None:
    """What may be somebody else is not taken for the same."""
    assert plain_key(one) != plain_key(other)


@given(st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), min_size=1, max_size=3))
def test_keys_of_several_fields_stay_apart(one: list[str], other: list[str]) -> None:
    """Two keys of the same fields have one text only if they are one."""
    if len(one) == len(other):
        assert (row_key(one) == row_key(other)) == (one == other)
