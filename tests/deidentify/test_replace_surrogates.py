"""Surrogates: true to form, consistent, injective, never known, and nothing without the secret."""

from __future__ import annotations

import ipaddress
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.replace import Surrogates
from ppdarchive.deidentify.replace import surrogates as module
from ppdarchive.deidentify.replace.dates import read_date
from ppdarchive.deidentify.replace.mentions import key_of
from ppdarchive.deidentify.replace.pools import given_names, short_forms, surnames
from ppdarchive.detectors.general import STATES
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.text.fold import words_only

from .marked import surrogates

NAME = TextCategory.NAME
SECRETS = [bytes([number]) for number in range(1, 13)]


def one(marked, secret=b"secret", **options):
    """The surrogate of the only mark of a text."""
    return surrogates([marked], Surrogates(secret, **options))[0][0]


def shape(text):
    """Letters and digits by kind, other characters as they are."""
    return re.sub("[0-9]", "0", re.sub("[a-z]+", "a", re.sub("[A-Z]", "A", text)))


FORMS = [
    # category, value, a pattern that every surrogate of it matches
    ("NAME", "Maria", r"[A-Z][a-z]+(?:[A-Z][a-z]+)?"),
    ("NAME", "maria", r"[a-z]+"),
    ("NAME", "MARIA", r"[A-Z]+"),
    ("NAME", "Maria Lopez", r"[A-Z]\w+ [A-Z]\w+"),
    ("NAME", "maria lopez", r"[a-z]+ [a-z]+"),
    ("NAME", "Lopez, Maria", r"[A-Z]\w+, [A-Z]\w+"),
    ("NAME", "Ann-Marie Smith-Jones", r"[A-Z]\w+-[A-Z]\w+ [A-Z]\w+-[A-Z]\w+"),
    ("NAME", "Dr. Lopez", r"Dr\. [A-Z]\w+"),
    ("NAME", "aunt Rosie", r"aunt [A-Z]\w+"),
    ("NAME", "J.", r"[A-Z]\."),
    ("NAME", "ML", r"[A-Z]{2}"),
    ("NAME", "M.L.", r"[A-Z]\.[A-Z]\."),
    ("NAME", "Maria L.", r"[A-Z]\w+ [A-Z]\."),
    ("NAME", "O'Brien", r"[A-Z]\w+"),
    ("NAME", "José", r"[A-Z]\w+"),
    ("NAME", "de la Cruz", r"de la [A-Z]\w+"),
    ("NAME", "Jay\u00adden", r"[A-Z]\w+"),
    ("CONTACT", "515-555-9123", r"[2-9][0-8][0-9]-555-01[0-9]{2}"),
    ("CONTACT", "(515) 555-9123", r"\([2-9][0-8][0-9]\) 555-01[0-9]{2}"),
    ("CONTACT", "515.555.9123", r"[2-9][0-8][0-9]\.555\.01[0-9]{2}"),
    ("CONTACT", "+1 515 555 9123", r"\+1 [2-9][0-8][0-9] 555 01[0-9]{2}"),
    ("CONTACT", "1-515-555-9123", r"1-[2-9][0-8][0-9]-555-01[0-9]{2}"),
    ("CONTACT", "5155559123", r"[2-9][0-8][0-9]55501[0-9]{2}"),
    ("CONTACT", "555-9123", r"555-01[0-9]{2}"),
    ("CONTACT", "515-555-9123 x12", r"[2-9][0-8][0-9]-555-01[0-9]{2} x[1-9][0-9]"),
    ("CONTACT", "+49 30 9550126", r"\+99 9[0-9] [0-9]{7}|\+99 9[0-9] [0-9]{7}"),
    ("CONTACT", "five one five, 555 9123", r"(?:\w+ ){2}\w+, 555 01[0-9]{2}"),
    ("CONTACT", "jane.doe@gmail.com", r"[a-z]+\.[a-z]+@example\.com"),
    ("CONTACT", "jane_doe82@mail.va.gov", r"[a-z]+_[a-z]+[0-9]{2}@example\.org"),
    ("CONTACT", "JANE@YAHOO.NET", r"[A-Z]+@EXAMPLE\.NET"),
    ("CONTACT", "jane@gmail", r"[a-z]+@example"),
    ("CONTACT", "jane dot doe at gmail", r"[a-z]+ dot [a-z]+ at example"),
    ("CONTACT", "jane dot doe at gmail dot com", r"[a-z]+ dot [a-z]+ at example dot com"),
    ("CONTACT", "https://blog.foo.net/jane-doe/12", r"https://\w+\.example\.net/[a-z]+-[a-z]+/[0-9]{2}"),
    ("CONTACT", "www.lopezfamily.com", r"www\.\w+\.example\.com"),
    ("CONTACT", "facebook.com/jane.doe", r"\w+\.example\.com/[a-z]+\.[a-z]+"),
    ("CONTACT", "@jane_d82", r"@[a-z]+_[a-z][0-9]{2}"),
    ("CONTACT", "u/jane_82", r"u/[a-z]+_[0-9]{2}"),
    ("CONTACT", "Jane D Vet Mom", r"[A-Z]\w+ [A-Z] [A-Z]\w+ [A-Z]\w+"),
    ("ID", "123-45-6789", r"9[0-9]{2}-[0-4][1-9]-[0-9]{4}"),
    ("ID", "123456789", r"9[0-9]{2}[0-4][1-9][0-9]{4}"),
    ("ID", "MMB000017", r"[A-Z]{3}[0-9]{6}"),
    ("ID", "abc-1234", r"[a-z]{3}-[0-9]{4}"),
    ("ID", "ABC 1234", r"[A-Z]{3} [0-9]{4}"),
    ("ID", "1234567890", r"1[0-9]{9}"),
    ("ID", "４４１７", r"[0-9]{4}"),
    ("IP", "10.20.30.40", r"(?:192\.0\.2|198\.51\.100|203\.0\.113)\.[0-9]{1,3}"),
    ("IP", "2601:db::1", r"2001:db8::[0-9a-f]{1,4}:[0-9a-f]{1,4}"),
    ("LOCATION", "52240", r"[0-9]{5}"),
    ("LOCATION", "52240-1234", r"[0-9]{5}-[0-9]{4}"),
    ("LOCATION", "335 N Elm St, Apt 4", r"[1-9][0-9]{2} N [A-Z][\w ]+ St, Apt [0-9]"),
    ("LOCATION", "PO Box 117", r"PO Box [1-9][0-9]{2}"),
    ("LOCATION", "Iowa City, IA", r"[A-Z][\w ]+, IA"),
    ("LOCATION", "iowa city iowa", r"[a-z][a-z ]+ iowa"),
    ("LOCATION", "Johnson County", r"[A-Z]\w+(?: [A-Z]\w+)* County"),
    ("LOCATION", "Fort Bragg", r"Fort [A-Z]\w+"),
    ("LOCATION", "USS Nimitz", r"USS [A-Z]\w+"),
    ("LOCATION", "Nowheretown", r"[A-Z][\w ]+"),
    ("LOCATION", "Highway 61", r"Highway [0-9]{2}"),
    ("FACILITY", "Iowa City VA", r"[A-Z][\w ]+ VA"),
    ("FACILITY", "St. Luke's Hospital", r"St\. [A-Z]\w+'s Hospital"),
    ("FACILITY", "University of Iowa Hospitals", r"University of [A-Z][\w ]+ Hospitals"),
    ("FACILITY", "UIHC", r"[A-Z]{4}"),
    ("FACILITY", "Ellery Point VA Clinic", r"[A-Z]\w+ Point VA Clinic"),
    ("ORGANIZATION", "Walmart", r"[A-Z]\w+"),
    ("ORGANIZATION", "Casey's General Store", r"[A-Z]\w+'s General Store"),
    ("MILITARY", "3rd Battalion", r"[0-9](?:st|nd|rd|th) Battalion"),
    ("MILITARY", "75th Zorgon Regiment", r"[1-9][0-9](?:st|nd|rd|th) [A-Z]\w+ Regiment"),
    ("MILITARY", "SSG Miller", r"(?:SGT|SFC|MSG) [A-Z]\w+"),
    ("MILITARY", "staff sergeant miller", r"(?:master |first |)sergeant [a-z]+"),
    ("MILITARY", "OIF", r"O[EIFN][DFRS]"),
    ("MILITARY", "68W", r"[0-9]{2}[A-Z]"),
    ("AGE", "94", r"9[0-9]|100"),
    ("AGE", "ninety-four", r"ninety(?:-[a-z]+)?|100"),
    ("AGE", "11 weeks", r"[0-9]{1,2} weeks"),
    ("AGE", "eleven weeks", r"[a-z-]+ weeks"),
    ("DATE", "3/5/2019", r"[0-9]{1,2}/[0-9]{1,2}/201[89]"),
    ("DATE", "March 5th", r"[A-Z][a-z]+ [0-9]{1,2}(?:st|nd|rd|th)"),
    ("DATE", "Thanksgiving 2018", r"[A-Z0-9][\w.' ]+ 201[78]"),
    ("PROFESSION", "astronaut", r"[a-z ]+"),
    ("PROFESSION", "Astronaut", r"[A-Z][a-z]+(?: [A-Z][a-z]+)?"),
]  # fmt: skip


