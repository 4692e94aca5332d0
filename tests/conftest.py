"""Profiles, and what most tests start from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.tableschema import Package, load_package

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile(
    "ci", max_examples=100, deadline=None, derandomize=True, print_blob=True,
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
