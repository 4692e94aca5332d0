"""What patterns find, and what they leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.patterns.rules import RULES
from ppdarchive.detectors.patterns.view import Excerpt
from ppdarchive.model.span import Tier
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.overlap import resolve

PATTERNS = Patterns()


def found(text, *, tiers=(Tier.REDACT,)):
    """What is found in a text: category and words."""
    spans = [span for span in resolve(PATTERNS.detect([text])[0]) if span.tier in tiers]
    return [(span.category.value, text[span.start : span.end]) for span in spans]


def assert_marked(marked, category, *, tiers=(Tier.REDACT,), **others):
    """Hold what is found against the words between < and >, whether "the" belongs to them or not."""
    text = marked.replace("<", "").replace(">", "")
    spans = found(text, tiers=tiers)
    wanted = [part.partition(">")[0] for part in marked.split("<")[1:]]
    assert [words.removeprefix("the ") for _, words in spans] == [
        words.removeprefix("the ") for words in wanted
    ]
    assert {each for each, _ in spans} <= {category, *others}


@pytest.mark.parametrize(
    "text",
    [
        "write to <jane.doe+x@mail.example.com>.",
        "(<JANE_DOE@EXAMPLE.ORG>)",
        "email:<o'brien@example.co.uk>, ok",
        "its <jane@gmail> i think",
        "its <jane @gmail.com> i think",
        "<jane ＠ example．com> works",
        "call <(515) 555-0123> or",
        "call <515-555-0123>, thanks",
        "<515.555.0123>",
        "at <5155550123> any time",
        "<1-701-555-0105> is the fax",
        "text <+1 515 555 0123>!",
        "<+44 20 7946 0958> from abroad",
        "<515‑555‑0123> with typographic hyphens",
        "my cell <808 555-0184> ok",
        "<555-0123> in the evening",
        "<515-555-0123 x42> is the desk",
        "my number is <555 0123>",
        "see <https://blog.example.org/mama-lopez>.",
        "see <http://192.168.1.1/x>",
        "on <www.example.com/lopezfamily>, ok",
        "at <naomi.example.com>, it was private",
        "<example.com/jadensmom>",
        "<fb.me/janedoe>",
        "its on <bit.ly/3xYz>",
        "find me <@jane_doe> there",
        "venmo <@mrs.doe>.",
        "I'm <u/sleepy_mama> on reddit",
    ],
)
def test_contact(text):
    """Addresses, numbers and handles are found whole."""
    check(text, "CONTACT")


@pytest.mark.parametrize(
    "text",
    [
        "my ssn, <000 64 7327>,",
        "<900-12-3456>",
        "it is <900123456> i think",
        "My last four r <6683>. ok",
        "last 4 of my social is <6683>",
        "My MRN is <#5048652> and",
        "MRN <12345>",
        "chart number is <V2495307> ok",
        "case <#1234>",
        "Claim number <62276267> still",
        "claim no. <VB-12345678>",
        "my DoD ID is <9971033782> honestly",
        "EDIPI: <1234567890>",
        "participant id is <mmb000189> i think",
        "account <12345678>",
        "<#50486> is on it",
        "the letter said <V2495307> twice",
        "my van, plate <YJW 637>, was",
        "license plate is <ABC1234>",
        "card <4111 1111 1111 1111> was",
        "mac <00:1a:2b:3c:4d:5e> ok",
    ],
)
def test_identifying_number(text):
    """Numbers that stand for a person are found by their shape or by the word before them."""
    check(text, "ID")


@pytest.mark.parametrize(
    "text",
    [
        "from <203.0.113.181> every",
        "it's <192.0.2.1>.",
        "<2001:db8::ff00:42:8329> too",
        "<2001:0db8:85a3:0000:0000:8a2e:0370:7334>",
        "<fe80::1ff:fe23:4567:890a>",
    ],
)
def test_network_address(text):
    """IP addresses of both versions are found."""
    check(text, "IP")


@pytest.mark.parametrize(
    "text",
    [
        "on <2019-03-14>.",
        "on <2019-03-14T10:30:00> sharp",
        "<3/14/2019>",
        "was <3/14/19>, ok",
        "<14.3.19> as they write there",
        "<10.21.15>",
        "<3-14-2019>",
        "<March 14th, 2019>",
        "<march 14 2019>",
        "on <Mar 14> we",
        "<Mar. 14th>",
        "<14 March>",
        "<14 March 2019>",
        "<14th of March>",
        "the <4th of march, 2019>",
        "in <March 2019>",
        "in <May of 2016>",
        "since <July '14>",
        "<08SEP15>",
        "<May 5> was",
        "<8 May> was",
        "born <4/19> early",
        "after <4/12> I",
        "around <6/6/17> I",
        "discharged <9/10>",
        "the <03/2019> one",
        "<20190314>",
        "dob <031419>",
        "el <6 de julio> fue",
        "en <julio de 2018>",
        "on <Labor Day of 2018>",
        "<Christmas 2017>",
        "<１４ March ２０１９>",
    ],
)
def test_date(text):
    """Dates in all explicit forms are found whole."""
    check(text, "DATE")


@pytest.mark.parametrize(
    "text",
    [
        "at <5716 Dunmore Pike> ok",
        "<335 n sycamore> with",
        "<2342 N Sycamore>, ok",
        "<123 Main St>.",
        "<123 W. Main Street, Apt 4b>",
        "<12 Old Mill Rd, Iowa City, IA 52240>",
        "<P.O. Box 123>",
        "<po box 12>",
        "<RR 2 Box 45>",
        "in <Iowa City, IA 52240>",
        "i live in <davenport, iowa 52801-1234>",
        "<IA 52240>",
        "Our zip is <69210> so",
        "zip code: <02134>",
        "off <county road 12>",
    ],
)
def test_address(text):
    """United States addresses are found whole."""
    check(text, "LOCATION")


@pytest.mark.parametrize(
    "text",
    [
        "my <102> year old grandpa",
        "a <93-year-old>",
        "she's <91> yrs old",
        "My grandpa turned <97> and",
        "aged <95>",
        "My grandmother is <102> and",
    ],
)
def test_high_age(text):
    """Ages over 89 are found; the words around them stay."""
    text = text.replace("-year-old>", ">-year-old")
    check(text, "AGE")


def check(marked, category):
    """Hold what is found against the words between < and >."""
    text = marked.replace("<", "").replace(">", "")
    wanted = marked[marked.index("<") + 1 : marked.index(">")]
    assert found(text) == [(category, wanted)]


@pytest.mark.parametrize(
    "text",
    [
        "My coach called every week. Session 3, week 12 of 12, at 6 weeks postpartum.",
        "C-section, PTSD, EPDS 14, PHQ-9 was 21, 24/7, 9 to 5, 9-5, MST, the VA and TRICARE.",
        "about 10 minutes, 15-20 minutes, 3 or 4 times, 2-3 x a day, 1 1/2 hours, 50/50, 8/10, 3/4 of it",
        "at 10:30 am, 3:15pm, 7 a.m., @ 9pm, @3pm, @home, 30 mile drive, 2 hour drive, a 15 min drive",
        "$1,200 or 100%, 1,000,000 and 3.5 stars, version 2.0.1, covid-19, the 90 days, 95%, fever of 102",
        "In 2019 I was 34 and had 3 kids. It may take 5 days; march on. They may 2. 8 may be too many",
        "Monday, Tuesday and on weekends in the spring, a year later",
        "e.g. this, i.e. that, n/a, and/or, w/ him, better.me, ok.so, the end...and then",
        "5 days on my way, 2 weeks in the right place, 3 kids at court, 1 good run",
        "I was 19 when 2 or 3 of the 5 calls on 4 occasions took 45min",
        "group of 10 moms. 6 months old, 12 months, 22 weeks old, 89 years old, 85 yo",
        "1 2 3 4 5 6 7 8 9 10, 2016 2017 2018, 12 12 12",
        "",
    ],
)
def test_everyday_words_and_numbers_stay(text):
    """Programme words, durations, scores, times and quantities are all left alone."""
    assert found(text, tiers=tuple(Tier)) == []


@pytest.mark.parametrize("text", ["on track 6/8", "it was 123456 then", "code a1b2-c3d4-e5f6"])
def test_doubtful_forms_are_uncertain(text):
    """What may be a date or a number of somebody is left to a person."""
    assert found(text) == []
    assert len(found(text, tiers=(Tier.UNCERTAIN,))) == 1


ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                "12",
                "3",
                "/",
                ".",
                "-",
                " ",
                "@",
                "march",
                "street",
                "iowa",
                "52240",
                ",",
                "box",
                "::",
                "ab",
                "(",
                "+1",
            ]
        ),
        max_size=25,
    ).map("".join),
)


@given(st.lists(ANY_TEXT, max_size=4), st.randoms(use_true_random=False))
def test_total_inside_and_independent_of_the_batch(texts, rng):
    """No text makes it fail or find something outside; batch and order don't matter."""
    spans = PATTERNS.detect(texts)
    assert all(span.end <= len(text) for text, own in zip(texts, spans, strict=True) for span in own)
    order = list(range(len(texts)))
    rng.shuffle(order)
    assert PATTERNS.detect([texts[place] for place in order]) == [spans[place] for place in order]
    assert [PATTERNS.detect([text])[0] for text in texts] == spans


