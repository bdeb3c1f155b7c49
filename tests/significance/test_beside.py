"""Other tests and intervals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar as mcnemar_of_statsmodels

from reviewer_app.evaluation.inputs import Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.beside.obuchowski import obuchowski
from reviewer_app.significance.beside.other_methods import OtherMethod, beside
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.case import case_of
from reviewer_app.significance.headline import headline
from reviewer_app.significance.paired_difference import PairedDifference, Settings

EVERY_FAMILY = ["accuracy", "f1", "mcc", "log_loss", "brier", "roc_auc", "average_precision", "recall_at_precision_90"]
RECORDS = Structure(left_records=np.arange(300) // 3, right_records=np.arange(300))
GROUPS = Structure(groups=np.arange(300) // 4)


def others_of(
    simulated: Any,
    metric_id: str,
    structure: Structure | None = None,
    runs: tuple[list[Any], list[Any]] | None = None,
) -> dict[str, OtherMethod]:
    of_a, of_b = runs or ([simulated.a], [simulated.b])
    settings = Settings(n_resamples=2_000, seed=2)
    case = case_of(METRICS[metric_id], simulated.gold, of_a, of_b, structure or Structure(), None, settings)
    assert not isinstance(case, PairedDifference)
    found = beside(Sampling(case))
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


@pytest.mark.parametrize("structure", [None, GROUPS, RECORDS])
@pytest.mark.parametrize("metric_id", EVERY_FAMILY)
def test_every_method_has_numbers_and_a_note(
    metric_id: str, structure: Structure | None, teams: Callable[..., Any]
) -> None:
    simulated = teams(300, 2, matching=True, seed=1)
    found = others_of(simulated, metric_id, structure)
    assert found
    difference = METRICS[metric_id].value(simulated.gold, simulated.a).value
    difference -= METRICS[metric_id].value(simulated.gold, simulated.b).value
    for other in found.values():
        assert other.note.endswith(".")
        assert other.p_value is not None or other.ci_low is not None, other.name
        if other.p_value is not None:
            assert 0.0 <= other.p_value <= 1.0
        if other.ci_low is not None:
            assert other.ci_low < difference < other.ci_high, other.name


@pytest.mark.parametrize("metric_id", EVERY_FAMILY)
def test_teams_that_change_places_turn_the_intervals_round(metric_id: str, teams: Callable[..., Any]) -> None:
    simulated = teams(300, 2, matching=True, seed=2)
    turned = others_of(replace(simulated, a=simulated.b, b=simulated.a), metric_id)
    for name, other in others_of(simulated, metric_id).items():
        # Recall at fixed precision has no influence values: its SE is that of the resamples.
        exact = "bootstrap" not in name and metric_id != "recall_at_precision_90"
        if other.p_value is not None:
            assert turned[name].p_value == pytest.approx(other.p_value, abs=1e-9 if exact else 0.05)
        if other.ci_low is not None:
            within = 1e-9 if exact else 0.12 * (other.ci_high - other.ci_low)
            assert turned[name].ci_low == pytest.approx(-other.ci_high, abs=within)
            assert turned[name].ci_high == pytest.approx(-other.ci_low, abs=within)


def test_mcnemars_tests_are_those_of_statsmodels(teams: Callable[..., Any]) -> None:
    simulated = teams(250, 2, matching=True, seed=3)
    right_a, right_b = (run.y_pred == simulated.gold.y_true for run in (simulated.a, simulated.b))
    table = [[np.sum(right_a & right_b), np.sum(right_a & ~right_b)], [np.sum(~right_a & right_b), 0]]
    found = others_of(simulated, "accuracy")
    for name, options in (
        ("McNemar, exact", {"exact": True}),
        ("McNemar, asymptotic", {"exact": False, "correction": False}),
        ("McNemar, Edwards' correction", {"exact": False, "correction": True}),
    ):
        assert found[name].p_value == pytest.approx(mcnemar_of_statsmodels(table, **options).pvalue), name


def test_wald_interval_of_accuracy(teams: Callable[..., Any]) -> None:
    simulated = teams(250, 2, matching=True, seed=4)
    right_a, right_b = (run.y_pred == simulated.gold.y_true for run in (simulated.a, simulated.b))
    apart = right_a.astype(float) - right_b
    half = stats.norm.ppf(0.975) * apart.std() / math.sqrt(250)
    found = others_of(simulated, "accuracy")["Wald interval"]
    assert (found.ci_low, found.ci_high) == pytest.approx((apart.mean() - half, apart.mean() + half))


def test_paired_t_is_scipys(teams: Callable[..., Any]) -> None:
    simulated = teams(150, 2, matching=True, seed=5)
    metric = METRICS["brier"]
    values = [metric.per_example(simulated.gold, run) for run in (simulated.a, simulated.b)]
    expected = stats.ttest_rel(*values)
    interval = expected.confidence_interval()
    found = others_of(simulated, "brier")["paired t test over examples"]
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high))


def test_grouped_accuracy_has_obuchowskis_test_and_the_one_that_ignores_groups(teams: Callable[..., Any]) -> None:
    simulated = teams(300, 2, matching=True, seed=6)
    found = others_of(simulated, "accuracy", GROUPS)
    apart = (simulated.a.y_pred == simulated.gold.y_true) * 1.0 - (simulated.b.y_pred == simulated.gold.y_true)
    expected = obuchowski(np.bincount(GROUPS.groups, weights=apart), np.bincount(GROUPS.groups).astype(float))
    assert found["Obuchowski's test"].p_value == pytest.approx(expected.p_value)
    naive = headline([METRICS["accuracy"]], simulated.gold, simulated.a, simulated.b, Structure(), {}, Settings())[
        "accuracy"
    ]
    assert found["McNemar mid-p"].p_value == naive.p_value
    assert "too sure" in found["McNemar mid-p"].note


def test_shared_records_show_the_test_that_ignores_them(teams: Callable[..., Any]) -> None:
    simulated = teams(300, 2, matching=True, seed=7)
    settings = Settings(n_resamples=2_000, seed=2)
    for metric_id in ("accuracy", "f1", "roc_auc"):
        metric = METRICS[metric_id]
        naive = headline([metric], simulated.gold, simulated.a, simulated.b, Structure(), {}, settings)[metric_id]
        (found,) = others_of(simulated, metric_id, RECORDS).values()
        assert (found.p_value, found.ci_low, found.ci_high) == (naive.p_value, naive.ci_low, naive.ci_high)
        assert "share records" in found.note


def test_several_seeds_show_the_first_pair_of_runs(teams: Callable[..., Any]) -> None:
    simulated, other = teams(300, 2, matching=True, seed=8), teams(300, 2, matching=True, seed=8, skill_a=1.7)
    (found,) = others_of(simulated, "f1", runs=([simulated.a, other.a], [simulated.b])).values()
    settings = Settings(n_resamples=2_000, seed=2)
    alone = headline([METRICS["f1"]], simulated.gold, simulated.a, simulated.b, Structure(), {}, settings)["f1"]
    assert (found.p_value, found.ci_low) == (alone.p_value, alone.ci_low)


def test_plain_percentiles_and_bca_are_too_narrow_where_few_differ(teams: Callable[..., Any]) -> None:
    simulated = teams(400, 2, matching=True, seed=9)
    changed = simulated.a.y_pred.copy()
    wrong = np.flatnonzero(changed == simulated.gold.y_true)[:2]
    changed[wrong] = 1 - changed[wrong]
    almost = replace(simulated, b=replace(simulated.a, y_pred=changed))
    settings = Settings(n_resamples=2_000, seed=2)
    headline_interval = headline([METRICS["f1"]], almost.gold, almost.a, almost.b, Structure(), {}, settings)["f1"]
    found = others_of(almost, "f1")
    plain = found["percentile bootstrap over examples, without pseudo-examples"]
    assert plain.ci_high - plain.ci_low < 0.8 * (headline_interval.ci_high - headline_interval.ci_low)


@pytest.mark.parametrize("metric_id", EVERY_FAMILY)
def test_teams_that_agree_on_everything(metric_id: str, teams: Callable[..., Any]) -> None:
    simulated = teams(80, 2, matching=True, seed=10)
    for other in others_of(replace(simulated, b=simulated.a), metric_id).values():
        assert other.p_value in (None, pytest.approx(1.0)), other.name
        assert other.ci_low is None or other.ci_low < 0.0 < other.ci_high, other.name


def test_a_calibration_error_has_none(teams: Callable[..., Any]) -> None:
    assert others_of(teams(100, 3, seed=11), "calibration_error") == {}
