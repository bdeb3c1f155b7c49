"""The audit trail: what was done to a review, in order. Rows are only added, each sealing those before it."""

from __future__ import annotations

import hashlib
import sqlite3

from reviewer_app.store.connection import now
from reviewer_app.store.rows import fetch, insert, to_json

_SEALED = ("audit_id", "at", "operation", "describes", "arguments", "undoes")


def append(
    connection: sqlite3.Connection, operation: str, describes: str, arguments: str, undoes: int | None = None
) -> int:
    """Add a row inside the caller's transaction and return its id.

    Parameters
    ----------
    operation, describes, arguments
        Name of the operation, one line for people, its arguments as JSON.
    undoes
        Row of the operation that this one takes back.
    """
    last = fetch(connection, "SELECT audit_id, hash FROM audit ORDER BY audit_id DESC LIMIT 1")
    audit_id = last[0]["audit_id"] + 1 if last else 1
    previous = last[0]["hash"] if last else ""
    row = {
        "audit_id": audit_id,
        "at": now(),
        "operation": operation,
        "describes": describes,
        "arguments": arguments,
        "undoes": undoes,
    }
    return insert(connection, "audit", {**row, "previous_hash": previous, "hash": _seal(previous, tuple(row.values()))})


def first_broken_row(connection: sqlite3.Connection) -> int | None:
    """Return the id of the first row that is not what was written, or that lacks the row before it; None: all hold.

    Rows cut off at the end cannot be seen.
    """
    previous = ""
    rows = fetch(connection, "SELECT * FROM audit ORDER BY audit_id")
    for number, row in enumerate(rows, start=1):
        sealed = _seal(previous, tuple(row[name] for name in _SEALED))
        if (row["audit_id"], row["previous_hash"], row["hash"]) != (number, previous, sealed):
            return int(row["audit_id"])
        previous = row["hash"]
    return None


def _seal(previous: str, values: tuple[object, ...]) -> str:
    return hashlib.sha256(to_json([previous, *values]).encode()).hexdigest()
