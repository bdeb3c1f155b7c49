"""Every arrangement of swaps between pairs of kinds of units, with its probability."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln

from reviewer_app.evaluation.inputs import FloatArray, IntArray


def are_at_most(sizes: IntArray, limit: int) -> bool:
    """Return whether there are no more different arrangements than the limit; sizes as in `all_swaps`."""
    return float(np.log1p(sizes).sum()) <= math.log(limit + 0.5)


def all_swaps(sizes: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return how many units of each pair stay unswapped, shape (P, R), and the arrangements' probabilities, shape (R,).

    Parameters
    ----------
    sizes
        Units of each pair of kinds, shape (P,); each changes its kind with probability 1/2.
    """
    unswapped = np.indices(tuple((sizes + 1).tolist())).reshape(len(sizes), -1).astype(np.float64)
    of = sizes[:, np.newaxis].astype(np.float64)
    ways = gammaln(of + 1.0) - gammaln(unswapped + 1.0) - gammaln(of - unswapped + 1.0)
    probabilities: FloatArray = np.exp((ways - of * math.log(2.0)).sum(axis=0))
    return unswapped, probabilities
