"""A coded project as another tool holds it: the vocabulary of all formats; no I/O, no tables.

What a project holds are a participant's words and coders' names. Every repr here shows counts only, and
messages name a source or a selection by its number in the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ppdarchive.model.span import Positions
from ppdarchive.text.units import Unit

NONE: Final = -1
"""In a column of indices: there is none. In a column of positions: the file gives no position."""

INDEPENDENT: Final = "independent"
CONSENSUS: Final = "consensus"
STAGES: Final = (INDEPENDENT, CONSENSUS)
"""Whether a coding was made alone or agreed on."""


@dataclass(frozen=True, slots=True, repr=False)
class ProjectCoder:
    """Who coded.

    Attributes
    ----------
    key : str
        The tool's own id of the coder; unique in the project.
    name : str
        As the project calls them: a login, or a person's name.
    stage : str or None
        One of `STAGES`, where the project tells it.
    """

    key: str
    name: str
    stage: str | None = None

    def __repr__(self) -> str:
        return "<ProjectCoder>"


@dataclass(frozen=True, slots=True, repr=False)
class ProjectCode:
    """A code, or a wider one that holds others.

    Attributes
    ----------
    key : str
        The tool's own id of the code; unique in the project.
    name : str
    parent : str or None
        The key of the code that this one is part of. No code is part of itself, at whatever distance.
    description : str or None
    is_codable : bool
        Whether segments can be marked with it.
    """

    key: str
    name: str
    parent: str | None = None
    description: str | None = None
    is_codable: bool = True

    def __repr__(self) -> str:
        return "<ProjectCode>"


@dataclass(frozen=True, slots=True, repr=False)
class ProjectSet:
    """A named set of codes (ATLAS.ti's code groups arrive so).

    Attributes
    ----------
    name : str
    codes : tuple of str
        Keys.
    description : str or None
    """

    name: str
    codes: tuple[str, ...]
    description: str | None = None

    def __repr__(self) -> str:
        return f"<ProjectSet of {len(self.codes)} codes>"


@dataclass(frozen=True, slots=True, repr=False)
class ProjectSource:
    r"""A text that was coded.

    Attributes
    ----------
    key : str
        The tool's own id of the source; unique in the project.
    name : str
        As the project calls it; not always unique.
    text : str
        As the file has it: with its byte-order mark (``\ufeff``) and its own line breaks, if any. For a
        format whose text is marked up, what the tool counts positions in.
    """

    key: str
    name: str
    text: str

    def __repr__(self) -> str:
        return f"<ProjectSource of {len(self.text)} code points>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Selections:
    """Applications of codes to segments, as columns; one row for each code of each selection.

    Attributes
    ----------
    source, code, coder : ndarray of int64, shape (n,)
        Indices into the project's sources, codes and coders; `NONE` for a coder or a source that the
        file does not tell, and for the code of a selection that only carries a memo.
    start, end : ndarray of int64, shape (n,)
        As the file counts them, end exclusive. `NONE` both: the quote's place, or without a quote the
        whole source.
    place : ndarray of int64, shape (n,)
        The selection's number in the file, or its line, from 1.
    quotes : tuple of (str or None), length n
        The text that the file says was selected.
    memos : tuple of (str or None), length n
        What the coder wrote beside it; only where memos were asked for.
    """

    source: Positions
    code: Positions
    coder: Positions
    start: Positions
    end: Positions
    place: Positions
    quotes: tuple[str | None, ...]
    memos: tuple[str | None, ...]

    @classmethod
    def of(
        cls,
        *,
        source: npt.ArrayLike,
        code: npt.ArrayLike,
        coder: npt.ArrayLike,
        start: npt.ArrayLike,
        end: npt.ArrayLike,
        place: npt.ArrayLike | None = None,
        quotes: tuple[str | None, ...] | None = None,
        memos: tuple[str | None, ...] | None = None,
    ) -> Self:
        """Selections of columns of one length; places are counted and quotes absent by default.

        Raises
        ------
        ValueError
            If the columns are not of one length.
        """
        n = len(np.asarray(source))
        none: tuple[str | None, ...] = (None,) * n
        made = cls(
            source=np.asarray(source, dtype=np.int64),
            code=np.asarray(code, dtype=np.int64),
            coder=np.asarray(coder, dtype=np.int64),
            start=np.asarray(start, dtype=np.int64),
            end=np.asarray(end, dtype=np.int64),
            place=np.arange(1, n + 1) if place is None else np.asarray(place, dtype=np.int64),
            quotes=none if quotes is None else quotes,
            memos=none if memos is None else memos,
        )
        if any(len(getattr(made, column)) != n for column in cls.__slots__):
            raise ValueError("columns of selections are not of one length")
        return made

    def __len__(self) -> int:
        return len(self.source)

    def __repr__(self) -> str:
        return f"<Selections: {len(self)} rows>"


@dataclass(frozen=True, slots=True, repr=False)
class Project:
    """A coded project.

    Attributes
    ----------
    path : str
        The file, as the study names it.
    format : str
        What it was read as: ``refi-qda``, ``taguette``, ``qualcoder``, ``csv``, ...
    coders : tuple of ProjectCoder
    codes : tuple of ProjectCode
        Wider codes stand before those in them.
    sets : tuple of ProjectSet
    sources : tuple of ProjectSource
    selections : Selections
    unit : Unit or None
        What positions count; None where tools of this format do not agree.
    origin : str or None
        The program that wrote the file, in its own words.
    left : mapping of str to int
        What the file also holds and nothing here takes, by kind (``memo``, ``picture``, ``case``, ...).
    """

    path: str
    format: str
    coders: tuple[ProjectCoder, ...] = ()
    codes: tuple[ProjectCode, ...] = ()
    sets: tuple[ProjectSet, ...] = ()
    sources: tuple[ProjectSource, ...] = ()
    selections: Selections = field(
        default_factory=lambda: Selections.of(source=[], code=[], coder=[], start=[], end=[])
    )
    unit: Unit | None = None
    origin: str | None = None
    left: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __repr__(self) -> str:
        return (
            f"<Project {self.format}: {len(self.codes)} codes, {len(self.sources)} sources, "
            f"{len(self.selections)} selections>"
        )
