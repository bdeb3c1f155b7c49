"""What the marks of a forest plot mean, below it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from reviewer_app.ui.models.forest import Forest
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import SMALL, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEY_HEIGHT = 48
"""Two lines, and room above."""
INTERVAL_WIDTH, WHISKER_WIDTH = 3.2, 1.0
LINE = 18
SIGN, GAP = 18, 18
"""Width of a mark; space between two entries."""

Sign = Callable[["Axes", float, float], object]
"""Draws a mark from a left edge at a height."""


def draw_key(page: Axes, forest: Forest, top: float, palette: Palette) -> None:
    """Explain the marks that are drawn, those alone, in as many lines as the width of the page asks for."""
    left, middle = 2.0, top + LINE / 2
    for sign, words in _entries(forest, palette):
        width = SIGN + 6 + text_width(words, fontsize=SMALL)
        if left > 2.0 and left + width > page.get_xlim()[1]:
            left, middle = 2.0, middle + LINE
        sign(page, left, middle)
        page.text(left + SIGN + 6, middle, words, va="center", color=palette.muted, fontsize=SMALL)
        left += width + GAP


def _entries(forest: Forest, palette: Palette) -> Iterator[tuple[Sign, str]]:
    rows = forest.rows
    if any(row.decides for row in rows):
        after = f", p after {forest.correction}" if forest.correction else ""
        yield partial(_dot, edge=palette.muted, face=palette.muted), f"decides the verdict{after}"
    if not all(row.decides for row in rows):
        yield partial(_dot, edge=palette.muted, face=palette.panel), "exploratory, p not adjusted"
    if not all(row.why for row in rows):
        yield partial(_line, colour=palette.muted, width=INTERVAL_WIDTH), "interval of one alone"
    if any(row.numbers.whisker_low is not None for row in rows):
        of_family = " / number of planned comparisons" if forest.correction else ""
        words = f"at \N{GREEK SMALL LETTER ALPHA}{of_family}"
        yield partial(_line, colour=palette.muted, width=WHISKER_WIDTH), words
    if any(row.numbers.margin is not None for row in rows):
        yield partial(_line, colour=palette.margin, width=9.0), "margin"


def _dot(page: Axes, left: float, middle: float, *, edge: str, face: str) -> None:
    at = [left + SIGN / 2]
    page.plot(at, [middle], marker="o", markersize=6, markerfacecolor=face, markeredgecolor=edge, markeredgewidth=1.4)


def _line(page: Axes, left: float, middle: float, *, colour: str, width: float) -> None:
    page.plot([left, left + SIGN], [middle, middle], color=colour, linewidth=width, solid_capstyle="butt")
