"""Texts that are redacted portion by portion: what is released does not depend on the portions."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.portions import redacted
from ppdarchive.deidentify.replace import chooser
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.model.columns import pieces_of, taken
from ppdarchive.model.span import TextCategory

KNOWN = KnownIdentifiers(
    [
        ("Jayden", TextCategory.NAME),
        ("Zyxwanda Qvortrup", TextCategory.NAME),
        ("Iowa City", TextCategory.LOCATION),
    ]
)
WORDS = st.sampled_from(
    ["my coach", "Jayden", "zyxwanda", "Qvortrup", "in Iowa City", "called 319-555-0142", "on 3/4/2019", "é"]
)
TEXTS = st.none() | st.lists(WORDS, max_size=6).map(" ".join)
COLUMN = st.lists(st.tuples(TEXTS, st.sampled_from("abcd")), max_size=12)
METHODS = ("tag", "numbered", "surrogate", "general", "mask")


def redaction(method: str, texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
    """The redaction by one method, withholding what is uncertain."""
    replace = chooser(method, secret=b"s", known=KNOWN)  # type: ignore[arg-type]
    return redact(texts, groups, [KNOWN, Patterns()], replace=replace, uncertain="withhold")


def as_tuples(result: Redaction) -> Redaction:
    """The same, held as tuples."""
    return Redaction(
        tuple(result.texts),
        tuple(result.maps),
        tuple(result.edits),
        tuple(result.spans),
        result.withheld,
        dict(result.counts),
    )


@pytest.mark.parametrize("method", METHODS)
@given(columns=st.lists(COLUMN, min_size=1, max_size=3), at_once=st.integers(0, 60), n=st.integers(1, 12))
def test_portions_change_nothing(
    method: str, columns: list[list[tuple[str | None, str]]], at_once: int, n: int
) -> None:
    """Whatever is redacted together, columns come out as from one call over all of them."""
    given_texts = [
        pa.chunked_array(
            [[text for text, _ in own[at : at + n]] for at in range(0, len(own), n)], pa.string()
        )
        for own in columns
    ]
    groups = [[group for _, group in own] for own in columns]
    whole = redacted(given_texts, groups, lambda *args: redaction(method, *args), at_once=None)
    parts = redacted(given_texts, groups, lambda *args: redaction(method, *args), at_once=at_once)
    assert [as_tuples(one) for one in parts] == [as_tuples(one) for one in whole]
    assert [one.replaced() for one in parts] == [one.replaced() for one in whole]


def test_no_portion_parts_a_participant() -> None:
    """All texts of a group are seen together, and as few others as need be."""
    seen: list[set[Hashable]] = []

    def looked(texts: Sequence[str | None], groups: Sequence[Hashable]) -> Redaction:
        seen.append(set(groups))
        return redaction("tag", texts, groups)

    texts = pa.chunked_array([["one", "two", "three", "four", "five"]])
    redacted([texts], [["a", "b", "a", "c", "b"]], looked, at_once=1)
    assert seen == [{"a"}, {"b"}, {"c"}]


@given(st.lists(st.lists(st.text(max_size=3), max_size=5), max_size=4), st.data())
def test_rows_of_pieces_are_taken_as_from_one(chunks: list[list[str]], data: st.DataObject) -> None:
    """Rows come in the order in which they are asked for, however the column is cut."""
    column = pa.chunked_array(chunks, pa.string())
    rows = data.draw(st.lists(st.integers(0, max(0, len(column) - 1)), max_size=8 if len(column) else 0))
    array = pa.array(rows, pa.int64()).to_numpy()
    assert taken(column, array).to_pylist() == [column.to_pylist()[row] for row in rows]
    pieces = list(pieces_of(column, 4))
    assert [text for piece in pieces for text in piece.to_pylist()] == column.to_pylist()
