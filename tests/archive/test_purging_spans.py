"""Lists of spans: what they hold, and what is wrong with them without a word of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.archive.purging_spans import cuts, found_span, parse_spans, request_key
from ppdarchive.archive.redactions import spans_text
from ppdarchive.errors import ArchiveError
from ppdarchive.gate import RedactedSpan
from ppdarchive.model.span import TextCategory

HEADER = "version,table,key,field,start,end"
KEYS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), min_size=1), min_size=1, max_size=3
)


@given(
    st.lists(st.tuples(KEYS.map(tuple), st.integers(0, 10**6), st.integers(1, 10**4)), min_size=1, max_size=4)
)
def test_what_a_refused_release_wrote_is_read(spans: list[tuple[tuple[str, ...], int, int]]) -> None:
    """The list that `publish` writes names the same places; keys that look like JSON lists are such."""
    written = [
        RedactedSpan("1.0.0", "responses", key, "text", start, start + size) for key, start, size in spans
    ]
    found = parse_spans(spans_text(written, audience="public"), path="spans.csv")
    for one, other in zip(found, written, strict=True):
        assert (one.version, one.table, one.field) == ("1.0.0", "responses", "text")
        assert (one.start, one.end, one.is_own) == (other.start, other.end, False)
        assert one.key == other.key or (len(other.key) == 1 and other.key[0].startswith("["))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "no columns"),
        (HEADER, 2, "no span"),
        ("version,table,field,start,end\n1,a,b,0,1", 1, "no columns"),
        (f"{HEADER},own_key\n", 1, "no columns"),
        (f"{HEADER},more\n", 1, "no columns"),
        (f"{HEADER}\n1.0.0,responses,k,text,0\n", 2, "cells"),
        (f"{HEADER}\n1.0.0,responses,k,text,0,{'9' * 5000}\n", 2, "whole numbers"),
        (f"{HEADER}\n1.0.0,responses,k,text,0,Anna\n", 2, "whole numbers"),
        (f"{HEADER}\n1.0.0,responses,k,text,0,1\n\n1.0.0,responses,k,text,-3,1\n", 4, "whole numbers"),
        (f"{HEADER}\n1.0.0,responses,k,text,5,5\n", 2, "ends before"),
        (f"{HEADER}\n1.0.0,responses,,text,5,7\n", 2, "no key"),
        (f'{HEADER}\n1.0.0,responses,"Anna,text,5,7\n', 2, "quoted"),
        (f"{HEADER},category\n1.0.0,responses,k,text,5,7,SECRET\n", 2, "category"),
    ],
)
def test_what_is_no_list_is_told_by_its_line(text: str, line: int, words: str) -> None:
    """And by nothing that stands in it."""
    with pytest.raises(ArchiveError, match=words) as raised:
        parse_spans(text, path="spans.csv")
    assert (raised.value.code, raised.value.line) == ("archive.spans", line)
    assert "Anna" not in str(raised.value)


def test_columns_may_stand_in_any_order() -> None:
    """With a byte-order mark, carriage returns, and more columns that are known."""
    header = "\ufefffield,own_key,end,start,table,version,audience,category"
    text = f'{header}\r\ntext,"[""a"", ""b""]",9,4,t,v2,public,NAME\r\n'
    (found,) = parse_spans(text, path="spans.csv")
    assert (found.key, found.is_own, found.start, found.end) == (("a", "b"), True, 4, 9)
    assert (found.audience, found.category, found.line) == ("public", TextCategory.NAME, 2)


def test_a_list_is_known_again_however_its_rows_stand() -> None:
    """And another one is another."""
    rows = ["1.0.0,responses,a,text,0,4", "1.0.0,responses,b,text,0,4"]
    one, other = (parse_spans("\n".join([HEADER, *own]), path="x") for own in (rows, rows[::-1]))
    third = parse_spans("\n".join([HEADER, rows[0], rows[1].replace("0,4", "0,5")]), path="x")
    assert request_key(one) == request_key(other) != request_key(third)


TEXTS = st.lists(
    st.sampled_from(["calm", "river", "Stone", "[NAME]", "tea,", "dusk"]), min_size=1, max_size=9
).map(" ".join)


@given(TEXTS, TEXTS, st.data())
def test_the_words_are_in_no_version_of_the_text(text: str, other: str, data: st.DataObject) -> None:
    """Neither where they were found nor in any other text of the cell, one after the other."""
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    span = found_span(text, start, end, TextCategory.OTHER)
    for version in (text, other, f"{other} {text}"):
        left = version
        for first, last in reversed(cuts(version, [span])):
            left = f"{left[:first]}[OTHER]{left[last:]}"
        for run in span.runs:
            plain = " ".join("".join(c if c.isalnum() or c in "[]" else " " for c in left).lower().split())
            assert f" {' '.join(run)} " not in f" {plain} "


def test_a_list_is_not_shown() -> None:
    """Neither a key nor a place is in what is shown of a span."""
    (span,) = parse_spans(f"{HEADER}\n1.0.0,responses,P001,text,0,4\n", path="spans.csv")
    assert repr(span) == "<ListedSpan of line 2>"
