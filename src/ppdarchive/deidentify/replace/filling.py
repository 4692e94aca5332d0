"""Slots filled from draws: one surrogate for one key of a group, different ones for different keys."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.deidentify.replace.refusals import Refusals
from ppdarchive.deidentify.replace.slots import Slot

_MOST_ATTEMPTS: Final = 300
_STRICT_ATTEMPTS: Final = 100
"""So often a surrogate is refused that stands in any text; after that only what its own group wrote
refuses it, for in very many texts every name stands somewhere."""


@dataclass(slots=True, repr=False)
class _Open:
    """A slot that is not filled yet."""

    group: str
    slot: Slot
    draws: Draws
    attempts: int = 0
    drawn: str = ""


def fill(
    slots: Mapping[str, Iterable[Slot]], secret: bytes, refusals: Refusals
) -> Mapping[str, Mapping[tuple[str, str], str]]:
    """Fill the slots of each group.

    Parameters
    ----------
    slots : mapping of str to iterable of Slot
        By group; those of one space and key are one.
    secret : bytes
    refusals : Refusals

    Returns
    -------
    mapping of str to mapping of (str, str) to str
        By group, what fills each space and key. What could not be filled is left out.
    """
    result: dict[str, dict[tuple[str, str], str]] = {group: {} for group in slots}
    taken: dict[tuple[str, str], set[str]] = defaultdict(set)
    waiting: list[_Open] = []
    for group, own in slots.items():
        distinct = {(slot.space, slot.key): slot for slot in own}
        for (space, key), slot in distinct.items():
            taken[group, space].add(plain_key(key) or key)
            waiting.append(_Open(group, slot, Draws(secret, group, space, key)))
    # The order decides who draws again; it tells nothing, since it is drawn too.
    waiting.sort(key=lambda each: (each.slot.stage, each.group, each.draws.seed))
    for stage in sorted({each.slot.stage for each in waiting}):
        left = [each for each in waiting if each.slot.stage == stage]
        while left:
            left = [each for each in left if _draw(each, result, taken, refusals)]
            again = []
            for each, is_known in zip(left, refusals.known([each.drawn for each in left]), strict=True):
                if is_known:
                    taken[each.group, each.slot.space].discard(plain_key(each.drawn))
                    again.append(each)
                else:
                    result[each.group][each.slot.space, each.slot.key] = each.drawn
            left = again
    return result


def _draw(
    each: _Open,
    result: Mapping[str, Mapping[tuple[str, str], str]],
    taken: Mapping[tuple[str, str], set[str]],
    refusals: Refusals,
) -> bool:
    """Draw until nothing but the known identifiers could refuse it; false if nothing is left to draw."""
    own = taken[each.group, each.slot.space]
    while each.attempts < _MOST_ATTEMPTS:
        drawn = each.slot.draw(each.draws, result[each.group], each.attempts)
        each.attempts += 1
        key = plain_key(drawn)
        is_strict = each.attempts <= _STRICT_ATTEMPTS
        if key and key not in own and not refusals.stands(drawn, None if is_strict else each.group):
            own.add(key)
            each.drawn = drawn
            return True
    return False
