"""Numbers and codes of the same shape that belong to nobody.

References
----------
Telephone numbers 555-0100 to 555-0199 of any area code are kept for fiction (ATIS-0300115), and no
country's code is 999 (ITU-T E.164). No social security number begins with 9; of taxpayer numbers, which
do, the fourth and fifth digits are 50 and more (IRS, Publication 1915). Addresses 192.0.2.0/24,
198.51.100.0/24, 203.0.113.0/24 (RFC 5737) and 2001:db8::/32 (RFC 3849) are for documentation. No ZIP code
begins with the three digits of `_NO_ZIP` (USPS, Labeling List L002).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ppdarchive.deidentify.replace.draws import Draws
from ppdarchive.deidentify.replace.grammar import in_case_of
from ppdarchive.deidentify.replace.mentions import plain_key
from ppdarchive.deidentify.replace.slots import Draw, Filled, Plan, Slot

_DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS_ES: Final = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_VALUES: Final = {word: nth for words in (_DIGIT_WORDS, _DIGITS_ES) for nth, word in enumerate(words)} | {
    "oh": 0,
    "o": 0,
}
_DIGIT: Final = re.compile(rf"[0-9]|(?<![^\W_])(?:{'|'.join(_VALUES)})(?![^\W_])", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"[,;]?\s*(?:x|ext\.?|extension|#)\s*[0-9]{1,6}\Z", re.IGNORECASE)
_NO_ZIP: Final = (
    *(
        "213",
        "269",
        "343",
        "345",
        "348",
        "353",
        "419",
        "428",
        "429",
        "517",
        "518",
        "519",
        "529",
        "533",
        "536",
    ),
    *(
        "552",
        "568",
        "578",
        "579",
        "589",
        "621",
        "632",
        "642",
        "643",
        "659",
        "663",
        "682",
        "694",
        "695",
        "696",
    ),
    *(
        "697",
        "698",
        "699",
        "702",
        "709",
        "715",
        "732",
        "742",
        "771",
        "817",
        "818",
        "819",
        "839",
        "848",
        "849",
    ),
    *(
        "854",
        "858",
        "861",
        "862",
        "866",
        "867",
        "868",
        "869",
        "886",
        "887",
        "892",
        "896",
        "899",
    ),
    *("909", "929", "987"),
)
_CONSONANTS: Final = "bcdfghjklmnprstvw"
_NETWORKS: Final = ("192.0.2.", "198.51.100.", "203.0.113.")


def digits_of(value: str) -> str:
    """The digits of a value, spelled-out ones too.

    >>> digits_of("five one five, 555-0123")
    '5155550123'
    """
    return "".join(str(_digit(match[0])) for match in _DIGIT.finditer(value))


def _digit(word: str) -> int:
    return int(word) if word.isdecimal() else _VALUES[word.lower()]


def poured(value: str, digits: str) -> str:
    """Other digits in the form of a value.

    >>> poured("(515) five five five 0123", "6415550187")
    '(641) five five five 0187'
    """
    left = iter(digits)

    def other(match: re.Match[str]) -> str:
        own, digit = match[0], next(left, "0")
        if own.isdecimal():
            return digit
        words = _DIGITS_ES if own.lower() in _DIGITS_ES else _DIGIT_WORDS
        word = words[int(digit)]
        return in_case_of(own, word.capitalize() if own[0].isupper() else word)

    return _DIGIT.sub(other, value)


def phone_plan(value: str) -> Plan:
    """A telephone number, and its extension apart; the punctuation stays."""
    extension = _EXTENSION.search(value)
    if extension is not None and len(digits_of(value[: extension.start()])) >= 7:
        return (*phone_plan(value[: extension.start()]), number_slot("extension", extension[0]))
    digits = digits_of(value)
    is_abroad = value.lstrip(" (").startswith("+") and not digits.startswith("1")
    if is_abroad or len(digits) not in (7, 10, 11) or (len(digits) == 11 and digits[0] != "1"):
        head = "999"[: len(digits)] if is_abroad else "0"
        return (Slot("phone", digits, _random_digits(digits, head), lambda drawn: poured(value, drawn)),)
    if len(digits) == 7:
        return (Slot("phone", digits, _local(digits), lambda drawn: poured(value, drawn), stage=1),)
    lead, own = digits[:-10], digits[-10:]
    return (Slot("phone", own, _american(own), lambda drawn: poured(value, lead + digits_of(drawn))),)


def _american(digits: str) -> Draw:
    def draw(draws: Draws, _: Filled, __: int) -> str:
        area = f"{2 + draws.below(8)}{draws.below(9)}{draws.below(10)}"
        # Apart from its area code, a known number is seen whatever area code it is known with.
        return f"{area} 55501{draws.below(100):02}" if area != digits[:3] and area[1:] != "11" else ""

    return draw


def _local(digits: str) -> Draw:
    """A number without its area code; with it the same telephone may have been told elsewhere."""

    def draw(draws: Draws, filled: Filled, attempt: int) -> str:
        longer = [own for (space, key), own in filled.items() if space == "phone" and key[3:] == digits]
        if len(longer) == 1 and not attempt:
            return digits_of(longer[0])[3:]
        return f"55501{draws.below(100):02}"

    return draw


def _random_digits(digits: str, head: str = "") -> Draw:
    def draw(draws: Draws, _: Filled, __: int) -> str:
        return head + "".join(str(draws.below(10)) for _ in digits[len(head) :])

    return draw


def number_slot(space: str, value: str) -> Slot:
    """A number in other digits; where it began with none, it begins with no zero."""
    digits = digits_of(value)

    def draw(draws: Draws, _: Filled, __: int) -> str:
        drawn = "".join(str(draws.below(10)) for _ in digits)
        return drawn if (drawn[0] == "0") == (digits[0] == "0") or len(digits) == 1 else ""

    return Slot(f"{space} {len(digits)}", digits, draw, lambda drawn: poured(value, drawn))


def zip_slot(value: str) -> Slot:
    """A ZIP code that none is, with or without four more digits."""
    digits = digits_of(value)

    def draw(draws: Draws, _: Filled, __: int) -> str:
        return draws.one_of(_NO_ZIP) + "".join(str(draws.below(10)) for _ in digits[3:])

    return Slot("zip", digits, draw, lambda drawn: poured(value, drawn))


def id_plan(value: str) -> Plan:
    """An id in other letters and digits, each in the place of its like; no check digit is right."""
    key = plain_key(value)
    if not key.isascii() or not any(map(str.isdecimal, key)):
        return ()

    def draw(draws: Draws, _: Filled, __: int) -> str:
        drawn = "".join(str(draws.below(10)) if own.isdecimal() else draws.one_of(_CONSONANTS) for own in key)
        if len(key) == 9 and key.isdecimal():
            drawn = f"9{drawn[1:3]}{draws.below(5)}{1 + draws.below(9)}{drawn[5:]}"
        elif len(key) == 10 and key.isdecimal():
            drawn = f"{min(key[0], '1')}{drawn[1:]}"
        return "" if _checks("".join(filter(str.isdecimal, drawn))) else drawn

    return (Slot(f"id {len(key)}", key, draw, lambda drawn: _in_shape(value, drawn)),)


def _in_shape(value: str, drawn: str) -> str:
    """The letters and digits of a value exchanged for others, in its capitals and punctuation."""
    if len(plain_key(value)) != sum(map(str.isalnum, value)):
        return drawn
    left = iter(drawn)
    return "".join(
        (next(left).upper() if own.isupper() else next(left)) if own.isalnum() else own for own in value
    )


def _checks(digits: str) -> bool:
    """Whether the last digit confirms the others in a way that cards, providers or banks use.

    References
    ----------
    ISO/IEC 7812-1, annex B; 45 CFR 162.406 (providers, by the prefix 80840); ABA routing numbers.
    """
    if len(digits) < 8:
        return False
    if _luhn(digits) or (len(digits) == 10 and _luhn("80840" + digits)):
        return True
    weights = (3, 7, 1) * 3
    return len(digits) == 9 and not sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 10


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def ip_plan(value: str) -> Plan:
    """An address out of those that are kept for documentation."""
    if ":" not in value:
        return (Slot("ip", plain_key(value), _ip4, lambda drawn: drawn),)
    return (Slot("ip", plain_key(value), _ip6, lambda drawn: in_case_of(value, drawn)),)


def _ip4(draws: Draws, _: Filled, __: int) -> str:
    return f"{draws.one_of(_NETWORKS)}{1 + draws.below(254)}"


def _ip6(draws: Draws, _: Filled, __: int) -> str:
    return f"2001:db8::{1 + draws.below(0xFFFE):x}:{1 + draws.below(0xFFFE):x}"


_OLDEST: Final = 100
_UNITS: Final = re.compile(r"(?<![a-z])(?:d|w|mo?|wk|day|week|month|mth|sem|mes|dia)", re.IGNORECASE)
_TENS_WORDS: Final = ("ninety", "eighty", "seventy", "sixty", "fifty", "forty", "thirty", "twenty")
_SMALL_WORDS: Final = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_NUMBER: Final = re.compile(
    rf"[0-9]+|(?:{'|'.join(_TENS_WORDS)})(?:[ -](?:{'|'.join(_SMALL_WORDS[1:10])}))?(?![a-z])"
    rf"|(?:{'|'.join(sorted(_SMALL_WORDS, key=len, reverse=True))})(?![a-z])",
    re.IGNORECASE,
)


def age_plan(value: str) -> Plan:
    """An age near the one that was told: over 89 stays over 89, weeks and months stay what they are."""
    found = list(_NUMBER.finditer(value))
    if not found:
        return ()
    pieces: list[str | Slot] = []
    position = 0
    for match in found:
        number = _number(match[0].lower())
        unit = _UNITS.search(value, match.end())
        space = f"age {value[unit.start() : unit.start() + 1].lower() if unit else ''}"
        pieces += [
            value[position : match.start()],
            Slot(space, str(number), _near(number), _as_written(match[0])),
        ]
        position = match.end()
    return (*pieces, value[position:])


def _near(number: int) -> Draw:
    if number >= 90:
        lowest, highest = 90, max(_OLDEST, number)
    else:
        reach = max(2, number // 3)
        lowest, highest = max(1, number - reach), min(89, number + reach)

    def draw(draws: Draws, _: Filled, __: int) -> str:
        return str(lowest + draws.below(highest - lowest + 1))

    return draw


def _number(word: str) -> int:
    if word.isdecimal():
        return int(word[:4])
    total = 0
    for part in re.split("[ -]", word):
        total += _SMALL_WORDS.index(part) if part in _SMALL_WORDS else 90 - 10 * _TENS_WORDS.index(part)
    return total


def _as_written(word: str) -> Callable[[str], str]:
    """Writes a number in digits or words, as another one was."""

    def write(drawn: str) -> str:
        if word.isdecimal() or int(drawn) > 99:
            return drawn
        number = int(drawn)
        if number < len(_SMALL_WORDS):
            written = _SMALL_WORDS[number]
        else:
            tens = _TENS_WORDS[9 - number // 10]
            written = f"{tens}-{_SMALL_WORDS[number % 10]}" if number % 10 else tens
        return in_case_of(word, written.capitalize() if word[0].isupper() else written)

    return write
