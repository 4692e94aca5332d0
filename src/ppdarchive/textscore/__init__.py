"""How well a detector does on texts that a person marked, and what can be learned from them."""

from ppdarchive.textscore.gold import GoldText, Mention, read_brat, read_gold
from ppdarchive.textscore.learn import Learned, learn
from ppdarchive.textscore.metrics import Miss, Rate, Scores, misses, score
from ppdarchive.textscore.trained import Trained, read_trained

__all__ = [
    "GoldText",
    "Learned",
    "Mention",
    "Miss",
    "Rate",
    "Scores",
    "Trained",
    "learn",
    "misses",
    "read_brat",
    "read_gold",
    "read_trained",
    "score",
]
