"""Bootstrap and studentised swaps of metrics of counts against the same done example by example."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.count_metrics import (
    bootstrap,
    bootstrap_p,
    degrees_of_freedom,
    jackknife,
    precise_bootstrap,
    swap_statistics,
    swap_tests,
)
from reviewer_app.significance.influence import influence_of_runs
from reviewer_app.significance.joint_counts import joint_counts
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.ranking_bootstrap import expanded_interval, expanded_p
from reviewer_app.significance.units import (
    Units,
    count_differences,
    units_of_examples,
    units_of_groups,
    units_of_labels,
)

MATCHING = [METRICS[name] for name in ("f1", "precision", "recall", "f0_5", "mcc")]
CLASSIFICATION = [METRICS[name] for name in ("macro_f1", "weighted_f1", "macro_precision", "mcc", "cohen_kappa")]


def units_for(gold: Gold, a: IntArray, b: IntArray) -> Units:
    return units_of_examples(gold, joint_counts(gold, a, b))


def exact_p_by_example(metric: Metric, gold: Gold, a: IntArray, b: IntArray) -> float:
    """Return the mid-p over all 2^m swaps of the m examples on which the teams differ, each computed from scratch."""
    differing = np.flatnonzero(a != b)

    def statistic(swapped: tuple[bool, ...]) -> float:
        of_a, of_b = a.copy(), b.copy()
        chosen = differing[np.asarray(swapped, dtype=bool)]
        of_a[chosen], of_b[chosen] = b[chosen], a[chosen]
        run_a, run_b = Predictions(of_a), Predictions(of_b)
        value_a, value_b = metric.value(gold, run_a).value, metric.value(gold, run_b).value
        if value_a is None or value_b is None:
            return math.nan
        return (value_a - value_b) / math.sqrt(influence_of_runs(metric, gold, [run_a], [run_b]).variance)

    observed = abs(statistic((False,) * len(differing)))
    all_statistics = [abs(statistic(swaps)) for swaps in itertools.product((False, True), repeat=len(differing))]
    defined = [value for value in all_statistics if not math.isnan(value)]
    n_beyond = sum(value > observed + 1e-9 for value in defined)
    n_ties = sum(abs(value - observed) <= 1e-9 for value in defined)
    return (n_beyond + n_ties / 2.0) / len(defined)


@pytest.mark.parametrize("metric", MATCHING, ids=lambda metric: metric.id)
@pytest.mark.parametrize("seed", [1, 3])
def test_enumerated_swaps_of_joint_counts_are_all_swaps_of_examples(
    metric: Metric, seed: int, teams: Callable[..., Any]
) -> None:
    simulated = teams(40, 2, seed=seed, matching=True, class_weights=(3.0, 1.0), shared=2.0, skill_a=2.5, skill_b=2.2)
    a, b = simulated.a.y_pred, simulated.b.y_pred
    assert 3 <= np.count_nonzero(a != b) <= 10
    test = swap_tests([metric], units_for(simulated.gold, a, b), Settings())[metric.id]
    assert test.p is not None
    assert test.p.n_resamples is None
    assert test.p.p_value == pytest.approx(exact_p_by_example(metric, simulated.gold, a, b), rel=1e-9)


@pytest.mark.parametrize("metric", [*CLASSIFICATION, METRICS["mean_cost"]], ids=lambda metric: metric.id)
def test_enumerated_swaps_with_more_classes_costs_and_labels_outside(metric: Metric, teams: Callable[..., Any]) -> None:
    simulated = teams(16, 3, seed=5, costs=True, outside=1, shared=3.0)
    a, b = simulated.a.y_pred, simulated.b.y_pred
    assert 4 <= np.count_nonzero(a != b) <= 10
    test = swap_tests([metric], units_for(simulated.gold, a, b), Settings())[metric.id]
    assert test.p is not None
    assert test.p.p_value == pytest.approx(exact_p_by_example(metric, simulated.gold, a, b), rel=1e-9)


def test_the_raw_statistic_over_all_swaps_is_the_known_answer(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["swap_permutation_raw"]
    y, a, b = (np.asarray(entry["input"][name]) for name in ("y_true", "y_pred_a", "y_pred_b"))

    def f1(labels: IntArray) -> Fraction:
        hits = int(np.count_nonzero((labels == 1) & (y == 1)))
        return Fraction(2 * hits, int(labels.sum() + y.sum()))

    differing = np.flatnonzero(a != b)
    raw = []
    for swaps in itertools.product((False, True), repeat=len(differing)):
        of_a, of_b = a.copy(), b.copy()
        chosen = differing[np.asarray(swaps)]
        of_a[chosen], of_b[chosen] = b[chosen], a[chosen]
        raw.append(abs(f1(of_a) - f1(of_b)))
    assert sum(value >= raw[0] for value in raw) / len(raw) == entry["expected"]["p"]

    gold = Gold(y, 2, 1)
    units = units_for(gold, a, b)
    observed = units.class_counts(units.class_sums(units.counts[:, np.newaxis]))
    differences = count_differences(METRICS["f1"], observed)
    assert differences == pytest.approx(entry["expected"]["f1_a"] - entry["expected"]["f1_b"])
    studentised = swap_tests([METRICS["f1"]], units, Settings())["f1"].p
    assert studentised is not None
    assert studentised.p_value == pytest.approx(exact_p_by_example(METRICS["f1"], gold, a, b), rel=1e-9)


def test_random_swaps_come_near_the_enumeration(teams: Callable[..., Any]) -> None:
    simulated = teams(300, 2, seed=3, matching=True, skill_a=1.6, skill_b=1.4)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    exact = swap_tests(MATCHING, units, Settings(n_resamples=200_000))
    drawn = swap_tests(MATCHING, units, Settings(n_resamples=500, alpha=1e-6))
    for metric in MATCHING:
        of_all, of_some = exact[metric.id].p, drawn[metric.id].p
        assert of_all is not None
        assert of_some is not None
        assert of_all.n_resamples is None
        assert of_some.n_resamples == 500
        assert of_some.monte_carlo_error is not None
        assert abs(of_some.p_value - of_all.p_value) < 4 * of_some.monte_carlo_error + 1 / 500


@pytest.mark.parametrize("skill_b", [1.5, 1.2, 0.5])
@pytest.mark.parametrize("k", [2, 6, 40])
def test_arrangements_that_are_no_hits_need_no_exact_statistic(
    skill_b: float, k: int, teams: Callable[..., Any]
) -> None:
    simulated = teams(400, k, seed=11, matching=k == 2, skill_a=1.5, skill_b=skill_b)
    units = units_of_labels(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    settings = Settings(n_resamples=400, alpha=2.0)  # which no p is near
    metrics = MATCHING if k == 2 else CLASSIFICATION
    tests = swap_tests(metrics, units, settings)
    for metric in metrics:
        with_all = swap_statistics(metric, units, settings)
        assert with_all is not None
        assert tests[metric.id].p == with_all.p


def test_a_variance_that_is_large_enough_may_be_a_part_of_the_sum(teams: Callable[..., Any]) -> None:
    simulated = teams(500, 40, seed=12)
    units = units_of_labels(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    weights = np.repeat(units.counts[:, np.newaxis], 6, axis=1) * np.linspace(1.0, 2.0, 6)
    counts = units.class_counts(units.class_sums(weights))
    exact = units.variances(METRICS["macro_f1"], counts, weights)
    enough = exact * np.array([0.001, 0.001, 0.001, 0.99, 1.01, np.inf])
    partial = units.variances(METRICS["macro_f1"], counts, weights, enough)
    assert np.all(partial[:4] > enough[:4])
    assert np.all(partial <= exact * (1 + 1e-12))
    assert np.all(partial[:3] < 0.9 * exact[:3])
    assert partial[4:] == pytest.approx(exact[4:], rel=1e-12)


def test_units_in_another_order_are_the_same_units(teams: Callable[..., Any]) -> None:
    simulated = teams(300, 5, seed=13)
    a, b = simulated.a.y_pred, simulated.b.y_pred
    units = units_for(simulated.gold, a, b)
    other = units.heaviest_first()
    assert np.array_equal(np.sort(other.counts), np.sort(units.counts))
    both = np.stack([units.class_sums(weights)[:, 0] for weights in (units.counts[:, None], units.pseudo[:, None])])
    again = np.stack([other.class_sums(weights)[:, 0] for weights in (other.counts[:, None], other.pseudo[:, None])])
    assert again == pytest.approx(both)
    assert np.array_equal(other.swapped[other.swapped], np.arange(len(other.counts)))
    turned = units_of_labels(simulated.gold, b, a)
    unturned = units_of_labels(simulated.gold, a, b)
    assert np.array_equal(turned.counts, unturned.counts)
    assert np.array_equal(turned.mirrored().features.toarray(), unturned.features.toarray())
    mirror_images = unturned.features[unturned.swapped].toarray()
    assert np.array_equal(unturned.mirrored().features.toarray(), mirror_images)


@pytest.mark.parametrize(("only_a", "only_b"), [(1, 0), (3, 3), (7, 2), (12, 0)])
def test_swaps_of_recall_are_mcnemars_mid_p_over_the_positives(only_a: int, only_b: int) -> None:
    """Ties count half: with >= recall's test rejected 1 % of true nulls of 30 positives instead of 5 %."""
    y = np.repeat([0, 1], [60, 30])
    a, b = y.copy(), y.copy()
    b[60 : 60 + only_a], a[60 + only_a : 60 + only_a + only_b] = 0, 0
    a[:5] = 1
    test = swap_tests([METRICS["recall"]], units_for(Gold(y, 2, 1), a, b), Settings())["recall"]
    assert test.p is not None
    assert test.p.p_value == pytest.approx(mcnemar(only_a, only_b).p_mid, rel=1e-9)


