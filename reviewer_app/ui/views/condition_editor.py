"""The small form behind "+ Filter": a column, an operator and a value."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from reviewer_app.disagreements.filters import OPERATORS, WITHOUT_VALUE, Condition
from reviewer_app.ui.models.example_columns import ExampleColumn

_TEXT_OPERATORS = ("contains", "=", "!=", "missing", "present")
_NUMBER_OPERATORS = tuple(op for op in OPERATORS if op != "contains")


class ConditionEditor(QWidget):
    """A row of fields in which a condition is put together; Esc closes it.

    Signals
    -------
    condition_made
        A `Condition`; the form has closed.
    """

    condition_made = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Add a filter")
        self._columns: tuple[ExampleColumn, ...] = ()
        self.column = QComboBox()
        self.column.setAccessibleName("Column")
        self.column.setMinimumWidth(160)
        self.operator = QComboBox()
        self.operator.setAccessibleName("Operator")
        self.operator.setMinimumWidth(100)
        self.value = QLineEdit()
        self.value.setAccessibleName("Value")
        self.value.setPlaceholderText("value")
        self.value.setFixedWidth(220)
        self.add = QPushButton("Add filter")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self.column, self.operator, self.value, self.add):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.column.currentIndexChanged.connect(self._column_chosen)
        self.operator.currentTextChanged.connect(self._update)
        self.value.textChanged.connect(self._update)
        self.value.returnPressed.connect(self.add.click)
        self.add.clicked.connect(self._make)

    def set_columns(self, columns: Sequence[ExampleColumn]) -> None:
        """Offer the columns of a table."""
        self._columns = tuple(columns)
        self.column.clear()
        self.column.addItems([column.title for column in columns])

    def toggle(self) -> None:
        """Show the empty form, or hide it."""
        self.value.clear()
        self._update()
        self.setVisible(self.isHidden())
        if not self.isHidden():
            self.column.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _column_chosen(self, number: int) -> None:
        numeric = 0 <= number < len(self._columns) and self._columns[number].is_numeric
        self.operator.clear()
        self.operator.addItems(_NUMBER_OPERATORS if numeric else _TEXT_OPERATORS)

    def _update(self) -> None:
        needs_value = self.operator.currentText() not in WITHOUT_VALUE
        self.value.setEnabled(needs_value)
        self.add.setEnabled(self.column.currentIndex() >= 0 and (not needs_value or self.value.text().strip() != ""))

    def _make(self) -> None:
        op = self.operator.currentText()
        value = "" if op in WITHOUT_VALUE else self.value.text().strip()
        self.hide()
        self.condition_made.emit(Condition(self._columns[self.column.currentIndex()].name, op, value))
