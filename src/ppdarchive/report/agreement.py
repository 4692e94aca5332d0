"""Agreement between coders: what a report holds, and its JSON.

Coders stand in it under letters, since their ids may be names. JSON holds figures and ids of codes, themes
and questions, and no text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Final

from ppdarchive.agreement.coded import Coefficient
from ppdarchive.agreement.summary import (
    AgreementRow,
    AgreementSummary,
    LevelAgreement,
    PairRow,
    UnitizingAgreement,
)
from ppdarchive.coding.quality import QualityFinding
from ppdarchive.model.schema import JsonValue

_UNDEFINED: Final = "–"
_MOST_NAMES: Final = 12


FEW_PARTICIPANTS: Final = 30
"""With fewer, percentile intervals cover what they should less often: in a simulation .87 with 15."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """What other coders marked where a coder marked a code.

    Attributes
    ----------
    code : str
    n : int
        Its segments, each once for every other coder who saw the response.
    n_same : int
        Those in which the other coder marked a character with the same code.
    n_nothing : int
        Those in which the other coder marked nothing.
    others : tuple of (str, int)
        Of the rest, the other codes that were marked there, the most frequent first; a segment counts
        once for each of them.
    """

    code: str
    n: int
    n_same: int
    n_nothing: int
    others: tuple[tuple[str, int], ...]

    @property
    def n_other(self) -> int:
        """Segments in which the other coder used other codes only."""
        return self.n - self.n_same - self.n_nothing


@dataclass(frozen=True, slots=True, repr=False)
class Version:
    """What one coder marked with a code in an excerpt.

    Attributes
    ----------
    coder : str
        The letter.
    pieces : tuple of (str, bool)
        The excerpt in pieces, each with whether it is marked: with the code, or with those of `instead`.
    is_marked : bool
        Whether the coder used the code in this response at all.
    instead : tuple of str
        Codes that the coder used in its place.
    """

    coder: str
    pieces: tuple[tuple[str, bool], ...]
    is_marked: bool
    instead: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Version of coder {self.coder}>"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A de-identified place where coders differ on a code."""

    code: str
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReport:
    """How well the coders of a study agree.

    Attributes
    ----------
    study : str
        The study's id, or the package's name.
    is_package : bool
    seen : str
        ``all`` or ``own``: which responses a coder is taken to have seen.
    summary : AgreementSummary
        With letters for coders.
    coder_ids : tuple of str
        Whom each letter stands for; no part of the page or of JSON.
    code_titles, theme_titles, wordings : mapping of str to str
        Titles of codes and themes, wording of questions, by id.
    themes : mapping of str to sequence of str
        The themes that each code is in, the nearest first.
    confusions : tuple of Confusion
        Of the codes with the lowest alpha.
    quality : tuple of QualityFinding
        What the codebook should not have.
    gamma : Coefficient or None
        A second look at segments, if it was asked for.
    excerpts : tuple of Excerpt
    no_excerpts : str
        Why there is none, if they were asked for.
    """

    study: str
    is_package: bool
    seen: str
    summary: AgreementSummary
    coder_ids: tuple[str, ...] = field(repr=False)
    code_titles: Mapping[str, str]
    theme_titles: Mapping[str, str]
    themes: Mapping[str, Sequence[str]]
    wordings: Mapping[str, str]
    confusions: tuple[Confusion, ...]
    quality: tuple[QualityFinding, ...]
    gamma: Coefficient | None = None
    excerpts: tuple[Excerpt, ...] = ()
    no_excerpts: str = ""


def letters(n: int) -> tuple[str, ...]:
    """Name coders as spreadsheets name columns.

    >>> letters(28)[-3:]
    ('Z', 'AA', 'AB')
    """
    names = []
    for number in range(1, n + 1):
        name, left = "", number
        while left:
            left, place = divmod(left - 1, len(ascii_uppercase))
            name = ascii_uppercase[place] + name
        names.append(name)
    return tuple(names)


def shown(value: float | None) -> str:
    """A coefficient in two decimals; one that is undefined as a dash.

    >>> shown(0.8), shown(-0.001), shown(None)
    ('0.80', '0.00', '–')
    """
    return _UNDEFINED if value is None else f"{round(value, 2) + 0.0:.2f}"


