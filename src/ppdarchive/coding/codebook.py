"""A project's codes <-> the rows of `codes`, `themes` and `theme_constructs`.

Tools have one tree of codes with names; the tables have codes in themes, each with an id. A code that
holds others, or a set, is a theme. Ids that do not follow from the name travel as the last paragraph of
the description, one ``key: value`` on a line, so that what goes out comes back as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
_ID: Final = re.compile(rf"[a-z][a-z0-9_]{{0,{MAX_ID - 1}}}")
_STATED: Final = re.compile(
    r"(code_id|theme_id): (\S(?:.*\S)?)|(constructs): ([^\s,](?:[^,]*[^\s,])?(?:, [^\s,](?:[^,]*[^\s,])?)*)"
)
_SENTENCE: Final = re.compile(r"[\s.,;:!?\"']+")
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
    >>> id_of("Coach: someone to talk to"), id_of("2nd thoughts"), id_of("支え"), id_of("bond__1_")
    ('coach_someone_to_talk_to', 'c_2nd_thoughts', 'c', 'bond__1_')
    """
    if _ID.fullmatch(name):
        return name
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = _NO_LETTERS.sub("_", plain).strip("_")
    return (words if words[:1].isalpha() else f"c_{words}")[:MAX_ID].strip("_")


def codebook_of(
    project: Project,
    *,
    known: Mapping[str, str] = MappingProxyType({}),
    known_themes: Mapping[str, str] = MappingProxyType({}),
    by_hand: Mapping[str, str] = MappingProxyType({}),
) -> Codebook:
    """The codes and themes of a project.

    Parameters
    ----------
    project : Project
    known : mapping of str to str
        Ids and titles of codes that the study has already. A code of the project that is called like one
        of them, by title or id, is that one; what is spelled alike to the letter comes first. A title
        comes before an id, but in a CSV file, which has room for one of them.
    known_themes : mapping of str to str
        The same of themes.
    by_hand : mapping of str to str
        Names of codes in the project and the ids that they have in the study.

    Returns
    -------
    Codebook
        A code that holds others is a theme, and a code too if some selection has it. One that lies in no
        other and in exactly one set belongs to that set's theme. Ids are distinct, and one that a
        description states is not given to another; titles are distinct too: of several codes of one name
        each has the name of what it lies in before its own.
    """
    holders = {code.parent for code in project.codes}
    used = {project.codes[index].key for index in set(project.selections.code.tolist()) if index >= 0}
    is_theme = {code.key: code.key in holders or not code.is_codable for code in project.codes}
    stated = {code.key: _stated(code.description) for code in project.codes}
    themes = _themes(project, is_theme, stated)
    titled = _titles([code for code in project.codes if not is_theme[code.key] or code.key in used], project)
    ids = _identified(
        {key: stated[key][1].get(THEME_ID, "") if key in stated else "" for key in themes},
        {key: row.title for key, row in themes.items()},
        {key: row.title for key, row in themes.items()},
        known_themes,
    )
    themes = {
        key: replace(row, theme_id=ids[key], parent_theme_id=ids.get(row.parent_theme_id or ""))
        for key, row in themes.items()
    }
    given = {
        code.key: by_hand.get(code.name) or stated[code.key][1].get(CODE_ID, "")
        for code in project.codes
        if code.key in titled
    }
    names = {code.key: code.name for code in project.codes}
    code_ids = _identified(given, names, titled, known, is_id_first=project.format == "csv")
    codes: dict[str, CodeRow] = {}
    for code in project.codes:
        if code.key in titled:
            theme = code.key if is_theme[code.key] else _theme_key(code, project)
            codes[code.key] = CodeRow(
                code_ids[code.key],
                titled[code.key],
                stated[code.key][0],
                ids.get(theme or ""),
            )
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
        Ids are distinct.
    themes : sequence of ThemeRow
        In any order. A theme that is named in a row and has none is called by its id.

    Raises
    ------
    ValueError
        If a theme lies in itself, or an id or a construct has line breaks, white space at an end or, of
        a construct, a comma. Nothing is quoted.
    """
    listed = {row.theme_id for row in themes}
    named = [row.theme_id for row in codes] + [row.parent_theme_id for row in themes]
    themes = [*themes, *(ThemeRow(each, each) for each in sorted({*filter(None, named)} - listed))]
    children: dict[str | None, list[ThemeRow]] = {}
    for theme in themes:
        children.setdefault(theme.parent_theme_id, []).append(theme)
    ordered: list[ThemeRow] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        theme = waiting.pop()
        ordered.append(theme)
        waiting.extend(reversed(children.get(theme.theme_id, [])))
    if len(ordered) < len(themes):
        raise ValueError("a theme that lies in itself")
    n_alike = (Counter(row.title for row in ordered), Counter(row.title for row in codes))
    tree = [
        ProjectCode(
            f"theme:{row.theme_id}",
            row.title,
            None if row.parent_theme_id is None else f"theme:{row.parent_theme_id}",
            _described(row.description, _theme_words(row, is_only=n_alike[0][row.title] == 1)),
            is_codable=False,
        )
        for row in ordered
    ]
    tree += [
        ProjectCode(
            f"code:{row.code_id}",
            row.title,
            None if row.theme_id is None else f"theme:{row.theme_id}",
            _described(row.definition, _code_words(row, is_only=n_alike[1][row.title] == 1)),
        )
        for row in codes
    ]
    return tuple(tree)


def _code_words(row: CodeRow, *, is_only: bool) -> dict[str, str]:
    return {} if is_only and id_of(row.title) == row.code_id else {CODE_ID: row.code_id}


def _theme_words(row: ThemeRow, *, is_only: bool) -> dict[str, str]:
    words = {} if is_only and id_of(row.title) == row.theme_id else {THEME_ID: row.theme_id}
    if any("," in construct for construct in row.constructs):
        raise ValueError("a construct with a comma")
    return words | ({CONSTRUCTS: ", ".join(row.constructs)} if row.constructs else {})


def _described(description: str | None, words: Mapping[str, str]) -> str | None:
    """A description with the words behind it; the last paragraph is read as words only if it is ours."""
    if not words and description is not None and _stated(description) != (description, {}):
        # It ends as our words do: with nothing to say, an empty paragraph keeps them apart.
        return f"{description}{_PARAGRAPH}"
    if not words:
        return description
    lines = "\n".join(f"{key}: {value}" for key, value in words.items())
    written = lines if description is None else f"{description}{_PARAGRAPH}{lines}"
    if _stated(written) != (description, words):
        raise ValueError("an id or construct with a line break, or with white space at an end")
    return written


def _stated(description: str | None) -> tuple[str | None, dict[str, str]]:
    """A description, and the words that stand behind it."""
    if description is None:
        return None, {}
    head, parted, last = description.rpartition(_PARAGRAPH)
    lines = [_STATED.fullmatch(line) for line in last.split("\n")]
    if not last and parted and _stated(head) != (head, {}):
        return head, {}
    found = [(line[1] or line[3], line[2] or line[4]) for line in lines if line is not None]
    if len(found) < len(lines) or len(dict(found)) < len(found):
        return description, {}
    return (head if parted else None), dict(found)


def _identified(
    given: Mapping[str, str],
    names: Mapping[str, str],
    titled: Mapping[str, str],
    known: Mapping[str, str],
    *,
    is_id_first: bool = False,
) -> dict[str, str]:
    """The id of each code or theme: given, that of a known one called alike, or a new one."""
    find = _finder(known, is_id_first=is_id_first)
    found = {key: find(told, names[key], titled[key]) for key, told in given.items()}
    # Whom a person or a description gave an id has it; of the others each is one of its own.
    loose = {key: each for key, each in found.items() if given[key] not in known}
    found |= _one_each(loose, {key for key, each in loose.items() if known.get(each or "") == names[key]})
    made = _distinct(
        {key: told or id_of(titled[key]) for key, told in given.items() if found[key] is None},
        stated={key for key, told in given.items() if told},
        taken=known,
    )
    return {key: each or made[key] for key, each in found.items()}


def _finder(known: Mapping[str, str], *, is_id_first: bool) -> Callable[[str, str, str], str | None]:
    """What tells which known code a code is, of its given id, its name and its title."""
    exact: dict[str, str] = {}
    folded: dict[str, str] = {}
    for code_id, title in known.items():
        exact.setdefault(title, code_id)
        folded.setdefault(title.casefold(), code_id)

    def find(given: str, name: str, title: str) -> str | None:
        if given in known or (is_id_first and name in known):
            return given if given in known else name
        for words in (name, title):
            found = exact.get(words) or (words if words in known else folded.get(words.casefold()))
            if found is not None:
                return found
        # What an id leaves out (signs, most scripts, the end of what is long) may be all that two differ in.
        slug = id_of(title)
        told = slug in known and (known[slug] or slug.replace("_", " "))
        return slug if told and _spoken(told) == _spoken(title) else None

    return find


def _spoken(title: str) -> str:
    """A title without case, white space and the signs of a sentence."""
    return _SENTENCE.sub("", unicodedata.normalize("NFKC", title).casefold())


def _one_each(found: Mapping[str, str | None], exact: Collection[str]) -> dict[str, str | None]:
    """What codes were taken for, no two of them for one: an exact one is, and else the first."""
    owner: dict[str, str] = {}
    for key in sorted(found, key=lambda key: key not in exact):
        owner.setdefault(found[key] or "", key)
    return {key: each if owner[each or ""] == key else None for key, each in found.items()}


def _distinct(
    wanted: Mapping[str, str], *, stated: Collection[str], taken: Collection[str] = ()
) -> dict[str, str]:
    """An id for each key: the wanted one, or with the first number behind it that makes it a new one.

    Those that are stated are given first, so that a name that became an id takes none of them.
    """
    used, ids = set(taken), dict(wanted)
    for key in sorted(wanted, key=lambda key: key not in stated):
        found, number = wanted[key], 1
        while found in used:
            number += 1
            found = f"{wanted[key][: MAX_ID - 1 - len(str(number))]}_{number}"
        used.add(found)
        ids[key] = found
    return ids


def _themes(
    project: Project,
    is_theme: Mapping[str, bool],
    stated: Mapping[str, tuple[str | None, dict[str, str]]],
) -> dict[str, ThemeRow]:
    """Themes by the key of the code or set that each is, without ids; wider themes by key still."""
    titled = _titles([code for code in project.codes if is_theme[code.key]], project)
    themes: dict[str, ThemeRow] = {}
    for code in project.codes:
        if is_theme[code.key]:
            description, told = stated[code.key]
            title = titled[code.key]
            constructs = tuple(told[CONSTRUCTS].split(", ")) if CONSTRUCTS in told else ()
            themes[code.key] = ThemeRow("", title, description, code.parent, constructs)
    titles = {row.title for row in themes.values()}
    for number, group in enumerate(project.sets):
        if any(_theme_key(code, project) == f"set:{number}" for code in project.codes):
            title = group.name
            while title in titles:
                title += " (set)"
            titles.add(title)
            themes[f"set:{number}"] = ThemeRow("", title, group.description)
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
