"""The filters above the disagreements table: quick chips, text search, label choosers and removable conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from reviewer_app.comparison.result import Outcome
from reviewer_app.disagreements.filters import Condition, ExampleFilter
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.ui.models.example_columns import ExampleColumn, one_line
from reviewer_app.ui.models.outcome_choice import OutcomeChoice
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.condition_editor import ConditionEditor
from reviewer_app.ui.views.flow_layout import FlowLayout

if TYPE_CHECKING:
    from reviewer_app.disagreements.table import DisagreementTable

SEARCH_DELAY_MS = 250
"""A search begins when nothing was typed for this long."""
ANY = "any label"
NO_LABEL = "no prediction"
LABELS_TO_TYPE = 20
"""With more labels than this a chooser can be typed into."""


def plain(text: str) -> str:
    """Return a text for a button: an ampersand of the data is no keyboard mnemonic."""
    return text.replace("&", "&&")


class FilterBar(QWidget):
    """Which examples are shown.

    Signals
    -------
    changed
        Another filter was put together; read `example_filter`.
    order_reset
        The user wants the file's order back.
    """

    changed = Signal()
    order_reset = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._conditions: list[Condition] = []
        self._sort_chip = QPushButton()
        self._sort_chip.setProperty("role", "chip")
        self._sort_chip.hide()
        self._sort_chip.clicked.connect(self.order_reset)
        self.search = self._search_field()
        self.chips = {choice: self._chip(choice) for choice in OutcomeChoice}
        self.add_filter = QPushButton("+ Filter")
        self.add_filter.setProperty("role", "chip")
        self.add_filter.setAccessibleName("Add a filter")
        self.editor = ConditionEditor()
        self.editor.hide()
        self.labels = {name: self._chooser(title) for name, (title, _) in _CHOOSERS.items()}
        self._condition_chips = FlowLayout(spacing=6)
        self._lay_out()
        self.add_filter.clicked.connect(self.editor.toggle)
        self.editor.condition_made.connect(self.add_condition)

    @property
    def choice(self) -> OutcomeChoice:
        """The quick filter that is on."""
        return next(choice for choice, chip in self.chips.items() if chip.isChecked())

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The conditions that were added, without those of the label choosers."""
        return tuple(self._conditions)

    @property
    def example_filter(self) -> ExampleFilter:
        """The filter that chips, search, choosers and conditions make up together."""
        chosen = [condition for name in self.labels if (condition := self._label_condition(name)) is not None]
        return ExampleFilter(
            outcomes=self.choice.outcomes,
            disagree_only=self.choice is OutcomeChoice.DISAGREE,
            conditions=(*chosen, *self._conditions),
            text=self.search.text().strip(),
        )

    def show_table(
        self,
        table: DisagreementTable,
        columns: tuple[ExampleColumn, ...],
        counts: Mapping[Outcome, int],
        n_disagreements: int,
    ) -> None:
        """Offer the labels, columns and counts of a comparison; what it does not have is asked for no longer."""
        for choice, chip in self.chips.items():
            chip.setText(f"{choice.title} {choice.count(counts, n_disagreements):,}")
        self.chips[OutcomeChoice.ONLY_A].setToolTip(plain_tooltip(f"Only {table.team_a} is right"))
        self.chips[OutcomeChoice.ONLY_B].setToolTip(plain_tooltip(f"Only {table.team_b} is right"))
        for name, chooser in self.labels.items():
            _offer_labels(chooser, table, name)
        self.editor.set_columns(columns)
        names = table.filter_columns
        self._conditions = [condition for condition in self._conditions if condition.column in names]
        self._show_conditions()

    def add_condition(self, condition: Condition) -> None:
        """Let through only what meets a condition, too."""
        if condition not in self._conditions:
            self._conditions.append(condition)
            self._show_conditions()
            self.changed.emit()

    def remove_condition(self, condition: Condition) -> None:
        """Drop a condition."""
        self._conditions.remove(condition)
        self._show_conditions()
        self.changed.emit()

    def show_sort(self, title: str) -> None:
        """Say by what the rows are sorted, as a chip that puts them back; "": they stand in the file's order."""
        self._sort_chip.setVisible(title != "")
        self._sort_chip.setText(plain(f"Sorted by {title}  ×"))
        self._sort_chip.setAccessibleName(f"Sorted by {title}: back to the file's order")

    def show_only(self, conditions: Sequence[Condition]) -> None:
        """Show the disagreements among the examples that meet these conditions, and no other filter."""
        with QSignalBlocker(self):
            self.clear()
            self._conditions = list(conditions)
            self._show_conditions()
        self.changed.emit()

    def clear(self) -> None:
        """Show every disagreement again: no search, labels or conditions."""
        with QSignalBlocker(self):
            self.search.clear()
            for chooser in self.labels.values():
                chooser.setCurrentIndex(0)
            self.chips[OutcomeChoice.DISAGREE].setChecked(True)
            self._conditions.clear()
            self._show_conditions()
        self._typing.stop()
        self.changed.emit()

    def _search_field(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText("Search text   Ctrl+F")
        field.setAccessibleName("Search text")
        field.setClearButtonEnabled(True)
        field.setFixedWidth(250)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_DELAY_MS)
        self._typing.timeout.connect(self.changed)
        field.textChanged.connect(lambda _text: self._typing.start())
        return field

    def _chip(self, choice: OutcomeChoice) -> QPushButton:
        chip = QPushButton(choice.title)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        chip.setChecked(choice is OutcomeChoice.DISAGREE)
        chip.clicked.connect(self.changed)
        return chip

    def _chooser(self, title: str) -> QComboBox:
        chooser = QComboBox()
        chooser.setAccessibleName(title)
        chooser.setMinimumWidth(120)
        chooser.setMaximumWidth(200)
        chooser.addItem(ANY)
        chooser.currentIndexChanged.connect(self.changed)
        return chooser

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        top = QHBoxLayout()
        top.setSpacing(6)
        for chip in self.chips.values():
            group.addButton(chip)
            top.addWidget(chip)
        top.addWidget(self.add_filter)
        top.addStretch(1)
        top.addWidget(self.search)
        below = QHBoxLayout()
        below.setSpacing(8)
        for name, (title, role) in _CHOOSERS.items():
            below.addWidget(label(title, role))
            below.addWidget(self.labels[name])
            below.addSpacing(8)
        below.addLayout(self._condition_chips, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.editor)
        layout.addLayout(below)
        self._condition_chips.addWidget(self._sort_chip)

    def _label_condition(self, name: str) -> Condition | None:
        chooser = self.labels[name]
        number = chooser.currentIndex()
        if number <= 0:
            return None
        if chooser.itemData(number) is None:
            return Condition(name, "missing")
        return Condition(name, "=", chooser.itemText(number))

    def _show_conditions(self) -> None:
        while self._condition_chips.count() > 1:
            item = self._condition_chips.takeAt(1)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for condition in self._conditions:
            chip = QPushButton(plain(f"{one_line(str(condition), 40)}  ×"))
            chip.setProperty("role", "chip")
            chip.setAccessibleName(f"Remove the filter {condition}")
            chip.setToolTip("Click to remove this filter")
            chip.clicked.connect(lambda _checked=False, condition=condition: self.remove_condition(condition))
            self._condition_chips.addWidget(chip)


