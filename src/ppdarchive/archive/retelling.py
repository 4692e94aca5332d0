"""Words about releases without what was purged: messages, marks, reasons for overriding; pure."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.store.naming import release_message, release_version
from ppdarchive.text.wording import merged, occurrences, wording

REMOVED: Final = "[removed]"
"""What stands in the place of what is gone."""


@dataclass(frozen=True, slots=True, repr=False)
class Retelling:
    """What must not stand in any words.

    Attributes
    ----------
    traces : set of str
        Pseudonyms.
    runs : set of tuple of str
        Words in a row, as `ppdarchive.text.wording.wording` reads them.
    """

    traces: Set[str] = frozenset()
    runs: Set[tuple[str, ...]] = frozenset()

    def __repr__(self) -> str:
        return f"<Retelling: without {len(self.traces)} pseudonyms>"

    def words(self, text: str) -> str:
        """A text without them.

        Examples
        --------
        >>> Retelling({"bcdfghjklmnpqrst"}, {("fort", "drum")}).words("bcdfghjklmnpqrst is from Fort Drum.")
        '[removed] is from [removed].'
        """
        for trace in sorted(self.traces):
            text = text.replace(trace, REMOVED)
        read = wording(text, list(replaced_ranges(text)))
        ranges = merged([place for run in sorted(self.runs) for place in occurrences(read, run)])
        for start, end in reversed(ranges):
            text = text[:start] + REMOVED + text[end:]
        return text

    def message(self, message: str) -> str:
        """A version's message without them; which release it is stays.

        Examples
        --------
        >>> Retelling(runs={("release",)}).message("Release 1.2.0: a release")
        'Release 1.2.0: a [removed]'
        """
        version = release_version(message)
        start = len(release_message(version)) if version is not None else 0
        return message[:start] + self.words(message[start:])
