"""What REFI-QDA and XML 1.0 have no way to say, refused before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ppdarchive.coding.formats.refi.codebook import MAX_CODE_DEPTH, code_depth
from ppdarchive.coding.formats.refi.markup import can_hold
from ppdarchive.coding.project import NONE, Project
from ppdarchive.errors import CodingError
from ppdarchive.text.units import Unit


def is_inline(text: str) -> bool:
    """Whether a text stands in the XML: in a file, a U+FEFF at its beginning would be a byte-order mark."""
    return text.startswith("\ufeff")


def cannot_hold(what: str, *, kind: str = "a REFI-QDA project") -> CodingError:
    """Return the error that says so."""
    return CodingError("coding.cannot-hold", kind=kind, what=what)


def check_codebook(project: Project) -> None:
    """Refuse codes, coders and sets that XML cannot hold.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``.
    """
    for what, names in (
        ("a key", _keys(project)),
        ("a coder's name", (coder.name for coder in project.coders)),
        ("a code's name", (code.name for code in project.codes)),
        ("a code's description", (code.description or "" for code in project.codes)),
        ("a set's name", (members.name for members in project.sets)),
        ("a set's description", (members.description or "" for members in project.sets)),
    ):
        _check_holdable(what, names)
    if code_depth(project) > MAX_CODE_DEPTH:
        raise cannot_hold(f"codes more than {MAX_CODE_DEPTH} deep")


def check_sources(project: Project) -> None:
    """Refuse sources and selections that an archive cannot hold.

    Raises
    ------
    CodingError
        ``coding.cannot-hold``.
    ValueError
        If positions count other units than code points.
    """
    if project.unit not in {None, Unit.CODE_POINT}:
        raise ValueError(f"positions count {project.unit}, not code points")
    rows = project.selections
    _check_holdable("a source's name", (source.name for source in project.sources))
    _check_holdable("a memo", (memo or "" for memo in rows.memos))
    for number, source in enumerate(project.sources, 1):
        if is_inline(source.text):
            _check_holdable(f"the text of source {number}", (source.text,))
        elif "\0" in source.text or not _is_unicode(source.text):
            raise cannot_hold(f"a NUL or a lone surrogate, as source {number} has")
    lengths = [len(source.text) for source in project.sources]
    columns = (rows.source.tolist(), rows.start.tolist(), rows.end.tolist(), rows.code.tolist())
    for source_index, start, end, code, quote, memo in zip(*columns, rows.quotes, rows.memos, strict=True):
        if source_index == NONE:
            raise cannot_hold("a selection of no source")
        if code == NONE and not (memo or "").strip():
            raise cannot_hold("a selection without a code")
        if start == NONE:
            if end != NONE or quote is not None:
                raise cannot_hold("a selection without positions")
            if memo is not None:
                raise cannot_hold("a memo of a whole text")
        elif not 0 <= start <= end <= lengths[source_index]:
            raise cannot_hold("positions outside of a text")


def _check_holdable(what: str, texts: Iterable[str]) -> None:
    if not all(can_hold(text) for text in texts):
        raise cannot_hold(f"{what} with a control character or half of a character")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _keys(project: Project) -> Iterator[str]:
    yield from (coder.key for coder in project.coders)
    yield from (code.key for code in project.codes)
    yield from (source.key for source in project.sources)
