import re
import zipfile
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.coding.formats import read_project
from ppdarchive.pipeline import validate_study
from ppdarchive.synthetic import projects, write_study
from ppdarchive.synthetic.draft import Draft, Mark
from ppdarchive.synthetic.projects import DESKS, as_it_was, with_crlf
from ppdarchive.synthetic.resources import pool, sections

from .study_files import answers, profile, records, survey


def project_of(folder, desk, *, memos=False):
    """A coder's project as its reader has it."""
    return read_project(folder / desk.path, source=desk.format, memos=memos)


@st.composite
def coded_texts(draw):
    """A text and some segments of it."""
    text = draw(st.text(alphabet="abc é👶\n ", min_size=1, max_size=60))
    borders = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(borders, borders).filter(lambda pair: pair[0] < pair[1]), max_size=4))
    return Draft(text, (), tuple(Mark(start, end, "x") for start, end in pairs))


@given(coded_texts())
def test_segments_stay_on_their_words_with_crlf(coded):
    """Each segment selects what it selected before, with CRLF for each line feed."""
    windows = with_crlf(coded)
    assert windows.text == coded.text.replace("\n", "\r\n")
    chosen = [windows.text[each.start : each.end] for each in windows.segments]
    assert chosen == [coded.text[s.start : s.end].replace("\n", "\r\n") for s in coded.segments]


@given(st.integers(0, 2**32))
def test_a_slip_is_no_border(seed):
    """A document as it once was has the same segments, but for one letter inside of a word."""
    text = "The coach listened. She really understood everything that had happened to my family."
    coded = Draft(text, (), (Mark(0, 18, "a"), Mark(20, len(text) - 1, "b")))
    was = as_it_was(coded, _Always(seed))
    assert was.text != text
    for now, then in zip(coded.segments, was.segments, strict=True):
        one, other = text[now.start : now.end], was.text[then.start : then.end]
        assert (one[0], one[-1]) == (other[0], other[-1])
        assert len(one) - len(other) in (0, 1)


class _Always(Random):
    """Draws as if every chance came true."""

    def random(self):
        return super().random() * 0.01


@pytest.mark.parametrize(("participants", "seed"), [(1, 1), (7, 2), (60, 3), (326, 2019), (400, 11)])
def test_what_was_planted_is_what_lands(tmp_path, participants, seed):
    """Codings made alone land on the answers' characters, coding by coding, at every size."""
    folder = tmp_path / "study"
    write_study(folder, profile=profile(), participants=participants, answered=None, seed=seed)
    result = validate_study(folder)
    assert len(result.checked.findings) == 0
    frame = result.checked.tables["codings"].frame
    alone = frame.loc[np.asarray(frame["stage"] == "independent")]
    columns = ["response_id", "code_id", "coder_id", "start", "end", "stage"]
    landed = [tuple(map(str, row)) for row in alone[columns].itertuples(index=False)]
    planted = [
        tuple(row[name] for name in columns) for row in records(folder / "key/independent_codings.csv")
    ]
    assert sorted(landed) == sorted(planted)


def test_the_first_coder_s_texts_have_crlf(study):
    """Each source is named by its response, and is its text with two characters for a line break."""
    texts = answers(study[0])
    project = project_of(study[0], DESKS[0])
    assert {each.name: each.text for each in project.sources} == {
        key: text.replace("\n", "\r\n") for key, text in texts.items()
    }
    assert any("\r\n" in each.text for each in project.sources)


def test_the_first_coder_s_memos_name_people(study):
    """A few selections have a memo with identifiers of the key; they are read only if asked for."""
    path = DESKS[0].path
    planted = [
        row["text"] for row in records(study[0] / "key/planted_in_projects.csv") if row["file"] == path
    ]
    memos = [memo for memo in project_of(study[0], DESKS[0], memos=True).selections.memos if memo]
    assert 3 <= len(memos) <= 30
    assert all(sum(text in memo for text in planted) >= 2 for memo in memos)
    silent = project_of(study[0], DESKS[0])
    assert not any(silent.selections.memos)
    assert silent.left == {"memo": len(memos)}


def test_few_of_the_second_coder_s_documents_have_changed(study):
    """Documents are named as files; about 2 % of them differ, by a letter or by white space."""
    texts = answers(study[0])
    documents = {each.name: each.text for each in project_of(study[0], DESKS[1]).sources}
    assert documents.keys() == {f"{key}.txt" for key in texts}
    changed = [
        (texts[key], documents[f"{key}.txt"]) for key in texts if texts[key] != documents[f"{key}.txt"]
    ]
    assert 0.008 < len(changed) / len(texts) < 0.04
    slips = [pair for pair in changed if pair[0].split() != pair[1].split()]
    assert 0 < len(slips) < len(changed)
    assert all(len(now) == len(then) + 1 for now, then in slips)


def test_a_slip_leaves_a_doubt_and_no_more(study):
    """Segments in documents with a slip land with a confidence below 1, and far above the bound."""
    second = validate_study(study[0]).landings[1].landed
    assert 0 < (second.confidence < 1).sum() < 40
    assert second.confidence.min() > 0.95


def test_themes_hold_codes(study):
    """Both projects have the codebook as a tree, and codes in it have the titles of the export."""
    titles = {row["title"] for row in records(study[0] / "exports/codes.csv")}
    for desk in DESKS:
        project = project_of(study[0], desk)
        assert {code.name for code in project.codes if code.is_codable} == titles
        assert {code.name for code in project.codes if code.parent is None} <= {
            row["title"] for row in records(study[0] / "exports/themes.csv")
        }
        assert [coder.name for coder in project.coders] == [desk.name]


def test_coders_names_are_nobody_else_s():
    """No participant, coach or answer can have a part of a coder's name."""
    words = " ".join(line for lines in sections("answers.txt").values() for line in lines).lower()
    others = {
        name.lower() for title in sections("pools.txt") if title.startswith("names.") for name in pool(title)
    }
    parts = {part.lower() for desk in DESKS for part in re.split(r"\W|_", desk.name)}
    assert not parts & (others | set(words.split()))


def test_projects_hold_no_planted_fault_by_default(study, faulty_study):
    """What has no place is in the study with faults alone, one segment in each project."""
    for desk in DESKS:
        clean, faulty = (project_of(folder, desk) for folder in (study[0], faulty_study[0]))
        assert len(faulty.selections) == len(clean.selections) + 1
    assert projects.STRAY_SOURCE in {each.name for each in project_of(faulty_study[0], DESKS[0]).sources}


def test_no_time_of_the_survey_is_in_the_archive(study):
    """Members of the archive and its elements have one time, whenever it is written."""
    recorded = {row["RecordedDate"][:10] for row in survey(study[0])}
    with zipfile.ZipFile(study[0] / DESKS[0].path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        times = set(re.findall(r'DateTime="([^"]*)"', archive.read("project.qde").decode()))
    assert times == {"1980-01-01T00:00:00Z"}
    assert not {time[:10] for time in times} & recorded
