"""Independent codings of a study -> a proposed consensus, a worksheet to settle, and the settled layer."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from ppdarchive.agreement.frames import Seen, coded_of
from ppdarchive.coders.tables import coded_tables
from ppdarchive.coding.consensus.items import Items, Material, Settled, consensus, disagreements
from ppdarchive.coding.consensus.page import page
from ppdarchive.coding.consensus.rules import Codings, Rule, clusters, propose
from ppdarchive.coding.consensus.settling import read_worksheet
from ppdarchive.coding.consensus.worksheet import Row, as_csv, worksheet
from ppdarchive.coding.project import CONSENSUS
from ppdarchive.errors import CodingError, UsageError
from ppdarchive.model.columns import values_of
from ppdarchive.model.table import Frame
from ppdarchive.pipeline import Progress


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """What a rule proposes for a study's independent codings.

    Attributes
    ----------
    study : str
        The study's id.
    rule : Rule
    material : Material
    items : Items
        What coders do not agree on, and all clusters behind it.
    """

    study: str
    rule: Rule
    material: Material
    items: Items

    @property
    def n_agreed(self) -> int:
        """Segments that all coders marked alike."""
        return int(self.items.clusters.is_agreed.sum())

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the worksheet."""
        return worksheet(self.items, self.material)

    def worksheet_csv(self, *, delimiter: str = ",") -> bytes:
        """The worksheet as a file for a spreadsheet; what participants wrote stands in it."""
        return as_csv(self.rows, self.material.coder_ids, delimiter=delimiter)

    def worksheet_page(self) -> str:
        """The worksheet as a page; what participants wrote stands in it."""
        return page(self.rows, study=self.study, rule=self.rule, n_agreed=self.n_agreed)

    def settle(self, data: bytes, *, name: str) -> Settled:
        """Read a worksheet that people filled in.

        Raises
        ------
        CodingError
            As `ppdarchive.coding.consensus.settling.read_worksheet`.
        """
        return read_worksheet(data, name=name, items=self.items, material=self.material)

    def codings_csv(self, settled: Settled | None = None, *, coder: str = CONSENSUS) -> str:
        """The consensus layer as rows of `codings`, for an ``[[export]]`` of the study.

        Parameters
        ----------
        settled : Settled, optional
            Without it every proposal stands.
        coder : str
            The id under which all coders together are known.
        """
        made = consensus(self.items, settled, coder=0)
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("response_id", "code_id", "coder_id", "start", "end", "stage"))
        columns = (made.response, made.code, made.start, made.end)
        for response, code, start, end in zip(*(column.tolist() for column in columns), strict=True):
            ids = (self.material.response_ids[response], self.material.code_ids[code])
            writer.writerow((*ids, coder, start, end, CONSENSUS))
        return out.getvalue()

    def __repr__(self) -> str:
        return f"<Proposal: {len(self.items)} items to settle>"


def propose_consensus(
    folder: Path,
    *,
    rule: Rule,
    first: str | None = None,
    seen: Seen = "all",
    progress: Progress = lambda _: None,
) -> Proposal:
    """Join a study's independent codings and propose a consensus.

    Parameters
    ----------
    folder : Path
        The study's folder, or a package's.
    rule : Rule
    first : str, optional
        The id of the first coder, for the rule ``first`` alone.
    seen : {"all", "own"}
        As in `ppdarchive.agreement.frames.coded_of`.
    progress : callable

    Returns
    -------
    Proposal

    Raises
    ------
    UsageError
        If a first coder is missing, unknown, or named for another rule.
    CodingError
        ``coding.nothing`` if fewer than two coders coded alone.
    FindingsError, LoadError, StudyError, SchemaError, ReadError
        As `coded_tables` does.
    """
    tables = coded_tables(folder, progress=progress)
    frames = tables.frames
    coded, units = coded_of(frames["responses"], frames["codings"], frames["codes"], seen=seen)
    if len(coded.coders) < 2:
        reason = "fewer than two coders have coded alone, so there is nothing to agree on"
        raise CodingError("coding.nothing", path=str(folder), reason=reason)
    if (rule is Rule.FIRST) != (first is not None):
        raise UsageError("usage.value", reason="--first names a coder for the rule `first`, and for no other")
    if first is not None and first not in coded.coders:
        raise UsageError("usage.value", reason="--first names none of those who coded alone")
    progress("joining segments")
    found = clusters(
        Codings.of(response=coded.unit, code=coded.code, coder=coded.coder, start=coded.start, end=coded.end),
        coded.rated,
    )
    proposal = propose(found, rule, first=None if first is None else coded.coders.index(first))
    responses = frames["responses"].iloc[units]
    titles = dict(zip(_texts(frames["codes"], "code_id"), _texts(frames["codes"], "title"), strict=True))
    material = Material(
        response_ids=_texts(responses, "response_id"),
        questions=_questions(responses, frames.get("questions")),
        texts=_texts(responses, "text"),
        code_ids=coded.codes,
        titles=tuple(titles[code] for code in coded.codes),
        coder_ids=coded.coders,
    )
    return Proposal(tables.name, rule, material, disagreements(found, proposal, material))


def _questions(responses: Frame, questions: Frame | None) -> tuple[str, ...]:
    """Each response's question, in the words that participants saw where the study has them."""
    if "question_id" not in responses:
        return ("",) * len(responses)
    ids = _texts(responses, "question_id")
    if questions is None or "wording" not in questions:
        return ids
    words = dict(zip(_texts(questions, "question_id"), _texts(questions, "wording"), strict=True))
    return tuple(words.get(each, each) for each in ids)


def _texts(frame: Frame, name: str) -> tuple[str, ...]:
    return tuple(str(value) for value in values_of(frame[name]).to_pylist())
