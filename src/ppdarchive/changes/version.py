"""The version number of the next release follows from what differs."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Self

from ppdarchive.changes.between import Changes
from ppdarchive.changes.kinds import Level, highest

_NUMBERS: Final = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", re.ASCII)


class Version(NamedTuple):
    """Three numbers, compared one after the other.

    References
    ----------
    Semantic Versioning 2.0.0, items 2 and 11. A release is never a pre-release, and has no build metadata.
    """

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Understand ``1.0.0``.

        Raises
        ------
        ValueError
            If it is not three numbers without leading zeros.
        """
        found = _NUMBERS.fullmatch(text)
        if found is None:
            raise ValueError("a version is three numbers such as 1.0.0")
        return cls(*map(int, found.groups()))

    def raised(self, level: Level) -> Self:
        """The next version of a level; lower numbers start again at 0 (items 6 to 8)."""
        if level is Level.MAJOR:
            return type(self)(self.major + 1, 0, 0)
        if level is Level.MINOR:
            return type(self)(self.major, self.minor + 1, 0)
        return type(self)(self.major, self.minor, self.patch + 1)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def next_version(current: str, found: Changes, at_least: Level | None = None) -> str:
    """The version of the release that comes after `current`.

    The highest level of all changes counts; `at_least` can raise it, and never lowers it. A release in which
    nothing differs is a patch, since no two releases share a number (Semantic Versioning, item 3). Also
    while the first number is 0 what breaks a reader raises it: what is released has readers.

    ======  ==================================================================================================
    level   changes
    ======  ==================================================================================================
    major   package: name, standard, format or terms of use; table: removed, fields in another order, another
            match of columns, another key, a unique key more or less, no longer a reference; field: removed,
            another type, form or unit, may hold less, promises less, values exchanged one for one, categories
            removed, labelled otherwise, in another order or no longer ordered, reasons for missing values
            removed or renamed; rows removed or changed; texts edited; codes and themes removed, renamed,
            replaced, merged, split or moved; codings removed, moved or given other codes
    minor   table, reference, field, category or reason for missing values added; a field that may hold more;
            categories ordered; rows added; values where none were; codes, themes or codings added
    patch   titles, descriptions, roles, the list of unordered categories, definitions of codes and themes;
            all other metadata; nothing
    ======  ==================================================================================================

    Parameters
    ----------
    current : str
        The version of the last release, such as ``1.0.0``.
    found : Changes
    at_least : Level, optional

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If `current` is not three numbers.

    References
    ----------
    Semantic Versioning 2.0.0, https://semver.org/spec/v2.0.0.html; Data Package recipes, "Data Package
    Version", https://datapackage.org/recipes/data-package-version/. `ppdarchive.changes.kinds` has each kind
    of change with the reason for its level, and where the recipe says otherwise.

    Examples
    --------
    >>> next_version("1.4.2", Changes(), at_least=Level.MINOR)
    '1.5.0'
    """
    asked = [level for level in (found.level, at_least, Level.PATCH) if level is not None]
    level = highest(asked)
    assert level is not None
    return str(Version.parse(current).raised(level))
