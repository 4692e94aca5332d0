"""An export's piece of a table: its rows, its columns, its counts, and that nothing goes unsaid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.arrange import combine
from ppdarchive.model.schema import Category, Field, Kind, Lexical, MissingCode, Schema
from ppdarchive.study import Long
from ppdarchive.validate import check

Make = Callable[..., Any]

PLAIN = Schema(
    "t",
    (Field("id", Kind.STRING), Field("seen_on", Kind.DATE), Field("wave", Kind.STRING)),
    primary_key=("id",),
)
RESPONSES = Schema(
    "responses",
    (
        Field("response_id", Kind.STRING),
        Field("participant_id", Kind.STRING),
        Field("question_id", Kind.STRING),
        Field("wave", Kind.STRING, categories=(Category("pre"), Category("post"))),
        Field("text", Kind.STRING, missing_values=(MissingCode(""), MissingCode("-99", "Refused"))),
    ),
    primary_key=("response_id",),
)


def questions(**columns: str) -> tuple[Long, ...]:
    """Question columns as study.toml's ``[export.columns]`` has them."""
    return tuple(Long(column=column, into="text", set={"question_id": q}) for q, column in columns.items())


# ---------------------------------------------------------------------------------------------
# Columns
# ---------------------------------------------------------------------------------------------


def test_by_name(exporting: Make, arranging: Make, plain: Make) -> None:
    """Without a mapping the header names the fields; the rest of it is told."""
    export = exporting(["id", "extra", "wave"], [["a", "x", "1"], ["b", "y", "2"]])
    piece = arranging(export, PLAIN)
    assert plain(piece) == {"id": ["a", "b"], "wave": ["1", "2"]}
    assert piece.missing_columns == ("seen_on",)
    assert [place.column for place in piece.unknown_columns] == [2]
    assert piece.count.unmapped == (2,)
    assert piece.line.tolist() == [2, 3]


@pytest.mark.parametrize(
    ("header", "keys", "in_order"),
    [
        (["id", "seen_on", "wave"], {}, True),
        (["id", "extra", "wave"], {}, True),
        (["wave", "id"], {}, False),
        (["wave", "id"], {"columns": {"id": "id", "wave": "wave"}}, True),
        (["id", "seen_on"], {"constants": {"wave": "1"}}, True),  # what the file lacks has no place in it
        (["seen_on", "id"], {"constants": {"wave": "1"}}, False),
        ([], {}, True),
    ],
)
def test_order(
    exporting: Make, arranging: Make, header: list[str], keys: dict[str, Any], in_order: bool
) -> None:
    """Only columns that the header names as fields have an order to keep."""
    assert arranging(exporting(header, []), PLAIN, **keys).in_order is in_order


def test_order_is_no_finding_with_constants(exporting: Make, arranging: Make) -> None:
    """A constant beside columns in order is no broken rule."""
    export = exporting(["id", "seen_on"], [["a", "2020-01-01"]])
    table = combine([arranging(export, PLAIN, constants={"wave": "1"})], PLAIN)
    assert check({"t": table}, {"t": PLAIN}).findings.ids == ()


def test_key_and_constants(exporting: Make, arranging: Make, plain: Make) -> None:
    """The key fills the participant, constants every row, beside what is mapped."""
    export = exporting(["Ref", "Q1"], [["p1", "hello"]])
    piece = arranging(export, RESPONSES, columns={"text": "Q1"}, key="Ref", constants={"wave": "post"})
    assert plain(piece) == {"text": ["hello"], "participant_id": ["p1"], "wave": ["post"]}
    assert piece.unknown_columns == ()


def test_formats_and_native_values(exporting: Make, arranging: Make) -> None:
    """A date written otherwise keeps its form; typed values are in the standard's own form."""
    odd = Field("seen_on", Kind.DATE, lexical=Lexical(format="%d.%m.%Y"))
    schema = Schema("t", (odd,))
    text, native = exporting(["seen_on"], []), exporting([{"name": "seen_on", "is_native": True}], [])
    assert arranging(text, schema).lexical == {}
    assert arranging(text, schema, formats={"seen_on": "%m/%d/%y"}).lexical["seen_on"].format == "%m/%d/%y"
    assert arranging(native, schema).lexical["seen_on"].format == "default"


