"""Which column is taken for what."""

from __future__ import annotations

import pytest
from submission_datasets import build_dataset

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import DatasetSpec
from reviewer_app.errors import ReviewError
from reviewer_app.submissions.columns import PredictionColumns, find_id_column, recognise_columns

CLASSES = build_dataset({"test": (["e0"], ["cat"])}, ["cat", "dog"], id_name="key").spec
MATCHES = build_dataset({"test": (["t0"], ["match"])}, ["match", "non_match"], positive="match").spec


def recognise(names: str, spec: DatasetSpec = CLASSES, **columns: str) -> PredictionColumns:
    return recognise_columns(names.split(","), spec, ImportOptions(columns=columns), file="team.csv")


def refusal(names: str, spec: DatasetSpec = CLASSES, **columns: str) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        recognise(names, spec, **columns)
    return caught.value


def findings(columns: PredictionColumns) -> dict[str, int]:
    return {finding.code: finding.count for finding in columns.findings}


@pytest.mark.parametrize("name", ["y_pred", "prediction", "predicted_label", "pred", "label", "Y_Pred", " LABEL "])
def test_the_label_is_found_under_its_names_whatever_the_case(name: str) -> None:
    assert recognise(f"key,{name}").label == name


@pytest.mark.parametrize(("names", "label"), [("key,label,pred", "pred"), ("key,label,y_pred", "y_pred")])
def test_the_first_name_of_the_list_goes_first_and_the_other_is_ignored(names: str, label: str) -> None:
    columns = recognise(names)
    assert columns.label == label
    assert findings(columns)["columns_ignored"] == 1


@pytest.mark.parametrize("names", ["key,id,y_pred", "id,key,y_pred", "example_id,KEY,y_pred"])
def test_the_datasets_own_id_name_goes_first(names: str) -> None:
    assert recognise(names).id.casefold() == "key"


def test_usual_names_are_no_guess_and_others_are_counted() -> None:
    assert recognise("key,y_pred").findings == ()
    assert findings(recognise("Key,Y_PRED,prob_cat,prob_dog")) == {}
    assert findings(recognise("id,pred,p_cat,p_dog")) == {"columns_guessed": 2}


@pytest.mark.parametrize("names", ["prob_cat,prob_dog", "p_dog,p_cat", "CAT,Dog", "dog,cat", "Prob_Cat,PROB_DOG"])
def test_probabilities_are_in_class_order_whatever_the_order_of_columns(names: str) -> None:
    probabilities = recognise(f"key,{names}").probabilities
    assert [probabilities[0].casefold()[-3:], probabilities[1].casefold()[-3:]] == ["cat", "dog"]


def test_labels_that_differ_in_case_only_are_told_apart() -> None:
    spec = build_dataset({"test": (["e0"], ["us"])}, ["us", "US"]).spec
    assert recognise("id,prob_US,prob_us", spec).probabilities == {0: "prob_us", 1: "prob_US"}


def test_one_column_named_like_a_label_is_no_probability() -> None:
    columns = recognise("key,y_pred,cat")
    assert columns.probabilities == {}
    assert findings(columns) == {"columns_ignored": 1}


def test_a_top_k_list_ends_at_its_first_gap() -> None:
    columns = recognise("key,top1_label,top1_prob,top2_label,top4_label,top4_prob")
    assert columns.top == (("top1_label", "top1_prob"), ("top2_label", None))
    assert findings(columns)["columns_ignored"] == 2


def test_top1_prob_alone_is_the_confidence() -> None:
    columns = recognise("key,y_pred,top1_prob")
    assert columns.confidence == "top1_prob"
    assert findings(columns) == {"columns_guessed": 1}


def test_a_score_counts_in_matching_alone() -> None:
    assert recognise("id,score", MATCHES).score == "score"
    assert findings(recognise("key,y_pred,score")) == {"columns_ignored": 1}


@pytest.mark.parametrize("names", ["id,probability", "id,y_pred,Probability"])
def test_a_lone_probability_is_refused_with_both_ways_out(names: str) -> None:
    error = refusal(names, MATCHES)
    assert error.code == "ambiguous_probability"
    column = names.split(",")[-1]
    assert f"--column score={column}" in str(error)
    assert f"--column confidence={column}" in str(error)
    assert [remedy.value for remedy in error.errors[0].remedies] == [f"score={column}", f"confidence={column}"]


def test_the_user_says_what_a_probability_is() -> None:
    assert recognise("id,probability", MATCHES, score="probability").score == "probability"
    assert recognise("id,y_pred,probability", MATCHES, confidence="probability").confidence == "probability"


def test_a_probability_beside_others_is_ignored() -> None:
    assert findings(recognise("example_id,y_pred,score,probability", MATCHES)) == {"columns_ignored": 1}


def test_the_users_word_overrules_every_name() -> None:
    columns = recognise("id,key,y_pred,answer", id="id", label="Answer")
    assert (columns.id, columns.label) == ("id", "answer")


def test_a_column_named_for_another_file_is_said_and_the_usual_names_are_tried() -> None:
    columns = recognise("key,y_pred", label="answer")
    assert columns.label == "y_pred"
    assert findings(columns) == {"column_not_found": 1}
    assert '"answer"' in columns.findings[0].message


@pytest.mark.parametrize(
    ("names", "spec", "code"),
    [
        ("name,y_pred", CLASSES, "no_id_column"),
        ("key,text", CLASSES, "no_prediction_column"),
        ("key,score", CLASSES, "no_prediction_column"),
        ("id,confidence", MATCHES, "no_prediction_column"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(names: str, spec: DatasetSpec, code: str) -> None:
    error = refusal(names, spec)
    assert error.code == code
    for name in names.split(","):
        assert f'"{name}"' in str(error)


def test_a_confidence_without_labels_points_at_the_score() -> None:
    assert "--column score=confidence" in str(refusal("id,confidence", MATCHES))


def test_a_role_that_does_not_exist_is_refused() -> None:
    assert refusal("key,y_pred", gold="y_pred").code == "unknown_role"


def test_the_id_column_alone_can_be_asked_for() -> None:
    assert find_id_column(["ID", "x"], CLASSES) == "ID"
    with pytest.raises(ReviewError, match="no id column"):
        find_id_column(["x"], CLASSES)
