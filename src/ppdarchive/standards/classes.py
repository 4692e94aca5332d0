"""The 18 classes of identifiers of the Safe Harbor method, and where the law names them.

References
----------
45 CFR 164.514(b)(2)(i), (e)(2), https://www.ecfr.gov/current/title-45/section-164.514
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

SECTION: Final = "45 CFR 164.514"


@dataclass(frozen=True, slots=True)
class IdentifierClass:
    """A class of identifiers, of the individual or of relatives, employers or household members.

    Attributes
    ----------
    letter : str
        A to R, as in paragraph (b)(2)(i).
    what : str
        In our words.
    limited : str or None
        Its number in paragraph (e)(2), which a limited data set must do without; None if it may stay.
    """

    letter: str
    what: str
    limited: str | None = None

    @property
    def paragraph(self) -> str:
        """Where Safe Harbor names it."""
        return f"{SECTION}(b)(2)(i)({self.letter})"

    @property
    def limited_paragraph(self) -> str:
        """Where the rule on limited data sets names it, or what is to be removed if it does not."""
        return f"{SECTION}(e)(2)" if self.limited is None else f"{SECTION}(e)(2)({self.limited})"


_ALL: Final = (
    IdentifierClass("A", "names", "i"),
    IdentifierClass("B", "places smaller than a state", "ii"),
    IdentifierClass("C", "dates but for the year, and ages over 89"),
    IdentifierClass("D", "telephone numbers", "iii"),
    IdentifierClass("E", "fax numbers", "iv"),
    IdentifierClass("F", "e-mail addresses", "v"),
    IdentifierClass("G", "social security numbers", "vi"),
    IdentifierClass("H", "medical record numbers", "vii"),
    IdentifierClass("I", "health plan beneficiary numbers", "viii"),
    IdentifierClass("J", "account numbers", "ix"),
    IdentifierClass("K", "numbers of certificates and licences", "x"),
    IdentifierClass("L", "vehicle identifiers, plates among them", "xi"),
    IdentifierClass("M", "device identifiers and serial numbers", "xii"),
    IdentifierClass("N", "web addresses", "xiii"),
    IdentifierClass("O", "network addresses", "xiv"),
    IdentifierClass("P", "biometric identifiers", "xv"),
    IdentifierClass("Q", "photographs of faces and comparable images", "xvi"),
    IdentifierClass("R", "any other unique number, characteristic or code"),
)

CLASSES: Final[Mapping[str, IdentifierClass]] = MappingProxyType({each.letter: each for each in _ALL})
"""By letter."""
