"""What a summary of agreement holds: rows of coefficients, by what they are of and over which units."""

from __future__ import annotations

from dataclasses import dataclass

from ppdarchive.agreement.coded import Coefficient


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How well coders agree on the presence of one code, or of several.

    Attributes
    ----------
    name : str
        The code, theme or question; empty for all codes in all units.
    n_units : int
        Units that two or more coders saw.
    n_coded : int
        Units of any coder in which someone found the code, or one of the codes.
    n_incomplete : int
        Units that two or more, but not every coder saw: Fleiss' kappa leaves them out.
    percent, cohen, fleiss, alpha, ac1 : Coefficient
        Over units for a code or theme; over cells of unit and code overall and for a question. Cohen's
        is the mean over pairs of coders.
    """

    name: str
    n_units: int
    n_coded: int
    n_incomplete: int
    percent: Coefficient
    cohen: Coefficient
    fleiss: Coefficient
    alpha: Coefficient
    ac1: Coefficient


@dataclass(frozen=True, slots=True)
class PairRow:
    """How well two coders agree, over cells of unit and code.

    Attributes
    ----------
    first, second : int
        Places in the summary's `coders`, the lower first.
    percent, cohen : Coefficient
        Over the units that both saw.
    """

    first: int
    second: int
    percent: Coefficient
    cohen: Coefficient


@dataclass(frozen=True, slots=True)
class SetRow:
    """How well coders agree on a unit's whole set of codes.

    Attributes
    ----------
    n_sets : int
        Different sets that were given, the empty one among them.
    alpha : Coefficient
        Krippendorff's, with MASI distance.
    ac2 : Coefficient
        Gwet's, with MASI weights.
    """

    n_sets: int
    alpha: Coefficient
    ac2: Coefficient


@dataclass(frozen=True, slots=True)
class LevelAgreement:
    """Presence agreement over one choice of units.

    Attributes
    ----------
    overall : AgreementRow
        Pooled over cells of unit and code.
    codes, themes, questions : tuple of AgreementRow
        In the order of their names.
    pairs : tuple of PairRow
        Every two coders.
    sets : SetRow
        Sets of codes.
    lowest : tuple of str
        Codes by their alpha, the lowest first; those without one are left out.
    """

    overall: AgreementRow
    codes: tuple[AgreementRow, ...]
    themes: tuple[AgreementRow, ...]
    questions: tuple[AgreementRow, ...]
    pairs: tuple[PairRow, ...]
    sets: SetRow
    lowest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitizingRow:
    """How well coders agree on which characters bear one code.

    Attributes
    ----------
    name : str
        The code.
    boundaries : Coefficient
        All text: whether a character bears the code.
    given_coding : Coefficient
        Coded part: whether a character that two coders coded bears the code.
    """

    name: str
    boundaries: Coefficient
    given_coding: Coefficient


@dataclass(frozen=True, slots=True)
class UnitizingAgreement:
    """How well coders agree on characters; the coefficients are those of `unitizing`.

    Attributes
    ----------
    boundaries, values : Coefficient
        All text: whether a character is coded at all; and with what.
    coding : Coefficient
        Coded part: with what a character is coded that two coders coded.
    n_several : int
        Characters, counted for each coder, to which one coder gave more than one code.
    codes : tuple of UnitizingRow
        In the order of their names.
    """

    boundaries: Coefficient
    values: Coefficient
    coding: Coefficient
    n_several: int
    codes: tuple[UnitizingRow, ...]


@dataclass(frozen=True, slots=True, repr=False)
class AgreementSummary:
    """Agreement between a study's coders.

    Attributes
    ----------
    coders : tuple of str
        Their ids.
    n_units, n_participants, n_codings : int
        What was coded.
    replicates, seed : int
        Of the bootstrap.
    all_text : LevelAgreement
        Every unit counts: agreement that nothing is there, too.
    coded_part : LevelAgreement
        Only the units in which some coder marked anything, with any code, count.
    unitizing : UnitizingAgreement or None
        Over characters; None if it was not asked for.
    """

    coders: tuple[str, ...]
    n_units: int
    n_participants: int
    n_codings: int
    replicates: int
    seed: int
    all_text: LevelAgreement
    coded_part: LevelAgreement
    unitizing: UnitizingAgreement | None = None

    def __repr__(self) -> str:
        n_coders = len(self.coders)
        return f"<AgreementSummary: {self.n_codings} codings of {self.n_units} units by {n_coders} coders>"
