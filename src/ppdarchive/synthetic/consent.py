"""An example study as it was a month before: the last who were enrolled had not agreed to sharing yet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

EXPORT: Final = "exports/enrolment.csv"
"""The export that consent stands in."""
_COLUMN: Final = "consent_share"
_YES, _NO = "1", "0"


def without_late_consent(text: str, n_late: int) -> str:
    """An export of enrolment in which those who agreed last have not agreed.

    Parameters
    ----------
    text : str
        What `ppdarchive.synthetic.write_study` wrote as `EXPORT`.
    n_late : int
        How many of the last who were enrolled.

    Returns
    -------
    str
        The same rows in the same order; nothing else differs.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    column = rows[0].index(_COLUMN)
    said = [number for number, row in enumerate(rows) if row[column] in (_YES, _NO)]
    for number in said[max(0, len(said) - n_late) :]:
        rows[number][column] = _NO
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def hold_back(study: Path, n_late: int) -> bytes:
    """Write the export of enrolment as it was a month before; gives it as it is now, to be put back."""
    path = study / EXPORT
    now = path.read_bytes()
    path.write_bytes(without_late_consent(now.decode("utf-8"), n_late).encode())
    return now
