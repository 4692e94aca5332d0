"""Edit distances agree with an independent one, names that sound alike share a key, words are words."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.known.edits import NearWords, distance, edits_allowed
from ppdarchive.detectors.known.families import Kinship, relatives
from ppdarchive.detectors.known.ordinary import Standing, Usage
from ppdarchive.detectors.known.places import Places
from ppdarchive.detectors.known.sound import sound_keys
from ppdarchive.detectors.known.spellings import Speller, _are_slips, _one_edit_away, unmasked
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import word_hashes

FEW = st.text("abc", min_size=1, max_size=9)
ANY = st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=12)


def aligned(one, other):
    """Optimal string alignment by the definition: recursion over prefixes (Damerau 1964)."""
    table = {}
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                table[i, j] = i + j
                continue
            choices = [
                table[i - 1, j] + 1,
                table[i, j - 1] + 1,
                table[i - 1, j - 1] + (one[i - 1] != other[j - 1]),
            ]
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                choices.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(choices)
    return table[len(one), len(other)]


@given(st.one_of(FEW, ANY), st.one_of(FEW, ANY), st.integers(1, 2))
def test_a_distance_is_the_independent_one(one, other, most):
    """Up to the bound the distance is that of an independent implementation; beyond it there is none."""
    expected = aligned(one, other)
    assert distance(one, other, most) == (expected if expected <= most else None)


@given(
    st.lists(st.one_of(FEW, ANY), max_size=12, unique=True),
    st.lists(st.one_of(FEW, ANY), max_size=12, unique=True),
)
def test_near_words_are_the_ones_that_brute_force_finds(listed, asked):
    """Through deletions the same pairs are found as by comparing every word with every other."""
    expected = {
        (row, at, aligned(word, name))
        for row, word in enumerate(asked)
        for at, name in enumerate(listed)
        if len(name) >= 4 and aligned(word, name) <= edits_allowed(len(name))
    }
    assert set(NearWords(listed).near(asked)) == expected


@given(st.text(string.ascii_lowercase, min_size=3, max_size=7))
def test_all_words_one_edit_away_are_made(word):
    """The letters that are picked spell exactly the words that are one edit away, and the word itself."""
    picked, sizes = _one_edit_away(len(word))
    letters = np.array([*word, *string.ascii_lowercase])
    made = {"".join(letters[row[:size]]) for row, size in zip(picked, sizes, strict=True)}
    assert all(aligned(word, other) <= 1 for other in made)
    assert {word[:at] + "q" + word[at:] for at in range(len(word) + 1)} <= made
    assert {word[:at] + "q" + word[at + 1 :] for at in range(len(word))} <= made
    assert len(word) == 3 or {word[:at] + word[at + 1 :] for at in range(len(word))} <= made
    assert {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)} <= made


ALIKE = """
sofia sophia
hailey haley hayley haleigh hailee
jayden jaiden jaden jaydon jaeden
sarah sara
hannah hanna hana
claire clair
rachel racheal rachael
peggy pegie peggie
reggie reggy
angie angy anjie
brooke brook
geoffrey jeffrey jeffry
phillip philip filip
cheryl sheryl
brianna breanna briana bryanna
gianna giana jianna
maria mary marie
megan meghan meagan
kelly kelley kelli
brittany brittanie
gonzalez gonzales
hernandez hernandes
rodriguez rodrigez
johnson jonson
aisha ayesha
aidan aiden ayden
kayla caila kaylah
caitlin kaitlyn
danielle daniel danyelle
allison alison alyson
mercer merser
isaac isaak
muller mueller
kristen kristin cristin
xavier zavier
"""


@pytest.mark.parametrize("line", ALIKE.strip().splitlines())
def test_names_that_sound_alike_share_a_key(line):
    """Spellings of one name have one key."""
    assert len(set(sound_keys(line.split()))) == 1


@pytest.mark.parametrize("pair", ["maria mara", "jayden hayden", "anna hannah", "karen carol", "brian bryce"])
def test_names_that_sound_otherwise_have_other_keys(pair):
    """Different names have different keys."""
    one, other = sound_keys(pair.split())
    assert one != other or not one


@given(st.lists(st.text(max_size=8), max_size=5))
def test_a_key_depends_on_its_word_alone(words):
    """Together or alone, a word has one key; what is not of the letters a to z has none."""
    words = ["".join(word.split()) for word in words]
    assert sound_keys(words) == [key for word in words for key in sound_keys([word])]
    assert not any(
        key
        for word, key in zip(words, sound_keys(words), strict=True)
        if not (word.isascii() and word.isalpha())
    )


def test_families_are_folded_words_and_kinship_goes_both_ways():
    """Every name of the table is one folded word; who is a short form has a full one."""
    table = relatives()
    assert len(table) > 2000
    for name, others in table.items():
        assert fold(name).text == name
        assert name.isalpha()
        assert len(name) > 1
        assert name not in others
        for other, kinship in others.items():
            back = table[other][name]
            assert {kinship, back} <= {Kinship.SHORT, Kinship.FULL, Kinship.SPELLING} or kinship is back


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("brain", Standing.WORD),
        ("zoloft", Standing.WORD),
        ("july", Standing.WORD),
        ("brian", Standing.NAME),
        ("kirsten", Standing.NAME),
        ("waytt", Standing.UNSEEN),
        ("jadyen", Standing.UNSEEN),
    ],
)
def test_what_words_are(word, standing):
    """The lexicon tells words from names, and both from what it never saw."""
    assert Usage.of(word_hashes([word])).standing[0] == standing


def test_slips_are_told_from_names():
    """A slip of the finger in a frequent word is one; a misspelt name is none."""
    words = ["thier", "freind", "becuase", "helpfull", "jadyen", "mria", "gonzlez"]
    assert _are_slips(words) == {"thier", "freind", "becuase", "helpfull"}
    assert _are_slips([]) == frozenset()


@pytest.mark.parametrize(
    ("masked", "plain"),
    [
        ("m4ria", {"maria"}),
        ("j0hn", {"john"}),
        ("ke11y", {"keiiy", "keily", "keliy", "kelly"}),
        ("111111", set()),
    ],
)
def test_signs_are_read_as_letters(masked, plain):
    """Digits and signs are read as the letters they stand for; too many unsure ones are not read."""
    assert set(unmasked(masked)) == plain


@given(
    st.lists(st.text(max_size=30), max_size=8, unique=True),
    st.lists(st.text(max_size=30), max_size=6, unique=True),
)
def test_no_word_makes_the_speller_fail(listed, asked):
    """Any list and any words: readings are of the words asked for, and their factors are shares."""
    for reading in Speller(listed).readings(asked):
        assert 0 <= reading.row < len(asked)
        assert 0 < reading.factor <= 1


@given(st.lists(st.integers(0, 2**64 - 2), unique=True), st.lists(st.integers(0, 2**64 - 2)))
def test_places_are_those_of_a_dictionary(there, asked):
    """Each hash is found at its place, and no other."""
    own = sorted(there)
    places = Places(np.array(own, np.uint64))
    at = {number: place for place, number in enumerate(own)}
    wanted = [*asked, *there]
    expected = [at.get(number, len(own)) for number in wanted]
    assert places.find(np.array(wanted, np.uint64)).tolist() == expected
    assert len(places) == len(own)
