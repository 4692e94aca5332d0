"""What is said of a release -> the version of an object that is meant; pure.

A release that was withdrawn from use is what ``latest`` and ranges leave out: whoever needs it names it
and it alone. Installers of programs treat a withdrawn ("yanked") release in the same way.

References
----------
PEP 592, "Adding Yank Support to the Simple API", https://peps.python.org/pep-0592/
Python Packaging User Guide, "Version specifiers"
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion
from packaging.version import Version as PackagedVersion

from ppdarchive.errors import LoadError
from ppdarchive.store.layout import version_folder, version_number

LATEST: Final = "latest"
_MAX_LENGTH: Final = 200
_MAX_NAME: Final = 50
_N_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version of an object, the release that it holds, and whether that was withdrawn from use."""

    number: int
    version: str | None
    is_withdrawn: bool = False

    @property
    def name(self) -> str:
        """What the release is called: its version, or ``v3`` if it has none."""
        return self.version or version_folder(self.number)


def chosen(candidates: Sequence[Candidate], wanted: str, *, path: str) -> Candidate:
    """The one that is meant.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one, the first first.
    wanted : str
        ``latest``: the newest that was not withdrawn. A range such as ``>=1.1,<2`` or ``~=1.1``: the
        highest that fits and was not withdrawn. ``1.2.0``, or ``v3`` for the archive's third version:
        this one, even if it was withdrawn.
    path : str
        The archive, for messages.

    Raises
    ------
    LoadError
        ``load.version`` if `wanted` makes no sense; ``load.no-release``, ``load.several-releases``,
        ``load.withdrawn``.

    >>> known = [Candidate(1, "1.0.0"), Candidate(2, "1.10.0"), Candidate(3, "2.0.0", is_withdrawn=True)]
    >>> [chosen(known, wanted, path="archive").name for wanted in ("latest", ">=1", "2.0.0", "v1")]
    ['1.10.0', '1.10.0', '2.0.0', '1.0.0']
    """
    if (one := _named(candidates, wanted, path)) is not None:
        return one
    if wanted == LATEST:
        fitting = list(candidates)
    else:
        specifiers = _specifiers(wanted, path)
        parsed = [(version, each) for each in candidates if (version := _parsed(each.version)) is not None]
        parsed = [pair for pair in parsed if specifiers.contains(pair[0], prereleases=True)]
        # Of two with one number, the newer.
        fitting = [each for _, each in sorted(parsed, key=lambda pair: (pair[0], pair[1].number))]
    if not fitting:
        raise LoadError("load.no-release", path=path, name=repr(wanted), choices=_choices(candidates))
    in_use = [each for each in fitting if not each.is_withdrawn]
    if not in_use:
        raise LoadError("load.withdrawn", path=path, name=repr(wanted), choices=_choices(fitting))
    return in_use[-1]


def _named(candidates: Sequence[Candidate], wanted: str, path: str) -> Candidate | None:
    """The one that is named; None if `wanted` is no name."""
    number, exact = version_number(wanted), _parsed(_plain(wanted))
    if number is None and exact is None:
        found = [each for each in candidates if each.version == wanted and wanted != LATEST]
        if not found:
            return None
    elif number is not None:
        found = [each for each in candidates if each.number == number]
    else:
        found = [each for each in candidates if exact == _parsed(each.version)]
    if not found:
        raise LoadError("load.no-release", path=path, name=repr(wanted), choices=_choices(candidates))
    if len(found) > 1:
        choices = ", ".join(version_folder(each.number) for each in found[-_N_SHOWN:])
        raise LoadError("load.several-releases", path=path, name=repr(wanted), choices=choices)
    return found[0]


def fits(version: str | None, wanted: str, *, path: str) -> bool:
    """Whether a release with this version is what `wanted` says; raises ``load.version``.

    >>> fits("1.2.0", ">=1.1,<2", path="package"), fits("1.2.0", "1.2.1", path="package")
    (True, False)
    """
    if wanted in (LATEST, version):
        return True
    if version_number(wanted) is not None:
        return False
    found, exact = _parsed(version), _parsed(_plain(wanted))
    if exact is not None:
        return found == exact
    specifiers = _specifiers(wanted, path)
    return found is not None and specifiers.contains(found, prereleases=True)


def is_name(version: object) -> bool:
    """Whether a release may be called so in a line for people; a stranger's package may say anything.

    >>> is_name("1.0.0 beta"), is_name("1.0.0" + chr(10)), is_name("9" * 1000), is_name(None)
    (True, False, False, False)
    """
    return isinstance(version, str) and 0 < len(version) <= _MAX_NAME and version.isprintable()


def _specifiers(wanted: str, path: str) -> SpecifierSet:
    if wanted.strip() and len(wanted) <= _MAX_LENGTH:
        try:
            return SpecifierSet(wanted)
        except InvalidSpecifier:
            pass
    raise LoadError("load.version", path=path, name=wanted[:_MAX_LENGTH])


def _plain(wanted: str) -> str:
    """``==1.2.0`` names a release as ``1.2.0`` does."""
    return wanted.strip().removeprefix("==")


def _parsed(version: str | None) -> PackagedVersion | None:
    if version is None or len(version) > _MAX_LENGTH:
        return None
    try:
        return PackagedVersion(version)
    except InvalidVersion:
        return None


def _choices(candidates: Sequence[Candidate]) -> str:
    names = [each.name for each in candidates[-_N_SHOWN:]]
    more = len(candidates) - len(names)
    return ", ".join([*names, *([f"and {more} earlier"] if more else [])])
