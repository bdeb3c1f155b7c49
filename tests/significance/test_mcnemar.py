"""McNemar's test: known answers, other people's implementations, and sizes at which approximations break."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from reviewer_app.significance.mcnemar import mcnemar, mid_p

counts = st.integers(0, 3_000)


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    for entry in known_answers["mcnemar"]:
        given_input = entry["input"]
        only_a, only_b = given_input.get("b"), given_input.get("c")
        if "table" in given_input:
            (_, only_a), (only_b, _) = given_input["table"]
        answer = mcnemar(only_a, only_b)
        for name, expected in entry["expected"].items():
            assert getattr(answer, name) == pytest.approx(expected, abs=max(entry["tolerance"], 1e-15)), entry["id"]


@given(counts, counts)
def test_exact_p_is_the_binomial_test(only_a: int, only_b: int) -> None:
    expected = 1.0 if only_a + only_b == 0 else stats.binomtest(only_a, only_a + only_b).pvalue
    assert mcnemar(only_a, only_b).p_exact == pytest.approx(expected, rel=1e-10, abs=1e-300)


@given(counts, counts)
def test_mid_p_is_the_exact_p_less_the_probability_of_the_observed_value(only_a: int, only_b: int) -> None:
    n = only_a + only_b
    answer = mcnemar(only_a, only_b)
    probability = stats.binom.pmf(only_a, n, 0.5) if n else 0.0
    expected = 1.0 - probability / 2 if only_a == only_b else answer.p_exact - probability
    assert answer.p_mid == pytest.approx(expected, rel=1e-9, abs=1e-15)


@given(counts, counts)
def test_asymptotic_p_is_that_of_statsmodels(only_a: int, only_b: int) -> None:
    if only_a == only_b:
        return
    for correction in (False, True):
        expected = statsmodels_mcnemar([[0, only_a], [only_b, 0]], exact=False, correction=correction).pvalue
        answer = mcnemar(only_a, only_b)
        actual = answer.p_asymptotic_corrected if correction else answer.p_asymptotic
        assert actual == pytest.approx(expected, rel=1e-9, abs=1e-300)


@given(counts, counts)
def test_teams_may_change_places(only_a: int, only_b: int) -> None:
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)


def test_equal_counts_give_a_continuity_corrected_p_of_one() -> None:
    assert mcnemar(20, 20).p_asymptotic_corrected == 1.0


@pytest.mark.parametrize(("only_a", "only_b"), [(4_990_000, 5_010_000), (5_003_000, 4_997_000), (4_999_999, 5_000_001)])
def test_ten_million_discordant_examples_are_counted_exactly(only_a: int, only_b: int) -> None:
    expected = 2 * stats.binom.cdf(min(only_a, only_b), only_a + only_b, 0.5)
    assert mcnemar(only_a, only_b).p_exact == pytest.approx(expected, rel=1e-9)
    assert mcnemar(only_a, only_b).p_mid == pytest.approx(mcnemar(only_a, only_b).p_asymptotic, rel=1e-4)


def test_a_p_too_small_for_a_float_is_zero_and_no_nan() -> None:
    answer = mcnemar(0, 10_000_000)
    assert (answer.p_exact, answer.p_mid, answer.p_asymptotic) == (0.0, 0.0, 0.0)
    assert not math.isnan(answer.p_asymptotic_corrected)


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 3)


@given(st.floats(0.0, 200.0), st.floats(0.0, 200.0), st.floats(0.01, 0.99))
def test_the_mid_p_of_estimated_counts_lies_between_those_of_whole_ones(b: float, c: float, share: float) -> None:
    # Along a line of equal b - c the mid-p grows with b + c.
    b, c = float(int(b)), float(int(c))
    if b != c:
        assert mid_p(b, c) - 1e-12 <= mid_p(b + share, c + share) <= mid_p(b + 1, c + 1) + 1e-12
    assert mid_p(b, c) == mcnemar(int(b), int(c)).p_mid
