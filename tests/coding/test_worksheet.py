"""The worksheet: what it shows, that no spreadsheet harms it, and what is read back."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.coding.disagreeing import AGREED, MATERIAL, TEXT, TIRED, WALK, items_of

from ppdarchive.coding.consensus.cells import guarded, unguarded
from ppdarchive.coding.consensus.items import Items, Settled
from ppdarchive.coding.consensus.page import page
from ppdarchive.coding.consensus.rules import Rule
from ppdarchive.coding.consensus.settling import read_worksheet
from ppdarchive.coding.consensus.worksheet import as_csv, worksheet
from ppdarchive.errors import CodingError

ITEMS = items_of(AGREED + WALK + TIRED)
Table = list[list[str]]


def table(items: Items = ITEMS) -> Table:
    """The worksheet's cells as a spreadsheet holds them."""
    data = as_csv(worksheet(items, MATERIAL), MATERIAL.coder_ids)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def filled(decisions: Mapping[str, str], items: Items = ITEMS) -> Table:
    """The worksheet with decisions beside the items."""
    rows = table(items)
    at = rows[0].index("decision")
    for row in rows[1:]:
        row[at] = decisions.get(row[0], "")
    return rows


def saved(rows: Table, *, delimiter: str = ",", encoding: str = "utf-8-sig") -> bytes:
    """Cells as a spreadsheet writes them: quoted where they must be."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet, delimiter=delimiter).writerows(rows)
    return sheet.getvalue().encode(encoding)


def read(data: bytes, items: Items = ITEMS) -> Settled:
    """What was settled."""
    return read_worksheet(data, name="worksheet.csv", items=items, material=MATERIAL)


def decided(decision: str) -> list[tuple[int, int]] | None:
    """What one decision on the first item settles; None if nothing."""
    found = read(saved(filled({ITEMS.ids[0]: decision})))
    if not found.is_settled[0]:
        return None
    return list(zip(found.ranges.start.tolist(), found.ranges.end.tolist(), strict=True))


def test_the_table_shows_versions_side_by_side() -> None:
    """Each coder's segment marked where it stands, the proposal, and an empty decision."""
    header, walk, tired = table()
    assert header == [
        "item", "response", "question", "code", "version of c1", "version of c2", "version of c3",
        "proposal", "decision", "check",
    ]  # fmt: skip
    assert walk[:4] == ["r-001#exercise#1", "r-001", "What helped?", "Exercise"]
    assert walk[4].startswith("2..17: I [[went for a walk]] with")
    assert walk[5].startswith("7..42: I went [[for a walk with my sister every day]], and")
    assert walk[6] == "not seen"
    assert walk[7].startswith("7..17: I went [[for a walk]] with")
    assert walk[8] == ""
    assert tired[4] == "not marked"
    assert tired[7] == "not marked"


def test_long_answers_are_shown_in_part_and_no_word_is_cut() -> None:
    """Dots stand where there is more."""
    text = "before " * 60 + "a walk" + " behind" * 60
    material = replace(MATERIAL, texts=(text, ""))
    items = items_of([(0, 0, 0, 420, 426)], material=material)
    (row,) = worksheet(items, material)
    shown = "".join(piece for piece, _ in row.versions[0].pieces)
    assert shown.startswith("…  before before")
    assert shown.endswith("behind behind …")
    assert len(shown) < 300


def test_the_file_is_what_a_spreadsheet_expects() -> None:
    """A byte-order mark, CRLF, and the delimiter that was asked for."""
    data = as_csv(worksheet(ITEMS, MATERIAL), MATERIAL.coder_ids, delimiter=";")
    assert data.startswith(b'\xef\xbb\xbf"item";"response"')
    assert data.count(b"\r\n") == 3


