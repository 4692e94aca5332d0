"""From a study to a package: what stops it, what it leaves behind, and that it is the same every time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import ppdarchive
from ppdarchive.audit import read_audit
from ppdarchive.cli.main import call
from ppdarchive.deidentify.consent import Consented
from ppdarchive.errors import PackageError, PpdArchiveError, StudyError
from ppdarchive.gate import GateRefusedError
from ppdarchive.model.columns import values_of
from ppdarchive.publish import FindingsError, drafting, pack_study, preparing, preview_study

from .terms import LENIENT

DAY = date(2026, 1, 31)

TOML = (
    """\
[study]
id = "small"
title = "A small study"

[[export]]
table = "participants"
format = "csv"
path = "exports/participants.csv"
[export.columns]
pid = "pid"
name = "name"
born = "born"
phones = "phones"
agreed = "agreed"
age = "age"

[[export]]
table = "responses"
format = "csv"
path = "exports/responses.csv"
[export.columns]
rid = "rid"
pid = "pid"
text = "text"

[[package.licenses]]
name = "CC0-1.0"
[[package.contributors]]
title = "A lab"

[release]
standard = "safe-harbor"
consent = "agreed"
"""
    + LENIENT
)


def disclosure(role: str, method: str, **rest: object) -> dict[str, object]:
    """A field's disclosure."""
    return {"role": role, "treatment": {"method": method, **rest}}


PARTICIPANTS: dict[str, Any] = {
    "fields": [
        {
            "name": "pid", "type": "string", "constraints": {"required": True},
            "disclosure": disclosure("key", "pseudonymize", space="participant"),
        },
        {"name": "name", "type": "string", "disclosure": disclosure("direct-identifier", "drop")},
        {"name": "born", "type": "date", "disclosure": disclosure("direct-identifier", "drop")},
        {
            "name": "phones", "type": "list", "delimiter": ";",
            "disclosure": disclosure("direct-identifier", "drop"),
        },
        {"name": "agreed", "type": "boolean", "disclosure": disclosure("none", "drop")},
        {
            "name": "age", "type": "integer", "constraints": {"minimum": 18, "maximum": 60},
            "disclosure": disclosure("quasi-identifier", "band", width=10),
        },
    ],
    "primaryKey": ["pid"],
}  # fmt: skip
RESPONSES: dict[str, Any] = {
    "fields": [
        {"name": "rid", "type": "string", "disclosure": disclosure("key", "pseudonymize", space="response")},
        {
            "name": "pid",
            "type": "string",
            "disclosure": disclosure("key", "pseudonymize", space="participant"),
        },
        {"name": "text", "type": "string", "disclosure": disclosure("free-text", "text")},
    ],
    "primaryKey": ["rid"],
    "foreignKeys": [{"fields": ["pid"], "reference": {"resource": "participants", "fields": ["pid"]}}],
}
PEOPLE = (
    "pid,name,born,phones,agreed,age\n"
    "P-10001,Zyxwanda Qvortrup,1990-03-04,503-555-0142;(541) 555 0199,true,31\n"
    "P-10002,Anna Lind,1985-12-24,,false,45\n"
    "P-10003,Bo Ek,,541-555-0100,,28\n"
    "P-10004,Siri Dal,1991-01-02,,true,39\n"
)
ANSWERS = (
    "rid,pid,text\n"
    'R-1,P-10001,"Zyxwanda here, call 541 555-0199 or ask Anna Lind. I am P-10001."\n'
    "R-2,P-10002,nobody may read this\n"
    "R-3,P-10003,nor this\n"
    "R-4,P-10004,it was good\n"
)


def write_small(folder: Path, **changes: str) -> Path:
    """Write a study; `changes` exchange files, named without their dots and slashes."""
    files = {
        "study.toml": changes.get("toml", TOML),
        "exports/participants.csv": changes.get("people", PEOPLE),
        "exports/responses.csv": changes.get("answers", ANSWERS),
        "schemas/participants.json": changes.get("participants", json.dumps(PARTICIPANTS)),
        "schemas/responses.json": changes.get("responses", json.dumps(RESPONSES)),
        "datapackage.json": json.dumps({"resources": [
            {"name": name, "schema": f"schemas/{name}.json"} for name in ("participants", "responses")
        ]}),
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a small study."""
    return write_small(tmp_path / "study")


@pytest.fixture(scope="module")
def load() -> Callable[[Path], Any]:
    """Return the function that opens a package, wherever it lives."""
    opened: Callable[[Path], Any] = ppdarchive.load
    return opened


def pack(study: Path, out: Path, version: str = "1.0.0") -> Any:
    """Pack a study."""
    return pack_study(study, out, version=version, released_on=DAY)


def snapshot(folder: Path) -> dict[str, str | None]:
    """Everything below a folder, by its digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else None
        for path in sorted(folder.rglob("*"))
    }


