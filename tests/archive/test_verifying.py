"""Whatever is wrong with an archive is told by its code; what only looks wrong is not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.archive.releases import OBJECT, VERSIONS, add_signature, reseal, store, templates
from tests.store.made import CASES as CASES_OF_OCFL
from tests.store.made import Case

from ppdarchive.archive.verifying import Verified, verify_archive
from ppdarchive.archive.verifying_findings import CASES
from ppdarchive.archive.verifying_signatures import read_trusted
from ppdarchive.errors import ArchiveError, StoreError
from ppdarchive.store import layout
from ppdarchive.store.minisign import generate_key, public_key_text
from ppdarchive.store.publishing import make_root
from ppdarchive.store.records import Tombstone, tombstone_path, tombstone_text
from ppdarchive.store.repair import repair
from ppdarchive.store.trust import KeySet

pytestmark = pytest.mark.spoils_archive

KEY = generate_key()
NAN = float("nan")
KEYS = KeySet.of(KEY.public)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Return an archive of two releases."""
    return Path(shutil.copytree(templates() / "archive", tmp_path / "archive"))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[Path], None]], Path]:
    """Return what makes an archive whose first release an attacker has changed and sealed again."""

    def change(how: Callable[[Path], None]) -> Path:
        packages = [Path(shutil.copytree(templates() / version, tmp_path / version)) for version in VERSIONS]
        how(packages[0])
        reseal(packages[0])
        return store(tmp_path / "changed", packages)

    return change


def errors(verified: Verified) -> set[str]:
    """The codes of what is wrong."""
    assert all(each.what and each.place.isprintable() for each in verified.findings)
    found = {each.code for each in verified.findings if each.severity == "error"}
    assert verified.is_good == (not found)
    return found


def codes(verified: Verified) -> set[str]:
    """The codes of all that is told."""
    return {each.code for each in verified.findings}


# -- what is good ------------------------------------------------------------------------------------


def test_what_we_publish_is_good(archive: Path) -> None:
    """An archive as it was published has no error; that nobody signed it is said."""
    read: list[int] = []
    verified = verify_archive(archive, progress=read.append)
    assert codes(verified) == {"signature.unsigned"}
    assert verified.is_good
    assert [(each.name, each.number, each.is_good) for each in verified.releases] == [
        ("1.0.0", 1, True),
        ("1.1.0", 2, True),
    ]
    assert sum(read) == verified.summary.n_read_bytes == verified.summary.n_bytes > 0


def test_shared_bytes_are_verified_alike(tmp_path: Path) -> None:
    """Releases that share bytes are put together, and are as good."""
    packages = [templates() / version for version in VERSIONS]
    archive = store(tmp_path / "archive", packages, dedupe=True)
    assert not (archive / OBJECT / "v2/content/LICENSE").exists()
    assert codes(verify_archive(archive)) == {"signature.unsigned"}


def test_who_is_trusted_is_asked_for_every_release(archive: Path, tmp_path: Path) -> None:
    """With a key, an unsigned release is an error; without one, a signature is told and not judged."""
    add_signature(archive, 1, KEY)
    assert codes(verify_archive(archive)) == {"signature.unsigned", "signature.untrusted"}
    assert errors(verify_archive(archive, keys=KEYS)) == {"signature.unsigned"}
    add_signature(archive, 2, KEY)
    path = tmp_path / "key.pub"
    path.write_text(public_key_text(KEY.public))
    verified = verify_archive(archive, keys=read_trusted(path))
    assert not verified.findings
    signed = [each.signed for each in verified.releases]
    assert all(each is not None and each.verdict.is_good for each in signed)
    assert errors(verify_archive(archive, keys=KeySet.of(generate_key().public))) == {"signature.unknown-key"}
    revoked = KEYS.revoke(KEY.public.key_id, "lost")
    assert errors(verify_archive(archive, keys=revoked)) == {"signature.revoked-key"}


# -- damage ------------------------------------------------------------------------------------------

