"""Dates are read and written again in the same form."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.replace.dates import read_date

OTHER = date(2018, 11, 2)  # a Friday


@pytest.mark.parametrize(
    ("text", "year", "month", "day", "again"),
    [
        ("3/5/2019", 2019, 3, 5, "11/2/2018"),
        ("03/05/2019", 2019, 3, 5, "11/02/2018"),
        ("3/5/19", 2019, 3, 5, "11/2/18"),
        ("3-5-99", 1999, 3, 5, "11-2-18"),
        ("13/5/2019", 2019, 5, 13, "2/11/2018"),
        ("2019-03-05", 2019, 3, 5, "2018-11-02"),
        ("2019-03-05T12:30:00", 2019, 3, 5, "2018-11-02T12:30:00"),
        ("3/5/2019 at 4pm", 2019, 3, 5, "11/2/2018 at 4pm"),
        ("3.5.2019", 2019, 3, 5, "11.2.2018"),
        ("3/5", None, 3, 5, "11/2"),
        ("3/2019", 2019, 3, None, "11/2018"),
        ("20190305", 2019, 3, 5, "20181102"),
        ("030519", 2019, 3, 5, "110218"),
        ("5MAR2019", 2019, 3, 5, "2NOV2018"),
        ("5MAR19", 2019, 3, 5, "2NOV18"),
        ("March 5, 2019", 2019, 3, 5, "November 2, 2018"),
        ("March 5th, 2019", 2019, 3, 5, "November 2nd, 2018"),
        ("march 5TH", None, 3, 5, "november 2ND"),
        ("Mar. 5", None, 3, 5, "Nov. 2"),
        ("sept 3 2018", 2018, 9, 3, "nov 2 2018"),
        ("the 5th of March", None, 3, 5, "the 2nd of November"),
        ("5 March '19", 2019, 3, 5, "2 November '18"),
        ("5 March 19", 2019, 3, 5, "2 November 18"),
        ("March fifth", None, 3, 5, "November second"),
        ("the twenty-first of May", None, 5, 21, "the second of November"),
        ("March 2019", 2019, 3, None, "November 2018"),
        ("MARCH", None, 3, None, "NOVEMBER"),
        ("5 de marzo de 2019", 2019, 3, 5, "2 de noviembre de 2018"),
        ("Tuesday, March 5, 2019", 2019, 3, 5, "Friday, November 2, 2018"),
        ("tues 3/5", None, 3, 5, "fri 11/2"),
        ("Thanksgiving 2018", 2018, 11, 25, "Halloween 2018"),
        ("xmas '18", 2018, 12, 25, "halloween '18"),
        ("2019", 2019, None, None, "2018"),
        ("the 5th", None, None, 5, "the 2nd"),
        ("may 5", None, 5, 5, "november 2"),
    ],
)
def test_dates_are_read_and_written_again(text, year, month, day, again):
    """Order, separators, zeros, names, endings and capitals are those of the original."""
    found = read_date(text)
    assert (found.year, found.month, found.day) == (year, month, day)
    assert found.written(OTHER) == again


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hurricane Michael",
        "3-4-5",
        "March 3-5 2019",
        "5",
        "12345",
        "5 weeks after March",
        "may may",
        "1/2/3/4",
    ],
)
def test_what_is_no_single_date_is_not_read(text):
    """Nothing is read of a text that holds anything but one date."""
    assert read_date(text) is None


def test_a_day_that_is_not_there():
    """A date may be read and still be no day; it has no moment then."""
    assert read_date("2/30/2019").when is None


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_written_dates_are_read_as_they_are(first, second):
    """A date in any full form is read right, and what is written in its place is read right too."""
    for form in ("%m/%d/%Y", "%m-%d-%y", "%Y-%m-%d", "%d%b%Y", "%B %d, %Y", "%d %b '%y", "%A, %b. %d, %Y"):
        found = read_date(first.strftime(form))
        assert found.when == first
        again = found.written(second)
        assert read_date(again).when == second
        # Zeros that could be seen are written, and "May" is short and long.
        if first.day < 10 and (first.month != 5 or "%b" not in form):
            assert again == second.strftime(form)


@given(
    st.text(max_size=12),
    st.lists(st.sampled_from(["3", "/", "-", "19", "2019", "mar", " ", "5th", "'", "٣"])),
)
def test_anything_may_be_read(noise, pieces):
    """Reading never raises, and what it reads it can write."""
    for text in (noise, "".join(pieces)):
        found = read_date(text)
        if found is not None:
            assert re.sub(r"\w", "", found.written(OTHER)) == re.sub(r"\w", "", text)
