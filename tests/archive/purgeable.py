"""A small study with an archive of three releases for one audience and one for another, to purge from.

Everything that only one participant, Q-103, has is made of words that nobody else uses: her answers, a
question that she alone was asked, a code that she alone got, a theme above it, a place that she alone comes
from, a note on a visit, and a code's description that quotes her.
"""

from __future__ import annotations

import atexit
import csv
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from tests.terms import LENIENT

from ppdarchive.archive.publishing import publish_study

DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
PURGED_ON = date(2026, 4, 10)
HER, HER_ANSWER = "Q-103", "R-31"
PUBLIC, PARTNERS = "harvest~public", "harvest~partners"
OVERRIDES = dict.fromkeys(
    ("joined-releases", "added-participants", "removed-participants", "changed-participants"),
    "A small study.",
)

TOML = """\
[study]
id = "harvest"
title = "A study of calls"

{exports}
[[package.licenses]]
name = "CC0-1.0"
[[package.contributors]]
title = "{lab}"

[text]
replace = "{replace}"

[release]
standard = "safe-harbor"
consent = "agreed"
audience = "{audience}"
actual_knowledge = "none"
"""


def _field(name: str, kind: str, role: str, method: str, **rest: Any) -> dict[str, Any]:
    """A field; parameters of its treatment come as ``given``."""
    disclosure = {"role": role, "treatment": {"method": method, **rest.pop("given", {})}}
    if "law" in rest:
        disclosure["class"] = rest.pop("law")
    return {"name": name, "type": kind, "disclosure": disclosure, **rest}


def _refers(field: str, table: str, other: str | None = None) -> dict[str, Any]:
    """A foreign key."""
    return {"fields": [field], "reference": {"resource": table, "fields": [other or field]}}


_PID = _field("pid", "string", "key", "pseudonymize", given={"space": "participant"})
_RID = _field("rid", "string", "key", "pseudonymize", given={"space": "response"})
SCHEMAS: dict[str, dict[str, Any]] = {
    "places": {
        "fields": [
            _field("place_id", "string", "none", "keep"),
            _field("kind", "string", "none", "keep"),
        ],
        "primaryKey": ["place_id"],
    },
    "participants": {
        "fields": [
            _PID,
            _field("agreed", "boolean", "none", "drop"),
            _field(
                "age",
                "integer",
                "quasi-identifier",
                "band",
                given={"width": 10},
                constraints={"minimum": 18, "maximum": 60},
            ),
            _field("place_id", "string", "none", "keep"),
        ],
        "primaryKey": ["pid"],
        "foreignKeys": [_refers("place_id", "places")],
    },
    "questions": {
        "fields": [
            _field("question_id", "string", "none", "keep"),
            _field("wording", "string", "none", "keep"),
        ],
        "primaryKey": ["question_id"],
    },
    "responses": {
        "fields": [
            _RID,
            _PID,
            _field("question_id", "string", "none", "keep"),
            _field("text", "string", "free-text", "text"),
        ],
        "primaryKey": ["rid"],
        "foreignKeys": [_refers("pid", "participants"), _refers("question_id", "questions")],
    },
    "visits": {
        "fields": [
            _field("visit", "string", "none", "keep", law="none"),
            _PID,
            _field("note", "string", "free-text", "text"),
        ],
        "primaryKey": ["visit"],
        "foreignKeys": [_refers("pid", "participants")],
    },
    "themes": {
        "fields": [_field("theme_id", "string", "none", "keep"), _field("title", "string", "none", "keep")],
        "primaryKey": ["theme_id"],
    },
    "codes": {
        "fields": [
            _field("code_id", "string", "none", "keep"),
            _field("theme_id", "string", "none", "keep"),
            _field("description", "string", "none", "keep"),
        ],
        "primaryKey": ["code_id"],
        "foreignKeys": [_refers("theme_id", "themes")],
    },
    "codings": {
        "fields": [
            _RID,
            _field("code_id", "string", "none", "keep"),
            _field("start", "integer", "none", "keep"),
            _field("end", "integer", "none", "keep"),
        ],
        "foreignKeys": [_refers("rid", "responses"), _refers("code_id", "codes")],
    },
}
HERS = {
    "an answer": "blueberry muffins tasted of rain again",
    "another answer": "so much marmalade on every second doorstep",
    "her note": "quarrelsome geese behind the shed",
    "her question": "Whatever became of the lanterns?",
    "her code": "lantern-keeping",
    "her theme": "lights-of-the-harbour",
    "her place": "lighthouse-inlet",
    "its kind": "promontory",
    "a quote": "muffins tasted of rain again",
    "her visit": "visit-30",
}
"""What nobody else has, in words that no text engine stops at."""
LEAK = "thistledown crossing"
"""Words that stand in an answer of Q-104, and are found too late."""
LEAKING = f"Anna Lind said it was kind to talk about {LEAK} and sleep, and THISTLEDOWN-Crossing it was"

Rows = Sequence[Sequence[str]]


