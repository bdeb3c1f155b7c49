"""Tests and intervals corrected for skewness."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.skewness import skewness_corrected, skewness_of
from reviewer_app.significance.wald import wald

MODERATE = st.floats(-0.8, 0.8)


def test_skewness_of_a_mean_is_scipys_over_the_root_of_n() -> None:
    values = np.random.default_rng(0).exponential(size=70)
    effects = (values - values.mean()) / 70
    assert skewness_of(effects) == pytest.approx(stats.skew(values) / math.sqrt(70))
    assert skewness_of(np.zeros(5)) == 0.0


@given(st.floats(-3.0, 3.0), st.sampled_from([4.0, 30.0, math.inf]))
def test_without_skewness_it_is_wald(difference: float, df: float) -> None:
    assert skewness_corrected(difference, 0.7, 0.0, 0.9, 0.5, df) == pytest.approx(wald(difference, 0.7, 0.9, 0.5, df))


@given(st.floats(-4.0, 4.0), MODERATE, st.sampled_from([9.0, math.inf]), st.floats(0.5, 0.99))
def test_it_is_never_bolder_than_wald_and_the_interval_holds_0_just_where_p_allows(
    difference: float, skewness: float, df: float, level: float
) -> None:
    found, plain = skewness_corrected(difference, 1.0, skewness, level, 0.3, df), wald(difference, 1.0, level, 0.3, df)
    assert found.p_value >= plain.p_value - 1e-12
    assert found.p_equivalence >= plain.p_equivalence - 1e-12
    assert found.ci_low <= plain.ci_low
    assert found.ci_high >= plain.ci_high
    if abs(found.p_value - (1.0 - level)) > 1e-6:
        assert (found.ci_low <= 0.0 <= found.ci_high) == (found.p_value > 1.0 - level)


@given(st.floats(-4.0, 4.0), MODERATE)
def test_teams_that_change_places_change_the_signs_alone(difference: float, skewness: float) -> None:
    one, other = skewness_corrected(difference, 1.0, skewness), skewness_corrected(-difference, 1.0, -skewness)
    assert one.p_value == pytest.approx(other.p_value)
    assert one.ci_low == pytest.approx(-other.ci_high)


def test_the_long_tail_is_where_the_interval_grows() -> None:
    """Of many small losses and a few large ones a sample shows too few: the mean may be much larger than it seems."""
    found, plain = skewness_corrected(1.0, 1.0, 0.5), wald(1.0, 1.0)
    assert found.ci_high > plain.ci_high + 0.5
    assert found.ci_low == plain.ci_low


def test_a_standard_error_of_0_gives_no_interval() -> None:
    assert skewness_corrected(0.0, 0.0, 0.0).p_value == 1.0
    assert skewness_corrected(0.1, 0.0, 0.0).p_value is None
    with pytest.raises(ValueError, match="cannot be"):
        skewness_corrected(0.1, math.nan, 0.0)


def test_skewed_means_are_covered_where_t_alone_fails() -> None:
    rng = np.random.default_rng(1)
    inside = np.zeros(2)
    for _ in range(800):
        values = rng.lognormal(0.0, 1.0, size=50)
        effects = (values - values.mean()) / 50
        error = float(values.std(ddof=1)) / math.sqrt(50)
        for column, skewness in enumerate((0.0, skewness_of(effects))):
            test = skewness_corrected(float(values.mean()), error, skewness, df=49.0)
            inside[column] += test.ci_low <= math.exp(0.5) <= test.ci_high
    assert inside[0] / 800 < 0.92 < inside[1] / 800
