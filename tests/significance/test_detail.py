"""All that stands beside the headline of one metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS, metrics_for
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.beside.assumptions import assumptions_of
from reviewer_app.significance.beside.detail import SignificanceDetail, detail
from reviewer_app.significance.clusters import Dependence
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.power import minimum_detectable_difference

STRUCTURES = {
    "none": Structure(),
    "groups": Structure(groups=np.arange(240) // 3),
    "few groups": Structure(groups=np.arange(240) // 20),
    "records": Structure(left_records=np.arange(240) // 2, right_records=np.arange(240)),
}
MATCHING = [metric.id for metric in metrics_for("matching", 2, False)]


def detail_of(simulated: Any, metric_id: str, structure: Structure, settings: Settings) -> SignificanceDetail:
    return detail(METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b], structure, 0.01, settings)


def numbers(value: Any) -> Iterator[float]:
    """Yield every float in dataclasses and tuples."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from numbers(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from numbers(getattr(value, field.name))


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("metric_id", MATCHING)
def test_what_is_missing_has_a_reason(
    metric_id: str, structure: str, teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(240, 2, matching=True, seed=1)
    found = detail_of(simulated, metric_id, STRUCTURES[structure], settings)
    for part, reason in (
        (found.bootstrap, found.no_bootstrap),
        (found.permutation, found.no_permutation),
        (found.posterior, found.no_posterior),
        (found.power, found.no_power),
    ):
        assert (part is None) == bool(reason)
    assert found.assumptions
    assert not any(math.isnan(number) for number in numbers(found))
    if metric_id != "calibration_error" and structure == "none":
        assert found.posterior is not None
        assert found.power is not None
        assert found.others


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("metric_id", ["accuracy", "f1", "brier", "roc_auc", "average_precision"])
def test_here_on_the_power_curve_is_the_headlines_detectable_difference(
    metric_id: str, structure: str, teams: Callable[..., Any], settings: Settings
) -> None:
    simulated = teams(240, 2, matching=True, seed=2)
    answer = headline(
        [METRICS[metric_id]], simulated.gold, simulated.a, simulated.b, STRUCTURES[structure], {}, settings
    )[metric_id]
    power = detail_of(simulated, metric_id, STRUCTURES[structure], settings).power
    assert power is not None
    assert power.n_here == 240
    expected = answer.minimum_detectable_difference
    assert power.detectable[power.n.index(240)] == pytest.approx(expected, rel=1e-6)


def test_the_table_is_of_the_first_runs(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(240, 2, matching=True, seed=3)
    right_a, right_b = (run.y_pred == simulated.gold.y_true for run in (simulated.a, simulated.b))
    expected = [int(np.sum(both)) for both in (right_a & right_b, right_a & ~right_b, ~right_a & right_b)]
    for metric_id in ("accuracy", "f1", "brier"):
        table = detail_of(simulated, metric_id, Structure(), settings).table
        assert [table.both_right, table.only_a, table.only_b] == expected
        assert table.n == 240
    scores_only = replace(simulated, a=Predictions(None, simulated.a.score), b=Predictions(None, simulated.b.score))
    assert detail_of(scores_only, "roc_auc", Structure(), settings).table is None


def test_several_seeds(teams: Callable[..., Any], settings: Settings) -> None:
    runs_a = [teams(240, 2, matching=True, seed=4, skill_a=skill).a for skill in (1.4, 1.5, 1.7)]
    simulated = teams(240, 2, matching=True, seed=4)
    arguments = (simulated.gold, runs_a, [simulated.b], Structure())
    found = detail(METRICS["f1"], *arguments, 0.01, settings)
    answer = headline_seeds([METRICS["f1"]], *arguments, {}, settings)["f1"]
    assert "seeds" in found.no_posterior
    assert "seeds" in found.no_bootstrap
    here = found.power.detectable[found.power.n.index(240)]
    assert here == pytest.approx(answer.minimum_detectable_difference)
    # The noise of the seeds stays however many examples there are.
    of_seeds = math.sqrt(np.var([METRICS["f1"].value(simulated.gold, run).value for run in runs_a], ddof=1) / 3)
    assert found.power.detectable[-1] > minimum_detectable_difference(of_seeds)
    assert "seeds" in found.power.basis


def test_a_metric_that_is_not_defined_says_why_everywhere(settings: Settings) -> None:
    y = np.zeros(30, dtype=np.int64)
    found = detail(METRICS["recall"], Gold(y, 2, 1), [Predictions(y)], [Predictions(y)], Structure(), None, settings)
    assert found.difference is None
    reasons = {found.no_bootstrap, found.no_permutation, found.no_posterior, found.no_power}
    assert reasons == {"no pair is a match in the gold labels"}


@pytest.mark.parametrize("n", [1, 2, 3, 9])
@pytest.mark.parametrize("metric_id", MATCHING)
def test_a_handful_of_examples(metric_id: str, n: int, teams: Callable[..., Any], settings: Settings) -> None:
    codes = np.zeros(n, dtype=np.int64)
    for structure in (
        Structure(),
        Structure(groups=np.arange(n) // 2),
        Structure(groups=codes),
        Structure(left_records=np.arange(n) // 2, right_records=np.arange(n)),
        Structure(left_records=codes, right_records=codes),
    ):
        found = detail_of(teams(n, 2, matching=True, seed=n), metric_id, structure, settings)
        assert not any(math.isnan(number) for number in numbers(found))
        assert (found.posterior is None) == bool(found.no_posterior)


@pytest.mark.parametrize("metric_id", MATCHING)
def test_teams_that_agree_on_everything(metric_id: str, teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(80, 2, matching=True, seed=5)
    found = detail_of(replace(simulated, b=simulated.a), metric_id, Structure(), settings)
    assert found.difference == 0.0
    assert not any(math.isnan(number) for number in numbers(found))
    if found.posterior is not None:
        assert found.posterior.a_better == pytest.approx(0.5, abs=0.06)


def test_joint_counts_are_counted_once(
    teams: Callable[..., Any], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviewer_app.significance.beside import sampling

    calls = []
    counted = sampling.units_of_labels
    monkeypatch.setattr(sampling, "units_of_labels", lambda *given: calls.append(given) or counted(*given))
    detail_of(teams(240, 2, matching=True, seed=6), "f1", Structure(), settings)
    assert len(calls) == 1


def test_the_same_seed_gives_the_same_detail(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(240, 2, matching=True, seed=7)
    for metric_id in ("accuracy", "f1", "brier", "roc_auc", "average_precision"):
        first, second = (detail_of(simulated, metric_id, Structure(), settings) for _ in range(2))
        assert first == second


def test_every_method_says_what_it_assumes() -> None:
    for family in Family:
        for dependence in Dependence:
            for several in (False, True):
                words = assumptions_of(family, dependence, several=several)
                assert words.endswith(".")
                assert len(words) < 400


def test_undefined_answers_are_not_cases(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(50, 2, matching=True, seed=8)
    empty = replace(simulated.b, probabilities=None, score=None)
    found = detail(METRICS["brier"], simulated.gold, [simulated.a], [empty], Structure(), 0.01, settings)
    assert isinstance(found, SignificanceDetail)
    assert not isinstance(found, PairedDifference)
    assert "probabilities" in found.no_bootstrap
