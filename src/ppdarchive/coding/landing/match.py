"""Sources of a project -> the responses that they are copies of."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from ppdarchive.coding.landing.counting import MARK
from ppdarchive.coding.project import NONE, Project
from ppdarchive.model.span import Positions

_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")
_TOKEN: Final = re.compile(r"[^\W_]+")
_GROUPS: Final = ("response_id", "participant_id", "question_id", "wave")


class Trouble(StrEnum):
    """Why a selection waits for a person, or a source has no response."""

    UNMATCHED_SOURCE = "unmatched-source"
    AMBIGUOUS_SOURCE = "ambiguous-source"
    NO_SOURCE = "no-source"
    NO_TEXT = "no-text"
    QUOTE_NOT_FOUND = "quote-not-found"
    QUOTE_NOT_UNIQUE = "quote-not-unique"
    OUTSIDE = "outside"
    EMPTY = "empty"
    LOW_CONFIDENCE = "low-confidence"
    QUOTE_DIFFERS = "quote-differs"


class By(StrEnum):
    """What told a source's response."""

    HAND = "by-hand"
    NAME = "name"
    PATTERN = "pattern"
    NAME_PART = "part-of-name"
    TEXT = "text"


@dataclass(frozen=True, slots=True, repr=False)
class Responses:
    """The study's responses, as columns of one length.

    Attributes
    ----------
    response_id : tuple of str
        All different.
    participant_id, question_id, wave : tuple of str
    texts : sequence of (str or None)
        None where nothing was answered.

    Raises
    ------
    ValueError
        If the columns are not of one length.
    """

    response_id: tuple[str, ...]
    participant_id: tuple[str, ...]
    question_id: tuple[str, ...]
    wave: tuple[str, ...]
    texts: Sequence[str | None]

    def __post_init__(self) -> None:
        if any(len(getattr(self, column)) != len(self.texts) for column in _GROUPS):
            raise ValueError("columns of responses are not of one length")

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"<Responses: {len(self)}>"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Matched:
    """Which response each source is.

    Attributes
    ----------
    response : ndarray of int64, shape (n_sources,)
        Indices into the responses; `NONE` where unmatched.
    by : tuple of (By or None), length n_sources
        What told it.
    trouble : tuple of (Trouble or None), length n_sources
        ``AMBIGUOUS_SOURCE`` where something named several responses, or several sources one text;
        ``UNMATCHED_SOURCE`` where nothing named any. None where matched.
    """

    response: Positions
    by: tuple[By | None, ...]
    trouble: tuple[Trouble | None, ...]

    def __repr__(self) -> str:
        return f"<Matched: {(self.response != NONE).sum()} of {len(self.response)} sources>"

    @property
    def unmatched(self) -> tuple[tuple[int, Trouble], ...]:
        """The numbers of the sources without a response, from 1, and why."""
        return tuple((i, trouble) for i, trouble in enumerate(self.trouble, start=1) if trouble is not None)

    def counts(self) -> Mapping[By, int]:
        """How many sources each rule matched."""
        return {by: self.by.count(by) for by in By if by in self.by}


_Rule = Callable[[int], Sequence[int]]
"""The responses that a source may be."""

_Pattern = Callable[[int], Sequence[int] | None]
"""The same; None where it says nothing of the source."""


