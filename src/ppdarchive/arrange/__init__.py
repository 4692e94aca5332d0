"""RawExport + [[export]] -> RawTable: columns become fields, question columns become rows.

Cells are still text. What changes here is only what the study or the export itself says of them:
codes and labels become category values, the export's missing-data codes become the schema's.
"""

from ppdarchive.arrange.combine import combine
from ppdarchive.arrange.piece import Piece, arrange

__all__ = ["Piece", "arrange", "combine"]
