"""The files and folders of an object against its inventories, from a listing alone.

References
----------
OCFL 1.1, 3.1 Object Structure, 3.3 Version Directories, 3.9 Object Extensions
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ppdarchive.store.outline import SPECS, Outline
from ppdarchive.store.problems import Problem, problem

OBJECT_EXTENSIONS: Final = frozenset({"initial", "0001-digest-algorithms", "0009-digest-algorithms"}) | {
    "0005-mutable-head",
    "0008-schema-registry",
}
LAYOUTS: Final = frozenset(
    {
        "0002-flat-direct-storage-layout",
        "0003-hash-and-id-n-tuple-storage-layout",
        "0004-hashed-n-tuple-storage-layout",
        "0006-flat-omit-prefix-storage-layout",
        "0007-n-tuple-omit-prefix-storage-layout",
        "0010-differential-n-tuple-omit-prefix-storage-layout",
        "0011-direct-clean-path-layout",
        "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
    }
)
REGISTERED: Final = OBJECT_EXTENSIONS | LAYOUTS
"""Names of https://ocfl.github.io/extensions as of 2026."""

INVENTORY: Final = "inventory.json"
_VERSION_LIKE: Final = re.compile(r"v[0-9]+")
_TAG: Final = re.compile(r"([0-9])=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Listing:
    """What lies in a folder: paths inside it, with forward slashes.

    Parameters
    ----------
    files : mapping of str to int
        Size in bytes of each regular file.
    folders : frozenset of str
    """

    files: Mapping[str, int]
    folders: frozenset[str]

    def children(self) -> dict[str, tuple[list[str], list[str]]]:
        """Folder -> the names of its folders and of its files; the listed folder itself is the empty path."""
        found: dict[str, tuple[list[str], list[str]]] = {
            "": ([], []),
            **{path: ([], []) for path in self.folders},
        }
        for kind, paths in enumerate((self.folders, self.files)):
            for path in sorted(paths):
                parent, _, name = path.rpartition("/")
                found.setdefault(parent, ([], []))[kind].append(name)
        return found


@dataclass(frozen=True, slots=True)
class Declared:
    """What the declarations of an object or a storage root say.

    Parameters
    ----------
    name : str or None
        The file that counts; None when none makes sense.
    spec : str or None
    """

    name: str | None
    spec: str | None


def check_declarations(names: Iterable[str], of: Literal["object", "root"]) -> tuple[Declared, list[Problem]]:
    """Check the names of the files that say which version of OCFL is followed.

    Parameters
    ----------
    names : iterable of str
        Files in the folder.
    of : {'object', 'root'}

    Returns
    -------
    Declared
        The latest version of those declared.
    list of Problem
    """
    prefix = "ocfl_object_" if of == "object" else "ocfl_"
    tag_case, name_case, version_case, none, several = (
        ("E005.tag", "E006.name", "E004.version", "E003.none", "E003.several")
        if of == "object"
        else ("E078.tag", "E079.name", "E077.version", "E069.none", "E076.several")
    )
    found, good, n_zero = [], [], 0
    for name in sorted(names):
        match = _TAG.fullmatch(name)
        if match is None:
            continue
        tag, value = match.groups()
        n_zero += tag == "0"
        if tag != "0":
            # Other Namaste tags may lie in a storage root, which may hold other files.
            if value.startswith(prefix):
                found.append(problem(tag_case, name, tag=tag))
        elif not value.startswith(prefix):
            found.append(problem(name_case, name))
        elif value.removeprefix(prefix) not in SPECS:
            found.append(problem(version_case, name))
        else:
            good.append(name)
    if n_zero > 1:
        found.append(problem(several, found=n_zero))
    if not good:
        return Declared(None, None), found or [problem(none)]
    return Declared(good[-1], good[-1].removeprefix(f"0={prefix}")), found


def check_listing(
    listing: Listing, current: Outline, algorithms: Mapping[str, str | None]
) -> Iterator[Problem]:
    """Check an object's files and folders against its inventory.

    Parameters
    ----------
    listing : Listing
        The object's; what lies in folders that OCFL ignores may be missing.
    current : Outline
        Of the object's inventory.
    algorithms : mapping of str to (str or None)
        Digest algorithm of the inventory in each version folder that has one.
    """
    children = listing.children()
    yield from _object_root(children, current)
    for version in current.versions:
        if version in listing.folders:
            yield from _version_folder(children, version, algorithms.get(version), current.content)
        else:
            yield problem("E046.missing", INVENTORY, f"versions/{version}")
    if current.content is not None:
        yield from _content(listing, children, current)


def check_manifest(listing: Listing, current: Outline, earlier: Outline, version: str) -> Iterator[Problem]:
    """Check that an earlier inventory has the content files of its time, all of them and no others.

    Parameters
    ----------
    listing : Listing
    current, earlier : Outline
        Of the object's inventory, and of that in the folder `version`.
    version : str
    """
    if version not in current.versions:
        return
    upto = frozenset(current.versions[: current.versions.index(version) + 1])
    # What the object's inventory lacks, or has and is not there, is told once, of that inventory.
    lacking = current.manifest.keys() - earlier.manifest.keys() if earlier.has_all_files else ()
    for path in sorted(lacking):
        if path in listing.files and path.partition("/")[0] in upto:
            yield problem("E023.earlier", path, version=version)
    for path in sorted(earlier.manifest.keys() - listing.files.keys() - current.manifest.keys()):
        yield problem("E092.missing", path)


def _object_root(children: Mapping[str, tuple[list[str], list[str]]], current: Outline) -> Iterator[Problem]:
    """Check what lies directly in an object and in its extensions folder."""
    folders, files = children[""]
    rest = [name for name in files if _TAG.fullmatch(name) is None]
    yield from _sidecars(rest, current.algorithm, "", "E001.file")
    for name in folders:
        if name == "extensions":
            below, loose = children[name]
            for extension in below:
                if extension not in REGISTERED:
                    yield problem("W013.name", f"extensions/{extension}")
            for file in loose:
                yield problem("E067.file", f"extensions/{file}")
        elif name not in current.versions and name != "logs":
            yield problem("E046.unlisted" if _VERSION_LIKE.fullmatch(name) else "E001.folder", name)


def _version_folder(
    children: Mapping[str, tuple[list[str], list[str]]],
    version: str,
    algorithm: str | None,
    content: str | None,
) -> Iterator[Problem]:
    """Check what lies directly in a version folder; `algorithm` is that of its inventory."""
    folders, files = children[version]
    if INVENTORY in files:
        yield from _sidecars(files, algorithm, f"{version}/", "E015.file")
    else:
        yield problem("W010.none", version)
        for name in files:
            yield problem("E015.file", f"{version}/{name}")
    for name in folders:
        if content is not None and name != content:
            yield problem("W002.folder", f"{version}/{name}")


def _sidecars(files: list[str], algorithm: str | None, folder: str, unknown: str) -> Iterator[Problem]:
    """Check the files beside an inventory: its sidecar, and nothing else."""
    sidecars = [name for name in files if name.startswith(f"{INVENTORY}.")]
    others = [name for name in files if name != INVENTORY and name not in sidecars]
    if algorithm is not None and INVENTORY in files:
        expected = f"{INVENTORY}.{algorithm}"
        if expected in sidecars:
            sidecars.remove(expected)
        elif len(sidecars) == 1:
            yield problem("E059.algorithm", folder + sidecars.pop(), algorithm=algorithm)
        else:
            yield problem("E058.none", f"{folder}{INVENTORY}", algorithm=algorithm)
    elif algorithm is None:
        # Which one is right cannot be told, and the inventory's own problem is told.
        sidecars = []
    for name in sorted([*others, *sidecars]):
        yield problem(unknown, folder + name)


def _content(
    listing: Listing,
    children: Mapping[str, tuple[list[str], list[str]]],
    current: Outline,
) -> Iterator[Problem]:
    """Check the content folders: every file in the manifests, and every path of a manifest there."""
    stored: dict[str, list[str]] = {version: [] for version in current.versions}
    for path in sorted(listing.files):
        version, _, rest = path.partition("/")
        if version in stored and rest.startswith(f"{current.content}/"):
            stored[version].append(path)
    for version, paths in stored.items():
        top = f"{version}/{current.content}"
        if top in listing.folders and not paths:
            yield problem("W003.empty", top)
        for path in paths:
            if path not in current.manifest and current.has_all_files:
                yield problem("E023.file", path)
    for folder, (folders, files) in sorted(children.items()):
        version, _, rest = folder.partition("/")
        if version in stored and rest.startswith(f"{current.content}/") and not folders and not files:
            yield problem("E024.empty", folder)
    missing = current.manifest.keys() - listing.files.keys()
    for path in sorted(missing):
        yield problem("E092.missing", path)
    for block in current.fixity.values():
        for path in sorted(block.keys() & missing):
            yield problem("E093.missing", path)
