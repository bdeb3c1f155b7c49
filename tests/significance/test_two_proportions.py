"""Fisher's mid-p of two independent proportions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.two_proportions import fisher_mid_p

sizes = st.integers(1, 300)


def by_the_law(right_a: int, n_a: int, right_b: int, n_b: int) -> float:
    law = stats.hypergeom(n_a + n_b, right_a + right_b, n_a)
    half = law.pmf(right_a) / 2
    return float(min(1.0, 2 * min(law.cdf(right_a) - half, law.sf(right_a) + half)))


@given(sizes, sizes, st.floats(0, 1), st.floats(0, 1))
def test_it_is_twice_the_smaller_tail_less_half_of_what_was_observed(n_a: int, n_b: int, a: float, b: float) -> None:
    counts = round(a * n_a), n_a, round(b * n_b), n_b
    assert fisher_mid_p(*counts) == pytest.approx(by_the_law(*counts), rel=1e-9, abs=1e-13)


@given(sizes, sizes, st.floats(0, 1), st.floats(0, 1))
def test_sides_and_right_and_wrong_can_change_places(n_a: int, n_b: int, a: float, b: float) -> None:
    right_a, right_b = round(a * n_a), round(b * n_b)
    p = fisher_mid_p(right_a, n_a, right_b, n_b)
    assert fisher_mid_p(right_b, n_b, right_a, n_a) == pytest.approx(p, abs=1e-12)
    assert fisher_mid_p(n_a - right_a, n_a, n_b - right_b, n_b) == pytest.approx(p, abs=1e-12)


def test_by_hand() -> None:
    # 3 of 3 against 0 of 3: one of 20 arrangements, its half, twice.
    assert fisher_mid_p(3, 3, 0, 3) == pytest.approx(0.05)


@pytest.mark.parametrize("right", [0, 40])
def test_all_or_none_right_on_both_sides_is_no_difference(right: int) -> None:
    assert fisher_mid_p(right, 40, right * 5, 200) == 1.0


def test_ten_million_examples_are_counted_exactly_enough() -> None:
    z = 1_000 / np.sqrt(2 * 10_000_000 * 0.25)
    assert fisher_mid_p(5_000_000, 10_000_000, 5_001_000, 10_000_000) == pytest.approx(2 * stats.norm.sf(z), rel=1e-3)
    assert fisher_mid_p(0, 10_000_000, 10_000_000, 10_000_000) == 0.0


@pytest.mark.parametrize("counts", [(1, 0, 1, 2), (3, 2, 1, 2), (-1, 2, 1, 2)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be right"):
        fisher_mid_p(*counts)


@pytest.mark.parametrize(("n_a", "n_b"), [(50, 50), (50, 2_000), (200, 200)])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_the_same_proportion_is_rejected_at_most_as_often_as_said(n_a: int, n_b: int, share: float) -> None:
    # Every outcome that has a probability worth mentioning, not a simulation.
    laws = [stats.binom(n, share) for n in (n_a, n_b)]
    counts = [np.arange(int(law.ppf(1e-6)), int(law.ppf(1 - 1e-6)) + 1) for law in laws]
    below = np.array([[fisher_mid_p(a, n_a, b, n_b) < 0.05 for b in counts[1].tolist()] for a in counts[0].tolist()])
    rate = laws[0].pmf(counts[0]) @ below @ laws[1].pmf(counts[1])
    assert 0.0 < rate < 0.058
