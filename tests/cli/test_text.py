"""The commands on texts: what they say, that they never show what was found, and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ppdarchive.cli import text
from ppdarchive.cli.render import WIDTH
from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.textscan import scan_file

Run = Callable[..., Any]

ANSWERS = [
    "my coach Maria Zubrowska called, she was a godsend",
    "",
    "nothing to say",
    'she wrote "Zubrowska" and a\nline break, mail maria@example.org',
    "we moved to Ohio",
]
SECRETS = ("Maria", "Zubrowska", "maria@")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same answers as CSV, TSV, Parquet and plain lines."""
    monkeypatch.chdir(tmp_path)
    owners = ["a", "a", "b", "b", "c"]
    for name, delimiter in (("answers.csv", ","), ("answers.tsv", "\t")):
        with (tmp_path / name).open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, delimiter=delimiter)
            rows.writerow(["who", "answer", "other"])
            rows.writerows([owner, text, "Susan came"] for owner, text in zip(owners, ANSWERS, strict=True))
    table = pa.table({"who": owners, "answer": ANSWERS, "other": ["Susan came"] * 5, "n": [1] * 5})
    pq.write_table(table, tmp_path / "answers.parquet")
    lines = "\n".join(text.replace("\n", " ") for text in ANSWERS)
    (tmp_path / "answers.txt").write_text(lines, encoding="utf-8")
    return tmp_path


def places(said: str) -> list[tuple[int, int, int]]:
    """Row, start and end of each place of a JSON output."""
    return [(own["row"], own["start"], own["end"]) for own in json.loads(said)["places"]]


def told(path: Path, **options: Any) -> object:
    """The counts and places of a scan; the last digits of scores may depend on the batch."""
    scan = scan_file(path, columns=["answer"], **options)
    spans = [(own.row, own.column, replace(own.span, score=1.0)) for own in scan.places]
    return scan.n_texts, scan.n_characters, scan.n_with, scan.counts, spans


# ---------------------------------------------------------------------------------------------
# scan
# ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("folder")
def test_scan_says_the_same_of_every_form(run: Run) -> None:
    """CSV, TSV, Parquet and plain lines with the same texts give the same places."""
    said = [
        run("text", "scan", "answers.csv", "--column", "answer", "--json"),
        run("text", "scan", "answers.tsv", "--column", "answer", "--json"),
        run("text", "scan", "answers.parquet", "--column", "answer", "--json"),
        run("text", "scan", "answers.txt", "--json"),
    ]
    assert {outcome.code for outcome in said} == {1}
    assert len({tuple(places(outcome.out)) for outcome in said}) == 1
    found = json.loads(said[0].out)
    assert (found["texts"], found["characters"]) == (4, sum(map(len, ANSWERS)))
    assert found["columns"]["answer"]["CONTACT"]["redact"] == 1
    assert found["columns"]["answer"]["LOCATION (state)"]["redact"] == 1


@pytest.mark.usefixtures("folder")
def test_scan_never_shows_what_it_finds(run: Run) -> None:
    """Without --show-values no word of an answer is on the screen; with it, words in context."""
    plain = run("text", "scan", "answers.csv", "--column", "answer")
    as_json = run("text", "scan", "answers.csv", "--column", "answer", "--json")
    assert not [secret for secret in SECRETS if secret in plain.out + plain.err + as_json.out + as_json.err]
    assert max(map(len, plain.out.splitlines())) <= WIDTH
    shown = run("text", "scan", "answers.csv", "--column", "answer", "--show-values")
    assert "my coach [Maria Zubrowska] called" in shown.out
    both = run("text", "scan", "answers.csv", "--column", "answer", "--show-values", "--json")
    assert both.code == 2


@pytest.mark.usefixtures("folder")
def test_scan_of_several_columns(run: Run) -> None:
    """Each column is counted by itself, and places are told up to the number asked for."""
    outcome = run("text", "scan", "answers.csv", "--column", "answer", "--column", "other", "--places", "2")
    assert "answer " in outcome.out
    assert "other " in outcome.out
    assert outcome.out.count("  answer row ") == 2
    assert "--places tells more of them." in outcome.out


