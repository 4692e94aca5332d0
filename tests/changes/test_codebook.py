"""What became of codes and themes."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes import Change, changes

from .made import Row, code, coding, contents, participant, response, theme

THEMES = [theme("bond"), theme("task"), theme("goal")]


def found(
    before: Sequence[Row],
    after: Sequence[Row],
    *,
    codes: tuple[Sequence[str], Sequence[str]],
    texts: tuple[str, str] = ("She listened to me", "She listened to me"),
) -> list[Change]:
    """The changes of codes whose codings are given."""
    releases = [
        contents(
            {
                "participants": [participant("P1")],
                "responses": [response(f"R{n}", "P1", text) for n in range(10)],
                "themes": THEMES,
                "codes": [code(name) for name in names],
                "codings": rows,
            }
        )
        for rows, names, text in zip((before, after), codes, texts, strict=True)
    ]
    return [change for change in changes(*releases).codebook if change.kind.startswith("code.")]


def segments(**n: int) -> list[Row]:
    """Codings by code, as many as given, on segments one after the other."""
    names = [name for name, count in n.items() for _ in range(count)]
    return [coding(f"R{place % 10}", name, place, place + 5) for place, name in enumerate(names)]


def test_a_code_whose_segments_went_to_another_was_merged() -> None:
    """Most segments of a code that is gone bear one that was there before."""
    expected = [Change("code.merged", "codes", names=("warm", "kind"))]
    codes = (["kind", "warm"], ["kind"])
    assert found(segments(warm=5, kind=3), segments(kind=8), codes=codes) == expected
    stayed = segments(warm=5, kind=3)[5:]
    assert found(segments(warm=5, kind=3), stayed, codes=codes) == [
        Change("code.removed", "codes", names=("warm",))
    ]


def test_half_of_the_segments_are_not_most() -> None:
    """A code of which one half of the segments went to another was removed."""
    before = segments(warm=4)
    after = [{**row, "code_id": "kind"} for row in before[:2]]
    assert found(before, after, codes=(["kind", "warm"], ["kind"])) == [
        Change("code.removed", "codes", names=("warm",))
    ]
    after = [{**row, "code_id": "kind"} for row in before[:3]]
    assert found(before, after, codes=(["kind", "warm"], ["kind"])) == [
        Change("code.merged", "codes", names=("warm", "kind"))
    ]


def test_two_codes_can_become_a_new_one() -> None:
    """Codes that went into the same new code were merged, and the new one is not told again."""
    assert found(segments(warm=3, kind=3), segments(care=6), codes=(["kind", "warm"], ["care"])) == [
        Change("code.merged", "codes", names=("kind", "care")),
        Change("code.merged", "codes", names=("warm", "care")),
    ]


def test_a_code_can_have_another_id() -> None:
    """A new code with the segments of one that is gone is the same under another id."""
    assert found(
        segments(warm=3, kind=3), segments(care=3, kind=3), codes=(["kind", "warm"], ["kind", "care"])
    ) == [Change("code.replaced", "codes", names=("warm", "care"))]


def test_a_code_can_be_split() -> None:
    """New codes with the segments of one are its parts, whether it is still there or not."""
    before = segments(warm=6)
    assert found(before, segments(smile=3, voice=3), codes=(["warm"], ["smile", "voice"])) == [
        Change("code.split", "codes", names=("warm", "smile", "voice"))
    ]
    assert found(before, segments(warm=4, voice=2), codes=(["warm"], ["voice", "warm"])) == [
        Change("code.split", "codes", names=("warm", "voice"))
    ]


def test_codes_without_codings_come_and_go() -> None:
    """Where no segment tells, codes are added and removed."""
    assert found([], [], codes=(["a", "b"], ["b", "c"])) == [
        Change("code.removed", "codes", names=("a",)),
        Change("code.added", "codes", names=("c",)),
    ]


def test_segments_of_edited_texts_do_not_count() -> None:
    """Where a text was edited positions tell nothing, and nothing is read off them."""
    assert found(
        segments(warm=5),
        segments(kind=5),
        codes=(["kind", "warm"], ["kind"]),
        texts=("Anna listened", "[NAME] listened"),
    ) == [Change("code.removed", "codes", names=("warm",))]


def test_codes_move_between_themes() -> None:
    """A code of another theme has moved; if only the theme's id is another, the theme is told alone."""
    before = contents({"themes": THEMES, "codes": [code("a"), code("b"), code("c", "task")]})
    moved = contents({"themes": THEMES, "codes": [code("a"), code("b", "task"), code("c", "task")]})
    assert changes(before, moved).codebook == (Change("code.moved", "codes", names=("b", "bond", "task")),)
    tie = [theme("tie"), *THEMES[1:]]
    other = contents({"themes": tie, "codes": [code("a", "tie"), code("b", "tie"), code("c", "task")]})
    assert changes(before, other).codebook == (Change("theme.replaced", "themes", names=("bond", "tie")),)
    gone = contents(
        {"themes": THEMES[1:], "codes": [code("a", "task"), code("b", "task"), code("c", "task")]}
    )
    assert changes(before, gone).codebook == (Change("theme.merged", "themes", names=("bond", "task")),)


def test_themes_are_split_renamed_added_and_removed() -> None:
    """Themes are told of as codes are, by where their codes went."""
    before = contents({"themes": THEMES[:2], "codes": [code("a"), code("b"), code("c", "task")]})
    after = contents(
        {
            "themes": [theme("tie"), theme("trust"), theme("task", title="Tasks agreed on")],
            "codes": [code("a", "tie"), code("b", "trust"), code("c", "task")],
        }
    )
    assert set(changes(before, after).codebook) == {
        Change("theme.split", "themes", names=("bond", "tie", "trust")),
        Change("theme.renamed", "themes", names=("task",)),
        Change("code.moved", "codes", names=("a", "bond", "tie")),
        Change("code.moved", "codes", names=("b", "bond", "trust")),
    }


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("cde")), max_size=9))
def test_each_code_of_one_release_is_told_once(pairs: list[tuple[str, str]]) -> None:
    """Whatever became of segments, each code that came or went is in one change or is told as such."""
    before = [coding(f"R{n}", own, 0, 5) for n, (own, _) in enumerate(pairs)]
    after = [coding(f"R{n}", other, 0, 5) for n, (_, other) in enumerate(pairs)]
    told = found(before, after, codes=("abc", "cde"))
    firsts = [change.names[0] for change in told if change.kind != "code.added"]
    assert sorted(set(firsts) - {"c"}) == ["a", "b"]
    assert len(firsts) == len(set(firsts))
    assert {name for change in told for name in change.names} >= {"a", "b", "d", "e"}
