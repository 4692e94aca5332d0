"""Krippendorff's u-alpha family: published figures, an independent implementation, and its laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.agreement_measures.unitizing_brute import Brute

from ppdarchive.agreement import unitizing
from ppdarchive.agreement.bootstrap import draw, with_interval
from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.continuum import end_to_end, partition
from ppdarchive.agreement.unitizing import UnitizedFamily, UnitizedSums, unitized

Row = tuple[str, str, int, int, int]
"""Coder, code, unit, start, end."""

BOOK: list[Row] = [
    ("Alex", "1", 0, 2, 9),
    ("Alex", "2", 0, 11, 17),
    ("Alex", "5", 0, 24, 30),
    ("Alex", "6", 0, 32, 36),
    ("Alex", "6", 0, 36, 44),
    ("Alex", "7", 0, 44, 60),
    ("Paul", "1", 0, 2, 9),
    ("Paul", "3", 0, 11, 17),
    ("Paul", "5", 0, 19, 25),
    ("Paul", "6", 0, 32, 44),
    ("Suzan", "1", 0, 2, 9),
    ("Suzan", "4", 0, 11, 17),
    ("Suzan", "5", 0, 21, 27),
    ("Suzan", "6", 0, 32, 36),
    ("Suzan", "6", 0, 36, 40),
    ("Suzan", "6", 0, 40, 44),
]
"""Krippendorff (2019), Content Analysis, figure 12.11: a continuum of 60; the positions are those of
AlexPaulSuzan.csv in https://github.com/bootphon/pygamma-agreement."""


def study(
    rows: list[Row],
    lengths: list[int],
    *,
    coders: tuple[str, ...] | None = None,
    codes: tuple[str, ...] | None = None,
    participants: list[int] | None = None,
    rated: np.ndarray | None = None,
) -> Coded:
    """A `Coded` of rows; everyone saw everything unless `rated` says otherwise."""
    coders = coders or tuple(sorted({row[0] for row in rows}))
    codes = codes or tuple(sorted({row[1] for row in rows}))
    return Coded(
        coders=coders,
        codes=codes,
        unit=np.array([row[2] for row in rows], dtype=np.int64),
        coder=np.array([coders.index(row[0]) for row in rows], dtype=np.int64),
        code=np.array([codes.index(row[1]) for row in rows], dtype=np.int64),
        start=np.array([row[3] for row in rows], dtype=np.int64),
        end=np.array([row[4] for row in rows], dtype=np.int64),
        lengths=np.array(lengths, dtype=np.int64),
        participants=np.array(participants or range(len(lengths)), dtype=np.int64),
        rated=np.ones((len(lengths), len(coders)), dtype=np.bool_) if rated is None else rated,
    )


@st.composite
def studies(draw: st.DrawFn, *, most_codes: int = 3, length: int = 9, single: bool = False) -> Coded:
    """Studies of a few short responses; `single`: all segments are one character, and never overlap."""
    n_coders, n_codes = draw(st.integers(1, 4)), draw(st.integers(1, most_codes))
    lengths = draw(st.lists(st.integers(1, length), min_size=1, max_size=4))
    rated = np.array(
        draw(
            st.lists(
                st.lists(st.sampled_from([True, True, True, False]), min_size=n_coders, max_size=n_coders),
                min_size=len(lengths),
                max_size=len(lengths),
            )
        ),
        dtype=np.bool_,
    )
    rows: list[tuple[int, int, int, int, int]] = []
    for unit, n in enumerate(lengths):
        for coder in np.flatnonzero(rated[unit]):
            if single:
                given_to = draw(st.lists(st.integers(-1, n_codes - 1), min_size=n, max_size=n))
                rows += [(unit, coder, code, at, at + 1) for at, code in enumerate(given_to) if code >= 0]
                continue
            for _ in range(draw(st.integers(0, 3))):
                start, end = sorted(draw(st.tuples(st.integers(0, n), st.integers(0, n))))
                rows.append((unit, coder, draw(st.integers(0, n_codes - 1)), start, end))
    columns = np.array(draw(st.permutations(rows)), dtype=np.int64).reshape(-1, 5).T
    people = draw(st.lists(st.integers(0, 2), min_size=len(lengths), max_size=len(lengths)))
    return Coded(
        coders=tuple(f"coder{i}" for i in range(n_coders)),
        codes=tuple(f"code{i}" for i in range(n_codes)),
        unit=columns[0],
        coder=columns[1],
        code=columns[2],
        start=columns[3],
        end=columns[4],
        lengths=np.array(lengths, dtype=np.int64),
        participants=np.array(people, dtype=np.int64),
        rated=rated,
    )


