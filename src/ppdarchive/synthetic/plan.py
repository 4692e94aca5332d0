"""What is decided about a study before any row of it is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from ppdarchive.synthetic.exports import NORMAL, PREVIEW, SPAM, TEST
from ppdarchive.synthetic.people import Coach, Participant, draw_coach, draw_participant
from ppdarchive.synthetic.shape import StudyShape


@dataclass(frozen=True)
class Plan:
    """What is drawn before any row: who answers, who coaches, which cells are spoilt.

    Every part of the study draws from a generator of its own, so a participant is the same
    person however often and in whatever order she is drawn.
    """

    participants: int
    answered: int
    seed: int
    faults: bool
    shape: StudyShape

    def rng(self, what: str, number: int = 0) -> Random:
        """Return a fresh generator for one thing and, where it is about a person, her number."""
        return Random(f"{self.seed}/{what}/{number}")

    @cached_property
    def ranks(self) -> Mapping[int, int]:
        """The numbers of those who answer, each with her place among them."""
        numbers = self.rng("answered").sample(range(1, self.participants + 1), self.answered)
        return {number: rank for rank, number in enumerate(sorted(numbers))}

    @cached_property
    def coaches(self) -> tuple[Coach, ...]:
        """The coaches of the study."""
        count = max(3, round(self.participants / self.shape.participants_per_coach))
        return tuple(draw_coach(self.rng("coach", n), n) for n in range(1, count + 1))

    def participant(self, number: int) -> Participant:
        """Draw the participant with that number, from 1."""
        return draw_participant(
            self.rng("participant", number),
            number,
            of=self.participants,
            coaches=self.coaches,
            answered=number in self.ranks,
            shape=self.shape,
        )


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """When which row of the survey comes; `number` is 0 for rows that are nobody's."""

    recorded: datetime
    number: int
    status: str
    blank: bool
    index: int


def turns(plan: Plan, followup_days: Sequence[int]) -> list[Turn]:
    """Return the rows of the survey in the order in which they were recorded.

    Parameters
    ----------
    plan : Plan
    followup_days : sequence of int
        The ordinal of each participant's day of the survey, by number from 1.
    """
    turns: list[Turn] = []
    rng = plan.rng("turns")
    for number in range(1, plan.participants + 1):
        draw = rng.random()
        answers = number in plan.ranks
        blank = draw < plan.shape.blank_rows
        if not (answers or blank):
            continue
        day = datetime.fromordinal(followup_days[number - 1])
        recorded = day + timedelta(seconds=rng.randrange(5 * 3600, 24 * 3600))
        if blank:
            tried = recorded - timedelta(seconds=rng.randrange(3600, 90_000))
            turns.append(Turn(tried, number, NORMAL, True, 0))
        if answers:
            turns.append(Turn(recorded, number, NORMAL, False, 0))
    first = min((turn.recorded for turn in turns), default=datetime(2016, 1, 4, 9))
    last = max((turn.recorded for turn in turns), default=datetime(2019, 1, 4, 9))
    seconds = max(int((last - first).total_seconds()), 1)
    rare = max(1, plan.participants // 160)
    for status, count in ((PREVIEW, rare), (TEST, rare + 1), (SPAM, rare + 1)):
        for index in range(count):
            if status == SPAM:
                recorded = first + timedelta(seconds=rng.randrange(seconds))
            else:
                recorded = first - timedelta(days=2, seconds=rng.randrange(400_000))
            turns.append(Turn(recorded, 0, status, False, index))
    return sorted(turns)
