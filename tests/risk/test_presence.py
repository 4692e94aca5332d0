"""delta-presence of a population's people in the study."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import Codes
from ppdarchive.risk.presence import presence, shared_sizes

from .brute import rows_of
from .tables import columns


@given(columns(min_rows=1), st.data())
def test_presence_is_the_share_of_each_class(population: list[Codes], data: st.DataObject) -> None:
    """The bounds are the least and the largest share of participants among equal people."""
    takes_part = data.draw(nps.arrays(np.bool_, len(population[0])))
    sample = [column[takes_part] for column in population]
    people, participants = Counter(rows_of(population)), Counter(rows_of(sample))
    shares = [participants[row] / count for row, count in people.items()]
    assert presence(*shared_sizes(sample, population)) == (min(shares), max(shares))


def test_more_participants_than_people() -> None:
    """A population that lacks a participant is refused, and none is presence of nobody."""
    with pytest.raises(ValueError, match="more participants"):
        presence(np.array([1]), np.array([0]))
    none = np.zeros(0, dtype=np.int64)
    assert presence(*shared_sizes([none], [none])) == (0.0, 0.0)
