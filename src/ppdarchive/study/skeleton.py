"""A commented study.toml to start from, written from the schemas that the study starts with."""

from __future__ import annotations

from collections.abc import Iterator

from ppdarchive.model.schema import Field, Schema, Schemas
from ppdarchive.study.model import PARTICIPANT, QUESTION, WAVE, answer_field


def skeleton(study_id: str, schemas: Schemas) -> str:
    """The text of a study.toml that is valid as it stands and says at every key what it is for.

    Parameters
    ----------
    study_id : str
    schemas : mapping of str to Schema

    Returns
    -------
    str
        TOML.
    """
    parts = [_HEAD.format(id=study_id)]
    parts += [_export(schema) for schema in schemas.values()]
    parts.append(_TAIL)
    return "\n".join(parts)


_HEAD = """\
# How this study's exports become its tables, and under which policy they are released.
# What each table and field is stands in datapackage.json and schemas/, which you may change:
# a study may add tables and fields; a field that no schema declares never leaves the study.
# Check it all with `ppdarchive validate .`

[study]
id = "{id}"
# title = "What the study is called in public"
"""

_TAIL = """\
# Values that identify people: searched for in every text. The values of every field with role
# direct-identifier are known without being listed here.
# [[known]]
# path = "exports/contacts.csv"
# columns = {first_name = "NAME", last_name = "NAME", facility = "FACILITY"}

# Rules of this study's own: an expression over fields, or a function that a package offers.
# [[rule]]
# table = "codings"
# name = "segment-not-empty"
# check = "start < end"

[text]
replace = "tag"                 # tag | numbered | surrogate | general | mask
uncertain = "redact"            # until reviewed: redact | withhold the answer

[release]
standard = "safe-harbor"        # safe-harbor | expert-determination | limited-data-set
audience = "public"             # each audience has its own pseudonyms
consent = "consent_to_share"    # a field of participants, or "all: ICF v3, item 9"
k = 5
max_prosecutor_risk = 0.2
max_average_risk = 0.09
review = "uncertain"            # whose decisions the gate demands: none | uncertain | all
"""


def _export(schema: Schema) -> str:
    """One ``[[export]]`` with every field of its table; a plain table needs no more than a path."""
    text = answer_field(schema)
    is_long = QUESTION in schema and text
    head = [f"# {schema.title or schema.name}: {schema.description or 'no description'}"]
    head += ["[[export]]", f'table = "{schema.name}"']
    if is_long:
        lines = [
            *head,
            'format = "qualtrics"            # qualtrics | redcap | csv | tsv | parquet',
            f'path = "exports/{schema.name}.csv"',
            'key = "ExternalReference"       # the column that names the participant',
            '# ignore = ["Q99"]              # columns of the export that the study leaves behind',
            "[export.columns]                # field = column, or question = column (becomes rows)",
            *(f"# {line}" for line in _columns(schema, skip=(PARTICIPANT, QUESTION, WAVE, text))),
            'my_question = "Q1"',
            "[export.constants]",
            *([f'{WAVE} = "{_first(schema[WAVE])}"'] if WAVE in schema else []),
            "# [export.exclude]              # rows left out, by rule",
            "# blank = true",
            "# preview = true",
            "# test = true",
            "# spam = true",
            "# unfinished = false",
        ]
    else:
        lines = [
            *head,
            'format = "csv"',
            f'path = "exports/{schema.name}.csv"',
            "# [export.columns]              # field = column; without this part the header",
            "#                               # must hold the schema's field names",
            *(f"# {line}" for line in _columns(schema)),
        ]
    return "\n".join(lines) + "\n"


def _columns(schema: Schema, skip: tuple[str, ...] = ()) -> Iterator[str]:
    for field in schema:
        if field.name not in skip:
            yield f'{field.name} = ""  # {field.title or field.kind.value}'


def _first(field: Field) -> str:
    return str(field.categories[0].value) if field.categories else ""
