"""Record what Taguette's own code makes and exports, and tell what it makes of files that are not its own.

Taguette pins old packages, so that this runs in an environment of its own:

python -m venv taguette && taguette/bin/pip install taguette==1.5.2
taguette/bin/python scripts/taguette_example.py make tests/examples/taguette

`tests/coding/test_taguette_itself.py` runs the other command, ``open``, if TAGUETTE_PYTHON names that
environment's Python.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import logging
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bs4 import BeautifulSoup, NavigableString
from sqlalchemy import and_
from taguette import convert, database, export, extract, import_codebook, validate

DAY = "2024-03-04 10:00:00.000000"
CODERS = ("anna", "ben", "carla")
PROJECT, OTHER_PROJECT = "Alliance study", "Another study"

# Invented answers, as files that Taguette cleans; it guesses the encoding of one that does not tell it.
UTF8 = '<meta charset="utf-8">'
FILES = {
    "R-01": (
        "r01.html",
        f"<html><head>{UTF8}<title>not counted</title></head><body>"
        "<p>My coach <b>Mira</b> called 👍🏽 twice.</p>\n"
        "<p>Tom &amp; I said: 5 &lt; 7 &gt; 3, and café — cafe&#769;.</p><ul><li>one &nbsp; step</li>"
        "<li>two</li></ul><script>not counted</script></body></html>",
    ),
    "R-02": (
        "r02.html",
        f"{UTF8}<p>שלום, the coach said <i>مرحبا</i> and 👩‍👩‍👧 laughed.</p>\r\n<pre>\n\nkept\n  as is</pre>"
        "<table><tr><td>slept</td><td>badly 😴</td></tr></table>"
        "<blockquote>&#8220;I trust her&#8221;</blockquote>",
    ),
    "R-03": ("r03.htm", f"{UTF8}Only a line, with no tags: &lt;3 &amp;amp; that is all."),
    "R-04": (
        "r04.vtt",
        '\ufeffWEBVTT\n\n00:00:01.000 --> 00:00:02.000\nI can\'t "sleep" & so\nI walk 🚶\n\n'
        "00:00:03.000 --> 00:00:04.000\nDone.\n",
    ),
    "R-05": ("r05.html", "<p>Withdrawn later.</p>"),
}
RIGHT_TO_LEFT = ("R-02",)
TAGS = {
    "bond": "The bond, &c.",
    "bond.trust": "Trusts the coach.",
    "bond.warmth": "",
    "life.work.shifts": 'Says "shifts", or\nmeans them.',
    "sleep": "",
    "olden": "To be renamed.",
    "old": "To be merged.",
    "gone": "To be deleted.",
}


class Coders:
    """What Taguette's pages ask of its server, done with the same models, commands and functions.

    Each method does what the handler of that name in ``taguette/web/api.py`` does.
    """

    def __init__(self, session, project: str) -> None:
        self.session = session
        self.project = database.Project(name=project, description="")
        session.add(self.project)
        session.add(database.ProjectMember(
            project=self.project, user_login="admin", privileges=database.Privileges.ADMIN
        ))  # fmt: skip
        session.commit()
        self.documents: dict[str, database.Document] = {}
        self.tags: dict[str, int] = {}

    def _done(self, *commands) -> None:
        self.session.add_all(commands)
        self.session.commit()

    def member_add(self, who: str) -> None:
        """Let somebody code."""
        privileges = database.Privileges.TAG
        self.session.add(database.ProjectMember(project=self.project, user_login=who, privileges=privileges))
        self._done(database.Command.member_add("admin", self.project.id, who, privileges))

    def document_add(self, who: str, name: str, filename: str, contents: str) -> None:
        """Add a document, as Taguette cleans it."""
        validate.document_name(name)
        direction = "RIGHT_TO_LEFT" if name in RIGHT_TO_LEFT else "LEFT_TO_RIGHT"
        document = database.Document(
            name=name, description="", filename=validate.fix_filename(filename), project=self.project,
            text_direction=database.TextDirection[direction],
            contents=asyncio.run(convert.to_html_chunks(contents.encode(), "text/html", filename, {})),
        )  # fmt: skip
        self.session.add(document)
        self.session.flush()
        self.documents[name] = document
        self._done(database.Command.document_add(who, document))

    def document_delete(self, who: str, name: str) -> None:
        """Delete a document, and its highlights with it."""
        document = self.documents.pop(name)
        self.session.refresh(document)
        self.session.delete(document)
        self._done(database.Command.document_delete(who, document))

    def tag_add(self, who: str, path: str, description: str) -> None:
        """Add a tag."""
        validate.tag_path(path)
        tag = database.Tag(project=self.project, path=path, description=description)
        self.session.add(tag)
        self.session.flush()
        self.tags[path] = tag.id
        self._done(database.Command.tag_add(who, tag))

    def tag_update(self, who: str, path: str, new_path: str, description: str) -> None:
        """Give a tag another path."""
        tag = self.session.query(database.Tag).get(self.tags.pop(path))
        tag.path, tag.description = new_path, description
        self.tags[new_path] = tag.id
        self._done(database.Command.tag_add(who, tag))

    def tag_delete(self, who: str, path: str) -> None:
        """Delete a tag; highlights stay."""
        tag = self.session.query(database.Tag).get(self.tags.pop(path))
        self.session.delete(tag)
        self._done(database.Command.tag_delete(who, self.project.id, tag.id))

    def tag_merge(self, who: str, source: str, target: str) -> None:
        """Make one tag of two."""
        tag_src = self.session.query(database.Tag).get(self.tags.pop(source))
        tag_dest = self.session.query(database.Tag).get(self.tags[target])
        on = database.highlight_tags
        in_dest = self.session.query(on.c.highlight_id).filter(on.c.tag_id == tag_dest.id)
        self.session.execute(on.delete(and_(on.c.tag_id == tag_src.id, on.c.highlight_id.in_(in_dest))))
        self.session.execute(on.update().where(on.c.tag_id == tag_src.id).values(tag_id=tag_dest.id))
        self.session.delete(tag_src)
        self._done(database.Command.tag_merge(who, self.project.id, tag_src.id, tag_dest.id))

    def highlight_add(self, who: str, name: str, words: str, *tags: str) -> int:
        """Highlight the first place of some words."""
        document = self.documents[name]
        start, end = place_of(words, document.contents)
        snippet = extract.extract(document.contents, start, end)
        highlight = database.Highlight(document=document, start_offset=start, end_offset=end, snippet=snippet)
        self.session.add(highlight)
        self.session.flush()
        self._put(highlight, tags)
        self._done(database.Command.highlight_add(who, document, highlight, self._numbers(tags)))
        return highlight.id

    def highlight_update(self, who: str, number: int, *tags: str, words: str | None = None) -> None:
        """Move a highlight, or put other tags on it; its snippet stays as it was."""
        highlight = self.session.query(database.Highlight).get(number)
        if words is not None:
            place = place_of(words, highlight.document.contents)
            highlight.start_offset, highlight.end_offset = place
        on = database.highlight_tags
        self.session.execute(on.delete(on.c.highlight_id == number))
        self._put(highlight, tags)
        self._done(database.Command.highlight_add(who, highlight.document, highlight, self._numbers(tags)))

    def highlight_delete(self, who: str, number: int) -> None:
        """Delete a highlight."""
        highlight = self.session.query(database.Highlight).get(number)
        document = highlight.document
        self.session.delete(highlight)
        self._done(database.Command.highlight_delete(who, document, number))

    def _numbers(self, tags: Iterable[str]) -> list[int]:
        return sorted(self.tags[tag] for tag in tags)

    def _put(self, highlight, tags: Iterable[str]) -> None:
        rows = [{"highlight_id": highlight.id, "tag_id": number} for number in self._numbers(tags)]
        if rows:
            self.session.execute(database.highlight_tags.insert(), rows)


def text_of(markup: str) -> str:
    """The text that `extract.find_pos` walks through."""
    parts = BeautifulSoup(markup, "html5lib").descendants
    return "".join(part for part in parts if type(part) is NavigableString)


def place_of(words: str, markup: str) -> tuple[int, int]:
    """Where some words first stand, in bytes of the text, as Taguette's page counts them."""
    text = text_of(markup)
    start = len(text[: text.index(words)].encode())
    return start, start + len(words.encode())


