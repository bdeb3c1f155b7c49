"""Bayesian signed rank test: the definition in plain loops, closed forms, the authors' algorithm, and invariants."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from demsar_2006 import AUC
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc

from reviewer_app.significance import resampling
from reviewer_app.significance.across.bayesian_signed_rank import bayesian_signed_rank, theta
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.shares import Shares

SETTINGS = Settings(n_resamples=20_000, seed=11)
differences_on_a_grid = st.lists(st.integers(-6, 6), min_size=1, max_size=8).map(lambda values: np.array(values) / 32)


def probabilities(differences: np.ndarray, margin: float, settings: Settings = SETTINGS) -> Shares:
    found = bayesian_signed_rank(differences, margin, settings).probabilities
    assert found is not None
    return found


def by_definition(points: np.ndarray, weights: np.ndarray, margin: float) -> list[float]:
    left = rope = right = 0.0
    for z_i, w_i in zip(points, weights, strict=True):
        for z_j, w_j in zip(points, weights, strict=True):
            if z_i + z_j > 2 * margin:
                right += w_i * w_j
            elif z_i + z_j < -2 * margin:
                left += w_i * w_j
            else:
                rope += w_i * w_j
    return [left, rope, right]


def by_the_authors_algorithm(differences: np.ndarray, margin: float, n_draws: int, seed: int) -> np.ndarray:
    """What baycomp's signed rank test computes: means on the margin count half."""
    points = np.concatenate([[0.0], differences])
    sums = points[:, np.newaxis] + points
    above = (sums > 2 * margin) + 0.5 * (sums == 2 * margin)
    below = (-sums > 2 * margin) + 0.5 * (-sums == 2 * margin)
    draws = np.random.default_rng(seed).dirichlet([0.5, *np.ones(len(differences))], n_draws)
    right, left = (np.einsum("ri,ij,rj->r", draws, side, draws) for side in (above, below))
    winners = np.argmax(np.stack([left, 1 - left - right, right], axis=1), axis=1)
    return np.bincount(winners, minlength=3) / n_draws


@given(differences_on_a_grid, st.integers(0, 8), st.integers(0, 2**32 - 1))
def test_theta_is_the_sum_over_all_pairs(differences: np.ndarray, margin: int, seed: int) -> None:
    points = np.sort(np.append(differences, 0.0))
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(points)), 3)
    expected = [by_definition(points, row, margin / 32) for row in weights]
    np.testing.assert_allclose(theta(points, weights, margin / 32), expected, atol=1e-12)


def test_probabilities_have_a_closed_form_where_all_differences_are_equal() -> None:
    # The prior's weight w is Beta(1/2, 6). At a margin below half of the difference theta_right = 1 - w^2, above half
    # of it (1 - w)^2.
    equal = np.full(6, 1.0)
    for margin, expected in (
        (0.1, betainc(0.5, 6.0, math.sqrt(0.5))),
        (0.6, betainc(0.5, 6.0, 1.0 - math.sqrt(0.5))),
    ):
        found = probabilities(equal, margin)
        assert found.shares[0] == 0.0
        assert found.shares[2] == pytest.approx(expected, abs=4 * found.monte_carlo_errors[2])
    assert probabilities(equal, 1.1).shares == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("margin", [0.00325, 0.00775, 0.01525, 0.03025])
def test_probabilities_are_those_of_the_authors_algorithm(margin: float) -> None:
    # Their examples need data that is not printed; here Demsar 2006, table 6. No mean of two lies on these margins.
    for second in (1, 3):
        differences = np.round(AUC[:, second] - AUC[:, 0], 3)
        found = probabilities(differences, margin)
        expected = by_the_authors_algorithm(differences, margin, found.n_draws, seed=1)
        assert np.all(np.abs(found.shares - expected) <= 4 * math.sqrt(2) * np.array(found.monte_carlo_errors))


def test_a_mean_on_the_margin_is_within_it_whatever_rounding_does() -> None:
    on_the_margin = np.array([0.01, 0.31 - 0.3, 0.5 - 0.49, 0.21 - 0.2, 0.11 - 0.1, 0.71 - 0.7])
    assert len(set(on_the_margin)) > 1
    assert probabilities(on_the_margin, 0.01).shares == (0.0, 1.0, 0.0)


def test_the_authors_algorithm_gives_half_of_a_mean_on_the_margin_to_either_side() -> None:
    differences = np.round(AUC[:, 3] - AUC[:, 0], 3)
    found = probabilities(differences, 0.015)
    assert found.shares[1] > by_the_authors_algorithm(differences, 0.015, found.n_draws, seed=1)[1] + 0.02


@given(
    st.lists(st.integers(-6, 6), min_size=6, max_size=9).map(lambda values: np.array(values) / 32), st.integers(0, 8)
)
def test_teams_may_change_places_and_units_do_not_matter(differences: np.ndarray, margin: int) -> None:
    quick = replace(SETTINGS, n_resamples=400)
    found = probabilities(differences, margin / 32, quick)
    turned = probabilities(-differences, margin / 32, quick)
    assert sum(found.shares) == pytest.approx(1.0)
    for share, other, error in zip(found.shares, turned.shares[::-1], found.monte_carlo_errors, strict=True):
        assert share == pytest.approx(other, abs=6 * math.sqrt(2) * error)
    assert probabilities(8 * differences, margin / 4, quick) == found


def test_datasets_without_a_difference_are_within_any_margin() -> None:
    assert probabilities(np.zeros(8), 0.0).shares == (0.0, 1.0, 0.0)


def test_the_monte_carlo_error_is_what_other_seeds_show_and_never_0() -> None:
    differences = np.round(AUC[:, 1] - AUC[:, 0], 3)
    runs = [probabilities(differences, 0.009, Settings(n_resamples=500, seed=seed)) for seed in range(100)]
    spread = np.std([run.shares[2] for run in runs], ddof=1)
    assert spread == pytest.approx(np.mean([run.monte_carlo_errors[2] for run in runs]), rel=0.25)
    assert all(run.monte_carlo_errors[0] > 0.0 for run in runs)


def test_the_numbers_do_not_depend_on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    differences = AUC[:, 1] - AUC[:, 0]
    many = Settings(n_resamples=300_000, seed=5)  # three blocks
    with_threads = probabilities(differences, 0.01, many)
    monkeypatch.setattr(resampling, "MAX_THREADS", 1)
    assert probabilities(differences, 0.01, many) == with_threads


@pytest.mark.parametrize("n", [1, 5])
def test_below_six_datasets_nothing_is_said_and_it_says_why(n: int) -> None:
    answer = bayesian_signed_rank(np.full(n, 0.1), 0.01, SETTINGS)
    assert answer.probabilities is None
    assert answer.not_defined is not None
    assert answer.not_defined.startswith("needs at least 6 datasets")


@pytest.mark.parametrize(
    ("differences", "margin", "message"),
    [([], 0.0, "no datasets"), ([0.1, np.nan], 0.0, "finite"), ([0.1], -0.1, "at least 0"), ([0.1], np.nan, "least 0")],
)
def test_what_cannot_be_compared_is_refused(differences: list[float], margin: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bayesian_signed_rank(np.array(differences), margin, SETTINGS)
