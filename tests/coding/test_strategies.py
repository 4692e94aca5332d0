"""What the drawn projects promise."""

from __future__ import annotations

from hypothesis import given

from ppdarchive.coding.project import NONE, Project

from .strategies import projects


@given(projects())
def test_drawn_projects_keep_their_promises(project: Project):
    """Wider codes come first, indices are in range, quotes are the text, no row stands twice."""
    seen: set[str] = set()
    for code in project.codes:
        assert code.parent is None or code.parent in seen
        seen.add(code.key)
    rows = project.selections
    for source, start, end, quote in zip(rows.source, rows.start, rows.end, rows.quotes, strict=True):
        text = project.sources[source].text
        assert (quote is None) == (start == NONE)
        assert quote is None or quote == text[start:end]
    columns = (rows.source, rows.start, rows.end, rows.code, rows.coder)
    assert len(set(zip(*(column.tolist() for column in columns), strict=True))) == len(rows)
    assert all(set(members.codes) <= seen for members in project.sets)
