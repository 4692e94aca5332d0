"""Positions of every way of counting, read as code points."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.landing.counting import Axis, Breaks, Counting, Marks
from ppdarchive.coding.landing.positions import resolve
from ppdarchive.coding.landing.quotes import Missing, located
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectSource, Selections
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit

WAYS = [
    Counting(*way)
    for way in itertools.product(Unit, Breaks, Marks, (False, True), (0, 1))
]  # fmt: skip
WIDTHS = {
    Unit.CODE_POINT: lambda c: 1,
    Unit.UTF8: lambda c: len(c.encode()),
    Unit.UTF16: lambda c: len(c.encode("utf-16-le")) // 2,
}
WORDS = [
    "my",
    "coach",
    "Zoë",
    "naïve",
    "👍",
    "👩‍👧",
    "שלום",
    "e\u0301te\u0301",
    "calls",
    "𝒳y",
    "no.",
    "“yes”",
    "日本",
]
texts = st.builds(
    lambda mark, words, breaks: mark + "".join(w + b for w, b in zip(words, breaks, strict=False)),
    st.sampled_from(["", "\ufeff"]),
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=12),
    st.lists(st.sampled_from([" ", " ", "\n", "\r\n", "\r\n\r\n"]), min_size=12, max_size=12),
)


def counted(text, place, way):
    """How many units one way of counting says stand before a place, by the definition."""
    width = WIDTHS[way.unit]
    total = 0
    for i, character in enumerate(text[:place]):
        size = width(character)
        if character == "\n" and text[i - 1 : i] == "\r" and way.breaks is Breaks.CRLF_AS_ONE:
            size = 0
        elif character == "\n" and text[i - 1 : i] != "\r" and way.breaks is Breaks.LF_AS_TWO:
            size = 2
        elif character == "\ufeff" and i == 0 and way.marks is Marks.NOT_COUNTED:
            size = 0
        total += size
    if way.marks is Marks.COUNTED and not text.startswith("\ufeff"):
        total += width("\ufeff")
    return total + way.base


def borders(text):
    """The places that no way of counting finds inside a character."""
    return [
        i
        for i in range(len(text) + 1)
        if text[i - 1 : i + 1] != "\r\n" and not (text[:1] == "\ufeff" and i == 0)
    ]


@st.composite
def counted_projects(draw, *, quotes):
    """Selections of some texts as one way of counting has them, and the code points that they are."""
    way = draw(st.sampled_from([way for way in WAYS if way.base == 0]))
    found = draw(st.lists(texts, min_size=1, max_size=4))
    rows = []
    for source, text in enumerate(found):
        for _ in range(draw(st.integers(1, 4))):
            start, end = sorted(
                draw(st.lists(st.sampled_from(borders(text)), min_size=2, max_size=2, unique=True))
            )
            rows.append((source, start, end))
    columns = list(zip(*rows, strict=True))
    marked = [(counted(found[s], a, way), counted(found[s], b, way) - way.is_inclusive) for s, a, b in rows]
    project = project_of(
        found,
        source=columns[0],
        start=[a for a, _ in marked],
        end=[b for _, b in marked],
        quotes=tuple(found[s][a:b] for s, a, b in rows) if quotes else None,
    )
    return way, project, rows


def project_of(found, *, source, start, end, quotes=None, **more):
    """A project of one code."""
    n = len(source)
    return Project(
        path="coder.qdpx",
        format=more.pop("format", "refi-qda"),
        codes=(ProjectCode("c", "bond"),),
        sources=tuple(ProjectSource(str(i), f"text {i}", text) for i, text in enumerate(found)),
        selections=Selections.of(
            source=source, code=[0] * n, coder=[NONE] * n, start=start, end=end, quotes=quotes
        ),
        **more,
    )


@given(st.sampled_from(WAYS), st.lists(texts, min_size=1, max_size=4), st.data())
def test_every_way_counts_as_defined(way, found, data):
    """What a way of counting calls a place is read as that place, on an axis of several texts."""
    text = data.draw(st.integers(0, len(found) - 1))
    start, end = sorted(data.draw(st.lists(st.sampled_from(borders(found[text])), min_size=2, max_size=2)))
    if start == end and way.is_inclusive:
        end = start = borders(found[text])[0]
    if way.is_inclusive and counted(found[text], start, way) > counted(found[text], end, way) - 1:
        return
    got = Axis.of(found).code_points(
        np.array([text]),
        np.array([counted(found[text], start, way)]),
        np.array([counted(found[text], end, way) - way.is_inclusive]),
        way,
    )
    assert [column.tolist() for column in got] == [[start], [end], [True]]


@given(counted_projects(quotes=True))
def test_quotes_tell_how_positions_count(case):
    """With quotes, every selection lands on its characters, white space at its borders aside."""
    _, project, rows = case
    got = resolve(project)
    assert not got.misfit.any()
    assert got.n_quotes_equal == got.n_quotes
    for (source, start, end), a, b in zip(rows, got.start, got.end, strict=True):
        text = project.sources[source].text
        if not text[start:end].strip("\ufeff \r\n"):
            continue  # a blank quote tells nothing
        assert "".join(text[a:b].replace("\ufeff", "").split()) == "".join(
            text[start:end].replace("\ufeff", "").split()
        )


@given(counted_projects(quotes=False))
def test_what_is_known_is_not_guessed(case):
    """Positions of a stated unit, of plain texts, are read in that unit."""
    way, project, _ = case
    if way.breaks is Breaks.STORED and way.marks is Marks.STORED and not way.is_inclusive:
        known = replace(project, unit=way.unit)
        try:
            got = resolve(known)
        except CodingError:
            return
        assert got.counting.unit is way.unit


@pytest.mark.parametrize(
    ("text", "segment", "way"),
    [
        ("Café 👍 she called me back", "called", Counting(Unit.UTF16)),
        ("Café 👍 she called me back", "called", Counting(Unit.UTF8)),
        ("Café 👍 she called me back", "called", Counting()),
        ("first line\nsecond line\nthird word here", "word", Counting(breaks=Breaks.LF_AS_TWO)),
        ("first line\r\nsecond line\r\nthird word here", "word", Counting(breaks=Breaks.CRLF_AS_ONE)),
        ("\ufeffshe called me back", "called", Counting(marks=Marks.NOT_COUNTED)),
        ("\ufeffshe called me back", "called", Counting()),
        ("she called me back", "called", Counting(marks=Marks.COUNTED)),
    ],
)
def test_words_tell_how_positions_count(text, segment, way):
    """Without quotes, the way that cuts no words is chosen: by each tool's dialect."""
    start = text.index(segment)
    end = start + len(segment)
    got = resolve(
        project_of([text], source=[0], start=[counted(text, start, way)], end=[counted(text, end, way)])
    )
    assert (got.start[0], got.end[0], got.n_cut) == (start, end, 0)
    assert not got.misfit.any()
    assert (got.n_positions, got.n_quotes) == (1, 0)


