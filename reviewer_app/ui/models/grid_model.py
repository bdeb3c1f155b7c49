"""A `NumberGrid` as a Qt model that can be sorted and put back."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from reviewer_app.ui.models.number_grid import GridCell, NumberGrid
from reviewer_app.ui.models.plain_tooltip import plain_tooltip

CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `GridCell` itself."""
COLUMN_SIDE_ROLE = Qt.ItemDataRole.UserRole + 2
"""In the header: the column's `Side`."""

_Index = QModelIndex | QPersistentModelIndex
_EMPTY = NumberGrid("", "", (), ())


class GridModel(QAbstractTableModel):
    """A table of numbers, as the core gave them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._grid = _EMPTY
        self._order: list[int] = []

    def show_grid(self, grid: NumberGrid) -> None:
        """Show another table."""
        self.beginResetModel()
        self._grid = grid
        self._order = list(range(len(grid.rows)))
        self.endResetModel()

    @property
    def grid(self) -> NumberGrid:
        """The table, in its own order."""
        return self._grid

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._grid.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return a column's title, explanation, side or alignment."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._grid.columns):
            return None
        column = self._grid.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(column.explanation or column.title)
        if role == COLUMN_SIDE_ROLE:
            return column.side
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        cell = self._cell(index.row(), index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(cell.tooltip) if cell.tooltip else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == CELL_ROLE:
            return cell
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column's values, missing ones last; column -1: back to the table's own order."""
        self.layoutAboutToBeChanged.emit()
        self._order = list(range(len(self._grid.rows)))
        if column >= 0:
            present = [row for row in self._order if self._grid.rows[row][column].values[0] is not None]
            missing = [row for row in self._order if self._grid.rows[row][column].values[0] is None]
            present.sort(
                key=lambda row: self._grid.rows[row][column].values[0],  # type: ignore[arg-type, return-value]
                reverse=order is Qt.SortOrder.DescendingOrder,
            )
            self._order = present + missing
        self.layoutChanged.emit()

    def _cell(self, row: int, column: int) -> GridCell:
        return self._grid.rows[self._order[row]][column]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._grid.columns[column].numeric else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
