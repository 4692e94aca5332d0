"""What a participant writes: answers with planted identifiers and the segments to be coded."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Final

from ppdarchive.synthetic.draft import Draft, Mark
from ppdarchive.synthetic.grammar import Fill, Sentence, parse, render
from ppdarchive.synthetic.identifiers import CATEGORIES, filler, plain_words
from ppdarchive.synthetic.noise import Habits, draw_habits, roughen
from ppdarchive.synthetic.people import Participant
from ppdarchive.synthetic.resources import records, sections
from ppdarchive.synthetic.shape import StudyShape, normal


@cache
def question_ids() -> tuple[str, ...]:
    """Return the four questions in the order of the survey."""
    return tuple(record[0] for record in records("questions"))


_ASIDE_WEIGHTS: Final[Mapping[str, float]] = {
    "NAME": 6,
    "AGE": 1,
    "DATE": 3,
    "LOCATION": 3,
    "FACILITY": 2.5,
    "ORGANIZATION": 1.5,
    "MILITARY": 2.5,
    "CONTACT": 0.8,
    "ID": 0.6,
    "IP": 0.25,
    "PROFESSION": 0.8,
    "OTHER": 0.6,
}
_MEAN_ANSWERS: Final = 3.2
_FULL_CYCLES: Final = 3
_CYCLE: Final = 6
_CONNECTED: Final = 0.2
"""Chance that a sentence is led in by a word such as "also"."""
_SAME_CODE: Final = 0.33
"""Chance that two sentences on one thing follow each other."""
_EXCLUSIVE: Final = frozenset({"no_change", "not_helpful"})
"""Codes that do not go with others: who would change nothing asks for nothing."""


@dataclass(frozen=True, slots=True)
class _Bank:
    """The sentences of one kind, each with its code (or category); clean ones apart."""

    all: tuple[tuple[str, Sentence], ...]
    clean: tuple[tuple[str, Sentence], ...]

    def of(self, *, identifying: bool) -> tuple[tuple[str, Sentence], ...]:
        return self.all if identifying else self.clean


@cache
def _bank(prefix: str) -> _Bank:
    """Read all sections whose title starts with the words; the rest of the title is the label."""
    found = tuple(
        (title[len(prefix) :].strip(), parse(line))
        for title, lines in sections("answers.txt").items()
        if title == prefix or title.startswith(prefix + " ")
        for line in lines
    )
    return _Bank(found, tuple(entry for entry in found if entry[1].can_be_clean))


@cache
def _lines(title: str) -> tuple[str, ...]:
    return sections("answers.txt")[title]


@dataclass(frozen=True, slots=True)
class _Writer:
    """What every sentence of one person needs."""

    rng: Random
    fill: Fill
    words: Mapping[str, str]
    habits: Habits
    shape: StudyShape

    def say(self, sentence: Sentence, *, identifying: bool, code: str = "") -> Draft:
        draft = render(sentence, self.rng, fill=self.fill, words=self.words, identifying=identifying)
        if not code:
            return draft
        end = len(draft.text.rstrip(" .!?,"))
        return Draft(draft.text, draft.spans, (Mark(0, end, code),) if end else ())


def answers_of(her: Participant, rng: Random, *, rank: int, shape: StudyShape) -> Mapping[str, Draft]:
    """Write what one participant answers.

    Parameters
    ----------
    her : Participant
    rng : Random
        Used by this participant alone.
    rank : int
        Her place among those who answered, from 0. Every category of identifiers is planted for
        certain in turn, so that none is missing from a small study.
    shape : StudyShape

    Returns
    -------
    mapping of str to Draft
        By question, at least one; questions left unanswered are absent.
    """
    habits = draw_habits(rng)
    writer = _Writer(rng, filler(her), plain_words(her), habits, shape)
    n_answers = rng.choices((1, 2, 3, 4), shape.n_answers)[0]
    chosen = _some_questions(rng, n_answers)
    certain = ""
    if rank < _FULL_CYCLES * len(CATEGORIES) or rank // len(CATEGORIES) % _CYCLE == 0:
        certain = CATEGORIES[rank % len(CATEGORIES)]
    holder = rng.choice(chosen) if certain else ""
    spanish = her.race_ethnicity == "hispanic" and rng.random() < shape.writes_spanish
    written: dict[str, Draft] = {}
    for question in chosen:
        draft = _answer(
            writer,
            question,
            certain if question == holder else "",
            spanish=spanish and rng.random() < 0.7,
            latina=her.race_ethnicity == "hispanic",
        )
        written[question] = draft
    return written


def _some_questions(rng: Random, n_answers: int) -> tuple[str, ...]:
    """Choose questions; what helped is answered more often than what to improve."""
    weighted = sorted(
        (rng.random() * (1.0 if "helpful" in question else 1.5), question) for question in question_ids()
    )
    kept = {question for _, question in weighted[:n_answers]}
    return tuple(question for question in question_ids() if question in kept)


def _identifying_share(shape: StudyShape) -> float:
    """Chance for an answer of some substance, so that the share over all answers is kept."""
    certain = 1.5 / _CYCLE / _MEAN_ANSWERS
    nothing = (shape.nothing_helpful + shape.nothing_improve) / 2
    return max(0.0, min(1.0, (shape.identified_share - certain) / (1 - nothing - certain)))


def _answer(writer: _Writer, question: str, certain: str, *, spanish: bool, latina: bool) -> Draft:
    rng, shape = writer.rng, writer.shape
    asks = "improve" if question.startswith("improve") else "helpful"
    if not certain:
        nothing = shape.nothing_improve if asks == "improve" else shape.nothing_helpful
        if rng.random() < nothing:
            return _nothing(writer, question, asks, spanish=spanish)
    identifying = bool(certain) or rng.random() < _identifying_share(shape)
    if spanish and not certain:
        return roughen(_spanish(writer, question, identifying=identifying), writer.habits, rng)
    if not certain and rng.random() < shape.short:
        draft = _short(writer, question, identifying=identifying)
        if bool(draft.spans) == identifying:
            return roughen(draft, writer.habits, rng)
    parts, listed = _parts(writer, question, asks, identifying=identifying, latina=latina)
    if identifying and (certain or not any(part.spans for part in parts) or rng.random() < 0.4):
        category = certain or rng.choices(tuple(_ASIDE_WEIGHTS), tuple(_ASIDE_WEIGHTS.values()))[0]
        sentence = rng.choice(_bank(f"aside {category}").all)[1]
        for _ in range(20):
            aside = writer.say(sentence, identifying=True)
            if any(span.label == category for span in aside.spans):
                break
        parts.insert(rng.randrange(len(parts) + 1), aside)
    draft = _joined(parts, writer, listed=listed)
    if identifying and rng.random() < 0.06:
        name = writer.say(rng.choice(_bank("signoff").all)[1], identifying=True)
        draft = _concatenated([draft, Draft(rng.choice(("\n", "\n\n", " "))), _capitalized(name)])
    return roughen(draft, writer.habits, rng)


def _nothing(writer: _Writer, question: str, asks: str, *, spanish: bool) -> Draft:
    title = f"es-short {question}" if spanish else f"nothing {asks}"
    code, sentence = writer.rng.choice(_bank(title).all)
    draft = writer.say(sentence, identifying=False, code=code)
    return _cased_alike(draft, writer)


def _cased_alike(draft: Draft, writer: _Writer) -> Draft:
    return draft.replacing_text(draft.text.lower()) if writer.habits.case == "lower" else draft


def _short(writer: _Writer, question: str, *, identifying: bool) -> Draft:
    rng = writer.rng
    options = _bank(f"short {question}").of(identifying=identifying)
    parts = [
        writer.say(sentence, identifying=identifying, code=code)
        for code, sentence in rng.sample(options, rng.choice((1, 1, 1, 2)))
    ]
    between = rng.choice((", ", " and ", "\n", " & ", "/"))
    draft = parts[0] if len(parts) == 1 else _concatenated([parts[0], Draft(between), parts[1]])
    return _capitalized(draft) if rng.random() < 0.6 else draft


def _target(writer: _Writer) -> float:
    shape = writer.shape
    return min(math.exp(normal(writer.rng, shape.log_length, shape.log_length_sd)), 3500.0)


def _parts(
    writer: _Writer, question: str, asks: str, *, identifying: bool, latina: bool
) -> tuple[list[Draft], bool]:
    """Choose what she says until the answer is about as long as she writes; or a list."""
    rng = writer.rng
    sentences = _bank(question).of(identifying=identifying)
    exclusive = tuple(entry for entry in sentences if entry[0] in _EXCLUSIVE)
    if exclusive and rng.random() < (writer.shape.content if asks == "improve" else 0.03):
        entry = rng.choice(exclusive)
        parts = [writer.say(entry[1], identifying=identifying, code=entry[0])]
        if rng.random() < 0.3:
            parts.append(writer.say(rng.choice(_bank("closer").clean)[1], identifying=False))
        return parts, False
    if rng.random() < writer.shape.listed:
        short = [e for e in _bank(f"short {question}").of(identifying=identifying) if e[0] not in _EXCLUSIVE]
        mixed = rng.sample([*short, *_open_ended(question, identifying)], rng.randrange(2, 6))
        return [writer.say(s, identifying=identifying, code=code) for code, s in mixed], True
    target = _target(writer)
    parts = []
    if rng.random() < 0.22:
        opener = rng.choice(_bank(f"opener {asks}").of(identifying=identifying))[1]
        parts.append(writer.say(opener, identifying=identifying))
    stories = list(_bank("ramble").of(identifying=identifying))
    length = 0
    for code, sentence in _by_code(rng, _open_ended(question, identifying)):
        parts.append(writer.say(sentence, identifying=identifying, code=code))
        if len(parts) > 1 and rng.random() < _CONNECTED:
            parts[-1] = _led_in(parts[-1], writer, "connector")
        length += len(parts[-1].text) + 2
        if length > 0.8 * target:
            break
        if target > 350 and stories and rng.random() < 0.35:
            story = writer.say(stories.pop(int(rng.random() * len(stories)))[1], identifying=identifying)
            if rng.random() < _CONNECTED:
                story = _led_in(story, writer, "connector-story")
            parts.insert(rng.randrange(1, len(parts) + 1), story)
            length += len(story.text) + 2
        if latina and rng.random() < 0.15:
            parts.append(writer.say(rng.choice(_bank("spanglish").clean)[1], identifying=False))
    if rng.random() < (0.08 if target < 150 else 0.25):
        parts.append(writer.say(rng.choice(_bank("closer").clean)[1], identifying=False))
    return parts, False


@cache
def _open_ended(question: str, identifying: bool) -> tuple[tuple[str, Sentence], ...]:
    """Return the sentences that go together."""
    return tuple(e for e in _bank(question).of(identifying=identifying) if e[0] not in _EXCLUSIVE)


def _by_code(rng: Random, sentences: Sequence[tuple[str, Sentence]]) -> Iterator[tuple[str, Sentence]]:
    """Yield each sentence once in random order, now and then two of one code in a row."""
    left = list(sentences)
    while left:
        code, sentence = left.pop(int(rng.random() * len(left)))
        yield code, sentence
        if rng.random() < _SAME_CODE:
            same = [place for place, entry in enumerate(left) if entry[0] == code]
            if same:
                yield left.pop(same[int(rng.random() * len(same))])


def _led_in(part: Draft, writer: _Writer, title: str) -> Draft:
    """Put a connecting word before a part; its segment and spans move along."""
    word = writer.rng.choice(_lines(title))
    joined = _concatenated([Draft(f"{word} "), part])
    if part.text[:2] in ("I ", "I'") or part.text[:1].islower() or not part.text[:1].isalpha():
        return joined
    if any(span.start == 0 for span in part.spans):
        return joined
    at = len(word) + 1
    return joined.replacing_text(joined.text[:at] + part.text[0].lower() + joined.text[at + 1 :])


def _spanish(writer: _Writer, question: str, *, identifying: bool) -> Draft:
    rng = writer.rng
    options = _bank(f"es {question}").of(identifying=identifying)
    chosen = rng.sample(options, min(len(options), rng.randrange(1, 4)))
    if any(code not in _EXCLUSIVE for code, _ in chosen):
        chosen = [entry for entry in chosen if entry[0] not in _EXCLUSIVE]
    parts = [writer.say(s, identifying=identifying, code=code) for code, s in chosen]
    if identifying and not any(part.spans for part in parts):
        parts.append(writer.say(rng.choice(_bank("es-aside").all)[1], identifying=True))
    return _joined(parts, writer, listed=False)


def _joined(parts: Sequence[Draft], writer: _Writer, *, listed: bool) -> Draft:
    """Put the parts in one text, each with capital and stop as she sets them."""
    rng, habits = writer.rng, writer.habits
    bullets = rng.choice(("- ", "1. ", "* ", "1) ", "")) if listed else ""
    pieces: list[Draft] = []
    starts = True
    for number, part in enumerate(parts, start=1):
        if listed:
            pieces.append(Draft(bullets.replace("1", str(number))))
        pieces.append(_capitalized(part) if starts else part)
        last = number == len(parts)
        if listed:
            pieces.append(Draft("" if last else "\n"))
            continue
        ended = part.text[-1:] in ".!?"
        if last:
            stop = "" if ended or rng.random() < habits.no_full_stop else "."
        elif part.text.endswith(",") or part.text.endswith((" but", "I'd say", "Honestly")):
            stop = " "
        else:
            stop = rng.choice(habits.stops)
            if ended:
                stop = stop.lstrip(".!,") if stop.strip() != "and" else " "
            starts = stop.strip() in (".", "!", "!!", "...") or "\n" in stop or ended
        if stop == " " and not ended and not last:
            starts = False
        pieces.append(Draft(stop))
    if rng.random() < habits.emoji:
        sign = rng.choice(_lines("emoji"))
        repeats = 1 if sign.isascii() else rng.choice((1, 1, 1, 3))
        pieces.append(Draft(" " + sign * repeats))
    elif rng.random() < 0.03:
        pieces.append(Draft(rng.choice((" ", "\n"))))
    return _concatenated(pieces)


_SENTENCE_START: Final = re.compile(r"(?:\A|(?<=[.!?] ))[^\W\d_]")
_ABBREVIATED: Final = re.compile(r"(?:\bDr|\bMrs|\bMs|\.\.|\b[A-Z]|\bmany|\bso)\. \Z")
_SMALL: Final = ("iPhone", "n/a")


def _capitalized(draft: Draft) -> Draft:
    """Capitalize the first letter and each that follows a full stop inside the part.

    Planted addresses and handles stay as they are, and so does what follows an abbreviation.
    """
    text = draft.text
    contacts = {span.start for span in draft.spans if span.label == "CONTACT"}

    def larger(match: re.Match[str]) -> str:
        at = match.start()
        fixed = (
            at in contacts
            or text.startswith(_SMALL, at)
            or _ABBREVIATED.search(text, max(at - 6, 0), at) is not None
        )
        return match[0] if fixed else match[0].upper()

    return draft.replacing_text(_SENTENCE_START.sub(larger, text))


def _concatenated(pieces: Sequence[Draft]) -> Draft:
    spans: list[Mark] = []
    segments: list[Mark] = []
    length = 0
    for piece in pieces:
        spans += (Mark(m.start + length, m.end + length, m.label) for m in piece.spans)
        segments += (Mark(m.start + length, m.end + length, m.label) for m in piece.segments)
        length += len(piece.text)
    return Draft("".join(piece.text for piece in pieces), tuple(spans), tuple(segments))
