"""Attempts to put a code on another participant's answer without a word, and what is said instead."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.cli.main import call
from ppdarchive.coding.landing.landed import Landed, land
from ppdarchive.coding.landing.match import Responses, Trouble
from ppdarchive.coding.project import NONE, Project, ProjectCode, ProjectCoder, ProjectSource, Selections
from ppdarchive.text.units import Unit

from .test_coded import study

CALLS = "My coach called me every week and I felt that somebody cared."
WORK = "Nothing helped. I stopped after the second call because of work."
WHOLE = (NONE, NONE)


def responses(texts: dict[str, str | None], participants: dict[str, str] | None = None) -> Responses:
    """Responses by id, each of a participant of its own unless one is named."""
    whose = tuple((participants or {}).get(each, f"P{each}") for each in texts)
    n = len(texts)
    return Responses(tuple(texts), whose, ("helpful",) * n, ("3m",) * n, tuple(texts.values()))


def project(
    sources: list[tuple[str, str]],
    rows: list[tuple[int, int, int]],
    *,
    quotes: tuple[str | None, ...] | None = None,
) -> Project:
    """Sources as names and texts, and selections as source, start and end."""
    source, start, end = zip(*rows, strict=True)
    return Project(
        "coded.qdpx",
        "refi-qda",
        coders=(ProjectCoder("1", "coder_1"),),
        codes=(ProjectCode("1", "bond"),),
        sources=tuple(ProjectSource(str(i), name, text) for i, (name, text) in enumerate(sources)),
        selections=Selections.of(
            source=source, code=[0] * len(rows), coder=[0] * len(rows), start=start, end=end, quotes=quotes
        ),
        unit=Unit.CODE_POINT,
    )


def told(landed: Landed) -> list[Trouble | None]:
    """What is said of each selection that makes no coding; None of one that does."""
    return [landed.reason(row) if landed.uncertain[row] else None for row in range(len(landed))]


@pytest.mark.parametrize("segment", [(0, 15), (8, 14), (16, 22), WHOLE])
def test_files_whose_names_were_swapped_are_told(segment: tuple[int, int]) -> None:
    """A source that is named as one response and has another one's text is neither."""
    swapped = project([("R_1.txt", WORK), ("R_2.txt", CALLS)], [(0, *segment), (1, *segment)])
    landed = land(swapped, responses({"R_1": CALLS, "R_2": WORK}))
    assert told(landed) == [Trouble.AMBIGUOUS_SOURCE] * 2


def test_answers_that_share_their_words_are_not_swapped_for_each_other() -> None:
    """Where one answer begins with all of another, only the name told them apart, and it was wrong."""
    longer = "It helped. I was glad that my coach was there."
    landed = land(
        project([("R_1", "It helped.")], [(0, 0, 9)]), responses({"R_1": longer, "R_2": "It helped."})
    )
    assert told(landed) == [Trouble.AMBIGUOUS_SOURCE]


def test_a_person_may_say_that_a_text_is_another_s() -> None:
    """Of two answers that were exchanged in the export, the study says which is which: that is believed."""
    mine = project([("one", "It helped.")], [(0, 0, 9)])
    longer = "It helped. I was glad."
    landed = land(mine, responses({"R_1": longer, "R_2": "It helped."}), by_hand={"one": "R_1"})
    assert (told(landed), landed.response.tolist()) == ([None], [0])


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("An answer that no export holds.", Trouble.LOW_CONFIDENCE),
        ("My coach", Trouble.LOW_CONFIDENCE),
        (f"{CALLS} ", None),
        (CALLS.replace("week", "weak"), None),
    ],
)
def test_a_code_on_a_whole_source_is_as_sure_as_the_source(text: str, trouble: Trouble | None) -> None:
    """A code without positions lies on the whole response only if the response is what was coded."""
    landed = land(project([("R_1", text)], [(0, *WHOLE)]), responses({"R_1": CALLS}))
    assert told(landed) == [trouble]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("Interview", {"by_hand": {"Interview": "R_99"}}),
        ("R_9", {"pattern": r"(?P<response_id>R_\d+)"}),
        ("P9 R_3", {"pattern": r"(?P<participant_id>P\d+)"}),
    ],
)
def test_a_source_of_a_response_that_is_not_there_is_no_other_s(name: str, more: dict[str, object]) -> None:
    """Whoever withdrew and said "Nothing." too leaves no codes on who stayed."""
    here = responses({"R_3": "Nothing.", "R_4": CALLS})
    landed = land(project([(name, "Nothing.")], [(0, 0, 7)]), here, **more)  # type: ignore[arg-type]
    assert told(landed) == [Trouble.UNMATCHED_SOURCE]


