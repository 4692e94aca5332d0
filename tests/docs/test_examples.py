"""What pages show is what happens."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study

ROOT = Path(__file__).parents[2]
ELSEWHERE = ("benchmarks.md", "differences.md")
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "```" in page.read_text("utf-8") and page.name not in ELSEWHERE
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_examples_of_a_page(page: Path, examples: ModuleType, tmp_path: Path) -> None:
    """Every example of a page says what the page shows; `python scripts/page_examples.py` refreshes it."""
    text = page.read_text("utf-8")
    assert examples.refreshed(text, tmp_path) == text


def test_an_example_that_says_something_else_is_seen(examples: ModuleType, tmp_path: Path) -> None:
    """Other output than shown is put right, and a wrong exit code is an error."""
    page = "```console\n$ ppdarchive --version\nsomething else\n```\n"
    assert examples.refreshed(page, tmp_path) != page
    for wrong in (
        "```console\n$ ppdarchive validate nowhere\n```\n",
        "```console\n$ ppdarchive --version  # exit code 1\n```\n",
        "```console\nno command\n```\n",
        "```python\n>>> 1 / 0\n```\n",
        "```toml\na = 1\n```\n",
        '```toml title="from pyproject.toml"\nnothing of the kind\n```\n',
        "```sh\nmake nothing\n```\n",
    ):
        with pytest.raises(examples.ExampleError):
            examples.refreshed(wrong, tmp_path)


def test_readme_fits_the_screen() -> None:
    """What commands print in the README fits into 80 columns."""
    text = (ROOT / "README.md").read_text("utf-8")
    shown = [part.partition("```")[0] for part in text.split("```console\n")[1:]]
    assert not [line for block in shown for line in block.splitlines() if len(line) > 80]


def test_the_example_study_is_what_synth_writes(tmp_path: Path) -> None:
    """The shipped example study is, byte for byte, what the generator writes.

    Of the coders' projects the contents are: zlib and SQLite do not write the same bytes in every version.
    """
    shipped = ROOT / "examples/mommoodbooster"
    write_study(tmp_path / "study", profile=profile_files())
    fresh = {p.relative_to(tmp_path / "study"): _content(p) for p in _files(tmp_path / "study")}
    there = {p.relative_to(shipped): _content(p) for p in _files(shipped)}
    assert fresh.keys() == there.keys()
    assert not [str(path) for path in fresh if fresh[path] != there[path]]


def _content(path: Path) -> object:
    if path.suffix == ".qdpx":
        with zipfile.ZipFile(path) as archive:
            return [(member, archive.read(member)) for member in archive.namelist()]
    if path.suffix == ".sqlite3":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return list(database.iterdump())
    return path.read_bytes()


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
