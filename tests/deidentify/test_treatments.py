"""Each of the coarser treatments against a slow, obvious reference; totals and intervals stay honest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ppdarchive.deidentify.draws import draws
from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.treat import Treated, keys_by_space, keys_to_shift, treat
from ppdarchive.deidentify.treatments import dates, numbers, perturbed
from ppdarchive.deidentify.treatments.classes import IN_NO_CLASS
from ppdarchive.deidentify.treatments.dates import NOT_SHIFTED
from ppdarchive.deidentify.treatments.perturbed import TOO_FEW
from ppdarchive.deidentify.treatments.rare import SUPPRESSED
from ppdarchive.model.columns import values_of
from ppdarchive.model.postal import MILITARY, default_tables, ready_tables, table_from, zip3
from ppdarchive.model.schema import (
    Category,
    Constraints,
    Disclosure,
    Field,
    ForeignKey,
    JsonValue,
    Kind,
    MissingCode,
    Role,
    Schema,
    Treatment,
)
from ppdarchive.model.table import CheckedTable
from ppdarchive.register import draw_pseudonym
from ppdarchive.testing import package_frames, packages, raw_table
from ppdarchive.validate import check

Checked = Mapping[str, CheckedTable]
REASONS = (MissingCode(""), MissingCode("-99", "Refused"))


def field(name: str, kind: Kind, method: str, **rest: Any) -> Field:
    """A field under a treatment, with its parameters as ``given``."""
    given_parameters: dict[str, JsonValue] = rest.pop("given", {})
    role = rest.pop("role", Role.QUASI_IDENTIFIER)
    return Field(name, kind, disclosure=Disclosure(role, Treatment(method, given_parameters)), **rest)


def checked(schema: Schema, rows: Mapping[str, Sequence[str | None]], **others: Any) -> Checked:
    """Checked tables of one schema, or of more."""
    raw = {schema.name: raw_table(schema, rows)}
    raw |= {name: raw_table(own, own_rows) for name, (own, own_rows) in others.items()}
    found = check(raw, {schema.name: schema} | {name: own for name, (own, _) in others.items()})
    assert found.findings.ids == ()
    return found.tables


def treated(tables: Checked, *, secret: bytes = b"secret", days: int = -7) -> Treated:
    """The tables, treated; participants' dates are moved by different numbers of days."""
    return treat(
        tables,
        pseudonyms={s: {key: draw_pseudonym() for key in keys} for s, keys in keys_by_space(tables).items()},
        redact=lambda texts, groups: redact(texts, groups, []),
        offsets={key: days - number for number, key in enumerate(keys_to_shift(tables))},
        secret=secret,
    )


def column(own: Field, cells: Sequence[str | None], **rest: Any) -> tuple[list[Any], list[Any], Field]:
    """What becomes of a table of one field: its values, their reasons, and the released field."""
    name = rest.pop("table", "t")
    result = treated(checked(Schema(name, (own,)), {own.name: cells}), **rest).tables[name]
    companion = f"{own.name}_missing"
    reasons = result.frame[companion] if companion in result.schema else None
    return (
        values_of(result.frame[own.name]).to_pylist(),
        [] if reasons is None else values_of(reasons).to_pylist(),
        result.schema[own.name],
    )


# -- numbers --------------------------------------------------------------------------------------


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-30, 30)), st.integers(1, 2**62))
def test_whole_numbers_go_to_the_nearest_multiple(values: list[int], to: int) -> None:
    """Halves go to the even multiple; a multiple beyond 64 bits is replaced by the one before it."""
    found = numbers.rounded(np.array(values, dtype=np.int64), to).tolist()
    for value, result in zip(values, found, strict=True):
        exact = round(Fraction(value, to)) * to
        if exact > 2**63 - 1:
            exact -= to
        elif exact < -(2**63):
            exact += to
        assert result == exact