def test_columns_of_others_are_accounted_for(exporting: Make, arranging: Make) -> None:
    """What another table takes from the same file, the study speaks of."""
    export = exporting(["id", "a", "b"], [])
    piece = arranging(export, PLAIN, used_elsewhere=frozenset({2}))
    assert [place.column for place in piece.unknown_columns] == [3]


def test_file_without_any_column(exporting: Make, arranging: Make) -> None:
    """A file that has none of the columns gives no row, and the next file's rows keep their places."""
    empty = arranging(exporting(["x"], [["1"], ["2"]], path="empty.csv"), PLAIN)
    full = arranging(exporting(["id"], [["a"]], path="full.csv", first_line=7), PLAIN)
    assert (empty.count.n_kept, empty.count.n_rows, len(empty.line)) == (2, 0, 0)
    table = combine([empty, full], PLAIN)
    assert (table.n_rows, len(table.provenance.line)) == (1, 1)
    assert table.provenance.place(0).file == "full.csv"
    assert table.provenance.place(0).line == 7
    assert "seen_on" in table.missing_columns


# ---------------------------------------------------------------------------------------------
# Rows that are left out
# ---------------------------------------------------------------------------------------------

RULES = ("preview", "test", "spam", "blank", "unfinished", "unrecognized_status", "unrecognized_finished")


@given(st.data())
def test_counts_add_up(exporting: Make, arranging: Make, data: st.DataObject) -> None:
    """Each row is kept, or counted under the first rule in force that takes it; kept rows stay in order."""
    n_rows = data.draw(st.integers(0, 6))
    marks = {
        name.replace("_", "-"): data.draw(
            st.lists(st.booleans(), min_size=n_rows, max_size=n_rows), label=name
        )
        for name in data.draw(st.lists(st.sampled_from(RULES), unique=True), label="marks")
    }
    exclude = data.draw(st.dictionaries(st.sampled_from(RULES), st.booleans()), label="exclude")
    in_force = {"blank": True, "preview": True, "test": True, "spam": True} | exclude
    export = exporting(["id"], [[str(n)] for n in range(n_rows)], marks=marks)
    piece = arranging(export, PLAIN, exclude=exclude)

    expected: dict[str, int] = {}
    kept = []
    for row in range(n_rows):
        taken = [
            r for r in RULES if in_force.get(r) and marks.get(r.replace("_", "-"), [False] * n_rows)[row]
        ]
        if taken:
            expected[taken[0]] = expected.get(taken[0], 0) + 1
        else:
            kept.append(str(row))
    assert piece.cells["id"].to_pylist() == kept
    assert dict(piece.count.excluded) == expected
    assert piece.count.n_read == piece.count.n_kept + sum(expected.values()) == n_rows
    assert piece.count.n_rows == piece.count.n_kept == len(kept)
    assert piece.line.tolist() == [int(row) + 2 for row in kept]


def test_events(exporting: Make, arranging: Make, plain: Make) -> None:
    """Rows of events that are not named are left out and counted; the named ones give the wave."""
    export = exporting(
        ["record_id", "redcap_event_name", "q"],
        [["1", "pre_arm_1", "a"], ["1", "other_arm_1", "b"], ["1", "post_arm_1", "c"], ["1", "", "d"]],
    )
    events = {"pre_arm_1": "pre", "post_arm_1": "post"}
    piece = arranging(export, RESPONSES, columns={"text": "q"}, key="record_id", events=events)
    assert plain(piece) == {"text": ["a", "c"], "participant_id": ["1", "1"], "wave": ["pre", "post"]}
    assert dict(piece.count.excluded) == {"event": 2}
    assert piece.unknown_columns == ()
    unwaved = arranging(export, RESPONSES, columns={"text": "q"}, events={"other_arm_1": ""})
    assert plain(unwaved) == {"text": ["b"]}
    assert dict(unwaved.count.excluded) == {"event": 3}


# ---------------------------------------------------------------------------------------------
# Questions that become rows
# ---------------------------------------------------------------------------------------------


