"""The register: random, stable, for one process at a time, and whole whatever happens."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive import register as module
from ppdarchive.deidentify.treatments.plain import PSEUDONYM_PATTERN
from ppdarchive.errors import RegisterError
from ppdarchive.model.purged import Entry, Purged, PurgedWords
from ppdarchive.register import (
    BACKUP_NAME,
    REGISTER_NAME,
    draw_pseudonym,
    open_register,
    private_folder,
    purged_of,
    study_register,
    warnings,
)
from ppdarchive.text.keys import plain_key

SPACES = ("participant", "response", "coder", "coach")


def mode(path: Path) -> int:
    """Who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


def allocate(
    folder: Path, keys: list[str], audience: str = "public", space: str = "participant"
) -> dict[str, str]:
    """The pseudonyms of `keys`, kept."""
    with open_register(folder, audience) as register:
        return dict(register.pseudonyms(space, keys))


# -- what it gives --------------------------------------------------------------------------------


@given(
    batches=st.lists(
        st.tuples(
            st.sampled_from(["public", "partners", ""]),
            st.sampled_from(SPACES),
            st.lists(st.text(max_size=4), max_size=5),
        ),
        max_size=6,
    )
)
@settings(max_examples=20)
def test_pseudonyms_are_injective_and_stable(batches: list[tuple[str, str, list[str]]]) -> None:
    """A key has one pseudonym for ever; no two keys, spaces or audiences share one."""
    known: dict[tuple[str, str, str], str] = {}
    with TemporaryDirectory() as name:
        for audience, space, keys in [*batches, *batches]:
            given_keys = [key for key in keys if "\x00" not in key]
            found = allocate(Path(name), given_keys, audience, space)
            assert list(found) == list(dict.fromkeys(given_keys))
            for key, pseudonym in found.items():
                assert re.fullmatch(PSEUDONYM_PATTERN, pseudonym)
                assert known.setdefault((audience, space, key), pseudonym) == pseudonym
    assert len(set(known.values())) == len(known)


