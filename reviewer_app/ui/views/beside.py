"""A few widgets that stay side by side."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget


def beside(*widgets: QWidget) -> QWidget:
    """Return a widget that holds others in a row, for example a field with its name in front."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    for widget in widgets:
        row.addWidget(widget)
    return holder
