"""What is left out of a study so that nobody who is left is too rare."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.deidentify.consent import consented
from ppdarchive.disclosure import (
    as_collected,
    assessed,
    fields_as_released,
    proposal,
    tells_of_participants,
    without_rare,
)
from ppdarchive.drawn import Drawn, draw
from ppdarchive.gate import judge_risk
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Treatment
from ppdarchive.model.table import CheckedTable, Provenance
from ppdarchive.pipeline import validate_study
from ppdarchive.recoding.loss import LOSSES
from ppdarchive.risk.assessment import assess
from ppdarchive.risk.people import people_of
from ppdarchive.study.config import Release

from .risk.released import PARTICIPANT, field, of_participants, released

QUASI = Role.QUASI_IDENTIFIER
Given = tuple[Mapping[str, CheckedTable], Drawn]


def release(**given: object) -> Release:
    """The example's terms, but for what is given."""
    words = {"standard": "safe-harbor", "consent": "consent_to_share", "k": 5, "max_average_risk": 0.09}
    return Release.model_validate({**words, **given})


NOTHING = Drawn({}, {}, b"", b"")


def people(places: str, scores: Sequence[object] = (), kind: Kind = Kind.STRING) -> dict[str, CheckedTable]:
    """Participants, by the letters of their places and their scores; dots are missing."""
    columns: list[tuple[Field, Sequence[object]]] = [
        (PARTICIPANT, [f"p{number}" for number in range(len(places))]),
        (field("place", QUASI), [None if place == "." else place for place in places]),
    ]
    if scores:
        columns.append((field("score", Role.SENSITIVE, kind), scores))
    return {"participants": checked(released("participants", columns, primary_key=("participant_id",)))}


def checked(table: TreatedTable) -> CheckedTable:
    """A table as if it had just been checked."""
    n = len(table.frame)
    provenance = Provenance(("export.csv",), np.zeros(n, np.int32), np.arange(n, dtype=np.int64))
    return CheckedTable(table.schema, table.frame, provenance)


def lenient(**given: object) -> Release:
    """Terms that accept any risk, but for what is given."""
    return release(**{"k": 1, "max_prosecutor_risk": 1.0, "max_average_risk": 1.0, **given})


@pytest.fixture(scope="module")
def study(example) -> Given:  # type: ignore[no-untyped-def]
    """Return the example study's tables of those who consented, and what is drawn for them."""
    tables = consented(validate_study(example).checked.tables, "consent_to_share").tables
    return tables, draw(tables)


def declared(
    tables: Mapping[str, CheckedTable],
    name: str,
    method: str,
    *,
    of: Callable[[Field, Role], bool],
) -> dict[str, CheckedTable]:
    """The tables, in one of which some fields are treated in another way."""

    def changed(each: Field) -> Field:
        own = each.disclosure
        if own is None or not of(each, own.role):
            return each
        return replace(each, disclosure=Disclosure(own.role, Treatment(method)))

    schema = tables[name].schema
    schema = replace(schema, fields=tuple(map(changed, schema)))
    return {**tables, name: replace(tables[name], schema=schema)}


def test_record_suppression_lets_the_gate_pass(study: Given) -> None:
    """Who is too rare is gone with all that refers to her, and those who are left pass the gate."""
    tables, drawn = study
    own = release(max_suppressed=0.05)
    assert judge_risk(assessed(fields_as_released(tables, drawn), own), own)
    found = without_rare(tables, drawn, own)
    treated = fields_as_released(found.tables, drawn)
    assert judge_risk(assessed(treated, own), own) == []
    n = len(tables["participants"].frame)
    assert 0 < found.n_left_out <= 0.05 * n
    assert len(found.tables["participants"].frame) == n - found.n_left_out
    left = set(found.tables["participants"].frame["participant_id"])
    assert set(found.tables["responses"].frame["participant_id"]) <= left
    assert all((rows >= -1).all() for rows in people_of(treated).of.values())


def test_nobody_goes_if_too_many_would_have_to(study: Given) -> None:
    """Over the limit the tables stay as they are, and the gate is left to refuse."""
    tables, drawn = study
    for own in (release(), release(max_suppressed=0.01), release(max_suppressed=0.01, suppress_cells=True)):
        found = without_rare(tables, drawn, own)
        assert (found.tables, found.n_left_out, dict(found.cells)) == (tables, 0, {})


