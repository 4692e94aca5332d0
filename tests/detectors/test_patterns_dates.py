"""Dates: all forms that answers hold, what is too vague to be sure, and dates in any format in any text."""

from __future__ import annotations

import calendar
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.attached import whole_date
from ppdarchive.model.span import Tier

from .test_patterns import assert_marked, found

SURE = """
he came <03-04-2019>.
my son (<3.4.19>) is
<3/4/19>
<2019/03/04> was it
on <2019-03-04 10:30>
born <3/4/19 at 5:15pm>, 7 lbs
on <3/4 at 5:15pm> she
the call was <5:15 pm on March 4th>
<Monday, March 4th> we met
<Mon 3/4> and then
<tues. 3/12> I
on <Friday the 13th of March>
<March 4>, ok
<march 4th>
<mar 4>
<Mar. 4, 2019>.
<4 march 2019>
<4th march>
the <4th of march>
the <4th of march, 2019>
<March the 4th>
<march fourth>
<March fourth twenty nineteen>
<march fourth, 2019>
<March fourth two thousand nineteen>
the <fourth of march>
the <twenty-third of may>
the <twenty third of May 2018>
<may twenty-third>
<December twenty first>
in <march 2019>
in <Mar '19>
in <march of 2019>
in <march of '19>
since <3/2019>
since <2019-03>
<03/2019>
<may-june 2018>
<june/july 2018>
<may to june of 2018>
from <june 3rd to the 5th>
<june 3-5>, 2 nights
<June 3-5, 2019>
<june 3, 4 and 5>
from <6/3-6/5> in the hospital
<6/3 to 6/5>
<6/3 through 6/10>
discharged <6/3>
discharged on <6/3>.
admitted on <6/3> and
admitted <6/3>
due <6/9>
due date is <june 9>
due date: <6/9/19>
my edd was <6/9>
EDD <june 9th>
DOB: <6/9/85>
dob <06091985>
d.o.b. <6-9-85>
born <6-9>
born <6.9.19>
she was born <3/4>
she was born on <the 3rd of may>
birthday is <3/4>
birthdate <3/4/19>
my birthday was <10/10>
her bday is <feb 29>
he was born on the <3rd>
born the <21st>, late
I'm due on the <12th>.
she was induced on <4/30>
my c-section was <4/30>
delivered <4/30>
I delivered on <May 1>
passed away <4/30>
my dad died <4/30>
he died on <may 3>
started on <8/8>
I started <08/08>
surgery on <1/15>
surgery was <1/15>
my appt is <1/15>
appointment on <1/15 at 3>
anniversary is <6/21>
we got married <6/21/14>
deployed <1/15/12>
enlisted <june 2009>
<SEP 2009>
<5MAR2019>
<05MAR19>
<5 MAR 19>
<05 mar 2019>
since <08SEP15>
on <14-mar-19>
on <14-mar>
<20190304>
<03042019>
<christmas 2018>
<Christmas Eve 2018>
<xmas '18>
<x-mas 2018>
<thanksgiving of 2017>
<new years eve 2018>
<New Year's Day 2019>
<4th of July 2019>
<july 4th 2019>
<halloween 2018>
<valentines day 2019>
<Mother's Day 2018>
<mothers day '18>
<memorial day weekend 2018>
<labor day 2018>
<veterans day 2018>
<easter 2019>
<MLK day 2019>
<st patricks day 2019>
the week of <the 4th of july 2019>
<9/11/2001>
<two days after 9/11>
<spring of 2018>
<spring 2018>
in the <summer of '18>
<fall 2018>
<winter 2017>
<late summer 2018>
<Q3 2019>
<third quarter of 2018>
<first half of 2018>
born on <christmas eve>
born <christmas day>
her birthday is <halloween>
due on <valentine's day>
<febuary 9>
<febuary 2018>
<Feburary 9th>
<janurary 2019>
<septmber 4>
<Ocotber 2018>
<novemeber 3rd>
<decemeber 25th>
<agust 9th>
<6 de julio>
el <6 de julio de 2018>
el <6 de julio del 2018>
<6 julio 2018>
<6 de Julio, 2018>
<julio 6>
<julio 6, 2018>
<julio de 2018>
en <julio del 2018>
el <primero de mayo>
el <1ro de mayo>
el <lunes 3 de junio>
el <seis de julio>
el <veintitres de mayo>
nació el <3 de mayo>
nació el <3/5/2019>
nació <3/5>
<navidad 2018>
<navidad del 2018>
<día de las madres 2018>
en el <verano de 2018>
<semana santa 2019>
last seen <2019-03-04T10:30:00Z>
the <4th march 2019>
on <mar 4 at noon>
on <mar 4 around 5pm>
it's <aug. 9th>
AUG 9: <AUG 10>
on <October 3rd, 2018 at 10:30 am>
<10/3 @ 10:30>
until <dec 25>
thru <dec 3>
before <feb 2>
around <oct 31st>
week of <oct 31>
week of <10/31>
as of <10/31>
dated <10/31>
it was <10/31>
(<10/31>)
<1/31>
sometime around <7/15/16> i
in <May 2016>
on <may 5>, 2 days
on <may 5th>
since <may 5>
until <march 3>
<March 3> was
due <march 3>
<May 5> is
by <may 5>
'til <may 5>
we moved <aug 2017>
<aug '17>
back in <jan 2018>
<Jan. 2018>
<Jan, 2018>
<sept 2018>
<sept. 14th>
<Sep 14 2018>
<the 14th of september two thousand eighteen>
on <saturday april 14th>
<sat, apr 14>
<april 14 (saturday)>
it got moved to <2/10>.
they changed it to <2/10>
had the baby <2/12>
had her <2/12>
i had my son <2/12/18>
my son's birthday <2/12>
his b-day is <2/12>
my baby was born <2-12>
last entry is <12/09>
<01/07>, then
DOB: <Oct. 31 16>
<oct 31 16>
in <fall of 18>
<christmas 16>
the <2018 christmas>
born on <3/4/2019 at noon>
from <May 2017> - <June 2018>
""".strip().splitlines()
"""What is found surely stands between < and >."""

