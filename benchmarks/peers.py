"""Our detectors beside named peers in one run: speed, memory, loading; then ours alone, on anything.

    python benchmarks/peers.py                          # all parts; the last takes minutes
    python benchmarks/peers.py --only speed,flat --passes 5
    PEERS_PYTHON=peers/bin/python python benchmarks/peers.py --model peers/model

Parts: `speed` (ours, Presidio, spaCy, in turn on one core), `processes` (two against one), `flat` (time per
character by length, and on text made to be slow), `volume` (1,000,000 answers, streamed).

Peers stand in an environment of their own, since they need other libraries:

    python -m venv peers && peers/bin/pip install presidio-analyzer spacy
    peers/bin/python -m spacy download en_core_web_md

Each tool is a process of its own, on one core, that waits for work. The tools take turns, pass by pass, so
that a machine that slows down slows all; medians are printed. `speed` and `flat` count processor time,
which a busy machine distorts less; the others take what a clock on the wall shows. Memory is the peak of the
whole process, by the operating system's own accounting.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import select
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
EWT = ROOT.parent / "shared/corpora/ewt-dev.iob2"
PARTS = ("speed", "processes", "flat", "volume")
LIMIT = 120.0
"""Seconds after which a pass over slow text is given up."""

SERVE = """
import json, os, sys, time
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {{{core}}})
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever a library prints is no answer
began = time.process_time()
{load}
find(["I told Anna about it."])
print(json.dumps(time.process_time() - began), file=answers, flush=True)
kept = {{}}
for line in sys.stdin:
    order = json.loads(line)
    if "generate" in order:
        exec(order["generate"], globals())
        result = volume(find, order["texts"], order["count"], order["seed"])
    else:
        path = order["texts"]
        if path not in kept:
            kept = {{path: json.load(open(path, encoding="utf-8"))}}
        began, cpu = time.perf_counter(), time.process_time()
        n_spans = sum(map(len, find(kept[path])))
        result = [time.perf_counter() - began, time.process_time() - cpu, n_spans]
    print(json.dumps(result), file=answers, flush=True)
"""
"""What every tool's process does: load, say how long that took, then a pass for each line it reads."""

OURS = """
try:
    from ppdarchive.detectors.engine import Engine
    find = Engine().detect
except ModuleNotFoundError as error:
    if error.name != "ppdarchive.detectors.engine":
        raise
    from ppdarchive.detectors.patterns import Patterns
    from ppdarchive.detectors.protocol import detect
    from ppdarchive.text.batch import TextBatch
    print("no engine yet: patterns alone", file=sys.stderr)
    detectors = [Patterns()]
    find = lambda texts: detect(TextBatch.of(texts), detectors)
"""
PRESIDIO = """
import logging
logging.disable(logging.CRITICAL)
import spacy
from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
import tldextract.tldextract
tldextract.tldextract.TLD_EXTRACTOR.suffix_list_urls = ()
kinds = dict(
    PERSON="PERSON", LOC="LOCATION", GPE="LOCATION", FAC="LOCATION", ORG="ORGANIZATION", NORP="NRP",
    DATE="DATE_TIME", TIME="DATE_TIME",
)
rest = "CARDINAL EVENT LANGUAGE LAW MONEY ORDINAL PERCENT PRODUCT QUANTITY WORK_OF_ART".split()
settings = NerModelConfiguration(
    model_to_presidio_entity_mapping=kinds, labels_to_ignore=rest, low_score_entity_names=[]
)
models = [dict(lang_code="en", model_name={model!r})]
nlp = SpacyNlpEngine(models=models, ner_model_configuration=settings)
nlp.nlp = dict(en=spacy.load({model!r}))
analyzer = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"]))
find = lambda texts: analyzer.analyze_iterator(texts, "en", batch_size=64)
"""
SPACY = """
import spacy
nlp = spacy.load({model!r}, disable=["parser", "tagger", "attribute_ruler", "lemmatizer"])
find = lambda texts: [document.ents for document in nlp.pipe(texts, batch_size=64)]
"""

