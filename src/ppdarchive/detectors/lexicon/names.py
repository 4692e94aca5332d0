"""Names that can be read, for what is generated: training and test texts, and surrogates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Hashes, Kind, Tokens

Half = Literal["train", "held-out"]
"""Half of all names: what learns from one is measured on the other."""

_HALF_MIX: Final = np.uint64(0x8EBC6AF09C88C6E3)


class NameKind(StrEnum):
    """The lists of names; each is a file of the same name.

    ``BABY_NAME`` has given names by births since 2005, ``FOREIGN_...`` names that few in America have.
    """

    GIVEN_NAME = "given_name"
    BABY_NAME = "baby_name"
    SURNAME = "surname"
    FOREIGN_GIVEN_NAME = "foreign_given_name"
    FOREIGN_SURNAME = "foreign_surname"
    CITY = "city"
    COUNTY = "county"
    STATE = "state"
    COUNTRY = "country"
    WORLD_CITY = "world_city"
    BASE = "base"
    SHIP = "ship"
    UNIT = "unit"
    OPERATION = "operation"
    FACILITY = "facility"
    SCHOOL = "school"
    ORGANIZATION = "organization"
    AGENCY = "agency"
    TEAM = "team"
    MEDIA = "media"
    BRAND = "brand"
    PROFESSION = "profession"
    RARE_PROFESSION = "rare_profession"
    MEDICATION = "medication"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Names:
    """Names as they are written, with their weights.

    Attributes
    ----------
    kind : NameKind
    names : tuple of str, length n
    weights : ndarray of float64, shape (n,)
        How often each is met; together 1.
    details : tuple of str, length n
        Of American given names the share of girls in percent, of cities and counties the state, of cities
        abroad the country's code; else empty.
    """

    kind: NameKind
    names: tuple[str, ...]
    weights: npt.NDArray[np.float64]
    details: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Names({self.kind}, {len(self.names)} names)"

    def __len__(self) -> int:
        return len(self.names)

    def draw(self, rng: np.random.Generator, size: int) -> list[str]:
        """Names drawn by weight, with repetition."""
        return [self.names[at] for at in rng.choice(len(self.names), size=size, p=self.weights)]

    def kept(self, keep: npt.NDArray[np.bool_]) -> Names:
        """Some of the names, shape (n,) of bool; their weights are together 1 again."""
        at = np.flatnonzero(keep)
        weights = self.weights[at]
        return Names(
            self.kind,
            tuple(self.names[i] for i in at),
            weights / weights.sum() if len(at) else weights,
            tuple(self.details[i] for i in at),
        )


def split_half(word_hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Whether each word belongs to the held-out half of all words.

    The half is one bit of a further mix of the word's hash: the same on every machine, in every version
    of the lists, and unrelated to what the word is. Generators of training texts draw from the half
    ``"train"``, those of test texts from ``"held-out"``, so no name is met in both.

    Parameters
    ----------
    word_hashes : ndarray of uint64, shape (n,)
        As `ppdarchive.text.tokens.word_hashes` computes them.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    mixed = word_hashes ^ (word_hashes >> np.uint64(31))
    mixed = mixed * _HALF_MIX
    is_held_out: npt.NDArray[np.bool_] = (mixed >> np.uint64(41)) & np.uint64(1) == 1
    return is_held_out


def is_held_out(names: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether each name belongs to the held-out half.

    A name of several words belongs to the half of its words' hashes taken together, whatever their
    order; a name of one word to that word's half (`split_half`).

    Parameters
    ----------
    names : sequence of str, length n
        In any capitals.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    tokens = Tokens.of(TextBatch.of(names))
    words = tokens.kinds != Kind.SIGN
    sums = np.zeros(len(names), np.uint64)
    np.add.at(sums, tokens.texts[words], tokens.hashes[words])
    return split_half(sums)
