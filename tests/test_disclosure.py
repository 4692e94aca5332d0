"""What is left out of a study so that nobody who is left is too rare."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest

from ppdarchive.deidentify.cells import suppress_cells
from ppdarchive.deidentify.consent import consented
from ppdarchive.disclosure import as_collected, assessed, fields_as_released, proposal, without_rare
from ppdarchive.drawn import Drawn, draw
from ppdarchive.gate import judge_risk
from ppdarchive.model.schema import Disclosure, Field, Role, Treatment
from ppdarchive.model.table import CheckedTable
from ppdarchive.pipeline import validate_study
from ppdarchive.risk.people import people_of
from ppdarchive.study.config import Release

QUASI = Role.QUASI_IDENTIFIER
Given = tuple[Mapping[str, CheckedTable], Drawn]


def release(**given: object) -> Release:
    """The example's terms, but for what is given."""
    words = {"standard": "safe-harbor", "consent": "consent_to_share", "k": 5, "max_average_risk": 0.09}
    return Release.model_validate({**words, **given})


@pytest.fixture(scope="module")
def study(example) -> Given:  # type: ignore[no-untyped-def]
    """Return the example study's tables of those who consented, and what is drawn for them."""
    tables = consented(validate_study(example).checked.tables, "consent_to_share").tables
    return tables, draw(tables)


def declared(
    tables: Mapping[str, CheckedTable], name: str, method: str, *, of: Callable[[Field, Role], bool]
) -> dict[str, CheckedTable]:
    """The tables, in one of which some fields are treated in another way."""

    def changed(field: Field) -> Field:
        own = field.disclosure
        if own is None or not of(field, own.role):
            return field
        return replace(field, disclosure=Disclosure(own.role, Treatment(method)))

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
