"""``claim``: single claims, files of them, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review

DATA = Path(__file__).parent.parent / "data"
GADGETS = DATA / "datasets" / "gadgets"


@pytest.fixture
def review(tmp_path) -> Path:
    """Two files of predictions, A's on its own dataset."""
    malformed = DATA / "malformed"
    path = tmp_path / "two.review"
    with Review.create(path) as opened:
        opened.do(AddDataset(malformed / "good_gold.csv", name="D", home_of="A"))
        opened.do(AddSubmission(malformed / "good_predictions.csv", "A"))
        opened.do(AddSubmission(malformed / "missing_rows.csv", "B"))
    return path


def test_a_value_is_checked_and_how_it_is_taken_is_said(review, invoke):
    done = invoke("claim", review, "--dataset", "D", "--team", "A", "--value", "66.7%")
    assert done.exit_code == 0
    assert done.stdout == (
        "Reproduced: A claims accuracy 66.7 on D, and the same predictions give 66.67, which is the same at the digits "
        "of the claim. Taken as the same predictions, because A handed in predictions, and D is its own dataset.\n"
    )
    done = invoke("claim", review, "--dataset", "D", "--team", "A", "--value", "0.9", "--n", "2,000")
    assert done.stdout.startswith("Contradicted: A claims accuracy 90 on D, and 66.7 was measured on 60 test examples")


def test_a_difference_is_checked(review, invoke, invoke_json):
    pair = ("--dataset", "D", "--team", "A", "--over", "B")
    assert invoke("claim", review, *pair).stdout.startswith("Reproduced: A better than B on D; accuracy differs by")
    code, document = invoke_json("claim", review, *pair, "--at-least", "30%", "--metric", "macro_f1")
    assert code == 0
    (claim,) = document["claims"]
    assert (claim["verdict"], claim["claimed"], claim["metric"]) == ("contradicted", 0.3, "macro_f1")
    assert claim["gap"] == claim["claimed"] - claim["measured"]


def test_several_teams_make_a_rank(review, invoke, invoke_json):
    with Review.open(review) as opened:
        opened.do(AddSubmission(DATA / "malformed" / "shuffled_order.csv", "C"))
    over = ("--over", "B", "--over", "C")
    code, document = invoke_json("claim", review, "--dataset", "D", "--team", "A", *over, "--wins", "1")
    assert code == 0
    (claim,) = document["claims"]
    assert (claim["kind"], claim["verdict"], claim["over"]) == ("rank", "reproduced", ["B", "C"])
    assert "in all 2 comparisons" in invoke("claim", review, "--dataset", "D", "--team", "A", *over).stdout


@pytest.mark.parametrize("form", ["csv", "json"])
def test_all_claims_of_a_paper_are_corrected_together(review, invoke, invoke_json, tmp_path, form):
    rows = [
        {"dataset": "D", "team": "A", "value": "66.7%"},
        {"dataset": "D", "team": "B", "value": "0.600", "n": "500", "basis": "other_sample"},
        {"dataset": "D", "team": "A", "over": "B", "at_least": "1%"},
    ]
    file = tmp_path / f"claims.{form}"
    columns = ["dataset", "team", "value", "n", "basis", "over", "at_least"]
    lines = [",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]
    file.write_text(json.dumps(rows) if form == "json" else "\n".join(lines) + "\n")
    code, document = invoke_json("claim", review, "--file", file)
    assert code == 0
    assert [claim["verdict"] for claim in document["claims"]] == ["reproduced", "within_sampling_error", "reproduced"]
    assert {claim["n_family"] for claim in document["claims"]} == {2}
    assert document["claims"][1]["p_adjusted"] == min(2 * document["claims"][1]["p_value"], 1.0)
    text = invoke("claim", review, "--file", file).stdout
    assert all(claim["sentence"] in text for claim in document["claims"])
    assert "accuracy better than B by at least 1%" in text


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--team", "A", "--value", "66.7"), "percent_or_fraction"),
        (("--team", "A", "--value", "two thirds"), "not_a_number"),
        (("--team", "B", "--value", "66.7%"), "basis_needed"),
        (("--team", "A", "--value", "66.7%", "--runs", "3", "--basis", "same_predictions"), "basis_contradicts"),
        (("--team", "A", "--value", "66.7%", "--n", "many"), "bad_claim"),
        (("--team", "A"), "bad_claim"),
        (("--team", "C", "--value", "66.7%"), "unknown_team"),
        (("--team", "A", "--value", "66.7%", "--metric", "f1"), "unknown_metric"),
        (("--team", "A", "--over", "B", "--at-least", "3"), "percent_or_fraction"),
    ],
)
def test_what_is_wrong_with_a_claim_is_said_with_what_to_do(review, invoke, invoke_json, options, code):
    failed, document = invoke_json("claim", review, "--dataset", "D", *options)
    assert failed == 1
    assert [finding["code"] for finding in document["findings"]] == [code]
    assert f"[{code}]" in invoke("claim", review, "--dataset", "D", *options).stderr


@pytest.mark.parametrize("options", [(), ("--file", "claims.csv", "--team", "A")])
def test_claims_are_said_in_options_or_in_a_file(review, invoke, options):
    assert invoke("claim", review, *options).exit_code == 2


def test_an_algorithm_that_always_gives_the_same_is_no_sample_of_training(invoke, tmp_path):
    path = tmp_path / "words.review"
    assert invoke("new", path).exit_code == 0
    assert invoke("add-dataset", path, GADGETS, "--home-of", "Words").exit_code == 0
    words = DATA / "submissions" / "class_algorithm"
    assert invoke("add-submission", path, words, "--team", "Words").exit_code == 0
    assert invoke("run", path, "--seeds", "3", "--sandbox", "preferred").exit_code == 0
    done = invoke("claim", path, "--dataset", "gadgets", "--team", "Words", "--value", "1%")
    assert "Untestable: Words claims" in done.stdout
    assert "mean of 3 seeds): our 3 runs have the same value" in done.stdout
    assert "Taken as the algorithm, trained again" in done.stdout
