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

    ======  ====================================================  ==========================================
    level   change                                                reason
    ======  ====================================================  ==========================================
    major   table, field, category, code, theme, or reason for    whoever selects it finds nothing
            missing values removed or renamed
    major   fields in another order                               a reader by position takes another
    major   another key, a unique key or reference less           joins fail, or repeat rows
    major   another type, form, unit, order of ordered            the same value is read, compared or
            categories or label; values exchanged one for one     understood otherwise
    major   a field may hold less, a unique key more              rows that a reader kept may not satisfy it
    major   never missing, or no value twice, promised no more    it breaks who relied on it
    major   rows removed                                          what refers to them finds nothing
    major   values changed                                        figures can't be had again
    major   texts edited, codings moved                           positions select other words
    major   codes or themes merged, split, moved; codings         counts and agreement change
            removed or recoded
    major   another name, standard, format or terms of use        citations, programs or permissions may
                                                                  no longer hold
    minor   table, field, category, reference, reason for         all that was there is still there
            missing values, rows, codes, themes, codings added
    minor   values where none were; a field may hold more;        all that was there still fits
            categories get an order
    patch   titles, descriptions, definitions, roles, the list    no value depends on it
            of unordered categories, other metadata
    patch   nothing                                               no two releases share a number
    ======  ====================================================  ==========================================

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
