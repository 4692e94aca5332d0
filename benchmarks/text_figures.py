"""Every figure of docs/text.md, and its two plots, from one command.

    python benchmarks/text_figures.py                   # 5,000 planted answers
    python benchmarks/text_figures.py --answers 1000    # sooner

Writes docs/assets/text-reliability.svg and docs/assets/text-curve.svg, and the tables between the marks
``<!-- figures: NAME -->`` and ``<!-- end -->`` of docs/text.md. What is printed is said at the top of
tests/planted/judge.py; where ../shared with its corpora is absent, what needs them stays as it is.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.scoring import called  # noqa: E402
from benchmarks.text_plots import BLUE, FAINT, ORANGE, Axis, Plot  # noqa: E402
from benchmarks.text_quality import (  # noqa: E402
    BENCH,
    CORPORA,
    corpora_part,
    study_answers,
    verdicts_on,
)
from tests.planted.generate import Planted, answers, known_values  # noqa: E402
from tests.planted.judge import Verdict  # noqa: E402

from ppdarchive.detectors.engine import Engine  # noqa: E402
from ppdarchive.detectors.tagger import Thresholds, tagger  # noqa: E402
from ppdarchive.model.span import Span, Tier  # noqa: E402
from ppdarchive.profile import profile_files  # noqa: E402
from ppdarchive.synthetic import write_study  # noqa: E402

PAGE: Final = ROOT / "docs/text.md"
ASSETS: Final = ROOT / "docs/assets"
PEERS: Final = (
    ("every capital inside a sentence", 0.481, 0.762, 0.763, 0.063),
    ("scrubadub 2.0.1 with TextBlob", 0.880, 0.727, 0.634, 0.049),
    ("DataFog 4.9.0", 0.764, 0.827, 0.719, 0.024),
    ("Presidio 2.2.366; spaCy 3.8 alone", 0.860, 0.882, 0.754, 0.024),
    ("Rampart 1.4.0", 0.583, 0.138, 0.045, 0.004),
    ("Philter 1.0.3", 0.921, 0.622, 0.348, 0.112),
)
"""Recall of persons, places and organisations on ewt-dev, and over-masking: measured by ../shared/bench."""
KINDS: Final = ("name", "location", "org")
AIMS: Final = {
    "both": {"name": 0.96, "location": 0.95, "org": 0.80, "over": 0.04},
    "redact": {"name": 0.90, "location": 0.88, "org": 0.70, "over": 0.015},
}
_BINS: Final = 10
_SWEEP: Final = (0.02, 0.04, 0.08, 0.12, 0.2, 0.3, 0.45, 0.6, 0.72, 0.85, 0.93, 0.97, 0.99)
_MISSED_BELOW: Final = 0.97
_FEWEST: Final = 10

Ranges = Sequence[tuple[int, int]]
Points = list[tuple[float, float, int]]


# -- reliability ------------------------------------------------------------------------------------


def reliability(texts: Sequence[str], right: Sequence[Ranges], neutral: Sequence[Ranges]) -> Points:
    """How often the tagger's spans are right, by score.

    A span is right if at least half of its letters and digits lie in a mention; one that meets a neutral
    range does not count.

    Returns
    -------
    list of (float, float, int)
        For each bin that holds spans: mean score, share of right spans, their number.
    """
    scores, hits = [], []
    for text, spans, own, unjudged in zip(texts, tagger().detect(texts), right, neutral, strict=True):
        inside, open_ = _covered(len(text), own), _covered(len(text), unjudged)
        sure = [span for span in spans if span.tier is Tier.REDACT]
        for span in (*sure, *(s for s in spans if s.tier is not Tier.REDACT and not _meets(s, sure))):
            telling = [at for at in range(span.start, span.end) if text[at].isalnum()]
            if telling and not any(open_[at] for at in telling):
                scores.append(span.score)
                hits.append(2 * sum(inside[at] for at in telling) >= len(telling))
    score, hit = np.array(scores), np.array(hits)
    of = np.minimum((score * _BINS).astype(int), _BINS - 1)
    return [
        (float(score[own].mean()), float(hit[own].mean()), int(own.sum()))
        for own in (of == nth for nth in range(_BINS))
        if own.any()
    ]


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(span.start < other.end and other.start < span.end for other in others)


def _covered(length: int, ranges: Ranges) -> bytearray:
    mask = bytearray(length)
    for start, end in ranges:
        mask[start:end] = b"\1" * (end - start)
    return mask


def reliability_plot(panels: dict[str, Points]) -> str:
    """Share of right spans over the mean score, a panel for each corpus; dots by number."""
    ticks = (0, 0.25, 0.5, 0.75, 1)
    x, y = (Axis(0, 1, ticks, title) for title in ("score of the tagger", "share of right spans"))
    plot = Plot("How often the tagger is right, by its score", x, y, below=34)
    for nth, (title, points) in enumerate(panels.items()):
        plot.panel(nth, title)
        plot.line(nth, [(0, 0), (1, 1)], FAINT, dashed=True)
        plot.line(nth, [(score, share) for score, share, _ in points], BLUE)
        for score, share, n in points:
            plot.dot(nth, score, share, BLUE, radius=min(11, 2 + 0.9 * np.log2(n)))
    plot.legend(
        0,
        0,
        BLUE,
        "spans of a tenth of the scores, the larger the more; on the dashed line scores mean what they say",
    )
    return plot.svg()


# -- recall against over-masking --------------------------------------------------------------------


def curve(bench: Any, docs: Sequence[Any]) -> list[tuple[float, dict[str, float]]]:
    """Over-masking and recall by category on ewt-dev, from one threshold to the next."""
    return [
        _scored(bench, docs, Engine(thresholds=_at(limit)).detect([doc.text for doc in docs]))
        for limit in _SWEEP
    ]


def _at(limit: float) -> Thresholds:
    shipped = Thresholds()
    return Thresholds(limit, max(limit, shipped.extend), max(limit, shipped.redact))


def _scored(
    bench: Any, docs: Sequence[Any], found: Sequence[Sequence[Span]]
) -> tuple[float, dict[str, float]]:
    kept = [[own for own in called(spans) if own[2] in bench.NLO] for spans in found]
    result = bench.score(docs, kept)
    return result["over_masking"], {key: result["by_category"][key]["rate"] for key in KINDS}


def curve_plot(points: Sequence[tuple[float, dict[str, float]]], corpora: dict[str, dict[str, Any]]) -> str:
    """Recall over over-masking, a panel for each category, with other tools as marks."""
    x = Axis(0, 0.12, (0, 0.03, 0.06, 0.09, 0.12), "over-masking")
    y = Axis(0.3, 1, (0.4, 0.6, 0.8, 1), "recall of whole mentions")
    plot = Plot("Recall against over-masking on ewt-dev, with other tools", x, y, below=84)
    for nth, (key, title) in enumerate(zip(KINDS, ("persons", "places", "organisations"), strict=True)):
        plot.panel(nth, title)
        plot.line(nth, [(over, recall[key]) for over, recall in points], BLUE)
        for tier in ("redact", "both"):
            own = corpora[f"ewt-dev, {tier}"]
            plot.dot(nth, own["over_masking"], own["by_category"][key]["rate"], BLUE, radius=5.5)
        for number, (_, *rates, over) in enumerate(PEERS, start=1):
            plot.dot(nth, over, rates[nth], ORANGE, radius=8, mark=str(number))
    for number, (name, *_) in enumerate(PEERS):
        plot.legend(number % 2 + 1, number // 2, ORANGE, name, mark=str(number + 1))
    plot.legend(
        0, 0, BLUE, "the engine over its thresholds; dots: as it ships, the redact tier alone and both tiers"
    )
    return plot.svg()


# -- speed ------------------------------------------------------------------------------------------

_SPEED = """
import json, resource, sys, time
texts = json.load(sys.stdin)
import numpy, pandas, pyarrow
libraries = time.process_time()
from ppdarchive.detectors.engine import Engine
engine = Engine()
engine.detect(["My coach Maria called."])
loaded = time.process_time()
taken = []
for _ in range(3):
    start = time.process_time()
    engine.detect(texts)
    taken.append(time.process_time() - start)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([loaded - libraries, sum(map(len, texts)) / sorted(taken)[1], peak]))
