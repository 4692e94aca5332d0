"""OCFL objects and storage roots made for tests: good, doubtful and broken, each broken in one way.

Only the standard library is used, so that `scripts/record_ocfl.py` can write the same files in an
environment of its own and record what another validator says of them.
A case whose name OCFL/fixtures or the tests of ocfl-py have too shows what theirs does, made anew.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Document = dict[str, Any]

ANSWERS = b"participant,question,answer\np-3f,sleep,Four hours at most.\n"
CODES = b"code,text\n7,Nights\n"
NOTES = b""
CODES_2 = b"code,text\n7,Nights\n8,Work\n"


def sha(content: bytes, algorithm: str = "sha512") -> str:
    """Return a digest."""
    if algorithm == "blake2b-512":
        return hashlib.blake2b(content).hexdigest()
    return hashlib.new(algorithm, content).hexdigest()


@dataclass
class Made:
    """An object as it is being made: documents by the folder they lie in, files, empty folders, links.

    Inventories and their sidecars are written from the documents; `files` come after, so that a file
    given there replaces what would have been written, and None leaves it out.
    """

    documents: dict[str, Document] = field(default_factory=dict)
    files: dict[str, bytes | None] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Document:
        """The object's own inventory, which is also that of its newest version folder."""
        return self.documents[""]

    def rendered(self) -> dict[str, bytes]:
        """Return every file of the object, by its path."""
        written: dict[str, bytes | None] = {}
        for folder, document in self.documents.items():
            text = json.dumps(document, indent=1, sort_keys=True).encode()
            algorithm = document.get("digestAlgorithm", "sha512")
            algorithm = algorithm if algorithm in ("sha512", "sha256", "md5") else "sha512"
            prefix = f"{folder}/" if folder else ""
            written[f"{prefix}inventory.json"] = text
            written[f"{prefix}inventory.json.{algorithm}"] = (
                f"{sha(text, algorithm)} inventory.json\n".encode()
            )
        written.update(self.files)
        return {path: content for path, content in written.items() if content is not None}

    def write(self, folder: Path) -> Path:
        """Write the object into a folder, which may be there already."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.folders:
            (folder / path).mkdir(parents=True, exist_ok=True)
        for path, content in self.rendered().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        for path, target in self.links.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            if target.startswith("hard:"):
                os.link(folder / target[5:], folder / path)
            else:
                (folder / path).symlink_to(target)
        return folder


def version(created: str, files: dict[str, bytes], algorithm: str = "sha512") -> Document:
    """Return a version block of logical paths and their bytes."""
    state: dict[str, list[str]] = {}
    for path, content in files.items():
        state.setdefault(sha(content, algorithm), []).append(path)
    return {
        "created": created,
        "message": "One more wave",
        "user": {"name": "The study's archive", "address": "mailto:archive@example.org"},
        "state": state,
    }


def of_versions(
    *versions: dict[str, bytes],
    spec: str = "1.1",
    algorithm: str = "sha512",
    algorithms: tuple[str, ...] = (),
    name: str = "v{}",
    content: str | None = None,
    id_: str = "urn:example:nights",
    dedupe: bool = True,
) -> Made:
    """Make a good object whose versions hold these files.

    Parameters
    ----------
    versions : dict of str to bytes
        Logical path -> content.
    algorithms : tuple of str
        Of the inventory of each version; `algorithm` for all when empty.
    dedupe : bool
        Whether bytes that an earlier version has are not stored again.
    """
    made = Made(files={f"0=ocfl_object_{spec}": f"ocfl_object_{spec}\n".encode()})
    algorithms = algorithms or (algorithm,) * len(versions)
    stored: dict[str, bytes] = {}
    for number, files in enumerate(versions, start=1):
        folder = name.format(number)
        for path, content_ in files.items():
            if not dedupe or content_ not in stored.values():
                stored[f"{folder}/{content or 'content'}/{path}"] = content_
        algorithm = algorithms[number - 1]
        manifest: dict[str, list[str]] = {}
        for path, content_ in stored.items():
            manifest.setdefault(sha(content_, algorithm), []).append(path)
        document: Document = {
            "id": id_,
            "type": f"https://ocfl.io/{spec}/spec/#inventory",
            "digestAlgorithm": algorithm,
            "head": folder,
            "manifest": manifest,
            "versions": {
                name.format(n): version(f"2026-11-{n:02}T12:00:00Z", each, algorithm)
                for n, each in enumerate(versions[:number], start=1)
            },
        }
        if content is not None:
            document["contentDirectory"] = content
        made.documents[folder] = document
    made.documents[""] = made.documents[folder]
    made.files.update(stored)
    return made


V1 = {"answers.csv": ANSWERS, "codes/codes.csv": CODES}
V2 = {"answers.csv": ANSWERS, "codes/codes.csv": CODES_2, "notes.txt": NOTES}
V3 = {"answers.csv": ANSWERS, "codes/codes.csv": CODES, "copy.csv": ANSWERS}


def one(**options: Any) -> Made:
    """Make a good object of one version."""
    return of_versions(V1, **options)


def two(**options: Any) -> Made:
    """Make a good object of two versions."""
    return of_versions(V1, V2, **options)


def three(**options: Any) -> Made:
    """Make a good object of three versions."""
    return of_versions(V1, V2, V3, **options)


@dataclass(frozen=True)
class Case:
    """An object or a storage root, and the codes of its problems."""

    name: str
    codes: frozenset[str]
    make: Callable[[], Made]
    is_root: bool = False


CASES: dict[str, Case] = {}


def case(
    codes: str, *, base: Callable[[], Made] = one, is_root: bool = False
) -> Callable[[Callable[[Made], None]], Callable[[Made], None]]:
    """Add a case: a function that breaks a good object in one way, and the codes this shows."""

    def add(breaks: Callable[[Made], None]) -> Callable[[Made], None]:
        def make() -> Made:
            made = base()
            # The newest version folder's document is the root's until a case parts them.
            made.documents = copy.deepcopy(made.documents)
            breaks(made)
            return made

        name = breaks.__name__
        assert name not in CASES, name
        CASES[name] = Case(name, frozenset(codes.split()), make, is_root)
        return breaks

    return add


def state(made: Made, version_: str = "v1") -> dict[str, Any]:
    """Return the state of a version in the object's inventory."""
    found: dict[str, Any] = made.root["versions"][version_]["state"]
    return found


