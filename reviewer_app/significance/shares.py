"""Shares of random draws, and what chance leaves open in them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray


@dataclass(frozen=True)
class Shares:
    """How often each of several outcomes came about in random draws.

    Attributes
    ----------
    shares
        Of each outcome; they add up to 1.
    monte_carlo_errors
        Standard error of each through the finite number of draws, never 0.
    n_draws
        B.
    """

    shares: tuple[float, ...]
    monte_carlo_errors: tuple[float, ...]
    n_draws: int


def wins_of_largest(scores: FloatArray, tie: float) -> FloatArray:
    """Return in how many rows each column is the largest, shape (C,); columns within `tie` of it share the row.

    Parameters
    ----------
    scores
        Shape (R, C).
    tie
        How much less counts as equal.
    """
    winners = np.asarray(scores >= scores.max(axis=1, keepdims=True) - tie)
    parts: FloatArray = (winners / winners.sum(axis=1, keepdims=True)).sum(axis=0)
    return parts


def shares_of(wins: FloatArray, n_draws: int) -> Shares:
    """Return the shares of numbers of draws, shape (C,), which may be fractions, with their errors."""
    shares = tuple((wins / n_draws).tolist())
    return Shares(shares, tuple(share_error(share, n_draws) for share in shares), n_draws)


def share_error(share: float, n_draws: int) -> float:
    """Return the standard error of a share of B draws, sqrt(s (1 - s) / B) with s = (B share + 1) / (B + 2).

    With a draw more of each kind (Laplace's rule), so that it is never 0: what never came about in B draws may do so
    in the next. Draws that outcomes split vary less than this says.
    """
    smoothed = (share * n_draws + 1.0) / (n_draws + 2.0)
    return math.sqrt(smoothed * (1.0 - smoothed) / n_draws)
