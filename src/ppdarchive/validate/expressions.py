"""A study's own rules as expressions over a row's fields: a small, safe part of Python's syntax.

    start < end
    is_null(coach_id) or coach_calls > 0
    enrolled_on >= date("2016-01-01") and age - n_children >= 12
    wave in ["post", "3_month"] or is_null(score)

Nulls behave as in SQL: a comparison with one is neither true nor false, and a row breaks a rule only
where the rule is false. Everything runs on whole columns; nothing is ever executed as Python.
"""

from __future__ import annotations

import ast
import copy
import re
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ppdarchive.model.columns import values_of
from ppdarchive.model.dtypes import arrow_type
from ppdarchive.model.schema import Schema
from ppdarchive.model.table import Frame

Rows = npt.NDArray[np.int64]
_Value = Any  # a ChunkedArray or a Scalar of Arrow


def _days(value: _Value) -> _Value:
    if not pa.types.is_date(value.type):
        raise TypeError  # Arrow would read numbers out of texts
    return pc.cast(pc.cast(value, pa.int32()), pa.int64())


_COMPARE: Final[Mapping[type[ast.cmpop], Callable[[_Value, _Value], _Value]]] = {
    ast.Eq: pc.equal,
    ast.NotEq: pc.not_equal,
    ast.Lt: pc.less,
    ast.LtE: pc.less_equal,
    ast.Gt: pc.greater,
    ast.GtE: pc.greater_equal,
}
_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[_Value, _Value], _Value]]] = {
    ast.Add: pc.add_checked,
    ast.Sub: pc.subtract_checked,
    ast.Mult: pc.multiply_checked,
}
_FUNCTIONS: Final[Mapping[str, Callable[[_Value], _Value]]] = {
    "is_null": pc.is_null,
    "length": lambda value: pc.cast(pc.utf8_length(value), pa.int64()),
    "lower": pc.utf8_lower,
    "abs": pc.abs_checked,
    "year": pc.year,
    "days": _days,
}
_WORDS: Final[Mapping[type[ast.expr], str]] = {
    ast.BinOp: "arithmetic other than + - *",
    ast.UnaryOp: "a sign other than -",
    ast.Constant: "a constant other than a number, a text, True and False",
    ast.JoinedStr: "an f-string",
    ast.IfExp: "an if",
    ast.NamedExpr: "an assignment",
}
_MAX_LENGTH: Final = 2000
_MAX_DEPTH: Final = 50


class ExpressionError(ValueError):
    """An expression that cannot be used; the message tells why and holds no data."""


def fields_of(expression: str, schema: Schema) -> tuple[str, ...]:
    """Check an expression against a schema and return the fields that it speaks of.

    Raises
    ------
    ExpressionError
        If it is no expression, uses what is not allowed, names a field that the schema does not
        have, compares what cannot be compared, or is not true or false.
    """
    tree = _parse(expression)
    columns = {field.name: field for field in schema.with_companions}
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called]
    used = tuple(dict.fromkeys(names))
    for name in used:
        if name not in columns:
            raise ExpressionError(f"the table has no field {name!r}")
    if not used:
        raise ExpressionError("the expression speaks of no field")
    empty = {name: pa.chunked_array([], type=arrow_type(columns[name])) for name in used}
    result = _try(tree, empty)
    if not pa.types.is_boolean(result.type):
        raise ExpressionError("the expression is neither true nor false")
    return used


def broken_by(expression: str, schema: Schema) -> Callable[[Frame], Rows]:
    """The function that finds the rows of a typed frame where `expression` is false.

    Raises
    ------
    ExpressionError
        As `fields_of` does.
    """
    used = fields_of(expression, schema)
    tree = _parse(expression)

    def broken(frame: Frame) -> Rows:
        result = _judge(tree, {name: values_of(frame[name]) for name in used})
        if isinstance(result, pa.Scalar):  # such as `age in []`
            result = pa.chunked_array([pa.repeat(result, len(frame))])
        return np.flatnonzero(np.asarray(pc.fill_null(pc.invert(result), False))).astype(np.int64)

    return broken


