"""Text -> typed columns; missing codes -> null, with their reason beside it; the rest -> broken rows.

What is common and plain goes through Arrow at once. Whatever Arrow's path does not take goes, each
distinct text once, through the scalar parsers of `ppdarchive.model.lexical`, which alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import Keep, encode, in_memory, pieces_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.finding import RuleKind
from ppdarchive.model.lexical import is_string, parse_integer, parser
from ppdarchive.model.schema import Field, Kind, Scalar

Rows = npt.NDArray[np.int64]

_PLAIN_INTEGER = r"^[+-]?[0-9]{1,18}$"
_PLAIN_NUMBER = r"^[+-]?[0-9]{1,15}$|^[+-]?[0-9]{1,8}\.[0-9]{1,7}$"


@dataclass(frozen=True, slots=True, repr=False)
class CastColumn:
    """A field's column after its text was understood.

    Attributes
    ----------
    values : Series, shape (n_rows,)
        Typed as `ppdarchive.model.dtypes.pandas_dtype` says; null where missing or not understood.
    reasons : Series, shape (n_rows,), or None
        The companion field: why a value is missing.
    broken : mapping of RuleKind to ndarray of int64
        Rows that broke ``type``, ``format``, ``category`` or ``required``; each row at most once.
    """

    values: pd.Series
    reasons: pd.Series | None
    broken: Mapping[RuleKind, Rows]


def cast(cells: pa.ChunkedArray, field: Field, *, required: bool, keep: Keep = in_memory) -> CastColumn:
    """Type one column of texts as `field` declares.

    Parameters
    ----------
    cells : ChunkedArray of string, shape (n_rows,)
    field : Field
    required : bool
        Whether a missing value breaks ``required``.
    keep : callable
        Where texts are kept of which some are missing.

    Returns
    -------
    CastColumn
    """
    codes = pa.array([code.value for code in field.missing_values], pa.string())
    code = pc.index_in(cells, value_set=codes)
    missing = pc.or_(pc.is_valid(code), pc.is_null(cells))
    texts = _without(cells, codes, keep) if pc.any(missing).as_py() else cells
    broken: dict[RuleKind, Rows] = {}
    if field.categories is not None:
        values, broken = _categorical(texts, field)
    else:
        typed = _typed(texts, field)
        unread = _rows(pc.and_(pc.is_valid(texts), pc.is_null(typed)))
        kind = RuleKind.FORMAT if field.kind is Kind.STRING else RuleKind.TYPE
        broken = {kind: unread} if len(unread) else {}
        values = pd.Series(pd.arrays.ArrowExtensionArray(typed))
    if required and len(rows := _rows(missing)):
        broken[RuleKind.REQUIRED] = rows
    return CastColumn(values, _reasons(code, field), broken)


def _without(cells: pa.ChunkedArray, codes: pa.Array, keep: Keep) -> pa.ChunkedArray:
    """The texts that are no missing code."""
    nothing = pa.scalar(None, pa.string())
    pieces = (pc.if_else(pc.is_in(piece, value_set=codes), nothing, piece) for piece in pieces_of(cells))
    return keep(pieces, pa.string())


def joined(parts: Sequence[CastColumn]) -> CastColumn:
    """Ranges of one column below each other."""
    starts = np.cumsum([0, *(len(part.values) for part in parts)])
    broken: dict[RuleKind, list[Rows]] = {}
    for part, start in zip(parts, starts, strict=False):
        for kind, rows in part.broken.items():
            broken.setdefault(kind, []).append(rows + start)
    reasons = [part.reasons for part in parts if part.reasons is not None]
    return CastColumn(
        pd.concat([part.values for part in parts], ignore_index=True),
        pd.concat(reasons, ignore_index=True) if reasons else None,
        {kind: np.concatenate(rows) for kind, rows in broken.items()},
    )


def _rows(mask: pa.ChunkedArray | pa.Array) -> Rows:
    """Positions where `mask` is true."""
    return np.flatnonzero(np.asarray(mask)).astype(np.int64)


def _typed(texts: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """Values where the text could be understood, null elsewhere."""
    target = arrow_type(field)
    lexical, understand = field.lexical, parser(field)
    plain = lexical.bare_number and lexical.group_char is None and lexical.decimal_char == "."
    if field.kind is Kind.STRING:
        if lexical.format == "default":
            return texts
        return _by_distinct(texts, lambda text: text if is_string(text, lexical.format) else None, target)
    if field.kind is Kind.LIST:
        return _by_distinct(texts, lambda text: _items(text, lexical.delimiter, understand), target)
    if field.kind in (Kind.INTEGER, Kind.NUMBER) and plain:
        return _numeric(texts, understand, target)
    return _by_distinct(texts, understand, target)


def _numeric(
    texts: pa.ChunkedArray, understand: Callable[[str], Scalar | None], target: pa.DataType
) -> pa.ChunkedArray:
    """Plain numbers by Arrow, all others by `understand`."""
    trimmed = pc.utf8_trim_whitespace(texts)
    form = _PLAIN_INTEGER if pa.types.is_integer(target) else _PLAIN_NUMBER
    is_plain = pc.fill_null(pc.match_substring_regex(trimmed, form), False)
    plain = pc.utf8_ltrim(pc.if_else(is_plain, trimmed, pa.scalar(None, pa.string())), characters="+")
    numbers = pc.cast(plain, target)
    if pa.types.is_floating(target):
        numbers = pc.add(numbers, 0.0)  # -0.0 is 0.0, in keys too
    others = pc.and_(pc.is_valid(texts), pc.invert(is_plain))
    if not pc.any(others).as_py():
        return numbers
    rest = _by_distinct(pc.if_else(others, texts, pa.scalar(None, pa.string())), understand, target)
    return pc.coalesce(numbers, rest)


def _by_distinct(
    texts: pa.ChunkedArray, understand: Callable[[str], object], target: pa.DataType
) -> pa.ChunkedArray:
    """Understand each distinct text once and spread the values over the column."""
    distinct, positions = encode(texts)
    values = pa.array([understand(text) for text in distinct], type=target)
    return pa.chunked_array([values.take(pa.array(positions, mask=positions < 0))], type=target)


def _items(text: str, delimiter: str, understand: Callable[[str], Scalar | None]) -> list[Scalar] | None:
    items = [understand(item) for item in text.split(delimiter)]
    return None if None in items else items  # type: ignore[return-value]


def _categorical(texts: pa.ChunkedArray, field: Field) -> tuple[pd.Series, dict[RuleKind, Rows]]:
    """Codes of the categories; texts that are none of them are broken rows."""
    assert field.categories is not None
    place = {category.value: position for position, category in enumerate(field.categories)}
    distinct, positions = encode(texts)
    unread, unknown, null = -2, -1, -3
    codes = np.full(len(distinct) + 1, unknown, dtype=np.int32)
    for number, text in enumerate(distinct):
        value = parse_integer(text, field.lexical) if field.kind is Kind.INTEGER else text
        codes[number] = unread if value is None else place.get(value, unknown)
    by_row = np.where(positions < 0, null, codes[positions])
    broken = {
        kind: np.flatnonzero(by_row == mark).astype(np.int64)
        for kind, mark in ((RuleKind.TYPE, unread), (RuleKind.CATEGORY, unknown))
        if (by_row == mark).any()
    }
    values = pd.Categorical.from_codes(np.maximum(by_row, -1), dtype=pandas_dtype(field))  # type: ignore[arg-type]
    return pd.Series(values), broken


def _reasons(code: pa.ChunkedArray, field: Field) -> pd.Series | None:
    """The companion field's column, from the position of each cell's missing code."""
    companion = field.companion
    if companion is None or companion.categories is None:
        return None
    place = {category.value: position for position, category in enumerate(companion.categories)}
    by_code = np.array([place.get(missing.reason, -1) for missing in field.missing_values], dtype=np.int32)
    positions = np.asarray(pc.fill_null(code, -1))
    by_row = np.where(positions < 0, -1, by_code[positions])
    return pd.Series(pd.Categorical.from_codes(by_row, dtype=pandas_dtype(companion)))  # type: ignore[arg-type]
