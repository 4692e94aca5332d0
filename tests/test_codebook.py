"""The codebook page of a package: what is counted, what is not told, what was lost."""

from __future__ import annotations

import pytest

from ppdarchive.codebook import codebook
from ppdarchive.model.schema import Category, Field, Kind, Schema
from ppdarchive.model.summary import FieldSummary, Figure, Summary

BRANCH = Field(
    "branch", Kind.STRING, categories=(Category("navy", "Navy | Marines"), Category("army"), Category("air"))
)
AGREED = Field("agreed", Kind.BOOLEAN)
AGE = Field("age", Kind.INTEGER)
SCHEMAS = {"participants": Schema("participants", (BRANCH, AGREED, AGE))}


def page(field: str, told: FieldSummary, **parts: object) -> list[str]:
    """The lines of one field on the page."""
    summary = Summary({("participants", field): told}, **parts)  # type: ignore[arg-type]
    text = codebook(SCHEMAS, title="T", is_released=True, summary=summary)
    return text.partition(f"### {field}\n")[2].partition("\n### ")[0].splitlines()


def test_values_are_shown_with_counts() -> None:
    """Each value stands with its label and count, then reasons that occur, then those without value."""
    told = FieldSummary({"navy": 1234, "army": None, "air": 0, "Refused": 12, "Not asked": 0}, None)
    assert page("branch", told)[-7:] == [
        "| value | label | participants |",
        "|---|---|--:|",
        "| `navy` | Navy \\| Marines | 1,234 |",
        "| `army` |  | – |",
        "| `air` |  | 0 |",
        "| Refused |  | 12 |",
        "| no value |  | – |",
    ]


def test_truth_values_are_counted() -> None:
    """A field of truth values has two, and no label."""
    assert page("agreed", FieldSummary({"true": 20, "false": 11}))[-4:] == [
        "| value | participants |",
        "|---|--:|",
        "| `true` | 20 |",
        "| `false` | 11 |",
    ]


def test_values_that_are_not_listed_are_one() -> None:
    """Of a field whose values are not listed, those who have any are counted."""
    assert page("age", FieldSummary({"": 30, "Refused": 12}))[-2:] == [
        "| any value | 30 |",
        "| Refused | 12 |",
    ]


def test_what_was_lost_is_said() -> None:
    """Figures before and after treatment, and how they are rounded."""
    figures = (Figure("entropy", 5.0, 2.5, 0.5), Figure("mean", None, 30.0, 5.0))
    lines = page("age", FieldSummary({}, 0, figures))
    assert "- Entropy: 5 bits before treatment, 2.5 after, to the nearest 0.5" in lines
    assert "- Mean: 30, to the nearest 5" in lines


@pytest.mark.parametrize(
    ("min_cell", "shows_zeros", "words"),
    [
        (None, True, None),
        (11, True, "– stands for fewer than 11, and for counts from which that could be computed."),
        (5, False, "– stands for fewer than 5 or none, and for counts from which that could be computed."),
    ],
)
def test_what_is_not_told_is_explained(min_cell: int | None, shows_zeros: bool, words: str | None) -> None:
    """The sign is explained where it can occur."""
    text = codebook(SCHEMAS, title="T", summary=Summary(min_cell=min_cell, shows_zeros=shows_zeros))
    assert [line for line in text.splitlines() if "–" in line] == ([] if words is None else [words])


def test_without_summary_nothing_is_counted() -> None:
    """The codebook of a study counts nothing, as before."""
    assert "articipants |" not in codebook(SCHEMAS, title="T").replace("[participants](#participants) |", "")
