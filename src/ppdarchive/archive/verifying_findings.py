"""What can be wrong with an archive beyond OCFL: codes of our own, in words, with what to do; pure.

Findings of OCFL keep the specification's codes (`ppdarchive.store.problems`), and those of a package that
does not load or an archive that cannot be read keep the codes of `ppdarchive.errors`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from ppdarchive.errors import PpdArchiveError
from ppdarchive.store.problems import Problem

Severity = Literal["error", "warning", "note"]

CASES: Final[Mapping[str, tuple[Severity, str, str]]] = MappingProxyType(
    {
        "archive.unfinished-publish": (
            "error",
            "a publish was begun and not finished, or the inventory's sidecar is damaged",
            "If nobody is publishing just now, run `ppdarchive repair`; readers find the release before it.",
        ),
        "archive.unfinished-purge": (
            "error",
            "a purge was decided and not finished",
            "Run `ppdarchive repair`; readers find what the purge left, the old bytes are there still.",
        ),
        "archive.leftovers": (
            "note",
            "something was staged outside of all releases",
            "If nobody is publishing just now, `ppdarchive repair` removes it.",
        ),
        "release.unnamed": (
            "note",
            "the version's message does not say which release it holds",
            "It was not published by `ppdarchive publish`; `load` finds it as the newest or by its folder.",
        ),
        "release.version": (
            "error",
            "the package says that it is {found}, the archive says {expected}",
            "One of the two was changed after it was published: get the archive again.",
        ),
        "release.version-order": (
            "error",
            "{found} is not higher than {expected}, which was published before it",
            "Versions were exchanged after they were published: get the archive again.",
        ),
        "release.object": (
            "error",
            "the package is of study {found}, in another object",
            "It was put here after it was published: get the archive again.",
        ),
        "release.rule": (
            "error",
            "{n_rows} rows break the released schema: {demand}",
            "The table is not the one that passed the gate: get the archive again.",
        ),
        "release.copy": (
            "error",
            "the CSV copy does not hold what the table holds",
            "One of the two was changed after it was published: get the archive again.",
        ),
        "release.rows": (
            "error",
            "README.md counts {found} rows, the table has {expected}",
            "One of the two was changed after it was published: get the archive again.",
        ),
        "release.counts": (
            "error",
            "the codebook counts other participants than the tables hold",
            "One of the two was changed after it was published: get the archive again.",
        ),
        "release.risk": (
            "error",
            "{figure} is {expected} in the published tables, and the package states {found}",
            "What the gate judged is not what is published: do not use it, and ask the publisher.",
        ),
        "signature.unsigned": (
            "note",
            "nobody has signed it",
            "That the bytes fit their digests says nothing of who published them.",
        ),
        "signature.void": (
            "note",
            "removal {n} made the signature by {key} void, and nobody has signed it again",
            "Ask the publisher to run `ppdarchive sign`.",
        ),
        "signature.untrusted": (
            "note",
            "it is signed by {key}, and nobody said whom to trust",
            "Give the publisher's public key by --trust; get it from elsewhere than the archive.",
        ),
        "signature.unknown-key": (
            "error",
            "it is signed by {key}, which is not trusted",
            "Ask the publisher for the key, and see that it is the publisher's.",
        ),
        "signature.revoked-key": (
            "error",
            "it is signed by {key}, which is revoked",
            "Ask the publisher to sign again.",
        ),
        "signature.broken": (
            "error",
            "the signature by {key} does not hold: something in it was changed",
            "Get the archive again from the publisher.",
        ),
        "signature.other-inventory": (
            "error",
            "{key} signed other bytes under this version's name",
            "The release was changed after it was signed: get the archive again from the publisher.",
        ),
        "signature.other-version": (
            "error",
            "{key} signed another version or object",
            "Signatures were exchanged: get the archive again from the publisher.",
        ),
        "signature.unreadable": (
            "error",
            "what lies among the signatures is none",
            "Get the archive again from the publisher.",
        ),
    }
)
"""Severity, what is wrong and what to do, by code. Notes are told, and nothing is wrong with them."""


@dataclass(frozen=True, slots=True)
class ArchiveFinding:
    """One thing that was found, and where.

    Attributes
    ----------
    code : str
        Of OCFL (``E092``), of `CASES`, or of `ppdarchive.errors`.
    severity : {"error", "warning", "note"}
    what, remedy : str
        In words; never a cell.
    object_id, release : str
        Where it is known of which; empty otherwise.
    path : str
        Inside the archive; inside the release, where that is known.
    """

    code: str
    severity: Severity
    what: str
    remedy: str = ""
    object_id: str = ""
    release: str = ""
    path: str = ""

    @property
    def place(self) -> str:
        """Where it is, in one line."""
        return " ".join(part for part in (self.object_id, self.release, self.path) if part)

    def of(self, object_id: str, release: str = "") -> ArchiveFinding:
        """The same, of an object and one of its releases.

        >>> finding("signature.unsigned").of("trial~public", "1.0.0").place
        'trial~public 1.0.0'
        """
        return replace(self, object_id=object_id, release=release)


def finding(
    code: str, *, path: str = "", severity: Severity | None = None, **facts: str | int
) -> ArchiveFinding:
    """A finding of `CASES`, with another severity if that is given."""
    own, what, remedy = CASES[code]
    return ArchiveFinding(code, severity or own, what.format(**facts), remedy.format(**facts), path=path)


def of_error(error: PpdArchiveError, *, path: str = "") -> ArchiveFinding:
    """What an error of ours is as a finding."""
    return ArchiveFinding(error.code, "error", error.what, error.remedy, path=path)


def of_problem(problem: Problem) -> ArchiveFinding:
    """What a problem of OCFL is as a finding."""
    return ArchiveFinding(problem.code, problem.severity, problem.words, "", path=problem.place)


def is_our_way(problem: Problem) -> bool:
    """Whether a warning of OCFL is about what our archives do on purpose.

    Their ids are no URIs, nobody's name is recorded unless given, and our extension is registered nowhere.
    """
    if problem.code in ("W005", "W007"):
        return True
    return problem.code in ("W013", "W016") and problem.path.rpartition("extensions/")[2] == "ppdarchive"