def test_an_inclusive_end_is_seen():
    """Ends that all stand before the last letter of a word are inclusive."""
    text = "she called me back and we talked"
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("called", "back", "talked")]
    got = resolve(
        project_of([text], source=[0, 0, 0], start=[a for a, _ in spans], end=[b - 1 for _, b in spans])
    )
    assert list(zip(got.start.tolist(), got.end.tolist(), strict=True)) == spans
    assert got.counting.is_inclusive


def test_careless_borders_do_not_change_the_counting():
    """A few words cut by the coder do not make the end inclusive."""
    text = "one two three four five six seven eight nine ten"
    spans = [(text.index(w), text.index(w) + len(w)) for w in text.split()]
    spans[2] = (spans[2][0], spans[2][1] - 1)
    got = resolve(project_of([text], source=[0] * 10, start=[a for a, _ in spans], end=[b for _, b in spans]))
    assert got.counting == Counting()
    assert got.n_cut == 1


def test_csv_may_count_from_one():
    """Rows of a CSV may call the first character 1 and name the last one."""
    text = "she called me back"
    rows = {"start": [5, 12], "end": [10, 13], "quotes": ("called", "me")}
    got = resolve(project_of([text], source=[0, 0], **rows, format="csv"))
    assert (got.start.tolist(), got.end.tolist(), got.counting.base) == ([4, 11], [10, 13], 1)


@pytest.mark.parametrize("quote", ["called me back…", "called me back...", "called me back [...]"])
def test_a_shortened_quote_begins_its_text(quote):
    """Of a quote with an ellipsis, what stands before it must begin what is selected."""
    text = "She called me back the very same day, and so on."
    got = resolve(project_of([text], source=[0], start=[4], end=[36], quotes=(quote,)))
    assert (got.n_quotes_equal, got.misfit.any()) == (1, False)


def test_a_long_quote_may_be_cut_off():
    """A quote of 100 characters may be the beginning of more."""
    text = "word " * 60
    got = resolve(project_of([text], source=[0], start=[0], end=[299], quotes=(text[:100],)))
    assert not got.misfit.any()


def test_line_breaks_in_quotes_may_be_spaces():
    """White space of any kind and length in a quote is white space."""
    text = "called me\r\n\r\nback"
    got = resolve(project_of([text], source=[0], start=[0], end=[17], quotes=("called me back",)))
    assert not got.misfit.any()


def test_one_wrong_quote_is_flagged():
    """A selection whose quote differs is kept and flagged."""
    text = "one two three"
    got = resolve(
        project_of([text], source=[0] * 3, start=[0, 4, 8], end=[3, 7, 13], quotes=("one", "tow", "three"))
    )
    assert got.misfit.tolist() == [False, True, False]
    assert got.start.tolist() == [0, 4, 8]
    assert (got.n_quotes, got.n_quotes_equal) == (3, 2)


