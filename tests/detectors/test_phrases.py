"""Phrases: every rule's own examples, what must always hold, and that the field's words stay."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.lexicon import words
from ppdarchive.detectors.phrases import Phrases, kept, rules
from ppdarchive.detectors.phrases.page import page
from ppdarchive.detectors.phrases.pattern import REACH, Pattern
from ppdarchive.detectors.phrases.rulebook import DATA, classes, lists
from ppdarchive.detectors.phrases.symbols import Symbols
from ppdarchive.detectors.phrases.traits import Trait
from ppdarchive.model.span import TextCategory, Tier
from ppdarchive.text.overlap import resolve

PHRASES = Phrases()
RULES = rules()
QUESTIONS = {
    "helpful_program": "Q12",
    "improve_program": "Q13",
    "helpful_coach": "Q14",
    "improve_coach": "Q15",
}
CASINGS = {"as written": str, "small": str.lower, "capitals": str.upper}
PIECES = [
    *("my coach ", "maria", "Hope", "WILL", "aunt ", "dr. ", "st. ", "mrs ", "- ", "\n", "\n\n", ", ", ". "),
    *("iowa city", " ia", " VA", "county", "fort ", "USS ", "the ", "in ", "at ", "work at ", "hospital"),
    *("2/7 marines", "101st ", "68W", "OIF", "sgt ", "J.L.", "name is ", "mi hija ", "señora ", "née"),
    *("won the award", "on the news", "[NAME]", "█████", "’s", "ß", "İ", "\u0301", "\u200b", "🙂", "\x00"),
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.text(max_size=60),
    st.lists(
        st.sampled_from([example.strip("<>") for rule in RULES for example in rule.finds]), max_size=3
    ).map(" ".join),
)


def plain(example):
    """An example without its marks."""
    return example.replace("<", "").replace(">", "")


def marked(text, spans):
    """A text with marks around spans."""
    for start, end in sorted({(span.start, span.end) for span in spans}, reverse=True):
        text = f"{text[:start]}<{text[start:end]}>{text[end:]}"
    return text


def of_rule(text, rule):
    """What a rule finds in a text."""
    return resolve([span for span in PHRASES.detect([text])[0] if span.detector == f"phrases.{rule.name}"])


@pytest.mark.parametrize("casing", CASINGS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_its_examples(rule, casing):
    """Whatever their capitals, the marked words and no others are found by the rule."""
    change = CASINGS[casing]
    for example in rule.finds:
        text = change(plain(example))
        assert marked(text, of_rule(text, rule)) == change(example)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.finds_cased], ids=lambda rule: rule.name)
def test_a_rule_finds_its_cased_examples(rule):
    """Where only a capital tells, the marked words are found as they are written."""
    for example in rule.finds_cased:
        assert marked(plain(example), of_rule(plain(example), rule)) == example


@pytest.mark.parametrize("casing", CASINGS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_leaves_what_it_should(rule, casing):
    """In the other examples a rule finds nothing, whatever their capitals."""
    for example in rule.leaves:
        assert of_rule(CASINGS[casing](example), rule) == []


@pytest.mark.parametrize("example", [example for rule in kept() for example in rule.finds])
def test_idioms_stay(example):
    """No span meets what a kept rule marks."""
    text = plain(example)
    start = example.index("<")
    end = example.index(">") - 1
    assert all(span.end <= start or end <= span.start for span in PHRASES.detect([text])[0])


def test_rules_are_complete():
    """Names are unique, every rule has examples of both sorts, a score, and a paragraph of the law."""
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.patterns
        assert rule.finds or rule.finds_cased
        assert rule.leaves
        assert rule.hipaa
        assert 0 < rule.score <= 1
        assert (rule.tier is Tier.UNCERTAIN) == (rule.score < 0.9), rule.name


def test_every_category_that_words_can_tell_has_rules():
    """Names, places, facilities, organizations, service, professions and stories are looked for."""
    wanted = {"NAME", "LOCATION", "FACILITY", "ORGANIZATION", "MILITARY", "PROFESSION", "OTHER"}
    assert {rule.category for rule in RULES} == {TextCategory(name) for name in wanted}


def test_stories_are_for_a_person_to_judge():
    """No rule of OTHER redacts by itself."""
    assert {rule.tier for rule in RULES if rule.category is TextCategory.OTHER} == {Tier.UNCERTAIN}


def test_states_and_countries_are_told_apart():
    """Their spans carry the rule's name, so that a policy can keep them, and no paragraph forbids it."""
    found = {span.detector for span in PHRASES.detect(["back in Iowa", "back from Germany"])[0]}
    found |= {span.detector for span in PHRASES.detect(["back from Germany"])[0]}
    assert {"phrases.state", "phrases.country"} <= found
    assert all(rule.hipaa.startswith("none") for rule in RULES if rule.name in ("state", "country"))


