"""The catalogue of what can be wrong, against the list of the specification."""

from __future__ import annotations

import pickle
import re
from string import Formatter

import pytest

from ppdarchive.store.problems import CASES, NOT_GIVEN, Problem, problem

# Numbers of https://ocfl.io/1.1/spec/validation-codes; five and one were never given or taken back.
SPECIFIED = {f"E{n:03}" for n in range(1, 113)} - {"E065", "E068", "E086", "E091", "E109"} | {
    f"W{n:03}" for n in range(1, 17)
} - {"W006"}
GIVEN = {case.partition(".")[0] for case in CASES}


def test_every_code_is_given_or_its_absence_explained() -> None:
    """No code of the specification is forgotten, and none invented but our own."""
    assert GIVEN | set(NOT_GIVEN) == SPECIFIED | {"P001", "P002", "P003"}
    assert not GIVEN & set(NOT_GIVEN)


@pytest.mark.parametrize("case", CASES)
def test_words_are_one_plain_line(case: str) -> None:
    """A case has a code, a name, and words that fit a line."""
    assert re.fullmatch(r"[EWP][0-9]{3}\.[a-z]+", case)
    assert len(CASES[case]) <= 100
    names = [name for _, name, _, _ in Formatter().parse(CASES[case]) if name]
    shown = problem(case, "v1", "versions", **dict.fromkeys(names, "x"))
    assert shown.words in str(shown)
    assert str(shown).startswith(f"v1#versions: {case[:4]} ")


def test_links_lead_to_the_clause() -> None:
    """A code of the specification has a link; one of ours has none."""
    assert problem("E092.missing").link == "https://ocfl.io/1.1/spec/#E092"
    assert problem("P003.twins").link is None


def test_severity_follows_the_code() -> None:
    """Only what goes against advice is a warning."""
    severities = {case: problem(case).severity for case in ("E024.empty", "W010.none", "P003.twins")}
    assert severities == {"E024.empty": "error", "W010.none": "warning", "P003.twins": "error"}


def test_a_problem_is_a_value() -> None:
    """Equal problems are one in a set, and cross to another process."""
    made = problem("E092.digest", "v1/content/a", algorithm="sha512")
    assert {made, problem("E092.digest", "v1/content/a", algorithm="sha512")} == {made}
    assert pickle.loads(pickle.dumps(made)) == made


def test_an_unknown_case_is_a_mistake_of_ours() -> None:
    """Nobody makes a problem that the catalogue does not have."""
    with pytest.raises(LookupError):
        Problem("E999.none")


def test_a_long_path_is_cut_for_showing_only() -> None:
    """The path itself stays whole."""
    made = problem("E024.empty", "a" * 10_000)
    assert len(made.path) == 10_000
    assert len(str(made)) < 500