def figures(family: UnitizedFamily) -> dict[str, list[float | None]]:
    """All values of a family, None where undefined."""
    return {
        "boundaries": [family.boundaries.coefficient().value],
        "values": [family.values.coefficient().value],
        "coding": [family.coding.coefficient().value],
        "code_boundaries": [one.coefficient().value for one in family.code_boundaries],
        "code_given_coding": [one.coefficient().value for one in family.code_given_coding],
    }


def all_of(family: UnitizedFamily) -> list[UnitizedSums]:
    """The coefficients of a family, one after another."""
    return [
        family.boundaries,
        family.values,
        family.coding,
        *family.code_boundaries,
        *family.code_given_coding,
    ]


def close(one: dict[str, list[float | None]], other: dict[str, list[float | None]]) -> bool:
    """Whether figures are the same to 1e-9 and undefined alike."""
    return all(same(one[name], other[name]) for name in one)


def same(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    """Whether numbers are the same to 1e-9, and None where the other is."""
    first, second = (np.array(numbers, dtype=np.float64) for numbers in (one, other))
    return np.allclose(first, second, rtol=1e-9, atol=1e-9, equal_nan=True)


# -- published figures -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "printed"), [("values", 0.510), ("boundaries", 0.413), ("coding", 0.724)])
def test_the_books_example_is_matched_to_its_digits(name: str, printed: float) -> None:
    """Krippendorff (2019), section 12.6, prints these for figure 12.11; so do the tests of quallmer."""
    assert round(getattr(unitized(study(BOOK, [60])), name).coefficient().value, 3) == printed


@pytest.mark.parametrize(
    ("code", "printed", "covered"),
    [("1", 1.0, 1.0), ("2", 0.0, 1.0), ("3", 0.0, 1.0), ("4", 0.0, 1.0), ("5", 1.0, 8 / 18), ("6", 1.0, 1.0)],
)
def test_the_books_values_one_by_one(code: str, printed: float, covered: float) -> None:
    """Krippendorff (2019), section 12.6.6: agreement on a value and the share of it that is paired."""
    coded = study(BOOK, [60])
    family, at = unitized(coded), coded.codes.index(code)
    given_coding, alone = family.code_given_coding[at], family.code_boundaries[at]
    assert given_coding.coefficient().value == pytest.approx(printed, abs=1e-12)
    assert given_coding.sums[:, 0].sum() / alone.sums[:, 1].sum() == pytest.approx(covered)


def test_a_value_that_meets_gaps_only_is_undefined() -> None:
    """Krippendorff (2019), section 12.6.6: nobody but Alex coded what he gave value 7."""
    coefficient = unitized(study(BOOK, [60])).code_given_coding[-1].coefficient()
    assert (coefficient.value, coefficient.reason) == (None, unitizing.NOT_PAIRED)


def test_the_continuum_of_1995_character_by_character() -> None:
    """Krippendorff (1995), doi:10.2307/271061, example A in units of one; so do the tests of DKPro."""
    marked = {"Bertha": [*range(2, 10), *range(14, 20)], "Bill": [*range(4, 8), 15, 16]}
    rows = [(coder, "A", 0, at, at + 1) for coder, places in marked.items() for at in places]
    family = unitized(study(rows, [24]))
    assert round(family.boundaries.coefficient().value, 3) == 0.329
    assert round(family.code_boundaries[0].coefficient().value, 3) == 0.329


# -- second opinions ---------------------------------------------------------------------------------


@given(studies())
def test_the_definition_character_by_character_agrees(coded: Coded) -> None:
    """Every coefficient is what counting single characters in fractions gives, and undefined with it."""
    brute, n_codes = Brute(coded), range(len(coded.codes))
    assert close(
        figures(unitized(coded)),
        {
            "boundaries": [brute.boundaries()],
            "values": [brute.values()],
            "coding": [brute.coding()],
            "code_boundaries": [brute.code_boundaries(code) for code in n_codes],
            "code_given_coding": [brute.code_given_coding(code) for code in n_codes],
        },
    )


@given(studies(single=True))
def test_segments_of_one_character_make_it_ordinary_alpha(coded: Coded) -> None:
    """If every segment is one character, u-alpha is alpha nominal with characters as units.

    With longer segments it is not: the expected disagreement leaves out pairs of characters of one segment.
    """
    krippendorff = pytest.importorskip("krippendorff")
    ratings = np.full((len(coded.coders), int(coded.lengths.sum())), np.nan)
    first = np.concatenate(([0], np.cumsum(coded.lengths)))
    for unit, coder in np.argwhere(coded.rated):
        ratings[coder, first[unit] : first[unit + 1]] = 0
    ratings[coded.coder, first[coded.unit] + coded.start] = coded.code + 1
    kept = ratings[:, (~np.isnan(ratings)).sum(axis=0) >= 2]
    coefficient = unitized(coded).values.coefficient()
    if len(np.unique(kept[~np.isnan(kept)])) < 2:
        assert coefficient.value is None
    else:
        ordinary = krippendorff.alpha(reliability_data=kept, level_of_measurement="nominal")
        assert coefficient.value == pytest.approx(ordinary, abs=1e-9)


# -- laws --------------------------------------------------------------------------------------------


@given(studies(), st.data())
def test_names_and_order_change_nothing(coded: Coded, data: st.DataObject) -> None:
    """Permuting coders, codes, responses, participants and rows changes no figure."""
    units = np.array(data.draw(st.permutations(range(coded.n_units))))
    coders = np.array(data.draw(st.permutations(range(len(coded.coders)))))
    codes = np.array(data.draw(st.permutations(range(len(coded.codes)))))
    rows = np.array(data.draw(st.permutations(range(len(coded.unit)))), dtype=np.int64)
    lengths, people = np.empty_like(coded.lengths), np.empty_like(coded.participants)
    rated = np.empty_like(coded.rated)
    lengths[units], people[units] = coded.lengths, 2 - coded.participants
    rated[np.ix_(units, coders)] = coded.rated
    other = replace(
        coded,
        unit=units[coded.unit[rows]],
        coder=coders[coded.coder[rows]],
        code=codes[coded.code[rows]],
        start=coded.start[rows],
        end=coded.end[rows],
        lengths=lengths,
        participants=people,
        rated=rated,
    )
    before, after = figures(unitized(coded)), figures(unitized(other))
    for name in ("code_boundaries", "code_given_coding"):
        after[name] = [after[name][code] for code in codes]
    assert close(before, after)


@given(studies(), st.data())
def test_what_is_marked_twice_counts_once(coded: Coded, data: st.DataObject) -> None:
    """Marking part of a segment again with the same code changes nothing."""
    rows = [row for row in range(len(coded.unit)) if coded.start[row] < coded.end[row]]
    again = np.array(
        data.draw(st.lists(st.sampled_from(rows or [0]), max_size=3)) if rows else [], dtype=np.int64
    )
    more = {
        name: np.concatenate((getattr(coded, name), getattr(coded, name)[again]))
        for name in ("unit", "coder", "code", "start")
    }
    middle = (coded.start[again] + coded.end[again] + 1) // 2
    other = replace(coded, **more, end=np.concatenate((coded.end, middle)))
    assert close(figures(unitized(coded)), figures(unitized(other)))


def test_touching_segments_stay_two_units() -> None:
    """Cutting a segment in two leaves what is observed and changes what is expected, as in the source."""
    whole = study([("ana", "a", 0, 0, 6), ("ben", "a", 0, 2, 8)], [12])
    cut = study([("ana", "a", 0, 0, 3), ("ana", "a", 0, 3, 6), ("ben", "a", 0, 2, 8)], [12])
    before, after = unitized(whole).boundaries, unitized(cut).boundaries
    assert before.sums[:, :3].tolist() == after.sums[:, :3].tolist()
    assert (before.sums[0, 3], after.sums[0, 3]) == (72, 54)
    assert before.coefficient().value > after.coefficient().value


@given(studies())
def test_a_codes_boundaries_are_those_of_a_study_of_that_code(coded: Coded) -> None:
    """A code's own coefficient needs no other code: it is the overall one of a study with that code alone."""
    family = unitized(coded)
    for code, own in enumerate(family.code_boundaries):
        only = coded.code == code
        columns = {name: getattr(coded, name)[only] for name in ("unit", "coder", "code", "start", "end")}
        alone = unitized(replace(coded, **columns))
        value = own.coefficient().value
        assert same([value] * 2, [alone.boundaries.coefficient().value, alone.values.coefficient().value])


@given(studies())
def test_full_agreement_is_one_or_undefined(coded: Coded) -> None:
    """If every coder who saw a response marked the same, no coefficient is below 1."""
    everyone = [(unit, coder) for unit, coder in np.argwhere(coded.rated)]
    first = {unit: min(coder for u, coder in everyone if u == unit) for unit, _ in everyone}
    rows = [
        (unit, coder, row)
        for unit, coder in everyone
        for row in np.flatnonzero((coded.unit == unit) & (coded.coder == first[unit]))
    ]
    source = np.array([row for *_, row in rows], dtype=np.int64)
    agreed = replace(
        coded,
        unit=coded.unit[source],
        coder=np.array([coder for _, coder, _ in rows], dtype=np.int64),
        code=coded.code[source],
        start=coded.start[source],
        end=coded.end[source],
    )
    for one in all_of(unitized(agreed)):
        assert same([one.coefficient().value or 1.0], [1.0])


@given(studies(), st.lists(st.integers(0, 2), min_size=3, max_size=3))
def test_weighted_sums_are_a_study_with_participants_repeated(coded: Coded, times: list[int]) -> None:
    """A resample's coefficient comes from sums: no need to lay out its responses again."""
    people = [person for person, n in enumerate(times) for _ in range(n)]
    units = [unit for person in people for unit in np.flatnonzero(coded.participants == person)]
    rows = [(new, row) for new, unit in enumerate(units) for row in np.flatnonzero(coded.unit == unit)]
    source = np.array([row for _, row in rows], dtype=np.int64)
    at = np.array(units, dtype=np.int64)
    other = replace(
        coded,
        unit=np.array([new for new, _ in rows], dtype=np.int64),
        **{name: getattr(coded, name)[source] for name in ("coder", "code", "start", "end")},
        lengths=coded.lengths[at],
        participants=coded.participants[at],
        rated=coded.rated[at],
    )
    for one, drawn in zip(all_of(unitized(coded)), all_of(unitized(other)), strict=True):
        weights = np.array(times[: len(one.sums)], dtype=np.float64)
        value = one.formula(np.stack([weights @ one.sums, one.sums.sum(axis=0)]))
        expected = [drawn.coefficient().value, one.coefficient().value]
        assert same(value.tolist(), expected)


def test_intervals_come_from_the_sums_of_drawn_participants() -> None:
    """The first row of drawn sums is the study itself, the others give an interval around its figure."""
    rows = [(coder, code, unit, s + unit % 3, e) for unit in range(30) for coder, code, _, s, e in BOOK]
    one = unitized(study(rows, [60 + unit for unit in range(30)])).values
    draws = draw(30, replicates=200, seed=3)
    figure, *replicates = one.formula(draws.sums(one.sums))
    assert figure == pytest.approx(one.coefficient().value)
    found = with_interval(one.coefficient(), np.array(replicates), n_participants=one.n_participants)
    assert found.low < found.value < found.high


# -- what is undefined, and why ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "changes", "reasons"),
    [
        ([("ana", "a", 0, 0, 3)], {}, {"boundaries": unitizing.FEW_CODERS, "coding": unitizing.FEW_CODERS}),
        (
            [("ana", "a", 0, 0, 3), ("ben", "a", 0, 0, 3)],
            {"rated": np.array([[True, False]])},
            {"boundaries": unitizing.NO_PAIRS, "code_boundaries": unitizing.NO_PAIRS},
        ),
        (
            [],
            {"coders": ("ana", "ben"), "codes": ("a",)},
            {
                "boundaries": unitizing.NOT_CODED,
                "values": unitizing.NOT_CODED,
                "coding": unitizing.NOT_PAIRED,
                "code_boundaries": unitizing.NOT_USED,
                "code_given_coding": unitizing.NOT_USED,
            },
        ),
        (
            [("ana", "a", 0, 0, 9), ("ben", "a", 0, 0, 9)],
            {},
            {
                "boundaries": unitizing.ALL_CODED,
                "values": unitizing.ONE_VALUE,
                "coding": unitizing.ONE_VALUE,
                "code_boundaries": unitizing.EVERYWHERE,
                "code_given_coding": unitizing.EVERYWHERE,
            },
        ),
        (
            [("ana", "a", 0, 0, 3), ("ben", "a", 0, 3, 9)],
            {},
            {"coding": unitizing.NOT_PAIRED, "code_given_coding": unitizing.NOT_PAIRED},
        ),
    ],
)
def test_undefined_has_its_reason(rows: list[Row], changes: dict, reasons: dict[str, str]) -> None:
    """No coefficient is made up where there is nothing to compare, and each says why."""
    family = unitized(study(rows, [9], **changes))
    for name, reason in reasons.items():
        found = getattr(family, name)
        coefficient = (found[0] if isinstance(found, tuple) else found).coefficient()
        assert (coefficient.value, coefficient.reason) == (None, reason)


