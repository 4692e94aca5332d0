"""Numbers that identify, and network addresses: all forms, and their check digits."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.code import is_iban, is_luhn, is_routing, is_vin
from ppdarchive.model.span import Tier

from .test_patterns import assert_marked, found

SURE = """
my ssn is <219-09-9999>
SSN: <219099999>
social <219 09 9999>
ss# <219-09-9999>
social security number is <219-09-9999>
my social, <219.09.9999>, twice
<900-12-3456>
<000-12-3456>
ssn <xxx-xx-6683>
last four <6683>
last four: <6683>
last 4 are <6683>
last 4 of my ssn is <6683>
last four of my social <6683>
my last4 is <6683>
last four (<6683>)
<6683> are my last four
last four are <six six eight three>
card ending in <4481>
acct ending in <4481>
DoD ID <1234567890>
dod id number: <1234567890>
DODID# <1234567890>
EDIPI <1234567890>
my CAC number is <1234567890>
MRN <12345>
MRN: <#5048652>
mrn # <5048652>
medical record number <5048652>
chart number is <V2495307>
chart # <88123>
patient id <A448812>
patient number: <448812>
case number <44-8812>
case <#1234>
claim <62276267>
claim number is <C 62 276 267>
VA claim # <62276267>
claim no. <VB-12345678>
file number <123 456 789>
c-file <12345678>
policy number <XJ-448812-01>
member ID <XQZ448812301>
group number <448812>
medicaid <448812A>
medicare number is <1EG4-TE5-MK73>
tricare # <448812301>
insurance id <XQZ448812301>
account number <12345678>
account <1234 5678>
acct# <12345678>
checking account <000123456789>
routing <021000021>
routing number is <021000021>
card <4111 1111 1111 1111>
<4111-1111-1111-1111>
<378282246310005>
IBAN <DE89 3704 0044 0532 0130 00>
<GB82WEST12345698765432>
driver's license <D1234567>
license number <D123-4567-8901>
licence no. <448 881 230>
passport <C01234567>
passport number: <512345678>
pasaporte <G12345678>
green card <A123456789>
nursing license # <RN448812>
npi <1234567893>
plate <ABC 1234>
license plate is <ABC1234>
plates <8ABC123>
plate number <ABC-123>
tag <MOM4LK>
towed my car (<ABC 481>)
my van <ABC-1234> was
placa <ABC-123>
VIN <1HGCM82633A004352>
they took <1HGCM82633A004352>
serial number <SN448812>
serial <SN1655-P78>
IMEI <490154203237518>
pump serial # <44-88123>
participant <17>
participant id <MMB000189>
participant number <17>
my study id is <P-017>
study ID: <mmb000189>
subject # <0342>
id# <42>
record id <88>
ticket <#48213>
<#48213>
order number <44881230>
confirmation <X4J-88123>
tracking number <1Z999AA10123456784>
reference number <448812>
badge <4481>
employee id <44812>
student id <448120>
docket <18-4481>
pin <4481>
<AB-448155>
<V2495307> twice
<900123456> i think
<123e4567-e89b-12d3-a456-426614174000>
mi CURP es <LOPM850304MDFRRR09>
DNI <12345678Z>
mac <00:1a:2b:3c:4d:5e>
<00-1A-2B-3C-4D-5E>
<001a.2b3c.4d5e>
ip <192.0.2.17>
<192.0.2.17:8080>
from <203.0.113.5>.
<2001:db8::17>
<fe80::1ff:fe23:4567:890a>
<2001:0db8:85a3:0000:0000:8a2e:0370:7334>
<::ffff:192.0.2.17>
""".strip().splitlines()
"""What is found surely stands between < and >."""

CUES = (
    *(
        "MRN",
        "chart number",
        "case #",
        "claim no.",
        "account",
        "acct",
        "policy number",
        "member id",
        "DoD ID",
        "EDIPI",
    ),
    *(
        "passport",
        "license number",
        "serial",
        "confirmation",
        "ticket",
        "badge",
        "tracking number",
        "medicaid",
    ),
)


@pytest.mark.parametrize("marked", SURE)
def test_identifying_numbers_are_found_whole(marked: str) -> None:
    """By check digits, by shape, or by the word before them."""
    text = marked.replace("<", "").replace(">", "")
    assert {category for category, _ in found(text)} <= {"ID", "IP"}
    assert_marked(marked, "ID", IP=True)


@given(st.sampled_from(CUES), st.from_regex(r"[A-Z]{0,2}-?[1-9][0-9]{4,11}", fullmatch=True))
def test_a_number_is_found_behind_what_it_is_of(cue: str, number: str) -> None:
    """From five digits on, with letters before them or without."""
    for text in (f"my {cue} is {number} ok", f"{cue}: {number}", f"({cue} {number})"):
        (spans,) = Patterns().detect([text])
        covered = {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}
        assert covered >= {
            at for at in range(text.index(number), text.index(number) + len(number)) if text[at].isalnum()
        }


@given(st.integers(0, 999), st.integers(0, 99), st.integers(0, 9999), st.sampled_from("- ."))
def test_a_social_security_number_is_found_issued_or_not(
    area: int, group: int, serial: int, sign: str
) -> None:
    """Numbers that are never issued are still somebody's idea of hers."""
    number = f"{area:03}{sign}{group:02}{sign}{serial:04}"
    text = f"it was {number}, I think"
    (spans,) = Patterns().detect([text])
    best = max(spans, key=lambda span: span.score)
    assert text[best.start : best.end] == number
    is_issued = area not in (0, 666) and area < 900 and group and serial
    assert (best.detector == "patterns.ssn") == bool(is_issued)


