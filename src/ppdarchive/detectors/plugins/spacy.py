"""spaCy's entity recognizers as a detector; an extra (``ppdarchive[spacy]``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from ppdarchive.detectors.plugins.meaning import Meaning
from ppdarchive.detectors.plugins.windows import by_window
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory

DEFAULT_MODEL: Final = "en_core_web_md"
N_WORDS: Final = 20_000
"""Words of a window: well below the million characters that spaCy refuses to look at."""
OVERLAP: Final = 50
_SCORE: Final = 0.85
"""spaCy's entities have no scores; this is what Presidio gives them."""
_BATCH: Final = 64
_LISTENED_TO: Final = frozenset({"tok2vec", "transformer", "curated_transformer"})


class Spacy:
    """Finds what a spaCy pipeline takes for an entity, all of it surely: spaCy gives no scores.

    Parameters
    ----------
    pipeline : spacy.Language
        Components that its entity recognizer does not need are switched off.
    labels : mapping of str to TextCategory, optional
        Meanings of labels that go before the table's (`meaning.LABELS`).

    Raises
    ------
    DetectorError
        If none of its labels means anything here.
    """

    name: Final = "spacy"

    def __init__(self, pipeline: Any, *, labels: Mapping[str, TextCategory] | None = None) -> None:
        own = [pipe for pipe in pipeline.pipe_names if "doc.ents" in pipeline.get_pipe_meta(pipe).assigns]
        given = [label for pipe in own for label in pipeline.pipe_labels.get(pipe, ())]
        self._meaning = Meaning.of(self.name, given, labels, redact=_SCORE, uncertain=_SCORE)
        self._pipeline = pipeline
        # Rules over entities may ask for tags and lemmas; a statistical recognizer never does.
        if all(pipeline.get_pipe_meta(pipe).factory == "ner" for pipe in own):
            pipeline.select_pipes(enable=[p for p in pipeline.pipe_names if p in own or p in _LISTENED_TO])

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the entities of each text."""
        return by_window(texts, self._found, n_words=N_WORDS, overlap=OVERLAP)

    def _found(self, texts: list[str]) -> list[list[Span]]:
        return [
            self._meaning.spans(
                text, [(ent.start_char, ent.end_char, ent.label_, _SCORE) for ent in document.ents]
            )
            for text, document in zip(texts, self._pipeline.pipe(texts, batch_size=_BATCH), strict=True)
        ]


def spacy_detector(argument: str) -> Spacy:
    """Make the detector of a spaCy model, which must be on this machine.

    Parameters
    ----------
    argument : str
        An installed model's name, or the path of a model's folder; by default ``en_core_web_md``.

    Raises
    ------
    DetectorError
        If there is no such model.
    ModuleNotFoundError
        If spaCy is not installed.
    """
    return Spacy(load_pipeline(Spacy.name, argument or DEFAULT_MODEL))


def load_pipeline(detector: str, model: str) -> Any:
    """Load a spaCy pipeline by its model's name or path.

    Raises
    ------
    DetectorError
        If there is no such model; `detector` is named.
    """
    spacy = import_module("spacy")
    pipeline = None
    with suppress(OSError):
        pipeline = spacy.load(model)
    if pipeline is None:
        raise DetectorError("detector.model", name=detector, what=model)
    return pipeline
