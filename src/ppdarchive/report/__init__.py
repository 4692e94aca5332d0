"""What a person looks at: pages that stand alone, in one file, made of numbers only."""

from ppdarchive.report.risk import RiskReport, as_json, page

__all__ = ["RiskReport", "as_json", "page"]