def test_long_rows(exporting: Make, arranging: Make, plain: Make) -> None:
    """Answers of one row follow each other, in the order of study.toml, each with its column and id."""
    export = exporting(
        [{"name": "ResponseId", "import_id": "_recordId", "is_tool": True}, "Ref", "Q1", "Q2"],
        [["R_1", "p1", "a", "b"], ["R_2", "p2", "", "d"], ["R_3", "p3", "", ""], ["R_4", "p4", "-99", None]],
    )
    long = questions(second="Q2", first="Q1")
    piece = arranging(export, RESPONSES, long=long, key="Ref", constants={"wave": "post"})
    assert plain(piece) == {
        "response_id": ["R_1.second", "R_1.first", "R_2.second", "R_4.first"],
        "participant_id": ["p1", "p1", "p2", "p4"],
        "question_id": ["second", "first", "second", "first"],
        "wave": ["post"] * 4,
        "text": ["b", "a", "d", "-99"],
    }
    assert piece.line.tolist() == [2, 2, 3, 5]
    assert piece.column is not None
    assert piece.column.tolist() == [4, 3, 4, 3]
    assert (piece.count.n_kept, piece.count.n_rows, piece.count.unanswered) == (4, 4, 4)
    assert piece.missing_columns == ()
    assert piece.unknown_columns == ()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({"id": "Own"}, ["o.q"]),
        ({"id": "Own", "key": "Ref"}, ["o.q"]),
        ({"key": "Ref"}, ["p.q"]),
        ({}, None),
        ({"id": "nowhere", "key": "Ref"}, None),
    ],
)
def test_row_ids(exporting: Make, arranging: Make, keys: dict[str, str], expected: list[str] | None) -> None:
    """A response is named by the export row's id, or else its key, and the question; or not at all."""
    export = exporting(["Own", "Ref", "Q"], [["o", "p", "a"]])
    piece = arranging(export, RESPONSES, long=questions(q="Q"), **keys)
    if expected is None:
        assert "response_id" in piece.missing_columns
    else:
        assert piece.cells["response_id"].to_pylist() == expected


@pytest.mark.parametrize("header", [["Ref", "Q1"], ["Ref"]])
def test_absent_question_is_told(exporting: Make, arranging: Make, header: list[str]) -> None:
    """A question whose column the file does not have is no silent gap: its field counts as missing."""
    export = exporting(header, [["p"] * len(header)])
    piece = arranging(export, RESPONSES, long=questions(one="Q1", two="Q2"), key="Ref")
    assert "text" in piece.missing_columns
    table = combine([piece], RESPONSES)
    assert (
        "responses.text.missing-column" in check({"responses": table}, {"responses": RESPONSES}).findings.ids
    )


# ---------------------------------------------------------------------------------------------
# Several exports
# ---------------------------------------------------------------------------------------------


def test_two_exports_in_two_forms(exporting: Make, arranging: Make) -> None:
    """Each export's dates are read in its own form, and each row knows its file and line."""
    first = exporting(["id", "seen_on", "wave"], [["a", "31/12/2019", "1"]], path="one.csv")
    second = exporting(["id", "seen_on", "wave"], [["b", "2020-01-02", "2"], ["c", "x", "2"]], path="two.csv")
    third = exporting(["id", "seen_on", "wave"], [["d", "12/31/2019", "1"]], path="one.csv", first_line=9)
    pieces = [
        arranging(first, PLAIN, formats={"seen_on": "%d/%m/%Y"}),
        arranging(second, PLAIN),
        arranging(third, PLAIN, formats={"seen_on": "%m/%d/%Y"}),
    ]
    table = combine(pieces, PLAIN)
    assert [(form.start, form.stop) for form in table.forms["seen_on"]] == [(0, 1), (1, 3), (3, 4)]
    assert [table.provenance.place(row).file for row in range(4)] == [
        "one.csv",
        "two.csv",
        "two.csv",
        "one.csv",
    ]
    assert [table.provenance.place(row).line for row in range(4)] == [2, 2, 3, 9]
    checked = check({"t": table}, {"t": PLAIN})
    seen = checked.tables["t"].frame["seen_on"].astype(object).tolist()
    assert [str(day) for day in seen] == ["2019-12-31", "2020-01-02", "<NA>", "2019-12-31"]
    assert checked.findings.ids == ("t.seen_on.type",)


