"""Participants, answers and words go from every release, whatever happens meanwhile, and do not come back."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest
from tests.archive.purgeable import (
    HER,
    HER_ANSWER,
    HERS,
    LEAK,
    OVERRIDES,
    PARTNERS,
    PUBLIC,
    PURGED_ON,
    rows_of,
    templates,
    write_study,
)
from tests.test_release_canary import contents

from ppdarchive.archive import publishing, purging
from ppdarchive.archive.publishing import publish_study
from ppdarchive.archive.purging import Purged, purge_study, spans_in
from ppdarchive.archive.purging_plan import What
from ppdarchive.archive.rebuilding import rebuild
from ppdarchive.archive.signing import sign_release
from ppdarchive.audit import read_audit
from ppdarchive.deidentify.quotes import QUOTE_WORDS
from ppdarchive.errors import ArchiveError, PpdArchiveError, RegisterError
from ppdarchive.gate import GateRefusedError
from ppdarchive.loading import load
from ppdarchive.publish import draft_study, write_draft
from ppdarchive.register import BACKUP_NAME, REGISTER_NAME, Register, open_register
from ppdarchive.store.minisign import generate_key, parse_signature
from ppdarchive.store.reading import head
from ppdarchive.store.records import tombstones
from ppdarchive.store.rewriting import rewrite
from ppdarchive.store.signature import FOLDER as SIGNATURES
from ppdarchive.store.signature import verify as judge_signature
from ppdarchive.store.trust import KeySet
from ppdarchive.store.verify import verify

RELEASES = {PUBLIC: ("1.0.0", "1.1.0", "1.1.1"), PARTNERS: ("1.0.0",)}
HERSELF = What("participant", HER)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Return a copy of the study and its archive."""
    return Path(shutil.copytree(templates(), tmp_path / "here"))


@pytest.fixture(autouse=True, scope="module")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Leave out fsync, which no test in here can see the effect of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def light(tmp_path: Path) -> Path:
    """Return a copy of the study with an archive of the first releases."""
    folder = tmp_path / "light"
    shutil.copytree(templates() / "study", folder / "study")
    shutil.copytree(templates() / "light", folder / "archive")
    return folder


