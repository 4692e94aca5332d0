"""The pure checks: an inventory by itself, against earlier ones, and against a listing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive.store.check import MOST_TOLD, check_inventory
from ppdarchive.store.forms import is_time
from ppdarchive.store.history import check_earlier, check_specs
from ppdarchive.store.listing import Listing, check_declarations, check_listing, check_manifest
from ppdarchive.store.outline import Outline, parse_document, parse_json
from ppdarchive.store.paths import flaw, n_conflicts, n_twins
from ppdarchive.store.problems import Problem

from .made import ANSWERS, PATH, Made, one, sha, three, two


def outline(document: Any) -> Outline:
    """Return what of a document can be relied on."""
    return check_inventory(document, "inventory.json")[0]


def listing(made: Made) -> Listing:
    """Return the listing of a made object."""
    files = {path: len(content) for path, content in made.rendered().items()}
    folders = {"/".join(path.split("/")[:n]) for path in files for n in range(1, path.count("/") + 1)}
    return Listing(files, frozenset(folders))


def codes(problems: Any) -> set[str]:
    """Return the codes of problems."""
    return {problem.code for problem in problems}


# -- an inventory by itself --------------------------------------------------------------------------


def test_an_outline_holds_what_a_document_says() -> None:
    """Everything of a good inventory is there, digests in lower case."""
    made = two()
    found, problems = check_inventory(made.root, "inventory.json")
    assert not problems
    assert (found.id, found.spec, found.algorithm, found.head) == (
        "urn:example:nights",
        "1.1",
        "sha512",
        "v2",
    )
    assert found.versions == ("v1", "v2")
    assert found.states["v1"]["answers.csv"] == found.manifest[PATH] == sha(ANSWERS)


def test_problems_name_part_and_never_content() -> None:
    """Where it is wrong is said with names of the specification; what stands there is not."""
    made = one()
    made.root["versions"]["v1"]["user"] = {"name": ["Edda Vinterberg"], "address": "Edda Vinterberg"}
    made.root["Edda Vinterberg"] = 1
    made.root["manifest"]["Edda Vinterberg"] = ["Edda Vinterberg"]
    _, problems = check_inventory(made.root, "v1/inventory.json")
    assert codes(problems) >= {"E054", "E102", "E042", "E031"}
    assert all("Edda" not in str(problem) and problem.path == "v1/inventory.json" for problem in problems)
    assert "versions/v1/user" in {problem.part for problem in problems}


def test_a_hostile_inventory_cannot_fill_the_report() -> None:
    """After a thousand problems of one kind, the rest is said not to be told."""
    made = one()
    made.root["manifest"].update({f"{n:x}": [] for n in range(5000)})
    _, problems = check_inventory(made.root, "inventory.json")
    cases = [problem.case for problem in problems]
    assert cases.count("E031.form") == MOST_TOLD
    assert "P002.told" in cases


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-11-23T15:05:00Z", True),
        ("2026-11-23t15:05:00.123456z", True),
        ("2026-11-23T15:05:60+05:30", True),
        ("2024-02-29T00:00:00-00:00", True),
        ("2026-02-29T00:00:00Z", False),
        ("2026-11-23T24:00:00Z", False),
        ("2026-11-23T15:05:00", False),
        ("2026-11-23T15:05Z", False),
        ("2026-11-23 15:05:00Z", False),
        ("2026-11-23T15:05:00+0100", False),
        ("2026-11-23T15:05:00+01:60", False),
        ("２０26-11-23T15:05:00Z", False),
        ("2026-11-23T15:05:00Z\n", False),
        (20261123, False),
    ],
)
def test_times_are_those_of_rfc_3339(text: Any, good: bool) -> None:
    """Date, T, time to the second, and a zone."""
    assert is_time(text) == good


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("a/b.txt", None),
        ("...", None),
        (".hidden", None),
        ("a b/ü.txt", None),
        ("", "element"),
        ("a//b", "element"),
        ("./a", "element"),
        ("a/..", "element"),
        ("..", "element"),
        ("/", "slash"),
        ("a/", "slash"),
        ("a\x00b", "name"),
        ("a\u2028b", "name"),
        ("a\ud800b", "name"),
        (None, "form"),
    ],
)
def test_paths_have_one_first_flaw(path: Any, wrong: str | None) -> None:
    """Empty elements, dots and slashes at the ends are told apart; dots within a name are none."""
    assert flaw(path) == wrong


def test_twins_are_found_in_case_and_in_accents() -> None:
    """Two names that a file system may take for one, and a file that is a folder there."""
    assert n_twins(["a", "b"]) == 0
    assert n_twins(["Straße", "STRASSE"]) == 1
    assert n_twins(["n\u00fchte", "nu\u0308hte"]) == 1
    assert n_twins(["Data", "data/a"]) == 1
    assert n_twins(["data", "data/a"]) == 0
    assert n_conflicts(["data", "data/a", "data/b"]) == 1


PATHS = st.lists(
    st.lists(st.sampled_from(["a", "b", "A", "a-", "é"]), min_size=1, max_size=4).map("/".join), unique=True
)


@given(PATHS)
def test_conflicts_are_those_that_a_plain_search_finds(paths: list[str]) -> None:
    """There is a conflict exactly where some path begins with another one and a slash."""
    plain = any(other.startswith(f"{path}/") for path in paths for other in paths)
    assert bool(n_conflicts(paths)) == plain


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf{}",
        '{"a": "\u00fc"}'.encode("latin-1"),
        "{}".encode("utf-16"),
        b'{"a": NaN}',
        b'{"a": 1, "a": 1}',
        b"[" * 100_000,
        b'{"a": ' + b"1" * 10_000 + b"}",
        b"",
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    """Other encodings, marks, NaN, keys twice and what Python's own reader breaks on are all no JSON."""
    with pytest.raises(ValueError, match=r"JSON|twice"):
        parse_json(text)
    document, problems = parse_document(text, "inventory.json")
    assert document is None
    assert codes(problems) == {"E033"}


