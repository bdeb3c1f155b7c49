"""The chosen cell of the cross matrix: its runs in numbers, why it failed, and the end of its log."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QWidget

from reviewer_app.review.queries import RunInfo
from reviewer_app.ui.models.run_matrix import RunCell, duration, submission_words
from reviewer_app.ui.models.run_matrix_model import STATE_WORDS
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.kept_splitter import KeptSplitter, SplitterMemory

LOG_LINES = 400
"""Lines of a log's end that are shown."""
CONSENT_OPTION = "--consent "
"""The reason of a run that waits for a consent names this option of the command line."""
FACTS = ("Submission", "State", "Reason", "Fit", "Predict", "Peak memory", "Sandbox")


class RunPane(KeptSplitter):
    """Facts of a run on the left, its log on the right.

    Signals
    -------
    run_chosen
        The `RunInfo` whose log is wanted.
    consent_wanted
        The user wants to decide whether code may run that waits for a consent.
    """

    run_chosen = Signal(object)
    consent_wanted = Signal()

    def __init__(self, memory: SplitterMemory | None = None, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, "run", memory, parent)
        self._cell: RunCell | None = None
        self._shown: RunInfo | None = None
        self._title = label(role="heading", wrap=True)
        self.seeds = QComboBox()
        self.seeds.setAccessibleName("Seed")
        self.seeds.currentIndexChanged.connect(self._show_seed)
        self._facts = {name: label(wrap=True, selectable=True) for name in FACTS}
        self._names: dict[str, QLabel] = {name: label(name, "muted") for name in FACTS}
        self.consent = QPushButton("Decide whether it may run…")
        self.consent.setProperty("role", "link")
        self.consent.clicked.connect(self.consent_wanted)
        self._log_title = label("Log", "heading")
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("End of the log")
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setStyleSheet("QPlainTextEdit { border: none; padding: 0; }")
        self.set_parts((self._facts_card(), 2), (self._log_card(), 3))
        self.clear()

    def show_cell(self, cell: RunCell) -> None:
        """Show a cell, first the seed that its state comes from; the one looked at stays where the cell is the same."""
        same = self._cell is not None and (self._cell.team, self._cell.dataset) == (cell.team, cell.dataset)
        seed = self.seeds.currentData() if same else None
        self._cell = cell
        self._title.setText(f"{cell.team} on {cell.dataset}")
        self.seeds.blockSignals(True)
        self.seeds.clear()
        for run in cell.runs:
            self.seeds.addItem(f"seed {run.seed}", run.seed)
        if seed is None:
            seed = next((run.seed for run in cell.runs if run.state is cell.state), None)
        self.seeds.setCurrentIndex(max(self.seeds.findData(seed), 0) if cell.runs else -1)
        self.seeds.blockSignals(False)
        self.seeds.setVisible(len(cell.runs) > 1)
        self._show_seed()

    def clear(self) -> None:
        """Show that no cell is chosen."""
        self._cell = self._shown = None
        self._title.setText("Choose a cell to see its run.")
        self.seeds.hide()
        self.consent.hide()
        for name in FACTS:
            self._set_fact(name, "")
        self.show_log("")

    def show_log(self, text: str) -> None:
        """Show the end of a log."""
        lines = text.splitlines()
        left_out = len(lines) - LOG_LINES
        self._log_title.setText(f"Log, last {LOG_LINES} of {len(lines):,} lines" if left_out > 0 else "Log")
        self.log.setPlainText("\n".join(lines[-LOG_LINES:]))
        self.log.setPlaceholderText(_why_empty(self._shown))
        bar = self.log.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _show_seed(self) -> None:
        number = self.seeds.currentIndex()
        if self._cell is None or not 0 <= number < len(self._cell.runs):
            return
        run = self._cell.runs[number]
        live = next((live for live in self._cell.live if live.run == run), None)
        state = STATE_WORDS[run.state] + (f": {live.message}" if live is not None and live.message else "")
        self._set_fact("Submission", submission_words(run))
        self._set_fact("State", state)
        self._set_fact("Reason", run.reason or "")
        self.consent.setVisible(CONSENT_OPTION in (run.reason or ""))
        self._set_fact("Fit", "" if run.fit_seconds is None else duration(run.fit_seconds))
        self._set_fact("Predict", "" if run.predict_seconds is None else duration(run.predict_seconds))
        self._set_fact("Peak memory", "" if run.peak_memory_mb is None else f"{run.peak_memory_mb:,.0f} MB")
        self._set_fact("Sandbox", run.sandbox or "")
        if run != self._shown:
            self._shown = run
            self.run_chosen.emit(run)

    def _set_fact(self, name: str, text: str) -> None:
        self._facts[name].setText(text)
        self._facts[name].setVisible(text != "")
        self._names[name].setVisible(text != "")

    def _facts_card(self) -> Card:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, name in enumerate(FACTS):
            grid.addWidget(self._names[name], row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._facts[name], row, 1)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.seeds)
        card = Card()
        card.body.addLayout(top)
        card.body.addLayout(grid)
        card.body.addWidget(self.consent, 0, Qt.AlignmentFlag.AlignLeft)
        card.body.addStretch(1)
        return card

    def _log_card(self) -> Card:
        card = Card()
        card.body.addWidget(self._log_title)
        card.body.addWidget(self.log, 1)
        return card


def _why_empty(run: RunInfo | None) -> str:
    if run is None:
        return ""
    if run.kind == "predictions":
        return "Predictions were handed in: nothing ran here."
    return "The log is empty." if run.run_id is not None else "It has not run yet."
