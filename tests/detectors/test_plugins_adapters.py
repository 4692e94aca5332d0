"""The adapters, over small stand-ins for the libraries that they adapt."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ppdarchive.detectors.plugins import broken_promises
from ppdarchive.detectors.plugins.gliner import PROMPTS, Gliner, gliner_detector
from ppdarchive.detectors.plugins.huggingface import TokenClassifier, huggingface_detector
from ppdarchive.detectors.plugins.presidio import Presidio, presidio_detector
from ppdarchive.detectors.plugins.spacy import Spacy, spacy_detector
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory, Tier

ANSWER = "Zoë’s coach 👩‍👧 was Maria of Vinton. "
NAME, PLACE = TextCategory.NAME, TextCategory.LOCATION


def find(words: str, text: str) -> tuple[int, int]:
    """Where some words stand in a text."""
    return text.index(words), text.index(words) + len(words)


def modules(monkeypatch: pytest.MonkeyPatch, **own: Any) -> None:
    """Put stand-ins in place of installed libraries; two underscores stand for a full stop."""
    for name, content in own.items():
        module = ModuleType(name.replace("__", "."))
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, module.__name__, module)


# -- spaCy ------------------------------------------------------------------------------------------


class Pipeline:
    """What the adapter needs of a spaCy pipeline; it takes capitalized words for people."""

    pipe_names = ("tok2vec", "tagger", "ner")

    def __init__(self, labels: Sequence[str] = ("PERSON", "DATE", "CARDINAL"), factory: str = "ner") -> None:
        self.pipe_labels = {"ner": list(labels), "tagger": ["NN"]}
        self.factory = factory
        self.enabled: list[str] | None = None
        self.batches: list[int] = []

    def get_pipe_meta(self, name: str) -> SimpleNamespace:
        """What a component is."""
        if name == "ner":
            return SimpleNamespace(assigns=["doc.ents"], factory=self.factory)
        return SimpleNamespace(assigns=["token.tag"], factory=name)

    def select_pipes(self, *, enable: list[str]) -> None:
        """Switch the others off."""
        self.enabled = enable

    def pipe(self, texts: list[str], *, batch_size: int) -> Iterator[SimpleNamespace]:
        """Documents of texts."""
        assert batch_size > 1
        self.batches.append(len(texts))
        for text in texts:
            text.encode("utf-8")  # as the library does
            found = [(m, "PERSON") for m in re.finditer(r"\b[A-Z]\w+ ?", text)]
            found += [(m, "DATE") for m in re.finditer("coach", text)]
            yield SimpleNamespace(
                ents=[SimpleNamespace(start_char=m.start(), end_char=m.end(), label_=k) for m, k in found]
            )


def test_spacy_entities_become_spans() -> None:
    """Positions are code points, labels without meaning are left out, and all is sure."""
    detector = Spacy(Pipeline())
    assert detector.detect([ANSWER, "", "nobody"]) == [
        [
            Span(*find(name, ANSWER), NAME, 0.85, Tier.REDACT, "spacy.PERSON")
            for name in ("Zoë", "Maria", "Vinton")
        ],
        [],
        [],
    ]


def test_spacy_is_asked_in_batches_and_only_for_entities() -> None:
    """One call for many texts, and components that nothing listens to are switched off."""
    pipeline = Pipeline()
    detector = Spacy(pipeline)
    assert pipeline.enabled == ["tok2vec", "ner"]
    detector.detect([ANSWER] * 100)
    assert pipeline.batches == [100]
    rules = Pipeline(factory="entity_ruler")
    Spacy(rules)
    assert rules.enabled is None


def test_spacy_keeps_what_a_detector_promises() -> None:
    """Odd texts, long texts and half characters included."""
    assert broken_promises(Spacy(Pipeline()), [ANSWER, "Maria \udc00 " * 30_000]) == []


def test_spacy_labels_can_be_given_a_meaning() -> None:
    """A factory of one's own may say what DATE means."""
    detector = Spacy(Pipeline(), labels={"DATE": TextCategory.DATE})
    assert {span.category for span in detector.detect([ANSWER])[0]} == {NAME, TextCategory.DATE}
    with pytest.raises(DetectorError, match="detector 'spacy': none of its 1 labels"):
        Spacy(Pipeline(["CARDINAL"]))