@given(st.lists(st.floats(-1e6, 1e6)), st.sampled_from([0.1, 0.25, 0.3, 1, 5, 2.5]))
def test_decimals_are_written_as_multiples(values: list[float], to: float) -> None:
    """A result is the float that its decimal number reads as, and lies within half a step."""
    for value, result in zip(values, numbers.rounded(np.array(values), to).tolist(), strict=True):
        steps = round(Fraction(repr(result)) / Fraction(repr(to)))
        assert float(steps * Fraction(repr(to))) == result
        assert abs(Fraction(result) - Fraction(value)) <= Fraction(repr(to)) / 2 + Fraction(1, 10**8)


def test_rounding_tells_what_it_did() -> None:
    """Bounds and enumerated values are rounded too; NaN and the infinities stay."""
    own = field("a", Kind.NUMBER, "round", given={"to": 0.5}, constraints=Constraints(minimum=0.3, maximum=9))
    values, _, told = column(own, ["0.3", "0.74", "9", None])
    assert values == [0.5, 0.5, 9, None]
    assert told.constraints == Constraints(minimum=0.5, maximum=9.0)
    assert told.description == "Rounded to multiples of 0.5, halves to the even one."
    odd = np.array([np.nan, np.inf, -np.inf, 1e300, -0.1])
    assert repr(numbers.rounded(odd, 5).tolist()) == "[nan, inf, -inf, 1e+300, 0.0]"


def test_numbers_beyond_a_limit_are_the_limit() -> None:
    """Ages over 89 become 90; the released schema has the limits."""
    own = field("age", Kind.INTEGER, "top_bottom_code", given={"bottom": 20, "top": 90})
    values, _, told = column(own, ["18", "20", "89", "90", "104", None])
    assert values == [20, 20, 89, 90, 90, None]
    assert told.constraints == Constraints(minimum=20, maximum=90)
    assert told.description == "Values below 20 are released as 20, values above 90 are released as 90."
    year = field("born", Kind.YEAR, "top_bottom_code", given={"bottom": 1936})
    assert column(year, ["1920", "1950"])[0] == [1936, 1950]


# -- dates ----------------------------------------------------------------------------------------


@given(st.lists(st.none() | st.dates()), st.none() | st.integers(1, 2500))
def test_years_before_the_bottom_are_the_bottom(days: list[date | None], bottom: int | None) -> None:
    """A year of birth that tells an age over 89 is told as a bound only."""
    found = dates.year(pd.Series(days, dtype=pd.ArrowDtype(pa.date32())), bottom)
    expected = [None if day is None else max(day.year, bottom or 0) for day in days]
    assert values_of(found).to_pylist() == expected


@given(st.lists(st.none() | st.dates()))
def test_quarters_are_those_of_the_calendar(days: list[date | None]) -> None:
    """The year in four digits, and the quarter."""
    found = dates.quarter(pd.Series(days, dtype=pd.ArrowDtype(pa.date32())))
    assert values_of(found).to_pylist() == [
        None if day is None else f"{day.year:04}-Q{(day.month + 2) // 3}" for day in days
    ]


@given(data=st.data(), kind=st.sampled_from(["date", "datetime", "instant"]))
def test_dates_move_by_each_rows_days(data: st.DataObject, kind: str) -> None:
    """A date moves by its row's days, times of day stay; what leaves the calendar is taken away."""
    strategy: Any = {
        "date": st.dates(),
        "datetime": st.datetimes(),
        "instant": st.datetimes(timezones=st.just(UTC)),
    }[kind]
    arrow = {
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "instant": pa.timestamp("us", tz="UTC"),
    }[kind]
    rows = data.draw(st.lists(st.tuples(st.none() | strategy, st.none() | st.integers(-364, -1))))
    column_ = pd.Series(pd.arrays.ArrowExtensionArray(pa.array([value for value, _ in rows], arrow)))
    found, taken = dates.shift(column_, pa.array([days for _, days in rows], pa.int64()))
    for (value, days), result, is_taken in zip(rows, values_of(found).to_pylist(), taken, strict=True):
        moved = None
        if value is not None and days is not None and value.toordinal() + days >= 1:
            moved = value + timedelta(days=days)
        assert result == moved
        assert is_taken == (value is not None and moved is None)


