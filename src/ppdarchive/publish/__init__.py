"""From a valid study to a package: known identifiers, consent, treatment, gate, files; the order only.

`preparing` treats what may be shared, `drafting` judges it as a release without a version, `packing`
writes that; `assessing` looks at risk alone.
"""

from ppdarchive.gate import GateRefusedError
from ppdarchive.publish.assessing import assess_study, suggest_study
from ppdarchive.publish.describing import NOT_ASSESSED
from ppdarchive.publish.drafting import Draft, draft_study
from ppdarchive.publish.packing import Written, info_of, pack_study, write_draft
from ppdarchive.publish.preparing import Deidentified, FindingsError, preview_study

__all__ = [
    "NOT_ASSESSED",
    "Deidentified",
    "Draft",
    "FindingsError",
    "GateRefusedError",
    "Written",
    "assess_study",
    "draft_study",
    "info_of",
    "pack_study",
    "preview_study",
    "suggest_study",
    "write_draft",
]
