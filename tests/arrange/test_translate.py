"""What a cell's text stands for: codes, labels, missing codes, ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.arrange.translate import gather, translate, translation
from ppdarchive.model.schema import Category, Field, Kind, MissingCode, Schema
from ppdarchive.model.table import ColumnInfo
from ppdarchive.study import Export

MISSING = (MissingCode("", "Left blank"), MissingCode("-99", "Refused"), MissingCode("-77", "Not asked"))
BRANCH = Field(
    "branch",
    Kind.STRING,
    categories=(Category("army", "Army"), Category("navy", "Navy  Force")),
    missing_values=MISSING,
)
YES = Field(
    "yes", Kind.STRING, categories=(Category("1", "Yes"), Category("2", "No")), missing_values=MISSING
)
COUNT = Field("n", Kind.INTEGER, categories=(Category(1), Category(2)), missing_values=MISSING)
SWAPPED = Field("swapped", Kind.STRING, categories=(Category("a", "b"), Category("b", "a")))
AGE = Field("age", Kind.INTEGER, missing_values=MISSING)


def meaning(field: Field, cell: str, choices: dict[str, str] | None = None, **keys: Any) -> str:
    """What `cell` becomes."""
    spec = Export(table="t", format="csv", path="x.csv", **keys)
    mapping = translation(field, ColumnInfo("q", 1, choices=choices), spec)
    return translate(pa.chunked_array([[cell]], pa.string()), mapping)[0].as_py()


@pytest.mark.parametrize(
    ("field", "cell", "choices", "keys", "expected"),
    [
        # Labels of the schema, and values that stay.
        (BRANCH, "Army", None, {}, "army"),
        (BRANCH, "army", None, {}, "army"),
        (BRANCH, "ARMY", None, {}, "ARMY"),
        (BRANCH, "Coast Guard", None, {}, "Coast Guard"),
        (BRANCH, "Army", None, {"cells": "codes"}, "Army"),
        # Where a label is a value too, only the study can say which is meant.
        (SWAPPED, "a", None, {}, "a"),
        (SWAPPED, "a", None, {"cells": "codes"}, "a"),
        (SWAPPED, "a", None, {"cells": "labels"}, "b"),
        # The export's own choices, by label, whatever their case and spaces.
        (BRANCH, "1", {"1": "ARMY", "2": "navy force"}, {}, "army"),
        (BRANCH, "2", {"1": "ARMY", "2": "navy force"}, {}, "navy"),
        (BRANCH, "navy force", {"1": "ARMY", "2": "navy force"}, {}, "navy"),
        (BRANCH, "1", {"1": "army"}, {}, "army"),
        # An export's code is never taken for a category that only looks the same.
        (YES, "1", {"1": "Male", "2": "Female"}, {}, "Male"),
        (YES, "1", {"1": "No", "2": "Yes"}, {}, "2"),
        (YES, "2", {"1": "No", "2": "Yes"}, {}, "1"),
        (YES, "1", {"1": "yes", "2": "no"}, {}, "1"),
        (YES, "3", {"3": "Don't know"}, {}, "3"),
        (YES, "1", {"1": "Male"}, {"translate": {"yes": {"1": "1"}}}, "1"),
        # A category without a label says nothing against the export's.
        (COUNT, "1", {"1": "One child", "2": "Two"}, {}, "1"),
        (COUNT, "1", {"1": "2", "2": "1"}, {}, "2"),
        # `translate` goes before everything.
        (BRANCH, "Army", None, {"translate": {"branch": {"Army": "navy"}}}, "navy"),
        (BRANCH, "1", {"1": "Army"}, {"translate": {"branch": {"1": "navy"}}}, "navy"),
        (BRANCH, "-99", None, {"translate": {"branch": {"-99": "navy"}}}, "navy"),
        (BRANCH, "9", None, {"missing": {"9": "Refused"}, "translate": {"branch": {"9": "navy"}}}, "navy"),
        (BRANCH, "Army", None, {"translate": {"age": {"Army": "3"}}}, "army"),
        # Missing codes: the field's own stay, the export's become them.
        (BRANCH, "-99", {"-99": "Army"}, {}, "-99"),
        (BRANCH, "", {"": "Army"}, {}, ""),
        (BRANCH, "UNK", None, {"missing": {"UNK": "Refused"}}, "-99"),
        (BRANCH, "UNK", None, {"missing": {"UNK": "-99"}}, "-99"),
        (AGE, "UNK", None, {"missing": {"UNK": "Not asked"}}, "-77"),
        (AGE, "999", None, {"missing": {"999": "Left blank"}}, ""),
        (AGE, "UNK", None, {"missing": {"UNK": "Unheard of"}}, "UNK"),
        (AGE, "-99", None, {"missing": {"-99": "Not asked"}}, "-77"),
        (BRANCH, "1", {"1": "Army"}, {"missing": {"1": "Refused"}}, "-99"),
        # Fields without categories know no labels.
        (AGE, "1", {"1": "Male"}, {}, "1"),
    ],
)
def test_meaning(
    field: Field, cell: str, choices: dict[str, str] | None, keys: dict[str, Any], expected: str
) -> None:
    """What is nearest to the study goes first: translate, missing, own codes, choices, labels."""
    assert meaning(field, cell, choices, **keys) == expected


texts = st.text(st.sampled_from("ab1é\n"), max_size=3)


@given(st.lists(st.none() | texts), st.dictionaries(texts, texts))
def test_translate_is_a_lookup(cells: list[str | None], mapping: dict[str, str]) -> None:
    """Cells that stand in the mapping are replaced, once; all others and nulls stay."""
    column = pa.chunked_array([pa.array(cells, pa.string())])
    expected = [None if cell is None else mapping.get(cell, cell) for cell in cells]
    assert translate(column, mapping).to_pylist() == expected


TICKS = st.sampled_from(["", "0", "1", "Unchecked", "Checked", "x", "FALSE", "-99", None])


@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TICKS, min_size=n, max_size=n), max_size=6)),
    st.booleans(),
    st.sampled_from([",", "; "]),
)
def test_gather(rows: list[list[str | None]], with_choices: bool, delimiter: str) -> None:
    """The ticked choices are joined in file order; a missing code is no tick, and told where none is."""
    n_columns = len(rows[0]) if rows else 1
    columns = tuple(
        ColumnInfo(f"q___{at}", at, group="q", choice=str(at) if with_choices else None)
        for at in range(1, n_columns + 1)
    )
    cells = pa.table(
        {
            f"c{at + 1}": pa.chunked_array([pa.array([row[at] for row in rows], pa.string())])
            for at in range(n_columns)
        }
    )
    gathered = gather(cells, columns, {"2": "two"}, delimiter, missing={"-99": "-77"})

    def expected(row: list[str | None]) -> str:
        ticked = [
            ("two" if at == 2 else str(at)) if with_choices else str(cell)
            for at, cell in enumerate(row, start=1)
            if cell in ("1", "Checked", "x")
        ]
        return delimiter.join(ticked) or ("-77" if "-99" in row else "")

    assert gathered.to_pylist() == [expected(row) for row in rows]


def test_checkbox_becomes_a_list(exporting: Callable[..., Any], arranging: Callable[..., Any]) -> None:
    """A select-all question fills a list field: codes of the choices, or what `translate` makes of them."""
    choices = {"1": "Mother", "2": "Friend"}
    export = exporting(
        [
            {"name": "id"},
            {"name": "s___1", "group": "s", "choice": "1", "choices": choices},
            {"name": "s___2", "group": "s", "choice": "2", "choices": choices},
        ],
        [["a", "1", "1"], ["b", "0", "1"], ["c", "0", "0"], ["d", "-99", "-99"]],
    )
    schema = Schema("t", (Field("support", Kind.LIST, missing_values=MISSING),))
    columns = {"support": "s"}
    assert arranging(export, schema, columns=columns).cells["support"].to_pylist() == ["1,2", "2", "", "-99"]
    translated = arranging(export, schema, columns=columns, translate={"support": {"1": "mother"}})
    assert translated.cells["support"].to_pylist() == ["mother,2", "2", "", "-99"]
    by_list = arranging(export, schema, columns={"support": ["s___2", "s___1"]})
    assert by_list.cells["support"].to_pylist() == ["2,1", "2", "", "-99"]
    assert by_list.unknown_columns == translated.unknown_columns
    incomplete = arranging(export, schema, columns={"support": ["s___2", "nowhere"]})
    assert incomplete.missing_columns == ("support",)
