"""What two releases are compared by: their schemas, tables and metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ppdarchive.model.schema import JsonValue, Schemas
from ppdarchive.model.table import Frame


@dataclass(frozen=True, slots=True, repr=False)
class Contents:
    """A release, as it is compared.

    Attributes
    ----------
    schemas : mapping of str to Schema
        The released schemas by table.
    frames : mapping of str to Frame, shape (n_rows, n_fields)
        By table; each is asked for when it is needed, so that a release may read it then.
    metadata : mapping of str to JsonValue
        The members of the descriptor. Its version, date and resources are not looked at.
    """

    schemas: Schemas
    frames: Mapping[str, Frame]
    metadata: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return f"<Contents of {len(self.schemas)} tables>"