@pytest.mark.parametrize(("category", "value", "pattern"), FORMS)
def test_surrogates_are_true_to_form(category, value, pattern):
    """A surrogate has its original's form, whatever it is drawn from, and is never the original."""
    for secret in SECRETS:
        found = one(f"see {{{category}:{value}}} there", secret)
        assert re.fullmatch(pattern, found)
        assert words_only(found) != words_only(value)


@pytest.mark.parametrize(
    "marked",
    ["{OTHER:the fire on Elm}", "{DATE:after the storm}", "{DATE:2/30/2019}", "{AGE:old}", "{NAME:+}"],
)
def test_what_has_no_surrogate_becomes_a_tag(marked):
    """A unique event, a date that cannot be read: a tag, and nothing invented."""
    found = one(marked)
    assert list(replaced_ranges(found)) == [(0, len(found))]


def test_reserved_ranges():
    """Numbers of surrogates are ones that belong to nobody."""
    for secret in SECRETS:
        assert ipaddress.ip_address(one("{IP:10.20.30.40}", secret)) in {
            address
            for network in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
            for address in ipaddress.ip_network(network)
        }
        assert ipaddress.ip_address(one("{IP:2601:db::1}", secret)) in ipaddress.ip_network("2001:db8::/32")
        digits = one("{ID:4539578763621486}", secret)
        doubled = [sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2]]
        assert (sum(map(int, digits[::-2])) + sum(doubled)) % 10  # ISO/IEC 7812-1: no card's number


