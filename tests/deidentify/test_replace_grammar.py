"""What is replaced fits into its sentence: articles, possessives, plurals, capitals."""

from __future__ import annotations

import pytest

from ppdarchive.deidentify.replace import General, Surrogates, masks, tags
from ppdarchive.deidentify.replace.grammar import article_for, in_case_of

from .marked import replaced

TAGS = [
    # a and an before tags
    ("an {FACILITY:Iowa hospital} nearby", "a [FACILITY] nearby"),
    ("a {FACILITY:Mercy clinic} nearby", "a [FACILITY] nearby"),
    ("a {ORGANIZATION:Hy-Vee} nearby", "an [ORGANIZATION] nearby"),
    ("an {ORGANIZATION:Amazon} warehouse", "an [ORGANIZATION] warehouse"),
    ("An {FACILITY:Iowa hospital}", "A [FACILITY]"),
    ("A {ORGANIZATION:Walmart} here", "An [ORGANIZATION] here"),
    ("AN {FACILITY:IOWA HOSPITAL}", "A [FACILITY]"),
    ("an {AGE:11}-month-old", "an [AGE]-month-old"),
    ("a {AGE:94}-year-old", "an [AGE]-year-old"),
    ("a {ID:4417} on it", "an [ID] on it"),
    ("an {ID:8812} on it", "an [ID] on it"),
    ("a {IP:10.1.1.1} thing", "an [IP] thing"),
    ("an {NAME:Anna} of mine", "a [NAME] of mine"),
    ("an {MILITARY:82nd Airborne} vet", "a [MILITARY] vet"),
    ("an {LOCATION:Iowa City} thing", "a [LOCATION] thing"),
    ("a {OTHER:fire}", "an [OTHER]"),
    ("an {PROFESSION:astronaut}", "a [PROFESSION]"),
    ("a {DATE:March 5} thing", "a [DATE] thing"),
    ("an {DATE:April 5} thing", "a [DATE] thing"),
    ("the {FACILITY:Iowa City VA}", "the [FACILITY]"),
    ("a  {ORGANIZATION:Walmart}", "an  [ORGANIZATION]"),
    # what looks like an article and is none
    ("grade-a {ORGANIZATION:Walmart}", "grade-a [ORGANIZATION]"),
    ("plan a.{ORGANIZATION:Walmart}", "plan a.[ORGANIZATION]"),
    ("fui a {ORGANIZATION:Walmart} ayer", "fui a [ORGANIZATION] ayer"),
    ("gracias a {OTHER:eso}", "gracias a [OTHER]"),
    ("me llevaron a {ORGANIZATION:Walmart} y ya", "me llevaron a [ORGANIZATION] y ya"),
    ("la {NAME:Ana}", "la [NAME]"),
    ("vitamin a {NAME:Anna}", "vitamin a [NAME]"),
    ("{NAME:Jo} a {ORGANIZATION:Walmart}", "[NAME] an [ORGANIZATION]"),
    # possessives
    ("{NAME:Anna's} calls", "[NAME]'s calls"),
    ("{NAME:Anna}'s calls", "[NAME]'s calls"),
    ("{NAME:ANNA’S} CALLS", "[NAME]’S CALLS"),
    ("{NAME:James'} car", "[NAME]'s car"),
    ("{NAME:James’} car", "[NAME]’s car"),
    ("{NAME:James}' car", "[NAME]'s car"),
    ("{NAME:James}'s car", "[NAME]'s car"),
    ("I told {NAME:James}'", "I told [NAME]'"),
    ("she said 'call {NAME:James}' and left", "she said 'call [NAME]' and left"),
    ("{FACILITY:St. Luke's} was fine", "[FACILITY]'s was fine"),
    ("an {ORGANIZATION:Arby's} meal", "an [ORGANIZATION]'s meal"),
    # plurals
    ("the {NAME:Smiths} moved", "the [NAME]s moved"),
    ("THE {NAME:SMITHS} MOVED", "THE [NAME]S MOVED"),
    ("the {NAME:Smiths'} house", "the [NAME]s' house"),
    ("the {NAME:Smith} family", "the [NAME] family"),
    ("the {NAME:Adams} family", "the [NAME] family"),
    ("the {NAME:Hess} twins", "the [NAME] twins"),
    ("my {NAME:Thomas}", "my [NAME]"),
    ("{NAME:Thomas} called", "[NAME] called"),
    ("both {NAME:Maria}s", "both [NAME]s"),
    # nothing else moves
    ("({NAME:Anna})", "([NAME])"),
    ("{NAME:Anna}/{NAME:Jo}", "[NAME]/[NAME]"),
    ("{NAME:Anna}{NAME:Jo}", "[NAME][NAME]"),
    ("{NAME:anna}", "[NAME]"),
    ("call {CONTACT:515-555-0123} x", "call [CONTACT] x"),
]