def with_check_digit(start: str) -> str:
    """Digits and the one that checks them."""
    return next(start + last for last in "0123456789" if is_luhn(start + last))


@given(st.from_regex(r"[3-5][0-9]{13,14}", fullmatch=True))
def test_a_card_number_is_told_by_its_check_digit(start: str) -> None:
    """With any other last digit it is a long number and nothing more."""
    number = with_check_digit(start)
    for own in (number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))):
        (spans,) = Patterns().detect([f"paid by {own} then"])
        assert any(span.detector == "patterns.card-number" for span in spans)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    (spans,) = Patterns().detect([f"paid by {wrong} then"])
    assert not any(span.detector == "patterns.card-number" for span in spans)
    assert spans or wrong.endswith("000000")


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_luhn, "4111111111111111", "4111111111111112"),
        (is_luhn, "79927398713", "79927398710"),
        (is_vin, "1hgcm82633a004352", "1hgcm82643a004352"),
        (is_vin, "1m8gdm9axkp042788", "1m8gdm9a1kp042788"),
        (is_iban, "gb82west12345698765432", "gb83west12345698765432"),
        (is_iban, "de89370400440532013000", "de89370400440532013001"),
        (is_routing, "021000021", "021000012"),
        (is_routing, "011401533", "011401534"),
    ],
)
def test_check_digits(check, right: str, wrong: str) -> None:
    """Published examples are right, and wrong with a digit changed."""
    assert check(right)
    assert not check(wrong)


@given(st.ip_addresses(v=4), st.sampled_from(("", ".", ", ok", " again", ":8080", "/24")))
def test_an_address_of_version_4_is_found(address: ipaddress.IPv4Address, behind: str) -> None:
    """Any that the standard library knows, with a port or without."""
    assert ("IP", f"{address}{behind}".rstrip(".").removesuffix(", ok").removesuffix(" again")) in found(
        f"it was {address}{behind}"
    )


@given(st.ip_addresses(v=6), st.booleans())
def test_an_address_of_version_6_is_found(address: ipaddress.IPv6Address, exploded: bool) -> None:
    """Short or written out; but for the shortest, which are hardly an address."""
    written = address.exploded if exploded else str(address)
    expected = [("IP", written)] if len(written) > 5 else []
    assert [each for each in found(f"it was {written} again") if each[0] == "IP"] == expected


@pytest.mark.parametrize(
    "text", ["256.1.1.1", "1.2.3", "version 10.0.19.1", "v2.0.1.4", "std::vector", "10:30:00", "a::b"]
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    """Numbers too large, versions of programs, times, names of code."""
    assert [each for each in found(text, tiers=tuple(Tier)) if each[0] == "IP"] == []