HOSTILE = (
    "=1+1",
    "+49 30",
    "-5",
    "@home",
    "\t=1",
    " =1",
    "'=1",
    "'",
    "''",
    "＝1",
    "fine",
    "'tis",
    "",
    "\r=1",
)


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_guard_is_undone(cell: str) -> None:
    """What would run is written with an apostrophe, and read without it."""
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).lstrip().startswith(tuple("=+-@＝"))


@given(st.text(alphabet="=+-@'\t\r\n a＝"))
def test_every_guard_is_undone(cell: str) -> None:
    """Whatever a cell holds."""
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).lstrip().startswith(tuple("=+-@＝"))


def test_no_cell_of_the_table_is_a_formula() -> None:
    """Texts, questions, titles and ids that start like one."""
    material = replace(
        MATERIAL,
        response_ids=("=r", "-2"),
        questions=("=q", "@q"),
        titles=("+t", "-t"),
        coder_ids=("=c", "d", "e"),
    )
    items = items_of(WALK + TIRED, material=material)
    data = as_csv(worksheet(items, material), material.coder_ids)
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for cell in row]
    assert not any(cell.lstrip().startswith(tuple("=+-@")) for cell in cells)
    accepted = data.replace(b'"","', b'"accept","')
    assert read_worksheet(accepted, name="w", items=items, material=material).is_settled.all()


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("", None),
        ("  ", None),
        ("accept", [(7, 17)]),
        (" ACCEPT ", [(7, 17)]),
        ("none", []),
        ("c1", [(2, 17)]),
        ("C2", [(7, 42)]),
        ("12..40", [(12, 40)]),
        ("12-40", [(12, 40)]),
        ("12 – 40", [(12, 40)]),
        ("30..40; 2..6", [(2, 6), (30, 40)]),
        ("2..6, 6..9", [(2, 6), (6, 9)]),
        ("walk", [(13, 17)]),
        ("“walk”", [(13, 17)]),
        ('"for  a\r\nwalk"', [(7, 17)]),
        ("went [[for a", [(2, 12)]),
    ],
)
def test_a_decision_settles(decision: str, expected: list[tuple[int, int]] | None) -> None:
    """In every form that it may have."""
    assert decided(decision) == expected


