"""From a study to its archive, the whole way: versions, changelogs, what is refused, what a crash leaves."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.store.buckets import Bucket, BucketFiles
from tests.test_publish import ANSWERS, PARTICIPANTS, PEOPLE, TOML, snapshot, write_small
from tests.test_release_canary import found_in, write_study

from ppdarchive.archive import earlier, publishing, target
from ppdarchive.archive.opening import OpenedObject
from ppdarchive.archive.publishing import Published, publish_study
from ppdarchive.archive.redactions import spans_text
from ppdarchive.archive.repairing import repair_archive
from ppdarchive.archive.target import STAGING
from ppdarchive.archive.verifying_signatures import signed
from ppdarchive.audit import FOLDER as AUDIT
from ppdarchive.changes import Level, Version
from ppdarchive.errors import ArchiveError, PpdArchiveError, RegisterError, StoreError
from ppdarchive.gate import Failure, GateRefusedError, RedactedSpan
from ppdarchive.loading import load
from ppdarchive.model.release import TreatedTable
from ppdarchive.publish import FindingsError
from ppdarchive.store.files import LOCAL
from ppdarchive.store.inventory import User
from ppdarchive.store.minisign import SecretKey
from ppdarchive.store.naming import release_version
from ppdarchive.store.reading import content_of, head, versions
from ppdarchive.store.trust import KeySet
from ppdarchive.store.verify import verify

DAY, NEXT = date(2026, 1, 31), date(2026, 2, 28)
OBJECT = "small~public"
ONE_MORE = {
    "people": PEOPLE + "P-10005,Ida Holm,1992-05-06,,true,34\n",
    "answers": ANSWERS + "R-5,P-10005,a good coach\n",
}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a study, and its archive with one release."""
    folder = tmp_path_factory.mktemp("first")
    publish_study(write_small(folder / "study"), folder / "archive", released_on=DAY)
    return folder


@pytest.fixture
def here(first: Path, tmp_path: Path) -> Path:
    """Return a copy of that folder, register and all."""
    return Path(shutil.copytree(first, tmp_path / "here"))


def publish(here: Path, on: date = NEXT, *, to: str = "archive", **options: Any) -> Published:
    """Publish the study of a folder to its archive."""
    return publish_study(here / "study", here / to, released_on=on, **options)


def releases(here: Path, to: str = "archive") -> list[str | None]:
    """The versions of all releases."""
    found = versions(here / to, OBJECT).values()
    return [release_version(each.message) for each in found]


def is_sound(archive: Path) -> bool:
    """Whether every byte is as its inventory says; that objects have extensions of their own is none."""
    return not [problem for problem in verify(archive, fixity=True) if problem.code.startswith("E")]


def logs(here: Path) -> set[str]:
    """The names of the audit logs, without what is random in them."""
    return {path.name.rpartition("_")[0] for path in (here / "study/private" / AUDIT).glob("*")}


def is_as_before(here: Path, before: dict[str, str | None], n_logs: int = 1) -> bool:
    """Whether neither the archive's releases nor the logs are others, and nothing is left over."""
    assert not (here / "study/private" / STAGING).exists()
    assert len(logs(here)) == n_logs
    return snapshot(here / "archive" / OBJECT) == before


# -- what comes out -------------------------------------------------------------------------------


def test_the_first_release_is_a_valid_object(first: Path) -> None:
    """It loads from the archive as from its version's folder, with its changelog; ocfl-py finds it valid."""
    assert is_sound(first / "archive")
    ocfl = pytest.importorskip("ocfl")
    assert ocfl.StorageRoot(root=str(first / "archive")).validate(log_errors=False)
    release = load(first / "archive")
    assert release.version == "1.0.0"
    whole = load(first / "archive" / OBJECT / "v1/content")
    for name in release.tables:
        assert release[name].equals(whole[name])
    text = (first / "archive" / OBJECT / "v1/content/CHANGELOG.md").read_text()
    assert text.endswith("## 1.0.0 (2026-01-31)\n\nFirst release.\n")