@given(
    st.sampled_from(["call 515-555-0123 now", "on March 14th, 2019", "at 12 Elm St, ok", "a@b.com"]),
    st.data(),
)
def test_unseen_and_typographic_characters_hide_nothing(text, data):
    """Joiners and soft hyphens inside, and typographic hyphens and spaces, change nothing."""
    dressed = text
    for at in sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=3)), reverse=True):
        dressed = dressed[:at] + data.draw(st.sampled_from("\u00ad\u200b\u200d\u2060\ufe0f")) + dressed[at:]
    dressed = dressed.replace("-", "\u2011").replace(" ", "\u00a0")
    plain = [(span.category, span.detector) for span in PATTERNS.detect([text])[0]]
    spans = PATTERNS.detect([dressed])[0]
    assert [(span.category, span.detector) for span in spans] == plain
    for span, other in zip(spans, PATTERNS.detect([text])[0], strict=True):
        kept = [c for c in dressed[span.start : span.end] if c not in "\u00ad\u200b\u200d\u2060\ufe0f"]
        assert len(kept) == other.end - other.start


SIZE = 100_000
LONG = {
    "digits": "1" * SIZE,
    "digits apart": "1 " * (SIZE // 2),
    "threes": "123 " * (SIZE // 4),
    "threes joined": "123-" * (SIZE // 4),
    "letters": "a" * SIZE,
    "letters and a digit": "1 " + "a" * SIZE,
    "letters with digits": "a1" * (SIZE // 2),
    "short words": "1 a " * (SIZE // 4),
    "spaces": "1" + " " * SIZE + "1",
    "full stops": "a." * (SIZE // 2),
    "dots": "1" + "." * SIZE,
    "ats": "@" * SIZE,
    "at words": "a@" * (SIZE // 2),
    "local part": "a" * SIZE + "@",
    "local dots": "a." * (SIZE // 2) + "@",
    "slashes": "1/" * (SIZE // 2),
    "brackets": "(" * SIZE + "1",
    "colons": "1:" * (SIZE // 2),
    "hyphens": "1-" * (SIZE // 2),
    "months": "march 1 " * (SIZE // 8),
    "contexts": "case id number " * (SIZE // 15) + "1",
    "streets": "1 old mill " * (SIZE // 11),
    "cities": "1 iowa city, " * (SIZE // 13),
    "www": "www." * (SIZE // 4),
    "apostrophes": "a'" * (SIZE // 2) + "@",
    "marks": "1" + "\u0301" * SIZE + "1",
    "numbers in words": "one two " * (SIZE // 8),
    "one number in words": "five " * (SIZE // 5),
    "single digits": "1 1 1 " * (SIZE // 6),
    "may": "may " * (SIZE // 4),
    "may and days": "may 5, " * (SIZE // 7),
    "on a day": "on 3/4 at 5 pm " * (SIZE // 15),
    "born": "born on the " * (SIZE // 12) + "3rd",
    "handles": "find me on fb as a_1 b " * (SIZE // 23),
    "mail in words": "a dot b at " * (SIZE // 11),
    "hex": "a1:" * (SIZE // 3),
    "pluses": "+" * SIZE + "1",
    "schemes": "http://" * (SIZE // 7),
    "a scheme and full stops": "http://" + "." * SIZE,
    "corners": "corner of a " * (SIZE // 12),
    "boxes": "po box 1 apo " * (SIZE // 13),
    "hashes": "#" * SIZE + "1",
    "quotes": "'19 " * (SIZE // 4),
    "degrees": "41° " * (SIZE // 4),
    "years": "2019 " * (SIZE // 5),
    "seasons": "late spring of 2019, " * (SIZE // 21),
    "capitals": "Old Mill Road " * (SIZE // 14),
    "newlines": "1\n" * (SIZE // 2),
    "stars": "*" * SIZE + "1234",
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_long_adversarial_texts_finish(text):
    """Each of 100,000 characters is looked at a bounded number of times: a square of them would hang."""
    PATTERNS.detect([text])


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_every_pattern_finishes_alone(text):
    """Every pattern is linear by itself, whatever stands before it in the detector."""
    excerpt = Excerpt(TextBatch.of([text]))
    for rule in RULES:
        for _ in rule.ranges(excerpt, None):
            pass


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_a_batch_is_taken_as_it_is(texts):
    """Texts and their batch give the same."""
    assert PATTERNS.detect(TextBatch.of(texts)) == PATTERNS.detect(texts)


def test_nothing_matches_across_two_texts():
    """Halves of a number, a date and an address in two texts are found in neither."""
    for whole in (
        "call 515-555-0123",
        "march 14 2019",
        "jane.doe@example.org",
        "12 elm street",
        "five one five 555 0123",
    ):
        for at in range(1, len(whole)):
            halves = [whole[:at], whole[at:]]
            assert PATTERNS.detect(halves) == [PATTERNS.detect([half])[0] for half in halves]
