"""Rules on values are run by pandera and told by row."""

from __future__ import annotations

import re
from datetime import date

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.model.schema import Category, Constraints, Field, Kind, Lexical, Schema
from ppdarchive.validate.cast import cast
from ppdarchive.validate.checks import failing_rows, matches, pandera_schema


def failing(field: Field, texts: list[str]) -> dict[str, list[int]]:
    """The rows that break each rule of a one-field table, by rule kind."""
    frame = pd.DataFrame({field.name: cast(pa.chunked_array([texts]), field, required=False).values})
    found = failing_rows(Schema("t", (field,)), frame)
    return {rule.kind.value: rows.tolist() for rule, rows in found.items()}


@pytest.mark.parametrize(
    ("kind", "constraints", "texts", "expected"),
    [
        (Kind.INTEGER, Constraints(minimum=18), ["17", "18", ""], {"minimum": [0]}),
        (Kind.INTEGER, Constraints(maximum=60), ["60", "61"], {"maximum": [1]}),
        (Kind.INTEGER, Constraints(exclusive_minimum=0), ["0", "1"], {"exclusive-minimum": [0]}),
        (Kind.NUMBER, Constraints(exclusive_maximum=1), ["0.5", "1"], {"exclusive-maximum": [1]}),
        (Kind.DATE, Constraints(minimum=date(2019, 1, 1)), ["2018-12-31", "2019-01-01"], {"minimum": [0]}),
        (Kind.YEAR, Constraints(maximum=2019), ["2019", "2020"], {"maximum": [1]}),
        (Kind.STRING, Constraints(min_length=2), ["a", "é́", "👍👍"], {"min-length": [0]}),
        (Kind.STRING, Constraints(max_length=2), ["👍👍", "abc"], {"max-length": [1]}),
        (Kind.LIST, Constraints(min_length=2), ["a", "a,b"], {"min-length": [0]}),
        (Kind.LIST, Constraints(max_length=1), ["a", "a,b"], {"max-length": [1]}),
        (Kind.STRING, Constraints(pattern="a|b"), ["a", "b", "axxx", "b\n"], {"pattern": [2, 3]}),
        (Kind.STRING, Constraints(enum=("a", "b")), ["a", "c", ""], {"enum": [1]}),
        (Kind.NUMBER, Constraints(enum=(1, 2.5)), ["1.0", "2.5", "3"], {"enum": [2]}),
        (Kind.NUMBER, Constraints(enum=(-0.0,)), ["0", "-0.0", "1"], {"enum": [2]}),
        (Kind.BOOLEAN, Constraints(enum=(True,)), ["true", "false"], {"enum": [1]}),
        (Kind.STRING, Constraints(unique=True), ["a", "b", "a", "", "", "a"], {"unique": [2, 5]}),
        (Kind.INTEGER, Constraints(unique=True), ["1", "01", "2"], {"unique": [1]}),
    ],
)
def test_constraint_is_broken_at_these_rows(
    kind: Kind, constraints: Constraints, texts: list[str], expected: dict[str, list[int]]
) -> None:
    """Each constraint flags its rows and no null."""
    assert failing(Field("a", kind, constraints=constraints), texts) == expected


def test_category_fields_obey_their_enum() -> None:
    """An enum narrower than the categories is checked on categorical columns too."""
    field = Field(
        "a", Kind.STRING, constraints=Constraints(enum=("x",)), categories=(Category("x"), Category("y"))
    )
    assert failing(field, ["x", "y", ""]) == {"enum": [1]}


def test_all_broken_rules_are_told_at_once() -> None:
    """One value may break several rules, and each is told."""
    field = Field("a", Kind.STRING, constraints=Constraints(max_length=2, pattern="[a-z]+", enum=("ab",)))
    assert failing(field, ["ABC", "ab"]) == {"max-length": [0], "pattern": [0], "enum": [0]}


def test_a_check_that_cannot_run_is_no_silent_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check that raises is a defect, told without any cell."""
    field = Field("a", Kind.INTEGER, constraints=Constraints(minimum=1))
    frame = pd.DataFrame({"a": cast(pa.chunked_array([["1234567"]]), field, required=False).values})

    def broken(*_: object) -> None:
        raise ValueError("1234567")

    monkeypatch.setattr("ppdarchive.validate.checks.broken_rows", broken)
    with pytest.raises(AssertionError) as caught:
        failing_rows(Schema("t", (field,)), frame)
    assert "1234567" not in str(caught.value)
    assert "t.a.minimum" in str(caught.value)
    assert caught.value.__context__ is None


def test_pandera_schema_gives_its_verdict_for_each_row() -> None:
    """The same rules as a pandera schema fail with the rule's id at the same rows."""
    field = Field("a", Kind.STRING, constraints=Constraints(pattern="a|b", max_length=3))
    frame = pd.DataFrame({"a": cast(pa.chunked_array([["a", "axxx"]]), field, required=False).values})
    with pytest.raises(pandera.errors.SchemaErrors) as caught:
        pandera_schema(Schema("t", (field,))).validate(frame, lazy=True)
    cases = caught.value.failure_cases
    assert set(zip(cases["check"], cases["index"], strict=True)) == {
        ("t.a.pattern", 1),
        ("t.a.max-length", 1),
    }


PATTERNS = st.one_of(
    st.sampled_from(
        ["a|b", "[a-z]+", "[A-Z]{2}", "R[0-9]{1,3}", r"\w+", r"\d+", r"\s*", ".*", "(ab)*c?", "", "a$",
         "^a", "[^a]", r"a\.b", "(?i)a", "(a|ab)(c|bcd)", r"[\w-]+", "a{,2}", "a{2,}", "x*?", "(?=a)a",
         "[a-]", "[(]", r"\-", "é+"]
    ),
    st.text(alphabet="ab[](){}|*+?.-0,1\\", max_size=8),
)  # fmt: skip


WORDS = st.text(alphabet="abcA0.-é\n \u0663", max_size=5)


@given(pattern=PATTERNS, texts=st.lists(WORDS | st.none(), max_size=6))
@example(pattern="a", texts=["a\n"])
@example(pattern=".", texts=["\n"])
def test_patterns_match_as_re_fullmatch_does(pattern: str, texts: list[str | None]) -> None:
    """Whichever engine runs it, a pattern means what Python's re makes of it."""
    try:
        compiled = re.compile(pattern)
    except (re.error, FutureWarning):
        return
    values = pa.chunked_array([texts[:2], texts[2:]], type=pa.string())
    expected = [None if text is None else compiled.fullmatch(text) is not None for text in texts]
    assert matches(values, pattern).to_pylist() == expected


def test_lexical_forms_do_not_reach_the_checks() -> None:
    """Bounds are compared with values, not with their text."""
    german = Lexical(decimal_char=",", group_char=".")
    field = Field("a", Kind.NUMBER, lexical=german, constraints=Constraints(maximum=1000))
    assert failing(field, ["999,5", "1.000,5"]) == {"maximum": [1]}
