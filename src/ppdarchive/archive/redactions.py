"""What the next release hides and an earlier one shows, written down for the purge that has to come first.

The file holds places in released texts and no word of them. It lies in the private folder: the places
alone say where to look in the earlier release.
"""

from __future__ import annotations

import csv
import io
import json
import os
import secrets
import shlex
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from ppdarchive.archive.opening import Where
from ppdarchive.errors import RegisterError
from ppdarchive.gate import Failure, RedactedSpan
from ppdarchive.register import PRIVATE_FOLDER, private_folder

CONDITION: Final = "redacts-more"
COLUMNS: Final = ("version", "table", "key", "field", "start", "end", "audience")


def spans_text(spans: Sequence[RedactedSpan], *, audience: str) -> str:
    """Spans as CSV: a row each, offsets in code points of the earlier release's text.

    ``key`` is the row's released key, of several fields a JSON list.

    >>> span = RedactedSpan("1.0.0", "responses", ("bcdf",), "text", 3, 7)
    >>> print(spans_text([span], audience="public"), end="")
    version,table,key,field,start,end,audience
    1.0.0,responses,bcdf,text,3,7,public
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in spans:
        # A single key that looks like a list, or would break a line, is written as a list.
        is_plain = len(each.key) == 1 and each.key[0].isprintable() and each.key[0][:1] != "["
        key = each.key[0] if is_plain else json.dumps(each.key, ensure_ascii=False)
        rows.writerow((each.version, each.table, key, each.field, each.start, each.end, audience))
    return text.getvalue()


def write_spans(study: Path, spans: Sequence[RedactedSpan], *, audience: str, on: date) -> Path:
    """Write spans into a study's private folder, for its owner alone; an earlier list of that day goes.

    Returns
    -------
    Path
        ``STUDY/private/spans-DATE.csv``

    Raises
    ------
    RegisterError
        ``register.not-writable``.
    """
    folder = private_folder(study)
    path = folder / f"spans-{on.isoformat()}.csv"
    fresh = folder / f".{path.name}.{secrets.token_hex(4)}.new"
    reason = ""
    try:
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(spans_text(spans, audience=audience).encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        reason = error.strerror or "unknown"
    if reason:
        raise RegisterError("register.not-writable", path=str(path), reason=reason)
    return study / PRIVATE_FOLDER / path.name


def with_command(failures: Sequence[Failure], spans: Path, *, archive: Where, study: Path) -> list[Failure]:
    """The failures, of which the one about redactions says which command comes first."""
    words = [str(os.fspath(archive)), "--study", str(study), "--spans", str(spans), "--ground", "leak"]
    command = f"ppdarchive purge {shlex.join(words)}"
    remedy = f"Read the answers at the places that {spans} lists; then run `{command}` and publish again."
    return [replace(each, remedy=remedy) if each.condition == CONDITION else each for each in failures]