UNSURE = """
since <January>
in <march>
until <june>
last <december>
by <may>
in early <june>
mid-<march>
at the end of <october>
every <december>
<December> was bad
between <january and august>
<sept-nov>
in <may of last year>
on the <23rd>.
on the <15th> she called
I think <3/7>
track <6/8>
<two days after christmas>
<the week before thanksgiving>
<right after christmas>
in <early 2019>
<mid-2017>
the <end of 2018>
desde <enero>
en <marzo>
a finales de <marzo>
on <3-14> it came
last entry is <9/5>
""".strip().splitlines()
"""What is left to a person stands between < and >."""

DAYS = st.dates(date(1985, 1, 1), date(2039, 12, 28))
FORMATS = (
    *(
        "%m/%d/%Y",
        "%m/%d/%y",
        "%m-%d-%Y",
        "%m.%d.%Y",
        "%d.%m.%Y",
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y%m%d",
    ),
    *(
        "%B %d, %Y",
        "%B %d %Y",
        "%b %d, %Y",
        "%b. %d, %Y",
        "%d %B %Y",
        "%d %b %Y",
        "%d-%b-%Y",
        "%d%b%Y",
        "%d%b%y",
    ),
    *("%B %Y", "%b '%y", "%m/%Y", "%Y-%m", "the %d of %B %Y", "%A, %B %d, %Y", "%m/%d/%y at %I:%M %p"),
)
"""Formats of `date.strftime` with a year."""
BEFORE = ("", "she came ", "born on ", "(", "- ", "it was\n", "el ")
BEHIND = ("", ".", " and then", ", ok", ")", "!", "\nmore")


@pytest.mark.parametrize("marked", SURE)
def test_dates_are_found_whole(marked: str) -> None:
    """Dates in all forms that answers hold are found, with the weekday and the time beside them."""
    assert_marked(marked, "DATE", AGE=True)


@pytest.mark.parametrize("marked", UNSURE)
def test_vague_dates_are_left_to_a_person(marked: str) -> None:
    """A month alone, a day of no month and the like are found, and not surely."""
    text = marked.replace("<", "").replace(">", "")
    assert found(text) == []
    assert_marked(marked, "DATE", tiers=tuple(Tier))


@given(DAYS, st.sampled_from(FORMATS), st.sampled_from(BEFORE), st.sampled_from(BEHIND), st.booleans())
def test_a_date_with_a_year_is_found_in_any_format(
    day: date, form: str, before: str, behind: str, lower: bool
) -> None:
    """All letters and digits of it, in whatever text it stands, with or without capitals."""
    written = day.strftime(form)
    # 2009-10 may be a school year, and 051205 any number.
    assume(form != "%Y-%m" or day.month != (day.year + 1) % 100)
    text = f"{before}{written.lower() if lower else written}{behind}"
    (spans,) = Patterns().detect([text])
    covered = {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}
    start = len(before) + (4 if written.startswith("the ") else 0)
    own = range(start, len(before) + len(written))
    assert all(at in covered for at in own if text[at].isalnum()), [s.detector for s in spans]


@given(DAYS, st.sampled_from(("born", "due date is", "discharged on", "her birthday is", "since", "on")))
def test_a_day_of_a_month_is_found_behind_what_tells_of_it(day: date, cue: str) -> None:
    """Even 8/10 and 10/10, which could be marks out of ten; 9/11 alone is an event that all know."""
    assume((day.month, day.day) not in ((9, 11), (24, 7)))
    text = f"{cue} {day.month}/{day.day}, ok"
    assert found(text) == [("DATE", f"{day.month}/{day.day}")]


@given(st.integers(1, 12), st.integers(1, 31), st.booleans())
def test_a_month_by_name_and_a_day_are_a_date(month: int, day: int, ordinal: bool) -> None:
    """Behind "on" every month is one, also may and march in small letters."""
    ending = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    written = f"{calendar.month_name[month].lower()} {day}{ending if ordinal else ''}"
    assert found(f"it came on {written}, ok") == [("DATE", written)]


@pytest.mark.parametrize(
    ("text", "start", "end", "whole"),
    [
        ("mon 3/5", 4, 7, "mon 3/5"),
        ("at 5pm on monday, 3/5", 18, 21, "5pm on monday, 3/5"),
        ("common 3/5", 7, 10, "3/5"),
        ("3/5 at 0515", 0, 3, "3/5 at 0515"),
        ("3/5, noon", 0, 3, "3/5, noon"),
        ("3/5 at 5:15pm.", 0, 3, "3/5 at 5:15pm"),
        ("3/5 at 5 p.m., ok", 0, 3, "3/5 at 5 p.m."),
        ("on monday. 3/5", 11, 14, "3/5"),
        ("mon. 3/5", 5, 8, "mon. 3/5"),
        ("3/5 (tuesday)", 0, 3, "3/5 (tuesday)"),
        ("3/5 at 5 moms", 0, 3, "3/5"),
        ("at 5pm\x003/5\x00at 5pm", 7, 10, "3/5"),
    ],
)
def test_a_weekday_and_a_time_belong_to_their_date(text: str, start: int, end: int, whole: str) -> None:
    """They are part of it before and behind, and never those of another text."""
    assert text[slice(*whole_date(text, start, end))] == whole
