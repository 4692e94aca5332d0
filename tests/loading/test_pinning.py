"""A lock file holds a release to the byte; a removal and tampering are told apart."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tomllib
import warnings
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import LoadError, PpdArchiveError, WriteError
from ppdarchive.loading import Pin, load, pin
from ppdarchive.loading.lockfile import lock_text, parse_lock, read_lock
from ppdarchive.store.naming import release_message
from ppdarchive.store.publishing import publish
from ppdarchive.store.records import Mark, Tombstone, put_mark
from ppdarchive.store.rewriting import rewrite

from .made import CANARY, CREATED, OBJECT, package, rewritten


def tombstone(*versions: int) -> Tombstone:
    """That a participant was removed; its number is filled in when it is written."""
    return Tombstone(1, "participant", versions, date(2026, 5, 1), "withdrawal")


def refused(root: Path, lock: Path, version: str = "latest") -> LoadError:
    """Why a pinned release is not loaded."""
    with pytest.raises(LoadError) as caught:
        load(root, version, lock=lock)
    assert CANARY not in str(caught.value)
    assert caught.value.__context__ is None
    return caught.value


@pytest.fixture
def lock(root: Path, tmp_path: Path) -> Path:
    """Return the lock file of a study beside the archive that pins its release 1.1.0."""
    folder = tmp_path / "study"
    folder.mkdir()
    pin(root, "1.1.0", lock=folder / "ppdarchive.lock")
    return folder / "ppdarchive.lock"


def test_what_is_pinned_is_loaded(root: Path, lock: Path, packages: dict[str, Path]) -> None:
    """Whatever is published afterwards, and from any folder."""
    publish(root, OBJECT, packages["1.0.0"], created=CREATED, message=release_message("3.0.0"))
    assert load(root, lock=lock).version == "1.1.0"
    assert load(str(root / OBJECT), ">=1,<2", lock=str(lock)).number == 2
    assert load(root, "v2", lock=lock).number == 2


def test_a_lock_file_is_for_people_too(root: Path, lock: Path) -> None:
    """One line for each fact, the archive from the lock file's own folder; pins of others stay."""
    digest = hashlib.sha512((root / OBJECT / "v2" / "inventory.json").read_bytes()).hexdigest()
    assert lock.read_text() == (
        "# Written by `ppdarchive pin`. Keep it with the study that uses the data; do not edit it.\n"
        "format = 1\n"
        "\n"
        "[[pin]]\n"
        f'archive = "../{root.name}"\n'
        f'object = "{OBJECT}"\n'
        'version = "1.1.0"\n'
        "number = 2\n"
        f'inventory = "sha512:{digest}"\n'
        "tombstones = 0\n"
    )
    shutil.copytree(root, root.parent / "other")
    pin(root.parent / "other", "1.0.0", lock=lock)
    made = pin(root, lock=lock)
    assert (made.version, made.name, made.number) == ("2.0.0", "2.0.0", 3)
    assert [(each.archive, each.version) for each in read_lock(lock)] == [
        (f"../{root.name}", "2.0.0"),
        ("../other", "1.0.0"),
    ]
    assert sorted(path.name for path in lock.parent.iterdir()) == ["ppdarchive.lock"]


def test_an_archive_that_moved_is_known_by_its_object(root: Path, lock: Path) -> None:
    """The digest is what counts; two archives that could be meant are not guessed at."""
    root.rename(root.parent / "moved")
    assert load(root.parent / "moved", lock=lock).version == "1.1.0"
    pin(root.parent / "moved", "1.0.0", lock=lock)
    assert load(root.parent / "moved", lock=lock).version == "1.0.0"
    (root.parent / "moved").rename(root.parent / "again")
    assert refused(root.parent / "again", lock).code == "load.not-pinned"


