"""Rule functions that ship with the package, offered by entry point as a study's own would be.

A rule function takes all checked frames by table name and the name of the table that it judges, and
returns a boolean column with that table's index: True where the rule holds, null where it cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.table import Frame


def codings_inside_text(frames: Mapping[str, Frame], table: str) -> pd.Series:
    """Whether each coding's segment lies inside the text that it codes.

    Positions count code points, the end is exclusive; a missing answer has no segments.
    """
    codings, responses = frames[table], frames.get("responses")
    if responses is None:
        # The study has no answers; that codings refer to none is told by their foreign key.
        return pd.Series(pd.NA, index=codings.index, dtype="boolean[pyarrow]")
    lengths = pa.table(
        {
            "response_id": pa.array(responses["response_id"].array),
            "length": pc.fill_null(pc.utf8_length(pa.array(responses["text"].array)), 0),
        }
    ).to_pandas(types_mapper=pd.ArrowDtype)
    lengths = lengths.dropna(subset="response_id").drop_duplicates("response_id")
    length = codings[["response_id"]].merge(lengths, on="response_id", how="left", validate="m:1")["length"]
    return pd.Series((codings["end"].reset_index(drop=True) <= length).array, index=codings.index)
