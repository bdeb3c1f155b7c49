"""Outcomes of the examples of a comparison: two comparisons of arrays."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from reviewer_app.comparison.result import Outcome
from reviewer_app.evaluation.inputs import BoolArray, IntArray

OUTCOMES = tuple(Outcome)
"""The outcomes by code."""


def outcome_codes(y_true: IntArray, y_pred_a: IntArray, y_pred_b: IntArray) -> NDArray[np.uint8]:
    """Return each example's position in `OUTCOMES`, shape (n,).

    A missing prediction differs from every label; two missing ones are ``both_wrong_same``.

    Parameters
    ----------
    y_true, y_pred_a, y_pred_b
        Label codes, each of shape (n,); `NO_PREDICTION` where a team gave none.
    """
    a_right = y_pred_a == y_true
    b_right = y_pred_b == y_true
    codes = np.where(
        y_pred_a == y_pred_b, OUTCOMES.index(Outcome.BOTH_WRONG_SAME), OUTCOMES.index(Outcome.BOTH_WRONG_DIFFERENT)
    )
    codes[a_right & b_right] = OUTCOMES.index(Outcome.BOTH_RIGHT)
    codes[a_right & ~b_right] = OUTCOMES.index(Outcome.ONLY_A)
    codes[~a_right & b_right] = OUTCOMES.index(Outcome.ONLY_B)
    return codes.astype(np.uint8)


def outcome_counts(codes: NDArray[np.uint8]) -> Mapping[Outcome, int]:
    """Return how many examples have each outcome, all five named."""
    counts = np.bincount(codes, minlength=len(OUTCOMES))
    return {outcome: int(count) for outcome, count in zip(OUTCOMES, counts, strict=True)}


def disagreements(y_pred_a: IntArray, y_pred_b: IntArray) -> BoolArray:
    """Return where the two teams predict different labels, shape (n,)."""
    return np.asarray(y_pred_a != y_pred_b)
