"""Frames of responses and codings -> `Coded`."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.agreement.coded import Coded, Indices
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame

Seen = Literal["all", "own"]
"""Which responses a coder is taken to have seen: all of them, or those that she marked."""

_INDEPENDENT = "independent"


def coded_of(responses: Frame, codings: Frame, codes: Frame, *, seen: Seen = "all") -> tuple[Coded, Indices]:
    """The independent codings of a study, and which responses they are of.

    Parameters
    ----------
    responses : Frame
        With ``response_id``, ``participant_id`` and ``text``.
    codings : Frame
        With ``response_id``, ``code_id``, ``coder_id``, ``start``, ``end`` and ``stage``.
    codes : Frame
        With ``code_id``.
    seen : {"all", "own"}
        The tables do not say who was given what. ``all``: every coder was given every response, so that
        one without her marks was judged and nothing found in it. ``own``: a response without her marks
        was not given to her.

    Returns
    -------
    coded : Coded
        Units are the responses with a text, at least one character long. Codings made in consensus,
        those of responses without a text and those without a place are no part of it.
    rows : ndarray of int64, shape (n_units,)
        Each unit's row in `responses`.
    """
    lengths = pc.fill_null(pc.utf8_length(values_of(responses["text"])), 0)
    rows = np.flatnonzero(np.asarray(lengths) > 0)
    ids = values_of(responses["response_id"]).take(pa.array(rows))
    stages = values_of(codings["stage"]).cast(pa.string())
    unit = pc.index_in(values_of(codings["response_id"]), value_set=_flat(ids))
    # A coding that lacks a position marks no segment.
    has_place = pc.and_(values_of(codings["start"]).is_valid(), values_of(codings["end"]).is_valid())
    counts = pc.and_(pc.and_(pc.equal(stages, _INDEPENDENT), pc.is_valid(unit)), has_place)
    own = {name: values_of(codings[name]).filter(counts) for name in ("coder_id", "code_id", "start", "end")}
    units = np.asarray(pc.cast(unit.filter(counts), pa.int64()))
    coders = pc.unique(own["coder_id"]).cast(pa.string()).sort()
    names = pc.unique(values_of(codes["code_id"])).cast(pa.string()).sort()
    coder, code = (
        np.asarray(pc.cast(pc.index_in(own[name].cast(pa.string()), value_set=_flat(values)), pa.int64()))
        for name, values in (("coder_id", coders), ("code_id", names))
    )
    people = values_of(responses["participant_id"]).take(pa.array(rows)).combine_chunks().dictionary_encode()
    rated = np.full((len(rows), len(coders)), seen == "all")
    if seen == "own":
        rated[units, coder] = True
    return (
        Coded(
            coders=tuple(coders.to_pylist()),
            codes=tuple(names.to_pylist()),
            unit=units,
            coder=coder,
            code=code,
            start=np.asarray(own["start"]).astype(np.int64),
            end=np.asarray(own["end"]).astype(np.int64),
            lengths=np.asarray(lengths)[rows].astype(np.int64),
            participants=np.asarray(people.indices).astype(np.int64),
            rated=rated,
        ),
        rows,
    )


def _flat(values: pa.ChunkedArray | pa.Array) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
