"""DeLong by midranks against its definition over all pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from reviewer_app.evaluation.inputs import BoolArray, FloatArray, Gold, Predictions
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.significance.auc import auc_influence, delong, placements
from reviewer_app.significance.influence import influence_of_runs

tied_scores = st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 6)), min_size=4, max_size=40).filter(
    lambda rows: 2 <= sum(row[0] for row in rows) <= len(rows) - 2
)


def over_all_pairs(positive: BoolArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return DeLong's structural components of the positives and of the negatives."""
    of_positives, of_negatives = score[positive], score[~positive]
    higher = of_positives[:, np.newaxis] > of_negatives
    won = higher + 0.5 * (of_positives[:, np.newaxis] == of_negatives)
    return won.mean(axis=1), won.mean(axis=0)


def test_known_answer(known_answers: dict[str, list[Any]]) -> None:
    (entry,) = known_answers["delong"]
    positive = np.asarray(entry["input"]["y_true"]) == 1
    answer = delong(positive, np.asarray(entry["input"]["score_a"]), np.asarray(entry["input"]["score_b"]))
    expected = entry["expected"]
    assert answer.auc_a == pytest.approx(expected["auc_a"], abs=1e-9)
    assert answer.auc_b == pytest.approx(expected["auc_b"], abs=1e-9)
    assert answer.variance == pytest.approx(expected["variance"], abs=entry["tolerance"])


@given(tied_scores)
def test_placements_and_variance_follow_the_definition_ties_included(rows: list[tuple[bool, int, int]]) -> None:
    positive = np.asarray([row[0] for row in rows])
    a, b = (np.asarray([row[column] for row in rows], dtype=np.float64) for column in (1, 2))
    answer = delong(positive, a, b)
    components = []
    for score, auc in ((a, answer.auc_a), (b, answer.auc_b)):
        of_positives, of_negatives = over_all_pairs(positive, score)
        assert np.allclose(placements(positive, score)[positive], of_positives)
        assert np.allclose(placements(positive, score)[~positive], of_negatives)
        assert auc == pytest.approx(roc_auc_score(positive, score))
        components.append((of_positives, of_negatives))
    (positives_a, negatives_a), (positives_b, negatives_b) = components
    expected = np.var(positives_a - positives_b, ddof=1) / len(positives_a)
    expected += np.var(negatives_a - negatives_b, ddof=1) / len(negatives_a)
    assert answer.variance == pytest.approx(expected, abs=1e-12)


@given(tied_scores)
def test_squares_of_influence_values_add_up_to_delongs_variance(rows: list[tuple[bool, int, int]]) -> None:
    positive = np.asarray([row[0] for row in rows])
    a, b = (Predictions(None, score=np.asarray([row[column] for row in rows], dtype=float)) for column in (1, 2))
    influence = influence_of_runs(METRICS["roc_auc"], Gold(positive.astype(np.int64), 2, 1), [a], [b])
    assert a.score is not None
    assert b.score is not None
    assert influence.variance == pytest.approx(delong(positive, a.score, b.score).variance, abs=1e-12)


def test_only_the_order_of_scores_matters(teams: Callable[..., Any]) -> None:
    simulated = teams(200, 2, matching=True)
    positive = simulated.gold.y_true == 1
    a, b = simulated.a.score, simulated.b.score
    as_logits = np.log(a / (1 - a))
    assert delong(positive, a, b).variance == pytest.approx(delong(positive, as_logits, b).variance, rel=1e-12)


def test_infinite_scores_rank_first_and_last() -> None:
    positive = np.array([True, True, False, False])
    score = np.array([-np.inf, 2.0, np.inf, 1.0])
    assert placements(positive, score).tolist() == [0.0, 0.5, 0.0, 0.5]


def test_two_classes_against_the_rest_are_one_binary_auc(teams: Callable[..., Any]) -> None:
    simulated = teams(150, 2, matching=True, class_weights=(3.0, 1.0))
    runs = (simulated.a, simulated.b)
    binary, macro = (
        auc_influence(METRICS[name], simulated.gold, runs, unbiased=True) for name in ("roc_auc", "macro_ovr_roc_auc")
    )
    assert np.allclose(binary.of_runs, macro.of_runs, atol=1e-12)
    assert np.array_equal(binary.different, macro.different)


def test_classes_are_added_per_example_before_squaring(teams: Callable[..., Any]) -> None:
    """The variance of the macro AUC is that over resamples of the examples, correlation of the classes included."""
    simulated = teams(400, 3, seed=1, skill_a=1.0, skill_b=0.8)
    gold, metric = simulated.gold, METRICS["macro_ovr_roc_auc"]
    variance = influence_of_runs(metric, gold, [simulated.a], [simulated.b]).variance
    rng = np.random.default_rng(0)
    differences = []
    for _ in range(600):
        drawn = rng.integers(0, 400, size=400)
        part = gold.take(drawn)
        of_a, of_b = metric.value(part, simulated.a.take(drawn)), metric.value(part, simulated.b.take(drawn))
        differences.append(of_a.value - of_b.value)
    assert variance**0.5 == pytest.approx(np.std(differences), rel=0.1)


def test_a_class_with_a_single_example_has_no_variance() -> None:
    positive = np.array([True, False, False, False])
    score = np.array([3.0, 1.0, 2.0, 4.0])
    assert delong(positive, score, score[::-1].copy()).variance is None


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="positive and negative"):
        delong(np.ones(3, dtype=bool), np.arange(3.0), np.arange(3.0))
