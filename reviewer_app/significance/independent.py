"""THE p and THE interval of each family of metrics where the examples are independent of each other (DESIGN 8)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.inputs import BoolArray, FloatArray
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.case import NO_VARIATION, Case, rarer_of_two
from reviewer_app.significance.count_metrics import (
    bootstrap_p,
    degrees_of_freedom,
    jackknife,
    precise_bootstrap,
    swap_tests,
)
from reviewer_app.significance.influence import has_influence, influence_of_runs, places_differ
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.means import UnitDifferences, sign_swap_test
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.power import minimum_detectable_difference_accuracy
from reviewer_app.significance.proportions import tango_equivalence, tango_interval
from reviewer_app.significance.ranking_bootstrap import (
    expanded_equivalence,
    expanded_interval,
    expanded_p,
    ranking_bootstrap,
)
from reviewer_app.significance.resampling import MonteCarloP
from reviewer_app.significance.skewness import skewness_corrected, skewness_of
from reviewer_app.significance.units import Units, units_of_labels
from reviewer_app.significance.wald import Wald

RARE_CLASS = 5
"""Classes with fewer test examples make a percentile interval too narrow: it is stretched."""

FEW = 20
"""Below this number of positives, or of examples that differ, no procedure was found that always keeps its rates."""

_JOINT_COUNT_BOOTSTRAP = "expanded percentile bootstrap over joint counts"

_NOT_ASSURED = "error rates of test and interval are not assured"

_BEST_OF_MANY = f"the best of many thresholds, chosen on the test set: {_NOT_ASSURED}"

TOO_FEW_POSITIVES = "no interval: too few positives (not defined in over 1 % of the resamples)"


def proportion(case: Case) -> PairedDifference:
    """Return McNemar's mid-p and Tango's interval; detectable difference by Connor."""
    of_a, of_b = case.values_per_example()
    only_a, only_b = int(np.count_nonzero(of_a > of_b)), int(np.count_nonzero(of_a < of_b))
    n = case.gold.n_examples
    variance = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b).variance
    answer = replace(
        case.values,
        standard_error=math.sqrt(variance),
        p_value=mcnemar(only_a, only_b).p_mid,
        p_equivalence=None if case.margin is None else tango_equivalence(only_a, only_b, n, case.margin),
        test_method="McNemar mid-p",
        minimum_detectable_difference=minimum_detectable_difference_accuracy(
            n, (only_a + only_b) / n, case.settings.alpha
        ),
    )
    answer = case.with_interval(answer, lambda level: tango_interval(only_a, only_b, n, level), "Tango score interval")
    return marked_if_few(answer, only_a + only_b, "examples are right for one team alone")


def counts(cases: Sequence[Case]) -> list[PairedDifference]:
    """Return the larger p of swaps and bootstrap over the joint counts, and the latter's intervals, for all metrics."""
    first = cases[0]
    labels_a, labels_b = first.labels()
    units = units_of_labels(first.gold, labels_a, labels_b)
    answers = counts_of_units(cases, units, "studentised swap permutation", _JOINT_COUNT_BOOTSTRAP)
    n_different = int(np.count_nonzero(labels_a != labels_b))
    return [marked_if_few(answer, n_different, "examples differ") for answer in answers]


def counts_of_units(
    cases: Sequence[Case], units: Units, test_method: str, interval_method: str
) -> list[PairedDifference]:
    """Return the larger p of studentised swaps and bootstrap, and the latter's interval, over any kind of units.

    Swaps are exact where the teams are interchangeable, whatever their number; where only the metric is equal they need
    not be: a single false positive of a team that predicts few looks as if no swap could bring it about. The bootstrap
    does not ask for interchangeable teams, but its far tails are too light.
    """
    settings = cases[0].settings
    # Balanced accuracy is macro recall under another name: what is the same function is computed once.
    of_function = {case.metric.from_counts: case.metric for case in reversed(cases)}
    metrics = [case.metric for case in cases if of_function[case.metric.from_counts] is case.metric]
    tests = swap_tests(metrics, units, settings.part(0.0, 0.5))
    resamples = precise_bootstrap(metrics, units, settings.part(0.5, 1.0))
    of_teams = units.class_counts(units.class_sums(units.counts[:, np.newaxis]))
    answers = []
    for case in cases:
        computed = of_function[case.metric.from_counts].id
        test, values = tests[computed], resamples.get(computed)
        df = degrees_of_freedom(case.metric, units)
        answer = with_few_positives(case.metric, case.with_error(case.values, test.standard_error, df), of_teams)
        if values is None or test.p is None:
            reason = TOO_FEW_POSITIVES if values is None else "no interval: the standard error is not defined"
            answers.append(case.lacking(answer, f"no test and {reason}"))
            continue
        values, mark = stretched_for_rare_classes(case, units, values)
        if mark is not None:
            answer = replace(answer, marks=(*answer.marks, mark))
        p = max(test.p, bootstrap_p(case.metric, units, values), key=lambda of_test: of_test.p_value)
        method = f"{test_method} and bootstrap, the larger p"
        answer = case.with_test(answer, replace(p, n_resamples=len(values)), method)
        answers.append(with_expanded_interval(case, answer, values, df, interval_method))
    return answers


