"""Plots of the text engine as SVG: points and lines in panels, readable on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

INK, FAINT, PAPER = "#24303a", "#b8c2ca", "#fbfcfc"
BLUE, ORANGE = "#1f6f8b", "#c2571a"
_WIDTH: Final = 900
_SIDE: Final = 230
_LEFT, _TOP, _APART = 62, 44, 60


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of values, the ticks on it and how they are written."""

    low: float
    high: float
    ticks: Sequence[float]
    title: str
    form: str = "{:.0%}"

    def share(self, value: float) -> float:
        """Where a value stands, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


class Plot:
    """An image of up to three square panels with the same axes.

    Parameters
    ----------
    label : str
        What the image shows, for those who do not see it.
    x, y : Axis
    below : int
        Room for a legend, in pixels.
    """

    def __init__(self, label: str, x: Axis, y: Axis, *, below: int) -> None:
        self._x, self._y = x, y
        self._height = _TOP + _SIDE + 52 + below
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {self._height}" role="img" '
            f'aria-label="{escape(label)}" font-family="sans-serif" font-size="12" fill="{INK}">',
            f'<rect width="{_WIDTH}" height="{self._height}" rx="6" fill="{PAPER}"/>',
        ]

    def panel(self, nth: int, title: str) -> None:
        """Draw the frame of a panel, its grid and its ticks."""
        left, bottom = self._left(nth), _TOP + _SIDE
        self.text(left + _SIDE / 2, _TOP - 16, title, size=14)
        for tick in self._x.ticks:
            at, _ = self._place(nth, tick, self._y.low)
            self._grid(at, _TOP, at, bottom)
            self.text(at, bottom + 16, self._x.form.format(tick), size=11)
        for tick in self._y.ticks:
            _, at = self._place(nth, self._x.low, tick)
            self._grid(left, at, left + _SIDE, at)
            self.text(left - 6, at + 4, self._y.form.format(tick), size=11, anchor="end")
        self._parts.append(
            f'<rect x="{left}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}" fill="none" stroke="{INK}"/>'
        )
        self.text(left + _SIDE / 2, bottom + 36, self._x.title)
        if nth == 0:
            self._parts.append(
                f'<text transform="translate(16 {_TOP + _SIDE / 2}) rotate(-90)" text-anchor="middle">'
                f"{escape(self._y.title)}</text>"
            )

    def line(
        self, nth: int, points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False
    ) -> None:
        """Join points of a panel; what lies outside of it is left out."""
        there = " ".join(
            f"{x:.1f},{y:.1f}" for x, y in (self._place(nth, *own) for own in points if self._inside(*own))
        )
        dash = ' stroke-dasharray="4 4"' if dashed else ""
        self._parts.append(
            f'<polyline points="{there}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'
        )

    def dot(self, nth: int, x: float, y: float, colour: str, *, radius: float = 4, mark: str = "") -> None:
        """Draw a dot in a panel, with a mark in it if there is one."""
        if not self._inside(x, y):
            return
        across, down = self._place(nth, x, y)
        self.dot_at(across, down, colour, radius=radius, mark=mark)

    def dot_at(self, across: float, down: float, colour: str, *, radius: float = 4, mark: str = "") -> None:
        """Draw a dot anywhere in the image."""
        self._parts.append(
            f'<circle cx="{across:.1f}" cy="{down:.1f}" r="{radius:.1f}" fill="{colour}" '
            f'fill-opacity="0.85"/>'
        )
        if mark:
            self.text(across, down + 3.5, mark, size=10, colour=PAPER)

    def text(
        self,
        across: float,
        down: float,
        words: str,
        *,
        size: int = 12,
        anchor: str = "middle",
        colour: str = INK,
    ) -> None:
        """Write words anywhere in the image."""
        self._parts.append(
            f'<text x="{across:.1f}" y="{down:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}">{escape(words)}</text>'
        )

    def legend(self, row: int, column: int, colour: str, words: str, *, mark: str = "") -> None:
        """Write an entry of the legend: rows from 0, three columns."""
        across, down = _LEFT + 290 * column, _TOP + _SIDE + 66 + 22 * row
        self.dot_at(across, down - 4, colour, radius=8 if mark else 5, mark=mark)
        self.text(across + 14, down, words, anchor="start")

    def svg(self) -> str:
        """The image."""
        return "\n".join([*self._parts, "</svg>"]) + "\n"

    def _left(self, nth: int) -> int:
        return _LEFT + nth * (_SIDE + _APART)

    def _inside(self, x: float, y: float) -> bool:
        return 0 <= self._x.share(x) <= 1 and 0 <= self._y.share(y) <= 1

    def _place(self, nth: int, x: float, y: float) -> tuple[float, float]:
        return self._left(nth) + _SIDE * self._x.share(x), _TOP + _SIDE * (1 - self._y.share(y))

    def _grid(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{FAINT}" stroke-width="0.5"/>'
        )
