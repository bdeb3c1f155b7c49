"""Bounds on a total that hold at every look."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.significance.anytime import Draws, lower_bounds, upper_bounds

GUESSES = (1.0, -1.0, 0.0)


def lower_bound(draws: Draws, guesses: Sequence[float], alpha: float, least: int = -1) -> int:
    return lower_bounds(draws, guesses, (alpha,), least)[0]


def upper_bound(draws: Draws, guesses: Sequence[float], alpha: float, least: int = -1) -> int:
    return upper_bounds(draws, guesses, (alpha,), least)[0]


def draws_of(values: list[int], strata: list[int], sizes: tuple[int, ...]) -> Draws:
    return Draws(np.asarray(values, dtype=np.int64), np.asarray(strata, dtype=np.int64), np.asarray(sizes))


@st.composite
def populations(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values and strata of a small population in some order, and the strata's sizes."""
    members = draw(st.lists(st.tuples(st.sampled_from([-1, 0, 1]), st.integers(0, 2)), min_size=1, max_size=25))
    values, strata = (np.asarray(column, dtype=np.int64) for column in zip(*members, strict=True))
    return values, strata, np.bincount(strata, minlength=3)


def test_with_nothing_drawn_all_is_possible() -> None:
    nothing = draws_of([], [], (5, 3, 2))
    assert (lower_bound(nothing, GUESSES, 0.05), upper_bound(nothing, GUESSES, 0.05)) == (-10, 10)
    assert (lower_bound(nothing, (1, 1, 0), 0.05, least=0), upper_bound(nothing, (1, 1, 0), 0.05, least=0)) == (0, 10)


def test_one_stake_by_hand() -> None:
    # Two of ten members drawn, both 1, from one stratum. A guess cancels out of it: values count from the least, -1.
    # The first bet expects T / 10, the second (T - 1) / 9.
    draws = draws_of([1, 1], [0, 0], (10,))
    stakes = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97]

    def capital(total: int) -> float:
        first = 2.0 / (total / 10.0 + 1.0)
        second = 2.0 / ((total - 1.0) / 9.0 + 1.0)
        return sum((1 + c * (first - 1)) * (1 + c * (second - 1)) for c in stakes) / len(stakes)

    for alpha in (0.5, 0.2, 0.05):
        bound = lower_bound(draws, [0.0], alpha)
        assert capital(bound) < 1.0 / alpha
        assert bound == -6 or capital(bound - 1) >= 1.0 / alpha


@given(populations(), st.sampled_from([0.001, 0.05, 0.4]))
def test_all_drawn_is_the_total(population: tuple[np.ndarray, ...], alpha: float) -> None:
    draws = Draws(*population)
    total = int(draws.values.sum())
    assert lower_bound(draws, GUESSES, alpha) == upper_bound(draws, GUESSES, alpha) == total
    counted = draws.with_values(np.abs(draws.values))
    assert upper_bound(counted, (1, 1, 0), alpha, least=0) == int(counted.values.sum())


@given(populations(), st.integers(0, 25))
def test_bounds_are_possible_totals_and_those_of_exchanged_teams_are_opposite(
    population: tuple[np.ndarray, ...], n_drawn: int
) -> None:
    values, strata, sizes = population
    draws = Draws(values[:n_drawn], strata[:n_drawn], sizes)
    low, high = lower_bound(draws, GUESSES, 0.05), upper_bound(draws, GUESSES, 0.05)
    drawn = int(draws.values.sum())
    assert drawn - draws.n_left <= low <= drawn + draws.n_left
    assert drawn - draws.n_left <= high <= drawn + draws.n_left
    exchanged = Draws(-draws.values, np.asarray([1, 0, 2])[draws.strata], sizes[[1, 0, 2]])
    assert (lower_bound(exchanged, GUESSES, 0.05), upper_bound(exchanged, GUESSES, 0.05)) == (-high, -low)


@given(populations(), st.integers(0, 25))
def test_a_smaller_error_rate_never_gives_a_tighter_bound(population: tuple[np.ndarray, ...], n_drawn: int) -> None:
    values, strata, sizes = population
    draws = Draws(values[:n_drawn], strata[:n_drawn], sizes)
    bounds = lower_bounds(draws, GUESSES, (0.5, 0.1, 0.01, 0.0001))
    assert list(bounds) == sorted(bounds, reverse=True)


def test_alike_values_in_each_stratum_make_the_bound_tight() -> None:
    # The gold labels are right: stratified draws show so early, draws that ignored strata could not.
    rng = np.random.default_rng(1)
    order = rng.permutation(200)[:60]
    strata = (order >= 120).astype(np.int64)
    values = np.where(strata == 0, 1, -1)
    in_strata = Draws(values, strata, np.asarray([120, 80]))
    in_one = Draws(values, np.zeros(60, dtype=np.int64), np.asarray([200]))
    width, width_in_one = (
        upper_bound(draws, guesses, 0.05) - lower_bound(draws, guesses, 0.05)
        for draws, guesses in ((in_strata, (1.0, -1.0)), (in_one, (0.0,)))
    )
    assert width < 0.75 * width_in_one


@pytest.mark.parametrize("shares", [(0.8, 0.15, 0.05), (0.4, 0.4, 0.2)])
def test_the_total_is_ever_missed_at_most_as_often_as_alpha_allows(shares: tuple[float, ...]) -> None:
    rng = np.random.default_rng(7)
    alpha, n_populations = 0.1, 150
    missed = {"lower": 0, "upper": 0}
    for _ in range(n_populations):
        strata = rng.integers(0, 2, 40)
        values = rng.choice([1, -1, 0], size=40, p=shares) * np.where(strata == 0, 1, -1)
        sizes, total = np.bincount(strata, minlength=2), int(values.sum())
        looks = [Draws(values[:m], strata[:m], sizes) for m in range(0, 41, 5)]
        missed["lower"] += any(lower_bound(look, GUESSES[:2], alpha) > total for look in looks)
        missed["upper"] += any(upper_bound(look, GUESSES[:2], alpha) < total for look in looks)
    for name, n_missed in missed.items():
        assert n_missed / n_populations < alpha + 3 * math.sqrt(alpha * (1 - alpha) / n_populations), name
        assert n_missed > 0, name


@pytest.mark.parametrize("least", [-1, 0])
@pytest.mark.parametrize("alpha", [0.2, 0.5])
def test_over_all_orders_of_a_small_population_the_error_is_at_most_alpha(alpha: float, least: int) -> None:
    rng = np.random.default_rng(11)
    worst = 0.0
    for _ in range(6):
        strata, values = rng.integers(0, 2, 5), rng.integers(least, 2, 5)
        sizes, total = np.bincount(strata, minlength=2), int(values.sum())
        guesses = (1.0, float(least))
        missed = {"lower": 0, "upper": 0}
        orders = list(itertools.permutations(range(5)))
        for order in orders:
            looks = [Draws(values[list(order[:m])], strata[list(order[:m])], sizes) for m in range(6)]
            missed["lower"] += any(lower_bound(look, guesses, alpha, least) > total for look in looks)
            missed["upper"] += any(upper_bound(look, guesses, alpha, least) < total for look in looks)
        worst = max(worst, *(number / len(orders) for number in missed.values()))
    assert worst <= alpha
    # Small populations can be bounded at all only where alpha is large.
    assert alpha < 0.5 or worst > 0.0
