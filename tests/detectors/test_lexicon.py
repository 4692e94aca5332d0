"""Lexicons: what is looked up is what the lists say, whatever is asked and in whatever order."""

from __future__ import annotations

import csv
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.lexicon import (
    LOG_SCALE,
    Column,
    Entry,
    Flag,
    NameKind,
    PhraseKind,
    Phrases,
    Words,
    add,
    is_held_out,
    names_for,
    phrases,
    read_entries,
    short_forms,
    split_half,
    words,
)
from ppdarchive.detectors.lexicon.entries import KINDS, log_scaled
from ppdarchive.detectors.lexicon.lookup import SortedHashes, with_end
from ppdarchive.detectors.lexicon.phrases import LONGEST, words_of
from ppdarchive.detectors.lexicon.shipped import DATA
from ppdarchive.detectors.lexicon.words import ROW
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Tokens, word_hashes

SOURCES = Path(__file__).parents[2] / "scripts" / "lexicons" / "sources"
EMPTY_WORDS = Words.of(np.zeros(0, np.uint64), np.zeros(0, ROW))
EMPTY_PHRASES = Phrases.of([], [])


def rows(kind):
    """The rows of a list of names as the file has them."""
    with (DATA / "names" / f"{kind}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def known(*values):
    """What the shipped table knows of some words."""
    return words().columns(word_hashes(values))


def named(text):
    """The phrases found in a text, and their kinds."""
    batch = TextBatch.of([text])
    tokens = Tokens.of(batch)
    found = phrases().find(tokens)
    return {
        batch.folded[tokens.starts[first] : tokens.ends[last]]: PhraseKind(int(kinds))
        for first, last, kinds in zip(found.first, found.last, found.kinds, strict=True)
    }


@pytest.mark.parametrize(("kind", "column"), [("given_name", Column.GIVEN_NAME), ("surname", Column.SURNAME)])
def test_counts_are_those_of_the_lists(kind, column):
    """Each name's column is its count on the log scale, by an independent reading of the same rows."""
    counts = {}
    listed = rows(kind)
    for (_, weight, _), own in zip(listed, words_of([row[0] for row in listed]), strict=True):
        if len(own) == 1:
            counts[own[0]] = int(weight)
    got = known(*counts).column(column)
    expected = np.rint(LOG_SCALE * np.log2(1 + np.array(list(counts.values()), float)))
    assert (np.abs(got - expected) <= 1).all()


def test_places_know_their_inhabitants():
    """A one-word city has the inhabitants of the largest place of its name."""
    largest = {}
    for kind in ("city", "world_city"):
        listed = rows(kind)
        for (_, weight, _), own in zip(listed, words_of([row[0] for row in listed]), strict=True):
            if len(own) == 1 and own[0].isascii():
                largest[own[0]] = max(largest.get(own[0], 0), int(weight))
    got = known(*largest).column(Column.PLACE)
    assert (got >= log_scaled(list(largest.values()))).all()


def test_longer_city_names_are_phrases():
    """Every American city of two to eight words is found in a sentence, in small letters."""
    names = [row[0] for row in rows("city")]
    cities = [name for name, own in zip(names, words_of(names), strict=True) if 2 <= len(own) <= LONGEST]
    batch = TextBatch.of([f"we live in {name.lower()} now" for name in cities])
    tokens = Tokens.of(batch)
    found = phrases().find(tokens)
    is_city = (found.kinds & PhraseKind.CITY) != 0
    assert set(tokens.texts[found.first[is_city]].tolist()) == set(range(len(cities)))


@pytest.mark.skipif(not SOURCES.exists(), reason="the hand-written lists are in the repository only")
@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.txt")), ids=lambda path: path.stem)
def test_hand_written_lists_are_known(path):
    """Each entry of a hand-written list has its kind's flag, or is found as a phrase of its kind."""
    text = path.read_text(encoding="utf-8")
    kind = text.split("# kind: ")[1].split("\n")[0]
    values = [
        value.strip()
        for line in text.splitlines()
        if not line.startswith("#")
        for value in line.split(";")
        if value.strip()
    ]
    if kind.endswith("_city"):
        values, kind = [f"{value} Vet Center" for value in values], "facility"
    one = [own[0] for own in words_of(values) if len(own) == 1]
    if one and KINDS[kind].flag:
        assert known(*one).has(KINDS[kind].flag).all()
    many = [value for value, own in zip(values, words_of(values), strict=True) if 2 <= len(own) <= LONGEST]
    tokens = Tokens.of(TextBatch.of(many))
    found = phrases().find(tokens)
    of_kind = found.kinds & KINDS[kind].phrase != 0
    assert set(tokens.texts[found.first[of_kind]].tolist()) == set(range(len(many)))


@pytest.mark.parametrize(
    ("word", "flag"),
    [
        ("zoloft", Flag.MEDICATION),
        ("zoloft", Flag.SAFE),
        ("coach", Flag.SAFE),
        ("nicu", Flag.SAFE),
        ("aunt", Flag.KINSHIP),
        ("iowa", Flag.STATE),
        ("ia", Flag.STATE_ABBREVIATION),
        ("sgt", Flag.RANK),
        ("mayor", Flag.RARE_PROFESSION),
        ("the", Flag.FUNCTION_WORD),
        ("blvd", Flag.STREET_SUFFIX),
        ("tues", Flag.WEEKDAY),
        ("lejeune", Flag.BASE),
        ("mood", Flag.DICTIONARY),
        ("omaha", Flag.PROPER),
        ("betsy", Flag.NICKNAME),
    ],
)
def test_flags(word, flag):
    """Words have the flags that everyday knowledge gives them."""
    assert known(word).has(flag)[0]


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("the VA in iowa city never did", "iowa city", PhraseKind.CITY),
        ("born in St. Louis", "st. louis", PhraseKind.CITY),
        ("born in saint louis", "saint louis", PhraseKind.CITY),
        ("from winston-salem", "winston-salem", PhraseKind.CITY),
        ("at Ft Bragg in 04", "ft bragg", PhraseKind.BASE),
        ("on the USS Cole", "uss cole", PhraseKind.SHIP),
        ("the Boise VA was great", "boise va", PhraseKind.FACILITY),
        ("the James A. Haley Veterans' Hospital", "james a. haley veterans' hospital", PhraseKind.FACILITY),
        ("with the 101st airborne", "101st airborne", PhraseKind.UNIT),
        ("during operation iraqi freedom", "operation iraqi freedom", PhraseKind.OPERATION),
        ("at university of iowa", "university of iowa", PhraseKind.SCHOOL),
        ("I work at johnson & johnson", "johnson & johnson", PhraseKind.ORGANIZATION),
        ("I work at Wendy's", "wendy's", PhraseKind.ORGANIZATION),
        ("my mother in law", "mother in law", PhraseKind.KINSHIP),
        ("after my c-section", "c-section", PhraseKind.SAFE),
        ("I had the baby blues", "the baby blues", PhraseKind.CONDITION),
    ],
)
def test_phrases(text, name, kind):
    """Names of several words are found whatever their capitals and the signs inside."""
    assert named(text)[name] & kind


