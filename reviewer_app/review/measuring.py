"""The metrics of single runs: computed once, kept in the file, and recomputed when their inputs changed."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence

import numpy as np

from reviewer_app import __version__
from reviewer_app.evaluation.inputs import Gold
from reviewer_app.evaluation.metrics import METRICS, evaluate, metrics_for
from reviewer_app.evaluation.registry import Metric, MetricValue
from reviewer_app.progress import Progress
from reviewer_app.review.file import ReviewFile
from reviewer_app.store.datasets import DatasetRecord, read_gold_codes
from reviewer_app.store.evidence import read_metrics, write_metrics
from reviewer_app.store.rows import to_json
from reviewer_app.store.runs import RunRecord, check_runs, read_predictions


def metrics_of(dataset: DatasetRecord) -> tuple[Metric, ...]:
    """Return the metrics that are computed on a dataset, in display order."""
    return metrics_for(dataset.spec.task, len(dataset.spec.labels), bool(dataset.spec.costs))


def read_gold(connection: sqlite3.Connection, dataset: DatasetRecord) -> Gold:
    """Return the gold labels of a dataset's test split."""
    spec = dataset.spec
    costs = None
    if spec.costs:
        costs = np.zeros((len(spec.labels), len(spec.labels)))
        for true, predicted, cost in spec.costs:
            costs[spec.labels.index(true), spec.labels.index(predicted)] = cost
    return Gold(
        y_true=read_gold_codes(connection, dataset.dataset_id),
        n_classes=len(spec.labels),
        positive=None if spec.positive_label is None else spec.labels.index(spec.positive_label),
        costs=costs,
    )


def digest_of(*parts: object) -> str:
    """Return the sha256 over values that JSON can hold."""
    return hashlib.sha256(to_json(parts).encode()).hexdigest()


def measure(
    file: ReviewFile, runs: Sequence[tuple[RunRecord, DatasetRecord]], progress: Progress
) -> Mapping[int, Mapping[str, MetricValue]]:
    """Return run id to its metrics; what the file does not have yet, or not of these inputs, is computed and kept.

    Parameters
    ----------
    file
        The review.
    runs
        Runs that are done and current in their inputs, with their datasets.
    progress
        Told after each run that was computed; may cancel, and then what was computed so far is not kept.
    """
    known = read_metrics(file.connection)
    digests = {run.run_id: _input_digest(run, dataset) for run, dataset in runs}
    found = {run_id: values for run_id, (digest, values) in known.items() if digests.get(run_id) == digest}
    todo = [(run, dataset) for run, dataset in runs if run.run_id not in found]
    computed: dict[int, dict[str, MetricValue]] = {}
    for number, (run, dataset) in enumerate(todo):
        progress.report(number / len(todo), "computing metrics")
        gold = read_gold(file.connection, dataset)
        predictions = read_predictions(file.connection, run)
        computed[run.run_id] = evaluate(gold, predictions, metrics_of(dataset), run.missing)
    if computed and not file.read_only:
        with file.writing() as connection:
            check_runs(connection, tuple(computed))
            for run_id, values in computed.items():
                write_metrics(connection, run_id, values, digests[run_id], __version__)
    order = {metric: place for place, metric in enumerate(METRICS)}
    return {
        run_id: {name: values[name] for name in sorted(values, key=order.__getitem__)}
        for run_id, values in {**found, **computed}.items()
    }


def _input_digest(run: RunRecord, dataset: DatasetRecord) -> str:
    return digest_of(dataset.digest, dataset.spec.costs, run.result_digest, run.missing, __version__)
