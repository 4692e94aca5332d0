"""What was learned from a lab's corrections: entries of the lexicons and thresholds, as one file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.lexicon import Entry
from ppdarchive.detectors.protocol import Detector
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import TextError

FORMAT: Final = 1
"""The version of the file's form."""
_NAMES: Final = ("uncertain", "extend", "redact")


@dataclass(frozen=True, slots=True)
class Trained:
    """What `ppdarchive text train` learned.

    Attributes
    ----------
    entries : tuple of Entry
        Words and phrases of the corrections, so the file is as private as they are.
    thresholds : Thresholds
    figures : mapping of str to object
        How it was learned and what it reached, for people.
    """

    entries: tuple[Entry, ...]
    thresholds: Thresholds
    figures: Mapping[str, Any] = field(default_factory=dict)

    def engine(
        self,
        known: Detector | None = None,
        *,
        extra: Sequence[Detector] = (),
        entries: Sequence[Entry] = (),
    ) -> Engine:
        """The text engine with what was learned, and with a study's own entries."""
        words, phrases = lexicon.words(), lexicon.phrases()
        if self.entries or entries:
            words, phrases = lexicon.add([*self.entries, *entries], words, phrases)
        return Engine(known, extra=extra, words=words, phrases=phrases, thresholds=self.thresholds)

    def dumped(self) -> str:
        """The text of the file."""
        thresholds = asdict(self.thresholds)
        document = {
            "about": "Learned by `ppdarchive text train`. Private: its entries stand in answers.",
            "format": FORMAT,
            "thresholds": {name: thresholds[name] for name in _NAMES},
            "entries": [[entry.value, entry.kind] for entry in self.entries],
            "figures": dict(self.figures),
        }
        return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def read_trained(text: str, *, path: str, pointer: str | None = None) -> Trained:
    """Read the text of a file that `Trained.dumped` wrote.

    Parameters
    ----------
    text : str
    path : str
        What messages call the file, or the study.toml that names it.
    pointer : str, optional
        The key there.

    Raises
    ------
    TextError
        ``text.trained`` if it is no such file.
    """
    result = _understood(text)
    if isinstance(result, str):
        raise TextError("text.trained", path=path, pointer=pointer, reason=result)
    return result


def _understood(text: str) -> Trained | str:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return "not JSON"
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return "another form"
    match document:
        case {"thresholds": dict(thresholds), "entries": list(entries)}:
            chances: dict[str, float] = {
                name: chance for name in _NAMES if isinstance(chance := thresholds.get(name), float)
            }
            if len(chances) < len(_NAMES) or not all(0 <= chance <= 1 for chance in chances.values()):
                return "its thresholds"
            own: list[Entry] = []
            for entry in entries:
                match entry:
                    case [str(value), str(kind)] if value.strip() and kind in lexicon.entries.KINDS:
                        own.append(Entry(value, kind))
                    case _:
                        return "its entries"
            figures = document.get("figures")
            return Trained(
                tuple(own),
                Thresholds(**chances),
                MappingProxyType(figures if isinstance(figures, dict) else {}),
            )
    return "its keys"
