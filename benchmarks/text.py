"""Speed of the text engine, and its recall on the example study by category.

    python benchmarks/text.py                     # 100,000 answers, about 22 MB; 10,000 known values
    python benchmarks/text.py --answers 20000 --runs 5

Speeds are medians of processor time in one process, so that a busy machine distorts them less. The
answers are the example study's, repeated, a few words of each changed so that no two are the same text.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import resource
import statistics
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ppdarchive.deidentify.freetext import redact
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.protocol import detect
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.profile import profile_files
from ppdarchive.synthetic import write_study
from ppdarchive.text.fold import fold, words_only
from ppdarchive.text.recode import recode

Known = list[tuple[str, TextCategory]]


def answers_of(study: Path) -> dict[str, str]:
    """Every answer of the example study by response id; previews, tests and spam left out."""
    with (study / "exports/three_month_survey.csv").open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    questions = ("helpful_program", "improve_program", "helpful_coach", "improve_coach")
    found: dict[str, str] = {}
    for row in rows:
        record = dict(zip(header, row, strict=True))
        for question, column in zip(questions, ("Q12", "Q13", "Q14", "Q15"), strict=True):
            if record["Status"] == "0" and record[column] not in ("", "-99"):
                found.setdefault(f"{record['ResponseId']}.{question}", record[column])
    return found


def known_of(study: Path) -> Known:
    """The values of the study's [[known]] list."""
    declared = tomllib.loads((study / "study.toml").read_text("utf-8"))["known"][0]
    with (study / declared["path"]).open(encoding="utf-8", newline="") as file:
        return [
            (row[column], TextCategory(category))
            for row in csv.DictReader(file)
            for column, category in declared["columns"].items()
            if row[column]
        ]


def recall(study: Path, known: Known) -> None:
    """Print how many planted identifiers are covered: all letters and digits of them."""
    texts = answers_of(study)
    listed = {words_only(part) for value, _ in known for part in (value, *value.split())}
    found = detect(list(texts.values()), [Patterns(), KnownIdentifiers(known)])
    spans: dict[str, list[Span]] = dict(zip(texts, found, strict=True))
    total, sure, any_tier = Counter[str](), Counter[str](), Counter[str]()
    planted: dict[str, set[int]] = {key: set() for key in texts}
    with (study / "key/planted_spans.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key, start, end = row["response_id"], int(row["start"]), int(row["end"])
            planted[key] |= set(range(start, end))
            own = {at for at in range(start, end) if texts[key][at].isalnum()}
            form = " (listed)" if words_only(texts[key][start:end]) in listed else ""
            total[row["category"] + form] += 1
            any_tier[row["category"] + form] += own <= places(spans[key])
            sure[row["category"] + form] += own <= places([s for s in spans[key] if s.tier is Tier.REDACT])
    print("| planted in the example study | n | redact | redact or uncertain |\n|---|--:|--:|--:|")
    for category in sorted(total):
        n = total[category]
        print(f"| {category} | {n} | {sure[category] / n:.2f} | {any_tier[category] / n:.2f} |")
    n_characters = sum(map(len, texts.values()))
    for tier in Tier:
        over = sum(
            len(places([s for s in own if s.tier is tier]) - planted[key]) for key, own in spans.items()
        )
        print(f"other characters found, tier {tier.value}: {over / n_characters:.3%}")


def places(spans: list[Span]) -> set[int]:
    """The characters that spans cover."""
    return {at for span in spans for at in range(span.start, span.end)}


def many(texts: list[str], count: int) -> list[str]:
    """As many answers, no two the same."""
    rng = random.Random(1)
    words = sorted({word for text in texts for word in text.split()})
    result = []
    for number in range(count):
        own = texts[number % len(texts)].split(" ")
        own[rng.randrange(len(own))] = rng.choice(words)
        result.append(" ".join(own))
    return result


def names(count: int) -> Known:
    """Known values by the number: invented full names."""
    rng = random.Random(2)
    syllables = re.findall(r"\w+", "ba ka lo mi ne ra sa tu vel dor win ham ley ton ber ger mar la jo ry")
    return [
        (
            " ".join("".join(rng.choices(syllables, k=rng.randint(2, 4))).title() for _ in range(2)),
            TextCategory.NAME,
        )
        for _ in range(count)
    ]


def seconds(work: Callable[[], object], runs: int) -> float:
    """Median processor seconds of some runs."""
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    """Generate, measure, print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--known", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        study = Path(name) / "study"
        write_study(study, profile=profile_files())
        own = known_of(study)
        recall(study, own)
        texts = many(list(answers_of(study).values()), options.answers)
    n_characters = sum(map(len, texts))
    start = time.perf_counter()
    known = KnownIdentifiers([*own, *names(options.known)])
    built = time.perf_counter() - start
    groups = [number // 4 for number in range(len(texts))]
    detectors = [Patterns(), known]
    redaction = redact(texts, groups, detectors)
    rng = np.random.default_rng(1)
    n_codings = 10 * len(texts)
    owners = rng.integers(0, len(texts), n_codings)
    starts = rng.integers(0, 100, n_codings)
    ends = starts + rng.integers(1, 60, n_codings)
    steps: dict[str, Callable[[], object]] = {
        "fold": lambda: [fold(text) for text in texts],
        "patterns": lambda: Patterns().detect(texts),
        f"known identifiers ({known.n_values:,} values)": lambda: known.detect(texts),
        "redact: both detectors, again on what changed, edits": lambda: redact(texts, groups, detectors),
    }
    size = f"{len(texts):,} answers, {n_characters / 1e6:.1f} million characters"
    print(f"\n{size}, one core, median of {options.runs}")
    print(f"known identifiers built in {built:.2f} s\n\n| step | CPU seconds | characters/s |\n|---|--:|--:|")
    for step, work in steps.items():
        taken = seconds(work, options.runs)
        print(f"| {step} | {taken:.2f} | {n_characters / taken:,.0f} |")
    taken = seconds(lambda: recode(owners, starts, ends, redaction.maps), options.runs)
    print(f"| recode {n_codings:,} codings | {taken:.2f} | |")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