def mean(case: Case) -> PairedDifference:
    """Return the larger p of sign-swaps of d / SE and of t corrected for skewness, and the interval of the latter.

    Sign-swaps are exact where the teams are interchangeable, whatever the number of examples; where they are not, a
    mean of skewed differences needs the correction (see `skewness_corrected`).
    """
    n = case.gold.n_examples
    of_a, of_b = case.values_per_example()
    units = UnitDifferences(of_a - of_b, np.ones(n), correction=n / (n - 1) if n > 1 else 1.0)
    df = max(n - 1.0, 1.0)
    answer = case.with_error(case.values, units.standard_error, df)
    answer, test = with_skewness_corrected(case, answer, skewness_of(units.effects), df, "t corrected for skewness")
    answer = with_larger_p(answer, sign_swap_test(units, case.settings), test, "sign-swap permutation")
    n_different = int(np.count_nonzero(units.sums))
    answer = with_few_of_a_class(case, marked_if_few(answer, n_different, "examples differ"))
    return case.judged(answer, n_different)


def auc(case: Case) -> PairedDifference:
    """Return t with DeLong's variance, corrected for skewness; macro one-vs-rest by the sum of the classes' effects.

    The degrees of freedom are Satterthwaite's over the classes: 12 positives among 1,000 examples leave few.
    """
    influence = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)
    df = influence.degrees_of_freedom
    method = "t with DeLong's variance, corrected for skewness"
    answer = case.with_error(case.values, math.sqrt(influence.variance), df)
    answer, test = with_skewness_corrected(case, answer, influence.skewness, df, method)
    answer = replace(answer, p_value=test.p_value, test_method=None if test.p_value is None else method)
    answer = with_few_placed_apart(case, with_few_of_a_class(case, answer), influence.different)
    return case.judged(answer, influence.n_different)


def ranking(case: Case) -> PairedDifference:
    """Return the expanded percentile interval of the paired bootstrap, and the p at which it begins to hold 0.

    The standard error is that of the influence values where the metric has them, else that of the resamples.
    """
    values = ranking_bootstrap(case.metric, case.gold, case.runs_a, case.runs_b, case.settings)
    if values is None:
        return case.lacking(case.values, f"no test and {TOO_FEW_POSITIVES}")
    if has_influence(case.metric):
        influence = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)
        standard_error, n_different = math.sqrt(influence.variance), influence.n_different
    else:
        standard_error = float(values.std(ddof=1))
        n_different = int(np.count_nonzero(places_differ(case.gold, (*case.runs_a, *case.runs_b))))
    df = smallest_class(case.gold) - 1.0
    answer = case.with_error(case.values, standard_error, df)
    answer = with_expanded_percentiles(case, answer, values, df, "paired bootstrap")
    return case.judged(with_few_of_a_class(case, answer), n_different)


def with_expanded_percentiles(
    case: Case, answer: PairedDifference, values: FloatArray, df: float, test_method: str
) -> PairedDifference:
    """Return the answer with p, interval and equivalence p from bootstrap values, widened for `df`."""
    answer = case.with_test(answer, expanded_p(values, df), test_method)
    return with_expanded_interval(case, answer, values, df, "expanded percentile bootstrap")


def with_expanded_interval(
    case: Case, answer: PairedDifference, values: FloatArray, df: float, method: str
) -> PairedDifference:
    """Return the answer with interval and equivalence p from bootstrap values, widened for `df`."""
    if not np.ptp(values):
        return case.lacking(answer, NO_VARIATION)
    if case.margin is not None:
        answer = replace(answer, p_equivalence=expanded_equivalence(values, case.margin, df))

    def interval(level: float) -> tuple[float, float] | None:
        low, high = expanded_interval(values, level, df)
        return None if low == high else (low, high)

    return case.with_interval(answer, interval, method)


def with_larger_p(
    answer: PairedDifference,
    swaps: MonteCarloP,
    test: Wald,
    method: str,
    method_of_t: str = "t corrected for skewness",
) -> PairedDifference:
    """Return the answer with the larger p of a permutation test and of a t test, each with its name."""
    is_corrected = test.p_value is not None and test.p_value > swaps.p_value
    return replace(
        answer,
        p_value=test.p_value if is_corrected else swaps.p_value,
        n_resamples=swaps.n_resamples,
        monte_carlo_error=None if is_corrected else swaps.monte_carlo_error,
        test_method=f"{method} and {method_of_t}, the larger p",
    )


