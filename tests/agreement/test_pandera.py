"""pandera's reader of Frictionless schemas: why rules are derived from the declaration by us."""

import json
import warnings
from pathlib import Path

import pandas as pd
import pytest
from pandera.errors import SchemaErrors
from pandera.io.pandas_io import from_frictionless_schema

from ppdarchive.tableschema import parse_schema
from ppdarchive.testing import raw_table
from ppdarchive.validate import check

DOCUMENT = Path(__file__).parents[2] / "docs" / "differences.md"


def field(kind, **members):
    """A schema of one field called ``a``."""
    return {"fields": [{"name": "a", "type": kind, **members}]}


# name -> schema, cells, what pandera makes of them (None: refused), what we make of them
CASES = {
    "pandera-pattern": (field("string", constraints={"pattern": "a|b"}), ["axxx"], ["axxx"], None),
    "pandera-optional-integer": (field("integer"), ["1", None], None, [1, None]),
    "pandera-date": (field("date"), ["2020-13-45"], ["2020-13-45"], None),
    "pandera-false-values": (
        field("boolean", trueValues=["Y"], falseValues=["N"]),
        ["Y", "N"],
        [True, True],
        [True, False],
    ),
    "pandera-missing-values": (
        field("integer") | {"missingValues": ["-99"]},
        ["-99", "1"],
        [-99, 1],
        [None, 1],
    ),
}


def by_pandera(descriptor, cells):
    """What pandera makes of the cells; None if it refuses them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = from_frictionless_schema(descriptor)
        try:
            return schema.validate(pd.DataFrame({"a": cells}), lazy=True)["a"].tolist()
        except SchemaErrors:
            return None


def by_us(descriptor, cells):
    """What we make of the cells; None if we refuse them."""
    schema = parse_schema(json.dumps(descriptor), name="t", path="t.json")
    checked = check({"t": raw_table(schema, {"a": cells})}, {"t": schema})
    if checked.findings:
        return None
    return [None if pd.isna(value) else value for value in checked.tables["t"].frame["a"]]


@pytest.mark.parametrize("name", CASES)
def test_a_known_difference_from_pandera_is_real(name):
    """Pandera reads the declaration in one way and we in the other."""
    descriptor, cells, pandera_makes, we_make = CASES[name]
    assert by_pandera(descriptor, cells) == pandera_makes
    assert by_us(descriptor, cells) == we_make


def test_the_document_lists_exactly_the_differences_from_pandera():
    """Each difference has its line in the documentation."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    assert [line.split("`")[1] for line in lines if line.startswith("| `pandera-")] == list(CASES)