GENERAL = [
    ("at the {FACILITY:Iowa City VA} twice", "at [a VA hospital] twice"),
    ("an {FACILITY:Iowa hospital} nearby", "[a hospital] nearby"),
    ("An {FACILITY:Iowa hospital} nearby", "[A hospital] nearby"),
    ("The {FACILITY:Iowa City VA} was bad", "[A VA hospital] was bad"),
    ("the {FACILITY:Iowa City VA} was bad", "[a VA hospital] was bad"),
    ("{FACILITY:Mercy Hospital} was bad", "[A hospital] was bad"),
    ("{FACILITY:mercy hospital} was bad", "[a hospital] was bad"),
    ("It ended. {FACILITY:Mercy Hospital} was bad", "It ended. [A hospital] was bad"),
    ("it ended, {FACILITY:Mercy Hospital} was bad", "it ended, [a hospital] was bad"),
    ('"{NAME:Anna} called"', '"[Someone] called"'),
    ("my {FACILITY:Mercy Hospital} stay", "my [hospital] stay"),
    ("my local {FACILITY:VA clinic} was fine", "my local [VA clinic] was fine"),
    ("the nearest {FACILITY:Vet Center} is far", "the nearest [Vet Center] is far"),
    ("her {ORGANIZATION:Walmart} job", "her [organization] job"),
    ("mom's {FACILITY:Grace Lutheran Church}", "mom's [church]"),
    ("my coach {NAME:Maria} was great", "my coach [someone] was great"),
    ("{NAME:Maria}'s calls", "[Someone]'s calls"),
    ("{NAME:James'} car", "[Someone]'s car"),
    ("{NAME:Dr. Smith} said", "[Someone] said"),
    ("the {NAME:Smiths} moved", "[a family] moved"),
    ("The {NAME:Smiths} moved", "[A family] moved"),
    ("our {NAME:Maria}", "our [someone]"),
    ("the {NAME:Smith} family", "the [someone] family"),
    ("I work at {ORGANIZATION:Walmart}", "I work at [an employer]"),
    ("I got a job with the {ORGANIZATION:Deere}", "I got a job with [an employer]"),
    ("I shop at {ORGANIZATION:Deere}", "I shop at [an organization]"),
    ("money at {ORGANIZATION:Hills Bank}", "money at [a bank]"),
    ("fui a {ORGANIZATION:Hills Bank} ayer", "fui a [a bank] ayer"),
    ("with the {MILITARY:3rd Battalion} there", "with [a military unit] there"),
    ("and {MILITARY:SSG Miller} said", "and [a service member] said"),
    ("during {MILITARY:OIF} he", "during [a military operation] he"),
    ("as a {MILITARY:68W} I", "as [a military job] I"),
    ("my {MILITARY:deployment to Iraq}", "my [deployment]"),
    ("I'm an {PROFESSION:astronaut}", "I'm [a professional]"),
    ("mail {CONTACT:jo@example.org}", "mail [an e-mail address]"),
    ("write jane at {CONTACT:jane dot doe at gmail}", "write jane at [an e-mail address]"),
    ("call {CONTACT:(515) 555-0123}", "call [a phone number]"),
    ("call {CONTACT:five one five 555 0123}", "call [a phone number]"),
    ("I'm {CONTACT:@jane_d} there", "I'm [a user name] there"),
    ("see {CONTACT:www.example.org/jane}", "see [a web address]"),
    ("see {CONTACT:https://example.org}", "see [a web address]"),
    ("my ssn is {ID:900-12-3456}", "my ssn is [a number]"),
    ("plate {ID:ABC 1234}", "plate [a code]"),
    ("from {IP:192.0.2.1}", "from [an IP address]"),
    ("after the {OTHER:fire on Elm}", "after [a detail]"),
    ("live in {LOCATION:Cedar Falls, IA}", "live in [a city in Iowa]"),
    ("live in {LOCATION:Cedar Falls, Iowa 50613}", "live in [a city in Iowa]"),
    ("live in {LOCATION:Iowa City}", "live in [a city in Iowa]"),
    ("live in {LOCATION:iowa city}", "live in [a city in Iowa]"),
    ("live in {LOCATION:Springfield}", "live in [a city]"),
    ("live in {LOCATION:Nowheretown}", "live in [a city]"),
    ("live in {LOCATION:Hood River or}", "live in [a city]"),
    ("live in {LOCATION:Portland, or}", "live in [a city in Oregon]"),
    ("the {LOCATION:Johnson County} office", "[a county] office"),
    ("at {LOCATION:335 N Elm St}", "at [an address]"),
    ("at {LOCATION:335 N Elm St, Ames, IA 50010}", "at [an address in Iowa]"),
    ("at {LOCATION:PO Box 117}", "at [an address]"),
    ("zip {LOCATION:52240}", "zip [a ZIP code]"),
    ("at {LOCATION:Fort Bragg}", "at [a military base]"),
    ("on the {LOCATION:USS Nimitz}", "on [a ship]"),
    ("on {LOCATION:Highway 61}", "on [a road]"),
    ("in {LOCATION:Texas}", "in [a state]"),
]  # fmt: skip

