"""The forms of values: parts, short forms, nicknames, initials, numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.known.forms import Guard, Way, forms_of, words_of
from ppdarchive.detectors.known.tree import Tree
from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import word_hashes

NAME, FACILITY, PLACE = TextCategory.NAME, TextCategory.FACILITY, TextCategory.LOCATION
CONTACT, ID = TextCategory.CONTACT, TextCategory.ID


def written(value, category, way=None):
    """The forms of a value as text, of one way or of all."""
    forms = forms_of(value, category).forms
    return {" ".join(form.words) for form in forms if way is None or form.way is way}


@pytest.mark.parametrize(
    ("value", "category", "expected", "unexpected"),
    [
        ("Ann Marie", NAME, {"ann marie", "annmarie", "marie ann", "ann", "marie", "a m", "annie"}, {"am"}),
        ("Lopez, Maria", NAME, {"lopez maria", "maria lopez", "mari"}, set()),
        ("Maria de la Cruz", NAME, {"maria", "cruz", "maria de la cruz", "mc", "cruz maria"}, {"de", "la"}),
        ("Smith-Jones", NAME, {"smith jones", "smithjones", "smith", "jones"}, set()),
        ("Jayden", NAME, {"jayden", "jay", "jayjay", "jaden"}, set()),
        ("Braxlyn", NAME, {"brax", "braxie", "braxy"}, set()),
        ("Mercy Iowa City", FACILITY, {"mercy iowa city", "mercy", "mic"}, {"city", "iowa"}),
        (
            "Harlan Briggs VA Medical Center",
            FACILITY,
            {"harlan briggs", "harlan briggs va", "harlan", "hbva", "hbvamc", "harlan briggs va med. ctr."},
            {"va", "center", "va medical center"},
        ),
        ("University of Iowa Hospitals and Clinics", FACILITY, {"uihc", "univ. of iowa"}, {"iowa"}),
        ("St. Brennan's Hospital", FACILITY, {"st. brennans", "st. brennan", "brennan"}, {"st.", "s"}),
        ("Lake Ansel VA Clinic", FACILITY, {"lake ansel", "ansel"}, {"lake"}),
        ("VA Puget Sound", FACILITY, {"puget sound", "puget"}, {"va"}),
        ("Memorial Hospital", FACILITY, {"memorial hospital", "mem. hosp."}, {"memorial", "hospital"}),
        ("5033 Quarry Hill Drive", PLACE, {"quarry hill dr.", "quarry hill", "5033 quarry hill"}, {"5033"}),
        ("688 W. Tamarack St", PLACE, {"w. tamarack st.", "tamarack", "688 tamarack"}, {"w", "st."}),
        ("9786 E 14th Street", PLACE, {"e. 14 th st."}, {"14 th", "th"}),
        ("12 Elm", PLACE, {"12 elm"}, {"12"}),
        ("Iowa City, IA", PLACE, {"iowa city"}, {"ia", "iowa"}),
        ("Columbus GA", PLACE, {"columbus"}, {"ga"}),
        ("Iowa", PLACE, {"iowa"}, set()),
        ("jane.doe84@example.com", CONTACT, {"jane doe 84", "janedoe 84", "janedoe"}, {"jane", "doe"}),
        ("info@example.com", CONTACT, {"info example com"}, {"info"}),
        ("MMB000001", ID, {"mmb 000001"}, {"mmb"}),
    ],
)
def test_forms(value, category, expected, unexpected):
    """A value has the forms that say something, and none that many share."""
    found = written(value, category)
    assert expected <= found
    assert not unexpected & found


@pytest.mark.parametrize(
    ("value", "category", "numbers"),
    [
        ("(515) 555-0123", CONTACT, {"5155550123", "15155550123", "5550123"}),
        ("+1 515 555 0123 ext 44", CONTACT, {"15155550123", "5155550123", "5550123"}),
        ("555-0123", CONTACT, {"5550123"}),
        ("123-45-6789", ID, {"123456789"}),
        ("123456", ID, {"123456"}),
        ("12345", ID, set()),
    ],
)
def test_numbers(value, category, numbers):
    """Numbers are looked for by their digits, telephone numbers with and without what stands before."""
    assert forms_of(value, category).numbers == numbers


@pytest.mark.parametrize("value", ["", " ", "x", "n/a", "N.A.", "12", "123", "-", "🙂", "\x00"])
def test_what_says_nothing_is_not_looked_for(value):
    """Placeholders, single letters and short numbers have no forms."""
    assert forms_of(value, NAME) is None


@given(st.text(max_size=20), st.sampled_from(TextCategory))
def test_any_value_has_forms_or_none(value, category):
    """Whatever a cell holds, its forms are of words that a text can hold, and their scores are shares."""
    forms = forms_of(value, category)
    if forms is None:
        return
    assert forms.forms or forms.numbers
    for form in forms.forms:
        assert form.words
        assert all(word and (word.rstrip(".").isalpha() or word.isdecimal()) for word in form.words)
        assert 0 < form.score <= 1
    assert all(number.isdecimal() for number in forms.numbers)


@given(st.text(max_size=30))
def test_words_are_cut_as_tokens_are(text):
    """Letters and digits are words; nothing else is in one."""
    plain = fold(text).text
    assert all(word.isalpha() or word.isdecimal() for word in words_of(plain))
    assert "".join(words_of(plain)) == "".join(c for c in plain if c.isalpha() or c.isdecimal())


def entry(forms, text):
    """The guard and the score of what ends behind some words of a tree; None where nothing does."""
    tree = Tree.of(forms)
    ids = tree.words.find(word_hashes(text.split()))
    node = tree.roots[ids[:1]]
    for word in ids[1:]:
        node = tree.after(node, word.reshape(1))
    row = tree.entries[node]
    return (Guard(row.guard[0]), float(row.score[0])) if row.score[0] else None


@pytest.mark.parametrize(
    ("value", "text", "guard"),
    [
        ("Jayden", "jayden", Guard.FREE),
        ("Grace", "grace", Guard.WORD),
        ("Weeks", "weeks", Guard.COMMON),
        ("Hope House", "hope house", Guard.WORD),
        ("Hope Irwin", "hope irwin", Guard.FREE),
        ("A. J. Doe", "a j", Guard.CAPITALS),
        ("Maria Lopez", "ml", Guard.INITIALS),
        ("William", "will", Guard.COMMON),
        ("Jayden", "jaydens", Guard.FREE),
    ],
)
def test_what_is_a_word_is_guarded(value, text, guard):
    """A form that is a word, of one letter each, or of initials, is found only where it is a name."""
    forms = [(form, NAME) for form in forms_of(value, NAME).forms]
    assert entry(forms, text)[0] is guard


@pytest.mark.parametrize(
    ("value", "text"), [("Grace", "graces"), ("Carrie", "carries"), ("Jayden", "jay den")]
)
def test_what_is_another_word_is_no_form(value, text):
    """No plural of a word, and none that is a word itself."""
    assert entry([(form, NAME) for form in forms_of(value, NAME).forms], text) is None


def test_the_surest_of_two_forms_stays():
    """Where a name is another's nickname it is found as the name, in any order of the values."""
    both = [(form, NAME) for name in ("Elizabeth", "Beth") for form in forms_of(name, NAME).forms]
    assert entry(both, "beth") == entry(both[::-1], "beth") == (Guard.FREE, 1.0)
    assert Way.NICKNAME in {form.way for form, _ in both if form.words == ("beth",)}