def test_a_person_is_one_person():
    """Full names, parts, initials and joined forms of a name have parts of one surrogate."""
    texts = [
        "{NAME:Maria Lopez} came",
        "{NAME:maria}, {NAME:LOPEZ}, {NAME:M.L.}, {NAME:marialopez}",
        "{NAME:Lopez, Maria}",
    ]
    for secret in SECRETS:
        (full,), (given, surname, initials, joined), (reverse,) = surrogates(texts, Surrogates(secret))
        first, last = full.split()
        assert (given, surname) == (first.lower(), last.upper())
        if first[0] != last[0]:
            assert initials == f"{first[0]}.{last[0]}."
        assert joined == (first + last).lower()
        assert reverse == f"{last}, {first}"


def test_nicknames_stay_nicknames():
    """What a name is shortened to becomes a short form of the name's surrogate."""
    texts = ["{NAME:Jennifer} came, {NAME:jenny} too", "{NAME:Liz} and {NAME:Maria}"]
    n_short = 0
    for secret in SECRETS:
        (full, short), (other, _) = surrogates(texts, Surrogates(secret))
        n_short += short.capitalize() in short_forms(full.lower())
        assert len({full.lower(), short.lower(), other.lower()}) == 3
    assert n_short == len(SECRETS)


def test_kinds_of_names():
    """Given names become given names of the same sex, surnames surnames."""
    for secret in SECRETS:
        found = surrogates(["{NAME:Maria Lopez} {NAME:James Lopez} {NAME:Mrs. Kowalski}"], Surrogates(secret))
        (girl, first), (boy, second), (_, formal) = (name.split() for name in found[0])
        assert girl in given_names("girl")
        assert boy in given_names("boy")
        assert first == second
        assert {first, formal} <= set(surnames())


def test_telephones_with_and_without_area_code():
    """A number told once with its area code and once without is one number."""
    for secret in SECRETS:
        long, short = surrogates(["{CONTACT:(515) 555-9123} or {CONTACT:555-9123}"], Surrogates(secret))[0]
        assert long.endswith(short)


@pytest.mark.parametrize(
    "number", ["515-555-9123", "+1 515 555 9123", "5155559123", "515-555-9123 x12", "555-9123"]
)
def test_a_number_that_is_known_is_drawn_again(number):
    """A known number refuses all that end like it, in whatever form, and another one stands there."""
    known = KnownIdentifiers([(f"{area}-555-01{last}", TextCategory.CONTACT)
                              for area, last in (("641", 42), ("515", 99), ("641", 10))])  # fmt: skip
    for secret in range(200):
        found = one(f"{{CONTACT:{number}}}", secret.to_bytes(2, "big"), known=known)
        assert shape(found) == shape(number)
        assert not any(known.detect([f"call {found} now"]))


