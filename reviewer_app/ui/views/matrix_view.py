"""The cross matrix: a row per team, a column per dataset, whose home is where, and the mean."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.matrix import Matrix, MatrixCell, MatrixRow

ROW_HEIGHT = 30
MOST_ROWS = 12
"""Rows shown before the matrix scrolls."""
WIDEST_NAME = 170
CELL_ROLE = Qt.ItemDataRole.UserRole

Index = QModelIndex | QPersistentModelIndex


class MatrixModel(QAbstractTableModel):
    """A `Matrix` for a table view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.matrix = Matrix((), (), "", ())

    def set_matrix(self, shown: Matrix) -> None:
        """Show another matrix."""
        self.beginResetModel()
        self.matrix = shown
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of teams and baselines."""
        return 0 if parent.isValid() else len(self.matrix.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of datasets, and one for the mean."""
        return 0 if parent.isValid() else len(self.matrix.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell: its `MatrixCell`, its text, its words for a screen reader."""
        row = self.matrix.rows[index.row()]
        cell = row.cells[index.column()]
        if role == CELL_ROLE:
            return cell
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{cell.text} home" if cell.is_home else cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(cell.why) if cell.why else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            best = ", best" if cell.is_best else ""
            home = ", home" if cell.is_home else ""
            return f"{row.name} on {self.matrix.columns[index.column()]}: {cell.text}{home}{best}"
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the name of a dataset or a team."""
        is_dataset = orientation is Qt.Orientation.Horizontal
        name = self.matrix.columns[section] if is_dataset else self.matrix.rows[section].name
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        return plain_tooltip(name) if role == Qt.ItemDataRole.ToolTipRole else None


class MatrixDelegate(QStyledItemDelegate):
    """Draws a value right-aligned on a hairline, the best in semi-bold, then "home" in grey."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        palette = theme.palette()
        cell: MatrixCell = index.data(CELL_ROLE)
        rect: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(palette.selection))
        painter.setPen(QColor(palette.line))
        painter.drawLine(rect.topLeft(), rect.topRight())
        if index.row() == index.model().rowCount() - 1:
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(8, 0, -10, 0)
        font = QFont(option.font)
        alignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if cell.is_home:
            painter.setFont(font)
            painter.setPen(QColor(palette.muted))
            painter.drawText(inner, alignment, "home")
            inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance("home") - 4)
        font.setWeight(QFont.Weight.DemiBold if cell.is_best else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(palette.ink if cell.has_value else palette.muted))
        painter.drawText(inner, alignment, cell.text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Return the room that a cell needs."""
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        width = QFontMetrics(font).horizontalAdvance(str(index.data(Qt.ItemDataRole.DisplayRole)))
        return QSize(width + 24, ROW_HEIGHT)


class TeamHeader(QHeaderView):
    """The names of the teams, left-aligned, in their colours; it stays where it is when the matrix scrolls."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(ROW_HEIGHT)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N802, N803
        """Draw a name."""
        palette = theme.palette()
        model = self.model()
        assert isinstance(model, MatrixModel)
        row = model.matrix.rows[logicalIndex]
        painter.save()
        painter.fillRect(rect, QColor(palette.panel))
        painter.setPen(QColor(palette.line))
        painter.drawLine(rect.topLeft(), rect.topRight())
        if logicalIndex == model.rowCount() - 1:
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(self._name_font(row))
        painter.setPen(QColor(getattr(palette, row.colour)))
        inner = rect.adjusted(10, 0, -8, 0)
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, inner.width())
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the width of the longest name, within reason."""
        model = self.model()
        rows = model.matrix.rows if isinstance(model, MatrixModel) else ()
        widths = [QFontMetrics(self._name_font(row)).horizontalAdvance(row.name) for row in rows]
        return QSize(min(max(widths, default=0) + 20, 260), super().sizeHint().height())

    def _name_font(self, row: MatrixRow) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.Normal if row.colour == "muted" else QFont.Weight.DemiBold)
        return font


class MatrixView(QTableView):
    """Shows a `Matrix`; many datasets scroll sideways, many teams down.

    Signals
    -------
    dataset_chosen
        Name of the dataset whose cell was activated (double click or Enter).
    """

    dataset_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = MatrixModel(self)
        self._natural: list[int] = []
        self.setVerticalHeader(TeamHeader(self))
        self.setModel(self._model)
        self.setItemDelegate(MatrixDelegate(self))
        self.setAccessibleName("Cross matrix")
        self.setProperty("role", "flat")
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.activated.connect(self._activated)
        theme.changed.connect(self.viewport().update)

    def set_matrix(self, shown: Matrix) -> None:
        """Show another matrix."""
        self._model.set_matrix(shown)
        header = self.horizontalHeader()
        self._natural = [self._natural_width(column) for column in range(len(shown.columns))]
        self.verticalHeader().setFixedWidth(self.verticalHeader().sizeHint().width())
        rows = min(len(shown.rows), MOST_ROWS)
        bar = self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(header.sizeHint().height() + rows * ROW_HEIGHT + bar)
        self._share_width()

    @property
    def natural_width(self) -> int:
        """The width at which nothing has to scroll."""
        return self.verticalHeader().width() + sum(self._natural)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Share the new width."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give each column what it needs, and what is left over to all alike."""
        if self._natural:
            spare = max(self.viewport().width() - sum(self._natural), 0) // len(self._natural)
            for column, width in enumerate(self._natural):
                self.setColumnWidth(column, width + spare)

    def _natural_width(self, column: int) -> int:
        """Return a width that a column's cells and its name, if that is not very long, fit."""
        name = self.horizontalHeader().sectionSizeHint(column)
        return max(64, self.sizeHintForColumn(column), min(name, WIDEST_NAME))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter activates the current cell on every system."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activated(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _activated(self, index: Index) -> None:
        if index.column() < len(self._model.matrix.datasets):
            self.dataset_chosen.emit(self._model.matrix.datasets[index.column()])
