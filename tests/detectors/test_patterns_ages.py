"""Ages over 89 in all wordings, and a child's age beside a date."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.model.span import TextCategory, Tier

from .test_patterns import assert_marked, found

SURE = """
my <94> year old grandmother
she is <94> years old
he's <92> yrs old
a <97> yo grandpa
<97>yo
<97> y/o
<97> y.o. aunt
a <93>-year-old
aged <91>
age <91>
at age <95> he
she turned <90>
turning <90> in june
my grandma is <102>
grandma (<94>)
my nana's <93>
my great aunt is <99>
my great-grandmother just turned <100>
my pap will be <98>
at <96> my grandma still drives
she's <ninety-two> years old
<ninety two> year old grandma
my grandma is <ninety>
he was <ninety-four> years old
<one hundred and two> years old
grandpa is <a hundred and one>
in her <nineties>
in his late <90s>
in their <90's>
well into her <90s>
her <95th> birthday
his <ninetieth> birthday
her <100th> bday
lived to be <97>
he died at <93>
passed at <91>
a <centenarian>
<nonagenarian>
tiene <93> años
mi abuela de <92> años
cumplió <noventa> años
<noventa y dos> años
mi abuela tiene <95>
pushing <90>
<101>-year-old grandpa
she is <110> years young
he was <5 weeks> old on <3/4/2019>
on <march 4th> she was <6 weeks> old
born <6 weeks> early on <march 5>
<3 months> old on <3/4>
turned <8wks> on <3/4/19>
<a hundred> years old
""".strip().splitlines()
"""What is found surely stands between < and >."""

WORDINGS = (
    *(
        "my {} year old grandmother",
        "she is {} years old",
        "a {}-year-old",
        "aged {}",
        "he turned {} in march of 2018",
    ),
    *(
        "my grandma is {}",
        "grandpa ({})",
        "lived to be {}",
        "died at {}",
        "tiene {} años",
        "at age {} she fell",
    ),
)


@pytest.mark.parametrize("marked", SURE)
def test_ages_are_found_whole(marked: str) -> None:
    """Over 89 in all wordings; a child's in weeks or months where a date stands near."""
    assert_marked(marked, "AGE", DATE=True)


@given(st.integers(1, 119), st.sampled_from(WORDINGS))
def test_an_age_is_found_from_ninety_on(age: int, wording: str) -> None:
    """And not below: 45 CFR 164.514(b)(2)(i)(C) lets ages up to 89 stay."""
    spans = found(wording.format(age), tiers=tuple(Tier))
    assert (("AGE", str(age)) in spans) == (age >= 90)


@pytest.mark.parametrize(
    "text",
    [
        "90 or older",
        "she is 90 or older",
        "aged 90 and over",
        "my grandma is 90 or older",
        "ninety or older",
        "age 90+",
    ],
)
def test_the_class_of_the_oldest_stays(text: str) -> None:
    """What the rule puts in place of an age over 89 is not found again."""
    assert found(text, tiers=tuple(Tier)) == []


@pytest.mark.parametrize(
    "age", ["5 weeks old", "6 wks old", "turned 8 weeks", "3 months old", "ten days old"]
)
def test_a_child_s_age_matters_beside_a_date_only(age: str) -> None:
    """Together they tell the birthday; alone the age tells nothing."""
    assert found(f"she was {age} then", tiers=tuple(Tier)) == []
    (spans,) = Patterns().detect([f"she was {age} on 3/14/2019"])
    assert {TextCategory.AGE, TextCategory.DATE} <= {span.category for span in spans}
    far = "and then we talked about many other things for a long time, again and again, as one does. "
    assert [each for each in found(f"on 3/14/2019 {far}she was {age}") if each[0] == "AGE"] == []