def test_places_share_their_names():
    """A town is the same town in its hospital's name, and a hospital the same in short."""
    texts = [
        "in {LOCATION:Iowa City}",
        "the {FACILITY:Iowa City VA}",
        "at {FACILITY:Ellery Point VA Clinic}, {FACILITY:Ellery Point}",
    ]
    for secret in SECRETS:
        (town,), (hospital,), (clinic, short) = surrogates(texts, Surrogates(secret))
        assert hospital == f"{town} VA"
        assert clinic == f"{short} VA Clinic"


def test_states_stay_with_their_cities():
    """A state that is told beside its city may stay; as a facility's name it is another."""
    for secret in SECRETS:
        assert one("{LOCATION:Springfield, MO}", secret).endswith(", MO")
        assert one("{FACILITY:Texas Clinic}", secret).removesuffix(" Clinic") in set(STATES.values()) - {
            "Texas"
        }
        assert one("{LOCATION:Texas}", secret) in set(STATES.values()) - {"Texas"}


@given(
    st.lists(st.dates(date(2015, 1, 1), date(2024, 12, 31)), min_size=2, max_size=5, unique=True),
    st.binary(min_size=1, max_size=4),
)
def test_intervals_stay(days, secret):
    """Dates of a group all move by the same number of days, back in time."""
    marked = " ".join(f"{{DATE:{day:%m/%d/%Y}}}" for day in days)
    found = [read_date(text) for text in surrogates([marked], Surrogates(secret))[0]]
    moves = {(new.when - day).days for new, day in zip(found, days, strict=True) if new is not None}
    assert len(moves) <= 1
    assert all(-320 < move < -45 for move in moves)


VALUES = st.sampled_from(
    [
        *(
            "NAME:Maria",
            "NAME:maria",
            "NAME:Maria Lopez",
            "NAME:Ana",
            "NAME:J.",
            "NAME:ML",
            "NAME:Lopez",
            "NAME:Rosie",
        ),
        *(
            "NAME:rosie",
            "NAME:Jo Ann",
            "NAME:joann",
            "NAME:Joanne",
            "NAME:Dr. Lopez",
            "NAME:Ann-Marie",
            "NAME:Zoë",
        ),
        *(
            "LOCATION:Iowa City",
            "LOCATION:iowa city, ia",
            "LOCATION:Ames",
            "LOCATION:Nowhere",
            "LOCATION:Fort Bragg",
        ),
        *("LOCATION:12 Elm St", "LOCATION:52240", "FACILITY:Iowa City VA", "FACILITY:Mercy", "FACILITY:UIHC"),
        *("ORGANIZATION:Deere", "ORGANIZATION:Deere Company", "MILITARY:SSG Lopez", "MILITARY:1st Platoon"),
        *(
            "CONTACT:515-555-9123",
            "CONTACT:(515) 555 9123",
            "CONTACT:555-9123",
            "CONTACT:a@b.com",
            "CONTACT:@jo",
        ),
        *(
            "ID:4417",
            "ID:900-12-3456",
            "IP:10.0.0.1",
            "AGE:94",
            "AGE:11 weeks",
            "AGE:12 weeks",
            "DATE:3/5/2019",
        ),
        *(
            "DATE:3/6/2019",
            "DATE:March 5",
            "DATE:March",
            "DATE:Mar",
            "DATE:Easter",
            "PROFESSION:baker",
            "OTHER:a fire",
        ),
    ]
)
TEXTS = st.lists(st.lists(VALUES, max_size=5), min_size=1, max_size=6)


def marked(texts):
    """Texts with marks, a word between any two."""
    return [" and ".join(f"{{{value}}}" for value in own) + " ." for own in texts]


@given(TEXTS, st.data(), st.binary(min_size=1, max_size=4))
def test_surrogates_are_consistent_and_injective(texts, data, secret):
    """Within a group one value has one surrogate in all spellings, and different values different ones."""
    groups = data.draw(st.lists(st.sampled_from("ab"), min_size=len(texts), max_size=len(texts)))
    found = surrogates(marked(texts), Surrogates(secret), groups=groups)
    pairs = {}
    for own, new, group in zip(texts, found, groups, strict=True):
        for value, surrogate in zip(own, new, strict=True):
            category, _, written = value.partition(":")
            if list(replaced_ranges(surrogate)):
                continue
            key = key_of(TextCategory(category), written)
            pairs.setdefault((group, category), set()).add((key, key_of(TextCategory(category), surrogate)))
    for own in pairs.values():
        assert len({key for key, _ in own}) == len({new for _, new in own}) == len(own)
        assert {key for key, _ in own}.isdisjoint(new for _, new in own)