@pytest.fixture(scope="module")
def purged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same, of which she was purged."""
    folder = Path(shutil.copytree(templates(), tmp_path_factory.mktemp("purged") / "here"))
    purge(folder)
    return folder


def purge(folder: Path, what: What | None = HERSELF, **options: Any) -> Purged:
    """Purge from the archive of a folder."""
    options = {"ground": "withdrawal", "on": PURGED_ON, **options}
    return purge_study(folder / "study", folder / "archive", what=what, **options)


def pseudonyms(folder: Path) -> dict[str, str]:
    """Every pseudonym, with the key that it stands for."""
    with open_register(folder / "study/private", "public") as register:
        found = register._connection.execute("SELECT pseudonym, key FROM pseudonyms").fetchall()
    return dict(found)


def hers() -> dict[str, str]:
    """What nobody else has: words, pseudonyms, and runs of words of her answers."""
    found = dict(HERS)
    for pseudonym, key in pseudonyms(templates()).items():
        if key in (HER, HER_ANSWER, "R-32"):
            found[f"pseudonym {len(found)}"] = pseudonym
    for name in ("an answer", "another answer", "her note"):
        words = re.findall(r"\w+", HERS[name])
        for start in range(len(words) - QUOTE_WORDS + 1):
            found[f"words {start} of {name}"] = " ".join(words[start : start + QUOTE_WORDS])
    return found


def found_in(folder: Path, needles: dict[str, str]) -> dict[str, set[str]]:
    """Where anything is found: plain, decoded or uncompressed, in whatever case, with whatever between."""
    result: dict[str, set[str]] = {}
    bare = {name: re.sub(rb"[^0-9a-z]", b"", each.lower().encode()) for name, each in needles.items()}
    for place, content in contents(folder):
        plain = re.sub(rb"[^0-9a-z]", b"", content.lower())
        for name, needle in bare.items():
            if needle in plain:
                result.setdefault(name, set()).add(place)
    return result


def bare_in(folder: Path, needles: dict[str, str]) -> set[str]:
    """What stands in any file as it is, as CSV copies and documents do."""
    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {name for name, each in needles.items() if each.encode() in every}


def is_sound(archive: Path) -> bool:
    """Whether every byte is as its inventory says."""
    return not [problem for problem in verify(archive, fixity=True) if problem.code.startswith("E")]


def is_valid(archive: Path) -> bool:
    """Whether all versions of all objects are sound, by our verifier, ocfl-py, frictionless, and loading."""
    assert is_sound(archive)
    ocfl = pytest.importorskip("ocfl")
    assert ocfl.StorageRoot(root=str(archive)).validate(log_errors=False)
    for name, versions in RELEASES.items():
        audience = name.partition("~")[2]
        for number, version in enumerate(versions, start=1):
            release = load(archive, version, audience=audience)
            assert all(len(release[table].columns) for table in release.tables)
            package = archive / name / f"v{number}/content"
            report = frictionless.Package(str(package / "datapackage.json")).validate()
            assert report.valid, report.flatten(["type", "message"])
    return True


def tables_of(archive: Path, name: str, version: str) -> dict[str, pd.DataFrame]:
    """The tables of a release."""
    release = load(archive, version, audience=name.partition("~")[2])
    return {table: release[table] for table in release.tables}


# -- a participant --------------------------------------------------------------------------------


def test_nothing_that_only_she_had_is_left(purged: Path) -> None:
    """Pseudonyms, answers, runs of their words and cells of her own are nowhere, in any form."""
    needles = hers()
    assert found_in(templates() / "archive", needles).keys() == needles.keys()
    assert found_in(purged / "archive", needles) == {}


def test_every_version_is_valid_afterwards(purged: Path) -> None:
    """Ours, ocfl-py and frictionless agree, and every release loads."""
    assert is_valid(purged / "archive")


@pytest.mark.parametrize("name", RELEASES)
def test_what_others_have_stays(purged: Path, name: str) -> None:
    """Rows of others are as they were, in every version; of researchers' words only quotes of her go."""
    own = {
        pseudonym for pseudonym, key in pseudonyms(templates()).items() if key in (HER, HER_ANSWER, "R-32")
    }
    for version in RELEASES[name]:
        before = tables_of(templates() / "archive", name, version)
        after = tables_of(purged / "archive", name, version)
        assert list(after) == list(before)
        for table in ("participants", "responses", "visits", "codings"):
            is_others = ~before[table].apply(lambda row: bool({*map(str, row)} & own), axis=1)
            pd.testing.assert_frame_equal(after[table], before[table].loc[is_others].reset_index(drop=True))
            assert len(after[table]) < len(before[table])
        assert after["places"]["place_id"].tolist() == ["town", "village"]
        assert after["questions"]["question_id"].tolist() == ["helpful"]
        assert after["themes"]["theme_id"].tolist() == ["warmth"]
        told = dict(zip(after["codes"]["code_id"], after["codes"]["description"], strict=True))
        mark = "█████" if name == PARTNERS else "[OTHER]"
        assert told == {"rest": "Sleep and rest", "warm": f"Warm words, as in: {mark} so on"}


def test_a_tombstone_says_neither_what_nor_whose(purged: Path) -> None:
    """What kind of thing went from which versions, when and on what ground; nobody's name is anywhere."""
    for name, versions in RELEASES.items():
        (found,) = tombstones(purged / "archive", name)
        assert (found.kind, found.ground, found.on) == ("participant", "withdrawal", PURGED_ON)
        assert found.versions == tuple(range(1, len(versions) + 1))
        inventory = head(purged / "archive", name).inventory
        assert [each.message for each in inventory.versions] == [f"Release {each}" for each in versions]
    written = b"".join(content for _, content in contents(purged / "archive"))
    assert HER.encode() not in written
    assert not list((purged / "archive/extensions/ppdarchive/journals").glob("*.json"))


def test_the_changelog_tells_of_what_is_left(purged: Path) -> None:
    """It is written anew from all versions, with every release once."""
    log = (purged / "archive" / PUBLIC / "v3/content/CHANGELOG.md").read_text()
    assert re.findall(r"^## (\S+)", log, re.MULTILINE) == ["1.1.1", "1.1.0", "1.0.0"]


