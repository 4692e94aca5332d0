"""The study's known identifiers, searched for in every text."""

from ppdarchive.detectors.known.matcher import KnownIdentifiers, residual

__all__ = ["KnownIdentifiers", "residual"]
