"""What people do, belong to and went through: what the phrases find of it, and what they leave."""

from __future__ import annotations

import pytest

from ppdarchive.detectors.phrases import Phrases
from ppdarchive.model.span import Tier

PHRASES = Phrases()
CASINGS = {"as written": str, "small": str.lower, "capitals": str.upper}

# Every row in any case.
FOUND = {
    "PROFESSION": r"""
        my wife is a <sword maker> and gone a lot
        i'm a <professional whistler>
        she's a <competitive axe thrower>
        he works as a <snake milker>
        my brother in law is a <hand model>
        i used to be an <elephant keeper>
        working as a <cheese sculptor> i travel
        i went back to being the <town clerk>
        he is a <chimney sweep>
        my mom is a <harpist with the symphony>
        he's a <rodeo announcer> so we move
        as a <death row chaplain> i see a lot
        she was an <oil rig worker>
        i was a <submarine sonar tech>
        my dad is the <sheriff's deputy>
        trabajo de <locutora>
        mi esposo es <alcalde de un pueblo>
    """,
    "OTHER": r"""
        <my husband was killed in the Elmwood shooting>
        <our dog saved the baby and got a medal from the governor>, really
        <i was on the news for saving a goat>. so
        <i delivered my own baby during the blizzard>
        <my picture was in the newspaper when i came home>
        and <my twins were born on different days and it made the news>
        <they wrote a song about my uncle> and
        <i testified against my commander>
        i am tired because <we were in the documentary about the dam> so i hide
        <she was in a commercial for diapers once>. ok
    """,
    "ORGANIZATION": r"""
        our <rotary club of tulsa> gave diapers
        we joined <vfw post 1234>
        i met her at <la leche league in duluth>
        she joined a group called <lonely otters> because
        he was laid off from <wexler quarry foods> then
        i volunteered with <harbor hounds>
        <irs office in tulsa> called
    """,
}

LEFT = r"""
    being a mother is hard and being a single mom is harder
    as a combat veteran i struggle
    i was a stay at home mom
    he is a great provider
    i'm a mess and a worrier
    i am a night shift nurse
    i am a military police officer
    as a phone coach she was great
    my coach was a great listener and a lifesaver
    the program was a game changer
    my husband is a truck driver
    i worked as a waitress
    as a last resort
    i used it as a conversation starter
    as a team we did it
    i got a job as a cashier
    i'm an introvert and a people pleaser
    he is a good feeder and a belly sleeper
    i'm a breast cancer survivor
    it is a mood tracker and a symptom checker
    my nurse was the one who called me
    she was the only one who came over
    the first person who helped me
    i watch the news
    i wrote about it in my journal
    the ladies from church
    the girls from work
    the women from my church
    i learned about it through the military
    i heard about it through word of mouth
    the new moms class and the military wives group
    other moms get it
    my moms group helped
    my coach has helped
    i quit smoking and i quit my job
    i left my husband
    he left because
    she works for the county
    on my break at work
    my boss at the store
"""
RULES = {
    f"phrases.{name}"
    for name in (
        *("rare-job", "rare-job-place", "only-one", "news", "namesake", "feat", "disaster", "court"),
        *("local-group", "work-perhaps", "group", "group-perhaps", "listed-organization", "work-at"),
    )
}


def rows(table):
    """The lines of a table."""
    return [line.strip() for line in table.strip().splitlines()]


def covered(text, spans):
    """A text with marks around what any of some spans covers."""
    masked = {at for span in spans for at in range(span.start, span.end)}
    marks = []
    for at, sign in enumerate([*text, ""]):
        if (at in masked) != (at - 1 in masked):
            marks.append("<" if at in masked else ">")
        marks.append(sign)
    return "".join(marks)


@pytest.mark.parametrize("casing", CASINGS)
@pytest.mark.parametrize("category", FOUND)
def test_what_tells_who_it_is_is_found(category, casing):
    """Occupations, stories and groups are covered from their first word to their last."""
    change = CASINGS[casing]
    wrong = []
    for row in rows(FOUND[category]):
        text = change(row.replace("<", "").replace(">", ""))
        spans = [span for span in PHRASES.detect([text])[0] if span.category.value == category]
        if covered(text, spans) != change(row):
            wrong.append(covered(text, spans))
    assert wrong == []


@pytest.mark.parametrize("casing", CASINGS)
def test_what_many_say_is_left(casing):
    """Roles, common occupations, groups without a name and everyday news are left."""
    texts = [CASINGS[casing](row) for row in rows(LEFT)]
    found = [
        covered(text, own)
        for text, spans in zip(texts, PHRASES.detect(texts), strict=True)
        if (own := [span for span in spans if span.detector in RULES])
    ]
    assert found == []


def test_a_story_ends_where_the_next_clause_begins():
    """A full stop that was left out does not make the rest part of the story."""
    text = "i cried so my barn was on the news and my coach called but he never did"
    (span,) = (span for span in PHRASES.detect([text])[0] if span.category.value == "OTHER")
    assert text[span.start : span.end] == "my barn was on the news"
    assert span.tier is Tier.UNCERTAIN
