"""The statistical tagger: features of forms, a small network, and a linear chain."""

from ppdarchive.detectors.tagger.decode import Thresholds
from ppdarchive.detectors.tagger.detector import LABELS, Tagger, network, tagger

__all__ = ["LABELS", "Tagger", "Thresholds", "network", "tagger"]
