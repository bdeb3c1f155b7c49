"""Small rows: reading them whole, and writing them with Python's own scalars."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reviewer_app.errors import Finding, Remedy, Severity
from reviewer_app.store.faults import in_words

Scalar = str | int | float | bytes | None


def fetch(connection: sqlite3.Connection, sql: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
    """Return every row of a query: a cursor that is read half would block every commit.

    Raises
    ------
    ReviewError
        If the file is damaged, busy or out of reach.
    """
    with in_words(file_name(connection)):
        return connection.execute(sql, [scalar(value) for value in parameters]).fetchall()


def execute(connection: sqlite3.Connection, sql: str, parameters: Sequence[object] = ()) -> int:
    """Run one statement that writes and return the id of the row that it inserted."""
    return connection.execute(sql, [scalar(value) for value in parameters]).lastrowid or 0


def insert(connection: sqlite3.Connection, table: str, values: Mapping[str, object]) -> int:
    """Insert one row and return its id."""
    return execute(connection, _insert_statement(table, values), tuple(values.values()))


def insert_all(connection: sqlite3.Connection, table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Insert rows that all have the same columns."""
    rows = list(rows)
    if rows:
        statement = _insert_statement(table, rows[0])
        connection.executemany(statement, ([scalar(value) for value in row.values()] for row in rows))


def scalar(value: object) -> Scalar:
    """Return a value as SQLite keeps it: NaN becomes NULL, numpy's numbers become Python's.

    Raises
    ------
    TypeError
        If the value is none that a cell can hold: a bug of ours.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, int):
        return value
    if isinstance(value, str | Path):
        # A path, or the escapes of a JSON file, can hold half characters, which no UTF-8 text can.
        return str(value).encode("utf-8", "backslashreplace").decode()
    raise TypeError(f"a cell cannot hold {type(value).__name__}")


def to_json(value: object) -> str:
    """Return a value as JSON text without spaces; keys stay in their order, because columns and labels have one."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=_plain)


def from_json(text: str) -> Any:
    """Return what `to_json` was given, as plain dicts and lists."""
    return json.loads(text)


def file_name(connection: sqlite3.Connection) -> str:
    """Return the name of the file that a connection is open on, for messages."""
    return Path(connection.execute("PRAGMA database_list").fetchone()["file"]).name


def finding_row(finding: Finding) -> dict[str, object]:
    """Return a finding as a row of the table ``finding``, without what it belongs to."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "count": finding.count,
        "file": finding.file,
        "first": to_json(finding.first),
        "remedies": to_json([[remedy.label, remedy.option, remedy.value] for remedy in finding.remedies]),
    }


def finding_of(row: sqlite3.Row) -> Finding:
    """Return the finding that a row of the table ``finding`` holds."""
    return Finding(
        row["code"],
        Severity(row["severity"]),
        row["message"],
        row["count"],
        row["file"],
        tuple(from_json(row["first"])),
        tuple(Remedy(*remedy) for remedy in from_json(row["remedies"])),
    )


def _insert_statement(table: str, values: Mapping[str, object]) -> str:
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join("?" * len(values))
    return f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608  names are those of our own code


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"JSON cannot hold {type(value).__name__}")
