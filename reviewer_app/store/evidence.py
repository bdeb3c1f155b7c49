"""Computed numbers in the review file: metrics of runs, evidence and verdicts of comparisons.

Each carries the digest of what it was computed from, so that a stale one is never taken for current.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, fields

from reviewer_app.comparison.evidence import Evidence
from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.comparison.result import Comparison, McNemarSummary, MetricComparison, Outcome
from reviewer_app.evaluation.registry import MetricValue
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.store.connection import now
from reviewer_app.store.faults import changed_meanwhile
from reviewer_app.store.rows import execute, fetch, from_json, insert, insert_all, to_json

_AS_GIVEN, _OTHERWISE = "as_given", "otherwise"


def write_metrics(
    connection: sqlite3.Connection,
    run_id: int,
    values: Mapping[str, MetricValue],
    input_digest: str,
    code_version: str,
) -> None:
    """Write the metrics of a run in the place of older ones, inside the caller's transaction."""
    execute(connection, "DELETE FROM metric WHERE run_id = ?", (run_id,))
    insert_all(
        connection,
        "metric",
        [
            {
                "run_id": run_id,
                "metric": name,
                **asdict(value),
                "input_digest": input_digest,
                "code_version": code_version,
            }
            for name, value in values.items()
        ],
    )
    execute(connection, "UPDATE review SET results_seen_at = coalesce(results_seen_at, ?)", (now(),))


def read_metrics(connection: sqlite3.Connection) -> dict[int, tuple[str, dict[str, MetricValue]]]:
    """Return run id to the digest of what its metrics were computed from and the metrics."""
    found: dict[int, tuple[str, dict[str, MetricValue]]] = {}
    for row in fetch(connection, "SELECT * FROM metric"):
        _, values = found.setdefault(row["run_id"], (row["input_digest"], {}))
        values[row["metric"]] = MetricValue(row["value"], row["reason"], row["note"])
    return found


def read_evidence(
    connection: sqlite3.Connection,
    request: ComparisonRequest,
    dataset_id: int,
    submission_ids: tuple[int, int],
    input_digest: str,
) -> Evidence | None:
    """Return what was measured of a comparison before, or None where that is not there or not current.

    Parameters
    ----------
    request
        What is compared; the evidence carries it.
    dataset_id, submission_ids
        Keys of the dataset and of the two sides.
    input_digest
        Digest that evidence must have been computed from.
    """
    rows = fetch(
        connection,
        "SELECT * FROM comparison WHERE dataset_id = ? AND split = ? AND submission_a_id = ? AND submission_b_id = ? "
        "AND input_digest = ?",
        (dataset_id, request.split, *submission_ids, input_digest),
    )
    if not rows:
        return None
    row = rows[0]
    key = (row["comparison_id"],)
    results = fetch(connection, "SELECT * FROM test_result WHERE comparison_id = ? ORDER BY position", key)
    counts = fetch(connection, "SELECT outcome, count FROM outcome_count WHERE comparison_id = ?", key)
    n_of = {row["outcome"]: row["count"] for row in counts}
    otherwise = [_difference_of(result) for result in results if result["missing"] == _OTHERWISE]
    return Evidence(
        request=request,
        differences={result["metric"]: _difference_of(result) for result in results if result["missing"] == _AS_GIVEN},
        primary_otherwise=otherwise[0] if otherwise else None,
        outcomes={outcome: n_of[outcome] for outcome in Outcome},
        mcnemar=_mcnemar_of(row),
        n_missing_a=row["n_missing_a"],
        n_missing_b=row["n_missing_b"],
        n_evaluated=row["n_evaluated"],
        unit=row["unit"],
        n_units=row["n_units"],
        n_different=row["n_different"],
        seeds=row["seeds"],
    )


