"""The chosen example, whole: what it is on the left, what the teams say of it on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.models.example_columns import one_line
from reviewer_app.ui.models.outcome_choice import outcome_words
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.example_document import write_example
from reviewer_app.ui.views.kept_splitter import KeptSplitter, SplitterMemory

if TYPE_CHECKING:
    from reviewer_app.review.queries import ExampleDetail

NAME_CHARACTERS = 60


class ExamplePane(KeptSplitter):
    """Features or records of an example, its labels, and the way to the next one.

    Signals
    -------
    step_requested
        +1: the next example; -1: the previous one.
    """

    step_requested = Signal(int)

    def __init__(self, memory: SplitterMemory | None = None, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, "example", memory, parent)
        self._detail: ExampleDetail | None = None
        self.features = QTextEdit()
        self.features.setReadOnly(True)
        self.features.setAccessibleName("Features of the example")
        self.features.setStyleSheet("QTextEdit { border: none; padding: 0; }")
        self.set_parts((_card(self.features, margin=8), 2), (self._labels_card(), 1))
        theme.changed.connect(self._write)
        self.clear()

    def show_example(self, detail: ExampleDetail, team_a: str, team_b: str, position: str) -> None:
        """Show an example; `position` says which of how many it is."""
        self._detail = detail
        self._write()
        self._say_prediction(self._a, team_a, detail.a_label, detail.a_confidence, detail.gold)
        self._say_prediction(self._b, team_b, detail.b_label, detail.b_confidence, detail.gold)
        self._gold.setText(detail.gold)
        self._outcome.setText(outcome_words(detail.outcome))
        self._id.setText(detail.example_id)
        self._position.setText(position)
        self._labels.setVisible(True)
        self._nothing.setVisible(False)

    def clear(self) -> None:
        """Show that no example is chosen."""
        self._detail = None
        self.features.clear()
        self._labels.setVisible(False)
        self._nothing.setVisible(True)

    def _write(self) -> None:
        if self._detail is not None:
            write_example(self.features.document(), self._detail, theme.palette())

    def _labels_card(self) -> Card:
        self._a = (label(role="team_a", wrap=True), label(), label(role="heading"))
        self._b = (label(role="team_b", wrap=True), label(), label(role="heading"))
        self._gold = label(role="heading", wrap=True, selectable=True)
        self._outcome = label(wrap=True)
        self._id = label(wrap=True, selectable=True)
        self._position = label(role="muted")
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, (name, said, confidence) in enumerate((self._a, self._b)):
            said.setWordWrap(True)
            grid.addWidget(name, row, 0)
            grid.addWidget(said, row, 1)
            grid.addWidget(confidence, row, 2, Qt.AlignmentFlag.AlignRight)
        for row, (title, value) in enumerate(
            (("Gold", self._gold), ("Outcome", self._outcome), ("Id", self._id)), start=2
        ):
            grid.addWidget(label(title, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, 1, 2)
        self._labels = QWidget()
        column = QVBoxLayout(self._labels)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addStretch(1)
        column.addLayout(self._steps())
        self._nothing = label("Choose an example in the table to see it whole.", "muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        return _card(self._labels, self._nothing, margin=16)

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._position, 1)
        for text, help_text, step in (("↑ K", "Previous example", -1), ("↓ J", "Next example", 1)):
            button = QPushButton(text)
            button.setAccessibleName(help_text)
            button.setToolTip(help_text)
            button.clicked.connect(lambda _checked=False, step=step: self.step_requested.emit(step))
            row.addWidget(button)
        return row

    @staticmethod
    def _say_prediction(
        labels: tuple[QLabel, QLabel, QLabel], team: str, said: str | None, confidence: float | None, gold: str
    ) -> None:
        name, word, number = labels
        name.setText(one_line(team, NAME_CHARACTERS))
        right = said == gold
        word.setText(f"{'✓' if right else '✗'} {said or 'no prediction'}")
        word.setAccessibleName(f"{said or 'no prediction'}, {'right' if right else 'wrong'}")
        number.setText("" if confidence is None else f"{confidence:.2f}")


def _card(*widgets: QWidget, margin: int) -> Card:
    card = Card()
    card.body.setContentsMargins(margin, margin, margin, margin)
    for widget in widgets:
        card.body.addWidget(widget)
    return card