def test_two_registers_share_nothing(tmp_path: Path) -> None:
    """The same keys are called otherwise elsewhere: nothing is computed from them."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    keys = [str(number) for number in range(200)]
    assert not set(allocate(tmp_path / "a", keys).values()) & set(allocate(tmp_path / "b", keys).values())


def test_pseudonyms_use_all_their_letters() -> None:
    """Every consonant occurs at every place."""
    drawn = [draw_pseudonym() for _ in range(3000)]
    assert all(len({pseudonym[place] for pseudonym in drawn}) == 20 for place in range(16))


def test_offsets_and_secrets_are_drawn_once(tmp_path: Path) -> None:
    """Offsets of one to 364 days back, and secrets of 32 bytes, for each audience."""
    keys = [str(number) for number in range(3000)]
    with open_register(tmp_path, "public") as register:
        offsets, secret = register.offsets(keys), register.secret("numbers")
        assert register.secret("others") != secret
    assert set(offsets.values()) == set(range(-364, 0))
    assert len(secret) == 32
    with open_register(tmp_path, "public") as register:
        assert (register.offsets([*keys, "new"])["7"], register.secret("numbers")) == (offsets["7"], secret)
    with open_register(tmp_path, "partners") as register:
        assert register.offsets(keys) != offsets
        assert register.secret("numbers") != secret


def test_what_goes_wrong_in_the_block_is_forgotten(tmp_path: Path) -> None:
    """An exception takes back what was drawn, and goes on its way."""
    first = allocate(tmp_path, ["a"])
    backup = (tmp_path / BACKUP_NAME).read_bytes()

    class Stop(Exception):
        pass

    def fail() -> None:
        with open_register(tmp_path, "public") as register:
            register.pseudonyms("participant", ["b"])
            register.offsets(["b"])
            register.secret("x")
            raise Stop

    with pytest.raises(Stop):
        fail()
    assert (tmp_path / BACKUP_NAME).read_bytes() == backup
    with sqlite3.connect(tmp_path / REGISTER_NAME) as connection:
        assert connection.execute("SELECT key FROM pseudonyms").fetchall() == [("a",)]
        assert connection.execute("SELECT count(*) FROM offsets").fetchone() == (0,)
    connection.close()
    assert allocate(tmp_path, ["a"]) == first


# -- where it lies --------------------------------------------------------------------------------


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """Folder 0700, register and backup 0600, whatever the umask."""
    before = os.umask(0)
    try:
        with study_register(tmp_path, "public") as register:
            register.pseudonyms("coder", ["a"])
            inside = {path.name: mode(path) for path in (tmp_path / "private").iterdir()}
    finally:
        os.umask(before)
    assert mode(tmp_path / "private") == 0o700
    assert set(inside.values()) == {0o600}
    assert {path.name: mode(path) for path in (tmp_path / "private").iterdir()} == {
        REGISTER_NAME: 0o600, BACKUP_NAME: 0o600,
    }  # fmt: skip
    assert warnings(tmp_path / "private") == ()


def test_dangers_are_told(tmp_path: Path) -> None:
    """Others who can read it, and a repository around it."""
    folder = private_folder(tmp_path)
    allocate(folder, ["a"])
    folder.chmod(0o755)
    (folder / REGISTER_NAME).chmod(0o640)
    (tmp_path / ".git").mkdir()
    said = warnings(folder)
    assert [word in text for word, text in zip(("0700"[1:], "600", "repository"), said, strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize("depth", [".", "study", "data/deep/study"])
def test_a_package_is_no_place_for_it(tmp_path: Path, depth: str) -> None:
    """A study inside a package is refused, and nothing is made."""
    for name in ("SHA256SUMS", "datapackage.json"):
        (tmp_path / name).touch()
    study = tmp_path / depth
    study.mkdir(parents=True, exist_ok=True)
    with pytest.raises(RegisterError) as raised:
        private_folder(study)
    assert raised.value.code == "register.inside-package"
    assert not (study / "private").exists()


def test_a_link_into_a_package_is_refused(tmp_path: Path) -> None:
    """A private folder that is a link is where it leads."""
    (tmp_path / "package/inside").mkdir(parents=True)
    (tmp_path / "study").mkdir()
    for name in ("SHA256SUMS", "datapackage.json"):
        (tmp_path / "package" / name).touch()
    (tmp_path / "study/private").symlink_to(tmp_path / "package/inside")
    with pytest.raises(RegisterError, match="inside"):
        private_folder(tmp_path / "study")


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    """The private folder cannot be a file, nor the register a folder."""
    (tmp_path / "private").touch()
    with pytest.raises(RegisterError) as raised:
        private_folder(tmp_path)
    assert (raised.value.code, raised.value.__context__) == ("register.not-writable", None)
    (tmp_path / REGISTER_NAME).mkdir()
    with pytest.raises(RegisterError) as raised:
        open_register(tmp_path, "public")
    assert raised.value.code == "register.not-writable"


# -- what may happen to it ------------------------------------------------------------------------


def test_the_backup_takes_the_place_of_the_register(tmp_path: Path) -> None:
    """Renamed, the backup is a register that knows all that was kept."""
    first = allocate(tmp_path, ["a", "b"])
    allocate(tmp_path, ["c"])
    third = allocate(tmp_path, ["c"])
    (tmp_path / BACKUP_NAME).replace(tmp_path / REGISTER_NAME)
    assert allocate(tmp_path, ["a", "b", "c"]) == {**first, **third}


def refused(folder: Path) -> RegisterError:
    """The refusal to open the register."""
    before = (folder / REGISTER_NAME).read_bytes() if (folder / REGISTER_NAME).exists() else None
    with pytest.raises(RegisterError) as raised:
        allocate(folder, ["new"])
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None
    after = (folder / REGISTER_NAME).read_bytes() if (folder / REGISTER_NAME).exists() else None
    assert after == before
    return raised.value


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be taken for one" * 30, b"\x00" * 5000]
)
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Any other file is no register, and stays as it is."""
    (tmp_path / REGISTER_NAME).write_bytes(content)
    assert refused(tmp_path).code == "register.damaged"


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE people (name TEXT)",
        "CREATE TABLE pseudonyms (name TEXT)",
        "PRAGMA user_version = 1",
        "CREATE TABLE pseudonyms (name TEXT); PRAGMA user_version = 1",
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 3",
    ],
)
def test_a_foreign_database_is_refused(tmp_path: Path, script: str) -> None:
    """A database of something else, or of a later format, is not written to."""
    connection = sqlite3.connect(tmp_path / REGISTER_NAME)
    connection.executescript(script)
    connection.close()
    assert refused(tmp_path).code == "register.damaged"


