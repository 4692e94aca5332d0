"""The audit log tells of every edit where, what and why, and by default no word of an answer."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.audit import (
    COLUMNS,
    WITHHELD,
    AuditedPackage,
    audit_lines,
    read_audit,
    without_lines,
    write_audit,
)
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.replace import Chooser, masks, tags
from ppdarchive.errors import RegisterError
from ppdarchive.model.schema import Field, Kind, Schema
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.model.table import Frame

DAY = date(2026, 1, 31)
PACKAGE = AuditedPackage("1.0.0", DAY, "public", "tag")
SCHEMA = Schema("responses", (Field("id", Kind.STRING), Field("text", Kind.STRING)), primary_key=("id",))
WORDS = {
    "Zyxwanda": (TextCategory.NAME, Tier.REDACT),
    "Qvortrup": (TextCategory.NAME, Tier.UNCERTAIN),
    "5035550142": (TextCategory.CONTACT, Tier.REDACT),
}


class Listed:
    """Finds the words of a list."""

    name = "listed.word"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Each occurrence."""
        return [
            [
                Span(at, at + len(word), category, 0.75, tier, self.name)
                for word, (category, tier) in WORDS.items()
                for at in range(len(text))
                if text.startswith(word, at)
            ]
            for text in texts
        ]


def columns(*texts: str | None) -> Frame:
    """Answers with their keys."""
    data = {"id": [f"R-{number}" for number in range(len(texts))], "text": list(texts)}
    return pd.DataFrame(
        {
            name: pd.Series(pd.arrays.ArrowExtensionArray(pa.array(values, pa.string())))
            for name, values in data.items()
        }
    )


def logged(
    texts: Sequence[str | None],
    *,
    replace: Chooser = tags,
    uncertain: Literal["redact", "withhold"] = "redact",
    with_values: bool = False,
) -> tuple[Redaction, list[dict[str, Any]]]:
    """Answers redacted, and what the log says of it."""
    redaction = redact(texts, list(range(len(texts))), [Listed()], replace=replace, uncertain=uncertain)
    tables = {"responses": (SCHEMA, columns(*texts))}
    lines = audit_lines(PACKAGE, {("responses", "text"): redaction}, tables, with_values=with_values)
    return redaction, list(lines)


ANSWERS = st.lists(
    st.none()
    | st.lists(st.sampled_from([*WORDS, "a ", "’s ", "told ", "é🙂", " "]), max_size=8).map("".join),
    max_size=6,
)


@given(ANSWERS, st.sampled_from([tags, masks]), st.sampled_from(["redact", "withhold"]))
def test_positions_are_those_of_the_edits(
    texts: list[str | None], replace: Chooser, uncertain: Literal["redact", "withhold"]
) -> None:
    """What is at a line's place was replaced by what is at its new place; there is a line for each span."""
    redaction, lines = logged(texts, replace=replace, uncertain=uncertain, with_values=True)
    assert len(lines) == sum(map(len, redaction.spans))
    for line in lines:
        row = int(line["key"].removeprefix("R-"))
        given_text, released = texts[row], redaction.texts[row]
        assert given_text is not None
        assert given_text[line["start"] : line["end"]] == line["text"]
        if line["method"] == WITHHELD:
            assert released is None
            assert (line["new_start"], line["new_end"]) == (0, 0)
        else:
            assert released is not None
            assert released[line["new_start"] : line["new_end"]] == line["replacement"]
            edits = [(edit.start, edit.end) for edit in redaction.edits[row]]
            assert (line["start"], line["end"]) in edits


@given(ANSWERS, st.sampled_from(["redact", "withhold"]))
def test_counts_are_those_of_the_record(
    texts: list[str | None], uncertain: Literal["redact", "withhold"]
) -> None:
    """By category and tier the log counts what the redaction counted."""
    redaction, lines = logged(texts, uncertain=uncertain)
    counted = Counter((line["category"], line["tier"]) for line in lines)
    assert counted == {(str(what), str(tier)): n for (what, tier), n in redaction.counts.items()}


