"""What another tool's labels and scores mean here: categories and tiers, as one table and two thresholds."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from ppdarchive.errors import DetectorError
from ppdarchive.model.span import Span, TextCategory, Tier

logger = logging.getLogger(__name__)

_WORDS: Final[Mapping[TextCategory, str]] = {
    TextCategory.NAME: "per person name patient staff hcw doctor first_name last_name middle_name given_name "
    "surname full_name person_name nickname",
    TextCategory.DATE: "date date_time dob date_of_birth birth_date",
    TextCategory.LOCATION: "loc location gpe street street_address address city county state country "
    "zip zipcode postcode location_other building_number",
    TextCategory.FACILITY: "fac facility hosp hospital school clinic",
    TextCategory.ORGANIZATION: "org organization organisation company company_name corporation patorg vendor",
    TextCategory.MILITARY: "military military_unit unit ship",
    TextCategory.CONTACT: "contact phone phone_number telephone telephone_num fax email email_address url "
    "user_name handle",
    TextCategory.ID: "id id_num ssn social_num social_security_number medical_record mrn health_plan account "
    "account_num license passport driver_license driver_license_num vehicle device bioid plate mac_address "
    "uuid credit_card credit_card_number crypto iban_code medical_license tax_num id_card_num",
    TextCategory.IP: "ip ip_address",
    TextCategory.PROFESSION: "profession",
}
_PREFIX: Final = re.compile(r"[BIESLU]-")
_BETWEEN: Final = re.compile(r"[^A-Z0-9]")
_COUNTRY: Final = re.compile(r"[A-Z]{2}_[A-Z_]+")
_NUMBERS: Final = "CARDINAL"
_DURATIONS: Final = frozenset({"DATE", "TIME"})


def _plain(label: str) -> str:
    return _BETWEEN.sub("", _PREFIX.sub("", label.upper(), count=1))


LABELS: Final[Mapping[str, TextCategory]] = MappingProxyType(
    {_plain(word): category for category, words in _WORDS.items() for word in words.split()}
)
"""Label, in capitals and without what stands between its words, to category.

Left out on purpose are labels of what a standard lets stay or what is mostly harmless: ages (tools mean
every age, and only those over 89 identify: 45 CFR 164.514(b)(2)(i)(C)), nationalities, times of day,
numbers, events, products and whatever a model calls miscellaneous.
"""


def categories(
    labels: Iterable[str], own: Mapping[str, TextCategory] | None = None
) -> dict[str, TextCategory]:
    """What a tool's labels mean; a label that means nothing here is left out.

    A label may begin with the place in its entity (``B-PER``), and its case and what stands between its
    words do not count. Identity numbers that begin with a country (``US_SSN``) are of category ID.

    Parameters
    ----------
    labels : iterable of str
        All labels that the tool has. Where they hold the numbers of the OntoNotes scheme
        (``CARDINAL``), its ``DATE`` is left out: it is mostly durations ("three months", "daily").
    own : mapping of str to TextCategory, optional
        Meanings that go before the table's, by label without its place.

    Returns
    -------
    dict of str to TextCategory
        By the tool's own spelling.

    Examples
    --------
    >>> {label: str(category) for label, category in categories(["B-PER", "I-PER", "MISC", "fac"]).items()}
    {'B-PER': 'NAME', 'I-PER': 'NAME', 'fac': 'FACILITY'}
    """
    given = list(labels)
    plain = {label: _plain(label) for label in given}
    left_out = _DURATIONS if _NUMBERS in plain.values() else frozenset()
    preferred = {_plain(label): category for label, category in (own or {}).items()}
    found: dict[str, TextCategory] = {}
    for label in given:
        if plain[label] in preferred:
            found[label] = preferred[plain[label]]
        elif plain[label] in LABELS and plain[label] not in left_out:
            found[label] = LABELS[plain[label]]
        elif _COUNTRY.fullmatch(label):
            found[label] = TextCategory.ID
    return found


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a detector turns what a tool found into spans.

    Attributes
    ----------
    detector : str
        The detector's name.
    categories : mapping of str to TextCategory
        By the tool's own label; what has another label is left out.
    redact, uncertain : float
        The least scores of the two tiers; what scores less than both is left out.
    """

    detector: str
    categories: Mapping[str, TextCategory]
    redact: float
    uncertain: float

    @classmethod
    def of(
        cls,
        detector: str,
        labels: Iterable[str],
        own: Mapping[str, TextCategory] | None = None,
        *,
        redact: float,
        uncertain: float,
    ) -> Self:
        """The meaning of a tool's labels.

        Raises
        ------
        DetectorError
            If none of the labels means anything here: such a detector would find nothing, silently.
        """
        given = sorted(set(labels))
        found = categories(given, own)
        if not found:
            raise DetectorError("detector.labels", name=detector, found=len(given))
        unused = [label for label in given if label not in found]
        logger.info("detector %s: %d labels used, not used: %s", detector, len(found), ", ".join(unused))
        return cls(detector, MappingProxyType(found), redact, uncertain)

    def tier(self, score: float) -> Tier | None:
        """The tier of a score, if it has one."""
        if score >= self.redact:
            return Tier.REDACT
        return Tier.UNCERTAIN if score >= self.uncertain else None

    def spans(self, text: str, found: Iterable[tuple[int, int, str, float]]) -> list[Span]:
        """What a tool found in a text, as spans without white space at their ends.

        Parameters
        ----------
        text : str
        found : iterable of (int, int, str, float)
            Start, end, label and score.
        """
        spans = []
        for start, end, label, score in found:
            category, tier = self.categories.get(label), self.tier(score)
            if category is None or tier is None:
                continue
            words = text[start:end]
            first = start + len(words) - len(words.lstrip())
            last = start + len(words.rstrip())
            if first < last:
                # Three places hide how a model's last digits depend on the batch around a text.
                rounded = round(min(max(score, 0.0), 1.0), 3)
                spans.append(
                    Span(first, last, category, rounded, tier, f"{self.detector}.{_PREFIX.sub('', label)}")
                )
        return spans
