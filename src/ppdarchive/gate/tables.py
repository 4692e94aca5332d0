"""The conditions on treated tables, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ppdarchive.gate.failures import Failure
from ppdarchive.model.release import PackageInfo, TreatedTable
from ppdarchive.model.schema import Treatment
from ppdarchive.validate.typed import broken_typed


def judge_tables(
    tables: Mapping[str, TreatedTable], info: PackageInfo, *, without_consent: int
) -> list[Failure]:
    """The conditions on treated tables, before anything is written.

    Parameters
    ----------
    tables : mapping of str to TreatedTable
    info : PackageInfo
    without_consent : int
        Participants among those released who did not consent; counted by whoever knows them.

    Returns
    -------
    list of Failure
        Empty if all conditions hold.
    """
    return [
        *_something_is_left(tables),
        *_schema_holds(tables),
        *_everything_is_declared(tables),
        *_consent_holds(without_consent),
        *_terms_are_named(info),
    ]


def _something_is_left(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    if not any(len(table.frame) for table in tables.values()):
        yield Failure(
            "not-empty",
            "no row of any table is left to release",
            "See who consented, and which fields the schemas release.",
        )


def _schema_holds(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    for rule, n_rows in broken_typed({name: (t.schema, t.frame) for name, t in tables.items()}).items():
        yield Failure(
            "schema",
            f"{rule.id}: {n_rows} released rows break it ({rule.demand})",
            "Change the field's treatment or its constraints, so that what is released satisfies them.",
        )


def _everything_is_declared(tables: Mapping[str, TreatedTable]) -> Iterable[Failure]:
    for name, table in tables.items():
        undeclared = [column for column in table.frame.columns if column not in table.schema]
        undecided = [
            field.name
            for field in table.schema
            if field.disclosure is None or field.disclosure.treatment != Treatment("keep")
        ]
        if undeclared or undecided:
            yield Failure(
                "declared",
                f"table {name}: {len(undeclared) + len(undecided)} columns are not declared for release",
                "Give each field a role and a treatment in its schema.",
            )


def _consent_holds(without_consent: int) -> Iterable[Failure]:
    if without_consent:
        yield Failure(
            "consent",
            f"{without_consent} participants without consent to share are among the released",
            "Report this as a defect: they should have been left out.",
        )


def _terms_are_named(info: PackageInfo) -> Iterable[Failure]:
    if not info.licenses:
        yield Failure(
            "license",
            "the package names no licence",
            "Name one under [[package.licenses]] in study.toml.",
        )
    if not info.contributors:
        yield Failure(
            "contributors",
            "the package names nobody to cite",
            "Name them under [[package.contributors]] in study.toml.",
        )
