"""The views of the Significance page."""

from __future__ import annotations

from enum import IntEnum


class View(IntEnum):
    """What the page shows."""

    FOREST = 0
    COMPARISON = 1
    POWER = 2
    ROBUSTNESS = 3
    ACROSS = 4
    SLICES = 5
    CLAIMS = 6
    WRONG_LABELS = 7


VIEW_TITLES = {
    View.FOREST: "Forest plot",
    View.COMPARISON: "This comparison",
    View.POWER: "Power",
    View.ROBUSTNESS: "Robustness",
    View.ACROSS: "Across datasets",
    View.SLICES: "Slices",
    View.CLAIMS: "Claims",
    View.WRONG_LABELS: "Wrong labels",
}

ONE_METRIC = (View.COMPARISON, View.POWER)
"""Views of one metric, which the page lets choose."""

ONE_DATASET = (
    View.COMPARISON,
    View.POWER,
    View.ROBUSTNESS,
    View.SLICES,
    View.CLAIMS,
    View.WRONG_LABELS,
)
"""Views of the chosen dataset."""
