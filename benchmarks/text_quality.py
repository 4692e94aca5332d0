"""How well the text engine finds what identifies people, and how much else it masks.

    python benchmarks/text_quality.py                          # all parts, tables
    python benchmarks/text_quality.py --part planted --answers 1000 --kinds
    python benchmarks/text_quality.py --json out.json --misses misses.jsonl --harm harm.jsonl

Parts: ``planted``, generated answers with planted identifiers of all categories, whose templates and names
serve no training (tests/planted); ``study``, the example study's answers with its key; ``corpora``, the
annotated ones in ../shared, where that folder is, by the metrics of ../shared/bench. What is printed is
said at the top of tests/planted/judge.py. The texts behind ``--misses`` and ``--harm`` are generated.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.scoring import called  # noqa: E402
from benchmarks.text import answers_of, known_of  # noqa: E402
from tests.planted.generate import Mention, Planted, answers, known_values  # noqa: E402
from tests.planted.judge import ANY_TIER, REDACT, Verdict, judge  # noqa: E402

from ppdarchive.detectors.engine import Engine  # noqa: E402
from ppdarchive.detectors.known import KnownIdentifiers  # noqa: E402
from ppdarchive.model.span import Span, TextCategory  # noqa: E402
from ppdarchive.profile import profile_files  # noqa: E402
from ppdarchive.synthetic import write_study  # noqa: E402

BENCH = ROOT.parent / "shared" / "bench"
CORPORA = ("ewt-dev", "ewt-dev-lower", "ewt-dev-upper", "btc-dev", "wnut17-dev")
TIERS = {"both": ANY_TIER, "redact": REDACT}

Values = Iterable[tuple[str, str]]


def run(texts: Sequence[str], groups: Sequence[int] | None = None, known: Values = ()) -> list[list[Span]]:
    """What the engine finds, with a study's known identifiers where there are any."""
    values = [(value, TextCategory(category)) for value, category in known]
    return Engine(known=KnownIdentifiers(values) if values else None).detect(texts, groups)


def run_on(sample: Sequence[Planted], known: Values = ()) -> list[list[Span]]:
    """What the engine finds in answers, participant by participant."""
    return run([answer.text for answer in sample], [answer.participant for answer in sample], known)


def planted_part(n: int, seed: int) -> dict[str, Verdict]:
    """Verdicts on generated answers."""
    sample = answers(n, seed)
    return verdicts_on(sample, known_values(sample))


