"""study.toml <-> Study: which exports become which tables, and under which policy they are released."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ppdarchive.errors import StudyError
from ppdarchive.study.check import check_study
from ppdarchive.study.config import CodedProject, Config, Export, Long, key_path, parse_config
from ppdarchive.study.model import MEMO, PARTICIPANT, QUESTION, WAVE, Study, answer_field, missing_code
from ppdarchive.study.treatments import with_treatments
from ppdarchive.tableschema import file_reader, load_package

__all__ = [
    "MEMO",
    "PARTICIPANT",
    "QUESTION",
    "WAVE",
    "CodedProject",
    "Config",
    "Export",
    "Long",
    "Study",
    "answer_field",
    "check_study",
    "key_path",
    "load_study",
    "missing_code",
    "parse_config",
]

FILE_NAME: Final = "study.toml"


def load_study(folder: Path, *, name: str | None = None) -> Study:
    """Read study.toml and the schemas beside it.

    Parameters
    ----------
    folder : Path
        The study's folder.
    name : str, optional
        What messages call the folder; its path by default.

    Raises
    ------
    StudyError
        If study.toml is not there, is no TOML, or says what makes no sense; with its key path.
    SchemaError
        If the schemas make no sense.
    """
    shown = f"{name if name is not None else folder.as_posix()}/{FILE_NAME}"
    config = parse_config(_read(folder / FILE_NAME, shown), path=shown)
    package = load_package(folder, name=name)
    read = file_reader(folder, name=name)
    package = with_treatments(package, config.treatments, path=shown, read=read)
    study = Study(folder, config, package, shown)
    check_study(study)
    return study


def _read(path: Path, shown: str) -> str:
    problem: StudyError
    try:
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        problem = StudyError("study.not-found", path=shown)
    except UnicodeDecodeError:
        problem = StudyError("study.toml", path=shown, reason="not UTF-8 text")
    except OSError as error:
        problem = StudyError("study.not-readable", path=shown, reason=error.strerror or "unknown")
    raise problem
