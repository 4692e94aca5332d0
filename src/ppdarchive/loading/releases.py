"""All releases of an object, as its inventory and what is said of them tell; no table is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, overload

import pandas as pd
import pyarrow as pa

from ppdarchive.errors import LoadError
from ppdarchive.loading.opening import Opened, found_object, found_place, with_object
from ppdarchive.model.table import Frame
from ppdarchive.store import layout
from ppdarchive.store.files import Files, told
from ppdarchive.store.places import place_of
from ppdarchive.store.reading import Head, has_folder
from ppdarchive.store.records import Mark, Tombstone

_SIGNATURE: Final = re.compile(r"([0-9A-F]{16})\.minisig")


@dataclass(frozen=True, slots=True)
class Released:
    """One release of an object.

    Attributes
    ----------
    number : int
        Of the archive's version that holds it, from 1.
    version : str or None
        Such as ``1.2.0``; None if neither the version's message nor its descriptor names any.
    created : str
        When it was published, as RFC 3339 writes it.
    message : str or None
        What was said when it was published.
    marks : tuple of Mark
        Superseded, withdrawn from use, erratum; each with its reason.
    tombstones : tuple of Tombstone
        What was removed from it since.
    signatures : tuple of str
        The names of the keys that are said to have signed it; ``ppdarchive verify --trust`` finds out.
    """

    number: int
    version: str | None
    created: str
    message: str | None = None
    marks: tuple[Mark, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    signatures: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What the release is called: its version, or ``v3`` if it has none."""
        return self.version or layout.version_folder(self.number)

    def __str__(self) -> str:
        said: list[str] = [mark.kind for mark in self.marks]
        said += [f"{each.kind} removed" for each in self.tombstones]
        said.append("signed" if self.signatures else "unsigned")
        return f"{self.name}  {self.created[:10]}  {', '.join(said)}"


@dataclass(frozen=True, slots=True, repr=False)
class History(Sequence[Released]):
    """The releases of an object, the first first.

    Attributes
    ----------
    object_id : str
    releases : tuple of Released
    """

    object_id: str
    releases: tuple[Released, ...] = field(default=())

    def __repr__(self) -> str:
        number = f"{len(self)} release{'s' if len(self) != 1 else ''}"
        return "\n".join([f"<History of {self.object_id}: {number}>", *(f"  {each}" for each in self)])

    def __len__(self) -> int:
        return len(self.releases)

    def __iter__(self) -> Iterator[Released]:
        return iter(self.releases)

    @overload
    def __getitem__(self, place: int) -> Released: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Released, ...]: ...

    def __getitem__(self, place: int | slice) -> Released | tuple[Released, ...]:
        return self.releases[place]

    @property
    def versions(self) -> tuple[str | None, ...]:
        """The releases' versions."""
        return tuple(each.version for each in self)

    def frame(self) -> Frame:
        """The releases as a table.

        Returns
        -------
        Frame, shape (n_releases, 7)
            `number`, `version`, `created` (an instant), `message`; `marks`, `removed` and `signatures`
            as words separated by commas, empty where there are none.
        """
        columns: dict[str, pa.Array] = {
            "number": pa.array([each.number for each in self], pa.int32()),
            "version": pa.array([each.version for each in self], pa.string()),
            "created": pa.array(pd.to_datetime([each.created for each in self], utc=True)).cast(
                pa.timestamp("s", tz="UTC"), safe=False
            ),
            "message": pa.array([each.message for each in self], pa.string()),
            "marks": _joined([mark.kind for mark in each.marks] for each in self),
            "removed": _joined([stone.kind for stone in each.tombstones] for each in self),
            "signatures": _joined(each.signatures for each in self),
        }
        return pd.DataFrame({name: pd.arrays.ArrowExtensionArray(each) for name, each in columns.items()})


def _joined(lists: Iterator[Sequence[str]]) -> pa.Array:
    return pa.array([", ".join(words) for words in lists], pa.string())


def history(
    where: str | os.PathLike[str], *, study: str | None = None, audience: str | None = None
) -> History:
    """All releases of a study, the first first.

    Parameters
    ----------
    where : str or path
        An archive, or an object's folder in one; ``s3://BUCKET/PREFIX`` too.
    study, audience : str, optional
        Needed where the archive has several objects.

    Returns
    -------
    History

    Raises
    ------
    LoadError
        ``load.not-found``, ``load.no-archive`` if there is no archive; ``load.no-object``,
        ``load.several-objects``.
    StoreError
        If the archive cannot be read or trusted.
    """
    files, folder = place_of(where)
    place = found_place(files, folder)
    if not place.is_archive:
        raise LoadError("load.no-archive", path=str(folder))
    return with_object(place, found_object(place, study, audience), history_of)


def history_of(opened: Opened) -> History:
    """The releases of an object that was opened."""
    signatures = _signatures(opened.place.files, opened.head)
    found = zip(opened.candidates(), opened.head.inventory.versions, strict=True)
    return History(
        opened.id,
        tuple(
            Released(
                each.number,
                each.version,
                version.created,
                version.message,
                opened.marks_of(each.number),
                opened.tombstones_of(each.number),
                signatures.get(each.number, ()),
            )
            for each, version in found
        ),
    )


def _signatures(files: Files, found: Head) -> dict[int, tuple[str, ...]]:
    """The names of the keys by version; nothing of a signature is read."""
    result = {}
    if not has_folder(found, layout.SIGNATURES, files=files):
        return {}
    top = found.folder / layout.SIGNATURES
    with told(top, "store.not-readable"):
        for each in files.entries(top):
            number = layout.version_number(each.name)
            if number is not None and number <= found.number and each.kind == "folder":
                names = (_SIGNATURE.fullmatch(file.name) for file in files.entries(top / each.name))
                result[number] = tuple(sorted(name[1] for name in names if name))
    return result
