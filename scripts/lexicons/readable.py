"""Names as they are written, for surrogates and generated texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from facts import Facts

from ppdarchive.detectors.lexicon.names import NameKind
from ppdarchive.text.fold import fold
from ppdarchive.text.tokens import word_hashes

N_GIVEN_NAMES: Final = 8_000
N_BABY_NAMES: Final = 3_000
N_FOREIGN_NAMES: Final = 4_000
N_AMERICAN: Final = 1_000
"""The bearers from which on a name is American and no more one of other countries."""
N_SURNAMES: Final = 20_000
N_CITIES: Final = 8_000
N_WORLD_CITIES: Final = 2_000

Row = tuple[str, int, str]


def readable_names(facts: Facts) -> dict[NameKind, list[Row]]:
    """Name, weight and detail of each list, the heaviest first."""
    named: dict[NameKind, list[Row]] = {kind: [] for kind in NameKind}
    named[NameKind.GIVEN_NAME] = [
        (own.name, own.n, str(round(100 * own.n_girls / own.n)))
        for own in sorted(facts.given_names, key=lambda own: (-own.n, own.name))[:N_GIVEN_NAMES]
    ]
    named[NameKind.BABY_NAME] = [
        (own.name, own.n_lately, str(round(100 * own.n_girls / own.n)))
        for own in sorted(facts.given_names, key=lambda own: (-own.n_lately, own.name))[:N_BABY_NAMES]
        if own.n_lately
    ]
    common = {own.name for own in facts.given_names if own.n > N_AMERICAN}
    named[NameKind.FOREIGN_GIVEN_NAME] = _some(facts.foreign_given_names - common)
    common = {name.capitalize() for name, n in facts.surnames.items() if n > N_AMERICAN}
    named[NameKind.FOREIGN_SURNAME] = _some(facts.foreign_surnames - common)
    named[NameKind.SURNAME] = [
        (_capitalized(name, facts.irish_surnames), n, "")
        for name, n in sorted(facts.surnames.items(), key=lambda own: (-own[1], own[0]))[:N_SURNAMES]
    ]
    largest = sorted(facts.places, key=lambda own: (-own.population, own.name, own.region))
    american = [own for own in largest if own.is_american][:N_CITIES]
    abroad = [own for own in largest if not own.is_american][:N_WORLD_CITIES]
    named[NameKind.CITY] = [(own.name, max(own.population, 1), own.region) for own in american]
    named[NameKind.WORLD_CITY] = [(own.name, max(own.population, 1), own.region) for own in abroad]
    named[NameKind.COUNTY] = [(name, 1, state) for name, state in sorted(set(facts.counties))]
    named[NameKind.SCHOOL] = [(name, 1, "") for name in facts.schools if 2 <= len(name.split()) <= 6]
    for own in facts.lists:
        if own.kind in set(NameKind):
            named[NameKind(own.kind)] += [(value, 1, "") for value in dict.fromkeys(own.values)]
    return named


def _some(names: Iterable[str]) -> list[Row]:
    """Some names in Latin letters, chosen by their hashes."""
    plain = sorted(name for name in names if name.isalpha() and len(name) > 2 and fold(name).text.isascii())
    hashes = word_hashes([fold(name).text for name in plain])
    chosen = [plain[at] for at in np.argsort(hashes, kind="stable")[:N_FOREIGN_NAMES]]
    return [(name, 1, "") for name in sorted(chosen)]


def _capitalized(name: str, irish: frozenset[str]) -> str:
    """A surname as it is written: the census has capitals only."""
    if name in irish:
        return "O'" + name[1:].capitalize()
    if name.startswith("MC") and len(name) > 4:
        return "Mc" + name[2:].capitalize()
    return name.capitalize()
