"""A batch is its texts folded end to end, with the way back into each."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from ppdarchive.text.batch import SEPARATOR, TextBatch
from ppdarchive.text.fold import fold

TEXTS = st.lists(
    st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aB' ßﬁŉİ\u00ad\u0301\x00\x01\n’ＡĀ\ud800"))),
    max_size=6,
)


@given(TEXTS)
@example(["", "", ""])
@example(["a\x00b", "ß"])
def test_a_batch_is_each_text_folded(texts: list[str]) -> None:
    """What stands between two starts is a text's own fold, and a separator."""
    batch = TextBatch.of(texts)
    assert batch.folded == "".join(fold(text).text + SEPARATOR for text in texts)
    assert batch.folded.count(SEPARATOR) == len(texts)
    own = [batch.folded[a:b] for a, b in zip(batch.starts[:-1], batch.starts[1:], strict=True)]
    assert own == [fold(text).text + SEPARATOR for text in texts]
    assert list(batch) == texts
    assert [chr(code) for code in batch.lower] == list(batch.folded)
    assert len(batch.cased) == len(batch.lower)


@given(TEXTS, st.data())
def test_a_place_is_the_one_that_the_text_s_own_fold_tells(texts: list[str], data: st.DataObject) -> None:
    """Ranges map back as `Folded.original` maps them."""
    batch = TextBatch.of(texts)
    places, expected = [], []
    for at, text in enumerate(texts):
        folded = fold(text)
        if folded.text:
            start = data.draw(st.integers(0, len(folded.text) - 1))
            end = data.draw(st.integers(start + 1, len(folded.text)))
            places.append((batch.starts[at] + start, batch.starts[at] + end))
            expected.append((at, *folded.original(start, end)))
    starts, ends = (np.array([place[side] for place in places], np.int64) for side in (0, 1))
    assert list(zip(*(column.tolist() for column in batch.places(starts, ends)), strict=True)) == expected
    assert [batch.place(int(a), int(b)) for a, b in places] == expected


def test_capitals_are_kept_beside_the_folded_form() -> None:
    """`cased` differs from `lower` in capitals alone."""
    batch = TextBatch.of(["McKay", "ÉMILE", "ﬁSH"])
    assert "".join(map(chr, batch.cased)) == "McKay\x00EMILE\x00fiSH\x00"
    assert batch.folded == "mckay\x00emile\x00fish\x00"


def test_a_batch_of_a_batch_is_the_batch() -> None:
    """Folding is done once."""
    batch = TextBatch.of(["a"])
    assert TextBatch.of(batch) is batch
    assert repr(batch) == "TextBatch(1 texts)"
