"""A study's codings, or a package's -> agreement between its coders, and what to look at first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from ppdarchive.agreement.coded import Coded, Coefficient
from ppdarchive.agreement.frames import Seen, coded_of
from ppdarchive.agreement.gamma import gamma as gamma_of
from ppdarchive.agreement.summary import summarize
from ppdarchive.coders.confusion import confusions
from ppdarchive.coders.excerpts import excerpts_of
from ppdarchive.coders.quality import quality_of
from ppdarchive.coders.tables import coded_tables, column
from ppdarchive.errors import CodingError
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame
from ppdarchive.pipeline import Progress
from ppdarchive.report.agreement import AgreementReport, letters

_WORST: Final = 10
"""Codes of which it is said what they were confused with."""
_SHOWN: Final = 5
"""Codes of which there are excerpts."""


def agreement_study(
    folder: Path,
    *,
    seen: Seen = "all",
    replicates: int = 1000,
    seed: int = 0,
    with_excerpts: bool = False,
    with_characters: bool = True,
    gamma: bool = False,
    progress: Progress = lambda _: None,
) -> AgreementReport:
    """Compute how well the coders of a study, or of a package, agree.

    Parameters
    ----------
    folder : Path
        With study.toml, or a package's own folder.
    seen : {"all", "own"}
        Which responses a coder is taken to have seen: every one, or those that she marked.
    replicates : int
        Of the bootstrap over participants; 0 for no intervals.
    seed : int
        The same seed gives the same intervals.
    with_excerpts : bool
        Whether to look for de-identified places where coders differ: a study is then de-identified in
        memory, as `preview_study` does.
    with_characters : bool
        Whether to compute agreement on characters, too.
    gamma : bool
        Whether to compute gamma, too, by an optional package: see `ppdarchive.agreement.gamma`.
    progress : callable

    Returns
    -------
    AgreementReport
        Coders stand in it under letters, since their ids may be names.

    Raises
    ------
    FindingsError
        If the study's data have findings.
    CodingError
        ``coding.nothing`` if fewer than two coders coded independently, ``coding.row`` if codings lie
        outside of their texts, ``coding.not-installed`` if gamma is asked for and its package is not there.
    LoadError, StudyError, SchemaError, ReadError
        As `coded_tables` does.
    """
    tables = coded_tables(folder, progress=progress)
    frames = tables.frames
    progress("counting codings")
    coded, rows = coded_of(frames["responses"], frames["codings"], frames["codes"], seen=seen)
    _demand(coded, folder)
    parents = column(frames.get("themes"), "theme_id", "parent_theme_id")
    theme_of = column(frames["codes"], "code_id", "theme_id")
    themes = {code: tuple(_upwards(theme_of.get(code), parents)) for code in coded.codes}
    questions = _questions(frames["responses"], rows.tolist())
    progress("comparing coders")
    summary = summarize(
        coded,
        themes=themes,
        questions=questions,
        replicates=replicates,
        seed=seed,
        characters=with_characters,
    )
    named = letters(len(coded.coders))
    worst = _worst(summary.all_text.lowest, {row.name: row.alpha for row in summary.all_text.codes})
    second = None
    if gamma:
        progress("aligning segments for gamma")
        second = gamma_of(coded, seed=seed)
    progress("comparing codes")
    confused = confusions(coded, worst[:_WORST])
    excerpts, reason = (
        excerpts_of(
            tables,
            folder,
            worst[:_SHOWN],
            dict(zip(coded.coders, named, strict=True)),
            seen=seen,
            progress=progress,
        )
        if with_excerpts
        else ((), "")
    )
    return AgreementReport(
        study=tables.name,
        is_package=tables.validation is None,
        seen=seen,
        summary=replace(summary, coders=named),
        coder_ids=coded.coders,
        code_titles=column(frames["codes"], "code_id", "title"),
        theme_titles=column(frames.get("themes"), "theme_id", "title"),
        themes=themes,
        wordings=column(frames.get("questions"), "question_id", "wording"),
        gamma=second,
        confusions=confused,
        quality=quality_of(tables, coded),
        excerpts=excerpts,
        no_excerpts=reason,
    )


def _demand(coded: Coded, folder: Path) -> None:
    if len(coded.coders) < 2:
        reason = (
            "only one coder coded independently, and agreement is between two"
            if coded.coders
            else "no coding of a response with a text has the stage independent"
        )
        raise CodingError("coding.nothing", path=str(folder), reason=reason)
    if (coded.code < 0).any():
        raise CodingError("coding.row", path=str(folder), reason="codings have codes that no table holds")
    outside = (coded.start < 0) | (coded.end < coded.start) | (coded.end > coded.lengths[coded.unit])
    if outside.any():
        reason = f"{int(outside.sum())} codings lie outside of their texts or end before they start"
        raise CodingError("coding.row", path=str(folder), reason=reason)


def _upwards(theme: str | None, parents: Mapping[str, str]) -> Iterator[str]:
    """A theme, the one that it is part of, and so on; once each if they go in a circle."""
    passed: set[str] = set()
    while theme is not None and theme not in passed:
        yield theme
        passed.add(theme)
        theme = parents.get(theme)


def _questions(responses: Frame, rows: list[int]) -> list[str]:
    if "question_id" not in responses:
        return []
    names = values_of(responses["question_id"].iloc[rows]).to_pylist()
    return ["" if name is None else str(name) for name in names]


def _worst(lowest: Sequence[str], alphas: Mapping[str, Coefficient]) -> list[str]:
    """Codes from the lowest alpha upwards, but for those of full agreement."""
    return [code for code in lowest if (alphas[code].value or 0) < 1]
