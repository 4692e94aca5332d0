"""Whoever was purged is left out of what comes next, and purged words are found in whose texts they were."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
import pytest

from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.withdrawn import DETECTOR, WithPurged, purged_fields, without_purged
from ppdarchive.gate.purged import judge_purged, judge_unchanged
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.purged import Purged, PurgedWords
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, ForeignKey, Kind, Role, Schema, Treatment
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.model.table import CheckedTable, Provenance


def field(name: str, role: Role = Role.NONE, space: str = "", kind: Kind = Kind.STRING) -> Field:
    """A field, pseudonymized in a space if there is one."""
    treatment = Treatment("pseudonymize", {"space": space}) if space else Treatment("keep")
    return Field(name, kind, disclosure=Disclosure(role, treatment))


def schemas(key: Kind = Kind.STRING, space: str = "participant") -> dict[str, Schema]:
    """Participants, answers, codings, and a diary that names participants without a foreign key."""
    pid, rid = field("pid", Role.KEY, space, key), field("rid", Role.KEY, "response")
    owned = ForeignKey(("pid",), "participants", ("pid",))
    return {
        each.name: each
        for each in (
            Schema("participants", (pid,), primary_key=("pid",)),
            Schema(
                "responses",
                (rid, pid, field("text", Role.FREE_TEXT)),
                primary_key=("rid",),
                foreign_keys=(owned,),
            ),
            Schema("codings", (rid,), foreign_keys=(ForeignKey(("rid",), "responses", ("rid",)),)),
            Schema("diary", (field("day"), field("whose", Role.KEY, space or "participant", key))),
        )
    }


ROWS: dict[str, dict[str, list[object]]] = {
    "participants": {"pid": ["P-1", "p-2", "P-3"]},
    "responses": {
        "rid": ["r1", "r2", "r3"],
        "pid": ["P-1", "p-2", "P-3"],
        "text": ["a red door", "a red door", "no door"],
    },
    "codings": {"rid": ["r1", "r2", "r2"]},
    "diary": {"day": ["mon", "tue"], "whose": ["p-2", "P-3"]},
}


def tables(
    own: dict[str, Schema], rows: dict[str, dict[str, list[object]]] = ROWS
) -> dict[str, CheckedTable]:
    """The tables as they came in."""
    result = {}
    for name, columns in rows.items():
        frame = pd.DataFrame(
            {each: pd.array(cells, dtype=pandas_dtype(own[name][each])) for each, cells in columns.items()}  # type: ignore[call-overload]
        )
        lines = np.arange(len(frame))
        result[name] = CheckedTable(own[name], frame, Provenance(("f",), lines.astype(np.int32), lines))
    return result


def left(purged: Purged, own: dict[str, Schema] | None = None) -> dict[str, list[object]]:
    """The first column of each table without what was purged."""
    found = without_purged(tables(own or schemas()), purged)
    return {name: table.frame.iloc[:, 0].tolist() for name, table in found.items()}


@pytest.mark.parametrize("key", ["P-2", " p‑2"])
def test_a_purged_participant_is_left_out_with_all_that_refers_to_her(key: str) -> None:
    """Whatever her key is written like, in tables with and without a foreign key."""
    from_register = "p-2"
    rows = {
        name: {k: [key if c == "p-2" else c for c in own] for k, own in each.items()}
        for name, each in ROWS.items()
    }
    found = without_purged(tables(schemas(), rows), Purged({"participant": frozenset({from_register})}))
    assert {name: len(table.frame) for name, table in found.items()} == {
        "participants": 2, "responses": 2, "codings": 1, "diary": 1,
    }  # fmt: skip
    assert all(len(table.provenance.line) == len(table.frame) for table in found.values())


def test_a_purged_answer_is_left_out_with_its_codings() -> None:
    """Its author stays."""
    assert left(Purged({"response": frozenset({"r2"})})) == {
        "participants": ["P-1", "p-2", "P-3"], "responses": ["r1", "r3"], "codings": ["r1"],
        "diary": ["mon", "tue"],
    }  # fmt: skip


def test_nothing_purged_changes_nothing() -> None:
    """The very tables come back; so do they if nobody who was purged is there."""
    given = tables(schemas())
    assert without_purged(given, Purged()) is given
    assert (
        without_purged(given, Purged({"participant": frozenset({"p-9"}), "response": frozenset()})) is given
    )


def test_keys_that_are_numbers_or_kept_are_known_too() -> None:
    """Where keys are whole numbers, or are released as they are."""
    numbers = {
        "participants": {"pid": [1, 7]}, "responses": {"rid": ["r1"], "pid": [7], "text": ["x"]},
        "codings": {"rid": []}, "diary": {"day": ["mon"], "whose": [7]},
    }  # fmt: skip
    found = without_purged(tables(schemas(Kind.INTEGER), numbers), Purged({"participant": frozenset({"7"})}))
    assert [len(table.frame) for table in found.values()] == [1, 0, 0, 0]
    kept = schemas(space="")
    assert ("participants", "pid") in purged_fields(kept, "participant")
    assert left(Purged({"participant": frozenset({"p-1"})}), kept)["responses"] == ["r2", "r3"]


class Nothing:
    """An engine that finds the word "door" in the first text."""

    def detect(
        self, texts: Sequence[str], groups: Sequence[Hashable] | None = None
    ) -> Sequence[Sequence[Span]]:
        """Find it."""
        return [
            [Span(text.index("door"), text.index("door") + 4, TextCategory.LOCATION)]
            if not n and "door" in text
            else []
            for n, text in enumerate(texts)
        ]


WORDS = Purged(
    words=(
        PurgedWords("responses", "text", "r1", "p-1", ("red", "door")),
        PurgedWords("letters", "text", "7", None, ("tuesday",)),
    )
)


def test_purged_words_are_found_in_her_texts_alone() -> None:
    """Those that were nobody's in everybody's; beside what the engine finds."""
    texts = ["a Red-DOOR on Tuesday", "a red door on Tuesday", "nobody's red door"]
    found = WithPurged(Nothing(), WORDS).detect(texts, [("P-1",), ("P-2",), ("letters", 3)])
    assert [[texts[n][span.start : span.end] for span in own] for n, own in enumerate(found)] == [
        ["Red-DOOR", "Tuesday"], ["Tuesday"], [],
    ]  # fmt: skip
    assert {span.detector for own in found for span in own} == {DETECTOR}
    everywhere = WithPurged(Nothing(), WORDS).detect(texts)
    assert [len(own) for own in everywhere] == [2, 2, 1]


def test_purged_words_are_redacted_until_none_is_left() -> None:
    """Redacting goes on as with everything that is found, and again changes nothing."""
    engine = WithPurged(Nothing(), WORDS)
    once = redact(["red red door door"], [("p-1",)], engine)
    assert once.texts == ("red [OTHER] [LOCATION]",)
    assert redact(list(once.texts), [("p-1",)], engine).texts == once.texts


# -- the gate -------------------------------------------------------------------------------------


def released(name: str) -> TreatedTable:
    """A table as it is released by who left nobody out: pseudonyms are keys in capitals."""
    own = schemas()[name]
    keep = tuple(field(each.name, each.disclosure.role) for each in own if each.disclosure is not None)
    frame = pd.DataFrame(
        {
            each.name: pd.array(
                [
                    f"X{cell}" if each.name in ("pid", "rid", "whose") else cell
                    for cell in ROWS[name][each.name]
                ],
                dtype=pandas_dtype(each),  # type: ignore[call-overload]
            )
            for each in keep
        }
    )
    return TreatedTable(Schema(name, keep, primary_key=own.primary_key, foreign_keys=own.foreign_keys), frame)


PSEUDONYMS = {
    "participant": {key: f"X{key}" for key in ("P-1", "p-2", "P-3")},
    "response": {key: f"X{key}" for key in ("r1", "r2", "r3")},
}


@pytest.mark.parametrize(
    ("purged", "what"),
    [
        (Purged({"participant": frozenset({"p-2"})}), "3 rows of participants that were purged"),
        (Purged({"response": frozenset({"r2"})}), "3 rows of answers that were purged"),
        (WORDS, "words that were purged in 1 texts"),
    ],
)
def test_the_gate_looks_for_itself(purged: Purged, what: str) -> None:
    """What should have been left out is told, by counts, and can never be overridden."""
    every = {name: released(name) for name in ROWS}
    (failure,) = judge_purged(every, PSEUDONYMS, purged)
    assert (failure.condition, failure.overridable, failure.is_advice) == ("purged", False, False)
    assert failure.what == f"{what} are among the released"
    assert judge_purged(every, PSEUDONYMS, Purged()) == []
    assert judge_purged(every, PSEUDONYMS, Purged({"participant": frozenset({"p-9"})})) == []


def test_what_is_purged_meanwhile_stops_a_draft() -> None:
    """A draft knows what had been purged when it was made."""
    assert judge_unchanged(WORDS, WORDS) == []
    (failure,) = judge_unchanged(Purged(), WORDS)
    assert (failure.condition, failure.overridable) == ("purged", False)
