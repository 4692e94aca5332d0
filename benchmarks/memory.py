"""Memory of the whole way from exports to a package, stage by stage, in a process of its own.

    python benchmarks/memory.py                   # exports of 1 GB: long answers; takes many minutes
    python benchmarks/memory.py --mb 100 --characters 300
    python benchmarks/memory.py --keep FOLDER     # the study stays there, and is used again
    python benchmarks/memory.py --light           # only known identifiers are searched for: a few minutes

The study is the example's, whose participants, answers and codings are repeated under new keys: each
answer is several of the example's to the same question, a few words of it changed, until it has the
wanted length. Nobody in it exists.

Two figures are told of each stage. *Resident* is all memory that the process had in use, as the operating
system counts it (`getrusage`), pages of files that lie in the page cache included. *Its own* is what only the
process has (``RssAnon``), which the system cannot take back by dropping pages of files.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.profile import profile_files
from ppdarchive.publish import drafting, pack_study
from ppdarchive.study import Study
from ppdarchive.synthetic import write_study

ANSWERS = ("Q12", "Q13", "Q14", "Q15")
QUESTIONS = ("helpful_program", "improve_program", "helpful_coach", "improve_coach")
TICK_SECONDS = 0.02


# -- the study ----------------------------------------------------------------------------------


def generate(folder: Path, n_bytes: int, characters: int) -> None:
    """Write a study whose exports have about `n_bytes`, with answers of about so many characters."""
    with tempfile.TemporaryDirectory() as name:
        seed = Path(name) / "study"
        write_study(seed, profile=profile_files())
        shutil.copytree(seed, folder, ignore=shutil.ignore_patterns("key"), dirs_exist_ok=True)
    exports = folder / "exports"
    survey = rows_of(exports / "three_month_survey.csv")
    answers = {name: texts_of(survey, name) for name in ANSWERS}
    sizes = {path.name: path.stat().st_size for path in exports.iterdir()}
    average = sum(map(len, itertools.chain(*answers.values()))) / sum(map(len, answers.values()))
    each = max(1, round(characters / average))
    growing = ("three_month_survey.csv", "enrolment.csv", "contacts.csv", "codings.csv")
    n_copies = round(n_bytes / (sum(sizes[name] for name in growing) + sizes[growing[0]] * (each - 1)))
    write_survey(exports / growing[0], survey, answers, n_copies, each)
    for name in growing[1:]:
        rows = rows_of(exports / name)
        write(exports / name, itertools.chain(rows[:1], copied(name, rows, n_copies)))


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a CSV file, its header first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(path: Path, rows: Iterator[list[str]]) -> None:
    """Write rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def texts_of(survey: list[list[str]], name: str) -> list[str]:
    """The answers that a column of the survey holds."""
    place = survey[0].index(name)
    return [row[place] for row in survey[3:] if row[place] not in ("", "-99")]


def write_survey(
    path: Path, survey: list[list[str]], answers: dict[str, list[str]], n_copies: int, each: int
) -> None:
    """Write the survey's rows so many times: keys are new, and answers longer and no two the same."""
    rng = random.Random(1)
    header = survey[0]
    places = {name: header.index(name) for name in ANSWERS}
    own, key = header.index("ResponseId"), header.index("ExternalReference")
    words = sorted({word for texts in answers.values() for text in texts for word in text.split()})

    def rows() -> Iterator[list[str]]:
        yield from survey[:3]
        for copy in range(n_copies):
            for row in survey[3:]:
                new = list(row)
                new[own], new[key] = renamed(row[own], copy), renamed(row[key], copy)
                for name, place in places.items():
                    if copy and row[place] not in ("", "-99"):
                        text = " ".join([row[place], *rng.choices(answers[name], k=each - 1)]).split(" ")
                        text[rng.randrange(len(text))] = rng.choice(words)
                        new[place] = " ".join(text)
                yield new

    write(path, rows())


def copied(name: str, rows: list[list[str]], n_copies: int) -> Iterator[list[str]]:
    """The rows of another export so many times, under the keys that the survey has."""
    header = rows[0]
    for copy in range(n_copies):
        for row in rows[1:]:
            new = list(row)
            if name == "codings.csv":
                response, dot, question = row[0].partition(".")
                new[0] = f"{renamed(response, copy)}{dot}{question}"
            else:
                new[0] = renamed(row[0], copy)
                if copy and row[header.index("email")]:
                    new[header.index("email")] = row[header.index("email")].replace("@", f".{copy}@")
                if copy and "street" in header:
                    place = header.index("street")
                    new[place] = f"{copy}{row[place]}"
            yield new


