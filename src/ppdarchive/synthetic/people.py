"""Invented participants: who they are, who is around them, and how the study went for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import fsum
from random import Random

from ppdarchive.synthetic.resources import pool
from ppdarchive.synthetic.shape import StudyShape, normal, pick, whole


@dataclass(frozen=True, slots=True)
class Town:
    """A real town; the only real places in the study."""

    name: str
    state: str
    county: str
    zip_code: str
    rurality: str


@dataclass(frozen=True, slots=True)
class Coach:
    """A coach: her number and full name."""

    coach_id: str
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Scores:
    """Scale totals of one wave; a scale that was not given at the wave is absent."""

    epds: int
    phq9: int
    wai_coach: tuple[int, int, int] | None = None
    wai_programme: int | None = None
    coach_rating: int | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One invented participant with everything that the exports say of her."""

    participant_id: str
    first_name: str
    last_name: str
    nickname: str
    email: str
    phone: str
    street: str
    town: Town
    baby_name: str
    baby_nickname: str
    baby_is_girl: bool
    baby_birth_date: date
    partner_name: str
    partner_is_woman: bool
    child_name: str
    coach: Coach
    va_facility: str
    hospital: str
    enrolled_on: date
    age: int
    weeks_postpartum: int
    n_children: int
    race_ethnicity: str
    education: str
    relationship: str
    branch: str
    deployed: bool
    sessions_completed: int
    coach_calls: int
    coach_minutes: float
    consent_to_share: bool
    baseline: Scores
    post: Scores | None
    followup: Scores | None
    followup_on: date


def participant_id(number: int) -> str:
    """Return the study's number of the participant enrolled as the `number`-th, from 1."""
    return f"MMB{number:06d}"


@cache
def towns() -> Mapping[str, tuple[Town, ...]]:
    """Return the towns by rurality."""
    found = [Town(*line.split("|")) for line in pool("towns")]
    kinds = dict.fromkeys(town.rurality for town in found)
    return {kind: tuple(t for t in found if t.rurality == kind) for kind in kinds}


@cache
def _nicknames() -> Mapping[str, str]:
    return dict(line.split("=") for line in pool("nicknames"))


def nickname(name: str) -> str:
    """Return the usual short form of a first name, or an empty text."""
    return _nicknames().get(name, "")


def draw_coach(rng: Random, number: int) -> Coach:
    """Draw the coach with that number, from 1."""
    return Coach(f"C{number:02d}", rng.choice(pool("names.coach")), rng.choice(pool("names.last")))


def phone_number(rng: Random, area: str = "") -> str:
    """Draw a telephone number in the range 555-0100 to 555-0199, kept for fiction."""
    area = area or rng.choice(("319", "402", "505", "541", "606", "701", "808", "910"))
    return f"({area}) 555-01{rng.randrange(100):02d}"


def _email(rng: Random, first: str, last: str) -> str:
    first, last = first.lower(), last.lower()
    number = rng.randrange(10, 99)
    form = rng.choice(
        (
            f"{first}.{last}",
            f"{first}{last}{number}",
            f"{first[0]}{last}{number}",
            f"{last}_{first}",
            f"{first}mama{number}",
        )
    )
    return f"{form}@{rng.choice(('example.com', 'example.org', 'mail.example.com'))}"


def _scores(rng: Random, mean: float, burden: float, *, with_alliance: bool, rapport: float) -> Scores:
    epds = min(max(round(mean + burden + normal(rng, 0, 2.5)), 0), 30)
    phq9 = min(max(round(mean * 0.8 + burden + normal(rng, 0, 2.5)), 0), 27)
    if not with_alliance:
        return Scores(epds, phq9)
    goal, task, bond = (whole(rng, 15.5 + rapport, 2.0, 4, 20) for _ in range(3))
    return Scores(
        epds,
        phq9,
        (goal, task, bond),
        whole(rng, 41 + 1.5 * rapport, 6.0, 12, 60),
        whole(rng, 4.2 + 0.2 * rapport, 0.6, 1, 5),
    )


