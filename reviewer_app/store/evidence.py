"""Computed numbers in the review file: metrics of runs, evidence and verdicts of comparisons.

Each carries the digest of what it was computed from, so that a stale one is never taken for current.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from reviewer_app.comparison.evidence import Alternative, Choice, Evidence
from reviewer_app.comparison.request import ComparisonRequest
from reviewer_app.comparison.result import Comparison, McNemarSummary, MetricComparison, Outcome
from reviewer_app.comparison.robustness import AS_PLANNED
from reviewer_app.evaluation.registry import MetricValue
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.store.connection import now
from reviewer_app.store.faults import changed_meanwhile
from reviewer_app.store.rows import execute, fetch, from_json, insert, insert_all, to_json


@dataclass(frozen=True)
class KeptEvidence:
    """What the file has of a comparison.

    Attributes
    ----------
    evidence
        All of it, where all of it is current; else None.
    others
        The metrics other than the primary one, where they are current though the plan has changed.
    """

    evidence: Evidence | None
    others: Mapping[str, PairedDifference]


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
    plan_digest: str,
) -> KeptEvidence:
    """Return what was measured of a comparison before and is current.

    Parameters
    ----------
    request
        What is compared; the evidence carries it.
    dataset_id, submission_ids
        Keys of the dataset and of the two sides.
    input_digest
        Digest that the numbers must have been computed from.
    plan_digest
        Digest of what the primary metric's numbers depend on besides: margin and alpha.
    """
    rows = fetch(
        connection,
        "SELECT * FROM comparison WHERE dataset_id = ? AND split = ? AND submission_a_id = ? AND submission_b_id = ? "
        "AND input_digest = ?",
        (dataset_id, request.split, *submission_ids, input_digest),
    )
    if not rows:
        return KeptEvidence(None, {})
    row = rows[0]
    key = (row["comparison_id"],)
    results = fetch(connection, "SELECT * FROM test_result WHERE comparison_id = ? ORDER BY position", key)
    counts = fetch(connection, "SELECT outcome, count FROM outcome_count WHERE comparison_id = ?", key)
    n_of = {row["outcome"]: row["count"] for row in counts}
    differences = {result["metric"]: _difference_of(result) for result in results if result["choice"] == AS_PLANNED}
    if row["plan_digest"] != plan_digest:
        return KeptEvidence(None, {name: one for name, one in differences.items() if name != request.primary_metric})
    evidence = Evidence(
        request=request,
        differences=differences,
        alternatives=tuple(
            Alternative(Choice(result["choice"]), result["n_examples"], result["n_different"], _difference_of(result))
            for result in results
            if result["choice"] != AS_PLANNED
        ),
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
    return KeptEvidence(evidence, {})


def write_evidence(
    connection: sqlite3.Connection,
    evidence: Evidence,
    dataset_id: int,
    submission_ids: tuple[int, int],
    *,
    planned: bool,
    parameters: Mapping[str, object],
    input_digest: str,
    plan_digest: str,
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
            "plan_digest": plan_digest,
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
    n_different = None if mcnemar is None else evidence.n_different
    rows = [
        (name, AS_PLANNED, evidence.n_evaluated, n_different, difference)
        for name, difference in evidence.differences.items()
    ]
    rows.extend(
        (request.primary_metric, str(one.choice), one.n_examples, one.n_different, one.difference)
        for one in evidence.alternatives
    )
    insert_all(
        connection,
        "test_result",
        [
            {
                "comparison_id": comparison_id,
                "position": position,
                "metric": name,
                "choice": choice,
                "n_examples": n_examples,
                "n_different": n_differing,
                **{**asdict(difference), "marks": to_json(difference.marks)},
            }
            for position, (name, choice, n_examples, n_differing, difference) in enumerate(rows)
        ],
    )
    return comparison_id


def comparison_id_of(connection: sqlite3.Connection, key: tuple[int, int, int], split: str) -> int:
    """Return the id of the comparison of (dataset, submission A, submission B).

    Raises
    ------
    ReviewError
        It is not there any more: somebody else changed the file.
    """
    rows = fetch(
        connection,
        "SELECT comparison_id FROM comparison WHERE dataset_id = ? AND submission_a_id = ? AND submission_b_id = ? "
        "AND split = ?",
        (*key, split),
    )
    if not rows:
        raise changed_meanwhile()
    return int(rows[0]["comparison_id"])


def write_verdict(
    connection: sqlite3.Connection,
    comparison: Comparison,
    dataset_id: int,
    submission_ids: tuple[int, int],
    *,
    planned: bool,
) -> None:
    """Write what the plan's family decided of a comparison whose evidence is there, for readers of SQL."""
    comparison_key = comparison_id_of(connection, (dataset_id, *submission_ids), comparison.split)
    execute(
        connection,
        "UPDATE comparison SET planned = ?, verdict = ?, reason = ?, within_margin = ?, sentence = ?, warnings = ?, "
        "robustness = ? WHERE comparison_id = ?",
        (
            planned,
            comparison.verdict,
            comparison.reason,
            comparison.within_margin,
            comparison.sentence,
            to_json(comparison.warnings),
            comparison.robustness_sentence,
            comparison_key,
        ),
    )
    for metric in comparison.metrics.values():
        _write_decision(connection, comparison_key, metric)
    for row in comparison.robustness:
        execute(
            connection,
            "UPDATE test_result SET p_adjusted = ?, verdict = ? WHERE comparison_id = ? AND metric = ? AND choice = ?",
            (row.p_adjusted, row.verdict, comparison_key, comparison.primary_metric, row.choice),
        )


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
        "UPDATE comparison SET verdict = NULL, reason = NULL, within_margin = NULL, sentence = NULL, warnings = NULL, "
        "robustness = NULL",
    )
    execute(
        connection,
        "UPDATE test_result SET p_adjusted = NULL, p_equivalence_adjusted = NULL, margin = NULL, "
        "margin_is_default = NULL, verdict = NULL",
    )


def results_seen(connection: sqlite3.Connection) -> bool:
    """Return whether a number was ever computed in this review."""
    return fetch(connection, "SELECT results_seen_at FROM review")[0]["results_seen_at"] is not None


def _write_decision(connection: sqlite3.Connection, comparison_id: int, metric: MetricComparison) -> None:
    execute(
        connection,
        "UPDATE test_result SET p_adjusted = ?, p_equivalence_adjusted = ?, margin = ?, margin_is_default = ? "
        "WHERE comparison_id = ? AND metric = ? AND choice = ?",
        (
            metric.p_adjusted,
            metric.p_equivalence_adjusted,
            metric.margin,
            metric.margin_is_default,
            comparison_id,
            metric.metric,
            AS_PLANNED,
        ),
    )


def _difference_of(row: sqlite3.Row) -> PairedDifference:
    values = {name.name: row[name.name] for name in fields(PairedDifference)}
    return PairedDifference(**{**values, "marks": tuple(from_json(row["marks"]))})


def _mcnemar_of(row: sqlite3.Row) -> McNemarSummary | None:
    if row["mcnemar_seed"] is None:
        return None
    return McNemarSummary(**{name.name: row[f"mcnemar_{name.name}"] for name in fields(McNemarSummary)})
