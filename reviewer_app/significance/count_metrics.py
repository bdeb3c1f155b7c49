"""Bootstrap interval and studentised swap test of every metric of counts at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.all_swaps import all_swaps, are_at_most
from reviewer_app.significance.arrangements import Arrangements, hits
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.ranking_bootstrap import expanded_p
from reviewer_app.significance.resampling import (
    MAX_PERMUTATIONS,
    MAX_UNDEFINED,
    TIE,
    MonteCarloP,
    Stream,
    block_rows,
    generator,
    is_too_close,
    jackknife_variance,
    map_blocks,
    permutation_p,
    row_elements,
    swap_draws,
    unit_draws,
)
from reviewer_app.significance.units import Units, count_differences

_MAX_WORK = 5_000_000_000
"""Kinds of units times arrangements beyond which a p value near alpha is not made more precise."""

_MAX_BOOTSTRAP_WORK = 500_000_000
"""The same for the bootstrap."""

_ROUNDING = 1e-9
"""Influences that differ by less than this share of the largest are the same."""

_TIES = 0.5
"""What an arrangement as extreme as that observed counts: ties are common among counts."""


@dataclass(frozen=True)
class SwapTest:
    """Studentised swap test of one metric.

    Attributes
    ----------
    p
        THE p; None where the statistic is not defined.
    standard_error
        Of the difference as observed; None where not defined.
    """

    p: MonteCarloP | None
    standard_error: float | None


def bootstrap(metrics: Sequence[Metric], units: Units, settings: Settings) -> Mapping[str, FloatArray]:
    """Return each metric's bootstrap differences, shape (B,), from the same resamples of units and pseudo-examples.

    A resample is one multinomial draw over the kinds of units: the same distribution as drawing the units themselves,
    at a cost that does not grow with their number. A resample in which a metric is undefined is drawn again for all
    metrics, unless the metric is undefined in over 1 % of them: then it is not in the answer.
    """
    kept = units.occurring()
    n_rows = min(block_rows(row_elements(kept.counts)), settings.n_resamples)

    def differences(block: int) -> FloatArray:
        rng = generator(settings.seed, Stream.COUNT_BOOTSTRAP, block)
        counts = kept.class_counts(kept.class_sums(unit_draws(rng, kept.counts, kept.pseudo, n_rows)))
        return np.stack([count_differences(metric, counts) for metric in metrics], axis=1)

    n_blocks = math.ceil(settings.n_resamples / n_rows)
    values = np.concatenate(list(map_blocks(differences, range(n_blocks), settings.progress)))[: settings.n_resamples]
    usable = np.isnan(values).mean(axis=0) <= MAX_UNDEFINED
    values = values[~np.isnan(values[:, usable]).any(axis=1)]
    while len(values) < settings.n_resamples and usable.any():
        more = differences(n_blocks)
        n_blocks += 1
        more = more[~np.isnan(more[:, usable]).any(axis=1)]
        values = np.concatenate([values, more])[: settings.n_resamples]
    return {metric.id: values[:, column] for column, metric in enumerate(metrics) if usable[column]}


def precise_bootstrap(metrics: Sequence[Metric], units: Units, settings: Settings) -> Mapping[str, FloatArray]:
    """Return the values of `bootstrap`, of ten times as many resamples (up to 10^6) if `bootstrap_p` is near alpha."""
    values = dict(bootstrap(metrics, units, settings))
    n_resamples, n_kinds = settings.n_resamples, len(units.counts)
    close = list(metrics)

    def is_close(metric: Metric) -> bool:
        return metric.id in values and is_too_close(bootstrap_p(metric, units, values[metric.id]), settings.alpha)

    while True:
        n_resamples *= 10
        if n_resamples > MAX_PERMUTATIONS or n_resamples * n_kinds > _MAX_BOOTSTRAP_WORK:
            return values
        close = [metric for metric in close if is_close(metric)]
        if not close:
            return values
        values.update(bootstrap(close, units, replace(settings, n_resamples=n_resamples)))


def bootstrap_p(metric: Metric, units: Units, values: FloatArray) -> MonteCarloP:
    """Return the two-sided p of bootstrap differences; one of 0 is half on either side, as ties are common."""
    return expanded_p(values, degrees_of_freedom(metric, units), _TIES)


def degrees_of_freedom(metric: Metric, units: Units) -> float:
    """Return Satterthwaite's degrees of freedom of the variance of A - B, from 1 to N - 1 of N units.

    2 V^2 / var(V), with var(V) from the fourth moments of the units' influence: N where it is normal, few where few
    units hold what the metric looks at, as only some of the groups may hold positives. What the pseudo-examples add to
    V is known.
    """
    n_units = float(units.counts.sum())
    counts = units.class_counts(units.class_sums((units.counts + units.pseudo)[:, np.newaxis]))
    squared = units.influence(metric, counts)[:, 0] ** 2
    observed = float(units.counts @ squared)
    variance = units.correction * observed + float(units.pseudo @ squared)
    spread = float(units.counts @ squared**2) - observed**2 / n_units
    most = max(n_units - 1.0, 1.0)
    return min(max(2.0 * variance**2 / spread, 1.0), most) if spread > 0.0 else most


def n_different_units(metric: Metric, units: Units) -> int:
    """Return on how many units the teams differ in what the metric looks at: changing places changes the influence."""
    counts = units.class_counts(units.class_sums((units.counts + units.pseudo)[:, np.newaxis]))
    influence = units.influence(metric, counts)[:, 0]
    differs = np.abs(influence - influence[units.swapped]) > _ROUNDING * np.abs(influence).max()
    return round(float(units.counts[differs].sum()))


def jackknife(metric: Metric, units: Units) -> float | None:
    """Return the delete-one-unit jackknife variance of A - B, without pseudo-examples.

    None where a deletion leaves the metric undefined or there is one unit alone.
    """
    return jackknife_variance(without_each(metric, units), units.counts[units.counts > 0])


def without_each(metric: Metric, units: Units) -> FloatArray:
    """Return A - B without one unit of each kind that was observed, in their order, NaN where it is not defined."""
    kinds = np.flatnonzero(units.counts)
    total = units.class_sums(units.counts[:, np.newaxis])
    step = block_rows(units.features.shape[1])
    without = []
    for start in range(0, len(kinds), step):
        deleted = units.features[kinds[start : start + step]].toarray().T
        without.append(count_differences(metric, units.class_counts(total - deleted)))
    return np.concatenate(without)


def swap_tests(metrics: Sequence[Metric], units: Units, settings: Settings) -> Mapping[str, SwapTest]:
    """Return the studentised swap test of each metric (Chung & Romano 2013, Ann. Statist. 41).

    In each arrangement every unit changes its teams with probability 1/2; the statistic is d / SE, with SE from the
    influence values of that arrangement and of the two pseudo-examples, which a swap leaves as they are. Hits are
    |t*| > |t|; equal ones, within 1e-9, count half (the mid-p; for recall it is McNemar's over the positives). An
    arrangement in which the metric is undefined is left out. Where there are no more arrangements of the joint counts
    than resamples, all are enumerated with their probabilities; where p is within three Monte Carlo standard errors of
    alpha, ten times as many are drawn, up to 10^6. Where nothing can be swapped p is 1.
    """
    swaps = _Swaps(units)
    observed = swaps.statistics(metrics, swaps.observed[:, np.newaxis])[:, 0]
    errors = swaps.standard_errors(metrics)
    tested = [column for column in range(len(metrics)) if not np.isnan(observed[column])]
    if len(swaps.sizes) == 0:
        p_values = dict.fromkeys(tested, MonteCarloP(1.0))
    elif are_at_most(swaps.sizes, settings.n_resamples):
        p_values = _enumerated(metrics, swaps, observed, tested)
    else:
        p_values = _drawn(metrics, swaps, observed, tested, settings)
    return {
        metric.id: SwapTest(
            p=p_values.get(column),
            standard_error=None if math.isnan(errors[column]) else errors[column],
        )
        for column, metric in enumerate(metrics)
    }


class _Swaps:
    """Arrangements of the teams: for every pair of kinds that are mirror images, how many units are unswapped."""

    def __init__(self, units: Units) -> None:
        kinds = np.arange(len(units.counts))
        self.units = units
        self.first = kinds[(units.swapped > kinds) & (units.counts + units.counts[units.swapped] > 0)]
        self.second = units.swapped[self.first]
        self.observed = units.counts[self.first]
        self.sizes: IntArray = np.rint(self.observed + units.counts[self.second]).astype(np.int64)
        self._pseudo_sums = units.class_sums(units.pseudo[:, np.newaxis])
        self.pair_of = np.full(len(kinds), -1)
        self.pair_of[self.first] = self.pair_of[self.second] = np.arange(len(self.first))
        self.is_second = np.isin(kinds, self.second)
        # Class sums where every unit is swapped, and what each unswapped unit of a pair adds to them.
        all_swapped = units.counts.copy()
        all_swapped[self.first], all_swapped[self.second] = 0.0, self.sizes
        self._swapped_sums = units.class_sums(all_swapped[:, np.newaxis])
        self._by_unswapped = (units.features[self.first] - units.features[self.second]).T.tocsr()

    def statistics(
        self, metrics: Sequence[Metric], unswapped: FloatArray, at_least: FloatArray | None = None
    ) -> FloatArray:
        """Return d / SE, shape (M, R), of arrangements, shape (P, R); NaN where not defined.

        With `at_least`, shape (M,), those whose absolute value is below that may be replaced by others that are.
        """
        units, weights = self.units, _ArrangedUnits(self, unswapped)
        sums = self._by_unswapped @ unswapped
        sums += self._swapped_sums
        counts, with_pseudo = units.class_counts(sums), units.class_counts(sums + self._pseudo_sums)
        found = []
        for row, metric in enumerate(metrics):
            differences = count_differences(metric, counts)
            enough = None if at_least is None else _enough(differences, float(at_least[row]))
            found.append(_ratio(differences, units.variances(metric, with_pseudo, weights, enough)))
        return np.stack(found)

    def standard_errors(self, metrics: Sequence[Metric]) -> list[float]:
        """Return the standard errors of the observed differences, NaN where not defined."""
        weights = self.units.counts[:, np.newaxis]
        counts = self.units.class_counts(self.units.class_sums(weights) + self._pseudo_sums)
        return [math.sqrt(float(self.units.variances(metric, counts, weights)[0])) for metric in metrics]


class _ArrangedUnits:
    """Units of each kind under arrangements, shape (U, R), put together only for the kinds that are looked at."""

    def __init__(self, swaps: _Swaps, unswapped: FloatArray) -> None:
        self._swaps = swaps
        self._unswapped = unswapped
        self.shape = (len(swaps.units.counts), unswapped.shape[1])

    def __getitem__(self, kinds: slice) -> FloatArray:
        """Return the rows of some kinds."""
        swaps, pairs = self._swaps, self._swaps.pair_of[kinds]
        is_single, is_second = pairs < 0, swaps.is_second[kinds]
        rows = np.repeat(swaps.units.counts[kinds, np.newaxis], self.shape[1], axis=1)
        rows[~is_single] = self._unswapped[pairs[~is_single]]
        rows[is_second] = swaps.sizes[pairs[is_second], np.newaxis] - rows[is_second]
        return rows


def _enough(differences: FloatArray, at_least: float) -> FloatArray:
    """Return the variance above which |d / SE| is below `at_least`, shape (R,): any will do where d is not defined."""
    if at_least <= 0.0:
        return np.full(len(differences), np.inf)
    return np.where(np.isnan(differences), 0.0, (differences / at_least) ** 2 * (1.0 + _ROUNDING))


def _ratio(differences: FloatArray, variances: FloatArray) -> FloatArray:
    """Return d / SE; 0 where both are 0, infinite where SE alone is."""
    differences = np.where(np.abs(differences) < 1e-14, 0.0, differences)
    errors = np.sqrt(variances)
    infinite = np.where(differences == 0.0, 0.0, np.copysign(np.inf, differences))
    infinite = np.where(np.isnan(differences), np.nan, infinite)
    return np.divide(differences, errors, out=infinite, where=~(errors == 0.0))


def _all_arrangements(metrics: Sequence[Metric], swaps: _Swaps) -> tuple[FloatArray, FloatArray]:
    """Return d / SE of every arrangement, shape (M, R), and the arrangements' probabilities, shape (R,)."""
    arrangements, probabilities = all_swaps(swaps.sizes)
    step = block_rows(len(swaps.units.counts))
    starts = range(0, arrangements.shape[1], step)
    statistics = np.concatenate(
        [swaps.statistics(metrics, arrangements[:, start : start + step]) for start in starts], axis=1
    )
    return statistics, probabilities


def _enumerated(
    metrics: Sequence[Metric], swaps: _Swaps, observed: FloatArray, tested: Sequence[int]
) -> dict[int, MonteCarloP]:
    """Return the exact p values over all arrangements."""
    statistics, probabilities = _all_arrangements(metrics, swaps)
    defined = np.asarray(~np.isnan(statistics)).astype(np.float64)
    beyond = hits(statistics, observed[:, np.newaxis], _TIES) @ probabilities
    all_defined = defined @ probabilities
    return {column: MonteCarloP(min(float(beyond[column] / all_defined[column]), 1.0)) for column in tested}


def _drawn(
    metrics: Sequence[Metric], swaps: _Swaps, observed: FloatArray, tested: Sequence[int], settings: Settings
) -> dict[int, MonteCarloP]:
    """Return p values over random arrangements, more of them where p is close to alpha."""
    n_kinds = len(swaps.units.counts)
    n_rows = _rows_of_block(swaps, settings)

    def hits_of(columns: Sequence[int], n_resamples: int) -> Callable[[int], FloatArray]:
        chosen = [metrics[column] for column in columns]
        # Of an arrangement that is no hit it does not matter by how much it is not.
        at_least = np.abs(observed[list(columns)]) - 2.0 * TIE
        statistics_of = _random_arrangements(chosen, swaps, n_resamples, settings, at_least)

        def count(block: int) -> FloatArray:
            statistics = statistics_of(block)
            beyond = hits(statistics, observed[list(columns), np.newaxis], _TIES)
            return np.stack([beyond.sum(axis=1), (~np.isnan(statistics)).sum(axis=1)])

        return count

    p_values: dict[int, MonteCarloP] = {}
    columns, n_resamples = list(tested), settings.n_resamples
    while columns:
        n_blocks = math.ceil(n_resamples / n_rows)
        hits_of_blocks = map_blocks(hits_of(columns, n_resamples), range(n_blocks), settings.progress)
        total = sum(hits_of_blocks, np.zeros((2, len(columns))))
        for column, beyond, defined in zip(columns, *total.tolist(), strict=True):
            p_values[column] = permutation_p(beyond, int(defined))
        n_resamples *= 10
        if n_resamples > MAX_PERMUTATIONS or n_resamples * n_kinds > _MAX_WORK:
            break
        columns = [column for column in columns if is_too_close(p_values[column], settings.alpha)]
    return p_values


def _rows_of_block(swaps: _Swaps, settings: Settings) -> int:
    return min(block_rows(len(swaps.units.counts)), settings.n_resamples)


def _random_arrangements(
    metrics: Sequence[Metric],
    swaps: _Swaps,
    n_resamples: int,
    settings: Settings,
    at_least: FloatArray | None = None,
) -> Callable[[int], FloatArray]:
    """Return what gives d / SE, shape (M, rows), of the random arrangements of each block (`_Swaps.statistics`)."""
    n_rows = _rows_of_block(swaps, settings)

    def statistics(block: int) -> FloatArray:
        rng = generator(settings.seed, Stream.COUNT_SWAPS, block)
        unswapped = swap_draws(rng, swaps.sizes, n_rows)[:, : n_resamples - block * n_rows]
        return swaps.statistics(metrics, unswapped, at_least)

    return statistics


def swap_statistics(metric: Metric, units: Units, settings: Settings) -> Arrangements | None:
    """Return the statistics that `swap_tests` compares; None where d / SE is not defined.

    All arrangements where they are enumerated, else the first B, from which its p comes where that is not too close to
    alpha. Where nothing can be swapped the one arrangement is that observed.
    """
    swaps = _Swaps(units)
    observed = float(swaps.statistics([metric], swaps.observed[:, np.newaxis])[0, 0])
    if math.isnan(observed):
        return None
    if len(swaps.sizes) == 0:
        return Arrangements(observed, np.asarray([observed]), np.ones(1))
    if are_at_most(swaps.sizes, settings.n_resamples):
        statistics, probabilities = _all_arrangements([metric], swaps)
        defined = ~np.isnan(statistics[0])
        probabilities = probabilities[defined] / probabilities[defined].sum()
        return Arrangements(observed, statistics[0, defined], probabilities, _TIES)
    statistics_of = _random_arrangements([metric], swaps, settings.n_resamples, settings)
    n_blocks = math.ceil(settings.n_resamples / _rows_of_block(swaps, settings))
    drawn = np.concatenate(list(map_blocks(statistics_of, range(n_blocks), settings.progress)), axis=1)[0]
    return Arrangements(observed, drawn[~np.isnan(drawn)], ties=_TIES)
