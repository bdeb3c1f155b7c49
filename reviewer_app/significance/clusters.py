"""Examples that are not independent: groups, and pairs that share records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray, Structure


@dataclass(frozen=True)
class TwoWayVariance:
    """Variance of a difference over pairs that share records on either side.

    Attributes
    ----------
    variance
        With the factors for finite numbers of records, and not below the larger one-sided one.
    v_left, v_right, v_pair
        Sums of squared effects of left records, right records and distinct pairs of records, without factors.
    n_left, n_right
        Number of distinct records.
    """

    variance: float
    v_left: float
    v_right: float
    v_pair: float
    n_left: int
    n_right: int

    @property
    def degrees_of_freedom(self) -> int:
        """min(n_left, n_right) - 1."""
        return min(self.n_left, self.n_right) - 1


class Dependence(Enum):
    """Why examples are not independent of each other."""

    NONE = "none"
    GROUPS = "groups"
    RECORDS = "records"


def dependence_of(structure: Structure) -> Dependence:
    """Return what makes examples depend on each other: a record in two or more pairs, a group of two or more examples.

    A structure in which every record, or every group, stands for one example is none.
    """
    if _repeats(structure.left_records) or _repeats(structure.right_records):
        return Dependence.RECORDS
    return Dependence.GROUPS if _repeats(structure.groups) else Dependence.NONE


def _repeats(codes: IntArray | None) -> bool:
    return codes is not None and len(np.unique(codes)) < len(codes)


def group_codes(codes: IntArray) -> IntArray:
    """Return codes 0 .. G - 1, each of which occurs, that tell the same examples apart, shape (n,)."""
    return np.asarray(np.unique(codes, return_inverse=True)[1].reshape(-1))


def group_sums(values: FloatArray, codes: IntArray) -> FloatArray:
    """Return the sum of the values of each group, shape (G,); codes as from `group_codes`."""
    return np.bincount(codes, weights=values).astype(np.float64)


def group_variance(values: FloatArray, codes: IntArray, pseudo_variance: float = 0.0) -> float:
    """Return the variance of a difference from its influence values where groups are independent.

    G / (G - 1) x sum over groups of (sum of values)^2, plus the squared effects of the pseudo-examples: groups of their
    own.

    Raises
    ------
    ValueError
        Fewer than two groups.
    """
    sums = group_sums(values, codes)
    if len(sums) < 2:
        raise ValueError("a variance needs at least two groups")
    return len(sums) / (len(sums) - 1) * float(sums @ sums) + pseudo_variance


def two_way_variance(
    values: FloatArray, left: IntArray, right: IntArray, pseudo_variance: float = 0.0
) -> TwoWayVariance | None:
    """Return the variance of a difference over pairs of records (Cameron, Gelbach & Miller 2011, JBES 29, eq. 2.10).

    V_left G_l / (G_l - 1) + V_right G_r / (G_r - 1) - V_pair, where V_left is the sum over left records of the squared
    sum of their pairs' influence values, and V_pair the same over distinct pairs of records; never less than the larger
    of the two one-sided ones with its factor. None where a side has one record only: then no two observations are
    independent.

    Parameters
    ----------
    values
        Influence of each pair on the difference, shape (n,).
    left, right
        Codes of the records, shape (n,).
    pseudo_variance
        Sum of squared effects of the pseudo-examples, whose records are their own.
    """
    left, right = group_codes(left), group_codes(right)
    both = group_codes(left * (int(right.max()) + 1) + right)
    return combine_two_way(
        float(np.sum(group_sums(values, left) ** 2)) + pseudo_variance,
        float(np.sum(group_sums(values, right) ** 2)) + pseudo_variance,
        float(np.sum(group_sums(values, both) ** 2)) + pseudo_variance,
        int(left.max()) + 1,
        int(right.max()) + 1,
    )


def combine_two_way(v_left: float, v_right: float, v_pair: float, n_left: int, n_right: int) -> TwoWayVariance | None:
    """Return the variance as `two_way_variance` from its three parts, however they were found."""
    if min(n_left, n_right) < 2:
        return None
    by_left = v_left * n_left / (n_left - 1)
    by_right = v_right * n_right / (n_right - 1)
    variance = max(by_left + by_right - v_pair, by_left, by_right)
    return TwoWayVariance(variance, v_left, v_right, v_pair, n_left, n_right)
