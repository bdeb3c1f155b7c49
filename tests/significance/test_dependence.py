"""THE p and THE interval where examples depend on each other: groups, shared records, seeds."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS, metrics_for
from reviewer_app.significance.clusters import RecordPairs, two_way_variance
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.influence import influence_of_runs
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.wald import wald

MARGINS = dict.fromkeys(METRICS, 0.01)
Answers = Callable[..., dict[str, PairedDifference]]


def grouped_teams(teams: Callable[..., Any], n_groups: int, size: int, seed: int) -> tuple[Any, Structure]:
    """Return teams and groups whose examples are copies of each other, so that only groups count."""
    simulated = teams(n_groups, 3, seed=seed)
    copies = np.repeat(np.arange(n_groups), size)
    many = replace(simulated, gold=simulated.gold.take(copies), a=simulated.a.take(copies), b=simulated.b.take(copies))
    return many, Structure(groups=copies)


def exact_mcnemar(simulated: Any) -> float:
    right_a, right_b = (run.y_pred == simulated.gold.y_true for run in (simulated.a, simulated.b))
    return mcnemar(int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())).p_exact


@pytest.mark.parametrize("n_groups", [30, 120])
def test_copies_within_groups_add_nothing(
    n_groups: int, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    copied, structure = grouped_teams(teams, n_groups, 5, seed=16)
    originals = teams(n_groups, 3, seed=16)
    of_copies, of_originals = answers(copied, settings, structure), answers(originals, settings)
    naive = answers(copied, settings)
    for metric_id in ("accuracy", "macro_f1", "mcc", "log_loss", "brier", "macro_ovr_roc_auc"):
        found, alone = of_copies[metric_id], of_originals[metric_id]
        assert found.difference == pytest.approx(alone.difference)
        # Below 50 groups each is left out in turn, which gives a little more.
        assert found.standard_error == pytest.approx(alone.standard_error, rel=0.1), metric_id
        # The swaps of an accuracy are the exact McNemar test; on independent examples it is the mid-p.
        p_alone = exact_mcnemar(originals) if metric_id == "accuracy" else alone.p_value
        assert found.p_value == pytest.approx(p_alone, abs=0.06), metric_id
        assert naive[metric_id].standard_error < 0.6 * found.standard_error
        width = found.ci_high - found.ci_low
        assert width == pytest.approx(alone.ci_high - alone.ci_low, rel=0.2), metric_id
        assert "group" in found.test_method
        of_counts = "t with delete-one-group jackknife" if n_groups < 50 else "expanded cluster percentile bootstrap"
        is_of_counts = metric_id in ("macro_f1", "mcc")
        assert found.interval_method == (of_counts if is_of_counts else "t over groups, corrected for skewness")


def test_groups_of_one_example_each_are_no_structure(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(100, 3, seed=17)
    alone = Structure(groups=np.random.default_rng(0).permutation(100))
    assert answers(simulated, settings, alone) == answers(simulated, settings)


def test_one_group_alone_gives_values_and_a_reason(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(50, 3, seed=18)
    for metric_id, answer in answers(simulated, settings, Structure(groups=np.zeros(50, dtype=np.int64))).items():
        assert answer.difference is not None
        assert answer.p_value is None, metric_id
        assert answer.not_defined


def test_agreeing_groups_are_not_equivalent_for_certain(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    copied, structure = grouped_teams(teams, 12, 3, seed=19)
    found = answers(replace(copied, b=copied.a), settings, structure)
    for metric_id in ("accuracy", "macro_f1"):
        assert found[metric_id].p_value == 1.0
        assert found[metric_id].ci_low < 0.0 < found[metric_id].ci_high
        assert found[metric_id].p_equivalence is None
        assert found[metric_id].marks == (
            "fewer than 50 groups (12): error rates of test and interval are not assured",
            "fewer than 10 groups differ, so equivalence is not tested",
        )
    assert found["brier"].p_equivalence is None


def shared_record_structure(n: int, n_records: int, seed: int = 0) -> Structure:
    rng = np.random.default_rng(seed)
    return Structure(left_records=rng.integers(0, n_records, n), right_records=rng.integers(0, n_records, n))


def test_pairs_that_share_records_go_by_two_way_variance(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(300, 2, matching=True, seed=20)
    structure = shared_record_structure(300, 60)
    found = answers(simulated, settings, structure)
    for metric_id in ("accuracy", "f1", "precision", "mcc", "log_loss", "roc_auc"):
        answer = found[metric_id]
        influence = influence_of_runs(METRICS[metric_id], simulated.gold, [simulated.a], [simulated.b])
        pairs = RecordPairs.of(structure.left_records, structure.right_records)
        two_way = two_way_variance(influence.values, pairs, influence.pseudo_variance)
        about_none = two_way_variance(
            influence.values + answer.difference / 300, pairs, influence.pseudo_variance, about_mean=True
        )
        expected = wald(answer.difference, math.sqrt(two_way.variance), margin=0.01, df=two_way.degrees_of_freedom)
        assert answer.degrees_of_freedom == pytest.approx(two_way.degrees_of_freedom)
        null = wald(answer.difference, math.sqrt(about_none.variance), df=about_none.degrees_of_freedom)
        assert answer.p_value == pytest.approx(max(expected.p_value, null.p_value))
        assert (answer.ci_low, answer.ci_high) == pytest.approx((expected.ci_low, expected.ci_high))
        assert answer.p_equivalence == pytest.approx(expected.p_equivalence)
        assert "shared records" in answer.test_method
    for metric_id in ("average_precision", "recall_at_precision_90"):
        assert found[metric_id].standard_error > 0.0
        assert "shared records" in found[metric_id].interval_method


def test_few_records_with_most_of_the_pairs_leave_few_degrees_of_freedom(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(600, 2, matching=True, seed=33)
    # Four left records have 100 pairs each, fifty have four.
    left = np.repeat(np.arange(54), [100] * 4 + [4] * 50)
    uneven = answers(simulated, settings, Structure(left_records=left, right_records=np.arange(600)))
    even = answers(simulated, settings, Structure(left_records=np.arange(600) // 12, right_records=np.arange(600)))
    for metric_id in ("accuracy", "f1", "brier", "roc_auc"):
        assert uneven[metric_id].degrees_of_freedom < 25 < even[metric_id].degrees_of_freedom <= 49


@pytest.mark.parametrize("metric_id", ["accuracy", "f1", "log_loss"])
def test_a_record_in_nearly_half_of_the_pairs_does_not_decide_alone(metric_id: str) -> None:
    """Error rates are the records' own: with the variance about the observed difference 10 % of nulls are rejected."""
    rng = np.random.default_rng(1)
    n, n_records, n_simulations, rejected = 300, 60, 200, 0
    for _ in range(n_simulations):
        left = np.where(rng.random(n) < 0.45, 0, rng.integers(1, n_records, n))
        y = (rng.random(n) < 0.4).astype(np.int64)
        runs = []
        for _ in range(2):
            labels = np.where(rng.random(n) < rng.beta(0.5, 2.0, n_records)[left], 1 - y, y)
            probability = np.where(labels == 1, 0.8, 0.2)
            both = np.stack([1.0 - probability, probability], axis=1)
            runs.append(Predictions(labels, score=probability, probabilities=both))
        structure = Structure(left_records=left, right_records=np.arange(n))
        settings = Settings(n_resamples=200)
        found = headline([METRICS[metric_id]], Gold(y, 2, 1), *runs, structure, {}, settings)[metric_id]
        rejected += found.p_value is not None and found.p_value < 0.05
    assert rejected <= 0.05 * n_simulations
    assert found.marks[0].startswith("one record stands in 4")


