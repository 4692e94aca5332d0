"""REDCap's raw exports, understood by their data dictionary, over delimited rows; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow.compute as pc

from ppdarchive.errors import ReadError
from ppdarchive.model.columns import IN_MEMORY, Content, Keeper
from ppdarchive.model.table import ColumnInfo, RawExport
from ppdarchive.read.delimited import check_widths
from ppdarchive.read.encoding import Text, decode
from ppdarchive.read.plain import read_plain
from ppdarchive.read.rows import rows

_HEADINGS: Final = MappingProxyType(
    # As the API's metadata call it -> as the downloaded data dictionary does.
    {
        "field_name": "Variable / Field Name",
        "form_name": "Form Name",
        "field_type": "Field Type",
        "field_label": "Field Label",
        "select_choices_or_calculations": "Choices, Calculations, OR Slider Labels",
        "text_validation_type_or_show_slider_number": "Text Validation Type OR Show Slider Number",
        "identifier": "Identifier?",
    }
)
_WITH_CHOICES: Final = frozenset({"dropdown", "radio", "checkbox"})
_FIXED_CHOICES: Final = MappingProxyType(
    {
        "yesno": MappingProxyType({"1": "Yes", "0": "No"}),
        "truefalse": MappingProxyType({"1": "True", "0": "False"}),
    }
)
_COMPLETE: Final = MappingProxyType({"0": "Incomplete", "1": "Unverified", "2": "Complete"})
_DIRECT: Final = re.compile(r"email|phone.*|ssn|zipcode|postalcode_.*|v?mrn.*")
_OPENED: Final = "[not completed]"


@dataclass(frozen=True, slots=True, repr=False)
class DictionaryField:
    """One field of a data dictionary.

    Attributes
    ----------
    name, form, kind, label : str
        `kind` is the validation type where there is one, else the field type.
    choices : mapping of str to str or None
        Code to label.
    is_checkbox : bool
    is_identifier : bool
    """

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[str, str] | None
    is_checkbox: bool
    is_identifier: bool


def read_dictionary(data: Content, *, name: str, encoding: str | None = None) -> tuple[DictionaryField, ...]:
    """Read a data dictionary CSV, with the long headings or with the API's.

    In a file with the API's headings ``NA`` means that nothing is there. A field is an identifier if it is
    flagged, or if its validation type is one of contact data or record numbers (email, phone,
    ssn, zipcode, postalcode, mrn, vmrn). Dates are not, unless flagged: which of them a standard
    counts as identifiers is for the schema to say, and the kind tells that it is a date.

    Parameters
    ----------
    data : Content
        The whole file.
    name : str
        What the file is called in errors.
    encoding : str, optional
        As `ppdarchive.read.encoding.decode`.

    Raises
    ------
    ReadError
        ``read.dictionary`` if a heading is missing, ``read.dictionary-row`` with the line of a row
        that makes no sense, or what is wrong with it as a delimited file.

    References
    ----------
    REDCap, "Data Dictionary"; the fixtures of https://github.com/OuhscBbmc/REDCapR
    """
    text = decode(data, name=name, encoding=encoding)
    delimiter = _dictionary_delimiter(text)
    header, *entries = rows(text, delimiter)
    headings = [heading.strip() for heading in header.cells]
    is_api = "field_name" in headings
    places: dict[str, int] = {}
    for short, long in _HEADINGS.items():
        expected = short if is_api else long
        if expected not in headings:
            raise ReadError("read.dictionary", path=name, line=header.line, expected=expected)
        places[short] = headings.index(expected)
    entries = [row for row in entries if not row.is_blank]
    check_widths([header, *entries], name)
    fields: dict[str, DictionaryField] = {}
    for row in entries:
        entry = {short: row.cells[place].strip() for short, place in places.items()}
        if is_api:
            entry = {short: "" if cell == "NA" else cell for short, cell in entry.items()}
        field, problem = _field(entry)
        if field.name in fields or not field.name:
            problem = "field name"
        if problem:
            raise ReadError("read.dictionary-row", path=name, line=row.line, what=problem)
        fields[field.name] = field
    if not fields:
        raise ReadError("read.dictionary-row", path=name, what="list of fields")
    return tuple(fields.values())


def _dictionary_delimiter(text: Text) -> str:
    # REDCap writes with the delimiter that its user prefers.
    for delimiter in ";\t":
        with suppress(ReadError):
            if len(next(rows(text, delimiter)).cells) >= len(_HEADINGS):
                return delimiter
    return ","


def parse_choices(text: str) -> Mapping[str, str] | None:
    r"""Return the choices of a field, code to label, or None if they cannot be understood.

    Choices are parted by ``|``, code and label by the first comma, so a label may hold commas. A
    part that does not begin with a code (letters, digits, ``_ . -``) and a comma belongs to the
    label before it, so a label may hold ``|`` too.

    >>> dict(parse_choices("1, Yes, often | -9, Don't know | or won't say"))
    {'1': 'Yes, often', '-9': "Don't know | or won't say"}
    """
    choices: dict[str, str] = {}
    code = ""
    for part in text.split("|"):
        start = re.match(r"\s*([\w.-]+)\s*,", part)
        if start is not None:
            code = start[1]
            if code in choices:
                return None
            choices[code] = part[start.end() :].strip()
        elif part.strip():
            if not code:
                return None
            choices[code] += f" | {part.strip()}"
    return MappingProxyType(choices)


def _field(entry: Mapping[str, str]) -> tuple[DictionaryField, str]:
    """Return the field that a row of the dictionary describes, and what of it makes no sense."""
    kind = entry["field_type"]
    choices: Mapping[str, str] | None = _FIXED_CHOICES.get(kind)
    problem = ""
    if kind in _WITH_CHOICES and entry["select_choices_or_calculations"]:
        choices = parse_choices(entry["select_choices_or_calculations"])
        problem = "list of choices" if choices is None else ""
    is_checkbox = kind == "checkbox"
    if kind == "text":
        # Sliders use the same heading for whether to show their number.
        kind = entry["text_validation_type_or_show_slider_number"] or kind
    field = DictionaryField(
        name=entry["field_name"],
        form=entry["form_name"],
        kind=kind,
        label=entry["field_label"],
        choices=choices,
        is_checkbox=is_checkbox,
        is_identifier=entry["identifier"].lower() == "y" or _DIRECT.fullmatch(kind) is not None,
    )
    return field, problem


def read_redcap(
    data: Content,
    *,
    name: str,
    fields: Sequence[DictionaryField],
    encoding: str | None = None,
    delimiter: str | None = None,
    keeper: Keeper = IN_MEMORY,
) -> RawExport:
    """Read a raw REDCap export, its columns understood by the data dictionary.

    Nothing is converted: codes stay codes, missing data codes stay what they are, and repeating
    rows stay rows. A checkbox column has its field as `group` and its code as the dictionary writes
    it as `choice`. A column of which the dictionary does not know is kept, with nothing said of it.

    Rows are marked ``blank``, and ``unfinished`` where a survey of theirs was opened and not
    submitted (its timestamp is ``[not completed]``).

    Parameters
    ----------
    data : Content
        The whole file.
    name : str
        What the file is called in errors.
    fields : sequence of DictionaryField
        From `read_dictionary`.
    encoding : str, optional
        As `ppdarchive.read.encoding.decode`.
    delimiter : str, optional
        A comma by default.
    keeper : Keeper
        Where the cells are kept.

    Raises
    ------
    ReadError
        ``read.not-redcap`` if no column is a field of the dictionary, or what is wrong with it as
        a delimited file.

    References
    ----------
    REDCap, "Data Export"; checkbox codes: https://github.com/vubiostat/redcapAPI/pull/296
    """
    export = read_plain(
        data,
        source="redcap",
        name=name,
        encoding=encoding,
        delimiter="," if delimiter is None else delimiter,
        keeper=keeper,
    )
    known = _field_columns(fields)
    names = [column.name for column in export.columns]
    if known.keys().isdisjoint(names):
        raise ReadError("read.not-redcap", path=name, line=1)
    known = _tool_columns(fields) | known
    columns = tuple(
        replace(known.get(column.name) or _other_column(column), name=column.name, position=at)
        for at, column in enumerate(export.columns, start=1)
    )
    timestamps = {f"{field.form}_timestamp" for field in fields}
    unfinished = np.zeros(export.n_rows, np.bool_)
    for column, cells in zip(columns, export.cells.columns, strict=True):
        if column.name in timestamps:
            unfinished |= pc.equal(cells, _OPENED).to_numpy()
    marks = MappingProxyType({**export.marks, "unfinished": unfinished})
    return replace(export, columns=columns, marks=marks)


def _field_columns(fields: Sequence[DictionaryField]) -> dict[str, ColumnInfo]:
    """Return the columns that fields of the dictionary become, by name."""
    columns: dict[str, ColumnInfo] = {}
    for field in fields:
        column = ColumnInfo(
            name=field.name,
            position=0,
            label=field.label,
            choices=field.choices,
            kind=field.kind,
            is_identifier=field.is_identifier,
        )
        if not field.is_checkbox:
            columns[field.name] = column
            continue
        for code in field.choices or ():
            # A minus becomes an underscore; what else is no letter or digit was seen to vanish.
            code_in_name = re.sub(r"[^a-z0-9_]", "", code.lower().replace("-", "_"))
            columns[f"{field.name}___{code_in_name}"] = replace(column, group=field.name, choice=code)
    return columns


def _tool_columns(fields: Sequence[DictionaryField]) -> dict[str, ColumnInfo]:
    """Return the columns that REDCap adds for each form."""
    columns: dict[str, ColumnInfo] = {}
    tool = ColumnInfo(name="", position=0, is_tool=True)
    for form in {field.form for field in fields}:
        columns[f"{form}_complete"] = replace(tool, choices=_COMPLETE)
        columns[f"{form}_timestamp"] = tool
        # With it anybody can go on with the participant's survey.
        columns[f"{form}_return_code"] = replace(tool, is_identifier=True)
    return columns


def _other_column(column: ColumnInfo) -> ColumnInfo:
    if not column.name.startswith("redcap_"):
        return column
    # It ties the response to the list of those who were invited.
    is_invitee = column.name == "redcap_survey_identifier"
    return replace(column, is_tool=True, is_identifier=True if is_invitee else None)
