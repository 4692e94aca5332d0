"""A project's codes <-> the rows of `codes`, `themes` and `theme_constructs`.

Tools have one tree of codes with names; the tables have codes in themes, each with an id. A code that
holds others, or a set, is a theme. Ids that do not follow from the name travel as the last paragraph of
the description, one ``key: value`` on a line, so that what goes out comes back as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from ppdarchive.coding.project import Project, ProjectCode

CODE_ID: Final = "code_id"
THEME_ID: Final = "theme_id"
CONSTRUCTS: Final = "constructs"
MAX_ID: Final = 60
"""The longest id of a code or theme (`schemas/codes.json`)."""

_PARAGRAPH: Final = "\n\n"
_STATED: Final = re.compile(r"(code_id|theme_id|constructs): ([a-z][a-z0-9_]*(?:, [a-z][a-z0-9_]*)*)")
_NO_LETTERS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A row of `codes`."""

    code_id: str
    title: str
    definition: str | None = None
    theme_id: str | None = None


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A row of `themes`, with its constructs."""

    theme_id: str
    title: str
    description: str | None = None
    parent_theme_id: str | None = None
    constructs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """Codes and themes, and which row each code of a project is.

    Attributes
    ----------
    codes : tuple of CodeRow
    themes : tuple of ThemeRow
        Wider themes stand before those in them.
    code_ids : tuple of (str or None)
        For each code of the project its code's id; None for one that is a theme only.
    """

    codes: tuple[CodeRow, ...]
    themes: tuple[ThemeRow, ...]
    code_ids: tuple[str | None, ...] = ()


def id_of(name: str) -> str:
    """The id that a name has where no other is given: small letters, digits and ``_``.

    Examples
    --------
    >>> id_of("Coach: someone to talk to"), id_of("2nd thoughts"), id_of("支え")
    ('coach_someone_to_talk_to', 'c_2nd_thoughts', 'c')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = _NO_LETTERS.sub("_", plain).strip("_")
    return (words if words[:1].isalpha() else f"c_{words}")[:MAX_ID].strip("_")


def codebook_of(
    project: Project,
    *,
    known: Mapping[str, str] = MappingProxyType({}),
    by_hand: Mapping[str, str] = MappingProxyType({}),
) -> Codebook:
    """The codes and themes of a project.

    Parameters
    ----------
    project : Project
    known : mapping of str to str
        Ids and titles of codes that the study has already. A code of the project that is called like one
        of them, by id or title, is that one.
    by_hand : mapping of str to str
        Names of codes in the project and the ids that they have in the study.

    Returns
    -------
    Codebook
        A code that holds others is a theme, and a code too if some selection has it. One that lies in no
        other and in exactly one set belongs to that set's theme. Ids are distinct, titles too: of several
        codes of one name each has the name of what it lies in before its own.
    """
    holders = {code.parent for code in project.codes}
    used = {project.codes[index].key for index in set(project.selections.code.tolist()) if index >= 0}
    is_theme = {code.key: code.key in holders or not code.is_codable for code in project.codes}
    stated = {code.key: _stated(code.description) for code in project.codes}
    themes = _themes(project, is_theme, stated)
    titled = _titles([code for code in project.codes if not is_theme[code.key] or code.key in used], project)
    ids = _Ids()
    for key, row in themes.items():
        themes[key] = replace(row, theme_id=ids.take(row.theme_id))
    renamed = {key: row.theme_id for key, row in themes.items()}
    themes = {
        key: replace(row, parent_theme_id=renamed.get(row.parent_theme_id or ""))
        for key, row in themes.items()
    }
    of_title = {title.casefold(): code_id for code_id, title in known.items()}
    codes: dict[str, CodeRow] = {}
    own_ids = _Ids(known)
    for code in project.codes:
        if code.key not in titled:
            continue
        description, told = stated[code.key]
        given = by_hand.get(code.name) or told.get(CODE_ID, "")
        title = titled[code.key]
        same = next((name for name in (given, code.name, title, id_of(title)) if name in known), None)
        code_id = same or of_title.get(code.name.casefold()) or of_title.get(title.casefold())
        if code_id is None:
            code_id = own_ids.take(given or id_of(title))
        theme = code.key if is_theme[code.key] else _theme_key(code, project)
        codes[code.key] = CodeRow(code_id, title, description, renamed.get(theme or ""))
    return Codebook(
        _once(codes.values()),
        tuple(themes.values()),
        tuple(codes[code.key].code_id if code.key in codes else None for code in project.codes),
    )


