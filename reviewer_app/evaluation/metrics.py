"""The metrics themselves, in the order in which they are shown, and how to find and compute them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation import calibration, count_gradients, counts, probabilities, ranking
from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions
from reviewer_app.evaluation.missing import MissingTreatment, treat_missing
from reviewer_app.evaluation.registry import Family, Metric, MetricValue, Needs

_CLASSIFICATION = frozenset({"classification"})
_MATCHING = frozenset({"matching"})
_BOTH = _CLASSIFICATION | _MATCHING
_TOP = 5


def _of_counts(
    metric_id: str,
    name: str,
    tasks: frozenset[str],
    definition: str,
    source: str,
    from_counts: Callable[[ClassCounts], FloatArray],
    gradient: Callable[[ClassCounts], CountGradient],
    *,
    why_not: Callable[[ClassCounts], str] | None = None,
    family: Family = Family.COUNT,
    higher_is_better: bool = True,
    value_range: tuple[float, float] = (0.0, 1.0),
    per_example: Callable[[Gold, Predictions], FloatArray] | None = None,
) -> Metric:
    return Metric(
        id=metric_id,
        name=name,
        needs=Needs.LABELS,
        family=family,
        tasks=tasks,
        higher_is_better=higher_is_better,
        range=value_range,
        definition=definition,
        source=source,
        value=counts.value_from_counts(from_counts, why_not),
        from_counts=from_counts,
        gradient=gradient,
        per_example=per_example,
    )


def _f_beta(metric_id: str, name: str, beta: float, words: str, source: str) -> Metric:
    return _of_counts(
        metric_id,
        name,
        _MATCHING,
        f"Harmonic mean of precision and recall of the positive label{words}.",
        source,
        partial(counts.f_beta, beta=beta),
        partial(count_gradients.f_beta, beta=beta),
        why_not=counts.why_no_f_beta,
    )


_ALL = (
    _of_counts(
        "accuracy",
        "accuracy",
        _BOTH,
        "Share of examples that are predicted right.",
        "sklearn.metrics.accuracy_score",
        counts.accuracy,
        count_gradients.accuracy,
        family=Family.PROPORTION,
        per_example=counts.right,
    ),
    _of_counts(
        "balanced_accuracy",
        "balanced accuracy",
        _CLASSIFICATION,
        "Mean recall over the classes of the gold labels.",
        "sklearn.metrics.balanced_accuracy_score",
        counts.macro_recall,
        count_gradients.macro_recall,
    ),
    _of_counts(
        "macro_f1",
        "macro F1",
        _CLASSIFICATION,
        "Mean F1 over the classes of the gold labels.",
        "sklearn.metrics.f1_score(average='macro', labels=classes of the gold)",
        counts.macro_f1,
        count_gradients.macro_f1,
    ),
    _of_counts(
        "weighted_f1",
        "weighted F1",
        _CLASSIFICATION,
        "Mean F1 over the classes of the gold labels, each weighted by its number of examples.",
        "sklearn.metrics.f1_score(average='weighted', labels=classes of the gold)",
        counts.weighted_f1,
        count_gradients.weighted_f1,
    ),
    _of_counts(
        "macro_precision",
        "macro precision",
        _CLASSIFICATION,
        "Mean precision over the classes of the gold labels; a class that is never predicted counts 0.",
        "sklearn.metrics.precision_score(average='macro', labels=classes of the gold, zero_division=0)",
        counts.macro_precision,
        count_gradients.macro_precision,
    ),
    _of_counts(
        "macro_recall",
        "macro recall",
        _CLASSIFICATION,
        "Mean recall over the classes of the gold labels; the same number as balanced accuracy.",
        "sklearn.metrics.recall_score(average='macro', labels=classes of the gold)",
        counts.macro_recall,
        count_gradients.macro_recall,
    ),
    _f_beta("f1", "F1", 1.0, "", "sklearn.metrics.f1_score"),
    _of_counts(
        "precision",
        "precision",
        _MATCHING,
        "Share of the pairs predicted to match that do.",
        "sklearn.metrics.precision_score",
        counts.precision,
        count_gradients.precision,
        why_not=counts.why_no_precision,
    ),
    _of_counts(
        "recall",
        "recall",
        _MATCHING,
        "Share of the matches that are predicted to match.",
        "sklearn.metrics.recall_score",
        counts.recall,
        count_gradients.recall,
        why_not=counts.why_no_recall,
    ),
    _f_beta("f0_5", "F0.5", 0.5, ", precision weighing more", "sklearn.metrics.fbeta_score(beta=0.5)"),
    _f_beta("f2", "F2", 2.0, ", recall weighing more", "sklearn.metrics.fbeta_score(beta=2)"),
    _of_counts(
        "mcc",
        "MCC",
        _BOTH,
        "Matthews' correlation coefficient between gold and predicted labels, for any number of classes.",
        "sklearn.metrics.matthews_corrcoef",
        counts.mcc,
        count_gradients.mcc,
        why_not=counts.why_no_mcc,
        value_range=(-1.0, 1.0),
    ),
    _of_counts(
        "cohen_kappa",
        "Cohen's kappa",
        _CLASSIFICATION,
        "Agreement of gold and predicted labels beyond what their frequencies would give by chance.",
        "sklearn.metrics.cohen_kappa_score",
        counts.cohen_kappa,
        count_gradients.cohen_kappa,
        why_not=counts.why_no_kappa,
        value_range=(-1.0, 1.0),
    ),
    _of_counts(
        "mean_cost",
        "mean cost",
        _BOTH,
        "Mean cost of an example; a label outside the dataset's, or none, costs the largest of its row.",
        "the dataset's costs",
        counts.mean_cost,
        count_gradients.mean_cost,
        higher_is_better=False,
        value_range=(0.0, math.inf),
    ),
    Metric(
        id="top_5_accuracy",
        name="top-5 accuracy",
        needs=Needs.TOP_LABELS,
        family=Family.PROPORTION,
        tasks=_CLASSIFICATION,
        higher_is_better=True,
        range=(0.0, 1.0),
        definition="Share of examples whose true label is among the five most probable ones.",
        source="sklearn.metrics.top_k_accuracy_score(k=5)",
        value=probabilities.top_5_accuracy,
        per_example=probabilities.top_5_hits,
    ),
    Metric(
        id="average_precision",
        name="average precision",
        needs=Needs.SCORE,
        family=Family.RANKING,
        tasks=_MATCHING,
        higher_is_better=True,
        range=(0.0, 1.0),
        definition="Precision averaged over the thresholds, each weighted by the recall that it adds.",
        source="sklearn.metrics.average_precision_score",
        value=ranking.average_precision,
        weighted=ranking.weighted_average_precision,
        of_thresholds=ranking.average_precision_of_thresholds,
        effects=ranking.average_precision_effects,
    ),
    Metric(
        id="roc_auc",
        name="ROC AUC",
        needs=Needs.SCORE,
        family=Family.AUC,
        tasks=_MATCHING,
        higher_is_better=True,
        range=(0.0, 1.0),
        definition="Share of (match, non-match) couples in which the match has the higher score; ties count half.",
        source="sklearn.metrics.roc_auc_score",
        value=ranking.roc_auc,
        weighted=ranking.weighted_roc_auc,
    ),
    Metric(
        id="recall_at_precision_90",
        name="recall at precision 0.9",
        needs=Needs.SCORE,
        family=Family.RANKING,
        tasks=_MATCHING,
        higher_is_better=True,
        range=(0.0, 1.0),
        definition="Largest recall of any threshold whose precision is at least 0.9.",
        source="maximum over the points of sklearn.metrics.precision_recall_curve",
        value=ranking.recall_at_precision_90,
        weighted=ranking.weighted_recall_at_precision_90,
        of_thresholds=ranking.recall_at_precision_90_of_thresholds,
    ),
    Metric(
        id="macro_ovr_roc_auc",
        name="macro one-vs-rest ROC AUC",
        needs=Needs.PROBABILITIES,
        family=Family.AUC,
        tasks=_CLASSIFICATION,
        higher_is_better=True,
        range=(0.0, 1.0),
        definition="Mean over the classes of the gold labels of the ROC AUC of the class against the rest.",
        source="sklearn.metrics.roc_auc_score(multi_class='ovr', average='macro')",
        value=ranking.macro_ovr_roc_auc,
    ),
    Metric(
        id="log_loss",
        name="log loss",
        needs=Needs.PROBABILITIES,
        family=Family.MEAN,
        tasks=_BOTH,
        higher_is_better=False,
        range=(0.0, math.inf),
        definition="Mean of minus the natural logarithm of the true label's probability, clipped at 1e-15.",
        source="sklearn.metrics.log_loss",
        value=probabilities.log_loss,
        per_example=probabilities.log_loss_per_example,
    ),
    Metric(
        id="brier",
        name="Brier score",
        needs=Needs.PROBABILITIES,
        family=Family.MEAN,
        tasks=_BOTH,
        higher_is_better=False,
        range=(0.0, 2.0),
        definition="Mean squared distance of the probabilities to the true label's, halved for two labels.",
        source="sklearn.metrics.brier_score_loss(scale_by_half='auto')",
        value=probabilities.brier,
        per_example=probabilities.brier_per_example,
    ),
    Metric(
        id="calibration_error",
        name="calibration error",
        needs=Needs.PROBABILITIES,
        family=Family.CALIBRATION,
        tasks=_BOTH,
        higher_is_better=False,
        range=(0.0, 1.0),
        definition="Mean distance between the most probable label's probability and how often it is right, in 15 bins.",
        source="Guo et al. 2017, On Calibration of Modern Neural Networks, equation 5",
        value=calibration.calibration_error,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({entry.id: entry for entry in _ALL})
"""Every metric by its id, in display order."""


def metric(metric_id: str) -> Metric:
    """Return the metric of that id.

    Raises
    ------
    ReviewError
        ``unknown_metric``: there is none; the message lists those that exist.
    """
    if metric_id not in METRICS:
        raise ReviewError.of(
            "unknown_metric",
            f'There is no metric "{metric_id}". Give one of these with --metric: {", ".join(METRICS)}.',
            first=[metric_id],
        )
    return METRICS[metric_id]


def metrics_for(task: str, n_classes: int, has_costs: bool) -> tuple[Metric, ...]:
    """Return the metrics of a dataset in display order.

    Parameters
    ----------
    task
        "classification" or "matching".
    n_classes
        Number of labels; top-5 accuracy needs more than five.
    has_costs
        Whether the dataset has costs; mean cost needs them.
    """
    absent = set()
    if n_classes <= _TOP:
        absent.add("top_5_accuracy")
    if not has_costs:
        absent.add("mean_cost")
    return tuple(entry for entry in _ALL if task in entry.tasks and entry.id not in absent)


def default_primary(task: str) -> str:
    """Return the id of the primary metric of a dataset that names none."""
    return "f1" if task == "matching" else "accuracy"


def evaluate(
    gold: Gold,
    predictions: Predictions,
    metrics: Iterable[Metric],
    missing: MissingTreatment | str = MissingTreatment.WRONG,
) -> dict[str, MetricValue]:
    """Return each metric of one team by its id; one that cannot be computed says why.

    Parameters
    ----------
    gold, predictions
        Aligned, missing predictions not treated yet.
    metrics
        Which, for example those of `metrics_for`.
    missing
        How missing predictions count; ``drop`` leaves out this team's own alone.

    Raises
    ------
    ReviewError
        ``missing_not_negative``, as `treat_missing`.
    """
    treated = treat_missing(gold, [predictions], missing)
    return {entry.id: entry.value(treated.gold, treated.predictions[0]) for entry in metrics}