VOLUME = '''
def volume(find, path, count, seed):
    """Find in many answers, some thousand at a time: seconds of the wall's clock, of these generating,
    of the processor, characters, bytes, spans."""
    import random
    rng = random.Random(seed)
    sources = [text.split(" ") for text in json.load(open(path, encoding="utf-8"))]
    words = sorted({word for own in sources for word in own})
    generating = 0.0
    n_characters = n_bytes = n_spans = 0
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, count, 10_000):
        started = time.perf_counter()
        batch = []
        for _ in range(min(10_000, count - first)):
            part = []
            wanted = 18 + int(rng.random() * 20)
            while len(part) < wanted:
                own = sources[int(rng.random() * len(sources))]
                part += own[int(rng.random() * len(own)) :]
            part[int(rng.random() * wanted)] = words[int(rng.random() * len(words))]
            batch.append(" ".join(part[:wanted]))
        n_characters += sum(map(len, batch))
        n_bytes += sum(len(text.encode()) for text in batch)
        generating += time.perf_counter() - started
        n_spans += sum(map(len, find(batch)))
    seconds = [time.perf_counter() - began, generating, time.process_time() - cpu]
    return [*seconds, n_characters, n_bytes, n_spans]
'''


class Tool:
    """A tool in a process of its own that waits for work.

    Attributes
    ----------
    loading : float
        Processor seconds from the first import to the first text that was looked at.
    """

    def __init__(self, python: str, load: str, *, core: int) -> None:
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._process = subprocess.Popen(
            [python, "-c", SERVE.format(core=core, load=load)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **threads},
        )
        self.loading = float(self.answer())

    def ask(self, **order: Any) -> None:
        """Hand work over and do not wait."""
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def answer(self, limit: float | None = None) -> Any:
        """Wait for what comes of it; a process that is not ready in time, or ends, is a `TimeoutError`."""
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], limit)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self._process.kill()
            raise TimeoutError
        return json.loads(line)

    def seconds(self, texts: Path, limit: float | None = None) -> float:
        """Processor seconds of one pass."""
        self.ask(texts=str(texts))
        return float(self.answer(limit)[1])

    def end(self) -> float:
        """End the process; its peak memory in MB."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_maxrss / 1024


def cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def answers() -> list[str]:
    """What participants wrote in the example study."""
    path = ROOT / "examples/mommoodbooster/exports/three_month_survey.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    columns = [header.index(name) for name in ("Q12", "Q13", "Q14", "Q15")]
    return [row[column] for row in rows for column in columns if row[column] not in ("", "-99")]


def ewt_dev() -> list[str]:
    """The documents of the informal English corpus, where it is."""
    documents = EWT.read_text("utf-8").split("# newdoc")[1:]
    clitic = re.compile(r" (?=(?:n['’]t|['’](?:s|m|re|ve|ll|d))\b)", re.IGNORECASE)
    return [
        "\n".join(clitic.sub("", line) for line in re.findall("^# text = (.*)$", document, re.MULTILINE))
        for document in documents
    ]


def by_length(texts: Sequence[str], n_characters: int) -> Iterator[tuple[str, list[str]]]:
    """About so many characters in texts of one length each."""
    whole = " ".join(texts)
    whole *= n_characters // len(whole) + 1
    for length in (10, 100, 1_000, 10_000, 100_000):
        yield f"{length:,} characters", [whole[at : at + length] for at in range(0, n_characters, length)]
    yield "answers as they are", list(texts) * (n_characters // sum(map(len, texts)))


SLOW: Mapping[str, str] = {
    "digits": "0123456789",
    "digits and hyphens": "1-",
    "digits and spaces": "1 ",
    "digits and slashes": "1/",
    "@": "@",
    "letters and @": "a@",
    "a.": "a.",
    "full stops": ".",
    "slashes": "/",
    "hyphens": "-",
    "spaces": " ",
    "line breaks": "\n",
    "opening brackets": "(",
    "square brackets": "[NAME",
    "apostrophes": "'",
    "one token": "a",
    "one token in capitals": "A",
    "emoji": "👩‍👧",
    "combining marks": "e\u0301\u0302\u0323",
    "marks alone": "\u0301",
    "expanding ligatures": "\ufdfa",
    "controls": "\x00",
    "names": "Maria ",
    "names in a row, lower case": "maria anna ",
    "initials": "J. ",
    "coach": "coach ",
    "months": "March 5 ",
    "number words": "five one five ",
    "at and dot": "jane dot doe at ",
    "cedar": "cedar falls cedar ",
    "Chinese": "我的教练",
    "Arabic": "مدربتي ",
}
"""What is repeated to make text that has been slow for somebody."""


def written(folder: Path, name: str, texts: Sequence[str]) -> Path:
    """Texts in a file, so that no process but the tool's holds them."""
    path = folder / f"{re.sub('[^a-z0-9]', '_', name.lower())}.json"
    path.write_text(json.dumps(texts), "utf-8")
    return path


