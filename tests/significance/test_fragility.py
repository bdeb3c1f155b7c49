"""How many wrong gold labels take a verdict away."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.significance.beside.fragility import fragility
from reviewer_app.significance.mcnemar import mcnemar


def test_known_answers(known_answers: dict[str, list[Any]]) -> None:
    for entry in known_answers["fragility"]:
        found = fragility(entry["input"]["b"], entry["input"]["c"], entry["input"]["alpha"])
        assert found is not None
        assert found.moves_to_other == entry["expected"]["moves_to_the_other_team"]
        assert found.moves_to_neither == entry["expected"]["moves_to_neither"]


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.01, 0.05, 0.2]))
def test_it_is_the_first_number_that_enumeration_finds(only_a: int, only_b: int, alpha: float) -> None:
    found = fragility(only_a, only_b, alpha)
    larger, smaller = max(only_a, only_b), min(only_a, only_b)
    if mcnemar(only_a, only_b).p_mid >= alpha:
        assert found is None
        return
    assert found is not None
    for gain, number in ((1, found.moves_to_other), (0, found.moves_to_neither)):
        moves = range(larger + 1)
        assert number == next(k for k in moves if mcnemar(larger - k, smaller + gain * k).p_mid >= alpha)


@pytest.mark.parametrize(("only_a", "only_b"), [(0, 0), (5, 5), (6, 4)])
def test_without_a_verdict_there_is_nothing_to_take_away(only_a: int, only_b: int) -> None:
    assert fragility(only_a, only_b) is None


def test_either_team_may_be_the_better_one() -> None:
    assert fragility(59, 101) == fragility(101, 59)