PARTICIPANTS = Schema(
    "participants",
    (
        field("id", Kind.STRING, "pseudonymize", given={"space": "participant"}, role=Role.KEY),
        field("enrolled", Kind.DATE, "shift_dates", constraints=Constraints(minimum=date(2019, 1, 1))),
    ),
    primary_key=("id",),
)
VISITS = Schema(
    "visits",
    (
        field("pid", Kind.STRING, "pseudonymize", given={"space": "participant"}, role=Role.KEY),
        field("at", Kind.DATETIME, "shift_dates", missing_values=REASONS),
    ),
    foreign_keys=(ForeignKey(("pid",), "participants", ("id",)),),
)


def test_intervals_of_a_participant_stay() -> None:
    """All dates of a participant move alike in every table; those of others move otherwise."""
    visits = {
        "pid": ["p1", "p2", "p1", None],
        "at": ["2019-03-01T08:00:00", "2019-05-05T00:00:00", "-99", "2019-01-01T00:00:00"],
    }
    people = {"id": ["p1", "p2"], "enrolled": ["2019-02-01", "2019-05-01"]}
    tables = checked(PARTICIPANTS, people, visits=(VISITS, visits))
    assert keys_to_shift(tables) == ("p1", "p2")
    result = treated(tables).tables
    first, second = values_of(result["participants"].frame["enrolled"]).to_pylist()
    assert (first, second) == (date(2019, 1, 25), date(2019, 4, 23))
    at = values_of(result["visits"].frame["at"]).to_pylist()
    assert at == [datetime(2019, 2, 22, 8), datetime(2019, 4, 27), None, None]
    reasons = values_of(result["visits"].frame["at_missing"]).to_pylist()
    assert reasons == [None, None, "Refused", NOT_SHIFTED]
    assert result["participants"].schema["enrolled"].constraints.minimum == date(2018, 1, 2)


def test_an_offset_that_is_not_there_is_counted() -> None:
    """The error has a number, and no key."""
    tables = checked(PARTICIPANTS, {"id": ["p1", "p2"], "enrolled": ["2019-02-01", "2019-05-01"]})
    pseudonyms = {"participant": {"p1": "a", "p2": "b"}}
    with pytest.raises(KeyError) as caught:
        treat(tables, pseudonyms=pseudonyms, redact=lambda *_: redact([], [], []), offsets={"p1": -3})
    assert caught.value.args == (1,)


# -- classes --------------------------------------------------------------------------------------


def test_values_fall_into_the_classes_of_a_level() -> None:
    """A state becomes its division; what is none is taken away and has its reason."""
    own = field(
        "state", Kind.STRING, "generalize", given={"hierarchy": "us-state", "level": "division"},
        constraints=Constraints(required=True), missing_values=(MissingCode("-99", "Refused"),),
    )  # fmt: skip
    values, reasons, told = column(own, ["IA", "Iowa", "19", "XX"])
    assert values == ["West North Central"] * 3 + [None]
    assert reasons == [None] * 3 + [IN_NO_CLASS]
    assert len(told.categories or ()) == 10
    assert not told.constraints.required
    assert told.description == "Replaced by its division in the hierarchy 'States of the United States'."


