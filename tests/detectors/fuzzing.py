"""Texts that nobody would write, made from texts that somebody did; and a hunt that makes failures small."""

from __future__ import annotations

import csv
import random
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
LONGEST: Final = 3000

ODD: Final = (
    *("", " ", "\n", "\r\n", "\t", "\x00", "\x1c", "\x85", "\u2028", "\u00a0", "\u200b", "\u00ad", "\ufeff"),
    *(
        "\ud83d",
        "\udc69",
        "\u0301",
        "e\u0301\u0302",
        "\u202e",
        "\u2066",
        "👩\u200d👧",
        "👍🏽",
        "🇺🇸",
        "1️⃣",
        "\U000e0041",
    ),
    *("İ", "ı", "ß", "ẞ", "ﬁ", "ﷺ", "Ǆ", "ǅ", "Å", "ſ", "K", "①", "５", "٣", "৪", "²", "½", "Ⅷ", "𝟓", "𝓐"),
    *(
        "’",
        "‘",
        "ʼ",
        "“",
        "–",
        "—",
        "‐",
        "…",
        "·",
        "。",
        "，",
        "＠",
        "．",
        "／",
        "：",
        "#",
        "@",
        "://",
        "www.",
        "u/",
    ),
    *("我的教练", "مدربتي", "המאמנת", "ผู้ฝึกสอน", "Мария", "Ελένη", "मारिया", "마리아"),
    *("[NAME]", "[NAME-7]", "[DATE-12]", "█████", "[", "]", "[[NAME]]", "[NAME", "[a VA hospital]", "(", ")"),
    *(
        "'s",
        "’s",
        "s'",
        "-",
        "--",
        "/",
        ".",
        "..",
        ",",
        ";",
        "a",
        "I",
        "1",
        "0000",
        "555",
        "641",
        "(641)",
        "+1",
    ),
)
"""Pieces that have been trouble for somebody."""


def examples() -> list[str]:
    """The examples of every pattern, as the reference shows them, and of the known identifiers."""
    page = (ROOT / "docs/reference/detectors.md").read_text("utf-8")
    cells = [cell.strip() for line in page.splitlines() if line[:1] == "|" for cell in line.split("|")]
    return sorted({cell.replace("**", "").replace("`", "") for cell in cells if "**" in cell})


def answers() -> list[str]:
    """What participants wrote in the example study."""
    path = ROOT / "examples/mommoodbooster/exports/three_month_survey.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, _, _, *rows = csv.reader(file)
    columns = [header.index(name) for name in ("Q12", "Q13", "Q14", "Q15")]
    return sorted({row[column] for row in rows for column in columns} - {"", "-99"})


