"""Gamma by pygamma-agreement: its published ranges, where it is undefined, and what happens without it."""

from __future__ import annotations

import importlib
from dataclasses import replace

import numpy as np
import pytest
from tests.agreement_measures.test_unitizing import BOOK, study

from ppdarchive.agreement import gamma as room
from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.gamma import gamma
from ppdarchive.errors import CodingError

SEED = 4772


@pytest.fixture(scope="module")
def installed() -> None:
    """Skip where the package is not installed."""
    pytest.importorskip("pygamma_agreement")


@pytest.fixture
def book() -> Coded:
    """Alex, Paul and Suzan: AlexPaulSuzan.csv of https://github.com/bootphon/pygamma-agreement."""
    return study(BOOK, [60])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("kind", "low", "high"), [("gamma", 0.44, 0.47), ("gamma-cat", 0.38, 0.42)])
def test_alex_paul_and_suzan_agree_as_published(book: Coded, kind: str, low: float, high: float) -> None:
    """The package's own tests give these ranges."""
    found = gamma(book, seed=SEED, kind=kind)
    assert low <= found.value <= high
    assert found.n_units == 1


@pytest.mark.usefixtures("installed")
def test_the_fast_way_comes_close_and_says_nothing(
    book: Coded, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is gamma within a tenth, and neither the log nor the terminal hears of solvers."""
    assert gamma(book, seed=SEED, fast=True).value == pytest.approx(gamma(book, seed=SEED).value, abs=0.1)
    assert (caplog.records, *capfd.readouterr()) == ([], "", "")


@pytest.mark.usefixtures("installed")
def test_the_best_alignment_is_the_published_one(book: Coded) -> None:
    """Its disorder is 0.96 in the package's own tests: places and codes arrive as they are."""
    package = importlib.import_module("pygamma_agreement")
    dissimilarity = package.CombinedCategoricalDissimilarity(
        alpha=room.PLACE_WEIGHT, beta=room.CODE_WEIGHT, delta_empty=1.0
    )
    theirs = room._with_room(package, room.end_to_end(book))
    best = theirs.get_best_alignment(dissimilarity)
    assert best.disorder == pytest.approx(0.96, abs=0.01)
    assert theirs.bounds == (0.0, 60.0)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("other", "published"), [((20, 25), 3.2), ((14, 24), 1.0), ((40, 44), 22.2)])
def test_places_differ_as_published(other: tuple[int, int], published: float) -> None:
    """From (4, 14), with what is left out costing 1: figures of the package's tests."""
    package = importlib.import_module("pygamma_agreement")
    segment = importlib.import_module("pyannote.core").Segment
    unit = importlib.import_module("pygamma_agreement.continuum").Unit
    places = package.PositionalSporadicDissimilarity(delta_empty=1.0)
    assert places.d(unit(segment(4, 14)), unit(segment(*other))) == pytest.approx(published, abs=0.05)


@pytest.mark.usefixtures("installed")
def test_the_seed_decides_and_numpys_generator_is_left_alone(book: Coded) -> None:
    """Twice the same seed is twice the same figure, whatever was drawn before, and nothing after changes."""
    np.random.seed(1)
    untouched = np.random.random(2)
    np.random.seed(1)
    first = gamma(book, seed=SEED)
    after = np.random.random(2)
    assert gamma(book, seed=SEED) == first
    assert after.tolist() == untouched.tolist()


@pytest.mark.usefixtures("installed")
def test_the_same_codings_are_full_agreement() -> None:
    """Two coders who marked the same have gamma 1."""
    rows = [(coder, code, unit, 2, 9) for coder in ("ana", "ben") for unit, code in enumerate("abab")]
    assert gamma(study(rows, [20, 30, 20, 30]), seed=SEED).value == 1


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("n_coders", [2, 3, 6])
def test_segments_of_two_responses_are_never_paired_up(n_coders: int) -> None:
    """A segment at a response's end and one at the next one's beginning stay apart, however many coders."""
    coders = [f"coder{number}" for number in range(n_coders)]
    rows = [(coder, "a", number % 2, 0 if number % 2 else 5, 5 if number % 2 else 10)
            for number, coder in enumerate(coders)]  # fmt: skip
    package = importlib.import_module("pygamma_agreement")
    dissimilarity = package.CombinedCategoricalDissimilarity(
        alpha=room.PLACE_WEIGHT, beta=room.CODE_WEIGHT, delta_empty=1.0
    )
    continuum = room.end_to_end(study(rows, [10, 10]))
    best = room._with_room(package, continuum).get_best_alignment(dissimilarity)
    border = 10
    for alignment in best.unitary_alignments:
        sides = {unit.segment.start >= border for _, unit in alignment.n_tuple if unit is not None}
        assert len(sides) == 1


@pytest.mark.usefixtures("installed")
def test_a_coder_who_marked_nothing_takes_part(book: Coded) -> None:
    """With somebody who saw everything and marked nothing there is less agreement."""
    silent = replace(
        book, coders=(*book.coders, "Zoe"), rated=np.ones((1, len(book.coders) + 1), dtype=np.bool_)
    )
    assert gamma(silent, seed=SEED).value < gamma(book, seed=SEED).value


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("coded", "most_segments", "reason"),
    [
        (study([("ana", "a", 0, 0, 3)], [9]), 10, room.FEW_CODERS),
        (study(BOOK, [60], rated=np.array([[True, True, False]])), 100, room.NO_COMPLETE),
        (study([], [9], coders=("ana", "ben"), codes=("a",)), 10, room.NOT_CODED),
        (study(BOOK, [60]), 15, room.TOO_MANY),
    ],
)
def test_undefined_has_its_reason(coded: Coded, most_segments: int, reason: str) -> None:
    """Where there is nothing to pair up, or too much, no figure is given."""
    found = gamma(coded, seed=SEED, most_segments=most_segments)
    assert (found.value, found.reason) == (None, reason)


def test_without_the_package_the_error_says_what_to_install(
    book: Coded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extra is named, and no import error is left behind it."""

    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(room, "import_module", absent)
    with pytest.raises(CodingError, match=r"pip install 'ppdarchive\[gamma\]'") as caught:
        gamma(book, seed=SEED)
    assert caught.value.__context__ is None
