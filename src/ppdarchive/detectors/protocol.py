"""What every detector is: batches of texts in, spans out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ppdarchive.model.span import Span


class Detector(Protocol):
    """Finds spans in texts.

    A detector raises on no text, whatever its Unicode, and returns no span outside its text. What it
    finds in a text depends on that text alone, never on the batch around it or its order.
    """

    @property
    def name(self) -> str:
        """A short name; spans say whose they are by a `detector` that starts with it."""
        ...

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the spans of each text.

        Parameters
        ----------
        texts : sequence of str, length n

        Returns
        -------
        list of list of Span, length n
            In any order; spans may overlap.
        """
        ...


def detect(texts: Sequence[str], detectors: Iterable[Detector]) -> list[list[Span]]:
    """Find what any of the detectors finds, overlaps unresolved.

    Parameters
    ----------
    texts : sequence of str, length n
    detectors : iterable of Detector

    Returns
    -------
    list of list of Span, length n

    Raises
    ------
    ValueError
        If a detector breaks its promise: a span outside its text, or a wrong number of texts.
    """
    found: list[list[Span]] = [[] for _ in texts]
    for detector in detectors:
        for text, own, spans in zip(texts, found, detector.detect(texts), strict=True):
            if not spans:
                continue
            size = len(text)
            for span in spans:
                if span.end > size:
                    raise ValueError(f"detector {detector.name!r} returned a span outside its text")
            own.extend(spans)
    return found