def test_only_classes_of_the_fields_categories_are_there() -> None:
    """No class is declared that no category falls into, and none tells by its presence what was there."""
    tree = {"levels": ["value", "class"], "tree": {"low": ["1", "2"], "high": ["3"], "none": ["4"]}}
    own = field(
        "a", Kind.INTEGER, "generalize", given={"hierarchy": tree, "level": "class"},
        categories=(Category(3), Category(1)), constraints=Constraints(required=True),
    )  # fmt: skip
    values, reasons, told = column(own, ["1", "3"])
    assert values == ["low", "high"]
    assert reasons == []
    assert told.categories == (Category("low"), Category("high"))
    assert told.constraints.required


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("52240", "522"),
        (" 52240 ", "522"),
        ("52240-1234", "522"),
        ("52240 1234", "522"),
        ("522401234", "522"),
        # Zeros in front are lost in spreadsheets.
        ("2139", "021"),
        ("2139.0", "021"),
        ("2139-1234", "021"),
        ("21391234", "021"),
        ("00601", "006"),
        ("601-1234", "006"),
        ("6011234", "006"),
        # Too few people, by any of the tables.
        ("03601", "000"),
        ("3601", "000"),
        ("06320", "000"),
        ("20505", "000"),
        ("36901", "000"),
        ("00001", "000"),
        # Three digits are a prefix, or a code of Puerto Rico without its zeros.
        ("601", "000"),
        ("522", "000"),
        # The armed forces overseas, other countries, nonsense.
        ("09012", "000"),
        ("9012", "000"),
        ("34001", "000"),
        ("96201", "000"),
        ("K1A 0B1", "000"),
        ("SW1A 1AA", "000"),
        ("52240-12", "000"),
        ("", "000"),
        ("５２２４０", "000"),
    ],
)
def test_zip_codes_are_cut_to_three_digits(text: str, expected: str) -> None:
    """The first three digits, or 000 where they may not be told (45 CFR 164.514(b)(2)(i)(B))."""
    assert zip3(text, default_tables()) == expected


RESTRICTED_IN_2000 = (
    *("036", "059", "063", "102", "203", "556", "692", "790", "821"),
    *("823", "830", "831", "878", "879", "884", "890", "893"),
)


@pytest.mark.parametrize("prefix", RESTRICTED_IN_2000)
def test_prefixes_of_the_guidance_are_restricted(prefix: str) -> None:
    """The 17 prefixes that the guidance of 2012 lists are never told by default."""
    assert zip3(f"{prefix}99", default_tables()) == "000"


def test_tables_are_dated_and_replaceable() -> None:
    """Three tables ship, the guidance's own among them; a study may have another."""
    shipped = ready_tables()
    assert list(shipped) == ["census-2000", "census-2010", "acs-2022"]
    assert shipped["census-2000"].prefixes == set(RESTRICTED_IN_2000)
    assert [table.date.year for table in shipped.values()] == [2000, 2010, 2022]
    assert zip3("06320", (shipped["census-2010"],)) == "063"
    own = table_from({"name": "n", "date": "2030-04-01", "source": "s", "prefixes": ["522"]})
    assert [zip3(text, (own,)) for text in ("52240", "06320", "09012")] == ["000", "063", "000"]
    assert len(MILITARY) == 16


@pytest.mark.parametrize(
    "table",
    [
        [], {}, {"name": "n", "source": "s", "date": "2030-04-01", "prefixes": ["52"]},
        {"name": "n", "source": "s", "date": "2030", "prefixes": ["522"]},
        {"name": "n", "source": "s", "date": "2030-13-01", "prefixes": ["522"]},
        {"name": "n", "source": 1, "date": "2030-04-01", "prefixes": ["522"]},
        {"name": "n", "title": 1, "source": "s", "date": "2030-04-01", "prefixes": ["522"]},
        {"name": "n", "source": "s", "date": "2030-04-01", "prefixes": ["522"], "x": 1},
    ],
)  # fmt: skip
def test_what_is_no_table_of_prefixes_is_refused(table: Any) -> None:
    """A table says what it is, from when and whence."""
    with pytest.raises(ValueError, match=r".+"):
        table_from(table)


def test_prefixes_stay_where_a_field_has_nothing_else() -> None:
    """Three digits are a prefix if the schema allows no other length, and held against the tables too."""
    only = field("zip", Kind.STRING, "zip3", constraints=Constraints(pattern="[0-9]{3}"))
    assert column(only, ["522", "036", "090"])[0] == ["522", "000", "000"]
    assert column(field("zip", Kind.STRING, "zip3"), ["522", "036"])[0] == ["000", "000"]


