"""Take survey exports of qualitative studies to validated, de-identified data packages."""

from ppdarchive._version import __version__

__all__ = ["__version__"]
