"""What is drawn at random for a release: pseudonyms, days to shift by, and secrets."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ppdarchive.deidentify.treat import is_exchanged, keys_by_space, keys_to_shift
from ppdarchive.model.table import CheckedTable
from ppdarchive.model.treatment import MAX_OFFSET_DAYS
from ppdarchive.register import Register, draw_pseudonym

_SECRETS: Final[Mapping[str, str]] = {"numbered": "text-numbers", "surrogate": "text-surrogates"}
"""What the register calls the secret of each way of replacing that draws."""
_EXCHANGE: Final = "exchange"
"""The register's secret that values exchanged at random are drawn from."""


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """What treatments and replacements draw from.

    Attributes
    ----------
    pseudonyms : mapping of str to mapping of str to str
        By space, for every key.
    offsets : mapping of str to int
        Days by which each participant's dates are shifted, where any are.
    replacing : bytes
        The secret that replacements in texts follow from, where they do.
    exchanging : bytes
        The secret that exchanged values follow from, where any are.
    """

    pseudonyms: Mapping[str, Mapping[str, str]]
    offsets: Mapping[str, int]
    replacing: bytes
    exchanging: bytes

    def __repr__(self) -> str:
        return f"<Drawn for {len(self.pseudonyms)} spaces>"


def draw(tables: Mapping[str, CheckedTable]) -> Drawn:
    """Draw what is forgotten at once, for looking at what a release would be."""
    spaces = keys_by_space(tables)
    return Drawn(
        MappingProxyType({space: {key: draw_pseudonym() for key in own} for space, own in spaces.items()}),
        {key: -1 - secrets.randbelow(MAX_OFFSET_DAYS) for key in keys_to_shift(tables)},
        secrets.token_bytes(32),
        secrets.token_bytes(32),
    )


def recall(register: Register, tables: Mapping[str, CheckedTable], *, replace: str) -> Drawn:
    """What the register remembers, and keeps from now on for whatever it has not seen before.

    Parameters
    ----------
    register : Register
        Of the release's audience.
    tables : mapping of str to CheckedTable
    replace : str
        What ``[text] replace`` says.
    """
    return Drawn(
        {space: register.pseudonyms(space, own) for space, own in keys_by_space(tables).items()},
        register.offsets(keys_to_shift(tables)),
        register.secret(_SECRETS[replace]) if replace in _SECRETS else b"",
        register.secret(_EXCHANGE) if is_exchanged(tables) else b"",
    )
