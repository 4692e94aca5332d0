from random import Random

import pytest

from ppdarchive.synthetic.answers import question_ids
from ppdarchive.synthetic.grammar import Filling, parse, render
from ppdarchive.synthetic.identifiers import CATEGORIES
from ppdarchive.synthetic.resources import records, sections

WORDS = {"he": "she", "him": "her", "his": "her", "phe": "he", "hubby": "my husband"}


def say(template, seed=0, *, identifying=True):
    """Render a template in which every identifier is called Zed."""
    return render(
        parse(template),
        Random(seed),
        fill=lambda slot, rng: Filling("Zed", slot.upper(), "the " if slot == "unit" else ""),
        words=WORDS,
        identifying=identifying,
    )


def test_slot_without_words_is_planted():
    """A slot with no fallback becomes a span, and words before it stay outside."""
    draft = say("in {unit} now")
    assert draft.text == "in the Zed now"
    assert [draft.text[s.start : s.end] for s in draft.spans] == ["Zed"]


@pytest.mark.parametrize("seed", range(20))
def test_clean_reading_plants_nothing(seed):
    """Without leave to identify, optional slots say their words and closed alternatives are left out."""
    draft = say("ask [her|{coach}] about {baby~the baby}", seed, identifying=False)
    assert draft.text == "ask her about the baby"
    assert draft.spans == ()


@pytest.mark.parametrize(
    ("template", "text"),
    [("so [] good", "so good"), ("yes [] , no", "yes, no"), ("[] late", "late"), ("end []", "end")],
)
def test_gap_of_an_empty_alternative_is_closed(template, text):
    """An alternative that is empty leaves no double blank and none before a comma."""
    assert say(template).text == text


@pytest.mark.parametrize("template", ["[open", "closed]", "[a|b"])
def test_unmatched_bracket_is_refused(template):
    """A template whose brackets do not match is a defect and says so."""
    with pytest.raises(ValueError, match=r"bracket|closed"):
        parse(template)


def test_every_template_can_be_read():
    """All sentences of the resource parse, and a clean reading exists wherever one is drawn."""
    for title, lines in sections("answers.txt").items():
        parsed = [parse(line) for line in lines]
        if title.split()[0] in {*question_ids(), "ramble", "closer", "opener", "nothing", "es-short"}:
            assert any(sentence.can_be_clean for sentence in parsed), title


def test_sections_name_real_codes_and_categories():
    """Every code in the titles stands in the codebook, and every category has its asides."""
    codes = {record[0] for record in records("codes")}
    titles = [title.split() for title in sections("answers.txt")]
    coded = [words for words in titles if words[0] in {*question_ids(), "short", "es", "nothing"}]
    assert {words[-1] for words in coded} <= codes
    assert {words[1] for words in titles if words[0] == "aside"} == set(CATEGORIES)
