"""Known identifiers are found in every case, form and spacing that the policy covers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.detectors.known.ordinary import Usage
from ppdarchive.detectors.known.words import PARTICLES, PLACEHOLDERS
from ppdarchive.model.span import TextCategory, Tier
from ppdarchive.text.fold import fold, words_only
from ppdarchive.text.tokens import word_hashes

NAME, CONTACT, PLACE = TextCategory.NAME, TextCategory.CONTACT, TextCategory.LOCATION


def found(values, text, *, tiers=tuple(Tier)):
    """What is found in a text, as words."""
    known = KnownIdentifiers([(v, NAME) if isinstance(v, str) else v for v in values])
    return [text[s.start : s.end] for s in known.detect([text])[0] if s.tier in tiers]


LETTERS = st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F)
WORDS = st.one_of(
    st.sampled_from(
        ["Jayden", "Ann", "Marie", "O'Brien", "Müller", "Weiß", "Zoë", "José", "Işıl", "Ştefan", "Jo"]
    ),
    st.text(LETTERS, min_size=3, max_size=8),
    st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=4, max_size=8),
)
CASES = (str, str.upper, str.lower, str.title, str.swapcase, str.casefold)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
AROUND = st.sampled_from(["", "and ", "called (", "Hi! ", "#", "-", "👍", "١ ", "...", "\n", '"', "x "])


@st.composite
def variants(draw, value):
    """A value as people write it."""
    gap = draw(st.sampled_from([" ", "  ", "-", "\n", "\u00a0", "\u2011", "_", " - ", ""]))
    written = gap.join(value.split())
    written = draw(st.sampled_from(CASES))(written)
    written = unicodedata.normalize(draw(st.sampled_from(FORMS)), written)
    written = written.replace("'", draw(st.sampled_from(["'", "’", "ʼ", ""])))
    at = draw(st.integers(1, max(1, len(written) - 1)))
    return written[:at] + draw(st.sampled_from(["", *UNSEEN])) + written[at:]


def is_everyday(word):
    """Whether a word is one of everyday text."""
    return bool(Usage.of(word_hashes([words_only(word) or "the"])).is_everyday[0])


def is_looked_for(value):
    """Whether a value is one that the policy covers without a look at what stands around it."""
    own = words_only(value)
    return (
        len(own) > 3
        and own.isalpha()
        and own not in PLACEHOLDERS
        and not any(words_only(word) in PARTICLES for word in value.split())
        and not any(is_everyday(word) for word in [own, *value.split()])
        and fold(value).text[:1].isalnum()
        and fold(value).text[-1:].isalnum()
    )


@given(st.data())
def test_a_known_value_is_found_however_it_is_written(data):
    """A name planted in any case, form, spacing and possessive is covered, surely and exactly."""
    value = " ".join(data.draw(st.lists(WORDS, min_size=1, max_size=2)))
    assume(is_looked_for(value))
    written = data.draw(variants(value))
    before, after = (
        data.draw(AROUND),
        data.draw(st.sampled_from(["", "'s", "’s", "'", " and", ".", "👍", ")", "-", ", x"])),
    )
    text = before + written + after
    spans = KnownIdentifiers([(value, NAME)]).detect([text])[0]
    sure = {at for span in spans if span.tier is Tier.REDACT for at in range(span.start, span.end)}
    first, last = len(before), len(before) + len(written)
    assert all(at in sure for at in range(first, last) if fold(text[at]).text.isalnum())
    assert all(first <= span.start and span.end <= last + (after == "") for span in spans)


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("Ann Marie", "annmarie and ANN-MARIE and Ann\n Marie", ["annmarie", "ANN-MARIE", "Ann\n Marie"]),
        ("Annmarie", "Ann Marie", []),
        ("Jayden", "jayden's and Jaydens and JAYDEN’S", ["jayden", "Jayden", "JAYDEN"]),
        ("James", "James' and James's", ["James", "James"]),
        ("Doe", "does he know Doe", ["Doe"]),
        ("Anna Lee Smith", "Anna, Lee-Smith; ms smith", ["Anna, Lee-Smith", "smith"]),
        ("Maria de la Cruz", "maria was de la best, Cruz too", ["maria", "Cruz"]),
        (
            "Smith-Jones",
            "smith, Jones, smithjones",
            ["smith, Jones", "smithjones"],
        ),
        ("A. J. Doe", "aj doe, A.J. was, JR, Doe", ["aj doe", "A.J", "Doe"]),
        ("O'Brien", "obrien, O’BRIEN, o brien", ["obrien", "O’BRIEN", "o brien"]),
        ("Groß", "GROSS and groß and groẞ", ["GROSS", "groß", "groẞ"]),
        ("Sofia", "soﬁa and So\u00adfi\u200ba and Sofía", ["soﬁa", "So\u00adfi\u200ba", "Sofía"]),
        ("İnci", "inci, İNCİ and INCI", ["inci", "İNCİ", "INCI"]),
        ("Zoë", "zoe and Zoe\u0308!", ["zoe", "Zoe\u0308"]),
        ("Mila", "the Milano family, similar", []),
        ("Ian", "I an Ian2 ian_v", ["Ian", "ian"]),
        (
            ("jane.doe@example.com", CONTACT),
            "JANE.DOE@example.com or janedoe",
            ["JANE.DOE@example.com", "janedoe"],
        ),
        (("info@example.com", CONTACT), "more info at info@example.com", ["info@example.com"]),
        (("(515) 555-0123", CONTACT), "515.555.0123, 15155550123, +1 515 555-0123", None),
        (("(515) 555-0123", CONTACT), "try 555 0123", ["555 0123"]),
        (("5033 Quarry Hill Drive", PLACE), "5033 quarry-hill drive", ["5033 quarry-hill drive"]),
        (("92054", PLACE), "zip 92054 not 920541", ["92054"]),
        (("MMB000001", TextCategory.ID), "mmb-000001", ["mmb-000001"]),
        (("123-45-6789", TextCategory.ID), "123456789", ["123456789"]),
        (("12", TextCategory.ID), "12 times", []),
        ("n/a", "n/a and N A", []),
        ("", "nothing", []),
        ("Marie", "[NAME] Marie [NAME-12]", ["Marie"]),
        ("Name", "[NAME] was his Name", ["Name"]),
    ],
)
def test_examples(value, text, expected):
    """Each spelling is found at its exact place in the original text."""
    if expected is None:
        expected = ["515.555.0123", "15155550123", "515 555-0123"]
        spans = KnownIdentifiers([value]).detect([text])[0]
        covered = {at for span in spans for at in range(span.start, span.end)}
        for words in expected:
            assert set(range(text.index(words), text.index(words) + len(words))) <= covered
        return
    assert found([value], text) == expected


SURE, UNSURE, WORD = "redact", "uncertain", None


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("I told Grace about it", SURE),
        ("then Hope called me", SURE),
        ("my coach grace was kind", SURE),
        ("coach Hope called", SURE),
        ("a girl named hope", SURE),
        ("her name is grace", SURE),
        ("her name's grace", SURE),
        ("grace's calls", SURE),
        ("thank Dr. Grace", SURE),
        ("Hope irwin wrote", SURE),
        ("Hope this helps", WORD),
        ("It helped. Grace was there", UNSURE),
        ("- Grace\n- time", UNSURE),
        ("1) Hope", UNSURE),
        ("I HAVE HOPE NOW", UNSURE),
        ("Grace", UNSURE),
        ("my hope is small", UNSURE),
        ("since May I am back", UNSURE),
        ("my coach will call", UNSURE),
        ("I have hope now", WORD),
        ("it may help", WORD),
        ("i will try", WORD),
        ("grace period", WORD),
    ],
)
def test_names_that_are_words(text, verdict):
    """A name that is a word is one where it is announced, owned or capitalized inside a sentence."""
    values = [("Grace", NAME), ("Hope Irwin", NAME), ("Will", NAME), ("May", NAME)]
    spans = KnownIdentifiers(values).detect([text])[0]
    assert [span.tier for span in spans] == ([] if verdict is None else [Tier(verdict)])


@given(st.lists(st.text(max_size=30), max_size=5), st.lists(st.text(max_size=12), max_size=6))
@example(["\u0345\u0345a", "İ" * 5], ["ͅa", "i i"])
def test_total_inside_and_independent_of_the_batch(texts, values):
    """No value and no text makes it fail or find something outside; the batch doesn't matter."""
    known = KnownIdentifiers([(value, NAME) for value in values])
    spans = known.detect(texts)
    assert all(span.end <= len(text) for text, own in zip(texts, spans, strict=True) for span in own)
    assert known.detect(texts[::-1]) == spans[::-1]
    assert known.n_values + known.n_ignored == len(set(values))


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_residual_sees_every_value_in_a_file_name(values):
    """A value in a label or file name is seen; repr and errors hold none."""
    values = [value for value in values if is_looked_for(value)]
    known = KnownIdentifiers([(value, NAME) for value in values])
    names = [f"export_{value}2019.csv" for value in values]
    assert all(residual(names, known))
    assert residual(["export_2019.csv", "[NAME]"], known) == [[], []]
    assert not any(value in repr(known) for value in values if len(value) > 8)


def test_a_long_text_of_near_hits_finishes():
    """Beginnings of values all over a text cost no more than the values are long."""
    known = KnownIdentifiers([("ana " * 30 + "end", NAME), ("1" * 30, TextCategory.ID)])
    assert known.detect(["ana " * 25_000, "1 " * 50_000, "1" * 100_000])[1:] != [[]]
