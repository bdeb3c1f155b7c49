"""Whether two teams predict each class equally often, and whether their disagreements are symmetric."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.significance.all_swaps import all_swaps, are_at_most
from reviewer_app.significance.joint_counts import inside_codes
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import (
    MAX_PERMUTATIONS,
    TIE,
    MonteCarloP,
    Stream,
    block_rows,
    generator,
    is_too_close,
    map_blocks,
    permutation_p,
    swap_draws,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array

_SMALL = 5.0
"""Expected counts below this are small (Cochran 1954)."""

_MAX_SMALL = 0.2
"""Share of small expected counts above which chi-squared is not relied on."""

_MAX_WORK = 5_000_000_000
"""Pairs of labels times arrangements beyond which a p value near alpha is not made more precise."""


@dataclass(frozen=True)
class LabelTest:
    """A chi-squared test of two teams' labels.

    Attributes
    ----------
    statistic
        Chi-squared.
    degrees_of_freedom
        0 where nothing could differ; then the statistic is 0 and p is 1.
    p_value
        By chi-squared, or by swaps where over a fifth of the expected counts is below 5.
    test_method
        Name for people.
    n_resamples
        B; None for chi-squared and where all arrangements were enumerated.
    monte_carlo_error
        Standard error of `p_value` through finite B; None where there is none.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    test_method: str
    n_resamples: int | None = None
    monte_carlo_error: float | None = None


@dataclass(frozen=True, eq=False)
class LabelDistributions:
    """How often two teams predict each class, with tests.

    Attributes
    ----------
    counts_a, counts_b
        Predictions of each class, shape (k + 1,); the last is every label outside the spec and no prediction.
    stuart_maxwell
        Whether both teams predict each class equally often.
    bowker
        Whether "A says i, B says j" is as frequent as the reverse, for all i and j.
    """

    counts_a: IntArray
    counts_b: IntArray
    stuart_maxwell: LabelTest
    bowker: LabelTest


def label_distributions(
    y_pred_a: IntArray, y_pred_b: IntArray, n_classes: int, settings: Settings
) -> LabelDistributions:
    """Return the two teams' label distributions with the tests of Stuart and Maxwell and of Bowker.

    Stuart 1955 (Biometrika 42), Maxwell 1970 (Br. J. Psychiatry 116): d' S^- d, with d the differences of the k numbers
    of predictions and S their covariance where the labels of an example may change places; degrees of freedom are the
    rank of S. That is k - 1 where all classes hang together by disagreements; a class that neither team predicts, or
    that both predict on the same examples only, is dropped with its degree of freedom, and so is one for each further
    set of classes that are mistaken for each other alone. Bowker 1948 (JASA 43): sum of (n_ij - n_ji)^2 / (n_ij + n_ji)
    over the pairs i < j of labels on which the teams disagree somewhere, as many degrees of freedom as such pairs.

    Where over a fifth of the expected counts is below 5 (Stuart-Maxwell: half of the examples that just one team
    gives the class; Bowker: half of n_ij + n_ji), p is that of swaps instead: the two labels of each example change
    places with probability 1/2; hits are statistics at least as large, up to 1e-9. (Swaps leave S as it is, so for
    Stuart-Maxwell too they are right with many examples although they make the disagreements symmetric.) All
    arrangements are enumerated where there are no more than B; where p is within three Monte Carlo standard errors of
    alpha, ten times as many are drawn, up to 10^6. No disagreement at all: p = 1. With two classes both are McNemar's
    test, without correction for continuity, or exact. Examples are taken to be independent of each other.

    Parameters
    ----------
    y_pred_a, y_pred_b
        Predicted codes, shape (n,), n at least 1. Labels outside the spec and no prediction are one class more.
    n_classes
        Number of labels of the spec, k.
    settings
        Alpha, B and seed.

    Raises
    ------
    ValueError
        No examples.
    """
    if len(y_pred_a) == 0:
        raise ValueError("there are no examples")
    a, b = inside_codes(y_pred_a, n_classes), inside_codes(y_pred_b, n_classes)
    disagreements = _disagreements(a, b, n_classes + 1)
    return LabelDistributions(
        counts_a=np.bincount(a, minlength=n_classes + 1),
        counts_b=np.bincount(b, minlength=n_classes + 1),
        stuart_maxwell=_test(_StuartMaxwell(disagreements), "Stuart-Maxwell", disagreements, settings),
        bowker=_test(_Bowker(disagreements), "Bowker", disagreements, settings),
    )


@dataclass(frozen=True, eq=False)
class _Disagreements:
    """The pairs of labels on which the teams disagree somewhere.

    Attributes
    ----------
    first, second
        Labels of each pair, among those that occur in one, shape (P,), first < second.
    forward
        Examples that A gives the first label and B the second, shape (P,).
    sizes
        Examples with these two labels whoever gave which, shape (P,), at least 1.
    n_labels
        Number of labels that occur in a pair.
    """

    first: IntArray
    second: IntArray
    forward: IntArray
    sizes: IntArray
    n_labels: int