# -- good objects ------------------------------------------------------------------------------------


@case("")
def good_one_version(made: Made) -> None:
    """One version of two files."""


@case("", base=three)
def good_three_versions(made: Made) -> None:
    """Three versions: a change, an addition, a return to an earlier content and a copy."""


@case("", base=lambda: three(dedupe=False))
def good_every_version_whole(made: Made) -> None:
    """Every version stores every file."""


@case("", base=lambda: two(content="stuff"))
def good_content_folder_stuff(made: Made) -> None:
    """Another name for the content folder."""


@case("", base=lambda: of_versions({}))
def good_no_content(made: Made) -> None:
    """A version without files."""


@case("")
def good_uppercase_digests(made: Made) -> None:
    """Digests in upper case, everywhere the same."""
    made.root["manifest"] = {digest.upper(): paths for digest, paths in made.root["manifest"].items()}
    block = made.root["versions"]["v1"]
    block["state"] = {digest.upper(): paths for digest, paths in block["state"].items()}
    made.documents["v1"] = made.root


@case("")
def good_all_fixity_digests(made: Made) -> None:
    """A fixity block of every algorithm of the specification."""
    made.root["fixity"] = {
        algorithm: {sha(ANSWERS, algorithm): ["v1/content/answers.csv"]}
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b-512")
    }
    made.documents["v1"] = made.root


@case("")
def good_empty_fixity(made: Made) -> None:
    """A fixity block without an algorithm."""
    made.root["fixity"] = {}
    made.documents["v1"] = made.root


@case("")
def good_logs_and_registered_extension(made: Made) -> None:
    """A log, and an extension that is registered."""
    made.files["logs/2026.txt"] = b"checked\n"
    made.folders.append("extensions/0001-digest-algorithms")


@case("", base=lambda: two(spec="1.0"))
def good_ocfl_1_0(made: Made) -> None:
    """An object of OCFL 1.0."""


@case("", base=two)
def good_specification_upgraded(made: Made) -> None:
    """Version 1 follows OCFL 1.0, version 2 follows 1.1."""
    made.documents["v1"]["type"] = "https://ocfl.io/1.0/spec/#inventory"


@case("")
def good_digests_shared_by_files(made: Made) -> None:
    """Two logical paths with one content path, and content paths of other names than the logical ones."""
    made.root["manifest"] = {sha(ANSWERS): ["v1/content/0001"]}
    made.root["versions"]["v1"]["state"] = {sha(ANSWERS): ["a.csv", "b/c.csv"]}
    made.documents["v1"] = made.root
    made.files = {"0=ocfl_object_1.1": b"ocfl_object_1.1\n", "v1/content/0001": ANSWERS}


@case("")
def good_digest_without_logical_path(made: Made) -> None:
    """A digest of the state without a path, which the specification allows."""
    state(made)[sha(CODES)] = []
    made.documents["v1"] = made.root


# -- warnings ----------------------------------------------------------------------------------------


@case("W001", base=lambda: two(name="v{:04}"))
def W001_zero_padded_versions(made: Made) -> None:  # noqa: N802
    """Version numbers of four digits."""


@case("W001 W004 W005", base=lambda: two(name="v{:04}", algorithm="sha256", id_="nights"))
def W001_W004_W005_zero_padded_versions(made: Made) -> None:  # noqa: N802
    """The same with SHA-256 and an id that is no URI."""


@case("W002")
def W002_extra_dir_in_version_dir(made: Made) -> None:  # noqa: N802
    """A folder beside the content folder."""
    made.files["v1/extra/file.txt"] = b"x"


@case("W003", base=lambda: of_versions({}))
def W003_empty_content_dir(made: Made) -> None:  # noqa: N802
    """A content folder without a file."""
    made.folders.append("v1/content")


@case("W004", base=lambda: two(algorithm="sha256"))
def W004_uses_sha256(made: Made) -> None:  # noqa: N802
    """SHA-256 throughout."""


@case("W004", base=lambda: two(algorithms=("sha256", "sha512")))
def W004_versions_diff_digests(made: Made) -> None:  # noqa: N802
    """SHA-256 in the first version, SHA-512 from the second on."""


@case("W005", base=lambda: one(id_="nights~public"))
def W005_id_not_uri(made: Made) -> None:  # noqa: N802
    """An id as ours are."""


@case("W007")
def W007_no_message_or_user(made: Made) -> None:  # noqa: N802
    """Nobody says who and why."""
    del made.root["versions"]["v1"]["message"], made.root["versions"]["v1"]["user"]
    made.documents["v1"] = made.root


@case("W008")
def W008_user_no_address(made: Made) -> None:  # noqa: N802
    """A name without an address."""
    del made.root["versions"]["v1"]["user"]["address"]
    made.documents["v1"] = made.root


@case("W009")
def W009_user_address_not_uri(made: Made) -> None:  # noqa: N802
    """An address that is no URI."""
    made.root["versions"]["v1"]["user"]["address"] = "second floor"
    made.documents["v1"] = made.root


@case("W010", base=two)
def W010_no_version_inventory(made: Made) -> None:  # noqa: N802
    """The first version folder has no inventory."""
    del made.documents["v1"]


@case("W011", base=two)
def W011_version_inv_diff_metadata(made: Made) -> None:  # noqa: N802
    """The first version's message was another once."""
    made.documents["v1"]["versions"]["v1"]["message"] = "The first wave"


@case("W013")
def W013_unregistered_extension(made: Made) -> None:  # noqa: N802
    """An extension of our own."""
    made.files["extensions/ppdarchive/signatures/v1.minisig"] = b"untrusted comment:\n"


# -- the object's root -------------------------------------------------------------------------------


@case("E001")
def E001_extra_file_in_root(made: Made) -> None:  # noqa: N802
    """A file that does not belong there."""
    made.files["README.txt"] = b"x"


@case("E001")
def E001_extra_dir_in_root(made: Made) -> None:  # noqa: N802
    """A folder that does not belong there."""
    made.files["drafts/a.txt"] = b"x"


