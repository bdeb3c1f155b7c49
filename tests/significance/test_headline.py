"""THE p and THE interval of every metric: what procedure serves what, and the answers where there is little to say."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS, metrics_for
from reviewer_app.evaluation.missing import treat_missing
from reviewer_app.progress import Progress
from reviewer_app.significance.auc import delong
from reviewer_app.significance.count_metrics import bootstrap, degrees_of_freedom, jackknife
from reviewer_app.significance.headline import headline, headline_seeds
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.means import UnitDifferences, sign_swap_test
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.proportions import tango_interval
from reviewer_app.significance.ranking_bootstrap import expanded_interval
from reviewer_app.significance.units import units_of_labels
from reviewer_app.significance.wald import wald

MARGINS = dict.fromkeys(METRICS, 0.01)
Answers = Callable[..., dict[str, PairedDifference]]


def numbers(answer: PairedDifference) -> list[float]:
    values = (getattr(answer, name) for name in answer.__dataclass_fields__)
    return [value for value in values if isinstance(value, float)]


@pytest.mark.parametrize("matching", [False, True])
def test_every_metric_has_values_a_test_and_an_interval_around_the_difference(
    matching: bool, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(400, 2 if matching else 7, matching=matching, costs=True, seed=1)
    found = answers(simulated, settings)
    for metric_id, answer in found.items():
        metric = METRICS[metric_id]
        value_a, value_b = (metric.value(simulated.gold, run).value for run in (simulated.a, simulated.b))
        assert (answer.a, answer.b) == pytest.approx((value_a, value_b))
        assert answer.difference == answer.a - answer.b
        assert not any(math.isnan(value) for value in numbers(answer))
        if metric_id == "calibration_error":
            assert answer.p_value is None
            assert answer.not_defined is not None
            continue
        assert answer.not_defined is None, metric_id
        assert 0.0 < answer.p_value <= 1.0
        assert 0.0 < answer.p_equivalence <= 1.0
        assert answer.ci_low < answer.difference < answer.ci_high
        assert answer.standard_error > 0.0
        assert answer.minimum_detectable_difference > 0.0
        assert answer.interval_method
        assert answer.test_method


@pytest.mark.parametrize("n_groups", [None, 20, 80])
@pytest.mark.parametrize("matching", [False, True])
def test_teams_that_change_places_change_signs_and_nothing_else(
    matching: bool, n_groups: int | None, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(300, 2 if matching else 3, matching=matching, costs=True, seed=2)
    turned = replace(simulated, a=simulated.b, b=simulated.a)
    groups = None if n_groups is None else np.random.default_rng(0).integers(0, n_groups, size=300)
    found, other = (answers(one, settings, Structure(groups=groups)) for one in (simulated, turned))
    assert [key for key, answer in found.items() if answer.p_value is None] == without_p(matching, n_groups)
    for metric_id, answer in found.items():
        back = other[metric_id]
        assert back.difference == pytest.approx(-answer.difference, abs=1e-15)
        assert (back.p_value is None) == (answer.p_value is None)
        if answer.p_value is not None:
            expected = (answer.p_value, answer.p_equivalence, -answer.ci_high, -answer.ci_low)
            shown = (back.p_value, back.p_equivalence, back.ci_low, back.ci_high)
            assert shown == pytest.approx(expected, rel=1e-9), metric_id


def without_p(matching: bool, n_groups: int | None) -> list[str]:
    """Return the metrics that have no test: calibration, and without influence values fewer than 50 groups."""
    of_few_groups = ["recall_at_precision_90"] if matching and n_groups == 20 else []
    return [*of_few_groups, "calibration_error"]


def test_the_same_seed_gives_the_same_answer(teams: Callable[..., Any], settings: Settings, answers: Answers) -> None:
    simulated = teams(300, 4, seed=3)
    assert answers(simulated, settings) == answers(simulated, settings)


def test_accuracy_is_mcnemars_mid_p_and_tangos_interval(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(200, 3, seed=4, outside=3)
    right_a = simulated.a.y_pred == simulated.gold.y_true
    right_b = simulated.b.y_pred == simulated.gold.y_true
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    answer = answers(simulated, settings, names=["accuracy"])["accuracy"]
    assert answer.p_value == mcnemar(only_a, only_b).p_mid
    assert (answer.ci_low, answer.ci_high) == tango_interval(only_a, only_b, 200)
    assert answer.n_resamples is None


def test_auc_is_delongs(teams: Callable[..., Any], settings: Settings, answers: Answers) -> None:
    simulated = teams(200, 2, matching=True, seed=5)
    answer = answers(simulated, settings, names=["roc_auc"])["roc_auc"]
    direct = delong(simulated.gold.y_true == 1, simulated.a.score, simulated.b.score)
    assert answer.standard_error == pytest.approx(math.sqrt(direct.variance))
    plain = wald(direct.auc_a - direct.auc_b, math.sqrt(direct.variance), margin=0.01)
    # Degrees of freedom and skewness make it a little more careful, never bolder.
    assert plain.p_value <= answer.p_value == pytest.approx(plain.p_value, abs=0.01)
    assert plain.ci_low >= answer.ci_low == pytest.approx(plain.ci_low, abs=0.1 * math.sqrt(direct.variance))
    assert plain.p_equivalence <= answer.p_equivalence == pytest.approx(plain.p_equivalence, abs=0.02)


@pytest.mark.parametrize("metric_id", ["roc_auc", "average_precision", "recall_at_precision_90"])
def test_few_positives_are_said_beside_the_number(
    metric_id: str, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(200, 2, matching=True, seed=14, class_weights=(14.0, 1.0), skill_a=3.0, skill_b=2.5)
    n_positive = int(simulated.gold.y_true.sum())
    mark = f"fewer than 20 positives ({n_positive}): error rates of test and interval are not assured"
    assert mark in answers(simulated, settings, names=[metric_id])[metric_id].marks
    enough = teams(400, 2, matching=True, seed=14)
    assert mark not in answers(enough, settings, names=[metric_id])[metric_id].marks


def test_recall_at_fixed_precision_says_that_it_is_the_best_of_many_thresholds(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    found = answers(teams(400, 2, matching=True, seed=14), settings)
    assert "the best of many thresholds" in found["recall_at_precision_90"].marks[0]
    assert found["average_precision"].marks == ()


@pytest.mark.parametrize("name", ["accuracy", "f1", "roc_auc", "brier", "average_precision"])
def test_the_whisker_is_the_interval_at_the_level_of_the_family(name: str, teams: Callable[..., Any]) -> None:
    simulated = teams(300, 2, matching=True, seed=16)
    given = ([METRICS[name]], simulated.gold, simulated.a, simulated.b, Structure(), {})
    alone, member, wide = (
        headline(*given, settings)[name]
        for settings in (
            Settings(n_resamples=2_000),
            Settings(alpha=0.01, n_resamples=2_000),
            Settings(ci_level=0.99, n_resamples=2_000),
        )
    )
    assert (alone.whisker_low, alone.whisker_high) == (None, None)
    assert (member.ci_low, member.ci_high) == (alone.ci_low, alone.ci_high)
    assert (member.whisker_low, member.whisker_high) == pytest.approx((wide.ci_low, wide.ci_high))
    assert member.whisker_low < member.ci_low < member.ci_high < member.whisker_high


def test_the_interval_of_average_precision_holds_0_just_where_p_is_above_its_level(teams: Callable[..., Any]) -> None:
    simulated = teams(120, 2, matching=True, seed=15, skill_a=1.6, skill_b=1.2)
    metric = METRICS["average_precision"]
    given = ([metric], simulated.gold, simulated.a, simulated.b, Structure(), {})
    p_value = headline(*given, Settings(n_resamples=4_000))[metric.id].p_value
    for level, holds in ((1.0 - 1.2 * p_value, False), (1.0 - 0.8 * p_value, True)):
        answer = headline(*given, Settings(n_resamples=4_000, ci_level=level))[metric.id]
        assert (answer.ci_low <= 0.0 <= answer.ci_high) == holds


def test_equivalence_and_interval_agree_where_both_are_read_off_the_resamples(teams: Callable[..., Any]) -> None:
    simulated = teams(4_000, 2, matching=True, seed=6, skill_a=2.0, skill_b=2.0)
    for margin in (0.005, 0.02, 0.05, 0.2):
        found = headline(
            [METRICS["f1"], METRICS["brier"]],
            simulated.gold,
            simulated.a,
            simulated.b,
            Structure(),
            {"f1": margin, "brier": margin},
            Settings(ci_level=0.9, n_resamples=4_000),
        )
        for answer in found.values():
            inside = -margin < answer.ci_low and answer.ci_high < margin
            assert abs(answer.p_equivalence - 0.05) < 1e-3 or (answer.p_equivalence < 0.05) == inside


def test_without_a_margin_equivalence_is_not_tested(teams: Callable[..., Any], settings: Settings) -> None:
    simulated = teams(200, 3, seed=7)
    found = headline(
        metrics_for("classification", 3, False),
        simulated.gold,
        simulated.a,
        simulated.b,
        Structure(),
        {"accuracy": 0.01},
        settings,
    )
    assert found["accuracy"].p_equivalence is not None
    assert all(answer.p_equivalence is None for name, answer in found.items() if name != "accuracy")


# Degenerate inputs.


@pytest.mark.parametrize("matching", [False, True])
def test_teams_that_agree_on_everything(
    matching: bool, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(80, 2 if matching else 3, matching=matching, seed=8)
    found = answers(replace(simulated, b=simulated.a), settings)
    for metric_id, answer in found.items():
        if metric_id == "calibration_error":
            continue
        assert answer.difference == 0.0
        assert answer.p_value == 1.0
        if METRICS[metric_id].needs == "labels":
            # The pseudo-examples keep the interval open: 80 examples do not show that the teams never differ.
            assert answer.ci_low < 0.0 < answer.ci_high
            assert answer.p_equivalence > 0.05
        elif metric_id != "top_5_accuracy":
            assert answer.ci_low is None
            assert answer.p_equivalence is None
            assert "do not vary" in answer.not_defined


def test_fewer_than_ten_differing_examples_are_never_called_equivalent(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(3_000, 2, matching=True, seed=9)
    order = np.argsort(simulated.a.score)
    labels = simulated.gold.y_true[order]
    # Four neighbours in the ranking, of different labels, change places: eight examples stand elsewhere.
    first = np.flatnonzero(labels[:-1] != labels[1:])[::100][:4]
    changed = np.arange(3_000)
    changed[order[first]], changed[order[first + 1]] = order[first + 1], order[first]
    b = replace(simulated.a, probabilities=simulated.a.probabilities[changed], score=simulated.a.score[changed])
    found = answers(replace(simulated, b=b), settings, names=["log_loss", "brier", "roc_auc", "average_precision"])
    for answer in found.values():
        assert answer.p_equivalence is None
        assert "fewer than 10 examples differ, so equivalence is not tested" in answer.marks


def test_gold_of_one_class_leaves_what_can_be_said(settings: Settings) -> None:
    y = np.zeros(30, dtype=np.int64)
    a, b = y.copy(), y.copy()
    a[:4], b[2:9] = 1, 1
    found = headline(
        metrics_for("matching", 2, False), Gold(y, 2, 1), Predictions(a), Predictions(b), Structure(), MARGINS, settings
    )
    assert found["accuracy"].p_value is not None
    assert found["recall"].difference is None
    assert found["recall"].not_defined == "no pair is a match in the gold labels"
    assert found["roc_auc"].not_defined
    for answer in found.values():
        assert not any(math.isnan(value) for value in numbers(answer))


@pytest.mark.parametrize("n", [1, 2, 3, 9])
@pytest.mark.parametrize("matching", [False, True])
def test_a_handful_of_examples_gives_answers_or_reasons(
    n: int, matching: bool, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(n, 2 if matching else 3, matching=matching, seed=10 + n)
    for metric_id, answer in answers(simulated, settings).items():
        assert not any(math.isnan(value) or math.isinf(value) for value in numbers(answer)), metric_id
        if answer.p_value is None or answer.ci_low is None:
            assert answer.not_defined, metric_id


def test_a_metric_that_one_team_lacks_names_the_team_and_keeps_the_others_value(settings: Settings) -> None:
    y = np.repeat([0, 1], 20)
    never = Predictions(np.zeros(40, dtype=np.int64))
    found = headline([METRICS["precision"]], Gold(y, 2, 1), Predictions(y), never, Structure(), MARGINS, settings)
    answer = found["precision"]
    assert (answer.a, answer.b, answer.difference) == (1.0, None, None)
    assert answer.not_defined == "B: no pair was predicted to match"


def test_a_perfect_team_against_constant_scores_has_no_invented_p(settings: Settings) -> None:
    y = np.repeat([0, 1], 20)
    a, b = Predictions(y, score=y.astype(float)), Predictions(y, score=np.full(40, 0.5))
    answer = headline([METRICS["roc_auc"]], Gold(y, 2, 1), a, b, Structure(), MARGINS, settings)["roc_auc"]
    assert answer.difference == 0.5
    assert (answer.p_value, answer.ci_low) == (None, None)
    assert answer.not_defined


def test_a_class_with_a_single_example_bars_delong(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(60, 3, seed=11)
    y = simulated.gold.y_true.copy()
    y[y == 2] = 1
    y[0] = 2
    answer = answers(replace(simulated, gold=Gold(y, 3)), settings, names=["macro_ovr_roc_auc"])["macro_ovr_roc_auc"]
    assert answer.difference is not None
    assert answer.p_value is None
    assert "single example" in answer.not_defined


def test_too_few_positives_give_no_interval(settings: Settings) -> None:
    y = np.zeros(60, dtype=np.int64)
    y[:2] = 1
    rng = np.random.default_rng(0)
    runs = [Predictions((score > 0.5).astype(np.int64), score=score) for score in rng.random((2, 60))]
    found = headline(
        [METRICS["average_precision"], METRICS["recall"]], Gold(y, 2, 1), *runs, Structure(), MARGINS, settings
    )
    assert "too few positives" in found["average_precision"].not_defined
    assert found["average_precision"].p_value is None
    assert "too few positives" in found["recall"].not_defined
    assert found["recall"].ci_low is None


def test_intervals_with_rare_classes_are_stretched_to_the_jackknife(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(200, 60, seed=22, skill_a=3.0, skill_b=2.5)
    gold, metric = simulated.gold, METRICS["macro_f1"]
    sizes = np.bincount(gold.y_true)
    n_rare = np.count_nonzero((sizes > 0) & (sizes < 5))
    assert n_rare > 30
    answer = answers(simulated, settings, names=["macro_f1"])["macro_f1"]
    units = units_of_labels(gold, simulated.a.y_pred, simulated.b.y_pred)
    values = bootstrap([metric], units, settings)["macro_f1"]
    stretch = math.sqrt(jackknife(metric, units)) / values.std(ddof=1)
    low, high = expanded_interval(values, 0.95, degrees_of_freedom(metric, units))
    assert stretch > 1.02
    assert answer.marks == (f"{n_rare} classes have fewer than 5 examples: interval stretched by {stretch:.2f}",)
    assert answer.ci_high - answer.ci_low == pytest.approx(stretch * (high - low))
    assert (answer.ci_low - answer.difference) == pytest.approx(stretch * (low - answer.difference))


def saturated(simulated: Any, n_saturated: int) -> Any:
    """Return the teams with B better but for some examples, of which it is as good as certain, and wrong."""
    probabilities = simulated.b.probabilities.copy()
    first, y_true = np.arange(n_saturated), simulated.gold.y_true[:n_saturated]
    probabilities[first, y_true], probabilities[first, 1 - y_true] = 0.0, 1.0
    return replace(simulated, b=replace(simulated.b, probabilities=probabilities))


def test_a_log_loss_that_is_significant_through_its_largest_values_alone_has_no_test(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = saturated(teams(1_000, 2, matching=True, seed=13, skill_a=1.2, skill_b=1.5), 10)
    found = answers(simulated, settings, names=["log_loss", "brier"])
    assert found["log_loss"].difference < 0.0
    assert found["log_loss"].p_value is None
    assert found["log_loss"].p_equivalence is None
    assert "largest losses" in found["log_loss"].not_defined
    assert found["brier"].p_value is not None


@pytest.mark.parametrize("n", [45, 60, 500])
def test_a_log_loss_keeps_its_p_where_nothing_is_saturated(
    n: int, teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    for seed in range(5):
        for skill in (1.2, 1.2 + 4.0 / math.sqrt(n)):
            simulated = teams(n, 2, matching=True, seed=seed, skill_a=skill, skill_b=1.2)
            assert answers(simulated, settings, names=["log_loss"])["log_loss"].not_defined is None


def test_the_p_of_a_mean_is_exact_or_more_careful(teams: Callable[..., Any]) -> None:
    """Never below the sign-swaps, nor below a t test."""
    for n in (8, 40, 300):
        for seed in range(5):
            simulated = teams(n, 3, seed=seed)
            answer = headline(
                [METRICS["brier"]], simulated.gold, simulated.a, simulated.b, Structure(), {}, Settings()
            )["brier"]
            of_a, of_b = (METRICS["brier"].per_example(simulated.gold, run) for run in (simulated.a, simulated.b))
            apart = of_a - of_b
            units = UnitDifferences(apart, np.ones(n), correction=n / (n - 1))
            assert answer.p_value >= sign_swap_test(units, Settings()).p_value
            assert answer.p_value >= stats.ttest_1samp(apart, 0.0).pvalue - 1e-12
            low, high = stats.ttest_1samp(apart, 0.0).confidence_interval()
            assert answer.ci_low <= low + 1e-12
            assert answer.ci_high >= high - 1e-12


def test_examples_without_probabilities_leave_both_teams(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(150, 3, seed=14)
    probabilities = simulated.a.probabilities.copy()
    probabilities[:30] = np.nan
    partly = replace(simulated, a=replace(simulated.a, probabilities=probabilities))
    kept = np.arange(150) >= 30
    rest = replace(simulated, gold=simulated.gold.take(kept), a=simulated.a.take(kept), b=simulated.b.take(kept))
    for name in ("log_loss", "brier", "macro_ovr_roc_auc"):
        assert answers(partly, settings, names=[name])[name] == answers(rest, settings, names=[name])[name]


def test_missing_predictions_of_either_treatment_are_compared(
    teams: Callable[..., Any], settings: Settings, answers: Answers
) -> None:
    simulated = teams(200, 3, seed=15)
    y_pred, probabilities = simulated.a.y_pred.copy(), simulated.a.probabilities.copy()
    y_pred[:20], probabilities[:20] = NO_PREDICTION, np.nan
    a = replace(simulated.a, y_pred=y_pred, probabilities=probabilities)
    for treatment in ("wrong", "drop"):
        treated = treat_missing(simulated.gold, [a, simulated.b], treatment)
        sample = replace(simulated, gold=treated.gold, a=treated.predictions[0], b=treated.predictions[1])
        found = answers(sample, settings)
        for metric_id in ("accuracy", "macro_f1", "brier", "macro_ovr_roc_auc"):
            assert found[metric_id].p_value is not None, (treatment, metric_id, found[metric_id].not_defined)


@st.composite
def small_comparisons(draw: st.DrawFn) -> tuple[Gold, Predictions, Predictions, Structure]:
    n, k = draw(st.integers(1, 14)), draw(st.integers(1, 3))
    labels = st.lists(st.sampled_from([*range(k + 2), NO_PREDICTION]), min_size=n, max_size=n)
    y_true = np.asarray(draw(st.lists(st.integers(0, k - 1), min_size=n, max_size=n)))
    codes = st.lists(st.integers(0, 4), min_size=n, max_size=n).map(np.asarray)
    structure = draw(
        st.one_of(
            st.just(Structure()),
            st.builds(Structure, groups=codes),
            st.builds(Structure, left_records=codes, right_records=codes),
        )
    )
    scores = st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]), min_size=n, max_size=n).map(np.asarray)
    positive = 1 if k == 2 else None

    def team() -> Predictions:
        score = draw(scores)
        probabilities = np.stack([1 - score, score], axis=1) if k == 2 else None
        y_pred = np.asarray(draw(labels))
        return Predictions(y_pred, score=score if k == 2 else None, probabilities=probabilities)

    return Gold(y_true, k, positive), team(), team(), structure


@hypothesis.settings(max_examples=60)
@given(small_comparisons(), st.booleans())
def test_whatever_the_input_there_is_a_number_or_a_reason(
    comparison: tuple[Gold, Predictions, Predictions, Structure], several: bool
) -> None:
    gold, a, b, structure = comparison
    treated = treat_missing(gold, [a, b], "wrong")
    a, b = treated.predictions
    metrics = [*metrics_for("matching" if gold.positive else "classification", gold.n_classes, False)]
    quick = Settings(n_resamples=60)
    if several:
        found = headline_seeds(metrics, gold, [a, b], [b], structure, MARGINS, quick)
    else:
        found = headline(metrics, gold, a, b, structure, MARGINS, quick)
    for metric_id, answer in found.items():
        assert not any(math.isnan(value) or math.isinf(value) for value in numbers(answer)), metric_id
        assert answer.p_value is None or 0.0 <= answer.p_value <= 1.0
        missing = (answer.difference, answer.p_value, answer.ci_low)
        assert all(value is not None for value in missing) or answer.not_defined, metric_id


# Real predictions.


def test_every_pair_of_real_systems_has_its_counts_and_its_exact_p(shared_data: Path) -> None:
    for folder in sorted((shared_data / "predictions").iterdir()):
        pairs = json.loads((folder / "reference_pairs.json").read_text(encoding="utf-8"))["pairs"]
        gold = pd.read_parquet(folder / "gold.parquet", columns=["example_id", "label"]).astype(str)
        gold = gold.set_index("example_id")["label"]
        names = {pair[team] for pair in pairs for team in ("a", "b")}
        right = {name: predicted_labels(folder / f"{name}.parquet").reindex(gold.index) == gold for name in names}
        assert pairs
        for pair in pairs:
            right_a, right_b = right[pair["a"]], right[pair["b"]]
            only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
            assert (only_a, only_b) == (pair["only_a_right"], pair["only_b_right"]), (folder.name, pair)
            expected = pair["mcnemar_exact_two_sided_p"]
            assert mcnemar(only_a, only_b).p_exact == pytest.approx(expected, rel=1e-9, abs=1e-300), (folder.name, pair)


def predicted_labels(path: Path) -> pd.Series[str]:
    predictions = pd.read_parquet(path, columns=["example_id", "predicted_label"]).astype(str)
    return predictions.set_index("example_id")["predicted_label"]


def test_calibration_errors_of_top_lists_have_values() -> None:
    rng = np.random.default_rng(1)
    y_true = rng.integers(0, 3, 60)
    runs = []
    for chance in (0.7, 0.6):
        y_pred = np.where(rng.random(60) < chance, y_true, (y_true + 1) % 3)
        lists = np.column_stack([y_pred, (y_pred + 1) % 3])
        runs.append(Predictions(y_pred, top_labels=lists, top_probabilities=np.tile([0.6, 0.3], (60, 1))))
    gold, metric = Gold(y_true, 3), METRICS["calibration_error"]
    found = headline([metric], gold, *runs, Structure(), {}, Settings())["calibration_error"]
    assert (found.a, found.b) == tuple(metric.value(gold, run).value for run in runs)
    assert found.not_defined == "a calibration error has no test and no interval"


def test_progress_runs_from_0_to_1_and_never_back(teams: Callable[..., Any]) -> None:
    told: list[float] = []
    progress = Progress(lambda fraction, message: told.append(fraction))
    simulated = teams(200, 2, matching=True, seed=18)
    # An alpha that p is never near: nothing is drawn a second time.
    settings = Settings(alpha=2.0, n_resamples=2_000, progress=progress)
    headline(
        list(metrics_for("matching", 2, False)), simulated.gold, simulated.a, simulated.b, Structure(), {}, settings
    )
    assert told == sorted(told)
    assert 0.0 < told[0] < 0.5
    assert told[-1] == pytest.approx(1.0)
