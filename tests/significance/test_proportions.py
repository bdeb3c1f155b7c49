"""Tango's and Newcombe's intervals of a paired difference of proportions."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint

from reviewer_app.significance.proportions import (
    newcombe_interval,
    tango_equivalence,
    tango_interval,
    tango_upper_limit,
)

tables = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 400)).filter(lambda table: sum(table) > 0)
levels = st.floats(0.5, 0.999)


def test_known_answers_of_tango(known_answers: dict[str, list[Any]]) -> None:
    for entry in known_answers["tango_interval"]:
        table = entry["input"]
        low, high = tango_interval(table["b"], table["c"], table["n"], table["level"])
        assert low == pytest.approx(entry["expected"]["low"], abs=entry["tolerance"]), entry["id"]
        assert high == pytest.approx(entry["expected"]["high"], abs=entry["tolerance"]), entry["id"]


def test_known_answers_of_newcombe(known_answers: dict[str, list[Any]]) -> None:
    for entry in known_answers["newcombe_interval_method_10"]:
        (both_right, only_a), (only_b, both_wrong) = entry["input"]["table"]
        low, high = newcombe_interval(both_right, only_a, only_b, both_wrong)
        assert low == pytest.approx(entry["expected"]["low"], abs=entry["tolerance"]), entry["id"]
        assert high == pytest.approx(entry["expected"]["high"], abs=entry["tolerance"]), entry["id"]


def score_by_maximum_likelihood(only_a: int, only_b: int, n: int, difference: float) -> float:
    """Return the score statistic with the nuisance parameter found by maximising the likelihood numerically."""

    def minus_log_likelihood(q: float) -> float:
        cells = ((only_a, q + difference), (only_b, q), (n - only_a - only_b, 1 - 2 * q - difference))
        return -sum(count * math.log(max(p, 1e-300)) for count, p in cells if count)

    bounds = (max(0.0, -difference), (1.0 - difference) / 2.0)
    found = optimize.minimize_scalar(minus_log_likelihood, bounds=bounds, method="bounded", options={"xatol": 1e-12})
    variance = n * (2.0 * found.x + difference - difference**2)
    return (only_a - only_b - n * difference) / math.sqrt(variance)


@pytest.mark.parametrize(("only_a", "only_b", "n"), [(7, 3, 40), (1, 7, 21), (30, 12, 90), (2, 0, 50)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_limits_of_tango_are_where_the_score_test_just_does_not_reject(
    only_a: int, only_b: int, n: int, level: float
) -> None:
    low, high = tango_interval(only_a, only_b, n, level)
    z = stats.norm.ppf(0.5 + level / 2)
    assert score_by_maximum_likelihood(only_a, only_b, n, low) == pytest.approx(z, abs=1e-3)
    assert score_by_maximum_likelihood(only_a, only_b, n, high) == pytest.approx(-z, abs=1e-3)


@given(tables, levels)
def test_intervals_hold_the_difference_stay_in_range_and_turn_round_with_the_teams(
    table: tuple[int, int, int], level: float
) -> None:
    only_a, only_b, agreeing = table
    n = sum(table)
    both_right = agreeing // 3
    for low, high, low_b, high_b in (
        (*tango_interval(only_a, only_b, n, level), *tango_interval(only_b, only_a, n, level)),
        (
            *newcombe_interval(both_right, only_a, only_b, agreeing - both_right, level),
            *newcombe_interval(both_right, only_b, only_a, agreeing - both_right, level),
        ),
    ):
        assert -1.0 - 1e-12 <= low <= (only_a - only_b) / n <= high <= 1.0 + 1e-12
        assert (low_b, high_b) == pytest.approx((-high, -low), abs=1e-12)
        assert high > low


@given(tables, st.floats(0.005, 0.4), st.floats(0.01, 0.2))
def test_equivalence_is_shown_exactly_where_the_interval_lies_within_the_margin(
    table: tuple[int, int, int], margin: float, alpha: float
) -> None:
    only_a, only_b, _ = table
    n = sum(table)
    low, high = tango_interval(only_a, only_b, n, 1 - 2 * alpha)
    p = tango_equivalence(only_a, only_b, n, margin)
    assume(abs(p - alpha) > 1e-9)
    assert (p < alpha) == (-margin < low and high < margin)


def test_all_examples_discordant_one_way_reach_the_end_of_the_range() -> None:
    assert tango_interval(50, 0, 50)[1] == 1.0
    assert tango_interval(0, 50, 50)[0] == -1.0
    assert tango_equivalence(50, 0, 50, margin=0.5) > 0.999


def test_ten_million_examples_and_none_discordant_leave_a_narrow_interval_that_is_not_empty() -> None:
    low, high = tango_interval(0, 0, 10_000_000)
    assert low == -high
    assert high == pytest.approx(stats.norm.ppf(0.975) ** 2 / 10_000_000, rel=1e-6)


@given(st.integers(0, 200), st.integers(1, 200))
def test_newcombe_with_one_perfect_team_is_the_other_teams_wilson_interval(successes: int, failures: int) -> None:
    # A right on every example: the difference is 1 - p_B, and A's limits are (n / (n + z^2), 1).
    n = successes + failures
    low, high = newcombe_interval(successes, failures, 0, 0)
    wilson_low, wilson_high = proportion_confint(successes, n, method="wilson")
    of_a = 1 - proportion_confint(n, n, method="wilson")[0]
    difference = failures / n
    assert low == pytest.approx(difference - math.hypot(of_a, wilson_high - successes / n), abs=1e-9)
    assert high == pytest.approx(difference + (successes / n - wilson_low), abs=1e-9)


@pytest.mark.parametrize(("only_a", "only_b", "n"), [(0, 0, 0), (-1, 0, 5), (4, 4, 7)])
def test_tables_that_cannot_be_are_refused(only_a: int, only_b: int, n: int) -> None:
    with pytest.raises(ValueError, match="examples"):
        tango_interval(only_a, only_b, n)


class TestLimitsOfEstimatedCounts:
    @given(tables, levels)
    def test_whole_counts_have_the_limits_of_the_interval(self, table: tuple[int, int, int], level: float) -> None:
        only_a, only_b, n = table[0], table[1], sum(table)
        limits = -tango_upper_limit(only_b, only_a, n, level), tango_upper_limit(only_a, only_b, n, level)
        assert limits == tango_interval(only_a, only_b, n, level)

    @given(tables, levels, st.integers(1, 20), st.floats(0.0, 30.0))
    def test_they_grow_with_the_difference_with_the_sum_and_with_the_variance(
        self, table: tuple[int, int, int], level: float, more: int, variance: float
    ) -> None:
        only_a, only_b, n = table[0], table[1], sum(table) + 2 * more
        limit = tango_upper_limit(only_a, only_b, n, level, variance)
        assert tango_upper_limit(only_a + more, only_b, n, level, variance) >= limit - 1e-12
        assert tango_upper_limit(only_a + more, only_b + more, n, level, variance) >= limit - 1e-12
        assert tango_upper_limit(only_a, only_b, n, level, variance + more) >= limit - 1e-12
        if only_b >= more:
            assert tango_upper_limit(only_a, only_b - more, n, level, variance) >= limit - 1e-12

    def test_a_large_sample_has_the_normal_limit_of_both_variances(self) -> None:
        limit = tango_upper_limit(30_000.0, 29_000.0, 1_000_000, 0.95, 40_000.0)
        assert limit == pytest.approx(0.001 + 1.959964 * math.sqrt(59_000 + 40_000) / 1e6, abs=1e-6)

    def test_a_variance_is_not_negative(self) -> None:
        with pytest.raises(ValueError, match="variance"):
            tango_upper_limit(1.0, 1.0, 10, 0.95, -1.0)