def draw_participant(
    rng: Random,
    number: int,
    *,
    of: int,
    coaches: tuple[Coach, ...],
    answered: bool,
    shape: StudyShape,
) -> Participant:
    """Draw one participant.

    Parameters
    ----------
    rng : Random
        Used by this participant alone.
    number : int
        From 1, in the order of enrolment.
    of : int
        Number of participants in the study; spreads the enrolment over time.
    coaches : tuple of Coach
    answered : bool
        Whether she answered the open-ended questions.
    shape : StudyShape

    Returns
    -------
    Participant
    """
    race = pick(rng, shape.race_ethnicity)
    first, last = rng.choice(pool("names.mother")), rng.choice(pool("names.last"))
    relationship = pick(rng, shape.relationship)
    partnered = relationship in ("married", "partnered")
    partner_is_woman = rng.random() < 0.05
    girl = rng.random() < 0.5
    baby = rng.choice(pool("names.girl" if girl else "names.boy"))
    town = rng.choice(towns()[pick(rng, shape.rurality)])
    first_day = date.fromisoformat(shape.first_enrolment)
    day = shape.enrolment_days * (number - 1) // max(of, 1) + rng.randrange(7)
    enrolled_on = first_day + timedelta(days=day)
    weeks = whole(rng, shape.weeks_mean, shape.weeks_sd, *shape.weeks_range)
    followed = answered or rng.random() < shape.followup_without_answers
    stayed = rng.random() < (shape.post_if_followup if followed else shape.post_if_dropout)
    finished = rng.random() < shape.completes_all * (1.25 if stayed or followed else 0.5)
    sessions = 6 if finished else rng.randrange(1 if stayed or followed else 0, 6)
    calls = min(max(sessions + rng.choice((-1, 0, 0, 0, 1, 2)), 1 if followed else 0), 12)
    burden, rapport = normal(rng, 0, 2.5), normal(rng, 0, 1.0)
    first_mean, second_mean, third_mean = shape.epds_means
    baseline = _scores(rng, first_mean, burden, with_alliance=False, rapport=rapport)
    post = _scores(rng, second_mean, burden, with_alliance=True, rapport=rapport) if stayed else None
    followup = _scores(rng, third_mean, burden, with_alliance=True, rapport=rapport) if followed else None
    return Participant(
        participant_id=participant_id(number),
        first_name=first,
        last_name=last,
        nickname=nickname(first),
        email=_email(rng, first, last),
        phone=phone_number(rng),
        street=f"{rng.randrange(10, 9900)} {rng.choice(pool('street'))}",
        town=town,
        baby_name=baby,
        baby_nickname=nickname(baby) or (rng.choice(pool("petnames")) if rng.random() < 0.4 else ""),
        baby_is_girl=girl,
        baby_birth_date=enrolled_on - timedelta(days=7 * weeks + rng.randrange(7)),
        partner_name=(
            rng.choice(pool("names.mother" if partner_is_woman else "names.partner")) if partnered else ""
        ),
        partner_is_woman=partner_is_woman,
        child_name=rng.choice(pool(rng.choice(("names.girl", "names.boy")))),
        coach=rng.choice(coaches),
        va_facility=rng.choice(pool("facility.va")),
        hospital=rng.choice(pool("facility.hospital")),
        enrolled_on=enrolled_on,
        age=whole(rng, shape.age_mean, shape.age_sd, *shape.age_range),
        weeks_postpartum=weeks,
        n_children=rng.choices((1, 2, 3, 4, 5, 6), (0.38, 0.33, 0.18, 0.07, 0.03, 0.01))[0],
        race_ethnicity=race,
        education=pick(rng, shape.education),
        relationship=relationship,
        branch=pick(rng, shape.branch),
        deployed=rng.random() < shape.deployed,
        sessions_completed=sessions,
        coach_calls=calls,
        coach_minutes=round(fsum(max(normal(rng, 27, 8), 4) for _ in range(calls)), 1),
        consent_to_share=rng.random() >= shape.declines_sharing,
        baseline=baseline,
        post=post,
        followup=followup,
        followup_on=enrolled_on + timedelta(days=whole(rng, 158, 16, 125, 230)),
    )
