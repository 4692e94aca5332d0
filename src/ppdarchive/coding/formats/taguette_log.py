"""Who coded what in a Taguette project, from its log of commands: highlights themselves name nobody."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping

Command = tuple[str, str]
"""Who did something, and what: a JSON object with its ``type``."""


class Log:
    """What the log tells of the highlights that it leads to.

    A tag on a highlight is the coding of whoever put it there first and unbroken: an edit that keeps a
    tag keeps its coder, one that adds a tag names another. Tags that were merged go to the coder of the
    tag that stays, where that was on the highlight, else to the coder of the one that went. A tag that
    the log does not explain goes to the only person who ever touched the highlight: in a project that
    Taguette copied, as its export and import do, merged tags have lost their number, and all is one user's.

    References
    ----------
    Taguette 1.5.2, ``web/api.py``: adding and updating a highlight both log ``highlight_add`` with all of
    its tags. Its older logs call ``highlight_id`` and ``tag_id`` ``id``, and the tags that are merged
    ``src`` and ``dest`` (migration bc8e0e0677e9). ``database/copy.py`` gives new numbers to
    ``src_tag_id``, and none to ``dest_tag_id``.
    """

    def __init__(self, commands: Iterable[Command]) -> None:
        """Replay commands, in their order.

        Raises
        ------
        ValueError
            If one is not what Taguette writes; the message gives its number only.
        """
        self._coder: dict[int, dict[int, str]] = defaultdict(dict)
        self._tagged: dict[int, set[int]] = defaultdict(set)
        self._logins: dict[int, set[str]] = defaultdict(set)
        self._place: dict[int, tuple[int, int]] = {}
        self._moved: set[int] = set()
        for number, (login, payload) in enumerate(commands, 1):
            if not self._replayed(login, payload):
                raise ValueError(f"command {number} of its log is not what it should be")

    def __repr__(self) -> str:
        return f"<Log: {len(self._coder)} highlights>"

    def coder(self, highlight: int, tag: int) -> str | None:
        """Who put a tag on a highlight; None if the log does not say."""
        login = self._coder.get(highlight, {}).get(tag)
        if login is None and len(self._logins.get(highlight, ())) == 1:
            (login,) = self._logins[highlight]
        return login

    def was_moved(self, highlight: int) -> bool:
        """Whether a highlight's positions were changed later, which leaves its snippet as it was."""
        return highlight in self._moved

    def _replayed(self, login: str, payload: str) -> bool:
        try:
            command = json.loads(payload)
        except (ValueError, RecursionError):
            return False
        if not isinstance(command, Mapping):
            return False
        kind = command.get("type")
        if kind == "highlight_add":
            return self._highlight(login, command)
        if kind == "highlight_delete":
            highlight = _number(command, "highlight_id", "id")
            if highlight is not None:
                self._forget(highlight)
            return highlight is not None
        if kind == "tag_delete":
            tag = _number(command, "tag_id", "id")
            if tag is not None:
                self._rename(tag, None)
            return tag is not None
        if kind == "tag_merge":
            gone, stays = _number(command, "src_tag_id", "src"), _number(command, "dest_tag_id", "dest")
            if gone is None or stays is None:
                return False
            self._rename(gone, stays)
        return isinstance(kind, str)

    def _highlight(self, login: str, command: Mapping[str, object]) -> bool:
        highlight = _number(command, "highlight_id", "id")
        start, end = _number(command, "start_offset"), _number(command, "end_offset")
        tags = command.get("tags", [])
        if highlight is None or start is None or end is None or not isinstance(tags, list):
            return False
        if not all(type(tag) is int for tag in tags):
            return False
        if self._place.setdefault(highlight, (start, end)) != (start, end):
            self._moved.add(highlight)
        self._logins[highlight].add(login)
        before = self._coder[highlight]
        for tag in before.keys() - set(tags):
            del before[tag]
            self._tagged[tag].discard(highlight)
        for tag in tags:
            before.setdefault(tag, login)
            self._tagged[tag].add(highlight)
        return True

    def _forget(self, highlight: int) -> None:
        self._logins.pop(highlight, None)
        for tag in self._coder.pop(highlight, {}):
            self._tagged[tag].discard(highlight)

    def _rename(self, tag: int, to: int | None) -> None:
        if tag == to:
            return
        for highlight in self._tagged.pop(tag, set()):
            login = self._coder[highlight].pop(tag)
            if to is not None:
                self._coder[highlight].setdefault(to, login)
                self._tagged[to].add(highlight)


def _number(command: Mapping[str, object], *names: str) -> int | None:
    """The first of some entries that is a whole number."""
    for name in names:
        value = command.get(name)
        if type(value) is int:
            return value
    return None