@case("E001")
def E001_v2_file_in_root(made: Made) -> None:  # noqa: N802
    """A file named as a version."""
    made.files["v2"] = b"x"


@case("E003 E063", base=Made)
def E003_E063_empty(made: Made) -> None:  # noqa: N802
    """An empty folder."""


@case("E003")
def E003_no_decl(made: Made) -> None:  # noqa: N802
    """No declaration."""
    del made.files["0=ocfl_object_1.1"]


@case("E003")
def E003_two_declarations(made: Made) -> None:  # noqa: N802
    """Declarations of 1.0 and 1.1."""
    made.files["0=ocfl_object_1.0"] = b"ocfl_object_1.0\n"


@case("E004")
def E004_unknown_version(made: Made) -> None:  # noqa: N802
    """A declaration of a version that there is not."""
    del made.files["0=ocfl_object_1.1"]
    made.files["0=ocfl_object_7.0"] = b"ocfl_object_7.0\n"


@case("E005")
def E005_other_tag(made: Made) -> None:  # noqa: N802
    """A declaration with another Namaste tag."""
    del made.files["0=ocfl_object_1.1"]
    made.files["1=ocfl_object_1.1"] = b"ocfl_object_1.1\n"


@case("E006")
def E006_other_declaration(made: Made) -> None:  # noqa: N802
    """A declaration of something else."""
    del made.files["0=ocfl_object_1.1"]
    made.files["0=bagit_1.0"] = b"bagit_1.0\n"


@case("E007")
def E007_bad_declaration_contents(made: Made) -> None:  # noqa: N802
    """A declaration that holds other text."""
    made.files["0=ocfl_object_1.1"] = b"An object of nights.\n"


@case("E007")
def E007_declaration_without_newline(made: Made) -> None:  # noqa: N802
    """A declaration that was cut off."""
    made.files["0=ocfl_object_1.1"] = b"ocfl_object_1.1"


@case("E063")
def E063_no_inv(made: Made) -> None:  # noqa: N802
    """No inventory at the root."""
    made.files["inventory.json"] = None
    made.files["inventory.json.sha512"] = None


@case("E067")
def E067_file_in_extensions_dir(made: Made) -> None:  # noqa: N802
    """A file directly in extensions."""
    made.files["extensions/notes.txt"] = b"x"


# -- version folders ---------------------------------------------------------------------------------


def renamed(made: Made, before: str, after: str) -> None:
    """Give a version folder another name, everywhere."""
    made.documents[after] = made.documents.pop(before)
    for document in {id(document): document for document in made.documents.values()}.values():
        document["versions"] = {
            after if name == before else name: block for name, block in document["versions"].items()
        }
        document["head"] = after if document["head"] == before else document["head"]
        for paths in document["manifest"].values():
            paths[:] = [
                after + path[len(before) :] if path.startswith(f"{before}/") else path for path in paths
            ]
    for path in [path for path in made.files if path.startswith(f"{before}/")]:
        made.files[after + path[len(before) :]] = made.files.pop(path)


@case("E008 E036")
def E008_E036_no_versions_no_head(made: Made) -> None:  # noqa: N802
    """No version and no head."""
    made.root["versions"] = {}
    made.root["manifest"] = {}
    del made.root["head"]
    del made.documents["v1"]
    made.files = {"0=ocfl_object_1.1": b"ocfl_object_1.1\n"}


@case("E009")
def E009_version_two_only(made: Made) -> None:  # noqa: N802
    """The only version is the second."""
    renamed(made, "v1", "v2")


@case("E010", base=three)
def E010_skipped_versions(made: Made) -> None:  # noqa: N802
    """The third version is called the fourth."""
    renamed(made, "v3", "v4")


@case("E046", base=lambda: of_versions(V1, {"answers.csv": ANSWERS}))
def E010_missing_versions(made: Made) -> None:  # noqa: N802
    """The newest version, which has no content of its own, has no folder."""
    del made.documents["v2"]


@case("E011 W001", base=lambda: of_versions(*[V1] * 10, name="v{:02}"))
def E011_E013_invalid_padded_head_version(made: Made) -> None:  # noqa: N802
    """After v09 comes v10."""


@case("E012 W001", base=lambda: of_versions(V1, V2, name="v{:02}"))
def E012_mixed_padding(made: Made) -> None:  # noqa: N802
    """After v01 comes v2."""
    renamed(made, "v02", "v2")


@case("E001 E042 E104")
def E001_invalid_version_format(made: Made) -> None:  # noqa: N802
    """The first version is called 1."""
    renamed(made, "v1", "1")


@case("E104")
def E104_name_without_v(made: Made) -> None:  # noqa: N802
    """One more version, whose name is a number."""
    made.root["versions"]["2"] = made.root["versions"]["v1"]


@case("E105")
def E105_version_zero(made: Made) -> None:  # noqa: N802
    """One more version, v0."""
    made.root["versions"]["v0"] = made.root["versions"]["v1"]


@case("E015")
def E015_extra_file_in_version_dir(made: Made) -> None:  # noqa: N802
    """A file beside a version's inventory."""
    made.files["v1/README.txt"] = b"x"


@case("E042 E015")
def E015_content_not_in_content_dir(made: Made) -> None:  # noqa: N802
    """A content file directly in the version folder."""
    made.files["v1/answers.csv"] = made.files.pop("v1/content/answers.csv")
    made.root["manifest"][sha(ANSWERS)] = ["v1/answers.csv"]
    made.documents["v1"] = made.root


@case("E024")
def E024_empty_dir_in_content(made: Made) -> None:  # noqa: N802
    """An empty folder among the content."""
    made.folders.append("v1/content/empty")


@case("E046", base=lambda: of_versions(V1, {"answers.csv": ANSWERS}, V1))
def E046_missing_version_dir(made: Made) -> None:  # noqa: N802
    """A version between two others, all of whose content lies in the first, has no folder."""
    del made.documents["v2"]


@case("E046", base=two)
def E046_root_not_most_recent(made: Made) -> None:  # noqa: N802
    """A second version folder of which the object's inventory knows nothing: a publish that stopped."""
    made.documents[""] = made.documents["v1"]


