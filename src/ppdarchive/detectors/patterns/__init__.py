"""What can be told by its form: rules, and the detector that tries them."""

from ppdarchive.detectors.patterns.detector import Patterns

__all__ = ["Patterns"]
