"""l-diversity, by its definitions and by the examples of the paper."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.risk.classes import Codes, classes_of
from ppdarchive.risk.diversity import distinct_l, entropy_l, recursive_c, value_counts

from .brute import entropy, groups, is_recursive, rows_of
from .tables import coded, table, tables_with_sensitive

DISEASE = coded(["H", "H", "V", "V", "C", "H", "V", "V", "C", "C", "C", "C"])
"""Machanavajjhala et al. (2007): heart disease, viral infection, cancer."""
BY_DECADE = table(
    "130** <30|130** <30|130** <30|130** <30|1485* >=40|1485* >=40|1485* >=40|1485* >=40"
    "|130** 3*|130** 3*|130** 3*|130** 3*"
)
DIVERSE = table(
    "1305* <=40|1306* <=40|1306* <=40|1305* <=40|1485* >40|1485* >40|1485* >40|1485* >40"
    "|1305* <=40|1305* <=40|1306* <=40|1306* <=40"
)


def test_homogeneity_attack() -> None:
    """The 4-anonymous table: distinct l is 2, 3 and 1, for its third group all have cancer."""
    classes = classes_of(BY_DECADE)
    per_row = distinct_l(value_counts(classes, DISEASE))[classes.of]
    assert classes.sizes.tolist() == [4, 4, 4]
    assert per_row[[0, 4, 8]].tolist() == [2, 3, 1]


def test_the_3_diverse_table() -> None:
    """The 3-diverse table: distinct l is 3 and entropy l 2.828, to the printed digit."""
    counts = value_counts(classes_of(DIVERSE), DISEASE)
    assert distinct_l(counts).min() == 3
    assert f"{entropy_l(counts).min():.3f}" == "2.828"


def test_missing_keys_and_order() -> None:
    """sdcMicro, test_ldiversity: missing keys make a class of their own, and rows keep their order."""
    sex, work = coded(["f", "f", "f", "m", "m", "f", "f"]), coded([None, None, None, "t", "t", "n", "n"])
    ethnicity = coded(["o", "o", "o", "o", "o", "m", "m"])
    classes = classes_of([sex, work, ethnicity])
    found = distinct_l(value_counts(classes, np.array([1, 0, 2, 1, 0, 0, 1])))
    assert found[classes.of].tolist() == [3, 3, 3, 2, 2, 2, 2]
    alone = classes_of([np.array([3, 1, 2])])
    assert distinct_l(value_counts(alone, np.array([10, 20, 10]))).tolist() == [1, 1, 1]


@given(tables_with_sensitive(), st.integers(1, 4))
def test_diversity_follows_its_definitions(drawn: tuple[list[Codes], Codes], l: int) -> None:  # noqa: E741
    """Distinct, entropy and recursive diversity agree with plain loops over the rows."""
    columns, sensitive = drawn
    classes, rows = classes_of(columns), rows_of(columns)
    counts = value_counts(classes, sensitive)
    values = groups(rows, sensitive.tolist())
    needed = recursive_c(counts, l)
    for row, of in zip(rows, classes.of.tolist(), strict=True):
        assert distinct_l(counts)[of] == len(set(values[row]))
        assert entropy_l(counts)[of] == pytest.approx(math.exp(entropy(values[row])))
        for c in (0.5, 1.0, 2.0, 3.0, 100.0):
            assert is_recursive(values[row], c, l) == bool(needed[of] < c)


@given(tables_with_sensitive())
def test_entropy_is_between_1_and_distinct(drawn: tuple[list[Codes], Codes]) -> None:
    """A class is no more diverse in entropy than it has values."""
    counts = value_counts(classes_of(drawn[0]), drawn[1])
    assert (entropy_l(counts) <= distinct_l(counts) + 1e-9).all()
    assert (entropy_l(counts) >= 1 - 1e-9).all()
    assert counts.sizes.tolist() == classes_of(drawn[0]).sizes.tolist()


def test_rows_of_no_class_have_no_value() -> None:
    """The sensitive values of suppressed records are not counted."""
    classes = classes_of([np.array([0, 0, 1])], counted=np.array([True, True, False]))
    assert distinct_l(value_counts(classes, np.array([0, 1, 2]))).tolist() == [2]


def test_nobody_has_no_value() -> None:
    """Without rows there is no class to be diverse."""
    none = np.zeros(0, dtype=np.int64)
    counts = value_counts(classes_of([none]), none)
    assert len(distinct_l(counts)) == len(entropy_l(counts)) == len(recursive_c(counts, 2)) == 0
    assert len(counts.sizes) == 0


def test_what_cannot_be_measured_is_refused() -> None:
    """A column of another length and an l below 1 are refused."""
    classes = classes_of([np.array([0, 0])])
    with pytest.raises(ValueError, match="one value for each row"):
        value_counts(classes, np.array([1]))
    with pytest.raises(ValueError, match="at least 1"):
        recursive_c(value_counts(classes, np.array([1, 2])), 0)
