"""THE p and THE interval of each family of metrics where the examples are independent of each other (DESIGN 8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, Gold
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.case import NO_VARIATION, Case
from reviewer_app.significance.count_metrics import SwapTest, bootstrap, jackknife, swap_tests
from reviewer_app.significance.influence import influence_of_runs, places_differ
from reviewer_app.significance.joint_counts import joint_counts
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.means import UnitDifferences, bootstrap_means, sign_swap_test
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.power import minimum_detectable_difference_accuracy
from reviewer_app.significance.proportions import tango_equivalence, tango_interval
from reviewer_app.significance.ranking_bootstrap import bootstrap_p, ranking_bootstrap
from reviewer_app.significance.resampling import percentile_equivalence, percentile_interval
from reviewer_app.significance.units import Units, units_of_examples
from reviewer_app.significance.wald import wald

RARE_CLASS = 5
"""Classes with fewer test examples make a percentile interval too narrow: it is stretched."""

TOO_FEW_POSITIVES = "no interval: too few positives (not defined in over 1 % of the resamples)"


def proportion(case: Case) -> PairedDifference:
    """Return McNemar's mid-p and Tango's interval; detectable difference by Connor."""
    of_a, of_b = case.values_per_example()
    only_a, only_b = int(np.count_nonzero(of_a > of_b)), int(np.count_nonzero(of_a < of_b))
    n = case.gold.n_examples
    low, high = tango_interval(only_a, only_b, n, case.settings.ci_level)
    variance = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b).variance
    return replace(
        case.values,
        standard_error=math.sqrt(variance),
        ci_low=low,
        ci_high=high,
        p_value=mcnemar(only_a, only_b).p_mid,
        p_equivalence=None if case.margin is None else tango_equivalence(only_a, only_b, n, case.margin),
        interval_method="Tango score interval",
        test_method="McNemar mid-p",
        minimum_detectable_difference=minimum_detectable_difference_accuracy(
            n, (only_a + only_b) / n, case.settings.alpha
        ),
    )


def counts(cases: Sequence[Case]) -> list[PairedDifference]:
    """Return studentised swaps over the joint counts and percentile intervals of their bootstrap, for all metrics."""
    first = cases[0]
    units = units_of_examples(first.gold, joint_counts(first.gold, *first.labels()))
    return counts_of_units(cases, units, "studentised swap permutation", "percentile bootstrap over joint counts")


def counts_of_units(
    cases: Sequence[Case], units: Units, test_method: str, interval_method: str
) -> list[PairedDifference]:
    """Return studentised swaps and percentile intervals of metrics of counts over any kind of units."""
    metrics, settings = [case.metric for case in cases], cases[0].settings
    tests = swap_tests(metrics, units, settings)
    resamples = bootstrap(metrics, units, settings)
    n_rare = _n_rare_classes(cases[0].gold)
    answers = []
    for case in cases:
        answer = with_swap_test(case, case.values, tests[case.metric.id], test_method)
        values = resamples.get(case.metric.id)
        if values is None:
            answers.append(case.lacking(answer, TOO_FEW_POSITIVES))
            continue
        variance = jackknife(case.metric, units) if n_rare else None
        if variance is not None:
            values, stretch = _stretched(values, case.difference, math.sqrt(variance))
            if stretch > 1.0:
                rare = f"{n_rare} {'class has' if n_rare == 1 else 'classes have'} fewer than {RARE_CLASS} examples"
                answer = replace(answer, marks=(*answer.marks, f"{rare}: interval stretched by {stretch:.2f}"))
        answers.append(with_percentiles(case, answer, values, interval_method))
    return answers


def means(cases: Sequence[Case]) -> list[PairedDifference]:
    """Return sign-swaps of d / SE and percentile bootstraps of several means over the same examples."""
    n = cases[0].gold.n_examples
    all_units = []
    for case in cases:
        of_a, of_b = case.values_per_example()
        all_units.append(UnitDifferences(of_a - of_b, np.ones(n), correction=n / (n - 1) if n > 1 else 1.0))
    answers = []
    resamples = bootstrap_means(all_units, cases[0].settings)
    for case, units, values in zip(cases, all_units, resamples, strict=True):
        answer = case.with_error(case.values, units.standard_error)
        answer = case.with_test(answer, sign_swap_test(units, case.settings), "sign-swap permutation")
        answer = with_percentiles(case, answer, values, "percentile bootstrap")
        answers.append(case.judged(answer, int(np.count_nonzero(units.sums))))
    return answers


def auc(case: Case) -> PairedDifference:
    """Return DeLong's test and interval; macro one-vs-rest AUC by the sum of the classes' effects per example."""
    influence = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)
    standard_error = math.sqrt(influence.variance)
    test = wald(case.difference, standard_error, case.settings.ci_level, case.margin)
    answer = case.with_wald(case.with_error(case.values, standard_error), test, "DeLong")
    answer = replace(answer, p_value=test.p_value, test_method=None if test.p_value is None else "DeLong")
    return case.judged(answer, influence.n_different)


def ranking(case: Case) -> PairedDifference:
    """Return the paired bootstrap's p and percentile interval."""
    values = ranking_bootstrap(case.metric, case.gold, case.runs_a, case.runs_b, case.settings)
    if values is None:
        return case.lacking(case.values, f"no test and {TOO_FEW_POSITIVES}")
    answer = case.with_error(case.values, float(values.std(ddof=1)))
    answer = case.with_test(answer, bootstrap_p(values), "paired bootstrap")
    answer = with_percentiles(case, answer, values, "percentile bootstrap")
    return case.judged(answer, int(np.count_nonzero(places_differ(case.gold, (*case.runs_a, *case.runs_b)))))


def with_swap_test(case: Case, answer: PairedDifference, test: SwapTest, method: str) -> PairedDifference:
    """Return the answer with the standard error and THE p of a swap test, or why there is none."""
    answer = case.with_error(answer, test.standard_error)
    if test.p is None:
        return case.lacking(answer, "no test: the standard error is not defined")
    return case.with_test(answer, test.p, method)


def with_percentiles(case: Case, answer: PairedDifference, values: FloatArray, method: str) -> PairedDifference:
    """Return the answer with the percentile interval of bootstrap values and the equivalence p by the same values."""
    low, high = percentile_interval(values, case.settings.ci_level)
    if low == high:
        return case.lacking(answer, NO_VARIATION)
    return replace(
        answer,
        ci_low=low,
        ci_high=high,
        p_equivalence=None if case.margin is None else percentile_equivalence(values, case.margin),
        n_resamples=max(answer.n_resamples or 0, len(values)),
        interval_method=method,
    )


def _n_rare_classes(gold: Gold) -> int:
    n_true = np.bincount(gold.y_true)
    return int(np.count_nonzero((n_true > 0) & (n_true < RARE_CLASS)))


def _stretched(values: FloatArray, difference: float, standard_error: float) -> tuple[FloatArray, float]:
    """Return bootstrap values spread about the difference to the jackknife's standard error where that is larger."""
    spread = float(values.std(ddof=1))
    if spread == 0.0 or standard_error <= spread:
        return values, 1.0
    stretch = standard_error / spread
    return difference + stretch * (values - difference), stretch


PROCEDURES: Mapping[Family, Callable[[Case], PairedDifference]] = {
    Family.PROPORTION: proportion,
    Family.COUNT: lambda case: counts([case])[0],
    Family.MEAN: lambda case: means([case])[0],
    Family.AUC: auc,
    Family.RANKING: ranking,
}
"""The procedure of each family for one case alone."""
