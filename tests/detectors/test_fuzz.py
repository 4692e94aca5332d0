"""A hunt for texts on which a detector, or redaction, breaks a promise.

``make test-thorough`` hunts for two minutes; ``FUZZ_MINUTES=60 make test-thorough`` for an hour, with another
seed each time. A failure shows the seed and the smallest texts that were found.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from types import FrameType
from typing import Any, get_args

import pytest

from ppdarchive.deidentify.freetext import redact
from ppdarchive.deidentify.replace import Method, chooser
from ppdarchive.detectors.engine import Engine
from ppdarchive.detectors.ensemble import Union, Vote
from ppdarchive.detectors.known import KnownIdentifiers
from ppdarchive.detectors.patterns import Patterns
from ppdarchive.detectors.plugins import Promised
from ppdarchive.detectors.protocol import Detector, detect
from ppdarchive.model.span import Span, TextCategory
from ppdarchive.text.batch import TextBatch
from ppdarchive.text.overlap import resolve

from . import fuzzing

MINUTES = float(os.environ.get("FUZZ_MINUTES", "2"))
SEED = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(10**6)))
HANG = 60
"""Seconds of processor time after which one batch of short texts is taken to hang."""

NAME = TextCategory.NAME
KNOWN = KnownIdentifiers(
    [
        *(("Ann Marie O'Brien", NAME), ("Grace", NAME), ("Will", NAME), ("Jayden", NAME), ("Zoë", NAME)),
        ("Cedar Falls", TextCategory.LOCATION),
        *(("(641) 555-0126", TextCategory.CONTACT), ("jo.doe@example.org", TextCategory.CONTACT)),
        *(("MMB000017", TextCategory.ID), ("2019-03-05", TextCategory.DATE)),
    ]
)
ENGINE = Engine(KNOWN)
DETECTORS: dict[str, Detector] = {
    **{detector.name: detector for detector in ENGINE.detectors},
    "engine": ENGINE,
    "union": Union([Patterns(), KNOWN]),
    "vote": Vote([Patterns(), KNOWN, Union([Patterns(), KNOWN])], 2),
}


class BrokenError(AssertionError):
    """A promise that was broken, in words."""


def hunt(check: Callable[[Sequence[str], random.Random], None], *, seed: int, batches: Iterator[int]) -> None:
    """Try a check on batch after batch; of what fails, show the smallest texts.

    Parameters
    ----------
    check : callable
        Raises on texts that break a promise; draws what it draws from the generator it gets.
    seed : int
    batches : iterator of int
        The size of each batch.
    """
    writer = fuzzing.Writer(seed)
    for number, size in enumerate(batches):
        texts = writer.batch(size)

        def fails(own: Sequence[str], number: int = number) -> bool:
            try:
                with no_hang():
                    check(own, random.Random(number))
            except Exception:
                return True
            return False

        if fails(texts):
            small = fuzzing.smallest(texts, fails)
            with no_hang():
                check_or_say(check, small, random.Random(number), seed)


def check_or_say(
    check: Callable[[Sequence[str], random.Random], None],
    texts: Sequence[str],
    draw: random.Random,
    seed: int,
) -> None:
    """Fail with the texts, in ASCII."""
    try:
        check(texts, draw)
    except Exception as error:
        pytest.fail(f"FUZZ_SEED={seed}: {type(error).__name__}: {error}\n{fuzzing.shown(texts)}")


@contextmanager
def no_hang() -> Iterator[None]:
    """Stop what takes far longer than anything here may."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise BrokenError(f"over {HANG} seconds for one batch")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def for_minutes(minutes: float) -> Iterator[int]:
    """Sizes of batches until the time is up."""
    end = time.monotonic() + 60 * minutes
    sizes = random.Random(0)
    while time.monotonic() < end:
        yield sizes.choice((1, 2, 8, 64))


def promises_of(detector: Detector) -> Callable[[Sequence[str], random.Random], None]:
    """A check of all that a detector promises."""
    held = Promised(detector, detector.name)

    def check(texts: Sequence[str], draw: random.Random) -> None:
        together = held.detect(TextBatch.of(texts))
        for text, own in zip(texts, together, strict=True):
            settled = resolve(own)
            need(
                all(a.end <= b.start for a, b in pairwise(settled)),
                "resolved spans overlap",
            )
            need(_covered(own) == _covered(settled), "resolving changed what is covered")
            need(all(0 <= span.start < span.end <= len(text) for span in settled), "a span outside its text")
            need(all(0 <= span.score <= 1 for span in own), "a score that is none")
        need(_same(held.detect(list(texts)), together), "a batch differs from a list")
        order = draw.sample(range(len(texts)), len(texts))
        mixed = held.detect([texts[at] for at in order])
        need(_same(mixed, [together[at] for at in order]), "the order of texts changes what is found")
        for at in draw.sample(range(len(texts)), min(4, len(texts))):
            need(_same(held.detect([texts[at]]), [together[at]]), "a text alone differs")

    return check


