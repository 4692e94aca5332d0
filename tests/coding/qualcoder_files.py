"""Folders of QualCoder, made in the schema of several versions of its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from ppdarchive.coding.project import NONE, Project

DAY: Final = "2024-02-01 09:00:00"

_ALWAYS: Final = """
CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text,
  owner text, date text);
CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text,
  valuetype text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer,
  date text, owner text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer,
  owner text, date text, memo text);
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text,
  constraint ucm unique(name));
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text,
  supercatid integer, unique(name));
CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);
CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer,
  height integer, cid integer, memo text, date text, owner text);
CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer,
  memo text, date text, owner text);
CREATE TABLE project (databaseversion text, date text, memo text, about text);
"""

_BY_VERSION: Final = {
    5: """
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text,
  owner text, date text, av_text_id integer, unique(name));
CREATE TABLE code_text (cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text,
  date text, memo text, avid integer, unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text, unique(name));
""",
    6: """
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text,
  owner text, date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,
  pos1 integer, owner text, date text, memo text, avid integer, important integer,
  unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text, unique(name));
""",
    17: """
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text,
  owner text, date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer,
  pos1 integer, owner text, date text, memo text, avid integer, important integer,
  unique(cid, fid, pos0, pos1, owner));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
  color text, supercid integer, unique(name));
CREATE TABLE coder_names (name text unique not null,
  visibility integer not null default 1 check (visibility in (0, 1)));
CREATE VIEW code_text_visible AS SELECT * FROM code_text;
""",
}
VERSIONS: Final = tuple(_BY_VERSION)


def write_qualcoder(
    folder: Path, tables: Mapping[str, Sequence[Mapping[str, object]]], *, version: int = 17
) -> Path:
    """Make a folder with the rows of some tables; columns that the version lacks are left out."""
    for name in ("audio", "documents", "images", "video"):
        (folder / name).mkdir(parents=True)
    with closing(sqlite3.connect(folder / "data.qda")) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.executescript(f"BEGIN; {_ALWAYS} {_BY_VERSION[version]} COMMIT;")
        database.execute("INSERT INTO project VALUES (?, ?, '', 'QualCoder')", (f"v{version}", DAY))
        for table, rows in tables.items():
            present = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
            for row in rows:
                kept = {name: value for name, value in row.items() if name in present}
                marks = ", ".join("?" * len(kept))
                database.execute(
                    f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})", tuple(kept.values())
                )
        database.commit()
    return folder


def tables_of(project: Project) -> dict[str, list[dict[str, object]]]:
    """A project's rows as QualCoder keeps them; codes that are not codable are its categories."""
    number = {code.key: place for place, code in enumerate(project.codes, 1)}
    codable = {code.key: code.is_codable for code in project.codes}
    tables: dict[str, list[dict[str, object]]] = {
        "code_cat": [],
        "code_name": [],
        "source": [],
        "code_text": [],
    }
    for code in project.codes:
        above = None if code.parent is None else number[code.parent]
        row: dict[str, object] = {"name": code.name, "memo": code.description or "", "owner": "", "date": DAY}
        if not code.is_codable:
            assert code.parent is None or not codable[code.parent]
            tables["code_cat"].append({**row, "catid": number[code.key], "supercatid": above})
        else:
            column = "supercid" if code.parent is not None and codable[code.parent] else "catid"
            tables["code_name"].append({**row, "cid": number[code.key], column: above})
    for place, source in enumerate(project.sources, 1):
        tables["source"].append(
            {"id": place, "name": source.name, "fulltext": source.text, "memo": "", "owner": "", "date": DAY}
        )
    rows = project.selections
    for place in range(len(rows)):
        coder = int(rows.coder[place])
        tables["code_text"].append(
            {
                "ctid": place + 1,
                "cid": number[project.codes[rows.code[place]].key],
                "fid": int(rows.source[place]) + 1,
                "seltext": rows.quotes[place],
                "pos0": int(rows.start[place]),
                "pos1": int(rows.end[place]),
                "owner": "" if coder == NONE else project.coders[coder].name,
                "date": DAY,
                "memo": "",
            }
        )
    return tables
