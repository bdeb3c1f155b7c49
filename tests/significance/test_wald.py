"""p, interval and equivalence from a difference and its standard error."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.wald import wald

differences = st.floats(-1.0, 1.0)
errors = st.floats(0.001, 1.0)
degrees = st.one_of(st.floats(1.0, 1_000.0), st.just(math.inf))


@given(differences, errors, degrees)
def test_it_is_the_t_test(difference: float, error: float, df: float) -> None:
    found = wald(difference, error, 0.9, df=df)
    law = stats.norm if math.isinf(df) else stats.t(df)
    assert found.p_value == pytest.approx(2 * law.sf(abs(difference) / error), rel=1e-7, abs=1e-300)
    half = law.ppf(0.95) * error
    assert (found.ci_low, found.ci_high) == pytest.approx((difference - half, difference + half))


@given(differences, errors, degrees, st.floats(0.01, 0.5), st.floats(0.01, 0.3))
def test_equivalence_is_shown_exactly_where_the_interval_lies_within_the_margin(
    difference: float, error: float, df: float, margin: float, alpha: float
) -> None:
    found = wald(difference, error, 1 - 2 * alpha, margin, df)
    assert found.p_equivalence is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    inside = min(margin - found.ci_high, found.ci_low + margin)
    if abs(inside) > 1e-9:
        assert (found.p_equivalence < alpha) == (inside > 0)


def test_a_standard_error_of_zero_is_no_certainty() -> None:
    same = wald(0.0, 0.0, margin=0.01)
    assert (same.p_value, same.ci_low, same.p_equivalence) == (1.0, None, None)
    assert wald(0.3, 0.0, margin=0.01).p_value is None


@pytest.mark.parametrize(("error", "df"), [(-0.1, 5.0), (math.nan, 5.0), (0.1, 0.0)])
def test_what_cannot_be_is_refused(error: float, df: float) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wald(0.1, error, df=df)