def test_spacy_is_loaded_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The medium English model is asked for by default; what is not there is an error."""
    asked: list[str] = []

    def load(name: str) -> Pipeline:
        asked.append(name)
        if name == "missing":
            raise OSError(name)
        return Pipeline()

    modules(monkeypatch, spacy={"load": load})
    assert spacy_detector("").detect(["Maria"])[0]
    assert spacy_detector("own").name == "spacy"
    assert asked == ["en_core_web_md", "own"]
    with pytest.raises(DetectorError, match="finds no model 'missing' on this machine") as caught:
        spacy_detector("missing")
    assert caught.value.__context__ is None


# -- Presidio ---------------------------------------------------------------------------------------


class Analyzer:
    """What the adapter needs of Presidio's analyzers, both of them in one."""

    def __init__(self, nlp_engine: Any = None, supported_languages: Sequence[str] = ("en",)) -> None:
        self.analyzer_engine = self
        self.nlp_engine = nlp_engine
        self.languages = supported_languages

    def get_supported_entities(self, language: str) -> list[str]:
        """All entities of all recognizers."""
        assert language in self.languages
        return ["PERSON", "US_SSN", "PHONE_NUMBER", "NRP"]

    def analyze_iterator(
        self, texts: list[str], language: str, *, batch_size: int, entities: list[str], score_threshold: float
    ) -> list[list[SimpleNamespace]]:
        """Results for each text; a low score is kept as the library keeps one that is equal."""
        assert language == "en"
        assert batch_size > 1
        assert sorted(entities) == ["PERSON", "PHONE_NUMBER", "US_SSN"]
        kinds = (("Maria", "PERSON", 0.85), ("641-555-0126", "PHONE_NUMBER", score_threshold))
        return [
            [
                SimpleNamespace(start=m.start(), end=m.end(), entity_type=kind, score=score)
                for pattern, kind, score in kinds
                for m in re.finditer(pattern, text)
            ]
            for text in texts
        ]


def test_presidio_results_become_spans() -> None:
    """Names are sure at Presidio's score for them, telephone numbers uncertain at theirs."""
    text = "👩 Maria 641-555-0126"
    assert Presidio(Analyzer()).detect([text, ""]) == [
        [
            Span(2, 7, NAME, 0.85, Tier.REDACT, "presidio.PERSON"),
            Span(8, 20, TextCategory.CONTACT, 0.35, Tier.UNCERTAIN, "presidio.PHONE_NUMBER"),
        ],
        [],
    ]
    assert broken_promises(Presidio(Analyzer()), [text]) == []


def test_presidio_is_made_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its model is loaded by us, organizations are on, and lists of domains are not fetched."""
    domains = SimpleNamespace(suffix_list_urls=("somewhere",))
    pipeline = SimpleNamespace(pipe_labels={"ner": ["PERSON", "ORG", "DATE"], "tagger": ["NN"]})
    engine = SimpleNamespace(nlp=None)
    given: dict[str, Any] = {}

    def spacy_engine(**words: Any) -> Any:
        given.update(words)
        return engine

    modules(
        monkeypatch,
        spacy={"load": lambda name: pipeline},
        presidio_analyzer={
            "AnalyzerEngine": Analyzer,
            "BatchAnalyzerEngine": lambda analyzer_engine: analyzer_engine,
        },
        presidio_analyzer__nlp_engine={"SpacyNlpEngine": spacy_engine, "NerModelConfiguration": dict},
        tldextract__tldextract={"TLD_EXTRACTOR": domains},
        tldextract={},
    )
    assert presidio_detector("own").detect(["Maria"])[0]
    assert domains.suffix_list_urls == ()
    assert engine.nlp == {"en": pipeline}
    assert given["models"] == [{"lang_code": "en", "model_name": "own"}]
    settings = given["ner_model_configuration"]
    assert settings["labels_to_ignore"] == ["DATE", "NN"]
    assert settings["model_to_presidio_entity_mapping"]["ORG"] == "ORGANIZATION"


# -- GLiNER -----------------------------------------------------------------------------------------


class Prompted:
    """What the adapter needs of a GLiNER model."""

    def __init__(self, max_len: int = 384) -> None:
        self.config = SimpleNamespace(max_len=max_len)
        self.longest = 0

    @classmethod
    def from_pretrained(cls, path: str, *, local_files_only: bool) -> Prompted:
        """Load a model that is there."""
        assert local_files_only
        if path != "there":
            raise OSError(path)
        return cls()

    def inference(
        self, texts: list[str], labels: list[str], *, threshold: float, flat_ner: bool, batch_size: int
    ) -> list[list[dict[str, Any]]]:
        """Answers; a text that is longer than the model's limit is an error here, not silent."""
        assert labels == list(PROMPTS)
        assert flat_ner
        assert batch_size > 1
        self.longest = max(self.longest, *(len(re.findall(r"\w+|\S", text)) for text in texts))
        assert self.longest <= self.config.max_len
        return [
            [
                {"start": m.start(), "end": m.end(), "label": label, "score": score, "text": m[0]}
                for pattern, label, score in (("Maria", "person", 0.9), ("Vinton", "city or town", threshold))
                for m in re.finditer(pattern, text)
            ]
            for text in texts
        ]


