"""What a search found, as lines that a person can accept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from ppdarchive.model.schema import JsonValue, Schemas, Treatment
from ppdarchive.recoding.ladder import DROP
from ppdarchive.recoding.options import Column, Options
from ppdarchive.recoding.search import Search

_SLACK: Final = 1e-12
_WIDTH: Final = 76
"""Characters of a comment's line, without its mark."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Treatments to declare so that the release meets its criteria.

    Attributes
    ----------
    k : int
        What must be demanded for every condition to hold.
    declared_k : int
        What is demanded now.
    treatments : mapping of Column to Treatment
        Fields whose treatment changes, by table and name, in the schemas' order.
    declared : mapping of Column to Treatment
        What is declared for them now.
    losses : mapping of Column to float
        For each of them the share of its information that is lost, counted from what was collected.
    n_suppressed, n_participants : int
        Participants that are left out as well, of how many.
    max_suppressed : float
        The share of participants that may be left out.
    loss : float
        What is lost of the quasi-identifiers as collected, from 0 to 1.
    is_exact : bool
        Whether nothing that the levels allow loses less.
    n_nodes, n_counted : int
        Combinations of levels there are, and how many were counted.
    """

    k: int
    declared_k: int
    treatments: Mapping[Column, Treatment]
    declared: Mapping[Column, Treatment]
    losses: Mapping[Column, float]
    n_suppressed: int
    n_participants: int
    max_suppressed: float
    loss: float
    is_exact: bool
    n_nodes: int
    n_counted: int

    @property
    def toml(self) -> str:
        """The lines of study.toml to accept: ``[treatments.<table>]``, a line for each field."""
        lines = [f"# {line}" for words in self.words for line in wrap(words, _WIDTH)]
        terms = [f"k = {self.k}"] if self.k != self.declared_k else []
        if self.n_suppressed:
            terms.append(f"max_suppressed = {_toml(self.max_suppressed)}")
        if terms:
            lines += ["", "[release]", *terms]
        tables = dict.fromkeys(table for table, _ in self.treatments)
        for table in tables:
            lines += ["", f"[treatments.{_key(table)}]"]
            lines += [
                f"{_key(field)} = {_toml(_declaration(treatment))}  # {self.losses[own, field]:.0%} lost"
                for (own, field), treatment in self.treatments.items()
                if own == table
            ]
        return "\n".join(lines) + "\n"

    @property
    def json(self) -> dict[str, JsonValue]:
        """The same for programs: ``treatments[table][field]`` as it stands in a schema's disclosure."""
        treatments: dict[str, JsonValue] = {}
        for (table, field), treatment in self.treatments.items():
            own = treatments.setdefault(table, {})
            assert isinstance(own, dict)
            own[field] = _declaration(treatment)
        return {
            "k": self.k,
            "max_suppressed": self.max_suppressed,
            "suppressed": self.n_suppressed,
            "participants": self.n_participants,
            "loss": self.loss,
            "exact": self.is_exact,
            "combinations": self.n_nodes,
            "counted": self.n_counted,
            "treatments": treatments,
            "losses": {f"{table}.{field}": loss for (table, field), loss in self.losses.items()},
        }

    @property
    def words(self) -> tuple[str, ...]:
        """What is proposed and how sure it is, in sentences."""
        how = (
            f"the least of all {self.n_nodes:,} combinations of levels"
            if self.is_exact
            else f"the least of {self.n_counted:,} combinations counted, of {self.n_nodes:,}"
        )
        out = f"{self.n_suppressed} of {self.n_participants} participants are left out"
        return (f"k = {self.k}: {self.loss:.1%} of the information is lost, {how}; {out}.",)


def suggestion(
    schemas: Schemas,
    options: Options,
    search: Search,
    *,
    k: int,
    max_suppressed: float,
    declared_k: int | None = None,
) -> Suggestion | None:
    """Put what a search found into the words of a study; None if it found nothing.

    Parameters
    ----------
    schemas : mapping of str to Schema
        As declared.
    options : Options
        Whose ladders were searched.
    search : Search
    k : int
    max_suppressed : float
        As the search was called with.
    declared_k : int, optional
        What the study demands now; `k`, if not given.
    """
    best = search.best
    if best is None:
        return None
    declared = {
        (name, field.name): field.disclosure.treatment
        for name, schema in schemas.items()
        for field in schema
        if field.disclosure is not None
    }
    found = dict(options.treatments(best.node))
    losses = {
        column: loss
        for steps, loss in zip(options.steps, best.field_losses, strict=True)
        for column in steps[0]
    }
    # Of a field that tells no more than one value for all there is nothing to release.
    found = {
        column: DROP if losses[column] > 1 - _SLACK else treatment for column, treatment in found.items()
    }
    changed = {column: found[column] for column, now in declared.items() if found.get(column, now) != now}
    return Suggestion(
        k=k,
        declared_k=k if declared_k is None else declared_k,
        treatments=changed,
        declared={column: declared[column] for column in changed},
        losses={column: losses[column] for column in changed},
        n_suppressed=best.n_suppressed,
        n_participants=len(best.suppressed),
        max_suppressed=max_suppressed,
        loss=best.loss,
        is_exact=search.is_exact,
        n_nodes=search.n_nodes,
        n_counted=search.n_counted,
    )


def _declaration(treatment: Treatment) -> dict[str, JsonValue]:
    return {"method": treatment.method, **treatment.parameters}


def _toml(value: JsonValue) -> str:
    """A value as TOML writes it inside a line; null has no place in it."""
    match value:
        case dict():
            return "{" + ", ".join(f"{_key(key)} = {_toml(own)}" for key, own in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case None:
            raise ValueError("TOML has no null")
        case _:
            # JSON's texts, numbers and truth values are TOML's, but for the DEL that JSON leaves as it is.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _toml(name)
