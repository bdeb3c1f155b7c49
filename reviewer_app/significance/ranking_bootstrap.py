"""Paired bootstrap of ranking metrics, which have no influence values: average precision, recall at fixed precision."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions
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

_MAX_WORK = 200_000_000
"""Examples times resamples beyond which fewer resamples are drawn, but never fewer than `_MIN_RESAMPLES`."""

_MIN_RESAMPLES = 2_000

_MIN_TAILS = 20


def ranking_resamples(n_examples: int, settings: Settings) -> int:
    """Return how many resamples are drawn: B, or fewer where there are many examples.

    Never fewer than 2,000, nor than 20 / alpha: p cannot be below 2 / (1 + B).
    """
    enough = max(_MIN_RESAMPLES, math.ceil(_MIN_TAILS / settings.alpha), _MAX_WORK // n_examples)
    return min(settings.n_resamples, enough)


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
    n = gold.n_examples
    n_units = n if units is None else int(units.max()) + 1
    n_resamples = ranking_resamples(n, settings)
    n_rows = min(block_rows(n), n_resamples)
    positive = gold.y_true == gold.positive
    scores = [[positive_score(gold, run) for run in runs] for runs in (runs_a, runs_b)]

    def differences(block: int) -> FloatArray:
        weights = index_weights(generator(settings.seed, stream, block), n_units, n_rows)
        if units is not None:
            weights = weights[:, units]
        assert metric.weighted is not None
        of_a, of_b = (np.mean([metric.weighted(positive, one, weights) for one in team], axis=0) for team in scores)
        drawn: FloatArray = of_a - of_b
        return drawn

    n_blocks = math.ceil(n_resamples / n_rows)
    values = np.concatenate(list(map_blocks(differences, range(n_blocks), settings.check)))[:n_resamples]
    if np.isnan(values).mean() > MAX_UNDEFINED:
        return None
    values = values[~np.isnan(values)]
    while len(values) < n_resamples:
        more = differences(n_blocks)
        n_blocks += 1
        values = np.concatenate([values, more[~np.isnan(more)]])[:n_resamples]
    return values


def bootstrap_p(values: FloatArray) -> MonteCarloP:
    """Return 2 (1 + smaller tail) / (1 + B), at most 1; a value of 0 counts in both tails."""
    n_resamples = len(values)
    tail = min(int(np.count_nonzero(values <= 0.0)), int(np.count_nonzero(values >= 0.0)))
    one_sided = (1 + tail) / (1 + n_resamples)
    error = 2.0 * math.sqrt(one_sided * (1.0 - one_sided) / n_resamples)
    return MonteCarloP(min(2.0 * one_sided, 1.0), n_resamples, error)