def test_local_suppression_lets_the_gate_pass(study: Given) -> None:
    """With single values left out the same participants pass the gate, k and average risk both."""
    tables, drawn = study
    own = release(max_suppressed=0.05, suppress_cells=True)
    found = without_rare(tables, drawn, own)
    treated = suppress_cells(fields_as_released(found.tables, drawn), found.cells)
    assert judge_risk(assessed(treated, own), own) == []
    assert {table for table, _ in found.cells} <= {"participants"}
    assert found.n_left_out <= 0.05 * len(tables["participants"].frame)
    assert all(len(rows) == len(found.tables["participants"].frame) for rows in found.cells.values())


def test_where_no_value_can_be_left_out_participants_are(study: Given) -> None:
    """Where no field of participants counts, leaving out single values is leaving out participants."""
    tables, drawn = study
    bare = declared(tables, "participants", "drop", of=lambda field, role: role in (QUASI, Role.KEY)
                    and field.name != "participant_id")  # fmt: skip
    by_records = without_rare(bare, drawn, release(max_suppressed=0.05))
    by_cells = without_rare(bare, drawn, release(max_suppressed=0.05, suppress_cells=True))
    assert 0 < by_cells.n_left_out == by_records.n_left_out
    assert dict(by_cells.cells) == {}
    assert by_cells.tables["participants"].frame.equals(by_records.tables["participants"].frame)


def test_nobody_goes_if_values_cannot_help_enough(study: Given) -> None:
    """Where other tables tell almost all apart, no value of participants is left out in vain."""
    tables, drawn = study
    dated = declared(tables, "responses", "keep", of=lambda field, _: field.name == "answered_on")
    for most in (0.05, 0.99):
        found = without_rare(dated, drawn, release(max_suppressed=most, suppress_cells=True, k=200))
        assert (found.tables, found.n_left_out, dict(found.cells)) == (dated, 0, {})


def test_keys_lose_no_value(study: Given) -> None:
    """A field that is part of a key counts, and others lose their values in its place."""
    tables, drawn = study
    schema = replace(tables["participants"].schema, unique_keys=(("participant_id", "deployed"),))
    keyed = {**tables, "participants": replace(tables["participants"], schema=schema)}
    keyed = declared(keyed, "participants", "keep", of=lambda field, _: field.name == "race_ethnicity")
    own = release(max_suppressed=0.05, suppress_cells=True)
    found = without_rare(keyed, drawn, own)
    assert {field for _, field in found.cells} == {"race_ethnicity"}
    treated = suppress_cells(fields_as_released(found.tables, drawn), found.cells)
    assert judge_risk(assessed(treated, own), own) == []


def test_participants_who_are_not_released_are_not_left_out(study: Given) -> None:
    """Where their table is dropped nobody knows which of its rows other tables tell apart."""
    tables, drawn = study
    dropped = declared(tables, "participants", "drop", of=lambda *_: True)
    for cells in (False, True):
        found = without_rare(dropped, drawn, release(max_suppressed=0.5, suppress_cells=cells))
        assert (found.tables, found.n_left_out, dict(found.cells)) == (dropped, 0, {})


def test_a_proposal_meets_what_it_was_asked_for(study: Given) -> None:
    """What is proposed for the raw tables, accepted, passes; nothing is proposed where nothing would do."""
    tables, drawn = study
    own = release(max_suppressed=0.05)
    raw = as_collected(tables)
    assert judge_risk(assessed(raw, own), own)
    found = proposal(tables, drawn, own, max_suppressed=0.05)
    assert found is not None
    assert found.n_suppressed <= 0.05 * found.n_participants
    # The example's schemas have accepted a proposal already, so there is nothing left to change.
    assert found.treatments == {}
    assert proposal(tables, drawn, release(k=10_000), max_suppressed=0.05) is None


def test_closeness_is_met_too(study: Given) -> None:
    """Where t is demanded, who is in a class that tells too much is left out as well."""
    tables, drawn = study
    own = release(max_suppressed=0.9, t=0.6)
    found = without_rare(tables, drawn, own)
    treated = fields_as_released(found.tables, drawn)
    assert judge_risk(assessed(treated, own), own) == []
    assert found.n_left_out > without_rare(tables, drawn, release(max_suppressed=0.05)).n_left_out


