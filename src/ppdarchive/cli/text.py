"""The commands on texts: scan, explain, score, train."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.cli.terminal import FINDINGS, AsJson, example, progress, show, show_json, write_new
from ppdarchive.detectors.engine import Engine
from ppdarchive.errors import ReadError, TextError, UsageError, WriteError
from ppdarchive.model.span import Span, Tier
from ppdarchive.textexplain import Explanation, Left, explain
from ppdarchive.textscan import PERMITTED, Scan, scan_file, scan_study
from ppdarchive.textscore import (
    GoldText,
    Learned,
    Miss,
    Rate,
    Scores,
    learn,
    misses,
    read_brat,
    read_gold,
    read_trained,
    score,
)
from ppdarchive.textscore.learn import Aims

app = typer.Typer(
    name="text",
    help="Look for what identifies people in texts, say why, and measure how well.",
    epilog=example('ppdarchive text explain "my coach maria called"'),
    no_args_is_help=True,
    rich_markup_mode=None,
)

TrainedFile = Annotated[
    Path | None, typer.Option("--trained", help="A file of `text train`.", show_default=False)
]
_TIERS: Final = {Tier.REDACT: "redact", Tier.UNCERTAIN: "redact + uncertain"}
_LARGE: Final = 1 << 23
"""Bytes of a file from which on more processes than one pay for their start."""
_MOST_PROCESSES: Final = 4
"""Unless more are asked for: each takes memory of its own."""
_COLUMNS: Final = (("recall", 8), ("chars", 8), ("precision", 10), ("over-masking", 13), ("clean texts", 12))


@app.command(
    epilog=example("ppdarchive text scan my-study", "ppdarchive text scan answers.csv --column answer")
)
def scan(
    source: Annotated[
        Path, typer.Argument(metavar="FILE|STUDY", help="A file, or a study's folder.", show_default=False)
    ],
    *,
    column: Annotated[
        list[str] | None, typer.Option(help="A column with texts; may be repeated.", show_default=False)
    ] = None,
    group: Annotated[
        str | None, typer.Option(help="The column that says whose a row is.", show_default=False)
    ] = None,
    delimiter: Annotated[str, typer.Option(help="Of a CSV file.")] = ",",
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="How many work at once; else one for each core, at most 4, on a file of over 8 MB.",
            show_default=False,
        ),
    ] = None,
    places: Annotated[int, typer.Option(min=0, help="How many places to tell.")] = 20,
    trained: TrainedFile = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show what stands there, on this screen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Count what would be found in texts, and say where.

    A file is CSV, TSV or Parquet with --column, or plain text, a text on each line. Of a study all free
    texts are looked at, with its known identifiers and lists. Nothing is written.

    Exit code 0: nothing found that may not stay; 1: something was; 2: wrong use.
    """
    if show_values and as_json:
        raise UsageError("usage.value", reason="--show-values is for the screen, --json for programs")
    is_table = source.suffix.lower() in (".csv", ".tsv", ".parquet")
    if source.is_dir() and (column or group or trained):
        raise UsageError("usage.value", reason="of a study, study.toml says the columns and what was trained")
    if is_table and not column and not source.is_dir():
        raise UsageError("usage.value", reason="of a table, name the column with the texts by --column")
    if not is_table and (column or group):
        raise UsageError("usage.value", reason="a plain text file has no columns")
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise UsageError("usage.value", reason="a delimiter is one character such as , ; or |")
    n_processes = _n_processes(source) if processes is None else processes
    with progress() as step:
        if source.is_dir():
            result = scan_study(
                source, processes=n_processes, n_places=places, with_words=show_values, progress=step
            )
        else:
            result = scan_file(
                source,
                columns=column or (),
                group=group,
                delimiter=delimiter,
                make=_maker(trained),
                processes=n_processes,
                n_places=places,
                with_words=show_values,
                progress=step,
            )
    if as_json:
        show_json(scan_json(result))
    else:
        show(scan_lines(result))
    if any(kind not in PERMITTED for _, _, _, kind in result.counts):
        raise typer.Exit(FINDINGS)


@app.command(
    "explain",
    epilog=example(
        'ppdarchive text explain "my coach maria called"', "ppdarchive text explain - < answer.txt"
    ),
)
def explain_text(
    words: Annotated[
        str, typer.Argument(metavar="TEXT", help="A text, or - to read one.", show_default=False)
    ],
    *,
    trained: TrainedFile = None,
    as_json: AsJson = False,
) -> None:
    """Say why each span of a text is found: by which detectors and rules, how surely.

    What is typed here stays in the shell's history; give participants' words by way of -.
    """
    text = sys.stdin.read() if words == "-" else words
    result = explain(text, _maker(trained)())
    if as_json:
        show_json(explanation_json(result))
    else:
        show(explanation_lines(text, result))