def test_every_list_and_class_is_used():
    """No class of the data files is left over from a rule that is gone."""
    used = {
        term
        for rule in (*RULES, *kept())
        for p in rule.patterns
        for e in Pattern.of(p).expressions
        for term in _terms(e)
    }
    while more := {term for name in used if name in classes() for term in _terms(classes()[name])} - used:
        used |= more
    asked_by_code = {"SPECIALTIES", "KEPT_PHRASES"} | {name for name in lists() if name.endswith("_CUES")}
    assert lists().keys() - used == asked_by_code
    assert classes().keys() <= used
    assert {trait.name for trait in Trait} <= used


def test_lists_are_folded():
    """Words of lists are in small letters and ASCII, as folding leaves them, and no class has two lists."""
    assert all(word == word.lower() and word.isascii() for own in lists().values() for word in own)
    assert lists().keys().isdisjoint(classes())


def test_data_files_keep_to_the_margin():
    """Lines of rules and lists are short enough to read."""
    for path in DATA.glob("*.txt"):
        assert max(map(len, path.read_text("utf-8").splitlines())) <= 120, path.name


def test_an_unknown_class_is_refused():
    """A pattern that names a class that is nowhere does not pass as a word."""
    with pytest.raises(ValueError, match="no such class: NOWHERE"):
        Symbols.of(["NOWHERE"], {}, {}, words())


@pytest.mark.parametrize(
    "source",
    [
        "coach NAME",
        "< NAME",
        "( < NAME >",
        "< NAME > )",
        "? < NAME >",
        "@a @b < NAME >",
        "< ( @a | b ) >",
        "< NAME >> ",
    ],
)
def test_a_broken_pattern_is_refused(source):
    """What is no pattern raises and is not guessed at."""
    with pytest.raises(ValueError, match=r"."):
        Pattern.of(source)


@pytest.mark.parametrize(
    ("source", "place", "expected"),
    [
        ("my @coach < NAME >", -1, {"my"}),
        ("my @coach < NAME >", -2, None),
        ("my @coach < NAME >", 0, {"coach"}),
        ("my @coach < NAME >", 1, {"NAME"}),
        ("my @coach < NAME >", 2, None),
        ("< a b? @c >", -1, {"a", "b"}),
        ("< a b? @c >", -2, None),
        ("@a ( b | c d ) < e >", 1, {"b", "c"}),
        ("@a ( b | c d ) < e >", 2, {"d", "e"}),
        ("@a ( b | c d ) < e >", 3, None),
        ("< @a{2,3} b >", 1, {"a"}),
        ("< @a{2,3} b >", 2, {"a", "b"}),
    ],
)
def test_what_stands_around_an_anchor(source, place, expected):
    """The words that may stand at a place, on any way through the pattern; None where it may have ended."""
    around = Pattern.of(source).around()
    assert set(around) == set(range(-REACH, REACH + 1))
    assert around[place] == expected


