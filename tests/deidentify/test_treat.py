"""What is treated satisfies what is released: the first square, pseudonyms, codings, releasing again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import ppdarchive
from ppdarchive import package
from ppdarchive.deidentify.freetext import Redaction, redact
from ppdarchive.deidentify.released import released
from ppdarchive.deidentify.treat import Treated, keys_by_space, keys_to_shift
from ppdarchive.deidentify.treat import treat as treat_with
from ppdarchive.deidentify.treatments.plain import PSEUDONYM_PATTERN
from ppdarchive.deidentify.treatments.rare import SUPPRESSED
from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import PackageInfo
from ppdarchive.model.schema import (
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    JsonValue,
    Kind,
    MissingCode,
    Role,
    Schema,
    Schemas,
    Treatment,
)
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.model.table import CheckedTable
from ppdarchive.register import draw_pseudonym, open_register
from ppdarchive.testing import package_frames, packages, raw_table
from ppdarchive.validate import check
from ppdarchive.validate.typed import broken_typed

Checked = Mapping[str, CheckedTable]


class Vowels:
    """Finds runs of some letters and digits; half of them surely."""

    name = "vowels"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find them outside of tags."""
        found = []
        for text in texts:
            own = [
                Span(at, at + 1, TextCategory.NAME, 1.0, Tier.REDACT if char == "a" else Tier.UNCERTAIN)
                for at, char in enumerate(text)
                if char in "ae1"
            ]
            found.append(own)
        return found


def simple(texts: Sequence[str | None], groups: Sequence[int]) -> Redaction:
    """Redact the letters that `Vowels` finds."""
    return redact(texts, groups, [Vowels()])


def withholding(texts: Sequence[str | None], groups: Sequence[int]) -> Redaction:
    """Redact as `simple`, and withhold what is uncertain."""
    return redact(texts, groups, [Vowels()], uncertain="withhold")


def treat(tables: Checked, **rest: Any) -> Treated:
    """Treat with an offset for everybody and a secret for what is exchanged at random."""
    offsets = {key: -1 - 7 * number % 364 for number, key in enumerate(keys_to_shift(tables))}
    return treat_with(tables, offsets=offsets, secret=b"secret", **rest)


def drawn(tables: Checked) -> dict[str, dict[str, str]]:
    """Pseudonyms for all keys."""
    return {space: {key: draw_pseudonym() for key in keys} for space, keys in keys_by_space(tables).items()}


def schemas_of(tables: Checked) -> Schemas:
    """The schemas that the tables come with."""
    return {name: table.schema for name, table in tables.items()}


def cells(table: Any, name: str) -> list[Any]:
    """The values of a column as Python has them."""
    found: list[Any] = values_of(table.frame[name]).to_pylist()
    return found


@st.composite
def studies(draw: st.DrawFn) -> Checked:
    """Checked tables under generated schemas."""
    schemas = draw(packages())
    return draw(package_frames(schemas, max_rows=6))


def assert_satisfies(treated: Treated, target: Schemas) -> None:
    """Every table is exactly what its released schema says."""
    assert {name: table.schema for name, table in treated.tables.items()} == dict(target)
    assert broken_typed({name: (t.schema, t.frame) for name, t in treated.tables.items()}) == {}
    for table in treated.tables.values():
        assert tuple(table.frame.columns) == table.schema.names
        assert [table.frame[f.name].dtype for f in table.schema] == [pandas_dtype(f) for f in table.schema]
        assert list(table.frame.index) == list(range(len(table.frame)))
        assert not table.frame.attrs


# -- the squares ----------------------------------------------------------------------------------


@given(tables=studies(), redactor=st.sampled_from([simple, withholding]))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_treated_tables_satisfy_the_released_schemas(tables: Checked, redactor: Any) -> None:
    """Whatever a schema allows satisfies the released schema when it is treated (rule 1)."""
    treated = treat(tables, pseudonyms=drawn(tables), redact=redactor)
    assert_satisfies(treated, released(schemas_of(tables)))
    assert all(len(t.frame) == len(tables[name].frame) for name, t in treated.tables.items())


@pytest.mark.thorough
@given(tables=studies(), redactor=st.sampled_from([simple, withholding]))
@settings(max_examples=5000, suppress_health_check=list(HealthCheck))
def test_treated_tables_satisfy_the_released_schemas_in_many_cases(tables: Checked, redactor: Any) -> None:
    """The same law, hunted for longer."""
    treated = treat(tables, pseudonyms=drawn(tables), redact=redactor)
    assert_satisfies(treated, released(schemas_of(tables)))


