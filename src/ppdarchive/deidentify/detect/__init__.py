"""Finding what identifies people in texts: one protocol, patterns, and the study's known identifiers."""

from ppdarchive.deidentify.detect.detector import Detector, detect
from ppdarchive.deidentify.detect.known import KnownIdentifiers, residual
from ppdarchive.deidentify.detect.patterns import Patterns

__all__ = ["Detector", "KnownIdentifiers", "Patterns", "detect", "residual"]