@pytest.mark.parametrize("loss", ["gone", "empty"])
def test_a_lost_register_is_not_begun_anew(tmp_path: Path, loss: str) -> None:
    """Where a backup says that there was a register, new pseudonyms would make strangers of everyone."""
    first = allocate(tmp_path, ["a"])
    if loss == "gone":
        (tmp_path / REGISTER_NAME).unlink()
    else:
        (tmp_path / REGISTER_NAME).write_bytes(b"")
    assert refused(tmp_path).code == "register.damaged"
    shutil.copy(tmp_path / BACKUP_NAME, tmp_path / REGISTER_NAME)
    assert allocate(tmp_path, ["a"]) == first


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a register of several pages."""
    folder = tmp_path_factory.mktemp("large")
    known = allocate(folder, [f"participant-{number}" for number in range(400)])
    return folder / REGISTER_NAME, known


@given(data=st.data())
def test_a_truncated_register_is_refused(data: st.DataObject, large: tuple[Path, dict[str, str]]) -> None:
    """Wherever it was cut off, it is damaged, and nothing rides on the error."""
    content = large[0].read_bytes()
    cut = data.draw(st.integers(1, len(content) - 1))
    with TemporaryDirectory() as name:
        (Path(name) / REGISTER_NAME).write_bytes(content[:cut])
        assert refused(Path(name)).code in ("register.damaged", "register.not-writable")


@given(data=st.data())
def test_a_register_with_a_wrong_byte_is_whole_or_refused(
    data: st.DataObject, large: tuple[Path, dict[str, str]]
) -> None:
    """A damaged page raises nothing but the documented error."""
    content = bytearray(large[0].read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.sampled_from([0, 0, 4096])) if data.draw(st.booleans()) else 0
        place = data.draw(
            st.integers(start, min(start + 200, len(content) - 1)) | st.integers(0, len(content) - 1)
        )
        content[place] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as name:
        (Path(name) / REGISTER_NAME).write_bytes(content)
        found: dict[str, str] | None = None
        error: RegisterError | None = None
        try:
            found = allocate(Path(name), list(large[1]))
        except RegisterError as raised:
            error = raised
        if found is None:
            assert error is not None
            assert error.__context__ is None
        else:
            assert list(found) == list(large[1])
            assert all(re.fullmatch(PSEUDONYM_PATTERN, pseudonym) for pseudonym in found.values())
            assert len(set(found.values())) == len(found)


def test_only_one_process_has_it(tmp_path: Path) -> None:
    """A second one is told that the register is open, and the first goes on."""
    allocate(tmp_path, ["a"])
    program = (
        "import sys, pathlib; from ppdarchive.register import open_register\n"
        "from ppdarchive.errors import RegisterError\n"
        "try:\n    open_register(pathlib.Path(sys.argv[1]), 'public')\n"
        "except RegisterError as error:\n    print(error.code, error.__context__)"
    )
    with open_register(tmp_path, "public") as register:
        register.pseudonyms("participant", ["b"])
        said = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
        )
        assert said.stdout.strip() == "register.locked None"
        with pytest.raises(RegisterError, match="another process"):
            open_register(tmp_path, "partners")
    assert set(allocate(tmp_path, ["a", "b"])) == {"a", "b"}


def test_many_at_once_get_one_register(tmp_path: Path) -> None:
    """Whoever comes in while it is open waits outside; backups of two never mix."""
    found: list[dict[str, str]] = []
    problems: list[BaseException] = []

    def work(number: int) -> None:
        for turn in range(6):
            keys = [f"{number}-{turn}-{key}" for key in range(40)] + ["shared"]
            while True:
                try:
                    found.append(allocate(tmp_path, keys))
                    break
                except RegisterError as error:
                    if error.code != "register.locked":
                        problems.append(error)
                        return
                    time.sleep(0.002)
                except BaseException as error:
                    problems.append(error)
                    return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len({each["shared"] for each in found}) == 1
    (tmp_path / REGISTER_NAME).unlink()
    (tmp_path / BACKUP_NAME).replace(tmp_path / REGISTER_NAME)
    # The backup is that of the last who closed it, so it knows everybody.
    every = {key: pseudonym for each in found for key, pseudonym in each.items()}
    assert allocate(tmp_path, list(every)) == every


@pytest.fixture
def full_disk() -> Iterator[Path]:
    """Return a folder on a disk of 256 kB."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    with TemporaryDirectory() as name:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", name], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("no file system can be mounted here")
        yield Path(name)
        subprocess.run(["umount", name], check=True)