@given(tables=studies())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_treating_under_a_released_schema_changes_nothing(tables: Checked) -> None:
    """Everything released is kept when it is treated again (rule 5)."""
    once = treat(tables, pseudonyms=drawn(tables), redact=simple)
    again = treat(
        {name: CheckedTable(t.schema, t.frame, tables[name].provenance) for name, t in once.tables.items()},
        pseudonyms={},
        redact=simple,
    )
    assert list(again.tables) == list(once.tables)
    for name, table in once.tables.items():
        assert again.tables[name].schema == table.schema
        assert_frame_equal(again.tables[name].frame, table.frame)


@given(packages())
def test_releasing_a_released_schema_changes_nothing(schemas: Schemas) -> None:
    """The released schemas of released schemas are themselves (rule 5)."""
    once = released(schemas)
    assert released(once) == once


@given(tables=studies())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_written_is_what_is_loaded(tables: Checked, load: Any, write_package: Any, info: Any) -> None:
    """A package holds exactly the treated rows (rule 1, second square)."""
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    assume(treated.tables)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "package"
        write_package(out, treated.tables, info)
        release = load(out)
        assert set(release.tables) == set(treated.tables)
        for name, table in treated.tables.items():
            assert release.schema(name) == table.schema
            loaded = release[name]
            assert list(loaded.dtypes) == list(table.frame.dtypes)
            assert rows_of(loaded) == rows_of(table.frame)


def rows_of(frame: Any) -> Counter[str]:
    """The rows of a frame, whatever their order; a zero's sign and NaN count."""
    columns = [values_of(frame[name]).to_pylist() for name in frame.columns]
    return Counter(repr(row) for row in zip(*columns, strict=True))


@pytest.fixture(scope="module")
def load() -> Any:
    """Return the function that opens a package, wherever it lives."""
    return ppdarchive.load


@pytest.fixture(scope="module")
def write_package() -> Any:
    """Return the function that writes a package."""
    return package.write_package


@pytest.fixture(scope="module")
def info() -> Any:
    """Return what a package says of itself."""
    return PackageInfo("p", "P", "", "1.0.0", date(2026, 1, 31))


# -- a study with everything ----------------------------------------------------------------------


def field(name: str, kind: Kind, method: str, role: Role = Role.NONE, **rest: Any) -> Field:
    """A field under a treatment, with its parameters as ``given``."""
    given_parameters: dict[str, JsonValue] = rest.pop("given", {})
    return Field(name, kind, disclosure=Disclosure(role, Treatment(method, given_parameters)), **rest)


def key(name: str, space: str, **rest: Any) -> Field:
    """A key that is pseudonymized."""
    return field(name, Kind.STRING, "pseudonymize", Role.KEY, given={"space": space}, **rest)


NEEDED = Constraints(required=True)
REASONS = (MissingCode(""), MissingCode("-99", "Refused"))
PARTICIPANTS = Schema(
    "participants",
    (
        key("id", "participant", constraints=NEEDED),
        field("enrolled", Kind.DATE, "drop"),
        field("town", Kind.STRING, "suppress", Role.NONE, given={"below": 2}, missing_values=REASONS),
        key("coach", "coach"),
    ),
    primary_key=("id",),
)  # fmt: skip
RESPONSES = Schema(
    "responses",
    (
        key("rid", "response", constraints=NEEDED),
        key("pid", "participant"),
        field("on", Kind.DATETIME, "relative_days", given={"anchor": "participants.enrolled"}),
        field("town", Kind.STRING, "suppress", Role.QUASI_IDENTIFIER, given={"below": 2}),
        field("text", Kind.STRING, "text", Role.FREE_TEXT, constraints=NEEDED),
    ),
    primary_key=("rid",),
    foreign_keys=(ForeignKey(("pid",), "participants", ("id",)),),
)  # fmt: skip
CODINGS = Schema(
    "codings",
    (
        key("rid", "response"),
        field("code", Kind.STRING, "keep"),
        field("start", Kind.INTEGER, "keep", constraints=NEEDED),
        field("end", Kind.INTEGER, "keep", constraints=NEEDED),
    ),
    primary_key=("rid", "code", "start", "end"),
    foreign_keys=(ForeignKey(("rid",), "responses", ("rid",)),),
)
ROWS: dict[str, dict[str, list[str | None]]] = {
    "participants": {
        "id": ["p1", "p2", "p3"],
        "enrolled": ["2020-01-01", "2020-02-01", None],
        "town": ["Eugene", "Eugene", "-99"],
        "coach": ["c1", "c1", None],
    },
    "responses": {
        "rid": ["r1", "r2", "r3", "r4"],
        "pid": ["p1", "p1", "p2", "p3"],
        "on": ["2020-01-02T23:59:59", "2019-12-31T00:00:00", None, "2020-01-02T00:00:00"],
        "town": ["Bend", "Bend", "Ashland", None],
        "text": ["my coach Anna called", "no", "x ✓ a 👍🏽 b", "ooo"],
    },
    "codings": {
        "rid": ["r1", "r1", "r3", "r4", "r1"],
        "code": ["c", "c", "c", "c", "c"],
        "start": ["0", "9", "0", "0", "10"],
        "end": ["2", "13", "3", "3", "13"],
    },
}


