"""The files of a package -> its release, once every file that is here was held against its digest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from ppdarchive.errors import LoadError, SchemaError
from ppdarchive.loading.contents import Contents, listed
from ppdarchive.loading.release import Release
from ppdarchive.package import checksums
from ppdarchive.store.records import Mark, Tombstone
from ppdarchive.tableschema import Package, parse_package

DESCRIPTOR: Final = "datapackage.json"


def open_contents(
    contents: Contents,
    shown: str,
    *,
    number: int | None = None,
    marks: tuple[Mark, ...] = (),
    tombstones: tuple[Tombstone, ...] = (),
) -> Release:
    """The release that files are, after all that are here were held against their digests.

    Raises
    ------
    LoadError
        ``load.missing``, ``load.extra``, ``load.changed`` with the file that is not as published;
        ``load.checksums``, ``load.descriptor``.
    """
    if checksums.NAME not in contents.paths:
        raise LoadError("load.missing", path=f"{shown}/{checksums.NAME}")
    sums = listed(contents, (checksums.NAME,))
    contents.verify(sums)
    if DESCRIPTOR not in sums:
        raise LoadError("load.missing", path=f"{shown}/{DESCRIPTOR}")
    package = _package(contents, sums)
    tables = {}
    for name, (inside, size_bytes, digest) in _resources(contents).items():
        if inside not in sums:
            raise LoadError("load.missing", path=f"{shown}/{inside}")
        if digest != f"sha256:{sums[inside]}":
            raise LoadError("load.changed", path=contents.shown(inside))
        tables[name] = contents.table(inside, size_bytes)
    return Release(shown, package, tables, number=number, marks=marks, tombstones=tombstones)


def _package(contents: Contents, sums: Mapping[str, str]) -> Package:
    shown = contents.shown(DESCRIPTOR)

    def read(inside: str, pointer: str) -> str:
        if inside not in sums:
            raise SchemaError("schema.not-found", path=shown, pointer=pointer or None)
        text = None
        try:
            text = contents.read(inside).decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None:
            raise SchemaError("schema.json", path=contents.shown(inside), reason="not UTF-8 text")
        return text

    problem: LoadError
    try:
        return parse_package(read(DESCRIPTOR, ""), path=shown, read=read, released=True)
    except SchemaError as error:
        problem = LoadError("load.descriptor", path=error.path, pointer=error.pointer, reason=error.what)
    raise problem


def _resources(contents: Contents) -> Mapping[str, tuple[str, object, object]]:
    """Path, size and hash of each table, as the descriptor says; it was parsed before."""
    members = json.loads(contents.read(DESCRIPTOR).decode("utf-8-sig"))
    result: dict[str, tuple[str, object, object]] = {}
    for number, resource in enumerate(members["resources"]):
        inside = resource.get("path")
        if not isinstance(inside, str) or not checksums.is_inside(inside):
            raise LoadError(
                "load.descriptor",
                path=contents.shown(DESCRIPTOR),
                pointer=f"/resources/{number}/path",
                reason="a path inside the package expected",
            )
        own = resource.get("ppdarchive")
        size_bytes = own.get("bytes") if isinstance(own, dict) else None
        result[resource["name"]] = (inside, size_bytes, resource.get("hash"))
    return result
