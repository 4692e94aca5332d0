"""What a person looks at: pages that stand alone, in one file, made of numbers only."""

from ppdarchive.report.risk import Bar, RiskReport, as_json, bars, figures, page

__all__ = ["Bar", "RiskReport", "as_json", "bars", "figures", "page"]
