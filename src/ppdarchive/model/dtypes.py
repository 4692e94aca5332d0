"""The Arrow and pandas types of a field."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from ppdarchive.model.schema import Field, Kind

_ARROW: dict[Kind, pa.DataType] = {
    Kind.STRING: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.DATETIME: pa.timestamp("us"),
    Kind.TIME: pa.time64("us"),
    Kind.YEAR: pa.int32(),
}


def arrow_type(field: Field) -> pa.DataType:
    """The Arrow type of the field's values; for a categorical field, of its categories' values.

    A datetime whose format reads a zone (``%z``) is an instant in UTC; any other has no zone.
    """
    if field.kind is Kind.LIST:
        return pa.list_(_ARROW[field.lexical.item_kind])
    if field.kind is Kind.DATETIME and "%z" in field.lexical.format:
        return pa.timestamp("us", tz="UTC")
    return _ARROW[field.kind]


def pandas_dtype(field: Field) -> pd.CategoricalDtype | pd.ArrowDtype:
    """The pandas type of the field's column: Arrow-backed, or categorical where it has categories.

    pandas' own categoricals are used since its Arrow dictionaries can neither compare nor sort.
    """
    if field.categories is None:
        return pd.ArrowDtype(arrow_type(field))
    values = pa.array([category.value for category in field.categories], type=arrow_type(field))
    index = pd.Index(pd.arrays.ArrowExtensionArray(values))
    return pd.CategoricalDtype(index, ordered=field.categories_ordered)