"""


def speed(texts: Sequence[str]) -> tuple[float, float, float]:
    """Processor seconds to load, characters a processor second, and peak memory in MB, of a fresh process."""
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    said = subprocess.run(
        [sys.executable, "-c", _SPEED],
        input=json.dumps(texts),
        env={**os.environ, **one},
        capture_output=True,
        text=True,
        check=True,
    )
    load, pace, peak = json.loads(said.stdout)
    return load, pace, peak


# -- tables -----------------------------------------------------------------------------------------

_WAYS: Final = ("none known, both", "none known, redact", "known, both", "known, redact")
_HEAD: Final = ("both tiers", "redact alone", "lists loaded: both tiers", "lists loaded: redact alone")


def verdict_table(verdicts: dict[str, Verdict], level: str, first: str) -> Iterator[str]:
    """Recall by category or form, with totals, over-masking and precision where categories are asked for."""
    yield f"| {first} | planted | " + " | ".join(_HEAD) + " |"
    yield "|---|--:|" + "--:|" * len(_HEAD)
    own = [verdicts[way] for way in _WAYS]
    for key, _, n in own[0].rates(level):
        yield _row(
            f"`{key[0]}`" if level == "category" else key[0], f"{n:,}", [v.recall(level, *key) for v in own]
        )
    if level == "category":
        yield _row("**all**", f"{own[0].totals['all',]:,}", [v.recall() for v in own])
        yield _row("over-masking", "", [v.over_masking for v in own])
        yield _row("precision", "", [v.precision for v in own])
        yield _row(
            "texts with nothing to find, untouched", f"{own[0].n_clean:,}", [v.clean_untouched for v in own]
        )


def _row(name: str, n: str, shares: Iterable[float]) -> str:
    return f"| {name} | {n} | " + " | ".join(f"{share:.1%}" for share in shares) + " |"


def missed_table(verdicts: dict[str, Verdict]) -> Iterator[str]:
    """The kinds that are missed most, without known lists; worst first."""
    both, sure = verdicts["none known, both"], verdicts["none known, redact"]
    yield "| kind | planted | left in by both tiers | left in by redact alone |\n|---|--:|--:|--:|"
    rates = sorted(both.rates("kind"), key=lambda own: (own[1], own[0]))
    for key, recall, n in rates:
        if recall < _MISSED_BELOW and n >= _FEWEST:
            yield _row(f"`{key[0]}`: {key[1]}", str(n), (1 - recall, 1 - sure.recall("kind", *key)))


def corpora_table(scores: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Recall by category, over-masking and precision on each corpus, with other tools below."""
    yield "| corpus, tiers | persons | places | organisations | over-masking | precision |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, own in scores.items():
        rates = [own["by_category"][key]["rate"] for key in KINDS]
        cells = (*rates, own["over_masking"], own["precision"])
        yield f"| {name} | " + " | ".join(f"{cell:.1%}" for cell in cells) + " |"
    for name, *rates, over in PEERS:
        yield f"| *ewt-dev: {name}* | " + " | ".join(f"{cell:.1%}" for cell in (*rates, over)) + " | |"


