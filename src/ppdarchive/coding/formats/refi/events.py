"""Bytes of an XML file that nobody vouches for -> its elements, one after the other; no tree, no DTD."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ppdarchive.errors import CodingError

MAX_DEPTH: Final = 256
"""How deep elements may lie in each other."""

MAX_TAG_BYTES: Final = 4 << 20
"""How long a tag with its attributes may be; tools put whole selections into an attribute."""

MAX_NAMES: Final = 5000
"""How many different names elements and attributes may have."""

MAX_ELEMENTS: Final = 10_000_000
"""How many elements there may be: a million selections with a code each are three million."""

# The parser reads an unfinished tag anew with every piece, so that pieces are small and tags bounded.
_FED_BYTES: Final = 1 << 16

_ENCODING: Final = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS: Final = frozenset(
    {b"utf-8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"iso-8859-1", b"windows-1252"}
)
_DECLARATION_BYTES: Final = 1024


@dataclass(frozen=True, slots=True, repr=False)
class Start:
    """The start of an element.

    Attributes
    ----------
    name : str
        Without its namespace.
    attributes : mapping of str to str
        Those of a namespace of their own are spelled ``{namespace}name``.
    """

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class End:
    """The end of an element.

    Attributes
    ----------
    text : str
        The text right in it, if its name is among those whose text is wanted; else empty.
    """

    text: str


Event = Start | End


def events(pieces: Iterable[bytes], *, texts_of: frozenset[str], name: str) -> Iterator[Event]:
    """Yield the starts and ends of elements as the file has them.

    Parameters
    ----------
    pieces : iterable of bytes
    texts_of : set of str
        The elements whose text is wanted; the text of others is dropped as it comes.
    name : str
        What the file is called in errors.

    Raises
    ------
    CodingError
        ``coding.refused`` for a document type, an entity, or XML that is too deep or has tags too long;
        ``coding.format`` for what is not well-formed or is in another encoding.

    References
    ----------
    W3C, Extensible Markup Language (XML) 1.0, fifth edition, section 2.11: line breaks arrive as one LF.
    """
    collector = _Collector(texts_of)
    # Entities cannot be declared without a document type.
    parser = DefusedXMLParser(target=collector, forbid_dtd=True)
    is_first = True
    n_waiting = 0
    for piece in _rechunked(pieces):
        if is_first and not _is_encoding_known(piece):
            raise CodingError(
                "coding.format", path=name, kind="REFI-QDA", reason="its encoding is not one of XML's"
            )
        is_first = False
        collector.is_moving = False
        _feed(parser, piece, name)
        yield from collector.take()
        n_waiting = 0 if collector.is_moving else n_waiting + len(piece)
        if n_waiting > MAX_TAG_BYTES:
            raise CodingError("coding.refused", path=name, reason="a tag in it is too long")
        if collector.excess:
            raise CodingError("coding.refused", path=name, reason=collector.excess)
    _feed(parser, None, name)
    yield from collector.take()


class _Collector:
    """What the parser tells; taken away after each piece."""

    def __init__(self, texts_of: frozenset[str]) -> None:
        self.is_moving = False
        self.excess = ""
        self._texts_of = texts_of
        self._depth = 0
        self._n_elements = 0
        self._events: list[Event] = []
        self._text: list[str] | None = None
        self._local: dict[str, str] = {}
        self._attributes: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.is_moving = True
        self._depth += 1
        self._n_elements += 1
        self._attributes.update(attributes)
        local = self._local.get(tag)
        if local is None:
            local = self._local[tag] = tag.rpartition("}")[2]
        # An exception here would go through the parser.
        if self._depth > MAX_DEPTH:
            self.excess = "its elements lie too deep in each other"
        elif self._n_elements > MAX_ELEMENTS:
            self.excess = "it has too many elements"
        elif len(self._local) + len(self._attributes) > MAX_NAMES:
            self.excess = "it has too many kinds of elements"
        if not self.excess:
            self._events.append(Start(local, attributes))
            self._text = [] if local in self._texts_of else None

    def end(self, _tag: str) -> None:
        self.is_moving = True
        self._depth -= 1
        if not self.excess:
            self._events.append(End("".join(self._text) if self._text else ""))
        self._text = None

    def data(self, text: str) -> None:
        self.is_moving = True
        if self._text is not None:
            self._text.append(text)

    def comment(self, _text: str) -> None:
        self.is_moving = True

    def pi(self, _target: str, _text: str) -> None:
        self.is_moving = True

    def close(self) -> None:
        """Nothing to return: what was told has been taken."""

    def take(self) -> list[Event]:
        taken, self._events = self._events, []
        return taken


def _rechunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        for at in range(0, len(piece), _FED_BYTES):
            yield piece[at : at + _FED_BYTES]


def _is_encoding_known(beginning: bytes) -> bool:
    """Whether the XML declaration, if any, names an encoding of `_ENCODINGS`."""
    plain = beginning[:_DECLARATION_BYTES].replace(b"\0", b"")
    declaration, closed, _ = plain.partition(b"?>")
    if b"<?xml" not in declaration:
        return True
    stated = _ENCODING.search(declaration)
    return bool(closed) and (stated is None or stated[1].lower() in _ENCODINGS)


def _feed(parser: DefusedXMLParser, piece: bytes | None, name: str) -> None:
    """Give the parser a piece, or tell it that there are no more."""
    line: int | None = None
    is_hostile = False
    try:
        if piece is None:
            parser.close()
        else:
            parser.feed(piece)
        return
    except ParseError as error:
        line = error.position[0]
    except DefusedXmlException:
        is_hostile = True
    except (ValueError, LookupError):
        pass
    if is_hostile:
        raise CodingError("coding.refused", path=name, reason="it has a document type or an entity")
    raise CodingError(
        "coding.format", path=name, line=line, kind="REFI-QDA", reason="its XML is not well-formed"
    )
