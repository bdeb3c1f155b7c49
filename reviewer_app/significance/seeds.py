"""Several runs (seeds) of each team: the variance of the difference of their means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SeedVariance:
    """Variance of a difference of means over seeds.

    Attributes
    ----------
    variance
        s_A^2 / S_A + s_B^2 / S_B + variance over examples.
    of_seeds
        Its first two terms.
    degrees_of_freedom
        Satterthwaite's; infinite where the variance is 0.
    """

    variance: float
    of_seeds: float
    degrees_of_freedom: float


def seed_variance(
    values_a: Sequence[float], values_b: Sequence[float], examples_variance: float, examples_df: float
) -> SeedVariance:
    """Return the variance of mean(values_a) - mean(values_b) over seeds and test examples (Satterthwaite 1946).

    Seeds of A and of B are independent, never paired. A team with one run adds no variance between seeds: the answer is
    then about that one trained model.

    Parameters
    ----------
    values_a, values_b
        The metric of each run, at least one each.
    examples_variance, examples_df
        Variance of the difference through the choice of the test examples, from influence values averaged over the
        runs, and its degrees of freedom.
    """
    of_seeds = [
        (float(np.var(values, ddof=1)) / len(values), len(values) - 1.0)
        for values in (values_a, values_b)
        if len(values) > 1
    ]
    variance = math.fsum([examples_variance, *(term for term, _ in of_seeds)])
    spread = math.fsum(term**2 / df for term, df in [(examples_variance, examples_df), *of_seeds])
    return SeedVariance(
        variance=variance,
        of_seeds=math.fsum(term for term, _ in of_seeds),
        degrees_of_freedom=variance**2 / spread if spread > 0.0 else math.inf,
    )
