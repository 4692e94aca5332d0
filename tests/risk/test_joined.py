"""Releases joined by pseudonym: what they say together is what every true value says that fits them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.hierarchy import from_tree
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Constraints, Kind, Role
from ppdarchive.risk.joined import Joined, slimmed
from ppdarchive.risk.vectors import participant_vectors

from .released import PARTICIPANT, REFERS, Columns, field, participants, released
from .schemes import AGES, Treated, ages_under, people, treatments

ROW = field("row_id", Role.KEY)
PLACE = field("place", Role.QUASI_IDENTIFIER)
Tables = Mapping[str, TreatedTable]


def joined(*releases: Tables, **given: object) -> Joined:
    """The join of releases, the oldest first."""
    found = Joined(**given)  # type: ignore[arg-type]
    for tables in releases:
        found.add({name: slimmed(table) for name, table in tables.items()})
    return found


def sizes(found: Joined) -> list[int]:
    """Who is alike in the newest release."""
    return sorted(found.vectors().classes(counted=found.present[-1]).sizes.tolist())


def rows(of: Sequence[str], ids: Sequence[str] | None, columns: Columns) -> TreatedTable:
    """A table of rows of participants, with a key of its own or without."""
    keys: Columns = [] if ids is None else [(ROW, ids)]
    return released(
        "stays",
        [*keys, (PARTICIPANT, of), *columns],
        primary_key=() if ids is None else ("row_id",),
        foreign_keys=(REFERS,),
    )


def one(kind: Kind, cells: Sequence[object], **more: object) -> dict[str, TreatedTable]:
    """Participants with one quasi-identifier of some type."""
    own = field("seen", Role.QUASI_IDENTIFIER, kind)
    own = type(own)(own.name, kind, disclosure=own.disclosure, **more)  # type: ignore[arg-type]
    keys = [f"p{number}" for number in range(len(cells))]
    return {"participants": released("participants", [(PARTICIPANT, keys), (own, cells)],
                                     primary_key=("participant_id",))}  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, int], list[tuple[Treated, dict[str, int | None]]]]:
    """True ages, and releases of some of the participants, with some cells suppressed."""
    truth = {f"p{n}": draw(st.integers(18, 29)) for n in range(draw(st.integers(1, 9)))}
    found = []
    for _ in range(draw(st.integers(1, 3))):
        own = draw(st.sets(st.sampled_from(sorted(truth)), min_size=1))
        hidden = draw(st.sets(st.sampled_from(sorted(own)), max_size=1))
        found.append((draw(treatments()), {p: None if p in hidden else truth[p] for p in sorted(own)}))
    return truth, found


def possible(
    participant: str, releases: Sequence[tuple[Treated, Mapping[str, int | None]]]
) -> frozenset[int]:
    """All ages that somebody may have, by trying each against what every release shows of her."""
    found = set(AGES)
    for treated, ages in releases:
        if ages.get(participant) is not None:
            under = dict(zip(AGES, ages_under(treated, list(AGES)), strict=True))
            (shown,) = ages_under(treated, [ages[participant]])
            found &= {age for age in AGES if under[age] == shown}
    return frozenset(found)


@given(histories())
def test_classes_are_those_of_all_ages_that_are_possible(
    case: tuple[dict[str, int], list[tuple[Treated, dict[str, int | None]]]],
) -> None:
    """Two participants are alike if and only if the same true values fit all that is released of either."""
    _, releases = case
    found = joined(*(people(treated, ages) for treated, ages in releases))
    newest = releases[-1][1]
    brute = Counter(possible(participant, releases) for participant in newest)
    assert sizes(found) == sorted(brute.values())


@given(histories())
def test_no_class_is_larger_than_what_a_reader_is_left_with(
    case: tuple[dict[str, int], list[tuple[Treated, dict[str, int | None]]]],
) -> None:
    """Whoever knows a true age, and holds all releases, is left with the class of its owner at least."""
    truth, releases = case
    found = joined(*(people(treated, ages) for treated, ages in releases))
    newest = releases[-1][1]
    alike = found.vectors().classes(counted=found.present[-1]).per_row
    names = list(dict.fromkeys(name for _, ages in releases for name in ages))
    for place, name in enumerate(names):
        if name in newest:
            left = [other for other in newest if truth[name] in possible(other, releases)]
            assert len(left) >= alike[place]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=9), st.integers(1, 3))
def test_a_release_joined_with_itself_tells_what_it_tells(values: list[str], n: int) -> None:
    """The same release any number of times tells as much as once."""
    tables = {"participants": participants(len(values), age=values)}
    alone = participant_vectors(tables).classes().sizes
    assert sizes(joined(*[tables] * n)) == sorted(alone.tolist())


def test_bands_are_cut_with_each_other() -> None:
    """30-34 in one and 28-32 in another is 30-32."""
    ages = {"p0": 31, "p1": 33, "p2": 31}
    first: Treated = ("band", {"width": 5, "bottom": 20, "top": 40})
    second: Treated = ("band", {"width": 5, "bottom": 18, "top": 43})
    assert sizes(joined(people(first, ages))) == [3]
    assert sizes(joined(people(first, ages), people(second, ages))) == [1, 2]
    # Who is in the second alone may be either, and is told from both.
    assert sizes(joined(people(first, ages), people(second, {**ages, "p3": 33}))) == [1, 1, 2]


def test_days_quarters_and_years_are_ranges() -> None:
    """A day lies in its quarter and its year, and two years contradict each other."""
    days = one(Kind.DATE, [date(2021, 8, 3), date(2021, 8, 3), date(2021, 9, 3)])
    quarters = one(Kind.STRING, ["2021-Q3"] * 3, constraints=Constraints(pattern="[0-9]{4}-Q[1-4]"))
    years = one(Kind.YEAR, [2021, 2021, 2021])
    assert sizes(joined(days, quarters, years)) == sizes(joined(quarters, days)) == [1, 2]
    assert sizes(joined(quarters, years)) == [3]
    assert sizes(joined(years, one(Kind.YEAR, [2021, 2022, 2021]))) == [1, 2]
    early = one(Kind.YEAR, [1990, 1990], description="Cut. Years before 1990 are released as 1990.")
    assert sizes(joined(one(Kind.DATE, [date(1985, 1, 1), date(1985, 1, 1)]), early)) == [2]


def test_of_two_classes_the_finer_one_holds() -> None:
    """A state and its region are the state, by a hierarchy that ships or one that the study has."""
    states = {"participants": participants(3, place=["IA", "IA", "OH"])}
    regions = {"participants": participants(4, place=["Midwest"] * 4)}
    assert sizes(joined(regions, states)) == [1, 2]
    own = from_tree({"levels": ["town", "county"], "tree": {"Story": ["Ames", "Nevada"]}}, name="towns")
    towns = {"participants": participants(3, place=["Ames", "Ames", "Nevada"])}
    counties = {"participants": participants(2, place=["Story", "Story"])}
    known = {("participants", "place"): (own,)}
    assert sizes(joined(counties, towns, hierarchies=known)) == [1, 2]
    # A hierarchy that nobody knows makes a contradiction of it, which tells more and never less.
    assert sizes(joined(counties, towns)) == [1, 2]
    new = {"participants": participants(3, place=["Ames", "Ames", "Ames"])}
    assert sizes(joined(counties, new, hierarchies=known)) == [3]
    assert sizes(joined(counties, new)) == [1, 2]


def test_what_one_release_lacks_another_fills() -> None:
    """A field that is dropped, a cell that is suppressed and a participant who is not there are filled."""
    first = {"participants": participants(3, age=["a", "a", "b"])}
    second = {"participants": participants(3, place=["x", "x", "x"])}
    assert sizes(joined(second)) == [3]
    assert sizes(joined(first, second)) == [1, 2]
    hidden = {"participants": participants(3, age=["a", "a", None])}
    shown = {"participants": participants(3, age=["a", None, "b"])}
    assert sizes(joined(hidden, shown)) == [1, 2]


def test_reasons_count_only_where_no_release_has_a_value() -> None:
    """That a cell was suppressed in one release says nothing, if another shows it."""
    reason = field("age_missing", Role.QUASI_IDENTIFIER)
    own = field("age", Role.QUASI_IDENTIFIER)

    def of(ages: list[str | None], reasons: list[str | None]) -> dict[str, TreatedTable]:
        columns = [(PARTICIPANT, ["p0", "p1"]), (own, ages), (reason, reasons)]
        return {"participants": released("participants", columns, primary_key=("participant_id",))}

    shown, hidden = of(["a", "a"], [None, None]), of([None, "a"], ["Suppressed", None])
    assert sizes(joined(hidden)) == [1, 1]
    assert sizes(joined(shown, hidden)) == sizes(joined(hidden, shown)) == [2]


def test_what_was_corrected_tells_apart() -> None:
    """Of whom one release says this and another that is told from who was always the latter."""
    first = {"participants": participants(4, age=["a", "b", "b", "b"])}
    second = {"participants": participants(4, age=["b", "b", "b", "b"])}
    assert sizes(joined(second)) == [4]
    assert sizes(joined(first, second)) == [1, 3]
    third = {"participants": participants(2, age=["b", "a"])}
    fourth = {"participants": participants(2, age=["a", "b"])}
    assert sizes(joined(third, fourth)) == [1, 1]


def test_rows_are_matched_by_their_key() -> None:
    """Rows that only one release has count, and a row's values are laid beside its own."""
    people_ = {"participants": participants(3)}
    first = rows(["p0", "p1", "p1", "p2"], ["a", "b", "c", "d"], [])
    second = rows(["p0", "p1", "p2"], ["a", "b", "d"], [])
    assert sizes(joined({**people_, "stays": second})) == [3]
    assert sizes(joined({**people_, "stays": first}, {**people_, "stays": second})) == [1, 2]
    # The same rows under another order of keys are the same.
    again = rows(["p2", "p1", "p1", "p0"], ["d", "c", "b", "a"], [])
    assert sizes(joined({**people_, "stays": first}, {**people_, "stays": again})) == [1, 2]
    one_ = rows(["p0", "p1", "p2"], ["a", "b", "d"], [(PLACE, ["x", "y", "y"])])
    other = rows(["p0", "p1", "p2"], ["a", "b", "d"], [(PLACE, [None, None, None])])
    assert sizes(joined({**people_, "stays": one_}, {**people_, "stays": other})) == [1, 2]