def test_unknown_words_are_zeros():
    """Of a word that no list has, nothing is said."""
    got = known("xqzzvbbk", "qqqqwwwweee")
    assert not got.columns.any()
    assert not got.flags.any()


def test_no_words_give_no_rows():
    """No hash is as good a question as many."""
    assert len(words().columns(np.zeros(0, np.uint64))) == 0


@given(st.lists(st.sampled_from(["anna", "the", "omaha", "xqzzvbbk", "zoloft"]), max_size=12))
def test_each_word_is_answered_alone(asked):
    """What is known of a word does not depend on what else is asked, how often or in what order."""
    got = known(*asked) if asked else words().columns(np.zeros(0, np.uint64))
    for nth, word in enumerate(asked):
        alone = known(word)
        assert (got.columns[nth] == alone.columns[0]).all()
        assert got.flags[nth] == alone.flags[0]


def test_tables_are_mapped_not_read():
    """The tables stay in their files until they are asked."""
    assert isinstance(words().rows, np.memmap)
    assert isinstance(words().hashes.base, np.memmap)


def test_shares_are_shares():
    """A word's shares of given name, surname and place are together at most one."""
    columns = words().rows["columns"].astype(int)
    own = (Column.GIVEN_NAME_SHARE, Column.SURNAME_SHARE, Column.PLACE_SHARE)
    assert columns[:, own].sum(axis=1).max() <= 255 + 2


@pytest.mark.parametrize("word", ["hope", "grace", "will", "may", "summer", "baby", "mark", "the"])
def test_words_that_are_names_too_are_doubtful(word):
    """No share is near one for a name that is a word of every day."""
    assert known(word).column(Column.GIVEN_NAME_SHARE)[0] < 150


@pytest.mark.parametrize("word", ["jayden", "jennifer", "john", "maria", "emily", "mike", "karen"])
def test_plain_names_are_likely(word):
    """The share is near one for a name that is little else."""
    assert known(word).column(Column.GIVEN_NAME_SHARE)[0] > 200


hashes = st.lists(st.integers(0, 2**64 - 1), max_size=40)


@given(hashes, hashes)
def test_lookup_agrees_with_a_dictionary(table, asked):
    """A look-up finds what a dictionary of the same hashes finds, and the end for the rest."""
    column = with_end(np.array(table, np.uint64))
    wanted = np.array([*table, *asked], np.uint64)
    places = {int(value): nth for nth, value in enumerate(column[:-1])}
    got = SortedHashes(column).find(wanted)
    assert got.tolist() == [places.get(int(value), len(column) - 1) for value in wanted]


@given(hashes)
def test_crowded_hashes_are_found(low):
    """Hashes that share their first bits are all found."""
    crowded = np.array([value % 1000 + 2**50 for value in low], np.uint64)
    column = with_end(crowded)
    assert (column[SortedHashes(column).find(crowded)] == crowded).all()


