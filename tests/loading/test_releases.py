"""All releases of a study are told from the inventory and what is said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from ppdarchive.errors import LoadError
from ppdarchive.loading import history
from ppdarchive.store.publishing import publish
from ppdarchive.store.records import Mark, put_mark
from ppdarchive.store.rewriting import rewrite

from .made import OBJECT, package
from .test_pinning import tombstone


def test_a_history_is_a_sequence_of_releases(root: Path) -> None:
    """Number, version, time and message of each, the first first; one, several and all can be had."""
    found = history(root)
    assert (len(found), found.versions, found.object_id) == (3, ("1.0.0", "1.1.0", "2.0.0"), OBJECT)
    assert [each.number for each in found] == [1, 2, 3]
    assert found[-1].message == "Release 2.0.0"
    assert found[0].created == "2026-03-01T09:30:00Z"
    assert [each.name for each in found[1:]] == ["1.1.0", "2.0.0"]
    assert found == history(root / OBJECT) == history(str(root), study="nights")


def test_what_is_said_of_releases_is_shown(root: Path, tmp_path: Path) -> None:
    """Marks, removals and signatures, of each release its own."""
    put_mark(root, OBJECT, Mark(2, "superseded", "see 2.0.0", date(2026, 4, 1)))
    rewrite(root, OBJECT, {1: package(tmp_path / "new", "1.0.0", n_answers=2)}, tombstone(1))
    for name in ("v3/0123456789ABCDEF.minisig", "v3/notes.txt", "v9/0123456789ABCDEF.minisig", "v2"):
        path = root / OBJECT / "extensions/ppdarchive/signatures" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert repr(history(root)).splitlines() == [
        "<History of nights~public: 3 releases>",
        "  1.0.0  2026-03-01  participant removed, unsigned",
        "  1.1.0  2026-03-01  superseded, unsigned",
        "  2.0.0  2026-03-01  signed",
    ]
    assert [each.signatures for each in history(root)] == [(), (), ("0123456789ABCDEF",)]


def test_a_history_is_a_table_too(root: Path, packages: dict[str, Path]) -> None:
    """One row a release, typed; also where nothing is said of any."""
    created = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    publish(root, OBJECT, packages["2.0.0"], created=created, message="By hand")
    put_mark(root, OBJECT, Mark(4, "erratum", "week 8 is week 9", date(2026, 7, 1)))
    frame = history(root).frame()
    assert frame.columns.tolist() == [
        *("number", "version", "created", "message", "marks", "removed", "signatures")
    ]
    assert frame["version"].tolist() == ["1.0.0", "1.1.0", "2.0.0", "2.0.0"]
    assert frame["created"].max() == pd.Timestamp(created)
    assert frame["marks"].tolist() == ["", "", "", "erratum"]
    assert repr(history(root)).splitlines()[-1] == "  2.0.0  2026-06-30  erratum, unsigned"


def test_what_has_no_history_is_told(root: Path, packages: dict[str, Path], tmp_path: Path) -> None:
    """A package alone has none, and an archive of several studies several."""
    publish(root, "days~public", packages["1.0.0"], created=datetime(2026, 3, 1, tzinfo=UTC))
    assert history(root, study="days").versions == ("1.0.0",)
    for where, code in (
        (packages["1.0.0"], "load.no-archive"),
        (tmp_path, "load.not-found"),
        (root, "load.several-objects"),
    ):
        with pytest.raises(LoadError) as caught:
            history(where)
        assert caught.value.code == code
