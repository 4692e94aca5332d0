"""From a study or a package to what its coders agree on: figures, confusions, de-identified excerpts."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.coders.agreement import agreement_study
from ppdarchive.coders.confusion import confusions
from ppdarchive.coders.excerpts import NO_RELEASE
from ppdarchive.errors import CodingError
from ppdarchive.publish import FindingsError, pack_study
from ppdarchive.report.agreement import AgreementReport

ROOT = Path(__file__).parents[1]
TEXT = "My coach called and I felt heard"
"""``coach`` is 3..8, ``called`` 9..15, ``I felt heard`` 20..32."""

Row = tuple[str, str, str, int, int, str]
CODINGS: tuple[Row, ...] = (
    # Both find `heard` in r1 and r2; only Zoe Quimby in r3; nobody in r4.
    ("r1", "heard", "Zoe Quimby", 20, 32, "independent"),
    ("r1", "heard", "abel", 20, 32, "independent"),
    ("r2", "heard", "Zoe Quimby", 20, 32, "independent"),
    ("r2", "heard", "abel", 22, 32, "independent"),
    ("r3", "heard", "Zoe Quimby", 3, 15, "independent"),
    ("r3", "called", "abel", 9, 15, "independent"),
    # What was agreed on later is no part of it.
    ("r4", "heard", "abel", 0, 5, "consensus"),
)


@pytest.fixture
def tiny(tmp_path: Path, example: Path) -> Callable[..., Path]:
    """Write a study of four responses, two codes and two coders, in the profile's tables."""

    def write(
        codings: Sequence[Row] = CODINGS,
        *,
        text: str = TEXT,
        title: str = "Felt heard",
        release: bool = False,
    ) -> Path:
        folder = tmp_path / "tiny"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "exports").mkdir(parents=True)
        (folder / "schemas").mkdir()
        responses = [(f"r{n}", f"p{n}", "q", "post", text) for n in range(1, 5)]
        tables: Mapping[str, tuple[str, Sequence[Sequence[Any]]]] = {
            "responses": ("response_id,participant_id,question_id,wave,text", responses),
            "codes": (
                "code_id,title,definition,theme_id",
                [("heard", title, "Somebody listened.", "low"), ("called", "Calls", "", "low")],
            ),
            "themes": ("theme_id,title,parent_theme_id", [("low", "Narrow", "high"), ("high", "Wide", "")]),
            "coders": ("coder_id", [("Zoe Quimby",), ("abel",)]),
            "codings": ("response_id,code_id,coder_id,start,end,stage", codings),
        }
        lines = ['[study]\nid = "tiny"\n']
        for name, (header, rows) in tables.items():
            fields = header.split(",")
            with (folder / f"exports/{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([fields, *rows])
            schema = json.loads((example / f"schemas/{name}.json").read_text())
            schema["fields"] = [field for field in schema["fields"] if field["name"] in fields]
            schema["foreignKeys"] = [
                key for key in schema.get("foreignKeys", []) if key["reference"]["resource"] in ("", *tables)
            ]
            schema.pop("uniqueKeys", None)
            (folder / f"schemas/{name}.json").write_text(json.dumps(schema))
            lines.append(f'[[export]]\ntable = "{name}"\nformat = "csv"\npath = "exports/{name}.csv"\n')
        if release:
            lines.append(
                '[[package.licenses]]\nname = "CC0-1.0"\n[[package.contributors]]\ntitle = "A lab"\n'
                '[release]\nstandard = "limited-data-set"\nconsent = "all: everybody agreed in writing"\n'
            )
        (folder / "study.toml").write_text("\n".join(lines))
        resources = [
            {"name": name, "path": f"data/{name}.csv", "schema": f"schemas/{name}.json"} for name in tables
        ]
        (folder / "datapackage.json").write_text(json.dumps({"name": "tiny", "resources": resources}))
        return folder

    return write


@pytest.fixture(scope="module")
def of_example(example: Path) -> AgreementReport:
    """Return the example study's agreement, with excerpts."""
    return agreement_study(example, replicates=50, with_excerpts=True)


@pytest.fixture(scope="module")
def package(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a package of the example study."""
    folder = tmp_path_factory.mktemp("packed")
    shutil.copytree(example, folder / "study", ignore=shutil.ignore_patterns("private"))
    pack_study(folder / "study", folder / "package", version="1.0.0", released_on=date(2026, 1, 31))
    return folder / "package"


def test_a_tiny_study_has_the_figures_counted_by_hand(tiny: Callable[..., Path]) -> None:
    """Four responses: `heard` is found by both in two, by one in a third; alpha, kappa and AC1 by hand."""
    report = agreement_study(tiny(), replicates=0)
    rows = {row.name: row for row in report.summary.all_text.codes}
    heard, called = rows["heard"], rows["called"]
    assert report.summary.coders == ("A", "B")
    assert report.coder_ids == ("Zoe Quimby", "abel")
    assert (heard.n_units, heard.n_coded, report.summary.n_codings) == (4, 3, 6)
    assert heard.percent.value == pytest.approx(3 / 4)
    # Chance: Zoe finds it in 3 of 4, abel in 2 of 4: (3/4)(2/4) + (1/4)(2/4) = 1/2.
    assert heard.cohen.value == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))
    # Of 8 judgements 5 are "there": 2 * 5 * 3 / (8 * 7) pairs would differ; 2 of 8 do.
    assert heard.alpha.value == pytest.approx(1 - (2 / 8) / (2 * 5 * 3 / (8 * 7)))
    # Chance of AC1: 2 * (5/8) * (3/8).
    assert heard.ac1.value == pytest.approx((3 / 4 - 15 / 32) / (1 - 15 / 32))
    # `called` is found by one coder in one response: 1 of 8 judgements.
    assert called.alpha.value == pytest.approx(1 - (2 / 8) / (2 * 1 * 7 / (8 * 7)))
    # In the coded part the fourth response, of which only consensus speaks, does not count.
    part = {row.name: row for row in report.summary.coded_part.codes}["heard"]
    assert part.n_units == 3
    assert part.percent.value == pytest.approx(2 / 3)
    # The theme of both codes is found by both in three responses, and by nobody in the fourth.
    themes = {row.name: row.alpha.value for row in report.summary.all_text.themes}
    assert themes == {"low": 1.0, "high": 1.0}
    assert report.summary.all_text.lowest == ("called", "heard")


def test_confusions_of_the_tiny_study(tiny: Callable[..., Path]) -> None:
    """Five segments of `heard`: four meet the same code, the fifth meets `called`, which meets `heard`."""
    found = {each.code: each for each in agreement_study(tiny(), replicates=0).confusions}
    heard, called = found["heard"], found["called"]
    assert (heard.n, heard.n_same, heard.n_nothing, heard.others) == (5, 4, 0, (("called", 1),))
    assert (called.n, called.n_same, called.n_nothing, called.others) == (1, 0, 0, (("heard", 1),))
    assert heard.n_other == 1


def test_quality_and_titles_of_the_tiny_study(tiny: Callable[..., Path]) -> None:
    """Codes by their titles, themes with the wider ones, and what the codebook should not have."""
    report = agreement_study(tiny(), replicates=0)
    assert report.code_titles == {"heard": "Felt heard", "called": "Calls"}
    assert report.themes == {"heard": ("low", "high"), "called": ("low", "high")}
    assert ("codes.no-definition", ("called",)) in {(each.id, each.concerned) for each in report.quality}
    assert ("codes.one-coder", ("called",)) in {(each.id, each.concerned) for each in report.quality}


def test_who_saw_what_can_be_said(tiny: Callable[..., Path]) -> None:
    """With `own` a response counts for those who marked it; nobody marked the fourth."""
    summary = agreement_study(tiny(), seen="own", replicates=0).summary
    assert summary.all_text.overall.n_units == 3


def test_no_variation_is_undefined_with_its_reason(tiny: Callable[..., Path]) -> None:
    """A code in every response, by everybody: neither 0 nor 1; and one that nobody used."""
    codings = [
        (f"r{n}", "heard", coder, 0, 5, "independent")
        for n in range(1, 5)
        for coder in ("abel", "Zoe Quimby")
    ]
    report = agreement_study(tiny(codings), replicates=20, with_excerpts=True)
    rows = {row.name: row for row in report.summary.all_text.codes}
    for row in rows.values():
        assert (row.alpha.value, row.cohen.value) == (None, None)
        assert "no variation" in row.alpha.reason
    assert report.confusions == ()
    characters = report.summary.unitizing
    assert characters is not None
    assert {each.name: each.boundaries.reason for each in characters.codes}["called"]


@pytest.mark.parametrize(
    ("codings", "reason"),
    [
        ([row for row in CODINGS if row[2] == "abel"], "only one coder"),
        ([row for row in CODINGS if row[5] == "consensus"], "no coding"),
        ([], "no coding"),
    ],
)
def test_agreement_is_between_two(tiny: Callable[..., Path], codings: Sequence[Row], reason: str) -> None:
    """One coder, or consensus alone, is no agreement: an error that says so."""
    with pytest.raises(CodingError, match=reason) as caught:
        agreement_study(tiny(codings))
    assert caught.value.code == "coding.nothing"


def test_gamma_is_asked_for(tiny: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Gamma is computed if it is asked for, with the seed, and over the codings of the report."""
    asked = []

    def gamma(coded: Coded, *, seed: int) -> Coefficient:
        asked.append((len(coded.unit), seed))
        return Coefficient(0.5, n_units=4)

    monkeypatch.setattr("ppdarchive.coders.agreement.gamma_of", gamma)
    assert agreement_study(tiny(), replicates=0).gamma is None
    assert agreement_study(tiny(), replicates=0, seed=7, gamma=True).gamma == Coefficient(0.5, n_units=4)
    assert asked == [(6, 7)]


def test_codings_outside_of_their_texts_are_refused(tiny: Callable[..., Path]) -> None:
    """A segment behind the text's end cannot be counted, and is told by number."""
    with pytest.raises(CodingError, match="1 codings lie outside") as caught:
        agreement_study(tiny([*CODINGS, ("r1", "called", "abel", 20, 99, "independent")]))
    assert caught.value.code == "coding.row"


def test_a_faulty_study_has_findings_first(faulty: Path) -> None:
    """Nothing is counted from data with findings."""
    with pytest.raises(FindingsError):
        agreement_study(faulty)


def test_without_release_there_are_no_excerpts(tiny: Callable[..., Path]) -> None:
    """Where nothing says how texts are de-identified none is shown, and the report says why."""
    report = agreement_study(tiny(), replicates=0, with_excerpts=True)
    assert (report.excerpts, report.no_excerpts) == ((), NO_RELEASE)


def test_excerpts_show_what_each_coder_marked(tiny: Callable[..., Path]) -> None:
    """Both versions under the letters of the table, and the code that was used instead."""
    report = agreement_study(tiny(release=True), replicates=0, with_excerpts=True)
    (excerpt,) = [each for each in report.excerpts if each.code == "heard"]
    zoe, abel = excerpt.versions
    assert (zoe.coder, zoe.is_marked, zoe.instead) == ("A", True, ())
    assert (abel.coder, abel.is_marked, abel.instead) == ("B", False, ("called",))
    assert zoe.pieces == (("My ", False), ("coach called", True), (" and I felt heard", False))
    assert abel.pieces == (("My coach ", False), ("called", True), (" and I felt heard", False))


def test_versions_come_in_the_order_of_letters(of_example: AgreementReport) -> None:
    """Whatever pseudonyms were drawn, coder A stands before coder B."""
    assert {tuple(version.coder for version in each.versions) for each in of_example.excerpts} == {("A", "B")}


def test_excerpts_follow_redaction(tiny: Callable[..., Path]) -> None:
    """An e-mail address in a marked segment is replaced, and the mark stays around what stands for it."""
    text = "mail zq.vortex@vortexmail.com please and then much more of it"
    codings = [
        ("r1", "heard", "abel", 5, 36, "independent"),
        ("r2", "heard", "Zoe Quimby", 5, 36, "independent"),
    ]
    report = agreement_study(tiny(codings, text=text, release=True), replicates=0, with_excerpts=True)
    words = "".join(
        piece for each in report.excerpts for version in each.versions for piece, _ in version.pieces
    )
    assert "vortex" not in words
    assert "[" in words
    marked = [
        piece
        for each in report.excerpts
        for version in each.versions
        for piece, is_marked in version.pieces
        if is_marked
    ]
    assert marked
    assert all(piece.endswith("please") for piece in marked)


def test_the_example_study_agrees_with_its_package(of_example: AgreementReport, package: Path) -> None:
    """Both have two coders and all codes; the package lacks some participants, and shows excerpts too."""
    released = agreement_study(package, replicates=0, with_excerpts=True)
    one, other = of_example.summary, released.summary
    assert released.is_package
    assert (one.coders, other.coders) == (("A", "B"), ("A", "B"))
    assert len(one.all_text.codes) == len(other.all_text.codes) == 37
    assert other.n_units < one.n_units
    whole, less = one.all_text.overall.alpha.value, other.all_text.overall.alpha.value
    assert whole is not None
    assert less == pytest.approx(whole, abs=0.03)
    assert released.excerpts
    assert of_example.excerpts
    assert {each.code for each in of_example.excerpts} <= set(one.all_text.lowest[:5])


def test_the_same_seed_gives_the_same_report(of_example: AgreementReport, example: Path) -> None:
    """Intervals depend on the seed alone."""
    again = agreement_study(example, replicates=50)
    assert again.summary.all_text == of_example.summary.all_text
    other = agreement_study(example, replicates=50, seed=1, with_characters=False)
    assert other.summary.all_text.overall.alpha.low != again.summary.all_text.overall.alpha.low
    assert other.summary.unitizing is None


def test_the_example_s_excerpts_hold_nothing_that_was_planted(
    of_example: AgreementReport, example: Path
) -> None:
    """No excerpt has a planted identifier, whole and as it was typed, nor any coder's id or pseudonym."""
    with (example / "key/planted_spans.csv").open(encoding="utf-8", newline="") as file:
        planted = {row["text"] for row in csv.DictReader(file) if len(row["text"]) > 5}
    words = " | ".join(
        "".join(piece for piece, _ in version.pieces)
        for each in of_example.excerpts
        for version in each.versions
    )
    assert [text for text in planted if text in words] == []
    assert {version.coder for each in of_example.excerpts for version in each.versions} == {"A", "B"}
    assert "coder_1" not in repr(of_example)


def made(**columns: Sequence[int]) -> Coded:
    """Two codes, three coders, two units of 30 characters."""
    return Coded(
        coders=("a", "b", "c"),
        codes=("x", "y"),
        lengths=np.array([30, 30]),
        participants=np.array([0, 1]),
        rated=np.array([[True, True, True], [True, True, False]]),
        **{name: np.array(values, dtype=np.int64) for name, values in columns.items()},
    )


def test_a_segment_counts_once_for_each_other_coder() -> None:
    """Three coders in one unit, two in the other; touching is not meeting; twice the same code is once."""
    coded = made(
        unit=[0, 0, 0, 0, 1], coder=[0, 1, 1, 2, 0], code=[0, 1, 1, 0, 0],
        start=[0, 0, 5, 10, 0], end=[10, 4, 8, 12, 5],
    )  # fmt: skip
    (found,) = confusions(coded, ["x"])
    # a's segment in the first unit: b used y there (twice: once), c's only touches it. c's: nobody. a's in
    # the second unit: b marked nothing, and c did not see it.
    assert (found.n, found.n_same, found.n_nothing, found.others) == (5, 0, 4, (("y", 1),))


def test_one_who_uses_the_same_code_too_is_not_confused() -> None:
    """Where the other coder gave the code and another one, they agree on it."""
    coded = made(unit=[0, 0, 0], coder=[0, 1, 1], code=[0, 0, 1], start=[0, 0, 0], end=[9, 9, 9])
    (found,) = confusions(coded, ["x"])
    assert (found.n, found.n_same, found.n_nothing, found.others) == (4, 2, 2, ())


def test_a_coding_of_no_character_stands_for_its_response() -> None:
    """What redaction swallowed still has its code on the response."""
    coded = made(unit=[0, 0], coder=[0, 1], code=[0, 1], start=[7, 20], end=[7, 25])
    (found,) = confusions(coded, ["x"])
    assert found.others == (("y", 1),)


def test_many_segments_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few pairs are looked at together, the counts are the same."""
    generator = np.random.default_rng(3)
    n = 60
    start = generator.integers(0, 25, n)
    coded = made(
        unit=generator.integers(0, 2, n).tolist(), coder=generator.integers(0, 2, n).tolist(),
        code=generator.integers(0, 2, n).tolist(), start=start.tolist(),
        end=(start + generator.integers(0, 6, n)).tolist(),
    )  # fmt: skip
    whole = confusions(coded, ["x", "y"])
    monkeypatch.setattr("ppdarchive.coders.confusion._PAIRS", 1)
    assert confusions(coded, ["x", "y"]) == whole