def test_rows_without_key_are_matched_by_what_they_hold() -> None:
    """Rows that were added are added, and those that stay are not counted twice."""
    people_ = {"participants": participants(3)}
    first = rows(["p0", "p1", "p2"], None, [(PLACE, ["x", "x", "x"])])
    second = rows(["p0", "p0", "p1", "p1", "p2"], None, [(PLACE, ["x", "x", "y", "x", "x"])])
    assert sizes(joined({**people_, "stays": first})) == [3]
    assert sizes(joined({**people_, "stays": first}, {**people_, "stays": second})) == [1, 1, 1]
    new = {"participants": participants(4)}
    both = rows(["p0", "p1", "p2", "p3"], None, [(PLACE, ["x", "x", "x", "x"])])
    assert sizes(joined({**people_, "stays": first}, {**new, "stays": both})) == [4]


def test_values_of_another_kind_are_others() -> None:
    """In rows without key the same words may mean another thing where they are of another kind."""
    lists = field("place", Role.QUASI_IDENTIFIER, Kind.LIST)
    people_ = {"participants": participants(2)}
    first = rows(["p0", "p1"], None, [(lists, [["x", "y"], ["x"]])])
    again = rows(["p0", "p1"], None, [(PLACE, ["x", "x"])])
    assert sizes(joined({**people_, "stays": first}, {**people_, "stays": again})) == [1, 1]


