"""Differences put together over datasets."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from reviewer_app.significance.across.many_datasets import home_advantage, mean_difference, neutral_difference
from reviewer_app.significance.paired_difference import PairedDifference


def one(difference: float | None, standard_error: float | None, df: float | None = None) -> PairedDifference:
    return PairedDifference(0.0, 0.0, difference, standard_error=standard_error, degrees_of_freedom=df)


def test_each_team_winning_at_home_is_a_home_advantage_and_no_neutral_difference() -> None:
    on_a, on_b = [one(0.03, 0.01)], [one(-0.03, 0.02)]
    neutral, home = neutral_difference(on_a, on_b), home_advantage(on_a, on_b)
    assert neutral.difference == pytest.approx(0.0)
    assert home.difference == pytest.approx(0.03)
    assert home.standard_error == pytest.approx(math.hypot(0.01, 0.02) / 2)
    half = stats.norm.ppf(0.975) * math.hypot(0.01, 0.02) / 2
    assert (home.ci_low, home.ci_high) == pytest.approx((0.03 - half, 0.03 + half))
    assert (neutral.ci_low, neutral.ci_high) == pytest.approx((-half, half))


def test_several_homes_of_a_team_are_averaged() -> None:
    found = home_advantage([one(0.02, 0.01), one(0.04, 0.01)], [one(0.0, 0.02)])
    assert found.difference == pytest.approx(0.015)
    assert found.standard_error == pytest.approx(math.sqrt((0.01**2 + 0.01**2) / 16 + 0.02**2 / 4))


def test_the_interval_is_that_of_resampling_both_test_sets() -> None:
    rng = np.random.default_rng(0)
    at_a, at_b = rng.normal(0.03, 0.01, 100_000), rng.normal(0.01, 0.02, 100_000)
    found = home_advantage([one(0.03, 0.01)], [one(0.01, 0.02)])
    assert (found.ci_low, found.ci_high) == pytest.approx(np.quantile((at_a - at_b) / 2, [0.025, 0.975]), abs=3e-4)


def test_the_mean_over_datasets() -> None:
    found = mean_difference([one(0.01, 0.01), one(0.05, 0.03), one(0.03, 0.02)])
    assert found.difference == pytest.approx(0.03)
    assert found.standard_error == pytest.approx(math.sqrt(0.0014) / 3)


def test_few_groups_or_seeds_of_one_dataset_widen_the_interval_of_the_mean() -> None:
    found = mean_difference([one(0.02, 0.01, df=4.0), one(0.04, 0.01, df=8.0), one(0.03, 0.001)])
    alone = [0.01**2, 0.01**2, 0.001**2]
    df = sum(alone) ** 2 / (alone[0] ** 2 / 4 + alone[1] ** 2 / 8)
    half = stats.t.ppf(0.975, df) * math.sqrt(sum(alone)) / 3
    assert (found.ci_low, found.ci_high) == pytest.approx((0.03 - half, 0.03 + half))


@pytest.mark.parametrize(
    ("difference", "error", "reason"),
    [
        (None, 0.01, "no difference"),
        (0.1, None, "no standard error"),
        (0.0, 0.0, "do not vary"),
        (0.1, 0.0, "do not vary"),
    ],
)
def test_what_is_missing_is_said(difference: float | None, error: float | None, reason: str) -> None:
    found = mean_difference([one(difference, error)])
    assert found.not_defined is not None
    assert reason in found.not_defined
    assert found.ci_low is None


def test_a_team_without_a_home_is_refused() -> None:
    with pytest.raises(ValueError, match="dataset of its own"):
        home_advantage([one(0.1, 0.1)], [])
    with pytest.raises(ValueError, match="no datasets"):
        mean_difference([])
