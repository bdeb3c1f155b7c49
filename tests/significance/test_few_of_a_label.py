"""Metrics of counts where few examples are positive, predicted so, or of a class: what is said, and how carefully."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.count_metrics import swap_tests
from reviewer_app.significance.headline import headline
from reviewer_app.significance.joint_counts import joint_counts
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.units import units_of_examples

Answers = Callable[..., dict[str, PairedDifference]]


def test_one_false_positive_of_a_team_that_predicts_few_is_not_significant(settings: Settings) -> None:
    """By swaps alone it is: no swap brings about so small a number of predictions, so precision never differs as much.

    With hardly a false positive in the population and recall 0.99 against 0.5, swaps alone rejected 16 % of true nulls.
    """
    y = np.repeat([1, 0], [20, 30])
    a = y.copy()
    b = np.zeros(50, dtype=np.int64)
    b[:9], b[20] = 1, 1
    gold, metric = Gold(y, 2, 1), METRICS["precision"]
    swaps = swap_tests([metric], units_of_examples(gold, joint_counts(gold, a, b)), settings)["precision"]
    found = headline([metric], gold, Predictions(a), Predictions(b), Structure(), {}, settings)["precision"]
    assert swaps.p is not None
    assert swaps.p.p_value < 0.01
    assert found.p_value is not None
    assert found.p_value > 0.2
    assert found.ci_low is not None
    assert found.ci_low < 0.0
    assert found.test_method == "studentised swap permutation and bootstrap, the larger p"


def test_agreeing_on_two_examples_of_a_class_is_not_equivalence_of_balanced_accuracy(settings: Settings) -> None:
    y = np.repeat([0, 1, 2], [100, 98, 2])
    a = y.copy()
    a[:3] = 1
    found = headline(
        [METRICS["balanced_accuracy"]],
        Gold(y, 3),
        Predictions(a),
        Predictions(y),
        Structure(),
        {"balanced_accuracy": 0.05},
        settings,
    )["balanced_accuracy"]
    assert found.p_equivalence is not None
    assert found.p_equivalence > 0.05
    assert found.ci_high is not None
    assert found.ci_high > 0.05


@pytest.mark.parametrize("seed", range(3))
def test_p_is_below_alpha_only_where_the_interval_leaves_out_zero(
    seed: int, teams: Callable[..., Any], answers: Answers
) -> None:
    simulated = teams(300, 2, matching=True, seed=seed, skill_a=1.6, skill_b=1.3)
    for answer in answers(simulated, Settings(n_resamples=4_000), names=["f1", "precision", "recall", "mcc"]).values():
        excludes_zero = answer.ci_low > 0.0 or answer.ci_high < 0.0
        # Give or take the resamples' own error.
        assert answer.p_value > 0.05 - 4 * (answer.monte_carlo_error or 0.0) or excludes_zero


def test_few_positives_and_few_predictions_are_named_where_the_metric_looks_at_them(settings: Settings) -> None:
    y = np.repeat([1, 0], [30, 100])
    a, b = y.copy(), y.copy()
    a[:12] = 0
    b[30:52] = 1
    gold = Gold(y, 2, 1)
    metrics = [METRICS[name] for name in ("recall", "precision", "f1")]
    found = headline(metrics, gold, Predictions(a), Predictions(b), Structure(), {}, settings)
    few_predicted = (
        "fewer than 20 examples predicted positive by a team (18): error rates of test and interval are not assured"
    )
    assert found["recall"].marks == ()
    assert found["precision"].marks == (few_predicted,)
    assert found["f1"].marks == (few_predicted,)
    halved = np.arange(130) % 2 == 0
    found = headline(
        metrics, gold.take(halved), Predictions(a[halved]), Predictions(b[halved]), Structure(), {}, settings
    )
    assert any(mark.startswith("fewer than 20 positives (15)") for mark in found["recall"].marks)
    assert any(mark.startswith("fewer than 20 examples differ (17)") for mark in found["recall"].marks)


def test_few_groups_are_named(teams: Callable[..., Any], settings: Settings, answers: Answers) -> None:
    simulated = teams(200, 2, matching=True, seed=4)
    structure = Structure(groups=np.arange(200) % 25)
    for answer in answers(simulated, settings, structure, names=["accuracy", "f1", "log_loss"]).values():
        assert any(mark.startswith("fewer than 50 groups (25)") for mark in answer.marks)


def test_few_positives_that_an_auc_hangs_on_are_named(settings: Settings) -> None:
    """Of 60 positives both teams rank 55 above every negative: only five tell the teams apart."""
    rng = np.random.default_rng(0)
    y = np.repeat([1, 0], [60, 200])
    a = np.concatenate([rng.uniform(2.0, 3.0, 60), rng.uniform(0.0, 1.0, 200)])
    b = a.copy()
    b[:5] = rng.uniform(0.2, 0.9, 5)
    teams = [Predictions((score > 1.0).astype(np.int64), score=score) for score in (a, b)]
    found = headline([METRICS["roc_auc"]], Gold(y, 2, 1), *teams, Structure(), {}, settings)["roc_auc"]
    few = "fewer than 20 positives are placed differently (5): error rates of test and interval are not assured"
    assert found.marks == (few,)


@pytest.mark.parametrize(("n_positive", "is_tested"), [(5, False), (9, False), (10, True)])
def test_an_unbounded_loss_is_not_tested_on_a_handful_of_positives(
    n_positive: int, is_tested: bool, settings: Settings
) -> None:
    """A team that is too sure pays on few positives: with 5 the worse team was found better in 10 % of comparisons."""
    rng = np.random.default_rng(2)
    y = np.repeat([1, 0], [n_positive, 60])
    teams = []
    for _ in range(2):
        probability = np.clip(np.where(y == 1, 0.7, 0.2) + rng.normal(0.0, 0.08, len(y)), 0.02, 0.98)
        both = np.stack([1.0 - probability, probability], axis=1)
        teams.append(Predictions((probability > 0.5).astype(np.int64), score=probability, probabilities=both))
    metrics = [METRICS["log_loss"], METRICS["brier"]]
    found = headline(metrics, Gold(y, 2, 1), *teams, Structure(), {"log_loss": 0.5}, settings)
    assert (found["log_loss"].p_value is not None) is is_tested
    assert (found["log_loss"].p_equivalence is not None) is is_tested
    assert found["log_loss"].ci_low is not None
    assert found["brier"].p_value is not None
    for answer in found.values():
        assert any(mark.startswith(f"fewer than 20 positives ({n_positive})") for mark in answer.marks)
    reason = f"no test: fewer than 10 positives ({n_positive}), and an unbounded loss may hang on them"
    assert found["log_loss"].not_defined == (None if is_tested else reason)
