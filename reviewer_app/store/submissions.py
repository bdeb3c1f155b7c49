"""Submissions in the review file: what their manifests say, by reference and digest."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import Finding
from reviewer_app.running.model_facts import ModelFacts
from reviewer_app.store.connection import now
from reviewer_app.store.rows import execute, fetch, finding_of, finding_row, from_json, insert, insert_all, to_json
from reviewer_app.store.teams import team_id_of
from reviewer_app.submissions.submission import Limits, Submission, SubmissionKind

_OWN_COLUMNS = ("team", "name", "version", "kind", "builtin", "path", "digest", "findings")


@dataclass(frozen=True)
class SubmissionRecord:
    """A submission of the review.

    Attributes
    ----------
    submission_id
        Its key in this file.
    submission
        What its manifest says; its path is where it was when it was added.
    options
        What the user said when adding it.
    precedence
        Of a team's submissions for a dataset the one with the highest stands for it.
    dataset_ids
        Datasets that it holds predictions for (kind predictions).
    consented
        Whether the user let it run without a sandbox, in the state of its digest.
    facts
        What its model file says of itself, in the state of its digest; None where it was not looked into.
    """

    submission_id: int
    submission: Submission
    options: ImportOptions
    precedence: int
    dataset_ids: tuple[int, ...]
    consented: bool
    facts: ModelFacts | None


def write_submission(connection: sqlite3.Connection, submission: Submission, options: ImportOptions) -> int:
    """Write a submission inside the caller's transaction, as the one that stands for its team; return its id."""
    submission_id = insert(
        connection,
        "submission",
        {
            "team_id": team_id_of(connection, submission.team),
            "options": to_json(asdict(options)),
            "precedence": _next_precedence(connection),
            "added_at": now(),
            **_columns_of(submission),
        },
    )
    _write_findings(connection, submission_id, submission.findings)
    return submission_id


def update_submission(connection: sqlite3.Connection, submission_id: int, submission: Submission) -> None:
    """Write what a submission says now that its folder has changed; its team stays."""
    columns = _columns_of(submission)
    assignments = ", ".join(f"{name} = ?" for name in columns)
    statement = f"UPDATE submission SET {assignments} WHERE submission_id = ?"  # noqa: S608  names are our own
    execute(connection, statement, (*columns.values(), submission_id))
    execute(connection, "DELETE FROM finding WHERE submission_id = ?", (submission_id,))
    _write_findings(connection, submission_id, submission.findings)


def delete_submission(connection: sqlite3.Connection, submission_id: int) -> None:
    """Delete a submission with its runs and comparisons."""
    execute(connection, "DELETE FROM submission WHERE submission_id = ?", (submission_id,))


def order_submissions(connection: sqlite3.Connection, submission_ids: Sequence[int]) -> None:
    """Give submissions a precedence in this order, the last one highest, above every other."""
    first = _next_precedence(connection)
    for precedence, submission_id in enumerate(submission_ids, start=first):
        execute(connection, "UPDATE submission SET precedence = ? WHERE submission_id = ?", (precedence, submission_id))


def write_consent(connection: sqlite3.Connection, digest: str) -> None:
    """Write that the submission with this digest may run without a sandbox."""
    execute(
        connection,
        "INSERT INTO consent (submission_digest, given_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (digest, now()),
    )


def write_facts(connection: sqlite3.Connection, digest: str, facts: ModelFacts) -> None:
    """Write what the model file of the submission with this digest says of itself."""
    execute(
        connection,
        "INSERT INTO model_fact (submission_digest, fitted, columns, labels) VALUES (?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING",
        (digest, facts.fitted, facts.columns and to_json(facts.columns), facts.labels and to_json(facts.labels)),
    )


def submission_records(connection: sqlite3.Connection) -> tuple[SubmissionRecord, ...]:
    """Return the submissions in the order in which they were added."""
    rows = fetch(
        connection,
        "SELECT submission.*, team.name AS team, fitted, columns, labels, "
        "consent.submission_digest IS NOT NULL AS consented "
        "FROM submission JOIN team USING (team_id) LEFT JOIN consent ON consent.submission_digest = submission.digest "
        "LEFT JOIN model_fact ON model_fact.submission_digest = submission.digest "
        "ORDER BY submission_id",
    )
    return tuple(_record(connection, row) for row in rows)


def _columns_of(submission: Submission) -> dict[str, object]:
    manifest = {key: value for key, value in asdict(submission).items() if key not in _OWN_COLUMNS}
    return {
        "name": submission.name,
        "version": submission.version,
        "kind": submission.kind,
        "builtin": submission.builtin,
        "manifest": to_json(manifest),
        "path": submission.path.resolve() if submission.builtin is None else "",
        "digest": submission.digest,
    }


def _write_findings(connection: sqlite3.Connection, submission_id: int, findings: Sequence[Finding]) -> None:
    insert_all(
        connection, "finding", [{"submission_id": submission_id, **finding_row(finding)} for finding in findings]
    )


def _next_precedence(connection: sqlite3.Connection) -> int:
    return int(fetch(connection, "SELECT coalesce(max(precedence), 0) + 1 AS next FROM submission")[0]["next"])


def _record(connection: sqlite3.Connection, row: sqlite3.Row) -> SubmissionRecord:
    key = (row["submission_id"],)
    findings = fetch(connection, "SELECT * FROM finding WHERE submission_id = ? ORDER BY finding_id", key)
    datasets = fetch(connection, "SELECT DISTINCT dataset_id FROM run WHERE submission_id = ? ORDER BY dataset_id", key)
    manifest = from_json(row["manifest"])
    submission = Submission(
        team=row["team"],
        name=row["name"],
        version=row["version"],
        kind=SubmissionKind(row["kind"]),
        path=Path(row["path"]),
        digest=row["digest"],
        builtin=row["builtin"],
        findings=tuple(finding_of(finding) for finding in findings),
        **_manifest_of(manifest),
    )
    return SubmissionRecord(
        submission_id=row["submission_id"],
        submission=submission,
        options=ImportOptions(**from_json(row["options"])),
        precedence=row["precedence"],
        dataset_ids=tuple(dataset["dataset_id"] for dataset in datasets)
        if submission.kind is SubmissionKind.PREDICTIONS
        else (),
        consented=bool(row["consented"]),
        facts=_facts_of(row),
    )


def _facts_of(row: sqlite3.Row) -> ModelFacts | None:
    if row["fitted"] is None:
        return None
    columns, labels = (None if row[name] is None else tuple(from_json(row[name])) for name in ("columns", "labels"))
    return ModelFacts(bool(row["fitted"]), columns, labels)


def _manifest_of(values: dict[str, Any]) -> dict[str, Any]:
    return {
        **values,
        "command": tuple(values["command"]),
        "tasks": tuple(values["tasks"]),
        "limits": Limits(**values["limits"]),
    }