def test_scan_that_finds_nothing(run: Run, folder: Path) -> None:
    """Nothing found, or only what may stay, is exit code 0."""
    (folder / "clean.txt").write_text("it was good\nwe moved to Ohio\n", encoding="utf-8")
    outcome = run("text", "scan", "clean.txt")
    assert (outcome.code, outcome.err) == (0, "")
    assert "States and countries may stay" in outcome.out


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_results_do_not_depend_on_chunks(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """With chunks of any size the same is found, with groups and without."""
    path = folder / f"answers.{kind}"
    whole = [told(path), told(path, group="who")]
    for size in (1, 30, 60):
        monkeypatch.setattr("ppdarchive.textscan.CHUNK", size)
        monkeypatch.setattr("ppdarchive.textscan._BATCH_ROWS", 2)
        assert whole == [told(path), told(path, group="who")]


def test_results_do_not_depend_on_processes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes find what one does, in the same order."""
    one = told(folder / "answers.csv")
    monkeypatch.setattr("ppdarchive.textscan.CHUNK", 1)
    assert told(folder / "answers.csv", processes=2) == one


def test_a_large_file_has_a_process_for_each_core(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to a few; a small file, a folder and what is not there have one."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)), raising=False)
    assert [text._n_processes(folder / name) for name in ("answers.csv", "", "absent.csv")] == [1, 1, 1]
    monkeypatch.setattr("ppdarchive.cli.text._LARGE", 1)
    assert [text._n_processes(folder / name) for name in ("answers.csv", "", "absent.csv")] == [4, 1, 1]


def test_commands_use_one_thread_for_matrices() -> None:
    """A process that loads the command line says so before NumPy is loaded, or keeps what it was told."""
    code = "import os, sys; import ppdarchive.cli; assert 'numpy' not in sys.modules; print(os.environ[{!r}])"
    told = {"OPENBLAS_NUM_THREADS": "3"}
    for name, expected in (("OPENBLAS_NUM_THREADS", "3"), ("OMP_NUM_THREADS", "1")):
        environment = {key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"} | told
        done = subprocess.run(
            [sys.executable, "-c", code.format(name)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected


def test_a_group_knows_its_names(folder: Path) -> None:
    """What is surely a name in one row of a group is one in all of its rows, and in no other's."""
    texts = ["my coach Zubrowska called me", "then zubrowska again"] * 2
    owners = ["a", "a", "b", "c"]
    pq.write_table(pa.table({"who": owners, "answer": texts}), folder / "g.parquet")
    together = {
        place.row for place in scan_file(folder / "g.parquet", columns=["answer"], group="who").places
    }
    assert {1, 2, 3} <= together


def test_a_group_that_comes_again_is_refused(run: Run, folder: Path) -> None:
    """Rows of a group must stand together; rows without a group are groups of their own."""
    for owners, code in ((["a", "b", "a"], 2), ([None, "b", None], 0)):
        pq.write_table(pa.table({"who": owners, "answer": ["fine"] * 3}), folder / "g.parquet")
        outcome = run("text", "scan", "g.parquet", "--column", "answer", "--group", "who")
        assert outcome.code == code
        assert ("row 3" in outcome.err) == (code == 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.csv", "--column", "answer"], "there is no such file"),
        (["answers.csv"], "--column"),
        (["answers.csv", "--column", "anwser"], "is it 'answer'?"),
        (["answers.parquet", "--column", "anwser"], "is it 'answer'?"),
        (["answers.parquet", "--column", "n"], "holds no text"),
        (["answers.txt", "--column", "answer"], "no columns"),
        (["answers.csv", "--column", "answer", "--delimiter", "ab"], "one character"),
        (["empty.csv", "--column", "answer"], "empty"),
        (["broken.csv", "--column", "answer"], "row"),
        (["latin.txt"], "row"),
        (["latin.csv", "--column", "answer"], "row"),
        (["broken.parquet", "--column", "answer"], "Parquet"),
        ([".", "--column", "answer"], "study.toml"),
        (["."], "no study.toml"),
        (["answers.txt", "--trained", "nowhere.json"], "there is no such file"),
        (["answers.txt", "--trained", "answers.txt"], "text train"),
    ],
)
def test_scan_of_what_cannot_be_read(run: Run, folder: Path, arguments: list[str], words: str) -> None:
    """What cannot be read is said in two sentences without a word of it, and is exit code 2."""
    (folder / "empty.csv").write_bytes(b"")
    (folder / "broken.csv").write_bytes(b"who,answer\na,Zubrowska\na,Zubrowska,Maria\n")
    (folder / "latin.txt").write_bytes("fine\nZubrowska é".encode("latin-1"))
    (folder / "latin.csv").write_bytes("who,answer\na,Zubrowska é\n".encode("latin-1"))
    (folder / "broken.parquet").write_bytes(b"PAR1 Zubrowska")
    outcome = run("text", "scan", *arguments)
    assert outcome.code == 2
    assert words in outcome.err
    assert "bug" not in outcome.err
    assert not [secret for secret in SECRETS if secret in outcome.err + outcome.out]


