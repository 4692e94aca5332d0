"""The study's known identifiers: values of direct-identifier fields and of the `[[known]]` lists.

Texts and values are folded (`ppdarchive.text.fold`) and cut into words, letters and digits apart. A
value is found as whole words: in any case and Unicode form, with anything short between its words
(white space, a hyphen, an apostrophe, an underscore) or nothing ("annmarie" for "Ann Marie"), and
with a possessive, which stays outside of the span. A full name is found by its parts too, an e-mail
address by what stands before the @, a number of six digits and more by its digits in any punctuation.

All values are looked for at once: one set of first words passes most texts by, and a tree over words
follows the values in the others. The cost does not grow with the number of values.

Values that are words of everyday text (a coach named Grace, a town named Mobile) are judged by what
stands around them; `ppdarchive.detectors.known.guard` says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from ppdarchive.detectors.known.guard import judge
from ppdarchive.detectors.known.words import COMMON, PARTICLES, PLACEHOLDERS, PLAIN_S, ROLES, words
from ppdarchive.detectors.tags import replaced_ranges
from ppdarchive.model.span import Span, TextCategory, Tier
from ppdarchive.text.fold import Folded, fold

_WORD: Final = re.compile(r"[^\W\d_]+|[0-9]+")
_DIGITS: Final = re.compile(r"[0-9](?:[ ().+/_,-]{0,3}[0-9])*")
_GROUP: Final = re.compile(r"[0-9]+")
_RANK: Final = {category: rank for rank, category in enumerate(TextCategory)}
_PHONE_WORDS: Final = words("x ext extension tel cell home mobile phone fax work h c m w o")
_MOST_GAP: Final = 4
_MOST_SPACE: Final = 20
_MOST_WORDS_SPLIT: Final = 5
"""Values of more words are found whole, joined, or with two words joined, not in every mixture."""
_LEAST_DIGITS: Final = 6
"""Numbers from here on are compared by digits in any punctuation."""
_LEAST_NUMBER: Final = 4
"""Shorter numbers say nothing by themselves; they are not looked for."""
_BARRIER: Final = "\x00"


@dataclass(slots=True)
class _Entry:
    """Where a value ends: what it is, how many letters behind it are not its own."""

    category: TextCategory
    guarded: bool
    extra: int


@dataclass(slots=True)
class _Node:
    """A word of values: what may follow, and the value that ends here."""

    then: dict[str, _Node] = field(default_factory=dict)
    entry: _Entry | None = None


class KnownIdentifiers:
    """Finds values that are known to identify somebody.

    Parameters
    ----------
    values : iterable of tuple of str and TextCategory
        Values of fewer than two letters or digits, numbers of fewer than four digits and
        placeholders ("n/a") are ignored.

    Attributes
    ----------
    n_values : int
        Different values that are looked for.
    n_ignored : int
        Values that are not.

    Examples
    --------
    >>> known = KnownIdentifiers([("Ann Marie", TextCategory.NAME)])
    >>> text = "I love ANN-MARIE’s calls"
    >>> [text[span.start : span.end] for span in known.detect([text])[0]]
    ['ANN-MARIE']
    """

    name: Final = "known"

    __slots__ = ("_firsts", "_longest_number", "_numbers", "_root", "n_ignored", "n_values")

    def __init__(self, values: Iterable[tuple[str, TextCategory]]) -> None:
        self._root: dict[str, _Node] = {}
        self._numbers: dict[str, TextCategory] = {}
        self.n_values = self.n_ignored = 0
        for value, category in dict.fromkeys(values):
            if self._add_value(value, category):
                self.n_values += 1
            else:
                self.n_ignored += 1
        self._firsts = frozenset(self._root)
        self._longest_number = max(map(len, self._numbers), default=0)

    def __repr__(self) -> str:
        return f"KnownIdentifiers(n_values={self.n_values}, n_ignored={self.n_ignored})"

    def detect(self, texts: Sequence[str]) -> list[list[Span]]:
        """Find the known values in each text; nothing is found inside a tag or mask."""
        return [list(self._found(text)) for text in texts]

    # -- values ------------------------------------------------------------------------------

    def _add_value(self, value: str, category: TextCategory) -> bool:
        plain = fold(value).text
        found: list[str] = _WORD.findall(plain)
        letters = "".join(word for word in found if word.isalpha())
        digits = "".join(word for word in found if not word.isalpha())
        if len(letters) + len(digits) < 2 or (letters in PLACEHOLDERS and not digits and len(found) != 1):
            return False
        if "@" in plain:
            self._add(found, category)
            local = plain.partition("@")[0]
            if sum(map(str.isalpha, local)) >= 4 and local not in ROLES and local not in COMMON:
                self._add(_WORD.findall(local), category)
            return True
        if len(digits) >= 7 and _PHONE_WORDS.issuperset(word for word in found if word.isalpha()):
            self._add_number(_without_extension(found), category)
            return True
        if not letters and len(digits) < _LEAST_NUMBER:
            return False
        if not letters and len(digits) >= _LEAST_DIGITS:
            self._add_number(digits, category)
        self._add(found, category)
        if category is TextCategory.NAME:
            self._add_parts(plain, category)
        return True

    def _add_number(self, digits: str, category: TextCategory) -> None:
        keys = {digits}
        if category is TextCategory.CONTACT:
            if len(digits) == 11 and digits[0] == "1":
                digits = digits[1:]
            if len(digits) == 10:
                keys |= {digits, "1" + digits, digits[-7:]}
        for key in keys:
            self._numbers[key] = min(self._numbers.get(key, category), category, key=_RANK.__getitem__)

    def _add_parts(self, plain: str, category: TextCategory) -> None:
        """The parts of a full name: each word, each part of a double name, each run of words."""
        parts = [_WORD.findall(part) for part in plain.split()]
        parts = [part for part in parts if part]
        if 2 < len(parts) <= _MOST_WORDS_SPLIT:
            for first, last in combinations(range(len(parts) + 1), 2):
                run = [word for part in parts[first:last] for word in part]
                if last - first > 1 and not PARTICLES.issuperset(run):
                    self._add(run, category)
        pieces = [piece for part in plain.split() for piece in (part, *part.split("-"))]
        for piece in pieces:
            found: list[str] = _WORD.findall(piece)
            name = "".join(found)
            if name.isalpha() and len(name) > 1 and (name not in PARTICLES or len(parts) == 1):
                self._add(found, category)

    def _add(self, value: Sequence[str], category: TextCategory) -> None:
        """Add a value in every way in which its words may be joined."""
        for variant in _joinings(value):
            single = len(variant) == 1
            guarded = (single and variant[0] in COMMON) or all(len(word) == 1 for word in variant)
            self._insert(variant, category, guarded, 0)
            last = variant[-1]
            if category is TextCategory.NAME and not guarded and len(last) > 2 and last.isalpha():
                # A possessive or plural without its apostrophe: "Mayas calls".
                plural = last + "s"
                if not single or (plural not in PLAIN_S and plural not in COMMON):
                    self._insert((*variant[:-1], plural), category, False, 1)

    def _insert(self, path: Sequence[str], category: TextCategory, guarded: bool, extra: int) -> None:
        children = self._root
        for word in path:
            node = children.setdefault(word, _Node())
            children = node.then
        old = node.entry
        if old is None or old.extra > extra:
            node.entry = _Entry(category, guarded, extra)
        elif old.extra == extra and _RANK[category] < _RANK[old.category]:
            old.category = category

    # -- texts -------------------------------------------------------------------------------

    def _found(self, text: str) -> Iterator[Span]:
        folded = fold(text)
        words: list[str] = _WORD.findall(folded.text)
        if not self._firsts.isdisjoint(words):
            yield from self._values_in(text, folded, words)
        if self._numbers:
            yield from self._numbers_in(text, folded)

    def _values_in(self, text: str, folded: Folded, words: list[str]) -> Iterator[Span]:
        plain = folded.text
        places = [match.span() for match in _WORD.finditer(plain)]
        words = _without_tags(text, folded, words, places)
        reached = 0
        for at, word in enumerate(words):
            node = self._root.get(word)
            if node is None:
                continue
            found: tuple[int, _Entry] | None = None
            last = at
            while node is not None:
                if node.entry is not None:
                    found = last, node.entry
                last += 1
                if last == len(words) or not _may_join(plain, places[last - 1][1], places[last][0]):
                    break
                node = node.then.get(words[last])
            if found is None or places[found[0]][1] <= reached:
                continue
            last, entry = found
            reached = places[last][1]
            tier: Tier | None = Tier.REDACT
            score = 1.0
            if entry.guarded:
                tier, score = judge(text, folded, words, places, first=at, last=last)
            if tier is not None:
                start, end = folded.original(places[at][0], reached - entry.extra)
                yield Span(start, end, entry.category, score, tier, self.name)

    def _numbers_in(self, text: str, folded: Folded) -> Iterator[Span]:
        barred = list(replaced_ranges(text))
        for run in _DIGITS.finditer(folded.text):
            if run.end() - run.start() < _LEAST_DIGITS:
                continue
            groups = [(m[0], run.start() + m.start(), run.start() + m.end()) for m in _GROUP.finditer(run[0])]
            for at, (_, first, _) in enumerate(groups):
                digits = ""
                for group, _, last in groups[at:]:
                    digits += group
                    if len(digits) > self._longest_number:
                        break
                    category = self._numbers.get(digits)
                    if category is not None:
                        start, end = folded.original(first, last)
                        if not any(a < end and start < b for a, b in barred):
                            yield Span(start, end, category, 1.0, Tier.REDACT, self.name)


def residual(texts: Sequence[str], known: KnownIdentifiers) -> list[list[Span]]:
    """The known identifiers that are left in strings: cells, labels, descriptions, file names.

    The same matching as in de-identification, tags and masks excepted. A span of tier ``uncertain``
    is a word that is a name elsewhere; where the policy redacts what is uncertain none is left in
    texts, and in labels and descriptions a person decides.

    Parameters
    ----------
    texts : sequence of str, length n
    known : KnownIdentifiers

    Returns
    -------
    list of list of Span, length n
    """
    return known.detect(texts)


def _without_extension(found: Sequence[str]) -> str:
    digits = ""
    for word in found:
        if word in ("x", "ext", "extension") and digits:
            break
        digits += word if word.isdecimal() else ""
    return digits


def _joinings(value: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The words of a value with any of the gaps between them closed."""
    borders = range(1, len(value))
    closed: Iterable[tuple[int, ...]]
    if len(value) <= _MOST_WORDS_SPLIT:
        closed = (chosen for size in range(len(value)) for chosen in combinations(borders, size))
    else:
        closed = ((), *((border,) for border in borders), tuple(borders))
    for gone in closed:
        words = [value[0]]
        for border in borders:
            if border in gone:
                words[-1] += value[border]
            else:
                words.append(value[border])
        joined = [word for word in words if word not in value]
        # Letters and digits are words of their own anyway; initials alone are not made into a word.
        if all(map(str.isalpha, joined)) and (len(words) > 1 or not joined or len(words[0]) > 3):
            yield tuple(words)


def _without_tags(text: str, folded: Folded, words: list[str], places: list[tuple[int, int]]) -> list[str]:
    """The words of a text; those inside tags match nothing."""
    barred = list(replaced_ranges(text))
    if not barred:
        return words
    own = [folded.original(*place) for place in places]
    return [
        _BARRIER if any(a <= start and end <= b for a, b in barred) else word
        for word, (start, end) in zip(words, own, strict=True)
    ]


def _may_join(plain: str, end: int, start: int) -> bool:
    """Whether a word that ends and a word that starts there stand close enough to be of one value."""
    size = start - end
    return size <= _MOST_GAP or (size <= _MOST_SPACE and plain[end:start].isspace())
