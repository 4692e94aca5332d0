r"""The rules and the word lists, read from the package's data files.

A file of rules, line by line::

    # a remark
    $PLACE = CITY | TOWN                       words that stand for others in this file
    == kin-name: NAME, redact 0.97             a rule: its category, tier and score; or ``kept``
    hipaa: A                                   a paragraph other than that of its category
    only: initials                             a further test of what is found (`TESTS`)
    = MY KIN < NAME >                          a pattern; longer ones go on in lines that
      are indented                             begin with a space; a line may end with a slash
    + my son <jayden> sleeps                   an example with what is found, in any case
    * her name is <Xylia>                      an example that must be written as it is
    - my son may need it                       an example in which it finds nothing

In examples ``\n`` is the end of a line. A file of lists has a line ``== CLASS`` and words below it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from ppdarchive.model.span import TextCategory, Tier

DATA: Final = Path(__file__).parent / "data"
FILES: Final = ("names", "places", "facilities", "work", "military", "events")
"""The files of rules, in the order of the documentation."""

LISTS: Final = ("lists", "work_lists", "occupations")
"""The files of lists: what was written by hand, and what a script wrote."""

HIPAA: Final = {
    TextCategory.NAME: "A",
    TextCategory.LOCATION: "B",
    TextCategory.FACILITY: "B",
    TextCategory.ORGANIZATION: "A (employers), R",
    TextCategory.MILITARY: "B, C, R",
    TextCategory.PROFESSION: "R",
    TextCategory.OTHER: "R",
}
"""The paragraph of 45 CFR 164.514(b)(2)(i) that a category's spans fall under."""

_HEAD: Final = re.compile(
    r"== (?P<name>[a-z-]+): (?:(?P<category>[A-Z]+), (?P<tier>[a-z]+) (?P<score>[0-9.]+)|kept)"
)
_MACRO: Final = re.compile(r"\$([A-Z_]+)")
_MOST_INITIALS: Final = 4
_MOST_DAYS: Final = 31
_NO_LETTERS: Final = re.compile(r"\W+")
_NUMBERS: Final = re.compile("[0-9]+")
_SPECIALTY: Final = re.compile(r"([0-9]{2})(?:[\s-]*)([a-z])[a-z]*")


@dataclass(frozen=True, slots=True)
class Rule:
    """Patterns over words (`ppdarchive.detectors.phrases.pattern`) that mean the same thing.

    Attributes
    ----------
    name : str
    category : TextCategory
    tier : Tier
    score : float
        How often a match is right, measured on texts that were made for it.
    patterns : tuple of str
        Tried one by one; any may match.
    finds : tuple of str
        Examples, what is found between ``<`` and ``>``, written in any case.
    finds_cased : tuple of str
        The same, found only as they are written.
    leaves : tuple of str
        Examples in which this rule finds nothing.
    only : callable or None
        A test of the folded words of the span.
    hipaa : str
        The paragraph of 45 CFR 164.514(b)(2)(i).
    """

    name: str
    category: TextCategory
    tier: Tier
    score: float
    patterns: tuple[str, ...]
    finds: tuple[str, ...]
    finds_cased: tuple[str, ...]
    leaves: tuple[str, ...]
    only: Callable[[str], bool] | None
    hipaa: str


def rules() -> tuple[Rule, ...]:
    """All rules, in the order of the documentation."""
    return tuple(rule for name in FILES for rule in _rules_of(name))


def kept() -> tuple[Rule, ...]:
    """The rules for what looks like a match and is none; no span of another rule may meet theirs."""
    return _rules_of("kept")


@cache
def lists() -> Mapping[str, frozenset[str]]:
    """The words of each hand-made class."""
    found: dict[str, set[str]] = {}
    own: set[str] = set()
    for line in (line for name in LISTS for line in _lines(name)):
        if line.startswith("== "):
            own = found.setdefault(line.removeprefix("== "), set())
        else:
            own.update(line.split())
    return {name: frozenset(words) for name, words in found.items()}


@cache
def classes() -> Mapping[str, str]:
    """The expressions of the classes that are told by traits and capitals, by name."""
    parts = (line.partition(" = ") for line in _lines("classes"))
    return {name: expression for name, _, expression in parts}


@cache
def specialties() -> frozenset[str]:
    """The Army's occupational specialties that veterans name: 68w."""
    return lists()["SPECIALTIES"]


def _is_specialty(words: str) -> bool:
    match = _SPECIALTY.fullmatch(words)
    return match is not None and match[1] + match[2] in specialties()


def _is_no_date(words: str) -> bool:
    return int(_NUMBERS.findall(words)[-1]) > _MOST_DAYS


def _are_initials(words: str) -> bool:
    return sum(map(str.isalpha, words)) <= _MOST_INITIALS


def _is_kept_phrase(words: str) -> bool:
    return _NO_LETTERS.sub("_", words) in lists()["KEPT_PHRASES"]


TESTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "initials": _are_initials,
    "kept-phrase": _is_kept_phrase,
    "specialty": _is_specialty,
    "unit-numbers": _is_no_date,
}
"""What a rule may further ask of the words of a span, by the name in its file."""


@dataclass(slots=True)
class _Draft:
    """A rule while its lines are read."""

    head: re.Match[str]
    patterns: list[str] = field(default_factory=list)
    finds: list[str] = field(default_factory=list)
    finds_cased: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    asides: dict[str, str] = field(default_factory=dict)

    def rule(self) -> Rule:
        """The rule that was read."""
        category = TextCategory(self.head["category"] or TextCategory.OTHER)
        test = self.asides.get("only")
        return Rule(
            self.head["name"],
            category,
            Tier(self.head["tier"] or Tier.UNCERTAIN),
            float(self.head["score"] or 0),
            tuple(self.patterns),
            tuple(self.finds),
            tuple(self.finds_cased),
            tuple(self.leaves),
            None if test is None else TESTS[test],
            self.asides.get("hipaa", HIPAA[category]),
        )


@cache
def _rules_of(name: str) -> tuple[Rule, ...]:
    macros: dict[str, str] = {}
    drafts: list[_Draft] = []
    for line in _lines(name):
        if line.startswith("$"):
            word, _, meaning = line.partition(" = ")
            macros[word.removeprefix("$")] = _expanded(meaning, macros)
        elif line.startswith("=="):
            head = _HEAD.fullmatch(line)
            if head is None:
                raise ValueError(f"{name}: not the head of a rule: {line}")
            drafts.append(_Draft(head))
        else:
            sign, _, rest = line.partition(" ")
            own = drafts[-1]
            match sign:
                case "=":
                    own.patterns.append(_expanded(rest, macros))
                case "+":
                    own.finds.append(rest.replace(r"\n", "\n"))
                case "*":
                    own.finds_cased.append(rest.replace(r"\n", "\n"))
                case "-":
                    own.leaves.append(rest.replace(r"\n", "\n"))
                case "hipaa:" | "only:":
                    own.asides[sign.removesuffix(":")] = rest
                case _:
                    raise ValueError(f"{name}: no such line in a rule: {line}")
    return tuple(draft.rule() for draft in drafts)


def _expanded(text: str, macros: Mapping[str, str]) -> str:
    return _MACRO.sub(lambda match: macros[match[1]], text)


def _lines(name: str) -> Iterator[str]:
    """The lines of a data file, joined where they go on, without remarks and empty ones."""
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    text = re.sub(r"/\n +", "/", text)
    for line in re.sub(r"\n +", " ", text).splitlines():
        if line and not line.startswith("#"):
            yield line
