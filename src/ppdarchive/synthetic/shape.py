"""The parameters of an invented study; plausible, and nothing is claimed of any real sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType


def _shares(**values: float) -> Mapping[str, float]:
    return MappingProxyType(values)


@dataclass(frozen=True, slots=True)
class StudyShape:
    """Distributions that the generator draws from; shares are between 0 and 1.

    Attributes
    ----------
    identified_share : float
        Share of the answers that hold at least one planted identifier.
    log_length, log_length_sd : float
        Mean and standard deviation of the natural logarithm of a prose answer's characters.
    nothing_helpful, nothing_improve : float
        Share of "n/a" and the like among answers to what helped and what could be better.
    """

    first_enrolment: str = "2015-03-02"
    enrolment_days: int = 1200
    age_mean: float = 30.5
    age_sd: float = 5.0
    age_range: tuple[int, int] = (19, 44)
    weeks_mean: float = 15.0
    weeks_sd: float = 8.5
    weeks_range: tuple[int, int] = (2, 38)
    branch: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            army=0.44,
            navy=0.19,
            air_force=0.19,
            marine_corps=0.1,
            coast_guard=0.01,
            guard_reserve=0.07,
        )
    )
    race_ethnicity: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            white=0.55,
            black=0.17,
            hispanic=0.14,
            multiple=0.06,
            asian=0.03,
            aian=0.02,
            nhpi=0.015,
            other=0.015,
        )
    )
    education: Mapping[str, float] = field(
        default_factory=lambda: _shares(
            high_school=0.08, some_college=0.34, associate=0.18, bachelor=0.27, graduate=0.13
        )
    )
    relationship: Mapping[str, float] = field(
        default_factory=lambda: _shares(married=0.72, partnered=0.14, single=0.08, separated=0.06)
    )
    rurality: Mapping[str, float] = field(
        default_factory=lambda: _shares(urban=0.64, rural=0.29, highly_rural=0.07)
    )
    deployed: float = 0.55
    declines_sharing: float = 0.03
    participants_per_coach: int = 40
    completes_all: float = 0.6
    post_if_followup: float = 0.88
    post_if_dropout: float = 0.3
    followup_without_answers: float = 0.12
    epds_means: tuple[float, float, float] = (15.5, 10.5, 9.0)
    missing_cell: float = 0.012
    n_answers: tuple[float, float, float, float] = (0.1, 0.16, 0.2, 0.54)
    unfinished: float = 0.06
    blank_rows: float = 0.05
    identified_share: float = 0.35
    writes_spanish: float = 0.35
    nothing_helpful: float = 0.05
    nothing_improve: float = 0.2
    short: float = 0.14
    listed: float = 0.06
    content: float = 0.22
    log_length: float = 5.2
    log_length_sd: float = 0.95


def normal(rng: Random, mean: float, sd: float) -> float:
    """Draw from a near-normal distribution with sums only, so that every machine agrees.

    The sum of six uniform numbers has variance 1/2 and stays within 4.2 deviations.
    """
    draw = rng.random
    return mean + sd * 1.4142135623730951 * (draw() + draw() + draw() + draw() + draw() + draw() - 3.0)


def whole(rng: Random, mean: float, sd: float, low: int, high: int) -> int:
    """Draw a whole number from a near-normal distribution, moved into its range."""
    return min(max(round(normal(rng, mean, sd)), low), high)


def pick(rng: Random, shares: Mapping[str, float]) -> str:
    """Draw one key of `shares`, which sum to 1."""
    draw = rng.random()
    for key, share in shares.items():
        draw -= share
        if draw < 0:
            return key
    # The shares missed 1 by a rounding error.
    return tuple(shares)[-1]
