"""THE p and THE interval where examples depend on each other: groups, shared records, several seeds (DESIGN 8)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reviewer_app.evaluation.counts import class_counts_of
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, IntArray
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance import independent
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.case import Case
from reviewer_app.significance.clusters import (
    Dependence,
    TwoWayVariance,
    combine_two_way,
    group_codes,
    group_sums,
    group_variance,
    record_pairs,
    two_way_variance,
)
from reviewer_app.significance.count_metrics import (
    SwapTest,
    degrees_of_freedom,
    jackknife,
    n_different_units,
    swap_tests,
)
from reviewer_app.significance.influence import Influence, has_influence, influence_of_runs, places_differ
from reviewer_app.significance.means import UnitDifferences, sign_swap_test
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.ranking_bootstrap import ranking_bootstrap, ranking_resamples
from reviewer_app.significance.resampling import Stream, jackknife_variance
from reviewer_app.significance.seeds import seed_variance
from reviewer_app.significance.skewness import skewness_of
from reviewer_app.significance.units import Units, units_of_labels
from reviewer_app.significance.verdict import MIN_DIFFERENT
from reviewer_app.significance.wald import Wald, wald

MANY_GROUPS = 50
"""From this number of groups on, whole groups are resampled; below, t with the jackknife's standard error."""

SEED_NOISE = "the seeds' noise alone keeps the difference from being significant"

_GROUP_TEST = "group-swap permutation"
_GROUP_BOOTSTRAP = "expanded cluster percentile bootstrap"
_GROUP_T = "t over groups, corrected for skewness"
_GROUP_JACKKNIFE = "t with delete-one-group jackknife"
_ONE_GROUP = "no test and no interval: all examples are in one group"
_UNDEFINED_WITHOUT = "no interval: without one of the groups the metric is not defined"
_TOO_FEW_GROUPS = (
    f"no test and no interval: this metric has no influence values, and fewer than {MANY_GROUPS} groups cannot be "
    "resampled"
)
_LARGE_RECORD = 0.2
"""Share of the pairs above which the interval about one record's own effect was found to be too narrow (0.90)."""

_ONE_RECORD = "no test and no interval: all pairs share one record"


_RANKINGS = (Family.AUC, Family.RANKING)


def grouped(case: Case) -> PairedDifference:
    """Return p and interval over groups of a proportion, a mean or a ranking.

    The larger p of group-swaps and of t corrected for skewness, and the interval of the latter, with G - 1 degrees of
    freedom and the delete-one-group jackknife's standard error. The scores of a ranking are never swapped between
    teams: each group's pseudo-value, d + G x its influence, changes sign. A metric without influence values is
    resampled by whole groups, from 50 on.
    """
    codes = _groups(case)
    n_groups = int(codes.max()) + 1
    if n_groups < 2:
        return case.lacking(case.values, _ONE_GROUP)
    if not has_influence(case.metric):
        return _resampled_groups(case, codes, n_groups)
    if case.metric.family in _RANKINGS:
        influence = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)
        n_different = len(np.unique(codes[influence.different]))
        units = pseudo_values_of_groups(case, influence, codes)
        without = units.without_each() if n_groups >= MANY_GROUPS else _without_each(case, codes)
    else:
        units = sums_of_groups(case, codes)
        n_different = int(np.count_nonzero(units.sums))
        without = units.without_each()

    variance = jackknife_variance(without, np.ones(n_groups))
    if variance is None:
        answer = case.with_error(case.values, units.standard_error)
        answer = case.with_test(answer, sign_swap_test(units, case.settings), _GROUP_TEST)
        return case.judged(case.lacking(answer, _UNDEFINED_WITHOUT), n_different, "group")
    df = n_groups - 1.0
    answer = case.with_error(case.values, math.sqrt(variance + units.pseudo_variance), df)
    answer, test = independent.with_skewness_corrected(case, answer, skewness_of(units.effects), df, _GROUP_T)
    answer = independent.with_larger_p(answer, sign_swap_test(units, case.settings), test, _GROUP_TEST)
    if case.metric.family is not Family.PROPORTION:
        answer = independent.with_few_of_a_class(case, answer)
    answer = independent.marked_if_few(answer, n_groups, "groups", MANY_GROUPS)
    return case.judged(answer, n_different, "group")


