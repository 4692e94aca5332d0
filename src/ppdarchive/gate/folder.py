"""The conditions on a staged package: nothing in any published string identifies a person."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Final

from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.gate.cells import HELD_BYTES
from ppdarchive.gate.failures import Failure
from ppdarchive.gate.held import ManyStrings, Place, Strings
from ppdarchive.gate.residual import Condition, TextScan, hits, own_values
from ppdarchive.gate.strings import published
from ppdarchive.model.release import PackageInfo

_SHOWN: Final = 6
"""Places that a message names, of each file and of the files."""


def judge_folder(
    folder: Path,
    known: KnownIdentifiers,
    *,
    info: PackageInfo | None = None,
    scan: TextScan | None = None,
    shifted: Set[tuple[str, str]] = frozenset(),
    held_bytes: int = HELD_BYTES,
) -> list[Failure]:
    """The conditions on a staged package: nothing is left in it that identifies people.

    Every string of every file is looked at: cells, labels, descriptor, codebook, citation, footers
    and the names of files. A known name that is a word too counts where its context says that it is
    a name. One cause is told once, however many strings repeat it.

    Parameters
    ----------
    folder : Path
    known : KnownIdentifiers
    info : PackageInfo, optional
        Who is cited by their own name, which may be somebody's in the data too, is excepted where the
        citation, the descriptor and the README name them, and nowhere else.
    scan : TextScan, optional
        The text engine; without it only known identifiers are looked for.
    shifted : set of (str, str)
        Fields of dates that were shifted, by table and name. One of many shifted dates is always somebody's
        date by chance, and tells nothing; so they are not looked at.
    held_bytes : int
        What the distinct cells of a column may take before they are looked at part by part.

    Returns
    -------
    list of Failure
        Those that are advice are for a person to decide, and stop nothing.
    """
    authors = info.contributors if info is not None else ()
    every = published(folder, authors=authors, held_bytes=held_bytes)
    strings = (each for each in every if (each.table, each.field) not in shifted)
    return _judged(strings, known, info, scan)


def judge_words(
    words: Mapping[Place, str],
    known: KnownIdentifiers,
    *,
    info: PackageInfo | None = None,
    scan: TextScan | None = None,
) -> list[Failure]:
    """The same conditions on words that are published beside a package, such as an archive's message.

    Parameters
    ----------
    words : mapping of Place to str
        By where they will stand.
    known, info, scan
        As `judge_folder` takes them.

    Returns
    -------
    list of Failure
    """
    strings = Strings("words", {place: frozenset(text.splitlines()) for place, text in words.items()})
    return _judged([strings], known, info, scan)


def _judged(
    every: Iterable[Strings | ManyStrings],
    known: KnownIdentifiers,
    info: PackageInfo | None,
    scan: TextScan | None,
) -> list[Failure]:
    found: dict[tuple[Condition, str], dict[Place, set[Hashable]]] = {}
    hidden: set[str] = set()
    own = own_values(scan)
    for strings in every:
        # All are looked at first: only then it is known where each of them stands.
        told = [
            (hit.condition, hit.value, strings.mark(hit.text))
            for hit in hits(strings, known, scan, info, own)
        ]
        for condition, value, mark in told:
            places = found.setdefault((condition, value), {})
            for place in strings.places(mark):
                places.setdefault(place, set()).add(mark)
                if strings.kind == "names":
                    hidden.add(place.file)
    return [_failure(*each, hidden) for each in _causes(found)]


def _causes(
    found: Mapping[tuple[Condition, str], Mapping[Place, Set[Hashable]]],
) -> Iterator[tuple[Condition, int, Mapping[Place, int]]]:
    """Values that stand in the same places are told together: how many, and how many strings where."""
    together: dict[tuple[Condition, tuple[Place, ...]], list[Mapping[Place, Set[Hashable]]]] = {}
    for (condition, _), places in found.items():
        together.setdefault((condition, tuple(sorted(places))), []).append(places)
    for (condition, where), every in sorted(together.items(), key=lambda item: item[0]):
        counts = {place: len(set().union(*(own[place] for own in every))) for place in where}
        yield condition, len(every), counts


def _failure(condition: Condition, n_values: int, places: Mapping[Place, int], hidden: Set[str]) -> Failure:
    where = _told(places, hidden)
    many = n_values != 1
    match condition:
        case "known-identifiers":
            return Failure(
                "known-identifiers",
                f"{where}: {n_values} known identifier{'s' * many}",
                "Give the field another treatment, or correct the words of the schema or study.toml.",
            )
        case "residual-text":
            return Failure(
                "residual-text",
                f"{where}: {n_values} word{'s' * many} or number{'s' * many} that should have been replaced",
                "Report this as a defect: what was released was searched until nothing more was found.",
            )
        case "residual-identifiers":
            return Failure(
                "residual-identifiers",
                f"{where}: {n_values} number{'s' * many} or address{'es' * many} of a person's kind",
                "Give the field another treatment, or take it out of the words of the schema; an address "
                "for questions belongs into [package].",
            )
        case "residual-words":
            return Failure(
                "residual-words",
                f"{where}: {n_values} word{'s' * many} that may name somebody or something",
                "Look there: a programme or an institution may be named, a participant may not.",
                is_advice=True,
            )


def _told(places: Mapping[Place, int], hidden: Set[str]) -> str:
    """Files, and where in each, of which some are named; a file that is named after somebody is not."""
    by_file: dict[str, list[str]] = {}
    for place, n_strings in places.items():
        name = place.file
        if name in hidden:
            name = f"a file of {name.rpartition('/')[0] or 'the package'}"
        count = f", {n_strings} strings" if n_strings > 1 else ""
        by_file.setdefault(name, []).append(f"{place.where}{count}")
    files = [f"{name} ({_some(own, '; ')})" for name, own in by_file.items()]
    return _some(files, ", ")


def _some(items: Sequence[str], between: str) -> str:
    shown = list(items[:_SHOWN])
    more = [f"and {len(items) - _SHOWN} more"] if len(items) > _SHOWN else []
    return between.join(shown + more)
