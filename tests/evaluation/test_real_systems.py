"""Real systems' predictions give the numbers that others computed and published."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv
import pytest

from reviewer_app.evaluation.inputs import NO_PREDICTION, Gold, Predictions
from reviewer_app.evaluation.metrics import evaluate, metric

NAMES = ["cifar10-test", "human-vs-cnn-sketch", "imagenet-val", "sst2-cnn-lstm"]


def read(path: Path) -> dict[str, np.ndarray]:
    """Columns of a csv file, text but for probabilities."""
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    types = {name: pa.float64() if name.startswith("p_") or name.endswith("_prob") else pa.string() for name in names}
    options = csv.ConvertOptions(column_types=types, strings_can_be_null=False)
    table = csv.read_csv(path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    return {name: table[name].to_numpy() for name in names}


def encode(labels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Codes of labels; all that are not known get the one after them."""
    position = np.minimum(np.searchsorted(known, labels), len(known) - 1)
    return np.where(known[position] == labels, position, len(known)).astype(np.uint16)


def system(folder: Path, name: str, ids: np.ndarray, known: np.ndarray) -> Predictions:
    columns = read(folder / f"{name}.csv")
    row_of = {example: row for row, example in enumerate(columns["example_id"])}
    rows = np.array([row_of.get(example, -1) for example in ids])
    y_pred = np.where(rows >= 0, encode(columns["predicted_label"], known)[rows], NO_PREDICTION)
    lists = [encode(columns[f"top{rank}_label"], known)[rows] for rank in range(1, 6) if f"top{rank}_label" in columns]
    return Predictions(y_pred, top_labels=np.column_stack(lists) if lists else None)


@pytest.mark.parametrize("name", NAMES)
def test_every_system_has_the_accuracy_and_macro_f1_that_scikit_learn_gave(name: str, shared_data: Path) -> None:
    folder = shared_data / "predictions" / name
    listed = json.loads((folder / "predictions.json").read_text())
    columns = read(folder / "gold.csv")
    known = np.unique(columns["label"].astype(str))
    assert len(known) == listed["k"]
    gold = Gold(encode(columns["label"], known), len(known))
    metrics = [metric("accuracy"), metric("macro_f1"), metric("top_5_accuracy")]
    found = {
        one: evaluate(gold, system(folder, one, columns["example_id"], known), metrics) for one in listed["systems"]
    }
    for one, expected in listed["systems"].items():
        assert found[one]["accuracy"].value == pytest.approx(expected["accuracy"], abs=1e-6), one
        assert found[one]["macro_f1"].value == pytest.approx(expected["macro_f1"], abs=1e-6), one
    for claim in json.loads((folder / "published.json").read_text()):
        metric_id = {"accuracy_percent": "accuracy", "top5_accuracy_percent": "top_5_accuracy"}[claim["metric"]]
        value = 100 * found[claim["system"]][metric_id].value
        assert value == pytest.approx(claim["claimed"], abs=claim["tolerance"]), claim["system"]
