"""Power curves: what test sets of other sizes could show, with "you are here"."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.significance.beside.mcnemar_power import mcnemar_power
from reviewer_app.significance.power import (
    minimum_detectable_difference,
    minimum_detectable_difference_accuracy,
    power_of,
)

_SPAN = 20
"""The curve runs from a twentieth of the examples at hand to twenty times as many."""

_POINTS = 41

_FEWEST = 10


@dataclass(frozen=True)
class PowerCurve:
    """What numbers of examples could show; never how many would settle the difference that was observed.

    Attributes
    ----------
    n
        Numbers of examples, ascending; `n_here` is among them.
    detectable
        For each the difference that is shown with 80 % power; None where even all discordant examples one way would
        not do.
    power_at_margin
        For each the power for a true difference as large as the margin; None without a margin. An entry is None where
        the discordance is smaller than the margin.
    n_here
        The examples at hand.
    margin, alpha
        Margin of equivalence, if any; error rate, two-sided.
    basis
        What the curve takes for granted, in words.
    """

    n: tuple[int, ...]
    detectable: tuple[float | None, ...]
    power_at_margin: tuple[float | None, ...] | None
    n_here: int
    margin: float | None
    alpha: float
    basis: str


def power_curve(
    standard_error: float,
    n_here: int,
    alpha: float = 0.05,
    margin: float | None = None,
    *,
    fixed_variance: float = 0.0,
    basis: str = "the standard error observed here, shrinking with the square root of the number of examples",
) -> PowerCurve:
    """Return the power curve of a metric whose standard error is known on n examples.

    SE(m)^2 = fixed + (SE^2 - fixed) n / m, against the normal distribution.

    Parameters
    ----------
    standard_error
        On `n_here` examples. Positive.
    n_here
        Examples at hand, at least 1.
    alpha, margin
        As in `PowerCurve`.
    fixed_variance
        Part of the variance that more examples do not lessen: that between seeds.
    basis
        Where the standard error comes from.

    Raises
    ------
    ValueError
        No examples, or a standard error that is not positive or smaller than its fixed part.
    """
    numbers = _numbers(n_here)
    of_examples = standard_error**2 - fixed_variance
    # What is left after subtracting the part of the seeds may be below 0 by rounding.
    if not standard_error > 0.0 or of_examples < -1e-9 * standard_error**2:
        raise ValueError(f"no power curve from a standard error of {standard_error}")
    errors = [math.sqrt(fixed_variance + max(of_examples, 0.0) * n_here / n) for n in numbers]
    return PowerCurve(
        n=numbers,
        detectable=tuple(minimum_detectable_difference(error, alpha) for error in errors),
        power_at_margin=None if margin is None else tuple(power_of(margin, error, alpha) for error in errors),
        n_here=n_here,
        margin=margin,
        alpha=alpha,
        basis=basis,
    )


def accuracy_power_curve(
    discordance: float,
    n_here: int,
    alpha: float = 0.05,
    margin: float | None = None,
    *,
    basis: str = "the share of examples that only one team has right stays as observed here",
) -> PowerCurve:
    """Return the power curve of a difference in accuracy: Connor's detectable difference, McNemar's mid-p power.

    With a stated discordance it plans a test set before there are results (Card et al. 2020, EMNLP).

    Parameters
    ----------
    discordance
        Share of examples that only one team has right, observed or stated.
    n_here, alpha, margin, basis
        As in `power_curve`.

    Raises
    ------
    ValueError
        No examples, or a discordance outside [0, 1].
    """
    numbers = _numbers(n_here)
    return PowerCurve(
        n=numbers,
        detectable=tuple(minimum_detectable_difference_accuracy(n, discordance, alpha) for n in numbers),
        power_at_margin=None
        if margin is None
        else tuple(mcnemar_power(margin, discordance, n, alpha) for n in numbers),
        n_here=n_here,
        margin=margin,
        alpha=alpha,
        basis=basis,
    )


def _numbers(n_here: int) -> tuple[int, ...]:
    if n_here < 1:
        raise ValueError("there are no examples")
    first, last = max(n_here / _SPAN, _FEWEST), max(n_here * _SPAN, _FEWEST * _SPAN)
    numbers = np.rint(np.geomspace(min(first, last), last, _POINTS)).astype(np.int64).tolist()
    return tuple(sorted({*numbers, n_here}))
