"""The marks that say only what stood there: tags, numbered tags, masks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from ppdarchive.deidentify.replace.draws import digest
from ppdarchive.deidentify.replace.mentions import Mention, Within
from ppdarchive.detectors.tags import MASK, tag
from ppdarchive.model.span import TextCategory

_TAGS: Final = {category: tag(category) for category in TextCategory}


def tags(mentions: Sequence[Mention]) -> list[str]:
    """The category of each mention: ``[NAME]``."""
    return [_TAGS[mention.category] for mention in mentions]


def masks(mentions: Sequence[Mention]) -> list[str]:
    """The same mask for each mention, however long it is."""
    return [MASK] * len(mentions)


@dataclass(frozen=True, slots=True, repr=False)
class Numbered:
    """Tags with numbers: ``[NAME-7]``.

    The same value (case, form and spaces aside) of the same group has the same number in all texts
    of one call. The numbers of one category in one group are 1 to the number of values, in random
    order.

    Parameters
    ----------
    within : {"participant", "study"}
        Whether each group has numbers of its own, or all groups together.
    secret : bytes
        What the order is drawn from. The same secret gives the same numbers, and without it nothing
        can be computed from them.

    Raises
    ------
    ValueError
        If there is no secret.
    """

    secret: bytes
    within: Within = "participant"

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("numbered tags need a secret")

    def __call__(self, mentions: Sequence[Mention]) -> list[str]:
        """The numbered tag of each mention."""
        keys = [
            (mention.group if self.within == "participant" else None, mention.category, mention.key)
            for mention in mentions
        ]
        values: dict[tuple[Hashable, TextCategory], set[str]] = defaultdict(set)
        for group, category, key in keys:
            values[group, category].add(key)
        numbers = {
            (group, category, key): number
            for (group, category), own in values.items()
            for number, key in enumerate(self._in_order(group, category, own), start=1)
        }
        return [tag(category, numbers[group, category, key]) for group, category, key in keys]

    def _in_order(self, group: Hashable, category: TextCategory, keys: set[str]) -> list[str]:
        return sorted(keys, key=lambda key: (digest(self.secret, str(group), category, key), key))
