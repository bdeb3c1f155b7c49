"""Datasets in the review file: the test split whole, train and validation by reference and digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import SPLITS, Dataset, Split
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import ColumnKind, DatasetSpec, parse_spec, spec_to_json
from reviewer_app.errors import Finding
from reviewer_app.evaluation.inputs import DoubtfulExamples, Structure
from reviewer_app.progress import Progress
from reviewer_app.store.columns import (
    EncodedColumn,
    column_set,
    column_sets,
    encode_array,
    encode_texts,
    read_array,
    read_texts,
    write_column,
)
from reviewer_app.store.connection import now
from reviewer_app.store.images import KeptImage, keep_images
from reviewer_app.store.rows import execute, fetch, finding_of, finding_row, from_json, insert, insert_all, to_json
from reviewer_app.store.teams import team_id_of

if TYPE_CHECKING:
    import pyarrow as pa

_FEATURE = "feature:"
"""Before the name of a column that holds a feature."""

_STRUCTURE = ("groups", "left_records", "right_records")
_DOUBTFUL = ("seen_before", "repeated")


@dataclass(frozen=True)
class SplitRecord:
    """A split in numbers."""

    name: str
    n_examples: int
    digest: str
    class_counts: Mapping[str, int]


@dataclass(frozen=True)
class DatasetRecord:
    """A dataset of the review, without its columns.

    Attributes
    ----------
    dataset_id
        Its key in this file.
    spec
        What it says of itself, under the name that it has in the review.
    options
        What the user said when adding it.
    path, folder, digest
        As in `Dataset`.
    home_of, home_decided
        The team whose home it is, and whether somebody said so.
    splits
        In the order train, validation, test.
    labels
        Labels by code: the spec's, then those met only in predictions.
    findings
        What reading it had to say.
    """

    dataset_id: int
    spec: DatasetSpec
    options: ImportOptions
    path: Path
    folder: Path | None
    digest: str
    home_of: str | None
    home_decided: bool
    splits: tuple[SplitRecord, ...]
    labels: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """Its name in the review."""
        return self.spec.name

    @property
    def test(self) -> SplitRecord:
        """The split that feeds verdicts."""
        return next(split for split in self.splits if split.name == "test")


@dataclass(frozen=True)
class EncodedDataset:
    """A dataset ready to be written."""

    dataset: Dataset
    columns: Mapping[str, tuple[EncodedColumn, ...]]
    """Split to its columns."""
    images: tuple[KeptImage, ...]
    findings: tuple[Finding, ...]


def encode_dataset(dataset: Dataset, structure: Structure, progress: Progress) -> EncodedDataset:
    """Return a dataset ready to be written; all that takes time is done here, before any lock is taken."""
    test = dataset.test
    columns = [encode_texts("ids", test.ids), encode_array("y", test.y)]
    by_split = {"test": columns}
    if "validation" in dataset.splits:
        # Predictions for validation rows are aligned, and thresholds chosen on them, where the file is not at hand.
        validation = dataset.splits["validation"]
        by_split["validation"] = [encode_texts("ids", validation.ids), encode_array("y", validation.y)]
    for name in test.features.column_names:
        progress.check()
        values = test.features.column(name)
        if dataset.spec.columns[name] is ColumnKind.NUMERIC:
            numbers = values.to_numpy().astype(np.float64)  # null becomes NaN: both mean missing
            columns.append(encode_array(_FEATURE + name, numbers))
        else:
            columns.append(encode_texts(_FEATURE + name, values))
    for name in _STRUCTURE:
        codes = getattr(structure, name)
        if codes is not None:
            columns.append(encode_array(name, codes.astype(np.int32)))
    for name in _DOUBTFUL:
        mask = getattr(dataset.doubtful, name)
        if mask is not None:
            columns.append(encode_array(name, mask.astype(np.uint8)))
    images: tuple[KeptImage, ...] = ()
    findings: tuple[Finding, ...] = ()
    paths = _image_paths(dataset)
    if dataset.folder is not None and paths:
        images, findings = keep_images(dataset.folder, paths, progress)
    return EncodedDataset(
        dataset,
        {split: tuple(columns) for split, columns in by_split.items()},
        images,
        (*dataset.findings, *findings),
    )


def write_dataset(
    connection: sqlite3.Connection, encoded: EncodedDataset, options: ImportOptions, home_of: str | None
) -> int:
    """Write a dataset inside the caller's transaction and return its id; `home_of` None: nobody said."""
    dataset, spec = encoded.dataset, encoded.dataset.spec
    dataset_id = insert(
        connection,
        "dataset",
        {
            "name": spec.name,
            "task": spec.task,
            "spec": to_json(spec_to_json(spec)),
            "options": to_json(asdict(options)),
            "path": dataset.path.resolve(),
            "folder": dataset.folder and dataset.folder.resolve(),
            "digest": dataset.digest,
            "home_team_id": None if home_of is None else team_id_of(connection, home_of),
            "home_decided": home_of is not None,
            "added_at": now(),
        },
    )
    for split in dataset.splits.values():
        counts = np.bincount(split.y, minlength=len(spec.labels))
        insert(
            connection,
            "split",
            {
                "dataset_id": dataset_id,
                "name": split.name,
                "n_examples": split.n_examples,
                "digest": split.digest,
                "class_counts": to_json(dict(zip(spec.labels, counts.tolist(), strict=True))),
            },
        )
    write_classes(connection, dataset_id, spec.labels, in_spec=True)
    for split_name, columns in encoded.columns.items():
        for column in columns:
            write_column(connection, column, dataset_id, split_name)
    insert_all(connection, "image", [{"dataset_id": dataset_id, **asdict(image)} for image in encoded.images])
    insert_all(
        connection, "finding", [{"dataset_id": dataset_id, **finding_row(finding)} for finding in encoded.findings]
    )
    return dataset_id


