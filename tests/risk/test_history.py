"""Classes of histories: counted as a reader counts them who knows when everybody came, went and answered."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.risk.history import Steps, steps

Person = tuple[tuple[bool, ...], str, str]
"""In which releases, what was told before, what is told now."""


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    """Participants of three releases, those who are in an earlier one first."""
    one = st.tuples(
        st.tuples(st.booleans(), st.booleans(), st.booleans()), st.sampled_from("ab"), st.sampled_from("xy")
    )
    found = [each for each in draw(st.lists(one, min_size=1, max_size=30)) if any(each[0])]
    return sorted(found, key=lambda each: not any(each[0][:2]))


def counted(of: list[Person], k: int) -> Steps:
    """The participants who are singled out, in plain loops."""
    added = [each for each in of if each[0][2] and not each[0][1]]
    removed = [each for each in of if each[0][1] and not each[0][2]]
    stays = [each for each in of if each[0][1] and each[0][2]]

    def before(each: Person) -> tuple[object, ...]:
        return each[0][:2], each[1] if any(each[0][:2]) else ""

    def after(each: Person) -> tuple[object, ...]:
        return (*before(each), each[2])

    few = [
        sum(n for n in Counter(map(history, group)).values() if n < k)
        for history, group in ((after, added), (before, removed))
    ]
    alike = Counter(before(each) for each in of if each[0][1])
    staying, same = Counter(map(before, stays)), Counter(map(after, stays))
    now = Counter(each[2] for each in of if each[0][2])
    divided = [each for each in stays if same[after(each)] < staying[before(each)]]
    left = [each for each in stays if staying[before(each)] < min(k, alike[before(each)])]
    return Steps(
        n_added=len(added),
        n_removed=len(removed),
        n_changed=len(divided),
        n_few_added=few[0],
        n_few_removed=few[1],
        n_few_changed=sum(same[after(each)] < k <= now[each[2]] for each in divided),
        n_left_behind=len(left),
    )


@given(people(), st.integers(1, 5))
def test_histories_are_counted_as_by_hand(of: list[Person], k: int) -> None:
    """Who is singled out is whoever a plain count finds with fewer than k."""
    presence = np.array([each[0] for each in of], dtype=np.bool_).reshape(-1, 3)
    n_known = int(presence[:, :2].any(axis=1).sum())
    before = np.array(["ab".index(each[1]) for each in of][:n_known], dtype=np.int64)
    after = np.array(["xy".index(each[2]) for each in of], dtype=np.int64)
    found = steps([presence[:, 0], presence[:, 1]], presence[:, 2], before, after, k=k)
    assert found == counted(of, k)
