"""Whether the verdict stands under every defensible choice."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from reviewer_app.comparison.result import Comparison
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.significance_grids import robustness_grid
from reviewer_app.ui.models.significance_words import NO_OTHER_CHOICE, ROBUSTNESS_MEANS
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.panel import Panel
from reviewer_app.ui.views.spans import SpanLabel
from reviewer_app.ui.views.words_table import WordsTable


class RobustnessPanel(Panel):
    """Shows the sentence, and a row per choice."""

    def __init__(self) -> None:
        super().__init__()
        self._grid: NumberGrid | None = None
        self.sentence = SpanLabel(pixels=15)
        self._table = QVBoxLayout()
        self._means = label(ROBUSTNESS_MEANS, "muted", wrap=True)
        self.card = Card()
        self.card.setAccessibleName("Robustness of the verdict")
        self.card.body.addWidget(self.sentence)
        self.card.body.addLayout(self._table)
        self.card.body.addWidget(self._means)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.card)
        body.addStretch(1)

    def show_comparison(self, comparison: Comparison, correction: Correction) -> None:
        """Show the verdict under each choice."""
        grid = robustness_grid(comparison, correction)
        self._grid = grid if grid.rows else None
        empty(self._table)
        if self._grid is not None:
            self._table.addWidget(WordsTable(grid))
        self.sentence.set_spans(comparison.robustness_sentence or NO_OTHER_CHOICE)
        self._means.setVisible(bool(grid.rows))

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return the table."""
        return () if self._grid is None else (self._grid,)

    def figures(self) -> tuple[FigureCard, ...]:
        """Return that there is no plot."""
        return ()

    def clear(self) -> None:
        """Show nothing."""
        self._grid = None
        empty(self._table)
        self.sentence.set_spans("")
        self._means.hide()
