"""The conditions that a release must meet; a list that later work extends.

A condition looks at what would be published and tells whether it holds, with numbers and places
and never with a value. A gate that fails stops the release.
"""

from ppdarchive.gate.failures import Failure, GateRefusedError
from ppdarchive.gate.folder import judge_folder, judge_words
from ppdarchive.gate.held import Place
from ppdarchive.gate.releases import LiveRelease, judge_releases, more_redacted
from ppdarchive.gate.residual import TextScan, lowered
from ppdarchive.gate.risk import OVERRIDABLE, judge_approvals, judge_people, judge_risk, risk_figures
from ppdarchive.gate.shown import RedactedSpan
from ppdarchive.gate.standard import facts_of, judge_standard
from ppdarchive.gate.tables import judge_tables

__all__ = [
    "OVERRIDABLE",
    "Failure",
    "GateRefusedError",
    "LiveRelease",
    "Place",
    "RedactedSpan",
    "TextScan",
    "facts_of",
    "judge_approvals",
    "judge_folder",
    "judge_people",
    "judge_releases",
    "judge_risk",
    "judge_standard",
    "judge_tables",
    "judge_words",
    "lowered",
    "more_redacted",
    "risk_figures",
]
