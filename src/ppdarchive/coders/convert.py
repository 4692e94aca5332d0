"""What is released of a study -> a file that coding tools open; nothing that is not released is in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from ppdarchive.coders.tables import is_study
from ppdarchive.coding.converted import project_of
from ppdarchive.coding.formats import write_project
from ppdarchive.coding.project import Project
from ppdarchive.errors import CodingError, PackageError
from ppdarchive.loading import Release, load
from ppdarchive.model.columns import values_of
from ppdarchive.publish import pack_study

Progress = Callable[[str], None]
Stage = Literal["all", "independent", "consensus"]

_NEEDED: Final = ("responses", "codes", "codings", "coders")
_NO_VERSION: Final = "0.0.0"
"""What the package is called that a study's conversion goes through; nobody sees it."""


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
    and texts are treated, and the gate has to let it pass. The package that comes of it is converted and
    removed; the audit log of its edits stays in the private folder.

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
        ``coding.nothing`` if there are no codings, ``coding.cannot-hold`` if the format lacks something.
    WriteError
        If there is such a file, or it cannot be written.
    LoadError, PackageError, RegisterError, StudyError, SchemaError, ReadError
        As `pack_study` and `load` do.
    """
    if not is_study(folder):
        progress("verifying the package")
        return _convert(load(folder), out, kind, stage, progress)
    problem: PackageError
    try:
        beside = TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent)
    except OSError as error:
        problem = PackageError("package.not-writable", path=str(out), reason=error.strerror or "unknown")
    else:
        with beside as private:
            package = Path(private) / "package"
            pack_study(
                folder,
                package,
                version=_NO_VERSION,
                released_on=released_on,
                overrides=overrides,
                progress=progress,
            )
            return _convert(load(package), out, kind, stage, progress)
    raise problem


def _convert(release: Release, out: Path, kind: str, stage: Stage, progress: Progress) -> Project:
    for name in _NEEDED:
        if name not in release:
            raise CodingError("coding.nothing", path=str(out), reason=f"nothing is released of {name}")
    progress(f"writing {out.name}")
    tables = {name: release[name] for name in release.tables}
    if stage != "all":
        codings = tables["codings"]
        own = values_of(codings["stage"]).to_pylist()
        tables["codings"] = codings.loc[np.array([each == stage for each in own], dtype=bool)]
    made: Project | None = None
    try:
        made = project_of(tables, path=out.name, kind=kind)
    except ValueError:
        made = None
    if made is None:
        raise CodingError("coding.cannot-hold", kind=kind, what="a theme that lies in itself")
    project = made
    if stage != "all":
        # Who made no coding of this stage is not in the file.
        used = sorted(set(project.selections.coder.tolist()))
        places = {old: new for new, old in enumerate(used)}
        selections = replace(
            project.selections,
            coder=np.array([places[each] for each in project.selections.coder.tolist()], np.int64),
        )
        project = replace(project, coders=tuple(project.coders[each] for each in used), selections=selections)
    write_project(project, out, target=kind)
    return project
