"""Opening and creating review files, and the one way to write to them."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.store.faults import damaged, in_words
from reviewer_app.store.schema import APPLICATION_ID, SCHEMA_VERSION, VERSION_1
from reviewer_app.store.schema_version_2 import VERSION_2

_PAGE_SIZE = 16_384
_BUSY_SECONDS = 5.0
_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100


@dataclass(frozen=True)
class OpenedFile:
    """A review file that was found in order.

    Attributes
    ----------
    path
        Where it is, absolute.
    read_only
        Whether it may only be read.
    schema_version
        Version that it was written by, after migration.
    findings
        What its reader must know: a newer version, a migration with its backup.
    """

    path: Path
    read_only: bool
    schema_version: int
    findings: tuple[Finding, ...] = ()


def now() -> str:
    """Return the time as it stands in rows: UTC, ISO 8601, seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection to an existing review file; each thread needs its own, whoever closes it may be another.

    Raises
    ------
    ReviewError
        If SQLite cannot open the file.
    """
    # As a URI, because a path with "#", "?" or "%" would name another file otherwise.
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    with in_words(path.name):
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, file: str) -> Iterator[None]:
    """Run the block in one transaction: all of it lands, or nothing.

    It takes the write lock at once: a transaction that begins by reading cannot be upgraded while another one writes.

    Raises
    ------
    ReviewError
        If the file cannot be written (busy, read-only, no room); nothing was changed.
    """
    with in_words(file):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def one_view(connection: sqlite3.Connection, file: str) -> Iterator[None]:
    """Let the block read the file as it is at one moment, whoever writes meanwhile.

    Keep it short: a writer cannot commit before it ends.
    """
    with in_words(file):
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")


def create(path: Path, title: str = "", app_version: str = "") -> None:
    """Make an empty review at `path`.

    Raises
    ------
    ReviewError
        ``file_exists`` if there is a file already: nothing is ever overwritten.
    """
    _reserve(path)
    try:
        with closing(connect(path)) as connection, in_words(path.name):
            connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            with transaction(connection, path.name):
                _migrate(connection)
                connection.execute(
                    "INSERT INTO review (id, uuid, title, created_at, app_version) VALUES (1, ?, ?, ?, ?)",
                    (str(uuid.uuid4()), title, now(), app_version),
                )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def open_file(path: Path) -> OpenedFile:
    """Return what kind of review `path` is, after an older one was migrated.

    A newer file is read-only, and said; before an older one is migrated a backup is written beside it.

    Raises
    ------
    ReviewError
        ``no_such_file``, ``not_a_review``, ``review_unreachable``, ``review_incomplete`` or ``review_damaged``;
        ``old_review_read_only`` for an older one where nothing can be written.
    """
    try:
        path = path.resolve()
    except (OSError, RuntimeError) as error:  # links that lead to each other
        raise _unreachable(path, "its links lead in a circle") from error
    _check_header(path)
    with closing(connect(path)) as connection, in_words(path.name):
        if _pragma(connection, "application_id") != APPLICATION_ID:
            raise _not_a_review(path, "it is an SQLite database of another program")
        version = _pragma(connection, "user_version")
        read_only = _is_read_only(connection, path)
        findings: list[Finding] = []
        if version > SCHEMA_VERSION:
            read_only = True
            findings.append(_newer(path, version))
        elif version < SCHEMA_VERSION and read_only:
            raise _old_and_read_only(path, version)
        elif version < SCHEMA_VERSION:
            findings.append(_upgrade(connection, path, version))
            version = SCHEMA_VERSION
        if not read_only:
            # A file in another mode was changed by a database browser; mailed, it would lack its last notes.
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        _check_tables(connection, path, version)
    return OpenedFile(path, read_only, version, tuple(findings))


def save_copy(connection: sqlite3.Connection, path: Path) -> None:
    """Write a copy of the review, compacted, to a new file; safe while others read and write it.

    Raises
    ------
    ReviewError
        ``file_exists`` if there is a file already.
    """
    _reserve(path)
    try:
        with in_words(path.name):
            connection.execute("VACUUM INTO ?", (str(path.resolve()),))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _reserve(path: Path) -> None:
    """Create the empty file, which fails where there is one: two programs cannot both believe that it is theirs."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise ReviewError.of(
            "file_exists",
            f"There is a file {path} already, and nothing is overwritten. Choose another name, or remove it.",
            file=str(path),
        ) from None
    except OSError as error:
        raise ReviewError.of(
            "cannot_create",
            f"The file {path} cannot be created: {error.strerror}. Choose a folder that exists and that you may write "
            "to.",
            file=str(path),
        ) from error


