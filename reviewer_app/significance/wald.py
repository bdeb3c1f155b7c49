"""From a difference and its standard error to p, interval and equivalence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit


@dataclass(frozen=True)
class Wald:
    """Test and interval of a difference with a standard error.

    Attributes
    ----------
    p_value
        Two-sided; None where the standard error is 0 and the difference is not.
    ci_low, ci_high
        Interval; None where the standard error is 0.
    p_equivalence
        The larger one-sided p at minus and plus the margin; None without a margin or where the standard error is 0.
    """

    p_value: float | None
    ci_low: float | None = None
    ci_high: float | None = None
    p_equivalence: float | None = None


def wald(
    difference: float, standard_error: float, level: float = 0.95, margin: float | None = None, df: float = math.inf
) -> Wald:
    """Return test and interval from difference / standard error, against t with `df` degrees of freedom (inf: normal).

    A standard error of 0 is no evidence that the difference is known exactly: there is no interval and no equivalence,
    and p is 1 where the difference is 0, else there is none.

    Raises
    ------
    ValueError
        The standard error is negative or no number, or `df` is not positive.
    """
    if not standard_error >= 0.0 or not df > 0.0:
        raise ValueError(f"standard error {standard_error} and degrees of freedom {df} cannot be")
    if standard_error == 0.0:
        return Wald(1.0 if difference == 0.0 else None)
    half = -quantile((1.0 - level) / 2.0, df) * standard_error
    p_equivalence = None
    if margin is not None:
        p_equivalence = lower_tail((abs(difference) - margin) / standard_error, df)
    return Wald(
        p_value=min(2.0 * lower_tail(-abs(difference) / standard_error, df), 1.0),
        ci_low=difference - half,
        ci_high=difference + half,
        p_equivalence=p_equivalence,
    )


def lower_tail(statistic: float, df: float) -> float:
    """Return the probability below a statistic of t with `df` degrees of freedom (inf: normal)."""
    return float(ndtr(statistic) if math.isinf(df) else stdtr(df, statistic))


def quantile(probability: float, df: float) -> float:
    """Return what t with `df` degrees of freedom (inf: normal) is below with a probability."""
    return float(ndtri(probability) if math.isinf(df) else stdtrit(df, probability))
