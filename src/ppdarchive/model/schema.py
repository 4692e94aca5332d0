"""Schema, Field and their parts: the one declaration of a table, as frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

Scalar = str | int | float | bool | date | datetime | time
"""A value of a field, after its text was understood."""

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]
"""Anything that JSON can hold."""


class Kind(StrEnum):
    """The field types of Table Schema that survey data use (Data Package v2, Table Schema)."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    YEAR = "year"
    LIST = "list"


class Role(StrEnum):
    """What a field can reveal about a person."""

    DIRECT_IDENTIFIER = "direct-identifier"
    QUASI_IDENTIFIER = "quasi-identifier"
    SENSITIVE = "sensitive"
    FREE_TEXT = "free-text"
    KEY = "key"
    NONE = "none"


class FieldsMatch(StrEnum):
    """How a table's columns must correspond to the schema's fields (Table Schema v2, fieldsMatch)."""

    EXACT = "exact"
    EQUAL = "equal"
    SUBSET = "subset"
    SUPERSET = "superset"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Category:
    """One value that a categorical field may take, with the label that a reader sees."""

    value: str | int
    label: str | None = None


@dataclass(frozen=True, slots=True)
class MissingCode:
    """A text that stands for "no value", and the reason why there is none."""

    value: str
    label: str | None = None

    @property
    def reason(self) -> str:
        """The reason as the companion field holds it: the label, or the code itself."""
        return self.value if self.label is None else self.label


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a field's values must satisfy; values are typed, not text.

    References
    ----------
    Data Package v2, Table Schema, "Field constraints".
    """

    required: bool = False
    unique: bool = False
    minimum: Scalar | None = None
    maximum: Scalar | None = None
    exclusive_minimum: Scalar | None = None
    exclusive_maximum: Scalar | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    enum: tuple[Scalar, ...] | None = None


@dataclass(frozen=True, slots=True)
class Lexical:
    """How a field's values are written as text; the defaults are Table Schema's."""

    format: str = "default"
    decimal_char: str = "."
    group_char: str | None = None
    bare_number: bool = True
    true_values: tuple[str, ...] = ("true", "True", "TRUE", "1")
    false_values: tuple[str, ...] = ("false", "False", "FALSE", "0")
    delimiter: str = ","
    item_kind: Kind = Kind.STRING


@dataclass(frozen=True, slots=True)
class Treatment:
    """What happens to a field before release: a method and its parameters."""

    method: str
    parameters: Mapping[str, JsonValue] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a field can reveal, and what is done about it.

    Attributes
    ----------
    role : Role
    treatment : Treatment
    identifier : str or None
        The class of identifiers that the field declares: ``A`` to ``R`` (45 CFR 164.514(b)(2)(i)), or
        ``none`` for a field that identifies nobody; None if its name and type are to tell.
    """

    role: Role
    treatment: Treatment
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a table.

    `missing_values` is what holds for this field: its own codes, or the schema's.
    A field without `disclosure` is undeclared: it can be validated, and is never released.
    """

    name: str
    kind: Kind
    title: str | None = None
    description: str | None = None
    unit: str | None = None
    lexical: Lexical = Lexical()
    constraints: Constraints = Constraints()
    categories: tuple[Category, ...] | None = None
    categories_ordered: bool = False
    missing_values: tuple[MissingCode, ...] = (MissingCode(""),)
    disclosure: Disclosure | None = None

    @property
    def has_companion(self) -> bool:
        """Whether the reasons of missing values are kept, in a field of their own.

        They are when any missing code is labelled, or when there is a code other than the empty text.
        """
        return any(code.label is not None or code.value for code in self.missing_values)

    @property
    def companion(self) -> Field | None:
        """The field that holds why a value is missing, or None if no reason is ever given."""
        if not self.has_companion:
            return None
        reasons = dict.fromkeys(code.reason for code in self.missing_values if code.reason)
        disclosure = self.disclosure
        if disclosure is not None:
            dropped = disclosure.treatment.method == "drop"
            disclosure = Disclosure(disclosure.role, Treatment("drop" if dropped else "keep"))
        return Field(
            name=self.name + COMPANION_SUFFIX,
            kind=Kind.STRING,
            title=f"{self.title or self.name}: why missing",
            description=f"Why {self.name} has no value; empty where it has one.",
            categories=tuple(Category(reason) for reason in reasons),
            disclosure=disclosure,
        )


COMPANION_SUFFIX: Final = "_missing"


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Fields whose values must occur in the reference fields of a table (own table: ``""``)."""

    fields: tuple[str, ...]
    resource: str
    reference_fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    """A table's declaration."""

    name: str
    fields: tuple[Field, ...]
    title: str | None = None
    description: str | None = None
    fields_match: FieldsMatch = FieldsMatch.EXACT
    missing_values: tuple[MissingCode, ...] = (MissingCode(""),)
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def __getitem__(self, name: str) -> Field:
        """The field called `name`; `KeyError` if there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(candidate.name == name for candidate in self.fields)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(candidate.name for candidate in self.fields)

    @property
    def with_companions(self) -> tuple[Field, ...]:
        """The fields with each companion field behind its own."""
        result: list[Field] = []
        for candidate in self.fields:
            result.append(candidate)
            if (companion := candidate.companion) is not None:
                result.append(companion)
        return tuple(result)

    def is_companion(self, name: str) -> bool:
        """Whether the field called `name` says why another field's value is missing."""
        return name.endswith(COMPANION_SUFFIX) and name.removesuffix(COMPANION_SUFFIX) in self

    def replacing(self, **changes: object) -> Self:
        """A copy with the named parts changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


Schemas = Mapping[str, Schema]
"""The schemas of a study or a package by table name, in the descriptor's order."""
