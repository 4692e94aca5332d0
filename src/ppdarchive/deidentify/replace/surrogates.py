"""Surrogates: other values of the same kind and form in the place of those that identify.

A value is planned (`ppdarchive.deidentify.replace.slots`): what only tells its kind stays, each name and
number of it is a slot. Slots are filled from draws that follow from a secret, so that the same register
gives the same surrogates, and nothing can be computed from one without it. What is drawn is refused, and
drawn again, where it

- stands for another value of the same group, or is a value of it,
- is a known identifier of the study, in any form in which those are found,
- stands as a word in any text in which something is replaced; where there are so many texts that no
  name is left, in any such text of the same group.

Dates of a group all move by the same number of days. What has no surrogate (a unique event, a date that
cannot be read, a value when all that is kept for fiction is used up) becomes a tag.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ppdarchive.deidentify.replace.contacts import contact_plan
from ppdarchive.deidentify.replace.filling import fill
from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.deidentify.replace.lists import FORMAL
from ppdarchive.deidentify.replace.mentions import Mention, Within, key_of, plain_key
from ppdarchive.deidentify.replace.names import Called, People, name_plan, people_of
from ppdarchive.deidentify.replace.places import place_plan, profession_plan
from ppdarchive.deidentify.replace.pools import Facts, facts_of
from ppdarchive.deidentify.replace.refusals import Refusals
from ppdarchive.deidentify.replace.shapes import age_plan, id_plan, ip_plan
from ppdarchive.deidentify.replace.shifting import shifted
from ppdarchive.deidentify.replace.slots import Plan, Slot, filled
from ppdarchive.detectors.protocol import Detector
from ppdarchive.detectors.tags import tag
from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import folded_character

_Key = tuple[str, TextCategory, str]
"""A group, a category, and what the spellings of a value share."""
_Place = tuple[_Key, str]
"""A value, and one of its spellings."""

_DENSE: Final = frozenset({TextCategory.DATE, TextCategory.AGE})
"""Categories of few values, whose words stand in every text."""
_BEFORE: Final = re.compile(r"([^\W\d_]+)\.?[ \t]+\Z")
_LOOK_BACK: Final = 16
_BATCH: Final = 1 << 13
"""Mentions of a batch: what is made on the way to their surrogates is forgotten after each."""


@dataclass(frozen=True, slots=True, repr=False)
class Surrogates:
    """Other values of the same kind and form.

    Parameters
    ----------
    secret : bytes
        What surrogates are drawn from.
    within : {"participant", "study"}
        Whether each group has surrogates of its own, or all groups together.
    known : Detector, optional
        Finds what no surrogate may be.

    Raises
    ------
    ValueError
        If there is no secret.
    """

    secret: bytes
    within: Within = "participant"
    known: Detector | None = None
    _found: dict[str, bool] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("surrogates need a secret")

    def __call__(self, mentions: Sequence[Mention]) -> list[str]:
        """The surrogate of each mention, or its tag."""
        places: dict[str, list[int]] = defaultdict(list)
        for at, mention in enumerate(mentions):
            places[self._group(mention.group)].append(at)
        texts = {group: {mentions[at].text for at in own} for group, own in places.items()}
        refusals = Refusals(texts, self.known, self._found)
        chosen = [""] * len(mentions)
        for groups in _batches(places):
            own = [at for group in groups for at in places[group]]
            for at, words in zip(own, self._chosen([mentions[at] for at in own], refusals), strict=True):
                chosen[at] = words
        return chosen

    def _chosen(self, mentions: Sequence[Mention], refusals: Refusals) -> list[str]:
        """The surrogates of all mentions of some groups."""
        values = [cleaned(mention.value) for mention in mentions]
        keys = [
            (self._group(mention.group), mention.category, key_of(mention.category, value))
            for mention, value in zip(mentions, values, strict=True)
        ]
        spellings: dict[_Key, dict[str, None]] = defaultdict(dict)
        for key, value in zip(keys, values, strict=True):
            spellings[key][value] = None
        made = self._from_slots(spellings, _called(mentions, keys, values), refusals)
        made |= self._from_dates(spellings, refusals)
        chosen = _proper(_agreeing(spellings, made), refusals)
        return [
            chosen.get((key, value)) or tag(mention.category)
            for mention, key, value in zip(mentions, keys, values, strict=True)
        ]

    def _group(self, group: Hashable) -> str:
        return str(group) if self.within == "participant" else ""

    def _from_slots(
        self,
        spellings: Mapping[_Key, Iterable[str]],
        called: Mapping[str, Sequence[Called]],
        refusals: Refusals,
    ) -> dict[_Place, str]:
        facts = facts_of(value for own in spellings.values() for value in own)
        people = {group: people_of(own, facts) for group, own in called.items()}
        plans = {
            (key, value): _plan(key[1], value, people[key[0]], facts)
            for key, own in sorted(spellings.items())
            for value in sorted(own)
        }
        slots: dict[str, list[Slot]] = defaultdict(list)
        for (key, _), plan in plans.items():
            slots[key[0]] += (piece for piece in plan if isinstance(piece, Slot))
        fills = fill(slots, self.secret, refusals)
        return {place: filled(plan, fills.get(place[0][0], {})) for place, plan in plans.items()}

    def _from_dates(self, spellings: Mapping[_Key, Iterable[str]], refusals: Refusals) -> dict[_Place, str]:
        dates: dict[str, dict[str, str]] = defaultdict(dict)
        for (group, category, key), own in sorted(spellings.items()):
            if category is TextCategory.DATE:
                dates[group] |= dict.fromkeys(sorted(own), key)
        moved = shifted(dates, self.secret, refusals)
        return {
            ((group, TextCategory.DATE, dates[group][value]), value): new
            for (group, value), new in moved.items()
        }


def _batches(places: Mapping[str, Sequence[int]]) -> Iterator[list[str]]:
    """The groups in batches of a bounded number of mentions; a large group is one of its own."""
    batch: list[str] = []
    size = 0
    for group, own in places.items():
        if batch and size + len(own) > _BATCH:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += len(own)
    if batch:
        yield batch


def cleaned(value: str) -> str:
    r"""A value without what cannot be seen; characters that are no letters in their plain form.

    >>> cleaned("Jay\u00adden, ５"), cleaned("Jose\u0301")
    ('Jayden, 5', 'José')
    """
    if value.isascii():
        return value
    return "".join(
        character
        if character.isalpha() and folded_character(ord(character))
        else folded_character(ord(character))
        for character in unicodedata.normalize("NFC", value)
    )


def _called(
    mentions: Sequence[Mention], keys: Sequence[_Key], values: Sequence[str]
) -> Mapping[str, Sequence[Called]]:
    """The names of each group, as they are called; every group is a key."""
    found: dict[str, list[Called]] = {group: [] for group, _, _ in keys}
    for mention, (group, category, _), value in zip(mentions, keys, values, strict=True):
        if category is TextCategory.NAME:
            text, start, end = mention.text, mention.start, mention.end
            before = _BEFORE.search(text, max(0, start - _LOOK_BACK), start)
            word = before[1].lower() if before is not None else ""
            is_plural = word == "the" and text[end : end + 1] in ("s", "S")
            found[group].append(Called(value, word in FORMAL or is_plural))
    return found


def _plan(category: TextCategory, value: str, people: People, facts: Mapping[str, Facts]) -> Plan:
    match category:
        case TextCategory.NAME:
            return name_plan(value, people, facts)
        case (
            TextCategory.LOCATION | TextCategory.FACILITY | TextCategory.ORGANIZATION | TextCategory.MILITARY
        ):
            return place_plan(value, category, people, facts)
        case TextCategory.CONTACT:
            return contact_plan(value)
        case TextCategory.ID:
            return id_plan(value)
        case TextCategory.IP:
            return ip_plan(value)
        case TextCategory.AGE:
            return age_plan(value)
        case TextCategory.PROFESSION:
            return profession_plan(value)
        case _:
            return ()


def _agreeing(spellings: Mapping[_Key, Iterable[str]], made: Mapping[_Place, str]) -> dict[_Place, str]:
    """One surrogate for all spellings of a value: that of the one with the most words."""
    result = {}
    for key, own in spellings.items():
        category = key[1]
        good = [value for value in own if made.get((key, value))]
        if not good:
            continue
        first = min(good, key=lambda value: (-len(value.split()), value))
        surrogate = made[key, first]
        for value in own:
            other = made.get((key, value), "")
            if not other or key_of(category, other) != key_of(category, surrogate):
                joined = surrogate if len(value.split()) > 1 else "".join(surrogate.split())
                other = in_case_of(value, joined)
            result[key, value] = other
    return result


def _proper(made: Mapping[_Place, str], refusals: Refusals) -> dict[_Place, str]:
    """Without those that are, put together, a known identifier or a value of their group."""
    places = sorted(made)
    values: dict[tuple[str, TextCategory], set[str]] = defaultdict(set)
    for (group, category, key), _ in places:
        values[group, category].add(plain_key(key))
    whose: dict[tuple[str, TextCategory, str], str] = {}
    result = {}
    for place, is_known in zip(places, refusals.known([made[place] for place in places]), strict=True):
        (group, category, key), _ = place
        new = key_of(category, made[place])
        is_free = whose.setdefault((group, category, new), key) == key
        stands = category not in _DENSE and refusals.stands(made[place], group)
        if is_free and not is_known and not stands and plain_key(new) not in values[group, category]:
            result[place] = made[place]
    return result
