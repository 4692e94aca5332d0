"""Hierarchies of generalization: which values fall together, level above level.

A hierarchy comes as a tree in JSON or as a CSV of levels; the ready ones lie beside this module.
"""

from __future__ import annotations

import contextlib
import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from ppdarchive.model.schema import JsonValue

MAX_LEVELS: Final = 20
"""More levels than this are no hierarchy that a person has thought about."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Values, and the classes that they fall into on each level.

    Attributes
    ----------
    name : str
    level_names : tuple of str, length n_levels
        From the finest level, the values themselves, to the coarsest.
    levels : tuple of mapping of str to str, length n_levels
        ``levels[i][value]`` is the class of a value on level ``i``; ``levels[0]`` is the identity.
        Values of one class share their class on every coarser level too.
    aliases : mapping of str to str
        Other spellings of values.
    title : str or None

    Examples
    --------
    >>> tree = {"levels": ["state", "region"], "tree": {"Midwest": ["IA", "OH"], "West": ["UT"]}}
    >>> places = from_tree(tree, name="places")
    >>> places.levels[1]["IA"], places.classes(1)
    ('Midwest', ('Midwest', 'West'))
    """

    name: str
    level_names: tuple[str, ...]
    levels: tuple[Mapping[str, str], ...]
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    title: str | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The values, in the hierarchy's order."""
        return tuple(self.levels[0])

    @property
    def n_levels(self) -> int:
        """How many levels there are, the values themselves included."""
        return len(self.levels)

    def classes(self, level: int) -> tuple[str, ...]:
        """The classes of a level, in the order of their first value."""
        return tuple(dict.fromkeys(self.levels[level].values()))

    def level(self, name: str) -> int:
        """The number of the level called `name`; `KeyError` if there is none."""
        if name not in self.level_names:
            raise KeyError(name)
        return self.level_names.index(name)

    def value_of(self, text: str) -> str | None:
        """The value that `text` is or spells otherwise; None if the hierarchy knows none."""
        return text if text in self.levels[0] else self.aliases.get(text)


