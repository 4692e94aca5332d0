"""Rows go with all that refers to them and all that only they used; codings follow the words that stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.archive.removing import removed, rows_with
from ppdarchive.archive.replacing import with_cuts
from ppdarchive.deidentify.quotes import QUOTE_WORDS
from ppdarchive.detectors.tags import MASK
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Category, Disclosure, Field, ForeignKey, Kind, Role, Schema, Treatment
from ppdarchive.model.span import Edit, TextCategory
from ppdarchive.text.edit import apply
from ppdarchive.text.wording import merged


def field(name: str, kind: Kind = Kind.STRING, role: Role = Role.NONE, **rest: Any) -> Field:
    """A released field."""
    return Field(name, kind, disclosure=Disclosure(role, Treatment("keep")), **rest)


def refers(name: str, table: str) -> ForeignKey:
    """A key to a table's key of the same name."""
    return ForeignKey((name,), table, (name,))


SCHEMAS = {
    schema.name: schema
    for schema in (
        Schema("sites", (field("site"),), primary_key=("site",)),
        Schema(
            "participants",
            (field("pid", role=Role.KEY), field("site")),
            primary_key=("pid",),
            foreign_keys=(refers("site", "sites"),),
        ),
        Schema("questions", (field("question"), field("wording")), primary_key=("question",)),
        Schema(
            "responses",
            (
                field("rid", role=Role.KEY),
                field("pid", role=Role.KEY),
                field("question"),
                field("text", role=Role.FREE_TEXT),
            ),
            primary_key=("rid",),
            foreign_keys=(refers("pid", "participants"), refers("question", "questions")),
        ),
        Schema("coders", (field("coder", role=Role.KEY),), primary_key=("coder",)),
        Schema(
            "themes",
            (field("theme"), field("parent")),
            primary_key=("theme",),
            foreign_keys=(ForeignKey(("parent",), "", ("theme",)),),
        ),
        Schema(
            "codes",
            (field("code"), field("theme"), field("description")),
            primary_key=("code",),
            foreign_keys=(refers("theme", "themes"),),
        ),
        Schema(
            "codings",
            (
                field("rid", role=Role.KEY),
                field("code"),
                field("coder", role=Role.KEY),
                field("start", Kind.INTEGER),
                field("end", Kind.INTEGER),
            ),
            primary_key=("rid", "code", "coder", "start", "end"),
            foreign_keys=(refers("rid", "responses"), refers("code", "codes"), refers("coder", "coders")),
        ),
        Schema("diary", (field("day"), field("whose", role=Role.KEY)), primary_key=("day",)),
    )
}


def table(name: str, rows: list[tuple[Any, ...]]) -> TreatedTable:
    """A table of some rows."""
    schema = SCHEMAS[name]
    columns = {
        own.name: pd.array([row[n] for row in rows], dtype=pandas_dtype(own))  # type: ignore[arg-type]
        for n, own in enumerate(schema)
    }
    return TreatedTable(schema, pd.DataFrame(columns))


def rows_of(given: TreatedTable) -> list[tuple[Any, ...]]:
    """The rows of a table."""
    columns = [values_of(given.frame[name]).to_pylist() for name in given.schema.names]
    return list(zip(*columns, strict=True))


WORDS = ["calm", "river", "stone", "[NAME]", "tea", "dusk"]


@st.composite
def releases(draw: st.DrawFn) -> dict[str, TreatedTable]:
    """A whole release of which all foreign keys hold."""

    def some(prefix: str, most: int) -> list[str]:
        return [f"{prefix}{n}" for n in range(draw(st.integers(1, most)))]

    sites, people, questions = some("site ", 3), some("p", 4), some("q", 2)
    coders, themes, codes = some("coder ", 2), some("theme ", 3), some("code ", 4)
    parents = [draw(st.sampled_from([None, *themes[:n]])) for n in range(len(themes))]
    texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join) | st.none()
    answers = [
        (f"r{n}", draw(st.sampled_from(people)), draw(st.sampled_from(questions)), draw(texts))
        for n in range(draw(st.integers(0, 5)))
    ]
    codings = set()
    for _ in range(draw(st.integers(0, 6)) if answers else 0):
        rid, _, _, text = draw(st.sampled_from(answers))
        start, end = sorted((draw(st.integers(0, len(text or ""))), draw(st.integers(0, len(text or "")))))
        if text is not None:
            codings.add((rid, draw(st.sampled_from(codes)), draw(st.sampled_from(coders)), start, end))
    descriptions = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "sites": [(site,) for site in sites],
        "participants": [(pid, draw(st.sampled_from(sites))) for pid in people],
        "questions": [(question, "calm river stone tea dusk") for question in questions],
        "responses": answers,
        "coders": [(coder,) for coder in coders],
        "themes": list(zip(themes, parents, strict=True)),
        "codes": [(code, draw(st.sampled_from(themes)), draw(descriptions)) for code in codes],
        "codings": sorted(codings),
        "diary": [(f"day {n}", draw(st.sampled_from(people))) for n in range(draw(st.integers(0, 3)))],
    }
    return {name: table(name, own) for name, own in rows.items()}


