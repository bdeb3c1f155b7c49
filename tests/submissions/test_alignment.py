"""Joining predictions to examples."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.submissions.alignment import align, align_splits
from reviewer_app.submissions.submission import AlignedPredictions

Write = Callable[..., Path]


def codes(aligned: AlignedPredictions) -> list[str]:
    return [finding.code for finding in aligned.findings]


def refusal(path: Path, dataset: Dataset, options: ImportOptions | None = None) -> ReviewError:
    with pytest.raises(ReviewError) as caught:
        align(path, dataset, options=options)
    return caught.value


@st.composite
def predicted_examples(draw: st.DrawFn) -> tuple[list[str], dict[str, str]]:
    """Ids of a test split, and the labels predicted for some of them and for some strangers."""
    ids = draw(st.lists(st.text("0123456789abc ", min_size=1).filter(str.strip), min_size=2, max_size=12, unique=True))
    strangers = [f"stranger {number}" for number in range(draw(st.integers(0, 3)))]
    named = draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    return ids, {name: draw(st.sampled_from("xyz")) for name in [*named, *strangers]}


@settings(deadline=None, max_examples=60)
@given(predicted_examples(), st.randoms(use_true_random=False))
def test_the_join_is_that_of_a_pandas_merge_whatever_the_order_of_rows(
    examples: tuple[list[str], dict[str, str]], random: object
) -> None:
    ids, predicted = examples
    dataset = build_dataset({"test": (ids, ["x", "y"] * (len(ids) // 2) + ["x"] * (len(ids) % 2))}, "xyz")
    rows = list(predicted.items())
    random.shuffle(rows)  # type: ignore[attr-defined]
    table = pd.DataFrame(rows, columns=["example_id", "y_pred"])
    merged = pd.DataFrame({"example_id": ids}).merge(table, how="left", on="example_id")["y_pred"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "team.csv"
        table.to_csv(path, index=False)
        aligned = align(path, dataset, options=ImportOptions(missing="wrong", labels="trim"))
    y_pred = aligned.predictions.y_pred
    assert y_pred is not None
    found = [None if code == NO_PREDICTION else aligned.labels[code] for code in y_pred]
    assert found == [None if pd.isna(label) else label for label in merged]


def test_ids_are_text_and_never_numbers(write: Write) -> None:
    dataset = build_dataset({"test": (["007", "7", "7.0"], list("aba"))}, "ab")
    aligned = align(write("id,y_pred", "7.0,a", "7,b", "007,a"), dataset)
    assert aligned.predictions.y_pred.tolist() == [0, 1, 0]


def test_typed_ids_and_labels_of_parquet_match_their_text(tmp_path: Path) -> None:
    dataset = build_dataset({"test": (["1", "2", "3", "4"], ["0", "1", "0", "1"])}, "01")
    path = tmp_path / "team.parquet"
    pq.write_table(pa.table({"id": pa.array([4, 3, 2, 1]), "y_pred": pa.array([1.0, 0.0, 1.0, 1.0])}), path)
    assert align(path, dataset).predictions.y_pred.tolist() == [1, 1, 0, 1]


def test_labels_that_a_reader_would_take_for_missing_stay_labels(write: Write) -> None:
    labels = ["None", "NA", "null", "nan", "01", "1"]
    dataset = build_dataset({"test": ([f"e{i}" for i in range(6)], labels)}, labels)
    aligned = align(write("id,y_pred", *(f"e{i},{label}" for i, label in enumerate(labels))), dataset)
    assert aligned.predictions.y_pred.tolist() == [0, 1, 2, 3, 4, 5]


def test_an_empty_label_is_a_missing_prediction_and_its_line_is_named(letters: Dataset, write: Write) -> None:
    aligned = align(write("id,y_pred", "e0,a", "e1,", "e2,c", "e3,a", "e4,b"), letters)
    (missing,) = [finding for finding in aligned.findings if finding.code == "missing_predictions"]
    assert missing.count == 2
    assert missing.first == ('line 3: "e1" is empty', '"e5"')
    assert aligned.predictions.missing.tolist() == [False, True, False, False, False, True]


def test_codes_are_the_specs_then_the_known_then_the_new(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred", "e0,new", "e1,old", "e2,c", "e3,a", "e4,b", "e5,c")
    aligned = align(path, letters, "test", ("a", "b", "c", "older", "old"))
    assert aligned.labels == ("a", "b", "c", "older", "old", "new")
    assert aligned.predictions.y_pred.tolist() == [5, 4, 2, 0, 1, 2]
    assert aligned.predictions.y_pred.dtype == np.uint16


def test_first_offenders_are_the_first_of_the_file_and_not_of_the_dataset(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred", "e5,a", "e3,odd", "e4,odd", "e0,odd", "e1,b", "e2,c")
    (unknown,) = [finding for finding in align(path, letters).findings if finding.code == "unknown_labels"]
    assert unknown.first == ('line 3: "odd"', 'line 4: "odd"', 'line 5: "odd"')


def test_labels_of_rows_that_are_ignored_get_no_code(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred", *(f"e{i},{label}" for i, label in enumerate("abcabc")), "stranger,odd")
    assert align(path, letters).labels == ("a", "b", "c")


def test_rows_of_validation_are_not_extra(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred", *(f"t{i},match" for i in range(4)), *(f"v{i},match" for i in range(6)), "x,match")
    aligned = align_splits(path, pairs)
    assert set(aligned) == {"test", "validation"}
    (extra,) = [finding for finding in aligned["test"].findings if finding.code == "extra_ids"]
    assert extra.first == ('line 12: "x"',)
    assert aligned["validation"].predictions.y_pred.tolist() == [0] * 6
    assert "extra_ids" not in codes(aligned["validation"])


def test_a_file_without_validation_rows_has_test_alone(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred", *(f"t{i},match" for i in range(4)))
    assert set(align_splits(path, pairs)) == {"test"}


def test_few_validation_rows_are_a_warning_and_no_refusal(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred", *(f"t{i},match" for i in range(4)), "v0,match")
    (missing,) = [f for f in align_splits(path, pairs)["validation"].findings if f.code == "missing_predictions"]
    assert (missing.severity, missing.count) == (Severity.WARNING, 5)


def test_training_rows_are_said_to_be_that(write: Write) -> None:
    dataset = build_dataset({"train": (["r0", "r1"], list("ab")), "test": (["e0", "e1"], list("ab"))}, "ab")
    path = write("id,y_pred", "e0,a", "e1,a", "r0,a", "r1,b")
    (extra,) = [finding for finding in align(path, dataset).findings if finding.code == "extra_ids"]
    assert "2 are training examples" in extra.message


def test_repeated_rows_that_differ_in_an_ignored_column_are_identical(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred,note", *(f"e{i},a,one" for i in range(6)), "e0,a,two", "e0,a,three")
    aligned = align(path, letters)
    (repeated,) = [finding for finding in aligned.findings if finding.code == "duplicate_ids_identical"]
    assert (repeated.count, repeated.first) == (1, ('"e0": line 2, line 8, line 9',))


def test_repeated_rows_that_differ_in_a_probability_are_in_conflict(pairs: Dataset, write: Write) -> None:
    path = write("id,y_pred,confidence", *(f"t{i},match,0.9" for i in range(4)), "t1,match,0.9", "t2,match,0.8")
    error = refusal(path, pairs)
    (conflict,) = error.errors
    assert (conflict.code, conflict.count) == ("duplicate_ids_conflicting", 1)
    assert '"t2": line 4 has "0.9", line 7 has "0.8" in confidence' in conflict.message
    assert "duplicate_ids_identical" in [finding.code for finding in error.findings]


def test_empty_and_conflicting_ids_are_said_together(letters: Dataset, write: Write) -> None:
    path = write("id,y_pred", "e0,a", "e0,b", " ,a")
    assert [finding.code for finding in refusal(path, letters).errors] == ["empty_ids", "duplicate_ids_conflicting"]


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        (" E{} ", "It is probably the wrong file"),
        ("e{} ", "without blanks around them"),
        ("E{}", "when case is ignored"),
        ("e{}.0", 'without ".0" at the end'),
        ("00e{}", "without leading zeros"),
        ("other-{}", 'the file has ids like "other-0", the dataset like "e0"'),
    ],
)
def test_a_wrong_file_is_refused_with_what_would_make_ids_match(
    letters: Dataset, write: Write, written: str, hint: str
) -> None:
    rows = [f"{written.format(i)},a" for i in range(6)]
    if hint.startswith("It is probably"):
        rows[0] = "e0,a"
    error = refusal(write("id,y_pred", *rows), letters)
    assert error.code == "mostly_missing"
    assert hint in str(error)


def test_half_of_the_predictions_missing_is_a_warning_and_more_is_refused(letters: Dataset, write: Write) -> None:
    assert "missing_predictions" in codes(align(write("id,y_pred", "e0,a", "e1,b", "e2,c"), letters))
    assert refusal(write("id,y_pred", "e0,a", "e1,b"), letters).code == "mostly_missing"


def test_missing_as_negative_is_offered_in_matching_alone(letters: Dataset, pairs: Dataset, write: Write) -> None:
    assert "--missing negative" in str(refusal(write("id,y_pred", "t0,match"), pairs))
    assert "negative" not in str(refusal(write("id,y_pred", "e0,a"), letters))
    aligned = align(write("id,y_pred", "t0,match"), pairs, options=ImportOptions(missing="negative"))
    assert aligned.predictions.missing.tolist() == [False, True, True, True]


def test_a_guessed_encoding_that_touches_labels_is_refused(tmp_path: Path) -> None:
    dataset = build_dataset({"test": (["e0", "e1"], ["café", "thé"])}, ["café", "thé"])
    path = tmp_path / "team.csv"
    path.write_bytes("id,y_pred\ne0,café\ne1,thé\n".encode("latin-1"))
    error = refusal(path, dataset)
    assert error.code == "encoding_guessed"
    assert "--encoding" in str(error)
    assert align(path, dataset, options=ImportOptions(encoding="latin-1")).predictions.y_pred.tolist() == [0, 1]


def test_jsonl_is_read_like_csv(letters: Dataset, write: Write) -> None:
    lines = [f'{{"id": "e{i}", "prob_a": 0.5, "prob_b": 0.25, "prob_c": 0.25}}' for i in range(6)]
    aligned = align(write(*lines, name="team.jsonl"), letters)
    assert aligned.predictions.y_pred.tolist() == [0] * 6
    assert aligned.predictions.probabilities.tolist() == [[0.5, 0.25, 0.25]] * 6
