"""The pages of a package for people: README, CITATION.cff, LICENSE; pure.

References
----------
Citation File Format 1.2.0, doi:10.5281/zenodo.5171937
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ppdarchive.model.release import Contributor, License, PackageInfo
from ppdarchive.model.schema import Kind, Schemas
from ppdarchive.package.descriptor import full_name, orcid_address, table_path

# The licences of data sets that the SPDX list of CFF 1.2.0 knows: name -> title and address.
_KNOWN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "CC0-1.0": ("CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
        **{
            f"CC-{terms}-{version}": (
                f"Creative Commons {title} {version} International",
                f"https://creativecommons.org/licenses/{terms.lower()}/{version}/",
            )
            for version in ("4.0",)
            for terms, title in (
                ("BY", "Attribution"),
                ("BY-SA", "Attribution-ShareAlike"),
                ("BY-NC", "Attribution-NonCommercial"),
                ("BY-NC-SA", "Attribution-NonCommercial-ShareAlike"),
                ("BY-ND", "Attribution-NoDerivatives"),
                ("BY-NC-ND", "Attribution-NonCommercial-NoDerivatives"),
            )
        },
        "ODbL-1.0": (
            "Open Data Commons Open Database License 1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        "ODC-By-1.0": (
            "Open Data Commons Attribution License 1.0",
            "https://opendatacommons.org/licenses/by/1-0/",
        ),
        "PDDL-1.0": (
            "Open Data Commons Public Domain Dedication and License 1.0",
            "https://opendatacommons.org/licenses/pddl/1-0/",
        ),
    }
)
_DOI: Final = re.compile(r"10\.\d{4,9}(?:\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+")
_ORCID: Final = re.compile(r"https://orcid\.org/\d{4}-\d{4}-\d{4}-\d{3}[0-9X]")
_URL: Final = re.compile(r"https?://\S+")


def citation(info: PackageInfo) -> str:
    """The package's CITATION.cff.

    Authors are its contributors; where none is named, they are called the contributors of its title,
    since the format demands one.
    """
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        "message: If you use these data, please cite them as below.",
        f"title: {_quoted(info.title)}",
        f"version: {_quoted(info.version)}",
        f"date-released: {info.released_on.isoformat()}",
    ]
    if info.description:
        lines.append(f"abstract: {_quoted(info.description)}")
    if (doi := _doi(info.id)) is not None:
        lines += ["identifiers:", "  - type: doi", f"    value: {_quoted(doi)}"]
    elif info.id is not None and _URL.fullmatch(info.id):
        lines.append(f"url: {_quoted(info.id)}")
    known = list(dict.fromkeys(each.name for each in info.licenses if each.name in _KNOWN))
    if known and len(known) == len(info.licenses):
        lines += ["license:", *(f"  - {name}" for name in known)]
    elif len(info.licenses) == 1 and _URL.fullmatch(info.licenses[0].path or ""):
        lines.append(f"license-url: {_quoted(info.licenses[0].path or '')}")
    lines.append("authors:")
    authors = info.contributors or (Contributor(title=f"Contributors of {info.title}"),)
    lines += dict.fromkeys("\n".join(_author(author)) for author in authors)  # each stands there once
    return "\n".join(lines) + "\n"


def _author(given: Contributor) -> Iterator[str]:
    """A person by given and family name, or whoever has a title alone."""
    orcid = orcid_address(given)
    pairs = {"name": full_name(given), "orcid": orcid if orcid and _ORCID.fullmatch(orcid) else None}
    if given.given_name or given.family_name:
        pairs = {
            "family-names": given.family_name,
            "given-names": given.given_name,
            "affiliation": given.organization,
            "orcid": pairs["orcid"],
        }
    mark = "-"
    for key, value in pairs.items():
        if value:
            yield f"  {mark} {key}: {_quoted(value)}"
            mark = " "


def _quoted(text: str) -> str:
    """The text as a double-quoted YAML scalar (YAML 1.2, section 5.7)."""

    def escape(char: str) -> str:
        if char in '"\\':
            return f"\\{char}"
        return char if char.isprintable() else f"\\U{ord(char):08x}"

    return f'"{"".join(map(escape, text))}"'


def _doi(name: str | None) -> str | None:
    """The DOI that an id is, without what surrounds it."""
    bare = re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", name or "", flags=re.IGNORECASE)
    return bare if _DOI.fullmatch(bare) else None


def license_text(info: PackageInfo) -> str:
    """The package's LICENSE: which licence holds and where its words stand, or that none is granted."""
    if not info.licenses:
        return (
            f"No licence is granted for {_line(info.title)}.\n\n"
            "All rights are reserved. Ask whoever gave you these data what you may do with them.\n"
        )
    lines = [f"{_line(info.title)} is made available under:", ""]
    lines += [f"- {_license_words(each)}" for each in info.licenses]
    return "\n".join([*lines, "", "The words of the licence stand at its address.", ""])


