"""Places that have a form: addresses, boxes, ZIP codes, roads, coordinates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.model.span import Tier

from .test_patterns import assert_marked, found

SURE = """
I live at <335 North Sycamore Street>
<335 N Sycamore St>
<335 N Sycamore> with
<123 Main St, Apt 4b>
<123 main street apt 4>
<123 Main Street #4>
<123 W. Main St., Suite 200>
<221B Baker Street>
<12 Old Mill Rd>
<12 Old Mill Rd, Iowa City, IA 52240>
<12 old mill rd iowa city ia 52240>
<6780 Larkspur Lane, Columbus>
<4 Privet Dr>
<1600 Pennsylvania Ave NW>
<14 5th Ave>
<1420 E 5th St>
<9 Elm Ct>
<8513 Second Street>
<77 Massachusetts Avenue>
<3371 Pecan Grove Ln Unit D>
<100 State Hwy 6>
we live at <1420 Maple>
my address is <1420 Maple>
address: <88 Sycamore>
moved to <1420 Maple>
<PO Box 117>
<P.O. Box 117, Ames, IA 50010>
<po box 117>
<p o box 12>
<RR 2 Box 41>
<Rural Route 2, Box 41>
<HC 1 Box 12>
<PSC 1234 Box 5678 APO AE 09128>
<Unit 12345 Box 678, FPO AP 96349>
<APO AE 09128>
<FPO AP 96349-1234>
<CMR 415 Box 12>
zip <52240>
zip code is <52240>
zip: <52240-1234>
our zip is <52240>
my zip code's <52240>
<52240-1234>
<Iowa City, IA 52240>
<Iowa City, Iowa 52240>
<IA 52240>
<iowa 52240>
<Portland, OR 97201>
we live in <52240>
código postal <06600>
off <County Road 214>
<county rd 12>
<CR 214>
on <Highway 61>
<hwy 6>
<Hwy. 6>
<Route 66>
<Rt. 5>
<US 30>
<US-30>
<I-80>
<State Route 9>
<FM 1960>
<mile marker 242>
<exit 242>
<exit 242 off I-80>
<42nd street>
<5th ave>
<NW 23rd Ave>
corner of <5th and Main>
corner of <Elm and Oak St>
on <Dunmore Pike>
off <Old Mill Road>
near <Sycamore Street>
<W. Tamarack St>
<apt 4b>
<Apt. 12>
<apt #12>
<suite 200>
<Ste. 200>
<41.6611, -91.5302>
<41.6611 N, 91.5302 W>
<41°39'40"N 91°31'48"W>
<41.66° N, 91.53° W>
grid <15T XG 12345 67890>
vivo en <calle Luna 12>
<Calle 5 de Mayo #123>
<Av. Juárez 45>
<avenida Juárez 45>
<Urb. Las Flores B-12>
<apartado postal 117>
<335 n. sycamore st>., ok
<carretera 2> <km 12>
""".strip().splitlines()
"""What is found surely stands between < and >."""

NAMES = (
    "Sycamore",
    "Old Mill",
    "Maple",
    "N Elm",
    "Martin Luther King",
    "W. Tamarack",
    "5th",
    "42nd",
    "Larkspur",
)
ENDINGS = (
    "St",
    "Street",
    "Ave",
    "Avenue",
    "Rd",
    "Road",
    "Ln",
    "Lane",
    "Dr",
    "Drive",
    "Blvd",
    "Court",
    "Pkwy",
    "Circle",
)
UNITS = ("", ", Apt 4b", " apt 12", " #4", ", Suite 200", " Unit D")
STATES = ("IA", "Iowa", "TX", "tx", "New York", "OR", "north carolina")


@pytest.mark.parametrize("marked", SURE)
def test_places_are_found_whole(marked: str) -> None:
    """Addresses and places on roads, in all forms that answers hold."""
    assert_marked(marked, "LOCATION")


@given(
    st.integers(10, 99999),
    st.sampled_from(NAMES),
    st.sampled_from(ENDINGS),
    st.sampled_from(UNITS),
    st.booleans(),
)
def test_a_street_address_is_found(number: int, name: str, ending: str, unit: str, lower: bool) -> None:
    """House number, name, ending and unit, with or without capitals."""
    address = f"{number} {name} {ending}{unit}"
    address = address.lower() if lower else address
    text = f"mail it to {address}, please"
    (spans,) = Patterns().detect([text])
    covered = {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}
    assert covered >= {at for at in range(11, 11 + len(address)) if text[at].isalnum()}


@given(st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True), st.sampled_from(STATES))
def test_a_zip_code_is_found_with_its_state_or_its_name(code: str, state: str) -> None:
    """Behind a state, behind the word, and with its four further digits anywhere."""
    assert ("LOCATION", f"{state} {code}") in found(f"sent to {state} {code} twice") or state in (
        "OR",
        "tx",
    )
    assert found(f"our zip code is {code} so") == [("LOCATION", code)]


@given(st.floats(-89, 89), st.floats(-179, 179))
def test_coordinates_are_found(latitude: float, longitude: float) -> None:
    """From three decimals on they tell a house."""
    text = f"{latitude:.4f}, {longitude:.4f}"
    assert ("LOCATION", text) in found(f"we are at {text} now")


@pytest.mark.parametrize(
    "marked", ["off <whispering pines drive> has", "on <gilbert ct>", "<room 412>, ok", "they said <52240>"]
)
def test_places_that_could_be_something_else_are_left_to_a_person(marked: str) -> None:
    """Streets in small letters without a number, rooms, five digits alone."""
    assert found(marked.replace("<", "").replace(">", "")) == []
    assert_marked(marked, "LOCATION", tiers=tuple(Tier))
