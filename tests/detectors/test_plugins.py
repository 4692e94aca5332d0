"""Detectors of other packages: found by name, held to their promise, their labels and long texts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.ensemble import combined
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.plugins import LABELS, Meaning, Promised, broken_promises, categories, load_plugins
from ppdarchive.detectors.plugins import loading as loading_module
from ppdarchive.detectors.plugins.windows import by_window, whole_characters, windows
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory, Tier

ROOT = Path(__file__).parents[2]
NAME = TextCategory.NAME


class Capitals:
    """Finds words that begin with a capital; the argument is the least length."""

    name = "capitals"

    def __init__(self, argument: str) -> None:
        self.argument = argument

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find them."""
        return [
            [Span(*match.span(), NAME, 0.9, Tier.REDACT, "capitals") for match in re.finditer("[A-Z]+", text)]
            for text in texts
        ]


class Returning:
    """A detector that returns whatever it is told to."""

    name = "returning"

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def detect(self, texts: Sequence[str]) -> Any:
        """Return it, or raise it."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer(texts) if callable(self.answer) else self.answer


class Point:
    """An installed package's entry point."""

    def __init__(self, name: str, factory: Any) -> None:
        self.name = name
        self.factory = factory

    def load(self) -> Any:
        """Load the factory, as a package that may be broken."""
        if isinstance(self.factory, Exception):
            raise self.factory
        return self.factory


def failing(error: Exception) -> Any:
    """A factory that raises."""

    def factory(_: str) -> Any:
        raise error

    return factory


def without_model(_: str) -> Any:
    """A factory that says what it misses as ours do."""
    raise DetectorError("detector.model", name="no-model", what="m")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that some packages offer detectors."""
    points = [
        Point("capitals", Capitals),
        Point("broken-package", SyntaxError("Maria")),
        Point("no-library", failing(ModuleNotFoundError("no", name="tensorthing"))),
        Point("clumsy", failing(KeyError("Maria"))),
        Point("no-detector", lambda _: "Maria"),
        Point("no-model", without_model),
    ]
    monkeypatch.setattr(loading_module, "entry_points", lambda group: points)


# -- found by name ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("installed")
def test_a_detector_is_found_by_its_name(tmp_path: Path) -> None:
    """A factory gets what stands behind the colon; what has a slash is a path from the study's folder."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models/own").mkdir()
    for name, argument in (
        ("capitals", ""),
        ("capitals:4", "4"),
        ("capitals:a:b", "a:b"),
        ("capitals:models/own", str(tmp_path / "models/own")),
    ):
        (detector,) = load_plugins([name], folder=tmp_path)
        assert detector.name == "capitals"
        assert detector._detector.argument == argument  # type: ignore[attr-defined]
        assert detector.detect(["I told ANNA"]) == [
            [Span(0, 1, NAME, 0.9, detector="capitals"), Span(7, 11, NAME, 0.9, detector="capitals")]
        ]


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("capitols", "detector.not-installed", "is it 'capitals'?"),
        ("nothing", "detector.not-installed", "Install the package that does"),
        ("broken-package", "detector.unusable", "SyntaxError"),
        ("no-library", "detector.library", "tensorthing"),
        ("clumsy", "detector.unusable", "KeyError"),
        ("no-detector", "detector.unusable", "being no detector"),
        ("no-model", "detector.model", "nothing is downloaded"),
        ("capitals:not/there", "detector.model", "not/there"),
    ],
)
def test_a_detector_that_cannot_be_loaded_is_named(name: str, code: str, words: str, tmp_path: Path) -> None:
    """What is missing is said, with its place in study.toml, and nothing of the other package's message."""
    with pytest.raises(DetectorError) as caught:
        load_plugins(["capitals", name], folder=tmp_path, path="study.toml")
    error = caught.value
    assert error.code == code
    assert error.place == "study.toml#text.detectors[1]"
    assert words in str(error)
    assert repr(name.partition(":")[0]) in str(error)
    assert "Maria" not in str(error)
    assert error.__context__ is None
    with pytest.raises(DetectorError) as caught:
        load_plugins([name])
    assert caught.value.place == ""


