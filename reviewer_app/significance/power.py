"""What a test set could have shown."""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

POWER = 0.8
"""The power that detectable differences are stated for."""


def minimum_detectable_difference(standard_error: float, alpha: float = 0.05, power: float = POWER) -> float:
    """Return the difference that a two-sided test at alpha shows with this power: (z_{1-alpha/2} + z_power) x SE.

    Parameters
    ----------
    standard_error
        Of the metric's difference.
    alpha
        Error rate; alpha / D where the comparison is one of D.
    power
        Probability of showing it.
    """
    return _z(1.0 - alpha / 2.0, power) * standard_error


def minimum_detectable_difference_accuracy(
    n: int, discordance: float, alpha: float = 0.05, power: float = POWER
) -> float | None:
    """Return the difference in accuracy that McNemar's test shows with this power (Connor 1987, Biometrics 43).

    The d that solves d sqrt(n) = z_{1-alpha/2} sqrt(p) + z_power sqrt(p - d^2), where p is the share of examples on
    which only one team is right. None where even all of them one way (d = p) would not do, as where p = 0. With a
    stated p instead of an observed one it plans a test set (Card et al. 2020).

    Raises
    ------
    ValueError
        No examples, or a discordance outside [0, 1].
    """
    require_discordance(n, discordance)
    if discordance == 0.0:
        return None
    from_alpha, from_power = float(ndtri(1.0 - alpha / 2.0)), float(ndtri(power))
    # Squaring gives (n + z_power^2) d^2 - 2 L sqrt(n) d + L^2 - z_power^2 p = 0 with L = z_{1-alpha/2} sqrt(p).
    limit = from_alpha * math.sqrt(discordance)
    square = n + from_power**2
    rest = limit**2 - from_power**2 * discordance
    difference = (limit * math.sqrt(n) + math.sqrt(max(limit**2 * n - square * rest, 0.0))) / square
    return difference if difference <= discordance else None


def examples_for_difference(
    difference: float, standard_error: float, n: int, alpha: float = 0.05, power: float = POWER
) -> int:
    """Return how many examples would show a difference, most usefully the margin; the SE shrinks with sqrt(n).

    Parameters
    ----------
    difference
        To be shown; positive.
    standard_error, n
        The metric's standard error on the n examples at hand.
    alpha, power
        As in `minimum_detectable_difference`.
    """
    return math.ceil(n * (_z(1.0 - alpha / 2.0, power) * standard_error / difference) ** 2)


def examples_for_difference_accuracy(
    difference: float, discordance: float, alpha: float = 0.05, power: float = POWER
) -> int | None:
    """Return how many examples would show a difference in accuracy (Connor 1987, eq. 3); the discordance stays.

    None where the difference is larger than the discordance, which cannot be.
    """
    if difference > discordance:
        return None
    reach = float(ndtri(1.0 - alpha / 2.0)) * math.sqrt(discordance)
    reach += float(ndtri(power)) * math.sqrt(discordance - difference**2)
    return math.ceil((reach / difference) ** 2)


def power_of(difference: float, standard_error: float, alpha: float = 0.05) -> float | None:
    """Return the probability that a two-sided test of a normal statistic at alpha shows a difference of this size.

    Phi(|d| / SE - z) + Phi(-|d| / SE - z); at a difference of 0 it is alpha. None where the standard error is 0, which
    is no evidence that every difference would be seen.

    Raises
    ------
    ValueError
        The standard error is negative or no number.
    """
    if not standard_error >= 0.0:
        raise ValueError(f"a standard error of {standard_error} cannot be")
    if standard_error == 0.0:
        return None
    shift, reach = abs(difference) / standard_error, float(ndtri(1.0 - alpha / 2.0))
    return float(ndtr(shift - reach) + ndtr(-shift - reach))


def require_discordance(n: int, discordance: float) -> None:
    """Raise a ValueError without examples, or where a share of discordant examples is none."""
    if n <= 0:
        raise ValueError("there are no examples")
    if not 0.0 <= discordance <= 1.0:
        raise ValueError(f"a discordance lies between 0 and 1, not {discordance}")


def _z(*probabilities: float) -> float:
    return math.fsum(float(ndtri(probability)) for probability in probabilities)
