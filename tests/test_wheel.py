"""The wheel is whole: away from the repository it writes and validates the example study."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_wheel_holds_the_profile_and_the_data(wheel: Path) -> None:
    """Schemas, the descriptor, the generator's data and the type marker are inside."""
    names = set(zipfile.ZipFile(wheel).namelist())
    tables = {path.name for path in (ROOT / "schemas").glob("*.json")}
    assert {f"ppdarchive/profile/schemas/{name}" for name in tables} <= names
    assert {"ppdarchive/profile/datapackage.json", "ppdarchive/py.typed"} <= names
    data = {path.name for path in (ROOT / "src/ppdarchive/synthetic/data").iterdir() if path.is_file()}
    assert {f"ppdarchive/synthetic/data/{name}" for name in data} <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/"))]


def run_away(wheel_path: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the package from `wheel_path`, outside the repository."""
    code = "import sys; from ppdarchive.cli.main import call; sys.exit(call(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": wheel_path}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_unpacked_wheel_does_its_work_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """The package as shipped, and not the checkout, writes, validates and starts studies."""
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    where = "import ppdarchive.profile as p; print(p.__file__)"
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    shown = subprocess.run(
        [sys.executable, "-c", where], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith(str(unpacked))
    assert run_away(str(unpacked), tmp_path, "synth", "study", "--participants", "30").returncode == 0
    assert run_away(str(unpacked), tmp_path, "validate", "study").returncode == 0
    assert run_away(str(unpacked), tmp_path, "init", "own").returncode == 0
    assert run_away(str(unpacked), tmp_path, "demo", "demo").returncode == 0
    assert run_away(str(unpacked), tmp_path, "show", "demo/package").returncode == 0


@pytest.mark.thorough
def test_wheel_installs_into_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """In an environment of its own, with the wheel's own dependencies only, the commands run."""
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env/bin/python")
    environment = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    environment["PIP_CONSTRAINT"] = str(ROOT / "constraints.txt")
    install = [python, "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, env=environment, check=True, cwd=tmp_path)
    command = str(tmp_path / "env/bin/ppdarchive")
    for words, code in (
        (["synth", "study", "--participants", "40"], 0),
        (["validate", "study"], 0),
        (["synth", "faulty", "--participants", "40", "--faults"], 0),
        (["validate", "faulty", "--json"], 1),
        (["demo", "demo"], 0),
        (["show", "demo/package"], 0),
    ):
        result = subprocess.run(
            [command, *words], env=environment, cwd=tmp_path, capture_output=True, check=False
        )
        assert result.returncode == code, words
