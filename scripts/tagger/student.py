"""Training of the student: from gold labels, generated text, and what the teacher says of other text."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import torch
from scripts.tagger.data import LABELS, examples, seen, sequences
from scripts.tagger.network import Student, log_sum, marginals
from scripts.training.document import Document
from torch import Tensor, nn

from ppdarchive.detectors.tagger.features import N_PHRASES, Features
from ppdarchive.text.tokens import Hashes

_GATE = 0.3


@dataclass(frozen=True, slots=True)
class Vectors:
    """The shipped word vectors."""

    hashes: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.uint16]
    values: npt.NDArray[np.float32]

    @classmethod
    def read(cls, folder: Path) -> Vectors:
        """Read what `scripts.tagger.vectors` wrote."""
        values = np.load(folder / "vectors.npy").astype(np.float32) * np.load(folder / "vector-scale.npy")
        return cls(np.load(folder / "vector-hashes.npy"), np.load(folder / "vector-rows.npy"), values)

    def rows_of(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """The row of each word; 0 where it has none."""
        short = (hashes >> np.uint64(32)).astype(np.uint32)
        at = np.minimum(np.searchsorted(self.hashes, short), len(self.hashes) - 1)
        return np.where(self.hashes[at] == short, self.rows[at], 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts, and what the teacher says of each of their tokens, shape (n, len(LABELS))."""

    texts: list[str]
    targets: list[npt.NDArray[np.float32]]


def form_inputs(known: Features, vectors: Vectors) -> list[Tensor]:
    """What `Student.forms` takes."""
    forms = known.forms
    arrays = (
        vectors.rows_of(forms.hashes),
        forms.grams.astype(np.int64),
        forms.cases.astype(np.int64),
        forms.lengths.astype(np.int64),
        forms.lexicon,
    )
    return [torch.tensor(array) for array in arrays]


def _kinds(known: Features) -> Tensor:
    kinds = np.zeros((len(known.form_of), N_PHRASES), np.float32)
    kinds[known.in_phrase] = known.phrase_kinds
    return torch.tensor(kinds)


def train(
    student: Student,
    vectors: Vectors,
    draw: Callable[[Random, int], tuple[list[Document], Taught]],
    *,
    epochs: int,
    rate: float,
    seed: int,
    watch: Callable[[Student], None] | None = None,
    every: int = 3,
) -> None:
    """Train; prints the loss of each epoch."""
    rng = Random(seed)
    optimizer = torch.optim.AdamW(student.parameters(), lr=rate, weight_decay=0.01)
    done = total = 0
    for epoch in range(epochs):
        begin = time.monotonic()
        documents, taught = draw(rng, epoch)
        gold = examples(documents)
        _, tokens, known = seen([each.text for each in documents] + taught.texts)
        targets = np.concatenate((gold.targets, *taught.targets))
        given = form_inputs(known, vectors)
        form_of, positions, kinds = (
            torch.tensor(known.form_of),
            torch.tensor(known.positions.astype(np.int64)),
            _kinds(known),
        )
        batches = list(sequences(tokens, size=64, longest=60, rng=rng))
        total = total or len(batches) * epochs
        student.train()
        losses = 0.0
        for at, is_there in batches:
            pace = min(1.0, done / 200) * max(0.02, 1 - done / total)
            for group in optimizer.param_groups:
                group["lr"] = rate * pace
            done += 1
            where, there = torch.tensor(at), torch.tensor(is_there)
            own, form = torch.unique(form_of[where], return_inverse=True)
            forms = student.forms(*(each[own] for each in given))
            target = torch.tensor(targets[at])
            scores = student.scores(forms, form, positions[where], kinds[where], there)
            loss = chain_loss(student, scores, target, there) + _GATE * gate_loss(
                student, forms, form, target, there
            )
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimizer.step()
            losses += loss.item()
        print(
            f"student {epoch}: loss {losses / len(batches):.4f}, {time.monotonic() - begin:.0f} s", flush=True
        )
        if watch and (epoch % every == every - 1 or epoch == epochs - 1):
            watch(student)


def chain_loss(student: Student, scores: Tensor, target: Tensor, there: Tensor) -> Tensor:
    """The cross-entropy of the chain with targets that are independent of each other, per token.

    Where all labels are allowed the student's own view is the target, so that nothing is learned.
    """
    unsure = target.sum(2, keepdim=True) > 1.5
    target = torch.where(unsure, torch.softmax(scores.detach(), 2), target)
    total = log_sum(scores, there, student.steps, student.start, student.end)
    gained = ((target * scores).sum(2) * there).sum(1) + target[:, 0] @ student.start
    pair = torch.einsum("btj,btk,jk->bt", target[:, :-1], target[:, 1:], student.steps)
    last = there.sum(1).long() - 1
    gained = gained + (pair * there[:, 1:]).sum(1) + target[torch.arange(len(target)), last] @ student.end
    return (total - gained).sum() / there.sum()


def gate_loss(student: Student, forms: Tensor, form: Tensor, target: Tensor, there: Tensor) -> Tensor:
    """The cross-entropy of being part of a mention, told from the form alone, per token."""
    known = there * (target.sum(2) < 1.5)
    logits = student.may_identify(forms.detach())[form]
    losses = nn.functional.binary_cross_entropy_with_logits(
        logits, 1 - target[:, :, 0].clamp(0, 1), reduction="none"
    )
    return (losses * known).sum() / known.sum()


def probabilities(student: Student, vectors: Vectors, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """The probabilities of each token's labels, shape (n tokens, len(LABELS))."""
    student.eval()
    _, tokens, known = seen(texts)
    found = np.zeros((len(tokens), len(LABELS)), np.float32)
    with torch.no_grad():
        forms = student.forms(*form_inputs(known, vectors))
        form_of, positions, kinds = (
            torch.tensor(known.form_of),
            torch.tensor(known.positions.astype(np.int64)),
            _kinds(known),
        )
        for at, is_there in sequences(tokens, size=256, longest=200, rng=None):
            where, there = torch.tensor(at), torch.tensor(is_there)
            scores = student.scores(forms, form_of[where], positions[where], kinds[where], there)
            own = is_there > 0
            found[at[own]] = marginals(scores, there, student.steps, student.start, student.end).numpy()[own]
    return found