def undefined(report: AgreementReport) -> list[tuple[str, str, str]]:
    """What is undefined: the reason, of which coefficient, and of what.

    Returns
    -------
    list of (str, str, str)
        Each reason and coefficient once, with the codes, themes, questions or pairs that it is about.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for level, name, coefficient, subject in _every(report):
        if coefficient.value is None:
            found.setdefault((coefficient.reason, f"{name}, {level}"), []).append(subject)
    rows = []
    for (reason, name), subjects in found.items():
        named = list(dict.fromkeys(subject or "overall" for subject in subjects))
        more = f" and {len(named) - _MOST_NAMES} more" if len(named) > _MOST_NAMES else ""
        rows.append((reason, name, ", ".join(named[:_MOST_NAMES]) + more))
    return rows


def _every(report: AgreementReport) -> Iterator[tuple[str, str, Coefficient, str]]:
    summary = report.summary
    for level, rows in (("all text", summary.all_text), ("coded part", summary.coded_part)):
        for row in (rows.overall, *rows.questions, *rows.themes, *rows.codes):
            for name, coefficient in measures(row):
                yield level, name, coefficient, row.name
        yield level, "alpha of sets", rows.sets.alpha, ""
        yield level, "AC2 of sets", rows.sets.ac2, ""
        for pair in rows.pairs:
            yield level, "Cohen's kappa", pair.cohen, pair_name(summary, pair)
    if found := summary.unitizing:
        yield "all text", "u-alpha, coded at all", found.boundaries, ""
        yield "all text", "u-alpha, coded with what", found.values, ""
        yield "coded part", "u-alpha, coded with what", found.coding, ""
        for each in found.codes:
            yield "all text", "u-alpha of a code", each.boundaries, each.name
            yield "coded part", "u-alpha of a code", each.given_coding, each.name
    if report.gamma is not None:
        yield "coded part", "gamma", report.gamma, ""


def measures(row: AgreementRow) -> tuple[tuple[str, Coefficient], ...]:
    """The coefficients on presence, by their names."""
    return (
        ("percent", row.percent),
        ("Cohen's kappa", row.cohen),
        ("Fleiss' kappa", row.fleiss),
        ("Krippendorff's alpha", row.alpha),
        ("Gwet's AC1", row.ac1),
    )


def pair_name(summary: AgreementSummary, pair: PairRow) -> str:
    """Two coders, by their letters."""
    return f"{summary.coders[pair.first]} with {summary.coders[pair.second]}"


def as_json(report: AgreementReport) -> dict[str, JsonValue]:
    """The report for programs; what is undefined is null, with its reason."""
    summary = report.summary
    return {
        "study": report.study,
        "coders": list(summary.coders),
        "seen": report.seen,
        "responses": summary.n_units,
        "participants": summary.n_participants,
        "codings": summary.n_codings,
        "intervals": {"confidence": 0.95, "replicates": summary.replicates, "seed": summary.seed},
        "all_text": _level_json(summary, summary.all_text),
        "coded_part": _level_json(summary, summary.coded_part),
        "characters": None if summary.unitizing is None else _unitizing_json(summary.unitizing),
        "gamma": None if report.gamma is None else _coefficient_json(report.gamma),
        "confusions": [
            {
                "code": each.code,
                "segments": each.n,
                "same": each.n_same,
                "other": each.n_other,
                "nothing": each.n_nothing,
                "others": dict(each.others),
            }
            for each in report.confusions
        ],
        "quality": [
            {"id": each.id, "concerned": list(each.concerned), "what": each.words, "segments": each.n}
            for each in report.quality
        ],
    }


def _level_json(summary: AgreementSummary, level: LevelAgreement) -> JsonValue:
    return {
        "overall": _row_json(level.overall),
        "codes": [_row_json(row) for row in level.codes],
        "themes": [_row_json(row) for row in level.themes],
        "questions": [_row_json(row) for row in level.questions],
        "pairs": [
            {
                "coders": [summary.coders[pair.first], summary.coders[pair.second]],
                "percent": _coefficient_json(pair.percent),
                "cohen": _coefficient_json(pair.cohen),
            }
            for pair in level.pairs
        ],
        "sets": {
            "different": level.sets.n_sets,
            "alpha": _coefficient_json(level.sets.alpha),
            "ac2": _coefficient_json(level.sets.ac2),
        },
        "lowest": list(level.lowest),
    }


def _row_json(row: AgreementRow) -> JsonValue:
    return {
        "name": row.name or None,
        "responses": row.n_units,
        "coded": row.n_coded,
        "incomplete": row.n_incomplete,
        "percent": _coefficient_json(row.percent),
        "cohen": _coefficient_json(row.cohen),
        "fleiss": _coefficient_json(row.fleiss),
        "alpha": _coefficient_json(row.alpha),
        "ac1": _coefficient_json(row.ac1),
    }


def _unitizing_json(found: UnitizingAgreement) -> JsonValue:
    return {
        "all_text": {
            "boundaries": _coefficient_json(found.boundaries),
            "values": _coefficient_json(found.values),
        },
        "coded_part": {"coding": _coefficient_json(found.coding)},
        "several_codes": found.n_several,
        "codes": [
            {
                "name": each.name,
                "all_text": _coefficient_json(each.boundaries),
                "coded_part": _coefficient_json(each.given_coding),
            }
            for each in found.codes
        ],
    }


def _coefficient_json(found: Coefficient) -> JsonValue:
    return {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "responses": found.n_units,
        "reason": found.reason or None,
        "undefined_draws": found.n_undefined_draws,
    }
