"""The file behind a review: a connection per thread, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer_app.errors import Finding, Severity
from reviewer_app.store import audit
from reviewer_app.store.connection import OpenedFile, connect, one_view, save_copy, transaction
from reviewer_app.store.faults import read_only


class ReviewFile:
    """An open review file; safe to use from several threads.

    Parameters
    ----------
    opened
        What `reviewer_app.store.connection.open_file` found.
    """

    def __init__(self, opened: OpenedFile) -> None:
        self.path: Path = opened.path
        self.read_only: bool = opened.read_only
        self.schema_version: int = opened.schema_version
        # By the thread's ident: one that ends leaves its connection to the next thread of that ident.
        self._connections: dict[int, sqlite3.Connection] = {}
        self._connecting = threading.Lock()
        self._writing = threading.RLock()
        try:
            self.findings: tuple[Finding, ...] = (*opened.findings, *self._broken_trail())
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection.

        Raises
        ------
        ReviewError
            If the file cannot be opened any more.
        """
        ident = threading.get_ident()
        with self._connecting:
            if ident not in self._connections:
                self._connections[ident] = connect(self.path, read_only=self.read_only)
            return self._connections[ident]

    def _broken_trail(self) -> list[Finding]:
        broken = audit.first_broken_row(self.connection)
        if broken is None:
            return []
        message = (
            f"The audit trail of {self.path.name} was changed by another program at entry {broken} or before it: what "
            "was done to this review cannot be told from it."
        )
        return [Finding("audit_trail_broken", Severity.WARNING, message, file=self.path.name)]

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's connection for reading the file as it is at one moment; keep it short."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        with one_view(connection, self.path.name):
            yield connection

    @contextmanager
    def working(self) -> Iterator[None]:
        """Keep other threads from writing, from what is read now until it is written.

        Raises
        ------
        ReviewError
            ``review_read_only``.
        """
        if self.read_only:
            raise read_only(self.path.name)
        with self._writing:
            yield

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one transaction: all of it lands, or nothing.

        Raises
        ------
        ReviewError
            If the file cannot be written; nothing was changed.
        """
        with self.working():
            connection = self.connection
            with transaction(connection, self.path.name):
                yield connection

    def save_copy(self, path: Path) -> None:
        """Write a compacted copy to a new file.

        Raises
        ------
        ReviewError
            ``file_exists`` if there is one.
        """
        save_copy(self.connection, path)

    def close(self) -> None:
        """Close every thread's connection; nobody may be using them."""
        with self._connecting:
            while self._connections:
                self._connections.popitem()[1].close()