def write_evidence(
    connection: sqlite3.Connection,
    evidence: Evidence,
    dataset_id: int,
    submission_ids: tuple[int, int],
    *,
    planned: bool,
    parameters: Mapping[str, object],
    input_digest: str,
    code_version: str,
) -> int:
    """Write what was measured of a comparison, in the place of what was there, and return its id; no verdict yet."""
    request, mcnemar = evidence.request, evidence.mcnemar
    key = (dataset_id, request.split, *submission_ids)
    execute(
        connection,
        "DELETE FROM comparison WHERE dataset_id = ? AND split = ? AND submission_a_id = ? AND submission_b_id = ?",
        key,
    )
    comparison_id = insert(
        connection,
        "comparison",
        {
            "dataset_id": dataset_id,
            "split": request.split,
            "submission_a_id": submission_ids[0],
            "submission_b_id": submission_ids[1],
            "planned": planned,
            "primary_metric": request.primary_metric,
            "unit": evidence.unit,
            "n_units": evidence.n_units,
            "n_examples": request.gold.n_examples,
            "n_evaluated": evidence.n_evaluated,
            "n_missing_a": evidence.n_missing_a,
            "n_missing_b": evidence.n_missing_b,
            "n_different": evidence.n_different,
            "seeds": evidence.seeds,
            **({} if mcnemar is None else {f"mcnemar_{name}": value for name, value in asdict(mcnemar).items()}),
            "parameters": to_json(dict(parameters)),
            "input_digest": input_digest,
            "code_version": code_version,
            "computed_at": now(),
        },
    )
    insert_all(
        connection,
        "outcome_count",
        [
            {"comparison_id": comparison_id, "outcome": outcome, "count": count}
            for outcome, count in evidence.outcomes.items()
        ],
    )
    rows = [(name, _AS_GIVEN, difference) for name, difference in evidence.differences.items()]
    if evidence.primary_otherwise is not None:
        rows.append((request.primary_metric, _OTHERWISE, evidence.primary_otherwise))
    insert_all(
        connection,
        "test_result",
        [
            {
                "comparison_id": comparison_id,
                "position": position,
                "metric": name,
                "missing": missing,
                **{**asdict(difference), "marks": to_json(difference.marks)},
            }
            for position, (name, missing, difference) in enumerate(rows)
        ],
    )
    return comparison_id


def write_verdict(
    connection: sqlite3.Connection,
    comparison: Comparison,
    dataset_id: int,
    submission_ids: tuple[int, int],
    *,
    planned: bool,
) -> None:
    """Write what the plan's family decided of a comparison whose evidence is there, for readers of SQL."""
    rows = fetch(
        connection,
        "SELECT comparison_id FROM comparison WHERE dataset_id = ? AND split = ? AND submission_a_id = ? "
        "AND submission_b_id = ?",
        (dataset_id, comparison.split, *submission_ids),
    )
    if not rows:
        raise changed_meanwhile()
    comparison_id = rows[0]["comparison_id"]
    execute(
        connection,
        "UPDATE comparison SET planned = ?, verdict = ?, reason = ?, within_margin = ?, sentence = ?, warnings = ? "
        "WHERE comparison_id = ?",
        (
            planned,
            comparison.verdict,
            comparison.reason,
            comparison.within_margin,
            comparison.sentence,
            to_json(comparison.warnings),
            comparison_id,
        ),
    )
    for metric in comparison.metrics.values():
        _write_decision(connection, comparison_id, metric)


def without_verdict(connection: sqlite3.Connection) -> set[tuple[int, int, int]]:
    """Return the (dataset, submission A, submission B) ids of comparisons whose verdict is to be written."""
    rows = fetch(
        connection, "SELECT dataset_id, submission_a_id, submission_b_id FROM comparison WHERE verdict IS NULL"
    )
    return {(row["dataset_id"], row["submission_a_id"], row["submission_b_id"]) for row in rows}


def forget_verdicts(connection: sqlite3.Connection) -> None:
    """Take back what families decided, because a member, a home or the plan changed; the evidence stays."""
    execute(
        connection,
        "UPDATE comparison SET verdict = NULL, reason = NULL, within_margin = NULL, sentence = NULL, warnings = NULL",
    )
    execute(
        connection,
        "UPDATE test_result SET p_adjusted = NULL, p_equivalence_adjusted = NULL, margin = NULL, "
        "margin_is_default = NULL",
    )


def results_seen(connection: sqlite3.Connection) -> bool:
    """Return whether a number was ever computed in this review."""
    return fetch(connection, "SELECT results_seen_at FROM review")[0]["results_seen_at"] is not None


def _write_decision(connection: sqlite3.Connection, comparison_id: int, metric: MetricComparison) -> None:
    execute(
        connection,
        "UPDATE test_result SET p_adjusted = ?, p_equivalence_adjusted = ?, margin = ?, margin_is_default = ? "
        "WHERE comparison_id = ? AND metric = ? AND missing = ?",
        (
            metric.p_adjusted,
            metric.p_equivalence_adjusted,
            metric.margin,
            metric.margin_is_default,
            comparison_id,
            metric.metric,
            _AS_GIVEN,
        ),
    )


def _difference_of(row: sqlite3.Row) -> PairedDifference:
    values = {name.name: row[name.name] for name in fields(PairedDifference)}
    return PairedDifference(**{**values, "marks": tuple(from_json(row["marks"]))})


def _mcnemar_of(row: sqlite3.Row) -> McNemarSummary | None:
    if row["mcnemar_seed"] is None:
        return None
    return McNemarSummary(**{name.name: row[f"mcnemar_{name.name}"] for name in fields(McNemarSummary)})
