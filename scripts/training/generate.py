"""Generate labelled informal English, as people type it.

Run `python -m scripts.training.generate 10000 --seed 1 > documents.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from scripts.training.document import Document
from scripts.training.draws import DRAWS
from scripts.training.grammar import Grammar, Joints, say
from scripts.training.names import TEMPLATES
from scripts.training.noise import roughen

SHARED: Final = ("entities", "negatives", "words")
"""Template files whose sections every genre sees."""
LISTS: Final = ("lists", "rare")
"""Files of names and words that are drawn by `draws.py`."""

WEIGHTS: Final[Mapping[str, float]] = {
    "survey": 4.0, "email": 3.0, "review": 3.0, "forum": 3.0, "tweet": 1.5, "news": 2.0, "weblog": 2.0,
    "newsgroup": 1.5, "business": 1.5, "spanish": 0.5,
}  # fmt: skip
"""How often a genre is drawn; 1 for those that are not named."""

_JOINTS: Final = (
    (".", " ", 10), ("", " ", 2), (",", " ", 2), ("!", " ", 1), (".", "  ", 2), (".", "\n", 2), ("", "\n", 2),
    ("...", " ", 1), (" -", " ", 1), (" and", " ", 1), (";", " ", 1), (".", "\n\n", 1), ("", "\n- ", 1),
)  # fmt: skip
_PADDINGS: Final = (0.0, 0.3, 0.5, 0.5, 0.7, 0.85)
_HABITS: Final = [
    Joints(stop, gap, padding) for stop, gap, times in _JOINTS for _ in range(times) for padding in _PADDINGS
]
_DETERMINER: Final = re.compile(r"[Tt][Hh][Ee] (?=[\w'])(?!Hague\b|Dalles\b)")


@cache
def grammar() -> Grammar:
    """The templates of this package, read once."""
    return Grammar.load(TEMPLATES, shared=SHARED, lists=LISTS, draws=DRAWS)


def generate(n: int, seed: int, *, rough: bool = True) -> Iterator[Document]:
    """Generate documents.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        The same seed gives the same documents.
    rough : bool
        Whether most are typed as people type; otherwise all are clean.

    Yields
    ------
    Document
        Of a genre by its weight. None is empty.
    """
    rng = Random(seed)
    templates = grammar()
    genres = templates.genres()
    sums = list(accumulate(WEIGHTS.get(genre, 1.0) for genre in genres))
    made = 0
    while made < n:
        genre = rng.choices(genres, cum_weights=sums)[0]
        document = tidied(say(templates, genre, rng, rng.choice(_HABITS)), rng)
        if rough:
            document = roughen(document, rng)
        if document.text:
            made += 1
            yield document


_STARTS: Final = re.compile(r"(?:^|(?<=[.!?] )|(?<=\n))[a-z](?=[a-z' ])|\bi(?=['’ ]|$)")


def tidied(document: Document, rng: Random) -> Document:
    """Give most documents capitals where sentences start; leave "the" and loose signs out of spans."""
    text = document.text
    spans = []
    for place, end, label in document.spans:
        the = _DETERMINER.match(text, place, end)
        start = the.end() if the else place
        core = text[start:end].strip(" ,-")
        start = text.index(core, start)
        if core:
            spans.append((start, start + len(core), label))
    if rng.random() < 0.7:
        kept = {start for start, _, label in spans if label in ("CONTACT", "ID")}
        text = _STARTS.sub(lambda m: m[0] if m.start() in kept else m[0].upper(), text)
    return Document(text, spans, document.genre, document.ignored)


def as_json(document: Document) -> str:
    """One line of JSON: text, spans, genre, ignored."""
    return json.dumps(
        {
            "text": document.text,
            "spans": document.spans,
            "genre": document.genre,
            "ignored": list(document.ignored),
        },
        ensure_ascii=False,
    )


def main() -> None:
    """Write documents as lines of JSON."""
    parser = argparse.ArgumentParser(description="Write labelled informal English as lines of JSON.")
    parser.add_argument("n", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--clean", action="store_true", help="no slips, no odd capitals")
    options = parser.parse_args()
    for document in generate(options.n, options.seed, rough=not options.clean):
        sys.stdout.write(as_json(document) + "\n")


if __name__ == "__main__":
    main()