def aims_table(
    verdicts: dict[str, Verdict], study: dict[str, Verdict], corpora: dict[str, Any]
) -> Iterator[str]:
    """What was aimed at, what is reached."""
    yield "| aim | wanted | reached | |\n|---|--:|--:|---|"
    names = dict(zip(KINDS, ("persons", "places", "organisations"), strict=True)) | {"over": "over-masking"}
    for tier, wanted in AIMS.items():
        own = corpora.get(f"ewt-dev, {tier}")
        if own is None:
            continue
        for key, aim in wanted.items():
            got = own["over_masking"] if key == "over" else own["by_category"][key]["rate"]
            yield _aim(
                f"ewt-dev, {'both tiers' if tier == 'both' else 'redact'}: {names[key]}",
                aim,
                got,
                most=key == "over",
            )
    if corpora:
        plain = corpora["ewt-dev, both"]["by_category"]["name"]["rate"]
        for how in ("lower", "upper"):
            lost = plain - corpora[f"ewt-dev-{how}, both"]["by_category"]["name"]["rate"]
            yield _aim(f"persons lost when all is in {how} case", 0.04, lost, most=True)
    yield _aim("planted, lists loaded: recall", 0.995, verdicts["known, both"].recall())
    yield _aim("planted, no lists: recall", 0.97, verdicts["none known, both"].recall())
    yield _aim("planted, no lists: over-masking", 0.01, verdicts["none known, both"].over_masking, most=True)
    yield _aim("example study, redact: over-masking", 0.005, study["known, redact"].over_masking, most=True)


def _aim(name: str, wanted: float, got: float, *, most: bool = False) -> str:
    reached = got <= wanted if most else got >= wanted
    limit = f"{'at most' if most else 'at least'} {wanted:.1%}"
    return f"| {name} | {limit} | {got:.2%} | {'reached' if reached else '**missed**'} |"


