"""Who is born, held, or told apart by an initial, and groups named after honour."""

from __future__ import annotations

import pytest

from ppdarchive.detectors.engine import Engine
from ppdarchive.model.span import TextCategory

ENGINE = Engine()


def found(text: str) -> list[tuple[str, str, str]]:
    """What the engine finds: its text, category and tier."""
    return [
        (text[span.start : span.end], span.category.value, span.tier.value)
        for span in ENGINE.detect([text])[0]
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("everything got harder afterr Plum was born", "Plum"),
        ("my leave ended when Thimble was only five weeks old", "Thimble"),
        ("and Socket came seven weeks early", "Socket"),
        ("i was on bedrest and Marble was a preemie", "Marble"),
        ("la ayuda llegó cuando Vrenna nació", "Vrenna"),
    ],
)
def test_who_is_born_is_somebody(text, name):
    """A word with a capital that is born, weeks old or early is a name, listed or not."""
    assert found(text) == [(name, "NAME", "redact")]


@pytest.mark.parametrize(
    "text",
    [
        "My Baby was born in a storm",
        "before the Twins were born",
        "My Preemie was born early",
        "Mine was born at home",
        "The Program was nine weeks long",
        "since Covid was born",
        "it was born of stress",
        "my first was born there",
    ],
)
def test_a_baby_without_a_name_stays(text):
    """Words for a baby are no names, whatever their capitals; nor is what lasts some weeks."""
    assert not [span for span in found(text) if span[1] == TextCategory.NAME]


@pytest.mark.parametrize(
    ("text", "initial"),
    [
        ("great aunt h. took the night shift", "h."),
        ("my brother v. drove home", "v."),
        ("my midwife e. said to wait", "e."),
        ("papa g. is a big help", "g."),
        ("uncle q held her", "q"),
        ("doula p, who came at four", "p"),
        ("my husband Z and the dog", "Z"),
    ],
)
def test_an_initial_after_kinship_is_a_name(text, initial):
    """A letter with a full stop behind what relatives and carers are called is a name."""
    assert found(text) == [(initial, "NAME", "redact")]


@pytest.mark.parametrize(
    "text",
    [
        "thanks mom. i mean it",
        "my husband u.s. navy",
        "my mom p.s. hi",
        "my dad n i talked",
        "my sister and i",
        "my husband j/k",
        "baby b. was smaller than baby a.",
        "my nurse w no time",
    ],
)
def test_letters_that_stand_for_no_one_stay(text):
    """Abbreviations, short words and the letters of twins are no initials of a name surely."""
    assert not [span for span in found(text) if span[1:] == ("NAME", "redact")]


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("wives of liberty mailed us onesies", "wives of liberty"),
        ("the daughters of courage paid our light bill", "daughters of courage"),
        ("i joined hearts of mercy after that", "hearts of mercy"),
        ("a box from brothers of honour, twice", "brothers of honour"),
    ],
)
def test_a_group_named_after_honour_is_one_where_it_acts(text, group):
    """Who calls themselves after an honour is a group, in small letters too, that gives or is joined."""
    assert found(text) == [(group, "ORGANIZATION", "redact")]


@pytest.mark.parametrize(
    "text",
    ["a mother of courage", "moms of three sent cards", "full of hope", "bits of courage came back"],
)
def test_people_who_have_honour_are_no_group(text):
    """Without an act, or without the honour, the words stay."""
    assert not [span for span in found(text) if span[1] == TextCategory.ORGANIZATION]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("typing this with zennia in my arms", "zennia"),
        ("But June always noticed when i was off", "June"),
        ("so. will was gone for a year", "will"),
        ("Acorn's naps are short", "Acorn"),
    ],
)
def test_who_is_held_or_acts_may_be_somebody(text, name):
    """A name that is a word may be somebody where it is held, or does what no month or will does."""
    assert [span for span in found(text) if span[1] == TextCategory.NAME][:1] == [
        (name, "NAME", "uncertain")
    ] or found(text)[:1] == [(name, "NAME", "redact")]


@pytest.mark.parametrize(
    "text",
    ["May was a hard month", "it may have helped", "i will call", "in june i slept"],
)
def test_months_and_verbs_stay(text):
    """Words that are names too stay where nothing tells of somebody."""
    assert not [span for span in found(text) if span[1] == TextCategory.NAME]


def test_an_occupation_of_a_ship_is_found_by_its_class():
    """What a sailor is, with the class, is of the military."""
    assert found("as a hull technician second class i stood watch")[0] == (
        "hull technician second class",
        "MILITARY",
        "redact",
    )
