"""How cells of our tables are drawn: flat, with a hairline below, in the teams' colours even where selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from reviewer_app.ui.models.example_columns import ColumnRole
from reviewer_app.ui.models.example_table_model import COLUMN_ROLE
from reviewer_app.ui.models.grid_model import CELL_ROLE
from reviewer_app.ui.models.number_grid import GridCell, Side
from reviewer_app.ui.theme import Palette, theme

ROW_HEIGHT = 30
PADDING = 10
TABLE_STYLE = """
QTableView:focus { border-width: 1px; }
QHeaderView { background: transparent; }
QHeaderView::section:first { border-top-left-radius: 7px; }
QHeaderView::section:last { border-top-right-radius: 7px; }
"""
"""A table's frame changes colour with the focus, not width, so that cells keep their place; its corners are round."""

_Index = QModelIndex | QPersistentModelIndex


def side_colour(side: Side, palette: Palette) -> str:
    """Return a team's colour; ink for neither."""
    return {Side.A: palette.team_a, Side.B: palette.team_b, Side.NEITHER: palette.ink}[side]


class CellDelegate(QStyledItemDelegate):
    """Draws one line of text per cell; a subclass says in which colour and weight."""

    def look(self, index: _Index, palette: Palette) -> tuple[str, bool]:
        """Return a cell's text colour, and whether it is bold."""
        return palette.ink, False

    def elision(self, index: _Index) -> Qt.TextElideMode:
        """Return where a text is cut that does not fit."""
        return Qt.TextElideMode.ElideRight

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw a cell."""
        palette = theme.palette()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, QColor(palette.selection if selected else palette.panel))
        painter.setPen(QColor(palette.line))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text:
            colour, bold = self.look(index, palette)
            font = QFont(option.font)
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            painter.setFont(font)
            painter.setPen(QColor(colour))
            inner = rect.adjusted(PADDING, 0, -PADDING, -1)
            shown = painter.fontMetrics().elidedText(str(text), self.elision(index), inner.width())
            painter.drawText(inner, int(index.data(Qt.ItemDataRole.TextAlignmentRole)), shown)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: N802
        """Return the room that a cell's text needs."""
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold if self.look(index, theme.palette())[1] else QFont.Weight.Normal)
        width = text_width(font, str(index.data(Qt.ItemDataRole.DisplayRole) or ""))
        return QSize(width + 2 * PADDING + 2, ROW_HEIGHT)


def text_width(font: QFont, text: str) -> int:
    """Return how wide a line of text is."""
    return QFontMetrics(font).horizontalAdvance(text)


class ExampleDelegate(CellDelegate):
    """Predictions in their team's colour, missing values stepping back."""

    def look(self, index: _Index, palette: Palette) -> tuple[str, bool]:
        """Return a cell's text colour, and whether it is bold."""
        role = index.data(COLUMN_ROLE)
        if role == ColumnRole.PREDICTION_A:
            return palette.team_a, True
        if role == ColumnRole.PREDICTION_B:
            return palette.team_b, True
        return (palette.muted if index.data(Qt.ItemDataRole.DisplayRole) == "–" else palette.ink), False

    def elision(self, index: _Index) -> Qt.TextElideMode:
        """Return where a text is cut that does not fit: ids differ at their end."""
        is_id = index.data(COLUMN_ROLE) == ColumnRole.ID
        return Qt.TextElideMode.ElideMiddle if is_id else Qt.TextElideMode.ElideRight


class GridDelegate(CellDelegate):
    """Cells as their `GridCell` says."""

    def look(self, index: _Index, palette: Palette) -> tuple[str, bool]:
        """Return a cell's text colour, and whether it is bold."""
        cell: GridCell = index.data(CELL_ROLE)
        colour = palette.muted if cell.muted else side_colour(cell.side, palette)
        return colour, cell.strong
