"""Real exports validate under the studies kept in tests/real, and no cell of theirs is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from ppdarchive.arrange.columns import find, find_group
from ppdarchive.model.columns import values_of
from ppdarchive.model.schema import Kind
from ppdarchive.pipeline import Validation, validate_study

STUDIES = sorted((Path(__file__).parent / "real").iterdir())


@pytest.fixture(params=STUDIES, ids=lambda folder: folder.name)
def validation(request: pytest.FixtureRequest, shared: Path) -> Validation:
    """Return the validation of one of the studies."""
    assert shared
    folder: Path = request.param
    return validate_study(folder)


def test_real_exports_are_all_here(shared: Path) -> None:
    """Every real export has a study."""
    exports = [*(shared / "exports/redcap").iterdir(), *(shared / "exports/qualtrics").iterdir()]
    assert len(STUDIES) == len(exports) == 6


def test_real_export_validates(validation: Validation) -> None:
    """Nothing is wrong with a real export."""
    assert validation.checked.findings.ids == ()


def test_no_answered_cell_becomes_null(validation: Validation) -> None:
    """Every cell that the export fills has a value in the typed table, and no empty one does."""
    (spec,) = validation.study.config.export
    (table,) = validation.checked.tables.values()
    export = validation.exports[spec.path]
    if validation.study.long_columns(spec):
        (count,) = validation.counts
        assert count.n_rows + count.unanswered == count.n_kept * len(validation.study.long_columns(spec))
        assert table.frame["text"].notna().all()
        return
    for name, source in spec.columns.items():
        assert isinstance(source, str)
        column = find(export, source)
        if column is None:
            assert table.schema[name].kind is Kind.LIST
            ticked = [export.cells.column(c.position - 1).to_pylist() for c in find_group(export, source)]
            expected = [sum(cell == "1" for cell in cells) for cells in zip(*ticked, strict=True)]
            items = values_of(table.frame[name]).to_pylist()
            found = [0 if row is None else len(row) for row in items]
            assert found == expected
        else:
            cells = export.cells.column(column.position - 1).to_pylist()
            assert table.frame[name].notna().tolist() == [cell != "" for cell in cells]


def test_codes_become_the_category_that_the_dictionary_names(shared: Path) -> None:
    """The codes of a radio button arrive as categories, spreadsheet-mangled ones by translation."""
    assert shared
    frame = validate_study(Path(__file__).parent / "real/redcap_simple").checked.tables["patients"].frame
    assert frame["sex"].tolist() == ["0", "1", "1", "0", "1"]
    assert values_of(frame["race"]).to_pylist() == [["5"], ["3", "5"], ["4", "5"], ["2", "5"], ["1", "6"]]


def test_events_become_waves(shared: Path) -> None:
    """Each row of a longitudinal export is one event of one participant."""
    assert shared
    frame = validate_study(Path(__file__).parent / "real/redcap_longitudinal").checked.tables["visits"].frame
    assert frame["wave"].notna().all()
    assert not frame.duplicated(["study_id", "wave"]).any()
