"""Version numbers follow from changes; they can be raised, not lowered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.changes import Change, Changes, Level, Version, next_version

NUMBERS = st.integers(0, 10**6)
VERSIONS = st.builds(Version, NUMBERS, NUMBERS, NUMBERS)
CHANGES = {
    None: Changes(),
    Level.PATCH: Changes((Change("package.metadata", names=("title",)),)),
    Level.MINOR: Changes((Change("field.added", "participants", "age"), Change("package.metadata"))),
    Level.MAJOR: Changes((Change("package.metadata"), Change("field.removed", "participants", "age"))),
}


@pytest.mark.parametrize(
    ("level", "expected"),
    [(None, "1.4.3"), (Level.PATCH, "1.4.3"), (Level.MINOR, "1.5.0"), (Level.MAJOR, "2.0.0")],
)
def test_the_highest_level_counts(level: Level | None, expected: str) -> None:
    """The change that breaks most raises the number, and lower ones start again."""
    assert CHANGES[level].level is level
    assert next_version("1.4.2", CHANGES[level]) == expected


@given(VERSIONS, st.sampled_from(list(CHANGES)), st.sampled_from(Level))
def test_a_wish_raises_and_never_lowers(current: Version, level: Level | None, wish: Level) -> None:
    """With a wish the next version is no less than without, and no less than the wish."""
    found = CHANGES[level]
    asked = Version.parse(next_version(str(current), found, at_least=wish))
    plain = Version.parse(next_version(str(current), found))
    assert asked == max(plain, current.raised(wish))
    assert plain > current


@given(VERSIONS)
def test_a_version_is_read_as_written(version: Version) -> None:
    """Parsing what is written gives the same version."""
    assert Version.parse(str(version)) == version


@pytest.mark.parametrize("text", ["1.0", "v1.0.0", "1.0.0-rc.1", "01.0.0", "1.0.0+a", "", "1.0.٣", "1.0.0\n"])
def test_what_is_not_three_numbers_is_refused(text: str) -> None:
    """No prefix, pre-release, metadata or leading zero."""
    with pytest.raises(ValueError, match="three numbers"):
        Version.parse(text)


def test_the_first_zero_is_no_excuse() -> None:
    """What breaks a reader raises the first number also while it is 0."""
    assert next_version("0.3.1", CHANGES[Level.MAJOR]) == "1.0.0"
