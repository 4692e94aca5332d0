"""The tagger: its sums agree with enumeration, its windows with loops, and its spans with their texts."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ppdarchive.detectors.lexicon import phrases, words
from ppdarchive.detectors.tagger import tagger
from ppdarchive.detectors.tagger.chain import PIECE, marginals
from ppdarchive.detectors.tagger.decode import Thresholds, decode
from ppdarchive.detectors.tagger.detector import DATA
from ppdarchive.detectors.tagger.features import features
from ppdarchive.detectors.tagger.network import Network
from ppdarchive.model.span import Tier
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.tokens import Kind, tokens_of

Floats = npt.NDArray[np.float32]

ANSWERS = (
    "My coach Maria called every tues even when Jayden was colicky.",
    "the VA in iowa city never did",
    "THANK YOU SARAH",
    "",
    "\n\n",
    "I have hope.\nKay",
    "O'Brien, J.-P. & Sons of New Orleans; Zoë’s 🙂 12/3",
)
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(ANSWERS), st.text(max_size=30), st.lists(st.sampled_from(ANSWERS)).map(" ".join)
    ),
    max_size=6,
)
SCORES = hnp.arrays(np.float32, (5, 3), elements=st.floats(-6, 6, width=32))
STEPS = hnp.arrays(np.float32, (3, 3), elements=st.floats(-3, 3, width=32))


def enumerated(scores: Floats, steps: Floats) -> npt.NDArray[np.float64]:
    """The marginals of one chain, by adding up all its label sequences."""
    n, k = scores.shape
    total = np.zeros((n, k))
    for labels in product(range(k), repeat=n):
        score = sum(float(scores[at, label]) for at, label in enumerate(labels))
        score += sum(float(steps[pair]) for pair in pairwise(labels))
        for at, label in enumerate(labels):
            total[at, label] += np.exp(score)
    return total / total.sum(1, keepdims=True)


@given(SCORES, STEPS, st.integers(0, 5))
def test_marginals_are_those_of_all_label_sequences(scores: Floats, steps: Floats, cut: int) -> None:
    """Two chains, any of which may be empty."""
    chains = np.array([0] * cut + [1] * (5 - cut))
    found = marginals(scores, chains, steps)
    expected = [enumerated(own, steps) for own in (scores[:cut], scores[cut:]) if len(own)]
    np.testing.assert_allclose(found, np.concatenate(expected), atol=1e-4)


def test_a_long_chain_is_the_same_in_pieces() -> None:
    """Cutting changes no probability by more than a thousandth."""
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(5 * PIECE, 4)).astype(np.float32)
    steps = rng.normal(size=(4, 4)).astype(np.float32)
    forward = np.zeros((len(scores), 4))
    backward = np.zeros((len(scores), 4))
    forward[0], backward[-1] = scores[0], 0
    for at in range(1, len(scores)):
        forward[at] = np.logaddexp.reduce(forward[at - 1][:, None] + steps, axis=0) + scores[at]
    for at in reversed(range(len(scores) - 1)):
        backward[at] = np.logaddexp.reduce(steps + (scores[at + 1] + backward[at + 1])[None], axis=1)
    both = forward + backward
    expected = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    np.testing.assert_allclose(marginals(scores, np.zeros(len(scores)), steps), expected, atol=1e-3)


def one_by_one(network: Network, texts: list[str]) -> dict[int, Floats]:
    """The scores of every token, computed token by token and with no gate."""
    batch = TextBatch.of(texts)
    tokens = tokens_of(batch)
    known = features(batch, tokens, words(), phrases())
    small, forms = network.small, network._forms(known.forms)
    kinds = np.zeros((len(tokens), known.phrase_kinds.shape[1]), np.float32)
    kinds[known.in_phrase] = known.phrase_kinds
    reach, further_reach = len(small["first"]) // 2, len(small["second"]) // 2

    def near(at: int, reach: int) -> list[tuple[int, int]]:
        around = ((nth, at + nth - reach) for nth in range(2 * reach + 1))
        return [(n, i) for n, i in around if 0 <= i < len(tokens) and tokens.texts[i] == tokens.texts[at]]

    hidden = np.stack(
        [
            np.maximum(
                sum(forms[known.form_of[i]] @ small["first"][nth] for nth, i in near(at, reach))
                + small["positions"][known.positions[at]]
                + kinds[at] @ small["phrases"],
                0,
            )
            for at in range(len(tokens))
        ]
    )
    return {
        at: (
            np.maximum(
                sum(hidden[i] @ small["second"][nth] for nth, i in near(at, further_reach))
                + small["second_bias"],
                0,
            )
            + hidden[at]
        )
        @ small["last_hidden"]
        + forms[known.form_of[at]] @ small["last_form"]
        + small["last_bias"]
        for at in range(len(tokens))
    }


@given(
    st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=4).filter(
        lambda texts: any(map(str.strip, texts))
    )
)
@settings(max_examples=20)
def test_the_network_s_columns_are_a_loop_over_tokens(texts: list[str]) -> None:
    """Gathering, gaps between texts and leaving out plain words change nothing at the others."""
    network = Network.read(DATA)
    batch = TextBatch.of(texts)
    tokens = tokens_of(batch)
    at, scores = network.scores(features(batch, tokens, words(), phrases()), tokens)
    expected = one_by_one(network, texts)
    for token, own in zip(at.tolist(), scores, strict=True):
        np.testing.assert_allclose(own, expected[token], atol=1e-3)


@given(TEXTS)
def test_spans_lie_in_their_texts_whatever_the_batch(texts: list[str]) -> None:
    """Nothing is raised, and what is found in a text depends on it alone."""
    together = tagger().detect(texts)
    for text, spans in zip(texts, together, strict=True):
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        alone = tagger().detect([text])[0]
        assert [(s.start, s.end, s.category, s.tier) for s in alone] == [
            (s.start, s.end, s.category, s.tier) for s in spans
        ]
        assert [s.score for s in alone] == pytest.approx([s.score for s in spans], abs=1e-3)


@given(TEXTS)
def test_a_higher_threshold_covers_no_more(texts: list[str]) -> None:
    """What a strict tagger covers a lenient one covers too."""
    batch = TextBatch.of(texts)
    tokens = tokens_of(batch)
    at, chances = tagger().probabilities(batch, tokens)
    known = features(batch, tokens, words(), phrases())
    covered = []
    for threshold in (0.2, 0.7):
        runs = decode(
            batch, tokens, at, chances, known=known, thresholds=Thresholds(threshold, threshold, threshold)
        )
        pairs = zip(runs.first.tolist(), runs.last.tolist(), strict=True)
        covered.append({token for first, last in pairs for token in range(first, last + 1)})
    is_word = tokens.kinds != Kind.SIGN
    assert {token for token in covered[1] if is_word[token]} <= covered[0]


def test_what_is_plain_is_found_in_the_redact_tier() -> None:
    """A name, a place and nothing else, in three kinds of capitals."""
    text = "my coach Maria Lopez called from Minneapolis, Minnesota"
    for given_text in (text, text.upper(), text.lower()):
        spans = [span for span in tagger().detect([given_text])[0] if span.tier is Tier.REDACT]
        covered = [given_text[span.start : span.end].lower() for span in spans]
        assert covered[0] == "maria lopez"
        assert covered[1].startswith("minneapolis")


def test_programme_words_are_never_a_mention_by_themselves() -> None:
    """Words of the field, medications and demonyms stay."""
    texts = ["Zoloft", "PTSD", "MomMoodBooster", "the NICU", "American", "I take ZOLOFT for my PTSD"]
    assert tagger().detect(texts) == [[] for _ in texts]


def test_scores_do_not_depend_on_what_else_is_in_the_batch():
    """Alone, beside others and in another order: the same spans with the same scores."""
    texts = [
        "My coach Maria called from Iowa City.",
        "thank u taammie for everything, the griffith family",
        "Bell rang and mi suegra Jamie helped",
        "we moved from Fort Hood to Omaha so the VA lost my file",
    ] * 3
    alone = [tagger().detect([text])[0] for text in texts]
    assert tagger().detect(texts) == alone
    assert tagger().detect(texts[::-1]) == alone[::-1]
