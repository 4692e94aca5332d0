"""The compiled rules: what ships is what the rules and lexicons make, and it is used where it fits."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from ppdarchive.detectors import lexicon
from ppdarchive.detectors.lexicon import Entry
from ppdarchive.detectors.phrases import Phrases, kept, rules, shipped
from ppdarchive.detectors.phrases.compiled import OFFSETS, Compiled
from ppdarchive.detectors.phrases.pattern import Pattern
from ppdarchive.detectors.phrases.symbols import Symbols

BUILD = Path(__file__).parents[2] / "scripts" / "phrases" / "build.py"


@pytest.fixture
def own_words():
    """The shipped lexicon with one more word."""
    return lexicon.add([Entry("Quillfeather", "given_name")], lexicon.words(), lexicon.phrases())[0]


@pytest.mark.skipif(not BUILD.exists(), reason="the builder is in the repository only")
def test_what_ships_is_what_the_rules_make():
    """Building again gives the same bytes."""
    spec = importlib.util.spec_from_file_location("build_phrases", BUILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    is_current = {path.name: path.read_bytes() for path in shipped.COMPILED.iterdir()} == module.build()
    assert is_current, "rules, lists or lexicons have changed: run `python scripts/phrases/build.py`"


def test_shipped_arrays_are_used_for_the_lexicon_they_were_made_for(own_words):
    """A lexicon with one word more has another origin."""
    assert shipped.origin(own_words) != shipped.origin(lexicon.words())
    assert shipped.shipped(own_words) is None


def test_a_change_of_the_rules_is_noticed(monkeypatch, tmp_path):
    """Where a file of rules says something else, or arrays are missing, none are loaded."""
    changed = tmp_path / "names.txt"
    changed.write_text("# another remark\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(shipped, "_TEXTS", (*shipped._TEXTS, changed))
        assert shipped.shipped(lexicon.words()) is None
    monkeypatch.setattr(shipped, "COMPILED", tmp_path)
    assert shipped.shipped(lexicon.words()) is None


def test_a_studys_own_words_take_part(own_words):
    """Rules over a study's lexicon find its names; those over the shipped one do not."""
    text = ["my neighbor quillfeather helped me"]
    assert Phrases(own_words).detect(text) != Phrases().detect(text)


def test_masks_say_which_words_a_pattern_can_meet():
    """A pattern's bit is set for the symbols of what can stand at a place around its anchor."""
    words = lexicon.words()
    arrays = Compiled.of(words)
    symbols = Symbols(arrays.columns, words)
    patterns = [Pattern.of(source) for rule in (*kept(), *rules()) for source in rule.patterns]
    n_words = arrays.masks.shape[1]
    for number, pattern in list(enumerate(patterns))[::9]:
        bit, word = divmod(number, n_words)
        for row, offset in zip(arrays.mask_of, OFFSETS, strict=True):
            on = (arrays.masks[row, word] >> np.uint64(bit)) & np.uint64(1)
            own = pattern.around()[offset]
            members = [np.frombuffer(symbols.members(each), np.uint8) for each in own or ()]
            expected = np.ones(symbols.count) if own is None else np.bitwise_or.reduce(members)
            assert (on == expected).all()