def sums_of_groups(case: Case, codes: IntArray) -> UnitDifferences:
    """Return what each group adds to the difference of two proportions or means; codes 0 .. G - 1, each occurring."""
    of_a, of_b = case.values_per_example()
    n_groups = int(codes.max()) + 1
    n_pseudo = 1 if case.metric.family is Family.PROPORTION else 0
    sizes = group_sums(np.ones(len(codes)), codes)
    return UnitDifferences(group_sums(of_a - of_b, codes), sizes, n_pseudo, n_groups / (n_groups - 1))


def pseudo_values_of_groups(case: Case, influence: Influence, codes: IntArray) -> UnitDifferences:
    """Return each group's pseudo-value d + G x its influence, whose mean is d; codes as in `sums_of_groups`."""
    n_groups = int(codes.max()) + 1
    values = case.difference + n_groups * group_sums(influence.values, codes)
    return UnitDifferences(values, np.ones(n_groups), correction=n_groups / (n_groups - 1))


def _resampled_groups(case: Case, codes: IntArray, n_groups: int) -> PairedDifference:
    if n_groups < MANY_GROUPS:
        return case.lacking(case.values, _TOO_FEW_GROUPS)
    values = ranking_bootstrap(case.metric, case.gold, case.runs_a, case.runs_b, case.settings, units=codes)
    if values is None:
        return case.lacking(case.values, f"no test and {independent.TOO_FEW_POSITIVES}")
    df = min(smallest_class(case.gold), n_groups) - 1.0
    answer = case.with_error(case.values, float(values.std(ddof=1)), df)
    answer = independent.with_expanded_percentiles(case, answer, values, df, "paired bootstrap of groups")
    different = places_differ(case.gold, (*case.runs_a, *case.runs_b))
    return case.judged(independent.with_few_of_a_class(case, answer), len(np.unique(codes[different])), "group")


def grouped_counts(cases: Sequence[Case]) -> list[PairedDifference]:
    """Return the larger p of group-swaps and of the interval's procedure, over groups, of metrics of counts at once."""
    first = cases[0]
    codes = _groups(first)
    n_groups = int(codes.max()) + 1
    if n_groups < 2:
        return [case.lacking(case.values, _ONE_GROUP) for case in cases]
    units = units_of_labels(first.gold, *first.labels(), codes)
    if n_groups >= MANY_GROUPS:
        answers = independent.counts_of_units(cases, units, _GROUP_TEST, _GROUP_BOOTSTRAP)
    else:
        tests = swap_tests([case.metric for case in cases], units, first.settings)
        answers = [_count_by_jackknife(case, units, tests[case.metric.id], n_groups) for case in cases]
    return [
        case.judged(answer, n_different_units(case.metric, units), "group")
        for case, answer in zip(cases, answers, strict=True)
    ]


def _count_by_jackknife(case: Case, units: Units, swaps: SwapTest, n_groups: int) -> PairedDifference:
    answer = case.with_error(case.values, swaps.standard_error)
    of_teams = units.class_counts(units.class_sums(units.counts[:, np.newaxis]))
    answer = independent.with_few_positives(case.metric, answer, of_teams)
    answer = independent.marked_if_few(answer, n_groups, "groups", MANY_GROUPS)
    variance = jackknife(case.metric, units)
    if swaps.p is None or variance is None:
        return case.lacking(answer, f"no test and {_UNDEFINED_WITHOUT}")
    standard_error = math.sqrt(variance + _pseudo_variance(case, units))
    df = degrees_of_freedom(case.metric, units)
    answer, test = _with_t(case, case.with_error(answer, standard_error, df), df, _GROUP_JACKKNIFE)
    return independent.with_larger_p(answer, swaps.p, test, _GROUP_TEST, _GROUP_JACKKNIFE)


def _with_t(case: Case, answer: PairedDifference, df: float, method: str) -> tuple[PairedDifference, Wald]:
    """Return the answer, whose standard error is known, with the interval of t with `df`, and its test."""
    standard_error = answer.standard_error or 0.0

    def test(level: float) -> Wald:
        return wald(case.difference, standard_error, level, case.margin, df)

    return case.with_wald(answer, test, method), test(case.settings.ci_level)