def test_private_traces_are_gone(here: Path) -> None:
    """Neither register, backup, audit log nor anything staged knows whose her pseudonyms were."""
    spans = here / "study/private/spans-2026-03-31.csv"
    spans.write_text("version,table,key,field,start,end\n")
    (here / "study/private/staging/old").mkdir(parents=True)
    known = pseudonyms(here)
    edited = "R-41"
    assert edited in set(read_audit(here / "study/private")["key"])
    result = purge(here, What("participant", "Q-104"))
    assert result.n_audit_lines > 0
    assert edited not in set(read_audit(here / "study/private")["key"])
    assert not spans.exists()
    assert not (here / "study/private/staging").exists()
    gone = {pseudonym for pseudonym, key in known.items() if key in ("Q-104", "R-41")}
    assert len(gone) == 4
    for path in (here / "study/private").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(each.encode() in content for each in (*gone, "Q-104", "R-41"))
    kept = {pseudonym: key for pseudonym, key in known.items() if pseudonym not in gone}
    assert pseudonyms(here) == kept
    with open_register(here / "study/private", "public") as register:
        assert set(register.tombstoned("participant")) == {"q-104"}
    assert (here / "study/private" / BACKUP_NAME).read_bytes() != b""


def test_the_next_export_does_not_bring_her_back(purged: Path, tmp_path: Path) -> None:
    """Next month's export still has her, and writes her key otherwise, and the release has not."""
    key = " q\u2011103"
    folder = Path(shutil.copytree(purged, tmp_path / "here"))
    rows = rows_of(7)
    rows["responses"].append(["R-72", "Q-107", "helpful", "much later I still call"])
    changed = {
        name: [[key if cell == HER else cell for cell in row] for row in own] for name, own in rows.items()
    }
    write_study(folder / "study", rows=changed, lab="Our lab")
    result = publish_study(
        folder / "study", folder / "archive", released_on=date(2026, 4, 30), overrides=OVERRIDES
    )
    release = load(folder / "archive", audience="public")
    assert result.number == 4
    assert len(release["participants"]) == 6
    assert found_in(folder / "archive", hers()) == {}


def test_purging_again_finds_nothing_left(purged: Path, tmp_path: Path) -> None:
    """The same command does nothing, and says that it was done before."""
    folder = Path(shutil.copytree(purged, tmp_path / "here"))
    result = purge(folder)
    assert (result.objects, result.was_before) == ((), True)
    assert len(tombstones(folder / "archive", PUBLIC)) == 1


def test_versions_whose_k_fell_are_named(purged: Path, tmp_path: Path) -> None:
    """Of each version the smallest class before and after, and what is demanded where that is known."""
    folder = Path(shutil.copytree(purged, tmp_path / "here"))
    result = purge(folder, What("participant", "Q-105"))
    (public,) = [each for each in result.objects if each.object_id == PUBLIC]
    assert [(each.name, each.k_before, each.k_after, each.wanted_k) for each in public.versions] == [
        ("1.0.0", 2, 1, 1), ("1.1.0", 3, 2, 1), ("1.1.1", 3, 2, 1),
    ]  # fmt: skip
    assert all(each.has_fallen and not each.is_below for each in public.versions)
    (partners,) = [each for each in result.objects if each.object_id == PARTNERS]
    assert [(each.wanted_k, each.has_fallen, each.is_below) for each in partners.versions] == [
        (None, True, False)
    ]


# -- an answer ------------------------------------------------------------------------------------


def test_an_answer_goes_and_its_author_stays(here: Path) -> None:
    """The answer and its codings go from every version; her other answer and her rows stay."""
    result = purge(here, What("response", HER_ANSWER))
    assert result.kind == "response"
    assert is_valid(here / "archive")
    needles = {"an answer": HERS["an answer"], "a quote": HERS["a quote"], "her code": HERS["her code"]}
    assert found_in(here / "archive", needles) == {}
    assert found_in(here / "archive", {"another": HERS["another answer"]})
    release = load(here / "archive", audience="public")
    assert len(release["participants"]) == 7
    publish_study(
        write_study(here / "study", 7, lab="Their lab"),
        here / "archive",
        released_on=date(2026, 4, 30),
        overrides=OVERRIDES,
    )
    assert found_in(here / "archive" / PUBLIC / "v4/content", {"it": HERS["an answer"]}) == {}


