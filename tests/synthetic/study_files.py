"""Reading a generated study back with nothing but the standard library."""

import csv
import json
import tomllib
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUESTION_IDS = ("helpful_program", "improve_program", "helpful_coach", "improve_coach")


def profile():
    """The profile that ships with the package, text by relative path."""
    paths = [ROOT / "datapackage.json", *sorted((ROOT / "schemas").glob("*.json"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def schemas():
    """The profile's schemas by table."""
    texts = profile()
    return {
        path.removeprefix("schemas/").removesuffix(".json"): json.loads(text)
        for path, text in texts.items()
        if path.startswith("schemas/")
    }


def rows(path):
    """All rows of a CSV file, header included."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def records(path):
    """The rows of a CSV file below its header, by column name."""
    header, *body = rows(path)
    return [dict(zip(header, row, strict=True)) for row in body]


def survey(folder):
    """The rows of the survey export below its three header rows."""
    header, _, _, *body = rows(folder / "exports/three_month_survey.csv")
    return [dict(zip(header, row, strict=True)) for row in body]


def kept(row):
    """Whether the study keeps this row of the survey."""
    return row["Status"] == "0" and any(row[f"Q{n}"] for n in (12, 13, 14, 15))


def answers(folder):
    """Every written answer by response_id; the first where an id is there twice."""
    found = {}
    for row in survey(folder):
        for number, question in enumerate(QUESTION_IDS, start=12):
            if kept(row) and row[f"Q{number}"] not in ("", "-99"):
                found.setdefault(f"{row['ResponseId']}.{question}", row[f"Q{number}"])
    return found


def codings(folder):
    """The codings made alone, as the key has them, and those agreed on."""
    return [*records(folder / "key/independent_codings.csv"), *records(folder / "exports/codings.csv")]


def tables(folder):
    """All nine tables as lists of records with the schema's field names, arranged by study.toml."""
    config = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    found = defaultdict(list)
    for export in config["export"]:
        path, table = folder / export["path"], export["table"]
        if export["format"] == "csv":
            found[table] += records(path)
        elif export["format"] == "qualtrics":
            found[table] += _long_answers(folder, export)
        else:
            found[table] += _redcap(path, folder / export["dictionary"], export)
    return dict(found)


def _long_answers(folder, export):
    for row in filter(kept, survey(folder)):
        for question, column in export["columns"].items():
            if question != "answered_on" and row[column]:
                yield {
                    "response_id": f"{row[export['id']]}.{question}",
                    "participant_id": row[export["key"]],
                    "question_id": question,
                    "wave": export["constants"]["wave"],
                    "answered_on": row[export["columns"]["answered_on"]][:10],
                    "text": "" if row[column] == "-99" else row[column],
                }


def _redcap(path, dictionary, export):
    missing = {*export["missing"], "-99"}
    labels = {}
    for field in records(dictionary):
        if field["Field Type"] in ("radio", "dropdown"):
            choices = field["Choices, Calculations, OR Slider Labels"].split(" | ")
            labels[field["Variable / Field Name"]] = dict(c.split(", ", 1) for c in choices)
    for row in records(path):
        if row["redcap_event_name"] not in export["events"]:
            continue
        wave = export["events"][row["redcap_event_name"]]
        if "long" in export:
            for long in export["long"]:
                if row[long["column"]]:
                    score = row[long["column"]]
                    yield long["set"] | {
                        "participant_id": row["record_id"],
                        "wave": wave,
                        "score": "" if score in missing else score,
                    }
            continue
        found = {"participant_id": row["record_id"]}
        for field, column in export["columns"].items():
            cell = "" if row[column] in missing else row[column]
            translated = export["translate"].get(field, {}).get(cell)
            found[field] = translated or labels.get(column, {}).get(cell, cell)
        yield found
