"""What an attacker of the published archive tries after a purge, and what a purge must not do to others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive import purgeable
from tests.archive.purgeable import DAYS, HER, HER_ANSWER, OVERRIDES, PURGED_ON, rows_of, write_study

from ppdarchive.archive.publishing import publish_study
from ppdarchive.archive.purging import Purged, purge_study
from ppdarchive.archive.purging_plan import What
from ppdarchive.register import open_register


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Leave out fsync, which no test in here can see the effect of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


def purge(folder: Path, what: What) -> Purged:
    """Purge from the archive of a folder."""
    return purge_study(folder / "study", folder / "archive", what=what, ground="withdrawal", on=PURGED_ON)


def known(folder: Path) -> dict[str, str]:
    """By own key, the pseudonyms that the register has for the public."""
    with open_register(folder / "study/private", "public") as register:
        spaces = {"participant": {"q-101", "q-103"}, "response": {"r-31", "r-32"}}
        found = {}
        for space, keys in spaces.items():
            for key in keys:
                for each in register.pseudonyms_everywhere(space, {key}).get("public", ()):
                    found[key] = each
    return found


def test_whom_a_removed_row_only_refers_to_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The author of a purged answer keeps her pseudonym, so that she can be purged; so does a pair's half."""
    other = {**purgeable._PID, "name": "other"}
    ratings = {
        "fields": [purgeable._PID, purgeable._RID],
        "primaryKey": ["pid", "rid"],
        "foreignKeys": [purgeable._refers("pid", "participants"), purgeable._refers("rid", "responses")],
    }
    pairs = {
        "fields": [purgeable._PID, other],
        "primaryKey": ["pid", "other"],
        "foreignKeys": [
            purgeable._refers("pid", "participants"),
            purgeable._refers("other", "participants", "pid"),
        ],
    }
    monkeypatch.setattr(purgeable, "SCHEMAS", {**purgeable.SCHEMAS, "ratings": ratings, "pairs": pairs})
    rows = rows_of()
    rows["ratings"] = [["pid", "rid"], ["Q-101", "R-11"], [HER, HER_ANSWER], [HER, "R-32"]]
    rows["pairs"] = [["pid", "other"], [HER, "Q-101"], ["Q-104", "Q-105"]]
    write_study(tmp_path / "study", rows=rows)
    publish_study(tmp_path / "study", tmp_path / "archive", released_on=DAYS[0], overrides=OVERRIDES)
    before = known(tmp_path)
    purge(tmp_path, What("response", HER_ANSWER))
    assert known(tmp_path) == {key: each for key, each in before.items() if key != "r-31"}
    assert purge(tmp_path, What("participant", HER)).objects
    assert known(tmp_path) == {"q-101": before["q-101"]}