def _check_header(path: Path) -> None:
    if not path.is_file():
        what = "is a folder, not a review" if path.is_dir() else "is not there"
        raise ReviewError.of("no_such_file", f"{path} {what}. Name a file that ends in .review.", file=str(path))
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except OSError as error:
        raise _unreachable(path, str(error.strerror)) from error
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise _not_a_review(path, "it is empty" if not header else "it is no SQLite database")
    # A writer was killed, and SQLite puts the last whole state back; or an old writer did not keep the page count.
    if path.with_name(path.name + "-journal").exists() or header[24:28] != header[92:96]:
        return
    page_size = int.from_bytes(header[16:18], "big")
    expected = (65_536 if page_size == 1 else page_size) * int.from_bytes(header[28:32], "big")
    actual = path.stat().st_size
    if actual < expected:
        raise ReviewError.of(
            "review_incomplete",
            f"The review {path.name} is incomplete: {actual:,} of {expected:,} bytes are there, so copying it was "
            "interrupted. Copy it again from where it came from.",
            file=path.name,
        )


def _check_tables(connection: sqlite3.Connection, path: Path, version: int) -> None:
    there = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master").fetchall()}
    created = re.findall(r"CREATE (?:TABLE|VIEW|TRIGGER) (\w+)", VERSION_1 + VERSION_2)
    lost = [name for name in dict.fromkeys(created) if name not in there]
    if lost and version > SCHEMA_VERSION:
        raise ReviewError.of(
            "newer_review",
            f"{path.name} is of a newer version of reviewer-app (schema {version}; this one knows {SCHEMA_VERSION}), "
            "which alone can read it. Install the newer version.",
            file=path.name,
        )
    if lost:
        raise damaged(path.name, f"it has no {', '.join(lost)}")
    if connection.execute("SELECT id FROM review").fetchone() is None:
        raise damaged(path.name, "its table review is empty")


def _unreachable(path: Path, why: str) -> ReviewError:
    return ReviewError.of("review_unreachable", f"The review {path} cannot be read: {why}.", file=str(path))


def _not_a_review(path: Path, why: str) -> ReviewError:
    return ReviewError.of(
        "not_a_review",
        f"{path.name} is no review: {why}. Open a file that reviewer-app made, or start a new review.",
        file=path.name,
    )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _is_read_only(connection: sqlite3.Connection, path: Path) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "READONLY" in error.sqlite_errorname or "CANTOPEN" in error.sqlite_errorname
    # SQLite puts its journal beside the file.
    return not os.access(path.parent, os.W_OK)


def _newer(path: Path, version: int) -> Finding:
    return Finding(
        "newer_review",
        Severity.WARNING,
        f"{path.name} comes from a newer version of reviewer-app (schema {version}; this one knows {SCHEMA_VERSION}). "
        "It is opened for reading only. Install the newer version to change it.",
        file=path.name,
    )


def _old_and_read_only(path: Path, version: int) -> ReviewError:
    return ReviewError.of(
        "old_review_read_only",
        f"{path.name} comes from an older version of reviewer-app (schema {version}; this one writes "
        f"{SCHEMA_VERSION}), and it cannot be upgraded where nothing can be written. Copy it to a folder that you may "
        "write to, and open the copy.",
        file=path.name,
    )


def _upgrade(connection: sqlite3.Connection, path: Path, version: int) -> Finding:
    backup, number = path.with_name(f"{path.stem}.schema-{version}{path.suffix}"), 2
    while backup.exists():
        backup, number = path.with_name(f"{path.stem}.schema-{version}-{number}{path.suffix}"), number + 1
    save_copy(connection, backup)
    with transaction(connection, path.name):
        _migrate(connection)
    return Finding(
        "review_upgraded",
        Severity.INFO,
        f"{path.name} was of schema {version} and is now of {SCHEMA_VERSION}; the file as it was is kept as "
        f"{backup.name}.",
        file=path.name,
    )


def _migrate(connection: sqlite3.Connection) -> None:
    from reviewer_app.store.migrations import migrate

    migrate(connection)