def test_a_p_near_alpha_is_drawn_from_ten_times_as_many(teams: Callable[..., Any]) -> None:
    simulated = teams(400, 5, seed=4)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    metric = METRICS["macro_f1"]
    first = swap_tests([metric], units, Settings(n_resamples=200, alpha=1e-9))["macro_f1"].p
    assert first is not None
    near = swap_tests([metric], units, Settings(n_resamples=200, alpha=first.p_value))["macro_f1"].p
    assert near is not None
    assert near.n_resamples is not None
    assert near.n_resamples >= 2_000
    assert near.monte_carlo_error is not None
    assert near.monte_carlo_error < first.monte_carlo_error


def test_teams_that_agree_everywhere_have_p_one_and_an_interval_with_a_width(teams: Callable[..., Any]) -> None:
    simulated = teams(60, 3, seed=5)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.a.y_pred)
    test = swap_tests([METRICS["macro_f1"]], units, Settings())["macro_f1"]
    assert test.p is not None
    assert test.p.p_value == 1.0
    assert test.standard_error is not None
    assert test.standard_error > 0.0
    values = bootstrap([METRICS["macro_f1"]], units, Settings(n_resamples=2_000))["macro_f1"]
    low, high = np.quantile(values, [0.025, 0.975])
    assert low < 0.0 < high


