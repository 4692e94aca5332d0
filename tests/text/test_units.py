"""Positions in code points, bytes and UTF-16 units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.text.units import Unit, convert

from .strategies import ranges, texts

ENCODINGS = {Unit.CODE_POINT: ("utf-32-le", 4), Unit.UTF8: ("utf-8", 1), Unit.UTF16: ("utf-16-le", 2)}


def length(text, unit):
    """How long a text is, by encoding it."""
    encoding, width = ENCODINGS[unit]
    return len(text.encode(encoding)) // width


@given(texts(), st.sampled_from(Unit))
def test_positions_are_lengths_of_what_stands_before(text, unit):
    """A position in a unit is the length of the text before it in that unit."""
    places = np.arange(len(text) + 1)
    found = convert(text, places, source=Unit.CODE_POINT, target=unit)
    assert found.tolist() == [length(text[:place], unit) for place in places]


@given(texts(), st.sampled_from(Unit), st.sampled_from(Unit))
def test_round_trip(text, one, two):
    """From any unit to any other and back is the same position."""
    places = convert(text, range(len(text) + 1), source=Unit.CODE_POINT, target=one)
    there = convert(text, places, source=one, target=two)
    assert (convert(text, there, source=two, target=one) == places).all()


@given(
    texts().flatmap(lambda text: st.tuples(st.just(text), ranges(text))),
    st.sampled_from([Unit.UTF8, Unit.UTF16]),
)
def test_units_select_the_same_text(case, unit):
    """The converted range cuts the same characters out of the encoded text."""
    text, (start, end) = case
    encoding, width = ENCODINGS[unit]
    first, last = convert(text, [start, end], source=Unit.CODE_POINT, target=unit) * width
    assert text.encode(encoding)[first:last].decode(encoding) == text[start:end]


@given(texts(), st.sampled_from([Unit.UTF8, Unit.UTF16]), st.data())
def test_positions_inside_characters(text, unit, data):
    """Inside a character: refused, or moved to its start or end as asked; borders are exact."""
    place = data.draw(st.integers(0, length(text, unit)))
    before = convert(text, [place], source=unit, inside="before")[0]
    after = convert(text, [place], source=unit, inside="after")[0]
    if before == after:
        assert convert(text, [place], source=unit)[0] == before
    else:
        assert after == before + 1
        with pytest.raises(ValueError, match="inside a character"):
            convert(text, [place], source=unit)


@pytest.mark.parametrize("place", [-1, 5])
def test_positions_outside_the_text_are_refused(place):
    """No position lies before the text or behind its end."""
    with pytest.raises(ValueError, match="outside the text"):
        convert("Anna", [place], source=Unit.UTF8, inside="before")


def test_the_field_s_example():
    """The word after 'Café 👍 ' starts at 7 code points, 8 UTF-16 units and 11 bytes."""
    text = "Café 👍 ok"
    assert [convert(text, [7], source=Unit.CODE_POINT, target=unit)[0] for unit in Unit] == [7, 11, 8]
