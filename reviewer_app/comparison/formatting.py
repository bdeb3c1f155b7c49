"""How numbers are written for people: one place for window, command line and report."""

from __future__ import annotations

from reviewer_app.evaluation.registry import Metric

MINUS = "\N{MINUS SIGN}"


def in_points(metric: Metric) -> bool:
    """Return whether the metric is shown in points (times 100): its values lie within [-1, 1]."""
    low, high = metric.range
    return low >= -1.0 and high <= 1.0


def format_value(metric: Metric, value: float | None) -> str:
    """Return a metric's value for people: "75.6" in points, "0.4321" otherwise; an en dash where it is not defined."""
    if value is None:
        return "\N{EN DASH}"
    return _with_minus(f"{100 * value:.1f}" if in_points(metric) else f"{value:.4f}")


def format_difference(metric: Metric, difference: float | None, *, unit: bool = False) -> str:
    """Return a difference with its sign: "+4.4", with `unit` "+4.4 points"; an en dash where it is not defined."""
    if difference is None:
        return "\N{EN DASH}"
    if in_points(metric):
        return _with_minus(f"{100 * difference:+.1f}") + (" points" if unit else "")
    return _with_minus(f"{difference:+.4f}" if _shows(difference, 4) else f"{difference:+.1e}")


def format_margin(metric: Metric, margin: float) -> str:
    """Return a margin or a detectable difference, without a sign: "1.0 points"; two digits of what would round to 0."""
    if in_points(metric):
        return f"{100 * margin:.1f} points" if _shows(100 * margin, 1) else f"{100 * margin:.2g} points"
    return f"{margin:.4f}" if _shows(margin, 4) else f"{margin:.1e}"


def _shows(value: float, digits: int) -> bool:
    """Return whether so many digits after the point show more of a value than 0; less than 1e-12 is rounding."""
    return abs(value) < 1e-12 or abs(value) >= 0.5 * 10.0**-digits


def format_p(p_value: float) -> str:
    """Return a p-value with two significant digits: "p = 0.0012", "p < 0.0001"."""
    if p_value < 0.0001:
        return "p < 0.0001"
    if p_value > 0.99:
        return "p > 0.99"
    digits = 2 if p_value >= 0.1 else 3 if p_value >= 0.01 else 4 if p_value >= 0.001 else 5
    return f"p = {p_value:.{digits}f}"


def example_noun(task: str) -> str:
    """Return what an example is called: "pair" in matching, else "example"."""
    return "pair" if task == "matching" else "example"


def _with_minus(text: str) -> str:
    # "-0.0" would claim a direction that the rounded number does not have.
    if text.strip("+-0.") == "":
        text = text.replace("-", "+") if text.startswith("-") else text
    return text.replace("-", MINUS)
