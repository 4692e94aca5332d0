"""Errors are data that phrase themselves, and survive the way to another process."""

from __future__ import annotations

import ast
import pickle
import string
from pathlib import Path

import pytest

import ppdarchive
from ppdarchive.errors import PROBLEMS, PpdArchiveError, ReadError, SchemaError, StudyError

SOURCE = Path(ppdarchive.__file__).parent


def test_an_error_says_where_what_and_what_to_do() -> None:
    """Place, problem and remedy stand in one message."""
    error = ReadError("read.ragged", path="wave2.csv", line=17, found=3, expected=4, n_rows=2)
    assert str(error) == (
        "wave2.csv:17: 3 cells where the header has 4 (2 such rows). "
        "The file was cut off, or `delimiter` is wrong; export it again."
    )
    assert (error.place, error.code) == ("wave2.csv:17", "read.ragged")


def test_places_are_written_as_people_find_them() -> None:
    """A pointer follows the file, or stands alone."""
    assert SchemaError("schema.name", path="a.json", pointer="/fields/0").place == "a.json#/fields/0"
    assert StudyError("study.value", pointer="export[0]", expected="x", more="").place == "export[0]"
    assert str(ReadError("read.empty")).startswith("the file is empty")


def test_errors_cross_processes_whole() -> None:
    """A pickled error comes back with all its facts."""
    error = ReadError("read.ragged", path="a", line=1, found=3, expected=4, n_rows=2)
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), str(back), dict(back.facts)) == (ReadError, str(error), dict(error.facts))


def test_a_code_must_stand_in_the_catalogue() -> None:
    """An error that nobody documented cannot be raised."""
    with pytest.raises(LookupError):
        PpdArchiveError("read.nonsense")


FACTS = {
    *("reason", "offset", "encoding", "found", "expected", "n_rows", "delimiter", "other", "column"),
    *("first", "limit", "kind", "what", "name", "hint", "choices", "more", "table", "field", "places"),
    *("version", "day"),
}
"""Words that a message may be filled with; none of them is a cell's value."""


def raised_codes() -> set[str]:
    """The codes that stand somewhere in the source."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in PROBLEMS:
                found.add(node.value)
    return found


def test_every_problem_in_the_catalogue_can_happen() -> None:
    """No code is documented that nothing raises."""
    assert set(PROBLEMS) == raised_codes()


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_is_two_short_sentences(code: str) -> None:
    """What is wrong ends without a full stop, what to do with one; both are short."""
    problem = PROBLEMS[code]
    assert not problem.what.endswith(".")
    assert problem.remedy.endswith((".", "}"))
    assert len(problem.what) < 120
    assert len(problem.remedy) < 120
    texts = (problem.what, problem.remedy)
    assert {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name} <= FACTS
