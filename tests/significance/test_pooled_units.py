"""Draws of a mean over very many units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.beside.pooled_units import MANY_UNITS, pooled_units
from reviewer_app.significance.means import UnitDifferences
from reviewer_app.significance.paired_difference import Settings


def skewed_units(n: int, seed: int = 0) -> UnitDifferences:
    rng = np.random.default_rng(seed)
    return UnitDifferences(rng.standard_normal(n) * rng.exponential(1.0, n) + 0.02, np.ones(n))


@given(st.integers(1, 6_000), st.integers(0, 1))
def test_kinds_have_the_size_the_mean_and_the_variance_of_the_units(n: int, n_pseudo: int) -> None:
    rng = np.random.default_rng(n)
    units = UnitDifferences(rng.standard_normal(n), rng.integers(1, 5, n).astype(np.float64), n_pseudo)
    pooled = pooled_units(units)
    total = n + 2 * n_pseudo
    assert pooled.counts.sum() == total
    assert len(pooled.counts) == total if total <= MANY_UNITS else len(pooled.counts) <= MANY_UNITS
    assert pooled.counts @ pooled.sizes == pytest.approx(units.sizes.sum() + 2 * n_pseudo)
    apart = units.sums - units.difference * units.sizes
    pseudo = n_pseudo * np.asarray([1.0 - units.difference, -1.0 - units.difference])
    squares = float(apart @ apart + pseudo @ pseudo)
    assert pooled.counts @ (pooled.apart**2 + pooled.variances) == pytest.approx(squares)


@pytest.mark.parametrize("n", [400, 30_000])
def test_the_bootstrap_is_that_of_the_units(n: int) -> None:
    units, rng = skewed_units(n), np.random.default_rng(3)
    pooled = pooled_units(units).bootstrap(Settings(n_resamples=4_000))
    plain = np.asarray([rng.choice(units.sums, n).mean() for _ in range(4_000)])
    assert stats.ks_2samp(pooled, plain).pvalue > 0.01
    # Standard error of a standard deviation of 4,000 draws: 1.1 %.
    assert pooled.std() == pytest.approx(plain.std(), rel=0.06)


@pytest.mark.parametrize("n", [400, 30_000])
def test_the_posterior_has_the_moments_of_rubins_bayesian_bootstrap(n: int) -> None:
    units = skewed_units(n, seed=1)
    draws = pooled_units(units).posterior(Settings(n_resamples=20_000))
    spread = units.sums.std() / math.sqrt(n + 1)
    assert draws.mean() == pytest.approx(units.difference, abs=4 * spread / math.sqrt(20_000))
    assert draws.std() == pytest.approx(spread, rel=0.02)


def test_draws_do_not_depend_on_how_many_are_asked_for_at_once() -> None:
    units = skewed_units(3_000)
    few, many = (pooled_units(units).posterior(Settings(n_resamples=n, seed=5)) for n in (2_500, 5_000))
    assert np.array_equal(few[:2_000], many[:2_000])