def test_our_adapters_are_offered() -> None:
    """Every adapter that ships is an entry point with an extra of its name, and loads without its library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    offered = project["entry-points"]["ppdarchive.detectors"]
    assert set(offered) == {"spacy", "presidio", "huggingface", "gliner"}
    assert set(offered) < set(project["optional-dependencies"])
    for name, value in offered.items():
        point = metadata.EntryPoint(name, value, loading_module.GROUP)
        assert callable(point.load())


@pytest.mark.usefixtures("installed")
def test_the_engine_adds_what_they_find() -> None:
    """What other detectors find is joined with what ours find, and names them."""
    extra = combined(load_plugins(["capitals"]), "vote")
    found = Engine(extra=[extra]).detect(["QX told me to call 641-555-0126"])[0]
    assert [(span.start, span.end, span.detector.partition(".")[0]) for span in found] == [
        (0, 2, "vote"),
        (19, 31, "patterns"),
    ]


# -- held to their promise --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (ValueError("Maria"), "it failed with ValueError"),
        (None, "it returned no list of lists"),
        ([None, []], "it returned no list of lists"),
        ([[]], "it answered 1 texts of 2"),
        ([[], [(0, 1)]], "it returned something else than spans"),
        ([[], [Span(3, 6, NAME)]], "it returned a span outside its text"),
    ],
)
def test_a_detector_that_breaks_its_promise_is_named(answer: Any, reason: str) -> None:
    """Failures, wrong answers and spans outside a text stop the work, without a word of the text."""
    detector = Promised(Returning(answer), "theirs")
    with pytest.raises(DetectorError) as caught:
        detector.detect(["Maria", "Anna"])
    assert str(caught.value).startswith(f"detector 'theirs' broke its promise: {reason}.")
    assert caught.value.__context__ is None
    assert "Maria" not in repr(caught.value)
    assert repr(detector) == "Promised('theirs')"


def test_a_detector_can_be_tried_on_odd_texts() -> None:
    """What depends on its neighbours or their order, fails, or does not sign its spans is told."""
    assert broken_promises(Capitals("")) == []
    assert broken_promises(Patterns(), ["call 641-555-0126"]) == []
    assert broken_promises(Returning(KeyError())) == ["it failed with KeyError"]

    def by_place(texts: Sequence[str]) -> list[list[Span]]:
        return [[Span(0, 1, NAME)] if text and place == 1 else [] for place, text in enumerate(texts)]

    assert broken_promises(Returning(by_place)) == [
        "what it finds in a text depends on the texts around it",
        "what it finds depends on the order of the texts",
        "its spans do not say whose they are",
    ]


# -- labels and scores ------------------------------------------------------------------------------


def test_labels_of_known_schemes_have_a_meaning() -> None:
    """CoNLL, OntoNotes, i2b2 and Presidio are understood; harmless labels are left out."""
    conll = categories(["O", "B-PER", "I-ORG", "B-LOC", "I-MISC"])
    assert conll == {"B-PER": NAME, "I-ORG": TextCategory.ORGANIZATION, "B-LOC": TextCategory.LOCATION}
    ontonotes = categories(["PERSON", "GPE", "FAC", "DATE", "TIME", "CARDINAL", "NORP", "EVENT"])
    assert set(ontonotes) == {"PERSON", "GPE", "FAC"}
    i2b2 = categories(["PATIENT", "DATE", "HOSPITAL", "AGE", "B-MEDICALRECORD", "L-USERNAME", "STATE"])
    assert set(i2b2) == {"PATIENT", "DATE", "HOSPITAL", "B-MEDICALRECORD", "L-USERNAME", "STATE"}
    presidio = categories(["US_SSN", "IP_ADDRESS", "EMAIL_ADDRESS", "NRP", "ES_NIE"])
    assert {label: str(category) for label, category in presidio.items()} == {
        "US_SSN": "ID", "IP_ADDRESS": "IP", "EMAIL_ADDRESS": "CONTACT", "ES_NIE": "ID",
    }  # fmt: skip


def test_a_meaning_of_ones_own_goes_first() -> None:
    """A factory can give labels other meanings, whatever their prefix and case."""
    own = {"norp": TextCategory.OTHER, "per": TextCategory.PROFESSION, "DATE": TextCategory.DATE}
    found = categories(["B-NORP", "I-PER", "ORG", "DATE", "CARDINAL"], own)
    assert [str(category) for category in found.values()] == ["OTHER", "PROFESSION", "ORGANIZATION", "DATE"]


def test_every_label_of_the_table_is_in_the_guide() -> None:
    """The guide's table has a row for every category with all its labels."""
    guide = (ROOT / "docs/howto/plug-in-a-detector.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z]+)` \| ([^|]+) \|$", guide, re.MULTILINE))
    shown = {
        re.sub("[^A-Z0-9]", "", label.upper()): category
        for category, labels in rows.items()
        for label in labels.split(", ")
    }
    assert shown == {label: str(category) for label, category in LABELS.items()}


