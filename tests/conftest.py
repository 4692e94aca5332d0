"""Profiles, and what most tests start from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.ocfl_opinion import ocfl_errors, storage_roots

from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.tableschema import Package, load_package

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=60, deadline=None, derandomize=True, print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile(
    "thorough", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that long hunts wait for."""
    parser.addoption("--thorough", action="store_true", help="run the long hunts too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long hunts out unless they are asked for."""
    if not config.getoption("--thorough"):
        skip = pytest.mark.skip(reason="a long hunt: make test-thorough")
        for item in items:
            if "thorough" in item.keywords:
                item.add_marker(skip)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real exports and corpora, where there is one."""
    if not SHARED.is_dir():
        pytest.skip("real exports are not in a user's clone")
    return SHARED


@pytest.fixture(scope="session")
def profile() -> Package:
    """Return the profile's schemas."""
    return load_package(ROOT, name="profile")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example study at its default size."""
    folder = tmp_path_factory.mktemp("example") / "study"
    write_study(folder, profile=profile_files())
    return folder


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the example study with planted faults."""
    folder = tmp_path_factory.mktemp("faulty") / "study"
    write_study(folder, profile=profile_files(), faults=True)
    return folder


@pytest.fixture(autouse=True)
def _archives_are_valid_for_ocfl_py(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever archive a test leaves behind, ocfl-py finds nothing wrong with it.

    A test that leaves one in pieces on purpose is marked `spoils_archive`.
    """
    is_asked = "tmp_path" in request.fixturenames and "spoils_archive" not in request.node.keywords
    folder = request.getfixturevalue("tmp_path") if is_asked else None
    yield
    for root in storage_roots(folder) if folder is not None else ():
        assert ocfl_errors(root) == [], root.name


@pytest.fixture(scope="session", autouse=True)
def _shared_archives_are_valid_for_ocfl_py(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same of archives that several tests share."""
    yield
    for folder in tmp_path_factory.getbasetemp().iterdir():
        if not folder.name.startswith("test_"):
            for root in storage_roots(folder):
                assert ocfl_errors(root) == [], root
