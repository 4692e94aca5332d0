"""Look at one object on a disk: its declaration, inventories and listing, and which bytes to compare."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ppdarchive.store.check import check_inventory
from ppdarchive.store.disk import Disk, Limits, listed
from ppdarchive.store.forms import is_digest
from ppdarchive.store.history import check_earlier, check_specs
from ppdarchive.store.listing import (
    INVENTORY,
    Declared,
    Listing,
    check_declarations,
    check_listing,
    check_manifest,
)
from ppdarchive.store.outline import Outline, parse_document
from ppdarchive.store.problems import Problem, problem

_MOST_SMALL_BYTES: Final = 4096
_SIDECAR: Final = re.compile(rb"(\S+)[ \t]+inventory\.json[ \t]*\r?\n?")


@dataclass(frozen=True, slots=True)
class Expected:
    """A digest that a file should have, in lower case, and the case of problem when it has another."""

    algorithm: str
    digest: str
    case: str


@dataclass(frozen=True, slots=True)
class Reread:
    """A content file and the digests that inventories give it; the path is inside what is verified."""

    path: str
    size_bytes: int
    expected: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class SeenObject:
    """What was found in one object without reading its content.

    Parameters
    ----------
    id, spec : str or None
    n_versions : int
    problems : list of Problem
    rereads : list of Reread
        The largest first, so that two readers end together.
    """

    id: str | None
    spec: str | None
    n_versions: int
    problems: list[Problem]
    rereads: list[Reread]


def look_at_object(disk: Disk, inside: str, limits: Limits) -> SeenObject:
    """Check an object's declaration, inventories and files' names.

    Parameters
    ----------
    disk : Disk
        What holds the object; problems and rereads name paths inside it.
    inside : str
        The object's path there; empty for all of it.
    limits : Limits
    """
    return _Look(disk.below(inside) if inside else disk, limits).seen(inside)


def read_declaration(disk: Disk, inside: str, declared: Declared, case: str) -> Iterator[Problem]:
    """Check that a declaration holds its own name after ``0=``, and a newline."""
    if declared.name is None:
        return
    path = f"{inside}/{declared.name}" if inside else declared.name
    content = disk.read_whole(path, most_bytes=_MOST_SMALL_BYTES)
    if isinstance(content, Problem) and content.code != "P002":
        yield content
    elif content != f"{declared.name[2:]}\n".encode():
        yield problem(case, path)


class _Look:
    """One look at one object; paths are inside the object until the end."""

    def __init__(self, disk: Disk, limits: Limits) -> None:
        self._disk = disk
        self._limits = limits
        self._problems: list[Problem] = []
        self._more: dict[str, set[Expected]] = {}

    def seen(self, inside: str) -> SeenObject:
        """Look, and return what was seen with paths from the object's parent."""
        top = self._disk.scan("", most=self._limits.entries)
        declared, found = check_declarations(top.files, "object")
        self._problems.extend(found)
        self._problems.extend(read_declaration(self._disk, "", declared, "E007.text"))
        content = self._inventory_bytes(INVENTORY) if INVENTORY in top.files else None
        if INVENTORY not in top.files:
            self._problems.append(problem("E063.none"))
        outline = self._outline(content, INVENTORY) if content is not None else None
        if content is None or outline is None:
            self._problems.extend(top.problems)
            return self._end(inside, None, declared.spec, 0, [])
        if None not in (outline.spec, declared.spec) and outline.spec != declared.spec:
            facts = {"found": str(outline.spec), "expected": str(declared.spec)}
            self._problems.append(problem("E038.declaration", INVENTORY, "type", **facts))
        listing, found = listed(self._disk, enters=_enters(outline), limits=self._limits)
        self._problems.extend(found)
        self._sidecar(listing, "", outline.algorithm, content)
        algorithms = self._versions(listing, outline, content)
        self._problems.extend(check_listing(listing, outline, algorithms))
        rereads = self._rereads(listing, outline)
        return self._end(inside, outline.id, declared.spec, len(outline.versions), rereads)

    def _end(
        self, inside: str, id_: str | None, spec: str | None, n_versions: int, rereads: list[Reread]
    ) -> SeenObject:
        """Return what was seen, with paths from the object's parent."""
        prefix = f"{inside}/" if inside else ""
        return SeenObject(
            id_,
            spec,
            n_versions,
            [each.inside(inside) for each in self._problems],
            [Reread(prefix + each.path, each.size_bytes, each.expected) for each in rereads],
        )

    def _inventory_bytes(self, path: str) -> bytes | None:
        """Read an inventory."""
        content = self._disk.read_whole(path, most_bytes=self._limits.inventory_bytes)
        if isinstance(content, Problem):
            self._problems.append(content)
            return None
        return content

    def _outline(self, content: bytes, path: str, known: Outline | None = None) -> Outline | None:
        """Check an inventory by itself."""
        document, found = parse_document(content, path)
        self._problems.extend(found)
        if document is None:
            return None
        outline, found = check_inventory(document, path, known=known)
        self._problems.extend(found)
        return outline

    def _sidecar(self, listing: Listing, folder: str, algorithm: str | None, inventory: bytes) -> None:
        """Compare the sidecar of an inventory with the inventory; whether it is there is the listing's."""
        path = f"{folder}{INVENTORY}.{algorithm}"
        if algorithm is None or path not in listing.files:
            return
        content = self._disk.read_whole(path, most_bytes=_MOST_SMALL_BYTES)
        if isinstance(content, Problem) and content.code != "P002":
            self._problems.append(content)
            return
        match = _SIDECAR.fullmatch(content) if isinstance(content, bytes) else None
        if match is None:
            self._problems.append(problem("E061.form", path))
        elif match[1].lower() != hashlib.new(algorithm, inventory).hexdigest().encode("ascii"):
            self._problems.append(problem("E060.digest", path))

    def _versions(self, listing: Listing, current: Outline, content: bytes) -> dict[str, str | None]:
        """Check the inventories in version folders; return the digest algorithm of each."""
        algorithms: dict[str, str | None] = {}
        specs: list[tuple[str, str | None]] = []
        for version in current.versions:
            path = f"{version}/{INVENTORY}"
            own = self._inventory_bytes(path) if path in listing.files else None
            if own is None:
                continue
            if version == current.versions[-1]:
                algorithms[version] = current.algorithm
                if own != content:
                    self._problems.append(problem("E064.differs", path))
                self._sidecar(listing, f"{version}/", current.algorithm, own)
                continue
            earlier = self._outline(own, path, current)
            if earlier is None:
                continue
            algorithms[version] = earlier.algorithm
            specs.append((path, earlier.spec))
            self._sidecar(listing, f"{version}/", earlier.algorithm, own)
            self._problems.extend(check_earlier(current, earlier, version))
            self._problems.extend(check_manifest(listing, current, earlier, version))
            self._expect(current, earlier)
        self._problems.extend(check_specs([*specs, (INVENTORY, current.spec)]))
        return algorithms

    def _expect(self, current: Outline, earlier: Outline) -> None:
        """Keep the digests of an earlier inventory that the object's inventory does not have."""
        blocks: list[tuple[str | None, Mapping[str, str], Mapping[str, str], str]] = [
            (algorithm, block, current.fixity.get(algorithm, {}), "E093.digest")
            for algorithm, block in earlier.fixity.items()
        ]
        if earlier.algorithm != current.algorithm:
            # Digests of another form were told.
            good = {
                path: digest
                for path, digest in earlier.manifest.items()
                if earlier.algorithm and is_digest(digest, earlier.algorithm)
            }
            blocks.append((earlier.algorithm, good, {}, "E092.digest"))
        for algorithm, block, known, case in blocks:
            for path, digest in block.items():
                if algorithm is not None and known.get(path) != digest:
                    self._more.setdefault(path, set()).add(Expected(algorithm, digest, case))

    def _rereads(self, listing: Listing, current: Outline) -> list[Reread]:
        """Return the content files to read and the digests to compare."""
        fixity: dict[str, list[Expected]] = {}
        for algorithm, block in current.fixity.items():
            for path, digest in block.items():
                fixity.setdefault(path, []).append(Expected(algorithm, digest, "E093.digest"))
        rereads = []
        for path, digest in current.manifest.items():
            if path not in listing.files:
                continue
            expected = fixity.get(path, [])
            if path in self._more:
                expected = [*expected, *sorted(self._more[path], key=lambda each: each.digest)]
            if current.algorithm is not None and is_digest(digest, current.algorithm):
                expected = [Expected(current.algorithm, digest, "E092.digest"), *expected]
            rereads.append(Reread(path, listing.files[path], tuple(expected)))
        return sorted(rereads, key=lambda reread: (-reread.size_bytes, reread.path))


def _enters(outline: Outline) -> Callable[[str], bool]:
    """Return which folders of an object to look into: of a version folder, only the content folder."""
    versions = frozenset(outline.versions)

    def enters(path: str) -> bool:
        first, _, rest = path.partition("/")
        if first not in versions:
            return first in {"extensions", "logs"}
        return not rest or rest.partition("/")[0] == outline.content

    return enters
