"""An archive -> everything that is wrong with it, as OCFL, as releases, and as what was signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ppdarchive.archive.opening import OpenedObject, StoredRelease, Where, object_ids, release_folder
from ppdarchive.archive.verifying_findings import (
    ArchiveFinding,
    finding,
    is_our_way,
    of_error,
    of_problem,
)
from ppdarchive.archive.verifying_release import release_findings
from ppdarchive.archive.verifying_signatures import Signed, signature_findings, signed
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store import layout
from ppdarchive.store.files import Files, told
from ppdarchive.store.naming import is_release_version
from ppdarchive.store.reading import head, is_being_rewritten
from ppdarchive.store.records import Tombstone, marks, tombstones
from ppdarchive.store.trust import KeySet
from ppdarchive.store.verify import Summary
from ppdarchive.store.verify import verify as verify_files

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class VerifiedRelease:
    """What became of one release.

    Attributes
    ----------
    object_id : str
    number : int
    name : str
    created_on : date
    is_good : bool
        Whether nothing but notes and warnings was found in the release itself; its bytes are the files'
        matter, and told with them.
    signed : Signed or None
        None where signatures were not looked at.
    """

    object_id: str
    number: int
    name: str
    created_on: date
    is_good: bool
    signed: Signed | None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in an archive.

    Attributes
    ----------
    root : str
    findings : tuple of ArchiveFinding
        In the order in which they were found: files first, then each object's releases.
    releases : tuple of VerifiedRelease
        Empty where only bytes were compared.
    summary : Summary
        How much was looked at.
    """

    root: str
    findings: tuple[ArchiveFinding, ...]
    releases: tuple[VerifiedRelease, ...]
    summary: Summary

    @property
    def is_good(self) -> bool:
        """Whether there is no error."""
        return all(each.severity != "error" for each in self.findings)


def _silent(_: str) -> None:
    """Tell nobody."""


def verify_archive(
    archive: Where,
    *,
    version: str | None = None,
    study: str | None = None,
    audience: str | None = None,
    only_fixity: bool = False,
    keys: KeySet | None = None,
    progress: Callable[[int], None] | None = None,
    step: Step = _silent,
) -> Verified:
    """Verify an archive; nothing is written, and nothing outside of it is read.

    Parameters
    ----------
    archive : str or path
        A folder, or ``s3://BUCKET/PREFIX``.
    version : str, optional
        Of one release: only its bytes are read, and only it is looked at; by default all.
    study, audience : str, optional
        Of the objects whose releases are looked at; by default all.
    only_fixity : bool
        Whether to compare bytes with inventories and no more.
    keys : KeySet, optional
        Whom the reader trusts; then every release must be signed by them.
    progress : callable, optional
        Is told how many more bytes were compared.
    step : callable
        Is told what is being looked at.

    Raises
    ------
    ArchiveError, StoreError
        If there is no archive, or no such object or release; whatever else is wrong is a finding.

    References
    ----------
    OCFL 1.1, https://ocfl.io/1.1/spec/; its codes are those of the findings.
    """
    files, root, names = object_ids(archive, study=study, audience=audience)
    opened: dict[str, OpenedObject | StoreError] = {name: _opened(files, root, name) for name in names}
    chosen = _chosen(opened, version)
    wanted = _wanted(chosen) if version is not None or study or audience else None
    step("comparing files with inventories")
    verification = verify_files(root, fixity=True, progress=progress, files=files, wanted=wanted)
    findings = [of_problem(problem) for problem in verification if not is_our_way(problem)]
    releases: list[VerifiedRelease] = []
    for name, own in opened.items():
        findings += _unfinished(files, root, name)
        if isinstance(own, StoreError):
            findings.append(of_error(own).of(name))
        elif not only_fixity:
            findings += _order(own)
            look = _Look(own, keys)
            for release in chosen[name][1]:
                step(f"{name} {release.name}")
                found = list(look.at(release))
                findings += found
                is_good = all(each.severity != "error" for each in found)
                releases.append(
                    VerifiedRelease(
                        name, release.number, release.name, release.created_on, is_good, look.signed
                    )
                )
            findings += look.of_records
    return Verified(str(archive), tuple(findings), tuple(releases), verification.summary)


def _opened(files: Files, root: Path, name: str) -> OpenedObject | StoreError:
    problem: StoreError
    try:
        return OpenedObject(files, root, head(root, name, files=files))
    except StoreError as error:
        problem = error
    return problem