def study(*schemas: Schema, rows: Mapping[str, Mapping[str, list[str | None]]] = ROWS) -> Checked:
    """Checked tables of the study above, some schemas exchanged."""
    chosen = {schema.name: schema for schema in (PARTICIPANTS, RESPONSES, CODINGS, *schemas)}
    raw = {name: raw_table(schema, rows[name]) for name, schema in chosen.items()}
    checked = check(raw, chosen)
    assert checked.findings.ids == ()
    return checked.tables


def exchanged(schema: Schema, **fields: Field | None) -> Schema:
    """The schema with other fields."""
    new = [fields.get(each.name, each) for each in schema]
    return replace(schema, fields=tuple(each for each in new if each is not None))


def test_every_treatment_does_what_it_says_to_its_rows() -> None:
    """Days are counted by the calendar, rare values have their reason, texts are edited."""
    tables = study()
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    assert_satisfies(treated, released(schemas_of(tables)))
    assert cells(treated.tables["responses"], "on") == [1, -1, None, None]
    assert cells(treated.tables["participants"], "town") == ["Eugene", "Eugene", None]
    # One participant alone refused: the reason would tell who it is, as a rare town would.
    assert cells(treated.tables["participants"], "town_missing") == [None, None, SUPPRESSED]
    # Two answers name Bend, but one participant wrote both.
    assert cells(treated.tables["responses"], "town") == [None, None, None, None]
    assert cells(treated.tables["responses"], "town_missing") == [SUPPRESSED] * 3 + [None]
    assert cells(treated.tables["responses"], "text") == [
        "my co[NAME]ch Ann[NAME] c[NAME]ll[NAME]d", "no", "x ✓ [NAME] 👍🏽 b", "ooo",
    ]  # fmt: skip


def test_codings_that_become_one_are_one() -> None:
    """Two segments that widen to the same one leave one row, and all are counted."""
    tables = study()
    treated = treat(
        tables, pseudonyms=drawn(tables), redact=lambda texts, groups: redact(texts, groups, [Anna()])
    )
    assert treated.codings == {"kept": 3, "widened": 1, "swallowed": 1, "withheld": 0, "repeated": 1} or (
        treated.codings["repeated"] == 1
    )
    assert len(treated.tables["codings"].frame) == 4
    assert_satisfies(treated, released(schemas_of(tables)))


