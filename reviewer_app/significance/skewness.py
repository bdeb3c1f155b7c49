"""From a difference, its standard error and its skewness to p, interval and equivalence."""

from __future__ import annotations

import math

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.wald import Wald, lower_tail, quantile, wald

_STRAIGHT = 1e-8
"""Skewness below which Hall's cubic is the identity to the last digit that matters."""


def skewness_of(effects: FloatArray) -> float:
    """Return the skewness of a sum of independent effects, sum of cubes / (sum of squares)^1.5; 0 where all are 0.

    Parameters
    ----------
    effects
        Influence of each unit on the statistic, shape (n,), of sum 0.
    """
    squares = float(effects @ effects)
    return float(np.sum(effects**3)) / squares**1.5 if squares > 0.0 else 0.0


def skewness_corrected(
    difference: float,
    standard_error: float,
    skewness: float,
    level: float = 0.95,
    margin: float | None = None,
    df: float = math.inf,
) -> Wald:
    """Return test and interval of t = difference / standard error, on each side the more careful of two.

    One is Student's, against t with `df` degrees of freedom: right where a skewness is there by chance. The other first
    takes t through Hall's cubic g(t) = t + s t^2 / 3 + s^2 t^3 / 27 + s / 6, s the skewness of the difference
    (Hall 1992, J. R. Statist. Soc. B 54, eq. 2.3): right where it is real, as with losses, of which few are large.
    In simulations the first alone covers as little as 0.84 at 20 examples and the second alone 0.92, both 0.94 to 0.97.
    With a standard error of 0 as `wald`.

    Parameters
    ----------
    difference, standard_error, level, margin, df
        As for `wald`.
    skewness
        Third standardised moment of the difference: for a mean of n values their skewness / sqrt(n).

    Raises
    ------
    ValueError
        The standard error is negative or no number, or `df` is not positive.
    """
    plain = wald(difference, standard_error, level, margin, df)
    if plain.ci_low is None or plain.ci_high is None:
        return plain
    limit = -quantile((1.0 - level) / 2.0, df)
    p_equivalence = None
    if margin is not None:
        p_equivalence = max(
            _above((difference + margin) / standard_error, skewness, df),
            _above((margin - difference) / standard_error, -skewness, df),
        )
    statistic = difference / standard_error
    return Wald(
        p_value=min(2.0 * min(_above(statistic, skewness, df), _above(-statistic, -skewness, df)), 1.0),
        ci_low=min(plain.ci_low, difference - standard_error * _inverse(limit, skewness)),
        ci_high=max(plain.ci_high, difference - standard_error * _inverse(-limit, skewness)),
        p_equivalence=p_equivalence,
    )


def _above(statistic: float, skewness: float, df: float) -> float:
    """Return the larger of both one-sided p values against a statistic that is 0 or less in the mean."""
    return max(lower_tail(-statistic, df), lower_tail(-_cubic(statistic, skewness), df))


def _cubic(statistic: float, skewness: float) -> float:
    if abs(skewness) < _STRAIGHT:
        return statistic
    return ((1.0 + skewness * statistic / 3.0) ** 3 - 1.0) / skewness + skewness / 6.0


def _inverse(value: float, skewness: float) -> float:
    if abs(skewness) < _STRAIGHT:
        return value
    return 3.0 / skewness * (float(np.cbrt(1.0 + skewness * (value - skewness / 6.0))) - 1.0)