# -- sidecars ----------------------------------------------------------------------------------------


@case("E058")
def E058_no_sidecar(made: Made) -> None:  # noqa: N802
    """No sidecar at the root."""
    made.files["inventory.json.sha512"] = None


@case("E058", base=two)
def E058_no_version_sidecar(made: Made) -> None:  # noqa: N802
    """No sidecar in a version folder."""
    made.files["v1/inventory.json.sha512"] = None


@case("E059")
def E059_other_algorithm(made: Made) -> None:  # noqa: N802
    """A sidecar of SHA-256 beside an inventory of SHA-512."""
    made.files["inventory.json.sha256"] = (
        f"{sha(made.rendered()['inventory.json'], 'sha256')} inventory.json\n".encode()
    )
    made.files["inventory.json.sha512"] = None


@case("E060")
def E060_root_sidecar_of_another_inventory(made: Made) -> None:  # noqa: N802
    """A sidecar with the digest of other bytes."""
    made.files["inventory.json.sha512"] = f"{sha(b'other')} inventory.json\n".encode()


@case("E060 E064", base=two)
def E060_E064_root_inventory_digest_mismatch(made: Made) -> None:  # noqa: N802
    """The root inventory was changed after it was published."""
    made.files["inventory.json.sha512"] = made.rendered()["inventory.json.sha512"]
    made.documents[""] = copy.deepcopy(made.root)
    made.root["versions"]["v2"]["message"] = "Another message"


@case("E060", base=two)
def E060_version_inventory_digest_mismatch(made: Made) -> None:  # noqa: N802
    """A version's sidecar with the digest of other bytes."""
    made.files["v1/inventory.json.sha512"] = f"{sha(b'other')} inventory.json\n".encode()


@case("E061")
def E061_invalid_sidecar(made: Made) -> None:  # noqa: N802
    """A sidecar without the inventory's name."""
    made.files["inventory.json.sha512"] = sha(made.rendered()["inventory.json"]).encode() + b"\n"


@case("E064", base=two)
def E064_different_root_and_latest_inventories(made: Made) -> None:  # noqa: N802
    """The newest version folder has another inventory, with a sidecar that fits it."""
    made.documents["v2"] = copy.deepcopy(made.root)
    made.documents["v2"]["versions"]["v2"]["message"] = "Another message"


# -- the inventory -----------------------------------------------------------------------------------


@case("E033")
def E033_inventory_bad_json(made: Made) -> None:  # noqa: N802
    """No JSON."""
    made.files["inventory.json"] = made.rendered()["inventory.json"][:-20]


@case("E033")
def E033_not_an_object(made: Made) -> None:  # noqa: N802
    """A list."""
    made.files["inventory.json"] = b"[]\n"


@case("E033")
def E033_key_twice(made: Made) -> None:  # noqa: N802
    """A key that stands twice, so that two readers see two objects."""
    text = made.rendered()["inventory.json"].replace(b'"id":', b'"id": "urn:example:other", "id":')
    for folder in ("", "v1/"):
        made.files[f"{folder}inventory.json"] = text
        made.files[f"{folder}inventory.json.sha512"] = f"{sha(text)} inventory.json\n".encode()


def with_root(made: Made, **keys: Any) -> None:
    """Set keys of the inventory, everywhere; Ellipsis takes one out."""
    for key, value in keys.items():
        if value is ...:
            del made.root[key]
        else:
            made.root[key] = value
    made.documents[max(made.documents)] = made.root


def with_version(made: Made, **keys: Any) -> None:
    """Set keys of the first version, everywhere; Ellipsis takes one out."""
    block = made.root["versions"]["v1"]
    for key, value in keys.items():
        if value is ...:
            del block[key]
        else:
            block[key] = value
    made.documents["v1"] = made.root


def add(codes: str, name: str, breaks: Callable[[Made], None], base: Callable[[], Made] = one) -> None:
    """Add a case that one line breaks."""
    breaks.__name__ = name
    case(codes, base=base)(breaks)


def a_file_more(path: str, content: bytes = b"more") -> Callable[[Made], None]:
    """Return what adds a file of such a content path to manifest and state, and not to the disk."""

    def breaks(made: Made) -> None:
        made.root["manifest"][sha(content)] = [path]
        state(made)[sha(content)] = ["more.txt"]
        made.documents["v1"] = made.root

    return breaks


def a_logical_path(*paths: Any) -> Callable[[Made], None]:
    """Return what gives the answers such logical paths."""

    def breaks(made: Made) -> None:
        state(made)[sha(ANSWERS)] = list(paths)
        made.documents["v1"] = made.root

    return breaks


def with_fixity(fixity: Any) -> Callable[[Made], None]:
    """Return what sets the fixity block."""
    return lambda made: with_root(made, fixity=fixity)


def without_versions(made: Made, versions: Any) -> None:
    """Leave an object without content, and something else than versions."""
    made.documents = {"": {**made.root, "manifest": {}}}
    with_root(made, versions=versions)
    made.files = {"0=ocfl_object_1.1": b"ocfl_object_1.1\n"}


MD5 = sha(ANSWERS, "md5")
PATH = "v1/content/answers.csv"

