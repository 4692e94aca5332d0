"""A descriptor -> PackageInfo: the way back of `package.descriptor`, so that a package can be written again.

A contributor's title is then what the descriptor calls them, whatever it was made from; everything that is
written from it is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from ppdarchive.errors import LoadError
from ppdarchive.model.release import Contributor, License, PackageInfo, Source
from ppdarchive.model.schema import JsonValue

_ORCID: Final = "https://orcid.org/"
_Members = Mapping[str, JsonValue]


def information(descriptor: _Members, *, path: str) -> PackageInfo:
    """What a package says of itself.

    Parameters
    ----------
    descriptor : mapping of str to JsonValue
        Of a published package.
    path : str
        The file, for messages.

    Raises
    ------
    LoadError
        ``load.descriptor`` if a member is missing, or is not what we write.
    """
    policy = _policy(descriptor, path)
    return PackageInfo(
        name=_text(descriptor, "name", path),
        title=_text(descriptor, "title", path),
        description=_text(descriptor, "description", path),
        version=_text(descriptor, "version", path),
        released_on=_day(descriptor, path),
        id=_optional(descriptor, "id", path),
        licenses=tuple(
            License(_text(each, "name", path), _optional(each, "title", path), _optional(each, "path", path))
            for each in _objects(descriptor, "licenses", path)
        ),
        contributors=tuple(_contributor(each, path) for each in _objects(descriptor, "contributors", path)),
        sources=tuple(
            Source(_text(each, "title", path), _optional(each, "path", path))
            for each in _objects(descriptor, "sources", path)
        ),
        policy=MappingProxyType(policy),
    )


def _contributor(given: _Members, path: str) -> Contributor:
    address, roles = _optional(given, "path", path), given.get("roles", [])
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise _wrong(path, "contributors", "roles in words")
    return Contributor(
        title=_optional(given, "title", path),
        given_name=_optional(given, "givenName", path),
        family_name=_optional(given, "familyName", path),
        organization=_optional(given, "organization", path),
        orcid=address.removeprefix(_ORCID) if address is not None else None,
        roles=tuple(str(role) for role in roles),
    )


def _policy(descriptor: _Members, path: str) -> dict[str, JsonValue]:
    """Our own section, without the format, which is that of whoever writes."""
    own = descriptor.get("ppdarchive")
    if not isinstance(own, dict):
        raise _wrong(path, "ppdarchive", "an object")
    return {key: value for key, value in own.items() if key != "format"}


def _day(descriptor: _Members, path: str) -> date:
    text, found = _text(descriptor, "created", path), None
    try:
        found = date.fromisoformat(text.removesuffix("T00:00:00Z"))
    except ValueError:
        found = None
    if found is None:
        raise _wrong(path, "created", "a date")
    return found


def _objects(members: _Members, name: str, path: str) -> Iterator[_Members]:
    found = members.get(name, [])
    for each in found if isinstance(found, list) else [None]:
        if not isinstance(each, dict):
            raise _wrong(path, name, "a list of objects")
        yield each


def _text(members: _Members, name: str, path: str) -> str:
    found = members.get(name)
    if not isinstance(found, str):
        raise _wrong(path, name, "a text")
    return found


def _optional(members: _Members, name: str, path: str) -> str | None:
    return _text(members, name, path) if name in members else None


def _wrong(path: str, name: str, expected: str) -> LoadError:
    return LoadError("load.descriptor", path=path, pointer=f"/{name}", reason=f"{expected} expected")
