"""The examples of a comparison as a Qt model: an index array, and pages of rows that are fetched as they are seen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from reviewer_app.ui.models.example_columns import ColumnRole, ExampleColumn, cell_text
from reviewer_app.ui.models.plain_tooltip import plain_tooltip

if TYPE_CHECKING:
    from reviewer_app.disagreements.table import DisagreementTable

PAGE_ROWS = 256
PAGE_COLUMNS = 32
CACHED_PAGES = 64
TOOLTIP_CHARACTERS = 600

COLUMN_ROLE = Qt.ItemDataRole.UserRole + 1
"""The cell's `ColumnRole`."""
RIGHT_ROLE = Qt.ItemDataRole.UserRole + 2
"""Of a prediction: whether it is the gold label."""

_Index = QModelIndex | QPersistentModelIndex
_Page = list[dict[str, object]]


class ExampleTableModel(QAbstractTableModel):
    """The rows of a filter in the order of a sort, over up to ten million examples.

    Holds one int32 index array; rows come in pages of 256 (and 32 columns) from `DisagreementTable.page` and stay in a
    cache of the pages used last. Nothing is fetched for rows that nobody looks at.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: DisagreementTable | None = None
        self._columns: tuple[ExampleColumn, ...] = ()
        self._rows: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._sort, self._descending = "", False
        self._pages: OrderedDict[tuple[int, int], _Page] = OrderedDict()

    def show_table(self, table: DisagreementTable, columns: Sequence[ExampleColumn]) -> None:
        """Show another comparison, without rows until `show_rows`."""
        self.beginResetModel()
        self._table, self._columns = table, tuple(columns)
        self._rows = np.empty(0, dtype=np.int32)
        self._pages.clear()
        self.endResetModel()

    def show_rows(self, rows: NDArray[np.int32], sort: str = "", descending: bool = False) -> None:
        """Show the examples of a filter, in the order of a sort, which the header marks with an arrow."""
        self.beginResetModel()
        self._rows, self._sort, self._descending = rows, sort, descending
        self._pages.clear()
        self.endResetModel()

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._table, self._columns, self._rows = None, (), np.empty(0, dtype=np.int32)
        self._pages.clear()
        self.endResetModel()

    @property
    def columns(self) -> tuple[ExampleColumn, ...]:
        """The columns, from left to right."""
        return self._columns

    @property
    def rows(self) -> NDArray[np.int32]:
        """Example number of every row, shape (n_rows,)."""
        return self._rows

    def example_no(self, row: int) -> int:
        """Return the number of the example that a row shows."""
        return int(self._rows[row])

    def row_of(self, example_no: int) -> int | None:
        """Return the row that shows an example; None where the filter leaves it out."""
        found = np.flatnonzero(self._rows == example_no)
        return int(found[0]) if len(found) else None

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return a column's title, explanation or alignment."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = ("↓" if self._descending else "↑") if column.name == self._sort else ""
            return f"{column.title} {arrow}".rstrip()
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(f"{column.explanation}\nClick: sort, the other way round, back to the file's order")
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows; fetches its page where it is not at hand."""
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == COLUMN_ROLE:
            return column.role
        if role not in _ROLES_OF_THE_ROW:
            return None
        row = self._row(index.row(), index.column())
        value = row[column.name]
        if role == RIGHT_ROLE:
            return value == row["gold"] if column.role in _PREDICTIONS else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(value)
        if column.role not in _PREDICTIONS:
            return cell_text(value, column.role)
        right = value == row["gold"]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{value or 'no prediction'}, {'right' if right else 'wrong'}"
        return f"{'✓' if right else '✗'} {cell_text(value, column.role) if value else 'no prediction'}"

    def _row(self, row: int, column: int) -> Mapping[str, object]:
        page_no, block = row // PAGE_ROWS, column // PAGE_COLUMNS
        page = self._pages.get((page_no, block))
        if page is None:
            page = self._fetch(page_no, block)
            self._pages[page_no, block] = page
            if len(self._pages) > CACHED_PAGES:
                self._pages.popitem(last=False)
        else:
            self._pages.move_to_end((page_no, block))
        return page[row - page_no * PAGE_ROWS]

    def _fetch(self, page_no: int, block: int) -> _Page:
        assert self._table is not None
        names = [column.name for column in self._columns[block * PAGE_COLUMNS : (block + 1) * PAGE_COLUMNS]]
        if "gold" not in names:
            names.append("gold")
        start = page_no * PAGE_ROWS
        return self._table.page(self._rows[start : start + PAGE_ROWS], names)


_PREDICTIONS = frozenset({ColumnRole.PREDICTION_A, ColumnRole.PREDICTION_B})
_ROLES_OF_THE_ROW = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole,
        RIGHT_ROLE,
    }
)


def _alignment(column: ExampleColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.is_numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tooltip(value: object) -> str | None:
    """Return a text that its cell may have cut short."""
    if not isinstance(value, str) or len(value) < 24:
        return None
    return plain_tooltip(value if len(value) <= TOOLTIP_CHARACTERS else value[:TOOLTIP_CHARACTERS] + "…")
