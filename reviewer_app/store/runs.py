"""Runs in the review file: how they ended, and what they predicted."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reviewer_app.errors import Finding, ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Predictions
from reviewer_app.store.columns import EncodedColumn, column_sets, encode_array, read_array, write_column
from reviewer_app.store.connection import now
from reviewer_app.store.datasets import write_classes
from reviewer_app.store.faults import changed_meanwhile
from reviewer_app.store.rows import execute, fetch, finding_of, finding_row, insert, insert_all, to_json
from reviewer_app.submissions.submission import AlignedPredictions

_LABELS = frozenset({"y_pred", "top_labels"})
_ARRAYS = ("y_pred", "score", "probabilities", "top_labels", "top_probabilities", "confidence")


@dataclass(frozen=True)
class RunRecord:
    """A run of the review, without its predictions and log.

    Attributes
    ----------
    run_id, submission_id, dataset_id
        Keys in this file.
    seed
        What its random numbers were drawn from; 0 for prediction files.
    state, reason
        How it ended ("done", "failed", "cancelled", "timed_out"), and why not well.
    missing
        How missing predictions count: "wrong", "drop" or "negative".
    n_missing
        Test examples without a prediction.
    sandbox, fit_seconds, predict_seconds, cpu_seconds, peak_memory_mb, exit_code
        As measured; None where there was nothing to measure.
    submission_digest, dataset_digest, result_digest
        What it was run with, and what came out; a run whose inputs have other digests now is stale.
    """

    run_id: int
    submission_id: int
    dataset_id: int
    seed: int
    state: str
    reason: str | None
    missing: str
    n_missing: int
    sandbox: str | None
    fit_seconds: float | None
    predict_seconds: float | None
    cpu_seconds: float | None
    peak_memory_mb: float | None
    exit_code: int | None
    submission_digest: str
    dataset_digest: str
    result_digest: str | None


@dataclass(frozen=True)
class Measured:
    """What was measured of a run from outside, what it wrote, and what it ran with."""

    sandbox: str | None = None
    fit_seconds: float | None = None
    predict_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_memory_mb: float | None = None
    exit_code: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    log: str = ""


@dataclass(frozen=True)
class EncodedPredictions:
    """Predictions of a run for every split, ready to be written.

    Attributes
    ----------
    columns
        Split to its columns.
    n_known
        Labels that the dataset had when codes were given.
    new_labels
        Labels met here for the first time; their codes follow the known ones.
    n_missing
        Test examples without a prediction.
    result_digest
        sha256 over the predictions as they were handed in: it does not depend on what else is in the review.
    findings
        What aligning them had to say.
    """

    columns: Mapping[str, tuple[EncodedColumn, ...]]
    n_known: int
    new_labels: tuple[str, ...]
    n_missing: int
    result_digest: str
    findings: tuple[Finding, ...]


def encode_predictions(predictions: Mapping[str, AlignedPredictions], known: Sequence[str]) -> EncodedPredictions:
    """Return a run's predictions ready to be written; all that takes time is done here, before any lock is taken.

    Parameters
    ----------
    predictions
        Split to what was predicted.
    known
        Labels that the dataset has in the review, by code.

    Raises
    ------
    ReviewError
        ``too_many_labels`` if there are more than 65,535 different labels.
    """
    codes = {label: code for code, label in enumerate(known)}
    columns: dict[str, tuple[EncodedColumn, ...]] = {}
    digest = hashlib.sha256()
    for split, aligned in predictions.items():
        arrays = _arrays(aligned.predictions)
        digest.update(to_json([split, aligned.labels]).encode())
        for name, values in arrays.items():
            digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
            digest.update(values.tobytes())
        translation = np.array([codes.setdefault(label, len(codes)) for label in aligned.labels], dtype=np.int64)
        if len(codes) > NO_PREDICTION:
            raise ReviewError.of(
                "too_many_labels",
                f"There are more than {NO_PREDICTION:,} different labels: the label column is probably the wrong one. "
                "Name the right one with --column label=NAME.",
            )
        for name in _LABELS & arrays.keys():
            arrays[name] = _translated(arrays[name], translation)
        columns[split] = tuple(encode_array(name, values) for name, values in arrays.items())
    return EncodedPredictions(
        columns=columns,
        n_known=len(known),
        new_labels=tuple(codes)[len(known) :],
        n_missing=int(predictions["test"].predictions.missing.sum()),
        result_digest=digest.hexdigest(),
        findings=tuple(finding for aligned in predictions.values() for finding in aligned.findings),
    )


def write_run(
    connection: sqlite3.Connection,
    *,
    submission_id: int,
    dataset_id: int,
    seed: int,
    state: str,
    submission_digest: str,
    dataset_digest: str,
    reason: str | None = None,
    missing: str = "wrong",
    measured: Measured | None = None,
    predictions: EncodedPredictions | None = None,
) -> int:
    """Write a run inside the caller's transaction, in the place of an older one of the same cell and seed.

    Comparisons of the older one go with it.

    Raises
    ------
    ReviewError
        ``changed_meanwhile`` if labels were added to the dataset since the predictions were encoded.
    """
    measured = measured or Measured()
    delete_run(connection, submission_id, dataset_id, seed)
    run_id = insert(
        connection,
        "run",
        {
            "submission_id": submission_id,
            "dataset_id": dataset_id,
            "seed": seed,
            "state": state,
            "reason": reason,
            "missing": missing,
            "n_missing": predictions.n_missing if predictions else 0,
            "sandbox": measured.sandbox,
            "fit_seconds": measured.fit_seconds,
            "predict_seconds": measured.predict_seconds,
            "cpu_seconds": measured.cpu_seconds,
            "peak_memory_mb": measured.peak_memory_mb,
            "exit_code": measured.exit_code,
            "versions": to_json(dict(measured.versions)),
            "log": measured.log,
            "submission_digest": submission_digest,
            "dataset_digest": dataset_digest,
            "result_digest": predictions.result_digest if predictions else None,
            "finished_at": now(),
        },
    )
    if predictions is not None:
        _write_predictions(connection, run_id, dataset_id, predictions)
    return run_id


def delete_run(connection: sqlite3.Connection, submission_id: int, dataset_id: int, seed: int) -> None:
    """Delete the run of a cell with this seed, if there is one, and the comparisons of its submission there."""
    key = (submission_id, dataset_id)
    execute(connection, "DELETE FROM run WHERE submission_id = ? AND dataset_id = ? AND seed = ?", (*key, seed))
    execute(
        connection,
        "DELETE FROM comparison WHERE ?1 IN (submission_a_id, submission_b_id) AND dataset_id = ?2",
        key,
    )


def run_records(connection: sqlite3.Connection) -> tuple[RunRecord, ...]:
    """Return every run, by dataset, submission and seed."""
    names = ", ".join(RunRecord.__dataclass_fields__)
    rows = fetch(
        connection,
        f"SELECT {names} FROM run ORDER BY dataset_id, submission_id, seed",  # noqa: S608  names are our own
    )
    return tuple(RunRecord(**dict(row)) for row in rows)


def check_runs(connection: sqlite3.Connection, run_ids: Sequence[int]) -> None:
    """Raise where one of the runs is not there any more: what was computed from it must not be written.

    Raises
    ------
    ReviewError
        ``changed_meanwhile``.
    """
    known = {row["run_id"] for row in fetch(connection, "SELECT run_id FROM run")}
    if not known.issuperset(run_ids):
        raise changed_meanwhile()


def run_findings(connection: sqlite3.Connection, run_id: int) -> tuple[Finding, ...]:
    """Return what aligning a run's predictions had to say."""
    rows = fetch(connection, "SELECT * FROM finding WHERE run_id = ? ORDER BY finding_id", (run_id,))
    return tuple(finding_of(row) for row in rows)


