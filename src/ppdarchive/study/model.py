"""Study: what study.toml says together with the schemas that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from ppdarchive.model.schema import Field, MissingCode, Schema, Schemas
from ppdarchive.study.config import Config, Export, Long
from ppdarchive.tableschema import Package

PARTICIPANT: Final = "participant_id"
"""The field that `key` fills."""
QUESTION: Final = "question_id"
"""The field that names the question of a long row."""
WAVE: Final = "wave"
"""The field that `events` fills."""
CODING_FIELDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "responses": ("response_id", "text"),
        "codes": ("code_id", "title"),
        "coders": ("coder_id",),
        "codings": ("response_id", "code_id", "coder_id", "start", "end", "stage"),
    }
)
"""The tables and fields that a coded project needs."""
MEMO: Final = "memo"
"""The field of the codings that holds what coders wrote beside a segment, where a study keeps it."""


@dataclass(frozen=True, slots=True)
class Study:
    """A study: its folder, what study.toml says, and its schemas.

    Attributes
    ----------
    folder : Path
    config : Config
    package : Package
    path : str
        study.toml, for messages.
    """

    folder: Path
    config: Config
    package: Package
    path: str

    @property
    def schemas(self) -> Schemas:
        """The schemas of the study's tables, in the descriptor's order."""
        return self.package.schemas

    def long_columns(self, export: Export) -> tuple[Long, ...]:
        """The columns of `export` whose cells become rows: ``[[export.long]]`` and question columns.

        In ``[export.columns]`` a key that is no field of the table is a question, if the table has a
        field for questions and one free text.
        """
        schema = self.schemas[export.table]
        questions = tuple(
            Long(column=column, into=answer_field(schema), set={QUESTION: key})
            for key, column in export.columns.items()
            if key not in schema and isinstance(column, str)
        )
        return (*questions, *export.long)


def answer_field(schema: Schema) -> str:
    """The field that holds what participants wrote: the table's one field of role free-text, or ''."""
    names = [
        field.name
        for field in schema
        if field.disclosure is not None and field.disclosure.role.value == "free-text"
    ]
    return names[0] if len(names) == 1 else ""


def missing_code(field: Field, reason: str) -> MissingCode | None:
    """The missing code of `field` that `reason` names by its label or its value."""
    for code in field.missing_values:
        if reason in (code.label, code.value):
            return code
    return None
