"""Rows of the disagreements table as text for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reviewer_app.disagreements.table import DisagreementTable

COPIED_ROWS = 10_000
"""More rows than this do not go over the clipboard: they are exported."""


def chosen_rows(rows: NDArray[np.int32], ranges: Sequence[range]) -> NDArray[np.int32]:
    """Return the example numbers of the first `COPIED_ROWS` rows of some ranges of rows."""
    parts, room = [rows[:0]], COPIED_ROWS
    for part in ranges:
        taken = rows[part.start : min(part.stop, part.start + room)]
        parts.append(taken)
        room -= len(taken)
        if room == 0:
            break
    return np.concatenate(parts)


def rows_as_text(table: DisagreementTable, rows: NDArray[np.int32], columns: Sequence[str], delimiter: str) -> str:
    """Return rows with a header, unrounded; missing is empty, quoted is what holds the delimiter or line ends."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for row in table.page(rows, columns):
        writer.writerow(["" if (value := row[name]) is None else value for name in columns])
    return target.getvalue()
