"""Teams in the review file."""

from __future__ import annotations

import sqlite3

from reviewer_app.store.rows import execute, fetch, insert


def team_id_of(connection: sqlite3.Connection, name: str) -> int:
    """Return the key of a team, which is added where it is new; blanks around its name do not count."""
    name = name.strip()
    rows = fetch(connection, "SELECT team_id FROM team WHERE name = ?", (name,))
    return int(rows[0]["team_id"]) if rows else insert(connection, "team", {"name": name})


def team_names(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the teams in the order in which they came."""
    return tuple(row["name"] for row in fetch(connection, "SELECT name FROM team ORDER BY team_id"))


def delete_idle_teams(connection: sqlite3.Connection) -> None:
    """Delete the teams that have neither a submission nor a home."""
    execute(
        connection,
        "DELETE FROM team WHERE team_id NOT IN (SELECT team_id FROM submission) "
        "AND team_id NOT IN (SELECT home_team_id FROM dataset WHERE home_team_id IS NOT NULL)",
    )
