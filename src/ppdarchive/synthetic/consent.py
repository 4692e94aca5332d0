"""An example study as it was a month before: some had not agreed to sharing yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from pathlib import Path
from typing import Final

EXPORT: Final = "exports/enrolment.csv"
"""The export that consent stands in."""
_KEY, _CONSENT = "record_id", "consent_share"
_YES, _NO = "1", "0"


def without_consent(text: str, participants: Collection[str]) -> str:
    """An export of enrolment in which some have not agreed.

    Parameters
    ----------
    text : str
        What `ppdarchive.synthetic.write_study` wrote as `EXPORT`.
    participants : collection of str
        The ids of those who have not, as the export has them.

    Returns
    -------
    str
        The same rows in the same order; nothing else differs.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    key, consent = rows[0].index(_KEY), rows[0].index(_CONSENT)
    for row in rows[1:]:
        if row[key] in participants and row[consent] == _YES:
            row[consent] = _NO
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def hold_back(study: Path, participants: Collection[str]) -> bytes:
    """Write the export of enrolment as it was a month before; gives it as it is now, to be put back."""
    path = study / EXPORT
    now = path.read_bytes()
    path.write_bytes(without_consent(now.decode("utf-8"), participants).encode())
    return now
