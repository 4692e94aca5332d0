"""Detectors that installed packages offer, found by name (entry-point group ``ppdarchive.detectors``)."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final

from ppdarchive.detectors.plugins.promise import Promised
from ppdarchive.detectors.protocol import Detector
from ppdarchive.errors import DetectorError

logger = logging.getLogger(__name__)

GROUP: Final = "ppdarchive.detectors"
"""The entry-point group of detector factories."""

Factory = Callable[[str], Detector]
"""Makes a detector from what stands behind the colon of its name, or from an empty text."""


def load_plugins(
    names: Sequence[str], *, folder: Path | None = None, path: str | None = None
) -> tuple[Detector, ...]:
    """Load the detectors of some names.

    Parameters
    ----------
    names : sequence of str
        Each the name of an entry point, and a colon and an argument if the factory takes one, such as
        ``spacy:en_core_web_md``. An argument with a slash in it is a path, from `folder`.
    folder : Path, optional
        The study's folder.
    path : str, optional
        study.toml, for messages.

    Returns
    -------
    tuple of Detector
        In the order of the names, each held to its promise (`Promised`).

    Raises
    ------
    DetectorError
        If no installed package offers a detector of that name, or it cannot be loaded.
    """
    loaded: list[Detector] = []
    points = {point.name: point for point in entry_points(group=GROUP)}
    for index, full_name in enumerate(names):
        name, _, argument = full_name.partition(":")
        problem = None
        try:
            loaded.append(Promised(_made(points, name, _resolved(name, argument, folder)), name))
        except DetectorError as error:
            problem = error
        if problem is not None:
            if path is not None:
                problem.path, problem.pointer = path, f"text.detectors[{index}]"
            # Whatever made the factory raise may hold a text.
            problem.__context__ = problem.__cause__ = None
            raise problem
        logger.info("loaded detector %s", name)
    return tuple(loaded)


def _resolved(name: str, argument: str, folder: Path | None) -> str:
    """A path from the study's folder, or the argument as it is."""
    if "/" not in argument:
        return argument
    path = (folder or Path()) / argument
    if not path.exists():
        raise DetectorError("detector.model", name=name, what=argument)
    return str(path)


def _made(points: Mapping[str, EntryPoint], name: str, argument: str) -> Detector:
    """What a factory makes; a package that cannot be loaded may fail in any way."""
    if name not in points:
        close = difflib.get_close_matches(name, points, n=1)
        hint = f"; is it {close[0]!r}?" if close else ""
        raise DetectorError("detector.not-installed", name=name, hint=hint)
    detector: Any = None
    problem: DetectorError | None = None
    try:
        detector = points[name].load()(argument)
    except DetectorError as error:
        problem = error
    except ImportError as error:
        problem = DetectorError("detector.library", name=name, what=error.name or "unknown")
    except Exception as error:
        problem = DetectorError("detector.unusable", name=name, kind=type(error).__name__)
    if problem is None and not callable(getattr(detector, "detect", None)):
        problem = DetectorError("detector.unusable", name=name, kind="being no detector")
    if problem is not None:
        raise problem
    made: Detector = detector
    return made
