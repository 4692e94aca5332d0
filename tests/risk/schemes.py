"""Ages as releases show them, each under a treatment of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import pandas as pd
from hypothesis import strategies as st

from ppdarchive.deidentify.treatments import METHODS, Given
from ppdarchive.model.dtypes import pandas_dtype
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Constraints, Disclosure, Field, JsonValue, Kind, Role, Treatment

from .released import PARTICIPANT, released

Treated = tuple[str, Mapping[str, JsonValue]]
"""The name of a treatment and its parameters."""

AGES = range(100)
"""Every age that there could be."""

NO_ONE = cast(Given, None)
"""What a treatment that looks at its own column alone is given besides."""


def age(treated: Treated) -> Field:
    """The field as it comes in."""
    return Field(
        "age",
        Kind.INTEGER,
        description="In years.",
        constraints=Constraints(minimum=0, maximum=99),
        disclosure=Disclosure(Role.QUASI_IDENTIFIER, Treatment(treated[0], treated[1])),
    )


def released_age(treated: Treated) -> Field:
    """The field as it is released."""
    incoming = age(treated)
    own = METHODS[treated[0]].field(incoming)
    assert own is not None
    words = f"In years. {METHODS[treated[0]].words(incoming)}"
    told = Disclosure(Role.QUASI_IDENTIFIER, Treatment("keep"))
    return Field(
        own.name, own.kind, description=words, constraints=own.constraints, categories=own.categories,
        categories_ordered=own.categories_ordered, disclosure=told,
    )  # fmt: skip


def ages_under(treated: Treated, ages: Sequence[int | None]) -> list[object]:
    """The ages as they are released."""
    own = released_age(treated)
    values = pd.Series(list(ages), dtype=pandas_dtype(Field("age", Kind.INTEGER)))
    column = METHODS[treated[0]].column(values, age(treated), own, NO_ONE).values
    return [None if pd.isna(value) else value for value in column]


def people(treated: Treated, ages: Mapping[str, int | None]) -> dict[str, TreatedTable]:
    """A release of the ages of participants, by pseudonym; None is a cell that was suppressed."""
    columns = [(PARTICIPANT, list(ages)), (released_age(treated), ages_under(treated, list(ages.values())))]
    return {"participants": released("participants", columns, primary_key=("participant_id",))}


@st.composite
def treatments(draw: st.DrawFn) -> Treated:
    """Any treatment that makes ranges of ages."""
    method = draw(st.sampled_from(["keep", "band", "band", "band", "round", "top_bottom_code"]))
    if method == "keep":
        return method, {}
    if method == "round":
        return method, {"to": draw(st.sampled_from([3, 5, 10]))}
    bottom, top = draw(st.integers(15, 22)), draw(st.integers(24, 30))
    limits: dict[str, JsonValue] = {"bottom": bottom, "top": top}
    return method, limits if method == "top_bottom_code" else {**limits, "width": draw(st.integers(1, 6))}
