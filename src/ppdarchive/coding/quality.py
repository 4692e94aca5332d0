"""A codebook and what was coded with it -> findings; codes and themes are named, answers never."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ppdarchive.coding.consensus.rules import Codings, Indices, Mask, Ranges, dense, halves, joins

_LEAST_SEGMENTS = 3
"""Fewer segments that lie where another code's do, do so by chance."""


class Quality(StrEnum):
    """What a finding says; its id, which stays the same from version to version."""

    NO_DEFINITION = "codes.no-definition"
    NEVER_USED = "codes.never-used"
    ONE_CODER = "codes.one-coder"
    WITHIN_ANOTHER = "codes.within-another"
    SAME_SEGMENTS = "codes.same-segments"
    NO_THEME = "codes.no-theme"
    SAME_TITLE = "codes.same-title"
    SAME_DEFINITION = "codes.same-definition"
    THEME_NO_CODES = "themes.no-codes"
    THEME_OWN_ANCESTOR = "themes.own-ancestor"
    THEME_SAME_TITLE = "themes.same-title"
    THEME_SAME_DESCRIPTION = "themes.same-description"


@dataclass(frozen=True, slots=True)
class CodebookColumns:
    """A codebook, as columns of the tables `codes` and `themes`.

    Attributes
    ----------
    code_ids, titles : tuple of str, length n_codes
    definitions, theme_ids : tuple of (str or None), length n_codes
    themes, theme_titles : tuple of str, length n_themes
        Ids and titles; none where the study has no themes.
    descriptions, parents : tuple of (str or None), length n_themes
        What a theme holds, and the id of the wider theme.
    """

    code_ids: tuple[str, ...]
    titles: tuple[str, ...]
    definitions: tuple[str | None, ...]
    theme_ids: tuple[str | None, ...]
    themes: tuple[str, ...] = ()
    theme_titles: tuple[str, ...] = ()
    descriptions: tuple[str | None, ...] = ()
    parents: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityFinding:
    """Something that a codebook should not have.

    Attributes
    ----------
    kind : Quality
    concerned : tuple of str
        Ids of codes, or of themes for a kind that starts with ``themes``.
    words : str
        A sentence for people, with those ids, and without a definition or an answer.
    n : int
        Segments that it is about; for what no segment shows, 0.
    """

    kind: Quality
    concerned: tuple[str, ...]
    words: str
    n: int = 0

    @property
    def id(self) -> str:
        """The stable id."""
        return self.kind.value


def codebook_quality(
    codebook: CodebookColumns,
    codings: Codings,
    seen: Mask,
    *,
    least_segments: int = _LEAST_SEGMENTS,
) -> tuple[QualityFinding, ...]:
    """Find what a codebook should not have.

    Parameters
    ----------
    codebook : CodebookColumns
    codings : Codings, shape (n,)
        Independent ones; `code` counts in the order of the codebook.
    seen : ndarray of bool, shape (n_responses, n_coders)
        Whether the coder saw the response. Whoever coded in it has seen it, whatever stands here.
    least_segments : int
        How many segments a code must have before it is said to lie within another, or to mark the same.

    Returns
    -------
    tuple of QualityFinding
        In the order of `Quality`, then of the codebook.

    Raises
    ------
    ValueError
        If a coding's code, response or coder is none of those.
    """
    _check_indices(codebook, codings, seen)
    segments = _segments(codings, len(codebook.code_ids))
    same = list(_same_segments(codebook, segments, least_segments))
    equal_codes = {code: set(each.concerned) for each in same for code in each.concerned}
    found = [
        *_no_definition(codebook),
        *_never_used(codebook, segments),
        *_one_coder(codebook, segments, seen),
        *_within_another(codebook, segments, least_segments, equal_codes),
        *same,
        *_no_theme(codebook),
        *_alike(Quality.SAME_TITLE, codebook.code_ids, codebook.titles, "have the same title"),
        *_alike(Quality.SAME_DEFINITION, codebook.code_ids, codebook.definitions, "are defined alike"),
        *_empty_themes(codebook),
        *_circles(codebook),
        *_alike(Quality.THEME_SAME_TITLE, codebook.themes, codebook.theme_titles, "have the same title"),
        *_alike(
            Quality.THEME_SAME_DESCRIPTION, codebook.themes, codebook.descriptions, "are described alike"
        ),
    ]
    order = list(Quality)
    return tuple(sorted(found, key=lambda each: order.index(each.kind)))


