"""The difference between two teams inside a slice."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.headline import headline
from reviewer_app.significance.influence import influence_of_runs
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.slice_tests import SliceSample

ACCURACY = METRICS["accuracy"]


def right_and_wrong(both: int, only_a: int, only_b: int, neither: int) -> SliceSample:
    """Return examples of label 0 with these outcomes, in this order."""
    right_a = np.repeat([True, True, False, False], [both, only_a, only_b, neither])
    right_b = np.repeat([True, False, True, False], [both, only_a, only_b, neither])
    gold = Gold(np.zeros(len(right_a), int), 2)
    return SliceSample(ACCURACY, gold, *(Predictions(np.where(right, 0, 1)) for right in (right_a, right_b)))


def everything(sample: SliceSample) -> np.ndarray[Any, Any]:
    return np.ones(sample.n_examples, dtype=bool)


def sample_of(simulated: Any, metric: str, structure: Structure | None = None) -> SliceSample:
    return SliceSample(METRICS[metric], simulated.gold, simulated.a, simulated.b, structure or Structure())


def test_accuracy_by_hand() -> None:
    # 12 to 3: exact p = 2 (1 + 15 + 105 + 455) / 2^15; the mid-p is less by C(15, 3) / 2^15.
    found = right_and_wrong(50, 12, 3, 15).numbers(np.ones(80, dtype=bool))
    assert (found.n_examples, found.n_different) == (80, 15)
    assert found.numbers.a == pytest.approx(62 / 80)
    assert found.numbers.b == pytest.approx(53 / 80)
    assert found.numbers.difference == pytest.approx(9 / 80)
    assert found.numbers.p_value == pytest.approx((2 * 576 - 455) / 2**15, rel=1e-12)


def test_a_slice_of_accuracy_is_the_comparison_of_its_examples_alone(teams: Callable[..., Any]) -> None:
    simulated = teams(600, 3, seed=3)
    mask = np.random.default_rng(0).random(600) < 0.4
    found = sample_of(simulated, "accuracy").numbers(mask)
    alone = headline(
        [ACCURACY], simulated.gold.take(mask), simulated.a.take(mask), simulated.b.take(mask), Structure(), {},
        Settings(),
    )["accuracy"]  # fmt: skip
    for name in ("a", "b", "difference", "p_value", "ci_low", "ci_high"):
        assert getattr(found.numbers, name) == pytest.approx(getattr(alone, name), rel=1e-12)


@pytest.mark.parametrize("metric", ["macro_f1", "mcc", "balanced_accuracy", "log_loss", "brier", "macro_ovr_roc_auc"])
def test_other_metrics_come_close_to_the_test_of_the_whole_comparison(teams: Callable[..., Any], metric: str) -> None:
    simulated = teams(800, 3, seed=11, skill_a=1.5, skill_b=1.35)
    found = sample_of(simulated, metric).numbers(np.ones(800, dtype=bool)).numbers
    whole = headline(
        [METRICS[metric]], simulated.gold, simulated.a, simulated.b, Structure(), {}, Settings(n_resamples=20_000)
    )[metric]
    assert found.difference == pytest.approx(whole.difference, rel=1e-12)
    assert found.standard_error == pytest.approx(whole.standard_error, rel=1e-3)
    assert found.p_value == pytest.approx(whole.p_value, rel=0.2, abs=0.01)
    assert found.ci_low == pytest.approx(whole.ci_low, abs=0.1 * (whole.ci_high - whole.ci_low))


def test_a_mean_is_a_paired_t_test_made_more_careful(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 3, seed=5)
    found = sample_of(simulated, "brier").numbers(np.ones(200, dtype=bool)).numbers
    brier = METRICS["brier"].per_example
    assert brier is not None
    reference = stats.ttest_rel(brier(simulated.gold, simulated.a), brier(simulated.gold, simulated.b))
    assert found.difference / found.standard_error == pytest.approx(reference.statistic, rel=1e-12)
    assert reference.pvalue <= found.p_value < 1.5 * reference.pvalue + 0.01


def test_groups_are_what_is_counted(teams: Callable[..., Any]) -> None:
    simulated = teams(60, 3, seed=7)
    copies = np.repeat(np.arange(60), 5)
    many = replace(simulated, gold=simulated.gold.take(copies), a=simulated.a.take(copies), b=simulated.b.take(copies))
    of_groups = sample_of(many, "accuracy", Structure(groups=copies)).numbers(np.ones(300, dtype=bool))
    right = [run.y_pred == simulated.gold.y_true for run in (simulated.a, simulated.b)]
    apart = right[0].astype(float) - right[1]
    assert of_groups.n_different == int(np.count_nonzero(apart))
    # Groups of copies: the variance of a mean of 60 values, plus the two pseudo-examples of a sample of 302.
    variance = apart.var(ddof=1) / 60 * (300 / 302) ** 2
    pseudo = ((1 - apart.mean()) ** 2 + (1 + apart.mean()) ** 2) / 302**2
    assert of_groups.numbers.standard_error == pytest.approx(math.sqrt(variance + pseudo), rel=1e-9)
    ignoring = sample_of(many, "accuracy").numbers(np.ones(300, dtype=bool))
    assert of_groups.numbers.p_value > ignoring.numbers.p_value


def test_a_group_that_holds_half_of_the_examples_decides_nothing_alone() -> None:
    p_values = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        groups = np.concatenate([np.zeros(300, int), rng.integers(1, 60, 300)])
        only_a = (rng.random(60) < 0.5)[groups]
        right_a, right_b = only_a, ~only_a
        gold = Gold(np.zeros(600, int), 2)
        sample = SliceSample(
            ACCURACY, gold, Predictions((~right_a).astype(int)), Predictions((~right_b).astype(int)), Structure(groups)
        )
        p_values.append(sample.numbers(np.ones(600, dtype=bool)).numbers.p_value)
    assert np.mean(np.array(p_values) < 0.05) <= 0.05


def test_only_what_of_a_group_lies_inside_counts(teams: Callable[..., Any]) -> None:
    simulated = teams(400, 3, seed=9)
    groups, mask = np.arange(400) // 4, np.random.default_rng(1).random(400) < 0.5
    inside = sample_of(simulated, "macro_f1", Structure(groups=groups)).numbers(mask)
    alone = replace(simulated, gold=simulated.gold.take(mask), a=simulated.a.take(mask), b=simulated.b.take(mask))
    assert inside == sample_of(alone, "macro_f1", Structure(groups=groups[mask])).numbers(np.ones(mask.sum(), bool))


def test_groups_of_one_inside_the_slice_are_independent_examples() -> None:
    sample = right_and_wrong(10, 12, 3, 15)
    every_second = np.arange(40) % 2 == 0
    paired = replace(sample, structure=Structure(groups=np.arange(40) // 2))
    assert paired.numbers(every_second) == sample.numbers(every_second)


def test_shared_records_use_the_two_way_variance(teams: Callable[..., Any]) -> None:
    simulated = teams(500, 2, seed=2, matching=True)
    rng = np.random.default_rng(0)
    structure = Structure(left_records=rng.integers(0, 120, 500), right_records=rng.integers(0, 150, 500))
    mask = rng.random(500) < 0.6
    found = sample_of(simulated, "f1", structure).numbers(mask)
    alone = headline(
        [METRICS["f1"]], simulated.gold.take(mask), simulated.a.take(mask), simulated.b.take(mask),
        structure.take(mask), {}, Settings(),
    )["f1"]  # fmt: skip
    assert found.numbers.standard_error == pytest.approx(alone.standard_error, rel=1e-12)
    assert found.numbers.p_value == pytest.approx(alone.p_value, rel=1e-9)
    assert found.numbers.ci_low == pytest.approx(alone.ci_low, rel=1e-9)


def test_a_record_that_holds_half_of_the_pairs_decides_nothing_alone() -> None:
    p_values = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        left = np.where(rng.random(500) < 0.5, 0, rng.integers(1, 150, 500))
        favours_a = rng.random(150) < 0.5
        differ = rng.random(500) < 0.4
        only_a, only_b = differ & favours_a[left], differ & ~favours_a[left]
        gold = Gold(np.zeros(500, int), 2)
        structure = Structure(left_records=left, right_records=rng.integers(0, 150, 500))
        a, b = Predictions(only_b.astype(int)), Predictions(only_a.astype(int))
        p_values.append(SliceSample(ACCURACY, gold, a, b, structure).numbers(np.ones(500, dtype=bool)).numbers.p_value)
    assert np.mean(np.array(p_values) < 0.05) <= 0.05


def test_p_has_no_floor() -> None:
    assert right_and_wrong(1000, 400, 10, 1000).numbers(np.ones(2410, dtype=bool)).numbers.p_value < 1e-80


def test_p_is_never_below_what_the_differences_could_show_all_one_way() -> None:
    # Twelve groups, in each of which A alone is right: d / SE alone would give a p of 1e-12.
    sample = right_and_wrong(0, 24, 0, 0)
    found = replace(sample, structure=Structure(groups=np.arange(24) // 2)).numbers(np.ones(24, dtype=bool))
    assert found.numbers.p_value == 0.5**12


@pytest.mark.parametrize(("only_a", "is_tested"), [(6, False), (7, True)])
def test_below_ten_differences_there_is_an_estimate_and_no_test(only_a: int, *, is_tested: bool) -> None:
    found = right_and_wrong(20, only_a, 3, 5).numbers(np.ones(28 + only_a, dtype=bool))
    assert (found.numbers.p_value is not None) is is_tested
    assert found.numbers.difference == pytest.approx((only_a - 3) / (28 + only_a))
    assert found.numbers.not_defined == (None if is_tested else "no test: fewer than 10 examples differ")


def test_examples_on_which_the_labels_differ_and_the_metric_does_not_are_no_differences() -> None:
    # Both wrong in another way: accuracy does not see it.
    gold = Gold(np.zeros(40, int), 3)
    sample = SliceSample(ACCURACY, gold, Predictions(np.ones(40, int)), Predictions(np.full(40, 2)))
    found = sample.numbers(everything(sample))
    assert (found.n_different, found.numbers.difference, found.numbers.p_value) == (0, 0.0, None)


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1", "log_loss"])
def test_an_empty_slice_has_no_numbers_and_says_so(teams: Callable[..., Any], metric: str) -> None:
    found = sample_of(teams(50, 3), metric).numbers(np.zeros(50, dtype=bool))
    assert (found.n_examples, found.numbers.difference) == (0, None)
    assert found.numbers.not_defined == "there are no examples"
    assert sample_of(teams(50, 3), metric).values(np.zeros(50, dtype=bool)).not_defined == "there are no examples"


def test_a_metric_that_is_not_defined_inside_says_why(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 2, matching=True)
    negatives = simulated.gold.y_true == 0
    found = sample_of(simulated, "recall").numbers(negatives)
    assert found.numbers.difference is None
    assert found.numbers.not_defined


def test_a_ranking_with_one_positive_has_no_test(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 2, matching=True)
    mask = simulated.gold.y_true == 0
    mask[np.flatnonzero(~mask)[0]] = True
    found = sample_of(simulated, "roc_auc").numbers(mask)
    assert found.numbers.p_value is None
    assert "single example" in str(found.numbers.not_defined)


def test_missing_predictions_are_wrong_in_a_slice_too() -> None:
    sample = right_and_wrong(0, 0, 0, 30)
    a = Predictions(np.where(np.arange(30) < 15, NO_PREDICTION, 0))
    found = replace(sample, a=a).numbers(np.ones(30, dtype=bool))
    assert (found.numbers.a, found.numbers.b) == (0.5, 0.0)


def test_examples_without_probabilities_are_left_out_for_both(teams: Callable[..., Any]) -> None:
    simulated = teams(100, 3)
    probabilities = simulated.a.probabilities.copy()
    probabilities[:30] = np.nan
    incomplete = replace(simulated, a=replace(simulated.a, probabilities=probabilities))
    found = sample_of(incomplete, "brier").numbers(np.arange(100) < 60)
    assert found.n_examples == 30
    assert (
        found.numbers == sample_of(simulated, "brier").numbers((np.arange(100) >= 30) & (np.arange(100) < 60)).numbers
    )


def test_a_contrast_by_hand() -> None:
    # Inside 20 to 0 of 40, outside 10 to 10 of 40.
    sample = right_and_wrong(40, 30, 10, 0)
    inside = np.repeat([True, False, True, False, False], [20, 20, 20, 10, 10])
    found = sample.contrast(inside, ~inside)
    assert (found.a, found.b, found.difference) == (0.5, 0.0, 0.5)
    variance = (20 * 0.5**2 + 20 * 0.5**2) / 42**2 + (0.5**2 + 1.5**2) / 42**2 + 20 / 42**2 + 2 / 42**2
    assert (found.ci_high + found.ci_low) / 2 == pytest.approx(0.5, abs=0.02)
    reference = 2 * stats.norm.sf(0.5 / math.sqrt(variance))
    assert reference < found.p_value < 3 * reference


def test_a_slice_like_the_rest_has_no_contrast_and_sides_may_change_places(teams: Callable[..., Any]) -> None:
    p_values = []
    for seed in range(80):
        sample = sample_of(teams(400, 3, seed=seed, skill_a=2.0), "accuracy")
        inside = np.random.default_rng(seed).random(400) < 0.4
        one, other = sample.contrast(inside, ~inside), sample.contrast(~inside, inside)
        assert one.difference == pytest.approx(-other.difference)
        assert one.p_value == pytest.approx(other.p_value)
        p_values.append(one.p_value)
    assert np.mean(np.array(p_values) < 0.05) <= 0.1


def test_a_contrast_counts_a_group_on_both_sides_once(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 3, seed=1)
    twice = np.repeat(np.arange(200), 2)
    both = replace(simulated, gold=simulated.gold.take(twice), a=simulated.a.take(twice), b=simulated.b.take(twice))
    inside = np.arange(400) % 2 == 0
    # Each group has one copy on either side: whatever its luck, inside is as outside.
    found = sample_of(both, "macro_f1", Structure(groups=twice)).contrast(inside, ~inside)
    assert found.difference == 0.0
    assert found.p_value == 1.0
    ignoring = sample_of(both, "macro_f1").contrast(inside, ~inside)
    assert found.ci_high - found.ci_low < 0.3 * (ignoring.ci_high - ignoring.ci_low)


@pytest.mark.parametrize(
    ("outside", "reason"),
    [(np.zeros(80, bool), "there are no examples"), (np.arange(80) < 40, "no test: fewer than 10 examples differ")],
)
def test_a_contrast_needs_differences_on_both_sides(outside: np.ndarray[Any, Any], reason: str) -> None:
    found = right_and_wrong(40, 30, 10, 0).contrast(np.arange(80) >= 40, outside)
    assert (found.p_value, found.not_defined) == (None, reason)


@given(
    st.lists(st.tuples(*[st.integers(0, 2)] * 3, st.booleans()), min_size=30, max_size=150),
    st.sampled_from(["accuracy", "macro_f1", "mcc"]),
    st.integers(0, 1),
)
def test_teams_that_change_places_change_the_sign_and_nothing_else(
    rows: list[tuple[int, int, int, bool]], metric: str, is_grouped: int
) -> None:
    y, a, b, mask = (np.array(column) for column in zip(*rows, strict=True))
    structure = Structure(groups=np.arange(len(y)) // 2) if is_grouped else Structure()
    gold = Gold(y, 3)
    one = SliceSample(METRICS[metric], gold, Predictions(a), Predictions(b), structure).numbers(mask)
    other = SliceSample(METRICS[metric], gold, Predictions(b), Predictions(a), structure).numbers(mask)
    assert one.n_different == other.n_different
    assert one.numbers.not_defined == other.numbers.not_defined
    for mine, theirs in (("difference", "difference"), ("ci_low", "ci_high"), ("ci_high", "ci_low")):
        value, mirrored = getattr(one.numbers, mine), getattr(other.numbers, theirs)
        assert (value is None) is (mirrored is None)
        if value is not None:
            assert value == pytest.approx(-mirrored, abs=1e-12)
    if one.numbers.p_value is not None:
        assert one.numbers.p_value == pytest.approx(other.numbers.p_value, rel=1e-9)


@given(seed=st.integers(0, 1000), metric=st.sampled_from(["accuracy", "macro_f1", "brier"]))
def test_the_order_of_the_examples_does_not_matter(teams: Callable[..., Any], seed: int, metric: str) -> None:
    simulated, rng = teams(120, 3, seed=seed), np.random.default_rng(seed)
    mask, groups, order = rng.random(120) < 0.5, rng.integers(0, 60, 120), rng.permutation(120)
    moved = replace(simulated, gold=simulated.gold.take(order), a=simulated.a.take(order), b=simulated.b.take(order))
    one = sample_of(simulated, metric, Structure(groups=groups)).numbers(mask)
    other = sample_of(moved, metric, Structure(groups=groups[order])).numbers(mask[order])
    assert (one.n_examples, one.n_different) == (other.n_examples, other.n_different)
    assert one.numbers.difference == pytest.approx(other.numbers.difference, abs=1e-12)
    if one.numbers.p_value is not None:
        assert one.numbers.p_value == pytest.approx(other.numbers.p_value, rel=1e-9)


def test_the_influence_is_that_inside_the_slice(teams: Callable[..., Any]) -> None:
    simulated = teams(300, 3, seed=4)
    mask = simulated.gold.y_true < 2
    found = sample_of(simulated, "macro_f1").numbers(mask).numbers
    inside = influence_of_runs(
        METRICS["macro_f1"], simulated.gold.take(mask), (simulated.a.take(mask),), (simulated.b.take(mask),)
    )
    assert found.standard_error == pytest.approx(math.sqrt(inside.variance), rel=1e-2)
