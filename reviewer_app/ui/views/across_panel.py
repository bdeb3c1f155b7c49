"""Whether it holds across datasets: two teams at home and away, and all teams by rank."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QVBoxLayout

from reviewer_app.comparison.across import Across
from reviewer_app.comparison.result import Comparison, Overall
from reviewer_app.review.queries import DatasetSummary
from reviewer_app.ui.models.across_grids import overall_grid, pairs_grid, ranks_grid
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.significance_words import across_words, reasons
from reviewer_app.ui.pages.page import GAP, label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.critical_difference_figure import (
    critical_difference_height,
    draw_critical_difference,
    why_no_diagram,
)
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.grid_view import GridView
from reviewer_app.ui.views.panel import Panel
from reviewer_app.ui.views.spans import SpanLabel
from reviewer_app.ui.views.words_table import WordsTable

NOT_ACROSS = "There is nothing to say across datasets yet: that needs two datasets that every team ran, or three teams."
EXPLORATORY = "On these datasets, for the two compared sides; exploratory: the verdicts are those of the datasets."


class AcrossPanel(Panel):
    """Shows the two compared sides over all datasets, then every team."""

    def __init__(self) -> None:
        super().__init__()
        self._of_pair: NumberGrid | None = None
        self._of_teams: tuple[NumberGrid, ...] = ()
        self.sentence = SpanLabel(pixels=15)
        self._overall = QVBoxLayout()
        self._why = label(role="muted", wrap=True, selectable=True)
        self.pair_card = Card()
        self.pair_card.setAccessibleName("The two sides over all datasets")
        self.pair_card.body.addWidget(self.sentence)
        self.pair_card.body.addLayout(self._overall)
        self.pair_card.body.addWidget(self._why)
        self.diagram = FigureCard("Critical-difference diagram")
        self.nemenyi = QCheckBox("Show Nemenyi's critical difference, which depends on who else took part")
        self.nemenyi.toggled.connect(self._draw_diagram)
        self.diagram.body.addWidget(self.nemenyi)
        self._across: Across | None = None
        self._tables = QVBoxLayout()
        self._tables.setSpacing(GAP)
        self.teams_words = label(wrap=True, selectable=True)
        self.teams_card = Card()
        self.teams_card.setAccessibleName("Every team over all datasets")
        self.teams_card.body.addWidget(label("Every team over all datasets", "heading"))
        self.teams_card.body.addWidget(self.teams_words)
        self.teams_card.body.addLayout(self._tables)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        for widget in (self.pair_card, self.diagram, self.teams_card):
            body.addWidget(widget)
        body.addStretch(1)

    def show_pair(
        self, overall: Overall | None, comparisons: Sequence[Comparison], datasets: Sequence[DatasetSummary]
    ) -> None:
        """Show the compared sides; None where nothing is known of them over datasets."""
        empty(self._overall)
        self._of_pair = None
        self.pair_card.setVisible(overall is not None)
        if overall is None:
            return
        self._of_pair = overall_grid(overall, comparisons, datasets)
        self.sentence.set_spans(overall.sentence)
        self._overall.addWidget(WordsTable(self._of_pair))
        why = reasons(overall.neutral_difference.not_defined, overall.home_advantage.not_defined, *self._of_pair.notes)
        self._why.setText(f"{why} {EXPLORATORY}".strip())

    def show_across(self, across: Across | None) -> None:
        """Show every team; None where there are neither two datasets nor three teams."""
        empty(self._tables)
        self._of_teams, self._across = (), across
        self.diagram.setVisible(across is not None)
        self.teams_card.show()
        if across is None:
            self.teams_words.setText(NOT_ACROSS)
            return
        self._of_teams = (ranks_grid(across), pairs_grid(across))
        for grid in self._of_teams:
            view = GridView(grid.title, as_tall_as_rows=True)
            view.show_grid(grid)
            self._tables.addWidget(view)
        self.teams_words.setText("\n".join(across_words(across)))
        self._draw_diagram()

    def _draw_diagram(self) -> None:
        across, with_nemenyi = self._across, self.nemenyi.isChecked()
        if across is None:
            return
        why = why_no_diagram(across)
        self.nemenyi.setVisible(why is None)
        if why is not None:
            self.diagram.say(f"There is no diagram: {why}.")
        else:
            self.diagram.show_figure(
                lambda figure, palette: draw_critical_difference(figure, across, palette, with_nemenyi=with_nemenyi),
                critical_difference_height(across, with_nemenyi=with_nemenyi),
                "Best mean rank first; teams under one bar are not told apart by the tests of their pairs, after Holm.",
            )

    def say(self, why: str) -> None:
        """Say why there is nothing to show of every team yet."""
        self._of_teams = ()
        empty(self._tables)
        self.diagram.hide()
        self.teams_card.show()
        self.teams_words.setText(why)

    @property
    def has_teams(self) -> bool:
        """Whether numbers of every team are in sight."""
        return bool(self._of_teams)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return the tables."""
        return (*(() if self._of_pair is None else (self._of_pair,)), *self._of_teams)

    def figures(self) -> tuple[FigureCard, ...]:
        """Return the diagram, where there is one."""
        return (self.diagram,) if self.diagram.has_figure else ()

    def clear(self) -> None:
        """Show nothing."""
        self._of_pair, self._of_teams = None, ()
        empty(self._overall)
        empty(self._tables)
        for card in (self.pair_card, self.diagram, self.teams_card):
            card.hide()
