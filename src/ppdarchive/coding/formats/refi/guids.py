"""GUIDs of what we write: they follow from released values alone, and from nothing else."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

_NAMESPACE: Final = UUID("7d0a3f52-5c0e-4b7e-9a51-2f6f0c8f6b1d")

_BETWEEN: Final = "\x1f"


def guid_of(kind: str, *released: str | int) -> str:
    """Return the GUID of one thing; the same in every file, whatever else the file holds.

    Parameters
    ----------
    kind : str
        ``code``, ``source``, ...
    *released : str or int
        What tells it from others of its kind.

    References
    ----------
    RFC 9562, section 5.5 (UUID version 5).

    Examples
    --------
    >>> guid_of("code", "c1") == guid_of("code", "c1") != guid_of("source", "c1")
    True
    """
    # Each part says how long it is, so that no two lists of parts are spelled alike.
    spelled = _BETWEEN.join(f"{len(str(part))}:{part}" for part in (kind, *released))
    return str(uuid5(_NAMESPACE, spelled))