def covered(markup: str, start: int, end: int) -> str:
    """The text of what Taguette's own code cuts out."""
    # What is cut out may begin with a space, which a parser drops at the beginning of a page.
    return text_of(f"<body><p>{extract.extract(markup, start, end)}</p></body>")


def code(coders: Coders) -> dict[int, dict[str, str]]:
    """Code as three people would.

    Returns
    -------
    dict
        Of each highlight that is there in the end, who put which of its tags on it.
    """
    by: dict[int, dict[str, str]] = {}
    add, update = coders.highlight_add, coders.highlight_update
    one = add("anna", "R-01", "Mira called 👍🏽", "bond.trust")
    update("ben", one, "bond.trust", "bond.warmth")  # each keeps what is theirs
    by[one] = {"bond.trust": "anna", "bond.warmth": "ben"}
    by[add("ben", "R-01", "Tom & I said: 5 < 7", "bond.trust", "life.work.shifts")] = {
        "bond.trust": "ben", "life.work.shifts": "ben",
    }  # fmt: skip
    by[add("carla", "R-01", "café — cafe\u0301.one", "bond")] = {"bond": "carla"}
    by[add("carla", "R-01", "step", "old")] = {"bond.warmth": "carla"}  # merged below
    coders.highlight_delete("ben", add("anna", "R-01", "two", "sleep"))
    by[add("anna", "R-01", "two", "sleep", "gone")] = {"sleep": "anna"}
    by[add("carla", "R-01", "said", "gone")] = {}

    by[add("anna", "R-02", "שלום, the coach said مرحبا", "bond")] = {"bond": "anna"}
    by[add("ben", "R-02", "👩‍👩‍👧 laughed", "bond.warmth")] = {"bond.warmth": "ben"}
    by[add("anna", "R-02", "kept\n  as", "olden")] = {"rest & peace": "anna"}  # renamed below
    by[add("anna", "R-02", "sleptbadly 😴", "sleep")] = {"sleep": "anna"}
    both = add("anna", "R-02", "“I trust her”", "bond.trust", "old")
    # The tag that another is merged into was there already, by another coder.
    update("ben", both, "bond.trust", "old", "bond.warmth")
    by[both] = {"bond.trust": "anna", "bond.warmth": "ben"}

    by[add("carla", "R-03", "tags: <3 &amp;", "sleep")] = {"sleep": "carla"}
    moved = add("ben", "R-03", "Only", "bond")
    update("anna", moved, "bond", words="Only a line")
    by[moved] = {"bond": "ben"}
    back = add("carla", "R-03", "that is", "bond")
    update("anna", back, "bond", words="that")
    update("carla", back, "bond", words="that is")
    by[back] = {"bond": "carla"}
    again = add("anna", "R-03", "all", "sleep")
    update("anna", again)
    update("ben", again, "sleep")  # taken off, and put on by another
    by[again] = {"sleep": "ben"}
    by[add("ben", "R-03", "no tags")] = {}

    by[add("carla", "R-04", 'can\'t "sleep" & so', "sleep")] = {"sleep": "carla"}
    by[add("ben", "R-04", "I walk 🚶", "life.work.shifts")] = {"life.work.shifts": "ben"}
    add("ben", "R-05", "later", "sleep")
    coders.document_delete("admin", "R-05")
    coders.tag_merge("carla", "old", "bond.warmth")
    coders.tag_update("ben", "olden", "rest & peace", "Renamed.")
    coders.tag_delete("anna", "gone")
    return by


