"""A purge in an object store that is reached over HTTP: nothing is left in any version of any key."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from tests.archive.purgeable import DAYS, HER, HERS, PARTNERS, PUBLIC, PURGED_ON, templates
from tests.store.served import make_bucket, served_store

from ppdarchive.archive.purging import purge_study
from ppdarchive.archive.purging_plan import What
from ppdarchive.archive.verifying import verify_archive
from ppdarchive.loading import load
from ppdarchive.register import open_register
from ppdarchive.store.naming import release_message
from ppdarchive.store.objectstore.calls import Calls
from ppdarchive.store.places import place_of
from ppdarchive.store.publishing import publish


@pytest.fixture(params=[False, True], ids=["plain", "versioned"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Publish the first release of each audience to a bucket."""
    cache = {"PPDARCHIVE_CACHE": str(tmp_path / "cache")}
    with warnings.catch_warnings(), mock.patch.dict(os.environ, cache):
        warnings.simplefilter("ignore")  # of the client's libraries
        with served_store():
            name = "versioned" if request.param else "plain"  # the server forgets no bucket of this process
            make_bucket(name, is_versioned=request.param)
            archive = f"s3://{name}/archive"
            files, root = place_of(archive)
            created = datetime(DAYS[0].year, DAYS[0].month, DAYS[0].day, tzinfo=UTC)
            for own in (PUBLIC, PARTNERS):
                folder = templates() / "light" / own / "v1/content"
                publish(root, own, folder, created=created, message=release_message("1.0.0"), files=files)
            yield archive


def bodies(archive: str) -> Iterator[bytes]:
    """The bytes of every version of every key of the bucket."""
    name = archive.split("/")[2]
    found = Calls().call("list_object_versions", Bucket=name)
    for each in found.get("Versions", []):
        got = Calls().call("get_object", Bucket=name, Key=each["Key"], VersionId=each["VersionId"])
        yield got["Body"]


@pytest.mark.thorough
def test_nothing_is_left_in_the_bucket(bucket: str, tmp_path: Path) -> None:
    """Neither under a key nor in what the bucket keeps of it; every release loads and verifies."""
    study = Path(shutil.copytree(templates() / "study", tmp_path / "study"))
    with open_register(study / "private", "public") as register:
        hers = {
            each
            for own in register.pseudonyms_everywhere("participant", {HER.lower()}).values()
            for each in own
        }
    needles = [each.encode() for each in (*hers, HERS["an answer"], HERS["her note"], HERS["her place"])]
    every = b"".join(bodies(bucket))
    assert all(needle in every for needle in needles)
    result = purge_study(study, bucket, what=What("participant", HER), on=PURGED_ON)
    assert not result.keeps_versions
    assert [each.object_id for each in result.objects] == [PARTNERS, PUBLIC]
    every = b"".join(bodies(bucket))
    assert not any(needle in every for needle in needles)
    for audience in ("public", "partners"):
        assert len(load(bucket, audience=audience)["participants"]) == 5
    assert verify_archive(bucket).is_good
    again = purge_study(study, bucket, what=What("participant", HER), on=PURGED_ON)
    assert (again.objects, again.was_before) == ((), True)
