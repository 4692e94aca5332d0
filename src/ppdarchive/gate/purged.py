"""The condition that nobody and nothing that was purged is released again."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Final

import numpy as np

from ppdarchive.deidentify.withdrawn import purged_fields, purged_spans, rows_of_keys
from ppdarchive.gate.failures import Failure
from ppdarchive.model.columns import values_of
from ppdarchive.model.purged import Purged
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Kind, Role
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.risk.people import PARTICIPANT_KEY, people_of
from ppdarchive.text.keys import plain_key


def judge_purged(
    tables: Mapping[str, TreatedTable], pseudonyms: Mapping[str, Mapping[str, str]], purged: Purged
) -> list[Failure]:
    """The condition that nothing that was purged is among the released.

    It looks at the released tables alone, and so does not trust whoever should have left it out.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    pseudonyms : mapping of str to mapping of str to str
        By space, of every key.
    purged : Purged

    Returns
    -------
    list of Failure
        Never to be overridden.
    """
    if not purged:
        return []
    own = {space: {released: key for key, released in each.items()} for space, each in pseudonyms.items()}
    found = []
    for space, keys in purged.keys.items():
        gone = {plain_key(each) for each, key in own.get(space, {}).items() if plain_key(key) in keys}
        n_rows = _n_rows(tables, space, keys, gone)
        if n_rows:
            found.append(f"{n_rows} rows of {_WORDS.get(space, space)}s that were purged")
    n_texts = _n_texts(tables, own.get("participant", {}), purged)
    if n_texts:
        found.append(f"words that were purged in {n_texts} texts")
    if not found:
        return []
    return [
        Failure(
            "purged",
            f"{' and '.join(found)} are among the released",
            "Report this as a defect: what was purged should have been left out.",
        )
    ]


def judge_unchanged(known: Purged, now: Purged) -> list[Failure]:
    """The condition that nothing was purged since a draft left out what had been.

    Parameters
    ----------
    known : Purged
        What the draft knew of.
    now : Purged
    """
    if now == known:
        return []
    return [
        Failure(
            "purged", "somebody or something was purged while the release was made", "Run the command again."
        )
    ]


_WORDS: Final = {"participant": "participant", "response": "answer"}


def _n_rows(tables: Mapping[str, TreatedTable], space: str, keys: Set[str], gone: Set[str]) -> int:
    """The rows that name any of some keys where they stand, or any of their pseudonyms in any key."""
    schemas = {name: table.schema for name, table in tables.items()}
    places = dict.fromkeys(purged_fields(schemas, space), keys | gone)
    for name, schema in schemas.items():
        for field in schema:
            if field.disclosure is not None and field.disclosure.role is Role.KEY:
                places.setdefault((name, field.name), gone)
    rows = {name: np.zeros(len(table.frame), dtype=bool) for name, table in tables.items()}
    for (name, own), values in places.items():
        rows[name] |= rows_of_keys(values_of(tables[name].frame[own]), values)
    return sum(int(mask.sum()) for mask in rows.values())


def _n_texts(tables: Mapping[str, TreatedTable], own: Mapping[str, str], purged: Purged) -> int:
    """The released texts in which words stand that were purged from their participant's."""
    by_owner: dict[str | None, set[tuple[str, ...]]] = {}
    for each in purged.words:
        by_owner.setdefault(each.owner, set()).add(each.words)
    if not by_owner:
        return 0
    n_texts = 0
    owners = participants_of(tables, own)
    for name, table in tables.items():
        for field in table.schema:
            if field.kind is Kind.STRING and field.disclosure and field.disclosure.role is Role.FREE_TEXT:
                texts = values_of(table.frame[field.name]).to_pylist()
                for text, owner in zip(texts, owners.get(name, [None] * len(texts)), strict=True):
                    words = by_owner.get(None, set()) | by_owner.get(owner, set())
                    n_texts += bool(text and words and purged_spans(text, words))
    return n_texts


def participants_of(
    tables: Mapping[str, TreatedTable], own: Mapping[str, str]
) -> dict[str, list[str | None]]:
    """For each row of each table that leads to participants, the plain form of its participant's key.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    own : mapping of str to str
        The keys that pseudonyms stand for; a value that is none is a key itself.
    """
    people = people_of(tables)
    names: dict[int, str] = {}
    for name in people.direct | ({PARTICIPANTS} & people.of.keys()):
        schema = tables[name].schema
        field = schema.primary_key[0] if name == PARTICIPANTS and schema.primary_key else PARTICIPANT_KEY
        if field in schema:
            keys = values_of(tables[name].frame[field]).to_pylist()
            names |= {
                number: plain_key(own.get(str(key), str(key)))
                for number, key in zip(people.of[name].tolist(), keys, strict=True)
                if number >= 0
            }
    return {name: [names.get(number) for number in of.tolist()] for name, of in people.of.items()}
