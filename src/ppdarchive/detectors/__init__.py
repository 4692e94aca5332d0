"""Finding what identifies people in texts: one protocol, patterns, and the study's known identifiers."""

from ppdarchive.detectors.known import KnownIdentifiers, residual
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.protocol import Detector, detect

__all__ = ["Detector", "KnownIdentifiers", "Patterns", "detect", "residual"]
