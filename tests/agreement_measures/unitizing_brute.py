"""The u-alpha family by definition: character by character, pair by pair, in fractions.

Nothing is shared with the package but `Coded`. A coder's continuum is a list with, for each character, the
set of codes given to it and the set of those whose unit goes on to the next character.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from fractions import Fraction
from itertools import product

from ppdarchive.agreement.coded import Coded

Value = Hashable
GAP: frozenset[int] = frozenset()
Line = list[tuple[frozenset[int], frozenset[int]]]


class Brute:
    """All coefficients of one study; each is None where its expected disagreement is nil."""

    def __init__(self, coded: Coded) -> None:
        self.coded = coded
        self.lines: dict[tuple[int, int], Line] = {}
        self.raters: dict[int, list[int]] = {}
        for unit in range(coded.n_units):
            raters = [coder for coder in range(len(coded.coders)) if coded.rated[unit, coder]]
            if len(raters) < 2:
                continue
            self.raters[unit] = raters
            for coder in raters:
                self.lines[unit, coder] = self._line(unit, coder)

    def _line(self, unit: int, coder: int) -> Line:
        coded, line = self.coded, []
        own = [
            (int(coded.start[row]), int(coded.end[row]), int(coded.code[row]))
            for row in range(len(coded.unit))
            if coded.unit[row] == unit and coded.coder[row] == coder
        ]
        for place in range(int(coded.lengths[unit])):
            here = frozenset(code for start, end, code in own if start <= place < end)
            goes_on = frozenset(code for start, end, code in own if start <= place and place + 1 < end)
            line.append((here, goes_on))
        return line

    def values(self) -> float | None:
        """U-alpha nominal: values are sets of codes, and the gap is one."""
        return _alpha(*self._tables(lambda codes: codes))

    def boundaries(self) -> float | None:
        """|u-alpha: the tables of all values, added up into gap and no gap."""
        observed, expected, left = self._tables(lambda codes: codes)
        return _alpha(_merged(observed, bool), _merged(expected, bool), left)

    def code_boundaries(self, code: int) -> float | None:
        """|u-alpha on one code, everything else a gap."""
        return _alpha(*self._tables(lambda codes: codes & {code}))

    def coding(self) -> float | None:
        """Cu-alpha nominal: only characters that both of two coders coded."""
        return _alpha(*self._paired(lambda codes: codes))

    def code_given_coding(self, code: int) -> float | None:
        """(k)u-alpha nominal of one code, by equation 13b; the denominator of equation 10 cancels out."""
        observed, expected, _ = self._paired(lambda codes: codes & {code})
        key = frozenset({code})
        row_observed = sum((amount for (c, _), amount in observed.items() if c == key), Fraction())
        row_expected = sum((amount for (c, _), amount in expected.items() if c == key), Fraction())
        chance = row_expected - expected.get((key, key), Fraction())
        if not row_observed or not chance or row_expected <= 0:
            return None
        missed = row_observed - observed.get((key, key), Fraction())
        return float(1 - row_expected / row_observed * missed / chance)

    def _tables(self, view: Callable[[frozenset[int]], frozenset[int]]):  # type: ignore[no-untyped-def]
        """Equations 1 and 4."""
        observed: dict[tuple[Value, Value], Fraction] = defaultdict(Fraction)
        itself: dict[Value, Fraction] = defaultdict(Fraction)
        for unit, raters in self.raters.items():
            for one, other in product(raters, raters):
                if one != other:
                    for (c, _), (k, _) in zip(self.lines[unit, one], self.lines[unit, other], strict=True):
                        observed[view(c), view(k)] += Fraction(1, len(raters) - 1)
            for coder in raters:
                for value, places in _segments(self.lines[unit, coder], view):
                    itself[value] += len(places) if value == GAP else len(places) ** 2
        whole = sum(observed.values(), Fraction())
        return observed, _expected(observed, itself), whole - sum(itself.values()) / (whole or 1)

    def _paired(self, view: Callable[[frozenset[int]], frozenset[int]]):  # type: ignore[no-untyped-def]
        """Equations 1 and 10, without gaps; what `view` leaves of a value may be empty, and is a value."""
        observed: dict[tuple[Value, Value], Fraction] = defaultdict(Fraction)
        itself: dict[Value, Fraction] = defaultdict(Fraction)
        for unit, raters in self.raters.items():
            share = Fraction(1, len(raters) - 1)
            for one, other in product(raters, raters):
                if one == other:
                    continue
                theirs = self.lines[unit, other]
                for (c, _), (k, _) in zip(self.lines[unit, one], theirs, strict=True):
                    if c and k:
                        observed[view(c), view(k)] += share
                # What `view` leaves empty is the rest here, whose own squares no coefficient by code uses.
                for value, places in _segments(self.lines[unit, one], view):
                    if value:
                        itself[value] += share * sum(bool(theirs[place][0]) for place in places) ** 2
        whole = sum(observed.values(), Fraction())
        return observed, _expected(observed, itself), whole - sum(itself.values()) / (whole or 1)


def _segments(line: Line, view: Callable[[frozenset[int]], frozenset[int]]):  # type: ignore[no-untyped-def]
    found: list[tuple[Value, list[int]]] = []
    linked = False
    for place, (codes, goes_on) in enumerate(line):
        value = view(codes)
        if linked and found and found[-1][0] == value:
            found[-1][1].append(place)
        else:
            found.append((value, [place]))
        linked = view(goes_on) == value
    return found


def _expected(observed, itself):  # type: ignore[no-untyped-def]
    row: dict[Value, Fraction] = defaultdict(Fraction)
    for (c, _), amount in observed.items():
        row[c] += amount
    return {(c, k): row[c] * row[k] - (itself[c] if c == k else 0) for c, k in product(list(row), list(row))}


def _merged(table, by):  # type: ignore[no-untyped-def]
    merged: dict[tuple[Value, Value], Fraction] = defaultdict(Fraction)
    for (c, k), amount in table.items():
        merged[by(c), by(k)] += amount
    return merged


def _alpha(observed, expected, left) -> float | None:  # type: ignore[no-untyped-def]
    if left <= 0:
        return None
    disagreement = sum((amount for (c, k), amount in observed.items() if c != k), Fraction())
    chance = sum((amount for (c, k), amount in expected.items() if c != k), Fraction()) / left
    return float(1 - disagreement / chance) if chance else None
