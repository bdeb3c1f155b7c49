"""What is drawn, swapped or left out as a whole: examples (by joint count) or groups of examples."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.counts import costs_with_outside
from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.joint_counts import JointCounts, joint_counts

if TYPE_CHECKING:
    from scipy.sparse import csr_array


_PARTS = 32


class RowsOfKinds(Protocol):
    """An array of shape (U, R), or what puts its rows together when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """U and R."""

    def __getitem__(self, kinds: slice, /) -> FloatArray:
        """Return the rows of some kinds."""


TeamCounts = tuple[ClassCounts, ClassCounts]
"""Class counts of A and of B, with the same leading axis and the same gold."""


@dataclass(frozen=True, eq=False)
class Units:
    """Distinct kinds of units, and how often each occurs.

    Attributes
    ----------
    features
        What one unit of each kind adds to the class counts, shape (U, 5k + 2): true positives and predictions of A,
        true positives and predictions of B, gold labels (k columns each), cost of A, cost of B.
    counts
        Observed units of each kind, shape (U,), whole numbers.
    pseudo
        What the two pseudo-examples add, units of their own, shape (U,); their sum is 2.
    swapped
        Position of the kind in which the teams have changed places, shape (U,).
    n_classes, positive, has_costs
        Of the gold.
    correction
        Factor of the variance of the observed units for their finite number: G / (G - 1) for G groups, 1 for examples.
    """

    features: csr_array[Any]
    counts: FloatArray
    pseudo: FloatArray
    swapped: IntArray
    n_classes: int
    positive: int | None
    has_costs: bool
    correction: float = 1.0

    def occurring(self) -> Units:
        """Return the kinds that are observed or have pseudo-examples, without knowledge of mirror images."""
        kinds = np.flatnonzero((self.counts > 0) | (self.pseudo > 0))
        return replace(
            self,
            features=self.features[kinds],
            counts=self.counts[kinds],
            pseudo=self.pseudo[kinds],
            swapped=np.arange(len(kinds)),
        )

    def heaviest_first(self) -> Units:
        """Return the same units, kinds on which the teams differ first, frequent ones before others."""
        frequency = self.counts + self.counts[self.swapped]
        itself = self.swapped == np.arange(len(frequency))
        order = np.lexsort((-frequency, itself))
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        return replace(
            self,
            features=self.features[order],
            counts=self.counts[order],
            pseudo=self.pseudo[order],
            swapped=place[self.swapped[order]],
        )

    def mirrored(self) -> Units:
        """Return the same units with the teams in each other's place."""
        return replace(self, features=_mirrored(self.features, self.n_classes))

    def class_sums(self, weights: FloatArray) -> FloatArray:
        """Return the sums of the features, shape (5k + 2, R), over units with weights of shape (U, R)."""
        sums: FloatArray = self.features.T.tocsr() @ weights
        return sums

    def class_counts(self, sums: FloatArray) -> TeamCounts:
        """Return the class counts of A and of B, leading axis R, from `class_sums`."""
        k = self.n_classes
        tp_a, predicted_a, tp_b, predicted_b, true = (
            np.ascontiguousarray(sums[start * k : (start + 1) * k].T) for start in range(5)
        )
        n = true.sum(axis=1)
        cost_a, cost_b = (sums[5 * k], sums[5 * k + 1]) if self.has_costs else (None, None)
        return (
            ClassCounts(tp_a, true, predicted_a, n, cost_a, self.positive),
            ClassCounts(tp_b, true, predicted_b, n, cost_b, self.positive),
        )

    def influence(self, metric: Metric, counts: TeamCounts) -> FloatArray:
        """Return the first-order effect of one unit of each kind on A - B at these counts, shape (U, R)."""
        assert metric.gradient is not None
        effect: FloatArray = self.features @ _stacked(metric.gradient(counts[0]), metric.gradient(counts[1]))
        return effect

    def variances(
        self, metric: Metric, counts: TeamCounts, weights: RowsOfKinds, enough: FloatArray | None = None
    ) -> FloatArray:
        """Return the variance of A - B, shape (R,): the sum of squared influences of the units and pseudo-examples.

        Parameters
        ----------
        metric
            A metric of counts.
        counts
            Class counts of the weights and the pseudo-examples together, leading axis R.
        weights
            Observed units of each kind, shape (U, R); an array, or what gives its rows.
        enough
            Where the exact variance does not matter above this, shape (R,): a sum over some of the units may be
            returned there, above it too.
        """
        assert metric.gradient is not None
        gradient = _stacked(metric.gradient(counts[0]), metric.gradient(counts[1]))
        variances = np.zeros(weights.shape[1])
        columns: IntArray | slice = slice(None)
        if enough is not None:
            # Whether a variance is defined shows only once all is summed.
            enough = np.where(np.isnan(gradient).any(axis=0), np.inf, enough)
        for kinds, features in self._parts:
            squared = features @ gradient
            np.square(squared, out=squared)
            observed = np.einsum("ur,ur->r", weights[kinds][:, columns], squared)
            variances[columns] += self.correction * observed + self.pseudo[kinds] @ squared
            if enough is None:
                continue
            open_columns = np.flatnonzero(~(variances > enough))
            if len(open_columns) == 0:
                break
            if 2 * len(open_columns) <= gradient.shape[1]:
                of_these = np.arange(len(variances))[columns]
                gradient = np.ascontiguousarray(gradient[:, np.isin(of_these, open_columns)])
                columns = open_columns
        return variances

    @cached_property
    def _parts(self) -> list[tuple[slice, csr_array[Any]]]:
        """Kinds in parts so small that their influences in a block of resamples stay in the processor's cache."""
        step = max(1, -(-len(self.counts) // _PARTS))
        parts = [slice(start, start + step) for start in range(0, len(self.counts), step)]
        return [(kinds, self.features[kinds]) for kinds in parts]


def count_differences(metric: Metric, counts: TeamCounts) -> FloatArray:
    """Return A - B of a metric of counts, shape (R,), NaN where it is not defined."""
    assert metric.from_counts is not None
    return metric.from_counts(counts[0]) - metric.from_counts(counts[1])


def units_of_labels(gold: Gold, y_pred_a: IntArray, y_pred_b: IntArray, groups: IntArray | None = None) -> Units:
    """Return the units of two teams' labels: examples, or whole groups.

    The kinds stand in the same order for A - B and for B - A, so that the same draws give mirror images: which team is
    called A changes the sign and nothing else.

    Parameters
    ----------
    gold
        Gold labels, n at least 1.
    y_pred_a, y_pred_b
        Predicted codes, shape (n,).
    groups
        Code of each example's group, as for `units_of_groups`; None: examples are the units.
    """
    is_mirrored = comes_second(y_pred_a, y_pred_b)
    first, second = (y_pred_b, y_pred_a) if is_mirrored else (y_pred_a, y_pred_b)
    cells = joint_counts(gold, first, second)
    units = units_of_examples(gold, cells) if groups is None else units_of_groups(gold, cells, groups)
    units = units.heaviest_first()
    return units.mirrored() if is_mirrored else units


def comes_second(of_a: FloatArray | IntArray, of_b: FloatArray | IntArray) -> bool:
    """Return whether A's values, shape (n,), are the larger ones where the two first differ: an order of teams."""
    different = np.flatnonzero(of_a != of_b)
    return len(different) > 0 and bool(of_a[different[0]] > of_b[different[0]])


def units_of_examples(gold: Gold, counts: JointCounts) -> Units:
    """Return examples as units, one kind for each cell of the joint counts."""
    return Units(
        features=_cell_features(gold, counts),
        counts=counts.counts,
        pseudo=counts.pseudo,
        swapped=counts.swapped,
        n_classes=counts.n_classes,
        positive=gold.positive,
        has_costs=gold.costs is not None,
    )


def units_of_groups(gold: Gold, counts: JointCounts, groups: IntArray) -> Units:
    """Return groups as units: one kind for each distinct sum of features and each mirror image, and the pseudo-cells.

    Groups that add the same to the class counts are one kind, so that they are drawn and swapped together. A
    pseudo-example is as many examples as the square root of the groups' mean size: as large as the effect of a group
    whose examples are independent of each other.

    Parameters
    ----------
    gold, counts
        Gold and joint counts of n examples.
    groups
        Code of each example's group, shape (n,), in 0 .. G - 1 and each occurring, G at least 2.
    """
    from scipy.sparse import csr_array, vstack

    n_groups, n_cells = int(groups.max()) + 1, len(counts.counts)
    cells = _cell_features(gold, counts)
    members = csr_array((np.ones(len(groups)), (groups, counts.cell)), shape=(n_groups, n_cells))
    features = csr_array(members @ cells)
    both = csr_array(vstack([features, _mirrored(features, counts.n_classes)], format="csr"))
    first, kind = _distinct_rows(both)
    n_kinds = len(first)
    itself, partner = kind[:n_groups], kind[n_groups:]
    swapped = np.arange(n_kinds + n_cells)
    swapped[itself], swapped[partner] = partner, itself
    return Units(
        features=csr_array(vstack([both[first], cells * math.sqrt(len(groups) / n_groups)], format="csr")),
        counts=np.concatenate([np.bincount(itself, minlength=n_kinds).astype(np.float64), np.zeros(n_cells)]),
        pseudo=np.concatenate([np.zeros(n_kinds), counts.pseudo]),
        swapped=swapped,
        n_classes=counts.n_classes,
        positive=gold.positive,
        has_costs=gold.costs is not None,
        correction=n_groups / (n_groups - 1),
    )


def _mirrored(features: csr_array[Any], n_classes: int) -> csr_array[Any]:
    """Return the features with the teams' columns in each other's place."""
    a, b = np.arange(2 * n_classes), np.arange(2 * n_classes, 4 * n_classes)
    rest = np.arange(4 * n_classes, 5 * n_classes)
    return features[:, np.concatenate([b, a, rest, [5 * n_classes + 1, 5 * n_classes]])]


def _distinct_rows(rows: csr_array[Any]) -> tuple[IntArray, IntArray]:
    """Return the position of the first of each distinct row, and which of these each row is."""
    rows.sum_duplicates()
    lengths = np.diff(rows.indptr)
    which = np.empty(len(lengths), dtype=np.intp)
    firsts: list[IntArray] = []
    for length in np.unique(lengths):
        chosen = np.flatnonzero(lengths == length)
        places = rows.indptr[chosen][:, np.newaxis] + np.arange(length)
        key = np.concatenate([rows.indices[places].astype(np.int64), rows.data[places].view(np.int64)], axis=1)
        as_bytes = key.view(np.dtype((np.void, key.shape[1] * key.itemsize))).reshape(-1)
        _, first, inverse = np.unique(as_bytes, return_index=True, return_inverse=True)
        which[chosen] = sum(len(found) for found in firsts) + inverse
        firsts.append(chosen[first])
    return np.concatenate(firsts), which


def _cell_features(gold: Gold, counts: JointCounts) -> csr_array[Any]:
    from scipy.sparse import csr_array

    k, cells = counts.n_classes, np.arange(len(counts.y))
    rows, columns, values = [cells], [4 * k + counts.y], [np.ones(len(cells))]
    for team, labels in enumerate((counts.a, counts.b)):
        for start, chosen in ((0, labels == counts.y), (k, labels < k)):
            rows.append(cells[chosen])
            columns.append(2 * team * k + start + labels[chosen])
            values.append(np.ones(len(rows[-1])))
        if gold.costs is not None:
            cost = costs_with_outside(gold.costs)[counts.y, labels]
            rows.append(cells[cost != 0.0])
            columns.append(np.full(len(rows[-1]), 5 * k + team))
            values.append(cost[cost != 0.0])
    shape = (len(cells), 5 * k + 2)
    return csr_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def _stacked(a: CountGradient, b: CountGradient) -> FloatArray:
    """Return the derivatives of A - B with respect to the class sums, shape (5k + 2, R), in their order."""
    k, n_rows = a.true.shape[-1], len(a.true)
    stacked = np.empty((5 * k + 2, n_rows))
    for place, of_classes in enumerate((a.true_positives, a.predicted, b.true_positives, b.predicted)):
        stacked[place * k : (place + 1) * k] = of_classes.T
    np.negative(stacked[2 * k : 4 * k], out=stacked[2 * k : 4 * k])
    # An example has exactly one gold label, so the derivative with respect to n joins those of the gold labels.
    np.subtract(a.true.T, b.true.T, out=stacked[4 * k : 5 * k])
    stacked[4 * k : 5 * k] += np.asarray(a.n) - np.asarray(b.n)
    stacked[5 * k], stacked[5 * k + 1] = a.cost, np.negative(b.cost)
    return stacked
