"""What the gate says: a condition that does not hold, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A condition that does not hold.

    Attributes
    ----------
    condition : str
        A stable id.
    what : str
        What is wrong, with numbers and places; never a value.
    remedy : str
        What to do about it.
    overridable : bool
        Whether a written reason can override it (design: never schema, consent, known identifiers).
    is_advice : bool
        Whether it tells a person to look, and stops nothing.
    """

    condition: str
    what: str
    remedy: str
    overridable: bool = False
    is_advice: bool = False


class GateRefusedError(Exception):
    """The gate refused a release; `failures` tells every condition that failed."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(f"{len(failures)} conditions failed")
        self.failures = tuple(failures)


def n_of(n: int, noun: str) -> str:
    """How many there are, in words: ``1 place``, ``2 places``."""
    return f"{n} {noun}{'' if n == 1 else 's'}"
