"""Long texts cut into overlapping windows, for tools that look at a limited number of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from ppdarchive.model.span import Span, TextCategory

_BATCH: Final = 256
"""Windows that are handed to a tool at once, so that its memory does not grow with the texts."""
_WORD: Final = re.compile(r"\w{1,16}|[^\w\s]")
"""A word, or a piece of one that is longer than words are, or one character of another kind."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def whole_characters(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which is no character by itself.

    Libraries that pass texts on as UTF-8 would fail on them; no position changes.
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def windows(text: str, n_words: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Ranges of at most `n_words` words that cover all words of a text, in order.

    Parameters
    ----------
    text : str
    n_words : int
        Words of a window; what is longer than 16 characters counts as several.
    overlap : int
        Words that a window shares with the next; fewer than `n_words`.

    Examples
    --------
    >>> list(windows("one two three four", 3, 1))
    [(0, 13), (8, 18)]
    """
    words = [match.span() for match in _WORD.finditer(text)]
    for first in range(0, max(len(words) - overlap, 1), n_words - overlap):
        own = words[first : first + n_words]
        if own:
            yield own[0][0], own[-1][1]


def by_window(
    texts: Sequence[str],
    find: Callable[[list[str]], list[list[Span]]],
    *,
    n_words: int,
    overlap: int,
) -> list[list[Span]]:
    """Find spans in texts of any length with what looks at short ones, some hundred at a time.

    Parameters
    ----------
    texts : sequence of str, length n
    find : callable
        From some texts of at most `n_words` words, never blank, to the spans of each.
    n_words, overlap : int
        As for `windows`. A span that is cut by the end of a window stands whole in the next one, if
        it is no longer than the overlap.

    Returns
    -------
    list of list of Span, length n
        Sorted; the same range and category once, with its best score.
    """
    pieces = [
        (owner, start, whole_characters(text[start:end]))
        for owner, text in enumerate(texts)
        for start, end in windows(text, n_words, overlap)
    ]
    best: list[dict[tuple[int, int, TextCategory], Span]] = [{} for _ in texts]
    for first in range(0, len(pieces), _BATCH):
        batch = pieces[first : first + _BATCH]
        for (owner, shift, _), spans in zip(batch, find([piece for *_, piece in batch]), strict=True):
            for span in spans:
                moved = replace(span, start=span.start + shift, end=span.end + shift)
                key = (moved.start, moved.end, moved.category)
                known = best[owner].get(key)
                if known is None or moved.score > known.score:
                    best[owner][key] = moved
    return [[own[key] for key in sorted(own)] for own in best]
