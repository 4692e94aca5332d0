"""Time from file to verdict, and of the checks alone, against named peers in the same run.

    python benchmarks/validate.py                 # 1,000,000 responses, about 190 MB of CSV
    python benchmarks/validate.py --rows 100000 --runs 5

Whole processes are timed from outside by the operating system's own accounting (`os.wait4`): the
other tool and ours take turns, so that a machine that slows down slows both; medians are printed.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SENTENCES = (
    "the coach was so helpful",
    "and my baby would not sleep",
    "I felt less alone with the calls every week",
    "really good mood program but not much time, busy",
    "someone listened without judging me",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split()]
QUESTIONS = ["q1", "q2", "q3", "q4"]
SCHEMA = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "fields": [
        {"name": "response_id", "type": "string", "constraints": {"required": True, "pattern": "R[0-9]{7}"}},
        {"name": "participant_id", "type": "string", "constraints": {"required": True, "maxLength": 64}},
        {"name": "question_id", "type": "string", "constraints": {"required": True, "enum": QUESTIONS}},
        {"name": "wave", "type": "string", "constraints": {"required": True}},
        {"name": "text", "type": "string", "constraints": {"maxLength": 20000}},
        {"name": "answered_on", "type": "date", "constraints": {"minimum": "2010-01-01"}},
    ],
    "primaryKey": ["response_id"],
}  # fmt: skip
STUDY = """[study]
id = "benchmark"
[[export]]
table = "responses"
format = "csv"
path = "responses.csv"
"""
OURS = "from ppdarchive.cli.main import call; raise SystemExit(call(['validate', {study!r}]))"
FRICTIONLESS = (
    "from frictionless import Resource; "
    "report = Resource(path='responses.csv', basepath={study!r}, schema='schema.json').validate(); "
    "raise SystemExit(not report.valid)"
)
CHECKS = """
import statistics, sys, time
from pathlib import Path
import pandera.pandas as pandera
from ppdarchive.pipeline import validate_study
from ppdarchive.validate.checks import failing_rows
from ppdarchive.validate.keys import repeated
result = validate_study(Path({study!r}))
table = result.checked.tables["responses"]
frame, C = table.frame[list(table.schema.names)], pandera.Check
bare = pandera.DataFrameSchema({{
    "response_id": pandera.Column(frame.dtypes["response_id"], C.str_matches("R[0-9]{{7}}$"), unique=True),
    "participant_id": pandera.Column(frame.dtypes["participant_id"], C.str_length(max_value=64)),
    "question_id": pandera.Column(frame.dtypes["question_id"], C.isin(["q1", "q2", "q3", "q4"])),
    "wave": pandera.Column(frame.dtypes["wave"]),
    "text": pandera.Column(frame.dtypes["text"], C.str_length(max_value=20000), nullable=True),
    "answered_on": pandera.Column(frame.dtypes["answered_on"], nullable=True),
}})
import datetime
bare.columns["answered_on"].checks = [C.ge(datetime.date(2010, 1, 1))]
def timed(work):
    start = time.perf_counter(); work(); return time.perf_counter() - start
ours, theirs = [], []
for _ in range({runs} + 1):
    ours.append(timed(lambda: (failing_rows(table.schema, frame), repeated(frame, ["response_id"]))))
    theirs.append(timed(lambda: bare.validate(frame, lazy=True)))
print(statistics.median(ours[1:]), statistics.median(theirs[1:]))
"""


def generate(folder: Path, rows: int) -> None:
    """Write a study of one table, and the same schema for the other tool."""
    rng = random.Random(1)
    with (folder / "responses.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field["name"] for field in SCHEMA["fields"]])  # type: ignore[index]
        for row in range(rows):
            text = " ".join(rng.choices(WORDS, k=rng.randint(3, 55)))
            text = text.replace(" busy ", ",\n", 1) if row % 20 == 0 else text
            day = f"2019-{row % 12 + 1:02}-{row % 28 + 1:02}"
            writer.writerow([f"R{row:07}", f"P{row // 4:06}", f"q{row % 4 + 1}", "3_month", text, day])
    (folder / "schema.json").write_text(json.dumps(SCHEMA))
    (folder / "study.toml").write_text(STUDY)
    resource = {"name": "responses", "type": "table", "path": "responses.parquet", "schema": "schema.json"}
    (folder / "datapackage.json").write_text(json.dumps({"name": "benchmark", "resources": [resource]}))


def run(code: str) -> tuple[float, float]:
    """Run Python code in a process of its own; wall seconds and peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit("a benchmarked process failed")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    """Generate, measure in turn, print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder, options.rows)
        size = (folder / "responses.csv").stat().st_size / 1e6
        ours: list[tuple[float, float]] = []
        theirs: list[tuple[float, float]] = []
        run(OURS.format(study=name))  # a warm-up for the file cache and compiled modules
        for _ in range(options.runs):
            ours.append(run(OURS.format(study=name)))
            theirs.append(run(FRICTIONLESS.format(study=name)))
        checks = subprocess.run(
            [sys.executable, "-c", CHECKS.format(study=name, runs=options.runs)],
            capture_output=True, text=True, check=True,
        ).stdout.split()  # fmt: skip
    own, other = (statistics.median(seconds for seconds, _ in runs) for runs in (ours, theirs))
    ratios = [b[0] / a[0] for a, b in zip(ours, theirs, strict=True)]
    print(f"{options.rows:,} responses, {size:.0f} MB of CSV, medians of {options.runs} runs\n")
    print("| file to verdict, whole process | seconds | peak MB |")
    print("|---|--:|--:|")
    print(f"| ppdarchive validate | {own:.2f} | {max(mb for _, mb in ours):.0f} |")
    print(f"| frictionless validate | {other:.2f} | {max(mb for _, mb in theirs):.0f} |")
    print(f"| times faster, pair by pair | {statistics.median(ratios):.1f} (least {min(ratios):.1f}) | |")
    print("\n| checks alone, loaded table | seconds |")
    print("|---|--:|")
    print(f"| ppdarchive, keys included | {float(checks[0]):.3f} |")
    print(f"| one bare pandera run | {float(checks[1]):.3f} |")
    print(f"| ratio | {float(checks[0]) / float(checks[1]):.2f} |")


if __name__ == "__main__":
    main()
