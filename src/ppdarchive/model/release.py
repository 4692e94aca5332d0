"""What may leave: treated tables and what is said of them; must not know paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from ppdarchive.model.schema import JsonValue, Schema
from ppdarchive.model.table import Frame


@dataclass(frozen=True, slots=True, repr=False)
class TreatedTable:
    """A table as it is released; made by `ppdarchive.deidentify` alone.

    Attributes
    ----------
    schema : Schema
        The released schema: every treatment is ``keep``.
    frame : Frame, shape (n_rows, n_fields)
        One column per field of the schema, in its order and types; the index is 0, 1, ...
    """

    schema: Schema
    frame: Frame

    def __repr__(self) -> str:
        return f"<TreatedTable {self.schema.name}: {len(self.frame)} rows>"


@dataclass(frozen=True, slots=True)
class License:
    """A licence, by its SPDX name or a title, and where it stands."""

    name: str
    title: str | None = None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Contributor:
    """A person or an organization (``title`` alone) that is to be cited."""

    title: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    organization: str | None = None
    orcid: str | None = None
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What the data were made from, or the publication that describes them."""

    title: str
    path: str | None = None


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """What a package says of itself.

    Attributes
    ----------
    name : str
        Letters, digits, ``.``, ``_``, ``-``.
    title, description : str
    version : str
        Semantic version, ``1.0.0``.
    released_on : date
        The only date in the package; given, never taken from a clock.
    id : str or None
        A DOI or another global id.
    licenses, contributors, sources : tuples
    policy : mapping of str to JsonValue
        The public side of the policy; becomes the descriptor's ``ppdarchive`` section.
    """

    name: str
    title: str
    description: str
    version: str
    released_on: date
    id: str | None = None
    licenses: tuple[License, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    sources: tuple[Source, ...] = ()
    policy: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))
