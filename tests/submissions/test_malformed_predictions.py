"""What the table of bad and unusual prediction files demands, file by file."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.submissions.alignment import align

MALFORMED = Path(__file__).parent.parent / "data" / "malformed"

with (MALFORMED / "INDEX.csv").open(encoding="utf-8", newline="") as index:
    ROWS = [row for row in csv.DictReader(index) if row["gold_file"]]


def align_file(
    name: str, gold: str = "good_gold.csv", options: ImportOptions | None = None, folder: Path = MALFORMED
) -> tuple[float | None, tuple[Finding, ...], str | None]:
    """Return accuracy, findings, and the code of the error if the file is refused."""
    dataset = read_dataset(MALFORMED / gold)
    try:
        aligned = align(folder / name, dataset, options=options)
    except ReviewError as error:
        return None, error.findings, error.code
    return float(np.mean(aligned.predictions.y_pred == dataset.test.y)), aligned.findings, None


def finding_of(findings: tuple[Finding, ...], code: str) -> Finding:
    """Return the one finding of a code."""
    (found,) = [finding for finding in findings if finding.code == code]
    return found


@pytest.fixture(params=ROWS, ids=[row["file"] for row in ROWS])
def row(request: pytest.FixtureRequest) -> dict[str, str]:
    return dict(request.param)


@pytest.fixture
def folder(row: dict[str, str], request: pytest.FixtureRequest) -> Path:
    """Where the row's file lies: with the project, or, where it is too large for that, with the shared data."""
    if (MALFORMED / row["file"]).exists():
        return MALFORMED
    return Path(request.getfixturevalue("shared_data")) / "malformed"


def test_the_answer_is_the_one_of_the_table(row: dict[str, str], folder: Path) -> None:
    accuracy, findings, error = align_file(row["file"], row["gold_file"], folder=folder)
    assert (error is not None) == (row["exit"] == "1")
    assert accuracy == (pytest.approx(float(row["accuracy"]), abs=5e-7) if row["accuracy"] else None)
    if row["exit"] == "1":
        assert error == row["code"]
    if row["code"]:
        found = finding_of(findings, row["code"])
        assert (found.severity is Severity.ERROR) == (row["exit"] == "1")
        if row["count"]:
            assert found.count == int(row["count"])


def test_every_message_names_the_file_and_ends_as_a_sentence(row: dict[str, str], folder: Path) -> None:
    _, findings, _ = align_file(row["file"], row["gold_file"], folder=folder)
    for finding in findings:
        assert row["file"] in finding.message
        assert finding.message.endswith((".", "?"))
        assert finding.file == row["file"]


@pytest.mark.parametrize(
    ("name", "code", "named"),
    [
        (
            "duplicate_ids_same.csv",
            "duplicate_ids_identical",
            ["line 5", "line 62", "line 19", "line 63", "comic-M1179"],
        ),
        (
            "duplicate_ids_conflicting.csv",
            "duplicate_ids_conflicting",
            ["comic-M1179", 'line 5 has "Good Characters"', 'line 62 has "Neutral Characters"'],
        ),
        ("missing_id_cells.csv", "empty_ids", ["line 7", "line 8"]),
        ("missing_id_column.csv", "no_id_column", ['"predicted_label"', "--column id=NAME"]),
        ("renamed_columns.csv", "columns_guessed", ['"ID" as the example id', '"Pred" as the predicted label']),
        ("labels_trailing_space.csv", "labels_match_after_trim", ['line 5: "Good Characters "', "--labels trim"]),
        (
            "labels_case_differs.csv",
            "labels_match_ignoring_case",
            ['line 2: "neutral characters"', "--labels casefold"],
        ),
        ("labels_int_vs_string.csv", "labels_disjoint", ['line 2: "2"', '"Bad Characters"', "--labels FILE"]),
        ("probs_sum_not_1.csv", "probabilities_not_normalised", ["60 of 60", "1.3", "--probabilities normalise"]),
        ("probs_percent.csv", "probabilities_percent", ["line 2: 20.5, 29.7, 49.8", "--probabilities percent"]),
        ("probs_nan.csv", "probabilities_missing", ["line 4", "line 11", "line 32"]),
        ("probs_out_of_range.csv", "probability_out_of_range", ["line 6: -0.2, 1.1, 0.1"]),
        ("label_not_argmax.csv", "label_not_argmax", ["line 2", "line 12", "line 22", "line 42", "The label counts"]),
        ("unknown_label.csv", "unknown_labels", ['line 9: "Reformed Criminals"', 'line 10: "n/a"', "as wrong"]),
        ("extra_rows.csv", "extra_ids", ['line 62: "comic-X1"', 'line 65: "comic-X4"']),
        ("missing_rows.csv", "missing_predictions", ["12 of 60", '"comic-M1684"', "--missing drop"]),
        ("mixed_types.csv", "unknown_labels", ['line 3: "1"', 'line 4: "True"', 'line 5: "2.0"']),
        ("ten_thousand_columns.csv", "mostly_missing", ["55 of 60", "--missing wrong"]),
        ("ten_thousand_columns.csv", "columns_ignored", ["10,000 columns", '"f0"', "9,990 more"]),
    ],
)
def test_messages_name_place_value_and_what_to_do(name: str, code: str, named: list[str]) -> None:
    _, findings, _ = align_file(name)
    message = finding_of(findings, code).message
    for words in named:
        assert words in message


