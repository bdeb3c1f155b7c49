"""What is known of the real datasets must come out of reading them, number for number."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.datasets.structure import record_components, structure_of
from reviewer_app.errors import Finding, Severity

NAMES = (
    "abt-buy",
    "amazon-google",
    "banking77",
    "beer",
    "birdstrike-aircraft",
    "comic-alignment",
    "emoji-group",
    "fodors-zagats",
    "midwest-region",
)


@cache
def read(folder: Path) -> Dataset:
    return read_dataset(folder)


@pytest.fixture
def datasets(shared_data: Path) -> dict[str, Dataset]:
    return {name: read(shared_data / "datasets" / name) for name in NAMES}


def findings(dataset: Dataset, code: str) -> list[Finding]:
    return [finding for finding in dataset.findings if finding.code == code]


def counts(datasets: dict[str, Dataset], code: str) -> dict[str, int]:
    return {name: finding.count for name, dataset in datasets.items() for finding in findings(dataset, code)}


def test_test_rows_that_are_training_rows(datasets: dict[str, Dataset]) -> None:
    assert counts(datasets, "test_rows_in_train") == {"abt-buy": 24, "amazon-google": 124, "birdstrike-aircraft": 10}
    for name, contradicted in (("amazon-google", 4), ("abt-buy", 6), ("birdstrike-aircraft", 3)):
        message = findings(datasets[name], "test_rows_in_train")[0].message
        assert f"{contradicted} of them with a label that training never gave them" in message


def test_rows_that_stand_in_validation_too(datasets: dict[str, Dataset]) -> None:
    assert counts(datasets, "test_rows_in_validation") == {
        "abt-buy": 13,
        "amazon-google": 70,
        "birdstrike-aircraft": 2,
    }
    assert counts(datasets, "validation_rows_in_train")["midwest-region"] == 2


def test_nearly_identical_texts(datasets: dict[str, Dataset]) -> None:
    assert counts(datasets, "test_rows_nearly_in_train")["banking77"] == 6


def test_equal_rows_under_both_labels(datasets: dict[str, Dataset]) -> None:
    found = counts(datasets, "conflicting_labels")
    assert found["abt-buy"] == 13
    assert found["amazon-google"] == 18


def test_records_that_stand_in_training_too(datasets: dict[str, Dataset]) -> None:
    expected = {
        "abt-buy": (1829, 1849, 1916),
        "amazon-google": (2184, 2073, 2293),
        "fodors-zagats": (153, 161, 189),
        "beer": (37, 44, 91),
    }
    for name, (left, right, n) in expected.items():
        finding = findings(datasets[name], "shared_records")[0]
        assert finding.first == (f"left: {left:,} of {n:,}", f"right: {right:,} of {n:,}")
        assert finding.severity is Severity.INFO
    assert set(counts(datasets, "shared_records")) == set(expected)


def test_the_largest_component_of_the_record_graph(datasets: dict[str, Dataset]) -> None:
    shares = {"beer": 8.8, "fodors-zagats": 25.9, "abt-buy": 60.6, "amazon-google": 75.9}
    for name, share in shares.items():
        component = record_components(structure_of(datasets[name], "test"))
        assert round(100 * np.bincount(component).max() / len(component), 1) == share
        assert f"({share:.1f}%)" in findings(datasets[name], "record_components")[0].message


def test_missing_values(datasets: dict[str, Dataset]) -> None:
    assert datasets["abt-buy"].test.features["right_description"].null_count == 440
    assert datasets["amazon-google"].test.features["right_manufacturer"].null_count == 2067
    damage = [split.features["damage"] for split in datasets["birdstrike-aircraft"].splits.values()]
    assert sum(pc.sum(pc.equal(column, "None")).as_py() for column in damage) == 8638
    assert sum(column.null_count for column in damage) == 0


def test_small_classes(datasets: dict[str, Dataset]) -> None:
    finding = findings(datasets["birdstrike-aircraft"], "small_classes")[0]
    assert finding.count == 33
    assert "33 of 89 classes" in finding.message
    assert finding.first[0].endswith(": 2")


def test_a_word_that_gives_a_label_away(datasets: dict[str, Dataset]) -> None:
    found = findings(datasets["emoji-group"], "gives_label_away")
    assert len(found) == 1
    assert found[0].count == 53
    assert found[0].first == ('the word "flag" stands in 53 of 53 test examples of "Flags" and in 1 other',)
    assert 'column "name"' in found[0].message
    assert list(counts(datasets, "gives_label_away")) == ["emoji-group"]


def test_images_that_are_the_same_byte_for_byte(datasets: dict[str, Dataset]) -> None:
    assert counts(datasets, "test_images_in_train") == {"emoji-group": 1}
    assert counts(datasets, "duplicate_images") == {"emoji-group": 3}


def test_neighbouring_rows_that_share_their_label(datasets: dict[str, Dataset]) -> None:
    assert set(counts(datasets, "order_leaks")) == {"banking77", "emoji-group"}
    assert "97.5% of neighbouring" in findings(datasets["banking77"], "order_leaks")[0].message
    assert "97.0% of neighbouring" in findings(datasets["emoji-group"], "order_leaks")[0].message


def test_ids_that_name_the_class(shared_data: Path, datasets: dict[str, Dataset]) -> None:
    sketch = read(shared_data / "predictions" / "human-vs-cnn-sketch" / "gold.csv")
    assert findings(sketch, "ids_name_the_label")[0].count == 800
    cifar = read(shared_data / "predictions" / "cifar10-test" / "gold.csv")
    assert findings(cifar, "ids_name_the_label") == []
    assert counts(datasets, "ids_name_the_label") == {}


def test_gold_files_are_the_same_in_csv_and_parquet(shared_data: Path) -> None:
    for folder in sorted((shared_data / "predictions").iterdir()):
        assert read(folder / "gold.csv").digest == read(folder / "gold.parquet").digest