def test_halves_are_halves():
    """About half of the names are held out; the halves are disjoint and together everything."""
    every = names_for(NameKind.SURNAME)
    train, held_out = names_for(NameKind.SURNAME, "train"), names_for(NameKind.SURNAME, "held-out")
    assert 0.48 < len(held_out) / len(every) < 0.52
    assert set(train.names).isdisjoint(held_out.names)
    assert {*train.names, *held_out.names} == set(every.names)


@given(st.text(st.characters(categories=["Lu", "Ll"]), min_size=1, max_size=9))
def test_a_words_half_is_that_of_its_hash(word):
    """A one-word name and its hash are in one half, in any capitals."""
    tokens = Tokens.of(TextBatch.of([word]))
    if len(tokens) == 1:
        assert is_held_out([word])[0] == split_half(tokens.hashes)[0] == is_held_out([word.swapcase()])[0]


@pytest.mark.parametrize("kind", list(NameKind))
def test_names_can_be_drawn(kind):
    """Every list has names in both halves, weights that are together one, and draws that repeat by seed."""
    for half in ("train", "held-out", None):
        own = names_for(kind, half)
        assert len(own) > 20
        assert own.weights.sum() == pytest.approx(1)
        first = own.draw(np.random.default_rng(7), 5)
        assert first == own.draw(np.random.default_rng(7), 5)
        assert set(first) <= set(own.names)


def test_names_have_their_capitals():
    """Readable names are written as people write them."""
    assert {"McDonald", "O'Brien", "Nguyen"} <= set(names_for(NameKind.SURNAME).names)
    assert "Iowa City" in names_for(NameKind.CITY).names


def test_cities_know_their_state():
    """The detail of a city is its state."""
    cities = names_for(NameKind.CITY)
    assert dict(zip(cities.names, cities.details, strict=True))["Iowa City"] == "IA"


def test_short_forms():
    """Short forms are listed under their names."""
    assert "liz" in short_forms()["elizabeth"]


def test_a_study_adds_its_own():
    """Added names are found, and what was known before still is."""
    entries = read_entries(
        ["value,kind", "Zyxbrook,city", "", "Cedar Hollow Birth Center,facility", "Anna,safe"]
    )
    more, longer = add(entries, words(), phrases())
    got = more.columns(word_hashes(["zyxbrook", "anna", "hollow", "omaha"]))
    assert got.column(Column.PLACE_SHARE)[0] > 200
    assert got.has(Flag.SAFE).tolist() == [False, True, False, False]
    assert got.column(Column.ORGANIZATION_PART)[2] > 0
    assert (got.columns[3] == known("omaha").columns[0]).all()
    assert got.column(Column.GIVEN_NAME)[1] == known("anna").column(Column.GIVEN_NAME)[0]
    tokens = Tokens.of(TextBatch.of(["at cedar hollow birth center in iowa city"]))
    assert [PhraseKind.FACILITY in PhraseKind(int(own)) for own in longer.find(tokens).kinds] == [True, False]
    assert not (phrases().find(tokens).kinds & PhraseKind.FACILITY).any()
    assert not known("zyxbrook").columns.any()


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1, max_size=60))
def test_any_entry_can_be_added(kind, value):
    """No value of any kind breaks the tables."""
    more, longer = add([Entry(value, kind)], EMPTY_WORDS, EMPTY_PHRASES)
    assert len(more) + len(longer) >= (1 if words_of([value])[0] else 0)


@pytest.mark.parametrize(
    ("lines", "at"),
    [
        (["name,kind", "Zyxbrook,city"], "line 1"),
        ([], "line 1"),
        (["value,kind", "Zyxbrook"], "line 2"),
        (["value,kind", "Omaha,city", "Zyxbrook,planet"], "line 3"),
        (["value,kind", " ,city"], "line 2"),
    ],
)
def test_bad_lists_are_refused_without_their_values(lines, at):
    """A list's fault is told by its line, and no value of it is shown."""
    with pytest.raises(ValueError, match=at) as caught:
        read_entries(lines)
    assert "Zyxbrook" not in str(caught.value)


def test_entries_hide_their_values():
    """An entry's repr has no value."""
    assert "Zyxbrook" not in repr(Entry("Zyxbrook", "city"))
    with pytest.raises(ValueError, match="no kind"):
        Entry("Zyxbrook", "planet")


def test_reprs_show_sizes_only():
    """Tables are shown by their sizes."""
    assert repr(words()) == f"Words({len(words())} words)"
    assert repr(phrases()) == f"Phrases({len(phrases())} phrases)"
    assert repr(names_for(NameKind.SHIP)).startswith("Names(ship, ")


def test_the_data_is_small():
    """All data files take less than 6 MB in a wheel."""
    packed = sum(len(zlib.compress(path.read_bytes())) for path in DATA.rglob("*") if path.is_file())
    assert packed < 6_000_000
