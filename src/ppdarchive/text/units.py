"""Code points <-> UTF-8 bytes <-> UTF-16 units of one text; nobody else converts.

The word after "Café 👍 " starts at 7 code points, 8 UTF-16 units and 11 UTF-8 bytes. Taguette
counts bytes, JavaScript and .NET tools count UTF-16 units, REFI-QDA says code points.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from ppdarchive.model.span import Positions


class Unit(StrEnum):
    """What positions in a text count."""

    CODE_POINT = "code-point"
    UTF8 = "utf-8"
    UTF16 = "utf-16"


Inside = Literal["refuse", "before", "after"]
"""What becomes of a position inside a character: refused, or moved to before or after it."""


def convert(
    text: str,
    positions: npt.ArrayLike,
    *,
    source: Unit,
    target: Unit = Unit.CODE_POINT,
    inside: Inside = "refuse",
) -> Positions:
    """Convert positions in one text from one unit to another.

    Parameters
    ----------
    text : str
        A lone surrogate counts three bytes and one UTF-16 unit.
    positions : array of int, shape (n,)
        From 0 up to and including the length of the text in `source` units.
    source, target : Unit
    inside : {"refuse", "before", "after"}
        For a range that must not shrink, convert starts with "before" and ends with "after".

    Returns
    -------
    ndarray of int64, shape (n,)

    Raises
    ------
    ValueError
        If a position is outside the text, or inside a character and `inside` is "refuse".

    References
    ----------
    RFC 3629, section 3 (UTF-8); RFC 2781, section 2 (UTF-16).

    Examples
    --------
    >>> convert("Café 👍 ok", [11], source=Unit.UTF8), convert("Café 👍 ok", [8], source=Unit.UTF16)
    (array([7]), array([7]))
    """
    given = np.asarray(positions, dtype=np.int64)
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    borders = _borders(code_points, source)
    if given.size and (given.min() < 0 or given.max() > borders[-1]):
        raise ValueError(f"a position lies outside the text, which has {borders[-1]} units of {source.value}")
    at = np.searchsorted(borders, given, side="left")
    cut = borders[at] != given
    if cut.any():
        if inside == "refuse":
            first = int(given[cut].flat[0])
            raise ValueError(f"position {first} ({source.value}) lies inside a character")
        if inside == "before":
            at = at - cut
    return _borders(code_points, target)[at]


def _borders(code_points: npt.NDArray[np.uint32], unit: Unit) -> Positions:
    """Where each character starts, and the end of the text; shape (n_characters + 1,)."""
    if unit is Unit.CODE_POINT:
        return np.arange(len(code_points) + 1, dtype=np.int64)
    widths = np.ones(len(code_points), np.int64)
    for threshold in (0x80, 0x800, 0x10000) if unit is Unit.UTF8 else (0x10000,):
        widths += code_points >= threshold
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(widths)))