@given(TEXTS, st.binary(min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_surrogates_follow_from_values_and_secret_alone(texts, secret, rng):
    """The same secret gives the same surrogates again, in any order of the texts."""
    given_texts = marked(texts)
    whole = surrogates(given_texts, Surrogates(secret))
    order = list(range(len(texts)))
    rng.shuffle(order)
    shuffled = surrogates([given_texts[place] for place in order], Surrogates(secret))
    assert shuffled == [whole[place] for place in order]


@given(TEXTS, st.data())
def test_batches_change_nothing(texts, data):
    """However many mentions are looked at together, the surrogates are the same."""
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(texts), max_size=len(texts)))
    whole = surrogates(marked(texts), Surrogates(b"s"), groups=groups)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BATCH", 1)
        assert surrogates(marked(texts), Surrogates(b"s"), groups=groups) == whole


def test_surrogates_depend_on_the_secret_and_the_group():
    """Under another secret, or another participant, a name is another one: nothing follows from it."""
    assert len({one("{NAME:Maria}", bytes([number])) for number in range(1, 41)}) > 30
    people = surrogates(["{NAME:Maria}"] * 40, Surrogates(b"s"), groups=list(range(40)))
    assert len({name for (name,) in people}) > 30
    same = surrogates(["{NAME:Maria}"] * 40, Surrogates(b"s", "study"), groups=list(range(40)))
    assert len({name for (name,) in same}) == 1


def test_surrogates_need_a_secret():
    """Without a secret surrogates could be computed, so there are none."""
    with pytest.raises(ValueError, match="secret"):
        Surrogates(b"")


class Refusing:
    """A detector that knows every name but those that begin with one letter."""

    name = "refusing"

    def __init__(self, letter):
        self.letter = letter

    def detect(self, texts):
        """Find texts that begin with another letter."""
        return [
            [Span(0, len(text), NAME)] if text[:1].isalpha() and text[:1].upper() != self.letter else []
            for text in texts
        ]


def test_no_surrogate_is_known():
    """What a detector knows is never drawn, however much that is."""
    for letter in "BKT":
        found = surrogates(
            ["{NAME:Maria Lopez} {LOCATION:Iowa City}"], Surrogates(b"s", known=Refusing(letter))
        )
        assert {word[0] for name in found[0] for word in name.split()[:1]} <= {letter, "["}
        assert found[0][0][0] == letter


def test_when_every_name_is_known_a_tag_stands():
    """Where nothing is left to draw the name becomes a tag."""
    assert one("{NAME:Maria}", known=Refusing("!")) == "[NAME]"


@given(TEXTS, st.binary(min_size=1, max_size=4))
def test_no_surrogate_holds_a_known_identifier(texts, secret):
    """The study's own matcher finds nothing in surrogates, misspelt and short forms included."""
    first = [name for new in surrogates(marked(texts), Surrogates(secret)) for name in new]
    known = KnownIdentifiers([(name, NAME) for name in first if not list(replaced_ranges(name))])
    second = [name for new in surrogates(marked(texts), Surrogates(secret, known=known)) for name in new]
    assert not any(known.detect([*second, *(f"since {name} told my coach {name} so" for name in second)]))


@given(TEXTS, st.binary(min_size=1, max_size=4))
def test_no_surrogate_stands_in_the_texts(texts, secret):
    """No name that is drawn is a word of a text, whether it was found there or not."""
    choose = Surrogates(secret)
    drawn = [
        name
        for new in surrogates(marked(texts), choose)
        for name in new
        if re.fullmatch(r"[A-Za-z]{3,}", name)
    ]
    again = [f"{text} {' '.join(drawn).lower()}" for text in marked(texts)]
    for own, new in zip(texts, surrogates(again, choose), strict=True):
        for value, surrogate in zip(own, new, strict=True):
            if value.startswith("NAME"):
                assert set(surrogate.lower().split()).isdisjoint(name.lower() for name in drawn)


@given(
    st.sampled_from(list(TextCategory)), st.text(min_size=1, max_size=12), st.binary(min_size=1, max_size=3)
)
def test_any_value_may_be_replaced(category, value, secret):
    """Nothing raises, and no surrogate is the value, whatever its Unicode."""
    text = value.replace("{", "").replace("}", "") or "x"
    found = one(f"{{{category}:{text}}}", secret)
    assert found
    assert words_only(found) != words_only(text) or not words_only(text)
    assert shape(found)
