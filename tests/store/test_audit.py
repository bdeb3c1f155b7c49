"""The audit trail only grows, and a change of it is seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer_app.store import audit
from reviewer_app.store.connection import connect, create


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    create(tmp_path / "a.review")
    connection = connect(tmp_path / "a.review")
    for number in range(3):
        audit.append(connection, "SetTitle", f"name the review {number}", f'{{"title": "{number}"}}')
    yield connection
    connection.close()


def test_an_untouched_trail_holds(trail: sqlite3.Connection) -> None:
    assert audit.first_broken_row(trail) is None
    assert [row["audit_id"] for row in trail.execute("SELECT audit_id FROM audit").fetchall()] == [1, 2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE audit_id = 3",
        "UPDATE audit SET describes = 'x'",
        "REPLACE INTO audit SELECT * FROM audit",
    ],
)
def test_rows_can_neither_go_nor_change(trail: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="the audit trail only grows"):
        trail.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE audit SET describes = 'something else' WHERE audit_id = 2", 2),
        ("DELETE FROM audit WHERE audit_id = 1", 2),
        ("DELETE FROM audit WHERE audit_id = 2", 3),
        ("UPDATE audit SET hash = 'x' WHERE audit_id = 3", 3),
    ],
)
def test_tampering_without_the_triggers_is_seen(trail: sqlite3.Connection, tampering: str, broken: int) -> None:
    trail.execute("DROP TRIGGER audit_keeps_rows")
    trail.execute("DROP TRIGGER audit_keeps_values")
    trail.execute(tampering)

    assert audit.first_broken_row(trail) == broken
