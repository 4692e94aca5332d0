"""The pages of a package: a citation that other programs read, a licence or none, a readable README."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.model.release import Contributor, License, PackageInfo, Source, TreatedTable
from ppdarchive.model.schema import Kind, Schema
from ppdarchive.package import write_package
from ppdarchive.package.checksums import BadLineError, checksums_text, is_inside, parse_checksums
from ppdarchive.package.descriptor import FORMAT, WrittenFile, descriptor
from ppdarchive.package.documents import citation, license_text, readme

from .strategies import INFO, frame_of, released_field

SCHEMA = Schema("responses", (released_field("id", Kind.STRING),), description="What | was said.")
ANN = Contributor(
    given_name="Ann", family_name="Bo", orcid="0000-0002-1825-0097", organization="U", roles=("author",)
)
LAB = Contributor(title="The Lab")
TERMS = License("own", "Our terms", "https://example.org/t")
ZEROS = "0" * 64
FULL = replace(
    INFO,
    title='Answers: "so much"',
    id="https://doi.org/10.5281/zenodo.1234",
    licenses=(License("CC-BY-4.0"),),
    contributors=(ANN, LAB, replace(ANN, roles=("coder",))),
    sources=(Source("A paper", "https://example.org/paper"),),
    policy={"treatments": ["text"], "categories": {"NAME": "removed"}},
)  # fmt: skip


def cff(info: PackageInfo) -> dict[str, Any]:
    """The citation as YAML has it."""
    found = yaml.safe_load(citation(info))
    assert isinstance(found, dict)
    return found


def test_a_citation_says_what_cff_demands() -> None:
    """All demanded members are there, and those that are known besides."""
    assert cff(FULL) == {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": "If you use these data, please cite them as below.",
        "title": 'Answers: "so much"',
        "version": "1.0.0",
        "date-released": date(2026, 1, 2),
        "abstract": "Synthetic.",
        "identifiers": [{"type": "doi", "value": "10.5281/zenodo.1234"}],
        "license": ["CC-BY-4.0"],
        "authors": [
            {
                "family-names": "Bo",
                "given-names": "Ann",
                "affiliation": "U",
                "orcid": "https://orcid.org/0000-0002-1825-0097",
            },
            {"name": "The Lab"},
        ],
    }


def test_a_citation_needs_an_author() -> None:
    """Without contributors those of the title are the author; without anything else nothing is said."""
    found = cff(INFO)
    assert found["authors"] == [{"name": "Contributors of A study"}]
    assert not {"license", "license-url", "identifiers", "url"} & found.keys()


@pytest.mark.parametrize(
    ("name", "member", "value"),
    [
        ("10.1/x", None, None),
        ("doi:10.5281/zenodo.7", "identifiers", [{"type": "doi", "value": "10.5281/zenodo.7"}]),
        ("https://example.org/data", "url", "https://example.org/data"),
    ],
)
def test_only_a_doi_is_cited_as_one(name: str, member: str | None, value: object) -> None:
    """A DOI in any of its forms is one, an address is an address, anything else is left out."""
    found = cff(replace(INFO, id=name))
    assert {key: found[key] for key in ("identifiers", "url") if key in found} == (
        {} if member is None else {member: value}
    )


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_text_survives_yaml(text: str) -> None:
    """Whatever a title holds, a YAML reader gets it back."""
    assert cff(replace(INFO, title=text))["title"] == text


@pytest.mark.parametrize(
    ("licenses", "words", "in_cff"),
    [
        ((), "No licence is granted for A study.", None),
        ((License("CC0-1.0"),), "CC0 1.0 Universal (CC0-1.0): https://creativecommons.org/", "license"),
        ((TERMS,), "Our terms (own): https://example.org/t", "license-url"),
        ((License("own"),), "- own", None),
    ],
)  # fmt: skip
def test_the_licence_is_named_or_none(licenses: tuple[License, ...], words: str, in_cff: str | None) -> None:
    """LICENSE names each licence with its address, or says that there is none."""
    info = replace(INFO, licenses=licenses)
    assert words in license_text(info)
    assert {"license", "license-url"} & cff(info).keys() == ({in_cff} if in_cff else set())


def test_the_readme_shows_how_to_read() -> None:
    """It counts the rows, escapes tables, and its example names a file that is there."""
    page = readme(FULL, {"responses": SCHEMA}, {"responses": 1234})
    assert "| `responses` | 1,234 | What \\| was said. |" in page
    assert 'pd.read_parquet("data/responses.parquet")' in page
    assert "sha256sum --check SHA256SUMS" in page


def test_a_number_of_rows_may_be_withheld() -> None:
    """The README then says so, and why."""
    page = readme(FULL, {"responses": SCHEMA}, {"responses": None})
    assert "| `responses` | – | What \\| was said. |" in page
    assert "– stands for a number that is not told" in page


def test_the_descriptor_says_all_that_is_known() -> None:
    """Every member of the standard is filled from what the package is told, without e-mail addresses."""
    found: Any = descriptor(
        FULL, {"responses": SCHEMA}, {"responses": WrittenFile("data/responses.parquet", 7, "ab" * 32)}
    )
    assert found["id"] == FULL.id
    assert found["licenses"] == [{"name": "CC-BY-4.0"}]
    assert found["contributors"][0] == {
        "title": "Ann Bo",
        "givenName": "Ann",
        "familyName": "Bo",
        "path": "https://orcid.org/0000-0002-1825-0097",
        "roles": ["author"],
        "organization": "U",
    }
    assert found["sources"] == [{"title": "A paper", "path": "https://example.org/paper"}]
    assert found["ppdarchive"] == {
        "categories": {"NAME": "removed"},
        "treatments": ["text"],
        "format": FORMAT,
    }
    assert found["resources"][0]["hash"] == "sha256:" + "ab" * 32


def test_frictionless_takes_the_full_descriptor(tmp_path: Path) -> None:
    """Frictionless finds nothing wrong with a descriptor in which everything is said."""
    table = TreatedTable(SCHEMA, frame_of(SCHEMA, [{"id": "a"}]))
    write_package(tmp_path / "out", {"responses": table}, FULL)
    package = frictionless.Package(str(tmp_path / "out" / "datapackage.json"))
    assert package.validate().valid
    assert package.custom["ppdarchive"]["format"] == FORMAT


@given(
    st.dictionaries(
        st.text("abc/", min_size=1).filter(is_inside), st.sampled_from(["0" * 64, "f" * 64]), min_size=1
    )
)
def test_checksums_are_read_as_written(sums: dict[str, str]) -> None:
    """The lines are sorted, and give back every path with its digest."""
    text = checksums_text([WrittenFile(path, 0, digest) for path, digest in sums.items()])
    assert parse_checksums(text) == sums
    assert [line.partition("  ")[2] for line in text.splitlines()] == sorted(sums)


@pytest.mark.parametrize(
    "line",
    [
        *("", "abc  a", f"{ZEROS} a", f"{'G' * 64}  a", f"{ZEROS}  ../a", f"{ZEROS}  /a"),
        *(f"{ZEROS}  a/../b", f"{ZEROS}  a//b", f"{ZEROS}  ./a", f"{ZEROS}  C:a", f"{ZEROS}  a\\b"),
        *(f"{ZEROS}  first", f"{ZEROS}  "),
    ],
)  # fmt: skip
def test_lines_that_are_no_checksum_are_refused(line: str) -> None:
    """A line of another form, a path that leaves the folder, and a path that stands there twice."""
    with pytest.raises(BadLineError) as caught:
        parse_checksums(f"{'0' * 64}  first\n{line}\n")
    assert caught.value.line == 2
