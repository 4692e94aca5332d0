"""The worked examples of the literature, and small tables drawn at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from ppdarchive.risk.classes import Codes


def coded(values: Sequence[object]) -> Codes:
    """Codes that ascend as the values do; None is missing."""
    known = sorted(
        {value for value in values if value is not None}, key=lambda value: (str(type(value)), value)
    )
    return np.array([-1 if value is None else known.index(value) for value in values], dtype=np.int64)


def table(text: str) -> list[Codes]:
    """The columns of a table written as rows between bars, cells between blanks."""
    rows = [row.split() for row in text.split("|")]
    return [coded(column) for column in zip(*rows, strict=True)]


@st.composite
def columns(draw: st.DrawFn, *, min_rows: int = 0, max_rows: int = 24, missing: bool = True) -> list[Codes]:
    """Up to five columns of codes, of one length."""
    n_rows = draw(st.integers(min_rows, max_rows))
    codes = st.integers(-1 if missing else 0, 2)
    return draw(st.lists(nps.arrays(np.int64, n_rows, elements=codes), min_size=1, max_size=4))


@st.composite
def tables_with_sensitive(draw: st.DrawFn, *, missing: bool = True) -> tuple[list[Codes], Codes]:
    """Columns, and one more of sensitive values."""
    drawn = draw(columns(min_rows=1, missing=missing))
    codes = st.integers(-1 if missing else 0, 5)
    return drawn, draw(nps.arrays(np.int64, len(drawn[0]), elements=codes))
