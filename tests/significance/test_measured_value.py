"""One team's value and its sampling error."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS, metric
from reviewer_app.significance.influence import has_influence
from reviewer_app.significance.measured_value import SamplingError, measured_value

INDEPENDENT = Structure()
ACCURACY = metric("accuracy")


def labels(right: int, wrong: int) -> tuple[Gold, Predictions]:
    y_true = np.zeros(right + wrong, dtype=np.int64)
    y_true[:2] = [0, 1]
    y_pred = y_true.copy()
    y_pred[right:] = 1 - y_true[right:]
    return Gold(y_true, 2), Predictions(y_pred)


def test_the_error_of_a_share_is_binomial_with_one_more_right_and_one_more_wrong() -> None:
    found = measured_value(ACCURACY, *labels_of(90, 10), INDEPENDENT)
    assert (found.value, found.n_examples, found.n_right, found.of_runs) == (0.9, 100, 90, (0.9,))
    assert found.sampling_error.variance == pytest.approx(0.09 / 100)
    assert found.sampling_error.pseudo_variance == pytest.approx((0.1**2 + 0.9**2) / 102**2)


def labels_of(right: int, wrong: int) -> tuple[Gold, tuple[Predictions, ...]]:
    gold, run = labels(right, wrong)
    return gold, (run,)


def test_nothing_wrong_has_an_error_all_the_same() -> None:
    found = measured_value(ACCURACY, *labels_of(50, 0), INDEPENDENT)
    assert found.sampling_error.variance == 0.0
    assert math.sqrt(found.sampling_error.total) == pytest.approx(1 / 52)


def test_few_wrong_examples_leave_few_degrees_of_freedom() -> None:
    freedom = [
        measured_value(ACCURACY, *labels_of(200 - wrong, wrong), INDEPENDENT).sampling_error.degrees_of_freedom
        for wrong in (1, 4, 40)
    ]
    assert freedom[0] < freedom[1] < freedom[2]
    assert freedom[0] < 5.0


def test_on_a_smaller_sample_the_pseudo_examples_weigh_more() -> None:
    error = SamplingError(variance=0.0004, pseudo_variance=0.00001, n_examples=1_000)
    assert error.total_of(1_000) == pytest.approx(error.total)
    assert error.total_of(250) == pytest.approx(4 * 0.0004 + 16 * 0.00001)
    with pytest.raises(ValueError, match="cannot be"):
        error.total_of(0)


@pytest.mark.parametrize(
    "of", [found for found in METRICS.values() if has_influence(found)], ids=lambda found: found.id
)
def test_the_error_is_the_spread_of_the_metric_over_samples(of: object, teams: Callable[..., object]) -> None:
    matching = "classification" not in of.tasks
    k = 2 if matching else 7 if of.id == "top_5_accuracy" else 4
    simulated = teams(4_000, k, seed=5, matching=matching, costs=of.id == "mean_cost")
    rng = np.random.default_rng(1)
    values, errors = [], []
    for number in range(150):
        drawn = rng.choice(4_000, size=400)
        found = measured_value(of, simulated.gold.take(drawn), [simulated.a.take(drawn)], INDEPENDENT)
        values.append(found.value)
        if number < 20:
            errors.append(math.sqrt(found.sampling_error.total))
    assert np.mean(errors) == pytest.approx(np.std(values, ddof=1), rel=0.2)


def test_whole_groups_count_once(teams: Callable[..., object]) -> None:
    simulated = teams(300, 3, seed=3)
    thrice = np.repeat(np.arange(300), 3)
    single = measured_value(ACCURACY, simulated.gold, [simulated.a], INDEPENDENT)
    grouped = measured_value(
        ACCURACY, simulated.gold.take(thrice), [simulated.a.take(thrice)], Structure(groups=thrice)
    )
    assert grouped.sampling_error.variance == pytest.approx(single.sampling_error.variance, rel=0.02)
    assert grouped.n_right is None
    assert grouped.sampling_error.degrees_of_freedom <= 299


def test_shared_records_make_the_error_larger(teams: Callable[..., object]) -> None:
    simulated = teams(400, 2, seed=3, matching=True)
    left = np.argsort(np.argsort(simulated.a.score)) // 10
    structure = Structure(left_records=left, right_records=np.arange(400))
    alone = measured_value(ACCURACY, simulated.gold, [simulated.a], INDEPENDENT)
    sharing = measured_value(ACCURACY, simulated.gold, [simulated.a], structure)
    assert sharing.sampling_error.variance > alone.sampling_error.variance
    assert sharing.sampling_error.degrees_of_freedom <= 39


def test_one_group_has_no_error(teams: Callable[..., object]) -> None:
    simulated = teams(30, 3)
    structure = Structure(groups=np.zeros(30, dtype=np.int64))
    assert measured_value(ACCURACY, simulated.gold, [simulated.a], structure).sampling_error is None


def test_a_metric_without_influence_values_has_a_value_and_no_error(teams: Callable[..., object]) -> None:
    simulated = teams(300, 3)
    found = measured_value(metric("calibration_error"), simulated.gold, [simulated.a], INDEPENDENT)
    assert found.sampling_error is None
    assert found.value > 0.0


def test_several_runs_are_their_mean(teams: Callable[..., object]) -> None:
    simulated = teams(300, 3)
    found = measured_value(ACCURACY, simulated.gold, [simulated.a, simulated.b], INDEPENDENT)
    assert found.value == pytest.approx(np.mean(found.of_runs))
    assert len(found.of_runs) == 2
    assert found.n_right is None


def test_what_is_not_defined_has_no_value(teams: Callable[..., object]) -> None:
    simulated = teams(40, 2, matching=True)
    no_scores = Predictions(simulated.a.y_pred)
    assert measured_value(metric("roc_auc"), simulated.gold, [no_scores], INDEPENDENT) is None