def reliability_table(panels: dict[str, Points]) -> Iterator[str]:
    """The points of the reliability plot, and how far they lie from the diagonal on average."""
    names = list(panels)
    yield "| scores | " + " | ".join(f"{name}: right (spans)" for name in names) + " |"
    yield "|---|" + "--:|" * len(names)
    by_bin = [
        {min(int(score * _BINS), _BINS - 1): (share, n) for score, share, n in own} for own in panels.values()
    ]
    for nth in range(_BINS):
        if any(nth in own for own in by_bin):
            cells = [f"{own[nth][0]:.0%} ({own[nth][1]:,})" if nth in own else "" for own in by_bin]
            yield f"| {nth / _BINS:.1f} to {(nth + 1) / _BINS:.1f} | " + " | ".join(cells) + " |"
    off = [sum(abs(s - r) * n for s, r, n in own) / sum(n for *_, n in own) for own in panels.values()]
    yield "| mean distance of score and share | " + " | ".join(f"{each:.3f}" for each in off) + " |"


def speed_table(texts: Sequence[str]) -> Iterator[str]:
    """Speed, memory and size."""
    load, pace, peak = speed(texts)
    folder = ROOT / "src/ppdarchive/detectors"
    sizes = [_size(folder / name / "data") / 1e6 for name in ("tagger", "lexicon")]
    yield "| measure | |\n|---|--:|"
    length = sum(map(len, texts)) / 1e6
    yield f"| characters a second, one core ({length:.1f} million characters) | {pace / 1e6:.2f} million |"
    yield f"| loading, libraries aside | {load:.2f} s |"
    yield f"| peak memory of the process, texts included | {peak:.0f} MB |"
    yield f"| the tagger's files | {sizes[0]:.1f} MB |"
    yield f"| the lexicons' files | {sizes[1]:.1f} MB |"


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def put(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with other lines between the marks of that name."""
    body = "\n".join(lines)
    pattern = rf"(<!-- figures: {name} -->\n).*?(<!-- end -->)"
    fresh, n = re.subn(pattern, lambda match: f"{match[1]}\n{body}\n\n{match[2]}", page, flags=re.DOTALL)
    if n != 1:
        raise LookupError(f"{PAGE.name} has no place for {name}")
    return fresh


def write(name: str, svg: str) -> None:
    """Write an image among the assets."""
    (ASSETS / name).write_text(svg, "utf-8")


def main() -> None:
    """Measure, and write plots and tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answers", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sample = answers(options.answers, options.seed)
    verdicts = verdicts_on(sample, known_values(sample))
    with tempfile.TemporaryDirectory() as name:
        write_study(Path(name) / "study", profile=profile_files())
        own, known = study_answers(Path(name) / "study")
    study = verdicts_on(own, known)
    panels = {"planted answers": reliability(*_judged(sample))}
    corpora: dict[str, Any] = {}
    if BENCH.is_dir():
        sys.path.append(str(BENCH))
        bench, loader = importlib.import_module("score"), importlib.import_module("corpora")
        corpora = corpora_part([each for each in CORPORA if each != "btc-dev"])
        for corpus in ("wnut17-dev", "ewt-dev"):
            docs = loader.load(corpus)
            gold = [[(g.start, g.end) for g in doc.gold] for doc in docs]
            panels[corpus] = reliability([doc.text for doc in docs], gold, [[]] * len(docs))
        write("text-curve.svg", curve_plot(curve(bench, loader.load("ewt-dev")), corpora))
        write("text-reliability.svg", reliability_plot(panels))
    tables = {
        "planted": verdict_table(verdicts, "category", "category"),
        "forms": verdict_table(verdicts, "form", "written"),
        "missed": missed_table(verdicts),
        "study": verdict_table(study, "category", "category"),
        "speed": speed_table([each.text for each in own] * 15),
    }
    if corpora:
        tables["aims"] = aims_table(verdicts, study, corpora)
        tables["corpora"] = corpora_table(corpora)
        tables["reliability"] = reliability_table(panels)
    page = PAGE.read_text("utf-8")
    for name, lines in tables.items():
        page = put(page, name, lines)
    PAGE.write_text(page, "utf-8")


def _judged(sample: Sequence[Planted]) -> tuple[list[str], list[Ranges], list[Ranges]]:
    """Texts, where a mention stands, and where nothing is asked."""
    return (
        [answer.text for answer in sample],
        [[(m.start, m.end) for m in answer.spans] for answer in sample],
        [answer.neutral for answer in sample],
    )


if __name__ == "__main__":
    main()
