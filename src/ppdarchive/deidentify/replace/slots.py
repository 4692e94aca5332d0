"""A value as a plan: what is kept of it, and the slots that surrogates fill."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ppdarchive.deidentify.replace.draws import Draws

Filled = Mapping[tuple[str, str], str]
"""What fills slots of one group, by space and key."""

Draw = Callable[[Draws, Filled, int], str]
"""From random choices, what fills the slots of earlier stages, and the number of the attempt to what
may fill the slot; an empty text where this attempt came to nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Slot:
    """A part of a value that a surrogate takes the place of.

    Attributes
    ----------
    space : str
        Within it one key has one surrogate and different keys have different ones.
    key : str
        What the spellings of the part share.
    draw : Draw
    write : callable
        From the surrogate to how it is written in this value.
    stage : int
        Slots of a later stage are filled after those of earlier ones.
    """

    space: str
    key: str
    draw: Draw
    write: Callable[[str], str]
    stage: int = 0


Plan = tuple[str | Slot, ...]
"""The pieces of a value; one without slots has no surrogate."""


def filled(plan: Plan, surrogates: Filled) -> str:
    """The value with its slots filled; empty if one is not, or there is none."""
    pieces = []
    n_slots = 0
    for piece in plan:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        surrogate = surrogates.get((piece.space, piece.key), "")
        if not surrogate:
            return ""
        n_slots += 1
        pieces.append(piece.write(surrogate))
    return "".join(pieces) if n_slots else ""
