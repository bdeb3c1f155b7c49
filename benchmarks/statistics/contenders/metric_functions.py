"""scikit-learn's functions for the metrics of the jobs, and what of a team's predictions they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    fbeta_score,
    log_loss,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)

from benchmarks.statistics.test_sets import TestSet
from reviewer_app.evaluation.inputs import Predictions

FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "accuracy": accuracy_score,
    "balanced_accuracy": balanced_accuracy_score,
    "macro_f1": partial(f1_score, average="macro", zero_division=0.0),
    "weighted_f1": partial(f1_score, average="weighted", zero_division=0.0),
    "macro_precision": partial(precision_score, average="macro", zero_division=0.0),
    "macro_recall": partial(recall_score, average="macro", zero_division=0.0),
    "f1": f1_score,
    "precision": precision_score,
    "recall": recall_score,
    "f0_5": partial(fbeta_score, beta=0.5),
    "f2": partial(fbeta_score, beta=2.0),
    "mcc": matthews_corrcoef,
    "cohen_kappa": cohen_kappa_score,
    "roc_auc": roc_auc_score,
    "average_precision": average_precision_score,
    "log_loss": log_loss,
}
"""(y_true, what `predicted` gives) to the value, by metric id."""


def predicted(test_set: TestSet, metric: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return what scikit-learn's function takes of each team, shape (n,)."""
    of_a, of_b = (_predicted(team, metric) for team in (test_set.a, test_set.b))
    return of_a, of_b


def _predicted(team: Predictions, metric: str) -> np.ndarray[Any, Any]:
    found: np.ndarray[Any, Any] | None
    if metric in ("roc_auc", "average_precision"):
        found = team.score
    elif metric == "log_loss":
        found = None if team.probabilities is None else np.ascontiguousarray(team.probabilities[:, 1])
    else:
        found = team.y_pred
    assert found is not None
    return found
