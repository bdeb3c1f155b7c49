"""Counts per class: all that a metric of counts needs, for one sample or for many resamples at once."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.evaluation.inputs import FloatArray


@dataclass(frozen=True, eq=False)
class ClassCounts:
    """How often each label of the spec is true, predicted, and both; a leading axis counts resamples.

    Counts are floats, because resamples with pseudo-examples have fractions of examples.

    Attributes
    ----------
    true_positives
        Examples of class j predicted as j, shape (..., k).
    true
        Examples of class j, shape (..., k).
    predicted
        Examples predicted as class j, shape (..., k). Predictions outside the spec's labels are in none.
    n
        Number of examples, shape (...,); at least ``predicted.sum(-1)``.
    cost
        Total cost, shape (...,); None where the dataset has no costs.
    positive
        Code of the positive label; None in classification.
    """

    true_positives: FloatArray
    true: FloatArray
    predicted: FloatArray
    n: FloatArray
    cost: FloatArray | None = None
    positive: int | None = None


@dataclass(frozen=True, eq=False)
class CountGradient:
    """Partial derivatives of a metric with respect to `ClassCounts`, each of shape (..., k) (n, cost: (...,)).

    The leading axis is that of the counts: studentised permutations take the gradient of thousands of samples at once.
    NaN where the metric is not defined. The first-order effect of adding one example of class y predicted as a is
    ``true_positives[y] * (y == a) + true[y] + predicted[a] + n + cost * cost_of_the_example``; a label outside the
    spec has no `predicted` term.
    """

    true_positives: FloatArray
    true: FloatArray
    predicted: FloatArray
    n: FloatArray | float = 0.0
    cost: FloatArray | float = 0.0
