"""Detectors of other packages: found by entry point, held to their promise, joined with ours.

spaCy, Presidio, Hugging Face token classifiers and GLiNER come as extras. Their modules here import
them only when a detector is made.
"""

from ppdarchive.detectors.plugins.loading import GROUP, Factory, load_plugins
from ppdarchive.detectors.plugins.meaning import LABELS, Meaning, categories
from ppdarchive.detectors.plugins.promise import ODD_TEXTS, Promised, broken_promises

__all__ = [
    "GROUP",
    "LABELS",
    "ODD_TEXTS",
    "Factory",
    "Meaning",
    "Promised",
    "broken_promises",
    "categories",
    "load_plugins",
]
