"""Two releases of a study -> what differs, which version that makes, and what is said of it; pure."""

from ppdarchive.changes.between import Changes, changes
from ppdarchive.changes.changelog import Entry, as_json, changelog, extended
from ppdarchive.changes.contents import Contents
from ppdarchive.changes.kinds import KINDS, Change, Kind, Level
from ppdarchive.changes.told import MIN_CELL
from ppdarchive.changes.version import Version, next_version

__all__ = [
    "KINDS",
    "MIN_CELL",
    "Change",
    "Changes",
    "Contents",
    "Entry",
    "Kind",
    "Level",
    "Version",
    "as_json",
    "changelog",
    "changes",
    "extended",
    "next_version",
]
