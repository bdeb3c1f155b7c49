"""Intervals and tests for the difference of two proportions on the same examples.

Throughout, ``only_a`` and ``only_b`` (b and c) count the examples that only A and only B has right, n all examples, and
the difference is (b - c) / n.
"""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

_BISECTIONS = 200
"""More than a float64 interval of width 2 can be halved: the search ends at neighbouring numbers."""


def tango_interval(only_a: int, only_b: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of Tango's score interval for the difference (Tango 1998, Statist. Med. 17, eq. 5 to 8).

    The limits are the differences that the two-sided score test at 1 - level just does not reject. With nothing
    discordant the interval is symmetric about 0 and not empty; with only_a = n its upper limit is 1.

    Raises
    ------
    ValueError
        No examples, counts that are negative or add up to more than n, or a level outside (0, 1).
    """
    _require_counts(only_a, only_b, n)
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    z = float(ndtri(0.5 + level / 2.0))
    return -_upper_limit(only_b, only_a, n, z), _upper_limit(only_a, only_b, n, z)


def tango_upper_limit(only_a: float, only_b: float, n: float, level: float, added_variance: float = 0.0) -> float:
    """Return the upper limit of Tango's interval for estimated counts, whose sum has a variance of its own.

    The limit is the largest difference d that the score test at 1 - level (two-sided) does not reject, where b - c - n
    d has the variance that Tango gives it plus `added_variance`. Without that, and with whole counts, it is that of
    `tango_interval`; the lower limit is minus the upper one with the teams exchanged.

    Parameters
    ----------
    only_a, only_b
        Estimated numbers of examples that only A and only B has right.
    n
        Number of examples, or of independent examples that are worth as much.
    level
        Of the two-sided interval.
    added_variance
        Of the estimated `only_a` - `only_b` about what all examples would give.

    Raises
    ------
    ValueError
        As `tango_interval`, or a negative variance.
    """
    _require_counts(only_a, only_b, n)
    if not 0.0 < level < 1.0:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    if added_variance < 0.0:
        raise ValueError(f"a variance is not negative: {added_variance}")
    return _upper_limit(only_a, only_b, n, float(ndtri(0.5 + level / 2.0)), added_variance)


def tango_equivalence(only_a: int, only_b: int, n: int, margin: float) -> float:
    """Return the larger of the two one-sided score p values at minus and plus the margin.

    It is below alpha exactly where Tango's interval of level 1 - 2 alpha lies inside the margin. A margin of 1 or more
    is never reached: 0, unless all examples are discordant one way.

    Raises
    ------
    ValueError
        As `tango_interval`, or a margin that is not positive.
    """
    _require_counts(only_a, only_b, n)
    if margin <= 0.0:
        raise ValueError(f"a margin must be positive, not {margin}")
    above = _score(only_a, only_b, n, min(margin, 1.0))
    below = _score(only_b, only_a, n, min(margin, 1.0))
    return float(ndtr(max(above, below)))


def newcombe_interval(
    both_right: int, only_a: int, only_b: int, both_wrong: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the limits of Newcombe's hybrid score interval, method 10 (Newcombe 1998, Statist. Med. 17, 2635-2650).

    Wilson's limits of the two proportions, joined through the correlation phi with its correction for continuity; phi
    is 0 where a margin of the table is empty.

    Raises
    ------
    ValueError
        No examples or negative counts.
    """
    n = both_right + only_a + only_b + both_wrong
    _require_counts(only_a, only_b, n)
    if both_right < 0 or both_wrong < 0:
        raise ValueError("counts must not be negative")
    z = float(ndtri(0.5 + level / 2.0))
    right_a, right_b = both_right + only_a, both_right + only_b
    phi = _corrected_phi(both_right, only_a, only_b, both_wrong)
    p_a, p_b = right_a / n, right_b / n
    low_a, high_a = _wilson_interval(right_a, n, z)
    low_b, high_b = _wilson_interval(right_b, n, z)
    difference = (only_a - only_b) / n
    down = _hybrid(p_a - low_a, high_b - p_b, phi)
    up = _hybrid(high_a - p_a, p_b - low_b, phi)
    return difference - down, difference + up


def _require_counts(only_a: float, only_b: float, n: float) -> None:
    if n <= 0:
        raise ValueError("there are no examples")
    # Estimated counts may exceed n by a rounding error.
    if only_a < 0 or only_b < 0 or only_a + only_b > n * (1.0 + 1e-12):
        raise ValueError(f"{only_a} and {only_b} discordant examples of {n} cannot be")


def _score(only_a: float, only_b: float, n: float, difference: float, added_variance: float = 0.0) -> float:
    """Return Tango's score statistic at a difference in [-1, 1]; it falls as the difference grows."""
    # The probability of "only B" under the constraint, the positive root of a q^2 + b q + c = 0 (eq. 6).
    a = 2.0 * n
    b = -only_a - only_b + (2.0 * n - only_a + only_b) * difference
    c = -only_b * difference * (1.0 - difference)
    root = math.sqrt(max(b * b - 4.0 * a * c, 0.0))
    # The form without cancellation for either sign of b.
    q = (-2.0 * c / (root + b) if root + b > 0.0 else 0.0) if b > 0.0 else (root - b) / (2.0 * a)
    variance = n * (2.0 * q + difference * (1.0 - difference)) + added_variance
    above = only_a - only_b - n * difference
    if variance <= 0.0:
        return 0.0 if above == 0.0 else math.copysign(math.inf, above)
    return above / math.sqrt(variance)


def _upper_limit(only_a: float, only_b: float, n: float, z: float, added_variance: float = 0.0) -> float:
    low, high = (only_a - only_b) / n, 1.0
    if _score(only_a, only_b, n, high, added_variance) >= -z:
        return high
    for _ in range(_BISECTIONS):
        middle = low + (high - low) / 2.0
        if middle in (low, high):
            break
        if _score(only_a, only_b, n, middle, added_variance) >= -z:
            low = middle
        else:
            high = middle
    return low + (high - low) / 2.0


def _wilson_interval(successes: int, n: int, z: float) -> tuple[float, float]:
    """Return Wilson's score limits of one proportion (Wilson 1927)."""
    centre = 2.0 * successes + z * z
    half = z * math.sqrt(z * z + 4.0 * successes * (n - successes) / n)
    width = 2.0 * (n + z * z)
    low = (centre - half) / width if successes > 0 else 0.0
    high = (centre + half) / width if successes < n else 1.0
    return low, high


def _corrected_phi(both_right: int, only_a: int, only_b: int, both_wrong: int) -> float:
    right_a, right_b = both_right + only_a, both_right + only_b
    wrong_a, wrong_b = only_b + both_wrong, only_a + both_wrong
    product = math.sqrt(right_a) * math.sqrt(right_b) * math.sqrt(wrong_a) * math.sqrt(wrong_b)
    if product == 0.0:
        return 0.0
    determinant = float(both_right * both_wrong - only_a * only_b)
    if determinant > 0.0:
        determinant = max(determinant - (both_right + only_a + only_b + both_wrong) / 2.0, 0.0)
    return determinant / product


def _hybrid(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(one * one - 2.0 * phi * one * other + other * other, 0.0))
