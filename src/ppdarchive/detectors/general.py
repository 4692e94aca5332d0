"""The general words that stand in place of what is redacted: a closed vocabulary, in brackets.

"Mercy Hospital in Cedar Falls, IA" becomes "[a hospital] in [a city in Iowa]". The brackets show a
reader what was replaced, and a detector what to leave alone. No phrase holds anything finer than a
state or a year, which is what safe harbor lets stay; a season only where the release claims another
standard.

References
----------
45 CFR 164.514(b)(2)(i)(B) and (C): places smaller than a state, dates but for the year, ages over 89.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ppdarchive.model.span import TextCategory

NOUNS: Final = MappingProxyType[TextCategory, tuple[str, ...]](
    {
        TextCategory.NAME: ("family",),
        TextCategory.DATE: ("date", "month", "holiday", "time"),
        TextCategory.LOCATION: (
            *("address", "street", "road", "ZIP code", "city", "county", "military base", "ship", "place"),
            *("state", "country"),
        ),
        TextCategory.FACILITY: (
            *("VA hospital", "VA clinic", "Vet Center", "military hospital", "hospital", "clinic"),
            *("birth center", "school", "college", "university", "daycare", "church", "place of worship"),
            *("shelter", "pharmacy", "gym", "library", "prison", "treatment center", "nursing home"),
            *("center", "facility"),
        ),
        TextCategory.ORGANIZATION: (
            *("employer", "company", "bank", "store", "restaurant", "insurance company", "police department"),
            *("fire department", "union", "charity", "group", "agency", "news outlet", "organization"),
        ),
        TextCategory.MILITARY: (
            *("service member", "military unit", "military operation", "military job", "deployment"),
            "military detail",
        ),
        TextCategory.CONTACT: ("e-mail address", "phone number", "web address", "user name"),
        TextCategory.ID: ("Social Security number", "license plate", "number", "code"),
        TextCategory.IP: ("IP address",),
        TextCategory.PROFESSION: ("professional",),
        TextCategory.OTHER: ("detail",),
    }
)
"""Nouns that take an article, or none behind "my" and the like."""

IN_STATE: Final = ("address", "street", "road", "ZIP code", "city", "county", "place")
"""Of these, the ones that a state may follow: "a city in Iowa"."""

AGES: Final = (
    *("90 or older", "over a year", "some age", "a few days", "a few weeks", "a few months", "a few years"),
    *(f"{decade} to {decade + 9}" for decade in range(10, 90, 10)),
)
"""What becomes of an age; years of life up to 89 in bands of ten."""

SEASONS: Final = ("winter", "spring", "summer", "fall")
"""In the order of the year, three months each from December on."""

STATES: Final = MappingProxyType(
    {
        "AL": "Alabama",
        "AK": "Alaska",
        "AZ": "Arizona",
        "AR": "Arkansas",
        "CA": "California",
        "CO": "Colorado",
        "CT": "Connecticut",
        "DE": "Delaware",
        "DC": "the District of Columbia",
        "FL": "Florida",
        "GA": "Georgia",
        "HI": "Hawaii",
        "ID": "Idaho",
        "IL": "Illinois",
        "IN": "Indiana",
        "IA": "Iowa",
        "KS": "Kansas",
        "KY": "Kentucky",
        "LA": "Louisiana",
        "ME": "Maine",
        "MD": "Maryland",
        "MA": "Massachusetts",
        "MI": "Michigan",
        "MN": "Minnesota",
        "MS": "Mississippi",
        "MO": "Missouri",
        "MT": "Montana",
        "NE": "Nebraska",
        "NV": "Nevada",
        "NH": "New Hampshire",
        "NJ": "New Jersey",
        "NM": "New Mexico",
        "NY": "New York",
        "NC": "North Carolina",
        "ND": "North Dakota",
        "OH": "Ohio",
        "OK": "Oklahoma",
        "OR": "Oregon",
        "PA": "Pennsylvania",
        "RI": "Rhode Island",
        "SC": "South Carolina",
        "SD": "South Dakota",
        "TN": "Tennessee",
        "TX": "Texas",
        "UT": "Utah",
        "VT": "Vermont",
        "VA": "Virginia",
        "WA": "Washington",
        "WV": "West Virginia",
        "WI": "Wisconsin",
        "WY": "Wyoming",
        "PR": "Puerto Rico",
        "GU": "Guam",
        "VI": "the Virgin Islands",
        "AS": "American Samoa",
        "MP": "the Northern Mariana Islands",
    }
)
"""States and territories by their postal abbreviation."""

_YEAR: Final = "(?:19[5-9][0-9]|20[0-3][0-9])"


def _pattern() -> str:
    states = "|".join(STATES.values())
    nouns = "|".join(sorted({noun for own in NOUNS.values() for noun in own}, key=len, reverse=True))
    dates = rf"(?:a (?:day|holiday) in |(?:{'|'.join(SEASONS)})(?: of)? )?{_YEAR}|{'|'.join(SEASONS)}"
    placed = rf"(?:an? )?(?:{'|'.join(IN_STATE)}) in (?:{states})"
    return rf"\[(?:someone|{placed}|(?:an? )?(?:{nouns})|{'|'.join(AGES)}|a day|some month|{dates})\]"


PATTERN: Final = _pattern()
"""A regular expression for any phrase in its brackets, in any case."""
