"""General words in the place of what identifies: "[a VA hospital]", "[a day in 2019]", "[90 or older]".

What remains is never finer than a state, a year, or an age in years up to 89, and a season only where
the release does not claim safe harbor. All phrases are of `ppdarchive.detectors.general`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ppdarchive.deidentify.replace.dates import read_date
from ppdarchive.deidentify.replace.grammar import article_for, has_determiner
from ppdarchive.deidentify.replace.mentions import Mention
from ppdarchive.deidentify.replace.pools import certain_states
from ppdarchive.detectors.general import IN_STATE, SEASONS, STATES
from ppdarchive.model.span import TextCategory
from ppdarchive.text.fold import fold

Standard = Literal["safe-harbor", "expert-determination", "limited-data-set"]

_FIRST_YEAR: Final = 1950
"""Years before tell of an age over 89, or will soon."""
_LAST_YEAR: Final = 2039
_Rules = tuple[tuple[re.Pattern[str], str], ...]


def _rules(table: str) -> _Rules:
    """Lines of ``noun: word word ...``; a word of the value that is listed makes the noun."""
    rules = []
    for line in filter(None, map(str.strip, table.splitlines())):
        noun, _, listed = line.partition(": ")
        alternatives = "|".join(word.replace("_", "[ -]?").replace("*", "[a-z]*") for word in listed.split())
        rules.append((re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])"), noun))
    return tuple(rules)


_CARE: Final = """
    Vet Center: vet*_cent* veteran*_cent*
    VA clinic: va_clinic va_outpatient va_cboc cboc va_.*clinic veteran.*clinic
    VA hospital: va vamc vahcs vha veteran*_affairs veteran*_hospital veteran*_administration
    military hospital: naval_hospital naval_medical.* army_hospital army_medical.* army_health.* \
military_hospital base_hospital air_force_.*hospital walter_reed landstuhl madigan tripler womack darnall
    birth center: birth*_cent*
    treatment center: rehab* treatment recovery detox psychiatric behavioral
    nursing home: nursing_home assisted_living senior_living retirement hospice
    hospital: hosp hospital* medical_cent* med_cent* med_ctr medical_ctr infirmary nicu general_hospital \
regional memorial health_system
    clinic: clinic* health healthcare pediatric* obgyn ob_gyn ob/gyn women.s family_practice family_medicine \
doctors dental dermatology urgent_care associates wellness midwives midwifery counseling
    daycare: day_?care preschool child_?care head_start child_development cdc kindercare nursery
    university: university univ universidad state_university
    college: college community_college colegio
    school: school schools elementary academy isd high middle_school escuela montessori kindergarten
    church: church* chapel parish cathedral baptist methodist lutheran catholic presbyterian ministries \
fellowship tabernacle iglesia assembly_of_god
    place of worship: mosque masjid temple synagogue
    shelter: shelter refuge safe_house
    pharmacy: pharmacy walgreens cvs drug_?store
    gym: gym ymca ywca crossfit fitness
    library: library biblioteca
    prison: prison jail correctional penitentiary
    hospital: mercy general methodist_ baptist_ st saint
    center: center centre
"""
_FACILITY: Final = _rules(_CARE)
_ORGANIZATION: Final = _rules(
    """
    bank: bank banco credit_union fcu
    insurance company: insurance tricare_
    police department: police sheriff.?s? state_patrol pd
    fire department: fire_department fire_dept fire ems
    union: union local_[0-9]+ teamsters
    charity: foundation charity red_cross nonprofit salvation_army goodwill
    group: group club moms? mops mothers league association society legion vfw scouts la_leche_league
    news outlet: news newspaper times gazette herald tribune tv radio
    restaurant: restaurant cafe diner grill pizza pizzeria bar coffee
    store: store market mart supermarket grocery
    """
) + _rules(_CARE)[2:-2] + _rules(
    """
    agency: agency department dept bureau wic dhs dcf office division
    company: inc llc corp corporation company co ltd industries services solutions systems group enterprises
    """
)  # fmt: skip
_AT_WORK: Final = re.compile(
    r"\b(?:work(?:s|ed|ing)?|jobs?|employ\w+|career|boss(?:es)?|shifts?|hired|laid off|fired)"
    r"(?: (?:at|for|with|by|from|in|the|a|full|part|time|as \w+)){0,4}[ \t]+\Z",
    re.IGNORECASE,
)
_RANK: Final = re.compile(
    r"(?:pvt|pv2|pfc|spc|cpl|sgt|ssg|ssgt|sfc|msg|msgt|tsgt|smsgt|cmsgt|1sg|sgm|csm|gysgt|lcpl|po[123]|cpo|scpo|mcpo"
    r"|ens|2lt|1lt|lt|ltjg|lcdr|cdr|capt|cpt|maj|ltc|lt ?col|col|bg|mg|gen|adm|private|specialist|corporal"
    r"|(?:staff |master |first |tech(?:nical)? |gunnery |command )?sergeant|petty officer|chief|seaman|airman"
    r"|a1c|sra|ensign|lieutenant|captain|major|commander|colonel|general|admiral|warrant officer|cw[2-5]|wo1"
    r"|drill sergeant|doc)\.?[ \t]"
)
_MILITARY: Final = _rules(
    """
    ship: uss usns usnr
    military operation: operation oif oef ond oir desert_storm desert_shield enduring_freedom iraqi_freedom \
