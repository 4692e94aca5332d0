"""Single cells are left out, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_series_equal

from ppdarchive.deidentify.cells import CELL_SUPPRESSED, suppress_cells, with_suppressed
from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.released import released
from ppdarchive.deidentify.treat import keys_by_space, keys_to_shift, treat
from ppdarchive.model.columns import values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Disclosure, Field, Kind, Role, Schema, Treatment
from ppdarchive.model.table import CheckedTable
from ppdarchive.register import draw_pseudonym
from ppdarchive.testing import package_frames, packages
from ppdarchive.validate.typed import broken_typed


def treated(tables: Mapping[str, CheckedTable]) -> Mapping[str, TreatedTable]:
    """The tables, treated."""
    return treat(
        tables,
        pseudonyms={s: {key: draw_pseudonym() for key in keys} for s, keys in keys_by_space(tables).items()},
        redact=lambda texts, groups: redact(texts, groups, []),
        offsets=dict.fromkeys(keys_to_shift(tables), -7),
        secret=b"secret",
    ).tables


@st.composite
def cases(draw: st.DrawFn) -> tuple[Mapping[str, TreatedTable], dict[tuple[str, str], Any]]:
    """Treated tables, and cells of one or two fields that are in no key."""
    tables = treated(draw(package_frames(draw(packages(max_tables=2)), max_rows=5)))
    free = []
    for name, table in tables.items():
        keys = [table.schema.primary_key, *table.schema.unique_keys]
        keys += [key.fields for key in table.schema.foreign_keys]
        used = {own for key in keys for own in key}
        # Another table's key may refer to it too.
        used |= {
            own
            for other in tables.values()
            for key in other.schema.foreign_keys
            for own in key.reference_fields
        }
        free += [(name, own) for own in table.schema.names if own not in used and "_missing" not in own]
    assume(free)
    chosen = draw(st.lists(st.sampled_from(free), min_size=1, max_size=2, unique=True))
    masks = {
        (name, own): np.array(
            draw(st.lists(st.booleans(), min_size=len(tables[name].frame), max_size=len(tables[name].frame))),
            dtype=bool,
        )
        for name, own in chosen
    }
    return tables, masks


@given(cases())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_tables_without_some_cells_satisfy_their_schema(case: Any) -> None:
    """Exactly the cells named are gone, their reason is there, and the schema allows it (rule 1)."""
    tables, masks = case
    after = suppress_cells(tables, masks)
    assert broken_typed({name: (t.schema, t.frame) for name, t in after.items()}) == {}
    assert released({name: t.schema for name, t in after.items()}) == {n: t.schema for n, t in after.items()}
    touched = {(name, own + end) for name, own in masks for end in ("", "_missing")}
    for name, table in tables.items():
        for own in table.schema.names:
            if (name, own) not in touched:
                assert_series_equal(after[name].frame[own], table.frame[own])
    for (name, own), mask in masks.items():
        before = values_of(tables[name].frame[own]).to_pylist()
        found = values_of(after[name].frame[own]).to_pylist()
        reasons = values_of(after[name].frame[f"{own}_missing"]).to_pylist()
        for value, result, reason, is_out in zip(before, found, reasons, mask, strict=True):
            assert result is None if is_out else repr(result) == repr(value)
            assert (reason == CELL_SUPPRESSED) == is_out


def test_cells_of_keys_stay() -> None:
    """A key names rows, and a reason belongs to its value."""
    keep = Disclosure(Role.NONE, Treatment("keep"))
    fields = tuple(Field(name, Kind.STRING, disclosure=keep) for name in ("id", "a", "a_missing"))
    schema = Schema("t", fields, primary_key=("id",))
    for name, words in (("id", "key 'id'"), ("a_missing", "reason")):
        with pytest.raises(ValueError, match=re.escape(words)):
            with_suppressed(schema, name)
    assert "left out" in (with_suppressed(with_suppressed(schema, "a"), "a")["a"].description or "")