def make(folder: Path) -> None:
    """Write a project file, what Taguette exports of it, and what its highlights cover."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "project.sqlite3"
        session = database.connect(f"sqlite:///{path}")()
        for login in ("admin", *CODERS):
            session.add(database.User(login=login, email=f"{login}@example.org", hashed_password="scrypt:no"))
        session.commit()
        coders, others = Coders(session, PROJECT), Coders(session, OTHER_PROJECT)
        others.document_add("admin", "R-09", "r09.html", "<p>Of another project.</p>")
        others.tag_add("admin", "bond", "")
        others.highlight_add("ben", "R-09", "another", "bond")
        for login in CODERS:
            coders.member_add(login)
        for name, (filename, contents) in FILES.items():
            coders.document_add("admin", name, filename, contents)
        for tag, description in TAGS.items():
            coders.tag_add("admin", tag, description)
        by = code(coders)
        number = coders.project.id
        session.expire_all()

        with (folder / "highlights.csv").open("w", encoding="utf-8", newline="") as file:
            export.highlights_csv(session, number, "", file)
        with (folder / "codebook.csv").open("w", encoding="utf-8", newline="") as file:
            export.codebook_csv(list(coders.project.tags), file)
        export.codebook_xml(list(coders.project.tags), str(folder / "codebook.qdc"))
        exported = Path(scratch) / "exported.sqlite3"
        alone = database.connect(f"sqlite:///{exported}")()
        alone.add(database.User(login="admin"))
        alone.commit()
        database.copy_project(session, alone, number, "admin")
        expected = {
            "project": PROJECT,
            "highlights": listed(session, number, by),
            "exported": listed(alone, 1, {}),
        }
        for one in (session, alone):
            one.close()
        for file in (path, exported):
            settle(file)
            shutil.copy(file, folder / file.name)
        (folder / "expected.json").write_text(
            json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )


def listed(session, project: int, by: dict[int, dict[str, str]]) -> list[dict[str, object]]:
    """Each highlight of a project: what Taguette's own code cuts out, its tags, and who put them there."""
    highlights = (
        session.query(database.Highlight)
        .join(database.Document)
        .filter(database.Document.project_id == project)
        .order_by(database.Highlight.id)
    )
    found = []
    for one in highlights:
        tags = sorted(tag.path for tag in one.tags)
        coders = by.get(one.id, dict.fromkeys(tags, "admin"))
        if sorted(coders) != tags:
            raise RuntimeError(f"highlight {one.id} has other tags: {tags}")
        text = covered(one.document.contents, one.start_offset, one.end_offset)
        found.append({"highlight": one.id, "document": one.document.name, "text": text, "coders": coders})
    return found


