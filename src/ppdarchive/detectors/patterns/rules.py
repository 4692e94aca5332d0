"""All rules, in the order in which they are tried."""

from __future__ import annotations

from typing import Final

from ppdarchive.detectors.patterns.age import AGE_RULES, CHILD_RULES
from ppdarchive.detectors.patterns.code import CHECKED_RULES, CODE_RULES
from ppdarchive.detectors.patterns.contact import LINK_RULES, MAIL_RULES
from ppdarchive.detectors.patterns.date import NUMERIC_RULES
from ppdarchive.detectors.patterns.handle import HANDLE_RULES
from ppdarchive.detectors.patterns.mes import MES_RULES
from ppdarchive.detectors.patterns.month import MONTH_RULES
from ppdarchive.detectors.patterns.network import NETWORK_RULES
from ppdarchive.detectors.patterns.number import LAST_RULES, LONG_RULES, NAMED_RULES
from ppdarchive.detectors.patterns.phone import PHONE_RULES
from ppdarchive.detectors.patterns.place import PLACE_RULES
from ppdarchive.detectors.patterns.road import ROAD_RULES
from ppdarchive.detectors.patterns.rule import Rule
from ppdarchive.detectors.patterns.spelled import SPELLED_RULES
from ppdarchive.detectors.patterns.yearly import YEARLY_RULES

RULES: Final[tuple[Rule, ...]] = (
    *MAIL_RULES,
    *HANDLE_RULES,
    *LINK_RULES,
    *PHONE_RULES,
    *SPELLED_RULES,
    *CHECKED_RULES,
    *NAMED_RULES,
    *LAST_RULES,
    *LONG_RULES,
    *CODE_RULES,
    *NETWORK_RULES,
    *NUMERIC_RULES,
    *MONTH_RULES,
    *MES_RULES,
    *YEARLY_RULES,
    *AGE_RULES,
    *CHILD_RULES,
    *PLACE_RULES,
    *ROAD_RULES,
)
