"""Alpha, margin, correction and resamples in a strip; a change waits for "Apply", and says first what it means."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.sentences import CORRECTION_NAMES
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review.queries import PlanState
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.plan_form import PlanForm, default_margin_words, form_of, margin_unit, plan_of
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.beside import beside
from reviewer_app.ui.views.findings_view import Mark
from reviewer_app.ui.views.flow_layout import FlowLayout

RESAMPLES = (1_000, 10_000, 100_000)
"""What is offered; a plan with another number offers that too."""
READ_ONLY = "This review can only be read: save a copy of it (File menu) to change the plan."
_RECORDED = {
    PlanState.OPEN: "Results have been seen: this change stays in the review's record.",
    PlanState.LOCKED_BEFORE_RESULTS: "The plan is locked: this change marks the lock as broken, for good.",
    PlanState.LOCKED_AFTER: "The plan was locked after results were seen: this change stays in the review's record.",
}
_FIELD_WIDTH = 64
_MARGIN_WIDTH = 104


@dataclass(frozen=True)
class PlanView:
    """What the strip shows.

    Attributes
    ----------
    plan, state
        As the review has them.
    metric
        Primary metric of the chosen dataset: the margin's unit.
    read_only
        Whether nothing can be changed.
    change
        What was changed after results were seen, a sentence; "" where nothing was.
    """

    plan: AnalysisPlan
    state: PlanState
    metric: Metric
    read_only: bool
    change: str


class PlanStrip(QWidget):
    """Fields for what decides a verdict.

    Results are on the page that shows it, so they have been seen.

    Signals
    -------
    applied
        The `AnalysisPlan` that the fields mean.
    """

    applied = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: PlanView | None = None
        self._refused = ""
        self._is_applying = False
        self.alpha = QLineEdit()
        self.margin = QLineEdit()
        self.correction = QComboBox()
        self.resamples = QComboBox()
        self.apply = QPushButton("Apply")
        self.reset = QPushButton("Reset")
        self.message = label(role="muted", wrap=True)
        self.change = label(role="warning", wrap=True)
        self._lay_out()
        self._show_state()

    def show_plan(self, view: PlanView) -> None:
        """Show the plan; what the user is typing stays."""
        same_unit = self._view is not None and margin_unit(self._view.metric) == margin_unit(view.metric)
        typing = same_unit and self.is_edited
        self._view, self._is_applying = view, False
        self._offer(view.plan.n_resamples)
        unit = margin_unit(view.metric)
        self._unit.setText(unit)
        self._unit.setVisible(unit != "")
        self.margin.setPlaceholderText(default_margin_words(view.metric))
        name = f"Margin of practical equivalence of {view.metric.name}"
        self.margin.setAccessibleName(f"{name}, in {unit}" if unit else name)
        if not typing or not self.is_edited:
            self.fill()
        self._show_state()

    def accept(self, plan: AnalysisPlan) -> None:
        """Take note that the review has this plan now."""
        if self._view is not None:
            self.show_plan(replace(self._view, plan=plan))

    def clear(self) -> None:
        """Show no plan."""
        self._view, self._refused, self._is_applying = None, "", False
        self._show_state()

    def refuse(self, error: ReviewError) -> None:
        """Say why the plan cannot be."""
        self._refused, self._is_applying = str(error), False
        self._show_state()

    @property
    def is_edited(self) -> bool:
        """Whether the fields mean another plan, or none."""
        if self._view is None:
            return False
        try:
            return self._meant(self._view) != self._view.plan
        except ReviewError:
            return True

    def fill(self) -> None:
        """Put the fields back to the plan."""
        if self._view is None:
            return
        form = form_of(self._view.plan, self._view.metric)
        fields = (self.alpha, self.margin, self.correction, self.resamples)
        blockers = [QSignalBlocker(field) for field in fields]
        self.alpha.setText(form.alpha)
        self.margin.setText(form.margin)
        self.correction.setCurrentIndex(self.correction.findData(form.correction))
        self.resamples.setCurrentIndex(self.resamples.findData(form.n_resamples))
        for blocker in blockers:
            blocker.unblock()
        self._refused = ""
        self._show_state()

    def _meant(self, view: PlanView) -> AnalysisPlan:
        form = PlanForm(
            self.alpha.text(),
            self.margin.text(),
            Correction(self.correction.currentData()),
            int(self.resamples.currentData()),
        )
        return plan_of(form, view.plan, view.metric)

    def _apply(self) -> None:
        if self._view is None or self._is_applying or not self.is_edited:
            return
        try:
            plan = self._meant(self._view)
        except ReviewError as error:
            self.refuse(error)
        else:
            self._is_applying = True
            self._show_state()
            self.applied.emit(plan)

    def _edited(self) -> None:
        self._refused = ""
        self._show_state()

    def _show_state(self) -> None:
        view, edited = self._view, self.is_edited
        may = view is not None and not view.read_only
        for field in (self.alpha, self.margin, self.correction, self.resamples):
            field.setEnabled(may)
        for button in (self.apply, self.reset):
            # A button that hides while it has the focus would hand it to whatever comes next.
            if not edited and button.hasFocus():
                self.alpha.setFocus()
            button.setVisible(edited)
        self.apply.setEnabled(not self._is_applying)
        words = "" if view is None or not edited else _RECORDED[view.state]
        if view is not None and view.read_only:
            words = READ_ONLY
        self._say(self.message, self._refused or words)
        self.message.setProperty("role", "bad" if self._refused else "warning" if edited else "muted")
        self.message.style().polish(self.message)
        self._say(self.change, "" if view is None else view.change)
        self._change_mark.setVisible(bool(view is not None and view.change))

    @staticmethod
    def _say(target: QWidget, words: str) -> None:
        target.setText(words)  # type: ignore[attr-defined]
        target.setVisible(words != "")

    def _offer(self, n_resamples: int) -> None:
        offered = sorted({*RESAMPLES, n_resamples})
        if [self.resamples.itemData(row) for row in range(self.resamples.count())] == offered:
            return
        chosen = self.resamples.currentData()
        with QSignalBlocker(self.resamples):
            self.resamples.clear()
            for number in offered:
                self.resamples.addItem(f"{number:,}", number)
            self.resamples.setCurrentIndex(offered.index(chosen if chosen in offered else n_resamples))

    def _lay_out(self) -> None:
        self._offer(RESAMPLES[1])
        for correction, name in CORRECTION_NAMES.items():
            self.correction.addItem(name, correction)
        self.alpha.setFixedWidth(_FIELD_WIDTH)
        self.margin.setFixedWidth(_MARGIN_WIDTH)
        self._unit = label(role="muted")
        fields = QWidget()
        flow = FlowLayout(fields, spacing=12)
        for field, title, name, explanation in (
            (self.alpha, "alpha", "Alpha", "Error rate of the whole family of comparisons"),
            (
                self.margin,
                "margin",
                "Margin of practical equivalence",
                "A difference smaller than this does not matter; empty: the default",
            ),
            (self.correction, "correction", "Correction", "How p is adjusted over the plan's comparisons"),
            (self.resamples, "resamples", "Resamples", "Bootstrap resamples and permutations, B"),
        ):
            name_label = label(title, "muted")
            name_label.setBuddy(field)
            field.setAccessibleName(name)
            field.setToolTip(explanation)
            flow.addWidget(beside(name_label, field, *([self._unit] if field is self.margin else [])))
        self.apply.setProperty("role", "primary")
        flow.addWidget(beside(self.apply, self.reset))
        for line in (self.alpha, self.margin):
            line.textChanged.connect(self._edited)
            line.returnPressed.connect(self._apply)
        for box in (self.correction, self.resamples):
            box.currentIndexChanged.connect(self._edited)
        self.apply.clicked.connect(self._apply)
        self.reset.clicked.connect(self.fill)
        self._change_mark = Mark("warning", "warning", "Warning")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(fields)
        column.addWidget(self.message)
        changed = QHBoxLayout()
        changed.setSpacing(6)
        changed.addWidget(self._change_mark)
        changed.addWidget(self.change, 1)
        column.addLayout(changed)
