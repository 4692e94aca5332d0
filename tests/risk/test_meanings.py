"""What released values say: ranges of numbers and of days, and which of two is coarser."""

from __future__ import annotations

import math
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.bands import bands
from ppdarchive.model.schema import Category, Constraints, Disclosure, Field, Kind, Role, Treatment
from ppdarchive.risk.meanings import Between, Meaning, below_of, is_coarser, narrowed, reading_of

from .schemes import AGES, Treated, ages_under, released_age, treatments

BELOW = below_of(())


def read(kind: Kind, value: object, **more: object) -> Meaning:
    """What a value of some field says."""
    return reading_of(Field("seen", kind, **more))(value)  # type: ignore[arg-type]


@given(treatments())
def test_a_released_age_says_which_ages_it_may_be(treated: Treated) -> None:
    """An age lies in the range of a released value if and only if it is released as that value."""
    say = reading_of(released_age(treated))
    under = ages_under(treated, list(AGES))
    for value in dict.fromkeys(under):
        meaning = say(value)
        assert isinstance(meaning, Between)
        assert [meaning.low <= age < meaning.high for age in AGES] == [own == value for own in under]


@given(st.floats(0.1, 9), st.floats(-20, 20), st.floats(0.5, 30), st.floats(-30, 60))
def test_bands_of_numbers_are_read_as_they_are_written(
    width: float, bottom: float, wide: float, value: float
) -> None:
    """A number lies in the range that the label of its band says, as far as the label says it."""
    given_ = {"width": round(width, 2), "bottom": round(bottom, 2), "top": round(bottom + wide, 2)}
    incoming = Field(
        "score", Kind.NUMBER,
        disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment("band", {**given_})),
    )  # fmt: skip
    own = bands(incoming)
    say = reading_of(Field("score", Kind.STRING, categories=tuple(Category(label) for label in own.labels)))
    place = sum(edge <= value for edge in own.edges)
    meaning = say(own.labels[place])
    assert isinstance(meaning, Between)
    assert meaning.low - 1e-6 <= value <= meaning.high + 1e-6


@pytest.mark.parametrize(
    ("meaning", "low", "high"),
    [
        (read(Kind.NUMBER, 2.5), 2.5, 2.5),
        (
            read(Kind.NUMBER, 2.5, description="Rounded to multiples of 0.5, halves to the even one."),
            2.25,
            2.75,
        ),
        (read(Kind.INTEGER, 45, description="Values above 45 are released as 45."), 45, math.inf),
        (read(Kind.INTEGER, 18, description="Values below 18 are released as 18, ..."), -math.inf, 19),
        (read(Kind.YEAR, 2021), 737791, 738156),
        (read(Kind.YEAR, 99999), math.inf, math.inf),
        (read(Kind.YEAR, 0), -math.inf, 1),
        (read(Kind.DATE, date(2021, 1, 1)), 737791, 737792),
        (read(Kind.DATETIME, datetime(2021, 1, 1, 12)), 737791.5, 737791.5),
        (read(Kind.STRING, "2021-Q4", constraints=Constraints(pattern="x")), 738064, 738156),
        (read(Kind.STRING, "2021-Q1", constraints=Constraints(pattern="x")), 737791, 737881),
    ],
)
def test_ranges(meaning: Meaning, low: float, high: float) -> None:
    """Numbers and dates stand for what they were before they were treated."""
    assert isinstance(meaning, Between)
    assert meaning.low == low
    assert math.isclose(meaning.high, high, rel_tol=1e-12)


def test_what_is_no_range_says_itself() -> None:
    """Words, truth values, times and numbers that are none."""
    assert read(Kind.BOOLEAN, True) == "True"
    assert read(Kind.STRING, "navy", categories=(Category("navy"), Category("1-2"))) == "navy"
    assert read(Kind.STRING, "none", constraints=Constraints(pattern="x")) == "none"
    assert read(Kind.NUMBER, math.nan) == "NaN"


def test_what_two_say_together() -> None:
    """Ranges are cut, the finer class holds, and what contradicts says nothing together."""
    assert narrowed("IA", "Midwest", BELOW) == narrowed("Midwest", "IA", BELOW) == "IA"
    assert narrowed("UT", "Midwest", BELOW) is None
    assert narrowed("30", Between(30, 31), BELOW) is None
    assert narrowed(Between(0, 5), Between(5, 9), BELOW) is None
    assert narrowed(Between(0, 5), Between(0, 5, is_date=True), BELOW) is None
    assert is_coarser("Midwest", "IA", BELOW)
    assert not is_coarser("IA", "Midwest", BELOW)
    assert not is_coarser("IA", "IA", BELOW)
    assert is_coarser(Between(30, 40), Between(30, 35), BELOW)
    assert not is_coarser(Between(30, 34), Between(32, 36), BELOW)
