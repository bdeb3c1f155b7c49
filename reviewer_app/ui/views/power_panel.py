"""What this test set could have shown, and what others could."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from reviewer_app.review.queries import Significance
from reviewer_app.ui.models.number_grid import NumberGrid
from reviewer_app.ui.models.power_drawing import power_drawing
from reviewer_app.ui.models.significance_grids import power_grid
from reviewer_app.ui.models.significance_words import margin_words
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.panel import Panel
from reviewer_app.ui.views.power_figure import POWER_HEIGHT, draw_power

NEVER_OBSERVED = (
    "How many examples would show the difference that was observed is not said: that would be its p in other words."
)


class PowerPanel(Panel):
    """Shows the power curve of one metric of one comparison."""

    def __init__(self) -> None:
        super().__init__()
        self.card = FigureCard("Power")
        self._grid: NumberGrid | None = None
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.card)
        body.addStretch(1)

    def show_significance(self, shown: Significance) -> None:
        """Show the curve, or why there is none."""
        self._grid = power_grid(shown.comparison, shown.detail)
        drawing = power_drawing(shown)
        if drawing is None:
            self.card.say(f"There is no power curve: {shown.detail.no_power}.")
            return
        words = f"{drawing.words}\n{margin_words(shown.comparison, shown.numbers, drawing.curve)}"
        self.card.show_figure(
            lambda figure, palette: draw_power(figure, drawing, palette), POWER_HEIGHT, words, NEVER_OBSERVED
        )

    def say(self, why: str) -> None:
        """Say why there is nothing to show yet."""
        self._grid = None
        self.card.say(why)

    def grids(self) -> tuple[NumberGrid, ...]:
        """Return the curve's points."""
        return () if self._grid is None else (self._grid,)

    def figures(self) -> tuple[FigureCard, ...]:
        """Return the plot, where there is one."""
        return (self.card,) if self.card.has_figure else ()

    def clear(self) -> None:
        """Show nothing."""
        self._grid = None
        self.card.clear()
