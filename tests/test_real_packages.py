"""A package from each real export: another implementation finds it valid, and it loads."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import pytest

import ppdarchive
from ppdarchive.deidentify.released import released
from ppdarchive.publish import Deidentified, pack_study

STUDIES = sorted((Path(__file__).parent / "real").iterdir())


@pytest.fixture(scope="module")
def load() -> Callable[[Path], Any]:
    """Return the function that opens a package, wherever it lives."""
    opened: Callable[[Path], Any] = ppdarchive.load
    return opened


@pytest.fixture(scope="module", params=STUDIES, ids=lambda folder: folder.name)
def packed(
    request: pytest.FixtureRequest, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Deidentified]:
    """Return a package made from one of the studies, in a copy of its folder."""
    source: Path = request.param
    folder = tmp_path_factory.mktemp(source.name)
    study = folder / "study"
    shutil.copytree(source, study, ignore=shutil.ignore_patterns("private"))
    config = (study / "study.toml").read_text().replace("../../../../shared", shared.as_posix())
    (study / "study.toml").write_text(config)
    # Of some samples nothing tells which rows are one person's.
    result = pack_study(
        study,
        folder / "package",
        version="1.0.0",
        released_on=date(2026, 1, 31),
        overrides={"participants": "The people of the sample do not exist."},
    )
    return folder / "package", result


def test_another_implementation_finds_the_package_valid(packed: tuple[Path, Deidentified]) -> None:
    """Frictionless reads every table and finds nothing."""
    report = frictionless.validate(str(packed[0] / "datapackage.json"))
    assert report.valid, report.flatten(["title", "fieldName", "type"])


def test_the_package_loads(packed: tuple[Path, Deidentified], load: Callable[[Path], Any]) -> None:
    """Every row that was kept is there, typed as the released schema says."""
    folder, result = packed
    release = load(folder)
    schemas = released(result.validation.study.schemas)
    assert set(release.tables) == set(schemas)
    for name, schema in schemas.items():
        assert release.schema(name) == schema
        assert len(release[name]) == len(result.consented.tables[name].frame)


def test_no_direct_identifier_is_left(packed: tuple[Path, Deidentified]) -> None:
    """No name, number or address of the export is in any file that can be read as text."""
    folder, result = packed
    secret = [
        str(value)
        for table in result.validation.checked.tables.values()
        for field in table.schema
        if field.disclosure is not None and field.disclosure.role.value == "direct-identifier"
        for value in table.frame[field.name].dropna()
    ]
    texts = [path.read_text() for path in folder.rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert not [len(value) for value in secret for text in texts if len(value) > 5 and value in text]
