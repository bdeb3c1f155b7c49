"""What metrics and statistics are computed from: aligned arrays, of one split, in one order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
FloatArray = NDArray[np.floating[Any]]
BoolArray = NDArray[np.bool_]

NO_PREDICTION = 65535
"""Code of "this team gave no prediction for the example": a label of its own, right for nobody."""

_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])


def _rows(array: _Array | None, examples: BoolArray | IntArray) -> _Array | None:
    return None if array is None else array[examples]  # type: ignore[return-value]


@dataclass(frozen=True, eq=False)
class Gold:
    """The labels that both teams are judged against.

    Attributes
    ----------
    y_true
        Codes in ``0 .. n_classes - 1``, shape (n,).
    n_classes
        Number of labels of the dataset's spec, k.
    positive
        Code of the positive label; None in classification.
    costs
        Cost of predicting column j where row i is true, shape (k, k), 0 on the diagonal; None where the spec has none.
    """

    y_true: IntArray
    n_classes: int
    positive: int | None = None
    costs: FloatArray | None = None

    @property
    def n_examples(self) -> int:
        """Number of examples, n."""
        return len(self.y_true)

    def take(self, examples: BoolArray | IntArray) -> Gold:
        """Return the gold of some examples, named by a mask of shape (n,) or by positions."""
        return replace(self, y_true=self.y_true[examples])


@dataclass(frozen=True, eq=False)
class Predictions:
    """What one team predicts for the examples of a `Gold`, in the same order.

    Attributes
    ----------
    y_pred
        Codes, shape (n,). Below ``n_classes``: a label of the spec; from there on: a label met only in predictions
        (wrong, and of no class); `NO_PREDICTION`: none given. None where the team gave a score and no label.
    score
        Score of the positive label, shape (n,), NaN where missing; None where there is none.
    probabilities
        Probability of each label of the spec, in the spec's order, shape (n, k); a row that holds NaN is missing.
        None where there are none or where they are not usable as they are (percentages, logits, sums off 1).
    top_labels, top_probabilities
        The m most probable labels and their probabilities, most probable first, shape (n, m); None where not given.
        `NO_PREDICTION` and NaN pad short lists.
    confidence
        Probability of the *predicted* label, shape (n,), NaN where missing; None where there is none.
    unanswered
        Where no prediction was given although a score stands there now, because `missing.treat_missing` put it there,
        shape (n,); only where `y_pred` is None, since otherwise `NO_PREDICTION` says it.
    """

    y_pred: IntArray | None
    score: FloatArray | None = None
    probabilities: FloatArray | None = None
    top_labels: IntArray | None = None
    top_probabilities: FloatArray | None = None
    confidence: FloatArray | None = None
    unanswered: BoolArray | None = None

    @property
    def missing(self) -> BoolArray:
        """Where the team gave no prediction, shape (n,)."""
        if self.y_pred is not None:
            return np.asarray(self.y_pred == NO_PREDICTION)
        if self.unanswered is not None:
            return self.unanswered
        if self.score is not None:
            return np.asarray(np.isnan(self.score))
        raise ValueError("predictions hold neither labels nor scores")

    def take(self, examples: BoolArray | IntArray) -> Predictions:
        """Return the predictions of some examples, named by a mask of shape (n,) or by positions."""
        return Predictions(
            y_pred=_rows(self.y_pred, examples),
            score=_rows(self.score, examples),
            probabilities=_rows(self.probabilities, examples),
            top_labels=_rows(self.top_labels, examples),
            top_probabilities=_rows(self.top_probabilities, examples),
            confidence=_rows(self.confidence, examples),
            unanswered=_rows(self.unanswered, examples),
        )


@dataclass(frozen=True, eq=False)
class Structure:
    """Which examples are not independent of each other; at most one of the two is given.

    Attributes
    ----------
    groups
        Code of each example's group, shape (n,): classification with ``group`` in the spec.
    left_records, right_records
        Code of each pair's left and right record, shape (n,): matching. Two pairs with the same code share the record.
    """

    groups: IntArray | None = None
    left_records: IntArray | None = None
    right_records: IntArray | None = None

    def take(self, examples: BoolArray | IntArray) -> Structure:
        """Return the structure of some examples, named by a mask of shape (n,) or by positions."""
        return Structure(
            groups=_rows(self.groups, examples),
            left_records=_rows(self.left_records, examples),
            right_records=_rows(self.right_records, examples),
        )


@dataclass(frozen=True, eq=False)
class DoubtfulExamples:
    """Test examples that a careful reviewer may want to see left out.

    Attributes
    ----------
    seen_before
        Equal in every feature to a row of training or validation, shape (n,); None: none is.
    repeated
        Equal in every feature to an earlier test example, shape (n,); None: none is.
    """

    seen_before: BoolArray | None = None
    repeated: BoolArray | None = None
