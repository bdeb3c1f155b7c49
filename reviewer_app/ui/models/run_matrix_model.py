"""The cross matrix as a Qt model: a team per row, a dataset per column."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.models.run_matrix import RunCell, RunMatrix, RunRow, duration, seconds_left

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `RunCell`; in the first column the `RunRow`."""
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 2
"""The cell's second line: times and memory, or why it failed."""

_Index = QModelIndex | QPersistentModelIndex
_EMPTY = RunMatrix((), (), {})

STATE_WORDS = {
    CellState.MISSING: "○ not run yet",
    CellState.QUEUED: "… waiting",
    CellState.RUNNING: "▶ running",
    CellState.DONE: "✓ done",
    CellState.FAILED: "✗ failed",
    CellState.CANCELLED: "■ cancelled",
    CellState.TIMED_OUT: "✗ timed out",
    CellState.NOT_APPLICABLE: "– not applicable",
    CellState.STALE: "↻ out of date",
}
"""A state is told by its sign and word; its colour only repeats them."""
_WITH_COST = (CellState.DONE, CellState.STALE)


class RunMatrixModel(QAbstractTableModel):
    """Shows a `RunMatrix`.

    Parameters
    ----------
    clock
        Seconds, for the time so far of what is running.
    """

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._matrix = _EMPTY
        self._clock = clock

    @property
    def matrix(self) -> RunMatrix:
        """The matrix that is shown."""
        return self._matrix

    def show_matrix(self, matrix: RunMatrix) -> None:
        """Show a matrix; where its rows and columns are those of before, selection and place stay."""
        same_shape = (matrix.rows, matrix.datasets) == (self._matrix.rows, self._matrix.datasets)
        if not same_shape:
            self.beginResetModel()
            self._matrix = matrix
            self.endResetModel()
            return
        before, self._matrix = self._matrix, matrix
        for (row, column), cell in matrix.cells.items():
            if before.cells[row, column] != cell:
                self._emit_changed(row, column)

    def tick(self) -> None:
        """Write the time so far of running cells anew."""
        for (row, column), cell in self._matrix.cells.items():
            if cell.is_running:
                self._emit_changed(row, column)

    def cell(self, index: _Index) -> RunCell | None:
        """Return the cell of an index; None in the column of teams."""
        return self._matrix.cells.get((index.row(), index.column() - 1)) if index.isValid() else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._matrix.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns: the teams, then the datasets."""
        return 0 if parent.isValid() else 1 + len(self._matrix.datasets)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return a dataset's name."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if section == 0 else self._matrix.datasets[section - 1]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the lines of a cell."""
        cell = self.cell(index)
        if cell is None:
            return _row_data(self._matrix.rows[index.row()], role)
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return state_words(cell)
        if role == DETAIL_ROLE:
            return detail_words(cell, self._clock())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(detail_words(cell, self._clock())) if cell.state is not None else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{cell.team} on {cell.dataset}: {state_words(cell)}, {detail_words(cell, self._clock())}"
        return None

    def _emit_changed(self, row: int, column: int) -> None:
        index = self.index(row, column + 1)
        self.dataChanged.emit(index, index)


def state_words(cell: RunCell) -> str:
    """Return a cell's state, with how many seeds it holds where there are several."""
    if cell.state is None:
        return ""
    words = STATE_WORDS[cell.state]
    if cell.is_running and cell.fraction is not None:
        words += f" {100 * cell.fraction:.0f} %"
    if len(cell.runs) > 1:
        n_done = sum(run.state is CellState.DONE for run in cell.runs)
        n_seeds = len(cell.runs)
        words += f" · {n_seeds} seeds" if n_done in (0, n_seeds) else f" · {n_done} of {n_seeds} seeds done"
    return words


def detail_words(cell: RunCell, now: float) -> str:
    """Return times and memory of a cell, how long it has run and will, or why it failed."""
    if cell.started is not None:
        left = [seconds_left(live, now) for live in cell.live if live.run.state is CellState.RUNNING]
        told = [seconds for seconds in left if seconds is not None]
        so_far = f"{duration(now - cell.started)} so far"
        return f"{so_far} · about {duration(max(told))} left" if told else so_far
    reason = next((run.reason for run in cell.runs if run.state is cell.state and run.reason), None)
    if reason is not None:
        return reason
    return " · ".join(_cost(cell.runs)) if cell.state in _WITH_COST else ""


def _cost(runs: tuple[RunInfo, ...]) -> list[str]:
    total = sum((run.fit_seconds or 0.0) + (run.predict_seconds or 0.0) for run in runs)
    memory = max((run.peak_memory_mb or 0.0 for run in runs), default=0.0)
    parts = []
    if total > 0:
        parts.append(duration(total))
    if memory > 0:
        parts.append(f"{memory:,.0f} MB")
    return parts


def _row_data(row: RunRow, role: int) -> Any:
    if role == Qt.ItemDataRole.DisplayRole:
        return row.team
    if role == DETAIL_ROLE:
        return row.submission
    if role == CELL_ROLE:
        return row
    if role == Qt.ItemDataRole.ToolTipRole and row.submission:
        return plain_tooltip(f"{row.team}\n{row.submission}")
    return None
