"""What a package may tell of its values: counts that give no small cell away, figures that give nobody away.

Two readers are feared. One has the codebook alone, where the rows are for fewer people; the other has the
rows, and all other releases too, and looks for what was not released. So it was decided:

- *Counts* are of released values, and of participants, never of rows: the number of answers says who gave
  none. Where the rows are public, counts say nothing that rows do not, and all are told. Where they are not,
  none of 1 to ``min_cell`` - 1 is told, nor one from which such a count follows (`cells`). All fields of all
  tables are looked at together: values and reasons of missing values are one partition of the participants;
  of a table of many rows, a value parts them into those who have it, those who have only others, and those
  who have no row; and where one field follows from another, its counts are the sums of the other's. All that
  is left out is shown alike: a sign of its own for complements would say that the rest is small.
- *Shares of values left out* are counts of released values (the reasons), and need nothing else.
- *Entropy, mean and SD before treatment* are computed from values that are not released. They are rounded to
  a step that is no smaller than what `min_cell` participants can change by changing their values at will,
  with limits that the schema declares and never those of the data. Two releases that differ in one
  participant then mostly tell the same, at most the next step, and no figure tells more of one participant
  than of a whole cell. A figure whose step is more than a quarter of what it could range over tells nothing,
  and is left out. After treatment it is rounded alike, so that nothing finer is told of restricted rows.
- Where rows are not public, a field with a count that is not told has no figures: its entropy could exclude
  some of what the count might be.
- *Correlations* stay in the private report: one participant can turn the sign of one.
- *Counts before treatment*, and how many different values there were, stay there too: they are counts of what
  is not released. So do figures of tables with many rows a participant, who can change them at will.

What treatment could not keep is thereby told to a step, and exactly in what ``ppdarchive risk`` writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import e, floor, inf, log2, sqrt
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
import pyarrow.compute as pc

from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import COMPANION_SUFFIX, Field, Kind, Role
from ppdarchive.model.summary import FieldSummary, Figure, Summary
from ppdarchive.model.table import CheckedTable
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.risk.cells import EVERYBODY, MIN_CELL, Cells, Relation, suppression, tabulate
from ppdarchive.risk.classes import Codes, Numbers, classes_of
from ppdarchive.risk.people import NOBODY, people_of
from ppdarchive.risk.utility import column_of, measured

_A_VALUE: Final = ""
"""What stands for all values of a field that lists none."""

Key = tuple[str, str, str]
"""Table, field, and in tables of many rows the value that participants are parted by."""

_FINEST: Final = 0.25
"""The largest step, as a share of what a figure can range over, with which it still tells something."""

_HAS, _HAS_OTHERS, _HAS_NONE = 0, 1, 2


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Partition:
    """Participants parted by what they have in a field.

    Attributes
    ----------
    codes : ndarray of int64, shape (n_participants,)
    names : mapping of str to int
        The code of each value or reason that is told.
    missing : int or None
        The code of those with neither, if it is told.
    """

    codes: Numbers
    names: Mapping[str, int]
    missing: int | None


def summarize(
    before: Mapping[str, CheckedTable], after: Mapping[str, TreatedTable], *, min_cell: int | None
) -> Summary:
    """Gather what a package may tell of its values.

    Parameters
    ----------
    before : mapping of str to CheckedTable
        Of the participants who are released; only rounded figures are told of it.
    after : mapping of str to TreatedTable
        All that is released.
    min_cell : int or None
        The smallest count that is told; None where the rows are public.

    References
    ----------
    CMS cell size suppression policy (https://resdac.org/node/1506).
    """
    people = people_of(after)
    parts = dict(partitions(after))
    told, shows_zeros = _told(parts, people.n_participants, min_cell)
    figures = dict(_figures(before, after, min_cell or MIN_CELL))
    counts: dict[tuple[str, str], FieldSummary] = {}
    for table, field in dict.fromkeys([*(key[:2] for key in parts if key[1]), *figures]):
        own = {key: part for key, part in parts.items() if key[:2] == (table, field)}
        values = {name: told[key, code] for key, part in own.items() for name, code in part.names.items()}
        missing = [told[key, part.missing] for key, part in own.items() if part.missing is not None]
        n_missing = missing[0] if missing else 0
        hidden = min_cell is not None and (n_missing is None or None in values.values())
        counts[table, field] = FieldSummary(
            MappingProxyType(values), n_missing, () if hidden else figures.get((table, field), ())
        )
    uncounted = frozenset[str]()
    if min_cell is not None:
        # How many rows there are of each participant tells how many answers are not there.
        few = people.n_participants < min_cell
        uncounted = frozenset(name for name in people.of if name != PARTICIPANTS or few)
    return Summary(MappingProxyType(counts), min_cell, shows_zeros, uncounted)


def told_counts(
    tables: Mapping[str, TreatedTable], *, min_cell: int
) -> Mapping[tuple[str, str, str | None], int | None]:
    """The counts of participants that a codebook tells where rows are not public.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        All that is released.
    min_cell : int
        The smallest count that is told.

    Returns
    -------
    mapping of (str, str, str or None) to int or None
        By table, field, and value or reason; None for neither. Under three empty texts all participants.
        None is a count that is not told.
    """
    n_participants = people_of(tables).n_participants
    parts = dict(partitions(tables))
    told, _ = _told(parts, n_participants, min_cell)
    found: dict[tuple[str, str, str | None], int | None] = {
        ("", "", ""): n_participants if n_participants >= min_cell else None
    }
    for key, part in parts.items():
        found |= {(key[0], key[1], name): told[key, code] for name, code in part.names.items()}
        if part.missing is not None:
            found[key[0], key[1], None] = told[key, part.missing]
    return MappingProxyType(found)


def partitions(tables: Mapping[str, TreatedTable]) -> Iterator[tuple[Key, Partition]]:
    """How each field that is counted parts the participants, and whether they have rows at all."""
    people = people_of(tables)
    for name, of in people.of.items():
        owned = of != NOBODY
        n_rows = np.bincount(of[owned], minlength=people.n_participants)
        if name != PARTICIPANTS:
            has_rows = np.where(n_rows > 0, _HAS, _HAS_NONE)
            yield (name, "", ""), Partition(has_rows, MappingProxyType({}), None)
        for field in _counted(tables[name]):
            names, codes = _coded(tables[name], field)
            if name == PARTICIPANTS:
                part = Partition(codes, MappingProxyType({each: n for n, each in enumerate(names)}), -1)
                yield (name, field.name, ""), part
                continue
            for code, each in enumerate([*names, None]):
                place = -1 if each is None else code
                rows = owned & (codes == place)
                found = np.where(n_rows > 0, _HAS_OTHERS, _HAS_NONE)
                found[of[rows]] = _HAS
                told = {} if each is None else {each: _HAS}
                key = (name, field.name, "missing" if each is None else f"value {each}")
                yield key, Partition(found, MappingProxyType(told), _HAS if each is None else None)


def _counted(table: TreatedTable) -> Iterator[Field]:
    """The fields whose values are listed, and those that say why a value is missing."""
    for field in table.schema:
        if field.disclosure is None or field.disclosure.role in (Role.KEY, Role.DIRECT_IDENTIFIER):
            continue
        if not table.schema.is_companion(field.name) and (
            _is_listed(field) or field.name + COMPANION_SUFFIX in table.schema
        ):
            yield field


def _is_listed(field: Field) -> bool:
    """Whether the schema says which values there may be, so that naming them tells nothing."""
    return field.categories is not None or field.kind is Kind.BOOLEAN


def _coded(table: TreatedTable, field: Field) -> tuple[list[str], Numbers]:
    """The values and reasons of a field, and each row's place among them; -1 for neither."""
    if field.kind is Kind.BOOLEAN and field.categories is None:
        names = ["true", "false"]
        texts = [None if value is None else str(value).lower() for value in _values(table, field.name)]
    elif field.categories is not None:
        names = [str(category.value) for category in field.categories]
        texts = [None if value is None else str(value) for value in _values(table, field.name)]
    else:
        names = [_A_VALUE]
        is_there = pc.is_valid(values_of(table.frame[field.name])).to_pylist()
        texts = [_A_VALUE if each else None for each in is_there]
    place_of = {name: place for place, name in enumerate(names)}
    codes = np.array([-1 if text is None else place_of[text] for text in texts], dtype=np.int64)
    companion = field.name + COMPANION_SUFFIX
    if companion in table.schema:
        distinct, reasons = encode(values_of(table.frame[companion]))
        declared = [str(category.value) for category in table.schema[companion].categories or ()]
        listed = list(dict.fromkeys([*declared, *sorted(map(str, distinct))]))
        # A reason that is called like a value is told apart by its words.
        named = [reason if reason not in place_of else f"missing: {reason}" for reason in listed]
        places = np.array([*(len(names) + listed.index(str(each)) for each in distinct), -1], dtype=np.int64)
        codes = np.where(codes < 0, places[reasons], codes)
        names = [*names, *named]
    return names, codes


def _values(table: TreatedTable, name: str) -> list[object]:
    found: list[object] = values_of(table.frame[name]).to_pylist()
    return found


def _told(
    parts: Mapping[Key, Partition], n_participants: int, min_cell: int | None
) -> tuple[Mapping[tuple[Key, int], int | None], bool]:
    """Each count of each partition, None where it must not be told; and whether zeros are told."""
    cells, place_of = tabulated(parts, with_implied=min_cell is not None)
    counts: dict[tuple[Key, int], int | None] = {}
    suppressed, shows_zeros = np.zeros(len(cells.counts), dtype=np.bool_), True
    if min_cell is not None:
        everybody = cells.places[EVERYBODY]
        try:
            plan = suppression(
                cells.counts,
                cells.relations,
                min_cell=min_cell,
                kept=[everybody] if n_participants >= min_cell else [],
            )
            suppressed, shows_zeros = plan.suppressed, plan.shows_zeros
        except ValueError:  # then nothing is told at all
            suppressed, shows_zeros = np.ones(len(cells.counts), dtype=np.bool_), False
    for key, part in parts.items():
        for code in (*part.names.values(), *(() if part.missing is None else (part.missing,))):
            place = place_of.get((key, code))
            if place is None:  # nobody has it, and nobody could be missed
                counts[key, code] = 0 if shows_zeros else None
            else:
                counts[key, code] = None if suppressed[place] else int(cells.counts[place])
    return counts, shows_zeros


def tabulated(
    parts: Mapping[Key, Partition], *, with_implied: bool = True
) -> tuple[Cells, Mapping[tuple[Key, int], int]]:
    """Count all partitions, with the sums that tie their cells; and where each stands."""
    keys = {"\0".join(key): key for key in parts}
    columns: dict[str, Codes] = {name: parts[key].codes for name, key in keys.items()}
    cells = tabulate(columns, [[name] for name in columns] or [[]])
    place_of = {
        (keys[fields[0]], codes[0]): place for (fields, codes), place in cells.places.items() if fields
    }
    implied = _implied(columns, cells) if with_implied and columns else ()
    return Cells(cells.places, cells.counts, (*cells.relations, *implied)), place_of


def _implied(columns: Mapping[str, Codes], cells: Cells) -> Iterator[Relation]:
    """Where a field follows from another, each of its cells is the sum of some of the other's."""
    _, rows = np.unique(classes_of(list(columns.values())).of, return_index=True)
    kinds = {name: codes[rows] for name, codes in columns.items()}  # of participants: one of each
    n_values = {name: len(np.unique(codes)) for name, codes in kinds.items()}
    for finer, codes in kinds.items():
        for coarser, others in kinds.items():
            if finer == coarser or n_values[coarser] < 2:
                continue
            pairs = np.unique(np.stack([codes, others]), axis=1)
            if pairs.shape[1] > n_values[finer]:
                continue
            for value in np.unique(others).tolist():
                own = pairs[0, pairs[1] == value].tolist()
                parts = tuple(cells.places[(finer,), (code,)] for code in own)
                yield Relation(cells.places[(coarser,), (value,)], parts)


def _figures(
    before: Mapping[str, CheckedTable], after: Mapping[str, TreatedTable], group: int
) -> Iterator[tuple[tuple[str, str], tuple[Figure, ...]]]:
    """The rounded figures of the fields of participants."""
    if PARTICIPANTS not in before or PARTICIPANTS not in after:
        return
    released = after[PARTICIPANTS]
    n = len(released.frame)
    for field in measured(before[PARTICIPANTS].schema):
        if field.name not in released.schema:
            continue
        assert field.disclosure is not None
        is_kept = field.disclosure.treatment.method == "keep"
        one, other = (column_of(each.frame, field.name) for each in (before[PARTICIPANTS], released))
        found: list[Figure | None] = []
        if not is_kept:
            found.append(
                _figure("entropy", one.entropy, other.entropy, entropy_step(n, group), log2(max(n, 1)))
            )
        low, high = field.constraints.minimum, field.constraints.maximum
        if isinstance(low, int | float) and isinstance(high, int | float) and one.mean is not None:
            # A treatment only takes values away: there were at least as many before.
            n_known = n - other.n_missing
            width = float(high - low)
            given = None if is_kept else one.mean
            found.append(_figure("mean", given, other.mean, mean_step(n_known, width, group), width))
            given = None if is_kept else one.sd
            found.append(_figure("SD", given, other.sd, sd_step(n_known, width, group), width / 2))
        if figures := tuple(figure for figure in found if figure is not None):
            yield (PARTICIPANTS, field.name), figures


def _figure(
    name: Literal["entropy", "mean", "SD"],
    before: float | None,
    after: float | None,
    least: float,
    width: float,
) -> Figure | None:
    if after is None or not 0 < least < inf:
        return None
    step = _round_step(least)
    if step > width * _FINEST:
        return None
    return Figure(name, None if before is None else _to(before, step), _to(after, step), step)


def _to(value: float, step: float) -> float:
    # Halves go up, always: half-even ones are up to two steps apart where the values are one.
    return float(f"{floor(value / step + 0.5) * step:.12g}") + 0.0


def _round_step(least: float) -> float:
    """The smallest of 1, 2 or 5 times a power of ten that is not below `least`."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(f"{next(times * power for times in (1, 2, 5, 10) if times * power >= least):.12g}")


def entropy_step(n: int, group: int) -> float:
    """How far the entropy of `n` values moves at most if `group` of them change.

    One value leaves a class and enters another: c log2 c of each moves by at most log2 n + log2 e, the one
    up and the other down, and the entropy by an n-th of it.
    """
    return group * (log2(n) + log2(e)) / n if n else inf


def mean_step(n: int, width: float, group: int) -> float:
    """How far the mean of `n` numbers within `width` moves at most if `group` of them change."""
    return group * width / n if n else inf


def sd_step(n: int, width: float, group: int) -> float:
    """How far the SD of `n` numbers within `width` moves at most if `group` of them change.

    The variance is the mean of all squared differences by two, of which `group` numbers are in fewer than
    2 n `group`; and roots of two numbers differ by no more than the root of their difference.
    """
    return width * sqrt(group / (n - 1)) if n > 1 else inf
