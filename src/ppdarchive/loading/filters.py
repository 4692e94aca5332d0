"""Which rows of a table are wanted -> an Arrow expression, by what the table's schema says; pure.

References
----------
pandas and pyarrow, `read_parquet`, argument `filters`: a list of ``(column, operator, value)`` that must
all hold, or a list of such lists of which one must.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.errors import LoadError
from ppdarchive.model.dtypes import arrow_type
from ppdarchive.model.schema import Field, Kind, Schema

Filter: TypeAlias = tuple[str, str, Any]
Filters: TypeAlias = Sequence[Filter] | Sequence[Sequence[Filter]]

_COMPARED: Final[Mapping[str, Callable[[Any, Any], Any]]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)
_EQUAL: Final = ("=", "==", "!=")
_AMONG: Final = ("in", "not in")
_OPERATORS: Final = (*_EQUAL, *_COMPARED, *_AMONG)


class _Wrong(ValueError):
    """What is wrong with a filter; never its value."""


def expression(filters: Filters, schema: Schema, *, path: str) -> pc.Expression:
    """The expression that holds for the rows that are wanted.

    Values are taken as the field's type. Ordered categories are compared in their order, not as texts.
    A null fits ``== None`` and ``not in``; no other comparison holds for it.

    Parameters
    ----------
    filters : list of tuples, or list of lists of tuples
        ``(field, operator, value)``; the operator is one of ``= == != < <= > >= in "not in"``. Of the
        filters in a list all must hold; of several lists one.
    schema : Schema
        The released one.
    path : str
        The table's file, for messages.

    Raises
    ------
    LoadError
        ``load.no-such-column``; ``load.filter`` with the filter's number, and never its value.

    >>> from ppdarchive.model.schema import Field, Kind
    >>> weeks = Schema("measures", (Field("week", Kind.INTEGER),))
    >>> expression([("week", ">=", 4)], weeks, path="measures.parquet")
    <pyarrow.compute.Expression (week >= 4)>
    """
    lists = _lists(filters, path)
    number, alternatives = 0, []
    for each in lists:
        terms = []
        for given in each:
            number += 1
            terms.append(_term(given, schema, number, path))
        alternatives.append(reduce(operator.and_, terms))
    return reduce(operator.or_, alternatives)


def _lists(filters: Any, path: str) -> list[list[Any]]:
    """One list of filters for each alternative."""
    reason = "a list of (field, operator, value) expected"
    if isinstance(filters, list | tuple) and filters and not isinstance(filters[0], str):
        if all(isinstance(each, list) for each in filters) and all(filters):
            return [list(each) for each in filters]
        if all(isinstance(each, tuple) for each in filters):
            return [list(filters)]
    raise LoadError("load.filter", path=path, found=1, reason=reason)


def _term(given: Any, schema: Schema, number: int, path: str) -> pc.Expression:
    try:
        if not isinstance(given, tuple) or len(given) != 3 or not isinstance(given[0], str):
            raise _Wrong("(field, operator, value) expected")
        name, sign, value = given
        if name in schema:
            return _compared(schema[name], sign, value)
        reason = ""
    except _Wrong as wrong:
        reason = str(wrong)
    if reason:
        raise LoadError("load.filter", path=path, found=number, reason=reason)
    raise LoadError("load.no-such-column", path=path, name=given[0], choices=", ".join(schema.names))


def _compared(field: Field, sign: Any, value: Any) -> pc.Expression:
    if not isinstance(sign, str) or sign not in _OPERATORS:
        raise _Wrong(f"the operator is one of {', '.join(_OPERATORS)}")
    if field.kind is Kind.LIST:
        raise _Wrong("a field of lists cannot be compared")
    column = pc.field(field.name)
    if sign in _AMONG:
        among = column.isin(_values(field, value))
        return ~among if sign == "not in" else among
    if value is None:
        if sign not in _EQUAL:
            raise _Wrong("a missing value is neither more nor less")
        return column.is_valid() if sign == "!=" else column.is_null()
    (one,) = _values(field, (value,))
    if sign in _EQUAL:
        return column != one if sign == "!=" else column == one
    if field.categories is None:
        return _COMPARED[sign](column, one)
    return column.isin(_values(field, _places(field, sign, one.as_py())))


def _places(field: Field, sign: str, value: Any) -> list[Any]:
    """The categories before or after one of them."""
    if not field.categories_ordered:
        raise _Wrong("the field's categories have no order")
    known = [category.value for category in field.categories or ()]
    place = known.index(value)
    return [other for number, other in enumerate(known) if _COMPARED[sign](number, place)]


def _values(field: Field, given: Any) -> pa.Array:
    """Values in the field's type; a category that there is not would silently fit no row."""
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Collection):
        raise _Wrong("a list of values expected")
    found = None
    try:
        found = pa.array(list(given), from_pandas=False)
        found = found.cast(arrow_type(field))
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        found = None
    if found is None or found.null_count:
        raise _Wrong(f"a value of type {field.kind.value} expected")
    if field.categories is not None:
        known = {category.value for category in field.categories}
        if not known.issuperset(found.to_pylist()):
            raise _Wrong("a value that is none of the field's categories")
    return found