def test_gliner_answers_become_spans() -> None:
    """What a prompt asked for has the prompt's category."""
    assert Gliner(Prompted()).detect([ANSWER]) == [
        [
            Span(*find("Maria", ANSWER), NAME, 0.9, Tier.REDACT, "gliner.person"),
            Span(*find("Vinton", ANSWER), PLACE, 0.3, Tier.UNCERTAIN, "gliner.city or town"),
        ]
    ]


def test_gliner_sees_long_texts_in_windows() -> None:
    """The model is never given more words than it looks at, and nothing is lost at the cuts."""
    model = Prompted(max_len=20)
    detector = Gliner(model)
    text = "I told her, well. " * 40 + "Maria of Vinton" + " and so on" * 40
    assert [text[s.start : s.end] for s in detector.detect([text])[0]] == ["Maria", "Vinton"]
    assert model.longest == 20
    assert broken_promises(detector, [ANSWER, text]) == []


def test_gliner_is_loaded_from_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local files only; a folder that holds no model is an error."""
    modules(monkeypatch, gliner={"GLiNER": Prompted})
    assert gliner_detector("there").detect(["Maria"])[0]
    with pytest.raises(DetectorError, match="no model 'elsewhere'"):
        gliner_detector("elsewhere")


# -- Hugging Face -----------------------------------------------------------------------------------


class Tensor:
    """What the adapter needs of a tensor."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    def float(self) -> Tensor:
        """As floats."""
        return self

    def numpy(self) -> Any:
        """As an array."""
        return self.values


class Tokenizer:
    """What the adapter needs of a fast tokenizer: tokens are up to three letters, or one character."""

    is_fast = True
    model_max_length = 10**30
    model_input_names = ("input_ids", "attention_mask")
    padding_side = "left"
    vocabulary = ("[PAD]", "[CLS]", "[SEP]")

    def __init__(self) -> None:
        self.longest = 0

    @classmethod
    def from_pretrained(cls, path: str, *, local_files_only: bool) -> Tokenizer:
        """Load a tokenizer that is there."""
        assert local_files_only
        if path != "there":
            raise OSError(path)
        return cls()

    def __call__(self, texts: list[str], *, max_length: int, stride: int, **flags: bool) -> dict[str, Any]:
        """Windows of texts, with the places of their tokens; two tokens of each are not of the text."""
        assert all(flags.values())
        result: dict[str, Any] = {
            "input_ids": [], "attention_mask": [], "offset_mapping": [], "overflow_to_sample_mapping": [],
        }  # fmt: skip
        size = max_length - 2
        for owner, text in enumerate(texts):
            text.encode("utf-8")  # as the library does
            tokens = list(re.finditer(r"\w{1,3}|\S", text))
            for first in range(0, max(len(tokens) - stride, 1), size - stride):
                own = tokens[first : first + size]
                # The model of this stand-in reads characters straight from the ids.
                ids = [1, *(hash_of(text, m) for m in own), 2]
                result["input_ids"].append(ids)
                result["attention_mask"].append([1] * len(ids))
                result["offset_mapping"].append([(0, 0), *(m.span() for m in own), (0, 0)])
                result["overflow_to_sample_mapping"].append(owner)
                self.longest = max(self.longest, len(ids))
        return result

    def pad(self, columns: dict[str, list[list[int]]], *, return_tensors: str) -> dict[str, Tensor]:
        """Rows filled up to one length."""
        assert return_tensors == "pt"
        assert self.padding_side == "right"
        width = max(map(len, columns["input_ids"]))
        return {
            name: Tensor([row + [0] * (width - len(row)) for row in rows]) for name, rows in columns.items()
        }


LABELS = ("O", "B-PER", "I-PER", "B-LOC", "MISC")
SCORES = {
    "Mar": (0.1, 0.6, 0.2, 0.1, 0.0),
    "Vin": (0.5, 0.1, 0.0, 0.4, 0.0),
    "She": (0.5, 0.0, 0.0, 0.0, 0.5),
}


def hash_of(text: str, match: re.Match[str]) -> int:
    """The id of a token."""
    return 3 + list(SCORES).index(match[0]) if match[0] in SCORES else 3 + len(SCORES)


