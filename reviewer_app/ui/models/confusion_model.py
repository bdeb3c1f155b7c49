"""A confusion matrix as a Qt model."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from reviewer_app.ui.models.confusion import ConfusionCounts
from reviewer_app.ui.models.plain_tooltip import plain_tooltip

SHADE_ROLE = Qt.ItemDataRole.UserRole + 1
"""How strongly a cell is shaded, in [-1, 1]; in a difference the sign says who has more."""
DIAGONAL_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether gold and predicted label are the same."""

_Index = QModelIndex | QPersistentModelIndex


class ConfusionModel(QAbstractTableModel):
    """Gold labels as rows, predicted labels as columns."""

    def __init__(self, matrix: ConfusionCounts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.matrix = matrix
        scale = (
            np.maximum(matrix.support, 1)[:, None]
            if not matrix.is_difference
            else max(int(np.abs(matrix.counts).max(initial=1)), 1)
        )
        self._shades = matrix.counts / scale

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of gold labels."""
        return 0 if parent.isValid() else len(self.matrix.row_labels)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Return the number of predicted labels."""
        return 0 if parent.isValid() else len(self.matrix.column_labels)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: N802
        """Return a label."""
        labels = self.matrix.column_labels if orientation is Qt.Orientation.Horizontal else self.matrix.row_labels
        if role == Qt.ItemDataRole.DisplayRole:
            return labels[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(labels[section])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a count."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            count = int(self.matrix.counts[row, column])
            if count == 0:
                return "·"
            return f"{count:+,}".replace("-", "−") if self.matrix.is_difference else f"{count:,}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self.matrix.describe(row, column))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.matrix.describe(row, column)
        if role == SHADE_ROLE:
            return float(self._shades[row, column])
        if role == DIAGONAL_ROLE:
            return row == column
        return None