@pytest.mark.parametrize("n_coders", [3, 4])
def test_a_lone_disagreement_among_several_coders_is_no_agreement(n_coders: int) -> None:
    """By equation 10 as it stands two of three coders who differ on all that both coded would agree fully."""
    coders = ("ana", "ben", "cleo", "dora")[:n_coders]
    family = unitized(study([("ana", "a", 0, 0, 3), ("ben", "b", 0, 0, 3)], [9], coders=coders))
    for one in (family.coding, *family.code_given_coding):
        assert one.coefficient().reason == unitizing.TOO_LITTLE


def test_three_raters_weights_do_not_pass_for_variation() -> None:
    """One value throughout is undefined also where raters' weights are thirds."""
    rows = [(coder, "a", unit, 0, 7) for coder in ("ana", "ben", "cleo", "dora") for unit in range(3)]
    family = unitized(study(rows, [11, 7, 9]))
    assert family.coding.coefficient().reason == unitizing.ONE_VALUE
    assert family.code_given_coding[0].coefficient().reason == unitizing.EVERYWHERE


def test_the_number_of_responses_comes_along() -> None:
    """The coefficient carries how many responses it was counted from."""
    rows = [("ana", "a", 0, 0, 3), ("ben", "b", 0, 1, 4), ("ana", "a", 1, 0, 3), ("ben", "a", 2, 2, 4)]
    rated = np.array([[True, True], [True, True], [True, True], [True, False]])
    family = unitized(study(rows, [6, 6, 6, 6], rated=rated))
    assert [family.values.n_units, family.coding.n_units] == [3, 1]
    assert [one.n_units for one in family.code_given_coding] == [1, 1]
    assert family.values.coefficient().n_units == 3