def _check_indices(codebook: CodebookColumns, codings: Codings, seen: Mask) -> None:
    if not len(codings):
        return
    for column, n in (
        (codings.code, len(codebook.code_ids)),
        (codings.response, seen.shape[0]),
        (codings.coder, seen.shape[1]),
    ):
        if column.max() >= n:
            raise ValueError("a coding's code, response or coder lies outside of what is known")


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Segments:
    """Different segments, in half characters, sorted by code; a field for each fact.

    Attributes
    ----------
    response, coder, start, end : ndarray of int64, shape (n,)
    group : ndarray of int64, shape (n,)
        One coder's work on one response.
    number : ndarray of int64, shape (n,)
        The same for the same characters that the same coder marked, whatever the code.
    first : ndarray of int64, shape (n_codes + 1,)
        Where each code's rows start; then n.
    """

    response: Indices
    coder: Indices
    start: Indices
    end: Indices
    group: Indices
    number: Indices
    first: Indices

    def of(self, code: int) -> slice:
        return slice(int(self.first[code]), int(self.first[code + 1]))


def _segments(codings: Codings, n_codes: int) -> _Segments:
    start, end = halves(codings.start, codings.end)
    number = dense(codings.response, codings.coder, start, end)
    _, row = np.unique(codings.code * (len(codings) + 1) + number, return_index=True)
    group = dense(codings.response, codings.coder)
    return _Segments(
        response=codings.response[row],
        coder=codings.coder[row],
        start=start[row],
        end=end[row],
        group=group[row],
        number=number[row],
        first=np.searchsorted(codings.code[row], np.arange(n_codes + 1)),
    )


def _no_definition(codebook: CodebookColumns) -> Iterator[QualityFinding]:
    for code, definition in zip(codebook.code_ids, codebook.definitions, strict=True):
        if not _plain(definition):
            yield QualityFinding(Quality.NO_DEFINITION, (code,), f"code {code} has no definition")


def _never_used(codebook: CodebookColumns, segments: _Segments) -> Iterator[QualityFinding]:
    for code in np.flatnonzero(np.diff(segments.first) == 0).tolist():
        name = codebook.code_ids[code]
        yield QualityFinding(Quality.NEVER_USED, (name,), f"code {name} was never used")


def _one_coder(codebook: CodebookColumns, segments: _Segments, seen: Mask) -> Iterator[QualityFinding]:
    """Codes that only one coder uses, though another one saw a response that it is used on."""
    saw = seen.copy()
    saw[segments.response, segments.coder] = True
    by_several = saw.sum(axis=1) > 1
    for code, name in enumerate(codebook.code_ids):
        rows = segments.of(code)
        coder = segments.coder[rows]
        if not len(coder) or (coder != coder[0]).any():
            continue
        n = int(by_several[segments.response[rows]].sum())
        if n:
            words = f"code {name} was used by one coder only, though others saw responses that it was used on"
            yield QualityFinding(Quality.ONE_CODER, (name,), words, n)


def _same_segments(codebook: CodebookColumns, segments: _Segments, least: int) -> Iterator[QualityFinding]:
    """Codes that stand for the same segments throughout."""
    alike: dict[bytes, list[int]] = defaultdict(list)
    for code in range(len(codebook.code_ids)):
        numbers = segments.number[segments.of(code)]
        if len(numbers) >= max(least, 1):
            alike[numbers.tobytes()].append(code)
    for codes in alike.values():
        if len(codes) > 1:
            names = tuple(codebook.code_ids[code] for code in codes)
            rows = segments.of(codes[0])
            words = f"codes {_listed(names)} always mark the same segments"
            yield QualityFinding(Quality.SAME_SEGMENTS, names, words, rows.stop - rows.start)