DATES = [
    ("on {DATE:March 3, 2019}", "on [a day in 2019]", "on [spring 2019]"),
    ("on {DATE:3/3/19}", "on [a day in 2019]", "on [spring 2019]"),
    ("in {DATE:March 2019}", "in [2019]", "in [spring 2019]"),
    ("in {DATE:December}", "in [some month]", "in [winter]"),
    ("on {DATE:July 8th}", "on [a day]", "on [summer]"),
    ("on the {DATE:5th of March}", "on [a day]", "on the [spring]"),
    ("since {DATE:Thanksgiving 2018}", "since [a holiday in 2018]", "since [fall 2018]"),
    ("in {DATE:2019}", "in [2019]", "in [2019]"),
    ("born {DATE:3/3/1931}", "born [a date]", "born [a date]"),
    ("{DATE:the week of the storm}", "[a date]", "[a date]"),
    ("she is {AGE:94} years old", "she is [90 or older] years old", None),
    ("a {AGE:ninety-four} year old", "a [90 or older] year old", None),
    ("an {AGE:11 week} old", "[a few weeks] old", None),
    ("she is {AGE:5 months} old", "she is [a few months] old", None),
    ("she is {AGE:18 months} old", "she is [over a year] old", None),
    ("aged {AGE:34}", "aged [30 to 39]", None),
    ("my {AGE:6} year old", "my [a few years] year old", None),
]


@pytest.mark.parametrize(("marked", "expected"), TAGS)
def test_tags_fit_into_their_sentences(marked, expected):
    """Articles agree with tags, possessives and plurals stay, and nothing else changes."""
    assert replaced([marked], tags) == [expected]


@pytest.mark.parametrize(("marked", "expected"), GENERAL)
def test_general_words_fit_into_their_sentences(marked, expected):
    """General words bring their own article, none behind a determiner, and a capital where one stood."""
    assert replaced([marked], General()) == [expected]


