"""A table of numbers, either as tall as its rows (in a page that scrolls) or filling its place."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from reviewer_app.ui.models.grid_model import COLUMN_SIDE_ROLE, GridModel
from reviewer_app.ui.models.number_grid import NumberGrid, Side
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.cells import PADDING, ROW_HEIGHT, TABLE_STYLE, GridDelegate, side_colour, text_width

HEADER_HEIGHT = 32
HEADER_PIXELS = 12
WIDEST_COLUMN = 230


class SidesHeader(QHeaderView):
    """Column titles in their team's colour."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName("Columns")
        self.setFixedHeight(HEADER_HEIGHT)
        self.setHighlightSections(False)
        font = self.font()
        font.setPixelSize(HEADER_PIXELS)
        font.setWeight(font.Weight.DemiBold)
        self.setFont(font)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """Draw a title, with an arrow where the rows are sorted by it."""
        palette = theme.palette()
        model = self.model()
        side = model.headerData(section, self.orientation(), COLUMN_SIDE_ROLE) or Side.NEITHER
        alignment = model.headerData(section, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        text = str(model.headerData(section, self.orientation()))
        if self.isSortIndicatorShown() and self.sortIndicatorSection() == section:
            text += " ↓" if self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder else " ↑"
        painter.save()
        painter.fillRect(rect, QColor(palette.panel))
        painter.setPen(QColor(palette.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(self.font())
        painter.setPen(QColor(palette.muted if side == Side.NEITHER else side_colour(side, palette)))
        inner = rect.adjusted(PADDING, 0, -PADDING, 0)
        painter.drawText(
            inner, int(alignment), painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        )
        painter.restore()


class GridView(QTableView):
    """Shows a `NumberGrid`.

    Parameters
    ----------
    name
        Accessible name.
    as_tall_as_rows
        Whether it takes the height of its rows; else it scrolls, and its headers sort.
    """

    def __init__(self, name: str, *, as_tall_as_rows: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._numbers = GridModel(self)
        self._as_tall_as_rows = as_tall_as_rows
        self.setHorizontalHeader(SidesHeader(self))
        self.setModel(self._numbers)
        self.setItemDelegate(GridDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerWidget(QWidget(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        if as_tall_as_rows:
            self.setFrameShape(QFrame.Shape.NoFrame)
            self.setStyleSheet("QTableView { border: none; border-radius: 0; }")
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        else:
            self.setStyleSheet(TABLE_STYLE)
            self.setSortingEnabled(True)
            self.horizontalHeader().setSortIndicatorClearable(True)
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        theme.changed.connect(self.viewport().update)

    def show_grid(self, grid: NumberGrid) -> None:
        """Show a table, its columns as wide as they need and the first one wider."""
        self._numbers.show_grid(grid)
        header = self.horizontalHeader()
        for column in range(len(grid.columns)):
            title = grid.columns[column].title + ("" if self._as_tall_as_rows else " ↓")
            wanted = max(self.sizeHintForColumn(column), text_width(header.font(), title) + 2 * PADDING + 2)
            self.setColumnWidth(column, min(wanted, WIDEST_COLUMN))
        if self._as_tall_as_rows:
            self._fix_height()

    def _fix_height(self) -> None:
        room_for_bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(HEADER_HEIGHT + ROW_HEIGHT * self._numbers.rowCount() + room_for_bar)
