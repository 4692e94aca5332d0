"""Sources of a project -> the responses that they are copies of."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

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
    texts : tuple of (str or None)
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
    texts: tuple[str | None, ...]

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


class _Rule(Protocol):
    def __call__(self, source: int, /) -> Sequence[int]:
        """The responses that a source may be."""


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
    with no letter or digit beside it (of ids within one another the longest); the text. A text tells only
    where one response and one coded source that is still unmatched have it, without their byte-order
    marks, white space squeezed, in NFC; most sources with "None." stay unmatched.

    Several sources may be of one response, as when a project holds each coder's copy.

    Parameters
    ----------
    project : Project
    responses : Responses
    by_hand : mapping of str to str, optional
        Response ids by source name. A name that several sources of different text have names none.
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
    rules: list[tuple[By, _Rule]] = [
        (By.HAND, _hand_rule(project, by_hand or {}, index)),
        (By.NAME, lambda i: index.get(names[i]) or index.get(_ENDING.sub("", names[i]), ())),
    ]
    if pattern is not None:
        rules.append((By.PATTERN, _pattern_rule(names, responses, check_pattern(pattern))))
    rules.append((By.NAME_PART, _part_rule(names, responses.response_id)))
    response = np.full(len(names), NONE, np.int64)
    by: list[By | None] = [None] * len(names)
    trouble: list[Trouble | None] = [None] * len(names)
    for i in range(len(names)):
        for rule, candidates in rules:
            found = set(candidates(i))
            if len(found) == 1:
                response[i], by[i], trouble[i] = found.pop(), rule, None
                break
            if found:
                trouble[i] = Trouble.AMBIGUOUS_SOURCE
    unknown = np.flatnonzero(response == NONE).tolist()
    coded = set(project.selections.source.tolist())
    # A copy that nobody coded is no rival of the one that was.
    for rest in ([i for i in unknown if i in coded], [i for i in unknown if i not in coded]):
        for i, found_by_text in _by_text([project.sources[i].text for i in rest], responses):
            source = rest[i]
            if len(found_by_text) == 1:
                response[source], by[source], trouble[source] = found_by_text[0], By.TEXT, None
            elif found_by_text:
                trouble[source] = Trouble.AMBIGUOUS_SOURCE
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


def _pattern_rule(names: Sequence[str], responses: Responses, pattern: re.Pattern[str]) -> _Rule:
    # By which groups took part in a match, since some may be optional.
    indices: dict[tuple[str, ...], dict[tuple[str, ...], list[int]]] = {}

    def responses_of(i: int) -> Sequence[int]:
        found = pattern.search(names[i])
        named = {} if found is None else {key: v for key, v in found.groupdict().items() if v is not None}
        if not named:
            return ()
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
                if name[start:end] in cores:
                    found.append((start, end, cores[name[start:end]]))
                    break
        return [at for _, _, places in found for at in places]

    return responses_of


def _by_text(texts: Sequence[str], responses: Responses) -> Iterator[tuple[int, tuple[int, ...]]]:
    """For texts that responses have too: which; several where the text is not the only one of its kind."""
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
        for i in plain[key]:
            yield i, tuple(where) if len(plain[key]) == 1 else (*where, NONE)


def _plain(text: str) -> str:
    """A text without what copying changes."""
    return unicodedata.normalize("NFC", " ".join(text.replace(MARK, "").split()))
