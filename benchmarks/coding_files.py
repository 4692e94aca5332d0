"""The files that benchmarks/coding.py reads: made-up answers, and what four coders marked in them."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ppdarchive.coding.formats import write_project
from ppdarchive.coding.project import Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.text.units import Unit

SENTENCES: Final = (
    "the coach was so helpful and my baby would not sleep I felt less alone with calls every week",
    "really good mood program but there is much time someone listened to me without judging",
    "when nights were long she asked what I needed it's hard being deployed while he cries",
    "we learned small steps each day",
)
WORDS: Final = [word for sentence in SENTENCES for word in sentence.split()]
EMOJI: Final = ("\U0001f642", "\U0001f476", "\u2764\ufe0f", "\U0001f469\u200d\U0001f37c")
N_CODERS, N_CODES, N_QUESTIONS = 4, 30, 10
SCHEMAS: Final = Path(__file__).parent.parent / "schemas"
FIELDS: Final = {
    "participants": ("participant_id", "consent_to_share"),
    "questions": ("question_id", "wording"),
    "responses": ("response_id", "participant_id", "question_id", "wave", "text"),
    "coders": None, "themes": None, "codes": None, "codings": None,
}  # fmt: skip
EXPORT: Final = '[[export]]\ntable = "{0}"\nformat = "csv"\npath = "{0}.csv"\n'
CODING: Final = '[[coding]]\npath = "codings.csv"\nformat = "csv"\n'
PACKAGE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"

Made = TypeVar("Made")
Integers = npt.NDArray[np.int64]


def generate(folder: str, n_responses: str, n_codings: str) -> None:
    """Make all files that the parts read."""
    home, n_texts, n_rows = Path(folder), int(n_responses), int(n_codings)
    texts = _texts(n_texts)
    segments = _segments(np.array([len(starts) for _, starts, _ in texts]), n_rows)
    ids = pa.array([f"R{row:07}" for row in range(n_texts)])
    numbers = np.arange(n_texts)
    responses = pa.table(
        {
            "response_id": ids,
            "participant_id": pa.array([f"P{row:06}" for row in (numbers // 4).tolist()]),
            "question_id": pa.array([f"q{row}" for row in (numbers % N_QUESTIONS).tolist()]),
            "wave": pa.array(["3_month"] * n_texts),
            "text": pa.array([text for text, _, _ in texts]),
        }
    )
    response, code, coder, first, last = segments
    start = [texts[at][1][word] for at, word in zip(response, first, strict=True)]
    end = [texts[at][2][word] for at, word in zip(response, last, strict=True)]
    named = {
        "response_id": ids.take(pa.array(response)),
        "code": pa.array([f"code_{number:02}" for number in range(N_CODES)]).take(pa.array(code)),
        "coder": pa.array([f"coder_{number}" for number in range(N_CODERS)]).take(pa.array(coder)),
    }
    quotes = [texts[at][0][begin:stop] for at, begin, stop in zip(response, start, end, strict=True)]
    pa.csv.write_csv(responses, home / "responses.csv")
    pa.csv.write_csv(
        pa.table({**named, "start": pa.array(start), "end": pa.array(end)}), home / "codings.csv"
    )
    pa.csv.write_csv(pa.table({**named, "quote": pa.array(quotes)}), home / "quotes.csv")
    _study(home, responses)
    _write_qdpx(home, [text for text, _, _ in texts], np.array([response, code, coder, start, end]))


def _texts(n: int) -> list[tuple[str, list[int], list[int]]]:
    """Answers of 3 to 55 words, with where each word starts and ends; now and then an emoji."""
    rng = random.Random(1)
    made = []
    for _ in range(n):
        words = rng.choices(WORDS, k=rng.randint(3, 55))
        if rng.random() < 0.05:
            words.insert(rng.randrange(len(words)), rng.choice(EMOJI))
        ends = list(accumulate((len(word) + 1 for word in words), initial=-1))[1:]
        made.append((" ".join(words), [end - len(word) for end, word in zip(ends, words, strict=True)], ends))
    return made


def _segments(n_words: Integers, n: int) -> tuple[list[int], ...]:
    """What four coders made of the same passages: most marked most of them, not all with the same borders."""
    rng = np.random.default_rng(2)
    n_true = int(n / N_CODERS * 1.5)
    code = np.minimum(rng.geometric(0.12, n_true) - 1, N_CODES - 1)
    response = rng.integers(0, len(n_words), n_true)
    begin = (rng.random(n_true) * n_words[response]).astype(np.int64)
    length = rng.integers(2, 12, n_true)
    parts = []
    for coder in range(N_CODERS):
        own = rng.random(n_true) < 0.8
        last_word = n_words[response[own]] - 1
        jitter = rng.integers(0, 2, len(last_word)) * (rng.random(len(last_word)) < 0.3)
        first = np.minimum(begin[own] + jitter, last_word)
        last = np.minimum(first + length[own], last_word)
        parts.append(np.column_stack((response[own], code[own], np.full(len(first), coder), first, last)))
    rows = np.unique(np.concatenate(parts), axis=0)
    rows = rows[rng.permutation(len(rows))[:n]]
    if len(rows) < n:
        sys.exit("too few segments for so many codings")
    return tuple(rows.T.tolist())


def _study(home: Path, responses: pa.Table) -> None:
    """A study of the same responses, with the codings as its coded project."""
    folder = home / "study"
    (folder / "schemas").mkdir(parents=True)
    for table, wanted in FIELDS.items():
        members = json.loads((SCHEMAS / f"{table}.json").read_text("utf-8"))
        if wanted is not None:
            members["fields"] = [field for field in members["fields"] if field["name"] in wanted]
        (folder / "schemas" / f"{table}.json").write_text(json.dumps(members), "utf-8")
    resources = [
        {"name": table, "path": f"{table}.csv", "type": "table", "schema": f"schemas/{table}.json"}
        for table in FIELDS
    ]
    package = {"$schema": PACKAGE, "resources": resources}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    people = pc.unique(responses["participant_id"])
    asked = pc.unique(responses["question_id"])
    tables = {
        "responses": responses,
        "participants": pa.table(
            {"participant_id": people, "consent_to_share": pa.array(["true"] * len(people))}
        ),
        "questions": pa.table({"question_id": asked, "wording": pa.array(["How was it?"] * len(asked))}),
    }
    for name, table in tables.items():
        pa.csv.write_csv(table, folder / f"{name}.csv")
    (folder / "codings.csv").symlink_to(home / "codings.csv")
    toml = '[study]\nid = "benchmark"\n' + "".join(map(EXPORT.format, tables)) + CODING
    (folder / "study.toml").write_text(toml, "utf-8")


def _write_qdpx(home: Path, texts: Sequence[str], columns: Integers) -> None:
    """A project of at most 10,000 of the responses, and 100,000 codings drawn anew on them."""
    n = min(10_000, len(texts))
    # Ten codings of each text: those of texts further on are laid on it as far as they fit.
    _, code, coder, start, end = columns[:, : 10 * n]
    source = np.arange(len(code)) % n
    lengths = np.array([len(text) for text in texts[:n]])[source]
    start = np.minimum(start, lengths - 1)
    end = np.minimum(np.maximum(end, start + 1), lengths)
    rows = np.unique(np.column_stack((source, code, coder, start, end)), axis=0).T
    project = Project(
        "coded.qdpx",
        "refi-qda",
        coders=tuple(ProjectCoder(f"{at}", f"coder_{at}") for at in range(N_CODERS)),
        codes=tuple(ProjectCode(f"{at}", f"code_{at:02}") for at in range(N_CODES)),
        sources=tuple(ProjectSource(f"R{at:07}", f"R{at:07}", text) for at, text in enumerate(texts[:n])),
        selections=Selections.of(source=rows[0], code=rows[1], coder=rows[2], start=rows[3], end=rows[4]),
        unit=Unit.CODE_POINT,
    )
    (home / "coded.qdpx").unlink(missing_ok=True)
    write_project(project, home / "coded.qdpx", target="refi-qda")


def ratings_of() -> Integers:
    """200,000 units rated by 4 coders with 30 codes; a tenth is missing (-1)."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, N_CODES, (200_000, 1))
    ratings = np.where(rng.random((200_000, 4)) < 0.8, truth, rng.integers(0, N_CODES, (200_000, 4)))
    ratings[rng.random(ratings.shape) < 0.1] = -1
    return ratings


def added_mb(work: Callable[[], Made]) -> tuple[Made, int]:
    """What a piece of work gives, and what it adds to the memory of the process at its peak, in MB."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew from here
    before = _megabytes("VmRSS:")
    made = work()
    return made, round(_megabytes("VmHWM:") - before)


def _megabytes(name: str) -> float:
    return int(Path("/proc/self/status").read_text().partition(name)[2].split()[0]) / 1024
