"""The agreement page stands alone, escapes what it shows, and says what is undefined and why."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.agreement.summary import summarize
from ppdarchive.coding.quality import Quality, QualityFinding
from ppdarchive.report.agreement import (
    AgreementReport,
    Confusion,
    Excerpt,
    Version,
    as_json,
    letters,
    shown,
    undefined,
)
from ppdarchive.report.agreement_page import figure, heat_of_confusion, heat_of_pairs, page

SPITEFUL = '<script>alert("x")</script> & \'"<b>'


def made(*, n_coders: int = 3, seed: int = 1, replicates: int = 20) -> AgreementReport:
    """A report on drawn codings; code `never` is used by nobody, `always` by everybody everywhere."""
    generator = np.random.default_rng(seed)
    n_units, n = 12, 60
    everywhere = np.stack(np.meshgrid(np.arange(n_units), np.arange(n_coders))).reshape(2, -1)
    start = generator.integers(0, 20, n)
    coded = Coded(
        coders=letters(n_coders),
        codes=("always", "never", "x", "y"),
        unit=np.concatenate((generator.integers(0, n_units, n), everywhere[0])),
        coder=np.concatenate((generator.integers(0, n_coders, n), everywhere[1])),
        code=np.concatenate((generator.integers(2, 4, n), np.zeros(everywhere.shape[1], dtype=np.int64))),
        start=np.concatenate((start, np.zeros(everywhere.shape[1], dtype=np.int64))),
        end=np.concatenate((start + 5, np.full(everywhere.shape[1], 3))),
        lengths=np.full(n_units, 30),
        participants=np.arange(n_units) // 2,
        rated=np.ones((n_units, n_coders), dtype=bool),
    )
    summary = summarize(
        coded, themes={"x": ("wide",)}, questions=["q"] * n_units, replicates=replicates, seed=0
    )
    return AgreementReport(
        study="made", is_package=False, seen="all", summary=summary,
        coder_ids=("Zoe Quimby", "abelard", "kimberly")[:n_coders],
        code_titles={"x": "The x"}, theme_titles={}, themes={"x": ("wide",)}, wordings={"q": "How was it?"},
        confusions=(Confusion("x", 10, 5, 2, (("y", 3), ("always", 1))),),
        quality=(QualityFinding(Quality.NEVER_USED, ("never",), "code never was never used"),),
        excerpts=(
            Excerpt("x", (Version("A", (("so ", False), ("it was", True)), is_marked=True),
                          Version("B", (("so it was", False),), is_marked=False, instead=("y",)))),
        ),
    )  # fmt: skip


class Page(HTMLParser):
    """Which tags a page leaves open, which it has, what it would load, and what a reader reads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag, unless nothing can be in it."""
        self.tags.add(tag)
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag that closes itself."""
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag, which must be this one."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Gather what is read."""
        self.words += data


def test_the_page_stands_alone() -> None:
    """Well formed, without a script, and it loads nothing."""
    text = page(made())
    read = Page(text)
    assert (read.open, read.loads) == ([], [])
    assert "script" not in read.tags
    assert "http" not in text
    for words in ("What to do with this", "By code", "By theme", "By question", "Who disagrees with whom"):
        assert words in read.words


def test_ids_of_coders_are_nowhere() -> None:
    """Neither the page nor JSON nor the report's repr names a coder but by a letter."""
    report = made()
    for text in (page(report), str(as_json(report)), repr(report)):
        assert not any(coder in text for coder in report.coder_ids)


@given(words=st.text(max_size=30))
def test_whatever_is_shown_is_escaped(words: str) -> None:
    """Titles, wordings, texts, reasons and names of studies are read as they are, never as HTML."""
    spiteful = SPITEFUL + words
    whole = made(replicates=0)
    report = replace(
        whole,
        study=spiteful,
        code_titles=dict.fromkeys(("x", "y", "always", "never"), spiteful),
        theme_titles={"wide": spiteful},
        wordings={"q": spiteful},
        quality=(QualityFinding(Quality.NEVER_USED, ("never",), spiteful),),
        no_excerpts="",
        excerpts=(Excerpt("x", (Version("A", ((spiteful, True),), is_marked=False, instead=("y",)),)),),
    )
    read = Page(page(report))
    assert not read.open
    assert not read.tags & {"script", "b<"}
    assert SPITEFUL in read.words


