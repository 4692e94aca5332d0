"""Special uniques, against the published examples and all subsets of the fields."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.risk.classes import Codes
from ppdarchive.risk.suda import special_uniques, uniques_by_fields

from .brute import minimal_sample_uniques, rows_of
from .tables import columns, table

GUIDELINE = table(
    "U F SecInc Emp|U F SecInc Emp|U F PriInc NonLF|U M SecCom Emp|R F SecCom Unemp"
    "|U M SecCom Emp|U F PriCom NonLF|U M PostSec Unemp|U F SecInc NonLF|U F SecInc NonLF"
)
BOOK = table(
    "20s M 50k+ HS|20s M 50k+ HS|20s M 50k- HS|20s M 50k- HS|20s F 50k- Uni"
    "|20s F 50k- HS|20s F 50k- Mid|60s M 50k- Uni"
)


def test_scores_of_the_guideline() -> None:
    """The SDC guideline's ten records: their scores are those that are printed."""
    assert special_uniques(GUIDELINE).scores.tolist() == [0, 0, 6, 0, 12, 0, 6, 10, 0, 0]


def test_dis_scores_of_the_guideline() -> None:
    """The SDC guideline's ten records: their DIS scores, which stem from the IHSN's scoring."""
    found = special_uniques(GUIDELINE, scoring="ihsn").dis_scores
    printed = [
        "0.0000",
        "0.0000",
        "0.0051",
        "0.0000",
        "0.0107",
        "0.0000",
        "0.0051",
        "0.0088",
        "0.0000",
        "0.0000",
    ]
    assert [f"{score:.4f}" for score in found] == printed


def test_scores_of_the_book() -> None:
    """The book's eight records: four of them are special."""
    assert special_uniques(BOOK).scores.tolist() == [0, 0, 0, 0, 4, 2, 6, 8]


def test_contributions_of_sdcmicro() -> None:
    """SdcMicro's small example: what each field contributes, in percent."""
    drawn = [np.array([2, 1, 1]), np.array([0, 3, 0]), np.array([0, 6, 0])]
    assert (100 * special_uniques(drawn).contributions).tolist() == [50, 37.5, 37.5]


@given(columns(), st.integers(1, 5))
def test_all_minimal_sample_uniques_are_found(drawn: list[Codes], largest: int) -> None:
    """Scores, smallest sets and contributions are what looking at all subsets gives."""
    found, m = special_uniques(drawn, largest=largest), len(drawn)
    sets = minimal_sample_uniques(rows_of(drawn), largest)
    top = min(largest, m - 1)
    # The paper's product over sizes up to the largest: (m - size)! where all are looked at.
    weight = {size: factorial(m - size) / factorial(m - top - 1) for size in range(1, top + 1)} | {m: 1}
    assert found.scores.tolist() == [sum(weight[len(each)] for each in own) for own in sets]
    assert found.smallest.tolist() == [min(map(len, own), default=0) for own in sets]
    total = found.scores.sum()
    for column in range(m):
        share = sum(weight[len(each)] for own in sets for each in own if column in each)
        assert found.contributions[column] * total == pytest.approx(share)


@given(columns(), st.floats(0.001, 1.0))
def test_dis_scores_rise_with_scores(drawn: list[Codes], fraction: float) -> None:
    """A DIS score is a probability, 0 for who is not special, and the higher the score the higher."""
    found = special_uniques(drawn, fraction=fraction)
    assert ((found.dis_scores >= 0) & (found.dis_scores <= 1)).all()
    assert ((found.dis_scores > 0) == (found.scores > 0)).all()
    order = np.argsort(found.scores)
    assert (np.diff(found.dis_scores[order]) >= -1e-12).all()


@given(columns())
def test_uniques_of_each_set(drawn: list[Codes]) -> None:
    """The rows that are alone on each set of up to three fields are counted."""
    rows = rows_of(drawn)
    for chosen, count in uniques_by_fields(drawn).items():
        parts = [tuple(row[place] for place in chosen) for row in rows]
        assert count == sum(parts.count(part) == 1 for part in parts)


def test_a_fraction_is_one() -> None:
    """A sampling fraction that cannot be is refused."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        special_uniques(BOOK, fraction=0)
