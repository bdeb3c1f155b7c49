"""Curves of two teams drawn into a matplotlib figure, in the window's colours; no Qt and no pyplot here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from reviewer_app.ui.theme import Palette
from reviewer_app.ui.views.figure_style import plain, set_title, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reviewer_app.review.queries import Curve

LINE_STYLES: tuple[Literal["-", "--", ":", "-."], ...] = ("-", "--", ":", "-.")
LINE_WIDTHS = (2.0, 1.2)
"""Of A and of B: they are told apart without colours, too."""
DIAGONALS = frozenset({"ROC", "reliability"})
"""Curves that are read against the diagonal: chance, or perfect calibration."""


def panels(curves_a: Sequence[Curve], curves_b: Sequence[Curve]) -> tuple[str, ...]:
    """Return the names of the plots that curves fill, in order."""
    return tuple(dict.fromkeys(curve.name for curve in (*curves_a, *curves_b)))


def draw_curves(
    figure: Figure, curves_a: Sequence[Curve], curves_b: Sequence[Curve], team_a: str, team_b: str, palette: Palette
) -> None:
    """Draw a plot per name of a curve, two in a row, A and B in their colours, B's lines thinner.

    Curves of one team and name with different y labels (threshold sweeps) differ in their dashes. Points that stand for
    groups of examples (reliability) are as large as their groups.
    """
    names = panels(curves_a, curves_b)
    with styled(figure, palette):
        rows = (len(names) + 1) // 2
        for position, name in enumerate(names, start=1):
            axes = figure.add_subplot(rows, 2, position)
            _draw_panel(axes, name, [(curves_a, team_a, palette.team_a), (curves_b, team_b, palette.team_b)], palette)


def _draw_panel(axes: Axes, name: str, sides: Sequence[tuple[Sequence[Curve], str, str]], palette: Palette) -> None:
    set_title(axes, name, palette)
    if name in DIAGONALS:
        axes.plot([0, 1], [0, 1], color=palette.muted, linewidth=0.8, linestyle=(0, (2, 3)))
    drawn = [(curve, side) for side, (curves, _, _) in enumerate(sides) for curve in curves if curve.name == name]
    y_labels = list(dict.fromkeys(curve.y_label for curve, _ in drawn))
    for curve, side in drawn:
        style = LINE_STYLES[y_labels.index(curve.y_label) % len(LINE_STYLES)]
        axes.plot(curve.x, curve.y, color=sides[side][2], linewidth=LINE_WIDTHS[side], linestyle=style)
        if curve.weights:
            largest = max(curve.weights) or 1.0
            sizes = [8 + 72 * weight / largest for weight in curve.weights]
            axes.scatter(curve.x, curve.y, s=sizes, color=sides[side][2], alpha=0.55, linewidths=0)
    axes.set_xlabel(drawn[0][0].x_label)
    axes.set_ylabel(y_labels[0] if len(y_labels) == 1 else "")
    axes.margins(x=0.02, y=0.04)
    _draw_legend(axes, [(team, colour) for _, team, colour in sides], y_labels, palette)


def _draw_legend(axes: Axes, teams: Sequence[tuple[str, str]], y_labels: Sequence[str], palette: Palette) -> None:
    """Say level with the title whose line is whose; where dashes tell what is measured, what they mean."""
    from matplotlib.lines import Line2D

    if len(y_labels) == 1:
        lines = [Line2D([], [], color=colour, linewidth=LINE_WIDTHS[side]) for side, (_, colour) in enumerate(teams)]
        words = [plain(team) for team, _ in teams]
    else:
        styles = (LINE_STYLES[number % len(LINE_STYLES)] for number in range(len(y_labels)))
        lines = [Line2D([], [], color=palette.muted, linestyle=style) for style in styles]
        words = [plain(word) for word in y_labels]
    axes.legend(
        lines,
        words,
        loc="lower right",
        bbox_to_anchor=(1.0, 0.99),
        ncols=len(lines),
        frameon=False,
        handlelength=1.8,
        columnspacing=1.2,
        borderaxespad=0.2,
    )
