"""What a stage is handed: a read-only folder with its job and its splits, and nothing derived from test labels.

Predict sees validation and test without labels. Test comes in a seeded random order and without ids, because both leak
labels; images come under numbers, because ``cats/001.jpg`` is a label, and only those that its splits name.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Dataset, Split
from reviewer_app.datasets.digests import column_digest
from reviewer_app.datasets.spec import ColumnKind, DatasetSpec
from reviewer_app.running.cells import Stage

_IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff"})
_READ_ONLY_FILE, _READ_ONLY_FOLDER = 0o444, 0o555


@dataclass(frozen=True)
class JobPlaces:
    """The folders that a stage may write to: the model (in fit alone) and its output."""

    model: Path
    output: Path


def write_job_folder(
    folder: Path,
    stage: Stage,
    dataset: Dataset,
    seed: int,
    *,
    data_format: str,
    places: JobPlaces,
    worker: Mapping[str, Any],
) -> NDArray[np.int64]:
    """Write the job folder of a stage; return the order in which it hands over the test split.

    Parameters
    ----------
    folder
        Created here, and read-only afterwards (which root is not held by).
    stage, dataset, seed
        What is to be run.
    data_format
        "arrow" (Arrow IPC files) or "csv" (UTF-8; a missing value is an empty cell).
    places
        Where the stage may write.
    worker
        Which code to run, for `reviewer_app.running.worker` alone.

    Returns
    -------
    NDArray[np.int64]
        Row i of what predict sees as test is example ``order[i]`` of the split; shape (n_test,).

    Raises
    ------
    OSError
        If the folder cannot be written, or an image not read.
    """
    folder.mkdir()
    images = _Images(folder / "images", dataset)
    order = order_of_test(dataset.test, seed)
    inputs = {}
    for name in ("train", "validation") if stage is Stage.FIT else ("validation", "test"):
        split = dataset.splits.get(name)
        if split is not None:
            table = split.features.take(pa.array(order)) if name == "test" else split.features
            table = images.copy(table)
            if stage is Stage.FIT:
                table = table.append_column(dataset.spec.target, _label_column(split, dataset.spec.labels))
            inputs[name] = str(_write(table, folder / f"{name}.{data_format}"))
    job = {
        "stage": str(stage),
        "spec": spec_for_submissions(dataset.spec, seed),
        "seed": seed,
        "inputs": inputs,
        "format": data_format,
        "model_dir": str(places.model),
        "output_dir": str(places.output),
    }
    for name, content in (("job.json", job), ("worker.json", dict(worker))):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    make_read_only(folder)
    return order


def order_of_test(test: Split, seed: int) -> NDArray[np.int64]:
    """Return the order in which a test split is handed over, shape (n_test,).

    It depends on the seed and the ids: it is the same in every run, cannot be undone without the ids, and says nothing
    of the labels.
    """
    key = hashlib.sha256(column_digest(test.ids) + str(seed).encode()).digest()
    return np.random.default_rng(list(key)).permutation(test.n_examples)


def spec_for_submissions(spec: DatasetSpec, seed: int) -> dict[str, Any]:
    """Return the spec as submitted code sees it: the keys of dataset.json that are not about its origin, and the seed.

    Columns of kind ignored are left out, as they are from the data; so are unknown keys, which may hold anything.
    """
    handed = {name: str(kind) for name, kind in spec.columns.items() if kind is not ColumnKind.IGNORED}
    return {
        "name": spec.name,
        "task": str(spec.task),
        "id": spec.id,
        "target": spec.target,
        "positive_label": spec.positive_label,
        "metric": spec.metric,
        "columns": handed,
        "labels": list(spec.labels),
        "label_meaning": spec.label_meaning,
        "costs": [{"true": true, "predicted": predicted, "cost": cost} for true, predicted, cost in spec.costs],
        "group": list(spec.group),
        "records": None if spec.records is None else [list(side) for side in spec.records],
        "rows": dict(spec.rows),
        "seed": seed,
    }


def make_read_only(folder: Path) -> None:
    """Take away the right to write from a folder and all that is in it."""
    if os.name != "posix":  # elsewhere it would only keep us from removing the folder
        return
    for parent, _, names in os.walk(folder):
        for name in names:
            Path(parent, name).chmod(_READ_ONLY_FILE)
        Path(parent).chmod(_READ_ONLY_FOLDER)


class _Images:
    """Copies the images that a table names, each under a number in the order of its first appearance."""

    def __init__(self, folder: Path, dataset: Dataset) -> None:
        self._folder = folder
        self._columns = [name for name, kind in dataset.spec.columns.items() if kind is ColumnKind.IMAGE]
        self._root = None if dataset.folder is None else dataset.folder.resolve()
        self._copies: dict[str, str | None] = {}

    def copy(self, table: pa.Table) -> pa.Table:
        """Return the table with absolute paths of the copies; missing where there is no such file in the dataset."""
        for name in self._columns:
            place = table.column_names.index(name)
            paths = [self._copy_of(written) for written in table.column(name).to_pylist()]
            table = table.set_column(place, name, pa.array(paths, pa.string()))
        return table

    def _copy_of(self, written: str | None) -> str | None:
        if written is None or self._root is None:
            return None
        if written not in self._copies:
            self._copies[written] = self._new_copy(self._root, written)
        return self._copies[written]

    def _new_copy(self, root: Path, written: str) -> str | None:
        if "\0" in written:
            return None
        source = (root / written).resolve()
        if not source.is_relative_to(root) or not source.is_file():
            return None
        self._folder.mkdir(exist_ok=True)
        suffix = source.suffix.lower()
        target = self._folder / f"{len(self._copies):07d}{suffix if suffix in _IMAGE_SUFFIXES else ''}"
        shutil.copyfile(source, target)
        return str(target)


def _label_column(split: Split, labels: Sequence[str]) -> pa.Array:
    """Return the gold labels of a split as text."""
    return pa.array(labels, pa.string()).take(pa.array(split.y))


def _write(table: pa.Table, path: Path) -> Path:
    """Write a table as Arrow IPC or csv; return the path."""
    if path.suffix == ".csv":
        import pyarrow.csv

        if table.num_columns == 1:
            # A missing value alone in its line would be an empty line, which most readers skip; as text it is "".
            name = table.column_names[0]
            table = pa.table({name: pc.fill_null(table.column(0).cast(pa.string()), "")})
        pyarrow.csv.write_csv(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    return path
