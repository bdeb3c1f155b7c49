"""What a test set could show, before there are any results."""

from __future__ import annotations

from reviewer_app.comparison.formatting import example_noun, format_margin
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.power import minimum_detectable_difference_accuracy

DISCORDANCES = (0.05, 0.1, 0.2)
"""Shares of examples that one team alone has right: alike, as usual, and very different teams (Card et al. 2020)."""


def prospect_sentence(n_test: int, task: str, alpha: float) -> str:
    """Return which differences in accuracy a test set would show with 80 % power, for stated shares of discordance.

    In accuracy, because the standard error of other metrics is not known before there are predictions.

    Parameters
    ----------
    n_test
        Test examples, at least 1.
    task
        "classification" or "matching".
    alpha
        What the p of one comparison is held against.
    """
    noun = example_noun(task)
    parts = []
    for discordance in DISCORDANCES:
        smallest = minimum_detectable_difference_accuracy(n_test, discordance, alpha)
        shown = "none" if smallest is None else format_margin(METRICS["accuracy"], smallest)
        parts.append(f"{shown} at {100 * discordance:.0f} %")
    return (
        f"Differences in accuracy that {n_test:,} test {noun}s show with 80 % power, by the share of {noun}s that one "
        f"team alone has right: {', '.join(parts)}."
    )