def speed(folder: Path, options: argparse.Namespace) -> None:
    """Print a table of tools, in turn, on one core."""
    core = cores()[0]
    loads = {"ppdarchive": (sys.executable, OURS)}
    for name, code in (("Presidio", PRESIDIO), ("spaCy's recognizer alone", SPACY)):
        loads[name] = (options.python, code.replace("{model!r}", repr(options.model)))
    tools: dict[str, Tool] = {}
    for name, (python, load) in loads.items():
        try:
            tools[name] = Tool(python, load, core=core)
        except TimeoutError:
            print(f"{name} cannot be loaded by {python} with model {options.model}: skipped. See --help.")
    given = {"example": written(folder, "example", answers())}
    if EWT.exists():
        given["ewt-dev"] = written(folder, "ewt", ewt_dev())
    rates: dict[tuple[str, str], float] = {}
    for corpus, path in given.items():
        n_characters = sum(map(len, json.loads(path.read_text("utf-8"))))
        taken: dict[str, list[float]] = {name: [] for name in tools}
        for turn in range(options.passes + 1):
            for name, tool in tools.items():
                seconds = tool.seconds(path)
                if turn:  # the first is a warm-up
                    taken[name].append(seconds)
        for name in tools:
            rates[name, corpus] = n_characters / statistics.median(taken[name])
        print(f"{corpus}: {n_characters:,} characters")
    peaks = {name: tool.end() for name, tool in tools.items()}
    base = "Presidio" if "Presidio" in tools else "ppdarchive"
    print(f"\none core, processor time, medians of {options.passes} passes in turn\n")
    heads = " | ".join(f"{corpus}, characters/s | times {base}" for corpus in given)
    print(f"| tool | {heads} | load, s | peak MB |")
    print(f"|---|{'--:|--:|' * len(given)}--:|--:|")
    for name, tool in tools.items():
        cells = " | ".join(
            f"{rates[name, corpus]:,.0f} | {rates[name, corpus] / rates[base, corpus]:.1f}"
            for corpus in given
        )
        print(f"| {name} | {cells} | {tool.loading:.2f} | {peaks[name]:.0f} |")


