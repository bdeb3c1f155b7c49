"""Power of McNemar's mid-p test, THE test of accuracy."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betainc, ndtr, ndtri

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.significance.power import require_discordance

_MOST_DISCORDANT = 500.0
"""Expected discordant examples up to which the power is exact; above, Connor's formula differs by less than 0.005."""

_SPREADS = 8.0
"""Standard deviations of the number of discordant examples that are summed over; less than 1e-14 lies beyond."""


def mcnemar_power(difference: float, discordance: float, n: int, alpha: float = 0.05) -> float | None:
    """Return the probability that McNemar's mid-p test at alpha shows a difference in accuracy of this size.

    Exact: given m discordant examples, b is binomial with probability (p + d) / (2 p), and m is binomial with n and p;
    the conditional power is summed over m (Schork & Williams 1980, with the mid-p's critical values). With over 500
    discordant examples expected: Phi((|d| sqrt(n) - z sqrt(p)) / sqrt(p - d^2)) and its other tail (Connor 1987,
    Biometrics 43; Miettinen 1968). None where the difference is larger than the discordance, which cannot be.

    Parameters
    ----------
    difference
        d, the true difference in accuracy.
    discordance
        p, the true share of examples that only one team has right.
    n
        Examples.
    alpha
        Two-sided.

    Raises
    ------
    ValueError
        No examples, or a discordance outside [0, 1].
    """
    require_discordance(n, discordance)
    size = abs(difference)
    if size > discordance:
        return None
    if discordance == 0.0:
        return 0.0
    if n * discordance > _MOST_DISCORDANT:
        return _connor_power(size, discordance, n, alpha)
    return _exact_power(size, discordance, n, alpha)


def _connor_power(size: float, discordance: float, n: int, alpha: float) -> float:
    reach = float(ndtri(1.0 - alpha / 2.0)) * math.sqrt(discordance)
    spread, shift = math.sqrt(discordance - size**2), size * math.sqrt(n)
    if spread == 0.0:
        return float(shift > reach)
    return float(ndtr((shift - reach) / spread) + ndtr((-shift - reach) / spread))


def _exact_power(size: float, discordance: float, n: int, alpha: float) -> float:
    expected = n * discordance
    spread = _SPREADS * math.sqrt(expected * (1.0 - discordance)) + _SPREADS
    numbers = np.arange(max(math.floor(expected - spread), 1), min(math.ceil(expected + spread), n) + 1)
    up_to = _binomial_cdf(np.append(numbers[0] - 1, numbers), n, discordance)
    critical = _critical_values(numbers, alpha)
    favoured = (discordance + size) / (2.0 * discordance)
    few_of_b = _binomial_cdf(critical, numbers, favoured)
    few_of_c = _binomial_cdf(critical, numbers, 1.0 - favoured)
    return min(float(np.diff(up_to) @ (few_of_b + few_of_c)), 1.0)


def _critical_values(numbers: IntArray, alpha: float) -> IntArray:
    """Return the largest smaller count whose mid-p is below alpha, -1 where there is none, for numbers of discordant.

    By bisection: the mid-p F(c) + F(c - 1) grows with c. A table of two equal counts is never below a usual alpha.
    """
    low, high = np.full(len(numbers), -1), (numbers + 1) // 2
    while np.any(high - low > 1):
        middle = (low + high) // 2
        rejects = _binomial_cdf(middle, numbers, 0.5) + _binomial_cdf(middle - 1, numbers, 0.5) < alpha
        low, high = np.where(rejects, middle, low), np.where(rejects, high, middle)
    return low


def _binomial_cdf(at_most: IntArray, n: IntArray | int, probability: float) -> FloatArray:
    """Return P(X <= at_most), 0 below 0 and 1 from n on."""
    at_most, n = np.broadcast_arrays(at_most, n)
    inside = (at_most >= 0) & (at_most < n)
    cdf = np.where(at_most < 0, 0.0, 1.0)
    cdf[inside] = betainc(n[inside] - at_most[inside], at_most[inside] + 1.0, 1.0 - probability)
    return cdf