def test_seeds_that_make_no_difference_leave_the_answer_of_shared_records(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(300, 2, matching=True, seed=34)
    structure = Structure(left_records=np.arange(300) // 4 % 40, right_records=np.arange(300))
    alone = answers(simulated, settings, structure, names=["f1", "brier"])
    given = (simulated.gold, [simulated.a] * 3, [simulated.b] * 3, structure, MARGINS, settings)
    found = headline_seeds([METRICS["f1"], METRICS["brier"]], *given)
    for metric_id, answer in found.items():
        assert answer.degrees_of_freedom == pytest.approx(alone[metric_id].degrees_of_freedom)
        assert (answer.ci_low, answer.ci_high) == pytest.approx((alone[metric_id].ci_low, alone[metric_id].ci_high))
        assert answer.p_value == pytest.approx(alone[metric_id].p_value)


WITHOUT_EFFECTS = replace(METRICS["average_precision"], effects=None)


@pytest.mark.parametrize("grouped", [False, True])
def test_average_precision_by_influence_is_as_by_resamples(
    grouped: bool, teams: Callable[..., Any], answers: Answers
) -> None:
    simulated = teams(600, 2, matching=True, seed=21, skill_a=1.0, skill_b=0.7)
    structure = Structure(groups=np.arange(600) // 4) if grouped else shared_record_structure(600, 120)
    by_influence = answers(simulated, Settings(), structure, names=["average_precision"])["average_precision"]
    by_resamples = headline(
        [WITHOUT_EFFECTS], simulated.gold, simulated.a, simulated.b, structure, MARGINS, Settings(n_resamples=4_000)
    )["average_precision"]
    assert by_resamples.standard_error == pytest.approx(by_influence.standard_error, rel=0.1)
    assert by_resamples.p_value == pytest.approx(by_influence.p_value, abs=0.05)
    assert (by_influence.n_resamples is None) == (not grouped)
    assert by_resamples.n_resamples == 4_000


def test_seeds_of_average_precision_need_no_resamples(teams: Callable[..., Any]) -> None:
    runs = [teams(400, 2, matching=True, seed=31, skill_a=1.2 + 0.02 * seed) for seed in range(3)]
    for metric, n_resamples in ((METRICS["average_precision"], None), (WITHOUT_EFFECTS, 2_000)):
        answer = headline_seeds(
            [metric],
            runs[0].gold,
            [run.a for run in runs],
            [runs[0].b],
            Structure(),
            MARGINS,
            Settings(n_resamples=2_000),
        )["average_precision"]
        assert answer.n_resamples == n_resamples
        assert answer.standard_error == pytest.approx(0.02, abs=0.01)


def test_recall_at_fixed_precision_is_resampled_by_groups_where_they_are_many(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(600, 2, matching=True, seed=32, skill_a=3.0, skill_b=2.5)
    many = answers(simulated, settings, Structure(groups=np.arange(600) // 4), names=["recall_at_precision_90"])
    answer = many["recall_at_precision_90"]
    assert answer.test_method == "paired bootstrap of groups"
    assert answer.ci_low < answer.difference < answer.ci_high
    few = answers(simulated, settings, Structure(groups=np.arange(600) // 20), names=["recall_at_precision_90"])
    assert few["recall_at_precision_90"].p_value is None
    assert "fewer than 50 groups" in few["recall_at_precision_90"].not_defined


def test_few_disagreements_on_shared_records_never_lower_p(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(200, 2, matching=True, seed=22)
    y_pred = simulated.a.y_pred.copy()
    y_pred[:6] = 1 - y_pred[:6]
    few = replace(simulated, b=Predictions(y_pred))
    # Every pair that differs has a left record of its own, so that the t test alone is bold.
    structure = Structure(left_records=np.arange(200) // 2, right_records=np.arange(200))
    found, plain = answers(few, settings, structure), answers(few, settings)
    for metric_id in ("accuracy", "f1", "mcc"):
        assert found[metric_id].p_value >= plain[metric_id].p_value


def test_all_pairs_on_one_record_give_a_reason(teams: Callable[..., Any], settings: Settings, answers: Answers) -> None:
    simulated = teams(40, 2, matching=True, seed=23)
    structure = Structure(left_records=np.zeros(40, dtype=np.int64), right_records=np.arange(40))
    for metric_id, answer in answers(simulated, settings, structure).items():
        assert answer.p_value is None
        assert answer.ci_low is None
        if metric_id != "calibration_error":
            assert "one record" in answer.not_defined


def test_records_that_are_never_shared_are_no_structure(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(100, 2, matching=True, seed=24)
    alone = Structure(left_records=np.arange(100), right_records=np.arange(100)[::-1].copy())
    assert answers(simulated, settings, alone) == answers(simulated, settings)


def several_runs(teams: Callable[..., Any], n: int, seeds: int, **options: Any) -> tuple[Any, list[Any], list[Any]]:
    first = teams(n, 2, matching=True, seed=100, **options)
    runs = [teams(n, 2, matching=True, seed=100 + seed, **options) for seed in range(seeds)]
    same_gold = [run for run in runs if np.array_equal(run.gold.y_true, first.gold.y_true)]
    assert same_gold
    rng = np.random.default_rng(5)

    def noisy(base: Predictions) -> Predictions:
        score = np.clip(base.score + 0.05 * rng.standard_normal(n), 0.0, 1.0)
        return Predictions((score > 0.5).astype(np.int64), score=score, probabilities=np.stack([1 - score, score], 1))

    return first.gold, [noisy(first.a) for _ in range(seeds)], [noisy(first.b) for _ in range(seeds)]


def test_seeds_add_their_variance_to_that_of_the_examples(teams: Callable[..., Any], settings: Settings) -> None:
    gold, runs_a, runs_b = several_runs(teams, 300, 4)
    metrics = metrics_for("matching", 2, False)
    found = headline_seeds(metrics, gold, runs_a, runs_b, Structure(), MARGINS, settings)
    for metric_id in ("accuracy", "f1", "log_loss", "roc_auc"):
        metric, answer = METRICS[metric_id], found[metric_id]
        values_a = [metric.value(gold, run).value for run in runs_a]
        values_b = [metric.value(gold, run).value for run in runs_b]
        assert answer.a == pytest.approx(np.mean(values_a))
        assert answer.difference == pytest.approx(np.mean(values_a) - np.mean(values_b))
        of_examples = influence_of_runs(metric, gold, runs_a, runs_b).variance
        expected = of_examples + np.var(values_a, ddof=1) / 4 + np.var(values_b, ddof=1) / 4
        assert answer.standard_error == pytest.approx(math.sqrt(expected))
        assert answer.ci_low < answer.difference < answer.ci_high
        assert "Satterthwaite" in answer.test_method
    assert found["average_precision"].standard_error > 0.0


def test_seeds_and_shared_records_and_groups_go_together(teams: Callable[..., Any], settings: Settings) -> None:
    gold, runs_a, runs_b = several_runs(teams, 200, 3)
    metrics = [METRICS["f1"], METRICS["brier"]]
    plain = headline_seeds(metrics, gold, runs_a, runs_b, Structure(), MARGINS, settings)
    copies = np.repeat(np.arange(200), 4)
    repeated = [gold.take(copies), [run.take(copies) for run in runs_a], [run.take(copies) for run in runs_b]]
    for structure in (Structure(groups=copies), Structure(left_records=copies, right_records=copies)):
        found = headline_seeds(metrics, *repeated, structure, MARGINS, settings)
        for metric in metrics:
            assert found[metric.id].standard_error == pytest.approx(plain[metric.id].standard_error, rel=0.05)


def test_one_run_against_several_says_whose_noise_is_missing(teams: Callable[..., Any], settings: Settings) -> None:
    gold, runs_a, runs_b = several_runs(teams, 200, 3)
    found = headline_seeds([METRICS["f1"]], gold, runs_a, runs_b[:1], Structure(), MARGINS, settings)["f1"]
    assert any(mark.startswith("B has one seed") for mark in found.marks)


def test_seeds_that_differ_more_than_the_teams_are_named(teams: Callable[..., Any], settings: Settings) -> None:
    gold, runs_a, runs_b = several_runs(teams, 3_000, 1, skill_a=2.0, skill_b=1.6)
    worse = replace(runs_a[0], y_pred=np.where(np.arange(3_000) % 5 == 0, 0, runs_a[0].y_pred))
    found = headline_seeds(
        [METRICS["accuracy"]], gold, [runs_a[0], runs_a[0], worse], runs_b * 3, Structure(), MARGINS, settings
    )["accuracy"]
    assert found.p_value > 0.05
    assert "the seeds' noise alone keeps the difference from being significant" in found.marks


def test_one_run_of_each_is_not_several_seeds(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(50, 2, matching=True)
    with pytest.raises(ValueError, match="not several seeds"):
        headline_seeds([], simulated.gold, [simulated.a], [simulated.b], Structure(), {}, settings)


def test_groups_that_differ_are_those_that_the_metric_sees(settings: Settings) -> None:
    # Positives stand in 8 of 40 groups; the teams differ on negatives everywhere.
    groups = np.repeat(np.arange(40), 10)
    y_true = ((groups < 8) & (np.arange(400) % 2 == 0)).astype(np.int64)
    a, b = y_true.copy(), y_true.copy()
    a[(groups >= 8) & (np.arange(400) % 5 == 0)] = 1
    a[(groups < 8) & (np.arange(400) % 10 == 0)] = 0
    b[(groups < 8) & (np.arange(400) % 10 == 2)] = 0
    found = headline(
        [METRICS["recall"], METRICS["f1"]],
        Gold(y_true, 2, positive=1),
        Predictions(a),
        Predictions(b),
        Structure(groups=groups),
        {"recall": 0.9, "f1": 0.9},
        settings,
    )
    mark = "fewer than 10 groups differ, so equivalence is not tested"
    assert mark in found["recall"].marks
    assert found["recall"].p_equivalence is None
    assert mark not in found["f1"].marks
    assert found["f1"].p_equivalence is not None


def test_seeds_do_not_make_groups_differ_that_the_metric_does_not_see(settings: Settings) -> None:
    groups, place = np.repeat(np.arange(20), 40), np.tile(np.arange(40), 20)
    y_true = ((groups < 8) & (place < 10)).astype(np.int64)
    runs_a, runs_b = [], []
    for seed in range(3):
        for runs, at in ((runs_a, 20 + seed), (runs_b, 30 + seed)):
            y_pred = y_true.copy()
            y_pred[place == at] = 1
            runs.append(Predictions(y_pred))
    given = [METRICS["recall"]], Gold(y_true, 2, positive=1)
    mark = "fewer than 10 groups differ, so equivalence is not tested"
    found = headline_seeds(*given, runs_a, runs_b, Structure(groups=groups), {"recall": 0.02}, settings)["recall"]
    assert mark in found.marks
    assert found.p_equivalence is None
