"""`ppdarchive init`: the files that a study starts from."""

from __future__ import annotations

import re
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
    for name in files:
        if (folder / name).exists():
            raise WriteError("write.there-already", path=str(folder / name))
    reason: str | None = None
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = error.strerror or "unknown"
    if reason is not None:
        for name in files:
            (folder / name).unlink(missing_ok=True)
        raise WriteError("write.not-writable", path=str(folder), reason=reason)
    return [folder / name for name in files]
