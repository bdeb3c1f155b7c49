"""The forest plot: differences A - B with their intervals, a row each, the numbers beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import MINUS, format_difference, in_points
from reviewer_app.ui.models.forest import Forest, ForestPanel, ForestRow
from reviewer_app.ui.models.number_cells import DASH, p_text
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.favours import write_favours
from reviewer_app.ui.views.figure_style import (
    SMALL,
    axes_at,
    elided,
    page_axes,
    plain,
    signed_ticks,
    size_of,
    styled,
    text_width,
    write_number,
)
from reviewer_app.ui.views.forest_key import INTERVAL_WIDTH, KEY_HEIGHT, WHISKER_WIDTH, draw_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 26
HEADER = 28
AXIS = 44
"""Ticks, and whom each side favours."""
BETWEEN = 12
GAP = 20
"""Between columns."""
EDGE = 2
LEAST_PLOT = 180
NAMES_SHARE = 0.3
DOT = 6.5
FARTHEST = 4.0
"""Intervals that reach this many times farther than the typical one are cut, so that the others stay readable."""


def draw_forest(figure: Figure, forest: Forest, palette: Palette) -> None:
    """Draw every panel of a forest plot below the other, and what its marks mean.

    A figure of `forest_height` holds it; narrow ones leave out the column of intervals, which are drawn anyway.
    """
    with styled(figure, palette, layout="none"):
        page = page_axes(figure)
        columns = _columns(size_of(figure)[0], forest)
        top = 0.0
        for panel in forest.panels:
            drawn = _Panel(figure, page, forest, panel, columns, top, palette)
            drawn.draw()
            top = drawn.bottom + AXIS + BETWEEN
        draw_key(page, forest, top, palette)


def forest_height(forest: Forest) -> int:
    """Return how many pixels a forest plot needs from top to bottom."""
    return sum(HEADER + ROW * len(_lines(panel)) + AXIS + BETWEEN for panel in forest.panels) + KEY_HEIGHT


@dataclass(frozen=True)
class _Columns:
    """Where the columns are, in pixels: names, the plot, then numbers by their right edges; None: left out."""

    names_right: float
    plot_left: float
    plot_right: float
    difference: float
    interval: float | None
    p_value: float


def _columns(width: float, forest: Forest) -> _Columns:
    names = max((text_width(plain(_name(row), 60), fontweight="bold") for row in forest.rows), default=0.0)
    names = min(names, NAMES_SHARE * width)
    texts = [_texts(panel, row) for panel in forest.panels for row in panel.rows]
    headers = [_header(forest, panel) for panel in forest.panels]
    widths = [max((text_width(text[at]) for text in (*texts, *headers)), default=0.0) for at in range(3)]
    plot_left, p_value = EDGE + names + GAP, width - EDGE
    interval: float | None = p_value - widths[2] - GAP
    difference = p_value - widths[2] - widths[1] - 2 * GAP
    if difference - widths[0] - GAP - plot_left < LEAST_PLOT:
        difference, interval = p_value - widths[2] - GAP, None
    return _Columns(EDGE + names, plot_left, difference - widths[0] - GAP, difference, interval, p_value)


def _lines(panel: ForestPanel) -> list[ForestRow | str]:
    """Return what stands below each other: headings and rows."""
    lines: list[ForestRow | str] = []
    for block in panel.blocks:
        lines += [block.heading] if block.heading else []
        lines += block.rows
    return lines


def _name(row: ForestRow) -> str:
    return f"{row.name} · {row.detail}" if row.detail else row.name


def _header(forest: Forest, panel: ForestPanel) -> tuple[str, str, str]:
    levels = {row.numbers.ci_level for row in panel.rows}
    level = f"{100 * levels.pop():.0f} % interval" if len(levels) == 1 else "interval"
    adjusted = bool(forest.correction) and all(row.numbers.p_adjusted is not None for row in panel.rows)
    return f"A {MINUS} B, {panel.unit}", level, "p adjusted" if adjusted else "p"


def _texts(panel: ForestPanel, row: ForestRow) -> tuple[str, str, str]:
    """Return the difference, its interval and its p in figures."""
    numbers = row.numbers
    interval = ""
    if numbers.ci_low is not None and numbers.ci_high is not None:
        low, high = (format_difference(panel.metric, end) for end in (numbers.ci_low, numbers.ci_high))
        interval = f"{low} to {high}"
    p_value = numbers.p_value if numbers.p_adjusted is None else numbers.p_adjusted
    return format_difference(panel.metric, numbers.difference), interval, DASH if p_value is None else p_text(p_value)


class _Panel:
    """One panel on the page, from `top` to the axis at `bottom`; a row's y on the plot is its number."""

    def __init__(
        self,
        figure: Figure,
        page: Axes,
        forest: Forest,
        panel: ForestPanel,
        columns: _Columns,
        top: float,
        palette: Palette,
    ) -> None:
        self._page = page
        self._forest = forest
        self._panel = panel
        self._columns = columns
        self._palette = palette
        self._lines = _lines(panel)
        self._factor = 100.0 if in_points(panel.metric) else 1.0
        self._low, self._high = self._limits()
        self._rows_top = top + HEADER
        self.bottom = self._rows_top + ROW * len(self._lines)
        width = columns.plot_right - columns.plot_left
        self._plot = axes_at(figure, columns.plot_left, self._rows_top, width, self.bottom - self._rows_top)

    def draw(self) -> None:
        """Draw it all."""
        self._dress()
        self._shade_margins()
        columns, palette = self._columns, self._palette
        header = _header(self._forest, self._panel)
        for text, right in zip(header, (columns.difference, columns.interval, columns.p_value), strict=True):
            if right is not None:
                middle = self._rows_top - HEADER / 2
                self._page.text(right, middle, text, ha="right", va="center", color=palette.muted)
        # Bold tells which row decides, where there are others.
        mixed = len({row.decides for row in self._panel.rows}) > 1
        for number, line in enumerate(self._lines):
            middle = self._rows_top + ROW * (number + 0.5)
            if isinstance(line, str):
                heading = elided(line, columns.p_value - EDGE, fontweight="bold")
                self._page.text(EDGE, middle, heading, va="center", fontweight="bold")
                continue
            self._write(line, middle, "bold" if mixed and line.decides else "normal")
            self._draw_row(line, number)
            if line.why:
                self._write_why(line, middle)
        edges = [self._rows_top + ROW * number for number in range(len(self._lines) + 1)]
        self._page.hlines(edges, 0.0, columns.p_value, color=palette.line, linewidth=0.6)
        write_favours(
            self._page,
            self._x(0.0),
            self.bottom + AXIS - 13,
            (self._forest.team_a, self._forest.team_b),
            palette,
            above_favours_a=self._panel.higher_is_better,
            ends=(EDGE, columns.p_value),
        )

    def _dress(self) -> None:
        self._plot.set_xlim(self._low, self._high)
        self._plot.set_ylim(len(self._lines) - 0.5, -0.5)
        self._plot.grid(visible=False)
        for side in self._plot.spines.values():
            side.set_visible(False)
        self._plot.set_yticks([])
        self._plot.tick_params(axis="x", length=0, pad=5, labelsize=SMALL)
        signed_ticks(self._plot.xaxis)
        self._plot.axvline(0.0, color=self._palette.muted, linewidth=1.0, linestyle=(0, (1, 2)), zorder=2)

    def _shade_margins(self) -> None:
        """Shade the margin behind its rows, one rectangle for neighbours that have the same."""
        from matplotlib.patches import Rectangle

        margins = [None if isinstance(line, str) else line.numbers.margin for line in self._lines]
        for margin, found in groupby(range(len(margins)), key=lambda number: margins[number]):
            if margin is not None:
                numbers, reach = list(found), self._factor * margin
                place = (-reach, numbers[0] - 0.5), 2 * reach, len(numbers)
                self._plot.add_patch(Rectangle(*place, facecolor=self._palette.margin, linewidth=0))

    def _ends(self, row: ForestRow) -> Iterator[float]:
        numbers = row.numbers
        for end in (numbers.ci_low, numbers.ci_high, numbers.whisker_low, numbers.whisker_high):
            if end is not None:
                yield self._factor * end

    def _limits(self) -> tuple[float, float]:
        """Return where the axis begins and ends: all points, 0, the margins, and every interval of a usual length."""
        rows = self._panel.rows
        points = [self._factor * row.numbers.difference for row in rows if row.numbers.difference is not None]
        margins = [self._factor * row.numbers.margin for row in rows if row.numbers.margin is not None]
        reaches = [max((abs(end) for end in self._ends(row)), default=0.0) for row in rows]
        usual = FARTHEST * median([reach for reach in reaches if reach > 0.0] or [0.0])
        farthest = max([usual, *(1.25 * abs(point) for point in points), *margins])
        ends = [min(max(end, -farthest), farthest) for row in rows for end in self._ends(row)]
        every = [0.0, *points, *ends, *margins, *(-margin for margin in margins)]
        low, high = min(every), max(every)
        if high == low:
            low, high = -self._factor / 100.0, self._factor / 100.0
        room = 0.06 * (high - low)
        return low - room, high + room

    def _draw_row(self, row: ForestRow, at: int) -> None:
        numbers, factor = row.numbers, self._factor
        colour = getattr(self._palette, row.better)
        if numbers.whisker_low is not None and numbers.whisker_high is not None:
            self._draw_line(factor * numbers.whisker_low, factor * numbers.whisker_high, at, colour, WHISKER_WIDTH)
        if numbers.ci_low is not None and numbers.ci_high is not None:
            self._draw_line(factor * numbers.ci_low, factor * numbers.ci_high, at, colour, INTERVAL_WIDTH)
        if numbers.difference is not None:
            face = colour if row.decides else self._palette.panel
            self._plot.plot(
                [factor * numbers.difference],
                [at],
                marker="o",
                markersize=DOT,
                markerfacecolor=face,
                markeredgecolor=colour,
                markeredgewidth=1.4,
                zorder=5,
            )

    def _draw_line(self, low: float, high: float, at: int, colour: str, width: float) -> None:
        """Draw an interval; where it goes on beyond the axis, an arrow head says so."""
        self._plot.plot([low, high], [at, at], color=colour, linewidth=width, solid_capstyle="butt", zorder=3)
        for end, marker, is_beyond in ((self._low, "<", low < self._low), (self._high, ">", high > self._high)):
            if is_beyond:
                self._plot.plot([end], [at], marker=marker, markersize=6, color=colour, clip_on=False, zorder=4)

    def _write(self, row: ForestRow, middle: float, weight: str) -> None:
        difference, interval, p_value = _texts(self._panel, row)
        columns, palette = self._columns, self._palette
        name = elided(row.name, columns.names_right - EDGE, fontweight=weight)
        self._page.text(EDGE, middle, name, va="center", fontweight=weight)
        if row.detail:
            left = EDGE + text_width(f"{name} ", fontweight=weight)
            detail = elided(f"· {row.detail}", columns.names_right - left)
            self._page.text(left, middle, detail, va="center", color=palette.muted)
        ink = palette.muted if row.numbers.difference is None else palette.ink
        write_number(self._page, columns.difference, middle, difference, color=ink)
        if columns.interval is not None and interval:
            write_number(self._page, columns.interval, middle, interval)
        ink = palette.ink if row.decides else palette.muted
        write_number(self._page, columns.p_value, middle, p_value, color=ink)

    def _x(self, value: float) -> float:
        """Return where a value is on the page."""
        left, right = self._columns.plot_left, self._columns.plot_right
        return left + (right - left) * (value - self._low) / (self._high - self._low)

    def _write_why(self, row: ForestRow, middle: float) -> None:
        """Say why a row has no interval, where it would be, on the side of the point that has more room."""
        left, right = self._columns.plot_left, self._columns.plot_right
        if row.numbers.difference is not None:
            point = self._x(self._factor * row.numbers.difference)
            left, right = (point + DOT + 4, right) if point - left < right - point else (left, point - DOT - 4)
        text = elided(row.why, right - left, fontsize=SMALL)
        # On a ground of its own: the line at 0 would strike it through.
        ground = {"facecolor": self._palette.panel, "linewidth": 0.0, "pad": 2.0}
        self._page.text(left, middle, text, va="center", color=self._palette.muted, fontsize=SMALL, bbox=ground)