def test_a_line_tells_who_found_what_where() -> None:
    """Package, row, place, category, detector, score and tier stand in each line, and no text."""
    _, (line,) = logged(["it was Zyxwanda who called"])
    assert line == {
        "version": "1.0.0", "released_on": "2026-01-31", "audience": "public", "method": "tag",
        "table": "responses", "field": "text", "key": "R-0", "start": 7, "end": 15,
        "new_start": 7, "new_end": 13, "category": "NAME", "kind": "", "detector": "listed.word",
        "score": 0.75, "tier": "redact",
    }  # fmt: skip
    assert set(line) == set(COLUMNS)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """The reader and pandas give what the lines hold, with whole numbers as such."""
    _, lines = logged(["Zyxwanda and Qvortrup", None, "call 5035550142"])
    path = write_audit(tmp_path, PACKAGE, iter(lines))
    frame = read_audit(tmp_path)
    assert frame.drop(columns="log").to_dict("records") == lines
    assert set(frame["log"]) == {path.name}
    assert frame["start"].dtype == "int64"
    assert len(pd.read_json(path, lines=True)) == len(lines)


def test_logs_are_for_their_owner_and_never_overwritten(tmp_path: Path) -> None:
    """Two packages have two logs, which nobody else can read."""
    for _ in range(2):
        write_audit(tmp_path, PACKAGE, iter(logged(["Zyxwanda"])[1]))
    paths = list((tmp_path / "audit").iterdir())
    assert len(paths) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert stat.S_IMODE((tmp_path / "audit").stat().st_mode) == 0o700
    assert len(read_audit(tmp_path)) == 2


def test_a_log_is_whole_or_absent(tmp_path: Path) -> None:
    """What fails half-way leaves nothing."""

    def broken() -> Iterator[dict[str, Any]]:
        yield logged(["Zyxwanda"])[1][0]
        raise OSError(28, "No space left on device")

    with pytest.raises(RegisterError, match="No space left"):
        write_audit(tmp_path, PACKAGE, broken())
    assert list((tmp_path / "audit").iterdir()) == []


def test_no_log_is_no_edit(tmp_path: Path) -> None:
    """Before the first package there is an empty table of the same columns."""
    frame = read_audit(tmp_path)
    assert len(frame) == 0
    assert list(frame.columns) == [*COLUMNS, "log"]


@pytest.mark.parametrize("content", ["Zyxwanda", '{"key": "Zyxwanda"}', "[1]", "3", "\xff"])
def test_what_is_no_log_is_told_without_its_words(tmp_path: Path, content: str) -> None:
    """A damaged file is named, and nothing of it shown."""
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit/x.jsonl").write_bytes(content.encode("latin-1"))
    with pytest.raises(RegisterError) as caught:
        read_audit(tmp_path)
    assert "x.jsonl" in str(caught.value)
    assert "Zyxwanda" not in str(caught.value)


# -- what a purge removes ---------------------------------------------------------------------------


def purgeable_log(private: Path, rows: list[tuple[str, str, str | None]]) -> Path:
    """Write a log of a line for each table, key and participant."""
    lines = [
        {"table": table, "key": key, **({} if whose is None else {"participant": whose})}
        for table, key, whose in rows
    ]
    return write_audit(private, AuditedPackage("1.0.0", date(2026, 1, 31), "public", "tag"), iter(lines))


def test_lines_of_whom_a_purge_is_about_are_removed(tmp_path: Path) -> None:
    """By the row's key, however it is written, and by whose row it is; others stay to the byte."""
    paths = [
        purgeable_log(
            tmp_path, [("responses", "R-1", "P-1"), ("responses", "R-2", "P-2"), ("visits", "R-1", None)]
        ),
        purgeable_log(tmp_path, [("responses", '["a", "07"]', None), ("letters", "x", "p-1")]),
        purgeable_log(tmp_path, [("responses", "R-9", "P-9")]),
    ]
    untouched = paths[2].stat().st_mtime_ns
    (tmp_path / "audit/.left.jsonl.new").write_text("torn")
    wanted = {"responses": {"r-1", '["A", "7"]'}}
    assert without_lines(tmp_path, wanted, owner="p-1") == 3
    assert without_lines(tmp_path, wanted, owner="p-1") == 0
    left = [[json.loads(line)["key"] for line in path.read_text().splitlines()] for path in paths]
    assert left == [["R-2", "R-1"], [], ["R-9"]]
    assert paths[2].stat().st_mtime_ns == untouched
    assert {path.name for path in (tmp_path / "audit").iterdir()} == {path.name for path in paths}
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}


def test_a_log_that_is_none_stops_a_purge(tmp_path: Path) -> None:
    """What cannot be read may be about her."""
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit/a.jsonl").write_text("Zyxwanda\n")
    with pytest.raises(RegisterError, match="no audit log") as raised:
        without_lines(tmp_path, {}, owner="p-1")
    assert "Zyxwanda" not in str(raised.value)
    assert raised.value.__context__ is None
