"""A Hugging Face token classifier as a detector; an extra (``ppdarchive[huggingface]``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ppdarchive.detectors.plugins.meaning import Meaning
from ppdarchive.detectors.plugins.windows import whole_characters
from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory

REDACT: Final = 0.7
UNCERTAIN: Final = 0.35
_TOKENS: Final = 512
"""Tokens of a window at most, the model's own limit permitting."""
_WINDOWS: Final = 16
"""Windows that the model sees at once."""
_TEXTS: Final = 256
"""Texts whose windows are made at once, so that memory does not grow with the texts."""
_WORD: Final = re.compile(r"\w+(?:['’.-]\w+)*|[^\w\s]+")

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, repr=False)
class _Window:
    """Some tokens of one text: what the model is given, and where each token stands in the text."""

    owner: int
    inputs: Mapping[str, list[int]]
    places: tuple[tuple[int, int], ...]


class TokenClassifier:
    """Finds the words to which a token classifier gives identifying labels.

    A word's score is the probability that its label is one that means something here, whichever,
    of its most likely token; its category is the most likely of them. So a word that is torn between
    two kinds of name is still found, and no word is found in half. Words side by side with the same
    category are one span.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
    model : transformers.PreTrainedModel
        With a head for token classification.
    labels : mapping of str to TextCategory, optional
        Meanings of labels that go before the table's (`meaning.LABELS`).

    Raises
    ------
    DetectorError
        If none of its labels means anything here, or the tokenizer knows no positions.
    """

    name: Final = "huggingface"

    def __init__(
        self, tokenizer: Any, model: Any, *, labels: Mapping[str, TextCategory] | None = None
    ) -> None:
        if not tokenizer.is_fast:
            raise DetectorError("detector.unusable", name=self.name, kind="a tokenizer without positions")
        names = [model.config.id2label[number] for number in range(len(model.config.id2label))]
        meant = Meaning.of(self.name, names, labels, redact=REDACT, uncertain=UNCERTAIN).categories
        self._kinds: Final = sorted(set(meant.values()))
        self._meaning = Meaning(self.name, {kind: kind for kind in self._kinds}, REDACT, UNCERTAIN)
        self._columns: Final = [
            [number for number, name in enumerate(names) if meant.get(name) is kind] for kind in self._kinds
        ]
        self._tokenizer, self._model = tokenizer, model
        tokenizer.padding_side = "right"
        # Some models keep the first two positions for themselves.
        positions = getattr(model.config, "max_position_embeddings", _TOKENS) - 2
        self._n_tokens = int(min(_TOKENS, tokenizer.model_max_length, positions))

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the identifying words of each text."""
        found: list[list[Span]] = []
        for first in range(0, len(texts), _TEXTS):
            found += self._found([whole_characters(text) for text in texts[first : first + _TEXTS]])
        return found

    def _found(self, texts: list[str]) -> list[list[Span]]:
        best = [np.zeros((len(text), len(self._kinds) + 1), np.float32) for text in texts]
        # Windows of about one length together, so that little is filled up.
        windows = sorted(self._windows(texts), key=lambda window: len(window.places))
        for first in range(0, len(windows), _WINDOWS):
            batch = windows[first : first + _WINDOWS]
            for window, scores in zip(batch, self._scores(batch), strict=True):
                own = best[window.owner]
                for (start, end), score in zip(window.places, scores, strict=False):
                    if start < end:
                        np.maximum(own[start:end], score, out=own[start:end])
        return [
            self._meaning.spans(text, self._joined(text, scores))
            for text, scores in zip(texts, best, strict=True)
        ]

    def _windows(self, texts: list[str]) -> Iterator[_Window]:
        if not any(texts):
            return
        encoded = self._tokenizer(
            texts,
            truncation=True,
            max_length=self._n_tokens,
            stride=self._n_tokens // 4,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
        )
        given = [name for name in self._tokenizer.model_input_names if name in encoded]
        for number, owner in enumerate(encoded["overflow_to_sample_mapping"]):
            yield _Window(
                owner,
                {name: encoded[name][number] for name in given},
                tuple((start, end) for start, end in encoded["offset_mapping"][number]),
            )

    def _scores(self, windows: list[_Window]) -> Scores:
        """The probability of each kind, and of any, for each token of each window.

        Returns
        -------
        ndarray of float32, shape (n_windows, n_tokens, n_kinds + 1)
        """
        torch = import_module("torch")
        names = list(windows[0].inputs)
        padded = self._tokenizer.pad(
            {name: [window.inputs[name] for window in windows] for name in names},
            return_tensors="pt",
        )
        with torch.inference_mode():
            logits = self._model(**{name: padded[name] for name in padded}).logits.float().numpy()
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        probabilities = powers / powers.sum(axis=-1, keepdims=True)
        kinds = [probabilities[..., columns].sum(axis=-1) for columns in self._columns]
        return np.stack([*kinds, np.sum(kinds, axis=0)], axis=-1).astype(np.float32)

    def _joined(self, text: str, scores: Scores) -> Iterator[tuple[int, int, str, float]]:
        """Words of one kind side by side, with the score of the best of them."""
        start = end = 0
        best, last = 0.0, -1
        for match in _WORD.finditer(text):
            own = scores[match.start() : match.end()].max(axis=0)
            score, kind = float(own[-1]), int(own[:-1].argmax())
            if score < UNCERTAIN:
                kind = -1
            if kind != last:
                if last >= 0:
                    yield start, end, self._kinds[last], best
                start, best, last = match.start(), 0.0, kind
            end, best = match.end(), max(best, score)
        if last >= 0:
            yield start, end, self._kinds[last], best


def huggingface_detector(argument: str) -> TokenClassifier:
    """Make the detector of a token classifier in a local folder; nothing is downloaded.

    Parameters
    ----------
    argument : str
        The folder's path.

    Raises
    ------
    DetectorError
        If there is no such model.
    ModuleNotFoundError
        If transformers or torch is not installed.
    """
    transformers = import_module("transformers")
    import_module("torch")
    tokenizer = model = None
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(argument, local_files_only=True)
        model = transformers.AutoModelForTokenClassification.from_pretrained(argument, local_files_only=True)
    except (OSError, ValueError):  # what is no model of a kind that is known is a ValueError
        pass
    if model is None:
        raise DetectorError("detector.model", name=TokenClassifier.name, what=argument)
    return TokenClassifier(tokenizer, model.eval())
