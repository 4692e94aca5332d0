"""The conditions on a release together with all that are live, of one audience: what their holder learns.

Whoever holds all releases can lay them beside each other, since pseudonyms stay. Four readers are feared:

- *Who knows what* somebody is like joins the releases by pseudonym, cuts bands with each other and fills
  gaps (`ppdarchive.risk.joined`). The class of a participant is whoever in the new release has the same
  joined vector. Rule 6 of the design holds on this table as on any other, since it is one that a reader can
  make: so each class has at least k participants. Equal joined vectors mean that whatever true values fit one
  fit the other, so a class is never larger than the set that this reader is left with, whomever she looks
  for. Participants of earlier releases alone are in no class: she may know that somebody still takes part.
- *Who knows when* too: a spouse, a coach or a fellow participant knows when somebody enrolled, answered again
  or withdrew, and the releases that a participant is in say when she came and went. Her class is whoever is
  in the same releases, had the same joined vector before, and has the same now. A release is refused if it
  makes such a class of fewer than k: of those added, of those removed or left behind by them, and of those
  who stay and of whom it tells more than of others who were alike. A class that was small before, since
  participants were purged or somebody gave a reason, and that this release does not divide is not refused
  again.
- *Who looks for what was hidden*: words that the new release replaces and an earlier one shows are the
  answer key; so are cells and rows that are left out of few.
- *Who measures*: positions of codings in texts as they came in, and in redacted ones, tell the length of what
  was replaced; counts of one codebook, taken from those of the next, tell how many of whom are new
  (`ppdarchive.gate.counts`).

What only earlier releases tell of those who are gone was judged when they went.

References
----------
Byun, Sohn, Bertino and Li (2006), Secure anonymization for incremental datasets,
doi:10.1007/11844662_4 (difference and intersection attacks); Xiao and Tao (2007), m-invariance,
doi:10.1145/1247480.1247556.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from ppdarchive.deidentify.treatments.classes import hierarchy_of
from ppdarchive.gate.counts import judge_counts
from ppdarchive.gate.failures import Failure, n_of
from ppdarchive.gate.shown import ROWS, RedactedSpan, Shown, shown_beyond
from ppdarchive.model.hierarchy import Hierarchy
from ppdarchive.model.release import TreatedTable
from ppdarchive.model.schema import Schemas
from ppdarchive.risk.classes import classes_of
from ppdarchive.risk.history import Mask, Steps, steps
from ppdarchive.risk.joined import Joined, slimmed
from ppdarchive.risk.meanings import below_of
from ppdarchive.risk.vectors import Vectors
from ppdarchive.study.config import Release

Tables = Mapping[str, TreatedTable]
Places = Mapping[tuple[str, str], tuple[int, int]]
"""By table and field, at how many places in how many texts."""


@dataclass(frozen=True, slots=True, repr=False)
class LiveRelease:
    """An earlier release that can still be read.

    Attributes
    ----------
    version : str
    tables : mapping of str to TreatedTable
        As it was published. Each table is asked for once, and let go before the next one; those of the last
        release once more, where rows are not public.
    """

    version: str
    tables: Tables

    def __repr__(self) -> str:
        return f"<LiveRelease {self.version}: {len(self.tables)} tables>"


def judge_releases(
    tables: Tables,
    live: Sequence[LiveRelease],
    release: Release,
    *,
    schemas: Schemas = MappingProxyType({}),
    surrogates: bool = True,
) -> list[Failure]:
    """The conditions on a release together with all that are live.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        What would be published.
    live : sequence of LiveRelease
        All releases of the audience that can still be read, the oldest first.
    release : Release
        Its k.
    schemas : mapping of str to Schema
        As tables come in, with their treatments: the hierarchies of fields that are generalized. Those that
        ship with the package are known anyway.
    surrogates : bool
        Whether the new release puts words in place of words: then any other word in an answer may stand for
        one that was redacted. If not, what was corrected and has no mark in its place hides nothing.
        The record of the edits (`TextScan.replaced`) can't tell which: where several answers came out as one
        text it has no more than what was replaced in all of them.

    Returns
    -------
    list of Failure
        Empty if there is no live release. ``redacts-more`` can't be overridden; all others can.
    """
    if not live:
        return []
    hierarchies = _hierarchies(schemas)
    joined = Joined(hierarchies)
    below = below_of([each for own in hierarchies.values() for each in own])
    places: list[tuple[str, Places]] = []
    shown: list[tuple[str, Shown]] = []
    for each in live:
        found = shown_beyond(each.version, each.tables, tables, below=below, surrogates=surrogates)
        joined.add(found.tables)
        places.append((each.version, _places(found)))
        shown.append((each.version, replace(found, tables=MappingProxyType({}), spans=())))
    before = joined.vectors().classes().of
    joined.add({name: slimmed(table) for name, table in tables.items()})
    *earlier, now = joined.present
    vectors = joined.vectors()
    k = release.limits.k
    versions = _joined_words([each.version for each in live])
    found_steps = steps(earlier, now, before, vectors.classes().of, k=k)
    return [
        *_join(vectors, now, k, versions),
        *_came_and_went(found_steps, k, live[-1].version),
        *_answer_keys(places),
        *_few_hidden(shown, k),
        *_lengths(shown),
        *judge_counts(tables, live[-1].tables, release, version=live[-1].version),
    ]


def more_redacted(
    tables: Tables, live: Sequence[LiveRelease], *, surrogates: bool = True
) -> tuple[RedactedSpan, ...]:
    """Find the words that live releases show and a release would replace or leave out.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
        What would be published.
    live : sequence of LiveRelease
    surrogates : bool
        As `judge_releases`.

    Returns
    -------
    tuple of RedactedSpan
        By release. Of a text where more than one reading is possible, what any of them says.
    """
    below = below_of(())
    found = (
        shown_beyond(each.version, each.tables, tables, below=below, surrogates=surrogates) for each in live
    )
    return tuple(span for each in found for span in each.spans)


def _hierarchies(schemas: Schemas) -> dict[tuple[str, str], tuple[Hierarchy, ...]]:
    return {
        (name, field.name): (hierarchy_of(field)[0],)
        for name, schema in schemas.items()
        for field in schema
        if field.disclosure is not None and field.disclosure.treatment.method == "generalize"
    }


# -- the join -------------------------------------------------------------------------------------


def _join(vectors: Vectors, now: Mask, k: int, versions: str) -> Iterator[Failure]:
    """The condition that every class in the join has at least k participants."""
    sizes = vectors.classes(counted=now).sizes
    if not len(sizes) or sizes.min() >= k:
        return
    n_below = int(sizes[sizes < k].sum())
    yield Failure(
        "joined-releases",
        f"joined with {versions}, k is {sizes.min()}, and {k} is demanded: {n_below} of {sizes.sum()} "
        f"participants share all that the releases tell together with fewer others"
        f"{_cheapest(vectors, now, k, n_below)}",
        "Treat the fields as in the live releases: other bands, or values that one release shows and "
        "another does not, tell more together than each alone. Who is still told apart can be left out, or "
        "purged from the live releases with `ppdarchive purge`.",
        overridable=True,
    )


def _cheapest(vectors: Vectors, now: Mask, k: int, n_below: int) -> str:
    """Which one field does most of it."""
    best, least = "", n_below
    for place, name in enumerate(vectors.names):
        rest = [column for other, column in enumerate(vectors.columns) if other != place]
        sizes = classes_of(rest, counted=now).sizes if rest else np.array([int(now.sum())])
        without = int(sizes[sizes < k].sum())
        if without < least:
            best, least = name, without
    return f"; without {best} it would be {least}" if best else "; no one field alone helps"


# -- what came and went ---------------------------------------------------------------------------


def _came_and_went(found: Steps, k: int, last: str) -> Iterator[Failure]:
    if found.n_few_added:
        yield Failure(
            "added-participants",
            f"{n_of(found.n_added, 'participant')} new since {last}"
            f"{_of_these(found.n_added, found.n_few_added, k)}",
            "Let them wait for the next release, until enough are new: leave the newest export out of "
            "study.toml, or publish later.",
            overridable=True,
        )
    if found.n_few_removed or found.n_left_behind:
        behind = f", and leave {found.n_left_behind} behind in groups of fewer" if found.n_left_behind else ""
        yield Failure(
            "removed-participants",
            f"{n_of(found.n_removed, 'participant')} of {last} gone"
            f"{_of_these(found.n_removed, found.n_few_removed, k)}{behind}",
            "Purge them from the live releases too, with `ppdarchive purge`, or release them again until "
            "enough are gone.",
            overridable=True,
        )
    if found.n_few_changed:
        yield Failure(
            "changed-participants",
            f"{found.n_changed} participants who are in {last} too were alike and are no longer, as new "
            f"answers make them{_of_these(found.n_changed, found.n_few_changed, k)}",
            "Let the new answers wait for the next release, until enough have answered: leave the newest "
            "export out of study.toml, or publish later.",
            overridable=True,
        )


def _of_these(n: int, n_few: int, k: int) -> str:
    if n < k:
        return f", and none or {k} are demanded"
    return f": {n_few} of them with fewer than {k - 1} others of whom the same is told"


# -- answer keys ----------------------------------------------------------------------------------


def _places(shown: Shown) -> Places:
    """How many words and texts of each field a live release shows and the new one does not."""
    found: dict[tuple[str, str], tuple[int, set[tuple[str, ...]]]] = {}
    for span in shown.spans:
        n_places, keys = found.get((span.table, span.field), (0, set()))
        keys.add(span.key)
        found[span.table, span.field] = n_places + 1, keys
    return {field: (n_places, len(keys)) for field, (n_places, keys) in found.items()}


def _answer_keys(places: Sequence[tuple[str, Places]]) -> Iterator[Failure]:
    """The condition that no live release shows words that this one hides."""
    told: dict[tuple[str, str], list[str]] = {}
    for version, own in places:
        for field, (n_places, n_texts) in own.items():
            words = f"{n_of(n_places, 'place')} in {n_of(n_texts, 'text')} of {version}"
            told.setdefault(field, []).append(words)
    for (table, name), versions in told.items():
        yield Failure(
            "redacts-more",
            f"{table}.{name}: words that this release replaces or leaves out stand at "
            f"{_joined_words(versions)}",
            "Purge the live releases of the same words first: `ppdarchive purge ARCHIVE --spans FILE`. What "
            "differs between two releases would be the list of what was found worth hiding.",
        )


def _few_hidden(shown: Sequence[tuple[str, Shown]], k: int) -> Iterator[Failure]:
    """The condition that no live release shows cells or rows that this one hides of few."""
    for version, each in shown:
        for few in each.hidden:
            if few.n_participants < k:
                what = "rows" if few.field == ROWS else f"values of {few.field}"
                yield Failure(
                    "suppresses-more",
                    f"{few.table}: {what} of {n_of(few.n_participants, 'participant')} that {version} shows "
                    f"are left out or coarser, and none or {k} are demanded",
                    "Leave out the same in all releases: purge whom it concerns from the live ones with "
                    "`ppdarchive purge`, or publish what they already show.",
                    overridable=True,
                )


def _lengths(shown: Sequence[tuple[str, Shown]]) -> Iterator[Failure]:
    """The condition that positions of codings do not tell how long replaced words were."""
    for version, each in shown:
        for table in each.moved:
            yield Failure(
                "moved-codings",
                f"{table}: positions in texts that {version} or this release does not show tell how long "
                "replaced words were",
                "Drop `start` and `end` where texts are dropped, or release texts as the live releases do.",
                overridable=True,
            )


def _joined_words(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