def renamed(key: str, copy: int) -> str:
    """A key of the so many-th copy."""
    if not copy or not key:
        return key
    return f"MMB{copy:04}{key[3:]}" if key.startswith("MMB") else f"{key}{copy:05}"


# -- what is measured -----------------------------------------------------------------------------


@dataclass
class Stage:
    """What was seen while a stage lasted; in MB and seconds."""

    name: str
    wall: float = 0.0
    processor: float = 0.0
    resident: float = 0.0
    own: float = 0.0


class Watch:
    """Looks at the process's memory again and again, and knows the stage that it is in."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._began = (0.0, 0.0)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def enter(self, name: str) -> None:
        """The next stage begins."""
        self.leave()
        self.stages.append(Stage(name))
        self._began = (time.perf_counter(), time.process_time())
        if not self._thread.is_alive():
            self._thread.start()

    def leave(self) -> None:
        """The last stage is over."""
        if self.stages:
            last = self.stages[-1]
            last.wall = time.perf_counter() - self._began[0]
            last.processor = time.process_time() - self._began[1]
            print(last, file=sys.stderr, flush=True)  # a run takes long

    def _look(self) -> None:
        while not self._done.wait(TICK_SECONDS):
            resident, own = memory()
            stage = self.stages[-1]
            stage.resident, stage.own = max(stage.resident, resident), max(stage.own, own)


def memory() -> tuple[float, float]:
    """Resident memory, and the process's own of it, in MB."""
    found = {}
    for line in Path("/proc/self/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name in ("VmRSS", "RssAnon"):
            found[name] = int(value.split()[0]) / 1024
    return found["VmRSS"], found["RssAnon"]


def lighten() -> None:
    """Leave the text engine nothing but the known identifiers, and the gate nothing to search for."""
    both = drafting.engines_for

    def light(study: Study, known: KnownIdentifiers) -> tuple[Engine, Engine]:
        engines = both(study, known)
        for engine in engines:
            engine.detectors = tuple(own for own in engine.detectors if own.name == "known")
        return engines

    drafting.engines_for = light


def child(study: Path, out: Path, *, is_light: bool) -> None:
    """Pack the study, and print what was seen."""
    if is_light:
        lighten()
    watch = Watch()
    watch.enter("starting")
    refused = ""
    try:
        pack_study(study, out, version="1.0.0", released_on=date(2026, 1, 31), progress=watch.enter)
    except Exception as error:
        refused = f"{type(error).__name__}: {error}"
    watch.leave()
    print(json.dumps({"refused": refused, "stages": [vars(stage) for stage in watch.stages]}))


def measured(study: Path, out: Path, *, is_light: bool) -> None:
    """Run the whole way in a process of its own and print its table."""
    start = time.perf_counter()
    command = [sys.executable, __file__, "--child", str(study), str(out), *(["--light"] if is_light else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.read())
    _, _, usage = os.wait4(process.pid, 0)
    size = sum(path.stat().st_size for path in (study / "exports").iterdir()) / 1e6
    print(f"exports of {size:,.0f} MB; {told['refused'] or 'packed'}\n")
    print("| stage | wall, s | processor, s | resident, MB | its own, MB |")
    print("|---|--:|--:|--:|--:|")
    for each in told["stages"]:
        print(
            f"| {each['name']} | {each['wall']:.1f} | {each['processor']:.1f} "
            f"| {each['resident']:.0f} | {each['own']:.0f} |"
        )
    wall = time.perf_counter() - start
    own = max(each["own"] for each in told["stages"])
    print(
        f"| whole process | {wall:.1f} | {usage.ru_utime + usage.ru_stime:.1f} "
        f"| {usage.ru_maxrss / 1024:.0f} | {own:.0f} |"
    )


def main() -> None:
    """Make the study, or take the one that is there, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mb", type=int, default=1000, help="size of the exports")
    parser.add_argument("--characters", type=int, default=3000, help="characters of an answer")
    parser.add_argument("--keep", type=Path, help="where the study is, or is made and stays")
    parser.add_argument("--light", action="store_true", help="search for known identifiers only")
    parser.add_argument("--child", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child, is_light=options.light)
        return
    with tempfile.TemporaryDirectory() as name:
        study = options.keep or Path(name) / "study"
        if not study.exists():
            start = time.perf_counter()
            generate(study, options.mb * 1_000_000, options.characters)
            print(f"made in {time.perf_counter() - start:.1f} s")
        out = Path(name) / "package"
        measured(study, out, is_light=options.light)


if __name__ == "__main__":
    main()
