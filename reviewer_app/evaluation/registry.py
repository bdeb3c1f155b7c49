"""Every metric, registered once; tables, plots, tests and reports are derived from this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions


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
