"""The cross matrix as a table: state, time and memory of each cell, and a bar while it runs."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from reviewer_app.review.queries import CellState
from reviewer_app.ui.models.run_matrix import RunCell
from reviewer_app.ui.models.run_matrix_model import DETAIL_ROLE, RunMatrixModel
from reviewer_app.ui.theme import Palette, theme
from reviewer_app.ui.views.cells import PADDING, TABLE_STYLE

CELL_HEIGHT = 60
BAR_HEIGHT = 4
TEAM_WIDTH = 230
NARROWEST = 200

_Index = QModelIndex | QPersistentModelIndex


def state_colour(state: CellState | None, palette: Palette) -> str:
    """Return the colour that repeats what a state's sign and word say."""
    if state is CellState.DONE:
        return palette.good
    if state in (CellState.FAILED, CellState.TIMED_OUT):
        return palette.bad
    if state in (CellState.STALE, CellState.CANCELLED):
        return palette.warning
    return palette.accent if state is CellState.RUNNING else palette.muted


class RunDelegate(QStyledItemDelegate):
    """Draws a cell's two lines, and a bar while it runs; teams in the colour of the side they stand on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.side_a = ""
        self.side_b = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell."""
        palette = theme.palette()
        rect: QRect = option.rect
        model = index.model()
        cell = model.cell(index) if isinstance(model, RunMatrixModel) else None
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected) and cell is not None
        painter.fillRect(rect, QColor(palette.selection if selected else palette.panel))
        painter.setPen(QColor(palette.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        colour = self._team_colour(str(index.data()), palette) if cell is None else state_colour(cell.state, palette)
        inner = rect.adjusted(PADDING, 10, -PADDING, -10)
        _draw_line(painter, font, colour, QRect(inner.topLeft(), QSize(inner.width(), 18)), str(index.data() or ""))
        font.setWeight(QFont.Weight.Normal)
        below = QRect(inner.left(), inner.top() + 20, inner.width(), 18)
        _draw_line(painter, font, palette.muted, below, str(index.data(DETAIL_ROLE) or ""))
        if cell is not None and cell.is_running:
            _draw_bar(painter, QRect(inner.left(), rect.bottom() - 10, inner.width(), BAR_HEIGHT), cell, palette)
        painter.restore()

    def _team_colour(self, team: str, palette: Palette) -> str:
        """Return the colour of the side that a team, or a version of it, stands on."""
        for side, colour in ((self.side_a, palette.team_a), (self.side_b, palette.team_b)):
            if side == team or side.startswith(f"{team}:"):
                return colour
        return palette.ink


class RunTable(QTableView):
    """A team per row, a dataset per column."""

    def __init__(self, model: RunMatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = model
        self._delegate = RunDelegate(self)
        self.setAccessibleName("Runs of every team on every dataset")
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerWidget(QWidget(self))
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(CELL_HEIGHT)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setMinimumSectionSize(NARROWEST)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setAccessibleName("Datasets")
        self.setStyleSheet(TABLE_STYLE)
        theme.changed.connect(self.viewport().update)

    def show_sides(self, side_a: str, side_b: str) -> None:
        """Say who is A and who is B, each as TEAM or TEAM:VERSION."""
        self._delegate.side_a, self._delegate.side_b = side_a, side_b
        self.viewport().update()

    def fit_height(self) -> None:
        """Take no more height than the rows need."""
        rows = self._cells.rowCount() * CELL_HEIGHT
        bar = self.horizontalScrollBar()
        room_for_bar = bar.sizeHint().height() if bar.isVisible() else 2
        self.setMaximumHeight(self.horizontalHeader().sizeHint().height() + rows + room_for_bar)

    def selected_cells(self) -> list[RunCell]:
        """Return the selected cells that hold something."""
        cells = (self._cells.cell(index) for index in self.selectedIndexes())
        return [cell for cell in cells if cell is not None and cell.runs]


def _draw_line(painter: QPainter, font: QFont, colour: str, rect: QRect, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    line = " ".join(text.split())
    shown = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _draw_bar(painter: QPainter, rect: QRect, cell: RunCell, palette: Palette) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.chip))
    radius = rect.height() / 2
    painter.drawRoundedRect(QRectF(rect), radius, radius)
    if cell.fraction:
        done = QRectF(rect)
        done.setWidth(max(rect.width() * cell.fraction, rect.height()))
        painter.setBrush(QColor(palette.accent))
        painter.drawRoundedRect(done, radius, radius)
