"""Preparing that datasets come and go."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.datasets.spec import DatasetSpec
from reviewer_app.datasets.structure import structure_of
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.metrics import metrics_for
from reviewer_app.evaluation.registry import Family
from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.operations.change import Change
from reviewer_app.review.operations.decide import checked_home
from reviewer_app.review.operations.imports import AddDataset, RemoveDataset
from reviewer_app.review.operations.prepared import Prepared
from reviewer_app.review.sharing import n_shared_examples, shared_examples_finding
from reviewer_app.store.connection import now
from reviewer_app.store.datasets import (
    delete_dataset,
    encode_dataset,
    read_test_examples,
    set_home,
    write_dataset,
    write_shared_examples,
)
from reviewer_app.store.rows import insert_all, to_json
from reviewer_app.store.submissions import delete_submission
from reviewer_app.store.teams import delete_idle_teams

DATASETS_CHANGED = frozenset({"datasets", "teams", "runs", "results", "disagreements"})


def add_dataset(operation: AddDataset, contents: Contents, file: ReviewFile, progress: Progress) -> Prepared:
    """Prepare that a dataset comes in: read, check and encode it.

    Raises
    ------
    ReviewError
        What `read_dataset` raises; ``dataset_exists``, ``no_name``, ``unknown_metric``, ``baselines_have_no_home``.
    """
    home_of = checked_home(operation.home_of)
    dataset = read_dataset(operation.path, operation.options, name=operation.name, progress=progress.part(0.0, 0.7))
    dataset = replace(dataset, spec=replace(dataset.spec, name=dataset.spec.name.strip()))
    name = dataset.spec.name
    if not name:
        raise ReviewError.of(
            "no_name", "The dataset's name is empty. Give it one with --name.", file=str(operation.path)
        )
    _check_metric(dataset.spec)
    for known in contents.datasets:
        if known.name == name:
            same = "the same data" if known.digest == dataset.digest else "other data"
            raise ReviewError.of(
                "dataset_exists",
                f"The review has a dataset {name!r} already, with {same}. Give this one another name with --name, or "
                "remove the other one.",
                file=str(operation.path),
            )
    encoded = encode_dataset(dataset, structure_of(dataset, "test"), progress.part(0.7, 0.95))
    proposer = None
    if home_of is None:
        proposer = next(
            (record.submission.team for record in contents.submissions if record.submission.home == name), None
        )
    n_shared = {
        known.dataset_id: n
        for known in contents.datasets
        if (n := n_shared_examples(dataset, read_test_examples(file.connection, known)))
    }
    shared = [
        shared_examples_finding(dataset, known.name, n_shared[known.dataset_id])
        for known in contents.datasets
        if known.dataset_id in n_shared
    ]
    encoded = replace(encoded, findings=(*encoded.findings, *shared))
    findings = encoded.findings if proposer is None else (*encoded.findings, home_proposed(name, proposer))
    change = Change(operation, DATASETS_CHANGED, findings, created=(name,))

    def write(connection: sqlite3.Connection) -> None:
        dataset_id = write_dataset(connection, encoded, _anchored(operation.options), home_of)
        write_shared_examples(connection, dataset_id, n_shared)
        write_fixes(connection, operation.options, {"dataset_id": dataset_id})
        if proposer is not None:
            set_home(connection, dataset_id, proposer, decided=False)

    return Prepared(change, write)


def _check_metric(spec: DatasetSpec) -> None:
    if spec.metric is None:
        return
    metrics = metrics_for(spec.task, len(spec.labels), bool(spec.costs))
    possible = [metric.id for metric in metrics if metric.family is not Family.CALIBRATION]
    if spec.metric not in possible:
        raise ReviewError.of(
            "unknown_metric",
            f'{spec.name}: "{spec.metric}" cannot be the primary metric of this dataset. Choose one of these with '
            f"--metric: {', '.join(possible)}.",
            file=spec.name,
            first=[spec.metric],
        )


def _anchored(options: ImportOptions) -> ImportOptions:
    """Return the options with the file of label names as an absolute path: runs read the data again from elsewhere."""
    if options.labels in (None, "trim", "casefold"):
        return options
    return replace(options, labels=str(Path(options.labels).resolve()))


def remove_dataset(operation: RemoveDataset, contents: Contents) -> Prepared:
    """Prepare that a dataset goes, every run on it, and the prediction files that are for it alone.

    Raises
    ------
    ReviewError
        ``unknown_dataset``.
    """
    dataset = contents.dataset(operation.name)
    orphans = [record.submission_id for record in contents.submissions if record.dataset_ids == (dataset.dataset_id,)]

    def write(connection: sqlite3.Connection) -> None:
        delete_dataset(connection, dataset.dataset_id)
        for submission_id in orphans:
            delete_submission(connection, submission_id)
        delete_idle_teams(connection)

    return Prepared(Change(operation, DATASETS_CHANGED), write)


def home_proposed(dataset: str, team: str) -> Finding:
    """Return what is said where a submission's own word on its home is taken."""
    return Finding(
        "home_proposed",
        Severity.INFO,
        f"The submission of {team} says that {dataset} is its home, and nobody said otherwise: it is taken as such.",
    )


def write_fixes(connection: sqlite3.Connection, options: ImportOptions, belongs_to: dict[str, object]) -> None:
    """Write what the user said about an input, each answer a row; `belongs_to` names the dataset or submission."""
    answers = {name: value for name, value in vars(options).items() if value not in (None, {})}
    rows = [
        {
            **belongs_to,
            "option": name,
            "value": value if isinstance(value, str) else to_json(value),
            "accepted_at": now(),
        }
        for name, value in answers.items()
    ]
    insert_all(connection, "fix", rows)
