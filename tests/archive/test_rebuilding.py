"""A package written again is the same to the byte, but for what is left out on purpose."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ppdarchive.archive.rebuilding import Standing, has_trace, rebuild, standing, with_document
from ppdarchive.errors import ArchiveError, LoadError
from ppdarchive.gate import Failure
from ppdarchive.loading import load
from ppdarchive.model.release import Contributor, License, PackageInfo, Source, TreatedTable
from ppdarchive.package import write_package
from ppdarchive.package.descriptor import descriptor
from ppdarchive.package.documents import citation
from ppdarchive.package.information import information
from ppdarchive.publish import pack_study
from ppdarchive.study import load_study

DAY = date(2026, 1, 31)


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Leave out fsync, which no test in here can see the effect of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="module", params=["public", "restricted"])
def packed(example: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Return a study and its package, with counts that are told and with some that are not."""
    folder = tmp_path_factory.mktemp("packed")
    study = Path(shutil.copytree(example, folder / "study"))
    toml = (study / "study.toml").read_text()
    if request.param == "restricted":
        toml = toml.replace("[release]\n", '[release]\naccess = "restricted"\n')
        toml += 'dua = "EXAMPLE"\nrecipients = ["whoever signs"]\n'
    (study / "study.toml").write_text(toml)
    pack_study(study, folder / "package", version="1.0.0", released_on=DAY)
    return folder


def tables_of(package: Path) -> dict[str, TreatedTable]:
    """The tables of a package."""
    release = load(package)
    return {name: TreatedTable(release.schema(name), release[name]) for name in release.tables}


