"""Earlier releases of an archive, as the next one is compared with and judged beside them.

Nothing is read before it is asked for. Tables whose files are the same to the byte, as their digests in
the inventory say, are read once, and a release that has the tables of another is not looked at again.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import OpenedObject, StoredRelease
from ppdarchive.changes import Contents
from ppdarchive.errors import ArchiveError, SchemaError
from ppdarchive.gate.releases import LiveRelease
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import JsonValue, Schema, Schemas
from ppdarchive.model.table import Frame
from ppdarchive.package.descriptor import table_path
from ppdarchive.package.parquet import UNREADABLE, read_parquet
from ppdarchive.store.digest import digest
from ppdarchive.store.files import told
from ppdarchive.store.reading import damaged
from ppdarchive.tableschema import parse_package

CHANGELOG: Final = "CHANGELOG.md"
_DESCRIPTOR: Final = "datapackage.json"
_OTHER: Final = "the file is not the one that was published"
_MAX_DOCUMENT_BYTES: Final = 64 << 20
_HELD_BYTES: Final = 1 << 28
"""What tables may take that are kept for another look; what is larger is read again."""


@dataclass(frozen=True, slots=True, repr=False)
class Earlier:
    """An earlier release.

    Attributes
    ----------
    stored : StoredRelease
    version : str
        Of the release, such as ``1.2.0``.
    contents : Contents
        What the next one is compared with.
    tables : mapping of str to TreatedTable
    """

    stored: StoredRelease
    version: str
    contents: Contents
    tables: Mapping[str, TreatedTable]

    def __repr__(self) -> str:
        return f"<Earlier {self.version}: {len(self.tables)} tables>"


class EarlierReleases:
    """The releases of an object.

    Parameters
    ----------
    opened : OpenedObject
    folder : Path
        A private folder, for files of an archive that is not on this machine.
    """

    def __init__(self, opened: OpenedObject, folder: Path) -> None:
        self._opened = opened
        self._folder = folder
        self._held: OrderedDict[tuple[str, str], TreatedTable] = OrderedDict()
        self._sound: set[str] = set()
        self._paths: dict[int, Mapping[str, Path]] = {}

    def __repr__(self) -> str:
        return f"<EarlierReleases of {self._opened.id}>"

    def last(self) -> Earlier:
        """The newest release.

        Raises
        ------
        ArchiveError
            ``archive.no-version`` if nothing says which release it is.
        StoreError, SchemaError
            If its files are not those that were published, or do not hold what they should.
        """
        return self.release(self._opened.releases[-1])

    def changelog(self) -> str | None:
        """The changelog of the newest release, if it has one."""
        text = self._document(self._opened.head.number, CHANGELOG)
        return text.decode("utf-8", "replace") if text is not None else None

    def live(self) -> tuple[LiveRelease, ...]:
        """Every release, the first first, but those whose tables a later one has to the byte.

        Raises
        ------
        ArchiveError, StoreError, SchemaError
            As `last`; tables are read when they are asked for.
        """
        found: dict[frozenset[tuple[str, str]], LiveRelease] = {}
        for stored in self._opened.releases:
            state = self._opened.head.inventory.versions[stored.number - 1].state
            tables = frozenset((path, digest) for path, digest in state.items() if path.endswith(".parquet"))
            found.pop(tables, None)
            earlier = self.release(stored)
            found[tables] = LiveRelease(earlier.version, earlier.tables)
        return tuple(found.values())

    def release(self, stored: StoredRelease) -> Earlier:
        """One of the releases.

        Raises
        ------
        ArchiveError, StoreError, SchemaError
            As `last`.
        """
        text = self._document(stored.number, _DESCRIPTOR)
        name = f"{self._opened.id} {stored.name}: {_DESCRIPTOR}"
        if text is None:
            raise ArchiveError("archive.no-version", path=str(self._opened.root), name=stored.name)
        package = parse_package(text.decode("utf-8", "replace"), path=name, read=_no_file, released=True)
        version = stored.version or package.version
        if version is None:
            raise ArchiveError("archive.no-version", path=str(self._opened.root), name=stored.name)
        metadata: dict[str, JsonValue] = json.loads(text)
        tables = _Tables(self, stored.number, package.schemas)
        return Earlier(stored, version, Contents(package.schemas, _Frames(tables), metadata), tables)

    def _place(self, number: int, path: str) -> tuple[Path, str] | None:
        """Where a file of a version lies, and its digest; None if the version has none of that name."""
        meant = self._opened.head.inventory.versions[number - 1].state.get(path)
        if meant is None:
            return None
        if number not in self._paths:
            # Elsewhere each look is a request, and what is read is held against its digest anyway.
            plain = self._opened.head.inventory.content_paths(number)
            self._paths[number] = (
                self._opened.paths(number)
                if self._opened.is_here
                else {own: self._opened.head.folder / place for own, place in plain.items()}
            )
        return self._paths[number][path], meant

    def _document(self, number: int, path: str) -> bytes | None:
        found = self._place(number, path)
        if found is None:
            return None
        place, meant = found
        with told(place, "store.not-readable"):
            content = self._opened.files.read(place, _MAX_DOCUMENT_BYTES + 1)
        if len(content) > _MAX_DOCUMENT_BYTES or hashlib.sha512(content).hexdigest() != meant:
            raise damaged(place, _OTHER)
        return content

    def table(self, number: int, schema: Schema) -> TreatedTable:
        """A table of a version, held against its digest when it is first read."""
        found = self._place(number, table_path(schema.name))
        if found is None:
            raise damaged(self._opened.head.folder / table_path(schema.name), "a file is missing")
        place, meant = found
        held = self._held.get((meant, schema.name))
        if held is not None and held.schema == schema:
            self._held.move_to_end((meant, schema.name))
            return held
        table = self._held[meant, schema.name] = TreatedTable(schema, self._read(place, meant, schema))
        while sum(map(_size_bytes, self._held.values())) > _HELD_BYTES:
            self._held.popitem(last=False)
        return table

    def _read(self, place: Path, meant: str, schema: Schema) -> Frame:
        here = place if self._opened.is_here else self._copy(place, meant)
        if meant not in self._sound and digest(self._opened.files, place) != meant:
            raise damaged(place, _OTHER)
        self._sound.add(meant)
        frame: Frame | None = None
        try:
            frame = read_parquet(str(here), schema)
        except UNREADABLE:
            frame = None
        if frame is None:
            raise damaged(place, "it does not hold the table that its release declares")
        return frame

    def _copy(self, place: Path, meant: str) -> Path:
        """A file of an archive elsewhere, held against its digest on the way."""
        here = self._folder / f"{meant[:32]}.parquet"
        if meant in self._sound:
            return here
        found = hashlib.sha512()
        with told(here):
            file = here.open("wb")
        with file, told(place, "store.not-readable"):
            for piece in self._opened.files.pieces(place):
                found.update(piece)
                file.write(piece)
        if found.hexdigest() != meant:
            raise damaged(place, _OTHER)
        self._sound.add(meant)
        return here


def _size_bytes(table: TreatedTable) -> int:
    return int(table.frame.memory_usage(index=False).sum())


class _Tables(Mapping[str, TreatedTable]):
    """The tables of a release, each read when it is asked for."""

    def __init__(self, releases: EarlierReleases, number: int, schemas: Schemas) -> None:
        self._releases = releases
        self._number = number
        self._schemas = schemas

    def __getitem__(self, name: str) -> TreatedTable:
        return self._releases.table(self._number, self._schemas[name])

    def __contains__(self, name: object) -> bool:
        return name in self._schemas

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)


class _Frames(Mapping[str, Frame]):
    """The frames of tables."""

    def __init__(self, tables: Mapping[str, TreatedTable]) -> None:
        self._tables = tables

    def __getitem__(self, name: str) -> Frame:
        return self._tables[name].frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def _no_file(path: str, pointer: str) -> str:
    """A release's descriptor holds its schemas itself."""
    raise SchemaError("schema.type", path=path, pointer=pointer, expected="a schema in its place")
