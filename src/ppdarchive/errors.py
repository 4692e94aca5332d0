"""The exception family: what went wrong, where, and what to do, as data.

Every message has two sentences, kept in `PROBLEMS` under a stable code, so that the documentation
lists them all and a test can hold them against it. A message may hold what *we* or the user's own
declarations wrote (paths, field names, numbers) and never a cell of a data file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem: what is wrong and what to do about it, as `str.format` templates."""

    what: str
    remedy: str


PROBLEMS: Final[Mapping[str, Problem]] = MappingProxyType(
    {
        # -- reading an export ---------------------------------------------------------------
        "read.not-found": Problem("there is no such file", "Check its path."),
        "read.not-a-file": Problem("this is not a file", "Name the exported file itself."),
        "read.not-readable": Problem(
            "the file cannot be opened ({reason})", "Check its permissions and the disk."
        ),
        "read.empty": Problem("the file is empty", "Export it again."),
        "read.encoding": Problem(
            "byte {offset} is not {encoding} text",
            "Export as UTF-8, or name the file's `encoding` in study.toml.",
        ),
        "read.unknown-encoding": Problem(
            "encoding {encoding!r} is not known", "Use one such as utf-8, utf-16 or cp1252."
        ),
        "read.binary": Problem(
            "a NUL character: this is not a text file",
            "Export as CSV; for UTF-16 keep the byte-order mark.",
        ),
        "read.quote": Problem(
            "a quoted cell is not closed, or text follows its closing quote",
            "The file was cut off or edited by hand; export it again.",
        ),
        "read.ragged": Problem(
            "{found} cells where the header has {expected} ({n_rows} such rows)",
            "The file was cut off, or `delimiter` is wrong; export it again.",
        ),
        "read.delimiter": Problem(
            "only one column with delimiter {delimiter!r}, but {other!r} stands in the header",
            "Set `delimiter = {other!r}` in study.toml.",
        ),
        "read.bad-delimiter": Problem(
            "{delimiter!r} cannot be a delimiter", "Use one character such as , ; | or a tab."
        ),
        "read.header": Problem(
            "{expected} header rows expected, {found} found",
            "Export again as CSV with its header rows.",
        ),
        "read.import-ids": Problem(
            "header row 3 has no import id in column {column}",
            "Export from Qualtrics again as CSV or TSV; do not re-save it in a spreadsheet.",
        ),
        "read.not-qualtrics": Problem(
            "neither a Qualtrics export (import ids in row 3) nor a legacy one (V1.. in row 1)",
            'Use `format = "csv"` for a plain table, or export again.',
        ),
        "read.unnamed-column": Problem(
            "column {column} has no name", "Name it in the survey tool and export again."
        ),
        "read.duplicate-column": Problem(
            "columns {first} and {column} have the same name",
            "Rename one in the survey tool and export again.",
        ),
        "read.cell-too-long": Problem(
            "column {column} has a cell of over {limit} characters",
            "A quote is missing somewhere above, or this is not a survey export.",
        ),
        "read.too-large": Problem("over {limit} bytes once unpacked", "Unpack it and check what it holds."),
        "read.zip": Problem("the zip archive cannot be read ({reason})", "Download the export again."),
        "read.zip-members": Problem(
            "the zip archive holds {found} tables where one is expected",
            "Unpack it and name the file in study.toml.",
        ),
        "read.parquet": Problem("not a readable Parquet file", "Write the file again."),
        "read.parquet-type": Problem(
            "column {column} holds {kind} values, which no survey field has",
            "Write it as text, numbers, dates or lists of them.",
        ),
        "read.dictionary-missing": Problem(
            "a REDCap export needs its data dictionary",
            "Name the data dictionary CSV: `dictionary` in study.toml, --dictionary on the command line.",
        ),
        "read.dictionary": Problem(
            "not a REDCap data dictionary: column {expected!r} is missing",
            "Download it under Project Setup, Data Dictionary.",
        ),
        "read.dictionary-row": Problem(
            "the dictionary's {what} cannot be understood",
            "Download the dictionary again; do not edit it by hand.",
        ),
        "read.not-redcap": Problem(
            "no column of the export is a field of the dictionary",
            "Export raw data with field names (not labels) as header.",
        ),
        # -- schemas -------------------------------------------------------------------------
        "schema.not-found": Problem("there is no such file", "Run `ppdarchive init` or restore it."),
        "schema.not-readable": Problem("the file cannot be opened ({reason})", "Check it."),
        "schema.json": Problem("not valid JSON ({reason})", "Correct the file at that place."),
        "schema.type": Problem("{expected} expected", "Correct the value."),
        "schema.missing": Problem("{name!r} is missing", "Add it."),
        "schema.choice": Problem("not one of {choices}", "Use one of them."),
        "schema.unknown-property": Problem(
            "{name!r} is not a property known here{hint}", "Correct its spelling or remove it."
        ),
        "schema.name": Problem("not a usable name", "Use letters, digits, - and _."),
        "schema.duplicate": Problem("{name!r} stands there twice", "Keep one."),
        "schema.no-such-field": Problem("the table has no field {name!r}", "Name one of its fields."),
        "schema.no-such-table": Problem("there is no table {name!r}", "Name one of the tables."),
        "schema.inapplicable": Problem(
            "{name!r} does not apply to a field of type {kind}", "Remove it or change the type."
        ),
        "schema.value": Problem("not a value of type {kind}", "Write it as the field's type."),
        "schema.pattern": Problem("not a regular expression ({reason})", "Correct the pattern."),
        "schema.format": Problem("{reason}", "Use the default format or a pattern such as %d/%m/%Y."),
        "schema.contradiction": Problem("{reason}", "Correct one of the two."),
        "schema.foreign-key": Problem("{reason}", "Refer to the primary key of an existing table."),
        "schema.treatment": Problem("{reason}", "Correct the treatment."),
        "schema.escape": Problem(
            "the schema's path leaves the study folder", "Keep schemas inside the study."
        ),
        # -- study.toml ----------------------------------------------------------------------
        "study.not-found": Problem(
            "there is no study.toml here", "Run `ppdarchive init` or name the study's folder."
        ),
        "study.not-readable": Problem("the file cannot be opened ({reason})", "Check it."),
        "study.toml": Problem("not valid TOML ({reason})", "Correct the file at that place."),
        "study.value": Problem("{expected}", "Correct it{more}."),
        "study.no-such-table": Problem(
            "no schema declares a table {name!r}", "Name one of the tables in datapackage.json."
        ),
        "study.no-such-field": Problem(
            "table {table!r} has no field {name!r}{hint}", "Name a field of the table's schema."
        ),
        "study.no-such-category": Problem(
            "field {field!r} has no category {name!r}", "Name a category of the field's schema."
        ),
        "study.no-such-reason": Problem(
            "no field of table {table!r} has a missing code or label {name!r}",
            "Declare it under `missingValues` in the schema.",
        ),
        "study.inapplicable": Problem("{reason}", "Correct or remove it."),
        "study.contradiction": Problem("{reason}", "Correct one of the two."),
        "study.expression": Problem("{reason}", "Correct the rule's expression."),
        "study.rule-function": Problem(
            "no installed package offers a rule function {name!r}",
            "Install the package that does, or correct the name.",
        ),
        "study.rule-failed": Problem(
            "rule function {name!r} failed with {kind}", "Mend the function; run it on its own."
        ),
        "study.treatment": Problem("{reason}", "Correct the treatment."),
        "study.nothing-to-suggest": Problem(
            "there are no participants of whom a quasi-identifier is released",
            "Call the table of the people `participants`; `ppdarchive risk` tells what is counted.",
        ),
        "study.no-role": Problem(
            "no role is declared for field {name!r}", "Give it a `disclosure` with a role in its schema."
        ),
        "study.no-release": Problem(
            "there is no [release] part", "Say there under which conditions the study may be published."
        ),
        "study.lexicon": Problem(
            "the list cannot be used: {reason}", "Correct the list, or take it out of [text] lexicons."
        ),
        "study.no-such-column": Problem("the list has no column {name!r}", "Name one of its columns."),
        # -- detectors of other packages ------------------------------------------------------
        "detector.not-installed": Problem(
            "no installed package offers a detector {name!r}{hint}",
            "Install the package that does, or correct the name.",
        ),
        "detector.library": Problem(
            "detector {name!r} needs the library {what!r}, which is not installed",
            "Install it; for those that come as extras: pip install 'ppdarchive[{name}]'.",
        ),
        "detector.model": Problem(
            "detector {name!r} finds no model {what!r} on this machine",
            "Put it there and name its folder; nothing is downloaded.",
        ),
        "detector.labels": Problem(
            "detector {name!r}: none of its {found} labels means anything here",
            "Use another model, or say in a factory of your own what its labels mean.",
        ),
        "detector.unusable": Problem(
            "detector {name!r} could not be made ({kind})", "Run its factory on its own to see why."
        ),
        "detector.promise": Problem(
            "detector {name!r} broke its promise: {reason}", "Mend it, or leave it out of study.toml."
        ),
        # -- texts ---------------------------------------------------------------------------
        "text.gold": Problem(
            "not an annotated text: {reason}",
            'Write lines such as {{"text": "Ask Anna", "spans": [[4, 8, "NAME"]]}}, or use brat.',
        ),
        "text.gold-empty": Problem("there is no annotated text", "Write one a line, or name brat's folder."),
        "text.sample": Problem(
            "{found} {what}, and no fewer than {expected} can teach anything", "Correct more texts."
        ),
        "text.trained": Problem(
            "this was not written by `ppdarchive text train` ({reason})", "Train again, or take it out."
        ),
        "text.column": Problem("there is no column {name!r}{hint}", "Name a column of the file by --column."),
        "text.column-type": Problem("column {name!r} holds no text", "Name another column by --column."),
        "text.table": Problem(
            "the table cannot be read at or behind row {n_rows}",
            "Check that its cells are quoted, its rows of one width and its text UTF-8.",
        ),
        "text.group": Problem(
            "row {n_rows} belongs to a group whose rows ended before", "Sort the file by its group column."
        ),
        # -- coded projects ------------------------------------------------------------------
        "coding.not-found": Problem("there is no such file", "Check its path."),
        "coding.not-readable": Problem(
            "it cannot be opened ({reason})", "Check its permissions and the disk."
        ),
        "coding.format": Problem(
            "not a {kind} project ({reason})", "Export it again from the tool, or correct `format`."
        ),
        "coding.refused": Problem("refused, since {reason}", "Find out where the file comes from."),
        "coding.too-large": Problem(
            "{what} is larger than {limit}", "Check what the file holds; split the project."
        ),
        "coding.open": Problem(
            "a program has the project open, or left changes beside it", "Close it there, then copy it whole."
        ),
        "coding.column": Problem("there is no column {name!r}", "Name one of the file's columns."),
        "coding.row": Problem("{reason}", "Correct the row."),
        "coding.positions": Problem(
            "no way of counting fits the positions: {places}",
            "Export the project again, with the texts as they were coded.",
        ),
        "coding.worksheet": Problem("{reason}", "Correct the worksheet at that place."),
        "coding.nothing": Problem("{reason}", "Check what the coders' files hold."),
        "coding.not-installed": Problem(
            "{name} needs the library {what!r}, which is not installed",
            "Install it: pip install 'ppdarchive[{name}]'.",
        ),
        "coding.cannot-hold": Problem("{kind} cannot hold {what}", "Convert to another format."),
        "coding.two-stages": Problem(
            "{kind} cannot tell codings made alone from those agreed on, and there are both",
            "Choose one with --stage, or convert to another format.",
        ),
        # -- writing -------------------------------------------------------------------------
        "write.exists": Problem("the folder already exists and is not empty", "Name a new folder."),
        "write.there-already": Problem(
            "the file is there already", "Name another folder, or move the file away."
        ),
        "write.not-writable": Problem("cannot write here ({reason})", "Check the folder."),
        # -- the register -------------------------------------------------------------------
        "register.locked": Problem(
            "another process has the register open", "Wait until it is done, then run this again."
        ),
        "register.damaged": Problem(
            "this is not a register, or it is damaged", "Restore it from register.backup.sqlite."
        ),
        "register.not-writable": Problem("the register cannot be used ({reason})", "Check the folder."),
        "register.inside-package": Problem(
            "the private folder would lie inside a data package", "Move the study out of the package."
        ),
        "register.purged": Problem(
            "a pseudonym is wanted for a participant or an answer that was purged",
            "Report this as a defect: whoever was purged should have been left out before.",
        ),
        # -- packages ------------------------------------------------------------------------
        "package.exists": Problem("there is something at this place already", "Name a new folder."),
        "package.not-writable": Problem(
            "the package cannot be written ({reason})", "Check the folder and the disk."
        ),
        "package.name": Problem("{name!r} cannot name {what}", "Use letters, digits, - and _."),
        "package.untreated": Problem(
            "field {field!r} of table {table!r} is not declared as treated", "De-identify the study first."
        ),
        "package.frame": Problem(
            "column {field!r} of table {table!r} is not what its schema declares",
            "De-identify the study again.",
        ),
        "package.columns": Problem(
            "the columns of table {table!r} are not the fields of its schema", "De-identify the study again."
        ),
        "package.list": Problem(
            "field {field!r} of table {table!r} has a list that cannot be written as text",
            "Remove empty lists and items that are missing or hold the delimiter.",
        ),
        "package.read-back": Problem(
            "{name} was not read back as it was written", "Check the disk, then run this again."
        ),
        # -- loading -------------------------------------------------------------------------
        "load.not-found": Problem(
            "there is neither a package nor an archive here",
            "Name the folder that holds datapackage.json, or 0=ocfl_1.1.",
        ),
        "load.no-archive": Problem(
            "this is a package by itself, and no archive", "Name the archive that its release is in."
        ),
        "load.study": Problem(
            "this is a study's folder, and no package", "Name what `publish` or `pack` made of the study."
        ),
        "load.other-study": Problem(
            "this is a release of study {found}, and not of {name}", "Name its package, or an archive."
        ),
        "load.not-readable": Problem(
            "the file cannot be opened ({reason})", "Check its permissions and the disk."
        ),
        "load.checksums": Problem("line {found} is no checksum", "Get the package again."),
        "load.missing": Problem("the file is missing", "Get the package again."),
        "load.extra": Problem("the file does not belong to the package", "Move it elsewhere."),
        "load.changed": Problem(
            "the file is not the one that was published", "Load it again; if it stays so, get it again."
        ),
        "load.link": Problem("this is neither a file nor a folder", "Replace it by what it points to."),
        "load.descriptor": Problem(
            "not a descriptor of a released package ({reason})", "Get the package again."
        ),
        "load.table": Problem("the file does not hold the table that is declared", "Get the package again."),
        "load.no-such-table": Problem("the package has no table {name!r}", "It has {choices}."),
        "load.no-such-column": Problem("the table has no field {name!r}", "It has {choices}."),
        "load.filter": Problem("filter {found} makes no sense ({reason})", "See `Release.table`."),
        "load.too-large": Problem(
            "a small file that says it takes {found} bytes of memory",
            "Ask for fewer columns; if you trust who made it, read the file with pyarrow.",
        ),
        # -- loading from an archive ---------------------------------------------------------
        "load.no-object": Problem("the archive has no object of {name}", "It has {choices}."),
        "load.several-objects": Problem(
            "the archive has several objects: {choices}", "Name one with `study` and `audience`."
        ),
        "load.version": Problem(
            "{name!r} says no release", "Say latest, 1.2.0, v3, or a range such as >=1.1,<2."
        ),
        "load.no-release": Problem("there is no release {name}", "It has {choices}."),
        "load.several-releases": Problem("several versions hold release {name}", "Name one of {choices}."),
        "load.withdrawn": Problem(
            "every release that is {name} was withdrawn from use",
            "Name one to have it all the same: {choices}.",
        ),
        "load.other-release": Problem(
            "the archive says that this is {expected}, the package itself says another",
            "Run `ppdarchive verify`.",
        ),
        "load.lock": Problem("not a lock file ({reason})", "Run `ppdarchive pin` again."),
        "load.not-pinned": Problem("the lock file pins nothing of {name}", "Run `ppdarchive pin`."),
        "load.other-pin": Problem("{found} is pinned, and not {name}", "Run `ppdarchive pin` again."),
        "load.purged": Problem(
            "{found} is not what was pinned, since something was removed from the archive: {reason}",
            "Run `ppdarchive pin` again; drop copies and figures that may show what was removed.",
        ),
        "load.tampered": Problem(
            "{found} is not what was pinned, and no removal is recorded",
            "Don't use it; ask who keeps the archive, and run `ppdarchive verify`.",
        ),
        "load.cache": Problem(
            "the cache cannot be used ({reason})", "Set PPDARCHIVE_CACHE to a folder of your own."
        ),
        # -- the archive's store -------------------------------------------------------------
        "store.inventory": Problem(
            "not an inventory of an archive ({reason})", "Run `ppdarchive verify`; restore it from a copy."
        ),
        "store.not-found": Problem("there is no archive here", "Name the folder that holds 0=ocfl_1.1."),
        "store.not-empty": Problem(
            "the folder holds other things than an archive", "Name a new folder, or an archive."
        ),
        "store.no-such-object": Problem("the archive has no object {name!r}", "It has {choices}."),
        "store.no-such-version": Problem("there is no version {name!r}", "The newest is {found}."),
        "store.object-id": Problem(
            "{name!r} cannot name an object", "Use letters, digits, - . _ for both study and audience."
        ),
        "store.twin": Problem(
            "{name!r} and {other!r} are one folder where case does not count", "Choose another name."
        ),
        "store.path": Problem(
            "this cannot be kept in an archive ({reason})", "Keep plain files with plain names."
        ),
        "store.source-changed": Problem(
            "the file changed while it was copied", "Publish again when nothing writes there."
        ),
        "store.not-writable": Problem(
            "the archive cannot be written ({reason})", "Check the folder and the disk; no version is lost."
        ),
        "store.not-readable": Problem(
            "the file cannot be read ({reason})", "Check its permissions and the disk."
        ),
        "store.read-back": Problem(
            "the file was not read back as it was written", "Check the disk, then publish again."
        ),
        "store.locked": Problem("somebody else is changing the object", "Wait until it is done, try again."),
        "store.lock-lost": Problem(
            "the lock was over and somebody else has taken it", "See what is there now, then try again."
        ),
        "store.head-moved": Problem(
            "version {found} is the newest, {expected} was expected", "Compare with it, then publish again."
        ),
        "store.unfinished": Problem(
            "something was begun here and not finished", "Run `ppdarchive repair`; no version is lost."
        ),
        "store.damaged": Problem(
            "the archive is damaged ({reason})", "Run `ppdarchive repair`, then verify."
        ),
        "store.release-name": Problem(
            "a release is named by three numbers, and described in text", "Name it such as 1.2.0."
        ),
        "store.place": Problem("this is no place of an archive", "Name a folder, or s3://BUCKET/PREFIX."),
        "store.no-extra": Problem(
            "object stores need the library {what!r}, which is not installed",
            "Install it: pip install 'ppdarchive[s3]'.",
        ),
        "store.record": Problem(
            "not a mark or tombstone that can be kept ({reason})", "Correct it, or restore it from a copy."
        ),
        "store.other-history": Problem(
            "the copy has releases that its source has not, or other ones",
            "Clone to another place; or the other way, if it is the source that is behind.",
        ),
        "store.no-conditions": Problem(
            "the object store takes no notice of If-Match and If-None-Match",
            "Keep the archive in a store that does, or in a folder.",
        ),
        "store.foreign": Problem(
            "the object holds what no release and no record of ours is",
            "Move it out of the object, then try again.",
        ),
        "store.not-removed": Problem(
            "what was to be removed is still there", "Remove it by hand, then run `ppdarchive repair`."
        ),
        # -- signatures of archives ----------------------------------------------------------
        "store.signature-format": Problem(
            "not a {what} of minisign ({reason})", "Get the file again from whoever made it."
        ),
        "store.signature-password": Problem(
            "the secret key does not open with this password, or it is damaged",
            "Give the password that it was made with.",
        ),
        "store.signature-comment": Problem(
            "the signature's comment is no line of printable ASCII, or too long",
            "Name object, version and signer in plain letters.",
        ),
        # -- transfer ------------------------------------------------------------------------
        "transfer.exists": Problem("there is something at this place already", "Name a new place."),
        "transfer.not-found": Problem("there is nothing here", "Check its path."),
        "transfer.not-readable": Problem("it cannot be read ({reason})", "Check permissions and the disk."),
        "transfer.not-writable": Problem("cannot write here ({reason})", "Check the folder and the disk."),
        "transfer.name": Problem("{what} has a name that {reason}", "Rename it where it comes from."),
        "transfer.refused": Problem("refused, since {reason}", "Get it again, and ask where it comes from."),
        "transfer.bag": Problem("not a bag that can be taken ({reason})", "Have the bag made again."),
        "transfer.damaged": Problem("{what}: {reason}", "Get it again from where it came."),
        "transfer.too-large": Problem("{what} is more than {limit}", "Take it in parts, or raise the limit."),
        # -- archives ------------------------------------------------------------------------
        "archive.same-place": Problem(
            "an archive cannot be copied to itself, nor into itself", "Name another place."
        ),
        "archive.empty": Problem("the archive has no release yet", "Publish one to it."),
        "archive.several-objects": Problem(
            "the archive has several objects: {choices}", "Name one with --study and --audience."
        ),
        "archive.no-such-object": Problem("the archive has no object {name!r}", "It has {choices}."),
        "archive.not-known": Problem(
            "the study knows no {what} of this ID", "Write the ID as in the study's exports."
        ),
        "archive.purge-unfinished": Problem(
            "another purge of this study has begun and is not complete",
            "Run `ppdarchive purge` with --resume first.",
        ),
        "archive.no-purge": Problem(
            "no purge of this study is under way", "Name what is to be purged, and the ground."
        ),
        "archive.other-archive": Problem(
            "the purge that is under way is one of another archive", "Name that archive: {name}."
        ),
        "archive.spans": Problem(
            "{reason}", "Write a CSV file with version, table, key or own_key, field, start, end."
        ),
        "archive.residual": Problem(
            "{name} would keep a trace of what is purged, and stays as it is",
            "Report this as a defect, and run this again with a corrected version.",
        ),
        "archive.words": Problem(
            "{found}; it would be published",
            "Say it in other words; if it is meant to be public, give --names-are-public.",
        ),
        "archive.source": Problem(
            "this is neither an archive, a package, a bag nor a ZIP of one", "Name one of them."
        ),
        "archive.changed": Problem(
            "{name} is not the file that was published", "Run `ppdarchive verify`; get it again."
        ),
        "archive.no-such-release": Problem("there is no release {name!r}", "It has {choices}."),
        "archive.nothing-changed": Problem(
            "nothing differs from release {version}",
            "There is nothing to publish; --bump patch makes it a release all the same.",
        ),
        "archive.date-before": Problem(
            "release {version} bears a later date, {day}", "Give a date that is not before it."
        ),
        "archive.around-study": Problem(
            "the study lies in the archive, and its private folder with it",
            "Name a folder outside of the study's.",
        ),
        "archive.no-version": Problem(
            "version {name} of the archive is no release", "Publish to another archive."
        ),
        "archive.key": Problem("{reason}", "See `ppdarchive key show`."),
        "archive.unsigned": Problem(
            "release {version} is published, but not signed ({reason})", "Run `ppdarchive sign`."
        ),
        # -- the command line ----------------------------------------------------------------
        "usage.value": Problem("{reason}", "See --help."),
    }
)