def _within_another(
    codebook: CodebookColumns, segments: _Segments, least: int, equal_codes: dict[str, set[str]]
) -> Iterator[QualityFinding]:
    """Codes each segment of which overlaps one of some other code, by the same coder."""
    stride = int(segments.end.max()) + 1 if len(segments.end) else 1
    at = segments.group * stride + segments.start
    behind = segments.group * stride + segments.end
    code_of = np.repeat(np.arange(len(codebook.code_ids)), np.diff(segments.first))
    by_group = np.argsort(segments.group, kind="stable")
    groups = segments.group[by_group]
    joined: dict[int, Ranges] = {}
    for code, name in enumerate(codebook.code_ids):
        rows = segments.of(code)
        n = rows.stop - rows.start
        if n < max(least, 1):
            continue
        # Whatever overlaps all segments overlaps the first one: few codes are left to look at.
        mine = segments.group[rows.start]
        near = by_group[np.searchsorted(groups, mine) : np.searchsorted(groups, mine, side="right")]
        meets = (at[near] < behind[rows.start]) & (behind[near] > at[rows.start])
        for other in np.unique(code_of[near[meets]]).tolist():
            other_name = codebook.code_ids[other]
            if other == code or other_name in equal_codes.get(name, ()):
                continue
            if other not in joined:
                joined[other] = _joined(at[segments.of(other)], behind[segments.of(other)])
            if _all_meet(at[rows], behind[rows], joined[other]):
                words = f"each segment of code {name} overlaps one of code {other_name} by the same coder"
                yield QualityFinding(Quality.WITHIN_ANOTHER, (name, other_name), words, n)


def _joined(start: Indices, end: Indices) -> Ranges:
    order, joined = joins(np.zeros_like(start), start, end, touching=True)
    first = np.flatnonzero(np.diff(joined, prepend=-1))
    last = np.maximum.reduceat(end[order], first)
    return Ranges(np.zeros_like(first), start[order][first], last)


def _all_meet(start: Indices, end: Indices, others: Ranges) -> bool:
    """Whether each range overlaps one of `others`, which are disjoint and sorted."""
    next_one = np.searchsorted(others.end, start, side="right")
    if (next_one == len(others)).any():
        return False
    return bool((others.start[next_one] < end).all())


def _no_theme(codebook: CodebookColumns) -> Iterator[QualityFinding]:
    if not codebook.themes:
        return
    for code, theme in zip(codebook.code_ids, codebook.theme_ids, strict=True):
        if theme is None:
            yield QualityFinding(Quality.NO_THEME, (code,), f"code {code} belongs to no theme")


def _empty_themes(codebook: CodebookColumns) -> Iterator[QualityFinding]:
    """Themes that neither have a code nor hold a theme that has one, at whatever distance."""
    parent = dict(zip(codebook.themes, codebook.parents, strict=True))
    filled: set[str] = set()
    for theme in set(codebook.theme_ids):
        at = theme
        while at is not None and at not in filled:
            filled.add(at)
            at = parent.get(at)
    for theme in codebook.themes:
        if theme not in filled:
            yield QualityFinding(Quality.THEME_NO_CODES, (theme,), f"theme {theme} has no codes")


def _circles(codebook: CodebookColumns) -> Iterator[QualityFinding]:
    """Themes that are part of themselves, each circle once."""
    parent = dict(zip(codebook.themes, codebook.parents, strict=True))
    done: set[str] = set()
    for theme in codebook.themes:
        path: dict[str, None] = {}
        at: str | None = theme
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = parent.get(at)
        if at is not None and at in path:
            circle = tuple(sorted(list(path)[list(path).index(at) :], key=codebook.themes.index))
            is_one = len(circle) == 1
            words = (
                f"theme {circle[0]} is part of itself"
                if is_one
                else f"themes {_listed(circle)} are part of each other"
            )
            yield QualityFinding(Quality.THEME_OWN_ANCESTOR, circle, words)
        done.update(path)


def _alike(
    kind: Quality, ids: Sequence[str], texts: Sequence[str | None], what: str
) -> Iterator[QualityFinding]:
    """Codes or themes whose words are the same, but for case and blanks."""
    alike: dict[str, list[str]] = defaultdict(list)
    for each, text in zip(ids, texts, strict=True):
        if plain := _plain(text):
            alike[plain].append(each)
    for same in alike.values():
        if len(same) > 1:
            noun = kind.value.partition(".")[0]
            yield QualityFinding(kind, tuple(same), f"{noun} {_listed(same)} {what}")


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
