"""A JSON value that knows its file and its JSON pointer, and refuses what it should not be."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeVar

from ppdarchive.errors import SchemaError
from ppdarchive.model.schema import JsonValue

_T = TypeVar("_T")

MAX_COUNT: Final = 2**31 - 1
"""No text or list is longer (Arrow counts in 32 bits)."""


ReadFile = Callable[[str, str], str]
"""``read(relative path, JSON pointer)``: the text of a file that a descriptor names."""


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, the file it stands in, and the JSON pointer to it (RFC 6901).

    `read` gives the text of files that the value names, if it may name any.
    """

    value: JsonValue
    path: str
    pointer: str = ""
    read: ReadFile | None = field(default=None, repr=False, compare=False)

    def fail(self, code: str, **facts: Any) -> NoReturn:
        """Raise a `SchemaError` that points here."""
        raise SchemaError(code, path=self.path, pointer=self.pointer or "/", **facts)

    def child(self, key: str | int, value: JsonValue) -> Node:
        """A member or item of this value."""
        token = str(key).replace("~", "~0").replace("/", "~1")  # RFC 6901, section 3
        return Node(value, self.path, f"{self.pointer}/{token}", self.read)

    def object(self) -> dict[str, JsonValue]:
        """The value as an object; refused if it is none, as in the methods below."""
        return self.value if isinstance(self.value, dict) else self.fail("schema.type", expected="an object")

    def get(self, key: str) -> Node | None:
        """The member called `key`, if there is one."""
        members = self.object()
        return self.child(key, members[key]) if key in members else None

    def need(self, key: str) -> Node:
        """The member called `key`."""
        return self.get(key) or self.fail("schema.missing", name=key)

    def items(self) -> list[Node]:
        """The items of a list."""
        if not isinstance(self.value, list):
            self.fail("schema.type", expected="a list")
        return [self.child(index, item) for index, item in enumerate(self.value)]

    def string(self) -> str:
        """The value as a text."""
        return self.value if isinstance(self.value, str) else self.fail("schema.type", expected="a text")

    def boolean(self) -> bool:
        """The value as true or false."""
        if not isinstance(self.value, bool):
            self.fail("schema.type", expected="true or false")
        return self.value

    def count(self, minimum: int = 0) -> int:
        """The value as a whole number of at least `minimum`."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= MAX_COUNT:
            self.fail("schema.type", expected=f"a whole number of at least {minimum}")
        return value

    def choice(self, choices: tuple[str, ...]) -> str:
        """The value as one of `choices`."""
        value = self.string()
        return value if value in choices else self.fail("schema.choice", choices=", ".join(choices))

    def strings(self) -> tuple[str, ...]:
        """The value as a list of texts."""
        return tuple(item.string() for item in self.items())

    def inside(self) -> str:
        """The value as the path of a file of the study, from its descriptor's folder."""
        path = self.string()
        if path.startswith("/") or ".." in path.split("/") or "\\" in path or ":" in path:
            self.fail("schema.escape")
        return path

    def file(self) -> str:
        """The text of the file that the value names."""
        path = self.inside()
        if self.read is None:
            self.fail("schema.treatment", reason="a file can be named in the schemas of a study only")
        return self.read(path, self.pointer)

    def optional(self, key: str, read: Callable[[Node], _T], default: _T) -> _T:
        """The member called `key` as `read` understands it, or `default`."""
        node = self.get(key)
        return default if node is None else read(node)

    def only(self, known: tuple[str, ...]) -> None:
        """Refuse members that are not `known`."""
        for key, value in self.object().items():
            if key not in known:
                self.child(key, value).fail("schema.unknown-property", name=key, hint=_hint(key, known))

    def no_slips(self, known: tuple[str, ...]) -> None:
        """Refuse members that look like a slip of a `known` one; the standard allows others."""
        for key, value in self.object().items():
            if key not in known and (hint := _hint(key, known)):
                self.child(key, value).fail("schema.unknown-property", name=key, hint=hint)


def _hint(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.75)
    return f"; is it {close[0]!r}?" if close else ""


def parse_json(text: str, path: str) -> Node:
    """Understand JSON; members that stand twice are refused, where `json` drops one silently."""
    problem: SchemaError | None = None
    value: JsonValue = None
    try:
        value = json.loads(
            text, object_pairs_hook=_unique_members, parse_constant=_no_constant, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        problem = SchemaError("schema.json", path=path, line=error.lineno, reason=error.msg)
    except _Refused as error:
        problem = SchemaError("schema.json", path=path, reason=str(error))
    except UnicodeEncodeError:
        problem = SchemaError("schema.json", path=path, reason="half a surrogate pair is no text")
    except ValueError:  # Python converts no more than 4300 digits
        problem = SchemaError("schema.json", path=path, reason="a number of too many digits")
    except RecursionError:
        problem = SchemaError("schema.json", path=path, reason="nested too deeply")
    if problem is not None:
        raise problem
    return Node(value, path)


class _Refused(ValueError):
    """JSON that Python would take and we do not."""


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Refused("a name stands twice in one object")
    return members


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _Refused("a number is too large")
    return value


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON")