@pytest.mark.parametrize(("marked", "under_safe_harbor", "otherwise"), DATES)
def test_dates_and_ages_are_as_fine_as_the_standard_permits(marked, under_safe_harbor, otherwise):
    """Under safe harbor no more than the year is left of a date, otherwise its season too."""
    assert replaced([marked], General("safe-harbor")) == [under_safe_harbor]
    if otherwise is not None:
        assert replaced([marked], General("limited-data-set")) == [otherwise]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("an {FACILITY:Iowa hospital}", "a █████"),
        ("{NAME:James'} car", "█████'s car"),
        ("a {ORGANIZATION:Walmart}", "a █████"),
    ],
)
def test_masks_tell_neither_a_first_nor_a_last_letter(marked, expected):
    """An article or a bare apostrophe would say with what letter the masked word begins or ends."""
    assert replaced([marked], masks) == [expected]


@pytest.mark.parametrize(
    ("words", "article"),
    [
        ("apple", "an"),
        ("Eberhart", "an"),
        ("hour", "an"),
        ("heirloom", "an"),
        ("house", "a"),
        ("unit", "a"),
        ("university", "a"),
        ("Ursula", "an"),
        ("uncle", "an"),
        ("usual day", "a"),
        ("European", "a"),
        ("one-off", "a"),
        ("onion", "an"),
        ("MRN", "an"),
        ("NICU", "an"),
        ("VA", "a"),
        ("UIHC", "a"),
        ("FBI", "an"),
        ("8", "an"),
        ("11", "an"),
        ("18-month", "an"),
        ("80", "an"),
        ("1", "a"),
        ("100", "a"),
        ("[AGE]", "an"),
        ("[NAME-7]", "a"),
        ("[an employer]", "an"),
        ("[90 or older]", "a"),
        ("Mary", "a"),
        ("Ryan", "a"),
        ("Lynn", "a"),
    ],
)
def test_articles_follow_sounds(words, article):
    """An article goes by the first sound, letters said one by one included."""
    assert article_for(words) == article


@pytest.mark.parametrize(
    ("original", "words", "expected"),
    [
        ("maria", "Karen", "karen"),
        ("Maria", "Karen", "Karen"),
        ("MARIA", "Karen", "KAREN"),
        ("M", "K", "K"),
        ("m", "K", "k"),
        ("McKee", "Karen", "Karen"),
        ("sgt", "cpl", "cpl"),
        ("Sgt", "cpl", "Cpl"),
        ("SGT", "cpl", "CPL"),
        ("Iowa City", "Cedar Falls", "Cedar Falls"),
        ("ZOË", "Karen", "KAREN"),
    ],
)
def test_capitals_follow_the_original(original, words, expected):
    """What stands in a word's place has the word's capitals."""
    assert in_case_of(original, words) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "an {FACILITY:Iowa hospital} nearby",
        "a {FACILITY:Mercy Hospital} nearby",
        "a {ORGANIZATION:Walmart} nearby",
        "an {ORGANIZATION:Amazon} nearby",
        "An {PROFESSION:astronaut} nearby",
        "a {PROFESSION:plumber} nearby",
        "an {NAME:Anna} nearby",
    ],
)
def test_articles_agree_with_surrogates(marked):
    """Whatever surrogate is drawn, the article before it is the right one."""
    for number in range(30):
        (text,) = replaced([marked], Surrogates(bytes([number + 1])))
        article, _, words = text.partition(" ")
        assert article.lower() == article_for(words)


def test_possessives_and_plurals_of_surrogates():
    """No surrogate ends in a hiss, so "'s" and "s" are right behind each."""
    for number in range(30):
        secret = bytes([number + 1])
        (text,) = replaced(["{NAME:James'} car, {NAME:Anna}'s, the {NAME:Smiths}"], Surrogates(secret))
        first, second, third = text.split(", ")
        assert first.endswith("'s car")
        assert second.endswith("'s")
        assert third.startswith("the ")
        assert third[-2] not in "sxz"
        assert third.endswith("s")