def shared_records(case: Case) -> PairedDifference:
    """Return d / sqrt(V) against t, V and its degrees of freedom over records on both sides (`two_way_variance`).

    p is never smaller than with V taken about no difference (`_null_record_variance`). With fewer than 10 pairs that
    differ it is the larger of this and that of the test without records.
    """
    influence = _influence(case)
    two_way = _record_variance(case, influence)
    if isinstance(two_way, str):
        return case.lacking(case.values, two_way)
    n_different = int(np.count_nonzero(_different(case, influence)))
    answer = _by_error(
        case, two_way.variance, two_way.degrees_of_freedom, "t with two-way variance over shared records"
    )
    answer = _marked_if_one_record_has_many(case, answer)
    null = None if influence is None else _null_record_variance(case, influence)
    if null is not None and answer.p_value is not None:
        about_none = wald(case.difference, math.sqrt(null.variance), df=null.degrees_of_freedom).p_value
        answer = replace(answer, p_value=max(answer.p_value, about_none or 0.0))
    if n_different < MIN_DIFFERENT and answer.p_value is not None:
        without = independent.PROCEDURES[case.metric.family](case).p_value
        if without is not None and without > answer.p_value:
            mark = f"fewer than {MIN_DIFFERENT} pairs differ: p is that of the test without shared records"
            answer = replace(answer, p_value=without, marks=(*answer.marks, mark))
    return case.judged(answer, n_different, "pair")


def several_seeds(case: Case, dependence: Dependence) -> PairedDifference:
    """Return p, interval and equivalence from the variance over seeds and examples, t by Satterthwaite.

    The variance over examples is that of their dependence: none, groups, or shared records.
    """
    influence = _influence(case)
    of_examples = _variance_over_examples(case, influence, dependence)
    if isinstance(of_examples, str):
        return case.lacking(case.values, of_examples)
    variance, df = of_examples
    both = seed_variance(case.values_a, case.values_b, variance, df)
    answer = _by_error(case, both.variance, both.degrees_of_freedom, "t over seeds and examples (Satterthwaite)")
    fixed = wald(case.difference, math.sqrt(variance), df=df).p_value
    alpha = case.settings.alpha
    if fixed is not None and answer.p_value is not None and fixed < alpha <= answer.p_value:
        answer = replace(answer, marks=(*answer.marks, SEED_NOISE))
    for team, values in (("A", case.values_a), ("B", case.values_b)):
        if len(values) == 1:
            answer = replace(answer, marks=(*answer.marks, f"{team} has one seed: its noise is not in the interval"))
    different = _different(case, influence)
    if dependence is Dependence.GROUPS:
        return case.judged(answer, len(np.unique(_groups(case)[different])), "group")
    unit = "pair" if dependence is Dependence.RECORDS else "example"
    return case.judged(answer, int(np.count_nonzero(different)), unit)


def variance_over_examples(case: Case, dependence: Dependence) -> tuple[float, float] | str:
    """Return the variance through the choice of the examples with its degrees of freedom, or why there is none."""
    return _variance_over_examples(case, _influence(case), dependence)


def _by_error(case: Case, variance: float, df: float, method: str) -> PairedDifference:
    answer, test = _with_t(case, case.with_error(case.values, math.sqrt(variance), df), df, method)
    if case.metric.family is Family.COUNT:
        of_runs = [class_counts_of(case.gold, run) for run in (*case.runs_a, *case.runs_b)]
        answer = independent.with_few_positives(case.metric, answer, of_runs)
    elif case.metric.family is not Family.PROPORTION:
        answer = independent.with_few_of_a_class(case, answer)
    by_resamples = not has_influence(case.metric)
    return replace(
        answer,
        p_value=test.p_value,
        test_method=None if test.p_value is None else method,
        n_resamples=ranking_resamples(case.gold.n_examples, case.settings) if by_resamples else None,
    )


def _groups(case: Case) -> IntArray:
    assert case.structure.groups is not None
    return group_codes(case.structure.groups)


def _without_each(case: Case, codes: IntArray) -> FloatArray:
    """Return the difference without each group, shape (G,), NaN where it is not defined."""
    without = np.full(int(codes.max()) + 1, np.nan)
    for group in range(len(without)):
        kept = codes != group
        gold = case.gold.take(kept)
        a, b = (case.metric.value(gold, runs[0].take(kept)).value for runs in (case.runs_a, case.runs_b))
        if a is not None and b is not None:
            without[group] = a - b
    return without


