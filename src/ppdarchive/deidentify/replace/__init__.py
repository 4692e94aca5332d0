"""What stands in the place of what is redacted, and how it fits into its sentence."""

from ppdarchive.deidentify.replace.choosers import Method, chooser
from ppdarchive.deidentify.replace.edits import edits_for
from ppdarchive.deidentify.replace.general import General, Standard
from ppdarchive.deidentify.replace.grammar import without_plural, without_possessive
from ppdarchive.deidentify.replace.mentions import Chooser, Mention, Within
from ppdarchive.deidentify.replace.surrogates import Surrogates
from ppdarchive.deidentify.replace.tags import Numbered, masks, tags

__all__ = [
    "Chooser",
    "General",
    "Mention",
    "Method",
    "Numbered",
    "Standard",
    "Surrogates",
    "Within",
    "chooser",
    "edits_for",
    "masks",
    "tags",
    "without_plural",
    "without_possessive",
]
