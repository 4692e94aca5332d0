"""Surrogates: to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ppdarchive.deidentify.replace.mentions import Mention, Within
from ppdarchive.deidentify.replace.tags import tags
from ppdarchive.detectors.protocol import Detector


@dataclass(frozen=True, slots=True, repr=False)
class Surrogates:
    """Surrogates."""

    secret: bytes
    within: Within = "participant"
    known: Detector | None = None

    def __call__(self, mentions: Sequence[Mention]) -> list[str]:
        """Tags for now."""
        return tags(mentions)