def test_what_is_not_pinned_is_told(root: Path, lock: Path, packages: dict[str, Path]) -> None:
    """Another release, another object, a package, and a lock file that is not there."""
    error = refused(root, lock, "2.0.0")
    assert (error.code, "1.1.0 is pinned" in str(error)) == ("load.other-pin", True)
    assert refused(root, lock, "~=2.0").code == "load.other-pin"
    assert refused(packages["1.1.0"], lock).code == "load.not-pinned"
    publish(root, "nights~team", packages["1.0.0"], created=CREATED)
    assert refused(root / "nights~team", lock).code == "load.not-pinned"
    pin(root, "1.0.0", audience="team", lock=lock)
    assert refused(root, lock).code == "load.several-objects"
    assert load(root, audience="team", lock=lock).version == "1.0.0"
    assert refused(root, lock.with_name("nothing")).code == "load.not-readable"
    lock.write_text("pins = 3")
    assert refused(root, lock).code == "load.lock"
    with pytest.raises(LoadError, match="not a lock file"):
        pin(root, lock=lock)


def test_a_removal_is_told_as_one(root: Path, lock: Path, tmp_path: Path) -> None:
    """What kind of thing, when, on what ground, and what to do; after pinning again it loads."""
    rewrite(root, OBJECT, {3: package(tmp_path / "v3", "2.0.0", n_answers=2)}, tombstone(3))
    assert load(root, lock=lock).number == 2  # only a later version changed
    rewrite(root, OBJECT, {1: package(tmp_path / "v1", "1.0.0", n_answers=2)}, tombstone(1))
    error = refused(root, lock)
    assert error.code == "load.purged"
    assert "a participant, on 2026-05-01, since the participant withdrew" in str(error)
    assert "Run `ppdarchive pin` again" in str(error)
    assert pin(root, "1.1.0", lock=lock).tombstones == 1
    release = load(root, lock=lock)
    assert (release.number, release.tombstones) == (2, ())
    assert [each.number for each in load(root, "1.0.0").tombstones] == [2]


@pytest.mark.spoils_archive
def test_tampering_is_told_as_such(root: Path, lock: Path, tmp_path: Path) -> None:
    """A version that was exchanged with all digests made anew; a removal before it excuses nothing."""
    rewrite(root, OBJECT, {1: package(tmp_path / "v1", "1.0.0", n_answers=2)}, tombstone(1))
    pin(root, "1.1.0", lock=lock)
    assert load(root, lock=lock).number == 2

    def exchange(text: str) -> str:
        document = json.loads(text)
        document["versions"]["v2"]["created"] = "2026-03-01T09:30:01Z"
        return json.dumps(document)

    rewritten(root / OBJECT, exchange, "v3")
    # The newest inventory lies about a version, whose own inventory is what was pinned: that one counts.
    assert load(root, lock=lock).number == 2
    rewritten(root / OBJECT, exchange, "v2", "v3")
    error = refused(root, lock)
    assert (error.code, error.facts["found"]) == ("load.tampered", "1.1.0")


def test_a_pinned_version_that_is_gone_is_tampering(root: Path, lock: Path) -> None:
    """An archive put back to an earlier state."""
    pin(root, "2.0.0", lock=lock)
    for name in ("inventory.json", "inventory.json.sha512"):
        shutil.copy(root / OBJECT / "v2" / name, root / OBJECT / name)
    shutil.rmtree(root / OBJECT / "v3")
    assert refused(root, lock).code == "load.tampered"


@pytest.mark.spoils_archive
def test_a_pinned_release_is_verified_too(root: Path, lock: Path) -> None:
    """The pin is of the inventory, which has the digests of the bytes."""
    path = root / OBJECT / "v2/content/csv/answers.csv"
    path.write_text(path.read_text().replace("Nights", "Nighte"))
    assert refused(root, lock).code == "load.changed"
    with pytest.raises(LoadError):
        pin(root, "1.1.0", lock=lock)


