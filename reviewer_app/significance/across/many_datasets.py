"""Two teams over several datasets: neutral difference, home advantage and averages, with intervals.

Test sets must not share examples: variances add because they are independent of each other, and their sum has the
degrees of freedom of Satterthwaite (1946).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reviewer_app.significance.wald import wald


class WithStandardError(Protocol):
    """A difference A - B of one dataset, such as `PairedDifference`."""

    @property
    def difference(self) -> float | None:
        """A - B."""

    @property
    def standard_error(self) -> float | None:
        """Its standard error."""

    @property
    def degrees_of_freedom(self) -> float | None:
        """Of the standard error; None where it is taken as known."""


@dataclass(frozen=True)
class CombinedDifference:
    """A difference over datasets with its interval, or why there is none.

    Attributes
    ----------
    difference
        None where a dataset has none.
    standard_error, ci_low, ci_high
        None where a dataset has no standard error, or all are 0.
    not_defined
        Why something is missing; None where nothing is.
    """

    difference: float | None
    standard_error: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    not_defined: str | None = None


def mean_difference(differences: Sequence[WithStandardError], level: float = 0.95) -> CombinedDifference:
    """Return the mean difference over datasets of the same metric; SE^2 = sum of SE^2 / D^2.

    It speaks of these datasets, stratified over examples, not of datasets like them.

    Raises
    ------
    ValueError
        No datasets.
    """
    if not differences:
        raise ValueError("there are no datasets")
    return _combined([(one, 1.0 / len(differences)) for one in differences], level)


def neutral_difference(
    on_data_of_a: Sequence[WithStandardError], on_data_of_b: Sequence[WithStandardError], level: float = 0.95
) -> CombinedDifference:
    """Return the mean of A - B on A's own data and A - B on B's own data; SE^2 = (SE_A^2 + SE_B^2) / 4.

    Where a team has several datasets of its own, its part is their mean. All are of the same metric.

    Raises
    ------
    ValueError
        A team has no dataset of its own.
    """
    return _combined(_home_and_away(on_data_of_a, on_data_of_b, 1.0), level)


def home_advantage(
    on_data_of_a: Sequence[WithStandardError], on_data_of_b: Sequence[WithStandardError], level: float = 0.95
) -> CombinedDifference:
    """Return half of (A - B on A's own data) less (A - B on B's own data); SE^2 = (SE_A^2 + SE_B^2) / 4.

    In the metric's unit and direction: where less is better, a gain at home is negative. Otherwise as
    `neutral_difference`.

    Raises
    ------
    ValueError
        A team has no dataset of its own.
    """
    return _combined(_home_and_away(on_data_of_a, on_data_of_b, -1.0), level)


def _home_and_away(
    on_data_of_a: Sequence[WithStandardError], on_data_of_b: Sequence[WithStandardError], sign: float
) -> list[tuple[WithStandardError, float]]:
    if not on_data_of_a or not on_data_of_b:
        raise ValueError("each team needs a dataset of its own")
    at_a, at_b = 0.5 / len(on_data_of_a), sign * 0.5 / len(on_data_of_b)
    return [(one, at_a) for one in on_data_of_a] + [(one, at_b) for one in on_data_of_b]


def _combined(terms: Sequence[tuple[WithStandardError, float]], level: float) -> CombinedDifference:
    differences = [one.difference * weight for one, weight in terms if one.difference is not None]
    if len(differences) < len(terms):
        return CombinedDifference(None, not_defined="a dataset has no difference")
    difference = math.fsum(differences)
    squares = [(one.standard_error * weight) ** 2 for one, weight in terms if one.standard_error is not None]
    if len(squares) < len(terms):
        return CombinedDifference(difference, not_defined="a dataset's difference has no standard error")
    variance = math.fsum(squares)
    standard_error = math.sqrt(variance)
    dfs = [one.degrees_of_freedom or math.inf for one, _ in terms]
    spread = math.fsum(square**2 / df for square, df in zip(squares, dfs, strict=True))
    test = wald(difference, standard_error, level, df=variance**2 / spread if spread > 0.0 else math.inf)
    reason = None if test.ci_low is not None else "the teams' results do not vary against each other"
    return CombinedDifference(difference, standard_error, test.ci_low, test.ci_high, reason)
