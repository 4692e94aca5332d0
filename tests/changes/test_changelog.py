"""The changelog for people and the JSON for programs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes import Changes, Entry, Level, as_json, changelog, changes, extended

from .made import SCHEMAS, Row, changed, code, coding, contents, participant, releases, response, theme

FIRST = Entry("1.0.0", date(2026, 1, 31))


def of_study(n_people: int, *, text: str = "Anna listened", n_redacted: int = 0) -> dict[str, list[Row]]:
    """A study whose participants gave one answer each."""
    people = [f"P{number:03}" for number in range(n_people)]
    texts = [text.replace("Anna", "[NAME]") if n < n_redacted else text for n in range(n_people)]
    return {
        "participants": [participant(name) for name in people],
        "responses": [response(f"R{name}", name, own) for name, own in zip(people, texts, strict=True)],
        "themes": [theme("bond")],
        "codes": [code("warm"), code("kind")],
        "codings": [coding(f"R{name}", "warm", 0, 4) for name in people],
    }


def test_a_changelog_reads_like_this() -> None:
    """What breaks comes before what adds and what corrects, newest release first."""
    before = contents(of_study(60), title="Mood")
    rows = of_study(75, n_redacted=20)
    rows["codes"][1]["title"] = "Kindness"
    schemas = changed(SCHEMAS, "participants", "age", unit="months", description="Completed.")
    found = changes(before, contents(rows, schemas, title="Moods"))
    assert changelog([FIRST, Entry("2.0.0", date(2026, 3, 1), found)]) == (
        "# Changelog\n"
        "\n"
        "What differs from release to release, the newest first.\n"
        "\n"
        "## 2.0.0 (2026-03-01)\n"
        "\n"
        "Where a count could tell of fewer than 11 participants, it is not told exactly.\n"
        "\n"
        "### Breaks what was read from the last release\n"
        "\n"
        "- `participants.age`: is in another unit (`years` → `months`)\n"
        "- Code: has another title (`kind`)\n"
        "- `codes`: rows changed (1 row)\n"
        "- `responses`: rows changed (20 rows)\n"
        "- `responses.text`: texts edited (20 rows: 20 with more redacted)\n"
        "\n"
        "### Adds\n"
        "\n"
        "- `participants`: rows added (15 rows)\n"
        "- `responses`: rows added (15 rows)\n"
        "- `codings`: codings added (`consensus`, 15 rows)\n"
        "\n"
        "### Corrects metadata\n"
        "\n"
        "- Package: metadata changed (`title`)\n"
        "- `participants.age`: described otherwise\n"
        "\n"
        "## 1.0.0 (2026-01-31)\n"
        "\n"
        "First release.\n"
    )


def test_few_participants_are_not_counted() -> None:
    """Where few texts were edited no count is exact, and a table that grew by few says nothing."""
    before = contents(of_study(60))
    text = changelog(
        [Entry("2.0.0", date(2026, 3, 1), changes(before, contents(of_study(60, n_redacted=4))))]
    )
    assert "- `responses`: rows changed (of fewer than 11 participants)\n" in text
    assert "- `responses.text`: texts edited (of fewer than 11 participants)\n" in text
    assert "(4" not in text
    grown = changelog([Entry("1.1.0", date(2026, 3, 1), changes(before, contents(of_study(64))))])
    assert "- `participants`: rows are others; counts are not told\n" in grown
    assert "added" not in grown


@given(releases(), releases(), st.permutations([0, 1, 2]))
def test_a_changelog_is_the_same_for_the_same_entries(
    first: dict[str, list[Row]], second: dict[str, list[Row]], order: list[int]
) -> None:
    """The order of entries does not matter, and one more release only puts its section on top."""
    there, back = (
        changes(contents(one), contents(other)) for one, other in ((first, second), (second, first))
    )
    entries = [FIRST, Entry("2.0.0", date(2026, 2, 1), there), Entry("10.0.0", date(2026, 3, 1), back)]
    text = changelog([entries[place] for place in order])
    assert text == changelog(entries)
    assert text == extended(extended(changelog(entries[:1]), entries[1]), entries[2])
    assert text.index("## 10.0.0") < text.index("## 2.0.0") < text.index("## 1.0.0")


@given(releases(min_participants=1), releases(min_participants=1))
def test_no_answer_or_pseudonym_is_told(first: dict[str, list[Row]], second: dict[str, list[Row]]) -> None:
    """Neither text nor key of anyone stands in a changelog or its JSON, public or not."""
    for side, rows in enumerate((first, second)):
        for row in rows["responses"]:
            row["text"] = f"Canary{side}"
    found = changes(contents(first), contents(second))
    shown = [changelog([Entry("2.0.0", date(2026, 2, 1), found)])]
    shown += [json.dumps(as_json(found, is_public=is_public)) for is_public in (True, False)]
    for text in shown:
        assert "Canary" not in text
        assert not any(f"{kind}{n}" in text for kind in "PR" for n in range(6))


@given(releases(min_participants=1), releases(min_participants=1))
def test_public_json_tells_no_more_than_the_changelog(
    first: dict[str, list[Row]], second: dict[str, list[Row]]
) -> None:
    """Of tables as small as these no count of participants' rows is in the public JSON."""
    found = changes(contents(first), contents(second))
    told = as_json(found, is_public=True)
    assert (
        numbers({name: told["rows"][name] for name in told["rows"] if name not in ("codes", "themes")}) == []
    )  # type: ignore[index, union-attr]
    assert numbers(told["texts"]) == []
    assert numbers(told["codings"]) == []
    exact = as_json(found, is_public=False)
    assert exact["level"] == told["level"]
    assert [each["level"] for each in exact["changes"]] == [each.level.value for each in found]  # type: ignore[index, union-attr, call-overload]


