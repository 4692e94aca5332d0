"""Contact details: all forms that answers hold, and telephone numbers and addresses in any text."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.public import is_public_line
from ppdarchive.model.span import TextCategory, Tier

from .test_patterns import assert_marked, found

SURE = """
email me: <jane.doe@example.com>
<JANE_DOE@EXAMPLE.ORG>
<jane.doe+ppd@mail.example.com>.
(<jdoe84@example.net>)
"<jdoe84@example.net>"
mailto:<jdoe84@example.net>
its <jane@gmail>
its <jane @gmail.com>
its <jane @ gmail.com>
<jane@gmail .com>
<jane@ gmail.com>
its <jane.doe @ gmail . com>
<jane dot doe at gmail dot com>
<jane(at)gmail.com>
<jane (at) gmail (dot) com>
<jane[at]gmail[dot]com>
<jane {at} gmail {dot} com>
<jane AT gmail DOT com>
<jane_doe at yahoo dot com>
<jane underscore doe at yahoo dot com>
<jane dash doe at hotmail dot com>
<janedoe84 at gmail>
email is <janedoe at gmail>
reach me at <jane.doe at outlook>
<j dot doe at va dot gov>
<maria punto lopez arroba gmail punto com>
my email is <mama.bear22@aol.com> ok
<jane.doe＠example．com>
call <515-555-0123>
call <(515) 555-0123>
call <(515)555-0123>
<515.555.0123>
<515 555 0123>
<5155550123>
<1-515-555-0123>
<1 (515) 555-0123>
<+1 515 555 0123>
<+1-515-555-0123>
<+15155550123>
<515-5550123>
<515/555-0123>
<515 - 555 - 0123>
<515–555–0123>
<515‑555‑0123>
my number is <555-0123>
<555-0123>
my cell <555 0123>
text me <5550123>
my # is <555-0123>
my # is <555 0123>
call me at <555.0123>
<515-555-0123 ext 42>
<515-555-0123 x42>
<515-555-0123, ext. 42>
<(515) 555-0123 extension 42>
<+44 20 7946 0958>
<+49 30 5550126>
<+52 55 5550 0126>
<011 44 20 7946 0958>
<0044 20 7946 0958>
fax to <515-555-0123>
fax: <515 555 0123>
<five one five, 555 0123>
<five one five five five five oh one two three>
<five one five - five five five - zero one two three>
<five-one-five five-five-five oh-one-two-three>
<five one five triple five oh one two three>
<5 1 5 5 5 5 0 1 2 9>
<5-1-5-5-5-5-0-1-2-9>
call <5 1 5 5 5 5 0 1 2 3>
<cinco uno cinco cinco cinco cinco cero uno dos tres>
llámame al <515 555 0123>
mi número es <515-555-0123>
mi cel <515 555 0123>
ext <4417>
extension <417>
pager <88123>
area code <515>
see <https://example.org/jane>
see <http://example.org/jane?id=3&x=4>.
<www.example.org>
<www.example.org/jane/doe>,
<example.com/janes-blog>
<janesblog.example.com>
<bit.ly/3xYz12>
<fb.me/janedoe>
<fb.com/jane.doe.84>
<instagram.com/jane_doe>
@ me: <@jane_doe>
<@janedoe84>!
find me on fb as <Jane Doe>
find me on facebook as <Jane D Vet Mom>
find me on insta as <jane_doe84>
find me on ig as <jane.doe>
look me up on facebook as <jane doe lopez> if you want
I'm on snap as <janed84>
add me on snapchat <janed84>
my snap is <janed84>
my insta is <janedoe84>
my insta: <janedoe_84>
insta: <janedoe>
IG <@janedoe84>
my username is <janedoe84>
username: <janedoe84>
my handle is <mama_bear>
screen name is <mama_bear>
venmo <@jane-doe-84>
venmo me <@janedoe>
venmo: <jane-doe-84>
cashapp <$JaneDoe84>
cash app is <$janedoe>
I post as <u/jane_doe84>
kik: <janed84>
kik <janed84>
my whatsapp is <+1 515 555 0123>
skype: <live_jane84>
discord <janedoe_84>
dm me <@janedoe84>
dm me <Jane D Vet Mom> lol
I'm <janedoe84> on insta
I'm <jane_doe> on tiktok
estoy en facebook como <Maria Lopez>
mi insta es <maria_l>
mi usuario es <marial84>
on facebook my name is <Jane Doe>
on fb under <Jane Doe Smith>
on FB under the name <Jane Doe>
""".strip().splitlines()
"""What is found surely stands between < and >."""

BEFORE = ("", "call ", "my number is ", "(cell) ", "- ", "it's\n", "reach me: ")
BEHIND = ("", ".", " after 5", ", ok", "!", "\nmore", " (cell)")
DIGIT = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def covered(text: str) -> set[int]:
    """The positions that are surely found."""
    (spans,) = Patterns().detect([text])
    return {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}


@pytest.mark.parametrize("marked", SURE)
def test_contact_details_are_found_whole(marked: str) -> None:
    """Addresses, numbers, links and handles in all forms that answers hold."""
    assert_marked(marked, "CONTACT", ID=True)


AREA = st.integers(200, 999).map(str)
LINE = st.integers(0, 9999).map("{:04}".format)
FORMS = (
    *("({0}) {1}-{2}", "({0}){1}-{2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "{0} {1} {2}", "{0}{1}{2}"),
    *("1-{0}-{1}-{2}", "+1 {0} {1} {2}", "+1{0}{1}{2}", "1 ({0}) {1}-{2}", "{0} {1}-{2}", "{0}/{1}-{2}"),
    *("{0} - {1} - {2}", "{0}-{1}{2}", "{0}--{1}--{2}", "{0}_{1}_{2}", "{0}-{1}-{2} ext 42"),
)


@given(st.tuples(AREA, AREA, LINE), st.sampled_from(FORMS), st.sampled_from(BEFORE), st.sampled_from(BEHIND))
def test_a_telephone_number_is_found_in_any_format(
    digits: tuple[str, str, str], form: str, before: str, behind: str
) -> None:
    """All its digits, in whatever text it stands; but not a line that everybody may know."""
    number = form.format(*digits)
    assume(not is_public_line(number, TextCategory.CONTACT))
    text = f"{before}{number}{behind}"
    own = range(len(before), len(before) + len(number))
    assert covered(text) >= {at for at in own if text[at].isalnum()}


@given(AREA, AREA, LINE, st.sampled_from((" ", ", ", "-")), st.booleans())
def test_a_telephone_number_is_found_in_words(
    area: str, exchange: str, line: str, between: str, spaced: bool
) -> None:
    """Digit by digit in words, or as single digits where they are none of a scale."""
    digits = area + exchange + line
    assume(len(set(digits)) > 3 and max(digits) > "4")
    words = between.join(digits if spaced else [DIGIT[int(digit)] for digit in digits])
    text = f"it is {words} ok"
    assert covered(text) >= {at for at in range(6, 6 + len(words)) if text[at].isalnum()}


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_numbers_of_all_countries_are_found(region: str) -> None:
    """The library of the field writes an example of each country, in three forms: all are found whole."""
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    forms = (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.E164)
    for form in forms if number is not None else ():
        written = phonenumbers.format_number(number, form)
        assert found(f"call {written} now") == [("CONTACT", written)]


@given(
    st.from_regex(r"[a-z][a-z0-9]{0,9}([._+-][a-z0-9]{1,6}){0,2}", fullmatch=True),
    st.from_regex(r"[a-z]{2,9}(-[a-z]{1,5})?(\.[a-z]{2,6})?\.(com|org|net|edu|mil|co\.uk)", fullmatch=True),
    st.sampled_from(BEFORE),
    st.sampled_from(BEHIND),
    st.booleans(),
)
def test_an_address_is_found_in_any_text(
    local: str, site: str, before: str, behind: str, upper: bool
) -> None:
    """The whole of it, in any case."""
    address = f"{local}@{site}"
    text = f"{before}{address.upper() if upper else address}{behind}"
    assert covered(text) >= set(range(len(before), len(before) + len(address)))


@given(
    st.from_regex(r"[a-z]{4,9}", fullmatch=True),
    st.from_regex(r"[a-z]{4,9}", fullmatch=True),
    st.sampled_from(
        ((" at ", " dot "), (" (at) ", " (dot) "), ("[at]", "[dot]"), (" AT ", " DOT "), ("(at)", "."))
    ),
)
def test_an_address_is_found_in_words(first: str, last: str, signs: tuple[str, str]) -> None:
    """As people hide it from machines."""
    at, dot = signs
    address = f"{first}{dot}{last}{at}example{dot}org"
    assert covered(f"it's {address}, ok") >= {
        place for place in range(5, 5 + len(address)) if f"it's {address}"[place].isalnum()
    }


@pytest.mark.parametrize(
    "number",
    [
        *(
            "988",
            "911",
            "1-800-273-8255",
            "(800) 273-8255",
            "800.273.8255",
            "18002738255",
            "838255",
            "741741",
        ),
        *("1-833-852-6262", "1-800-944-4773", "800-799-7233", "1-855-829-6636", "877-222-8387"),
    ],
)
def test_lines_that_everybody_may_know_stay(number: str) -> None:
    """A crisis line identifies nobody, and that an answer names one should be read."""
    for text in (f"I called {number} twice", f"text {number}", number, f"call {number} press 1"):
        assert found(text, tiers=tuple(Tier)) == []


def test_toll_free_numbers_that_nobody_published_go() -> None:
    """Only the lines on the list stay."""
    assert found("I called 1-800-555-0126 twice") == [("CONTACT", "1-800-555-0126")]
    assert found("ticket 9SB11T") == [("ID", "9SB11T")]