_CHOOSERS = {"gold": ("Gold", "muted"), "a": ("A says", "team_a"), "b": ("B says", "team_b")}


def _offer_labels(chooser: QComboBox, table: DisagreementTable, name: str) -> None:
    """Fill a chooser with labels; the one that is chosen stays where it still exists."""
    chosen = chooser.currentData()
    with QSignalBlocker(chooser):
        chooser.clear()
        chooser.addItem(ANY)
        for text in table.labels:
            chooser.addItem(text, text)
        if name != "gold" and bool(np.any(getattr(table, name) == NO_PREDICTION)):
            chooser.addItem(NO_LABEL)
        chooser.setCurrentIndex(max(chooser.findData(chosen), 0) if chosen is not None else 0)
    if len(table.labels) > LABELS_TO_TYPE and not chooser.isEditable():
        _let_type(chooser)


def _let_type(chooser: QComboBox) -> None:
    """Let a label be found by any part of it; a text that is no label is put back."""
    chooser.setEditable(True)
    chooser.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    completer, field = chooser.completer(), chooser.lineEdit()
    assert completer is not None, "setEditable makes one"
    assert field is not None, "setEditable makes one"
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(completer.CompletionMode.PopupCompletion)
    field.editingFinished.connect(lambda: chooser.setEditText(chooser.itemText(chooser.currentIndex())))