@pytest.fixture(scope="module")
def small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small example study."""
    folder = tmp_path_factory.mktemp("text") / "study"
    write_study(folder, participants=40, profile=profile_files())
    return folder


def test_scan_of_a_study(run: Run, small_study: Path) -> None:
    """All free texts of a study are looked through, with its known identifiers; nothing is written."""
    before = {path: path.read_bytes() for path in small_study.rglob("*") if path.is_file()}
    outcome = run("text", "scan", str(small_study), "--json", "--places", "100000")
    assert (outcome.code, outcome.err) == (1, "")
    said = json.loads(outcome.out)
    assert all("." in column for column in said["columns"])
    assert {place["detector"].partition(".")[0] for place in said["places"]} >= {"known"}
    assert said["places"] == sorted(said["places"], key=lambda own: (own["column"], own["row"], own["start"]))
    assert {path: path.read_bytes() for path in small_study.rglob("*") if path.is_file()} == before


# ---------------------------------------------------------------------------------------------
# explain
# ---------------------------------------------------------------------------------------------


def test_explain_names_every_detector(run: Run) -> None:
    """Each span is told with all that found it, their rules, scores and classes; and what is left."""
    text = "my son Jayden takes zoloft, mail him at jay@example.org from Ohio"
    outcome = run("text", "explain", text)
    assert (outcome.code, outcome.err) == (0, "")
    assert '"Jayden"' in outcome.out
    assert "phrases.kin-name redact" in outcome.out
    assert "HIPAA class F" in outcome.out
    assert "a state: the standard lets it stay" in outcome.out
    assert "zoloft" in outcome.out.partition("left, words of the field:")[2]
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    said = json.loads(run("text", "explain", text, "--json").out)
    assert list(said) == ["found", "left"]
    detectors = {reason["detector"] for own in said["found"] for reason in own["reasons"]}
    assert {"tagger", "phrases.kin-name"} <= detectors
    assert "Jayden" not in json.dumps(said)


def test_explain_reads_what_is_piped(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hyphen reads standard input, which leaves no trace in a shell's history."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("nothing here"))
    outcome = run("text", "explain", "-")
    assert (outcome.code, outcome.out.splitlines()[0]) == (0, "Nothing found.")


# ---------------------------------------------------------------------------------------------
# score and train
# ---------------------------------------------------------------------------------------------


def gold_lines(n_texts: int) -> str:
    """Answers in which a lab marked names, and a word that no list knows."""
    names = ("Maria Lopez", "Jayden", "Susan Miller", "Qwyzzle")
    lines = []
    for number in range(n_texts):
        name = names[number % len(names)]
        text = f"my friend {name} and Jayden came by, visit {number}"
        spans = [[at, at + len(own), "NAME"] for own in (name, "Jayden") for at in [text.rindex(own)]]
        lines.append(json.dumps({"text": text, "spans": spans}))
    return "\n".join(lines) + "\n"


def test_score(run: Run, folder: Path) -> None:
    """Both tiers are scored, by category too; misses are written for their owner alone."""
    (folder / "gold.jsonl").write_text(
        json.dumps({"text": "see Qqq and Maria", "spans": [[4, 7, "NAME"], [12, 17, "NAME"]]}) + "\n"
    )
    outcome = run("text", "score", "gold.jsonl", "--misses", "private.jsonl")
    assert (outcome.code, outcome.err) == (0, "")
    assert "redact + uncertain" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    assert "Maria" not in outcome.out
    private = folder / "private.jsonl"
    assert {json.loads(line)["mention"] for line in private.read_text().splitlines()} <= {"Qqq", "Maria"}
    if sys.platform != "win32":
        assert stat.S_IMODE(private.stat().st_mode) == 0o600
    again = run("text", "score", "gold.jsonl", "--misses", "private.jsonl")
    assert again.code == 2
    said = json.loads(run("text", "score", "gold.jsonl", "--json").out)
    assert list(said) == ["redact", "redact_and_uncertain"]
    assert said["redact"]["by_category"]["NAME"]["of"] == 2
    none = json.loads(run("text", "score", "gold.jsonl", "--only", "ip", "--json").out)
    assert none["redact_and_uncertain"]["recall"]["rate"] == 0


def test_score_of_brat_files(run: Run, folder: Path) -> None:
    """A folder of brat's pairs is one sample; a folder without is none."""
    (folder / "brat").mkdir()
    assert run("text", "score", "brat").code == 2
    (folder / "brat" / "1.txt").write_bytes(b"Maria\r\ncame")
    (folder / "brat" / "1.ann").write_text("T1\tNAME 0 5\tMaria\n")
    said = json.loads(run("text", "score", "brat", "--json").out)
    assert said["redact"]["recall"]["of"] == 1
    (folder / "brat" / "2.ann").write_text("")
    assert "2.txt: there is no such file" in run("text", "score", "brat").err


