"""What can be told by the words around it: cue words, lists, what the lexicons say."""

from ppdarchive.detectors.phrases.detector import Phrases
from ppdarchive.detectors.phrases.rulebook import Rule, kept, rules

__all__ = ["Phrases", "Rule", "kept", "rules"]
