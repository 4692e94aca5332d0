"""Microsoft Presidio's analyzer as a detector; an extra (``ppdarchive[presidio]``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

from ppdarchive.detectors.plugins.meaning import Meaning
from ppdarchive.detectors.plugins.spacy import N_WORDS, OVERLAP, load_pipeline
from ppdarchive.detectors.plugins.windows import by_window
from ppdarchive.model.span import Span, TextCategory

DEFAULT_MODEL: Final = "en_core_web_lg"
LANGUAGE: Final = "en"
REDACT: Final = 0.5
UNCERTAIN: Final = 0.35
"""Presidio's patterns score as they please: e-mail addresses 0.5 and more, telephone numbers 0.4, numbers
of any kind, as bank accounts, 0.05."""
_BATCH: Final = 64
_ENTITIES: Final[Mapping[str, str]] = {
    "PER": "PERSON",
    "PERSON": "PERSON",
    "FAC": "FACILITY",
    "LOC": "LOCATION",
    "GPE": "LOCATION",
    "ORG": "ORGANIZATION",
}
"""spaCy's labels to Presidio's; Presidio as it comes leaves organizations out."""


class Presidio:
    """Finds what Presidio's recognizers find: those of its registry, and a spaCy model's entities.

    Parameters
    ----------
    batch_analyzer : presidio_analyzer.BatchAnalyzerEngine
    labels : mapping of str to TextCategory, optional
        Meanings of entities that go before the table's (`meaning.LABELS`).

    Raises
    ------
    DetectorError
        If none of its entities means anything here.
    """

    name: Final = "presidio"

    def __init__(self, batch_analyzer: Any, *, labels: Mapping[str, TextCategory] | None = None) -> None:
        given = batch_analyzer.analyzer_engine.get_supported_entities(LANGUAGE)
        self._meaning = Meaning.of(self.name, given, labels, redact=REDACT, uncertain=UNCERTAIN)
        self._entities = list(self._meaning.categories)
        self._analyzer = batch_analyzer

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the entities of each text."""
        return by_window(texts, self._found, n_words=N_WORDS, overlap=OVERLAP)

    def _found(self, texts: list[str]) -> list[list[Span]]:
        results = self._analyzer.analyze_iterator(
            texts, LANGUAGE, batch_size=_BATCH, entities=self._entities, score_threshold=UNCERTAIN
        )
        return [
            self._meaning.spans(text, [(r.start, r.end, r.entity_type, float(r.score)) for r in own])
            for text, own in zip(texts, results, strict=True)
        ]


def presidio_detector(argument: str) -> Presidio:
    """Make the detector of a Presidio analyzer over a spaCy model, which must be on this machine.

    Parameters
    ----------
    argument : str
        An installed model's name, or the path of a model's folder; by default ``en_core_web_lg``, as
        Presidio has it.

    Raises
    ------
    DetectorError
        If there is no such model.
    ModuleNotFoundError
        If Presidio is not installed.
    """
    presidio = import_module("presidio_analyzer")
    engines = import_module("presidio_analyzer.nlp_engine")
    # Presidio asks it for the domains of e-mail addresses, and it would fetch a list of them; with no
    # place to fetch from it uses the list that it ships with.
    import_module("tldextract.tldextract").TLD_EXTRACTOR.suffix_list_urls = ()
    model = argument or DEFAULT_MODEL
    pipeline = load_pipeline(Presidio.name, model)
    given = {label for labels in pipeline.pipe_labels.values() for label in labels}
    nlp_engine = engines.SpacyNlpEngine(
        models=[{"lang_code": LANGUAGE, "model_name": model}],
        ner_model_configuration=engines.NerModelConfiguration(
            model_to_presidio_entity_mapping=dict(_ENTITIES),
            labels_to_ignore=sorted(given - set(_ENTITIES)),
            low_score_entity_names=[],
        ),
    )
    # Its own `load` would download a model that is not there.
    nlp_engine.nlp = {LANGUAGE: pipeline}
    analyzer = presidio.AnalyzerEngine(nlp_engine=nlp_engine, supported_languages=[LANGUAGE])
    return Presidio(presidio.BatchAnalyzerEngine(analyzer_engine=analyzer))