def _disagreements(a: IntArray, b: IntArray, n_labels: int) -> _Disagreements:
    differ = a != b
    a, b = a[differ], b[differ]
    keys, pair_of = np.unique(np.minimum(a, b) * n_labels + np.maximum(a, b), return_inverse=True)
    labels, codes = np.unique(np.concatenate([keys // n_labels, keys % n_labels]), return_inverse=True)
    return _Disagreements(
        first=codes[: len(keys)],
        second=codes[len(keys) :],
        forward=np.bincount(pair_of[a < b], minlength=len(keys)),
        sizes=np.bincount(pair_of, minlength=len(keys)),
        n_labels=len(labels),
    )


class _Bowker:
    def __init__(self, disagreements: _Disagreements) -> None:
        self._sizes = disagreements.sizes
        self.degrees_of_freedom = len(disagreements.sizes)
        self.expected = disagreements.sizes / 2.0

    def statistics(self, forward: FloatArray) -> FloatArray:
        """Return chi-squared of arrangements, shape (R,), from their `forward`, shape (P, R)."""
        sizes = self._sizes[:, np.newaxis]
        return np.asarray(((2.0 * forward - sizes) ** 2 / sizes).sum(axis=0))


class _StuartMaxwell:
    """S is the Laplacian of the graph whose nodes are labels and whose edges are pairs, weighted by their sizes.

    So swaps leave S as it is, its rank is the number of labels less that of connected components, and adding a multiple
    of 1 1' in each component makes it regular without a change of d' S^- d, because d adds up to 0 in each of them.
    """

    def __init__(self, disagreements: _Disagreements) -> None:
        from scipy.sparse import coo_array, csr_array
        from scipy.sparse.csgraph import connected_components

        first, second, sizes = disagreements.first, disagreements.second, disagreements.sizes
        n_labels, pairs = disagreements.n_labels, np.arange(len(sizes))
        ends = (np.concatenate([first, second]), np.concatenate([second, first]))
        weights = coo_array((np.concatenate([sizes, sizes]), ends), shape=(n_labels, n_labels)).toarray()
        degrees = weights.sum(axis=1)
        n_components, component = connected_components(weights, directed=False) if n_labels else (0, np.zeros(0))
        together = component[:, np.newaxis] == component
        covariance = np.diag(degrees) - weights + together * (degrees.mean() if n_labels else 0.0)
        self._inverse = np.linalg.inv(covariance)
        signs = np.concatenate([np.ones(len(pairs)), -np.ones(len(pairs))])
        self._ends: csr_array[Any] = csr_array(
            (signs, (np.concatenate([first, second]), np.concatenate([pairs, pairs]))), shape=(n_labels, len(pairs))
        )
        self._sizes = sizes
        self.degrees_of_freedom = n_labels - int(n_components)
        self.expected = degrees / 2.0

    def statistics(self, forward: FloatArray) -> FloatArray:
        """Return chi-squared of arrangements, shape (R,), from their `forward`, shape (P, R)."""
        differences = self._ends @ (2.0 * forward - self._sizes[:, np.newaxis])
        return np.asarray(np.einsum("cr,cr->r", differences, self._inverse @ differences))


def _test(test: _StuartMaxwell | _Bowker, name: str, disagreements: _Disagreements, settings: Settings) -> LabelTest:
    df = test.degrees_of_freedom
    if df == 0:
        return LabelTest(0.0, 0, 1.0, f"{name}, no disagreement")
    observed = float(test.statistics(disagreements.forward[:, np.newaxis].astype(np.float64))[0])
    if np.mean(test.expected < _SMALL) <= _MAX_SMALL:
        return LabelTest(observed, df, float(chdtrc(df, observed)), f"{name}, chi-squared")
    p = _swap_p(test, observed, disagreements.sizes, settings)
    method = f"{name}, swaps" if p.n_resamples else f"{name}, all swaps"
    return LabelTest(observed, df, p.p_value, method, p.n_resamples, p.monte_carlo_error)


def _swap_p(test: _StuartMaxwell | _Bowker, observed: float, sizes: IntArray, settings: Settings) -> MonteCarloP:
    if are_at_most(sizes, settings.n_resamples):
        forward, probabilities = all_swaps(sizes)
        hits = test.statistics(forward) >= observed - TIE
        return MonteCarloP(min(float(probabilities[hits].sum()), 1.0))
    n_resamples = settings.n_resamples
    while True:
        p = permutation_p(_drawn_hits(test, observed, sizes, n_resamples, settings), n_resamples)
        n_resamples *= 10
        too_much = n_resamples > MAX_PERMUTATIONS or n_resamples * len(sizes) > _MAX_WORK
        if too_much or not is_too_close(p, settings.alpha):
            return p


def _drawn_hits(
    test: _StuartMaxwell | _Bowker, observed: float, sizes: IntArray, n_resamples: int, settings: Settings
) -> int:
    n_rows = min(block_rows(max(len(sizes), len(test.expected))), n_resamples)

    def hits(block: int) -> int:
        rng = generator(settings.seed, Stream.LABEL_SWAPS, block)
        drawn = swap_draws(rng, sizes, n_rows)[:, : n_resamples - block * n_rows]
        return int(np.count_nonzero(test.statistics(drawn) >= observed - TIE))

    return sum(map_blocks(hits, range(math.ceil(n_resamples / n_rows)), settings.progress))