def _chosen(
    opened: dict[str, OpenedObject | StoreError], version: str | None
) -> dict[str, tuple[OpenedObject, tuple[StoredRelease, ...]]]:
    """The releases to look at, by object."""
    result: dict[str, tuple[OpenedObject, tuple[StoredRelease, ...]]] = {}
    problem: ArchiveError | None = None
    for name, own in opened.items():
        if isinstance(own, StoreError):
            continue
        result[name] = own, own.releases
        if version is not None:
            try:
                result[name] = own, (own.release(version),)
            except ArchiveError as error:
                problem = error
                result[name] = own, ()
    if problem is not None and not any(releases for _, releases in result.values()):
        raise problem
    return result


def _wanted(
    chosen: dict[str, tuple[OpenedObject, tuple[StoredRelease, ...]]],
) -> Callable[[str], bool]:
    """Which content files, by their paths in the archive, some chosen release has."""
    paths = {
        f"{name}/{path}"
        for name, (own, releases) in chosen.items()
        for release in releases
        for path in own.head.inventory.content_paths(release.number).values()
    }
    return paths.__contains__


def _unfinished(files: Files, root: Path, name: str) -> Iterator[ArchiveFinding]:
    """Say what somebody has begun and not finished, or is just doing."""
    problem: StoreError | None = None
    found: list[str] = []
    try:
        with told(root, "store.not-readable"):
            if is_being_rewritten(files, root, name):
                found.append("archive.unfinished-purge")
            elif _is_begun(files, root, name):
                found.append("archive.unfinished-publish")
            if any(each.startswith(f"{name}.") for each in _names(files, root / layout.STAGING)):
                found.append("archive.leftovers")
    except StoreError as error:
        problem = error
    if problem is not None:
        yield of_error(problem).of(name)
    for code in found:
        yield finding(code).of(name)


def _is_begun(files: Files, root: Path, name: str) -> bool:
    """Whether a version's folder is there that the object's inventory does not know, or half does."""
    problem = False
    try:
        last = head(root, name, files=files)
    except StoreError:
        problem = True
    if problem:
        return False
    following = last.folder / layout.version_folder(last.number + 1)
    return not last.is_settled or files.entry(following) is not None


def _names(files: Files, folder: Path) -> list[str]:
    entry = files.entry(folder)
    is_folder = entry is not None and entry.kind == "folder"
    return [each.name for each in files.entries(folder)] if is_folder else []


def _order(opened: OpenedObject) -> Iterator[ArchiveFinding]:
    """Say which releases are not higher than the one before."""
    last: StoredRelease | None = None
    for release in opened.releases:
        if release.version is None:
            continue
        if last is not None and _numbers(release.version) <= _numbers(last.version):
            found = finding("release.version-order", found=release.name, expected=last.name)
            yield found.of(opened.id, release.name)
        last = release


def _numbers(version: str | None) -> tuple[int, ...]:
    return tuple(map(int, version.split("."))) if version and is_release_version(version) else ()


class _Look:
    """A look at one object's releases and what is said of them."""

    def __init__(self, opened: OpenedObject, keys: KeySet | None) -> None:
        self._opened = opened
        self._keys = keys
        self.signed: Signed | None = None
        self.of_records: list[ArchiveFinding] = []
        self._tombstones: tuple[Tombstone, ...] = ()
        problem: StoreError | None = None
        try:
            self._tombstones = tombstones(opened.root, opened.id, files=opened.files)
            marks(opened.root, opened.id, files=opened.files)
        except StoreError as error:
            problem = error
        if problem is not None:
            self.of_records.append(of_error(problem).of(opened.id))

    def at(self, release: StoredRelease) -> Iterator[ArchiveFinding]:
        """Look at one release and its signatures."""
        if release.version is None:
            yield finding("release.unnamed").of(self._opened.id, release.name)
        for each in self._content(release):
            yield each.of(self._opened.id, release.name)
        self.signed = None
        problem: StoreError | None = None
        try:
            self.signed = signed(
                self._opened, release.number, self._keys or KeySet(), tombstones=self._tombstones
            )
        except StoreError as error:
            problem = error
        if problem is not None:
            yield of_error(problem).of(self._opened.id, release.name)
        if self.signed is not None:
            is_given = self._keys is not None
            yield from signature_findings(self._opened, release, self.signed, is_trust_given=is_given)

    def _content(self, release: StoredRelease) -> list[ArchiveFinding]:
        found: list[ArchiveFinding] = []
        problem: StoreError | None = None
        try:
            with release_folder(self._opened, release.number) as folder:
                found += release_findings(folder, version=release.version, object_id=self._opened.id)
        except StoreError as error:
            problem = error
        return found if problem is None else [*found, of_error(problem)]
