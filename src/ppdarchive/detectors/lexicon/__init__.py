"""Name, place and word lists as memory-mapped columns; hashes in, columns out."""

from ppdarchive.detectors.lexicon.entries import Entry, add, read_entries
from ppdarchive.detectors.lexicon.kinds import LOG_SCALE, Column, Flag, PhraseKind
from ppdarchive.detectors.lexicon.names import Half, NameKind, Names, is_held_out, split_half
from ppdarchive.detectors.lexicon.phrases import PhraseMatches, Phrases
from ppdarchive.detectors.lexicon.shipped import names_for, phrases, short_forms, slips, words
from ppdarchive.detectors.lexicon.slips import Slips
from ppdarchive.detectors.lexicon.words import WordColumns, Words

__all__ = [
    "LOG_SCALE",
    "Column",
    "Entry",
    "Flag",
    "Half",
    "NameKind",
    "Names",
    "PhraseKind",
    "PhraseMatches",
    "Phrases",
    "Slips",
    "WordColumns",
    "Words",
    "add",
    "is_held_out",
    "names_for",
    "phrases",
    "read_entries",
    "short_forms",
    "slips",
    "split_half",
    "words",
]
