"""What the Slices view reads: a real search over invented examples."""

from __future__ import annotations

import numpy as np

from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.slice_report import SliceReport
from reviewer_app.disagreements.slices import SliceFilter
from reviewer_app.evaluation.inputs import Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.halves import Halves
from reviewer_app.significance.slice_tests import SliceSample
from reviewer_app.significance.slices import search_slices

CHEAP = (Condition("price", "<", "10"),)
MIDDLE = (Condition("price", ">=", "10"), Condition("price", "<", "20"))
LONG = (Condition("length:title", ">=", "40"),)


def report(dataset: str, a: str, b: str, n_others: int = 12) -> SliceReport:
    """Return a search: A is better at cheap articles, B at those of a middle price, on one half only."""
    n = 100 * (3 + n_others)
    part = np.arange(n) // 100
    within = np.arange(n) % 100
    finding = within % 2 == 0
    cheap, middle = part == 0, part == 1
    only_a = (cheap & (within < 60)) | (~cheap & ~middle & (within < 6)) | (middle & ~finding & (within < 40))
    only_b = (middle & (within >= 40) & (within < 80)) | (~cheap & ~middle & (within >= 6) & (within < 30))
    only_b &= ~(part >= 3) | (within < 12)
    gold = Gold(np.zeros(n, int), 2)
    sample = SliceSample(METRICS["accuracy"], gold, Predictions(only_b.astype(int)), Predictions(only_a.astype(int)))
    filters = [CHEAP, MIDDLE, LONG, *((Condition("gold", "=", f"kind {number}"),) for number in range(n_others))]
    masks = [part == number for number in range(len(filters))]
    return SliceReport(
        dataset=dataset,
        task="matching",
        team_a=a,
        team_b=b,
        metric="accuracy",
        filters=tuple(SliceFilter(conditions) for conditions in filters),
        search=search_slices(sample, masks, Halves(finding, ~finding)),
    )
