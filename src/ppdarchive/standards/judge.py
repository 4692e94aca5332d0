"""What a standard says of every field of a study, and of the study itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from ppdarchive.model.schema import Field, Role, Schema, Schemas
from ppdarchive.model.treatment import PARTICIPANTS
from ppdarchive.standards.classes import CLASSES, SECTION
from ppdarchive.standards.classify import NO_CLASS, Membership, is_of_another, memberships
from ppdarchive.standards.satisfied import Place, Verdict, method_of, safe_harbor


@dataclass(frozen=True, slots=True)
class Facts:
    """What the study says of its release, and what was measured.

    Attributes
    ----------
    released_on : date or None
        Ages are counted to its year.
    no_actual_knowledge : bool
        Whether it was stated that nobody who releases knows how to identify anyone.
    dua : str or None
        The id of the data use agreement.
    statement : str or None
        The id of the expert's statement.
    determined_on : date or None
        Its date.
    risk : mapping of str to float
        The figures of risk that the statement rests on, by name.
    """

    released_on: date | None = None
    no_actual_knowledge: bool = False
    dua: str | None = None
    statement: str | None = None
    determined_on: date | None = None
    risk: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Row:
    """What a standard says of a field in one class, or of the study.

    Attributes
    ----------
    table, field : str
        Empty for what concerns the study.
    letter : str
        The class, A to R; ``A-R`` for a text, in which anything may stand; ``-`` for none.
    paragraph : str
        Where the rule stands.
    treatment : str
        The field's.
    satisfied : bool or None
        None if it is for a person to judge.
    why, remedy : str
    """

    table: str
    field: str
    letter: str
    paragraph: str
    treatment: str
    satisfied: bool | None
    why: str
    remedy: str = ""


def judge(schemas: Schemas, standard: str, facts: Facts | None = None) -> tuple[Row, ...]:
    """Hold a study's schemas against a standard.

    Parameters
    ----------
    schemas : mapping of str to Schema
        As they come in, with their treatments.
    standard : str
        ``safe-harbor``, ``limited-data-set`` or ``expert-determination``.
    facts : Facts, optional

    Returns
    -------
    tuple of Row
        For every field one row for each class that it falls into, or one that says it is in none; then
        what concerns the study. The standard is satisfied if no row is false.

    Raises
    ------
    KeyError
        If there is no such standard.

    References
    ----------
    45 CFR 164.514(b)(1), (b)(2), (c), (e)
    """
    of_field, of_study = STANDARDS[standard]
    given = facts or Facts()
    year = None if given.released_on is None else given.released_on.year
    rows = [
        row
        for schema in schemas.values()
        for own in schema
        for row in _field_rows(own, Place(schema, schemas, year), of_field)
    ]
    return (*rows, *of_study(given))


_OfField = Callable[[Field, Membership, Place], tuple[str, Verdict]]


def _field_rows(own: Field, place: Place, of_field: _OfField) -> Iterator[Row]:
    method, table = method_of(own), place.schema.name
    if own.disclosure is None:
        why = "nothing is declared of it, so it is not released"
        yield Row(table, own.name, "-", f"{SECTION}(b)(2)(i)", "drop", True, why)
        return
    if own.disclosure.role is Role.FREE_TEXT or method == "text":
        yield Row(table, own.name, "A-R", f"{SECTION}(b)(2)(i)", method, *_text(method))
        return
    found = memberships(own) or _row_key(own, place)
    for each in found:
        paragraph, verdict = of_field(own, each, place)
        whose = "; of a relative, household member or employer" if is_of_another(own) else ""
        why = f"{CLASSES[each.letter].what} ({each.why}{whose}): {verdict.why}"
        yield Row(
            table, own.name, each.letter, paragraph, method, verdict.satisfied, why,
            "" if verdict.satisfied else verdict.remedy,
        )  # fmt: skip
    if not found:
        yield Row(table, own.name, "-", f"{SECTION}(b)(2)(i)", method, True, _no_class(own))


def _text(method: str) -> tuple[bool, str, str]:
    if method == "drop":
        return True, "it is not released", ""
    if method == "text":
        return True, "the text engine looks for every class, and the gate once more in what is left", ""
    return False, "anything may stand in a text, and nothing looks for it", 'treat it with {"method": "text"}'


def _row_key(own: Field, place: Place) -> tuple[Membership, ...]:
    """A key of rows that belong to participants is a code, whatever its role and name."""
    if own.disclosure is None or own.disclosure.identifier == NO_CLASS:
        return ()
    schema = place.schema
    alone = [key for key in (schema.primary_key, *schema.unique_keys) if key == (own.name,)]
    names_rows = alone or own.constraints.unique
    if names_rows and (schema.name == PARTICIPANTS or _leads_to_participants(schema, place.schemas)):
        return (Membership("R", "it names a row that belongs to a participant"),)
    return ()


def _leads_to_participants(schema: Schema, schemas: Schemas) -> bool:
    seen, waiting = set(), [schema.name]
    while waiting:
        name = waiting.pop()
        if name == PARTICIPANTS:
            return True
        if name not in seen and name in schemas:
            seen.add(name)
            waiting += [key.resource for key in schemas[name].foreign_keys]
    return False


def _no_class(own: Field) -> str:
    assert own.disclosure is not None
    if own.disclosure.identifier == NO_CLASS:
        return "it is declared to be in none of the classes"
    return "neither its name nor its type, form or role tells of a class"


# -- safe harbor ----------------------------------------------------------------------------------


def _safe_harbor(own: Field, each: Membership, place: Place) -> tuple[str, Verdict]:
    return CLASSES[each.letter].paragraph, safe_harbor(own, each, place)


def _safe_harbor_study(facts: Facts) -> Iterator[Row]:
    stated = facts.no_actual_knowledge
    why = (
        "it was stated that nobody who releases knows how to identify anyone in it"
        if stated
        else "whoever releases must not know how the rest could identify anyone; no program can tell"
    )
    yield Row("", "", "-", f"{SECTION}(b)(2)(ii)", "", True if stated else None, why,
              "" if stated else "ask those who know the participants, and state it")  # fmt: skip


# -- limited data set -----------------------------------------------------------------------------


def _limited(own: Field, each: Membership, place: Place) -> tuple[str, Verdict]:
    """Names, addresses and numbers go; towns, ZIP codes, dates and other codes may stay."""
    law = CLASSES[each.letter]
    if law.limited is None:
        return law.limited_paragraph, Verdict(True, "a limited data set may hold it")
    if each.letter == "B" and each.aspect != "street":
        return law.limited_paragraph, Verdict(True, "a town, a state, a ZIP code or an area may stay")
    return law.limited_paragraph, safe_harbor(own, each, place)


def _limited_study(facts: Facts) -> Iterator[Row]:
    has_dua = bool(facts.dua)
    why = (
        "a data use agreement is named"
        if has_dua
        else "a limited data set goes to nobody without an agreement"
    )
    remedy = "" if has_dua else "name the agreement: `dua` under [release.approval]"
    yield Row("", "", "-", f"{SECTION}(e)(4)", "", has_dua, why, remedy)


# -- expert determination -------------------------------------------------------------------------

_OBVIOUS: Final = frozenset("ADEFGHIJKLMNOPQ")
"""Classes that name a person by themselves: no expert finds their risk to be very small."""


def _expert(own: Field, each: Membership, place: Place) -> tuple[str, Verdict]:
    verdict = safe_harbor(own, each, place)
    paragraph = f"{SECTION}(b)(1)"
    if verdict.satisfied or each.letter in _OBVIOUS:
        return paragraph, verdict
    return paragraph, Verdict(
        None, f"{verdict.why}; the expert's statement must say why the risk is very small"
    )


def _expert_study(facts: Facts) -> Iterator[Row]:
    needs = (
        (
            "(b)(1)",
            bool(facts.statement),
            "the id of the expert's statement",
            "`statement` under [release.expert]",
        ),
        (
            "(b)(1)",
            facts.determined_on is not None,
            "the date of the statement",
            "`date` under [release.expert]",
        ),
        ("(b)(1)(ii)", bool(facts.risk), "the figures of risk that justify it", "have the risk measured"),
    )
    for clause, there, what, remedy in needs:
        why = f"{what} {'is' if there else 'is not'} there" if "figures" not in what else (
            f"{what} {'are' if there else 'are not'} there"
        )  # fmt: skip
        yield Row("", "", "-", f"{SECTION}{clause}", "", there, why, "" if there else remedy)


STANDARDS: Final[Mapping[str, tuple[_OfField, Callable[[Facts], Iterator[Row]]]]] = MappingProxyType(
    {
        "safe-harbor": (_safe_harbor, _safe_harbor_study),
        "limited-data-set": (_limited, _limited_study),
        "expert-determination": (_expert, _expert_study),
    }
)

__all__ = ["STANDARDS", "Facts", "Row", "judge"]
