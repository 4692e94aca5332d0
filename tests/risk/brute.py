"""The measures by their definitions, in plain loops over rows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import combinations

Row = tuple[Hashable, ...]


def rows_of(columns: Sequence[Iterable[object]]) -> list[Row]:
    """The rows of columns."""
    return list(zip(*(list(column) for column in columns), strict=True))


def groups(rows: Sequence[Row], values: Sequence[int]) -> Mapping[Row, list[int]]:
    """The values of each class of rows."""
    found: dict[Row, list[int]] = defaultdict(list)
    for row, value in zip(rows, values, strict=True):
        found[row].append(value)
    return found


def entropy(values: Sequence[int]) -> float:
    """The entropy of values."""
    return -sum(n / len(values) * math.log(n / len(values)) for n in Counter(values).values())


def is_recursive(values: Sequence[int], c: float, l: int) -> bool:  # noqa: E741
    """Whether values are recursively (c, l)-diverse: definition 4.2."""
    ordered = sorted(Counter(values).values(), reverse=True)
    return len(ordered) >= l and ordered[0] < c * sum(ordered[l - 1 :])


def earth_movers(
    supply: Mapping[int, float], demand: Mapping[int, float], cost: Callable[[int, int], float]
) -> float:
    """The least work that turns one distribution into the other, by cancelling negative cycles.

    Units are moved one at a time along the cheapest path of the residual network, which is slow and
    follows no formula of the package.
    """
    values = sorted({*supply, *demand})
    excess = {v: supply.get(v, 0.0) - demand.get(v, 0.0) for v in values}
    flow: dict[tuple[int, int], float] = defaultdict(float)
    work = 0.0
    while max(excess.values(), default=0.0) > 1e-12:
        source = max(values, key=lambda v: excess[v])
        distance = dict.fromkeys(values, math.inf)
        distance[source] = 0.0
        parent: dict[int, int] = {}
        for _ in values:
            for a in values:
                for b in values:
                    price = -cost(b, a) if flow[b, a] > 1e-12 else cost(a, b)
                    if a != b and distance[a] + price < distance[b] - 1e-12:
                        distance[b], parent[b] = distance[a] + price, a
        target = min((v for v in values if excess[v] < -1e-13), key=lambda v: distance[v])
        path = [target]
        while path[-1] != source:
            path.append(parent[path[-1]])
        steps = list(zip(path[1:], path[:-1], strict=True))
        backs = [flow[b, a] for a, b in steps if flow[b, a] > 1e-12]
        amount = min([excess[source], -excess[target], *backs])
        for a, b in steps:
            if flow[b, a] > 1e-12:
                flow[b, a] -= amount
                work -= amount * cost(b, a)
            else:
                flow[a, b] += amount
                work += amount * cost(a, b)
        excess[source] -= amount
        excess[target] += amount
    return work


def shares(values: Sequence[int]) -> Mapping[int, float]:
    """The share of each value."""
    return {value: n / len(values) for value, n in Counter(values).items()}


def minimal_sample_uniques(rows: Sequence[Row], largest: int) -> list[list[tuple[int, ...]]]:
    """For each row the smallest sets of columns on which it is alone."""
    found: list[list[tuple[int, ...]]] = [[] for _ in rows]
    n_columns = len(rows[0]) if rows else 0
    for size in range(1, min(largest, n_columns) + 1):
        for columns in combinations(range(n_columns), size):
            parts = [tuple(row[c] for c in columns) for row in rows]
            counts = Counter(parts)
            for number, part in enumerate(parts):
                is_minimal = not any({*known} <= {*columns} for known in found[number])
                if counts[part] == 1 and is_minimal:
                    found[number].append(columns)
    return found


def matches(one: Row, other: Row) -> bool:
    """Whether two rows agree where neither is missing (-1)."""
    return all(a == b or -1 in (a, b) for a, b in zip(one, other, strict=True))
