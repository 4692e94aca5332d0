"""Projects and exports made by Taguette's own code, and what that code makes of our files.

The example is recorded by `scripts/taguette_example.py`. What Taguette makes of our files is asked where
TAGUETTE_PYTHON names the Python of an environment that has Taguette 1.5.2.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.coding.formats.refi.reader import read_qdc
from ppdarchive.coding.formats.taguette import read_taguette
from ppdarchive.coding.formats.taguette_exports import read_taguette_codebook, read_taguette_highlights
from ppdarchive.coding.formats.taguette_write import taguette_codebook, write_taguette
from ppdarchive.coding.landing.landed import land
from ppdarchive.coding.landing.match import Responses
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.text.units import Unit

from .taguette_files import EXAMPLE, EXPECTED, code_paths, segments

SCRIPT = Path(__file__).parents[2] / "scripts" / "taguette_example.py"
MOVED = 15
"""The highlight that was moved: what it covers is not what Taguette kept and exports of it."""


def expected(highlights: list[dict[str, Any]]) -> set[tuple[int, str, str, str, str | None]]:
    """Each tag of each recorded highlight."""
    return {
        (one["highlight"], one["document"], one["text"], tag, coder)
        for one in highlights
        for tag, coder in one["coders"].items()
    }


def test_every_segment_is_on_its_characters():
    """Texts, tags and coders are those that Taguette's own code tells, after edits, merges and deletions."""
    project = read_taguette(EXAMPLE / "project.sqlite3", name="p", project=EXPECTED["project"])
    assert segments(project) == expected(EXPECTED["highlights"])
    assert [code for code in project.codes if not code.is_codable] == [
        code for code in project.codes if code.name in {"life", "work"}
    ]
    assert project.left == {"highlight without a tag": 2}


def test_every_segment_of_an_export_is_on_its_characters():
    """A project that the server exported has the same segments; everybody in it is called admin."""
    project = read_taguette(EXAMPLE / "exported.sqlite3", name="p")
    assert segments(project) == expected(EXPECTED["exported"])
    assert [coder.name for coder in project.coders] == ["admin"]
    own = read_taguette(EXAMPLE / "project.sqlite3", name="p", project=EXPECTED["project"])
    assert {row[1:4] for row in segments(own)} == {row[1:4] for row in segments(project)}


def test_exported_quotes_land_on_the_same_characters():
    """The CSV of highlights leads to the same characters of the responses, but for the one that was moved."""
    own = read_taguette(EXAMPLE / "project.sqlite3", name="p", project=EXPECTED["project"])
    texts = {source.name: source.text for source in own.sources}
    n = len(texts)
    responses = Responses(tuple(texts), ("P",) * n, ("q",) * n, ("1",) * n, tuple(texts.values()))
    project = read_taguette_highlights(EXAMPLE / "highlights.csv", name="h.csv")
    landed = land(project, responses)
    paths = code_paths(project)
    found = sorted(
        (list(texts)[response], responses.texts[response][start:end], paths[code])
        for response, start, end, code in zip(
            landed.response, landed.start, landed.end, landed.code, strict=True
        )
    )
    assert not landed.uncertain.any()
    assert found == sorted(
        (document, "Only" if place == MOVED else text, tag)
        for place, document, text, tag, _ in expected(EXPECTED["highlights"])
    )


def test_codebooks_are_the_project_s_codes():
    """The CSV and the invalid REFI-QDA codebook that Taguette exports name the codes of the project file."""
    own = read_taguette(EXAMPLE / "project.sqlite3", name="p", project=EXPECTED["project"])
    book = read_taguette_codebook(EXAMPLE / "codebook.csv", name="c.csv")
    facts = [(code.name, code.description, code.is_codable) for code in own.codes]
    assert [(code.name, code.description, code.is_codable) for code in book.codes] == facts
    assert code_paths(book) == code_paths(own)
    tags = [path for path, code in zip(code_paths(own), own.codes, strict=True) if code.is_codable]
    exchanged = read_qdc(EXAMPLE / "codebook.qdc", name="c.qdc")
    assert [code.name for code in exchanged.codes] == tags


TEXTS = (
    "\ufeffMy coach 👍🏽 & I:\r\n5 < 7,\n\n  cafe\u0301 <b>&amp;</b>\u2028שלום ",
    " \n\x0bכן\x85 she said: \ufeff yes\r",
    "x",
)