add("E036", "E036_no_id", lambda made: with_root(made, id=...))
add("E036", "E036_no_type", lambda made: with_root(made, type=...))
add("E036", "E036_no_head", lambda made: with_root(made, head=...))
add("E036", "E036_no_digest_algorithm", lambda made: with_root(made, digestAlgorithm=...))
add("E037", "E037_id_not_a_text", lambda made: with_root(made, id=7))
add("E037", "E037_empty_id", lambda made: with_root(made, id=""))
add("E038", "E038_type_not_str", lambda made: with_root(made, type=1.1))
add("E038", "E038_unknown_type", lambda made: with_root(made, type="https://example.org/inventory"))
add(
    "E038", "E038_type_not_declared", lambda made: with_root(made, type="https://ocfl.io/1.0/spec/#inventory")
)
add("E025", "E025_wrong_digest_algorithm", lambda made: with_root(made, digestAlgorithm="md5"))
add("E025", "E025_digest_algorithm_not_a_text", lambda made: with_root(made, digestAlgorithm=["sha512"]))
add("E040", "E040_wrong_head_doesnt_exist", lambda made: with_root(made, head="v2"))
add("E040", "E040_wrong_head_format", lambda made: with_root(made, head=1))
add("E041", "E041_no_manifest", lambda made: with_root(made, manifest=...))
add("E041", "E041_no_versions", lambda made: without_versions(made, ...))
add("E045", "E045_versions_not_object", lambda made: without_versions(made, []))
add("E106", "E041_manifest_not_object", lambda made: with_root(made, manifest=[]))
add("E017", "E017_invalid_content_dir", lambda made: with_root(made, contentDirectory="content/dir"))
add("E018", "E018_content_dir_dots", lambda made: with_root(made, contentDirectory=".."))
add("E108", "E108_content_dir_not_a_name", lambda made: with_root(made, contentDirectory=""))
add("E108", "E108_content_dir_not_a_text", lambda made: with_root(made, contentDirectory=1))
add("E102", "E102_unknown_key", lambda made: with_root(made, licence="CC-BY-4.0"))
add("E102", "E102_unknown_version_key", lambda made: with_version(made, number=1))
add(
    "E102",
    "E102_unknown_user_key",
    lambda made: with_version(made, user={"name": "Archive", "address": "mailto:a@example.org", "role": "x"}),
)

add(
    "E030 W004",
    "E030_manifest_digest_form",
    lambda made: digest_form(made, "sha256", "x" * 64),
    lambda: one(algorithm="sha256"),
)
add("E031", "E031_manifest_digest_form", lambda made: digest_form(made, "sha512", "x" * 128))
add(
    "E039", "E039_digest_of_other_algorithm", lambda made: digest_form(made, "sha512", sha(ANSWERS, "sha256"))
)
add("E092", "E092_not_a_list", lambda made: made.root["manifest"].__setitem__(sha(ANSWERS), PATH))
add(
    "E092",
    "E092_digest_without_path",
    lambda made: (
        made.root["manifest"].update({sha(b"more"): []}),
        state(made).update({sha(b"more"): ["more.txt"]}),
    )[0],
)
add("E098", "E098_content_path_not_a_text", a_file_more(7))  # type: ignore[arg-type]
add("E100", "E100_content_path_slash", a_file_more("/v1/content/more.txt"))
add("E099", "E099_bad_content_path_elements", a_file_more("v1/content/../../../more.txt"))
add("E035", "E035_backslashes", a_file_more("v1\\content\\more.txt"))
add("E042", "E042_bad_manifest_content_path", a_file_more("more.txt"))
add("E042", "E042_wrong_content_folder", a_file_more("v1/data/more.txt"))
add("E042", "E042_path_in_unknown_version", a_file_more("v7/content/more.txt"))
add("E014", "E014_version_written_otherwise", a_file_more("v01/content/more.txt"))
add("P003", "P003_control_character", a_file_more("v1/content/a\x1b[2J"))


def digest_form(made: Made, algorithm: str, digest: str) -> None:
    """Give the answers another digest, in manifest and state; the state's form is not told as well."""
    made.root["manifest"][digest] = made.root["manifest"].pop(sha(ANSWERS, algorithm))
    state(made)[digest] = state(made).pop(sha(ANSWERS, algorithm))
    made.documents["v1"] = made.root


@case("E096")
def E096_manifest_repeated_digest(made: Made) -> None:  # noqa: N802
    """One digest in lower and in upper case."""
    made.root["manifest"][sha(ANSWERS).upper()] = ["v1/content/again.csv"]
    made.files["v1/content/again.csv"] = ANSWERS
    made.documents["v1"] = made.root


@case("E101")
def E101_non_unique_content_paths(made: Made) -> None:  # noqa: N802
    """One content path twice in a list."""
    made.root["manifest"][sha(ANSWERS)] = [PATH, PATH]
    made.documents["v1"] = made.root


@case("E101 E092")
def E101_conflicting_content_paths(made: Made) -> None:  # noqa: N802
    """A content path below another one."""
    a_file_more(f"{PATH}/more.txt")(made)


@case("E107")
def E107_file_in_manifest_not_used(made: Made) -> None:  # noqa: N802
    """A digest that no state has."""
    made.root["manifest"][sha(b"more")] = ["v1/content/more.txt"]
    made.files["v1/content/more.txt"] = b"more"
    made.documents["v1"] = made.root


@case("P003")
def P003_content_paths_that_differ_in_case(made: Made) -> None:  # noqa: N802
    """Two content paths that are one on many disks."""
    made.root["manifest"][sha(ANSWERS)] = [PATH, "v1/content/ANSWERS.csv"]
    made.files["v1/content/ANSWERS.csv"] = ANSWERS
    made.documents["v1"] = made.root


# -- versions ----------------------------------------------------------------------------------------