def test_a_text_tells_only_among_the_responses_of_who_is_named() -> None:
    """Where a name tells the participant, the same words of another participant are not meant."""
    whose = {"R_1": "P1", "R_2": "P1", "R_3": "P2"}
    coded = project([("P1", "Nothing.")], [(0, 0, 7)])
    pattern = r"(?P<participant_id>P\d+)"
    one = responses({"R_1": "Nothing, now", "R_2": "No", "R_3": "Nothing."}, whose)
    assert told(land(coded, one, pattern=pattern)) == [Trouble.AMBIGUOUS_SOURCE]
    other = land(
        coded, responses({"R_1": "Nothing.", "R_2": "No", "R_3": "Nothing."}, whose), pattern=pattern
    )
    assert (told(other), other.response.tolist()) == ([None], [0])


def test_a_participant_s_two_sources_of_one_text_are_told_apart_by_nothing() -> None:
    """Two copies of "Nothing." may be two answers of hers, of which one was corrected since."""
    whose = {"R_1": "P1", "R_2": "P1"}
    coded = project([("P1 a", "Nothing."), ("P1 b", "Nothing.")], [(0, 0, 7), (1, 0, 7)])
    here = responses({"R_1": "Nothing.", "R_2": CALLS}, whose)
    landed = land(coded, here, pattern=r"(?P<participant_id>P\d+)")
    assert told(landed) == [Trouble.AMBIGUOUS_SOURCE] * 2


@pytest.mark.parametrize("name", ["Interview 2024-03-12", "12.03.2024", "Wave 3.12 (copy)"])
def test_numbers_of_a_date_are_no_ids(name: str) -> None:
    """Where responses are called by numbers, a date in a source's name names none of them."""
    numbered = responses({str(i): f"Answer {i} to the question." for i in range(1, 32)})
    landed = land(project([(name, "")], [(0, 0, 6)]), numbered)
    assert told(landed) == [Trouble.UNMATCHED_SOURCE]
    landed = land(project([("Participant 12 (copy)", "")], [(0, 0, 6)]), numbered)
    assert landed.response.tolist() == [11]


def test_a_quote_that_is_not_there_stops_positions_in_a_file_without_texts() -> None:
    """Positions without a text of their own fit any long answer; only the quote tells whose they are."""
    rows = [(0, 0, 8), (1, 0, 7), (0, 9, 15)]
    coded = project([("R_1", ""), ("R_2", "")], rows, quotes=("My coach", "Nothing", "helped"))
    assert told(land(coded, responses({"R_1": CALLS, "R_2": WORK}))) == [None, None, Trouble.QUOTE_DIFFERS]


def test_what_is_gone_has_no_place_however_little_is_demanded() -> None:
    """With a threshold of 0, too, a segment of which nothing is left is told."""
    coded = project([("R_1", "completely zzz qqq")], [(0, 11, 14)])
    assert told(land(coded, responses({"R_1": CALLS}), min_confidence=0.0)) == [Trouble.LOW_CONFIDENCE]


@pytest.mark.parametrize("n_coders", [1, 4, 8])
def test_one_careless_border_tells_nothing_however_many_share_it(n_coders: int) -> None:
    """A segment that ends inside a word, and has many codes and coders, makes no end inclusive."""
    rows = [each for _ in range(n_coders) for each in ((0, 0, 4), (1, 0, 6))]
    texts = {"R_1": CALLS.replace("My coach", "Those"), "R_2": WORK}
    coded = replace(project([("R_1", ""), ("R_2", "")], rows), unit=None)
    landed = land(coded, responses(dict(texts)))
    assert landed.end.tolist() == [end for *_, end in rows]


def test_a_way_that_one_border_speaks_for_is_not_sure() -> None:
    """Where a single word decides what positions count, the import says that other ways fit, too."""
    coded = replace(project([("R_1", "")], [(0, 0, 12)]), unit=None)
    landed = land(coded, responses({"R_1": "\U0001f44d My coach called."}))
    assert not landed.resolved.is_unambiguous


WORDS = st.lists(
    st.sampled_from(("she", "he", "called", "me", "helped.", "nothing,", "I", "it", "not")), max_size=8
)


@given(st.data())
def test_whoever_is_swapped_or_edited_no_coding_has_other_words(data: st.DataObject) -> None:
    """A coding that nothing is said of marks the words that were coded; any other is told."""
    answers = [" ".join(words) for words in data.draw(st.lists(WORDS, min_size=2, max_size=4))]
    ids = [f"R_{i}" for i in range(len(answers))]
    names = data.draw(st.permutations(ids))
    rows = []
    for i, answer in enumerate(answers):
        start = data.draw(st.integers(0, len(answer)))
        rows.append((i, start, data.draw(st.integers(start, len(answer)))))
    now = {
        key: data.draw(st.sampled_from([answer, " ".join(answer.split()[1:]), answer + " again"]))
        for key, answer in zip(ids, answers, strict=True)
    }
    coded = project(list(zip(names, answers, strict=True)), rows)
    landed = land(coded, responses(dict(now)), min_confidence=1.0)
    for row, (source, start, end) in enumerate(rows):
        if not landed.uncertain[row]:
            found = now[ids[landed.response[row]]][landed.start[row] : landed.end[row]]
            if not answers[source]:  # a source without text is its response
                continue
            assert "".join(found.split()) == "".join(answers[source][start:end].split())