def _license_words(given: License) -> str:
    title, address = _KNOWN.get(given.name, (None, None))
    title, address = given.title or title, given.path or address
    words = f"{_line(title)} ({given.name})" if title and title != given.name else given.name
    return f"{words}: {address}" if address else words


def readme(
    info: PackageInfo, schemas: Schemas, n_rows: Mapping[str, int | None], *, has_changelog: bool = False
) -> str:
    """The package's README.md: what there is, how to read it, how to see that it is whole.

    Numbers of rows that are None are not told.
    """
    lines = [f"# {_line(info.title)}", ""]
    if info.description:
        lines += [_line(info.description), ""]
    lines += [f"Version {info.version}, released on {info.released_on.isoformat()}.", ""]
    lines += ["## Tables", "", "| table | rows | what it holds |", "|---|--:|---|"]
    for name, schema in schemas.items():
        what = re.sub(r"([|\\])", r"\\\1", _line(schema.description or schema.title or ""))
        lines.append(f"| `{name}` | {_number(n_rows[name])} | {what} |")
    if None in n_rows.values():
        lines += ["", "– stands for a number that is not told: it could tell of few participants."]
    first = "responses" if "responses" in schemas else next(iter(schemas), "")
    lines += [
        "",
        *_FILES,
        *([_CHANGELOG] if has_changelog else ()),
        _CHECKSUMS,
        "",
        "## Reading",
        "",
        "```python",
        "import pandas as pd",
        "",
    ]
    lines += [f'{first} = pd.read_parquet("{table_path(first)}")', "```", "", _LOADING, ""]
    lines += [*_values(schemas), "", "## Licence and citation", ""]
    names = ", ".join(_line(each.title or each.name) for each in info.licenses)
    lines.append(f"Licence: {names or 'none is granted'}; see `LICENSE`. To cite, see `CITATION.cff`.")
    return "\n".join(lines) + "\n"


_FILES: Final = (
    "## Files",
    "",
    "- `data/`: the tables, as Apache Parquet.",
    "- `csv/`: copies of them, for programs that cannot read Parquet.",
    "- `codebook.md`: every field, its values and what was done to it. `datapackage.json` says the same",
    "  to programs (Data Package v2).",
)
_CHANGELOG: Final = "- `CHANGELOG.md`: what differs from release to release, the newest first."
_CHECKSUMS: Final = (
    "- `SHA256SUMS`: checksums. `sha256sum --check SHA256SUMS` says whether a file was changed."
)

_LOADING: Final = """R (`arrow`), DuckDB, Polars and Spark read the same files. The Python package
`ppdarchive` checks all files, and gives typed tables and their join:

```python
import ppdarchive

release = ppdarchive.load(".")
answers = release.joined()
```"""


def _values(schemas: Schemas) -> Iterator[str]:
    yield "## How values are written"
    yield ""
    yield "- Rows are sorted by their key: their order says nothing of when somebody took part."
    yield "- The CSV copies are UTF-8 with a header row, and every text is in quotes. An empty cell is"
    yield "  a missing value. Texts are exactly what stands in the tables, also where a spreadsheet"
    yield "  would take one for a formula: import them as text."
    if any(field.kind is Kind.LIST for schema in schemas.values() for field in schema):
        yield "- A list is one text, its items parted by the delimiter that the codebook names."


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _line(text: str) -> str:
    return " ".join(text.split())
