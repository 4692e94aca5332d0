"""Dates with the Spanish name of a month, in digits and in words."""

from __future__ import annotations

from typing import Final

from ppdarchive.detectors.patterns.cues import MESES
from ppdarchive.detectors.patterns.date import DAY
from ppdarchive.detectors.patterns.month import YEAR
from ppdarchive.detectors.patterns.needs import BEFORE_MONTH, DIA, MONTH
from ppdarchive.detectors.patterns.rule import GAP, SPACE, Rule, one_of
from ppdarchive.model.span import TextCategory, Tier

_DATE: Final = TextCategory.DATE
_MES: Final = one_of(MESES) + r"(?![a-z])"
_DIAS: Final = (
    r"(?:uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieciseis"
    r"|diecisiete|dieciocho|diecinueve|veinte|veinti(?:uno|un|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
    r"|treinta(?:\sy\suno)?|primero|primer)"
)

MES_RULES: Final = (
    Rule(
        name="dia",
        category=_DATE,
        law="C",
        need=DIA,
        source=(
            rf"(?<!\w)(?:{DAY}(?:{GAP}(?:ro|er|o|a)(?![a-z]))?|{_DIAS}(?![a-z])){SPACE}(?:de{SPACE})?{_MES}"
            rf"(?:,?{SPACE}(?:del?{SPACE})?(?:ano{SPACE})?{YEAR}|{SPACE}del?{SPACE}[0-9]{{2,4}}(?![0-9]))?"
        ),
        score=0.95,
        finds=(
            "el <5 de marzo de 2019>",
            "el <6 de julio> fue",
            "el <1ro de mayo del 19>",
            "el <primero de mayo>",
            "el <seis de julio> del",
            "<5 marzo 2019>",
        ),
        leaves=("5 de la tarde", "el mes de marzo"),
    ),
    Rule(
        name="mes-dia",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MES}{SPACE}(?:el{SPACE})?{DAY}(?![\w/.:])(?!{SPACE}(?:veces|dias|semanas|meses"
            rf"|anos))(?:,?{SPACE}(?:del?{SPACE})?{YEAR})?"
        ),
        score=0.88,
        finds=("nació <julio 6> a las", "<marzo 5, 2019>"),
        leaves=("en marzo 3 veces", "marzo 500"),
    ),
    Rule(
        name="mes",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            rf"(?<![a-z]){_MES}{SPACE}(?:del?{SPACE})?(?:ano{SPACE})?(?:{YEAR}|[0-9]{{2}}(?=[\s.,;!?\x00]))"
        ),
        score=0.95,
        finds=("en <marzo de 2019>", "<marzo 2019>", "mes <julio del 2019>"),
        leaves=("en marzo",),
    ),
    Rule(
        name="mes-solo",
        category=_DATE,
        law="C",
        need=BEFORE_MONTH,
        source=(
            rf"(?<![a-z])(?:en|desde|hasta|para|de|a{SPACE}(?:principios|mediados|finales){SPACE}de|este"
            rf"|pasado|proximo|mes{SPACE}de){SPACE}(?P<mes>{_MES})(?!{SPACE}(?:del?{SPACE})?[0-9'])"
        ),
        score=0.5,
        tier=Tier.UNCERTAIN,
        group="mes",
        finds=("desde <enero> estoy mejor", "a finales de <marzo> fue"),
        leaves=("marzo de 2019",),
    ),
    Rule(
        name="mes-bare",
        category=_DATE,
        law="C",
        need=MONTH,
        source=(
            r"(?<![\w'-])(?:enero|febrero|junio|agosto|septiembre|setiembre|octubre|noviembre|diciembre)(?![\w'-])"
            rf"(?!{SPACE}(?:del?{SPACE})?[0-9'])"
        ),
        score=0.4,
        tier=Tier.UNCERTAIN,
        finds=("desdde <enero> duerme", "<Diciembre> fue triste"),
        leaves=("enero de 2019", "marzo fue triste"),
    ),
)