class Writer:
    """Writes texts, the same ones for the same seed.

    Parameters
    ----------
    seed : int
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.examples = examples()
        self.answers = answers()
        self.words = sorted({word for text in [*self.answers, *self.examples] for word in text.split()})

    def batch(self, size: int) -> list[str]:
        """Some texts, now and then the same twice."""
        texts = [self.text() for _ in range(size)]
        return [self.random.choice(texts) if self.random.random() < 0.05 else text for text in texts]

    def text(self) -> str:
        """One text of any of the kinds below."""
        kinds = (
            self.characters,
            self.pieces,
            self.mutated,
            self.joined,
            self.spliced,
            self.repeated,
            self.recased,
        )
        return self.random.choice(kinds)()[:LONGEST]

    def seed_text(self) -> str:
        """An example or an answer."""
        return self.random.choice(self.examples if self.random.random() < 0.6 else self.answers)

    def character(self) -> str:
        """Any code point; those of writing more often than others."""
        draw = self.random.random()
        if draw < 0.5:
            return chr(self.random.randrange(32, 127))
        if draw < 0.9:
            return chr(self.random.randrange(0x0, 0x3100))
        return chr(self.random.randrange(sys.maxunicode + 1))

    def piece(self) -> str:
        """A word, something odd, or a character."""
        draw = self.random.random()
        if draw < 0.4:
            return self.random.choice(ODD)
        return self.random.choice(self.words) if draw < 0.8 else self.character()

    def characters(self) -> str:
        """Characters at random."""
        return "".join(self.character() for _ in range(self.random.randrange(60)))

    def pieces(self) -> str:
        """Pieces with little between them."""
        return "".join(
            self.piece() + self.random.choice(("", " ", " ", "-", ".", "\n"))
            for _ in range(self.random.randrange(30))
        )

    def mutated(self) -> str:
        """A text with some places changed."""
        text = self.seed_text()
        for _ in range(self.random.randrange(1, 8)):
            at, end = sorted(self.random.randrange(len(text) + 1) for _ in range(2))
            end = min(end, at + self.random.choice((0, 1, 2, 10)))
            new = self.random.choice((self.piece(), "", text[at:end] * 2, text[at:end].swapcase(), " "))
            text = text[:at] + new + text[end:]
        return text

    def joined(self) -> str:
        """Several texts end to end."""
        gap = self.random.choice(("", " ", "\n", ". ", "/", "@", "-"))
        return gap.join(self.seed_text() for _ in range(self.random.randrange(2, 7)))

    def spliced(self) -> str:
        """A piece of one text inside another, both cut anywhere."""
        outer, inner = self.seed_text(), self.random.choice(self.examples)
        start, end = sorted(self.random.randrange(len(inner) + 1) for _ in range(2))
        at = self.random.randrange(len(outer) + 1)
        return outer[:at] + inner[start:end] + outer[at + self.random.choice((0, 0, 3)) :]

    def repeated(self) -> str:
        """A few characters or pieces again and again."""
        return self.unit() * self.random.choice((10, 100, 1000))

    def unit(self) -> str:
        """Something short to repeat; never empty."""
        draw = self.random.random()
        if draw < 0.5:
            text = self.random.choice(self.examples)
            at = self.random.randrange(len(text))
            return text[at : at + self.random.randrange(1, 12)]
        return (self.piece() + (self.piece() if draw < 0.8 else "")) or " "

    def recased(self) -> str:
        """A text in other letters: capitals, small, or another Unicode form."""
        text = self.seed_text()
        form = self.random.choice(("upper", "lower", "title", "swapcase", "NFD", "NFKD", "NFKC", "wide"))
        if form == "wide":
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
        if form.startswith("NF"):
            return unicodedata.normalize(form, text)  # type: ignore[arg-type]
        return str(getattr(text, form)())


def smallest(texts: Sequence[str], fails: Callable[[Sequence[str]], bool], tries: int = 400) -> list[str]:
    """Fewer and shorter texts that still fail, as far as some tries go.

    Parameters
    ----------
    texts : sequence of str
    fails : callable
        Whether some texts fail; true of `texts`.
    tries : int
    """
    best = list(texts)
    while tries > 0:
        for smaller in _smaller(best):
            tries -= 1
            if fails(smaller):
                best = smaller
                break
            if tries <= 0:
                break
        else:
            break
    return best


def _smaller(texts: list[str]) -> Iterator[list[str]]:
    size = len(texts)
    while size := size // 2:
        for at in range(0, len(texts), size):
            yield texts[:at] + texts[at + size :]
    for number, text in enumerate(texts):
        size = len(text)
        while size:
            for at in range(0, len(text), size):
                yield [*texts[:number], text[:at] + text[at + size :], *texts[number + 1 :]]
            size //= 2


def calls(work: Callable[[], Any]) -> int:
    """How many functions some work calls, Python's and C's: what it costs, by counting."""
    count = 0

    def counted(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def shown(texts: Sequence[str]) -> str:
    """Texts in ASCII, for a message that can be pasted into a test."""
    return re.sub(r"'(.{500}).+'", r"'\1'...", ascii(list(texts)))
