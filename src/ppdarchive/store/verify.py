"""Walk an OCFL storage root, or one object, and say everything that is wrong with it.

Objects of OCFL 1.0 are checked too, since a storage root of 1.1 may hold them; drafts and later versions
are refused by E004. Problems come as they are found, one object after the other, so that memory does not
grow with the archive: it holds one object's listing and two of its inventories.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from ppdarchive.errors import StoreError
from ppdarchive.store.disk import Disk, Limits, disk_of
from ppdarchive.store.files import LOCAL, Files
from ppdarchive.store.listing import LAYOUTS, REGISTERED, check_declarations
from ppdarchive.store.objects import Reread, look_at_object, read_declaration
from ppdarchive.store.outline import SPECS, parse_json
from ppdarchive.store.paths import n_twins
from ppdarchive.store.problems import Problem, problem

Kind = Literal["root", "object"]
_Read = tuple[Reread, dict[str, str] | Problem]

_LAYOUT: Final = "ocfl_layout.json"
_FLAT: Final = "0002-flat-direct-storage-layout"
_MOST_LAYOUT_BYTES: Final = 1 << 20
# Small files are read in groups, for a thread's turn costs as much as reading one of them.
_GROUP_FILES: Final = 100
_GROUP_BYTES: Final = 4 << 20
_IN_FLIGHT: Final = 32  # groups that wait for a thread; enough that a large one holds nobody up


@dataclass(slots=True)
class Summary:
    """What was looked at and found so far.

    Parameters
    ----------
    n_objects, n_versions, n_files : int
    n_bytes : int
        Of all content files.
    n_read_bytes : int
        Of those that were read and compared; 0 without `fixity`.
    n_errors, n_warnings : int
    """

    n_objects: int = 0
    n_versions: int = 0
    n_files: int = 0
    n_bytes: int = 0
    n_read_bytes: int = 0
    n_errors: int = 0
    n_warnings: int = 0

    @property
    def is_valid(self) -> bool:
        """Whether nothing but warnings was found."""
        return self.n_errors == 0


class Verification:
    """The problems of a storage root or an object, found while one iterates, once.

    Parameters
    ----------
    folder : Path
    kind : {'root', 'object'}, optional
        What the folder is; found out when not given.
    fixity : bool, default False
        Whether to read every content file and compare its digests.
    progress : callable, optional
        Called with the number of content bytes read since its last call, from the threads that read.
    limits : Limits, optional
    files : Files, optional
        By which `folder` is reached.
    wanted : callable, optional
        With `fixity`, which content files to read, by their paths inside `folder`; all by default.

    Raises
    ------
    StoreError
        When the folder is neither a storage root nor an object, ``store.not-found``. Whatever else
        is wrong is a problem.
    """

    def __init__(
        self,
        folder: Path,
        *,
        kind: Kind | None = None,
        fixity: bool = False,
        progress: Callable[[int], None] | None = None,
        limits: Limits | None = None,
        files: Files = LOCAL,
        wanted: Callable[[str], bool] | None = None,
    ) -> None:
        self.summary = Summary()
        self._disk = disk_of(files, folder)
        self._kind = kind or _kind(self._disk, str(folder))
        self._fixity = fixity
        self._progress = progress
        self._limits = limits or Limits()
        self._wanted = wanted or _every

    def __iter__(self) -> Iterator[Problem]:
        for found in self._compared() if self._fixity else self._found():
            if isinstance(found, Problem):
                if found.severity == "error":
                    self.summary.n_errors += 1
                else:
                    self.summary.n_warnings += 1
                yield found

    def _found(self) -> Iterator[Problem | Reread]:
        """What listings and inventories say, and which files are to be read."""
        if self._kind == "object":
            return self._object("", None)
        return self._root()

    def _compared(self) -> Iterator[Problem]:
        """The same with files read meanwhile, their problems in the order of the files."""
        pool = ThreadPoolExecutor(self._disk.n_threads)
        group: list[Reread] = []
        n_bytes = 0
        waiting: deque[Future[list[_Read]]] = deque()
        try:
            for found in self._found():
                if isinstance(found, Problem):
                    yield found
                    continue
                if not self._wanted(found.path):
                    continue
                group.append(found)
                n_bytes += found.size_bytes
                if len(group) == _GROUP_FILES or n_bytes >= _GROUP_BYTES:
                    waiting.append(pool.submit(self._read, group))
                    group, n_bytes = [], 0
                if len(waiting) > _IN_FLIGHT:
                    yield from self._differing(waiting.popleft().result())
            waiting.append(pool.submit(self._read, group))
            while waiting:
                yield from self._differing(waiting.popleft().result())
        finally:
            pool.shutdown(cancel_futures=True)

    def _read(self, group: list[Reread]) -> list[_Read]:
        """Read files and return their digests; runs in a thread."""
        return [
            (
                each,
                self._disk.digests(
                    each.path,
                    {expected.algorithm for expected in each.expected},
                    size_bytes=each.size_bytes,
                    progress=self._progress,
                ),
            )
            for each in group
        ]

    def _differing(self, read: list[_Read]) -> Iterator[Problem]:
        """Compare files' digests with those that inventories give them."""
        for reread, actual in read:
            if isinstance(actual, Problem):
                yield actual
                continue
            self.summary.n_read_bytes += int(actual["size"])
            for expected in reread.expected:
                if actual.get(expected.algorithm, expected.digest) != expected.digest:
                    yield problem(expected.case, reread.path, algorithm=expected.algorithm)

    def _object(
        self, inside: str, root: str | None, ids: dict[str, str] | None = None, layout: str | None = None
    ) -> Iterator[Problem | Reread]:
        """Check one object, and where it lies in the storage root that holds it."""
        seen = look_at_object(self._disk, inside, self._limits)
        yield from seen.problems
        self.summary.n_objects += 1
        self.summary.n_versions += seen.n_versions
        self.summary.n_files += len(seen.rereads)
        self.summary.n_bytes += sum(reread.size_bytes for reread in seen.rereads)
        if None not in (root, seen.spec) and SPECS.index(str(seen.spec)) > SPECS.index(str(root)):
            yield problem("E081.later", inside)
        if ids is not None and seen.id is not None:
            if seen.id in ids:
                yield problem("E037.twice", inside)
            ids[seen.id] = inside
            if layout == _FLAT and seen.id != inside:
                yield problem("E083.place", inside)
        yield from seen.rereads

    def _root(self) -> Iterator[Problem | Reread]:
        """Check a storage root: what lies at its top, then whatever lies below it."""
        top = self._disk.scan("", most=self._limits.entries)
        yield from top.problems
        declared, found = check_declarations(top.files, "root")
        yield from found
        yield from read_declaration(self._disk, "", declared, "E080.text")
        layout, found = self._layout(top.files)
        yield from found
        if "extensions" in top.folders:
            yield from self._extensions()
        ids: dict[str, str] = {}
        depths: set[bool] = set()
        folders: list[str] = []
        for folder in self._objects([name for name in top.folders if name != "extensions"]):
            if isinstance(folder, Problem):
                yield folder
            else:
                depths.add("/" in folder)
                folders.append(folder)
                yield from self._object(folder, declared.spec, ids, layout)
        if len(depths) == 2:
            yield problem("W015.mixed")
        for _ in range(n_twins(folders)):
            yield problem("P003.twins")

    def _layout(self, files: Mapping[str, int]) -> tuple[str | None, list[Problem]]:
        """Check the document that names the layout; return the layout."""
        if _LAYOUT not in files:
            return None, []
        content = self._disk.read_whole(_LAYOUT, most_bytes=_MOST_LAYOUT_BYTES)
        if isinstance(content, Problem):
            return None, [content]
        try:
            document = parse_json(content)
        except ValueError:
            return None, [problem("E070.json", _LAYOUT)]
        if not isinstance(document, dict) or not all(
            isinstance(document.get(key), str) for key in ("extension", "description")
        ):
            return None, [problem("E070.keys", _LAYOUT)]
        name = document["extension"]
        return name, [] if name in LAYOUTS else [problem("E071.name", _LAYOUT, "extension")]

    def _extensions(self) -> Iterator[Problem]:
        """Check what lies directly in the storage root's extensions folder; the rest is its owners'."""
        inside = self._disk.scan("extensions", most=self._limits.entries)
        yield from inside.problems
        for name in inside.folders:
            if name not in REGISTERED:
                yield problem("W016.name", f"extensions/{name}")
        for name in sorted(inside.files):
            yield problem("E112.file", f"extensions/{name}")

    def _objects(self, top: list[str]) -> Iterator[str | Problem]:
        """Find the objects in a storage hierarchy, and what is no part of any."""
        waiting = sorted(top, reverse=True)
        while waiting:
            folder = waiting.pop()
            inside = self._disk.scan(folder, most=self._limits.entries)
            if _is_object(inside.files):
                yield folder
                continue
            yield from inside.problems
            for name in sorted(inside.files):
                yield problem("E072.file", f"{folder}/{name}")
            if not inside.folders and not inside.files and not inside.problems:
                yield problem("E073.empty", folder)
            if inside.folders and folder.count("/") + 1 >= self._limits.depth:
                yield problem("P002.deep", folder, limit=self._limits.depth)
            else:
                waiting.extend(f"{folder}/{name}" for name in reversed(inside.folders))


