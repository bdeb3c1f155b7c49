"""Random draws of the mean over very many units: units that add nearly the same are drawn together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.means import UnitDifferences
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import Stream, block_rows, generator, map_blocks

MANY_UNITS = 1_000
"""Up to this number every unit is a kind of its own, and the draws are exact."""

_SINGLE = 100
"""Units at each end of the order, where they differ the most from each other, that stay kinds of their own."""


@dataclass(frozen=True, eq=False)
class PooledUnits:
    """Kinds of units in the order of what they add; the draws' first two moments are those of the units themselves.

    Attributes
    ----------
    centre
        The mean difference.
    apart, sizes
        Mean over each kind's units of sum - centre x size, and of the size, shape (K,).
    counts
        Units of each kind, shape (K,).
    variances
        Of sum - centre x size within each kind, shape (K,): 0 where the kind is one unit.
    """

    centre: float
    apart: FloatArray
    sizes: FloatArray
    counts: FloatArray
    variances: FloatArray

    def posterior(self, settings: Settings) -> FloatArray:
        """Return draws of the Bayesian bootstrap, shape (B,) (Rubin 1981): exponential weights of the units.

        The weights of a kind's m units add up to a gamma variable; given it their weighted mean has the variance
        within the kind / (m + 1), and is drawn as normal.
        """
        within = self.variances / (self.counts + 1.0)

        def draw(rng: np.random.Generator, n_rows: int) -> FloatArray:
            weights = rng.standard_gamma(self.counts, size=(n_rows, len(self.counts)))
            spread = np.sqrt(weights**2 @ within)
            return self._difference(weights, spread * rng.standard_normal(n_rows))

        return self._in_blocks(draw, settings, Stream.POSTERIOR)

    def bootstrap(self, settings: Settings) -> FloatArray:
        """Return bootstrap draws, shape (B,): as many units as there are, those within a kind drawn as normal."""
        n_units, order = int(self.counts.sum()), np.argsort(self.counts, kind="stable")
        # The last probability is what is left to 1: it must be that of a part that may take a rounding error.
        parts = (self.apart, self.sizes, self.counts, self.variances)
        ordered = PooledUnits(self.centre, *(part[order] for part in parts))
        shares = ordered.counts / n_units

        def draw(rng: np.random.Generator, n_rows: int) -> FloatArray:
            drawn = rng.multinomial(n_units, shares, size=n_rows).astype(np.float64)
            spread = np.sqrt(drawn @ ordered.variances)
            return ordered._difference(drawn, spread * rng.standard_normal(n_rows))

        return self._in_blocks(draw, settings, Stream.BESIDE_BOOTSTRAP)

    def _difference(self, weights: FloatArray, noise: FloatArray) -> FloatArray:
        drawn: FloatArray = self.centre + (weights @ self.apart + noise) / (weights @ self.sizes)
        return drawn

    def _in_blocks(
        self, draw: Callable[[np.random.Generator, int], FloatArray], settings: Settings, stream: Stream
    ) -> FloatArray:
        n_rows = min(block_rows(len(self.counts)), settings.n_resamples)
        n_blocks = math.ceil(settings.n_resamples / n_rows)

        def block(number: int) -> FloatArray:
            return draw(generator(settings.seed, stream, number), n_rows)

        return np.concatenate(list(map_blocks(block, range(n_blocks), settings.progress)))[: settings.n_resamples]


def pooled_units(units: UnitDifferences) -> PooledUnits:
    """Return the units of a mean difference, pseudo-examples included, as about 1,000 kinds at most."""
    pseudo, centre = np.ones(units.n_pseudo), units.difference
    sizes = np.concatenate([units.sizes, pseudo, pseudo])
    apart = np.concatenate([units.sums, pseudo, -pseudo]) - centre * sizes
    n_units = len(apart)
    if n_units <= MANY_UNITS:
        return PooledUnits(centre, apart, sizes, np.ones(n_units), np.zeros(n_units))
    order = np.argsort(apart, kind="stable")
    middle = np.linspace(_SINGLE, n_units - _SINGLE, MANY_UNITS - 2 * _SINGLE + 1).astype(np.intp)
    starts = np.concatenate([np.arange(_SINGLE), middle[:-1], np.arange(n_units - _SINGLE, n_units)])
    counts = np.diff(np.append(starts, n_units)).astype(np.float64)
    means = np.add.reduceat(apart[order], starts) / counts
    squares = np.add.reduceat((apart[order] - np.repeat(means, counts.astype(np.intp))) ** 2, starts)
    return PooledUnits(centre, means, np.add.reduceat(sizes[order], starts) / counts, counts, squares / counts)
