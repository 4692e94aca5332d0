"""The commands on risk say numbers and names of fields, and what to do; never a value."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ppdarchive.cli.main import call


@pytest.fixture(scope="module")
def raw(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example study without what it accepted: with the treatments of its schemas alone."""
    folder = tmp_path_factory.mktemp("raw") / "study"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("private"))
    text = (folder / "study.toml").read_text()
    start, end = text.index("[treatments.participants]"), text.index("[release]")
    (folder / "study.toml").write_text(text[:start] + text[end:].replace("max_suppressed = 0.05\n", ""))
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """A command's exit code and what it says, all within 80 columns."""
    code = call([str(word) for word in words])
    said = capsys.readouterr()
    if "--json" not in words and words[0] != "suggest":
        assert all(len(line) <= 80 for line in said.out.splitlines() if not line.startswith("wrote"))
    return code, said.out, said.err


def test_the_raw_study_fails_and_the_accepted_proposal_passes(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The way of an archivist: the gate refuses, a proposal comes, its lines are put in, the gate passes."""
    pack = ("pack", tmp_path / "study", tmp_path / "package", "--version", "1.0.0")
    shutil.copytree(raw, tmp_path / "study")
    code, _, err = run(capsys, *pack)
    assert code == 3
    assert re.search(r"  k: k is 1, and 5 is demanded: 312 of 312 participants", err)
    code, out, _ = run(capsys, "suggest", tmp_path / "study")
    assert code == 0
    assert "of the information is lost" in out
    lines = tomllib.loads(out)
    path = tmp_path / "study/study.toml"
    treatments = out[out.index("[treatments.") :]
    terms = "".join(f"{key} = {value}\n" for key, value in lines["release"].items())
    text = path.read_text().replace("[release]\n", f"[release]\n{terms}")
    path.write_text(f"{text}\n{treatments}")
    code, out, err = run(capsys, *pack)
    assert (code, err) == (0, "")
    policy = json.loads((tmp_path / "package/datapackage.json").read_text())["ppdarchive"]
    assert policy["risk"]["k"] == 5


def test_risk_in_80_columns_and_as_json(example: Path, raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before and after, the histogram, each field; and the same for programs."""
    code, out, _ = run(capsys, "risk", raw)
    assert code == 0
    assert re.search(r"^k: k is 1, and 5 is demanded", out, re.MULTILINE)
    code, out, _ = run(capsys, "risk", example)
    assert code == 0
    assert "Every condition on risk holds." in out
    assert "participants are left out as a whole" in out
    code, out, _ = run(capsys, "risk", example, "--json")
    document = json.loads(out)
    assert document["as_released"]["k"] == 5
    assert document["as_collected"]["k"] == 1
    assert document["failures"] == []
    sizes = document["as_released"]["class_sizes"]
    assert sum(int(size) * n for size, n in sizes.items()) == document["as_released"]["participants"]


class Page(HTMLParser):
    """Which tags a page has, and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag, unless nothing can be in it."""
        self.loads += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the last tag, which must be this one."""
        assert self.open.pop() == tag


def test_the_page_stands_alone(raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file, well formed, that loads nothing, and that only its owner can read."""
    path = tmp_path / "risk.html"
    assert run(capsys, "risk", raw, "--html", path)[0] == 0
    page = Page()
    page.feed(path.read_text())
    assert (page.open, page.loads) == ([], [])
    assert "The gate would refuse." in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    code, _, err = run(capsys, "risk", raw, "--html", path)
    assert code == 2
    assert "already" in err


def test_no_proposal_is_said(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing would do, the exit code is that of a refusal."""
    code, out, _ = run(capsys, "suggest", raw, "--max-suppressed", "0")
    assert code == 3
    assert "No combination" in out
    assert run(capsys, "suggest", raw, "--max-suppressed", "0", "--json")[1] == '{\n  "suggestion": null\n}\n'


def test_a_population_holds_the_participants(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A population that is smaller than the sample is told with its key path."""
    shutil.copytree(raw, tmp_path / "study")
    path = tmp_path / "study/study.toml"
    path.write_text(path.read_text().replace("[release]\n", "[release]\npopulation = 100\n"))
    code, _, err = run(capsys, "risk", tmp_path / "study")
    assert code == 2
    assert "study.toml#release.population: the population is smaller than the participants" in err.replace(
        "\n", ""
    )


def test_a_study_without_participants_is_told(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing can be proposed where nobody's quasi-identifier is released."""
    shutil.copytree(raw, tmp_path / "study")
    schema = tmp_path / "study/schemas/participants.json"
    fields = json.loads(schema.read_text())
    for each in fields["fields"]:
        if each["disclosure"]["role"] == "quasi-identifier":
            each["disclosure"]["treatment"] = {"method": "drop"}
    schema.write_text(json.dumps(fields))
    code, out, _ = run(capsys, "suggest", tmp_path / "study")
    assert code == 0
    assert "answered_on" in out


@pytest.mark.parametrize("left_out", ["participants", "all who refer to them", "people"])
def test_what_cannot_be_searched_is_told(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], left_out: str
) -> None:
    """Where the table of participants is dropped, nothing is known of them, or there are none."""
    study = tmp_path / "study"
    shutil.copytree(raw, study)
    schemas = {path: json.loads(path.read_text()) for path in (study / "schemas").glob("*.json")}
    for path, schema in schemas.items():
        for each in schema["fields"]:
            is_dropped = {
                "participants": path.stem == "participants",
                "all who refer to them": path.stem in ("responses", "measures", "codings")
                or each["disclosure"]["role"] == "quasi-identifier" or each["name"] == "coach_id",
                "people": False,
            }[left_out]  # fmt: skip
            if is_dropped:
                each["disclosure"]["treatment"] = {"method": "drop"}
        path.write_text(json.dumps(schema))
    if left_out == "people":
        path = study / "exports/enrolment.csv"
        header, *rows = list(csv.reader(path.read_text().splitlines()))
        at = header.index("consent_share")
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(
                [header, *([*row[:at], "0" if row[at] else "", *row[at + 1 :]] for row in rows)]
            )
    code, out, err = run(capsys, "suggest", study)
    assert (code, out) == (2, "")
    assert "study.toml: there are no participants of whom a quasi-identifier is released" in " ".join(
        err.split()
    )
    # Whatever cannot be searched can be assessed, however much may be left out.
    for terms in ("max_suppressed = 0.5\n", "suppress_cells = true\n"):
        path = study / "study.toml"
        text = path.read_text()
        path.write_text(text.replace("[release]\n", f"[release]\n{terms}"))
        assert run(capsys, "risk", study)[0] == 0
        path.write_text(text)


def test_fields_can_be_kept(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A field that is to stay is not among the lines; one that does not exist is named."""
    code, out, _ = run(
        capsys, "suggest", raw, "--max-suppressed", "0.5", "--keep", "participants.deployed", "--json"
    )
    assert code == 0
    assert "deployed" not in json.loads(out)["suggestion"]["treatments"].get("participants", {})
    assert run(capsys, "suggest", raw, "--keep", "participants.nothing")[0] == 2
    assert run(capsys, "suggest", raw, "--loss", "nothing")[0] == 2


def test_the_standard_of_every_field(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every field has its class, paragraph and treatment; one that does not satisfy it is a finding."""
    code, out, _ = run(capsys, "standard", example)
    assert code == 0
    assert re.search(r"ok +email \(drop\) +class F", out)
    assert re.search(r"\d+ satisfied, 0 not, 1 for a person to judge\.", out)
    study = tmp_path / "study"
    shutil.copytree(example, study, ignore=shutil.ignore_patterns("private"))
    path = study / "study.toml"
    kept = '[treatments.participants]\nstate = {method = "keep"}\n'
    path.write_text(path.read_text().replace("[treatments.participants]\n", kept).replace(
        'enrolled_on = {method = "drop"}', 'enrolled_on = {method = "keep"}'))  # fmt: skip
    code, out, _ = run(capsys, "standard", study)
    assert code == 1
    assert re.search(r"NO +enrolled_on \(keep\) +class C", out)
    code, out, _ = run(capsys, "standard", study, "--json")
    (row,) = [row for row in json.loads(out)["rows"] if row["satisfied"] is False]
    assert (row["field"], row["letter"], row["paragraph"]) == (
        "enrolled_on",
        "C",
        "45 CFR 164.514(b)(2)(i)(C)",
    )
