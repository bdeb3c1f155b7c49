"""Random draws have the distribution that they stand for."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats

from reviewer_app.progress import Cancelled, Progress
from reviewer_app.significance import resampling
from reviewer_app.significance.means import UnitDifferences, sign_swap_test
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import (
    Stream,
    generator,
    index_weights,
    is_too_close,
    jackknife_variance,
    map_blocks,
    percentile_interval,
    permutation_p,
    swap_draws,
    unit_draws,
)

COUNTS = np.array([500.0, 120.0, 0.0, 30.0, 3.0, 1.0, 1.0, 0.0, 2.0])
PSEUDO = np.array([0.9, 0.3, 0.5, 0.0, 0.1, 0.0, 0.0, 0.2, 0.0])


def test_unit_draws_are_multinomial_whether_kinds_have_many_units_or_few() -> None:
    n_rows = 40_000
    drawn = unit_draws(np.random.default_rng(1), COUNTS, PSEUDO, n_rows)
    total = COUNTS.sum() + PSEUDO.sum()
    share = (COUNTS + PSEUDO) / total
    assert drawn.shape == (len(COUNTS), n_rows)
    assert np.all(drawn.sum(axis=0) == total)
    error = np.sqrt(total * share * (1 - share) / n_rows)
    assert np.abs(drawn.mean(axis=1) - total * share).max() < (5 * error).max()
    covariance = np.cov(drawn)
    expected = total * (np.diag(share) - np.outer(share, share))
    assert np.abs(covariance - expected).max() < 0.03 * total * share.max()
    for kind in (3, 4, 5, 7):
        observed = np.bincount(drawn[kind].astype(int), minlength=60)[:60] / n_rows
        law = stats.binom.pmf(np.arange(60), int(total), share[kind])
        assert np.abs(observed - law).max() < 0.01


def test_unit_draws_without_pseudo_examples_are_the_plain_bootstrap() -> None:
    drawn = unit_draws(np.random.default_rng(2), np.ones(40), np.zeros(40), 20_000)
    assert np.all(drawn.sum(axis=0) == 40)
    assert drawn.mean() == pytest.approx(1.0)
    assert drawn.var() == pytest.approx(1 - 1 / 40, rel=0.02)


def test_unit_draws_of_large_kinds_alone() -> None:
    drawn = unit_draws(np.random.default_rng(3), np.array([1_000.0, 3_000.0]), np.zeros(2), 5_000)
    assert np.all(drawn.sum(axis=0) == 4_000)
    assert drawn[0].std() == pytest.approx(math.sqrt(4_000 * 0.25 * 0.75), rel=0.05)


@pytest.mark.parametrize("size", [1, 2, 7, 63, 64, 65, 1_000])
def test_swap_draws_are_fair_binomials(size: int) -> None:
    drawn = swap_draws(np.random.default_rng(size), np.array([size, 1]), 20_000)
    assert drawn[0].min() >= 0
    assert drawn[0].max() <= size
    assert drawn[0].mean() == pytest.approx(size / 2, abs=4 * math.sqrt(size / 4 / 20_000))
    assert drawn[0].var() == pytest.approx(size / 4, rel=0.06)
    assert abs(np.corrcoef(drawn)[0, 1]) < 0.04
    observed = np.bincount(drawn[0].astype(int), minlength=size + 1) / 20_000
    assert np.abs(observed - stats.binom.pmf(np.arange(size + 1), size, 0.5)).max() < 0.02


def test_index_weights_and_sums_are_the_plain_bootstrap() -> None:
    weights = index_weights(np.random.default_rng(4), 30, 5_000)
    assert np.all(weights.sum(axis=1) == 30)
    assert weights.var() == pytest.approx(1 - 1 / 30, rel=0.03)


def test_numbers_do_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    units = UnitDifferences(rng.normal(0.002, 1.0, 60_000), np.ones(60_000))
    settings = Settings(n_resamples=100, seed=3, alpha=1e-9)
    several = sign_swap_test(units, settings)
    monkeypatch.setattr(resampling, "MAX_THREADS", 1)
    assert sign_swap_test(units, settings) == several


def test_streams_and_blocks_are_independent_and_the_seed_may_be_a_digest() -> None:
    seed = int("f" * 64, 16)
    first = generator(seed, Stream.COUNT_BOOTSTRAP, 0).random(3).tolist()
    assert first == generator(seed, Stream.COUNT_BOOTSTRAP, 0).random(3).tolist()
    others = [
        generator(seed, Stream.COUNT_BOOTSTRAP, 1),
        generator(seed, Stream.COUNT_SWAPS, 0),
        generator(seed - 1, Stream.COUNT_BOOTSTRAP, 0),
    ]
    assert all(other.random(3).tolist() != first for other in others)


def test_a_permutation_p_counts_the_observed_arrangement() -> None:
    p = permutation_p(hits=0, n_resamples=999)
    assert p.p_value == 0.001
    assert p.monte_carlo_error == pytest.approx(math.sqrt(0.001 * 0.999 / 999))
    assert permutation_p(999, 999).p_value == 1.0


def test_close_to_alpha_means_within_three_monte_carlo_errors() -> None:
    assert is_too_close(permutation_p(499, 9_999), 0.055)
    assert not is_too_close(permutation_p(499, 9_999), 0.06)


def test_percentiles_and_the_equivalence_p_are_read_off_the_same_values() -> None:
    values = np.linspace(-0.02, 0.03, 1_001)
    assert percentile_interval(values, 0.9) == pytest.approx((-0.0175, 0.0275))


def test_the_jackknife_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(6).normal(size=25)
    without = (values.sum() - values) / 24
    assert jackknife_variance(without, np.ones(25)) == pytest.approx(stats.sem(values) ** 2)
    merged = jackknife_variance(np.array([1.0, 2.0]), np.array([3.0, 2.0]))
    assert merged == pytest.approx(jackknife_variance(np.array([1.0, 1.0, 1.0, 2.0, 2.0]), np.ones(5)))


def test_a_jackknife_that_cannot_be_is_none() -> None:
    assert jackknife_variance(np.array([0.1]), np.ones(1)) is None
    assert jackknife_variance(np.array([0.1, np.nan]), np.ones(2)) is None


def test_work_that_is_cancelled_between_blocks_begins_no_others() -> None:
    begun: list[int] = []

    def compute(block: int) -> None:
        begun.append(block)
        time.sleep(0.005)

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        list(map_blocks(compute, range(1_000), progress))
    assert len(begun) < 500


def test_blocks_come_in_order_and_are_told_one_by_one() -> None:
    told: list[float | None] = []
    progress = Progress(lambda fraction, message: told.append(fraction))
    found = list(map_blocks(lambda block: block * block, range(50), progress))
    assert found == [block * block for block in range(50)]
    assert told == [number / 50 for number in range(1, 51)]


@pytest.mark.parametrize("size", [65, 700, 1_024, 1_025])
def test_swaps_of_many_units_are_fair_binomials_by_bits_or_not(size: int) -> None:
    drawn = swap_draws(np.random.default_rng(size), np.array([3, size]), 20_000)[1]
    assert drawn.max() <= size
    assert drawn.mean() == pytest.approx(size / 2, abs=4 * math.sqrt(size / 4 / 20_000))
    assert drawn.var() == pytest.approx(size / 4, rel=0.05)


def test_weights_of_many_units_are_the_plain_bootstrap_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "_UNITS_IN_CACHE", 8)
    weights = index_weights(np.random.default_rng(8), 30, 20_000)
    assert weights.dtype == np.uint8
    assert np.all(weights.sum(axis=1) == 30)
    assert weights.mean(axis=0) == pytest.approx(np.ones(30), abs=4 / math.sqrt(20_000))
    covariance = np.cov(weights.T)
    assert np.diag(covariance) == pytest.approx(np.full(30, 29 / 30), rel=0.06)
    assert covariance[np.triu_indices(30, 1)] == pytest.approx(np.full(435, -1 / 30), abs=0.04)
