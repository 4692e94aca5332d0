"""QualCoder's folders, of several versions of their database."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppdarchive.coding.formats.qualcoder import read_qualcoder
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections

from .qualcoder_files import VERSIONS, tables_of, write_qualcoder

TEXT = "\ufeffMy coach 👍 called.\r\nCafe\u0301 שלום"


@pytest.mark.parametrize("version", VERSIONS)
def test_segments_land_in_each_version(tmp_path: Path, version: int):
    """Whatever columns a version has, segments, coders and categories are there."""
    made = Project(
        "made",
        "made",
        coders=(ProjectCoder("1", "Anna"), ProjectCoder("2", "Ben")),
        codes=(ProjectCode("1", "bond", is_codable=False), ProjectCode("2", "trust", "1", "Trusts.")),
        sources=(ProjectSource("1", "R-01", TEXT),),
        selections=Selections.of(
            source=[0, 0], code=[1, 1], coder=[0, 1], start=[4, 10], end=[9, 18],
            quotes=(TEXT[4:9], TEXT[10:18]),
        ),
    )  # fmt: skip
    read = read_qualcoder(write_qualcoder(tmp_path / "p.qda", tables_of(made), version=version), name="p.qda")
    rows = read.selections
    assert read.sources[0].text == TEXT
    assert list(zip(rows.start.tolist(), rows.end.tolist(), rows.quotes, strict=True)) == [
        (4, 9, TEXT[4:9]),
        (10, 18, TEXT[10:18]),
    ]
    assert [coder.name for coder in read.coders] == ["Anna", "Ben"]
    assert [(code.name, code.is_codable) for code in read.codes] == [("bond", False), ("trust", True)]