# -- words ----------------------------------------------------------------------------------------


def spans_file(folder: Path, version: str = "1.0.0", **changes: str) -> Path:
    """Write a list that names the leak once, in one version."""
    answers = tables_of(folder / "archive", PUBLIC, "1.0.0")["responses"]
    (row,) = [n for n, text in enumerate(answers["text"]) if LEAK in text]
    start = answers["text"][row].index(LEAK)
    cells = {
        "version": version,
        "table": "responses",
        "key": answers["rid"][row],
        "field": "text",
        "start": str(start + 2),
        "end": str(start + len(LEAK)),
        **changes,
    }
    text = io.StringIO()
    csv.writer(text).writerows([list(cells), list(cells.values())])
    path = folder / "spans.csv"
    path.write_text(text.getvalue())
    return path


def test_words_go_from_every_version_and_codings_follow(here: Path) -> None:
    """However they are written, for every audience; what others marked is still marked."""
    path = spans_file(here, "1.1.0")
    marked = {
        name: marks(here / "archive", name, version)
        for name, every in RELEASES.items()
        for version in every[:1]
    }
    result = purge(here, spans_in(path), ground="leak")
    assert [len(each.versions) for each in result.objects] == [1, 3]
    assert is_valid(here / "archive")
    assert found_in(here / "archive", {"leak": LEAK}) == {}
    for name, before in marked.items():
        mark = "█████" if name == PARTNERS else "[OTHER]"
        after = marks(here / "archive", name, "1.0.0")
        assert before == {"kind", f"{LEAK} and sleep"[3:], LEAK, "it was"}
        assert after == {"kind", f"{mark} and sleep", mark, "it was"}


def marks(archive: Path, name: str, version: str) -> set[str]:
    """What is marked in the answer that leaks."""
    tables = tables_of(archive, name, version)
    texts = dict(zip(tables["responses"]["rid"], tables["responses"]["text"], strict=True))
    return {
        texts[row.rid][row.start : row.end]
        for row in tables["codings"].itertuples()
        if "it was kind" in texts[row.rid]
    }


def test_purged_words_do_not_come_back(here: Path) -> None:
    """The export still has them; the next release redacts them, and the same list is followed once."""
    path = spans_file(here)
    purge(here, spans_in(path), ground="leak")
    kept = path.read_bytes()
    result = purge(here, spans_in(path), ground="leak")
    assert (result.objects, result.was_before) == ((), True)
    assert path.read_bytes() == kept
    publish_study(
        write_study(here / "study", 7, lab="Their lab"),
        here / "archive",
        released_on=date(2026, 4, 30),
        overrides=OVERRIDES,
    )
    assert load(here / "archive", audience="public").version == "1.1.2"
    assert found_in(here / "archive", {"leak": LEAK}) == {}