def test_labels_that_mean_nothing_are_refused() -> None:
    """A model of which nothing would come is refused, not silent."""
    with pytest.raises(DetectorError, match="none of its 2 labels means anything here"):
        Meaning.of("d", ["LABEL_0", "LABEL_1", "LABEL_0"], redact=0.5, uncertain=0.1)


def test_scores_become_tiers() -> None:
    """Two thresholds part sure, uncertain and left out; white space at the ends is left out too."""
    meaning = Meaning.of("d", ["B-PER", "MISC"], redact=0.8, uncertain=0.4)
    text = "I told  Anna  Lee \n\n"
    found = [
        (6, 14, "B-PER", 0.80004),
        (14, 20, "B-PER", 0.4),
        (0, 1, "B-PER", 0.39),
        (0, 1, "MISC", 1.0),
        (18, 20, "B-PER", 1.0),
        (0, 1, "UNHEARD-OF", 1.0),
    ]
    assert meaning.spans(text, found) == [
        Span(8, 12, NAME, 0.8, Tier.REDACT, "d.PER"),
        Span(14, 17, NAME, 0.4, Tier.UNCERTAIN, "d.PER"),
    ]


# -- long texts -------------------------------------------------------------------------------------

TEXTS = st.text(st.sampled_from("ab Z9.,@\n\t-_é👩\u200d\u0301"), max_size=300)


@given(TEXTS, st.integers(1, 12), st.data())
def test_windows_cover_a_text(text: str, n_words: int, data: st.DataObject) -> None:
    """Every character but white space is in a window; windows are short, in order, and overlap."""
    overlap = data.draw(st.integers(0, n_words - 1))
    found = list(windows(text, n_words, overlap))
    covered = {at for start, end in found for at in range(start, end)}
    assert {at for at, character in enumerate(text) if not character.isspace()} <= covered
    for start, end in found:
        assert 0 <= start < end <= len(text)
        assert len(text[start:end].split()) <= n_words
        assert sum(not character.isspace() for character in text[start:end]) <= 16 * n_words
    assert found == sorted(set(found))


@given(st.lists(TEXTS, max_size=4), st.integers(4, 12))
def test_windows_change_nothing_for_what_is_short(texts: list[str], n_words: int) -> None:
    """What finds single letters finds the same by window, each once."""

    def find(pieces: list[str]) -> list[list[Span]]:
        assert all(piece.strip() for piece in pieces)
        return [[Span(m.start(), m.end(), NAME) for m in re.finditer("[ab]", piece)] for piece in pieces]

    alone = [find([text])[0] if text.strip() else [] for text in texts]
    assert by_window(texts, find, n_words=n_words, overlap=2) == alone


def test_what_is_found_twice_counts_once_with_its_best_score() -> None:
    """In the overlap of two windows the better score stands."""

    def find(pieces: list[str]) -> list[list[Span]]:
        return [[Span(p.index("Ann"), p.index("Ann") + 3, NAME, p.index("Ann") / 10)] for p in pieces]

    assert by_window(["a Ann b"], find, n_words=2, overlap=1) == [[Span(2, 5, NAME, 0.2)]]


@given(st.text(st.characters(codec=None), max_size=40))
def test_half_surrogates_become_whole_characters(text: str) -> None:
    """Any text can be written as UTF-8 afterwards, and no position changes."""
    whole = whole_characters(text)
    whole.encode("utf-8")
    assert len(whole) == len(text)
    assert all(a == b for a, b in zip(text, whole, strict=True) if not "\ud800" <= a <= "\udfff")
