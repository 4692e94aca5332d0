"""Archives that the tests load from."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .made import archive, package


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out fsync, which no test in here can see the effect of."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three releases, each a package."""
    folder = tmp_path_factory.mktemp("packages")
    numbers = {"1.0.0": 1, "1.1.0": 2, "2.0.0": 3}
    return {version: package(folder / version, version, n_answers=n) for version, n in numbers.items()}


@pytest.fixture(scope="session")
def _archives(packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    folder = tmp_path_factory.mktemp("archives")
    return {dedupe: archive(folder / str(dedupe), packages, dedupe=dedupe) for dedupe in (False, True)}


@pytest.fixture
def copied(_archives: dict[bool, Path], tmp_path: Path) -> Callable[[bool], Path]:
    """Return what copies the archive of three releases, each stored whole or not."""

    def copy(dedupe: bool) -> Path:
        return Path(shutil.copytree(_archives[dedupe], tmp_path / f"archive-{dedupe}"))

    return copy


@pytest.fixture
def root(copied: Callable[[bool], Path]) -> Path:
    """Return an archive of three releases."""
    return copied(False)
