"""P(first): counted by hand, ties shared, and invariants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from reviewer_app.evaluation.inputs import Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.across.first_place import first_place
from reviewer_app.significance.across.team_resamples import resampled_values
from reviewer_app.significance.paired_difference import Settings

resamples = arrays(np.int64, st.tuples(st.just(3), st.integers(1, 12), st.integers(1, 5)), elements=st.integers(0, 4))


def test_teams_that_share_first_place_share_the_resample() -> None:
    found = first_place([np.array([[0.9, 0.8, 0.1], [0.7, 0.7, 0.1], [0.1, 0.2, 0.1], [0.5, 0.5, 0.5]])], [True])
    assert found.shares == pytest.approx([(1 + 1 / 2 + 1 / 3) / 4, (1 / 2 + 1 + 1 / 3) / 4, (1 / 3) / 4])
    assert found.n_draws == 4


def test_values_that_differ_by_rounding_share_first_place() -> None:
    assert first_place([np.array([[0.1 + 0.2, 0.3]])], [True]).shares == (0.5, 0.5)


def test_over_several_datasets_the_mean_rank_decides() -> None:
    # Ranks (1, 2, 3), (2, 1, 3), (3, 1, 2): team 2 has mean rank 4/3, although team 1 has the largest mean.
    values = [np.array([[0.9, 0.2, 0.1]]), np.array([[0.3, 0.4, 0.1]]), np.array([[0.3, 0.5, 0.4]])]
    assert first_place(values, [True] * 3).shares == (0.0, 1.0, 0.0)
    assert first_place([np.mean(values, axis=0)], [True]).shares == (1.0, 0.0, 0.0)


@given(resamples, st.lists(st.booleans(), min_size=3, max_size=3))
def test_shares_are_those_counted_resample_by_resample(values: np.ndarray, higher: list[bool]) -> None:
    found = first_place(list(values / 8), higher)
    wins = np.zeros(values.shape[2])
    for resample in range(values.shape[1]):
        oriented = [row[resample] * (-1 if up else 1) for row, up in zip(values, higher, strict=True)]
        ranks = np.sum([stats.rankdata(row) for row in oriented], axis=0)
        wins += (ranks == ranks.min()) / np.sum(ranks == ranks.min())
    assert found.shares == pytest.approx(wins / values.shape[1])
    assert sum(found.shares) == pytest.approx(1.0)
    assert all(error > 0.0 for error in found.monte_carlo_errors)


@given(resamples, st.integers(0, 2**32 - 1))
def test_teams_datasets_and_resamples_may_change_places(values: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    datasets, rows, teams = (rng.permutation(length) for length in values.shape)
    found = first_place(list(values / 8), [True] * 3)
    moved = first_place(list((values / 8)[datasets][:, rows][:, :, teams]), [True] * 3)
    assert moved.shares == pytest.approx(np.array(found.shares)[teams])


def test_a_clear_winner_and_a_copy_of_it_share_nearly_all_resamples(teams: Callable[..., Any]) -> None:
    simulated = teams(n=2_000, k=3, skill_a=2.5, skill_b=1.0)
    entrants = [simulated.b, simulated.a, simulated.a]
    settings = Settings(n_resamples=2_000, seed=1)
    found = resampled_values(METRICS["macro_f1"], simulated.gold, entrants, Structure(), settings)
    assert found.values is not None
    assert first_place([found.values], [True]).shares == (0.0, 0.5, 0.5)


def test_the_share_of_two_teams_is_the_one_sided_bootstrap(teams: Callable[..., Any]) -> None:
    simulated = teams(n=300, k=3, skill_a=1.3, skill_b=1.2)
    settings = Settings(n_resamples=20_000, seed=1)
    values = resampled_values(
        METRICS["accuracy"], simulated.gold, [simulated.a, simulated.b], Structure(), settings
    ).values
    assert values is not None
    found = first_place([values], [True])
    right = [team.y_pred == simulated.gold.y_true for team in (simulated.a, simulated.b)]
    apart = right[0].astype(int) - right[1]
    drawn = apart[np.random.default_rng(2).integers(0, 300, (20_000, 300))].sum(axis=1)
    expected = np.mean(drawn > 0) + np.mean(drawn == 0) / 2
    assert 0.5 < expected < 0.99
    assert found.shares[0] == pytest.approx(expected, abs=6 * found.monte_carlo_errors[0])


@pytest.mark.parametrize(
    ("values", "directions", "message"),
    [
        ([], [], "0 datasets"),
        ([np.ones((2, 2))], [True, True], "1 datasets, 2 directions"),
        ([np.ones((2, 2)), np.ones((3, 2))], [True, True], "different shapes"),
        ([np.ones((0, 2))], [True], "no resamples"),
        ([np.full((2, 2), np.nan)], [True], "finite"),
    ],
)
def test_incomplete_resamples_are_refused(values: list[np.ndarray], directions: list[bool], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        first_place(values, directions)
