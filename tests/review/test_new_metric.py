"""A metric is added by one function, its derivatives and one entry of the registry; it then has everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from sklearn.metrics import jaccard_score

from reviewer_app.comparison.tables import metric_table
from reviewer_app.evaluation import metrics
from reviewer_app.evaluation.class_counts import ClassCounts, CountGradient
from reviewer_app.evaluation.counts import divided, value_from_counts
from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review import measuring, overview
from reviewer_app.review.operations.settings import SetPlan
from reviewer_app.review.results_json import results_to_json
from reviewer_app.review.review import Review
from reviewer_app.significance.influence import influence_difference
from reviewer_app.ui.models.forest import forest_by_metric
from reviewer_app.ui.models.significance_grids import metrics_grid


def macro_jaccard(counts: ClassCounts) -> FloatArray:
    present = counts.true > 0
    union = counts.true + counts.predicted - counts.true_positives
    per_class = np.where(present, divided(counts.true_positives, union, undefined=0.0), 0.0)
    return divided(per_class.sum(-1), present.sum(-1).astype(np.float64))


def macro_jaccard_gradient(counts: ClassCounts) -> CountGradient:
    present = counts.true > 0
    union = counts.true + counts.predicted - counts.true_positives
    share = np.where(present, 1.0, 0.0) / present.sum(-1, keepdims=True)
    by_union = -share * divided(counts.true_positives, union**2, undefined=0.0)
    by_right = share * divided(np.ones_like(union), union, undefined=0.0) - by_union
    return CountGradient(true_positives=by_right, true=by_union, predicted=by_union)


@pytest.fixture
def with_jaccard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Metric]:
    """The registry with one entry more."""
    entry = replace(
        metrics.METRICS["macro_f1"],
        id="macro_jaccard",
        name="macro Jaccard",
        definition="Mean over the classes of the gold labels of intersection over union.",
        source="sklearn.metrics.jaccard_score(average='macro')",
        from_counts=macro_jaccard,
        gradient=macro_jaccard_gradient,
        value=value_from_counts(macro_jaccard, None),
    )
    everything = (*metrics._ALL, entry)
    monkeypatch.setattr(metrics, "_ALL", everything)
    by_id = MappingProxyType({one.id: one for one in everything})
    for module in (metrics, measuring, overview):
        monkeypatch.setattr(module, "METRICS", by_id)
    return entry


def test_its_derivatives_are_those_of_a_jackknife(with_jaccard: Metric) -> None:
    rng = np.random.default_rng(0)
    y, a, b = (rng.integers(0, 4, size=3_000) for _ in range(3))
    gold = Gold(y, 4)
    influence = influence_difference(with_jaccard, gold, Predictions(a), Predictions(b))
    kept = np.ones(3_000, dtype=np.bool_)

    def difference(examples: np.ndarray) -> float:
        of_a, of_b = (with_jaccard.value(gold.take(examples), Predictions(one[examples])).value for one in (a, b))
        assert of_a is not None
        assert of_b is not None
        return of_a - of_b

    for example in range(5):
        kept[example] = False
        jackknife = (difference(np.ones(3_000, dtype=np.bool_)) - difference(kept)) * (2_999 / 3_000)
        kept[example] = True
        assert influence[example] == pytest.approx(jackknife, rel=0.01, abs=1e-8)


def test_it_has_a_value_an_interval_a_test_a_plot_and_a_place_in_every_table(
    pets_review: Review, with_jaccard: Metric
) -> None:
    pets_review.do(SetPlan(replace(pets_review.plan(), metric="macro_jaccard", margin=0.05)))
    results = pets_review.results()
    [comparison] = results.comparisons
    found = comparison.metrics["macro_jaccard"]
    table = pets_review.disagreements("pets", "Ann", "Bob")
    expected = [jaccard_score(table.gold, labels, average="macro") for labels in (table.a, table.b)]
    assert [found.a, found.b] == pytest.approx(expected, rel=1e-12)
    assert found.p_value is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low < found.difference < found.ci_high  # type: ignore[operator]
    assert comparison.primary_metric == "macro_jaccard"
    assert "macro Jaccard" in comparison.sentence

    assert results_to_json(results)["comparisons"][0]["metrics"]["macro_jaccard"]["p_value"] == found.p_value
    assert "macro\\_jaccard" in metric_table(results.comparisons, "latex")
    assert "macro Jaccard ↑" in [row[0].text for row in metrics_grid(comparison, pets_review.metrics()).rows]
    assert "macro_jaccard" in str(forest_by_metric(comparison, results.plan.correction))

    beside = pets_review.significance("pets", "Ann", "Bob").detail
    assert beside.metric == "macro_jaccard"
    assert beside.bootstrap is not None
    assert beside.permutation is not None
    assert beside.posterior is not None
    assert beside.power is not None