def keys_hold(tables: dict[str, TreatedTable]) -> bool:
    """Whether all foreign keys refer to rows that are there."""
    for given_table in tables.values():
        for key in given_table.schema.foreign_keys:
            target = tables[key.resource or given_table.schema.name]
            known = set(values_of(target.frame[key.reference_fields[0]]).to_pylist()) | {None}
            if not set(values_of(given_table.frame[key.fields[0]]).to_pylist()) <= known:
                return False
    return True


def used(tables: dict[str, TreatedTable]) -> dict[str, set[Any]]:
    """By brute force: sites, questions, codes and themes that somebody's rows lead to."""
    rows = {name: rows_of(each) for name, each in tables.items()}
    codes = {row[1] for row in rows["codings"]}
    themes = {row[1] for row in rows["codes"] if row[0] in codes}
    for _ in rows["themes"]:
        themes |= {parent for theme, parent in rows["themes"] if theme in themes and parent is not None}
    return {
        "sites": {row[1] for row in rows["participants"]},
        "questions": {row[2] for row in rows["responses"]},
        "codes": codes,
        "themes": themes,
    }


@given(tables=releases(), data=st.data())
def test_a_participant_goes_with_all_that_is_hers_alone(
    tables: dict[str, TreatedTable], data: st.DataObject
) -> None:
    """No cell names her, others' rows are as they were, keys hold, and nothing is used by nobody."""
    gone = data.draw(st.sampled_from(values_of(tables["participants"].frame["pid"]).to_pylist()))
    found = removed(tables, rows_with(tables, {gone}), mask=False)
    left = dict(found.tables)
    assert not rows_with(left, {gone})
    assert keys_hold(left)
    hers = {row[0] for row in rows_of(tables["responses"]) if row[1] == gone}
    assert rows_of(left["participants"]) == [row for row in rows_of(tables["participants"]) if row[0] != gone]
    assert rows_of(left["responses"]) == [row for row in rows_of(tables["responses"]) if row[0] not in hers]
    assert rows_of(left["codings"]) == [row for row in rows_of(tables["codings"]) if row[0] not in hers]
    assert rows_of(left["diary"]) == [row for row in rows_of(tables["diary"]) if row[1] != gone]
    assert rows_of(left["coders"]) == rows_of(tables["coders"])
    before, after = used(tables), used(left)
    for name in ("sites", "questions"):
        lost = before[name] - after[name]
        assert {row[0] for row in rows_of(left[name])} == {row[0] for row in rows_of(tables[name])} - lost
    for name in ("codes", "themes"):
        kept = {row[0] for row in rows_of(left[name])}
        assert after[name] <= kept
        assert not kept & (before[name] - after[name])
    assert not set(found.rows) - set(tables)


def parts(words: list[str], length: int) -> set[tuple[str, ...]]:
    """The runs of so many words, without those that a replacement parts."""
    found = {tuple(words[n : n + length]) for n in range(len(words) - length + 1)}
    return {run for run in found if "[NAME]" not in run}


@given(tables=releases(), data=st.data())
def test_nobody_else_repeats_a_run_of_her_words(tables: dict[str, TreatedTable], data: st.DataObject) -> None:
    """Descriptions lose what removed answers have of five words, or are; wordings of questions stay."""
    gone = data.draw(st.sampled_from(values_of(tables["participants"].frame["pid"]).to_pylist()))
    runs: set[tuple[str, ...]] = set()
    kept: set[tuple[str, ...]] = set()
    for _, pid, _, text in rows_of(tables["responses"]):
        words = (text or "").split(" ")
        if pid == gone:
            runs |= parts(words, QUOTE_WORDS)
            runs |= parts(words, len(words)) if len(words) in (3, 4) else set()
        else:
            kept |= parts(words, 3) | parts(words, 4)
    runs -= kept
    left = removed(tables, rows_with(tables, {gone}), mask=True).tables
    before = {row[0]: row[2] for row in rows_of(tables["codes"])}
    for code, _, description in rows_of(left["codes"]):
        words = before[code].split(" ")
        hit = set()
        for length in (3, 4, QUOTE_WORDS):
            for n in range(len(words) - length + 1):
                if tuple(words[n : n + length]) in runs:
                    hit |= set(range(n, n + length))
        plain = [word for n, word in enumerate(words) if n not in hit]
        assert [word for word in description.split(" ") if word != MASK] == plain
        assert (MASK in description) == bool(hit)
    for question, wording in rows_of(left["questions"]):
        assert (question, wording) in rows_of(tables["questions"])


