"""The difference in accuracy by the gold labels and corrected, each with its interval, drawn below each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewer_app.comparison.result import MetricComparison
from reviewer_app.review.queries import LabelNoiseReport
from reviewer_app.ui.models.label_noise_grids import BY_GOLD, LIVE, PLANNED
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.favours import write_favours
from reviewer_app.ui.views.figure_style import (
    SMALL,
    axes_at,
    page_axes,
    signed_ticks,
    size_of,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROW = 28
AXIS = 46
"""Ticks, and whom each side favours."""
TOP = 6
EDGE = 2
GAP = 20
RANGE_WIDTH = 7.0
INTERVAL_WIDTH = 2.0
DOT = 7.0


@dataclass(frozen=True)
class DrawnDifference:
    """A row: what it is called, the estimate (two equal numbers, or a range) and its interval, if any; fractions."""

    name: str
    lowest: float
    highest: float
    ci_low: float | None
    ci_high: float | None
    side: str


@dataclass(frozen=True)
class LabelNoiseDrawing:
    """What is drawn; `margin` is shaded where there is one."""

    rows: tuple[DrawnDifference, ...]
    team_a: str
    team_b: str
    margin: float | None


def label_noise_drawing(report: LabelNoiseReport, accuracy: MetricComparison) -> LabelNoiseDrawing:
    """Return the drawing of a report beside the comparison by the gold labels."""
    noise = report.noise
    gold = noise.gold_difference
    rows = [DrawnDifference(BY_GOLD, gold, gold, accuracy.ci_low, accuracy.ci_high, "muted")]
    colours = {"a_better": "team_a", "b_better": "team_b"}
    for name, answer in ((LIVE, noise.live), (PLANNED, noise.planned)):
        if answer is not None:
            colour = colours.get(answer.verdict, "ink")
            rows.append(DrawnDifference(name, answer.lowest, answer.highest, answer.ci_low, answer.ci_high, colour))
    return LabelNoiseDrawing(tuple(rows), report.team_a, report.team_b, accuracy.margin)


def label_noise_height(drawing: LabelNoiseDrawing) -> int:
    """Return how many pixels a drawing needs from top to bottom."""
    return TOP + ROW * len(drawing.rows) + AXIS


def draw_label_noise(figure: Figure, drawing: LabelNoiseDrawing, palette: Palette) -> None:
    """Draw a row per difference, a thick bar where the estimate is a range."""
    with styled(figure, palette, layout="none"):
        page = page_axes(figure)
        width = size_of(figure)[0]
        left = EDGE + max(text_width(row.name) for row in drawing.rows) + GAP
        bottom = TOP + ROW * len(drawing.rows)
        plot = axes_at(figure, left, TOP, width - EDGE - left, bottom - TOP)
        low, high = _limits(drawing)
        _dress(plot, drawing, low, high, palette)
        for number, row in enumerate(drawing.rows):
            page.text(EDGE, TOP + ROW * (number + 0.5), row.name, va="center", color=palette.ink)
            _draw_row(plot, row, number, palette)
        edges = [TOP + ROW * number for number in range(len(drawing.rows) + 1)]
        page.hlines(edges, 0.0, width - EDGE, color=palette.line, linewidth=0.6)
        zero = left + (width - EDGE - left) * (0.0 - low) / (high - low)
        teams, ends = (drawing.team_a, drawing.team_b), (EDGE, width - EDGE)
        write_favours(page, zero, bottom + AXIS - 14, teams, palette, above_favours_a=True, ends=ends)


def _limits(drawing: LabelNoiseDrawing) -> tuple[float, float]:
    """Return where the axis begins and ends, in points: everything, 0 and the margin."""
    ends = [0.0, drawing.margin or 0.0, -(drawing.margin or 0.0)]
    for row in drawing.rows:
        ends += [end for end in (row.lowest, row.highest, row.ci_low, row.ci_high) if end is not None]
    low, high = 100.0 * min(ends), 100.0 * max(ends)
    room = max(0.05 * (high - low), 0.5)
    return low - room, high + room


def _dress(plot: Axes, drawing: LabelNoiseDrawing, low: float, high: float, palette: Palette) -> None:
    plot.set_xlim(low, high)
    plot.set_ylim(len(drawing.rows) - 0.5, -0.5)
    plot.grid(visible=False)
    for side in plot.spines.values():
        side.set_visible(False)
    plot.set_yticks([])
    plot.tick_params(axis="x", length=0, pad=5, labelsize=SMALL)
    signed_ticks(plot.xaxis)
    if drawing.margin is not None:
        plot.axvspan(-100.0 * drawing.margin, 100.0 * drawing.margin, facecolor=palette.margin, linewidth=0, zorder=0)
    plot.axvline(0.0, color=palette.muted, linewidth=1.0, linestyle=(0, (1, 2)), zorder=2)


def _draw_row(plot: Axes, row: DrawnDifference, at: int, palette: Palette) -> None:
    colour = getattr(palette, row.side)
    if row.ci_low is not None and row.ci_high is not None:
        ends = [100.0 * row.ci_low, 100.0 * row.ci_high]
        plot.plot(ends, [at, at], color=colour, linewidth=INTERVAL_WIDTH, solid_capstyle="butt", zorder=3)
    if row.lowest == row.highest:
        looks = {"markerfacecolor": palette.panel if row.name == BY_GOLD else colour, "markeredgecolor": colour}
        plot.plot([100.0 * row.lowest], [at], marker="o", markersize=DOT, markeredgewidth=1.4, zorder=5, **looks)
    else:
        ends = [100.0 * row.lowest, 100.0 * row.highest]
        plot.plot(ends, [at, at], color=colour, linewidth=RANGE_WIDTH, solid_capstyle="butt", zorder=4)