# -- what comes out -------------------------------------------------------------------------------


def test_a_small_study_becomes_a_package(small: Path, load: Callable[[Path], Any]) -> None:
    """Two of four consented; what they wrote is there without names, numbers and ids."""
    result = pack(small, small.parent / "package")
    release = load(small.parent / "package")
    assert result.consented.left_out == {"participants": 2, "responses": 2}
    assert sorted(release["participants"]["age"].astype(str)) == ["28-37", "38-47"]
    assert sorted(release["responses"]["text"]) == [
        "[NAME] here, call [CONTACT] or ask [NAME]. I am [ID].", "it was good",
    ]  # fmt: skip
    assert set(release["responses"]["pid"]) == set(release["participants"]["pid"])


def test_a_preview_writes_nothing(small: Path) -> None:
    """Not even a private folder is made."""
    before = snapshot(small.parent)
    preview = preview_study(small)
    assert snapshot(small.parent) == before
    assert set(preview.treated.tables) == {"participants", "responses"}
    assert "Qvortrup" not in repr(preview)


def test_the_policy_tells_treatments_and_no_more(small: Path) -> None:
    """The descriptor's own section has methods and categories, and no threshold, path, list or digest."""
    toml = TOML.replace("\nk = 1\n", "\nk = 1\npopulation = 98765\nt = 0.9876\n")
    schema = json.loads(json.dumps(PARTICIPANTS))
    schema["fields"].append({"name": "undecided_field", "type": "string"})
    write_small(
        small, toml=toml.replace('age = "age"', 'age = "age"\nundecided_field = "pid"'),
        participants=json.dumps(schema),
    )  # fmt: skip
    pack(small, small.parent / "package")
    members = json.loads((small.parent / "package/datapackage.json").read_text())
    assert members["ppdarchive"]["treatments"]["participants"] == {
        "pid": "pseudonymize", "name": "drop", "born": "drop", "phones": "drop", "agreed": "drop",
        "age": "band",
    }  # fmt: skip
    assert set(members["ppdarchive"]) == {
        "audience", "format", "not_assessed", "overridden", "risk", "standard", "study", "text", "treatments",
    }  # fmt: skip
    told = json.dumps(members["ppdarchive"])
    assert not any(word in told for word in ("0.9876", "98765", "exports", "width", "sha256"))
    files = [
        path for path in (small.parent / "package").rglob("*") if path.suffix in (".json", ".md", ".csv")
    ]
    assert not any("undecided_field" in path.read_text() for path in files)


def test_the_same_study_is_the_same_package(small: Path) -> None:
    """Twice packed, it is equal to the byte, to the time and to the mode."""
    for name in ("one", "two"):
        pack(small, small.parent / name)
        time.sleep(0.01)
    one, two = small.parent / "one", small.parent / "two"
    assert snapshot(one) == snapshot(two)
    for path in [one, *one.rglob("*")]:
        other = two / path.relative_to(one)
        here, there = path.stat(), other.stat()
        assert (here.st_mode, here.st_mtime_ns) == (there.st_mode, there.st_mtime_ns)
        assert here.st_mtime_ns == 1_769_817_600 * 10**9
        assert (here.st_mode & 0o7777) == (0o755 if path.is_dir() else 0o644)


PACK = "import sys; from ppdarchive.cli.main import call; sys.exit(call(sys.argv[1:]))"