@pytest.mark.parametrize(
    ("source", "text", "span"),
    [
        ("a @b < c? d >", "abcd", (2, 4)),
        ("a @b < c? d >", "abd", (2, 3)),
        ("a @b < c? d >", "bcd", None),
        ("< a{1,2} @b > c", "aabc", (0, 3)),
        ("< a{1,2} @b > c", "aaabc", (1, 4)),
        ("@( a | b c ) < d{0,2} e >", "bcde", (2, 4)),
        ("@a < ( b | b c ) > d", "abcd", (1, 3)),
        ("< @a > !b", "ac", (0, 1)),
        ("< @a > !b", "ab", None),
    ],
)
def test_patterns_match_as_they_read(source, text, span):
    """Letters stand for words: repetition is greedy and gives back what the rest needs."""
    pattern = Pattern.of(source)
    symbols = [ord(letter) for letter in text + "zzzz"]

    def members(expression):
        negated = expression.startswith("!")
        return bytes((chr(code) == expression.strip("!")) != negated for code in range(128))

    anchor = text.index("b" if "@b" in source else "a" if "@a" in source else "b")
    assert pattern.compiled(members).span(symbols, anchor) == span


@given(st.lists(TEXTS, max_size=6))
def test_spans_lie_in_their_texts(texts):
    """On any text nothing is raised, and every span selects something of its text."""
    for text, spans in zip(texts, PHRASES.detect(texts), strict=True):
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert span.detector.startswith("phrases.")


@given(st.lists(TEXTS, max_size=6))
def test_a_text_is_judged_by_itself(texts):
    """A batch finds in each text what it finds in that text alone, in any order of the batch."""
    together = PHRASES.detect(texts)
    assert together == [PHRASES.detect([text])[0] for text in texts]
    assert together[::-1] == PHRASES.detect(texts[::-1])


@given(TEXTS, TEXTS)
def test_what_stands_on_either_side_of_a_border_is_no_phrase(first, second):
    """No span comes from words of two texts: an empty text between them changes nothing."""
    assert PHRASES.detect([first, second]) == [PHRASES.detect([first, "", second])[i] for i in (0, 2)]


@pytest.mark.parametrize(
    "word",
    [
        "coach",
        "MomMoodBooster",
        "mood",
        "Zoloft",
        "C-section",
        "NICU",
        "PTSD",
        "VA",
        "Army",
        "veteran",
        "MST",
        "WIC",
        "CBT",
        "EPDS",
        "Navy",
        "Marines",
    ],
)
@pytest.mark.parametrize(
    "frame", ["{}", "the {}", "in the {}", "my {} was hard", "I have {} too", "{} helped", "at {}\n"]
)
def test_the_fields_words_stay(word, frame):
    """Words of the programme and of service identify nobody, wherever they stand."""
    text = frame.format(word)
    assert PHRASES.detect([text])[0] == []


def test_the_unplanted_text_of_the_example_study_stays(example):
    """At most two in a thousand characters that identify nobody are redacted."""
    with (example / "exports/three_month_survey.csv").open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    texts = {}
    for row in rows:
        record = dict(zip(header, row, strict=True))
        for question, column in QUESTIONS.items():
            if record["Status"] == "0" and record[column] not in ("", "-99"):
                texts.setdefault(f"{record['ResponseId']}.{question}", record[column])
    planted = {key: set() for key in texts}
    with (example / "key/planted_spans.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            planted[row["response_id"]] |= set(range(int(row["start"]), int(row["end"])))
    redacted = {
        key: {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}
        for key, spans in zip(texts, PHRASES.detect(list(texts.values())), strict=True)
    }
    over = sum(len(redacted[key] - planted[key]) for key in texts)
    assert over <= 0.002 * sum(map(len, texts.values()))


def _terms(expression):
    return {
        term.removeprefix("!")
        for option in expression.removeprefix("~").split("/")
        for term in option.split("&")
    }


def test_the_page_of_the_documentation_is_up_to_date():
    """The reference page says what the rules are; write it with `ppdarchive.detectors.phrases.page`."""
    written = (Path(__file__).parents[2] / "docs/reference/phrases.md").read_text("utf-8")
    note, _, text = written.partition("\n\n")
    assert note.startswith("<!-- Generated")
    assert text.rstrip("\n") == page().rstrip("\n")
