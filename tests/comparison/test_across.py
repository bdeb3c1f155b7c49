"""Several teams over several datasets."""

from __future__ import annotations

import numpy as np
import pytest

from reviewer_app.comparison.across import TeamValues, across
from reviewer_app.significance.paired_difference import Settings

SETTINGS = Settings(n_resamples=2_000, seed=1)


def team_values(values: list[list[float]], metrics: tuple[str, ...] = (), resampled=None, **changes) -> TeamValues:
    n_datasets, n_teams = np.shape(values)
    return TeamValues(
        teams=tuple("ABCDEF"[:n_teams]),
        datasets=tuple(f"data {number}" for number in range(1, n_datasets + 1)),
        metrics=metrics or ("accuracy",) * n_datasets,
        values=np.array(values),
        resampled=resampled or (None,) * n_datasets,
        **changes,
    )


def eight_datasets() -> list[list[float]]:
    """A is ahead of B by 2 to 9 points, B of C by a tenth of a point or behind it."""
    return [[0.80 + 0.01 * d, 0.78, 0.78 + (0.001 if d % 2 else -0.001)] for d in range(8)]


def test_from_six_datasets_on_pairs_are_tested_and_bars_join_those_not_told_apart():
    found = across(team_values(eight_datasets()), None, SETTINGS)
    assert found.teams[0] == "A"
    assert found.mean_ranks[0] == 1.0
    assert found.not_defined is None
    assert found.friedman_p is not None
    assert found.friedman_p < 0.01
    a_b, a_c, b_c = found.pairs
    assert (a_b.n_a_ahead, a_b.n_b_ahead) == (8, 0)
    assert a_b.p_value == pytest.approx(2 / 2**8)
    assert a_b.p_adjusted == pytest.approx(3 * 2 / 2**8)
    assert b_c.p_adjusted > 0.5
    assert a_c.share_a_better > 0.95
    assert b_c.share_within > 0.95
    assert [set(bar) for bar in found.bars] == [{"B", "C"}]
    assert found.nemenyi_difference == pytest.approx(2.343 * np.sqrt(3 * 4 / (6 * 8)), abs=0.001)


def test_below_six_datasets_there_are_ranks_and_no_tests():
    found = across(team_values(eight_datasets()[:5]), None, SETTINGS)
    assert found.not_defined == "needs at least 6 datasets, there are 5"
    assert found.friedman_p is None
    assert found.nemenyi_difference is None
    assert found.bars == ()
    assert all(pair.p_value is None and pair.share_within is None for pair in found.pairs)
    assert found.mean_ranks[0] == 1.0


def test_datasets_of_different_metrics_are_compared_by_rank_alone():
    metrics = ("accuracy",) * 4 + ("log_loss",) * 4
    values = eight_datasets()[:4] + [[0.4, 0.5, 0.6]] * 4
    found = across(team_values(values, metrics), None, SETTINGS)
    assert "different primary metrics" in found.not_defined
    assert found.friedman_p is not None
    assert found.mean_ranks[0] == 1.0
    assert all(pair.p_value is None for pair in found.pairs)
    assert [(pair.n_a_ahead, pair.n_b_ahead) for pair in found.pairs] == [(8, 0), (8, 0), (6, 2)]


def test_what_hangs_on_one_dataset_is_said():
    values = [[0.9, 0.8], [0.7, 0.71], [0.7, 0.71], [0.9, 0.8], [0.9, 0.8]]
    found = across(team_values(values), None, SETTINGS)
    assert found.fragile == tuple(
        f"Without data {number} the best mean rank is that of A and B." for number in (1, 4, 5)
    )


def test_a_test_that_one_dataset_fewer_takes_away_is_said():
    found = across(team_values([[0.9, 0.8 - 0.01 * d] for d in range(6)]), None, SETTINGS)
    assert found.pairs[0].p_adjusted == pytest.approx(2 / 2**6)
    assert found.fragile == ("Without any one of 6 datasets there are too few for a test.",)


def test_shares_of_first_place_follow_the_order_of_the_teams():
    resampled = np.array([[0.2, 0.5, 0.3], [0.2, 0.5, 0.3], [0.2, 0.1, 0.3], [0.4, 0.1, 0.3]])
    found = across(team_values([[0.2, 0.5, 0.3]], resampled=(resampled,)), None, SETTINGS)
    assert found.teams == ("B", "C", "A")
    assert found.first_shares == (0.5, 0.25, 0.25)
    assert found.first_shares_per_dataset == (("data 1", (0.5, 0.25, 0.25)),)


def test_one_dataset_without_resamples_leaves_no_share_over_all():
    resampled = (np.array([[0.2, 0.5, 0.3]]), None)
    found = across(team_values([[0.2, 0.5, 0.3]] * 2, resampled=resampled), None, SETTINGS)
    assert found.first_shares is None
    assert [dataset for dataset, _ in found.first_shares_per_dataset] == ["data 1"]