def settle(path: Path) -> None:
    """One day for all dates, and small pages."""
    days = {"users": "created", "projects": "created", "documents": "created", "commands": "date"}
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        for table, column in days.items():
            file.execute(f"UPDATE {table} SET {column} = ?", (DAY,))
        file.execute("PRAGMA page_size=512")
        file.execute("VACUUM")


def opened(folder: Path) -> dict[str, object]:
    """What Taguette makes of the project file and the codebook in a folder; nothing of it is rewritten."""
    path = folder / "project.sqlite3"
    before = path.read_bytes()
    session = database.connect(f"sqlite:///{path}", external=True)()
    into = database.connect("sqlite://")()
    into.add(database.User(login="admin"))
    into.commit()
    imported = database.copy_project(session, into, 1, "admin")
    highlights = io.StringIO()
    export.highlights_csv(session, 1, "", highlights)
    with (folder / "codebook.csv").open("rb") as codebook:
        tags = import_codebook.list_tags(codebook)
    logins = {
        command.payload["highlight_id"]: command.user_login
        for command in session.query(database.Command)
        if command.payload["type"] == "highlight_add"
    }
    found = {
        "highlights": [
            {
                "highlight": one.id, "document": one.document.name,
                "text": covered(one.document.contents, one.start_offset, one.end_offset),
                "tags": sorted(tag.path for tag in one.tags), "coder": logins.get(one.id),
            }
            for one in session.query(database.Highlight).order_by(database.Highlight.id)
        ],
        "imported": [
            [text_of(one.document.contents), one.start_offset, one.end_offset]
            for one in into.query(database.Highlight).order_by(database.Highlight.id)
            if one.document.project_id == imported
        ],
        "export": list(csv.reader(io.StringIO(highlights.getvalue(), newline=""))),
        "codebook": tags,
    }  # fmt: skip
    session.close()
    found["is_unchanged"] = path.read_bytes() == before
    return found


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    verb, place = sys.argv[1], Path(sys.argv[2])
    if verb == "make":
        make(place)
    else:
        json.dump(opened(place), sys.stdout, ensure_ascii=False)