# -- several codes on a character --------------------------------------------------------------------


def test_several_codes_on_a_character_are_one_value() -> None:
    """A set of codes is a value of its own, and the characters that it concerns are counted."""
    rows = [("ana", "a", 0, 0, 6), ("ana", "b", 0, 4, 8), ("ben", "a", 0, 0, 4), ("ben", "b", 0, 4, 8)]
    coded = study(rows, [10])
    pieces, several = partition(end_to_end(coded))
    assert pieces.length[several].tolist() == [2]
    assert len(np.unique(pieces.value)) == 3
    assert unitized(coded).values.n_several == 2
    assert unitized(coded).coding.coefficient().value == pytest.approx(Brute(coded).coding(), abs=1e-12)


def test_more_codes_than_bits() -> None:
    """Sets are told apart also among more codes than a machine word has bits."""
    codes = tuple(f"c{number:03}" for number in range(200))
    rows = [("ana", code, 0, at, at + 2) for at, code in enumerate(codes)]
    rows += [("ben", code, 0, at, at + 2) for at, code in enumerate(codes)]
    coded = study(rows, [210])
    pieces, several = partition(end_to_end(coded))
    assert len(np.unique(pieces.value)) == 201
    assert several.sum() == 2 * 199
    assert unitized(coded).values.coefficient().value == pytest.approx(1.0)


def test_too_many_values_leave_totals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coefficient stays what it is; what is lost is the sums that intervals are drawn from."""
    coded = study([*BOOK, *((coder, code, 1, s, e) for coder, code, _, s, e in BOOK)], [60, 70])
    before = unitized(coded)
    monkeypatch.setattr(unitizing, "N_CELLS", 3)
    after = unitized(coded)
    assert (before.values.is_by_participant, after.values.is_by_participant) == (True, False)
    assert (after.values.sums.shape[0], after.coding.sums.shape[0]) == (1, 1)
    assert close(figures(before), figures(after))


# -- nothing is shown --------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [repr, str])
def test_no_coder_and_no_code_is_shown(show: Callable[[object], str]) -> None:
    """What is printed by accident names nobody."""
    coded = study(BOOK, [60])
    family = unitized(coded)
    shown = "".join(map(show, (family, family.values, end_to_end(coded))))
    assert not any(name in shown for name in coded.coders)