def test_undefined_stands_with_its_reason() -> None:
    """A dash in the tables, null in JSON, and why in both; once for each reason and coefficient."""
    report = made()
    rows = undefined(report)
    assert len({(reason, name) for reason, name, _ in rows}) == len(rows)
    told = {name: (reason, subjects) for reason, name, subjects in rows}
    reason, subjects = told["Krippendorff's alpha, all text"]
    assert "no variation" in reason
    assert subjects == "always, never"
    words = Page(page(report)).words
    assert reason in words
    document = json.loads(json.dumps(as_json(report)))
    never = next(each for each in document["all_text"]["codes"] if each["name"] == "never")
    assert never["alpha"]["value"] is None
    assert never["alpha"]["reason"] == reason
    assert document["all_text"]["overall"]["alpha"]["reason"] is None


def test_nothing_undefined_is_said() -> None:
    """Where every coefficient has a value the page says so; where no excerpt is, why."""
    report = made()
    words = Page(page(replace(report, excerpts=(), no_excerpts="because of this", quality=()))).words
    assert "No excerpts are shown: because of this." in words
    assert "Nothing stands out" in words
    assert "Where coders differ" not in Page(page(replace(report, excerpts=()))).words


def test_without_characters_the_page_has_no_such_columns() -> None:
    """What was not computed is not shown, and null in JSON."""
    report = made()
    less = replace(report, summary=replace(report.summary, unitizing=None))
    assert "u-alpha" in Page(page(report)).words
    assert "u-alpha" not in Page(page(less)).words
    assert as_json(less)["characters"] is None


def test_gamma_stands_beside_the_others() -> None:
    """Gamma that was computed is a row, one that could not be has its reason."""
    report = replace(made(), gamma=Coefficient(0.4321))
    assert "gamma, segments" in Page(page(report)).words
    assert as_json(report)["gamma"] == {
        "value": 0.4321,
        "low": None,
        "high": None,
        "responses": 0,
        "reason": None,
        "undefined_draws": 0,
    }
    assert as_json(made())["gamma"] is None
    rows = undefined(replace(report, gamma=Coefficient(None, reason="more segments than gamma can align")))
    assert ("more segments than gamma can align", "gamma, coded part", "overall") in rows


def test_who_disagrees_with_whom_is_symmetric() -> None:
    """Each pair stands twice, nobody with themselves, and the more they differ the stronger the colour."""
    report = made()
    cells = heat_of_pairs(report.summary)
    assert all(cells[place][place].kind == "self" for place in range(3))
    assert all(cells[one][other] == cells[other][one] for one in range(3) for other in range(3))
    for pair in report.summary.all_text.pairs:
        cell = cells[pair.first][pair.second]
        assert pair.cohen.value is not None
        assert cell.text == shown(pair.cohen.value)
        assert cell.strength == round(100 * min(max(1 - pair.cohen.value, 0), 1))


def test_confusions_sum_to_segments() -> None:
    """The same code, nothing and other codes are all segments; further codes are those without a column."""
    found = Confusion("x", 10, 5, 2, (("y", 3), ("always", 1)))
    assert found.n_other == 3
    cells = heat_of_confusion(found, ["y"], {"x": "The x"})
    assert [cell.text for cell in cells] == ["5", "2", "3", "1"]
    assert [cell.strength for cell in cells] == [50, 20, 30, 10]
    assert cells[0].kind == "agreed"
    assert cells[2].title == "The x: y, 3 of 10"
    assert cells[3].title == "The x: further codes (always 1), 1 of 10"


@pytest.mark.parametrize(
    ("value", "grade"),
    [
        (0.8, "reliable"),
        (0.7999, "tentative"),
        (0.667, "tentative"),
        (0.6669, "low"),
        (-1.0, "low"),
        (None, "undefined"),
    ],
)
def test_grades_are_those_of_the_source(value: float | None, grade: str) -> None:
    """0.800 and 0.667 (Krippendorff, 2019, chapter 12)."""
    assert figure(Coefficient(value, reason="" if value is not None else "no variation")).grade == grade


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1))
def test_bars_stay_on_their_line(value: float, below: float, above: float) -> None:
    """Whatever the coefficient, what is drawn lies between 0 and 100, low before high."""
    found = figure(Coefficient(value, value - below, value + above))
    assert 0 <= found.low <= found.at <= found.high <= 100


@pytest.mark.parametrize("n", [2, 3])
def test_any_number_of_coders_has_its_page(n: int) -> None:
    """Two coders have one pair, three have three."""
    report = made(n_coders=n)
    assert len(report.summary.all_text.pairs) == n * (n - 1) // 2
    assert not Page(page(report)).open


@given(st.integers(1, 2000))
def test_letters_are_different(n: int) -> None:
    """No two coders have one name, and names come in the order of their lengths."""
    names = letters(n)
    assert len(set(names)) == n
    assert list(names) == sorted(names, key=lambda name: (len(name), name))
