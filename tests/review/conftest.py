"""Small reviews to try things on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review

PETS = ("cat", "dog", "fish")
WritePredictions = Callable[..., Path]


def write_csv(path: Path, columns: dict[str, list[object]]) -> Path:
    """Write columns as a csv file."""
    pa.csv.write_csv(pa.table(columns), path)
    return path


@pytest.fixture(scope="session")
def pets_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `pets` is a copy of."""
    folder = tmp_path_factory.mktemp("data") / "pets"
    folder.mkdir()
    rng = np.random.default_rng(3)
    rows = {"train": 30, "validation": 30, "test": 90}
    for split, n in rows.items():
        labels = [PETS[number % 3] for number in range(n)]
        write_csv(
            folder / f"{split}.csv",
            {
                "example_id": [f"{split}-{number}" for number in range(n)],
                "story": [f"story {number} of a {rng.choice(['small', 'large'])} animal" for number in range(n)],
                "weight": rng.normal(10, 3, n).round(3).tolist(),
                "label": labels,
            },
        )
    spec = {
        "name": "pets",
        "task": "classification",
        "id": "example_id",
        "target": "label",
        "columns": {"story": "text", "weight": "numeric"},
        "labels": list(PETS),
        "rows": rows,
    }
    (folder / "dataset.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture
def pets(tmp_path: Path, pets_once: Path) -> Path:
    """A dataset folder: 90 test examples of three classes, 30 of validation, 30 of training."""
    return shutil.copytree(pets_once, tmp_path / "pets")


def predictions_of_pets(
    folder: Path, name: str, *, wrong: tuple[int, ...] = (), every: int = 0, split: str = "test", n: int = 90
) -> Path:
    """Write a file of predictions for the pets: wrong on the examples named, and on every `every`-th."""
    labels = [PETS[number % 3] for number in range(n)]
    for number in range(n):
        if number in wrong or (every and number % every == 0):
            labels[number] = PETS[(number + 1) % 3]
    ids = [f"{split}-{number}" for number in range(n)]
    return write_csv(folder / f"{name}.csv", {"example_id": ids, "prediction": labels})


@pytest.fixture
def predict_pets(tmp_path: Path) -> WritePredictions:
    """Write a file of predictions for the pets: see `predictions_of_pets`."""
    return partial(predictions_of_pets, tmp_path)


@pytest.fixture(scope="session")
def pets_review_once(pets_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `pets_review` is a copy of."""
    folder = tmp_path_factory.mktemp("review")
    with Review.create(folder / "pets.review", "Pets") as review:
        review.do(AddDataset(pets_once, home_of="Ann"))
        review.do(AddSubmission(predictions_of_pets(folder, "ann", wrong=(1, 2, 3)), "Ann"))
        review.do(AddSubmission(predictions_of_pets(folder, "bob", every=3), "Bob"))
    return folder / "pets.review"


@pytest.fixture
def pets_review(tmp_path: Path, pets_review_once: Path) -> Iterator[Review]:
    """A review of the pets with two teams, of which Ann is better."""
    with Review.open(Path(shutil.copy(pets_review_once, tmp_path))) as review:
        yield review