def index_bootstrap(metrics: list[Metric], gold: Gold, a: IntArray, b: IntArray, n_resamples: int) -> FloatArray:
    """Return differences over resamples of the examples and of the two pseudo-examples, drawn one by one."""
    rng = np.random.default_rng(99)
    counts = joint_counts(gold, a, b)
    n = gold.n_examples
    cells = np.flatnonzero(counts.pseudo)
    values = np.empty((n_resamples, len(metrics)))
    for row in range(n_resamples):
        drawn = rng.integers(0, n + 2, size=n + 2)
        own = drawn[drawn < n]
        extra = rng.choice(cells, size=int(np.count_nonzero(drawn >= n)), p=counts.pseudo[cells] / 2.0)
        part = replace(gold, y_true=np.concatenate([gold.y_true[own], counts.y[extra]]))
        of_a = Predictions(np.concatenate([a[own], counts.a[extra]]))
        of_b = Predictions(np.concatenate([b[own], counts.b[extra]]))
        for column, metric in enumerate(metrics):
            values[row, column] = metric.value(part, of_a).value - metric.value(part, of_b).value
    return values


@pytest.mark.parametrize(("n", "k"), [(60, 2), (400, 4)])
def test_multinomial_draws_of_joint_counts_are_the_index_bootstrap(n: int, k: int, teams: Callable[..., Any]) -> None:
    simulated = teams(n, k, seed=6, outside=2)
    gold, a, b = simulated.gold, simulated.a.y_pred, simulated.b.y_pred
    metrics = [METRICS["macro_f1"], METRICS["mcc"]]
    by_counts = bootstrap(metrics, units_for(gold, a, b), Settings(n_resamples=3_000, seed=1))
    by_index = index_bootstrap(metrics, gold, a, b, 1_500)
    for column, metric in enumerate(metrics):
        assert stats.ks_2samp(by_counts[metric.id], by_index[:, column]).pvalue > 0.01
        assert by_counts[metric.id].mean() == pytest.approx(
            by_index[:, column].mean(), abs=4 * by_index.std() / 1_500**0.5
        )
        assert by_counts[metric.id].std() == pytest.approx(by_index[:, column].std(), rel=0.08)


