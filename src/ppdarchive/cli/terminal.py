"""What all commands share: their options, and how lines, JSON and progress reach a terminal."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from ppdarchive.cli import render
from ppdarchive.errors import WriteError

FINE, FINDINGS, MISUSE, REFUSED = 0, 1, 2, 3

StudyFolder = Annotated[
    Path, typer.Argument(metavar="STUDY", help="The study's folder, with study.toml.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]


def example(*lines: str) -> str:
    """The end of a command's help: how it is called."""
    return "Example:\n\n\b\n" + "\n".join(f"  {line}" for line in lines)


def show(lines: Iterable[Text]) -> None:
    """Print lines; nothing in them can give the terminal orders."""
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        line.plain = render.without_orders(line.plain)
        console.print(line)


def show_json(document: dict[str, Any]) -> None:
    """Print JSON."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A line on the terminal that says what is going on; nothing where nobody looks."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("starting") as status:
        yield status.update


def write_new(path: Path, content: str | bytes, *, is_private: bool = False) -> None:
    """Write a new file; one that is there stays as it is.

    Parameters
    ----------
    path : Path
    content : str or bytes
        Text is written as UTF-8.
    is_private : bool
        Whether only its owner can read it.

    Raises
    ------
    WriteError
        If there is such a file, or it cannot be written.
    """
    reason = ""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if is_private else 0o666)
        with open(handle, "wb") as file:  # noqa: PTH123
            file.write(content.encode() if isinstance(content, str) else content)
    except FileExistsError:
        reason = "exists"
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason == "exists":
        raise WriteError("write.there-already", path=str(path))
    if reason:
        raise WriteError("write.not-writable", path=str(path), reason=reason)
