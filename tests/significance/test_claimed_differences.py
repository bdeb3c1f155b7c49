"""Claimed differences, and how many of several hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.claimed_differences import at_least, at_least_so_many
from reviewer_app.significance.claims import ClaimTest, ClaimVerdict, decide_claims
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.proportions import tango_equivalence, tango_interval
from reviewer_app.significance.wald import wald

numbers = st.floats(-0.3, 0.3)


def measured(difference: float, error: float = 0.01, df: float | None = None) -> PairedDifference:
    test = wald(difference, error, df=df or math.inf)
    return PairedDifference(
        0.8 + difference,
        0.8,
        difference,
        standard_error=error,
        ci_low=test.ci_low,
        ci_high=test.ci_high,
        degrees_of_freedom=df,
        p_value=test.p_value,
        minimum_detectable_difference=0.028,
    )


def verdict(test: ClaimTest) -> ClaimVerdict:
    return decide_claims([test])[0].verdict


@pytest.mark.parametrize(
    ("difference", "least", "expected"),
    [
        (0.05, 0.03, "reproduced"),
        (0.05, 0.04, "untestable"),
        (0.05, 0.06, "untestable"),
        (0.05, 0.07, "contradicted"),
        (0.05, 0.0, "reproduced"),
        (0.01, 0.0, "untestable"),
        (-0.05, 0.0, "contradicted"),
        (0.0, 0.0, "untestable"),
        (-0.01, -0.05, "reproduced"),
    ],
)
def test_the_limits_of_the_interval_decide(difference: float, least: float, expected: str) -> None:
    # The interval is the difference ± 0.0196.
    assert verdict(at_least(least, measured(difference), higher_is_better=True)) == expected


@given(numbers, st.floats(0.001, 0.1), numbers, st.one_of(st.none(), st.floats(2.0, 50.0)))
def test_p_is_that_of_the_difference_against_the_claim(
    difference: float, error: float, least: float, df: float | None
) -> None:
    found = at_least(least, measured(difference, error, df), higher_is_better=True)
    law = stats.norm if df is None else stats.t(df)
    p = min(2 * law.sf(abs(difference - least) / error), 1.0)
    small = found.p_value if difference < least else found.p_support
    assert small == pytest.approx(p, rel=1e-6, abs=1e-12)
    assert (found.p_support if difference < least else found.p_value) == 1.0


@given(numbers, st.floats(0.001, 0.1), numbers)
def test_where_lower_is_better_all_signs_turn(difference: float, error: float, least: float) -> None:
    higher = at_least(least, measured(difference, error), higher_is_better=True)
    lower = at_least(least, measured(-difference, error), higher_is_better=False)
    assert lower.p_value == pytest.approx(higher.p_value)
    assert (lower.ours, lower.ci_low, lower.ci_high) == pytest.approx((higher.ours, higher.ci_low, higher.ci_high))


@given(st.integers(0, 60), st.integers(0, 60), st.integers(200, 2_000), st.floats(-0.2, 0.2))
def test_limit_and_p_of_tangos_interval_say_the_same(only_a: int, only_b: int, n: int, least: float) -> None:
    low, high = tango_interval(only_a, only_b, n)
    found = at_least(
        least, replace(measured((only_a - only_b) / n), ci_low=low, ci_high=high, p_value=None), higher_is_better=True
    )
    if min(abs(high - least), abs(low - least)) > 1e-9:
        assert (found.p_value < 0.05) == (high < least)
        assert (found.p_support < 0.05) == (low > least)


@pytest.mark.parametrize(("only_a", "only_b", "n", "least"), [(60, 20, 1_000, 0.07), (101, 59, 2_000, 0.04)])
def test_beyond_the_limit_p_is_near_the_score_test(only_a: int, only_b: int, n: int, least: float) -> None:
    low, high = tango_interval(only_a, only_b, n)
    found = at_least(least, replace(measured((only_a - only_b) / n), ci_low=low, ci_high=high), higher_is_better=True)
    assert found.p_value == pytest.approx(2 * tango_equivalence(only_a, only_b, n, least), rel=0.5)


def test_that_a_is_better_has_the_p_of_the_comparison() -> None:
    of_comparison = replace(measured(0.0195), p_value=0.0499)
    found = at_least(0.0, of_comparison, higher_is_better=True)
    assert found.p_support == 0.0499
    assert at_least(0.0, replace(of_comparison, p_value=None), higher_is_better=True).p_support > 0.05


def test_what_could_have_been_shown_is_kept() -> None:
    found = at_least(0.01, measured(0.005), higher_is_better=True)
    assert found.detectable == 0.028
    assert "less than the claim and with more" in decide_claims([found])[0].reason


@pytest.mark.parametrize(
    "of",
    [
        PairedDifference(0.8, None, None, not_defined="no scores"),
        PairedDifference(0.8, 0.7, 0.1, not_defined="too few positives"),
        PairedDifference(0.8, 0.8, 0.0, ci_low=0.0, ci_high=0.0),
    ],
)
def test_without_a_difference_or_an_interval_nothing_can_be_said(of: PairedDifference) -> None:
    found = at_least(0.02, of, higher_is_better=True)
    assert (found.p_value, found.p_support) == (None, None)
    assert found.reason == (of.not_defined or "the difference has no interval")
    assert verdict(found) is ClaimVerdict.UNTESTABLE


@pytest.mark.parametrize("least", [math.nan, math.inf])
def test_what_is_no_number_is_refused(least: float) -> None:
    with pytest.raises(ValueError, match="no difference"):
        at_least(least, measured(0.1), higher_is_better=True)


# How many of several hold.


def over(*differences: float) -> list[ClaimTest]:
    return [at_least(0.0, measured(difference), higher_is_better=True) for difference in differences]


def test_the_best_beats_each_of_the_others() -> None:
    assert verdict(at_least_so_many(over(0.05, 0.04, 0.03), 3)) is ClaimVerdict.REPRODUCED
    assert verdict(at_least_so_many(over(0.05, 0.04, 0.01), 3)) is ClaimVerdict.UNTESTABLE
    assert verdict(at_least_so_many(over(0.05, 0.04, -0.05), 3)) is ClaimVerdict.CONTRADICTED


def test_better_on_two_of_three_allows_one_that_is_worse() -> None:
    assert verdict(at_least_so_many(over(0.05, 0.04, -0.05), 2)) is ClaimVerdict.REPRODUCED
    assert verdict(at_least_so_many(over(0.05, -0.04, -0.05), 2)) is ClaimVerdict.CONTRADICTED
    assert verdict(at_least_so_many(over(0.05, -0.04, 0.001), 2)) is ClaimVerdict.UNTESTABLE


def test_partial_conjunctions_by_hand() -> None:
    tests = [ClaimTest(None, 0.0, 0.1, p_value=p, p_support=q) for p, q in [(0.01, 0.5), (0.02, 0.4), (0.9, 0.03)]]
    found = at_least_so_many(tests, 2)
    # Wrong only if two are: 2 x the second smallest; shown if two are: 2 x the second smallest.
    assert found.p_value == pytest.approx(2 * 0.02)
    assert found.p_support == pytest.approx(2 * 0.4)
    assert at_least_so_many(tests, 3).p_value == pytest.approx(3 * 0.01)
    assert at_least_so_many(tests, 3).p_support == pytest.approx(0.5)
    assert at_least_so_many(tests, 1).p_value == pytest.approx(0.9)


def test_a_difference_that_cannot_be_tested_is_no_evidence_and_is_counted() -> None:
    untested = at_least(0.0, PairedDifference(0.8, None, None, not_defined="no run"), higher_is_better=True)
    found = at_least_so_many([*over(0.05, 0.05), untested], 3)
    assert found.p_support == 1.0
    assert found.marks == ("1 of 3 differences could not be tested",)
    assert verdict(at_least_so_many([*over(0.05, 0.05), untested], 2)) is ClaimVerdict.REPRODUCED


@pytest.mark.parametrize("least", [0, 4])
def test_more_than_there_are_cannot_be_claimed(least: int) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        at_least_so_many(over(0.1, 0.1, 0.1), least)


def test_of_right_claims_few_are_contradicted_and_of_wrong_ones_few_shown() -> None:
    rng = np.random.default_rng(2)
    contradicted = shown = 0
    for _ in range(4_000):
        contradicted += verdict(at_least_so_many(over(*0.01 * rng.standard_normal(4)), 4)) == "contradicted"
        wrong = np.array([0.5, 0.5, 0.0, 0.0]) + 0.01 * rng.standard_normal(4)
        shown += verdict(at_least_so_many(over(*wrong), 3)) == "reproduced"
    assert contradicted / 4_000 < 0.06
    assert shown / 4_000 < 0.06


def test_a_difference_that_is_right_is_contradicted_less_often_than_alpha(
    teams: Callable[..., object], answers: Callable[..., dict[str, PairedDifference]]
) -> None:
    whole = teams(40_000, 2, seed=4, matching=True)
    truth = answers(whole, Settings(n_resamples=200), names=["accuracy"])["accuracy"].difference
    rng = np.random.default_rng(5)
    contradicted = 0
    for _ in range(400):
        drawn = rng.choice(40_000, size=300)
        part = replace(whole, gold=whole.gold.take(drawn), a=whole.a.take(drawn), b=whole.b.take(drawn))
        found = answers(part, Settings(n_resamples=200), names=["accuracy"])["accuracy"]
        contradicted += verdict(at_least(truth, found, higher_is_better=True)) == "contradicted"
    # A two-sided p of a one-sided claim: half of alpha, and three standard errors of 400.
    assert contradicted / 400 < 0.05
