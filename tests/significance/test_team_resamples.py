"""Resampled values of all teams: the same distribution as the plain bootstrap, whatever the metric and the groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.significance import resampling
from reviewer_app.significance.across.team_resamples import resampled_values
from reviewer_app.significance.paired_difference import Settings

SETTINGS = Settings(n_resamples=4_000, seed=3)
INDEPENDENT = Structure()


def values_of(
    metric_id: str, gold: Gold, team_list: list[Predictions], structure: Structure = INDEPENDENT
) -> np.ndarray:
    values = resampled_values(METRICS[metric_id], gold, team_list, structure, SETTINGS).values
    assert values is not None
    return np.asarray(values)


def plain_bootstrap(metric_id: str, gold: Gold, team_list: list[Predictions], n_resamples: int = 800) -> np.ndarray:
    """Draw examples, compute the metric, as anybody would."""
    rng = np.random.default_rng(99)
    rows = []
    for _ in range(n_resamples):
        drawn = rng.integers(0, gold.n_examples, gold.n_examples)
        rows.append([METRICS[metric_id].value(gold.take(drawn), team.take(drawn)).value for team in team_list])
    return np.array(rows, dtype=float)


def three_teams(teams: Callable[..., Any], **options: Any) -> tuple[Gold, list[Predictions]]:
    first, second = teams(**options), teams(**options, skill_a=1.3)
    assert np.array_equal(first.gold.y_true, second.gold.y_true)
    return first.gold, [first.a, first.b, second.a]


@pytest.mark.parametrize(
    ("metric_id", "options"),
    [
        ("macro_f1", {"n": 150, "k": 4, "outside": 5}),
        ("accuracy", {"n": 150, "k": 4}),
        ("mcc", {"n": 150, "k": 3}),
        ("mean_cost", {"n": 150, "k": 3, "costs": True}),
        ("f1", {"n": 150, "matching": True}),
        ("top_5_accuracy", {"n": 150, "k": 8}),
    ],
)
def test_values_are_distributed_as_in_the_plain_bootstrap(
    teams: Callable[..., Any], metric_id: str, options: dict[str, Any]
) -> None:
    gold, team_list = three_teams(teams, **options)
    ours, plain = values_of(metric_id, gold, team_list), plain_bootstrap(metric_id, gold, team_list)
    assert ours.shape == (SETTINGS.n_resamples, 3)
    for team in range(3):
        assert stats.ks_2samp(ours[:, team], plain[:, team]).pvalue > 0.001
    # The same examples for all teams: values go up and down together as they do in the plain bootstrap.
    np.testing.assert_allclose(np.cov(ours.T), np.cov(plain.T), rtol=0.25, atol=0.05 * np.cov(plain.T).max())


def test_teams_with_the_same_labels_have_the_same_values(teams: Callable[..., Any]) -> None:
    gold, (first, second, _) = three_teams(teams, n=80, k=3)
    values = values_of("macro_f1", gold, [first, second, first])
    np.testing.assert_array_equal(values[:, 0], values[:, 2])
    assert np.any(values[:, 0] != values[:, 1])


def test_the_mean_over_resamples_of_accuracy_is_the_accuracy(teams: Callable[..., Any]) -> None:
    gold, team_list = three_teams(teams, n=400, k=3)
    values = values_of("accuracy", gold, team_list)
    for team, column in zip(team_list, values.T, strict=True):
        accuracy = METRICS["accuracy"].value(gold, team).value
        assert column.mean() == pytest.approx(accuracy, abs=4 * column.std() / np.sqrt(len(column)))
        assert column.std() == pytest.approx(np.sqrt(accuracy * (1 - accuracy) / 400), rel=0.06)


@pytest.mark.parametrize("metric_id", ["accuracy", "macro_f1"])
def test_groups_are_drawn_as_a_whole(teams: Callable[..., Any], metric_id: str) -> None:
    gold, team_list = three_teams(teams, n=60, k=3)
    copies = np.repeat(np.arange(60), 5)
    wide, wide_teams = gold.take(copies), [team.take(copies) for team in team_list]
    grouped = values_of(metric_id, wide, wide_teams, Structure(groups=copies))
    examples = values_of(metric_id, gold, team_list)
    for team in range(3):
        assert stats.ks_2samp(grouped[:, team], examples[:, team]).pvalue > 0.001
    as_if_independent = values_of(metric_id, wide, wide_teams)
    assert as_if_independent[:, 0].std() < 0.6 * grouped[:, 0].std()


def test_groups_of_one_example_are_none(teams: Callable[..., Any]) -> None:
    gold, team_list = three_teams(teams, n=60, k=3)
    with_groups = values_of("macro_f1", gold, team_list, Structure(groups=np.arange(60)))
    np.testing.assert_array_equal(with_groups, values_of("macro_f1", gold, team_list))


def test_the_values_do_not_depend_on_threads(teams: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    gold, team_list = three_teams(teams, n=3_000, k=20)
    monkeypatch.setattr(resampling, "BLOCK_ELEMENTS", 400_000)
    with_threads = values_of("macro_f1", gold, team_list)
    monkeypatch.setattr(resampling, "MAX_THREADS", 1)
    np.testing.assert_array_equal(values_of("macro_f1", gold, team_list), with_threads)


def test_resamples_without_a_positive_are_drawn_again(teams: Callable[..., Any]) -> None:
    y_true = np.repeat([1, 0], [5, 195])
    team = Predictions(y_pred=y_true)
    values = values_of("recall", Gold(y_true, 2, positive=1), [team, team])
    assert len(values) == SETTINGS.n_resamples
    assert not np.isnan(values).any()


def test_what_cannot_be_resampled_says_why(teams: Callable[..., Any]) -> None:
    simulated = teams(n=60, matching=True)
    gold, team_list = simulated.gold, [simulated.a, simulated.b]

    def reason(metric_id: str, structure: Structure = INDEPENDENT) -> str:
        found = resampled_values(METRICS[metric_id], gold, team_list, structure, SETTINGS)
        assert (found.values, found.undefined_team) == (None, None)
        assert found.not_defined is not None
        return found.not_defined

    assert "no influence values" in reason("recall_at_precision_90")
    assert "no influence values" in reason("calibration_error")
    assert "share records" in reason("f1", Structure(left_records=np.zeros(60, int), right_records=np.arange(60)))
    without_labels = [team_list[0], replace(team_list[1], y_pred=None)]
    found = resampled_values(METRICS["f1"], gold, without_labels, INDEPENDENT, SETTINGS)
    assert (found.values, found.undefined_team) == (None, 1)
    assert found.not_defined == METRICS["f1"].value(gold, without_labels[1]).reason
    rare = np.repeat([1, 0], [2, 58])
    one_team = [Predictions(y_pred=rare)]
    found = resampled_values(METRICS["recall"], Gold(rare, 2, positive=1), one_team, INDEPENDENT, SETTINGS)
    assert found.not_defined == "too few positives: not defined in over 1 % of the resamples"


def test_no_teams_are_refused() -> None:
    with pytest.raises(ValueError, match="no teams"):
        resampled_values(METRICS["accuracy"], Gold(np.array([0, 1]), 2), [], INDEPENDENT, SETTINGS)


def test_the_work_can_be_cancelled(teams: Callable[..., Any]) -> None:
    gold, team_list = three_teams(teams, n=60, k=3)

    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        resampled_values(METRICS["macro_f1"], gold, team_list, INDEPENDENT, replace(SETTINGS, progress=progress))
