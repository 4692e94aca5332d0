"""Which release is meant: the newest, one by its name, or the highest of a range."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ppdarchive.errors import LoadError
from ppdarchive.loading.choosing import Candidate, chosen, fits

KNOWN = (
    Candidate(1, "1.0.0"),
    Candidate(2, "1.2.0"),
    Candidate(3, None),
    Candidate(4, "1.10.0", is_withdrawn=True),
    Candidate(5, "2.0.0"),
    Candidate(6, "2.1.0", is_withdrawn=True),
)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        *(("latest", 5), ("1.2.0", 2), ("==1.2.0", 2), ("1.2", 2), (" 1.2.0 ", 2), ("v3", 3), ("v6", 6)),
        *((">=1.1,<2", 2), ("~=1.0", 2), (">=1", 5), ("!=2.0.0", 2), ("==1.*", 2), ("<1.2", 1)),
        *(("1.10.0", 4), ("2.1.0", 6), ("==2.1.0", 6)),
    ],
)
def test_what_is_meant_is_found(wanted: str, number: int) -> None:
    """Numbers are compared as numbers; a release that was withdrawn is meant only if it is named."""
    assert chosen(KNOWN, wanted, path="archive").number == number


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        *(("3.0.0", "load.no-release"), (">=3", "load.no-release"), ("v7", "load.no-release")),
        *((">2.0", "load.withdrawn"), ("==1.10.*", "load.withdrawn")),
        *(
            ("", "load.version"),
            ("newest", "load.version"),
            (">=x", "load.version"),
            ("1.2.0,", "load.version"),
        ),
        *(("v0", "load.no-release"), (">=" + "1" * 300, "load.version")),
    ],
)
def test_what_is_not_there_is_told_with_what_is(wanted: str, code: str) -> None:
    """The error names the releases that there are, or how to say one."""
    with pytest.raises(LoadError) as caught:
        chosen(KNOWN, wanted, path="archive")
    assert caught.value.code == code
    assert "2.1.0" in str(caught.value) or "1.10.0" in str(caught.value) or code == "load.version"


def test_a_number_that_two_versions_have_is_not_guessed() -> None:
    """Two versions of one release: by name neither is taken, of a range the newer."""
    known = (Candidate(1, "1.0.0"), Candidate(2, "1.0.0"), Candidate(3, "odd"))
    with pytest.raises(LoadError, match=r"Name one of v1, v2\."):
        chosen(known, "1.0.0", path="archive")
    assert chosen(known, ">=1", path="archive").number == 2
    assert chosen(known, "odd", path="archive").number == 3


def test_where_all_were_withdrawn_none_is_the_latest() -> None:
    """Nobody is given silently what was withdrawn from use."""
    with pytest.raises(LoadError, match="withdrawn from use"):
        chosen((Candidate(1, "1.0.0", is_withdrawn=True),), "latest", path="archive")


@given(st.text() | st.from_regex(r"[~<>=!]{0,3}v?[0-9.]{1,8}(,[~<>=!]{1,2}[0-9.*]{1,5})?", fullmatch=True))
def test_any_words_find_a_release_or_say_why_not(wanted: str) -> None:
    """Nothing but our own errors, and never a release that was withdrawn unless it is named."""
    found = None
    with contextlib.suppress(LoadError):
        found = chosen(KNOWN, wanted, path="archive")
    assert found is None or not found.is_withdrawn or wanted.strip().startswith(("=", "v", "1", "2"))


@given(st.tuples(*[st.integers(0, 30)] * 3), st.tuples(*[st.integers(0, 30)] * 3))
def test_the_highest_that_fits_is_found(low: tuple[int, ...], high: tuple[int, ...]) -> None:
    """Of a range, what comparing three numbers gives."""
    every = [(1, 0, 0), (1, 2, 0), (1, 10, 0), (2, 0, 0), (10, 0, 1)]
    known = [Candidate(n, ".".join(map(str, each))) for n, each in enumerate(every, start=1)]
    wanted = f">={'.'.join(map(str, low))},<{'.'.join(map(str, high))}"
    fitting = [each for each in every if low <= each < high]
    if fitting:
        assert chosen(known, wanted, path="").number == every.index(max(fitting)) + 1
    else:
        with pytest.raises(LoadError):
            chosen(known, wanted, path="")


@pytest.mark.parametrize(
    ("version", "wanted", "is_fit"),
    [
        *(
            ("1.2.0", "latest", True),
            (None, "latest", True),
            ("1.2.0", "1.2.0", True),
            ("1.2.0", "==1.2", True),
        ),
        *(
            ("1.2.0", "1.2.1", False),
            ("1.2.0", ">=1.1,<2", True),
            ("1.2.0", ">2", False),
            (None, ">1", False),
        ),
        *(("1.2.0", "v1", False), ("odd", "odd", True)),
    ],
)
def test_a_package_is_what_is_meant_or_not(version: str | None, wanted: str, is_fit: bool) -> None:
    """A lone package has one release."""
    assert fits(version, wanted, path="package") is is_fit
