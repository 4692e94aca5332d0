"""Numbers that are said in words, as on the telephone: "six four one, five five five, oh one two six"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from ppdarchive.detectors.patterns.cues import DECENAS, TEENS, UNIDADES, UNITS
from ppdarchive.detectors.patterns.needs import LAST_SPELLED, SPELLED
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Narrow, Rule, only_if
from ppdarchive.model.span import TextCategory

_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES: Final[dict[str, int]] = {
    **dict.fromkeys(("zero", "oh", "o", "cero"), 0),
    **{word: value for text in (UNITS, UNIDADES) for value, word in enumerate(text.split(), start=1)},
    **{word: value for value, word in enumerate(TEENS.split(), start=10)},
    **{word: value for value, word in zip(range(10, 30), DECENAS.split(), strict=False)},
    **{word: 10 * value for value, word in enumerate(_TENS.split(), start=2)},
    **{word: 10 * value for value, word in enumerate(DECENAS.split()[20:], start=3)},
}
_SAID: Final = "|".join(sorted(_VALUES, key=lambda word: (-len(word), word)))
_WORD: Final = rf"(?:(?:double|triple|doble){SPACE})?(?:{_SAID}|hundred)(?![a-z])"
_ITEM: Final = rf"(?:{_WORD}|[0-9]{{1,4}}(?!\w))"
_JOIN: Final = r"(?:\s{0,2}[-,()/]{1,2}\s{0,2}|\.|\s{1,3}(?:y\s{1,3})?)"
_RUN: Final = rf"(?<![\w$.,'-])(?!o(?![a-z]))(?:[0-9]{{1,4}}{_JOIN})?{_WORD}(?:{_JOIN}{_ITEM}){{3,24}}"
_PIECE: Final = re.compile(rf"(double|triple|doble)|(hundred)|({_SAID})(?![a-z])|([0-9]+)")
_LEAST_WORDS: Final = 3
_REPEATS: Final = {"double": 2, "doble": 2, "triple": 3}


def _numbers(text: str) -> Iterator[str]:
    """The digits of each number that is said; of "fifty five" together."""
    times, tens = 1, 0
    for repeated, hundred, said, digits in _PIECE.findall(text):
        if repeated:
            times = _REPEATS[repeated]
            continue
        value = _VALUES[said] if said else None
        if tens and value is not None and 0 < value < 10:
            yield str(tens + value)
            tens = 0
            continue
        if tens:
            yield str(tens)
        tens = value if value is not None and value >= 20 and value % 10 == 0 else 0
        if not tens:
            yield "00" if hundred else digits or str(value) * times
        times = 1
    if tens:
        yield str(tens)


def _is_dialled(lengths: range) -> Narrow:
    """Keep so many digits, most of them in words, that somebody does not count or answer a scale with."""

    def test(match: re.Match[str]) -> bool:
        numbers = list(_numbers(match[0]))
        digits = "".join(numbers)
        steps = {int(after) - int(before) for before, after in pairwise(numbers)}
        n_words = sum(bool(said) for _, _, said, _ in _PIECE.findall(match[0]))
        is_scale = len(digits) < 10 and max(digits) < "5"
        return len(digits) in lengths and n_words >= _LEAST_WORDS and len(steps) > 1 and not is_scale

    return only_if(test)


SPELLED_RULES: Final = (
    Rule(
        name="phone-spelled",
        category=TextCategory.CONTACT,
        law="D",
        need=SPELLED,
        source=_RUN,
        score=0.93,
        narrow=_is_dialled(range(10, 16)),
        finds=(
            "it is <six four one, five five five, oh one two six> ok",
            "<five one five, 555 0126>",
            "call <six four one triple five zero one twenty-six>",
            "es el <seis cuatro uno cinco cinco cinco cero uno dos seis>",
        ),
        leaves=(
            "one two three four five six seven eight nine ten",
            "two or three times, four or five calls",
            "ten nine eight seven six five four three two one",
        ),
    ),
    Rule(
        name="number-spelled",
        category=TextCategory.CONTACT,
        law="R",
        need=SPELLED,
        source=_RUN,
        score=0.75,
        narrow=_is_dialled(range(7, 10)),
        finds=("just <five five five oh one two six> ok", "ssn <nine hundred, twelve, three four five six>"),
        leaves=("zero one two three zero one one", "two thousand nineteen", "one hundred twenty five"),
    ),
    Rule(
        name="last-four-spelled",
        category=TextCategory.ID,
        law="G",
        need=LAST_SPELLED,
        source=(
            rf"last{SPACE}(?:four|4)(?:{GAP}(?:of|my|the|social|ssn|digits|is|are|r|:|=)"
            rf"(?![a-z])){{0,6}}{GAP}((?:{_SAID})(?:{_JOIN}(?:{_SAID})){{1,3}})(?![a-z])"
        ),
        score=0.95,
        narrow=only_if(lambda match: len("".join(_numbers(match[1]))) == 4, group=1),
        finds=(
            "my last four are <six six eight three>",
            "last four of my social is <sixty-six eighty-three>",
        ),
        leaves=("the last four are one of", "last four five times"),
    ),
)
