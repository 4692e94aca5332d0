"""Treatments: each in one place, which says what becomes of a field's schema and of its column.

Which exist, to what they apply and which parameters they take stands in `ppdarchive.model.treatment`,
since schemas are read without them. `METHODS` has the same names.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ppdarchive.deidentify.treatments import classes, dates, numbers, perturbed, plain, rare
from ppdarchive.deidentify.treatments.method import Given, Method, Outcome

METHODS: Final[Mapping[str, Method]] = MappingProxyType(
    {
        **plain.METHODS,
        **numbers.METHODS,
        **dates.METHODS,
        **classes.METHODS,
        **rare.METHODS,
        **perturbed.METHODS,
    }
)

__all__ = ["METHODS", "Given", "Method", "Outcome"]