def processes(folder: Path, options: argparse.Namespace) -> None:
    """Print what two processes do against one."""
    if len(cores()) < 2:
        print("\nonly one core here: two processes are not measured")
        return
    texts = answers() * 10
    half, rest = written(folder, "half", texts[::2]), written(folder, "rest", texts[1::2])
    first, second = (Tool(sys.executable, OURS, core=core) for core in cores()[:2])
    alone: list[float] = []
    together: list[float] = []
    for turn in range(options.passes + 1):
        began = time.perf_counter()
        for part in (half, rest):
            first.ask(texts=str(part))
            first.answer()
        one = time.perf_counter() - began
        began = time.perf_counter()
        first.ask(texts=str(half))
        second.ask(texts=str(rest))
        first.answer()
        second.answer()
        if turn:
            alone.append(one)
            together.append(time.perf_counter() - began)
    n_characters = sum(map(len, texts))
    ratios = [a / b for a, b in zip(alone, together, strict=True)]
    print(f"\n{n_characters:,} characters, medians of {options.passes}\n")
    print("| processes | characters/s | peak MB, each |\n|---|--:|--:|")
    peak = max(first.end(), second.end())
    print(f"| one | {n_characters / statistics.median(alone):,.0f} | {peak:.0f} |")
    print(f"| two | {n_characters / statistics.median(together):,.0f} | {peak:.0f} |")
    print(f"| two against one | {statistics.median(ratios):.2f} | |")


def flat(folder: Path, options: argparse.Namespace) -> None:
    """Print nanoseconds per character by length, and on text that is made to be slow."""
    print("\n| text | ns a character | peak MB |\n|---|--:|--:|")
    cases = [(name, texts) for name, texts in by_length(answers(), 1_000_000)]
    for name, unit in SLOW.items():
        for length in (1_000, 100_000):
            text = (unit * (length // len(unit) + 1))[:length]
            cases.append((f"{name}, {length:,}", [text] * (200_000 // length)))
    for name, texts in cases:
        path = written(folder, "case", texts)
        n_characters = sum(map(len, texts))
        taken: list[float] = []
        # A process for each, so that each peak is its own.
        tool = Tool(sys.executable, OURS, core=cores()[0])
        try:
            taken = [tool.seconds(path, LIMIT) for _ in range(min(options.passes, 3) + 1)][1:]
        except TimeoutError:
            print(f"| {name} | over {LIMIT / n_characters * 1e9:,.0f} | |")
            continue
        print(
            f"| {name} | {statistics.median(taken) / n_characters * 1e9:,.0f} | {tool.end():.0f} |",
            flush=True,
        )


def volume(folder: Path, options: argparse.Namespace) -> None:
    """Print what a million answers take, on one core and on two."""
    path = written(folder, "example", answers())
    print(f"\n{options.answers:,} answers, generated and looked at 10,000 at a time\n")
    heads = "MB of text | seconds | of these generating | processor seconds | peak MB, each | spans"
    print(f"| processes | {heads} |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for n_processes in range(1, min(len(cores()), 2) + 1):
        tools = [Tool(sys.executable, OURS, core=core) for core in cores()[:n_processes]]
        began = time.perf_counter()
        for seed, tool in enumerate(tools):
            count = options.answers // n_processes
            tool.ask(generate=VOLUME, texts=str(path), count=count, seed=seed)
        results = [tool.answer() for tool in tools]
        seconds = time.perf_counter() - began
        generating = sum(result[1] for result in results) / n_processes
        cpu, n_bytes, n_spans = (sum(result[at] for result in results) for at in (2, 4, 5))
        peak = max(tool.end() for tool in tools)
        print(
            f"| {n_processes} | {n_bytes / 1e6:.0f} | {seconds:.1f} | {generating:.1f} | {cpu:.1f} | "
            f"{peak:.0f} | {n_spans:,} |",
            flush=True,
        )


def main() -> None:
    """Measure the parts that are asked for, and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument(
        "--model", default="en_core_web_md", help="spaCy's model for the peers, by name or path"
    )
    parser.add_argument(
        "--python",
        default=os.environ.get("PEERS_PYTHON", sys.executable),
        help="the interpreter that has the peers; by default $PEERS_PYTHON, or this one",
    )
    options = parser.parse_args()
    asked = options.only.split(",")
    if unknown := set(asked) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as name:
        for part, measure in zip(PARTS, (speed, processes, flat, volume), strict=True):
            if part in asked:
                measure(Path(name), options)


if __name__ == "__main__":
    main()