def test_a_full_disk_leaves_the_register_as_it_was(full_disk: Path) -> None:
    """What does not fit is told by the documented error, and none of it is kept."""
    first = allocate(full_disk, ["a"])
    with pytest.raises(RegisterError) as raised:
        allocate(full_disk, [f"participant-{number}" for number in range(20_000)])
    assert (raised.value.code, raised.value.__context__) == ("register.not-writable", None)
    for leftover in full_disk.glob("*.new"):
        leftover.unlink()
    assert allocate(full_disk, ["a"]) == first
    assert count(full_disk) in (1, 20_001)


def test_a_full_disk_at_the_backup_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup that cannot be written is an error of the register, and leaves no torn one."""
    first = allocate(tmp_path, ["a"])
    before = (tmp_path / BACKUP_NAME).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_back_up", full)
    with pytest.raises(RegisterError) as raised:
        allocate(tmp_path, ["b"])
    assert (raised.value.code, raised.value.__context__) == ("register.not-writable", None)
    monkeypatch.undo()
    assert (tmp_path / BACKUP_NAME).read_bytes() == before
    assert allocate(tmp_path, ["a"]) == first


WRITER = """
import pathlib, sys
from ppdarchive.register import open_register
folder = pathlib.Path(sys.argv[1])
for batch in range(10_000):
    with open_register(folder, "public") as register:
        register.pseudonyms("participant", [f"{batch}-{key}" for key in range(300)])
        register.offsets([f"{batch}-{key}" for key in range(300)])
    print(batch, flush=True)
"""


def count(folder: Path) -> int:
    """How many pseudonyms the register has, once what was begun is rolled back."""
    connection = sqlite3.connect(folder / REGISTER_NAME)
    (number,) = connection.execute("SELECT count(*) FROM pseudonyms").fetchone()
    connection.close()
    return int(number)


def killed(folder: Path, seconds: float) -> None:
    """Kill a process in the middle of its allocations, and see what it left."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(seconds)
        writer.send_signal(signal.SIGKILL)
        told = 1 + len(writer.stdout.read().splitlines())
    with open_register(folder, "public") as register:
        known = register.pseudonyms("participant", ["0-0"])
        assert len(known) == 1
    n_kept = count(folder)
    assert n_kept % 300 == 0
    assert n_kept // 300 in (told, told + 1)
    connection = sqlite3.connect(folder / REGISTER_NAME)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("SELECT count(*) FROM offsets").fetchone() == (n_kept,)
    connection.close()
    backup = sqlite3.connect(folder / BACKUP_NAME)
    assert backup.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert backup.execute("SELECT count(*) FROM pseudonyms").fetchone()[0] % 300 == 0
    backup.close()
    assert {mode(path) for path in folder.iterdir()} == {0o600}


def test_a_killed_process_leaves_a_whole_register(tmp_path: Path) -> None:
    """None or all of a batch is kept, at a few random instants."""
    for number in range(3):
        killed(tmp_path / str(number), random.uniform(0, 0.15))


@pytest.mark.thorough
def test_a_process_killed_at_many_instants_leaves_a_whole_register(tmp_path: Path) -> None:
    """None or all of a batch is kept, at fifty random instants."""
    for number in range(50):
        killed(tmp_path / str(number), random.uniform(0, 0.3))


def test_a_process_killed_at_the_start_can_begin_again(tmp_path: Path) -> None:
    """An empty file without backup is a register that was never begun."""
    (tmp_path / REGISTER_NAME).touch(0o600)
    assert allocate(tmp_path, ["a"])


def test_nothing_of_it_is_shown(tmp_path: Path) -> None:
    """An open register shows neither keys nor pseudonyms."""
    with open_register(tmp_path, "public") as register:
        pseudonym = register.pseudonyms("participant", ["somebody"])["somebody"]
        assert pseudonym not in repr(register) + str(vars(register))
        assert "somebody" not in repr(register) + str(vars(register))


# -- what was purged ------------------------------------------------------------------------------

ON = date(2026, 3, 1)


