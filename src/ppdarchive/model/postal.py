"""The first three digits of ZIP codes, and under which of them too few people live to tell them.

References
----------
45 CFR 164.514(b)(2)(i)(B): the first three digits may be told if more than 20,000 people live in the ZIP
codes that share them, by the current data of the Census Bureau; otherwise they are 000.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from ppdarchive.model.schema import JsonValue

RESTRICTED: Final = "000"
"""What stands for every prefix that may not be told."""

MILITARY: Final = frozenset(f"{number:03}" for number in (*range(90, 100), 340, *range(962, 967)))
"""Prefixes of the armed forces overseas (APO, FPO, DPO): few people, and all of them with the forces."""

_ZIP: Final = re.compile(r"([0-9]{3,5})(?:\.0+)?|([0-9]{3,5})[- ]([0-9]{4})|([0-9]{7,9})")


@dataclass(frozen=True, slots=True)
class ZipTable:
    """Prefixes under which 20,000 people or fewer live.

    Attributes
    ----------
    name, title : str
    date : date
        Of the data.
    source : str
    prefixes : frozenset of str
        Of three digits each.
    """

    name: str
    title: str
    date: date
    source: str
    prefixes: frozenset[str]


def zip3(text: str, tables: tuple[ZipTable, ...], *, are_prefixes: bool = False) -> str:
    """The first three digits of a ZIP code, or 000 where they may not be told.

    Spreadsheets drop zeros in front (``3601``, ``3601.0``), which are put back. What is no ZIP code of
    the United States is 000, and so are three digits alone, which may be a prefix or a code without its
    zeros, unless it is known that they `are_prefixes`.

    Examples
    --------
    >>> [zip3(text, default_tables()) for text in ("52240", "52240-1234", "2139", "03601", "K1A 0B1")]
    ['522', '522', '021', '000', '000']
    """
    found = _ZIP.fullmatch(text.strip())
    if found is None:
        return RESTRICTED
    five, before, _, nine = found.groups()
    if five is not None and len(five) == 3:
        if not are_prefixes:
            return RESTRICTED
        prefix = five
    else:
        prefix = (five or before).zfill(5)[:3] if nine is None else nine.zfill(9)[:3]
    hidden = prefix in MILITARY or any(prefix in table.prefixes for table in tables)
    return RESTRICTED if hidden else prefix


def table_from(value: JsonValue) -> ZipTable:
    """A table from JSON: ``name``, ``date`` (ISO), ``source`` and ``prefixes``; ``title`` if wished.

    Raises
    ------
    ValueError
        If it is none, in words.
    """
    if not isinstance(value, dict):
        raise ValueError("a table of prefixes is an object")
    known = ("name", "title", "date", "source", "prefixes")
    if unknown := [key for key in value if key not in known]:
        raise ValueError(f"a table of prefixes has no property {unknown[0]!r}")
    name, source, day, prefixes = (value.get(key) for key in ("name", "source", "date", "prefixes"))
    if not isinstance(name, str) or not isinstance(source, str):
        raise ValueError("`name` and `source` say where the prefixes come from")
    title = value.get("title", name)
    if not isinstance(title, str):
        raise ValueError("`title` is a text")
    if not isinstance(day, str) or re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) is None:
        raise ValueError("`date` is the date of the data, as 2020-04-01")
    if not isinstance(prefixes, list) or not all(
        isinstance(prefix, str) and re.fullmatch("[0-9]{3}", prefix) for prefix in prefixes
    ):
        raise ValueError("`prefixes` is a list of texts of three digits")
    return ZipTable(name, title, date.fromisoformat(day), source, frozenset(map(str, prefixes)))


@cache
def ready_tables() -> Mapping[str, ZipTable]:
    """The tables that ship with the package, by name, the oldest first."""
    folder = files(__package__).joinpath("postal_tables")
    tables = [
        table_from(json.loads(each.read_text("utf-8")))
        for each in folder.iterdir()
        if each.name.endswith(".json")
    ]
    return MappingProxyType({table.name: table for table in sorted(tables, key=lambda table: table.date)})


def default_tables() -> tuple[ZipTable, ...]:
    """All tables that ship: a prefix is told if it may be by each of them."""
    return tuple(ready_tables().values())
