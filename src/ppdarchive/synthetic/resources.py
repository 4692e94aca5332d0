"""The word lists of the generator, read from the package's own `data` folder."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def sections(name: str) -> Mapping[str, tuple[str, ...]]:
    """Read one resource as titled lists of lines.

    A line ``== title`` opens a list; a line that starts with ``#`` before the first title is a
    comment. Lists with the same title are joined.

    Parameters
    ----------
    name : str
        File name in the `data` folder, such as ``pools.txt``.

    Returns
    -------
    mapping of str to tuple of str
        In the order of the file.
    """
    found: dict[str, list[str]] = {}
    lines: list[str] | None = None
    text = files("ppdarchive.synthetic").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.split("\n"):
        if line.startswith("== "):
            lines = found.setdefault(line[3:], [])
        elif line and lines is not None:
            lines.append(line)
    return {title: tuple(entries) for title, entries in found.items()}


@cache
def pool(title: str) -> tuple[str, ...]:
    """Return one list of `pools.txt`; lists of names are split at blanks.

    >>> pool("names.girl")[:2]
    ('Abby', 'Addison')
    """
    lines = sections("pools.txt")[title]
    return tuple(" ".join(lines).split()) if title.startswith("names.") else lines


@cache
def records(title: str) -> tuple[tuple[str, ...], ...]:
    """Return one list of `codebook.txt`, each line split at its bars."""
    return tuple(tuple(line.split("|")) for line in sections("codebook.txt")[title])