def project_codes(codes: Sequence[CodeRow], themes: Sequence[ThemeRow]) -> tuple[ProjectCode, ...]:
    """The tree of codes that holds what a codebook's rows say; `codebook_of` is the way back.

    Parameters
    ----------
    codes : sequence of CodeRow
        Ids and titles are distinct; each theme is one of `themes`.
    themes : sequence of ThemeRow
        In any order; no theme lies in itself.
    """
    children: dict[str | None, list[ThemeRow]] = {}
    for theme in themes:
        children.setdefault(theme.parent_theme_id, []).append(theme)
    ordered: list[ThemeRow] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        theme = waiting.pop()
        ordered.append(theme)
        waiting.extend(reversed(children.get(theme.theme_id, [])))
    tree = [
        ProjectCode(
            f"theme:{row.theme_id}",
            row.title,
            None if row.parent_theme_id is None else f"theme:{row.parent_theme_id}",
            _described(row.description, _theme_words(row)),
            is_codable=False,
        )
        for row in ordered
    ]
    tree += [
        ProjectCode(
            f"code:{row.code_id}",
            row.title,
            None if row.theme_id is None else f"theme:{row.theme_id}",
            _described(row.definition, {} if id_of(row.title) == row.code_id else {CODE_ID: row.code_id}),
        )
        for row in codes
    ]
    return tuple(tree)


def _theme_words(row: ThemeRow) -> dict[str, str]:
    words = {} if id_of(row.title) == row.theme_id else {THEME_ID: row.theme_id}
    return words | ({CONSTRUCTS: ", ".join(row.constructs)} if row.constructs else {})


def _described(description: str | None, words: Mapping[str, str]) -> str | None:
    """A description with the words behind it; the last paragraph is read as words only if it is ours."""
    if not words and description is not None and _stated(description) != (description, {}):
        # It ends as our words do: with nothing to say, an empty paragraph keeps them apart.
        return f"{description}{_PARAGRAPH}"
    if not words:
        return description
    lines = "\n".join(f"{key}: {value}" for key, value in words.items())
    return lines if description is None else f"{description}{_PARAGRAPH}{lines}"


def _stated(description: str | None) -> tuple[str | None, dict[str, str]]:
    """A description, and the words that stand behind it."""
    if description is None:
        return None, {}
    head, parted, last = description.rpartition(_PARAGRAPH)
    lines = [_STATED.fullmatch(line) for line in last.split("\n")]
    if not last and parted and _stated(head) != (head, {}):
        return head, {}
    found = [(line[1], line[2]) for line in lines if line is not None]
    if len(found) < len(lines) or len(dict(found)) < len(found):
        return description, {}
    return (head if parted else None), dict(found)


class _Ids:
    """Ids that have been given, so that none is given twice."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, wanted: str) -> str:
        """The id itself, or with the first number behind it that makes it a new one."""
        found, number = wanted, 1
        while found in self._taken:
            number += 1
            found = f"{wanted[: MAX_ID - 1 - len(str(number))]}_{number}"
        self._taken.add(found)
        return found


def _themes(
    project: Project,
    is_theme: Mapping[str, bool],
    stated: Mapping[str, tuple[str | None, dict[str, str]]],
) -> dict[str, ThemeRow]:
    """Themes by the key of the code or set that each is; wider themes by key still."""
    titled = _titles([code for code in project.codes if is_theme[code.key]], project)
    themes: dict[str, ThemeRow] = {}
    for code in project.codes:
        if is_theme[code.key]:
            description, told = stated[code.key]
            title = titled[code.key]
            constructs = tuple(told[CONSTRUCTS].split(", ")) if CONSTRUCTS in told else ()
            theme_id = told.get(THEME_ID) or id_of(title)
            themes[code.key] = ThemeRow(theme_id, title, description, code.parent, constructs)
    titles = {row.title for row in themes.values()}
    for number, group in enumerate(project.sets):
        if any(_theme_key(code, project) == f"set:{number}" for code in project.codes):
            title = group.name
            while title in titles:
                title += " (set)"
            titles.add(title)
            themes[f"set:{number}"] = ThemeRow(id_of(title), title, group.description)
    return themes


def _theme_key(code: ProjectCode, project: Project) -> str | None:
    """What a code lies in: another code, or the one set that has it."""
    if code.parent is not None:
        return code.parent
    own = [number for number, group in enumerate(project.sets) if code.key in group.codes]
    return f"set:{own[0]}" if len(own) == 1 else None


def _titles(codes: Sequence[ProjectCode], project: Project) -> dict[str, str]:
    """A title for each of some codes, none twice."""
    by_key = {code.key: code for code in project.codes}
    counts = Counter(code.name for code in codes)
    titles: dict[str, str] = {}
    taken: set[str] = {code.name for code in codes if counts[code.name] == 1}
    for code in codes:
        title, above = code.name, code.parent
        if counts[code.name] > 1:
            is_plain = True
            while (is_plain or title in taken) and above is not None:
                title, above = f"{by_key[above].name}: {title}", by_key[above].parent
                is_plain = False
            number = 1
            wanted = title
            while title in taken:
                number += 1
                title = f"{wanted} ({number})"
            taken.add(title)
        titles[code.key] = title
    return titles


def _once(rows: Iterable[CodeRow]) -> tuple[CodeRow, ...]:
    """Codes with each id once, the first of it."""
    found: dict[str, CodeRow] = {}
    for row in rows:
        found.setdefault(row.code_id, row)
    return tuple(found.values())
