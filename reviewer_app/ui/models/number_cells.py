"""Cells of tables of numbers: what people read, the unrounded values behind it, and why something is missing."""

from __future__ import annotations

from reviewer_app.comparison.formatting import format_difference, format_p
from reviewer_app.evaluation.registry import Metric
from reviewer_app.ui.models.number_grid import GridCell, Side

DASH = "–"


def text_cell(text: str, tooltip: str = "", *, side: Side = Side.NEITHER, strong: bool = False) -> GridCell:
    """Return a cell of words."""
    return GridCell(text, (text,), tooltip, side, strong=strong)


def missing_cell(why: str, n_values: int = 1) -> GridCell:
    """Return a dash that says why there is no value."""
    return GridCell(DASH, (None,) * n_values, why, muted=True)


def count_cell(number: int | None, why: str = "") -> GridCell:
    """Return a number of things."""
    return missing_cell(why) if number is None else GridCell(f"{number:,}", (number,))


def difference_cell(metric: Metric, difference: float | None, tooltip: str = "", *, strong: bool = False) -> GridCell:
    """Return a difference with its sign."""
    text = format_difference(metric, difference)
    return GridCell(text, (difference,), tooltip, strong=strong, muted=difference is None)


def interval_cell(metric: Metric, low: float | None, high: float | None, tooltip: str) -> GridCell:
    """Return an interval, two values in csv."""
    if low is None or high is None:
        return missing_cell(tooltip or "no interval for this metric", 2)
    return GridCell(f"[{format_difference(metric, low)}, {format_difference(metric, high)}]", (low, high), tooltip)


def p_text(p_value: float) -> str:
    """Return p for a column that says so: "0.0012", "< 0.0001"."""
    return format_p(p_value).removeprefix("p ").removeprefix("= ")


def p_cell(p_value: float | None, tooltip: str) -> GridCell:
    """Return a p-value."""
    return missing_cell(tooltip) if p_value is None else GridCell(p_text(p_value), (p_value,), tooltip)


def share_text(share: float) -> str:
    """Return a probability in percent: "97.1 %", "> 99.9 %"; never 0 % or 100 % where it is neither."""
    if 0.0 < share < 0.0005:
        return "< 0.1 %"
    if 0.9995 <= share < 1.0:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"


def share_cell(share: float | None, why: str = "") -> GridCell:
    """Return a probability."""
    return missing_cell(why) if share is None else GridCell(share_text(share), (share,))
