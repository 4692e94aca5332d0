"""Codes and themes of two releases: renamed, given another id, merged, split, moved, added, removed.

What became of a code that is gone is read off its segments, and what became of a theme off its codes: where
most of them went to is where it went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.changes.codings import CODE_KEY
from ppdarchive.changes.kinds import Change
from ppdarchive.changes.matching import Mask, Matching, numbered
from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.table import Frame

CODES: Final = "codes"
THEMES: Final = "themes"
THEME_KEY: Final = "theme_id"
_PARENT: Final = "parent_theme_id"
_TITLE: Final = "title"
Name = TypeVar("Name", str, tuple[str, str])

_PLACE: Final = ("response_id", "coder_id", "start", "end", "stage")


@dataclass(frozen=True, slots=True)
class Flows:
    """Where the members of groups went: the segments of codes, or the codes of themes.

    Attributes
    ----------
    moved : mapping of (str, str) to int
        Members that left the first group and came into the second.
    before, after : mapping of str to int
        Members of each group, those left out that can't be followed.
    """

    moved: Mapping[tuple[str, str], int]
    before: Mapping[str, int]
    after: Mapping[str, int]


def segment_flows(before: Frame, after: Frame, matching: Matching, steady: pa.Array | None) -> Flows:
    """Where the segments of codes went.

    Parameters
    ----------
    before, after : Frame
        The codings.
    matching : Matching
        Of both.
    steady : pyarrow.Array of str or None
        The responses whose text is the same in both releases; None if all are. In others a segment has
        other positions, and can't be followed.
    """
    place = [name for name in _PLACE if name in before.columns and name in after.columns]
    rows = (matching.removed, matching.added)
    columns = (
        [values_of(f[n]).take(own) for n in place] for f, own in zip((before, after), rows, strict=True)
    )
    changed = []
    for frame, own, segment in zip((before, after), rows, numbered(*columns), strict=True):
        code = values_of(frame[CODE_KEY]).take(own).cast(pa.string()).to_pylist()
        found = pd.DataFrame({"segment": segment, "code": pd.Series(code, dtype="object")})
        changed.append(found[_is_steady(frame, steady)[own]].drop_duplicates())
    pairs = changed[0].merge(changed[1], on="segment")
    return Flows(
        _tally(zip(pairs["code_x"], pairs["code_y"], strict=True)),
        _sizes(before, steady),
        _sizes(after, steady),
    )


def _sizes(frame: Frame, steady: pa.Array | None) -> Mapping[str, int]:
    """How many codings each code has, in steady responses."""
    distinct, codes = encode(values_of(frame[CODE_KEY]).cast(pa.string()))
    sizes = np.bincount(codes[_is_steady(frame, steady) & (codes >= 0)], minlength=len(distinct))
    return MappingProxyType(dict(zip(distinct, sizes.tolist(), strict=True)))


def code_flows(before: Frame, after: Frame) -> Flows:
    """Where the codes of themes went; codes of one release only can't be followed."""
    own, other = (
        dict(zip(_list(each, CODE_KEY), _list(each, THEME_KEY), strict=True)) for each in (before, after)
    )
    pairs = [(own[code], other[code]) for code in own if code in other]
    return Flows(
        _tally((first, second) for first, second in pairs if first and second and first != second),
        _tally(first for first, _ in pairs if first),
        _tally(second for _, second in pairs if second),
    )


@dataclass(frozen=True, slots=True)
class Group:
    """A code or a theme.

    Attributes
    ----------
    title : str or None
    within : str or None
        The theme of a code, or the wider theme of a theme.
    """

    title: str | None
    within: str | None


def codes_of(frame: Frame) -> Mapping[str, Group]:
    """The codes of a release by id."""
    return _groups(frame, CODE_KEY, THEME_KEY)


def themes_of(frame: Frame) -> Mapping[str, Group]:
    """The themes of a release by id."""
    return _groups(frame, THEME_KEY, _PARENT)


def _groups(frame: Frame, key: str, within: str) -> Mapping[str, Group]:
    rows = zip(_list(frame, key), _list(frame, _TITLE), _list(frame, within), strict=True)
    return {name: Group(title, parent) for name, title, parent in rows if name is not None}


def group_changes(
    what: str,
    before: Mapping[str, Group],
    after: Mapping[str, Group],
    flows: Flows,
    *,
    explained: Collection[tuple[str, str]] = (),
) -> Iterator[Change]:
    """What became of codes, or themes.

    - A group was split if new ones have most of their members from it: two or more if it is gone, one or
      more if it is still there.
    - A group that is gone was merged into the one that most of its members went to. If that is new, and
      has most of its members from there, the group only has another id.

    Parameters
    ----------
    what : {"code", "theme"}
    before, after : mapping of str to Group
        By id.
    flows : Flows
        Of their members.
    explained : collection of (str, str)
        Wider groups that became others: what was within the first is now within the second, which is
        nothing to be told again.
    """
    gone, new = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    told: set[str] = set()
    for name in sorted(before):
        parts = [part for part in new if _is_most(flows.moved.get((name, part), 0), flows.after.get(part, 0))]
        is_gone = name not in after
        went = sum(flows.moved[name, part] for part in parts)
        if len(parts) > is_gone and (not is_gone or _is_most(went, flows.before[name])):
            told |= {name, *parts}
            yield Change(f"{what}.split", f"{what}s", names=(name, *parts))
    goals = {name: goal for name in gone if name not in told and (goal := _goal(name, flows)) is not None}
    for name, goal in goals.items():
        is_same = (
            goal in new
            and list(goals.values()).count(goal) == 1
            and _is_most(flows.moved[name, goal], flows.after[goal])
        )
        told |= {name, goal}
        yield Change(f"{what}.{'replaced' if is_same else 'merged'}", f"{what}s", names=(name, goal))
    for kind, names in (("removed", gone), ("added", new)):
        for name in names:
            if name not in told:
                yield Change(f"{what}.{kind}", f"{what}s", names=(name,))
    for name in sorted(before.keys() & after.keys()):
        own, other = before[name], after[name]
        if own.title != other.title:
            yield Change(f"{what}.renamed", f"{what}s", names=(name,))
        if own.within != other.within and (own.within or "", other.within or "") not in explained:
            yield Change(f"{what}.moved", f"{what}s", names=(name, own.within or "", other.within or ""))


def _goal(name: str, flows: Flows) -> str | None:
    """The group that most of another's members went to."""
    goals = {goal: n for (origin, goal), n in flows.moved.items() if origin == name}
    best = max(sorted(goals), key=goals.__getitem__, default=None)
    return best if best is not None and _is_most(goals[best], flows.before[name]) else None


def _is_most(part: int, whole: int) -> bool:
    return 2 * part > whole


def _is_steady(frame: Frame, steady: pa.Array | None) -> Mask:
    if steady is None or "response_id" not in frame.columns:
        return np.ones(len(frame), dtype=np.bool_)
    return np.asarray(pc.is_in(values_of(frame["response_id"]), value_set=steady), dtype=np.bool_)


def _list(frame: Frame, name: str) -> list[str | None]:
    if name not in frame.columns:
        return [None] * len(frame)
    return list(values_of(frame[name]).cast(pa.string()).to_pylist())


def _tally(names: Iterable[Name]) -> Mapping[Name, int]:
    return MappingProxyType(dict(Counter(names)))
