"""Resampled means and rankings of all teams: who comes first is as in the plain bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.across import linear_resamples as module
from reviewer_app.significance.across.team_resamples import resampled_values
from reviewer_app.significance.paired_difference import Settings

SETTINGS = Settings(n_resamples=4_000, seed=3)


def three_teams(teams: Callable[..., Any], **options: Any) -> tuple[Gold, list[Predictions]]:
    first, second = teams(**options), teams(**options, skill_a=1.3)
    return first.gold, [first.a, first.b, second.a]


def values_of(
    metric_id: str, gold: Gold, entrants: list[Predictions], structure: Structure | None = None
) -> FloatArray:
    values = resampled_values(METRICS[metric_id], gold, entrants, structure or Structure(), SETTINGS).values
    assert values is not None
    assert values.shape == (SETTINGS.n_resamples, 3)
    return values


def plain_bootstrap(metric_id: str, gold: Gold, entrants: list[Predictions], groups: IntArray) -> FloatArray:
    """Draw whole groups, compute the metric, as anybody would."""
    rng = np.random.default_rng(99)
    n_groups = int(groups.max()) + 1
    members = [np.flatnonzero(groups == group) for group in range(n_groups)]
    rows = []
    for _ in range(600):
        drawn = np.concatenate([members[group] for group in rng.integers(0, n_groups, n_groups)])
        rows.append([METRICS[metric_id].value(gold.take(drawn), team.take(drawn)).value for team in entrants])
    return np.array(rows, dtype=float)


def gaps(values: FloatArray) -> FloatArray:
    return values[:, 1:] - values[:, :1]


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("metric_id", ["log_loss", "brier", "roc_auc", "average_precision"])
def test_gaps_between_teams_vary_as_in_the_plain_bootstrap(
    metric_id: str, grouped: bool, teams: Callable[..., Any]
) -> None:
    gold, entrants = three_teams(teams, n=400, matching=True, seed=2)
    groups = np.random.default_rng(0).integers(0, 100, size=400) if grouped else np.arange(400)
    drawn = gaps(values_of(metric_id, gold, entrants, Structure(groups=groups) if grouped else None))
    plain = gaps(plain_bootstrap(metric_id, gold, entrants, groups))
    spread = plain.std(axis=0)
    assert np.abs(drawn.mean(axis=0) - plain.mean(axis=0)).max() < 0.25 * spread.max()
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.12)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(np.corrcoef(plain.T)[0, 1], abs=0.1)


def test_the_macro_auc_of_many_classes_is_resampled_too(teams: Callable[..., Any]) -> None:
    gold, entrants = three_teams(teams, n=300, k=4, seed=4)
    drawn = gaps(values_of("macro_ovr_roc_auc", gold, entrants))
    plain = gaps(plain_bootstrap("macro_ovr_roc_auc", gold, entrants, np.arange(300)))
    assert drawn.std(axis=0) == pytest.approx(plain.std(axis=0), rel=0.12)


@pytest.mark.parametrize("metric_id", ["log_loss", "roc_auc"])
def test_many_examples_are_drawn_as_normal_with_the_same_moments(
    metric_id: str, teams: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    gold, entrants = three_teams(teams, n=500, matching=True, seed=5)
    by_examples = values_of(metric_id, gold, entrants)
    monkeypatch.setattr(module, "MANY_UNITS", 100)
    as_normal = values_of(metric_id, gold, entrants)
    assert not np.array_equal(by_examples, as_normal)
    spread = gaps(by_examples).std(axis=0)
    assert gaps(as_normal).mean(axis=0) == pytest.approx(gaps(by_examples).mean(axis=0), abs=0.1 * spread.max())
    assert gaps(as_normal).std(axis=0) == pytest.approx(spread, rel=0.05)


def test_equal_teams_are_equal_in_every_resample(teams: Callable[..., Any]) -> None:
    gold, entrants = three_teams(teams, n=200, matching=True, seed=6)
    same = [entrants[0], entrants[0], entrants[0]]
    for metric_id in ("log_loss", "roc_auc"):
        assert np.abs(gaps(values_of(metric_id, gold, same))).max() < 1e-12


def test_one_positive_has_no_resamples_of_its_auc() -> None:
    y = np.array([1, 0, 0, 0])
    team = Predictions(y, score=np.array([0.9, 0.1, 0.2, 0.3]))
    found = resampled_values(METRICS["roc_auc"], Gold(y, 2, 1), [team, team], Structure(), SETTINGS)
    assert found.values is None
    assert found.not_defined == "a class has a single example, so the variance is not defined"
