"""Sign-swaps and bootstrap of mean differences against scipy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.significance.means import UnitDifferences, sign_swap_test
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import all_signs, sign_sums


def of_examples(apart: FloatArray) -> UnitDifferences:
    n = len(apart)
    return UnitDifferences(apart, np.ones(n), correction=n / (n - 1))


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=11))
def test_few_examples_are_enumerated_as_scipy_does(values: list[int]) -> None:
    apart = np.asarray(values, dtype=np.float64)
    p = sign_swap_test(of_examples(apart), Settings())
    # |t| grows with |sum|, so the raw statistic has the same hits.
    sums = [abs(np.dot(signs, apart)) for signs in itertools.product((1, -1), repeat=len(apart))]
    assert p.n_resamples is None
    assert p.p_value == pytest.approx(np.mean(np.asarray(sums) >= abs(apart.sum()) - 1e-9))


def test_enumeration_is_scipys_permutation_test() -> None:
    apart = np.random.default_rng(1).normal(0.4, 1.0, size=10)
    expected = stats.permutation_test((apart,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert sign_swap_test(of_examples(apart), Settings()).p_value == pytest.approx(expected.pvalue)


def test_random_signs_come_near_the_t_test_for_many_examples() -> None:
    apart = np.random.default_rng(2).normal(0.05, 1.0, size=2_000)
    p = sign_swap_test(of_examples(apart), Settings(n_resamples=20_000, alpha=1e-9))
    assert p.n_resamples == 20_000
    assert p.monte_carlo_error is not None
    assert abs(p.p_value - stats.ttest_1samp(apart, 0.0).pvalue) < 4 * p.monte_carlo_error + 0.005


def test_the_standard_error_is_that_of_the_mean() -> None:
    apart = np.random.default_rng(3).normal(size=50)
    assert of_examples(apart).standard_error == pytest.approx(stats.sem(apart))


def test_signs_are_fair_and_sums_are_those_of_signed_values() -> None:
    values = np.random.default_rng(4).normal(size=(37, 2))
    sums = sign_sums(np.random.default_rng(5), values, 20_000)
    scale = np.sqrt((values**2).sum(axis=0))
    assert np.abs(sums.mean(axis=0) / scale).max() < 4 / math.sqrt(20_000)
    assert sums.std(axis=0) / scale == pytest.approx([1.0, 1.0], rel=0.03)
    # The same signs for both columns.
    expected = (values[:, 0] @ values[:, 1]) / scale.prod()
    assert np.corrcoef(sums.T)[0, 1] == pytest.approx(expected, abs=0.03)


def test_sign_sums_hold_every_arrangement_of_a_few_values() -> None:
    values = np.array([[1.0], [2.0], [4.0]])
    found = set(sign_sums(np.random.default_rng(6), values, 500)[:, 0].tolist())
    assert found == set((all_signs(3) @ values)[:, 0].tolist())


def test_units_of_several_examples_weigh_by_their_size() -> None:
    rng = np.random.default_rng(10)
    sizes = rng.integers(1, 6, size=80).astype(np.float64)
    units = UnitDifferences(rng.normal(size=80) * sizes, sizes, correction=80 / 79)
    assert units.difference == pytest.approx(units.sums.sum() / sizes.sum())
    without = units.without_each()
    assert without[3] == pytest.approx(np.delete(units.sums, 3).sum() / np.delete(sizes, 3).sum())


def test_sized_units_are_enumerated_by_their_own_statistic() -> None:
    sums, sizes = np.array([3.0, -1.0, 4.0, 0.5, 2.0]), np.array([2.0, 1.0, 5.0, 1.0, 3.0])
    statistics = []
    for signs in itertools.product((1, -1), repeat=5):
        signed = np.asarray(signs) * sums
        mean = signed.sum() / sizes.sum()
        statistics.append(abs(mean) / math.sqrt(np.sum((signed - mean * sizes) ** 2)))
    p = sign_swap_test(UnitDifferences(sums, sizes), Settings()).p_value
    assert p == pytest.approx(np.mean(np.asarray(statistics) >= statistics[0] - 1e-9))


def test_nothing_that_differs_gives_p_one() -> None:
    units = of_examples(np.zeros(40))
    assert sign_swap_test(units, Settings()).p_value == 1.0
    assert units.standard_error == 0.0


def test_the_same_difference_everywhere_is_as_extreme_as_can_be() -> None:
    assert sign_swap_test(of_examples(np.full(8, 0.3)), Settings()).p_value == pytest.approx(2 / 2**8)


def test_a_p_near_alpha_is_drawn_from_ten_times_as_many() -> None:
    apart = np.random.default_rng(11).normal(0.1, 1.0, size=200)
    first = sign_swap_test(of_examples(apart), Settings(n_resamples=300, alpha=1e-9))
    near = sign_swap_test(of_examples(apart), Settings(n_resamples=300, alpha=first.p_value))
    assert first.n_resamples == 300
    assert near.n_resamples is not None
    assert near.n_resamples >= 3_000


def test_pseudo_examples_keep_a_standard_error_where_nothing_differs() -> None:
    units = UnitDifferences(np.zeros(60), np.ones(60), n_pseudo=1, correction=60 / 59)
    assert units.standard_error == pytest.approx(math.sqrt(2) / 62)