class Classifier:
    """What the adapter needs of a model: ids to logits."""

    def __init__(self, labels: Sequence[str] = LABELS) -> None:
        self.config = SimpleNamespace(id2label=dict(enumerate(labels)), max_position_embeddings=34)
        self.rows: list[int] = []

    @classmethod
    def from_pretrained(cls, path: str, *, local_files_only: bool) -> Classifier:
        """Load a model that is there."""
        assert local_files_only
        if path == "other":
            raise ValueError(path)
        return cls()

    def eval(self) -> Classifier:
        """Not training."""
        return self

    def __call__(self, *, input_ids: Tensor, attention_mask: Tensor) -> SimpleNamespace:
        """Logits of each token."""
        assert input_ids.values.shape == attention_mask.values.shape
        self.rows.append(len(input_ids.values))
        known = np.log(np.array(list(SCORES.values())) + 1e-9)
        other = np.log(np.array([0.96, 0.01, 0.01, 0.01, 0.01]))
        # Tokens that are no part of a text look identifying, to see that they are passed over.
        table = np.stack([known[0], known[0], known[0], *known, other])
        return SimpleNamespace(logits=Tensor(table[input_ids.values]))


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a stand-in for torch in place."""

    @contextmanager
    def inference_mode() -> Iterator[None]:
        yield

    modules(monkeypatch, torch={"inference_mode": inference_mode})


@pytest.mark.usefixtures("torch")
def test_whole_words_are_found_by_their_likeliest_token() -> None:
    """A word has the score of all identifying labels together, of its best token."""
    detector = TokenClassifier(Tokenizer(), Classifier())
    assert detector.detect([ANSWER, "", "She"]) == [
        [
            Span(*find("Maria", ANSWER), NAME, 0.9, Tier.REDACT, "huggingface.NAME"),
            Span(*find("Vinton", ANSWER), PLACE, 0.5, Tier.UNCERTAIN, "huggingface.LOCATION"),
        ],
        [],
        [],
    ]


@pytest.mark.usefixtures("torch")
def test_words_side_by_side_are_one_span() -> None:
    """Words of one category join across white space, not across punctuation that is none of it."""
    text = "Maria Maria-Maria, Maria Vinton Maria's"
    found = TokenClassifier(Tokenizer(), Classifier()).detect([text])[0]
    assert [text[span.start : span.end] for span in found] == [
        "Maria Maria-Maria",
        "Maria",
        "Vinton",
        "Maria's",
    ]


@pytest.mark.usefixtures("torch")
def test_texts_longer_than_the_models_window_are_cut_with_overlap() -> None:
    """No window is longer than the model's limit, and what is found does not depend on the cuts."""
    tokenizer, model = Tokenizer(), Classifier()
    detector = TokenClassifier(tokenizer, model)
    text = "it was Maria and it was fine " * 100
    found = detector.detect([text, "x"])[0]
    assert [text[span.start : span.end] for span in found] == ["Maria"] * 100
    assert tokenizer.longest == 32
    assert max(model.rows) == 16
    assert broken_promises(detector, [ANSWER, text, "\ud83d Maria"] * 100) == []


@pytest.mark.usefixtures("torch")
def test_token_classifiers_are_loaded_from_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Local files only; what is not there, or is another kind of model, is an error."""
    modules(
        monkeypatch,
        transformers={"AutoTokenizer": Tokenizer, "AutoModelForTokenClassification": Classifier},
    )
    assert huggingface_detector("there").detect(["Maria"])[0]
    for path in ("elsewhere", "other"):
        monkeypatch.setattr(Tokenizer, "from_pretrained", lambda *_, **__: Tokenizer())
        if path == "elsewhere":
            monkeypatch.setattr(Classifier, "from_pretrained", failing_with(OSError(path)))
        else:
            monkeypatch.setattr(Classifier, "from_pretrained", failing_with(ValueError(path)))
        with pytest.raises(DetectorError, match=f"no model '{path}'"):
            huggingface_detector(path)


def failing_with(error: Exception) -> Any:
    """Raise it, whatever the arguments."""

    def call(*_: Any, **__: Any) -> Any:
        raise error

    return call


def test_token_classifiers_must_know_positions_and_labels() -> None:
    """A slow tokenizer gives no positions; labels without a meaning would find nothing."""
    slow = Tokenizer()
    slow.is_fast = False
    with pytest.raises(DetectorError, match="a tokenizer without positions"):
        TokenClassifier(slow, Classifier())
    with pytest.raises(DetectorError, match="none of its 2 labels"):
        TokenClassifier(Tokenizer(), Classifier(["LABEL_0", "LABEL_1"]))


# -- not installed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["spacy", "presidio", "huggingface", "gliner"])
def test_a_missing_library_is_missed_when_the_detector_is_made(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adapters load without their libraries; only making a detector needs them."""
    factories = {
        "spacy": (spacy_detector, "spacy"),
        "presidio": (presidio_detector, "presidio_analyzer"),
        "huggingface": (huggingface_detector, "transformers"),
        "gliner": (gliner_detector, "gliner"),
    }
    factory, library = factories[name]
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ModuleNotFoundError):
        factory("anything")