def test_all_metrics_see_the_same_resamples(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 3, seed=7)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    together = bootstrap([METRICS["macro_f1"], METRICS["mcc"]], units, Settings(n_resamples=500, seed=2))
    alone = bootstrap([METRICS["mcc"]], units, Settings(n_resamples=500, seed=2))
    assert np.array_equal(together["mcc"], alone["mcc"])
    assert np.corrcoef(together["macro_f1"], together["mcc"])[0, 1] > 0.9


def test_the_seed_decides_every_number(teams: Callable[..., Any]) -> None:
    simulated = teams(500, 6, seed=8)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    first, again, other = (
        bootstrap([METRICS["macro_f1"]], units, Settings(n_resamples=300, seed=seed))["macro_f1"] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_metric_that_is_often_undefined_has_no_interval_and_does_not_bend_the_others(
    teams: Callable[..., Any],
) -> None:
    y = np.repeat([0, 1], [50, 50])
    a, b = y.copy(), y.copy()
    a[:10], b[5:12] = 1, 1
    # B predicts a single example to match.
    rare = np.zeros(100, dtype=np.int64)
    rare[60] = 1
    gold = Gold(y, 2, 1)
    units = units_for(gold, a, rare)
    both = bootstrap([METRICS["precision"], METRICS["recall"]], units, Settings(n_resamples=1_000, seed=3))
    alone = bootstrap([METRICS["recall"]], units, Settings(n_resamples=1_000, seed=3))
    assert "precision" not in both
    assert np.array_equal(both["recall"], alone["recall"])


def test_the_bootstraps_p_is_where_its_percentile_interval_begins_to_hold_zero(teams: Callable[..., Any]) -> None:
    simulated = teams(400, 4, seed=5)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    values = bootstrap([METRICS["macro_f1"]], units, Settings(n_resamples=9_999))["macro_f1"]
    p = bootstrap_p(METRICS["macro_f1"], units, values).p_value
    df = degrees_of_freedom(METRICS["macro_f1"], units)
    for level, holds_zero in ((1.0 - 0.9 * p, True), (1.0 - 1.1 * p, False)):
        low, high = expanded_interval(values, level, df)
        assert (low <= 0.0 <= high) == holds_zero


def test_bootstrap_differences_of_zero_are_half_on_either_side() -> None:
    found = expanded_p(np.repeat([-1.0, 0.0, 1.0], [2, 10, 988]), df=1e9, ties=0.5)
    assert found.p_value == pytest.approx(2.0 * (1 + 2 + 5) / 1_001)
    assert expanded_p(np.zeros(1_000), df=1e9, ties=0.5).p_value == 1.0


def test_degrees_of_freedom_of_recall_are_about_the_positives_on_which_one_team_errs() -> None:
    y = np.repeat([0, 1], [500, 30])
    a, b = y.copy(), y.copy()
    a[500:506], b[506:512] = 0, 0
    units = units_for(Gold(y, 2, 1), a, b)
    assert 10 < degrees_of_freedom(METRICS["recall"], units) < 60
    assert degrees_of_freedom(METRICS["mcc"], units) <= 529


def test_a_bootstrap_p_near_alpha_has_ten_times_as_many_resamples(teams: Callable[..., Any]) -> None:
    simulated = teams(400, 5, seed=4)
    units = units_for(simulated.gold, simulated.a.y_pred, simulated.b.y_pred)
    metrics = [METRICS["macro_f1"], METRICS["mcc"]]
    few = precise_bootstrap(metrics, units, Settings(n_resamples=200, alpha=2.0))
    assert {len(values) for values in few.values()} == {200}
    near = Settings(n_resamples=200, alpha=bootstrap_p(METRICS["mcc"], units, few["mcc"]).p_value)
    assert len(precise_bootstrap(metrics, units, near)["mcc"]) >= 2_000


def test_rarely_undefined_resamples_are_drawn_again() -> None:
    y = np.repeat([0, 1], [30, 6])
    a = y.copy()
    a[:3] = 1
    b = y.copy()
    b[30] = 0
    values = bootstrap([METRICS["recall"]], units_for(Gold(y, 2, 1), a, b), Settings(n_resamples=4_000, seed=4))
    assert len(values["recall"]) == 4_000
    assert not np.isnan(values["recall"]).any()


@pytest.mark.parametrize("metric", CLASSIFICATION, ids=lambda metric: metric.id)
def test_the_jackknife_over_joint_counts_is_that_over_examples(metric: Metric, teams: Callable[..., Any]) -> None:
    simulated = teams(60, 4, seed=9, class_weights=(20.0, 20.0, 15.0, 3.0))
    gold, a, b = simulated.gold, simulated.a, simulated.b
    without = []
    for example in range(60):
        kept = np.arange(60) != example
        part = gold.take(kept)
        without.append(metric.value(part, a.take(kept)).value - metric.value(part, b.take(kept)).value)
    expected = 59 / 60 * np.sum((np.asarray(without) - np.mean(without)) ** 2)
    assert jackknife(metric, units_for(gold, a.y_pred, b.y_pred)) == pytest.approx(expected, rel=1e-9)


def test_groups_of_one_example_are_examples(teams: Callable[..., Any]) -> None:
    simulated = teams(30, 2, seed=10, matching=True, shared=2.0)
    gold, a, b = simulated.gold, simulated.a.y_pred, simulated.b.y_pred
    counts = joint_counts(gold, a, b)
    by_example = swap_tests(MATCHING, units_of_examples(gold, counts), Settings())
    by_group = replace(units_of_groups(gold, counts, np.arange(30)), correction=1.0)
    for metric in MATCHING:
        of_group = swap_tests([metric], by_group, Settings())[metric.id]
        assert of_group.standard_error == pytest.approx(by_example[metric.id].standard_error, rel=1e-12)
        assert of_group.p is not None
        assert of_group.p.p_value == pytest.approx(by_example[metric.id].p.p_value, rel=1e-9)


def test_group_swaps_change_whole_groups(teams: Callable[..., Any]) -> None:
    simulated = teams(40, 3, seed=11)
    gold, a, b = simulated.gold, simulated.a.y_pred, simulated.b.y_pred
    groups = np.random.default_rng(1).integers(0, 8, size=40)
    groups[:8] = np.arange(8)
    metric = METRICS["macro_f1"]
    units = units_of_groups(gold, joint_counts(gold, a, b), groups)
    found = swap_tests([metric], units, Settings())["macro_f1"].p

    def statistic(swaps: tuple[bool, ...]) -> float:
        swapped = np.asarray(swaps)[groups]
        of_a, of_b = np.where(swapped, b, a), np.where(swapped, a, b)
        swapped_units = units_of_groups(gold, joint_counts(gold, of_a, of_b), groups)
        error = swap_tests([metric], swapped_units, Settings())["macro_f1"].standard_error
        return (metric.value(gold, Predictions(of_a)).value - metric.value(gold, Predictions(of_b)).value) / error

    statistics = [abs(statistic(swaps)) for swaps in itertools.product((False, True), repeat=8)]
    assert found is not None
    beyond = np.mean(np.asarray(statistics) > statistics[0] + 1e-9)
    at_least = np.mean(np.asarray(statistics) >= statistics[0] - 1e-9)
    assert found.p_value == pytest.approx((beyond + at_least) / 2.0, rel=1e-9)


def test_groups_that_add_the_same_are_one_kind_with_its_mirror_image(teams: Callable[..., Any]) -> None:
    simulated = teams(600, 2, seed=12, matching=True)
    groups = np.arange(600) // 3
    units = units_of_groups(
        simulated.gold, joint_counts(simulated.gold, simulated.a.y_pred, simulated.b.y_pred), groups
    )
    features = units.features.toarray()
    assert units.counts.sum() == 200
    assert len(units.counts) < 200
    k = 2
    mirrored = features[:, [*range(2 * k, 4 * k), *range(2 * k), *range(4 * k, 5 * k), 5 * k + 1, 5 * k]]
    changed = units.swapped != np.arange(len(units.swapped))
    assert np.array_equal(features[units.swapped][changed], mirrored[changed])
    assert np.array_equal(units.swapped[units.swapped], np.arange(len(units.swapped)))
    expected = np.zeros(5 * k + 2)
    for example in range(600):
        y, a, b = simulated.gold.y_true[example], simulated.a.y_pred[example], simulated.b.y_pred[example]
        expected[[k + a, 3 * k + b, 4 * k + y]] += 1.0
        expected[y] += a == y
        expected[2 * k + y] += b == y
    assert units.counts @ features == pytest.approx(expected)