def test_who_marked_nothing_settles_as_not_coded() -> None:
    """Naming the coder who was silent is the same as none."""
    found = read(saved(filled({ITEMS.ids[1]: "c1"})))
    assert found.is_settled.tolist() == [False, True]
    assert len(found.ranges) == 0


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ("maybe", "neither accept"),
        ("04. Jan", "neither accept"),
        ("WALK", "neither accept"),
        ('""', "neither accept"),
        ("c3", "did not see"),
        ("40..12", "do not lie"),
        ("12..12", "do not lie"),
        (f"12..{len(TEXT) + 1}", "do not lie"),
        ("2..9; 7..12", "overlap"),
        ("50..60", "nobody marked"),
        ("2..9; 50..60", "nobody marked"),
        ("pills", "elsewhere"),
        ("a", "more than once"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(decision: str, reason: str) -> None:
    """With its line and the reason, and without what it says."""
    with pytest.raises(CodingError, match=reason) as refused:
        decided(decision)
    assert (refused.value.code, refused.value.path, refused.value.line) == (
        "coding.worksheet", "worksheet.csv", 2,
    )  # fmt: skip
    if len(decision) > 4:
        assert decision not in str(refused.value)
    assert refused.value.__context__ is None


def test_words_that_stand_twice_are_the_ones_that_were_marked() -> None:
    """One occurrence is near the item, the other is elsewhere in the answer."""
    material = replace(MATERIAL, texts=("a walk is a walk", ""))
    items = items_of([(0, 0, 0, 0, 6)], material=material)
    rows = table(items)
    rows[1][rows[0].index("decision")] = "walk"
    found = read_worksheet(saved(rows), name="w", items=items, material=material)
    assert (found.ranges.start.tolist(), found.ranges.end.tolist()) == ([2], [6])


@pytest.mark.parametrize(
    ("ids", "decision", "expected"),
    [
        (("007", "x", "y"), "7", [(2, 17)]),
        (("07", "7", "y"), "7", [(7, 42)]),
        (("07", "7", "y"), "07", [(2, 17)]),
        (("12-40", "x", "y"), "12-40", [(2, 17)]),
        (("walk", "x", "y"), '"walk"', [(13, 17)]),
    ],
)
def test_a_coder_is_known_by_what_a_spreadsheet_made_of_the_id(
    ids: tuple[str, ...], decision: str, expected: list[tuple[int, int]]
) -> None:
    """Without its zeros where nobody else has that id; quotation marks say that it is text."""
    material = replace(MATERIAL, coder_ids=ids)
    items = items_of(WALK, material=material)
    rows = table(items)
    rows[1][rows[0].index("decision")] = decision
    rows[1][rows[0].index("check")] = items.checks[0]
    found = read_worksheet(saved(rows), name="w", items=items, material=material)
    assert list(zip(found.ranges.start.tolist(), found.ranges.end.tolist(), strict=True)) == expected


def reordered(rows: Table) -> Table:
    """Columns from right to left, and one more."""
    return [["note", *row[::-1]] for row in rows]


def trimmed(rows: Table) -> Table:
    """Rows without the cells behind, and blank rows between."""
    return [row for each in rows for row in ([cell.strip() for cell in each], [], ["", ""])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("change", [list, reordered, trimmed, lambda rows: [rows[0], *rows[:0:-1]]])
def test_it_survives_being_saved_again(
    encoding: str, delimiter: str, change: Callable[[Table], Table]
) -> None:
    """Encodings, delimiters, columns and rows in another order."""
    rows = filled({ITEMS.ids[0]: "for a walk", ITEMS.ids[1]: "accept"})
    found = read(saved(change(rows), delimiter=delimiter, encoding=encoding))
    assert found.is_settled.all()
    assert (found.ranges.start.tolist(), found.ranges.end.tolist()) == ([7], [17])


def test_smart_quotes_and_letters_of_windows_are_found() -> None:
    """A decision in cp1252 with a curly apostrophe is the answer's own."""
    text = "It’s the café – nothing else."
    material = replace(MATERIAL, texts=(text, ""))
    items = items_of([(0, 0, 0, 0, 20)], material=material)
    rows = table(items)
    rows[1][rows[0].index("decision")] = "It’s the café –"
    found = read_worksheet(saved(rows, encoding="cp1252"), name="w", items=items, material=material)
    assert (found.ranges.start.tolist(), found.ranges.end.tolist()) == ([0], [15])


def test_a_line_that_names_the_separator_is_passed_over() -> None:
    """Lines count on as in the file."""
    data = b"sep=;\r\n" + saved(
        filled({ITEMS.ids[0]: "maybe"}),
        delimiter=";",
        encoding="ascii",
    )
    with pytest.raises(CodingError, match="neither accept") as refused:
        read(data)
    assert refused.value.line == 3


def test_missing_rows_and_empty_decisions_are_unsettled() -> None:
    """Nothing is taken for granted."""
    rows = filled({ITEMS.ids[0]: "accept"})
    assert read(saved(rows[:2])).unsettled.tolist() == [1]
    assert read(saved(rows[:1])).unsettled.tolist() == [0, 1]


def test_all_that_is_wrong_is_told_at_once() -> None:
    """The first line with its reason, and the lines of the others."""
    rows = filled({ITEMS.ids[0]: "accept", ITEMS.ids[1]: "maybe"})
    unknown = ["r-009#exercise#1", *rows[1][1:]]
    nameless = ["", *rows[1][1:]]
    with pytest.raises(CodingError) as refused:
        read(saved([*rows, rows[1], unknown, nameless]))
    assert refused.value.line == 3
    assert refused.value.facts["reason"].endswith("(3 more problems: line 4, 5, 6)")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda rows: [*rows, rows[1]], "same item stands on line 2"),
        (lambda rows: [*rows, ["r-009#exercise#1", *rows[1][1:]]], "no disagreement now"),
        (lambda rows: [*rows, ["", *rows[1][1:]]], "without an item"),
        (lambda rows: [rows[0], [*rows[1][:-1], "abcdefghij"]], "changed since"),
        (lambda rows: [["item", "decision"]], "no columns"),
        (lambda rows: [], "no columns"),
        (lambda rows: [[*rows[0], "Decision"]], "twice"),
    ],
)
def test_rows_that_make_no_sense_are_refused(change: Callable[[Table], Table], reason: str) -> None:
    """Twice, unknown, without an item, stale, and tables that are no worksheet."""
    with pytest.raises(CodingError, match=reason):
        read(saved(change(filled({ITEMS.ids[0]: "accept"}))))


