"""Paired bootstrap of metrics of a ranking: average precision, recall at fixed precision."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.ranking import Ranking
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.influence import positive_score
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import (
    MAX_UNDEFINED,
    MonteCarloP,
    Stream,
    block_rows,
    generator,
    index_weights,
    map_blocks,
)
from reviewer_app.significance.units import comes_second

_MAX_WORK = 200_000_000
"""Examples times resamples beyond which fewer resamples are drawn, but never fewer than `_MIN_RESAMPLES`."""

_MIN_RESAMPLES = 2_000

_MIN_TAILS = 20

_ZERO = 1e-12
"""A bootstrap difference closer to 0 is 0."""


def ranking_resamples(n_examples: int, settings: Settings) -> int:
    """Return how many resamples are drawn: B, or fewer where there are many examples.

    Never fewer than 2,000, nor than 20 / alpha: p cannot be below 2 / (1 + B).
    """
    enough = max(_MIN_RESAMPLES, math.ceil(_MIN_TAILS / settings.alpha), _MAX_WORK // n_examples)
    return min(settings.n_resamples, enough)


def draw_order(gold: Gold, runs_a: Sequence[Predictions], runs_b: Sequence[Predictions]) -> IntArray:
    """Return the order in which examples are drawn, shape (n,): that of one team's score, the largest first.

    The weights need no rearrangement for that team, and which example is which is chance anyway. It is the same team
    whichever is called A.
    """
    of_a, of_b = (positive_score(gold, runs[0]) for runs in (runs_a, runs_b))
    order: IntArray = np.argsort(-(of_b if comes_second(of_a, of_b) else of_a), kind="stable")
    return order


def ranking_bootstrap(
    metric: Metric,
    gold: Gold,
    runs_a: Sequence[Predictions],
    runs_b: Sequence[Predictions],
    settings: Settings,
    stream: Stream = Stream.RANKING,
    units: IntArray | None = None,
) -> FloatArray | None:
    """Return bootstrap differences of the two teams' means over their runs, shape (B,).

    The same resamples for both teams and all runs; one in which the metric is undefined is drawn again. None where that
    happens in over 1 % of them: there are too few positives.

    Parameters
    ----------
    metric
        Of family ranking.
    gold, runs_a, runs_b
        With scores, none NaN.
    settings
        B (see `ranking_resamples`) and seed.
    stream
        Whose random numbers.
    units
        Code of the unit that each example is drawn with, shape (n,), in 0 .. G - 1 and each occurring; None: itself.
    """
    of_thresholds = metric.of_thresholds
    assert of_thresholds is not None
    n = gold.n_examples
    n_units = n if units is None else int(units.max()) + 1
    n_resamples = ranking_resamples(n, settings)
    n_rows = min(block_rows(n), n_resamples)
    order = draw_order(gold, runs_a, runs_b)
    positive = (gold.y_true == gold.positive)[order]
    unit_of = None if units is None else units[order]
    teams = [[Ranking(positive, positive_score(gold, run)[order]) for run in runs] for runs in (runs_a, runs_b)]

    def differences(block: int) -> FloatArray:
        weights = index_weights(generator(settings.seed, stream, block), n_units, n_rows)
        if unit_of is not None:
            weights = weights.take(unit_of, axis=1)
        of_a, of_b = (
            np.mean([of_thresholds(*ranking.at_thresholds(weights)) for ranking in team], axis=0) for team in teams
        )
        drawn: FloatArray = of_a - of_b
        return drawn

    n_blocks = math.ceil(n_resamples / n_rows)
    values = np.concatenate(list(map_blocks(differences, range(n_blocks), settings.progress)))[:n_resamples]
    if np.isnan(values).mean() > MAX_UNDEFINED:
        return None
    values = values[~np.isnan(values)]
    while len(values) < n_resamples:
        more = differences(n_blocks)
        n_blocks += 1
        values = np.concatenate([values, more[~np.isnan(more)]])[:n_resamples]
    return values


def expanded_p(values: FloatArray, df: float, ties: float = 1.0) -> MonteCarloP:
    """Return the two-sided p at which an expanded percentile interval begins to hold 0, at most 1.

    From the smaller tail (1 + number beyond 0) / (1 + B), widened as in `expanded_interval`; a value of 0 counts as
    `ties` in either tail.
    """
    n_resamples = len(values)
    n_below, n_above = (int(np.count_nonzero(side)) for side in (values < -_ZERO, values > _ZERO))
    beyond = min(n_below, n_above) + ties * (n_resamples - n_below - n_above)
    tail = (1 + beyond) / (1 + n_resamples)
    p_value = 2.0 * _widened(tail, df)
    error = math.sqrt(tail * (1.0 - tail) / n_resamples)
    return MonteCarloP(min(p_value, 1.0), n_resamples, 2.0 * _widened(min(tail + error, 1.0), df) - p_value)


def expanded_interval(values: FloatArray, level: float, df: float) -> tuple[float, float]:
    """Return the expanded percentile interval of bootstrap values (Hesterberg 2015, Am. Stat. 69, sec. 5.3).

    A percentile interval is as narrow as a normal one without the factor sqrt(m / (m - 1)). Read at the quantiles
    Phi(-sqrt(m / (m - 1)) t), t that of Student with m - 1 degrees of freedom, it is as wide as a t interval.

    Parameters
    ----------
    values
        Shape (B,), none NaN.
    level
        Of the interval.
    df
        m - 1, m the number of examples (or groups) that limit the precision: those of the rarer class.
    """
    tail = float(ndtr(math.sqrt((df + 1.0) / df) * stdtrit(df, (1.0 - level) / 2.0)))
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return float(low), float(high)


def expanded_equivalence(values: FloatArray, margin: float, df: float) -> float:
    """Return the larger one-sided p at minus and plus the margin, widened as in `expanded_interval`."""
    beyond = max(int(np.count_nonzero(values >= margin)), int(np.count_nonzero(values <= -margin)))
    return _widened((1 + beyond) / (1 + len(values)), df)


def _widened(tail: float, df: float) -> float:
    """Return the one-sided error rate of the expanded percentile that is read at a quantile."""
    return float(stdtr(df, math.sqrt(df / (df + 1.0)) * float(ndtri(tail))))
