"""A small good study, and ways to call commands on it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ppdarchive.cli.main import call

TOML = """\
[study]
id = "small"

[[export]]
table = "people"
format = "csv"
path = "exports/people.csv"

[[rule]]
table = "people"
name = "grown-up"
check = "age >= 18"
"""

PEOPLE = {
    "title": "People",
    "fields": [
        {"name": "person", "type": "string", "constraints": {"required": True}},
        {
            "name": "age",
            "type": "integer",
            "missingValues": ["", {"value": "-99", "label": "Refused"}],
            "constraints": {"maximum": 99},
        },
        {"name": "seen_on", "type": "date"},
        {"name": "colour", "type": "string", "categories": ["red", "blue"]},
    ],
    "primaryKey": ["person"],
}

PACKAGE = {
    "name": "small",
    "resources": [{"name": "people", "path": "people.parquet", "schema": "schemas/people.json"}],
}

CSV = "person,age,seen_on,colour\na,30,2020-01-02,red\nb,-99,2020-01-03,blue\n"

Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit code and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def good() -> dict[str, str | bytes | None]:
    """Return the files of a study with nothing wrong in it."""
    return {
        "study.toml": TOML,
        "datapackage.json": json.dumps(PACKAGE),
        "schemas/people.json": json.dumps(PEOPLE),
        "exports/people.csv": CSV,
    }


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Files], Path]:
    """Write files into the folder ``s``, beside which the command then runs; None leaves a file out."""
    monkeypatch.chdir(tmp_path)

    def write(files: Files) -> Path:
        for name, content in files.items():
            path = tmp_path / "s" / name
            if content is None:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path / "s"

    return write


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Outcome]]:
    """Call a command in this process."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = call(list(arguments))
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    yield run
    logging.getLogger("ppdarchive").setLevel(logging.NOTSET)


@pytest.fixture
def listing(tmp_path: Path) -> Callable[[], dict[str, bytes | None]]:
    """List everything below the folder in which the command runs, with its bytes."""

    def listing() -> dict[str, bytes | None]:
        return {
            path.relative_to(tmp_path).as_posix(): path.read_bytes() if path.is_file() else None
            for path in sorted(tmp_path.rglob("*"))
        }

    return listing
