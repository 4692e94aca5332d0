"""Every class of identifiers that is planted in a study is caught, with the paragraph that names it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    JsonValue,
    Kind,
    Lexical,
    Role,
    Schema,
    Schemas,
    Treatment,
)
from ppdarchive.standards import CLASSES, STANDARDS, Facts, Row, judge
from ppdarchive.tableschema import load_package
from ppdarchive.testing import packages

ROOT = Path(__file__).parents[2]
STUDY = load_package(ROOT).schemas


def field(name: str, kind: Kind = Kind.STRING, method: str = "keep", **rest: Any) -> Field:
    """A field under a treatment, with its parameters as ``given``, its class as ``declared``."""
    given_parameters: dict[str, JsonValue] = rest.pop("given", {})
    disclosure = Disclosure(
        rest.pop("role", Role.QUASI_IDENTIFIER),
        Treatment(method, given_parameters),
        rest.pop("declared", None),
    )
    return Field(name, kind, disclosure=disclosure, **rest)


def planted(own: Field, table: str = "participants") -> Schemas:
    """The example study with one field more, or another of that name."""
    fields = [each for each in STUDY[table] if each.name != own.name]
    return dict(STUDY) | {table: STUDY[table].replacing(fields=(*fields, own))}


def rows_of(own: Field, standard: str = "safe-harbor", facts: Facts | None = None) -> list[Row]:
    """What is said of a field that is planted in the example study."""
    rows = judge(planted(own), standard, facts)
    return [row for row in rows if (row.table, row.field) == ("participants", own.name)]


def verdicts(own: Field, **rest: Any) -> dict[str, bool | None]:
    """Whether each class that the field falls into is satisfied."""
    return {row.letter: row.satisfied for row in rows_of(own, **rest)}


PLANTED = [
    ("A", "last_name", Kind.STRING),
    ("A", "spouse_name", Kind.STRING),
    ("A", "babyName", Kind.STRING),
    ("A", "employer", Kind.STRING),
    ("A", "initials", Kind.STRING),
    ("A", "RecipientFirstName", Kind.STRING),
    ("A", "coach_name", Kind.STRING),
    ("A", "lname", Kind.STRING),
    ("A", "name_of_son", Kind.STRING),
    ("B", "zip", Kind.STRING),
    ("B", "zip5", Kind.STRING),
    ("B", "addr1", Kind.STRING),
    ("B", "postal_code", Kind.STRING),
    ("B", "home_zip_code", Kind.INTEGER),
    ("B", "street_address", Kind.STRING),
    ("B", "city", Kind.STRING),
    ("B", "county_fips", Kind.STRING),
    ("B", "LocationLatitude", Kind.NUMBER),
    ("B", "delivery_hospital", Kind.STRING),
    ("B", "employer_city", Kind.STRING),
    ("B", "duty_station", Kind.STRING),
    ("B", "state_hospital", Kind.STRING),
    ("C", "birth_date", Kind.DATE),
    ("C", "StartDate", Kind.DATETIME),
    ("C", "baby_dob", Kind.STRING),
    ("C", "admission_date", Kind.DATE),
    ("C", "date_of_death_of_mother", Kind.STRING),
    ("C", "age_years", Kind.INTEGER),
    ("C", "husband_age", Kind.INTEGER),
    ("C", "birth_year", Kind.YEAR),
    ("D", "mobile_phone", Kind.STRING),
    ("D", "phone2", Kind.STRING),
    ("D", "mother_telephone", Kind.INTEGER),
    ("D", "emergency_contact_cell", Kind.STRING),
    ("E", "fax_number", Kind.STRING),
    ("F", "email", Kind.STRING),
    ("F", "partner_e_mail", Kind.STRING),
    ("G", "ssn", Kind.STRING),
    ("G", "SocialSecurityNumber", Kind.INTEGER),
    ("H", "mrn", Kind.STRING),
    ("H", "medical_record_no", Kind.INTEGER),
    ("I", "health_plan_number", Kind.STRING),
    ("I", "tricare_member_id", Kind.STRING),
    ("J", "bank_account", Kind.STRING),
    ("J", "credit_card", Kind.INTEGER),
    ("K", "driver_license", Kind.STRING),
    ("K", "birth_certificate_no", Kind.STRING),
    ("L", "license_plate", Kind.STRING),
    ("L", "vehicle_vin", Kind.STRING),
    ("M", "device_serial", Kind.STRING),
    ("M", "phone_imei", Kind.INTEGER),
    ("N", "blog_url", Kind.STRING),
    ("N", "profile_link", Kind.STRING),
    ("O", "IPAddress", Kind.STRING),
    ("O", "ip_address", Kind.STRING),
    ("P", "fingerprint", Kind.STRING),
    ("P", "voice_recording", Kind.STRING),
    ("Q", "photo_file", Kind.STRING),
    ("Q", "baby_photo", Kind.STRING),
    ("R", "response_id", Kind.STRING),
    ("R", "ExternalReference", Kind.STRING),
    ("R", "edipi", Kind.INTEGER),
    ("R", "facebook", Kind.STRING),
    ("R", "unique_code", Kind.STRING),
]


@pytest.mark.parametrize(("letter", "name", "kind"), PLANTED)
def test_a_planted_identifier_is_caught_with_its_paragraph(letter: str, name: str, kind: Kind) -> None:
    """A field of any class that is released as collected is caught, and dropped it is fine."""
    (row,) = [row for row in rows_of(field(name, kind)) if row.letter == letter]
    assert not row.satisfied
    assert row.paragraph == f"45 CFR 164.514(b)(2)(i)({letter})"
    assert row.why
    assert row.remedy
    assert all(row.satisfied for row in rows_of(field(name, kind, "drop")))
    others = ("spouse", "baby", "employer", "emergency", "mother", "partner", "husband", "son")
    kin = any(word in name.lower() for word in others)
    assert ("of a relative" in row.why) == kin


def test_all_eighteen_classes_are_planted() -> None:
    """The table above leaves none out."""
    assert {letter for letter, _, _ in PLANTED} == set(CLASSES) == set("ABCDEFGHIJKLMNOPQR")


@pytest.mark.parametrize("letter", list(CLASSES))
def test_a_class_that_is_declared_needs_no_name(letter: str) -> None:
    """``class`` in ``disclosure`` says it where nothing else does; ``none`` says that a name misleads."""
    assert verdicts(field("x1", declared=letter)) == {letter: False}
    assert verdicts(field("x1", method="drop", declared=letter)) == {letter: True}
    assert verdicts(field("x1")) == {"-": True}
    assert verdicts(field("email", declared="none")) == {"-": True}
    assert verdicts(field("email", declared=letter)) == {letter: False}


@pytest.mark.parametrize(("format_", "letter"), [("email", "F"), ("uri", "N"), ("uuid", "R")])
def test_formats_tell_what_names_do_not(format_: str, letter: str) -> None:
    """A text in the form of an address is one."""
    assert verdicts(field("x1", lexical=Lexical(format=format_))) == {letter: False}


def test_the_example_study_satisfies_safe_harbor() -> None:
    """Nothing is false, and what no program can tell is left to a person until it is stated."""
    rows = judge(STUDY, "safe-harbor")
    assert not [row for row in rows if row.satisfied is False]
    assert [row.paragraph for row in rows if row.satisfied is None] == ["45 CFR 164.514(b)(2)(ii)"]
    assert all(row.satisfied for row in judge(STUDY, "safe-harbor", Facts(no_actual_knowledge=True)))
    assert {(row.table, row.field) for row in rows if row.field} == {
        (name, own.name) for name, schema in STUDY.items() for own in schema
    }


HARMLESS = [
    ("phone_calls", Kind.INTEGER), ("owns_phone", Kind.BOOLEAN), ("n_devices", Kind.INTEGER),
    ("program_name", Kind.STRING), ("instrument_name", Kind.STRING), ("score", Kind.NUMBER),
    ("state_of_residence", Kind.STRING), ("hospital_state", Kind.STRING),
    ("census_region", Kind.STRING), ("wording", Kind.STRING),
    ("languages", Kind.STRING), ("average_mood", Kind.NUMBER), ("shipment_rating", Kind.INTEGER),
    ("email_use_minutes", Kind.INTEGER), ("enrolment_wave", Kind.STRING), ("tip", Kind.STRING),
    ("answered_at", Kind.TIME),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), HARMLESS)
def test_what_only_sounds_so_is_in_no_class(name: str, kind: Kind) -> None:
    """Counts of calls, names of programmes and states are no identifiers."""
    assert verdicts(field(name, kind)) == {"-": True}


def test_undeclared_fields_are_not_released() -> None:
    """What nobody declared satisfies every standard, since it stays behind."""
    for standard in STANDARDS:
        assert [row.satisfied for row in rows_of(Field("email", Kind.STRING), standard)] == [True]


def test_texts_are_looked_through() -> None:
    """Anything may stand in a text."""
    assert verdicts(field("answer", method="text", role=Role.FREE_TEXT)) == {"A-R": True}
    assert verdicts(field("answer", method="drop", role=Role.FREE_TEXT)) == {"A-R": True}
    assert verdicts(field("answer", role=Role.FREE_TEXT)) == {"A-R": False}


def test_keys_are_codes() -> None:
    """A key that stays is a unique code, also where neither its role nor its name says so."""
    assert verdicts(field("x1", role=Role.KEY)) == {"R": False}
    assert verdicts(field("x1", method="pseudonymize", role=Role.KEY)) == {"R": True}
    assert verdicts(field("x1", constraints=Constraints(unique=True))) == {"R": False}
    visits = Schema(
        "visits",
        (field("visit"), STUDY["participants"]["participant_id"]),
        primary_key=("visit",),
        foreign_keys=(ForeignKey(("participant_id",), "participants", ("participant_id",)),),
    )
    rows = judge(dict(STUDY) | {"visits": visits}, "safe-harbor")
    assert [row.letter for row in rows if not row.satisfied and row.table == "visits"] == ["R"]
    alone = replace(visits, foreign_keys=())
    rows = judge(dict(STUDY) | {"visits": alone}, "safe-harbor")
    assert [row.satisfied for row in rows if (row.table, row.field) == ("visits", "visit")] == [True]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (field("zip", Kind.STRING, "zip3"), True),
        (field("zip", Kind.STRING, "zip3", given={"table": "acs-2022"}), True),
        (field("zip", Kind.STRING, "zip3", given={"table": "census-2000"}), False),
        (field("city", Kind.STRING, "zip3"), False),
        (field("zip", Kind.STRING, "suppress", given={"below": 11}), False),
        (field("city", Kind.STRING, "generalize", given={"hierarchy": "us-state", "level": "region"}), True),
        (field("county", Kind.STRING, "generalize", given={"hierarchy": {}, "level": "district"}), False),
        (field("site", Kind.STRING, "pseudonymize", given={"space": "coach"}), True),
        (field("city", categories=(Category("Ames"), Category("Boone"))), False),
    ],
)
def test_places(own: Field, expected: bool) -> None:
    """Places become three digits by current data, or states; no place smaller than a state is told."""
    assert verdicts(own) == {"B": expected}


ANCHOR: dict[str, JsonValue] = {"anchor": "participants.enrolled_on"}


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (field("visit_on", Kind.DATE, "year"), True),
        (field("visit_on", Kind.DATE, "quarter"), False),
        (field("visit_on", Kind.DATE, "shift_dates"), False),
        (field("visit_on", Kind.DATE, "suppress", given={"below": 5}), False),
        (field("visit_on", Kind.DATE, "relative_days", given=ANCHOR), True),
        (field("visit_on", Kind.DATE, "relative_days", given={"anchor": "participants.told_on"}), False),
        (field("visit_on", Kind.DATE, "relative_days", given={"anchor": "elsewhere.day"}), True),
        # A year of birth may tell an age over 89.
        (field("birth_date", Kind.DATE, "year"), False),
        (field("birth_date", Kind.DATE, "year", given={"bottom": 1937}), True),
        (field("birth_date", Kind.DATE, "year", given={"bottom": 1930}), False),
        (field("birth_date", Kind.DATE, "year", constraints=Constraints(minimum=date(1960, 1, 1))), True),
        (field("baby_birth_date", Kind.DATE, "year"), True),
        (field("birth_date", Kind.DATE, "relative_days", given=ANCHOR), True),
        (field("birth_year", Kind.YEAR, "top_bottom_code", given={"bottom": 1937}), True),
        (field("birth_year", Kind.YEAR, constraints=Constraints(minimum=1970)), True),
        (field("birth_year", Kind.INTEGER), False),
        # Ages over 89 are one class.
        (field("age", Kind.INTEGER), False),
        (field("age", Kind.INTEGER, constraints=Constraints(maximum=89)), True),
        (field("age", Kind.INTEGER, constraints=Constraints(maximum=90)), False),
        (field("age", Kind.NUMBER, constraints=Constraints(exclusive_maximum=90)), True),
        (field("age", Kind.INTEGER, "top_bottom_code", given={"top": 90}), True),
        (field("age", Kind.INTEGER, "top_bottom_code", given={"top": 95}), False),
        (field("age", Kind.INTEGER, "top_bottom_code", given={"bottom": 20}), False),
        (field("age", Kind.INTEGER, "band", given={"width": 5, "bottom": 20, "top": 90}), True),
        (field("age", Kind.INTEGER, "band", given={"width": 5, "bottom": 20, "top": 100}), False),
        (field("age", Kind.INTEGER, "round", given={"to": 5}), False),
        (field("age", Kind.INTEGER, categories=(Category(30), Category(60))), True),
        (field("age", Kind.INTEGER, categories=(Category(30), Category(95))), False),
        (field("mother_age", Kind.INTEGER), False),
    ],
)
def test_dates_and_ages(own: Field, expected: bool) -> None:
    """Of dates only the year is told, of ages over 89 that they are."""
    told = field("told_on", Kind.DATE, declared="none")
    schemas = dict(STUDY) | {
        "participants": STUDY["participants"].replacing(
            fields=(*(each for each in STUDY["participants"] if each.name != own.name), told, own)
        )
    }
    rows = judge(schemas, "safe-harbor", Facts(released_on=date(2026, 11, 1)))
    assert [(row.letter, row.satisfied) for row in rows if row.field == own.name] == [("C", expected)]


def test_time_since_a_birth_tells_its_date_where_another_date_is_told() -> None:
    """Weeks postpartum are harmless until a date is released that they can be counted from."""
    weeks = field("weeks_since_delivery", Kind.INTEGER)
    assert verdicts(weeks) == {"C": True}
    schemas = planted(weeks)
    fine = schemas["participants"].replacing(
        fields=(*schemas["participants"].fields, field("visit_on", Kind.DATE, "shift_dates"))
    )
    rows = judge(schemas | {"participants": fine}, "safe-harbor")  # type: ignore[operator]
    found = {
        row.field: row.satisfied for row in rows if row.field in ("weeks_since_delivery", "weeks_postpartum")
    }
    # Bands are for a person to judge.
    assert found == {"weeks_since_delivery": False, "weeks_postpartum": None}


def test_whether_a_year_tells_an_age_over_89_depends_on_when() -> None:
    """Without a date of release a person judges."""
    assert verdicts(field("birth_year", Kind.YEAR, constraints=Constraints(minimum=1970))) == {"C": None}


# -- the other standards --------------------------------------------------------------------------


@pytest.mark.parametrize(("letter", "name", "kind"), PLANTED)
def test_a_limited_data_set_does_without_sixteen_classes(letter: str, name: str, kind: Kind) -> None:
    """Names, street addresses and numbers go; towns, dates, ages and other codes may stay."""
    (row,) = [row for row in rows_of(field(name, kind), "limited-data-set") if row.letter == letter]
    stays = letter in "CR" or (letter == "B" and name not in ("street_address", "LocationLatitude", "addr1"))
    assert row.satisfied == stays
    number = CLASSES[letter].limited
    assert row.paragraph == f"45 CFR 164.514(e)(2){f'({number})' if number else ''}"


def test_a_limited_data_set_has_sixteen_paragraphs() -> None:
    """(e)(2)(i) to (xvi)."""
    assert len({each.limited for each in CLASSES.values() if each.limited}) == 16


def test_a_limited_data_set_needs_an_agreement() -> None:
    """Nobody receives one without a data use agreement."""
    (row,) = [row for row in judge(STUDY, "limited-data-set") if not row.satisfied]
    assert row.paragraph == "45 CFR 164.514(e)(4)"
    assert row.remedy
    assert all(row.satisfied for row in judge(STUDY, "limited-data-set", Facts(dua="DUA-1")))


def test_an_expert_determination_needs_statement_date_and_figures() -> None:
    """What an expert may judge is left to the expert; what names a person is not."""
    missing = [row for row in judge(STUDY, "expert-determination") if row.satisfied is False]
    assert [row.paragraph for row in missing] == [
        "45 CFR 164.514(b)(1)", "45 CFR 164.514(b)(1)", "45 CFR 164.514(b)(1)(ii)",
    ]  # fmt: skip
    facts = Facts(statement="S-1", determined_on=date(2026, 1, 31), risk={"k": 12})
    assert all(row.satisfied for row in judge(STUDY, "expert-determination", facts))
    shifted = field("visit_on", Kind.DATE, "shift_dates")
    assert verdicts(shifted, standard="expert-determination", facts=facts) == {"C": None}
    assert verdicts(field("ssn"), standard="expert-determination", facts=facts) == {"G": False}


def test_there_are_three_standards() -> None:
    """Those that study.toml knows; another is a KeyError."""
    assert set(STANDARDS) == {"safe-harbor", "limited-data-set", "expert-determination"}
    with pytest.raises(KeyError):
        judge(STUDY, "gdpr")


@given(packages())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_study_can_be_judged(schemas: Schemas) -> None:
    """Every field has a row under every standard, and a dropped one satisfies it."""
    for standard in STANDARDS:
        rows = judge(schemas, standard, Facts(released_on=date(2026, 1, 1)))
        assert {(row.table, row.field) for row in rows if row.field} == {
            (name, own.name) for name, schema in schemas.items() for own in schema
        }
        assert all(row.satisfied for row in rows if row.treatment == "drop")
        assert all(row.remedy for row in rows if row.satisfied is False)
