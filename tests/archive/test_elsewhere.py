"""The commands on archives, on an object store that is reached over HTTP."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from unittest import mock

import pytest
from tests.archive.releases import DAYS, OBJECT, VERSIONS, templates
from tests.store.served import make_bucket, served_store

from ppdarchive.archive.converting import convert
from ppdarchive.archive.history import log_of
from ppdarchive.archive.marking import mark_release
from ppdarchive.archive.opening import is_archive, object_ids
from ppdarchive.archive.repairing import repair_archive
from ppdarchive.archive.verifying import verify_archive
from ppdarchive.errors import PpdArchiveError
from ppdarchive.loading import load
from ppdarchive.store.naming import release_message
from ppdarchive.store.objectstore.calls import Calls
from ppdarchive.store.places import place_of
from ppdarchive.store.publishing import publish

ARCHIVE = "s3://releases/archive"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Publish two releases to a bucket."""
    cache = {"PPDARCHIVE_CACHE": str(tmp_path_factory.mktemp("cache"))}
    with warnings.catch_warnings(), mock.patch.dict(os.environ, cache):
        warnings.simplefilter("ignore")  # of the client's libraries
        with served_store():
            make_bucket("releases")
            files, root = place_of(ARCHIVE)
            for version, day in zip(VERSIONS, DAYS, strict=True):
                created = datetime(day.year, day.month, day.day, tzinfo=UTC)
                folder, message = templates() / version, release_message(version)
                publish(root, OBJECT, folder, created=created, message=message, files=files)
            yield ARCHIVE


def test_it_is_verified(bucket: str) -> None:
    """Every byte is fetched and compared, and every release is looked at."""
    verified = verify_archive(bucket)
    assert verified.is_good, verified.findings
    assert [each.name for each in verified.releases] == list(VERSIONS)
    assert verified.summary.n_read_bytes == verified.summary.n_bytes > 0
    assert {each.code for each in verified.findings} == {"signature.unsigned"}


def test_it_is_told_and_marked(bucket: str) -> None:
    """A mark, the log, and nothing to repair."""
    assert is_archive(bucket)
    assert object_ids(bucket)[2] == (OBJECT,)
    mark_release(bucket, "1.0.0", "erratum", "Ages were off by one.", on=date(2026, 3, 1))
    found = log_of(bucket).releases
    assert [each.name for each in found] == ["1.1.0", "1.0.0"]
    assert [each.kind for each in found[1].marks] == ["erratum"]
    (repaired,) = repair_archive(bucket)
    assert (repaired.object_id, repaired.mended, repaired.problem) == (OBJECT, (), None)


def test_a_release_comes_down(bucket: str, tmp_path: Path) -> None:
    """As a ZIP, each file held against its digest; it is the one of an archive on this machine."""
    convert(bucket, tmp_path / "down.zip", to="zip", version="1.0.0")
    convert(templates() / "archive", tmp_path / "here.zip", to="zip", version="1.0.0")
    assert (tmp_path / "down.zip").read_bytes() == (tmp_path / "here.zip").read_bytes()
    convert(tmp_path / "down.zip", tmp_path / "back", to="folder")
    assert load(tmp_path / "back").version == "1.0.0"


def test_damage_is_found(bucket: str, tmp_path: Path) -> None:
    """A file that is another one, by OCFL's code and when it comes down."""
    files, root = place_of(bucket)
    path = root / OBJECT / "v2/content/codebook.md"
    before = b"".join(bytes(piece) for piece in files.pieces(path))
    where = {"Bucket": path.parts[0], "Key": "/".join(path.parts[1:])}
    try:
        Calls().call("put_object", **where, Body=b"other words")
        assert {"E092", "store.damaged"} <= {
            each.code for each in verify_archive(bucket, version="1.1.0").findings
        }
        with pytest.raises(PpdArchiveError):
            convert(bucket, tmp_path / "out", to="folder")
        assert not list(tmp_path.iterdir())
    finally:
        Calls().call("put_object", **where, Body=before)
