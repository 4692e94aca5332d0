"""The builder of the lexicons: the same facts give the same bytes, and only pinned packages are read."""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import io
import sys
import tarfile
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ppdarchive.detectors.lexicon import Column, Flag, Words
from ppdarchive.detectors.lexicon.words import ROW
from ppdarchive.text.tokens import word_hashes

SCRIPTS = Path(__file__).parents[2] / "scripts" / "lexicons"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "lexicons.md"
pytestmark = pytest.mark.skipif(not SCRIPTS.exists(), reason="the builder is in the repository only")


NAMES = ("facts", "packages", "page", "tables")


@pytest.fixture
def scripts(monkeypatch):
    """The builder's modules, imported as it imports them, and forgotten afterwards."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    before = set(sys.modules)
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in NAMES})
    for name in set(sys.modules) - before:
        if str(SCRIPTS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def facts(scripts):
    """A few facts of each sort."""
    given_name, place, hand_list = scripts.facts.GivenName, scripts.facts.Place, scripts.facts.HandList
    return scripts.facts.Facts(
        given_names=[given_name("Anna", 900_000, 899_000), given_name("Hope", 40_000, 39_000)],
        surnames={"MCDONALD": 130_000, "OBRIEN": 70_000, "HOPE": 20_000},
        places=[place("Omaha", "NE", 480_000, True), place("Iowa City", "IA", 75_000, True)],
        counties=[("Polk County", "IA")],
        countries=["Costa Rica"],
        word_counts={"the": 10**9, "hope": 10**7, "anna": 2 * 10**6, "omaha": 10**6, "zumba": 10**5},
        dictionary=frozenset({"the", "hope"}),
        proper_words=frozenset({"Omaha", "Anna"}),
        short_forms=[("anna", "annie")],
        schools=["Drake University", "Community College"],
        brands=["Zumba", "G2"],
        spanish=("de", "la"),
        given_name_shares={"hope": 0.04},
        irish_surnames=frozenset({"OBRIEN"}),
        generic_school_words=frozenset({"community", "college"}),
        lists=[hand_list("Words.", "safe", "2026-11", ("coach", "mood booster"))],
    )


def test_the_same_facts_give_the_same_bytes(scripts, facts):
    """The order in which facts come does not show."""
    turned = dataclasses.replace(
        facts,
        given_names=facts.given_names[::-1],
        surnames=dict(reversed(facts.surnames.items())),
        places=facts.places[::-1],
        word_counts=dict(reversed(facts.word_counts.items())),
        schools=facts.schools,
    )
    assert scripts.tables.build(facts) == scripts.tables.build(facts)
    assert scripts.tables.build(facts) == scripts.tables.build(turned)


def test_built_tables_say_what_the_facts_say(scripts, facts):
    """Counts, flags, shares and phrases come from the facts."""
    files = scripts.tables.build(facts)
    table = Words(
        np.load(io.BytesIO(files["word-hashes.npy"])), np.load(io.BytesIO(files["word-rows.npy"])).view(ROW)
    )
    got = table.columns(word_hashes(["anna", "hope", "omaha", "coach", "zumba", "drake", "unheard"]))
    assert got.column(Column.GIVEN_NAME).astype(bool).tolist() == [True, True] + [False] * 5
    assert got.column(Column.GIVEN_NAME_SHARE)[1] == round(255 * 0.04)
    assert got.column(Column.PLACE)[2] > 0
    assert got.has(Flag.SAFE).tolist() == [False] * 3 + [True] + [False] * 3
    assert got.has(Flag.DICTIONARY).tolist() == [False, True] + [False] * 5
    assert got.has(Flag.PROPER).tolist() == [True, False, True] + [False] * 4
    assert got.column(Column.BRAND)[4] > 0
    assert got.column(Column.ORGANIZATION_PART)[5] > 0
    assert not got.columns[6].any()
    assert files["names/surname.tsv"].decode().splitlines()[:2] == ["McDonald\t130000\t", "O'Brien\t70000\t"]
    assert len(np.load(io.BytesIO(files["phrase-kinds.npy"]))) == 5


def test_the_page_is_what_the_data_says(scripts):
    """The reference page is generated; `python scripts/lexicons/build.py --page` writes it."""
    assert PAGE.read_text(encoding="utf-8") == scripts.page.page()


def test_every_package_is_pinned(scripts):
    """Each package has a version, a hash, a licence and a command that downloads it."""
    for package in scripts.packages.pinned().values():
        assert len(package.sha256) == 64
        assert package.licence
        assert package.version in package.command


def _tar(path, content):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        member = tarfile.TarInfo(path)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def _archive(registry):
    match registry:
        case "pypi":
            stream = io.BytesIO()
            with zipfile.ZipFile(stream, "w") as wheel:
                wheel.writestr("data/words.txt", b"one two")
            return stream.getvalue()
        case "npm":
            return _tar("package/data/words.txt", b"one two")
        case _:
            members = [(b"control", b"x"), (b"data.tar.gz", _tar("./data/words.txt", b"one two"))]
            return b"!<arch>\n" + b"".join(
                name.ljust(48) + str(len(own)).encode().ljust(10) + b"`\n" + own + b"\n" * (len(own) % 2)
                for name, own in members
            )


@pytest.mark.parametrize("registry", ["pypi", "npm", "debian"])
def test_members_of_pinned_files_are_read(scripts, tmp_path, registry):
    """A file inside a package of each registry is read if the package is the pinned one."""
    content = _archive(registry)
    (tmp_path / "file").write_bytes(content)
    package = scripts.packages.Package(
        "words", registry, "1.0", "file", hashlib.sha256(content).hexdigest(), "CC0", "words"
    )
    assert package.member(tmp_path, "data/words.txt") == b"one two"
    if registry != "debian":
        assert package.members(tmp_path, "data/", ".txt") == {"words.txt": b"one two"}


def test_another_file_is_refused(scripts, tmp_path):
    """A download that is not the pinned file is not read."""
    (tmp_path / "file").write_bytes(_archive("pypi"))
    with pytest.raises(ValueError, match="not the pinned file"):
        scripts.packages.Package("words", "pypi", "1.0", "file", "0" * 64, "CC0", "words").member(
            tmp_path, "data/words.txt"
        )


def test_lists_are_read(scripts, tmp_path):
    """Values stand between semicolons or lines; VA cities become facilities; a value twice is refused."""
    (tmp_path / "a.txt").write_text("# Cities.\n# kind: va_city\n# date: 2026-11\nBoise; Iowa City\n")
    own = scripts.facts.read_lists(tmp_path)[0]
    assert (own.title, own.kind, own.date) == ("Cities.", "facility", "2026-11")
    assert {"Boise VA", "Iowa City Vet Center"} <= set(own.values)
    (tmp_path / "b.txt").write_text("# B.\n# kind: safe\n# date: 2026-11\nmood; coach\nmood\n")
    with pytest.raises(ValueError, match="listed twice: mood"):
        scripts.facts.read_lists(tmp_path)
