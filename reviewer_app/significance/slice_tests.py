"""The difference between two teams inside a slice: a subset of the examples that neither prediction has chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from reviewer_app.evaluation.counts import class_counts_of
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, IntArray, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance import independent
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.case import Case, case_of
from reviewer_app.significance.clusters import (
    Dependence,
    dependence_of,
    group_codes,
    group_sums,
    record_pairs,
    satterthwaite,
    two_way_variance,
)
from reviewer_app.significance.influence import Influence, influence_of_runs
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference, Settings
from reviewer_app.significance.proportions import tango_interval
from reviewer_app.significance.skewness import skewness_corrected, skewness_of
from reviewer_app.significance.verdict import MIN_DIFFERENT

_NO_EXAMPLES = "there are no examples"
_SINGLE_EXAMPLE = "no test and no interval: a class has a single example"
_ONE_RECORD = "no test and no interval: all pairs share one record"


@dataclass(frozen=True)
class SliceNumbers:
    """The difference inside a slice, on all or on some of the examples.

    Attributes
    ----------
    n_examples
        Examples of the slice that are evaluated.
    n_different
        Units (examples; groups; records of the side that has fewer) on which the teams differ in what the metric
        looks at.
    numbers
        Values, difference, p and interval, the latter two for this slice alone: no other slice has a say in them. No p
        where fewer than 10 units differ.
    """

    n_examples: int
    n_different: int
    numbers: PairedDifference


@dataclass(frozen=True, eq=False)
class SliceSample:
    """What slices are cut from: one metric of one run of each team.

    Attributes
    ----------
    metric
        One that has influence values (`influence.has_influence`).
    gold, a, b, structure
        Aligned arrays of n examples, missing predictions treated.
    ci_level
        Of the intervals.
    """

    metric: Metric
    gold: Gold
    a: Predictions
    b: Predictions
    structure: Structure = field(default_factory=Structure)
    ci_level: float = 0.95

    @property
    def n_examples(self) -> int:
        """Number of examples, n."""
        return self.gold.n_examples

    def numbers(self, examples: BoolArray) -> SliceNumbers:
        """Return the difference on some of the examples with its p, which has no floor, and its interval.

        Proportions of independent examples: McNemar's mid-p and Tango's interval. Else d / SE, SE from the influence
        values inside the slice: of examples, of groups (what of them lies inside), or two-way over shared records;
        against t with Satterthwaite's degrees of freedom, on each side the more careful of with and without the
        correction for skewness. Where m units differ no p is below 2^-m, the mid-p of m differences all one way:
        d / SE knows no such limit where nearly all of a small slice differ.

        Not defined, with the reason in `numbers.not_defined`: no examples; a metric that is not defined inside (one
        class only, nothing predicted positive); fewer than 10 units that differ; one group, one record.

        Parameters
        ----------
        examples
            Mask, shape (n,).
        """
        if self._proportions is not None:
            return self._proportions.numbers(examples, self.ci_level)
        case = self._case(examples)
        if isinstance(case, PairedDifference):
            return SliceNumbers(int(np.count_nonzero(examples)), 0, case)
        return _tested(case)

    def values(self, examples: BoolArray) -> PairedDifference:
        """Return the two values and their difference on some of the examples, without test and interval."""
        if self._proportions is not None:
            return self._proportions.values(examples, self.ci_level)
        case = self._case(examples)
        return case if isinstance(case, PairedDifference) else case.values

    def contrast(self, inside: BoolArray, outside: BoolArray) -> PairedDifference:
        """Return how much the difference inside a slice is larger than outside of it, with p and interval.

        A team that is better everywhere is better in every slice: this says whether the slice is unlike the rest. The
        effects inside, and those outside with their sign turned, are those of one statistic, so that a group or a
        record that stands on both sides is one unit; test and interval as in `numbers` for metrics that are no
        proportions.

        Parameters
        ----------
        inside, outside
            Masks without a common example, shape (n,).

        Returns
        -------
        PairedDifference
            `a` and `b` are the differences A - B inside and outside. Without p and interval, and with the reason,
            where the difference is not defined on a side or fewer than 10 units differ in either.
        """
        one, other = self._case(inside), self._case(outside)
        if isinstance(one, PairedDifference):
            return replace(one, a=one.difference, b=other.difference, difference=None)
        if isinstance(other, PairedDifference):
            return replace(other, a=one.difference, b=other.difference, difference=None)
        return _contrast(one, other)

    def _case(self, examples: BoolArray) -> Case | PairedDifference:
        if not examples.any():
            return PairedDifference(None, None, None, ci_level=self.ci_level, not_defined=_NO_EXAMPLES)
        chosen = np.flatnonzero(examples)
        a, b = self.a.take(chosen), self.b.take(chosen)
        settings = Settings(ci_level=self.ci_level)
        return case_of(self.metric, self.gold.take(chosen), (a,), (b,), self.structure.take(chosen), None, settings)

    @cached_property
    def _proportions(self) -> _Proportions | None:
        """Sums over masks instead of a case for each slice; None where the metric or the structure is another."""
        if self.metric.family is not Family.PROPORTION or dependence_of(self.structure) is not Dependence.NONE:
            return None
        assert self.metric.per_example is not None
        of_a, of_b = (self.metric.per_example(self.gold, run) for run in (self.a, self.b))
        complete = ~(np.isnan(of_a) | np.isnan(of_b))
        return _Proportions(complete, complete & (of_a > 0.0), complete & (of_b > 0.0))


@dataclass(frozen=True, eq=False)
class _Proportions:
    """Which of n independent examples count, and which of these A and B have right; shapes (n,)."""

    complete: BoolArray
    right_a: BoolArray
    right_b: BoolArray

    @cached_property
    def only_a(self) -> BoolArray:
        return np.asarray(self.right_a & ~self.right_b)

    @cached_property
    def only_b(self) -> BoolArray:
        return np.asarray(self.right_b & ~self.right_a)

    def values(self, examples: BoolArray, level: float) -> PairedDifference:
        n, n_a, n_b = _sums(examples, self.complete, self.right_a, self.right_b)
        if n == 0:
            return PairedDifference(None, None, None, ci_level=level, not_defined=_NO_EXAMPLES)
        return PairedDifference(n_a / n, n_b / n, n_a / n - n_b / n, ci_level=level)

    def numbers(self, examples: BoolArray, level: float) -> SliceNumbers:
        n, only_a, only_b = _sums(examples, self.complete, self.only_a, self.only_b)
        answer = self.values(examples, level)
        if n > 0:
            low, high = tango_interval(only_a, only_b, n, level)
            answer = replace(answer, ci_low=low, ci_high=high, interval_method="Tango score interval")
        if n > 0 and only_a + only_b >= MIN_DIFFERENT:
            answer = replace(answer, p_value=mcnemar(only_a, only_b).p_mid, test_method="McNemar mid-p")
        elif n > 0:
            answer = replace(answer, not_defined=_too_few("examples"))
        return SliceNumbers(n, only_a + only_b, answer)


def _sums(examples: BoolArray, *masks: BoolArray) -> list[int]:
    return [int(np.count_nonzero(examples & mask)) for mask in masks]


def _too_few(units: str) -> str:
    return f"no test: fewer than {MIN_DIFFERENT} {units} differ"


def _tested(case: Case) -> SliceNumbers:
    n = case.gold.n_examples
    dependence = dependence_of(case.structure)
    if case.metric.family is Family.PROPORTION and dependence is Dependence.NONE:
        # Here every group, or record, stands for one example.
        everything = np.ones(n, dtype=np.bool_)
        return SliceSample(case.metric, case.gold, case.runs_a[0], case.runs_b[0]).numbers(everything)
    if case.metric.family in (Family.AUC, Family.RANKING) and smallest_class(case.gold) == 1:
        return SliceNumbers(n, 0, case.lacking(case.values, _SINGLE_EXAMPLE))
    influence = influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b)
    error = _error(case.metric.family, case.structure, influence, np.full(n, case.difference / n))
    if error.n_different < MIN_DIFFERENT:
        return SliceNumbers(n, error.n_different, case.lacking(case.values, _too_few(f"{error.unit}s")))
    if error.variance is None:
        return SliceNumbers(n, error.n_different, case.lacking(case.values, _ONE_RECORD))
    answer = case.with_error(case.values, math.sqrt(error.variance), error.degrees_of_freedom)
    method = f"t over {error.unit}s, corrected for skewness"
    answer, test = independent.with_skewness_corrected(case, answer, error.skewness, error.degrees_of_freedom, method)
    if test.p_value is not None:
        answer = replace(answer, p_value=max(test.p_value, 0.5**error.n_different), test_method=method)
    if case.metric.family is Family.COUNT:
        counts = [class_counts_of(case.gold, run) for run in (*case.runs_a, *case.runs_b)]
        answer = independent.with_few_positives(case.metric, answer, counts)
    return SliceNumbers(n, error.n_different, case.judged(answer, error.n_different, error.unit))


def _contrast(inside: Case, outside: Case) -> PairedDifference:
    answer = PairedDifference(
        inside.difference,
        outside.difference,
        inside.difference - outside.difference,
        ci_level=inside.settings.ci_level,
    )
    of_sides = []
    for case in (inside, outside):
        if case.metric.family in (Family.AUC, Family.RANKING) and smallest_class(case.gold) == 1:
            return replace(answer, not_defined=_SINGLE_EXAMPLE)
        of_sides.append(influence_of_runs(case.metric, case.gold, case.runs_a, case.runs_b))
    errors = []
    for case, influence in zip((inside, outside), of_sides, strict=True):
        shift = np.full(case.gold.n_examples, case.difference / case.gold.n_examples)
        errors.append(_error(case.metric.family, case.structure, influence, shift))
    if min(error.n_different for error in errors) < MIN_DIFFERENT:
        return replace(answer, not_defined=_too_few(f"{errors[0].unit}s"))
    n_inside, n_outside = inside.gold.n_examples, outside.gold.n_examples
    common = (n_inside * inside.difference + n_outside * outside.difference) / (n_inside + n_outside)
    shift = np.repeat(
        [(inside.difference - common) / n_inside, (common - outside.difference) / n_outside], [n_inside, n_outside]
    )
    both = _error(inside.metric.family, _joined(inside.structure, outside.structure), _turned(*of_sides), shift)
    if both.variance is None:
        return replace(answer, not_defined=_ONE_RECORD)
    test = skewness_corrected(
        answer.difference or 0.0,
        math.sqrt(both.variance),
        both.skewness,
        answer.ci_level,
        df=both.degrees_of_freedom,
    )
    return replace(answer, p_value=test.p_value, ci_low=test.ci_low, ci_high=test.ci_high)


def _turned(inside: Influence, outside: Influence) -> Influence:
    """Return the influence on the difference inside less that outside."""
    return Influence(
        np.concatenate([inside.values, -outside.values]),
        inside.pseudo_variance + outside.pseudo_variance,
        np.concatenate([inside.different, outside.different]),
        min(inside.degrees_of_freedom, outside.degrees_of_freedom),
    )


def _joined(inside: Structure, outside: Structure) -> Structure:
    def both(one: IntArray | None, other: IntArray | None) -> IntArray | None:
        return None if one is None or other is None else np.concatenate([one, other])

    return Structure(
        both(inside.groups, outside.groups),
        both(inside.left_records, outside.left_records),
        both(inside.right_records, outside.right_records),
    )


@dataclass(frozen=True)
class _Error:
    """Variance of a difference over independent units, and how well it is known; None: no two are independent."""

    unit: str
    n_different: int
    variance: float | None
    degrees_of_freedom: float = math.inf
    skewness: float = 0.0


def _error(family: Family, structure: Structure, influence: Influence, shift: FloatArray) -> _Error:
    """Return the error of a statistic from its influence values.

    `shift` is what each example's effect gains where it is taken about no difference instead of about the observed one;
    it adds up to the statistic.
    """
    dependence = dependence_of(structure)
    if dependence is Dependence.RECORDS:
        return _error_of_records(structure, influence, shift)
    if dependence is Dependence.GROUPS:
        assert structure.groups is not None
        codes = group_codes(structure.groups)
        n_units = int(codes.max()) + 1
        # As in `units_of_groups`: a pseudo-example weighs as much as a group of independent examples.
        size = len(codes) / n_units if family is Family.COUNT else 1.0
        n_different = len(np.unique(codes[influence.different]))
        pseudo_variance = size * influence.pseudo_variance
        # A group that holds a large part of the examples draws the difference to itself, and so looks as if it had no
        # effect; about no difference it keeps it. With groups of one size both are the same.
        effects = group_sums(influence.values, codes)
        null_effects = group_sums(influence.values + shift, codes)
        return max(
            _error_of_units("group", effects, n_different, pseudo_variance),
            _error_of_units("group", null_effects - null_effects.mean(), n_different, pseudo_variance),
            key=lambda error: error.variance or 0.0,
        )
    error = _error_of_units("example", influence.values, influence.n_different, influence.pseudo_variance)
    return replace(error, degrees_of_freedom=min(error.degrees_of_freedom, influence.degrees_of_freedom))


def _error_of_units(unit: str, effects: FloatArray, n_different: int, pseudo_variance: float) -> _Error:
    n_units = len(effects)
    if n_units < 2:
        return _Error(unit, n_different, None)
    squares = effects**2
    variance = n_units / (n_units - 1) * float(squares.sum()) + pseudo_variance
    df = min(n_units - 1.0, satterthwaite(squares, pseudo_variance))
    return _Error(unit, n_different, variance, df, skewness_of(effects))


def _error_of_records(structure: Structure, influence: Influence, shift: FloatArray) -> _Error:
    pairs = record_pairs(structure, len(influence.values))
    n_different = min(_n_distinct(codes[influence.different]) for codes in (pairs.left, pairs.right))
    pseudo_variance = influence.pseudo_variance
    observed = two_way_variance(influence.values, pairs, pseudo_variance)
    # As with groups: a record of very many pairs keeps its effect about no difference.
    null = two_way_variance(influence.values + shift, pairs, pseudo_variance, about_mean=True)
    if observed is None or null is None:
        return _Error("record", n_different, None)
    larger = max(observed, null, key=lambda two_way: two_way.variance)
    return _Error("record", n_different, larger.variance, larger.degrees_of_freedom)


def _n_distinct(codes: IntArray) -> int:
    return len(np.unique(codes))
