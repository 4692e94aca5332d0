"""Where frictionless and we are known to differ: each with a table that shows it, and when it may occur."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ppdarchive.model.lexical import EXACT_DIGITS, MAX_INTEGER
from ppdarchive.model.schema import Field, Kind

Cell = str | None


def never(_field: Field, _text: str) -> bool:
    """For differences that do not hang on one cell."""
    return False


@dataclass(frozen=True)
class Difference:
    """One known difference.

    Attributes
    ----------
    name : str
        As in docs/differences.md.
    fields : list of field descriptors
    rows : table cells
    accepted : bool
        Whether frictionless accepts the table; we say the opposite.
    occurs : callable
        Whether a cell of a field may show it.
    properties : dict
        Further members of the schema.
    """

    name: str
    fields: list[dict]
    rows: Sequence[Sequence[Cell]]
    accepted: bool = True
    occurs: Callable[[Field, str], bool] = never
    properties: dict = field(default_factory=dict)


def one(kind: str, *cells: Cell, **members: object) -> tuple[list[dict], list[list[Cell]]]:
    """A table of one field called ``a`` and a number of its rows."""
    return [{"name": "a", "type": kind, **members}], [[cell] for cell in cells]


def kind_of(known: Field) -> Kind:
    """The type that a cell, or each item of a list, is read as."""
    return known.lexical.item_kind if known.kind is Kind.LIST else known.kind


def _is_default(known: Field) -> bool:
    return known.kind is Kind.LIST or known.lexical.format == "default"


def _parts(known: Field, text: str) -> list[str]:
    return text.split(known.lexical.delimiter) if known.kind is Kind.LIST else [text]


def _any_part(kinds: Sequence[Kind], test: Callable[[str], object]) -> Callable[[Field, str], bool]:
    return lambda known, text: kind_of(known) in kinds and any(test(part) for part in _parts(known, text))


def _not_like(kind: Kind, pattern: str) -> Callable[[Field, str], bool]:
    """Cells of default form whose text is not like `pattern`."""
    return lambda known, text: (
        kind_of(known) is kind
        and _is_default(known)
        and any(re.fullmatch(pattern, part) is None for part in _parts(known, text))
    )


def _of_format(name: str, test: Callable[[str], object]) -> Callable[[Field, str], bool]:
    """Texts of a string format for which `test` holds."""
    return lambda known, text: known.kind is Kind.STRING and known.lexical.format == name and bool(test(text))


def _not_bare(known: Field, text: str) -> bool:
    """A number among other characters that starts with its point, or a hyphen that is no sign."""
    point = re.escape(known.lexical.decimal_char)
    return not known.lexical.bare_number and bool(re.search(rf"(?<![0-9]){point}|-(?![0-9])", text))


_NUMERIC = (Kind.INTEGER, Kind.NUMBER, Kind.YEAR)
_DIGITS = re.compile(r"[0-9]")


def _beyond(part: str) -> bool:
    digits = "".join(_DIGITS.findall(part))
    return bool(digits) and int(digits[:400]) > MAX_INTEGER


def _too_exact(part: str) -> bool:
    return len(_DIGITS.findall(part)) > EXACT_DIGITS or re.search(r"[eE]", part) is not None


DIFFERENCES = [
    # -- patterns
    Difference("pattern-alternatives", *one("string", "axxx", constraints={"pattern": "a|b"})),
    Difference(
        "pattern-line-break",
        *one("string", "a\n", constraints={"pattern": "a"}),
        occurs=lambda known, text: known.constraints.pattern is not None and text.endswith("\n"),
    ),
    # -- numbers
    Difference(
        "number-underscore", *one("integer", "1_000"), occurs=_any_part(_NUMERIC, lambda part: "_" in part)
    ),
    Difference(
        "number-other-digits",
        *one("integer", "٣"),
        occurs=_any_part(_NUMERIC, lambda part: any(c.isdigit() and not c.isascii() for c in part)),
    ),
    Difference(
        "number-nan",
        *one("number", "NaN"),
        occurs=_any_part((Kind.NUMBER,), lambda part: re.search("nan|inf", part, re.IGNORECASE)),
    ),
    Difference(
        "number-groups",
        *one("number", "1,3", groupChar=","),
        occurs=lambda known, text: (known.lexical.group_char or "\0") in text,
    ),
    Difference(
        "integer-groups",
        *one("integer", "1,000", groupChar=","),
        accepted=False,
        occurs=lambda known, text: known.kind is Kind.INTEGER and (known.lexical.group_char or "\0") in text,
    ),
    Difference(
        "integer-64-bit", *one("integer", "9223372036854775808"), occurs=_any_part((Kind.INTEGER,), _beyond)
    ),
    Difference(
        "number-too-exact",
        *one("number", "12345678901234567890.5"),
        occurs=_any_part((Kind.NUMBER,), _too_exact),
    ),
    Difference("number-too-large", *one("number", "1e999"), occurs=_any_part((Kind.NUMBER,), _too_exact)),
    Difference(
        "number-not-bare",
        *one("number", "$.5", bareNumber=False, constraints={"maximum": 1}),
        accepted=False,
        occurs=_not_bare,
    ),
    # -- dates and times
    Difference(
        "date-unpadded", *one("date", "2020-1-1"), occurs=_not_like(Kind.DATE, "[0-9]{4}-[0-9]{2}-[0-9]{2}")
    ),
    Difference(
        "datetime-zone",
        *one("datetime", "2020-01-01T10:00:00+02:00"),
        occurs=_not_like(Kind.DATETIME, r"[0-9-]{10}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"),
    ),
    Difference(
        "datetime-separator",
        *one("datetime", "2020-01-01_10:00:00"),
        occurs=_not_like(Kind.DATETIME, r"[0-9-]{10}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"),
    ),
    Difference(
        "datetime-24",
        *one("datetime", "2020-01-01T24:00:00"),
        occurs=lambda known, text: kind_of(known) in (Kind.DATETIME, Kind.TIME) and "24:00" in text,
    ),
    Difference(
        "time-zone",
        *one("time", "10:00:00Z"),
        occurs=_not_like(Kind.TIME, r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"),
    ),
    Difference("year-sign", *one("year", "+202"), occurs=_not_like(Kind.YEAR, "[0-9]{4}")),
    # -- formats of strings
    Difference(
        "email",
        *one("string", "ü@example.org", format="email"),
        occurs=_of_format("email", lambda text: not text.isascii() or text.find("@") > 64),
    ),
    Difference(
        "uri",
        *one("string", "urn:a b", format="uri"),
        occurs=_of_format("uri", lambda text: re.search(r"[^!-~]|%|^[a-z]+:$|[\"<>^`{|}\\]", text)),
    ),
    Difference(
        "uuid",
        *one("string", "123e4567e89b12d3a456426614174000", format="uuid"),
        occurs=_of_format(
            "uuid",
            lambda text: (
                re.fullmatch("[0-9A-Fa-f]{32}", re.sub("urn:|uuid:|[{}-]", "", text)) and len(text) != 36
            ),
        ),
    ),
    Difference(
        "binary",
        *one("string", "QQ==!", format="binary"),
        occurs=_of_format("binary", lambda text: not re.fullmatch("[A-Za-z0-9+/]*={0,2}", text)),
    ),
    # -- what frictionless does not implement
    Difference("categories", *one("string", "c", categories=["a", "b"])),
    Difference("unique-keys", *one("string", "a", "a"), properties={"uniqueKeys": [["a"]]}),
    # -- rows and keys
    Difference("blank-row", *one("string", "a", ""), accepted=False),
    Difference(
        "primary-key-part-missing",
        [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
        [["x", ""]],
        properties={"primaryKey": ["a", "b"]},
    ),
    Difference(
        "foreign-key-part-missing",
        [{"name": name, "type": "string"} for name in "abcd"],
        [["x", "y", "x", ""]],
        accepted=False,
        properties={
            "primaryKey": ["a", "b"],
            "foreignKeys": [{"fields": ["c", "d"], "reference": {"resource": "", "fields": ["a", "b"]}}],
        },
    ),
]

CELLWISE = [known for known in DIFFERENCES if known.occurs is not never]


def may_differ(known: Field, text: Cell) -> bool:
    """Whether one of the known differences may show in this cell."""
    return text is not None and any(difference.occurs(known, text) for difference in CELLWISE)