class PpdArchiveError(Exception):
    """A problem that stops the work: a code, a place and facts; it phrases itself when shown.

    Parameters
    ----------
    code : str
        A key of `PROBLEMS`.
    path : str, optional
        The file, as the user named it.
    line : int, optional
        Line in the file, counted from 1.
    pointer : str, optional
        JSON pointer or key path inside the file.
    **facts : str or int
        What the templates of the problem need; never a cell value.
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        path: str | None = None,
        line: int | None = None,
        pointer: str | None = None,
        **facts: str | int,
    ) -> None:
        super().__init__(code)
        if code not in PROBLEMS:
            raise LookupError(f"{code} is not in the catalogue of problems")
        self.code = code
        self.path = path
        self.line = line
        self.pointer = pointer
        self.facts: Mapping[str, str | int] = MappingProxyType(facts)

    @property
    def place(self) -> str:
        """Where it is wrong: ``file:line`` or ``file#pointer``; empty when nowhere in particular."""
        parts = self.path or ""
        if self.line is not None:
            parts += f":{self.line}"
        if self.pointer is not None:
            parts += f"#{self.pointer}" if parts else self.pointer
        return parts

    @property
    def what(self) -> str:
        """What is wrong, without the place."""
        return PROBLEMS[self.code].what.format(**self.facts)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return PROBLEMS[self.code].remedy.format(**self.facts)

    def __str__(self) -> str:
        prefix = f"{self.place}: " if self.place else ""
        return f"{prefix}{self.what}. {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        place = {"path": self.path, "line": self.line, "pointer": self.pointer}
        return (_rebuild, (type(self), self.code, {**place, **self.facts}))


