"""What a study's or a package's codebook should not have: from tables to findings; the order only."""

from __future__ import annotations

from pathlib import Path

from ppdarchive.agreement.coded import Coded
from ppdarchive.agreement.frames import Seen, coded_of
from ppdarchive.coders.tables import CodedTables, coded_tables, column
from ppdarchive.coding.consensus.rules import Codings
from ppdarchive.coding.quality import CodebookColumns, Quality, QualityFinding, codebook_quality
from ppdarchive.pipeline import Progress


def quality_study(
    folder: Path, *, seen: Seen = "all", progress: Progress = lambda _: None
) -> tuple[QualityFinding, ...]:
    """Find what the codebook of a study or a package should not have.

    Parameters
    ----------
    folder : Path
    seen : {"all", "own"}
        As in `ppdarchive.agreement.frames.coded_of`.
    progress : callable

    Returns
    -------
    tuple of QualityFinding
        As `ppdarchive.coding.quality.codebook_quality` gives them.

    Raises
    ------
    FindingsError, CodingError, LoadError, StudyError, SchemaError, ReadError
        As `coded_tables` does.
    """
    tables = coded_tables(folder, progress=progress)
    frames = tables.frames
    progress("looking at the codebook")
    coded, _ = coded_of(frames["responses"], frames["codings"], frames["codes"], seen=seen)
    return quality_of(tables, coded)


def quality_of(tables: CodedTables, coded: Coded) -> tuple[QualityFinding, ...]:
    """The same of tables that are there already, and of their independent codings."""
    codes, themes = tables.frames["codes"], tables.frames.get("themes")
    title, definition = column(codes, "code_id", "title"), column(codes, "code_id", "definition")
    theme = column(codes, "code_id", "theme_id")
    names = tuple(column(themes, "theme_id", "theme_id"))
    theme_title = column(themes, "theme_id", "title")
    description = column(themes, "theme_id", "description")
    parent = column(themes, "theme_id", "parent_theme_id")
    codebook = CodebookColumns(
        code_ids=coded.codes,
        titles=tuple(title.get(code, "") for code in coded.codes),
        definitions=tuple(definition.get(code) for code in coded.codes),
        theme_ids=tuple(theme.get(code) for code in coded.codes),
        themes=names,
        theme_titles=tuple(theme_title.get(name, "") for name in names),
        descriptions=tuple(description.get(name) for name in names),
        parents=tuple(parent.get(name) for name in names),
    )
    codings = Codings.of(
        response=coded.unit, code=coded.code, coder=coded.coder, start=coded.start, end=coded.end
    )
    # Of what a package does not tell nothing can be missed.
    untold = {Quality.NO_DEFINITION: "definition", Quality.NO_THEME: "theme_id"}
    found = codebook_quality(codebook, codings, coded.rated)
    return tuple(each for each in found if untold.get(each.kind, "code_id") in codes)
