from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.review.baselines import baselines_ahead
from reviewer_app.review.queries import CellState, DatasetSummary, RunInfo

DATASET = DatasetSummary("pets", "classification", None, 100, "accuracy", 0.01)


def run(team: str, value: float | None, *, baseline: bool = False, **changes) -> RunInfo:
    given = RunInfo(1, "pets", team, f"{team}'s method", "1", 1, "algorithm", baseline, 0, CellState.DONE)
    return replace(given, metrics={DATASET.primary_metric: value, "log_loss": value}, **changes)


def test_a_baseline_that_beats_every_team_is_said_with_both_values():
    [finding] = baselines_ahead([DATASET], [run("Ann", 0.6), run("Bob", 0.5), run("Baselines", 0.65, baseline=True)])
    assert finding.code == "baseline_ahead"
    assert "65.0" in finding.message
    assert "Ann, has 60.0" in finding.message


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [run("Baselines", 0.9, baseline=True)],
        [run("Ann", 0.9), run("Baselines", 0.65, baseline=True)],
        [run("Ann", 0.65), run("Baselines", 0.65, baseline=True)],
        [run("Ann", None), run("Baselines", 0.65, baseline=True)],
        [run("Ann", 0.5), run("Baselines", 0.65, baseline=True, state=CellState.STALE)],
        [run("Ann", 0.5), run("Baselines", 0.65, baseline=True, current=False)],
    ],
    ids=["no runs", "no team", "behind", "equal", "no value", "stale", "not current"],
)
def test_otherwise_nothing_is_said(runs):
    assert baselines_ahead([DATASET], runs) == []


def test_where_less_is_better_the_smaller_value_is_ahead():
    dataset = replace(DATASET, primary_metric="log_loss")
    runs = [run("Ann", 0.6), run("Baselines", 0.5, baseline=True)]
    assert len(baselines_ahead([dataset], runs)) == 1
    assert baselines_ahead([dataset], [run("Ann", 0.4), run("Baselines", 0.5, baseline=True)]) == []
