"""What is drawn on the Significance page: the bootstrap's and the permutation test's distribution as histograms."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from reviewer_app.evaluation.inputs import FloatArray
from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.arrangements import Arrangements
from reviewer_app.significance.beside.sampling import Sampling
from reviewer_app.significance.count_metrics import swap_statistics
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.means import sign_swap_statistics

_BARS = 60

_MOST_BARS = 80

_TAIL = 0.0005
"""Share at each end that may fall outside the bars' range and is counted in the outermost bar."""

_SPREADS = 6.0
"""Standard deviations of a binomial distribution to each side that are drawn; less than 1e-8 lies beyond."""


@dataclass(frozen=True)
class Distribution:
    """A histogram of what chance gives, with what was observed.

    Attributes
    ----------
    drawn
        What it is a distribution of: "difference", "d / SE", or "only A right", the number among the discordant ones.
    edges
        Edges of the bars, ascending, one more than bars. They span what was drawn; what was observed may lie beyond.
    shares
        Share of the draws in each bar (its probability, where exact); they add up to 1. The outermost bars hold what
        lies beyond their edge too, such as an infinite d / SE.
    observed
        As observed, on the same scale.
    n_resamples
        Number of draws; None where exact.
    n_beyond
        Permutations: how many are at least as extreme as observed, on either side, those exactly as extreme by half in
        metrics of counts, so that p is (1 + n_beyond) / (1 + n_resamples); None for a bootstrap and where exact.
    p_beyond
        Permutations: the p that these draws give (accuracy: the mid-p). It is THE p unless that was made more precise
        with further arrangements because it is close to alpha, or is the larger one of the procedure of THE interval
        (see `PairedDifference.test_method`). None for a bootstrap.
    is_headline
        Whether THE p or THE interval is read from these very draws; False: it stands beside.
    """

    drawn: str
    edges: tuple[float, ...]
    shares: tuple[float, ...]
    observed: float
    n_resamples: int | None
    n_beyond: float | None = None
    p_beyond: float | None = None
    is_headline: bool = True

    @property
    def exact(self) -> bool:
        """Whether all arrangements were enumerated."""
        return self.n_resamples is None


def bootstrap_distribution(sampling: Sampling) -> Distribution | str:
    """Return the distribution of the bootstrap differences, or why there is none.

    Where THE interval is a percentile interval (metrics of counts, rankings but AUC) these are the values that it is
    read from, stretched ones included. Elsewhere they stand beside it.
    """
    values = sampling.bootstrap
    if isinstance(values, str):
        return values
    edges, shares = histogram(values)
    return Distribution(
        drawn="difference",
        edges=edges,
        shares=shares,
        observed=sampling.case.difference,
        n_resamples=len(values),
        is_headline=sampling.bootstrap_is_headline,
    )


def permutation_distribution(sampling: Sampling) -> Distribution | str:
    """Return the distribution of the permutation test's statistic where the teams are interchangeable, or why not.

    Accuracy: the binomial distribution of the examples that only A has right among the discordant ones. Metrics of
    counts, means, groups: d / SE under swaps of the teams; grouped rankings swap the signs of pseudo-values.
    """
    if sampling.why_none is not None:
        return sampling.why_none
    if sampling.is_ranking and (sampling.groups is None or not sampling.is_linear):
        return "the teams' scores have no common scale, so they are never swapped: there is no permutation test"
    if sampling.is_table:
        return _binomial(sampling)
    if sampling.case.metric.family is Family.COUNT:
        arrangements = swap_statistics(sampling.case.metric, sampling.counts, sampling.case.settings)
        if arrangements is None:
            return "the standard error is not defined"
    else:
        arrangements = sign_swap_statistics(sampling.differences, sampling.case.settings)
    return _of_arrangements(arrangements)


