"""What can be wrong with an OCFL storage root or object: codes, words of our own, and where each stands.

A case such as ``E092.missing`` is one way of breaking the clause whose validation code comes before
the point. Codes that begin with P are ours: what the specification allows, or does not speak of, and
a careful reader still refuses.

References
----------
OCFL 1.1, validation codes, https://ocfl.io/1.1/spec/validation-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Severity = Literal["error", "warning"]

CASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # -- the object's root ---------------------------------------------------------------
        "E001.file": "a file that no object has at its root",
        "E001.folder": "a folder that no object has at its root",
        "E003.none": "the object does not say which OCFL version it follows (0=ocfl_object_1.1)",
        "E003.several": "the object says {found} times which OCFL version it follows",
        "E004.version": "the declaration names no OCFL version that is known here (1.0, 1.1)",
        "E005.tag": "the declaration's name begins with {tag} where 0 is expected",
        "E006.name": "the declaration's name is not 0=ocfl_object_ and a version",
        "E007.text": "the declaration does not hold its own name after `0=` and a newline",
        "E063.none": "the object has no inventory.json",
        "E067.file": "a file directly in the object's extensions folder",
        "W013.name": "an object extension that is not registered",
        # -- version folders -----------------------------------------------------------------
        "E008.none": "the inventory has no version",
        "E009.first": "the first version is not 1",
        "E010.gap": "version {number} is missing between the first and the last",
        "E011.zero": "a padded version number must begin with a zero",
        "E012.padding": "version numbers are padded in different ways",
        "E104.prefix": "a version's name does not begin with v",
        "E105.number": "a version's name is not v and a number from 1 on",
        "E015.file": "a version folder holds only inventory.json, its sidecar and the content folder",
        "E024.empty": "an empty folder among the content",
        "E046.missing": "there is no folder of this version of the inventory",
        "E046.unlisted": "the folder of a version that the inventory does not have",
        "W001.padding": "version numbers are padded with zeros",
        "W002.folder": "a folder in a version folder beside the content folder; it is ignored",
        "W003.empty": "a content folder without a file",
        "W010.none": "the version folder has no inventory of its own",
        # -- sidecars ------------------------------------------------------------------------
        "E058.none": "the inventory has no sidecar inventory.json.{algorithm}",
        "E059.algorithm": "the sidecar is of another algorithm than the inventory, which says {algorithm}",
        "E060.digest": "the sidecar does not hold the digest of the inventory beside it",
        "E061.form": "the sidecar is not one line `DIGEST inventory.json`",
        "E064.differs": "the object's inventory and that of its newest version folder differ",
        # -- the inventory -------------------------------------------------------------------
        "E033.json": "the inventory is not JSON in UTF-8",
        "E033.object": "the inventory is not a JSON object",
        "E033.twice": "a key stands twice in one JSON object",
        "E036.missing": "{key} is missing",
        "E037.form": "id is not a text, or it is empty",
        "E037.twice": "another object of the storage root has the same id",
        "E038.form": "type is not a text",
        "E038.unknown": "type names no inventory of an OCFL version that is known here (1.0, 1.1)",
        "E038.declaration": "type is of OCFL {found}, the object's declaration of {expected}",
        "E025.algorithm": "digestAlgorithm is neither sha512 nor sha256",
        "E040.head": "head is not the highest version",
        "E040.folder": "the inventory of a version folder has another head",
        "E041.missing": "{key} is missing",
        "E045.object": "versions is not a JSON object",
        "E017.slash": "contentDirectory holds a slash",
        "E018.dots": "contentDirectory is . or ..",
        "E019.first": "contentDirectory is set, but not in the first version",
        "E020.changed": "contentDirectory is not that of the newest inventory",
        "E108.form": "contentDirectory is not the name of a folder",
        "E102.key": "{found} keys that no inventory has",
        "W004.algorithm": "digestAlgorithm is sha256; sha512 is advised",
        "W005.uri": "id is not a URI",
        # -- manifest ------------------------------------------------------------------------
        "E106.object": "manifest is not a JSON object",
        "E092.list": "the value of a digest is not a list of paths",
        "E092.empty": "a digest of the manifest has no path",
        "E030.form": "not a SHA-256 digest in hexadecimal",
        "E031.form": "not a SHA-512 digest in hexadecimal",
        "E039.algorithm": "a digest of another algorithm than digestAlgorithm",
        "E096.twice": "one digest stands twice, in different case",
        "E098.form": "a content path is not a text",
        "E100.slash": "a content path begins or ends with a slash",
        "E099.element": "a content path has an element that is empty, . or ..",
        "E035.backslash": "a content path is parted by backslashes",
        "E042.place": "a content path is not VERSION/CONTENT FOLDER/...",
        "E042.version": "a content path lies in a version that the inventory does not have",
        "E014.name": "a content path writes the version's name with another padding",
        "E101.twice": "one content path stands twice",
        "E101.conflict": "a content path is both a file and a folder",
        "E107.unused": "a digest of the manifest is in no version's state",
        # -- versions ------------------------------------------------------------------------
        "E047.object": "the version is not described by a JSON object",
        "E048.missing": "{key} is missing",
        "E049.form": "created is not a time of RFC 3339 with seconds and zone",
        "E050.object": "state is not a JSON object",
        "E050.list": "the value of a digest is not a list of paths",
        "E050.form": "not a digest of digestAlgorithm",
        "E050.unknown": "a digest of the state is not in the manifest, letter by letter",
        "E051.form": "a logical path is not a text",
        "E052.element": "a logical path has an element that is empty, . or ..",
        "E053.slash": "a logical path begins or ends with a slash",
        "E095.twice": "one logical path stands twice",
        "E095.conflict": "a logical path is both a file and a folder",
        "E094.form": "message is not a text",
        "E054.object": "user is not a JSON object",
        "E054.name": "user has no name",
        "E054.address": "the user's address is not a text",
        "W007.message": "the version has no message",
        "W007.user": "the version has no user",
        "W008.address": "the user has no address",
        "W009.uri": "the user's address is not a URI",
        # -- fixity --------------------------------------------------------------------------
        "E056.object": "fixity is not a JSON object",
        "E111.object": "fixity is not a JSON object",
        "E056.algorithm": "fixity has an algorithm that is not registered",
        "E057.object": "the value of an algorithm is not a JSON object",
        "E057.list": "the value of a digest is not a list of paths",
        "E057.form": "not a digest of the algorithm",
        "E057.unknown": "fixity names a path that is not in the manifest",
        "E029.form": "not a SHA-1 digest in hexadecimal",
        "E032.form": "not a BLAKE2b-512 digest in hexadecimal",
        "E097.twice": "one digest stands twice, in different case",
        # -- content against inventories -----------------------------------------------------
        "E023.file": "a content file that the inventory does not have",
        "E023.earlier": "the inventory of {version} does not have this content file, which it should",
        "E092.missing": "the manifest has a file that is not there",
        "E092.digest": "the file is not the one that was published: its {algorithm} digest differs",
        "E093.missing": "fixity has a file that is not there",
        "E093.digest": "the file's {algorithm} digest is not that of the fixity block",
        # -- an inventory against those of earlier versions ----------------------------------
        "E066.versions": "the inventory of {version} has other versions than the object's inventory up to it",
        "E066.paths": "this version had other files in the inventory of {version}",
        "E066.content": "a file of this version had other content in the inventory of {version}",
        "E092.earlier": "the inventory of {version} has another digest of this file",
        "E103.older": "the inventory follows an older OCFL version than that of an earlier version",
        "E110.changed": "id is not that of the object's inventory",
        "W011.differs": "{key} was another in the inventory of {version}",
        # -- the storage root ----------------------------------------------------------------
        "E069.none": "the storage root does not say which OCFL version it follows (0=ocfl_1.1)",
        "E076.several": "the storage root says {found} times which OCFL version it follows",
        "E077.version": "the declaration names no OCFL version that is known here (1.0, 1.1)",
        "E078.tag": "the declaration's name begins with {tag} where 0 is expected",
        "E079.name": "the declaration's name is not 0=ocfl_ and a version",
        "E080.text": "the declaration does not hold its own name after `0=` and a newline",
        "E070.json": "ocfl_layout.json is not JSON in UTF-8",
        "E070.keys": "ocfl_layout.json is not an object with the texts extension and description",
        "E071.name": "ocfl_layout.json names no registered layout",
        "E072.file": "a file outside any object",
        "E073.empty": "an empty folder",
        "E081.later": "the object follows a later OCFL version than its storage root",
        "E083.place": "the object does not lie where the layout puts its id",
        "E112.file": "a file directly in the storage root's extensions folder",
        "W015.mixed": "some objects lie at the root and others deeper",
        "W016.name": "a storage root extension that is not registered",
        # -- the file system -----------------------------------------------------------------
        "E090.link": "a symbolic link; it was not followed",
        "E090.hard": "a second name (hard link) of a file of this object",
        "E090.special": "neither a file nor a folder",
        "P001.unreadable": "it cannot be read ({reason})",
        "P002.large": "over {limit} bytes; it was not read",
        "P002.deep": "over {limit} folders deep; what lies below was not looked at",
        "P002.many": "over {limit} entries; the rest was not looked at",
        "P002.told": "over {limit} problems of one kind; the rest is not told",
        "P003.twins": "two paths differ only in case or accents; many file systems take them for one",
        "P003.name": "a name that is not text in UTF-8, or holds control characters",
    }
)

NOT_GIVEN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "E002": "said more exactly by E003 to E007",
        "E013": "said by E012 and E011",
        "E016": "said file by file by E092",
        "E021": "said by E042",
        "E022": "tells tools what to do",
        "E026": "said by E056",
        "E027": "tells tools what to do",
        "E028": "tells tools what to do",
        "E034": "said by E063",
        "E043": "said by E041",
        "E044": "said by E041 and E045",
        "E055": "a fixity block under another key is E102",
        "E062": "said by E060",
        "E074": "cannot be seen in one storage root",
        "E075": "said more exactly by E069 and E076 to E080",
        "E082": "an object in an object is E001, one below files is E072",
        "E084": "said by E072",
        "E085": "said by E072 and E073",
        "E087": "tells tools what to do",
        "E088": "said by E072 and E073",
        "E089": "cannot be seen in files",
        "W012": "cannot be seen in files",
        "W014": "needs every layout; where ours is declared, E083 says it",
    }
)
"""Codes of the specification that no case has, and why."""

_LINK: Final = "https://ocfl.io/1.1/spec/#"
_LONGEST_PATH: Final = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and in which part of the inventory.

    Parameters
    ----------
    case : str
        A key of `CASES`.
    path : str
        The file or folder, inside what was looked at; empty for that itself. It may hold anything that
        a hostile file's name can; `str` of the problem shows what cannot be printed as escapes.
    part : str
        The part of an inventory, as in ``versions/v2/state``; made of names of the specification,
        version names and abbreviated digests, never of other content.
    facts : tuple of (str, str or int)
        What the case's words need; never content of a file.
    """

    case: str
    path: str = ""
    part: str = ""
    facts: tuple[tuple[str, str | int], ...] = ()

    def __post_init__(self) -> None:
        if self.case not in CASES:
            raise LookupError(f"{self.case} is not in the catalogue of the store's problems")

    @property
    def code(self) -> str:
        """The validation code, as in ``E092``."""
        return self.case.partition(".")[0]

    @property
    def severity(self) -> Severity:
        """Errors break a MUST, or would mislead a reader; warnings go against advice."""
        return "warning" if self.case.startswith("W") else "error"

    @property
    def words(self) -> str:
        """What is wrong, without the place."""
        return CASES[self.case].format(**dict(self.facts))

    @property
    def link(self) -> str | None:
        """The clause that is broken; None for a code of our own."""
        return None if self.code.startswith("P") else _LINK + self.code

    @property
    def place(self) -> str:
        """Where it is wrong, ready to print: ``path#part``."""
        return _printable(self.path) + (f"#{self.part}" if self.part else "")

    def inside(self, folder: str) -> Problem:
        """Return the same problem of a folder, as seen from the folder's parent.

        >>> Problem("E024.empty", "v1/content/a").inside("study~public").path
        'study~public/v1/content/a'
        """
        if not folder:
            return self
        path = f"{folder}/{self.path}" if self.path else folder
        return Problem(self.case, path, self.part, self.facts)

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.code} {self.words}"


def problem(case: str, path: str = "", part: str = "", **facts: str | int) -> Problem:
    """Return a problem, its facts in a fixed order.

    >>> str(problem("E092.digest", "v1/content/answers.parquet", algorithm="sha512"))
    'v1/content/answers.parquet: E092 the file is not the one that was published: its sha512 digest differs'
    """
    return Problem(case, path, part, tuple(sorted(facts.items())))


def _printable(path: str) -> str:
    r"""Return a path that no terminal can be steered by, cut where nobody reads on.

    >>> print(_printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    cut = path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + "..."
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in cut
    )
