"""What chance gives: the bootstrap's distribution with THE interval, and the permutation test's with its tails."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import MINUS, format_p, in_points
from reviewer_app.ui.models.distribution_drawings import BootstrapDrawing, PermutationDrawing
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.favours import write_favours
from reviewer_app.ui.views.figure_style import (
    SMALL,
    axes_at,
    elided,
    page_axes,
    signed_ticks,
    size_of,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DISTRIBUTION_HEIGHT = 220
HEADER, AXIS = 26, 44
EDGE = 2
BAR_ALPHA = 0.35
HEADROOM = 1.25
"""Height of the plot of permutations over its highest bar: there is written what was observed."""
FARTHEST = 2.0
"""An observed value this many times the width of the bars away from them is not drawn to scale but pointed at."""


def draw_bootstrap(figure: Figure, drawing: BootstrapDrawing, palette: Palette) -> None:
    """Draw the bootstrap differences, below them the observed one with THE interval; 0 dotted, the margin shaded."""
    with styled(figure, palette, layout="none"):
        page, axes = page_axes(figure), _plot(figure)
        factor = 100.0 if in_points(drawing.metric) else 1.0
        unit = "points" if in_points(drawing.metric) else drawing.metric.name
        numbers, distribution = drawing.numbers, drawing.distribution
        edges = [factor * edge for edge in distribution.edges]
        observed = factor * distribution.observed
        interval = [factor * end for end in (numbers.ci_low, numbers.ci_high) if end is not None]
        margin = [] if numbers.margin is None else [-factor * numbers.margin, factor * numbers.margin]
        _limit(
            axes, [edges[0], edges[-1], observed, 0.0, *interval, *margin], distribution.shares, below=0.24, above=1.06
        )
        if margin:
            axes.axvspan(*margin, color=palette.margin, linewidth=0)
        axes.stairs(distribution.shares, edges, fill=True, color=palette.muted, alpha=BAR_ALPHA, linewidth=0)
        height = -0.13 * max(distribution.shares)
        if len(interval) == 2:
            axes.plot(interval, [height, height], color=palette.ink, linewidth=3.2, solid_capstyle="butt")
        axes.plot([observed], [height], marker="o", markersize=6.5, color=palette.ink)
        axes.axvline(0.0, color=palette.muted, linewidth=1.0, linestyle=(0, (1, 2)))
        signed_ticks(axes.xaxis)
        _write_header(page, _bootstrap_key(drawing), f"A {MINUS} B, {unit}", palette)
        _write_favours(page, axes, 0.0, drawing, palette, above_favours_a=drawing.metric.higher_is_better)


def _bootstrap_key(drawing: BootstrapDrawing) -> str:
    """Return what the marks are, those alone that are drawn."""
    numbers, marks = drawing.numbers, ["dot: observed"]
    if numbers.ci_low is not None and numbers.ci_high is not None:
        whose = "" if drawing.distribution.is_headline else ", by another method"
        marks.append(f"bar: THE {100 * numbers.ci_level:.0f} % interval{whose}")
    if numbers.margin is not None:
        marks.append("shaded: margin")
    return " · ".join(marks)


def draw_permutation(figure: Figure, drawing: PermutationDrawing, palette: Palette) -> None:
    """Draw the statistic's distribution, what lies at least as far out as observed in the colour of whom it favours."""
    with styled(figure, palette, layout="none"):
        page, axes = page_axes(figure), _plot(figure)
        distribution = drawing.distribution
        edges, center, reach = distribution.edges, drawing.center, drawing.reach
        far = FARTHEST * (edges[-1] - edges[0])
        is_near = edges[0] - far <= distribution.observed <= edges[-1] + far
        shown = [*edges, center, *([distribution.observed] if is_near else [])]
        _limit(axes, shown, distribution.shares, below=0.0, above=HEADROOM)
        favours = (palette.team_b, palette.team_a) if drawing.above_favours_a else (palette.team_a, palette.team_b)
        cuts = (center - reach, center + reach)
        pieces = _pieces(edges, distribution.shares, cuts)
        axes.bar(
            [left for left, _, _ in pieces],
            [share for _, _, share in pieces],
            [right - left for left, right, _ in pieces],
            align="edge",
            color=[_colour((left + right) / 2, center, reach, favours, palette.muted) for left, right, _ in pieces],
            linewidth=0,
        )
        axes.axvline(center, ymax=1 / HEADROOM, color=palette.muted, linewidth=1.0, linestyle=(0, (1, 2)))
        _mark_observed(axes, drawing, palette, is_near=is_near)
        said = f"coloured: {format_p(drawing.p_value)}, at least as far out as observed"
        if drawing.distribution.drawn == "only A right":
            _count_ticks(axes)
            _write_header(page, said, "only A right, of those that one team alone has right", palette)
        else:
            signed_ticks(axes.xaxis)
            _write_header(page, said, "d / SE, teams swapped", palette)
        _write_favours(page, axes, center, drawing, palette, above_favours_a=drawing.above_favours_a)


