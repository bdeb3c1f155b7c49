"""Predictions of real systems, as csv and parquet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.submissions.alignment import align
from reviewer_app.submissions.submission import AlignedPredictions

SETS = ("cifar10-test", "human-vs-cnn-sketch", "imagenet-val", "sst2-cnn-lstm")
ARRAYS = ("y_pred", "score", "probabilities", "top_labels", "top_probabilities", "confidence")


@pytest.fixture(params=SETS)
def folder(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    return shared_data / "predictions" / str(request.param)


def systems(folder: Path) -> dict[str, dict[str, float]]:
    return dict(json.loads((folder / "predictions.json").read_text(encoding="utf-8"))["systems"])


def accuracy(aligned: AlignedPredictions, dataset: Dataset) -> float:
    return float(np.mean(aligned.predictions.y_pred == dataset.test.y))


def test_accuracy_is_the_known_one_without_an_option(folder: Path) -> None:
    dataset = read_dataset(folder / "gold.csv")
    for name, known in systems(folder).items():
        aligned = align(folder / f"{name}.csv", dataset)
        assert accuracy(aligned, dataset) == pytest.approx(known["accuracy"], abs=5e-7), name


def test_csv_and_parquet_give_the_same_arrays(folder: Path) -> None:
    dataset = read_dataset(folder / "gold.parquet")
    for name in systems(folder):
        from_csv = align(folder / f"{name}.csv", dataset)
        from_parquet = align(folder / f"{name}.parquet", dataset)
        assert from_csv.labels == from_parquet.labels
        for array in ARRAYS:
            one, other = getattr(from_csv.predictions, array), getattr(from_parquet.predictions, array)
            assert (one is None) == (other is None)
            if one is not None:
                np.testing.assert_array_equal(one, other)


def test_top5_accuracy_is_the_published_one(shared_data: Path) -> None:
    folder = shared_data / "predictions" / "imagenet-val"
    dataset = read_dataset(folder / "gold.parquet")
    for system, claimed in (("resnet50_pytorch", 92.48), ("vgg16_keras", 86.2)):
        top_labels = align(folder / f"{system}.parquet", dataset).predictions.top_labels
        assert top_labels is not None
        hits = (top_labels == dataset.test.y[:, np.newaxis]).any(axis=1)
        assert 100 * hits.mean() == pytest.approx(claimed, abs=0.011)


def test_no_answer_in_time_is_a_label_of_its_own_and_wrong(shared_data: Path) -> None:
    folder = shared_data / "predictions" / "human-vs-cnn-sketch"
    dataset = read_dataset(folder / "gold.csv")
    aligned = align(folder / "human_subject_05.csv", dataset)
    (unknown,) = [finding for finding in aligned.findings if finding.code == "unknown_labels"]
    assert unknown.count == 16
    assert aligned.labels[len(dataset.spec.labels) :] == ("na",)
    assert np.count_nonzero(aligned.predictions.y_pred == len(dataset.spec.labels)) == 16
