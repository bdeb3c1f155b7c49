"""A mean of any number of teams over the same bootstrap resamples of examples, or a ranking's first-order mean."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.clusters import group_codes, group_sums
from reviewer_app.significance.influence import influence_of_runs
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import Stream, block_rows, generator, index_weights, map_blocks

MANY_UNITS = 5_000
"""From this number of units on the mean is drawn as normal, with the moments of its bootstrap: what they leave out
falls with the square root of n."""


def linear_resamples(
    metric: Metric, gold: Gold, teams: Sequence[Predictions], groups: IntArray | None, settings: Settings
) -> FloatArray:
    """Return bootstrap values of a mean of every team, shape (B, T), a row holding the same examples for all teams.

    A mean is resampled as it is. An AUC or average precision is the first team's value, which stays what it is, and to
    first order the mean over units of (difference to that team + number of units x influence on it): who is ahead of
    whom is what is asked for, and that is all in the differences.

    Parameters
    ----------
    metric
        Of the family mean, or a ranking that has influence values; defined for every team.
    gold, teams
        n complete examples and T runs, one of each team.
    groups
        Code of each example's group, shape (n,), drawn as a whole; None: examples are drawn.
    settings
        B and seed.
    """
    codes = np.arange(gold.n_examples) if groups is None else group_codes(groups)
    sums, sizes = (_means if metric.family is Family.MEAN else _to_first_order)(metric, gold, teams, codes)
    if len(sizes) > MANY_UNITS:
        return _normal(sums, sizes, settings)
    n_units, n_rows = len(sizes), min(block_rows(len(sizes)), settings.n_resamples)

    def drawn(block: int) -> FloatArray:
        weights = index_weights(generator(settings.seed, Stream.TEAM_BOOTSTRAP, block), n_units, n_rows)
        weights = weights.astype(np.float64)
        return np.asarray(weights @ sums / (weights @ sizes)[:, np.newaxis])

    blocks = map_blocks(drawn, range(math.ceil(settings.n_resamples / n_rows)), settings.progress)
    return np.concatenate(list(blocks))[: settings.n_resamples]


def _normal(sums: FloatArray, sizes: FloatArray, settings: Settings) -> FloatArray:
    means = sums.sum(axis=0) / sizes.sum()
    apart = (sums - means * sizes[:, np.newaxis]) / sizes.sum()
    rng = generator(settings.seed, Stream.TEAM_BOOTSTRAP, 0)
    drawn: FloatArray = rng.multivariate_normal(means, apart.T @ apart, size=settings.n_resamples, method="svd")
    return drawn


def _means(metric: Metric, gold: Gold, teams: Sequence[Predictions], codes: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return what each unit adds to the teams' sums, shape (U, T), and its examples, shape (U,)."""
    per_example = metric.per_example
    assert per_example is not None
    sums = np.stack([group_sums(per_example(gold, team), codes) for team in teams], axis=1)
    return sums, group_sums(np.ones(len(codes)), codes)


def _to_first_order(
    metric: Metric, gold: Gold, teams: Sequence[Predictions], codes: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return pseudo-values of each unit, whose mean is each team's value, shape (U, T), and units of size 1."""
    values = np.asarray([metric.value(gold, team).value for team in teams], dtype=np.float64)
    n_units = int(codes.max()) + 1
    of_teams = [np.full(n_units, values[0])]
    for team, value in zip(teams[1:], values[1:], strict=True):
        influence = influence_of_runs(metric, gold, [team], teams[:1]).values
        of_teams.append(value + n_units * group_sums(influence, codes))
    return np.stack(of_teams, axis=1), np.ones(n_units)
