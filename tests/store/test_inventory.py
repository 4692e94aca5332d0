"""Inventories follow from one another, and only what is safe to follow is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store import parsing
from ppdarchive.store.inventory import Inventory, User, inventory_text, sidecar_text, timestamp
from ppdarchive.store.parsing import parse_inventory, parse_sidecar
from ppdarchive.store.soundness import folded

from .strategies import digests, folders, inventories, nearly_inventories

ONE, TWO = "1" * 128, "a" * 128
CREATED = "2026-03-01T09:30:00Z"


def parsed(text: str | bytes) -> Inventory:
    """Read a document."""
    return parse_inventory(text.encode() if isinstance(text, str) else text, name="inventory.json")


def parsed_or_none(data: bytes) -> Inventory | None:
    """Read a document, or find that it is refused; any other error gets out."""
    try:
        return parsed(data)
    except StoreError:
        pass
    refused(data)
    return None


def refused(data: bytes) -> StoreError:
    """Why a document is refused."""
    with pytest.raises(StoreError) as caught:
        parse_inventory(data, name="inventory.json")
    assert caught.value.code == "store.inventory"
    assert caught.value.__context__ is None
    return caught.value


def document(**changes: Any) -> dict[str, Any]:
    """A document with two versions, changed."""
    first = Inventory.first("study~public", {"a.txt": ONE, "data/b.txt": ONE}, created=CREATED)
    second = first.next({"a.txt": TWO}, created=CREATED, message="More", user=User("Desk", "mailto:a@b.org"))
    return {**json.loads(inventory_text(second)), **changes}


@given(inventories())
def test_an_inventory_is_read_as_it_was_written(inventory: Inventory) -> None:
    """Text and back is identity, and the same value gives the same text."""
    text = inventory_text(inventory)
    assert parsed(text) == inventory
    assert inventory_text(parsed(text)) == text


@given(folders(), st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(folder: dict[str, bytes], random: Any) -> None:
    """However a folder was listed, the text is the same."""
    files = list(digests(folder).items())
    one = Inventory.first("study~public", dict(files), created=CREATED)
    random.shuffle(files)
    assert inventory_text(Inventory.first("study~public", dict(files), created=CREATED)) == inventory_text(
        one
    )


@given(inventories(), folders(), st.booleans())
def test_the_next_version_adds_and_changes_nothing(
    inventory: Inventory, folder: dict[str, bytes], dedupe: bool
) -> None:
    """What was is still there, and the new version has exactly the files it was given."""
    files = digests(folder)
    following = inventory.next(files, created=CREATED, dedupe=dedupe)
    assert following.head == inventory.head + 1
    assert following.extends(inventory)
    assert not inventory.extends(following)
    assert following.versions[-1].state == files
    for number in range(1, inventory.head + 1):
        assert following.content_paths(number) == inventory.content_paths(number)
        assert following.stored(number) == inventory.stored(number)


@given(inventories(), folders())
def test_a_version_opens_by_itself(inventory: Inventory, folder: dict[str, bytes]) -> None:
    """Without dedupe a version's own folder holds every file of it, at its own path."""
    files = digests(folder)
    following = inventory.next(files, created=CREATED)
    number = following.head
    assert following.content_paths(number) == {path: f"v{number}/content/{path}" for path in files}
    assert following.stored(number) == {f"v{number}/content/{path}": digest for path, digest in files.items()}


@given(inventories(), folders())
def test_with_dedupe_no_byte_is_stored_twice(inventory: Inventory, folder: dict[str, bytes]) -> None:
    """Only digests that no version holds yet are stored, each once."""
    files = digests(folder)
    following = inventory.next(files, created=CREATED, dedupe=True)
    stored = list(following.stored(following.head).values())
    assert sorted(stored) == sorted(set(files.values()) - inventory.manifest.keys())
    for path, place in following.content_paths(following.head).items():
        assert place in following.manifest[files[path]]


@given(st.binary(max_size=200) | nearly_inventories())
def test_any_bytes_are_an_inventory_or_refused(data: bytes) -> None:
    """Nothing but the documented error comes out, and what is read can be written again."""
    inventory = parsed_or_none(data)
    if inventory is not None:
        assert parsed(inventory_text(inventory)) == inventory


