"""From a study's released side, or a package, to a file: what stops it, what it leaves, what it shows."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from ppdarchive.audit import read_audit
from ppdarchive.coders import convert
from ppdarchive.coders.convert import convert_folder
from ppdarchive.errors import CodingError, PackageError, WriteError
from ppdarchive.gate import GateRefusedError
from ppdarchive.loading import load
from ppdarchive.publish import FindingsError, pack_study

from .test_publish import ANSWERS, PARTICIPANTS, PEOPLE, RESPONSES, TOML, disclosure

DAY = date(2026, 1, 31)

CODES = "code_id,title,definition\nbond,Bond,When she feels heard.\ntask,Task,What to do\n"
CODERS = "coder_id\nMaren\nTove\n"
# The first covers a name, which redaction replaces.
CODINGS = (
    "rid,code_id,coder_id,start,end,stage,memo\n"
    "R-1,bond,Maren,0,13,independent,Qvortrup again\n"
    "R-1,bond,Maren,0,13,consensus,\n"
    "R-4,task,Maren,7,11,independent,\n"
)
KEY = {"required": True}


def table(name: str, *columns: str) -> str:
    """A part of study.toml that reads a table."""
    named = "".join(f'{column} = "{column}"\n' for column in columns)
    head = f'[[export]]\ntable = "{name}"\nformat = "csv"\npath = "exports/{name}.csv"\n'
    return f"{head}[export.columns]\n{named}"


SCHEMAS: dict[str, dict[str, object]] = {
    "participants": PARTICIPANTS,
    "responses": RESPONSES,
    "codes": {
        "fields": [
            {"name": name, "type": "string", "disclosure": disclosure("none", "keep")}
            for name in ("code_id", "title", "definition")
        ],
        "primaryKey": ["code_id"],
    },
    "coders": {
        "fields": [
            {
                "name": "coder_id", "type": "string",
                "disclosure": disclosure("key", "pseudonymize", space="coder"),
            }
        ],
        "primaryKey": ["coder_id"],
    },
    "codings": {
        "fields": [
            {
                "name": "response_id", "type": "string",
                "disclosure": disclosure("key", "pseudonymize", space="response"),
            },
            {"name": "code_id", "type": "string", "disclosure": disclosure("none", "keep")},
            {
                "name": "coder_id", "type": "string",
                "disclosure": disclosure("key", "pseudonymize", space="coder"),
            },
            {"name": "start", "type": "integer", "disclosure": disclosure("none", "keep")},
            {"name": "end", "type": "integer", "disclosure": disclosure("none", "keep")},
            {"name": "stage", "type": "string", "disclosure": disclosure("none", "keep")},
            {"name": "memo", "type": "string", "disclosure": disclosure("direct-identifier", "drop")},
        ],
        "primaryKey": ["response_id", "code_id", "coder_id", "start", "end", "stage"],
        "foreignKeys": [
            {"fields": [field], "reference": {"resource": name, "fields": [field]}}
            for field, name in (("response_id", "responses"), ("code_id", "codes"), ("coder_id", "coders"))
        ],
    },
}  # fmt: skip
STUDY = (
    TOML.replace('rid = "rid"', 'response_id = "rid"')
    .replace('[[package.licenses]]', table("codes", "code_id", "title", "definition")
    + table("coders", "coder_id")
    + table("codings", "code_id", "coder_id", "start", "end", "stage", "memo") + 'response_id = "rid"\n'
    + "[[package.licenses]]")
)  # fmt: skip


def write_coded(folder: Path, **changes: str) -> Path:
    """Write a coded study; `changes` exchange files by table, and study.toml."""
    exports = {
        "participants": PEOPLE, "responses": ANSWERS, "codes": CODES, "coders": CODERS, "codings": CODINGS,
    }  # fmt: skip
    schemas = json.loads(json.dumps(SCHEMAS).replace('"rid"', '"response_id"'))
    files = {
        "study.toml": changes.pop("toml", STUDY),
        "datapackage.json": json.dumps(
            {"resources": [{"name": name, "schema": schema} for name, schema in schemas.items()]}
        ),
        **{f"exports/{name}.csv": changes.get(name, text) for name, text in exports.items()},
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """Return a coded study."""
    return write_coded(tmp_path / "study")


def converted(folder: Path, name: str = "made.qdpx", kind: str = "refi-qda", **more: object) -> bytes:
    """The bytes of what a study or package is converted to."""
    out = folder.parent / name
    convert_folder(folder, out, kind=kind, released_on=DAY, **more)  # type: ignore[arg-type]
    written = out.read_bytes()
    out.unlink()
    return written


def opened(written: bytes, path: Path) -> dict[str, bytes]:
    """The members of an archive."""
    path.write_bytes(written)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def beside(folder: Path) -> set[str]:
    """What lies beside a study."""
    return {path.name for path in folder.parent.iterdir()}


def test_a_study_is_converted_as_it_would_be_released(coded: Path) -> None:
    """Names, ids, memos and who did not consent are in no byte; positions follow the redacted text."""
    members = opened(converted(coded), coded.parent / "kept")
    everything = b"".join(members.values()) + "".join(members).encode()
    for planted in ("Zyxwanda", "Qvortrup", "Maren", "Tove", "R-1", "P-10001", "nobody may", "nor this"):
        assert planted.encode() not in everything
    assert b"[NAME] here, call [CONTACT]" in everything
    assert b'name="[NAME] here"' in members["project.qde"]
    assert beside(coded) == {"study", "kept"}


@pytest.mark.parametrize(
    ("name", "kind", "more"),
    [
        ("made.qdpx", "refi-qda", {}),
        ("made.qdc", "refi-codebook", {}),
        ("made.csv", "csv", {}),
        ("codes.csv", "taguette-codebook", {}),
        ("made.sqlite3", "taguette", {"stage": "independent"}),
    ],
)
def test_what_is_not_released_has_no_part_in_it(coded: Path, name: str, kind: str, more: dict) -> None:
    """A study that differs in names, memos, ids of coders and order alone gives the same bytes."""
    one = converted(coded, name, kind, **more)
    package = coded.parent / "package"
    pack_study(coded, package, version="9.9.9", released_on=date(2020, 2, 2))
    assert converted(package, f"other {name}", kind, **more) == one
    shutil.rmtree(package)
    answers = ANSWERS.replace("Zyxwanda", "Wiltrudis").splitlines()
    header, *rows = CODINGS.replace("Qvortrup again", "a far longer memo of 1999").splitlines()
    write_coded(
        coded,
        responses="\n".join([answers[0], *reversed(answers[1:])]) + "\n",
        participants=PEOPLE.replace("Zyxwanda Qvortrup", "Wiltrudis Quandt").replace("1990", "1989"),
        codings="\n".join([header, *reversed(rows)]).replace(",0,13,", ",0,14,") + "\n",
    )
    assert converted(coded, name, kind, **more) == one


def test_the_file_does_not_know_where_it_was_made(coded: Path) -> None:
    """Another time zone, language, umask, hash seed and user: the same bytes."""
    one = converted(coded)
    call = "import sys; from ppdarchive.cli.main import call; sys.exit(call(sys.argv[1:]))"
    environment = {
        **os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7919", "USER": "maren",
    }  # fmt: skip
    subprocess.run(
        [sys.executable, "-c", call, "code", "convert", str(coded), "elsewhere.qdpx"],
        cwd=coded.parent, env=environment, umask=0o077, check=True, capture_output=True,
    )  # fmt: skip
    assert (coded.parent / "elsewhere.qdpx").read_bytes() == one


def test_the_log_bears_the_file_s_name(coded: Path) -> None:
    """Who reads the audit logs later sees what the edits were made for, and no version that never was."""
    converted(coded, "for the team.qdpx")
    assert set(read_audit(coded / "private")["version"]) == {"converted-to-for the team.qdpx"}
    assert len(list((coded / "private/audit").iterdir())) == 1


def test_what_is_there_stays(coded: Path) -> None:
    """A file that is there stops it, before any pseudonym is drawn or log written."""
    out = coded.parent / "made.qdpx"
    for there in (lambda: out.write_text("mine"), lambda: (out.unlink(), out.symlink_to("nowhere"))):
        there()
        with pytest.raises(WriteError) as caught:
            converted(coded)
        assert caught.value.code == "write.there-already"
        assert not (coded / "private").exists()


def test_a_folder_that_is_not_there_is_named(coded: Path) -> None:
    """Nothing is drawn or logged for a file that cannot be written."""
    with pytest.raises(PackageError) as caught:
        convert_folder(coded, coded.parent / "none/made.qdpx", kind="refi-qda", released_on=DAY)
    assert caught.value.code == "package.not-writable"
    assert not (coded / "private").exists()


def test_a_package_is_not_written_into(coded: Path) -> None:
    """A file more in a package would make it another one."""
    package = coded.parent / "package"
    pack_study(coded, package, version="1.0.0", released_on=DAY)
    with pytest.raises(WriteError) as caught:
        convert_folder(package, package / "made.qdpx", kind="refi-qda", released_on=DAY)
    assert caught.value.code == "write.not-writable"
    assert load(package)


def test_the_gate_stops_it(coded: Path) -> None:
    """A study that may not be released is not converted, and nothing is left."""
    write_coded(coded, toml=STUDY.replace("\nk = 1\n", "\nk = 5\n"))
    with pytest.raises(GateRefusedError):
        converted(coded)
    write_coded(coded, codings=CODINGS.replace("bond", "bund"))
    with pytest.raises(FindingsError):
        converted(coded)
    assert beside(coded) == {"study"}


def test_stages_are_chosen(coded: Path) -> None:
    """Taguette cannot tell stages, so one is to be named; what has no coding is refused."""
    with pytest.raises(CodingError, match="--stage") as caught:
        converted(coded, "made.sqlite3", "taguette")
    assert caught.value.code == "coding.two-stages"
    rows = converted(coded, "made.csv", "csv", stage="consensus").decode().splitlines()
    assert len(rows) == 2
    assert rows[1].replace('"', "").endswith(",0,11,consensus")
    write_coded(coded, codings="\n".join(CODINGS.splitlines()[:2]) + "\n")
    with pytest.raises(CodingError, match="no coding of the stage consensus") as caught:
        converted(coded, stage="consensus")
    assert caught.value.code == "coding.nothing"
    assert beside(coded) == {"study"}


def test_the_package_in_between_is_private_and_goes(coded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in a hidden folder that only its owner opens; stopped while writing, nothing stays."""
    seen: list[int] = []

    def stopped(*_: object, **__: object) -> None:
        (hidden,) = coded.parent.glob(".ppdarchive-*")
        seen.append(stat.S_IMODE(hidden.stat().st_mode))
        raise KeyboardInterrupt

    monkeypatch.setattr(convert, "write_project", stopped)
    with pytest.raises(KeyboardInterrupt):
        converted(coded)
    assert seen == [0o700]
    assert beside(coded) == {"study"}
