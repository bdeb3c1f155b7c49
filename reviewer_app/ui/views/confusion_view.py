"""A confusion matrix as a small heat map that can be walked through with the keys and read with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from reviewer_app.ui.models.confusion import ConfusionCounts
from reviewer_app.ui.models.confusion_model import DIAGONAL_ROLE, SHADE_ROLE, ConfusionModel
from reviewer_app.ui.models.number_grid import Side
from reviewer_app.ui.theme import theme

CELL_HEIGHT = 28
NARROW_CELL, WIDE_CELL = 36, 104
FEW_COLUMNS = 4
"""Up to this many columns their labels stand upright, in wide cells."""
LABEL_WIDTH = 132
STRONGEST = 0.62
"""Opacity of the strongest shade: text stays readable on it."""

_Index = QModelIndex | QPersistentModelIndex


class ConfusionDelegate(QStyledItemDelegate):
    """Shades a cell by its share of the row in the team's colour; a difference in the colour of whoever has more."""

    def __init__(self, side: Side, parent: QWidget) -> None:
        super().__init__(parent)
        self._side = side

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell."""
        palette = theme.palette()
        rect: QRect = option.rect.adjusted(1, 1, -1, -1)
        shade: float = index.data(SHADE_ROLE)
        is_a = self._side is Side.A or (self._side is Side.NEITHER and shade > 0)
        colour = QColor(palette.team_a if is_a else palette.team_b)
        colour.setAlphaF(STRONGEST * min(abs(shade), 1.0))
        painter.save()
        painter.fillRect(option.rect, QColor(palette.panel))
        painter.fillRect(rect, colour)
        if index.data(DIAGONAL_ROLE):
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        state = option.state
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_Active:
            painter.setPen(QPen(QColor(palette.accent), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        text = str(index.data())
        painter.setPen(QColor(palette.muted if text == "·" else palette.ink))
        painter.setFont(option.font)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()


class LabelHeader(QHeaderView):
    """Labels as plain text, elided; above narrow columns they run upwards."""

    def __init__(self, orientation: Qt.Orientation, upwards: bool, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._upwards = upwards
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setAccessibleName("Predicted labels" if orientation is Qt.Orientation.Horizontal else "Gold labels")

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room that the longest label needs, up to a limit."""
        metrics = QFontMetrics(self.font())
        model = self.model()
        count = self.count() if model is not None else 0
        widest = max(
            (metrics.horizontalAdvance(str(model.headerData(i, self.orientation()))) for i in range(count)), default=0
        )
        extent = min(widest + 14, LABEL_WIDTH)
        if self.orientation() is Qt.Orientation.Vertical:
            return QSize(extent, 0)
        return QSize(0, extent if self._upwards else CELL_HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:  # noqa: N802
        """Draw a label."""
        palette = theme.palette()
        painter.save()
        painter.fillRect(rect, QColor(palette.panel))
        painter.setPen(QColor(palette.muted))
        text = str(self.model().headerData(section, self.orientation()))
        metrics = painter.fontMetrics()
        if self._upwards:
            painter.translate(rect.left(), rect.bottom())
            painter.rotate(-90)
            inner = QRect(4, 0, rect.height() - 8, rect.width())
            alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        else:
            inner = rect.adjusted(4, 0, -6, 0)
            vertical = self.orientation() is Qt.Orientation.Vertical
            side = Qt.AlignmentFlag.AlignRight if vertical else Qt.AlignmentFlag.AlignHCenter
            alignment = side | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, alignment, metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width()))
        painter.restore()


class ConfusionView(QTableView):
    """A confusion matrix, shown whole."""

    def __init__(self, matrix: ConfusionCounts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        few = len(matrix.column_labels) <= FEW_COLUMNS
        self.setAccessibleName(f"Confusion matrix, {matrix.title}; rows are gold labels, columns predicted ones")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setStyleSheet("QTableView { border: none; border-radius: 0; }")
        self.setHorizontalHeader(LabelHeader(Qt.Orientation.Horizontal, not few, self))
        self.setVerticalHeader(LabelHeader(Qt.Orientation.Vertical, False, self))
        self.setModel(ConfusionModel(matrix, self))
        self.setItemDelegate(ConfusionDelegate(matrix.side, self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setMinimumSectionSize(NARROW_CELL)
        self.horizontalHeader().setDefaultSectionSize(WIDE_CELL if few else self._cell_width(matrix))
        self.verticalHeader().setDefaultSectionSize(CELL_HEIGHT)
        theme.changed.connect(self.viewport().update)
        self._fix_size()

    def _cell_width(self, matrix: ConfusionCounts) -> int:
        most = max(abs(int(matrix.counts.max())), abs(int(matrix.counts.min())))
        return max(NARROW_CELL, QFontMetrics(self.font()).horizontalAdvance(f"+{most:,}") + 8)

    def _fix_size(self) -> None:
        width = self.verticalHeader().sizeHint().width() + self.horizontalHeader().length()
        height = self.horizontalHeader().sizeHint().height() + self.verticalHeader().length()
        self.setFixedSize(width + 6, height + 6)