def histogram(values: FloatArray, weights: FloatArray | None = None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the edges of the bars and the share of the values in each.

    About 60 bars of equal width. Values that lie on a lattice, as differences of counts do, get bars that each hold the
    same number of its points (fewer bars where it has fewer points), so that no comb appears. All values equal: one
    bar. Infinite values, and a twentieth of a percent at each end, are counted in the outermost bars.

    Parameters
    ----------
    values
        Shape (R,), at least one, no NaN.
    weights
        Probability of each, shape (R,); None: all the same.
    """
    finite = values[np.isfinite(values)]
    if len(finite) == 0:
        finite = np.zeros(1)
    low, high = (float(limit) for limit in np.quantile(finite, [_TAIL, 1.0 - _TAIL], method="nearest"))
    spacing = _lattice_spacing(finite[(finite >= low) & (finite <= high)])
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300):
        half = max(abs(low) / 1000.0, 1e-6)
        edges = np.asarray([low - half, low + half])
    elif spacing is None:
        edges = np.linspace(low, high, _BARS + 1)
    else:
        n_points = round((high - low) / spacing) + 1
        width = spacing * math.ceil(n_points / _MOST_BARS)
        edges = low - spacing / 2.0 + width * np.arange(math.ceil(n_points * spacing / width) + 1)
    bars = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    filled = np.bincount(bars, weights=weights, minlength=len(edges) - 1)
    shares = filled / filled.sum()
    return tuple(edges.tolist()), tuple(shares.tolist())


def _lattice_spacing(values: FloatArray) -> float | None:
    """Return the distance between neighbouring points of the lattice that the values lie on; None where on none."""
    # Enough to see a lattice: more points than this fill a bar each time.
    distinct = np.unique(values)
    if not 1 < len(distinct) <= 20 * _MOST_BARS:
        return None
    gaps = np.diff(distinct)
    scale = 1e-9 * max(abs(float(distinct[0])), abs(float(distinct[-1])))
    gaps = gaps[gaps > scale]
    if len(gaps) == 0:
        return None
    spacing = float(gaps.min())
    steps = (distinct - distinct[0]) / spacing
    is_lattice = float(np.abs(steps - np.rint(steps)).max()) < 1e-3 and steps[-1] <= 20 * _MOST_BARS
    return spacing if is_lattice else None


def _of_arrangements(arrangements: Arrangements) -> Distribution:
    exact = arrangements.probabilities is not None
    edges, shares = histogram(arrangements.statistics, arrangements.probabilities)
    return Distribution(
        drawn="d / SE",
        edges=edges,
        shares=shares,
        observed=arrangements.observed,
        n_resamples=None if exact else len(arrangements.statistics),
        n_beyond=None if exact else float(arrangements.beyond.sum()),
        p_beyond=arrangements.p.p_value,
    )


def _binomial(sampling: Sampling) -> Distribution | str:
    """Return the distribution of the number that only A has right, given the discordant examples: 1/2 each way."""
    table = sampling.table
    assert table is not None
    n = table.discordant
    if n == 0:
        return "no example is right for one team alone: nothing can be swapped"
    reach = math.ceil(_SPREADS * math.sqrt(n) / 2.0)
    first, last = max(n // 2 - reach, 0), min(-(-n // 2) + reach, n)
    per_bar = math.ceil((last - first + 1) / _MOST_BARS)
    ends = np.arange(first + per_bar - 1, last + per_bar, per_bar)
    # Up to and with the last number of each bar; the first and the last bar hold the rest.
    up_to = np.append(betainc(n - ends[:-1], ends[:-1] + 1.0, 0.5), 1.0)
    edges = np.append(first - 0.5, ends + 0.5)
    return Distribution(
        drawn="only A right",
        edges=tuple(edges.tolist()),
        shares=tuple(np.diff(up_to, prepend=0.0).tolist()),
        observed=float(table.only_a),
        n_resamples=None,
        p_beyond=mcnemar(table.only_a, table.only_b).p_mid,
    )
