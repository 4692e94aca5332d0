"""The catalogue of changes and their levels."""

from __future__ import annotations

import re

import pytest

from ppdarchive.changes import KINDS, Level, next_version
from ppdarchive.changes.kinds import highest


def test_levels_have_an_order() -> None:
    """What breaks outweighs what adds, and that what corrects."""
    assert highest([Level.PATCH, Level.MINOR]) is Level.MINOR
    assert highest([Level.MAJOR, Level.PATCH]) is Level.MAJOR
    assert highest([]) is None


@pytest.mark.parametrize("code", KINDS)
def test_each_kind_says_what_and_why(code: str) -> None:
    """Every kind of change is named by where and what, and has words and a reason."""
    assert re.fullmatch(r"(package|table|field|rows|texts|code|theme|codings)\.[a-z-]+", code)
    assert KINDS[code].what
    assert KINDS[code].reason


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("field.removed", Level.MAJOR),
        ("field.added", Level.MINOR),
        ("field.described", Level.PATCH),
        ("field.tightened", Level.MAJOR),
        ("field.loosened", Level.MINOR),
        ("field.retyped", Level.MAJOR),
        ("table.reordered", Level.MAJOR),
        ("table.added", Level.MINOR),
        ("rows.added", Level.MINOR),
        ("rows.removed", Level.MAJOR),
        ("package.name", Level.MAJOR),
        ("package.metadata", Level.PATCH),
    ],
)
def test_levels_are_those_of_the_recipe(code: str, level: Level) -> None:
    """Levels are the recipe's, but that a field added is minor, since columns are read by name."""
    assert KINDS[code].level is level


def test_the_rule_lists_each_level() -> None:
    """The rule's table has rows for each level, from most to least."""
    rows = re.findall(r"^    (major|minor|patch)   ", next_version.__doc__ or "", re.MULTILINE)
    assert list(dict.fromkeys(rows)) == ["major", "minor", "patch"]
    assert rows == sorted(rows)
