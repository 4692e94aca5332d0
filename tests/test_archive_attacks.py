"""What an attacker of the published archive tries after a purge, and what a purge must not do to others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive import purgeable
from tests.archive.purgeable import (
    DAYS,
    HER,
    HER_ANSWER,
    HERS,
    OVERRIDES,
    PURGED_ON,
    rows_of,
    templates,
    write_study,
)

from ppdarchive.archive.marking import mark_release
from ppdarchive.archive.publishing import publish_study
from ppdarchive.archive.purging import Purged, purge_study
from ppdarchive.archive.purging_plan import What
from ppdarchive.loading import load
from ppdarchive.register import open_register
from ppdarchive.store.verify import verify


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


def every(archive: Path) -> bytes:
    """All bytes of an archive, one after the other."""
    return b"\n".join(path.read_bytes() for path in sorted(archive.rglob("*")) if path.is_file())


def test_words_about_releases_keep_nothing_of_what_was_purged(tmp_path: Path) -> None:
    """Messages, marks and reasons name no pseudonym and quote no answer of hers, and stop no purge."""
    for name in ("study", "archive"):
        shutil.copytree(templates() / name, tmp_path / name)
    pseudonyms = known(tmp_path)
    quote = HERS["another answer"]
    write_study(tmp_path / "study", 7, lab="A third lab")
    toml = tmp_path / "study/study.toml"
    toml.write_text(toml.read_text().replace("\nk = 1\n", "\nk = 3\n"))
    publish_study(
        tmp_path / "study",
        tmp_path / "archive",
        released_on=PURGED_ON,
        overrides={**OVERRIDES, "k": f"Only {pseudonyms['q-103']} is alone."},
        message=f"Looks at {pseudonyms['r-31']} again, as in: {quote}",
    )
    reason = f"the answer {pseudonyms['r-32']} is wrong: {quote}"
    mark_release(tmp_path / "archive", "1.1.0", "erratum", reason, on=PURGED_ON, audience="public")
    purge(tmp_path, What("participant", HER))
    left = every(tmp_path / "archive")
    assert [key for key, each in pseudonyms.items() if each.encode() in left] == ["q-101"]
    assert quote.encode() not in left
    assert b"Only [removed] is alone." in left
    assert b"Looks at [removed] again, as in: [removed]" in left
    assert not [each for each in verify(tmp_path / "archive", fixity=True) if each.code.startswith("E")]
    assert load(tmp_path / "archive", audience="public").version == "1.1.2"


def test_the_next_release_does_not_list_what_only_she_had(tmp_path: Path) -> None:
    """Next month's export has her, her code, theme, place and question; its release has none of them."""
    shutil.copytree(templates() / "study", tmp_path / "study")
    shutil.copytree(templates() / "light", tmp_path / "archive")
    write_study(tmp_path / "study", 6)
    purge(tmp_path, What("participant", HER))
    write_study(tmp_path / "study", 7)
    publish_study(tmp_path / "study", tmp_path / "archive", released_on=PURGED_ON, overrides=OVERRIDES)
    assert len(load(tmp_path / "archive", audience="public")["participants"]) == 6
    left = every(tmp_path / "archive")
    assert [name for name, each in HERS.items() if each.encode() in left] == []
    assert b"`codes`" not in (tmp_path / "archive/harvest~public/v2/content/CHANGELOG.md").read_bytes()