add("E047", "E047_version_not_an_object", lambda made: made.root["versions"].update(v1=None))
add("E048", "E048_no_created", lambda made: with_version(made, created=...))
add("E048", "E048_no_state", lambda made: with_version(made, state=...))
add("E049", "E049_created_no_timezone", lambda made: with_version(made, created="2026-11-01T12:00:00"))
add("E049", "E049_created_not_to_seconds", lambda made: with_version(made, created="2026-11-01T12:00Z"))
add("E049", "E049_created_no_such_day", lambda made: with_version(made, created="2026-02-30T12:00:00Z"))
add("E049", "E049_created_not_a_text", lambda made: with_version(made, created=1793534400))
add("E050", "E050_state_not_an_object", lambda made: with_version(made, state=[]))
add("E050", "E050_state_not_a_list", lambda made: state(made).update({sha(ANSWERS): "answers.csv"}))
add("E050", "E050_digest_form", lambda made: state(made).update({"abc": ["more.txt"]}))
add(
    "E050", "E050_state_digest_not_in_manifest", lambda made: state(made).update({sha(b"more"): ["more.txt"]})
)
add(
    "E050",
    "E050_state_digest_different_case",
    lambda made: state(made).update({sha(ANSWERS).upper(): state(made).pop(sha(ANSWERS))}),
)
add(
    "E050",
    "E050_state_repeated_digest",
    lambda made: state(made).update({sha(ANSWERS).upper(): ["more.txt"]}),
)
add(
    "E050",
    "E050_manifest_digest_wrong_case",
    lambda made: made.root["manifest"].update(
        {sha(ANSWERS).upper(): made.root["manifest"].pop(sha(ANSWERS))}
    ),
)
add("E051", "E051_logical_path_not_a_text", a_logical_path("answers.csv", 7))
add("E052", "E052_logical_path_elements", a_logical_path("../answers.csv"))
add("E053", "E053_logical_path_slash", a_logical_path("/answers.csv"))
add(
    "E052 E053",
    "E053_E052_invalid_logical_paths",
    a_logical_path("/answers.csv", "a//b", "../../answers.csv"),
)
add("E095", "E095_conflicting_logical_paths", a_logical_path("answers.csv", "answers.csv/wave1"))
add("E095", "E095_non_unique_logical_paths", a_logical_path("answers.csv", "answers.csv"))
add("P003", "P003_logical_paths_that_differ_in_case", a_logical_path("answers.csv", "Answers.csv"))
add("E094", "E094_message_not_a_string", lambda made: with_version(made, message=["One", "more"]))
add("E054", "E054_user_not_an_object", lambda made: with_version(made, user="Archive"))
add(
    "E054",
    "E054_user_without_name",
    lambda made: with_version(made, user={"address": "mailto:a@example.org"}),
)
add(
    "E054", "E054_address_not_a_text", lambda made: with_version(made, user={"name": "Archive", "address": 7})
)
add(
    "E049 E050 E054 E094",
    "E049_E050_E054_bad_version_block_values",
    lambda made: with_version(made, created=1, state="x", user="y", message=2),
)

# -- fixity ------------------------------------------------------------------------------------------

add("E056", "E056_null_fixity", with_fixity(None), lambda: one(spec="1.0"))
add("E111", "E111_null_fixity", with_fixity(None))
add("E056", "E056_unknown_algorithm", with_fixity({"crc7": {"ab": [PATH]}}))
add("E057", "E057_algorithm_not_an_object", with_fixity({"md5": [PATH]}))
add("E057", "E057_not_a_list", with_fixity({"md5": {MD5: PATH}}))
add("E057", "E057_digest_form", with_fixity({"md5": {"ab": [PATH]}}))
add("E057", "E057_path_not_in_manifest", with_fixity({"md5": {MD5: ["v1/content/more.txt"]}}))
add("E029", "E029_sha1_form", with_fixity({"sha1": {"ab": [PATH]}}))
add("E032", "E032_blake2b_form", with_fixity({"blake2b-512": {"ab": [PATH]}}))
add("E097", "E097_fixity_repeated_digest", with_fixity({"md5": {MD5: [PATH], MD5.upper(): [PATH]}}))
add("E093", "E093_fixity_digest_mismatch", with_fixity({"md5": {sha(CODES, "md5"): [PATH]}}))
add(
    "E099 E100",
    "E100_E099_fixity_invalid_content_paths",
    with_fixity({"md5": {MD5: [f"/{PATH}", "v1/content/../../x", "v1/content//answers.csv"]}}),
)


@case("E099 E100")
def E100_E099_manifest_invalid_content_paths(made: Made) -> None:  # noqa: N802
    """Content paths that leave the object in four ways."""
    for number, path in enumerate(
        ("/v1/content/more.txt", "v1/content/../more", "v1/content/./more", "v1/content//more")
    ):
        content = bytes([number])
        made.root["manifest"][sha(content)] = [path]
        state(made)[sha(content)] = [f"{number}.txt"]
    made.documents["v1"] = made.root


# -- content against inventories ---------------------------------------------------------------------


@case("E023")
def E023_extra_file(made: Made) -> None:  # noqa: N802
    """A content file that nobody knows."""
    made.files["v1/content/more.txt"] = b"more"


@case("E092")
def E023_missing_file(made: Made) -> None:  # noqa: N802
    """A content file that is gone."""
    made.files[PATH] = None


@case("E092")
def E092_content_file_digest_mismatch(made: Made) -> None:  # noqa: N802
    """A content file with one byte changed."""
    made.files[PATH] = ANSWERS.replace(b"Four", b"Five")


@case("E092")
def E092_bad_manifest_digest(made: Made) -> None:  # noqa: N802
    """A wrong digest in manifest and state alike."""
    digest_form(made, "sha512", sha(b"other"))


@case("E092 E093")
def E092_E093_content_path_does_not_exist(made: Made) -> None:  # noqa: N802
    """A file of manifest and fixity that is gone."""
    with_root(made, fixity={"md5": {MD5: [PATH]}})
    made.files[PATH] = None


@case("E023", base=lambda: of_versions(V1, V1, V1))
def E023_old_manifest_missing_entries(made: Made) -> None:  # noqa: N802
    """The second version's inventory lacks a second copy of a file that the first and third have."""
    made.files["v1/content/copy.csv"] = ANSWERS
    for folder in ("v1", "v3"):
        made.documents[folder]["manifest"][sha(ANSWERS)].append("v1/content/copy.csv")


@case("E023", base=two)
def E023_first_manifest_missing_entries(made: Made) -> None:  # noqa: N802
    """The first version's inventory does not have a second copy of a file that it should."""
    made.files["v1/content/copy.csv"] = ANSWERS
    made.root["manifest"][sha(ANSWERS)].append("v1/content/copy.csv")
    made.documents["v2"] = made.root


@case("E093", base=two)
def E093_fixity_digest_mismatch_in_v1(made: Made) -> None:  # noqa: N802
    """A wrong digest in the fixity block of an earlier inventory only."""
    made.documents["v1"]["fixity"] = {"md5": {sha(CODES, "md5"): [PATH]}}


# -- an inventory against those of earlier versions --------------------------------------------------


@case("E110", base=two)
def E037_inconsistent_id(made: Made) -> None:  # noqa: N802
    """The first version had another id."""
    made.documents["v1"]["id"] = "urn:example:days"