@pytest.mark.parametrize("replace", ["tag", "numbered"])
def test_the_package_does_not_know_where_it_was_made(small: Path, replace: str) -> None:
    """Another time zone, language, umask, folder, hash seed and user's name: the same bytes."""
    write_small(small, toml=TOML + f'\n[text]\nreplace = "{replace}"\n')
    pack(small, small.parent / "here")
    elsewhere = small.parent / "else where"
    elsewhere.mkdir()
    for number, (zone, language, mask) in enumerate(
        [("Pacific/Kiritimati", "tr_TR.UTF-8", 0o077), ("America/Los_Angeles", "C", 0o000)]
    ):
        environment = {
            **os.environ, "TZ": zone, "LC_ALL": language, "LANG": language,
            "PYTHONHASHSEED": str(number * 7919), "USER": f"user{number}", "HOME": str(elsewhere),
            "PYTHONUTF8": str(number), "COLUMNS": "40",
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-c", PACK, "pack", "../study", f"there{number}", "--version", "1.0.0",
             "--date", "2026-01-31"],
            cwd=elsewhere, env=environment, umask=mask, check=True, capture_output=True,
        )  # fmt: skip
        assert snapshot(elsewhere / f"there{number}") == snapshot(small.parent / "here")


def test_the_order_of_rows_says_nothing(small: Path) -> None:
    """The same rows in another order, under the same register, are the same package."""
    pack(small, small.parent / "one")
    header, *rows = PEOPLE.splitlines()
    other, *answers = ANSWERS.splitlines()
    write_small(
        small,
        people="\n".join([header, *reversed(rows)]) + "\n",
        answers="\n".join([other, *reversed(answers)]) + "\n",
    )
    pack(small, small.parent / "two")
    assert snapshot(small.parent / "one") == snapshot(small.parent / "two")


def test_audiences_share_no_pseudonym(small: Path, load: Callable[[Path], Any]) -> None:
    """Two releases for different audiences cannot be joined by their keys."""
    pack(small, small.parent / "one")
    write_small(small, toml=TOML + 'audience = "partners"\n')
    pack(small, small.parent / "two")
    one, two = load(small.parent / "one"), load(small.parent / "two")
    for table, column in (("participants", "pid"), ("responses", "rid"), ("responses", "pid")):
        assert not set(one[table][column]) & set(two[table][column])


# -- what stops it --------------------------------------------------------------------------------


def test_findings_come_first(small: Path) -> None:
    """A study with findings is not packed, and its register is not touched."""
    write_small(small, people=PEOPLE.replace(",31\n", ",17\n"))
    before = snapshot(small.parent)
    with pytest.raises(FindingsError):
        pack(small, small.parent / "package")
    assert snapshot(small.parent) == before


@pytest.mark.parametrize("kind", ["folder", "empty folder", "file", "dangling link"])
def test_what_is_there_stays(small: Path, kind: str) -> None:
    """A package never takes a place that is taken, and says so before it draws a pseudonym."""
    out = small.parent / "package"
    match kind:
        case "folder":
            out.mkdir()
            (out / "precious").write_text("x")
        case "empty folder":
            out.mkdir()
        case "file":
            out.write_text("x")
        case _:
            out.symlink_to("nowhere")
    before = snapshot(small.parent)
    with pytest.raises(PackageError) as raised:
        pack(small, out)
    assert raised.value.code == "package.exists"
    assert snapshot(small.parent) == before


