"""Wilcoxon's signed rank test of two teams over several datasets."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.significance.across.ranks import average_ranks
from reviewer_app.significance.resampling import TIE

MIN_DATASETS = 6
"""Below this number of datasets nothing is said about datasets like them (DESIGN 8)."""

_EXACT_UP_TO = 200
"""Above this number of datasets the null distribution is taken to be normal: the two differ in the fourth digit."""


@dataclass(frozen=True)
class SignedRank:
    """Wilcoxon's signed rank test.

    Attributes
    ----------
    n_datasets
        D, those without a difference included.
    sum_positive, sum_negative
        Sums of the ranks of positive and of negative differences, R+ and R-; half of the ranks of zeros in each. They
        add up to D (D + 1) / 2.
    p_value
        Two-sided; None below 6 datasets.
    test_method
        Name for people; None where there is no p.
    not_defined
        Why there is no p; None where there is one.
    """

    n_datasets: int
    sum_positive: float
    sum_negative: float
    p_value: float | None = None
    test_method: str | None = None
    not_defined: str | None = None


def too_few_datasets(n_datasets: int) -> str | None:
    """Return why nothing is said about datasets like these, None from 6 datasets on."""
    if n_datasets >= MIN_DATASETS:
        return None
    return f"needs at least {MIN_DATASETS} datasets, there {'is' if n_datasets == 1 else 'are'} {n_datasets}"


def signed_rank(differences: FloatArray) -> SignedRank:
    """Return Wilcoxon's signed rank test of differences between two teams, one for each dataset (Wilcoxon 1945).

    Differences are ranked by size; equal ones (within 1e-9) share the mean of their ranks, and the ranks of zeros are
    split evenly between the two sums (Demsar 2006, JMLR 7, section 3.1.3; a single zero is split too, not left out).
    Under the null hypothesis every difference that is not zero is as likely to have the other sign: p is the share of
    all 2^m arrangements of signs in which R+ is at least as far from its mean as observed. It is exact, over the ranks
    as they are, ties included; above 200 datasets R+ is taken to be normal with mean D (D + 1) / 4 and variance
    sum of r^2 / 4 over the ranks r of the differences that are not zero. No difference at all: p = 1.

    Parameters
    ----------
    differences
        Shape (D,), all of the same metric: their sizes are compared.

    Raises
    ------
    ValueError
        No datasets, or a difference that is not finite.
    """
    n_datasets = len(differences)
    if n_datasets == 0:
        raise ValueError("there are no datasets")
    sizes = np.abs(differences)
    ranks = average_ranks(sizes)
    # What rounding leaves of no difference has no sign.
    nonzero = np.asarray(sizes > TIE)
    half_of_zeros = float(ranks[~nonzero].sum()) / 2.0
    positive = float(ranks[nonzero & (differences > 0.0)].sum())
    negative = float(ranks[nonzero & (differences < 0.0)].sum())
    p_value, method = None, None
    reason = too_few_datasets(n_datasets)
    if reason is not None:
        smallest = min(2.0 ** (1 - n_datasets), 1.0)
        reason += f": even if all differences had the same sign, p would be {smallest:.4g}"
    elif n_datasets <= _EXACT_UP_TO:
        p_value, method = _exact_p(_doubled(ranks[nonzero]), positive - negative), "Wilcoxon signed rank, exact"
    else:
        p_value, method = _normal_p(ranks[nonzero], positive - negative), "Wilcoxon signed rank, normal approximation"
    return SignedRank(n_datasets, positive + half_of_zeros, negative + half_of_zeros, p_value, method, reason)


def _doubled(ranks: FloatArray) -> IntArray:
    """Return twice the ranks: whole numbers, because a mean of consecutive ranks is a multiple of 1/2."""
    return np.asarray(np.rint(2.0 * ranks), dtype=np.int64)


def _exact_p(doubled: IntArray, balance: float) -> float:
    """Return the share of arrangements of signs with |R+ - R-| at least as large as observed.

    Parameters
    ----------
    doubled
        Twice the ranks of the differences that are not zero, shape (m,).
    balance
        R+ - R- as observed.
    """
    total = int(doubled.sum())
    probability = np.zeros(total + 1)
    probability[0] = 1.0
    for rank in doubled.tolist():
        with_rank = np.zeros(total + 1)
        with_rank[rank:] = probability[: total + 1 - rank]
        probability = (probability + with_rank) / 2.0
    # Twice R+ is s where twice R- is total - s.
    balances = np.abs(2 * np.arange(total + 1) - total)
    hits = balances >= round(abs(2.0 * balance))
    return min(float(probability[hits].sum()), 1.0)


def _normal_p(ranks: FloatArray, balance: float) -> float:
    squares = float(ranks @ ranks)
    return math.erfc(abs(balance) / math.sqrt(2.0 * squares)) if squares > 0.0 else 1.0
