"""Detectable differences."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.significance.power import (
    examples_for_difference,
    examples_for_difference_accuracy,
    minimum_detectable_difference,
    minimum_detectable_difference_accuracy,
)


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    for entry in known_answers["minimum_detectable_difference_accuracy"]:
        expected = entry["expected"]["difference"]
        found = minimum_detectable_difference_accuracy(**entry["input"])
        assert found == (None if expected is None else pytest.approx(expected, abs=entry["tolerance"])), entry["id"]


@given(st.integers(20, 100_000), st.floats(0.001, 1.0), st.floats(0.001, 0.2))
def test_the_difference_solves_connors_equation(n: int, discordance: float, alpha: float) -> None:
    found = minimum_detectable_difference_accuracy(n, discordance, alpha)
    z_alpha, z_power = stats.norm.ppf(1 - alpha / 2), stats.norm.ppf(0.8)
    largest = z_alpha * discordance**0.5 + z_power * (discordance - discordance**2) ** 0.5
    if found is None:
        assert discordance * n**0.5 < largest
    else:
        right = z_alpha * discordance**0.5 + z_power * (discordance - found**2) ** 0.5
        assert found * n**0.5 == pytest.approx(right, rel=1e-9)


def test_a_normal_statistic_reaches_significance_with_80_percent_power_at_the_difference() -> None:
    difference = minimum_detectable_difference(standard_error=0.02, alpha=0.05)
    power = stats.norm.sf(stats.norm.ppf(0.975) - difference / 0.02)
    assert power == pytest.approx(0.8, abs=1e-9)


def test_as_many_examples_as_there_are_show_the_detectable_difference() -> None:
    difference = minimum_detectable_difference(0.02)
    assert examples_for_difference(difference, 0.02, n=1_000) == pytest.approx(1_000, abs=1)
    assert examples_for_difference(difference / 2, 0.02, n=1_000) == pytest.approx(4_000, abs=1)
    of_accuracy = minimum_detectable_difference_accuracy(2_000, 0.05)
    assert of_accuracy is not None
    assert examples_for_difference_accuracy(of_accuracy, 0.05) == pytest.approx(2_000, abs=1)


def test_nothing_is_detectable_without_discordant_examples() -> None:
    assert minimum_detectable_difference_accuracy(1_000, 0.0) is None
    assert examples_for_difference_accuracy(0.02, 0.01) is None


def test_a_discordance_above_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        minimum_detectable_difference_accuracy(100, 1.5)
