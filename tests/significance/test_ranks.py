"""Ranks: the published example, scipy's ranks, ties that rounding hides, and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from demsar_2006 import AUC, HIGHER_IS_BETTER, RANKS, VOTING
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import stats

from reviewer_app.significance.across.ranks import average_ranks, team_ranks

seeds = st.integers(0, 2**32 - 1)
tables = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=st.integers(-4, 4))


def test_ranks_of_the_published_example() -> None:
    printed = np.arange(len(AUC)) != VOTING
    np.testing.assert_array_equal(team_ranks(AUC, HIGHER_IS_BETTER)[printed], RANKS[printed])
    np.testing.assert_allclose(RANKS.mean(axis=0), [3.143, 2.000, 2.893, 1.964], atol=0.0005)


@given(tables)
def test_average_ranks_are_those_of_scipy(table: np.ndarray) -> None:
    np.testing.assert_array_equal(average_ranks(table / 8), stats.rankdata(table, axis=1))


@given(tables)
def test_ranks_of_a_dataset_add_up_and_less_is_better_turns_them_round(table: np.ndarray) -> None:
    n_datasets, n_teams = table.shape
    up, down = (team_ranks(table / 8, [higher] * n_datasets) for higher in (True, False))
    np.testing.assert_allclose(up.sum(axis=1), n_teams * (n_teams + 1) / 2)
    np.testing.assert_array_equal(up + down, np.full(table.shape, n_teams + 1))


@given(tables, seeds)
def test_teams_and_datasets_may_change_places(table: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(table.shape[0]), rng.permutation(table.shape[1])
    higher = [True] * len(table)
    expected = team_ranks(table / 8, higher)[rows][:, columns]
    np.testing.assert_array_equal(team_ranks((table / 8)[rows][:, columns], higher), expected)


def test_directions_may_differ_between_datasets() -> None:
    ranks = team_ranks(np.array([[0.9, 0.8], [0.3, 0.5]]), [True, False])
    np.testing.assert_array_equal(ranks, [[1, 2], [1, 2]])


def test_values_that_differ_by_rounding_are_tied_although_scipy_tells_them_apart() -> None:
    values = np.array([0.1 + 0.2, 0.3, 0.9])
    np.testing.assert_array_equal(average_ranks(values), [1.5, 1.5, 3])
    np.testing.assert_array_equal(stats.rankdata(values), [2, 1, 3])


@pytest.mark.parametrize(
    ("values", "directions", "message"),
    [
        (np.zeros((0, 2)), [], "no datasets"),
        (np.zeros((2, 2)), [True], "2 datasets, but 1 directions"),
        (np.array([[1.0, np.nan]]), [True], "finite"),
        (np.array([[1.0, np.inf]]), [True], "finite"),
    ],
)
def test_incomplete_values_are_refused(values: np.ndarray, directions: list[bool], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        team_ranks(values, directions)
