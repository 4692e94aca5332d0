"""What the commands on archives share: where one is, and which of its objects is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import typer
from rich.console import Console

ArchivePlace = Annotated[
    str,
    typer.Argument(
        metavar="ARCHIVE", help="The archive: a folder, or s3://BUCKET/PREFIX.", show_default=False
    ),
]
StudyName = Annotated[
    str | None, typer.Option("--study", help="The study, where there are several.", show_default=False)
]
AudienceName = Annotated[
    str | None, typer.Option("--audience", help="The audience, where there are several.", show_default=False)
]

_STEP_BYTES: Final = 1 << 26


@contextmanager
def byte_progress() -> Iterator[tuple[Callable[[str], None], Callable[[int], None]]]:
    """A line on the terminal that says what is going on and how many bytes were read; elsewhere nothing."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None, lambda _: None
        return
    n_bytes, words = 0, "starting"
    with console.status(words) as status:

        def step(now: str) -> None:
            nonlocal words
            words = now
            status.update(now)

        def read(more: int) -> None:
            nonlocal n_bytes
            if n_bytes // _STEP_BYTES != (n_bytes + more) // _STEP_BYTES:
                status.update(f"{words}: {size_words(n_bytes + more)}")
            n_bytes += more

        yield step, read


def size_words(n_bytes: int) -> str:
    """Bytes for people, in powers of ten.

    >>> size_words(999), size_words(12_345), size_words(7_600_000_000)
    ('999 bytes', '12.3 kB', '7.6 GB')
    """
    if n_bytes < 1000:
        return f"{n_bytes} bytes"
    size, units = float(n_bytes), iter(("kB", "MB", "GB", "TB", "PB"))
    unit = ""
    while size >= 999.95 and (following := next(units, "")):
        size, unit = size / 1000, following
    return f"{size:.1f} {unit}"
