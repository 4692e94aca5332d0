"""The adapters over the libraries themselves, where they are installed, with models that the tests make."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ppdarchive.detectors.plugins import broken_promises, load_plugins
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import TextCategory

ANSWER = "Zoë’s coach 👩‍👧 was Maria of Vinton; call 641-555-0126 or write to maria@example.org."
LONG = "it was fine " * 3000 + "Maria" + " and so on" * 3000

pytestmark = pytest.mark.filterwarnings("ignore")


def found(detector: Any, text: str) -> set[tuple[str, str]]:
    """The words that are found in a text, with their categories."""
    return {(text[s.start : s.end], str(s.category)) for s in detector.detect([text])[0]}


@pytest.fixture
def spacy_model(tmp_path: Path) -> Path:
    """Return a small spaCy model that knows two entities, saved on disk."""
    spacy = pytest.importorskip("spacy")
    pipeline = spacy.blank("en")
    rules = pipeline.add_pipe("entity_ruler")
    rules.add_patterns(
        [{"label": "PERSON", "pattern": "Maria"}, {"label": "GPE", "pattern": [{"LOWER": "vinton"}]}]
    )
    (tmp_path / "models").mkdir()
    pipeline.to_disk(tmp_path / "models/small")
    return tmp_path


def test_spacy_finds_entities(spacy_model: Path) -> None:
    """A model's folder in the study is loaded, positions are code points, and long texts are cut."""
    (detector,) = load_plugins(["spacy:models/small"], folder=spacy_model)
    assert found(detector, ANSWER) == {("Maria", "NAME"), ("Vinton", "LOCATION")}
    assert found(detector, LONG) == {("Maria", "NAME")}
    assert broken_promises(detector, [ANSWER] * 70) == []


def test_spacy_models_that_are_missing_are_not_fetched() -> None:
    """A model that is not installed is an error."""
    pytest.importorskip("spacy")
    with pytest.raises(DetectorError, match="no model 'xx_no_such_model'"):
        load_plugins(["spacy:xx_no_such_model"])


def test_a_statistical_recognizer_runs_alone(tmp_path: Path) -> None:
    """Components that the recognizer does not need are switched off, and it still finds the same."""
    spacy = pytest.importorskip("spacy")
    training = pytest.importorskip("spacy.training")
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("ner").add_label("PERSON")
    sample = training.Example.from_dict(pipeline.make_doc("I told Maria"), {"entities": [(7, 12, "PERSON")]})
    optimizer = pipeline.initialize(lambda: [sample])
    for _ in range(30):
        pipeline.update([sample], sgd=optimizer)
    (tmp_path / "models").mkdir()
    pipeline.to_disk(tmp_path / "models/learned")
    (detector,) = load_plugins(["spacy:models/learned"], folder=tmp_path)
    assert detector._detector._pipeline.pipe_names == ["ner"]  # type: ignore[attr-defined]
    assert ("Maria", "NAME") in found(detector, "I told Maria")


def test_presidio_finds_its_entities(spacy_model: Path) -> None:
    """Its patterns and the model under it are heard, and no list is fetched for e-mail addresses."""
    pytest.importorskip("presidio_analyzer")
    (detector,) = load_plugins(["presidio:models/small"], folder=spacy_model)
    words = found(detector, ANSWER)
    assert {("Maria", "NAME"), ("Vinton", "LOCATION"), ("maria@example.org", "CONTACT")} <= words
    assert ("641-555-0126", "CONTACT") in words
    assert broken_promises(detector, [ANSWER] * 3) == []


def random_classifier(folder: Path, labels: list[str], positions: int = 40) -> None:
    """Save a tiny token classifier whose weights nobody trained."""
    tokenizers = pytest.importorskip("tokenizers")
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    torch.manual_seed(1)
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.,;'@-"]
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters, *(f"##{letter}" for letter in letters)]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, "maria", "vinton", "coach"])}
    inner = tokenizers.Tokenizer(tokenizers.models.WordPiece(vocabulary, unk_token="[UNK]"))
    inner.normalizer = tokenizers.normalizers.BertNormalizer()
    inner.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    inner.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16, max_position_embeddings=positions,
        id2label=dict(enumerate(labels)), label2id={label: n for n, label in enumerate(labels)},
    )  # fmt: skip
    model = transformers.BertForTokenClassification(config)
    # Weights are random, but a word must be seen to be found: "maria" points at the second label.
    with torch.no_grad():
        model.bert.embeddings.word_embeddings.weight[vocabulary["maria"]] *= 100
        model.classifier.weight.zero_()
        hidden = model.eval()(**tokenizer(["maria"], return_tensors="pt"), output_hidden_states=True)
        direction = hidden.hidden_states[-1][0, 1]
        model.classifier.weight[1] = direction
        model.classifier.bias[0] = float(direction @ direction) * 0.8
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


def test_a_token_classifier_finds_words(tmp_path: Path) -> None:
    """A classifier's folder is loaded; texts longer than its window are cut, and odd ones looked at."""
    random_classifier(tmp_path / "models/tiny", ["O", "B-PER", "I-PER", "B-LOC"])
    (detector,) = load_plugins(["huggingface:models/tiny"], folder=tmp_path)
    assert ("Maria", "NAME") in found(detector, ANSWER)
    assert ("Maria", "NAME") in found(detector, LONG[30_000:42_000])
    assert broken_promises(detector, [ANSWER] * 20) == []


def test_a_classifier_without_known_labels_is_refused(tmp_path: Path) -> None:
    """LABEL_0 says nothing; a folder without a model is no model."""
    random_classifier(tmp_path / "models/tiny", ["LABEL_0", "LABEL_1"])
    with pytest.raises(DetectorError, match="none of its 2 labels"):
        load_plugins(["huggingface:models/tiny"], folder=tmp_path)
    (tmp_path / "models/empty").mkdir()
    with pytest.raises(DetectorError, match="no model"):
        load_plugins(["huggingface:models/empty"], folder=tmp_path)


def test_gliner_answers(tmp_path: Path) -> None:
    """A model's folder is loaded and asked; with weights that nobody trained any answer is right."""
    gliner = pytest.importorskip("gliner")
    random_classifier(tmp_path / "encoder", ["O", "B-PER"], positions=512)
    config = {
        "model_name": str(tmp_path / "encoder"), "max_len": 60, "max_width": 4, "hidden_size": 16,
        "fine_tune": True, "subtoken_pooling": "first", "span_mode": "markerV0", "dropout": 0.0,
        "num_post_fusion_layers": 0, "has_rnn": True,
    }  # fmt: skip
    (tmp_path / "gliner_config.json").write_text(json.dumps(config))
    model = gliner.GLiNER.from_config(str(tmp_path / "gliner_config.json"), backbone_from_pretrained=False)
    model.save_pretrained(str(tmp_path / "models/prompted"))
    (detector,) = load_plugins(["gliner:models/prompted"], folder=tmp_path)
    for own in detector.detect([ANSWER, "", LONG[:2000]]):
        assert all(span.category in set(TextCategory) for span in own)
