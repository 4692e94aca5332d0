"""The statistical tagger: features of forms, a small network, and a linear chain."""

from ppdarchive.detectors.tagger.detector import LABELS, Tagger, tagger

__all__ = ["LABELS", "Tagger", "tagger"]