def refused(small: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    """What the command says that the gate refuses; nothing is written and no value shown."""
    out = small.parent / "package"
    beside = set(small.parent.iterdir())
    assert call(["pack", str(small), str(out), "--version", "1.0.0", *arguments]) == 3
    assert set(small.parent.iterdir()) == beside
    said = capsys.readouterr()
    assert not any(word in said.out + said.err for word in ("Qvortrup", "Zyxwanda", "10001", "0142"))
    return said.out, said.err


def test_every_failing_condition_is_told_with_its_remedy(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two conditions on standard error, or as JSON; exit code 3."""
    terms = TOML[TOML.index("[[package.licenses]]") : TOML.index("[release]")]
    write_small(small, toml=TOML.replace(terms, ""))
    out, err = refused(small, capsys)
    assert out == ""
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "error", "  license", "    Name one under [[package.licenses]] in study.toml.",
        "  contributors", "    Name them under [[package.contributors]] in study.toml.",
    ]  # fmt: skip
    out, err = refused(small, capsys, "--json")
    assert err == ""
    document = json.loads(out)
    assert document["error"] == "gate"
    assert [failure["condition"] for failure in document["failures"]] == ["license", "contributors"]
    assert all(set(failure) == {"condition", "what", "remedy"} for failure in document["failures"])


STRICT = TOML.replace("\nk = 1\n", "\nk = 5\n").replace(
    "max_prosecutor_risk = 1.0", "max_prosecutor_risk = 0.2"
)


def test_a_reason_overrides_a_condition_on_risk(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The package names the condition and the reason, and not by how much it failed."""
    write_small(small, toml=STRICT)
    _, err = refused(small, capsys, "--override", "k", "--reason", "A board agreed.")
    assert [line.split(":")[0] for line in err.splitlines()[1::2]] == ["  prosecutor-risk"]
    words = [
        "--override",
        "k",
        "--reason",
        "A board agreed.",
        "--override",
        "prosecutor-risk",
        "--reason",
        "It too.",
    ]
    out = small.parent / "package"
    assert call(["pack", str(small), str(out), "--version", "1.0.0", *words]) == 0
    told = capsys.readouterr().out
    assert "overridden: k" in told
    policy = json.loads((out / "datapackage.json").read_text())["ppdarchive"]
    assert policy["overridden"] == [
        {"condition": "k", "reason": "A board agreed."},
        {"condition": "prosecutor-risk", "reason": "It too."},
    ]
    assert set(policy["risk"]) == {"average_risk"}


def test_risk_that_cannot_be_counted_has_no_figures(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is overridden that nobody knows whose rows they are, no k is claimed."""
    package = {"resources": [{"name": "patients", "schema": "schemas/participants.json"}]}
    (small / "datapackage.json").write_text(json.dumps(package))
    start, end = TOML.rindex("[[export]]"), TOML.index("[[package.licenses]]")
    toml = (TOML[:start] + TOML[end:]).replace('table = "participants"', 'table = "patients"')
    toml = toml.replace('consent = "agreed"', 'consent = "all: they signed"')
    (small / "study.toml").write_text(toml)
    _, err = refused(small, capsys)
    assert [line.split(":")[0] for line in err.splitlines()[1::2]] == ["  participants"]
    out = small.parent / "package"
    pack_study(small, out, version="1.0.0", released_on=DAY, overrides={"participants": "A board agreed."})
    policy = json.loads((out / "datapackage.json").read_text())["ppdarchive"]
    assert policy["overridden"] == [{"condition": "participants", "reason": "A board agreed."}]
    assert policy["risk"] == {}


def test_what_held_is_not_called_overridden(small: Path) -> None:
    """A reason for a condition that holds changes nothing, and the figures are told."""
    out = small.parent / "package"
    pack_study(small, out, version="1.0.0", released_on=DAY, overrides={"k": "In case."})
    policy = json.loads((out / "datapackage.json").read_text())["ppdarchive"]
    assert policy["overridden"] == []
    assert set(policy["risk"]) == {"k", "max_prosecutor_risk", "average_risk"}


def test_a_reason_is_scanned_as_everything_published(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name in a reason is found where the package would tell it."""
    write_small(small, toml=STRICT.replace("\nk = 5\n", "\nk = 1\n"))
    _, err = refused(small, capsys, "--override", "prosecutor-risk", "--reason", "Because of Zyxwanda.")
    assert "known-identifiers: datapackage.json" in err


@pytest.mark.parametrize(
    "condition", ["license", "consent", "known-identifiers", "schema", "approvals", "kk"]
)
def test_only_conditions_on_risk_can_be_overridden(
    small: Path, capsys: pytest.CaptureFixture[str], condition: str
) -> None:
    """A reason for any other condition is wrong use, and so is a reason that says nothing."""
    words = ["pack", str(small), str(small.parent / "p"), "--version", "1.0.0", "--override", condition]
    assert call([*words, "--reason", "x"]) == 2
    assert "cannot be overridden" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["--override", "k"], ["--reason", "x"], ["--override", "k", "--reason", " "]]
)
def test_each_override_has_its_reason(
    small: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    """As many reasons as conditions, and none blank."""
    assert call(["pack", str(small), str(small.parent / "p"), "--version", "1.0.0", *words]) == 2
    assert "--reason" in capsys.readouterr().err


def test_shifted_dates_may_be_somebodys_by_chance(small: Path) -> None:
    """A date that was shifted by random days is released, even where it falls on a known one."""
    schema = json.loads(json.dumps(PARTICIPANTS))
    schema["fields"].append(
        {"name": "seen", "type": "date", "disclosure": disclosure("quasi-identifier", "shift_dates")}
    )
    toml = TOML.replace('age = "age"', 'age = "age"\nseen = "born"').replace(
        '"safe-harbor"', '"limited-data-set"'
    )
    write_small(small, toml=toml, participants=json.dumps(schema))
    for number in range(3):
        pack(small, small.parent / f"package{number}")


def test_papers_are_demanded(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an approval nothing is published, and no reason helps."""
    write_small(small, toml=TOML.replace('approval = {id = "A-1", dua = "D-1"}', ""))
    _, err = refused(small, capsys)
    assert "approvals: [release.approval] does not name the id of an approval" in err


PLACES = {
    "study title": {"toml": TOML.replace("A small study", "Zyxwanda and others")},
    "study id": {"toml": TOML.replace('"small"', '"small-qvortrup"')},
    "dropped field's name": {
        "toml": TOML.replace('age = "age"', 'age = "age"\nqvortrup = "pid"'),
        "participants": json.dumps({**PARTICIPANTS, "fields": [*PARTICIPANTS["fields"], {
            "name": "qvortrup", "type": "string", "disclosure": disclosure("none", "drop"),
        }]}),
    },
    "description": {"participants": json.dumps({**PARTICIPANTS, "description": "After Zyxwanda."})},
    "kept text": {
        "responses": json.dumps({**RESPONSES, "fields": [*RESPONSES["fields"][:2], {
            "name": "text", "type": "string", "disclosure": disclosure("none", "keep"),
        }]}),
    },
}  # fmt: skip


@pytest.mark.parametrize("place", list(PLACES))
def test_a_known_identifier_anywhere_refuses_the_release(
    small: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """In the study's own words and in fields that are kept."""
    write_small(small, **PLACES[place])
    _, err = refused(small, capsys)
    assert "known-identifiers" in err


def test_authors_may_be_cited(small: Path) -> None:
    """Who is cited may bear a name that is in the data, but nowhere else in the package."""
    author = '[[package.contributors]]\ngiven_name = "Anna"\nfamily_name = "Lind"'
    toml = TOML.replace('[[package.contributors]]\ntitle = "A lab"', author)
    write_small(small, toml=toml)
    pack(small, small.parent / "package")
    assert "Lind" in (small.parent / "package/CITATION.cff").read_text()
    write_small(
        small, toml=toml, participants=json.dumps({**PARTICIPANTS, "description": "Anna Lind coached."})
    )
    with pytest.raises(GateRefusedError):
        pack(small, small.parent / "other")


def test_a_list_of_known_identifiers_counts(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A value of a [[known]] list is looked for as a direct identifier's is."""
    (small / "exports/known.csv").write_text("who\nVestergaard\n")
    schema = {**RESPONSES, "fields": [*RESPONSES["fields"][:2], {
        "name": "text", "type": "string", "disclosure": disclosure("none", "keep"),
    }]}  # fmt: skip
    toml = TOML + '\n[[known]]\npath = "exports/known.csv"\ncolumns = {who = "NAME"}\n'
    people = PEOPLE.replace("Zyxwanda Qvortrup", "Someone Else")
    answers = (
        ANSWERS.replace("Zyxwanda", "Somebody")
        .replace("it was good", "Vestergaard")
        .replace("P-10001.", "x.")
        .replace("541 555-0199", "x")
        .replace("Anna Lind", "x")
    )
    write_small(small, toml=toml, responses=json.dumps(schema), people=people, answers=answers)
    _, err = refused(small, capsys)
    assert "data/responses.parquet (column text): 1 known identifier" in err


@pytest.mark.parametrize("where", ["participants", "responses"])
def test_a_breach_of_consent_refuses_the_release(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """If a defect let somebody through the gate would count them."""
    whole = preparing.consented

    def broken(tables: Any, field: str | None, **options: Any) -> Consented:
        right = whole(tables, field, **options)
        return Consented({**right.tables, where: tables[where]}, {})

    monkeypatch.setattr(preparing, "consented", broken)
    _, err = refused(small, capsys)
    assert "  consent: 2 participants" in err


@pytest.mark.parametrize("method", ["drop", "keep"])
def test_consent_is_counted_whatever_becomes_of_the_key(
    small: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Keys that are kept or dropped hide no breach and raise no false alarm."""

    def treated(schema: dict[str, Any]) -> str:
        fields = [
            {**each, "disclosure": disclosure("key", method)} if each["name"] == "pid" else each
            for each in schema["fields"]
        ]
        return json.dumps({**schema, "fields": fields})

    people, answers = PEOPLE.replace("P-1000", "P"), ANSWERS.replace("P-1000", "P")
    # Keys that are kept are codes, which safe harbor does not let stay (45 CFR 164.514(b)(2)(i)(R)).
    write_small(
        small,
        toml=TOML.replace('"safe-harbor"', '"limited-data-set"'),
        participants=treated(PARTICIPANTS),
        responses=treated(RESPONSES),
        people=people,
        answers=answers,
    )
    pack(small, small.parent / "package")
    whole = preparing.consented
    monkeypatch.setattr(preparing, "consented", lambda tables, _, **__: whole(tables, None))
    with pytest.raises(GateRefusedError) as raised:
        pack(small, small.parent / "other")
    assert "consent" in [failure.condition for failure in raised.value.failures]


def test_nobody_consented(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A release of nobody is none."""
    write_small(small, people=PEOPLE.replace(",true,", ",false,"))
    _, err = refused(small, capsys)
    assert "not-empty" in err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('replace = "tag"', r"\[NAME\] here, call \[CONTACT\] or ask \[NAME\]\. I am \[ID\]\."),
        (
            'replace = "numbered"',
            r"\[NAME-\d\] here, call \[CONTACT-1\] or ask \[NAME-\d\]\. I am \[ID-1\]\.",
        ),
        ('replace = "mask"', r"█{5} here, call █{5} or ask █{5}\. I am █{5}\."),
        (
            'replace = "general"',
            r"\[Someone\] here, call \[a phone number\] or ask \[someone\]\. I am \[a code\]\.",
        ),
        (
            'replace = "surrogate"',
            r"[A-Z]\w+ here, call \d{3} 555-01\d\d or ask \w+ \w+\. I am [A-Z]-\d{5}\.",
        ),
        (
            'replace = "surrogate"\nwithin = "study"',
            r"[A-Z]\w+ here, call \d{3} 555-01\d\d or ask \w+ \w+\. I am [A-Z]-\d{5}\.",
        ),
    ],
)
def test_every_way_of_replacing_gives_the_same_package_again(
    small: Path, load: Callable[[Path], Any], text: str, expected: str
) -> None:
    """What stands in the place of names follows from the register, and the gate lets it pass."""
    write_small(small, toml=f"{TOML}\n[text]\n{text}\n")
    pack(small, small.parent / "package")
    pack(small, small.parent / "again")
    answers = [str(answer) for answer in load(small.parent / "package")["responses"]["text"]]
    assert "it was good" in answers
    (answer,) = set(answers) - {"it was good"}
    assert re.fullmatch(expected, answer)
    for name in ("Zyxwanda", "Anna", "Lind", "P-10001", "0199"):
        assert name not in answer
    files = [
        {path.name: path.read_bytes() for path in (small.parent / each).rglob("*.csv")}
        for each in ("package", "again")
    ]
    assert files[0] == files[1]


def test_an_answer_may_be_withheld(small: Path, load: Callable[[Path], Any]) -> None:
    """Where the policy withholds what is uncertain, even a required answer may be missing."""
    schema = json.loads(json.dumps(RESPONSES))
    schema["fields"][2]["constraints"] = {"required": True}
    answers = ANSWERS.replace("it was good", "hope was there and so was Hope may be in May or March 5")
    write_small(
        small, toml=TOML + '\n[text]\nuncertain = "withhold"\n', responses=json.dumps(schema),
        answers=answers, people=PEOPLE.replace("Bo Ek", "Hope May"),
    )  # fmt: skip
    result = pack(small, small.parent / "package")
    release = load(small.parent / "package")
    withheld = len(result.treated.redactions["responses", "text"].withheld)
    assert release["responses"]["text"].isna().sum() == withheld


# -- disks and crashes ----------------------------------------------------------------------------


def test_a_read_only_target_is_left_alone(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written nothing is, and the error says so."""

    def refuse(self: Path, *_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(self))

    out = small.parent / "target"
    out.mkdir()
    real = Path.mkdir

    def picky(self: Path, *arguments: Any, **rest: Any) -> None:
        if "staging" in self.as_posix():
            refuse(self)
        real(self, *arguments, **rest)

    monkeypatch.setattr(Path, "mkdir", picky)
    with pytest.raises(PpdArchiveError) as raised:
        pack(small, out / "package")
    assert (raised.value.code, raised.value.__context__) == ("package.not-writable", None)
    assert list(out.iterdir()) == []


@pytest.fixture
def mounted() -> Iterator[Callable[[str], Path]]:
    """Return a way to mount small disks."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    places: list[str] = []
    with TemporaryDirectory() as parent:

        def mount(options: str) -> Path:
            place = Path(parent) / str(len(places))
            place.mkdir()
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)], capture_output=True, check=False
            )
            if done.returncode:
                pytest.skip("no file system can be mounted here")
            places.append(str(place))
            return place

        yield mount
        for place in places:
            subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("size", ["8k", "20k", "32k"])
def test_a_full_disk_leaves_nothing(small: Path, mounted: Callable[[str], Path], size: str) -> None:
    """A disk that is full at any of its stages has neither a package nor a part of one."""
    disk = mounted(f"size={size}")
    with pytest.raises(PackageError) as raised:
        pack(small, disk / "package")
    assert (raised.value.code, raised.value.__context__) == ("package.not-writable", None)
    assert list(disk.iterdir()) == []


def test_a_disk_that_cannot_be_written_is_told(small: Path, mounted: Callable[[str], Path]) -> None:
    """A read-only file system is an error of the package, not a bug."""
    disk = mounted("size=1m,ro")
    with pytest.raises(PackageError) as raised:
        pack(small, disk / "package")
    assert (raised.value.code, raised.value.__context__) == ("package.not-writable", None)


def killed(small: Path, number: int, seconds: float, load: Callable[[Path], Any]) -> bool:
    """Kill a process that packs, and see what it left; whether it left a package."""
    out = small.parent / f"killed{number}"
    with subprocess.Popen(
        [sys.executable, "-c", PACK, "pack", str(small), str(out), "--version", "1.0.0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    if out.exists():
        assert len(load(out).tables) == 2
    for stage in small.parent.glob(".*.staging"):
        assert stage.stat().st_mode & 0o077 == 0 or load(stage)
    return out.exists()


def test_a_killed_process_leaves_all_or_nothing(small: Path, load: Callable[[Path], Any]) -> None:
    """At a few random instants there is no package or a whole one, and the register works on."""
    random = Random(7)
    for number in range(3):
        killed(small, number, random.uniform(0.8, 2.5), load)
    pack(small, small.parent / "package")
    assert load(small.parent / "package")


@pytest.mark.thorough
def test_a_process_killed_at_many_instants_leaves_all_or_nothing(
    small: Path, load: Callable[[Path], Any]
) -> None:
    """At fifty random instants around the writing."""
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-c", PACK, "pack", str(small), str(small.parent / "first"), "--version", "1.0.0"],
        check=True, capture_output=True,
    )  # fmt: skip
    whole = time.monotonic() - began
    random = Random(11)
    left = [killed(small, number, random.uniform(whole * 0.3, whole * 1.1), load) for number in range(50)]
    assert {True, False} >= set(left)
    pack(small, small.parent / "package")
    assert (
        snapshot(small.parent / "package")["data/responses.parquet"]
        == (snapshot(small.parent / "first")["data/responses.parquet"])
    )


def test_who_is_whom_stays_known_after_a_refusal(small: Path, load: Callable[[Path], Any]) -> None:
    """Pseudonyms that were drawn for a refused release are those of the next one."""
    write_small(small, toml=TOML.replace('name = "CC0-1.0"', 'name = "Zyxwanda"'))
    with pytest.raises(GateRefusedError):
        pack(small, small.parent / "package")
    backup = snapshot(small / "private")
    write_small(small)
    pack(small, small.parent / "package")
    after = snapshot(small / "private")
    assert {name: digest for name, digest in after.items() if not name.startswith("audit")} == backup
    assert len(values_of(load(small.parent / "package")["participants"]["pid"])) == 2


@pytest.mark.parametrize(
    "lines", ["value\nTilly", "value,kind\nTilly,pet name", None], ids=["header", "kind", "none"]
)
def test_a_list_of_the_study_s_that_cannot_be_used_is_told(small: Path, lines: str | None) -> None:
    """What is wrong and where, without a value of the list."""
    if lines is not None:
        (small / "exports/places.csv").write_text(lines)
    write_small(small, toml=TOML + '\n[text]\nlexicons = ["exports/places.csv"]\n')
    with pytest.raises(StudyError) as raised:
        preview_study(small)
    assert raised.value.code == "study.lexicon"
    assert raised.value.pointer == "text.lexicons[0]"
    assert "Tilly" not in str(raised.value)


def test_a_list_of_the_study_s_is_known_to_the_engine(small: Path) -> None:
    """A facility that no other list has is found, and replaced."""
    (small / "exports/places.csv").write_text("value,kind\nthe merry mole,facility\n")
    answers = ANSWERS.replace("it was good", "the merry mole was good")
    write_small(small, toml=TOML + '\n[text]\nlexicons = ["exports/places.csv"]\n', answers=answers)
    released = preview_study(small).treated.tables["responses"].frame
    assert not released["text"].str.contains("mole").any()


# -- the audit log --------------------------------------------------------------------------------


def test_a_package_has_its_log(small: Path) -> None:
    """Every edit of the released answers is in it, by the keys that the study knows; no word is."""
    pack(small, small.parent / "package")
    frame = read_audit(small / "private")
    assert set(frame["key"]) == {"R-1"}
    assert Counter(frame["category"]) == {"NAME": 2, "CONTACT": 1, "ID": 1}
    (path,) = (small / "private/audit").iterdir()
    content = path.read_text()
    assert not any(word in content for word in ("Zyxwanda", "Anna", "Lind", "0199", "call"))
    assert not any("audit" in each.name for each in (small.parent / "package").rglob("*"))


def test_a_refused_package_has_no_log(small: Path) -> None:
    """What was not released was not edited for anybody."""
    write_small(small, toml=TOML.replace('name = "CC0-1.0"', 'name = "Zyxwanda"'))
    with pytest.raises(GateRefusedError):
        pack(small, small.parent / "package")
    assert not (small / "private/audit").exists()


def test_a_package_that_cannot_be_placed_has_no_log(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the last step fails, its log is taken back."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ppdarchive.package.files._place", fail)
    with pytest.raises(KeyboardInterrupt):
        pack(small, small.parent / "package")
    assert list((small / "private/audit").iterdir()) == []


# -- what the gate tells --------------------------------------------------------------------------


def test_the_gate_tells_of_words_that_may_be_names(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name in a description that is on no list is told with its place, and the package is written."""
    schema = json.loads(json.dumps(PARTICIPANTS))
    schema["fields"][-1]["description"] = "As Vrindavani Obuya asked it."
    write_small(small, participants=json.dumps(schema))
    out = small.parent / "package"
    assert call(["pack", str(small), str(out), "--version", "1.0.0"]) == 0
    told = capsys.readouterr()
    assert "warning: residual-words: " in told.out
    assert "Obuya" not in told.out + told.err
    assert out.is_dir()


def test_an_address_in_a_description_stops_the_release(
    small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody's e-mail address in a schema is refused, and not shown."""
    schema = json.loads(json.dumps(PARTICIPANTS))
    schema["fields"][-1]["description"] = "Ask jo.doe@example.org."
    write_small(small, participants=json.dumps(schema))
    _, err = refused(small, capsys)
    assert "residual-identifiers" in err
    assert "jo.doe" not in err


def test_an_answer_that_was_not_searched_stops_the_release(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the redaction fails silently, the gate's own search does not."""
    answers = ANSWERS.replace("it was good", "Vrindavani Obuya was good")
    write_small(small, answers=answers)

    class Blind:
        """Finds nothing."""

        def detect(self, texts: list[str], groups: object = None) -> list[list[object]]:
            return [[] for _ in texts]

    treat = drafting.treat_shared

    def blindly(study: Any, allowed: Any, known: Any, engine: Any, **rest: Any) -> Any:
        return treat(study, allowed, known, Blind(), **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(drafting, "treat_shared", blindly)
    _, err = refused(small, capsys)
    assert "residual-text" in err
    assert "Obuya" not in err
