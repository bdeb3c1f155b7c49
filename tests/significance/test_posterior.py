"""Posterior shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.significance.beside.posterior import PosteriorShares, posterior_shares
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.case import case_of
from reviewer_app.significance.paired_difference import Settings

EVERY_FAMILY = ["accuracy", "f1", "mcc", "log_loss", "brier", "roc_auc", "average_precision"]


def shares_of(
    simulated: Any,
    metric_id: str,
    margin: float | None = 0.01,
    structure: Structure = Structure(),  # noqa: B008  (frozen)
    n_resamples: int = 4_000,
    seed: int = 0,
) -> PosteriorShares | str:
    settings = Settings(n_resamples=n_resamples, seed=seed)
    case = case_of(METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b], structure, margin, settings)
    return posterior_shares(Sampling(case))


def labelled(both_right: int, only_a: int, only_b: int, both_wrong: int) -> Any:
    """Return teams of two classes with this table."""
    right_a = np.repeat([1, 1, 0, 0], [both_right, only_a, only_b, both_wrong])
    right_b = np.repeat([1, 0, 1, 0], [both_right, only_a, only_b, both_wrong])
    y = np.arange(len(right_a)) % 2
    teams = (Predictions(np.where(right == 1, y, 1 - y)) for right in (right_a, right_b))
    return type("Teams", (), dict(zip(("gold", "a", "b"), (Gold(y, 2, 1), *teams), strict=True)))()


@given(st.integers(0, 30), st.integers(0, 30))
@of_hypothesis(max_examples=20)
def test_accuracy_is_the_dirichlet_posterior(only_a: int, only_b: int) -> None:
    found = shares_of(labelled(40, only_a, only_b, 10), "accuracy", margin=None)
    # P(p_a > p_b) for Dirichlet shares does not depend on the rest: b / (b + c) is beta with b + 1 and c + 1.
    expected = stats.beta.sf(0.5, only_a + 1, only_b + 1)
    assert isinstance(found, PosteriorShares)
    assert found.a_better == pytest.approx(expected, abs=4 * found.error_a_better)
    assert found.a_better + found.b_better == 1.0


def test_f1_with_one_error_each_agrees_with_sampling_the_cells_directly() -> None:
    simulated = labelled(30, 6, 2, 4)
    found = shares_of(simulated, "f1", margin=0.05)
    y, a, b = simulated.gold.y_true, simulated.a.y_pred, simulated.b.y_pred
    # Cells of (y, a, b) with the two pseudo-examples spread over the classes; their wrong label is the other class.
    cells = np.zeros((2, 2, 2))
    np.add.at(cells, (y, a, b), 1.0)
    for label in (0, 1):
        cells[label, label, 1 - label] += np.mean(y == label)
        cells[label, 1 - label, label] += np.mean(y == label)
    drawn = np.random.default_rng(1).dirichlet(cells.reshape(-1)[cells.reshape(-1) > 0], size=40_000)
    full = np.zeros((40_000, 8))
    full[:, cells.reshape(-1) > 0] = drawn
    full = full.reshape(-1, 2, 2, 2)
    true = full[:, 1].sum(axis=(1, 2))
    f1_a = 2 * full[:, 1, 1, :].sum(axis=1) / (true + full[:, :, 1, :].sum(axis=(1, 2)))
    f1_b = 2 * full[:, 1, :, 1].sum(axis=1) / (true + full[:, :, :, 1].sum(axis=(1, 2)))
    assert isinstance(found, PosteriorShares)
    assert found.a_better == pytest.approx(np.mean(f1_a > f1_b), abs=4 * found.error_a_better)
    assert found.within_margin == pytest.approx(np.mean(np.abs(f1_a - f1_b) < 0.05), abs=4 * found.error_within_margin)


@pytest.mark.parametrize("metric_id", EVERY_FAMILY)
def test_teams_that_change_places_change_shares(metric_id: str, teams: Callable[..., Any]) -> None:
    simulated = teams(200, 2, matching=True, seed=2, skill_b=1.35)
    found = shares_of(simulated, metric_id)
    turned = shares_of(replace(simulated, a=simulated.b, b=simulated.a), metric_id, seed=1)
    assert isinstance(found, PosteriorShares)
    assert isinstance(turned, PosteriorShares)
    error = 6 * found.error_a_better
    assert turned.b_better == pytest.approx(found.a_better, abs=error)
    assert turned.within_margin == pytest.approx(found.within_margin, abs=6 * found.error_within_margin)


@pytest.mark.parametrize("metric_id", EVERY_FAMILY)
def test_the_better_team_is_better_whatever_the_sign_of_the_metric(metric_id: str, teams: Callable[..., Any]) -> None:
    found = shares_of(teams(600, 2, matching=True, seed=3, skill_a=2.2, skill_b=1.0), metric_id)
    assert isinstance(found, PosteriorShares)
    assert found.a_better > 0.99


def test_within_the_margin_overlaps_with_better_and_grows_with_the_margin(teams: Callable[..., Any]) -> None:
    simulated = teams(3_000, 2, matching=True, seed=4, skill_a=1.6, skill_b=1.5)
    shares = [shares_of(simulated, "f1", margin).within_margin for margin in (0.001, 0.01, 0.05, 0.5)]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    found = shares_of(simulated, "f1", 0.05)
    assert found.a_better + found.within_margin > 1.0
    assert shares_of(simulated, "f1", None).within_margin is None


def test_nothing_discordant_favours_nobody_and_is_not_certain_to_be_within_a_small_margin() -> None:
    found = shares_of(labelled(40, 0, 0, 10), "f1", margin=0.01)
    assert isinstance(found, PosteriorShares)
    assert found.a_better == pytest.approx(0.5, abs=4 * found.error_a_better)
    assert found.within_margin < 0.9


def test_where_the_losses_are_the_same_there_are_none(teams: Callable[..., Any]) -> None:
    simulated = teams(50, 2, matching=True, seed=5)
    same = replace(simulated, b=simulated.a)
    for metric_id in ("brier", "roc_auc", "average_precision"):
        assert "do not vary" in shares_of(same, metric_id)


def test_groups_are_weighted_as_wholes(teams: Callable[..., Any]) -> None:
    simulated = teams(80, 2, matching=True, seed=6, skill_b=1.4)
    copies = np.repeat(np.arange(80), 6)
    many = replace(simulated, gold=simulated.gold.take(copies), a=simulated.a.take(copies), b=simulated.b.take(copies))
    for metric_id in ("accuracy", "f1", "brier"):
        alone, grouped = shares_of(simulated, metric_id), shares_of(many, metric_id, structure=Structure(groups=copies))
        naive = shares_of(many, metric_id)
        # The pseudo-examples weigh less beside groups of six, so the shares of labels agree to a few points only.
        assert grouped.a_better == pytest.approx(alone.a_better, abs=0.05)
        assert abs(naive.a_better - 0.5) > abs(grouped.a_better - 0.5)


def test_shared_records_several_runs_and_one_group_have_a_reason_instead(teams: Callable[..., Any]) -> None:
    simulated = teams(60, 2, matching=True, seed=7)
    records = Structure(left_records=np.arange(60) // 2, right_records=np.arange(60))
    assert "share records" in shares_of(simulated, "f1", structure=records)
    assert "one group" in shares_of(simulated, "f1", structure=Structure(groups=np.zeros(60, dtype=np.int64)))
    case = case_of(
        METRICS["f1"], simulated.gold, [simulated.a, simulated.b], [simulated.b], Structure(), None, Settings()
    )
    assert "seeds" in posterior_shares(Sampling(case))


def test_it_can_be_cancelled(teams: Callable[..., Any]) -> None:
    progress = Progress()
    progress.cancel()
    simulated = teams(300, 2, matching=True, seed=8)
    case = case_of(
        METRICS["f1"], simulated.gold, [simulated.a], [simulated.b], Structure(), None, Settings(progress=progress)
    )
    with pytest.raises(Cancelled):
        posterior_shares(Sampling(case))
