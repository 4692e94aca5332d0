"""Studies that never were: exports of invented participants, and the key to what is planted."""

from ppdarchive.synthetic.shape import StudyShape
from ppdarchive.synthetic.study import write_study
from ppdarchive.synthetic.summary import StudySummary

__all__ = ["StudyShape", "StudySummary", "write_study"]