new_dawn inherent_resolve
    military base: fort ft camp afb base nas ncb jblm post station fob cob
    military unit: battalion bn brigade bde regiment reg div division squadron sqdn company co platoon wing \
fleet unit corps airborne infantry inf cav cavalry mef meu seabees rangers* group carrier bct mp engineers? \
[0-9]+(?:st|nd|rd|th) [a-z]{2,4}-?[0-9]{2,} armored artillery detachment det marines
    military job: mos afsc nec [0-9]{2}[a-z][0-9]? [0-9]{4} [0-9][a-z][0-9]x[0-9]
    deployment: deploy* tour iraq afghanistan kuwait bahrain kosovo bosnia korea syria djibouti
    """
)
_LOCATION: Final = _rules(
    r"""
    address: p\.?_?o\.?_box box\s#?[0-9]+ \A[0-9]+[a-z]?,?\s[a-z0-9.'-]+.*
    ZIP code: \A(?:zip|zip_code|postal_code)?[^a-z]{0,20}[0-9]{5}(?:-[0-9]{4})?\Z
    county: county parish co\.
    road: highway hwy route rt interstate i-[0-9]+ county_road cr fm road rd
    street: street st\. avenue ave lane ln drive dr boulevard blvd court ct
    ship: uss usns
    military base: fort ft camp afb base nas ncb jblm fob
    """
)
_ZIP: Final = re.compile(r"(?<![0-9-])[0-9]{5}(?:-[0-9]{4})?\Z")
_STATE_AT_END: Final = re.compile(
    r"(?:,|\s)\s*("
    + "|".join(
        sorted([*map(str.lower, STATES), *(fold(name).text for name in STATES.values())], key=len)[::-1]
    )
    + r")\.?(?:,?\s+[0-9]{5}(?:-[0-9]{4})?)?\Z"
)
_FULL_STATES: Final = {fold(name).text: name for name in STATES.values()}
_SMALL_WORDS: Final = frozenset(
    {"in", "or", "me", "hi", "ok", "de", "la", "va", "al", "id", "pa", "ma", "co", "oh"}
)
"""Abbreviations that are words: states only where a comma, a ZIP code or capitals say so."""

_AMOUNT: Final = re.compile(
    r"(?P<unit>d(?:ay)?s?|w(?:ee)?ks?|mo(?:nth|s)?s?|mths?|meses|mes|semanas?|dias?)\b"
)
_TENS: Final = {"ninety": 90, "noventa": 90, "hundred": 100, "cien": 100, "eighty": 80, "seventy": 70}
_HUNDREDS: Final = re.compile("|".join(_TENS))


@dataclass(frozen=True, slots=True)
class General:
    """More general words: the kind of place, the state of a city, the year of a date.

    Parameters
    ----------
    standard : {"safe-harbor", "expert-determination", "limited-data-set"}
        Under safe harbor nothing of a date remains but the year; otherwise the season does too.
    """

    standard: Standard = "safe-harbor"

    def __call__(self, mentions: Sequence[Mention]) -> list[str]:
        """General words for each mention, in brackets."""
        return [f"[{self._words(mention)}]" for mention in mentions]

    def _words(self, mention: Mention) -> str:
        value = fold(mention.value).text
        match mention.category:
            case TextCategory.NAME:
                if _is_plural(mention):
                    return _with_article("family", mention)
                return "someone"
            case TextCategory.AGE:
                return _age(value)
            case TextCategory.DATE:
                return _date(mention.value, with_season=self.standard != "safe-harbor")
            case TextCategory.LOCATION:
                return _with_article(_place(value, mention), mention)
            case TextCategory.FACILITY:
                return _with_article(_noun(_FACILITY, value, "facility"), mention)
            case TextCategory.ORGANIZATION:
                at_work = _AT_WORK.search(mention.text[max(0, mention.start - 60) : mention.start])
                other = "employer" if at_work else "organization"
                return _with_article(_noun(_ORGANIZATION, value, other), mention)
            case TextCategory.MILITARY:
                noun = "service member" if _RANK.match(value) else _noun(_MILITARY, value, "military detail")
                return _with_article(noun, mention)
            case TextCategory.CONTACT:
                return _with_article(_contact(value), mention)
            case TextCategory.ID:
                return _with_article("number" if not re.search("[a-z]", value) else "code", mention)
            case TextCategory.IP:
                return _with_article("IP address", mention)
            case TextCategory.PROFESSION:
                return _with_article("professional", mention)
            case _:
                return _with_article("detail", mention)


def _is_plural(mention: Mention) -> bool:
    """Whether a name stands in the plural: "the Smiths", of which the s is no part."""
    text, end = mention.text, mention.end
    before = text[max(0, mention.start - 5) : mention.start].lower().split()
    return (
        text[end : end + 1] in ("s", "S") and not text[end + 1 : end + 2].isalnum() and before[-1:] == ["the"]
    )


def _with_article(noun: str, mention: Mention) -> str:
    if has_determiner(mention.text, mention.start):
        return noun
    return f"{article_for(noun)} {noun}"


def _noun(rules: _Rules, value: str, other: str) -> str:
    return next((noun for pattern, noun in rules if pattern.search(value)), other)


def _contact(value: str) -> str:
    if re.search(r"[a-z].*(?:@|\bat\b).*[a-z]", value) and not value.startswith("@"):
        return "e-mail address"
    if re.search(r"://|www|\.[a-z]{2,}(?:/|\Z)|/[a-z]", value) and not re.match(r"/?u/", value):
        return "web address"
    n_digits = sum(map(str.isdecimal, value))
    n_letters = sum(map(str.isalpha, value))
    return "phone number" if n_digits > n_letters or (" " in value and n_digits >= 4) else "user name"


def _place(value: str, mention: Mention) -> str:
    if value in _FULL_STATES or (value.upper() in STATES and mention.value.isupper()):
        return "state"
    noun = _noun(_LOCATION, value, "city")
    state = _state(value, mention.value)
    if not state and noun == "city":
        state = STATES.get(certain_states().get(" ".join(re.findall(r"[^\W_]+", value)), ""), "")
    return f"{noun} in {state}" if state and noun in IN_STATE else noun


def _state(value: str, written: str) -> str:
    """The state that the words name at their end, or an empty text."""
    found = _STATE_AT_END.search(value)
    if found is None:
        return ""
    name = found[1]
    if name in _FULL_STATES:
        return _FULL_STATES[name]
    own = written[found.start(1) : found.end(1)] if len(written) == len(value) else ""
    if name in _SMALL_WORDS and not (own.isupper() or "," in found[0] or _ZIP.search(value)):
        return ""
    return STATES[name.upper()]


def _date(value: str, *, with_season: bool) -> str:
    found = read_date(value)
    if found is None:
        return "a date"
    year = f"{found.year}" if found.year and _FIRST_YEAR <= found.year <= _LAST_YEAR else ""
    if found.year and not year:
        return "a date"
    if with_season and found.month and 1 <= found.month <= 12:
        season = SEASONS[found.month % 12 // 3]
        return f"{season} {year}".strip()
    if found.holiday:
        return f"a holiday in {year}" if year else "a holiday"
    if found.day:
        return f"a day in {year}" if year else "a day"
    return year or "some month"


def _age(value: str) -> str:
    digits = re.findall(r"[0-9]+", value)
    unit = _AMOUNT.search(value)
    if unit is not None:
        first = unit["unit"][0]
        amount = int(digits[0][:4]) if digits else 2
        if first == "m":
            return "over a year" if amount > 12 else "a few months"
        return "a few weeks" if first in "ws" else "a few days"
    if digits:
        years = int(digits[0][:4])
        if years > 89:
            return "90 or older"
        return "a few years" if years < 10 else f"{years // 10 * 10} to {years // 10 * 10 + 9}"
    spelled = _HUNDREDS.search(value)
    if spelled is not None:
        tens = _TENS[spelled[0]]
        return "90 or older" if tens >= 90 else f"{tens} to {tens + 9}"
    return "some age"