def test_without_a_table_of_participants_whoever_is_named_takes_part() -> None:
    """Releases are joined by the pseudonyms in their tables."""
    first = released("stays", [(PARTICIPANT, ["p0", "p1", "p0"])])
    second = released("stays", [(PARTICIPANT, ["p1", "p2"])])
    found = joined({"stays": first}, {"stays": second})
    assert found.n_participants == 3
    assert [mask.tolist() for mask in found.present] == [[True, True, False], [False, True, True]]
    assert sizes(found) == [2]
    assert "2 releases" in repr(found)


def test_releases_that_name_nobody_cannot_be_joined() -> None:
    """Who has no pseudonym in a release is not found by one."""
    nameless = released("participants", [(field("age", Role.QUASI_IDENTIFIER), ["a", "b"])])
    found = joined({"participants": nameless}, {"participants": participants(2, age=["a", "a"])})
    assert [int(mask.sum()) for mask in found.present] == [0, 2]
    assert sizes(found) == [2]


@pytest.mark.parametrize("n", [1, 4])
def test_a_key_of_two_fields_names_participants(n: int) -> None:
    """Participants may be named by site and number."""
    site = field("site", Role.KEY)
    columns: Columns = [
        (PARTICIPANT, [f"p{i // 2}" for i in range(n)]),
        (site, [str(i % 2) for i in range(n)]),
    ]
    table = released("participants", columns, primary_key=("participant_id", "site"))
    found = joined({"participants": table}, {"participants": table})
    assert found.n_participants == n
    assert np.logical_and.reduce(found.present).all()
    assert sum(sizes(found)) == n
