"""The privacy rules that a release may claim, judged field by field."""

from ppdarchive.standards.classes import CLASSES, IdentifierClass
from ppdarchive.standards.judge import STANDARDS, Facts, Row, judge

__all__ = ["CLASSES", "STANDARDS", "Facts", "IdentifierClass", "Row", "judge"]
