"""A release's number is put into a version's message, and is read from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import StoreError
from ppdarchive.store.naming import is_release_version, release_message, release_version, release_words

NUMBERS = st.integers(0, 999_999_999)
VERSIONS = st.tuples(NUMBERS, NUMBERS, NUMBERS).map(lambda numbers: "{}.{}.{}".format(*numbers))
WORDS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(VERSIONS, WORDS)
def test_what_is_written_is_read(version: str, words: str | None) -> None:
    """Whatever else is said, the number and the words come back."""
    message = release_message(version, words)
    assert (release_version(message), release_words(message)) == (version, words)


@given(st.text())
def test_any_message_is_read(message: str) -> None:
    """What was written elsewhere names a release only in our way, and its words are kept."""
    version = release_version(message)
    if version is None:
        assert release_words(message) == (message or None)
    else:
        assert is_release_version(version)
        assert message in {f"Release {version}", f"Release {version}: "} or release_words(message)


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        "Release",
        "Release 1.2",
        "Release 1.2.0.1",
        "release 1.2.0",
        "Release 1.2.0:x",
        " Release 1.2.0",
        "Release 1.02.0",
        "Release ١.2.0",
        "Release 1.2.0\n",
        f"Release 1.{'9' * 5000}.0",
        "Release 1.2.0-rc1",
    ],
)
def test_other_messages_name_no_release(message: str | None) -> None:
    """Only three plain numbers are one."""
    assert release_version(message) is None


@pytest.mark.parametrize(
    ("version", "words"), [("1.2", None), ("1.2.0\n", None), ("", ""), ("1.2.0", "\ud800")]
)
def test_what_could_not_be_read_is_refused(version: str, words: str | None) -> None:
    """No message is made that would name another release, or none, or could not be written."""
    with pytest.raises(StoreError) as caught:
        release_message(version, words)
    assert caught.value.code == "store.release-name"