@case("E040", base=two)
def E040_head_not_most_recent(made: Made) -> None:  # noqa: N802
    """The head is not the newest version."""
    made.root["head"] = "v1"
    made.documents["v2"] = made.root


@case("E040", base=three)
def E040_wrong_version_in_version_dir(made: Made) -> None:  # noqa: N802
    """The second version folder has the third version's inventory."""
    made.documents["v2"] = made.root


@case("E019", base=two)
def E019_content_dir_set_in_v2_not_v1(made: Made) -> None:  # noqa: N802
    """The key is set in the second version only, to what it is anyway."""
    with_root(made, contentDirectory="content")


@case("E020", base=lambda: of_versions({}, V1, content="stuff"))
def E020_inconsistent_content_directory(made: Made) -> None:  # noqa: N802
    """Another content folder in the first version, which stores nothing."""
    made.documents["v1"]["contentDirectory"] = "data"


@case("E020 E042 E092 W002", base=lambda: of_versions(V1, V1, content="stuff"))
def E019_inconsistent_content_dir(made: Made) -> None:  # noqa: N802
    """The key is set in the first version and not in the second, whose manifest still has its paths."""
    with_root(made, contentDirectory=...)


@case("E040 E066", base=three)
def E066_earlier_has_other_versions(made: Made) -> None:  # noqa: N802
    """The second version folder's inventory has the third version already."""
    made.documents["v2"]["versions"]["v3"] = made.root["versions"]["v3"]


@case("E066", base=two)
def E066_changed_v1_logical_path(made: Made) -> None:  # noqa: N802
    """A file of the first version had another name then."""
    made.documents["v1"]["versions"]["v1"]["state"][sha(ANSWERS)] = ["replies.csv"]


@case("E066", base=two)
def E066_changed_content_for_logical_path(made: Made) -> None:  # noqa: N802
    """Two files of the first version had each other's content then."""
    made.documents["v1"]["versions"]["v1"]["state"] = {
        sha(CODES): ["answers.csv"],
        sha(ANSWERS): ["codes/codes.csv"],
    }


@case("E066 W004", base=lambda: two(algorithms=("sha256", "sha512")))
def E066_algorithm_change_state_mismatch(made: Made) -> None:  # noqa: N802
    """The same in an inventory of another algorithm."""
    made.documents["v1"]["versions"]["v1"]["state"] = {
        sha(CODES, "sha256"): ["answers.csv"],
        sha(ANSWERS, "sha256"): ["codes/codes.csv"],
    }


@case("E066 E092", base=two)
def E066_E092_old_manifest_digest_incorrect(made: Made) -> None:  # noqa: N802
    """The first version's inventory has another digest of a file, in manifest and state."""
    first = made.documents["v1"]
    digest = sha(b"other")
    first["manifest"][digest] = first["manifest"].pop(sha(ANSWERS))
    first["versions"]["v1"]["state"][digest] = first["versions"]["v1"]["state"].pop(sha(ANSWERS))


@case("E092 W004", base=lambda: two(algorithms=("sha256", "sha512")))
def E092_algorithm_change_incorrect_digest(made: Made) -> None:  # noqa: N802
    """The same in an inventory of another algorithm: only reading the file tells."""
    first = made.documents["v1"]
    digest = sha(b"other", "sha256")
    first["manifest"][digest] = first["manifest"].pop(sha(ANSWERS, "sha256"))
    first["versions"]["v1"]["state"][digest] = first["versions"]["v1"]["state"].pop(sha(ANSWERS, "sha256"))


@case("E103", base=lambda: two(spec="1.0"))
def E103_older_spec_v2(made: Made) -> None:  # noqa: N802
    """The first version followed OCFL 1.1, the second 1.0."""
    made.documents["v1"]["type"] = "https://ocfl.io/1.1/spec/#inventory"


# -- the file system ---------------------------------------------------------------------------------


@case("E090 E092")
def E090_content_is_a_link(made: Made) -> None:  # noqa: N802
    """A content file that is a symbolic link to a file outside."""
    made.files[PATH] = None
    made.links[PATH] = "/etc/hostname"


@case("E090")
def E090_link_among_the_content(made: Made) -> None:  # noqa: N802
    """A link to the folder in which it lies."""
    made.links["v1/content/round"] = "."


@case("E090")
def E090_hard_link(made: Made) -> None:  # noqa: N802
    """Two content paths that are one file."""
    made.root["manifest"][sha(ANSWERS)] = [PATH, "v1/content/same.csv"]
    made.links["v1/content/same.csv"] = f"hard:{PATH}"
    made.documents["v1"] = made.root


# -- storage roots -----------------------------------------------------------------------------------


def root(*objects: str, layout: bool = True, spec: str = "1.1") -> Made:
    """Make a good storage root with an object in each of these folders, whose id is the folder."""
    made = Made(files={f"0=ocfl_{spec}": f"ocfl_{spec}\n".encode()})
    if layout:
        keys = {"extension": "0002-flat-direct-storage-layout", "description": "Id = folder."}
        made.files["ocfl_layout.json"] = json.dumps(keys).encode()
    for folder in objects:
        for path, content in one(id_=f"urn:{folder}" if not layout else folder, spec=spec).rendered().items():
            made.files[f"{folder}/{path}"] = content
    return made


def root_case(
    codes: str, *objects: str, layout: bool = True
) -> Callable[[Callable[[Made], None]], Callable[[Made], None]]:
    """Add a case of a storage root."""
    return case(codes, base=lambda: root(*objects, layout=layout), is_root=True)


@root_case("W005", "nights~public", "nights~inside")
def root_good_flat(made: Made) -> None:
    """Two objects as we store them."""


@root_case("", "a/b/nights", layout=False)
def root_good_deep(made: Made) -> None:
    """An object in a hierarchy, a text beside the declaration, and a registered extension."""
    made.files["ocfl_1.1.md"] = b"# OCFL\n"
    made.folders.append("extensions/0004-hashed-n-tuple-storage-layout")


@root_case("")
def root_good_empty(made: Made) -> None:
    """A storage root without an object."""


@root_case("E069")
def root_E069_no_declaration(made: Made) -> None:  # noqa: N802
    """No declaration."""
    del made.files["0=ocfl_1.1"]