def test_as_collected_is_as_collected(study: Given) -> None:
    """To compare with, the tables are as they came."""
    tables, _ = study
    raw = as_collected(tables)
    assert raw.keys() == tables.keys()
    assert all(raw[name].frame is table.frame for name, table in tables.items())
    assert np.all([raw[name].schema is table.schema for name, table in tables.items()])


# -- small tables ---------------------------------------------------------------------------------


TERMS: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.fixed_dictionaries({"l": st.sampled_from([1.2, 2, 2.5, 3]), "l_kind": st.just("distinct")}),
    st.fixed_dictionaries({"l": st.sampled_from([1.2, 1.8, 2, 3]), "l_kind": st.just("entropy")}),
    st.fixed_dictionaries(
        {
            "l": st.sampled_from([2, 3]),
            "l_kind": st.just("recursive"),
            "c": st.sampled_from([None, 0.5, 1.0, 2.0, 3.0]),
        }
    ),
    st.fixed_dictionaries({"t": st.sampled_from([0.1, 0.25, 1 / 3, 0.5, 0.75])}),
    st.just({}),
)


@given(
    st.lists(st.tuples(st.sampled_from("xyz."), st.integers(1, 4)), min_size=1, max_size=14),
    st.sampled_from([Kind.STRING, Kind.INTEGER]),
    TERMS,
    st.integers(1, 4),
)
def test_who_is_left_out_is_whom_the_gate_refuses(
    rows: list[tuple[str, int]], kind: Kind, terms: dict[str, object], k: int
) -> None:
    """Nobody goes from a table that passes; who is left passes, unless all would have to go."""
    scores = [score if kind is Kind.INTEGER else str(score) for _, score in rows]
    tables = people("".join(place for place, _ in rows), scores, kind)
    own = lenient(k=k, max_suppressed=0.99, **terms)
    passes = judge_risk(assessed(as_collected(tables), own), own) == []
    found = without_rare(tables, NOTHING, own)
    if found.n_left_out:
        assert judge_risk(assessed(as_collected(found.tables), own), own) == []
        assert not passes
    # Nobody is left out either where all would have to go.
    elif not passes:
        assert found.tables is tables


def test_the_risk_is_that_of_the_terms() -> None:
    """What is demanded, the population and what answers state all go into the assessment."""
    tables = as_collected(people("xxxxyy", [*"aabcab"]))
    facts = {"answers": np.array([0, 0, 0, 0, 1, 2])}
    own = lenient(k=3, l=3, l_kind="recursive", population=50)
    assert assessed(tables, own, facts=facts) == assess(tables, k=3, l=3, population_size=50, facts=facts)
    assert assessed(tables, own) == assess(tables, k=3, l=3, population_size=50)
    assert assessed(tables, lenient(k=2)) == assess(tables, k=2, l=2)


def test_something_must_be_told_of_somebody() -> None:
    """One participant and one field are enough; none of either is too little."""
    assert tells_of_participants(as_collected(people("x")))
    assert not tells_of_participants(as_collected(people("")))
    bare = released("participants", [(PARTICIPANT, ["p0", "p1"])], primary_key=("participant_id",))
    assert not tells_of_participants({"participants": bare})
    visits = of_participants("visits", [0, 0], [])
    assert tells_of_participants({"participants": bare, "visits": visits})
    assert not tells_of_participants({"visits": visits})


@pytest.mark.parametrize(("n_rare", "gone"), [(29, 29), (30, 0)])
@pytest.mark.parametrize("cells", [False, True])
def test_a_share_is_what_is_written(n_rare: int, gone: int, cells: bool) -> None:
    """0.29 of 100 are 29, though 100 * 0.29 is less."""
    tables = people("." * 100)
    numbers = [0] * (100 - n_rare) + [*range(1, n_rare + 1)]
    visits = of_participants(
        "visits", [*range(100)], [(field("site", QUASI), [str(each) for each in numbers])]
    )
    own = lenient(k=2, max_suppressed=0.29, suppress_cells=cells)
    found = without_rare({**tables, "visits": checked(visits)}, NOTHING, own)
    assert found.n_left_out == gone
    assert len(found.tables["participants"].frame) == len(found.tables["visits"].frame) == 100 - gone


