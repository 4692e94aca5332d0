"""What released answers state of a participant counts as hers, whatever table and order it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from ppdarchive.deidentify.facts import stated_facts
from ppdarchive.deidentify.freetext import Redaction
from ppdarchive.model.schema import Field, ForeignKey, Kind, Schema
from ppdarchive.model.span import IDENTITY, Edit, TextCategory
from ppdarchive.model.table import CheckedTable

AGE, FACILITY = TextCategory.AGE, TextCategory.FACILITY


def table(name: str, keys: Sequence[str]) -> CheckedTable:
    """A table of participants' keys."""
    refers = () if name == "participants" else (ForeignKey(("pid",), "participants", ("pid",)),)
    schema = Schema(
        name, (Field("pid", Kind.STRING),), primary_key=() if refers else ("pid",), foreign_keys=refers
    )
    frame = pd.DataFrame({"pid": pd.Series(pd.arrays.ArrowExtensionArray(pa.array(keys, pa.string())))})
    return CheckedTable(schema, frame, None)  # type: ignore[arg-type]


def redaction(edits: Sequence[Sequence[tuple[str, TextCategory]]]) -> Redaction:
    """Answers in which these replacements were made."""
    own = tuple(tuple(Edit(n, n + 1, word, kind) for n, (word, kind) in enumerate(each)) for each in edits)
    n = len(own)
    return Redaction(("x",) * n, (IDENTITY,) * n, own, ((),) * n, (), {})


def facts(
    whose: Sequence[str], edits: Sequence[Sequence[tuple[str, TextCategory]]], *, is_general: bool = True
) -> Mapping[str, np.ndarray]:
    """The facts of three participants a, b, c."""
    tables = {"participants": table("participants", "abc"), "responses": table("responses", whose)}
    return stated_facts(
        {("responses", "text"): redaction(edits)}, tables, [AGE, FACILITY], is_general=is_general
    )


def test_facts_are_sets_of_a_participant() -> None:
    """The same facts in any order, case and number are the same; a participant without any has none."""
    found = facts(
        ["a", "a", "b"],
        [
            [("in her 30s", AGE)],
            [("a clinic", FACILITY)],
            [("A clinic", FACILITY), ("In her 30s", AGE), ("in her 30s", AGE)],
        ],
    )
    assert list(found) == ["text: AGE", "text: FACILITY"]
    assert found["text: AGE"].tolist() == [0, 0, -1]
    assert found["text: FACILITY"].tolist() == [0, 0, -1]


def test_other_facts_are_told_apart() -> None:
    """Different general words are different values."""
    found = facts(["a", "b", "c"], [[("in her 30s", AGE)], [("in her 40s", AGE)], []])
    assert found["text: AGE"].tolist() == [0, 1, -1]


def test_tags_tell_that_something_was_stated() -> None:
    """Numbers in tags and invented values are no facts; that there was something is one."""
    found = facts(["a", "b", "c"], [[("[AGE-3]", AGE)], [("[AGE-1]", AGE)], []], is_general=False)
    assert found["text: AGE"].tolist() == [0, 0, -1]


def test_answers_of_nobody_state_nothing() -> None:
    """A row that belongs to no participant adds to nobody's facts."""
    assert facts(["z"], [[("in her 30s", AGE)]])["text: AGE"].tolist() == [-1, -1, -1]