def verify(
    folder: Path,
    *,
    fixity: bool = False,
    progress: Callable[[int], None] | None = None,
    limits: Limits | None = None,
    files: Files = LOCAL,
    wanted: Callable[[str], bool] | None = None,
) -> Verification:
    """Look for whatever is wrong with an OCFL storage root or object.

    Parameters
    ----------
    folder : Path
    fixity : bool, default False
        Whether to read every byte of content and compare it with the inventories, on two processors.
        Without it, inventories, their sidecars and the presence of files are checked.
    progress : callable, optional
        Called with the number of content bytes read since its last call, from the threads that read.
    limits : Limits, optional
    files : Files, optional
        By which `folder` is reached.
    wanted : callable, optional
        With `fixity`, which content files to read, by their paths inside `folder`; all by default.

    Returns
    -------
    Verification
        Iterate over it for the problems; its `summary` counts meanwhile.

    Raises
    ------
    StoreError
        When the folder is neither, ``store.not-found``.
    """
    return Verification(folder, fixity=fixity, progress=progress, limits=limits, files=files, wanted=wanted)


def _every(_: str) -> bool:
    """Want all files."""
    return True


def _kind(disk: Disk, path: str) -> Kind:
    """Find out what a folder is."""
    files = disk.scan("", most=Limits().entries).files
    if any(name.startswith("0=ocfl_object") for name in files):
        return "object"
    if any(name.startswith("0=") for name in files) or _LAYOUT in files:
        return "root"
    if "inventory.json" in files:
        return "object"
    raise StoreError("store.not-found", path=path)


def _is_object(files: Mapping[str, int]) -> bool:
    """Whether files of these names make a folder an object, if a broken one."""
    return "inventory.json" in files or any(name.startswith("0=") for name in files)