DAMAGED = {
    f"{OBJECT}/v1/content/data/participants.parquet": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/csv/participants.csv": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/README.md": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/CHANGELOG.md": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/codebook.md": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/datapackage.json": {"E092", "load.changed"},
    f"{OBJECT}/v1/content/SHA256SUMS": {"E092", "load.checksums"},
    f"{OBJECT}/v1/inventory.json": {"E033"},
    f"{OBJECT}/v1/inventory.json.sha512": {"E060"},
    f"{OBJECT}/v2/inventory.json.sha512": {"E060"},
    f"{OBJECT}/inventory.json": {"E033", "store.inventory"},
    f"{OBJECT}/inventory.json.sha512": {"E060", "archive.unfinished-publish"},
    f"{OBJECT}/0=ocfl_object_1.1": {"E007"},
    "0=ocfl_1.1": {"E080"},
    "ocfl_layout.json": {"E070"},
}


@pytest.mark.parametrize("path", DAMAGED)
def test_a_flipped_byte_is_found_wherever_it_is(archive: Path, path: str) -> None:
    """A byte that is another one, in each kind of file, with the codes that say what it does."""
    content = bytearray((archive / path).read_bytes())
    content[0] ^= 0x80
    (archive / path).write_bytes(content)
    assert errors(verify_archive(archive)) == DAMAGED[path]


@settings(max_examples=20)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), which=st.integers(0, 10**6))
def test_no_flipped_byte_is_missed(place: float, flip: int, which: int) -> None:
    """Any byte of any file of an object is missed by nobody."""
    archive = templates() / "archive"
    files = [path for path in sorted((archive / OBJECT).rglob("*")) if path.is_file()]
    path = files[which % len(files)]
    content = path.read_bytes()
    at = int(place * len(content))
    try:
        path.write_bytes(content[:at] + bytes([content[at] ^ flip]) + content[at + 1 :])
        assert not verify_archive(archive).is_good
    finally:
        path.write_bytes(content)


def test_a_missing_and_an_added_file_are_found(archive: Path) -> None:
    """What is gone and what came are told by OCFL's codes, and by the package's."""
    content = archive / OBJECT / "v1/content"
    (content / "LICENSE").unlink()
    assert errors(verify_archive(archive)) == {"E092", "store.damaged"}
    shutil.copy(content / "README.md", content / "LICENSE")
    (content / "more.txt").write_text("more")
    assert {"E023", "load.extra"} <= errors(verify_archive(archive))


def test_only_bytes_can_be_asked_for(archive: Path) -> None:
    """With `only_fixity` no table is read; what is wrong with bytes is found."""
    path = archive / OBJECT / "v1/content/data/responses.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    verified = verify_archive(archive, only_fixity=True)
    assert codes(verified) == {"E092"}
    assert verified.releases == ()


def test_one_release_can_be_asked_for(archive: Path) -> None:
    """Then only its bytes are read and only it is looked at."""
    path = archive / OBJECT / "v1/content/data/responses.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    verified = verify_archive(archive, version="1.1.0")
    assert verified.is_good
    assert [each.name for each in verified.releases] == ["1.1.0"]
    assert 0 < verified.summary.n_read_bytes < verified.summary.n_bytes
    assert errors(verify_archive(archive, version="v1")) == {"E092", "load.changed"}
    with pytest.raises(ArchiveError) as caught:
        verify_archive(archive, version="7.0.0")
    assert caught.value.code == "archive.no-such-release"
    assert "1.0.0, 1.1.0" in str(caught.value)


def test_of_several_objects_one_can_be_asked_for(archive: Path) -> None:
    """Study and audience choose; a wrong choice is told the right ones."""
    store(archive, [templates() / "1.0.0"], name="small~partners")
    assert errors(verify_archive(archive)) == {"release.object"}
    verified = verify_archive(archive, audience="public")
    assert verified.is_good
    assert {each.object_id for each in verified.releases} == {OBJECT}
    with pytest.raises(ArchiveError) as caught:
        verify_archive(archive, audience="nobody")
    assert "small~partners, small~public" in str(caught.value)