def write_classes(
    connection: sqlite3.Connection, dataset_id: int, labels: Sequence[str], *, in_spec: bool, first_code: int = 0
) -> None:
    """Write labels of a dataset under the codes from `first_code` on."""
    insert_all(
        connection,
        "class",
        [
            {"dataset_id": dataset_id, "code": code, "label": label, "in_spec": in_spec}
            for code, label in enumerate(labels, start=first_code)
        ],
    )


def write_shared_examples(connection: sqlite3.Connection, dataset_id: int, n_shared: Mapping[int, int]) -> None:
    """Write with which other datasets a dataset shares test examples, and how many."""
    rows = [{"dataset_id": dataset_id, "other_id": key, "n_examples": n} for key, n in n_shared.items()]
    insert_all(connection, "shared_examples", rows)


def read_shared_examples(connection: sqlite3.Connection) -> frozenset[frozenset[str]]:
    """Return the pairs of names of datasets whose test splits share examples."""
    rows = fetch(
        connection,
        "SELECT one.name AS one, other.name AS other FROM shared_examples JOIN dataset AS one USING (dataset_id) "
        "JOIN dataset AS other ON other.dataset_id = other_id",
    )
    return frozenset(frozenset({row["one"], row["other"]}) for row in rows)


def delete_dataset(connection: sqlite3.Connection, dataset_id: int) -> None:
    """Delete a dataset with its columns, runs and comparisons."""
    execute(connection, "DELETE FROM dataset WHERE dataset_id = ?", (dataset_id,))


def set_home(connection: sqlite3.Connection, dataset_id: int, team: str | None, *, decided: bool = True) -> None:
    """Write whose home a dataset is; `decided` False takes back that somebody said so."""
    team_id = None if team is None else team_id_of(connection, team)
    execute(
        connection,
        "UPDATE dataset SET home_team_id = ?, home_decided = ? WHERE dataset_id = ?",
        (team_id, decided, dataset_id),
    )


def forget_proposed_homes(connection: sqlite3.Connection) -> None:
    """Take back homes that nobody decided and whose team has no submission any more."""
    execute(
        connection,
        "UPDATE dataset SET home_team_id = NULL WHERE home_decided = 0 "
        "AND home_team_id NOT IN (SELECT team_id FROM submission)",
    )


def dataset_records(connection: sqlite3.Connection) -> tuple[DatasetRecord, ...]:
    """Return the datasets in the order in which they were added."""
    rows = fetch(
        connection,
        "SELECT dataset.*, team.name AS home_of FROM dataset LEFT JOIN team ON team_id = home_team_id "
        "ORDER BY dataset_id",
    )
    return tuple(_record(connection, row) for row in rows)


def read_test_examples(connection: sqlite3.Connection, record: DatasetRecord) -> Dataset:
    """Return a dataset with its test split alone, features included."""
    dataset_id = record.dataset_id
    ids = read_ids(connection, dataset_id).combine_chunks()
    features = read_features(connection, dataset_id)
    test = Split("test", ids, read_gold_codes(connection, dataset_id), features, record.test.digest)
    return Dataset(record.spec, {"test": test}, record.folder, record.path, record.digest)