def from_rows(
    level_names: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    name: str,
    title: str | None = None,
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> Hierarchy:
    """A hierarchy from one row for each value: the value, its class on the next level, and so on.

    Raises
    ------
    ValueError
        If a value stands twice, a row has too few or too many classes or an empty one, or values of
        one class part again on a coarser level; the message is a reason in words.
    """
    if not 2 <= len(level_names) <= MAX_LEVELS or len(set(level_names)) < len(level_names):
        raise ValueError(f"a hierarchy has 2 to {MAX_LEVELS} levels of different names")
    if not all(level_names):
        raise ValueError("a level has no name")
    levels: list[dict[str, str]] = [{} for _ in level_names]
    above: list[dict[str, str]] = [{} for _ in level_names]
    for row in rows:
        if len(row) != len(level_names) or not all(row):
            raise ValueError(f"each value needs one class on each of {len(level_names)} levels")
        value = row[0]
        if value in levels[0]:
            raise ValueError(f"{value!r} stands twice")
        for number, own in enumerate(row):
            levels[number][value] = own
            if number and above[number].setdefault(row[number - 1], own) != own:
                raise ValueError(f"{row[number - 1]!r} lies in two classes of level {level_names[number]!r}")
    if not levels[0]:
        raise ValueError("a hierarchy needs at least one value")
    for other, value in aliases.items():
        if value not in levels[0]:
            raise ValueError(f"the alias {other!r} stands for no value")
        if other in levels[0]:
            raise ValueError(f"the alias {other!r} is a value itself")
    return Hierarchy(
        name,
        tuple(level_names),
        tuple(MappingProxyType(level) for level in levels),
        MappingProxyType(dict(aliases)),
        title,
    )


def from_tree(tree: JsonValue, *, name: str) -> Hierarchy:
    """A hierarchy from a tree: ``levels`` names them, finest first; ``tree`` nests classes, coarsest first.

    Parameters
    ----------
    tree : JSON object
        ``levels``, ``tree`` (objects within objects down to lists of values), and if wished ``name``,
        ``title``, ``description``, ``source``, and ``aliases`` (other spellings of values).
    name : str
        What it is called if it does not say.

    Raises
    ------
    ValueError
        If it is none, in words.
    """
    if not isinstance(tree, dict):
        raise ValueError("a hierarchy is an object with `levels` and `tree`")
    known = ("name", "title", "description", "source", "levels", "tree", "aliases")
    if unknown := [key for key in tree if key not in known]:
        raise ValueError(f"a hierarchy has no property {unknown[0]!r}")
    levels, own, title = tree.get("levels"), tree.get("name", name), tree.get("title")
    if not isinstance(levels, list) or not all(isinstance(level, str) for level in levels):
        raise ValueError("`levels` is a list of the levels' names, the finest first")
    if not isinstance(own, str) or not isinstance(title, str | None):
        raise ValueError("`name` and `title` are texts")
    aliases = tree.get("aliases", {})
    if not isinstance(aliases, dict) or not all(isinstance(value, str) for value in aliases.values()):
        raise ValueError("`aliases` maps other spellings to values")
    return from_rows(
        [str(level) for level in levels],
        _rows(tree.get("tree"), (), len(levels)),
        name=own,
        title=title,
        aliases={other: str(value) for other, value in aliases.items()},
    )


def _rows(node: JsonValue, above: tuple[str, ...], depth: int) -> Iterable[tuple[str, ...]]:
    """Each value of a tree with its classes, finest first."""
    if len(above) == depth - 1:
        if not isinstance(node, list) or not all(isinstance(value, str) for value in node):
            raise ValueError(f"the tree does not have {depth} levels everywhere, with lists of texts below")
        yield from ((str(value), *reversed(above)) for value in node)
        return
    if not isinstance(node, dict):
        raise ValueError(f"the tree does not have {depth} levels everywhere, with lists of texts below")
    for own, below in node.items():
        yield from _rows(below, (*above, own), depth)


def from_json(text: str, *, name: str) -> Hierarchy:
    """A hierarchy from the text of a JSON file; `ValueError` as `from_tree`."""
    problem = ""
    tree: JsonValue = None
    try:
        tree = json.loads(text, object_pairs_hook=_unique)
    except ValueError as error:
        problem = f"no JSON: {error}"
    except RecursionError:
        problem = "nested too deeply"
    if problem:
        raise ValueError(problem)
    return from_tree(tree, name=name)


def _unique(members: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """An object; `json` would silently drop the first of two members of one name."""
    result = dict(members)
    if len(result) < len(members):
        raise ValueError("a name stands twice in one object")
    return result


def from_csv(text: str, *, name: str) -> Hierarchy:
    r"""A hierarchy from a CSV of levels: a header of their names, then a row for each value, finest first.

    Raises
    ------
    ValueError
        As `from_rows`.

    Examples
    --------
    >>> from_csv("state,region\nIA,Midwest\nUT,West\n", name="places").levels[1]["UT"]
    'West'
    """
    lines: list[list[str]] | None = None
    with contextlib.suppress(csv.Error):
        lines = [row for row in csv.reader(text.removeprefix("\ufeff").splitlines()) if row]
    if lines is None:
        raise ValueError("no CSV")
    if not lines:
        raise ValueError("there is no header of the levels' names")
    return from_rows(lines[0], lines[1:], name=name)


def as_tree(hierarchy: Hierarchy) -> dict[str, JsonValue]:
    """The hierarchy as JSON; ``from_tree(as_tree(h), name="") == h``."""
    result: dict[str, JsonValue] = {"name": hierarchy.name}
    if hierarchy.title is not None:
        result["title"] = hierarchy.title
    result["levels"] = list(hierarchy.level_names)
    tree: dict[str, JsonValue] = {}
    for value in hierarchy.values:
        path = [level[value] for level in hierarchy.levels[:0:-1]]
        node = tree
        for own in path[:-1]:
            inner = node.setdefault(own, {})
            assert isinstance(inner, dict)
            node = inner
        leaves = node.setdefault(path[-1], [])
        assert isinstance(leaves, list)
        leaves.append(value)
    result["tree"] = tree
    if hierarchy.aliases:
        result["aliases"] = dict(hierarchy.aliases)
    return result


def ready_names() -> tuple[str, ...]:
    """The names of the hierarchies that ship with the package."""
    found = files(__package__).joinpath("hierarchies").iterdir()
    return tuple(sorted(each.name.removesuffix(".json") for each in found if each.name.endswith(".json")))


@cache
def ready(name: str) -> Hierarchy:
    """A hierarchy that ships with the package; `KeyError` if there is none of this name."""
    if name not in ready_names():
        raise KeyError(name)
    text = files(__package__).joinpath("hierarchies", f"{name}.json").read_text("utf-8")
    return from_json(text, name=name)
