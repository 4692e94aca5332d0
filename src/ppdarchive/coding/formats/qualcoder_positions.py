"""What QualCoder's positions count, row by row: a person's are Qt's UTF-16 units, a search's code points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ppdarchive.model.span import Positions
from ppdarchive.text.units import Unit, convert

_Mask = npt.NDArray[np.bool_]


def counted(
    texts: Sequence[str], source: Positions, start: Positions, end: Positions, quotes: Sequence[str | None]
) -> tuple[Positions, Positions, Unit | None]:
    """Read positions in one unit where the quotes show which; one file may mix both.

    Parameters
    ----------
    texts : sequence of str, shape (n_texts,)
    source, start, end : ndarray of int64, shape (n,)
        Of each row its text and its place.
    quotes : sequence of (str or None), length n
        What stood there on marking. A row without one shows nothing.

    Returns
    -------
    tuple of (ndarray, ndarray, Unit or None)
        Starts, ends, and what they count. Where every row fits one unit, the positions are the file's own.
        Where rows of both units are mixed, those that only fit UTF-16 are made code points, and the others
        kept. None where a row fits neither unit, or has no quote.

    Examples
    --------
    >>> both = np.array([0, 0]), np.array([2, 3]), np.array([4, 5])
    >>> counted(["👍 ok"], *both, ["ok", "ok"])
    (array([2, 2]), array([4, 4]), <Unit.CODE_POINT: 'code-point'>)
    """
    start_units, end_units = start.copy(), end.copy()
    fits_points, fits_units = np.zeros((2, len(source)), np.bool_)
    order = np.argsort(source, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(source[order])) + 1):
        if not len(rows):
            continue
        text = texts[source[rows[0]]]
        said = [quotes[row] for row in rows.tolist()]
        fits_points[rows] = _are(text, start[rows], end[rows], said)
        if not text.isascii() and max(text) >= "\U00010000":
            is_there, places = _from_units(text, np.stack((start[rows], end[rows])))
            start_units[rows], end_units[rows] = places
            fits_units[rows] = is_there & _are(text, places[0], places[1], said)
        else:
            fits_units[rows] = fits_points[rows]
    if fits_points.all():
        return start, end, Unit.CODE_POINT
    if fits_units.all():
        return start, end, Unit.UTF16
    only_units = fits_units & ~fits_points
    if not (only_units.any() and (fits_points & ~fits_units).any()):
        return start, end, None
    is_decided = bool((fits_points | fits_units).all())
    return (
        np.where(only_units, start_units, start),
        np.where(only_units, end_units, end),
        Unit.CODE_POINT if is_decided else None,
    )


def _are(text: str, start: Positions, end: Positions, quotes: Sequence[str | None]) -> _Mask:
    """Which rows have their quote between their positions."""
    rows = zip(start.tolist(), end.tolist(), quotes, strict=True)
    # A slice that ends behind the text would be shorter, and fit by chance.
    return np.array(
        [bool(quote) and last <= len(text) and text[first:last] == quote for first, last, quote in rows],
        np.bool_,
    )


def _from_units(text: str, places: Positions) -> tuple[_Mask, Positions]:
    """Which UTF-16 places are in a text and between its characters, and their code points; else as given."""
    n_units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    is_there: _Mask = np.asarray(places.max(axis=0) <= n_units)
    found = places.copy()
    found[:, is_there] = convert(text, places[:, is_there], source=Unit.UTF16, inside="before")
    back = convert(text, found[:, is_there], source=Unit.CODE_POINT, target=Unit.UTF16)
    is_there[is_there] = (back == places[:, is_there]).all(axis=0)
    return is_there, found