def check_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a study's pattern of source names.

    Parameters
    ----------
    pattern : str
        A regular expression, found anywhere in a name, with named groups among ``response_id``,
        ``participant_id``, ``question_id`` and ``wave``. How long it searches is its author's concern.

    Raises
    ------
    ValueError
        If it is no regular expression, or has no named group or an unknown one.
    """
    reason = ""
    try:
        compiled = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        reason = str(error)
    if reason:
        raise ValueError(f"not a regular expression: {reason}")
    unknown = sorted(set(compiled.groupindex) - set(_GROUPS))
    if unknown or not compiled.groupindex:
        which = f"{unknown[0]!r} is none of them" if unknown else "it has none"
        raise ValueError(f"the pattern's named groups are among {', '.join(_GROUPS)}; {which}")
    return compiled


def match(
    project: Project,
    responses: Responses,
    *,
    by_hand: Mapping[str, str] | None = None,
    pattern: str | None = None,
) -> Matched:
    """Find the response that each source is a copy of.

    The first rule that names exactly one response decides: `by_hand`; a name that is a response's id (also
    behind a file's ending such as ``.txt``); what `pattern` finds in the name; a response's id in the name,
    with no letter or digit beside it (of ids within one another the longest; one of digits alone is no part
    of a date or another number); the text. A text tells only where one response and one coded source that
    is still unmatched have it, without their byte-order marks, white space squeezed, in NFC; most sources
    with "None." stay unmatched.

    What one rule says, a later one only narrows: a source whose name fits several responses is none but
    these, and one that `by_hand` or `pattern` finds no response for is no other's. A name whose response
    has another text than the source, while another response has just that one, tells nothing either: two
    files may have been swapped. Only `by_hand` is believed then.

    Several sources may be of one response, as when a project holds each coder's copy.

    Parameters
    ----------
    project : Project
    responses : Responses
    by_hand : mapping of str to str, optional
        Response ids by source name. A name that several sources of different text have names none, and an
        id that is no response's leaves the source unmatched.
    pattern : str, optional
        See `check_pattern`.

    Returns
    -------
    Matched

    Raises
    ------
    ValueError
        If the pattern is not one.
    """
    names = [source.name for source in project.sources]
    index = _index(responses.response_id)
    given = by_hand or {}
    wanted: _Pattern = (lambda _: None) if pattern is None else _pattern_rule(names, responses, pattern)
    by_hand_rule, part_rule = _hand_rule(project, given, index), _part_rule(names, responses.response_id)
    response = np.full(len(names), NONE, np.int64)
    by: list[By | None] = [None] * len(names)
    trouble: list[Trouble | None] = [None] * len(names)
    # What a name leaves open: some responses, none, or (None) all of them.
    left: list[Set[int] | None] = [None] * len(names)

    def rules(i: int) -> Iterator[tuple[By, Collection[int] | None]]:
        if names[i] in given:
            yield By.HAND, by_hand_rule(i)
        yield By.NAME, index.get(names[i]) or index.get(_ENDING.sub("", names[i]))
        yield By.PATTERN, wanted(i)
        yield By.NAME_PART, part_rule(i) or None

    for i in range(len(names)):
        for rule, candidates in rules(i):
            if candidates is None:
                continue
            before = left[i]
            left[i] = found = set(candidates) if before is None else before & set(candidates)
            if len(found) == 1:
                response[i], by[i] = next(iter(found)), rule
            elif found or before:
                trouble[i] = Trouble.AMBIGUOUS_SOURCE
            if len(found) < 2:
                break
    for i in _swapped(project, responses, response, by):
        response[i], by[i], trouble[i], left[i] = NONE, None, Trouble.AMBIGUOUS_SOURCE, set()
    unknown = np.flatnonzero(response == NONE).tolist()
    coded = set(project.selections.source.tolist())
    # A copy that nobody coded is no rival of the one that was.
    for rest in ([i for i in unknown if i in coded], [i for i in unknown if i not in coded]):
        texts = [project.sources[i].text for i in rest]
        for at, found_by_text in _by_text(texts, [left[i] for i in rest], responses):
            source = rest[at]
            if found_by_text is None:
                trouble[source] = Trouble.AMBIGUOUS_SOURCE
            else:
                response[source], by[source], trouble[source] = found_by_text, By.TEXT, None
    for i in unknown:
        if by[i] is None and trouble[i] is None:
            trouble[i] = Trouble.UNMATCHED_SOURCE
    return Matched(response, tuple(by), tuple(trouble))


def _index(keys: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Where each key stands."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        places[key].append(i)
    return {key: tuple(where) for key, where in places.items()}


def _hand_rule(project: Project, by_hand: Mapping[str, str], index: Mapping[str, tuple[int, ...]]) -> _Rule:
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for source in project.sources:
        if source.name in by_hand:
            texts[source.name].add(_plain(source.text))

    def responses_of(i: int) -> Sequence[int]:
        name = project.sources[i].name
        return index.get(by_hand[name], ()) if len(texts.get(name, ())) == 1 else ()

    return responses_of


def _pattern_rule(names: Sequence[str], responses: Responses, given: str) -> _Pattern:
    pattern = check_pattern(given)
    # By which groups took part in a match, since some may be optional.
    indices: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}

    def responses_of(i: int) -> Sequence[int] | None:
        found = pattern.search(names[i])
        named = {} if found is None else {key: v for key, v in found.groupdict().items() if v is not None}
        if not named:
            return None
        groups = tuple(named)
        if groups not in indices:
            places = indices[groups] = {}
            for at, key in enumerate(zip(*(getattr(responses, group) for group in groups), strict=True)):
                places.setdefault(key, []).append(at)
        return indices[groups].get(tuple(named.values()), ())

    return responses_of


def _part_rule(names: Sequence[str], ids: Sequence[str]) -> _Rule:
    cores: defaultdict[str, list[int]] = defaultdict(list)
    longest = [0]

    def responses_of(i: int) -> Sequence[int]:
        if not cores:  # most projects need none
            for at, key in enumerate(ids):
                tokens_of_id = list(_TOKEN.finditer(key))
                if tokens_of_id:
                    cores[key[tokens_of_id[0].start() : tokens_of_id[-1].end()]].append(at)
                    longest[0] = max(longest[0], len(tokens_of_id))
        name, n_tokens = names[i], longest[0]
        tokens = [token.span() for token in _TOKEN.finditer(name)]
        found: list[tuple[int, int, list[int]]] = []
        for first, (start, _) in enumerate(tokens):
            # From the longest on: what lies within one that was found is part of it.
            for _, end in reversed(tokens[first : first + n_tokens]):
                if found and end <= found[-1][1]:
                    break
                if name[start:end] in cores and not _is_in_number(name, start, end):
                    found.append((start, end, cores[name[start:end]]))
                    break
        return [at for _, _, places in found for at in places]

    return responses_of


def _is_in_number(name: str, start: int, end: int) -> bool:
    """Whether digits are a part of a date or of another number of several parts."""
    around = name[max(start - 2, 0) : start][:1], name[end + 1 : end + 2]
    return name[start:end].isdecimal() and any(each.isdecimal() for each in around)


def _swapped(
    project: Project, responses: Responses, response: Positions, by: Sequence[By | None]
) -> Iterator[int]:
    """Sources whose name tells one response, and whose text is another's."""
    texts: dict[int, str] = {}
    for i in np.flatnonzero(response != NONE).tolist():
        source, own = project.sources[i].text, responses.texts[response[i]] or ""
        if by[i] is not By.HAND and source != own and _plain(source) not in {"", _plain(own)}:
            texts[i] = _plain(source)
    if texts:
        wanted = set(texts.values())
        others = {plain for text in responses.texts if text and (plain := _plain(text)) in wanted}
        yield from (i for i, text in texts.items() if text in others)


def _by_text(
    texts: Sequence[str], left: Sequence[Set[int] | None], responses: Responses
) -> Iterator[tuple[int, int | None]]:
    """For texts that responses have too: which of those that their names leave open; None for several."""
    plain = _index(map(_plain, texts))
    wanted = plain.keys() - {""}
    if not wanted:
        return
    same: defaultdict[str, list[int]] = defaultdict(list)
    for i, text in enumerate(responses.texts):
        key = "" if text is None else _plain(text)
        if key in wanted:
            same[key].append(i)
    for key, where in same.items():
        here = frozenset(where)
        own = {i: left[i] for i in plain[key]}
        may_be = {i: where if named is None else sorted(here & named) for i, named in own.items()}
        n_open = sum(named is None for named in own.values())
        n_sources = Counter(at for i, those in may_be.items() if own[i] is not None for at in those)
        for i, those in may_be.items():
            if those:
                is_only = len(those) == 1 and n_open + n_sources[those[0]] == 1
                yield i, those[0] if is_only else None


def _plain(text: str) -> str:
    """A text without what copying changes."""
    return unicodedata.normalize("NFC", " ".join(text.replace(MARK, "").split()))
