"""PackageInfo, schemas and files -> a Data Package descriptor, its members in a fixed order; no clock.

References
----------
Data Package v2.0, https://datapackage.org/standard/data-package/ and .../data-resource/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ppdarchive.model.release import Contributor, License, PackageInfo, Source
from ppdarchive.model.schema import JsonValue, Schemas
from ppdarchive.tableschema import DATA_PACKAGE, to_descriptor

FORMAT: Final = "1"
"""The format of the package; a reader of another one knows that it may not understand it."""

MEDIA_TYPE: Final = "application/vnd.apache.parquet"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the package.

    Attributes
    ----------
    path : str
        Inside the package, with forward slashes.
    size_bytes : int
    sha256 : str
        In lower-case hexadecimal digits.
    """

    path: str
    size_bytes: int
    sha256: str


def table_path(name: str) -> str:
    """Where the table called `name` lies in a package."""
    return f"data/{name}.parquet"


def descriptor(info: PackageInfo, schemas: Schemas, files: Mapping[str, WrittenFile]) -> dict[str, JsonValue]:
    """The package's descriptor.

    Parameters
    ----------
    info : PackageInfo
    schemas : mapping of str to Schema
        The released schemas.
    files : mapping of str to WrittenFile
        The Parquet file of each table.

    Returns
    -------
    dict
        JSON; members that would say nothing are left out.
    """
    result: dict[str, JsonValue] = {"$schema": DATA_PACKAGE, "name": info.name}
    if info.id is not None:
        result["id"] = info.id
    result |= {
        "title": info.title,
        "description": info.description,
        "version": info.version,
        "created": f"{info.released_on.isoformat()}T00:00:00Z",
    }
    members: tuple[tuple[str, list[JsonValue]], ...] = (
        ("licenses", [_license(each) for each in info.licenses]),
        ("contributors", [_contributor(each) for each in info.contributors]),
        ("sources", [_source(each) for each in info.sources]),
    )
    result |= {key: value for key, value in members if value}
    result["resources"] = [
        {
            "name": name,
            "type": "table",
            "path": files[name].path,
            "format": "parquet",
            "mediatype": MEDIA_TYPE,
            "hash": f"sha256:{files[name].sha256}",
            # frictionless 5.21 counts no bytes of a Parquet file, and so refuses the standard's
            # `bytes`, whatever it says.
            "ppdarchive": {"bytes": files[name].size_bytes},
            "schema": to_descriptor(schema),
        }
        for name, schema in schemas.items()
    ]
    result["ppdarchive"] = {**_sorted(info.policy), "format": FORMAT}
    return result


def descriptor_text(members: Mapping[str, JsonValue]) -> str:
    """The descriptor as it stands in the file."""
    return json.dumps(members, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _sorted(members: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The members in the order of their names, at every depth."""
    return {key: _plain(members[key]) for key in sorted(members)}


def _plain(value: JsonValue) -> JsonValue:
    if isinstance(value, Mapping):
        return _sorted(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _present(**members: JsonValue) -> dict[str, JsonValue]:
    return {key: value for key, value in members.items() if value}


def _license(given: License) -> JsonValue:
    return _present(name=given.name, path=given.path, title=given.title)


def _contributor(given: Contributor) -> JsonValue:
    # Readers of Data Package v1 want a title of everyone.
    return _present(
        title=full_name(given),
        givenName=given.given_name,
        familyName=given.family_name,
        path=orcid_address(given),
        roles=list(given.roles),
        organization=given.organization,
    )


def _source(given: Source) -> JsonValue:
    return _present(title=given.title, path=given.path)


def full_name(given: Contributor) -> str:
    """What a contributor is called."""
    names = " ".join(name for name in (given.given_name, given.family_name) if name)
    return given.title or names or given.organization or ""


def orcid_address(given: Contributor) -> str | None:
    """The address of a contributor's ORCID record."""
    if not given.orcid:
        return None
    return f"https://orcid.org/{given.orcid.rpartition('/')[2]}"
