"""An operation between its two halves: everything was read and checked, nothing was written yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from reviewer_app.review.operations.change import Change


@dataclass(frozen=True)
class Prepared:
    """What is left to do of an operation.

    Attributes
    ----------
    change
        What it will have changed.
    write
        Writes it, inside the caller's transaction.
    """

    change: Change
    write: Callable[[sqlite3.Connection], None]
