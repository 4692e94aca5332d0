"""GLiNER models, which find what a few words describe, as a detector; an extra (``ppdarchive[gliner]``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from ppdarchive.detectors.plugins.meaning import Meaning
from ppdarchive.detectors.plugins.windows import by_window
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory

PROMPTS: Final[Mapping[str, TextCategory]] = MappingProxyType(
    {
        "person": TextCategory.NAME,
        "city or town": TextCategory.LOCATION,
        "street address": TextCategory.LOCATION,
        "hospital, clinic or school": TextCategory.FACILITY,
        "military base or ship": TextCategory.FACILITY,
        "organization": TextCategory.ORGANIZATION,
        "military unit": TextCategory.MILITARY,
        "phone number": TextCategory.CONTACT,
        "email address": TextCategory.CONTACT,
        "username": TextCategory.CONTACT,
        "identification number": TextCategory.ID,
    }
)
"""What the model is asked for, and what an answer means."""
REDACT: Final = 0.6
UNCERTAIN: Final = 0.3
_N_WORDS: Final = 256
"""Most models look at 384 words, and cut silently what is longer."""
_OVERLAP: Final = 32
_BATCH: Final = 8


class Gliner:
    """Finds what a GLiNER model takes for one of the prompts.

    Parameters
    ----------
    model : gliner.GLiNER
    prompts : mapping of str to TextCategory
        What to ask for, in a few plain words, and what an answer means.
    """

    name: Final = "gliner"

    def __init__(self, model: Any, *, prompts: Mapping[str, TextCategory] = PROMPTS) -> None:
        self._model = model
        self._prompts = list(prompts)
        self._meaning = Meaning(self.name, prompts, REDACT, UNCERTAIN)
        self._n_words = min(_N_WORDS, int(model.config.max_len))

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find what the prompts ask for in each text."""
        return by_window(texts, self._found, n_words=self._n_words, overlap=min(_OVERLAP, self._n_words // 4))

    def _found(self, texts: list[str]) -> list[list[Span]]:
        answers = self._model.inference(
            texts, self._prompts, threshold=UNCERTAIN, flat_ner=True, batch_size=_BATCH
        )
        return [
            self._meaning.spans(text, [(a["start"], a["end"], a["label"], float(a["score"])) for a in own])
            for text, own in zip(texts, answers, strict=True)
        ]


def gliner_detector(argument: str) -> Gliner:
    """Make the detector of a GLiNER model in a local folder; nothing is downloaded.

    Parameters
    ----------
    argument : str
        The folder's path.

    Raises
    ------
    DetectorError
        If there is no such model.
    ModuleNotFoundError
        If GLiNER is not installed.
    """
    gliner = import_module("gliner")
    model = None
    with suppress(OSError):
        model = gliner.GLiNER.from_pretrained(argument, local_files_only=True)
    if model is None:
        raise DetectorError("detector.model", name=Gliner.name, what=argument)
    return Gliner(model)