def test_train_and_use(run: Run, folder: Path) -> None:
    """What is learned is written for its owner alone, never over a file, and can be used at once."""
    (folder / "corrected.jsonl").write_text(gold_lines(60))
    outcome = run("text", "train", "corrected.jsonl", "--out", "trained.json")
    assert (outcome.code, outcome.err) == (0, "")
    assert "held out" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
    assert "Qwyzzle" not in outcome.out
    trained = folder / "trained.json"
    if sys.platform != "win32":
        assert stat.S_IMODE(trained.stat().st_mode) == 0o600
    assert run("text", "train", "corrected.jsonl", "--out", "trained.json").code == 2
    scored = run("text", "score", "corrected.jsonl", "--trained", "trained.json", "--json")
    plain = run("text", "score", "corrected.jsonl", "--json")
    best = [json.loads(own.out)["redact_and_uncertain"]["recall"]["rate"] for own in (scored, plain)]
    assert best[0] >= best[1]


def test_train_on_too_little(run: Run, folder: Path) -> None:
    """Too few corrections are refused, and nothing is written."""
    (folder / "few.jsonl").write_text(gold_lines(5))
    outcome = run("text", "train", "few.jsonl", "--out", "trained.json")
    assert outcome.code == 2
    assert outcome.err.startswith("error: few.jsonl: 10 mentions, and no fewer than 100 can teach anything\n")
    assert not (folder / "trained.json").exists()


def test_a_study_uses_what_was_trained(run: Run, tmp_path: Path, small_study: Path) -> None:
    """``[text] trained`` names a file; one that is none is said with its key."""
    toml = (small_study / "study.toml").read_text("utf-8")
    assert "[text]" in toml
    (small_study / "study.toml").write_text(toml.replace("[text]", '[text]\ntrained = "no.json"'), "utf-8")
    try:
        outcome = run("text", "scan", str(small_study))
    finally:
        (small_study / "study.toml").write_text(toml, "utf-8")
    assert outcome.code == 2
    assert "study.toml#text.trained" in outcome.err


@pytest.mark.parametrize("command", ["scan", "explain", "score", "train"])
def test_help_of_each_has_an_example(run: Run, command: str) -> None:
    """Every command's help fits the screen, and its example uses options that exist."""
    outcome = run("text", command, "--help")
    head, _, example = outcome.out.partition("Example:\n")
    assert example.strip().startswith(f"ppdarchive text {command} ")
    assert {word for word in example.split() if word.startswith("--")} <= set(head.split())
    assert max(map(len, outcome.out.splitlines())) <= WIDTH
