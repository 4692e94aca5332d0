"""What we write of any tables has no finding, and no table of it can be exchanged for another."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.archive.releases import reseal
from tests.package.strategies import INFO

from ppdarchive.archive.verifying_release import release_findings
from ppdarchive.deidentify.released import released
from ppdarchive.disclosure import assessed
from ppdarchive.errors import PackageError
from ppdarchive.gate import risk_figures
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import Disclosure, Role, Treatment
from ppdarchive.package import write_package
from ppdarchive.risk.summaries import summarize
from ppdarchive.study.config import Release
from ppdarchive.testing import package_frames, packages

RELEASE = Release(standard="expert-determination", consent="all: yes", l=2, t=0.5)
ROLES = (Role.QUASI_IDENTIFIER, Role.SENSITIVE, Role.NONE, Role.FREE_TEXT)


@st.composite
def treated_packages(draw: st.DrawFn) -> Mapping[str, TreatedTable]:
    """Tables that satisfy their released schemas and refer to each other, of any types and roles."""
    schemas = released(
        {
            name: replace(
                schema,
                fields=tuple(
                    replace(
                        field,
                        disclosure=Disclosure(
                            Role.KEY if field.name in schema.primary_key else draw(st.sampled_from(ROLES)),
                            Treatment("keep"),
                        ),
                    )
                    for field in schema.fields
                ),
            )
            for name, schema in draw(packages()).items()
        }
    )
    tables = draw(package_frames(schemas))
    return {name: TreatedTable(schemas[name], table.frame) for name, table in tables.items()}


def write(folder: Path, tables: Mapping[str, TreatedTable]) -> Path:
    """Write tables as `publish` does, with figures and counts."""
    figures = risk_figures(assessed(tables, RELEASE), RELEASE)
    info: PackageInfo = replace(INFO, policy=MappingProxyType({"risk": figures}))
    problem = None
    try:
        write_package(folder / "package", tables, info, summary=summarize({}, tables, min_cell=None))
    except PackageError as error:
        problem = error.code
    assert problem in (None, "package.list")
    assume(problem is None)  # the released delimiter stands in an item
    return folder / "package"


@settings(max_examples=12)
@given(treated_packages())
def test_no_package_of_ours_has_a_finding(tables: Mapping[str, TreatedTable]) -> None:
    """Rows, counts, copies, keys and figures of risk are computed again, and are the same."""
    with tempfile.TemporaryDirectory() as folder:
        assert list(release_findings(write(Path(folder), tables), version=INFO.version)) == []


@settings(max_examples=6)
@given(treated_packages(), st.data())
def test_other_rows_are_found(tables: Mapping[str, TreatedTable], data: st.DataObject) -> None:
    """A table less its last row, with every digest computed anew: its copy tells, and counts."""
    name = data.draw(st.sampled_from(sorted(tables)))
    assume(len(tables[name].frame) > 0)
    shorter = {**tables, name: replace(tables[name], frame=tables[name].frame.iloc[:-1])}
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        package, other = write(Path(first), tables), write(Path(second), shorter)
        place = f"data/{name}.parquet"
        (package / place).write_bytes((other / place).read_bytes())
        reseal(package)
        codes = {each.code for each in release_findings(package)}
    assert {"release.copy", "release.rows"} <= codes
