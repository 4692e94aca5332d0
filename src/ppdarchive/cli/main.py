"""`ppdarchive`: every command is parse, one call, render, exit code.

Exit codes: 0 fine, 1 findings in the data, 2 wrong use, 3 a gate refused.
"""

from __future__ import annotations

import io
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ppdarchive._version import __version__
from ppdarchive.cli import code, demo, publishing, render, risk, standard, text
from ppdarchive.cli.archive import (
    clone,
    convert,
    history,
    keys,
    mark,
    pin,
    publish,
    purge,
    repair,
    sign,
    verify,
)
from ppdarchive.cli.start import start_study
from ppdarchive.cli.terminal import (
    FINDINGS,
    FINE,
    MISUSE,
    REFUSED,
    AsJson,
    StudyFolder,
    example,
    progress,
    show,
    show_json,
)
from ppdarchive.codebook import codebook as codebook_page
from ppdarchive.errors import PpdArchiveError, UsageError
from ppdarchive.gate import GateRefusedError
from ppdarchive.pipeline import validate_study
from ppdarchive.profile import profile_files
from ppdarchive.read import read
from ppdarchive.study import load_study
from ppdarchive.synthetic import write_study

app = typer.Typer(
    name="ppdarchive",
    help="Take survey exports of qualitative studies to validated, de-identified data packages.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take survey exports of qualitative studies to validated, de-identified data packages."""


@app.command(epilog=example("ppdarchive validate my-study", "ppdarchive validate my-study --json"))
def validate(
    study: StudyFolder,
    *,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show the cells that findings point to, on this screen.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a study's exports and say everything that is wrong with them.

    Exit code 0: nothing wrong; 1: findings; 2: a file that cannot be read or a study.toml or schema
    that makes no sense.
    """
    if show_values and as_json:
        raise UsageError("usage.value", reason="--show-values is for the screen, --json for programs")
    with progress() as step:
        result = validate_study(study, progress=step)
    if as_json:
        show_json(render.validation_json(result))
    else:
        show(render.validation_lines(result, show_values=show_values))
    if result.checked.findings:
        raise typer.Exit(FINDINGS)


@app.command(epilog=example("ppdarchive init my-study"))
def init(
    folder: Annotated[Path, typer.Argument(help="The study's folder, new or with exports only.")],
    *,
    study_id: Annotated[str, typer.Option("--id", help="The study's id; by default the folder's name.")] = "",
) -> None:
    """Start a study: a commented study.toml and the profile's schemas."""
    for path in start_study(folder, study_id or folder.resolve().name):
        typer.echo(f"wrote {path}")
    typer.echo(f"Next: edit {folder / 'study.toml'}, then run `ppdarchive validate {folder}`.")


@app.command(epilog=example("ppdarchive columns exports/survey.csv --format qualtrics"))
def columns(
    export: Annotated[Path, typer.Argument(help="A file that a survey tool wrote.", show_default=False)],
    *,
    source: Annotated[str, typer.Option("--format", help="qualtrics, redcap, csv, tsv or parquet.")] = "csv",
    dictionary: Annotated[
        Path | None, typer.Option(help="REDCap's data dictionary.", show_default=False)
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="UTF-8 by default.", show_default=False)] = None,
    delimiter: Annotated[str | None, typer.Option(help="A comma by default.", show_default=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Say what an export says of its columns: names, questions, choices, identifiers."""
    if source not in ("qualtrics", "redcap", "csv", "tsv", "parquet"):
        raise UsageError("usage.value", reason="--format is qualtrics, redcap, csv, tsv or parquet")
    result = read(export, source=source, dictionary=dictionary, encoding=encoding, delimiter=delimiter)
    if as_json:
        show_json(render.columns_json(result))
        return
    show(render.columns_lines(result))
    if source in ("csv", "tsv") and render.looks_like_qualtrics(result):
        typer.echo("This looks like a Qualtrics export: use --format qualtrics.", err=True)


@app.command(epilog=example("ppdarchive codebook my-study > codebook.md"))
def codebook(study: StudyFolder) -> None:
    """Write the study's codebook: every table, field, value and missing code, as Markdown."""
    loaded = load_study(study)
    title = loaded.config.study.title or loaded.package.title or loaded.config.study.id
    sys.stdout.write(codebook_page(loaded.schemas, title=title))


@app.command(epilog=example("ppdarchive synth example", "ppdarchive synth big --participants 100000"))
def synth(
    folder: Annotated[Path, typer.Argument(help="A new folder.", show_default=False)],
    *,
    participants: Annotated[int, typer.Option(min=1, help="How many are enrolled.")] = 326,
    answered: Annotated[
        int | None, typer.Option(min=0, help="How many answered at least one question.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same study.")] = 2019,
    faults: Annotated[bool, typer.Option("--faults", help="Plant data faults, with their key.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the example study: wholly synthetic, in the shape of a real one; nobody in it exists."""
    summary = write_study(
        folder,
        participants=participants,
        answered=answered,
        seed=seed,
        faults=faults,
        profile=profile_files(),
    )
    counts = asdict(summary)
    if as_json:
        show_json(counts)
        return
    typer.echo(f"wrote {folder}: synthetic, nobody in it exists")
    for key, value in counts.items():
        typer.echo(f"  {value:>7,}  {key.removeprefix('n_').replace('_', ' ')}")
    typer.echo(f"Next: ppdarchive validate {folder}")


app.command("deidentify", epilog=example("ppdarchive deidentify my-study"))(publishing.deidentify)
app.command("pack", epilog=example("ppdarchive pack my-study my-package --version 1.0.0 --date 2026-01-31"))(
    publishing.pack
)
app.command("risk", epilog=example("ppdarchive risk my-study", "ppdarchive risk my-study --html risk.html"))(
    risk.risk
)
app.command("standard", epilog=example("ppdarchive standard my-study"))(standard.standard)
app.command("suggest", epilog=example("ppdarchive suggest my-study --max-suppressed 0.1"))(risk.suggest)
app.command(
    "publish",
    epilog=example(
        "ppdarchive publish my-study --to my-archive --date 2026-01-31",
        "ppdarchive publish my-study --to s3://bucket/archive --sign lab.key",
    ),
)(publish.publish)
app.command("sign", epilog=example("ppdarchive sign my-archive --version 1.2.0 --key lab.key"))(sign.sign)
app.command(
    "show", epilog=example("ppdarchive show my-package", "ppdarchive show my-archive --version 1.2.0")
)(publishing.show_package)
app.command(
    "pin", epilog=example("ppdarchive pin my-archive", "ppdarchive pin my-archive --version '>=1.1,<2'")
)(pin.pin)
app.command(
    "mark", epilog=example("ppdarchive mark my-archive 1.0.0 --superseded --by 1.1.0 --reason 'Ages.'")
)(mark.mark)
app.command(
    "convert",
    epilog=example(
        "ppdarchive convert my-archive release.zip --version 1.2.0", "ppdarchive convert bag folder"
    ),
)(convert.convert_release)
app.command("log", epilog=example("ppdarchive log my-archive"))(history.log)
app.command(
    "diff",
    epilog=example("ppdarchive diff my-archive 1.0.0 latest", "ppdarchive diff one-package other-package"),
)(history.diff_releases)
app.command(
    "verify",
    epilog=example("ppdarchive verify my-archive", "ppdarchive verify my-archive --trust lab.key.pub"),
)(verify.verify)
app.command(
    "purge",
    epilog=example(
        "ppdarchive purge archive --study study --participant P7 --ground withdrawal",
        "ppdarchive purge archive --study study --spans spans.csv --ground leak",
    ),
)(purge.purge)
app.command(
    "clone",
    epilog=example(
        "ppdarchive clone my-archive s3://bucket/archive", "ppdarchive clone s3://bucket/archive copy"
    ),
)(clone.clone)
app.command("repair", epilog=example("ppdarchive repair my-archive"))(repair.repair)
app.command("demo", epilog=example("ppdarchive demo my-demo"))(demo.demo)
app.add_typer(text.app)
app.add_typer(code.app)
app.add_typer(keys.app)


# ---------------------------------------------------------------------------------------------
# The edge
# ---------------------------------------------------------------------------------------------


# What click raises for wrong words. Some versions of typer bring their own click, so it is found by
# an exception that all of them offer.
_ClickError: type[Exception] = typer.BadParameter.__mro__[2]
_STOPPED = 130


def run() -> None:
    """Run the command line; the console script's entry."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What is not on a screen is UTF-8 everywhere; a screen that lacks a character shows its code.
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    # Whoever ends the process lets it clear away what it staged, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(call(sys.argv[1:]))


def call(arguments: list[str]) -> int:
    """Run one command and return its exit code; no traceback and no cell ever reaches the user."""
    as_json = "--json" in arguments
    try:
        result = app(arguments, standalone_mode=False)
    except PpdArchiveError as error:
        _report(error, as_json=as_json)
        return MISUSE
    except GateRefusedError as refusal:
        publishing.report_refusal(refusal, as_json=as_json)
        return REFUSED
    except typer.Abort:
        return _STOPPED
    except _ClickError as error:
        if arguments:
            reason = error.format_message().rstrip(".")  # type: ignore[attr-defined]
            _report(UsageError("usage.value", reason=reason), as_json=as_json)
        else:
            error.show()  # type: ignore[attr-defined]
        return MISUSE
    except (Exception, SystemExit) as error:
        if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):
            sys.stderr.close()  # whoever reads our output has left; say nothing more
            return FINE
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        typer.echo(
            f"error: a bug in ppdarchive ({type(error).__name__} at {place}). Please report it.", err=True
        )
        return MISUSE
    return result if isinstance(result, int) else FINE


def _report(error: PpdArchiveError, *, as_json: bool) -> None:
    if as_json:
        show_json(render.error_json(error))
    else:
        place = f"{error.place}: " if error.place else ""
        typer.echo(render.without_orders(f"error: {place}{error.what}"), err=True)
        typer.echo(render.without_orders(f"  {error.remedy}"), err=True)
