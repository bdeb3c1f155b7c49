"""Where the two teams differ: the slices that were found on one half of the examples and confirmed on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QVBoxLayout

from reviewer_app.comparison.result import Comparison
from reviewer_app.significance.slices import SliceStatus
from reviewer_app.ui.models.compared_pair import ReviewPair
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.slice_grids import slices_grid
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.pending import Pending
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.grid_view import GridView
from reviewer_app.ui.views.panel import FurtherPanel
from reviewer_app.ui.views.spans import SpanLabel

if TYPE_CHECKING:
    from reviewer_app.disagreements.slice_report import SliceReport
    from reviewer_app.significance.slices import Slice

SEARCHING = "searching…"
SHOW_EXAMPLES = "A click on a row, or Enter, shows its disagreements."
_SHOWN = 10


class SlicesPanel(FurtherPanel):
    """Shows the sentence, the slices, and what must be known of them.

    Signals
    -------
    examples_wanted
        The conditions of a slice (a tuple of `Condition`) whose examples are to be shown.
    """

    key = "significance.slices"
    examples_wanted = Signal(object)

    def __init__(self, pending: Pending) -> None:
        super().__init__(pending)
        self._about: tuple[ReviewPair, Comparison] | None = None
        self._report: SliceReport | None = None
        self._grid: NumberGrid | None = None
        self.sentence = SpanLabel(pixels=15)
        self.show_all = QCheckBox()
        self.show_all.toggled.connect(self._show_table)
        self.table = GridView("Slices", as_tall_as_rows=True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.table.clicked.connect(self._row_chosen)
        self.table.activated.connect(self._row_chosen)
        self._hint = label(SHOW_EXAMPLES, "muted")
        self._notes = label(role="muted", wrap=True, selectable=True)
        self.card = Card()
        self.card.setAccessibleName("Where the teams differ")
        for widget in (self.sentence, self.table, self.show_all, self._hint, self._notes):
            self.card.body.addWidget(widget)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.card)
        body.addStretch(1)
        self._show_report(None)

    def show_comparison(self, pair: ReviewPair, comparison: Comparison) -> None:
        """Be about another comparison, or about the same one under another plan."""
        self.clear()
        self._about = (pair, comparison)

    def load(self) -> None:
        """Search, unless that was done or is under way."""
        if self._about is None or self._report is not None or self.key in self.pending.waiting:
            return
        pair, comparison = self._about
        self.say(SEARCHING)
        self.pending.start(
            self.key,
            f"Searching slices of {comparison.dataset}",
            lambda progress: pair.review.slices(comparison.dataset, pair.a, pair.b, progress=progress),
            self._show_report,
            lambda error: self.say(str(error)),
        )

    def say(self, why: str) -> None:
        """Say why there is nothing to show."""
        self._show_report(None)
        self.sentence.set_spans(why)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return every slice that was tried."""
        return () if self._grid is None else (self._grid,)

    def figures(self) -> tuple[FigureCard, ...]:
        """Return that there is no plot."""
        return ()

    def clear(self) -> None:
        """Show nothing."""
        self._about = None
        self.pending.cancel(self.key)
        self._show_report(None)

    def _show_report(self, report: SliceReport | None) -> None:
        self._report = report
        self._grid = None if report is None else slices_grid(report, report.ordered)
        self.sentence.set_spans("" if report is None else report.sentence)
        self._notes.setText("" if report is None else "\n".join(report.notes))
        n_slices = 0 if report is None else len(report.ordered)
        self.show_all.setText(f"Show all {n_slices:,} slices that were tried")
        self.show_all.setVisible(n_slices > len(self._first_slices()))
        for widget in (self.table, self._hint):
            widget.setVisible(n_slices > 0)
        self._notes.setVisible(report is not None and bool(report.notes))
        self._show_table()

    def _show_table(self) -> None:
        if self._report is not None:
            self.table.show_grid(slices_grid(self._report, self._shown_slices()))

    def _first_slices(self) -> tuple[Slice, ...]:
        """Return what was found, and then the next best up to ten."""
        if self._report is None:
            return ()
        n_found = len(self._report.search.of(SliceStatus.CONFIRMED, SliceStatus.FOUND))
        return self._report.ordered[: max(n_found, _SHOWN)]

    def _shown_slices(self) -> tuple[Slice, ...]:
        if self._report is not None and self.show_all.isChecked():
            return self._report.ordered
        return self._first_slices()

    def _row_chosen(self, index: QModelIndex) -> None:
        if self._report is not None:
            chosen = self._shown_slices()[index.row()]
            self.examples_wanted.emit(self._report.filters[chosen.positions[0]].conditions)
