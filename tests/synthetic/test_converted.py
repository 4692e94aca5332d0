"""What goes back to the coders' tools shows nobody: every string and file name of it is searched."""

import csv
import html
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from xml.etree import ElementTree

import pytest

from ppdarchive.cli.demonstration import project_strings, released_answers, standing
from ppdarchive.coders.convert import convert_folder
from ppdarchive.coding.formats import WRITERS
from ppdarchive.publish import pack_study

from .study_files import records, survey

DAY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def packed(study, tmp_path_factory):
    """A copy of the default study, its package, and what became it."""
    folder = tmp_path_factory.mktemp("packed")
    shutil.copytree(study[0], folder / "study")
    result = pack_study(folder / "study", folder / "package", version="1.0.0", released_on=DAY)
    return folder, result


@pytest.fixture(scope="module", params=sorted(WRITERS))
def strings(request, packed):
    """Every string of the package's conversion to one format: names of files, cells, attributes, texts."""
    endings = {"taguette": ".sqlite3", "refi-qda": ".qdpx", "refi-codebook": ".qdc"}
    out = packed[0] / f"{request.param}{endings.get(request.param, '.csv')}"
    # Taguette has no word for a stage.
    stage = "independent" if request.param == "taguette" else "all"
    convert_folder(packed[0] / "package", out, kind=request.param, released_on=DAY, stage=stage)
    return [out.name, *_strings(out)]


def _strings(path):
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell for row in csv.reader(file) for cell in row]
    if path.suffix == ".qdc":
        return _xml_strings(path.read_bytes())
    if path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            found = [archive.comment.decode(), *names]
            for name in names:
                content = archive.read(name)
                found += _xml_strings(content) if name.endswith(".qde") else [content.decode()]
            return found
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = [
            cell
            for name in tables
            for row in database.execute(f'SELECT * FROM "{name}"')
            for cell in row
            if cell is not None
        ]
    return [_unmarked(str(cell)) for cell in cells]


def _xml_strings(content):
    return [
        text
        for element in ElementTree.fromstring(content).iter()
        for text in (element.text, element.tail, *element.attrib.values())
        if text and text.strip()
    ]


def _unmarked(cell):
    """A document of Taguette's as text; other cells have no tags."""
    return html.unescape(re.sub("<[^>]*>", "", cell)) if cell.startswith("<p>") else cell


def raw_values(folder):
    """What no release shows: ids, times and contacts as the study's exports have them."""
    found = set()
    for row in survey(folder):
        found |= {row[name] for name in ("StartDate", "EndDate", "RecordedDate", "ResponseId")}
        found |= {row["ExternalReference"], row["RecipientEmail"]}
    for row in records(folder / "exports/enrolment.csv"):
        found |= {row["record_id"], row["mood_timestamp"], row["email"], row["phone"]}
    for row in records(folder / "exports/contacts.csv"):
        found |= {row["street"], row["email"], row["phone"]}
    return {value for value in found if len(value) > 7}


def test_no_raw_value_is_in_it(packed, strings):
    """No coder's name, no name of a memo, no id and no time of the raw study, in any case."""
    folder = packed[0] / "study"
    private = {row["text"] for row in records(folder / "key/planted_in_projects.csv")} | raw_values(folder)
    private |= {"Quarrington", "Ottoline", "Okereke", "Tamsin", "coder_1", "coder_2", "MMB0"}
    whole = "\n".join(strings).casefold()
    assert len(private) > 2000
    assert [value for value in private if value.casefold() in whole] == []


def test_no_planted_identifier_stands_around_the_answers(packed, strings):
    """Names, descriptions, logs: what is no part of a released answer holds nothing that was planted."""
    answers = "\0".join(released_answers(packed[1]).values())
    others = sorted({each for each in strings if each.removesuffix("…") not in answers})
    planted = {row["text"] for row in records(packed[0] / "study/key/planted_spans.csv")}
    telling = {text for text in planted if len(text) > 3 and not (text.isdigit() and len(text) < 6)}
    assert len(telling) > 200
    assert standing(telling, others) == []


def test_no_planted_identifier_stands_in_its_answer(packed):
    """Of the identifiers planted in an answer none is left in what is released of it."""
    folder, result = packed
    released = released_answers(result)
    planted = [
        row for row in records(folder / "study/key/planted_spans.csv") if row["response_id"] in released
    ]
    left = [row for row in planted if standing([row["text"]], [released[row["response_id"]]])]
    assert len(planted) > 250
    assert left == []


def test_a_planted_name_is_found():
    """The search finds a name among words, in a file's name, and not in a longer word."""
    assert standing(["Ana", "Jo"], ["ask Ana, now", "Joanna"]) == ["Ana"]
    assert standing(["s."], ["grandma s. said", "words."]) == ["s."]


def test_file_names_are_searched(tmp_path):
    """The strings of an archive are its own name, its members' names, and their texts."""
    with zipfile.ZipFile(tmp_path / "a.qdpx", "w") as archive:
        archive.writestr("sources/Ana.txt", "no name")
    assert project_strings(tmp_path / "a.qdpx") == ["a.qdpx", "sources/Ana.txt", "no name"]