def digests(folder: Path) -> dict[str, str]:
    """Every file's digest."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.mark.parametrize("knows_limits", [True, False])
def test_the_same_tables_give_the_same_package(packed: Path, tmp_path: Path, knows_limits: bool) -> None:
    """To the byte, but for the figures before treatment, which nobody knows any more."""
    release = load_study(packed / "study").config.release if knows_limits else None
    tables = tables_of(packed / "package")
    own = standing(tables, release)
    rebuild(packed / "package", tmp_path / "again", tables, was=own, now=own, traces={"zzzzzzzzzzzzzzzz"})
    before, after = digests(packed / "package"), digests(tmp_path / "again")
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} == {"codebook.md", "SHA256SUMS"}
    lines = (packed / "package/codebook.md").read_text().splitlines()
    figures = re.compile(r"- (Entropy|Mean|SD): |Figures before and after ")
    kept = [line for line in lines if not figures.match(line)]
    assert (tmp_path / "again/codebook.md").read_text().splitlines() == kept
    assert load(tmp_path / "again").version == "1.0.0"


def test_fewer_tables_give_other_figures(packed: Path, tmp_path: Path) -> None:
    """What no longer holds is left out, what still does is told as it is now, overridden conditions stay."""
    tables = tables_of(packed / "package")
    old = json.loads((packed / "package/datapackage.json").read_text())["ppdarchive"]
    was = Standing(old["risk"]["k"], old["risk"])
    now = Standing(3, {**old["risk"], "k": 3, "average_risk": 0.01})
    limits = replace(now, failures=(Failure("k", "", "", overridable=True),), has_limits=True)
    for name, given_now, wanted in (
        ("worse", now, {"average_risk", "max_prosecutor_risk"}),
        ("failed", limits, {"average_risk"}),
    ):
        rebuild(packed / "package", tmp_path / name, tables, was=was, now=given_now)
        told = json.loads((tmp_path / name / "datapackage.json").read_text())["ppdarchive"]
        assert told["risk"].keys() == wanted
        assert told["risk"]["average_risk"] == 0.01
        assert {**told, "risk": None} == {**old, "risk": None}


def test_figures_that_were_counted_otherwise_are_left_out(packed: Path, tmp_path: Path) -> None:
    """What texts state was counted too, perhaps; then released tables do not give the figure."""
    own = standing(tables_of(packed / "package"), None)
    other = replace(own, figures={**own.figures, "k": 99})
    rebuild(packed / "package", tmp_path / "again", tables_of(packed / "package"), was=other, now=own)
    told = json.loads((tmp_path / "again/datapackage.json").read_text())["ppdarchive"]
    assert "k" not in told["risk"]
    assert "average_risk" in told["risk"]


def test_a_trace_stops_it(packed: Path, tmp_path: Path) -> None:
    """In a cell, in a page, or in the name of a file; nothing is written then."""
    tables = tables_of(packed / "package")
    own = standing(tables, None)
    pseudonym = str(tables["responses"].frame["response_id"].iloc[0])
    with pytest.raises(ArchiveError) as raised:
        rebuild(
            packed / "package", tmp_path / "again", tables, was=own, now=own, traces={pseudonym}, name="1.0.0"
        )
    assert raised.value.code == "archive.residual"
    assert pseudonym not in str(raised.value)
    assert list(tmp_path.iterdir()) == []
    assert has_trace(packed / "package", {"participants.csv"})
    assert not has_trace(packed / "package", {"nobody at all"})


def test_another_document_changes_nothing_else(packed: Path, tmp_path: Path) -> None:
    """And the checksums are right."""
    for name, text in (("one", "first"), ("two", "second, longer")):
        own = standing(tables_of(packed / "package"), None)
        rebuild(
            packed / "package",
            tmp_path / name,
            tables_of(packed / "package"),
            was=own,
            now=own,
            documents={"CHANGELOG.md": text, "NOTES.txt": "kept"},
        )
    with_document(tmp_path / "one", tmp_path / "copy", "CHANGELOG.md", "second, longer")
    assert digests(tmp_path / "copy") == digests(tmp_path / "two")
    assert load(tmp_path / "copy").version == "1.0.0"
    own = standing(tables_of(tmp_path / "two"), None)
    rebuild(
        tmp_path / "two",
        tmp_path / "again",
        tables_of(tmp_path / "two"),
        was=own,
        now=own,
        documents={"CHANGELOG.md": "first"},
    )
    assert digests(tmp_path / "again") == digests(tmp_path / "one")


INFO = PackageInfo(
    "small",
    "A “small” study",
    "",
    "1.2.0",
    DAY,
    id="https://doi.org/10.5281/zenodo.1",
    licenses=(License("CC0-1.0"), License("own", "Ours", "https://example.org/own")),
    contributors=(
        Contributor(given_name="Ida", family_name="Holm", orcid="0000-0002-1825-0097", roles=("creator",)),
        Contributor(organization="A lab"),
        Contributor(title="Another lab", organization="A lab", roles=("editor", "host")),
    ),
    sources=(Source("A paper", "https://example.org"), Source("An export")),
    policy={"study": "small", "risk": {"k": 5}, "overridden": [{"condition": "k", "reason": "few"}]},
)


def test_what_a_package_says_of_itself_comes_back() -> None:
    """Its descriptor and citation are written from it as before."""
    written = descriptor(INFO, {}, {})
    again = information(written, path="datapackage.json")
    assert descriptor(again, {}, {}) == written
    assert citation(again) == citation(INFO)
    assert information(descriptor(again, {}, {}), path="datapackage.json") == again


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"created": "yesterday"},
        {"licenses": ["CC0"]},
        {"contributors": [{"title": "x", "roles": "creator"}]},
        {"sources": {"title": "x"}},
        {"ppdarchive": []},
        {"id": 7},
    ],
)
def test_a_descriptor_of_somebody_else_is_refused(change: dict[str, object]) -> None:
    """By the member that is not what we write."""
    written = {**descriptor(INFO, {}, {}), **change}
    with pytest.raises(LoadError) as raised:
        information(written, path="datapackage.json")  # type: ignore[arg-type]
    assert raised.value.code == "load.descriptor"


def test_a_package_without_counts_gets_none(packed: Path, tmp_path: Path) -> None:
    """Where the codebook counted nothing, it still does not."""
    tables = tables_of(packed / "package")
    write_package(tmp_path / "bare", tables, replace(INFO, name="bare"))
    own = standing(tables, None)
    rebuild(tmp_path / "bare", tmp_path / "again", tables, was=own, now=own)
    before, after = digests(tmp_path / "bare"), digests(tmp_path / "again")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == set()