def with_few_of_a_class(case: Case, answer: PairedDifference) -> PairedDifference:
    """Return the answer of a ranking metric or a mean with a mark where its error rates were not found to hold.

    That is where a class is small, and for recall at fixed precision: the best of many thresholds looks better in a
    sample than it is, and more so for the worse team.
    """
    if not has_influence(case.metric):
        answer = replace(answer, marks=(*answer.marks, _BEST_OF_MANY))
    if case.gold.positive is None:
        sizes = np.bincount(case.gold.y_true)
        n_rare = int(np.count_nonzero((sizes > 0) & (sizes < RARE_CLASS)))
        if n_rare == 0:
            return answer
        mark = f"{_rare(n_rare)}: {_NOT_ASSURED}"
        return replace(answer, marks=(*answer.marks, mark))
    return marked_if_few(answer, *rarer_of_two(case.gold))


def with_few_placed_apart(case: Case, answer: PairedDifference, different: BoolArray) -> PairedDifference:
    """Return the answer of an AUC with a mark where the teams place few positives, or few negatives, differently.

    Near an AUC of 1 nearly all stand above every negative for both teams, and what the difference hangs on is rare: of
    AUC .999 against .996 with 20 to 50 positives intervals cover 0.82 to 0.88.

    Parameters
    ----------
    case, answer
        What is compared, and what is known of it.
    different
        Which examples the teams place differently, shape (n,).
    """
    if case.gold.positive is None:
        return marked_if_few(answer, int(np.count_nonzero(different)), "examples are placed differently")
    fewer, what = rarer_of_two(case.gold, different)
    return marked_if_few(answer, fewer, f"{what} are placed differently")


def with_skewness_corrected(
    case: Case, answer: PairedDifference, skewness: float, df: float, method: str
) -> tuple[PairedDifference, Wald]:
    """Return the answer, whose standard error is known, with the interval of `skewness_corrected`, and its test."""
    standard_error = answer.standard_error or 0.0

    def test(level: float) -> Wald:
        return skewness_corrected(case.difference, standard_error, skewness, level, case.margin, df)

    return case.with_wald(answer, test, method), test(case.settings.ci_level)


def with_few_positives(metric: Metric, answer: PairedDifference, of_runs: Sequence[ClassCounts]) -> PairedDifference:
    """Return the answer of a metric of counts with a mark where there are few positives, or a team predicts few.

    The latter only where the metric looks at what is predicted. Classification has no positives.

    Parameters
    ----------
    metric, answer
        What is compared, and what is known of it.
    of_runs
        Class counts of one sample for every run of both teams.
    """
    positive = of_runs[0].positive
    if positive is None:
        return answer
    answer = marked_if_few(answer, round(float(of_runs[0].true[..., positive].sum())), "positives")
    assert metric.gradient is not None
    if np.any(metric.gradient(of_runs[0]).predicted):
        n_predicted = min(round(float(counts.predicted[..., positive].sum())) for counts in of_runs)
        answer = marked_if_few(answer, n_predicted, "examples predicted positive by a team")
    return answer


def marked_if_few(answer: PairedDifference, number: int, what: str, limit: int = FEW) -> PairedDifference:
    """Return the answer with a mark where the number is below that for which error rates were found to hold."""
    if not 0 < number < limit:
        return answer
    mark = f"fewer than {limit} {what} ({number}): {_NOT_ASSURED}"
    return replace(answer, marks=(*answer.marks, mark))


def stretched_for_rare_classes(case: Case, units: Units, values: FloatArray) -> tuple[FloatArray, str | None]:
    """Return the bootstrap values that THE interval is read from, and the mark where classes are rare.

    With a class of fewer than 5 examples they are spread about the difference to the jackknife's standard error where
    that is larger than their own.
    """
    n_rare = _n_rare_classes(units)
    if not n_rare:
        return values, None
    variance, stretch = jackknife(case.metric, units), 1.0
    if variance is not None:
        values, stretch = _stretched(values, case.difference, math.sqrt(variance))
    return values, f"{_rare(n_rare)}: {_NOT_ASSURED if stretch == 1.0 else f'interval stretched by {stretch:.2f}'}"


def _rare(n_rare: int) -> str:
    return f"{n_rare} {'class has' if n_rare == 1 else 'classes have'} fewer than {RARE_CLASS} examples"


def _n_rare_classes(units: Units) -> int:
    n_true = units.class_counts(units.class_sums(units.counts[:, np.newaxis]))[0].true
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
    Family.MEAN: mean,
    Family.AUC: auc,
    Family.RANKING: ranking,
}
"""The procedure of each family for one case alone."""
