"""One metric of one comparison: THE numbers first, then how they come about, then what stands beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from reviewer_app.comparison.result import Comparison, MetricComparison
from reviewer_app.comparison.sentences import fragility_sentence
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.review.queries import Significance
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.distribution_drawings import bootstrap_drawing, permutation_drawing
from reviewer_app.ui.models.mcnemar_drawing import mcnemar_drawing
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.posterior_drawing import posterior_drawing
from reviewer_app.ui.models.significance_grids import mcnemar_grid, numbers_grid, others_grid, posterior_grid
from reviewer_app.ui.models.significance_words import difference_sentence, label_words
from reviewer_app.ui.pages.page import GAP, label
from reviewer_app.ui.views.cards import Card, CardGrid
from reviewer_app.ui.views.distribution_figure import DISTRIBUTION_HEIGHT, draw_bootstrap, draw_permutation
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.mcnemar_figure import MCNEMAR_HEIGHT, draw_mcnemar
from reviewer_app.ui.views.panel import Panel
from reviewer_app.ui.views.posterior_figure import POSTERIOR_HEIGHT, draw_posterior
from reviewer_app.ui.views.spans import SpanLabel
from reviewer_app.ui.views.words_table import WordsTable

COMPUTING = "computing…"
NO_LABELS = "A team gave scores and no labels, so nobody is right or wrong on an example."
_LEFT_ROWS = 6


class ComparisonPanel(Panel):
    """Shows one metric: its numbers at once, its plots when they are there."""

    def __init__(self) -> None:
        super().__init__()
        self._grids: tuple[NumberGrid, ...] = ()
        self.sentence = SpanLabel(pixels=15)
        self._numbers = QHBoxLayout()
        self._numbers.setSpacing(40)
        self._notes = label(role="warning", wrap=True, selectable=True)
        self.assumes = label(role="muted", wrap=True, selectable=True)
        self.numbers_card = Card()
        self.numbers_card.setAccessibleName("The numbers that decide")
        self.numbers_card.body.addWidget(self.sentence)
        self.numbers_card.body.addLayout(self._numbers)
        self.numbers_card.body.addWidget(self._notes)
        self.numbers_card.body.addWidget(self.assumes)
        self.bootstrap = FigureCard("Bootstrap distribution")
        self.permutation = FigureCard("Permutation distribution")
        self.mcnemar = FigureCard("McNemar's table")
        self.posterior = FigureCard("Posterior shares")
        self._plots = {card.title: card for card in (self.bootstrap, self.permutation, self.mcnemar, self.posterior)}
        self._plot_grid = CardGrid(most_columns=2)
        self._plot_grid.show_items(tuple(self._plots), self._plots.__getitem__)
        self.others_card = Card()
        self.others_card.setAccessibleName("Other methods")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label("Other methods", "heading"))
        head.addWidget(label("stand beside, decide nothing", "muted"), 1)
        self.others_card.body.addLayout(head)
        self._others = QVBoxLayout()
        self.others_card.body.addLayout(self._others)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GAP)
        for widget in (self.numbers_card, self._plot_grid, self.others_card):
            body.addWidget(widget)
        body.addStretch(1)

    def show_numbers(self, comparison: Comparison, numbers: MetricComparison, correction: Correction) -> None:
        """Show a metric's numbers; what stands beside them is still being computed."""
        self._show_numbers(comparison, numbers, correction)
        self._say_assumptions("")
        for card in self._plots.values():
            card.say(COMPUTING)
        self.others_card.hide()

    def show_significance(self, shown: Significance, correction: Correction) -> None:
        """Show a metric in full."""
        self._show_numbers(shown.comparison, shown.numbers, correction)
        detail, comparison = shown.detail, shown.comparison
        assumes = f"What it assumes: {detail.assumptions}"
        bootstrap, permutation = bootstrap_drawing(shown), permutation_drawing(shown)
        headline = [drawing is not None and drawing.distribution.is_headline for drawing in (bootstrap, permutation)]
        self._draw(
            self.bootstrap,
            draw_bootstrap,
            DISTRIBUTION_HEIGHT,
            bootstrap,
            detail.no_bootstrap,
            assumes if headline[0] else "",
        )
        self._draw(
            self.permutation,
            draw_permutation,
            DISTRIBUTION_HEIGHT,
            permutation,
            detail.no_permutation,
            assumes if headline[1] else "",
        )
        self._draw(self.mcnemar, draw_mcnemar, MCNEMAR_HEIGHT, mcnemar_drawing(shown), NO_LABELS)
        self._draw(self.posterior, draw_posterior, POSTERIOR_HEIGHT, posterior_drawing(shown), detail.no_posterior)
        self._say_assumptions("" if any(headline) else assumes)
        others = others_grid(comparison, metric_of(detail.metric), detail.others)
        empty(self._others)
        if others.rows:
            self._others.addWidget(WordsTable(others))
        fragility = "" if detail.fragility is None else fragility_sentence(detail.fragility)
        further_words = [words for words in (fragility, label_words(detail)) if words]
        for words in further_words:
            self._others.addWidget(label(words, wrap=True, selectable=True))
        self.others_card.setVisible(bool(others.rows or further_words))
        further = (
            posterior_grid(comparison, detail),
            mcnemar_grid(comparison, detail),
            others if others.rows else None,
        )
        self._grids += tuple(grid for grid in further if grid is not None)

    def say(self, why: str) -> None:
        """Say why what stands beside the numbers cannot be shown."""
        for card in self._plots.values():
            card.say(why)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return the numbers as tables."""
        return self._grids

    def figures(self) -> tuple[FigureCard, ...]:
        """Return the plots that are there."""
        return tuple(card for card in self._plots.values() if card.has_figure)

    def clear(self) -> None:
        """Show nothing."""
        self._grids = ()
        self.sentence.set_spans("")
        empty(self._numbers)
        self._notes.hide()
        self._say_assumptions("")
        for card in self._plots.values():
            card.clear()
        self.others_card.hide()

    def _show_numbers(self, comparison: Comparison, numbers: MetricComparison, correction: Correction) -> None:
        grid = numbers_grid(comparison, numbers, correction)
        self._grids = (grid,)
        self.sentence.set_spans(difference_sentence(comparison, numbers))
        empty(self._numbers)
        for rows in (grid.rows[:_LEFT_ROWS], grid.rows[_LEFT_ROWS:]):
            self._numbers.addWidget(WordsTable(replace(grid, rows=rows), with_header=False), 1)
        self._notes.setText("\n".join(grid.notes))
        self._notes.setVisible(bool(grid.notes))

    def _say_assumptions(self, text: str) -> None:
        self.assumes.setText(text)
        self.assumes.setVisible(text != "")

    @staticmethod
    def _draw(
        card: FigureCard, draw: Callable[..., None], height: int, drawing: Any, why: str | None, assumes: str = ""
    ) -> None:
        if drawing is None:
            card.say(f"There is none: {why}." if why and why is not NO_LABELS else why or "")
            return
        card.show_figure(lambda figure, palette: draw(figure, drawing, palette), height, drawing.words, assumes)
