"""A small table whose texts wrap: for a few rows that must be read whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.elided_label import ElidedLabel

_ROLES = {Side.A: "team_a", Side.B: "team_b"}
_WRAPPED_FROM = 30
"""Characters from which a column of words is one that wraps and takes the room there is."""
_LEAST_WRAPPED = 140
_WIDEST_TITLE = 200


class WordsTable(QWidget):
    """Shows a `NumberGrid` as labels, a hairline between rows.

    Parameters
    ----------
    grid
        What is shown.
    with_header
        Whether the columns' titles stand above.
    at_ends
        What stands at the end of each row, for example a button; empty: nothing does.
    """

    def __init__(self, grid: NumberGrid, *, with_header: bool = True, at_ends: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self.grid = grid
        self.setAccessibleName(grid.title)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setHorizontalSpacing(20)
        layout.setVerticalSpacing(6)
        wraps = [_wraps(grid, number) for number in range(len(grid.columns))]
        for number, wrapped in enumerate(wraps):
            layout.setColumnStretch(number, 1 if wrapped else 0)
            layout.setColumnMinimumWidth(number, _LEAST_WRAPPED if wrapped else 0)
        if not any(wraps):  # the room that is left belongs to no column
            layout.setColumnStretch(len(grid.columns), 1)
        line = 0
        if with_header:
            for number, column in enumerate(grid.columns):
                layout.addWidget(_title(column), line, number, _alignment(column))
            line += 1
        for position, row in enumerate(grid.rows):
            if line:
                rule = QFrame()
                rule.setProperty("role", "line")
                layout.addWidget(rule, line, 0, 1, len(grid.columns) + 1)
                line += 1
            for number, (cell, column) in enumerate(zip(row, grid.columns, strict=True)):
                where = Qt.AlignmentFlag.AlignTop if wraps[number] else _alignment(column)
                layout.addWidget(_cell(cell, column, wrap=wraps[number]), line, number, where)
            if at_ends:
                layout.addWidget(at_ends[position], line, len(grid.columns), Qt.AlignmentFlag.AlignTop)
            line += 1
        layout.setRowStretch(line, 1)


def _wraps(grid: NumberGrid, number: int) -> bool:
    if grid.columns[number].numeric:
        return False
    return any(len(row[number].text) >= _WRAPPED_FROM for row in grid.rows)


def _title(column: GridColumn) -> QLabel:
    title = ElidedLabel(column.title, _ROLES.get(column.side, "small"), _WIDEST_TITLE, _WIDEST_TITLE)
    if column.explanation:
        title.setToolTip(plain_tooltip(column.explanation))
    return title


def _cell(cell: GridCell, column: GridColumn, *, wrap: bool) -> QLabel:
    role = "muted" if cell.muted else _ROLES.get(cell.side, "heading" if cell.strong else "")
    shown = label(cell.text, role, wrap=wrap, selectable=True)
    shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    words = f"{column.title}: {cell.text}" if column.title else cell.text
    shown.setAccessibleName(f"{words} ({cell.tooltip})" if cell.muted and cell.tooltip else words)
    if cell.tooltip:
        shown.setToolTip(plain_tooltip(cell.tooltip))
    return shown


def _alignment(column: GridColumn) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignTop
