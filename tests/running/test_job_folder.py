"""What a stage is handed, and what it must not be."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.running.cells import Stage
from reviewer_app.running.job_folder import JobPlaces, order_of_test, write_job_folder


def written(folder: Path, stage: Stage, dataset: Dataset, *, data_format: str = "arrow") -> np.ndarray:
    """Write a job folder and return the order of its test split."""
    places = JobPlaces(Path("/model"), Path("/scratch/out"))
    return write_job_folder(
        folder, stage, dataset, 7, data_format=data_format, places=places, worker={"runner": "class"}
    )


def table(folder: Path, split: str) -> pa.Table:
    """Return a split of a job folder."""
    return pa.ipc.open_file(folder / f"{split}.arrow").read_all()


def test_fit_sees_train_and_validation_with_labels(fruit: Dataset, tmp_path: Path) -> None:
    written(tmp_path / "fit", Stage.FIT, fruit)
    names = ["description", "colour", "weight", "picture", "label"]
    for split in ("train", "validation"):
        found = table(tmp_path / "fit", split)
        assert found.column_names == names
        labels = [fruit.spec.labels[code] for code in fruit.splits[split].y]
        assert found["label"].to_pylist() == labels
    assert not (tmp_path / "fit" / "test.arrow").exists()


def test_predict_sees_no_labels_no_ids_and_test_in_another_order(fruit: Dataset, tmp_path: Path) -> None:
    order = written(tmp_path / "predict", Stage.PREDICT, fruit)
    test = table(tmp_path / "predict", "test")
    assert test.column_names == ["description", "colour", "weight", "picture"]
    assert sorted(order) == list(range(15))
    assert list(order) != list(range(15))
    assert test["weight"].to_pylist() == fruit.test.features["weight"].take(pa.array(order)).to_pylist()
    validation = table(tmp_path / "predict", "validation")
    assert validation["weight"].to_pylist() == fruit.splits["validation"].features["weight"].to_pylist()
    assert not (tmp_path / "predict" / "train.arrow").exists()


def test_nothing_in_predict_depends_on_the_labels(fruit: Dataset, tmp_path: Path) -> None:
    other = replace(fruit.test, y=fruit.test.y[::-1].copy(), digest="another")
    relabelled = replace(fruit, splits={**fruit.splits, "test": other}, digest="another")
    contents = []
    for dataset in (fruit, relabelled):
        folder = tmp_path / "predict"
        written(folder, Stage.PREDICT, dataset)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        contents.append({path.relative_to(folder): path.read_bytes() for path in files})
        folder.rename(tmp_path / f"done-{len(contents)}")
    assert contents[0] == contents[1]


def test_the_order_depends_on_ids_and_seed_alone(fruit: Dataset) -> None:
    orders = [order_of_test(fruit.test, seed).tolist() for seed in (0, 0, 1)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    renamed = pa.array([f"other-{name}" for name in fruit.test.ids.to_pylist()], pa.string())
    assert order_of_test(replace(fruit.test, ids=renamed), 0).tolist() != orders[0]


def test_images_come_under_numbers_and_only_those_that_are_named(fruit: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "predict"
    order = written(folder, Stage.PREDICT, fruit)
    paths = [Path(path) for path in table(folder, "test")["picture"].to_pylist()]
    originals = fruit.test.features["picture"].take(pa.array(order)).to_pylist()
    assert [path.read_bytes().decode() for path in paths] == originals
    assert all(path.parent == folder / "images" and path.suffix == ".png" and path.stem.isdigit() for path in paths)
    named = {path for split in ("validation", "test") for path in fruit.splits[split].features["picture"].to_pylist()}
    assert len(list((folder / "images").iterdir())) == len(named)


def test_images_outside_the_dataset_are_missing(fruit: Dataset, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"secret")
    inside = tmp_path / "dataset"
    (inside / "apple").mkdir(parents=True)
    (inside / "apple" / "link.png").symlink_to(tmp_path / "secret.png")
    pictures = ["../secret.png", str(tmp_path / "secret.png"), "apple/link.png", "apple", "no\0where.png", None]
    features = pa.table({"picture": pa.array(pictures, pa.string())})
    test = replace(fruit.test, ids=fruit.test.ids[:6], y=fruit.test.y[:6], features=features)
    spec = replace(fruit.spec, columns={"picture": fruit.spec.columns["picture"]})
    written(tmp_path / "predict", Stage.PREDICT, replace(fruit, spec=spec, splits={"test": test}, folder=inside))
    assert table(tmp_path / "predict", "test")["picture"].to_pylist() == [None] * 6
    assert not (tmp_path / "predict" / "images").exists()


def test_csv_holds_the_same_with_empty_cells_for_missing(tabular: Dataset, tmp_path: Path) -> None:
    written(tmp_path / "fit", Stage.FIT, tabular, data_format="csv")
    found = pa.csv.read_csv(tmp_path / "fit" / "train.csv")
    assert found.column_names == ["colour", "weight", "label"]
    assert found["weight"].to_pylist() == tabular.splits["train"].features["weight"].to_pylist()


@pytest.mark.parametrize("column", ["weight", "description"])
def test_csv_of_a_single_column_has_no_empty_lines(column: str, fruit: Dataset, tmp_path: Path) -> None:
    spec = replace(fruit.spec, columns={column: fruit.spec.columns[column]})
    splits = {"test": replace(fruit.test, features=fruit.test.features.select([column]))}
    order = written(tmp_path / "predict", Stage.PREDICT, replace(fruit, spec=spec, splits=splits), data_format="csv")
    found = pd.read_csv(tmp_path / "predict" / "test.csv")[column].tolist()
    expected = fruit.test.features[column].take(pa.array(order)).to_pylist()
    assert expected.count(None) == 1
    assert [None if pd.isna(value) else value for value in found] == expected


def test_job_json_has_the_keys_of_the_contract(fruit: Dataset, tmp_path: Path) -> None:
    written(tmp_path / "fit", Stage.FIT, fruit)
    job = json.loads((tmp_path / "fit" / "job.json").read_text())
    assert list(job) == ["stage", "spec", "seed", "inputs", "format", "model_dir", "output_dir"]
    assert (job["stage"], job["seed"], job["format"]) == ("fit", 7, "arrow")
    assert job["inputs"] == {name: str(tmp_path / "fit" / f"{name}.arrow") for name in ("train", "validation")}
    assert (job["model_dir"], job["output_dir"]) == ("/model", "/scratch/out")


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX's")
def test_the_folder_is_read_only(fruit: Dataset, tmp_path: Path) -> None:
    written(tmp_path / "fit", Stage.FIT, fruit)
    paths = [tmp_path / "fit", *(tmp_path / "fit").rglob("*")]
    assert not [path for path in paths if path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)]