def ours() -> Project:
    """Every segment of one and of seven characters of some awkward texts, by two coders."""
    rows = sorted(
        (source, start, min(start + length, len(text)), code, (start + code) % 2)
        for source, text in enumerate(TEXTS)
        for start in range(len(text))
        for length, code in ((1, 1), (7, 2))
    )
    columns = tuple(zip(*rows, strict=True))
    return Project(
        "made",
        "made",
        coders=(ProjectCoder("1", "coder_1"), ProjectCoder("2", "coder_2")),
        codes=(
            ProjectCode("1", "bond", is_codable=False),
            ProjectCode("2", "trust", "1", 'Says "yes",\nin her words; é 👍\u2028\x0b.'),
            ProjectCode("3", "شغل & <life>"),
            ProjectCode("4", "kept apart", "3", "Holds nothing.", is_codable=False),
        ),
        sources=tuple(ProjectSource(str(n), f"P-{n:02}", text) for n, text in enumerate(TEXTS)),
        selections=Selections.of(
            source=columns[0], start=columns[1], end=columns[2], code=columns[3], coder=columns[4]
        ),
        unit=Unit.CODE_POINT,
    )


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Taguette's own code makes of our project file and codebook."""
    python = os.environ.get("TAGUETTE_PYTHON")
    if python is None:
        pytest.skip("TAGUETTE_PYTHON names no environment with Taguette")
    folder = tmp_path_factory.mktemp("ours")
    write_taguette(ours(), folder / "project.sqlite3")
    (folder / "codebook.csv").write_bytes(taguette_codebook(ours()).encode())
    done = subprocess.run([python, str(SCRIPT), "open", str(folder)], capture_output=True, check=True)
    return json.loads(done.stdout)


PATHS = ("bond", "bond.trust", "شغل & <life>", "شغل & <life>.kept apart")


def test_taguette_cuts_our_segments_out(opened: dict[str, Any]):
    """Taguette opens our project file as it is, and each highlight covers our segment, by our coder."""
    made = ours()
    rows = made.selections
    assert opened["is_unchanged"]

    def reparsed(text: str) -> str:
        # Taguette cuts HTML out as text with bare carriage returns, which a parser makes line feeds.
        return text.replace("\r", "\n")

    assert [(one["document"], one["text"], one["tags"], one["coder"]) for one in opened["highlights"]] == [
        (
            made.sources[source].name,
            reparsed(made.sources[source].text[start:end]),
            [PATHS[code]],
            made.coders[coder].name,
        )
        for source, start, end, code, coder in zip(
            rows.source, rows.start, rows.end, rows.code, rows.coder, strict=True
        )
    ]


def test_taguette_imports_our_project(opened: dict[str, Any]):
    """What Taguette's import makes of our project has our texts and our positions in bytes."""
    made = ours()
    rows = made.selections
    texts = [source.text for source in made.sources]
    assert opened["imported"] == [
        [texts[source], len(texts[source][:start].encode()), len(texts[source][:end].encode())]
        for source, start, end in zip(rows.source, rows.start, rows.end, strict=True)
    ]


def test_taguette_exports_our_highlights(opened: dict[str, Any]):
    """Taguette's export lists each of our segments, with its code, in the order of its texts."""
    made = ours()
    rows = made.selections
    header, *lines = opened["export"]
    assert header == ["id", "document", "tag", "content"]
    assert [(int(number), document, tag) for number, document, tag, _ in lines] == [
        (row + 1, made.sources[rows.source[row]].name, PATHS[rows.code[row]]) for row in range(len(rows))
    ]
    for row, (*_, content) in enumerate(lines):
        text = made.sources[rows.source[row]].text[rows.start[row] : rows.end[row]]
        assert "".join(content.split()) == "".join(text.split())


def test_taguette_imports_our_codebook(opened: dict[str, Any]):
    """Taguette's import of codebooks reads our tags and descriptions."""
    codes = ours().codes
    assert opened["codebook"] == [
        {"path": PATHS[1], "description": codes[1].description},
        {"path": PATHS[2], "description": ""},
        {"path": PATHS[3], "description": "[not for coding] Holds nothing."},
    ]
