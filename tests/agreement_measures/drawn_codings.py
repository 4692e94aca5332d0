"""Codings drawn at random, and the same codings under other names and in another order."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from ppdarchive.agreement.coded import Coded


def coded_of_cells(
    cells: list[tuple[int, int, int]], *, n_coders: int, n_codes: int, participants: list[int],
    rated: np.ndarray | None = None,
) -> Coded:  # fmt: skip
    """Make codings of whole units from (unit, coder, code)."""
    unit, coder, code = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    n_units = len(participants)
    return Coded(
        coders=tuple(f"coder-{place:02}" for place in range(n_coders)),
        codes=tuple(f"code-{place:02}" for place in range(n_codes)),
        unit=unit, coder=coder, code=code,
        start=np.zeros(len(unit), dtype=np.int64), end=np.full(len(unit), 5, dtype=np.int64),
        lengths=np.full(n_units, 5, dtype=np.int64),
        participants=np.array(participants, dtype=np.int64),
        rated=np.ones((n_units, n_coders), dtype=bool) if rated is None else rated,
    )  # fmt: skip


@st.composite
def codings(draw: st.DrawFn, *, max_coders: int = 4, max_codes: int = 5, max_units: int = 12) -> Coded:
    """Draw codings in which not every coder saw every unit."""
    n_coders = draw(st.integers(2, max_coders))
    n_codes = draw(st.integers(1, max_codes))
    n_units = draw(st.integers(1, max_units))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    rated = generator.random((n_units, n_coders)) < draw(st.sampled_from([0.6, 0.9, 1.0]))
    marked = generator.random((n_units, n_coders, n_codes)) < draw(st.sampled_from([0.0, 0.1, 0.4, 0.8]))
    if draw(st.booleans()):
        truth = generator.random((n_units, 1, n_codes)) < 0.4
        marked = np.where(generator.random(marked.shape) < 0.7, truth, marked)
    cells = np.argwhere(marked & rated[:, :, None])
    n_participants = draw(st.integers(1, n_units))
    whose = np.concatenate([np.arange(n_participants), generator.integers(0, n_participants, n_units)])
    whose = generator.permutation(whose[:n_units])
    return coded_of_cells(
        [tuple(cell) for cell in cells.tolist()],
        n_coders=n_coders, n_codes=n_codes, participants=whose.tolist(), rated=rated,
    )  # fmt: skip


def shuffled(coded: Coded, seed: int) -> tuple[Coded, np.ndarray, np.ndarray, np.ndarray]:
    """Exchange coders, codes, units, participants and rows; say where units, coders and codes went."""
    generator = np.random.default_rng(seed)
    units, coders, codes, people, rows = (
        generator.permutation(size)
        for size in (
            coded.n_units, len(coded.coders), len(coded.codes), coded.participants.max() + 1, len(coded.unit)
        )
    )  # fmt: skip
    rated = np.zeros_like(coded.rated)
    rated[units[:, None], coders[None, :]] = coded.rated
    participants, lengths = np.zeros_like(coded.participants), np.zeros_like(coded.lengths)
    participants[units], lengths[units] = people[coded.participants], coded.lengths
    other = Coded(
        coders=coded.coders, codes=coded.codes,
        unit=units[coded.unit][rows], coder=coders[coded.coder][rows], code=codes[coded.code][rows],
        start=coded.start[rows], end=coded.end[rows],
        lengths=lengths, participants=participants, rated=rated,
    )  # fmt: skip
    return other, units, coders, codes