def _parse(expression: str) -> ast.expr:
    tree: ast.expr | None = None
    if len(expression) <= _MAX_LENGTH:
        try:
            with warnings.catch_warnings():
                # Python remarks on a pattern's "\\d"; it means what it says.
                warnings.simplefilter("ignore")
                tree = ast.parse(expression.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = None
    if tree is None or _depth(tree) > _MAX_DEPTH:
        raise ExpressionError("not an expression that can be understood")
    return tree


def _depth(tree: ast.AST) -> int:
    level, depth = [tree], 0
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _judge(tree: ast.expr, columns: Mapping[str, pa.ChunkedArray]) -> _Value:
    """Evaluate over rows; where 64-bit integers are too small, or no float keeps them, as floats."""
    try:
        return _evaluate(tree, columns)
    except pa.ArrowInvalid:
        pass
    wide = {
        name: pc.cast(column, pa.float64(), safe=False) if pa.types.is_integer(column.type) else column
        for name, column in columns.items()
    }
    return _try(_Widened().visit(copy.deepcopy(tree)), wide)


class _Widened(ast.NodeTransformer):
    """Whole numbers of an expression as floats."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(float(node.value)) if type(node.value) is int else node


def _try(tree: ast.expr, columns: Mapping[str, pa.ChunkedArray]) -> _Value:
    """Evaluate; what Arrow refuses becomes our own refusal, without Arrow's words (they show values)."""
    reason = ""
    try:
        return _evaluate(tree, columns)
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError, TypeError):
        reason = "the types of its parts do not go together"
    except (pa.ArrowInvalid, OverflowError):
        reason = "a number in it is too large"
    except UnicodeEncodeError:
        reason = "a text in it is none"
    raise ExpressionError(reason)


def _evaluate(node: ast.expr, columns: Mapping[str, pa.ChunkedArray]) -> _Value:
    def value(part: ast.expr) -> _Value:
        return _evaluate(part, columns)

    match node:
        case ast.Constant(value=bool() | int() | float() | str() as constant):
            return pa.scalar(constant)
        case ast.Name(id=name):
            return columns[name]
        case ast.BoolOp(op=operator, values=parts):
            combine = pc.and_kleene if isinstance(operator, ast.And) else pc.or_kleene
            result = value(parts[0])
            for part in parts[1:]:
                result = combine(result, value(part))
            return result
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return pc.invert(value(operand))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return pc.negate_checked(value(operand))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            return _ARITHMETIC[type(operator)](value(left), value(right))
        case ast.Compare(left=left, ops=operators, comparators=others):
            return _comparison(left, operators, others, columns)
        case ast.Call(func=ast.Name(id="date"), args=[ast.Constant(value=str(text))], keywords=[]):
            return pa.scalar(_date(text))
        case ast.Call(
            func=ast.Name(id="matches"), args=[text, ast.Constant(value=str(pattern))], keywords=[]
        ):
            return _matches(value(text), pattern)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](value(argument))
        case ast.Call(func=ast.Name(id=name)):
            is_known = name in (*_FUNCTIONS, "date", "matches")
            raise ExpressionError(
                f"{name} does not take such arguments" if is_known else f"there is no function {name!r}"
            )
    return _refuse(node)


def _comparison(
    left: ast.expr,
    operators: list[ast.cmpop],
    others: list[ast.expr],
    columns: Mapping[str, pa.ChunkedArray],
) -> _Value:
    """A chain such as ``0 <= start < end``; ``in`` takes a list of constants."""
    result: _Value = None
    for operator, other in zip(operators, others, strict=True):
        first = _evaluate(left, columns)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(other, ast.List | ast.Tuple):
            parts = [_evaluate(item, columns) for item in other.elts]
            step = pa.scalar(value=False)
            for part in parts:
                step = pc.or_kleene(step, pc.equal(first, part))
            step = pc.invert(step) if isinstance(operator, ast.NotIn) else step
        elif type(operator) in _COMPARE:
            step = _COMPARE[type(operator)](first, _evaluate(other, columns))
        elif isinstance(operator, ast.In | ast.NotIn):
            raise ExpressionError("`in` takes a list such as [1, 2]")
        else:
            raise ExpressionError("`is` is not allowed there")
        result = step if result is None else pc.and_kleene(result, step)
        left = other
    return result


def _matches(texts: _Value, pattern: str) -> _Value:
    """Whether each text matches as a whole; the pattern must be one by itself, too."""
    whole = f"^(?:{pattern})$"
    is_pattern = True
    try:
        for candidate in (pattern, whole):
            pc.match_substring_regex(pa.array([""]), candidate)  # a column without rows tries nothing
    except pa.ArrowInvalid:
        is_pattern = False
    if not is_pattern:
        raise ExpressionError("its pattern is none, or uses what is not known here")
    return pc.match_substring_regex(texts, whole)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    raise ExpressionError("a date in it is not written as YYYY-MM-DD")


def _refuse(node: ast.expr) -> NoReturn:
    word = re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()
    word = _WORDS.get(type(node), f"an {word}" if word[0] in "aeiou" else f"a {word}")
    raise ExpressionError(f"{word} is not allowed there")