def _plot(figure: Figure) -> Axes:
    width, height = size_of(figure)
    axes = axes_at(figure, EDGE, HEADER, width - 2 * EDGE, height - HEADER - AXIS)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", length=0, pad=5, labelsize=SMALL)
    return axes


def _limit(axes: Axes, xs: Sequence[float], shares: Sequence[float], *, below: float, above: float) -> None:
    low, high, most = min(xs), max(xs), max(shares)
    room = 0.05 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.set_ylim(-below * most, above * most)


def _pieces(edges: Sequence[float], shares: Sequence[float], cuts: Sequence[float]) -> list[tuple[float, float, float]]:
    """Return the bars as (left, right, height), those that a tail begins in cut in two."""
    pieces = []
    for left, right, share in zip(edges[:-1], edges[1:], shares, strict=True):
        inside = sorted({left, right, *(cut for cut in cuts if left < cut < right)})
        pieces += [(one, other, share) for one, other in pairwise(inside)]
    return pieces


def _colour(
    middle: float, center: float, reach: float, favours: tuple[str, str], between: str
) -> str | tuple[str, float]:
    """Return the colour of a piece of a bar: in a tail that of whom it favours."""
    if abs(middle - center) < reach:
        return between, BAR_ALPHA
    return favours[1] if middle >= center else favours[0]


def _mark_observed(axes: Axes, drawing: PermutationDrawing, palette: Palette, *, is_near: bool) -> None:
    """Mark the observed value with its number; one too far away is pointed at."""
    observed = drawing.distribution.observed
    low, high = axes.get_xlim()
    is_count = drawing.distribution.drawn == "only A right"
    number = f"{observed:,.0f}" if is_count else f"{observed:+.2f}".replace("-", MINUS)
    words = f"observed {number}" if math.isfinite(observed) else "observed: infinite, SE is 0"
    on_right = observed > drawing.center
    at = observed
    if is_near:
        axes.axvline(at, color=palette.ink, linewidth=1.4)
    else:
        at = high - 0.01 * (high - low) if on_right else low + 0.01 * (high - low)
        height = 0.05 * axes.get_ylim()[1]
        axes.plot([at], [height], marker=">" if on_right else "<", markersize=8, color=palette.ink)
    axes.annotate(
        words,
        (at, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if on_right else 6, -2),
        textcoords="offset points",
        ha="right" if on_right else "left",
        va="top",
        color=palette.ink,
    )


def _count_ticks(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _write_header(page: Axes, left: str, right: str, palette: Palette) -> None:
    """Say at the left what the marks are, at the right what the axis is; a narrow figure says the left alone."""
    end = page.get_xlim()[1] - EDGE
    left = elided(left, end - EDGE)
    page.text(EDGE, HEADER / 2 - 2, left, va="center", color=palette.ink)
    if text_width(left) + text_width(right) + 24 <= end:
        page.text(end, HEADER / 2 - 2, right, ha="right", va="center", color=palette.muted)


def _write_favours(
    page: Axes,
    axes: Axes,
    center: float,
    drawing: BootstrapDrawing | PermutationDrawing,
    palette: Palette,
    *,
    above_favours_a: bool,
) -> None:
    (low, high), width = axes.get_xlim(), page.get_xlim()[1]
    zero = EDGE + (width - 2 * EDGE) * (center - low) / (high - low)
    write_favours(
        page,
        zero,
        page.get_ylim()[0] - 13,
        (drawing.team_a, drawing.team_b),
        palette,
        above_favours_a=above_favours_a,
        ends=(EDGE, width - EDGE),
    )