def test_the_average_decides_how_many_values_go() -> None:
    """Where k holds and the average does not, as few more values go as bring it down."""
    tables = people("xxxxxxxxyyzzz")
    counted = {
        average: int(
            without_rare(tables, NOTHING, lenient(k=2, max_average_risk=average, suppress_cells=True))
            .cells.get(("participants", "place"), np.zeros(1))
            .sum()
        )
        for average in (3 / 13, 0.23, 2 / 13, 0.15)
    }
    assert counted == {3 / 13: 0, 0.23: 5, 2 / 13: 5, 0.15: 13}


def test_a_proposal_demands_as_much_as_the_average_does() -> None:
    """The least k that brings the average down, up to one over it, of those who are not left out."""

    def k_of(places: str, average: float, suppressed: float = 0.0) -> int:
        own = lenient(k=2, max_prosecutor_risk=0.5, max_average_risk=average)
        fixed = frozenset({("participants", "place")} if suppressed else ())
        found = proposal(people(places), NOTHING, own, max_suppressed=suppressed, fixed=fixed)
        assert found is not None
        return found.k

    assert k_of("xxyyzzww", 0.5) == 2
    assert k_of("xxyyy", 0.4) == 2
    assert k_of("xxyyzzww", 0.34) == 3
    assert k_of("x" * 8 + "zzzzy", 0.2, 0.2) == 2
    # One over a 49th is a bit more than 49.
    found = proposal(people("x" * 49), NOTHING, lenient(max_prosecutor_risk=1 / 49), max_suppressed=0)
    assert found is not None
    assert (found.k, dict(found.treatments)) == (49, {})
    for own in (lenient(k=3), lenient(k=2, max_prosecutor_risk=0.34), lenient(k=3, max_prosecutor_risk=0.5)):
        found = proposal(people("xxyyy"), NOTHING, own, max_suppressed=0.4)
        assert found is not None
        assert (found.k, found.declared_k, found.n_suppressed) == (3, own.limits.k, 2)


def test_a_proposal_keeps_what_is_fixed_and_what_is_demanded_besides() -> None:
    """Values that tell too much are coarsened, unless the field is to stay; losses are those asked for."""
    tables, own = people("xxxyyy", [*"aaabab"]), lenient(l=2)
    place = ("participants", "place")
    found = proposal(tables, NOTHING, own, max_suppressed=0)
    assert found is not None
    assert [*found.treatments] == [place]
    assert proposal(tables, NOTHING, own, max_suppressed=0, fixed=frozenset({place})) is None
    found = proposal(tables, NOTHING, own, max_suppressed=0.5, fixed=frozenset({place}))
    assert found is not None
    assert (found.n_suppressed, dict(found.treatments)) == (3, {})
    uneven = people("xxxxxyyyzz")
    losses = [proposal(uneven, NOTHING, lenient(k=3), max_suppressed=0.2, loss=loss) for loss in LOSSES]
    assert len({found.loss for found in losses if found is not None}) == len(LOSSES)


def test_a_proposal_climbs_a_ready_hierarchy_that_knows_all_values() -> None:
    """States become regions; one unknown name, and the rare ones are suppressed instead."""

    def method(*states: str) -> str:
        columns = [
            (PARTICIPANT, [f"p{number}" for number in range(len(states))]),
            (field("state", QUASI), [*states]),
            (field("town", Role.NONE), ["IA"] * len(states)),
            (Field("undeclared", Kind.STRING), ["OH"] * len(states)),
            (field("year", QUASI, Kind.INTEGER), [2000] * len(states)),
        ]
        table = checked(released("participants", columns, primary_key=("participant_id",)))
        found = proposal({"participants": table}, NOTHING, lenient(k=3), max_suppressed=0)
        assert found is not None
        return found.treatments["participants", "state"].method

    assert method("IA", "IL", "WI", "CA", "OR", "WA") == "generalize"
    assert method("IA", "IA", "IA", "CA", "Ohio River", "WA") == "suppress"
