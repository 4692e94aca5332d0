"""The order of a table's rows: by its key, texts by code point, nulls last; ties by all columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

Rows = npt.NDArray[np.int64]
_PREFIX_BYTES = 8
_MAX_STRING_BYTES = 2**31 - 1


def sorted_rows(columns: Sequence[pa.Array | pa.ChunkedArray], key: Sequence[int]) -> Rows | None:
    """Where each row of the sorted table stands now.

    Rows that agree in the key, and tables without one, are sorted by all columns, so that nothing of
    the order in which people took part is left; rows that still agree are the same to the bit.

    Parameters
    ----------
    columns : sequence of Array or ChunkedArray, each of shape (n_rows,)
    key : sequence of int
        Positions of the columns of the primary key; may be empty.

    Returns
    -------
    ndarray of int64, shape (n_rows,), or None
        None if the rows are in order already.
    """
    order: Rows | None = None
    if key:
        order, has_ties = _sorted([_sortable(columns[place]) for place in key])
        order = None if has_ties else order
    if order is None:
        places = [*key, *(place for place in range(len(columns)) if place not in key)]
        keys = [_sortable(columns[place]) for place in places]
        # Zeros of both signs are equal, and so are all that are no number, but their bits differ.
        keys += [values.view(pa.int64()) for values in keys if pt.is_floating(values.type)]
        order, _ = _sorted(keys)
    return None if np.array_equal(order, np.arange(len(order))) else order


def _sorted(keys: Sequence[pa.Array]) -> tuple[Rows, bool]:
    """The order of the rows, and whether any two of them agree in all keys."""
    if pt.is_string(keys[0].type) or pt.is_large_string(keys[0].type):
        # Pseudonyms mostly differ in their first bytes, and numbers are sorted several times faster.
        prefixes = _prefixes(keys[0])
        order = np.argsort(prefixes, kind="stable")
        prefixes = prefixes[order]
        same = prefixes[1:] == prefixes[:-1]
        open_places = np.flatnonzero(np.append(same, False) | np.append(False, same))
    else:
        order = np.arange(len(keys[0]))
        open_places = order
    if len(open_places) == 0:
        return order, False
    rows = order[open_places]
    names = [str(number) for number in range(len(keys))]
    subset = pa.RecordBatch.from_arrays([each.take(pa.array(rows)) for each in keys], names=names)
    within = pc.sort_indices(subset, sort_keys=[(name, "ascending") for name in names])
    order = order.copy()
    order[open_places] = rows[within.to_numpy()]
    return order, _has_ties(column.take(within) for column in subset.columns)


def _prefixes(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """The first bytes of each text as a number that sorts as they do; null is above all texts."""
    n_rows = len(texts)
    kind = np.int64 if pt.is_large_string(texts.type) else np.int32
    validity, offsets_buffer, content = texts.buffers()
    if n_rows == 0 or content is None:
        numbers = np.zeros(n_rows, dtype=np.uint64)
    else:
        offsets = np.frombuffer(offsets_buffer, kind)[texts.offset : texts.offset + n_rows + 1]
        used = np.frombuffer(content, np.uint8)[offsets[0] : offsets[-1]]
        padded = np.append(used, np.zeros(_PREFIX_BYTES, np.uint8))
        windows = np.lib.stride_tricks.sliding_window_view(padded, _PREFIX_BYTES)
        numbers = np.ascontiguousarray(windows[offsets[:-1] - offsets[0]]).view(">u8").ravel()
        numbers = numbers.astype(np.uint64)
        # What stands behind a shorter text belongs to its neighbour.
        n_behind = _PREFIX_BYTES - np.minimum(np.diff(offsets), _PREFIX_BYTES)
        kept = np.array(
            [0xFFFF_FFFF_FFFF_FFFF << (8 * n) & 0xFFFF_FFFF_FFFF_FFFF for n in range(9)], np.uint64
        )
        numbers &= kept[n_behind]
    if validity is not None:
        numbers[texts.is_null().to_numpy(zero_copy_only=False)] = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
    return numbers


def _sortable(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The column in one piece, or for a categorical one the rank of each row's value."""
    if isinstance(column, pa.ChunkedArray):
        is_long = pt.is_string(column.type) and column.nbytes > _MAX_STRING_BYTES
        column = (column.cast(pa.large_string()) if is_long else column).combine_chunks()
    if pt.is_dictionary(column.type):
        ranks = pc.rank(column.dictionary, tiebreaker="dense").cast(pa.int32())
        return ranks.take(column.indices)
    return column.cast(pa.int8()) if pt.is_boolean(column.type) else column


def _has_ties(keys: Iterable[pa.Array]) -> bool:
    """Whether two neighbours among sorted rows agree in all keys."""
    is_tie: pa.Array | None = None
    for values in keys:
        above, below = values.slice(0, len(values) - 1), values.slice(1)
        same = pc.fill_null(pc.equal(above, below), False)
        same = pc.or_(same, pc.and_(above.is_null(), below.is_null()))
        is_tie = same if is_tie is None else pc.and_(is_tie, same)
        if not pc.any(is_tie).as_py():
            return False
    return True