def redaction_by(method: str) -> Callable[[Sequence[str], random.Random], None]:
    """A check of what redaction promises: the rest is untouched, and again is the same."""

    def once(texts: Sequence[str]) -> Any:
        choose: Any = chooser(method, secret=b"secret", known=KNOWN)  # type: ignore[arg-type]
        return redact(texts, [at // 3 for at in range(len(texts))], ENGINE, replace=choose)

    def check(texts: Sequence[str], draw: random.Random) -> None:
        first = once(texts)
        for text, new, edits in zip(texts, first.texts, first.edits, strict=True):
            at, kept = 0, []
            for edit in edits:
                kept += [text[at : edit.start], edit.replacement]
                at = edit.end
            need("".join([*kept, text[at:]]) == new, "text outside the edits changed")
        if method != "surrogate":  # which nothing tells from a name
            again = once([text or "" for text in first.texts])
            need(again.texts == first.texts, "redacting again changes something")

    return check


def groups_of(engine: Engine) -> Callable[[Sequence[str], random.Random], None]:
    """A check that what is found in a group depends on its own texts, whoever stands around it."""

    def check(texts: Sequence[str], draw: random.Random) -> None:
        groups = [draw.randrange(4) for _ in texts]
        together = engine.detect(texts, groups)
        for group in set(groups):
            own = [at for at, other in enumerate(groups) if other == group]
            draw.shuffle(own)
            alone = engine.detect([texts[at] for at in own], [group] * len(own))
            need(_same(alone, [together[at] for at in own]), "a group alone differs")

    return check


def growth_of(detector: Detector) -> Callable[[Sequence[str], random.Random], None]:
    """A check that eight times the text costs about eight times as much, counted in calls."""

    def check(texts: Sequence[str], draw: random.Random) -> None:
        unit = texts[0][:12] or " "
        lengths = (4_000, 32_000)
        whole = [(unit * (length // len(unit) + 1))[:length] for length in lengths]
        # Folded before, so that only the detector's own work is counted.
        batches = [TextBatch.of([text]) for text in whole]
        short, long = (fuzzing.calls(lambda own=own: detector.detect(own)) for own in batches)
        need(
            long <= max(12 * short, 4 * lengths[1]),
            f"{short:,} calls for {lengths[0]:,}, {long:,} for {lengths[1]:,}",
        )

    return check


def need(holds: bool, otherwise: str) -> None:
    """Raise where something does not hold."""
    if not holds:
        raise BrokenError(otherwise)


def _same(found: Sequence[Sequence[Span]], again: Sequence[Sequence[Span]]) -> bool:
    """Whether the same was found in each text; a score's last digits depend on how rows are multiplied."""
    return len(found) == len(again) and all(
        len(own) == len(other) and all(map(_alike, sorted(own, key=_place), sorted(other, key=_place)))
        for own, other in zip(found, again, strict=True)
    )


def _alike(span: Span, other: Span) -> bool:
    return replace(span, score=other.score) == other and abs(span.score - other.score) < 1e-3


def _place(span: Span) -> tuple[int, int, str, str, str, float]:
    return span.start, span.end, span.category, span.tier, span.detector, span.score


def _covered(spans: Sequence[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


CHECKS: dict[str, Callable[[Sequence[str], random.Random], None]] = {
    **{f"promises-{name}": promises_of(detector) for name, detector in DETECTORS.items()},
    **{f"redaction-{method}": redaction_by(method) for method in get_args(Method)},
    **{f"growth-{name}": growth_of(detector) for name, detector in DETECTORS.items()},
    "groups": groups_of(ENGINE),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_short_hunt_finds_nothing(name: str) -> None:
    """The same few batches each time, so that the hunt itself is known to run."""
    hunt(CHECKS[name], seed=1, batches=iter([1, 2, 8] if name.startswith("growth") else [1, 2, 8, 32]))


@pytest.mark.thorough
@pytest.mark.parametrize("name", CHECKS)
def test_a_long_hunt_finds_nothing(name: str) -> None:
    """All checks together take FUZZ_MINUTES, on texts that were never tried before."""
    hunt(CHECKS[name], seed=SEED, batches=for_minutes(MINUTES / len(CHECKS)))


def test_a_hunt_finds_what_is_wrong_and_makes_it_small() -> None:
    """A detector that fails on a character in long texts is shown with that character alone."""

    def check(texts: Sequence[str], draw: random.Random) -> None:
        need(not any("@" in text for text in texts), "an @")

    with pytest.raises(pytest.fail.Exception, match=r"FUZZ_SEED=1: BrokenError: an @\n\['@'\]"):
        hunt(check, seed=1, batches=iter([64] * 10))


def test_work_that_grows_too_fast_is_seen() -> None:
    """A loop over pairs of characters is refused; one over characters is not."""

    class Counting:
        name = "counting"

        def __init__(self, power: int) -> None:
            self.power = power

        def detect(self, texts: Sequence[str]) -> list[list[Span]]:
            for text in texts:
                for _ in range(len(text) // 50):
                    for _ in range((len(text) // 50) ** (self.power - 1)):
                        abs(1)
            return [[] for _ in texts]

    growth_of(Counting(1))(["ab"], random.Random(0))
    with pytest.raises(BrokenError, match="calls for"):
        growth_of(Counting(2))(["ab"], random.Random(0))


def test_a_batch_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work without an end is ended."""
    monkeypatch.setattr(f"{__name__}.HANG", 0.05)

    def forever() -> None:
        while True:
            pass

    with pytest.raises(BrokenError, match="seconds for one batch"), no_hang():
        forever()


def test_what_detectors_find_together_is_what_they_find(monkeypatch: pytest.MonkeyPatch) -> None:
    """The union of two detectors is what `detect` finds with both."""
    texts = fuzzing.Writer(3).batch(40)
    both = detect(texts, [Patterns(), KNOWN])
    assert [_covered(own) for own in both] == [_covered(own) for own in DETECTORS["union"].detect(texts)]
