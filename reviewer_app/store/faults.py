"""SQLite's faults in words for the person whose file it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from reviewer_app.errors import ReviewError

_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"}
_READ_ONLY = {"SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH"}
_NO_ROOM = {"SQLITE_FULL", "SQLITE_TOOBIG"}
_UNREACHABLE = {"SQLITE_IOERR", "SQLITE_CANTOPEN"}


@contextmanager
def in_words(file: str) -> Iterator[None]:
    """Turn SQLite's faults about the file `file` into `ReviewError`; a fault of our own SQL stays what it is.

    Raises
    ------
    ReviewError
        ``review_busy``, ``review_damaged``, ``review_read_only``, ``disk_full`` or ``review_unreachable``.
    """
    try:
        yield
    except sqlite3.Error as fault:
        error = _error_of(fault, file)
        if error is None:
            raise
        raise error from fault


def damaged(file: str, what: str) -> ReviewError:
    """Return the error of a review whose contents are not what was written."""
    return ReviewError.of(
        "review_damaged",
        f"The review {file} is damaged: {what}. Nothing was changed. Copy it again from where it came from, or open a "
        "backup.",
        file=file,
    )


def _error_of(fault: sqlite3.Error, file: str) -> ReviewError | None:
    # "SQLITE_IOERR_SHORT_READ" is a kind of "SQLITE_IOERR".
    name = "_".join(getattr(fault, "sqlite_errorname", "").split("_")[:2])
    if name in _DAMAGED:
        return damaged(file, f"SQLite says {str(fault)!r}")
    if name in _BUSY:
        return ReviewError.of(
            "review_busy",
            f"Another program is writing to the review {file}. Nothing was changed. Close it there and try again.",
            file=file,
        )
    if name in _READ_ONLY:
        return read_only(file)
    if name in _NO_ROOM:
        return ReviewError.of(
            "disk_full",
            f"There is no room for the review {file}: {fault}. Nothing was changed. Make room on the disk and try "
            "again.",
            file=file,
        )
    if name in _UNREACHABLE:
        return ReviewError.of(
            "review_unreachable",
            f"The review {file} cannot be read or written: {fault}. Check that the disk is there and that you may use "
            "the file and its folder.",
            file=file,
        )
    return None


def changed_meanwhile() -> ReviewError:
    """Return the error of work on something that was changed or removed while it went on."""
    return ReviewError.of(
        "changed_meanwhile",
        "The review was changed while this went on, so its result is of no use and was not kept. Try again.",
    )


def read_only(file: str) -> ReviewError:
    """Return the error of a change to a review that may only be read."""
    return ReviewError.of(
        "review_read_only",
        f"The review {file} may only be read: the file or its folder is write-protected, or it was written by a newer "
        "version of reviewer-app. Save a copy elsewhere, or install the newer version.",
        file=file,
    )
