"""Codings in redacted answers: kept, widened, swallowed, withheld, repeated, each counted once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.codings import recoded
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.model.columns import values_of
from ppdarchive.model.span import Span, TextCategory, Tier


class Letters:
    """Finds two letters, one of them uncertain."""

    name = "letters"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find them."""
        tiers = {"x": Tier.REDACT, "q": Tier.UNCERTAIN}
        return [
            [
                Span(at, at + 1, TextCategory.NAME, 1.0, tiers[char])
                for at, char in enumerate(text)
                if char in tiers
            ]
            for text in texts
        ]


def redaction(texts: Sequence[str | None]) -> Redaction:
    """Redact, and withhold what is uncertain."""
    return redact(texts, range(len(texts)), [Letters()], uncertain="withhold")


def frame(marks: Sequence[tuple[int | None, int | None]]) -> pd.DataFrame:
    """Codings of one code."""
    starts, ends = ([mark[n] for mark in marks] for n in (0, 1))
    return pd.DataFrame(
        {
            name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, kind)))
            for name, values, kind in (
                ("code", ["c"] * len(marks), pa.string()),
                ("start", starts, pa.int64()),
                ("end", ends, pa.int64()),
            )
        }
    )


def places(found: pd.DataFrame) -> list[tuple[int | None, int | None]]:
    """The segments."""
    start, end = (values_of(found[name]).to_pylist() for name in ("start", "end"))
    return list(zip(start, end, strict=True))


def test_each_fate_is_counted() -> None:
    """Kept, widened, swallowed and withheld codings add up to all of them."""
    given_frame = frame([(0, 2), (2, 5), (3, 4), (0, 1), (0, 2)])
    texts = np.array([0, 0, 0, 1, 2])
    found, gone, counts = recoded(given_frame, texts, redaction(["ab xx c", "q", None]), ())
    assert places(found)[:3] == [(0, 2), (2, 15), (3, 9)]
    assert gone.tolist() == [False, False, False, True, True]
    assert counts == {"kept": 2, "widened": 0, "swallowed": 1, "withheld": 2, "repeated": 0}


def test_repeats_are_left_out_by_key_alone() -> None:
    """Two codings that become one stay two in a table without a key."""
    given_frame = frame([(0, 2), (0, 1)])
    texts, own = np.array([0, 0]), redact(["ab"], [0], [Whole()])
    found, gone, counts = recoded(given_frame, texts, own, ("code", "start", "end"))
    assert (places(found), gone.tolist(), counts["repeated"]) == ([(0, 6), (0, 6)], [False, True], 1)
    assert recoded(given_frame, texts, own, ())[1].tolist() == [False, False]


class Whole:
    """Finds everything that is no tag."""

    name = "whole"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find it."""
        return [[Span(0, len(t), TextCategory.NAME)] if t and "[" not in t else [] for t in texts]


def test_positions_that_select_nothing_are_left_out() -> None:
    """A segment that is inside out or begins before its text would tell of the unedited one."""
    given_frame = frame([(3, 1), (-1, 2), (0, 1)])
    _, gone, counts = recoded(given_frame, np.array([0, 0, 0]), redaction(["abcd"]), ())
    assert gone.tolist() == [True, True, False]
    assert counts["withheld"] == 2


@given(
    texts=st.lists(st.none() | st.text("abxq ", max_size=8), min_size=1, max_size=4),
    data=st.data(),
)
def test_what_stays_is_in_its_text(texts: list[str | None], data: st.DataObject) -> None:
    """No position points outside of its answer, and the counts are those of the rows."""
    marks, rows = [], []
    for row, text in enumerate(texts):
        ends = st.integers(0, len(text or ""))
        for _ in range(2):
            start, end = sorted(data.draw(st.tuples(ends, ends)))
            marks.append((data.draw(st.sampled_from([start, None])), data.draw(st.sampled_from([end, None]))))
            rows.append(data.draw(st.sampled_from([row, row, -1])))
    own = redaction(texts)
    found, gone, counts = recoded(frame(marks), np.array(rows, dtype=np.int64), own, ())
    assert sum(counts.values()) == len(marks) - sum(
        mark == (None, None) and not left for mark, left in zip(marks, gone, strict=True)
    )
    for (start, end), before, row, left in zip(places(found), marks, rows, gone, strict=True):
        text = own.texts[row] if row >= 0 else None
        assert left == (text is None)
        if text is not None:
            assert ((start is None), (end is None)) == ((before[0] is None), (before[1] is None))
            assert all(0 <= position <= len(text) for position in (start, end) if position is not None)
