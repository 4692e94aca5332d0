from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ppdarchive.synthetic.answers import answers_of
from ppdarchive.synthetic.coders import codings_of
from ppdarchive.synthetic.draft import Draft, Mark
from ppdarchive.synthetic.identifiers import CATEGORIES, misspelt
from ppdarchive.synthetic.noise import draw_habits, roughen
from ppdarchive.synthetic.people import draw_coach, draw_participant
from ppdarchive.synthetic.resources import records, sections
from ppdarchive.synthetic.shape import StudyShape, normal

SHAPE = StudyShape()
seeds = st.integers(0, 2**32)


def someone(seed, rank=10**6):
    """One participant and what she answers."""
    coaches = (draw_coach(Random(1), 1),)
    her = draw_participant(Random(seed), 1, of=1, coaches=coaches, answered=True, shape=SHAPE)
    return her, answers_of(her, Random(seed), rank=rank, shape=SHAPE)


@given(seeds)
def test_marks_lie_in_the_text(seed):
    """Spans and segments select something that is no blank at either end."""
    for draft in someone(seed)[1].values():
        for mark in (*draft.spans, *draft.segments):
            assert 0 <= mark.start < mark.end <= len(draft.text)
            chosen = draft.text[mark.start : mark.end]
            assert chosen == chosen.strip()


@given(seeds)
def test_spans_do_not_overlap(seed):
    """Two identifiers never share a character."""
    for draft in someone(seed)[1].values():
        spans = sorted(draft.spans)
        assert all(a.end <= b.start for a, b in pairwise(spans))


@given(st.integers(0, 35), seeds)
def test_each_category_is_planted_in_turn(rank, seed):
    """The first participants plant every category for certain, one after another."""
    answers = someone(seed, rank)[1]
    assert CATEGORIES[rank % len(CATEGORIES)] in {s.label for d in answers.values() for s in d.spans}


@given(seeds)
def test_own_names_stand_only_where_planted(seed):
    """An answer without spans never holds the baby's, partner's or coach's name as a name."""
    her, answers = someone(seed)
    words = " ".join(line for lines in sections("answers.txt").values() for line in lines).lower()
    for name in (her.baby_name, her.partner_name, her.coach.first_name):
        if not name or name.lower() in words:
            continue
        for draft in answers.values():
            if not draft.spans:
                assert name.lower() not in draft.text.lower().split()


@given(seeds)
def test_numbers_and_addresses_are_never_real(seed):
    """However an answer is typed, its e-mail addresses and numbers keep to the fictional ranges."""
    for draft in someone(seed)[1].values():
        for span in draft.spans:
            text = draft.text[span.start : span.end].lower()
            if "@" in text and "." in text.partition("@")[2]:
                assert text.endswith(("example.com", "example.org", "example.net"))
            if span.label == "IP":
                assert text.startswith(("192.0.2.", "198.51.100.", "203.0.113."))


@given(seeds)
def test_typing_keeps_the_letters_of_a_span(seed):
    """Slips and case change a planted name by a letter or two and never push it out of its span."""
    rng = Random(seed)
    draft = Draft("I told Josephine, because you asked.", (Mark(7, 16, "NAME"),))
    typed = roughen(draft, draw_habits(rng), rng)
    assert len(typed.spans) == 1
    chosen = typed.text[typed.spans[0].start : typed.spans[0].end].lower()
    assert len(set("josephine") & set(chosen)) >= 5


@given(seeds)
def test_codings_are_distinct_and_inside(seed):
    """Every coder's segments are not empty, lie in the text and are coded with codes of the codebook."""
    codes = {record[0] for record in records("codes")}
    for draft in someone(seed)[1].values():
        found = codings_of(draft, "r", Random(seed))
        assert len(set(found)) == len(found)
        assert all(0 <= c.start < c.end <= len(draft.text) and c.code_id in codes for c in found)


@given(st.sampled_from(["Ana", "Grace", "Isabella", "Will"]), seeds)
def test_misspelt_name_is_not_empty(name, seed):
    """A name written by ear keeps its first letter and most of its length."""
    wrong = misspelt(name, Random(seed))
    assert wrong[0] == name[0]
    assert abs(len(wrong) - len(name)) <= 1


@settings(max_examples=5)
@given(seeds)
def test_near_normal_numbers_have_mean_and_spread(seed):
    """A thousand draws have about the mean and the deviation that were asked for."""
    rng = Random(seed)
    drawn = [normal(rng, 10.0, 2.0) for _ in range(1000)]
    mean = sum(drawn) / 1000
    assert abs(mean - 10) < 0.4
    assert abs((sum((x - mean) ** 2 for x in drawn) / 1000) ** 0.5 - 2) < 0.3
