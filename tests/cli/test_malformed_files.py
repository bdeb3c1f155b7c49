"""Every bad or unusual file gets exactly the exit code, finding, count and accuracy that its table of answers says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from reviewer_app.review.review import Review

FOLDER = Path(__file__).parent.parent / "data" / "malformed"
with (FOLDER / "INDEX.csv").open(newline="", encoding="utf-8") as _file:
    ANSWERS = [row for row in csv.DictReader(_file) if row["exit"]]


def path_of(row: dict[str, str], request: pytest.FixtureRequest) -> Path:
    path = FOLDER / row["file"]
    if path.exists():
        return path
    return request.getfixturevalue("shared_data") / "malformed" / row["file"]


@pytest.mark.parametrize("row", ANSWERS, ids=[row["file"] for row in ANSWERS])
def test_compare_answers_as_the_table_says(row, request, invoke, invoke_json):
    gold, path = FOLDER / row["gold_file"], path_of(row, request)
    other = FOLDER / ("huge_int_ids.csv" if row["gold_file"].startswith("huge") else "good_predictions.csv")
    code, document = invoke_json("compare", gold, path, other)
    assert code == int(row["exit"])
    about = [finding for finding in document["findings"] if finding["file"] == path.name]
    if row["code"]:
        matching = [finding for finding in about if finding["code"] == row["code"]]
        assert len(matching) == 1
        if row["count"]:
            assert matching[0]["count"] == int(row["count"])
        assert (matching[0]["severity"] == "error") == (row["exit"] == "1")
    if row["exit"] == "1":
        assert list(document) == ["findings"]
    else:
        accuracy = document["comparisons"][0]["metrics"]["accuracy"]["a"]
        assert accuracy == pytest.approx(float(row["accuracy"]), abs=5e-7)
        assert [finding for finding in about if finding["severity"] == "error"] == []


@pytest.mark.parametrize("row", ANSWERS, ids=[row["file"] for row in ANSWERS])
def test_check_predictions_finds_the_same(row, request, invoke_json):
    code, document = invoke_json("check-predictions", FOLDER / row["gold_file"], path_of(row, request))
    assert code == int(row["exit"])
    if row["code"]:
        assert row["code"] in {finding["code"] for finding in document["findings"]}


REFUSED = [row for row in ANSWERS if row["exit"] == "1"]


@pytest.mark.parametrize("row", REFUSED, ids=[row["file"] for row in REFUSED])
def test_a_refused_file_leaves_the_review_byte_for_byte(row, request, invoke, tmp_path):
    review = tmp_path / "kept.review"
    assert invoke("new", review).exit_code == 0
    assert invoke("add-dataset", review, FOLDER / row["gold_file"]).exit_code == 0
    before = review.read_bytes()
    result = invoke("add-submission", review, path_of(row, request), "--team", "A")
    assert result.exit_code == 1
    assert "error:" in result.stderr
    assert "Traceback" not in result.stderr
    assert review.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.review"]


ANSWERED = [
    ("labels_trailing_space.csv", ["--labels", "trim"], 0.666667),
    ("labels_case_differs.csv", ["--labels", "casefold"], 0.666667),
    ("missing_rows.csv", ["--missing", "drop"], 0.6875),
    ("ten_thousand_columns.csv", ["--missing", "wrong"], 0.05),
]


@pytest.mark.parametrize(("name", "options", "accuracy"), ANSWERED, ids=[name for name, *_ in ANSWERED])
def test_an_option_answers_the_finding(name, options, accuracy, invoke_json):
    code, document = invoke_json(
        "compare", FOLDER / "good_gold.csv", FOLDER / name, FOLDER / "good_predictions.csv", *options
    )
    assert code == 0
    assert document["comparisons"][0]["metrics"]["accuracy"]["a"] == pytest.approx(accuracy, abs=5e-7)


def test_percentages_give_log_loss_once_the_division_is_accepted(invoke_json):
    files = [FOLDER / name for name in ("good_gold.csv", "probs_percent.csv", "good_predictions.csv")]
    _, before = invoke_json("compare", *files)
    loss = before["comparisons"][0]["metrics"]["log_loss"]
    assert loss["a"] is None
    assert loss["not_defined"]
    _, after = invoke_json("compare", *files, "--probabilities", "percent")
    loss = after["comparisons"][0]["metrics"]["log_loss"]
    assert loss["a"] == pytest.approx(loss["b"], abs=0.01)


def test_a_row_without_probabilities_leaves_the_probability_metrics_of_both_teams(invoke_json):
    files = [FOLDER / name for name in ("good_gold.csv", "probs_nan.csv", "good_predictions.csv")]
    _, document = invoke_json("compare", *files)
    metrics = document["comparisons"][0]["metrics"]
    assert metrics["log_loss"]["difference"] == pytest.approx(0.0, abs=1e-12)
    assert metrics["accuracy"]["a"] == pytest.approx(2 / 3)


def test_a_saved_comparison_opens_as_a_review(invoke, tmp_path):
    files = [FOLDER / name for name in ("good_gold.csv", "good_predictions.csv", "missing_rows.csv")]
    saved = tmp_path / "saved.review"
    assert invoke("compare", *files, "--save", saved).exit_code == 0
    with Review.open(saved) as review:
        assert len(review.results().comparisons) == 1
    assert invoke("compare", *files, "--save", saved).exit_code == 1
