"""A release is marked as superseded, withdrawn from use or erroneous; not a byte of it is touched.

The reason is published as it is written, to everybody who reads the archive. So it is looked at as the gate
looks at all words that are published, and refused if anything in it may identify somebody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ppdarchive.archive.opening import Where, open_object
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.tagger import Thresholds
from ppdarchive.errors import ArchiveError, UsageError
from ppdarchive.gate import Failure, Place, TextScan, judge_words, lowered
from ppdarchive.pipeline import validate_study
from ppdarchive.searching import engines_for, known_identifiers
from ppdarchive.store.lock import PATIENCE_SECONDS
from ppdarchive.store.records import MAX_WORDS, Mark, MarkKind, is_line, put_mark


@dataclass(frozen=True, slots=True)
class Marked:
    """A release that has a mark more.

    Attributes
    ----------
    object_id : str
    release : str
        What it is called.
    mark : Mark
    """

    object_id: str
    release: str
    mark: Mark


def mark_release(
    archive: Where,
    version: str,
    kind: MarkKind,
    reason: str,
    *,
    on: date,
    by: str | None = None,
    searched_with: Path | None = None,
    names_are_public: bool = False,
    study: str | None = None,
    audience: str | None = None,
    patience: float = PATIENCE_SECONDS,
) -> Marked:
    """Mark a release, for everybody who loads it.

    Parameters
    ----------
    archive : str or path
        A folder, or ``s3://BUCKET/PREFIX``.
    version : str
        ``1.2.0``, ``v3`` or ``latest``.
    kind : {"superseded", "withdrawn", "erratum"}
    reason : str
        One line, which is published.
    on : date
        The day that the mark bears.
    by : str, optional
        Of a superseded one: the release that takes its place.
    searched_with : Path, optional
        The study's folder: then the reason is searched for what is known of its participants too.
    names_are_public : bool
        Whether words that may name somebody or something are meant to be published: a programme, say.
        Known identifiers, numbers and addresses never are.
    study, audience : str, optional
        Needed where the archive has several objects.

    Raises
    ------
    ArchiveError
        ``archive.words`` if the reason may identify somebody; ``archive.no-such-release`` and what
        `open_object` raises.
    UsageError
        ``usage.value`` if `by` or `reason` does not make sense.
    StoreError
        What `ppdarchive.store.records.put_mark` raises.
    StudyError, SchemaError, ReadError
        If the study cannot be read.
    """
    opened = open_object(archive, study=study, audience=audience)
    release = opened.release(version)
    following = None if by is None else opened.release(by)
    if following is not None and kind != "superseded":
        raise UsageError("usage.value", reason="--by goes with --superseded")
    if following is not None and following.number == release.number:
        raise UsageError("usage.value", reason="a release cannot take its own place")
    if not is_line(reason):
        raise UsageError("usage.value", reason=f"a reason is one line of 1 to {MAX_WORDS} characters")
    for failure in reason_failures(reason, searched_with=searched_with):
        if not (failure.is_advice and names_are_public):
            raise ArchiveError("archive.words", found=failure.what)
    mark = Mark(release.number, kind, reason, on, following.name if following is not None else None)
    put_mark(opened.root, opened.id, mark, patience=patience, files=opened.files)
    return Marked(opened.id, release.name, mark)


def reason_failures(reason: str, *, searched_with: Path | None = None) -> list[Failure]:
    """What the gate says of a reason: what kind of thing is in it, and never the words.

    Parameters
    ----------
    reason : str
    searched_with : Path, optional
        The folder of a study, whose known identifiers are searched for too.
    """
    known = KnownIdentifiers([])
    engine, sooner = Engine(), Engine(thresholds=lowered(Thresholds()))
    if searched_with is not None:
        validation = validate_study(searched_with)
        known = known_identifiers(validation)
        engine, sooner = engines_for(validation.study, known)
    return judge_words({Place("the mark", "its reason"): reason}, known, scan=TextScan(engine, sooner, {}))