def test_stale_rows_without_a_decision_do_no_harm() -> None:
    """They say nothing, so that nothing about them is wrong."""
    rows = table()
    rows[1][-1] = "abcdefghij"
    assert read(saved([*rows, ["r-009#exercise#1", *rows[2][1:]]])).unsettled.tolist() == [0, 1]


def test_a_quote_that_is_not_closed_is_refused() -> None:
    """With the line on which the row starts."""
    data = saved(table()) + b'"r-009'
    with pytest.raises(CodingError, match="not closed") as refused:
        read(data)
    assert refused.value.line == 4


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but its own error comes out."""
    head = saved(table())
    for sheet in (data, head + data, data + head):
        with suppress(CodingError):
            read(sheet)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30))
def test_any_decision_is_read_or_refused(decision: str) -> None:
    """Also one with quotes, blanks and letters of any script; it is refused at its line."""
    data = saved(filled({ITEMS.ids[0]: decision}))
    with suppress(CodingError):
        assert len(read(data).is_settled) == len(ITEMS)


def test_the_page_holds_everything_and_escapes_it() -> None:
    """Ids, titles, versions with their marks; what looks like markup is text."""
    text = "<script>alert(1)</script> & I went for a walk"
    material = replace(MATERIAL, texts=(text, ""), titles=("Walks & <b>", "Family"))
    items = items_of([(0, 0, 0, 30, 34), (0, 0, 1, 30, 45)], material=material)
    shown = page(worksheet(items, material), study="example", rule=Rule.UNION, n_agreed=3)
    assert "<script" not in shown
    marks = re.findall(r"<mark>(.*?)</mark>", shown)
    assert marks == ["went", "went for a walk", "went"]
    paragraphs = re.findall(r'<p class="text" dir="auto">(.*?)</p>', shown)
    assert {html.unescape(re.sub(r"</?mark>", "", each)) for each in paragraphs} == {text}
    assert "<h2>Walks &amp; &lt;b&gt;</h2>" in shown
    assert "r-001#exercise#1" in shown
    assert "not seen" in shown


def test_the_page_needs_no_other_file() -> None:
    """Neither a script nor a link, an image or a font."""
    shown = page(worksheet(ITEMS, MATERIAL), study="example", rule=Rule.UNION, n_agreed=1)
    assert not any(word in shown for word in ("<script", "<link", "<img", "src=", "href=", "url(", "@import"))


def test_the_page_says_when_nothing_is_left() -> None:
    """No list of forms for nothing."""
    shown = page((), study="example", rule=Rule.UNION, n_agreed=1)
    assert "Nothing is left to settle" in shown
    assert "<article" not in shown


def test_reprs_show_no_text() -> None:
    """Rows, versions and material are counted, not shown."""
    (row, _) = worksheet(ITEMS, MATERIAL)
    assert [repr(row), repr(row.versions[0]), repr(MATERIAL)] == [
        "<Row: 3 versions>",
        "<Version: 1 ranges>",
        "<Material: 2 responses, 2 codes>",
    ]
