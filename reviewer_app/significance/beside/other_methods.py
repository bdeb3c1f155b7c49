"""Other tests and intervals that a reader may expect; they stand beside THE p and THE interval and decide nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, Structure
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.beside.bca import acceleration, bca_interval
from reviewer_app.significance.beside.obuchowski import obuchowski
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.clusters import Dependence
from reviewer_app.significance.count_metrics import without_each
from reviewer_app.significance.headline import headline
from reviewer_app.significance.independent import PROCEDURES
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.proportions import newcombe_interval
from reviewer_app.significance.resampling import percentile_interval
from reviewer_app.significance.wald import Wald, wald

_D_OVER_SE = "d / SE, against the normal distribution"
_IGNORES_RECORDS = "Ignores that pairs share records, so it is too sure of itself."
_IGNORES_GROUPS = "Ignores that examples come in groups, so it is too sure of itself."


@dataclass(frozen=True)
class OtherMethod:
    """A test, an interval or both, by another method than THE one.

    Attributes
    ----------
    name
        For people.
    p_value
        Two-sided; None where the method gives none.
    ci_low, ci_high
        Interval of the level of THE interval; None where the method gives none.
    note
        What it assumes, or what is wrong with it, in one sentence.
    """

    name: str
    p_value: float | None
    ci_low: float | None
    ci_high: float | None
    note: str


def beside(sampling: Sampling) -> tuple[OtherMethod, ...]:
    """Return the other methods for a case; none where THE method gives no test either."""
    if sampling.untested is not None:
        return ()
    if sampling.several:
        return _first_runs(sampling)
    if sampling.dependence is Dependence.RECORDS:
        return (_without_structure(sampling, _IGNORES_RECORDS),)
    if sampling.why_none is not None or sampling.judged.not_defined is not None:
        return ()
    by_family = _INDEPENDENT if sampling.groups is None else _GROUPED
    return by_family[sampling.case.metric.family](sampling)


def _accuracy(sampling: Sampling) -> tuple[OtherMethod, ...]:
    table, level = sampling.table, sampling.case.settings.ci_level
    assert table is not None
    tests = mcnemar(table.only_a, table.only_b)
    newcombe = newcombe_interval(table.both_right, table.only_a, table.only_b, table.both_wrong, level)
    difference = (table.only_a - table.only_b) / table.n
    simple = wald(difference, math.sqrt(max(table.discordant / table.n - difference**2, 0.0) / table.n), level)
    return (
        OtherMethod(
            "McNemar, exact",
            tests.p_exact,
            None,
            None,
            "Assumes independent examples alone; never too bold, but too careful where few differ.",
        ),
        OtherMethod(
            "McNemar, asymptotic",
            tests.p_asymptotic,
            None,
            None,
            "Assumes that many examples differ (25 or more); a little too bold where few do.",
        ),
        OtherMethod(
            "McNemar, Edwards' correction",
            tests.p_asymptotic_corrected,
            None,
            None,
            "The asymptotic test with a correction for continuity; too careful, more so than the exact test.",
        ),
        OtherMethod(
            "Newcombe's method 10",
            None,
            *newcombe,
            "Wilson's intervals of the two shares, joined through their correlation; good where few differ too.",
        ),
        OtherMethod(
            "Wald interval",
            None,
            simple.ci_low,
            simple.ci_high,
            "Assumes a normal difference; too narrow where few examples differ, and not defined where none does.",
        ),
    )


def _counts(sampling: Sampling) -> tuple[OtherMethod, ...]:
    """Return BCa and percentiles without pseudo-examples, and d / SE, over examples or groups."""
    case, plain = sampling.case, sampling.plain_bootstrap
    bca: tuple[float | None, float | None] = (None, None)
    percentiles = bca
    if not isinstance(plain, str):
        percentiles = percentile_interval(plain, case.settings.ci_level)
        observed = sampling.counts.counts[sampling.counts.counts > 0]
        bca = _bca(sampling, plain, without_each(case.metric, sampling.counts), observed)
    return (
        OtherMethod(
            f"BCa bootstrap over {sampling.unit}s",
            None,
            *bca,
            "Corrects the percentiles for bias and skewness; too narrow where few differ.",
        ),
        OtherMethod(
            f"percentile bootstrap over {sampling.unit}s, without pseudo-examples",
            None,
            *percentiles,
            "The usual bootstrap; too narrow where few differ, and not defined where none does.",
        ),
        _normal(sampling, _D_OVER_SE),
    )


def _means(sampling: Sampling) -> tuple[OtherMethod, ...]:
    """Return Student's paired t, percentiles and BCa, over examples or groups."""
    units, values = sampling.differences, sampling.bootstrap
    bca: tuple[float | None, float | None] = (None, None)
    percentiles = bca
    if not isinstance(values, str):
        percentiles = percentile_interval(values, sampling.case.settings.ci_level)
        bca = _bca(sampling, values, units.without_each(), np.ones(sampling.n_units))
    return (
        _paired_t(sampling),
        OtherMethod(
            f"percentile bootstrap over {sampling.unit}s",
            None,
            *percentiles,
            "The usual bootstrap; too narrow where a few large losses decide.",
        ),
        OtherMethod(
            f"BCa bootstrap over {sampling.unit}s",
            None,
            *bca,
            "Corrects the percentiles for bias and skewness; too narrow where a few large losses decide.",
        ),
    )