def test_a_span_by_the_studys_own_key(here: Path) -> None:
    """A list may name the answer as the study does; then it says for which audience, if there are two."""
    path = spans_file(here, "1.0.0")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    rows[0] = {"own_key": "r-41", **{name: cell for name, cell in rows[0].items() if name != "key"}}
    for audience in ("", "public"):
        cells = {**rows[0], "audience": audience}
        path.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n")
        if audience:
            purge(here, spans_in(path), ground="leak")
        else:
            with pytest.raises(ArchiveError, match="several audiences"):
                purge(here, spans_in(path), ground="leak")
    assert found_in(here / "archive", {"leak": LEAK}) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "9.0.0"},
        {"table": "letters"},
        {"field": "question_id", "table": "questions"},
        {"key": "bcdfghjklmnpqrst"},
        {"end": "4000"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_list_that_makes_no_sense_changes_nothing(light: Path, changes: dict[str, str]) -> None:
    """What is nowhere is told by its line, and the purge has not begun."""
    path = spans_file(light, **changes)
    with pytest.raises(ArchiveError) as raised:
        purge(light, spans_in(path), ground="leak")
    assert (raised.value.code, raised.value.line) == ("archive.spans", 2)
    with pytest.raises(ArchiveError, match="under way"):
        purge(light, None)
    assert tombstones(light / "archive", PUBLIC) == ()


# -- crashes --------------------------------------------------------------------------------------


class Stop(BaseException):
    """The machine is off."""


def after(function: Callable[..., Any], n_calls: int, *, before: bool = False) -> Callable[..., Any]:
    """A function that stops everything at its n-th call, before or after it has done its work."""
    calls = iter(range(n_calls))

    def called(*arguments: Any, **options: Any) -> Any:
        is_last = next(calls, None) is None
        if is_last and before:
            raise Stop
        result = function(*arguments, **options)
        if is_last:
            raise Stop
        return result

    return called


STEPS: list[tuple[Any, str, int, bool]] = [
    (purging, "_planned", 0, False),
    (purging, "_remember", 0, False),
    (purging, "_keep", 1, False),
    (purging, "rewrite", 0, True),
    (purging, "rewrite", 0, False),
    (purging, "rewrite", 1, True),
    (purging, "without_lines", 0, True),
    (Register, "forget", 0, False),
    (Register, "complete_purge", 0, False),
]


@pytest.mark.parametrize("step", STEPS, ids=[f"{name}-{n}-{b}" for _, name, n, b in STEPS])
def test_a_crash_at_any_step_is_gone_on_from(
    light: Path, step: tuple[Any, str, int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same command, or --resume, completes it; in between every release loads, old or new."""
    place, name, n_calls, before = step
    monkeypatch.setattr(place, name, after(getattr(place, name), n_calls, before=before))
    with pytest.raises(Stop):
        purge(light)
    monkeypatch.undo()
    for audience in ("public", "partners"):
        assert load(light / "archive", audience=audience)["participants"] is not None
    is_under_way = name != "_planned"
    if is_under_way:
        with pytest.raises(ArchiveError) as raised:
            purge(light, What("participant", "Q-101"))
        assert raised.value.code == "archive.purge-unfinished"
    purge(light, None if is_under_way else HERSELF)
    assert bare_in(light / "archive", hers()) == set()
    assert is_sound(light / "archive")
    assert [len(tombstones(light / "archive", each)) for each in RELEASES] == [1, 1]
    assert not set(pseudonyms(light).values()) & {HER, HER_ANSWER, "R-32"}
    with pytest.raises(ArchiveError, match="no purge"):
        purge(light, None)


def test_a_crash_leaves_words_neither_cut_twice_nor_elsewhere(
    light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After one object was rewritten, going on finds its places gone and leaves it alone."""
    path = spans_file(light)
    monkeypatch.setattr(purging, "rewrite", after(rewrite, 0))
    with pytest.raises(Stop):
        purge(light, spans_in(path), ground="leak")
    monkeypatch.undo()
    (done,) = [name for name in RELEASES if tombstones(light / "archive", name)]
    seen = head(light / "archive", done).inventory
    purge(light, None)
    assert head(light / "archive", done).inventory == seen
    assert bare_in(light / "archive", {"leak": LEAK}) == set()
    assert is_sound(light / "archive")


def test_what_would_be_left_stops_a_purge(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that still has a trace is not written, and the archive is as it was."""
    before = head(light / "archive", PUBLIC).inventory

    def forgetful(*arguments: Any, **options: Any) -> None:
        options["documents"] = {**options["documents"], "NOTES.md": next(iter(options["traces"]))}
        rebuild(*arguments, **options)

    monkeypatch.setattr("ppdarchive.archive.purging_versions.rebuild", forgetful)
    with pytest.raises(ArchiveError) as raised:
        purge(light)
    assert raised.value.code == "archive.residual"
    assert head(light / "archive", PUBLIC).inventory == before


# -- others at work -------------------------------------------------------------------------------


def test_whoever_had_drafted_her_is_refused(light: Path, tmp_path: Path) -> None:
    """A draft that was made before the purge does not become a package after it."""
    study = write_study(light / "study", 7, lab="Their lab")
    draft = draft_study(study, released_on=date(2026, 4, 30))
    purge(light)
    with pytest.raises(GateRefusedError) as refused:
        write_draft(draft, tmp_path / "package", version="2.0.0")
    assert "purged" in {failure.condition for failure in refused.value.failures}
    assert not (tmp_path / "package").exists()


def test_nobody_publishes_between_the_last_look_and_the_commit(
    light: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A purge that comes after the package was written and before it is committed stops the release."""

    def purged_meanwhile(*arguments: Any, **options: Any) -> Any:
        result = write_draft(*arguments, **options)
        staged = arguments[1]
        kept = shutil.copytree(staged, light / "kept")
        purge(light)
        shutil.copytree(kept, staged)
        return result

    monkeypatch.setattr(publishing, "write_draft", purged_meanwhile)
    study = write_study(light / "study", 7, lab="Their lab")
    with pytest.raises(GateRefusedError) as refused:
        publish_study(study, light / "archive", released_on=date(2026, 4, 30), overrides=OVERRIDES)
    assert [failure.condition for failure in refused.value.failures] == ["purged"]
    assert head(light / "archive", PUBLIC).number == 1


def test_the_register_is_held_from_end_to_end(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a purge is at work, nobody else draws a pseudonym."""
    seen = []

    def look(*arguments: Any, **options: Any) -> Any:
        with pytest.raises(RegisterError) as raised:
            open_register(light / "study/private", "public")
        seen.append(raised.value.code)
        return rewrite(*arguments, **options)

    monkeypatch.setattr(purging, "rewrite", look)
    purge(light)
    assert seen == ["register.locked"] * 2


# -- signatures -----------------------------------------------------------------------------------


def test_signatures_become_void_and_are_made_again(here: Path) -> None:
    """What was signed is recorded as void; with the key at hand the new inventories are signed."""
    key = generate_key()
    sign_release(here / "archive", key, study="harvest", audience="public", version="1.1.1")
    result = purge(here, sign=key)
    (public,) = [each for each in result.objects if each.object_id == PUBLIC]
    assert (public.void, public.signed) == (("1.1.1",), True)
    (found,) = tombstones(here / "archive", PUBLIC)
    assert dict(found.void) == {3: (key.public.name,)}
    folder = here / "archive" / PUBLIC
    for number in (1, 2, 3):
        inventory = (folder / f"v{number}/inventory.json").read_bytes()
        (path,) = (folder / SIGNATURES / f"v{number}").iterdir()
        signature = parse_signature(path.read_bytes(), name=path.name)
        verdict = judge_signature(
            inventory, signature, KeySet.of(key.public), object_id=PUBLIC, version=f"v{number}"
        )
        assert verdict.is_good


# -- who and what is meant ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["participant", "response"])
def test_an_unknown_key_is_no_purge(light: Path, kind: Any) -> None:
    """A slip of the pen is told, without the key, and nothing is remembered of it."""
    with pytest.raises(ArchiveError) as raised:
        purge(light, What(kind, "Q-999"))
    assert raised.value.code == "archive.not-known"
    assert "999" not in str(raised.value)
    with open_register(light / "study/private", "public") as register:
        assert not register.purged()
        assert register.unfinished_purge() is None


def test_a_purge_goes_on_in_its_own_archive(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that has begun in an archive is not completed in a copy of it."""
    shutil.copytree(light / "archive", light / "copy")
    monkeypatch.setattr(purging, "rewrite", after(rewrite, 0, before=True))
    with pytest.raises(Stop):
        purge(light)
    monkeypatch.undo()
    with pytest.raises(ArchiveError) as raised:
        purge_study(light / "study", light / "copy", what=HERSELF, on=PURGED_ON)
    assert raised.value.code == "archive.other-archive"


def test_no_error_names_anybody(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails on the way, neither the error nor what is behind it holds a key or a pseudonym."""

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ppdarchive.package.files._fill", full)
    with pytest.raises(PpdArchiveError) as raised:
        purge(light)
    error: BaseException | None = raised.value
    names = {*hers().values(), HER}
    while error is not None:
        assert not any(name in f"{error!r}{error}" for name in names)
        error = error.__cause__ or error.__context__


def test_the_state_of_a_purge_is_private(light: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of it nothing in the archive names her, besides the releases that still have her."""
    monkeypatch.setattr(purging, "rewrite", after(rewrite, 0, before=True))
    with pytest.raises(Stop):
        purge(light)
    connection = sqlite3.connect(light / "study/private" / REGISTER_NAME)
    ((state,),) = connection.execute("SELECT state FROM purges").fetchall()
    connection.close()
    assert json.loads(state)["request"] == HER.lower()
    for place, content in contents(light / "archive/extensions"):
        assert HER.encode() not in content, place