@pytest.mark.parametrize(
    ("name", "options", "accuracy"),
    [
        ("labels_trailing_space.csv", ImportOptions(labels="trim"), 2 / 3),
        ("labels_case_differs.csv", ImportOptions(labels="casefold"), 2 / 3),
        ("ten_thousand_columns.csv", ImportOptions(missing="wrong"), 0.05),
        ("missing_rows.csv", ImportOptions(missing="drop"), 0.55),
    ],
)
def test_the_option_that_a_message_names_answers_it(name: str, options: ImportOptions, accuracy: float) -> None:
    assert align_file(name, options=options)[0] == pytest.approx(accuracy)


def test_every_remedy_of_a_refusal_leads_out_of_it() -> None:
    for name in ("labels_trailing_space.csv", "labels_case_differs.csv", "ten_thousand_columns.csv"):
        _, findings, code = align_file(name)
        for remedy in finding_of(findings, str(code)).remedies:
            _, _, again = align_file(name, options=ImportOptions(**{remedy.option: remedy.value}))
            assert again is None


def test_a_mapping_file_answers_disjoint_labels(tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("from,to\n0,Bad Characters\n1,Good Characters\n2,Neutral Characters\n", encoding="utf-8")
    accuracy, findings, _ = align_file("labels_int_vs_string.csv", options=ImportOptions(labels=str(mapping)))
    assert accuracy == pytest.approx(2 / 3)
    assert finding_of(findings, "labels_mapped").count == 60


@pytest.mark.parametrize(
    ("name", "option", "usable"),
    [
        ("probs_percent.csv", None, False),
        ("probs_percent.csv", "percent", True),
        ("probs_percent.csv", "normalise", True),
        ("probs_percent.csv", "softmax", False),
        ("probs_sum_not_1.csv", None, False),
        ("probs_sum_not_1.csv", "percent", False),
        ("probs_sum_not_1.csv", "normalise", True),
        ("good_predictions.csv", "percent", True),
        ("good_predictions.csv", "softmax", True),
    ],
)
def test_probabilities_are_used_once_somebody_said_how(name: str, option: str | None, usable: bool) -> None:
    dataset = read_dataset(MALFORMED / "good_gold.csv")
    probabilities = align(
        MALFORMED / name, dataset, options=ImportOptions(probabilities=option)
    ).predictions.probabilities
    assert (probabilities is not None) == usable
    if probabilities is not None:
        good = align(MALFORMED / "good_predictions.csv", dataset).predictions.probabilities
        np.testing.assert_allclose(probabilities, good, atol=1e-3)


def test_rows_that_lack_a_probability_are_missing_and_not_zero() -> None:
    dataset = read_dataset(MALFORMED / "good_gold.csv")
    probabilities = align(MALFORMED / "probs_nan.csv", dataset).predictions.probabilities
    assert probabilities is not None
    assert np.isnan(probabilities).any(axis=1).sum() == 3


def test_an_error_carries_the_warnings_met_before_it() -> None:
    _, findings, _ = align_file("ten_thousand_columns.csv")
    assert [finding.code for finding in findings] == ["mostly_missing", "columns_guessed", "columns_ignored"]