def test_numbers_are_zip_codes_too() -> None:
    """A column of whole numbers becomes texts of three digits."""
    values, _, told = column(field("zip", Kind.INTEGER, "zip3"), ["52240", "2139", None])
    assert values == ["522", "021", None]
    assert (told.kind, told.constraints.pattern) == (Kind.STRING, "[0-9]{3}")
    assert (told.description or "").endswith("American Community Survey 2018-2022.")


# -- reasons --------------------------------------------------------------------------------------


def test_rare_reasons_identify_as_rare_values_do() -> None:
    """One of many who refused is told; the one who alone did is not."""
    codes = (MissingCode(""), MissingCode("-99", "Refused"), MissingCode("-77", "Not asked"))
    own = field("a", Kind.STRING, "suppress", given={"below": 2}, missing_values=codes)
    values, reasons, _ = column(own, ["x", "x", "y", "-99", "-99", "-77", None])
    assert values == ["x", "x", None, None, None, None, None]
    assert reasons == [None, None, SUPPRESSED, "Refused", "Refused", SUPPRESSED, None]


# -- perturbation ---------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6), st.floats(0.05, 0.95))
def test_the_matrix_is_invariant(counts: list[int], keep: float) -> None:
    """Rows add up to 1, expected counts are the counts, and a value stays with `keep` at least."""
    assume(sum(counts) > 0)
    matrix = perturbed.transition_matrix(counts, keep)
    assert np.allclose(matrix.sum(axis=1), 1)
    assert np.allclose(np.array(counts) @ matrix, counts)
    assert (np.diag(matrix) >= keep - 1e-12).all()


def test_exchanges_follow_the_matrix() -> None:
    """Over many participants, transitions are as frequent as the matrix says."""
    n = 40_000
    codes = np.repeat([0, 1, 2], [n // 2, n // 4, n // 4])
    owners = np.arange(n)
    lots = draws(b"s", "t.f", [str(owner) for owner in owners], codes, ["a", "b", "c"])
    after = perturbed.exchanged(codes, owners, lots, 0.7, 3)
    found = np.zeros((3, 3))
    np.add.at(found, (codes, after), 1)
    matrix = perturbed.transition_matrix([2, 1, 1], 0.7)
    assert np.abs(found / found.sum(axis=1, keepdims=True) - matrix).max() < 0.02


def test_an_exchange_stays_the_same() -> None:
    """Same secret, same result, in whatever order; a participant's equal values stay equal."""
    own = field("a", Kind.STRING, "pram", given={"keep": 0.3}, categories=(Category("x"), Category("y")))
    people = Schema("participants", (PARTICIPANTS["id"], own), primary_key=("id",))
    ids, cells = [f"p{n}" for n in range(40)], ["x", "y"] * 20

    def result(secret: bytes, order: Sequence[int]) -> dict[str, Any]:
        rows: dict[str, list[str | None]] = {"id": [ids[n] for n in order], "a": [cells[n] for n in order]}
        frame = treated(checked(people, rows), secret=secret).tables["participants"].frame
        return {ids[n]: value for n, value in zip(order, values_of(frame["a"]).to_pylist(), strict=True)}

    before = result(b"one", range(40))
    assert result(b"one", range(39, -1, -1)) == before
    assert result(b"two", range(40)) != before
    assert set(before.values()) == {"x", "y"}
    with pytest.raises(ValueError, match="secret"):
        result(b"", range(40))


@given(
    rows=st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.integers(0, 12)), max_size=40),
    k=st.integers(2, 4),
)
def test_groups_have_enough_participants(rows: list[tuple[float, float, int]], k: int) -> None:
    """Every group has k participants at least; with one row each, under 2k unless they are the last."""
    points = np.array([row[:2] for row in rows], dtype=np.float64).reshape(-1, 2)
    owners = np.array([row[2] for row in rows], dtype=np.int64)
    groups = perturbed.mdav(points, owners, k)
    if len(set(owners.tolist())) < k:
        assert (groups == -1).all()
        return
    for group in set(groups.tolist()):
        assert len(set(owners[groups == group].tolist())) >= k
    alone = perturbed.mdav(points, np.arange(len(points)), k)
    if len(points) >= k:
        assert all(k <= size < 2 * k for size in Counter(alone.tolist()).values())