def same_labels(connection: sqlite3.Connection, one: RunRecord, other: RunRecord) -> bool:
    """Return whether two runs predicted the same label for every test example."""
    digests = [
        columns["y_pred"].sha256 if "y_pred" in columns else None
        for columns in (column_sets(connection, run.dataset_id, "test", run.run_id) for run in (one, other))
    ]
    return digests[0] is not None and digests[0] == digests[1]


def run_log(connection: sqlite3.Connection, run_id: int) -> str:
    """Return the end of what a run wrote; "" where it wrote nothing, or where there is no such run."""
    rows = fetch(connection, "SELECT log FROM run WHERE run_id = ?", (run_id,))
    return str(rows[0]["log"]) if rows else ""


def read_predictions(connection: sqlite3.Connection, run: RunRecord, row_no: int | None = None) -> Predictions:
    """Return what a run predicted for the test split, in its order; with `row_no` for that example alone.

    Codes are those of the table ``class``.

    Raises
    ------
    ReviewError
        ``changed_meanwhile`` if the run is not there any more.
    """
    columns = column_sets(connection, run.dataset_id, "test", run.run_id)
    if not columns:
        raise changed_meanwhile()
    arrays: dict[str, NDArray[Any] | None] = {
        name: read_array(connection, columns[name], row_no) if name in columns else None for name in _ARRAYS
    }
    return Predictions(**arrays)


def _arrays(predictions: Predictions) -> dict[str, NDArray[Any]]:
    """Return the arrays that there are: labels as uint16, numbers as float64, or float32 where they came as such."""
    arrays: dict[str, NDArray[Any]] = {}
    for name in _ARRAYS:
        values = getattr(predictions, name)
        if values is not None:
            dtype = np.uint16 if name in _LABELS else np.float32 if values.dtype == np.float32 else np.float64
            arrays[name] = values.astype(dtype)
    return arrays


def _translated(codes: NDArray[Any], translation: NDArray[np.int64]) -> NDArray[np.uint16]:
    """Return codes of the review in the place of codes of one file's labels; "no prediction" stays what it is."""
    translated = np.full(codes.shape, NO_PREDICTION, dtype=np.uint16)
    given = codes != NO_PREDICTION
    translated[given] = translation[codes[given]]
    return translated


def _write_predictions(
    connection: sqlite3.Connection, run_id: int, dataset_id: int, predictions: EncodedPredictions
) -> None:
    n_known = fetch(connection, "SELECT count(*) AS n FROM class WHERE dataset_id = ?", (dataset_id,))[0]["n"]
    if n_known != predictions.n_known:
        raise changed_meanwhile()
    write_classes(connection, dataset_id, predictions.new_labels, in_spec=False, first_code=predictions.n_known)
    for split, columns in predictions.columns.items():
        for column in columns:
            write_column(connection, column, dataset_id, split, run_id)
    insert_all(connection, "finding", [{"run_id": run_id, **finding_row(found)} for found in predictions.findings])
