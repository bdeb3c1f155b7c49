"""Sign-swap test and bootstrap of a mean difference over units, each unit one example or a group of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.significance.arrangements import Arrangements
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import (
    MAX_PERMUTATIONS,
    TIE,
    MonteCarloP,
    Stream,
    all_signs,
    generator,
    is_too_close,
    map_blocks,
    permutation_p,
    sign_sums,
)

_MAX_WORK = 20_000_000_000
"""Units times arrangements beyond which a p value near alpha is not made more precise."""

_SIGN_ROWS = 10_000


@dataclass(frozen=True, eq=False)
class UnitDifferences:
    """What each unit adds to the difference A - B of two means.

    Attributes
    ----------
    sums
        Sum over the unit's examples of value of A - value of B, shape (G,).
    sizes
        Number of the unit's examples, shape (G,).
    n_pseudo
        Pseudo-examples of each kind, 0 or 1: units of one example with the difference +1, and with -1. They enter
        standard errors and resamples, never the difference itself.
    correction
        Factor of the variance of the observed units for their finite number.
    """

    sums: FloatArray
    sizes: FloatArray
    n_pseudo: int = 0
    correction: float = 1.0

    @property
    def difference(self) -> float:
        """Mean of A less mean of B."""
        return float(self.sums.sum() / self.sizes.sum())

    def standard_errors(self, differences: FloatArray, sized_sums: FloatArray) -> FloatArray:
        """Return the standard error of each arrangement of signs, shape (R,).

        Parameters
        ----------
        differences
            The arrangement's mean difference d*, shape (R,).
        sized_sums
            Sum over units of sign x sum x size, shape (R,).
        """
        # The unit's influence is (sign x sum - d* x size) / n; signs vanish in the squares of the sums.
        squares = self.sums @ self.sums - 2.0 * differences * sized_sums + differences**2 * (self.sizes @ self.sizes)
        pseudo = self.n_pseudo * (2.0 + 2.0 * differences**2)
        n = self.sizes.sum() + 2 * self.n_pseudo
        errors: FloatArray = np.sqrt(np.maximum(self.correction * squares + pseudo, 0.0)) / n
        return errors

    @property
    def standard_error(self) -> float:
        """Standard error of the difference as observed."""
        sized = np.asarray([self.sums @ self.sizes])
        return float(self.standard_errors(np.asarray([self.difference]), sized)[0])

    @property
    def effects(self) -> FloatArray:
        """First-order effect of each unit on the difference, shape (G,)."""
        return np.asarray((self.sums - self.difference * self.sizes) / self.sizes.sum())

    @property
    def pseudo_variance(self) -> float:
        """Squared influences of the pseudo-examples."""
        n = float(self.sizes.sum()) + 2 * self.n_pseudo
        return self.n_pseudo * (2.0 + 2.0 * self.difference**2) / n**2

    def without_each(self) -> FloatArray:
        """Return the difference without each unit, shape (G,); at least two units."""
        return np.asarray((self.sums.sum() - self.sums) / (self.sizes.sum() - self.sizes))


def sign_swap_test(units: UnitDifferences, settings: Settings) -> MonteCarloP:
    """Return the p of d / SE under random signs of the units: a swap of the teams within each unit.

    SE is that of the arrangement. Hits are |t*| >= |t| - 1e-9. Where there are no more arrangements than resamples all
    are enumerated; where p is within three Monte Carlo standard errors of alpha, ten times as many are drawn, up to
    10^6 and as far as the number of units allows. No unit that differs: p = 1.
    """
    swapped = np.flatnonzero(units.sums)
    if len(swapped) == 0:
        return MonteCarloP(1.0)
    values = _swapped_values(units, swapped)
    observed = float(_statistics(units, values.sum(axis=0, keepdims=True))[0])
    if len(swapped) <= math.log2(settings.n_resamples):
        statistics = _statistics(units, all_signs(len(swapped)) @ values)
        return MonteCarloP(_n_hits(statistics, observed) / len(statistics))

    n_resamples = settings.n_resamples
    while True:
        p = permutation_p(_drawn_hits(units, values, observed, n_resamples, settings), n_resamples)
        n_resamples *= 10
        too_much = n_resamples > MAX_PERMUTATIONS or n_resamples * len(swapped) > _MAX_WORK
        if too_much or not is_too_close(p, settings.alpha):
            return p


def _swapped_values(units: UnitDifferences, swapped: IntArray) -> FloatArray:
    """Return the sums of these units, and where sizes differ also the sums times sizes, shape (m, 1 or 2)."""
    sums, sizes = units.sums[swapped], units.sizes
    if np.all(sizes == sizes[0]):
        return sums[:, np.newaxis]
    return np.stack([sums, sums * sizes[swapped]], axis=1)


def _statistics(units: UnitDifferences, sums: FloatArray) -> FloatArray:
    """Return d / SE from the signed sums of `_swapped_values`, shape (R, 1 or 2); infinite where SE alone is 0."""
    differences = sums[:, 0] / units.sizes.sum()
    sized_sums = sums[:, 0] * units.sizes[0] if sums.shape[1] == 1 else sums[:, 1]
    errors = units.standard_errors(differences, sized_sums)
    limit = np.where(differences == 0.0, 0.0, np.copysign(np.inf, differences))
    # An error below this is what rounding leaves of 0 where all units add the same.
    statistics: FloatArray = np.divide(differences, errors, out=limit, where=errors > 1e-7 * np.abs(differences))
    return statistics


def _n_hits(statistics: FloatArray, observed: float) -> int:
    return int(np.count_nonzero(np.abs(statistics) >= abs(observed) - TIE))


def _drawn_hits(
    units: UnitDifferences, values: FloatArray, observed: float, n_resamples: int, settings: Settings
) -> int:
    def hits(block: int) -> int:
        n_rows = min(_SIGN_ROWS, n_resamples - block * _SIGN_ROWS)
        sums = sign_sums(generator(settings.seed, Stream.MEAN_SWAPS, block), values, n_rows)
        return _n_hits(_statistics(units, sums), observed)

    return sum(map_blocks(hits, range(math.ceil(n_resamples / _SIGN_ROWS)), settings.progress))


def sign_swap_statistics(units: UnitDifferences, settings: Settings) -> Arrangements:
    """Return the statistics that `sign_swap_test` compares.

    All arrangements where they are enumerated, else the first B, from which its p comes where that is not too close to
    alpha. No unit that differs: one arrangement, 0.
    """
    swapped = np.flatnonzero(units.sums)
    if len(swapped) == 0:
        return Arrangements(0.0, np.zeros(1), np.ones(1))
    values = _swapped_values(units, swapped)
    observed = float(_statistics(units, values.sum(axis=0, keepdims=True))[0])
    if len(swapped) <= math.log2(settings.n_resamples):
        statistics = _statistics(units, all_signs(len(swapped)) @ values)
        return Arrangements(observed, statistics, np.full(len(statistics), 1.0 / len(statistics)))

    def drawn(block: int) -> FloatArray:
        n_rows = min(_SIGN_ROWS, settings.n_resamples - block * _SIGN_ROWS)
        return _statistics(units, sign_sums(generator(settings.seed, Stream.MEAN_SWAPS, block), values, n_rows))

    n_blocks = math.ceil(settings.n_resamples / _SIGN_ROWS)
    return Arrangements(observed, np.concatenate(list(map_blocks(drawn, range(n_blocks), settings.progress))))
