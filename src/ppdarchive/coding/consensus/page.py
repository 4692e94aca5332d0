"""The worksheet as a page to read and to print: every version side by side; it never leaves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from ppdarchive.coding.consensus.rules import Rule
from ppdarchive.coding.consensus.worksheet import Row


def page(rows: Sequence[Row], *, study: str, rule: Rule, n_agreed: int) -> str:
    """The worksheet as an HTML page that needs no other file and no script.

    Parameters
    ----------
    rows : sequence of Row
        From `ppdarchive.coding.consensus.worksheet.worksheet`; its texts are escaped here.
    study : str
        The study's id.
    rule : Rule
        What made the proposals.
    n_agreed : int
        Segments that need no decision.
    """
    return _template().render(rows=rows, study=study, rule=rule.value, n_agreed=n_agreed)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("ppdarchive.coding.consensus", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("worksheet.html.jinja")
