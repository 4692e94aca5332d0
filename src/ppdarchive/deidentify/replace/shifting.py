"""Dates of a group moved by the same number of days, so that the time between them stays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from ppdarchive.deidentify.replace.dates import Written, read_date
from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.mentions import key_of
from ppdarchive.deidentify.replace.refusals import Refusals
from ppdarchive.model.span import TextCategory

_NEAREST: Final = 46
_FURTHEST: Final = 319
"""Days: every month becomes another, and no day of the year comes back to itself."""
_DAYS_A_MONTH: Final = 30.4375
_MOST_ATTEMPTS: Final = 64


def shifted(
    dates: Mapping[str, Mapping[str, str]], secret: bytes, refusals: Refusals
) -> Mapping[tuple[str, str], str]:
    """Move the dates of each group back by the same number of days.

    The number is drawn, and drawn again while a moved date is another date of the group or a known
    identifier. A date that remains one is left out, and so is one that cannot be read.

    Parameters
    ----------
    dates : mapping of str to mapping of str to str
        By group, what each date is as it is written, and its key.
    secret : bytes
    refusals : Refusals

    Returns
    -------
    mapping of (str, str) to str
        By group and date, the moved date in the same form.
    """
    read = {
        group: {value: found for value in own if (found := read_date(value)) is not None}
        for group, own in dates.items()
    }
    draws = {group: Draws(secret, group, "dates") for group in dates}
    best: dict[str, dict[str, str]] = {}
    left = [group for group, own in read.items() if own]
    for _ in range(_MOST_ATTEMPTS):
        if not left:
            break
        moved = {}
        for group in left:
            days = -_NEAREST - draws[group].below(_FURTHEST - _NEAREST + 1)
            moved[group] = {value: _moved(found, days) for value, found in read[group].items()}
        every = [new for own in moved.values() for new in own.values()]
        is_known = dict(zip(every, refusals.known(every), strict=True))
        again = []
        for group, own in moved.items():
            good = _good(own, dates[group], is_known)
            if len(good) > len(best.get(group, {})):
                best[group] = good
            if len(good) < len(own):
                again.append(group)
        left = again
    return {(group, value): new for group, own in best.items() for value, new in own.items()}


def _good(moved: Mapping[str, str], keys: Mapping[str, str], is_known: Mapping[str, bool]) -> dict[str, str]:
    """Of the moved dates those that are no date of the group, no identifier, and not two in one."""
    new_keys = {value: key_of(TextCategory.DATE, new) for value, new in moved.items()}
    whose = Counter(new for _, new in {(keys[value], new) for value, new in new_keys.items()})
    own = set(keys.values())
    return {
        value: new
        for value, new in moved.items()
        if new and not is_known[new] and new_keys[value] not in own and whose[new_keys[value]] == 1
    }


def _moved(found: Written, days: int) -> str:
    """A date moved back, in the same form; months alone by whole months, years alone by one."""
    when = found.when
    if when is None:
        return ""
    if found.day:
        return found.written(when + timedelta(days=days))
    months = round(days / _DAYS_A_MONTH) if found.month else -12
    nth = when.year * 12 + when.month - 1 + months
    return found.written(date(nth // 12, nth % 12 + 1, 15))