@app.command("score", epilog=example("ppdarchive text score gold.jsonl", "ppdarchive text score brat-folder"))
def score_sample(
    gold: Annotated[
        Path, typer.Argument(help="JSON lines of texts and spans, or a folder of brat's.", show_default=False)
    ],
    *,
    only: Annotated[
        str, typer.Option(help="Count only what is found of these categories: NAME,LOCATION.")
    ] = "",
    trained: TrainedFile = None,
    missed: Annotated[
        Path | None,
        typer.Option("--misses", help="Write each missed mention with its words.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the detectors on a sample that a person marked.

    A mention counts as found if every letter and digit of it is. What --misses writes holds participants'
    words: keep it in the study's private folder.
    """
    texts = _gold(gold)
    wanted = {name.strip().upper() for name in only.split(",") if name.strip()}
    with progress() as step:
        step("looking through the sample")
        found = _maker(trained)().detect([own.text for own in texts])
    if wanted:
        found = [[span for span in own if span.category.value in wanted] for own in found]
    tiers = {
        tier: score(
            texts, [[span for span in own if tier is Tier.UNCERTAIN or span.tier is tier] for own in found]
        )
        for tier in (Tier.REDACT, Tier.UNCERTAIN)
    }
    if missed is not None:
        write_new(missed, "".join(_miss_line(miss) for miss in misses(texts, found)), is_private=True)
    if as_json:
        show_json({_key(tier): scores_json(own) for tier, own in tiers.items()})
    else:
        show(score_lines(tiers))


@app.command(epilog=example("ppdarchive text train corrected.jsonl --out my-study/private/trained.json"))
def train(
    corrections: Annotated[
        Path, typer.Argument(help="JSON lines of texts and spans, or a folder of brat's.", show_default=False)
    ],
    *,
    out: Annotated[Path, typer.Option(help="A new file.", show_default=False)],
    recall: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="To reach in both tiers together.")
    ] = 0.97,
    redact_recall: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="To reach in the redact tier alone.")
    ] = 0.9,
    as_json: AsJson = False,
) -> None:
    """Learn a lab's words and thresholds from texts that it corrected.

    Words that were missed become names and places, words that were found wrongly become safe, and the
    tiers begin where the recalls are reached at least over-masking. The figures are those of texts that
    were left out while learning. Name the file in study.toml: `[text] trained`. It holds participants'
    words: keep it in the study's private folder.
    """
    if os.path.lexists(out):
        raise WriteError("write.there-already", path=str(out))
    texts = _gold(corrections)
    with progress() as step:
        result = learn(texts, path=str(corrections), aims=Aims(recall, redact_recall), progress=step)
    write_new(out, result.trained.dumped(), is_private=True)
    if as_json:
        show_json(learned_json(result))
    else:
        show(learned_lines(result))
        typer.echo(f"wrote {out}: private, it holds words of these texts")


# ---------------------------------------------------------------------------------------------
# Files and processes
# ---------------------------------------------------------------------------------------------


def _n_processes(source: Path) -> int:
    """One for each core on a large file, and one on any other source."""
    if not source.is_file() or source.stat().st_size < _LARGE:
        return 1
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(n_cores, _MOST_PROCESSES)


def _maker(trained: Path | None) -> Callable[[], Engine]:
    """What makes the engine, in this process or another."""
    if trained is None:
        return Engine
    return read_trained(_read(trained), path=str(trained)).engine


def _read(path: Path) -> str:
    """A text file as it is, line ends and all."""
    reason = ""
    if path.is_dir():
        raise ReadError("read.not-a-file", path=str(path))
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        reason = "absent"
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason == "absent":
        raise ReadError("read.not-found", path=str(path))
    if reason:
        raise ReadError("read.not-readable", path=str(path), reason=reason)
    offset = None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        offset = error.start
    raise ReadError("read.encoding", path=str(path), offset=offset, encoding="utf-8")


def _gold(path: Path) -> Sequence[GoldText]:
    """A sample: JSON lines, or a folder of brat's pairs of files in the order of their names."""
    if not path.is_dir():
        return read_gold(_read(path).split("\n"), path=str(path))
    texts = [
        read_brat(_read(own.with_suffix(".txt")), _read(own), path=str(own))
        for own in sorted(path.glob("*.ann"))
    ]
    if not texts:
        raise TextError("text.gold-empty", path=str(path))
    return texts


def _miss_line(miss: Miss) -> str:
    document = {
        "text": miss.text + 1,
        "span": [miss.mention.start, miss.mention.end, miss.mention.category],
        "mention": miss.words,
        "masked": miss.masked,
        "context": miss.context,
    }
    return json.dumps(document, ensure_ascii=False) + "\n"


# ---------------------------------------------------------------------------------------------
# Lines and JSON
# ---------------------------------------------------------------------------------------------


def _counts(result: Scan) -> dict[str, dict[str, dict[str, int]]]:
    """By column, then category (with its kind), then tier."""
    counts: dict[str, dict[str, dict[str, int]]] = {}
    for (column, category, tier, kind), number in result.counts.items():
        name = f"{category.value} ({kind})" if kind else category.value
        own = counts.setdefault(column, {}).setdefault(name, {"redact": 0, "uncertain": 0})
        own[tier.value] += number
    return counts


def scan_lines(result: Scan) -> Iterator[Text]:
    """What was found, for people."""
    for column, categories in _counts(result).items():
        yield Text(f"{column or 'texts':<40}{'redact':>12}{'uncertain':>12}", style="bold")
        for name, tiers in categories.items():
            yield Text(f"  {name:<38}{tiers['redact']:>12,}{tiers['uncertain']:>12,}")
    yield Text("")
    yield Text(
        f"{result.n_texts:,} texts, {result.n_characters:,} characters; something in {result.n_with:,} texts."
    )
    if any(kind in PERMITTED for *_, kind in result.counts):
        yield Text("States and countries may stay in a release.", style="dim")
    n_found = sum(result.counts.values())
    if result.places:
        yield Text("")
        yield Text("Where (rows from 1, without a header; characters from 0):", style="bold")
    for place in result.places:
        name = f"{place.column} " if place.column else ""
        where = f"  {name}row {place.row}, {place.span.start}-{place.span.end}"
        yield Text(f"{where}  {place.span.category.value} {place.span.tier.value}")
        if place.context:
            yield from render.wrapped(f"      {place.context}", indent=6, style="dim")
    if len(result.places) < n_found:
        yield Text(f"  ... and {n_found - len(result.places):,} more; --places tells more of them.")


def scan_json(result: Scan) -> dict[str, Any]:
    """The same for programs; words are never in it."""
    return {
        "texts": result.n_texts,
        "characters": result.n_characters,
        "texts_with_spans": result.n_with,
        "columns": _counts(result),
        "places": [
            {"row": place.row, "column": place.column, **_span_json(place.span)} for place in result.places
        ],
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {
        "start": span.start,
        "end": span.end,
        "category": span.category.value,
        "tier": span.tier.value,
        "score": round(span.score, 3),
        "detector": span.detector,
        "kind": span.kind,
    }


def explanation_lines(text: str, result: Explanation) -> Iterator[Text]:
    """Why each span was found, for people."""
    for own in result.found:
        span = own.span
        where = f"{span.start}-{span.end} {span.category.value} {span.tier.value} {span.score:.2f}"
        words = f'{where}  "{text[span.start : span.end]}"'
        yield from render.wrapped(words, indent=4, style="bold")
        if span.kind:
            yield Text(f"    a {span.kind}: the standard lets it stay")
        for reason in own.reasons:
            is_same = (reason.start, reason.end) == (span.start, span.end)
            where = "" if is_same else f" at {reason.start}-{reason.end}"
            category = "" if reason.category is span.category else f" as {reason.category.value}"
            yield from render.wrapped(
                f"    {reason.detector} {reason.tier.value} {reason.score:.2f}{category}{where}; "
                f"HIPAA class {reason.hipaa}",
                indent=8,
            )
        if not own.reasons:
            yield Text("    sense: the same words are surely found elsewhere in the text")
    if not result.found:
        yield Text("Nothing found.")
    for title, chosen in (
        ("left, words of the field:", [own for own in result.left if own.is_safe]),
        ("left, not likely enough:", [own for own in result.left if not own.is_safe]),
    ):
        if chosen:
            yield from render.wrapped(f"{title} {', '.join(_left(text, own) for own in chosen)}", indent=4)


def _left(text: str, own: Left) -> str:
    words = text[own.start : own.end]
    return words if own.is_safe else f"{words} {own.chance:.2f}"


def explanation_json(result: Explanation) -> dict[str, Any]:
    """The same for programs, without the text."""
    return {
        "found": [
            {**_span_json(own.span), "reasons": [asdict(reason) for reason in own.reasons]}
            for own in result.found
        ],
        "left": [asdict(own) for own in result.left],
    }


def _key(tier: Tier) -> str:
    return "redact" if tier is Tier.REDACT else "redact_and_uncertain"


def scores_json(scores: Scores) -> dict[str, Any]:
    """Scores for programs: each rate with what it is of."""
    return {
        "texts": scores.n_texts,
        "characters": scores.n_characters,
        **{
            name: _rate_json(rate)
            for name, rate in (
                ("recall", scores.recall),
                ("character_recall", scores.character_recall),
                ("precision", scores.precision),
                ("over_masking", scores.over_masking),
                ("clean_texts", scores.clean_texts),
            )
        },
        "by_category": {name: _rate_json(rate) for name, rate in scores.by_category.items()},
    }


def _rate_json(rate: Rate) -> dict[str, float | int | None]:
    return {"rate": rate.share, "of": rate.total}


def _rate(rate: Rate) -> str:
    return "-" if rate.share is None else f"{rate.share:.3f}"


def _head(title: str) -> Text:
    return Text(f"{title:<27}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS), style="bold")


def _row(title: str, scores: Scores) -> Text:
    rates = (
        scores.recall,
        scores.character_recall,
        scores.precision,
        scores.over_masking,
        scores.clean_texts,
    )
    cells = zip(rates, _COLUMNS, strict=True)
    return Text(f"  {title:<25}" + "".join(f"{_rate(rate):>{width}}" for rate, (_, width) in cells))


def score_lines(tiers: dict[Tier, Scores]) -> Iterator[Text]:
    """Scores for people."""
    both = tiers[Tier.UNCERTAIN]
    yield Text(f"{both.n_texts:,} texts, {both.n_characters:,} characters, {both.recall.total:,} mentions")
    yield Text("")
    yield _head("")
    for tier, own in tiers.items():
        yield _row(_TIERS[tier], own)
    yield Text("")
    yield Text(f"{'recall by category':<27}{'mentions':>10}{'redact':>10}{'+ uncertain':>13}", style="bold")
    for name, rate in both.by_category.items():
        sure = _rate(tiers[Tier.REDACT].by_category[name])
        yield Text(f"  {name[:24]:<25}{rate.total:>10,}{sure:>10}{_rate(rate):>13}")


def learned_lines(result: Learned) -> Iterator[Text]:
    """What was learned, for people."""
    trained = result.trained
    n_safe = sum(entry.kind == "safe" for entry in trained.entries)
    limits = trained.thresholds
    yield Text(f"learned {len(trained.entries) - n_safe} names and words, {n_safe} safe words")
    yield Text(
        f"thresholds: uncertain {limits.uncertain}, redact {limits.redact}, extended from {limits.extend}"
    )
    if result.n_unlearned:
        yield from render.wrapped(
            f"{result.n_unlearned} missed mentions teach nothing: dates, numbers, everyday words", indent=2
        )
    yield Text("")
    ways = (
        ("as it ships", result.shipped),
        ("with words", result.listed),
        ("with thresholds too", result.tuned),
    )
    for tier, title in _TIERS.items():
        yield _head(f"{title}, held out")
        for name, own in ways:
            yield _row(name, own[tier])
    before, after = result.shipped[Tier.UNCERTAIN], result.tuned[Tier.UNCERTAIN]
    if (after.recall.share or 0) <= (before.recall.share or 0) and (after.over_masking.share or 0) >= (
        before.over_masking.share or 0
    ):
        yield Text("warning: on texts held out this is no better than the engine as it ships")
    aim = float(trained.figures["aims"]["both tiers"])
    if (after.recall.share or 0) < aim:
        yield Text(f"warning: on texts held out the aim of {aim} is not reached")


def learned_json(result: Learned) -> dict[str, Any]:
    """The same for programs; entries are in the file alone."""
    return {
        "entries": len(result.trained.entries),
        "thresholds": asdict(result.trained.thresholds),
        "unlearned": result.n_unlearned,
        "held_out": {
            name: {_key(tier): scores_json(scores) for tier, scores in own.items()}
            for name, own in (
                ("shipped", result.shipped),
                ("with_words", result.listed),
                ("with_thresholds", result.tuned),
            )
        },
    }