def _auc(sampling: Sampling) -> tuple[OtherMethod, ...]:
    return (_normal(sampling, "DeLong, against the normal distribution"), _pseudo_values(sampling))


def _pseudo_values(sampling: Sampling) -> OtherMethod:
    values = sampling.bootstrap
    limits: tuple[float | None, float | None] = (None, None)
    if not isinstance(values, str):
        limits = percentile_interval(values, sampling.case.settings.ci_level)
    note = "The bootstrap to first order, through the influence of each unit; it needs enough units of each class."
    return OtherMethod(f"percentile bootstrap over {sampling.unit}s", None, *limits, note)


def _ranking(sampling: Sampling) -> tuple[OtherMethod, ...]:
    values = sampling.bootstrap
    limits: tuple[float | None, float | None] = (None, None)
    if not isinstance(values, str):
        limits = percentile_interval(values, sampling.case.settings.ci_level)
    note = "THE interval without its widening for few positives: too narrow where there are few."
    plain = OtherMethod(f"percentile bootstrap over {sampling.unit}s, not expanded", None, *limits, note)
    return (plain, _normal(sampling, _D_OVER_SE))


def _grouped_proportion(sampling: Sampling) -> tuple[OtherMethod, ...]:
    units = sampling.differences
    of_groups = obuchowski(units.sums, units.sizes, sampling.case.settings.ci_level)
    note = "Assumes many independent groups: its chi-squared distribution is too bold with fewer than about 30."
    return (
        OtherMethod("Obuchowski's test", of_groups.p_value, of_groups.ci_low, of_groups.ci_high, note),
        _without_structure(sampling, _IGNORES_GROUPS),
    )


def _grouped_ranking(sampling: Sampling) -> tuple[OtherMethod, ...]:
    over_groups = (_paired_t(sampling), _pseudo_values(sampling)) if sampling.is_linear else _ranking(sampling)
    return (*over_groups, _without_structure(sampling, _IGNORES_GROUPS))


def _first_runs(sampling: Sampling) -> tuple[OtherMethod, ...]:
    case = sampling.case
    a, b = case.runs_a[0], case.runs_b[0]
    alone = headline([case.metric], case.gold, a, b, case.structure, {}, case.settings)[case.metric.id]
    note = "Speaks of these two trained models: it knows nothing of how much another seed would change them."
    return (_from_answer("first run of A against first run of B", alone, note),)


def _without_structure(sampling: Sampling, note: str) -> OtherMethod:
    """Return the procedure for independent examples; for means, whose resamples cost the most, Student's t."""
    alone = replace(sampling.case, structure=Structure())
    if alone.metric.family is Family.MEAN:
        return replace(_paired_t(Sampling(alone)), note=note)
    answer = PROCEDURES[alone.metric.family](alone)
    return _from_answer(answer.test_method or "the procedure for independent examples", answer, note)


def _from_answer(name: str, answer: PairedDifference, note: str) -> OtherMethod:
    return OtherMethod(name, answer.p_value, answer.ci_low, answer.ci_high, note)


def _paired_t(sampling: Sampling) -> OtherMethod:
    name = f"paired t test over {sampling.unit}s"
    note = f"Assumes that the mean difference over {sampling.unit}s is normal, which few large losses break."
    if sampling.n_units < 2:
        return OtherMethod(name, None, None, None, note)
    error = sampling.standard_error or 0.0
    test = wald(sampling.case.difference, error, sampling.case.settings.ci_level, df=sampling.n_units - 1.0)
    return _from_wald(name, test, note)


def _normal(sampling: Sampling, name: str) -> OtherMethod:
    case = sampling.case
    test = wald(case.difference, sampling.standard_error or 0.0, case.settings.ci_level)
    return _from_wald(name, test, f"Assumes many {sampling.unit}s: a normal difference whose SE is known.")


def _from_wald(name: str, test: Wald, note: str) -> OtherMethod:
    return OtherMethod(name, test.p_value, test.ci_low, test.ci_high, note)


def _bca(
    sampling: Sampling, values: FloatArray, without: FloatArray, counts: FloatArray
) -> tuple[float | None, float | None]:
    accelerated = acceleration(without, counts)
    if accelerated is None:
        return None, None
    limits = bca_interval(values, sampling.case.difference, accelerated, sampling.case.settings.ci_level)
    return (None, None) if limits is None else limits


_INDEPENDENT: Mapping[Family, Callable[[Sampling], tuple[OtherMethod, ...]]] = {
    Family.PROPORTION: _accuracy,
    Family.COUNT: _counts,
    Family.MEAN: _means,
    Family.AUC: _auc,
    Family.RANKING: _ranking,
}

_GROUPED: Mapping[Family, Callable[[Sampling], tuple[OtherMethod, ...]]] = {
    Family.PROPORTION: _grouped_proportion,
    Family.COUNT: _counts,
    Family.MEAN: _means,
    Family.AUC: _grouped_ranking,
    Family.RANKING: _grouped_ranking,
}
