"""What is released of a study -> a file that coding tools open; nothing that is not released is in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.coders.tables import is_study
from ppdarchive.coding.converted import CODEBOOKS, project_of
from ppdarchive.coding.formats import write_project
from ppdarchive.coding.project import Project
from ppdarchive.errors import CodingError, PackageError, WriteError
from ppdarchive.loading import Release, load
from ppdarchive.pipeline import Progress
from ppdarchive.publish import pack_study

Stage = Literal["all", "independent", "consensus"]

_NEEDED: Final = ("responses", "codes", "codings", "coders")
_ONE_STAGE: Final = ("taguette",)
"""Formats that cannot tell whether a coding was made alone or agreed on."""
_VERSION: Final = "0.0.0"
"""Of the package that a study's conversion goes through; nobody sees it."""
_LABEL_LENGTH: Final = 60


def convert_folder(
    folder: Path,
    out: Path,
    *,
    kind: str,
    released_on: date,
    stage: Stage = "all",
    overrides: Mapping[str, str] = MappingProxyType({}),
    progress: Progress = lambda _: None,
) -> Project:
    """Convert a package, or what would be released of a study, to a file of a coding tool.

    A study goes the whole way that `pack` goes: who did not consent and who is too rare is left out, fields
    and texts are treated, and the gate has to let it pass. The package that comes of it lies beside `out`,
    in a hidden folder that only its owner can open, is converted and removed; the audit log of its edits
    stays in the private folder and is called after `out`, not after a version.

    Parameters
    ----------
    folder : Path
        A study's, or a package's.
    out : Path
        A new file.
    kind : str
        One of `ppdarchive.coding.formats.WRITERS`.
    released_on : date
        The date that the audit log bears.
    stage : {"all", "independent", "consensus"}
        Which codings are converted.
    overrides : mapping of str to str
        As in `pack_study`.
    progress : callable

    Returns
    -------
    Project
        What was written.

    Raises
    ------
    FindingsError, GateRefusedError
        As `pack_study` does; then nothing is written.
    CodingError
        ``coding.nothing`` if a table is not released, or no codings are, or none of that stage;
        ``coding.two-stages`` if the format needs a stage; ``coding.cannot-hold`` if it lacks something.
    WriteError
        If there is such a file, it cannot be written, or it would lie inside the package.
    LoadError, PackageError, RegisterError, StudyError, SchemaError, ReadError
        As `pack_study` and `load` do.
    """
    if os.path.lexists(out):
        raise WriteError("write.there-already", path=str(out))
    if not is_study(folder):
        if folder.resolve() in out.resolve().parents:
            raise WriteError("write.not-writable", path=str(out), reason="the package would hold it")
        progress("verifying the package")
        return _convert(load(folder), out, kind, stage, progress)
    problem: PackageError
    try:
        beside = TemporaryDirectory(prefix=".ppdarchive-", dir=out.parent)
    except OSError as error:
        problem = PackageError("package.not-writable", path=str(out), reason=error.strerror or "unknown")
    else:
        with beside as private:
            package = Path(private) / "package"
            pack_study(
                folder,
                package,
                version=_VERSION,
                audited_as=f"converted-to-{out.name}"[:_LABEL_LENGTH],
                released_on=released_on,
                overrides=overrides,
                progress=progress,
            )
            return _convert(load(package), out, kind, stage, progress)
    raise problem


def _convert(release: Release, out: Path, kind: str, stage: Stage, progress: Progress) -> Project:
    needed = ("codes",) if kind in CODEBOOKS else _NEEDED
    for name in needed:
        if name not in release:
            raise CodingError("coding.nothing", path=str(out), reason=f"nothing is released of {name}")
    progress(f"writing {out.name}")
    tables = {name: release[name] for name in release.tables}
    project, reason = None, ""
    try:
        project = project_of(tables, path=out.name, kind=kind, stage=None if stage == "all" else stage)
    except ValueError as error:
        reason = str(error)
    if project is None:
        raise CodingError("coding.cannot-hold", path=str(out), kind=f"a file for {kind}", what=reason)
    if kind not in CODEBOOKS:
        _check(project, out, kind, stage)
    write_project(project, out, target=kind)
    return project


def _check(project: Project, out: Path, kind: str, stage: Stage) -> None:
    """Refuse a project without codings, and codings of two stages where the format has none."""
    if not len(project.selections):
        which = "no coding" if stage == "all" else f"no coding of the stage {stage}"
        raise CodingError("coding.nothing", path=str(out), reason=f"{which} is released")
    stages = {project.coders[each].stage for each in set(project.selections.coder.tolist())}
    if kind in _ONE_STAGE and len(stages) > 1:
        raise CodingError("coding.two-stages", path=str(out), kind=kind)
