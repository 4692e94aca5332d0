"""Run the examples of a page and put under each what it really says.

What the fences of a page mean::

    ```console              `$ command` lines and, under each, its output. A command that ends
                            with `# exit code 1` must end with that code, any other with 0.
    ```python               `>>>` lines and, under each, its output; one session for a page
    ```toml title="a/b"     the text of the file a/b, written before what follows is run
    ```toml title="add to a/b"     text that is added to the end of that file
    ```toml title="from a/b"       text that stands in that file of the repository
    <!-- lines /x/ to /y/ -->       before such a fence: from what matches x to what matches y
    ```sh                   `make` and set-up lines, which are not run here
    <!-- lines 1-9; /x/+2 -->  before a console fence: which lines of output the page shows, by
                            number (from the end if negative) or as the first that matches and so
                            many after it; an ellipsis stands for the others

Run `python scripts/page_examples.py` to refresh the pages, with `--check` to compare them only.
"""

from __future__ import annotations

import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from ppdarchive.cli.main import call

ROOT = Path(__file__).parents[1]

FENCE = re.compile(
    r"(?P<head>(?:<!-- lines (?P<lines>[^\n]+) -->\n+)?"
    r"(?P<indent> *)```(?P<language>[a-z]+)(?: title=\"(?P<title>[^\"]+)\")?\n)"
    r"(?P<body>.*?)(?P<tail>^(?P=indent)```$)",
    re.DOTALL | re.MULTILINE,
)
SET_UP = re.compile(r"make [a-z-]+( +#.*)?|cd ppdarchive|\. \.venv/bin/activate|git clone .*")


class ExampleError(AssertionError):
    """An example that does not do what its page says."""


def pages() -> list[Path]:
    """The pages with examples; what is measured or compared elsewhere is not run here."""
    found = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if page.name not in ("benchmarks.md", "differences.md")]


def refreshed(text: str, folder: Path) -> str:
    """A page with the output of its examples, which are run in `folder`.

    Raises
    ------
    ExampleError
        If an exit code is another than the page says, a file has no such text, or a fence is not
        one of those above.
    """
    session: dict[str, Any] = {}

    def run(match: re.Match[str]) -> str:
        body, title = match["body"], match["title"] or ""
        match match["language"]:
            case "console":
                body = _console(body, folder, match["lines"])
            case "python":
                body = _python(body, folder, session)
            case "sh":
                _check_set_up(body)
            case "text" if not title:
                pass
            case _ if title:
                body = _file(title, body, folder, match["lines"])
            case language:
                raise ExampleError(f"a {language} fence without a title: {body[:60]!r}")
        return match["head"] + body + match["tail"]

    paths = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with patch.dict(os.environ, {"PATH": paths, "COLUMNS": "80", "LC_ALL": "C.UTF-8"}):
        return FENCE.sub(run, text)


def _console(body: str, folder: Path, lines: str | None) -> str:
    result = ""
    for match in re.finditer(r"^\$ ((?:.*\\\n)*.*)", body, re.MULTILINE):
        command, _, comment = match[1].replace("\\\n>", "").partition("  # exit code ")
        code, output = _run(command.strip(), folder)
        if code != int(comment or 0):
            raise ExampleError(f"{command!r} ended with exit code {code}:\n{output}")
        result += f"{match[0]}\n{_shown(output, lines)}"
    if not result:
        raise ExampleError(f"a console fence without a command: {body[:60]!r}")
    return result


def _run(command: str, folder: Path) -> tuple[int, str]:
    """The exit code of a command and all that it says; ours are called in this process."""
    if command.startswith("ppdarchive ") and not re.search(r"[|<>;&]", command):
        said = io.StringIO()
        with chdir(folder), redirect_stdout(said), redirect_stderr(said):
            code = call(shlex.split(command)[1:])
        return code, said.getvalue()
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _shown(output: str, lines: str | None) -> str:
    """The lines of an output that a page shows."""
    given = [line.rstrip() for line in output.splitlines()]
    if lines is None:
        return "".join(f"{line}\n" for line in given)
    wanted = {number for part in lines.split(";") for number in _numbers(part.strip(), given)}
    result, gap = "", False
    for number, line in enumerate(given, start=1):
        if number in wanted:
            result, gap = result + f"{line}\n", False
        elif not gap:
            result, gap = result + "...\n", True
    return result


def _numbers(part: str, given: list[str]) -> range:
    """The lines, from 1, that a part of `lines` means."""
    if match := re.fullmatch(r"/(.+)/(?:\+(\d+))?", part):
        found = [number for number, line in enumerate(given, start=1) if re.search(match[1], line)]
        return range(found[0], found[0] + int(match[2] or 0) + 1) if found else range(0)
    if part.startswith("-"):
        return range(len(given) + 1 + int(part), len(given) + 1)
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)


def _python(body: str, folder: Path, session: dict[str, Any]) -> str:
    result = ""
    for example in doctest.DocTestParser().get_examples(body):
        said = io.StringIO()
        with chdir(folder), redirect_stdout(said):
            try:
                exec(compile(example.source, "<page>", "single"), session)
            except Exception as error:
                if example.exc_msg is None:
                    raise ExampleError(f"{example.source!r} raised {_named(error)}") from None
                print(f"Traceback (most recent call last):\n    ...\n{_named(error)}")
        first, *more = example.source.splitlines()
        result += "".join([f">>> {first}\n", *(f"... {line}".rstrip() + "\n" for line in more)])
        result += said.getvalue()
    if not result:
        raise ExampleError(f"a python fence without >>>: {body[:60]!r}")
    return result


def _named(error: Exception) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}: {error}"


def _check_set_up(body: str) -> None:
    for line in body.splitlines():
        if SET_UP.fullmatch(line) is None:
            raise ExampleError(f"not a set-up line: {line}")
        if line.startswith("make "):
            target = line.split()[1]
            if f"\n{target}:" not in (ROOT / "Makefile").read_text("utf-8"):
                raise ExampleError(f"the Makefile has no target {target}")


def _file(title: str, body: str, folder: Path, lines: str | None) -> str:
    if title.startswith("from "):
        text = (ROOT / title.removeprefix("from ")).read_text("utf-8")
        if lines is not None:
            first, _, last = lines.partition(" to ")
            found = re.search(rf"{first.strip('/')}.*?{last.strip('/')}\n", text, re.DOTALL | re.MULTILINE)
            body = "" if found is None else found[0]
        if not body or body.strip("\n") not in text:
            raise ExampleError(f"{title}: no such text there: {body[:60]!r}")
        return body
    path = folder / title.removeprefix("add to ")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if title.startswith("add to ") else "w", encoding="utf-8", newline="\n") as file:
        file.write(body)
    return body


def stale(*, write: bool) -> Iterator[str]:
    """The pages whose examples say something else than shown; written anew if `write`."""
    for page in pages():
        text = page.read_text("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            try:
                fresh = refreshed(text, Path(folder))
            except ExampleError as error:
                yield f"{page.relative_to(ROOT)}: {error}"
                continue
        if fresh != text:
            yield f"{page.relative_to(ROOT)}: {'refreshed' if write else 'out of date'}"
            if write:
                page.write_text(fresh, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    found = list(stale(write="--check" not in sys.argv))
    print("\n".join(found) or "nothing to refresh")
    sys.exit(bool(found) and "--check" in sys.argv)