def _rows(n_people: int) -> dict[str, Rows]:
    """The exports: of the first people."""
    people = [
        ["Q-101", "true", "31", "town"],
        ["Q-102", "true", "33", "town"],
        [HER, "true", "38", HERS["her place"]],
        ["Q-104", "true", "45", "village"],
        ["Q-105", "true", "47", "village"],
        ["Q-106", "true", "32", "town"],
        ["Q-107", "true", "46", "village"],
    ][:n_people]
    known = {row[0] for row in people}
    answers = [
        ["R-11", "Q-101", "helpful", "the calls were good for me"],
        ["R-21", "Q-102", "helpful", "somebody listened to me at last"],
        [HER_ANSWER, HER, "helpful", f"her {HERS['an answer']}, and I laughed"],
        ["R-32", HER, "lanterns", HERS["another answer"]],
        ["R-41", "Q-104", "helpful", LEAKING],
        ["R-51", "Q-105", "helpful", "nothing was wrong with the programme"],
        ["R-61", "Q-106", "helpful", "I slept better afterwards"],
        ["R-71", "Q-107", "helpful", "more calls would be better"],
    ]
    return {
        "places": [
            ["place_id", "kind"],
            ["town", "large"],
            ["village", "small"],
            [HERS["her place"], HERS["its kind"]],
        ],
        "participants": [["pid", "agreed", "age", "place_id"], *people],
        "questions": [
            ["question_id", "wording"],
            ["helpful", "What was helpful?"],
            ["lanterns", HERS["her question"]],
        ],
        "responses": [["rid", "pid", "question_id", "text"], *(row for row in answers if row[1] in known)],
        "visits": [
            ["visit", "pid", "note"],
            ["visit-10", "Q-101", "we spoke of the weather"],
            ["visit-20", "Q-102", "a short call"],
            [HERS["her visit"], HER, HERS["her note"]],
            *([["visit-60", "Q-106", "a long call"]] if "Q-106" in known else []),
        ],
        "themes": [["theme_id", "title"], ["warmth", "Warmth"], [HERS["her theme"], "Lights"]],
        "codes": [
            ["code_id", "theme_id", "description"],
            ["warm", "warmth", f"Warm words, as in: {HERS['a quote']}, and so on"],
            ["rest", "warmth", "Sleep and rest"],
            [HERS["her code"], HERS["her theme"], "Keeping lanterns"],
        ],
        "codings": [
            ["rid", "code_id", "start", "end"],
            ["R-11", "warm", "4", "9"],
            [HER_ANSWER, "warm", "0", "12"],
            [HER_ANSWER, HERS["her code"], "4", "21"],
            ["R-41", "warm", str(LEAKING.index("kind")), str(LEAKING.index("kind") + 4)],
            ["R-41", "rest", str(LEAKING.index(LEAK) + 3), str(LEAKING.index("sleep") + 5)],
            ["R-41", "rest", str(LEAKING.index(LEAK)), str(LEAKING.index(LEAK) + len(LEAK))],
            ["R-41", "warm", str(LEAKING.index("it was", 40)), str(len(LEAKING))],
        ],
    }


def write_study(
    folder: Path,
    n_people: int = 6,
    *,
    audience: str = "public",
    replace: str = "tag",
    lab: str = "A lab",
    rows: Mapping[str, Rows] | None = None,
) -> Path:
    """Write the study as it is in some month; the private folder stays."""
    tables = rows if rows is not None else _rows(n_people)
    exports = ""
    for name, schema in SCHEMAS.items():
        columns = "".join(f'{field["name"]} = "{field["name"]}"\n' for field in schema["fields"])
        exports += f'[[export]]\ntable = "{name}"\nformat = "csv"\npath = "exports/{name}.csv"\n'
        exports += f"[export.columns]\n{columns}\n"
        for place in ("exports", "schemas"):
            (folder / place).mkdir(parents=True, exist_ok=True)
        with (folder / f"exports/{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(tables[name])
        (folder / f"schemas/{name}.json").write_text(json.dumps(schema))
    resources = [{"name": name, "schema": f"schemas/{name}.json"} for name in SCHEMAS]
    (folder / "datapackage.json").write_text(json.dumps({"resources": resources}))
    toml = TOML.format(exports=exports, audience=audience, replace=replace, lab=lab)
    (folder / "study.toml").write_text(toml.replace('actual_knowledge = "none"\n', "") + LENIENT)
    return folder


def rows_of(n_people: int = 6) -> dict[str, list[list[str]]]:
    """The exports' rows, to be changed."""
    return {name: [list(row) for row in rows] for name, rows in _rows(n_people).items()}


@cache
def templates() -> Path:
    """Publish all releases, once: ``study``, ``archive``, and ``light`` with the first of each audience."""
    folder = Path(tempfile.mkdtemp(prefix="ppdarchive-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    study, archive = folder / "study", folder / "archive"

    def publish(day: date, n_people: int, **changes: str) -> None:
        write_study(study, n_people, **changes)  # type: ignore[arg-type]
        publish_study(study, archive, released_on=day, overrides=OVERRIDES)

    publish(DAYS[0], 6, audience="partners", replace="mask")
    publish(DAYS[0], 6)
    shutil.copytree(archive, folder / "light")
    publish(DAYS[1], 7)
    publish(DAYS[2], 7, lab="Our lab")
    return folder