@pytest.mark.parametrize("kind", ["missing", "empty", "package"])
def test_what_is_no_archive_is_no_finding(tmp_path: Path, kind: str) -> None:
    """A place without an archive is wrong use."""
    (tmp_path / "empty").mkdir()
    place = templates() / "1.0.0" if kind == "package" else tmp_path / kind
    with pytest.raises(StoreError) as caught:
        verify_archive(place)
    assert caught.value.code == "store.not-found"


# -- who knows how digests are made ------------------------------------------------------------------


def swapped(package: Path) -> None:
    """Put another answer into a table and its copy."""
    path = package / "data/responses.parquet"
    table = pq.read_table(path)
    texts = pc.replace_substring(table["text"], "good", "bad")
    pq.write_table(table.set_column(table.column_names.index("text"), "text", texts), path)
    copy = package / "csv/responses.csv"
    copy.write_text(copy.read_text("utf-8").replace("good", "bad"), "utf-8")


def test_who_computes_every_digest_anew_has_no_key(changed: Callable[..., Path], archive: Path) -> None:
    """A table, its copy, checksums and inventories exchanged together: only the signature tells."""
    forged = changed(swapped)
    assert verify_archive(forged).is_good
    for number in (1, 2):
        add_signature(archive, number, KEY)
    shutil.copytree(archive / OBJECT / "extensions", forged / OBJECT / "extensions")
    assert errors(verify_archive(forged, keys=KEYS)) == {"signature.other-inventory"}
    shutil.rmtree(forged / OBJECT / "extensions")
    assert errors(verify_archive(forged, keys=KEYS)) == {"signature.unsigned"}
    for number in (1, 2):
        add_signature(forged, number, generate_key())
    assert errors(verify_archive(forged, keys=KEYS)) == {"signature.unknown-key"}


def test_signatures_are_of_their_version(archive: Path) -> None:
    """A good signature of one version under another's name, and what is no signature at all."""
    add_signature(archive, 1, KEY)
    path = add_signature(archive, 2, KEY, signs_as=1)
    assert errors(verify_archive(archive, keys=KEYS)) == {"signature.other-version"}
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], lines[2] + "x", *lines[3:]]) + "\n")
    assert errors(verify_archive(archive, keys=KEYS)) == {"signature.broken"}
    path.write_text("no signature")
    assert errors(verify_archive(archive, keys=KEYS)) == {"signature.unreadable", "signature.unsigned"}


def test_a_void_signature_is_said_as_such(archive: Path) -> None:
    """A removal that made a signature void is named; whoever gave a key is not content with that."""
    add_signature(archive, 2, KEY)
    name = KEY.public.name
    void = Tombstone(1, "spans", (1,), date(2026, 3, 1), "leak", {1: (name,)})
    path = archive / OBJECT / tombstone_path(1)
    path.parent.mkdir(parents=True)
    path.write_text(tombstone_text(void))
    verified = verify_archive(archive)
    assert codes(verified) == {"signature.untrusted", "signature.void"}
    assert verified.is_good
    assert name in next(each.what for each in verified.findings if each.code == "signature.void")
    assert errors(verify_archive(archive, keys=KEYS)) == {"signature.void"}
    path.write_text("{}")
    assert errors(verify_archive(archive)) == {"store.record"}


def without_key(package: Path) -> None:
    """Take a participant's key out of a table."""
    path = package / "data/participants.parquet"
    table = pq.read_table(path)
    keys = pa.array([None, *table["pid"].to_pylist()[1:]], pa.string())
    pq.write_table(table.set_column(table.column_names.index("pid"), "pid", keys), path)


def with_strange_value(package: Path) -> None:
    """Put a value into a table that is none of its categories."""
    path = package / "data/participants.parquet"
    table = pq.read_table(path)
    ages = pa.array(["7", *table["age"].to_pylist()[1:]], pa.string())
    pq.write_table(table.set_column(table.column_names.index("age"), "age", ages), path)


