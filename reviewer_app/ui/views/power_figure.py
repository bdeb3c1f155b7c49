"""Power curves drawn: what test sets of other sizes could show, and where this one is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reviewer_app.comparison.formatting import format_margin, in_points
from reviewer_app.ui.models.number_cells import share_text
from reviewer_app.ui.models.power_drawing import PowerDrawing
from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import (
    PIXELS_PER_INCH,
    SMALL,
    TITLE_SIZE,
    axes_at,
    elided,
    set_title,
    size_of,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POWER_HEIGHT = 260
USUAL_POWER = 0.8
TITLE, AXIS, NUMBERS, RIGHT = 30, 44, 52, 28
"""Room around a plot, in pixels."""
NARROW = 200
"""A plot narrower than this, in pixels, has numbers at powers of ten alone."""


def draw_power(figure: Figure, drawing: PowerDrawing, palette: Palette) -> None:
    """Draw the power at the margin, where there is one, and the detectable difference against the examples."""
    with styled(figure, palette, layout="none"):
        powers = drawing.curve.power_at_margin
        if powers is None:
            _draw_detectable(_plot(figure, 0, 1), drawing, palette)
        else:
            _draw_power_at_margin(_plot(figure, 0, 2), drawing, powers, palette)
            _draw_detectable(_plot(figure, 1, 2), drawing, palette)
        for axes in figure.axes:
            _dress(axes, drawing)


def _plot(figure: Figure, number: int, n_plots: int) -> Axes:
    """Return the axes of one of several plots beside each other, with room for its title and numbers."""
    width, height = size_of(figure)
    left = width / n_plots * number + NUMBERS
    return axes_at(figure, left, TITLE, width / n_plots - NUMBERS - RIGHT, height - TITLE - AXIS)


def _draw_power_at_margin(axes: Axes, drawing: PowerDrawing, powers: Sequence[float | None], palette: Palette) -> None:
    from matplotlib.ticker import PercentFormatter

    margin = drawing.curve.margin
    _title(axes, "Power" if margin is None else f"Power for {format_margin(drawing.metric, margin)}", palette)
    axes.axhline(USUAL_POWER, color=palette.muted, linewidth=1.0, linestyle=(0, (1, 2)))
    _draw_line(axes, drawing, powers, palette)
    axes.set_ylim(0.0, 1.04)
    axes.set_yticks([0.0, 0.2, 0.4, 0.6, USUAL_POWER, 1.0])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    here = drawing.power_here
    if here is None:
        _say_none(axes, "not defined: fewer examples differ\nthan the margin asks for", palette)
    else:
        _mark_here(axes, drawing, here, share_text, palette, is_rising=True)


def _draw_detectable(axes: Axes, drawing: PowerDrawing, palette: Palette) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    metric, margin = drawing.metric, drawing.curve.margin
    factor = 100.0 if in_points(metric) else 1.0
    _title(axes, f"Detectable difference, {'points' if in_points(metric) else metric.name}", palette)
    if margin is not None:
        axes.axhline(margin, color=palette.muted, linewidth=1.0, linestyle=(0, (1, 2)))
        axes.annotate(
            "margin",
            (0.0, margin),
            xycoords=("axes fraction", "data"),
            xytext=(4, 3),
            textcoords="offset points",
            color=palette.muted,
            fontsize=SMALL,
        )
    _draw_line(axes, drawing, drawing.curve.detectable, palette)
    shown = [value for value in (*drawing.curve.detectable, margin) if value is not None]
    axes.set_ylim(0.0, 1.08 * max(shown, default=1.0))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{factor * value:.3g}"))
    here = drawing.detectable_here
    if here is None:
        _say_none(axes, "here: no difference", palette)
    else:
        _mark_here(axes, drawing, here, lambda value: format_margin(metric, value), palette, is_rising=False)


def _title(axes: Axes, text: str, palette: Palette) -> None:
    set_title(axes, elided(text, _width(axes) + RIGHT, fontsize=TITLE_SIZE, fontweight="bold"), palette)


def _width(axes: Axes) -> float:
    """Return how wide a plot is, in pixels at a scale of 1."""
    return axes.bbox.width * PIXELS_PER_INCH / axes.figure.dpi


def _draw_line(axes: Axes, drawing: PowerDrawing, values: Sequence[float | None], palette: Palette) -> None:
    drawn = [math.nan if value is None else value for value in values]
    axes.plot(drawing.curve.n, drawn, color=palette.accent, linewidth=2.0)


def _mark_here(
    axes: Axes,
    drawing: PowerDrawing,
    value: float,
    text_of: Callable[[float], str],
    palette: Palette,
    *,
    is_rising: bool,
) -> None:
    """Mark where the examples at hand are, on the side of the line where it leaves room."""
    axes.plot([drawing.curve.n_here], [value], marker="o", markersize=7, color=palette.ink, clip_on=False, zorder=5)
    below = is_rising and value >= 0.12 * axes.get_ylim()[1]
    between = "\n" if _width(axes) < NARROW else " "
    words = f"here:{between}{text_of(value)}"
    axes.annotate(
        words,
        (drawing.curve.n_here, value),
        xytext=(-8 if is_rising and not below else 8, -5 if below else 5),
        textcoords="offset points",
        ha="right" if is_rising and not below else "left",
        va="top" if below else "bottom",
        fontweight="bold",
        color=palette.ink,
    )


def _say_none(axes: Axes, words: str, palette: Palette) -> None:
    # On a ground of its own: grid and margin would strike it through.
    ground = {"facecolor": palette.panel, "linewidth": 0.0, "pad": 3.0}
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=palette.muted, bbox=ground)


def _dress(axes: Axes, drawing: PowerDrawing) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, NullLocator, StrMethodFormatter

    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,) if _width(axes) < NARROW else (1.0, 3.0)))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(drawing.curve.n[0], drawing.curve.n[-1])
    axes.tick_params(length=0, pad=5, labelsize=SMALL)
    axes.set_xlabel(f"test {drawing.noun}s")
