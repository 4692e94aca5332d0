"""Rules -> pandera checks, and the rows that fail them; the only importer of pandera.

A check hands the rows that fail to its caller and tells pandera only whether there were any: the
cells stay in the frame, and pandera's exceptions, which carry the frame and print cells, end here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaErrorReason, SchemaErrors

from ppdarchive.model.columns import encode, values_of
from ppdarchive.model.dtypes import arrow_type, pandas_dtype
from ppdarchive.model.finding import Rule, RuleKind
from ppdarchive.model.schema import Field, Kind, Scalar, Schema
from ppdarchive.model.table import Frame
from ppdarchive.validate.keys import repeated
from ppdarchive.validate.rules import rules

Rows = npt.NDArray[np.int64]

VALUE_RULES = frozenset(
    {
        RuleKind.UNIQUE,
        RuleKind.MINIMUM,
        RuleKind.MAXIMUM,
        RuleKind.EXCLUSIVE_MINIMUM,
        RuleKind.EXCLUSIVE_MAXIMUM,
        RuleKind.MIN_LENGTH,
        RuleKind.MAX_LENGTH,
        RuleKind.PATTERN,
        RuleKind.ENUM,
    }
)
"""Rules that a typed value can break, alone or among the values of its column."""


def pandera_schema(schema: Schema) -> pandera.DataFrameSchema:
    """The rules on values of `schema` as a pandera schema, for frames that are typed already.

    Its checks are named by rule id. They give pandera a verdict for each row, so its reports show
    failing cells: it is for the bench, not for reports that others see.
    """
    return _pandera_schema(schema, rules(schema), report=None)


def failing_rows(schema: Schema, frame: Frame) -> dict[Rule, Rows]:
    """Run all rules on values over a typed frame and return the rows that break each.

    Parameters
    ----------
    schema : Schema
    frame : Frame, shape (n_rows, n_fields)
        Typed as `ppdarchive.model.dtypes` says; nulls break no rule.

    Returns
    -------
    dict of Rule to ndarray of int64
        Only rules that some row breaks.
    """
    failed: dict[Rule, Rows] = {}
    wanted = [rule for rule in rules(schema) if rule.kind in VALUE_RULES and rule.fields[0] in frame]
    checker = _pandera_schema(schema, wanted, report=failed.__setitem__)
    unexplained: list[str] = []
    try:
        checker.validate(frame, lazy=True, inplace=True)
    except SchemaErrors as errors:
        unexplained = [
            f"{error.reason_code.value}: {getattr(error.check, 'name', None) or error.schema.name}"
            for error in errors.schema_errors
            if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK
        ]
    if unexplained:
        raise AssertionError(f"checks that could not run: {', '.join(unexplained)}")
    return failed


def _pandera_schema(
    schema: Schema,
    wanted: Iterable[Rule],
    *,
    report: Callable[[Rule, Rows], None] | None,
) -> pandera.DataFrameSchema:
    by_field: dict[str, list[pandera.Check]] = {}
    for rule in wanted:
        if rule.kind in VALUE_RULES:
            field = schema[rule.fields[0]]
            by_field.setdefault(field.name, []).append(_column_check(rule, field, report))
    columns = {
        name: pandera.Column(pandas_dtype(schema[name]), checks, nullable=True)
        for name, checks in by_field.items()
    }
    return pandera.DataFrameSchema(columns, name=schema.name)


def _column_check(rule: Rule, field: Field, report: Callable[[Rule, Rows], None] | None) -> pandera.Check:
    def verdict(series: pd.Series) -> pd.Series | bool:
        rows = broken_rows(series, rule, field)
        return _tell(rule, rows, series.index, report)

    return pandera.Check(verdict, name=rule.id, ignore_na=False)


def _tell(
    rule: Rule, rows: Rows, index: pd.Index, report: Callable[[Rule, Rows], None] | None
) -> pd.Series | bool:
    if report is None:
        holds = np.ones(len(index), dtype=bool)
        holds[rows] = False
        return pd.Series(holds, index=index)
    if len(rows):
        report(rule, rows)
    return len(rows) == 0


def broken_rows(series: pd.Series, rule: Rule, field: Field) -> Rows:
    """Rows of one typed column that break `rule`; nulls break nothing."""
    if rule.kind is RuleKind.UNIQUE:
        return repeated(series.to_frame(field.name), [field.name])
    if rule.kind is RuleKind.ENUM and field.categories is not None:
        assert isinstance(rule.operand, tuple)
        known = [place for place, each in enumerate(field.categories) if each.value in rule.operand]
        codes = series.cat.codes.to_numpy()
        return np.flatnonzero((codes >= 0) & ~np.isin(codes, known)).astype(np.int64)
    values = values_of(series)
    if values.null_count == len(values):
        return np.empty(0, dtype=np.int64)
    holds = _holds(values, rule, field)
    # A null comes out as null and is neither: `invert` keeps it, `fill_null` lets it pass.
    return np.flatnonzero(np.asarray(pc.fill_null(pc.invert(holds), False))).astype(np.int64)


_COMPARE: Mapping[RuleKind, Callable[..., pa.ChunkedArray]] = {
    RuleKind.MINIMUM: pc.greater_equal,
    RuleKind.MAXIMUM: pc.less_equal,
    RuleKind.EXCLUSIVE_MINIMUM: pc.greater,
    RuleKind.EXCLUSIVE_MAXIMUM: pc.less,
    RuleKind.MIN_LENGTH: pc.greater_equal,
    RuleKind.MAX_LENGTH: pc.less_equal,
}


def _holds(values: pa.ChunkedArray, rule: Rule, field: Field) -> pa.ChunkedArray:
    operand = rule.operand
    if rule.kind is RuleKind.PATTERN:
        assert isinstance(operand, str)
        return matches(values, operand)
    if rule.kind is RuleKind.ENUM:
        assert isinstance(operand, tuple)
        known = pc.is_in(values, value_set=pa.array(_as_type(operand, field), type=values.type))
        return pc.if_else(pc.is_valid(values), known, pa.scalar(None, pa.bool_()))
    if rule.kind in (RuleKind.MIN_LENGTH, RuleKind.MAX_LENGTH):
        length = pc.list_value_length if field.kind is Kind.LIST else pc.utf8_length
        return _COMPARE[rule.kind](length(values), pa.scalar(operand, pa.int32()))
    assert operand is not None
    assert not isinstance(operand, tuple)
    (bound,) = _as_type((operand,), field)
    return _COMPARE[rule.kind](values, pa.scalar(bound, type=arrow_type(field)))


def _as_type(operands: Sequence[Scalar], field: Field) -> list[Scalar]:
    return [float(value) + 0.0 for value in operands] if field.kind is Kind.NUMBER else list(operands)  # type: ignore[arg-type]


# What RE2 and Python's `re` understand alike: plain characters, classes of plain characters and
# ranges, groups, alternatives, repetition. No escapes but of punctuation, no (?...), no anchors.
_SHARED_SYNTAX = re.compile(
    r"(?:[A-Za-z0-9 _@#%&=<>!~,;:/'\"-]|\\[.\-/()+*?|\[\]{}^$]"
    r"|\[[A-Za-z0-9 _.,;:@#%&=<>!~/'\"+*?()-]+\]|\((?!\?)|\)|\||[*+?](?![*+?])"
    r"|\{[0-9]{1,3}(?:,[0-9]{0,3})?\}(?![*+?{]))*"
)


def matches(values: pa.ChunkedArray, pattern: str) -> pa.ChunkedArray:
    """Whether each text matches `pattern` as a whole, as Python's `re.fullmatch` does; null for null.

    Arrow's engine (RE2) does it where the two agree on the syntax, else each distinct text is
    matched by `re`.
    """
    if _SHARED_SYNTAX.fullmatch(pattern):
        try:
            return pc.match_substring_regex(values, f"^(?:{pattern})$")
        except pa.ArrowInvalid:  # a pattern that RE2 finds too large
            pass
    compiled = re.compile(pattern)
    distinct, rows = encode(values)
    verdicts = pa.array([compiled.fullmatch(text) is not None for text in distinct], pa.bool_())
    return pa.chunked_array([verdicts.take(pa.array(rows, mask=rows < 0))])