def test_the_textbook_grouping() -> None:
    """On a line, groups are taken from both ends in turn, and the rest is one."""
    points = np.array([[1.0], [2], [3], [20], [21], [22], [23], [90], [91], [92]])
    groups = perturbed.mdav(points, np.arange(10), 3)
    assert [len(set(groups[part].tolist())) for part in (slice(0, 3), slice(3, 7), slice(7, 10))] == [1, 1, 1]
    assert len(set(groups.tolist())) == 3


@given(st.lists(st.integers(-1000, 1000), unique=True, max_size=30), st.integers(2, 4))
def test_a_line_is_grouped_as_a_plane_is(values: list[int], k: int) -> None:
    """One field is sorted once, with the same groups as comparing every row with every other gives."""
    line = np.array(values, dtype=np.float64).reshape(-1, 1)
    plane = np.column_stack([line, np.zeros_like(line)])
    found, expected = (perturbed.mdav(points, np.arange(len(line)), k) for points in (line, plane))
    assert len({(a, b) for a, b in zip(found, expected, strict=True)}) == len(set(expected.tolist()))
    assert len(set(found.tolist())) == len(set(expected.tolist()))


@given(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=30))
def test_means_keep_the_total(values: list[float]) -> None:
    """The sum stays, and every mean lies between the least and the greatest of its group."""
    cells: list[str | None] = [f"{value:f}" for value in values]
    before = [float(cell or 0) for cell in cells]
    after, _, told = column(field("a", Kind.NUMBER, "microaggregate", given={"k": 3}), cells)
    assert sum(after) == pytest.approx(sum(before), abs=1e-3)
    assert min(before) <= min(after)
    assert max(after) <= max(before)
    assert all(count >= 3 for count in Counter(after).values())
    assert told.kind is Kind.NUMBER


def test_fields_of_a_group_are_averaged_together() -> None:
    """Rows are grouped on all fields of the group; one that lacks a field loses the others."""
    both: dict[str, JsonValue] = {"k": 2, "group": "body"}
    schema = Schema(
        "t",
        (
            field("height", Kind.INTEGER, "microaggregate", given=both, missing_values=REASONS),
            field("weight", Kind.NUMBER, "microaggregate", given=both),
        ),
    )
    rows: dict[str, list[str | None]] = {
        "height": ["150", "152", "180", "182", "-99", "170"],
        "weight": ["50", "52", "90", "92", "60", None],
    }
    result = treated(checked(schema, rows)).tables["t"]
    assert values_of(result.frame["height"]).to_pylist() == [151, 151, 181, 181, None, None]
    assert values_of(result.frame["weight"]).to_pylist() == [51, 51, 91, 91, None, None]
    assert values_of(result.frame["height_missing"]).to_pylist() == [None] * 4 + ["Refused", TOO_FEW]
    assert values_of(result.frame["weight_missing"]).to_pylist() == [None] * 4 + [TOO_FEW, None]
    assert "group 'body'" in (result.schema["weight"].description or "")


def test_too_few_are_not_averaged() -> None:
    """Rows of fewer than k participants have no mean to hide in."""
    assert column(field("a", Kind.INTEGER, "microaggregate", given={"k": 3}), ["1", "2"])[0] == [None, None]


# -- what holds for all ---------------------------------------------------------------------------

COARSENING = ("keep", "drop", "band", "round", "top_bottom_code", "year", "quarter", "generalize", "zip3")


