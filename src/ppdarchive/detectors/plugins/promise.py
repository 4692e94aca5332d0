"""What a detector promises (`ppdarchive.detectors.protocol`), held against what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ppdarchive.detectors.protocol import Detector
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span

ODD_TEXTS: Final = (
    "",
    " ",
    "\x00",
    "\ud83d",
    "\ufeffAnn\u200b Lee\u0301",
    "👩‍👧 Zoë’s",
    "a" * 3000,
    "@" * 300,
    "1 " * 700,
    "Maria ((((",
    "I told Anna Smith of Cedar Falls about it.\r\nShe called at 641-555-0126.",
)
"""Texts on which detectors of other tools have been seen to fail."""


class Promised:
    """A detector that is held to its promise, text by text.

    Another package's exception may carry a text, so nothing of it is passed on but its kind.

    Raises
    ------
    DetectorError
        By `detect`, if the detector fails, or returns anything but spans inside the texts.
    """

    def __init__(self, detector: Detector, name: str) -> None:
        self._detector = detector
        self.name: Final = name

    def __repr__(self) -> str:
        return f"Promised({self.name!r})"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what the detector finds."""
        reason = ""
        found: object = None
        try:
            found = self._detector.detect(texts)
        except Exception as error:
            reason = f"it failed with {type(error).__name__}"
        if not reason:
            reason = _wrong(found, texts)
        if reason:
            raise DetectorError("detector.promise", name=self.name, reason=reason)
        assert isinstance(found, list)
        return found


def _wrong(found: object, texts: Sequence[str]) -> str:
    """What is wrong with what a detector returned, or nothing."""
    if not isinstance(found, list) or not all(isinstance(own, list) for own in found):
        return "it returned no list of lists"
    if len(found) != len(texts):
        return f"it answered {len(found)} texts of {len(texts)}"
    for text, own in zip(texts, found, strict=True):
        if not all(isinstance(span, Span) for span in own):
            return "it returned something else than spans"
        if any(span.end > len(text) for span in own):
            return "it returned a span outside its text"
    return ""


def broken_promises(detector: Detector, texts: Sequence[str] = ()) -> list[str]:
    """Try a detector on odd texts, one by one, together and in another order.

    For the tests of whoever writes a detector.

    Parameters
    ----------
    detector : Detector
    texts : sequence of str
        More texts to try, such as answers that it is made for.

    Returns
    -------
    list of str
        What it does not keep, in words; empty when all is well.
    """
    return list(_broken(detector, [*ODD_TEXTS, *texts]))


def _broken(detector: Detector, texts: Sequence[str]) -> Iterator[str]:
    held = Promised(detector, detector.name)
    try:
        alone = [held.detect([text])[0] for text in texts]
        together = held.detect(texts)
        backwards = held.detect(texts[::-1])[::-1]
    except DetectorError as error:
        yield str(error.facts["reason"])
        return
    if _ranges(alone) != _ranges(together):
        yield "what it finds in a text depends on the texts around it"
    if _ranges(together) != _ranges(backwards):
        yield "what it finds depends on the order of the texts"
    if not all(span.detector.startswith(detector.name) for own in together for span in own):
        yield "its spans do not say whose they are"


def _ranges(found: Sequence[Sequence[Span]]) -> list[list[tuple[int, int, str, str]]]:
    return [sorted((span.start, span.end, span.category, span.tier) for span in own) for own in found]