CODED = b"response_id,code,coder,start,end\nR_2,Bond,Thea Brandt,0,3\n"
PART = '[[coding]]\npath = "one.csv"\nformat = "csv"\n'


@pytest.mark.parametrize("delimiter", ["ab", "", '\\"', "\\n", "x"])
def test_what_is_no_delimiter_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], delimiter: str
) -> None:
    """One character parts cells; anything else is told in two lines."""
    folder = study(tmp_path / "study", PART + f'delimiter = "{delimiter}"\n', files={"one.csv": CODED})
    assert call(["code", "import", str(folder)]) == 2
    assert capsys.readouterr().err.startswith("error: one.csv: not a CSV project (`delimiter` is one")


def test_what_study_toml_says_of_nothing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A slip in a name would else leave a coder, a code or a source under another id without a word."""
    more = (
        'pattern = "(?P<response_id>ZZ)"\n'
        '[coding.coders]\n"Thea Brand" = "coder_1"\n'
        '[coding.codes]\n"Bond" = "bond"\n"Trust" = "trust"\n'
        '[coding.sources]\n"R_2" = "R_77"\n'
    )
    folder = study(tmp_path / "study", PART + more, files={"one.csv": CODED})
    assert call(["code", "import", str(folder), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["projects"]
    assert told["in_vain"] == {"coders": 1, "codes": 1, "sources": 1, "pattern": 1}
    call(["code", "import", str(folder)])
    out = capsys.readouterr().out
    assert "of its `codes`, 1 of 2 name nothing here" in out
    assert "Thea" not in out


def test_a_large_codebook_does_not_fill_the_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of many or long titles of codes some are shown, and how many more there are."""
    rows = "".join(f"R_2,Code {i} {'x' * 500},a,0,3\n" for i in range(500))
    head = "response_id,code,coder,start,end\n"
    folder = study(tmp_path / "study", PART, files={"one.csv": (head + rows).encode()})
    call(["code", "import", str(folder)])
    out = capsys.readouterr().out
    assert len(out) < 2000
    assert "488 more" in out


HEADER = "response_id,code,coder,start,end,quote,memo"
SECRETS = ("Thea", "Brandt", "Zorblax", "Quibbleton", "Memofred")
FILES = {
    "a position that is no number": f"{HEADER}\nR_2,bond,Thea Brandt,x,3,Zorblax,Memofred\n",
    "a source that is no response": f"{HEADER}\nQuibbleton,bond,Thea Brandt,0,3,Zorblax,Memofred\n",
    "a quote that stands nowhere": f"{HEADER}\nR_2,bond,Thea Brandt,,,Zorblax,Memofred\n",
    "a quote that differs": f"{HEADER}\nR_2,bond,Thea,0,3,Zorblax,\nR_2,bond,Brandt,0,3,She,\n",
    "positions beyond the text": f"{HEADER}\nR_2,bond,Thea Brandt,0,3000,Zorblax,\n",
    "a row that is too short": f"{HEADER}\nR_2,Zorblax,Thea Brandt\n",
    "a quote that is not closed": f'{HEADER}\nR_2,"Zorblax,Thea\n',
    "bytes of another encoding": f"{HEADER}\nR_2,bond,Thea,0,3,Zorblax\u00e9,\n",
    "two coders": f"{HEADER}\nR_2,bond,Thea Brandt,0,3,,\nR_2,bond,Quibbleton,8,13,,Memofred\n",
    "no coder": f"{HEADER}\nR_2,bond,,0,3,,\nR_2,bond,Thea,0,3,,\n",
}


@pytest.mark.parametrize("what", list(FILES))
def test_no_command_shows_who_coded_whom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """Whatever is wrong with a file, screens, JSON and logs hold no words, coder, source or memo of it."""
    caplog.set_level("DEBUG")
    folder = study(tmp_path / "study", PART, files={"one.csv": FILES[what].encode("latin-1")})
    for command in ("import", "agreement", "consensus", "quality"):
        for more in ((), ("--json",)):
            code = call(["code", command, str(folder), *more])
            told = capsys.readouterr()
            assert code in {0, 1, 2}
            assert "a bug in" not in told.err
            assert len(told.err.splitlines()) in {0, 2}
            shown = told.out + told.err + caplog.text
            assert not [secret for secret in SECRETS if secret in shown]