def study_answers(study: Path) -> tuple[list[Planted], list[tuple[str, str]]]:
    """The example study's answers with the marks of its key, and its known identifiers."""
    texts = answers_of(study)
    known = [(value, category.value) for value, category in known_of(study)]
    marks: dict[str, list[Mention]] = {key: [] for key in texts}
    with (study / "key/planted_spans.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            category = row["category"]
            mention = Mention(int(row["start"]), int(row["end"]), category, category, "", is_listed=False)
            marks[row["response_id"]].append(mention)
    people: dict[str, int] = {}
    sample = []
    for key, text in texts.items():
        group = people.setdefault(key.partition(".")[0], len(people))
        sample.append(Planted(text, tuple(sorted(marks[key])), (), group, ()))
    return sample, known


def verdicts_on(sample: Sequence[Planted], known: Values) -> dict[str, Verdict]:
    """Verdicts by tiers and whether known identifiers were loaded."""
    found = {"known": run_on(sample, known), "none known": run_on(sample)}
    return {
        f"{how}, {tier}": judge(sample, spans, tiers=tiers)
        for how, spans in found.items()
        for tier, tiers in TIERS.items()
    }


def study_part() -> dict[str, Verdict]:
    """Verdicts on the example study's answers."""
    with tempfile.TemporaryDirectory() as name:
        study = Path(name) / "study"
        write_study(study, profile=profile_files())
        sample, known = study_answers(study)
    return verdicts_on(sample, known)


def corpora_part(names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The metrics of ../shared/bench on its corpora, by corpus and tiers."""
    sys.path.append(str(BENCH))
    bench, corpora = importlib.import_module("score"), importlib.import_module("corpora")
    result: dict[str, dict[str, Any]] = {}
    for name in names:
        docs = corpora.load(name)
        found = run([doc.text for doc in docs])
        for tier, tiers in TIERS.items():
            kept = [called([span for span in spans if span.tier in tiers]) for spans in found]
            if name.startswith("ewt"):  # which annotates no dates and addresses, so they are not counted
                kept = [[span for span in spans if span[2] in bench.NLO] for spans in kept]
            result[f"{name}, {tier}"] = bench.score(docs, kept)
    return result


def show_verdicts(title: str, verdicts: dict[str, Verdict], *, kinds: bool) -> None:
    """Print tables of verdicts: a column for each."""
    columns = list(verdicts)
    print(f"\n| {title} | n | " + " | ".join(columns) + " |\n|---|--:|" + "--:|" * len(columns))
    measures = {
        "recall": [v.recall() for v in verdicts.values()],
        "over-masking": [v.over_masking for v in verdicts.values()],
        "precision": [v.precision for v in verdicts.values()],
        "clean answers untouched": [v.clean_untouched for v in verdicts.values()],
    }
    first = next(iter(verdicts.values()))
    for measure, values in measures.items():
        n = {"recall": first.totals["all",], "clean answers untouched": first.n_clean}.get(measure, "")
        print(f"| **{measure}** | {n} | " + " | ".join(f"{value:.4f}" for value in values) + " |")
    for level in ("category", "listed", "form", "kind") if kinds else ("category",):
        for key, _, n in first.rates(level):
            cells = " | ".join(f"{v.recall(level, *key):.3f}" for v in verdicts.values())
            print(f"| {': '.join(key)} | {n} | {cells} |")


def show_corpora(scores: dict[str, dict[str, Any]]) -> None:
    """Print a line for each corpus and tier."""
    print("\n| corpus, tiers | persons | places | organisations | all | over-masking | precision |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, own in scores.items():
        rates = [own["by_category"].get(key, {}).get("rate") for key in ("name", "location", "org")]
        cells = [*rates, own["recall"], own["over_masking"], own["precision"]]
        print(f"| {name} | " + " | ".join("" if cell is None else f"{cell:.3f}" for cell in cells) + " |")


def plain(verdict: Verdict) -> dict[str, Any]:
    """A verdict as JSON takes it."""
    return {
        "recall": verdict.recall(),
        "over_masking": verdict.over_masking,
        "precision": verdict.precision,
        "clean_untouched": verdict.clean_untouched,
        **{
            level: {": ".join(key): {"recall": rate, "n": n} for key, rate, n in verdict.rates(level)}
            for level in ("category", "listed", "form", "kind")
        },
    }


def write_lines(path: Path, verdicts: dict[str, dict[str, Verdict]], attribute: str) -> None:
    """Write misses or harm as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for part, own in verdicts.items():
            for how, verdict in own.items():
                for line in getattr(verdict, attribute):
                    file.write(json.dumps({"part": part, "how": how, **line}, ensure_ascii=False) + "\n")


def main() -> None:
    """Run the parts, print tables, write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--part", choices=("planted", "study", "corpora"), action="append")
    parser.add_argument("--answers", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", default=",".join(CORPORA))
    parser.add_argument("--kinds", action="store_true", help="rates by kind and form too")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--misses", type=Path, help="JSON lines of mentions that were not protected")
    parser.add_argument("--harm", type=Path, help="JSON lines of what was masked outside of mentions")
    options = parser.parse_args()
    parts = options.part or ["planted", "study", *(["corpora"] if BENCH.is_dir() else [])]
    verdicts: dict[str, dict[str, Verdict]] = {}
    if "planted" in parts:
        verdicts["planted"] = planted_part(options.answers, options.seed)
        show_verdicts(f"{options.answers:,} generated answers", verdicts["planted"], kinds=options.kinds)
    if "study" in parts:
        verdicts["study"] = study_part()
        show_verdicts("example study", verdicts["study"], kinds=False)
    result: dict[str, Any] = {
        part: {how: plain(verdict) for how, verdict in own.items()} for part, own in verdicts.items()
    }
    if "corpora" in parts:
        result["corpora"] = corpora_part(options.corpus.split(","))
        show_corpora(result["corpora"])
    for part, own in verdicts.items():
        worst = Counter({key: own_n for key, rate, own_n in _worst(own["none known, both"]) if rate < 1})
        print(
            f"\n{part}, most missed without known identifiers: " + ", ".join(map(str, worst.most_common(25)))
        )
    if options.json:
        options.json.write_text(json.dumps(result, indent=1), "utf-8")
    if options.misses:
        write_lines(options.misses, verdicts, "misses")
    if options.harm:
        write_lines(options.harm, verdicts, "harm")


def _worst(verdict: Verdict) -> list[tuple[str, float, int]]:
    """Kinds with their recall and the number of their missed mentions."""
    return [(": ".join(key), rate, round((1 - rate) * n)) for key, rate, n in verdict.rates("kind")]


if __name__ == "__main__":
    main()
