"""`ppdarchive init`: the files that a study starts from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ppdarchive.errors import UsageError, WriteError
from ppdarchive.profile import profile_files
from ppdarchive.study.skeleton import skeleton
from ppdarchive.tableschema import parse_package


def start_study(folder: Path, study_id: str) -> list[Path]:
    """Write study.toml, datapackage.json and schemas/ into `folder`.

    Raises
    ------
    WriteError
        If one of them is there already, or the folder cannot be written to; then nothing is written.
    UsageError
        If `study_id` cannot be an id.
    """
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", study_id) is None:
        raise UsageError(
            "usage.value", reason="an id has letters, digits, '.', '_' and '-'; give one by --id"
        )
    profile = profile_files()
    package = parse_package(
        profile["datapackage.json"], path="datapackage.json", read=lambda path, _: profile[path]
    )
    files = {"study.toml": skeleton(study_id, package.schemas), **profile}
    taken = [folder / name for name in files if os.path.lexists(folder / name)]
    if taken:
        raise WriteError("write.there-already", path=str(taken[0]))
    made: list[Path] = []
    reason: str | None = None
    try:
        for name, text in files.items():
            path = folder / name
            made += _make_folders(path.parent)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                made.append(path)
                file.write(text)
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason is not None:
        _remove(made)
        raise WriteError("write.not-writable", path=str(folder), reason=reason)
    return [folder / name for name in files]


def _make_folders(folder: Path) -> Iterator[Path]:
    """Make the folder and those above it, and yield each one that was made."""
    if not os.path.lexists(folder):
        yield from _make_folders(folder.parent)
        folder.mkdir()
        yield folder


def _remove(made: Sequence[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # what went wrong may go wrong again
            path.rmdir() if path.is_dir() else path.unlink()