def test_what_is_said_of_a_pinned_release_is_told(root: Path, lock: Path) -> None:
    """A release that was withdrawn from use still loads where it is pinned, with a warning."""
    put_mark(root, OBJECT, Mark(2, "withdrawn", "the scores were wrong", date(2026, 4, 1)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert load(root, lock=lock).number == 2
    assert ["the scores were wrong" in str(each.message) for each in caught] == [True]


def test_a_lock_file_that_cannot_be_written_is_told(
    root: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one stays, and nothing is left beside it."""
    before = lock.read_text()

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(WriteError, match="No space left"):
        pin(root, lock=lock)
    assert lock.read_text() == before
    assert [path.name for path in lock.parent.iterdir()] == [lock.name]


def test_a_lock_file_in_a_place_that_is_none_is_told(root: Path, tmp_path: Path) -> None:
    """A folder that is not there."""
    with pytest.raises(WriteError) as caught:
        pin(root, lock=tmp_path / "nowhere" / "ppdarchive.lock")
    assert caught.value.__context__ is None


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
PINS = st.builds(
    Pin,
    archive=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    object_id=st.tuples(NAMES, NAMES).map("~".join),
    version=st.none() | st.text(min_size=1, max_size=50).filter(str.isprintable),
    number=st.integers(1, 999_999_999),
    inventory=st.binary(min_size=64, max_size=64).map(lambda digest: f"sha512:{digest.hex()}"),
    tombstones=st.integers(0, 9999),
)


@given(st.lists(PINS, unique_by=lambda pin: (pin.archive, pin.object_id)))
def test_what_is_written_is_read(pins: list[Pin]) -> None:
    """Any path and version, in an order that is always the same."""
    text = lock_text(pins)
    tomllib.loads(text)
    assert sorted(parse_lock(text.encode(), name="x"), key=repr) == sorted(pins, key=repr)
    assert lock_text(pins[::-1]) == text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.builds(
        lambda key, value: (
            lock_text([EXAMPLE]).replace(key, f"{json.dumps(value)}").encode("utf-8", "ignore")
        ),
        st.sampled_from(
            ['"../archive"', '"a~b"', '"1.0.0"', " 3", "1\n", "0\n", f'"{"sha512:" + "0" * 128}"', "[[pin]]"]
        ),
        VALUES,
    )
)
def test_any_bytes_are_a_lock_file_or_are_refused(data: bytes) -> None:
    """Nothing but our own error comes of any bytes, and it shows none of them."""
    try:
        pins = parse_lock(data, name="lock")
    except PpdArchiveError as error:
        code = error.code
    else:
        code = ""
        assert parse_lock(lock_text(pins).encode(), name="lock") == tuple(
            sorted(pins, key=lambda pin: (pin.object_id, pin.archive))
        )
    assert code in ("", "load.lock")


EXAMPLE = Pin("../archive", "a~b", "1.0.0", 3, f"sha512:{'0' * 128}", 0)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *(("format = 1", "format = 2"), ("format = 1", "format = true"), ("format = 1\n", "")),
        *(("format = 1", "format = 1\nmore = 1"), ('"a~b"', '"a/../b~c"'), ('"a~b"', '"a"'), ("= 3", "= 0")),
        *(('"1.0.0"', '"\\u001b[2J"'), ('"1.0.0"', f'"{"9" * 51}"')),
        *(("= 3", "= 3.0"), ("= 3", "= true"), ("tombstones = 0", "tombstones = -1"), ("sha512:", "sha256:")),
        *(('"../archive"', '""'), ('"../archive"', '"\\u0000"'), ("number = 3\n", ""), ("[[pin]]", "[pin]")),
        *(
            ("= 3", "= 3\nextra = 1"),
            ("format = 1", "format = 1\npin = 3\n[[x]]"),
            ("= 3", "= " + "9" * 5000),
        ),
        ("format = 1", "format = 1\nx = " + "[" * 5000),
    ],
)
def test_what_is_no_pin_is_refused(old: str, new: str) -> None:
    """Every value has its form, and none is left out or added."""
    text = lock_text([EXAMPLE])
    assert old in text
    with pytest.raises(LoadError) as caught:
        parse_lock(text.replace(old, new, 1).encode(), name="lock")
    assert caught.value.code == "load.lock"
    assert caught.value.__context__ is None


def test_pins_of_one_thing_or_of_too_much_are_refused() -> None:
    """Two pins of one archive and object; a file of over a million bytes."""
    block = lock_text([EXAMPLE]).partition("[[pin]]")
    for text in (block[0] + (block[1] + block[2]) * 2, lock_text([EXAMPLE]) + "#" * 2**20):
        with pytest.raises(LoadError):
            parse_lock(text.encode(), name="lock")
