"""Variance over seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from reviewer_app.significance.seeds import seed_variance


def test_without_variance_over_examples_it_is_welchs_t_test() -> None:
    a, b = [0.81, 0.84, 0.79, 0.83], [0.77, 0.78, 0.80]
    found = seed_variance(a, b, examples_variance=0.0, examples_df=100.0)
    expected = stats.ttest_ind(a, b, equal_var=False)
    assert (np.mean(a) - np.mean(b)) / math.sqrt(found.variance) == pytest.approx(expected.statistic)
    assert found.degrees_of_freedom == pytest.approx(expected.df)


def test_examples_add_their_variance_and_their_degrees_of_freedom() -> None:
    found = seed_variance([0.8, 0.9], [0.7, 0.7], examples_variance=0.0025, examples_df=99.0)
    assert found.of_seeds == pytest.approx(0.0025)
    assert found.variance == pytest.approx(0.005)
    assert found.degrees_of_freedom == pytest.approx(0.005**2 / (0.0025**2 / 99 + 0.0025**2 / 1))


def test_a_team_with_one_run_adds_no_variance_between_seeds() -> None:
    found = seed_variance([0.8], [0.7, 0.75, 0.72], examples_variance=0.001, examples_df=50.0)
    assert found.of_seeds == pytest.approx(np.var([0.7, 0.75, 0.72], ddof=1) / 3)


def test_nothing_that_varies_has_infinite_degrees_of_freedom() -> None:
    found = seed_variance([0.8, 0.8], [0.8, 0.8], examples_variance=0.0, examples_df=50.0)
    assert (found.variance, found.degrees_of_freedom) == (0.0, math.inf)
