"""A project's positions -> code points of its sources' texts; the one place where ways of counting are tried.

Tools do not agree on what a position counts. Every way that the project leaves open is tried on all its
selections together, and its texts decide: by the quotes that it holds, or by the words that borders cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ppdarchive.coding.landing.counting import Axis, Counting, Mask, countings
from ppdarchive.coding.landing.quotes import Missing, Quotes, Skeleton, located
from ppdarchive.coding.project import NONE, Project
from ppdarchive.errors import CodingError
from ppdarchive.model.span import Positions

MIN_EQUAL: Final = 0.5
"""Below this share of equal quotes, no way of counting fits."""

MAX_CUT: Final = 0.5
"""Above this share of borders that cut words, and without quotes, no way of counting fits."""

DECIDING_SHARE: Final = 0.25
"""Of the borders on which two ways differ: by how many more the preferred one must cut to give way.

Under a wrong way a border stands anywhere, and cuts a word more often than not; coders who mark
carelessly cut a few under the right one, too.
"""

HOPELESS_SHARE: Final = 0.1
"""Of the quotes or borders so far: by how many more a way must fail than the best one to be given up early.

Not before `_ENOUGH` selections. The right way is right for all of a project, so it falls behind nowhere.
"""

_ENOUGH: Final = 10_000
_ENOUGH_ENDS: Final = 3
_BLOCK_CHARACTERS: Final = 1 << 21


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Resolved:
    """Selections in code points, and how their positions had to be read.

    Attributes
    ----------
    start, end : ndarray of int64, shape (n,)
        Half-open, of the source's text as the project has it; `NONE` where unresolved.
    not_found, not_unique : ndarray of bool, shape (n,)
        Where a quote without positions does not stand in its text once.
    misfit : ndarray of bool, shape (n,)
        Where the quote is not what is selected.
    counting : Counting or None
        The way chosen; None if nothing in the project has positions in a text.
    n_positions, n_quotes, n_quotes_equal : int
        Selections with positions, how many of them have a quote, and how many quotes are what is selected.
    n_cut : int
        Different borders that cut a word.
    is_unambiguous : bool
        Whether every way that fits as well, or but for two borders, gives the same places.
    """

    start: Positions
    end: Positions
    not_found: Mask
    not_unique: Mask
    misfit: Mask
    counting: Counting | None
    n_positions: int
    n_quotes: int
    n_quotes_equal: int
    n_cut: int
    is_unambiguous: bool

    def __repr__(self) -> str:
        way = "no positions" if self.counting is None else self.counting.description
        return f"<Resolved: {len(self.start)} selections, {way}>"


def resolve(project: Project) -> Resolved:
    """Read a project's positions as code points.

    The way of counting is the same for the whole project. It is impossible if one position lies outside its
    text or inside a character. Of the possible ways, the one under which most quotes are what is selected is
    chosen (white space aside; of a shortened quote what is left). Among equals the preferred one is (see
    `countings`), unless it cuts words on more than `DECIDING_SHARE` of the borders on which they differ
    (and, for an inclusive end, on three). A border that several selections share tells once. A project that
    states its unit is believed: words say nothing.

    A selection without positions is where its quote stands, if it stands there once, or without a quote
    the whole source. A selection with positions in a source without text stays unresolved.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Resolved

    Raises
    ------
    CodingError
        ``coding.positions``, with the first three misfits by source and selection: every way is
        impossible, or fewer than `MIN_EQUAL` of the quotes are what is selected, or there are no quotes
        and no stated unit, and more than `MAX_CUT` of the borders cut words.
    """
    selections = project.selections
    n = len(selections)
    lengths = np.array([len(source.text) for source in project.sources] or [0], np.int64)
    has_source = selections.source != NONE
    has_positions = (selections.start != NONE) | (selections.end != NONE)
    at = np.flatnonzero(has_source & has_positions & (lengths[selections.source] > 0))
    start, end = np.full(n, NONE), np.full(n, NONE)
    misfit = np.zeros(n, np.bool_)
    trial = _Trial(project, at)
    best = trial.best()
    if best is not None:
        start[at], end[at] = (best.column(name, "rows", len(at)) for name in ("start", "end"))
        misfit[at[trial.quoted]] = ~best.column("is_equal", "quotes", len(trial.quoted))
    not_found, not_unique = _place_quotes(project, np.flatnonzero(has_source & ~has_positions), start, end)
    return Resolved(
        start,
        end,
        not_found,
        not_unique,
        misfit,
        None if best is None else best.way,
        len(at),
        len(trial.quoted),
        0 if best is None else best.n_equal,
        0 if best is None else best.n_cut,
        trial.is_unambiguous(best),
    )


def _place_quotes(project: Project, at: Positions, start: Positions, end: Positions) -> tuple[Mask, Mask]:
    """Fill in the places of selections without positions; tell which quotes have none, or more than one."""
    selections = project.selections
    not_found, not_unique = np.zeros((2, len(selections)), np.bool_)
    known: dict[tuple[int, str], tuple[int, int] | Missing] = {}
    for i, source in zip(at.tolist(), selections.source[at].tolist(), strict=True):
        text, quote = project.sources[source].text, selections.quotes[i]
        if quote is None or not quote.strip():
            start[i], end[i] = 0, len(text)
            continue
        place = known.get((source, quote))
        if place is None:
            place = known[source, quote] = located(text, quote)
        if isinstance(place, Missing):
            (not_found if place is Missing.NOT_FOUND else not_unique)[i] = True
        else:
            start[i], end[i] = place
    return not_found, not_unique


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Part:
    """What a way of counting makes of some rows, of which some have quotes."""

    rows: Positions
    quotes: Positions
    start: Positions
    end: Positions
    is_cut: Mask
    is_counted: Mask
    is_equal: Mask

    @property
    def n_cut(self) -> int:
        """Different borders that cut a word."""
        return int((self.is_cut & self.is_counted).sum())

    def n_places_other_than(self, other: _Part) -> int:
        """How many different borders two ways place differently."""
        return int(
            ((self.start != other.start) & self.is_counted[0]).sum()
            + ((self.end != other.end) & self.is_counted[1]).sum()
        )


@dataclass(slots=True, repr=False, eq=False)
class _Try:
    """What one way of counting makes of positions.

    Attributes
    ----------
    n_tried, n_quotes, n_equal, n_cut : int
        Selections so far, how many of them have a quote, how many of those are equal, and different borders
        that cut words.
    """

    way: Counting
    parts: list[_Part] = field(default_factory=list)
    is_possible: bool = True
    n_tried: int = 0
    n_quotes: int = 0
    n_equal: int = 0
    n_cut: int = 0

    def add(self, part: _Part) -> None:
        """Take in what was made of some more rows."""
        self.parts.append(part)
        self.n_tried += len(part.rows)
        self.n_quotes += len(part.is_equal)
        self.n_equal += int(part.is_equal.sum())
        self.n_cut += part.n_cut

    def give_up(self) -> None:
        """Leave this way."""
        self.is_possible = False
        self.parts.clear()

    def n_places_other_than(self, other: _Try) -> int:
        """How many borders two ways place differently."""
        return sum(
            one.n_places_other_than(two)
            for one, two in zip(self.parts, other.parts, strict=True)
            if one is not two
        )

    def column(self, name: str, at: str, n: int) -> npt.NDArray[Any]:
        """One column of all parts, in the order of the selections (or their quotes)."""
        parts = [getattr(part, name) for part in self.parts]
        joined = np.concatenate(parts, axis=-1)
        where = np.concatenate([getattr(part, at) for part in self.parts])
        column = np.zeros((*joined.shape[:-1], n), joined.dtype)
        # A part without quotes has no judgements, and names none.
        column[..., where] = joined
        return column


class _Trial:
    """Every way of counting on all selections of a project that have positions.

    Parameters
    ----------
    project : Project
    at : ndarray of int64, shape (n,)
        Those selections.
    """

    def __init__(self, project: Project, at: Positions) -> None:
        selections = project.selections
        self.project = project
        # Source by source, so that a block of texts meets a run of selections.
        self.order = np.argsort(selections.source[at], kind="stable")
        self.at = at
        self.source, self.start, self.end = selections.source[at], selections.start[at], selections.end[at]
        self.ordered = self.source[self.order]
        quotes = [selections.quotes[i] for i in at.tolist()]
        self.quoted = np.array([i for i, quote in enumerate(quotes) if quote and quote.strip()], np.int64)
        self.quotes = Quotes.of([quotes[i] or "" for i in self.quoted.tolist()])
        self.tries: list[_Try] = []
        # Each border once, however many coders and codes a segment has: they drew it together.
        self.is_counted = np.stack([_is_first(self.source, border) for border in (self.start, self.end)])

    def best(self) -> _Try | None:
        """The way that fits best; None if there is nothing to read."""
        if not len(self.at):
            return None
        used = np.unique(self.source).tolist()
        texts = [self.project.sources[source].text for source in used]
        bases = (0, 1) if self.project.format == "csv" else (0,)
        has_quotes = any(quote is not None and quote.strip() for quote in self.project.selections.quotes)
        ways = countings(texts, unit=self.project.unit, bases=bases, has_quotes=has_quotes)
        self.tries = [_Try(way) for way in ways]
        for block in _blocks(used, [len(text) for text in texts]):
            self._try_block(block, self.tries)
            self._give_up()
        possible = [each for each in self.tries if each.is_possible]
        if not possible:
            self._refuse(self._misfits(ways[0]))
        n_equal = max(each.n_equal for each in possible)
        best, *others = (each for each in possible if each.n_equal == n_equal)
        for other in others if self.project.unit is None else ():
            n_fewer = best.n_cut - other.n_cut
            is_enough = other.way.is_inclusive <= best.way.is_inclusive or n_fewer >= _ENOUGH_ENDS
            if is_enough and n_fewer > DECIDING_SHARE * best.n_places_other_than(other):
                best = other
        if n_equal < MIN_EQUAL * len(self.quoted):
            misfit = np.zeros(len(self.at), np.bool_)
            misfit[self.quoted] = ~best.column("is_equal", "quotes", len(self.quoted))
            self._refuse(misfit)
        is_guessed = self.project.unit is None and not len(self.quoted)
        if is_guessed and best.n_cut > MAX_CUT * self.is_counted.sum():
            first, last = best.column("is_cut", "rows", len(self.at))
            self._refuse(first | last)
        return best

    def is_unambiguous(self, best: _Try | None) -> bool:
        """Whether no other way fits about as well and gives other places."""
        if best is None:
            return True
        return not any(
            each.n_places_other_than(best)
            for each in self.tries
            if each.is_possible and each.n_equal == best.n_equal and each.n_cut < best.n_cut + _ENOUGH_ENDS
        )

    def _give_up(self) -> None:
        """Drop the ways that have fallen far behind, so that a large project does not try them to its end."""
        alive = [each for each in self.tries if each.is_possible]
        if len(alive) < 2 or alive[0].n_tried < _ENOUGH:
            return
        n_equal = max(each.n_equal for each in alive)
        n_cut = min(each.n_cut for each in alive)
        for each in alive:
            if each.n_quotes >= _ENOUGH:
                is_behind = n_equal - each.n_equal > HOPELESS_SHARE * each.n_quotes
            else:
                is_behind = each.n_cut - n_cut > HOPELESS_SHARE * 2 * each.n_tried and not len(self.quoted)
            if is_behind:
                each.give_up()

    def _try_block(self, block: list[int], tries: list[_Try]) -> None:
        """Try the ways that are still possible on the selections of some sources."""
        first, last = np.searchsorted(self.ordered, (block[0], block[-1] + 1))
        rows = self.order[first:last]
        axis = Axis.of([self.project.sources[source].text for source in block])
        text = np.searchsorted(np.array(block), self.source[rows])
        # The block's rows that have a quote, and which quotes those are.
        nth = np.searchsorted(self.quoted, rows)
        has_quote = np.append(self.quoted, NONE)[nth] == rows
        skeleton = Skeleton.of(axis) if has_quote.any() else None
        own = self.quotes.taken(nth[has_quote])
        begin = axis.starts[text[has_quote]]
        parts: list[_Part] = []
        for each in tries:
            if not each.is_possible:
                continue
            start, end, is_possible = axis.code_points(text, self.start[rows], self.end[rows], each.way)
            if not is_possible.all():
                each.give_up()
                continue
            # Many ways agree on most texts: what they agree on is judged once.
            part = next((p for p in parts if (p.start == start).all() and (p.end == end).all()), None)
            if part is None:
                is_cut = np.stack((axis.cuts(text, start), axis.cuts(text, end)))
                is_equal = np.zeros(0, np.bool_)
                if skeleton is not None:
                    is_equal = own.are(skeleton, begin + start[has_quote], begin + end[has_quote])
                part = _Part(rows, nth[has_quote], start, end, is_cut, self.is_counted[:, rows], is_equal)
                parts.append(part)
            each.add(part)

    def _misfits(self, way: Counting) -> Mask:
        """Which selections one way cannot read."""
        misfit = np.zeros(len(self.at), np.bool_)
        used = np.unique(self.source).tolist()
        for block in _blocks(used, [len(self.project.sources[source].text) for source in used]):
            rows = np.flatnonzero(np.isin(self.source, block))
            axis = Axis.of([self.project.sources[source].text for source in block])
            text = np.searchsorted(np.array(block), self.source[rows])
            misfit[rows] = ~axis.code_points(text, self.start[rows], self.end[rows], way)[2]
        return misfit

    def _refuse(self, misfit: Mask) -> None:
        """Stop, naming the first three misfits."""
        places = self.project.selections.place[self.at]
        named = ", ".join(
            f"source {self.source[i] + 1} selection {places[i]}" for i in np.flatnonzero(misfit)[:3]
        )
        raise CodingError("coding.positions", path=self.project.path, places=named)


def _is_first(source: Positions, border: Positions) -> Mask:
    """Which borders are the first of those at one place of one source."""
    order = np.lexsort((border, source))
    is_first = np.ones(len(order), np.bool_)
    is_first[order[1:]] = (np.diff(source[order]) != 0) | (np.diff(border[order]) != 0)
    return is_first


def _blocks(sources: list[int], lengths: list[int]) -> Iterator[list[int]]:
    """Runs of sources, each of bounded length unless one text is longer."""
    block: list[int] = []
    size = 0
    for source, length in zip(sources, lengths, strict=True):
        if block and size + length > _BLOCK_CHARACTERS:
            yield block
            block, size = [], 0
        block.append(source)
        size += length
    if block:
        yield block
