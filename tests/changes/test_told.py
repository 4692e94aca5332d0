"""What is told to everybody gives no small count away, whatever a reader computes from it.

The attackers of these tests know the rule, and all worlds that could be. Those that tell them the same can't
be told apart; what is one small number in all of these has been given away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import product

import pytest

from ppdarchive.changes import Changes, Entry, changelog
from ppdarchive.changes.rows import Affected, RowChanges
from ppdarchive.changes.texts import TextChanges
from ppdarchive.changes.told import Told, public

MIN_CELL = 3
DAY = date(2026, 3, 1)
Quantities = Mapping[str, int]


def given_away(
    worlds: Iterable[tuple[Hashable, Quantities]], *, min_cell: int = MIN_CELL
) -> dict[Hashable, set[str]]:
    """The quantities that are one small number in all worlds that look the same, by what is seen."""
    seen: dict[Hashable, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for view, quantities in worlds:
        for name, value in quantities.items():
            seen[view][name].add(value)
    return {
        view: names
        for view, own in seen.items()
        if (
            names := {name for name, values in own.items() if len(values) == 1 and 0 < min(values) < min_cell}
        )
    }


def of_participants(n_before: int, added: int, removed: int, changed: int) -> Changes:
    """Changes of the table of participants alone."""
    rows = RowChanges(
        n_before,
        n_before + added - removed,
        added=Affected(added, added, 0, 0),
        removed=Affected(removed, removed, 0, 0),
        changed=Affected(changed, changed, changed, changed),
    )
    return Changes(rows={"participants": rows}) if rows.kinds else Changes()


@cache
def section(n_before: int, added: int, removed: int, changed: int, min_cell: int = MIN_CELL) -> str:
    """What the changelog says of a release, and what its version says of it."""
    found = of_participants(n_before, added, removed, changed)
    return f"{found.level} {changelog([Entry('2.0.0', DAY, found)], min_cell=min_cell)}"


def steps(n_before: int, largest: int, *, with_changed: bool = True) -> Iterator[tuple[int, int, int]]:
    """All that can become of a table with at most `largest` rows then: added, removed, changed."""
    for added, removed in product(range(largest + 1), range(n_before + 1)):
        if n_before + added - removed > largest:
            continue
        for changed in range(n_before - removed + 1 if with_changed else 1):
            yield added, removed, changed


def test_a_reader_of_a_changelog_learns_no_small_count() -> None:
    """Without any other source no count of 1 to 2 participants follows, of what became of them."""
    worlds = (
        (
            section(n, *step),
            dict(zip(("added", "removed", "changed", "kept"), (*step, n - step[1]), strict=True)),
        )
        for n in range(13)
        for step in steps(n, 12)
    )
    assert not given_away(worlds)


@pytest.mark.parametrize("min_cell", [2, 3, 4])
def test_a_reader_who_knows_all_sizes_learns_no_small_count(min_cell: int) -> None:
    """Nor with the number of participants of both releases, unless these differ by a small number."""
    worlds = (
        (
            (section(n, *step, min_cell), n, n_after),
            dict(zip(("added", "removed", "changed"), step, strict=True)),
        )
        for n in range(min_cell, 13)
        for step in steps(n, 13)
        if (n_after := n + step[0] - step[1]) >= min_cell and not 0 < abs(n_after - n) < min_cell
    )
    assert not given_away(worlds, min_cell=min_cell)


@pytest.mark.parametrize(
    "sizes",
    [
        lambda first, second, third: (),
        lambda first, second, third: (first, third),
        lambda first, second, third: (first, second, third),
    ],
    ids=["none", "first and last", "all"],
)
def test_a_reader_of_two_changelogs_learns_no_small_count(
    sizes: Callable[[int, int, int], tuple[int, ...]],
) -> None:
    """Nor from the changelogs of releases after each other, with some or all of their sizes."""

    def worlds() -> Iterator[tuple[Hashable, Quantities]]:
        for first in range(MIN_CELL, 9):
            for one in steps(first, 9, with_changed=False):
                second = first + one[0] - one[1]
                if second < MIN_CELL or 0 < abs(second - first) < MIN_CELL:
                    continue
                for other in steps(second, 9, with_changed=False):
                    third = second + other[0] - other[1]
                    if third < MIN_CELL or 0 < abs(third - second) < MIN_CELL:
                        continue
                    view = (section(first, *one), section(second, *other), sizes(first, second, third))
                    yield (
                        view,
                        {
                            "added": one[0],
                            "removed": one[1],
                            "added later": other[0],
                            "removed later": other[1],
                            "added in all": one[0] + other[0],
                            "removed in all": one[1] + other[1],
                        },
                    )

    assert not given_away(worlds())


def test_the_attacker_is_one() -> None:
    """If counts of at least 3 were told and smaller ones called so, the sizes would give those away."""

    def naive(count: int) -> str:
        return str(count) if count == 0 or count >= MIN_CELL else "few"

    worlds = (
        ((naive(added), naive(removed), n, n + added - removed), {"added": added, "removed": removed})
        for n in range(3, 11)
        for added, removed, _ in steps(n, 12, with_changed=False)
        if not 0 < abs(added - removed) < MIN_CELL
    )
    assert given_away(worlds)


def test_texts_are_looked_at_with_the_rows_that_they_stand_in() -> None:
    """Neither how many texts were redacted, nor how many rows changed otherwise, follows if small."""

    def worlds() -> Iterator[tuple[Hashable, Quantities]]:
        n = 2 * MIN_CELL + 1
        for redacted, otherwise, rest in product(range(n + 1), repeat=3):
            edited, changed = redacted + otherwise, redacted + otherwise + rest
            if changed > n or changed == 0:
                continue
            rows = RowChanges(n, n, changed=mine(changed))
            edits = TextChanges(mine(edited), redacted=mine(redacted), otherwise=mine(otherwise))
            texts = {("responses", "text"): edits} if edited else {}
            found = Changes(rows={"responses": rows}, texts=texts)
            yield (
                changelog([Entry("2.0.0", DAY, found)], min_cell=MIN_CELL),
                {
                    "redacted": redacted,
                    "otherwise": otherwise,
                    "rest": rest,
                    "edited": edited,
                    "kept": n - changed,
                },
            )

    assert not given_away(worlds())


def mine(n: int) -> Affected:
    """Rows of as many participants, all of whom stayed."""
    return Affected(n, n, n, n)


def test_rows_are_counted_by_the_participants_behind_them() -> None:
    """Many rows of few participants, who went or stayed, are no large count."""

    def worlds() -> Iterator[tuple[Hashable, Quantities]]:
        for gone, stayed in product(range(5), repeat=2):
            for rows_of_gone, rows_of_stayed in product((gone, 4 * gone), (stayed, 4 * stayed)):
                removed = Affected(rows_of_gone + rows_of_stayed, gone + stayed, rows_of_stayed, stayed)
                people = Affected(gone, gone, 0, 0)
                found = Changes(
                    rows={
                        "participants": RowChanges(20, 20 - gone + 5, mine(5), people),
                        "responses": RowChanges(80, 80, Affected(removed.n_rows, 9, 9, 9), removed),
                    }
                )
                yield (
                    changelog([Entry("2.0.0", DAY, found)], min_cell=MIN_CELL),
                    {"gone": gone, "stayed": stayed, "rows of stayed": rows_of_stayed},
                )

    assert not given_away(worlds())


def test_large_counts_are_told_and_those_beside_a_small_one_are_not() -> None:
    """All counts are exact, or none is; with 1 as the smallest count all are."""
    large = of_participants(100, 30, 20, 40)
    assert public(large).rows["participants"] == {
        "rows.added": Told("rows", 30),
        "rows.removed": Told("rows", 20),
        "rows.changed": Told("rows", 40),
    }
    beside = of_participants(100, 30, 4, 40)
    assert public(beside).rows["participants"] == {
        "rows.added": Told("participants", at_least=11),
        "rows.removed": Told("participants", under=11),
        "rows.changed": Told("participants", at_least=11),
    }
    assert public(of_participants(100, 30, 25, 4)).rows["participants"] is None
    kinds = public(beside, min_cell=1).rows["participants"]
    assert kinds is not None
    assert kinds["rows.removed"] == Told("rows", 4)


def test_a_small_count_of_one_table_hides_those_of_all() -> None:
    """Where few responses were removed, it is not told how many participants exactly were."""
    both = Changes(
        rows={
            "participants": RowChanges(100, 80, removed=Affected(20, 20, 0, 0)),
            "responses": RowChanges(400, 317, removed=Affected(83, 23, 3, 3)),
            "codes": RowChanges(9, 8, removed=Affected(1), is_about_people=False),
        }
    )
    told = public(both)
    assert told.rows["participants"] == {"rows.removed": Told("participants", at_least=11)}
    assert told.rows["codes"] == {"rows.removed": Told("rows", 1)}


@pytest.mark.parametrize("min_cell", [0, -1])
def test_the_smallest_count_is_positive(min_cell: int) -> None:
    """A smallest count below 1 makes no sense."""
    with pytest.raises(ValueError, match="1 or more"):
        public(Changes(), min_cell=min_cell)
