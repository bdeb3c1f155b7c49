"""The table ``outcome``: examples of planned comparisons in words, for readers of SQL; the program never reads it."""

from __future__ import annotations

import sqlite3

from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.store.rows import execute, fetch

SQL_OUTCOME_LIMIT = 100_000
"""Test examples up to which a planned comparison is written."""


def write_outcomes(
    connection: sqlite3.Connection, table: DisagreementTable, dataset_id: int, submission_ids: tuple[int, int]
) -> None:
    """Write the examples of a comparison in words, inside the caller's transaction."""
    comparison_id = fetch(
        connection,
        "SELECT comparison_id FROM comparison WHERE dataset_id = ? AND split = 'test' AND submission_a_id = ? "
        "AND submission_b_id = ?",
        (dataset_id, *submission_ids),
    )[0]["comparison_id"]
    names = ("id", "gold", "a", "b", "a_confidence", "b_confidence", "outcome")
    columns = [table.column(name).to_pylist() for name in names]
    execute(connection, "DELETE FROM outcome WHERE comparison_id = ?", (comparison_id,))
    connection.executemany(
        "INSERT INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((comparison_id, number, *row) for number, row in enumerate(zip(*columns, strict=True))),
    )
