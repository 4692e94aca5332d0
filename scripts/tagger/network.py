"""The student's network, in torch; `ppdarchive.detectors.tagger.network` computes the same without."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ppdarchive.detectors.tagger.features import (
    GRAM_BITS,
    N_CASES,
    N_GRAMS,
    N_LENGTHS,
    N_LEXICON,
    N_PHRASES,
    N_POSITIONS,
)


class Student(nn.Module):
    """Forms -> vectors; windows of vectors -> scores of labels.

    Parameters
    ----------
    vectors : ndarray of float32, shape (v, d)
        Pretrained, of words; the first row is that of unknown words.
    n_labels : int
    """

    def __init__(
        self,
        vectors: npt.NDArray[np.float32],
        n_labels: int,
        *,
        width: int = 64,
        hidden: int = 64,
        gram_width: int = 12,
        reach: int = 2,
        second_reach: int = 2,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.vectors = nn.Embedding.from_pretrained(torch.tensor(vectors), freeze=True)
        self.unknown = nn.Parameter(torch.zeros(vectors.shape[1]))
        self.grams = nn.Embedding(N_GRAMS << GRAM_BITS, gram_width)
        nn.init.normal_(self.grams.weight, 0, 0.1)
        self.cases = nn.Embedding(N_CASES, 8)
        self.lengths = nn.Embedding(N_LENGTHS, 4)
        self.form = nn.Linear(vectors.shape[1] + N_GRAMS * gram_width + 12 + N_LEXICON, width)
        self.reach, self.second_reach = reach, second_reach
        self.first = nn.Linear(width * (2 * reach + 1), hidden)
        self.positions = nn.Embedding(N_POSITIONS, hidden)
        nn.init.normal_(self.positions.weight, 0, 0.1)
        self.phrases = nn.Linear(N_PHRASES, hidden, bias=False)
        self.second = nn.Linear(hidden * (2 * second_reach + 1), hidden)
        self.last = nn.Linear(hidden + width, n_labels)
        self.gate = nn.Linear(width, 1)
        self.steps = nn.Parameter(torch.zeros(n_labels, n_labels))
        self.start = nn.Parameter(torch.zeros(n_labels))
        self.end = nn.Parameter(torch.zeros(n_labels))
        self.dropout = nn.Dropout(dropout)
        self.form_dropout = nn.Dropout(0.15)
        self.gram_loss, self.word_loss, self.vector_loss = 0.15, 0.6, 0.15

    def forms(self, rows: Tensor, grams: Tensor, cases: Tensor, lengths: Tensor, lexicon: Tensor) -> Tensor:
        """The vector of each form, shape (f, width)."""
        vector = torch.where((rows == 0)[:, None], self.unknown, self.vectors(rows))
        gram = self.grams(grams + (torch.arange(N_GRAMS) << GRAM_BITS))
        if self.training:
            keep = (torch.rand(gram.shape[:2]) > self.gram_loss).float()
            keep[:, 0] *= (torch.rand(len(gram)) > self.word_loss).float()
            gram = gram * keep[:, :, None]
            lost = (torch.rand(len(vector)) < self.vector_loss)[:, None]
            vector = torch.where(lost, self.unknown, vector)
        known = torch.cat([vector, gram.flatten(1), self.cases(cases), self.lengths(lengths), lexicon], 1)
        return torch.relu(self.form(self.form_dropout(known)))

    def scores(
        self, forms: Tensor, form_of: Tensor, positions: Tensor, kinds: Tensor, is_there: Tensor
    ) -> Tensor:
        """The scores of each token's labels, shape (b, t, n_labels).

        Parameters
        ----------
        forms : Tensor, shape (f, width)
        form_of, positions : Tensor of int, shape (b, t)
        kinds : Tensor, shape (b, t, N_PHRASES)
        is_there : Tensor, shape (b, t)
        """
        there = is_there[:, :, None]
        vector = self.dropout(forms[form_of] * there)
        hidden = torch.relu(
            self.first(_window(vector, self.reach)) + self.positions(positions) + self.phrases(kinds)
        )
        hidden = self.dropout(hidden * there)
        further = torch.relu(self.second(_window(hidden, self.second_reach))) + hidden
        scores: Tensor = self.last(torch.cat([self.dropout(further), vector], 2))
        return scores

    def may_identify(self, forms: Tensor) -> Tensor:
        """How likely each form is part of a mention, whatever stands around it; logits, shape (f,)."""
        logits: Tensor = self.gate(forms)
        return logits[:, 0]


def _window(vectors: Tensor, reach: int) -> Tensor:
    padded = nn.functional.pad(vectors, (0, 0, reach, reach))
    return torch.cat([padded[:, at : at + vectors.shape[1]] for at in range(2 * reach + 1)], 2)


def log_sum(scores: Tensor, is_there: Tensor, steps: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """The logarithm of the summed weights of all label sequences, shape (b,)."""
    reached = scores[:, 0] + start
    for at in range(1, scores.shape[1]):
        further = torch.logsumexp(reached[:, :, None] + steps, 1) + scores[:, at]
        reached = torch.where(is_there[:, at, None] > 0, further, reached)
    return torch.logsumexp(reached + end, 1)


def marginals(scores: Tensor, is_there: Tensor, steps: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """The probability of each label at each token, shape (b, t, n_labels)."""
    width = scores.shape[1]
    weights, step = torch.exp(scores - scores.amax(2, keepdim=True)), torch.exp(steps)
    forward = [weights[:, 0] * torch.exp(start)]
    for at in range(1, width):
        further = (forward[-1] @ step) * weights[:, at]
        further = further / further.sum(1, keepdim=True)
        forward.append(torch.where(is_there[:, at, None] > 0, further, forward[-1]))
    backward = torch.exp(end).expand(len(scores), -1)
    found: list[Tensor] = []
    for at in reversed(range(width)):
        both = forward[at] * backward
        found.append(both / both.sum(1, keepdim=True))
        before = (weights[:, at] * backward) @ step.T
        before = before / before.sum(1, keepdim=True)
        backward = torch.where(is_there[:, at, None] > 0, before, backward)
    return torch.stack(found[::-1], 1)
