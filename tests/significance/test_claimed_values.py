"""Claimed values against measured ones."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.claimed_values import other_sample, retrained, same_predictions
from reviewer_app.significance.claims import ClaimVerdict, Noise, StatedValue, decide_claims
from reviewer_app.significance.measured_value import MeasuredValue, SamplingError
from reviewer_app.significance.two_proportions import fisher_mid_p

shares = st.floats(0.02, 0.98)


def share(right: int, n: int) -> MeasuredValue:
    p = right / n
    pseudo = (p**2 + (1 - p) ** 2) / (n + 2) ** 2
    return MeasuredValue(p, n, (p,), sampling_error=SamplingError(p * (1 - p) / n, pseudo, n), n_right=right)


def f1(value: float, error: float = 0.02, n: int = 400, df: float = math.inf, runs: tuple[float, ...] = ()) -> Any:
    return MeasuredValue(value, n, runs or (value,), sampling_error=SamplingError(error**2, 0.0, n, df))


def seeds(*values: float) -> MeasuredValue:
    return MeasuredValue(float(np.mean(values)), 500, values)


def verdict(test: Any) -> ClaimVerdict:
    return decide_claims([test])[0].verdict


def test_known_answers_of_another_sample(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["claim_other_sample"]
    given_, expected = entry["input"], entry["expected"]
    ours = share(round(given_["ours"] * given_["n_ours"]), given_["n_ours"])
    found = other_sample(StatedValue(given_["claimed"]), ours, n_theirs=given_["n_theirs"])
    assert found.p_value == pytest.approx(expected["p"], abs=entry["tolerance"])
    assert verdict(found) == expected["verdict"]
    assert found.gap == pytest.approx(0.02)
    # Both binomial errors, by hand.
    both = math.hypot(found.standard_error_ours, found.standard_error_theirs)
    assert both == pytest.approx(math.sqrt(2 * 0.83 * 0.17 / 2000), rel=0.005)


# What a printed number stands for.


def test_a_printed_number_is_every_number_that_rounds_to_it() -> None:
    claimed = StatedValue(0.756, 0.0005)
    assert all(claimed.is_rounded_from(value) for value in (0.7555, 0.756, 0.7565, 0.7565 + 1e-15))
    assert not any(claimed.is_rounded_from(value) for value in (0.75549, 0.75651))
    assert claimed.nearest_to(0.8) == pytest.approx(0.7565)
    assert claimed.nearest_to(0.7561) == 0.7561


@pytest.mark.parametrize(("value", "half_unit"), [(math.nan, 0.0), (0.5, -0.1), (0.5, math.nan), (math.inf, 0.0)])
def test_what_is_no_number_is_refused(value: float, half_unit: float) -> None:
    with pytest.raises(ValueError, match="no stated number"):
        StatedValue(value, half_unit)


@pytest.mark.parametrize("check", [same_predictions, retrained, other_sample])
def test_a_value_that_the_metric_cannot_have_is_refused(check: Any) -> None:
    with pytest.raises(ValueError, match="no value of a metric"):
        check(StatedValue(75.6), share(300, 400))


@pytest.mark.parametrize("claimed", [StatedValue(0.75), StatedValue(0.752, 0.0025), StatedValue(0.7, 0.05)])
def test_a_value_that_is_ours_rounded_as_theirs_is_reproduced_in_every_case(claimed: StatedValue) -> None:
    ours = share(300, 400)
    unknown = retrained(claimed, ours), other_sample(claimed, ours)
    for found in (same_predictions(claimed, ours), *unknown, other_sample(claimed, ours, n_theirs=10**6)):
        assert verdict(found) is ClaimVerdict.REPRODUCED
    assert all(found.p_value is None for found in unknown)


# The same predictions.


@pytest.mark.parametrize("claimed", [0.7495, 0.7505, 0.751])
def test_of_the_same_predictions_no_noise_excuses_a_difference(claimed: float) -> None:
    found = same_predictions(StatedValue(claimed, 0.00005), share(300, 400))
    assert found.noise is Noise.NONE
    assert found.p_value is None
    assert verdict(found) is ClaimVerdict.CONTRADICTED


# Another sample.


@given(st.integers(1, 400), shares, st.integers(1, 400), shares)
def test_two_shares_of_independent_examples_are_compared_by_their_counts(
    n: int, ours: float, n_theirs: int, theirs: float
) -> None:
    right, right_theirs = round(ours * n), round(theirs * n_theirs)
    found = other_sample(StatedValue(right_theirs / n_theirs), share(right, n), n_theirs=n_theirs)
    assert found.p_value == pytest.approx(fisher_mid_p(right, n, right_theirs, n_theirs))


@given(st.integers(20, 300), shares, st.integers(20, 300), shares)
def test_claims_outside_the_interval_are_those_that_would_be_contradicted(
    n: int, ours: float, n_theirs: int, theirs: float
) -> None:
    right_theirs = round(theirs * n_theirs)
    found = other_sample(StatedValue(right_theirs / n_theirs), share(round(ours * n), n), n_theirs=n_theirs)
    inside = found.ci_low - 1e-9 <= right_theirs / n_theirs <= found.ci_high + 1e-9
    assert inside == (found.p_value >= 0.05 - 1e-12)


def test_of_the_counts_that_are_printed_so_the_nearest_to_ours_is_taken() -> None:
    ours = share(1660, 2000)
    found = other_sample(StatedValue(0.85, 0.005), ours, n_theirs=2000)
    assert found.p_value == pytest.approx(fisher_mid_p(1660, 2000, 1690, 2000))
    # Around ours every count is printed so: nothing speaks against the claim.
    assert other_sample(StatedValue(0.8, 0.05), ours, n_theirs=2000).p_value == pytest.approx(1.0)


def test_a_number_that_no_count_gives_is_marked() -> None:
    ours = share(300, 400)
    assert other_sample(StatedValue(0.756, 0.0005), ours, n_theirs=50).marks
    assert not other_sample(StatedValue(0.76, 0.005), ours, n_theirs=50).marks


@pytest.mark.parametrize("right", [0, 50])
def test_all_or_none_right_is_no_proof(right: int) -> None:
    found = other_sample(StatedValue(abs(right / 50 - 0.02)), share(right, 50), n_theirs=50)
    assert found.p_value == pytest.approx(fisher_mid_p(right, 50, abs(right - 1), 50))
    assert verdict(found) is ClaimVerdict.WITHIN_SAMPLING_ERROR


def test_another_metric_is_held_against_both_standard_errors() -> None:
    found = other_sample(StatedValue(0.75), f1(0.70, 0.02, 400, df=60), n_theirs=100)
    assert (found.standard_error_ours, found.standard_error_theirs) == pytest.approx((0.02, 0.04))
    error = math.hypot(0.02, 0.04)
    assert found.p_value == pytest.approx(2 * stats.t.sf(0.05 / error, 60))
    reach = stats.t.ppf(0.975, 60) * error
    assert (found.ci_low, found.ci_high) == pytest.approx((0.70 - reach, 0.70 + reach))


def test_a_stated_standard_error_is_used_as_it_is() -> None:
    found = other_sample(StatedValue(0.75), f1(0.70, 0.02), standard_error_theirs=0.015)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(0.05 / 0.025))
    assert found.degrees_of_freedom is None
    alone = other_sample(StatedValue(0.75), f1(0.70, 0.02), standard_error_theirs=0.0)
    assert alone.p_value == pytest.approx(2 * stats.norm.sf(2.5))


def test_rounding_alone_never_contradicts() -> None:
    ours = f1(0.8551, 0.0001, 10**7)
    assert other_sample(StatedValue(0.85, 0.005), ours, n_theirs=10**7).p_value > 0.4
    assert other_sample(StatedValue(0.85), ours, n_theirs=10**7).p_value < 1e-9


def test_without_n_or_spread_it_cannot_be_tested() -> None:
    found = other_sample(StatedValue(0.85), share(300, 400))
    decision = decide_claims([found])[0]
    assert decision.verdict is ClaimVerdict.UNTESTABLE
    assert "number of their test examples" in decision.reason


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        (MeasuredValue(0.1, 400, (0.1,)), "no standard error"),
        (MeasuredValue(0.1, 400, (0.1,), sampling_error=SamplingError(0.0, 0.0, 400)), "do not vary"),
    ],
)
def test_without_an_error_of_ours_it_cannot_be_tested(ours: MeasuredValue, reason: str) -> None:
    found = other_sample(StatedValue(0.2), ours, n_theirs=100)
    assert reason in found.reason
    assert verdict(found) is ClaimVerdict.UNTESTABLE


def test_the_noise_of_training_again_is_added_where_it_was_trained_again() -> None:
    runs = (0.69, 0.70, 0.71)
    found = other_sample(StatedValue(0.75), f1(0.70, 0.02, runs=runs), n_theirs=400, is_retrained=True)
    assert found.noise is Noise.SAMPLING_AND_RETRAINING
    assert found.standard_error_ours == pytest.approx(math.sqrt(0.02**2 + 0.01**2 / 3))
    assert found.standard_error_theirs == pytest.approx(math.sqrt(0.02**2 + 0.01**2))
    # Satterthwaite by hand: the sampling part is known, the seeds have 2 degrees of freedom.
    assert found.degrees_of_freedom == pytest.approx(
        (2 * 0.02**2 + 0.01**2 * 4 / 3) ** 2 / ((0.01**2 * 4 / 3) ** 2 / 2)
    )


def test_too_few_seeds_may_agree_but_never_contradict() -> None:
    ours = f1(0.70, 0.02, runs=(0.70,))
    near = other_sample(StatedValue(0.72), ours, n_theirs=400, is_retrained=True)
    far = other_sample(StatedValue(0.95), ours, n_theirs=400, is_retrained=True)
    assert verdict(near) is ClaimVerdict.WITHIN_SAMPLING_ERROR
    assert far.p_value < 1e-9
    assert verdict(far) is ClaimVerdict.UNTESTABLE
    assert "3 seeds" in decide_claims([far])[0].reason


@pytest.mark.parametrize(
    "theirs",
    [
        {"n_theirs": 0},
        {"n_theirs": 10, "standard_error_theirs": 0.1},
        {"standard_error_theirs": -0.1},
        {"standard_error_theirs": math.nan},
        {"n_theirs": 10, "n_runs_theirs": 0},
    ],
)
def test_impossible_errors_of_theirs_are_refused(theirs: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"cannot be|not both"):
        other_sample(StatedValue(0.5), share(300, 400), **theirs)


# Trained again.


@pytest.mark.parametrize("n_runs", [1, 4])
def test_a_retrained_value_lies_in_the_prediction_interval(n_runs: int) -> None:
    values = (0.70, 0.72, 0.77, 0.71)
    found = retrained(StatedValue(0.78), seeds(*values), n_runs_theirs=n_runs)
    mean, s = np.mean(values), np.std(values, ddof=1)
    reach = stats.t.ppf(0.975, 3) * s * math.sqrt(1 / 4 + 1 / n_runs)
    assert (found.ci_low, found.ci_high) == pytest.approx((mean - reach, mean + reach))
    assert found.p_value == pytest.approx(2 * stats.t.sf((0.78 - mean) / s / math.sqrt(1 / 4 + 1 / n_runs), 3))
    assert verdict(found) is ClaimVerdict.WITHIN_RETRAINING_NOISE


def test_a_spread_over_their_runs_is_used_where_it_is_stated() -> None:
    values = (0.70, 0.71, 0.72, 0.73, 0.74)
    found = retrained(StatedValue(0.80), seeds(*values), n_runs_theirs=4, spread_theirs=0.06)
    error = math.sqrt(np.var(values, ddof=1) / 5 + 0.06**2 / 4)
    assert found.p_value == pytest.approx(2 * stats.t.sf(0.08 / error, 3))


@pytest.mark.parametrize("n_runs", [1, 2])
def test_fewer_than_three_seeds_cannot_contradict(n_runs: int) -> None:
    found = retrained(StatedValue(0.2), seeds(*(0.7, 0.8)[:n_runs]))
    assert verdict(found) is ClaimVerdict.UNTESTABLE
    assert "3 seeds" in found.reason


def test_seeds_that_do_not_differ_say_nothing_of_the_noise() -> None:
    found = retrained(StatedValue(0.2), seeds(0.1 + 0.2, 0.3, 0.3))
    assert "same value" in found.reason
    assert verdict(found) is ClaimVerdict.UNTESTABLE
    stated = retrained(StatedValue(0.2), seeds(0.3, 0.3, 0.3), n_runs_theirs=3, spread_theirs=0.01)
    assert verdict(stated) is ClaimVerdict.CONTRADICTED


@pytest.mark.parametrize(("n_runs", "spread"), [(0, None), (1, 0.1), (3, -0.1), (3, math.nan)])
def test_impossible_runs_are_refused(n_runs: int, spread: float | None) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        retrained(StatedValue(0.2), seeds(0.3, 0.31, 0.32), n_runs_theirs=n_runs, spread_theirs=spread)


# How often honest papers are called contradicted.


@pytest.mark.parametrize("n_seeds", [3, 5, 10])
@pytest.mark.parametrize("half_unit", [0.00005, 0.005])
def test_of_honest_retrained_papers_at_most_one_in_twenty_is_contradicted(n_seeds: int, half_unit: float) -> None:
    rng = np.random.default_rng(n_seeds)
    contradicted = 0
    for _ in range(2_000):
        values = 0.9 + 0.005 * rng.standard_normal(n_seeds)
        theirs = round((0.9 + 0.005 * rng.standard_normal()) / (2 * half_unit)) * 2 * half_unit
        contradicted += verdict(retrained(StatedValue(theirs, half_unit), seeds(*values))) == "contradicted"
    # Three standard errors of 2,000 papers above 5 %.
    assert contradicted / 2_000 < 0.065


@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
@pytest.mark.parametrize(("n", "n_theirs"), [(50, 2_000), (200, 200), (2_000, 50)])
def test_of_honest_papers_on_another_sample_few_have_a_contradicted_claim(p: float, n: int, n_theirs: int) -> None:
    rng = np.random.default_rng(1)
    contradicted = 0
    for _ in range(400):
        claims = [
            other_sample(
                StatedValue(round(rng.binomial(n_theirs, p) / n_theirs, 3), 0.0005),
                share(int(rng.binomial(n, p)), n),
                n_theirs=n_theirs,
            )
            for _ in range(5)
        ]
        contradicted += any(decision.verdict == "contradicted" for decision in decide_claims(claims))
    assert contradicted / 400 < 0.085


def test_a_false_claim_is_found() -> None:
    found = other_sample(StatedValue(0.90, 0.0005), share(1660, 2000), n_theirs=2000)
    assert verdict(found) is ClaimVerdict.CONTRADICTED
    assert verdict(retrained(StatedValue(0.90, 0.0005), seeds(0.70, 0.71, 0.72))) is ClaimVerdict.CONTRADICTED