@given(inventories(max_versions=2), st.data())
def test_a_torn_inventory_is_refused_or_another_one(inventory: Inventory, data: st.DataObject) -> None:
    """Cut anywhere it is refused; with one byte flipped it is refused or says something else."""
    text = inventory_text(inventory).encode()
    place = data.draw(st.integers(0, len(text) - 2))
    refused(text[:place])
    flipped = bytearray(text)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    other = parsed_or_none(bytes(flipped))
    assert other is None or inventory_text(other).encode() != bytes(flipped) or other != inventory


def test_digests_are_the_same_in_upper_case() -> None:
    """Hexadecimal digits in either case are one digest."""
    shouting = json.dumps(document()).replace(TWO, TWO.upper(), 1)
    assert parsed(shouting) == parsed(json.dumps(document()))
    twice = document()
    twice["manifest"][TWO.upper()] = ["v2/content/c.txt"]
    assert "twice" in str(refused(json.dumps(twice).encode()))


BAD_PATHS = (
    *("", ".", "..", "/a", "a/", "a//b", "a/../b", "./a", "a/.", "a\\b", "c:a", "a\x00", "a\nb", "\ud800"),
    *("..\\a", "a/..", "\x7f"),
)


@pytest.mark.parametrize("path", BAD_PATHS)
def test_paths_that_lead_elsewhere_are_refused(path: str) -> None:
    """Neither a logical nor a content path leaves its folder, in anybody's way of writing it."""
    with pytest.raises(StoreError, match="no path inside a version"):
        Inventory.first("study~public", {path: ONE}, created=CREATED)
    state = document()
    state["versions"]["v2"]["state"][TWO] = [path]
    assert refused(json.dumps(state).encode()).pointer == "/versions/v2/state"
    manifest = document()
    manifest["manifest"][TWO] = [f"v2/content/{path}"]
    assert refused(json.dumps(manifest).encode()).pointer == "/manifest"


@pytest.mark.parametrize(
    "path",
    ["a.txt", "v2/a.txt", "v0/content/a", "v02/content/a", "v1/contents/a", "../v1/content/a", 7, None],
)
def test_content_lies_in_a_versions_content(path: Any) -> None:
    """A manifest names files below ``vN/content/`` only."""
    broken = document()
    broken["manifest"][TWO] = [path]
    assert refused(json.dumps(broken).encode()).pointer == f"/manifest/{TWO}"


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.txt", "A.TXT"), ("straße", "STRASSE"), ("\u00e9", "e\u0301"), ("a", "a/b"), ("a/b", "A/b/c")],
)
def test_paths_that_some_disk_takes_for_one_are_refused(one: str, other: str) -> None:
    """Case, Unicode forms and files that are folders elsewhere do not part two paths."""
    with pytest.raises(StoreError, match=r"case does not count|same path"):
        Inventory.first("study~public", {one: ONE, other: TWO}, created=CREATED)
    broken = document()
    broken["manifest"][TWO] = [f"v2/content/{one}", f"v2/content/{other}"]
    assert refused(json.dumps(broken).encode()).pointer == "/manifest"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda it: it.pop("id"), None),
        (lambda it: it.update(id=""), "/id"),
        (lambda it: it.update(id=["study"]), "/id"),
        (lambda it: it.update(more=1), None),
        (lambda it: it.update(type="https://ocfl.io/1.0/spec/#inventory"), "/type"),
        (lambda it: it.update(digestAlgorithm="sha256"), "/digestAlgorithm"),
        (lambda it: it.update(contentDirectory=".."), "/contentDirectory"),
        (lambda it: it.update(head="v1"), "/head"),
        (lambda it: it.update(head=2), "/head"),
        (lambda it: it.update(manifest=[]), "/manifest"),
        (lambda it: it["manifest"].update({"f" * 128: ["v1/content/x"]}), "/manifest"),
        (lambda it: it["manifest"].pop(TWO), "/versions/v2/state"),
        (lambda it: it["manifest"].update({TWO: []}), f"/manifest/{TWO}"),
        (lambda it: it["manifest"].update({TWO: ["v3/content/a.txt"]}), f"/manifest/{TWO}"),
        (lambda it: it.update(versions={}), "/versions"),
        (lambda it: it["versions"].update(v4=it["versions"]["v1"]), "/versions"),
        (lambda it: it["versions"].update(v2=[]), "/versions/v2"),
        (lambda it: it["versions"]["v1"].pop("created"), "/versions/v1"),
        (lambda it: it["versions"]["v1"].update(created="2026-03-01"), "/versions/v1/created"),
        (lambda it: it["versions"]["v1"].update(created="2026-03-01T09:30:00"), "/versions/v1/created"),
        (lambda it: it["versions"]["v1"].update(created="2026-02-30T09:30:00Z"), "/versions/v1/created"),
        (lambda it: it["versions"]["v1"].update(created=5), "/versions/v1/created"),
        (lambda it: it["versions"]["v1"].update(message=None), "/versions/v1/message"),
        (lambda it: it["versions"]["v1"].update(message="\ud800"), "/versions/v1/message"),
        (lambda it: it["versions"]["v1"].update(user="Desk"), "/versions/v1/user"),
        (lambda it: it["versions"]["v1"].update(user={"name": ""}), "/versions/v1/user/name"),
        (lambda it: it["versions"]["v2"]["user"].update(address=None), "/versions/v2/user/address"),
        (lambda it: it["versions"]["v2"].update(state={}), "/versions/v2/state"),
        (lambda it: it["versions"]["v2"]["state"].update({ONE: ["a.txt"]}), "/versions/v2/state"),
        (lambda it: it["versions"]["v2"]["state"].update({"ff": ["b"]}), "/versions/v2/state"),
    ],
)
def test_what_is_wrong_has_a_place(change: Callable[[dict[str, Any]], object], pointer: str | None) -> None:
    """Each broken rule is refused at its JSON pointer."""
    broken = document()
    change(broken)
    assert refused(json.dumps(broken).encode()).pointer == pointer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[]",
        b"NaN",
        b'{"id": 1' + b"0" * 5000 + b"}",
        b'{"id": "a", "id": "b"}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_document_is_refused(data: bytes) -> None:
    """Bytes of another encoding, deep nesting, long numbers and doubled keys end in the same error."""
    refused(data)