# -- against earlier inventories ---------------------------------------------------------------------


def test_good_histories_have_no_problems() -> None:
    """Each version's inventory fits the newest one."""
    made = three()
    for version in ("v1", "v2"):
        assert not check_earlier(outline(made.root), outline(made.documents[version]), version)
        assert not list(
            check_manifest(listing(made), outline(made.root), outline(made.documents[version]), version)
        )


def test_specifications_may_only_grow() -> None:
    """1.0 then 1.1 is good; back again is not; what is unknown is told elsewhere."""
    assert not check_specs([("v1", "1.0"), ("v2", None), ("v3", "1.1"), ("v4", "1.1")])
    (problem,) = check_specs([("v1", "1.0"), ("v2", "1.1"), ("v3", "1.0")])
    assert (problem.code, problem.path) == ("E103", "v3")


# -- against a listing -------------------------------------------------------------------------------


def test_a_good_listing_has_no_problems() -> None:
    """Files and folders as the inventory has them."""
    made = three()
    algorithms = dict.fromkeys(("v1", "v2", "v3"), "sha512")
    assert not list(check_listing(listing(made), outline(made.root), algorithms))


@given(st.data())
def test_each_file_that_is_missing_or_added_is_told(data: st.DataObject) -> None:
    """A listing with one file less, or one more, has a problem that names it or the inventory beside it."""
    made = three()
    good = listing(made)
    algorithms: dict[str, str | None] = dict.fromkeys(("v1", "v2", "v3"), "sha512")
    gone = data.draw(
        st.sampled_from([path for path in sorted(good.files) if "=" not in path and path != "inventory.json"])
    )
    less = Listing({path: size for path, size in good.files.items() if path != gone}, good.folders)
    places = {problem.path for problem in check_listing(less, outline(made.root), algorithms)}
    assert places & {gone, gone.removesuffix(".sha512"), gone.partition("/")[0]}
    more = Listing({**good.files, f"{gone}~": 1}, good.folders)
    assert f"{gone}~" in {problem.path for problem in check_listing(more, outline(made.root), algorithms)}


@pytest.mark.parametrize(
    ("names", "spec", "found"),
    [
        (["0=ocfl_object_1.1"], "1.1", set()),
        (["0=ocfl_object_1.0"], "1.0", set()),
        (["0=ocfl_object_1.0", "0=ocfl_object_1.1"], "1.1", {"E003"}),
        (["0=ocfl_object_1.1", "0=ocfl_1.1"], "1.1", {"E003", "E006"}),
        (["0=ocfl_object_1.2"], None, {"E004"}),
        (["0=ocfl_object_"], None, {"E004"}),
        (["3=ocfl_object_1.1"], None, {"E005"}),
        ([], None, {"E003"}),
    ],
)
def test_declarations_are_read_from_names(names: list[str], spec: str | None, found: set[str]) -> None:
    """The latest version that is declared counts, and each flaw of the names is told."""
    declared, problems = check_declarations(names, "object")
    assert declared.spec == spec
    assert codes(problems) == found


# -- any document ------------------------------------------------------------------------------------

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([PATH, "v1", sha(b"")]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["v1", "v2", "v01", "state", "created", sha(ANSWERS), "a"]), inner, max_size=4
        )
    ),
    max_leaves=15,
)
KEYS = ("id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity")


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES), st.booleans())
def test_any_document_can_be_checked(changes: dict[str, Any], alone: bool) -> None:
    """No document breaks the checks, by itself, as an earlier or the current inventory, or with a listing."""
    made = two()
    document = changes if alone else {**made.root, **changes}
    document = json.loads(json.dumps(document))
    current, problems = check_inventory(document, "inventory.json")
    good = outline(made.root)
    everything: list[Problem] = [
        *problems,
        *check_earlier(good, current, "v1"),
        *check_earlier(current, good, "v1"),
        *check_listing(listing(made), current, {"v1": current.algorithm}),
        *check_manifest(listing(made), good, current, "v1"),
        *check_manifest(listing(made), current, good, "v1"),
    ]
    assert all(str(problem).isprintable() for problem in everything)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES), st.dictionaries(st.sampled_from(KEYS), VALUES))
def test_what_is_known_hides_nothing(changes: dict[str, Any], more: dict[str, Any]) -> None:
    """Problems left out because the newest inventory has the same part are problems of that inventory."""
    document = json.loads(json.dumps({**two().root, **changes}))
    newest, told = check_inventory({**document, **more}, "inventory.json")
    alone = check_inventory(document, "inventory.json")[1]
    after = check_inventory(document, "inventory.json", known=newest)[1]
    assert set(after) <= set(alone) <= set(after) | set(told)