def first_format(folder: Path, keys: list[str]) -> dict[str, str]:
    """Write a register of the first format, and its backup."""
    known = {key: draw_pseudonym() for key in keys}
    for name in (REGISTER_NAME, BACKUP_NAME):
        connection = sqlite3.connect(folder / name)
        for statement in module._STATEMENTS[1]:
            connection.execute(statement)
        rows = [("public", "participant", key, pseudonym) for key, pseudonym in known.items()]
        connection.executemany("INSERT INTO pseudonyms VALUES (?, ?, ?, ?)", rows)
        connection.execute("PRAGMA user_version = 1")
        connection.commit()
        connection.close()
    return known


def format_of(path: Path) -> int:
    """The format that a register says it has."""
    connection = sqlite3.connect(path)
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    connection.close()
    return int(version)


def test_a_register_of_the_first_format_goes_on(tmp_path: Path) -> None:
    """Everybody keeps her pseudonym, and from then on it can say who was purged."""
    known = first_format(tmp_path, ["a", "b"])
    assert purged_of_folder(tmp_path) == Purged()
    assert format_of(tmp_path / REGISTER_NAME) == 1
    assert allocate(tmp_path, ["a", "b"]) == known
    assert format_of(tmp_path / REGISTER_NAME) == 2
    with open_register(tmp_path, "public") as register:
        register.tombstone("participant", ["a"], ground="law", on=ON)
    assert purged_of_folder(tmp_path).keys == {"participant": frozenset({"a"})}
    (tmp_path / BACKUP_NAME).replace(tmp_path / REGISTER_NAME)
    assert purged_of_folder(tmp_path).keys == {"participant": frozenset({"a"})}


def test_a_new_format_that_is_not_kept_leaves_the_first(tmp_path: Path) -> None:
    """What ends by an exception, or is killed, changes nothing of a register."""
    first_format(tmp_path, ["a"])
    before = (tmp_path / REGISTER_NAME).read_bytes()

    class Stop(Exception):
        pass

    with pytest.raises(Stop), open_register(tmp_path, "public"):
        raise Stop
    assert (tmp_path / REGISTER_NAME).read_bytes() == before


def purged_of_folder(folder: Path) -> Purged:
    """What was purged, as whoever makes a release is told."""
    study = folder / "study of it"
    study.mkdir(exist_ok=True)
    if not (study / "private").is_symlink():
        (study / "private").symlink_to(folder)
    return purged_of(study)


