"""Attacks on what several releases tell together: each succeeds without the gate, which refuses it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.gate import OVERRIDABLE, LiveRelease, RedactedSpan, judge_releases, more_redacted
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Category, Field, ForeignKey, Kind, Role
from ppdarchive.risk.summaries import summarize
from ppdarchive.study.config import Release

from .risk.released import PARTICIPANT, REFERS, Columns, field, participants, released
from .risk.schemes import AGES, Treated, ages_under, people, treatments

K = 3
FIVES: Treated = ("band", {"width": 5, "bottom": 20, "top": 40})
OTHER_FIVES: Treated = ("band", {"width": 5, "bottom": 18, "top": 43})
RESPONSE = field("response_id", Role.KEY)
WAVE = field("wave", Role.NONE)
TEXT = field("text", Role.FREE_TEXT)
SCORE = field("score", Role.SENSITIVE)

Tables = Mapping[str, TreatedTable]


def release(k: int = K) -> Release:
    """What study.toml says of the release."""
    words = {"standard": "safe-harbor", "consent": "all: form", "access": "public", "k": k}
    return Release.model_validate(words)


def live(*tables: Tables) -> list[LiveRelease]:
    """Live releases, the oldest first."""
    return [LiveRelease(f"1.{number}.0", each) for number, each in enumerate(tables)]


def refused(new: Tables, *earlier: Tables, k: int = K) -> list[str]:
    """The names of the conditions that do not hold."""
    failures = judge_releases(new, live(*earlier), release(k))
    for failure in failures:
        assert failure.overridable is (failure.condition in OVERRIDABLE)
        assert not failure.is_advice
        assert failure.what
        assert failure.remedy
    return [failure.condition for failure in failures]


def answers(of: Mapping[str, str | None], *, waves: Mapping[str, str] | None = None) -> TreatedTable:
    """Responses by id; an id begins with its participant's."""
    keys = list(of)
    columns: Columns = [
        (RESPONSE, keys),
        (PARTICIPANT, [key.partition("/")[0] for key in keys]),
        (WAVE, [(waves or {}).get(key, "first") for key in keys]),
        (TEXT, list(of.values())),
    ]
    return released("responses", columns, primary_key=("response_id",), foreign_keys=(REFERS,))


def names(tables: Tables) -> set[str]:
    """The pseudonyms in a release."""
    return set(tables["participants"].frame["participant_id"])


def shown(tables: Tables, name: str) -> dict[str, object]:
    """A field of participants, by pseudonym."""
    frame = tables["participants"].frame
    return dict(zip(frame["participant_id"], frame[name], strict=True))


def answered(tables: Tables, name: str) -> Counter[str]:
    """How often a participant has answered, by wave."""
    frame = tables["responses"].frame
    return Counter(frame["wave"][frame["participant_id"] == name])


# -- who knows what -------------------------------------------------------------------------------


def knows_the_age(age: int, releases: Sequence[tuple[Treated, Tables]]) -> set[str]:
    """Who of the newest release can be somebody of this age, as bands of all releases say."""
    left = names(releases[-1][1])
    for treated, tables in releases:
        (band,) = ages_under(treated, [age])
        bands = shown(tables, "age")
        left = {name for name in left if bands.get(name, band) == band}
    return left


def test_bands_that_overlap_find_somebody() -> None:
    """30-34 in one release and 28-32 in the next is 30-32, and somebody is alone in it."""
    ages = {"ann": 31, "p1": 33, "p2": 34, "p3": 28, "p4": 29, "p5": 33, "p6": 28}
    first, second = people(FIVES, ages), people(OTHER_FIVES, ages)
    assert len(knows_the_age(31, [(FIVES, first)])) >= K
    assert len(knows_the_age(31, [(OTHER_FIVES, second)])) >= K
    assert knows_the_age(31, [(FIVES, first), (OTHER_FIVES, second)]) == {"ann"}
    assert refused(second, first) == ["joined-releases"]
    assert refused(people(FIVES, ages), first) == []