class Anna:
    """Finds one name."""

    name = "anna"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find it."""
        return [
            [Span(text.index("Anna"), text.index("Anna") + 4, TextCategory.NAME)] if "Anna" in text else []
            for text in texts
        ]


def test_a_withheld_answer_is_missing_and_its_codings_are_gone() -> None:
    """An answer may be withheld although its field is required; nothing of it is left."""
    tables = study()
    treated = treat(tables, pseudonyms=drawn(tables), redact=withholding)
    assert cells(treated.tables["responses"], "text")[0] is None
    assert treated.codings["withheld"] == 3
    assert_satisfies(treated, released(schemas_of(tables)))


def test_what_refers_to_codings_of_withheld_answers_is_no_foreign_key_breach() -> None:
    """A table of notes on codings loses what referred to a coding that is gone."""
    codings = replace(
        exchanged(CODINGS),
        fields=(key("cid", "coder", constraints=NEEDED), *CODINGS.fields),
        primary_key=("cid",),
    )
    notes = Schema(
        "notes",
        (key("cid", "coder"), field("sure", Kind.INTEGER, "keep")),
        foreign_keys=(ForeignKey(("cid",), "codings", ("cid",)),),
    )
    rows = {
        **ROWS,
        "codings": {"cid": ["1", "2", "3", "4", "5"], **ROWS["codings"]},
        "notes": {"cid": ["1", "4"], "sure": ["1", "2"]},
    }
    tables = study(codings, notes, rows=rows)  # type: ignore[arg-type]
    treated = treat(tables, pseudonyms=drawn(tables), redact=withholding)
    assert_satisfies(treated, released(schemas_of(tables)))
    assert cells(treated.tables["notes"], "sure") == [2]


@pytest.mark.parametrize("name", ["start", "end"])
@pytest.mark.parametrize("method", ["drop", "band", "suppress"])
def test_positions_that_are_not_kept_do_not_stop_a_release(name: str, method: str) -> None:
    """Codings whose positions are dropped or coarsened: positions of the unedited text never leave."""
    parameters: dict[str, dict[str, JsonValue]] = {
        "drop": {}, "band": {"width": 5, "bottom": 0, "top": 50}, "suppress": {"below": 1},
    }  # fmt: skip
    other = field(name, Kind.INTEGER, method, Role.QUASI_IDENTIFIER, given=parameters[method])
    codings = replace(exchanged(CODINGS, **{name: other}), primary_key=())
    tables = study(codings)
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    assert_satisfies(treated, released(schemas_of(tables)))
    # What is left of a segment must not be in positions of the text that came in.
    kept = {"start", "end"} & set(treated.tables["codings"].schema.names)
    if method == "drop":
        assert kept == {"start", "end"} - {name}
    moved = treat(study(), pseudonyms=drawn(study()), redact=simple).tables["codings"]
    for each in kept - {name}:
        assert Counter(cells(treated.tables["codings"], each)) == Counter(cells(moved, each))


def test_positions_may_be_missing() -> None:
    """A coding of a whole answer has no positions, and keeps none."""
    codings = exchanged(
        CODINGS, start=field("start", Kind.INTEGER, "keep"), end=field("end", Kind.INTEGER, "keep")
    )
    rows = {**ROWS, "codings": {**ROWS["codings"], "start": ["0", None, "0", "0", None]}}
    rows["codings"]["end"] = ["2", None, "3", "3", "13"]
    tables = study(replace(codings, primary_key=()), rows=rows)
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    assert_satisfies(treated, released(schemas_of(tables)))
    found = list(
        zip(cells(treated.tables["codings"], "start"), cells(treated.tables["codings"], "end"), strict=True)
    )
    assert (None, None) in found


def test_a_longer_text_may_outgrow_the_bounds_of_positions() -> None:
    """Tags move what stands behind them, so bounds of positions do not bind what is released."""
    bounded = Constraints(required=True, minimum=0, maximum=13)
    codings = exchanged(CODINGS, end=field("end", Kind.INTEGER, "keep", constraints=bounded))
    tables = study(codings)
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    assert max(cells(treated.tables["codings"], "end")) > 13
    assert_satisfies(treated, released(schemas_of(tables)))


# -- pseudonyms -----------------------------------------------------------------------------------


def joins(tables: Mapping[str, Any], name: str, foreign: ForeignKey) -> int:
    """How many pairs of rows a foreign key joins, counted pair by pair."""
    target = tables[foreign.resource or name]
    own = list(zip(*(cells(tables[name], each) for each in foreign.fields), strict=True))
    other = list(zip(*(cells(target, each) for each in foreign.reference_fields), strict=True))
    return sum(one == two and None not in one for one in own for two in other)


@given(tables=studies())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_every_foreign_key_still_joins(tables: Checked) -> None:
    """As many pairs of rows are joined afterwards as before, and none by chance (rule 2)."""
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple).tables
    for name, table in treated.items():
        for foreign in table.schema.foreign_keys:
            assert joins(treated, name, foreign) == joins(tables, name, foreign)


@given(tables=studies())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_pseudonyms_are_injective_and_say_nothing(tables: Checked) -> None:
    """Equal keys get equal pseudonyms, others others, of one width in every space (rule 2)."""
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple).tables
    seen: dict[str, tuple[str, Any]] = {}
    for name, table in treated.items():
        for own in tables[name].schema:
            if own.disclosure is None or own.disclosure.treatment.method != "pseudonymize":
                continue
            space = str(own.disclosure.treatment.parameters["space"])
            for before, after in zip(cells(tables[name], own.name), cells(table, own.name), strict=True):
                assert (before is None) == (after is None)
                if after is not None:
                    assert re.fullmatch(PSEUDONYM_PATTERN, after)
                    assert seen.setdefault(after, (space, str(before))) == (space, str(before))
    assert len(set(seen.values())) == len(seen)


def test_releases_for_two_audiences_share_no_key(tmp_path: Path) -> None:
    """Through the register the same study is the same again, and unrelated for another audience."""
    tables = study()

    def ids(folder: Path, audience: str) -> list[list[str]]:
        folder.mkdir(exist_ok=True)
        with open_register(folder, audience) as register:
            mapped = {s: register.pseudonyms(s, keys) for s, keys in keys_by_space(tables).items()}
        treated = treat(tables, pseudonyms=mapped, redact=simple).tables
        return [cells(treated["participants"], "id"), cells(treated["responses"], "rid"),
                cells(treated["participants"], "coach")]  # fmt: skip

    first = ids(tmp_path / "a", "public")
    assert ids(tmp_path / "a", "public") == first
    for other in (ids(tmp_path / "a", "partners"), ids(tmp_path / "b", "public")):
        assert not {x for column in first for x in column if x} & {x for column in other for x in column if x}


def test_a_key_without_pseudonym_is_told_without_the_key() -> None:
    """Treatment never invents a pseudonym, and its refusal names no key."""
    tables = study()
    mapping = drawn(tables)
    mapping["participant"].pop("p2")
    with pytest.raises(KeyError) as raised:
        treat(tables, pseudonyms=mapping, redact=simple)
    assert raised.value.args == (1,)


# -- codings follow their texts -------------------------------------------------------------------


@given(data=st.data(), texts=st.lists(st.text("abe1 xyé👍", min_size=1, max_size=20), min_size=1, max_size=4))
def test_codings_outside_the_edits_select_the_same_characters(data: st.DataObject, texts: list[str]) -> None:
    """A segment that meets no edit selects the same text in the treated tables (rule 4)."""
    marks = [
        (row, *sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))))))
        for row, text in enumerate(texts)
        for _ in range(3)
    ]
    marks = [mark for mark in marks if mark[1] < mark[2]]
    rows: dict[str, dict[str, list[str | None]]] = {
        "participants": ROWS["participants"],
        "responses": {
            "rid": [f"r{n}" for n in range(len(texts))],
            "pid": [None] * len(texts),
            "on": [None] * len(texts),
            "town": [None] * len(texts),
            "text": list(texts),
        },
        "codings": {
            "rid": [f"r{row}" for row, _, _ in marks],
            "code": [str(n) for n in range(len(marks))],
            "start": [str(start) for _, start, _ in marks],
            "end": [str(end) for _, _, end in marks],
        },
    }
    loose = exchanged(RESPONSES, text=field("text", Kind.STRING, "text", Role.FREE_TEXT, missing_values=()))
    tables = study(loose, rows=rows)
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    edits = treated.redactions["responses", "text"].edits
    after = cells(treated.tables["responses"], "text")
    codings = treated.tables["codings"]
    segments = {
        code: (start, end)
        for code, start, end in zip(*(cells(codings, name) for name in ("code", "start", "end")), strict=True)
    }
    assert len(segments) == len(marks)
    for number, (row, start, end) in enumerate(marks):
        new_start, new_end = segments[str(number)]
        assert 0 <= new_start <= new_end <= len(after[row])
        if not any(edit.start < end and start < edit.end for edit in edits[row]):
            assert after[row][new_start:new_end] == texts[row][start:end]
        else:
            assert "[NAME]" in after[row][new_start:new_end]


def test_what_treating_returns_shows_no_cell() -> None:
    """Nothing that treating returns shows a cell when it is printed."""
    tables = study()
    treated = treat(tables, pseudonyms=drawn(tables), redact=simple)
    shown = repr(treated) + "".join(map(repr, treated.tables.values())) + repr(treated.redactions)
    assert not any(word in shown for word in ("Anna", "Bend", "Eugene", "p1", "r1"))
    assert np.asarray(treated.tables["responses"].frame.index).tolist() == [0, 1, 2, 3]