@given(keys=st.lists(st.text(st.characters(exclude_characters="\x00"), min_size=1, max_size=6), max_size=6))
@settings(max_examples=20)
def test_who_was_purged_stays_known_and_gets_no_pseudonym(keys: list[str]) -> None:
    """However the key is written; neither a pseudonym nor an offset of hers is left, for no audience."""
    keys = [key for key in keys if plain_key(key)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        before = {audience: allocate(folder, ["other key", *keys], audience) for audience in ("a", "b")}
        plain = {plain_key(key) for key in keys}
        with open_register(folder, "a") as register:
            register.offsets(["other key", *keys])
            found = register.pseudonyms_everywhere("participant", plain)
            wanted = {
                audience: frozenset(own[key] for key in own if plain_key(key) in plain)
                for audience, own in before.items()
            }
            assert found == {audience: each for audience, each in wanted.items() if each}
            every = set().union(*wanted.values())
            assert {key for _, key in register.keys_of(every).values()} == {
                key for key in ("other key", *keys) if plain_key(key) in plain
            }
            register.tombstone("participant", keys, ground="withdrawal", on=ON)
            register.forget("participant", plain)
        content = b"".join((folder / each).read_bytes() for each in (REGISTER_NAME, BACKUP_NAME))
        assert not any(pseudonym.encode() in content for pseudonym in every)
        with open_register(folder, "a") as register:
            assert set(register.tombstoned("participant")) == plain
            assert register.tombstoned("response") == {}
            assert register.pseudonyms_everywhere("participant", plain) == {}
            for key in keys:
                with pytest.raises(RegisterError) as raised:
                    register.pseudonyms("participant", [f" {key}\u200b".upper() if key.isascii() else key])
                assert raised.value.code == "register.purged"
        if "otherkey" not in plain:
            assert allocate(folder, ["other key"], "b") == {"other key": before["b"]["other key"]}


def test_the_first_ground_stays(tmp_path: Path) -> None:
    """Who is purged twice was purged when and why she was the first time."""
    for ground, on in (("withdrawal", ON), ("law", date(2027, 1, 1))):
        with open_register(tmp_path, "public") as register:
            register.tombstone("participant", ["P-7"], ground=ground, on=on)  # type: ignore[arg-type]
    with open_register(tmp_path, "public") as register:
        assert register.tombstoned("participant") == {"p-7": Entry("withdrawal", ON)}
        with pytest.raises(ValueError, match="not blank"):
            register.tombstone("participant", [" "], ground="law", on=ON)


def test_purged_words_are_kept_until_their_author_is_purged(tmp_path: Path) -> None:
    """Words of others stay."""
    words = [
        PurgedWords("responses", "text", "r-1", "p-1", ("fort", "drum")),
        PurgedWords("responses", "text", "r-2", "p-2", ("fort", "drum")),
        PurgedWords("letters", "text", "7", None, ("anna",)),
    ]
    with open_register(tmp_path, "public") as register:
        register.redact(words)
    assert set(purged_of_folder(tmp_path).words) == set(words)
    with open_register(tmp_path, "public") as register:
        register.forget("participant", {"p-1"})
        register.forget("response", {"p-2"})
    assert set(purged_of_folder(tmp_path).words) == set(words[1:])
    assert b"p-1" not in (tmp_path / BACKUP_NAME).read_bytes()


def test_the_state_of_a_purge_outlives_a_crash(tmp_path: Path) -> None:
    """What was kept is there although the block ended by an exception; what came after is not."""

    class Stop(Exception):
        pass

    def begin() -> None:
        with open_register(tmp_path, "public") as register:
            register.keep_purge({"kind": "participant"})
            register.keep()
            with pytest.raises(RegisterError, match="another process"):
                open_register(tmp_path, "public")
            register.complete_purge()
            raise Stop

    with pytest.raises(Stop):
        begin()
    with open_register(tmp_path, "public") as register:
        assert register.unfinished_purge() == {"kind": "participant"}
        register.complete_purge()
    with open_register(tmp_path, "public") as register:
        assert register.unfinished_purge() is None


def test_looking_makes_no_register(tmp_path: Path) -> None:
    """Whoever previews a study leaves nothing behind; a register that was lost is told."""
    assert purged_of(tmp_path) == Purged()
    assert list(tmp_path.iterdir()) == []
    allocate(private_folder(tmp_path), ["a"])
    listed = sorted((tmp_path / "private").iterdir())
    assert not purged_of(tmp_path)
    assert sorted((tmp_path / "private").iterdir()) == listed
    (tmp_path / "private" / REGISTER_NAME).unlink()
    with pytest.raises(RegisterError) as raised:
        purged_of(tmp_path)
    assert (raised.value.code, raised.value.__context__) == ("register.damaged", None)


def test_looking_waits_and_then_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While somebody keeps it open, nobody learns who was purged, and nobody guesses."""
    allocate(private_folder(tmp_path), ["a"])
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.01)
    with open_register(tmp_path / "private", "public"), pytest.raises(RegisterError) as raised:
        purged_of(tmp_path)
    assert raised.value.code == "register.locked"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO tombstones VALUES ('participant', 'P-1', 'law', '2026-03-01')",
        "INSERT INTO tombstones VALUES ('participant', 'p-1', 'spite', '2026-03-01')",
        "INSERT INTO tombstones VALUES ('participant', 'p-1', 'law', '2026-3-1')",
        "INSERT INTO tombstones VALUES ('nobody', 'p-1', 'law', '2026-03-01')",
        "INSERT INTO purged_words VALUES ('p-1', 'responses', 'text', 'r-1', ' ')",
        "CREATE TABLE more (a TEXT)",
    ],
)
def test_an_entry_that_is_none_is_damage(tmp_path: Path, statement: str) -> None:
    """Who was purged is not guessed at."""
    allocate(private_folder(tmp_path), ["a"])
    connection = sqlite3.connect(tmp_path / "private" / REGISTER_NAME)
    connection.execute(statement)
    connection.commit()
    connection.close()
    with pytest.raises(RegisterError) as raised:
        purged_of(tmp_path)
    assert (raised.value.code, raised.value.__context__) == ("register.damaged", None)