def test_a_field_that_was_dropped_finds_somebody() -> None:
    """What one release told and another field of the next are known together."""
    first = {"participants": participants(6, branch=["army", "army", "army", "navy", "navy", "navy"])}
    second = {"participants": participants(6, place=["city", "city", "farm", "farm", "farm", "city"])}
    left = {
        name
        for name in names(second)
        if shown(first, "branch")[name] == "army" and shown(second, "place")[name] == "farm"
    }
    assert left == {"p2"}
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "joined-releases"
    assert failure.what == (
        "joined with 1.0.0, k is 1, and 3 is demanded: 6 of 6 participants share all that the releases tell "
        "together with fewer others; without branch it would be 0"
    )
    assert refused(second, {"participants": participants(6, branch=["army"] * 6)}) == []


def test_a_cell_that_was_suppressed_is_filled() -> None:
    """Whose age one release leaves out and another tells is found by it, with what only the first tells."""
    first = {"participants": participants(6, age=[*"aaabbb"])}
    second = {"participants": participants(6, age=[*"aab", None, None, None])}
    assert refused(second, first)[0] == "joined-releases"
    both = {"participants": participants(6, age=[*"aaa", None, None, None], place=[*"xxxxxx"])}
    assert refused(both, first) == []


def test_a_value_that_was_corrected_finds_somebody() -> None:
    """Of whom one release says this and the next that is alone, though each release shows three alike."""
    first = {"participants": participants(6, age=[*"aaabbb"])}
    second = {"participants": participants(6, age=[*"aabbbb"])}
    third = {"participants": participants(7, age=[*"aabbbba"])}
    changed = [name for name, age in shown(second, "age").items() if shown(first, "age")[name] != age]
    assert changed == ["p2"]
    assert refused(third, first)[0] == "joined-releases"


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, int], list[tuple[Treated, Tables]]]:
    """True ages, and releases of some of the participants."""
    ages = draw(st.lists(st.integers(18, 29), min_size=1, max_size=4))
    copies = draw(st.integers(2, 4))
    truth = {f"p{n}": ages[n // copies] for n in range(copies * len(ages))}
    found = []
    for _ in range(draw(st.integers(2, 3))):
        ages_of = draw(st.sets(st.sampled_from(ages), min_size=1))
        gone = draw(st.sets(st.sampled_from(sorted(truth)), max_size=2))
        own = sorted({name for name, age in truth.items() if age in ages_of} - gone)
        treated = draw(treatments())
        found.append((treated, people(treated, {name: truth[name] for name in own})))
    return truth, found


@given(histories(), st.integers(2, 3))
def test_who_knows_what_finds_nobody_after_the_gate(
    case: tuple[dict[str, int], list[tuple[Treated, Tables]]], k: int
) -> None:
    """If the join passes, whoever knows an age is left with k participants of the new release at least."""
    truth, releases = case
    *earlier, (_, new) = releases
    if "joined-releases" not in refused(new, *(tables for _, tables in earlier), k=k):
        for age in {truth[name] for name in names(new)}:
            assert len(knows_the_age(age, releases)) >= k


# -- who knows when -------------------------------------------------------------------------------


def knows_when(when: Sequence[bool], releases: Sequence[Tables]) -> set[str]:
    """Who is in exactly these releases."""
    everybody = set().union(*map(names, releases))
    return {name for name in everybody if [name in names(each) for each in releases] == list(when)}


def alike(n: int, first: int = 0) -> dict[str, TreatedTable]:
    """Participants who are all alike, p0, p1, ..., without the first ones."""
    columns = [
        (PARTICIPANT, [f"p{number}" for number in range(first, n)]),
        (field("age", Role.QUASI_IDENTIFIER), ["a"] * (n - first)),
    ]
    return {"participants": released("participants", columns, primary_key=("participant_id",))}


def test_few_new_participants_are_found() -> None:
    """A spouse knows that she enrolled since the last release, and two have."""
    first, second = alike(6), alike(8)
    assert knows_when([False, True], [first, second]) == {"p6", "p7"}
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "added-participants"
    assert failure.what == "2 participants new since 1.0.0, and none or 3 are demanded"
    assert refused(alike(9), first) == []
    assert refused(first, first) == []


def test_new_participants_who_differ_are_found() -> None:
    """Enough are new, but one of them alone is of this age."""
    first = {"participants": participants(6, age=[*"aaabbb"])}
    second = {"participants": participants(10, age=[*"aaabbb", *"aaab"])}
    new = knows_when([False, True], [first, second])
    assert [name for name in new if shown(second, "age")[name] == "b"] == ["p9"]
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "added-participants"
    assert failure.what == (
        "4 participants new since 1.0.0: 1 of them with fewer than 2 others of whom the same is told"
    )
    assert refused({"participants": participants(12, age=[*"aaabbb", *"aaabbb"])}, first) == []


def test_who_comes_back_is_found() -> None:
    """Four are new since the last release, and one of them was in the one before."""
    first, second, third = alike(6), alike(6, 1), alike(9)
    assert knows_when([True, False, True], [first, second, third]) == {"p0"}
    assert "added-participants" in refused(third, first, second)
    assert refused(alike(9, 1), second) == []


def test_few_who_left_are_found() -> None:
    """A coach knows who withdrew, and the earlier release still shows her answers."""
    first, second = alike(7), alike(7, 1)
    assert knows_when([True, False], [first, second]) == {"p0"}
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "removed-participants"
    assert "purge" in failure.remedy
    # Once the earlier release was purged of her, nothing tells that she was there.
    assert refused(second, alike(7, 1)) == []
    assert refused(alike(7, 3), first) == []


def test_who_stays_when_all_like_her_leave_is_found() -> None:
    """Enough have left, but of those who came in the second release one alone is still there."""
    first, second = alike(6), alike(10)
    third = alike(7)
    assert knows_when([False, True, True], [first, second, third]) == {"p6"}
    assert refused(third, first, second) == ["removed-participants"]
    assert refused(alike(6), first, second) == []


def test_few_who_answered_again_are_found() -> None:
    """A spouse knows who answered a new wave since the last release; new participants don't hide her."""
    old = {f"p{number}/1": "Fine" for number in range(6)}
    again = {f"p{number}/{wave}": "Fine" for number in range(6, 9) for wave in (1, 2)}
    waves = {key: "second" for key in [*again, "p0/2"] if key.endswith("2")}
    first = {**alike(6), "responses": answers(old)}
    second = {**alike(9), "responses": answers({**old, **again, "p0/2": "Fine"}, waves=waves)}
    assert Counter(tuple(answered(second, name).items()) for name in names(second)).most_common()[-1][1] >= K
    grown = [name for name in names(first) if answered(first, name) != answered(second, name)]
    assert grown == ["p0"]
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "changed-participants"
    three = {**old, **{f"p{number}/2": "Fine" for number in range(3)}}
    waves = {key: "second" for key in three if key.endswith("2")}
    assert refused({**alike(6), "responses": answers(three, waves=waves)}, first) == []


def test_a_class_that_was_small_before_is_refused_once() -> None:
    """What an earlier release made, with a reason or by a purge, is not held against the next one."""
    first, second = alike(6), alike(7)
    assert refused(second, first) == ["added-participants"]
    assert refused(alike(7), first, second) == []
    assert refused(alike(10), first, second) == []


@given(histories(), st.integers(2, 3))
def test_who_knows_when_finds_nobody_after_the_gate(
    case: tuple[dict[str, int], list[tuple[Treated, Tables]]], k: int
) -> None:
    """If all conditions hold, whoever knows an age and that somebody is new, or gone, is left with k."""
    truth, releases = case
    *earlier, (_, new) = releases
    if refused(new, *(tables for _, tables in earlier), k=k):
        return
    everything = [tables for _, tables in releases]
    for name in names(new) - names(everything[-2]):
        when = [name in names(each) for each in everything]
        assert len(knows_when(when, everything) & knows_the_age(truth[name], releases)) >= k
    for name in names(everything[-2]) - names(new):
        when = [name in names(each) for each in everything]
        assert len(knows_when(when, everything) & knows_the_age(truth[name], releases[:-1])) >= k


# -- who looks for what was hidden ----------------------------------------------------------------


def answer_key(earlier: Tables, later: Tables) -> set[str]:
    """The words that stand in an earlier release where the later has others, or none."""
    texts = [
        dict(
            zip(
                each["responses"].frame["response_id"],
                each["responses"].frame["text"].fillna(""),
                strict=True,
            )
        )
        for each in (earlier, later)
    ]
    found: set[str] = set()
    for key, text in texts[0].items():
        other = texts[1].get(key, "")
        words = [Counter(re.findall(r"\[[^]]+\]|\w+|█+", each)) for each in (text, other)]
        found |= set(words[0] - words[1])
    return {word for word in found if not word.startswith(("[", "█"))}


def with_answers(of: Mapping[str, str | None]) -> dict[str, TreatedTable]:
    """Six participants who are alike, and some of their answers."""
    others = {f"p{number}/1": "It helped" for number in range(6)}
    return {**alike(6), "responses": answers({**others, **of})}


def purged(tables: Tables, spans: Sequence[RedactedSpan]) -> dict[str, TreatedTable]:
    """A release with tags in place of what is to be purged."""
    frame = tables["responses"].frame
    texts = dict(zip(frame["response_id"], frame["text"], strict=True))
    for span in sorted(spans, key=lambda span: -span.start):
        assert (span.table, span.field) == ("responses", "text")
        (key,) = span.key
        texts[key] = f"{texts[key][: span.start]}[OTHER]{texts[key][span.end :]}"
    return {**tables, "responses": answers(texts)}


@pytest.mark.parametrize(
    "later",
    [
        "I told [NAME] about it",
        "I told [NAME-4] about it",
        "I told █████ about it",
        "I told [someone] about it",
        "I told Cora about it",
        None,
    ],
)
def test_a_word_that_is_replaced_later_is_told_by_the_earlier(later: str | None) -> None:
    """Whatever stands in its place, the difference of two releases is the word that was worth hiding."""
    first = with_answers({"p0/1": "I told Zelda about it"})
    second = with_answers({"p0/1": later})
    assert "Zelda" in answer_key(first, second)
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "redacts-more"
    assert not failure.overridable
    assert "Zelda" not in failure.what
    spans = more_redacted(second, live(first))
    assert {(span.version, span.key) for span in spans} == {("1.0.0", ("p0/1",))}
    after = purged(first, spans)
    assert "Zelda" not in answer_key(after, second)
    assert more_redacted(second, live(after)) == ()
    assert refused(second, after) == []


def test_spans_stand_where_the_word_does() -> None:
    """A span is the word itself, in code points of the earlier text, of every release that shows it."""
    first = with_answers({"p0/1": "😀 I told Zelda", "p1/1": "[NAME] knew"})
    second = with_answers({"p0/1": "😀 I told [NAME]", "p1/1": "Zelda knew"})
    third = with_answers({"p0/1": "😀 I told [NAME]", "p1/1": "[NAME] knew"})
    one = RedactedSpan("1.0.0", "responses", ("p0/1",), "text", 9, 14)
    other = RedactedSpan("1.1.0", "responses", ("p1/1",), "text", 0, 5)
    assert more_redacted(third, live(first, second)) == (one, other)
    assert more_redacted(second, live(first)) == (one,)
    (failure,) = judge_releases(third, live(first, second), release())
    assert failure.what.endswith("stand at 1 place in 1 text of 1.0.0 and 1 place in 1 text of 1.1.0")


def test_an_answer_that_is_no_longer_there_is_told_by_the_earlier() -> None:
    """An answer that is left out of somebody who stays was worth hiding."""
    first = with_answers({"p0/2": "Zelda was her name"})
    second = with_answers({})
    assert "Zelda" in answer_key(first, second)
    assert "redacts-more" in refused(second, first)
    (span,) = more_redacted(second, live(first))
    assert (span.key, span.start, span.end) == (("p0/2",), 0, 18)


def test_who_is_gone_is_not_redacted() -> None:
    """The answers of participants who are gone are a matter of their purge."""
    first = with_answers({"p0/1": "Zelda"})
    kept = {f"p{number}/1": "It helped" for number in range(3, 6)}
    second = {**alike(6, 3), "responses": answers(kept)}
    assert more_redacted(second, live(first)) == ()
    assert refused(second, first) == []


def test_tagged_otherwise_or_less_is_no_redaction() -> None:
    """Other marks in the same places, and words where marks were, tell nothing that was hidden."""
    first = with_answers({"p0/1": "I told [NAME] and [NAME-2]"})
    second = with_answers({"p0/1": "I told [NAME-9] and █████"})
    third = with_answers({"p0/1": "I told my coach and [NAME]"})
    assert answer_key(first, second) == answer_key(first, third) == set()
    assert refused(second, first) == refused(third, first, second) == []


def test_what_was_corrected_is_no_redaction_without_surrogates() -> None:
    """Where only marks stand for what is redacted, other words alone hide nothing; beside marks they may."""
    first = with_answers({"p0/1": "I tolld Zelda", "p1/1": "It was grate"})
    second = with_answers({"p0/1": "I told Zelda", "p1/1": "It was great"})
    third = with_answers({"p0/1": "I told [NAME]", "p1/1": "It was great"})
    assert refused(second, first) == ["redacts-more"]
    assert judge_releases(second, live(first), release(), surrogates=False) == []
    (failure,) = judge_releases(third, live(first), release(), surrogates=False)
    assert failure.condition == "redacts-more"
    (span,) = more_redacted(third, live(first), surrogates=False)
    assert (span.key, span.start, span.end) == (("p0/1",), 8, 13)


def test_a_field_that_was_no_free_text_is_compared_too() -> None:
    """What an earlier release kept as plain words, and the new one redacts as free text, is an answer key."""
    plain = Field("text", Kind.STRING, disclosure=WAVE.disclosure)

    def notes(own: Field, text: str | None) -> dict[str, TreatedTable]:
        columns: Columns = [
            (PARTICIPANT, [f"p{number}" for number in range(6)]),
            (own, [text] + ["Fine"] * 5),
        ]
        return {
            **alike(6),
            "notes": released("notes", columns, primary_key=("participant_id",), foreign_keys=(REFERS,)),
        }

    first = notes(plain, "Zelda helped")
    assert refused(notes(TEXT, "[NAME] helped"), first) == ["redacts-more"]
    assert refused(notes(plain, "[NAME] helped"), first) == ["redacts-more"]
    assert refused(notes(plain, "Nobody helped"), first) == []
    assert refused(notes(plain, None), first) == ["suppresses-more"]


def test_texts_without_key_are_compared_as_a_whole() -> None:
    """Where no key says which text is which, one that no row of the new release has is told whole."""
    columns: Columns = [(PARTICIPANT, [f"p{number}" for number in range(6)])]
    texts = ["Fine"] * 5
    first = released("notes", [*columns, (TEXT, ["Zelda helped", *texts])], foreign_keys=(REFERS,))
    same = released("notes", [*columns, (TEXT, [*texts, "Zelda helped"])], foreign_keys=(REFERS,))
    second = released("notes", [*columns, (TEXT, ["[NAME] helped", *texts])], foreign_keys=(REFERS,))
    (span,) = more_redacted({**alike(6), "notes": second}, live({**alike(6), "notes": first}))
    assert (span.key, span.start, span.end) == ((), 0, 12)
    assert more_redacted({**alike(6), "notes": same}, live({**alike(6), "notes": first})) == ()
    assert more_redacted({**alike(6), "notes": first}, live({**alike(6), "notes": second})) != ()


def test_definitions_are_compared_too() -> None:
    """A name in the definition of a code is an answer key as one in an answer; codes may go."""
    code, words = field("code_id", Role.NONE), field("definition", Role.FREE_TEXT)

    def codes(*definitions: str) -> dict[str, TreatedTable]:
        columns: Columns = [(code, [f"c{n}" for n in range(len(definitions))]), (words, definitions)]
        return {**alike(6), "codes": released("codes", columns, primary_key=("code_id",))}

    first = codes("What Zelda said", "Support")
    assert refused(codes("What [NAME] said"), first) == ["redacts-more"]
    assert refused(codes("What Zelda said"), first) == []
    # A definition is worded anew now and then.
    assert refused(codes("What they said", "Support"), first) == []


def scores(of: Mapping[str, object], kind: Kind = Kind.STRING) -> TreatedTable:
    """A sensitive field of participants, one row each."""
    own = Field("score", kind, disclosure=SCORE.disclosure)
    columns: Columns = [(PARTICIPANT, list(of)), (own, list(of.values()))]
    return released("measures", columns, primary_key=("participant_id",), foreign_keys=(REFERS,))


def test_cells_that_are_suppressed_later_are_told_by_the_earlier() -> None:
    """The rare value that the new release hides of one participant stands in the earlier one."""
    everybody = [f"p{number}" for number in range(6)]
    first = {**alike(6), "measures": scores({**dict.fromkeys(everybody, "low"), "p0": "rare"})}
    second = {**alike(6), "measures": scores({**dict.fromkeys(everybody, "low"), "p0": None})}
    hidden = [
        name for name, value in zip(everybody, second["measures"].frame["score"].isna(), strict=True) if value
    ]
    assert hidden == ["p0"]
    (failure,) = judge_releases(second, live(first), release())
    assert failure.condition == "suppresses-more"
    assert failure.what == (
        "measures: values of score of 1 participant that 1.0.0 shows are left out or coarser, and none or 3 "
        "are demanded"
    )
    # A row that is left out of one tells the same, and a field that is left out of everybody tells nothing.
    third = {**alike(6), "measures": scores(dict.fromkeys(everybody[1:], "low"))}
    assert refused(third, first) == ["suppresses-more"]
    assert refused({**alike(6), "measures": scores(dict.fromkeys(everybody, None))}, first) == []
    assert refused(first, second) == []


def test_cells_that_are_coarser_for_few_are_told_by_the_earlier() -> None:
    """A top code that is lowered hides few, and the earlier release shows of whom."""
    bands = [Category("30-34"), Category("35 and over")]
    lower = [Category("30-32"), Category("33 and over")]
    ages = {f"p{number}": "30-34" for number in range(6)}

    def banded(of: Mapping[str, str], categories: Sequence[Category]) -> dict[str, TreatedTable]:
        own = Field("age", Kind.STRING, categories=tuple(categories), disclosure=SCORE.disclosure)
        columns: Columns = [(PARTICIPANT, list(of)), (own, list(of.values()))]
        return {"participants": released("participants", columns, primary_key=("participant_id",))}

    first = banded({**ages, "p0": "35 and over"}, bands)
    second = banded({**dict.fromkeys(ages, "30-32"), "p0": "33 and over"}, lower)
    assert refused(second, first) == ["suppresses-more"]
    assert refused(banded(ages, bands), banded(dict.fromkeys(ages, "30-32"), lower)) == []


# -- who measures ---------------------------------------------------------------------------------


def coded(text: str | None, start: int) -> dict[str, TreatedTable]:
    """Six participants, answers that may be left out as a field, and a coding of one of them."""
    response = {f"p{number}/1": "It helped" for number in range(6)} | {"p0/1": text}
    responses = answers(response)
    if text is None:
        fields = tuple(each for each in responses.schema if each.name != "text")
        responses = TreatedTable(
            responses.schema.replacing(fields=fields), responses.frame[[each.name for each in fields]]
        )
    positions = [Field(name, Kind.INTEGER, disclosure=WAVE.disclosure) for name in ("start", "end")]
    columns: Columns = [
        (RESPONSE, ["p0/1"]), (field("code_id", Role.NONE), ["support"]),
        (positions[0], [start]), (positions[1], [start + 6]),
    ]  # fmt: skip
    refers = ForeignKey(("response_id",), "responses", ("response_id",))
    codings = released("codings", columns, primary_key=("response_id", "code_id"), foreign_keys=(refers,))
    return {**alike(6), "responses": responses, "codings": codings}


def replaced_length(without_text: Tables, with_text: Tables) -> int:
    """How long the word was that a tag before a coding replaces."""
    starts = [int(each["codings"].frame["start"][0]) for each in (without_text, with_text)]
    text = with_text["responses"].frame["text"][0]
    return len(re.findall(r"\[\w+\]", text)[0]) - (starts[1] - starts[0])


def test_codings_that_moved_tell_how_long_a_name_was() -> None:
    """Positions in a text that is not released, and in the redacted one, differ by the length of the name."""
    first, second = coded(None, len("I told Zelda ")), coded("I told [NAME] things", len("I told [NAME] "))
    assert replaced_length(first, second) == len("Zelda")
    assert refused(second, first) == refused(first, second) == ["moved-codings"]
    assert refused(second, second) == []
    other = {**coded("I told [NAME] things", 14), "codings": coded("", 3)["codings"]}
    assert refused(other, second) == []


def branches(navy: int, army: int) -> dict[str, TreatedTable]:
    """Participants of two branches, which a codebook counts."""
    own = Field(
        "branch", Kind.STRING, categories=(Category("navy"), Category("army")),
        disclosure=field("branch", Role.QUASI_IDENTIFIER).disclosure,
    )  # fmt: skip
    columns: Columns = [
        (PARTICIPANT, [*(f"n{number}" for number in range(navy)), *(f"a{number}" for number in range(army))]),
        (own, ["navy"] * navy + ["army"] * army),
    ]
    return {"participants": released("participants", columns, primary_key=("participant_id",))}


def counted(tables: Tables) -> dict[str, int | None]:
    """What the codebook of rows that are not public tells of branches."""
    return dict(summarize({}, tables, min_cell=11).fields["participants", "branch"].counts)


def test_counts_of_two_codebooks_tell_of_few() -> None:
    """Of those who are new two are in the navy, says who has both codebooks and no row."""
    first, second = branches(20, 30), branches(22, 50)
    told = [counted(each)["navy"] for each in (first, second)]
    assert None not in told
    assert told[1] - told[0] == 2
    words = {"standard": "safe-harbor", "consent": "all: form", "access": "restricted", "k": 2}
    restricted = Release.model_validate(words)
    (failure,) = judge_releases(second, live(first), restricted)
    assert failure.condition == "count-differences"
    assert failure.what == (
        "1 count in the codebook that differ by fewer than 11 from 1.0.0: participants.branch"
    )
    assert judge_releases(branches(31, 50), live(first), restricted) == []
    assert judge_releases(second, live(first), release(2)) == []
    # What one of both does not tell has no difference.
    assert judge_releases(branches(10, 41), live(branches(8, 30)), restricted) == []


def test_codings_come_and_go() -> None:
    """That an answer is coded otherwise than in the last release tells nothing of who gave it."""
    first, second = coded("I told [NAME] things", 14), coded("I told [NAME] things", 7)
    fields = first["codings"].schema.replacing(primary_key=("response_id", "code_id", "start"))
    both = [{**each, "codings": TreatedTable(fields, each["codings"].frame)} for each in (first, second)]
    assert refused(both[1], both[0]) == []


# -- what it takes --------------------------------------------------------------------------------


class Counting(Mapping[str, TreatedTable]):
    """Tables that count how often each is asked for."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.asked: Counter[str] = Counter()

    def __getitem__(self, name: str) -> TreatedTable:
        self.asked[name] += 1
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def test_each_table_of_a_live_release_is_read_once() -> None:
    """A live release may be read from an archive table by table, and no table is asked for twice."""
    tables = Counting(with_answers({"p0/1": "I told Zelda"}))
    new = with_answers({"p0/1": "I told [NAME]"})
    judge_releases(new, [LiveRelease("1.0.0", tables)], release())
    assert tables.asked == Counter(["participants", "responses"])
    assert repr(LiveRelease("1.0.0", tables)) == "<LiveRelease 1.0.0: 2 tables>"


def test_without_live_releases_there_is_nothing_to_judge() -> None:
    """The first release of an audience stands alone."""
    assert refused(alike(1)) == []
    assert more_redacted(alike(1), []) == ()


def test_releases_without_participants_can_be_judged() -> None:
    """Tables that name nobody are compared by their texts alone."""
    code, words = field("code_id", Role.NONE), field("definition", Role.FREE_TEXT)
    columns: Columns = [(code, ["c0"]), (words, ["What Zelda said"])]
    first = {"codes": released("codes", columns, primary_key=("code_id",))}
    assert refused(first, first) == []
    assert refused({"codes": released("codes", [], primary_key=())}, first) == []


def test_ages_of_every_kind_are_told_by_their_schemes() -> None:
    """The reader of these tests knows, as one of the codebook does, what each age is released as."""
    assert ages_under(FIVES, list(AGES))[19:26] == ["under 20", *["20-24"] * 5, "25-29"]
