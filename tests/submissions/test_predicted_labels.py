"""Predicted labels that are not written as the dataset's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError
from reviewer_app.submissions import label_codes
from reviewer_app.submissions.alignment import align

Write = Callable[..., Path]


def two_labels(labels: list[str]) -> Dataset:
    return build_dataset({"test": ([f"e{i}" for i in range(4)], [labels[0], labels[1]] * 2)}, labels)


def predict(write: Write, *labels: str) -> Path:
    return write("id,y_pred", *(f'e{i},"{label}"' for i, label in enumerate(labels)))


@pytest.mark.parametrize(
    ("spec", "predicted", "code", "count"),
    [
        (["yes", "no"], ["yes", "no ", " no", "yes"], "labels_match_after_trim", 2),
        (["yes", "no"], ["YES", "no", "No", "yes"], "labels_match_ignoring_case", 2),
        (["1", "0"], ["1.0", "0.0", "1.0", "1.0"], "labels_match_as_numbers", 4),
        (["1", "0"], ["True", "False", "true", "1"], "labels_match_as_truth_values", 3),
        (["yes", "no"], ["yes", "No", "maybe", "yes"], "labels_match_ignoring_case", 1),
    ],
)
def test_labels_known_only_when_read_less_literally_are_refused(
    write: Write, spec: list[str], predicted: list[str], code: str, count: int
) -> None:
    with pytest.raises(ReviewError) as caught:
        align(predict(write, *predicted), two_labels(spec))
    assert (caught.value.code, caught.value.errors[0].count) == (code, count)


def test_the_remedy_of_such_a_refusal_reads_the_labels_so(write: Write) -> None:
    path, dataset = predict(write, "True", "False", "true", "1"), two_labels(["1", "0"])
    with pytest.raises(ReviewError) as caught:
        align(path, dataset)
    (remedy,) = caught.value.errors[0].remedies
    aligned = align(path, dataset, options=ImportOptions(labels=remedy.value))
    assert aligned.predictions.y_pred.tolist() == [0, 1, 0, 0]
    assert aligned.labels == ("1", "0")


def test_labels_that_differ_in_case_in_the_dataset_are_never_folded(write: Write) -> None:
    aligned = align(predict(write, "us", "Us", "US", "us"), two_labels(["us", "US"]))
    assert aligned.labels == ("us", "US", "Us")


def test_what_a_mapping_does_not_name_stays_unknown(write: Write, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.csv"
    mapping.write_text("from,to\nja,yes\n", encoding="utf-8")
    aligned = align(
        predict(write, "ja", "nein", "yes", "no"), two_labels(["yes", "no"]), options=ImportOptions(labels=str(mapping))
    )
    assert aligned.predictions.y_pred.tolist() == [0, 2, 0, 1]
    assert {"labels_mapped": 1, "unknown_labels": 1}.items() <= {f.code: f.count for f in aligned.findings}.items()


def test_unknown_labels_are_listed_with_their_counts_most_frequent_first(write: Write) -> None:
    dataset = build_dataset({"test": ([f"e{i}" for i in range(5)], ["yes", "no", "yes", "no", "yes"])}, ["yes", "no"])
    aligned = align(predict(write, "a", "b", "b", "yes", "no"), dataset)
    (unknown,) = [finding for finding in aligned.findings if finding.code == "unknown_labels"]
    assert '"b" (2), "a" (1)' in unknown.message


@pytest.mark.parametrize("column", ["y_pred", "top2_label"])
def test_more_labels_than_codes_are_refused(write: Write, monkeypatch: pytest.MonkeyPatch, column: str) -> None:
    monkeypatch.setattr(label_codes, "MAX_LABELS", 4)
    names = ["y_pred", "top1_label", "top2_label"]
    rows = [",".join([f"e{i}", *(f"odd{i}" if name == column else "yes" for name in names)]) for i in range(4)]
    with pytest.raises(ReviewError) as caught:
        align(write(f"id,{','.join(names)}", *rows), two_labels(["yes", "no"]))
    assert caught.value.code == "too_many_labels"
    assert "4 different ones" in str(caught.value)


def test_accents_that_look_the_same_are_told_apart_in_words(write: Write) -> None:
    decomposed = "e\u0301te\u0301"
    with pytest.raises(ReviewError) as caught:
        align(predict(write, "été", decomposed), two_labels(["été", "hiver"]))
    message = caught.value.errors[0].message
    assert caught.value.code == "labels_match_after_trim"
    assert "composing accents" in message
    assert r'"e\u0301te\u0301" as "été"' in message


def test_a_mapping_file_is_read_where_every_label_is_known_too(write: Write, tmp_path: Path) -> None:
    path = predict(write, "yes", "no", "yes", "no")
    with pytest.raises(ReviewError) as caught:
        align(path, two_labels(["yes", "no"]), options=ImportOptions(labels=str(tmp_path / "absent.csv")))
    assert caught.value.code == "not_found"


def test_a_huge_label_is_cut_in_messages(write: Write) -> None:
    aligned = align(predict(write, "yes", "x" * 100_000, "yes", "no"), two_labels(["yes", "no"]))
    assert max(len(finding.message) for finding in aligned.findings) < 1_000


def test_ids_with_accents_in_another_form_are_recognised(write: Write) -> None:
    dataset = build_dataset({"test": ([f"é{i}" for i in range(4)], ["yes", "no"] * 2)}, ["yes", "no"])
    with pytest.raises(ReviewError, match=r"with accents composed \(Unicode NFC\)") as caught:
        align(write("id,y_pred", *(f"e\u0301{i},yes" for i in range(4))), dataset)
    assert caught.value.code == "mostly_missing"
