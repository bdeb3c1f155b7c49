"""The forest plot: the differences of all datasets, or of all metrics on one, with its sentence and its legend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer_app.comparison.result import Comparison
from reviewer_app.review.queries import MetricInfo
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.forest import Forest, forest_by_both, forest_by_dataset, forest_by_metric
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.significance_grids import datasets_grid, metrics_grid
from reviewer_app.ui.models.significance_words import datasets_sentence, forest_words, metrics_sentence
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.forest_figure import draw_forest, forest_height
from reviewer_app.ui.views.panel import Panel


class ForestPanel(Panel):
    """Shows the forest plot by dataset, by metric, or of everything."""

    def __init__(self) -> None:
        super().__init__()
        self._comparisons: tuple[Comparison, ...] = ()
        self._chosen: Comparison | None = None
        self._metrics: tuple[MetricInfo, ...] = ()
        self._correction = Correction.HOLM
        self.card = FigureCard("Forest plot of the differences")
        self.by_dataset = _chip("By dataset")
        self.by_metric = _chip("By metric")
        self.by_both = _chip("Everything")
        self.by_dataset.setChecked(True)
        group = QButtonGroup(self)
        self._chips = QWidget()
        row = QHBoxLayout(self._chips)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for chip in (self.by_dataset, self.by_metric, self.by_both):
            group.addButton(chip)
            chip.clicked.connect(self._show)
            row.addWidget(chip)
        row.addStretch(1)
        self.card.body.insertWidget(1, self._chips)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.card)
        body.addStretch(1)

    def show_comparisons(
        self,
        comparisons: Sequence[Comparison],
        chosen: Comparison | None,
        metrics: Sequence[MetricInfo],
        correction: Correction,
    ) -> None:
        """Show the comparisons of two teams.

        Parameters
        ----------
        comparisons
            Of the two, one per dataset.
        chosen
            The one whose metrics can be seen; None where the chosen dataset has none.
        metrics
            What is known of the metrics.
        correction
            The plan's.
        """
        self._comparisons, self._chosen = tuple(comparisons), chosen
        self._metrics, self._correction = tuple(metrics), correction
        self._chips.setVisible(not self._has_one)
        self._show()

    @property
    def is_by_metric(self) -> bool:
        """Whether the rows are metrics of the chosen dataset: always, where it is the only one."""
        return self._has_one or self.by_metric.isChecked()

    @property
    def is_of_everything(self) -> bool:
        """Whether the rows are all metrics of all datasets."""
        return not self._has_one and self.by_both.isChecked()

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return what is drawn as tables."""
        if self.is_of_everything:
            return tuple(metrics_grid(comparison, self._metrics) for comparison in self._comparisons)
        if not self.is_by_metric:
            return (datasets_grid(self._comparisons, self._correction),) if self._comparisons else ()
        return () if self._chosen is None else (metrics_grid(self._chosen, self._metrics),)

    def figures(self) -> tuple[FigureCard, ...]:
        """Return the plot, where there is one."""
        return (self.card,) if self.card.has_figure else ()

    def clear(self) -> None:
        """Show nothing."""
        self._comparisons, self._chosen = (), None
        self.card.clear()

    @property
    def _has_one(self) -> bool:
        return len(self._comparisons) == 1 and self._chosen is not None

    def _show(self) -> None:
        if self.is_of_everything:
            forest = forest_by_both(self._comparisons, self._correction)
            self._draw(forest, "Every metric on every dataset; the verdicts read the primary ones alone.")
        elif not self.is_by_metric:
            forest = forest_by_dataset(self._comparisons, self._correction)
            self._draw(forest, datasets_sentence(forest))
        elif self._chosen is not None:
            forest = forest_by_metric(self._chosen, self._correction)
            self._draw(forest, metrics_sentence(forest, self._chosen.dataset))
        else:
            self.card.say("The two sides are not compared on the chosen dataset.")

    def _draw(self, forest: Forest, sentence: str) -> None:
        if not forest.rows:
            self.card.clear()
            return
        self.card.show_figure(
            lambda figure, palette: draw_forest(figure, forest, palette),
            forest_height(forest),
            sentence,
            forest_words(forest),
        )


def _chip(text: str) -> QPushButton:
    chip = QPushButton(text)
    chip.setProperty("role", "chip")
    chip.setCheckable(True)
    return chip
