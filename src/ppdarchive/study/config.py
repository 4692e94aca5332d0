"""study.toml as data: its tables, keys and allowed values; knows no schema."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ppdarchive.errors import StudyError
from ppdarchive.model.span import TextCategory


def _identifier(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text) is None:
        raise ValueError("letters, digits, '.', '_' and '-' expected")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("a text that is not blank expected")
    return text


def _detector(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(:.*\S.*)?", text) is None:
        raise ValueError("a detector's name expected, with a colon before what it takes")
    return text


SOURCE_KEYS: Final = ("response_id", "participant_id", "question_id", "wave")
"""What a source's name can tell, as named groups of `pattern`."""


def _source_pattern(text: str) -> str:
    try:
        groups = re.compile(text).groupindex
    except re.error:
        groups = None
    if not groups or not set(groups) <= set(SOURCE_KEYS):
        raise ValueError("a regular expression with named groups such as (?P<response_id>...) expected")
    return text


def _once(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("each of them once expected")
    return names


def _category(text: str) -> str:
    if text not in set(TextCategory):
        raise ValueError("a category, in capitals, expected")
    return text


CodedColumn = Literal["response_id", "source", "code", "coder", "start", "end", "quote", "stage", "memo"]
Name = Annotated[str, AfterValidator(_identifier)]
Words = Annotated[str, AfterValidator(_not_blank)]
Categories = Annotated[list[Annotated[str, AfterValidator(_category)]], AfterValidator(_once)]
Detectors = Annotated[list[Annotated[str, AfterValidator(_detector)]], AfterValidator(_once)]
Fraction = Annotated[float, Field(gt=0, le=1)]


class _Part(BaseModel):
    """A table of study.toml: closed, frozen, exact types, and silent about what it was given."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class StudyInfo(_Part):
    """``[study]``: what the study is called."""

    id: Name
    title: str | None = None
    description: str | None = None


class Exclude(_Part):
    """``[export.exclude]``: which rows are left out, each rule on or off."""

    preview: bool = True
    test: bool = True
    spam: bool = True
    blank: bool = True
    unfinished: bool = False
    unrecognized_status: bool = False
    unrecognized_finished: bool = False


class Long(_Part):
    """``[[export.long]]``: a column of the export whose cells become rows of their own."""

    column: Words
    into: Words
    set: dict[str, str] = {}


class Export(_Part):
    """``[[export]]``: a file that a survey tool wrote, and the table that it becomes."""

    table: Words
    format: Literal["qualtrics", "redcap", "csv", "tsv", "parquet"]
    path: Words
    dictionary: Words | None = None
    encoding: Words | None = None
    delimiter: str | None = None
    key: Words | None = None
    id: Words | None = None
    cells: Literal["codes", "labels"] | None = None
    columns: dict[str, str | list[str]] = {}
    constants: dict[str, str] = {}
    formats: dict[str, str] = {}
    translate: dict[str, dict[str, str]] = {}
    missing: dict[str, str] = {}
    events: dict[str, str] = {}
    exclude: Exclude = Exclude()
    ignore: list[str] = []
    long: list[Long] = []


class CodedProject(_Part):
    """``[[coding]]``: a project of a coding tool, and how its segments land on the responses."""

    path: Words
    format: Literal["refi-qda", "taguette", "taguette-highlights", "qualcoder", "csv"]
    stage: Literal["independent", "consensus"] = "independent"
    coder: Words | None = None
    coders: dict[str, Words] = {}
    codes: dict[str, str] = {}
    sources: dict[str, Words] = {}
    pattern: Annotated[str, AfterValidator(_source_pattern)] | None = None
    project: Words | None = None
    columns: dict[CodedColumn, Words] = {}
    unit: Literal["code-point", "utf-16", "utf-8"] | None = None
    encoding: Words | None = None
    delimiter: str | None = None
    memos: bool = False
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.9
    unplaced: Literal["refuse", "leave-out"] = "refuse"


class Known(_Part):
    """``[[known]]``: a list of values that identify, searched for in every text."""

    path: Words
    columns: dict[str, str]


class StudyRule(_Part):
    """``[[rule]]``: something that must hold in this study, as an expression or a function."""

    table: Words
    name: Name
    check: Words | None = None
    function: Words | None = None
    demand: Words | None = None


class Text(_Part):
    """``[text]``: what finds identifying words, and what stands in their place."""

    replace: Literal["tag", "numbered", "surrogate", "general", "mask"] = "tag"
    within: Literal["participant", "study"] = "participant"
    uncertain: Literal["redact", "withhold"] = "redact"
    lexicons: list[Words] = []
    trained: Words | None = None
    detectors: Detectors = []
    combine: Literal["union", "vote"] = "union"
    facts: Categories = []


class Approval(_Part):
    """``[release.approval]``: the papers that allow the release, by their ids."""

    id: Words | None = None
    privacy_review: date | None = None
    dua: Words | None = None
    recipients: list[Words] = []
    no_actual_knowledge: bool = False


class Expert(_Part):
    """``[release.expert]``: the statement of an expert determination."""

    statement: Words
    date: date


class Release(_Part):
    """``[release]``: under which conditions the study may be published.

    What is not given follows from `access`; `limits` has the numbers that hold.
    """

    standard: Literal["safe-harbor", "expert-determination", "limited-data-set"]
    audience: Name = "public"
    access: Literal["public", "restricted", "internal"] = "public"
    consent: Words
    k: Annotated[int, Field(ge=1)] | None = None
    max_prosecutor_risk: Fraction | None = None
    max_average_risk: Fraction | None = None
    max_suppressed: Annotated[float, Field(ge=0, lt=1)] = 0.0
    suppress_cells: bool = False
    l: Annotated[float, Field(gt=1)] | None = None  # noqa: E741  the field's own term
    l_kind: Literal["distinct", "entropy", "recursive"] = "distinct"
    c: Annotated[float, Field(gt=0)] | None = None
    t: Fraction | None = None
    min_cell: Annotated[int, Field(ge=1)] = 11
    population: Annotated[int, Field(ge=1)] | None = None
    review: Literal["none", "uncertain", "all"] = "uncertain"
    approval: Approval = Approval()
    expert: Expert | None = None

    @property
    def limits(self) -> Limits:
        """The thresholds that hold: those given, and for the rest those that go with the access."""
        default = _LIMITS[self.access]
        k = self.k or default.k
        # A given k says what risk of one participant is accepted: 1/k.
        prosecutor = (
            default.max_prosecutor_risk if self.k is None else max(1 / k, default.max_prosecutor_risk)
        )
        return Limits(
            k,
            self.max_prosecutor_risk or prosecutor,
            self.max_average_risk or default.max_average_risk,
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """The most risk that a release may carry.

    Attributes
    ----------
    k : int
        Participants that share every combination of quasi-identifiers, at least.
    max_prosecutor_risk, max_average_risk : float
        Highest and mean chance of finding a participant of whom it is known that she took part.
    """

    k: int
    max_prosecutor_risk: float
    max_average_risk: float


_LIMITS: Final[Mapping[str, Limits]] = {
    "public": Limits(12, 0.09, 0.09),
    "restricted": Limits(5, 0.2, 0.2),
    "internal": Limits(3, 0.34, 0.34),
}
"""Defaults that fit one another: 1/12 is below 0.09 (EMA Policy 0070), 1/5 is 0.2, 1/3 below 0.34."""


class PackageLicense(_Part):
    """``[[package.licenses]]``: under which terms the package may be used."""

    name: Words
    title: Words | None = None
    path: Words | None = None


class PackageContributor(_Part):
    """``[[package.contributors]]``: who is to be cited; a person's names, or an organization's title."""

    title: Words | None = None
    given_name: Words | None = None
    family_name: Words | None = None
    organization: Words | None = None
    orcid: Words | None = None
    roles: list[Words] = []


class PackageSource(_Part):
    """``[[package.sources]]``: what describes the data, such as the paper about them."""

    title: Words
    path: Words | None = None


class PackagePart(_Part):
    """``[package]``: what the published package says of itself."""

    name: Name | None = None
    title: Words | None = None
    description: Words | None = None
    id: Words | None = None
    licenses: list[PackageLicense] = []
    contributors: list[PackageContributor] = []
    sources: list[PackageSource] = []


class Config(_Part):
    """The whole of study.toml."""

    study: StudyInfo
    export: Annotated[list[Export], Field(min_length=1)]
    coding: list[CodedProject] = []
    known: list[Known] = []
    rule: list[StudyRule] = []
    text: Text = Text()
    treatments: dict[str, dict[str, dict[str, JsonValue]]] = {}
    release: Release | None = None
    package: PackagePart = PackagePart()


def parse_config(text: str, *, path: str) -> Config:
    """Understand the text of a study.toml by itself, without its schemas.

    Raises
    ------
    StudyError
        With the key path of the first value that is wrong, and how many more there are.
    """
    problem: StudyError | None = None
    document: dict[str, Any] = {}
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # TOML's own messages may quote a character of the file; a place is enough.
        place = re.search(r"\(at line (\d+), column \d+\)$", str(error))
        line = int(place[1]) if place else len(text.splitlines()) or 1
        problem = StudyError("study.toml", path=path, line=line, reason="broken there or just before")
    except RecursionError:
        problem = StudyError("study.toml", path=path, reason="nested too deeply")
    except ValueError:  # Python reads whole numbers of up to 4300 digits
        problem = StudyError("study.toml", path=path, reason="a number of too many digits")
    if problem is None:
        try:
            return Config.model_validate(document)
        except ValidationError as errors:
            problem = _explain(errors, path)
    raise problem


def _explain(errors: ValidationError, path: str) -> StudyError:
    details = errors.errors(include_url=False, include_input=False, include_context=False)
    # A value that is neither of two types is told twice, each time with the type behind its place.
    places = [tuple(_place(error["loc"])) for error in details]
    first, location = details[0], places[0]
    match first["type"]:
        case "missing":
            expected = "this is missing"
        case "extra_forbidden":
            expected = f"there is no such key{_slip(location)}"
        case kind if kind in _EXPECTED:
            expected = f"{_EXPECTED[kind]} expected"
        case _:
            # What we say ourselves is said as it stands; the rest begins its sentence with a capital.
            told, ours, own = first["msg"].rpartition("Value error, ")
            expected = own if ours else told + own.removeprefix("Input should be ").lower()
            expected = expected if expected.endswith("expected") else f"{expected} expected"
    n_more = len(set(places)) - 1
    more = f" (and {n_more} more)" if n_more else ""
    return StudyError("study.value", path=path, pointer=key_path(location), expected=expected, more=more)


_EXPECTED: Final[Mapping[str, str]] = {
    "model_type": "a table",
    "dict_type": "a table",
    "list_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "too_short": "at least one",
    "date_type": "a date such as 2026-01-31",
    "invalid-json-value": "a text, a number, true or false, or a list of them",
}


def _place(location: tuple[int | str, ...]) -> Iterator[int | str]:
    """The key path without what pydantic adds to it where a value may be of two types."""
    is_column = location[:1] == ("export",) and location[2:3] == ("columns",)
    is_treatment = location[:1] == ("treatments",)
    for depth, part in enumerate(location):
        is_type = is_column and depth == 4 and part in ("str", "list[str]")
        is_type |= is_treatment and depth == 4 and part in ("list", "dict")
        if not is_type:
            yield part


def _slip(location: Sequence[int | str]) -> str:
    """A hint when the last key looks like a slip of one that its table knows."""
    model: type[BaseModel] | None = Config
    for part in location[:-1]:
        if isinstance(part, str) and model is not None:
            model = _PARTS.get(part)
    known = list(model.model_fields) if model is not None else []
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f"; is it {close[0]!r}?" if close else ""


_PARTS: Final[Mapping[str, type[BaseModel]]] = {
    "study": StudyInfo,
    "export": Export,
    "exclude": Exclude,
    "long": Long,
    "coding": CodedProject,
    "known": Known,
    "rule": StudyRule,
    "text": Text,
    "release": Release,
    "approval": Approval,
    "expert": Expert,
    "package": PackagePart,
    "licenses": PackageLicense,
    "contributors": PackageContributor,
    "sources": PackageSource,
}


def key_path(parts: Sequence[int | str]) -> str:
    """A key path as people write it.

    >>> key_path(["export", 0, "columns", "age"])
    'export[0].columns.age'
    """
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