def numbers(value: Any) -> list[int]:
    """All numbers in a JSON value."""
    if isinstance(value, dict):
        return [each for part in value.values() for each in numbers(part)]
    return [value] if isinstance(value, int) else []


def test_json_has_exact_counts_for_the_study() -> None:
    """Who may see everything sees rows, participants and fields."""
    found = changes(contents(of_study(60)), contents(of_study(60, n_redacted=4)))
    told = as_json(found, is_public=False)
    count = {"rows": 4, "participants": 4}
    assert told["level"] == "major"
    assert told["rows"] == {
        "responses": {
            "rows.changed": count,
            "before": 60,
            "after": 60,
            "fields": {"text": {"changed": 4, "filled": 0}},
        }
    }
    assert told["texts"] == {"responses.text": {"edited": count, "redacted": count}}
    public = as_json(found, is_public=True)
    assert public["rows"] == {"responses": {"rows.changed": {"participants": {"under": 11}}}}
    assert public["texts"] == {"responses.text": {"edited": {"participants": {"under": 11}}}}


def test_words_of_schemas_start_nothing_in_markdown() -> None:
    """A category with line breaks or backticks stays one word on its line."""
    rows = {"codes": [code("a`b\n# Heading")]}
    text = changelog([Entry("1.1.0", date(2026, 3, 1), changes(contents({}), contents(rows)))])
    assert "- Code: added (`a'b # Heading`)\n" in text


def test_a_release_without_differences_says_so() -> None:
    """An entry without any change is there nevertheless."""
    assert "## 1.0.1 (2026-03-01)\n\nNo differences.\n" in changelog(
        [FIRST, Entry("1.0.1", date(2026, 3, 1), Changes())]
    )


def test_what_is_no_changelog_is_refused() -> None:
    """A version that stands there twice, or another text to go on from."""
    with pytest.raises(ValueError, match="twice"):
        changelog([FIRST, FIRST])
    with pytest.raises(ValueError, match="not a changelog"):
        extended("# Codebook\n", FIRST)
    assert [level.value for level in Level] == ["patch", "minor", "major"]
