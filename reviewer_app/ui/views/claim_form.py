"""The form in which a paper's claim is written down."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QVBoxLayout, QWidget

from reviewer_app.claims.basis import BASIS_WORDS
from reviewer_app.comparison.result import Comparison
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.beside import beside
from reviewer_app.ui.views.flow_layout import FlowLayout

OF_REVIEW = "what the review says"
VALUE, DIFFERENCE = "a value", "to be better"
_NUMBER_WIDTH = 84


class ClaimForm(QWidget):
    """Fields for one claim about the chosen dataset.

    Signals
    -------
    submitted
        The user wants the claim checked; see `fields`.
    """

    submitted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._dataset = ""
        self._sides: dict[str, str] = {}
        self.team = _box("Team")
        self.kind = _box("What is claimed", VALUE, DIFFERENCE)
        self.metric_box = _box("Metric")
        self.value = _line("Claimed value", "75.6%")
        self.basis = _box("How the claimed value was measured", OF_REVIEW)
        for basis, words in BASIS_WORDS.items():
            self.basis.addItem(words, str(basis))
        self.n = _line("Test examples of the paper", "not said")
        self.spread = _line("Stated spread", "not said")
        self.runs = _line("Runs that the value is the mean of", "1")
        self.over = label()
        self.at_least = _line("By at least", "0 points")
        self.check = QPushButton("Check")
        self.message = label(role="bad", wrap=True, selectable=True)
        self._lay_out()
        self._show_kind()
        self.say("")

    def show_comparison(self, dataset: str, sides: dict[str, str], comparison: Comparison) -> None:
        """Offer the two sides and the metrics of a comparison; what is typed stays."""
        self._dataset = dataset
        if sides != self._sides:
            self._sides = sides
            with QSignalBlocker(self.team):
                self.team.clear()
                for side, name in sides.items():
                    self.team.addItem(name, side)
        chosen = self.metric_box.currentData()
        self.metric_box.clear()
        for key in comparison.metrics:
            self.metric_box.addItem(metric_of(key).name, key)
        known = chosen if chosen in comparison.metrics else comparison.primary_metric
        self.metric_box.setCurrentIndex(self.metric_box.findData(known))
        self._show_kind()

    def fields(self) -> dict[str, str]:
        """Return what is typed, by the names of `reviewer_app.claims.files.FIELDS`."""
        typed = {
            "dataset": self._dataset,
            "team": str(self.team.currentData()),
            "metric": str(self.metric_box.currentData()),
        }
        if self.is_difference:
            return {**typed, "over": self._other(), "at_least": self.at_least.text()}
        return {
            **typed,
            "value": self.value.text(),
            "basis": self.basis.currentData() or "",
            "n": self.n.text(),
            "spread": self.spread.text(),
            "runs": self.runs.text(),
        }

    @property
    def is_difference(self) -> bool:
        """Whether the claim is that the team is better than the other side."""
        return self.kind.currentText() == DIFFERENCE

    def empty(self) -> None:
        """Make room for the next claim: team, metric and the way of measuring stay, the numbers go."""
        for field in (self.value, self.at_least, self.n, self.spread, self.runs):
            field.clear()
        self.say("")

    def say(self, what: str) -> None:
        """Say what is wrong with the claim."""
        self.message.setText(what)
        self.message.setVisible(what != "")

    def _other(self) -> str:
        return next((side for side in self._sides if side != self.team.currentData()), "")

    def _show_kind(self) -> None:
        for holder in self._of_value:
            holder.setVisible(not self.is_difference)
        self._of_difference.setVisible(self.is_difference)
        self.over.setText(f"than {self._sides.get(self._other(), '')}")

    def _lay_out(self) -> None:
        fields = QWidget()
        flow = FlowLayout(fields, spacing=12)
        self.over.setTextFormat(Qt.TextFormat.PlainText)
        self._of_difference = beside(self.over, _named("by at least", self.at_least), self.at_least)
        self._of_value = [
            beside(_named(before, field), field, *([label(after, "muted")] if after else []))
            for before, field, after in (
                ("of", self.value, ""),
                ("±", self.spread, ""),
                ("from", self.basis, ""),
                ("on", self.n, "test examples"),
                ("mean of", self.runs, "runs"),
            )
        ]
        self.spread.setToolTip(
            "As the paper prints it: the standard error (another sample), or the standard deviation over its runs "
            "(trained again)"
        )
        self.check.setProperty("role", "primary")
        for widget in (
            self.team,
            beside(_named("claims", self.kind), self.kind),
            beside(_named("in", self.metric_box), self.metric_box),
            *self._of_value,
            self._of_difference,
            self.check,
        ):
            flow.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(fields)
        column.addWidget(self.message)
        self.kind.currentIndexChanged.connect(self._show_kind)
        self.team.currentIndexChanged.connect(self._show_kind)
        self.check.clicked.connect(self.submitted)
        for line in (self.value, self.n, self.spread, self.runs, self.at_least):
            line.returnPressed.connect(self.submitted)
            line.textEdited.connect(lambda _text: self.say(""))
        for box in (self.kind, self.team, self.metric_box, self.basis):
            box.activated.connect(lambda _row: self.say(""))


def _box(name: str, *items: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    for item in items:
        box.addItem(item, None)
    return box


def _line(name: str, example: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(example)
    line.setFixedWidth(_NUMBER_WIDTH)
    return line


def _named(title: str, field: QWidget) -> QWidget:
    name = label(title, "muted")
    name.setBuddy(field)
    return name