def test_a_huge_inventory_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is larger than any archive's inventory is not even decoded."""
    monkeypatch.setattr(parsing, "MAX_BYTES", 10)
    assert "over 10 bytes" in str(refused(json.dumps(document()).encode()))


def test_errors_hold_no_text_of_the_document() -> None:
    """A name in a path or a message does not come out in an error."""
    broken = document()
    broken["versions"]["v2"]["state"][TWO] = ["../Annemarie"]
    broken["versions"]["v2"]["message"] = "for Annemarie"
    assert "Annemarie" not in repr(refused(json.dumps(broken).encode()).__dict__)


@pytest.mark.parametrize(
    "created", ["2026-03-01t09:30:00.123456789z", "2026-03-01T09:30:60Z", "2026-03-01T09:30:00-11:30"]
)
def test_times_are_those_of_the_standard(created: str) -> None:
    """Lower case, fractions, leap seconds and offsets are times of RFC 3339."""
    assert Inventory.first("s~a", {"a": ONE}, created=created).versions[0].created == created


def test_a_moment_is_written_in_utc() -> None:
    """Wherever it was, the same moment is the same text."""
    moment = datetime(2026, 3, 1, 4, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert timestamp(moment) == CREATED


@given(inventories(max_versions=1))
def test_a_sidecar_says_the_digest(inventory: Inventory) -> None:
    """What is stated is read, in either case and with any blanks; anything else states nothing."""
    digest = next(iter(inventory.manifest))
    assert parse_sidecar(sidecar_text(digest).encode()) == digest
    assert parse_sidecar(f"{digest.upper()}\tinventory.json".encode()) == digest
    for wrong in (b"", b"\xff", digest.encode(), f"{digest} inventory.txt".encode(), b"12 inventory.json"):
        assert parse_sidecar(wrong) is None


@given(st.text(max_size=20))
def test_folding_twice_is_folding_once(path: str) -> None:
    """A folded path stays what it is."""
    assert folded(folded(path)) == folded(path)
