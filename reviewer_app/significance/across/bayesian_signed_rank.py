"""Bayesian signed rank test of two teams over several datasets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.across.signed_rank import too_few_datasets
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import TIE, Stream, block_rows, generator, map_blocks
from reviewer_app.significance.shares import Shares, shares_of, wins_of_largest

PRIOR_WEIGHT = 0.5
"""Weight of the prior's one dataset without a difference; a real dataset has the weight 1 (DESIGN 8)."""


@dataclass(frozen=True)
class BayesianSignedRank:
    """Posterior probabilities of what holds on datasets like these.

    Attributes
    ----------
    probabilities
        That the difference is most often below -margin, within the margin, above it, in this order; None below 6
        datasets.
    not_defined
        Why there are none; None where there are.
    """

    probabilities: Shares | None
    not_defined: str | None = None


def bayesian_signed_rank(differences: FloatArray, margin: float, settings: Settings) -> BayesianSignedRank:
    """Return the posterior probabilities of the signed rank test with a region of practical equivalence.

    Benavoli, Corani, Demsar & Zaffalon 2017 (JMLR 18, section 4.2.1): the D differences z_1 .. z_D and a prior one
    z_0 = 0 get weights w drawn from a Dirichlet distribution with parameters 1/2 (of z_0) and 1. In a draw, theta_left
    is the sum of w_i w_j over all i and j (i = j included) with (z_i + z_j) / 2 < -margin, theta_right the same above
    +margin, and theta_rope what is left; the probabilities are the shares of draws in which each of the three is the
    largest, ties split. A mean that lies on the margin itself (within 1e-9) is within it; the authors' Python library
    gives half of it to either side. With a margin of 0 the region holds means of 0 alone.

    Parameters
    ----------
    differences
        Shape (D,), all of the same metric.
    margin
        Of practical equivalence, at least 0, in the metric's unit.
    settings
        Number of draws and seed.

    Raises
    ------
    ValueError
        No datasets, a difference that is not finite, or a negative margin.
    """
    if len(differences) == 0:
        raise ValueError("there are no datasets")
    if not np.isfinite(differences).all() or not margin >= 0.0:
        raise ValueError("differences must be finite and the margin at least 0")
    reason = too_few_datasets(len(differences))
    if reason is not None:
        return BayesianSignedRank(None, reason)
    points = np.concatenate([[0.0], differences])
    order = np.argsort(points)
    parameters = np.ones(len(points))
    parameters[0] = PRIOR_WEIGHT
    n_draws = settings.n_resamples
    n_rows = min(block_rows(len(points)), n_draws)

    def wins(block: int) -> FloatArray:
        rng = generator(settings.seed, Stream.SIGNED_RANK_POSTERIOR, block)
        weights = rng.dirichlet(parameters, size=min(n_rows, n_draws - block * n_rows))
        return wins_of_largest(theta(points[order], weights[:, order], margin), TIE)

    total = sum(map_blocks(wins, range(math.ceil(n_draws / n_rows)), settings.progress), np.zeros(3))
    return BayesianSignedRank(shares_of(total, n_draws))


def theta(points: FloatArray, weights: FloatArray, margin: float) -> FloatArray:
    """Return theta_left, theta_rope and theta_right of each draw of weights, shape (R, 3).

    Parameters
    ----------
    points
        Differences in ascending order, the prior's among them, shape (D + 1,).
    weights
        Their weights, shape (R, D + 1), each row adding up to 1.
    margin
        Of practical equivalence.
    """
    cumulative = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
    limit = 2.0 * margin + TIE
    n_below = np.searchsorted(points, -limit - points, side="left")
    n_up_to = np.searchsorted(points, limit - points, side="right")
    left = np.einsum("ri,ri->r", weights, cumulative[:, n_below])
    right = np.einsum("ri,ri->r", weights, cumulative[:, -1:] - cumulative[:, n_up_to])
    return np.stack([left, np.maximum(1.0 - left - right, 0.0), right], axis=1)