def members(package: Path, **own: Any) -> None:
    """Change members of the descriptor."""
    path = package / "datapackage.json"
    document = json.loads(path.read_text())
    for key, value in own.items():
        if isinstance(value, dict):
            document["ppdarchive"][key] = {**document["ppdarchive"].get(key, {}), **value}
        else:
            document[key] = value
    path.write_text(json.dumps(document))


def reworded(package: Path, path: str, before: str, after: str) -> None:
    """Exchange words of a file."""
    text = (package / path).read_text("utf-8")
    assert before in text
    (package / path).write_text(text.replace(before, after, 1), "utf-8")


LIES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "a row without its key": (without_key, {"release.rule", "release.copy"}),
    "a value that is no category": (with_strange_value, {"load.table"}),
    "a table that is none": (
        lambda package: (package / "data/participants.parquet").write_bytes(b"PAR1"),
        {"load.table"},
    ),
    "a copy that says more": (
        lambda package: reworded(package, "csv/responses.csv", "good", "very good"), {"release.copy"},
    ),
    "k": (lambda package: members(package, risk={"k": 7}), {"release.risk"}),
    "a risk": (lambda package: members(package, risk={"average_risk": 0.1}), {"release.risk"}),
    "a risk that is no number": (lambda package: members(package, risk={"k": "7"}), {"release.risk"}),
    "a risk that cannot be": (lambda package: members(package, risk={"k": NAN}), {"load.descriptor"}),
    "a risk beyond all": (lambda package: members(package, risk={"k": 10**400}), {"release.risk"}),
    "a worse risk": (lambda package: members(package, risk={"max_prosecutor_risk": 1.0, "k": 0}), set()),
    "a count": (
        lambda package: reworded(package, "codebook.md", "`28-37` | –", "`28-37` | 1,000"),
        {"release.counts"},
    ),
    "another version": (lambda package: members(package, version="3.0.0"), {"release.version"}),
    "rows": (
        lambda package: reworded(package, "README.md", "`responses` | –", "`responses` | 3,000"),
        {"release.rows"},
    ),
    "rows that are no number": (
        lambda package: reworded(package, "README.md", "`responses` | –", "`responses` | ,"),
        {"release.rows"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_what_a_package_says_of_itself_is_computed_again(changed: Callable[..., Path], lie: str) -> None:
    """With every digest in order, what does not follow from the published tables is told."""
    how, expected = LIES[lie]
    verified = verify_archive(changed(how))
    assert errors(verified) == expected
    assert all(each.release == "1.0.0" for each in verified.findings if each.severity == "error")


def test_no_cell_is_told(changed: Callable[..., Path]) -> None:
    """A finding about cells names the rule and counts rows."""

    def broken(package: Path) -> None:
        path = package / "data/responses.parquet"
        table = pq.read_table(path)
        keys = pa.array(["Zyxwanda" for _ in range(len(table))], pa.string())
        pq.write_table(table.set_column(table.column_names.index("pid"), "pid", keys), path)

    verified = verify_archive(changed(broken))
    assert {"release.rule", "release.copy"} == errors(verified)
    assert any("responses" in each.path and "foreign" in each.path for each in verified.findings)
    assert "Zyxwanda" not in repr(verified)


def test_exchanged_versions_are_found(tmp_path: Path) -> None:
    """A higher release that was published before a lower one."""
    packages = [templates() / version for version in reversed(VERSIONS)]
    assert errors(verify_archive(store(tmp_path / "archive", packages))) == {"release.version"}
    first = templates() / VERSIONS[0]
    archive = store(tmp_path / "twice", [first])
    shutil.copytree(templates() / "archive", tmp_path / "other")
    text = (tmp_path / "other" / OBJECT / "v2/inventory.json").read_text()
    text = text.replace("Release 1.0.0", "Release 2.0.0")
    for folder in (tmp_path / "other" / OBJECT, tmp_path / "other" / OBJECT / "v2"):
        (folder / "inventory.json").write_text(text)
        digest = hashlib.sha512(text.encode()).hexdigest()
        (folder / "inventory.json.sha512").write_text(f"{digest}  inventory.json\n")
    assert errors(verify_archive(tmp_path / "other")) == {"release.version", "release.version-order"}
    assert verify_archive(archive).is_good


# -- what is not finished ----------------------------------------------------------------------------


def test_an_unfinished_publish_is_said(archive: Path) -> None:
    """Between the folder and the inventory, and before the sidecar; after `repair` nothing is left to say."""
    folder = archive / OBJECT
    newest = {name: (folder / name).read_bytes() for name in ("inventory.json", "inventory.json.sha512")}
    for name in newest:
        shutil.copy(folder / "v1" / name, folder / name)
    assert errors(verify_archive(archive)) == {"E046", "archive.unfinished-publish"}
    (folder / "inventory.json").write_bytes(newest["inventory.json"])
    verified = verify_archive(archive)
    assert errors(verified) == {"E060", "archive.unfinished-publish"}
    assert any("ppdarchive repair" in each.remedy for each in verified.findings)
    (archive / layout.STAGING / f"{OBJECT}.{'0' * 32}").mkdir()
    assert "archive.leftovers" in codes(verify_archive(archive))
    assert repair(archive, OBJECT)
    assert codes(verify_archive(archive)) == {"signature.unsigned"}


def test_an_unfinished_purge_is_said(archive: Path) -> None:
    """A journal is told, and what readers find meanwhile is looked at."""
    shutil.copytree(archive / OBJECT, archive / layout.rewritten(OBJECT))
    (archive / layout.journal(OBJECT)).write_text("{}")
    shutil.rmtree(archive / OBJECT / "v1")
    verified = verify_archive(archive)
    assert {"archive.unfinished-purge", "E046"} <= errors(verified)
    assert [each.is_good for each in verified.releases] == [True, True]


# -- hostile archives --------------------------------------------------------------------------------

OPENED: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Note what is opened or listed, while somebody wants to know."""
    if OPENED is not None and event in ("open", "os.scandir", "os.listdir") and arguments[0] is not None:
        OPENED.append(os.fsdecode(arguments[0]) if not isinstance(arguments[0], int) else "")


sys.addaudithook(_watch)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Return the list of whatever is opened meanwhile."""
    global OPENED  # noqa: PLW0603
    OPENED = []
    yield OPENED
    OPENED = None


def link(archive: Path, path: str, outside: Path) -> None:
    """Put a link to something outside in a file's or folder's place."""
    target = outside / "file" if (archive / path).is_file() else outside
    if (archive / path).is_dir():
        shutil.rmtree(archive / path)
    else:
        (archive / path).unlink(missing_ok=True)
    (archive / path).parent.mkdir(parents=True, exist_ok=True)
    (archive / path).symlink_to(target)


LINKS = [
    f"{OBJECT}/v1/content/data/responses.parquet",
    f"{OBJECT}/v1/content/SHA256SUMS",
    f"{OBJECT}/v1/content/data",
    f"{OBJECT}/v1/content",
    f"{OBJECT}/v1",
    f"{OBJECT}/inventory.json",
    f"{OBJECT}/v1/inventory.json",
    f"{OBJECT}/extensions",
    f"{OBJECT}/extensions/ppdarchive/signatures",
    f"{OBJECT}/extensions/ppdarchive/signatures/v1",
    f"{OBJECT}/extensions/ppdarchive/signatures/v1/0000000000000000.minisig",
    f"{OBJECT}/extensions/ppdarchive/tombstones",
    "other~public",
]


@pytest.mark.parametrize("path", LINKS)
def test_a_link_is_told_and_never_followed(
    archive: Path, tmp_path: Path, path: str, opened: list[str]
) -> None:
    """Wherever a link stands, nothing that it leads to is opened or listed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("x")
    link(archive, path, outside)
    opened.clear()
    assert errors(verify_archive(archive, keys=KEYS))
    outer = [each for each in opened if Path(each).is_absolute() and Path(each).is_relative_to(tmp_path)]
    assert outer
    assert all(Path(each).resolve().is_relative_to(archive) for each in outer)


WAYS_OUT = {
    "up": "v1/content/../../../../outside/file",
    "absolute": "/etc/hostname",
    "backslash": "v1\\content\\..\\..\\file",
    "elsewhere": "inventory.json",
    "twin": "v1/content/readme.MD",
    "control": "v1/content/a\u001b[2Jb",
}


@pytest.mark.parametrize("where", ["manifest", "state"])
@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_path_leads_out(archive: Path, tmp_path: Path, way: str, where: str, opened: list[str]) -> None:
    """An inventory whose paths lead elsewhere is refused as it stands, though its digests are in order."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("x")
    folder = archive / OBJECT
    document = json.loads((folder / "inventory.json").read_text())
    path = WAYS_OUT[way]
    if where == "manifest":
        digest = next(iter(document["manifest"]))
        document["manifest"][digest].append(path)
    else:
        state = document["versions"]["v2"]["state"]
        next(iter(state.values())).append(path.removeprefix("v1/content/"))
    text = json.dumps(document)
    for each in (folder, folder / "v2"):
        (each / "inventory.json").write_text(text)
        (each / "inventory.json.sha512").write_text(
            f"{hashlib.sha512(text.encode()).hexdigest()}  inventory.json\n"
        )
    opened.clear()
    found = verify_archive(archive)
    legal = where == "state" and way == "elsewhere"
    assert errors(found) or legal
    outer = [each for each in opened if Path(each).is_absolute() and Path(each).is_relative_to(tmp_path)]
    assert all(Path(each).resolve().is_relative_to(archive) for each in outer)
    assert not any("outside" in each or each == "/etc/hostname" for each in opened)


def test_catalogue_is_sound() -> None:
    """Every case has a severity and words that end in no point, and what to do, which does."""
    for severity, what, remedy in CASES.values():
        assert severity in ("error", "warning", "note")
        assert what[0].islower() or what[0] in "{R"
        assert not what.endswith(".")
        assert remedy.endswith(".")


def test_what_leads_round_or_deep_ends(archive: Path) -> None:
    """Links that lead round, and more folders in each other than anybody has."""
    content = archive / OBJECT / "v1/content"
    (content / "round").symlink_to("..")
    (archive / OBJECT / "extensions").symlink_to(".")
    (archive / "round~public").symlink_to(".")
    assert {"E090", "load.link"} <= errors(verify_archive(archive))
    (content / "round").unlink()
    with many_folders(content):
        assert {"P002", "load.extra"} <= errors(verify_archive(archive))


@contextlib.contextmanager
def many_folders(folder: Path) -> Iterator[None]:
    """A file below more folders than Python goes down; they go at the end, since pytest could not."""
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(1200):
            Path("a").mkdir()
            os.chdir("a")
        Path("file").write_text("x")
        os.chdir(here)
        yield
    finally:
        os.chdir(folder / ("a/" * 1200))
        Path("file").unlink()
        for _ in range(1200):
            os.chdir("..")
            Path("a").rmdir()
        os.chdir(here)


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=() if number % 6 == 0 else pytest.mark.thorough)
        for number, (name, case) in enumerate(CASES_OF_OCFL.items())
    ],
)
def test_nothing_but_findings_comes_of_any_object(tmp_path: Path, case: Case) -> None:
    """Whatever is wrong with an object or a storage root, it is told, or there is no archive."""
    folder = tmp_path / "archive"
    if not case.is_root:
        make_root(folder)
    case.make().write(folder if case.is_root else folder / OBJECT)
    with contextlib.suppress(ArchiveError, StoreError):
        assert errors(verify_archive(folder, keys=KEYS))