def test_field_of_one_export_only(exporting: Make, arranging: Make) -> None:
    """What one export gives and another does not is null in the other's rows, and told as missing."""
    pieces = [
        arranging(exporting(["id", "wave"], [["a", "1"]]), PLAIN),
        arranging(exporting(["wave", "id", "more"], [["2", "b", "x"]], path="y.csv"), PLAIN),
    ]
    table = combine(pieces, PLAIN)
    assert table.cells.to_pydict() == {"id": ["a", "b"], "wave": ["1", "2"]}
    assert table.missing_columns == ("seen_on",)
    assert [(place.file, place.column) for place in table.unknown_columns] == [("y.csv", 3)]
    assert table.in_order is False
    assert table.provenance.column is None


def test_long_beside_wide(exporting: Make, arranging: Make) -> None:
    """Rows made of a cell know its column, rows made of a row do not, in one table."""
    long = arranging(exporting(["Q"], [["a"]]), RESPONSES, long=questions(q="Q"))
    wide = arranging(exporting(["text"], [["b"]]), RESPONSES)
    table = combine([long, wide], RESPONSES)
    assert [table.provenance.place(row, ["text"]).column for row in (0, 1)] == [1, None]
    assert table.provenance.place(0, ["wave"]).column is None


# ---------------------------------------------------------------------------------------------
# Nothing is dropped silently
# ---------------------------------------------------------------------------------------------

NAMES = ["id", "Ref", "Q1", "Q2", "Q3", "tool", "seen_on", "wave"]


@given(st.data())
def test_nothing_is_dropped_silently(exporting: Make, arranging: Make, data: st.DataObject) -> None:
    """Every cell is in the table, in a row that is counted, an unanswered cell, or a column that is named."""
    header = data.draw(st.permutations(NAMES).flatmap(lambda p: st.integers(1, 8).map(lambda n: list(p)[:n])))
    n_rows = data.draw(st.integers(0, 4))
    # Every cell has a text of its own, or none.
    rows = [
        [data.draw(st.sampled_from(["", f"r{row}c{at}"])) for at in range(len(header))]
        for row in range(n_rows)
    ]
    blank = data.draw(st.lists(st.booleans(), min_size=n_rows, max_size=n_rows))
    infos = [{"name": name, "is_tool": name == "tool"} for name in header]
    export = exporting(infos, rows, marks={"blank": blank})
    asked = data.draw(st.lists(st.sampled_from(["Q1", "Q2", "Q3"]), unique=True))
    ignore = data.draw(st.lists(st.sampled_from(["Q3", "Q*", "id"]), unique=True))
    key = data.draw(st.sampled_from([None, "Ref"]))
    columns = data.draw(st.sampled_from([{}, {"wave": "wave"}]))
    long = questions(**{name.lower(): name for name in asked})
    piece = arranging(export, RESPONSES, long=long, key=key, columns=columns, ignore=ignore)

    shown = {cell for column in piece.cells.columns for cell in column.to_pylist()}
    shown |= {cell.partition(".")[0] for cell in shown if cell}
    named = {column - 1 for column in piece.count.unmapped}
    lost_rows: set[int] = set()
    for row, cells in enumerate(rows):
        if blank[row]:
            continue
        for at, cell in enumerate(cells):
            name = header[at]
            is_left = any(name == i or (i == "Q*" and name.startswith("Q")) for i in ignore)
            if cell and cell not in shown and at not in named and not is_left and name != "tool":
                lost_rows.add(row)
    # A row in which no question was answered makes no row; its cells are counted as unanswered.
    present = [name for name in asked if name in header]
    silent = {row for row in range(n_rows) if not any(rows[row][header.index(name)] for name in present)}
    assert lost_rows <= (silent if long else set())
    kept = [row for row in range(n_rows) if not blank[row]]
    assert piece.count.n_kept == len(kept)
    assert piece.count.n_read - sum(piece.count.excluded.values()) == len(kept)
    if long:
        assert piece.count.n_rows + piece.count.unanswered == len(kept) * len(present)
        assert ("text" in piece.missing_columns) == (len(present) < len(asked))
    assert len(piece.line) == piece.count.n_rows == piece.cells.num_rows
