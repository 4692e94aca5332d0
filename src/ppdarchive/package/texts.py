"""Values as the texts that Table Schema's default forms give them, and lists as one text each.

References
----------
Data Package v2, Table Schema, "Field types and formats".
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from ppdarchive.model.dtypes import arrow_type
from ppdarchive.model.schema import Field


def as_texts(values: pa.Array) -> pa.Array:
    """The values as texts: null stays null.

    Parameters
    ----------
    values : Array, shape (n_rows,)
        Of any type that a field's values or items have.

    Returns
    -------
    Array of string, shape (n_rows,)

    Examples
    --------
    >>> import pyarrow as pa
    >>> as_texts(pa.array([1.5, float("inf")])).to_pylist()
    ['1.5', 'INF']
    """
    kind = values.type
    if pt.is_floating(kind):
        texts = pc.cast(values, pa.string())
        for ours, arrow in (("NaN", "nan"), ("INF", "inf"), ("-INF", "-inf")):
            texts = pc.if_else(pc.equal(texts, arrow), ours, texts)
        return texts
    if pt.is_timestamp(kind):
        texts = pc.cast(pc.cast(values, pa.timestamp("us")), pa.string())
        texts = pc.replace_substring(texts, " ", "T")
        # The released form of an instant (%f%z) always has its fraction.
        return _without_zeros(texts) if kind.tz is None else pc.binary_join_element_wise(texts, "Z", "")
    texts = pc.cast(values, pa.string())
    return _without_zeros(texts) if pt.is_time(kind) else texts


def _without_zeros(texts: pa.Array) -> pa.Array:
    """Times with a fraction of a second only if there is one."""
    has_none = pc.ends_with(texts, ".000000")
    return pc.if_else(has_none, pc.utf8_slice_codeunits(texts, 0, -len(".000000")), texts)


def join_lists(values: pa.Array, field: Field) -> pa.Array | None:
    """Lists as texts with the field's delimiter between the items.

    Returns
    -------
    Array of string, shape (n_rows,), or None
        None if a list could not be told from its text: it has no item, or an item is missing, not a
        number, or holds the delimiter.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from ppdarchive.model.schema import Kind
    >>> field = Field("seen", Kind.LIST)
    >>> join_lists(pa.array([["a", "b"], None]), field).to_pylist()
    ['a,b', None]
    >>> join_lists(pa.array([["a,b"]]), field) is None
    True
    """
    items = as_texts(values.flatten())
    counts = pc.fill_null(pc.list_value_length(values), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int64()), pc.cast(pc.cumulative_sum(counts), pa.int64())])
    lists = pa.LargeListArray.from_arrays(offsets, items)
    texts = pc.if_else(values.is_valid(), pc.binary_join(lists, field.lexical.delimiter), None)
    return texts if split_texts(texts, field).equals(values) else None


def split_texts(texts: pa.Array, field: Field) -> pa.Array:
    """The lists that `join_lists` wrote.

    Raises
    ------
    pyarrow.ArrowInvalid
        If an item is not of the field's item type; its message may hold the item.
    """
    target = arrow_type(field)
    lists = pc.split_pattern(texts, field.lexical.delimiter)
    items = lists.flatten()
    if pt.is_time(target.value_type):  # Arrow reads times of day as part of a date only
        items = pc.cast(pc.binary_join_element_wise("1970-01-01", items, "T"), pa.timestamp("us"))
    items = pc.cast(items, target.value_type)
    counts = pc.fill_null(pc.list_value_length(lists), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cast(pc.cumulative_sum(counts), pa.int32())])
    return pa.ListArray.from_arrays(offsets, items, type=target, mask=texts.is_null())


def as_year(values: pa.Array) -> pa.Array:
    """Years as the four digits that Table Schema wants."""
    return pc.utf8_lpad(pc.cast(values, pa.string()), 4, "0")
