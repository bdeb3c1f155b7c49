"""Power curves, and the power of THE test of accuracy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower, normal_power

from reviewer_app.significance.beside.mcnemar_power import mcnemar_power
from reviewer_app.significance.beside.power_curve import accuracy_power_curve, power_curve
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.power import (
    examples_for_difference_accuracy,
    minimum_detectable_difference,
    power_of,
)


@given(st.floats(-0.3, 0.3), st.floats(0.001, 0.2), st.floats(0.001, 0.2))
def test_power_is_that_of_statsmodels(difference: float, standard_error: float, alpha: float) -> None:
    expected = normal_power(difference / standard_error, 1, alpha)
    assert power_of(difference, standard_error, alpha) == pytest.approx(expected, abs=1e-9)
    assert power_of(-difference, standard_error, alpha) == power_of(difference, standard_error, alpha)


def test_detectable_difference_is_that_of_statsmodels_up_to_the_far_tail() -> None:
    effect = NormalIndPower(ddof=0).solve_power(None, nobs1=400, alpha=0.05, power=0.8, ratio=0)
    assert minimum_detectable_difference(1 / 20) == pytest.approx(effect, abs=1e-6)


def test_power_without_a_standard_error_is_not_defined() -> None:
    assert power_of(0.1, 0.0) is None
    with pytest.raises(ValueError, match="cannot be"):
        power_of(0.1, float("nan"))


def test_connors_published_example() -> None:
    # Connor 1987 as worked in the sample size calculator of HyLown (powerandsamplesize.com), "McNemar's Z-test":
    # p01 = 0.45, p10 = 0.05, 80 % power at 0.05 need 23 pairs.
    assert examples_for_difference_accuracy(0.4, 0.5) == 23


def power_by_enumeration(only_a: float, only_b: float, n: int, alpha: float) -> float:
    """Return the power of the mid-p test over all tables of n examples."""
    tables = [(b, c) for b in range(n + 1) for c in range(n + 1 - b)]
    probability = stats.multinomial.pmf(
        [(b, c, n - b - c) for b, c in tables], n, [only_a, only_b, 1 - only_a - only_b]
    )
    rejected = [mcnemar(b, c).p_mid < alpha for b, c in tables]
    return float(np.sum(probability * rejected))


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize(("only_a", "only_b", "n"), [(0.3, 0.1, 24), (0.05, 0.05, 40), (0.4, 0.0, 15), (0.6, 0.4, 9)])
def test_exact_power_of_mcnemars_mid_p(only_a: float, only_b: float, n: int, alpha: float) -> None:
    expected = power_by_enumeration(only_a, only_b, n, alpha)
    assert mcnemar_power(only_a - only_b, only_a + only_b, n, alpha) == pytest.approx(expected, abs=1e-10)
    assert mcnemar_power(only_b - only_a, only_a + only_b, n, alpha) == pytest.approx(expected, abs=1e-10)


def test_power_in_simulated_comparisons() -> None:
    rng = np.random.default_rng(5)
    tables = rng.multinomial(600, [0.09, 0.05, 0.86], size=4_000)
    share = np.mean([mcnemar(int(b), int(c)).p_mid < 0.05 for b, c, _ in tables])
    assert mcnemar_power(0.04, 0.14, 600) == pytest.approx(share, abs=4 * np.sqrt(0.25 / 4_000))


@pytest.mark.parametrize("difference", [0.0, 0.01, 0.02, 0.03])
def test_connors_formula_takes_over_without_a_jump(difference: float) -> None:
    exact, by_formula = (mcnemar_power(difference, 0.1, n) for n in (5_000, 5_001))
    assert by_formula == pytest.approx(exact, abs=0.005)


def test_power_of_impossible_and_degenerate_differences() -> None:
    assert mcnemar_power(0.2, 0.1, 100) is None
    assert mcnemar_power(0.0, 0.0, 100) == 0.0
    assert mcnemar_power(1.0, 1.0, 10_000) == 1.0
    # With three examples no table is significant.
    assert mcnemar_power(1.0, 1.0, 3) == 0.0
    with pytest.raises(ValueError, match="no examples"):
        mcnemar_power(0.1, 0.2, 0)


@given(st.integers(1, 10_000_000), st.floats(1e-4, 0.5), st.floats(0.001, 0.2))
def test_more_examples_show_smaller_differences_with_more_power(n: int, standard_error: float, margin: float) -> None:
    curve = power_curve(standard_error, n, margin=margin)
    assert n in curve.n
    assert list(curve.n) == sorted(set(curve.n))
    assert list(curve.detectable) == sorted(curve.detectable, reverse=True)
    assert list(curve.power_at_margin) == sorted(curve.power_at_margin)
    here = curve.n.index(n)
    assert curve.detectable[here] == pytest.approx(minimum_detectable_difference(standard_error))
    assert curve.power_at_margin[here] == pytest.approx(power_of(margin, standard_error))


def test_where_the_detectable_difference_is_the_margin_the_power_is_80_percent() -> None:
    here = power_curve(0.01, 1_000, margin=minimum_detectable_difference(0.01))
    assert here.power_at_margin[here.n.index(1_000)] == pytest.approx(0.8, abs=1e-4)


def test_more_examples_do_not_lessen_the_noise_of_seeds() -> None:
    curve = power_curve(0.02, 1_000, fixed_variance=0.02**2 / 2)
    assert curve.detectable[-1] > minimum_detectable_difference(0.02) / 2**0.5
    all_seeds = power_curve(0.02, 1_000, fixed_variance=0.02**2)
    assert max(all_seeds.detectable) == pytest.approx(min(all_seeds.detectable))
    with pytest.raises(ValueError, match="no power curve"):
        power_curve(0.02, 1_000, fixed_variance=0.03**2)


@given(st.integers(1, 5_000_000), st.floats(0.0, 1.0), st.floats(0.001, 0.2))
def test_accuracys_curve_plans_a_test_set(n: int, discordance: float, margin: float) -> None:
    curve = accuracy_power_curve(discordance, n, margin=margin)
    shown = [one for one in curve.detectable if one is not None]
    assert shown == sorted(shown, reverse=True)
    assert all(one <= discordance for one in shown)
    if margin > discordance:
        assert set(curve.power_at_margin) == {None}
    else:
        assert all(0.0 <= power <= 1.0 for power in curve.power_at_margin)
        # The exact power of a discrete test may fall a little where one more example makes it more careful.
        assert np.diff(curve.power_at_margin).min() > -0.12


def test_without_a_margin_there_is_no_power_for_it() -> None:
    assert accuracy_power_curve(0.1, 500).power_at_margin is None
    assert power_curve(0.1, 500).power_at_margin is None
