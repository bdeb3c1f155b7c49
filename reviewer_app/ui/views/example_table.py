"""The table of examples: rows of one height, sorting by header click, quick over millions of rows."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from reviewer_app.ui.models.example_columns import ColumnRole, ExampleColumn
from reviewer_app.ui.models.example_table_model import ExampleTableModel
from reviewer_app.ui.views.cells import PADDING, ROW_HEIGHT, TABLE_STYLE, ExampleDelegate, text_width

ROWS_MEASURED = 60
"""Rows whose texts decide how wide a column begins."""
HEADER_PIXELS = 11
"""Size of the style sheet's column titles."""
NARROWEST, WIDEST = 56, 260
WIDEST_LABEL = 170
"""Labels and ids leave room for what the example says."""


class ExampleTable(QTableView):
    """A view of `ExampleTableModel` that stays quick over millions of rows.

    Signals
    -------
    example_chosen
        Number of the example that the current row shows.
    sort_requested
        Name of the column whose header was clicked.
    copy_requested
        The user asked for the selected rows.
    """

    example_chosen = Signal(int)
    sort_requested = Signal(str)
    copy_requested = Signal()

    def __init__(self, model: ExampleTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._examples = model
        self.setAccessibleName("Examples")
        self.setModel(model)
        self.setItemDelegate(ExampleDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerWidget(QWidget(self))
        self.setStyleSheet(TABLE_STYLE)
        self._set_up_headers()
        self.setAutoScroll(False)
        self.selectionModel().currentChanged.connect(self._current_changed)

    def step(self, rows: int) -> None:
        """Go down (up where negative) by a number of rows; stops at the ends."""
        n_rows = self._examples.rowCount()
        if n_rows == 0:
            return
        now = self.currentIndex().row()
        self.go_to_row(0 if now < 0 else min(max(now + rows, 0), n_rows - 1))

    def go_to_row(self, row: int) -> None:
        """Select one row and show it."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        column = max(self.currentIndex().column(), 0)
        self.selectionModel().setCurrentIndex(self._examples.index(row, column), flags)

    def selected_ranges(self) -> list[range]:
        """Return the selected rows from top to bottom, as ranges: they may be millions."""
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.size())]
        ranges = sorted((part.top(), part.bottom() + 1) for part in parts)
        merged: list[range] = []
        for start, stop in ranges:
            if merged and start <= merged[-1].stop:
                merged[-1] = range(merged[-1].start, max(stop, merged[-1].stop))
            else:
                merged.append(range(start, stop))
        return merged

    def fit_columns(self) -> None:
        """Give every column the room that the first rows need; texts share what is left of the window."""
        columns = self._examples.columns
        widths = [self._wanted_width(number, column) for number, column in enumerate(columns)]
        texts = [number for number, column in enumerate(columns) if column.role is ColumnRole.TEXT]
        spare = self.viewport().width() - sum(widths)
        if spare > 0 and texts:
            for number in texts:
                widths[number] += spare // len(texts)
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Copy the selected rows with the system's key for it."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Do nothing: Qt would fetch every row of the table to find one that begins with the letters typed."""

    def _set_up_headers(self) -> None:
        vertical, horizontal = self.verticalHeader(), self.horizontalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(ROW_HEIGHT)
        vertical.setMinimumSectionSize(ROW_HEIGHT)
        horizontal.setAccessibleName("Columns")
        horizontal.setSectionsClickable(True)
        horizontal.setSectionsMovable(True)
        horizontal.setHighlightSections(False)
        horizontal.setMinimumSectionSize(NARROWEST)
        horizontal.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        horizontal.setTextElideMode(Qt.TextElideMode.ElideRight)
        horizontal.sectionClicked.connect(
            lambda section: self.sort_requested.emit(self._examples.columns[section].name)
        )
        # A header that shares the table's selection asks of every selected row whether the whole column is selected:
        # select-all on ten million rows took 80 s.
        for header in (horizontal, vertical):
            header.setSelectionModel(QItemSelectionModel(self._examples, header))

    def _wanted_width(self, number: int, column: ExampleColumn) -> int:
        cell_font, title_font = self.font(), self.font()
        if column.role in (ColumnRole.PREDICTION_A, ColumnRole.PREDICTION_B):
            cell_font.setWeight(QFont.Weight.DemiBold)
        title_font.setPixelSize(HEADER_PIXELS)
        title_font.setWeight(QFont.Weight.Bold)
        n_measured = min(self._examples.rowCount(), ROWS_MEASURED)
        cells = (str(self._examples.index(row, number).data()) for row in range(n_measured))
        widest = max((text_width(cell_font, cell) for cell in cells), default=0)
        widest = max(widest, text_width(title_font, f"{column.title} ↓"))
        most = WIDEST if column.role is ColumnRole.TEXT else WIDEST_LABEL
        return min(max(widest + 2 * PADDING + 8, NARROWEST), most)

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Keep the current cell in sight; going down a column does not push the table sideways."""
        if not current.isValid():
            return
        bar = self.horizontalScrollBar()
        place = bar.value()
        self.scrollTo(current)
        if current.column() == previous.column() or not previous.isValid():
            bar.setValue(place)
        self.example_chosen.emit(self._examples.example_no(current.row()))