def partition(frame: pd.DataFrame, name: str) -> list[int]:
    """Each row's class: rows with equal values, or none, are in one."""
    places: dict[Any, int] = {}
    return [places.setdefault(repr(value), len(places)) for value in values_of(frame[name]).to_pylist()]


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_coarsening_adds_no_class(data: st.DataObject) -> None:
    """Rows that were equal in a field are equal after it is coarsened."""
    tables = data.draw(package_frames(data.draw(packages(max_tables=1)), max_rows=8))
    result = treated(tables).tables
    for name, table in result.items():
        for own in tables[name].schema:
            if own.name not in table.schema or own.disclosure is None or own.kind is Kind.LIST:
                continue
            if own.disclosure.treatment.method in COARSENING:
                before = partition(tables[name].frame, own.name)
                after = partition(table.frame, own.name)
                assert len(set(zip(before, after, strict=True))) == len(set(before))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_companions_stay_true(data: st.DataObject) -> None:
    """A reason stands only where a value is missing; one that was given is told, or said to be rare."""
    tables = data.draw(package_frames(data.draw(packages(max_tables=2)), max_rows=6))
    for name, table in treated(tables).tables.items():
        for own in tables[name].schema:
            companion = f"{own.name}_missing"
            if own.name not in table.schema or companion not in table.schema:
                continue
            values = values_of(table.frame[own.name]).to_pylist()
            reasons = values_of(table.frame[companion]).to_pylist()
            assert all(value is None for value, reason in zip(values, reasons, strict=True) if reason)
            if own.has_companion:
                given_reasons = values_of(tables[name].frame[companion]).to_pylist()
                for before, after in zip(given_reasons, reasons, strict=True):
                    assert before is None or after in (before, SUPPRESSED)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_a_treatment_touches_its_own_field_only(data: st.DataObject) -> None:
    """Without one of its fields' treatments the other columns of a table are the same."""
    tables = data.draw(package_frames(data.draw(packages(max_tables=1)), max_rows=6))
    (name, table) = next(iter(tables.items()))
    keys = {own for key in (table.schema.primary_key, *table.schema.unique_keys) for own in key}
    keys |= {own for key in table.schema.foreign_keys for own in (*key.fields, *key.reference_fields)}
    free = [own for own in table.schema if own.name not in keys and own.disclosure is not None]
    # Days count from a date as it came in, and fields of one group are averaged together.
    assume(free)
    chosen = data.draw(st.sampled_from(free))
    group = chosen.disclosure.treatment.parameters.get("group") if chosen.disclosure is not None else None
    assume(group is None)
    other = Disclosure(Role.NONE, Treatment("drop"))
    fields = tuple(
        Field(own.name, own.kind, own.title, own.description, own.unit, own.lexical, own.constraints,
              own.categories, own.categories_ordered, own.missing_values,
              other if own.name == chosen.name else own.disclosure)
        for own in table.schema
    )  # fmt: skip
    changed = CheckedTable(table.schema.replacing(fields=fields), table.frame, table.provenance)
    pseudonyms = {s: {key: draw_pseudonym() for key in keys_} for s, keys_ in keys_by_space(tables).items()}

    def run(given_tables: Checked) -> Any:
        found = treat(
            given_tables,
            pseudonyms=pseudonyms,
            redact=lambda texts, groups: redact(texts, groups, []),
            offsets=dict.fromkeys(keys_to_shift(tables), -7),
            secret=b"s",
        ).tables
        return found[name].frame if name in found else pd.DataFrame()

    before, after = run(tables), run({name: changed})
    rest = [own for own in before.columns if own not in (chosen.name, f"{chosen.name}_missing")]
    assert rest == list(after.columns)
    for own in rest:
        assert values_of(before[own]).to_pylist() == values_of(after[own]).to_pylist() or (
            repr(values_of(before[own]).to_pylist()) == repr(values_of(after[own]).to_pylist())
        )


def test_pairs_of_rows_keep_their_order_in_time() -> None:
    """Quarters sort as their dates do."""
    days = [date(999, 12, 31), date(1000, 1, 1), date(2021, 9, 30), date(2021, 10, 1)]
    found = values_of(dates.quarter(pd.Series(days, dtype=pd.ArrowDtype(pa.date32())))).to_pylist()
    assert all(one < other for one, other in pairwise(found))