def without_ages(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of participants without one field."""
    return {**schema, "fields": [each for each in schema["fields"] if each["name"] != "age"]}


@pytest.mark.parametrize(
    ("files", "bump", "version"),
    [
        (ONE_MORE, Level.PATCH, "1.1.0"),
        (ONE_MORE, Level.MAJOR, "2.0.0"),
        ({"answers": ANSWERS.replace("it was good", "it was not good")}, Level.MINOR, "2.0.0"),
        (
            {
                "participants": json.dumps(without_ages(PARTICIPANTS)),
                "toml": TOML.replace('age = "age"\n', "").replace(
                    'participants.csv"\n', 'participants.csv"\nignore = ["age"]\n'
                ),
            },
            None,
            "2.0.0",
        ),
        ({"participants": json.dumps({**PARTICIPANTS, "title": "Who took part"})}, None, "1.0.1"),
    ],
    ids=["never lowered", "raised", "edited", "without a field", "a title"],
)
def test_the_version_follows_from_what_differs(
    here: Path, files: dict[str, str], bump: Level | None, version: str
) -> None:
    """What adds is minor, what breaks is major, what explains is patch; `bump` raises and never lowers."""
    write_small(here / "study", **files)
    result = publish(here, bump=bump)
    assert (result.version, result.last, result.number) == (version, "1.0.0", 2)
    assert releases(here) == ["1.0.0", version]
    assert load(here / "archive").version == version
    assert load(here / "archive", "1.0.0").version == "1.0.0"
    assert is_sound(here / "archive")


def test_the_changelog_grows_and_the_words_stand_in_the_inventory(here: Path) -> None:
    """Each release's section stands above the earlier ones, and counts nobody; nobody's name is recorded."""
    write_small(here / "study", **ONE_MORE)
    result = publish(here, message="the second month", user=User("A lab", "https://example.org/lab"))
    text = (here / "archive" / OBJECT / "v2/content/CHANGELOG.md").read_text()
    assert text.index("## 1.1.0 (2026-02-28)") < text.index("## 1.0.0 (2026-01-31)")
    assert "counts are not told" in result.section
    assert "1 row" not in text
    assert result.changes is not None
    assert result.changes.rows["participants"].added.n_rows == 1
    one, two = versions(here / "archive", OBJECT).values()
    assert (one.message, one.user, one.created) == ("Release 1.0.0", None, "2026-01-31T00:00:00Z")
    assert two.message == "Release 1.1.0: the second month"
    assert (two.user, two.created) == (User("A lab", "https://example.org/lab"), "2026-02-28T00:00:00Z")
    assert logs(here) == {"2026-01-31_1.0.0", "2026-02-28_1.1.0"}
    assert not (here / "study/private" / STAGING).exists()


def test_a_changelog_of_somebody_else_s_is_not_continued(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last release has another kind of changelog, a new one begins."""
    monkeypatch.setattr(earlier.EarlierReleases, "changelog", lambda _: "# History\n\nNothing.\n")
    write_small(here / "study", **ONE_MORE)
    publish(here)
    text = (here / "archive" / OBJECT / "v2/content/CHANGELOG.md").read_text()
    assert "History" not in text
    assert "## 1.1.0" in text


def test_the_same_is_the_same_to_the_byte(here: Path, first: Path) -> None:
    """The same study, register, date, words and earlier releases become the same archive."""
    shutil.copytree(first / "archive", here / "other")
    write_small(here / "study", **ONE_MORE)
    for to in ("archive", "other"):
        publish(here, to=to, message="the second month", user=User("A lab", "https://example.org/lab"))
    one, two = here / "archive" / OBJECT, here / "other" / OBJECT
    assert snapshot(one) == snapshot(two)
    for path in one.rglob("*"):
        mine, its = path.stat(), (two / path.relative_to(one)).stat()
        assert (mine.st_mode, mine.st_mtime_ns) == (its.st_mode, its.st_mtime_ns)


def test_only_what_is_new_is_stored_if_asked(here: Path) -> None:
    """With `dedupe` the licence lies in the first version alone, and the release is whole."""
    write_small(here / "study", **ONE_MORE)
    publish(here, dedupe=True)
    assert not (here / "archive" / OBJECT / "v2/content/LICENSE").exists()
    assert load(here / "archive").version == "1.1.0"
    assert refused(here, ArchiveError, n_logs=2).code == "archive.nothing-changed"


def test_no_canary_is_in_any_byte_of_the_archive(tmp_path: Path) -> None:
    """Two releases of a study with unique words in every field: none of them is anywhere, in any form."""
    study = write_study(tmp_path / "study")
    publish_study(study, tmp_path / "archive", released_on=DAY)
    publish_study(study, tmp_path / "archive", released_on=NEXT, bump=Level.PATCH)
    assert len(list((tmp_path / "archive" / OBJECT).glob("v*"))) == 2
    assert found_in(tmp_path / "archive") == {}


# -- what is refused -------------------------------------------------------------------------------


def refused(here: Path, kind: type[Exception], *, n_logs: int = 1, **options: Any) -> Any:
    """What publishing raises; the archive and the logs are as they were."""
    before = snapshot(here / "archive" / OBJECT)
    with pytest.raises(kind) as raised:
        publish(here, **options)
    assert is_as_before(here, before, n_logs)
    return raised.value


@pytest.mark.parametrize("replace", ["numbered", "surrogate", "general", "mask"])
def test_nothing_new_is_no_release(here: Path, replace: str) -> None:
    """A study that is as it was at the last release is not published again, however words are replaced."""
    write_small(here / "study", toml=TOML + f'\n[text]\nreplace = "{replace}"\n')
    publish_study(here / "study", here / "another", released_on=DAY)
    with pytest.raises(ArchiveError) as raised:
        publish(here, to="another")
    assert raised.value.code == "archive.nothing-changed"


def test_time_does_not_go_back(here: Path) -> None:
    """A release bears no earlier date than the last one; the same day is fine."""
    write_small(here / "study", **ONE_MORE)
    found = refused(here, ArchiveError, on=date(2026, 1, 30))
    assert found.code == "archive.date-before"
    assert "2026-01-31" in str(found)
    assert publish(here, DAY).version == "1.1.0"


@pytest.mark.parametrize(
    ("options", "condition"),
    [
        ({"message": "thanks to Zyxwanda Qvortrup"}, "known-identifiers"),
        ({"message": "questions to 503-555-0187"}, "residual-identifiers"),
        ({"user": User("Zyxwanda Qvortrup")}, "known-identifiers"),
        ({"user": User("A lab", "tel:541-555-0199")}, "known-identifiers"),
    ],
)
def test_words_beside_the_package_are_scanned(here: Path, options: dict[str, Any], condition: str) -> None:
    """A message that names a participant, or has somebody's number, is refused and not repeated."""
    write_small(here / "study", **ONE_MORE)
    found = refused(here, GateRefusedError, **options)
    assert [failure.condition for failure in found.failures] == [condition]
    assert not any(word in failure.what for failure in found.failures for word in ("Qvortrup", "0187"))


def test_who_is_cited_may_publish(here: Path) -> None:
    """An author's name may be somebody's in the data too."""
    author = '[[package.contributors]]\ngiven_name = "Zyxwanda"\nfamily_name = "Qvortrup"\n[release]'
    write_small(here / "study", toml=TOML.replace("[release]", author))
    assert publish(here, user=User("Zyxwanda Qvortrup")).version == "1.0.1"


def test_a_name_in_the_changelog_stops_the_release(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The changelog is looked at as every other file of the package is."""
    kept = "# Changelog\n\nWhat differs from release to release, the newest first.\n\nZyxwanda Qvortrup\n"
    monkeypatch.setattr(earlier.EarlierReleases, "changelog", lambda _: kept)
    write_small(here / "study", **ONE_MORE)
    found = refused(here, GateRefusedError)
    assert [failure.condition for failure in found.failures] == ["known-identifiers"]
    assert "CHANGELOG.md" in found.failures[0].what


def test_findings_come_first(here: Path) -> None:
    """Data with findings are no release."""
    write_small(here / "study", people=PEOPLE + "P-10001,Twice,1992-05-06,,true,34\n")
    assert refused(here, FindingsError)


def test_what_all_releases_tell_together_can_stop_the_next(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate sees every live release; where more is redacted, the command that comes first is named."""
    seen: list[tuple[str, int]] = []

    def judge(tables: Any, live: Any, release: Any, **_: Any) -> list[Failure]:
        seen.extend((each.version, len(each.tables["participants"].frame)) for each in live)
        return [Failure("redacts-more", "1 span", "?"), Failure("joined-releases", "k is 1", "?")]

    span = RedactedSpan("1.0.0", "responses", ("bcdf",), "text", 3, 7)
    monkeypatch.setattr(publishing, "judge_releases", judge)
    monkeypatch.setattr(publishing, "more_redacted", lambda *_, **__: (span,))
    write_small(here / "study", **ONE_MORE)
    found = refused(here, GateRefusedError)
    assert seen == [("1.0.0", 2)]
    assert [failure.condition for failure in found.failures] == ["redacts-more", "joined-releases"]
    spans = here / "study/private/spans-2026-02-28.csv"
    assert spans.read_text() == spans_text([span], audience="public")
    assert spans.stat().st_mode & 0o777 == 0o600
    command = f"ppdarchive purge {here / 'archive'} --study {here / 'study'} --spans {spans} --ground leak"
    assert f"`{command}`" in found.failures[0].remedy


def test_what_may_be_overridden_is_published_with_its_reason(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A condition on releases fails with a written reason, which stands in the package."""
    failure = Failure("joined-releases", "k is 1", "?", overridable=True)
    monkeypatch.setattr(publishing, "judge_releases", lambda *_, **__: [failure])
    write_small(here / "study", **ONE_MORE)
    result = publish(here, overrides={"joined-releases": "a controlled enclave"})
    assert failure in result.warnings
    text = (here / "archive" / OBJECT / "v2/content/datapackage.json").read_text()
    assert "a controlled enclave" in text


def test_a_place_that_cannot_be_used_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder with other things, or around the study, is told at once."""
    monkeypatch.setattr(publishing, "draft_study", lambda *_, **__: pytest.fail("too late"))
    study = write_small(tmp_path / "outer/study")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/letter.txt").write_text("dear")
    codes = []
    for place in (tmp_path / "other", tmp_path / "outer", study):
        with pytest.raises(PpdArchiveError) as raised:
            publish_study(study, place, released_on=DAY)
        codes.append(raised.value.code)
    assert codes == ["store.not-empty", "archive.around-study", "archive.around-study"]


@pytest.mark.spoils_archive
def test_a_version_that_nobody_finished_is_told_before_any_work(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`repair` comes first, whoever has begun the version."""
    monkeypatch.setattr(publishing, "draft_study", lambda *_, **__: pytest.fail("too late"))
    monkeypatch.setattr(target, "_N_TRIES", 1)
    (here / "archive" / OBJECT / "v2").mkdir()
    with pytest.raises(StoreError) as raised:
        publish(here)
    assert raised.value.code == "store.unfinished"


@pytest.mark.spoils_archive
def test_a_damaged_release_is_not_compared_with(here: Path) -> None:
    """What the last release was can be told only from the bytes that were published."""
    table = here / "archive" / OBJECT / "v1/content/data/participants.parquet"
    table.write_bytes(table.read_bytes().replace(b"PAR1", b"PAR2"))
    write_small(here / "study", **ONE_MORE)
    with pytest.raises(StoreError) as raised:
        publish(here)
    assert raised.value.code == "store.damaged"
    assert logs(here) == {"2026-01-31_1.0.0"}


def test_a_version_that_is_no_release_cannot_be_followed(tmp_path: Path) -> None:
    """An object of somebody else's has no version to count on from."""
    from_elsewhere = tmp_path / "elsewhere"
    from_elsewhere.mkdir()
    (from_elsewhere / "notes.txt").write_text("dear")
    created = datetime(2026, 1, 1, tzinfo=UTC)
    publishing.publish(tmp_path / "archive", OBJECT, from_elsewhere, created=created)
    with pytest.raises(ArchiveError) as raised:
        publish_study(write_small(tmp_path / "study"), tmp_path / "archive", released_on=DAY)
    assert raised.value.code == "archive.no-version"


# -- others, and the disk ----------------------------------------------------------------------------


def test_who_comes_second_is_told_to_look_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was judged beside one head is not published on another; the release of the first stays."""
    write = publishing.write_draft
    n_calls = 0

    def slowly(*arguments: Any, **options: Any) -> Any:
        nonlocal n_calls
        n_calls += 1
        if n_calls == 1:
            publish(here, message="somebody was faster")
        return write(*arguments, **options)

    monkeypatch.setattr(publishing, "write_draft", slowly)
    write_small(here / "study", **ONE_MORE)
    with pytest.raises(StoreError) as raised:
        publish(here, bump=Level.MAJOR)
    assert raised.value.code == "store.head-moved"
    assert releases(here) == ["1.0.0", "1.1.0"]
    assert logs(here) == {"2026-01-31_1.0.0", "2026-02-28_1.1.0"}
    assert is_sound(here / "archive")


def test_of_two_at_once_those_who_were_told_so_have_published(here: Path) -> None:
    """Every release that was acknowledged is there, in order, and no other."""
    write_small(here / "study", **ONE_MORE)
    done: list[Published] = []
    failed: list[PpdArchiveError] = []

    def work() -> None:
        try:
            done.append(publish(here, bump=Level.PATCH))
        except PpdArchiveError as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) + len(failed) == 2
    assert {error.code for error in failed} <= {"register.locked", "store.head-moved"}
    assert releases(here) == ["1.0.0", *sorted(each.version for each in done)]
    assert len(logs(here)) == 1 + len(done)
    assert is_sound(here / "archive")


class Failing:
    """The machine's file system, on which the call of a number fails, once or from then on."""

    def __init__(self, number: int, *, lasts: bool) -> None:
        self.n_calls = 0
        self._number = number
        self._lasts = lasts

    def __getattr__(self, name: str) -> Any:
        found = getattr(LOCAL, name)
        if name not in ("create", "make_folder", "rename", "move_in", "sync"):
            return found

        def call(*arguments: Any) -> Any:
            self.n_calls += 1
            if self.n_calls == self._number or (self._lasts and self.n_calls > self._number):
                raise OSError(errno.ENOSPC, "No space left on device")
            return found(*arguments)

        return call


@pytest.fixture
def drafted(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder whose next release is drafted once, however often it is published."""
    write_small(here / "study", **ONE_MORE)
    draft = publishing.draft_study(here / "study", released_on=NEXT)
    monkeypatch.setattr(publishing, "draft_study", lambda *_, **__: draft)
    return here


def fails_at(here: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, lasts: bool) -> int:
    """Publish on a disk that fails at one call: the old head and no log, or a release that is whole."""
    to = f"fails-at-{number}"
    shutil.copytree(here / "archive", here / to)
    n_logs = len(list((here / "study/private" / AUDIT).glob("*")))
    files = Failing(number, lasts=lasts)
    monkeypatch.setattr(target, "place_of", lambda where: (files, Path(where)))
    code = ""
    try:
        publish(here, to=to)
    except PpdArchiveError as error:
        code = error.code
    n_more = len(list((here / "study/private" / AUDIT).glob("*"))) - n_logs
    assert code in ("", "store.not-writable", "store.unfinished", "store.lock-lost")
    assert n_more == (code in ("", "store.unfinished"))
    assert (releases(here, to) == ["1.0.0", "1.1.0"]) >= (code == "")
    assert not (here / "study/private" / STAGING).exists()
    assert load(here / to).version in ("1.0.0", "1.1.0")
    return files.n_calls


@pytest.mark.spoils_archive
def test_a_full_disk_leaves_the_old_head_and_no_log(drafted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its beginning, in the midst of it, and where the version is put in place."""
    n_calls = fails_at(drafted, monkeypatch, 10**6, lasts=True)
    for number in (1, n_calls // 2, n_calls - 3):
        fails_at(drafted, monkeypatch, number, lasts=True)


@pytest.mark.spoils_archive
@pytest.mark.thorough
@pytest.mark.parametrize("lasts", [False, True])
def test_a_disk_that_fails_at_any_call_leaves_the_old_head_or_the_new_one(
    drafted: Path, monkeypatch: pytest.MonkeyPatch, lasts: bool
) -> None:
    """Every call that changes something fails once."""
    for number in range(1, fails_at(drafted, monkeypatch, 10**6, lasts=lasts)):
        fails_at(drafted, monkeypatch, number, lasts=lasts)


def test_whoever_stops_it_leaves_nothing(drafted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the commit: no log, no staged package, the old head."""
    before = snapshot(drafted / "archive" / OBJECT)

    def stop(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "publish", stop)
    with pytest.raises(KeyboardInterrupt):
        publish(drafted)
    assert is_as_before(drafted, before)


def test_a_private_folder_that_is_full_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no package can be staged, none is published."""
    write_small(here / "study", **ONE_MORE)
    (here / "study/private" / STAGING).write_text("a file is in the way")
    with pytest.raises(RegisterError) as raised:
        publish(here)
    assert raised.value.code == "register.not-writable"
    assert logs(here) == {"2026-01-31_1.0.0"}


def test_what_killed_processes_left_is_swept(here: Path) -> None:
    """Yesterday's staged packages go; one that somebody may be writing stays."""
    folder = here / "study/private" / STAGING
    for name in ("old", "new"):
        (folder / name).mkdir(parents=True)
    day_before = LOCAL.now() - 2 * 24 * 60 * 60
    os.utime(folder / "old", (day_before, day_before))
    write_small(here / "study", **ONE_MORE)
    publish(here)
    assert [path.name for path in folder.iterdir()] == ["new"]


def test_a_bucket_gets_the_same_releases(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an object store each version has the bytes that it has on a disk, and is signed there too."""
    files, root = BucketFiles(Bucket()), Path("bucket/archive")
    key = SecretKey(bytes(8), bytes(32))
    places = {"there": (files, root), "archive": (LOCAL, here / "archive")}
    monkeypatch.setattr(target, "place_of", lambda where: places[Path(where).name])
    publish(here, DAY, to="there", sign=key)
    write_small(here / "study", **ONE_MORE)
    assert publish(here, to="there", sign=key).version == "1.1.0"
    publish(here)
    mine, its = head(here / "archive", OBJECT), head(root, OBJECT, files=files)
    assert its.text == mine.text
    for path, place in content_of(its, files=files).items():
        assert files.read(place, 10**7) == (mine.folder / "v2/content" / path).read_bytes()
    opened = OpenedObject(files, root, its)
    trusted = KeySet.of(key.public)
    assert [signed(opened, number, trusted).verdict.kind for number in (1, 2)] == ["good", "good"]


def test_a_release_that_could_not_be_signed_is_published(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so, and what to do."""

    def fail(*_: Any, **__: Any) -> str:
        raise StoreError("store.not-writable", path="a", reason="No space left on device")

    monkeypatch.setattr(publishing, "sign_version", fail)
    write_small(here / "study", **ONE_MORE)
    with pytest.raises(ArchiveError) as raised:
        publish(here, sign=SecretKey(bytes(8), bytes(32)))
    assert raised.value.code == "archive.unsigned"
    assert "release 1.1.0 is published, but not signed" in str(raised.value)
    assert releases(here) == ["1.0.0", "1.1.0"]


PUBLISHING = """
import sys
from datetime import date
from pathlib import Path
from ppdarchive.archive.publishing import publish_study
from ppdarchive.changes import Level
from ppdarchive.store import lock
lock.LEASE_SECONDS = 3  # nobody waits two minutes for the dead
while True:
    found = publish_study(Path(sys.argv[1]), sys.argv[2], released_on=date(2026, 2, 28), bump=Level.PATCH)
    print(found.version, flush=True)
"""


@pytest.mark.thorough
def test_a_process_that_is_killed_at_any_instant_loses_no_release(here: Path) -> None:
    """What was acknowledged is there, in order, and whole; what was begun is repaired, and others go on."""
    acknowledged = ["1.0.0"]
    chance = Random(7)
    for _ in range(25):
        command = [sys.executable, "-c", PUBLISHING, str(here / "study"), str(here / "archive")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            acknowledged.append(process.stdout.readline().strip())
            time.sleep(1.5 * chance.random())
            process.kill()
            acknowledged += process.stdout.read().split()
        repair_archive(here / "archive")
        found = releases(here)
        assert set(acknowledged) <= set(found)
        assert found == sorted(found, key=lambda version: Version.parse(version or ""))
        assert load(here / "archive").version == found[-1]
    assert is_sound(here / "archive")


# -- many earlier releases -----------------------------------------------------------------------------


def test_equal_tables_are_read_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of releases whose tables are the same to the byte, one is judged beside the next."""
    for number in range(2):
        write_small(here / "study", participants=json.dumps({**PARTICIPANTS, "title": f"Title {number}"}))
        publish(here)
    write_small(here / "study", **ONE_MORE)
    publish(here)
    read: list[str] = []
    whole = earlier.read_parquet

    def reading(path: str, schema: Any) -> Any:
        read.append(Path(path).as_posix().partition(OBJECT)[2])
        return whole(path, schema)

    live: list[list[str]] = []

    def judge(tables: Any, releases: Any, release: Any, **_: Any) -> list[Failure]:
        for each in releases:
            assert all(isinstance(each.tables[name], TreatedTable) for name in each.tables)
        live.append([each.version for each in releases])
        return []

    monkeypatch.setattr(earlier, "read_parquet", reading)
    monkeypatch.setattr(publishing, "judge_releases", judge)
    publish(here, bump=Level.PATCH)
    assert live == [["1.0.2", "1.1.0"]]
    assert sorted(read) == [
        "/v3/content/data/participants.parquet",
        "/v3/content/data/responses.parquet",
        "/v4/content/data/participants.parquet",
        "/v4/content/data/responses.parquet",
    ]


def test_large_tables_are_not_kept(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit is read again, and nothing else changes."""
    monkeypatch.setattr(earlier, "_HELD_BYTES", 1)
    write_small(here / "study", **ONE_MORE)
    assert publish(here).version == "1.1.0"
    kept = earlier.EarlierReleases(target.target_of(here / "study", here / "archive").opened, here)
    tables = kept.last().tables
    assert len(tables["participants"].frame) == 3
    assert not kept._held
