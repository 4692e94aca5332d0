"""Agreement of a study's coders, whole and in parts: what a page and a JSON file are made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ppdarchive.agreement.bootstrap import Draws, draw, in_order, with_interval
from ppdarchive.agreement.coded import Coded, Coefficient, Indices
from ppdarchive.agreement.nominal import FEW_CODERS, NO_COMPLETE, NO_PAIRS, NO_VARIATION, ONE_CATEGORY
from ppdarchive.agreement.presence import (
    N_SEEN,
    Flags,
    Marks,
    PresenceValues,
    cell_marks,
    code_marks,
    coded_units,
    mark_sums,
    presence_values,
    seen_sums,
)
from ppdarchive.agreement.rows import (
    AgreementRow,
    AgreementSummary,
    LevelAgreement,
    PairRow,
    SetRow,
    UnitizingAgreement,
    UnitizingRow,
)
from ppdarchive.agreement.sets import SetValues, label_sets, set_values
from ppdarchive.agreement.unitizing import UnitizedSums, unitized
from ppdarchive.agreement.weights import Floats

# The rows are part of what this module offers.
__all__ = [
    "AgreementRow",
    "AgreementSummary",
    "LevelAgreement",
    "PairRow",
    "SetRow",
    "UnitizingAgreement",
    "UnitizingRow",
    "summarize",
]

NO_COMMON_UNITS = "the two coders saw no unit in common"
_NO_SUMS = np.empty((0, 0))
PAIR_WITHOUT_VARIATION = "no variation in {} of {} pairs of coders"


def summarize(
    coded: Coded, *, themes: Mapping[str, Sequence[str]], questions: Sequence[str],
    replicates: int = 1000, seed: int = 0, characters: bool = True,
) -> AgreementSummary:  # fmt: skip
    """Compute agreement on presence, overall, per code, theme and question, and on characters.

    Parameters
    ----------
    coded : Coded
        Independent codings.
    themes : mapping of str to sequence of str
        The themes that each code is in, with the themes that those are in.
    questions : sequence of str, shape (n_units,)
        The question that each unit answers; empty for none at all.
    replicates : int
        Of the bootstrap over participants; 0 for no intervals.
    seed : int
        The same seed gives the same intervals, in whatever order people, units and codes come.
    characters : bool
        Whether agreement on characters is computed too.

    Returns
    -------
    AgreementSummary
        Coefficients with 95 % intervals.

    Raises
    ------
    ValueError
        If there is not one question a unit, or a coder marked a unit that they did not see.
    """
    if len(questions) not in {0, coded.n_units}:
        raise ValueError(f"{coded.n_units} questions expected, one a unit; {len(questions)} given")
    study = _Study(coded, questions, themes, replicates=replicates, seed=seed)
    part = coded_units(coded)
    whole_sets, part_sets = set_values(label_sets(coded), part, study.participants, study.draws)
    marked = list(study.marked())
    return AgreementSummary(
        coders=coded.coders,
        n_units=coded.n_units,
        n_participants=len(study.draws.counts),
        n_codings=len(coded.unit),
        replicates=replicates,
        seed=seed,
        all_text=_level(study, marked, np.ones_like(part), whole_sets),
        coded_part=_level(study, marked, part, part_sets),
        unitizing=_characters(study) if characters else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Marked:
    """What coders marked of one row, summed in each sample: the same at both levels."""

    kind: str
    name: str
    n_coded: int
    sums: Floats
    question: int | None = None
    n_codes: int = 1


class _Study:
    """Codings with participants in their order, and the samples drawn of them."""

    def __init__(
        self, coded: Coded, questions: Sequence[str], themes: Mapping[str, Sequence[str]], *,
        replicates: int, seed: int,
    ) -> None:  # fmt: skip
        self.coded = coded
        self.participants: Indices = in_order(coded, questions=questions, themes=themes)
        n_participants = int(self.participants.max(initial=-1)) + 1
        self.draws: Draws = draw(n_participants, replicates=replicates, seed=seed)
        names = np.asarray(questions, dtype=object).astype(str)
        self.questions, self.question_of = np.unique(names, return_inverse=True)
        self.themes = themes

    def marked(self) -> Iterator[_Marked]:
        """Sum the marks of every row in each sample."""
        rows: list[_Marked] = []

        def tables() -> Iterator[Floats]:
            for row, sums in self._rows():
                rows.append(row)
                yield sums

        for place, drawn in enumerate(self.draws.each(tables())):
            yield replace(rows[place], sums=drawn)

    def _rows(self) -> Iterator[tuple[_Marked, Floats]]:
        coded, n_codes = self.coded, len(self.coded.codes)
        cells = cell_marks(coded)
        yield self._row("overall", "", cells, n_codes=n_codes)
        for place, name in enumerate(coded.codes):
            yield self._row("code", name, code_marks(coded, np.arange(n_codes) == place))
        for theme in sorted({theme for code in coded.codes for theme in self.themes.get(code, ())}):
            within = np.array([theme in self.themes.get(code, ()) for code in coded.codes])
            yield self._row("theme", theme, code_marks(coded, within))
        for place, name in enumerate(self.questions.tolist()):
            asked = cells.where(self.question_of == place)
            yield self._row("question", name, asked, question=place, n_codes=n_codes)

    def _row(
        self, kind: str, name: str, marks: Marks, *, question: int | None = None, n_codes: int = 1
    ) -> tuple[_Marked, Floats]:
        sums = mark_sums(marks, self.coded.rated, self.participants, len(self.draws.counts))
        return _Marked(kind, name, len(np.unique(marks.units)), _NO_SUMS, question, n_codes), sums

    def seen(self, units: Flags) -> dict[int | None, tuple[Floats, int]]:
        """Sum in each sample who saw what, overall and by question, and count the participants there."""
        questions = [None, *range(len(self.questions))]
        n_participants: list[int] = []

        def tables() -> Iterator[Floats]:
            for question in questions:
                chosen = units if question is None else units & (self.question_of == question)
                sums = seen_sums(self.coded.rated, chosen, self.participants, len(self.draws.counts))
                n_participants.append(int((sums[:, 1] > 0).sum()))
                yield sums

        drawn = list(self.draws.each(tables()))
        return dict(zip(questions, zip(drawn, n_participants, strict=True), strict=True))


def _level(study: _Study, marked: Sequence[_Marked], units: Flags, sets: SetValues) -> LevelAgreement:
    seen = study.seen(units)
    n_coders = len(study.coded.coders)
    rows: dict[str, list[AgreementRow]] = {"overall": [], "code": [], "theme": [], "question": []}
    pairs: tuple[PairRow, ...] = ()
    for row in marked:
        counts, n_participants = seen[row.question]
        values = presence_values(counts * row.n_codes, row.sums, n_coders=n_coders)
        rows[row.kind].append(_agreement(row, values, counts[0], n_participants, n_coders))
        if row.kind == "overall":
            pairs = _pairs(values, counts[0], n_participants, n_coders)
    counts, n_participants = seen[None]
    reason = _reason(counts[0, 1], n_coders)
    some = {"n_units": int(counts[0, 1]), "n_participants": n_participants}
    one_set = ONE_CATEGORY if counts[0, 1] else reason
    return LevelAgreement(
        overall=rows["overall"][0],
        codes=tuple(rows["code"]),
        themes=tuple(rows["theme"]),
        questions=tuple(rows["question"]),
        pairs=pairs,
        sets=SetRow(
            sets.n_sets,
            _coefficient(sets.alpha, reason=reason, **some),
            _coefficient(sets.ac2, reason=one_set, **some),
        ),
        lowest=_lowest(rows["code"]),
    )


def _agreement(
    row: _Marked, values: PresenceValues, counts: Floats, n_participants: int, n_coders: int
) -> AgreementRow:
    paired, complete = int(counts[1]), int(counts[3])
    reason = _reason(counts[1], n_coders) if row.n_codes else "no codes"
    together = counts[N_SEEN:] > 0
    lacking = int(np.isnan(values.pair_cohen[0][together]).sum())
    in_pairs = (
        PAIR_WITHOUT_VARIATION.format(lacking, int(together.sum())) if lacking and row.n_codes else reason
    )

    def coefficient(samples: Floats, why: str = reason, n_units: int = paired) -> Coefficient:
        return _coefficient(samples, n_units=n_units, n_participants=n_participants, reason=why)

    in_full = NO_COMPLETE if n_coders > 1 and not complete and row.n_codes else reason
    return AgreementRow(
        name=row.name,
        n_units=paired,
        n_coded=row.n_coded,
        n_incomplete=paired - complete if n_coders > 1 else 0,
        percent=coefficient(values.percent),
        cohen=coefficient(values.cohen, in_pairs),
        fleiss=coefficient(values.fleiss, in_full, complete if n_coders > 1 else 0),
        alpha=coefficient(values.alpha),
        ac1=coefficient(values.ac1),
    )


def _pairs(values: PresenceValues, counts: Floats, n_participants: int, n_coders: int) -> tuple[PairRow, ...]:
    rows = []
    for place, (first, second) in enumerate(combinations(range(n_coders), 2)):
        together = int(counts[N_SEEN + place])
        some = {"n_units": together, "n_participants": n_participants}
        reason = NO_VARIATION if together else NO_COMMON_UNITS
        percent = _coefficient(values.pair_percent[:, place], reason=reason, **some)
        cohen = _coefficient(values.pair_cohen[:, place], reason=reason, **some)
        rows.append(PairRow(first, second, percent, cohen))
    return tuple(rows)


def _characters(study: _Study) -> UnitizingAgreement:
    family = unitized(replace(study.coded, participants=study.participants))
    n_codes = len(study.coded.codes)
    several = (family.boundaries, family.values, family.coding)
    coefficients = _unitizing([*several, *family.code_boundaries, *family.code_given_coding], study.draws)
    boundaries, values, coding = coefficients[:3]
    by_code = zip(study.coded.codes, coefficients[3 : 3 + n_codes], coefficients[3 + n_codes :], strict=True)
    rows = tuple(UnitizingRow(name, alone, given) for name, alone, given in by_code)
    return UnitizingAgreement(boundaries, values, coding, family.values.n_several, rows)


def _unitizing(family: Sequence[UnitizedSums], draws: Draws) -> list[Coefficient]:
    coefficients = [member.coefficient() for member in family]
    drawable = [
        place
        for place, member in enumerate(family)
        if member.is_by_participant and coefficients[place].value is not None
    ]
    samples = draws.each(family[place].sums for place in drawable)
    for place, drawn in zip(drawable, samples, strict=True):
        n_participants = int(family[place].sums.any(axis=1).sum())
        replicates = family[place].formula(drawn[1:])
        coefficients[place] = with_interval(coefficients[place], replicates, n_participants=n_participants)
    return coefficients


def _lowest(rows: Sequence[AgreementRow]) -> tuple[str, ...]:
    with_alpha = [(row.alpha.value, row.name) for row in rows if row.alpha.value is not None]
    return tuple(name for _, name in sorted(with_alpha))


def _reason(paired: float, n_coders: int) -> str:
    if n_coders < 2:
        return FEW_CODERS
    return NO_VARIATION if paired else NO_PAIRS


def _coefficient(samples: Floats, *, n_units: int, n_participants: int, reason: str) -> Coefficient:
    if np.isnan(samples[0]):
        return Coefficient(None, n_units=n_units, reason=reason)
    return with_interval(
        Coefficient(float(samples[0]), n_units=n_units), samples[1:], n_participants=n_participants
    )
