"""Missing predictions: wrong, negative or dropped, the same way for every metric."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import evaluate, metric, metrics_for
from reviewer_app.evaluation.missing import treat_missing

GOLD = Gold(np.array([0, 0, 1, 1, 0, 1], dtype=np.uint16), 2, positive=0)
MISSING = np.array([False, True, False, True, False, False])
SCORE = np.array([0.9, np.nan, 0.3, np.nan, 0.6, 0.7])
LABELS = np.array([0, NO_PREDICTION, 1, NO_PREDICTION, 0, 0], dtype=np.uint16)
TEAM = Predictions(LABELS, score=SCORE)
MATCHING = metrics_for("matching", 2, has_costs=False)


def test_wrong_ranks_missing_positives_last_and_missing_negatives_first() -> None:
    values = evaluate(GOLD, TEAM, MATCHING, "wrong")
    by_hand = np.where(MISSING, np.where(GOLD.y_true == 0, -1.0, 2.0), SCORE)
    assert values["roc_auc"].value == pytest.approx(sk.roc_auc_score(GOLD.y_true == 0, by_hand))
    assert values["average_precision"].value == pytest.approx(sk.average_precision_score(GOLD.y_true == 0, by_hand))


def test_wrong_costs_accuracy_and_recall_and_never_precision() -> None:
    values = evaluate(GOLD, TEAM, MATCHING, "wrong")
    assert values["accuracy"].value == 3 / 6
    assert values["recall"].value == 2 / 3
    assert values["precision"].value == 2 / 3
    assert values["log_loss"].value == pytest.approx((-np.log(0.9 * 0.7 * 0.6 * 0.3) - 2 * np.log(0.3)) / 6)


def test_negative_reads_the_file_as_a_list_of_matches() -> None:
    values = evaluate(GOLD, TEAM, MATCHING, "negative")
    y_pred = np.where(MISSING, 1, LABELS)
    assert values["accuracy"].value == 4 / 6
    assert values["f1"].value == pytest.approx(sk.f1_score(GOLD.y_true == 0, y_pred == 0))
    assert values["roc_auc"].value == pytest.approx(sk.roc_auc_score(GOLD.y_true == 0, np.where(MISSING, -1, SCORE)))
    assert values["brier"].reason == "2 missing pairs counted as negative, without a probability"
    with_probabilities = Predictions(LABELS, probabilities=np.column_stack([SCORE, 1 - SCORE]))
    assert evaluate(GOLD, with_probabilities, MATCHING, "negative") == values


def test_an_empty_list_of_matches_is_a_prediction() -> None:
    values = evaluate(GOLD, Predictions(np.full(6, NO_PREDICTION, dtype=np.uint16)), MATCHING, "negative")
    assert (values["recall"].value, values["accuracy"].value) == (0.0, 0.5)
    assert values["precision"].reason == "no pair was predicted to match"


def test_negative_needs_a_positive_label() -> None:
    with pytest.raises(ReviewError, match="--missing wrong") as caught:
        evaluate(Gold(np.array([0, 1, 2]), 3), Predictions(np.array([0, 1, 2])), (), "negative")
    assert caught.value.code == "missing_not_negative"


def test_drop_leaves_an_example_out_for_every_team() -> None:
    other = Predictions(np.array([0, 0, NO_PREDICTION, 1, 1, 1], dtype=np.uint16))
    treated = treat_missing(GOLD, [TEAM, other], "drop")
    assert treated.kept.tolist() == [True, False, False, False, True, True]
    assert treated.gold.y_true.tolist() == [0, 0, 1]
    assert [team.y_pred.tolist() for team in treated.predictions] == [[0, 0, 0], [0, 1, 1]]
    assert treated.predictions[0].score.tolist() == [0.9, 0.6, 0.7]


def test_drop_computes_each_metric_on_what_is_left() -> None:
    values = evaluate(GOLD, TEAM, MATCHING, "drop")
    kept = GOLD.take(~MISSING), TEAM.take(~MISSING)
    assert values == {entry.id: entry.value(*kept) for entry in MATCHING}
    assert values["accuracy"].value == 3 / 4


@pytest.mark.parametrize("treatment", ["wrong", "negative", "drop"])
def test_a_team_that_misses_nothing_is_left_as_it_is(treatment: str) -> None:
    complete = Predictions(np.array([0, 1, 1, 1, 0, 0]), score=np.array([0.9, 0.1, 0.3, np.nan, 0.6, 0.7]))
    treated = treat_missing(GOLD, [complete], treatment)
    assert treated.kept.all()
    assert treated.gold is GOLD
    assert treated.predictions == (complete,)


@pytest.mark.parametrize("treatment", ["wrong", "negative", "drop"])
@pytest.mark.parametrize("y_pred", [LABELS, None], ids=["labels", "scores alone"])
def test_treating_twice_changes_nothing(treatment: str, y_pred: np.ndarray | None) -> None:
    once = treat_missing(GOLD, [Predictions(y_pred, score=SCORE)], treatment)
    twice = treat_missing(once.gold, once.predictions, treatment)
    np.testing.assert_array_equal(twice.predictions[0].score, once.predictions[0].score)
    for entry in MATCHING:
        assert entry.value(twice.gold, twice.predictions[0]) == entry.value(once.gold, once.predictions[0])


def test_a_file_of_scores_alone_is_ranked_and_scored_like_one_with_labels() -> None:
    alone = evaluate(GOLD, Predictions(None, score=SCORE), MATCHING, "wrong")
    labelled = evaluate(GOLD, TEAM, MATCHING, "wrong")
    for metric_id in ("roc_auc", "average_precision", "recall_at_precision_90", "log_loss", "brier"):
        assert alone[metric_id] == labelled[metric_id]
    assert alone["f1"].reason == "the predictions have scores and no labels"


def test_the_teams_own_arrays_are_not_written_to() -> None:
    score, probabilities = SCORE.copy(), np.column_stack([SCORE, 1 - SCORE])
    before = probabilities.copy()
    for treatment in ("wrong", "negative", "drop"):
        treat_missing(GOLD, [Predictions(LABELS, score=score, probabilities=probabilities)], treatment)
    np.testing.assert_array_equal(score, SCORE)
    np.testing.assert_array_equal(probabilities, before)


def test_in_classification_a_missing_prediction_is_last_in_its_own_class_and_first_in_the_others() -> None:
    gold = Gold(np.array([0, 1, 2, 0, 1, 2]), 3)
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(3), 6)
    probabilities[4] = np.nan
    y_pred = np.array([0, 1, 2, 1, NO_PREDICTION, 2])
    by_hand = probabilities.copy()
    by_hand[4] = [2.0, -1.0, 2.0]
    expected = np.mean([sk.roc_auc_score(gold.y_true == label, by_hand[:, label]) for label in range(3)])
    values = evaluate(gold, Predictions(y_pred, probabilities=probabilities), [metric("macro_ovr_roc_auc")])
    assert values["macro_ovr_roc_auc"].value == pytest.approx(expected)


@pytest.mark.parametrize("task", ["classification", "matching"])
@pytest.mark.parametrize("treatment", ["wrong", "drop"])
def test_a_team_that_predicted_nothing_has_reasons_and_no_numbers(task: str, treatment: str) -> None:
    gold = GOLD if task == "matching" else Gold(np.array([0, 1, 2, 3, 4, 5]), 7, costs=np.zeros((7, 7)))
    nothing = Predictions(
        np.full(6, NO_PREDICTION, dtype=np.uint16),
        score=np.full(6, np.nan),
        probabilities=np.full((6, gold.n_classes), np.nan),
    )
    values = evaluate(gold, nothing, metrics_for(task, gold.n_classes, gold.costs is not None), treatment)
    assert {value.value for value in values.values()} == {None}
    reason = "no example has a prediction" if treatment == "wrong" else "there are no examples"
    assert {value.reason for value in values.values()} == {reason}


def test_predictions_hold_labels_or_scores() -> None:
    with pytest.raises(ValueError, match="neither labels nor scores"):
        _ = Predictions(None).missing


def test_taking_examples_keeps_every_array_aligned() -> None:
    everything = Predictions(
        y_pred=np.arange(4),
        score=np.arange(4.0),
        probabilities=np.arange(8.0).reshape(4, 2),
        top_labels=np.arange(8).reshape(4, 2),
        top_probabilities=np.arange(8.0).reshape(4, 2),
        confidence=np.arange(4.0),
        unanswered=np.array([False, True, False, True]),
    )
    chosen = np.array([False, True, True, False])
    taken = everything.take(chosen)
    for name, array in vars(everything).items():
        np.testing.assert_array_equal(getattr(taken, name), array[chosen])
    structure = Structure(left_records=np.arange(4), right_records=np.arange(4)).take(np.array([3, 0]))
    assert (structure.groups, structure.left_records.tolist(), structure.right_records.tolist()) == (
        None,
        [3, 0],
        [3, 0],
    )