def _rebuild(kind: type[PpdArchiveError], code: str, words: dict[str, Any]) -> PpdArchiveError:
    """Make an unpickled error; one that crosses to another process stays whole."""
    return kind(code, **words)


class ReadError(PpdArchiveError):
    """An export that cannot be read as what it is said to be."""


class SchemaError(PpdArchiveError):
    """A schema or package descriptor that makes no sense; `pointer` is a JSON pointer."""


class StudyError(PpdArchiveError):
    """A study.toml that makes no sense; `pointer` is a key path such as ``export[0].columns``."""


class RegisterError(PpdArchiveError):
    """A register that cannot be used."""


class WriteError(PpdArchiveError):
    """A place that cannot be written to."""


class PackageError(PpdArchiveError):
    """A package that cannot be written."""


class LoadError(PpdArchiveError):
    """A package or a release that is damaged, is none, or is not the one that is meant."""


class DetectorError(PpdArchiveError):
    """A detector of another package that is not there, cannot be made, or breaks its promise."""


class TextError(PpdArchiveError):
    """Texts, annotated or plain, that cannot be used, or a file of what was learned from them."""


class CodingError(PpdArchiveError):
    """A coded project, or a worksheet of one, that cannot be used."""


class StoreError(PpdArchiveError):
    """An archive that cannot be read, written or trusted."""


class ArchiveError(PpdArchiveError):
    """Something that cannot be done with an archive or one of its releases."""


class TransferError(PpdArchiveError):
    """A folder, bag or ZIP that cannot be made or taken."""


class UsageError(PpdArchiveError):
    """A command that was called with words it does not take."""