def test_misfits_are_named_by_place_only():
    """Where no way fits, the first three misfits are named by number, and no text is shown."""
    project = project_of(
        ["Anna called", "no"], source=[0, 1, 1, 1, 1], start=[0, 0, 7, 8, 9], end=[4, 2, 9, 9, 10]
    )
    with pytest.raises(CodingError) as caught:
        resolve(project)
    assert caught.value.code == "coding.positions"
    assert caught.value.facts["places"] == "source 2 selection 3, source 2 selection 4, source 2 selection 5"
    assert "Anna" not in str(caught.value)


def test_quotes_that_never_fit_stop_the_import():
    """Fewer than half of the quotes found under any way: nothing is guessed."""
    text = "she called me back and we talked"
    with pytest.raises(CodingError, match="source 1 selection 1, source 1 selection 2"):
        resolve(project_of([text], source=[0, 0], start=[0, 10], end=[3, 12], quotes=("back", "and")))


def test_borders_in_the_middle_of_words_stop_the_import():
    """Most borders cut words under every way, and no quote says otherwise: nothing is guessed."""
    text = "abcdefghij klmnopqrst uvwxyzabcd"
    with pytest.raises(CodingError, match="source 1 selection 1"):
        resolve(project_of([text], source=[0, 0], start=[3, 14], end=[7, 18]))


def test_a_mark_of_three_bytes_that_is_not_stored():
    """In plain ASCII a byte-order mark is all that bytes and code points differ in; the quotes tell."""
    found = resolve(
        project_of(["my coach"], source=[0, 0], start=[3, 6], end=[5, 11], quotes=("my", "coach"))
    )
    assert found.counting == Counting(Unit.UTF8, marks=Marks.COUNTED)
    assert (found.start.tolist(), found.end.tolist()) == ([0, 3], [2, 8])


def test_scripts_without_spaces_do_not_look_cut():
    """Borders between Han, kana or Thai characters cut no words."""
    text = "彼女は電話をくれました"
    assert resolve(project_of([text], source=[0], start=[3], end=[6])).n_cut == 0


def test_selections_without_positions():
    """A quote stands where it stands once; without one the whole source is meant."""
    texts = ["She called. She wrote.", "whole"]
    got = resolve(
        project_of(
            texts,
            source=[0, 0, 0, 1, NONE],
            start=[NONE] * 5,
            end=[NONE] * 5,
            quotes=("called", "She", "absent", None, "called"),
        )
    )
    assert got.start.tolist() == [4, NONE, NONE, 0, NONE]
    assert got.end.tolist() == [10, NONE, NONE, 5, NONE]
    assert got.not_unique.tolist() == [False, True, False, False, False]
    assert got.not_found.tolist() == [False, False, True, False, False]
    assert got.counting is None
    assert got.is_unambiguous


@pytest.mark.parametrize(
    ("text", "quote", "place"),
    [
        ("a b a", "b", (2, 3)),
        ("aaa", "aa", Missing.NOT_UNIQUE),
        ("one\r\n two", "one two", (0, 9)),
        ("one  two one\ttwo", "one two", Missing.NOT_UNIQUE),
        ("Zoe\u0308 called", "zoë CALLED", (0, 11)),
        ("I can’t", "can't", (2, 7)),
        ("nothing", "all", Missing.NOT_FOUND),
        ("ﬁne", "f", (0, 1)),
    ],
)
def test_quotes_are_located(text, quote, place):
    """Exactly, then whatever the white space, then folded; and only if it is one place."""
    assert located(text, quote) == place


def test_same_places_by_every_way_are_unambiguous():
    """Plain ASCII without line breaks, selected to the last character, leaves nothing open."""
    text = "she called"
    got = resolve(project_of([text], source=[0], start=[0], end=[10], quotes=(text,)))
    assert got.is_unambiguous
    assert got.counting == Counting()


def test_a_project_without_selections():
    """Nothing to read is no error."""
    got = resolve(project_of(["text"], source=[], start=[], end=[]))
    assert (len(got.start), got.counting) == (0, None)


def test_nothing_shows_text():
    """A repr counts."""
    got = resolve(project_of(["Anna called"], source=[0], start=[0], end=[4], quotes=("Anna",)))
    assert "Anna" not in repr(got)
    assert "code points" in repr(got)


@given(counted_projects(quotes=False))
def test_a_stated_unit_is_believed(case):
    """Code points that cut words are read as they are, if the project says what they count."""
    _, project, rows = case
    columns = list(zip(*rows, strict=True))
    found = [source.text for source in project.sources]
    stated = project_of(found, source=columns[0], start=columns[1], end=columns[2], unit=Unit.CODE_POINT)
    got = resolve(stated)
    assert (got.start.tolist(), got.end.tolist()) == (list(columns[1]), list(columns[2]))


def test_one_careless_end_is_not_inclusive():
    """A single border inside a word does not tell that ends are inclusive."""
    got = resolve(project_of(["she called"], source=[0], start=[4], end=[9]))
    assert (got.counting, got.n_cut) == (Counting(), 1)
