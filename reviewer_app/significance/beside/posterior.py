"""Posterior shares: how probable it is that A is better, that the difference is within the margin, that B is better."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.evaluation.ranking import Ranking
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.beside.pooled_units import pooled_units
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.case import NO_VARIATION
from reviewer_app.significance.independent import TOO_FEW_POSITIVES
from reviewer_app.significance.influence import has_influence, positive_score
from reviewer_app.significance.ranking_bootstrap import draw_order, ranking_resamples
from reviewer_app.significance.resampling import MAX_UNDEFINED, Stream, block_rows, generator, map_blocks
from reviewer_app.significance.shares import share_error
from reviewer_app.significance.units import Units, count_differences

_WEIGHED = 5_000
"""Examples up to which a ranking is computed under every weighting; from there on its influence values serve as well,
because what they leave out falls with 1 / n."""


@dataclass(frozen=True)
class PosteriorShares:
    """Shares of the posterior draws; A better and B better exclude each other, within the margin overlaps with both.

    Attributes
    ----------
    a_better, b_better
        Share in which A (B) is better, whichever sign that is for the metric; together 1.
    within_margin
        Share in which |d| is less than the margin; None without a margin, or where so little differs that equivalence
        must not be claimed.
    n_draws
        Posterior draws.
    error_a_better, error_b_better, error_within_margin
        Standard error of each share through the finite number of draws.
    """

    a_better: float
    b_better: float
    within_margin: float | None
    n_draws: int
    error_a_better: float
    error_b_better: float
    error_within_margin: float | None


def posterior_shares(sampling: Sampling) -> PosteriorShares | str:
    """Return the posterior shares of a case, or why there are none.

    Shares of examples and metrics of counts: Dirichlet draws over the joint counts, or over the groups. The prior is
    the two pseudo-examples (one that only A and one that only B has right) and nothing else: it treats the teams alike,
    is worth two examples however many there are, and makes the data the same as those of THE interval. Without it
    nothing discordant would mean that the teams are equal for certain.

    Means and AUC: the Bayesian bootstrap (Rubin 1981, Ann. Statist. 9), exponential weights of the units (see
    `pooled_units.PooledUnits.posterior`), an AUC to first order through its placements. Other rankings: the metric
    under the weights, from 5,000 examples on to first order too.

    None where nothing differs, where the ten largest losses decide (see `Case.judged`), for pairs that share records
    and for several runs.
    """
    if sampling.why_none is not None:
        return sampling.why_none
    case = sampling.case
    if sampling.judged.not_defined is not None:
        return sampling.judged.not_defined
    draws = _draws(sampling)
    if isinstance(draws, str):
        return draws
    margin = None if sampling.judged.p_equivalence is None else case.margin
    return _shares(draws if case.metric.higher_is_better else -draws, margin)


def _draws(sampling: Sampling) -> FloatArray | str:
    """Return posterior draws of A - B, shape (draws,), or why there are none."""
    family = sampling.case.metric.family
    if sampling.is_table:
        return _table_draws(sampling)
    if family is Family.COUNT:
        draws = _count_draws(sampling, sampling.counts.occurring())
    elif not sampling.is_linear and (sampling.n_units <= _WEIGHED or not has_influence(sampling.case.metric)):
        if sampling.n_different == 0:
            return NO_VARIATION
        draws = _ranking_draws(sampling)
    else:
        units = sampling.differences
        if units.n_pseudo == 0 and float(np.ptp(units.sums - units.difference * units.sizes)) == 0.0:
            return NO_VARIATION
        draws = pooled_units(units).posterior(sampling.case.settings)
    defined = draws[~np.isnan(draws)]
    return defined if len(draws) - len(defined) <= MAX_UNDEFINED * len(draws) else TOO_FEW_POSITIVES


def _shares(draws: FloatArray, margin: float | None) -> PosteriorShares:
    n = len(draws)
    # A draw of exactly 0 is possible where hardly anything differs: half for each.
    a_better = (int(np.count_nonzero(draws > 0.0)) + int(np.count_nonzero(draws == 0.0)) / 2.0) / n
    within = None if margin is None else int(np.count_nonzero(np.abs(draws) < margin)) / n
    error = share_error(a_better, n)
    return PosteriorShares(
        a_better=a_better,
        b_better=1.0 - a_better,
        within_margin=within,
        n_draws=n,
        error_a_better=error,
        error_b_better=error,
        error_within_margin=None if within is None else share_error(within, n),
    )


def _table_draws(sampling: Sampling) -> FloatArray:
    table, settings = sampling.table, sampling.case.settings
    assert table is not None
    order = list(table.draw_order)
    rng = generator(settings.seed, Stream.POSTERIOR, 0)
    drawn = rng.standard_gamma(table.weights[order], size=(settings.n_resamples, 3))
    only_a, only_b = (drawn[:, order.index(cell)] for cell in (0, 1))
    return np.asarray((only_a - only_b) / drawn.sum(axis=1))


def _count_draws(sampling: Sampling, units: Units) -> FloatArray:
    metric = sampling.case.metric
    weights = (units.counts + units.pseudo)[:, np.newaxis]

    def differences(rng: np.random.Generator, n_rows: int) -> FloatArray:
        drawn = rng.standard_gamma(weights, size=(len(weights), n_rows))
        # To the number of units: metrics tell rounding from 0 by the size of the counts.
        drawn *= weights.sum() / drawn.sum(axis=0)
        return count_differences(metric, units.class_counts(units.class_sums(drawn)))

    return _in_blocks(sampling, differences, len(weights))


def _ranking_draws(sampling: Sampling) -> FloatArray:
    case, n_units = sampling.case, sampling.n_units
    of_thresholds = case.metric.of_thresholds
    assert of_thresholds is not None
    order = draw_order(case.gold, case.runs_a, case.runs_b)
    unit_of = None if sampling.groups is None else sampling.groups[order]
    positive = (case.gold.y_true == case.gold.positive)[order]
    of_a, of_b = (Ranking(positive, positive_score(case.gold, runs[0])[order]) for runs in (case.runs_a, case.runs_b))

    def differences(rng: np.random.Generator, n_rows: int) -> FloatArray:
        weights = rng.standard_exponential((n_rows, n_units))
        if unit_of is not None:
            weights = weights.take(unit_of, axis=1)
        return np.asarray(of_thresholds(*of_a.at_thresholds(weights)) - of_thresholds(*of_b.at_thresholds(weights)))

    return _in_blocks(sampling, differences, len(positive))


def _in_blocks(
    sampling: Sampling, differences: Callable[[np.random.Generator, int], FloatArray], n_weights: int
) -> FloatArray:
    """Return draws made block by block, each from its own stream, as many as the number of weights allows."""
    settings = sampling.case.settings
    n_draws = ranking_resamples(n_weights, settings)
    n_rows = min(block_rows(n_weights), n_draws)

    def block(number: int) -> FloatArray:
        return differences(generator(settings.seed, Stream.POSTERIOR, number), n_rows)

    blocks = map_blocks(block, range(math.ceil(n_draws / n_rows)), settings.progress)
    return np.concatenate(list(blocks))[:n_draws]