@root_case("E076")
def root_E076_two_declarations(made: Made) -> None:  # noqa: N802
    """Two declarations."""
    made.files["0=ocfl_1.0"] = b"ocfl_1.0\n"


@root_case("E077")
def root_E077_unknown_version(made: Made) -> None:  # noqa: N802
    """A declaration of a version that there is not."""
    del made.files["0=ocfl_1.1"]
    made.files["0=ocfl_7.0"] = b"ocfl_7.0\n"


@root_case("E078")
def root_E078_other_tag(made: Made) -> None:  # noqa: N802
    """A declaration with another tag."""
    del made.files["0=ocfl_1.1"]
    made.files["2=ocfl_1.1"] = b"ocfl_1.1\n"


@root_case("E079")
def root_E079_other_declaration(made: Made) -> None:  # noqa: N802
    """A declaration of something else."""
    del made.files["0=ocfl_1.1"]
    made.files["0=pairtree_0.1"] = b"pairtree_0.1\n"


@root_case("E080")
def root_E080_declaration_text(made: Made) -> None:  # noqa: N802
    """A declaration that holds other text."""
    made.files["0=ocfl_1.1"] = b"OCFL 1.1\n"


@root_case("E070")
def root_E070_layout_not_json(made: Made) -> None:  # noqa: N802
    """A layout document that is no JSON."""
    made.files["ocfl_layout.json"] = b"0002-flat-direct-storage-layout\n"


@root_case("E070")
def root_E070_layout_without_keys(made: Made) -> None:  # noqa: N802
    """A layout document without its keys."""
    made.files["ocfl_layout.json"] = b"{}"


@root_case("E071")
def root_E071_unknown_layout(made: Made) -> None:  # noqa: N802
    """A layout that is not registered."""
    made.files["ocfl_layout.json"] = b'{"extension": "flat", "description": "Flat."}'


@root_case("E072 W005", "nights")
def root_E072_root_with_file_not_in_object(made: Made) -> None:  # noqa: N802
    """A file in a folder that is no object."""
    made.files["leftovers/README.txt"] = b"x"


@root_case("E073 W005", "nights")
def root_E073_root_with_empty_dir(made: Made) -> None:  # noqa: N802
    """An empty folder."""
    made.folders.append("leftovers")


@root_case("E081", layout=False)
def root_E081_later_object(made: Made) -> None:  # noqa: N802
    """An object of 1.1 in a storage root of 1.0."""
    made.files = {
        "0=ocfl_1.0": b"ocfl_1.0\n",
        **{f"nights/{path}": content for path, content in one().rendered().items()},
    }


@root_case("E083 W005", "nights")
def root_E083_object_elsewhere(made: Made) -> None:  # noqa: N802
    """An object whose folder is not its id, as the layout has it."""
    made.files = {path.replace("nights/", "days/"): content for path, content in made.files.items()}


@root_case("P003 W005", "nights~public", "Nights~public")
def root_P003_objects_that_differ_in_case(made: Made) -> None:  # noqa: N802
    """Two objects whose folders are one on many disks."""


@root_case("E037", "nights", layout=False)
def root_E037_one_id_twice(made: Made) -> None:  # noqa: N802
    """Two objects with one id."""
    made.files.update(
        {
            path.replace("nights/", "days/"): content
            for path, content in made.files.items()
            if path.startswith("nights/")
        }
    )


@root_case("E092 W005", "nights")
def root_E092_object_broken(made: Made) -> None:  # noqa: N802
    """A storage root with an object that lost a file."""
    made.files[f"nights/{PATH}"] = None


@root_case("E112")
def root_E112_file_in_extensions(made: Made) -> None:  # noqa: N802
    """A file directly in extensions."""
    made.files["extensions/notes.txt"] = b"x"


@root_case("W015", "nights", "a/days", layout=False)
def root_W015_mixed_depths(made: Made) -> None:  # noqa: N802
    """An object at the root and one below a folder."""


@root_case("W016")
def root_W016_unregistered_extension(made: Made) -> None:  # noqa: N802
    """An extension of our own, as we have it."""
    made.files["extensions/ppdarchive/locks/README"] = b"x"


@root_case("E090 W005", "nights")
def root_E090_object_is_a_link(made: Made) -> None:  # noqa: N802
    """A link to an object."""
    made.links["days"] = "nights"


# -- drawn -------------------------------------------------------------------------------------------

N_DRAWN = 400
VALUES: tuple[Any, ...] = (
    *(None, 0, True, "", [], {}, "v1", "v2", "v3", "x", ["a"], ["a", "a/b"], ["../x"], "/x", "content"),
    *("sha256", "sha512", "1.1", PATH, [PATH], ["v2/content/x"], sha(ANSWERS), sha(ANSWERS).upper()),
    *("2026-11-01T12:00:00+01:00", "2026-11-01"),
)


def drawn(seed: int) -> Made:
    """Make a good object with one part of one inventory changed at random, and at times a file."""
    rng = random.Random(seed)
    made = rng.choice((one, two, three))()
    where = rng.choice(sorted(made.documents))
    made.documents = copy.deepcopy(made.documents)
    if rng.random() < 0.4:  # or else the newest version folder has the same inventory as the root
        made.documents[where] = copy.deepcopy(made.documents[where])
    parent, key = rng.choice(list(places(made.documents[where])))
    change = rng.choice(("set", "drop", "rename", "double"))
    if change == "set":
        parent[key] = copy.deepcopy(rng.choice(VALUES))
    elif change == "drop":
        del parent[key]
    elif isinstance(parent, list):
        parent.append(parent[key])
    else:
        name = rng.choice(("v1", "v3", "v02", "id", sha(ANSWERS), sha(b"more")))
        parent[name] = parent.pop(key) if change == "rename" else copy.deepcopy(parent[key])
    if rng.random() < 0.2:
        made.files[rng.choice(sorted(made.files))] = rng.choice((None, b"", b"zz"))
    return made


def places(part: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object or list of a document with each of its keys or indices."""
    for key in part if isinstance(part, dict) else range(len(part)) if isinstance(part, list) else ():
        yield part, key
        yield from places(part[key])