@given(tables=releases())
def test_nothing_to_remove_changes_nothing(tables: dict[str, TreatedTable]) -> None:
    """Rows of nobody are no rows, and what nobody used before stays."""
    found = removed(tables, rows_with(tables, {"nobody"}), mask=False)
    assert not found
    assert all(found.tables[name] is tables[name] for name in tables)
    empty = {name: np.zeros(len(each.frame), dtype=bool) for name, each in tables.items()}
    assert not removed(tables, empty, mask=False)


def test_without_participants_her_answers_are_found_by_their_key() -> None:
    """Where the participants are not released, whoever the answers name under their key goes."""
    bare = Schema(
        "responses",
        (field("rid", role=Role.KEY), field("participant_id", role=Role.KEY), field("question")),
        primary_key=("rid",),
        foreign_keys=(refers("question", "questions"),),
    )
    rows = [("r1", "p1", "q1"), ("r2", "p2", "q2"), ("r3", "p2", "q1")]
    frame = pd.DataFrame(
        {
            name: pd.array([row[n] for row in rows], dtype=pandas_dtype(bare[name]))
            for n, name in enumerate(bare.names)
        }  # type: ignore[call-overload]
    )
    tables = {
        "responses": TreatedTable(bare, frame),
        "questions": table("questions", [("q1", "a"), ("q2", "b")]),
    }
    left = removed(tables, rows_with(tables, {"p2"}), mask=False).tables
    assert rows_of(left["responses"]) == rows[:1]
    assert rows_of(left["questions"]) == [("q1", "a")]


def test_listed_values_and_lists_are_not_taken_for_keys() -> None:
    """A value that a schema lists was declared before anybody answered."""
    listed = Schema("sites", (field("site", categories=(Category("p1"),)),))
    tables = {
        "sites": TreatedTable(
            listed, pd.DataFrame({"site": pd.array(["p1"], dtype=pandas_dtype(listed["site"]))})
        )
    }  # type: ignore[call-overload]
    assert rows_with(tables, {"p1"}) == {}


# -- words ----------------------------------------------------------------------------------------


@given(tables=releases(), data=st.data(), mask=st.booleans())
def test_codings_follow_the_words_that_stay(
    tables: dict[str, TreatedTable], data: st.DataObject, mask: bool
) -> None:
    """Texts lose the ranges and nothing else; codings outside mark the same words, and no two are alike."""
    texts = values_of(tables["responses"].frame["text"]).to_pylist()
    ranges: dict[int, list[tuple[int, int]]] = {}
    for row, text in enumerate(texts):
        places = st.tuples(st.integers(0, max(len(text or "") - 1, 0)), st.integers(1, 6))
        drawn = data.draw(st.lists(places, max_size=2)) if text else []
        ranges[row] = merged([(start, min(start + size, len(text))) for start, size in drawn])
    after = with_cuts(tables, "responses", "text", ranges, mask=mask)
    replacement = MASK if mask else "[OTHER]"
    new = values_of(after["responses"].frame["text"]).to_pylist()
    maps = {}
    for row, text in enumerate(texts):
        if text is None:
            assert new[row] is None
            continue
        edits = [Edit(start, end, replacement, TextCategory.OTHER) for start, end in ranges[row]]
        (expected,), (maps[row],) = apply([text], [edits])
        assert new[row] == expected
    places = {row[0]: n for n, row in enumerate(rows_of(tables["responses"]))}
    moved = [
        (rid, code, coder, *maps[places[rid]].map(start, end))
        for rid, code, coder, start, end in rows_of(tables["codings"])
    ]
    assert rows_of(after["codings"]) == list(dict.fromkeys(moved))
    assert all(after[name] is tables[name] for name in tables if name not in ("responses", "codings"))
    for rid, code, coder, start, end in rows_of(tables["codings"]):
        row = places[rid]
        if all(last <= start or end <= first for first, last in ranges[row]) and start < end:
            places_now = [each for each in rows_of(after["codings"]) if each[:3] == (rid, code, coder)]
            assert any(new[row][each[3] : each[4]] == texts[row][start:end] for each in places_now)


def test_a_field_that_nobody_marks_moves_no_coding() -> None:
    """Positions are those of the table's first free text, as where it was treated."""
    tables = {
        "questions": table("questions", [("q", "what was it like")]),
        "codings": table("codings", []),
    }
    after = with_cuts(tables, "questions", "wording", {0: [(5, 8)]}, mask=False)
    assert rows_of(after["questions"]) == [("q", "what [OTHER] it like")]
    assert after["codings"] is tables["codings"]
    with pytest.raises(ValueError, match="behind its text"):
        with_cuts(tables, "questions", "wording", {0: [(5, 99)]}, mask=False)