def _pseudo_variance(case: Case, units: Units) -> float:
    counts = units.class_counts(units.class_sums((units.counts + units.pseudo)[:, np.newaxis]))
    return float(units.pseudo @ units.influence(case.metric, counts)[:, 0] ** 2)


def _influence(case: Case) -> Influence | None:
    """Return the influence values; None for a metric that has none."""
    if not has_influence(case.metric):
        return None
    return influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)


def _different(case: Case, influence: Influence | None) -> BoolArray:
    if influence is not None:
        return influence.different
    return places_differ(case.gold, (*case.runs_a, *case.runs_b))


def _record_variance(case: Case, influence: Influence | None) -> TwoWayVariance | str:
    """Return the two-way variance, or why there is none."""
    pairs = record_pairs(case.structure, case.gold.n_examples)
    if influence is not None:
        two_way = two_way_variance(influence.values, pairs, influence.pseudo_variance)
        return _ONE_RECORD if two_way is None else two_way
    parts = []
    sides = ((Stream.RANKING_LEFT, pairs.left), (Stream.RANKING_RIGHT, pairs.right), (Stream.RANKING, pairs.both))
    for stream, units in sides:
        values = ranking_bootstrap(case.metric, case.gold, case.runs_a, case.runs_b, case.settings, stream, units)
        if values is None:
            return f"no test and {independent.TOO_FEW_POSITIVES}"
        parts.append(float(values.var(ddof=1)))
    two_way = combine_two_way(parts[0], parts[1], parts[2], int(pairs.left.max()) + 1, int(pairs.right.max()) + 1)
    return _ONE_RECORD if two_way is None else two_way


def _marked_if_one_record_has_many(case: Case, answer: PairedDifference) -> PairedDifference:
    share = record_pairs(case.structure, case.gold.n_examples).largest_share
    if share <= _LARGE_RECORD:
        return answer
    mark = f"one record stands in {100 * share:.0f} % of the pairs: the interval is not assured"
    return replace(answer, marks=(*answer.marks, mark))


def _null_record_variance(case: Case, influence: Influence) -> TwoWayVariance | None:
    """Return the two-way variance of the effects about no difference; None where one record has all pairs.

    A record in nearly half of the pairs draws the difference to itself, and so looks as if it had no effect: where the
    records' error rates are their own 10 % of nulls had a p below 0.05. About no difference it keeps its effect. Where
    no record has many pairs both variances are nearly the same.
    """
    pairs = record_pairs(case.structure, case.gold.n_examples)
    about_none = influence.values + case.difference / case.gold.n_examples
    return two_way_variance(about_none, pairs, influence.pseudo_variance, about_mean=True)


def _variance_over_examples(
    case: Case, influence: Influence | None, dependence: Dependence
) -> tuple[float, float] | str:
    """Return the variance through the choice of examples with its degrees of freedom, or why there is none."""
    if dependence is Dependence.RECORDS:
        two_way = _record_variance(case, influence)
        return two_way if isinstance(two_way, str) else (two_way.variance, two_way.degrees_of_freedom)
    if dependence is Dependence.GROUPS:
        codes = _groups(case)
        if int(codes.max()) == 0:
            return _ONE_GROUP
        n_groups = int(codes.max()) + 1
        if influence is not None:
            # As in `units_of_groups`: a pseudo-example weighs as much as a group of independent examples.
            size = len(codes) / n_groups if case.metric.family is Family.COUNT else 1.0
            return group_variance(influence.values, codes, size * influence.pseudo_variance), n_groups - 1.0
        if n_groups < MANY_GROUPS:
            return _TOO_FEW_GROUPS
        return _resampled_variance(case, min(smallest_class(case.gold), n_groups) - 1.0, codes)
    if case.gold.n_examples < 2:
        return "no test and no interval: there is one example"
    if influence is not None:
        return influence.variance, min(influence.degrees_of_freedom, case.gold.n_examples - 1.0)
    return _resampled_variance(case, smallest_class(case.gold) - 1.0)


def _resampled_variance(case: Case, df: float, units: IntArray | None = None) -> tuple[float, float] | str:
    """Return the variance of bootstrap differences with its degrees of freedom, or why there is none."""
    values = ranking_bootstrap(case.metric, case.gold, case.runs_a, case.runs_b, case.settings, units=units)
    return f"no test and {independent.TOO_FEW_POSITIVES}" if values is None else (float(values.var(ddof=1)), df)
