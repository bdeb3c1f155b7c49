"""Every metric, registered once; tables, plots, tests and reports are derived from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, Predictions


class Needs(StrEnum):
    """What a metric is computed from."""

    LABELS = "labels"
    SCORE = "score"
    PROBABILITIES = "probabilities"
    TOP_LABELS = "top_labels"


class Family(StrEnum):
    """How a metric depends on its examples; it decides THE p and THE interval (DESIGN 8)."""

    PROPORTION = "proportion"
    """Share of examples that are right: accuracy, top-k accuracy. McNemar and Tango."""
    COUNT = "count"
    """A function of the class counts: F1, MCC, ... Studentised swaps and joint-count bootstrap."""
    MEAN = "mean"
    """Mean of a value per example: log loss, Brier. Sign swaps and bootstrap."""
    AUC = "auc"
    """ROC AUC, binary or macro one-vs-rest. DeLong."""
    RANKING = "ranking"
    """Average precision, recall at fixed precision. Paired bootstrap."""
    CALIBRATION = "calibration"
    """Calibration error: shown beside its chance value, no test, no interval, never primary."""


@dataclass(frozen=True)
class MetricValue:
    """A metric's value, or why there is none; never both.

    Attributes
    ----------
    value
        The value as a fraction; None where it is not defined.
    reason
        Why it is not defined; None where it is.
    note
        What the reader must know beside the value, for example how many losses were clipped; "" where nothing.
    """

    value: float | None
    reason: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Metric:
    """A metric and what is known of it.

    Attributes
    ----------
    id, name
        Name in JSON and options; name for people.
    needs, family, tasks
        See `Needs` and `Family`; the tasks it is computed for.
    higher_is_better
        Its direction.
    range
        Least and largest value.
    definition, source
        One sentence; paper, or scikit-learn's function of the same meaning.
    value
        (gold, predictions) to its value; missing predictions have been treated before (see `missing.py`).
    from_counts, gradient
        Family count (and accuracy): the metric over class counts, vectorised over the leading axis, NaN where it is
        not defined; and its partial derivatives, vectorised over the same axis.
    per_example
        Families proportion (0 or 1) and mean: value of each example, shape (n,), NaN where the example is left out
        because its probabilities are missing. The metric is their mean.
    weighted
        Family ranking: (positive (n,) bool, score (n,), weights (B, n)) to the metric of each weighting, shape (B,),
        NaN where it is not defined.
    of_thresholds
        Family ranking: the same from the weights of the true positives and of all that is predicted positive at each
        threshold (`ranking.Ranking.at_thresholds`), for many blocks of weightings of one ranking.
    effects
        Family ranking, where the metric is a smooth function of its examples' weights: (positive (n,) bool,
        score (n,)) to the first-order effect of each example on it, shape (n,). It then has standard errors, groups,
        shared records and seeds without resampling.
    """

    id: str
    name: str
    needs: Needs
    family: Family
    tasks: frozenset[str]
    higher_is_better: bool
    range: tuple[float, float]
    definition: str
    source: str
    value: Callable[[Gold, Predictions], MetricValue]
    from_counts: Callable[[ClassCounts], FloatArray] | None = None
    gradient: Callable[[ClassCounts], CountGradient] | None = None
    per_example: Callable[[Gold, Predictions], FloatArray] | None = None
    weighted: Callable[[BoolArray, FloatArray, FloatArray], FloatArray] | None = None
    of_thresholds: Callable[[FloatArray, FloatArray], FloatArray] | None = None
    effects: Callable[[BoolArray, FloatArray], FloatArray] | None = None