def read_ids_and_labels(connection: sqlite3.Connection, record: DatasetRecord) -> Dataset:
    """Return a dataset's predicted splits with ids and gold labels alone: what predictions are aligned with."""
    import pyarrow as pa

    splits = {}
    for split in record.splits:
        columns = column_sets(connection, record.dataset_id, split.name)
        if columns:
            ids = read_texts(connection, columns["ids"]).combine_chunks()
            y = read_array(connection, columns["y"])
            splits[split.name] = Split(split.name, ids, y, pa.table({}), split.digest)
    return Dataset(record.spec, splits, record.folder, record.path, record.digest)


def outline(record: DatasetRecord) -> Dataset:
    """Return a dataset with its spec and the names of its splits, which hold no examples."""
    import pyarrow as pa

    nothing = pa.nulls(0, pa.string())
    splits = {
        split.name: Split(split.name, nothing, np.empty(0, np.uint16), pa.table({}), split.digest)
        for split in record.splits
    }
    return Dataset(record.spec, splits, record.folder, record.path, record.digest)


def read_gold_codes(connection: sqlite3.Connection, dataset_id: int, row_no: int | None = None) -> NDArray[np.uint16]:
    """Return the codes of the gold labels of the test split; with `row_no` that of one example alone."""
    return read_array(connection, column_set(connection, dataset_id, "test", "y"), row_no)


def read_ids(connection: sqlite3.Connection, dataset_id: int, row_no: int | None = None) -> pa.ChunkedArray:
    """Return the ids of the test split; with `row_no` that of one example alone."""
    return read_texts(connection, column_set(connection, dataset_id, "test", "ids"), row_no)


def read_features(connection: sqlite3.Connection, dataset_id: int, row_no: int | None = None) -> pa.Table:
    """Return the features of the test split in the spec's order (numbers: float64, else text; null where missing).

    With `row_no` those of one example alone.
    """
    import pyarrow as pa

    features = {}
    for name, column in column_sets(connection, dataset_id, "test").items():
        if not name.startswith(_FEATURE):
            continue
        if column.is_text:
            features[name.removeprefix(_FEATURE)] = read_texts(connection, column, row_no)
        else:
            features[name.removeprefix(_FEATURE)] = pa.array(read_array(connection, column, row_no), from_pandas=True)
    return pa.table(features)


def read_structure(connection: sqlite3.Connection, dataset_id: int) -> Structure:
    """Return which examples of the test split are not independent of each other."""
    columns = column_sets(connection, dataset_id, "test")
    return Structure(**{name: read_array(connection, columns[name]) for name in _STRUCTURE if name in columns})


def read_doubtful(connection: sqlite3.Connection, dataset_id: int) -> DoubtfulExamples:
    """Return which examples of the test split may be left out; none where the file does not know."""
    columns = column_sets(connection, dataset_id, "test")
    return DoubtfulExamples(
        **{name: read_array(connection, columns[name]).astype(np.bool_) for name in _DOUBTFUL if name in columns}
    )


def read_image(connection: sqlite3.Connection, dataset_id: int, path: str) -> bytes | None:
    """Return the bytes of an image that is kept, or None."""
    rows = fetch(connection, "SELECT data FROM image WHERE dataset_id = ? AND path = ?", (dataset_id, path))
    return rows[0]["data"] if rows else None


def _image_paths(dataset: Dataset) -> list[str]:
    paths: list[str] = []
    for name, kind in dataset.spec.columns.items():
        if kind is ColumnKind.IMAGE:
            paths += [path for path in dataset.test.features.column(name).to_pylist() if path is not None]
    return paths


def _record(connection: sqlite3.Connection, row: sqlite3.Row) -> DatasetRecord:
    key = (row["dataset_id"],)
    splits = {
        split["name"]: SplitRecord(
            split["name"], split["n_examples"], split["digest"], from_json(split["class_counts"])
        )
        for split in fetch(connection, "SELECT * FROM split WHERE dataset_id = ?", key)
    }
    labels = fetch(connection, "SELECT label FROM class WHERE dataset_id = ? ORDER BY code", key)
    findings = fetch(connection, "SELECT * FROM finding WHERE dataset_id = ? ORDER BY finding_id", key)
    return DatasetRecord(
        dataset_id=row["dataset_id"],
        spec=parse_spec(from_json(row["spec"]))[0],
        options=ImportOptions(**from_json(row["options"])),
        path=Path(row["path"]),
        folder=None if row["folder"] is None else Path(row["folder"]),
        digest=row["digest"],
        home_of=row["home_of"],
        home_decided=bool(row["home_decided"]),
        splits=tuple(splits[name] for name in SPLITS if name in splits),
        labels=tuple(label["label"] for label in labels),
        findings=tuple(finding_of(finding) for finding in findings),
    )
