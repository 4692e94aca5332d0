"""The builder of the lists of occupations: which nouns of WordNet and of job titles it takes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from ppdarchive.detectors.phrases.rulebook import lists

SCRIPTS = Path(__file__).parents[2] / "scripts" / "lexicons"
pytestmark = pytest.mark.skipif(not SCRIPTS.exists(), reason="the builder is in the repository only")

NOUNS = """\
  1 the licence
0001 03 n 03 person 0 individual 0 someone 0 002 ~ 0002 n 0000 ~ 0005 n 0000 | a human
0002 18 n 01 worker 0 001 ~ 0003 n 0000 | who works
0003 18 n 02 skilled_worker 0 trained_worker 0 001 ~ 0004 n 0000 | who can
0004 18 n 02 zither_maker 0 zitherwright 0 000 | who makes zithers
0005 18 n 01 lover 0 001 ~ 0006 n 0000 | who loves
0006 18 n 01 woosmith 0 000 | who woos
0007 05 n 01 otter 0 000 | an animal
"""
SENSES = "brassy%5:00:00: 1 1 4\nhorse%1:05:00:: 2 1 9\nhorse%3:00:00:: 3 1 1\n"


@pytest.fixture
def occupations(monkeypatch):
    """The builder, imported as it is run, and forgotten afterwards."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    before = set(sys.modules)
    yield importlib.import_module("occupations")
    for name in set(sys.modules) - before:
        if str(SCRIPTS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_nouns_below_workers_and_last_words_of_titles_are_heads(occupations):
    """A rare worker is an occupation by itself, the last word of a title only in a compound."""
    found = occupations.occupation_lists(occupations._synsets(NOUNS), ["Lead Zorbwright", "Otter Tank"])
    assert found == {"JOB_HEAD": {"zitherwright", "zorbwright"}, "JOB_ALONE": {"zitherwright"}}


def test_adjectives_are_those_used_as_such(occupations):
    """A word that is a noun more often is none."""
    assert occupations._adjectives(SENSES) == {"brassy"}


def test_what_was_judged_no_occupation_is_in_no_list(occupations):
    """The shipped lists were written after the last judgement."""
    judged = set(occupations.JUDGED.read_text("utf-8").split("\n\n", 1)[1].split())
    assert judged.isdisjoint(lists()["JOB_HEAD"] | lists()["JOB_ALONE"])
