"""Cells that a spreadsheet would run as formulas, and back."""

from __future__ import annotations

from typing import Final

_STARTS_FORMULA: Final = tuple("=+-@＝＋－＠\t\r\n")
_GUARD: Final = "'"


def guarded(cell: str) -> str:
    """A cell that no spreadsheet runs: an apostrophe is put before what could start a formula.

    Notes
    -----
    Spreadsheets run a cell that starts with ``=``, ``+``, ``-`` or ``@`` (in some countries also with
    their wide forms), behind blanks too. A cell that starts with an apostrophe gets another one, so
    that `unguarded` undoes this for every cell.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> guarded("=1+1")
    "'=1+1"
    >>> unguarded("'=1+1")
    '=1+1'
    """
    return _GUARD + cell if _needs_guard(cell) else cell


def unguarded(cell: str) -> str:
    """The cell that was guarded; one that starts with an apostrophe of its own is left alone.

    Examples
    --------
    >>> unguarded("'tis fine")
    "'tis fine"
    """
    return cell[1:] if cell.startswith(_GUARD) and _needs_guard(cell[1:]) else cell


def _needs_guard(cell: str) -> bool:
    return cell.startswith((_GUARD, *_STARTS_FORMULA)) or cell.lstrip().startswith(_STARTS_FORMULA)
