r"""The text that Taguette counts in its HTML, and HTML whose text is a given one.

Taguette's positions are UTF-8 bytes of a document's text: tags count nothing, references such as
``&amp;`` count as the character they stand for, in the order of an HTML parser's tree. Its documents are
cleaned HTML, so that reading the characters in the order of the file gives the same, but for a few rules
of HTML that are kept here. What Taguette's cleaning never leaves is refused, since a parser might move
its text elsewhere.
"""

from __future__ import annotations

import html
import re
from typing import Final

_SPACE: Final = " \t\n\f\r"

_TAG: Final = re.compile(
    r"""<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>"'<=]*+)"""
    r"""(?:[\s/]++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+[\s/]*+>"""
)
_REFERENCE: Final = re.compile(r"&(?:#([0-9]++|[xX][0-9a-fA-F]++);?|[a-zA-Z][a-zA-Z0-9]*+;?)")

# What is in them is no text, or is none in every parser; none of them passes Taguette's cleaning.
_NOT_TEXT: Final = frozenset({
    "base", "basefont", "body", "frame", "frameset", "head", "html", "iframe",
    "link", "listing", "math", "meta", "noembed", "noframes", "noscript", "object",
    "optgroup", "option", "plaintext", "script", "select", "style", "svg", "template",
    "textarea", "title", "xmp",
})  # fmt: skip
_CELLS: Final = frozenset({"td", "th", "caption"})
_BETWEEN_CELLS: Final = frozenset({"tr", "thead", "tbody", "tfoot", "colgroup", "col"})


class UncountableError(ValueError):
    """HTML in which Taguette would not count what a plain reading counts; quotes nothing of it."""


def counted_text(markup: str, *, snippet: bool = False) -> str:
    r"""Return the text that Taguette counts in a document.

    Parameters
    ----------
    markup : str
        A document's or a highlight's HTML.
    snippet : bool
        Whether it is a highlight's: what its text begins with was text, and is kept.

    Raises
    ------
    UncountableError
        If there is markup that Taguette's own cleaning never leaves: comments, scripts, tags that are not
        closed by ``>``, text between the cells of a table.

    References
    ----------
    HTML Living Standard, 13.2.5.80 (numeric references), 13.2.6.4.1 to 13.2.6.4.7 (what is dropped).
    Taguette 1.5.2, ``extract.find_pos``.

    Examples
    --------
    >>> counted_text("<p>Café &amp; <b>tea</b></p>\n<p>&#128077;</p>")
    'Café & tea\n👍'
    """
    markup = markup.replace("\r\n", "\n").replace("\r", "\n")
    parts: list[str] = []
    at, last, has_begun = 0, "", snippet
    table = _Tables()
    while at < len(markup):
        until = _next_tag(markup, at)
        if until > at:
            part = _REFERENCE.sub(_character, markup[at:until])
            if not has_begun:
                part = part.lstrip(_SPACE)
                has_begun = bool(part)
            if last == "pre" and not snippet and part.startswith("\n"):
                part = part[1:]
            if table.is_between_cells and part.strip(_SPACE):
                raise UncountableError("text between the cells of a table")
            parts.append(part)
            at = until
            continue
        tag = _TAG.match(markup, at)
        if tag is None:
            raise UncountableError("a tag that is not whole")
        name = tag["name"].lower()
        if name in _NOT_TEXT:
            raise UncountableError(f"<{name}>")
        table.enter(name, is_end=bool(tag["close"]))
        last = f"{tag['close']}{name}"
        has_begun = has_begun or not tag["close"] or name == "br"
        at = tag.end()
    return "".join(parts)


def markup_of(text: str) -> str:
    r"""Return HTML whose counted text is `text`; its lines are lines in a browser too.

    Raises
    ------
    UncountableError
        If the text holds a null character or a lone surrogate, which no HTML can hold.

    Examples
    --------
    >>> markup_of("a < b\nc")
    '<p>a &lt; b<br>\nc</p>'
    """
    if "\0" in text:
        raise UncountableError("a null character")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UncountableError("half of a character")
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A parser makes a line feed of a carriage return, and Taguette's cleaning a question mark of others.
    escaped = re.sub("[\x01-\x08\x0b-\x1f]", lambda found: f"&#{ord(found[0])};", escaped)
    return f"<p>{escaped.replace(chr(10), '<br>' + chr(10))}</p>"


def _next_tag(markup: str, at: int) -> int:
    """Where the next tag begins; a ``<`` that begins none is text."""
    while True:
        at = markup.find("<", at)
        if at < 0:
            return len(markup)
        following = markup[at + 1 : at + 2]
        if (following.isascii() and following.isalpha()) or following in {"/", "!", "?"}:
            return at
        at += 1


def _character(found: re.Match[str]) -> str:
    number = found[1]
    if number is None:
        return html.unescape(found[0])
    digits, base = (number[1:], 16) if number[0] in "xX" else (number, 10)
    code = int(digits, base) if len(digits.lstrip("0")) <= 8 else 0
    if 0x80 <= code < 0xA0:
        # Numbers that once meant Windows' own character set still do.
        return bytes([code]).decode("cp1252", "ignore") or chr(code)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return "\ufffd"
    return chr(code)


class _Tables:
    """Where in which table a parser is; text between cells it would move before the table."""

    def __init__(self) -> None:
        self._open: list[str] = []

    @property
    def is_between_cells(self) -> bool:
        return bool(self._open) and self._open[-1] == "table"

    def enter(self, name: str, *, is_end: bool) -> None:
        if name == "table" and not is_end:
            self._open.append("table")
        elif not self._open:
            return
        elif name == "table":
            self._close_cell()
            self._open.pop()
        elif name in _CELLS or name in _BETWEEN_CELLS:
            self._close_cell()
            if name in _CELLS and not is_end:
                self._open.append("cell")

    def _close_cell(self) -> None:
        if self._open[-1] == "cell":
            self._open.pop()
