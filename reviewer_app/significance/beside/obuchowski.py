"""Obuchowski's test of two proportions on the same grouped examples; it stands beside the group-swap test."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.wald import wald


@dataclass(frozen=True)
class Obuchowski:
    """Test and interval of a difference of proportions where examples come in groups.

    Attributes
    ----------
    statistic
        Chi-squared with one degree of freedom; None with fewer than two groups or where no group differs.
    p_value
        Its p; 1 where no group differs; None with fewer than two groups.
    ci_low, ci_high
        Interval; None with fewer than two groups or where all groups differ by the same share.
    """

    statistic: float | None
    p_value: float | None
    ci_low: float | None
    ci_high: float | None


def obuchowski(differences: FloatArray, sizes: FloatArray, level: float = 0.95) -> Obuchowski:
    """Return Obuchowski's test of two correlated proportions (Obuchowski 1998, Statist. Med. 17, 1495-1507).

    With d_g the number that only A less the number that only B has right in group g of G, the statistic is
    (sum d_g)^2 / (G / (G - 1) sum d_g^2): the ratio estimator's variance at equal proportions, in the form of Yang, Sun
    & Hardin (2010, Biom. J. 52). The interval has the variance at the observed difference d, from d_g - n_g d.

    Parameters
    ----------
    differences
        d_g, shape (G,).
    sizes
        n_g, examples of each group, shape (G,).
    level
        Of the interval.
    """
    n_groups = len(differences)
    if n_groups < 2:
        return Obuchowski(None, None, None, None)
    correction, n = n_groups / (n_groups - 1), float(sizes.sum())
    difference = float(differences.sum()) / n
    pooled = correction * float(differences @ differences) / n**2
    apart = differences - difference * sizes
    test = wald(difference, pooled**0.5)
    interval = wald(difference, (correction * float(apart @ apart)) ** 0.5 / n, level)
    statistic = difference**2 / pooled if pooled > 0.0 else None
    return Obuchowski(statistic, test.p_value, interval.ci_low, interval.ci_high)
