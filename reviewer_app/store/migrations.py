"""The steps from each version of the schema to the next; imported only where a file is created or upgraded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewer_app.store.schema import APPLICATION_ID, VERSION_1
from reviewer_app.store.schema_version_2 import VERSION_2

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the steps that the file lacks, inside the caller's transaction."""
    from sqlite_utils import Database

    # Plugins of the user's environment must not change a review's schema.
    _steps().apply(Database(connection, strict=True, execute_plugins=False))


def _steps() -> Migrations:
    from sqlite_utils import Migrations

    steps = Migrations("reviewer_app")

    @steps(name="version 1")
    def version_1(database: Database) -> None:
        for statement in statements(VERSION_1):
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute("PRAGMA user_version = 1")

    @steps(name="version 2")
    def version_2(database: Database) -> None:
        for statement in statements(VERSION_2):
            database.execute(statement)
        database.execute("PRAGMA user_version = 2")

    return steps


def statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script; `sqlite3.Connection.executescript` would end the transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
